"""Edited lists and searches for problems with one bug each, which the kit must catch.

Each breaks one rule. The tables name the law that must catch it, from each of three seeds.
"""

# ruff: noqa: ANN401 - a stand-in gives what the cycle gives

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from functools import partial
from typing import Any, ClassVar, Final

import pytest
from attrs import asdict, evolve
from hypothesis import given
from hypothesis import strategies as st

from prodflow import (
    CycleProblem,
    InvalidCycleError,
    Status,
    StatusCycle,
    Trigger,
    TriggerProblem,
    find_problems,
    find_trigger_problems,
)
from prodflow.testing import CycleSuite, laws
from prodflow.testing._cases import SHARED
from prodflow.testing._forms import BrokenMapping, status_forms, trigger_forms
from prodflow.testing._studio import CYCLE, FLOW
from prodflow.testing.strategies import status_cycles, statuses

LAW: Final = "test_the_list_is_edited_in_a_form"
Rows = Iterable[Status | Mapping[str, object]]


Cycle: Final[Any] = StatusCycle  # to type checkers, a cycle has no subclasses


class RightEdit(Cycle):  # type: ignore[misc]  # see above
    """A cycle without a bug; each subclass breaks one thing."""

    def edited(self, rows: Rows, *, taken: Collection[str] = ()) -> Any:
        """Edit as it should be."""
        return self._edit(rows, taken)

    def _edit(self, rows: Rows, taken: Collection[str] = ()) -> Any:
        return StatusCycle.edited(self, rows, taken=taken)


class OneVersionForEachChange(RightEdit):
    """Counts a version for each row that differs."""

    def edited(self, rows: Rows, *, taken: Collection[str] = ()) -> Any:
        """Count the changes."""
        edited = self._edit(rows, taken)
        changes = sum(one != other for one, other in zip(edited, self, strict=False))
        return evolve(edited, version=self.version + changes)


class AlwaysANewVersion(RightEdit):
    """Makes a version where nothing has changed."""

    def edited(self, rows: Rows, *, taken: Collection[str] = ()) -> Any:
        """Count up."""
        return evolve(self._edit(rows, taken), version=self.version + 1)


class KeepsTheOrder(RightEdit):
    """Leaves moved rows where they were."""

    def edited(self, rows: Rows, *, taken: Collection[str] = ()) -> Any:
        """Sort the statuses as before."""
        edited = self._edit(rows, taken)
        keys = [status.key for status in self]
        ranks = {key: rank for rank, key in enumerate(keys)}
        listed = sorted(edited, key=lambda status: ranks.get(status.key, len(ranks)))
        return evolve(edited, statuses=listed)


class KeepsWhatIsDeleted(RightEdit):
    """Keeps the statuses whose rows are gone."""

    def edited(self, rows: Rows, *, taken: Collection[str] = ()) -> Any:
        """Add them at the end."""
        edited = self._edit(rows, taken)
        gone = [evolve(it, inactive=True) for it in self if it.key not in edited]
        return evolve(edited, statuses=[*edited, *gone])


class UsesDeletedKeys(RightEdit):
    """Gives a new status the key of one that is deleted in the same edit."""

    def edited(self, rows: Rows, *, taken: Collection[str] = ()) -> Any:
        """Look at the keys of the rows only."""
        listed = [*rows]
        kept = {row["key"] if isinstance(row, Mapping) else row.key for row in listed}
        gone = [status.key for status in self if status.key not in kept]
        edited = self._edit(listed, taken)
        statuses = [*edited]
        for index, status in enumerate(statuses):
            if gone and status.key not in kept:
                statuses[index] = evolve(status, key=gone.pop())
        return evolve(edited, statuses=statuses)


class ForgetsTakenKeys(RightEdit):
    """Doesn't look at the keys of older versions."""

    def edited(self, rows: Rows, *, taken: Collection[str] = ()) -> Any:
        """Pass over *taken*."""
        return self._edit(rows, [*taken][:0])


class ReadsNoTexts(RightEdit):
    """Takes the text of a number for a wrong value."""

    def edited(self, rows: Rows, *, taken: Collection[str] = ()) -> Any:
        """Refuse digits."""
        listed = [*rows]
        for row in listed:
            if isinstance(row, Mapping) and isinstance(row.get("default_duration"), str):
                raise InvalidCycleError((), self.order_type)
        return self._edit(listed, taken)


class UntickedStaysTicked(RightEdit):
    """Keeps a flag that a browser leaves out."""

    def edited(self, rows: Rows, *, taken: Collection[str] = ()) -> Any:
        """Fill in the flags from before."""
        known = {status.key: asdict(status) for status in self}
        full = [
            known.get(str(row.get("key")), {}) | {**row} if isinstance(row, Mapping) else row
            for row in rows
        ]
        return self._edit(full, taken)


class WipesWhatIsLeftOut(RightEdit):
    """Takes a field that a form doesn't have for an empty one."""

    def edited(self, rows: Rows, *, taken: Collection[str] = ()) -> Any:
        """Fill in empty values."""
        empty = {"default_user": None, "workflow_stage": None, "default_duration": None}
        full = [empty | {**row} if isinstance(row, Mapping) else row for row in rows]
        return self._edit(full, taken)


class OneProblemAtATime(RightEdit):
    """Raises the first problem only."""

    def edited(self, rows: Rows, *, taken: Collection[str] = ()) -> Any:
        """Drop the other problems."""
        try:
            return self._edit(rows, taken)
        except InvalidCycleError as error:
            raise InvalidCycleError(error.problems[:1], error.order_type) from None


class RenamesTheType(RightEdit):
    """Loses the description of the cycle."""

    def edited(self, rows: Rows, *, taken: Collection[str] = ()) -> Any:
        """Forget it."""
        return evolve(self._edit(rows, taken), description="")


WRONG_EDITS: Final = (
    OneVersionForEachChange,
    AlwaysANewVersion,
    KeepsTheOrder,
    KeepsWhatIsDeleted,
    UsesDeletedKeys,
    ForgetsTakenKeys,
    ReadsNoTexts,
    UntickedStaysTicked,
    WipesWhatIsLeftOut,
    OneProblemAtATime,
    RenamesTheType,
)


class _Suite(CycleSuite):
    """The laws to run by hand; not collected, for its name begins with an underscore."""


def _cycle(cls: type[RightEdit]) -> StatusCycle:
    # With values that an edit could lose.
    changed = CYCLE.replace("lab", default_user="Ada", workflow_stage="Lab")
    changed = changed.replace("check", default_user="Zoë", workflow_stage="Lab")
    return cls(changed.order_type, changed.statuses, description="Prints", version=3)


@pytest.mark.scaled
@pytest.mark.parametrize("wrong", WRONG_EDITS)
def test_a_wrong_edit_is_caught(wrong: type[RightEdit], hunt: Callable[..., list[bool]]) -> None:
    """Each bug is caught by the laws of an edited list, from every seed."""
    assert all(hunt(_Suite, LAW, partial(_run, _cycle(wrong))))


@pytest.mark.scaled
def test_a_right_edit_is_not_caught(hunt: Callable[..., list[bool]]) -> None:
    """The stand-in without a bug passes, so a wrong one is caught for its bug."""
    assert not any(hunt(_Suite, LAW, partial(_run, _cycle(RightEdit))))


def _run(what: object, law: Callable[..., None]) -> None:
    law(what)


# --- Problems -----------------------------------------------------------------------------------


class RightSearch:
    """A search for problems without a bug."""

    def statuses(self, rows: Rows) -> Sequence[CycleProblem]:
        """Search as it should be."""
        return find_problems(rows)

    def triggers(
        self, rows: Iterable[Trigger | Mapping[str, object]], cycles: Iterable[StatusCycle]
    ) -> Sequence[TriggerProblem]:
        """Search as it should be."""
        return find_trigger_problems(rows, cycles)


class CountsFromOne(RightSearch):
    """Counts the lines from 1."""

    def statuses(self, rows: Rows) -> Sequence[CycleProblem]:
        """Count up."""
        found = find_problems(rows)
        return [it if it.index is None else evolve(it, index=it.index + 1) for it in found]

    def triggers(
        self, rows: Iterable[Trigger | Mapping[str, object]], cycles: Iterable[StatusCycle]
    ) -> Sequence[TriggerProblem]:
        """Count up."""
        found = find_trigger_problems(rows, cycles)
        return [evolve(it, index=(it.index or 0) + 1) for it in found]


class PassesOverOthers(RightSearch):
    """Doesn't count the lines that it can't read."""

    def statuses(self, rows: Rows) -> Sequence[CycleProblem]:
        """Leave out other objects."""
        return find_problems([row for row in rows if isinstance(row, Mapping | Status)])

    def triggers(
        self, rows: Iterable[Trigger | Mapping[str, object]], cycles: Iterable[StatusCycle]
    ) -> Sequence[TriggerProblem]:
        """Leave out other objects."""
        return find_trigger_problems(
            [row for row in rows if isinstance(row, Mapping | Trigger)], cycles
        )


class NamesNoField(RightSearch):
    """Has the line alone."""

    def statuses(self, rows: Rows) -> Sequence[CycleProblem]:
        """Drop the field."""
        return [evolve(it, field=None) for it in find_problems(rows)]

    def triggers(
        self, rows: Iterable[Trigger | Mapping[str, object]], cycles: Iterable[StatusCycle]
    ) -> Sequence[TriggerProblem]:
        """Drop the field."""
        return [evolve(it, field=None) for it in find_trigger_problems(rows, cycles)]


class NamesNoLine(RightSearch):
    """Has the field alone."""

    def statuses(self, rows: Rows) -> Sequence[CycleProblem]:
        """Drop the line."""
        return [evolve(it, index=None) for it in find_problems(rows)]

    def triggers(
        self, rows: Iterable[Trigger | Mapping[str, object]], cycles: Iterable[StatusCycle]
    ) -> Sequence[TriggerProblem]:
        """Drop the line."""
        return [evolve(it, index=None) for it in find_trigger_problems(rows, cycles)]


class StopsAtTheFirstLine(RightSearch):
    """Has the problems of the first wrong line only."""

    def statuses(self, rows: Rows) -> Sequence[CycleProblem]:
        """Stop early."""
        found = find_problems(rows)
        return [it for it in found if it.index == found[0].index]

    def triggers(
        self, rows: Iterable[Trigger | Mapping[str, object]], cycles: Iterable[StatusCycle]
    ) -> Sequence[TriggerProblem]:
        """Stop early."""
        found = find_trigger_problems(rows, cycles)
        return [it for it in found if it.index == found[0].index]


class RaisesWhatAMappingRaises(RightSearch):
    """Copies the rows before it looks at them."""

    def statuses(self, rows: Rows) -> Sequence[CycleProblem]:
        """Copy."""
        return find_problems([dict(it) if isinstance(it, Mapping) else it for it in rows])

    def triggers(
        self, rows: Iterable[Trigger | Mapping[str, object]], cycles: Iterable[StatusCycle]
    ) -> Sequence[TriggerProblem]:
        """Copy."""
        copied = [dict(it) if isinstance(it, Mapping) else it for it in rows]
        return find_trigger_problems(copied, cycles)


class ShowsKeys(RightSearch):
    """Names statuses by their keys."""

    def statuses(self, rows: Rows) -> Sequence[CycleProblem]:
        """Add the keys."""
        return [
            evolve(it, message=f"{it.message}: {', '.join(it.keys)}") for it in find_problems(rows)
        ]


class _Searches:
    """The laws about problems."""

    triggers: ClassVar[Sequence[Trigger]] = FLOW.triggers

    @SHARED
    @given(status_cycles(max_size=5), st.data())
    def test_statuses(self, search: RightSearch, cycle: StatusCycle, data: st.DataObject) -> None:
        """Every problem of statuses has its place."""
        rows: list[Any] = data.draw(status_forms(cycle))
        mixed: list[Any] = [None, *rows, BrokenMapping()]
        for listed in (rows, mixed):
            laws.every_problem_of_statuses_has_a_place(listed, search.statuses)

    @SHARED
    @given(st.data())
    def test_triggers(self, search: RightSearch, data: st.DataObject) -> None:
        """Every problem of triggers has its place."""
        rows: list[Any] = data.draw(trigger_forms(self.triggers))
        mixed: list[Any] = [None, *rows, BrokenMapping()]
        for listed in (rows, mixed):
            laws.every_problem_of_triggers_has_a_place(listed, [CYCLE], search.triggers)

    @SHARED
    @given(st.lists(statuses(), max_size=4))
    def test_keys(self, search: RightSearch, listed: list[Status]) -> None:
        """No message has a key."""
        laws.problems_show_no_keys(listed, find=search.statuses)


PLACES: Final = ("test_statuses", "test_triggers")
WRONG_SEARCHES: Final = [
    *(
        (wrong, law)
        for wrong in (
            CountsFromOne,
            PassesOverOthers,
            NamesNoField,
            NamesNoLine,
            StopsAtTheFirstLine,
            RaisesWhatAMappingRaises,
        )
        for law in PLACES
    ),
    (ShowsKeys, "test_keys"),
]


@pytest.mark.scaled
@pytest.mark.parametrize(("wrong", "law"), WRONG_SEARCHES)
def test_a_wrong_search_is_caught(
    wrong: type[RightSearch], law: str, hunt: Callable[..., list[bool]]
) -> None:
    """Each bug is caught by the law about its kind of problem, from every seed."""
    assert all(hunt(_Searches, law, partial(_run, wrong())))


@pytest.mark.scaled
@pytest.mark.parametrize("law", [*PLACES, "test_keys"])
def test_a_right_search_is_not_caught(law: str, hunt: Callable[..., list[bool]]) -> None:
    """The search without a bug passes, so a wrong one is caught for its bug."""
    assert not any(hunt(_Searches, law, partial(_run, RightSearch())))
