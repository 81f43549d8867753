"""The rules of a flow for status changes, and the list of choices."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any, Final

import pytest
from attrs import evolve

from prodflow import (
    EVERY_DAY,
    Backward,
    Change,
    ChangeRefusedError,
    ChangeRules,
    Choice,
    Forward,
    HistoryEntry,
    Move,
    ProductionFlow,
    ProductionOrder,
    ProposedChange,
    Reason,
    Refusal,
    RuleProblem,
    Status,
    StatusChanged,
    StatusCycle,
    find_rule_problems,
)

AT: Final = datetime(2026, 11, 4, 9, tzinfo=UTC)
TODAY: Final = date(2026, 11, 4)

OrderAt = Callable[[str], ProductionOrder]


def refusals(
    order: ProductionOrder,
    to: str | None = None,
    note: str = "",
    **rules: Any,  # noqa: ANN401 - any rule
) -> tuple[Refusal, ...]:
    """Why a flow with these rules refuses a change."""
    flow = ProductionFlow(rules=ChangeRules(**rules))
    return flow.propose(order, today=TODAY, by="ann", to=to, note=note).refusals


def both(change: Change) -> tuple[ProductionOrder, list[HistoryEntry]]:
    """An order that has been changed once, and its history."""
    opened = ProductionFlow().open(
        change.order.cycle, order_id="PO-1", ordered_on=date(2026, 11, 2), by="ann", at=AT
    )
    return change.order, [opened.entry, change.entry]


@pytest.fixture
def held(order_at: OrderAt) -> ProductionOrder:
    """An order on hold that left printing incomplete."""
    flow = ProductionFlow()
    return flow.advance(
        order_at("printing"), today=TODAY, by="ann", at=AT, to="hold", current_complete=False
    ).order


def codes(
    order: ProductionOrder,
    to: str | None = None,
    **rules: Any,  # noqa: ANN401 - any rule
) -> list[str]:
    """The codes of the refusals."""
    return [refusal.code for refusal in refusals(order, to, **rules)]


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
    """The refusal names the statuses that would be skipped, in order."""
    message = "statuses may not be skipped: go through 'Retouch', 'Printing' before 'Quality check'"
    expected = (Refusal("skip", message, ("retouch", "printing")),)
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


# Decision D17: no detour does what the direct way may not


@pytest.fixture
def cancelled(order_at: OrderAt) -> ProductionOrder:
    """An order that was cancelled at printing, which it left incomplete."""
    return (
        ProductionFlow()
        .advance(order_at("printing"), today=TODAY, by="ann", at=AT, to="cancelled")
        .order
    )


@pytest.mark.parametrize(
    ("target", "expected"), [("ordered", ["back"]), ("printing", []), ("qa", [])]
)
def test_an_order_may_not_go_back_by_a_cancellation(
    cancelled: ProductionOrder, target: str, expected: list[str]
) -> None:
    """Without allow_back, a cancelled order can't be reopened before where it was."""
    assert expected == codes(cancelled, target, allow_back=False)


@pytest.mark.parametrize(
    ("target", "expected"), [("ordered", []), ("printing", []), ("qa", ["skip"])]
)
def test_statuses_may_not_be_skipped_by_a_cancellation(
    cancelled: ProductionOrder, target: str, expected: list[str]
) -> None:
    """Without allow_skip, a cancelled order can't be reopened after where it was."""
    assert expected == codes(cancelled, target, allow_skip=False)


@pytest.mark.parametrize("target", ["ordered", "printing", "qa"])
def test_reopening_a_complete_order_is_neither_back_nor_skip(
    order_at: OrderAt, target: str
) -> None:
    """From the final status only allow_reopen is asked."""
    order = order_at("shipped")
    assert refusals(order, target, allow_back=False, allow_skip=False) == ()


def test_a_complete_order_on_hold_was_complete(order_at: OrderAt) -> None:
    """A complete order that was reopened on hold is judged as the complete one that it was."""
    reopened = (
        ProductionFlow().advance(order_at("shipped"), today=TODAY, by="ann", at=AT, to="hold").order
    )
    rules = {"allow_back": False, "allow_skip": False, "allow_reopen": False}
    assert [codes(reopened, to, **rules) for to in ("printing", "shipped")] == [["reopen"], []]


@pytest.mark.parametrize(
    ("status", "target", "expected"),
    [
        ("shipped", "qa", ["reopen"]),
        ("shipped", "hold", ["reopen"]),
        ("shipped", "cancelled", ["reopen"]),
        ("cancelled", "hold", ["reopen"]),
        ("cancelled", "ordered", ["reopen"]),
        ("cancelled", "shipped", ["reopen"]),
        ("qa", "shipped", []),
        ("qa", "cancelled", []),
        ("hold", "cancelled", []),
    ],
)
def test_a_closed_order_may_not_be_reopened(
    order_at: OrderAt, status: str, target: str, expected: list[str]
) -> None:
    """Without allow_reopen, a closed order stays closed, and a complete one isn't cancelled."""
    assert expected == codes(order_at(status), target, allow_reopen=False)


def test_a_detour_asks_every_rule_that_it_would_get_round(cancelled: ProductionOrder) -> None:
    """A cancelled order that is reopened further on is reopened, and skips."""
    rules = {"allow_skip": False, "allow_back": False, "allow_reopen": False}
    assert [codes(cancelled, to, **rules) for to in ("shipped", "ordered")] == [
        ["skip", "reopen"],
        ["back", "reopen"],
    ]


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


ASK_ANN: Final = Refusal("guard", "ask Ann")


@pytest.mark.parametrize(("target", "expected"), [("retouch", ()), ("printing", (ASK_ANN,))])
def test_a_guard_gives_the_reason_for_a_refusal(
    order: ProductionOrder, target: str, expected: tuple[Refusal, ...]
) -> None:
    """A guard gets the order and the proposal, and accepts the change if it returns None."""
    assert expected == refusals(order, target, guard=no_rush)


def test_a_guard_may_give_a_refusal_of_its_own(order: ProductionOrder) -> None:
    """A guard can return a refusal with its own code and keys, for programs to read."""
    refusal = Refusal("no-file", "upload the file first", ("printing",))
    assert (refusal,) == refusals(order, guard=lambda *_: refusal)


# Decision D22b: who speaks


def only_the_boss_ships(_: ProductionOrder, proposal: ProposedChange) -> str | None:
    """Refuses to ship an order unless the boss is logged in."""
    logged_in = proposal.recorded_by or proposal.by
    return None if proposal.to.key != "shipped" or logged_in == "boss" else "ask the boss"


SHIPPING: Final = ProductionFlow(rules=ChangeRules(guard=only_the_boss_ships))


def test_a_guard_sees_who_is_logged_in(order_at: OrderAt) -> None:
    """A junior who is logged in can't ship in the name of the boss."""
    proposal = SHIPPING.propose(order_at("qa"), today=TODAY, by="boss", recorded_by="junior")
    assert (Refusal("guard", "ask the boss"),) == proposal.refusals


def test_who_is_logged_in_cannot_be_changed_when_accepting(order_at: OrderAt) -> None:
    """Who is logged in belongs to the proposal that the rules have judged."""
    proposal = SHIPPING.propose(order_at("qa"), today=TODAY, by="boss", recorded_by="junior")
    more: dict[str, Any] = {"recorded_by": "boss"}
    with pytest.raises(TypeError, match="recorded_by"):
        SHIPPING.accept(proposal, at=AT, **more)


def test_a_change_has_who_made_it_and_who_recorded_it(order_at: OrderAt) -> None:
    """The entry has both, as they were proposed."""
    proposal = SHIPPING.propose(order_at("qa"), today=TODAY, by="junior", recorded_by="boss")
    entry = SHIPPING.accept(proposal, at=AT).entry
    assert (entry.by, entry.recorded_by) == ("junior", "boss")


def test_the_choices_of_a_guard_depend_on_who_is_logged_in(order_at: OrderAt) -> None:
    """The list shows what a guard has against the person who is logged in."""
    choices = SHIPPING.choices(order_at("qa"), today=TODAY, by="boss", recorded_by="junior")
    refused = [choice.status.key for choice in choices if choice.refusals]
    assert refused == ["qa", "shipped"]


def test_revising_keeps_who_is_logged_in(order_at: OrderAt) -> None:
    """A revised proposal has the same person logged in, and the guard asks again."""
    proposal = SHIPPING.propose(
        order_at("qa"), today=TODAY, by="boss", recorded_by="junior", to="hold"
    )
    revised = SHIPPING.revise(proposal, to="shipped")
    assert (revised.recorded_by, revised.refusals[0].message) == ("junior", "ask the boss")


def test_an_entry_names_the_policy_of_its_proposal(order: ProductionOrder) -> None:
    """The entry names the policy that calculated the dates, whichever flow accepts them."""
    proposal = ProductionFlow(due_dates=Forward()).propose(order, today=TODAY, by="ann")
    entry = ProductionFlow(due_dates=Backward()).accept(proposal, at=AT).entry
    assert isinstance(entry, StatusChanged)
    assert ("forward", proposal.due_on) == (entry.policy, entry.due_on)


def test_a_guard_gives_a_text_a_refusal_or_none(order: ProductionOrder) -> None:
    """A guard must return a str, a refusal or None."""
    with pytest.raises(TypeError, match="what guard returns"):
        refusals(order, guard=lambda *_: False)


def test_what_a_guard_raises_passes_through(order: ProductionOrder) -> None:
    """An error that a guard raises passes through."""
    with pytest.raises(ZeroDivisionError):
        refusals(order, guard=lambda *_: 1 / 0)


def test_every_reason_is_given(order_at: OrderAt) -> None:
    """A proposal has all reasons to refuse it, in the order of the rules."""
    against = refusals(
        order_at("shipped"),
        "printing",
        allow_reopen=False,
        note_required=Move,
        targets={"shipped": []},
        guard=lambda *_: "no",
    )
    expected = [
        Refusal(
            "reopen",
            "going to 'Printing' would reopen a finished order: open a new order",
            ("shipped",),
        ),
        Refusal("note", "reopening an order needs a note: say why"),
        Refusal(
            "target",
            "an order at 'Shipped' may not go to 'Printing': it has to stay",
            ("shipped", "printing"),
        ),
        Refusal("guard", "no"),
    ]
    assert expected == list(against)


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
    assert expected == (caught.value.order_id, caught.value.refusals)


def test_advancing_is_refused_too(order: ProductionOrder) -> None:
    """If the rules refuse a change, advancing is refused too."""
    with pytest.raises(ChangeRefusedError) as caught:
        STRICT.advance(order, today=TODAY, by="ann", at=AT)
    assert caught.value.refusals == (ASK_ANN,)


def test_the_flow_that_accepts_has_the_last_word(order: ProductionOrder) -> None:
    """A strict flow refuses a proposal of a lenient flow by its own rules."""
    proposal = ProductionFlow().propose(order, today=TODAY, by="ann")
    with pytest.raises(ChangeRefusedError) as caught:
        STRICT.accept(proposal, at=AT)
    assert caught.value.refusals == (ASK_ANN,)


def test_revising_asks_the_rules_again(order: ProductionOrder) -> None:
    """A corrected proposal is no longer refused."""
    flow = ProductionFlow(rules=ChangeRules(note_required=Move))
    refused = flow.propose(order, today=TODAY, by="ann")
    assert flow.revise(refused, note="on time").refusals == ()


def test_rules_are_asked_for_proposals() -> None:
    """Rules can only be asked about proposals."""
    with pytest.raises(TypeError, match="proposal"):
        ChangeRules().refusals("PO-1")  # type: ignore[arg-type]  # refused for that


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
        ({"entry_guard": "Ann"}, TypeError),
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
    assert {choice.refusals for choice in choices if choice.move is not None} == {()}


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
    """A choice has the refusals against it: the present status, the rules, the policy."""
    choices = flow.choices(order, today=TODAY, by="ann")
    assert free == [choice.status.key for choice in choices if not choice.refusals]


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
    assert free == [choice.status.key for choice in choices if not choice.refusals]


def test_a_delivery_date_speaks_for_every_choice(order: ProductionOrder) -> None:
    """If an order has a delivery date, a policy that needs one refuses no choice."""
    flow = ProductionFlow(due_dates=Backward(without_delivery="error"))
    promised = flow.amend(order, delivery_on=date(2026, 11, 20), by="ann", at=AT).order
    choices = flow.choices(promised, today=TODAY, by="ann")
    assert {choice.refusals for choice in choices if choice.move is not None} == {()}


def test_a_choice_that_fails_has_its_move(order: ProductionOrder, cycle: StatusCycle) -> None:
    """If a policy refuses a choice, it still has its move; the refusal has the error's code."""
    flow = ProductionFlow(due_dates=Backward(without_delivery="error"))
    message = (
        "the due date of 'Retouch' in 'prints' counts back from the delivery date,"
        " and there is none: give the order a delivery date"
    )
    refusal = Refusal("missing-delivery-date", message)
    expected = Choice(cycle["retouch"], Move.NEXT, (refusal,))
    assert expected == flow.choices(order, today=TODAY, by="ann")[1]


def test_the_choice_where_the_order_is_says_so(order: ProductionOrder, cycle: StatusCycle) -> None:
    """The present status has no move; the refusal says that the order is already there."""
    message = "order 'PO-1' is already at 'Ordered': choose another status, or amend the order"
    refusal = Refusal("same-status", message)
    expected = Choice(cycle["ordered"], None, (refusal,))
    assert expected == ProductionFlow().choices(order, today=TODAY, by="ann")[0]


@pytest.mark.parametrize(
    ("wrong", "error"),
    [
        ({"order": "PO-1"}, TypeError),
        ({"today": AT}, TypeError),
        ({"by": ""}, ValueError),
        ({"by": None}, TypeError),
        ({"recorded_by": 7}, TypeError),
    ],
)
def test_choices_refuse_bad_values(
    order: ProductionOrder, wrong: dict[str, Any], error: type[Exception]
) -> None:
    """Asking for choices refuses values of the wrong kind or out of bounds."""
    with pytest.raises(error, match=next(iter(wrong))):
        ProductionFlow().choices(**{"order": order, "today": TODAY, "by": "ann", **wrong})


@pytest.mark.parametrize(
    "wrong",
    [
        {"status": "qa"},
        {"move": "next"},
        {"refusals": "no"},
        {"refusals": ["no"]},
        {"needs": "note"},
        {"needs": [7]},
    ],
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
    assert [refusal.code for refusal in caught.value.refusals] == ["note", "target"]


def test_a_refusal_of_both_flows_is_said_once(order_at: OrderAt) -> None:
    """If the flow that accepts has the same refusal, it isn't repeated."""
    flow = ProductionFlow(rules=ChangeRules(allow_back=False))
    proposal = flow.propose(order_at("qa"), today=TODAY, by="ann", to="ordered")
    with pytest.raises(ChangeRefusedError) as caught:
        flow.accept(proposal, at=AT)
    assert proposal.refusals == caught.value.refusals


# Decision D24: what a note would settle


NOTED: Final = ProductionFlow(rules=ChangeRules(note_required={Move.BACK}, allow_skip=False))


def test_a_choice_says_that_it_needs_a_note(order_at: OrderAt, cycle: StatusCycle) -> None:
    """A status that only needs a note isn't refused: the note can still be typed."""
    expected = Choice(cycle["retouch"], Move.BACK, (), ("note",))
    assert expected == NOTED.choices(order_at("printing"), today=TODAY, by="ann")[1]


def test_a_choice_says_what_it_needs_and_what_is_against_it(order_at: OrderAt) -> None:
    """What a note doesn't settle stays among the refusals."""
    flow = ProductionFlow(rules=ChangeRules(note_required={Move.SKIP}, allow_skip=False))
    shipped = flow.choices(order_at("printing"), today=TODAY, by="ann")[4]
    assert ([it.code for it in shipped.refusals], shipped.needs) == (["skip"], ("note",))


def test_a_choice_that_needs_nothing_says_so(order_at: OrderAt) -> None:
    """Without such a rule, nothing is needed."""
    qa = NOTED.choices(order_at("printing"), today=TODAY, by="ann")[3]
    assert qa.needs == ()


# What is said of a status holds during a hold of it


def test_an_order_that_waits_before_its_beginning_has_left_no_status(order_at: OrderAt) -> None:
    """An order opened on hold comes back to the initial status, and no targets bind it."""
    assert codes(order_at("hold"), "qa", targets={"shipped": ["hold"], "qa": ["hold"]}) == []


@pytest.mark.parametrize(
    ("target", "expected"), [("printing", []), ("qa", []), ("shipped", ["target"])]
)
def test_targets_hold_during_a_hold(
    held: ProductionOrder, target: str, expected: list[str]
) -> None:
    """From a hold an order may go where the status that it left may go, and back to it."""
    targets = {"printing": ["qa", "hold"]}
    assert expected == codes(held, target, targets=targets)


@pytest.mark.parametrize(
    ("target", "expected"), [("printing", []), ("qa", []), ("shipped", ["target"])]
)
def test_targets_hold_during_a_hold_after_completion(
    order_at: OrderAt, target: str, expected: list[str]
) -> None:
    """The same holds if that status was completed: an order may return to it, too."""
    held = ProductionFlow().advance(
        order_at("printing"), today=TODAY, by="ann", at=AT, to="hold", current_complete=True
    )
    targets = {"printing": ["qa", "hold"]}
    assert expected == codes(held.order, target, targets=targets)


@pytest.mark.parametrize(
    ("source", "aside", "target"),
    [("qa", "hold", "printing"), ("qa", "hold", "shipped"), ("shipped", "cancelled", "qa")],
)
def test_targets_hold_when_all_work_is_done(
    order_at: OrderAt, source: str, aside: str, target: str
) -> None:
    """No hold or cancellation leads from the last work or the end where the targets don't."""
    targets = {source: [aside]}
    assert "target" in codes(order_at(source), target, targets=targets)
    away = ProductionFlow().advance(order_at(source), today=TODAY, by="ann", at=AT, to=aside)
    assert "target" in codes(away.order, target, targets=targets)
    assert "target" not in codes(away.order, source, targets=targets)


@pytest.mark.parametrize("complete", [True, False])
def test_a_hold_saves_no_note(order_at: OrderAt, complete: bool) -> None:
    """Going back or ahead through a hold needs the note that the direct way needs."""
    held = ProductionFlow().advance(
        order_at("printing"), today=TODAY, by="ann", at=AT, to="hold", current_complete=complete
    )
    for move, target in ((Move.BACK, "ordered"), (Move.SKIP, "shipped")):
        assert codes(order_at("printing"), target, note_required={move}) == ["note"]
        assert codes(held.order, target, note_required={move}) == ["note"]
        assert codes(held.order, note_required={move}) == []
    (refusal,) = refusals(held.order, "ordered", note_required={Move.BACK})
    assert refusal.message == "going back needs a note: say why"


def test_a_note_is_asked_for_once(order_at: OrderAt) -> None:
    """A cancelled order that is reopened in an earlier status needs one note."""
    gone = ProductionFlow().advance(
        order_at("printing"), today=TODAY, by="ann", at=AT, to="cancelled"
    )
    needed = {Move.BACK, Move.REOPEN}
    assert codes(gone.order, "ordered", note_required=needed) == ["note"]


def test_cancelling_finished_work_needs_the_note_of_reopening(order_at: OrderAt) -> None:
    """It needs `allow_reopen` too."""
    assert codes(order_at("shipped"), "cancelled", note_required={Move.REOPEN}) == ["note"]


def test_a_refusal_to_advance_names_the_order(order_at: OrderAt) -> None:
    """So does the refusal of an entry, and of a bulk."""
    strict = ProductionFlow(rules=ChangeRules(allow_skip=False, entry_guard=lambda *_: "no"))
    who: Any = {"by": "ann", "at": AT}
    with pytest.raises(ChangeRefusedError) as caught:
        strict.advance(order_at("ordered"), today=TODAY, to="qa", **who)
    assert caught.value.order_id == "PO-1"
    with pytest.raises(ChangeRefusedError) as caught:
        strict.amend(order_at("ordered"), vendor="West", **who)
    assert (caught.value.order_id, caught.value.refusals) == ("PO-1", (Refusal("guard", "no"),))


def test_what_a_guard_returns_is_checked_by_its_name(order_at: OrderAt) -> None:
    """The message says which guard returned something else, and what it may return."""
    wrong: Any = {"guard": lambda *_: 7, "entry_guard": lambda *_: 7}
    flow, order = ProductionFlow(rules=ChangeRules(**wrong)), order_at("ordered")
    with pytest.raises(TypeError, match="what guard returns must be a str, a Refusal or None"):
        flow.propose(order, today=TODAY, by="ann")
    with pytest.raises(TypeError, match="what entry_guard returns must be a str, a Refusal or N"):
        flow.amend(order, by="ann", at=AT)


def test_refusals_of_directions_name_their_statuses(order_at: OrderAt) -> None:
    """A step back names its target; targets are listed in the message, as in the list."""
    (back,) = refusals(order_at("printing"), "ordered", allow_back=False)
    assert back.keys == ("ordered",)
    (target,) = refusals(order_at("printing"), "ordered", targets={"printing": ["qa", "hold"]})
    assert target.message.endswith("choose one of 'Quality check', 'On hold'")
    for allowed in ([], ["of-another-type"]):
        (nowhere,) = refusals(order_at("printing"), "ordered", targets={"printing": allowed})
        assert nowhere.message.endswith("it has to stay")


def test_two_refused_targets_come_as_in_the_list(held: ProductionOrder) -> None:
    """On hold, the order leaves two statuses; the one higher in the list comes first."""
    first, second = refusals(held, "qa", targets={"hold": ["printing"], "printing": ["hold"]})
    assert (first.keys, second.keys) == (("printing", "qa"), ("hold", "qa"))


def test_an_inactive_reason_has_its_description(order_at: OrderAt) -> None:
    """People know the reason, although nobody can pick it any more."""
    old = Reason("old", "Wrong paper", inactive=True)
    flow = ProductionFlow(rules=ChangeRules(reasons=[old]))
    order = order_at("printing")
    [refusal] = flow.propose(order, today=TODAY, by="ann", reason="old").refusals
    assert refusal.message == "the reason 'Wrong paper' is not in use: leave it out"


def test_a_guard_sees_in_the_list_what_it_sees_in_the_window(order_at: OrderAt) -> None:
    """The proposals are the same, default by default."""
    seen: list[ProposedChange] = []
    flow = ProductionFlow(rules=ChangeRules(guard=lambda _, proposal: seen.append(proposal)))
    order = order_at("printing")
    flow.choices(order, today=TODAY, by="ann", recorded_by="tom")
    listed, seen[:] = list(seen), []
    windows = [
        flow.propose(order, today=TODAY, by="ann", recorded_by="tom", to=proposal.to.key)
        for proposal in listed
    ]
    assert [evolve(proposal, given=()) for proposal in listed] == [
        evolve(window, given=()) for window in windows
    ]


# Verbs without a window: the guard of entries


def seen(log: list[tuple[str | None, str]]) -> Callable[..., str]:
    """A guard of entries that remembers what it was asked, and refuses."""

    def guard(order: ProductionOrder | None, entry: HistoryEntry) -> str:
        log.append((order and order.status.key, type(entry).__name__))
        return "ask Ann"

    return guard


@pytest.mark.parametrize(
    ("verb", "expected"),
    [
        pytest.param(
            lambda flow, order: flow.open(
                order.cycle, order_id="PO-1", ordered_on=TODAY, by="ann", at=AT
            ),
            (None, "OrderOpened"),
            id="open",
        ),
        pytest.param(
            lambda flow, order: flow.amend(order, by="ann", at=AT),
            ("ordered", "OrderAmended"),
            id="amend",
        ),
        pytest.param(
            lambda flow, order: flow.replan(order, by="ann", at=AT),
            ("ordered", "OrderAmended"),
            id="replan",
        ),
        pytest.param(
            lambda flow, order: flow.migrate(order, order.cycle.move_up("qa"), by="ann", at=AT),
            ("ordered", "CycleAdopted"),
            id="migrate",
        ),
        pytest.param(
            lambda flow, order: flow.undo(
                *both(ProductionFlow().amend(order, by="ann", at=AT)), by="ann", at=AT
            ),
            ("ordered", "ChangeUndone"),
            id="undo",
        ),
    ],
)
def test_a_guard_of_entries_is_asked_by_every_verb_without_a_window(
    order: ProductionOrder,
    verb: Callable[[ProductionFlow, ProductionOrder], object],
    expected: tuple[str | None, str],
) -> None:
    """It's called with the order before, None for an opening, and the entry."""
    log: list[tuple[str | None, str]] = []
    flow = ProductionFlow(due_dates=Forward(EVERY_DAY), rules=ChangeRules(entry_guard=seen(log)))
    with pytest.raises(ChangeRefusedError) as caught:
        verb(flow, evolve(order, plan_from=TODAY))
    assert ([expected], (ASK_ANN,)) == (log, caught.value.refusals)


def test_a_guard_of_entries_is_not_asked_about_status_changes(order: ProductionOrder) -> None:
    """A status change has a window, and a guard of its own."""
    flow = ProductionFlow(rules=ChangeRules(entry_guard=lambda *_: "ask Ann"))
    assert flow.advance(order, today=TODAY, by="ann", at=AT).order.status.key == "retouch"


def test_a_guard_of_entries_that_returns_none_lets_them_pass(order: ProductionOrder) -> None:
    """If it returns None, the entry is made."""
    flow = ProductionFlow(rules=ChangeRules(entry_guard=lambda *_: None))
    assert flow.amend(order, by="ann", at=AT, vendor="Acme").order.vendor == "Acme"


@pytest.mark.parametrize("name", ["order", "entry", "after"])
def test_what_a_guard_of_entries_judges_is_checked(order: ProductionOrder, name: str) -> None:
    """It's an order or None, an entry, and the order after it; without a guard, too."""
    change = ProductionFlow().amend(order, by="ann", at=AT)
    given: dict[str, Any] = {"order": order, "entry": change.entry, "after": change.order}
    ChangeRules().check_entry(**given)
    given[name] = "PO-1"
    with pytest.raises(TypeError, match=f"{name} must be"):
        ChangeRules().check_entry(**given)


# find_rule_problems


@pytest.mark.parametrize(
    ("targets", "problems"),
    [
        pytest.param({}, [], id="nothing named"),
        pytest.param({"printing": ["qa"]}, [], id="all known"),
        pytest.param({"printing": ["quality", "qa"]}, [("unknown-status", "quality")], id="a typo"),
        pytest.param(
            {"printing": ["quality"]},
            [("unknown-status", "quality"), ("dead-end", "printing")],
            id="a typo that leaves nothing",
        ),
        pytest.param({"lab": ["qa"]}, [("unknown-status", "lab")], id="a typo on the left"),
        pytest.param(
            {"lab": ["quality"]},
            [("unknown-status", "lab"), ("unknown-status", "quality"), ("dead-end", "lab")],
            id="a typo on both sides",
        ),
        pytest.param({"qa": []}, [("dead-end", "qa")], id="nothing may follow"),
        pytest.param({"qa": ["qa"]}, [("dead-end", "qa")], id="only itself"),
        pytest.param({"qa": ["proof"]}, [("dead-end", "qa")], id="only an inactive one"),
    ],
)
def test_a_typo_in_a_rule_is_not_silent(
    cycle: StatusCycle, targets: dict[str, list[str]], problems: list[tuple[str, str]]
) -> None:
    """Keys that no cycle has are problems, and statuses from which nothing may follow."""
    rules = ChangeRules(targets=targets)
    assert problems == [(it.code, it.key) for it in find_rule_problems(rules, [cycle])]


def test_a_problem_of_the_rules_says_what_is_wrong(cycle: StatusCycle) -> None:
    """A problem has a code, the key and one line for people."""
    rules = ChangeRules(targets={"printing": ["quality", "qa"]})
    expected = RuleProblem(
        "unknown-status",
        "quality",
        "the statuses that may follow include 'quality', which no cycle has: choose another one",
    )
    assert (expected,) == find_rule_problems(rules, [cycle])


def test_rules_may_name_a_status_of_any_version(cycle: StatusCycle) -> None:
    """A key that any of the cycles has is known; each cycle needs a way out."""
    newer = cycle.add(Status("frame", "Framing"), 1)
    rules = ChangeRules(targets={"frame": ["qa"], "qa": ["frame"]})
    assert find_rule_problems(rules, [newer]) == ()
    (problem,) = find_rule_problems(rules, [cycle, newer])
    assert (problem.code, problem.key) == ("dead-end", "qa")  # for orders of the old version


@pytest.mark.parametrize(
    ("wrong", "called"),
    [({"rules": {}}, "rules"), ({"cycles": "prints"}, "cycles"), ({"cycles": [7]}, "cycles")],
)
def test_problems_are_looked_for_in_rules_and_cycles(wrong: dict[str, Any], called: str) -> None:
    """Anything but rules and cycles is refused."""
    with pytest.raises(TypeError, match=called):
        find_rule_problems(**{"rules": ChangeRules(), "cycles": [], **wrong})


WHOLE: Final[dict[type, dict[str, Any]]] = {
    Refusal: {"code": "skip", "message": "no", "keys": ["qa"]},
    RuleProblem: {"code": "dead-end", "message": "no", "key": "qa"},
}


@pytest.mark.parametrize(
    ("cls", "wrong", "error"),
    [
        (Refusal, {"code": "a b"}, ValueError),
        (Refusal, {"message": None}, TypeError),
        (Refusal, {"keys": "qa"}, TypeError),
        (Refusal, {"keys": ["a b"]}, ValueError),
        (RuleProblem, {"code": 7}, TypeError),
        (RuleProblem, {"key": "a b"}, ValueError),
        (RuleProblem, {"message": "\x00"}, ValueError),
    ],
)
def test_refusals_and_problems_refuse_bad_values(
    cls: type, wrong: dict[str, Any], error: type[Exception]
) -> None:
    """Each field of a refusal and of a problem refuses bad values."""
    with pytest.raises(error, match=next(iter(wrong))):
        cls(**(WHOLE[cls] | wrong))
