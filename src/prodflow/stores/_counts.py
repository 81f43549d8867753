"""How many orders there are of each value."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Any, Final, TypeVar, cast, final

from prodflow import _checks as checks
from prodflow._facts import Fact, by_value, kind_of, plain
from prodflow._facts import fact_named as name_of_fact

Group = Fact | tuple[Fact, Fact]
"""What a count is of: one value, or a pair of values."""

K = TypeVar("K", bound=Group)

FIELDS: Final = (
    *("order_type", "status", "workflow_stage", "department", "user", "vendor", "priority"),
    "is_open",
)
"""What orders can be counted by, besides facts."""

_PAIR: Final = 2
_KINDS: Final = ("text", "flag", "number", "day")
_EXACT: Final[Mapping[type, str]] = {str: "text", bool: "flag", int: "number", date: "day"}
"""The classes of most values: asking for these first is quicker."""


@final
class Counts(Mapping[K, int]):
    """How many orders there are of each value: a read-only mapping, sorted by value.

    Values are compared and sorted as facts are, which a dict can't do: True is not 1, and
    `Decimal("1.0")` is. A whole number is an int, unless it's too large for a fact. Counts can be
    hashed and pickled, and they equal a dict with the same items.

    Args:
        counts: numbers by value, or (value, number) pairs. The numbers of equal values are added.

    Raises:
        ValueError: if a number is below 1.

    Source:
        Decisions D36 and D36b.

    Example:
        >>> counts = Counts({"Lab": 2, "Desk": 1})
        >>> counts["Lab"], dict(counts)
        (2, {'Desk': 1, 'Lab': 2})
    """

    __slots__ = ("_groups",)  # by kind, the numbers by value; sorted when they are asked for

    def __init__(self, counts: Mapping[K, int] | Iterable[tuple[K, int]] = ()) -> None:
        texts: dict[Any, int] = {}  # most values are texts, and there may be many
        groups: dict[Any, dict[Any, int]] = {}
        for value, number in checks.items("counts", _pairs(counts), "(value, number) pairs"):
            key: Any = value
            group = texts
            if type(value) is not str:
                kind = _kind(value)
                if kind is None:
                    raise TypeError(
                        "counts must be of a value or of a pair of values,"
                        f" not {checks.shown(value)}"
                    )
                key = _plain(value)
                group = texts if kind == "text" else groups.setdefault(kind, {})
            if type(number) is not int or not 0 < number <= checks.COUNT_MAX:
                checks.whole("a number in counts", number, 1, checks.COUNT_MAX)
            group[key] = group.get(key, 0) + number
        if texts:
            groups["text"] = texts
        self._groups = groups

    def __getitem__(self, value: K, /) -> int:
        number = self._number(value)
        if number is None:
            raise KeyError(value)
        return number

    def __iter__(self) -> Iterator[K]:
        values = [value for group in self._groups.values() for value in group]
        return iter(sorted(values, key=_sort_key))

    def __len__(self) -> int:
        return sum(map(len, self._groups.values()))

    def __eq__(self, other: object, /) -> bool:
        if not isinstance(other, Mapping):
            return NotImplemented
        items = tuple(_pairs(cast("object", other)))
        return len(self) == len(items) and all(
            self._number(value) == number for value, number in items
        )

    def __hash__(self) -> int:
        return hash(frozenset((kind, frozenset(it.items())) for kind, it in self._groups.items()))

    def __repr__(self) -> str:
        return f"Counts({{{', '.join(f'{value!r}: {number}' for value, number in self.items())}}})"

    def __reduce__(self) -> tuple[object, ...]:
        return type(self), (tuple(self.items()),)

    def _number(self, value: object) -> int | None:
        """How many there are of a value; None if there are none."""
        kind = _kind(value)
        return self._groups[kind].get(_plain(value)) if kind in self._groups else None


def _pairs(counts: object) -> Iterable[tuple[Any, Any]]:
    """The items of a mapping; anything else as it is."""
    given: Any = counts
    pairs: Iterable[tuple[Any, Any]] = given.items() if isinstance(counts, Mapping) else given
    return pairs


def _kind(value: object) -> Any:  # noqa: ANN401 - of one value, or of both of a pair
    """The kind of a value, or the kinds of a pair; None for anything else."""
    if not isinstance(value, tuple):
        return _kind_of_one(value)
    kinds = tuple([_kind_of_one(each) for each in cast("tuple[object, ...]", value)])
    return kinds if len(kinds) == _PAIR and None not in kinds else None


def _kind_of_one(value: object) -> str | None:
    kind = _EXACT.get(type(value)) or kind_of(value)
    return kind if kind in _KINDS else None


def _sort_key(value: Group) -> tuple[Any, ...]:
    return tuple(map(by_value, value if isinstance(value, tuple) else (value,)))


def _plain(value: Any) -> Any:  # noqa: ANN401 - a value, or a pair
    """The form in which every store shows a value."""
    if isinstance(value, tuple):
        return tuple(map(_plain_one, cast("tuple[object, ...]", value)))
    return _plain_one(value)


def _plain_one(value: Any) -> Fact:  # noqa: ANN401 - of a kind that facts have
    if type(value) in _EXACT:
        return cast("Fact", value)
    return plain(checks.plain(value) if isinstance(value, str) else value)


def check_by(by: str | tuple[str, str] | None, /) -> tuple[str, ...]:
    """The names in the argument *by* of `OrderStore.count`: none, one or two.

    Raises:
        ValueError: if a name is unknown, or if both names are the same.
    """
    if by is None:
        return ()
    names = (by,) if isinstance(by, str) else by
    if not isinstance(names, tuple) or not all(isinstance(name, str) for name in names):
        raise TypeError(f"by must be a name or a pair of names, not {checks.shown(by)}")
    if names is by and (len(names) != _PAIR or len(set(names)) != _PAIR):
        raise ValueError(f"by must be a name or a pair of two names, not {checks.shown(by)}")
    for name in names:
        name_of_fact("by", name, *FIELDS)
    return tuple(map(checks.plain, names))


def fact_named(name: str, /) -> str | None:
    """The fact that orders are counted by; None if they are counted by a field.

    Args:
        name: a name from `check_by`, such as "facts.client" or "vendor".

    Raises:
        ValueError: if the name is unknown.

    Example:
        >>> fact_named("facts.client"), fact_named("vendor")
        ('client', None)
    """
    return name_of_fact("name", name, *FIELDS)
