"""Makes the entries of a history, with one function for each kind.

Each function works out the fields of an entry, and builds the entry without checks, since the
arguments have been checked already. `_flow` turns the entry into a `Change`.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from operator import attrgetter
from typing import Any, Final, NamedTuple

from attrs import NOTHING, NothingType, define, evolve, frozen

from prodflow import _checks as checks
from prodflow._facts import (
    NO_CHANGES,
    NO_FACTS,
    NOTHING_GIVEN,
    Fact,
    FactChanges,
    fact_changes,
)
from prodflow._facts import facts as check_facts
from prodflow._fields import Priority, check_of
from prodflow._trusted import trusted
from prodflow.cycle import Place, StatusCycle, by_version, conflict, not_found, type_name
from prodflow.duedate import DueDates
from prodflow.errors import (
    ClosingChangedError,
    CompletionDateError,
    NothingToUndoError,
    RuleError,
    SplitError,
    UnmappedStatusError,
    titled,
)
from prodflow.flow._keywords import Amendments
from prodflow.flow._values import ProposedChange
from prodflow.order import (
    AMENDABLE,
    ChangeUndone,
    CycleAdopted,
    Held,
    HistoryEntry,
    OrderAmended,
    OrderOpened,
    OrderSplit,
    ProductionOrder,
    StatusChanged,
    effective,
    first_resumption,
    recorded_after_each,
    recorded_by_entries,
)


@define  # frozen would add 0.1 µs to every opening and amendment (Python 3.11)
class Recording:
    """Who made a change, when and why: the fields that entries have, and the user's roles."""

    by: str
    recorded_by: str | None
    at: datetime
    note: str
    command_id: str | None
    reason: str | None
    roles: tuple[str, ...]


def recording(  # noqa: PLR0917 - passing keywords would add 0.1 µs to every opening
    by: str,
    at: datetime,
    recorded_by: str | None,
    note: str,
    command_id: str | None,
    roles: Iterable[str] = (),
    reason: str | None = None,
) -> Recording:
    """A `Recording` of these arguments, checked; a bulk method makes one for all its orders."""
    return Recording(
        checks.text("by", by),
        None if recorded_by is None else checks.text("recorded_by", recorded_by),
        checks.instant("at", at),
        checks.note("note", note),
        None if command_id is None else checks.text("command_id", command_id),
        None if reason is None else checks.key("reason", reason),
        checks.roles(roles),
    )


@frozen  # read three times for each order, which is slower in a named tuple
class Policy:
    """The parts of a due-date policy that entries need: the function, and the name."""

    due_dates: DueDates
    name: str


check_priority: Final = check_of(Priority)


# --- Opening --------------------------------------------------------------------------------------

_opened = trusted(
    OrderOpened,
    Recording,
    StatusCycle,
    given=[
        *("order_id", "ordered_on", "delivery_on", "plan_from", "invoice_id", "vendor", "policy"),
        *("cycle_version", "to_status", "entered_on", "due_on", "calculated_due_on"),
        *("due_on_is_manual", "department", "user", "priority", "quantity", "facts"),
        "reorder_of",
    ],
    fixed={
        "sequence": 1,
        "resumed_on": None,
        "paused_days": 0,
        "paused_working_days": 0,
        "held_days": 0,
        "split_from": None,
    },
)


def opening(  # noqa: PLR0917 - passing keywords would add a sixth to its time
    policy: Policy,
    cycle: StatusCycle,
    place: Place,
    recorded: Recording,
    order_id: str,
    ordered_on: date,
    delivery_on: date | None,
    plan_from: date | None,
    invoice_id: str | None,
    vendor: str | None,
    priority: int,
    quantity: int | None,
    facts: Mapping[str, Fact],
    entered_on: date | None,
    due_on: date | NothingType | None,
    department: str | NothingType | None,
    user: str | NothingType | None,
    reorder_of: str | None,
) -> OrderOpened:
    """The entry that places an order at *place*."""
    status = place.status
    anchor = ordered_on if plan_from is None else _plan_from(plan_from, ordered_on)
    entered = ordered_on if entered_on is None else checks.day("entered_on", entered_on)
    if vendor is not None:
        vendor = checks.text("vendor", vendor)
    if quantity is not None:
        quantity = checks.number("quantity", quantity)
    if type(priority) is not int or priority != 0:
        priority = check_priority("priority", priority)
    kept = NO_FACTS if facts is NOTHING_GIVEN else check_facts(facts)
    details = (ordered_on, vendor, quantity, priority, kept)
    calculated = policy.due_dates(cycle, place, anchor, delivery_on, entered, 0, 0, details)
    due, is_manual = calculated, False
    if due_on is not NOTHING:
        due = checks.optional_day("due_on", due_on)
        is_manual = due != calculated
    return _opened(
        recorded,
        cycle,
        checks.text("order_id", order_id),
        ordered_on,
        delivery_on,
        anchor,
        None if invoice_id is None else checks.text("invoice_id", invoice_id),
        vendor,
        policy.name,
        cycle.version,
        status.key,
        entered,
        due,
        calculated,
        is_manual,
        status.default_department
        if department is NOTHING
        else checks.optional_text("department", department),
        status.default_user if user is NOTHING else checks.optional_text("user", user),
        priority,
        quantity,
        kept,
        reorder_of,
    )


def _plan_from(day: date, ordered_on: date) -> date:
    if checks.day("plan_from", day) < ordered_on:
        raise ValueError(f"plan_from must be from the order date on, {ordered_on}, not {day}")
    return day


# --- Status changes -------------------------------------------------------------------------------

_changed = trusted(
    StatusChanged,
    ProposedChange,
    given=[
        *("at", "command_id", "order_id", "sequence", "from_status", "to_status", "skipped"),
        *("entered_after", "resumes_in", "held"),
    ],
)
_held = trusted(Held, ProductionOrder, given=["status", "paused_on"])


def status_change(proposal: ProposedChange, at: datetime, command_id: str | None) -> StatusChanged:
    """The entry of an accepted proposal."""
    order = proposal.order
    cycle = order.cycle
    here, there = cycle.place(proposal.from_.key), cycle.place(proposal.to.key)
    if here.position is None or there.position is None:
        resumes_in, held = _resumption(proposal, here, there)
    else:
        resumes_in, held = None, None
    number = order.version + 1
    if proposal.visit == number:
        entered_after: date | None = order.resumed_on or order.entered_on
    else:  # the paused visit continues, with the same `entered_after`
        entered_after = None if order.held is None else order.held.entered_after
    skipped = proposal.skipped
    return _changed(
        proposal,
        at,
        command_id,
        order.id,
        number,
        here.status.key,
        there.status.key,
        tuple([status.key for status in skipped]) if skipped else (),
        entered_after,
        resumes_in,
        held,
    )


def _resumption(
    proposal: ProposedChange, here: Place, there: Place
) -> tuple[str | None, Held | None]:
    """The order's `resumes_in` and `held` after the change (decision D18)."""
    order = proposal.order
    if there.position is not None:
        return None, None
    if here.position is None:
        return order.resumes_in, order.held  # a second ASIDE changes neither
    if order.status.final:
        return here.status.key, None  # a complete order has no visit to pause
    if proposal.current_complete:
        return (here.next or here.status).key, None
    paused_on = proposal.resumed_on or proposal.entered_on
    return here.status.key, _held(order, here.status.key, paused_on)


# --- Amendments -----------------------------------------------------------------------------------

_amended = trusted(
    OrderAmended,
    Recording,
    given=["order_id", "sequence", "policy", "changed", *AMENDABLE],
)
_PLANNED: Final = frozenset(
    {
        *("ordered_on", "delivery_on", "plan_from", "entered_on", "vendor"),
        *("quantity", "priority", "facts"),
    }
)
"""The fields that policies use. If one of them changes, the due date is calculated again."""


def amendment(
    policy: Policy, given: Amendments, recorded: Recording, order: ProductionOrder
) -> OrderAmended:
    """The entry that changes the given fields and those that depend on them (D15 and D35)."""
    new: dict[str, Any] = {
        name: _AMENDMENTS[name](name, value)
        for name, value in given.items()
        if value is not NOTHING
    }
    changes: FactChanges = new.get("facts", NO_CHANGES)
    if "facts" in new:
        new["facts"] = order.facts.merged(changes)
    if "entered_on" in new:
        _check_entered_on(new["entered_on"], order, recorded.at)
    if "ordered_on" in new or "plan_from" in new:
        _amend_order_date(new, order)
    if order.held is not None:
        _amend_hold(policy, new, order, order.held)
    calculated = order.calculated_due_on
    for name, value in new.items():
        if name in _PLANNED and value != getattr(order, name):
            calculated = new["calculated_due_on"] = _calculated(policy, new, order)
            break
    if "due_on" in new:
        new["due_on_is_manual"] = new["due_on"] != calculated
    elif not order.due_on_is_manual:
        new["due_on"] = calculated
    return _amendment(policy, new, changes, recorded, order)


_AMENDMENTS: Final[dict[str, Callable[[str, Any], object]]] = {
    "ordered_on": checks.day,
    "delivery_on": checks.optional_day,
    "plan_from": checks.optional_day,
    "entered_on": checks.day,
    "vendor": checks.optional_text,
    "invoice_id": checks.optional_text,
    "priority": check_priority,
    "quantity": lambda name, value: None if value is None else checks.number(name, value),
    "facts": lambda _, value: fact_changes(value),
    "due_on": checks.optional_day,
    "department": checks.optional_text,
    "user": checks.optional_text,
}
"""The check of each keyword of `amend`."""


def check_amendments(given: Amendments) -> None:
    """Refuse keywords that `amend` doesn't have."""
    if unknown := given.keys() - _AMENDMENTS.keys():
        raise TypeError(f"an amendment has no keyword {', '.join(sorted(unknown))}")


def _amend_order_date(new: dict[str, Any], order: ProductionOrder) -> None:
    """Change `plan_from` along with the order date, and `entered_on` if the order hasn't moved."""
    ordered_on: date = new.get("ordered_on", order.ordered_on)
    if "plan_from" in new:
        plan_from = new["plan_from"]
        new["plan_from"] = ordered_on if plan_from is None else _plan_from(plan_from, ordered_on)
    elif order.plan_from == order.ordered_on or order.plan_from < ordered_on:
        new["plan_from"] = ordered_on
    is_untouched = (
        order.visit == 1
        and order.resumed_on is None
        and order.entered_on == order.ordered_on
        and order.split_from is None  # a part may have moved before it was split
    )
    if is_untouched:
        new.setdefault("entered_on", ordered_on)


def _check_entered_on(day: date, order: ProductionOrder, at: datetime) -> None:
    """Check that the visit doesn't begin before the previous visit or after *at*."""
    latest = at.date() if order.resumed_on is None else min(at.date(), order.entered_on)
    is_early = order.entered_after is not None and day < order.entered_after
    if day != order.entered_on and (is_early or day > latest):
        raise CompletionDateError(order.id, day, order.entered_after, latest)


def _amend_hold(policy: Policy, new: dict[str, Any], order: ProductionOrder, held: Held) -> None:
    """Amend the paused visit too: users mean the visit that continues after the hold (D15)."""
    changes: dict[str, Any] = {}
    if "entered_on" in new and not _follows_another_hold(order, held):
        changes["paused_on"] = new["entered_on"]
    if (order.department, order.user) == (held.department, held.user):
        changes |= {name: new[name] for name in ("department", "user") if name in new}
    is_held_one = order.due_on_is_manual and held.due_on_is_manual and order.due_on == held.due_on
    if "due_on" in new and (order.due_on is None or is_held_one):
        changes["due_on"] = new["due_on"]
        changes["due_on_is_manual"] = new["due_on"] not in _dates_after_hold(
            policy, new, order, held
        )
    if changes:
        new["held"] = evolve(held, **changes)


def _dates_after_hold(
    policy: Policy, new: Mapping[str, Any], order: ProductionOrder, held: Held
) -> set[date | None]:
    """The date that the paused visit will have by its policy; empty if it isn't known yet.

    It isn't known if it moves with each day of the hold, or if the policy can't calculate it.
    """
    here = order.cycle.place(held.status)
    paused, days = held.paused_working_days, order.held_days
    try:
        dates = {
            _calculated_for(policy, new, order, here, held.entered_on, paused + more, days + more)
            for more in (0, 1)
        }
    except RuleError:
        return set()
    return dates if len(dates) == 1 else set()


def _follows_another_hold(order: ProductionOrder, held: Held) -> bool:
    """Whether the pause began in an earlier status off the path, not in the present one.

    If everything happened on the first day of the paused visit, the dates don't show where the
    pause began. We then assume that it began in the present status.
    """
    if order.entered_on != held.paused_on:
        return True
    return order.entered_after == held.paused_on > held.entered_on


def _calculated(policy: Policy, new: Mapping[str, Any], order: ProductionOrder) -> date | None:
    """The due date that the policy calculates for the order with its *new* values."""
    here = order.cycle.place(order.status.key)
    entered_on = new.get("entered_on", order.entered_on)
    paused, held = order.paused_working_days, order.held_days
    return _calculated_for(policy, new, order, here, entered_on, paused, held)


def _calculated_for(  # noqa: PLR0917 - as `DueDates` has them
    policy: Policy,
    new: Mapping[str, Any],
    order: ProductionOrder,
    place: Place,
    entered_on: date,
    paused: int,
    held: int,
) -> date | None:
    return policy.due_dates(
        order.cycle,
        place,
        new.get("plan_from", order.plan_from),
        new.get("delivery_on", order.delivery_on),
        entered_on,
        paused,
        held,
        (
            new.get("ordered_on", order.ordered_on),
            new.get("vendor", order.vendor),
            new.get("quantity", order.quantity),
            new.get("priority", order.priority),
            new.get("facts", order.facts),
        ),
    )


def replanning(policy: Policy, recorded: Recording, order: ProductionOrder) -> OrderAmended | None:
    """The entry with the due date that the policy calculates now; None if nothing changes."""
    calculated = _calculated(policy, {}, order)
    # A due date that isn't manual equals the calculated one, so it needn't be compared.
    if calculated == order.calculated_due_on:
        return None
    new: dict[str, Any] = {"calculated_due_on": calculated}
    if not order.due_on_is_manual:
        new["due_on"] = calculated
    return _amendment(policy, new, NO_CHANGES, recorded, order)


_amendable: Final = attrgetter(*AMENDABLE)
_INDEX: Final = {name: index for index, name in enumerate(AMENDABLE)}
_FACTS: Final = _INDEX["facts"]


def _amendment(
    policy: Policy,
    new: Mapping[str, Any],
    changes: FactChanges,
    recorded: Recording,
    order: ProductionOrder,
) -> OrderAmended:
    """The entry: the *new* values, the order's other values, and the names of changed fields.

    Of the facts, the entry has only the *changes*.
    """
    values = [*_amendable(order)]
    changed: list[str] = []
    for name, value in new.items():
        index = _INDEX[name]
        if values[index] != value:
            values[index] = value
            changed.append(name)
    if len(changed) > 1:
        changed.sort(key=_INDEX.__getitem__)
    values[_FACTS] = changes
    number = order.version + 1
    return _amended(recorded, order.id, number, policy.name, tuple(changed), *values)


# --- Migration (decision D5b) ---------------------------------------------------------------------

_adopted = trusted(
    CycleAdopted,
    Recording,
    given=[
        *("order_id", "sequence", "cycle_version", "from_status", "to_status", "resumes_in"),
        *("held", "due_on", "calculated_due_on", "policy"),
    ],
)


def check_mapping(
    mapping: Mapping[str, str], cycle: StatusCycle, orders: Iterable[ProductionOrder]
) -> None:
    """Refuse a mapping with keys that don't belong in it.

    Raises:
        ValueError: if a key isn't in the version of any order. Also if the new version still uses
            a key.
    """
    old = {order.cycle for order in orders}
    for key in mapping:
        if not any(key in version for version in old):
            raise ValueError(f"mapping must map statuses of the old version, not {key!r}")
        if key in cycle and not cycle[key].inactive:
            raise ValueError(
                f"mapping must leave out {key!r}: version {cycle.version} still uses it"
            )


def adoption(
    policy: Policy,
    cycle: StatusCycle,
    mapping: Mapping[str, str],
    recorded: Recording,
    order: ProductionOrder,
) -> CycleAdopted:
    """The entry that moves an order to another version of its cycle."""
    if cycle.order_type != order.order_type:
        raise ValueError(
            f"order {order.id!r} is of type {order.order_type!r}: it cannot adopt a cycle of"
            f" {cycle.order_type!r}"
        )
    if cycle.version == order.cycle.version:
        if cycle != order.cycle:
            raise conflict(cycle)
        raise ValueError(f"order {order.id!r} is at version {cycle.version} already")
    status, resumes_in, held = _moved_to(cycle, mapping, order)
    before, after = _closing(order.cycle, order.status.key), _closing(cycle, status)
    if before != after:
        raise ClosingChangedError(order.id, before, after)
    calculated = policy.due_dates(
        cycle,
        cycle.place(status),
        order.plan_from,
        order.delivery_on,
        order.entered_on,
        order.paused_working_days,
        order.held_days,
        (order.ordered_on, order.vendor, order.quantity, order.priority, order.facts),
    )
    return _adopted(
        recorded,
        order_id=order.id,
        sequence=order.version + 1,
        cycle_version=cycle.version,
        from_status=order.status.key,
        to_status=status,
        resumes_in=resumes_in,
        held=held,
        due_on=order.due_on if order.due_on_is_manual else calculated,
        calculated_due_on=calculated,
        policy=policy.name,
    )


def _moved_to(
    cycle: StatusCycle, mapping: Mapping[str, str], order: ProductionOrder
) -> tuple[str, str | None, Held | None]:
    """The order's status, `resumes_in` and `held` in the new version."""
    status = _mapped(order.status.key, cycle, mapping)
    resumes_in = order.resumes_in and _mapped(order.resumes_in, cycle, mapping)
    on_path = status is not None and cycle.place(status).position is not None
    needed = {order.status.key: status}
    if order.resumes_in is not None and not on_path:
        needed[order.resumes_in] = resumes_in
    unmapped = tuple(old for old, new in needed.items() if new is None)
    if status is None or unmapped:
        raise titled(
            UnmappedStatusError(order.id, cycle.order_type, cycle.version, unmapped),
            order_type=type_name(cycle),
            keys=tuple(order.cycle[key].description for key in unmapped),
        )
    if on_path:
        return status, None, None
    if resumes_in is not None and cycle.place(resumes_in).position is not None:
        return status, resumes_in, _renamed(cycle, mapping, order)
    # The status `resumes_in` is no longer on the path: take the next status that still is.
    last = order.resumes_in or order.status.key
    here = order.cycle.place(last).position
    followers = () if here is None else order.cycle.path[here:]
    mapped = (_mapped(follower.key, cycle, mapping) for follower in followers)
    on_new_path = (key for key in mapped if key and cycle.place(key).position is not None)
    return status, next(on_new_path, cycle.final.key), None


def _mapped(key: str, cycle: StatusCycle, mapping: Mapping[str, str]) -> str | None:
    """The key of a status in the new version; None if it isn't an active status there."""
    new = mapping.get(key, key)
    return new if new in cycle and not cycle[new].inactive else None


def _renamed(cycle: StatusCycle, mapping: Mapping[str, str], order: ProductionOrder) -> Held | None:
    """The paused visit with its status renamed; None if the new key is another old status."""
    held = order.held
    if held is None:
        return None
    key = mapping.get(held.status, held.status)
    if key != held.status and key in order.cycle:
        return None
    old, new = order.cycle[held.status], cycle[key]
    is_default = held.department == old.default_department
    is_default_user = held.user == old.default_user
    return evolve(
        held,
        status=key,
        department=new.default_department if is_default else held.department,
        user=new.default_user if is_default_user else held.user,
    )


def _closing(cycle: StatusCycle, key: str) -> str:
    status = cycle[key]
    if status.final:
        return "complete"
    return "cancelled" if status.cancelled else "open"


# --- Splits (decision D37) ------------------------------------------------------------------------

_split = trusted(OrderSplit, Recording, given=["order_id", "sequence", "quantity", "parts"])
_part = trusted(
    OrderOpened,
    Recording,
    ProductionOrder,
    given=[
        *("order_id", "quantity", "split_from", "order_type", "cycle_version", "to_status"),
        "policy",
    ],
    fixed={"sequence": 1, "reason": None},
)


def splitting(
    policy: Policy, parts: Iterable[tuple[str, int]], recorded: Recording, order: ProductionOrder
) -> tuple[OrderSplit, list[OrderOpened]]:
    """The entry that splits an order, and the openings of its parts."""
    given = _parts(parts)
    kept = _what_stays(given, order)
    entry = _split(recorded, order.id, order.version + 1, kept, given)
    place = (order.order_type, order.cycle.version, order.status.key)
    openings = [
        _part(recorded, order, order_id, quantity, order.id, *place, policy.name)
        for order_id, quantity in given
    ]
    return entry, openings


def _parts(value: Iterable[tuple[str, int]]) -> tuple[tuple[str, int], ...]:
    parts: list[tuple[str, int]] = []
    for part in checks.items("parts", value, "(order id, quantity) pairs"):
        if not isinstance(part, tuple) or len(part) != 2:  # noqa: PLR2004 - a pair
            raise TypeError(f"parts must hold (order id, quantity) pairs, not {checks.shown(part)}")
        order_id, quantity = part
        if not isinstance(quantity, int) or isinstance(quantity, bool):
            raise TypeError(f"the quantity of a part must be an int, not {checks.shown(quantity)}")
        parts.append((checks.text(checks.item_of("parts"), order_id), quantity))
    return tuple(parts)


def _what_stays(parts: tuple[tuple[str, int], ...], order: ProductionOrder) -> int:
    """The quantity that an order keeps.

    Raises:
        SplitError: if the order can't be split like this.
    """
    if order.status.closes:
        raise SplitError(order.id, "closed")
    if order.resumes_in is not None:
        raise SplitError(order.id, "off-path")
    if order.quantity is None:
        raise SplitError(order.id, "no-quantity")
    if not parts:
        raise SplitError(order.id, "no-parts")
    taken = {order.id}
    for order_id, quantity in parts:
        if quantity < 1:
            raise SplitError(order.id, "part-below-one", order_id)
        if order_id in taken:
            raise SplitError(order.id, "id-twice", order_id)
        taken.add(order_id)
    kept = order.quantity - sum(quantity for _, quantity in parts)
    if kept < 1:
        raise SplitError(order.id, "too-many")
    return kept


# --- Undo (decision D34) --------------------------------------------------------------------------

_undone = trusted(ChangeUndone)


class Undoing(NamedTuple):
    """What an undo does."""

    entry: ChangeUndone
    cycle: StatusCycle
    """The cycle version after the undo."""
    undone: HistoryEntry
    before: list[HistoryEntry]
    """The entries that still count after the undo."""


def undoing(
    cycles: Iterable[StatusCycle],
    entries: Iterable[HistoryEntry],
    recorded: Recording,
    order: ProductionOrder,
) -> Undoing:
    """The undo of the last effective entry."""
    history = checks.items("entries", entries, "entries of a history")
    counting = effective(history)
    numbers = [(entry.order_id, entry.sequence) for entry in history]
    if (
        numbers != [(order.id, number) for number in range(1, order.version + 1)]
        or type(history[0]) is not OrderOpened
    ):
        raise ValueError(
            f"entries must be all entries of order {order.id!r} up to version {order.version}"
        )
    *before, last = counting
    if not before or isinstance(last, OrderSplit):
        raise NothingToUndoError(order.id)
    state = recorded_by_entries(before)
    cycle = order.cycle
    if state["cycle_version"] != cycle.version:
        known = by_version(cycles)
        if (cycle.order_type, state["cycle_version"]) not in known:
            raise not_found(cycle.order_type, state["cycle_version"], [cycle])
        cycle = known[cycle.order_type, state["cycle_version"]]
    if "resumes_in" not in state:  # there were only amendments since the opening
        state["resumes_in"] = first_resumption(cycle, state["to_status"])
    entry = _undone(
        order_id=order.id,
        sequence=order.version + 1,
        by=recorded.by,
        recorded_by=recorded.recorded_by,
        at=recorded.at,
        note=recorded.note,
        command_id=recorded.command_id,
        undoes=last.sequence,
        **state | {"facts": order.facts.changes_to(state["facts"])},
    )
    return Undoing(entry, cycle, last, before)


_as_it_was = trusted(ProductionOrder)


def as_it_was(
    entries: Iterable[HistoryEntry], cycles: Iterable[StatusCycle], order: ProductionOrder
) -> list[tuple[HistoryEntry, ProductionOrder | None]]:
    """Each entry of an order, and the order after the entry.

    If *cycles* lacks the version of an entry, the order's own version is taken. The order is None
    where this version doesn't have the status either.

    Args:
        entries: the entries that count, from the opening on.
        cycles: the known versions of the cycle.
        order: the order, as it is now.
    """
    known = by_version([*cycles, order.cycle])
    history = tuple(entries)
    states: list[tuple[HistoryEntry, ProductionOrder | None]] = []
    for entry, recorded in zip(history, recorded_after_each(history), strict=True):
        cycle = known.get((order.order_type, recorded.pop("cycle_version")), order.cycle)
        key = recorded.pop("to_status")
        state = None
        if key in cycle:
            recorded.setdefault("resumes_in", first_resumption(cycle, key))
            state = _as_it_was(
                id=order.id,
                cycle=cycle,
                status=cycle[key],
                version=entry.sequence,
                split_from=order.split_from,
                reorder_of=order.reorder_of,
                **recorded,
            )
        states.append((entry, state))
    return states


def visits_since_cancelled(
    history: Iterable[tuple[HistoryEntry, ProductionOrder | None]], order: ProductionOrder
) -> list[ProductionOrder]:
    """The order as it was last in each visit since the last cancellation, but its present visit.

    The visit to the cancelled status is one of them. Where a status isn't known, it may have been a
    cancelled one, so this visit and those before it are left out.

    Args:
        history: what `as_it_was` returns.
        order: the order after these entries.
    """
    states: dict[int, ProductionOrder] = {}
    for _, state in history:
        if state is None or state.is_cancelled:
            states.clear()
        if state is not None:
            states.pop(state.visit, None)  # a visit that went on comes last
            states[state.visit] = state
    states.pop(order.visit, None)
    return [*states.values()]
