"""Statuses and cycles: what they accept, the problems of a list, and the editing verbs."""

import copy
import pickle
from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import Any, Final, NoReturn, TypeAlias

import pytest
from attrs import evolve

from prodflow import (
    CycleProblem,
    InvalidCycleError,
    Place,
    Status,
    StatusCycle,
    UnknownStatusError,
    find_problems,
    slug,
)

Anything: TypeAlias = Any  # what a caller without a type checker may pass

NEW = Status("new", "Ordered", initial=True, default_duration=1)
RETOUCH = Status("retouch", "Retouching", default_duration=3, default_department="Retouch")
HOLD = Status("hold", "On hold", non_standard=True)
PRINT = Status("print", "Printing", default_user="Pat", workflow_stage="printing")
OLD = Status("old", "Old proofing", inactive=True, default_duration=9)
DONE = Status("done", "Delivered", final=True)
CANCELLED = Status("cancelled", "Cancelled", non_standard=True, cancelled=True)

CYCLE = StatusCycle(
    "prints", [NEW, RETOUCH, HOLD, PRINT, OLD, DONE, CANCELLED], description="Prints"
)


def keys(cycle: StatusCycle) -> list[str]:
    """The keys of a cycle in list order."""
    return [status.key for status in cycle]


def codes(*statuses: Status | Mapping[str, object]) -> list[str]:
    """The codes of the problems of a list."""
    return [problem.code for problem in find_problems(statuses)]


class TestStatus:
    """One status of a list."""

    def test_all_but_key_and_description_is_optional(self) -> None:
        """A status needs a key and a description; the rest is None or False."""
        expected = Status(
            key="print",
            description="Printing",
            default_duration=None,
            default_department=None,
            default_user=None,
            workflow_stage=None,
            initial=False,
            final=False,
            non_standard=False,
            cancelled=False,
            pauses=False,
            inactive=False,
            public_description=None,
            colour=None,
        )
        assert Status("print", "Printing") == expected

    @pytest.mark.parametrize(
        ("field", "value"),
        [
            ("key", None),
            ("key", 7),
            ("description", None),
            ("description", b"Printing"),
            ("default_duration", True),
            ("default_duration", 1.0),
            ("default_duration", "1"),
            ("default_department", 7),
            ("default_user", ["Pat"]),
            ("workflow_stage", False),
            ("public_description", 7),
            ("colour", 0x2F6F4E),
            ("initial", 1),
            ("final", None),
            ("non_standard", "yes"),
            ("cancelled", 0),
            ("pauses", "on"),
            ("inactive", "false"),
        ],
    )
    def test_a_value_of_the_wrong_kind_is_refused(self, field: str, value: Anything) -> None:
        """Each field refuses the near misses of its kind, by name."""
        arguments: dict[str, Anything] = {"key": "print", "description": "Printing", field: value}
        with pytest.raises(TypeError, match=field):
            Status(**arguments)

    @pytest.mark.parametrize(
        ("field", "value"),
        [
            ("key", ""),
            ("key", "x" * 65),
            ("key", "a b"),
            ("description", ""),
            ("description", " \u2003"),
            ("description", "x" * 201),
            ("description", "a\x00b"),
            ("default_duration", -1),
            ("default_duration", 36_526),
            ("default_duration", 10**12),
            ("default_department", ""),
            ("default_department", "x" * 201),
            ("default_user", "a\ud800b"),
            ("workflow_stage", "a\u202eb"),
            ("public_description", " "),
            ("public_description", "x" * 201),
            ("colour", ""),
            ("colour", "green"),
            ("colour", "#2f6"),
            ("colour", "#2f6f4e80"),
            ("colour", "#2f6f4e\n"),
            ("colour", "#\u0663\u0663\u0663\u0663\u0663\u0663"),
        ],
    )
    def test_a_value_out_of_bounds_is_refused(self, field: str, value: Anything) -> None:
        """Each field refuses texts and numbers out of bounds, by name."""
        arguments: dict[str, Anything] = {"key": "print", "description": "Printing", field: value}
        with pytest.raises(ValueError, match=field):
            Status(**arguments)

    @pytest.mark.parametrize("colour", ["#2f6f4e", "#FFFFFF"])
    def test_a_colour_has_six_hexadecimal_digits(self, colour: str) -> None:
        """Upper and lower case are both accepted, and kept."""
        assert Status("print", "Printing", colour=colour).colour == colour

    def test_a_colour_that_is_refused_is_told_with_an_example(self) -> None:
        """People know what to type instead."""
        with pytest.raises(ValueError, match=r"such as '#2f6f4e', not 'green'"):
            Status("print", "Printing", colour="green")

    @pytest.mark.parametrize("days", [0, 36_525])
    def test_a_duration_is_0_to_36525_days(self, days: int) -> None:
        """0 days is due at once; a century is the limit (decision D3)."""
        assert Status("print", "Printing", default_duration=days).default_duration == days

    @pytest.mark.parametrize(
        ("status", "expected"),
        [
            pytest.param(NEW, True, id="with a duration"),
            pytest.param(PRINT, False, id="without"),
            pytest.param(evolve(PRINT, default_duration=0), True, id="with 0 days"),
            pytest.param(evolve(DONE, default_duration=1), False, id="final"),
        ],
    )
    def test_is_due_with_a_duration(self, status: Status, *, expected: bool) -> None:
        """A status is due where it has a duration, 0 included, and is not final (decision D8)."""
        assert status.is_due is expected

    @pytest.mark.parametrize(
        ("status", "expected"), [(NEW, False), (HOLD, False), (DONE, True), (CANCELLED, True)]
    )
    def test_final_and_cancelled_statuses_close(self, status: Status, *, expected: bool) -> None:
        """An order is closed in a final or cancelled status, but not on hold."""
        assert status.closes is expected

    def test_a_str_enum_leaves_no_enum_behind(self) -> None:
        """Keys and texts can be members of your own str enum; the status keeps exact strs."""

        class Stage(StrEnum):
            PRINT = "print"

        status = Status(
            Stage.PRINT,
            Stage.PRINT,
            default_department=Stage.PRINT,
            default_user=Stage.PRINT,
            workflow_stage=Stage.PRINT,
        )
        texts = (
            status.key,
            status.description,
            status.default_department,
            status.default_user,
            status.workflow_stage,
        )
        assert {type(text) for text in texts} == {str}

    def test_a_status_is_frozen(self) -> None:
        """The fields of a status can't be assigned."""
        with pytest.raises(AttributeError):
            NEW.description = "Novel"  # type: ignore[misc]  # frozen is what is tested

    def test_a_status_pickles(self) -> None:
        """An unpickled status is equal to the original."""
        assert pickle.loads(pickle.dumps(RETOUCH)) == RETOUCH

    def test_equal_statuses_have_one_hash(self) -> None:
        """Equal statuses are one item of a set."""
        assert len({RETOUCH, evolve(RETOUCH)}) == 1


class TestCycleProblem:
    """A problem of a list of statuses: an error or a warning."""

    @pytest.mark.parametrize(
        ("field", "value"),
        [("code", None), ("keys", "new"), ("keys", [7]), ("keys", None), ("message", None)],
    )
    def test_a_value_of_the_wrong_kind_is_refused(self, field: str, value: Anything) -> None:
        """Code and message are texts, the keys an iterable of keys."""
        arguments: dict[str, Anything] = {
            "code": "no-final",
            "severity": "error",
            "keys": (),
            "message": "one status must be final",
            field: value,
        }
        with pytest.raises(TypeError, match=field):
            CycleProblem(**arguments)

    @pytest.mark.parametrize("value", ["fatal", "", None])
    def test_there_are_two_severities(self, value: Anything) -> None:
        """A problem is an error or a warning."""
        with pytest.raises(ValueError, match="severity must be 'error' or 'warning'"):
            CycleProblem("no-final", value, (), "one status must be final")

    def test_keys_become_a_tuple(self) -> None:
        """The keys can come from any iterable."""
        problem = CycleProblem("no-final", "error", iter(["new"]), "one status must be final")
        assert problem.keys == ("new",)

    def test_a_problem_pickles(self) -> None:
        """An unpickled problem is equal to the original."""
        problem = CycleProblem("no-final", "error", ("new",), "one status must be final")
        assert pickle.loads(pickle.dumps(problem)) == problem


class TestFindProblems:
    """Everything wrong or odd about a list of statuses, whatever it contains."""

    def test_a_good_list_has_none(self) -> None:
        """A valid list has no problems."""
        assert find_problems(CYCLE) == ()

    @pytest.mark.parametrize(
        ("statuses", "code", "concerned"),
        [
            pytest.param([RETOUCH, DONE], "no-initial", (), id="no-initial"),
            pytest.param(
                [NEW, evolve(RETOUCH, initial=True), DONE],
                "several-initials",
                ("new", "retouch"),
                id="several-initials",
            ),
            pytest.param([NEW, RETOUCH], "no-final", (), id="no-final"),
            pytest.param(
                [NEW, evolve(PRINT, final=True), DONE],
                "several-finals",
                ("print", "done"),
                id="several-finals",
            ),
            pytest.param(
                [Status("one", "One", initial=True, final=True)],
                "initial-is-final",
                ("one",),
                id="initial-is-final",
            ),
            pytest.param(
                [DONE, PRINT, NEW],
                "final-before-initial",
                ("new", "done"),
                id="final-before-initial",
            ),
            pytest.param(
                [evolve(NEW, non_standard=True), DONE],
                "initial-non-standard",
                ("new",),
                id="initial-non-standard",
            ),
            pytest.param(
                [NEW, evolve(DONE, non_standard=True)],
                "final-non-standard",
                ("done",),
                id="final-non-standard",
            ),
            pytest.param(
                [evolve(NEW, inactive=True), DONE],
                "initial-inactive",
                ("new",),
                id="initial-inactive",
            ),
            pytest.param(
                [NEW, evolve(DONE, inactive=True)],
                "final-inactive",
                ("done",),
                id="final-inactive",
            ),
            pytest.param(
                [NEW, RETOUCH, evolve(RETOUCH, description="Again"), DONE],
                "duplicate-key",
                ("retouch",),
                id="duplicate-key",
            ),
            pytest.param(
                [NEW, PRINT, Status("print-2", "PRINTING"), DONE],
                "duplicate-description",
                ("print", "print-2"),
                id="duplicate-description",
            ),
            pytest.param(
                [NEW, Status("lost", "Lost", cancelled=True), DONE],
                "cancelled-but-standard",
                ("lost",),
                id="cancelled-but-standard",
            ),
            pytest.param(
                [NEW, Status("wait", "Waiting", pauses=True), DONE],
                "pauses-but-standard",
                ("wait",),
                id="pauses-but-standard",
            ),
            pytest.param([{"key": "a b"}], "bad-key", (), id="bad-key"),
            pytest.param([{"description": "A"}], "bad-key", (), id="bad-key of a field left out"),
            pytest.param(
                [{"key": "a", "description": " "}],
                "blank-description",
                ("a",),
                id="blank-description",
            ),
            pytest.param(
                [{"key": "a", "description": None}],
                "blank-description",
                ("a",),
                id="blank-description of None",
            ),
            pytest.param(
                [{"key": "a"}], "blank-description", ("a",), id="blank-description left out"
            ),
            pytest.param(
                [{"key": "a", "description": "a\x00"}], "bad-text", ("a",), id="bad-text with NUL"
            ),
            pytest.param(
                [{"key": "a", "description": 7}], "bad-text", ("a",), id="bad-text of a number"
            ),
            pytest.param(
                [{"key": "a", "default_department": "a\nb"}],
                "bad-text",
                ("a",),
                id="bad-text of a dept",
            ),
            pytest.param(
                [{"key": "a", "default_user": "x" * 201}],
                "bad-text",
                ("a",),
                id="bad-text of a user",
            ),
            pytest.param(
                [{"key": "a", "workflow_stage": 7}], "bad-text", ("a",), id="bad-text of a stage"
            ),
            pytest.param(
                [{"key": "a", "default_duration": "3 d"}], "bad-duration", ("a",), id="bad-duration"
            ),
            pytest.param([{"key": "a", "initial": "x"}], "bad-flag", ("a",), id="bad-flag initial"),
            pytest.param([{"key": "a", "final": 1}], "bad-flag", ("a",), id="bad-flag final"),
            pytest.param(
                [{"key": "a", "non_standard": 1}], "bad-flag", ("a",), id="bad-flag non_standard"
            ),
            pytest.param(
                [{"key": "a", "cancelled": None}], "bad-flag", ("a",), id="bad-flag cancelled"
            ),
            pytest.param([{"key": "a", "pauses": "x"}], "bad-flag", ("a",), id="bad-flag pauses"),
            pytest.param([{"key": "a", "inactive": 0}], "bad-flag", ("a",), id="bad-flag inactive"),
            pytest.param(
                [{"key": "a", "public_description": " "}],
                "bad-text",
                ("a",),
                id="bad-text of a public description",
            ),
            pytest.param([{"key": "a", "colour": "red"}], "bad-colour", ("a",), id="bad-colour"),
            pytest.param(
                [{"key": "a", "colour": 7}], "bad-colour", ("a",), id="bad-colour of a number"
            ),
            pytest.param([{"key": "a", "size": "A4"}], "unknown-field", ("a",), id="unknown-field"),
            pytest.param(["new"], "not-a-status", (), id="not-a-status"),
        ],
    )
    def test_every_error_has_its_code_and_keys(
        self,
        statuses: list[Status | Mapping[str, object]],
        code: str,
        concerned: tuple[str, ...],
    ) -> None:
        """Each rule of decision D2 has a stable code and names the keys concerned."""
        problems = [(p.severity, p.keys) for p in find_problems(statuses) if p.code == code]
        assert problems == [("error", concerned)]

    @pytest.mark.parametrize(
        ("statuses", "code", "concerned"),
        [
            pytest.param(
                [RETOUCH, NEW, DONE, HOLD, OLD, PRINT],
                "outside-cycle",
                ("retouch", "print"),
                id="outside-cycle",
            ),
            pytest.param(
                [NEW, evolve(DONE, default_duration=0)],
                "final-has-duration",
                ("done",),
                id="final-has-duration",
            ),
        ],
    )
    def test_what_is_merely_odd_is_a_warning(
        self, statuses: list[Status], code: str, concerned: tuple[str, ...]
    ) -> None:
        """A list with warnings still makes a cycle."""
        problems = [(p.code, p.severity, p.keys) for p in find_problems(statuses)]
        assert problems == [(code, "warning", concerned)]

    def test_mappings_are_read_like_statuses(self) -> None:
        """A form with the fields of a valid list has no problems."""
        lines = [
            {"key": "new", "description": "Ordered", "initial": True, "default_duration": 1},
            {"key": "hold", "description": "On hold", "non_standard": True, "default_user": None},
            {"key": "done", "description": "Delivered", "final": True, "workflow_stage": "out"},
        ]
        assert find_problems(lines) == ()

    def test_statuses_and_mappings_may_be_mixed(self) -> None:
        """Rules for the whole list treat statuses and mappings alike."""
        line = {"key": "retouch", "description": "RETOUCHING"}
        assert codes(NEW, RETOUCH, line, DONE) == ["duplicate-key", "duplicate-description"]

    def test_all_problems_of_statuses_are_told_at_once(self) -> None:
        """All mistakes are reported together, so that you can correct them in one go."""
        statuses = [
            evolve(DONE, initial=True, non_standard=True, inactive=True, default_duration=1),
            evolve(NEW, final=True, cancelled=True, pauses=True),
            RETOUCH,
            RETOUCH,
        ]
        assert codes(*statuses) == [
            "several-initials",
            "several-finals",
            "initial-is-final",
            "initial-is-final",
            "initial-non-standard",
            "initial-inactive",
            "final-non-standard",
            "final-inactive",
            "cancelled-but-standard",
            "pauses-but-standard",
            "duplicate-key",
            "duplicate-description",
            "final-has-duration",
            "final-has-duration",
        ]

    def test_all_problems_of_a_line_are_told_at_once(self) -> None:
        """Every field of a line is checked, and then the whole list."""
        line = {
            "key": "",
            "description": "",
            "default_duration": -1,
            "default_user": 7,
            "final": "x",
            "size": "A4",
        }
        assert codes(line) == [
            "bad-key",
            "blank-description",
            "bad-duration",
            "bad-text",
            "bad-flag",
            "unknown-field",
            "no-initial",
            "no-final",
        ]

    def test_the_problems_of_lines_come_before_those_of_the_list(self) -> None:
        """The problems of lines come first, in list order, then those of the whole list."""
        assert codes({"key": "a", "description": "A", "final": 1}, NEW, RETOUCH, RETOUCH) == [
            "bad-flag",
            "no-final",
            "duplicate-key",
            "duplicate-description",
        ]

    def test_a_line_without_a_description_is_named_by_its_number(self) -> None:
        """Without a description, the message gives the number of the line, from 1."""
        problem = find_problems([NEW, {"key": "a"}, DONE])[0]
        assert problem.message == "line 2 has no description: fill it in"

    def test_what_is_no_line_is_shown(self) -> None:
        """The message shows the value that isn't a status."""
        problem = find_problems([NEW, 7, DONE])[0]  # type: ignore[list-item]  # a caller's mistake
        assert problem.message == "line 2 must be a Status or a mapping, not 7"

    def test_a_field_that_cannot_be_read_is_named(self) -> None:
        """The message says which field of which line is wrong."""
        problem = find_problems([NEW, {"key": "a", "description": "A", "final": 1}, DONE])[0]
        assert problem.message == "'A': Final must be yes or no"

    @pytest.mark.parametrize("name", ["key", "description"])
    def test_a_text_left_out_is_an_empty_one(self, name: str) -> None:
        """A missing text has the same problem as an empty one."""
        line = {"key": "a", "description": "A"}
        left_out = {key: value for key, value in line.items() if key != name}
        assert find_problems([line | {name: ""}]) == find_problems([left_out])

    def test_lines_without_keys_are_no_duplicates(self) -> None:
        """Blank keys are bad keys, but not also duplicates."""
        assert codes(NEW, {"description": "A"}, {"description": "B"}, DONE) == [
            "bad-key",
            "bad-key",
        ]

    def test_lines_without_keys_are_named_by_description(self) -> None:
        """The message of a rule for the whole list then names the descriptions."""
        lines = [{"description": "A", "initial": True}, {"description": "B", "initial": True}]
        problem = next(p for p in find_problems(lines) if p.code == "several-initials")
        expected = "only one status can be initial: choose one of 'A', 'B'"
        assert (problem.keys, problem.message) == ((), expected)

    def test_a_description_used_twice_is_shown_as_it_came_first(self) -> None:
        """Descriptions that differ only in case are duplicates; the message shows the first one."""
        again = Status("again", "PRINTING")
        assert [problem.message for problem in find_problems([NEW, PRINT, again, DONE])] == [
            "line 2, line 3 have the same description, 'Printing': change all but one"
        ]

    @pytest.mark.parametrize(
        "again",
        [
            pytest.param("quality CHECK", id="another case"),
            pytest.param("quality  check", id="two blanks"),
            pytest.param("  Quality check ", id="blanks at the ends"),
            pytest.param("Quality\u00a0check", id="a no-break space"),
            pytest.param("\uff31uality check", id="a wide letter"),
        ],
    )
    def test_descriptions_that_people_read_as_one_are_duplicates(self, again: str) -> None:
        """Case, letter width and runs of white space make no difference (decision D2)."""
        check, twin = Status("qa", "Quality check"), Status("qa-2", again)
        assert codes(NEW, check, twin, DONE) == ["duplicate-description"]

    def test_letters_of_one_look_are_one_in_any_case(self) -> None:
        """A description is compared like text that is searched for: "Maße" is "MASSE"."""
        assert codes(NEW, Status("a", "Ma\u00dfe"), Status("b", "MASSE"), DONE) == [
            "duplicate-description"
        ]

    def test_a_status_that_pauses_may_be_cancelled_too(self) -> None:
        """Both flags need a non-standard status, and one status can have both."""
        assert codes(NEW, DONE, evolve(CANCELLED, pauses=True)) == []

    def test_what_stands_outside_is_named(self) -> None:
        """The message names the statuses that are off the path, and says why."""
        expected = (
            "only statuses between the initial and the final one are on the path:"
            " move 'Retouching' there, or mark as non-standard"
        )
        assert [problem.message for problem in find_problems([RETOUCH, NEW, DONE])] == [expected]

    def test_inactive_statuses_may_share_a_description(self) -> None:
        """An inactive status doesn't reserve its description (decision D2)."""
        assert codes(NEW, PRINT, evolve(OLD, description="Printing"), DONE) == []

    def test_inactive_and_non_standard_statuses_may_stand_anywhere(self) -> None:
        """Only active standard statuses outside the path cause a warning."""
        assert codes(HOLD, OLD, NEW, DONE, CANCELLED) == []

    def test_nothing_at_all_lacks_both_ends(self) -> None:
        """An empty list has no initial and no final status."""
        assert codes() == ["no-initial", "no-final"]

    @pytest.mark.parametrize("statuses", [None, 7, "new", b"new"])
    def test_what_is_no_iterable_is_refused(self, statuses: Anything) -> None:
        """The list itself must be an iterable."""
        with pytest.raises(TypeError, match="statuses must be an iterable"):
            find_problems(statuses)


class Unprintable:
    """An object whose repr raises."""

    def __repr__(self) -> str:
        """Raise, like the proxy of a lost connection."""
        raise RuntimeError


HOSTILE: list[Anything] = [
    pytest.param(None, id="None"),
    pytest.param(7, id="int"),
    pytest.param(float("nan"), id="nan"),
    pytest.param("x" * 100_000, id="huge text"),
    pytest.param("a\x00b", id="NUL"),
    pytest.param("a\ud800b", id="lone surrogate"),
    pytest.param("a\u202eb", id="bidi override"),
    pytest.param("a\U0010ffffb", id="noncharacter"),
    pytest.param(b"new", id="bytes"),
    pytest.param([], id="unhashable"),
    pytest.param([Unprintable()], id="unprintable item"),
    pytest.param(Unprintable(), id="unprintable"),
    pytest.param(Status, id="class"),
]


class TestHostileItems:
    """Whatever a list contains, its problems are reported and nothing is raised."""

    @pytest.mark.parametrize("item", HOSTILE)
    def test_an_item_that_is_no_status_is_told(self, item: Anything) -> None:
        """Any other object in the list is reported."""
        assert codes(NEW, item, DONE) == ["not-a-status"]

    @pytest.mark.parametrize("value", HOSTILE)
    def test_a_key_that_is_none_is_told(self, value: Anything) -> None:
        """Any other object as a key is reported."""
        assert codes(NEW, {"key": value, "description": "A"}, DONE) == ["bad-key"]

    @pytest.mark.parametrize("value", HOSTILE[1:])
    def test_a_description_that_is_none_is_told(self, value: Anything) -> None:
        """Any other object as a description is reported."""
        assert codes(NEW, {"key": "a", "description": value}, DONE) == ["bad-text"]

    @pytest.mark.parametrize("value", [True, -1, 10**12, *HOSTILE[2:]])
    def test_a_duration_that_is_none_is_told(self, value: Anything) -> None:
        """Any other object as a number of days is reported."""
        line = {"key": "a", "description": "A", "default_duration": value}
        assert codes(NEW, line, DONE) == ["bad-duration"]

    @pytest.mark.parametrize("value", HOSTILE)
    def test_a_flag_that_is_none_is_told(self, value: Anything) -> None:
        """Any other object as a flag is reported."""
        line = {"key": "a", "description": "A", "inactive": value}
        assert codes(NEW, line, DONE) == ["bad-flag"]

    @pytest.mark.parametrize(
        "name",
        [
            pytest.param(None, id="None"),
            pytest.param(7, id="int"),
            pytest.param("x" * 100_000, id="huge text"),
            pytest.param("a\x00b", id="NUL"),
            pytest.param("a\ud800b", id="lone surrogate"),
            pytest.param(Unprintable(), id="unprintable"),
            pytest.param(("a", 1), id="tuple"),
        ],
    )
    def test_a_field_of_any_name_is_told(self, name: Anything) -> None:
        """Any hashable object as the name of a field is reported."""
        assert codes(NEW, {"key": "a", "description": "A", name: 1}, DONE) == ["unknown-field"]


# The message has the descriptions, and the error has the keys.
UNKNOWN: Final = (
    "cycle 'Prints' has no status 'lost': choose one of 'Ordered', 'Retouching', 'On hold',"
    " 'Printing', 'Old proofing', 'Delivered', 'Cancelled'"
)


class TestStatusCycle:
    """The statuses of one order type in one version."""

    def test_the_path_is_the_active_standard_statuses(self) -> None:
        """The path leads from the initial to the final status."""
        assert CYCLE.path == (NEW, RETOUCH, PRINT, DONE)

    def test_a_status_off_the_path_has_no_place_on_it(self) -> None:
        """Off the path, a status has no position, no days before or after it, and no next one."""
        cycle = StatusCycle("prints", [NEW, HOLD, DONE])
        assert cycle.place("hold") == Place(HOLD, None, 0, 0, None)

    def test_standard_statuses_outside_are_off_the_path(self) -> None:
        """Statuses before the initial or after the final one are not part of the path."""
        assert StatusCycle("prints", [RETOUCH, NEW, DONE, PRINT]).path == (NEW, DONE)

    def test_the_initial_status_is_where_the_path_begins(self) -> None:
        """The path begins with the initial status."""
        assert CYCLE.initial == NEW

    def test_the_final_status_is_where_the_path_ends(self) -> None:
        """The path ends with the final status."""
        assert CYCLE.final == DONE

    def test_non_standard_lists_the_active_statuses_off_the_path(self) -> None:
        """`non_standard` includes statuses outside the path, but no inactive ones."""
        cycle = StatusCycle("prints", [RETOUCH, NEW, HOLD, OLD, DONE, CANCELLED])
        assert cycle.non_standard == (RETOUCH, HOLD, CANCELLED)

    def test_choices_are_the_active_statuses_in_list_order(self) -> None:
        """The "Change To Status" list has every active status."""
        assert CYCLE.choices() == (NEW, RETOUCH, HOLD, PRINT, DONE, CANCELLED)

    def test_a_good_cycle_has_no_warnings(self) -> None:
        """A cycle without oddities has no warnings."""
        assert CYCLE.warnings == ()

    def test_warnings_are_kept_by_the_cycle(self) -> None:
        """A cycle keeps the warnings about its list."""
        cycle = StatusCycle("prints", [RETOUCH, NEW, evolve(DONE, default_duration=1)])
        expected = [("outside-cycle", ("retouch",)), ("final-has-duration", ("done",))]
        assert [(warning.code, warning.keys) for warning in cycle.warnings] == expected

    def test_a_status_is_found_by_its_key(self) -> None:
        """`cycle[key]` gives the status."""
        assert CYCLE["print"] == PRINT

    def test_an_unknown_key_is_named(self) -> None:
        """The error says which key is missing from which cycle."""
        with pytest.raises(UnknownStatusError) as caught:
            CYCLE["lost"]
        assert (caught.value.order_type, caught.value.key) == ("prints", "lost")
        assert caught.value.known == tuple(status.key for status in CYCLE.statuses)
        assert str(caught.value) == UNKNOWN

    @pytest.mark.parametrize("key", [None, 7, [], NEW, b"new"])
    def test_a_key_is_a_str(self, key: Anything) -> None:
        """A look-up takes a key, not a position or a status."""
        with pytest.raises(TypeError, match="a key must be a str"):
            CYCLE[key]

    @pytest.mark.parametrize(
        ("item", "expected"),
        [
            pytest.param("new", True, id="its key"),
            pytest.param("lost", False, id="another key"),
            pytest.param(NEW, True, id="its status"),
            pytest.param(evolve(NEW, description="Novel"), False, id="a status that was edited"),
            pytest.param(evolve(NEW, key="lost"), False, id="another status"),
            pytest.param(None, False, id="None"),
            pytest.param([], False, id="what is not hashable"),
        ],
    )
    def test_in_takes_a_key_or_a_status(self, item: Anything, *, expected: bool) -> None:
        """`in` compares a status with the one in the cycle, field by field."""
        assert (item in CYCLE) is expected

    def test_len_is_the_length_of_the_list(self) -> None:
        """`len` counts all statuses, inactive ones included."""
        assert len(CYCLE) == 7

    def test_iteration_follows_the_list(self) -> None:
        """Iterating over a cycle gives its statuses from top to bottom."""
        assert list(CYCLE) == [NEW, RETOUCH, HOLD, PRINT, OLD, DONE, CANCELLED]

    @pytest.mark.parametrize(
        ("key", "expected"), [("new", RETOUCH), ("retouch", PRINT), ("print", DONE), ("done", None)]
    )
    def test_next_after_follows_the_path(self, key: str, expected: Status | None) -> None:
        """Non-standard and inactive statuses are passed over; the final one has no next status."""
        assert CYCLE.next_after(key) == expected

    @pytest.mark.parametrize("key", ["hold", "old", "cancelled"])
    def test_nothing_follows_off_the_path(self, key: str) -> None:
        """Off the path, a status has no next status (decision D2)."""
        message = f"status '{key}' is off the path and has no next status: pass to=…"
        with pytest.raises(ValueError, match=f"^{message}$"):
            CYCLE.next_after(key)

    def test_next_after_refuses_an_unknown_key(self) -> None:
        """An unknown key has no next status."""
        with pytest.raises(UnknownStatusError):
            CYCLE.next_after("lost")

    @pytest.mark.parametrize(
        ("key", "expected"),
        [
            ("new", (NEW, 0, 1, 3, RETOUCH)),
            ("retouch", (RETOUCH, 1, 4, 0, PRINT)),
            ("print", (PRINT, 2, 4, 0, DONE)),
            ("done", (DONE, 3, 4, 0, None)),
            ("hold", (HOLD, None, 0, 0, None)),
            ("old", (OLD, None, 0, 0, None)),
        ],
    )
    def test_a_place_has_position_and_days(self, key: str, expected: tuple[object, ...]) -> None:
        """A place has the days of the path up to its status and after it."""
        assert CYCLE.place(key) == expected

    def test_the_days_through_each_status_of_the_path(self) -> None:
        """The sums of the durations so far; None for a status without a due date."""
        assert CYCLE.days_through == (1, 4, None, None)

    def test_the_days_back_from_the_end_for_each_status_of_the_path(self) -> None:
        """Minus the sums of the durations still to come; None without a due date."""
        assert CYCLE.days_back == (-3, 0, None, None)

    def test_the_duration_of_the_final_status_is_ignored(self) -> None:
        """A final status counts as 0 days (decision D8)."""
        cycle = StatusCycle("prints", [NEW, evolve(DONE, default_duration=5)])
        assert cycle.place("new").days_after == 0

    def test_an_invalid_cycle_tells_all_its_problems(self) -> None:
        """The error has every problem at once, and the order type."""
        statuses = [RETOUCH, RETOUCH]
        with pytest.raises(InvalidCycleError) as caught:
            StatusCycle("prints", statuses)
        expected = InvalidCycleError(find_problems(statuses), "prints")
        assert caught.value == expected

    def test_an_empty_cycle_is_refused(self) -> None:
        """A cycle needs at least an initial and a final status."""
        with pytest.raises(InvalidCycleError) as caught:
            StatusCycle("prints", [])
        assert [p.code for p in caught.value.problems] == ["no-initial", "no-final"]

    @pytest.mark.parametrize(
        ("field", "value"),
        [
            ("order_type", None),
            ("order_type", 7),
            ("statuses", None),
            ("statuses", "new"),
            ("statuses", NEW),
            ("statuses", [NEW, None, DONE]),
            ("statuses", [{"key": "new"}]),
            ("description", None),
            ("version", None),
            ("version", True),
            ("version", 1.0),
        ],
    )
    def test_a_value_of_the_wrong_kind_is_refused(self, field: str, value: Anything) -> None:
        """Each argument refuses a value of the wrong kind; the message has the argument's name."""
        arguments: dict[str, Anything] = {"order_type": "prints", "statuses": CYCLE, field: value}
        with pytest.raises(TypeError, match=field):
            StatusCycle(**arguments)

    @pytest.mark.parametrize(
        ("field", "value"),
        [
            ("order_type", ""),
            ("order_type", "a b"),
            ("order_type", "x" * 65),
            ("description", "x" * 201),
            ("description", "a\x00b"),
            ("version", 0),
            ("version", 2**31),
        ],
    )
    def test_a_value_out_of_bounds_is_refused(self, field: str, value: Anything) -> None:
        """Each argument refuses a value out of bounds; the message has the argument's name."""
        arguments: dict[str, Anything] = {"order_type": "prints", "statuses": CYCLE, field: value}
        with pytest.raises(ValueError, match=field):
            StatusCycle(**arguments)

    def test_any_iterable_of_statuses_will_do(self) -> None:
        """The statuses can come from a generator; the cycle keeps a tuple."""
        assert StatusCycle("prints", iter(CYCLE), description="Prints") == CYCLE

    @pytest.mark.parametrize(
        "changes",
        [
            {"order_type": "albums"},
            {"statuses": [NEW, DONE]},
            {"description": ""},
            {"version": 2},
        ],
        ids=["order_type", "statuses", "description", "version"],
    )
    def test_cycles_that_differ_in_one_field_differ(self, changes: dict[str, Anything]) -> None:
        """Cycles are equal if type, list, description and version are."""
        assert evolve(CYCLE, **changes) != CYCLE

    def test_equal_cycles_have_one_hash(self) -> None:
        """Equal cycles are one item of a set."""
        assert len({CYCLE, evolve(CYCLE)}) == 1

    def test_a_cycle_pickles(self) -> None:
        """An unpickled cycle is equal to the original."""
        assert pickle.loads(pickle.dumps(CYCLE)) == CYCLE

    def test_a_pickled_cycle_keeps_its_version(self) -> None:
        """An unpickled cycle has the version of the original."""
        assert pickle.loads(pickle.dumps(CYCLE.deactivate("print"))).version == 2

    def test_a_pickled_cycle_answers(self) -> None:
        """An unpickled cycle has the path of the original."""
        assert pickle.loads(pickle.dumps(CYCLE)).path == CYCLE.path

    def test_a_cycle_copies(self) -> None:
        """A deep copy is an equal cycle."""
        assert copy.deepcopy(CYCLE) == CYCLE

    def test_a_cycle_is_frozen(self) -> None:
        """The fields of a cycle can't be assigned."""
        with pytest.raises(AttributeError):
            CYCLE.version = 2  # type: ignore[misc]  # frozen is what is tested


EXTRA = Status("extra", "Extra")

Edit: TypeAlias = Callable[[StatusCycle], StatusCycle]


class TestEditing:
    """The editing verbs: each returns the next version and leaves the old one unchanged."""

    @pytest.mark.parametrize(
        ("edit", "expected"),
        [
            pytest.param(
                lambda c: c.add(EXTRA),
                ["new", "retouch", "hold", "print", "old", "done", "cancelled", "extra"],
                id="add at the end",
            ),
            pytest.param(
                lambda c: c.add(EXTRA, 0),
                ["extra", "new", "retouch", "hold", "print", "old", "done", "cancelled"],
                id="add at the top",
            ),
            pytest.param(
                lambda c: c.add(EXTRA, index=7),
                ["new", "retouch", "hold", "print", "old", "done", "cancelled", "extra"],
                id="add at the length",
            ),
            pytest.param(
                lambda c: c.remove("print"),
                ["new", "retouch", "hold", "old", "done", "cancelled"],
                id="remove",
            ),
            pytest.param(
                lambda c: c.move_up("print"),
                ["new", "retouch", "print", "hold", "old", "done", "cancelled"],
                id="move_up",
            ),
            pytest.param(
                lambda c: c.move_down("retouch"),
                ["new", "hold", "retouch", "print", "old", "done", "cancelled"],
                id="move_down",
            ),
            pytest.param(
                lambda c: c.move_to("cancelled", 0),
                ["cancelled", "new", "retouch", "hold", "print", "old", "done"],
                id="move_to the top",
            ),
            pytest.param(
                lambda c: c.move_to("hold", 6),
                ["new", "retouch", "print", "old", "done", "cancelled", "hold"],
                id="move_to the end",
            ),
            pytest.param(
                lambda c: c.move_to("done", 4),
                ["new", "retouch", "hold", "print", "done", "old", "cancelled"],
                id="move_to above an inactive status",
            ),
        ],
    )
    def test_a_verb_gives_the_list_in_its_new_order(self, edit: Edit, expected: list[str]) -> None:
        """Adding, removing and moving change only the list."""
        assert keys(edit(CYCLE)) == expected

    @pytest.mark.parametrize(
        ("edit", "expected"),
        [
            pytest.param(
                lambda c: c.replace("print", description="Printing", default_duration=2),
                evolve(PRINT, default_duration=2),
                id="replace",
            ),
            pytest.param(
                lambda c: c.deactivate("print"), evolve(PRINT, inactive=True), id="deactivate"
            ),
        ],
    )
    def test_a_verb_changes_one_status(self, edit: Edit, expected: Status) -> None:
        """Replacing and deactivating change only the fields of one status."""
        assert edit(CYCLE)["print"] == expected

    def test_reactivate_takes_a_status_back_into_use(self) -> None:
        """A status that was inactive is on the path again."""
        assert CYCLE.reactivate("old").path == (
            NEW,
            RETOUCH,
            PRINT,
            evolve(OLD, inactive=False),
            DONE,
        )

    def test_set_initial_moves_the_flag(self) -> None:
        """As with radio buttons, the old initial status loses the flag (decision D4)."""
        edited = CYCLE.set_initial("retouch")
        assert [status.key for status in edited if status.initial] == ["retouch"]

    def test_set_final_moves_the_flag(self) -> None:
        """As with radio buttons, the old final status loses the flag (decision D4)."""
        edited = CYCLE.set_final("print")
        assert [status.key for status in edited if status.final] == ["print"]

    def test_verbs_other_than_moves_warn_where_a_status_leaves_the_path(self) -> None:
        """If moving the flag leaves a status outside the path, that's a warning (decision D4)."""
        edited = CYCLE.set_final("print")
        assert [(w.code, w.keys) for w in edited.warnings] == [("outside-cycle", ("done",))]

    @pytest.mark.parametrize(
        "edit",
        [
            pytest.param(lambda c: c.add(EXTRA, 1), id="add"),
            pytest.param(lambda c: c.remove("hold"), id="remove"),
            pytest.param(lambda c: c.move_up("hold"), id="move_up"),
            pytest.param(lambda c: c.move_down("hold"), id="move_down"),
            pytest.param(lambda c: c.move_to("hold", 0), id="move_to"),
            pytest.param(lambda c: c.replace("hold", description="Waiting"), id="replace"),
            pytest.param(lambda c: c.set_initial("new"), id="set_initial"),
            pytest.param(lambda c: c.set_final("done"), id="set_final"),
            pytest.param(lambda c: c.deactivate("hold"), id="deactivate"),
            pytest.param(lambda c: c.reactivate("old"), id="reactivate"),
        ],
    )
    def test_an_edit_is_the_next_version(self, edit: Edit) -> None:
        """The version counts up by one; type and description stay."""
        edited = edit(CYCLE)
        assert (edited.order_type, edited.description, edited.version) == ("prints", "Prints", 2)

    @pytest.mark.parametrize(
        "edit",
        [
            pytest.param(lambda c: c.move_up("new"), id="move_up on the first"),
            pytest.param(lambda c: c.move_down("cancelled"), id="move_down on the last"),
            pytest.param(lambda c: c.move_to("hold", 2), id="move_to its own place"),
        ],
    )
    def test_a_move_that_moves_nothing_gives_the_same_object(self, edit: Edit) -> None:
        """A move to the same place returns the same object (decision D4)."""
        assert edit(CYCLE) is CYCLE

    @pytest.mark.parametrize(
        ("edit", "expected"),
        [
            pytest.param(
                lambda c: c.move_down("new"),
                ["retouch"],
                id="the initial status below a path status",
            ),
            pytest.param(
                lambda c: c.move_up("retouch"),
                ["retouch"],
                id="a path status above the initial one",
            ),
            pytest.param(
                lambda c: c.move_to("done", 2),
                ["print"],
                id="the final status above a path status",
            ),
            pytest.param(
                lambda c: c.move_to("print", 6),
                ["print"],
                id="a path status below the final one",
            ),
        ],
    )
    def test_a_move_off_the_path_is_refused(self, edit: Edit, expected: list[str]) -> None:
        """A move that takes a status off the path is an error (decision D4)."""
        with pytest.raises(InvalidCycleError) as caught:
            edit(CYCLE)
        assert [(p.code, p.severity, list(p.keys)) for p in caught.value.problems] == [
            ("outside-cycle", "error", expected)
        ]

    def test_a_refused_move_names_the_order_type(self) -> None:
        """The error has the order type of the cycle."""
        with pytest.raises(InvalidCycleError) as caught:
            CYCLE.move_up("retouch")
        assert caught.value.order_type == "prints"

    def test_a_status_that_is_outside_already_may_move(self) -> None:
        """A status that is already off the path can move."""
        cycle = StatusCycle("prints", [RETOUCH, NEW, DONE, PRINT])
        assert keys(cycle.move_to("print", 0)) == ["print", "retouch", "new", "done"]

    def test_a_status_may_move_onto_the_path(self) -> None:
        """A move between the initial and the final status puts a status on the path."""
        cycle = StatusCycle("prints", [RETOUCH, NEW, DONE])
        assert cycle.move_down("retouch").path == (NEW, RETOUCH, DONE)

    def test_a_move_keeps_other_warnings_as_warnings(self) -> None:
        """Other warnings, such as a duration on the final status, don't prevent a move."""
        cycle = StatusCycle("prints", [NEW, HOLD, evolve(DONE, default_duration=1)])
        assert [w.code for w in cycle.move_up("done").warnings] == ["final-has-duration"]

    def test_a_refused_move_tells_what_it_breaks_and_no_more(self) -> None:
        """The error doesn't have warnings from before the move."""
        cycle = StatusCycle("prints", [NEW, PRINT, evolve(DONE, default_duration=1)])
        with pytest.raises(InvalidCycleError) as caught:
            cycle.move_up("done")
        assert [p.code for p in caught.value.problems] == ["outside-cycle"]

    @pytest.mark.parametrize(
        ("edit", "code"),
        [
            pytest.param(lambda c: c.add(NEW), "duplicate-key", id="add a key that is there"),
            pytest.param(lambda c: c.remove("new"), "no-initial", id="remove the initial status"),
            pytest.param(lambda c: c.remove("done"), "no-final", id="remove the final status"),
            pytest.param(
                lambda c: c.move_to("done", 0), "final-before-initial", id="move the final up"
            ),
            pytest.param(
                lambda c: c.replace("new", initial=False), "no-initial", id="drop the flag"
            ),
            pytest.param(
                lambda c: c.replace("print", description="ordered"),
                "duplicate-description",
                id="take another's description",
            ),
            pytest.param(
                lambda c: c.set_initial("done"), "initial-is-final", id="set_initial on the final"
            ),
            pytest.param(
                lambda c: c.set_initial("old"), "initial-inactive", id="set_initial on an inactive"
            ),
            pytest.param(
                lambda c: c.set_final("hold"),
                "final-non-standard",
                id="set_final on a non-standard",
            ),
            pytest.param(
                lambda c: c.deactivate("new"), "initial-inactive", id="deactivate the initial"
            ),
        ],
    )
    def test_a_verb_that_would_make_no_cycle_raises(self, edit: Edit, code: str) -> None:
        """An edit that would break a rule is refused with the code of that rule."""
        with pytest.raises(InvalidCycleError) as caught:
            edit(CYCLE)
        assert code in [problem.code for problem in caught.value.problems]

    def test_a_verb_that_raises_leaves_the_old_value(self) -> None:
        """A refused edit leaves the cycle unchanged."""
        before = pickle.dumps(CYCLE)
        with pytest.raises(InvalidCycleError):
            CYCLE.remove("new")
        assert pickle.dumps(CYCLE) == before

    @pytest.mark.parametrize(
        "edit",
        [
            pytest.param(lambda c: c.remove("lost"), id="remove"),
            pytest.param(lambda c: c.move_up("lost"), id="move_up"),
            pytest.param(lambda c: c.move_down("lost"), id="move_down"),
            pytest.param(lambda c: c.move_to("lost", 0), id="move_to"),
            pytest.param(lambda c: c.replace("lost", description="Found"), id="replace"),
            pytest.param(lambda c: c.set_initial("lost"), id="set_initial"),
            pytest.param(lambda c: c.set_final("lost"), id="set_final"),
            pytest.param(lambda c: c.deactivate("lost"), id="deactivate"),
            pytest.param(lambda c: c.reactivate("lost"), id="reactivate"),
        ],
    )
    def test_a_verb_refuses_an_unknown_key(self, edit: Edit) -> None:
        """Every verb refuses an unknown key, and the error has that key."""
        with pytest.raises(UnknownStatusError) as caught:
            edit(CYCLE)
        assert (caught.value.order_type, caught.value.key) == ("prints", "lost")
        assert caught.value.known == tuple(status.key for status in CYCLE.statuses)
        assert str(caught.value) == UNKNOWN

    @pytest.mark.parametrize("status", [None, "extra", {"key": "extra"}])
    def test_add_takes_a_status(self, status: Anything) -> None:
        """You can only add a Status."""
        with pytest.raises(TypeError, match="status must be a Status"):
            CYCLE.add(status)

    @pytest.mark.parametrize("index", [-1, 8])
    def test_add_refuses_a_place_outside_the_list(self, index: int) -> None:
        """The index goes from 0 to the length."""
        with pytest.raises(ValueError, match="index must be from 0 to 7"):
            CYCLE.add(EXTRA, index)

    @pytest.mark.parametrize("index", [-1, 7])
    def test_move_to_refuses_a_place_outside_the_list(self, index: int) -> None:
        """The index goes from 0 to one less than the length."""
        with pytest.raises(ValueError, match="index must be from 0 to 6"):
            CYCLE.move_to("hold", index)

    @pytest.mark.parametrize("index", [True, 1.0, "1"])
    def test_an_index_is_an_int(self, index: Anything) -> None:
        """An index must be an int, not a bool or a float."""
        with pytest.raises(TypeError, match="index must be an int"):
            CYCLE.move_to("hold", index)

    @pytest.mark.parametrize("changes", [{"size": "A4"}, {"key": "other"}, {"initial": 1}])
    def test_replace_refuses_what_is_no_change(self, changes: Anything) -> None:
        """A change needs an existing field other than the key, and a value of its kind."""
        with pytest.raises(TypeError):
            CYCLE.replace("hold", **changes)

    def test_replace_refuses_a_value_out_of_bounds(self) -> None:
        """A changed field is checked like a new one."""
        with pytest.raises(ValueError, match="default_duration must be from 0"):
            CYCLE.replace("hold", default_duration=-1)


class TestSlug:
    """A key for a description that a user typed."""

    @pytest.mark.parametrize(
        ("description", "expected"),
        [
            pytest.param("Quality check", "quality-check", id="words are joined"),
            pytest.param("  At -- the LAB!  ", "at-the-lab", id="marks and case are dropped"),
            pytest.param("Gr\u00f6\u00dfe \u00e9t\u00e9", "grosse-ete", id="accents are dropped"),
            pytest.param("\u65e5\u672c", "status", id="another script"),
            pytest.param("\u65e5 2", "2", id="a digit alone"),
            pytest.param("!?", "status", id="no letter at all"),
            pytest.param("x" * 200, "x" * 64, id="long ones are cut"),
            pytest.param("x" * 63 + " y", "x" * 63, id="not after a hyphen"),
            pytest.param("(" + "x" * 70, "x" * 64, id="the mark before it takes no room"),
        ],
    )
    def test_a_slug_is_lower_case_ascii(self, description: str, expected: str) -> None:
        """A slug has lower-case letters and digits, with hyphens between words."""
        assert slug(description) == expected

    @pytest.mark.parametrize(
        ("description", "taken", "expected"),
        [
            pytest.param("Print", {"proof"}, "print", id="free"),
            pytest.param("Print", {"print"}, "print-2", id="taken once"),
            pytest.param("Print", ["print", "print-2"], "print-3", id="taken twice"),
            pytest.param("Print", ("print", "print-3"), "print-2", id="the first free number"),
            pytest.param("x" * 200, {"x" * 64}, "x" * 62 + "-2", id="cut to make room"),
            pytest.param("\u65e5\u672c", {"status"}, "status-2", id="another script"),
        ],
    )
    def test_a_number_is_added_until_the_key_is_free(
        self, description: str, taken: Anything, expected: str
    ) -> None:
        """If a key is taken, it gets a number, from 2."""
        assert slug(description, taken) == expected

    @pytest.mark.parametrize("description", ["", " ", "x" * 201, "a\x00b", "a\ud800b"])
    def test_a_description_is_text_to_read(self, description: str) -> None:
        """A text that isn't a valid description is refused."""
        with pytest.raises(ValueError, match="description must"):
            slug(description)

    @pytest.mark.parametrize("description", [None, 7, b"Print"])
    def test_a_description_is_a_str(self, description: Anything) -> None:
        """The description must be a str."""
        with pytest.raises(TypeError, match="description must be a str"):
            slug(description)

    @pytest.mark.parametrize("taken", ["print", None, 7])
    def test_taken_is_an_iterable_of_keys(self, taken: Anything) -> None:
        """A single str is refused as the keys in use."""
        with pytest.raises(TypeError, match="taken must be an iterable of keys"):
            slug("Print", taken)


class _Hostile:
    """An object that raises an error whatever you do with it."""

    def __repr__(self) -> str:
        raise RuntimeError("no repr")

    def __bool__(self) -> bool:
        raise RuntimeError("no truth")


class _BrokenMapping(dict[str, object]):
    """A mapping that raises an error when it is read."""

    def items(self) -> NoReturn:
        raise RuntimeError("no items")


@pytest.mark.parametrize(
    "item",
    [10**5000, [[10**5000]], _Hostile(), _BrokenMapping(), "x" * 100_000, object],
    ids=["huge", "nested", "hostile", "broken mapping", "long", "class"],
)
def test_whatever_stands_in_a_list_is_a_problem(item: object) -> None:
    """An item that can't be a status is reported, and nothing is raised."""
    (problem, *_) = find_problems([item])  # type: ignore[list-item]  # the point of the test
    assert (problem.code, problem.message.isprintable()) == ("not-a-status", True)


@pytest.mark.parametrize(
    "value",
    [10**5000, _Hostile(), "\x00", b"", [None]],
    ids=["huge", "hostile", "NUL", "bytes", "list"],
)
def test_whatever_stands_in_a_field_is_a_problem(value: object) -> None:
    """A field that can't be read is reported, and nothing is raised."""
    (problem, *_) = find_problems([{"key": value, "description": "Ordered"}])
    assert problem.code == "bad-key"


def test_many_problems_keep_to_short_messages() -> None:
    """The message of a problem with many statuses names the first few."""
    many = [Status(f"{'k' * 60}{i:04}", f"S{i}", initial=True) for i in range(200)]
    problem = find_problems(many)[0]
    assert (problem.code, len(problem.keys), len(problem.message) < 1_000) == (
        "several-initials",
        200,
        True,
    )


def test_many_statuses_may_stand_outside() -> None:
    """A cycle is valid even if its warning concerns very many statuses."""
    outside = [Status(f"{'k' * 60}{i:04}", f"S{i}") for i in range(200)]
    ends = [Status("first", "First", initial=True), Status("last", "Last", final=True)]
    (warning,) = StatusCycle("many", [*outside, *ends]).warnings
    assert len(warning.keys) == 200


def test_a_slug_is_lower_case_whatever_it_comes_from() -> None:
    """Letters that become Latin capitals only when decomposed end up in lower case too."""
    assert slug("\U0001d400 x \u210bello") == "a-x-hello"


def test_taken_keys_are_texts() -> None:
    """The keys in use must be strs."""
    with pytest.raises(TypeError, match="taken must be"):
        slug("x", taken=[1])  # type: ignore[list-item]  # the point of the test
