"""A model of due dates that counts day by day, from decisions D6 to D13b, D18 and D42.

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
    OrderSplit,
    PlanningFacts,
    StatusChanged,
    StatusCycle,
    Terms,
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


def last_begin(calendar: WorkingCalendar, end: date, days: int) -> date:
    """The last day from which work of some days is done by *end*, found by trying each day."""
    day = end
    while later_by(calendar, day, days) > end:
        day -= DAY
    return day


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


class Agreed(NamedTuple):
    """How one order's statuses count: the policy, and what its vendor's terms say."""

    policy: Forward | Backward | FromEntry
    calendars: dict[str, WorkingCalendar]
    durations: dict[str, int]

    def days(self, cycle: StatusCycle, key: str) -> int | None:
        """The days that a status takes; None for the final one and without a duration."""
        if cycle[key].final:
            return None
        return self.durations.get(key, cycle[key].default_duration)

    def calendar(self, key: str) -> WorkingCalendar:
        """The calendar of a status."""
        return self.calendars.get(key, self.policy.calendar)

    def is_used_by(self, cycle: StatusCycle) -> bool:
        """Whether a status of the path counts in another calendar than the policy's."""
        dated = [key for key in path_of(cycle) if self.days(cycle, key) is not None]
        return any(self.calendar(key) != self.policy.calendar for key in dated)

    @property
    def is_simple(self) -> bool:
        """Whether there is one calendar, so that days add up."""
        return not self.calendars and not self.durations


def agreed(policy: DueDatePolicy, vendor: str | None) -> Agreed:
    """How the statuses of an order with this vendor count."""
    if not isinstance(policy, Terms):
        assert isinstance(policy, Forward | Backward | FromEntry)
        return Agreed(policy, dict(policy.calendars), {})
    plain = policy.default_policy
    if vendor is None or vendor not in policy.vendors:
        return Agreed(plain, dict(plain.calendars), {})
    terms = policy.vendors[vendor]
    return Agreed(plain, {**plain.calendars, **terms.calendars}, dict(terms.durations))


def due_on(policy: DueDatePolicy, facts: PlanningFacts) -> date | None:
    """The due date of a status."""
    it = agreed(policy, facts.vendor)
    cycle, key, plain = facts.cycle, facts.status.key, it.policy
    path, own = path_of(cycle), it.days(cycle, key)
    if own is None:
        return None
    if isinstance(plain, FromEntry) or key not in path:
        return in_turn(it, cycle, [key], facts.entered_on, facts.paused_working_days)[key]
    if isinstance(plain, Backward):
        if facts.delivery_on is not None:
            return counted_back(it, cycle, facts.delivery_on)[0][key]
        if plain.without_delivery == "none":
            return None
    held = facts.held_days if plain.shift_holds else 0
    if it.is_simple:
        passed = [it.days(cycle, other) or 0 for other in path[: path.index(key) + 1]]
        return taking(plain.calendar, facts.plan_from, sum(passed), held)
    return in_turn(it, cycle, path, facts.plan_from, held)[key]


def in_turn(
    it: Agreed, cycle: StatusCycle, keys: list[str], anchor: date, held: int
) -> dict[str, date | None]:
    """The due dates of statuses whose work is done one after the other, in calendars of theirs."""
    office = it.policy.calendar
    day, worked = later_by(office, anchor, held), 0
    dates: dict[str, date | None] = {}
    latest: date | None = None
    for key in keys:
        days, calendar = it.days(cycle, key), it.calendar(key)
        if days is None:
            dates[key] = None
            continue
        day = later_by(calendar, day, days)
        worked += days
        due = on_or_after(calendar, day)
        if held and not worked:
            due = on_or_after(calendar, later_by(office, on_or_after(office, anchor), held))
        if latest is not None and due < latest:
            due = on_or_after(calendar, latest)
        dates[key] = latest = due
    return dates


def counted_back(
    it: Agreed, cycle: StatusCycle, delivery_on: date
) -> tuple[dict[str, date | None], date]:
    """The due dates counted back from a delivery, and the last working day to begin."""
    end = delivery_on
    dates: dict[str, date | None] = {}
    for key in reversed(path_of(cycle)):
        days, calendar = it.days(cycle, key), it.calendar(key)
        dates[key] = None if days is None else earlier_by(calendar, end, 0)
        end = last_begin(calendar, end, days or 0)
    return dates, earlier_by(it.policy.calendar, end, 0)


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
        vendor=facts.vendor,
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
            resumed_on=entry.resumed_on,
            paused_days=entry.paused_days,
            paused_working_days=entry.paused_working_days,
            held_days=entry.held_days,
            held=None,
            is_first_aside=False,
            entered_after=None,
            due_on=entry.calculated_due_on,
        )
        is_part = entry.split_from is not None  # it has the date of the order
        return facts if is_part else dated(policy, cycle, facts)
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
    elif isinstance(entry, OrderSplit):
        return before
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
