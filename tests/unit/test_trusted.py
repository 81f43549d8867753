"""The trusted constructor builds the same values as the checking one."""

import pickle
from abc import abstractmethod
from collections.abc import Sequence
from typing import Protocol, overload

import pytest
from attrs import field, frozen
from attrs.exceptions import FrozenInstanceError

from prodflow._fields import Number, checked
from prodflow._trusted import trusted


@frozen(weakref_slot=False, field_transformer=checked)
class Point:
    """A value with a checked field and a keyword-only field."""

    x: Number
    name: str = field(default="", kw_only=True)


@frozen(kw_only=True, weakref_slot=False)
class Row(Sequence[int]):
    """A value with an abstract base class."""

    items: tuple[int, ...]

    @overload
    def __getitem__(self, index: int) -> int: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[int, ...]: ...
    def __getitem__(self, index: int | slice) -> int | tuple[int, ...]:
        """The item at an index."""
        return self.items[index]

    def __len__(self) -> int:
        """The number of items."""
        return len(self.items)


class Named(Protocol):
    """A protocol with a property."""

    @abstractmethod
    def label(self) -> str:
        """The name for people."""


@frozen(weakref_slot=False)
class Thing(Named):
    """A value that implements a protocol."""

    key: str

    def label(self) -> str:
        """The name for people."""
        return self.key.title()


def test_a_trusted_value_equals_the_validated_one() -> None:
    """Given all fields by position, it builds the value that the class builds."""
    assert trusted(Point)(1, "a") == Point(1, name="a")


def test_a_trusted_value_is_of_the_class_itself() -> None:
    """The result is of the class itself, not of its twin."""
    assert type(trusted(Point)(1, "a")) is Point


def test_a_trusted_value_hashes_like_the_validated_one() -> None:
    """The result has the same hash as a checked value."""
    assert hash(trusted(Point)(1, "a")) == hash(Point(1, name="a"))


def test_a_trusted_value_is_frozen() -> None:
    """The fields of the result can't be assigned."""
    point = trusted(Point)(1, "a")
    with pytest.raises(FrozenInstanceError):
        point.x = 2  # type: ignore[misc]  # frozen is what is tested


def test_a_trusted_value_pickles() -> None:
    """An unpickled result is equal to the original."""
    point = trusted(Point)(1, "a")
    assert pickle.loads(pickle.dumps(point)) == point


def test_nothing_is_checked() -> None:
    """No check runs, so callers must only pass values that would pass the checks."""
    assert trusted(Point)(0, "a").x == 0


def test_every_field_must_be_given() -> None:
    """Every field must be given, so that none is forgotten."""
    with pytest.raises(TypeError):
        trusted(Point)(1)


def test_a_field_that_no_source_has_must_be_given() -> None:
    """A field that is neither given nor in a source is refused when the constructor is made."""
    with pytest.raises(TypeError, match="name of Point must be given: no source has it"):
        trusted(Point, given={"x"})


def test_an_abstract_base_does_not_keep_a_value_from_being() -> None:
    """A class with an abstract base can be built."""
    assert trusted(Row)((1, 2)) == Row(items=(1, 2))


def test_the_methods_of_an_abstract_base_work() -> None:
    """The result has the methods of the abstract base."""
    assert list(trusted(Row)((1, 2))) == [1, 2]


def test_a_protocol_as_base_keeps_its_members() -> None:
    """A class that implements a protocol keeps its own property."""
    assert trusted(Thing)("album").label() == "Album"
