"""Flows, policies and calendars with one bug each, which the kit must catch.

Each replaces the real thing and breaks one rule. The table names the law that must catch it; the
test prints all the laws that did.
"""

from collections.abc import Callable, Iterable
from datetime import date, timedelta
from itertools import count
from types import SimpleNamespace
from typing import Any, Final

import pytest
from attrs import evolve, field, frozen

from prodflow import (
    EVERY_DAY,
    Backward,
    Change,
    Completing,
    CreateTask,
    DaysInStatus,
    Entering,
    Forward,
    Move,
    NoNextStatusError,
    ProductionFlow,
    ProductionOrder,
    ProposedChange,
    Status,
    StatusChanged,
    StatusCycle,
    Trigger,
    WorkingCalendar,
)
from prodflow.testing import CycleSuite, laws
from prodflow.testing._studio import CYCLE, NOON

RIGHT: Final = ProductionFlow(
    triggers=[
        Trigger("entered", Entering(), CreateTask("Begin")),
        Trigger("completed", Completing(), CreateTask("Bill it")),
        Trigger("chase", DaysInStatus("lab", 3), CreateTask("Call")),
    ]
)


class RightFlow:
    """A flow without a bug; each subclass breaks one thing."""

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - whatever the flow has
        return getattr(RIGHT, name)

    def propose(self, order: ProductionOrder, **given: Any) -> ProposedChange:  # noqa: ANN401
        """Propose as it should be."""
        return RIGHT.propose(order, **given)

    def revise(self, proposal: ProposedChange, **more: Any) -> ProposedChange:  # noqa: ANN401
        """Propose again, with this flow's own `propose`."""
        given = {name: getattr(proposal, name) for name in proposal.given}
        if "to" in given:
            given["to"] = proposal.to.key
        given |= {"today": proposal.today, "by": proposal.by}
        return self.propose(proposal.order, **(given | more))

    def accept(self, proposal: ProposedChange, **recorded: Any) -> Change:  # noqa: ANN401
        """Accept as it should be."""
        return RIGHT.accept(proposal, **recorded)

    def advance_all(
        self,
        orders: list[ProductionOrder],
        *,
        today: date,
        by: str,
        at: Any,  # noqa: ANN401 - passed on
        **given: Any,  # noqa: ANN401 - passed on
    ) -> tuple[Change, ...]:
        """Advance as it should be, with this flow's own `propose` and `accept`."""
        RIGHT.advance_all(orders, today=today, by=by, at=at, **given)
        proposals = [self.propose(order, today=today, by=by, **given) for order in orders]
        return tuple(self.accept(proposal, at=at) for proposal in proposals)


class ResumesInTheWrongStatus(RightFlow):
    """An order that was held incomplete returns to the status after its own."""

    def propose(self, order: ProductionOrder, **given: Any) -> ProposedChange:  # noqa: ANN401
        """Go one too far."""
        proposal = super().propose(order, **given)
        following = order.cycle.place(proposal.to.key).next
        if proposal.move is Move.RESUME and order.held is not None and following is not None:
            return super().propose(order, **(given | {"to": following.key}))
        return proposal


class CompletedAsideComesBack(RightFlow):
    """An order that stepped aside complete returns to the status that it completed."""

    def accept(self, proposal: ProposedChange, **recorded: Any) -> Change:  # noqa: ANN401
        """Remember the status it left, complete or not."""
        change = super().accept(proposal, **recorded)
        entry = change.entry
        if isinstance(entry, StatusChanged) and entry.move is Move.ASIDE:
            left = entry.from_status
            if proposal.order.cycle.place(left).position is not None:
                entry = evolve(entry, resumes_in=left)
                return Change(proposal.order.apply(entry), entry, change.events)
        return change


class HoldForgets(RightFlow):
    """A hold loses what was agreed before it."""

    def accept(self, proposal: ProposedChange, **recorded: Any) -> Change:  # noqa: ANN401
        """Remember nothing."""
        change = super().accept(proposal, **recorded)
        if isinstance(change.entry, StatusChanged) and change.entry.held is not None:
            entry = evolve(change.entry, held=None)
            return Change(proposal.order.apply(entry), entry, change.events)
        return change


class SkippedDaysDropped(RightFlow):
    """The due date leaves out the days of skipped statuses."""

    def propose(self, order: ProductionOrder, **given: Any) -> ProposedChange:  # noqa: ANN401
        """Count only what is not skipped."""
        proposal = super().propose(order, **given)
        if not proposal.skipped or proposal.calculated_due_on is None:
            return proposal
        days = sum(status.default_duration or 0 for status in proposal.skipped)
        due_on = WorkingCalendar().add(proposal.calculated_due_on, -days)
        return evolve(proposal, due_on=due_on, calculated_due_on=due_on)


class SentBackIsCompleted(RightFlow):
    """Work that is sent back counts as completed."""

    def propose(self, order: ProductionOrder, **given: Any) -> ProposedChange:  # noqa: ANN401
        """Complete it."""
        proposal = super().propose(order, **given)
        if proposal.move is Move.BACK:
            return super().propose(order, **(given | {"current_complete": True}))
        return proposal


class BeginsAgainAfterHold(RightFlow):
    """Returning from a hold fires the triggers of entering again."""

    def accept(self, proposal: ProposedChange, **recorded: Any) -> Change:  # noqa: ANN401
        """Fire as on a first entering."""
        change = super().accept(proposal, **recorded)
        if proposal.move is not Move.RESUME:
            return change
        first = RIGHT.open(
            change.order.cycle,
            order_id=change.order.id,
            ordered_on=change.order.entered_on,
            status=change.order.status.key,
            by="Ann",
            at=recorded["at"],
        )
        events = [evolve(event, visit=change.order.visit) for event in first.events]
        return Change(change.order, change.entry, events[:1])


class BulkReopensTheCancelled(RightFlow):
    """A bulk reopens closed orders."""

    def propose_all(self, orders: list[ProductionOrder], **given: Any) -> Any:  # noqa: ANN401
        """Refuse nobody."""
        openable = [order for order in orders if order.is_open]
        if len(openable) < len(orders):
            return SimpleNamespace(refusals={})
        return RIGHT.propose_all(orders, **given)


class BulkDropsTheRefused(RightFlow):
    """A bulk silently drops the orders that cannot go."""

    def advance_all(
        self,
        orders: list[ProductionOrder],
        **given: Any,  # noqa: ANN401 - passed on
    ) -> tuple[Change, ...]:
        """Leave them out."""
        openable = [order for order in orders if order.is_open]
        changes: tuple[Change, ...] = super().advance_all(openable, **given)
        return changes


class BulkDiffersFromSingles(RightFlow):
    """A bulk gives every order the assignee of the first."""

    def advance_all(
        self,
        orders: list[ProductionOrder],
        **given: Any,  # noqa: ANN401 - passed on
    ) -> tuple[Change, ...]:
        """Derive once."""
        given["department"] = "The first one's"
        return super().advance_all(orders, **given)


class ClosedGoesOn(RightFlow):
    """Advancing a closed order reopens it instead of refusing."""

    def propose(self, order: ProductionOrder, **given: Any) -> ProposedChange:  # noqa: ANN401
        """Reopen."""
        try:
            return super().propose(order, **given)
        except NoNextStatusError:
            return super().propose(order, **(given | {"to": order.cycle.initial.key}))


class RandomEventIds(RightFlow):
    """The same event gets another id each time."""

    numbers = count()

    def accept(self, proposal: ProposedChange, **recorded: Any) -> Change:  # noqa: ANN401
        """Number the events."""
        change = super().accept(proposal, **recorded)
        events = [evolve(event, id=f"event-{next(self.numbers)}") for event in change.events]
        return evolve(change, events=events)


class EventsTwice(RightFlow):
    """Every event comes twice."""

    def accept(self, proposal: ProposedChange, **recorded: Any) -> Change:  # noqa: ANN401
        """Double the events."""
        change = super().accept(proposal, **recorded)
        return evolve(change, events=change.events * 2)


class StatusNotApplied(RightFlow):
    """The order of a change differs from what its history gives."""

    def accept(self, proposal: ProposedChange, **recorded: Any) -> Change:  # noqa: ANN401
        """Assign a user whom the entry doesn't name."""
        change = super().accept(proposal, **recorded)
        return evolve(change, order=evolve(change.order, user="Nobody knows"))


class DeadEnd(RightFlow):
    """Advancing goes back and forth between two statuses."""

    def propose(self, order: ProductionOrder, **given: Any) -> ProposedChange:  # noqa: ANN401
        """Turn back before the last step."""
        proposal = super().propose(order, **given)
        if proposal.to.final and given.get("to") is None:
            return super().propose(order, **(given | {"to": order.cycle.initial.key}))
        return proposal


WRONG_FLOWS: Final = {
    ResumesInTheWrongStatus: "test_a_hold_gives_back_what_was_agreed",
    CompletedAsideComesBack: "test_a_hold_gives_back_what_was_agreed",
    HoldForgets: "test_a_hold_gives_back_what_was_agreed",
    SkippedDaysDropped: "test_a_jump_keeps_the_date_of_the_plan",
    SentBackIsCompleted: "test_going_back_completes_nothing",
    BeginsAgainAfterHold: "test_a_hold_gives_back_what_was_agreed",
    BulkReopensTheCancelled: "test_closed_orders_stay_closed",
    BulkDropsTheRefused: "test_closed_orders_stay_closed",
    BulkDiffersFromSingles: "test_a_bulk_equals_its_singles",
    ClosedGoesOn: "test_closed_orders_stay_closed",
    RandomEventIds: "test_every_history_is_sound",
    EventsTwice: "test_every_history_is_sound",
    StatusNotApplied: "test_every_history_is_sound",
    DeadEnd: "test_advancing_reaches_the_final",
}


class _Suite(CycleSuite):
    """The laws to run by hand; not collected, for its name begins with an underscore."""


def _catching(flow: object, names: Iterable[str]) -> list[str]:
    caught: list[str] = []
    for name in names:
        test = getattr(_Suite(), name)
        try:
            test(CYCLE) if name == "test_the_path_is_active_and_standard" else test(CYCLE, flow)
        except (Exception, pytest.fail.Exception):  # noqa: BLE001 - a law may fail in any way
            caught.append(name)
    return caught


def test_the_right_flow_is_not_caught() -> None:
    """The stand-in without a bug passes, so a wrong flow is caught for its bug."""
    assert _catching(RightFlow(), (name for name in dir(_Suite) if name.startswith("test_"))) == []


@pytest.mark.scaled
@pytest.mark.parametrize(
    ("wrong", "law"),
    [pytest.param(wrong, law, id=wrong.__name__) for wrong, law in WRONG_FLOWS.items()],
)
def test_a_wrong_flow_is_caught(
    wrong: type[RightFlow], law: str, laws_for: Callable[[type, str], list[str]]
) -> None:
    """Each bug is caught by the law that it breaks."""
    caught = _catching(wrong(), laws_for(_Suite, law))
    print(f"{wrong.__name__} is caught by {', '.join(caught)}")  # noqa: T201 - what it is for
    assert law in caught


# Wrong calendars, policies, orders and cycles go to the laws directly.


class SaturdayPlusOneIsTuesday:
    """A calendar that moves a closed day forward before it counts."""

    def is_working_day(self, day: date) -> bool:
        """Know working days as it should."""
        return WorkingCalendar().is_working_day(day)

    def add(self, day: date, n: int) -> date:
        """Move, then count."""
        return WorkingCalendar().add(WorkingCalendar().following(day), n)


class CalendarDays:
    """A calendar that counts every day."""

    def is_working_day(self, day: date) -> bool:
        """Know working days as it should."""
        return WorkingCalendar().is_working_day(day)

    def add(self, day: date, n: int) -> date:
        """Count weekends too."""
        return EVERY_DAY.add(day, n)


@frozen
class OwnDurationSubtracted:
    """A backward policy that also subtracts the status's own days."""

    name: str = field(default="backward", init=False)
    calendar: WorkingCalendar = field(factory=WorkingCalendar)

    def due_on(
        self,
        cycle: StatusCycle,
        key: str,
        *,
        ordered_on: date,
        delivery_on: date | None,
        entered_on: date,
    ) -> date | None:
        """Subtract one duration too many."""
        del ordered_on, entered_on
        place = cycle.place(key)
        if delivery_on is None or not place.status.is_due:
            return None
        own = place.status.default_duration or 0
        return self.calendar.add(delivery_on, -place.days_after - own)


@frozen
class AsideCounts(OwnDurationSubtracted):
    """A policy that counts every status of the list, on the path or off it."""

    def due_on(
        self,
        cycle: StatusCycle,
        key: str,
        *,
        ordered_on: date,
        delivery_on: date | None,
        entered_on: date,
    ) -> date | None:
        """Sum up the whole list."""
        del delivery_on, entered_on
        days = 0
        for status in cycle:
            days += status.default_duration or 0
            if status.key == key:
                break
        return None if cycle[key].final else self.calendar.add(ordered_on, days or 1)


@frozen
class Decreasing(OwnDurationSubtracted):
    """A policy whose dates decrease along the path."""

    def due_on(
        self,
        cycle: StatusCycle,
        key: str,
        *,
        ordered_on: date,
        delivery_on: date | None,
        entered_on: date,
    ) -> date | None:
        """Count down."""
        del delivery_on, entered_on
        position = cycle.place(key).position or 0
        return ordered_on - timedelta(position)


class OverdueOnTheDueDay:
    """An order that is overdue a day early."""

    def __init__(self, order: ProductionOrder) -> None:
        self.due_on = order.due_on
        self.is_open = order.is_open

    def is_overdue(self, *, today: date) -> bool:
        """Compare with >=."""
        return self.due_on is not None and today >= self.due_on


SATURDAY: Final = date(2026, 11, 21)
OPENED: Final = RIGHT.open(CYCLE, order_id="PO-1", ordered_on=SATURDAY, by="Ann", at=NOON)
WITH_ASIDE: Final = StatusCycle(
    "aside",
    [
        Status("a", "A", initial=True, default_duration=1),
        Status("b", "B", non_standard=True, default_duration=5),
        Status("c", "C", default_duration=1),
        Status("d", "D", final=True),
    ],
)


def _inactive_on_the_path() -> Any:  # noqa: ANN401 - no cycle could be so
    bad = Status("b", "B", inactive=True)
    path = (Status("a", "A", initial=True), bad, Status("c", "C", final=True))
    return SimpleNamespace(path=path)


WRONG_PARTS: Final[dict[str, Callable[[], None]]] = {
    "Saturday + 1 is Tuesday": lambda: laws.add_counts_working_days(
        SaturdayPlusOneIsTuesday(),  # type: ignore[arg-type]  # stands in for a calendar
        SATURDAY,
        1,
    ),
    "weekends count": lambda: laws.add_counts_working_days(
        CalendarDays(),  # type: ignore[arg-type]  # stands in for a calendar
        SATURDAY,
        1,
    ),
    "an aside moves the plan": lambda: laws.asides_never_change_the_plan(
        WITH_ASIDE, AsideCounts(), SATURDAY
    ),
    "dates decrease": lambda: laws.plan_dates_never_decrease(CYCLE, Decreasing(), SATURDAY),
    "overdue on the due day": lambda: laws.nothing_is_overdue_on_its_due_day(
        OverdueOnTheDueDay(OPENED.order)  # type: ignore[arg-type]  # stands in for an order
    ),
    "an inactive status on the path": lambda: laws.every_path_is_active_and_standard(
        _inactive_on_the_path()
    ),
    "own duration subtracted backward": lambda: laws.backward_ends_on_the_delivery_date(
        CYCLE, OwnDurationSubtracted(), date(2026, 12, 4)
    ),
}


@pytest.mark.parametrize("bug", WRONG_PARTS)
def test_a_wrong_part_is_caught(bug: str) -> None:
    """A wrong calendar, policy, order or cycle is caught by the law that it breaks."""
    with pytest.raises(AssertionError):
        WRONG_PARTS[bug]()


def test_right_parts_are_not_caught() -> None:
    """The same laws hold for the real things."""
    laws.add_counts_working_days(WorkingCalendar(), SATURDAY, 1)
    laws.asides_never_change_the_plan(WITH_ASIDE, Forward(), SATURDAY)
    laws.plan_dates_never_decrease(CYCLE, Forward(), SATURDAY)
    laws.nothing_is_overdue_on_its_due_day(OPENED.order)
    laws.every_path_is_active_and_standard(CYCLE)
    laws.backward_ends_on_the_delivery_date(CYCLE, Backward(), SATURDAY)
