"""What type checkers make of cycles, calendars, due dates, orders and triggers; never run."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Literal, assert_type

from prodflow import (
    EVERY_DAY,
    Backward,
    ChangeUndone,
    Completing,
    Contact,
    CreateTask,
    CustomAction,
    CycleAdopted,
    CycleProblem,
    DaysFromDelivery,
    DaysFromDue,
    DaysInStatus,
    DueDatePolicy,
    Entering,
    ExpectedStatus,
    FactChanges,
    Facts,
    Forward,
    FromEntry,
    Held,
    HistoryEntry,
    Leaving,
    Move,
    Opening,
    OrderAmended,
    OrderOpened,
    OrderSplit,
    Outlook,
    Place,
    Plan,
    PlannedStatus,
    PlanningFacts,
    ProductionOrder,
    SendMessage,
    Status,
    StatusChanged,
    StatusCycle,
    Terms,
    Trigger,
    TriggerEvent,
    TriggerProblem,
    VendorTerms,
    Where,
    WorkingCalendar,
    business_date,
    effective,
    find_problems,
    find_trigger_problems,
    is_wanted,
    outlook,
    plan,
    plan_many,
    slug,
)


def check_cycle(cycle: StatusCycle, status: Status) -> None:
    """Statuses and cycles; every verb gives a cycle."""
    assert_type(Status("lab", "At the lab", default_duration=2, initial=True), Status)
    assert_type(status.default_duration, int | None)
    assert_type(status.initial, bool)
    assert_type(Status("hold", "On hold", non_standard=True, pauses=True).pauses, bool)
    assert_type(StatusCycle("prints", [status], description="Prints", version=2), StatusCycle)
    assert_type(StatusCycle("prints", (status for _ in range(2))), StatusCycle)
    assert_type(cycle["lab"], Status)
    assert_type("lab" in cycle, bool)
    assert_type(len(cycle), int)
    assert_type(iter(cycle), Iterator[Status])
    assert_type(cycle.path, tuple[Status, ...])
    assert_type(cycle.initial, Status)
    assert_type(cycle.warnings, tuple[CycleProblem, ...])
    assert_type(cycle.next_after("lab"), Status | None)
    assert_type(cycle.choices(), tuple[Status, ...])
    assert_type(cycle.place("lab"), Place)
    assert_type(cycle.place("lab").position, int | None)
    assert_type(cycle.add(status), StatusCycle)
    assert_type(cycle.add(status, 0), StatusCycle)
    assert_type(cycle.move_to("lab", 0), StatusCycle)
    assert_type(cycle.replace("lab", description="Lab", default_duration=None), StatusCycle)
    assert_type(find_problems([status, {"key": "lab", "initial": "yes"}]), tuple[CycleProblem, ...])
    assert_type(find_problems(cycle)[0].severity, Literal["error", "warning"])
    assert_type(slug("At the lab", {"lab"}), str)


def check_cycle_refuses(cycle: StatusCycle, status: Status) -> None:
    """Each of these is a finding of both checkers."""
    Status("lab", "At the lab", 2)  # type: ignore[call-arg]  # the rest goes by name
    Status("lab", default_duration=2)  # type: ignore[call-arg]  # no description
    status.key = "done"  # type: ignore[misc]  # frozen
    cycle.replace("lab", key="done")  # type: ignore[misc]  # a key never changes
    cycle.replace("lab", initial="yes")  # type: ignore[arg-type]  # a flag is a bool
    cycle.statuses.append(status)  # type: ignore[attr-defined]  # a tuple


class Almanac:
    """What an object of the `holidays` library has."""

    years: set[int]

    def is_weekend(self, key: date | str) -> bool:
        """Whether it's a Sunday."""
        return isinstance(key, date) and key.isoweekday() == 7

    def is_working_day(self, key: date | str) -> bool:
        """Whether it's another day."""
        return not self.is_weekend(key)


def check_calendar(calendar: WorkingCalendar, day: date) -> None:
    """Calendars take and give dates."""
    assert_type(EVERY_DAY, WorkingCalendar)
    assert_type(WorkingCalendar(working_weekdays=range(6), holidays={day}), WorkingCalendar)
    assert_type(
        WorkingCalendar.from_rules("FREQ=YEARLY", since=day, until=day, holidays=[day]),
        WorkingCalendar,
    )
    assert_type(WorkingCalendar(known_through=day).known_through, date | None)
    assert_type(WorkingCalendar.from_holidays(Almanac(), years=[2026]), WorkingCalendar)
    WorkingCalendar.from_holidays([day], years=[2026])  # type: ignore[arg-type]  # dates alone
    at = datetime(2026, 11, 30, 9, tzinfo=UTC)
    assert_type(business_date(at, zone=UTC, cutoff=time(17), calendar=calendar), date)
    assert_type(calendar.holidays, frozenset[date])
    assert_type(calendar.is_working_day(day), bool)
    assert_type(calendar.add(day, -3), date)
    assert_type(calendar.count(day, day), int)
    assert_type(calendar.following(day), date)
    assert_type(calendar.preceding(day), date)
    assert_type(calendar.offsets(day, [1, None]), tuple[date | None, ...])


class HalfTime:
    """A policy of a host: any object with the four members will do."""

    @property
    def name(self) -> str:
        """What the history calls it."""
        return "half-time"

    @property
    def calendar(self) -> WorkingCalendar:
        """The days that count."""
        return EVERY_DAY

    @property
    def shift_holds(self) -> bool:
        """Whether time spent on hold moves the rest of the plan."""
        return False

    def due_on(self, planning: PlanningFacts, /) -> date | None:
        """The last day an order may stay."""
        assert_type(planning.cycle, StatusCycle)
        assert_type(planning.status, Status)
        assert_type(planning.held_days, int)
        assert_type(planning.vendor, str | None)
        return planning.delivery_on or max(planning.plan_from, planning.entered_on)


class Unshifted:
    """Almost a policy: it doesn't say whether holds shift the plan."""

    name = "unshifted"
    calendar = EVERY_DAY

    def due_on(self, planning: PlanningFacts, /) -> date | None:
        """The last day an order may stay."""
        return planning.delivery_on


def check_policies(cycle: StatusCycle, day: date) -> None:
    """Ours and a host's are due-date policies; plans are sequences of rows."""
    calendar = WorkingCalendar()
    policies: list[DueDatePolicy] = [
        Forward(),
        Forward(calendar, shift_holds=True),
        Backward(calendar, without_delivery="forward", shift_holds=True),
        FromEntry(calendar, calendars={"lab": EVERY_DAY}),
        Forward(calendars={"lab": EVERY_DAY}),
        Terms(Backward(), {"West": VendorTerms(durations={"lab": 2}, calendars={"lab": calendar})}),
        HalfTime(),
    ]
    policy = policies[0]
    assert_type(policy.calendar, WorkingCalendar)
    assert_type(policy.shift_holds, bool)
    planning = PlanningFacts(
        cycle=cycle, status=cycle["lab"], plan_from=day, ordered_on=day, entered_on=day
    )
    assert_type(policy.due_on(planning), date | None)
    dates = plan(cycle, policy, ordered_on=day)
    assert_type(dates, Plan)
    assert_type(dates[0], PlannedStatus)
    assert_type(dates[1:], tuple[PlannedStatus, ...])
    assert_type([row.latest_on for row in dates], list[date | None])
    assert_type(dates.float_days, int | None)
    assert_type(dates.start_by, date | None)
    assert_type(dates.is_provisional, bool)
    assert_type(dates.past(today=day), tuple[PlannedStatus, ...])
    assert_type(plan_many(cycle, policy, [(day, None), (day, day)]), list[Plan])
    assert_type(plan_many(cycle, policy, [(day, None)], vendor="West", priority=2), list[Plan])
    assert_type(
        plan(cycle, policy, ordered_on=day, vendor="West", quantity=3, facts={"rush": True}), Plan
    )
    assert_type(Forward().calendars["lab"], WorkingCalendar)


def check_policies_refuse(cycle: StatusCycle, day: date) -> None:
    """Each of these is a finding of both checkers."""
    Backward(without_delivery="never")  # type: ignore[arg-type]  # one of three words
    Backward(EVERY_DAY, "none")  # type: ignore[arg-type, call-arg]  # flags go by name
    plan(cycle, EVERY_DAY, ordered_on=day)  # type: ignore[arg-type]  # a calendar is no policy
    plan(cycle, Unshifted(), ordered_on=day)  # type: ignore[arg-type]  # one member is missing
    plan(cycle, Forward())  # type: ignore[call-arg]  # no order date
    Forward(calendar=EVERY_DAY, calendars=[EVERY_DAY])  # type: ignore[arg-type]  # by status key
    Terms(HalfTime(), {})  # type: ignore[arg-type]  # the default policy is one of prodflow's
    Terms(Forward(), {"West": {"lab": 2}})  # type: ignore[dict-item]  # durations go by name
    business_date(day, zone=UTC, calendar=EVERY_DAY)  # type: ignore[arg-type]  # a day is no instant
    FromEntry(shift_holds=True)  # type: ignore[call-arg]  # it has no plan to shift
    Forward().due_on(cycle)  # type: ignore[arg-type]  # the facts, not the cycle alone
    PlanningFacts(cycle=cycle, status="lab", plan_from=day, ordered_on=day, entered_on=day)  # type: ignore[arg-type]  # the status, not its key


def check_outlook(order: ProductionOrder, policy: DueDatePolicy, day: date) -> None:
    """What is expected of an open order."""
    expected = outlook(order, policy, today=day)
    assert_type(expected, Outlook | None)
    assert expected is not None
    assert_type(expected[0], ExpectedStatus)
    assert_type(expected[1:], tuple[ExpectedStatus, ...])
    assert_type([row.begins_on for row in expected], list[date])
    assert_type(expected.finish_on, date)
    assert_type(expected.slack_days, int | None)


def check_order(order: ProductionOrder, entry: HistoryEntry, cycle: StatusCycle) -> str:
    """Orders, and the union of entries, which `match` takes apart completely."""
    assert_type(order.order_type, str)
    assert_type(order.status, Status)
    assert_type(order.due_on, date | None)
    assert_type(order.held, Held | None)
    assert_type(order.resumes_in, str | None)
    assert_type(order.entered_after, date | None)
    assert_type(order.resumed_on, date | None)
    assert_type(
        (order.paused_days, order.paused_working_days, order.held_days), tuple[int, int, int]
    )
    assert_type(order.plan_from, date)
    assert_type(order.is_open, bool)
    assert_type(order.is_overdue(today=order.entered_on), bool)
    assert_type(order.apply(entry), ProductionOrder)
    assert_type(order.apply(entry, cycle=cycle), ProductionOrder)
    assert_type(ProductionOrder.replay([entry], [cycle]), ProductionOrder)
    assert_type(effective([entry]), tuple[HistoryEntry, ...])
    assert_type(entry.at, datetime)
    assert_type(entry.command_id, str | None)
    match entry:
        case OrderOpened():
            return assert_type(entry.order_type, str)
        case StatusChanged():
            assert_type(entry.skipped, tuple[str, ...])
            assert_type(entry.move, Move)
            return assert_type(entry.to_status, str)
        case OrderAmended():
            return assert_type(entry.changed, tuple[str, ...])[0]
        case CycleAdopted():
            return assert_type(entry.from_status, str)
        case ChangeUndone():
            assert_type(entry.undoes, int)
            return assert_type(entry.to_status, str)
        case OrderSplit():
            assert_type(entry.parts, tuple[tuple[str, int], ...])
            return entry.parts[0][0]


def check_facts(order: ProductionOrder, amended: OrderAmended, day: date) -> None:
    """Facts are a read-only mapping; a change of facts may be None, for one that is removed."""
    assert_type(order.facts, Facts)
    assert_type(order.facts["client"], str | bool | int | Decimal | date)
    assert_type((order.priority, order.quantity), tuple[int, int | None])
    assert_type(amended.facts, FactChanges)
    assert_type(amended.facts["client"], str | bool | int | Decimal | date | None)
    facts = Facts({"client": "Lee", "rush": True, "price": Decimal(2), "shot": day})
    assert_type(facts.merged({"client": None, "copies": 2}), Facts)
    assert_type(facts.changes_to(order.facts), FactChanges)
    assert_type(Where(facts={"client": ["Lee", None], "rush": True, "size": None}), Where)
    Facts({"client": None})  # type: ignore[dict-item]  # only a change of facts may be None
    Facts({"size": 1.5})  # type: ignore[dict-item]  # a Decimal
    FactChanges(client="Lee")  # type: ignore[call-arg]  # a mapping
    facts["client"] = "Kim"  # type: ignore[index]  # read-only


def check_held(held: Held) -> None:
    """What is held is a visit, named by the key of its status."""
    assert_type((held.visit, held.status), tuple[int, str])
    assert_type((held.entered_on, held.paused_on), tuple[date, date])
    assert_type(held.due_on, date | None)
    held.visit = 2  # type: ignore[misc]  # frozen


def wants_lab(order: ProductionOrder, entry: HistoryEntry | None) -> bool:
    """A condition of a trigger; a reminder has no entry."""
    return order.status.key == "lab" and (entry is None or entry.by != "importer")


def was_imported(_order: ProductionOrder, entry: HistoryEntry) -> bool:
    """No condition: a reminder gives it no entry."""
    return entry.by == "importer"


def check_triggers(event: TriggerEvent, order: ProductionOrder, cycle: StatusCycle) -> None:
    """Triggers, their events, and the channel of a message."""
    west = Where(order_type="prints", vendor={"Lab West", None}, department=["Lab"], user=None)
    assert_type(west, Where)
    assert_type(west(order, None), bool)
    triggers = [
        Trigger("a", Opening(), CreateTask("Check", due_days=2)),
        Trigger("b", Entering("lab", moves={Move.NEXT}), SendMessage("begun", channels=["sms"])),
        Trigger("c", Leaving(), CustomAction("ring", {"loud": True, "times": 3})),
        Trigger("d", Completing("lab"), CustomAction("ring", [("loud", None)])),
        Trigger("e", DaysInStatus("lab", 3), CreateTask("Call"), condition=wants_lab),
        Trigger("f", DaysFromDue(None, -1, working=True), CreateTask("Call"), order_types=["a"]),
        Trigger("g", DaysFromDelivery(-3), CreateTask("Call"), description="Call", enabled=False),
        Trigger("h", DaysInStatus(None, 3, working=True), CreateTask("Call"), condition=west),
    ]
    assert_type(triggers, list[Trigger])
    assert_type(find_trigger_problems(triggers, [cycle]), tuple[TriggerProblem, ...])
    assert_type(event.fire_on, date | None)
    assert_type((event.visit, event.number, event.sequence), tuple[int, int | None, int])
    assert_type(event.until, Literal["left", "closed"] | None)
    assert_type(event.slot, tuple[str, str, int | None])
    assert_type(is_wanted(event, order), bool)
    assert_type(event.action, CreateTask | SendMessage | CustomAction)
    assert_type(
        SendMessage("begun").channel_for(Contact(channels={"email"}, do_not_call=True)),
        Literal["email", "sms", "call", "letter", "web_form"] | None,
    )


def check_triggers_refuse() -> None:
    """Each of these is a finding of both checkers."""
    SendMessage("begun", channels=["pigeon"])  # type: ignore[list-item]  # one of five words
    Trigger("a", "opening", CreateTask("Check"))  # type: ignore[arg-type]  # a value, not a word
    Trigger("a", Opening(), CreateTask("Check"), condition=len)  # type: ignore[arg-type]  # of two
    Trigger("a", Opening(), CreateTask("Check"), condition=was_imported)  # type: ignore[arg-type]
    Where(vendor=7)  # type: ignore[arg-type]  # texts
    Where("Lab West")  # type: ignore[call-arg]  # which field?
