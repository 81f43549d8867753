"""The rules of a flow for status changes, and the list of choices."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any, Final

import pytest
from attrs import evolve

from prodflow import (
    Backward,
    ChangeRefusedError,
    ChangeRules,
    Choice,
    Forward,
    MissingDeliveryDateError,
    Move,
    ProductionFlow,
    ProductionOrder,
    ProposedChange,
    SameStatusError,
    Status,
    StatusCycle,
)

AT: Final = datetime(2026, 11, 4, 9, tzinfo=UTC)
TODAY: Final = date(2026, 11, 4)

OrderAt = Callable[[str], ProductionOrder]


def refusals(
    order: ProductionOrder,
    to: str | None = None,
    note: str = "",
    **rules: Any,  # noqa: ANN401 - any rule
) -> tuple[str, ...]:
    """Why a flow with these rules refuses a change."""
    flow = ProductionFlow(rules=ChangeRules(**rules))
    return flow.propose(order, today=TODAY, by="ann", to=to, note=note).refusals


@pytest.fixture
def held(order_at: OrderAt) -> ProductionOrder:
    """An order on hold that left printing incomplete."""
    flow = ProductionFlow()
    return flow.advance(
        order_at("printing"), today=TODAY, by="ann", at=AT, to="hold", current_complete=False
    ).order


@pytest.mark.parametrize(
    ("status", "target"),
    [
        ("ordered", "retouch"),
        ("ordered", "shipped"),
        ("qa", "ordered"),
        ("qa", "cancelled"),
        ("shipped", "ordered"),
    ],
)
def test_everything_is_allowed_by_default(order_at: OrderAt, status: str, target: str) -> None:
    """Without rules every change is accepted."""
    assert refusals(order_at(status), target) == ()


@pytest.mark.parametrize(
    ("target", "count"), [("retouch", 0), ("printing", 1), ("shipped", 1), ("hold", 0)]
)
def test_statuses_may_not_be_skipped(order: ProductionOrder, target: str, count: int) -> None:
    """Without allow_skip, an order can't pass over statuses."""
    assert count == len(refusals(order, target, allow_skip=False))


@pytest.mark.parametrize(("target", "count"), [("printing", 0), ("retouch", 0), ("qa", 1)])
def test_statuses_may_not_be_skipped_on_the_way_back(
    held: ProductionOrder, target: str, count: int
) -> None:
    """Without allow_skip, an order can't return from a hold to a later status."""
    assert count == len(refusals(held, target, allow_skip=False))


def test_a_reason_names_what_would_be_skipped(order: ProductionOrder) -> None:
    """The reason names the statuses that would be skipped, in order."""
    expected = ("statuses may not be skipped: go through 'retouch', 'printing' before 'qa'",)
    assert expected == refusals(order, "qa", allow_skip=False)


@pytest.mark.parametrize(
    ("target", "count"), [("retouch", 1), ("ordered", 1), ("qa", 0), ("hold", 0)]
)
def test_an_order_may_not_go_back(order_at: OrderAt, target: str, count: int) -> None:
    """Without allow_back, an order can't go back to an earlier status."""
    assert count == len(refusals(order_at("printing"), target, allow_back=False))


@pytest.mark.parametrize(("target", "count"), [("printing", 0), ("retouch", 1), ("qa", 0)])
def test_an_order_may_not_go_back_by_a_detour(
    held: ProductionOrder, target: str, count: int
) -> None:
    """Without allow_back, an order can't return from a hold to an earlier status."""
    assert count == len(refusals(held, target, allow_back=False))


@pytest.mark.parametrize("target", ["ordered", "printing", "qa"])
def test_reopening_is_not_going_back(order_at: OrderAt, target: str) -> None:
    """Without allow_back, a cancelled order can still be reopened in any status."""
    cancelled = (
        ProductionFlow()
        .advance(order_at("printing"), today=TODAY, by="ann", at=AT, to="cancelled")
        .order
    )
    assert refusals(cancelled, target, allow_back=False) == ()


@pytest.mark.parametrize(
    ("status", "target", "count"),
    [
        ("shipped", "qa", 1),
        ("cancelled", "hold", 1),
        ("shipped", "cancelled", 0),
        ("qa", "shipped", 0),
    ],
)
def test_a_closed_order_may_not_be_reopened(
    order_at: OrderAt, status: str, target: str, count: int
) -> None:
    """Without allow_reopen, a closed order can't be reopened."""
    assert count == len(refusals(order_at(status), target, allow_reopen=False))


@pytest.mark.parametrize(
    ("target", "note", "count"),
    [
        ("ordered", "", 1),
        ("ordered", " \n", 1),
        ("ordered", "wrong file", 0),
        ("hold", "", 1),
        ("qa", "", 0),
    ],
)
def test_a_note_may_be_required(order_at: OrderAt, target: str, note: str, count: int) -> None:
    """The named moves need a note that isn't blank."""
    required = [Move.BACK, Move.ASIDE]
    assert count == len(refusals(order_at("printing"), target, note, note_required=required))


@pytest.mark.parametrize(
    ("status", "target", "count"),
    [
        ("ordered", "retouch", 0),
        ("ordered", "hold", 0),
        ("ordered", "qa", 1),
        ("retouch", "qa", 0),
        ("qa", "shipped", 1),
    ],
)
def test_targets_may_be_named(order_at: OrderAt, status: str, target: str, count: int) -> None:
    """From a named status, an order can only go to its targets; from others anywhere."""
    targets = {"ordered": ["retouch", "hold"], "qa": []}
    assert count == len(refusals(order_at(status), target, targets=targets))


def no_rush(order: ProductionOrder, proposal: ProposedChange) -> str | None:
    """Refuses to send an order of Ann's to the lab."""
    return "ask Ann" if (order.user, proposal.to.key) == ("ann", "printing") else None


@pytest.mark.parametrize(("target", "reasons"), [("retouch", ()), ("printing", ("ask Ann",))])
def test_a_guard_gives_the_reason_for_a_refusal(
    order: ProductionOrder, target: str, reasons: tuple[str, ...]
) -> None:
    """A guard gets the order and the proposal, and accepts the change if it returns None."""
    assert reasons == refusals(order, target, guard=no_rush)


def test_a_guard_gives_a_text_or_none(order: ProductionOrder) -> None:
    """A guard must return a str or None."""
    with pytest.raises(TypeError, match="what guard returns"):
        refusals(order, guard=lambda *_: False)


def test_what_a_guard_raises_passes_through(order: ProductionOrder) -> None:
    """An error that a guard raises passes through."""
    with pytest.raises(ZeroDivisionError):
        refusals(order, guard=lambda *_: 1 / 0)


def test_every_reason_is_given(order_at: OrderAt) -> None:
    """A proposal has all reasons to refuse it, in the order of the rules."""
    reasons = refusals(
        order_at("shipped"),
        "printing",
        allow_reopen=False,
        note_required=Move,
        targets={"shipped": []},
        guard=lambda *_: "no",
    )
    expected = [
        "an order closed at 'shipped' may not be reopened: open a new order",
        "the move 'reopen' needs a note: say why",
        "an order at 'shipped' may not go to 'printing': it has to stay",
        "no",
    ]
    assert expected == list(reasons)


STRICT_RULES: Final[dict[str, Any]] = {
    "allow_skip": False,
    "targets": {"ordered": ["retouch", "hold"]},
    "guard": lambda *_: "ask Ann",
}
STRICT: Final = ProductionFlow(rules=ChangeRules(**STRICT_RULES))


def test_accepting_refuses_with_every_reason(order: ProductionOrder) -> None:
    """If the rules refuse a change, accepting it raises an error with every reason."""
    proposal = STRICT.propose(order, today=TODAY, by="ann", to="printing")
    with pytest.raises(ChangeRefusedError) as caught:
        STRICT.accept(proposal, at=AT)
    expected = ("PO-1", proposal.refusals)
    assert expected == (caught.value.order_id, caught.value.reasons)


def test_advancing_is_refused_too(order: ProductionOrder) -> None:
    """If the rules refuse a change, advancing is refused too."""
    with pytest.raises(ChangeRefusedError) as caught:
        STRICT.advance(order, today=TODAY, by="ann", at=AT)
    assert caught.value.reasons == ("ask Ann",)


def test_the_flow_that_accepts_has_the_last_word(order: ProductionOrder) -> None:
    """A strict flow refuses a proposal of a lenient flow by its own rules."""
    proposal = ProductionFlow().propose(order, today=TODAY, by="ann")
    with pytest.raises(ChangeRefusedError) as caught:
        STRICT.accept(proposal, at=AT)
    assert caught.value.reasons == ("ask Ann",)


def test_revising_asks_the_rules_again(order: ProductionOrder) -> None:
    """A corrected proposal is no longer refused."""
    flow = ProductionFlow(rules=ChangeRules(note_required=Move))
    refused = flow.propose(order, today=TODAY, by="ann")
    assert flow.revise(refused, note="on time").refusals == ()


def test_rules_are_asked_for_proposals() -> None:
    """Rules can only be asked about proposals."""
    with pytest.raises(TypeError, match="proposal"):
        ChangeRules().reasons("PO-1")  # type: ignore[arg-type]  # refused for that


def test_targets_can_be_read() -> None:
    """`targets` is a mapping by key."""
    expected = {"ordered": frozenset(["retouch"]), "qa": frozenset[str]()}
    given: dict[str, Any] = {"targets": {"ordered": ["retouch"], "qa": ()}}
    assert expected == ChangeRules(**given).targets


def test_rules_are_equal_by_value() -> None:
    """Rules with the same values are equal and have the same hash."""
    one: dict[str, Any] = {"targets": {"ordered": ["qa", "retouch"]}}
    two: dict[str, Any] = {"targets": {"ordered": ("retouch", "qa")}}
    assert {ChangeRules(**one)} == {ChangeRules(**two)}


@pytest.mark.parametrize(
    ("wrong", "error"),
    [
        ({"allow_skip": 1}, TypeError),
        ({"allow_back": None}, TypeError),
        ({"allow_reopen": "no"}, TypeError),
        ({"note_required": ["back"]}, TypeError),
        ({"note_required": "back"}, TypeError),
        ({"targets": ["ordered"]}, TypeError),
        ({"targets": {"a b": []}}, ValueError),
        ({"targets": {"ordered": "retouch"}}, TypeError),
        ({"targets": {"ordered": ["a b"]}}, ValueError),
        ({"guard": "Ann"}, TypeError),
    ],
)
def test_rules_refuse_bad_values(wrong: dict[str, Any], error: type[Exception]) -> None:
    """Each rule refuses values of the wrong kind or out of bounds."""
    with pytest.raises(error, match=next(iter(wrong))):
        ChangeRules(**wrong)


# Choices


def test_every_active_status_is_a_choice(order_at: OrderAt) -> None:
    """The choices are all active statuses in list order, each with the move to it."""
    expected = [
        ("ordered", Move.BACK),
        ("retouch", Move.BACK),
        ("printing", None),
        ("qa", Move.NEXT),
        ("shipped", Move.SKIP),
        ("hold", Move.ASIDE),
        ("client", Move.ASIDE),
        ("cancelled", Move.ASIDE),
    ]
    choices = ProductionFlow().choices(order_at("printing"), today=TODAY, by="ann")
    assert expected == [(choice.status.key, choice.move) for choice in choices]


def test_without_rules_nothing_speaks_against_another_status(order_at: OrderAt) -> None:
    """Without rules, every status but the present one can be chosen."""
    choices = ProductionFlow().choices(order_at("printing"), today=TODAY, by="ann")
    assert {choice.reasons for choice in choices if choice.move is not None} == {()}


@pytest.mark.parametrize(
    ("flow", "free"),
    [
        (ProductionFlow(), ["retouch", "printing", "qa", "shipped", "hold", "client", "cancelled"]),
        (
            ProductionFlow(rules=ChangeRules(allow_skip=False)),
            ["retouch", "hold", "client", "cancelled"],
        ),
        (
            ProductionFlow(due_dates=Backward(without_delivery="error")),
            ["shipped", "hold", "client", "cancelled"],
        ),
    ],
)
def test_a_choice_says_what_is_against_it(
    order: ProductionOrder, flow: ProductionFlow, free: list[str]
) -> None:
    """A choice has the reasons against it: the present status, the rules, the policy."""
    choices = flow.choices(order, today=TODAY, by="ann")
    assert free == [choice.status.key for choice in choices if not choice.reasons]


@pytest.mark.parametrize(
    ("rules", "free"),
    [
        ({}, ["shipped", "cancelled"]),
        ({"rules": ChangeRules(allow_skip=False)}, ["cancelled"]),
    ],
)
def test_a_hold_that_leaves_no_days_for_the_plan_is_against_a_choice(
    order_at: OrderAt, rules: dict[str, Any], free: list[str]
) -> None:
    """With shift_holds, a hold until the end of the calendar leaves no day to be due on."""
    flow = ProductionFlow(due_dates=Forward(shift_holds=True), **rules)
    choices = flow.choices(order_at("hold"), today=date.max, by="ann")
    assert free == [choice.status.key for choice in choices if not choice.reasons]


def test_a_delivery_date_speaks_for_every_choice(order: ProductionOrder) -> None:
    """If an order has a delivery date, a policy that needs one refuses no choice."""
    flow = ProductionFlow(due_dates=Backward(without_delivery="error"))
    promised = flow.amend(order, delivery_on=date(2026, 11, 20), by="ann", at=AT).order
    choices = flow.choices(promised, today=TODAY, by="ann")
    assert {choice.reasons for choice in choices if choice.move is not None} == {()}


def test_a_choice_that_fails_has_its_move(order: ProductionOrder, cycle: StatusCycle) -> None:
    """If a policy refuses a choice, it still has its move, and the error message as reason."""
    flow = ProductionFlow(due_dates=Backward(without_delivery="error"))
    reason = str(MissingDeliveryDateError("prints", "retouch"))
    expected = Choice(cycle["retouch"], Move.NEXT, (reason,))
    assert expected == flow.choices(order, today=TODAY, by="ann")[1]


def test_the_choice_where_the_order_is_says_so(order: ProductionOrder, cycle: StatusCycle) -> None:
    """The present status has no move; its reason is that the order is already there."""
    expected = Choice(cycle["ordered"], None, (str(SameStatusError("PO-1", "ordered")),))
    assert expected == ProductionFlow().choices(order, today=TODAY, by="ann")[0]


@pytest.mark.parametrize(
    ("wrong", "error"),
    [
        ({"order": "PO-1"}, TypeError),
        ({"today": AT}, TypeError),
        ({"by": ""}, ValueError),
        ({"by": None}, TypeError),
    ],
)
def test_choices_refuse_bad_values(
    order: ProductionOrder, wrong: dict[str, Any], error: type[Exception]
) -> None:
    """Asking for choices refuses values of the wrong kind or out of bounds."""
    with pytest.raises(error, match=next(iter(wrong))):
        ProductionFlow().choices(**{"order": order, "today": TODAY, "by": "ann", **wrong})


@pytest.mark.parametrize(
    "wrong", [{"status": "qa"}, {"move": "next"}, {"reasons": "no"}, {"reasons": [7]}]
)
def test_a_choice_refuses_bad_values(cycle: StatusCycle, wrong: dict[str, Any]) -> None:
    """Each field of a choice refuses values of the wrong kind."""
    with pytest.raises(TypeError, match=next(iter(wrong))):
        Choice(**{"status": cycle["qa"], "move": Move.NEXT, **wrong})


def test_rules_are_equal_whatever_order_their_targets_come_in() -> None:
    """The order of the targets doesn't matter."""
    one = ChangeRules(targets={"a": ["b"], "c": ["d"]})
    assert one == ChangeRules(targets={"c": ["d"], "a": ["b"]})


def test_rules_can_be_evolved() -> None:
    """`evolve` keeps the values that it doesn't change."""
    strict = evolve(ChangeRules(targets={"a": ["b"]}), allow_skip=False)
    assert strict == ChangeRules(targets={"a": ["b"]}, allow_skip=False)


def test_both_flows_have_a_say() -> None:
    """A refusal has the reasons of both the proposing and the accepting flow."""
    noted = ProductionFlow(rules=ChangeRules(note_required={Move.NEXT}))
    aimed = ProductionFlow(rules=ChangeRules(targets={"a": []}))
    cycle = StatusCycle("both", [Status("a", "A", initial=True), Status("z", "Z", final=True)])
    at = datetime(2026, 11, 4, tzinfo=UTC)
    day = date(2026, 11, 4)
    order = noted.open(cycle, order_id="PO-1", ordered_on=day, by="Ann", at=at).order
    proposal = noted.propose(order, today=day, by="Ann")
    with pytest.raises(ChangeRefusedError) as caught:
        aimed.accept(proposal, at=at)
    assert len(caught.value.reasons) == 2
