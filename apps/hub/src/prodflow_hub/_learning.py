"""What past orders had left, learned once a day for each order type, for forecasts.

Theory of operation. Learning reads the histories of a whole year, at 0.25 ms an order (Python 3.11,
SQLite). In a small studio that's a moment; with 100,000 orders a year it takes longer than anybody
waits for a page. So:

1. The first page of the day that needs an order type starts a thread that learns it.
2. The page waits a little. If that isn't enough, it shows what was learned the day before, or says
   that the forecast is on its way.
3. Only orders that are open or were closed within the window are read: an order that was closed
   before has no stay that `learn` would compare.
4. What can't be learned is logged, and tried again after some minutes.

What must stay true: one thread at a time learns, each order type has one at most, and nobody waits
for it under the lock.
"""

import logging
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from threading import Lock, Thread
from time import monotonic
from typing import Final, final

from attrs import define, field, frozen

from prodflow import HistoryEntry, OrderQuery
from prodflow.calendars import WorkingCalendar
from prodflow.hub import Experience, learn
from prodflow_sqlalchemy import SqlStore

WINDOW: Final = 365
"""How many days back orders are compared."""
PATIENCE: Final = 1.5
"""How many seconds a page waits for the first forecast of the day."""
_REST: Final = timedelta(minutes=5)
_LOG: Final = logging.getLogger("prodflow_hub")


@final
@frozen
class Learned:
    """What was learned about an order type.

    Args:
        at: the instant at which it was learned.
        experience: what past orders had left.
    """

    at: datetime
    experience: Experience

    def is_of(self, day: date, calendar: WorkingCalendar) -> bool:
        """Whether it was learned on this day, in the days of this calendar."""
        return self.at.date() == day and self.experience.calendar == calendar


@final
@define(eq=False)
class Learning:
    """Learns what past orders had left, in the background.

    Args:
        store: the store; it's called in a thread.
        patience: how many seconds a page waits.
    """

    store: SqlStore
    patience: float = PATIENCE
    _lock: Lock = field(init=False, factory=Lock)
    _turn: Lock = field(init=False, factory=Lock)
    _known: dict[str, Learned] = field(init=False, factory=dict[str, Learned])
    _threads: dict[str, Thread] = field(init=False, factory=dict[str, Thread])
    _failed_at: dict[str, datetime] = field(init=False, factory=dict[str, datetime])

    def of(self, calendars: Mapping[str, WorkingCalendar], at: datetime) -> Mapping[str, Learned]:
        """What is known of some order types; those not learned yet, or not to be, are left out.

        Args:
            calendars: the calendar of the due-date policy of each order type.
            at: the present instant.
        """
        found: dict[str, Learned] = {}
        until = monotonic() + self.patience
        for order_type, calendar in calendars.items():
            kept, thread = self._started(order_type, calendar, at)
            if kept is None and thread is not None:
                thread.join(max(0, until - monotonic()))
                with self._lock:
                    kept = self._kept(order_type, calendar)
            if kept is not None:
                found[order_type] = kept
        return found

    def _started(
        self, order_type: str, calendar: WorkingCalendar, at: datetime
    ) -> tuple[Learned | None, Thread | None]:
        """What is known, and the thread that learns it anew, if that's necessary."""
        with self._lock:
            kept = self._kept(order_type, calendar)
            if kept is not None and kept.is_of(at.date(), calendar):
                return kept, None
            failed_at = self._failed_at.get(order_type)
            if failed_at is not None and at - failed_at < _REST:
                return kept, None
            thread = self._threads.get(order_type)
            if thread is None:
                thread = self._threads[order_type] = Thread(
                    target=self._learn, args=(order_type, calendar, at), daemon=True
                )
                thread.start()
            return kept, thread

    def _kept(self, order_type: str, calendar: WorkingCalendar) -> Learned | None:
        """What was learned last, if the calendar is still the same."""
        kept = self._known.get(order_type)
        return None if kept is None or kept.experience.calendar != calendar else kept

    def _learn(self, order_type: str, calendar: WorkingCalendar, at: datetime) -> None:
        try:
            with self._turn:
                learned = Learned(at, experience_of(self.store, order_type, calendar, at.date()))
        except Exception:  # noqa: BLE001 - a page without a forecast is better than no page
            _LOG.exception("nothing can be learned about the order type %r", order_type)
            with self._lock:
                self._failed_at[order_type] = at
                del self._threads[order_type]
            return
        with self._lock:
            self._known[order_type] = learned
            self._failed_at.pop(order_type, None)
            del self._threads[order_type]


def experience_of(
    store: SqlStore, order_type: str, calendar: WorkingCalendar, today: date
) -> Experience:
    """What the orders of a type had left, from those that the window can use."""
    cycles = [store.get_cycle(order_type, version) for version in store.versions(order_type)]
    histories = _histories(store, order_type, today)
    return learn(histories, cycles, as_of=today, calendar=calendar, window_days=WINDOW)


def _histories(store: SqlStore, order_type: str, today: date) -> Iterator[Sequence[HistoryEntry]]:
    first = today - timedelta(min(WINDOW, (today - date.min).days))
    seen: set[str] = set()  # an order may be closed while the open ones are read
    for query in (
        OrderQuery(order_type=order_type, is_open=True, sort="id"),
        OrderQuery(order_type=order_type, closed_from=first, sort="id"),
    ):
        for order, entries in store.histories(query):
            if order.id not in seen:
                seen.add(order.id)
                yield entries
