"""Strategies for triggers, rules, and the flows that have them."""

from collections.abc import Sequence
from typing import Final

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from prodflow import (
    ChangeRules,
    Completing,
    CreateTask,
    CustomAction,
    DaysFromDue,
    DaysInStatus,
    DueDatePolicy,
    Entering,
    Leaving,
    Move,
    Opening,
    ProductionFlow,
    SendMessage,
    StatusCycle,
    Trigger,
)
from prodflow.testing._dates import due_date_policies
from prodflow.testing._drawing import (
    DESCRIPTIONS,
    KEYS,
    NAMES,
    OPTIONAL_PEOPLE,
    PEOPLE,
    check_cycle,
    check_sizes,
    checked,
)

_BOOLEANS: Final = st.booleans()
_SCALARS: Final = st.one_of(
    st.none(),
    _BOOLEANS,
    st.integers(-(2**63), 2**63 - 1),
    st.floats(allow_nan=False, allow_infinity=False),
    NAMES,
)
_CHANNELS: Final = st.lists(
    st.sampled_from(["email", "sms", "call", "letter", "web_form"]), min_size=1, unique=True
)
_ACTIONS: Final = st.one_of(
    st.builds(
        CreateTask,
        DESCRIPTIONS,
        department=OPTIONAL_PEOPLE,
        user=OPTIONAL_PEOPLE,
        due_days=st.none() | st.integers(0, 30),
    ),
    st.builds(SendMessage, NAMES, to=PEOPLE, channels=_CHANNELS, marketing=_BOOLEANS),
    st.builds(CustomAction, KEYS, st.dictionaries(KEYS, _SCALARS, max_size=3)),
)
_MOVES: Final = st.none() | st.frozensets(st.sampled_from(Move))


def triggers(
    *, cycle: StatusCycle | None = None, keys: SearchStrategy[str] | None = None
) -> SearchStrategy[Trigger]:
    """Any trigger without a condition, for a status of a cycle or for any status.

    Args:
        cycle: the cycle whose statuses it looks at; None for triggers that may be of no cycle.
        keys: the keys of the triggers; by default any.

    Raises:
        InvalidArgument: for what is no strategy or cycle.
    """
    check_cycle(cycle)
    named = KEYS if cycle is None else st.sampled_from([status.key for status in cycle])
    order_types = [()] if cycle is None else [(), (cycle.order_type,)]
    return _triggers(st.none() | named, checked("keys", keys, KEYS), order_types)


@st.composite
def _triggers(
    draw: DrawFn,
    statuses: SearchStrategy[str | None],
    keys: SearchStrategy[str],
    order_types: Sequence[tuple[str, ...]],
) -> Trigger:
    status = draw(statuses)
    alive = draw(_BOOLEANS)
    when: Opening | Entering | Leaving | Completing | DaysInStatus | DaysFromDue
    match draw(st.sampled_from(["entering", "leaving", "completing", "stay", "due", "opening"])):
        case "entering":
            when = Entering(status, moves=draw(_MOVES))
        case "leaving":
            when = Leaving(status, moves=draw(_MOVES))
        case "completing":
            when = Completing(status)
        case "stay":
            when = DaysInStatus(status, draw(st.integers(0, 30)), while_in_status=alive)
        case "due":
            days, working = draw(st.integers(-10, 10)), draw(_BOOLEANS)
            when = DaysFromDue(status, days, working=working, while_in_status=alive)
        case _:
            when = Opening()
    return Trigger(
        draw(keys),
        when,
        draw(_ACTIONS),
        order_types=draw(st.sampled_from(order_types)),
        automatic=draw(_BOOLEANS),
        once_per_order=draw(_BOOLEANS),
    )


_YES: Final = st.sampled_from([True, False])  # shrinks to the lenient rules
_LENIENT: Final = st.just(ChangeRules())


def change_rules(*, cycle: StatusCycle | None = None) -> SearchStrategy[ChangeRules]:
    """Any rules without a guard.

    Args:
        cycle: the cycle whose keys their targets name; None for any keys.

    Raises:
        InvalidArgument: for what is no cycle.
    """
    check_cycle(cycle)
    keys = KEYS if cycle is None else st.sampled_from([status.key for status in cycle])
    return st.builds(
        ChangeRules,
        allow_skip=_YES,
        allow_back=_YES,
        allow_reopen=_YES,
        note_required=st.frozensets(st.sampled_from(Move), max_size=2),
        targets=st.dictionaries(keys, st.frozensets(keys, max_size=4), max_size=2),
    )


def production_flows(
    *,
    cycle: StatusCycle | None = None,
    policies: SearchStrategy[DueDatePolicy] | None = None,
    rules: SearchStrategy[ChangeRules] | None = None,
    min_size: int = 0,
    max_size: int = 3,
) -> SearchStrategy[ProductionFlow]:
    """Any flow, its triggers each with a key of its own.

    Args:
        cycle: the cycle whose statuses its triggers look at; None for any.
        policies: its due-date policies; by default any of prodflow's.
        rules: its rules; by default lenient ones, for a walk that gets somewhere.
        min_size: at least so many triggers.
        max_size: at most so many.

    Raises:
        InvalidArgument: for what is no strategy or cycle, or sizes that nothing has.
    """
    check_sizes(min_size, max_size, least=0)
    return st.builds(
        ProductionFlow,
        due_dates=checked("policies", policies, due_date_policies()),
        triggers=st.lists(
            triggers(cycle=cycle),
            min_size=min_size,
            max_size=max_size,
            unique_by=lambda trigger: trigger.key,
        ),
        rules=checked("rules", rules, _LENIENT),
    )
