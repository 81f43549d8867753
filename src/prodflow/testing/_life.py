"""A life of orders and their outbox: orders move, triggers are edited, and workers fail and die.

After every step the outbox of a store is compared with what the present flow wants. The flow itself
says what it wants (`ProductionFlow.reminders`). What a step may do about it is worked out here from
the decisions, without `outbox_effect`. Workers take some events in between. What they get is
compared with what they got before, and with what was undone.
"""

from collections.abc import Callable, Iterable
from datetime import date, datetime, timedelta
from typing import Any, Final, Literal, NamedTuple, assert_never

import attrs
from attrs import evolve
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from prodflow import (
    Backoff,
    Change,
    ChangeUndone,
    CreateTask,
    DaysFromDelivery,
    DaysFromDue,
    DaysInStatus,
    Entering,
    Forward,
    FromEntry,
    HistoryEntry,
    Leaving,
    OrderOpened,
    OutboxItem,
    ProdflowError,
    ProductionFlow,
    ProductionOrder,
    SendMessage,
    StatusChanged,
    StatusCycle,
    Trigger,
    TriggerEvent,
    Where,
    WorkingCalendar,
    deliver_due,
)
from prodflow._trigger_values import When
from prodflow.testing._cases import case
from prodflow.testing._studio import NOON, Store
from prodflow.triggers import Slot

_TASK: Final = CreateTask("Look at it")
TALKATIVE: Final = ProductionFlow(
    triggers=[
        Trigger("began", Entering(), SendMessage("we have begun")),
        Trigger("left", Leaving(), _TASK),
        Trigger("stuck", DaysInStatus(None, 5), _TASK),
        Trigger("slow", DaysInStatus(None, 2, working=True, while_in_status=False), _TASK),
        Trigger("warn", DaysFromDue(None, -1, working=True), _TASK, condition=Where(vendor="West")),
        Trigger("late", DaysFromDue(None, 1, while_in_status=False), _TASK),
        Trigger("once", DaysInStatus(None, 3, while_in_status=False), _TASK, once_per_order=True),
        Trigger("hello", Entering(), SendMessage("we have your order"), once_per_order=True),
        Trigger("refund", DaysInStatus("cancelled", 4, while_in_status=False), _TASK),
        Trigger("promise", DaysFromDelivery(-2, working=True), SendMessage("it will come")),
        Trigger("survey", DaysFromDelivery(3), SendMessage("how was it"), automatic=False),
    ]
)
_ORDERS: Final = ["PO-1", "PO-2"]
_NUMBERS: Final = st.integers(0, 30)
_DAYS: Final = st.integers(0, 12)
_LEASE: Final = timedelta(minutes=10)
_RETRY: Final = Backoff(attempts=3)

_Days = dict[Slot, date]
_Kind = Literal["opened", "moved", "amended", "undone", "set"]
"""The kinds of steps: "moved" is a status change or its undo, "undone" the undo of anything else,
and "set" a call of `set_reminders`."""


class _Before(NamedTuple):
    """What was known of an order before a step."""

    order: ProductionOrder | None
    pending: set[Slot]
    wanted: _Days


Step = tuple[str, dict[str, Any]]
"""The name of a method of `Life`, and its arguments."""


def lives(*, min_size: int = 8, max_size: int = 30) -> SearchStrategy[list[Step]]:
    """Steps for `the_outbox_follows_the_orders`, in any sequence."""
    return st.lists(_STEPS, min_size=min_size, max_size=max_size)


def _step(name: str, **arguments: SearchStrategy[Any]) -> SearchStrategy[Step]:
    return st.tuples(st.just(name), st.fixed_dictionaries(arguments))


_ORDER: Final = st.sampled_from(["PO-1", "PO-1", "PO-2"])
_THEN: Final = st.sampled_from(["wait", "return", "return", "undo", "return and undo"])
_STEPS: Final = st.one_of(
    _step("open", order_id=_ORDER, delivery=st.none() | _DAYS, days=_DAYS),
    _step("advance", order_id=_ORDER, number=_NUMBERS, complete=st.none() | st.booleans()),
    _step("advance", order_id=_ORDER, number=st.just(1), complete=st.none()),
    _step("hold", order_id=_ORDER, number=_NUMBERS, days=st.integers(0, 9), then=_THEN),
    _step(
        "amend",
        order_id=_ORDER,
        what=st.sampled_from(["due_on", "delivery_on", "entered_on", "vendor"]),
        days=st.none() | st.integers(-6, 12),
    ),
    _step("migrate", order_id=_ORDER, longer=st.booleans()),
    _step("undo", order_id=_ORDER),
    _step("edit", number=_NUMBERS),
    _step("wait", days=st.integers(0, 6), minutes=st.integers(0, 20)),
    _step("work", limit=st.integers(1, 4), bad=st.integers(0, 5)),
    _step("die", limit=st.integers(1, 3)),
)


class Life:
    """Orders, a store, a flow that is edited, a clock, and workers.

    Args:
        store: an empty store.
        cycle: the cycle of the orders.
        flow: the flow that moves them.
    """

    def __init__(self, store: Store, cycle: StatusCycle, flow: ProductionFlow) -> None:
        self.store = store
        self.cycle = cycle
        self.flow = flow
        self._now: datetime = NOON
        self._closed: set[Slot] = set()
        self._done: set[str] = set()
        self._went_on = False
        self._was_edited = False
        self._taken_back: set[tuple[str, int]] = set()
        # For each order and version, what was pending after it; forgotten when the flow is edited.
        self._snapshots: dict[tuple[str, int], _Days] = {}

    def live(self, life: Iterable[Step]) -> None:
        """Open an order, take the steps, and note what came up."""
        self._open("PO-1", delivery=10, vendor="West", days=0)
        for name, arguments in life:
            getattr(self, name)(**arguments)
        case("something was undone", self._taken_back)
        case("something was sent", self._done)
        case("a visit went on", self._went_on)

    # --- Orders

    def open(self, order_id: str, delivery: int | None, days: int) -> None:
        """Open an order, perhaps with a date of last week."""
        if order_id not in self.store.load([order_id]):
            self._open(order_id, delivery=delivery, vendor="West", days=days)

    def _open(self, order_id: str, *, delivery: int | None, vendor: str, days: int) -> None:
        ordered_on = self._today - timedelta(days)
        facts: dict[str, Any] = {"vendor": vendor, "ordered_on": ordered_on, **self._who}
        if delivery is not None:
            facts["delivery_on"] = self._today + timedelta(delivery)
        self._save(order_id, lambda: self.flow.open(self.cycle, order_id=order_id, **facts))

    def advance(self, order_id: str, number: int, complete: bool | None) -> None:  # noqa: FBT001 - by name
        """Move an order to its next status or to another one."""
        statuses = self.cycle.choices()
        to = None if number % 2 else statuses[number // 2 % len(statuses)].key
        given: dict[str, Any] = {} if complete is None else {"current_complete": complete}
        self._change(
            order_id,
            lambda order: self.flow.advance(order, to=to, today=self._today, **given, **self._who),
        )

    def hold(self, order_id: str, number: int, days: int, then: str) -> None:
        """Put an order on hold or cancel it. After some days it may return, or it was a slip."""
        asides = [status.key for status in self.cycle.non_standard]
        if asides:
            to = asides[number % len(asides)]
            given: dict[str, Any] = {"to": to, "current_complete": False}
            self._change(
                order_id,
                lambda order: self.flow.advance(order, today=self._today, **given, **self._who),
            )
            self.wait(days, 0)
            if "return" in then:
                self._change(order_id, self._resumed)
            if "undo" in then:
                self.undo(order_id)

    def _resumed(self, order: ProductionOrder) -> Change:
        to = order.status.key if order.resumes_in is None else order.resumes_in
        return self.flow.advance(order, to=to, today=self._today, **self._who)

    def amend(self, order_id: str, what: str, days: int | None) -> None:
        """Change a date or the vendor of an order."""
        day = None if days is None else self._today + timedelta(days)
        value = ("West" if days and days % 2 else "East") if what == "vendor" else day
        if what == "entered_on" and value is None:
            return
        given: dict[str, Any] = {what: value}
        self._change(order_id, lambda order: self.flow.amend(order, **given, **self._who))

    def migrate(self, order_id: str, longer: bool) -> None:  # noqa: FBT001 - by name
        """Move an order to a version in which every status takes longer or less long."""
        version = 1 + max(self.store.versions(self.cycle.order_type), default=0)
        statuses = [
            evolve(status, default_duration=(status.default_duration or 1) + (2 if longer else 0))
            for status in self.cycle
        ]
        newer = evolve(self.cycle, statuses=statuses, version=version)
        self._change(order_id, lambda order: self.flow.migrate(order, newer, **self._who))

    def undo(self, order_id: str) -> None:
        """Take the last change of an order back."""
        kind = self.cycle.order_type

        def undone(order: ProductionOrder) -> Change:
            cycles = [self.store.get_cycle(kind, number) for number in self.store.versions(kind)]
            entries = self.store.history(order.id)
            return self.flow.undo(order, entries, cycles=cycles, **self._who)

        self._change(order_id, undone)

    # --- The flow and the clock

    def edit(self, number: int) -> None:
        """Switch a trigger off or on, or declare a holiday, and bring the outbox up to date."""
        flow = self.flow
        if not attrs.has(type(flow)):  # a stand-in for a flow
            return
        triggers = [*flow.triggers]
        if number % 3 and triggers:
            place = number % len(triggers)
            triggers[place] = evolve(triggers[place], enabled=not triggers[place].enabled)
            self.flow = evolve(flow, triggers=triggers)
        elif isinstance(flow.due_dates, Forward | FromEntry):
            holiday = self._today + timedelta(number)
            closed = {*flow.due_dates.calendar.holidays, holiday}
            calendar = WorkingCalendar(holidays=closed)
            self.flow = evolve(flow, due_dates=evolve(flow.due_dates, calendar=calendar))
        self._snapshots.clear()
        self._was_edited = True
        orders = list(self.store.load(_ORDERS).values())
        before = {order.id: self._before(order.id) for order in orders}
        self.store.set_reminders(*self.flow.reminders_all(orders, today=self._today))
        for order in orders:
            self._check(order, before[order.id], "set")

    def wait(self, days: int, minutes: int) -> None:
        """Let time pass."""
        self._now += timedelta(days=days, minutes=minutes)

    # --- Workers

    def work(self, limit: int, bad: int) -> None:
        """A worker for whom some events always fail."""
        acted: list[OutboxItem] = []
        orders: list[tuple[ProductionOrder, ProductionOrder]] = []

        def act(item: OutboxItem, order: ProductionOrder) -> None:
            if int(item.event.id[:2], 16) % 4 == bad:
                raise RuntimeError("it bounced")
            orders.append((order, self.store.get(order.id)))
            acted.append(item)

        delivered = deliver_due(
            self.store,
            act,
            as_of=self._today,
            now=lambda: self._now,
            lease=_LEASE,
            retry=_RETRY,
            limit=limit,
        )
        assert list(delivered.done) == acted
        assert all(order == stored for order, stored in orders)
        for item in delivered.unwanted:
            order = self.store.get(item.event.order_id)
            assert item.event.slot not in self._wanted(order, date.min), f"{item.event} was wanted"
        for item in acted:
            event = item.event
            assert event.id not in self._done, f"{event} was said twice"
            assert (event.order_id, event.sequence) not in self._taken_back, f"{event} was undone"
            self._done.add(event.id)
        self._closed |= {item.event.slot for item in (*acted, *delivered.unwanted)}

    def die(self, limit: int) -> None:
        """A worker that claims events and is heard of no more."""
        self.store.claim(as_of=self._today, now=self._now, lease=_LEASE, limit=limit)

    # --- What must be so

    @property
    def _today(self) -> date:
        return self._now.date()

    @property
    def _who(self) -> dict[str, Any]:
        return {"by": "Ann", "at": self._now}

    def _change(self, order_id: str, make: Callable[[ProductionOrder], Change]) -> None:
        """Change an order, if there is one with this id."""
        order = self.store.load([order_id]).get(order_id)
        if order is not None:
            self._save(order_id, lambda: make(order))

    def _save(self, order_id: str, make: Callable[[], Change]) -> None:
        """Save a change if the rules allow it, and check what it did to the outbox."""
        before = self._before(order_id)
        try:
            change = make()
        except ProdflowError:  # refused
            return
        entry = change.entry
        if isinstance(entry, ChangeUndone):
            self._taken_back.add((order_id, entry.undoes))
        self.store.save(change)
        self._went_on = self._went_on or (
            isinstance(entry, StatusChanged) and entry.visit != entry.sequence
        )
        self._check(change.order, before, self._kind(entry))
        if isinstance(entry, ChangeUndone):
            self._check_undo(change.order, entry)
        self._snapshots[order_id, entry.sequence] = self._days(order_id)

    def _kind(self, entry: HistoryEntry) -> _Kind:
        if isinstance(entry, ChangeUndone):
            undone = self.store.history(entry.order_id)[entry.undoes - 1]
            return "moved" if isinstance(undone, StatusChanged) else "undone"
        if isinstance(entry, OrderOpened):
            return "opened"
        return "moved" if isinstance(entry, StatusChanged) else "amended"

    def _before(self, order_id: str) -> _Before:
        order = self.store.load([order_id]).get(order_id)
        wanted = {} if order is None else self._wanted(order, date.min)
        return _Before(order, set(self._pending(order_id)), wanted)

    def _pending(self, order_id: str) -> dict[Slot, OutboxItem]:
        items = self.store.pending(as_of=date.max, order_id=order_id, limit=10_000)
        return {item.event.slot: item for item in items}

    def _days(self, order_id: str) -> _Days:
        return {slot: _day(item.event) for slot, item in self._pending(order_id).items()}

    def _wanted(self, order: ProductionOrder, today: date) -> _Days:
        """The day of each reminder; on the first day of all, no warning is too late."""
        events = self.flow.reminders(order, today=today).events
        return {event.slot: _day(event) for event in events}

    def _check(self, order: ProductionOrder, before: _Before, kind: _Kind) -> None:
        """The outbox has exactly the reminders that the flow wants, or they are closed."""
        items = self._pending(order.id)
        expected = {
            slot: day
            for slot, day in self._wanted(order, self._today).items()
            if slot not in self._closed
            and (slot in before.pending or self._is_given(slot, day, before, kind))
        }
        found = {
            slot: _day(item.event)
            for slot, item in items.items()
            if item.event.dated
            and (item.event.visit == order.visit or item.event.until == "closed")
            # A trigger that is off can't withdraw what it said in a visit that comes back.
            and (kind == "set" or item.event.trigger in self._on)
        }
        assert found == expected
        for item in items.values():
            event = item.event
            assert event.until != "left" or event.visit == order.visit
            assert event.until != "closed" or order.is_open
            assert not (event.dated and order.is_cancelled and event.visit < order.visit)

    def _is_given(self, slot: Slot, day: date, before: _Before, kind: _Kind) -> bool:
        """Whether a step fills an empty slot (D25, D25b, D26, D30 and D34)."""
        differs = before.wanted.get(slot) != day
        is_over = day < self._today
        match kind:
            case "opened":
                return True
            case "moved":
                was_open = before.order is None or before.order.is_open
                return not (self._is_of_delivery(slot) and was_open)
            case "undone":
                return differs
            case "amended":
                return differs and not is_over
            case "set":
                return not is_over
            case _:
                assert_never(kind)

    def _is_of_delivery(self, slot: Slot) -> bool:
        return isinstance(self._when[slot[1]], DaysFromDelivery)

    def _is_warning(self, slot: Slot) -> bool:
        when = self._when[slot[1]]
        return isinstance(when, DaysFromDue | DaysFromDelivery) and when.days < 0

    @property
    def _on(self) -> set[str]:
        return {trigger.key for trigger in self.flow.triggers if trigger.enabled}

    @property
    def _when(self) -> dict[str, When]:
        return {trigger.key: trigger.when for trigger in self.flow.triggers}

    def _check_undo(self, order: ProductionOrder, entry: ChangeUndone) -> None:
        """What was pending before the undone change is pending again, unless it was sent (D34).

        A reminder for a day that is over may be pending too, because nobody knows of it yet.
        """
        before = self._snapshots.get((order.id, entry.undoes - 1))
        if before is None:
            return
        after = self._days(order.id)
        for slot, day in before.items():
            # An edit reaches the present visit only, so what earlier ones said may be out of date.
            is_current = not self._was_edited or slot[2] == order.visit
            may_go = self._is_warning(slot) or slot[1] not in self._on or not is_current
            if slot not in self._closed and not (may_go and after.get(slot) != day):
                assert after.get(slot) == day, f"the undo lost {slot}"
        for slot in after.keys() - before.keys():
            is_earlier = self._was_edited and slot[2] != order.visit
            assert is_earlier or after[slot] < self._today, f"the undo added {slot}"


def _day(event: TriggerEvent) -> date:
    assert event.fire_on is not None
    return event.fire_on
