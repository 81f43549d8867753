"""The planned load: how much work each department has on each day to come."""

from collections.abc import Iterable
from datetime import date, timedelta
from decimal import Decimal
from typing import Annotated, Final, Literal, NamedTuple, final

from attrs import field, frozen

from prodflow import _checks as checks
from prodflow._fields import Check, Day, checked
from prodflow._messages import Message, text
from prodflow._sequences import Rows
from prodflow._words import AnyWords
from prodflow.export import Table

LoadPer = Literal["day", "week"]
"""Whether a planned load has a column for each day or for each week."""

HORIZON_MAX: Final = 3_660
WITHOUT: Final = text("(none)")

_DAY: Final = timedelta(1)


@final
class DepartmentLoad(NamedTuple):
    """The planned work of one department.

    Args:
        department: the department; None for work without one.
        amounts: the work of each day or week, in the sequence of the columns.
    """

    department: str | None
    amounts: tuple[int | Decimal, ...]

    @property
    def total(self) -> int | Decimal:
        """The work of all days."""
        return summed(self.amounts)


def horizon_days(name: str, value: int) -> int:
    """A number of days to look ahead."""
    return checks.whole(name, value, 1, HORIZON_MAX)


def _days(value: Iterable[date]) -> tuple[date, ...]:
    days = checks.items("days", value, "dates")
    return tuple(checks.day(checks.item_of("days"), day) for day in days)


@final
@frozen(kw_only=True, weakref_slot=False, field_transformer=checked)
class PlannedLoad(Rows[DepartmentLoad]):
    """How much work each department has on the days to come: a sequence of `DepartmentLoad`.

    Args:
        today: the first day.
        horizon: how many days the load covers, with *today*.
        per: whether the columns are days or weeks.
        days: the day of each column; for a week its Monday, which may be before *today*.
        rows: the departments with work, by name, None last.

    Raises:
        ValueError: if a row doesn't have one amount for each column.

    Source:
        Decision D40.
    """

    today: Day
    horizon: Annotated[int, Check(horizon_days)]
    per: LoadPer = "day"
    days: tuple[date, ...] = field(converter=_days)
    rows: tuple[DepartmentLoad, ...]

    @property
    def _items(self) -> tuple[DepartmentLoad, ...]:
        return self.rows

    def __attrs_post_init__(self) -> None:
        for row in self.rows:
            if len(row.amounts) != len(self.days):
                raise ValueError(
                    f"days must be one for each amount of {row.department!r},"
                    f" {len(row.amounts)}, not {len(self.days)}"
                )

    @property
    def last_on(self) -> date:
        """The last day that the load covers."""
        return self.today + (self.horizon - 1) * _DAY

    @property
    def columns(self) -> tuple[Message, ...]:
        """The headings of the columns: days, or weeks by their Mondays."""
        if self.per == "day":
            return tuple(text("{day}", day=day) for day in self.days)
        return tuple(text("Week of {day}", day=day) for day in self.days)

    @property
    def totals(self) -> tuple[int | Decimal, ...]:
        """The work of all departments, for each column."""
        return tuple(map(summed, zip(*(row.amounts for row in self.rows), strict=True))) or tuple(
            [0] * len(self.days)
        )

    def table(self, *, words: AnyWords | None = None) -> Table:
        """One line for each department, with a column for each day or week.

        Args:
            words: your words; None for English.
        """
        return Table(
            text("Planned Load by Department"),
            (text("Department"), *self.columns, text("Total")),
            [(row.department or WITHOUT, *row.amounts, row.total) for row in self.rows],
            notes=(text("From {first} to {last}.", first=self.today, last=self.last_on),),
        ).said(words)


SCALE: Final = 10**15
"""Amounts are added up as whole numbers of this part of 1, so that sums are exact."""

_PLACES: Final = 15


def scaled(amount: int | Decimal) -> int:
    """An amount of up to 15 decimal places as a whole number of its smallest parts."""
    if isinstance(amount, int):
        return amount * SCALE
    numerator, denominator = amount.as_integer_ratio()
    return numerator * SCALE // denominator


def unscaled(parts: int) -> int | Decimal:
    """The amount again; a whole one as an int."""
    whole, rest = divmod(parts, SCALE)
    if not rest:
        return whole
    digits = f"{whole}.{rest:0{_PLACES}d}"
    return Decimal(digits.rstrip("0"))


def summed(amounts: tuple[int | Decimal, ...]) -> int | Decimal:
    """The sum of some amounts, whatever the decimal settings of the host's thread are."""
    return unscaled(sum(map(scaled, amounts)))
