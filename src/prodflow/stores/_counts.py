"""How many orders there are of each value."""

from collections.abc import Iterable, Iterator, Mapping
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

    __slots__ = ("_counts",)

    def __init__(self, counts: Mapping[K, int] | Iterable[tuple[K, int]] = ()) -> None:
        pairs = checks.items("counts", _pairs(counts), "(value, number) pairs")
        summed: dict[Any, tuple[K, int]] = {}
        for value, number in pairs:
            key = _key(value)
            if key is None:
                raise TypeError(
                    f"counts must be of a value or of a pair of values, not {checks.shown(value)}"
                )
            checks.whole("a number in counts", number, 1, checks.COUNT_MAX)
            before = summed[key][1] if key in summed else 0
            summed[key] = (_plain(value), before + number)
        in_sequence = sorted(summed.items(), key=lambda item: _sort_key(item[1][0]))
        self._counts: dict[Any, tuple[K, int]] = dict(in_sequence)

    def __getitem__(self, value: K, /) -> int:
        try:
            return self._counts[_key(value)][1]
        except KeyError:
            raise KeyError(value) from None

    def __iter__(self) -> Iterator[K]:
        return (value for value, _ in self._counts.values())

    def __len__(self) -> int:
        return len(self._counts)

    def __eq__(self, other: object, /) -> bool:
        if not isinstance(other, Mapping):
            return NotImplemented
        items = tuple(_pairs(cast("object", other)))
        return len(self) == len(items) and all(
            self._counts.get(_key(value), (None, None))[1] == number for value, number in items
        )

    def __hash__(self) -> int:
        return hash(frozenset((key, number) for key, (_, number) in self._counts.items()))

    def __repr__(self) -> str:
        return f"Counts({{{', '.join(f'{value!r}: {number}' for value, number in self.items())}}})"

    def __reduce__(self) -> tuple[object, ...]:
        return type(self), (tuple(self.items()),)


def _pairs(counts: object) -> Iterable[tuple[Any, Any]]:
    """The items of a mapping; anything else as it is."""
    given: Any = counts
    pairs: Iterable[tuple[Any, Any]] = given.items() if isinstance(counts, Mapping) else given
    return pairs


def _key(value: object) -> Any:  # noqa: ANN401 - of one kind for each kind of value
    """What equals the key of another value only if both are of one kind; None for other values."""
    if isinstance(value, tuple):
        keys = tuple(map(_key_of_one, cast("tuple[object, ...]", value)))
        return keys if len(keys) == _PAIR and None not in keys else None
    return _key_of_one(value)


def _key_of_one(value: object) -> tuple[str, object] | None:
    kind = kind_of(value)
    return (kind, value) if kind in _KINDS else None


def _sort_key(value: Group) -> tuple[Any, ...]:
    return tuple(map(by_value, value if isinstance(value, tuple) else (value,)))


def _plain(value: K) -> K:
    """The form in which every store shows a value."""
    shown: Group
    if isinstance(value, tuple):
        first, second = value
        shown = (plain(first), plain(second))
    else:
        shown = plain(value)
    return cast("K", shown)


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
