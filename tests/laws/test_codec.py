"""Laws of the codec: every value can be dumped and loaded, and no data or text does harm."""

import json
import pickle
import re
from collections.abc import Callable, Iterator
from copy import deepcopy
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from enum import IntEnum, StrEnum
from functools import partial
from pathlib import Path
from types import MappingProxyType, NoneType
from typing import Any, Final, NoReturn

import pytest
from attrs import evolve, fields, frozen
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from prodflow import (
    BulkChoice,
    BulkProposal,
    Change,
    ChangeRules,
    Choice,
    CreateTask,
    CycleNotFoundError,
    DaysFromDue,
    DaysInStatus,
    DefinitionError,
    Facts,
    FlowSettings,
    InvalidCycleError,
    Message,
    Opening,
    OrderQuery,
    OrderSplit,
    OutboxItem,
    Permission,
    Plan,
    ProductionFlow,
    ProductionOrder,
    ProposedChange,
    Reason,
    Status,
    StatusCycle,
    Terms,
    Trigger,
    TriggerEvent,
    TypeSettings,
    Where,
    WorkingCalendar,
    codec,
    find_settings_problems,
    plan,
    say,
)
from prodflow.export import Cell, Table
from prodflow.forms import read_settings
from prodflow.testing import laws
from prodflow.testing._cases import case, few
from prodflow.testing._studio import CYCLE
from prodflow.testing.strategies import (
    change_rules,
    due_date_policies,
    flow_settings,
    histories,
    order_dates,
    production_flows,
    production_orders,
    proposals,
    status_cycles,
    triggers,
    working_calendars,
)

# --- Every value --------------------------------------------------------------------------------


def _flow_with_events(trigger: Trigger) -> ProductionFlow:
    """A flow with events for every opening, immediate and dated."""
    said = evolve(trigger, key="said", when=Opening(), order_types=(), enabled=True, condition=None)
    later = Trigger("later", DaysInStatus(None, 3), trigger.action, automatic=False)
    due = Trigger("due", DaysFromDue(None, -1), CreateTask("Hurry"), once_per_order=True)
    return ProductionFlow(triggers=[said, later, due])


EVENTFUL: Final = triggers().map(_flow_with_events)


@st.composite
def changes(draw: DrawFn) -> Change:
    """Any change of a history that a flow made, usually with events."""
    history = draw(histories(flows=EVENTFUL | production_flows(), max_size=5))
    return draw(st.sampled_from(history.changes))


@st.composite
def events(draw: DrawFn) -> TriggerEvent:
    """Any event that a flow made, with any date or none."""
    opened = draw(histories(flows=EVENTFUL, max_size=1)).changes[0]
    day, other = draw(order_dates())
    return evolve(draw(st.sampled_from(opened.events)), fire_on=draw(st.sampled_from([day, other])))


@st.composite
def items(draw: DrawFn) -> OutboxItem:
    """Any item, with whatever workers may have done to it."""
    texts = st.text(st.characters(codec="utf-8", categories=["L", "N"]), max_size=20)
    instants = st.none() | st.datetimes(timezones=st.just(UTC))
    return OutboxItem(
        draw(events().filter(lambda event: event.fire_on is not None)),
        tenant=draw(texts),
        attempts=draw(st.integers(0, 99)),
        last_error=draw(st.none() | texts),
        retry_at=draw(instants),
        leased_until=draw(instants),
        given_up=draw(st.booleans()),
    )


TEXTS_WANTED: Final = st.sampled_from(["Lab West", "現像所", "x" * 200])
TEXT_OR_NONE: Final = st.none() | TEXTS_WANTED
SOME: Final = TEXTS_WANTED | st.frozensets(TEXTS_WANTED)
SOME_OR_NONE: Final = TEXT_OR_NONE | st.frozensets(TEXT_OR_NONE)
DAYS: Final = st.dates()
DAYS_OR_NONE: Final = st.none() | DAYS


@st.composite
def wanted_facts(draw: DrawFn) -> dict[str, Any]:
    """Facts that are wanted: a value, None, or a list of these."""
    facts = draw(st.from_type(Facts))
    values = st.none() | st.sampled_from([*facts.values(), True, 1, "1"])
    return {name: draw(values | st.lists(values, max_size=4)) for name in facts}


@st.composite
def wheres(draw: DrawFn) -> Where:
    """Any condition as data: each field left out, a text, None, or a set of these."""
    names = draw(st.sets(st.sampled_from(["order_type", "vendor", "department", "user"])))
    values = {name: draw(SOME_OR_NONE) for name in sorted(names)}
    return Where(facts=draw(wanted_facts()), **values)


QUERIED: Final[dict[str, SearchStrategy[Any]]] = {
    **dict.fromkeys(("order_type", "status"), SOME),
    **dict.fromkeys(("workflow_stage", "department", "user"), SOME_OR_NONE),
    **dict.fromkeys(("vendor", "invoice_id"), SOME_OR_NONE),
    **dict.fromkeys(("due_by", "due_from", "delivery_by"), DAYS_OR_NONE),
    **dict.fromkeys(("closed_from", "closed_by"), DAYS_OR_NONE),
    **dict.fromkeys(("ordered_from", "ordered_by", "overdue_on"), DAYS),
    "is_open": st.booleans(),
    "facts": wanted_facts(),
    "text": TEXTS_WANTED,
    "sort": st.sampled_from(["due", "priority", "id"]),
    "after": production_orders(max_size=1),
    "limit": st.integers(1, 2**31 - 1),
}


@st.composite
def queries(draw: DrawFn) -> OrderQuery:
    """Any query, with any of its fields."""
    names = draw(st.sets(st.sampled_from([*QUERIED])))
    return OrderQuery(**{name: draw(QUERIED[name]) for name in sorted(names)})


def test_every_field_of_a_query_is_drawn() -> None:
    """A new field must be drawn here too."""
    assert {*QUERIED} == {field.name for field in fields(OrderQuery)}


@frozen
class Kind:
    """Values of one kind, how they are loaded, and the cycles that this needs."""

    values: SearchStrategy[Any]
    load: Callable[..., object]
    cycles: Callable[[Any], tuple[StatusCycle, ...]] | None = None

    def loaded(self, data: object, value: object) -> Any:  # noqa: ANN401 - a value of any kind
        """The value of these data, given the cycles of *value*."""
        return self.load(data, cycles=self.cycles(value)) if self.cycles else self.load(data)


def _of_order(order: ProductionOrder) -> tuple[StatusCycle, ...]:
    return (evolve(order.cycle, version=order.cycle.version + 1), order.cycle)


def _of_change(change: Change) -> tuple[StatusCycle, ...]:
    return _of_order(change.order)


KINDS: Final = {
    "cycle": Kind(status_cycles(), partial(codec.load, kind=StatusCycle)),
    "calendar": Kind(working_calendars(), partial(codec.load, kind=WorkingCalendar)),
    "policy": Kind(
        due_date_policies() | due_date_policies(cycle=CYCLE) | st.from_type(Terms),
        codec.load_policy,
    ),
    "trigger": Kind(triggers(), partial(codec.load, kind=Trigger)),
    "reason": Kind(st.from_type(Reason), partial(codec.load, kind=Reason)),
    "permission": Kind(st.from_type(Permission), partial(codec.load, kind=Permission)),
    "rules": Kind(change_rules(), partial(codec.load, kind=ChangeRules)),
    "flow": Kind(production_flows(rules=change_rules()), partial(codec.load, kind=ProductionFlow)),
    "settings": Kind(
        flow_settings() | flow_settings(cycle=CYCLE), partial(codec.load, kind=FlowSettings)
    ),
    "type settings": Kind(
        flow_settings(cycle=CYCLE).flatmap(
            lambda settings: st.sampled_from([TypeSettings(), *settings.by_order_type.values()])
        ),
        partial(codec.load, kind=TypeSettings),
    ),
    "order": Kind(production_orders(), partial(codec.load, kind=ProductionOrder), _of_order),
    "entry": Kind(
        changes().map(lambda change: change.entry) | st.from_type(OrderSplit), codec.load_entry
    ),
    "event": Kind(events(), partial(codec.load, kind=TriggerEvent)),
    "item": Kind(items(), partial(codec.load, kind=OutboxItem)),
    "where": Kind(wheres(), partial(codec.load, kind=Where)),
    "query": Kind(queries(), partial(codec.load, kind=OrderQuery)),
    "change": Kind(changes(), partial(codec.load, kind=Change), _of_change),
}
EACH: Final = pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)


def is_json(data: object) -> bool:
    """Whether data have exactly the types of JSON: no subclass, no tuple, only string keys."""
    if type(data) is dict:
        return all(type(key) is str and is_json(value) for key, value in data.items())
    if type(data) is list:
        return all(map(is_json, data))
    return type(data) in {str, int, float, bool, NoneType}


class TestValues:
    """`dump` and `load` turn every value into plain JSON data with a schema number, and back."""

    @EACH
    @given(data=st.data())
    def test_goes_there_and_back(self, kind: Kind, data: st.DataObject) -> None:
        """The data load with and without text between: a store may keep them as JSON."""
        value = data.draw(kind.values)
        dumped = codec.dump(value)
        case("a text is not ASCII", not codec.write_json(dumped).isascii())
        assert is_json(dumped)
        assert kind.loaded(dumped, value) == value
        assert kind.loaded(codec.read_json(codec.write_json(dumped)), value) == value

    @EACH
    @given(data=st.data())
    def test_equal_values_give_equal_text(self, kind: Kind, data: st.DataObject) -> None:
        """A built, an unpickled and a loaded value have the same text, to compare or hash."""
        value = data.draw(kind.values)
        text = codec.write_json(codec.dump(value))
        case("a text is not ASCII", not text.isascii())
        unpickled = pickle.loads(pickle.dumps(value))
        loaded = kind.loaded(codec.read_json(text), value)
        assert codec.write_json(codec.dump(unpickled)) == text
        assert codec.write_json(codec.dump(loaded)) == text


@st.composite
def tables(draw: DrawFn) -> Table:
    """Any table, with cells of any kind."""
    width = draw(st.integers(0, 4))
    cells: SearchStrategy[Cell] = st.one_of(
        st.none() | st.booleans() | st.integers(),
        st.floats(allow_nan=False, allow_infinity=False),
        st.decimals(allow_nan=False, allow_infinity=False),
        st.dates(),
        st.text(),
    )
    rows = draw(st.lists(st.lists(cells, min_size=width, max_size=width), max_size=4))
    return Table(draw(st.text()), draw(st.lists(st.text(), min_size=width, max_size=width)), rows)


@st.composite
def plans(draw: DrawFn) -> Plan:
    """The plan of any cycle."""
    ordered_on, delivery_on = draw(order_dates())
    policy = draw(due_date_policies().filter(lambda it: "error" not in repr(it)))
    return plan(draw(status_cycles()), policy, ordered_on=ordered_on, delivery_on=delivery_on)


PAGES: Final[dict[type, SearchStrategy[Any]]] = {
    ProposedChange: proposals(),
    Plan: plans(),
    Table: tables(),
}


def statuses_in(data: object) -> Iterator[object]:
    """The statuses that a page shows: the ends of a change, and the rows of a plan."""
    for holder, key in nodes(data):
        if key in {"from_", "to"} or (key == "status" and "earliest_on" in holder):
            yield holder[key]


class TestPages:
    """What only pages show is plain JSON data, with the description of each status."""

    @pytest.mark.parametrize("kind", PAGES)
    @given(data=st.data())
    def test_it_is_plain_and_is_never_loaded(self, kind: type[Any], data: st.DataObject) -> None:
        """A proposal, a plan or a table."""
        value = data.draw(PAGES[kind])
        dumped = codec.dump(value)
        text = codec.write_json(dumped)
        case("a text is not ASCII", not text.isascii())
        assert is_json(dumped)
        assert codec.read_json(text) == dumped
        for status in statuses_in(dumped):
            assert isinstance(status, dict)
            assert status.keys() == {"key", "description"}
        with pytest.raises(TypeError):
            codec.load(dumped, kind)

    @given(order=production_orders(), rules=change_rules(), days=st.integers(-3, 9))
    def test_a_list_of_choices_is_plain(
        self, order: ProductionOrder, rules: ChangeRules, days: int
    ) -> None:
        """For one order and for many, with the refusals of the rules and the errors."""
        flow = ProductionFlow(rules=rules)
        today = order.begun_on + timedelta(days)
        one = flow.choices(order, today=today, by="Ada")
        many = flow.choices_all([order], today=today, by="Ada")
        case("a choice is refused", any(choice.refusals for choice in one))
        for choice, bulk in zip(one, many, strict=True):
            assert isinstance(choice, Choice)
            assert isinstance(bulk, BulkChoice)
            data, bulk_data = codec.dump(choice), codec.dump(bulk)
            assert is_json(data)
            assert is_json(bulk_data)
            assert [it["code"] for it in data["refusals"]] == [it.code for it in choice.refusals]
            assert data["status"] == bulk_data["status"]
            assert [*bulk_data["refusals"], *bulk_data["open_to"]] == [order.id]

    @given(order=production_orders(), rules=change_rules(), days=st.integers(-3, 9))
    def test_a_bulk_is_plain(self, order: ProductionOrder, rules: ChangeRules, days: int) -> None:
        """Each order has either a proposal or the error against it."""
        today = order.begun_on + timedelta(days)
        bulk = ProductionFlow(rules=rules).propose_all([order], today=today, by="Ada")
        assert isinstance(bulk, BulkProposal)
        data = codec.dump(bulk)
        case("an order has no proposal", bulk.refusals)
        assert is_json(data)
        ids = [proposal["order"]["id"] for proposal in data["proposals"]]
        assert [*ids, *data["refusals"]] == [order.id]


# --- Any data -----------------------------------------------------------------------------------

GOLDEN: Final[dict[str, Any]] = json.loads(
    (Path(__file__).parents[1] / "golden" / "schema-1.json").read_text(encoding="utf-8")
)
PRINTS: Final = codec.load(GOLDEN["cycle"], StatusCycle)
LOADS: Final[dict[str, Callable[[object], Any]]] = {
    name: partial(kind.load, cycles=[PRINTS]) if kind.cycles else kind.load
    for name, kind in KINDS.items()
}
# What people edit, and may import from a file: every reason against it is a message.
EDITED: Final = frozenset(KINDS) - {"order", "entry", "event", "item", "change", "query"}
# What each kind may raise instead of a DefinitionError.
OTHERWISE: Final[dict[str, tuple[type[Exception], ...]]] = {
    "cycle": (InvalidCycleError,),
    "order": (CycleNotFoundError,),
    "change": (CycleNotFoundError,),
}


class Word(StrEnum):
    """A string of an enum."""

    NEXT = "next"


class Number(IntEnum):
    """A number of an enum."""

    ONE = 1


class Hostile:
    """Raises whatever is done with it."""

    def _refuse(self, *_: object) -> NoReturn:
        raise RuntimeError

    __repr__ = __str__ = __eq__ = __bool__ = __len__ = __iter__ = __getattr__ = _refuse
    __hash__ = object.__hash__


class HostileText(str):
    """A string that raises whatever is done with it."""

    __slots__ = ()

    def _refuse(self, *_: object) -> NoReturn:
        raise RuntimeError

    __repr__ = __str__ = __eq__ = __len__ = _refuse

    def __hash__(self) -> int:
        """The hash of a field's name, so that a look-up compares the two."""
        return hash("schema")


class HostileDict(dict[str, object]):
    """A dict that raises whatever is done with it."""

    def _refuse(self, *_: object) -> NoReturn:
        raise RuntimeError

    __getitem__ = __contains__ = keys = items = get = pop = __iter__ = _refuse


def endless() -> list[object]:
    """A list that holds itself."""
    data: list[object] = []
    data.append({"data": data})
    return data


def deep(depth: int) -> object:
    """Lists in lists."""
    data: object = 1
    for _ in range(depth):
        data = [data]
    return data


def _made(make: Callable[[], object]) -> Any:  # noqa: ANN401 - whatever it makes
    return make()


TEXTS: Final = st.one_of(
    st.text(),
    st.text(st.characters(codec=None), max_size=8),  # lone surrogates too
    st.sampled_from(["next", "ordered", "prints", "opening", "2026-11-30", "-", "", "a" * 201]),
    st.sampled_from(
        ["2026-11-30T09:00:00Z", "2026-11-30T24:00:00+00:00", "9999-12-31T23:59-23:59"]
    ),
    st.sampled_from(["\ud800", "2026-11-3\ud800", "2026-11-30\ud80009:00", "a @ b", "x must y"]),
)
# Numbers too large for repr, in Hypothesis too.
HUGE: Final = st.sampled_from([lambda: 10**5_000, lambda: -(10**5_000)]).map(_made)
NUMBERS: Final = st.integers() | st.floats() | HUGE
JSON: Final[SearchStrategy[object]] = st.recursive(
    st.none() | st.booleans() | NUMBERS | TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4),
    max_leaves=6,
)
# Python objects, made for each draw because a test may change them.
MAKERS: Final[list[Callable[[], object]]] = [
    *(Hostile, endless, partial(deep, 100_000), set, tuple, object),
    *(partial(HostileText, "next"), partial(bytes, 3)),
    *(partial(date, 2026, 11, 30), partial(datetime, 2026, 11, 30, tzinfo=UTC)),
    *(partial(Word, "next"), partial(Number, 1), partial(Decimal, "NaN"), partial(complex, 1)),
    *(partial(Status, "a", "A"), partial(MappingProxyType, {"a": 1}), partial(iter, "abc")),
    lambda: PRINTS,
    lambda: {Hostile(): 1},
    lambda: {HostileText("schema"): 1},
    lambda: {1: 2, None: 3, ("a",): 4, b"": 5},
]
NO_JSON: Final[SearchStrategy[object]] = st.sampled_from(MAKERS).map(_made)
ANYTHING: Final = JSON | NO_JSON | st.builds(HostileDict)
KEYS: Final = st.one_of(
    st.sampled_from(["schema", "kind", "status", "cycle", "version", "_targets", "name", "path"]),
    TEXTS,
    st.integers(),
    st.sampled_from([None, b"kind", ("kind",), Word.NEXT]),
    HUGE,
    st.builds(Hostile),
)


def nodes(data: Any) -> Iterator[tuple[Any, Any]]:  # noqa: ANN401 - any data
    """Every place in data: the dict or list, and the key or index."""
    if type(data) in {dict, list}:
        for key in [*data] if isinstance(data, dict) else range(len(data)):
            yield data, key
            yield from nodes(data[key])


# Their keys are those of the user, not names of fields.
BY_NAME: Final = {
    *("payload", "targets", "facts", "calendars", "durations", "vendors", "by_order_type"),
}


def objects(data: object) -> Iterator[Any]:
    """Every object in data that has fields, not keys of the user."""
    if type(data) is dict:
        yield data
    for holder, key in nodes(data):
        if type(holder[key]) is dict and key not in BY_NAME:
            yield holder[key]


def names_of(kind: str) -> list[str]:
    """The names that the golden file has for a kind."""
    return [name for name in GOLDEN if name.partition(",")[0] == kind]


@st.composite
def spoilt(draw: DrawFn, names: list[str]) -> object:
    """Valid data with some places replaced, left out, added to, or exchanged with another's."""
    data: Any = deepcopy(GOLDEN[draw(st.sampled_from(names))])
    places = [*nodes(data)]
    for way in draw(st.lists(st.sampled_from(["put", "drop", "add", "swap"]), max_size=3)):
        holder, key = places[draw(st.integers(0, len(places) - 1))]
        match way, holder:
            case "drop", dict():
                holder.pop(key, None)
            case "add", dict():
                holder[draw(KEYS)] = draw(ANYTHING)
            case "drop" | "add", _:
                holder.append(draw(ANYTHING))
            case "swap", _:
                others = [*nodes(GOLDEN[draw(st.sampled_from([*GOLDEN]))])]
                other, where = others[draw(st.integers(0, len(others) - 1))]
                holder[key] = deepcopy(other[where])
            case _:
                holder[key] = draw(ANYTHING)
    return data


def refusal(call: Callable[[], object], *otherwise: type[Exception]) -> Any:  # noqa: ANN401 - either
    """The result of a call, or its refusal; any other error passes through."""
    documented: tuple[type[Exception], ...] = (DefinitionError, *otherwise)
    try:
        return call()
    except documented as error:
        return error


def check(kind: str, data: object) -> None:
    """Check that the data load as a value that can be dumped, or are refused as documented."""
    outcome = refusal(lambda: LOADS[kind](data), *OTHERWISE.get(kind, ()))
    case("the data are refused", isinstance(outcome, Exception))
    match outcome:
        case DefinitionError() as error:
            assert error.problems
            assert all(path.startswith("$") and reason for path, reason in error.problems)
            if kind in EDITED:
                assert all(isinstance(reason, Message) for _, reason in error.problems)
            assert str(error).isprintable()
            assert pickle.loads(pickle.dumps(error)) == error
        case InvalidCycleError() | CycleNotFoundError():
            pass
        case value:
            again = codec.dump(value)
            assert is_json(again)
            assert LOADS[kind](codec.read_json(codec.write_json(again))) == value


def is_posted(data: Any) -> bool:  # noqa: ANN401 - anything
    """Whether data could come from JSON text."""
    try:
        codec.write_json(data)
    except (TypeError, ValueError):
        return False
    return is_json(data)


ANY_KIND: Final = pytest.mark.parametrize("kind", LOADS)


class TestAnyData:
    """Loading converts nothing, refuses unknown keys, names the path, and raises nothing else."""

    @ANY_KIND
    @given(data=st.data())
    def test_spoilt_data_are_refused_or_a_value(self, kind: str, data: st.DataObject) -> None:
        """The data of a value, with some mistakes."""
        check(kind, data.draw(spoilt(names_of(kind))))

    @ANY_KIND
    @few(3)
    @given(data=st.data())
    def test_data_of_another_kind_are_refused_or_a_value(
        self, kind: str, data: st.DataObject
    ) -> None:
        """The data of any value, with mistakes or without."""
        check(kind, data.draw(spoilt([*GOLDEN])))

    @ANY_KIND
    @given(data=ANYTHING, wrapped=st.booleans())
    def test_anything_is_refused_or_a_value(
        self, kind: str, data: object, *, wrapped: bool
    ) -> None:
        """JSON data and Python objects of any kind."""
        check(kind, {"schema": 1, "kind": data, "cycle": data} if wrapped else data)

    @given(data=st.data())
    def test_settings_that_load_have_no_errors(self, data: st.DataObject) -> None:
        """`read_settings` reads what `codec.load` does; it reads more, as a browser posts texts."""
        posted: Any = data.draw(spoilt(names_of("settings")) | ANYTHING)
        problems = find_settings_problems(posted, [CYCLE])
        assert all(re.fullmatch("<.*>", say(it.message, "<{}>".format)) for it in problems)
        if is_posted(posted):
            fields: Any = {**posted, "schema": 1} if isinstance(posted, dict) else posted
            loaded = refusal(lambda: codec.load(fields, FlowSettings))
            case("the settings load", not isinstance(loaded, Exception))
            if not isinstance(loaded, Exception):
                assert {problem.severity for problem in problems} <= {"warning"}
                assert read_settings(posted) == loaded
        laws.settings_are_read_or_refused(posted, [CYCLE])

    @ANY_KIND
    @pytest.mark.parametrize("key", ["shade", "_targets", "path", ""])
    def test_an_unknown_field_is_refused_everywhere(self, kind: str, key: str) -> None:
        """An unknown field is refused in every object of the data."""
        for name in names_of(kind):
            for index in range(len([*objects(GOLDEN[name])])):
                data = deepcopy(GOLDEN[name])
                [*objects(data)][index][key] = None
                with pytest.raises(DefinitionError):
                    LOADS[kind](data)

    @pytest.mark.full
    @ANY_KIND
    @pytest.mark.parametrize("other", [b"1", {"a"}, (), Word.NEXT, Number.ONE, Decimal(1), PRINTS])
    def test_nothing_is_coerced_anywhere(self, kind: str, other: object) -> None:
        """A value that is like a string, a number or a list is refused everywhere."""
        for name in names_of(kind):
            for index in range(len([*nodes(GOLDEN[name])])):
                data = deepcopy(GOLDEN[name])
                holder, key = [*nodes(data)][index]
                holder[key] = other
                with pytest.raises(DefinitionError):
                    LOADS[kind](data)


# --- Any text -----------------------------------------------------------------------------------

LINES: Final = [json.dumps(data, ensure_ascii=False) for data in GOLDEN.values()]
WRITABLE: Final[SearchStrategy[Any]] = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(codec="utf-8")),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.text(st.characters(codec="utf-8"), max_size=4), inner, max_size=4)
    ),
    max_leaves=8,
)


def depth(data: object) -> int:
    """How deep data are nested, with 0 for a scalar."""
    match data:
        case dict():
            return 1 + max(map(depth, data.values()), default=0)
        case list():
            return 1 + max(map(depth, data), default=0)
        case _:
            return 0


def is_refused(text: str) -> bool:
    """Check that the text is read as `json` reads it, or refused as documented."""
    match refusal(lambda: codec.read_json(text)):
        case DefinitionError() as error:
            [(path, reason)] = error.problems
            assert path == "$"
            assert isinstance(reason, Message)
            assert str(error).isprintable()
            return True
        case data:
            assert repr(data) == repr(json.loads(text))
            assert depth(data) <= 16
            return False


@st.composite
def spoilt_text(draw: DrawFn) -> str:
    """Valid text with pieces cut out and others put in."""
    text = draw(st.sampled_from(LINES))
    for _ in range(draw(st.integers(1, 3))):
        start = draw(st.integers(0, len(text)))
        end = start + draw(st.integers(0, 5))
        text = (
            text[:start]
            + draw(st.text('[]{}",:\\0123456789eE.-+ tnNaf\n\ud800') | TEXTS)
            + text[end:]
        )
    return text


def wrappings(count: int) -> SearchStrategy[list[str]]:
    """Keys of nested objects; an empty key is a list instead."""
    return st.lists(st.sampled_from(["a", "[", '"', "\\", ""]), min_size=count, max_size=count)


class TestAnyText:
    """Bounded to 1 MiB and depth 16 before it is parsed; duplicate keys and NaN are refused."""

    @given(text=TEXTS)
    def test_any_text_is_read_or_refused(self, text: str) -> None:
        """Any characters."""
        case("the text is refused", is_refused(text))

    @given(text=st.text('[]{}",:\\01e.-+ tnu\n\ud800'))
    def test_any_punctuation_is_read_or_refused(self, text: str) -> None:
        """The characters that JSON is made of, in any order."""
        case("the text is refused", is_refused(text))

    @given(text=spoilt_text())
    def test_spoilt_text_is_read_or_refused(self, text: str) -> None:
        """The text of a value, with some mistakes."""
        case("the text is refused", is_refused(text))

    @given(data=WRITABLE, wrap=(st.integers(0, 20) | st.integers(13, 19)).flatmap(wrappings))
    def test_the_depth_of_text_is_that_of_its_data(self, data: object, wrap: list[str]) -> None:
        """Brackets in strings and keys don't count, whatever comes before them."""
        for key in wrap:
            data = {key: data, "[{": '"[{\\'} if key else [data]
        text = json.dumps(data, ensure_ascii=len(wrap) % 2 == 0)
        case("the data are too deep", depth(data) > 16)
        if depth(data) <= 16:
            assert codec.read_json(text) == data
        else:
            with pytest.raises(DefinitionError):
                codec.read_json(text)

    @given(data=st.dictionaries(st.text(st.characters(codec="utf-8")), WRITABLE, max_size=4))
    def test_what_is_written_is_read(self, data: dict[str, Any]) -> None:
        """Any JSON data, on one line."""
        text = codec.write_json(data)
        case("a text has escapes", "\\" in text)
        assert "\n" not in text
        assert repr(codec.read_json(text)) == repr(data)

    @given(data=st.dictionaries(KEYS, JSON | NO_JSON, max_size=3))
    def test_what_cannot_be_written_is_refused(self, data: dict[Any, object]) -> None:
        """Python objects and data without end are refused; text that is written is safe to read."""
        try:
            text = codec.write_json(data)
        except (TypeError, ValueError):
            case("the data cannot be written", came_up=True)
            return
        case("the data cannot be written", came_up=False)
        is_refused(text)

    @given(key=st.text(st.characters(codec="utf-8")), rest=WRITABLE, inside=st.booleans())
    def test_a_key_twice_is_refused(self, key: str, rest: object, *, inside: bool) -> None:
        """At the top level or below, escaped or not."""
        pair = f"{json.dumps(key)}:{json.dumps(rest)}"
        plain = f"{json.dumps(key, ensure_ascii=False)}:0"
        text = f"{{{pair},{plain}}}"
        case("the key has escapes", "\\" in json.dumps(key))
        with pytest.raises(DefinitionError):
            codec.read_json(f'{{"a":[{text}]}}' if inside else text)
