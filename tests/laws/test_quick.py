"""Laws of the quick ways to load and dump orders and entries: they do what the codec does."""

import json
import pickle
from collections.abc import Callable, Iterator
from copy import deepcopy
from datetime import date, timedelta
from enum import IntEnum
from functools import partial
from pathlib import Path
from typing import Any, Final

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from prodflow import HistoryEntry, ProductionOrder, StatusCycle, codec
from prodflow.codec import _quick as quick
from prodflow.codec import _thorough as thorough
from prodflow.cycle import by_version
from prodflow.testing._cases import case
from prodflow.testing.strategies import histories, production_orders

GOLDEN: Final[dict[str, Any]] = json.loads(
    (Path(__file__).parents[1] / "golden" / "schema-1.json").read_text(encoding="utf-8")
)
PRINTS: Final = codec.load(GOLDEN["cycle"], StatusCycle)
OTHERS: Final = {name for name in GOLDEN if name.startswith(("order", "entry"))} - {
    "order, held",
    "entry, hold",
}
ENTRIES: Final = histories(max_size=6).flatmap(lambda it: st.sampled_from(it.entries))


class Word(str):
    """A string that isn't a plain one."""

    __slots__ = ()


class Number(IntEnum):
    """A number of an enum."""

    ONE = 1


ANYTHING: Final[tuple[Any, ...]] = (
    *(None, True, False, 0, 1, -1, 1_001, 2**31, 2**63, 1.0, Number.ONE),
    *("", "x", "lab", "next", "x" * 65, "x" * 201, "x" * 10_001, Word("lab")),
    *("a\x00", "a\nb", "\u202ea", "\u00a0", "\ud800", "é", "\uffff"),
    *("0001-01-01", "9999-12-31", "2026-02-30", "20260201", "2026-W05-1", "2026-02-01T00:00"),
    *("2026-02-01T09:00:00+00:00", "2026-02-01T09:00:00", "2026-02-01T09:00:00Z"),
    *([], ["lab"], [1], [Word("lab")], ("lab",), {}, {"a": 1}, {"b": "x", "a": None}, {1: 1}),
    *({"a": {"decimal": "1.50"}}, {"a": {"date": "2026-02-01"}}, {"a": "x\x00"}, {"a b": 1}),
    {f"fact{number:02}": number for number in range(33)},
)


def places(data: object) -> Iterator[tuple[Any, Any]]:
    """Every object in the data with each of its keys."""
    if type(data) is dict:
        for key, value in data.items():
            yield data, key
            yield from places(value)


def shifted(value: object, days: int) -> object:
    """A day some days later, as far as there is one; any other value stays."""
    try:
        return (date.fromisoformat(str(value)) + timedelta(days)).isoformat()
    except (ValueError, OverflowError):
        return value


@st.composite
def changed(draw: DrawFn, data: dict[str, Any]) -> dict[str, Any]:
    """The data with one thing changed."""
    copy = deepcopy(data)
    holder, key = draw(st.sampled_from([*places(copy)]))
    match draw(st.sampled_from(["replace", "swap", "shift", "drop", "add", "rename", "turn"])):
        case "replace":
            holder[key] = draw(st.sampled_from(ANYTHING))
        case "swap":
            other = draw(st.sampled_from([*holder]))
            holder[key], holder[other] = holder[other], holder[key]
        case "shift":
            for name in holder:
                holder[name] = shifted(holder[name], draw(st.sampled_from([0, 1, -400_000])))
        case "drop":
            del holder[key]
        case "add":
            holder[draw(st.sampled_from(["more", Word("more"), 1]))] = draw(
                st.sampled_from(ANYTHING)
            )
        case "rename":
            holder[Word(key)] = holder.pop(key)
        case _:
            turned = dict(reversed(holder.items()))
            holder.clear()
            holder.update(turned)
    return copy


def changes_of(data: dict[str, Any]) -> SearchStrategy[dict[str, Any]]:
    """The data, as they are or with something changed."""
    return st.just(data) | changed(data) | changed(data).flatmap(changed)


def outcome(load: Callable[[], object]) -> object:
    """The value with all that makes it up, or the error."""
    try:
        value = load()
    except Exception as error:  # noqa: BLE001 - whatever it is, it has to be the same
        return type(error), str(error)
    return value, repr(value), pickle.dumps(value)


class TestLoading:
    """Each gives the same value or the same error as the codec, which tells of damage."""

    @given(order=production_orders(), data=st.data())
    def test_an_order(self, order: ProductionOrder, data: st.DataObject) -> None:
        """An order, as it was dumped or damaged."""
        given = data.draw(changes_of(codec.dump(order)))
        known = by_version([order.cycle])
        by_codec = outcome(lambda: thorough.load(given, ProductionOrder, known))
        case("it was read quickly", quick.order(given, known))
        case("it was refused", isinstance(by_codec, tuple) and isinstance(by_codec[0], type))
        assert outcome(lambda: codec.load(given, ProductionOrder, cycles=[order.cycle])) == by_codec

    @given(entry=ENTRIES, data=st.data())
    def test_an_entry(self, entry: HistoryEntry, data: st.DataObject) -> None:
        """An entry of any kind, as it was dumped or damaged."""
        given = data.draw(changes_of(codec.dump(entry)))
        by_codec = outcome(lambda: thorough.load_entry(given))
        case("it was read quickly", quick.entry(given))
        case("it was refused", isinstance(by_codec, tuple) and isinstance(by_codec[0], type))
        assert outcome(lambda: codec.load_entry(given)) == by_codec


class TestEachPlace:
    """The same for one value with each thing at each of its places."""

    @pytest.mark.parametrize(
        "name",
        [
            "order, held",
            "entry, hold",
            *(pytest.param(name, marks=pytest.mark.full) for name in sorted(OTHERS)),
        ],
    )
    def test_anything(self, name: str) -> None:
        """A value of another kind, out of range, or one that is fine."""
        data, known = deepcopy(GOLDEN[name]), by_version([PRINTS])
        ways = [
            (lambda it: codec.load(it, ProductionOrder, cycles=[PRINTS]), codec.load_entry),
            (lambda it: thorough.load(it, ProductionOrder, known), thorough.load_entry),
        ]
        for holder, key in [*places(data)]:
            right = holder[key]
            for value in ANYTHING:
                holder[key] = value
                found = [outcome(partial(way["kind" in data], data)) for way in ways]
                assert found[0] == found[1], (key, value)
            holder[key] = right
            holder["more"] = right
            found = [outcome(partial(way["kind" in data], data)) for way in ways]
            assert found[0] == found[1], key
            del holder["more"]


class TestDumping:
    """Each gives the same data as the codec, in the same sequence."""

    @given(value=production_orders() | ENTRIES)
    def test_an_order_or_an_entry(self, value: ProductionOrder | HistoryEntry) -> None:
        """Any order and any entry."""
        case("it was dumped quickly", quick.dumped(value))
        assert repr(codec.dump(value)) == repr(thorough.dump(value))

    @given(order=production_orders())
    def test_a_number_of_an_enum(self, order: ProductionOrder) -> None:
        """It becomes a plain number, because a store may compare the text of the data."""
        value = evolve(order, quantity=Number.ONE)
        case("the order is open", order.is_open)
        assert repr(codec.dump(value)) == repr(thorough.dump(value))
