"""Forecasts: by which day orders like this one were done, in the past."""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable
from datetime import date
from decimal import Decimal
from itertools import pairwise
from operator import itemgetter
from typing import Annotated, Final, Literal, final

from attrs import field, frozen

from prodflow import _checks as checks
from prodflow._fields import Check, Count, Day, Number, checked
from prodflow._messages import Message, count_of, text
from prodflow._names import Names
from prodflow._sequences import Rows
from prodflow._trusted import trusted
from prodflow._words import AnyWords
from prodflow.calendars import WorkingCalendar
from prodflow.cycle import StatusCycle
from prodflow.duedate import rank_of
from prodflow.export import Cell, Table
from prodflow.order import ProductionOrder

NoForecast = Literal["closed", "too-few-orders"]
"""Why there is no forecast for an order."""

SHARES: Final = (0.5, 0.8, 0.95)
"""The shares that tables and pictures show."""

Steps = tuple[tuple[int, float], ...]

NEAR: Final = 1e-9
"""How far a share may be off: in floats, three tenths are a little less than 0.3."""

_days_of: Final[Callable[[tuple[int, float]], int]] = itemgetter(0)
_share_of: Final[Callable[[tuple[int, float]], float]] = itemgetter(1)


def share_from(name: str, value: float, *, zero: bool) -> float:
    """A share up to 1; 0 only if *zero* says so."""
    if isinstance(value, bool) or not isinstance(value, float):
        raise TypeError(f"{name} must be a float, not {checks.shown(value)}")
    if not 0 <= value <= 1 or (not zero and not value):
        low = "from 0" if zero else "above 0, and up"
        raise ValueError(f"{name} must be {low} to 1, not {value}")
    return value


def _share(name: str, value: float) -> float:
    return share_from(name, value, zero=True)


def steps_of(name: str, value: Steps) -> Steps:
    """Pairs of days, from 1, and shares, both growing."""
    pairs: tuple[object, ...] = checks.instance(name, value, tuple, "a tuple of pairs")
    steps: list[tuple[int, float]] = []
    for pair in pairs:
        match pair:
            case (int(days), float(share)):
                steps.append((checks.number(f"days in {name}", days), _share(name, share)))
            case _:
                raise TypeError(f"{name} must hold (days, share) pairs, not {checks.shown(pair)}")
    for (days, share), (later, more) in pairwise(steps):
        if later <= days or more < share:
            raise ValueError(f"{name} must grow, in days and in shares")
    return tuple(steps)


def days_by(curve: Steps, share: float) -> int | None:
    """After how many days the share is done; None if the curve doesn't reach it."""
    at = bisect_left(curve, share - NEAR, key=_share_of)
    return None if at == len(curve) else curve[at][0]


def share_after(curve: Steps, days: int) -> float:
    """The share that is done after some days."""
    at = bisect_right(curve, days, key=_days_of)
    return curve[at - 1][1] if at else 0.0


@final
@frozen(kw_only=True, weakref_slot=False, field_transformer=checked)
class Forecast:
    """By which day an order will be done, if it goes as with comparable orders in the past.

    Comparable orders are past orders that were in the same status for as many days, and about as
    old. The dates and chances are about orders that aren't cancelled.

    Args:
        order: the order.
        today: the day of the forecast; at the end of this day, the order is still open.
        calendar: the calendar whose days count.
        reason: why there is no forecast: "closed" for an order that is complete or cancelled, or
            "too-few-orders". None if there is one.
        comparable: how many orders were compared. An order that came back to the status counts
            again.
        still_open: how many of them are still open.
        cancelled_share: the share of comparable orders that are cancelled in the end, from 0 to 1;
            None without a forecast.
        curve: pairs of a number of working days after *today*, from 1, and the share done by then;
            both grow.

    Raises:
        ValueError: if the values contradict each other.

    Source:
        Decision D41.
    """

    order: ProductionOrder
    today: Day
    calendar: WorkingCalendar
    reason: NoForecast | None
    comparable: Count
    still_open: Count
    cancelled_share: Annotated[float, Check(_share)] | None
    curve: Annotated[Steps, Check(steps_of)] = ()

    def __attrs_post_init__(self) -> None:
        if (self.reason is None) == (self.cancelled_share is None):
            raise ValueError("a forecast needs cancelled_share, and without one there is a reason")
        if self.reason is not None and self.curve:
            raise ValueError("curve must be empty if there is a reason for no forecast")
        if self.still_open > self.comparable:
            raise ValueError(
                f"still_open must be at most comparable, {self.comparable}, not {self.still_open}"
            )

    def by(self, share: float) -> date | None:
        """The day by which this share of comparable orders was done, inclusive.

        Args:
            share: above 0, and up to 1: 0.8 for the day by which four of five were done.

        Returns:
            A working day after *today*. None without a forecast, and if too many of the comparable
            orders are still open to tell.

        Raises:
            DateOutOfRangeError: if the day would be after the end of the calendar.
        """
        days = days_by(self.curve, share_from("share", share, zero=False))
        return None if days is None else self.calendar.add(self.today, days)

    def chance_by(self, day: date) -> float | None:
        """The chance that the order is done by a day, inclusive: from 0 to 1.

        It's the share of comparable orders that were done after as many working days. If some of
        them are still open after that time, their share is missing.

        Args:
            day: any day; up to *today*, the chance is 0.

        Returns:
            None without a forecast.
        """
        checks.day("day", day)
        if self.reason is not None:
            return None
        return share_after(self.curve, rank_of(self.calendar, day) - self._now)

    @property
    def chance(self) -> float | None:
        """The chance by the delivery date; None without one, and without a forecast."""
        return None if self.order.delivery_on is None else self.chance_by(self.order.delivery_on)

    @property
    def _now(self) -> int:
        return rank_of(self.calendar, self.today)


forecast_of = trusted(Forecast)

_REASONS: Final[dict[str, Message]] = {
    "closed": text("closed"),
    "too-few-orders": text("too few orders"),
}
BY_50: Final = text("Half Done By")
BY_80: Final = text("80 of 100 Done By")
BY_95: Final = text("95 of 100 Done By")
CHANCE: Final = text("Chance (%)")


def _versions(value: Iterable[StatusCycle]) -> tuple[StatusCycle, ...]:
    return checks.instances("cycles", value, StatusCycle, "StatusCycle")


@final
@frozen(kw_only=True, weakref_slot=False, field_transformer=checked)
class Forecasts(Rows[Forecast]):
    """Forecasts for some orders: a sequence of `Forecast`, in the sequence of the orders.

    Args:
        today: the day of the forecasts.
        at_least: how many comparable orders a forecast needs.
        rows: the forecasts.
        cycles: cycle versions; the newest one gives the names of statuses in tables.

    Source:
        Decision D41.
    """

    today: Day
    at_least: Number
    rows: tuple[Forecast, ...]
    cycles: tuple[StatusCycle, ...] = field(default=(), converter=_versions)

    @property
    def _items(self) -> tuple[Forecast, ...]:
        return self.rows

    def table(self, *, words: AnyWords | None = None) -> Table:
        """One line for each order: the days by which 50, 80 and 95 of 100 were done.

        Args:
            words: your words; None for English.

        Raises:
            DateOutOfRangeError: if a day would be after the end of the calendar.
        """
        names = Names(self.cycles, dict.fromkeys(row.order.cycle for row in self.rows))
        return Table(
            text("What We Can Promise"),
            (
                *(text("Number"), text("Type"), text("Status"), text("Delivery")),
                *(BY_50, BY_80, BY_95, CHANCE),
                *(text("Compared"), text("Still Open"), text("Cancelled (%)")),
                text("No Forecast"),
            ),
            [
                (
                    row.order.id,
                    names.type_name(row.order.order_type),
                    names.title((row.order.order_type, row.order.status.key)),
                    row.order.delivery_on,
                    *(row.by(share) for share in SHARES),
                    *(in_percent(row.chance), row.comparable, row.still_open),
                    *(in_percent(row.cancelled_share), reason_of(row)),
                )
                for row in self.rows
            ],
            notes=(
                count_of(
                    len(self.rows),
                    "As of {today}: {count} order.",
                    "As of {today}: {count} orders.",
                    today=self.today,
                ),
                text(
                    "Each order is compared with past orders that were in the same status for as"
                    " long, and about as old."
                ),
                text("The days and chances are for orders that aren't cancelled."),
            ),
        ).said(words)


def reason_of(row: Forecast) -> Message | None:
    """Why there is no forecast, in words."""
    return None if row.reason is None else _REASONS[row.reason]


def in_percent(share: float | None) -> Decimal | None:
    """A share in per cent with one decimal place."""
    return None if share is None else Decimal(f"{100 * share:.1f}")


FORECAST: Final = (BY_80, CHANCE)
"""The columns of the forecast of an order in other reports."""


def forecast_cells(row: Forecast | None) -> tuple[Cell, ...]:
    """The cells of the columns `FORECAST`."""
    return (None, None) if row is None else (row.by(SHARES[1]), in_percent(row.chance))


def forecasts_by_id(forecast: Forecasts | None) -> dict[str, Forecast]:
    """The forecasts by the id of the order."""
    if forecast is None:
        return {}
    checks.instance("forecast", forecast, Forecasts, "Forecasts, or None")
    return {row.order.id: row for row in forecast}
