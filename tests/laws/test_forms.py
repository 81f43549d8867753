"""Laws of lists that people edit in forms: decisions D1, D2, D4 and D30."""

from typing import Any

import pytest
from attrs import fields
from hypothesis import given
from hypothesis import strategies as st

from prodflow import Status, StatusCycle, Trigger, find_problems
from prodflow.codec import load
from prodflow.forms import posted_rows, status_rows, trigger_rows
from prodflow.testing import laws
from prodflow.testing._cases import case
from prodflow.testing._drawing import DESCRIPTIONS, DURATIONS, OPTIONAL_PEOPLE
from prodflow.testing._forms import GARBAGE, BrokenMapping, status_forms, trigger_forms
from prodflow.testing.strategies import status_cycles, statuses, triggers

FLAGS = [field.name for field in fields(Status) if field.type is bool]
KEYS = st.sampled_from(["framing", "quality-check", "quality-check-2", "a"])
NAMES = st.sampled_from(["Framing", "Quality check", "A", "名"]) | DESCRIPTIONS
LISTS = st.lists(triggers(), max_size=4, unique_by=lambda trigger: trigger.key)


@st.composite
def edited_lists(draw: st.DrawFn, cycle: StatusCycle) -> list[Status]:
    """The statuses of a cycle in any sequence, some of them without, some changed."""
    kept = [status for status in cycle if not draw(st.sampled_from([False, False, False, True]))]
    moved = draw(st.permutations(kept)) if draw(st.booleans()) else kept
    more = draw(st.lists(statuses(), max_size=1))
    return [*moved, *more]


class TestEditing:
    """A whole list is edited as one version (D4)."""

    @given(status_cycles(), st.data())
    def test_an_edit_is_one_version(self, cycle: StatusCycle, data: st.DataObject) -> None:
        """The shipped law."""
        laws.an_edit_is_one_version(cycle, data.draw(edited_lists(cycle)))
        laws.an_edit_is_one_version(cycle, cycle.statuses)

    @given(status_cycles(min_size=3), st.data())
    def test_a_moved_row_is_a_move(self, cycle: StatusCycle, data: st.DataObject) -> None:
        """The shipped law."""
        key = data.draw(st.sampled_from(cycle.statuses)).key
        laws.a_moved_row_is_a_move(cycle, key, data.draw(st.integers(0, len(cycle) - 1)))

    @given(status_cycles(), st.data())
    def test_a_changed_field_is_read(self, cycle: StatusCycle, data: st.DataObject) -> None:
        """The shipped law."""
        key = data.draw(st.sampled_from(cycle.statuses)).key
        field, value = data.draw(
            st.tuples(st.sampled_from(FLAGS), st.booleans())
            | st.tuples(st.just("default_duration"), DURATIONS)
            | st.tuples(st.just("description"), DESCRIPTIONS)
            | st.tuples(st.sampled_from(["default_user", "workflow_stage"]), OPTIONAL_PEOPLE)
        )
        laws.a_changed_field_is_read(cycle, key, field, value)

    @given(status_cycles(), NAMES, st.frozensets(KEYS), st.data())
    def test_a_new_row_gets_a_new_key(
        self, cycle: StatusCycle, description: str, taken: frozenset[str], data: st.DataObject
    ) -> None:
        """The shipped law."""
        removed = data.draw(st.none() | st.sampled_from([status.key for status in cycle]))
        laws.a_new_row_gets_a_new_key(cycle, description, taken, removed)
        laws.a_new_row_gets_a_new_key(cycle, data.draw(st.sampled_from(cycle.statuses)).key, taken)


class TestGrids:
    """What a grid posts back untouched changes nothing."""

    @given(status_cycles())
    def test_statuses_posted_back_are_unchanged(self, cycle: StatusCycle) -> None:
        """The shipped law."""
        laws.statuses_posted_back_are_unchanged(cycle)

    @given(LISTS)
    def test_triggers_posted_back_are_unchanged(self, listed: list[Trigger]) -> None:
        """The shipped law."""
        laws.triggers_posted_back_are_unchanged(listed)

    @given(LISTS)
    def test_a_row_is_what_the_codec_dumps(self, listed: list[Trigger]) -> None:
        """The codec loads the row of a trigger."""
        case("there are triggers", listed)
        for trigger, row in zip(listed, trigger_rows(listed)["rows"], strict=True):
            assert load({"schema": 1, **row}, Trigger) == trigger

    @given(st.dictionaries(st.text(), GARBAGE, max_size=4))
    def test_whatever_is_posted_gives_rows(self, form: dict[Any, Any]) -> None:
        """Other names, and values of any kind, are no obstacle."""
        grid = status_rows(StatusCycle("a", [Status("a", "A", initial=True), END]))
        names = {f"statuses.{n}.description": value for n, value in enumerate(form.values())}
        case("something was posted", form)
        assert len(posted_rows(form | names, grid)) <= len(form)


END = Status("z", "Z", final=True)


class TestProblems:
    """Every problem has a place, and people can read its message (D2, D30)."""

    @given(status_cycles(max_size=5), st.data())
    def test_every_problem_of_statuses_has_a_place(
        self, cycle: StatusCycle, data: st.DataObject
    ) -> None:
        """The shipped law."""
        laws.every_problem_of_statuses_has_a_place(data.draw(status_forms(cycle)))

    @given(status_cycles(max_size=4), st.data())
    def test_every_problem_of_triggers_has_a_place(
        self, cycle: StatusCycle, data: st.DataObject
    ) -> None:
        """The shipped law."""
        drawn = data.draw(st.lists(triggers(cycle=cycle), max_size=3))
        cycles = data.draw(st.sampled_from([[cycle], [cycle], []]))
        laws.every_problem_of_triggers_has_a_place(data.draw(trigger_forms(drawn)), cycles)

    @given(st.lists(statuses(), max_size=4), status_cycles(max_size=4), st.data())
    def test_problems_show_no_keys(
        self, listed: list[Status], cycle: StatusCycle, data: st.DataObject
    ) -> None:
        """The shipped law."""
        drawn = data.draw(st.lists(triggers(cycle=cycle) | triggers(), max_size=3))
        laws.problems_show_no_keys(listed, drawn, [cycle])

    @pytest.mark.parametrize("row", [BrokenMapping(), {"when": BrokenMapping()}])
    def test_a_mapping_that_fails_is_a_problem(self, row: Any) -> None:  # noqa: ANN401 - a bad row
        """What a host's mapping raises is never raised by the search."""
        laws.every_problem_of_triggers_has_a_place([row], [])
        assert find_problems([row])
