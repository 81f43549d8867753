"""Orders and the entries of their histories: what they refuse, and what an entry changes."""

import pickle
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any, Final

import pytest
from attrs import asdict, evolve, fields

from prodflow import (
    Change,
    ChangeUndone,
    CycleAdopted,
    CycleConflictError,
    CycleNotFoundError,
    FactChanges,
    Facts,
    Held,
    HistoryEntry,
    Move,
    OrderAmended,
    OrderOpened,
    OrderSplit,
    ProductionFlow,
    ProductionOrder,
    StatusChanged,
    StatusCycle,
    UnknownStatusError,
)
from prodflow.order import AMENDABLE

AT: Final = datetime(2026, 11, 4, 9, tzinfo=UTC)
FLOW: Final = ProductionFlow()

OrderAt = Callable[[str], ProductionOrder]


def nov(day: int) -> date:
    """A day of November 2026; the 2nd is a Monday."""
    return date(2026, 11, day)


RECORDED: Final[dict[str, Any]] = {
    "order_id": "PO-1",
    "sequence": 2,
    "by": "ann",
    "recorded_by": "bob",
    "at": AT,
    "note": "urgent\nplease",
    "command_id": "c-1",
}
HELD: Final[dict[str, Any]] = {
    "visit": 1,
    "status": "ordered",
    "entered_on": nov(2),
    "entered_after": date(2026, 10, 30),
    "paused_on": nov(4),
    "paused_days": 3,
    "paused_working_days": 1,
    "due_on": nov(6),
    "due_on_is_manual": True,
    "department": "Lab",
    "user": "rita",
}
VALID: Final[dict[type, dict[str, Any]]] = {
    Held: HELD,
    OrderOpened: RECORDED
    | {
        "sequence": 1,
        "order_type": "prints",
        "cycle_version": 1,
        "to_status": "ordered",
        "ordered_on": nov(2),
        "delivery_on": nov(20),
        "plan_from": nov(2),
        "invoice_id": "I-1",
        "vendor": "Acme",
        "priority": 5,
        "quantity": 12,
        "facts": Facts({"client": "Lee"}),
        "entered_on": nov(2),
        "resumed_on": nov(4),
        "paused_days": 1,
        "paused_working_days": 1,
        "held_days": 1,
        "due_on": nov(4),
        "calculated_due_on": nov(3),
        "due_on_is_manual": True,
        "department": "Lab",
        "user": "rita",
        "policy": "forward",
        "reason": "repeat",
        "split_from": None,
        "reorder_of": "PO-0",
    },
    StatusChanged: RECORDED
    | {
        "from_status": "ordered",
        "to_status": "hold",
        "move": Move.ASIDE,
        "skipped": (),
        "completed_on": None,
        "current_complete": False,
        "visit": 2,
        "entered_on": nov(4),
        "entered_after": nov(2),
        "resumed_on": None,
        "paused_days": 0,
        "paused_working_days": 0,
        "held_days": 2,
        "due_on": nov(9),
        "calculated_due_on": nov(10),
        "due_on_is_manual": True,
        "department": "Lab",
        "user": "rita",
        "resumes_in": "ordered",
        "held": Held(**HELD),
        "facts": FactChanges({"client": None}),
        "policy": "forward",
        "reason": "damaged",
    },
    OrderAmended: RECORDED
    | {
        "ordered_on": nov(2),
        "delivery_on": nov(20),
        "plan_from": nov(3),
        "entered_on": nov(2),
        "vendor": "Acme",
        "invoice_id": "I-1",
        "priority": 5,
        "quantity": 12,
        "facts": FactChanges({"client": "Kim"}),
        "held_days": 2,
        "due_on": nov(9),
        "calculated_due_on": nov(10),
        "due_on_is_manual": True,
        "department": "Lab",
        "user": "rita",
        "held": None,
        "policy": "forward",
        "reason": None,
        "changed": ("vendor",),
    },
    CycleAdopted: RECORDED
    | {
        "cycle_version": 2,
        "from_status": "ordered",
        "to_status": "placed",
        "resumes_in": None,
        "held": None,
        "due_on": nov(3),
        "calculated_due_on": nov(3),
        "policy": "forward",
    },
    ChangeUndone: RECORDED
    | {
        "sequence": 3,
        "undoes": 2,
        "cycle_version": 1,
        "to_status": "ordered",
        "visit": 1,
        "entered_on": nov(2),
        "entered_after": None,
        "resumed_on": nov(4),
        "paused_days": 1,
        "paused_working_days": 1,
        "held_days": 1,
        "due_on": nov(4),
        "calculated_due_on": nov(3),
        "due_on_is_manual": True,
        "department": "Lab",
        "user": "rita",
        "ordered_on": nov(2),
        "delivery_on": nov(20),
        "plan_from": nov(3),
        "invoice_id": "I-1",
        "vendor": "Acme",
        "priority": 5,
        "quantity": None,
        "facts": FactChanges({"client": "Lee", "rush": None}),
        "resumes_in": None,
        "held": None,
    },
    OrderSplit: RECORDED | {"quantity": 5, "parts": (("PO-2", 3), ("PO-3", 4))},
}


def valid(cls: type, **more: object) -> dict[str, Any]:
    """The values of a valid entry, some of them replaced."""
    return VALID[cls] | more


Bad = tuple[object, type[Exception]]
BAD_TEXT: Final[tuple[Bad, ...]] = ((7, TypeError), ("", ValueError), ("a\x00b", ValueError))
BAD_KEY: Final[tuple[Bad, ...]] = ((7, TypeError), ("a b", ValueError))
BAD_NUMBER: Final[tuple[Bad, ...]] = ((True, TypeError), (1.0, TypeError), (0, ValueError))
BAD_DAY: Final[tuple[Bad, ...]] = ((AT, TypeError), ("2026-11-02", TypeError))
BAD_COUNT: Final[tuple[Bad, ...]] = ((True, TypeError), (1.0, TypeError), (-1, ValueError))
BAD_FLAG: Final[tuple[Bad, ...]] = ((1, TypeError), (None, TypeError))
BAD_FACTS: Final[tuple[Bad, ...]] = (
    (None, TypeError),
    ([("client", "Lee")], TypeError),
    ({"client": ["Lee"]}, TypeError),
    ({"client": 1.5}, TypeError),
    ({"client": ""}, ValueError),
)
BAD: Final[dict[str, tuple[Bad, ...]]] = {
    "order_id": BAD_TEXT,
    "id": BAD_TEXT,
    "sequence": BAD_NUMBER,
    "visit": BAD_NUMBER,
    "version": BAD_NUMBER,
    "cycle_version": BAD_NUMBER,
    "undoes": BAD_NUMBER,
    "paused_days": BAD_COUNT,
    "paused_working_days": BAD_COUNT,
    "held_days": BAD_COUNT,
    "by": BAD_TEXT,
    "recorded_by": BAD_TEXT,
    "at": ((nov(4), TypeError), (AT.replace(tzinfo=None), ValueError)),
    "note": ((None, TypeError), ("a\x00b", ValueError), ("x" * 10_001, ValueError)),
    "command_id": BAD_TEXT,
    "order_type": BAD_KEY,
    "from_status": BAD_KEY,
    "to_status": BAD_KEY,
    "resumes_in": BAD_KEY,
    "policy": BAD_KEY,
    "ordered_on": (*BAD_DAY, (None, TypeError)),
    "entered_on": (*BAD_DAY, (None, TypeError)),
    "paused_on": (*BAD_DAY, (None, TypeError)),
    "entered_after": BAD_DAY,
    "resumed_on": BAD_DAY,
    "plan_from": (*BAD_DAY, (None, TypeError)),
    "delivery_on": BAD_DAY,
    "due_on": BAD_DAY,
    "calculated_due_on": BAD_DAY,
    "completed_on": BAD_DAY,
    "due_on_is_manual": BAD_FLAG,
    "current_complete": BAD_FLAG,
    "department": BAD_TEXT,
    "user": BAD_TEXT,
    "invoice_id": BAD_TEXT,
    "vendor": BAD_TEXT,
    "priority": ((None, TypeError), (True, TypeError), (1_001, ValueError), (-1_001, ValueError)),
    "quantity": (*BAD_NUMBER, (2**31, ValueError)),
    "facts": BAD_FACTS,
    "reason": BAD_KEY,
    "split_from": BAD_TEXT,
    "reorder_of": BAD_TEXT,
    "parts": (
        ("PO-2", TypeError),
        ((), ValueError),
        ((("PO-2", 1), ("PO-2", 2)), ValueError),
        ((("PO-1", 1),), ValueError),
    ),
    "move": (("next", TypeError), (None, TypeError)),
    "skipped": (("qa", TypeError), (None, TypeError), (["a b"], ValueError)),
    "held": (((nov(6), True, "Lab", "rita"), TypeError),),
    "changed": (("vendor", TypeError), (["id"], ValueError)),
    "cycle": (("prints", TypeError), (None, TypeError)),
    "status": BAD_KEY,
}
BAD_IN_ORDERS: Final = BAD | {"status": (("ordered", TypeError), (None, TypeError))}


@pytest.mark.parametrize("cls", VALID)
def test_an_entry_holds_what_it_is_given(cls: type) -> None:
    """An entry has the values that it was built from."""
    assert VALID[cls] == asdict(cls(**VALID[cls]), recurse=False)


@pytest.mark.parametrize(
    ("cls", "name", "bad", "error"),
    [
        (cls, name, bad, error)
        for cls, values in VALID.items()
        for name in values
        for bad, error in BAD[name]
    ],
)
def test_an_entry_refuses_a_bad_value(
    cls: type, name: str, bad: object, error: type[Exception]
) -> None:
    """Each field of an entry refuses a bad value; the message has the field's name."""
    with pytest.raises(error, match=name):
        cls(**valid(cls, **{name: bad}))


@pytest.mark.parametrize(
    ("name", "bad", "error"),
    [(f.name, bad, error) for f in fields(ProductionOrder) for bad, error in BAD_IN_ORDERS[f.name]],
)
def test_an_order_refuses_a_bad_value(
    order: ProductionOrder, name: str, bad: object, error: type[Exception]
) -> None:
    """Each field of an order refuses a bad value; the message has the field's name."""
    with pytest.raises(error, match=name):
        evolve(order, **{name: bad})  # type: ignore[arg-type]  # refused for that


@pytest.mark.parametrize("cls", [cls for cls in VALID if cls is not Held])
def test_the_optional_facts_of_a_recording(cls: type) -> None:
    """By default, recorded_by and command_id are None, and the note is empty."""
    values = {k: v for k, v in VALID[cls].items() if k not in {"recorded_by", "note", "command_id"}}
    entry = cls(**values)
    assert (entry.recorded_by, entry.note, entry.command_id) == (None, "", None)


@pytest.mark.parametrize(
    ("cls", "wrong", "match"),
    [
        (OrderOpened, {"sequence": 2}, "first entry"),
        (OrderOpened, {"due_on_is_manual": False}, "unless it is manual"),
        (OrderOpened, {"plan_from": nov(1)}, "plan_from must be from 2026-11-02 on"),
        (OrderOpened, {"resumed_on": None}, "days paused need resumed_on"),
        (OrderOpened, {"resumed_on": nov(1)}, "resumed_on must be from 2026-11-02 on"),
        (Held, {"paused_on": nov(1)}, "paused_on must be from 2026-11-02 on"),
        (StatusChanged, {"to_status": "ordered"}, "another status"),
        (StatusChanged, {"current_complete": True}, "completed_on"),
        (StatusChanged, {"completed_on": nov(4)}, "completed_on"),
        (StatusChanged, {"resumes_in": None}, "held must be about the status to come back to"),
        (StatusChanged, {"resumes_in": "qa"}, "held must be about the status to come back to"),
        (StatusChanged, {"due_on_is_manual": False}, "unless it is manual"),
        (StatusChanged, {"visit": 3}, "visit must be at most sequence"),
        (StatusChanged, {"visit": 1}, "needs resumed_on"),
        (StatusChanged, {"paused_days": 1}, "days paused need resumed_on"),
        (OrderAmended, {"due_on_is_manual": False}, "unless it is manual"),
        (OrderAmended, {"plan_from": nov(1)}, "plan_from must be from 2026-11-02 on"),
        (CycleAdopted, {"held": Held(**HELD)}, "held must be about the status to come back to"),
        (ChangeUndone, {"undoes": 3}, "undoes must be an earlier entry"),
        (ChangeUndone, {"undoes": 1}, "and not the opening"),
        (ChangeUndone, {"visit": 2}, "visit must be before the entry undone"),
        (ChangeUndone, {"due_on_is_manual": False}, "unless it is manual"),
        (ChangeUndone, {"resumed_on": None}, "days paused need resumed_on"),
        (ChangeUndone, {"plan_from": nov(1)}, "plan_from must be from 2026-11-02 on"),
        (ChangeUndone, {"held": Held(**HELD)}, "held must be about the status to come back to"),
    ],
)
def test_an_entry_refuses_values_that_contradict_each_other(
    cls: type, wrong: dict[str, object], match: str
) -> None:
    """An entry refuses values that contradict each other."""
    with pytest.raises(ValueError, match=match):
        cls(**valid(cls, **wrong))


@pytest.mark.parametrize(
    ("wrong", "match"),
    [
        ({"visit": 2}, "at most version"),
        ({"held": Held(**HELD)}, "held must be about the status to come back to"),
        ({"resumes_in": "retouch"}, "exactly off the path"),
        ({"due_on": nov(9)}, "unless it is manual"),
        ({"paused_days": 1}, "days paused need resumed_on"),
        ({"paused_working_days": 1}, "days paused need resumed_on"),
        ({"resumed_on": nov(1)}, "resumed_on must be from 2026-11-02 on"),
        ({"plan_from": nov(1)}, "plan_from must be from 2026-11-02 on"),
    ],
)
def test_an_order_refuses_values_that_contradict_each_other(
    order: ProductionOrder, wrong: dict[str, Any], match: str
) -> None:
    """An order refuses values that contradict each other."""
    with pytest.raises(ValueError, match=match):
        evolve(order, **wrong)


def test_an_order_refuses_a_status_of_another_cycle(
    order: ProductionOrder, cycle: StatusCycle
) -> None:
    """The status of an order must be in its cycle, field by field."""
    with pytest.raises(ValueError, match="one of cycle 'prints'"):
        evolve(order, status=evolve(cycle["ordered"], description="Placed"))


@pytest.mark.parametrize("resumes_in", [None, "client"])
def test_an_order_off_the_path_has_a_status_of_the_path_to_come_back_to(
    order_at: OrderAt, resumes_in: str | None
) -> None:
    """An order off the path needs resumes_in, which must be on the path."""
    with pytest.raises(ValueError, match="resumes_in"):
        evolve(order_at("hold"), resumes_in=resumes_in)


def test_an_order_refuses_an_unknown_status_to_come_back_to(order_at: OrderAt) -> None:
    """The status to come back to must be in the cycle."""
    with pytest.raises(UnknownStatusError) as caught:
        evolve(order_at("hold"), resumes_in="nowhere")
    assert (caught.value.order_type, caught.value.key) == ("prints", "nowhere")


def test_an_order_tells_its_type(order: ProductionOrder) -> None:
    """The order type is the key of the order's cycle."""
    assert order.order_type == "prints"


@pytest.mark.parametrize(
    ("status", "complete", "cancelled", "is_open"),
    [
        ("ordered", False, False, True),
        ("hold", False, False, True),
        ("shipped", True, False, False),
        ("cancelled", False, True, False),
    ],
)
def test_an_order_is_open_until_it_is_complete_or_cancelled(
    order_at: OrderAt, status: str, complete: bool, cancelled: bool, is_open: bool
) -> None:
    """An order is complete in the final status, cancelled in a cancelled one, or open."""
    order = order_at(status)
    expected = (complete, cancelled, is_open)
    assert expected == (order.is_complete, order.is_cancelled, order.is_open)


@pytest.mark.parametrize(("today", "overdue"), [(2, False), (3, False), (4, True)])
def test_an_order_is_overdue_after_its_due_day(
    order: ProductionOrder, today: int, overdue: bool
) -> None:
    """An order is overdue from the day after its due date (decision D14)."""
    assert overdue is order.is_overdue(today=nov(today))


@pytest.mark.parametrize("status", ["hold", "shipped", "cancelled"])
def test_an_order_without_a_due_date_is_never_overdue(order_at: OrderAt, status: str) -> None:
    """An order without a due date is never overdue."""
    assert order_at(status).is_overdue(today=date.max) is False


@pytest.mark.parametrize("status", ["shipped", "cancelled"])
def test_a_closed_order_is_never_overdue(order_at: OrderAt, status: str) -> None:
    """A closed order is never overdue, even after its due date (decision D14)."""
    order = evolve(order_at(status), due_on=nov(3), due_on_is_manual=True)
    assert order.is_overdue(today=nov(4)) is False


@pytest.mark.parametrize(("today", "late"), [(19, False), (20, False), (21, True)])
def test_an_order_is_past_delivery_after_its_delivery_day(
    order_at: OrderAt, today: int, late: bool
) -> None:
    """An order without a due date can still be past its delivery date (decision D14)."""
    order = evolve(order_at("hold"), delivery_on=nov(20))
    assert late is order.is_past_delivery(today=nov(today))


@pytest.mark.parametrize("status", ["shipped", "cancelled"])
def test_a_closed_order_is_never_past_delivery(order_at: OrderAt, status: str) -> None:
    """A closed order is never past its delivery date."""
    order = evolve(order_at(status), delivery_on=nov(3))
    assert order.is_past_delivery(today=nov(4)) is False


def test_an_order_without_a_delivery_date_is_never_past_it(order: ProductionOrder) -> None:
    """An order without a delivery date is never past it."""
    assert order.is_past_delivery(today=date.max) is False


@pytest.mark.parametrize("question", ["is_overdue", "is_past_delivery"])
def test_today_is_a_date_and_no_instant(order: ProductionOrder, question: str) -> None:
    """A datetime is refused as today."""
    with pytest.raises(TypeError, match="today"):
        getattr(order, question)(today=AT)


def test_an_order_survives_pickling(order: ProductionOrder) -> None:
    """An unpickled order is equal to the original."""
    assert order == pickle.loads(pickle.dumps(order))


def test_opening_makes_the_order(order: ProductionOrder, cycle: StatusCycle) -> None:
    """The first entry gives an order at version 1, in its first visit."""
    expected = ProductionOrder(
        id="PO-1",
        cycle=cycle,
        status=cycle["ordered"],
        entered_on=nov(2),
        due_on=nov(3),
        calculated_due_on=nov(3),
        due_on_is_manual=False,
        department="Front desk",
        user="ann",
        ordered_on=nov(2),
        delivery_on=None,
        plan_from=nov(2),
        invoice_id=None,
        vendor=None,
        resumes_in=None,
        held=None,
        visit=1,
        version=1,
    )
    assert expected == order


FACTS: Final[dict[str, Any]] = {
    "ordered_on": nov(2),
    "delivery_on": nov(20),
    "invoice_id": "I-1",
    "vendor": "Acme",
}


def facts(order: ProductionOrder) -> dict[str, Any]:
    """The facts that only the opening sets."""
    return {name: getattr(order, name) for name in FACTS}


def placed(cycle: StatusCycle) -> ProductionOrder:
    """An order with all of these facts."""
    return FLOW.open(cycle, order_id="PO-1", by="ann", at=AT, **FACTS).order


def test_an_opening_gives_the_order_its_facts(cycle: StatusCycle) -> None:
    """The first entry sets the dates of the order, its invoice and its vendor."""
    assert facts(placed(cycle)) == FACTS


def test_a_status_change_keeps_the_facts(cycle: StatusCycle) -> None:
    """A status change keeps the dates of the order, its invoice and its vendor."""
    entry = StatusChanged(**VALID[StatusChanged])
    assert facts(placed(cycle).apply(entry)) == FACTS


def test_an_adoption_keeps_the_facts(cycle: StatusCycle) -> None:
    """An adoption keeps the dates of the order, its invoice and its vendor."""
    newer = cycle.replace("ordered", description="Placed")
    entry = CycleAdopted(**valid(CycleAdopted, to_status="ordered"))
    assert facts(placed(cycle).apply(entry, cycle=newer)) == FACTS


def test_a_status_change_begins_a_visit(order: ProductionOrder, cycle: StatusCycle) -> None:
    """A status change gives the order the values of the entry, in a new visit."""
    entry = StatusChanged(**VALID[StatusChanged])
    expected = evolve(
        order,
        status=cycle["hold"],
        entered_on=nov(4),
        entered_after=nov(2),
        held_days=2,
        due_on=nov(9),
        calculated_due_on=nov(10),
        due_on_is_manual=True,
        department="Lab",
        user="rita",
        resumes_in="ordered",
        held=Held(**HELD),
        visit=2,
        version=2,
    )
    assert expected == order.apply(entry)


def test_an_amendment_keeps_the_visit(order: ProductionOrder) -> None:
    """An amendment gives the order the values of the entry, in the same visit."""
    entry = OrderAmended(**VALID[OrderAmended])
    expected = evolve(
        order,
        delivery_on=nov(20),
        plan_from=nov(3),
        vendor="Acme",
        invoice_id="I-1",
        priority=5,
        quantity=12,
        facts={"client": "Kim"},
        held_days=2,
        due_on=nov(9),
        calculated_due_on=nov(10),
        due_on_is_manual=True,
        department="Lab",
        user="rita",
        version=2,
    )
    assert expected == order.apply(entry)


def test_adopting_a_cycle_keeps_the_visit(order: ProductionOrder, cycle: StatusCycle) -> None:
    """An adoption pins the order to the given version, in the same visit."""
    newer = cycle.replace("ordered", description="Placed")
    entry = CycleAdopted(**valid(CycleAdopted, to_status="ordered"))
    expected = evolve(order, cycle=newer, status=newer["ordered"], version=2)
    assert expected == order.apply(entry, cycle=newer)


def test_an_undoing_gives_every_field_of_an_order(order: ProductionOrder) -> None:
    """An undoing gives the order all values of the entry, in the visit that it names."""
    entry = ChangeUndone(**VALID[ChangeUndone])
    expected = evolve(
        order,
        resumed_on=nov(4),
        paused_days=1,
        paused_working_days=1,
        held_days=1,
        due_on=nov(4),
        due_on_is_manual=True,
        department="Lab",
        user="rita",
        delivery_on=nov(20),
        plan_from=nov(3),
        invoice_id="I-1",
        vendor="Acme",
        priority=5,
        facts={"client": "Lee"},
        version=3,
    )
    assert expected == order.apply(StatusChanged(**VALID[StatusChanged])).apply(entry)


def test_an_undoing_may_lead_to_another_version(order: ProductionOrder, cycle: StatusCycle) -> None:
    """If an undoing names another version, the order is pinned to the version that is given."""
    newer = cycle.replace("ordered", description="Placed")
    adopted = order.apply(CycleAdopted(**valid(CycleAdopted, to_status="ordered")), cycle=newer)
    undone = adopted.apply(ChangeUndone(**VALID[ChangeUndone]), cycle=cycle)
    assert (cycle, cycle["ordered"]) == (undone.cycle, undone.status)


def test_an_undoing_of_an_adoption_needs_the_older_cycle(
    order: ProductionOrder, cycle: StatusCycle
) -> None:
    """An undoing that names another version is refused without that version."""
    newer = cycle.replace("ordered", description="Placed")
    adopted = order.apply(CycleAdopted(**valid(CycleAdopted, to_status="ordered")), cycle=newer)
    with pytest.raises(TypeError, match="cycle must be a StatusCycle"):
        adopted.apply(ChangeUndone(**VALID[ChangeUndone]))


def test_only_entries_can_be_applied(order: ProductionOrder) -> None:
    """Only entries can be applied."""
    with pytest.raises(TypeError, match="entry"):
        order.apply("shipped")  # type: ignore[arg-type]  # refused for that


@pytest.mark.parametrize(
    ("cls", "wrong", "match"),
    [
        (StatusChanged, {"order_id": "PO-2"}, "of order 'PO-2'"),
        (StatusChanged, {"sequence": 1, "visit": 1}, "next entry is 2"),
        (StatusChanged, {"sequence": 3, "visit": 3}, "next entry is 2"),
        (StatusChanged, {"from_status": "qa"}, "not at 'qa'"),
        (StatusChanged, {"entered_on": nov(1)}, "cannot leave it"),
        (StatusChanged, {"resumed_on": nov(4), "visit": 1}, "visit 1 of order 'PO-1' is not on"),
        (StatusChanged, {"resumes_in": None, "held": None}, "resumes_in"),
        (StatusChanged, {"to_status": "retouch"}, "resumes_in"),
        (StatusChanged, {"resumes_in": "client", "held": None}, "on the path"),
        (OrderAmended, {"held": Held(**HELD)}, "keeps the visit that is held"),
        (OrderOpened, {}, "open already"),
    ],
)
def test_an_entry_that_does_not_follow_is_refused(
    order: ProductionOrder, cls: type, wrong: dict[str, object], match: str
) -> None:
    """An entry of another order, out of sequence or from another status is refused."""
    with pytest.raises(ValueError, match=match):
        order.apply(cls(**valid(cls, **wrong)))


@pytest.mark.parametrize(
    ("held", "shown"),
    [
        (None, "None"),
        (Held(**valid(Held, status="qa")), r"\(1, 'qa'\)"),
        (Held(**valid(Held, visit=2)), r"\(2, 'ordered'\)"),
    ],
    ids=["nothing", "another status", "another visit"],
)
def test_an_amendment_keeps_the_visit_that_is_held(
    order_at: OrderAt, held: Held | None, shown: str
) -> None:
    """An amendment may change what is held about a visit, but not which visit is held."""
    order = evolve(order_at("hold"), held=Held(**HELD))
    with pytest.raises(ValueError, match=rf"is held, \(1, 'ordered'\), not {shown}"):
        order.apply(OrderAmended(**valid(OrderAmended, held=held)))


def test_an_amended_visit_begins_before_its_return(order: ProductionOrder) -> None:
    """An amendment can't let a visit begin after the day it was resumed."""
    resumed = evolve(order, resumed_on=nov(4))
    with pytest.raises(ValueError, match="resumed on 2026-11-04"):
        resumed.apply(OrderAmended(**valid(OrderAmended, entered_on=nov(5))))
    amended = resumed.apply(OrderAmended(**valid(OrderAmended, entered_on=nov(4))))
    assert amended.entered_on == nov(4)


def test_an_amendment_may_change_every_field() -> None:
    """An amendment may name all the fields that it records as changed."""
    assert OrderAmended(**valid(OrderAmended, changed=AMENDABLE)).changed == AMENDABLE


def test_an_entry_to_an_unknown_status_is_refused(order: ProductionOrder) -> None:
    """An order refuses an entry to a status that its cycle does not have."""
    with pytest.raises(UnknownStatusError):
        order.apply(StatusChanged(**valid(StatusChanged, to_status="nowhere")))


@pytest.mark.parametrize("cls", [StatusChanged, OrderAmended, ChangeUndone])
def test_a_cycle_is_given_only_with_an_entry_that_moves_to_it(
    order: ProductionOrder, cycle: StatusCycle, cls: type
) -> None:
    """A cycle is refused with an entry that stays in the version of the order."""
    entry = cls(**VALID[cls])
    with pytest.raises(ValueError, match="moves the order to another version"):
        evolve(order, version=entry.sequence - 1).apply(entry, cycle=cycle)


def test_an_adoption_needs_its_cycle(order: ProductionOrder) -> None:
    """An adoption without its cycle is refused."""
    with pytest.raises(TypeError, match="cycle"):
        order.apply(CycleAdopted(**VALID[CycleAdopted]))


@pytest.mark.parametrize(
    ("wrong", "match"),
    [
        ({"cycle_version": 3}, "names version 3"),
        ({"from_status": "qa"}, "not at 'qa'"),
        ({"resumes_in": "qa"}, "resumes_in"),
        ({"due_on": nov(4)}, "due_on must be calculated_due_on"),
    ],
)
def test_an_adoption_that_does_not_follow_is_refused(
    order: ProductionOrder, cycle: StatusCycle, wrong: dict[str, object], match: str
) -> None:
    """An adoption of another version, or one that doesn't fit the order, is refused."""
    newer = cycle.replace("ordered", description="Placed")
    entry = CycleAdopted(**valid(CycleAdopted, **{"to_status": "ordered", **wrong}))
    with pytest.raises(ValueError, match=match):
        order.apply(entry, cycle=newer)


def test_an_adoption_of_another_type_is_refused(order: ProductionOrder, cycle: StatusCycle) -> None:
    """An order refuses a cycle of another order type."""
    entry = CycleAdopted(**valid(CycleAdopted, to_status="ordered"))
    with pytest.raises(ValueError, match="'albums'"):
        order.apply(entry, cycle=StatusCycle("albums", cycle.statuses, version=2))


def _history(cycle: StatusCycle) -> list[HistoryEntry]:
    """The history of an order that was opened, held, amended and migrated."""
    opening = FLOW.open(cycle, order_id="PO-1", ordered_on=nov(2), by="ann", at=AT)
    hold = FLOW.advance(
        opening.order, today=nov(4), by="ann", at=AT, to="hold", current_complete=False
    )
    amendment = FLOW.amend(hold.order, by="ann", at=AT, vendor="Acme")
    newer = cycle.replace("hold", description="Paused")
    adoption = FLOW.migrate(amendment.order, newer, by="ann", at=AT)
    return [change.entry for change in (opening, hold, amendment, adoption)]


def test_replay_gives_the_order_back(cycle: StatusCycle, order: ProductionOrder) -> None:
    """Replaying a history gives the same order."""
    newer = cycle.replace("hold", description="Paused")
    expected = evolve(
        order,
        cycle=newer,
        status=newer["hold"],
        entered_on=nov(4),
        due_on=None,
        calculated_due_on=None,
        vendor="Acme",
        resumes_in="ordered",
        entered_after=nov(2),
        held=Held(
            visit=1,
            status="ordered",
            entered_on=nov(2),
            paused_on=nov(4),
            due_on=nov(3),
            due_on_is_manual=False,
            department="Front desk",
            user="ann",
        ),
        visit=2,
        version=4,
    )
    assert expected == ProductionOrder.replay(_history(cycle), [newer, cycle])


def test_replay_names_the_cycle_that_is_missing(cycle: StatusCycle) -> None:
    """Replaying needs every cycle version that the history names."""
    with pytest.raises(CycleNotFoundError) as caught:
        ProductionOrder.replay(_history(cycle), [cycle])
    assert (caught.value.order_type, caught.value.version) == ("prints", 2)


def test_replay_refuses_two_contents_of_one_version(cycle: StatusCycle) -> None:
    """Replaying refuses different cycles with the same type and version."""
    other = StatusCycle("prints", cycle.statuses, description="Prints")
    with pytest.raises(CycleConflictError) as caught:
        ProductionOrder.replay(_history(cycle), [cycle, cycle, other])
    assert (caught.value.order_type, caught.value.version) == ("prints", 1)


@pytest.mark.parametrize("entries", [[], [OrderAmended(**VALID[OrderAmended])]])
def test_a_history_begins_with_an_opening(entries: list[HistoryEntry]) -> None:
    """A history that is empty, or doesn't begin with an opening, is refused."""
    with pytest.raises(ValueError, match="begins with an OrderOpened"):
        ProductionOrder.replay(entries, [])


def test_a_history_with_a_gap_is_refused(cycle: StatusCycle) -> None:
    """A history with a missing entry is refused."""
    opening, _, amendment, _ = _history(cycle)
    with pytest.raises(ValueError, match="next entry is 2"):
        ProductionOrder.replay([opening, amendment], [cycle])


@pytest.mark.parametrize(
    "wrong", [{"entries": 7}, {"entries": "x"}, {"cycles": 7}, {"cycles": ["prints"]}]
)
def test_replay_refuses_what_is_no_history(wrong: dict[str, Any]) -> None:
    """Replaying refuses anything but iterables of entries and cycles."""
    with pytest.raises(TypeError, match=next(iter(wrong))):
        ProductionOrder.replay(**{"entries": [], "cycles": [], **wrong})


def test_replay_refuses_what_is_no_entry() -> None:
    """A history that doesn't begin with an entry is of the wrong kind."""
    entries: list[Any] = ["x"]
    with pytest.raises(TypeError, match="entries"):
        ProductionOrder.replay(entries, [])


@pytest.mark.parametrize(
    ("other", "repeats"),
    [
        ({}, True),
        ({"at": AT.replace(hour=10)}, True),
        ({"recorded_by": "eve"}, True),
        ({"by": "eve"}, False),
        ({"note": ""}, False),
        ({"sequence": 3}, False),
    ],
)
def test_an_entry_repeats_another_whenever_it_was_recorded(
    other: dict[str, Any], repeats: bool
) -> None:
    """An entry repeats another if only at and recorded_by differ (decision D22)."""
    entry = OrderAmended(**VALID[OrderAmended])
    assert repeats is entry.repeats(evolve(entry, **other))


def test_an_entry_does_not_repeat_one_of_another_kind() -> None:
    """An entry of another kind is never a repetition."""
    entry = OrderAmended(**VALID[OrderAmended])
    assert entry.repeats(CycleAdopted(**VALID[CycleAdopted])) is False


def test_a_change_opens_an_order_by_its_first_entry_alone(order: ProductionOrder) -> None:
    """The first entry of an order must be an opening, and no other entry can be one."""
    first = evolve(order, visit=1, version=1)
    entry = StatusChanged(
        order_id=order.id,
        sequence=1,
        by="Ann",
        at=datetime(2026, 11, 4, tzinfo=UTC),
        from_status="elsewhere",
        to_status=order.status.key,
        move=Move.NEXT,
        skipped=(),
        completed_on=None,
        current_complete=False,
        visit=1,
        entered_on=order.entered_on,
        entered_after=None,
        due_on=None,
        calculated_due_on=None,
        due_on_is_manual=False,
        department=None,
        user=None,
        resumes_in=None,
        held=None,
        policy="forward",
    )
    with pytest.raises(ValueError, match="opened by its first entry"):
        Change(first, entry)
