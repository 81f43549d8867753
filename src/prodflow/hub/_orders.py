"""Helpers for all reports on orders: they read, sort and list orders, and find late orders."""

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from functools import cache
from operator import attrgetter
from typing import Final, NamedTuple

from prodflow import _checks as checks
from prodflow._facts import fact_named
from prodflow._messages import Message, count_of, text
from prodflow._names import Names
from prodflow._outlook import Outlook
from prodflow.calendars import WorkingCalendar
from prodflow.cycle import StatusCycle
from prodflow.duedate import rank_of
from prodflow.errors import DateOutOfRangeError
from prodflow.export import Cell
from prodflow.order import ProductionOrder

WITHIN: Final = 3
WITHOUT: Final = text("(none)")
_LARGEST: Final = 10**15
_PLACES: Final = 15
_DIGITS: Final = "0123456789"
_NUMBER: Final = re.compile(f"([{_DIGITS}]+)")


def each(orders: Iterable[ProductionOrder]) -> Iterator[ProductionOrder]:
    """The orders one by one, so that a million orders needn't be in memory at once."""
    if isinstance(orders, str | bytes) or not isinstance(orders, Iterable):
        raise TypeError(
            f"orders must be an iterable of ProductionOrder, not {checks.shown(orders)}"
        )
    for order in orders:
        if not isinstance(order, ProductionOrder):
            raise TypeError(
                f"orders must be an iterable of ProductionOrder, not hold {checks.shown(order)}"
            )
        yield order


def exact(name: str, value: int | Decimal) -> int | Decimal:
    """A number that sums keep exactly: an int or Decimal of at most 15 digits on each side."""
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        raise TypeError(f"{name} must be an int or Decimal, not {checks.shown(value)}")
    # Check this before the bounds: NaN can't be compared, a zero may have many decimals.
    if isinstance(value, Decimal) and (
        not value.is_finite() or abs(int(value.as_tuple().exponent)) > _PLACES
    ):
        raise ValueError(
            f"{name} must be finite, with up to {_PLACES} decimal places, not {checks.shown(value)}"
        )
    if not -_LARGEST < value < _LARGEST:
        raise ValueError(f"{name} must be between -10**15 and 10**15, not {checks.shown(value)}")
    return value


class Deadlines(NamedTuple):
    """The dates that decide whether an order is overdue or due soon."""

    today: date
    soon_by: date

    def flags(self, order: ProductionOrder) -> tuple[bool, bool]:
        """Whether an order is overdue, and whether it is due soon; never both (decision D14)."""
        return (False, False) if order.status.closes else self.of(order.due_on)

    def of(self, due_on: date | None) -> tuple[bool, bool]:
        """The same for an open order with this due date."""
        if due_on is None:
            return (False, False)
        is_overdue = due_on < self.today
        return (is_overdue, not is_overdue and due_on <= self.soon_by)


def deadlines(today: date, within: int, calendar: WorkingCalendar) -> Deadlines:
    """The deadlines of a day; none is after the end of the calendar."""
    checks.day("today", today)
    checks.duration("within", within)
    checks.instance("calendar", calendar, WorkingCalendar, "a WorkingCalendar")
    try:
        return Deadlines(today, calendar.add(today, within))
    except DateOutOfRangeError:
        return Deadlines(today, date.max)


def days_past(calendar: WorkingCalendar, today: date) -> Callable[[date], int]:
    """A function that returns how many days of a calendar come after a day, up to today."""
    until = rank_of(calendar, today)

    @cache
    def past(day: date) -> int:
        return until - rank_of(calendar, day)

    return past


def late_by(calendar: WorkingCalendar, today: date) -> Callable[[ProductionOrder], int | None]:
    """A function that returns by how many days an order is overdue; None if it isn't."""
    past = days_past(calendar, today)

    def days_late(order: ProductionOrder) -> int | None:
        due_on = order.due_on
        if due_on is None or due_on >= today or order.status.closes:
            return None
        return past(due_on)

    return days_late


class Tally:
    """Counts of all orders, of overdue orders and of orders due soon, and the pieces of all."""

    __slots__ = ("due_soon", "orders", "overdue", "quantity")

    def __init__(self) -> None:
        self.orders = self.overdue = self.due_soon = self.quantity = 0

    def add(self, order: ProductionOrder, flags: tuple[bool, bool]) -> None:
        """Count one more order."""
        self.orders += 1
        self.overdue += flags[0]
        self.due_soon += flags[1]
        self.quantity += order.quantity or 0

    def add_alike(self, orders: Sequence[ProductionOrder], limits: Deadlines) -> None:
        """Count some orders, at least one, all in the same status."""
        self.orders += len(orders)
        self.quantity += sum([order.quantity or 0 for order in orders])
        if not orders[0].status.closes:
            # A million orders share a few hundred due dates.
            for due_on, count in Counter([order.due_on for order in orders]).items():
                is_overdue, is_due_soon = limits.of(due_on)
                self.overdue += count * is_overdue
                self.due_soon += count * is_due_soon

    @property
    def counts(self) -> tuple[int, int, int, int]:
        """The orders, how many are overdue, how many are due soon, and the pieces."""
        return self.orders, self.overdue, self.due_soon, self.quantity


def by_name(name: str | None) -> tuple[bool, str, str]:
    """The sort key of a name: regardless of case, None last."""
    return (name is None, (name or "").casefold(), name or "")


def by_number(order_id: str) -> tuple[tuple[str | int, ...], str]:
    """The sort key of an order number: PO-9 before PO-10."""
    parts: list[str | int] = [*_NUMBER.split(order_id)]
    parts[1::2] = map(int, parts[1::2])
    return (tuple(parts), order_id)


def in_number_order(orders: Iterable[ProductionOrder]) -> list[ProductionOrder]:
    """The orders sorted by `by_number`.

    Most order numbers are a text and then digits. Those with the same text are sorted by the int
    that the digits make: 0.4 µs an order instead of 2 (Python 3.11).
    """
    given = list(orders)
    texts: defaultdict[str, list[ProductionOrder]] = defaultdict(list)
    for order in given:
        texts[order.id.rstrip(_DIGITS)].append(order)
    found: list[ProductionOrder] = []
    for before, alike in sorted(texts.items()):
        length = len(before)
        numbered = {int(order.id[length:] or 0): order for order in alike}
        # "A3" comes after "A2-1", though "A" comes before "A2-"; and 01 and 1 are the same int.
        if len(numbered) < len(alike) or (len(texts) > 1 and _NUMBER.search(before)):
            return sorted(given, key=lambda order: by_number(order.id))
        found.extend(map(numbered.__getitem__, sorted(numbered)))
    return found


def urgency(day: date | None, order: ProductionOrder) -> tuple[bool, date, int]:
    """The sort key of an order by a day, None last, then by priority."""
    return (day is None, day or date.max, -order.priority)


def by_urgency(day: date | None, order: ProductionOrder) -> tuple[object, ...]:
    """The sort key of an order by a day, None last, then by priority, then by number."""
    return (*urgency(day, order), by_number(order.id))


def versions(value: Iterable[StatusCycle]) -> tuple[StatusCycle, ...]:
    """Cycle versions as a tuple, for the field `cycles` of a report."""
    return checks.instances("cycles", value, StatusCycle, "StatusCycle")


def naming(
    cycles: Iterable[StatusCycle],
    asked: Iterable[ProductionOrder],
    shown: Iterable[ProductionOrder],
) -> tuple[StatusCycle, ...]:
    """The cycles that name the statuses of the *shown* orders, for the field of a report.

    They are *cycles* and, for each order type of the shown orders that *cycles* lacks, the newest
    version among the orders that were *asked* about. A version that a shown order has is left out:
    the report gets that version from the order.
    """
    given = versions(cycles)
    named = {cycle.order_type for cycle in given}
    pinned = {id(cycle): cycle for cycle in map(_cycle, shown)}
    newest: dict[str, StatusCycle] = {}
    for cycle in {id(cycle): cycle for cycle in map(_cycle, asked)}.values():
        if newest.setdefault(cycle.order_type, cycle).version < cycle.version:
            newest[cycle.order_type] = cycle
    own = {cycle.order_type: newest[cycle.order_type] for cycle in pinned.values()}
    return (
        *given,
        *(cycle for kind, cycle in own.items() if kind not in named and id(cycle) not in pinned),
    )


_cycle: Final[Callable[[ProductionOrder], StatusCycle]] = attrgetter("cycle")


def names_for(cycles: Iterable[StatusCycle], orders: Iterable[ProductionOrder]) -> Names:
    """The names for a list of orders, from *cycles* and from the versions of the orders."""
    own = {id(cycle): cycle for cycle in map(_cycle, orders)}
    return Names(cycles, dict.fromkeys(own.values()))


DAYS_LATE: Final = text("Days Late")
DEPARTMENT: Final = text("Department")
DUE_SOON: Final = text("Due Soon")
EXPECTED: Final = text("Expected")
NUMBER: Final = text("Number")
ORDERS: Final = text("Orders")
OVERDUE: Final = text("Overdue")
QUANTITY: Final = text("Quantity")
STATUS: Final = text("Status")
TYPE: Final = text("Type")
USER: Final = text("User")
VENDOR: Final = text("Vendor")

_PLAIN_CELLS: Final[Mapping[Message, Callable[[ProductionOrder], Cell]]] = {
    text("Ordered"): attrgetter("ordered_on"),
    text("Due"): attrgetter("due_on"),
    text("Delivery"): attrgetter("delivery_on"),
    DEPARTMENT: attrgetter("department"),
    USER: attrgetter("user"),
    VENDOR: attrgetter("vendor"),
    text("Invoice"): attrgetter("invoice_id"),
}
_ORDER_COLUMNS: Final = (NUMBER, TYPE, STATUS, *_PLAIN_CELLS)
_MORE_CELLS: Final[Mapping[str, tuple[str, Callable[[ProductionOrder], Cell]]]] = {
    "priority": (text("Priority"), attrgetter("priority")),
    "quantity": (QUANTITY, attrgetter("quantity")),
}


class OrderColumns:
    """The columns of a table with a line for each order.

    Args:
        names: the names of order types and statuses.
        more: further columns: "priority", "quantity" or facts such as "facts.client".
        shows_late: whether there is a column for the days by which the orders are late.
        looks_ahead: whether there are columns for the outlooks of the orders.
    """

    def __init__(
        self,
        names: Names,
        more: Iterable[str],
        *,
        shows_late: bool = False,
        looks_ahead: bool = False,
    ) -> None:
        self._names = names
        self._shows_late = shows_late
        self._looks_ahead = looks_ahead
        further = [_further(each) for each in more]
        late = (DAYS_LATE,) if shows_late else ()
        ahead = (EXPECTED, text("Days to Spare")) if looks_ahead else ()
        self.titles = (*_ORDER_COLUMNS, *late, *(title for title, _ in further), *ahead)
        self._further = [cell for _, cell in further]

    def cells(
        self,
        order: ProductionOrder,
        expected: Outlook | None = None,
        days_late: int | None = None,
    ) -> tuple[Cell, ...]:
        """The cells of an order, with its outlook and its days late."""
        ahead = (None, None) if expected is None else (expected.finish_on, expected.slack_days)
        return (
            order.id,
            self._names.type_name(order.order_type),
            self._names.title((order.order_type, order.status.key)),
            *(cell(order) for cell in _PLAIN_CELLS.values()),
            *((days_late,) if self._shows_late else ()),
            *(cell(order) for cell in self._further),
            *(ahead if self._looks_ahead else ()),
        )


def _further(column: str) -> tuple[str, Callable[[ProductionOrder], Cell]]:
    fact = fact_named("more", column, *_MORE_CELLS)
    return _MORE_CELLS[column] if fact is None else (fact, lambda order: order.facts.get(fact))


def has_quantity(more: Iterable[str]) -> bool:
    """Whether a table of counts has the further column "quantity", the only one it may have."""
    return bool([checks.one_of("more", each, "quantity") for each in more])


def as_of(today: date, count: int) -> Message:
    """The note that says which day a table is for, and how many orders it covers."""
    return count_of(
        count, "As of {today}: {count} order.", "As of {today}: {count} orders.", today=today
    )


def open_as_of(today: date, count: int) -> Message:
    """The same note for a table of open orders."""
    return count_of(
        count,
        "As of {today}: {count} open order.",
        "As of {today}: {count} open orders.",
        today=today,
    )
