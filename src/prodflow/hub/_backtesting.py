"""How forecasts of the past are made and judged."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Final, NamedTuple

from prodflow import _checks as checks
from prodflow._backtests import Backtest, BacktestRow, JudgedForecast
from prodflow._forecasts import share_after
from prodflow.calendars import MONDAY_TO_FRIDAY, WorkingCalendar
from prodflow.cycle import StatusCycle, by_version
from prodflow.duedate import rank_of
from prodflow.hub._curves import CANCELLED, DONE, OPEN
from prodflow.hub._experience import (
    Experience,
    curve_for,
    had_days,
    learned,
    now_called,
    warnings_of,
)
from prodflow.hub._figures import nearest
from prodflow.hub._forecasting import AT_LEAST
from prodflow.hub._lives import Life, Reader, day_of, histories_of
from prodflow.order import HistoryEntry

__all__ = ["Backtest", "BacktestRow", "JudgedForecast", "backtest"]

_CUTS: Final = 8
_MOST: Final = 0.9
_DAY: Final = timedelta(1)


def backtest(
    histories: Iterable[Iterable[HistoryEntry]],
    cycles: Iterable[StatusCycle],
    *,
    calendar: WorkingCalendar = MONDAY_TO_FRIDAY,
    cuts: Iterable[date] | None = None,
    window_days: int = 365,
    at_least: int = AT_LEAST,
) -> Backtest:
    """How often forecasts of your own orders would have kept their word.

    On each day of *cuts*, all orders that were open at its end are forecast from what was known by
    then. Then they are compared with what came. Orders that were cancelled aren't judged. If an
    order is open to the end of the histories, it missed the days before; later days can't be judged
    yet.

    Args:
        histories: the histories, as for `learn`, up to now.
        cycles: the cycle versions that the histories name.
        calendar: the calendar whose days count; take that of your due-date policy.
        cuts: the days; None for eight days that divide the orders evenly by their opening.
        window_days: as for `learn`.
        at_least: as for `forecast`.

    Raises:
        CycleNotFoundError: if *cycles* lacks a version that a history names.
        CycleConflictError: if *cycles* has two different cycles with the same version.
        DateOutOfRangeError: if a day would be after the end of the calendar.
        UnknownStatusError: if no version has a status that a history names.
        ValueError: as for `learn`.

    Source:
        Decision D41.

    Example:
        >>> len(backtest([], []))
        0
    """
    checks.instance("calendar", calendar, WorkingCalendar, "a WorkingCalendar")
    checks.duration("window_days", window_days)
    checks.number("at_least", at_least)
    days = None
    if cuts is not None:
        days = checks.items("cuts", cuts, "dates")
        for day in days:
            checks.day(checks.item_of("cuts"), day)
    known = by_version(cycles)
    past = tuple(histories_of(histories))
    reader = Reader(known, calendar)
    lives = [life for history in past if (life := reader.read(history, date.max))]
    last_on = max((day_of(entry) for history in past for entry in history), default=date.min)
    if days is None:
        opened = sorted(life.stretches[0].begun_on for life in lives)
        # Sorted and without repeats.
        days = tuple(
            dict.fromkeys(
                opened[len(opened) * number // (_CUTS + 1)]
                for number in range(1, _CUTS + 1)
                if opened
            )
        )
    ends = {life.order_id: life for life in lives}
    cut = _Cut(past, ends, known, calendar, window_days, at_least, last_on)
    return Backtest(
        rows=tuple(map(cut.on, days)),
        window_days=window_days,
        at_least=at_least,
        warnings=warnings_of(lives),
    )


class _Cut(NamedTuple):
    """What all cuts have in common."""

    past: tuple[tuple[HistoryEntry, ...], ...]
    ends: Mapping[str, Life]
    cycles: Mapping[tuple[str, int], StatusCycle]
    calendar: WorkingCalendar
    window_days: int
    at_least: int
    last_on: date

    def on(self, day: date) -> BacktestRow:
        """The forecasts of one day, judged."""
        reader = Reader(self.cycles, self.calendar)
        lives = [life for history in self.past if (life := reader.read(history, day))]
        experience = learned(
            lives, reader, as_of=day, calendar=self.calendar, window_days=self.window_days
        )
        simple = _Simple(lives, experience)
        orders = told = 0
        judged: list[JudgedForecast] = []
        for life in lives:
            if life.here.outcome != OPEN:
                continue
            orders += 1
            known = _known_of(life, experience)
            curve = curve_for(
                *(experience, life.order_type, life.here.version, life.here.status),
                *(known.had, known.age),
            )
            if curve.comparable < self.at_least:
                continue
            told += 1
            closing = self.ends[life.order_id].closing_after(day)
            if closing is not None and closing.outcome == CANCELLED:
                continue
            done_on = None if closing is None else closing.begun_on
            promised_on = life.delivery_on or simple.promised_on(life)
            chance = None
            if promised_on is not None:
                left = rank_of(self.calendar, promised_on) - known.now
                chance = share_after(curve.steps, left)
            judged.append(
                JudgedForecast(
                    *(life.order_id, curve.steps, done_on, simple.days_left(life, known.had)),
                    *(chance, self._is_met(done_on, promised_on)),
                )
            )
        return BacktestRow(
            cut_on=day,
            orders=orders,
            told=told,
            judged=tuple(judged),
            calendar=self.calendar,
            last_on=self.last_on,
        )

    def _is_met(self, done_on: date | None, promised_on: date | None) -> bool | None:
        if promised_on is None:
            return None
        if done_on is not None:
            return done_on <= promised_on
        return False if promised_on < self.last_on else None


class _Known(NamedTuple):
    """An order in flight, as it was known."""

    now: int
    had: int
    age: int


def _known_of(life: Life, experience: Experience) -> _Known:
    calendar, here = experience.calendar, life.here
    now = rank_of(calendar, experience.as_of)
    return _Known(
        now,
        had_days(calendar, here.entered_on, here.begun_on, here.paused, now),
        now - rank_of(calendar, life.ordered_on),
    )


class _Simple:
    """Simpler guesses to compare with: the means of finished orders."""

    def __init__(self, lives: Iterable[Life], experience: Experience) -> None:
        self._experience = experience
        left: defaultdict[tuple[str, str], list[int]] = defaultdict(list)
        taken: defaultdict[str, list[int]] = defaultdict(list)
        calendar = experience.calendar
        for life in lives:
            closed: int | None = None
            for stretch in reversed(life.stretches):
                if stretch.outcome != OPEN:
                    done = stretch.outcome == DONE
                    closed = rank_of(calendar, stretch.begun_on) if done else None
                elif closed is not None and stretch.begun_on == stretch.entered_on:
                    place = self._place(life.order_type, stretch.version, stretch.status)
                    left[place].append(closed - rank_of(calendar, stretch.begun_on))
            if closed is not None:
                taken[life.order_type].append(closed - rank_of(calendar, life.ordered_on))
        self._left = {place: sum(days) / len(days) for place, days in left.items()}
        self._most = {kind: nearest(sorted(days), _MOST) for kind, days in taken.items()}

    def _place(self, order_type: str, version: int, status: str) -> tuple[str, str]:
        return order_type, now_called(self._experience.renamed, order_type, version, status)

    def days_left(self, life: Life, had: int) -> float | None:
        """What finished orders in the same status had left on the mean, less the days had."""
        here = life.here
        mean = self._left.get(self._place(life.order_type, here.version, here.status))
        return None if mean is None else max(0.0, mean - had)

    def promised_on(self, life: Life) -> date | None:
        """The day by which nine of ten finished orders were done, after as many days."""
        days = self._most.get(life.order_type)
        if days is None:
            return None
        return self._experience.calendar.add(life.ordered_on, days)
