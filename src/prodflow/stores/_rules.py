"""The rules of saving, as pure functions that every store shares.

A save reads what the store has, asks these functions, and writes what they say, all in one
transaction:

1. `repeats`: is this a retry? Then there is nothing to do.
2. `check_next`: is every change the next one of its order, and no id that of an erased order?
3. `check_cycles`: which versions of cycles are new to the store?
4. `outbox_effect`: which slots of the outbox become empty, and which events fill slots?

In the same way, `put_cycle` asks `check_edit`, `put_settings` asks `check_settings`,
`set_reminders` asks `check_reminders` and `outbox_effect`, and `claim` asks `lease_bounds`. Most
public functions check their arguments, then call a function that doesn't. `MemoryStore` has
already checked the arguments, so it calls the second function directly: for one change, the checks
take 2.5 µs, as long as the rest of the save (Python 3.11).
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Final, Protocol, final, get_args

from attrs import evolve

from prodflow import _checks as checks
from prodflow._trusted import trusted
from prodflow.cycle import StatusCycle, conflict, type_name
from prodflow.errors import (
    DuplicateOrderError,
    KeyReusedError,
    StaleCycleError,
    StaleOrdersError,
    StaleSettingsError,
    titled,
)
from prodflow.flow import Change, Reminders
from prodflow.order import (
    ChangeUndone,
    CycleAdopted,
    HistoryEntry,
    OrderAmended,
    OrderOpened,
    OrderSplit,
    ProductionOrder,
    StatusChanged,
)
from prodflow.settings import FlowSettings
from prodflow.settings._values import refuse_code
from prodflow.stores._items import OutboxItem
from prodflow.triggers import Slot, TriggerEvent, Until

Effect = tuple[tuple[Slot, ...], tuple[OutboxItem, ...]]

NO_EFFECT: Final[Effect] = ((), ())


# --- Commands and versions ------------------------------------------------------------------------


def repeats(
    entries: Iterable[HistoryEntry],
    done: Iterable[HistoryEntry],
    *,
    erased: Iterable[str] = (),
) -> bool:
    """Whether a save repeats what its command id has already saved.

    Only the instant (`at`) and the user logged in (`recorded_by`) may differ. If the command id
    has saved other entries, the store raises `CommandReusedError`.

    Args:
        entries: the entries of the changes to save, in order.
        done: what the command id saved, as `entries_of` returns it. If it's empty because all the
            entries were erased, every save is a repetition, and you needn't ask.
        erased: the ids of the orders of *entries* that were erased. Their entries don't count.

    Source:
        Decisions D22 and D46.
    """
    gone = _ids(erased)
    new = [it for it in _entries("entries", entries) if it.order_id not in gone]
    old = _entries("done", done)
    return len(new) == len(old) and all(
        entry.repeats(other) for entry, other in zip(new, old, strict=True)
    )


def _entries(name: str, value: Iterable[HistoryEntry]) -> tuple[HistoryEntry, ...]:
    items = checks.items(name, value, "history entries")
    for item in items:
        checks.instance(f"an item of {name}", item, get_args(HistoryEntry), "a history entry")
    return items


def _ids(erased: Iterable[str]) -> Collection[str]:
    return frozenset(checks.instances("erased", erased, str, "str"))


def check_next(
    changes: Iterable[Change], versions: Mapping[str, int], *, erased: Iterable[str] = ()
) -> None:
    """Check that each change is the next one of its order.

    Args:
        changes: the changes to save. If an order has several changes, each must directly continue
            the previous one; changes of other orders may be in between.
        versions: the stored version of each order, by id; an order that isn't stored has 0 or is
            left out.
        erased: the ids of the orders of *changes* that were erased. They can't be opened again.

    Raises:
        StaleOrdersError: if a change doesn't continue the stored history of its order; the error
            names all orders with such a change.
        DuplicateOrderError: instead of `StaleOrdersError`, if every change that doesn't continue
            the stored history opens an order.

    Source:
        Decisions D21 and D46.
    """
    checks.instance("versions", versions, Mapping, "a mapping of order ids to versions")
    given = checks.instances("changes", changes, Change, "Change")
    refuse_stale(given, lambda order_id: versions.get(order_id, 0), _ids(erased))


def refuse_stale(
    changes: Iterable[Change], version_of: Callable[[str], int], erased: Collection[str]
) -> None:
    """`check_next` that trusts its arguments; *version_of* gives a stored version, or 0."""
    now: dict[str, int] = {}
    conflicts: dict[str, tuple[int, int]] = {}
    for change in changes:
        order_id, sequence = change.order.id, change.entry.sequence
        actual = now[order_id] if order_id in now else version_of(order_id)
        if actual == sequence - 1 and order_id not in erased:
            now[order_id] = sequence
        else:
            conflicts.setdefault(order_id, (sequence - 1, actual))
    if conflicts:
        opening = all(expected == 0 for expected, _ in conflicts.values())
        raise (DuplicateOrderError if opening else StaleOrdersError)(conflicts)


# --- Cycles (decision D5a) ------------------------------------------------------------------------


def check_edit(
    cycle: StatusCycle, replaces: int | None, versions: Mapping[int, StatusCycle]
) -> bool:
    """Whether `put_cycle` has a version to save; False if the store has it already.

    Args:
        cycle: the version to put.
        replaces: the version that the edit began from; None if the cycle is new.
        versions: every stored version of the cycle, by number.

    Raises:
        StaleCycleError: if the newest version isn't *replaces*.
        KeyReusedError: if a new status has the key of a deleted status, but not the description
            that the deleted status had last.
        ValueError: if the version of *cycle* isn't higher than the newest.

    Source:
        Decision D5a.
    """
    checks.instance("cycle", cycle, StatusCycle, "a StatusCycle")
    if replaces is not None:
        checks.number("replaces", replaces)
    checks.instance("versions", versions, Mapping, "a mapping of numbers to cycles")
    return is_new(cycle, replaces, versions)


def is_new(cycle: StatusCycle, replaces: int | None, versions: Mapping[int, StatusCycle]) -> bool:
    """`check_edit` without argument checks."""
    if versions.get(cycle.version) == cycle:
        return False
    newest = max(versions, default=None)
    if newest != replaces:
        raise _stale(cycle, replaces, newest)
    if newest is not None:
        if cycle.version <= newest:
            raise ValueError(
                f"the version of {cycle.order_type!r} must be higher than the newest one, {newest},"
                f" not {cycle.version}"
            )
        _check_keys(cycle, versions[newest], [versions[number] for number in sorted(versions)])
    return True


def _check_keys(cycle: StatusCycle, replaced: StatusCycle, versions: Iterable[StatusCycle]) -> None:
    """Refuse the key of a deleted status for a status with another description."""
    last = {status.key: status.description for version in versions for status in version}
    reused = tuple(
        status.key
        for status in cycle
        if status.key not in replaced
        and last.get(status.key, status.description) != status.description
    )
    if reused:
        raise titled(
            KeyReusedError(cycle.order_type, reused),
            order_type=type_name(cycle),
            keys=tuple(cycle[key].description for key in reused),
        )


def check_cycles(
    cycles: Iterable[StatusCycle],
    known: Mapping[tuple[str, int], StatusCycle],
    put: Mapping[str, int],
) -> tuple[StatusCycle, ...]:
    """The versions that a save adds to the store, by order type and version.

    Args:
        cycles: the cycles of the orders to save; a cycle may come several times.
        known: stored versions, by order type and number. Versions that *cycles* doesn't have may
            be left out.
        put: the newest version that `put_cycle` has saved, by order type. Order types for
            which it has saved no version are left out.

    Raises:
        CycleConflictError: if two different cycles have the same order type and version.
        StaleCycleError: if a version isn't stored yet, and is higher than the version that *put*
            has for the order type.

    Source:
        Decision D5a.
    """
    checks.instance("known", known, Mapping, "a mapping of order types and numbers to cycles")
    checks.instance("put", put, Mapping, "a mapping of order types to numbers")
    given = checks.instances("cycles", cycles, StatusCycle, "StatusCycle")
    new: dict[tuple[str, int], StatusCycle] = {}
    for cycle in sorted(given, key=lambda cycle: (cycle.order_type, cycle.version)):
        name = cycle.order_type, cycle.version
        stored = known[name] if name in known else new.setdefault(name, cycle)
        if stored is not cycle and stored != cycle:
            raise conflict(cycle)
        if name in new and cycle.version > put.get(cycle.order_type, cycle.version):
            raise _stale(cycle, cycle.version, put[cycle.order_type])
    return tuple(new.values())


def _stale(cycle: StatusCycle, expected: int | None, actual: int | None) -> StaleCycleError:
    error = StaleCycleError(cycle.order_type, expected, actual)
    return titled(error, order_type=type_name(cycle))


# --- Settings (decision D39) ----------------------------------------------------------------------


def check_settings(
    settings: FlowSettings, replaces: int | None, versions: Mapping[int, FlowSettings]
) -> bool:
    """Whether `put_settings` has a version to save; False if the store has it already.

    Args:
        settings: the version to put.
        replaces: the version that the edit began from; None if the store has no settings.
        versions: stored versions, by number: the newest, and the one that has the number of
            *settings*. You can leave out the others.

    Raises:
        StaleSettingsError: if the newest version isn't *replaces*.
        ValueError: if the version of *settings* isn't higher than the newest. Also if *settings*
            hold code.

    Source:
        Decisions D5a and D39.
    """
    refuse_code(checks.instance("settings", settings, FlowSettings, "a FlowSettings"))
    if replaces is not None:
        checks.number("replaces", replaces)
    checks.instance("versions", versions, Mapping, "a mapping of numbers to settings")
    if versions.get(settings.version) == settings:
        return False
    newest = max(versions, default=None)
    if newest != replaces:
        raise StaleSettingsError(replaces, newest)
    if newest is not None and settings.version <= newest:
        raise ValueError(
            f"the version of the settings must be higher than the newest one, {newest},"
            f" not {settings.version}"
        )
    return True


# --- The outbox -----------------------------------------------------------------------------------


class PendingEvent(Protocol):
    """The attributes of a pending event that `outbox_effect` reads."""

    @property
    def id(self) -> str: ...
    @property
    def slot(self) -> Slot: ...
    @property
    def visit(self) -> int: ...
    @property
    def sequence(self) -> int: ...
    @property
    def fire_on(self) -> date | None: ...
    @property
    def dated(self) -> bool: ...
    @property
    def until(self) -> Until | None: ...


class Pending(Protocol):
    """The attributes of a pending item that `outbox_effect` reads, such as an `OutboxItem` has."""

    @property
    def event(self) -> PendingEvent: ...
    @property
    def tenant(self) -> str: ...
    @property
    def epoch(self) -> str: ...
    @property
    def attempts(self) -> int: ...
    @property
    def last_error(self) -> str | None: ...
    @property
    def retry_at(self) -> datetime | None: ...
    @property
    def leased_until(self) -> datetime | None: ...
    @property
    def given_up(self) -> bool: ...


def outbox_effect(pending: Iterable[Pending], *causes: Change | Reminders) -> Effect:
    """What changes, or reminders for `set_reminders`, do to the slots of an outbox.

    A store first empties the slots *emptied*, then puts each item of *filled* into its slot as it
    is. It passes over closed slots.

    Args:
        pending: pending items. They must include those of the orders concerned that are dated, that
            a change undoes, or that share a slot or an id with a new event. Rows with the
            attributes of `OutboxItem`, and an `event` with a few attributes of `TriggerEvent`, are
            enough.
        causes: what to save, in order.

    Returns:
        (emptied, filled). A slot in *emptied* may have been empty before. *filled* has at most one
        item for each slot. If a pending reminder gets another day, its item starts again: without
        attempts, errors and lease. Otherwise these stay.

    Raises:
        ValueError: if an event has the id of an event in another slot.

    Source:
        Decisions D25b to D27, D30 and D34.
    """
    for cause in causes:
        checks.instance("an item of causes", cause, (Change, Reminders), "a Change or Reminders")
    return effect(pending, causes)


def effect(pending: Iterable[Pending], causes: Sequence[Change | Reminders]) -> Effect:
    """`outbox_effect` without argument checks."""
    slots = _Slots(pending)
    for cause in causes:
        if isinstance(cause, Change):
            slots.save(cause)
        else:
            slots.set(cause)
    return tuple(slots.emptied), tuple(slots.filled.values())


@final
class _Slots:
    """The pending slots of some orders, and what a save does to them."""

    __slots__ = ("_orders", "_owners", "emptied", "filled")

    def __init__(self, pending: Iterable[Pending]) -> None:
        self._orders: dict[str, dict[Slot, Pending]] = {}
        self._owners: dict[str, Slot] = {}
        for item in pending:
            slot = self._owners[item.event.id] = item.event.slot
            self._orders.setdefault(slot[0], {})[slot] = item
        self.emptied: dict[Slot, None] = {}
        self.filled: dict[Slot, OutboxItem] = {}

    def save(self, change: Change) -> None:
        """Fill slots with the events of a change, then empty the slots that it leaves void."""
        order, entry = change.order, change.entry
        in_order = self._orders.get(order.id)
        if in_order is None:
            in_order = self._orders[order.id] = {}
        # What is amended, migrated or split fills no empty slot with a day that is over.
        first = entry.at.date() if _is_quiet(entry) else None
        for given in change.events:
            self._put(in_order, given, first)
        if in_order:
            undone = entry.undoes if isinstance(entry, ChangeUndone) else None
            for slot, event in [(slot, item.event) for slot, item in in_order.items()]:
                # A reminder of the delivery belongs to the order, whatever visit it was given in.
                is_undone = undone is not None and (
                    event.sequence == undone
                    or (event.dated and event.visit == undone and event.until != "closed")
                )
                if is_undone or _is_void(event, order):
                    self._empty(in_order, slot)

    def set(self, reminders: Reminders) -> None:
        """Make the pending reminders of a visit, and those of the delivery, those given."""
        in_order = self._orders.setdefault(reminders.order_id, {})
        wanted = {event.slot for event in reminders.events}
        for slot, event in [(slot, item.event) for slot, item in in_order.items()]:
            is_concerned = event.visit == reminders.visit or event.until == "closed"
            if event.dated and is_concerned and slot not in wanted:
                self._empty(in_order, slot)
        for reminder in reminders.events:
            self._put(in_order, reminder, reminders.today)

    def _put(self, in_order: dict[Slot, Pending], event: TriggerEvent, first: date | None) -> None:
        """Put an event into its slot. An event before the day *first* fills no empty slot."""
        slot, day = event.slot, event.fire_on
        if self._owners.setdefault(event.id, slot) != slot:
            raise ValueError(
                f"the id {event.id!r} belongs to an event in another slot:"
                " use a different id for each slot"
            )
        before = in_order.get(slot)
        if day is None:
            self._empty(in_order, slot)
        elif before is not None:
            item = _taken_over(before, event)
            in_order[slot] = self.filled[slot] = item
        elif first is None or day >= first:
            in_order[slot] = self.filled[slot] = _item(event)

    def _empty(self, in_order: dict[Slot, Pending], slot: Slot) -> None:
        in_order.pop(slot, None)
        self.filled.pop(slot, None)
        self.emptied[slot] = None


def _taken_over(before: Pending, event: TriggerEvent) -> OutboxItem:
    """The item of a pending slot with another event, under the id that the slot has."""
    if event.id != before.event.id:
        event = evolve(event, id=before.event.id)
    if event.fire_on != before.event.fire_on:
        return OutboxItem(event, before.tenant, before.epoch)
    return OutboxItem(
        event,
        before.tenant,
        before.epoch,
        before.attempts,
        before.last_error,
        before.retry_at,
        before.leased_until,
        before.given_up,
    )


_item = trusted(
    OutboxItem,
    given=["event"],
    fixed={
        "tenant": "",
        "epoch": "",
        "attempts": 0,
        "last_error": None,
        "retry_at": None,
        "leased_until": None,
        "given_up": False,
    },
)
_QUIET: Final = (OrderAmended, CycleAdopted, OrderSplit)
_MOVES: Final = frozenset({StatusChanged, ChangeUndone})


def _is_quiet(entry: HistoryEntry) -> bool:
    """Whether an entry fills no empty slot with a day that is over (decisions D25b and D37)."""
    if isinstance(entry, OrderOpened):
        return entry.split_from is not None
    return isinstance(entry, _QUIET)


def may_void(change: Change) -> bool:
    """Whether a change can make pending events void; amendments and migrations can't."""
    return type(change.entry) in _MOVES


def _is_void(event: PendingEvent, order: ProductionOrder) -> bool:
    """Whether a reminder has lost its purpose (decision D27)."""
    if not event.dated:
        return False
    if event.until == "left" and event.visit != order.visit:
        return True
    if event.until == "closed" and not order.is_open:
        return True
    return order.is_cancelled and event.visit < order.visit


# --- Reminders and leases -------------------------------------------------------------------------

_LEASE_MAX: Final = timedelta(days=1)


def check_reminders(reminders: Iterable[Reminders], version_of: Callable[[str], int]) -> None:
    """Check that the reminders are of the stored orders, as `set_reminders` asks.

    Args:
        reminders: the reminders to set.
        version_of: returns the stored version of an order, or 0 if it isn't stored.

    Raises:
        StaleOrdersError: if orders aren't at the version of their reminders.
        ValueError: if an order comes twice.
    """
    expected_kind = "Reminders, given one by one, such as `*reminders`"
    given = checks.instances("reminders", reminders, Reminders, expected_kind)
    checks.function("version_of", version_of)
    expected = {each.order_id: each.version for each in given}
    if len(expected) < len(given):
        raise ValueError("reminders must hold each order once")
    actual = {order_id: version_of(order_id) for order_id in expected}
    conflicts = {
        order_id: (version, actual[order_id])
        for order_id, version in expected.items()
        if version != actual[order_id]
    }
    if conflicts:
        raise StaleOrdersError(conflicts)


def check_tenant(tenant: str, /) -> str:
    """The name of a tenant, as the store keeps it.

    Args:
        tenant: the name: up to 200 characters; "" for the tenant of a store without a name.

    Raises:
        ValueError: if it's longer, or has a control character or another one that ids can't have.

    Source:
        Decision D45.
    """
    return checks.text("tenant", tenant) if tenant != "" else ""


def lease_bounds(now: datetime, lease: timedelta) -> tuple[datetime, datetime]:
    """The first instant of a lease and its end.

    Args:
        now: the current instant, with an offset from UTC.
        lease: how long, more than zero and at most one day.

    Raises:
        ValueError: if an argument is out of bounds, or if the lease would end after the year 9999.
    """
    instant = checks.instant("now", now)
    checks.instance("lease", lease, timedelta, "a timedelta")
    if not timedelta(0) < lease <= _LEASE_MAX:
        raise ValueError(f"lease must be longer than zero and at most one day, not {lease}")
    try:
        return instant, instant + lease
    except OverflowError:
        raise ValueError(f"lease must end before year 10000, not be {lease}") from None
