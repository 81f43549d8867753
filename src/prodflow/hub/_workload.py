"""The workload: how much open work each department and user has."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import date
from operator import attrgetter
from typing import Annotated, Final, Literal, NamedTuple, final

from attrs import field, frozen

from prodflow._fields import Check, Day, checked
from prodflow.calendars import EVERY_DAY, WorkingCalendar
from prodflow.export import Cell, Table
from prodflow.hub._groups import Group, checked_groups, grouped, heads, lines, named
from prodflow.hub._orders import (
    QUANTITY,
    WITHIN,
    WITHOUT,
    Deadlines,
    Tally,
    as_of,
    by_name,
    deadlines,
    each,
    has_quantity,
)
from prodflow.order import ProductionOrder

__all__ = ["Load", "Workload", "WorkloadRow", "workload"]

_COUNTS: Final = ("Open", "Overdue", "Due Soon", QUANTITY)


@final
class WorkloadRow(NamedTuple):
    """The open orders of one user in one department; either may be None."""

    department: str | None
    user: str | None
    orders: int
    overdue: int
    due_soon: int
    quantity: int = 0


@final
class Load(NamedTuple):
    """The open orders of one department, or of one user in all departments.

    Args:
        name: the department or user; None for orders without one.
    """

    name: str | None
    orders: int
    overdue: int
    due_soon: int
    quantity: int = 0


@final
@frozen(kw_only=True, weakref_slot=False, field_transformer=checked)
class Workload:
    """Open orders, counted by the department and the user responsible.

    Args:
        today: the date of the report.
        rows: each department and user with open orders, by name, None last.
        by: the fact by which the orders are grouped, such as "facts.client"; None for no groups.
        groups: the workload of each value of the fact. The other fields count all orders, and
            tables show the groups one after another.

    Source:
        "Default Department", "Default User"; decisions D14 and D36.
    """

    today: Day
    rows: tuple[WorkloadRow, ...]
    by: Annotated[str, Check(named)] | None = None
    groups: "tuple[Group[Workload], ...]" = field(default=(), converter=checked_groups)

    @property
    def departments(self) -> tuple[Load, ...]:
        """The load of each department, by name, None last."""
        return self._by("department")

    @property
    def users(self) -> tuple[Load, ...]:
        """The load of each user in all departments, by name, None last."""
        return self._by("user")

    def _by(self, field: str) -> tuple[Load, ...]:
        name_of = attrgetter(field)
        loads: dict[str | None, Load] = {}
        for row in self.rows:
            name = name_of(row)
            load = loads.get(name, Load(name, 0, 0, 0, 0))
            sums = (counted + more for counted, more in zip(load[1:], row[2:], strict=True))
            loads[name] = Load(name, *sums)
        return tuple(sorted(loads.values(), key=lambda load: by_name(load.name)))

    def table(self, *more: Literal["quantity"]) -> Table:
        """One line for each department and user.

        Args:
            more: "quantity" for a further column with the pieces of the orders.
        """
        last = None if has_quantity(more) else -1
        return self._table(
            "Workload",
            ("Department", "User", *_COUNTS[:last]),
            lambda load: [
                (row[0] or WITHOUT, row[1] or WITHOUT, *row[2:last]) for row in load.rows
            ],
        )

    def departments_table(self, *more: Literal["quantity"]) -> Table:
        """One line for each department.

        Args:
            more: as in `table`.
        """
        return self._table_by("Department", attrgetter("departments"), more)

    def users_table(self, *more: Literal["quantity"]) -> Table:
        """One line for each user.

        Args:
            more: as in `table`.
        """
        return self._table_by("User", attrgetter("users"), more)

    def _table_by(
        self, heading: str, loads_of: "Callable[[Workload], Iterable[Load]]", more: Iterable[str]
    ) -> Table:
        last = None if has_quantity(more) else -1
        return self._table(
            f"Workload by {heading}",
            (heading, *_COUNTS[:last]),
            lambda load: [(each.name or WITHOUT, *each[1:last]) for each in loads_of(load)],
        )

    def _table(
        self,
        title: str,
        columns: Iterable[str],
        lines_of: "Callable[[Workload], Iterable[tuple[Cell, ...]]]",
    ) -> Table:
        return Table(
            title,
            (*heads(self.by), *columns),
            lines(self.by, self, self.groups, lines_of),
            notes=(as_of(self.today, sum(row.orders for row in self.rows), "open order"),),
        )


def workload(
    orders: Iterable[ProductionOrder],
    *,
    today: date,
    by: str | None = None,
    within: int = WITHIN,
    calendar: WorkingCalendar = EVERY_DAY,
) -> Workload:
    """How much open work each department and user has; closed orders are left out.

    Source:
        "New Status Assigned to Dept", "New Status Assigned to User"; decisions D14 and D36.
    """
    limits = deadlines(today, within, calendar)
    still_open = (order for order in each(orders) if order.is_open)
    counted = still_open if by is None else tuple(still_open)
    return Workload(
        today=today,
        rows=_rows(counted, limits),
        by=by,
        groups=grouped(
            *(by, counted, attrgetter("facts")),
            lambda orders: Workload(today=today, rows=_rows(orders, limits)),
        ),
    )


def _rows(orders: Iterable[ProductionOrder], limits: Deadlines) -> tuple[WorkloadRow, ...]:
    tallies: defaultdict[tuple[str | None, str | None], Tally] = defaultdict(Tally)
    for order in orders:
        tallies[order.department, order.user].add(order, limits.flags(order))
    rows = [WorkloadRow(*assignees, *tally.counts) for assignees, tally in tallies.items()]
    rows.sort(key=lambda row: (by_name(row.department), by_name(row.user)))
    return tuple(rows)
