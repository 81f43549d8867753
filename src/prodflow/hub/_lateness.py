"""How many orders would have been late with other durations."""

from collections import Counter
from collections.abc import Iterable
from datetime import date
from typing import NamedTuple, assert_never, final

from attrs import field, frozen

from prodflow import _checks as checks
from prodflow._facts import NO_FACTS
from prodflow._fields import Count, checked
from prodflow._messages import text
from prodflow._names import Names
from prodflow._words import AnyWords
from prodflow.cycle import Status, StatusCycle
from prodflow.duedate import DueDatePolicy, check_policy, due_dates
from prodflow.export import Table
from prodflow.hub._history import Counting, each_history
from prodflow.hub._orders import STATUS, versions
from prodflow.hub._reading import read_visits
from prodflow.order import (
    CycleAdopted,
    Facts,
    HistoryEntry,
    OrderAmended,
    OrderOpened,
    OrderSplit,
    StatusChanged,
)

__all__ = ["Lateness", "StatusLateness", "lateness_under"]


@final
class StatusLateness(NamedTuple):
    """How many visits of one status would have been late, and how many were.

    Args:
        visits: how many visits have ended and would have had a due date.
        late: how many of these visits would have ended after that due date.
        recorded_late: how many visits ended after their real due date.
    """

    status: Status
    visits: int
    late: int
    recorded_late: int


@final
@frozen(kw_only=True, weakref_slot=False, field_transformer=checked)
class Lateness:
    """How many orders would have been late with the durations of a cycle.

    Args:
        cycle: the cycle with the durations.
        orders: how many orders there are.
        late_orders: how many of these orders would have been late in at least one visit.
        recorded_late_orders: how many orders were late in at least one visit, by their real due
            dates.
        rows: the visits of each status, in list order.
        cycles: cycle versions that name the statuses.
    """

    cycle: StatusCycle
    orders: Count
    late_orders: Count
    recorded_late_orders: Count
    rows: tuple[StatusLateness, ...]
    cycles: tuple[StatusCycle, ...] = field(default=(), converter=versions)

    def table(self, *, words: AnyWords | None = None) -> Table:
        """One line for each status.

        Args:
            words: your words; None for English.
        """
        names = Names(self.cycles, [self.cycle])
        return Table(
            text("Late under These Durations"),
            (
                *(STATUS, text("Duration"), text("Visits"), text("Late")),
                text("Late as Recorded"),
            ),
            [
                (
                    names.title((self.cycle.order_type, row.status.key)),
                    row.status.default_duration,
                    *row[1:],
                )
                for row in self.rows
            ],
            notes=(
                text(
                    "Orders late at least once: {late} of {count}.",
                    late=self.late_orders,
                    count=self.orders,
                ),
                text(
                    "Late by the due dates that they really had: {late}.",
                    late=self.recorded_late_orders,
                ),
            ),
        ).said(words)


def lateness_under(
    histories: Iterable[Iterable[HistoryEntry]],
    cycle: StatusCycle,
    *,
    policy: DueDatePolicy,
    cycles: Iterable[StatusCycle] = (),
) -> Lateness:
    """How many orders would have been late with the durations of a cycle.

    For each visit that has ended, *policy* calculates a due date from the durations of *cycle*. It
    uses the first day of the visit and the days for which the visit was paused, counted in the
    policy's calendar. Everything else, such as the delivery date, is used as recorded when the
    visit ended. Due dates set by hand are ignored. The visit is late if it ended after its due
    date. Nothing else changes: the orders move as recorded.

    Args:
        cycle: the cycle with the durations to try, for example `Suggestions.adopted()`. Visits of
            statuses that this cycle doesn't have are skipped.

    Raises:
        MissingDeliveryDateError: if the policy needs a delivery date that an order lacks.
        DateOutOfRangeError: if a due date would be after the end of the calendar.

    Source:
        Decisions D6 to D15, and D18.
    """
    checks.instance("cycle", cycle, StatusCycle, "a StatusCycle")
    check_policy("policy", policy)
    due_date = due_dates(policy)
    orders = late_orders = recorded_late_orders = 0
    dated: Counter[str] = Counter()
    late: Counter[str] = Counter()
    recorded: Counter[str] = Counter()
    for entries in each_history(histories, cycle.order_type):
        orders += 1
        before = (late.total(), recorded.total())
        planned = _planned_at_end(entries)
        for visit in read_visits(entries, policy.calendar):
            if visit.left_on is not None and visit.status in cycle:
                recorded[visit.status] += visit.on_time is False
                plan = planned[visit.sequence]
                due_on = due_date(
                    *(cycle, cycle.place(visit.status), plan.plan_from, plan.delivery_on),
                    *(visit.entered_on, visit.paused_working_days, plan.held_days),
                    (plan.ordered_on, plan.vendor, plan.quantity, plan.priority, plan.facts),
                )
                if due_on is not None:
                    dated[visit.status] += 1
                    late[visit.status] += visit.left_on > due_on
        late_orders += late.total() > before[0]
        recorded_late_orders += recorded.total() > before[1]
    return Lateness(
        cycle=cycle,
        orders=orders,
        late_orders=late_orders,
        recorded_late_orders=recorded_late_orders,
        rows=tuple(
            StatusLateness(status, dated[status.key], late[status.key], recorded[status.key])
            for status in cycle
        ),
        cycles=cycles,
    )


class _Planned(NamedTuple):
    """What a policy needs to know besides the visit, as recorded when the visit ended."""

    plan_from: date
    ordered_on: date
    delivery_on: date | None
    held_days: int
    vendor: str | None
    quantity: int | None
    priority: int
    facts: Facts


def _planned_at_end(entries: Counting) -> dict[int, _Planned]:
    """What a policy needs to know for each visit that has ended, by the number of the visit."""
    visit, last = 1, _planned(entries.opened, NO_FACTS)
    planned: dict[int, _Planned] = {}
    for entry in entries.later:
        match entry:
            case StatusChanged():
                planned[visit] = last
                facts = last.facts.merged(entry.facts)
                visit, last = entry.visit, last._replace(held_days=entry.held_days, facts=facts)
            case OrderAmended():
                last = _planned(entry, last.facts)
            case OrderSplit():
                last = last._replace(quantity=entry.quantity)
            case CycleAdopted():
                pass
            case _:
                assert_never(entry)
    return planned


def _planned(entry: OrderOpened | OrderAmended, facts: Facts) -> _Planned:
    return _Planned(
        *(entry.plan_from, entry.ordered_on, entry.delivery_on, entry.held_days, entry.vendor),
        *(entry.quantity, entry.priority, facts.merged(entry.facts)),
    )
