"""The settings of a portrait studio: its calendar, order types, triggers and rules.

An app keeps such settings where users can edit them. Here they are constants.
"""

from collections.abc import Mapping
from datetime import date
from typing import Final, Protocol

from prodflow import (
    ChangeRules,
    Contact,
    CreateTask,
    CycleStore,
    DaysFromDelivery,
    DaysFromDue,
    DaysInStatus,
    Entering,
    Forward,
    Move,
    Opening,
    OrderStore,
    Outbox,
    ProductionFlow,
    ProductionOrder,
    ProposedChange,
    Reason,
    SendMessage,
    Status,
    StatusCycle,
    Trigger,
    WorkingCalendar,
)


class Store(OrderStore, CycleStore, Outbox, Protocol):
    """The store of the studio, in memory or in a database."""


CALENDAR: Final = WorkingCalendar(holidays=[date(2026, 11, 26)])  # Thanksgiving

# They have no department and no user, so an order that waits stays assigned to the same people. It
# hasn't finished its status, so it comes back there.
ASIDE: Final = (
    Status("waiting", "Waiting on Client", non_standard=True, pauses=True),
    Status("on-hold", "On Hold", non_standard=True, pauses=True),
    Status("cancelled", "Cancelled", non_standard=True, cancelled=True),
)

PRINTS: Final = StatusCycle(
    "prints",
    [
        Status(
            "ordered",
            "Order Checked",
            initial=True,
            default_duration=1,
            default_department="Sales",
            default_user="Mia",
        ),
        Status(
            "retouch",
            "Retouch",
            default_duration=2,
            default_department="Retouch",
            default_user="Ana",
            workflow_stage="Editing",
        ),
        Status(
            "lab",
            "At the Lab",
            default_duration=3,
            default_department="Lab desk",
            default_user="Tom",
            workflow_stage="Ordered",
        ),
        Status("check", "Quality Check", default_duration=1, default_department="Lab desk"),
        Status("shipped", "Shipped", final=True),
        *ASIDE,
    ],
    description="Prints",
)
ALBUMS: Final = StatusCycle(
    "albums",
    [
        Status("design", "Design", initial=True, default_duration=3, default_department="Design"),
        Status("proof", "Proof with Client", default_duration=3, default_department="Sales"),
        Status("bindery", "At the Bindery", default_duration=5, default_department="Lab desk"),
        Status("delivered", "Delivered", final=True),
        *ASIDE,
    ],
    description="Albums",
)
FRAMES: Final = StatusCycle(
    "frames",
    [
        Status("cut", "Cut", initial=True, default_duration=2, default_department="Workshop"),
        Status("assemble", "Assemble", default_duration=2, default_department="Workshop"),
        Status("collected", "Collected", final=True),
        *ASIDE,
    ],
    description="Frames",
)
CYCLES: Final = (PRINTS, ALBUMS, FRAMES)

TRIGGERS: Final = (
    Trigger("thank-you", Opening(), SendMessage("order-received")),
    Trigger(
        "due-tomorrow",
        DaysFromDue("retouch", -1, working=True),
        CreateTask("Retouch is due tomorrow", department="Retouch"),
    ),
    Trigger(
        "ask-again",
        DaysInStatus("on-hold", 2),
        SendMessage("we-need-your-answer", channels=("call", "sms", "email")),
    ),
    Trigger("chase-lab", DaysInStatus("lab", 3), CreateTask("Call the lab", department="Lab desk")),
    Trigger("on-its-way", Entering("shipped"), SendMessage("your-order-is-on-its-way")),
    # If the delivery date changes, this reminder moves with it.
    Trigger("ready-soon", DaysFromDelivery(-3), SendMessage("your-order-is-nearly-ready")),
)


def needs_vendor(order: ProductionOrder, proposal: ProposedChange) -> str | None:
    """The reason to refuse a move to the lab as long as no lab is chosen, or None."""
    if proposal.to.key == "lab" and order.vendor is None:
        return "no lab is chosen: set the vendor first"
    return None


FLOW: Final = ProductionFlow(
    due_dates=Forward(CALENDAR),
    triggers=TRIGGERS,
    rules=ChangeRules(
        note_required={Move.BACK, Move.REOPEN},
        reason_required={Move.BACK},
        reasons=[
            Reason("scratched", "Scratched in the lab", chargeable=False),
            Reason("new-wish", "The client wants it changed"),
        ],
        guard=needs_vendor,
    ),
)

# The name of the client of each invoice, which the orders keep as a fact.
CLIENTS: Final[Mapping[str, str]] = {"INV-2041": "Vera Lind", "INV-2042": "Sam Okafor"}

# How to reach the client of each invoice. The app knows this; the library doesn't.
CONTACTS: Final[Mapping[str | None, Contact]] = {
    "INV-2041": Contact(channels={"call", "sms", "email"}, do_not_call=True),
    "INV-2042": Contact(channels={"email"}),
}
