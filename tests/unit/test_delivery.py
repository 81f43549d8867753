"""Delivering: `deliver_due`, `Backoff` and `Delivered` (decision D28b)."""

from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

import pytest
from attrs import evolve

from prodflow import (
    Backoff,
    Change,
    CreateTask,
    DaysFromDelivery,
    DaysFromDue,
    DaysInStatus,
    Delivered,
    Entering,
    MemoryStore,
    Opening,
    OutboxItem,
    ProductionFlow,
    ProductionOrder,
    SendMessage,
    StatusCycle,
    Trigger,
    deliver_due,
)
from prodflow._trigger_values import When

AT: Final = datetime(2026, 11, 4, 9, tzinfo=UTC)
MINUTE: Final = timedelta(minutes=1)
HOUR: Final = timedelta(hours=1)
DAY: Final = timedelta(days=1)
LETTER: Final = SendMessage("hello")

Act = Callable[[OutboxItem, ProductionOrder], object]


def nov(day: int) -> date:
    """A day of November 2026; the 2nd is a Monday."""
    return date(2026, 11, day)


class Clock:
    """A clock that stands still until it's moved on."""

    def __init__(self) -> None:
        self.now = AT

    def __call__(self) -> datetime:
        """The present instant."""
        return self.now

    def wait(self, span: timedelta) -> None:
        """Let some time pass."""
        self.now += span


class Office:
    """A store, a flow, a clock, and a worker that notes the events it acts on."""

    def __init__(self, cycle: StatusCycle, *whens: When, **more: Any) -> None:  # noqa: ANN401
        self.cycle = cycle
        self.flow = ProductionFlow(
            triggers=[Trigger(f"t{i}", when, LETTER, **more) for i, when in enumerate(whens)]
        )
        self.store = MemoryStore()
        self.clock = Clock()
        self.sent: list[tuple[str, str]] = []

    def open(self, *order_ids: str, **more: Any) -> None:  # noqa: ANN401 - what `open` takes
        """Open orders of 2 November."""
        for order_id in order_ids:
            self._save(
                self.flow.open(
                    self.cycle, order_id=order_id, ordered_on=nov(2), by="ann", at=AT, **more
                )
            )

    def advance(self, **overrides: Any) -> None:  # noqa: ANN401 - any override
        """Advance PO-1 on 4 November."""
        order = self.store.get("PO-1")
        self._save(self.flow.advance(order, today=nov(4), by="ann", at=AT, **overrides))

    def amend(self, **amendments: Any) -> None:  # noqa: ANN401 - any fact
        """Amend PO-1."""
        self._save(self.flow.amend(self.store.get("PO-1"), by="ann", at=AT, **amendments))

    def _save(self, change: Change) -> None:
        self.store.save(change)

    def send(self, item: OutboxItem, order: ProductionOrder) -> None:
        """Note which trigger is acted on for which order."""
        self.sent.append((order.id, item.event.trigger))

    def deliver(self, act: Act | None = None, **more: Any) -> Delivered:  # noqa: ANN401
        """Deliver what is due, however far ahead, under a lease of ten minutes."""
        given = {"as_of": date.max, "now": self.clock, "lease": 10 * MINUTE, **more}
        return deliver_due(self.store, act or self.send, **given)

    def items(self) -> list[OutboxItem]:
        """The pending items."""
        return self.store.pending(as_of=date.max)


Hire = Callable[..., Office]


@pytest.fixture
def office(cycle: StatusCycle) -> Hire:
    """Gives an office with a trigger for each *when*."""

    def hired(*whens: When, **more: Any) -> Office:  # noqa: ANN401 - what Trigger takes
        return Office(cycle, *whens, **more)

    return hired


def triggers_of(items: Iterable[OutboxItem]) -> list[str]:
    """The triggers of some items."""
    return [item.event.trigger for item in items]


# What goes well


def test_what_is_due_is_acted_on_and_closed(office: Hire) -> None:
    """Each event is acted on with its order, then closed; later ones wait for their day."""
    one = office(Entering(), DaysInStatus(None, 3))
    one.open("PO-1", "PO-2")
    delivered = one.deliver(as_of=nov(4))
    assert sorted(one.sent) == [("PO-1", "t0"), ("PO-2", "t0")]
    assert (len(delivered.done), triggers_of(one.items())) == (2, ["t1", "t1"])
    assert delivered == Delivered(done=delivered.done)


def test_act_gets_the_item_and_the_order_of_now(office: Hire) -> None:
    """The order is as the store has it now, and the item says which attempt this is."""
    one = office(Entering("ordered"))
    one.open("PO-1")
    one.advance()
    seen: list[tuple[OutboxItem, ProductionOrder]] = []
    delivered = one.deliver(lambda item, order: seen.append((item, order)))
    ((item, order),) = seen
    assert (order, item.attempts) == (one.store.get("PO-1"), 1)
    assert delivered.done == (item,)


def test_nothing_is_due(office: Hire) -> None:
    """Without events that are due, nothing is delivered."""
    one = office()
    assert one.deliver() == Delivered()


def test_only_so_many_are_taken(office: Hire) -> None:
    """`limit` leaves the others for the next call."""
    one = office(Entering())
    one.open(*"abc")
    assert [len(one.deliver(limit=2).done) for _ in range(3)] == [2, 1, 0]


def test_what_is_left_to_people_is_left(office: Hire) -> None:
    """Events that aren't automatic are never delivered."""
    one = office(Entering(), automatic=False)
    one.open("PO-1")
    assert (one.deliver(), one.sent) == (Delivered(), [])


def test_an_event_is_closed_before_the_next_is_begun(office: Hire) -> None:
    """What was acted on is closed at once, so that a worker that dies repeats at most one."""
    one = office(Entering())
    one.open(*"abc")
    left: list[int] = []
    one.deliver(lambda *_: left.append(len(one.items())))
    assert left == [3, 2, 1]


# What fails


def _fails(item: OutboxItem, order: ProductionOrder) -> None:
    if order.id == "PO-3":
        raise RuntimeError(f"mailbox full, attempt {item.attempts}")


def test_what_fails_is_tried_again_later(office: Hire) -> None:
    """The error is kept with the event, which is free again after the pause."""
    one = office(Entering())
    one.open("PO-3")
    delivered = one.deliver(_fails)
    (item,) = one.items()
    assert (len(delivered.failed), delivered.done, delivered.given_up) == (1, (), ())
    assert (item.attempts, item.last_error) == (1, "mailbox full, attempt 1")
    assert (item.retry_at, item.leased_until, item.given_up) == (AT + MINUTE, None, False)
    one.clock.wait(59 * timedelta(seconds=1))
    assert one.deliver(_fails) == Delivered()
    one.clock.wait(timedelta(seconds=1))
    assert len(one.deliver(_fails).failed) == 1


def test_what_fails_stops_nobody(office: Hire) -> None:
    """Of five events one always fails; a worker that comes every minute sends the other four."""
    one = office(Entering())
    one.open(*[f"PO-{number}" for number in range(1, 6)])
    tried: list[str] = []

    def act(item: OutboxItem, order: ProductionOrder) -> None:
        tried.append(order.id)
        _fails(item, order)

    for _ in range(24 * 60):
        one.deliver(act, limit=1)
        one.clock.wait(MINUTE)
    counts = {order_id: tried.count(order_id) for order_id in sorted(set(tried))}
    assert counts == {"PO-1": 1, "PO-2": 1, "PO-3": 7, "PO-4": 1, "PO-5": 1}
    assert [item.event.order_id for item in one.items()] == ["PO-3"]


def test_what_comes_new_goes_before_what_failed(office: Hire) -> None:
    """Events that have failed queue behind those that haven't been tried."""
    one = office(Entering())
    one.open("PO-3")
    one.deliver(_fails)
    one.clock.wait(HOUR)
    one.open("PO-4")
    one.deliver(limit=1)
    assert one.sent == [("PO-4", "t0")]


def test_after_enough_attempts_it_is_given_up(office: Hire) -> None:
    """After as many attempts as `retry` allows, workers give up, and people can see why."""
    one = office(Entering())
    one.open("PO-3")
    first = one.deliver(_fails, retry=Backoff(attempts=2))
    one.clock.wait(MINUTE)
    second = one.deliver(_fails, retry=Backoff(attempts=2))
    one.clock.wait(365 * DAY)
    third = one.deliver(_fails)
    counts = [(len(it.failed), len(it.given_up)) for it in (first, second, third)]
    assert counts == [(1, 0), (0, 1), (0, 0)]
    (item,) = one.store.pending(as_of=date.max, given_up=True)
    assert item.last_error == "mailbox full, attempt 2"


def test_the_pause_begins_when_it_failed(office: Hire) -> None:
    """A batch takes time: the clock is read again after each failure."""
    one = office(Entering())
    one.open("PO-3")

    def slow(item: OutboxItem, order: ProductionOrder) -> None:
        one.clock.wait(5 * MINUTE)
        _fails(item, order)

    one.deliver(slow)
    assert [item.retry_at for item in one.items()] == [AT + 6 * MINUTE]


class _NoTextError(Exception):
    """An exception whose text fails."""

    def __str__(self) -> str:
        raise ValueError("no text")


class _WrongTextError(Exception):
    """An exception whose text isn't one."""

    def __str__(self) -> str:
        return 7  # type: ignore[return-value]  # noqa: PLE0307  # pyright: ignore[reportReturnType]


@pytest.mark.parametrize(
    ("error", "text"),
    [
        (RuntimeError("bounced"), "bounced"),
        (RuntimeError(), "RuntimeError"),
        (RuntimeError(""), "RuntimeError"),
        (_NoTextError(), "_NoTextError"),
        (_WrongTextError(), "_WrongTextError"),
        (RuntimeError("two\nlines\tand a tab"), "two\nlines\tand a tab"),
        (
            RuntimeError("nul \0, bell \a"),
            "nul \N{REPLACEMENT CHARACTER}, bell \N{REPLACEMENT CHARACTER}",
        ),
        (RuntimeError("\udc80"), "\N{REPLACEMENT CHARACTER}"),
        (RuntimeError("x" * 500), "x" * 500),
        (RuntimeError("x" * 501), "x" * 500),
        (RuntimeError("x" * 20_000), "x" * 500),
        (KeyError("address"), "'address'"),
    ],
    ids=lambda value: None if isinstance(value, str) else type(value).__name__,
)
def test_the_text_of_an_error_is_kept(office: Hire, error: Exception, text: str) -> None:
    """Up to 500 characters, those that no store holds replaced; else the name of its class."""
    one = office(Entering())
    one.open("PO-1")

    def act(_item: OutboxItem, _order: ProductionOrder) -> None:
        raise error

    assert len(one.deliver(act).failed) == 1
    assert [text] == [item.last_error for item in one.items()]


@pytest.mark.parametrize("error", [KeyboardInterrupt, SystemExit])
def test_an_interrupt_releases_the_rest(office: Hire, error: type[BaseException]) -> None:
    """What wasn't begun is free again at once, as if it hadn't been claimed."""
    one = office(Entering())
    one.open(*"abcd")
    begun: list[OutboxItem] = []

    def act(item: OutboxItem, _order: ProductionOrder) -> None:
        begun.append(item)
        if len(begun) > 1:
            raise error

    with pytest.raises(error):
        one.deliver(act)
    _, interrupted = begun
    attempts = {item.event.id: (item.attempts, item.leased_until) for item in one.items()}
    assert attempts.pop(interrupted.event.id) == (1, AT + 10 * MINUTE)
    assert [*attempts.values()] == [(0, None), (0, None)]


def test_a_store_that_fails_releases_the_rest(office: Hire) -> None:
    """An error of the clock or the store isn't one of the event: it's passed on."""
    one = office(Entering())
    one.open(*"abc")
    hours = iter([AT, AT])
    with pytest.raises(StopIteration):
        one.deliver(now=lambda: next(hours))
    assert sorted(item.attempts for item in one.items()) == [0, 1]


# What is left to others, and what nobody wants


def test_an_event_whose_lease_is_over_is_left_to_others(office: Hire) -> None:
    """A batch that takes too long goes on with nothing that another worker may have."""
    one = office(Entering())
    one.open(*"abc")

    def slow(item: OutboxItem, order: ProductionOrder) -> None:
        one.send(item, order)
        one.clock.wait(10 * MINUTE)

    delivered = one.deliver(slow)
    assert (len(one.sent), len(delivered.done), len(one.items())) == (1, 1, 2)
    assert len(one.deliver().done) == 2


def test_an_event_whose_lease_is_over_was_not_tried(office: Hire) -> None:
    """What waits behind a slow mailbox isn't given up for it."""
    here = office(Opening())
    here.open("PO-1", "PO-2", "PO-3")

    def slow(_item: OutboxItem, _order: ProductionOrder) -> None:
        here.clock.wait(HOUR)
        raise TimeoutError("no answer")

    for _ in range(3):
        here.deliver(slow, retry=Backoff(first=MINUTE, attempts=2))
        assert sum(item.attempts for item in here.items()) <= 3
        here.clock.wait(HOUR)
    assert [item.attempts for item in here.items()] == [1, 1, 1]


def test_an_interrupt_comes_through_a_store_that_fails(office: Hire) -> None:
    """What could not be released is free when its lease ends; the interrupt is what matters."""
    here = office(Opening())
    here.open("PO-1", "PO-2")

    def interrupt(_item: OutboxItem, _order: ProductionOrder) -> None:
        here.store.release = unreachable  # type: ignore[method-assign]
        raise KeyboardInterrupt

    def unreachable(*_items: OutboxItem) -> None:
        raise ConnectionError("no answer")

    with pytest.raises(KeyboardInterrupt):
        here.deliver(interrupt)


def test_a_coroutine_function_is_refused(office: Hire) -> None:
    """Nobody would await it, and every message would be lost."""
    here = office(Opening())
    here.open("PO-1")

    async def send(_item: OutboxItem, _order: ProductionOrder) -> None:
        """Send nothing."""

    with pytest.raises(TypeError, match="act must be a plain function"):
        here.deliver(send)
    assert [item.attempts for item in here.items()] == [0]


def test_what_failed_comes_back_with_its_error(office: Hire) -> None:
    """The result has the items as the outbox has them, given up or not."""
    here = office(Opening())
    here.open("PO-1")

    def bounce(_item: OutboxItem, _order: ProductionOrder) -> None:
        raise ConnectionError("mailbox unavailable")

    assert list(here.deliver(bounce, retry=Backoff(attempts=2)).failed) == here.items()
    here.clock.wait(HOUR)
    assert list(here.deliver(bounce, retry=Backoff(attempts=2)).given_up) == here.items()


def test_what_was_done_under_a_lease_that_ended_is_done(office: Hire) -> None:
    """The event is closed even if its lease ended while it was acted on."""
    one = office(Entering())
    one.open("PO-1")
    delivered = one.deliver(lambda *_: one.clock.wait(HOUR))
    assert (len(delivered.done), one.items()) == (1, [])


def _with_second(one: Office, meanwhile: Callable[[], object]) -> list[str]:
    """The triggers that are acted on if something happens while the first is."""
    sent: list[str] = []

    def act(item: OutboxItem, _order: ProductionOrder) -> None:
        if not sent:
            meanwhile()
        sent.append(item.event.trigger)

    one.deliver(act)
    return sent


def test_what_was_withdrawn_meanwhile_is_left(office: Hire) -> None:
    """A reminder that disappears while the batch goes on isn't acted on."""
    one = office(Opening(), DaysFromDue(None, 0, while_in_status=False))
    one.open("PO-1", due_on=nov(12))
    assert _with_second(one, lambda: one.amend(due_on=None)) == ["t0"]
    assert one.items() == []


def test_what_was_moved_meanwhile_is_left(office: Hire) -> None:
    """A reminder that gets another day meanwhile stays pending for that day."""
    one = office(Opening(), DaysFromDue(None, 0))
    one.open("PO-1", due_on=nov(12))
    assert _with_second(one, lambda: one.amend(due_on=nov(20))) == ["t0"]
    assert [(nov(20), 0)] == [(item.event.fire_on, item.attempts) for item in one.items()]


def test_what_another_worker_did_meanwhile_is_left(office: Hire) -> None:
    """An event that somebody has closed meanwhile isn't acted on again."""
    one = office(Opening(), DaysFromDue(None, 0))
    one.open("PO-1", due_on=nov(12))
    (reminder,) = one.store.pending(as_of=date.max, trigger="t1")
    assert _with_second(one, lambda: one.store.acknowledge(reminder.event.id)) == ["t0"]


def test_what_another_worker_claimed_meanwhile_is_left(office: Hire) -> None:
    """If another worker has the event by now, this one leaves it, whatever its clock says."""
    one = office(Opening(), DaysFromDue(None, 0))
    one.open("PO-1", due_on=nov(12))
    later = AT + HOUR
    assert _with_second(one, lambda: one.store.claim(as_of=date.max, now=later, lease=HOUR)) == [
        "t0"
    ]


@pytest.mark.parametrize(
    ("when", "to"),
    [
        (DaysInStatus("ordered", 5), "retouch"),
        (DaysFromDelivery(0), "shipped"),
        (DaysInStatus("ordered", 5, while_in_status=False), "cancelled"),
        (Entering("ordered"), "cancelled"),
    ],
)
def test_what_nobody_wants_any_more_is_closed(office: Hire, when: When, to: str) -> None:
    """What the order has left behind while the batch went on isn't sent."""
    one = office(Opening(), when)
    one.open("PO-1", delivery_on=nov(20))
    sent: list[str] = []

    def act(item: OutboxItem, _order: ProductionOrder) -> None:
        if not sent:
            one.advance(to=to)
        sent.append(item.event.trigger)

    delivered = one.deliver(act)
    (first,) = sent
    others = {"t0", "t1"} - {first}
    assert {*triggers_of(delivered.unwanted)} == others


def test_a_reminder_given_again_while_it_is_judged_is_not_closed(office: Hire) -> None:
    """An order is closed by mistake and opened again while the worker reads it."""
    one = office(DaysFromDelivery(0))
    one.open("PO-1", delivery_on=nov(3))
    load = one.store.load

    def interrupted(order_ids: Iterable[str]) -> dict[str, ProductionOrder]:
        one.advance(to="shipped")
        orders = load(order_ids)
        order, entries = one.store.get("PO-1"), one.store.history("PO-1")
        one.store.save(one.flow.undo(order, entries, by="ann", at=AT))
        return orders

    one.store.load = interrupted  # type: ignore[method-assign]
    assert one.deliver() == Delivered()
    one.store.load = load  # type: ignore[method-assign]
    assert len(one.deliver().done) == 1


def test_a_task_of_a_cancelled_order_is_still_done(office: Hire, cycle: StatusCycle) -> None:
    """Only messages to people lose their sense; that the files are deleted doesn't."""
    one = office()
    task = Trigger("clean", Entering("ordered"), CreateTask("Delete the files"))
    one.flow = ProductionFlow(triggers=[task, Trigger("hello", Entering("ordered"), LETTER)])
    one.open("PO-1")
    one.advance(to="cancelled")
    delivered = one.deliver()
    assert triggers_of(delivered.done) == ["clean"]
    assert triggers_of(delivered.unwanted) == ["hello"]
    assert (one.items(), cycle) == ([], one.cycle)


def test_a_message_about_the_cancellation_is_sent(office: Hire) -> None:
    """A message of the present visit is wanted, though the order is cancelled."""
    one = office(Entering("cancelled"), DaysInStatus("cancelled", 0))
    one.open("PO-1")
    one.advance(to="cancelled")
    assert len(one.deliver().done) == 2


class _Forgetful(MemoryStore):  # type: ignore[misc]  # final, but a test may
    """A store whose orders are gone."""

    def load(self, order_ids: Iterable[str], /) -> dict[str, ProductionOrder]:
        """No order at all."""
        assert [*order_ids]
        return {}


def test_an_event_whose_order_is_gone_is_closed(office: Hire) -> None:
    """Nobody is told about an order that the store doesn't have any more."""
    one = office(Entering())
    one.store = _Forgetful()
    one.open("PO-1")
    delivered = one.deliver()
    assert (len(delivered.unwanted), one.sent, one.items()) == (1, [], [])


def test_a_reminder_that_was_given_again_is_not_closed(office: Hire) -> None:
    """A reminder once per order that goes on in another visit, at the same day, is sent there."""
    one = office(Opening(), DaysFromDue(None, 0), once_per_order=True)
    one.open("PO-1", due_on=nov(12))
    sent: list[tuple[str, int]] = []

    def act(item: OutboxItem, _order: ProductionOrder) -> None:
        if not sent:
            one.advance(due_on=nov(12))
        sent.append((item.event.trigger, item.event.visit))

    delivered = one.deliver(act)
    assert (sent, len(delivered.unwanted)) == ([("t0", 1), ("t1", 2)], 0)


def test_the_action_is_that_of_now(office: Hire) -> None:
    """If a user edits the text of a reminder while the batch goes on, the new text is sent."""
    one = office(Opening(), DaysFromDue(None, 0))
    one.open("PO-1", due_on=nov(12))
    edited = ProductionFlow(triggers=[Trigger("t1", DaysFromDue(None, 0), SendMessage("new"))])
    sent: list[object] = []

    def act(item: OutboxItem, order: ProductionOrder) -> None:
        if not sent:
            one.store.set_reminders(edited.reminders(order, today=nov(4)))
        sent.append(item.event.action)

    one.deliver(act)
    assert sent == [LETTER, SendMessage("new")]


# Backoff


@pytest.mark.parametrize(
    ("attempts", "minutes"),
    [(1, 1), (2, 4), (3, 16), (4, 64), (5, 256), (6, 1024), (7, 1440), (9, 1440)],
)
def test_pauses_grow_up_to_the_longest(attempts: int, minutes: int) -> None:
    """By default a minute, then four times as long each time, up to a day."""
    assert Backoff().after(attempts, AT) == AT + minutes * MINUTE


@pytest.mark.parametrize("attempts", [10, 11, 2**31 - 1])
def test_after_ten_attempts_it_is_enough(attempts: int) -> None:
    """By default the tenth failure is the last."""
    assert Backoff().after(attempts, AT) is None


@pytest.mark.parametrize(
    ("backoff", "attempts", "pause"),
    [
        (Backoff(factor=1), 5, MINUTE),
        (Backoff(factor=1.5), 3, MINUTE * 2.25),
        (Backoff(first=HOUR), 1, HOUR),
        (Backoff(first=2 * DAY), 1, DAY),
        (Backoff(longest=3 * MINUTE), 2, 3 * MINUTE),
        (Backoff(longest=4 * MINUTE), 2, 4 * MINUTE),
        (Backoff(factor=1, attempts=2**31 - 1), 2**31 - 2, MINUTE),
        (Backoff(factor=1_000, attempts=2**31 - 1), 2**31 - 2, DAY),
        (Backoff(first=36_525 * DAY, longest=36_525 * DAY, factor=1_000), 2, 36_525 * DAY),
    ],
)
def test_pauses_are_what_you_choose(backoff: Backoff, attempts: int, pause: timedelta) -> None:
    """The first pause, the factor, the longest pause and the attempts can be chosen."""
    assert backoff.after(attempts, AT) == AT + pause


def test_one_attempt_may_be_enough() -> None:
    """With one attempt, nothing is tried again."""
    assert Backoff(attempts=1).after(1, AT) is None


def test_the_bounds_of_a_backoff_are_accepted() -> None:
    """Each bound belongs to its range."""
    longest = timedelta(days=36_525)
    steady = Backoff(first=longest, factor=1, longest=longest)
    steep = Backoff(first=MINUTE, factor=1_000, longest=longest)
    assert steady.after(3, AT) == AT + longest
    assert steep.after(2, AT) == AT + 1_000 * MINUTE


def test_a_pause_ends_within_the_calendar() -> None:
    """At the end of the year 9999 there is no later instant to try again."""
    with pytest.raises(ValueError, match="before year 10000"):
        Backoff().after(1, datetime.max.replace(tzinfo=UTC))


@pytest.mark.parametrize(
    ("wrong", "error"),
    [
        ({"first": 60}, TypeError),
        ({"first": timedelta(0)}, ValueError),
        ({"first": timedelta(days=36_526)}, ValueError),
        ({"longest": None}, TypeError),
        ({"longest": -MINUTE}, ValueError),
        ({"longest": timedelta.max}, ValueError),
        ({"factor": "4"}, TypeError),
        ({"factor": True}, TypeError),
        ({"factor": 0.5}, ValueError),
        ({"factor": 1_001}, ValueError),
        ({"factor": float("nan")}, ValueError),
        ({"factor": float("inf")}, ValueError),
        ({"attempts": 0}, ValueError),
        ({"attempts": True}, TypeError),
    ],
)
def test_a_backoff_refuses_bad_values(wrong: dict[str, Any], error: type[Exception]) -> None:
    """Each field refuses values of the wrong kind or out of bounds."""
    with pytest.raises(error, match=next(iter(wrong))):
        Backoff(**wrong)


@pytest.mark.parametrize(
    ("wrong", "error"),
    [
        ({"attempts": 0}, ValueError),
        ({"attempts": None}, TypeError),
        ({"now": nov(4)}, TypeError),
        ({"now": AT.replace(tzinfo=None)}, ValueError),
    ],
)
def test_a_pause_is_asked_for_with_sound_arguments(
    wrong: dict[str, Any], error: type[Exception]
) -> None:
    """The attempts and the instant are checked."""
    with pytest.raises(error, match=next(iter(wrong))):
        Backoff().after(**{"attempts": 1, "now": AT, **wrong})


@pytest.mark.parametrize(
    ("wrong", "error"),
    [
        ({"act": "send"}, TypeError),
        ({"now": AT}, TypeError),
        ({"retry": 60}, TypeError),
        ({"as_of": AT}, TypeError),
        ({"lease": timedelta(0)}, ValueError),
        ({"lease": 25 * HOUR}, ValueError),
        ({"limit": 0}, ValueError),
    ],
)
def test_delivering_refuses_bad_arguments(
    office: Hire, wrong: dict[str, Any], error: type[Exception]
) -> None:
    """A bad argument is refused before anything is claimed."""
    one = office(Entering())
    one.open("PO-1")
    before = one.items()
    with pytest.raises(error, match=rf"^{next(iter(wrong))} must"):
        one.deliver(**wrong)
    assert before == one.items()


def test_what_was_delivered_is_a_value() -> None:
    """It's equal by its fields, and doesn't change."""
    assert Delivered() == Delivered(done=(), unwanted=(), failed=(), given_up=())
    with pytest.raises(AttributeError):
        evolve(Delivered()).done = ()  # type: ignore[misc]  # frozen
