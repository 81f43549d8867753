"""The workload: how much open work lies with each department and user."""

from collections.abc import Callable, Iterable
from datetime import date
from typing import Final, NamedTuple, final

from attrs import field, frozen

from prodflow import _checks as checks
from prodflow._fields import Day, checked
from prodflow.calendars import EVERY_DAY, WorkingCalendar
from prodflow.export import Table
from prodflow.hub._orders import WITHIN, WITHOUT, Tally, by_name, deadlines, each
from prodflow.order import ProductionOrder

__all__ = ["Load", "Workload", "WorkloadRow", "workload"]

_COUNTS: Final = ("Open", "Overdue", "Due Soon")


@final
class WorkloadRow(NamedTuple):
    """The open orders of one user in one department."""

    department: str | None
    """The department responsible; None for the orders without one."""
    user: str | None
    """The user responsible; None for the orders without one."""
    orders: int
    """How many open orders there are."""
    overdue: int
    """How many of them are past their due date."""
    due_soon: int
    """How many of them are due from today to the limit; none is overdue."""


@final
class Load(NamedTuple):
    """The open orders of one department, or of one user in all departments."""

    name: str | None
    """The department or user; None for the orders without one."""
    orders: int
    """How many open orders there are."""
    overdue: int
    """How many of them are past their due date."""
    due_soon: int
    """How many of them are due from today to the limit; none is overdue."""


def _rows(value: Iterable[WorkloadRow]) -> tuple[WorkloadRow, ...]:
    return checks.instances("rows", value, WorkloadRow, "WorkloadRow")


@final
@frozen(kw_only=True, weakref_slot=False, field_transformer=checked)
class Workload:
    """Open orders counted by who is responsible.

    Args:
        today: the day for which it was made.
        rows: a row for each department and user who have open orders together, by name, with
            those without one last.

    Raises:
        TypeError: for a value of the wrong kind.

    Source:
        "Default Department", "Default User"; decision D14.
    """

    today: Day
    rows: tuple[WorkloadRow, ...] = field(converter=_rows)

    @property
    def departments(self) -> tuple[Load, ...]:
        """The same for each department, whoever the users are; by name, None last."""
        return self._by(lambda row: row.department)

    @property
    def users(self) -> tuple[Load, ...]:
        """The same for each user in all departments; by name, None last."""
        return self._by(lambda row: row.user)

    def _by(self, name: Callable[[WorkloadRow], str | None]) -> tuple[Load, ...]:
        sums: dict[str | None, Load] = {}
        for row in self.rows:
            key = name(row)
            _, orders, overdue, due_soon = sums.get(key, Load(key, 0, 0, 0))
            sums[key] = Load(
                key, orders + row.orders, overdue + row.overdue, due_soon + row.due_soon
            )
        return tuple(sorted(sums.values(), key=lambda load: by_name(load.name)))

    def table(self) -> Table:
        """A line for each department and user."""
        return Table(
            "Workload",
            ("Department", "User", *_COUNTS),
            [(row[0] or WITHOUT, row[1] or WITHOUT, *row[2:]) for row in self.rows],
            notes=self._notes(),
        )

    def departments_table(self) -> Table:
        """A line for each department."""
        return self._table("Department", self.departments)

    def users_table(self) -> Table:
        """A line for each user."""
        return self._table("User", self.users)

    def _table(self, heading: str, loads: Iterable[Load]) -> Table:
        rows = [(load.name or WITHOUT, *load[1:]) for load in loads]
        return Table(f"Workload by {heading}", (heading, *_COUNTS), rows, notes=self._notes())

    def _notes(self) -> tuple[str, ...]:
        return (f"As of {self.today}: {sum(row.orders for row in self.rows):,} open orders.",)


def workload(
    orders: Iterable[ProductionOrder],
    *,
    today: date,
    within: int = WITHIN,
    calendar: WorkingCalendar = EVERY_DAY,
) -> Workload:
    """How much open work lies with each department and user, read in one pass.

    Args:
        orders: any orders; complete and cancelled ones are no work and are left out.
        today: the day for which late orders are counted.
        within: how many days ahead an order is due soon, 0 for today only.
        calendar: the days that *within* counts; every day unless told otherwise.

    Raises:
        TypeError: for a value of the wrong kind.
        ValueError: for *within* outside 0 to 36,525.

    Source:
        "New Status Assigned to Dept", "New Status Assigned to User"; decision D14.
    """
    limits = deadlines(today, within, calendar)
    tallies: dict[tuple[str | None, str | None], Tally] = {}
    for order in each(orders):
        if order.is_open:
            place = (order.department, order.user)
            if place not in tallies:
                tallies[place] = Tally()
            tallies[place].add(limits.standing(order))
    return Workload(
        today=today,
        rows=[
            WorkloadRow(*place, tally.orders, tally.overdue, tally.due_soon)
            for place, tally in sorted(
                tallies.items(), key=lambda item: (by_name(item[0][0]), by_name(item[0][1]))
            )
        ],
    )
