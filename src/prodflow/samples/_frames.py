"""Frames: cut, assembled and collected, all in the studio's own workshop.

Nothing is sent away, so nothing goes on while an order waits: the days of a hold shift the plan.
"""

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

__all__ = ["FRAMES"]

_CYCLE: Final = StatusCycle(
    "frames",
    [
        # No duration: an order may lie until there is wood, and is not overdue meanwhile.
        Status("queued", "Queued", initial=True, default_department="Workshop"),
        Status("cut", "Cut", default_duration=2, default_department="Workshop"),
        # No days of its own: glass and frame are done on one day.
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
        Status("on-hold", "On Hold", non_standard=True),
        Status("waiting-on-client", "Waiting on Client", non_standard=True, default_duration=5),
        Status("cancelled", "Cancelled", non_standard=True, cancelled=True),
    ],
    description="Frames",
)

_FRAMES_ONLY: Final = (_CYCLE.order_type,)

_TRIGGERS: Final = (
    # What is neither a task nor a message is the host's: it knows the name, and what to do with it.
    Trigger(
        "frames-print-label",
        Entering("cut"),
        CustomAction("print-label", {"printer": "workshop"}),
        order_types=_FRAMES_ONLY,
        once_per_order=True,
    ),
    # Completed, not just left: a frame that is put on hold is not counted.
    Trigger(
        "frames-book-wood",
        Completing("cut"),
        CreateTask("Book the wood out", department="Workshop"),
        order_types=_FRAMES_ONLY,
    ),
    Trigger(
        "frames-ready",
        Entering("ready"),
        SendMessage("your-frame-is-ready", channels=("sms", "email")),
        order_types=_FRAMES_ONLY,
    ),
    # Every week that it is still there would be a trigger each: one week, two weeks.
    Trigger(
        "frames-collect",
        DaysInStatus("ready", 7),
        SendMessage("please-collect-your-frame", channels=("sms", "email", "letter")),
        order_types=_FRAMES_ONLY,
    ),
    Trigger(
        "frames-call",
        DaysInStatus("ready", 14),
        CreateTask("Call the client", department="Sales"),
        order_types=_FRAMES_ONLY,
    ),
)

FRAMES: Final = Sample(
    _CYCLE, ProductionFlow(due_dates=Forward(shift_holds=True), triggers=_TRIGGERS)
)
"""Frames from the workshop; due dates count forward, and waiting shifts them."""
