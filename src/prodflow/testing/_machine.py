"""A state machine that makes the same calls to a store and to `MemoryStore`, the model.

Each rule makes the same call to both stores, sometimes with wrong arguments, and compares the
results or the errors. After every step both stores must have the same content. For two tenants,
there are two stores, each with a model.
"""

from collections.abc import Callable, Iterable, Iterator
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from functools import partial
from typing import Any, Final, TypeVar, cast

from attrs import evolve
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from prodflow import (
    EVERY_DAY,
    Change,
    CreateTask,
    DaysFromDelivery,
    DaysInStatus,
    FlowSettings,
    Forward,
    FromEntry,
    HistoryEntry,
    MemoryStore,
    OrderQuery,
    OutboxItem,
    ProdflowError,
    ProductionFlow,
    ProductionOrder,
    RuleError,
    SettingsStore,
    StatusCycle,
    StoreError,
    Terms,
    Trigger,
    VendorTerms,
    WorkingCalendar,
)
from prodflow.testing._queries import groupings, order_queries
from prodflow.testing._studio import (
    CYCLE,
    FLOW,
    MONDAY,
    NOON,
    Store,
    advanced,
    amended,
    edited_flow,
    items,
    migrated,
    opened,
    undone,
)

__all__ = ["store_machine"]

T = TypeVar("T")

_ORDERS: Final = [f"PO-{number}" for number in range(4)]
# The first orders are never erased: no id is free again, and a run needs orders.
_ERASABLE: Final = [*_ORDERS[2:], "PO-9"]
_KEYS: Final = [None, None, None, *(status.key for status in CYCLE)]
_NUMBERS: Final = st.integers(0, 30)
_DAYS: Final = st.integers(0, 45)
_COMMAND_IDS: Final = ["c0", "c1", "c2", "c3"]
_COMMANDS: Final = st.none() | st.sampled_from(_COMMAND_IDS)
_LEASE: Final = timedelta(minutes=10)
_MEANWHILE: Final = [
    ("due_on",),
    ("delivery_on",),
    ("hold",),
    ("hold", "undo"),
    ("due_on", "undo", "undo"),
    ("undo",),
    ("set",),
]
_LEASES: Final = st.sampled_from([_LEASE, _LEASE, _LEASE, timedelta(0), timedelta(days=2)])
_MINUTES: Final = st.integers(0, 15)
# When a change is recorded: at noon, late, or where the day is already another one.
_ATS: Final = st.sampled_from(
    [
        NOON,
        NOON,
        NOON + timedelta(2),
        NOON + timedelta(20),
        NOON.astimezone(timezone(timedelta(hours=13))),
    ]
)
_TRIGGERS: Final = [trigger.key for trigger in FLOW.triggers]
_HOLIDAYS: Final = [MONDAY + timedelta(days) for days in (3, 4, 7, 8)]
_STAGES: Final = ["Finishing", "Lab", None]
_VENDORS: Final = st.sampled_from([None, None, "West", "WEST", "100%", "V"])
_PRIORITIES: Final = st.sampled_from([0, 0, 5, -5])
_FACTS: Final[st.SearchStrategy[dict[str, Any]]] = st.fixed_dictionaries(
    {},
    optional={
        "client": st.sampled_from(["Lee", "LEE", "Stra\u00dfe", "5%"]),
        "rush": st.sampled_from([True, False, 1, "True"]),
        "copies": st.sampled_from([1, Decimal("1.0"), Decimal("1.5"), MONDAY]),
    },
)
_REMOVED: Final[list[dict[str, None]]] = [{}, {"client": None}, {"rush": None, "copies": None}]
_PLACES: Final = {status.key: place for place, status in enumerate(CYCLE)}
_REFUSED: Final = ValueError("refused")
_OF_TENANT: Final = ("store", "model", "_saved", "_seen", "_put_before", "_items")
"""The attributes of a machine that each tenant has."""

# The flow after a user has edited it: triggers deleted, moved, reworded and added, or a holiday.
_FLOWS: Final = [
    FLOW,
    edited_flow(chase=None, survey=None, nudge=None, delivery=None, tidy=None),
    edited_flow(
        chase=Trigger("chase", DaysInStatus("lab", 3), CreateTask("Call the lab, kindly")),
        survey=Trigger("survey", DaysInStatus("lab", 9, while_in_status=False), CreateTask("Ask")),
        delivery=Trigger("delivery", DaysFromDelivery(-1), CreateTask("Book the van")),
    ),
    edited_flow(
        extra=Trigger("extra", DaysInStatus(None, 2, working=True), CreateTask("Look")),
        gone=Trigger(
            "gone", DaysInStatus("cancelled", 1, while_in_status=False), CreateTask("Bye")
        ),
    ),
    evolve(FLOW, due_dates=Forward(WorkingCalendar(holidays=_HOLIDAYS))),
]
_BY_VENDOR: Final = evolve(
    FLOW,
    due_dates=Terms(
        Forward(),
        {
            "West": VendorTerms(durations={"lab": 2}, calendars={"check": EVERY_DAY}),
            "V": VendorTerms(durations={"ordered": 0, "lab": 9}),
        },
    ),
)

_SETTINGS: Final = [
    FlowSettings(triggers=FLOW.triggers),
    FlowSettings(due_dates=Forward("shop"), calendars={"shop": WorkingCalendar()}),
    FlowSettings(zone="UTC", triggers=_FLOWS[3].triggers),
]

_Edit = tuple[str, str, bool, int]
# An edit: what to do, to which status, in which of two ways, and by how much the version grows.
_EDITS: Final = st.tuples(
    st.sampled_from(["describe", "stage", "duration", "remove", "remove", "add", "add"]),
    st.sampled_from(["check", "check", "hold"]),
    st.booleans(),
    st.sampled_from([1, 1, 1, 1, 2, 0, -1]),
)


def store_machine(
    factory: Callable[[], Store],
    *,
    reopened: Callable[[Store], Store] | None = None,
    another_tenant: Callable[[Store], Store] | None = None,
) -> type[RuleBasedStateMachine]:
    """A Hypothesis state machine that compares a store with `MemoryStore`, call by call.

    Args:
        factory: returns an empty store.
        reopened: closes a store and returns it opened again; None for a store that is never closed.
        another_tenant: returns an empty store of another tenant, in the database of a store. Then
            calls for both tenants alternate, with the same ids, and each store is compared with a
            model. None for a store without tenants.

    Returns:
        A subclass of `RuleBasedStateMachine`; pytest and unittest run its `TestCase`.

    Example:
        >>> from prodflow import MemoryStore
        >>> TestMyStore = store_machine(MemoryStore).TestCase
    """

    class StoreMachine(_StoreMachine):
        def __init__(self) -> None:
            store = factory()
            other = None if another_tenant is None else another_tenant(store)
            super().__init__(store, reopened or _left_open, other)

    return StoreMachine


class _StoreMachine(RuleBasedStateMachine):
    """The store under test, and the model.

    With two tenants, there are two of each. The rules call those of one tenant, until `turn`.
    """

    def __init__(
        self, store: Store, reopened: Callable[[Store], Store], other: Store | None = None
    ) -> None:
        super().__init__()
        self._reopened = reopened
        self._now = NOON
        self._other: dict[str, Any] = {}
        if other is not None:
            self._begin(other)
            self._other = {name: vars(self)[name] for name in _OF_TENANT}
        self._begin(store)

    def _begin(self, store: Store) -> None:
        self.store = store
        self.model: Store = MemoryStore()
        self._saved: list[tuple[Change, ...]] = []
        self._seen: list[ProductionOrder] = []
        self._put_before: list[tuple[StatusCycle, int | None]] = []
        self._items: list[OutboxItem] = []

    @precondition(lambda self: self._other)
    @rule()
    def turn(self) -> None:
        """Go on with the other tenant."""
        self._turn()

    def _turn(self) -> None:
        mine = {name: vars(self)[name] for name in _OF_TENANT}
        vars(self).update(self._other)
        self._other = mine

    @precondition(lambda self: self._other)
    @rule(number=_NUMBERS)
    def mix_up(self, number: int) -> None:
        """Give the store items of the other tenant: it passes over them, whatever their ids are."""
        given = items(self._other["store"])[number % 3 :: 2]
        self.store.acknowledge(*given)
        self.store.release(*given)
        extended = self.store.extend(*given, now=self._now, lease=_LEASE)
        assert extended == [], f"the store extends items of another tenant: {extended!r}"
        for item in given:
            self.store.fail(item, error="mixed up", retry_at=None)

    @initialize(orders=st.integers(0, 3), delivery=st.none() | _DAYS)
    def begin(self, orders: int, delivery: int | None) -> None:
        """Begin with nothing, or with orders at the lab."""
        delivery_on = None if delivery is None else MONDAY + timedelta(delivery)
        for _ in self._tenants():
            for order_id in _ORDERS[:orders]:
                first = opened(order_id, delivery_on=delivery_on)
                self._save(first, advanced(first.order))

    @rule(
        order_id=st.sampled_from(_ORDERS),
        days=_DAYS,
        delivery=st.none() | _DAYS,
        priority=_PRIORITIES,
        vendor=_VENDORS,
        facts=_FACTS,
        command_id=_COMMANDS,
    )
    def open(
        self,
        *,
        order_id: str,
        days: int,
        delivery: int | None,
        priority: int,
        vendor: str | None,
        facts: dict[str, Any],
        command_id: str | None,
    ) -> None:
        """Open an order that may exist already."""
        ordered_on = MONDAY + timedelta(days)
        given: Any = {"priority": priority, "vendor": vendor, "facts": facts}
        given["command_id"] = command_id
        if delivery is not None:
            given["delivery_on"] = ordered_on + timedelta(delivery)
        self._save(opened(order_id, ordered_on=ordered_on, **given))

    @rule(
        order_id=st.sampled_from(_ORDERS),
        edit=st.none() | _EDITS,
        number=_NUMBERS,
        days=st.integers(-9, 9),
    )
    def open_under_way(self, order_id: str, edit: _Edit | None, number: int, days: int) -> None:
        """Open an order in any status, under the newest version of the cycle or an edited one."""
        cycle = self._newest() if edit is None else _edited(self._newest(), edit)
        status = self._pick([status.key for status in cycle.choices()], number)
        entered_on = MONDAY + timedelta(days)
        self._save(opened(order_id, cycle=cycle, status=status, entered_on=entered_on))

    @precondition(lambda self: self._seen)
    @rule(
        number=_NUMBERS,
        to=st.sampled_from(_KEYS),
        days=st.integers(0, 5),
        at=_ATS,
        command_id=_COMMANDS,
    )
    def change(
        self, *, number: int, to: str | None, days: int, at: datetime, command_id: str | None
    ) -> None:
        """Change the status of an order; the change may be recorded late."""
        order = self.model.get(self._pick(self._seen, number).id)
        self._save(*self._changes([order], to, days, command_id, at))

    @precondition(lambda self: self._seen)
    @rule(number=_NUMBERS, to=st.sampled_from(_KEYS), command_id=_COMMANDS)
    def change_what_was_seen(self, number: int, to: str | None, command_id: str | None) -> None:
        """Change an order as it was seen some time ago; the store may have a newer version."""
        order = self._pick(self._seen, number)
        self._save(*self._changes([order], to, 0, command_id))

    @precondition(lambda self: self._seen)
    @rule(number=_NUMBERS, days=st.integers(0, 9), together=st.booleans(), command_id=_COMMANDS)
    def hold_and_return(
        self,
        number: int,
        days: int,
        together: bool,  # noqa: FBT001 - Hypothesis passes by name
        command_id: str | None,
    ) -> None:
        """Put an order on hold and let it return, in one save or in two."""
        order = self.model.get(self._pick(self._seen, number).id)
        first = self._changes([order], "hold", 0, command_id)
        second = self._changes([change.order for change in first], None, days, command_id)
        for changes in [first + second] if together else [first, second]:
            self._save(*changes)

    @precondition(lambda self: self._seen)
    @rule(
        number=_NUMBERS,
        seen=st.booleans(),
        times=st.integers(1, 3),
        at=_ATS,
        command_id=_COMMANDS,
    )
    def undo(
        self, *, number: int, seen: bool, times: int, at: datetime, command_id: str | None
    ) -> None:
        """Undo the last changes of an order, often from a stale version of the order."""
        order = self._pick(self._seen, number)
        for _ in range(times):
            if not seen:
                order = self.model.get(order.id)
            entries = self.model.history(order.id, limit=order.version)
            given: Any = {"cycles": self._versions(), "at": at, "command_id": command_id}
            self._try(partial(undone, order, entries, **given))

    @precondition(lambda self: self._seen)
    @rule(
        number=_NUMBERS,
        part=st.sampled_from([*_ORDERS, "PO-9"]),
        quantity=st.integers(0, 3),
        at=_ATS,
        command_id=_COMMANDS,
    )
    def split(
        self, *, number: int, part: str, quantity: int, at: datetime, command_id: str | None
    ) -> None:
        """Split an order into a part that may exist already; the order may get a quantity first."""
        order = self.model.get(self._pick(self._seen, number).id)
        given: Any = {"by": "Ann", "at": at, "command_id": command_id}
        changes: list[Change] = []
        if order.quantity is None:
            changes.append(amended(order, quantity=9, at=at, command_id=command_id))
            order = changes[0].order
        try:
            changes += FLOW.split(order, [(part, quantity)], **given)
        except RuleError:
            return
        self._save(*changes)

    @precondition(lambda self: self._seen)
    @rule(
        number=_NUMBERS,
        order_id=st.sampled_from([*_ORDERS, "PO-9"]),
        days=_DAYS,
        vendor=_VENDORS,
        at=_ATS,
        command_id=_COMMANDS,
    )
    def reorder(
        self,
        *,
        number: int,
        order_id: str,
        days: int,
        vendor: str | None,
        at: datetime,
        command_id: str | None,
    ) -> None:
        """Order the same again, under an id that may exist already; some vendors have terms."""
        order = self.model.get(self._pick(self._seen, number).id)
        if order.id == order_id:
            return
        given: Any = {"by": "Ann", "at": at, "command_id": command_id}
        if vendor is not None:
            given["vendor"] = vendor
        ordered_on = MONDAY + timedelta(days)
        self._save(
            _BY_VENDOR.reorder(
                order, order_id=order_id, ordered_on=ordered_on, reason="torn", **given
            )
        )

    @precondition(lambda self: self._seen)
    @rule(number=_NUMBERS, vendor=_VENDORS, at=_ATS, moves=st.booleans())
    def change_by_terms(
        self,
        number: int,
        vendor: str | None,
        at: datetime,
        moves: bool,  # noqa: FBT001 - Hypothesis passes by name
    ) -> None:
        """Give an order another vendor, and plan it by the vendor's terms; it may move on too."""
        order = self.model.get(self._pick(self._seen, number).id)
        planned = _BY_VENDOR.amend(order, vendor=vendor, by="Ann", at=at)
        changes = [planned]
        if moves and order.is_open:
            today = order.begun_on
            changes.append(_BY_VENDOR.advance(planned.order, today=today, by="Ann", at=at))
        self._save(*changes)

    @precondition(lambda self: self._seen)
    @rule(number=_NUMBERS, days=st.integers(-9, 3), at=_ATS)
    def correct(self, number: int, days: int, at: datetime) -> None:
        """Correct the day on which the present visit began."""
        order = self.model.get(self._pick(self._seen, number).id)
        entered_on = order.entered_on + timedelta(days)
        self._try(lambda: amended(order, entered_on=entered_on, at=at))

    @precondition(lambda self: self._seen)
    @rule(
        number=_NUMBERS,
        version=_NUMBERS,
        edit=st.none() | _EDITS,
        to=st.sampled_from(_KEYS),
        at=_ATS,
    )
    def migrate(
        self, number: int, version: int, edit: _Edit | None, to: str | None, at: datetime
    ) -> None:
        """Migrate an order to a stored or new version; map a status that the version lacks."""
        order = self.model.get(self._pick(self._seen, number).id)
        cycle = self._pick(self._versions(), version)
        if edit is not None:
            cycle = _edited(cycle, edit)
        mapping = {} if to is None or order.status.key in cycle else {order.status.key: to}
        self._try(lambda: migrated(order, cycle, mapping=mapping, at=at))

    @rule(to=st.sampled_from(_KEYS), days=st.integers(0, 5), command_id=_COMMANDS)
    def change_all(self, to: str | None, days: int, command_id: str | None) -> None:
        """Change all orders in one save."""
        orders = self.model.find(OrderQuery())
        self._save(*self._changes(orders, to, days, command_id))

    @rule(verb=st.sampled_from(["undo", "amend", "replan", "migrate"]), command_id=_COMMANDS)
    def all_at_once(self, verb: str, command_id: str | None) -> None:
        """Undo the last change of all orders, or amend, replan or migrate them, in one save."""
        orders = self.model.find(OrderQuery())
        histories = [(order, self.model.history(order.id)) for order in orders]
        facts: Any = {"by": "Ann", "at": NOON, "command_id": command_id}
        flow = evolve(FLOW, due_dates=FromEntry())
        try:
            match verb:
                case "undo":
                    changes = FLOW.undo_all(histories, cycles=self._versions(), **facts)
                case "amend":
                    changes = FLOW.amend_all(orders, department="All", **facts)
                case "replan":
                    changes = flow.replan_all(orders, **facts)
                case _:
                    changes = FLOW.migrate_all(orders, self._newest(), **facts)
        except (RuleError, ValueError):  # no orders, nothing to undo, or some have the version
            return
        self._save(*changes)

    @precondition(lambda self: self._seen)
    @rule(
        number=_NUMBERS,
        field=st.sampled_from(["due_on", "due_on", "delivery_on"]),
        days=st.none() | _DAYS,
        at=_ATS,
        vendor=st.none() | st.sampled_from(["West", "V"]),
        command_id=_COMMANDS,
    )
    def amend(
        self,
        *,
        number: int,
        field: str,
        days: int | None,
        at: datetime,
        vendor: str | None,
        command_id: str | None,
    ) -> None:
        """Change or remove a date of an order, alone or in one save with another vendor."""
        order = self.model.get(self._pick(self._seen, number).id)
        day = None if days is None else MONDAY + timedelta(days)
        facts: Any = {"command_id": command_id, "at": at}
        changes = [amended(order, **{field: day}, **facts)]
        if vendor is not None:
            changes.append(amended(changes[0].order, vendor=vendor, **facts))
        self._save(*changes)

    @precondition(lambda self: self._seen)
    @rule(number=_NUMBERS, priority=_PRIORITIES, facts=_FACTS, removed=st.sampled_from(_REMOVED))
    def describe(
        self, number: int, priority: int, facts: dict[str, Any], removed: dict[str, None]
    ) -> None:
        """Give an order another priority and other facts, or take facts from it."""
        order = self.model.get(self._pick(self._seen, number).id)
        self._save(amended(order, priority=priority, facts=removed | facts))

    @precondition(lambda self: self._saved)
    @rule(number=_NUMBERS)
    def repeat(self, number: int) -> None:
        """Repeat a save."""
        self._save(*self._pick(self._saved, number))

    @rule(
        version=_NUMBERS,
        edit=_EDITS,
        off=st.sampled_from([0, 0, 0, 0, 1, -1]),
        by=st.sampled_from([None, "Ann"]),
    )
    def put_cycle(self, version: int, edit: _Edit, off: int, by: str | None) -> None:
        """Edit the newest version of the cycle or an older one; the edit may be stale."""
        newest = max(self.model.versions("suite"), default=0)
        base = self._newest() if version % 4 else self._pick(self._versions(), version // 4)
        cycle = _edited(base, edit) if newest else CYCLE
        self._put(cycle, newest + off if newest + off > 0 else None, by)

    @precondition(lambda self: self._put_before)
    @rule(number=_NUMBERS)
    def put_again(self, number: int) -> None:
        """Repeat an edit, whether or not it was saved."""
        self._put(*self._pick(self._put_before, number), "Eve")

    @precondition(lambda self: hasattr(self.store, "put_settings"))
    @rule(
        settings=st.sampled_from(_SETTINGS),
        step=st.sampled_from([1, 1, 1, 2, 0, -1]),
        off=st.sampled_from([0, 0, 0, 1, -1]),
        again=st.booleans(),
    )
    def put_settings(self, settings: FlowSettings, step: int, off: int, again: bool) -> None:  # noqa: FBT001 - by name
        """Put settings that may be stale, or the newest again; a store may keep no settings."""
        edits = _settings(self.model).settings_edits()
        newest = edits[-1].version if edits else 0
        put = evolve(settings, version=max(1, newest + step))
        if again and edits:
            put = _settings(self.model).get_settings(newest)
        facts: Any = {"replaces": max(0, newest + off) or None, "by": "Ann", "at": self._now}
        self._same(lambda store: _settings(store).put_settings(put, **facts))
        self._same(lambda store: _settings(store).settings_edits())
        self._same(lambda store: _settings(store).get_settings())
        self._same(lambda store: _settings(store).get_settings(newest + 1))

    @rule(order_id=st.sampled_from(_ORDERS), after=st.integers(0, 4), limit=st.integers(1, 4))
    def look(self, order_id: str, after: int, limit: int) -> None:
        """Look at an order and a cycle that may not exist, and at a page of the history."""
        self._same(lambda store: store.get(order_id))
        self._same(lambda store: store.load([order_id, "unknown"]))
        self._same(lambda store: store.get_cycle("suite", after + 1))
        self._same(lambda store: tuple(store.history(order_id, after=after, limit=limit)))

    @rule(stage=st.sampled_from(_STAGES), limit=st.integers(1, 4))
    def find_by_stage(self, stage: str | None, limit: int) -> None:
        """Find and count the orders in a workflow stage."""
        query = OrderQuery(workflow_stage=stage)
        self._same(lambda store: store.find(query))
        self._same(lambda store: store.find(evolve(query, limit=limit)))
        self._same(lambda store: store.count(query, by=("workflow_stage", "status")))

    @precondition(lambda self: self._seen)
    @rule(data=st.data())
    def find(self, data: st.DataObject) -> None:
        """Find, count and read orders by any query; it may go on after an order as it was seen."""
        orders = st.sampled_from(self._seen)
        asked = st.tuples(order_queries(orders=orders), groupings(orders))
        for query, by in data.draw(st.lists(asked, min_size=2, max_size=6), "queries and by"):
            self._compare(query, by)

    def _compare(self, query: OrderQuery, by: str | tuple[str, str] | None) -> None:
        self._same(lambda store: store.find(query))
        self._same(lambda store: store.count(query))
        self._same(lambda store: store.count(query, by=by))
        self._same(lambda store: _histories(store, query))

    @rule(number=_NUMBERS, several=st.booleans(), by_id=st.booleans(), dismissed=st.booleans())
    def close(self, number: int, several: bool, by_id: bool, dismissed: bool) -> None:  # noqa: FBT001 - by name
        """Acknowledge or dismiss events, by items that may be stale or by ids."""
        found = self._some(number, several=several)
        given: list[OutboxItem | str] = [it.event.id if by_id else it for it in found]
        self._same(
            lambda store: (store.dismiss if dismissed else store.acknowledge)(*given, "unknown")
        )

    @precondition(lambda self: self._seen)
    @rule(
        number=_NUMBERS,
        give_up=st.booleans(),
        steps=st.sampled_from(_MEANWHILE),
        end=st.sampled_from(["leave", "close", "fail", "release", "extend"]),
        days=st.none() | _DAYS,
    )
    def work(
        self, *, number: int, give_up: bool, steps: tuple[str, ...], end: str, days: int | None
    ) -> None:
        """Let a worker claim everything, change an order meanwhile, and let the worker go on."""
        self._same(
            lambda store: store.claim(as_of=date.max, now=self._now, lease=_LEASE, limit=1_000)
        )
        claimed = items(self.store)
        self._items += claimed
        retry_at = None if give_up else self._now + _LEASE
        self._fail(claimed[number % 4 :: 2], retry_at)
        order_id = self._pick(self._seen, number).id
        for step in steps:
            self._meanwhile(self.model.get(order_id), step, days)
        ends: dict[str, Callable[[Store], object]] = {
            "leave": lambda store: store.acknowledge(),
            "close": lambda store: store.acknowledge(*claimed),
            "fail": lambda store: [store.fail(it, error="no", retry_at=None) for it in claimed],
            "release": lambda store: store.release(*claimed),
            "extend": lambda store: store.extend(*claimed, now=self._now, lease=2 * _LEASE),
        }
        self._same(ends[end])

    def _meanwhile(self, order: ProductionOrder, step: str, days: int | None) -> None:
        """Change an order, so that its events move, go or come back."""
        match step:
            case "hold":
                on_hold = self._changes([order], "hold", 0, None)
                now = [change.order for change in on_hold]
                self._save(*on_hold, *self._changes(now, None, (days or 0) % 3, None))
            case "set":
                given = self._pick(_FLOWS, days or 0).reminders(order, today=MONDAY)
                self._same(lambda store: store.set_reminders(given))
            case "undo":
                entries = self.model.history(order.id)
                self._try(lambda: undone(order, entries, cycles=self._versions()))
            case field:
                day = None if days is None else MONDAY + timedelta(days)
                self._save(amended(order, **{field: day}))
        self._same(items)

    def _fail(self, found: list[OutboxItem], retry_at: datetime | None) -> None:
        self._same(
            lambda store: [
                store.fail(item, error=f"failed {item.attempts}", retry_at=retry_at)
                for item in found
            ]
        )

    @rule(days=_DAYS, minutes=_MINUTES, lease=_LEASES, limit=st.integers(1, 4))
    def claim(self, days: int, minutes: int, lease: timedelta, limit: int) -> None:
        """Claim events a little later, so that leases may have ended."""
        self._now += timedelta(minutes=minutes)
        as_of = MONDAY + timedelta(days)
        claimed = self._same(
            lambda store: store.claim(as_of=as_of, now=self._now, lease=lease, limit=limit)
        )
        if isinstance(claimed, list):
            self._items += claimed

    @rule(number=_NUMBERS, several=st.booleans(), minutes=st.none() | _MINUTES)
    def fail(self, number: int, several: bool, minutes: int | None) -> None:  # noqa: FBT001 - by name
        """Let events fail, to be tried again or to be given up; some items are stale."""
        retry_at = None if minutes is None else self._now + timedelta(minutes=minutes)
        self._fail(self._some(number, several=several), retry_at)

    @rule(number=_NUMBERS, several=st.booleans())
    def release(self, number: int, several: bool) -> None:  # noqa: FBT001 - by name
        """Release events; some items are stale."""
        given = self._some(number, several=several)
        self._same(lambda store: store.release(*given))

    @rule(number=_NUMBERS, several=st.booleans(), minutes=_MINUTES)
    def extend(self, number: int, several: bool, minutes: int) -> None:  # noqa: FBT001 - by name
        """Lengthen leases, or ask for no lease at all; some items are stale."""
        given, lease = self._some(number, several=several), timedelta(minutes=minutes)
        self._same(lambda store: store.extend(*given, now=self._now, lease=lease))

    @precondition(lambda self: self._seen)
    @rule(
        number=_NUMBERS,
        flow=st.sampled_from(_FLOWS),
        days=st.integers(0, 12),
        scope=st.sampled_from(["one", "all", "all", "seen", "twice"]),
    )
    def set_reminders(self, number: int, flow: ProductionFlow, days: int, scope: str) -> None:
        """Set the reminders of an edited flow, for one order or all, or for stale orders."""
        seen = self._pick(self._seen, number)
        orders = [self.model.get(seen.id)]
        match scope:
            case "all":
                orders = self.model.find(OrderQuery())
            case "seen":
                until = 1 + number % len(self._seen)
                orders = list({order.id: order for order in self._seen[:until]}.values())
            case "twice":
                orders *= 2
            case _:
                pass
        today = MONDAY + timedelta(days)
        given = [flow.reminders(order, today=today) for order in orders]
        self._same(lambda store: store.set_reminders(*given))

    @rule(
        days=_DAYS,
        limit=st.integers(1, 4),
        order_id=st.none() | st.sampled_from(_ORDERS),
        trigger=st.none() | st.sampled_from(_TRIGGERS),
        automatic=st.none() | st.booleans(),
        given_up=st.none() | st.booleans(),
    )
    def read(
        self,
        *,
        days: int,
        limit: int,
        order_id: str | None,
        trigger: str | None,
        automatic: bool | None,
        given_up: bool | None,
    ) -> None:
        """Read two pages of pending events, and an item that may be gone."""
        asked: Any = {
            "as_of": MONDAY + timedelta(days),
            "order_id": order_id,
            "trigger": trigger,
            "automatic": automatic,
            "given_up": given_up,
            "limit": limit,
        }
        page = self._same(lambda store: store.pending(**asked))
        if isinstance(page, list) and page:
            last = page[-1]
            self._same(lambda store: store.pending(after=last, **asked))
        names = ["unknown", *(item.event.id for item in self._items[-4:])]
        self._same(lambda store: [store.get_event(name) for name in names])

    @rule(days=_DAYS)
    def forget(self, days: int) -> None:
        """Delete closed slots."""
        before = MONDAY + timedelta(days)
        self._same(lambda store: store.forget(before=before))

    @rule(order_id=st.sampled_from(_ERASABLE), to=st.sampled_from(_KEYS), number=_NUMBERS)
    def erase(self, order_id: str, to: str | None, number: int) -> None:
        """Erase an order that may not exist, then change it as it was, or open it again."""
        self._same(lambda store: store.erase(order_id))
        gone = [order for order in self._seen if order.id == order_id]
        self._seen = [order for order in self._seen if order.id != order_id]
        self._same(lambda store: store.find(OrderQuery(text=order_id)))
        if gone:
            order = self._pick(gone, number)
            self._save(*self._changes([order], to, 0, None))
            self._save(opened(order_id))
            self._same(lambda store: store.set_reminders(FLOW.reminders(order, today=MONDAY)))

    @rule(days=_DAYS)
    def forget_commands(self, days: int) -> None:
        """Delete old command ids."""
        before = MONDAY + timedelta(days)
        self._same(lambda store: store.forget_commands(before=before))
        self._same(lambda store: [store.entries_of(command_id) for command_id in _COMMAND_IDS])

    @rule()
    def reopen(self) -> None:
        """Close the store and open it again, if it is persistent."""
        self.store = self._reopened(self.store)

    @invariant()
    def they_hold_the_same(self) -> None:
        """Store and model have the same orders, pending events and cycles."""
        for _ in self._tenants():
            self._same(lambda store: store.find(OrderQuery()))
            self._same(items)
            self._same(lambda store: store.newest())

    def teardown(self) -> None:
        """At the end store and model have the same histories, commands and cycles."""
        for _ in self._tenants():
            self._compare_all()

    def _tenants(self) -> Iterator[None]:
        """Each tenant in turn, this one last."""
        if self._other:
            self._turn()
            yield
            self._turn()
        yield

    def _compare_all(self) -> None:
        self._same(lambda store: [store.get_cycle(*name) for name in _names(store)])
        self._same(lambda store: [store.edits(name) for name in store.order_types()])
        self._same(lambda store: [store.keys(name) for name in store.order_types()])
        known = list(self.model.load(_ORDERS))
        self._same(lambda store: [tuple(store.history(order_id)) for order_id in known])
        self._same(lambda store: _histories(store, OrderQuery()))
        self._same(lambda store: [store.entries_of(command_id) for command_id in _COMMAND_IDS])

    def _changes(
        self,
        orders: Iterable[ProductionOrder],
        to: str | None,
        days: int,
        command_id: str | None,
        at: datetime = NOON,
    ) -> list[Change]:
        """The changes that the rules of the flow allow."""
        changes: list[Change] = []
        for order in orders:
            today = order.entered_on + timedelta(days)
            try:
                facts: Any = {"to": to, "today": today, "at": at, "command_id": command_id}
                changes.append(advanced(order, **facts))
            except RuleError:
                continue
        return changes

    def _try(self, make: Callable[[], Change]) -> None:
        """Save a change, unless a rule refuses it or there is nothing to change."""
        try:
            change = make()
        except (ProdflowError, ValueError):
            return
        self._save(change)

    def _save(self, *changes: Change) -> None:
        if isinstance(self._same(lambda store: store.save(*changes)), Exception):
            return
        self._saved.append(changes)
        known = self.model.load(change.order.id for change in changes)  # a repetition saves nothing
        self._seen += [change.order for change in changes if change.order.id in known]

    def _some(self, number: int, *, several: bool) -> list[OutboxItem]:
        """Items that were claimed or read before, and may be stale, or that are pending now."""
        now = items(self.store)
        found = self._items[-9:] if self._items and number % 3 else now
        self._items += now[: number % 4]
        if several:
            return found[number % 5 :: 2]
        return [self._pick(found, number)] if found else []

    def _newest(self) -> StatusCycle:
        return self._versions()[-1]

    def _versions(self) -> list[StatusCycle]:
        """The versions that the model has; if it has none, the first version."""
        numbers = self.model.versions("suite")
        return [self.model.get_cycle("suite", number) for number in numbers] or [CYCLE]

    def _put(self, cycle: StatusCycle, replaces: int | None, by: str | None) -> None:
        self._put_before.append((cycle, replaces))
        at = None if by is None else self._now
        self._same(lambda store: store.put_cycle(cycle, replaces=replaces, by=by, at=at))
        self._same(lambda store: store.edits("suite"))

    def _same(self, call: Callable[[Store], T]) -> T | Exception:
        """The result or the error of a call, which must be the same for both stores.

        Returns:
            What the store under test returns: its events say whose they are.
        """
        result = _outcome(self.store, call)
        expected, actual = _of_any_store(_outcome(self.model, call)), _of_any_store(result)
        assert actual == expected, f"the store returns {actual!r}, not {expected!r}"
        return result

    @staticmethod
    def _pick(items: list[T], number: int) -> T:
        return items[-1 - number % len(items)]


def _of_any_store(result: T) -> T:
    """A result without the tenant and the epoch of events: the model has none of its own."""
    match result:
        case OutboxItem():
            return cast("T", evolve(result, tenant="", epoch=""))
        case list():
            return cast("T", [_of_any_store(each) for each in cast("list[object]", result)])
        case _:
            return result


def _settings(store: Store) -> SettingsStore:
    return cast("SettingsStore", store)


def _left_open(store: Store) -> Store:
    return store


def _histories(
    store: Store, query: OrderQuery
) -> list[tuple[ProductionOrder, tuple[HistoryEntry, ...]]]:
    return [(order, tuple(entries)) for order, entries in store.histories(query)]


def _names(store: Store) -> list[tuple[str, int]]:
    return [(name, number) for name in store.order_types() for number in store.versions(name)]


def _edited(cycle: StatusCycle, edit: _Edit) -> StatusCycle:
    """Another version of a cycle; if the edit isn't possible, only the version number changes."""
    verb, key, is_first, step = edit
    description = CYCLE[key].description if is_first else f"{CYCLE[key].description} again"
    stage = "Finishing" if is_first else "Lab"
    edited = cycle
    match verb:
        case "add" if key not in cycle:
            place = min(_PLACES[key], len(cycle) - 1)  # the final status stays the last
            edited = cycle.add(evolve(CYCLE[key], description=description), place)
        case "remove" if key in cycle:
            edited = cycle.remove(key)
        case "describe" if key in cycle:
            edited = cycle.replace(key, description=description)
        case "stage" if key in cycle:
            edited = cycle.replace(key, workflow_stage=stage)
        case "duration":
            edited = cycle.replace("lab", default_duration=4 if is_first else None)
        case _:
            pass
    return evolve(edited, version=max(1, cycle.version + step))


def _outcome(store: Store, call: Callable[[Store], T]) -> T | Exception:
    try:
        return call(store)
    except StoreError as error:
        return error
    except ValueError:  # stores word it as they like
        return _REFUSED
