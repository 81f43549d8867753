"""Who may make which change, and why it was made."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any, Final

import pytest

from prodflow import (
    BulkRefusedError,
    ChangeRefusedError,
    ChangeRules,
    FactChanges,
    HistoryEntry,
    Move,
    Permission,
    ProductionFlow,
    ProductionOrder,
    Reason,
    RuleProblem,
    StatusCycle,
    Where,
    find_rule_problems,
)

AT: Final = datetime(2026, 11, 4, 9, tzinfo=UTC)
TODAY: Final = date(2026, 11, 4)

OrderAt = Callable[[str], ProductionOrder]


def flow_with(*permissions: Permission, **rules: Any) -> ProductionFlow:  # noqa: ANN401
    """A flow with these permissions."""
    return ProductionFlow(rules=ChangeRules(permissions=permissions, **rules))


def codes(
    flow: ProductionFlow,
    order: ProductionOrder,
    to: str | None = None,
    **given: Any,  # noqa: ANN401 - any keyword
) -> list[str]:
    """The codes of the refusals of a proposal."""
    return [it.code for it in flow.propose(order, today=TODAY, by="ann", to=to, **given).refusals]


@pytest.mark.parametrize(
    ("permission", "refused"),
    [
        (Permission({"lead"}), True),
        (Permission({"lead"}, to={"qa"}), True),
        (Permission({"lead"}, to={"shipped"}), False),
        (Permission({"lead"}, from_={"printing"}), True),
        (Permission({"lead"}, from_={"qa"}), False),
        (Permission({"lead"}, moves={Move.NEXT}), True),
        (Permission({"lead"}, moves={Move.SKIP}), False),
        (Permission({"lead"}, verbs={"amend"}), False),
        (Permission({"lead"}, where=Where(vendor=None)), True),
        (Permission({"lead"}, where=Where(vendor="West Lab")), False),
        (Permission({"lead"}, to={"qa"}, from_={"ordered"}), False),
    ],
)
def test_a_permission_restricts_what_it_matches(
    order_at: OrderAt, permission: Permission, *, refused: bool
) -> None:
    """Without one of its roles the change is refused; what it doesn't match is open to all."""
    flow, order = flow_with(permission), order_at("printing")
    assert codes(flow, order) == (["permission"] if refused else [])
    assert codes(flow, order, roles=["lead"]) == []


def test_every_permission_that_matches_must_name_a_role(order_at: OrderAt) -> None:
    """Two permissions for one change need a role of each."""
    flow = flow_with(Permission({"lead", "boss"}), Permission({"lab"}, to={"qa"}))
    order = order_at("printing")
    assert codes(flow, order) == ["permission", "permission"]
    assert codes(flow, order, roles=["boss"]) == ["permission"]
    assert codes(flow, order, roles=["boss", "lab"]) == []


def test_a_permission_for_a_move_holds_through_a_hold(order_at: OrderAt) -> None:
    """Who may not skip a status, may not skip it by way of a hold."""
    flow = flow_with(Permission({"lead"}, moves={Move.SKIP}))
    held = flow.advance(
        order_at("printing"), today=TODAY, by="ann", at=AT, to="hold", current_complete=False
    ).order
    assert codes(flow, held, "shipped") == ["permission"]
    assert codes(flow, held, "printing") == []


def test_a_permission_for_leaving_holds_through_a_hold(order_at: OrderAt) -> None:
    """The status before the hold counts, except for the return to it."""
    flow = flow_with(Permission({"lead"}, from_={"printing"}, to={"qa", "printing"}))
    held = flow.advance(
        order_at("printing"), today=TODAY, by="ann", at=AT, to="hold", current_complete=False
    ).order
    assert codes(flow, held, "qa") == ["permission"]
    assert codes(flow, held, "printing") == []


@pytest.mark.parametrize("complete", [True, False])
@pytest.mark.parametrize(
    ("here", "there", "move"),
    [
        ("printing", "qa", Move.NEXT),
        ("printing", "shipped", Move.SKIP),
        ("qa", "retouch", Move.BACK),
        ("qa", "shipped", Move.NEXT),
    ],
)
def test_no_hold_gets_round_a_permission_for_a_move(
    order_at: OrderAt, here: str, there: str, move: Move, *, complete: bool
) -> None:
    """What matters is where the order was before the hold, complete or not."""
    flow = flow_with(Permission({"lead"}, moves={move}))
    order = order_at(here)
    held = (
        ProductionFlow()
        .advance(order, today=TODAY, by="ann", at=AT, to="hold", current_complete=complete)
        .order
    )
    assert codes(flow, order, there) == codes(flow, held, there) == ["permission"]


def test_no_hold_gets_round_a_condition(order_at: OrderAt) -> None:
    """On hold the order is with another department, but its work isn't."""
    lab = Where(department="Lab")
    flow = flow_with(Permission({"lead"}, from_={"printing"}, to={"qa"}, where=lab))
    order = ProductionFlow().amend(order_at("printing"), department="Lab", by="ann", at=AT).order
    held = (
        ProductionFlow()
        .advance(order, today=TODAY, by="ann", at=AT, to="client", current_complete=False)
        .order
    )
    assert held.department == "Sales"
    assert codes(flow, order, "qa") == codes(flow, held, "qa") == ["permission"]


def test_a_reorder_is_asked_with_the_order_that_it_repeats(order_at: OrderAt) -> None:
    """Its status and its vendor are those before."""
    flow = flow_with(
        Permission({"lead"}, verbs={"reorder"}, from_={"cancelled"}),
        Permission({"lead"}, verbs={"reorder"}, where=Where(vendor="West Lab")),
    )
    again: dict[str, Any] = {
        "order_id": "PO-2",
        "ordered_on": TODAY,
        "reason": "damaged",
        "by": "ann",
        "at": AT,
    }
    order = order_at("printing")
    west = ProductionFlow().amend(order, vendor="West Lab", by="ann", at=AT).order
    assert flow.reorder(order, **again).order.reorder_of == "PO-1"
    for refused in (order_at("cancelled"), west):
        with pytest.raises(ChangeRefusedError):
            flow.reorder(refused, **again, vendor=None)


def test_a_permission_for_an_amendment_holds_on_hold(order_at: OrderAt) -> None:
    """An order on hold still counts as in the status before the hold."""
    flow = flow_with(Permission({"lead"}, verbs={"amend"}, from_={"printing"}))
    held = flow.advance(
        order_at("printing"), today=TODAY, by="ann", at=AT, to="hold", current_complete=False
    ).order
    for order in (order_at("printing"), held):
        with pytest.raises(ChangeRefusedError):
            flow.amend(order, vendor="West Lab", by="ann", at=AT)
    assert flow.amend(order_at("qa"), vendor="West Lab", by="ann", at=AT).order.vendor == "West Lab"


def test_two_permissions_that_say_the_same_say_it_once(order_at: OrderAt) -> None:
    """A user reads each refusal once."""
    flow = flow_with(Permission({"lead"}), Permission({"lead"}, to={"qa"}))
    assert codes(flow, order_at("printing")) == ["permission"]


def test_a_move_that_needs_a_reason_needs_one_in_the_list(cycle: StatusCycle) -> None:
    """Otherwise nobody could make the move, and nobody would know why."""
    only = Reason("late", "Found late", moves={Move.REOPEN})
    rules = ChangeRules(reasons=[only], reason_required={Move.BACK, Move.REOPEN})
    problems = find_rule_problems(rules, [cycle])
    assert [(problem.code, problem.key) for problem in problems] == [("no-reason", "back")]
    anything = Reason("damaged", "Damaged")
    more = ChangeRules(reasons=[only, anything], reason_required={Move.BACK})
    assert find_rule_problems(more, [cycle]) == ()


def test_the_proposal_carries_the_roles_to_accept(order_at: OrderAt) -> None:
    """Who may propose a change may accept it, and a revision keeps the roles."""
    flow = flow_with(Permission({"lead"}, to={"qa", "shipped"}))
    proposal = flow.propose(
        order_at("printing"), today=TODAY, by="ann", roles=["lead", "lead", "lab"]
    )
    assert proposal.roles == ("lead", "lab")
    assert flow.accept(flow.revise(proposal, to="shipped"), at=AT).order.is_complete
    refused = flow.revise(proposal, roles=())
    with pytest.raises(ChangeRefusedError):
        flow.accept(refused, at=AT)


def test_another_flow_asks_its_own_permissions(order_at: OrderAt) -> None:
    """A proposal of a lenient flow gets no further than the roles that it has."""
    proposal = ProductionFlow().propose(order_at("printing"), today=TODAY, by="ann")
    with pytest.raises(ChangeRefusedError) as caught:
        flow_with(Permission({"lead"})).accept(proposal, at=AT)
    assert [it.code for it in caught.value.refusals] == ["permission"]


def test_choices_show_what_the_roles_may(order_at: OrderAt) -> None:
    """A status that the user may not choose has the refusal."""
    flow, order = flow_with(Permission({"lead"}, to={"shipped"})), order_at("printing")

    def open_to(*roles: str) -> list[str]:
        choices = flow.choices(order, today=TODAY, by="ann", roles=roles)
        return [choice.status.key for choice in choices if not choice.refusals]

    assert {*open_to("lead")} - {*open_to()} == {"shipped"}
    in_bulk = {it.status.key: it for it in flow.choices_all([order], today=TODAY, by="ann")}
    single = {it.status.key: it for it in flow.choices(order, today=TODAY, by="ann")}
    assert in_bulk["shipped"].refusals == {order.id: single["shipped"].refusals}


def verbs(order: ProductionOrder, history: list[HistoryEntry]) -> dict[str, Callable[..., Any]]:
    """A call of each verb with a flow."""
    ann = {"by": "ann", "at": AT}
    cycle = order.cycle
    return {
        "open": lambda flow, **it: flow.open(cycle, order_id="PO-2", ordered_on=TODAY, **ann, **it),
        "amend": lambda flow, **it: flow.amend(order, **ann, **it),
        "migrate": lambda flow, **it: flow.migrate(order, cycle.move_up("proof"), **ann, **it),
        "undo": lambda flow, **it: flow.undo(order, history, **ann, **it),
        "split": lambda flow, **it: flow.split(order, [("PO-2", 1)], **ann, **it),
        "reorder": lambda flow, **it: flow.reorder(
            order, order_id="PO-2", ordered_on=TODAY, reason="damaged", **ann, **it
        ),
    }


@pytest.mark.parametrize("verb", ["open", "amend", "migrate", "undo", "split", "reorder"])
def test_every_verb_has_permissions(cycle: StatusCycle, verb: Any) -> None:  # noqa: ANN401
    """A permission for a verb is asked for that verb, and for no other."""
    plain = ProductionFlow()
    opened = plain.open(cycle, order_id="PO-1", ordered_on=TODAY, quantity=2, by="ann", at=AT)
    amended = plain.amend(opened.order, vendor="West Lab", by="ann", at=AT)
    flow = flow_with(Permission({"lead"}, verbs={verb}))
    calls = verbs(amended.order, [opened.entry, amended.entry])
    refused = []
    for name, call in calls.items():
        call(flow, roles=["lead"])
        try:
            call(flow)
        except ChangeRefusedError as error:
            refused += [(name, it.code) for it in error.refusals]
    assert refused == [(verb, "permission")]


def test_a_bulk_refuses_each_order_that_a_permission_is_for(order_at: OrderAt) -> None:
    """All or none: the error names the orders."""
    flow = flow_with(Permission({"lead"}, verbs={"amend"}, where=Where(vendor=None)))
    order = order_at("printing")
    with pytest.raises(BulkRefusedError) as caught:
        flow.amend_all([order], vendor="West Lab", by="ann", at=AT)
    assert [*caught.value.refusals] == [order.id]
    (amended,) = flow.amend_all([order], vendor="West Lab", by="ann", at=AT, roles=["lead"])
    assert amended.order.vendor == "West Lab"


def test_an_opening_is_asked_with_the_order_that_it_opens(cycle: StatusCycle) -> None:
    """Before an opening there's no order, and no status before."""
    flow = flow_with(
        Permission({"lead"}, verbs={"open"}, where=Where(facts={"client": "Lee"})),
        Permission({"boss"}, verbs={"open"}, from_={"ordered"}),
    )
    given: dict[str, Any] = {"order_id": "PO-2", "ordered_on": TODAY, "by": "ann", "at": AT}
    assert flow.open(cycle, **given).order.is_open
    with pytest.raises(ChangeRefusedError):
        flow.open(cycle, **given, facts={"client": "Lee"})


@pytest.mark.parametrize(
    "broken",
    [
        {"roles": []},
        {"moves": {Move.SKIP}, "verbs": {"amend"}},
        {"verbs": {"advance"}},
        {"to": {"in the lab"}},
    ],
)
def test_a_permission_that_says_nothing_is_refused(broken: dict[str, Any]) -> None:
    """A permission has roles, keys, and either moves or verbs."""
    with pytest.raises(ValueError, match=r"role|verb|to must|an item of to"):
        Permission(**{"roles": {"lead"}, **broken})


def test_the_keys_of_permissions_are_looked_up(cycle: StatusCycle) -> None:
    """A misspelled status would leave a change open to all."""
    rules = ChangeRules(permissions=[Permission({"lead"}, to={"shipd"}, from_={"qa"})])
    assert find_rule_problems(rules, [cycle]) == (
        RuleProblem(
            "unknown-status",
            "shipd",
            "a permission is for the status 'shipd', which no cycle has: choose another one",
        ),
    )


# --- Reasons --------------------------------------------------------------------------------------

REASONS: Final = (
    Reason("damaged", "Damaged in the lab"),
    Reason("slip", "Sent on by mistake", moves={Move.BACK}),
    Reason("old", "No longer used", inactive=True),
)


def test_a_move_may_need_a_reason(order_at: OrderAt) -> None:
    """Going back without a reason is refused, and the window knows that one is needed."""
    flow = flow_with(reasons=REASONS, reason_required={Move.BACK})
    order = order_at("printing")
    assert codes(flow, order, "ordered") == ["reason"]
    assert codes(flow, order) == []
    needs = {it.status.key: it.needs for it in flow.choices(order, today=TODAY, by="ann")}
    assert (needs["ordered"], needs["qa"]) == (("reason",), ())


@pytest.mark.parametrize(
    ("to", "reason", "refused"),
    [
        ("ordered", "damaged", False),
        ("ordered", "slip", False),
        ("ordered", "old", True),
        ("ordered", "other", True),
        ("qa", "slip", True),
        ("qa", "damaged", False),
    ],
)
def test_a_reason_must_be_for_the_move(
    order_at: OrderAt, to: str, reason: str, *, refused: bool
) -> None:
    """Inactive and unknown reasons are refused, and those of other moves."""
    flow = flow_with(reasons=REASONS, reason_required={Move.BACK})
    found = codes(flow, order_at("printing"), to, reason=reason)
    assert found == (["reason"] if refused else [])


def test_without_a_list_any_key_is_a_reason(order_at: OrderAt) -> None:
    """A shop that keeps no list isn't asked for one."""
    change = ProductionFlow().advance(
        order_at("printing"), today=TODAY, by="ann", at=AT, to="ordered", reason="scratch"
    )
    assert change.entry.reason == "scratch"  # type: ignore[union-attr]  # a status change has one


def test_an_amendment_and_an_opening_take_a_reason(cycle: StatusCycle) -> None:
    """Both record it, and refuse one that isn't theirs."""
    flow = flow_with(reasons=REASONS)
    opened = flow.open(cycle, order_id="PO-1", ordered_on=TODAY, reason="damaged", by="ann", at=AT)
    amended = flow.amend(opened.order, vendor="West Lab", reason="damaged", by="ann", at=AT)
    entries: list[Any] = [opened.entry, amended.entry]
    assert [entry.reason for entry in entries] == ["damaged", "damaged"]
    with pytest.raises(ChangeRefusedError):
        flow.amend(opened.order, reason="slip", by="ann", at=AT)
    with pytest.raises(ChangeRefusedError):
        flow.open(cycle, order_id="PO-2", ordered_on=TODAY, reason="old", by="ann", at=AT)


def test_a_reason_is_kept_by_a_revision(order_at: OrderAt) -> None:
    """It's given as a note is, and let go by NOTHING."""
    flow = flow_with(reasons=REASONS)
    proposal = flow.propose(
        order_at("printing"), today=TODAY, by="ann", reason="damaged", facts={"size": "A4"}
    )
    assert proposal.given == {"reason", "facts"}
    revised = flow.revise(proposal, to="ordered")
    assert (revised.reason, revised.facts) == ("damaged", FactChanges({"size": "A4"}))
    assert flow.revise(revised, reason=None).reason is None


def test_reasons_have_different_keys() -> None:
    """Two reasons with one key couldn't be told apart."""
    with pytest.raises(ValueError, match="unique"):
        ChangeRules(reasons=[Reason("damaged", "Damaged"), Reason("damaged", "Torn")])
