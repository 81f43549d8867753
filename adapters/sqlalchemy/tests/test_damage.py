"""Rows that are damaged are named, `verify` finds them, and `rebuild` makes orders again."""

import traceback
from collections.abc import Callable
from datetime import date
from typing import Any, Final

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import OperationalError

from prodflow import (
    Change,
    DamagedRowError,
    FlowSettings,
    OrderNotFoundError,
    OrderQuery,
    SettingsNotFoundError,
)
from prodflow.stores import Counts
from prodflow_sqlalchemy import Damage, DatabaseFailedError, SqlStore

from .conftest import emptied
from .studio import (
    AT,
    CYCLE,
    FLOW,
    LEASE,
    advanced,
    amended,
    contents,
    eventually,
    once_before,
    opened,
)

NAME: Final = "Mrs Lee"
BROKEN: Final = f'{{"note": "{NAME}"'
OF_ANOTHER_KIND: Final = f'{{"schema": 1, "note": "{NAME}"}}'

Call = Callable[[SqlStore], object]


def _opening(number: int) -> Change:
    facts = {"client": NAME, "copies": 3}
    return opened(f"PO-{number}", vendor="Acme", facts=facts, note=NAME, command_id="c-1")


@pytest.fixture
def store(kept: sa.Engine) -> SqlStore:
    """A store with orders, and rows in each of its tables."""
    store = emptied(kept)
    store.save(*map(_opening, (1, 2, 3)))
    at_the_lab = advanced(store.get("PO-2"))
    store.save(at_the_lab, amended(at_the_lab.order, facts={"rush": True}))
    store.put_cycle(CYCLE.replace("lab", description="In the lab"), replaces=1, by="Ann", at=AT)
    store.put_settings(FlowSettings(triggers=FLOW.triggers), replaces=None, by="Ann", at=AT)
    return SqlStore(kept)


def spoil(engine: sa.Engine, statement: str, **given: Any) -> None:  # noqa: ANN401 - any value
    """Run a statement that damages rows."""
    with engine.begin() as connection:
        if engine.dialect.name == "postgresql":  # or a foreign key would refuse some damage
            connection.exec_driver_sql("SET LOCAL session_replication_role = replica")
        assert connection.execute(sa.text(statement), given).rowcount >= 1


def refused(store: SqlStore, call: Call) -> tuple[str, tuple[str | int, ...]]:
    """The table and the key that a call names; nothing that a row holds is in the traceback."""
    with pytest.raises(DamagedRowError) as caught:
        call(store)
    assert NAME not in "".join(traceback.format_exception(caught.value))
    assert caught.value.__context__ is None
    return caught.value.table, caught.value.key


ORDER = ("prodflow_orders", ("PO-2",), "id = 'PO-2'")
ENTRY = ("prodflow_history", ("PO-2", 1), "order_id = 'PO-2' AND sequence = 1")
VERSION = ("prodflow_cycles", ("prints", 1), "version = 1")
SETTINGS = ("prodflow_settings", (1,), "version = 1")

READS: Final[list[tuple[tuple[str, tuple[str | int, ...], str], Call]]] = [
    (ORDER, lambda store: store.get("PO-2")),
    (ORDER, lambda store: store.load(["PO-1", "PO-2"])),
    (ORDER, lambda store: store.find(OrderQuery())),
    (ORDER, lambda store: store.find(OrderQuery(facts={"rush": True}))),
    (ORDER, lambda store: list(store.histories(OrderQuery()))),
    (ENTRY, lambda store: store.history("PO-2")),
    (ENTRY, lambda store: list(store.histories(OrderQuery()))),
    (ENTRY, lambda store: store.entries_of("c-1")),
    (ENTRY, lambda store: eventually(lambda: len(store.feed().entries), 5)),
    (ENTRY, lambda store: store.save(*map(_opening, (1, 2, 3)))),
    (VERSION, lambda store: store.get_cycle("prints", 1)),
    (VERSION, lambda store: store.keys("prints")),
    (VERSION, lambda store: store.get("PO-1")),
    (VERSION, lambda store: store.find(OrderQuery(status="lab"))),
    (VERSION, lambda store: store.count(OrderQuery(), by="workflow_stage")),
    (VERSION, lambda store: store.put_cycle(CYCLE, replaces=2)),
    (VERSION, lambda store: store.save(opened("PO-9"))),
    (SETTINGS, lambda store: store.get_settings()),
    (SETTINGS, lambda store: store.put_settings(FlowSettings(), replaces=1, by="Ann", at=AT)),
]


DAMAGES: Final = (BROKEN, OF_ANOTHER_KIND, "[]", "")
_EVERY: Final = [
    (number, data)
    for number, damages in enumerate([DAMAGES, *[DAMAGES[:1]] * (len(READS) - 1)])
    for data in damages
]
"""Each call with one kind of damage, and the first call with every kind."""


@pytest.mark.parametrize(("number", "data"), _EVERY)
def test_a_row_that_cannot_be_read_is_named(
    kept: sa.Engine, store: SqlStore, number: int, data: str
) -> None:
    """Every call that reads a damaged row names it, and shows nothing that it holds."""
    (table, key, where), call = READS[number]
    spoil(kept, f"UPDATE {table} SET data = :data WHERE {where}", data=data)  # noqa: S608
    assert refused(store, call) == (table, key)


EVENTS: Final[list[Call]] = [
    lambda store: store.pending(as_of=date.max),
    lambda store: store.claim(as_of=date.max, now=AT, lease=LEASE),
]


@pytest.mark.parametrize("data", [BROKEN, OF_ANOTHER_KIND])
@pytest.mark.parametrize("call", EVENTS)
def test_an_event_that_cannot_be_read_is_named(
    kept: sa.Engine, store: SqlStore, call: Call, data: str
) -> None:
    """A damaged event is named by its id; it keeps nobody waiting once it's dismissed."""
    chase, welcome = store.claim(as_of=date.max, now=AT, lease=LEASE)[::-1]
    store.release(chase, welcome)
    update = "UPDATE prodflow_outbox SET data = :data WHERE id = :id"
    spoil(kept, update, data=data, id=welcome.event.id)
    of_event = ("prodflow_outbox", (welcome.event.id,))
    assert refused(store, call) == of_event
    assert refused(store, lambda store: store.get_event(welcome.event.id)) == of_event
    extend: Call = lambda store: store.extend(welcome, now=AT, lease=LEASE)  # noqa: E731
    assert refused(store, extend) == of_event
    waiting = store.get_event(chase.event.id)
    assert waiting is not None
    assert (waiting.leased_until, waiting.attempts) == (None, 0)  # the claim has taken none
    store.dismiss(welcome.event.id)
    claimed = store.claim(as_of=date.max, now=AT, lease=LEASE)
    assert [item.event.id for item in claimed] == [chase.event.id]


def test_a_save_names_an_event_that_it_cannot_read(kept: sa.Engine, store: SqlStore) -> None:
    """A save reads the events of its order."""
    (item,) = store.pending(as_of=date.max, trigger="chase")
    spoil(kept, "UPDATE prodflow_outbox SET fire_on = 'soon' WHERE id = :id", id=item.event.id)
    of_event = ("prodflow_outbox", (item.event.id,))
    move = advanced(store.get("PO-2"), to="hold")
    assert refused(store, lambda store: store.save(move)) == of_event


EDITS: Final[list[tuple[str, tuple[str | int, ...], Call]]] = [
    ("prodflow_cycles", ("prints", 2), lambda store: store.edits("prints")),
    ("prodflow_settings", (1,), lambda store: store.settings_edits()),
]


@pytest.mark.parametrize(("table", "key", "call"), EDITS, ids=["cycles", "settings"])
def test_an_edit_that_cannot_be_read_is_named(
    kept: sa.Engine, store: SqlStore, table: str, key: tuple[str | int, ...], call: Call
) -> None:
    """Who put a version, and when, is in columns of the version."""
    spoil(kept, f"UPDATE {table} SET put_at = 'soon' WHERE put_by IS NOT NULL")  # noqa: S608
    assert refused(store, call) == (table, key)


STRAYS: Final[list[tuple[str, tuple[str | int, ...], str, Call]]] = [
    (
        "prodflow_orders",
        ("PO-2",),
        "data = replace(data, 'PO-2', 'PO-1') WHERE id = 'PO-2'",
        lambda store: store.get("PO-2"),
    ),
    (
        "prodflow_history",
        ("PO-2", 1),
        "data = replace(data, 'PO-2', 'PO-1') WHERE order_id = 'PO-2' AND sequence = 1",
        lambda store: store.history("PO-2"),
    ),
    (
        "prodflow_cycles",
        ("prints", 1),
        "data = replace(data, 'prints', 'albums') WHERE version = 1",
        lambda store: store.get_cycle("prints", 1),
    ),
    (
        "prodflow_settings",
        (1,),
        r"""data = replace(data, '"version"\:1', '"version"\:7')""",
        lambda store: store.get_settings(),
    ),
]


@pytest.mark.parametrize(("table", "key", "change", "call"), STRAYS)
def test_a_row_with_the_data_of_another_is_named(  # noqa: PLR0917 - fixtures and parameters
    kept: sa.Engine,
    store: SqlStore,
    table: str,
    key: tuple[str | int, ...],
    change: str,
    call: Call,
) -> None:
    """What a row holds must be what its key says."""
    spoil(kept, f"UPDATE {table} SET {change}")  # noqa: S608
    assert refused(store, call) == (table, key)


def test_an_event_with_another_id_is_named(kept: sa.Engine, store: SqlStore) -> None:
    """An event is found by the columns of its row, so they must be those of the event."""
    (item,) = store.pending(as_of=date.max, trigger="chase")
    spoil(kept, "UPDATE prodflow_outbox SET id = 'other' WHERE id = :id", id=item.event.id)
    of_event = ("prodflow_outbox", ("other",))
    assert refused(store, lambda store: store.pending(as_of=date.max)) == of_event


LAST: Final[list[Call]] = [
    lambda store: store.history("PO-2"),
    lambda store: store.history("PO-2", after=1),
    lambda store: store.history("PO-2", after=1, limit=2),
    lambda store: store.history("PO-2", limit=7),
]
"""Calls that read the last entry of an order."""

MISSING: Final[list[tuple[str, str, tuple[str | int, ...], Call]]] = [
    ("prodflow_cycles", "version = 1", ("prints", 1), lambda store: store.get("PO-2")),
    (
        "prodflow_history",
        "order_id = 'PO-2' AND sequence = 2",
        ("PO-2", 2),
        lambda store: store.history("PO-2"),
    ),
    (
        "prodflow_history",
        "order_id = 'PO-2' AND sequence = 1",
        ("PO-2", 1),
        lambda store: store.history("PO-2"),
    ),
    (
        "prodflow_history",
        "order_id = 'PO-2' AND sequence = 3",
        ("PO-2", 3),
        lambda store: store.history("PO-2", after=2),
    ),
    (
        "prodflow_history",
        "order_id = 'PO-2' AND sequence = 3",
        ("PO-2", 3),
        lambda store: list(store.histories(OrderQuery())),
    ),
    (
        "prodflow_history",
        "order_id = 'PO-2'",
        ("PO-2", 1),
        lambda store: list(store.histories(OrderQuery())),
    ),
    (
        "prodflow_history",
        "order_id = 'PO-2' AND sequence = 1",
        ("PO-2", 1),
        lambda store: store.entries_of("c-1"),
    ),
    ("prodflow_history", "sequence = 1", ("PO-1", 1), lambda store: store.entries_of("c-1")),
    (
        "prodflow_history",
        "order_id = 'PO-3'",
        ("PO-3", 1),
        lambda store: store.save(*map(_opening, (1, 2, 3))),
    ),
    *(
        ("prodflow_history", "order_id = 'PO-2' AND sequence = 3", ("PO-2", 3), call)
        for call in LAST
    ),
]


@pytest.mark.parametrize(("table", "where", "key", "call"), MISSING)
def test_a_row_that_is_missing_is_named(  # noqa: PLR0917 - fixtures and parameters
    kept: sa.Engine,
    store: SqlStore,
    table: str,
    where: str,
    key: tuple[str | int, ...],
    call: Call,
) -> None:
    """A cycle or an entry that should be there is named; the answer is not just shorter."""
    spoil(kept, f"DELETE FROM {table} WHERE {where}")  # noqa: S608
    assert refused(store, call) == (table, key)


COMMANDS: Final = [
    *("", "[", "[]", "[1]", "1", "null", '[["PO-1"]]', '["PO-1"]', '[["PO-1", "x"]]', "[[1, 2]"),
    *('[["PO-1", 1, 1]]', '[["PO-1", 0]]', '[["PO-1", 1.5]]'),
]


@pytest.mark.parametrize("entries", COMMANDS)
@pytest.mark.parametrize("is_save", [False, True])
def test_a_command_that_cannot_be_read_is_named(
    kept: sa.Engine, store: SqlStore, entries: str, *, is_save: bool
) -> None:
    """A command whose entries are unknown was done all the same: its answer is never empty."""
    spoil(kept, "UPDATE prodflow_commands SET entries = :entries", entries=entries)
    call: Call = lambda store: store.entries_of("c-1")  # noqa: E731
    again: Call = lambda store: store.save(*map(_opening, (1, 2, 3)))  # noqa: E731
    assert refused(store, again if is_save else call) == ("prodflow_commands", ("c-1",))
    assert Damage("prodflow_commands", ("c-1",), "unreadable") in store.verify()


def test_a_command_with_entries_of_another_is_named(kept: sa.Engine, store: SqlStore) -> None:
    """The entries of a command must name the command."""
    spoil(kept, "UPDATE prodflow_commands SET entries = :entries", entries='[["PO-2", 2]]')
    call: Call = lambda store: store.entries_of("c-1")  # noqa: E731
    assert refused(store, call) == ("prodflow_commands", ("c-1",))


def test_a_page_is_not_shorter_for_an_order_that_is_missing(
    kept: sa.Engine, store: SqlStore
) -> None:
    """Closed orders are found by their facts: a page, or a portion, doesn't leave one out."""
    store.save(*(advanced(store.get(f"PO-{n}"), to="shipped") for n in (1, 2, 3)))
    spoil(kept, "DELETE FROM prodflow_orders WHERE id = 'PO-2'")
    query = OrderQuery(facts={"copies": 3}, is_open=False)
    calls: list[Call] = [lambda store: store.find(query), lambda store: [*store.histories(query)]]
    for call in calls:
        assert refused(store, call) == ("prodflow_orders", ("PO-2",))


def test_a_command_is_not_damaged_if_the_table_is_gone(engine: sa.Engine) -> None:
    """Other errors of the database are reported as they are."""
    store = SqlStore(engine)
    store.create_schema()
    with engine.begin() as connection:
        connection.exec_driver_sql("DROP TABLE prodflow_commands")
    with pytest.raises(DatabaseFailedError, match="prodflow_commands"):
        store.entries_of("c-1")


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM prodflow_orders WHERE id = 'PO-2'",
        "UPDATE prodflow_orders SET version = 1 WHERE id = 'PO-2'",
    ],
)
def test_a_history_does_not_need_its_order(
    kept: sa.Engine, store: SqlStore, statement: str
) -> None:
    """If the row of an order is damaged or missing, its history is still complete."""
    before = store.history("PO-2")
    spoil(kept, statement)
    assert [store.history("PO-2", after=n, limit=2) for n in (0, 1)] == [before[:2], before[1:]]
    assert store.history("PO-2") == before


def test_a_version_that_is_no_number_is_named(kept: sa.Engine, store: SqlStore) -> None:
    """SQLite stores a text in a column of numbers too; PostgreSQL refuses it."""
    if kept.dialect.name == "sqlite":
        spoil(kept, "UPDATE prodflow_orders SET version = 'last' WHERE id = 'PO-2'")
        call: Call = lambda store: store.history("PO-2")  # noqa: E731
        assert refused(store, call) == ("prodflow_orders", ("PO-2",))


@pytest.mark.parametrize(
    ("change", "by", "key"),
    [
        ("prodflow_orders SET status = 'gone' WHERE id = 'PO-2'", "workflow_stage", ("PO-2",)),
        (
            "prodflow_facts SET value = 'number:many' WHERE order_id = 'PO-2' AND name = 'copies'",
            "facts.copies",
            ("PO-2", "copies"),
        ),
        (
            "prodflow_facts SET value = 'day:soon' WHERE order_id = 'PO-2' AND name = 'copies'",
            ("facts.copies", "status"),
            ("PO-2", "copies"),
        ),
    ],
)
def test_a_value_that_cannot_be_counted_is_named(
    kept: sa.Engine,
    store: SqlStore,
    change: str,
    by: str | tuple[str, str],
    key: tuple[str | int, ...],
) -> None:
    """A count names the row whose value has no meaning."""
    spoil(kept, f"UPDATE {change}")
    table = change.split(maxsplit=1)[0]
    call: Call = lambda store: store.count(OrderQuery(), by=by)  # noqa: E731
    assert refused(store, call) == (table, key)


def test_others_are_read(kept: sa.Engine, store: SqlStore) -> None:
    """A damaged row is in the way of no call that doesn't read it."""
    spoil(kept, "UPDATE prodflow_orders SET data = '' WHERE id = 'PO-2'")
    assert store.get("PO-1").vendor == "Acme"
    assert [order.id for order in store.find(OrderQuery(status="ordered"))] == ["PO-1", "PO-3"]
    assert store.count(OrderQuery()) == 3


def _settings_or_none(store: SqlStore) -> FlowSettings | None:
    try:
        return store.get_settings()
    except SettingsNotFoundError:
        return None


GONE: Final[list[tuple[str, str, str, Call, object]]] = [
    (
        "UPDATE prodflow_settings SET put_by = 'Ann'",
        "DELETE FROM prodflow_settings",
        "SELECT prodflow_settings.data",
        _settings_or_none,
        None,
    ),
    (
        "UPDATE prodflow_orders SET status = 'gone' WHERE id = 'PO-2'",
        "DELETE FROM prodflow_orders WHERE id = 'PO-2'",
        "SELECT prodflow_orders.id \nFROM prodflow_orders",
        lambda store: store.count(OrderQuery(), by="workflow_stage"),
        Counts(),
    ),
]


@pytest.mark.parametrize(("damage", "repair", "before", "call", "expected"), GONE)
def test_a_row_can_go_between_two_statements(  # noqa: PLR0917 - parameters
    postgres_url: str, damage: str, repair: str, before: str, call: Call, expected: object
) -> None:
    """If the row that a call looks up is gone meanwhile, the call begins again."""
    engine, other = sa.create_engine(postgres_url), sa.create_engine(postgres_url)
    store = SqlStore(engine)
    store.create_schema()
    store.save(*map(_opening, (1, 2, 3)))
    store.put_settings(FlowSettings(triggers=FLOW.triggers), replaces=None, by="Ann", at=AT)
    spoil(other, damage)
    seen = once_before(engine, before, lambda: spoil(other, repair))
    assert call(SqlStore(engine)) == expected
    assert len(seen) == 1
    engine.dispose()
    other.dispose()


# Verify


def test_nothing_is_damaged(store: SqlStore) -> None:
    """A store that only saves has changed has no damage, whatever has become of the orders."""
    store.acknowledge(*store.claim(as_of=date.max, now=AT, lease=LEASE)[:1])
    move = advanced(store.get("PO-2"), to="hold")
    store.save(move, FLOW.advance(move.order, today=AT.date(), by="Ann", at=AT))
    done = advanced(store.get("PO-3"), to="shipped")
    entries = [*store.history("PO-3"), done.entry]
    store.save(done, FLOW.undo(done.order, entries, cycles=[CYCLE], by="Ann", at=AT))
    assert store.verify() == ()


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        (
            "UPDATE prodflow_orders SET data = '' WHERE id = 'PO-2'",
            Damage("prodflow_orders", ("PO-2",), "unreadable"),
        ),
        (
            "UPDATE prodflow_orders SET status = 'hold' WHERE id = 'PO-2'",
            Damage("prodflow_orders", ("PO-2",), "different"),
        ),
        (
            "UPDATE prodflow_orders SET data = replace(data, 'PO-2', 'PO-1') WHERE id = 'PO-2'",
            Damage("prodflow_orders", ("PO-2",), "unreadable"),
        ),
        (
            "DELETE FROM prodflow_orders WHERE id = 'PO-2'",
            Damage("prodflow_orders", ("PO-2",), "missing"),
        ),
        (
            "UPDATE prodflow_history SET data = '' WHERE order_id = 'PO-2' AND sequence = 2",
            Damage("prodflow_history", ("PO-2", 2), "unreadable"),
        ),
        (
            "DELETE FROM prodflow_history WHERE order_id = 'PO-2' AND sequence = 1",
            Damage("prodflow_history", ("PO-2", 1), "missing"),
        ),
        (
            "DELETE FROM prodflow_history WHERE order_id = 'PO-2' AND sequence = 3",
            Damage("prodflow_orders", ("PO-2",), "different"),
        ),
        (
            "DELETE FROM prodflow_history WHERE order_id = 'PO-3'",
            Damage("prodflow_history", ("PO-3", 1), "missing"),
        ),
        (
            "DELETE FROM prodflow_facts WHERE order_id = 'PO-2' AND name = 'copies'",
            Damage("prodflow_facts", ("PO-2", "copies"), "missing"),
        ),
        (
            "UPDATE prodflow_facts SET name = 'extra' WHERE order_id = 'PO-2' AND name = 'rush'",
            Damage("prodflow_facts", ("PO-2", "extra"), "unknown"),
        ),
        (
            "UPDATE prodflow_facts SET order_id = 'PO-9' WHERE order_id = 'PO-2' AND name = 'rush'",
            Damage("prodflow_facts", ("PO-9", "rush"), "unknown"),
        ),
        (
            "UPDATE prodflow_facts SET value = 'flag:0' WHERE order_id = 'PO-2' AND name = 'rush'",
            Damage("prodflow_facts", ("PO-2", "rush"), "different"),
        ),
        (
            "UPDATE prodflow_cycles SET data = '' WHERE version = 2",
            Damage("prodflow_cycles", ("prints", 2), "unreadable"),
        ),
        (
            "UPDATE prodflow_cycles SET data = '' WHERE version = 1",
            Damage("prodflow_cycles", ("prints", 1), "unreadable"),
        ),
        (
            "UPDATE prodflow_cycles SET put_at = 'soon' WHERE version = 2",
            Damage("prodflow_cycles", ("prints", 2), "unreadable"),
        ),
        (
            "UPDATE prodflow_cycles SET digest = 'other' WHERE version = 2",
            Damage("prodflow_cycles", ("prints", 2), "different"),
        ),
        (
            "UPDATE prodflow_settings SET digest = 'other'",
            Damage("prodflow_settings", (1,), "different"),
        ),
        (
            "UPDATE prodflow_orders SET cycle_digest = 'other' WHERE id = 'PO-2'",
            Damage("prodflow_orders", ("PO-2",), "different"),
        ),
        (
            "DELETE FROM prodflow_cycles WHERE version = 1",
            Damage("prodflow_cycles", ("prints", 1), "missing"),
        ),
        (
            "DELETE FROM prodflow_order_types",
            Damage("prodflow_order_types", ("prints",), "missing"),
        ),
        (
            "UPDATE prodflow_settings SET data = ''",
            Damage("prodflow_settings", (1,), "unreadable"),
        ),
        (
            "UPDATE prodflow_settings SET put_at = 'soon'",
            Damage("prodflow_settings", (1,), "unreadable"),
        ),
        (
            "UPDATE prodflow_commands SET entries = '[1]'",
            Damage("prodflow_commands", ("c-1",), "unreadable"),
        ),
        (
            "UPDATE prodflow_commands SET done_on = 'soon'",
            Damage("prodflow_commands", ("c-1",), "unreadable"),
        ),
    ],
)
def test_damage_is_found(
    kept: sa.Engine, store: SqlStore, statement: str, expected: Damage
) -> None:
    """`verify` names the row and says what is wrong with it."""
    spoil(kept, statement)
    assert expected in store.verify()


@pytest.mark.parametrize(
    ("change", "problem"), [("data = ''", "unreadable"), ("visit = 7", "different")]
)
def test_a_damaged_event_is_found(
    kept: sa.Engine, store: SqlStore, change: str, problem: str
) -> None:
    """`verify` names a damaged event by its id."""
    (item,) = store.pending(as_of=date.max, trigger="chase")
    update = f"UPDATE prodflow_outbox SET {change} WHERE id = :id"  # noqa: S608
    spoil(kept, update, id=item.event.id)
    (damage,) = store.verify()
    assert (damage.table, damage.key) == ("prodflow_outbox", (item.event.id,))
    assert damage.problem == problem


def test_an_entry_that_does_not_fit_is_found(kept: sa.Engine, store: SqlStore) -> None:
    """The first entry that doesn't continue those before it is named."""
    spoil(
        kept,
        "UPDATE prodflow_history SET data = replace(data, :was, :is) WHERE sequence = 2",
        **{"was": '"from_status":"ordered"', "is": '"from_status":"hold"'},
    )
    assert store.verify() == (Damage("prodflow_history", ("PO-2", 2), "different"),)
    assert refused(store, lambda store: store.rebuild("PO-2")) == (
        "prodflow_history",
        ("PO-2", 2),
    )


def test_every_damage_is_found_at_once(kept: sa.Engine, store: SqlStore) -> None:
    """One damaged row doesn't hide another; each is named once."""
    spoil(kept, "UPDATE prodflow_orders SET data = '' WHERE id <> 'PO-2'")
    spoil(kept, "DELETE FROM prodflow_facts WHERE name = 'rush'")
    assert store.verify() == (
        Damage("prodflow_orders", ("PO-1",), "unreadable"),
        Damage("prodflow_facts", ("PO-2", "rush"), "missing"),
        Damage("prodflow_orders", ("PO-3",), "unreadable"),
    )


def test_only_a_store_of_an_engine_verifies(kept: sa.Engine, store: SqlStore) -> None:
    """In a caller's transaction, saves of others could come in between."""
    assert store.verify() == ()
    with kept.connect() as connection, pytest.raises(ValueError, match="made of an engine"):
        SqlStore(connection).verify()


# Texts of SQLite that aren't UTF-8

NOT_UTF8: Final = f"CAST(x'ff{NAME.encode().hex()}' AS TEXT)"

OF_SQLITE: Final = pytest.mark.parametrize("kept", ["sqlite"], indirect=True)

OF_READS: Final = [*range(9), *range(10, 15), 17]
"""The numbers of the `READS` that change nothing."""


@OF_SQLITE
@pytest.mark.parametrize("number", OF_READS)
def test_a_text_that_is_not_utf_8_is_named(kept: sa.Engine, store: SqlStore, number: int) -> None:
    """SQLite stores any bytes in a text, and reports the bytes, but not the row."""
    (table, key, where), call = READS[number]
    spoil(kept, f"UPDATE {table} SET data = {NOT_UTF8} WHERE {where}")  # noqa: S608
    assert refused(store, call) == (table, key)


@OF_SQLITE
def test_a_connection_decodes_texts_as_before(kept: sa.Engine, store: SqlStore) -> None:
    """After a text that isn't UTF-8 was found, the connection of the caller refuses it as ever."""
    assert store.get("PO-2").vendor == "Acme"
    spoil(kept, f"UPDATE prodflow_orders SET data = {NOT_UTF8} WHERE id = 'PO-2'")  # noqa: S608
    with kept.connect() as connection:
        assert refused(SqlStore(connection), lambda store: store.get("PO-2")) == ORDER[:2]
        with pytest.raises(OperationalError):
            connection.exec_driver_sql("SELECT data FROM prodflow_orders").all()


@OF_SQLITE
@pytest.mark.parametrize(("table", "key", "where"), [ORDER, ENTRY, VERSION, SETTINGS])
def test_verify_finds_a_text_that_is_not_utf_8(
    kept: sa.Engine, store: SqlStore, table: str, key: tuple[str | int, ...], where: str
) -> None:
    """`verify` names such a row as any other that is unreadable."""
    spoil(kept, f"UPDATE {table} SET data = {NOT_UTF8} WHERE {where}")  # noqa: S608
    assert Damage(table, key, "unreadable") in store.verify()


OTHERS: Final[list[tuple[str, Call]]] = [
    ("prodflow_order_types SET order_type = {}", SqlStore.order_types),
    ("prodflow_facts SET order_id = {} WHERE name = 'rush'", SqlStore.verify),
    (
        "prodflow_facts SET value = {} WHERE name = 'copies'",
        lambda store: store.count(OrderQuery(), by="facts.copies"),
    ),
    (
        "prodflow_history SET data = {} WHERE sequence = 1",
        lambda store: store.save(*map(_opening, (1, 2, 3))),
    ),
]


@OF_SQLITE
@pytest.mark.parametrize(("change", "call"), OTHERS)
def test_other_texts_that_are_not_utf_8_are_refused(
    kept: sa.Engine, store: SqlStore, change: str, call: Call
) -> None:
    """In a key, or in a call that changes something, the error only names the column."""
    spoil(kept, f"UPDATE {change.format(NOT_UTF8)}")
    with pytest.raises(DatabaseFailedError, match="Could not decode to UTF-8") as caught:
        call(store)
    assert NAME not in "".join(traceback.format_exception(caught.value))


# Rebuild


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE prodflow_orders SET data = '', status = 'gone', vendor = '' WHERE id = 'PO-2'",
        "UPDATE prodflow_orders SET version = 1, facts_hash = NULL WHERE id = 'PO-2'",
        "DELETE FROM prodflow_orders WHERE id = 'PO-2'",
        "DELETE FROM prodflow_facts WHERE order_id = 'PO-2'",
        "UPDATE prodflow_facts SET value = 'flag:0' WHERE name = 'rush'",
    ],
)
def test_an_order_is_made_again(kept: sa.Engine, store: SqlStore, statement: str) -> None:
    """`rebuild` writes an order again, with its facts, as its history says."""
    order, before = store.get("PO-2"), contents(store)
    spoil(kept, statement)
    assert store.rebuild("PO-2") == order
    assert store.verify() == ()
    assert (store.get("PO-2"), contents(store)) == (order, before)
    assert store.find(OrderQuery(facts={"rush": True})) == [order]
    store.save(amended(order, vendor="West"))
    assert store.get("PO-2").version == order.version + 1


def test_an_order_without_a_history_is_not_made(kept: sa.Engine, store: SqlStore) -> None:
    """`rebuild` needs a history that can be read."""
    with pytest.raises(OrderNotFoundError):
        store.rebuild("PO-9")
    spoil(kept, "UPDATE prodflow_history SET data = '' WHERE order_id = 'PO-2' AND sequence = 2")
    of_entry = ("prodflow_history", ("PO-2", 2))
    assert refused(store, lambda store: store.rebuild("PO-2")) == of_entry
