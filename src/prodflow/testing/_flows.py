"""Strategies for triggers, rules and flows."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any, Final

from attrs import NOTHING
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from prodflow import (
    ChangeRules,
    Completing,
    CreateTask,
    CustomAction,
    DaysFromDelivery,
    DaysFromDue,
    DaysInStatus,
    DueDatePolicy,
    Entering,
    Leaving,
    Move,
    Opening,
    Permission,
    ProductionFlow,
    Reason,
    SendMessage,
    StatusCycle,
    Trigger,
    Where,
)
from prodflow._trigger_values import When
from prodflow.testing._dates import due_date_policies
from prodflow.testing._drawing import (
    DESCRIPTIONS,
    KEYS,
    NAMES,
    OPTIONAL_PEOPLE,
    PEOPLE,
    REASONS,
    ROLES,
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
_KINDS: Final = ["entering", "leaving", "completing", "stay", "due", "delivery", "opening"]
_OFFSETS: Final = st.integers(-10, 10)
_LABELS: Final = st.just("") | NAMES
_ENABLED: Final = st.sampled_from([True, True, True, False])
_WANTED: Final = st.sampled_from([NOTHING, NOTHING, None]) | PEOPLE | st.frozensets(OPTIONAL_PEOPLE)
_WANTED_FACTS: Final[SearchStrategy[dict[str, Any]]] = st.sampled_from(
    [
        {},
        {},
        {"rush": True},
        {"client": ["Lee", None], "copies": [None, 1, True, "1", Decimal("1.50")]},
        {"shot": [], "x" * 64: None},
    ]
)
_WHERES: Final = st.builds(Where, vendor=_WANTED, user=_WANTED, facts=_WANTED_FACTS)
_CONDITIONS: Final = st.none() | _WHERES
_SOME_MOVES: Final = st.frozensets(st.sampled_from(Move))
_MOVES: Final = st.none() | _SOME_MOVES


def triggers(
    *, cycle: StatusCycle | None = None, keys: SearchStrategy[str] | None = None
) -> SearchStrategy[Trigger]:
    """Triggers; if one has a condition, the condition is a `Where`.

    Args:
        cycle: the cycle whose statuses the triggers name; with None they name any keys.
        keys: the keys of the triggers.
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
    when: When
    match draw(st.sampled_from(_KINDS)):
        case "entering":
            when = Entering(status, moves=draw(_MOVES))
        case "leaving":
            when = Leaving(status, moves=draw(_MOVES))
        case "completing":
            when = Completing(status)
        case "stay":
            days, working = draw(st.integers(0, 30)), draw(_BOOLEANS)
            when = DaysInStatus(status, days, working=working, while_in_status=alive)
        case "due":
            days, working = draw(_OFFSETS), draw(_BOOLEANS)
            when = DaysFromDue(status, days, working=working, while_in_status=alive)
        case "delivery":
            when = DaysFromDelivery(draw(_OFFSETS), working=draw(_BOOLEANS))
        case _:
            when = Opening()
    return Trigger(
        draw(keys),
        when,
        draw(_ACTIONS),
        description=draw(_LABELS),
        enabled=draw(_ENABLED),
        order_types=draw(st.sampled_from(order_types)),
        condition=draw(_CONDITIONS),
        automatic=draw(_BOOLEANS),
        once_per_order=draw(_BOOLEANS),
    )


_YES: Final = st.sampled_from([True, False])  # shrinks to the lenient rules
_TWO_MOVES: Final = st.frozensets(st.sampled_from(Move), max_size=2)
_FOR_ANY: Final = [Reason(key, key.title()) for key in REASONS]
# Both allow every change, if its reason is in the list.
_LENIENT: Final = st.sampled_from([ChangeRules(), ChangeRules(reasons=_FOR_ANY)])
_VERBS: Final = st.sampled_from(["open", "amend", "migrate", "undo", "split", "reorder"])


def reasons() -> SearchStrategy[Reason]:
    """Reasons, for some moves or for every change."""
    return st.builds(
        Reason,
        st.sampled_from(REASONS) | KEYS,
        DESCRIPTIONS,
        moves=st.just(frozenset[Move]()) | _SOME_MOVES,
        chargeable=_BOOLEANS,
        inactive=st.sampled_from([False, False, True]),
    )


def permissions(*, cycle: StatusCycle | None = None) -> SearchStrategy[Permission]:
    """Permissions, for status changes or other verbs.

    Args:
        cycle: the cycle whose statuses the permissions name; with None they name any keys.
    """
    check_cycle(cycle)
    keys = KEYS if cycle is None else st.sampled_from([status.key for status in cycle])
    common = {
        "roles": st.frozensets(st.sampled_from(ROLES), min_size=1),
        "to": st.frozensets(keys, max_size=2),
        "from_": st.frozensets(keys, max_size=2),
        "where": _CONDITIONS,
    }
    changes = st.builds(Permission, moves=_TWO_MOVES, **common)
    verbs = st.builds(Permission, verbs=st.frozensets(_VERBS, min_size=1), **common)
    return changes | verbs


def change_rules(*, cycle: StatusCycle | None = None) -> SearchStrategy[ChangeRules]:
    """Rules without a guard.

    Args:
        cycle: the cycle whose statuses the rules' `targets` name; with None they name any keys.
    """
    check_cycle(cycle)
    keys = KEYS if cycle is None else st.sampled_from([status.key for status in cycle])
    return st.builds(
        ChangeRules,
        allow_skip=_YES,
        allow_back=_YES,
        allow_reopen=_YES,
        note_required=_TWO_MOVES,
        reason_required=_TWO_MOVES,
        reasons=st.lists(reasons(), max_size=3, unique_by=lambda reason: reason.key),
        permissions=st.lists(permissions(cycle=cycle), max_size=2),
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
    """Flows; the triggers of one flow all have different keys.

    Args:
        cycle: the cycle whose statuses the triggers and policies name; with None, triggers name any
            keys, and policies none.
        policies: the due-date policies.
        rules: the rules; by default they allow everything, so that an order can move.
        min_size: the least number of triggers.
        max_size: the greatest number of triggers.
    """
    check_sizes(min_size, max_size, least=0)
    return st.builds(
        ProductionFlow,
        due_dates=checked("policies", policies, due_date_policies(cycle=cycle)),
        triggers=st.lists(
            triggers(cycle=cycle),
            min_size=min_size,
            max_size=max_size,
            unique_by=lambda trigger: trigger.key,
        ),
        rules=checked("rules", rules, _LENIENT),
    )
