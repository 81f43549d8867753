"""Prints: retouched in the studio, printed by a lab, checked and shipped.

This is the usual cycle. Every status of the path has a department and a number of working days.
Waiting and cancelling are non-standard statuses. A status that belongs to a stage of the digital
workflow names the stage.
"""

from functools import partial
from typing import Final

from prodflow import (
    Completing,
    CreateTask,
    DaysInStatus,
    Entering,
    Forward,
    Opening,
    ProductionFlow,
    SendMessage,
    Status,
    StatusCycle,
    Trigger,
)
from prodflow.samples._sample import Sample

_CYCLE: Final = StatusCycle(
    "prints",
    [
        # Due one working day after the order date.
        Status(
            "order-checked",
            "Order Checked",
            initial=True,
            default_duration=1,
            default_department="Sales",
            default_user="Mia",
        ),
        Status(
            "retouch",
            "Retouch",
            default_duration=3,
            default_department="Retouching",
            default_user="Ana",
            workflow_stage="Retouching",
        ),
        Status(
            "sent-to-lab",
            "Sent to Lab",
            default_duration=1,
            default_department="Production",
            default_user="Tom",
            workflow_stage="Ordered",
        ),
        # No user: anyone in the department can take it.
        Status(
            "at-lab",
            "At the Lab",
            default_duration=5,
            default_department="Production",
            workflow_stage="Ordered",
        ),
        Status(
            "quality-check", "Quality Check", default_duration=1, default_department="Production"
        ),
        # The final status needs no duration: a complete order is never due.
        Status("shipped", "Shipped", final=True),
        # It pauses: the order returns to the status that it left. This status has no department,
        # so the order keeps the department that it has.
        Status("on-hold", "On Hold", non_standard=True, pauses=True),
        Status(
            "waiting-on-client",
            "Waiting on Client",
            non_standard=True,
            pauses=True,
            default_duration=5,
            default_department="Sales",
        ),
        Status("cancelled", "Cancelled", non_standard=True, cancelled=True),
    ],
    description="Prints",
)

_trigger = partial(Trigger, order_types=[_CYCLE.order_type])

_TRIGGERS: Final = (
    # Immediately, for every new order.
    _trigger(
        "prints-thank-you",
        Opening(),
        SendMessage("thank-you-for-your-order"),
        description="Thank the client for the order",
    ),
    # Immediately, each time an order enters, even a second time after a reprint.
    _trigger(
        "prints-check",
        Entering("quality-check"),
        CreateTask("Compare the prints with the order", department="Production", due_days=1),
        description="Have the prints compared with the order",
    ),
    # Three days later. If the order leaves before that, the reminder is withdrawn.
    _trigger(
        "prints-call-lab",
        DaysInStatus("at-lab", 3),
        CreateTask("Call the lab", department="Production"),
        description="Call the lab after three days",
    ),
    # Sent by the first of these channels on which the client can be reached.
    _trigger(
        "prints-ask-client",
        DaysInStatus("waiting-on-client", 2),
        SendMessage("we-need-your-answer", channels=("sms", "email", "letter")),
        description="Ask the client again after two days",
    ),
    # Only once, even if the order is reopened for a reprint and shipped again.
    _trigger(
        "prints-shipped",
        Completing("shipped"),
        SendMessage("your-prints-are-on-their-way", channels=("email", "sms")),
        description="Tell the client that the prints are on their way",
        once_per_order=True,
    ),
)

PRINTS: Final = Sample(_CYCLE, ProductionFlow(due_dates=Forward(), triggers=_TRIGGERS))
"""Prints from a lab. Due dates count forward from the order date, Monday to Friday."""
