"""Backtests: how often forecasts of the past have kept their word."""

from abc import abstractmethod
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Final, Literal, NamedTuple, final

from attrs import frozen

from prodflow._fields import Count, Day, Duration, Number, checked
from prodflow._forecasts import SHARES, Steps, days_by, in_percent, share_from
from prodflow._messages import text
from prodflow._sequences import Rows
from prodflow._words import AnyWords
from prodflow.calendars import WorkingCalendar
from prodflow.duedate import rank_of
from prodflow.export import Cell, Table

ExperienceWarning = Literal["selected-by-end"]
"""What misleads: "selected-by-end" if the log seems to hold only what was closed in some time."""

WARNINGS: Final = {
    "selected-by-end": text(
        "These orders seem to be selected by their end: many were opened long before the first one"
        " was closed. So there are too many slow orders at first, and the forecasts mislead."
    ),
}


@final
class JudgedForecast(NamedTuple):
    """A forecast of the past, and what became of the order.

    Args:
        order_id: the order.
        curve: the curve of the forecast, as in `Forecast`.
        done_on: the day on which the order was completed; None if it's still open.
        mean_days: the working days left, judging by the mean of finished orders in the same status;
            None if there were none.
        chance: the chance to be done by the delivery date, as it was forecast. For an order without
            one, the day counts by which nine of ten finished orders were done; None without any.
        is_met: whether the order was done by that day; None if it can't be told.
    """

    order_id: str
    curve: Steps
    done_on: date | None
    mean_days: float | None
    chance: float | None
    is_met: bool | None


class _Judging:
    """The figures of some forecasts that were judged."""

    __slots__ = ()

    @property
    @abstractmethod
    def _judged(self) -> "Iterator[tuple[BacktestRow, JudgedForecast]]":
        """The forecasts, each with its row."""

    def done_before(self, share: float) -> float | None:
        """The share of orders done before the day that was forecast for a share.

        Between this and `done_by` lies the share that was promised, if forecasts keep their word.
        The two differ by the orders done on the day itself.

        Args:
            share: above 0, and up to 1, as in `Forecast.by`.

        Returns:
            From 0 to 1; None if no order could be judged. A forecast that named no day counts as
            kept.

        Raises:
            DateOutOfRangeError: if a day would be after the end of the calendar.
        """
        return self._kept(share_from("share", share, zero=False), on_it=False)

    def done_by(self, share: float) -> float | None:
        """The share of orders done by the day that was forecast for a share, inclusive.

        Args:
            share: as in `done_before`.

        Returns:
            As in `done_before`.

        Raises:
            DateOutOfRangeError: as in `done_before`.
        """
        return self._kept(share_from("share", share, zero=False), on_it=True)

    def _kept(self, share: float, *, on_it: bool) -> float | None:
        kept: list[bool] = []
        for row, judged in self._judged:
            days = days_by(judged.curve, share)
            if days is None:
                kept.append(True)
                continue
            day = row.calendar.add(row.cut_on, days)
            if judged.done_on is not None:
                kept.append(judged.done_on <= day if on_it else judged.done_on < day)
            elif day < row.last_on:
                kept.append(False)
        return _mean(kept)

    @property
    def error_days(self) -> float | None:
        """By how many working days the forecast for half of the orders was off, on the mean.

        Only orders that were completed count; None if there are none.
        """
        return _mean([error for error, _ in self._errors])

    @property
    def mean_error_days(self) -> float | None:
        """The same for a simpler guess: what finished orders in the same status had left.

        It's their mean, less the days for which the order had been in the status.
        """
        return _mean([error for _, error in self._errors])

    @property
    def _errors(self) -> Iterator[tuple[int, float]]:
        for row, judged in self._judged:
            guess = days_by(judged.curve, _HALF)
            if judged.done_on is None or guess is None or judged.mean_days is None:
                continue
            left = rank_of(row.calendar, judged.done_on) - rank_of(row.calendar, row.cut_on)
            yield abs(left - guess), abs(left - judged.mean_days)

    @property
    def brier(self) -> float | None:
        """The Brier score of the chances by the delivery date; the lower, the better.

        It's the mean square of the difference between the chance and what came: 1 if the order was
        done by that day, and 0 otherwise. None if no chance can be judged.
        """
        return _mean([(chance - came) ** 2 for chance, came in self._chances])

    @property
    def base_brier(self) -> float | None:
        """The Brier score of someone who gives all orders the same chance, the share known later.

        If `brier` is higher, the forecasts are of no use for single orders.
        """
        share = _mean([came for _, came in self._chances])
        return None if share is None else share * (1 - share)

    @property
    def _chances(self) -> Iterator[tuple[float, bool]]:
        for _, judged in self._judged:
            if judged.chance is not None and judged.is_met is not None:
                yield judged.chance, judged.is_met


def _mean(values: "list[bool] | list[int] | list[float]") -> float | None:
    return sum(values) / len(values) if values else None


_HALF: Final = 0.5


@final
@frozen(kw_only=True, weakref_slot=False, field_transformer=checked)
class BacktestRow(_Judging):
    """The forecasts for all orders that were open at the end of one day, with what came.

    Args:
        cut_on: the day. Nothing later was looked at for the forecasts.
        orders: how many orders were open.
        told: for how many of them there was a forecast.
        judged: the forecasts, but for orders that were cancelled.
        calendar: the calendar whose days count.
        last_on: the last day of the histories, for orders that are still open.

    Raises:
        ValueError: if more forecasts are judged than were made, or more made than there are orders.

    Source:
        Decision D41.
    """

    cut_on: Day
    orders: Count
    told: Count
    judged: tuple[JudgedForecast, ...]
    calendar: WorkingCalendar
    last_on: Day

    def __attrs_post_init__(self) -> None:
        if not len(self.judged) <= self.told <= self.orders:
            raise ValueError(
                f"told must be from {len(self.judged)}, as many as are judged, to {self.orders},"
                f" as many as orders, not {self.told}"
            )

    @property
    def _judged(self) -> "Iterator[tuple[BacktestRow, JudgedForecast]]":
        for judged in self.judged:
            yield self, judged


@final
@frozen(kw_only=True, weakref_slot=False, field_transformer=checked)
class Backtest(_Judging, Rows[BacktestRow]):
    """How often forecasts would have kept their word: a sequence of `BacktestRow`, by day.

    The methods and properties that a row has too are here about all rows together.

    Args:
        rows: the days, in the sequence asked for.
        window_days: how many days back orders were compared.
        at_least: how many comparable orders a forecast needed.
        warnings: what misleads, as codes; empty if nothing does.

    Source:
        Decision D41.
    """

    rows: tuple[BacktestRow, ...]
    window_days: Duration
    at_least: Number
    warnings: tuple[ExperienceWarning, ...] = ()

    @property
    def _items(self) -> tuple[BacktestRow, ...]:
        return self.rows

    @property
    def _judged(self) -> "Iterator[tuple[BacktestRow, JudgedForecast]]":
        for row in self.rows:
            for judged in row.judged:
                yield row, judged

    @property
    def orders(self) -> int:
        """How many orders were open, on all days together."""
        return sum(row.orders for row in self.rows)

    @property
    def told(self) -> int:
        """For how many of them there was a forecast."""
        return sum(row.told for row in self.rows)

    def table(self, *, words: AnyWords | None = None) -> Table:
        """One line for each day, and one for all: what was promised, and how often it was kept.

        Args:
            words: your words; None for English.

        Raises:
            DateOutOfRangeError: if a day would be after the end of the calendar.
        """
        return Table(
            text("Promised and Kept"),
            (
                *(text("Day"), text("Open Orders"), text("Forecasts")),
                *(text("Kept (%), 50 Promised"), text("Kept (%), 80 Promised")),
                *(text("Kept (%), 95 Promised"), text("Error (Days)")),
                text("Error of a Mean (Days)"),
            ),
            [
                *((row.cut_on, *_cells(row)) for row in self.rows),
                *([(text("All"), *_cells(self))] if self.rows else []),
            ],
            notes=(
                text(
                    "A promise is the day by which 50, 80 or 95 of 100 comparable orders were done"
                    " in the past. Forecasts keep their word if about as many of 100 orders are"
                    " done by that day."
                ),
                text("The forecasts of each day use only what was known on that day."),
                text(
                    "The error says by how many days the day for 50 of 100 was off, on average. The"
                    " last column has the error of a simple guess: the mean of finished orders in"
                    " the same status."
                ),
                *map(WARNINGS.__getitem__, self.warnings),
            ),
        ).said(words)


def _cells(row: BacktestRow | Backtest) -> tuple[Cell, ...]:
    return (
        *(row.orders, row.told),
        *(in_percent(row.done_by(share)) for share in SHARES),
        *(_rounded(row.error_days), _rounded(row.mean_error_days)),
    )


def _rounded(number: float | None) -> Decimal | None:
    return None if number is None else Decimal(f"{number:.1f}")
