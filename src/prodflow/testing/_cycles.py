"""Strategies for statuses and their cycles.

Theory of operation. A cycle is drawn as a list of lines, each with a place and flags of its own.
The first two are its ends, wherever they were to stand, so that every draw is valid, none is thrown
away, and an example shrinks to the initial and the final status.
"""

from typing import Final

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from prodflow import Status, StatusCycle
from prodflow.testing._drawing import (
    DESCRIPTIONS,
    DURATIONS,
    KEYS,
    OPTIONAL_PEOPLE,
    PEOPLE,
    as_read,
    check_sizes,
    checked,
)

_ENDS: Final = 2


def statuses(
    *,
    keys: SearchStrategy[str] | None = None,
    descriptions: SearchStrategy[str] | None = None,
    durations: SearchStrategy[int | None] | None = None,
) -> SearchStrategy[Status]:
    """Any status, with any flags: how they go together is a matter of the cycle.

    Args:
        keys: its keys; by default any.
        descriptions: its descriptions; by default any.
        durations: its default durations; by default None and 0 to 10 days.

    Raises:
        InvalidArgument: for what is no strategy.
    """
    return st.builds(
        Status,
        checked("keys", keys, KEYS),
        checked("descriptions", descriptions, DESCRIPTIONS),
        default_duration=checked("durations", durations, DURATIONS),
        default_department=OPTIONAL_PEOPLE,
        default_user=OPTIONAL_PEOPLE,
        workflow_stage=OPTIONAL_PEOPLE,
        initial=st.booleans(),
        final=st.booleans(),
        non_standard=st.booleans(),
        cancelled=st.booleans(),
        pauses=st.booleans(),
        inactive=st.booleans(),
    )


_STANDARD: Final[frozenset[str]] = frozenset()
_ASIDE: Final = frozenset({"non_standard"})
_PAUSING: Final = frozenset({"non_standard", "pauses"})
_CANCELLED: Final = frozenset({"non_standard", "cancelled"})
_INACTIVE: Final = frozenset({"inactive"})
_NEITHER: Final = frozenset({"non_standard", "inactive"})

# Mostly between the ends, where orders go; active and standard outside them is odd, but a cycle.
_PLACES: Final = st.sampled_from(
    [
        *[("within", _STANDARD)] * 8,
        ("within", _ASIDE),
        *[("within", _PAUSING)] * 2,
        ("within", _CANCELLED),
        ("within", _INACTIVE),
        ("before", _STANDARD),
        ("before", _ASIDE),
        ("after", _CANCELLED),
        ("after", _STANDARD),
        ("after", _NEITHER),
    ]
)
# Department, user and stage of the digital workflow.
_DEFAULTS: Final = st.sampled_from(
    [
        (None, None, None),
        ("Lab", None, None),
        (None, "Ada", None),
        ("Lab", "Zoë", "upload"),
        ("Packing", "Ada", "order placed"),
    ]
)


def status_cycles(
    *,
    order_types: SearchStrategy[str] | None = None,
    durations: SearchStrategy[int | None] | None = None,
    min_size: int = 2,
    max_size: int = 8,
) -> SearchStrategy[StatusCycle]:
    """Any cycle, with statuses off its path of every kind, outside its ends too.

    Args:
        order_types: the keys of the cycles; by default any.
        durations: the default durations of their statuses; by default None and 0 to 10 days.
        min_size: at least so many statuses, from 2.
        max_size: at most so many.

    Raises:
        InvalidArgument: for what is no strategy, or sizes that no cycle has.
    """
    check_sizes(min_size, max_size, least=2)
    return _status_cycles(
        checked("order_types", order_types, KEYS),
        checked("durations", durations, DURATIONS),
        min_size,
        max_size,
    )


@st.composite
def _status_cycles(
    draw: DrawFn,
    order_types: SearchStrategy[str],
    durations: SearchStrategy[int | None],
    min_size: int,
    max_size: int,
) -> StatusCycle:
    lines = st.tuples(KEYS, DESCRIPTIONS, _PLACES, durations, _DEFAULTS)
    drawn = draw(
        st.lists(
            lines,
            min_size=min_size,
            max_size=max_size,
            unique_by=(lambda line: line[0], lambda line: as_read(line[1])),
        )
    )
    placed: dict[str, list[Status]] = {"ends": [], "before": [], "within": [], "after": []}
    for index, (key, description, (place, flags), duration, defaults) in enumerate(drawn):
        is_end = index < _ENDS
        department, user, stage = defaults
        placed["ends" if is_end else place].append(
            Status(
                key,
                description,
                default_duration=duration,
                default_department=department,
                default_user=user,
                workflow_stage=stage,
                initial=index == 0,
                final=index == 1,
                non_standard="non_standard" in flags and not is_end,
                cancelled="cancelled" in flags and not is_end,
                pauses="pauses" in flags and not is_end,
                inactive="inactive" in flags and not is_end,
            )
        )
    initial, final = placed["ends"]
    return StatusCycle(
        draw(order_types),
        [*placed["before"], initial, *placed["within"], final, *placed["after"]],
        description=draw(st.just("") | PEOPLE),
        version=draw(st.integers(1, 3)),
    )
