"""Albums: designed, proofed by the client, bound by a bindery, and handed over.

A wedding has a fixed day, so due dates count back from the delivery date. Without a delivery date,
the due dates count forward. If a due or delivery date moves, its reminders move too.
"""

from functools import partial
from typing import Final

from prodflow import (
    Backward,
    CreateTask,
    DaysFromDelivery,
    DaysFromDue,
    DaysInStatus,
    Entering,
    Leaving,
    Move,
    ProductionFlow,
    SendMessage,
    Status,
    StatusCycle,
    Trigger,
)
from prodflow.samples._sample import Sample

_CYCLE: Final = StatusCycle(
    "albums",
    [
        Status(
            "design",
            "Design",
            initial=True,
            default_duration=5,
            default_department="Design",
            default_user="Lea",
            workflow_stage="Album Design",
        ),
        Status(
            "proof",
            "Proof with Client",
            default_duration=5,
            default_department="Sales",
            default_user="Mia",
            workflow_stage="Client Proofing",
        ),
        Status(
            "changes",
            "Changes",
            default_duration=2,
            default_department="Design",
            default_user="Lea",
            workflow_stage="Album Design",
        ),
        Status("bindery", "At the Bindery", default_duration=10, default_department="Production"),
        Status("pickup", "Ready for Pickup", default_duration=5, default_department="Sales"),
        Status("delivered", "Delivered", final=True),
        Status("on-hold", "On Hold", non_standard=True, pauses=True),
        Status(
            "waiting-on-client",
            "Waiting on Client",
            non_standard=True,
            pauses=True,
            default_duration=5,
        ),
        # A repair is rare, so it's off the path. But it's work, so it has days and a department.
        Status(
            "repair",
            "Back to the Bindery",
            non_standard=True,
            default_duration=10,
            default_department="Production",
        ),
        Status("cancelled", "Cancelled", non_standard=True, cancelled=True),
        # No longer used, but old orders have had this status.
        Status("usb-stick", "Burn the USB Stick", default_duration=1, inactive=True),
    ],
    description="Albums",
)

_trigger = partial(Trigger, order_types=[_CYCLE.order_type])

_TRIGGERS: Final = (
    # Two working days before the design is due. If the due date changes, the reminder moves.
    _trigger(
        "albums-design-nearly-due",
        DaysFromDue("design", -2, working=True),
        CreateTask("The design is due in two days", department="Design"),
        description="Warn the designers two working days before the design is due",
    ),
    # A week before the wedding, wherever the album is. It moves with the delivery date.
    _trigger(
        "albums-delivery-soon",
        DaysFromDelivery(-7),
        CreateTask("Will the album be ready in a week?", department="Sales", user="Mia"),
        description="Check on the album a week before the delivery",
    ),
    # The day after the due date. Not automatic, so it stays on the list until a person does it.
    _trigger(
        "albums-bindery-late",
        DaysFromDue("bindery", 1),
        CreateTask("Ask the bindery for a new date", department="Production", user="Tom"),
        description="Ask a late bindery for a new date",
        automatic=False,
    ),
    # Each time the proof goes to the client, but not when the order returns from a hold.
    _trigger(
        "albums-proof",
        Entering("proof"),
        SendMessage("your-proof-is-ready"),
        description="Tell the client that the proof is ready",
    ),
    # Only for a step back: the client wants something changed.
    _trigger(
        "albums-proof-refused",
        Leaving("proof", moves={Move.BACK}),
        CreateTask("Ask the client what to change", user="Mia", due_days=1),
        description="Ask the client what to change in the proof",
    ),
    _trigger(
        "albums-ready",
        Entering("pickup"),
        SendMessage("your-album-is-ready", channels=("call", "sms", "email")),
        description="Tell the client that the album is ready",
    ),
    # A month after delivery. It's marketing, so clients who opted out don't get it.
    _trigger(
        "albums-offer-copies",
        DaysInStatus("delivered", 30),
        SendMessage("a-copy-for-your-parents", marketing=True),
        description="Offer copies a month after the delivery",
        once_per_order=True,
    ),
)

ALBUMS: Final = Sample(
    _CYCLE,
    ProductionFlow(due_dates=Backward(without_delivery="forward"), triggers=_TRIGGERS),
)
"""Albums from a bindery. Due dates count back from the delivery date."""
