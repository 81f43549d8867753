"""Frames: cut, assembled and collected, all in the studio's own workshop.

Nobody works on an order while it's on hold, so the days of a hold shift the plan.
"""

from functools import partial
from typing import Final

from prodflow import (
    Completing,
    CreateTask,
    CustomAction,
    DaysInStatus,
    Entering,
    Forward,
    ProductionFlow,
    SendMessage,
    Status,
    StatusCycle,
    Trigger,
)
from prodflow.samples._sample import Sample

_CYCLE: Final = StatusCycle(
    "frames",
    [
        # No duration: an order may wait for wood and is never overdue here.
        Status("queued", "Queued", initial=True, default_department="Workshop"),
        Status("cut", "Cut", default_duration=2, default_department="Workshop"),
        # 0 days: the glass is cut on the same day as the frame.
        Status("glass", "Glass", default_duration=0, default_department="Workshop"),
        Status(
            "assemble",
            "Assemble",
            default_duration=1,
            default_department="Workshop",
            default_user="Jon",
        ),
        Status("ready", "Ready for Pickup", default_duration=10, default_department="Sales"),
        Status("collected", "Collected", final=True),
        Status("on-hold", "On Hold", non_standard=True, pauses=True),
        Status(
            "waiting-on-client",
            "Waiting on Client",
            non_standard=True,
            pauses=True,
            default_duration=5,
        ),
        Status("cancelled", "Cancelled", non_standard=True, cancelled=True),
    ],
    description="Frames",
)

_trigger = partial(Trigger, order_types=[_CYCLE.order_type])

_TRIGGERS: Final = (
    # Neither a task nor a message: your app knows this name and what to do.
    _trigger(
        "frames-print-label",
        Entering("cut"),
        CustomAction("print-label", {"printer": "workshop"}),
        description="Print a label for the frame",
        once_per_order=True,
    ),
    # Only when the status is completed: an order that goes on hold books no wood.
    _trigger(
        "frames-book-wood",
        Completing("cut"),
        CreateTask("Book the wood out", department="Workshop"),
        description="Book the wood out after cutting",
    ),
    _trigger(
        "frames-ready",
        Entering("ready"),
        SendMessage("your-frame-is-ready", channels=("sms", "email")),
        description="Tell the client that the frame is ready",
    ),
    # Each reminder needs a trigger: this one comes after a week, the next one after two.
    _trigger(
        "frames-collect",
        DaysInStatus("ready", 7),
        SendMessage("please-collect-your-frame", channels=("sms", "email", "letter")),
        description="Ask the client after a week to collect the frame",
    ),
    _trigger(
        "frames-call",
        DaysInStatus("ready", 14),
        CreateTask("Call the client", department="Sales"),
        description="Call the client after two weeks",
    ),
)

FRAMES: Final = Sample(
    _CYCLE, ProductionFlow(due_dates=Forward(shift_holds=True), triggers=_TRIGGERS)
)
"""Frames from the workshop. Due dates count forward, and a hold shifts them."""
