"""`deliver_due`, the loop of a worker: claim what is due, act, and close it or try again later."""

from collections.abc import Callable
from contextlib import suppress
from datetime import date, datetime, timedelta
from inspect import iscoroutinefunction
from typing import Annotated, Final, Protocol, final, runtime_checkable

from attrs import evolve, frozen

from prodflow import _checks as checks
from prodflow._fields import Check, Number, checked
from prodflow.order import ProductionOrder
from prodflow.stores._items import OutboxItem, is_current
from prodflow.stores._protocols import OrderStore, Outbox
from prodflow.triggers import is_wanted

_ERROR_LENGTH: Final = 500
_FACTOR_MAX: Final = 1000
_SPAN_MAX: Final = timedelta(checks.DAYS_MAX)


def _span(name: str, value: timedelta) -> timedelta:
    checks.instance(name, value, timedelta, "a timedelta")
    if not timedelta(0) < value <= _SPAN_MAX:
        raise ValueError(
            f"{name} must be longer than zero and at most {checks.DAYS_MAX:,} days, not {value}"
        )
    return value


def _factor(name: str, value: float) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise TypeError(f"{name} must be a number, not {checks.shown(value)}")
    if not 1 <= value <= _FACTOR_MAX:
        raise ValueError(f"{name} must be from 1 to {_FACTOR_MAX:,}, not {checks.shown(value)}")
    return value


Span = Annotated[timedelta, Check(_span)]


@final
@frozen(weakref_slot=False, kw_only=True, field_transformer=checked)
class Backoff:
    """When to try again after a failure: each pause is *factor* times as long as the one before.

    Args:
        first: the pause after the first failure, longer than zero and at most 36,525 days.
        factor: 1 to 1,000.
        longest: the longest pause, at most 36,525 days.
        attempts: how often to try before giving up.

    Source:
        Decision D28b.

    Example:
        >>> from datetime import UTC, datetime
        >>> Backoff().after(2, datetime(2026, 11, 16, 9, tzinfo=UTC)).strftime("%H:%M")
        '09:04'
    """

    first: Span = timedelta(minutes=1)
    factor: Annotated[float, Check(_factor)] = 4
    longest: Span = timedelta(days=1)
    attempts: Number = 10

    def after(self, attempts: int, now: datetime) -> datetime | None:
        """The instant at which to try again; None to give up.

        Args:
            attempts: how often the event has been tried.
            now: the instant of the last failure, with an offset from UTC.

        Raises:
            ValueError: if the pause would end after the year 9999.
        """
        checks.number("attempts", attempts)
        instant = checks.instant("now", now)
        if attempts >= self.attempts:
            return None
        pause = self.longest
        with suppress(OverflowError):  # what no timedelta holds is longer than the longest pause
            pause = min(self.first * float(self.factor) ** (attempts - 1), pause)
        try:
            return instant + pause
        except OverflowError:
            raise ValueError(f"the pause must end before year 10000, not be {pause}") from None


_BACKOFF: Final = Backoff()
_CALLS: Final = ("acknowledge", "claim", "dismiss", "fail", "get_event", "load", "release")


@runtime_checkable
class DeliveryStore(OrderStore, Outbox, Protocol):
    """A store of orders and of their events."""


@final
@frozen(weakref_slot=False, kw_only=True, field_transformer=checked)
class Delivered:
    """What `deliver_due` did with the events that it claimed.

    Args:
        done: acted on; closed, unless the event got another day meanwhile.
        unwanted: closed without acting, because nobody wants the event any more.
        failed: to be tried again later. These items have the error and `retry_at`.
        given_up: failed too often.
    """

    done: tuple[OutboxItem, ...] = ()
    unwanted: tuple[OutboxItem, ...] = ()
    failed: tuple[OutboxItem, ...] = ()
    given_up: tuple[OutboxItem, ...] = ()


def deliver_due(
    store: DeliveryStore,
    act: Callable[[OutboxItem, ProductionOrder], object],
    *,
    as_of: date,
    now: Callable[[], datetime],
    lease: timedelta,
    retry: Backoff = _BACKOFF,
    limit: int = 100,
) -> Delivered:
    """Claim the events that are due, and act on each of them.

    Call it again and again, in one worker or in several. Each event is closed right after *act*
    has returned. If *act* raises an exception, the event is tried again later, and the others go
    on. An event can reach *act* twice if a worker dies between acting and closing, so let your
    mailer refuse an event id that it has seen.

    An event doesn't reach *act* if its lease is over, because another worker may have it, or if it
    has been withdrawn or has got another day since it was claimed. It's closed without acting if
    its order is gone, or if `is_wanted` says that nobody wants it any more. If an event gets
    another day while *act* runs, it's delivered again on that day.

    Args:
        store: a store of orders and events.
        act: your function, not a coroutine function. It gets the item and the order as it is now.
            The text of its exception is kept in the outbox, up to 500 characters; show it only to
            people who may see the addresses that such a text can hold.
        as_of: the last date to include.
        now: your clock: a function that returns the current instant, with a time zone.
        lease: how long the events are yours, more than zero and at most one day. Choose it longer
            than *limit* times the longest time that *act* can take.
        retry: when to try again what has failed.
        limit: the most events to claim, from 1 to 2,147,483,647.

    Raises:
        BaseException: an exception of *act* that isn't an `Exception`, such as
            `KeyboardInterrupt`, or an error of the store. The events that weren't begun are
            released first.

    Source:
        Decision D28b.
    """
    for name in _CALLS:
        if not callable(getattr(store, name, None)):
            raise TypeError(
                f"store must be a store of orders and events, with a method {name!r},"
                f" not {checks.shown(store)}"
            )
    if iscoroutinefunction(checks.function("act", act)):
        raise TypeError("act must be a plain function: call asyncio.run in it, or nothing is sent")
    checks.function("now", now)
    checks.instance("retry", retry, Backoff, "a Backoff")
    claimed = store.claim(as_of=as_of, now=now(), lease=lease, limit=limit)
    delivery = _Delivery(store, act, now, retry)
    for number, item in enumerate(claimed, start=1):
        try:
            delivery.deliver(item)
        except BaseException:
            with suppress(Exception):  # if this fails too, the leases end by themselves
                store.release(*claimed[number:])
            raise
    return delivery.delivered()


@final
class _Delivery:
    """One call of `deliver_due`."""

    def __init__(
        self,
        store: DeliveryStore,
        act: Callable[[OutboxItem, ProductionOrder], object],
        now: Callable[[], datetime],
        retry: Backoff,
    ) -> None:
        self._store = store
        self._act = act
        self._now = now
        self._retry = retry
        self._done: list[OutboxItem] = []
        self._unwanted: list[OutboxItem] = []
        self._failed: list[OutboxItem] = []
        self._given_up: list[OutboxItem] = []

    def delivered(self) -> Delivered:
        return Delivered(
            done=tuple(self._done),
            unwanted=tuple(self._unwanted),
            failed=tuple(self._failed),
            given_up=tuple(self._given_up),
        )

    def deliver(self, item: OutboxItem) -> None:
        event = item.event
        if item.leased_until is None or item.leased_until <= self._now():
            self._store.release(item)  # it wasn't tried; if another worker has it, nothing happens
            return
        stored = self._store.get_event(event.id)
        if stored is not None:
            if not is_current(item, stored):
                return
            # On the same day, the event may be of another visit by now, or have another action.
            item, event = stored, stored.event
        order = self._store.load([event.order_id]).get(event.order_id)
        if order is None or not is_wanted(event, order):
            self._close_unwanted(item)
            return
        if stored is None:
            return
        try:
            self._act(item, order)
        except Exception as error:  # noqa: BLE001 - whatever a host's function raises
            self._fail(item, error)
        else:
            self._store.acknowledge(item)
            self._done.append(item)

    def _close_unwanted(self, item: OutboxItem) -> None:
        """Close the event; what made it unwanted may have emptied its slot already."""
        stored = self._store.get_event(item.event.id)
        if stored is not None and not is_current(item, stored):
            return  # given again meanwhile
        self._store.dismiss(item)
        self._unwanted.append(item)

    def _fail(self, item: OutboxItem, error: Exception) -> None:
        text, retry_at = _text(error), self._retry.after(item.attempts, self._now())
        self._store.fail(item, error=text, retry_at=retry_at)
        given_up = retry_at is None
        failed = evolve(
            item, last_error=text, retry_at=retry_at, leased_until=None, given_up=given_up
        )
        (self._given_up if given_up else self._failed).append(failed)


def _text(error: Exception) -> str:
    """The text of an error; the name of its class if it has none."""
    try:
        text = str(error)
    except Exception:  # noqa: BLE001 - an error whose text fails
        text = ""
    return checks.printable(text or type(error).__name__)[:_ERROR_LENGTH]
