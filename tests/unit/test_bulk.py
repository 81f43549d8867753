"""Bulk changes: all orders or none, each with its own defaults."""

from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime
from typing import Any, Final

import pytest
from attrs import NOTHING, evolve

from prodflow import (
    Backward,
    BulkChoice,
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
    InactiveStatusError,
    MissingDeliveryDateError,
    MixedOrderTypesError,
    Move,
    NoNextStatusError,
    Opening,
    OrderMovedError,
    ProductionFlow,
    ProductionOrder,
    RuleError,
    SameStatusError,
    Status,
    StatusCycle,
    Trigger,
    UnknownStatusError,
    UnmappedStatusError,
    WorkingCalendar,
)

AT: Final = datetime(2026, 11, 4, 9, tzinfo=UTC)
FLOW: Final = ProductionFlow()
BACKWARD: Final = ProductionFlow(due_dates=Backward(without_delivery="error"))
LATE: Final = ProductionFlow(
    due_dates=Forward(WorkingCalendar(holidays=[date(2026, 11, 3)])),
    triggers=[
        Trigger("new", Opening(), CreateTask("Call")),
        Trigger("late", DaysFromDue(None, 1), CreateTask("Call")),
    ],
)
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


# Decision D23: what only a rule refuses stays in the window


NOTED: Final = ProductionFlow(rules=ChangeRules(note_required={Move.SKIP}))


def test_orders_that_only_a_rule_refuses_stay_in_the_bulk(orders: list[ProductionOrder]) -> None:
    """An order that only the rules refuse keeps its proposal, with its own refusals."""
    bulk = NOTED.propose_all(orders, **WHEN, to="qa")
    expected = [("PO-1", ["note"]), ("PO-2", [])]
    assert expected == [(p.order.id, [r.code for r in p.refusals]) for p in bulk.proposals]


def test_orders_that_only_a_rule_refuses_are_no_refusals(orders: list[ProductionOrder]) -> None:
    """The refusals of a bulk have only the orders that can't go at all."""
    assert NOTED.propose_all(orders, **WHEN, to="qa").refusals == {}


def test_the_proposals_without_refusals_are_ready(orders: list[ProductionOrder]) -> None:
    """The ready proposals are those that no rule refuses."""
    bulk = NOTED.propose_all(orders, **WHEN, to="qa")
    assert (bulk.proposals[1],) == bulk.ready


def test_a_note_that_is_still_missing_refuses_the_bulk(orders: list[ProductionOrder]) -> None:
    """Accepting refuses what the rules refuse, with every refusal of the order."""
    bulk = NOTED.propose_all(orders, **WHEN, to="qa")
    with pytest.raises(BulkRefusedError) as caught:
        NOTED.accept_all(bulk, at=AT)
    expected = {"PO-1": ChangeRefusedError("PO-1", bulk.proposals[0].refusals)}
    assert expected == caught.value.refusals


def test_a_bulk_goes_on_without_what_a_rule_refuses(orders: list[ProductionOrder]) -> None:
    """Without the refused orders, the ready ones go on."""
    bulk = NOTED.propose_all(orders, **WHEN, to="qa")
    assert BulkProposal(bulk.ready, {}) == bulk.without_refused()


# Revising a bulk


def test_a_note_typed_later_makes_a_bulk_ready(orders: list[ProductionOrder]) -> None:
    """Revised with a note, the order that needed one is ready too."""
    bulk = NOTED.propose_all(orders, **WHEN, to="qa")
    revised = NOTED.revise_all(bulk, note="Nothing to retouch")
    assert [proposal.order.id for proposal in revised.ready] == ["PO-1", "PO-2"]


def test_revising_a_bulk_revises_each(orders: list[ProductionOrder]) -> None:
    """Revising a bulk gives the same proposals as revising each order's."""
    bulk = FLOW.propose_all(orders, **WHEN, user="max")
    expected = [FLOW.revise(proposal, to="qa", due_on=None) for proposal in bulk]
    assert expected == list(FLOW.revise_all(bulk, to="qa", due_on=None))


def test_a_bulk_of_your_own_can_be_revised(orders: list[ProductionOrder]) -> None:
    """A bulk that you build from proposals is revised like the bulk that they came from."""
    bulk = FLOW.propose_all(orders, **WHEN)
    own = BulkProposal(bulk.proposals, {})
    assert FLOW.revise_all(own, to="qa") == FLOW.revise_all(bulk, to="qa")


def test_revising_keeps_what_was_given_to_the_bulk(mixed: list[ProductionOrder]) -> None:
    """What was given stays, also for an order that couldn't go before."""
    bulk = FLOW.revise_all(FLOW.propose_all(mixed, **WHEN, user="max"), to="qa")
    assert [proposal.user for proposal in bulk] == ["max", "max", "max", "max"]


def test_revising_asks_the_orders_that_could_not_go_again(mixed: list[ProductionOrder]) -> None:
    """An order that couldn't go is proposed again, and may go now."""
    revised = FLOW.revise_all(FLOW.propose_all(mixed, **WHEN), to="qa")
    assert (
        revised.refusals,
        [proposal.order.id for proposal in revised],
    ) == ({}, ["PO-1", "PO-3", "PO-2", "PO-4"])


def test_an_order_that_cannot_go_any_more_is_set_apart(mixed: list[ProductionOrder]) -> None:
    """An order may be refused by what the user picks later."""
    revised = FLOW.revise_all(FLOW.propose_all(mixed, **WHEN, to="qa"), to="shipped")
    assert {"PO-3": SameStatusError("PO-3", "shipped")} == revised.refusals


def test_a_bulk_may_be_revised_again(mixed: list[ProductionOrder]) -> None:
    """A revised bulk keeps everything that was given so far, for every order."""
    first = FLOW.propose_all(mixed, **WHEN)
    again = FLOW.revise_all(FLOW.revise_all(first, user="max"), to="qa")
    assert list(FLOW.propose_all(mixed, **WHEN, user="max", to="qa")) == list(again)


def test_the_rest_of_a_bulk_may_be_revised(mixed: list[ProductionOrder]) -> None:
    """A bulk that goes on without the refused orders can be revised too."""
    rest = FLOW.propose_all(mixed, **WHEN).without_refused()
    assert [p.order.id for p in FLOW.revise_all(rest, note="rush")] == ["PO-1", "PO-2"]


def test_a_date_lets_go_of_an_incomplete_status_in_a_bulk(mixed: list[ProductionOrder]) -> None:
    """As in the single window, a date of completion unticks "not complete" (decision D20)."""
    incomplete = FLOW.propose_all(mixed, **WHEN, current_complete=False)
    revised = FLOW.revise_all(incomplete, completed_on=date(2026, 11, 3))
    assert [proposal.current_complete for proposal in revised] == [True, True]


def test_a_bulk_says_who_is_logged_in(orders: list[ProductionOrder]) -> None:
    """Each entry has who did it and who recorded it."""
    bulk = FLOW.propose_all(orders[:2], today=WHEN["today"], by="Mia", recorded_by="Tom")
    for change in FLOW.accept_all(bulk, at=AT):
        assert (change.entry.by, change.entry.recorded_by) == ("Mia", "Tom")


def test_a_wrong_version_is_refused_with_its_order(orders: list[ProductionOrder]) -> None:
    """The message names the order whose version isn't a number."""
    wrong: Any = {orders[0].id: "2"}
    with pytest.raises(TypeError, match=f"expect\\['{orders[0].id}'\\]"):
        FLOW.propose_all(orders, **WHEN, expect=wrong)


def test_a_cut_bulk_is_revised_with_what_was_given(orders: list[ProductionOrder]) -> None:
    """Without the refused orders, it keeps its keywords for the others."""
    moved, other = orders[0], orders[1]
    first = FLOW.propose_all([moved, other], **WHEN, user="Ann", expect={moved.id: 99})
    cut = first.without_refused()
    assert FLOW.revise_all(cut, note="x") == FLOW.propose_all([other], **WHEN, user="Ann", note="x")
    again = FLOW.revise_all(FLOW.revise_all(cut, to=other.status.key), to=None)
    assert again == FLOW.propose_all([other], **WHEN, user="Ann", to=None)


def test_an_order_that_moved_stays_refused(orders: list[ProductionOrder]) -> None:
    """Revising a bulk checks the versions that were given at first, or others."""
    moved, other = orders[0], orders[1]
    bulk = FLOW.propose_all([moved, other], **WHEN, expect={moved.id: moved.version + 1})
    for revised in (FLOW.revise_all(bulk, note="x"), FLOW.revise_all(bulk, expect=NOTHING)):
        assert [*revised.refusals] == [moved.id]
        assert [*FLOW.revise_all(revised, user="Ann").refusals] == [moved.id]
    assert not FLOW.revise_all(bulk, expect=None).refusals
    assert not FLOW.revise_all(bulk, expect={moved.id: moved.version}).refusals
    refused = FLOW.revise_all(FLOW.propose_all([moved, other], **WHEN), expect={other.id: 9})
    assert [*refused.refusals] == [other.id]


def test_only_a_bulk_can_be_revised_as_one(order: ProductionOrder) -> None:
    """A single proposal isn't a bulk."""
    with pytest.raises(TypeError, match="bulk must be a BulkProposal"):
        FLOW.revise_all(FLOW.propose(order, **WHEN))  # type: ignore[arg-type]  # refused


# Decision D19: orders that have moved since the screen showed them


@pytest.fixture
def shown(orders: list[ProductionOrder]) -> list[ProductionOrder]:
    """Two orders, the second of which is two versions further than the screen shows."""
    return [orders[0], evolve(orders[1], version=3)]


EXPECT: Final = {"PO-1": 1, "PO-2": 1}
MOVED: Final = {"PO-2": OrderMovedError("PO-2", 1, 3)}


def test_orders_that_have_moved_are_set_apart(shown: list[ProductionOrder]) -> None:
    """An order that is at another version is refused; the others can move."""
    bulk = FLOW.propose_all(shown, **WHEN, expect=EXPECT)
    assert ([p.order.id for p in bulk], bulk.refusals) == (["PO-1"], MOVED)


def test_orders_that_expect_does_not_name_are_not_checked(shown: list[ProductionOrder]) -> None:
    """An order without an expected version can move, whatever its version is."""
    assert FLOW.propose_all(shown, **WHEN, expect={"PO-1": 1, "PO-9": 1}).refusals == {}


@pytest.mark.parametrize(
    "verb",
    [
        lambda orders: FLOW.advance_all(orders, **WHEN, at=AT, expect=EXPECT),
        lambda orders: FLOW.amend_all(orders, **WHO, vendor="Acme", expect=EXPECT),
        lambda orders: LATE.replan_all(orders, **WHO, expect=EXPECT),
        lambda orders: FLOW.migrate_all(
            orders, orders[0].cycle.move_up("qa"), **WHO, expect=EXPECT
        ),
    ],
    ids=["advance_all", "amend_all", "replan_all", "migrate_all"],
)
def test_an_order_that_has_moved_refuses_the_bulk(
    shown: list[ProductionOrder], verb: Callable[[list[ProductionOrder]], object]
) -> None:
    """Verbs that are all or none name every order that has moved."""
    with pytest.raises(BulkRefusedError) as caught:
        verb(shown)
    assert caught.value.refusals == MOVED


@pytest.mark.parametrize(
    ("expect", "error"),
    [
        ("ordered", TypeError),
        (1, TypeError),
        ([("PO-1", 1)], TypeError),
        ({"PO-1": "ordered"}, TypeError),
        ({"PO-1": True}, TypeError),
        ({"PO-1": 0}, ValueError),
        ({7: 1}, TypeError),
        ({"": 1}, ValueError),
    ],
)
def test_a_bulk_expects_versions(
    orders: list[ProductionOrder],
    expect: Any,  # noqa: ANN401 - of the wrong kind
    error: type[Exception],
) -> None:
    """A bulk takes the versions by the ids of the orders, not a status for all."""
    with pytest.raises(error, match="expect"):
        FLOW.propose_all(orders, **WHEN, expect=expect)


# The "Change To Status" list of a bulk


def keys(choices: Iterable[BulkChoice]) -> list[str]:
    """The keys of the statuses of a list."""
    return [choice.status.key for choice in choices]


def test_a_bulk_may_choose_what_any_order_may(orders: list[ProductionOrder]) -> None:
    """The list has every active status once, in list order."""
    expected = [
        *("ordered", "retouch", "printing", "qa", "shipped"),
        *("hold", "client", "cancelled"),
    ]
    assert expected == keys(FLOW.choices_all(orders, **WHEN))


def test_a_choice_of_a_bulk_says_for_which_orders_it_is_open(
    orders: list[ProductionOrder], cycle: StatusCycle
) -> None:
    """A choice has the ids of the orders that may go there, and why the others can't."""
    expected = BulkChoice(
        cycle["printing"], ["PO-1"], {"PO-2": SameStatusError("PO-2", "printing")}
    )
    assert expected == FLOW.choices_all(orders, **WHEN)[2]


def test_a_rule_closes_a_choice_of_a_bulk(orders: list[ProductionOrder]) -> None:
    """If the rules refuse an order, the choice has its refusals, as in its own list."""
    strict = ProductionFlow(rules=ChangeRules(allow_skip=False))
    qa = strict.choices_all(orders, **WHEN)[3]
    expected = {"PO-1": strict.choices(orders[0], **WHEN)[3].refusals}
    assert (("PO-2",), expected) == (qa.open_to, qa.refusals)


def test_a_missing_note_leaves_a_choice_of_a_bulk_open(orders: list[ProductionOrder]) -> None:
    """A status that only needs a note is open, since a note can be typed."""
    qa = NOTED.choices_all(orders, **WHEN)[3]
    assert (qa.open_to, qa.needs) == (("PO-1", "PO-2"), ("note",))


def test_a_refused_order_needs_nothing(orders: list[ProductionOrder]) -> None:
    """A choice doesn't ask for the note of an order that can't go there anyway."""
    strict = ProductionFlow(rules=ChangeRules(note_required={Move.SKIP}, allow_skip=False))
    qa = strict.choices_all(orders, **WHEN)[3]
    assert (qa.open_to, qa.needs) == (("PO-2",), ())


@pytest.fixture
def versions(orders: list[ProductionOrder], cycle: StatusCycle) -> list[ProductionOrder]:
    """Two orders of two versions: the newer one has no quality check, but frames, first."""
    newer = cycle.remove("qa").add(Status("frame", "Framing"), 1)
    return [orders[0], FLOW.migrate(orders[1], newer, **WHO).order]


def test_the_choices_of_a_bulk_stand_in_the_newest_order(versions: list[ProductionOrder]) -> None:
    """The list has the order of the newest version; what only older ones have follows."""
    expected = [
        *("ordered", "frame", "retouch", "printing", "shipped"),
        *("hold", "client", "cancelled", "qa"),
    ]
    assert expected == keys(FLOW.choices_all(versions, **WHEN))


def test_a_status_that_a_version_lacks_is_closed_to_its_orders(
    versions: list[ProductionOrder],
) -> None:
    """An order can't go to a status that its own version doesn't have."""
    qa = FLOW.choices_all(versions, **WHEN)[-1]
    known = tuple(status.key for status in versions[1].cycle)
    expected = (("PO-1",), {"PO-2": UnknownStatusError("prints", "qa", known)})
    assert expected == (qa.open_to, qa.refusals)


def test_an_inactive_status_of_the_newest_version_is_a_choice_for_older_orders(
    orders: list[ProductionOrder], cycle: StatusCycle
) -> None:
    """A status that only an older version still uses is in the list, open to its orders."""
    newer = FLOW.migrate(orders[1], cycle.deactivate("retouch"), **WHO).order
    (retouch,) = (
        c for c in FLOW.choices_all([orders[0], newer], **WHEN) if c.status.key == "retouch"
    )
    expected = (("PO-1",), {"PO-2": InactiveStatusError("prints", "retouch")})
    assert expected == (retouch.open_to, retouch.refusals)


def test_a_refusal_of_a_choice_keeps_no_frame_of_the_bulk(orders: list[ProductionOrder]) -> None:
    """An error in a choice has no traceback, which would keep every order in memory."""
    refusal = FLOW.choices_all(orders, **WHEN)[2].refusals["PO-2"]
    assert isinstance(refusal, SameStatusError)
    assert (refusal.__traceback__, refusal.__context__) == (None, None)


@pytest.mark.parametrize(
    ("wrong", "error"),
    [({"today": AT}, TypeError), ({"by": ""}, ValueError), ({"recorded_by": 7}, TypeError)],
)
def test_the_choices_of_a_bulk_refuse_bad_values(
    orders: list[ProductionOrder], wrong: dict[str, Any], error: type[Exception]
) -> None:
    """Asking for choices refuses values of the wrong kind or out of bounds."""
    with pytest.raises(error, match=next(iter(wrong))):
        FLOW.choices_all(orders, **{**WHEN, **wrong})


def fails(*_: object) -> str:
    """A guard of the host that is broken."""
    raise ZeroDivisionError


@pytest.mark.parametrize(
    "verb",
    [
        lambda flow, orders: flow.propose_all(orders, **WHEN),
        lambda flow, orders: flow.choices_all(orders[:1], **WHEN),
        lambda flow, orders: flow.revise_all(FLOW.propose_all(orders, **WHEN), to="qa"),
        lambda flow, orders: flow.amend_all(orders, **WHO),
    ],
    ids=["propose_all", "choices_all", "revise_all", "amend_all"],
)
def test_what_a_guard_raises_names_the_order(
    orders: list[ProductionOrder],
    verb: Callable[[ProductionFlow, list[ProductionOrder]], object],
) -> None:
    """What a host's own code raises passes through a bulk, with the order's id as a note."""
    flow = ProductionFlow(rules=ChangeRules(guard=fails, entry_guard=fails))
    with pytest.raises(ZeroDivisionError) as caught:
        verb(flow, orders)
    assert caught.value.__notes__ == ["order 'PO-1'"]


def test_accepting_a_bulk_accepts_each(orders: list[ProductionOrder]) -> None:
    """Accepting a bulk gives the same changes as accepting each order, with one command id."""
    more: dict[str, Any] = {"at": AT, "command_id": "c-1"}
    expected = [FLOW.advance(order, **WHEN, recorded_by="bob", **more) for order in orders]
    bulk = FLOW.propose_all(orders, **WHEN, recorded_by="bob")
    assert expected == list(FLOW.accept_all(bulk, **more))


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
        lambda orders, cycle: FLOW.migrate_all(orders, cycle.move_up("qa"), **WHO),
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
    "prints",
    [Status("ordered", "Ordered", initial=True), Status("shipped", "Shipped", final=True)],
    version=2,
)
VERBS: Final[dict[str, Verb]] = {
    "propose_all": lambda orders: FLOW.propose_all(orders, **WHEN),
    "advance_all": lambda orders: FLOW.advance_all(orders, **WHEN, at=AT),
    "amend_all": lambda orders: FLOW.amend_all(orders, **WHO),
    "replan_all": lambda orders: FLOW.replan_all(orders, **WHO),
    "choices_all": lambda orders: FLOW.choices_all(orders, **WHEN),
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


@pytest.mark.parametrize(
    ("wrong", "error"),
    [
        ({"status": "qa"}, TypeError),
        ({"open_to": "PO-1"}, TypeError),
        ({"open_to": [7]}, TypeError),
        ({"refusals": ["PO-1"]}, TypeError),
        ({"refusals": {"": ()}}, ValueError),
        ({"refusals": {"PO-1": "no"}}, TypeError),
        ({"refusals": {"PO-1": ["no"]}}, TypeError),
    ],
)
def test_a_choice_of_a_bulk_refuses_bad_values(
    cycle: StatusCycle, wrong: dict[str, Any], error: type[Exception]
) -> None:
    """Each field of a choice refuses values of the wrong kind or out of bounds."""
    with pytest.raises(error, match=r"status|open_to|refus"):
        BulkChoice(**{"status": cycle["qa"], "open_to": [], "refusals": {}, **wrong})


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
