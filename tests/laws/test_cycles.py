"""Laws of cycles: decisions D1 to D5."""

import re
from collections.abc import Mapping

import pytest
from attrs import asdict, evolve
from hypothesis import given, settings
from hypothesis import strategies as st

from prodflow import (
    CycleProblem,
    InvalidCycleError,
    Status,
    StatusCycle,
    find_problems,
    slug,
)
from prodflow.testing.strategies import broken_status_lists, status_cycles, statuses

FIELDS = [
    "key",
    "description",
    "default_duration",
    "default_department",
    "default_user",
    "workflow_stage",
    "initial",
    "final",
    "non_standard",
    "cancelled",
    "inactive",
]
FEW_KEYS = st.sampled_from(["a", "b", "B"])
FEW = st.sampled_from(["a", "b", "B", "ß", "ss"])


class Odd:
    """A value whose own text is not fit for a message, or which has none."""

    def __init__(self, text: str | None) -> None:
        self.text = text

    def __repr__(self) -> str:
        if self.text is None:
            raise RuntimeError
        return self.text


ODD = [Odd("\x07\x00"), Odd("\ud800"), Odd("\u202e" * 10**5), Odd(None), 10**5_000]
SCALARS = st.one_of(
    st.integers(0, len(ODD) - 1).map(lambda n: ODD[n]),  # Hypothesis would show the values
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(),
    st.text(st.characters(categories=["Cs", "Cc", "Cf"]), min_size=1),
    st.binary(),
    st.dates(),
    st.just(10**12),
)
ANYTHING = st.recursive(
    SCALARS,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.tuples(inner, inner),
        st.dictionaries(SCALARS, inner, max_size=3),
    ),
    max_leaves=4,
)
FORMS = st.dictionaries(st.sampled_from(FIELDS) | FEW | SCALARS, ANYTHING | FEW, max_size=6)
CLOSE_FORMS = st.fixed_dictionaries(
    {"key": FEW | ANYTHING, "description": FEW | ANYTHING},
    optional=dict.fromkeys(FIELDS[2:], st.booleans() | ANYTHING),
)
CODES = {
    "no-initial",
    "several-initials",
    "no-final",
    "several-finals",
    "initial-is-final",
    "final-before-initial",
    "initial-non-standard",
    "final-non-standard",
    "initial-inactive",
    "final-inactive",
    "duplicate-key",
    "duplicate-description",
    "cancelled-but-standard",
    "bad-key",
    "blank-description",
    "bad-text",
    "bad-duration",
    "bad-flag",
    "unknown-field",
    "not-a-status",
    "outside-cycle",
    "final-has-duration",
}


def errors(problems: tuple[CycleProblem, ...]) -> set[str]:
    """The codes of the errors among the problems."""
    return {problem.code for problem in problems if problem.severity == "error"}


def problems_of(lines: list[Status]) -> tuple[CycleProblem, ...]:
    """What a `StatusCycle` of these statuses says."""
    try:
        return StatusCycle("prints", lines).warnings
    except InvalidCycleError as error:
        return error.problems


class TestProblems:
    """All problems are reported at once, each with a stable code (D2)."""

    @given(st.lists(st.one_of(statuses(), FORMS, CLOSE_FORMS, ANYTHING), max_size=6))
    def test_find_problems_never_raises(self, lines: list[Status | Mapping[str, object]]) -> None:
        """Whatever statuses, mappings, keys and values a list holds."""
        found = find_problems(lines)
        assert {problem.code for problem in found} <= CODES

    @settings(max_examples=settings().max_examples // 5)
    @given(statuses(descriptions=st.just("Once")), st.integers(100, 400))
    def test_a_list_of_any_length_is_judged(self, status: Status, count: int) -> None:
        """However many statuses have the same problem, and however long their keys are."""
        lines = [evolve(status, key=f"{status.key:k<60.60}{n:04}") for n in range(count)]
        assert not status.initial or "several-initials" in errors(find_problems(lines))
        assert problems_of(lines) == find_problems(lines)

    @given(
        st.lists(statuses(keys=FEW_KEYS, descriptions=FEW), max_size=4) | status_cycles().map(list)
    )
    def test_find_problems_agrees_with_the_cycle(self, lines: list[Status]) -> None:
        """What it finds is what `StatusCycle` raises, or else warns of."""
        assert problems_of(lines) == find_problems(lines)

    @given(
        st.lists(statuses(keys=FEW_KEYS, descriptions=FEW), max_size=4) | status_cycles().map(list)
    )
    def test_a_form_has_the_problems_of_its_statuses(self, lines: list[Status]) -> None:
        """Mappings of field values are judged as the statuses that they describe."""
        assert find_problems(lines) == find_problems([asdict(status) for status in lines])

    @given(broken_status_lists())
    def test_a_broken_list_gives_its_codes(
        self, broken: tuple[list[Status | Mapping[str, object]], frozenset[str]]
    ) -> None:
        """Exactly those that it was broken with, all of them at once."""
        lines, codes = broken
        assert codes == errors(find_problems(lines))

    @given(status_cycles())
    def test_a_cycle_has_no_errors(self, cycle: StatusCycle) -> None:
        """Warnings at most, and those it keeps."""
        assert set() == errors(find_problems(cycle.statuses))
        assert cycle.warnings == find_problems(cycle.statuses)


class TestPath:
    """The path is the active standard statuses from initial to final (D2)."""

    @given(status_cycles())
    def test_the_path_is_walked_by_next_after(self, cycle: StatusCycle) -> None:
        """From the initial status `next_after` leads over the whole path and ends."""
        walked = [cycle.initial]
        while (status := cycle.next_after(walked[-1].key)) is not None:
            walked.append(status)
        assert cycle.path == tuple(walked)
        assert (cycle.initial, cycle.final) == (walked[0], walked[-1])

    @given(status_cycles())
    def test_every_active_status_is_on_the_path_or_off_it(self, cycle: StatusCycle) -> None:
        """Those off it have none after them; the choices are both kinds, in list order."""
        active = [status for status in cycle if not status.inactive]
        assert active == list(cycle.choices())
        assert {*cycle.path, *cycle.non_standard} == set(active)
        for status in cycle.non_standard:
            with pytest.raises(ValueError, match="off the path"):
                cycle.next_after(status.key)

    @given(status_cycles(), statuses())
    def test_a_cycle_contains_its_statuses_and_their_keys(
        self, cycle: StatusCycle, other: Status
    ) -> None:
        """And no other status, even of a key that it has."""
        assert all(status in cycle and status.key in cycle for status in cycle)
        assert all(cycle[status.key] is status for status in cycle)
        assert (other in cycle) == (other in cycle.statuses)


VERBS = st.sampled_from(
    [
        "remove",
        "move_up",
        "move_down",
        "set_initial",
        "set_final",
        "deactivate",
        "reactivate",
    ]
)


def edited(cycle: StatusCycle, verb: str, key: str) -> StatusCycle | None:
    """The cycle after the verb; None where that makes no cycle."""
    try:
        found = getattr(cycle, verb)(key)
    except InvalidCycleError:
        return None
    assert isinstance(found, StatusCycle)
    return found


class TestEditing:
    """An edit gives the next version, or refuses and leaves the old one as it was (D4, D5)."""

    @given(status_cycles(), st.data(), VERBS)
    def test_an_edit_is_the_next_version(
        self, cycle: StatusCycle, data: st.DataObject, verb: str
    ) -> None:
        """Of the same order type; where nothing moves it is the same object."""
        before = StatusCycle(
            cycle.order_type,
            cycle.statuses,
            description=cycle.description,
            version=cycle.version,
        )
        key = data.draw(st.sampled_from([status.key for status in cycle]))
        found = edited(cycle, verb, key)
        assert before == cycle
        if found is not None and found is not cycle:
            assert (cycle.order_type, cycle.version + 1) == (found.order_type, found.version)
            assert cycle.description == found.description

    @given(status_cycles(), st.data())
    def test_move_down_undoes_move_up_in_the_interior(
        self, cycle: StatusCycle, data: st.DataObject
    ) -> None:
        """Where the move changes nobody's place on the path."""
        key = data.draw(st.sampled_from([status.key for status in cycle.statuses[1:]]))
        raised = edited(cycle, "move_up", key)
        if raised is not None and set(raised.path) == set(cycle.path):
            assert cycle.statuses == raised.move_down(key).statuses

    @given(status_cycles(), st.data())
    def test_move_up_undoes_move_down_in_the_interior(
        self, cycle: StatusCycle, data: st.DataObject
    ) -> None:
        """Where the move changes nobody's place on the path."""
        key = data.draw(st.sampled_from([status.key for status in cycle.statuses[:-1]]))
        lowered = edited(cycle, "move_down", key)
        if lowered is not None and set(lowered.path) == set(cycle.path):
            assert cycle.statuses == lowered.move_up(key).statuses

    @given(status_cycles(), st.data())
    def test_the_ends_do_not_move_beyond_themselves(
        self, cycle: StatusCycle, data: st.DataObject
    ) -> None:
        """The first moved up, the last moved down, any moved to where it is: the same object."""
        at = data.draw(st.integers(0, len(cycle) - 1))
        assert cycle is cycle.move_up(cycle.statuses[0].key)
        assert cycle is cycle.move_down(cycle.statuses[-1].key)
        assert cycle is cycle.move_to(cycle.statuses[at].key, at)

    @given(status_cycles(), st.data())
    def test_moving_never_takes_a_status_off_the_path(
        self, cycle: StatusCycle, data: st.DataObject
    ) -> None:
        """It is refused instead."""
        key = data.draw(st.sampled_from([status.key for status in cycle]))
        index = data.draw(st.integers(0, len(cycle) - 1))
        try:
            moved = cycle.move_to(key, index)
        except InvalidCycleError:
            return
        assert moved.statuses[index].key == key
        assert set(moved.path) >= set(cycle.path)

    @given(status_cycles(), st.data(), st.sampled_from(["set_initial", "set_final"]))
    def test_an_end_is_moved_like_a_radio_button(
        self, cycle: StatusCycle, data: st.DataObject, verb: str
    ) -> None:
        """The flag leaves one status and comes to another, and can go back."""
        end = cycle.initial.key if verb == "set_initial" else cycle.final.key
        key = data.draw(st.sampled_from([status.key for status in cycle]))
        found = edited(cycle, verb, key)
        if found is not None:
            assert key == (found.initial if verb == "set_initial" else found.final).key
            assert getattr(found, verb)(end).statuses == cycle.statuses

    @given(status_cycles(), statuses(), st.data())
    def test_remove_undoes_add(
        self, cycle: StatusCycle, status: Status, data: st.DataObject
    ) -> None:
        """Wherever it was added."""
        try:
            longer = cycle.add(status, data.draw(st.none() | st.integers(0, len(cycle))))
        except InvalidCycleError:
            return
        assert status in longer
        assert longer.remove(status.key).statuses == cycle.statuses


class TestSlug:
    """A key for a description that a user typed (D1)."""

    @given(status_cycles(), st.text(min_size=1, max_size=200), st.integers(0, 12))
    def test_a_slug_is_a_key_that_is_free(
        self, cycle: StatusCycle, description: str, times: int
    ) -> None:
        """However often the same description is typed."""
        taken = [status.key for status in cycle]
        for status in cycle:
            taken.append(slug(status.description, taken))
        if description.isprintable() and not description.isspace():
            for _ in range(times):
                taken.append(slug(description, taken))
        assert len(taken) == len(set(taken))
        assert all(re.fullmatch("[A-Za-z0-9_.-]{1,64}", key) for key in taken)
