"""Strategies for lists of statuses that are not a cycle.

Theory of operation. We begin with a valid list. It may get one fault in its initial or
final status. It may also get new lines with one fault each. No fault hides another, so the codes of
all errors are known.
"""

from collections.abc import Callable, Mapping
from typing import Any, Final

from attrs import asdict, evolve
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from prodflow import Status, StatusCycle
from prodflow.testing._cycles import status_cycles
from prodflow.testing._drawing import as_read, checked

# The lists also have other objects, as the data of a form may; type checkers needn't know.
Line = Status | Mapping[str, object]


def broken_status_lists(
    *, cycles: SearchStrategy[StatusCycle] | None = None
) -> SearchStrategy[tuple[list[Line], frozenset[str]]]:
    """Lists for `find_problems`, each with the codes of exactly the errors to find.

    Args:
        cycles: the cycles to break; None for any.

    Returns:
        A strategy of pairs. The first item of a pair is the list of lines, which are statuses,
        mappings with the fields of a status, or other objects. The second item is the set of the
        codes of all errors. `find_problems` may also find warnings in the list.
    """
    return _broken_status_lists(checked("cycles", cycles, status_cycles()))


@st.composite
def _broken_status_lists(
    draw: DrawFn, cycles: SearchStrategy[StatusCycle]
) -> tuple[list[Line], frozenset[str]]:
    cycle = draw(cycles)
    end = draw(st.none() | st.sampled_from(sorted(_ENDS)))
    codes = draw(
        st.frozensets(st.sampled_from(sorted(_LINES)), min_size=0 if end else 1, max_size=4)
    )
    broken = list(cycle) if end is None else _ENDS[end](cycle)
    as_form = draw(st.booleans())
    lines: list[Line] = [asdict(status) if as_form else status for status in broken]
    for code in sorted(codes):
        at = draw(st.integers(0, len(lines)))
        lines[at:at] = _faulty(draw, code, cycle)
    return lines, codes if end is None else codes | {end}


def _faulty(draw: DrawFn, code: str, cycle: StatusCycle) -> list[Line]:
    taken = {status.key for status in cycle} | {as_read(s.description) for s in cycle}
    name = next(name for n in range(len(taken) + 1) if (name := f"{code}-{n}") not in taken)
    faults: list[dict[str, Any]] = draw(_LINES[code])
    fresh = [
        {"key": f"{name}-{n}", "description": f"{name} {n}"} | fault
        for n, fault in enumerate(faults)
    ]
    if code == "not-a-status":
        return draw(st.lists(_NO_STATUSES, min_size=1, max_size=2))
    return list(fresh)


def _changed(cycle: StatusCycle, key: str, changes: dict[str, Any]) -> list[Status]:
    return [evolve(status, **changes) if status.key == key else status for status in cycle]


def _doubled(cycle: StatusCycle, key: str) -> list[Status]:
    names = {status.key for status in cycle} | {as_read(s.description) for s in cycle}
    name = next(name for n in range(len(names) + 1) if (name := f"other-{n}") not in names)
    at = cycle.statuses.index(cycle[key])
    other = evolve(cycle[key], key=name, description=name)
    return [*cycle.statuses[:at], other, *cycle.statuses[at:]]


def _initial_is_final(cycle: StatusCycle) -> list[Status]:
    return [evolve(status, final=status.initial) for status in cycle]


def _final_before_initial(cycle: StatusCycle) -> list[Status]:
    ends = [cycle.final, cycle.initial]
    return [ends.pop(0) if status.initial or status.final else status for status in cycle]


_ENDS: Final[dict[str, Callable[[StatusCycle], list[Status]]]] = {
    "no-initial": lambda cycle: _changed(cycle, cycle.initial.key, {"initial": False}),
    "no-final": lambda cycle: _changed(cycle, cycle.final.key, {"final": False}),
    "several-initials": lambda cycle: _doubled(cycle, cycle.initial.key),
    "several-finals": lambda cycle: _doubled(cycle, cycle.final.key),
    "initial-is-final": _initial_is_final,
    "final-before-initial": _final_before_initial,
    "initial-non-standard": lambda cycle: _changed(
        cycle, cycle.initial.key, {"non_standard": True}
    ),
    "final-non-standard": lambda cycle: _changed(cycle, cycle.final.key, {"non_standard": True}),
    "initial-inactive": lambda cycle: _changed(cycle, cycle.initial.key, {"inactive": True}),
    "final-inactive": lambda cycle: _changed(cycle, cycle.final.key, {"inactive": True}),
}

_NO_STATUSES: Final[SearchStrategy[Any]] = st.one_of(
    st.none(), st.integers(), st.text(), st.binary(), st.lists(st.integers(), max_size=2)
)
_NO_TEXTS: Final[SearchStrategy[object]] = st.sampled_from(
    ["x" * 201, "a\x00b", "a\nb", "\ud800", "a\u202eb", "\uffff", 7, b"text", ["text"]]
)


def _faults(*choices: Mapping[str, SearchStrategy[object]]) -> SearchStrategy[Any]:
    """Lists with one line for each choice; a choice has strategies for the line's faulty fields."""
    return st.tuples(*(st.fixed_dictionaries(dict(choice)) for choice in choices)).map(list)


_LINES: Final[dict[str, SearchStrategy[Any]]] = {
    "duplicate-key": _faults({"key": st.just("twice")}, {"key": st.just("twice")}),
    "duplicate-description": _faults(
        {"description": st.just("Straße 12")},
        {"description": st.sampled_from(["STRASSE 12", " Straße  12", "Stra\u00dfe \uff11\uff12"])},
    ),
    "cancelled-but-standard": _faults({"cancelled": st.sampled_from([True])}),
    "pauses-but-standard": _faults({"pauses": st.sampled_from([True])}),
    "bad-key": _faults(
        {
            "key": st.sampled_from(
                ["", " ", "a b", "x" * 65, "é", "٣", "a\n", "\ud800", None, 3, b"k"]
            )
        }
    ),
    "blank-description": _faults({"description": st.sampled_from(["", " ", " \u2003", None])}),
    "bad-text": _faults({"description": _NO_TEXTS})
    | _faults({"default_department": _NO_TEXTS})
    | _faults({"default_user": _NO_TEXTS})
    | _faults({"workflow_stage": _NO_TEXTS})
    | _faults({"public_description": _NO_TEXTS | st.just(" ")}),
    "bad-colour": _faults(
        {
            "colour": st.sampled_from(
                [" ", "red", "#2f6f4", "#2f6f4e0", "2f6f4e", "#2f6f4e\n", "#2f6f4g", "#٣٣٣٣٣٣", 7]
            )
        }
    ),
    "bad-duration": _faults(
        {
            "default_duration": st.sampled_from(
                [-1, "-1", 36_526, "36526", True, 1.5, "1.5", float("nan"), "٣", "3 days", 10**12]
            )
        }
    ),
    "bad-flag": st.sampled_from(
        ["initial", "final", "non_standard", "cancelled", "pauses", "inactive"]
    ).flatmap(lambda flag: _faults({flag: st.sampled_from([None, 0, 1, "x", " on off", []])})),
    "unknown-field": _faults({"size": st.just("A4")}) | _faults({"Key": st.just("new")}),
    "not-a-status": st.just([]),
}
