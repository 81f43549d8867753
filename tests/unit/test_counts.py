"""Counts: how many orders there are of each value, compared by kind."""

import pickle
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any, Final

import pytest

from prodflow.stores import Counts, check_by, fact_named

MIXED: Final[Counts[Any]] = Counts([("Lab", 1), (True, 2), (1, 3), ("1", 4), (date(2026, 1, 1), 5)])


def test_a_flag_is_no_number() -> None:
    """True and 1 are counted apart, as is the text "1"."""
    assert (MIXED[True], MIXED[1], MIXED["1"], len(MIXED)) == (2, 3, 4, 5)
    assert False not in MIXED
    assert 0 not in MIXED


def test_equal_numbers_are_one_value() -> None:
    """An int and a Decimal of one value are counted together; a whole number is an int."""
    counts: Counts[Any] = Counts(
        [
            (1, 1),
            (Decimal("1.0"), 2),
            (Decimal("2.50"), 3),
            (Decimal("1E+2"), 4),
            (Decimal("-0"), 5),
        ]
    )
    assert repr(counts) == "Counts({0: 5, 1: 3, Decimal('2.5'): 3, 100: 4})"
    assert counts[Decimal("1.00")] == 3


def test_long_numbers_are_not_rounded() -> None:
    """A Decimal of 30 digits keeps them all."""
    long = Decimal("0.10000000000000000000000000001")
    counts = Counts([(long, 1), (Decimal("0.1"), 1)])
    assert list(counts) == [Decimal("0.1"), long]


def test_counts_are_sorted_by_value() -> None:
    """Texts come by name, then numbers, days and flags, as on a board; and so do pairs."""
    counts = Counts({"b": 1, "B": 1, "a": 2})
    assert list(counts.items()) == [("a", 2), ("B", 1), ("b", 1)]
    assert [repr(value) for value in MIXED] == [
        *("'1'", "'Lab'", "1", "datetime.date(2026, 1, 1)", "True"),
    ]
    pairs: Counts[tuple[str, int]] = Counts({("b", 1): 1, ("a", 2): 1, ("a", -1): 1})
    assert list(pairs) == [("a", -1), ("a", 2), ("b", 1)]


def test_counts_equal_a_dict() -> None:
    """Counts equal a mapping with the same items, of the same kinds."""
    assert Counts({"Lab": 2}) == {"Lab": 2} == Counts([("Lab", 1), ("Lab", 1)])
    assert Counts({1: 2}) == {Decimal("1.0"): 2}
    assert Counts({1: 2}) != {True: 2}
    assert Counts({1: 2}) != {1: 3}
    assert Counts({1: 2}) != {1: 2, 2: 1}
    assert Counts({1: 2}) != {None: 2}
    assert Counts({1: 2}) != [(1, 2)]


def test_counts_are_values() -> None:
    """Equal counts have the same hash, and counts can be pickled."""
    assert {MIXED} == {pickle.loads(pickle.dumps(MIXED))}
    assert {Counts({1: 2})} == {Counts({Decimal(1): 2})}


def test_what_was_not_counted_is_not_there() -> None:
    """A value without orders raises KeyError, whatever it is."""
    odd: Any = [("Desk",), None, [], ("Lab", "x")]
    for value in ["Desk", *odd]:
        with pytest.raises(KeyError):
            MIXED[value]


@pytest.mark.parametrize(
    "wrong",
    [
        *([(None, 1)], [(1.5, 1)], [(("a", None), 1)], [(("a",), 1)], [(("a", "b", "c"), 1)]),
        *([((("a", "b"), "c"), 1)], [("a", 1.0)], [("a", True)], 7, "ab"),
    ],
)
def test_counts_are_of_values(wrong: Any) -> None:  # noqa: ANN401 - any wrong value
    """Anything but values or pairs of values, and anything but ints, is refused."""
    with pytest.raises(TypeError, match="counts"):
        Counts(wrong)


def test_there_is_something_of_each_value() -> None:
    """A number is 1 or more."""
    with pytest.raises(ValueError, match="a number in counts"):
        Counts({"Lab": 0})


@pytest.mark.parametrize(
    ("by", "names"),
    [
        (None, ()),
        ("status", ("status",)),
        ("facts.client", ("facts.client",)),
        ("facts.facts.a", ("facts.facts.a",)),
        (("facts.status", "status"), ("facts.status", "status")),
    ],
)
def test_orders_are_counted_by_none_one_or_two(by: Any, names: tuple[str, ...]) -> None:  # noqa: ANN401 - of several types
    """`check_by` returns the names as a tuple."""
    assert check_by(by) == names


@pytest.mark.parametrize(
    ("wrong", "error"),
    [
        *(("colour", ValueError), ("facts.", ValueError), ("facts.a b", ValueError)),
        *((("status",), ValueError), (("status",) * 2, ValueError), ((), ValueError)),
        *((("status", "user", "vendor"), ValueError), (("status", "colour"), ValueError)),
        *((["status", "user"], TypeError), (7, TypeError), (("status", None), TypeError)),
    ],
)
def test_an_unknown_name_is_refused(wrong: Any, error: type[Exception]) -> None:  # noqa: ANN401 - any wrong value
    """An unknown name, the same name twice, and another number of names are refused."""
    with pytest.raises(error, match="by"):
        check_by(wrong)


@pytest.mark.parametrize(
    ("name", "fact"),
    [("facts.client", "client"), ("facts.facts.a", "facts.a"), ("status", None)],
)
def test_a_name_may_be_that_of_a_fact(name: str, fact: str | None) -> None:
    """`fact_named` returns the fact's own name, and None for a field."""
    assert fact_named(name) == fact


@pytest.mark.parametrize("wrong", ["colour", "facts.", "facts.a b", 7, None])
def test_a_name_of_nothing_is_refused(wrong: Any) -> None:  # noqa: ANN401 - any wrong value
    """It must be a name that orders can be counted by."""
    with pytest.raises(ValueError, match=r"^(name must be|the name of a fact in name)"):
        fact_named(wrong)


def test_pairs_of_several_kinds_are_sorted_by_the_first_value() -> None:
    """The first values are sorted by kind and value, and only then the second ones."""
    pairs: list[Any] = [
        ("b", True),
        ("b", 2),
        ("a", "z"),
        ("a", 10),
        (3, "x"),
        (False, "x"),
        ("b", 1),
    ]
    counts: Counts[Any] = Counts((pair, number) for number, pair in enumerate(pairs, start=1))
    assert list(counts) == [
        *(("a", "z"), ("a", 10), ("b", 1), ("b", 2), ("b", True)),
        *((3, "x"), (False, "x")),
    ]
    assert [counts[pair] for pair in pairs] == [1, 2, 3, 4, 5, 6, 7]


def test_a_member_of_a_str_enum_is_its_text() -> None:
    """A count of a member is a count of its text, alone and in a pair."""

    class Room(StrEnum):
        LAB = "lab"

    counts = Counts([("lab", 1), (Room.LAB, 2)])
    assert dict(counts) == {"lab": 3}
    assert counts[Room.LAB] == 3
    assert type(next(iter(counts))) is str
    pairs: Counts[Any] = Counts([((Room.LAB, 1), 2)])
    assert pairs["lab", 1] == 2
