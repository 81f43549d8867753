"""How the facts, the dates and the cycle version of an order change without a status change.

Each function works out one kind of entry; `core` makes it a `Change` (decisions D5b and D15).
"""

from collections.abc import Mapping
from datetime import date, datetime
from typing import NamedTuple

from attrs import NOTHING, NothingType

from prodflow import _checks as checks
from prodflow._trusted import trusted
from prodflow.cycle import StatusCycle
from prodflow.duedate import DueDatePolicy, DueDates
from prodflow.errors import CycleConflictError, UnmappedStatusError
from prodflow.order import AMENDABLE, CycleAdopted, OrderAmended, ProductionOrder

_amended = trusted(OrderAmended)
_adopted = trusted(CycleAdopted)


class Recording(NamedTuple):
    """Who made a change and when: what every entry tells, checked once for all of a bulk."""

    by: str
    recorded_by: str | None
    at: datetime
    note: str
    command_id: str | None


def recording(
    *,
    by: str,
    at: datetime,
    recorded_by: str | None,
    note: str,
    command_id: str | None,
) -> Recording:
    """The five checked.

    Raises:
        TypeError: for a value of the wrong kind.
        ValueError: for a text out of bounds or a naive *at*.
    """
    return Recording(
        checks.text("by", by),
        checks.optional_text("recorded_by", recorded_by),
        checks.instant("at", at),
        checks.note("note", note),
        checks.optional_text("command_id", command_id),
    )


def amendment(
    policy: DueDatePolicy,
    due_dates: DueDates,
    order: ProductionOrder,
    recorded: Recording,
    *,
    ordered_on: date | NothingType = NOTHING,
    delivery_on: date | NothingType | None = NOTHING,
    vendor: str | NothingType | None = NOTHING,
    invoice_id: str | NothingType | None = NOTHING,
    due_on: date | NothingType | None = NOTHING,
    department: str | NothingType | None = NOTHING,
    user: str | NothingType | None = NOTHING,
) -> OrderAmended:
    """The entry that changes what is given; a new anchor of the plan recalculates the due date."""
    ordered = order.ordered_on if ordered_on is NOTHING else checks.day("ordered_on", ordered_on)
    delivery = (
        order.delivery_on
        if delivery_on is NOTHING
        else checks.optional_day("delivery_on", delivery_on)
    )
    plan_from, calculated = order.plan_from, order.calculated_due_on
    if (ordered, delivery) != (order.ordered_on, order.delivery_on):
        plan_from = _moved_plan(policy, order, ordered)
        here = order.cycle.place(order.status.key)
        calculated = due_dates(order.cycle, here, plan_from, delivery, order.entered_on)
    if due_on is NOTHING:
        is_manual = order.due_on_is_manual
        due = order.due_on if is_manual else calculated
    else:
        due = checks.optional_day("due_on", due_on)
        is_manual = due != calculated
    return _amendment(
        order,
        recorded,
        ordered,
        delivery,
        order.vendor if vendor is NOTHING else checks.optional_text("vendor", vendor),
        order.invoice_id
        if invoice_id is NOTHING
        else checks.optional_text("invoice_id", invoice_id),
        due,
        calculated,
        is_manual,
        order.department
        if department is NOTHING
        else checks.optional_text("department", department),
        order.user if user is NOTHING else checks.optional_text("user", user),
        plan_from,
    )


def _moved_plan(policy: DueDatePolicy, order: ProductionOrder, ordered_on: date) -> date:
    """The start of the plan for another order date: as many working days after it as before."""
    if order.plan_from == order.ordered_on:
        return ordered_on
    calendar = policy.calendar
    # Days after the one and up to the other, so that a closed order date loses none.
    first, last = calendar.following(order.ordered_on), order.plan_from
    held = calendar.count(first, last) + (order.ordered_on < first <= last)
    return calendar.add(ordered_on, held)


def replanned(
    due_dates: DueDates, order: ProductionOrder, recorded: Recording
) -> OrderAmended | None:
    """The entry that brings the due date up to the policy; None where it is already."""
    cycle = order.cycle
    calculated = due_dates(
        cycle,
        cycle.place(order.status.key),
        order.plan_from,
        order.delivery_on,
        order.entered_on,
    )
    # A due date that is not manual is the calculated one, so it is up to date where that is.
    if calculated == order.calculated_due_on:
        return None
    due = order.due_on if order.due_on_is_manual else calculated
    return _amendment(
        order,
        recorded,
        order.ordered_on,
        order.delivery_on,
        order.vendor,
        order.invoice_id,
        due,
        calculated,
        order.due_on_is_manual,
        order.department,
        order.user,
        order.plan_from,
    )


def _amendment(order: ProductionOrder, recorded: Recording, *values: object) -> OrderAmended:
    """The entry with these values of the amendable fields, in their order, and what they change."""
    changed = tuple(
        name for name, value in zip(AMENDABLE, values, strict=True) if value != getattr(order, name)
    )
    return _amended(order.id, order.version + 1, *recorded, *values, changed)


def migration(
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
        order.id,
        order.version + 1,
        *recorded,
        cycle.version,
        order.status.key,
        status,
        resumes_in,
        order.due_on if order.due_on_is_manual else calculated,
        calculated,
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
