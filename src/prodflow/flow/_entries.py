"""Every entry of a history is made here, one function for each kind.

A function takes what was decided, works out the fields that follow from it, and builds the entry
unchecked: its arguments were checked on the way in. `_flow` makes each entry a `Change`.
"""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any, Final

from attrs import NOTHING, frozen

from prodflow import _checks as checks
from prodflow._trusted import trusted
from prodflow.cycle import Place, StatusCycle
from prodflow.duedate import DueDatePolicy, DueDates
from prodflow.errors import CycleConflictError, UnmappedStatusError
from prodflow.flow._keywords import Amendments
from prodflow.flow._proposing import plan_start, resumption
from prodflow.flow._values import ProposedChange
from prodflow.order import (
    AMENDABLE,
    CycleAdopted,
    OrderAmended,
    OrderOpened,
    ProductionOrder,
    StatusChanged,
)


@frozen(weakref_slot=False)
class Recording:
    """Who made a change, and when: the part that every entry has."""

    by: str
    recorded_by: str | None
    at: datetime
    note: str
    command_id: str | None


_recording = trusted(Recording)


def recording(
    by: str, at: datetime, recorded_by: str | None, note: str, command_id: str | None
) -> Recording:
    """The same, checked once for all orders of a bulk."""
    return _recording(
        checks.text("by", by),
        None if recorded_by is None else checks.text("recorded_by", recorded_by),
        checks.instant("at", at),
        checks.note("note", note),
        None if command_id is None else checks.text("command_id", command_id),
    )


_opened = trusted(
    OrderOpened,
    Recording,
    StatusCycle,
    given=[
        *("order_id", "ordered_on", "delivery_on", "invoice_id", "vendor", "policy"),
        *("cycle_version", "to_status", "department", "user", "due_on", "calculated_due_on"),
        *("sequence", "entered_on"),
    ],
)
_changed = trusted(
    StatusChanged,
    ProposedChange,
    given=[
        *("recorded_by", "at", "command_id", "policy", "order_id", "sequence"),
        *("from_status", "to_status", "skipped", "resumes_in", "held", "plan_from"),
    ],
)
_amended = trusted(OrderAmended, Recording, given=["order_id", "sequence", "changed", *AMENDABLE])
_adopted = trusted(
    CycleAdopted,
    Recording,
    given=[
        *("order_id", "sequence", "cycle_version", "from_status", "to_status", "resumes_in"),
        *("due_on", "calculated_due_on"),
    ],
)


def opening(  # noqa: PLR0917 - ten keywords would cost a sixth of an opening
    due_dates: DueDates,
    policy: str,
    cycle: StatusCycle,
    place: Place,
    recorded: Recording,
    order_id: str,
    ordered_on: date,
    delivery_on: date | None,
    invoice_id: str | None,
    vendor: str | None,
) -> OrderOpened:
    """The entry that places an order at *place* on its order date."""
    status = place.status
    due_on = due_dates(cycle, place, ordered_on, delivery_on, ordered_on)
    return _opened(
        recorded,
        cycle,
        checks.text("order_id", order_id),
        ordered_on,
        delivery_on,
        None if invoice_id is None else checks.text("invoice_id", invoice_id),
        None if vendor is None else checks.text("vendor", vendor),
        policy,
        cycle.version,
        status.key,
        status.default_department,
        status.default_user,
        due_on,
        due_on,
        1,
        ordered_on,
    )


def status_change(
    policy: DueDatePolicy,
    policy_name: str,
    proposal: ProposedChange,
    *,
    at: datetime,
    recorded_by: str | None,
    command_id: str | None,
) -> StatusChanged:
    """The entry of an accepted proposal."""
    order = proposal.order
    here = order.cycle.place(proposal.from_.key)
    there = order.cycle.place(proposal.to.key)
    if here.position is None or there.position is None:
        resumes_in, held = resumption(proposal, here, there)
        plan_from = plan_start(policy, order, here, proposal.entered_on)
    else:
        resumes_in, held, plan_from = None, None, order.plan_from
    skipped = proposal.skipped
    return _changed(
        proposal,
        recorded_by,
        at,
        command_id,
        policy_name,
        order.id,
        order.version + 1,
        here.status.key,
        there.status.key,
        tuple([status.key for status in skipped]) if skipped else (),
        resumes_in,
        held,
        plan_from,
    )


def amendment(
    policy: DueDatePolicy,
    due_dates: DueDates,
    order: ProductionOrder,
    recorded: Recording,
    given: Amendments,
) -> OrderAmended:
    """The entry that changes what is given; a new anchor of the plan moves the due date."""
    new: dict[str, Any] = {
        name: _AMENDMENTS[name](name, value)
        for name, value in given.items()
        if value is not NOTHING
    }
    ordered_on = new.get("ordered_on", order.ordered_on)
    delivery_on = new.get("delivery_on", order.delivery_on)
    calculated = order.calculated_due_on
    if (ordered_on, delivery_on) != (order.ordered_on, order.delivery_on):
        new["plan_from"] = _moved_plan(policy, order, ordered_on)
        here = order.cycle.place(order.status.key)
        calculated = due_dates(order.cycle, here, new["plan_from"], delivery_on, order.entered_on)
        new["calculated_due_on"] = calculated
    if "due_on" in new:
        new["due_on_is_manual"] = new["due_on"] != calculated
    elif not order.due_on_is_manual:
        new["due_on"] = calculated
    return _amendment(order, recorded, new)


_AMENDMENTS: Final[dict[str, Callable[[str, Any], object]]] = {
    "ordered_on": checks.day,
    "delivery_on": checks.optional_day,
    "vendor": checks.optional_text,
    "invoice_id": checks.optional_text,
    "due_on": checks.optional_day,
    "department": checks.optional_text,
    "user": checks.optional_text,
}
"""The check of each keyword of `amend`."""


def _moved_plan(policy: DueDatePolicy, order: ProductionOrder, ordered_on: date) -> date:
    """The start of the plan for another order date: as many working days after it as before."""
    if order.plan_from == order.ordered_on:
        return ordered_on
    calendar = policy.calendar
    # Days after the one and up to the other, so that a closed order date loses none.
    first, last = calendar.following(order.ordered_on), order.plan_from
    held = calendar.count(first, last) + (order.ordered_on < first <= last)
    return calendar.add(ordered_on, held)


def replanning(
    due_dates: DueDates, order: ProductionOrder, recorded: Recording
) -> OrderAmended | None:
    """The entry that brings the due date up to the policy; None if it's up to date."""
    cycle, here = order.cycle, order.cycle.place(order.status.key)
    calculated = due_dates(cycle, here, order.plan_from, order.delivery_on, order.entered_on)
    # A due date that is not manual is the calculated one, so it is up to date where that is.
    if calculated == order.calculated_due_on:
        return None
    new: dict[str, Any] = {"calculated_due_on": calculated}
    if not order.due_on_is_manual:
        new["due_on"] = calculated
    return _amendment(order, recorded, new)


def _amendment(order: ProductionOrder, recorded: Recording, new: Mapping[str, Any]) -> OrderAmended:
    """The entry with the *new* values, the order's own for the rest, and the names that differ."""
    changed = tuple(
        [name for name in AMENDABLE if name in new and new[name] != getattr(order, name)]
    )
    values = [new[name] if name in new else getattr(order, name) for name in AMENDABLE]
    return _amended(recorded, order.id, order.version + 1, changed, *values)


def adoption(
    due_dates: DueDates,
    order: ProductionOrder,
    cycle: StatusCycle,
    mapping: Mapping[str, str],
    recorded: Recording,
) -> CycleAdopted:
    """The entry that moves an order to another version of its cycle (decision D5b)."""
    if cycle.order_type != order.order_type:
        raise ValueError(
            f"order {order.id!r} is of type {order.order_type!r}: it cannot adopt a cycle of"
            f" {cycle.order_type!r}"
        )
    if cycle.version == order.cycle.version and cycle != order.cycle:
        raise CycleConflictError(cycle.order_type, cycle.version)
    status = _mapped(order.status.key, cycle, mapping)
    if status is not None and cycle.place(status).position is not None:
        resumes_in = None
    else:
        resumes_in = _mapped_resumption(order, cycle, mapping)
        needed = {order.status.key: status, order.resumes_in: resumes_in}
        unmapped = tuple(old for old, new in needed.items() if old is not None and new is None)
        if status is None or unmapped:
            raise UnmappedStatusError(order.id, cycle.order_type, cycle.version, unmapped)
    calculated = due_dates(
        cycle, cycle.place(status), order.plan_from, order.delivery_on, order.entered_on
    )
    return _adopted(
        recorded,
        order_id=order.id,
        sequence=order.version + 1,
        cycle_version=cycle.version,
        from_status=order.status.key,
        to_status=status,
        resumes_in=resumes_in,
        due_on=order.due_on if order.due_on_is_manual else calculated,
        calculated_due_on=calculated,
    )


def _mapped(key: str, cycle: StatusCycle, mapping: Mapping[str, str]) -> str | None:
    """The key of a status in the new version; None where that has no active one for it."""
    found = mapping.get(key, key)
    return found if found in cycle and not cycle[found].inactive else None


def _mapped_resumption(
    order: ProductionOrder, cycle: StatusCycle, mapping: Mapping[str, str]
) -> str | None:
    """Where an order off the path of the new version comes back to; None if that must be mapped."""
    if order.resumes_in is not None:
        remaining: tuple[str, ...] = (order.resumes_in,)
        otherwise = None
    else:
        # It stood on the old path: what is left of that leads back to the new one.
        here = order.cycle.place(order.status.key).position
        remaining = tuple(status.key for status in order.cycle.path[here:])
        otherwise = cycle.final.key
    mapped = (_mapped(key, cycle, mapping) for key in remaining)
    on_path = (key for key in mapped if key and cycle.place(key).position is not None)
    return next(on_path, otherwise)
