"""Bulk changes: all orders or none, each with its own defaults."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any, Final

import pytest
from attrs import evolve

from prodflow import (
    Backward,
    BulkProposal,
    BulkRefusedError,
    Change,
    ChangeRefusedError,
    ChangeRules,
    CreateTask,
    DateOutOfRangeError,
    DaysFromDue,
    DaysInStatus,
    Forward,
    MissingDeliveryDateError,
    MixedOrderTypesError,
    Move,
    NoNextStatusError,
    Opening,
    ProductionFlow,
    ProductionOrder,
    RuleError,
    Status,
    StatusCycle,
    StatusMovedError,
    Trigger,
    UnmappedStatusError,
    WorkingCalendar,
)

AT: Final = datetime(2026, 11, 4, 9, tzinfo=UTC)
FLOW: Final = ProductionFlow()
BACKWARD: Final = ProductionFlow(due_dates=Backward(without_delivery="error"))
WHEN: Final[dict[str, Any]] = {"today": date(2026, 11, 4), "by": "ann"}
WHO: Final[dict[str, Any]] = {"by": "ann", "at": AT}

OrderAt = Callable[[str], ProductionOrder]


@pytest.fixture
def orders(order_at: OrderAt) -> list[ProductionOrder]:
    """Two orders that can move on: one ordered, one at the lab."""
    return [order_at("ordered"), evolve(order_at("printing"), id="PO-2")]


@pytest.fixture
def mixed(orders: list[ProductionOrder], order_at: OrderAt) -> list[ProductionOrder]:
    """The same orders, with closed ones between and after them."""
    closed = [evolve(order_at("shipped"), id="PO-3"), evolve(order_at("cancelled"), id="PO-4")]
    return [orders[0], closed[0], orders[1], closed[1]]


CLOSED: Final = {
    "PO-3": NoNextStatusError("PO-3", "shipped"),
    "PO-4": NoNextStatusError("PO-4", "cancelled"),
}


def test_a_bulk_is_as_many_singles(orders: list[ProductionOrder]) -> None:
    """Each order of a bulk has the same defaults as alone."""
    expected = [FLOW.propose(order, **WHEN) for order in orders]
    assert expected == list(FLOW.propose_all(orders, **WHEN))


def test_overrides_apply_to_all(orders: list[ProductionOrder]) -> None:
    """Values given to a bulk apply to each order."""
    given: dict[str, Any] = {"to": "hold", "user": "max", "note": "stock-taking"}
    expected = [FLOW.propose(order, **WHEN, **given) for order in orders]
    assert expected == list(FLOW.propose_all(orders, **WHEN, **given))


def test_a_bulk_says_how_many_records_will_be_modified(mixed: list[ProductionOrder]) -> None:
    """The length of a bulk is the number of records to be modified."""
    assert len(FLOW.propose_all(mixed, **WHEN)) == 2


def test_orders_that_cannot_go_are_set_apart(mixed: list[ProductionOrder]) -> None:
    """The refusals of a bulk say why each of these orders can't move."""
    assert FLOW.propose_all(mixed, **WHEN).refusals == CLOSED


def test_a_refusal_keeps_no_frame_of_the_bulk(orders: list[ProductionOrder]) -> None:
    """A refusal has no traceback, which would keep every order in memory."""
    proposed = FLOW.propose_all(orders, **WHEN, to="lost").refusals
    with pytest.raises(BulkRefusedError) as caught:
        BACKWARD.amend_all(orders, **WHO, ordered_on=date(2026, 11, 5))
    refusals = [*proposed.values(), *caught.value.refusals.values()]
    assert [(error.__traceback__, error.__context__) for error in refusals] == [(None, None)] * 4


def test_orders_that_the_rules_refuse_are_set_apart(orders: list[ProductionOrder]) -> None:
    """If the rules refuse an order, the refusals of the bulk have every reason."""
    rules: dict[str, Any] = {"targets": {"ordered": ["hold"]}}
    flow = ProductionFlow(rules=ChangeRules(**rules))
    bulk = flow.propose_all(orders, **WHEN)
    reasons = flow.propose(orders[0], **WHEN).refusals
    assert {"PO-1": ChangeRefusedError("PO-1", reasons)} == bulk.refusals


def test_orders_that_have_moved_are_set_apart(orders: list[ProductionOrder]) -> None:
    """An order that has left the expected status is refused; the others can move."""
    bulk = FLOW.propose_all(orders, **WHEN, expect="ordered")
    assert {"PO-2": StatusMovedError("PO-2", "ordered", "printing")} == bulk.refusals


def test_accepting_a_bulk_accepts_each(orders: list[ProductionOrder]) -> None:
    """Accepting a bulk gives the same changes as accepting each order, with one command id."""
    more: dict[str, Any] = {"at": AT, "recorded_by": "bob", "command_id": "c-1"}
    expected = [FLOW.advance(order, **WHEN, **more) for order in orders]
    assert expected == list(FLOW.accept_all(FLOW.propose_all(orders, **WHEN), **more))


def test_accepting_a_bulk_is_all_or_nothing(mixed: list[ProductionOrder]) -> None:
    """Accepting a bulk with refusals raises an error that has all of them."""
    bulk = FLOW.propose_all(mixed, **WHEN)
    with pytest.raises(BulkRefusedError) as caught:
        FLOW.accept_all(bulk, at=AT)
    assert caught.value.refusals == CLOSED


def test_a_bulk_goes_on_without_the_refused(
    mixed: list[ProductionOrder], orders: list[ProductionOrder]
) -> None:
    """Without the refused orders, the rest of a bulk can be accepted."""
    rest = FLOW.propose_all(mixed, **WHEN).without_refused()
    expected = [FLOW.advance(order, **WHEN, at=AT) for order in orders]
    assert expected == list(FLOW.accept_all(rest, at=AT))


def test_what_fails_at_accepting_is_refused_with_the_rest(
    orders: list[ProductionOrder], mixed: list[ProductionOrder]
) -> None:
    """Orders that fail when accepted are in the error together with those refused before."""
    reminder = Trigger("call", DaysInStatus("qa", 3), CreateTask("Call"))
    flow = ProductionFlow(due_dates=Backward(), triggers=[reminder])
    late = evolve(orders[1], entered_on=date.max)
    bulk = flow.propose_all([orders[0], late, mixed[1]], **WHEN)
    with pytest.raises(BulkRefusedError) as caught:
        flow.accept_all(bulk, at=AT)
    expected = {"PO-3": CLOSED["PO-3"], "PO-2": DateOutOfRangeError(date.max, 3)}
    assert caught.value.refusals == expected


def test_advancing_a_bulk_is_proposing_and_accepting(orders: list[ProductionOrder]) -> None:
    """Advancing many orders gives the same changes as advancing each."""
    expected = [
        FLOW.advance(order, **WHEN, at=AT, recorded_by="bob", command_id="c", to="hold")
        for order in orders
    ]
    actual = FLOW.advance_all(orders, **WHEN, at=AT, recorded_by="bob", command_id="c", to="hold")
    assert expected == list(actual)


def test_advancing_a_bulk_is_all_or_nothing(mixed: list[ProductionOrder]) -> None:
    """If orders can't advance, the error has the reason for each, and none advances."""
    with pytest.raises(BulkRefusedError) as caught:
        FLOW.advance_all(mixed, **WHEN, at=AT)
    assert caught.value.refusals == CLOSED


def test_amending_a_bulk_amends_each(orders: list[ProductionOrder]) -> None:
    """Amending many orders gives the same changes as amending each."""
    more: dict[str, Any] = {
        "recorded_by": "bob",
        "note": "moved",
        "command_id": "c",
        "vendor": "Acme",
        "ordered_on": date(2026, 11, 3),
    }
    expected = [FLOW.amend(order, **WHO, **more) for order in orders]
    assert expected == list(FLOW.amend_all(orders, **WHO, **more))


def test_amending_a_bulk_is_all_or_nothing(orders: list[ProductionOrder]) -> None:
    """If orders can't be amended, the error has the reason for each, and none is."""
    with pytest.raises(BulkRefusedError) as caught:
        BACKWARD.amend_all(orders, **WHO, ordered_on=date(2026, 11, 3))
    expected = {
        "PO-1": MissingDeliveryDateError("prints", "ordered"),
        "PO-2": MissingDeliveryDateError("prints", "printing"),
    }
    assert caught.value.refusals == expected


def test_replanning_a_bulk_leaves_out_what_does_not_change(mixed: list[ProductionOrder]) -> None:
    """Replanning many orders gives a change for each whose due date changes."""
    late = ProductionFlow(due_dates=Forward(WorkingCalendar(holidays=[date(2026, 11, 3)])))
    more: dict[str, Any] = {"recorded_by": "bob", "note": "holiday", "command_id": "c"}
    expected = [late.replan(mixed[0], **WHO, **more), late.replan(mixed[2], **WHO, **more)]
    assert expected == list(late.replan_all(mixed, **WHO, **more))


def test_replanning_a_bulk_is_all_or_nothing(mixed: list[ProductionOrder]) -> None:
    """If orders can't be replanned, the error has the reason for each, and none is."""
    with pytest.raises(BulkRefusedError) as caught:
        BACKWARD.replan_all(mixed, **WHO)
    expected = {
        "PO-1": MissingDeliveryDateError("prints", "ordered"),
        "PO-2": MissingDeliveryDateError("prints", "printing"),
    }
    assert caught.value.refusals == expected


def test_migrating_a_bulk_migrates_each(orders: list[ProductionOrder], cycle: StatusCycle) -> None:
    """Migrating many orders gives the same changes as migrating each."""
    more: dict[str, Any] = {
        "mapping": {"printing": "qa"},
        "recorded_by": "bob",
        "note": "new lab",
        "command_id": "c",
    }
    newer = cycle.remove("printing")
    expected = [FLOW.migrate(order, newer, **WHO, **more) for order in orders]
    assert expected == list(FLOW.migrate_all(orders, newer, **WHO, **more))


def test_migrating_a_bulk_is_all_or_nothing(
    mixed: list[ProductionOrder], cycle: StatusCycle
) -> None:
    """If orders can't be migrated, the error has the reason for each, and none is."""
    with pytest.raises(BulkRefusedError) as caught:
        FLOW.migrate_all(mixed, cycle.remove("printing").remove("cancelled"), **WHO)
    expected = {
        "PO-2": UnmappedStatusError("PO-2", "prints", 3, ("printing",)),
        "PO-4": UnmappedStatusError("PO-4", "prints", 3, ("cancelled",)),
    }
    assert caught.value.refusals == expected


LATE: Final = ProductionFlow(
    due_dates=Forward(WorkingCalendar(holidays=[date(2026, 11, 3)])),
    triggers=[
        Trigger("new", Opening(), CreateTask("Call")),
        Trigger("late", DaysFromDue(None, 1), CreateTask("Call")),
    ],
)


def test_amending_a_bulk_fires_what_amending_each_fires(orders: list[ProductionOrder]) -> None:
    """Amending many orders moves their reminders and fires no Opening."""
    changes = LATE.amend_all(orders, **WHO, due_on=date(2026, 11, 12))
    expected = [LATE.amend(order, **WHO, due_on=date(2026, 11, 12)).events for order in orders]
    assert expected == [change.events for change in changes]


def test_replanning_a_bulk_fires_what_replanning_each_fires(orders: list[ProductionOrder]) -> None:
    """Replanning many orders moves their reminders and fires no Opening."""
    expected = [LATE.replan(order, **WHO) for order in orders]
    assert expected == list(LATE.replan_all(orders, **WHO))


@pytest.mark.parametrize(
    "verb",
    [
        lambda orders, _: FLOW.amend_all(orders, **WHO),
        lambda orders, _: LATE.replan_all(orders, **WHO),
        lambda orders, cycle: FLOW.migrate_all(orders, cycle, **WHO),
    ],
)
def test_a_bulk_needs_no_note(
    orders: list[ProductionOrder],
    cycle: StatusCycle,
    verb: Callable[[list[ProductionOrder], StatusCycle], tuple[Change, ...]],
) -> None:
    """Without a note, the changes of a bulk have empty notes."""
    assert [change.entry.note for change in verb(orders, cycle)] == ["", ""]


Verb = Callable[[Any], object]


NEWER: Final = StatusCycle(
    "prints", [Status("ordered", "Ordered", initial=True), Status("shipped", "Shipped", final=True)]
)
VERBS: Final[dict[str, Verb]] = {
    "propose_all": lambda orders: FLOW.propose_all(orders, **WHEN),
    "advance_all": lambda orders: FLOW.advance_all(orders, **WHEN, at=AT),
    "amend_all": lambda orders: FLOW.amend_all(orders, **WHO),
    "replan_all": lambda orders: FLOW.replan_all(orders, **WHO),
    "migrate_all": lambda orders: FLOW.migrate_all(orders, NEWER, **WHO),
}


@pytest.mark.parametrize("verb", VERBS.values(), ids=VERBS)
def test_the_orders_of_a_bulk_are_of_one_type(
    order: ProductionOrder, cycle: StatusCycle, verb: Verb
) -> None:
    """Orders of several types can't be changed together."""
    albums = StatusCycle("albums", cycle.statuses)
    other = FLOW.open(albums, order_id="PO-2", ordered_on=date(2026, 11, 2), **WHO).order
    with pytest.raises(MixedOrderTypesError) as caught:
        verb([order, other])
    assert caught.value.order_types == ("prints", "albums")


@pytest.mark.parametrize("verb", VERBS.values(), ids=VERBS)
def test_a_bulk_holds_no_order_twice(order: ProductionOrder, verb: Verb) -> None:
    """A bulk can't have the same order twice."""
    with pytest.raises(ValueError, match="no order twice"):
        verb([order, evolve(order, vendor="Acme")])


@pytest.mark.parametrize("verb", VERBS.values(), ids=VERBS)
def test_a_bulk_holds_at_least_one_order(verb: Verb) -> None:
    """A bulk needs at least one order."""
    with pytest.raises(ValueError, match="at least one"):
        verb([])


@pytest.mark.parametrize("verb", VERBS.values(), ids=VERBS)
@pytest.mark.parametrize("orders", [None, "PO-1", ["PO-1"]])
def test_a_bulk_holds_orders(verb: Verb, orders: object) -> None:
    """A bulk needs an iterable of orders."""
    with pytest.raises(TypeError, match="orders"):
        verb(orders)


def test_a_proposal_of_a_bulk_is_no_bulk(order: ProductionOrder) -> None:
    """Only a bulk can be accepted as one."""
    with pytest.raises(TypeError, match="bulk"):
        FLOW.accept_all(FLOW.propose(order, **WHEN), at=AT)  # type: ignore[arg-type]  # refused


def test_a_bulk_is_a_value(mixed: list[ProductionOrder]) -> None:
    """Bulks are equal by value, including their refusals."""
    expected = BulkProposal(FLOW.propose_all(mixed, **WHEN).proposals, CLOSED)
    assert expected == FLOW.propose_all(mixed, **WHEN)


def test_a_bulk_without_refusals_has_none(orders: list[ProductionOrder]) -> None:
    """If all orders can move, a bulk has no refusals."""
    assert FLOW.propose_all(orders, **WHEN).refusals == {}


@pytest.mark.parametrize(
    ("wrong", "error"),
    [
        ({"proposals": None}, TypeError),
        ({"proposals": ["PO-1"]}, TypeError),
        ({"refusals": ["PO-1"]}, TypeError),
        ({"refusals": {"PO-1": "no"}}, TypeError),
        ({"refusals": {"PO-1": ValueError("no")}}, TypeError),
        ({"refusals": {"": RuleError()}}, ValueError),
    ],
)
def test_a_bulk_refuses_bad_values(wrong: dict[str, Any], error: type[Exception]) -> None:
    """Each field of a bulk refuses values of the wrong kind or out of bounds."""
    with pytest.raises(error, match=r"proposals|refusal"):
        BulkProposal(**{"proposals": [], "refusals": {}, **wrong})


def test_each_order_of_a_bulk_has_its_own_move(orders: list[ProductionOrder]) -> None:
    """Orders of one bulk can be in different statuses, so each has its own move."""
    bulk = FLOW.propose_all(orders, **WHEN, to="qa")
    assert [proposal.move for proposal in bulk] == [Move.SKIP, Move.NEXT]
