"""The base of the values that are sequences of their rows."""

from abc import abstractmethod
from collections.abc import Iterator, Sequence
from typing import TypeVar, overload

T_co = TypeVar("T_co", covariant=True)


class Rows(Sequence[T_co]):
    """A sequence of the rows that a value has."""

    __slots__ = ()

    @property
    @abstractmethod
    def _items(self) -> tuple[T_co, ...]:
        """The rows, in sequence."""

    def __len__(self) -> int:
        return len(self._items)

    @overload
    def __getitem__(self, index: int) -> T_co: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[T_co, ...]: ...
    def __getitem__(self, index: int | slice) -> T_co | tuple[T_co, ...]:
        """The row at an index, or the rows of a slice."""
        return self._items[index]

    def __iter__(self) -> Iterator[T_co]:
        return iter(self._items)
