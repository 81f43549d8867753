"""A model of due dates that counts day by day, written from decisions D6 to D13b and D18.

It reads the fields of calendars, policies, cycles and entries, and calls nothing that calculates.
"""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import NamedTuple

from prodflow import (
    Backward,
    ChangeUndone,
    CycleAdopted,
    DueDatePolicy,
    Forward,
    FromEntry,
    HistoryEntry,
    OrderAmended,
    OrderOpened,
    PlanningFacts,
    StatusChanged,
    StatusCycle,
    WorkingCalendar,
)
from prodflow.testing.strategies import History

DAY = timedelta(1)


def path_of(cycle: StatusCycle) -> list[str]:
    """The keys of the path: the active standard statuses from the initial to the final one."""
    keys = [status.key for status in cycle]
    first = next(number for number, status in enumerate(cycle) if status.initial)
    last = next(number for number, status in enumerate(cycle) if status.final)
    within = keys[first : last + 1]
    return [key for key in within if not cycle[key].inactive and not cycle[key].non_standard]


def is_closed(cycle: StatusCycle, key: str) -> bool:
    """Whether an order in this status is complete or cancelled."""
    return cycle[key].final or cycle[key].cancelled


# Counting days


def works(calendar: WorkingCalendar, day: date) -> bool:
    """Whether people work on a day."""
    if day in calendar.extra_working_days:
        return True
    return day.weekday() in calendar.working_weekdays and day not in calendar.holidays


def counted(calendar: WorkingCalendar, start: date, end: date) -> int:
    """The working days from one day up to another, which doesn't count; negative backwards."""
    if end < start:
        return -counted(calendar, end, start)
    return sum(works(calendar, start + DAY * n) for n in range((end - start).days))


def on_or_after(calendar: WorkingCalendar, day: date) -> date:
    """The day itself if people work, else the next working day."""
    while not works(calendar, day):
        day += DAY
    return day


def later_by(calendar: WorkingCalendar, day: date, days: int) -> date:
    """The day that many working days later, not counting the day itself."""
    while days:
        day += DAY
        days -= works(calendar, day)
    return day


def earlier_by(calendar: WorkingCalendar, day: date, days: int) -> date:
    """The working day that many working days before the last one up to *day*."""
    while not works(calendar, day):
        day -= DAY
    while days:
        day -= DAY
        days -= works(calendar, day)
    return day


def taking(calendar: WorkingCalendar, anchor: date, days: int, pause: int) -> date:
    """The day by which work of some days is done; what takes no day is done on a working day."""
    if days:
        return later_by(calendar, anchor, days + pause)
    return later_by(calendar, on_or_after(calendar, anchor), pause)


# Due dates


class Facts(NamedTuple):
    """What is known of an order at one time, as far as dates depend on it."""

    status: str
    visit: int
    ordered_on: date
    plan_from: date
    delivery_on: date | None
    vendor: str | None
    entered_on: date
    resumed_on: date | None
    paused_days: int
    paused_working_days: int
    held_days: int
    held: "Paused | None"
    is_first_aside: bool
    entered_after: date | None
    """Whether it is in the status to which it went from the path."""
    due_on: date | None

    @property
    def begun_on(self) -> date:
        """Since when the order is being worked on in its status."""
        return self.resumed_on or self.entered_on


class Paused(NamedTuple):
    """A visit that a hold interrupts."""

    status: str
    visit: int
    entered_on: date
    entered_after: date | None
    since: date
    days: int
    working_days: int


def due_on(policy: DueDatePolicy, facts: PlanningFacts) -> date | None:
    """The due date of a status."""
    cycle, status, calendar = facts.cycle, facts.status, policy.calendar
    path, own = path_of(cycle), status.default_duration
    if status.final or own is None:
        return None
    if isinstance(policy, FromEntry) or status.key not in path:
        return taking(calendar, facts.entered_on, own, facts.paused_working_days)
    days = [cycle[key].default_duration or 0 for key in path[:-1]]
    here = path.index(status.key)
    assert isinstance(policy, Forward | Backward)
    if isinstance(policy, Backward):
        if facts.delivery_on is not None:
            return earlier_by(calendar, facts.delivery_on, sum(days[here + 1 :]))
        if policy.without_delivery == "none":
            return None
    held = facts.held_days if policy.shift_holds else 0
    return taking(calendar, facts.plan_from, sum(days[: here + 1]), held)


def dated(policy: DueDatePolicy, cycle: StatusCycle, facts: Facts) -> Facts:
    """The same facts with the due date that the policy gives to them."""
    planning = PlanningFacts(
        cycle=cycle,
        status=cycle[facts.status],
        plan_from=facts.plan_from,
        ordered_on=facts.ordered_on,
        delivery_on=facts.delivery_on,
        entered_on=facts.entered_on,
        paused_working_days=facts.paused_working_days,
        held_days=facts.held_days,
    )
    return facts._replace(due_on=due_on(policy, planning))


# Histories


def facts_of(history: History) -> Iterator[Facts]:
    """The facts after each change of a history."""
    known: list[Facts] = []
    for change, flow in zip(history.changes, history.flows, strict=True):
        entry, before = change.entry, known[-1] if known else None
        if isinstance(entry, ChangeUndone):
            facts = known[entry.undoes - 2]
        else:
            facts = after(before, entry, change.order.cycle, flow.due_dates)
        known.append(facts)
        yield facts


def after(
    before: Facts | None,
    entry: HistoryEntry,
    cycle: StatusCycle,
    policy: DueDatePolicy,
) -> Facts:
    """The facts after an entry, from those before and from what the entry says happened."""
    if isinstance(entry, OrderOpened):
        facts = Facts(
            status=entry.to_status,
            visit=1,
            ordered_on=entry.ordered_on,
            plan_from=entry.plan_from,
            delivery_on=entry.delivery_on,
            vendor=entry.vendor,
            entered_on=entry.entered_on,
            resumed_on=None,
            paused_days=0,
            paused_working_days=0,
            held_days=0,
            held=None,
            is_first_aside=False,
            entered_after=None,
            due_on=None,
        )
        return dated(policy, cycle, facts)
    assert before is not None
    if isinstance(entry, StatusChanged):
        facts = moved(before, entry, cycle, policy.calendar)
    elif isinstance(entry, CycleAdopted):
        held = before.held
        if entry.held is None or held is None:
            held = None
        else:
            held = held._replace(status=entry.held.status)
        facts = before._replace(status=entry.to_status, held=held)
    else:
        assert isinstance(entry, OrderAmended)
        facts = amended(before, entry)
        # Only a change of what a policy looks at asks it, or replanning under another policy.
        is_asked = facts != before or "calculated_due_on" in entry.changed
        return dated(policy, cycle, facts) if is_asked else facts
    return dated(policy, cycle, facts)


def moved(
    before: Facts, entry: StatusChanged, cycle: StatusCycle, calendar: WorkingCalendar
) -> Facts:
    """The facts after a status change on a day."""
    path, day = path_of(cycle), entry.resumed_on or entry.entered_on
    was_off_path, held = before.status not in path, before.held
    held_days = before.held_days
    if was_off_path or is_closed(cycle, before.status):
        # Days before a pause count already, if a migration took the status off the path.
        held_days += counted(calendar, before.resumed_on or before.entered_on, day)
    if held is not None and entry.to_status == held.status:
        return before._replace(
            status=held.status,
            visit=held.visit,
            entered_on=held.entered_on,
            resumed_on=day,
            paused_days=held.days + (day - held.since).days,
            paused_working_days=held.working_days + counted(calendar, held.since, day),
            held_days=held_days,
            held=None,
            is_first_aside=False,
            entered_after=held.entered_after,
        )
    is_paused = not was_off_path and not entry.current_complete and before.status != path[-1]
    if entry.to_status in path:
        held = None
    elif is_paused:
        held = Paused(
            *(before.status, before.visit, before.entered_on, before.entered_after, day),
            *(before.paused_days, before.paused_working_days),
        )
    return before._replace(
        status=entry.to_status,
        visit=entry.sequence,
        entered_on=day,
        resumed_on=None,
        paused_days=0,
        paused_working_days=0,
        held_days=held_days,
        held=held,
        is_first_aside=is_paused,
        entered_after=before.resumed_on or before.entered_on,
    )


def amended(before: Facts, entry: OrderAmended) -> Facts:
    """The facts after an amendment; a corrected first day moves the beginning of the pause."""
    held = before.held
    if held is not None:
        is_first = before.is_first_aside
        if before.entered_on == held.since == before.entered_after:
            # Whether this is the first aside isn't told: only on the visit's first day it is.
            is_first = held.since == held.entered_on
        held = held._replace(since=entry.entered_on if is_first else held.since)
    return before._replace(
        ordered_on=entry.ordered_on,
        plan_from=entry.plan_from,
        delivery_on=entry.delivery_on,
        vendor=entry.vendor,
        entered_on=entry.entered_on,
        held=held,
    )
