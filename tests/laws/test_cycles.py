"""Laws of cycles: decisions D1 to D5."""

import re
from collections.abc import Callable, Mapping

import pytest
from attrs import asdict, evolve, fields
from hypothesis import given
from hypothesis import strategies as st

from prodflow import (
    CycleProblem,
    InvalidCycleError,
    Status,
    StatusCycle,
    find_problems,
    slug,
)
from prodflow.testing import laws
from prodflow.testing._cases import case, few
from prodflow.testing._forms import as_texts
from prodflow.testing.strategies import broken_status_lists, status_cycles, statuses

FIELDS = [field.name for field in fields(Status)]
FEW_KEYS = st.sampled_from(["a", "b", "B"])
FEW = st.sampled_from(["a", "b", "B", "ß", "ss"])


class Odd:
    """A value whose `repr` doesn't fit into a message, or fails."""

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


def wide(text: str) -> str:
    """The same letters, twice as wide where there are such."""
    return "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in text)


# No drawn key has capitals, and none of these texts becomes too long.
SAME_TO_PEOPLE: list[Callable[[str], str]] = [
    str,
    lambda text: "".join(c.upper() if c.isascii() else c for c in text),
    wide,
    lambda text: f" {text}" if len(text) < 200 else text,
    lambda text: text.replace(" ", "\u3000"),
]
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
    "pauses-but-standard",
    "bad-key",
    "blank-description",
    "bad-text",
    "bad-colour",
    "bad-duration",
    "bad-flag",
    "unknown-field",
    "not-a-status",
    "outside-cycle",
    "final-has-duration",
}


def errors(problems: tuple[CycleProblem, ...]) -> set[str]:
    """The codes of the errors, without those of warnings."""
    return {problem.code for problem in problems if problem.severity == "error"}


def problems_of(lines: list[Status]) -> tuple[CycleProblem, ...]:
    """The problems that `StatusCycle` raises, or the warnings that it keeps."""
    try:
        return StatusCycle("prints", lines).warnings
    except InvalidCycleError as error:
        return error.problems


def within(status: Status) -> Status:
    """The status with flags that any place between the ends may have."""
    off_path = status.non_standard
    return evolve(
        status,
        initial=False,
        final=False,
        cancelled=status.cancelled and off_path,
        pauses=status.pauses and off_path,
    )


class TestProblems:
    """`find_problems` reports all problems at once, each with a stable code (D2)."""

    @given(st.lists(st.one_of(statuses(), FORMS, CLOSE_FORMS, ANYTHING), max_size=6))
    def test_find_problems_never_raises(self, lines: list[Status | Mapping[str, object]]) -> None:
        """A list may hold statuses, mappings and anything else."""
        case("something is not a status", any(not isinstance(line, Status) for line in lines))
        problems = find_problems(lines)
        assert {problem.code for problem in problems} <= CODES
        severities = [problem.severity for problem in problems]
        case("there are errors and warnings", len({*severities}) > 1)
        assert severities == sorted(severities)  # errors, then warnings

    @few(5)
    @given(statuses(descriptions=st.just("Once")), st.integers(100, 400))
    def test_a_list_of_any_length_is_checked(self, status: Status, count: int) -> None:
        """Hundreds of statuses may have the same problem, and long keys."""
        case("all statuses are initial", status.initial)
        lines = [evolve(status, key=f"{status.key:k<60.60}{n:04}") for n in range(count)]
        assert not status.initial or "several-initials" in errors(find_problems(lines))
        assert problems_of(lines) == find_problems(lines)

    @given(
        st.lists(statuses(keys=FEW_KEYS, descriptions=FEW), max_size=4) | status_cycles().map(list)
    )
    def test_find_problems_agrees_with_the_cycle(self, lines: list[Status]) -> None:
        """It finds what `StatusCycle` raises, or keeps as warnings."""
        case("the list is not a cycle", errors(find_problems(lines)))
        assert problems_of(lines) == find_problems(lines)

    @given(
        st.lists(statuses(keys=FEW_KEYS, descriptions=FEW), max_size=4) | status_cycles().map(list)
    )
    def test_a_form_has_the_problems_of_its_statuses(self, lines: list[Status]) -> None:
        """Mappings of values, and of their texts, have the problems of their statuses."""
        case("there are problems", find_problems(lines))
        rows = [asdict(status) for status in lines]
        assert find_problems(lines) == find_problems(rows)
        assert find_problems(lines) == find_problems([as_texts(row) for row in rows])

    @given(broken_status_lists())
    def test_a_broken_list_gives_its_codes(
        self, broken: tuple[list[Status | Mapping[str, object]], frozenset[str]]
    ) -> None:
        """The codes are exactly those of the faults, all of them at once."""
        lines, codes = broken
        case("the list has several faults", len(codes) > 1)
        assert codes == errors(find_problems(lines))

    @given(status_cycles(), st.data(), st.sampled_from(SAME_TO_PEOPLE))
    def test_descriptions_that_read_as_one_are_one(
        self, cycle: StatusCycle, data: st.DataObject, same: Callable[[str], str]
    ) -> None:
        """In wide letters, in capitals, or with other blanks; an inactive one may stay (D2)."""
        status = data.draw(st.sampled_from(cycle.statuses))
        twin = Status("TWIN", same(status.description), non_standard=True)
        case("the description differs", twin.description != status.description)
        problems = errors(find_problems([*cycle, twin]))
        assert problems == (set() if status.inactive else {"duplicate-description"})
        assert errors(find_problems([*cycle, evolve(twin, inactive=True)])) == set()

    @given(status_cycles(), statuses(), st.booleans())
    def test_only_a_status_off_the_path_cancels_or_pauses(
        self, cycle: StatusCycle, status: Status, is_inactive: bool
    ) -> None:
        """Both flags need `non_standard` (D2)."""
        odd = evolve(status, key="ODD", description="ODD ★", inactive=is_inactive)
        odd = evolve(odd, initial=False, final=False)
        expected = {
            f"{verb}-but-standard"
            for verb, flag in (("cancelled", odd.cancelled), ("pauses", odd.pauses))
            if flag and not odd.non_standard
        }
        case("a flag lacks non_standard", expected)
        assert errors(find_problems([*cycle, odd])) == expected

    @given(status_cycles())
    def test_a_cycle_has_no_errors(self, cycle: StatusCycle) -> None:
        """It has warnings at most, and keeps them."""
        case("the cycle has warnings", cycle.warnings)
        assert set() == errors(find_problems(cycle.statuses))
        assert cycle.warnings == find_problems(cycle.statuses)


class TestPath:
    """The path is the active standard statuses from the initial to the final one (D2)."""

    @given(status_cycles())
    def test_every_path_is_active_and_standard(self, cycle: StatusCycle) -> None:
        """The shipped law."""
        laws.every_path_is_active_and_standard(cycle)

    @given(status_cycles())
    def test_the_path_is_walked_by_next_after(self, cycle: StatusCycle) -> None:
        """From the initial status `next_after` leads along the whole path, then gives None."""
        case("a status is between the ends", len(cycle.path) > 2)
        walked = [cycle.initial]
        while (status := cycle.next_after(walked[-1].key)) is not None:
            walked.append(status)
        assert cycle.path == tuple(walked)
        assert (cycle.initial, cycle.final) == (walked[0], walked[-1])

    @given(status_cycles())
    def test_every_active_status_is_on_the_path_or_off_it(self, cycle: StatusCycle) -> None:
        """A status off the path has no next one; `choices` gives both kinds, in list order."""
        case("an active status is off the path", cycle.non_standard)
        active = [status for status in cycle if not status.inactive]
        assert active == list(cycle.choices())
        assert {*cycle.path, *cycle.non_standard} == set(active)
        for status in cycle.non_standard:
            with pytest.raises(ValueError, match="off the path"):
                cycle.next_after(status.key)

    @given(status_cycles(), st.data())
    def test_a_cycle_contains_its_statuses_and_their_keys(
        self, cycle: StatusCycle, data: st.DataObject
    ) -> None:
        """It doesn't contain another status, even one that has a key of the cycle."""
        other = data.draw(statuses() | statuses(keys=keys_of(cycle)))
        case("another status has a key of the cycle", other.key in cycle and other not in cycle)
        assert all(status in cycle and status.key in cycle for status in cycle)
        assert all(cycle[status.key] is status for status in cycle)
        assert (other in cycle) == (other in cycle.statuses)


VERBS = st.sampled_from(
    ["remove", "move_up", "move_down", "set_initial", "set_final", "deactivate", "reactivate"]
)


def keys_of(cycle: StatusCycle) -> st.SearchStrategy[str]:
    """The keys of a cycle."""
    return st.sampled_from([status.key for status in cycle])


def edited(cycle: StatusCycle, verb: str, key: str) -> StatusCycle | None:
    """The cycle after an edit; None where the edit is refused."""
    try:
        newer: StatusCycle = getattr(cycle, verb)(key)
    except InvalidCycleError:
        return None
    return newer


class TestEditing:
    """An edit gives the next version or is refused; the old version never changes (D4, D5)."""

    @given(status_cycles(), st.data(), VERBS)
    def test_an_edit_is_the_next_version(
        self, cycle: StatusCycle, data: st.DataObject, verb: str
    ) -> None:
        """The order type and the description stay; an edit of nothing gives the same object."""
        before = evolve(cycle)
        newer = edited(cycle, verb, data.draw(keys_of(cycle)))
        assert before == cycle
        is_new = newer is not None and newer is not cycle
        case("the edit gives a new version", is_new)
        if newer is not None and is_new:
            assert (cycle.order_type, cycle.version + 1) == (newer.order_type, newer.version)
            assert cycle.description == newer.description

    @given(status_cycles(), st.data())
    def test_move_down_undoes_move_up_in_the_interior(
        self, cycle: StatusCycle, data: st.DataObject
    ) -> None:
        """It does where the path keeps its statuses."""
        key = data.draw(st.sampled_from([status.key for status in cycle.statuses[1:]]))
        raised = edited(cycle, "move_up", key)
        keeps = raised is not None and set(raised.path) == set(cycle.path)
        case("the path keeps its statuses", keeps)
        if raised is not None and keeps:
            assert cycle.statuses == raised.move_down(key).statuses

    @given(status_cycles(), st.data())
    def test_move_up_undoes_move_down_in_the_interior(
        self, cycle: StatusCycle, data: st.DataObject
    ) -> None:
        """It does where the path keeps its statuses."""
        key = data.draw(st.sampled_from([status.key for status in cycle.statuses[:-1]]))
        lowered = edited(cycle, "move_down", key)
        keeps = lowered is not None and set(lowered.path) == set(cycle.path)
        case("the path keeps its statuses", keeps)
        if lowered is not None and keeps:
            assert cycle.statuses == lowered.move_up(key).statuses

    @given(status_cycles(), st.data())
    def test_the_ends_do_not_move_beyond_themselves(
        self, cycle: StatusCycle, data: st.DataObject
    ) -> None:
        """Moving the first up, the last down, or any to its own place gives the same object."""
        case("a status is between the ends", len(cycle) > 2)
        at = data.draw(st.integers(0, len(cycle) - 1))
        assert cycle is cycle.move_up(cycle.statuses[0].key)
        assert cycle is cycle.move_down(cycle.statuses[-1].key)
        assert cycle is cycle.move_to(cycle.statuses[at].key, at)

    @given(status_cycles(), st.data())
    def test_moving_never_takes_a_status_off_the_path(
        self, cycle: StatusCycle, data: st.DataObject
    ) -> None:
        """A move that would is refused."""
        key = data.draw(keys_of(cycle))
        index = data.draw(st.integers(0, len(cycle) - 1))
        try:
            moved = cycle.move_to(key, index)
        except InvalidCycleError:
            return
        case("the status moved", moved is not cycle)
        assert moved.statuses[index].key == key
        assert set(moved.path) >= set(cycle.path)

    @given(status_cycles(), st.data(), st.sampled_from(["set_initial", "set_final"]))
    def test_an_end_moves_like_a_radio_button(
        self, cycle: StatusCycle, data: st.DataObject, verb: str
    ) -> None:
        """The flag moves from one status to another, and can move back."""
        end = cycle.initial.key if verb == "set_initial" else cycle.final.key
        key = data.draw(keys_of(cycle))
        newer = edited(cycle, verb, key)
        case("the flag moved", newer is not None and key != end)
        if newer is not None:
            assert key == (newer.initial if verb == "set_initial" else newer.final).key
            assert getattr(newer, verb)(end).statuses == cycle.statuses

    @given(status_cycles(), statuses().map(within), st.data())
    def test_remove_undoes_add(
        self, cycle: StatusCycle, status: Status, data: st.DataObject
    ) -> None:
        """It does wherever the status was added."""
        place = data.draw(st.none() | st.integers(0, len(cycle)))
        try:
            longer = cycle.add(status, place)
        except InvalidCycleError:
            return
        case("it was added in the middle", place is not None and place < len(cycle))
        assert status in longer
        assert longer.remove(status.key).statuses == cycle.statuses


class TestSlug:
    """`slug` makes a key of a description that a user typed (D1)."""

    @given(status_cycles(), st.text(min_size=1, max_size=200), st.integers(0, 12))
    def test_a_slug_is_a_key_that_is_free(
        self, cycle: StatusCycle, description: str, times: int
    ) -> None:
        """It is, even where the same description is typed several times."""
        case("the description was typed before", description.isprintable() and times > 1)
        taken = [status.key for status in cycle]
        for status in cycle:
            taken.append(slug(status.description, taken))
        if description.isprintable() and not description.isspace():
            for _ in range(times):
                taken.append(slug(description, taken))
        assert len(taken) == len(set(taken))
        assert all(re.fullmatch("[A-Za-z0-9_.-]{1,64}", key) for key in taken)
