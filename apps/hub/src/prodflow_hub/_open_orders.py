"""The open orders, kept in memory, and what a hub works out for all of them.

Theory of operation. The feed of the store names the orders that have changed. So each request asks
the feed what is new since the last one, and loads those orders again. What is worked out for all
orders, such as which of them are at risk, is kept as long as three things stay the same: the place
in the feed, the day, and the versions of settings and statuses.

If only some orders have changed, the others aren't looked at again. To find out which orders are at
risk takes 2 µs an order (Python 3.11), so the report from before is taken, without those that have
changed and with what the report says of them alone.

While an older transaction is open, PostgreSQL's feed doesn't have what was committed since. Then
all orders are read again for each request.

What must stay true: the place in the feed is read before the orders are, so that no change falls
between the two. The place is kept only when the orders have been read, and a snapshot only when
nothing failed while it was asked for, so that no change is lost if the database goes away.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import date, datetime
from functools import cached_property
from operator import attrgetter
from threading import Lock
from typing import Any, Final, final

from attrs import define, evolve, field, frozen

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
from prodflow.hub import AtRisk, OrderAtRisk, Workload, at_risk, board, workload
from prodflow_hub._feed_end import end_of_feed
from prodflow_sqlalchemy import SqlStore

WITHIN: Final = 3
"""An order is due soon if it's due today or in this many days."""
_PORTION: Final = 1_000
_OPEN: Final = OrderQuery(is_open=True)


def soon_by(today: date) -> date:
    """The last day that counts as soon."""
    try:
        return EVERY_DAY.add(today, WITHIN)
    except DateOutOfRangeError:
        return today


@final
@frozen
class Column:
    """A column of a board, as `prodflow.hub.board` has it."""

    key: Any
    title: str
    orders: tuple[ProductionOrder, ...]
    overdue: int

    @property
    def count(self) -> int:
        """How many orders the column has."""
        return len(self.orders)


@final
@frozen(slots=False, eq=False)
class Snapshot:
    """The open orders at a place in the feed, on a day.

    Args:
        at: the instant at which this was worked out.
        orders: the open orders, by due date, priority and id.
        settings: the settings that counted.
        cycles: the newest version of each order type.
        risks: the orders at risk, if they're known already.
    """

    at: datetime
    orders: tuple[ProductionOrder, ...]
    settings: FlowSettings
    cycles: tuple[StatusCycle, ...]
    _risks: AtRisk | None = None
    _boards: dict[str, tuple[Column, ...]] = field(
        init=False, factory=dict[str, tuple[Column, ...]]
    )

    @property
    def today(self) -> date:
        """The date of the studio."""
        return self.at.date()

    def get_ready(self) -> None:
        """Work out what nearly every page shows."""
        _ = self.figures, self.names

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
        return self._at_risk(self.orders) if self._risks is None else self._risks

    def _at_risk(self, orders: Iterable[ProductionOrder]) -> AtRisk:
        """Those of some orders; without orders that have dates beyond the calendar."""
        asked = [*orders]
        try:
            return at_risk(asked, self.policies, today=self.today, cycles=self.cycles)
        except DateOutOfRangeError:
            within = filter(self._has_outlook, asked)
            return at_risk(within, self.policies, today=self.today, cycles=self.cycles)

    def _has_outlook(self, order: ProductionOrder) -> bool:
        try:
            outlook(order, self.policies[order.order_type], today=self.today)
        except DateOutOfRangeError:
            return False
        return True

    def after(
        self, at: datetime, orders: tuple[ProductionOrder, ...], changed: Collection[str]
    ) -> "Snapshot":
        """The snapshot of the same day after some orders have changed."""
        new = Snapshot(at, orders, self.settings, self.cycles)
        if self._risks is None and "at_risk" not in vars(self):  # no page has asked for it yet
            return new
        anew = new._at_risk(order for order in orders if order.id in changed)
        kept = [row for row in self.at_risk.rows if row.order.id not in changed]
        # Orders with the same slack are sorted by more, which `at_risk` knows.
        slacks = {*map(_slack, anew.rows)}
        alike = [row.order for row in (*kept, *anew.rows) if _slack(row) in slacks]
        among = new._at_risk(alike)
        others = [row for row in kept if _slack(row) not in slacks]
        rows = sorted((*others, *among.rows), key=_slack)
        return evolve(new, risks=evolve(among, rows=tuple(rows)))

    @cached_property
    def workload(self) -> Workload:
        """How much each department and user has to do."""
        return workload(self.orders, today=self.today, within=WITHIN)

    @cached_property
    def figures(self) -> Mapping[str, int]:
        """How many orders are open, overdue, due soon, past delivery and at risk."""
        today = self.today
        soon = OrderQuery(due_from=today, due_by=soon_by(today))
        return {
            "open": len(self.orders),
            "overdue": len(self._overdue),
            "soon": soon.count(self.orders),
            "delivery": sum(order.is_past_delivery(today=today) for order in self.orders),
            "risk": len(self.at_risk),
        }

    @cached_property
    def _overdue(self) -> frozenset[str]:
        """The ids of the orders that are overdue."""
        return frozenset(order.id for order in self.orders if order.is_overdue(today=self.today))

    @cached_property
    def names(self) -> Mapping[str, tuple[str, ...]]:
        """The departments, users and vendors of the orders, by name."""
        kinds = ("department", "user", "vendor")
        found = {kind: {getattr(order, kind) for order in self.orders} - {None} for kind in kinds}
        return {kind: tuple(sorted(found[kind], key=str.casefold)) for kind in kinds}

    def board(self, by: str) -> Sequence[Column]:
        """The orders in columns."""
        if by not in self._boards:
            self._boards[by] = self._columns(by)
        return self._boards[by]

    def _columns(self, by: str) -> tuple[Column, ...]:
        """The columns, made of one order of each kind.

        Orders with the same cycle, status and value are always in one column. A board of all
        orders would take longer, because it has more than a page shows.
        """
        read: Callable[[ProductionOrder], Any] = attrgetter(by) if by in _FIELDS else _nothing
        kinds: defaultdict[tuple[Any, ...], list[int]] = defaultdict(list)
        for number, order in enumerate(self.orders):
            kinds[id(order.cycle), order.status.key, read(order)].append(number)
        kind_of = {self.orders[numbers[0]].id: numbers for numbers in kinds.values()}
        first = [self.orders[numbers[0]] for numbers in kinds.values()]
        columns: list[Column] = []
        for column in board(first, by=by, today=self.today, cycles=self.cycles).columns:
            numbers = sorted(each for order in column.orders for each in kind_of[order.id])
            orders = tuple(self.orders[number] for number in numbers)
            late = sum(order.id in self._overdue for order in orders)
            columns.append(Column(column.key, column.title, orders, late))
        return tuple(columns)


_FIELDS: Final = frozenset({"department", "user", "vendor"})
"""What a board can be made of that isn't of the status of an order."""


def _nothing(_: ProductionOrder) -> None:
    """None: the status alone says in which column an order is."""


def _slack(row: OrderAtRisk) -> int:
    return row.outlook.slack_days or 0


@final
@define(eq=False)
class OpenOrders:
    """Keeps the open orders of a store in memory.

    Args:
        store: the store.
    """

    store: SqlStore
    _lock: Lock = field(init=False, factory=Lock)
    _is_read: bool = field(init=False, default=False)
    _cursor: str | None = field(init=False, default=None)
    _orders: dict[str, ProductionOrder] = field(init=False, factory=dict[str, ProductionOrder])
    _snapshot: Snapshot | None = field(init=False, default=None)

    def now(
        self, at: datetime, settings: FlowSettings, cycles: tuple[StatusCycle, ...]
    ) -> Snapshot:
        """The open orders as they are now."""
        with self._lock:
            # If anything fails before there is a new one, the old one must not be shown again.
            kept, self._snapshot = self._snapshot, None
            changed = self._read()
            is_same = (
                kept is not None
                and kept.today == at.date()
                and kept.settings == settings
                and kept.cycles == cycles
            )
            if kept is None or changed is None or not is_same:
                kept = Snapshot(at, self._sorted(), settings, cycles)
            elif changed:
                kept = kept.after(at, self._sorted(), changed)
            self._snapshot = kept
            return kept

    def _sorted(self) -> tuple[ProductionOrder, ...]:
        return tuple(OrderQuery().select(self._orders.values()))

    def _read(self) -> Collection[str] | None:
        """Read what is new.

        Returns:
            The ids of the orders that have changed; None if all were read.
        """
        try:
            lag = self.store.lag(self._cursor) if self._is_read else None
            changed, cursor = self._changed() if lag is not None and lag.ready else ((), None)
        except CursorError:  # the database was restored from a backup
            lag, changed, cursor = None, (), None
        if lag is None:
            self._is_read = False
            self._cursor = end_of_feed(self.store)
            self._read_all()
            self._is_read = True
            return None
        if lag.waiting:
            self._read_all()
            return None
        if changed:
            loaded = self.store.load(changed)
            for order_id in changed:
                self._orders.pop(order_id, None)
            self._orders |= {key: order for key, order in loaded.items() if order.is_open}
            self._cursor = cursor
        # The feed doesn't say which orders were erased.
        if self.store.count(_OPEN) != len(self._orders):
            self._read_all()
            return None
        return changed

    def _read_all(self) -> None:
        self._orders = {order.id: order for order in self.store.find(_OPEN)}

    def _changed(self) -> tuple[Collection[str], str | None]:
        """The ids of the orders that have changed, and the cursor after these changes."""
        changed: set[str] = set()
        cursor = self._cursor
        while (page := self.store.feed(cursor, limit=_PORTION)).entries:
            changed.update(entry.order_id for entry in page.entries)
            cursor = page.cursor
        return changed, cursor
