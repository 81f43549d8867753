"""Facts: named values of the host, such as the client or the size, that an order keeps.

Facts are compared by kind and value. To Python, `True == 1`, but to a shop a tick is no number. So
a bool is of a kind of its own, and only an int and a Decimal are of the same kind (decision D36).
"""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from operator import itemgetter
from types import MappingProxyType, NoneType
from typing import Any, Final, TypeVar, cast, final

from prodflow import _checks as checks
from prodflow import _messages as messages
from prodflow._mappings import FrozenMapping

Fact = str | bool | int | Decimal | date
"""The value of a fact."""

Alternatives = tuple[Fact | None, ...]
"""Alternatives: the order must have one of them; None means that it may lack the fact."""

F = TypeVar("F", bound=Fact | Alternatives | None)
V = TypeVar("V")
M = TypeVar("M", bound="Facts | FactChanges")

LIMIT: Final = 32
"""The most facts that an order can have."""

NOTHING_GIVEN: Final[Mapping[str, Any]] = MappingProxyType({})
"""An empty mapping, as a default value."""

_PREFIX: Final = "facts."
"""Begins the name of a fact where a field could be named too, since a fact may be called "user"."""

_DIGITS: Final = 30
_SIZE: Final = 2**63 - 1


class _ByKind(FrozenMapping[str, F]):
    """A mapping that compares its values by kind and value."""

    __slots__ = ()

    def __eq__(self, other: object, /) -> bool:
        if not isinstance(other, Mapping):
            return NotImplemented
        others = cast("Mapping[object, object]", other)
        if len(self) != len(others):
            return False
        return all(name in others and is_same(value, others[name]) for name, value in self.items())

    def __hash__(self) -> int:
        return hash(frozenset((name, _comparable(value)) for name, value in self.items()))


@final
class Facts(_ByKind[Fact]):
    """The facts of an order: a read-only mapping from names to values, sorted by name.

    An order has up to 32 facts. It equals a mapping whose values are of the same kinds: a bool is
    not a number, but an int equals a Decimal of the same value. Facts can be hashed and pickled.

    Args:
        values: the facts by name. A name has 1 to 64 ASCII letters, digits, `_`, `-` or `.`. A
            value is a str of 1 to 200 characters, a bool, a date, an int whose size is below
            2**63, or a finite Decimal of up to 30 digits when written without an exponent.

    Raises:
        ValueError: if there are more than 32, or if a name or a value is out of bounds.

    Source:
        Decision D36.

    Example:
        >>> Facts({"client": "Lee", "copies": 2})
        Facts({'client': 'Lee', 'copies': 2})
    """

    __slots__ = ()

    def __init__(self, values: Mapping[str, Fact] = NOTHING_GIVEN) -> None:
        super().__init__((name, fact(name, value)) for name, value in _sorted(values, LIMIT))

    def merged(self, changes: Mapping[str, Fact | None]) -> "Facts":
        """These facts after changes.

        Args:
            changes: the facts that are replaced or added, and None for a fact that is removed.

        Raises:
            ValueError: if there would be more than 32.
        """
        changed = fact_changes(changes)
        if not changed:
            return self
        merged = {**self, **changed}
        return Facts({name: value for name, value in merged.items() if value is not None})

    def changes_to(self, other: "Facts") -> "FactChanges":
        """The changes that turn these facts into others.

        Args:
            other: the facts afterwards.
        """
        checks.instance("other", other, Facts, "a Facts")
        changes: dict[str, Fact | None] = {
            name: value
            for name, value in other.items()
            if name not in self or not is_same(self[name], value)
        }
        return FactChanges(changes | {name: None for name in self if name not in other})


@final
class FactChanges(_ByKind[Fact | None]):
    """Changes of facts by name: the new value, or None for a fact that is removed.

    Args:
        values: the changes; names and values are as in `Facts`.

    Raises:
        ValueError: if there are more than 64, or if a name or a value is out of bounds.

    Source:
        Decision D36.
    """

    __slots__ = ()

    def __init__(self, values: Mapping[str, Fact | None] = NOTHING_GIVEN) -> None:
        # One change may replace all facts of an order by others.
        pairs = _sorted(values, 2 * LIMIT)
        super().__init__(
            (name, None if value is None else fact(name, value)) for name, value in pairs
        )


@final
class WantedFacts(_ByKind[Fact | Alternatives | None]):
    """What facts must be: by name, a value, several alternatives, or None for a missing fact.

    Args:
        values: what is wanted by name. Alternatives are given as a set or a list.
    """

    __slots__ = ()

    def __init__(
        self, values: Mapping[str, Fact | Iterable[Fact | None] | None] = NOTHING_GIVEN
    ) -> None:
        super().__init__((name, _wanted(name, value)) for name, value in _sorted(values, LIMIT))

    def match(self, facts: Facts) -> bool:
        """Whether an order with these facts has what is wanted."""
        for name, wanted in self._values.items():
            value = facts.get(name)
            among = wanted if isinstance(wanted, tuple) else (wanted,)
            if not any(is_same(value, each) for each in among):
                return False
        return True


def _wanted(name: str, value: Any) -> Fact | Alternatives | None:  # noqa: ANN401 - checked below
    if value is None:
        return None
    if _are_several(value):
        # A frozenset would take True for 1.
        distinct = {_comparable(each): None if each is None else fact(name, each) for each in value}
        return tuple(distinct[key] for key in sorted(distinct, key=repr))
    return fact(name, value)


def _are_several(value: object) -> bool:
    # A text is one value. The numbers in bytes and the keys of a mapping aren't meant.
    return isinstance(value, Iterable) and not isinstance(value, str | bytes | Mapping)


def _sorted(values: Mapping[str, V], limit: int) -> list[tuple[str, V]]:
    checks.instance("facts", values, Mapping, "a mapping of names to values")
    if len(values) > limit:
        message = messages.text("{name} must hold at most {limit} names, not {count}")
        raise ValueError(message.with_fields(name="facts", limit=limit, count=len(values)))
    pairs = [(checks.key(checks.key_of("facts"), name), value) for name, value in values.items()]
    return sorted(pairs, key=itemgetter(0))


def fact(name: str, value: Fact) -> Fact:
    """Check the value of a fact, and return it."""
    path = f"facts[{name!r}]"
    if isinstance(value, str):
        return checks.text(path, value)
    if isinstance(value, bool):
        return value
    if isinstance(value, int):
        return int(checks.whole(path, value, -_SIZE, _SIZE))
    if isinstance(value, Decimal):
        return _decimal(path, value)
    if isinstance(value, date):
        return checks.day(path, value)
    raise TypeError(f"{path} must be a str, bool, int, Decimal or date, not {checks.shown(value)}")


def _decimal(path: str, value: Decimal) -> Decimal:
    if not value.is_finite():
        raise ValueError(f"{path} must be a finite number, not {value}")
    _, digits, power = value.as_tuple()
    exponent = int(power)
    # A Decimal may have an exponent of a million: count its digits, don't write them.
    written = len(digits) + exponent if exponent > 0 else max(len(digits), 1 - exponent)
    if written > _DIGITS:
        message = messages.text(
            "{name} must have at most {limit} digits without an exponent, not {count}"
        )
        raise ValueError(message.with_fields(name=path, limit=_DIGITS, count=written))
    return Decimal(value)


def fact_named(argument: str, text: str, *words: str) -> str | None:
    """The name of the fact in a text such as "facts.client"; None if the text is one of *words*.

    Raises:
        ValueError: if *text* is neither one of *words* nor names a fact.
    """
    is_word = isinstance(text, str) and text in words
    return None if is_word else fact_name(argument, text, *words)


def fact_name(argument: str, text: str, *others: str) -> str:
    """The name of the fact in a text such as "facts.client".

    Args:
        argument: what the text was given as, for the message of the error.
        text: the text.
        others: other texts that the message lists.

    Raises:
        ValueError: if *text* doesn't name a fact.
    """
    if not isinstance(text, str) or not text.startswith(_PREFIX):
        known = f"{', '.join(map(repr, others))} or " if others else ""
        raise ValueError(
            f"{argument} must be {known}the name of a fact such as '{_PREFIX}client', not"
            f" {checks.shown(text)}"
        )
    return checks.key(f"the name of a fact in {argument}", text.removeprefix(_PREFIX))


_KINDS: Final = (
    (NoneType, "removed"),
    (bool, "flag"),
    (str, "text"),
    (int, "number"),
    (tuple, "alternatives"),
)


def plain(value: Fact) -> Fact:
    """The form in which all equal values are alike: 2 for `Decimal("2.00")`."""
    if not isinstance(value, Decimal):
        return value
    if value != value.to_integral_value():
        return Decimal(f"{value:f}".rstrip("0"))
    whole = int(value)
    return whole if abs(whole) <= _SIZE else Decimal(whole)


def kind_of(value: object) -> str | None:
    """The kind of a fact, such as "text", "flag" or "number"; None for other values."""
    for cls, kind in _KINDS:
        if isinstance(value, cls):
            return kind
    if isinstance(value, Decimal):
        return "number" if value.is_finite() else None
    return "day" if isinstance(value, date) and not isinstance(value, datetime) else None


_SEQUENCE: Final = ("text", "number", "day", "flag", "removed")


def by_value(value: Fact | None) -> tuple[int, Any]:
    """The sort key of a value: texts regardless of case, numbers, days, No, Yes; None last."""
    kind = _SEQUENCE.index(kind_of(value) or "")
    return kind, (value.casefold(), value) if isinstance(value, str) else value


def is_same(one: object, other: object) -> bool:
    """Whether two values of facts are of one kind and equal."""
    kind = kind_of(one)
    if kind is None or kind != kind_of(other):
        return False
    return one == other if kind != "alternatives" else _comparable(one) == _comparable(other)


def _comparable(value: object) -> tuple[str | None, object]:
    """A value that equals another one only if both are of one kind."""
    if isinstance(value, tuple):
        return "alternatives", frozenset(map(_comparable, cast("Alternatives", value)))
    return kind_of(value), value


NO_FACTS: Final = Facts()
NO_CHANGES: Final = FactChanges()
NONE_WANTED: Final = WantedFacts()


def unchecked(cls: type[M], values: dict[str, Any]) -> M:
    """Facts or changes of facts, without checks.

    Args:
        cls: the class.
        values: right values, sorted by name.
    """
    made: Any = cls.__new__(cls)
    made._values = values  # noqa: SLF001 - as `FrozenMapping` does
    checked: M = made
    return checked


def facts(value: Mapping[str, Fact]) -> Facts:
    """A mapping as `Facts`."""
    return value if type(value) is Facts else (Facts(value) or NO_FACTS)


def fact_changes(value: Mapping[str, Fact | None]) -> FactChanges:
    """A mapping as `FactChanges`."""
    return value if type(value) is FactChanges else (FactChanges(value) or NO_CHANGES)


def wanted_facts(value: Mapping[str, Fact | Iterable[Fact | None] | None]) -> WantedFacts:
    """A mapping as `WantedFacts`."""
    return value if type(value) is WantedFacts else (WantedFacts(value) or NONE_WANTED)
