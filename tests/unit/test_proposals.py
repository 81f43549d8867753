"""Status changes: the target, the move, every default, and the entry of an accepted change."""

import pickle
from collections.abc import Callable
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Any, Final, Unpack

import pytest
from attrs import NOTHING, evolve, fields, frozen

from prodflow import (
    EVERY_DAY,
    Backward,
    Change,
    ChangeRules,
    CompletionDateError,
    CreateTask,
    DateOutOfRangeError,
    DaysInStatus,
    Forward,
    FromEntry,
    Held,
    InactiveStatusError,
    Leaving,
    MissingDeliveryDateError,
    Move,
    NoNextStatusError,
    Opening,
    OrderMovedError,
    OrderOpened,
    PlanningFacts,
    ProductionFlow,
    ProductionOrder,
    ProposedChange,
    SameStatusError,
    StatusChanged,
    StatusCycle,
    StatusMovedError,
    Trigger,
    UnknownStatusError,
    WorkingCalendar,
)
from prodflow.flow import Overrides

AT: Final = datetime(2026, 11, 4, 9, tzinfo=UTC)
FLOW: Final = ProductionFlow()

OrderAt = Callable[[str], ProductionOrder]


def nov(day: int) -> date:
    """A day of November 2026; the 2nd is a Monday."""
    return date(2026, 11, day)


def proposed(
    order: ProductionOrder,
    day: int = 4,
    *,
    recorded_by: str | None = None,
    expect: str | int | None = None,
    **overrides: Unpack[Overrides],
) -> ProposedChange:
    """The proposal for an order on a day of November."""
    return FLOW.propose(
        order, today=nov(day), by="ann", recorded_by=recorded_by, expect=expect, **overrides
    )


def moved(
    order: ProductionOrder,
    day: int = 4,
    flow: ProductionFlow = FLOW,
    **overrides: Unpack[Overrides],
) -> ProductionOrder:
    """The order after a change on a day of November."""
    return flow.advance(order, today=nov(day), by="ann", at=AT, **overrides).order


# Opening


OPENING: Final[dict[str, Any]] = {
    "order_id": "PO-1",
    "ordered_on": nov(2),
    "by": "ann",
    "at": AT,
}


def opening(**more: object) -> dict[str, Any]:
    """The keywords of an opening, and some more."""
    return OPENING | more


def test_opening_gives_the_defaults_of_the_first_status(cycle: StatusCycle) -> None:
    """Opening an order enters the initial status on the order date, with its defaults."""
    expected = OrderOpened(
        order_id="PO-1",
        sequence=1,
        by="ann",
        recorded_by="bob",
        at=AT,
        note="urgent",
        command_id="c-1",
        order_type="prints",
        cycle_version=1,
        to_status="ordered",
        ordered_on=nov(2),
        delivery_on=nov(20),
        plan_from=nov(2),
        invoice_id="I-1",
        vendor="Acme",
        entered_on=nov(2),
        due_on=nov(3),
        calculated_due_on=nov(3),
        department="Front desk",
        user="ann",
        policy="forward",
    )
    change = FLOW.open(
        cycle,
        order_id="PO-1",
        ordered_on=nov(2),
        delivery_on=nov(20),
        invoice_id="I-1",
        vendor="Acme",
        by="ann",
        at=AT,
        recorded_by="bob",
        note="urgent",
        command_id="c-1",
    )
    assert expected == change.entry


def test_an_opening_needs_no_note(cycle: StatusCycle) -> None:
    """Without a note, an opening has an empty one."""
    assert FLOW.open(cycle, **OPENING).entry.note == ""


@pytest.mark.parametrize(("status", "due"), [("printing", nov(10)), ("client", nov(9))])
def test_an_order_under_way_is_opened_where_it_is(
    cycle: StatusCycle, status: str, due: date
) -> None:
    """An order under way can be opened in its status, with the due date of the plan."""
    order = FLOW.open(cycle, **OPENING, status=status).order
    assert (status, due) == (order.status.key, order.due_on)


@pytest.mark.parametrize(("status", "resumes_in"), [("qa", None), ("hold", "ordered")])
def test_an_order_opened_off_the_path_comes_back_to_its_beginning(
    cycle: StatusCycle, status: str, resumes_in: str | None
) -> None:
    """An order that is opened off the path comes back to the initial status."""
    assert resumes_in == FLOW.open(cycle, **OPENING, status=status).order.resumes_in


def test_an_order_under_way_is_entered_on_its_own_day(cycle: StatusCycle) -> None:
    """An imported order entered its status on another day than its order date (D20)."""
    order = FLOW.open(cycle, **OPENING, status="printing", entered_on=nov(9)).order
    assert (nov(2), nov(9), nov(10)) == (order.ordered_on, order.entered_on, order.due_on)


def test_an_order_under_way_may_count_from_its_entry(cycle: StatusCycle) -> None:
    """Under `FromEntry`, the day of entry of an imported order counts."""
    flow = ProductionFlow(due_dates=FromEntry())
    order = flow.open(cycle, **OPENING, status="printing", entered_on=nov(9)).order
    assert nov(11) == order.due_on


def test_an_order_may_be_entered_before_it_was_ordered(cycle: StatusCycle) -> None:
    """The day of entry has no bounds: an import gives what was recorded."""
    order = FLOW.open(cycle, **OPENING, entered_on=date(2026, 10, 30)).order
    assert date(2026, 10, 30) == order.entered_on


def test_a_plan_may_begin_after_the_order_date(cycle: StatusCycle) -> None:
    """If the pictures come on Monday the 9th, the plan counts from there (decisions D6, D42)."""
    order = FLOW.open(cycle, **OPENING, plan_from=nov(9)).order
    expected = (nov(2), nov(2), nov(9), nov(10))
    assert expected == (order.ordered_on, order.entered_on, order.plan_from, order.due_on)


def test_a_plan_that_begins_later_is_later_in_every_status(cycle: StatusCycle) -> None:
    """Every date of the plan counts from its start, not from the order date."""
    order = FLOW.open(cycle, **OPENING, plan_from=nov(9)).order
    dues = [proposed(order, to=key).due_on for key in ("retouch", "printing", "qa")]
    assert [nov(13), nov(17), nov(18)] == dues


@pytest.mark.parametrize(("plan_from", "expected"), [(None, nov(2)), (nov(2), nov(2))])
def test_a_plan_begins_on_the_order_date(
    cycle: StatusCycle, plan_from: date | None, expected: date
) -> None:
    """Unless you give another day, the plan counts from the order date."""
    assert expected == FLOW.open(cycle, **OPENING, plan_from=plan_from).order.plan_from


@pytest.mark.parametrize(("given", "manual"), [(nov(9), True), (None, True), (nov(3), False)])
def test_an_order_is_opened_with_a_due_date_by_hand(
    cycle: StatusCycle, given: date | None, manual: bool
) -> None:
    """As in the window, a due date is manual if it differs from the calculated one."""
    order = FLOW.open(cycle, **OPENING, due_on=given).order
    expected = (given, nov(3), manual)
    assert expected == (order.due_on, order.calculated_due_on, order.due_on_is_manual)


@pytest.mark.parametrize(
    ("given", "assignees"),
    [
        ({}, ("Front desk", "ann")),
        ({"user": "max"}, ("Front desk", "max")),
        ({"department": "Lab", "user": None}, ("Lab", None)),
    ],
)
def test_an_order_is_opened_with_people(
    cycle: StatusCycle, given: dict[str, Any], assignees: tuple[str | None, str | None]
) -> None:
    """As in the window, department and user can be given; the rest is the default."""
    order = FLOW.open(cycle, **OPENING, **given).order
    assert assignees == (order.department, order.user)


@pytest.mark.parametrize("name", ["order_id", "invoice_id", "vendor", "department", "user"])
def test_an_opening_keeps_plain_texts(cycle: StatusCycle, name: str) -> None:
    """A member of your own enum of texts becomes a plain str."""
    Labs = StrEnum("Labs", ["WEST"])  # noqa: N806 - a class
    change = FLOW.open(cycle, **opening(**{name: Labs["WEST"]}))
    assert type(getattr(change.entry, name)) is str


def test_nothing_stands_for_not_given_at_opening(cycle: StatusCycle) -> None:
    """NOTHING for these keywords is the same as no keywords."""
    nothing: dict[str, Any] = dict.fromkeys(("due_on", "department", "user"), NOTHING)
    assert FLOW.open(cycle, **OPENING) == FLOW.open(cycle, **OPENING, **nothing)


def test_an_order_is_not_opened_in_an_inactive_status(cycle: StatusCycle) -> None:
    """An order can't be opened in an inactive status."""
    with pytest.raises(InactiveStatusError) as caught:
        FLOW.open(cycle, **OPENING, status="proof")
    assert (caught.value.order_type, caught.value.key) == ("prints", "proof")


def test_an_order_is_not_opened_in_an_unknown_status(cycle: StatusCycle) -> None:
    """An order can't be opened in an unknown status."""
    with pytest.raises(UnknownStatusError):
        FLOW.open(cycle, **OPENING, status="nowhere")


def test_an_order_without_delivery_date_may_be_refused(cycle: StatusCycle) -> None:
    """If the policy needs a delivery date, an order without one can't be opened."""
    flow = ProductionFlow(due_dates=Backward(without_delivery="error"))
    with pytest.raises(MissingDeliveryDateError) as caught:
        flow.open(cycle, **OPENING)
    assert (caught.value.order_type, caught.value.status) == ("prints", "ordered")


def test_an_order_at_the_end_of_the_calendar_is_refused(cycle: StatusCycle) -> None:
    """An order that would be due after year 9999 can't be opened."""
    with pytest.raises(DateOutOfRangeError) as caught:
        FLOW.open(cycle, **opening(ordered_on=date.max))
    assert (date.max, 1) == (caught.value.day, caught.value.days)


BAD_TEXT: Final = [(7, TypeError), ("", ValueError)]
BAD_DAY: Final = [(AT, TypeError), ("2026-11-02", TypeError)]
BAD: Final[dict[str, list[tuple[object, type[Exception]]]]] = {
    "order_id": [*BAD_TEXT, (None, TypeError)],
    "ordered_on": [*BAD_DAY, (None, TypeError)],
    "delivery_on": [*BAD_DAY],
    "invoice_id": [*BAD_TEXT],
    "vendor": [*BAD_TEXT],
    "plan_from": [*BAD_DAY, (nov(1), ValueError)],
    "entered_on": [*BAD_DAY],
    "status": [(7, TypeError)],
    "by": [*BAD_TEXT, (None, TypeError)],
    "at": [(nov(2), TypeError), (AT.replace(tzinfo=None), ValueError)],
    "recorded_by": [*BAD_TEXT],
    "note": [(None, TypeError), ("\x00", ValueError)],
    "command_id": [*BAD_TEXT],
    "cycle": [("prints", TypeError)],
    "order": [("PO-1", TypeError)],
    "today": [*BAD_DAY, (None, TypeError)],
    "to": [(7, TypeError)],
    "expect": [(7.0, TypeError), (True, TypeError), (["ordered"], TypeError)],
    "current_complete": [(1, TypeError), (None, TypeError)],
    "completed_on": [*BAD_DAY],
    "due_on": [*BAD_DAY],
    "department": [*BAD_TEXT],
    "user": [*BAD_TEXT],
    "proposal": [("PO-1", TypeError)],
}


def bad(*names: str) -> list[tuple[dict[str, object], type[Exception]]]:
    """A bad value and its error for each of these keywords."""
    return [({name: value}, error) for name in names for value, error in BAD[name]]


@pytest.mark.parametrize(
    ("wrong", "error"),
    bad(
        *("cycle", "order_id", "ordered_on", "delivery_on", "invoice_id", "vendor", "status"),
        *("plan_from", "entered_on", "due_on", "department", "user"),
        *("by", "at", "recorded_by", "note", "command_id"),
    ),
)
def test_opening_refuses_bad_values(
    cycle: StatusCycle, wrong: dict[str, Any], error: type[Exception]
) -> None:
    """Opening an order refuses values of the wrong kind or out of bounds."""
    with pytest.raises(error, match=r"must (be|have|not|hold)"):
        FLOW.open(**{"cycle": cycle, **OPENING, **wrong})


@pytest.mark.parametrize(
    ("wrong", "error"),
    bad(
        *("order", "today", "by", "recorded_by", "to", "expect", "current_complete"),
        *("completed_on", "due_on", "department", "user", "note"),
    ),
)
def test_proposing_refuses_bad_values(
    order: ProductionOrder, wrong: dict[str, Any], error: type[Exception]
) -> None:
    """Proposing refuses values of the wrong kind or out of bounds."""
    with pytest.raises(error, match=r"must (be|have|not|hold)"):
        FLOW.propose(**{"order": order, "today": nov(4), "by": "ann", **wrong})


@pytest.mark.parametrize(("wrong", "error"), bad("proposal", "at", "command_id"))
def test_accepting_refuses_bad_values(
    order: ProductionOrder, wrong: dict[str, Any], error: type[Exception]
) -> None:
    """Accepting refuses values of the wrong kind or out of bounds."""
    with pytest.raises(error, match=r"must (be|have|not|hold)"):
        FLOW.accept(**{"proposal": proposed(order), "at": AT, **wrong})


@pytest.mark.parametrize(
    ("wrong", "error"),
    [
        ({"due_dates": "forward"}, TypeError),
        ({"triggers": ["call"]}, TypeError),
        ({"triggers": Trigger("call", Opening(), CreateTask("Call"))}, TypeError),
        ({"rules": None}, TypeError),
        ({"triggers": 2 * [Trigger("call", Opening(), CreateTask("Call"))]}, ValueError),
    ],
)
def test_a_flow_refuses_bad_values(wrong: dict[str, Any], error: type[Exception]) -> None:
    """A flow needs a policy, triggers with unique keys, and rules."""
    with pytest.raises(error, match=r"due_dates|trigger|rules"):
        ProductionFlow(**wrong)


def test_a_flow_names_trigger_keys_that_are_used_twice() -> None:
    """Each key belongs to one trigger."""
    trigger = Trigger("call", Leaving("ordered"), CreateTask("Call"))
    with pytest.raises(ValueError, match=r"^triggers must have unique keys; used twice: 'call'$"):
        ProductionFlow(triggers=[trigger, trigger])


def test_a_flow_survives_pickling(order: ProductionOrder) -> None:
    """An unpickled flow is equal to the original and fires the same events."""
    triggers = [Trigger("call", Leaving("ordered"), CreateTask("Call"))]
    flow = ProductionFlow(
        due_dates=Backward(), triggers=triggers, rules=ChangeRules(allow_back=False)
    )
    copy: ProductionFlow = pickle.loads(pickle.dumps(flow))
    expected = (flow, flow.advance(order, today=nov(4), by="ann", at=AT))
    assert expected == (copy, copy.advance(order, today=nov(4), by="ann", at=AT))


# Decision D16: a proposal


def test_a_proposal_fills_in_every_default(order: ProductionOrder, cycle: StatusCycle) -> None:
    """A proposal has a default for every field of the Status Change window."""
    expected = ProposedChange(
        order=order,
        from_=cycle["ordered"],
        to=cycle["retouch"],
        move=Move.NEXT,
        skipped=(),
        completed_on=nov(4),
        current_complete=True,
        visit=2,
        entered_on=nov(4),
        resumed_on=None,
        paused_days=0,
        paused_working_days=0,
        held_days=0,
        due_on=nov(6),
        calculated_due_on=nov(6),
        due_on_is_manual=False,
        department="Retouching",
        user="rita",
        today=nov(4),
        by="ann",
        recorded_by=None,
        note="",
        policy="forward",
        given=frozenset(),
        refusals=(),
    )
    assert expected == proposed(order)


GIVEN: Final[dict[str, Any]] = {
    "to": "printing",
    "current_complete": True,
    "completed_on": nov(3),
    "due_on": nov(20),
    "department": None,
    "user": "max",
    "note": "rush",
}


@pytest.mark.parametrize("status", ["ordered", "retouch", "printing", "qa"])
def test_a_bulk_proposes_what_a_single_proposal_does(order_at: OrderAt, status: str) -> None:
    """Bulk methods have a shorter way to the next status, which leads to the same proposal."""
    order = evolve(order_at(status), vendor="Acme")
    who: dict[str, Any] = {"today": nov(5), "by": "ann", "recorded_by": "bob"}
    assert FLOW.propose_all([order], **who).proposals == (FLOW.propose(order, **who),)


def test_a_proposal_names_what_was_given(order: ProductionOrder) -> None:
    """A proposal names the keywords that were given, even with None."""
    proposal = FLOW.propose(order, today=nov(4), by="ann", expect="ordered", **GIVEN)
    assert GIVEN.keys() == proposal.given


def test_a_proposal_may_have_everything_given(order: ProductionOrder) -> None:
    """A proposal with every keyword given can be built from its fields."""
    proposal = FLOW.propose(order, today=nov(4), by="ann", **GIVEN)
    assert proposal == evolve(proposal)


@pytest.mark.parametrize("nothing", [{"to": None}, {"note": ""}, {"expect": "ordered"}])
def test_what_asks_for_a_default_is_not_given(
    order: ProductionOrder, nothing: dict[str, Any]
) -> None:
    """A target of None, an empty note and the expected status don't count as given."""
    assert frozenset() == FLOW.propose(order, today=nov(4), by="ann", **nothing).given


def test_nothing_stands_for_not_given(order: ProductionOrder) -> None:
    """NOTHING for every keyword is the same as no keywords."""
    nothing: dict[str, Any] = dict.fromkeys((*GIVEN, "expect"), NOTHING)
    assert proposed(order) == FLOW.propose(order, today=nov(4), by="ann", **nothing)


@pytest.mark.parametrize("name", [name for name in GIVEN if name != "to"])
def test_revising_keeps_what_was_given(order: ProductionOrder, name: str) -> None:
    """Given values stay when the user picks another status."""
    given = {name: GIVEN[name]}
    first = FLOW.propose(order, today=nov(4), by="ann", **given)
    expected = FLOW.propose(order, today=nov(4), by="ann", to="qa", **given)
    assert expected == FLOW.revise(first, to="qa")


def test_revising_keeps_the_target(order: ProductionOrder) -> None:
    """A given target stays when the user changes something else."""
    expected = proposed(order, to="qa", note="rush")
    assert expected == FLOW.revise(proposed(order, to="qa"), note="rush")


def test_revising_derives_untouched_defaults_anew(order: ProductionOrder) -> None:
    """Due date and assignees follow the picked status, unless they were given."""
    assert proposed(order, to="printing") == FLOW.revise(proposed(order), to="printing")


@pytest.mark.parametrize("name", GIVEN)
def test_revising_to_nothing_lets_go(order: ProductionOrder, name: str) -> None:
    """A keyword that is revised to NOTHING gets its default again."""
    first = FLOW.propose(order, today=nov(4), by="ann", **{name: GIVEN[name]})
    let_go: dict[str, Any] = {name: NOTHING}
    assert proposed(order) == FLOW.revise(first, **let_go)


def test_revising_may_change_who_and_when(order: ProductionOrder) -> None:
    """The day and the person of a proposal can be revised too."""
    expected = FLOW.propose(order, today=nov(5), by="bob")
    assert expected == FLOW.revise(proposed(order), today=nov(5), by="bob")


def test_only_proposals_can_be_revised(order: ProductionOrder) -> None:
    """Only proposals can be revised."""
    with pytest.raises(TypeError, match="proposal"):
        FLOW.revise(order)  # type: ignore[arg-type]  # refused for that


def test_revising_refuses_an_unknown_keyword(order: ProductionOrder) -> None:
    """Revising refuses a keyword that `propose` doesn't have."""
    wrong: dict[str, Any] = {"priority": 1}
    with pytest.raises(TypeError, match="priority"):
        FLOW.revise(proposed(order), **wrong)


@pytest.mark.parametrize(
    ("wrong", "error"),
    [
        ({"order": "PO-1"}, TypeError),
        ({"from_": "ordered"}, TypeError),
        ({"to": "retouch"}, TypeError),
        ({"move": "next"}, TypeError),
        ({"skipped": ["qa"]}, TypeError),
        ({"skipped": "qa"}, TypeError),
        ({"completed_on": AT}, TypeError),
        ({"current_complete": 1}, TypeError),
        ({"visit": 0}, ValueError),
        ({"entered_on": None}, TypeError),
        ({"resumed_on": AT}, TypeError),
        ({"paused_days": -1}, ValueError),
        ({"paused_working_days": 1.0}, TypeError),
        ({"held_days": None}, TypeError),
        ({"due_on": AT}, TypeError),
        ({"calculated_due_on": AT}, TypeError),
        ({"due_on_is_manual": None}, TypeError),
        ({"department": ""}, ValueError),
        ({"user": ""}, ValueError),
        ({"today": AT}, TypeError),
        ({"by": ""}, ValueError),
        ({"recorded_by": ""}, ValueError),
        ({"policy": "a b"}, ValueError),
        ({"note": "\x00"}, ValueError),
        ({"given": ["order"]}, ValueError),
        ({"given": "to"}, TypeError),
        ({"refusals": ["no"]}, TypeError),
        ({"refusals": "no"}, TypeError),
    ],
)
def test_a_proposal_refuses_bad_values(
    order: ProductionOrder, wrong: dict[str, Any], error: type[Exception]
) -> None:
    """Each field of a proposal refuses values of the wrong kind or out of bounds."""
    with pytest.raises(error, match=r"must (be|have|not|hold)"):
        evolve(proposed(order), **wrong)


@pytest.mark.parametrize(
    ("wrong", "match"),
    [
        ({"completed_on": None}, "completed_on"),
        ({"current_complete": False}, "completed_on"),
        ({"entered_on": nov(1)}, "entered_on"),
        ({"completed_on": date(1, 1, 1)}, "completed_on must be 2026-11-04"),
        ({"resumed_on": nov(5)}, "completed_on must be 2026-11-05"),
        ({"due_on": nov(9)}, "unless it is manual"),
    ],
)
def test_a_proposal_refuses_values_that_contradict_each_other(
    order: ProductionOrder, wrong: dict[str, Any], match: str
) -> None:
    """A proposal refuses values that contradict each other."""
    with pytest.raises(ValueError, match=match):
        evolve(proposed(order), **wrong)


@pytest.mark.parametrize("name", ["from_", "to"])
def test_a_proposal_leads_from_where_the_order_is_to_elsewhere(
    order: ProductionOrder, cycle: StatusCycle, name: str
) -> None:
    """A proposal goes from the order's status to another status of its cycle."""
    wrong: dict[str, Any] = {"from_": cycle["qa"], "to": cycle["ordered"]}
    with pytest.raises(ValueError, match=name):
        evolve(proposed(order), **{name: wrong[name]})


def test_a_proposal_leads_to_no_inactive_status(order: ProductionOrder, cycle: StatusCycle) -> None:
    """A proposal can't go to an inactive status."""
    with pytest.raises(ValueError, match="another active status"):
        evolve(proposed(order), to=cycle["proof"])


# Decision D17: the target and the move


@pytest.mark.parametrize(
    ("status", "target"),
    [
        ("ordered", "retouch"),
        ("retouch", "printing"),
        ("printing", "qa"),
        ("qa", "shipped"),
        ("hold", "ordered"),
    ],
)
def test_an_order_advances_along_the_path(order_at: OrderAt, status: str, target: str) -> None:
    """The default target is the next status on the path, or the way back to the path."""
    assert target == proposed(order_at(status)).to.key


@pytest.mark.parametrize("status", ["shipped", "cancelled"])
def test_a_closed_order_does_not_advance_by_itself(order_at: OrderAt, status: str) -> None:
    """A closed order has no default target."""
    with pytest.raises(NoNextStatusError) as caught:
        proposed(order_at(status))
    assert ("PO-1", status) == (caught.value.order_id, caught.value.status)


@pytest.mark.parametrize(
    ("status", "target", "move"),
    [
        ("ordered", "retouch", Move.NEXT),
        ("retouch", "printing", Move.NEXT),  # over an inactive status
        ("qa", "shipped", Move.NEXT),
        ("ordered", "printing", Move.SKIP),
        ("ordered", "shipped", Move.SKIP),
        ("printing", "retouch", Move.BACK),
        ("qa", "ordered", Move.BACK),
        ("printing", "hold", Move.ASIDE),
        ("printing", "cancelled", Move.ASIDE),
        ("hold", "client", Move.ASIDE),
        ("hold", "cancelled", Move.ASIDE),
        ("shipped", "cancelled", Move.ASIDE),
        ("hold", "ordered", Move.RESUME),
        ("hold", "qa", Move.RESUME),
        ("hold", "shipped", Move.RESUME),
        ("cancelled", "shipped", Move.REOPEN),
        ("shipped", "printing", Move.REOPEN),
        ("shipped", "hold", Move.REOPEN),
        ("cancelled", "printing", Move.REOPEN),
        ("cancelled", "hold", Move.REOPEN),
    ],
)
def test_the_move_says_what_kind_of_step_it_is(
    order_at: OrderAt, status: str, target: str, move: Move
) -> None:
    """The move is the first kind of step that applies (decision D17)."""
    assert move == proposed(order_at(status), to=target).move


@pytest.mark.parametrize(
    ("status", "target", "skipped"),
    [
        ("ordered", "retouch", []),
        ("ordered", "printing", ["retouch"]),
        ("ordered", "shipped", ["retouch", "printing", "qa"]),
        ("qa", "ordered", []),
        ("ordered", "hold", []),
        ("hold", "ordered", []),
        ("hold", "printing", ["ordered", "retouch"]),
        ("shipped", "ordered", []),
        ("cancelled", "qa", ["ordered", "retouch", "printing"]),
        ("cancelled", "ordered", []),
        ("cancelled", "hold", []),
    ],
)
def test_a_skip_lists_what_is_passed_over(
    order_at: OrderAt, status: str, target: str, skipped: list[str]
) -> None:
    """SKIP lists the statuses passed over; RESUME and REOPEN those from where it was to resume."""
    proposal = proposed(order_at(status), to=target)
    assert skipped == [status.key for status in proposal.skipped]


def test_an_inactive_status_cannot_be_chosen(order: ProductionOrder) -> None:
    """An inactive status can't be chosen."""
    with pytest.raises(InactiveStatusError) as caught:
        proposed(order, to="proof")
    assert (caught.value.order_type, caught.value.key) == ("prints", "proof")


def test_an_unknown_status_cannot_be_chosen(order: ProductionOrder) -> None:
    """An unknown status can't be chosen."""
    with pytest.raises(UnknownStatusError) as caught:
        proposed(order, to="nowhere")
    assert (caught.value.order_type, caught.value.key) == ("prints", "nowhere")


# Decision D18: hold and return


def test_a_hold_comes_back_to_the_status_left_incomplete(order_at: OrderAt) -> None:
    """After a hold, an order comes back to the status it left incomplete."""
    held = moved(order_at("printing"), to="hold", current_complete=False)
    assert proposed(held).to.key == "printing"


def test_an_aside_from_a_completed_status_goes_on_with_the_next(order_at: OrderAt) -> None:
    """An order that completed its status before a hold goes on with the next one."""
    assert moved(order_at("printing"), to="hold").resumes_in == "qa"


@pytest.mark.parametrize(
    ("complete", "held"),
    [
        (True, None),
        (
            False,
            Held(
                visit=2,
                status="printing",
                entered_on=nov(4),
                entered_after=nov(2),
                paused_on=nov(6),
                due_on=nov(25),
                due_on_is_manual=True,
                department="Night shift",
                user="max",
            ),
        ),
    ],
)
def test_a_hold_remembers_what_was_agreed(
    order_at: OrderAt, complete: bool, held: Held | None
) -> None:
    """A hold keeps the values of a visit that was left incomplete, but of no other."""
    agreed = moved(
        order_at("retouch"), to="printing", due_on=nov(25), department="Night shift", user="max"
    )
    assert held == moved(agreed, day=6, to="hold", current_complete=complete).held


def test_a_return_restores_what_was_agreed_by_hand(order_at: OrderAt) -> None:
    """A return from a hold restores the manual due date, the department and the user."""
    agreed = moved(
        order_at("retouch"), to="printing", due_on=nov(25), department="Night shift", user="max"
    )
    back = proposed(moved(agreed, to="hold", current_complete=False), day=9)
    expected = (nov(25), True, nov(10), "Night shift", "max")
    assert expected == (
        back.due_on,
        back.due_on_is_manual,
        back.calculated_due_on,
        back.department,
        back.user,
    )


def test_a_return_may_be_told_otherwise(order_at: OrderAt) -> None:
    """Values given with the return win over the held ones."""
    agreed = moved(order_at("retouch"), to="printing", due_on=nov(25), user="max")
    held = moved(agreed, to="hold", current_complete=False)
    back = proposed(held, day=9, due_on=nov(10), department="Lab 2", user=None)
    expected = (nov(10), False, "Lab 2", None)
    assert expected == (back.due_on, back.due_on_is_manual, back.department, back.user)


def test_a_return_calculates_a_date_that_was_not_set_by_hand(order_at: OrderAt) -> None:
    """A return from a hold recalculates a due date that wasn't manual."""
    back = proposed(moved(order_at("printing"), to="hold", current_complete=False), day=9)
    assert (nov(10), False) == (back.due_on, back.due_on_is_manual)


@pytest.mark.parametrize("target", ["retouch", "qa"])
def test_a_return_elsewhere_restores_nothing(order_at: OrderAt, target: str) -> None:
    """A return to another status takes the defaults of that status."""
    agreed = moved(order_at("retouch"), to="printing", due_on=nov(25), user="max")
    held = moved(agreed, to="hold", current_complete=False)
    back, plain = proposed(held, to=target), proposed(order_at("hold"), to=target)
    expected = (plain.due_on, False, plain.department, plain.user)
    assert expected == (back.due_on, back.due_on_is_manual, back.department, back.user)


def test_aside_after_aside_keeps_the_first(order_at: OrderAt) -> None:
    """An order that goes from hold to hold comes back to the status before the first hold."""
    first = moved(order_at("printing"), to="hold", current_complete=False)
    second = moved(first, to="client")
    assert (first.resumes_in, first.held) == (second.resumes_in, second.held)


def test_back_on_the_path_nothing_is_held(order_at: OrderAt) -> None:
    """An order that is back on the path has no status to come back to."""
    back = moved(moved(order_at("printing"), to="hold", current_complete=False))
    assert (back.resumes_in, back.held) == (None, None)


def test_a_cancelled_order_reopened_on_hold_comes_back_to_where_it_was(
    order_at: OrderAt,
) -> None:
    """Reopening a cancelled order on hold keeps the status that was left incomplete."""
    cancelled = moved(order_at("printing"), to="cancelled")
    assert moved(cancelled, to="hold").resumes_in == "printing"


def test_a_complete_order_reopened_on_hold_comes_back_to_the_end(order_at: OrderAt) -> None:
    """A complete order reopened on hold comes back to the final status and holds nothing."""
    reopened = moved(order_at("shipped"), to="hold")
    assert (reopened.resumes_in, reopened.held) == ("shipped", None)


def test_a_complete_order_that_is_cancelled_comes_back_to_the_end(order_at: OrderAt) -> None:
    """A complete order that is cancelled comes back to the final status and holds nothing."""
    aside = moved(order_at("shipped"), to="cancelled")
    assert (aside.resumes_in, aside.held) == ("shipped", None)


@pytest.mark.parametrize("target", ["cancelled", "hold"])
def test_leaving_a_complete_order_completes_nothing(order_at: OrderAt, target: str) -> None:
    """A complete order can't be completed again, whatever status it goes to (decision D20b)."""
    with pytest.raises(CompletionDateError):
        proposed(order_at("shipped"), to=target, current_complete=True)


@pytest.mark.parametrize(
    ("target", "assignees"),
    [
        ("hold", ("Retouching", "rita")),
        ("client", ("Sales", None)),
        ("qa", (None, None)),
        ("printing", ("Lab", None)),
    ],
)
def test_a_status_off_the_path_without_assignees_keeps_them(
    order_at: OrderAt, target: str, assignees: tuple[str | None, str | None]
) -> None:
    """A status off the path without assignees keeps the present ones."""
    proposal = proposed(order_at("retouch"), to=target)
    assert assignees == (proposal.department, proposal.user)


def test_a_proposal_has_no_note_of_its_own(order_at: OrderAt) -> None:
    """Without a note, a proposal has an empty one, in a bulk too."""
    (proposal,) = FLOW.propose_all([order_at("hold")], today=nov(4), by="ann").proposals
    assert (proposal.note, proposed(order_at("hold")).note) == ("", "")


def test_a_proposal_may_count_back_from_the_delivery_date(cycle: StatusCycle) -> None:
    """With `Backward`, the due date leaves room for the rest of the path before delivery."""
    flow = ProductionFlow(due_dates=Backward())
    promised = flow.open(cycle, **opening(delivery_on=nov(20))).order
    (proposal,) = flow.propose_all([promised], today=nov(3), by="ann").proposals
    assert proposal.due_on == nov(17)


# Decision D13b: holds that shift the plan


@pytest.mark.parametrize(
    ("flow", "due"),
    [
        (ProductionFlow(), nov(10)),
        (ProductionFlow(due_dates=Forward(shift_holds=True)), nov(13)),
        (ProductionFlow(due_dates=Forward(EVERY_DAY, shift_holds=True)), nov(13)),
        (ProductionFlow(due_dates=Backward()), None),
    ],
)
def test_a_hold_may_shift_the_plan(
    order_at: OrderAt, flow: ProductionFlow, due: date | None
) -> None:
    """With shift_holds, the working days of a hold move the rest of the plan."""
    held = moved(order_at("printing"), day=4, flow=flow, to="hold", current_complete=False)
    assert due == moved(held, day=9, flow=flow).due_on


def test_going_from_hold_to_hold_shifts_the_plan_by_both(order_at: OrderAt) -> None:
    """The working days of consecutive holds add up."""
    flow = ProductionFlow(due_dates=Forward(shift_holds=True))
    held = moved(order_at("printing"), day=4, flow=flow, to="hold", current_complete=False)
    waiting = moved(held, day=6, flow=flow, to="client")
    back = moved(waiting, day=9, flow=flow)
    assert (3, nov(13)) == (back.held_days, back.due_on)


def test_the_path_does_not_shift_the_plan(order_at: OrderAt) -> None:
    """Time spent on the path doesn't move the plan."""
    flow = ProductionFlow(due_dates=Forward(shift_holds=True))
    on = moved(order_at("printing"), day=20, flow=flow)
    assert (0, nov(11)) == (on.held_days, on.due_on)


def test_a_hold_leaves_the_start_of_the_plan_alone(order_at: OrderAt) -> None:
    """The days of a hold are counted apart from the day from which the plan counts."""
    flow = ProductionFlow(due_dates=Forward(shift_holds=True))
    held = moved(order_at("printing"), day=4, flow=flow, to="hold", current_complete=False)
    assert nov(2) == moved(held, day=9, flow=flow).plan_from


# Decision D19: two people on one list


def test_changing_to_the_same_status_is_refused(order: ProductionOrder) -> None:
    """An order can't change to its present status."""
    with pytest.raises(SameStatusError) as caught:
        proposed(order, to="ordered")
    assert (caught.value.order_id, caught.value.status) == ("PO-1", "ordered")


def test_the_same_status_is_known_by_its_key(order: ProductionOrder) -> None:
    """An equal status counts as the same, even if it's another object."""
    with pytest.raises(SameStatusError):
        proposed(evolve(order, status=evolve(order.status)), to="ordered")


def test_an_order_that_the_screen_shows_elsewhere_is_refused(order_at: OrderAt) -> None:
    """Two people who advance the same order don't move it by two statuses."""
    with pytest.raises(StatusMovedError) as caught:
        proposed(order_at("retouch"), expect="ordered")
    error = caught.value
    assert (error.order_id, error.expected, error.actual) == ("PO-1", "ordered", "retouch")


@pytest.mark.parametrize("expect", ["ordered", 1])
def test_an_order_that_is_where_the_screen_shows_it_goes_on(
    order: ProductionOrder, expect: str | int
) -> None:
    """An order that is still in the expected status, or at the expected version, can move on."""
    assert proposed(order) == proposed(order, expect=expect)


@pytest.fixture
def returned(order_at: OrderAt) -> ProductionOrder:
    """An order in printing at version 3: it was on hold since the screen showed version 1."""
    return moved(moved(order_at("printing"), to="hold", current_complete=False))


def test_a_status_comes_again(returned: ProductionOrder) -> None:
    """On hold and back, the order is where the screen shows it, so its key tells nothing."""
    assert proposed(returned, expect="printing").to.key == "qa"


EXPECTING: Final[dict[str, Callable[[ProductionOrder, Any], object]]] = {
    "propose": lambda order, expect: proposed(order, expect=expect),
    "advance": lambda order, expect: FLOW.advance(
        order, today=nov(4), by="ann", at=AT, expect=expect
    ),
    "revise": lambda order, expect: FLOW.revise(proposed(order), expect=expect),
    "amend": lambda order, expect: FLOW.amend(order, by="ann", at=AT, expect=expect),
    "replan": lambda order, expect: FLOW.replan(order, by="ann", at=AT, expect=expect),
    "migrate": lambda order, expect: FLOW.migrate(
        order, order.cycle.move_up("qa"), by="ann", at=AT, expect=expect
    ),
}


@pytest.mark.parametrize("verb", EXPECTING.values(), ids=EXPECTING)
def test_a_version_never_comes_again(
    returned: ProductionOrder, verb: Callable[[ProductionOrder, Any], object]
) -> None:
    """An order that has any later entry is refused by its version, whatever the verb."""
    with pytest.raises(OrderMovedError) as caught:
        verb(returned, 1)
    error = caught.value
    assert (error.order_id, error.expected, error.actual) == ("PO-1", 1, 3)


@pytest.mark.parametrize("verb", EXPECTING.values(), ids=EXPECTING)
def test_every_verb_may_expect_a_status(
    returned: ProductionOrder, verb: Callable[[ProductionOrder, Any], object]
) -> None:
    """An order that is in another status is refused by its key, whatever the verb."""
    with pytest.raises(StatusMovedError) as caught:
        verb(returned, "hold")
    assert (caught.value.expected, caught.value.actual) == ("hold", "printing")


@pytest.mark.parametrize("verb", EXPECTING.values(), ids=EXPECTING)
@pytest.mark.parametrize("expect", [None, NOTHING, 3, "printing"])
def test_a_verb_that_expects_what_is_there_goes_on(
    returned: ProductionOrder,
    verb: Callable[[ProductionOrder, Any], object],
    expect: Any,  # noqa: ANN401 - all that it takes
) -> None:
    """An order that is where the screen shows it gives the same as without `expect`."""
    assert verb(returned, None) == verb(returned, expect)


@pytest.mark.parametrize("verb", EXPECTING.values(), ids=EXPECTING)
@pytest.mark.parametrize("expect", [True, 3.0, ["printing"]])
def test_every_verb_expects_a_version_or_a_key(
    returned: ProductionOrder,
    verb: Callable[[ProductionOrder, Any], object],
    expect: Any,  # noqa: ANN401 - of the wrong kind
) -> None:
    """Anything but a version or a key is of the wrong kind."""
    with pytest.raises(TypeError, match="expect must be the version or the key"):
        verb(returned, expect)


# Decisions D20 and D20b: dates and completion


@pytest.mark.parametrize(
    ("status", "target", "complete"),
    [
        ("ordered", "retouch", True),
        ("ordered", "printing", True),
        ("ordered", "hold", True),
        ("hold", "ordered", True),
        ("printing", "retouch", False),
        ("printing", "cancelled", False),
        ("hold", "cancelled", False),
        ("shipped", "cancelled", False),
        ("shipped", "printing", False),
        ("cancelled", "printing", False),
        ("shipped", "hold", False),
    ],
)
def test_the_present_status_is_completed_by_default_or_not(
    order_at: OrderAt, status: str, target: str, complete: bool
) -> None:
    """Moving on completes the present status; going back, cancelling, reopening don't."""
    assert complete is proposed(order_at(status), to=target).current_complete


@pytest.mark.parametrize(("today", "completed"), [(4, 4), (2, 2), (1, 2)])
def test_a_status_is_completed_today_but_not_before_it_was_entered(
    order: ProductionOrder, today: int, completed: int
) -> None:
    """If today is before the day of entry, as in another time zone, the entry counts."""
    proposal = proposed(order, day=today)
    expected = (nov(completed), nov(completed))
    assert expected == (proposal.completed_on, proposal.entered_on)


@pytest.mark.parametrize("completed", [2, 3, 4])
def test_a_change_may_be_back_dated(order: ProductionOrder, completed: int) -> None:
    """A completion can be from the day of entry to today; the new visit begins on it."""
    proposal = proposed(order, completed_on=nov(completed))
    expected = (True, nov(completed), nov(completed))
    assert expected == (
        proposal.current_complete,
        proposal.completed_on,
        proposal.entered_on,
    )


@pytest.mark.parametrize(("today", "completed", "latest"), [(4, 1, 4), (4, 5, 4), (1, 3, 2)])
def test_a_completion_outside_the_visit_is_refused(
    order: ProductionOrder, today: int, completed: int, latest: int
) -> None:
    """A completion before the day of entry or in the future is refused."""
    with pytest.raises(CompletionDateError) as caught:
        proposed(order, day=today, completed_on=nov(completed))
    error = caught.value
    expected = ("PO-1", nov(completed), nov(2), nov(latest))
    assert expected == (error.order_id, error.completed_on, error.earliest, error.latest)


@pytest.mark.parametrize(
    "incomplete",
    [
        {"current_complete": False},
        {"completed_on": None},
        {"current_complete": False, "completed_on": None},
    ],
)
@pytest.mark.parametrize(("today", "entered"), [(4, 4), (1, 2)])
def test_an_incomplete_status_has_no_completion_date(
    order: ProductionOrder, incomplete: dict[str, Any], today: int, entered: int
) -> None:
    """Without completion there is no completion date, and the new visit begins today."""
    proposal = FLOW.propose(order, today=nov(today), by="ann", **incomplete)
    expected = (False, None, nov(entered))
    assert expected == (
        proposal.current_complete,
        proposal.completed_on,
        proposal.entered_on,
    )


@pytest.mark.parametrize(
    "both",
    [
        {"current_complete": False, "completed_on": nov(3)},
        {"current_complete": True, "completed_on": None},
    ],
)
def test_complete_and_not_complete_at_once_is_refused(
    order: ProductionOrder, both: dict[str, Any]
) -> None:
    """A completion date is refused for a status that isn't complete."""
    with pytest.raises(ValueError, match="completed_on"):
        FLOW.propose(order, today=nov(4), by="ann", **both)


@pytest.mark.parametrize(("status", "target"), [("printing", "retouch"), ("printing", "cancelled")])
@pytest.mark.parametrize("given", [{"current_complete": True}, {"completed_on": nov(4)}])
def test_going_back_or_cancelling_may_complete(
    order_at: OrderAt, status: str, target: str, given: dict[str, Any]
) -> None:
    """Going back and cancelling can complete the present status if you say so."""
    proposal = FLOW.propose(order_at(status), today=nov(4), by="ann", to=target, **given)
    assert nov(4) == proposal.completed_on


@pytest.mark.parametrize("status", ["shipped", "cancelled"])
def test_reopening_completes_nothing(order_at: OrderAt, status: str) -> None:
    """A completion date is refused when an order is reopened."""
    with pytest.raises(CompletionDateError) as caught:
        proposed(order_at(status), to="printing", completed_on=nov(3))
    error = caught.value
    expected = ("PO-1", nov(3), None, None)
    assert expected == (error.order_id, error.completed_on, error.earliest, error.latest)


def test_reopening_cannot_be_said_to_complete(order_at: OrderAt) -> None:
    """Completion is refused when an order is reopened, even without a date."""
    with pytest.raises(CompletionDateError) as caught:
        proposed(order_at("shipped"), to="printing", current_complete=True)
    assert caught.value.completed_on is None


def test_reopening_may_be_said_to_complete_nothing(order_at: OrderAt) -> None:
    """Reopening an order can say explicitly that it completes nothing."""
    proposal = proposed(order_at("shipped"), to="printing", current_complete=False)
    assert (None, nov(4)) == (proposal.completed_on, proposal.entered_on)


# Decisions D12, D13, D15: the due date of the new visit


@pytest.mark.parametrize(
    ("target", "due"),
    [("retouch", nov(6)), ("printing", nov(10)), ("qa", nov(11)), ("shipped", None)],
)
def test_skipped_statuses_count(order: ProductionOrder, target: str, due: date | None) -> None:
    """The durations of skipped statuses still count."""
    assert due == proposed(order, to=target).due_on


def test_going_back_gives_the_date_of_the_plan_again(order_at: OrderAt) -> None:
    """Going back gives the due date of the plan again, even if it is past."""
    assert nov(6) == proposed(order_at("qa"), day=20, to="retouch").due_on


@pytest.mark.parametrize(("target", "due"), [("retouch", nov(17)), ("qa", nov(20))])
def test_a_due_date_may_count_back_from_the_delivery(
    order: ProductionOrder, target: str, due: date
) -> None:
    """If dates count backward, the new visit is due in time for the delivery."""
    flow = ProductionFlow(due_dates=Backward())
    agreed = evolve(order, delivery_on=nov(20))
    assert due == flow.propose(agreed, today=nov(4), by="ann", to=target).due_on


@pytest.mark.parametrize(("target", "due"), [("hold", None), ("client", nov(11))])
def test_off_the_path_the_entry_counts(
    order: ProductionOrder, target: str, due: date | None
) -> None:
    """A status off the path is due its own duration after the day of entry."""
    assert due == proposed(order, day=4, to=target).due_on


@pytest.mark.parametrize(("given", "manual"), [(nov(9), True), (None, True), (nov(6), False)])
def test_a_due_date_is_manual_if_it_differs(
    order: ProductionOrder, given: date | None, manual: bool
) -> None:
    """A due date is manual if it was given and differs from the calculated one."""
    proposal = proposed(order, due_on=given)
    expected = (given, nov(6), manual)
    assert expected == (
        proposal.due_on,
        proposal.calculated_due_on,
        proposal.due_on_is_manual,
    )


@frozen
class NextYear:
    """A custom policy that wrongly returns a datetime."""

    name: str = "next-year"
    calendar: WorkingCalendar = EVERY_DAY
    shift_holds: bool = False

    def due_on(self, _: PlanningFacts, /) -> datetime:
        """A datetime, whatever the order."""
        return AT


@pytest.mark.parametrize(
    "verb",
    [
        lambda flow, order: flow.open(order.cycle, **OPENING),
        lambda flow, order: flow.propose(order, today=nov(4), by="ann"),
        lambda flow, order: flow.amend(order, by="ann", at=AT, ordered_on=nov(3)),
        lambda flow, order: flow.replan(order, by="ann", at=AT),
        lambda flow, order: flow.migrate(order, order.cycle.move_up("qa"), by="ann", at=AT),
    ],
)
def test_a_policy_of_the_host_gives_dates(
    order: ProductionOrder, verb: Callable[[ProductionFlow, ProductionOrder], object]
) -> None:
    """A policy must return a date or None."""
    with pytest.raises(TypeError, match="what the policy gives"):
        verb(ProductionFlow(due_dates=NextYear()), order)


# Accepting


def test_accepting_writes_the_proposal_down(order: ProductionOrder) -> None:
    """The entry of a change has the values of the proposal, with keys for statuses."""
    proposal = proposed(
        order,
        recorded_by="bob",
        to="hold",
        current_complete=False,
        due_on=nov(9),
        note="no file yet",
    )
    expected = StatusChanged(
        order_id="PO-1",
        sequence=2,
        by="ann",
        recorded_by="bob",
        at=AT,
        note="no file yet",
        command_id="c-1",
        from_status="ordered",
        to_status="hold",
        move=Move.ASIDE,
        skipped=(),
        completed_on=None,
        current_complete=False,
        visit=2,
        entered_on=nov(4),
        entered_after=nov(2),
        due_on=nov(9),
        calculated_due_on=None,
        due_on_is_manual=True,
        department="Front desk",
        user="ann",
        resumes_in="ordered",
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
        policy="forward",
    )
    change = FLOW.accept(proposal, at=AT, command_id="c-1")
    assert expected == change.entry


def test_a_skip_is_written_down_by_keys(order: ProductionOrder) -> None:
    """The entry of a skip has the keys of the statuses passed over."""
    entry = FLOW.accept(proposed(order, to="qa"), at=AT).entry
    assert isinstance(entry, StatusChanged)
    assert entry.skipped == ("retouch", "printing")


def test_a_change_holds_the_order_after_its_entry(order: ProductionOrder) -> None:
    """Applying the entry of a change gives the order of the change."""
    change = FLOW.accept(proposed(order), at=AT)
    assert order.apply(change.entry) == change.order


def test_recording_instants_need_not_be_ordered(order: ProductionOrder) -> None:
    """A change can be recorded at an earlier instant than the one before."""
    first = FLOW.accept(proposed(order), at=AT).order
    change = FLOW.accept(proposed(first), at=AT.replace(year=2020))
    assert AT.replace(year=2020) == change.entry.at


def test_advancing_is_proposing_and_accepting(order: ProductionOrder) -> None:
    """Advancing gives the same change as proposing and accepting."""
    expected = FLOW.accept(
        proposed(order, recorded_by="bob", to="qa", note="rush"), at=AT, command_id="c-1"
    )
    actual = FLOW.advance(
        order,
        today=nov(4),
        by="ann",
        at=AT,
        recorded_by="bob",
        command_id="c-1",
        to="qa",
        note="rush",
    )
    assert expected == actual


def test_a_reminder_beyond_the_calendar_is_refused(cycle: StatusCycle) -> None:
    """A reminder that would fall after year 9999 is refused."""
    reminder = Trigger("call", DaysInStatus("hold", 3), CreateTask("Call"))
    last = ProductionFlow(due_dates=Forward(EVERY_DAY), triggers=[reminder])
    with pytest.raises(DateOutOfRangeError) as caught:
        last.open(cycle, **opening(ordered_on=date.max, status="hold"))
    assert (date.max, 3) == (caught.value.day, caught.value.days)


# Changes and choices as values


def test_a_change_refuses_the_entry_of_another_order(order: ProductionOrder) -> None:
    """The entry of a change must be the last one of its order."""
    change = FLOW.accept(proposed(order), at=AT)
    with pytest.raises(ValueError, match="must be the last"):
        Change(order, change.entry)


def test_a_change_refuses_the_event_of_another_order(cycle: StatusCycle) -> None:
    """The events of a change must be of its order."""
    flow = ProductionFlow(triggers=[Trigger("call", Opening(), CreateTask("Call"))])
    one = flow.open(cycle, **OPENING)
    two = flow.open(cycle, **opening(order_id="PO-2"))
    with pytest.raises(ValueError, match="'PO-2'"):
        Change(one.order, one.entry, two.events)


def test_a_change_is_built_from_its_parts(cycle: StatusCycle) -> None:
    """A change can be built from an order, its last entry and its events."""
    task = CreateTask("Call")
    triggers = [Trigger("call", Opening(), task), Trigger("wait", DaysInStatus(None, 3), task)]
    change = ProductionFlow(triggers=triggers).open(cycle, **OPENING)
    assert change == Change(change.order, change.entry, iter(change.events))


@pytest.mark.parametrize(
    "wrong", [{"order": "PO-1"}, {"entry": "PO-1"}, {"events": ["call"]}, {"events": None}]
)
def test_a_change_refuses_bad_values(order: ProductionOrder, wrong: dict[str, Any]) -> None:
    """Each field of a change refuses values of the wrong kind."""
    with pytest.raises(TypeError, match=next(iter(wrong))):
        evolve(FLOW.accept(proposed(order), at=AT), **wrong)


def test_the_names_of_a_proposal_are_those_of_the_window() -> None:
    """Every keyword that a proposal can have as given is also a field."""
    assert GIVEN.keys() <= {field.name for field in fields(ProposedChange)}
