"""Laws of what is put right: undoing and correcting leave no trace in any report (D34, D35)."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from typing import Any

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from prodflow import (
    Change,
    ChangeRefusedError,
    ChangeRules,
    ChangeUndone,
    CycleAdopted,
    CycleNotFoundError,
    HistoryEntry,
    NothingToUndoError,
    OrderAmended,
    OrderOpened,
    OrderSplit,
    ProductionFlow,
    ProductionOrder,
    RuleError,
    StatusChanged,
    effective,
)
from prodflow.hub import Visit, history_table, visits
from prodflow.testing import laws
from prodflow.testing._cases import case, few
from prodflow.testing._reports import CALENDAR, reports, stored
from prodflow.testing.strategies import History, histories, production_flows

from ._orders import AT, OnPath, cycles_with_asides, opened_there, orders_on_the_path

TODAY = st.dates(date(2026, 1, 1), date(2027, 12, 31))
QUIET = production_flows(max_size=0)
WALKS = histories(cycles=cycles_with_asides(), flows=QUIET, min_size=6, max_size=12)
EVENTFUL = histories(
    cycles=cycles_with_asides(), flows=production_flows(min_size=1), min_size=3, max_size=8
)


def kinds_undone(history: History) -> set[str]:
    """What the entries that a walk undid were."""
    entries = {entry.sequence: entry for entry in history.entries}
    undone = [entries[e.undoes] for e in history.entries if isinstance(e, ChangeUndone)]
    return {type(entry).__name__ for entry in undone}


def one_more(walk: History, kind: str) -> Change:
    """A further change of this kind; an amendment if the policy refuses a status change."""
    flow, order = walk.flow, walk.order
    if kind == "CycleAdopted":
        newer = evolve(order.cycle, version=order.cycle.version + 1000)
        return flow.migrate(order, newer, by="Ada", at=AT)
    if kind == "StatusChanged":
        others = [status for status in order.cycle.choices() if status != order.status]
        try:
            return flow.advance(order, today=order.begun_on, to=others[0].key, by="Ada", at=AT)
        except RuleError:
            pass
    return flow.amend(order, due_on=order.begun_on, vendor="West", by="Ada", at=AT)


# The run in which it did not happen


def numbers_of(entries: Sequence[HistoryEntry]) -> dict[int, int]:
    """The number that each entry has if nothing was ever undone."""
    return {entry.sequence: number for number, entry in enumerate(effective(entries), start=1)}


def renumbered(entry: HistoryEntry, numbers: dict[int, int]) -> HistoryEntry:
    """An entry as it is numbered if nothing was ever undone."""
    changes: dict[str, Any] = {"sequence": numbers[entry.sequence]}
    if isinstance(entry, StatusChanged):
        changes["visit"] = numbers[entry.visit]
    if isinstance(entry, StatusChanged | OrderAmended | CycleAdopted) and entry.held is not None:
        changes["held"] = evolve(entry.held, visit=numbers[entry.held.visit])
    return evolve(entry, **changes)


def without_undone(history: History) -> list[Change]:
    """The changes of a run in which nothing of what was undone ever happened."""
    numbers = numbers_of(history.entries)
    versions = {cycle.version: cycle for cycle in history.cycles}
    entries = [renumbered(entry, numbers) for entry in effective(history.entries)]
    changes: list[Change] = []
    for number, entry in enumerate(entries, start=1):
        order = ProductionOrder.replay(entries[:number], versions.values())
        changes.append(Change(order, entry))
    return changes


def numbered_like(visit: Visit, numbers: dict[int, int]) -> Visit:
    """A visit as it is numbered in such a run."""
    pauses = [
        pause._replace(sequence=None if pause.sequence is None else numbers[pause.sequence])
        for pause in visit.pauses
    ]
    return evolve(visit, sequence=numbers[visit.sequence], pauses=tuple(pauses))


class TestUndo:
    """After an undo, the order is as it was before, one version on, in the same visit (D34)."""

    @few(2)
    @given(EVENTFUL)
    def test_an_undo_gives_the_order_back(self, walk: History) -> None:
        """The shipped law, at every step of a walk, whatever was done and undone before."""
        for last, flow in enumerate(walk.flows, start=1):
            # In another calendar, the undo gives the working days of its reminders anew.
            if all(it.due_dates.calendar == flow.due_dates.calendar for it in walk.flows[:last]):
                laws.an_undo_gives_the_order_back(flow, walk.changes[:last])

    @given(WALKS)
    def test_undoing_everything_leads_to_the_opening(self, walk: History) -> None:
        """The shipped law."""
        laws.undoing_everything_leads_to_the_opening(walk.flow, walk.changes)

    @given(WALKS, st.sampled_from(["StatusChanged", "OrderAmended", "CycleAdopted"]))
    def test_an_undo_restores_every_field(self, walk: History, kind: str) -> None:
        """Each undo of a walk, and of one more change, gives back the order from before."""
        for change in walk.changes:
            entry = change.entry
            if isinstance(entry, ChangeUndone):
                before = walk.changes[entry.undoes - 2].order
                assert change.order == evolve(before, version=change.order.version)
        change = one_more(walk, kind)
        case(f"an entry of the kind {kind} was undone", type(change.entry).__name__ == kind)
        entries = [*walk.entries, change.entry]
        undone = walk.flow.undo(change.order, entries, cycles=walk.cycles, by="Ada", at=AT).order
        assert undone == evolve(walk.order, version=undone.version)

    @given(WALKS)
    def test_the_last_entry_that_counts_is_undone(self, walk: History) -> None:
        """Undoing again takes back the one before it, and there is no redo."""
        counting: list[int] = []
        for entry in walk.entries:
            if isinstance(entry, ChangeUndone):
                assert entry.undoes == counting.pop()
            else:
                counting.append(entry.sequence)
        assert [entry.sequence for entry in effective(walk.entries)] == counting
        case("something was undone", len(counting) < len(walk.entries))

    @given(WALKS)
    def test_effective_entries_of_a_beginning_are_those_of_then(self, walk: History) -> None:
        """What counts never depends on what came later, but for undoing."""
        for last, entry in enumerate(walk.entries, start=1):
            before, now = effective(walk.entries[: last - 1]), effective(walk.entries[:last])
            expected = before[:-1] if isinstance(entry, ChangeUndone) else (*before, entry)
            assert now == expected
        case("something was undone", len(effective(walk.entries)) < len(walk.entries))

    @few(2)
    @given(WALKS)
    def test_rules_of_status_changes_are_not_asked(self, walk: History) -> None:
        """A flow that refuses every status change can still take one back."""
        strict = ProductionFlow(
            due_dates=walk.flow.due_dates,
            rules=ChangeRules(
                allow_skip=False,
                allow_back=False,
                allow_reopen=False,
                targets={status.key: [] for status in walk.order.cycle},
                guard=lambda _order, _proposal: "never",
            ),
        )
        case("the last entry is a status change", isinstance(walk.entries[-1], StatusChanged))
        laws.an_undo_gives_the_order_back(strict, walk.changes)

    @few(2)
    @given(WALKS)
    def test_a_guard_of_entries_is_asked(self, walk: History) -> None:
        """It gets the order before the undo, and the entry."""
        asked: list[tuple[object, HistoryEntry]] = []

        def guard(order: object, entry: HistoryEntry) -> str:
            asked.append((order, entry))
            return "never"

        flow = ProductionFlow(rules=ChangeRules(entry_guard=guard))
        can_undo = not isinstance(effective(walk.entries)[-1], OrderOpened | OrderSplit)
        case("something can be undone", can_undo)
        undo = partial(flow.undo, walk.order, walk.entries, cycles=walk.cycles, by="Ada", at=AT)
        with pytest.raises(ChangeRefusedError if can_undo else NothingToUndoError):
            undo()
        assert [order for order, _ in asked] == [walk.order] * can_undo
        assert all(isinstance(entry, ChangeUndone) for _, entry in asked)

    @few(2)
    @given(WALKS)
    def test_an_undone_migration_needs_the_version_before(self, walk: History) -> None:
        """Without it the undo is refused; for anything else no version is needed."""
        order, flow = walk.order, walk.flow
        newer = evolve(order.cycle, version=order.cycle.version + 1000)
        moved = flow.migrate(order, newer, by="Ada", at=AT)
        with pytest.raises(CycleNotFoundError):
            flow.undo(moved.order, [*walk.entries, moved.entry], by="Ada", at=AT)
        last = effective(walk.entries)[-1]
        is_other = not isinstance(last, CycleAdopted | OrderOpened | OrderSplit)
        case("something else is the last entry that counts", is_other)
        if is_other:
            undone = flow.undo(order, walk.entries, by="Ada", at=AT)
            assert undone.order.cycle == order.cycle

    @few(2)
    @given(WALKS)
    def test_an_undo_needs_the_whole_history(self, walk: History) -> None:
        """Entries that lack the first or the last, or are of another order, are refused."""
        entries = walk.entries
        other = [evolve(entry, order_id="another") for entry in entries]
        case("there are several entries", len(entries) > 1)
        for wrong in (entries[1:], entries[:-1], [*entries, entries[-1]], other):
            with pytest.raises(ValueError, match="all entries of order"):
                walk.flow.undo(walk.order, wrong, cycles=walk.cycles, by="Ada", at=AT)


class TestReports:
    """Every report counts a history as if what was undone had never happened (D34)."""

    @few(2)
    @given(WALKS, TODAY)
    def test_what_was_undone_leaves_no_trace(self, walk: History, today: date) -> None:
        """All reports of both runs are equal, and the orders differ in their numbers alone."""
        run = without_undone(walk)
        case("something was undone", len(run) < len(walk.changes))
        numbers = numbers_of(walk.entries)
        held = walk.order.held
        assert run[-1].order == evolve(
            walk.order,
            version=len(run),
            visit=numbers[walk.order.visit],
            held=None if held is None else evolve(held, visit=numbers[held.visit]),
        )
        expected = reports(stored(run), walk.cycles, today)
        assert expected == reports(stored(walk.changes), walk.cycles, today)

    @few(2)
    @given(WALKS)
    def test_visits_are_those_of_the_run_without_it(self, walk: History) -> None:
        """Each visit with its days, its pauses and its people; the numbers stay those recorded."""
        numbers = numbers_of(walk.entries)
        expected = visits([change.entry for change in without_undone(walk)], calendar=CALENDAR)
        found = visits(walk.entries, calendar=CALENDAR)
        case("a visit was undone", "StatusChanged" in kinds_undone(walk))
        assert expected == tuple(numbered_like(visit, numbers) for visit in found)

    @few(2)
    @given(WALKS)
    def test_the_notes_show_both(self, walk: History) -> None:
        """What was undone has a line, and so has the undoing."""
        notes = history_table(walk.entries, walk.cycles)
        undone_by = notes.columns.index("Undone By")
        assert [row[0] for row in notes.rows] == [entry.sequence for entry in walk.entries]
        counting = {entry.sequence for entry in effective(walk.entries)}
        undone = {entry.undoes for entry in walk.entries if isinstance(entry, ChangeUndone)}
        case("something was undone", undone)
        for row, entry in zip(notes.rows, walk.entries, strict=True):
            assert (row[undone_by] is not None) == (entry.sequence in undone)
            assert isinstance(entry, ChangeUndone) or (entry.sequence in counting) != (
                entry.sequence in undone
            )


class TestCorrect:
    """A corrected first day stays within its bounds and moves what counts from it (D35)."""

    @given(WALKS, st.integers(-3, 20), st.integers(-2, 20))
    def test_a_first_day_is_corrected_within_its_bounds(
        self, walk: History, later: int, days: int
    ) -> None:
        """The shipped law, at every step of a walk."""
        for change, flow in zip(walk.changes, walk.flows, strict=True):
            order = change.order
            first = order.entered_after or order.entered_on
            laws.a_first_day_is_corrected_within_its_bounds(
                flow, order, first + timedelta(days), order.begun_on + timedelta(later)
            )

    @few(2)
    @given(orders_on_the_path(), st.integers(0, 9), st.integers(0, 9), TODAY, st.data())
    def test_a_corrected_day_is_as_if_it_had_been_given_at_once(
        self, on_path: OnPath, given_days: int, right_days: int, today: date, data: st.DataObject
    ) -> None:
        """In the order, and in every report."""
        flow, order = on_path.flow, on_path.order
        opened = opened_there(on_path)
        to = data.draw(st.sampled_from([s.key for s in order.cycle.choices() if s != order.status]))
        latest = opened.order.entered_on + timedelta(9)
        at = datetime.combine(latest, time(12), UTC)
        wrong, right = (
            flow.advance(
                opened.order,
                to=to,
                today=latest,
                completed_on=opened.order.entered_on + timedelta(days),
                by="Ada",
                at=AT,
            )
            for days in (given_days, right_days)
        )
        corrected = flow.amend(wrong.order, entered_on=right.order.entered_on, by="Ada", at=at)
        case("the day was wrong", given_days != right_days)
        assert corrected.order == evolve(right.order, version=3)
        expected = reports(stored([opened, right]), [order.cycle], today)
        found = reports(stored([opened, wrong, corrected]), [order.cycle], today)
        assert expected == found

    @given(WALKS, st.integers(-9, 9))
    def test_a_correction_can_be_undone(self, walk: History, days: int) -> None:
        """Then the day is as it was recorded first."""
        order = walk.order
        day = order.begun_on + timedelta(days)
        at = datetime.combine(order.begun_on + timedelta(20), time(12), UTC)
        try:
            corrected = walk.flow.amend(order, entered_on=day, by="Ada", at=at)
        except RuleError:
            case("the day can be corrected", came_up=False)
            return
        case("the day can be corrected", came_up=True)
        laws.an_undo_gives_the_order_back(walk.flow, [*walk.changes, corrected])
