"""History held against other durations: how many orders would have been late."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import NamedTuple, assert_never, final

from attrs import field, frozen

from prodflow import _checks as checks
from prodflow._fields import Count, checked
from prodflow.calendars import MONDAY_TO_FRIDAY
from prodflow.cycle import Status, StatusCycle
from prodflow.duedate import DueDatePolicy, check_policy
from prodflow.export import Table
from prodflow.hub._visits import Visit, history, read_visits
from prodflow.order import CycleAdopted, HistoryEntry, OrderAmended, OrderOpened, StatusChanged

__all__ = ["Lateness", "StatusLateness", "lateness_under"]


@final
class StatusLateness(NamedTuple):
    """How many visits of one status would have ended late, and how many did."""

    status: Status
    """The status."""
    visits: int
    """How many visits have ended that would have had a due date."""
    late: int
    """How many of them would have ended after it."""
    recorded_late: int
    """How many of the visits of this status ended after the due date that they had."""


def _rows(value: Iterable[StatusLateness]) -> tuple[StatusLateness, ...]:
    return checks.instances("rows", value, StatusLateness, "StatusLateness")


@final
@frozen(kw_only=True, weakref_slot=False, field_transformer=checked)
class Lateness:
    """How many orders would have been late under the durations of a cycle.

    Args:
        orders: how many orders there were.
        late_orders: how many of them would have been late in at least one visit.
        recorded_late_orders: how many were, by the due dates that they had.
        rows: the same by visit for each status, in list order.

    Raises:
        TypeError: for a value of the wrong kind.
        ValueError: for a count below 0.
    """

    orders: Count
    late_orders: Count
    recorded_late_orders: Count
    rows: tuple[StatusLateness, ...] = field(converter=_rows)

    def table(self) -> Table:
        """A line for each status."""
        return Table(
            "Late under These Durations",
            ("Status", "Duration", "Visits", "Late", "Late as Recorded"),
            [(row.status.description, row.status.default_duration, *row[1:]) for row in self.rows],
            notes=(
                f"Late at least once: {self.late_orders:,} of {self.orders:,} orders.",
                f"By the due dates that they had: {self.recorded_late_orders:,}.",
            ),
        )


def lateness_under(
    histories: Iterable[Iterable[HistoryEntry]], cycle: StatusCycle, *, policy: DueDatePolicy
) -> Lateness:
    """History held against the durations of a cycle: how many orders would have been late.

    Each visit that has ended gets the due date that *policy* gives it under *cycle*, from the day
    it was entered, and the dates from which the plan counted when it ended. It is late where it
    ended after that day. Nothing else is changed: the orders move as they did, and due dates set by
    hand play no part.

    Args:
        histories: the whole histories of orders, each order once. Those of other order types are
            passed over, and so are visits of statuses that *cycle* does not have.
        cycle: the durations, such as `Suggestions.adopted()`.
        policy: how due dates are calculated.

    Raises:
        TypeError: for a value of the wrong kind.
        ValueError: for a history whose entries do not follow, or an order that comes twice.
        MissingDeliveryDateError: where the policy asks for a delivery date.
        DateOutOfRangeError: where the calendar ends before a due date.

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
        found = read_visits(entries, MONDAY_TO_FRIDAY)
        for visit, anchors in zip(found, _anchors(entries), strict=False):  # the last has not ended
            if visit.status in cycle:
                recorded[visit.status] += visit.on_time is False
                due_on = _due_on(policy, cycle, visit, *anchors)
                if due_on is not None and visit.left_on is not None:
                    dated[visit.status] += 1
                    late[visit.status] += visit.left_on > due_on
        late_orders += late.total() > before[0]
        recorded_late_orders += recorded.total() > before[1]
    return Lateness(
        orders=orders,
        late_orders=late_orders,
        recorded_late_orders=recorded_late_orders,
        rows=[
            StatusLateness(status, dated[status.key], late[status.key], recorded[status.key])
            for status in cycle
        ],
    )


def each_history(
    histories: Iterable[Iterable[HistoryEntry]], order_type: str
) -> Iterator[tuple[HistoryEntry, ...]]:
    """The histories of an order type, one by one, if histories they are and each is there once."""
    if isinstance(histories, str | bytes) or not isinstance(histories, Iterable):
        raise TypeError(
            f"histories must be an iterable of histories, not {checks.shown(histories)}"
        )
    seen: set[str] = set()
    for entries in histories:
        found = history("a history in histories", entries)
        if not found or not isinstance(found[0], OrderOpened):
            raise ValueError("a history in histories must begin with an OrderOpened")
        if found[0].order_id in seen:
            raise ValueError(f"histories must hold order {found[0].order_id!r} once")
        seen.add(found[0].order_id)
        if found[0].order_type == order_type:
            yield found


def _due_on(
    policy: DueDatePolicy,
    cycle: StatusCycle,
    visit: Visit,
    plan_from: date,
    delivery_on: date | None,
) -> date | None:
    due_on = policy.due_on(
        cycle,
        visit.status,
        ordered_on=plan_from,
        delivery_on=delivery_on,
        entered_on=visit.entered_on,
    )
    return checks.optional_day("what policy gives", due_on)


def _anchors(entries: Sequence[HistoryEntry]) -> Iterator[tuple[date, date | None]]:
    """For each visit that has ended, whence its plan counted, and its delivery date."""
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
