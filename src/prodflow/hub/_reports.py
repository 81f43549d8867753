"""The Order Status Report: a list of orders by what was asked for, with counts and amounts."""

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Context, Decimal
from typing import Final, Literal, NamedTuple, final

from attrs import NOTHING, NothingType, field, frozen

from prodflow import _checks as checks
from prodflow._fields import Day, checked
from prodflow.calendars import EVERY_DAY, WorkingCalendar
from prodflow.cycle import StatusCycle
from prodflow.export import Table
from prodflow.hub._orders import (
    ORDER_COLUMNS,
    WITHIN,
    Tally,
    by_day,
    by_name,
    by_number,
    deadlines,
    each,
    in_list_order,
    mapping,
    order_cells,
    type_name,
)
from prodflow.order import ProductionOrder

__all__ = ["Amount", "SortBy", "StatusCount", "StatusReport", "StatusReportRow", "status_report"]

SortBy = Literal["number", "due_date", "client"]
"""What the lines of the report are sorted by."""

Amount = int | Decimal
"""What an order costs. A float cannot hold cents, so it is refused."""

_LARGEST: Final = 10**15
_PLACES: Final = 15
# A context of its own, so that no setting of the host's thread changes a sum.
_SUMS: Final = Context(prec=40, traps=[])


@final
class StatusReportRow(NamedTuple):
    """One line of the report."""

    order: ProductionOrder
    """The order."""
    client: str | None
    """Whom it is for, as the host says; None where it does not."""
    amount: Amount | None
    """What it costs, as the host says; None where it does not."""


@final
class StatusCount(NamedTuple):
    """How many orders of the report stand in a status."""

    order_type: str
    """The key of the order type."""
    status: str
    """The key of the status."""
    title: str
    """The order type and the status as people read them."""
    orders: int
    """How many orders stand in it."""
    overdue: int
    """How many of them are open and past their due date."""
    due_soon: int
    """How many of them are open and due from today to the limit; none is overdue."""


def _rows(value: Iterable[StatusReportRow]) -> tuple[StatusReportRow, ...]:
    return checks.instances("rows", value, StatusReportRow, "StatusReportRow")


def _counts(value: Iterable[StatusCount]) -> tuple[StatusCount, ...]:
    return checks.instances("counts", value, StatusCount, "StatusCount")


@final
@frozen(kw_only=True, weakref_slot=False, field_transformer=checked)
class StatusReport:
    """Orders in their order on paper, and how many there are of each status.

    Args:
        today: the day for which it was made.
        rows: the orders, with client and amount.
        counts: the statuses in which they stand, by order type, in cycle order.

    Raises:
        TypeError: for a value of the wrong kind.

    Source:
        The Order Status Report of the manual.
    """

    today: Day
    rows: tuple[StatusReportRow, ...] = field(converter=_rows)
    counts: tuple[StatusCount, ...] = field(converter=_counts)

    @property
    def orders(self) -> tuple[ProductionOrder, ...]:
        """The orders alone."""
        return tuple(row.order for row in self.rows)

    @property
    def amount(self) -> Decimal:
        """The sum of the amounts that are known."""
        total = Decimal(0)
        for row in self.rows:
            if row.amount is not None:
                total = _SUMS.add(total, Decimal(row.amount))
        return total

    def table(self) -> Table:
        """A line for each order, with client and amount."""
        unknown = sum(row.amount is None for row in self.rows)
        return Table(
            "Order Status Report",
            (*ORDER_COLUMNS, "Client", "Amount"),
            [(*order_cells(row.order), row.client, row.amount) for row in self.rows],
            notes=(
                f"As of {self.today}: {len(self.rows):,} orders.",
                f"Amount {self.amount:f}, without {unknown:,} orders of unknown amount.",
            ),
        )

    def counts_table(self) -> Table:
        """A line for each status: how many orders, how many late or nearly."""
        return Table(
            "Orders by Status",
            ("Status", "Orders", "Overdue", "Due Soon"),
            [(row.title, row.orders, row.overdue, row.due_soon) for row in self.counts],
            notes=(f"As of {self.today}: {len(self.rows):,} orders.",),
        )


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
    clients: Mapping[str, str] | None = None,
    amounts: Mapping[str, Amount] | None = None,
    within: int = WITHIN,
    calendar: WorkingCalendar = EVERY_DAY,
) -> StatusReport:
    """The Order Status Report, read in one pass.

    A filter left out asks nothing. *user* and *vendor* may be None, for the orders without one.

    Args:
        orders: any orders, closed ones too.
        today: the day for which late orders are counted.
        order_type: the key of their cycle.
        statuses: the keys of their statuses.
        due_by: only open orders with a due date until this day, included.
        user: the user responsible.
        vendor: the lab or vendor.
        sort_by: "number" for the order number, in which PO-9 comes before PO-10; "due_date" for
            the due date, "client" for the client, both with None last and then by number.
        clients: the client of an order by its id; an id that is not in it has none.
        amounts: what an order costs by its id: an int or a Decimal, below 10**15 and of 15 places
            at most.
        within: how many days ahead an order is due soon, 0 for today only.
        calendar: the days that *within* counts; every day unless told otherwise.

    Raises:
        TypeError: for a value of the wrong kind.
        ValueError: for another *sort_by*, *within* outside 0 to 36,525, a client that is no text
            of 1 to 200 characters, or an amount out of bounds.

    Source:
        The Order Status Report of the manual; decision D14.

    Example:
        >>> from datetime import date
        >>> status_report([], today=date(2026, 11, 2), due_by=date(2026, 11, 6)).amount
        Decimal('0')
    """
    if order_type is not NOTHING:
        checks.key("order_type", order_type)
    keys = None if statuses is NOTHING else frozenset(checks.keys("statuses", statuses))
    if due_by is not NOTHING:
        checks.day("due_by", due_by)
    for name, value in (("user", user), ("vendor", vendor)):
        if value is not NOTHING:
            checks.optional_text(name, value)
    checks.one_of("sort_by", sort_by, "number", "due_date", "client")
    clients = mapping("clients", clients, "from an order's id to its client")
    amounts = mapping("amounts", amounts, "from an order's id to its amount")
    limits = deadlines(today, within, calendar)

    rows: list[StatusReportRow] = []
    tallies: dict[tuple[str, str], Tally] = {}
    cycles: dict[StatusCycle, None] = {}
    for order in each(orders):
        if (
            (order_type is NOTHING or order.order_type == order_type)
            and (keys is None or order.status.key in keys)
            and (user is NOTHING or order.user == user)
            and (vendor is NOTHING or order.vendor == vendor)
            and (due_by is NOTHING or _is_due_by(order, due_by))
        ):
            client, amount = clients.get(order.id), amounts.get(order.id)
            rows.append(StatusReportRow(order, _client(client), _amount(amount)))
            tallies.setdefault((order.order_type, order.status.key), Tally()).add(
                limits.standing(order)
            )
            cycles[order.cycle] = None
    rows.sort(key=lambda row: by_number(row.order.id))
    if sort_by == "due_date":
        rows.sort(key=lambda row: by_day(row.order.due_on))
    elif sort_by == "client":
        rows.sort(key=lambda row: by_name(row.client))
    return StatusReport(today=today, rows=rows, counts=_counted(tallies, cycles))


def _is_due_by(order: ProductionOrder, day: date) -> bool:
    return order.due_on is not None and order.due_on <= day and order.is_open


def _client(value: str | None) -> str | None:
    return checks.optional_text("a client in clients", value)


def _amount(value: Amount | None) -> Amount | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        raise TypeError(
            f"an amount in amounts must be an int or Decimal, not {checks.shown(value)}"
        )
    # Asked of a Decimal first: one that is no number compares with nothing, and a zero of a million
    # places would be printed with them all.
    if isinstance(value, Decimal) and (
        not value.is_finite() or abs(int(value.as_tuple().exponent)) > _PLACES
    ):
        raise ValueError(
            f"an amount in amounts must be finite, of {_PLACES} places at most,"
            f" not {checks.shown(value)}"
        )
    if not -_LARGEST < value < _LARGEST:
        raise ValueError(f"an amount in amounts must be below 10**15, not {checks.shown(value)}")
    return value


def _counted(
    tallies: Mapping[tuple[str, str], Tally], cycles: Iterable[StatusCycle]
) -> list[StatusCount]:
    return [
        StatusCount(
            cycle.order_type,
            status.key,
            f"{type_name(cycle)}: {status.description}",
            tally.orders,
            tally.overdue,
            tally.due_soon,
        )
        for cycle, status in in_list_order(cycles)
        if (tally := tallies.get((cycle.order_type, status.key))) is not None
    ]
