"""Prints: retouched in the house, printed by a lab, checked and shipped.

The usual cycle. Every status of the path says who does it and how many working days it may take;
what is not part of the work, waiting and cancelling, is non-standard. Statuses that belong to a
stage of the digital workflow name it.
"""

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

__all__ = ["PRINTS"]

_CYCLE: Final = StatusCycle(
    "prints",
    [
        # The day on which an order comes in and the next one, to look it through.
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
        # No user: whoever of the department is in.
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
        # The final status has no duration: nothing is due any more.
        Status("shipped", "Shipped", final=True),
        # Without a department of its own, an order that waits stays on the list it was on.
        Status("on-hold", "On Hold", non_standard=True),
        Status(
            "waiting-on-client",
            "Waiting on Client",
            non_standard=True,
            default_duration=5,
            default_department="Sales",
        ),
        Status("cancelled", "Cancelled", non_standard=True, cancelled=True),
    ],
    description="Prints",
)

_PRINTS_ONLY: Final = (_CYCLE.order_type,)

_TRIGGERS: Final = (
    # At once, whenever an order comes in.
    Trigger(
        "prints-thank-you",
        Opening(),
        SendMessage("thank-you-for-your-order"),
        order_types=_PRINTS_ONLY,
    ),
    # At once, whenever an order gets there: also when it comes back from the lab a second time.
    Trigger(
        "prints-check",
        Entering("quality-check"),
        CreateTask("Compare the prints with the order", department="Production", due_days=1),
        order_types=_PRINTS_ONLY,
    ),
    # Three days later, if it is still there: when the order leaves, the reminder is void.
    Trigger(
        "prints-call-lab",
        DaysInStatus("at-lab", 3),
        CreateTask("Call the lab", department="Production"),
        order_types=_PRINTS_ONLY,
    ),
    # By the first channel that the client can be reached by.
    Trigger(
        "prints-ask-client",
        DaysInStatus("waiting-on-client", 2),
        SendMessage("we-need-your-answer", channels=("sms", "email", "letter")),
        order_types=_PRINTS_ONLY,
    ),
    # Once, even if the order is opened again for a reprint and shipped again.
    Trigger(
        "prints-shipped",
        Completing("shipped"),
        SendMessage("your-prints-are-on-their-way", channels=("email", "sms")),
        order_types=_PRINTS_ONLY,
        once_per_order=True,
    ),
)

PRINTS: Final = Sample(_CYCLE, ProductionFlow(due_dates=Forward(), triggers=_TRIGGERS))
"""Prints from a lab; due dates count forward from the order date, Monday to Friday."""
