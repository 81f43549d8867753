"""The open orders, kept in memory, and what a hub works out for all of them.

Theory of operation. The feed of the store names the orders that have changed. So each request asks
the feed what is new since the last one, and loads those orders again. What is worked out for all
orders, such as which of them are at risk, is kept as long as three things stay the same: the place
in the feed, the day, and the versions of settings and statuses.

What must stay true: the place in the feed is read before the orders are, so that no change falls
between the two.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from functools import cached_property
from threading import Lock
from typing import Final, TypeVar, final

from attrs import define, field, frozen

from prodflow import (
    CursorError,
    DateOutOfRangeError,
    DueDatePolicy,
    FlowSettings,
    OrderQuery,
    ProductionOrder,
    StatusCycle,
    outlook,
)
from prodflow.calendars import EVERY_DAY
from prodflow.hub import AtRisk, Board, Workload, at_risk, board, in_use, workload
from prodflow_sqlalchemy import SqlStore

T = TypeVar("T")

WITHIN: Final = 3
"""An order is due soon if it's due today or in this many days."""
_PORTION: Final = 1_000


def soon_by(today: date) -> date:
    """The last day that counts as soon."""
    try:
        return EVERY_DAY.add(today, WITHIN)
    except DateOutOfRangeError:
        return today


@final
@frozen(slots=False, eq=False)
class Snapshot:
    """The open orders at a place in the feed, on a day.

    Args:
        at: the instant at which this was worked out.
        orders: the open orders, by due date, priority and id.
        settings: the settings that counted.
        cycles: the newest version of each order type.
    """

    at: datetime
    orders: tuple[ProductionOrder, ...]
    settings: FlowSettings
    cycles: tuple[StatusCycle, ...]
    _boards: dict[str, Board] = field(init=False, factory=dict[str, Board])

    @property
    def today(self) -> date:
        """The date of the studio."""
        return self.at.date()

    @cached_property
    def policies(self) -> Mapping[str, DueDatePolicy]:
        """The due-date policy of each order type."""
        types = {order.order_type for order in self.orders} | {
            cycle.order_type for cycle in self.cycles
        }
        return {each: self.settings.flow(each).due_dates for each in types}

    @cached_property
    def at_risk(self) -> AtRisk:
        """The orders that will miss their delivery dates."""
        return self._within_calendar(
            lambda orders: at_risk(orders, self.policies, today=self.today, cycles=self.cycles)
        )

    @cached_property
    def workload(self) -> Workload:
        """How much each department and user has to do."""
        return workload(self.orders, today=self.today, within=WITHIN)

    @cached_property
    def figures(self) -> Mapping[str, int]:
        """How many orders are open, overdue, due soon, past delivery and at risk."""
        today, soon = self.today, soon_by(self.today)
        queries = {
            "overdue": OrderQuery(overdue_on=today),
            "soon": OrderQuery(due_from=today, due_by=soon),
        }
        counts = {name: query.count(self.orders) for name, query in queries.items()}
        late = sum(order.is_past_delivery(today=today) for order in self.orders)
        counts |= {"open": len(self.orders), "delivery": late, "risk": len(self.at_risk)}
        return counts

    @cached_property
    def names(self) -> Mapping[str, tuple[str, ...]]:
        """The departments, users and vendors of the orders, by name."""
        kinds = ("department", "user", "vendor")
        found = {kind: {getattr(order, kind) for order in self.orders} - {None} for kind in kinds}
        return {kind: tuple(sorted(found[kind], key=str.casefold)) for kind in kinds}

    @cached_property
    def by_status(self) -> Mapping[tuple[str, str], int]:
        """How many orders are in each status, by order type and key."""
        return Counter((order.order_type, order.status.key) for order in self.orders)

    def board(self, by: str) -> Board:
        """The orders in columns."""
        if by not in self._boards:
            self._boards[by] = self._within_calendar(
                lambda orders: board(
                    *(orders,),
                    by=by,
                    today=self.today,
                    within=WITHIN,
                    cycles=self.cycles,
                    policy=self.policies,
                ),
                lambda: board(self.orders, by=by, today=self.today, cycles=self.cycles),
            )
        return self._boards[by]

    def in_use(self, cycle: StatusCycle) -> Mapping[str, int]:
        """How many of the orders are in each status of a cycle, or will return to it."""
        return in_use(cycle, self.orders)

    def _within_calendar(
        self,
        work: Callable[[Iterable[ProductionOrder]], T],
        otherwise: Callable[[], T] | None = None,
    ) -> T:
        """Work on all orders; if some have dates beyond the calendar, leave these out."""
        try:
            return work(self.orders)
        except DateOutOfRangeError:
            return (
                work(filter(self._has_outlook, self.orders)) if otherwise is None else otherwise()
            )

    def _has_outlook(self, order: ProductionOrder) -> bool:
        try:
            outlook(order, self.policies[order.order_type], today=self.today)
        except DateOutOfRangeError:
            return False
        return True


@final
@define(eq=False)
class OpenOrders:
    """Keeps the open orders of a store in memory.

    Args:
        store: the store.
    """

    store: SqlStore
    _lock: Lock = field(init=False, factory=Lock)
    _cursor: str | None = field(init=False, default=None)
    _orders: dict[str, ProductionOrder] | None = field(init=False, default=None)
    _snapshot: Snapshot | None = field(init=False, default=None)

    def now(
        self, at: datetime, settings: FlowSettings, cycles: tuple[StatusCycle, ...]
    ) -> Snapshot:
        """The open orders as they are now."""
        with self._lock:
            has_changed = self._read()
            kept = self._snapshot
            if (
                kept is None
                or has_changed
                or kept.today != at.date()
                or kept.settings != settings
                or kept.cycles != cycles
            ):
                orders = OrderQuery().select(self._orders.values() if self._orders else ())
                kept = self._snapshot = Snapshot(at, tuple(orders), settings, cycles)
            return kept

    def _read(self) -> bool:
        """Read what is new; returns whether anything is."""
        try:
            changed = self._changed()
        except CursorError:  # the database was restored from a backup
            self._cursor = self._orders = None
            changed = self._changed()
        query = OrderQuery(is_open=True)
        # The feed doesn't say which orders were erased.
        if self._orders is None or (not changed and self.store.count(query) != len(self._orders)):
            self._orders = {order.id: order for order in self.store.find(query)}
            return True
        if not changed:
            return False
        loaded = self.store.load(changed)
        for order_id in changed:
            self._orders.pop(order_id, None)
            order = loaded.get(order_id)
            if order is not None and order.is_open:
                self._orders[order_id] = order
        return True

    def _changed(self) -> set[str]:
        changed: set[str] = set()
        while True:
            page = self.store.feed(self._cursor, limit=_PORTION)
            if not page.entries:
                return changed
            self._cursor = page.cursor
            changed.update(entry.order_id for entry in page.entries)
