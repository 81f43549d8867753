"""Laws of events: what fires, what reminds, and what an outbox then holds (D25 to D30, D34)."""

from collections.abc import Callable, Collection, Iterable, Iterator
from datetime import date, datetime, timedelta
from typing import Any

from prodflow import (
    Change,
    ChangeUndone,
    Completing,
    CreateTask,
    CycleAdopted,
    DaysFromDelivery,
    DaysFromDue,
    DaysInStatus,
    Entering,
    HistoryEntry,
    Leaving,
    Opening,
    OrderAmended,
    OrderOpened,
    OutboxItem,
    ProductionFlow,
    ProductionOrder,
    StatusChanged,
    StatusCycle,
    Trigger,
    WorkingCalendar,
    deliver_due,
)
from prodflow._trigger_values import Dated
from prodflow.testing._cases import case
from prodflow.testing._life import Life, Step
from prodflow.testing._studio import CYCLE, MONDAY, NOON, Store


def the_outbox_follows_the_orders(
    store: Store, flow: ProductionFlow, cycle: StatusCycle, steps: Iterable[Step]
) -> None:
    """At every step of a life, the outbox holds the reminders that the flow wants (D25b to D30).

    What was closed isn't there, and nothing else is. Nothing is said twice. What an undone change
    said and nobody has sent is never sent, and what it had withdrawn is back.

    Args:
        store: an empty store.
        flow: the flow; conditions of its triggers look at nothing but the order.
        cycle: the cycle of the orders.
        steps: the steps, as `prodflow.testing.strategies.lives` draws them: orders move and are
            amended, migrated and undone, triggers are edited, time passes, and workers send, fail
            and die.
    """
    Life(store, cycle, flow).live(steps)


def what_never_fails_is_delivered(
    store: Store, events: int, *, failing: Collection[int], dying: Collection[int], limit: int
) -> None:
    """What never fails is sent within one lease, although events fail and workers die (D28, D28b).

    A worker looks at the outbox every minute. Each event that no dying worker took is sent as soon
    as the workers have looked at every event once; the others, once the last lease is over and the
    workers have looked at every event twice.

    Args:
        store: an empty store.
        events: the number of events; each is of another order.
        failing: the numbers of the events that always fail, from 0.
        dying: which workers die of what they claimed: their numbers, from 0.
        limit: how many events a worker claims.
    """
    flow = ProductionFlow(triggers=[Trigger("began", Opening(), CreateTask("Look at it"))])
    facts: dict[str, Any] = {"ordered_on": MONDAY, "by": "Ann", "at": NOON}
    store.save(*(flow.open(CYCLE, order_id=str(number), **facts) for number in range(events)))
    lease, sent, taken = timedelta(minutes=10), list[int](), set[int]()

    def act(_item: OutboxItem, order: ProductionOrder) -> None:
        if int(order.id) in failing:
            raise RuntimeError("it bounced")
        sent.append(int(order.id))

    rounds = -(-events // limit)
    good = set(range(events)) - {*failing}
    last = max(dying, default=0)
    case("a worker died of a good event", dying)
    case("something failed", {*failing} & set(range(events)))
    for minute in range(last + 11 + 2 * rounds):
        now = NOON + timedelta(minutes=minute)
        if minute in dying:
            claimed = store.claim(as_of=MONDAY, now=now, lease=lease, limit=limit)
            taken |= {int(item.event.order_id) for item in claimed}
        else:
            deliver_due(store, act, as_of=MONDAY, now=_clock(now), lease=lease, limit=limit)
        if minute == rounds + len(dying) - 1:
            assert good - taken <= {*sent}
    assert sorted(sent) == sorted(good)


def _clock(now: datetime) -> Callable[[], datetime]:
    """A clock that stands still."""
    return lambda: now


# Reminders


def reminders_are_counted_day_by_day(
    flow: ProductionFlow, order: ProductionOrder, today: date
) -> None:
    """The reminders of an order are those that you get by counting day by day (D25, D25b)."""
    expected = {
        (trigger.key, _number(trigger, order)): day
        for trigger in flow.triggers
        if (day := _counted(flow, trigger, order, today)) is not None
        and _meets_condition(trigger, order, None)
    }
    case("there is a reminder", expected)
    found = flow.reminders(order, today=today)
    assert (found.order_id, found.version, found.visit) == (order.id, order.version, order.visit)
    assert {(event.trigger, event.number): event.fire_on for event in found.events} == expected
    assert len({event.id for event in found.events}) == len(expected)


def _number(trigger: Trigger, order: ProductionOrder) -> int | None:
    is_one = trigger.once_per_order or isinstance(trigger.when, DaysFromDelivery)
    return None if is_one else order.visit


def _counted(
    flow: ProductionFlow, trigger: Trigger, order: ProductionOrder, today: date
) -> date | None:
    """The day of a trigger's reminder; None if the order wants none."""
    when, calendar = trigger.when, flow.due_dates.calendar
    if not isinstance(when, Dated) or not _is_for(trigger, order) or not _is_there(when, order):
        return None
    if isinstance(when, DaysInStatus):
        if when.working:
            return _after(calendar, order.entered_on, when.days + order.paused_working_days)
        return order.entered_on + timedelta(when.days + order.paused_days)
    anchor = order.due_on if isinstance(when, DaysFromDue) else order.delivery_on
    if anchor is None or (when.days < 0 and anchor < today):
        return None
    if not when.working:
        return anchor + timedelta(when.days)
    count, days = (_after, when.days) if when.days > 0 else (_before, -when.days)
    return count(calendar, anchor, days)


def _is_there(when: Dated, order: ProductionOrder) -> bool:
    status = None if isinstance(when, DaysFromDelivery) else when.status
    return order.is_open if status is None else order.status.key == status


def _is_for(trigger: Trigger, order: ProductionOrder) -> bool:
    return trigger.enabled and (not trigger.order_types or order.order_type in trigger.order_types)


def _meets_condition(trigger: Trigger, order: ProductionOrder, entry: HistoryEntry | None) -> bool:
    return trigger.condition is None or trigger.condition(order, entry)


def _after(calendar: WorkingCalendar, day: date, days: int) -> date:
    """Some working days after a day; for 0, the first working day that isn't before it."""
    if not days:
        day -= timedelta(1)
    for _ in range(days or 1):
        day += timedelta(1)
        while not calendar.is_working_day(day):
            day += timedelta(1)
    return day


def _before(calendar: WorkingCalendar, day: date, days: int) -> date:
    """Some working days before the last working day that isn't after a day."""
    day += timedelta(1)
    for _ in range(days + 1):
        day -= timedelta(1)
        while not calendar.is_working_day(day):
            day -= timedelta(1)
    return day


# Immediate triggers


def a_trigger_fires_for_its_entries(
    flow: ProductionFlow, before: ProductionOrder | None, change: Change
) -> None:
    """An immediate trigger fires for the entries that it waits for, and for no others (D25)."""
    order, entry = change.order, change.entry
    expected = {
        trigger.key: _day_of(trigger, order, entry)
        for trigger in flow.triggers
        if not isinstance(trigger.when, Dated)
        and _is_for(trigger, order)
        and any(_occasions(trigger, before, order, entry))
        and _meets_condition(trigger, order, entry)
    }
    case("a trigger fired", expected)
    is_undo = isinstance(entry, ChangeUndone)
    # What the order has only once may be given back by an undo, which fires nothing.
    fired = [it for it in change.events if not it.dated and not (is_undo and it.number is None)]
    assert {event.trigger: event.fire_on for event in fired} == expected
    numbers = {event.trigger: event.number for event in fired}
    assert numbers == {
        trigger.key: None if trigger.once_per_order else entry.sequence
        for trigger in flow.triggers
        if trigger.key in expected
    }
    assert len(fired) == len(expected)


def _day_of(trigger: Trigger, order: ProductionOrder, entry: HistoryEntry) -> date:
    """The day of an immediate event: the first day of the work that the entry begins."""
    if isinstance(entry, OrderOpened) and not isinstance(trigger.when, Entering | Completing):
        return min(order.ordered_on, entry.at.date())
    return order.begun_on


def _occasions(
    trigger: Trigger, before: ProductionOrder | None, order: ProductionOrder, entry: HistoryEntry
) -> Iterator[bool]:
    """Whether an entry is what a trigger waits for, in each way in which it may be."""
    if isinstance(entry, OrderAmended | CycleAdopted | ChangeUndone):
        return
    status, when = order.status, trigger.when
    match when:
        case Entering(key, moves=moves):
            is_there = key in {None, status.key}
            if isinstance(entry, StatusChanged):
                begins = entry.visit == entry.sequence
                yield is_there and (begins if moves is None else entry.move in moves)
            else:
                yield is_there and moves is None
        case Leaving(key, moves=moves):
            if isinstance(entry, StatusChanged):
                was_there = key in {None, entry.from_status}
                yield was_there and (moves is None or entry.move in moves)
        case Completing(key):
            if isinstance(entry, StatusChanged) and entry.current_complete:
                path = {it.key for it in order.cycle.path}
                yield entry.from_status == key or (key is None and entry.from_status in path)
            yield status.final and key in {None, status.key}
        case _:
            yield before is None
