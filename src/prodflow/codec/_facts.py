"""Facts as JSON data.

JSON has texts, numbers and flags, but no dates, and most programs read its numbers as binary. So a
Decimal or a date becomes an object that names its kind: `{"decimal": "1.50"}`.
"""

from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any, Final, TypeVar

from prodflow import _checks as checks
from prodflow._facts import (
    Alternatives,
    Fact,
    FactChanges,
    Facts,
    WantedFacts,
    fact,
    fact_changes,
    facts,
    wanted_facts,
)
from prodflow._messages import text
from prodflow._trigger_rows import to_fact
from prodflow._written import decimal
from prodflow.codec import _hooks as hooks
from prodflow.codec._hooks import Data, Hook
from prodflow.codec._problems import without_name

T = TypeVar("T")

# --- Dumping ------------------------------------------------------------------------------------


def to_facts(values: Mapping[str, Fact | Alternatives | None]) -> Data:
    """Facts, changes of facts, or wanted facts as data."""
    return {name: to_fact(value) for name, value in values.items()}


# --- Loading ------------------------------------------------------------------------------------

_NO_FACT: Final = text(
    "must be a string, a whole number, true, false, or an object with 'decimal' or 'date',"
    " not {value}"
)
_PLAIN: Final = frozenset({str, bool, int})


def _from_decimal(value: object, _: object) -> Decimal:
    """The number, if it's in the form that `dump` writes."""
    number = decimal(hooks.text(value, None))
    if number is None:
        raise ValueError(hooks.LOOKS.with_fields(example="'1.50'", value=checks.shown(value)))
    return number


_TAGGED: Final[dict[str, Hook[Decimal | date]]] = {
    "decimal": _from_decimal,
    "date": hooks.iso(date, "2026-11-30"),
}


def from_fact(value: Any, _: object) -> Fact:  # noqa: ANN401 - data of any kind
    """The fact that the data describe."""
    if type(value) in _PLAIN:
        return _in_bounds(value)
    tagged: Data = value if hooks.is_object(value) and len(value) == 1 else {}
    for tag, data in tagged.items():
        if type(tag) is str and tag in _TAGGED:
            return _in_bounds(_TAGGED[tag](data, None))
    raise TypeError(_NO_FACT.with_fields(value=checks.shown(value)))


def _in_bounds(value: Any) -> Fact:  # noqa: ANN401 - the check refuses wrong values
    try:
        return fact("", value)
    except ValueError as error:
        raise ValueError(without_name(error.args[0])) from None


from_change: Final = hooks.optional(from_fact)
"""Loads the fact that the data describe, or None for null."""

_alternatives: Final = hooks.list_of(from_change)


def _from_wanted(value: object, _: object) -> object:
    return (_alternatives if type(value) is list else from_change)(value, None)


def _from_facts(hook: Hook[Any], make: Callable[[Data], T]) -> Hook[T]:
    values = hooks.object_of(hook)
    return lambda data, _: make(values(data, None))


FROM_FACTS: Final[dict[type, Hook[Any]]] = {
    Facts: _from_facts(from_fact, facts),
    FactChanges: _from_facts(from_change, fact_changes),
    WantedFacts: _from_facts(_from_wanted, wanted_facts),
}
"""For each class of facts, the hook that loads it."""
