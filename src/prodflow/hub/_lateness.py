"""How many orders would have been late under other durations."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import NamedTuple, assert_never, final

from attrs import frozen

from prodflow import _checks as checks
from prodflow._fields import Count, checked
from prodflow.calendars import MONDAY_TO_FRIDAY
from prodflow.cycle import Status, StatusCycle
from prodflow.duedate import DueDatePolicy, check_policy
from prodflow.export import Table
from prodflow.hub._visits import history, read_visits
from prodflow.order import CycleAdopted, HistoryEntry, OrderAmended, OrderOpened, StatusChanged

__all__ = ["Lateness", "StatusLateness", "lateness_under"]


@final
class StatusLateness(NamedTuple):
    """How many visits of one status would have been late, and how many were.

    Args:
        visits: how many visits have ended and would have had a due date.
        late: how many of them would have ended after it.
        recorded_late: how many visits ended after the due date that they really had.
    """

    status: Status
    visits: int
    late: int
    recorded_late: int


@final
@frozen(kw_only=True, weakref_slot=False, field_transformer=checked)
class Lateness:
    """How many orders would have been late under the durations of a cycle.

    Args:
        orders: how many orders there are.
        late_orders: how many of them would have been late in at least one visit.
        recorded_late_orders: how many of them were, by the due dates that they really had.
        rows: the visits of each status, in list order.
    """

    orders: Count
    late_orders: Count
    recorded_late_orders: Count
    rows: tuple[StatusLateness, ...]

    def table(self) -> Table:
        """One line for each status."""
        return Table(
            "Late under These Durations",
            ("Status", "Duration", "Visits", "Late", "Late as Recorded"),
            [(row.status.description, row.status.default_duration, *row[1:]) for row in self.rows],
            notes=(
                f"Orders late at least once: {self.late_orders:,} of {self.orders:,}.",
                f"Late by the due dates that they really had: {self.recorded_late_orders:,}.",
            ),
        )


def lateness_under(
    histories: Iterable[Iterable[HistoryEntry]], cycle: StatusCycle, *, policy: DueDatePolicy
) -> Lateness:
    """How many orders would have been late under the durations of a cycle.

    Each visit that has ended gets the due date that *policy* gives it under *cycle*. The policy
    counts from the day on which the visit began, and from the order and delivery dates as they were
    when it ended. Due dates set by hand are ignored. The visit is late if it ended after its due
    date. Nothing else changes: the orders move as they did.

    Args:
        cycle: the cycle with the durations to try, for example `Suggestions.adopted()`. Visits of
            statuses that it doesn't have are skipped.

    Raises:
        MissingDeliveryDateError: if the policy needs a delivery date that an order lacks.
        DateOutOfRangeError: if a due date would be after the end of the calendar.

    Source:
        Decisions D6 to D15.
    """
    checks.instance("cycle", cycle, StatusCycle, "a StatusCycle")
    check_policy("policy", policy)
    orders = late_orders = recorded_late_orders = 0
    dated: Counter[str] = Counter()
    late: Counter[str] = Counter()
    recorded: Counter[str] = Counter()
    for entries in each_history(histories, cycle.order_type):
        orders += 1
        before = (late.total(), recorded.total())
        stays = read_visits(entries, MONDAY_TO_FRIDAY)
        dates = _plan_dates(entries)
        for visit, (plan_from, delivery_on) in zip(stays, dates, strict=False):  # the last goes on
            if visit.status in cycle:
                recorded[visit.status] += visit.on_time is False
                due_on = policy.due_on(
                    cycle,
                    visit.status,
                    ordered_on=plan_from,
                    delivery_on=delivery_on,
                    entered_on=visit.entered_on,
                )
                checks.optional_day("what policy gives", due_on)
                if due_on is not None and visit.left_on is not None:
                    dated[visit.status] += 1
                    late[visit.status] += visit.left_on > due_on
        late_orders += late.total() > before[0]
        recorded_late_orders += recorded.total() > before[1]
    return Lateness(
        orders=orders,
        late_orders=late_orders,
        recorded_late_orders=recorded_late_orders,
        rows=tuple(
            StatusLateness(status, dated[status.key], late[status.key], recorded[status.key])
            for status in cycle
        ),
    )


def each_history(
    histories: Iterable[Iterable[HistoryEntry]], order_type: str
) -> Iterator[tuple[HistoryEntry, ...]]:
    """The histories of an order type, one by one, each checked to be of another order."""
    if isinstance(histories, str | bytes) or not isinstance(histories, Iterable):
        raise TypeError(
            f"histories must be an iterable of histories, not {checks.shown(histories)}"
        )
    seen: set[str] = set()
    for given in histories:
        entries = history("a history in histories", given)
        if not entries or not isinstance(entries[0], OrderOpened):
            raise ValueError("a history in histories must begin with an OrderOpened")
        opened = entries[0]
        if opened.order_id in seen:
            raise ValueError(f"histories must hold order {opened.order_id!r} once")
        seen.add(opened.order_id)
        if opened.order_type == order_type:
            yield entries


def _plan_dates(entries: Sequence[HistoryEntry]) -> Iterator[tuple[date, date | None]]:
    """For each visit that has ended, the date its plan counted from and the delivery date."""
    plan_from, delivery_on = date.min, None
    for entry in entries:
        match entry:
            case OrderOpened():
                plan_from, delivery_on = entry.ordered_on, entry.delivery_on
            case StatusChanged():
                yield plan_from, delivery_on
                plan_from = entry.plan_from
            case OrderAmended():
                plan_from, delivery_on = entry.plan_from, entry.delivery_on
            case CycleAdopted():
                pass
            case _:
                assert_never(entry)
