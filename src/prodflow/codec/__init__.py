"""Values as plain JSON data, and back: for stores, queues, files and forms.

`dump` returns dictionaries, lists, strings, numbers, flags and None, with the number of the schema
that they follow. `load` returns an equal value, or raises an error that lists the problems in the
data, each with its path. It never guesses: for example, it refuses a number in place of a string,
and a field that it doesn't know. `write_json` and `read_json` turn the data into text and back.

A proposal, a choice, a plan or a table can only be dumped, so that a web page can show it.

Every later release can load the data. Code can't be dumped: the guards of rules, a due-date policy
of your own, and the condition of a trigger unless it's a `Where`. An instant keeps its offset from
UTC, but not the name of its time zone.

Needs the extra `prodflow[json]`.

Example:
    >>> from prodflow import Where, WorkingCalendar
    >>> write_json(dump(Where(vendor="West", user=None)))
    '{"schema":1,"vendor":"West","user":null}'
    >>> load({"schema": 1, "working_weekdays": [0, "Tuesday"]}, WorkingCalendar)
    Traceback (most recent call last):
    prodflow.DefinitionError: ...: $.working_weekdays[1] must be a whole number, not 'Tuesday'
"""

from collections.abc import Callable, Iterable
from typing import Any, Final, TypeVar, cast, get_args

from prodflow import _checks as checks
from prodflow._homes import settle
from prodflow.codec import _quick as quick
from prodflow.codec import _thorough as thorough
from prodflow.codec._converter import Policy, Value, from_fields
from prodflow.codec._pages import Page
from prodflow.codec._problems import checked
from prodflow.codec._text import read_json, write_json
from prodflow.codec._thorough import SCHEMA
from prodflow.cycle import StatusCycle, by_version
from prodflow.flow import Change
from prodflow.order import HistoryEntry, ProductionOrder

__all__ = ["SCHEMA", "dump", "load", "load_entry", "load_policy", "read_json", "write_json"]

T = TypeVar("T", bound=Value)

_KINDS: Final = frozenset(get_args(Value))
_PAGES: Final = frozenset(get_args(Page))
_DUMPED: Final = _KINDS | _PAGES


def dump(value: Value | Page) -> dict[str, Any]:
    """A value as JSON data, which `load` turns back into an equal value.

    `load` refuses the data of proposals, choices, plans and tables, because they are made for web
    pages: a status is written with its description, and a date in a table is a text.

    Args:
        value: a cycle, working calendar, due-date policy, trigger, `Where`, reason, permission, set
            of rules, flow, settings, order, history entry, trigger event, outbox item, change or
            query. Or a `ProposedChange`, `BulkProposal`, `Choice`, `BulkChoice`, `Plan` or
            `export.Table`.

    Raises:
        TypeError: if the codec doesn't know the class of *value*, or the class of a policy.
        ValueError: if a trigger has a condition that isn't a `Where`, or rules have a guard.
    """
    if type(value) not in _DUMPED:
        expected = "a value that the codec knows, such as a StatusCycle"
        raise TypeError(f"value must be {expected}, not {checks.shown(value)}")
    return quick.dumped(value) or thorough.dump(value)


def load(data: object, kind: type[T], *, cycles: Iterable[StatusCycle] = ()) -> T:
    """The value that the data describe.

    Args:
        data: the result of `dump`, or data from any other source.
        kind: the class of the value, such as `StatusCycle`. If you don't know the class of a
            history entry or policy, call `load_entry` or `load_policy`.
        cycles: for an order or a change, cycles that include the version the order is pinned to.

    Raises:
        DefinitionError: if the data don't describe a value of the class *kind*. The error lists
            up to 100 problems. If values are left to check, one more problem says how many.
        InvalidCycleError: if the statuses of a cycle break a rule.
        CycleNotFoundError: if *cycles* lacks the cycle version of an order.
        CycleConflictError: if *cycles* has different cycles with the same type and version.
        TypeError: if *kind* is a class that can't be loaded.
    """
    if isinstance(kind, type) and kind in _PAGES:
        raise TypeError(f"a {kind.__name__} can't be loaded, only dumped: work it out again")
    if not isinstance(kind, type) or kind not in _KINDS:
        expected = "a class that the codec knows, such as StatusCycle"
        raise TypeError(f"kind must be {expected}, not {checks.shown(kind)}")
    known = by_version(cycles) if kind in {ProductionOrder, Change} else {}
    if kind is ProductionOrder and (found := quick.order(data, known)) is not None:
        return cast("T", found)
    value: T = thorough.load(data, kind, known)
    return value


def load_entry(data: object) -> HistoryEntry:
    """The history entry that the data describe; it may be of any class.

    Raises:
        DefinitionError: if the data don't describe a history entry.
    """
    return quick.entry(data) or thorough.load_entry(data)


def load_policy(data: object) -> Policy:
    """The due-date policy that the data describe; it may be of any class of prodflow.

    Raises:
        DefinitionError: if the data don't describe a policy.
    """
    return checked(_policy, thorough.fields(data))


_policy: Final[Callable[[dict[str, Any]], Policy]] = from_fields(*get_args(Policy))


settle(globals())
