"""Loads and dumps values of every class by the codec; `_quick` does the same for a few classes."""

from collections.abc import Callable, Mapping
from typing import Any, Final, get_args

from prodflow import _checks as checks
from prodflow._messages import text
from prodflow.codec import _hooks as hooks
from prodflow.codec._converter import from_fields, pin, to_data
from prodflow.codec._hooks import Data
from prodflow.codec._problems import checked
from prodflow.cycle import StatusCycle
from prodflow.errors import DefinitionError
from prodflow.flow import Change
from prodflow.order import HistoryEntry, ProductionOrder

SCHEMA: Final = 1
"""The number of the schema that `dump` follows."""

Named = Mapping[tuple[str, int], StatusCycle]
"""Cycles by order type and version."""


def load(data: object, kind: type, known: Named) -> Any:  # noqa: ANN401 - of that class
    """The value of a class that the data describe; *known* has the cycles that they may name."""
    given = fields(data)
    if kind is ProductionOrder:
        pin(given, known, "$")
    if kind is Change and "order" in given:
        order = dict(checked(hooks.fields, given["order"], "$.order"))
        pin(order, known, "$.order")
        given["order"] = checked(from_fields(ProductionOrder), order, "$.order")
    return checked(from_fields(kind), given)


def load_entry(data: object) -> HistoryEntry:
    """The history entry that the data describe."""
    return checked(_entry, fields(data))


_entry: Final[Callable[[Data], HistoryEntry]] = from_fields(*get_args(HistoryEntry))


def fields(data: object) -> Data:
    """The fields of the data without the schema number, after a check of that number."""
    given = dict(checked(hooks.fields, data))
    schema = given.pop("schema", None)
    if type(schema) is not int or schema != SCHEMA:
        reason = text("must be {expected}, not {value}")
        shown = reason.with_fields(expected=str(SCHEMA), value=checks.shown(schema))
        raise DefinitionError((("$.schema", shown),))
    return given


def dump(value: object) -> dict[str, Any]:
    """The data of a value, with the schema number."""
    return {"schema": SCHEMA, **to_data(type(value))(value)}
