"""The constructor that checks nothing builds the same value as the one that checks everything."""

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
    """A value with a checked field and one that can only be given by name."""

    x: Number
    name: str = field(default="", kw_only=True)


@frozen(kw_only=True, weakref_slot=False)
class Row(Sequence[int]):
    """A value whose base is abstract."""

    items: tuple[int, ...]

    @overload
    def __getitem__(self, index: int) -> int: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[int, ...]: ...
    def __getitem__(self, index: int | slice) -> int | tuple[int, ...]:
        """The items at an index."""
        return self.items[index]

    def __len__(self) -> int:
        """How many items there are."""
        return len(self.items)


class Named(Protocol):
    """A protocol with a member of its own."""

    @abstractmethod
    def label(self) -> str:
        """What people call it."""


@frozen(weakref_slot=False)
class Thing(Named):
    """A value that implements a protocol."""

    key: str

    def label(self) -> str:
        """What people call it."""
        return self.key.title()


def test_a_trusted_value_equals_the_validated_one() -> None:
    """All fields by position give the value that the class gives."""
    assert trusted(Point)(1, "a") == Point(1, name="a")


def test_a_trusted_value_is_of_the_class_itself() -> None:
    """No twin is ever seen."""
    assert type(trusted(Point)(1, "a")) is Point


def test_a_trusted_value_hashes_like_the_validated_one() -> None:
    """Both are the same key of a dict."""
    assert hash(trusted(Point)(1, "a")) == hash(Point(1, name="a"))


def test_a_trusted_value_is_frozen() -> None:
    """Once built, it cannot be changed."""
    point = trusted(Point)(1, "a")
    with pytest.raises(FrozenInstanceError):
        point.x = 2  # type: ignore[misc]  # frozen is what is tested


def test_a_trusted_value_pickles() -> None:
    """A copy by pickle is the same value."""
    point = trusted(Point)(1, "a")
    assert pickle.loads(pickle.dumps(point)) == point


def test_nothing_is_checked() -> None:
    """The validators do not run: only values that would pass may come here."""
    assert trusted(Point)(0, "a").x == 0


def test_every_field_must_be_given() -> None:
    """There are no defaults, so that no field is forgotten."""
    with pytest.raises(TypeError):
        trusted(Point)(1)


def test_an_abstract_base_does_not_keep_a_value_from_being() -> None:
    """A sequence is built like any other value."""
    assert trusted(Row)((1, 2)) == Row(items=(1, 2))


def test_the_methods_of_an_abstract_base_work() -> None:
    """What the base gives, the value has."""
    assert list(trusted(Row)((1, 2))) == [1, 2]


def test_a_protocol_as_base_keeps_its_members() -> None:
    """The class' own method is the one that is called."""
    assert trusted(Thing)("album").label() == "Album"
