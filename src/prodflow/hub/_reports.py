"""The Order Status Report: a filtered and sorted list of orders, with counts and amounts."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from decimal import Context, Decimal
from itertools import repeat
from typing import Annotated, Final, Literal, NamedTuple, TypeVar, final

from attrs import NOTHING, NothingType, field, frozen

from prodflow import _checks as checks
from prodflow._facts import fact_name, plain
from prodflow._fields import Check, Day, checked
from prodflow._forecasts import (
    FORECAST,
    Forecast,
    Forecasts,
    forecast_cells,
    forecasts_by_id,
)
from prodflow._messages import text
from prodflow._names import Names, StatusKey
from prodflow._outlook import Outlook, Policies, looking_by
from prodflow._words import AnyWords
from prodflow.calendars import EVERY_DAY, WorkingCalendar
from prodflow.cycle import StatusCycle
from prodflow.export import Table
from prodflow.hub._groups import (
    Group,
    checked_groups,
    grouped,
    heads,
    lines,
    named,
    read,
)
from prodflow.hub._orders import (
    DUE_SOON,
    ORDERS,
    OVERDUE,
    QUANTITY,
    STATUS,
    WITHIN,
    Deadlines,
    OrderColumns,
    Tally,
    as_of,
    by_name,
    deadlines,
    each,
    exact,
    has_quantity,
    in_number_order,
    late_by,
    names_for,
    naming,
    urgency,
    versions,
)
from prodflow.order import ProductionOrder

__all__ = ["Amount", "SortBy", "StatusCount", "StatusReport", "StatusReportRow", "status_report"]

SortBy = Literal["number", "due_date", "client"]
"""How the lines of the report are sorted."""

Amount = int | Decimal
"""What an order costs. Floats are refused, since they can't hold cents exactly."""

_T = TypeVar("_T")
# With this context, the decimal settings of the host's thread don't change a sum.
_SUMS: Final = Context(prec=40, traps=[])


@final
class StatusReportRow(NamedTuple):
    """One line of the report.

    Args:
        client: the client of the order; None if unknown.
        amount: what the order costs; None if unknown.
        outlook: when it's expected; None for a closed order, and in a report without a policy.
        days_late: by how many days it's overdue; None if it isn't.
        forecast: by when it will be done, judging by history; None in a report without forecasts.
    """

    order: ProductionOrder
    client: str | None
    amount: Amount | None
    outlook: Outlook | None = None
    days_late: int | None = None
    forecast: Forecast | None = None


@final
class StatusCount(NamedTuple):
    """How many orders of the report are in one status.

    Args:
        title: the order type and the status as people read them.
    """

    order_type: str
    status: str
    title: str
    orders: int
    overdue: int
    due_soon: int
    quantity: int = 0


@final
@frozen(kw_only=True, weakref_slot=False, field_transformer=checked)
class StatusReport:
    """A list of orders, and how many of them are in each status.

    Args:
        today: the date of the report.
        orders: the orders.
        clients: the client of each order; empty if no clients were given.
        amounts: what each order costs; empty if no amounts were given.
        outlooks: when each order is expected; empty without a policy.
        forecasts: the forecast of each order, None for one without; empty without forecasts.
        counts: the number of orders in each status. The order types are sorted by key, and the
            statuses of a type are in the order of its cycle.
        cycles: the cycle versions from which the statuses get their names.
        by: the fact by which the orders are grouped, such as "facts.client"; None for no groups.
        groups: the report on the orders of each value of the fact. The other fields are about all
            orders, and tables show the groups one after another.
        looks_ahead: whether the report was made with a policy, and has the outlooks of its orders.
        calendar: the calendar in which days late are counted.
        has_forecasts: whether the report was made with forecasts.

    Source:
        The Order Status Report of the manual; decisions D36 and D40.
    """

    today: Day
    orders: tuple[ProductionOrder, ...]
    clients: tuple[str | None, ...] = ()
    amounts: tuple[Amount | None, ...] = ()
    outlooks: tuple[Outlook | None, ...] = ()
    forecasts: tuple[Forecast | None, ...] = ()
    counts: tuple[StatusCount, ...]
    cycles: tuple[StatusCycle, ...] = field(default=(), converter=versions)
    by: Annotated[str, Check(named)] | None = None
    groups: "tuple[Group[StatusReport], ...]" = field(default=(), converter=checked_groups)
    looks_ahead: bool = False
    calendar: WorkingCalendar = EVERY_DAY
    has_forecasts: bool = False

    def __attrs_post_init__(self) -> None:
        for name in ("clients", "amounts", "outlooks", "forecasts"):
            if len(getattr(self, name)) not in {0, len(self.orders)}:
                raise ValueError(f"{name} must have an item for each order, or none at all")

    # Kept in a field, a million rows would take longer than all the rest of the report: the
    # garbage collector looks at each of them several times (1.3 s, Python 3.11).
    @property
    def rows(self) -> tuple[StatusReportRow, ...]:
        """The orders with all that the report knows of each; made anew each time."""
        columns = (self.clients, self.amounts, self.outlooks, self.days_late, self.forecasts)
        return tuple(
            map(StatusReportRow, self.orders, *(column or repeat(None) for column in columns))
        )

    @property
    def days_late(self) -> tuple[int | None, ...]:
        """By how many days each order is overdue, None for one that isn't; made anew each time."""
        return tuple(map(late_by(self.calendar, self.today), self.orders))

    @property
    def amount(self) -> Decimal:
        """The sum of the known amounts."""
        total = Decimal(0)
        for amount in self.amounts:
            if amount is not None:
                total = _SUMS.add(total, Decimal(amount))
        return total

    @property
    def quantity(self) -> int:
        """The sum of the known quantities."""
        return sum(order.quantity or 0 for order in self.orders)

    def table(self, *more: str, words: AnyWords | None = None) -> Table:
        """One line for each order, with its days late, client and amount.

        Args:
            more: further columns: "priority", "quantity" or facts such as "facts.client".
            words: your words; None for English.

        Raises:
            DateOutOfRangeError: if a day of a forecast would be after the end of the calendar.
            ValueError: if there is no such column.
        """
        known = sum(amount is not None for amount in self.amounts)
        names = names_for(self.cycles, self.orders)
        columns = OrderColumns(names, more, shows_late=True, looks_ahead=self.looks_ahead)
        return Table(
            text("Order Status Report"),
            (
                *(*heads(self.by), *columns.titles, *(FORECAST if self.has_forecasts else ())),
                *(text("Client"), text("Amount")),
            ),
            lines(
                *(self.by, self, self.groups),
                lambda report: [
                    (
                        *columns.cells(row.order, row.outlook, row.days_late),
                        *(forecast_cells(row.forecast) if self.has_forecasts else ()),
                        *(row.client, row.amount),
                    )
                    for row in report.rows
                ],
            ),
            notes=(
                as_of(self.today, len(self.orders)),
                text(
                    "Total amount: {amount}. Orders with an amount: {count}.",
                    amount=Decimal(f"{self.amount:f}"),
                    count=known,
                ),
            ),
        ).said(words)

    def counts_table(self, *more: Literal["quantity"], words: AnyWords | None = None) -> Table:
        """One line for each status.

        Args:
            more: "quantity" for a further column with the pieces of the orders.
            words: your words; None for English.
        """
        last = None if has_quantity(more) else -1
        return Table(
            text("Orders by Status"),
            (*heads(self.by), *(STATUS, ORDERS, OVERDUE, DUE_SOON, QUANTITY)[:last]),
            lines(
                *(self.by, self, self.groups),
                lambda report: [row[2:last] for row in report.counts],
            ),
            notes=(as_of(self.today, len(self.orders)),),
        ).said(words)


def status_report(
    orders: Iterable[ProductionOrder],
    *,
    today: date,
    order_type: str | NothingType = NOTHING,
    statuses: Iterable[str] | NothingType = NOTHING,
    due_by: date | NothingType = NOTHING,
    user: str | NothingType | None = NOTHING,
    vendor: str | NothingType | None = NOTHING,
    sort_by: SortBy = "number",
    by: str | None = None,
    clients: Mapping[str, str] | str | None = None,
    amounts: Mapping[str, Amount] | None = None,
    within: int = WITHIN,
    calendar: WorkingCalendar = EVERY_DAY,
    cycles: Iterable[StatusCycle] = (),
    policy: Policies | None = None,
    forecast: Forecasts | None = None,
) -> StatusReport:
    """The Order Status Report: the orders that pass every filter you give.

    Args:
        order_type: only orders of this type.
        statuses: only orders in statuses with these keys.
        due_by: only open orders that are due on this day or before.
        user: only orders of this user; None means only orders without a user.
        vendor: only orders of this vendor; None means only orders without a vendor.
        sort_by: "number" puts PO-9 before PO-10. "due_date" puts orders without a due date last,
            and of orders with the same date those with a higher priority first. "client" puts
            orders without a client last. Ties are sorted by number. The orders of a group are
            sorted in the same way.
        clients: a mapping from an order id to the client, a text of 1 to 200 characters; or the
            fact with the client, such as "facts.client". With None, no order has a client.
        amounts: a mapping from an order id to what the order costs, a number between -10**15 and
            10**15 with up to 15 decimal places. With None, no order has an amount.
        calendar: the calendar of *within*. Its days are also the days late, as in `overdue`.
        policy: the due-date policy of the orders, or the policies by order type; the report then
            has their outlooks. None for a report without them.
        forecast: the forecasts of the orders; the report then has a column for them. None for a
            report without them.

    Raises:
        DateOutOfRangeError: if the date of an outlook would be outside the calendar.
        ValueError: for a client or an amount out of bounds, and if there is no policy for the type
            of an order.

    Source:
        The Order Status Report of the manual; decisions D14, D40 and D41.

    Example:
        >>> from datetime import date
        >>> status_report([], today=date(2026, 11, 2), due_by=date(2026, 11, 6)).amount
        Decimal('0')
    """
    filters = list(_filters(order_type, statuses, due_by, user, vendor))
    checks.one_of("sort_by", sort_by, "number", "due_date", "client")
    client_of = _clients(clients)
    costs = _mapping("amounts", amounts, "from an order's id to its amount")
    limits = deadlines(today, within, calendar)
    expect = None if policy is None else looking_by(policy, today)
    told = forecasts_by_id(forecast)

    asked = tuple(each(orders))
    wanted: Iterable[ProductionOrder] = asked
    for is_wanted in filters:
        wanted = filter(is_wanted, wanted)
    shown = in_number_order(wanted)
    if sort_by == "due_date":
        shown.sort(key=lambda order: urgency(order.due_on, order))
    elif sort_by == "client":
        shown.sort(key=lambda order: by_name(client_of(order)))
    client: Sequence[str | None] = [] if clients is None else list(map(client_of, shown))
    amount = [] if amounts is None else [_amount(costs.get(order.id)) for order in shown]
    expected = [] if expect is None else list(map(expect, shown))
    given = versions(cycles)
    # With thousands of groups, going through all orders for each group would take too long.
    others = asked if filters or by else ()
    one_of_each_cycle = {id(order.cycle): order for order in others}.values()

    def report_on(
        lines: Sequence[int], groups: tuple[Group[StatusReport], ...] = ()
    ) -> StatusReport:
        orders = _part(shown, lines)
        alike = _alike(orders)
        one_of_each_status = [some[0] for some in alike]
        known = naming(given, one_of_each_cycle or one_of_each_status, one_of_each_status)
        return StatusReport(
            today=today,
            orders=orders,
            clients=_part(client, lines),
            amounts=_part(amount, lines),
            outlooks=_part(expected, lines),
            counts=tuple(_counts(alike, limits, names_for(known, one_of_each_status))),
            cycles=known,
            by=by if lines is every else None,
            groups=groups,
            looks_ahead=expect is not None,
            calendar=calendar,
            forecasts=tuple([told.get(order.id) for order in orders] if told else ()),
            has_forecasts=forecast is not None,
        )

    every = range(len(shown))
    return report_on(every, grouped(by, every, lambda line: shown[line].facts, report_on))


def _part(column: Sequence[_T], lines: Sequence[int]) -> tuple[_T, ...]:
    """A column at some lines; all of it at once if these are all lines, or if it's empty."""
    is_whole = len(column) in {0, len(lines)}
    return tuple(column if is_whole else [column[line] for line in lines])


def _filters(
    order_type: str | NothingType,
    statuses: Iterable[str] | NothingType,
    due_by: date | NothingType,
    user: str | NothingType | None,
    vendor: str | NothingType | None,
) -> Iterator[Callable[[ProductionOrder], bool]]:
    """A function for each filter that is given, after a check."""
    if order_type is not NOTHING:
        checks.key("order_type", order_type)
        yield lambda order: order.order_type == order_type
    if statuses is not NOTHING:
        keys = frozenset(checks.keys("statuses", statuses))
        yield lambda order: order.status.key in keys
    if due_by is not NOTHING:
        day = checks.day("due_by", due_by)
        yield lambda order: order.due_on is not None and order.due_on <= day and order.is_open
    if user is not NOTHING:
        checks.optional_text("user", user)
        yield lambda order: order.user == user
    if vendor is not NOTHING:
        checks.optional_text("vendor", vendor)
        yield lambda order: order.vendor == vendor


def _clients(
    clients: Mapping[str, str] | str | None,
) -> Callable[[ProductionOrder], str | None]:
    """A function that returns the client of an order."""
    if isinstance(clients, str):
        name = fact_name("clients", clients)
        return lambda order: read(plain(order.facts[name])) if name in order.facts else None
    client_of = _mapping("clients", clients, "from an order's id to its client, or name a fact").get
    return lambda order: checks.optional_text("a client in clients", client_of(order.id))


def _mapping(name: str, value: Mapping[str, _T] | None, expected: str) -> Mapping[str, _T]:
    if value is None:
        return {}
    if not isinstance(value, Mapping):
        raise TypeError(f"{name} must be a mapping {expected}, not {checks.shown(value)}")
    return value


def _amount(value: Amount | None) -> Amount | None:
    return None if value is None else exact("an amount in amounts", value)


def _alike(orders: Iterable[ProductionOrder]) -> Sequence[Sequence[ProductionOrder]]:
    """The orders by their status; those of another version of the cycle are apart."""
    # Keys and titles take 0.5 µs to look up (Python 3.11): too long for each of a million orders.
    by_cycle: defaultdict[int, list[ProductionOrder]] = defaultdict(list)
    for order in orders:
        by_cycle[id(order.cycle)].append(order)
    alike: list[Sequence[ProductionOrder]] = []
    for pinned in by_cycle.values():
        by_status: defaultdict[int, list[ProductionOrder]] = defaultdict(list)
        for order in pinned:
            by_status[id(order.status)].append(order)
        alike.extend(by_status.values())
    return alike


def _counts(
    alike: Iterable[Sequence[ProductionOrder]], limits: Deadlines, names: Names
) -> Iterator[StatusCount]:
    tallies: defaultdict[StatusKey, Tally] = defaultdict(Tally)
    for orders in alike:
        tallies[orders[0].order_type, orders[0].status.key].add_alike(orders, limits)
    for key in sorted(tallies, key=names.rank):
        order_type, status = names.type_name(key[0]), names.title(key)
        title = text("{order_type}: {status}", order_type=order_type, status=status)
        yield StatusCount(*key, title, *tallies[key].counts)
