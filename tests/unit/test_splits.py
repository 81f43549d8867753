"""Splitting an order, and ordering it again."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any, Final

import pytest
from attrs import evolve

from prodflow import (
    ChangeRefusedError,
    ChangeRules,
    Completing,
    CreateTask,
    DaysFromDue,
    DaysInStatus,
    Entering,
    Facts,
    HistoryEntry,
    MemoryStore,
    Move,
    NothingToUndoError,
    Opening,
    OrderMovedError,
    OrderOpened,
    OrderSplit,
    ProductionFlow,
    ProductionOrder,
    Reason,
    SplitError,
    StatusCycle,
    Trigger,
)
from prodflow.hub import Pause, cycle_time, visits

MONDAY: Final = date(2026, 11, 2)
AT: Final = datetime(2026, 11, 4, 9, tzinfo=UTC)
FLOW: Final = ProductionFlow()
TASK: Final = CreateTask("Call the client")

OrderAt = Callable[[str], ProductionOrder]


@pytest.fixture
def order(prints: StatusCycle) -> ProductionOrder:
    """Ten prints for Lee at the lab, with a due date and a user that were set by hand."""
    opened = FLOW.open(
        prints,
        order_id="PO-1",
        ordered_on=MONDAY,
        delivery_on=date(2026, 11, 20),
        invoice_id="INV-7",
        vendor="West Lab",
        priority=5,
        quantity=10,
        facts={"client": "Lee", "size": "A4"},
        by="ann",
        at=AT,
    ).order
    return FLOW.advance(
        opened, today=date(2026, 11, 4), by="ann", at=AT, to="lab", due_on=MONDAY, user="eve"
    ).order


def split(order: ProductionOrder, *parts: tuple[str, int], **given: Any) -> Any:  # noqa: ANN401
    """The changes of a split, recorded by Ann."""
    return FLOW.split(order, parts, by="ann", at=AT, **given)


def test_a_split_lowers_the_quantity_and_opens_the_parts(order: ProductionOrder) -> None:
    """The order keeps what the parts don't take."""
    whole, first, second = split(order, ("PO-2", 3), ("PO-3", 1), note="3 are ready")
    assert whole.order == evolve(order, quantity=6, version=order.version + 1)
    assert whole.entry == OrderSplit(
        order_id="PO-1",
        sequence=3,
        by="ann",
        at=AT,
        note="3 are ready",
        quantity=6,
        parts=(("PO-2", 3), ("PO-3", 1)),
    )
    assert [part.order.quantity for part in (first, second)] == [3, 1]


def test_a_part_takes_over_everything_but_its_id_quantity_and_history(
    order: ProductionOrder,
) -> None:
    """A part is where the order is, with what was set by hand."""
    _, part = split(order, ("PO-2", 3))
    taken_over = evolve(order, id="PO-2", quantity=3, split_from="PO-1", visit=1, version=1)
    assert part.order == evolve(taken_over, entered_after=None)
    assert (part.order.due_on, part.order.user) == (MONDAY, "eve")


def test_a_part_keeps_the_pauses_of_the_visit(order: ProductionOrder) -> None:
    """A part of an order that was on hold has the days of the hold."""
    held = FLOW.advance(order, today=date(2026, 11, 5), by="ann", at=AT, to="hold").order
    back = FLOW.advance(held, today=date(2026, 11, 9), by="ann", at=AT).order
    _, part = split(back, ("PO-2", 3))
    assert (part.order.resumed_on, part.order.paused_days) == (date(2026, 11, 9), 4)
    assert part.order.entered_on == back.entered_on


def test_a_pause_before_the_split_is_no_work_of_the_part(order: ProductionOrder) -> None:
    """In reports, the visit of a part has one pause for all that were before the split."""
    held = FLOW.advance(order, today=date(2026, 11, 5), by="ann", at=AT, to="hold").order
    back = FLOW.advance(held, today=date(2026, 11, 9), by="ann", at=AT).order
    _, part = split(back, ("PO-2", 3))
    done = FLOW.advance(part.order, today=date(2026, 11, 10), by="ann", at=AT)
    visit, _ = visits([part.entry, done.entry])
    assert visit.pauses == (Pause(date(2026, 11, 5), date(2026, 11, 9), 2, None),)
    assert visit.calendar_days == (date(2026, 11, 10) - visit.entered_on).days - 4


def test_the_cycle_time_of_a_part_has_the_hold_before_the_split(order: ProductionOrder) -> None:
    """The days on hold count, but not as active days."""
    held = FLOW.advance(order, today=date(2026, 11, 5), by="ann", at=AT, to="hold").order
    back = FLOW.advance(held, today=date(2026, 11, 9), by="ann", at=AT).order
    _, part = split(back, ("PO-2", 3))
    final = part.order.cycle.final.key
    done = FLOW.advance(part.order, today=date(2026, 11, 10), by="ann", at=AT, to=final)
    times = cycle_time(visits([part.entry, done.entry]), [part.order.cycle])
    (row,) = times.orders
    assert row.to_first.days == (date(2026, 11, 10) - row.began_on).days
    assert row.to_first.hold_days == 4


def test_parts_are_saved_with_the_order_and_replayed(prints: StatusCycle) -> None:
    """One save holds the order and its parts; each history gives its order."""
    store = MemoryStore()
    first = FLOW.open(prints, order_id="PO-1", ordered_on=MONDAY, quantity=10, by="ann", at=AT)
    changes = split(first.order, ("PO-2", 3), command_id="split-1")
    store.save(first)
    store.save(*changes)
    store.save(*changes)  # a repetition changes nothing
    assert store.load(["PO-1", "PO-2"]) == {it.order.id: it.order for it in changes}
    for change in changes:
        history = store.history(change.order.id)
        assert ProductionOrder.replay(history, [prints]) == change.order


@pytest.mark.parametrize(
    ("parts", "code", "part"),
    [
        ([], "no-parts", None),
        ([("PO-2", 0)], "part-below-one", "PO-2"),
        ([("PO-2", 1), ("PO-3", -1)], "part-below-one", "PO-3"),
        ([("PO-2", 1), ("PO-2", 1)], "id-twice", "PO-2"),
        ([("PO-1", 1)], "id-twice", "PO-1"),
        ([("PO-2", 10)], "too-many", None),
        ([("PO-2", 5), ("PO-3", 5)], "too-many", None),
        ([("PO-2", 10**12)], "too-many", None),
    ],
)
def test_parts_typed_wrongly_are_refused(
    order: ProductionOrder, parts: list[tuple[str, int]], code: str, part: str | None
) -> None:
    """The error says what is wrong, and with which part."""
    with pytest.raises(SplitError) as caught:
        split(order, *parts)
    assert (caught.value.order_id, caught.value.code, caught.value.part) == ("PO-1", code, part)


@pytest.mark.parametrize(
    ("to", "code"), [("cancelled", "closed"), ("delivered", "closed"), ("hold", "off-path")]
)
def test_only_open_orders_on_the_path_are_split(order: ProductionOrder, to: str, code: str) -> None:
    """A closed order stays whole, and an order on hold comes back first."""
    there = FLOW.advance(order, today=date(2026, 11, 5), by="ann", at=AT, to=to).order
    with pytest.raises(SplitError) as caught:
        split(there, ("PO-2", 1))
    assert caught.value.code == code


def test_a_part_keeps_its_day_when_its_order_date_is_corrected(prints: StatusCycle) -> None:
    """It may have moved before it was split, so the day in its status stays."""
    first = FLOW.open(prints, order_id="PO-1", ordered_on=MONDAY, quantity=10, by="ann", at=AT)
    there = FLOW.advance(first.order, today=MONDAY, by="ann", at=AT).order
    _, part = FLOW.split(there, [("PO-2", 3)], by="ann", at=AT)
    amended = FLOW.amend(part.order, ordered_on=date(2026, 11, 1), by="ann", at=AT)
    assert (amended.order.ordered_on, amended.order.entered_on) == (date(2026, 11, 1), MONDAY)


def test_an_order_without_a_quantity_is_not_split(order_at: OrderAt) -> None:
    """There's nothing to divide."""
    with pytest.raises(SplitError) as caught:
        split(order_at("printing"), ("PO-2", 1))
    assert caught.value.code == "no-quantity"


@pytest.mark.parametrize("code", ["closed", "off-path", "no-quantity", "no-parts", "id-twice"])
def test_the_message_names_the_order(code: Any) -> None:  # noqa: ANN401 - one of the codes
    """Whoever reads the message knows which order it's about."""
    assert "'PO-1'" in str(SplitError("PO-1", code, "PO-2"))


@pytest.mark.parametrize(
    "parts", [[("PO-2", True)], [("PO-2", 1.0)], [("PO-2",)], ["ab"], [(2, 1)]]
)
def test_parts_of_a_wrong_kind_are_a_fault_of_the_caller(
    order: ProductionOrder, parts: list[Any]
) -> None:
    """A program, not a person, passes such parts."""
    with pytest.raises(TypeError):
        split(order, *parts)


def test_a_split_of_an_order_that_moved_is_refused(order: ProductionOrder) -> None:
    """The version that the screen showed is checked."""
    with pytest.raises(OrderMovedError):
        split(order, ("PO-2", 1), expect=1)


def test_a_split_is_not_undone(prints: StatusCycle) -> None:
    """Neither a split nor what came before it can be undone; what came after can."""
    first = FLOW.open(prints, order_id="PO-1", ordered_on=MONDAY, quantity=10, by="ann", at=AT)
    whole, _ = split(first.order, ("PO-2", 3))
    history: list[HistoryEntry] = [first.entry, whole.entry]
    with pytest.raises(NothingToUndoError):
        FLOW.undo(whole.order, history, by="ann", at=AT)
    amended = FLOW.amend(whole.order, quantity=9, by="ann", at=AT)
    undone = FLOW.undo(amended.order, [*history, amended.entry], by="ann", at=AT)
    assert undone.order.quantity == 7


def test_a_part_fires_no_trigger_but_has_its_reminders(order: ProductionOrder) -> None:
    """Nobody is told again that work has begun; reminders still to come are due for each part."""
    triggers = [
        Trigger("opening", Opening(), TASK),
        Trigger("entering", Entering("lab"), TASK),
        Trigger("completing", Completing("lab"), TASK),
        Trigger("three", DaysInStatus("lab", 3), TASK),
        Trigger("late", DaysFromDue("lab", 0), TASK),
    ]
    changes = ProductionFlow(triggers=triggers).split(order, [("PO-2", 3)], by="ann", at=AT)
    whole, part = changes
    assert whole.events == ()
    assert {event.trigger: event.fire_on for event in part.events} == {
        "three": date(2026, 11, 7),
        "late": MONDAY,
    }
    store = MemoryStore()
    store.save(part)
    pending = store.pending(as_of=date(2027, 1, 1))
    assert [item.event.trigger for item in pending] == ["three"]  # Monday is over


@pytest.mark.parametrize(
    "broken",
    [
        {"parts": ()},
        {"parts": (("PO-1", 1),)},
        {"parts": (("PO-2", 1), ("PO-2", 1))},
        {"parts": (("PO-2", 0),)},
        {"quantity": 0},
    ],
)
def test_a_split_entry_has_parts_of_distinct_orders(
    order: ProductionOrder, broken: dict[str, Any]
) -> None:
    """Entries from elsewhere are checked too."""
    whole, _ = split(order, ("PO-2", 3))
    with pytest.raises(ValueError, match=r"parts|quantity"):
        evolve(whole.entry, **broken)


def test_an_entry_must_divide_the_quantity_of_the_order(order: ProductionOrder) -> None:
    """Together, what stays and the parts are the order's quantity."""
    whole, _ = split(order, ("PO-2", 3))
    with pytest.raises(ValueError, match="quantity"):
        order.apply(evolve(whole.entry, quantity=8))


# --- Ordering again -------------------------------------------------------------------------------


def again(order: ProductionOrder, **given: Any) -> ProductionOrder:  # noqa: ANN401 - any keyword
    """The order that a reorder opens."""
    keywords: dict[str, Any] = {
        "order_id": "PO-9",
        "ordered_on": date(2026, 11, 10),
        "reason": "damaged",
        **given,
    }
    return FLOW.reorder(order, by="ann", at=AT, **keywords).order


def test_a_reorder_opens_the_same_order_again(order: ProductionOrder) -> None:
    """It begins at the initial status, with the order's invoice, vendor, quantity and facts."""
    reprint = again(order)
    assert reprint.reorder_of == "PO-1"
    assert (reprint.status.key, reprint.ordered_on, reprint.delivery_on) == (
        "ordered",
        date(2026, 11, 10),
        None,
    )
    same = ("cycle", "invoice_id", "vendor", "priority", "quantity", "facts")
    assert {name: getattr(reprint, name) for name in same} == {
        name: getattr(order, name) for name in same
    }
    assert reprint.due_on == date(2026, 11, 11)


def test_what_is_given_replaces_what_the_order_has(order: ProductionOrder) -> None:
    """Any of it may differ, and may be nothing."""
    reprint = again(
        order,
        vendor=None,
        quantity=2,
        priority=9,
        facts={"client": "Lee"},
        invoice_id=None,
        delivery_on=date(2026, 11, 30),
    )
    assert (reprint.vendor, reprint.quantity, reprint.priority) == (None, 2, 9)
    assert (reprint.facts, reprint.invoice_id) == (Facts({"client": "Lee"}), None)
    assert reprint.delivery_on == date(2026, 11, 30)


def test_a_cancelled_order_can_be_ordered_again(order: ProductionOrder) -> None:
    """The state of the order makes no difference."""
    gone = FLOW.advance(order, today=MONDAY, by="ann", at=AT, to="cancelled").order
    assert again(gone).is_open


def test_the_entry_says_why_and_the_triggers_fire(order: ProductionOrder) -> None:
    """A reprint is an order like any other."""
    flow = ProductionFlow(triggers=[Trigger("opening", Opening(), TASK)])
    change = flow.reorder(
        order, order_id="PO-9", ordered_on=MONDAY, reason="damaged", by="ann", at=AT
    )
    assert isinstance(change.entry, OrderOpened)
    assert (change.entry.reason, change.entry.reorder_of) == ("damaged", "PO-1")
    assert [event.trigger for event in change.events] == ["opening"]


@pytest.mark.parametrize("reason", ["lost", "old", "slip"])
def test_the_reason_must_be_in_the_list(order: ProductionOrder, reason: str) -> None:
    """A reason that isn't in the list, is inactive or is for moves only, is refused."""
    reasons = [
        Reason("damaged", "Damaged"),
        Reason("old", "No longer used", inactive=True),
        Reason("slip", "Sent back by mistake", moves={Move.BACK}),
    ]
    flow = ProductionFlow(rules=ChangeRules(reasons=reasons))
    with pytest.raises(ChangeRefusedError) as caught:
        flow.reorder(order, order_id="PO-9", ordered_on=MONDAY, reason=reason, by="ann", at=AT)
    assert [refusal.code for refusal in caught.value.refusals] == ["reason"]


def test_a_reorder_needs_an_id_of_its_own(order: ProductionOrder) -> None:
    """An order can't be a reprint of itself."""
    with pytest.raises(ValueError, match="order_id"):
        again(order, order_id="PO-1")
