"""Strategies for statuses and cycles.

Theory of operation. A cycle is drawn as a list of lines, each with a place and flags. The first
two lines become the initial and the final status, whatever their place. So every draw is valid, no
draw is thrown away, and a cycle shrinks to these two statuses.
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
_COLOURS: Final = st.sampled_from([None, "#2f6f4e", "#C00000"])
_PUBLIC: Final = st.sampled_from([None, None, "We have your order", "In production", "On its way"])


def statuses(
    *,
    keys: SearchStrategy[str] | None = None,
    descriptions: SearchStrategy[str] | None = None,
    durations: SearchStrategy[int | None] | None = None,
) -> SearchStrategy[Status]:
    """Statuses with any combination of flags, even those that no cycle accepts.

    Args:
        keys: the keys.
        descriptions: the descriptions.
        durations: the default durations. If you don't pass this strategy, some statuses have no
            duration, and others have 0 to 10 days.
    """
    return st.builds(
        Status,
        checked("keys", keys, KEYS),
        checked("descriptions", descriptions, DESCRIPTIONS),
        default_duration=checked("durations", durations, DURATIONS),
        default_department=OPTIONAL_PEOPLE,
        default_user=OPTIONAL_PEOPLE,
        workflow_stage=OPTIONAL_PEOPLE,
        public_description=_PUBLIC,
        colour=_COLOURS,
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

# Mostly between the initial and final status, where orders go. An active standard status before or
# after these is odd but valid.
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
# Default department, default user and workflow stage.
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
    """Cycles with statuses of every kind, also before the initial and after the final one.

    Args:
        order_types: the order types.
        durations: the default durations of the statuses. If you don't pass this strategy, some
            statuses have no duration, and others have 0 to 10 days.
        min_size: the least number of statuses, from 2.
        max_size: the greatest number of statuses.
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
    lines = st.tuples(KEYS, DESCRIPTIONS, _PLACES, durations, _DEFAULTS, _PUBLIC)
    drawn = draw(
        st.lists(
            lines,
            min_size=min_size,
            max_size=max_size,
            unique_by=(lambda line: line[0], lambda line: as_read(line[1])),
        )
    )
    placed: dict[str, list[Status]] = {"ends": [], "before": [], "within": [], "after": []}
    for index, (key, description, (place, flags), duration, defaults, public) in enumerate(drawn):
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
                public_description=public,
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
