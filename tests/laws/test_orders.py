"""Laws of orders and their histories: decisions D6, D15, D17, D18 and D20."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest
from attrs import evolve, fields
from hypothesis import given
from hypothesis import strategies as st

from prodflow import (
    ChangeUndone,
    CycleAdopted,
    DueDatePolicy,
    Forward,
    HistoryEntry,
    Move,
    OrderAmended,
    OrderOpened,
    OrderSplit,
    ProductionFlow,
    ProductionOrder,
    RuleError,
    Status,
    StatusChanged,
    StatusCycle,
    WorkingCalendar,
    effective,
)
from prodflow.codec import dump, load, load_entry, read_json, write_json
from prodflow.testing import laws
from prodflow.testing._cases import case, few
from prodflow.testing.strategies import (
    History,
    due_date_policies,
    histories,
    production_flows,
    status_cycles,
    working_calendars,
)

from ._orders import cycles_with_asides, with_asides

AT = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
MONDAY = date(2026, 3, 2)
QUIET = production_flows(max_size=0)
# Enough statuses to move between, and enough changes to get there.
WALKS = histories(cycles=cycles_with_asides(), flows=QUIET, min_size=4, max_size=10)
# What an amendment may change: all but what the entry itself says, and where the order is.
AMENDED = {field.name for field in fields(ProductionOrder)} - {"version"}
FRESH = histories(cycles=cycles_with_asides(), flows=QUIET, max_size=3)
DAYS = st.dates(date(2026, 1, 1), date(2027, 12, 31))


RICH = with_asides(
    StatusCycle(
        "rich",
        [
            Status("a", "Ordered", initial=True, default_duration=1, default_user="Ada"),
            Status("b", "Retouch", default_duration=3, default_department="Lab"),
            Status("c", "Print", default_duration=0),
            Status("d", "Check"),
            Status("z", "Done", final=True),
        ],
    )
)
LONG_WALKS = histories(cycles=st.just(RICH), flows=QUIET, min_size=24, max_size=30)
KINDS = {
    *("moved on", "moved ahead", "moved back", "moved on with its work undone"),
    *("put on hold", "set aside complete", "moved from aside to aside", "cancelled"),
    *("cancelled after completion", "returned from hold", "moved on from hold elsewhere"),
    *("returned from cancellation", "reopened elsewhere", "reopened after completion"),
    *("moved on the day it came", "amended in nothing", "given another order date"),
    *("given another delivery date", "given another start of its plan", "given another first day"),
    *("given a due date by hand", "given other people", "given another vendor"),
    *("amended on hold for its work", "replanned", "migrated", "migrated to another key"),
    *("migrated on hold", "migrated with another or no visit held", "migrated to an older version"),
    *("taken back by undoing a status change", "taken back by undoing an amendment"),
    *("taken back by undoing a migration", "taken back by undoing a hold"),
    *("taken back by undoing a return", "taken back twice in a row", "recorded out of order"),
}
MOVES = {Move.NEXT: "moved on", Move.SKIP: "moved ahead", Move.BACK: "moved back"}


def kinds_of(history: History) -> Iterator[str]:
    """The kinds of steps that a walk has."""
    entries = history.entries
    for before, after in pairwise(history.changes):
        entry = after.entry
        if before.entry.at > entry.at:
            yield "recorded out of order"
        if isinstance(entry, StatusChanged):
            yield from kinds_of_move(before.order, after.order, entry)
        elif isinstance(entry, OrderAmended):
            yield from kinds_of_amendment(entry)
        elif isinstance(entry, CycleAdopted):
            yield from kinds_of_migration(before.order, after.order)
        elif isinstance(entry, ChangeUndone):
            yield from kinds_of_undo(before.entry, entries[entry.undoes - 1])
    if len({flow.due_dates for flow in history.flows}) > 1:
        yield "replanned"


def kinds_of_move(
    before: ProductionOrder, after: ProductionOrder, entry: StatusChanged
) -> Iterator[str]:
    """The same for a status change."""
    if after.begun_on == before.begun_on:
        yield "moved on the day it came"
    if entry.move in MOVES:
        yield MOVES[entry.move]
        if entry.move is Move.NEXT and not entry.current_complete:
            yield "moved on with its work undone"
    elif entry.move is Move.ASIDE:
        if after.is_cancelled:
            yield "cancelled after completion" if before.is_complete else "cancelled"
        elif before.resumes_in is not None:
            yield "moved from aside to aside"
        else:
            yield "put on hold" if after.held is not None else "set aside complete"
    elif entry.visit != entry.sequence:
        yield "returned from hold" if before.is_open else "returned from cancellation"
    elif entry.move is Move.RESUME:
        yield "moved on from hold elsewhere"
    else:
        yield "reopened after completion" if before.is_complete else "reopened elsewhere"


FIELDS = {
    "ordered_on": "given another order date",
    "delivery_on": "given another delivery date",
    "plan_from": "given another start of its plan",
    "entered_on": "given another first day",
    "department": "given other people",
    "vendor": "given another vendor",
    "held": "amended on hold for its work",
}


def kinds_of_amendment(entry: OrderAmended) -> Iterator[str]:
    """The same for an amendment."""
    if not entry.changed:
        yield "amended in nothing"
    for name in entry.changed:
        if name in FIELDS:
            yield FIELDS[name]
    if "due_on_is_manual" in entry.changed and entry.due_on_is_manual:
        yield "given a due date by hand"


def kinds_of_migration(before: ProductionOrder, after: ProductionOrder) -> Iterator[str]:
    """The same for a migration."""
    yield "migrated"
    if before.status.key != after.status.key:
        yield "migrated to another key"
    if before.held is not None:
        yield "migrated on hold"
        if after.held is None or after.held.status != before.held.status:
            yield "migrated with another or no visit held"
    if after.cycle.version < before.cycle.version:
        yield "migrated to an older version"


def kinds_of_undo(last: HistoryEntry, undone: HistoryEntry) -> Iterator[str]:
    """The same for an undo."""
    if isinstance(last, ChangeUndone):
        yield "taken back twice in a row"
    if isinstance(undone, OrderAmended):
        yield "taken back by undoing an amendment"
    elif isinstance(undone, CycleAdopted):
        yield "taken back by undoing a migration"
    elif isinstance(undone, StatusChanged):
        yield "taken back by undoing a status change"
        if undone.held is not None:
            yield "taken back by undoing a hold"
        if undone.visit != undone.sequence:
            yield "taken back by undoing a return"


def is_amendment(entry: HistoryEntry) -> bool:
    """Whether an entry is an amendment."""
    return isinstance(entry, OrderAmended)


def has_migration(history: History) -> bool:
    """Whether the order moved to another version of its cycle."""
    return any(isinstance(entry, CycleAdopted) for entry in history.entries)


def is_off_path(order: ProductionOrder) -> bool:
    """Whether the order is in a status off the path."""
    return order.status not in order.cycle.path


class TestReplay:
    """`order.apply(entry)` is the only way an order changes, so a replay rebuilds the order."""

    @given(WALKS)
    def test_replay_rebuilds_the_order(self, history: History) -> None:
        """The shipped law."""
        laws.replay_rebuilds_the_order(history.changes)

    @given(WALKS)
    def test_an_entry_leads_from_each_order_to_the_next(self, history: History) -> None:
        """The sequences have no gap, and each entry makes the order of its change."""
        case("the order moved to another version", has_migration(history))
        assert list(range(1, len(history.changes) + 1)) == [e.sequence for e in history.entries]
        for before, after in pairwise(history.changes):
            moves = after.order.cycle != before.order.cycle
            cycle = after.order.cycle if moves else None
            assert after.order == before.order.apply(after.entry, cycle=cycle)

    @given(WALKS)
    def test_an_entry_is_applied_once(self, history: History) -> None:
        """An order refuses an entry that it has already, and one that leaves out another."""
        order = history.order
        case("the order changed its status", order.visit > 1)
        for entry in history.entries:
            with pytest.raises(ValueError, match="order"):
                order.apply(entry)
        skipping = evolve(
            history.flow.amend(order, by="Ada", at=AT).entry, sequence=order.version + 2
        )
        with pytest.raises(ValueError, match="version"):
            order.apply(skipping)


class TestVisits:
    """Exactly one visit is open, and visits follow one another without gaps (D18, D20)."""

    @given(WALKS)
    def test_exactly_one_visit_is_open(self, history: History) -> None:
        """The last status change that counts began it or continued it, or the opening."""
        order = history.order
        case("a visit goes on", any(change.order.resumed_on for change in history.changes))
        counting = effective(history.entries)
        began = [e for e in counting if isinstance(e, OrderOpened | StatusChanged)][-1]
        visit = began.visit if isinstance(began, StatusChanged) else 1
        assert (visit, began.resumed_on) == (order.visit, order.resumed_on)

    @given(WALKS)
    def test_visits_follow_one_another(self, history: History) -> None:
        """The shipped law."""
        laws.visits_follow_one_another(history.changes)

    @given(WALKS)
    def test_a_visit_ends_on_the_day_of_its_completion(self, history: History) -> None:
        """The next one begins on that day or goes on then; a correction moves both (D35)."""
        moves = [e for e in history.entries if isinstance(e, StatusChanged)]
        case("a status was completed", any(entry.current_complete for entry in moves))
        for entry in moves:
            assert entry.completed_on in {None, entry.resumed_on or entry.entered_on}

    @given(WALKS)
    def test_visits_are_contiguous_in_status(self, history: History) -> None:
        """A visit leaves the status that the last one entered, under its present key."""
        case("the order moved to another version", has_migration(history))
        for before, after in pairwise(history.changes):
            if isinstance(after.entry, StatusChanged | CycleAdopted):
                assert before.order.status.key == after.entry.from_status
            if not isinstance(after.entry, OrderAmended | OrderSplit):
                assert after.order.status.key == after.entry.to_status

    @given(WALKS)
    def test_off_the_path_there_is_a_way_back(self, history: History) -> None:
        """`resumes_in` names a status of the path exactly while the order is off the path."""
        case("the order was off the path", any(is_off_path(c.order) for c in history.changes))
        for change in history.changes:
            order = change.order
            on_path = {status.key for status in order.cycle.path}
            assert (order.status.key in on_path) == (order.resumes_in is None)
            assert order.resumes_in is None or order.resumes_in in on_path
            assert order.held is None or order.resumes_in is not None


class TestWay:
    """Advancing goes along the path or back to it, and reaches the final status (D17, D18)."""

    @given(status_cycles(), QUIET)
    def test_advancing_from_every_status_reaches_the_final(
        self, cycle: StatusCycle, flow: ProductionFlow
    ) -> None:
        """The shipped law; it takes no more steps than the path is long."""
        laws.advancing_reaches_the_final(flow, cycle, MONDAY)

    @given(WALKS)
    def test_every_open_order_can_be_finished(self, history: History) -> None:
        """Nothing that happens to an order blocks its way."""
        order = history.order
        case("the order is off the path", order.is_open and is_off_path(order))
        flow = ProductionFlow()
        while order.is_open:
            order = flow.advance(order, today=order.begun_on, by="Ada", at=AT).order
        assert order.is_complete or order.is_cancelled


class TestByHand:
    """A due date is manual if it was given and differs from the calculated one (D15)."""

    @given(WALKS, due_date_policies(), DAYS)
    def test_a_manual_date_survives_replan(
        self, history: History, policy: DueDatePolicy, due_on: date
    ) -> None:
        """`calculated_due_on` follows the new policy, `due_on` stays."""
        order = history.flow.amend(history.order, by="Ada", at=AT, due_on=due_on).order
        flow = evolve(history.flow, due_dates=policy)
        try:
            change = flow.replan(order, by="Ada", at=AT)
        except RuleError:
            return  # the policy insists on a delivery date
        case("a manual date met another policy", change is not None and order.due_on_is_manual)
        if change is not None and order.due_on_is_manual:
            assert (due_on, True) == (change.order.due_on, change.order.due_on_is_manual)

    @given(WALKS, DAYS)
    def test_giving_the_calculated_date_back_ends_it(self, history: History, due_on: date) -> None:
        """From then on the due date follows the policy again."""
        order = history.flow.amend(history.order, by="Ada", at=AT, due_on=due_on).order
        calculated = order.calculated_due_on
        case("the date was manual", order.due_on_is_manual)
        back = history.flow.amend(order, by="Ada", at=AT, due_on=calculated).order
        assert (due_on != calculated) == order.due_on_is_manual
        assert (calculated, False) == (back.due_on, back.due_on_is_manual)

    @given(WALKS)
    def test_replanning_under_the_same_policy_changes_nothing(self, history: History) -> None:
        """The dates of an order are already those of its flow, unless a replanning was undone."""
        is_same = len({flow.due_dates for flow in history.flows}) == 1
        case("the policy stayed, and a date is calculated", is_same and history.order.due_on)
        if is_same:
            assert history.flow.replan(history.order, by="Ada", at=AT) is None

    @given(WALKS, due_date_policies())
    def test_replanning_twice_is_replanning_once(
        self, history: History, policy: DueDatePolicy
    ) -> None:
        """The second time nothing changes."""
        flow = evolve(history.flow, due_dates=policy)
        try:
            change = flow.replan(history.order, by="Ada", at=AT)
        except RuleError:
            return  # the policy insists on a delivery date
        case("the first replanning changed the order", change)
        order = history.order if change is None else change.order
        assert flow.replan(order, by="Ada", at=AT) is None

    @given(WALKS)
    def test_an_amendment_names_what_it_changes(self, history: History) -> None:
        """`changed` has exactly the fields that differ, of all that an order has."""
        amended = [e for e in history.entries if isinstance(e, OrderAmended)]
        case("an amendment changed something", any(entry.changed for entry in amended))
        for before, after in pairwise(history.changes):
            if isinstance(after.entry, OrderAmended):
                changed = {
                    name
                    for name in AMENDED
                    if getattr(before.order, name) != getattr(after.order, name)
                }
                assert changed == set(after.entry.changed)

    @given(WALKS)
    def test_amending_nothing_changes_nothing_but_the_version(self, history: History) -> None:
        """It gives an entry, and no event."""
        case("the order has been amended before", any(map(is_amendment, history.entries)))
        idle = history.flow.amend(history.order, by="Ada", at=AT)
        assert isinstance(idle.entry, OrderAmended)
        assert (idle.entry.changed, idle.events) == ((), ())
        assert evolve(history.order, version=idle.order.version) == idle.order

    @given(WALKS, due_date_policies(), DAYS, DAYS)
    def test_dates_amended_and_amended_back_are_the_same(
        self, history: History, policy: DueDatePolicy, ordered_on: date, delivery_on: date
    ) -> None:
        """The plan moves with the order date, and moves back; so does an untouched order."""
        flow, order = ProductionFlow(due_dates=policy), history.order
        try:
            start = flow.amend(order, plan_from=None, by="Ada", at=AT).order
            first = flow.replan(start, by="Ada", at=AT)
            start = start if first is None else first.order
            there = flow.amend(
                start, by="Ada", at=AT, ordered_on=ordered_on, delivery_on=delivery_on
            ).order
            back = flow.amend(
                there,
                by="Ada",
                at=AT,
                ordered_on=start.ordered_on,
                delivery_on=start.delivery_on,
            ).order
        except RuleError:
            return  # the policy insists on a delivery date
        case("the due date moved", there.due_on != start.due_on)
        assert there.plan_from == ordered_on
        if (there.entered_on, start.entered_on) != (ordered_on, start.entered_on):
            assert start == evolve(back, version=start.version)

    @given(WALKS, st.integers(-9, 90))
    def test_an_amended_delivery_moves_its_due_date_only(self, walk: History, days: int) -> None:
        """The shipped law."""
        order = walk.order
        delivery_on = order.ordered_on + timedelta(days)
        laws.an_amended_delivery_moves_its_due_date_only(walk.flow, order, delivery_on)


class TestOrderDate:
    """The order date, the start of the plan and an untouched first day go together (D6, D15)."""

    @few(2)
    @given(status_cycles(), QUIET, DAYS, DAYS)
    def test_an_untouched_order_follows_its_order_date(
        self, cycle: StatusCycle, flow: ProductionFlow, ordered_on: date, amended_on: date
    ) -> None:
        """The shipped law."""
        laws.an_untouched_order_follows_its_order_date(flow, cycle, ordered_on, amended_on)

    @given(WALKS, st.integers(-9, 9), st.none() | st.integers(0, 20))
    def test_the_plan_follows_while_it_begins_on_the_order_date(
        self, history: History, days: int, ahead: int | None
    ) -> None:
        """Else it stays, but it never begins before the order date."""
        order, flow = history.order, history.flow
        case("the plan begins later", order.plan_from > order.ordered_on)
        ordered_on = order.ordered_on + timedelta(days)
        after = flow.amend(order, ordered_on=ordered_on, by="Ada", at=AT).order
        follows = order.plan_from == order.ordered_on or order.plan_from < ordered_on
        assert after.plan_from == (ordered_on if follows else order.plan_from)
        plan_from = None if ahead is None else ordered_on + timedelta(ahead)
        given_too = flow.amend(
            order, ordered_on=ordered_on, plan_from=plan_from, by="Ada", at=AT
        ).order
        assert given_too.plan_from == (plan_from or ordered_on)
        with pytest.raises(ValueError, match="plan_from must be from the order date on"):
            flow.amend(order, plan_from=order.ordered_on - timedelta(1), by="Ada", at=AT)

    @given(FRESH, st.integers(-9, 9))
    def test_only_an_untouched_order_enters_on_its_new_order_date(
        self, history: History, days: int
    ) -> None:
        """One that moved, was on hold, entered on another day or is a part keeps its day."""
        order = history.order
        ordered_on = order.ordered_on + timedelta(days)
        after = history.flow.amend(order, ordered_on=ordered_on, by="Ada", at=AT).order
        is_untouched = (order.visit, order.resumed_on, order.split_from) == (
            1,
            None,
            None,
        ) and order.entered_on == order.ordered_on
        case("the order is untouched", is_untouched)
        assert after.entered_on == (ordered_on if is_untouched else order.entered_on)

    @few(2)
    @given(status_cycles(), working_calendars(), st.booleans(), DAYS, st.integers(0, 30))
    def test_a_plan_that_begins_later_is_that_of_a_later_order(
        self,
        cycle: StatusCycle,
        calendar: WorkingCalendar,
        shifts: bool,
        ordered_on: date,
        days: int,
    ) -> None:
        """Counted forward, the dates are those of an order placed on the day it begins (D6)."""
        flow = ProductionFlow(due_dates=Forward(calendar, shift_holds=shifts))
        begins_on = ordered_on + timedelta(days)
        case("the plan begins later", days)
        for status in cycle.path:
            later, placed = (
                flow.open(
                    cycle,
                    order_id="PO-1",
                    ordered_on=day,
                    plan_from=begins_on,
                    status=status.key,
                    by="Ada",
                    at=AT,
                ).order
                for day in (ordered_on, begins_on)
            )
            assert later.calculated_due_on == placed.calculated_due_on


class TestWalks:
    """The walks that these laws are tested on have everything that can happen to an order."""

    @given(LONG_WALKS)
    def test_every_kind_of_step_comes_up(self, history: History) -> None:
        """Each in at least one of ten walks through a cycle where all of them can."""
        steps = set(kinds_of(history))
        for kind in KINDS:
            case(f"an order was {kind}", kind in steps)
        assert steps <= KINDS


class TestSaved:
    """Every entry and every order of a walk comes back from the codec as it was."""

    @few(2)
    @given(WALKS)
    def test_entries_and_orders_come_back(self, history: History) -> None:
        """Through the text of JSON."""
        case("an entry undoes another", any(isinstance(e, ChangeUndone) for e in history.entries))
        for change in history.changes:
            entry, order = change.entry, change.order
            assert load_entry(read_json(write_json(dump(entry)))) == entry
            data = read_json(write_json(dump(order)))
            assert load(data, ProductionOrder, cycles=history.cycles) == order
