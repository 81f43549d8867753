"""Several tenants share the tables, and have nothing else in common (decision D45)."""

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Final

import pytest
import sqlalchemy as sa
from attrs import evolve

from prodflow import (
    CreateTask,
    CursorError,
    DamagedRowError,
    DaysInStatus,
    Entering,
    FlowSettings,
    OrderNotFoundError,
    OrderQuery,
    ProductionFlow,
    Status,
    StatusCycle,
    Trigger,
)
from prodflow.testing import store_machine
from prodflow_sqlalchemy import SqlStore, Tables, tables

from .conftest import emptied
from .studio import (
    AT,
    LEASE,
    MONDAY,
    at_the_lab,
    clock,
    contents,
    entries_of_feed,
    opened,
    settled,
)

_WORD: Final = "leak7f3x"
"""The marker: keys may have it, and it stays as it is in the text that orders are searched by."""

_OTHER_TEXTS: Final = frozenset(
    {
        *("tenant", "epoch", "digest", "cycle_digest", "facts_hash", "until"),
        *("due", "ordered_on", "entered_on", "delivery_on", "closed_on", "fire_on", "put_at"),
        "done_on",
    }
)
"""Columns of text that hold dates, digests and the like: no text of a user gets there."""


def of(engine: sa.Engine, *tenants: str) -> list[SqlStore]:
    """A store for each of some tenants, in an emptied database."""
    emptied(engine)
    return [SqlStore(engine, tenant=tenant) for tenant in tenants]


# --- The name


@pytest.mark.parametrize("name", ["", "Studio Lee", "é" * 200, "100%'\"_"])
def test_a_tenant_has_a_name(kept: sa.Engine, name: str) -> None:
    """A tenant is named by up to 200 characters; by default, its name is empty."""
    (store,) = of(kept, name)
    at_the_lab(store, "PO-1")
    assert {item.tenant for item in store.pending(as_of=date.max)} == {name}
    assert SqlStore.tenants_due(kept, as_of=date.max, now=AT) == (name,)
    assert SqlStore(kept).find(OrderQuery()) == ([] if name else store.find(OrderQuery()))


def test_a_store_is_opened_for_a_tenant(sqlite_url: str) -> None:
    """`open` takes the name of the tenant, too."""
    with SqlStore.open(sqlite_url, tenant="North") as north:
        at_the_lab(north, "PO-1")
    with SqlStore.open(sqlite_url, tenant="South") as south:
        assert south.find(OrderQuery()) == []
    with SqlStore.open(sqlite_url, tenant="North") as again:
        assert [order.id for order in again.find(OrderQuery())] == ["PO-1"]


@pytest.mark.parametrize("name", ["x" * 201, "North\n", "\ud800"])
def test_other_names_are_refused(kept: sa.Engine, name: str) -> None:
    """A name is as long as an id, and has the characters of an id."""
    with pytest.raises(ValueError, match="tenant"):
        SqlStore(kept, tenant=name)


# --- A transaction, the feed, and damage


def test_a_unit_is_of_the_tenant(kept: sa.Engine) -> None:
    """The store of a unit, or of a connection, has the tenant that you name."""
    north, south = of(kept, "North", "South")
    with north.unit() as (connection, inner):
        inner.save(opened("PO-1"))
        assert SqlStore(connection, tenant="South").find(OrderQuery()) == []
    assert (len(north.find(OrderQuery())), south.find(OrderQuery())) == (1, [])


def test_the_feed_has_the_entries_of_one_tenant(kept: sa.Engine) -> None:
    """Each tenant reads its own entries, and counts only those."""
    north, south = of(kept, "North", "South")
    saved: dict[SqlStore, list[Any]] = {north: [], south: []}
    for number in range(3):
        for store, vendor in ((north, "N"), (south, "S")):
            change = opened(f"PO-{number}", vendor=vendor)
            store.save(change)
            saved[store].append(change.entry)
    for store, entries in saved.items():
        assert entries_of_feed(store) == entries
        assert store.lag(None).ready == len(entries)


def test_a_cursor_belongs_to_a_tenant(kept: sa.Engine) -> None:
    """The feed of a tenant refuses the cursor of another one, whatever the names look like."""
    north, south, dotted = of(kept, "North", "South", "North.1")
    for store in (north, south, dotted):
        store.save(opened("PO-1"))
    cursors = [settled(store).feed().cursor for store in (north, south, dotted)]
    for store, own in zip((north, south, dotted), cursors, strict=True):
        assert store.feed(own).entries == ()
        for cursor in cursors:
            if cursor != own:
                with pytest.raises(CursorError) as caught:
                    store.feed(cursor)
                assert caught.value.problem == "tenant"


def test_a_restore_is_one_of_all_tenants(kept: sa.Engine) -> None:
    """`restored` tells of the whole database, so cursors of every tenant are refused."""
    north, south = of(kept, "North", "South")
    north.save(opened("PO-1"))
    cursor = settled(north).feed().cursor
    south.restored()
    with pytest.raises(CursorError) as caught:
        north.feed(cursor)
    assert caught.value.problem == "restored"


def test_damage_is_found_and_repaired_for_one_tenant(kept: sa.Engine) -> None:
    """`verify` reads the rows of the tenant, and `rebuild` writes none of another one."""
    north, south = of(kept, "North", "South")
    for store in (north, south):
        at_the_lab(store, "PO-1")
    north.save(opened("PO-2"))
    before = contents(south)
    with kept.begin() as connection:
        connection.exec_driver_sql("UPDATE prodflow_orders SET vendor = 'W' WHERE tenant = 'North'")
    assert {damage.key for damage in north.verify()} == {("PO-1",), ("PO-2",)}
    assert south.verify() == ()
    with pytest.raises(OrderNotFoundError):
        south.rebuild("PO-2")
    north.rebuild("PO-1")
    assert ([damage.key for damage in north.verify()], contents(south)) == ([("PO-2",)], before)


def test_a_damaged_row_is_one_of_the_tenant(kept: sa.Engine) -> None:
    """An error names no row of another tenant, even if that row is damaged in the same way."""
    stores = of(kept, "North", "South")
    for number, store in enumerate(stores):
        store.save(opened(f"PO-{number}", facts={"size": 7}))
    with kept.begin() as connection:
        connection.exec_driver_sql("UPDATE prodflow_facts SET value = 'day:soon'")
    for number, store in enumerate(stores):
        with pytest.raises(DamagedRowError) as caught:
            store.count(OrderQuery(), by="facts.size")
        assert caught.value.key == (f"PO-{number}", "size")


def test_a_cycle_of_another_tenant_is_no_substitute(kept: sa.Engine) -> None:
    """If a tenant's cycle is gone, the next save brings it, even if another tenant has the same."""
    north, south = of(kept, "North", "South")
    for store in (north, south):
        store.save(opened("PO-1"))
    with kept.begin() as connection:
        made = tables(dialect=kept.dialect.name)
        for table in (made.orders, made.cycles, made.order_types):
            connection.execute(sa.delete(table).where(table.c.tenant == "South"))
    south.save(opened("PO-2"))
    assert SqlStore(kept, tenant="South").get("PO-2") == opened("PO-2").order


# --- Which tenants have something due


def _leased(store: SqlStore) -> None:
    store.claim(as_of=date.max, now=AT, lease=LEASE)


def _failed(store: SqlStore) -> None:
    for item in store.claim(as_of=date.max, now=AT, lease=LEASE):
        store.fail(item, error="bounced", retry_at=AT + LEASE)


def _given_up(store: SqlStore) -> None:
    for item in store.claim(as_of=date.max, now=AT, lease=LEASE):
        store.fail(item, error="bounced", retry_at=None)


def _closed(store: SqlStore) -> None:
    store.acknowledge(*store.claim(as_of=date.max, now=AT, lease=LEASE))


def _one_left(store: SqlStore) -> None:
    first, *others = store.claim(as_of=date.max, now=AT, lease=LEASE)
    store.release(first)
    store.acknowledge(*others[1:])


_STUDIOS: Final[dict[str, Callable[[SqlStore], object]]] = {
    "a closed": _closed,
    "b due": lambda _: None,
    "c failed": _failed,
    "d given up": _given_up,
    "e leased": _leased,
    "f one left": _one_left,
}


@pytest.fixture
def studios(kept: sa.Engine) -> list[SqlStore]:
    """Tenants whose events have come to different ends, and one without events."""
    stores = of(kept, *_STUDIOS, "g nothing")
    for store, do in zip(stores, _STUDIOS.values(), strict=False):
        at_the_lab(store, "PO-1")
        do(store)
    return stores


@pytest.mark.parametrize(
    ("later", "days", "due"),
    [
        (timedelta(0), 9, "bf"),
        (LEASE, 9, "bcef"),
        (LEASE, 0, "bcef"),
        (LEASE, -1, ""),
    ],
)
def test_the_tenants_that_have_something_due(
    kept: sa.Engine, studios: list[SqlStore], later: timedelta, days: int, due: str
) -> None:
    """`tenants_due` names the tenants from whose store `claim` returns something, sorted."""
    given: dict[str, Any] = {"as_of": MONDAY + timedelta(days), "now": AT + later}
    found = SqlStore.tenants_due(kept, **given)
    names = [*_STUDIOS, "g nothing"]
    claimable = [
        name
        for name, store in zip(names, studios, strict=True)
        if store.claim(**given, lease=LEASE, limit=1)
    ]
    assert (found, "".join(name[0] for name in found)) == (tuple(claimable), due)


def test_the_clock_of_the_database_counts_for_tenants(kept: sa.Engine) -> None:
    """Without `now`, a lease is over when the clock of the database says so."""
    past, present = of(kept, "past", "present")
    for store, hours in ((past, -9), (present, 0)):
        at_the_lab(store, "PO-1")
        claimed_at = clock(kept) + timedelta(hours=hours)
        store.claim(as_of=date.max, now=claimed_at, lease=timedelta(hours=1))
    assert SqlStore.tenants_due(kept, as_of=date.max) == ("past",)


def test_tenants_are_asked_for_in_a_transaction(kept: sa.Engine) -> None:
    """`tenants_due` also joins your transaction."""
    (north,) = of(kept, "North")
    with north.unit() as (connection, inner):
        at_the_lab(inner, "PO-1")
        assert SqlStore.tenants_due(connection, as_of=date.max, now=AT) == ("North",)


def test_tenants_are_those_of_the_tables(engine: sa.Engine) -> None:
    """The prefix says in which tables `tenants_due` looks."""
    store = SqlStore(engine, prefix="b_", tenant="North")
    store.create_schema()
    at_the_lab(store, "PO-1")
    given: dict[str, Any] = {"as_of": date.max, "now": AT}
    assert SqlStore.tenants_due(engine, **given, prefix="b_") == ("North",)


@pytest.mark.parametrize(
    ("wrong", "error"),
    [
        ({"as_of": AT}, TypeError),
        ({"as_of": MONDAY, "now": AT.replace(tzinfo=None)}, ValueError),
        ({"as_of": MONDAY, "now": MONDAY}, TypeError),
    ],
)
def test_tenants_are_due_on_a_day(
    kept: sa.Engine, wrong: dict[str, Any], error: type[Exception]
) -> None:
    """A day is a date, and an instant has an offset from UTC."""
    with pytest.raises(error):
        SqlStore.tenants_due(kept, **wrong)


# --- Leaks, looked for from outside


def use(store: SqlStore, word: str) -> object:
    """Make every kind of call with texts that have a word; returns what the store answers."""
    cycle = StatusCycle(
        f"{word}-prints",
        [
            Status(f"{word}-new", f"{word} new", initial=True, workflow_stage=word),
            Status("lab", f"{word} lab", default_department=word, default_user=word),
            Status("done", f"{word} done", final=True),
        ],
        description=word,
    )
    flow = ProductionFlow(
        triggers=[
            Trigger(f"{word}-hi", Entering("lab"), CreateTask(word)),
            Trigger(f"{word}-chase", DaysInStatus("lab", 3), CreateTask(word)),
        ]
    )
    by: dict[str, Any] = {"by": word, "recorded_by": word, "at": AT, "note": word}
    store.put_cycle(cycle, replaces=None, by=word, at=AT)
    store.put_settings(FlowSettings(triggers=flow.triggers), replaces=None, by=word, at=AT)
    opening = flow.open(
        cycle,
        order_id=f"{word}-1",
        ordered_on=MONDAY,
        vendor=word,
        invoice_id=word,
        quantity=3,
        facts={f"{word}-client": word},
        command_id=word,
        **by,
    )
    store.save(opening)
    store.save(*flow.split(opening.order, [(f"{word}-2", 1)], **by))
    lab = flow.advance(store.get(f"{word}-1"), today=MONDAY, **by)
    named, *others = lab.events
    lab = evolve(lab, events=[evolve(named, id=word), *others])
    again = flow.reorder(
        lab.order, order_id=f"{word}-3", ordered_on=MONDAY, reason=f"{word}-torn", **by
    )
    store.save(lab, again)
    first, *_ = store.claim(as_of=date.max, now=AT, lease=LEASE)
    store.fail(first, error=word, retry_at=AT)
    store.set_reminders(flow.reminders(lab.order, today=MONDAY))
    closed = flow.advance(store.get(f"{word}-3"), today=MONDAY, to="done", **by)
    store.save(closed)
    return [
        *(contents(store), store.verify(), entries_of_feed(store), store.settings_edits()),
        *(store.get_settings(), store.keys(cycle.order_type), store.edits(cycle.order_type)),
        *(store.entries_of(word), store.find(OrderQuery(text=_WORD)), store.newest()),
        *(store.count(OrderQuery(), by=name) for name in ("vendor", f"facts.{_WORD}-client")),
        *(list(store.histories(OrderQuery())), store.load([f"{_WORD}-1", f"{word}-1"])),
        *(store.rebuild(f"{word}-1"), store.get_event(first.event.id), store.forget(before=MONDAY)),
    ]


def _rows(engine: sa.Engine, made: Tables) -> Iterator[tuple[sa.Table, dict[str, Any]]]:
    """Every row of every table, read by plain SQL."""
    with engine.connect() as connection:
        for table in made.metadata.sorted_tables:
            for row in connection.execute(sa.text(f"SELECT * FROM {table.name}")).mappings():  # noqa: S608 - our own names
                yield table, dict(row)


def test_no_row_of_a_tenant_has_a_text_of_another(engine: sa.Engine, store: SqlStore) -> None:
    """Every row, wherever it is, has only texts of its tenant, and so has every answer."""
    assert store.schema_version is not None
    made = tables(dialect=engine.dialect.name)
    use(SqlStore(engine, tenant="North"), _WORD)
    answers = use(SqlStore(engine, tenant="South"), "plain")
    assert _WORD not in repr(answers)
    marked = {
        (table.name, name, row.get("tenant"))
        for table, row in _rows(engine, made)
        for name, value in row.items()
        if _WORD in str(value)
    }
    texts = {
        (table.name, column.name, "North")
        for table in made.metadata.sorted_tables
        if table is not made.schema
        for column in table.columns
        if isinstance(column.type, sa.Text) and column.name not in _OTHER_TEXTS
    }
    assert marked == texts


def test_no_byte_of_a_file_is_left_of_a_tenant(tmp_path: Path, sqlite_url: str) -> None:
    """Without the rows of a tenant, no text of it is in the file: no index or page has one."""
    north, south = (SqlStore.open(sqlite_url, tenant=name) for name in ("North", "South"))
    use(north, _WORD)
    use(south, "plain")
    before = contents(south)
    north.close()
    south.close()
    assert _WORD.encode() in _bytes(tmp_path)
    engine = sa.create_engine(sqlite_url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        for table in tables().metadata.sorted_tables:
            if "tenant" in table.columns:
                connection.execute(sa.delete(table).where(table.c.tenant == "North"))
        connection.exec_driver_sql("VACUUM")
    engine.dispose()
    assert _WORD.encode() not in _bytes(tmp_path)
    assert contents(SqlStore.open(sqlite_url, tenant="South")) == before


def _bytes(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in folder.iterdir())


def test_every_index_begins_with_the_tenant(engine: sa.Engine, store: SqlStore) -> None:
    """In the database, every key and index but that of the schema's version is one by tenant."""
    assert store.schema_version is not None
    inspector = sa.inspect(engine)
    names = [name for name in inspector.get_table_names() if name != "prodflow_schema"]
    first = {
        *((name, inspector.get_pk_constraint(name)["constrained_columns"][0]) for name in names),
        *((name, it["column_names"][0]) for name in names for it in inspector.get_indexes(name)),
    }
    assert first == {(name, "tenant") for name in names}
    assert len(names) == len(tables().metadata.tables) - 1


def test_the_machine_takes_turns_between_tenants(kept: sa.Engine) -> None:
    """Its calls are those of one tenant, then of the other, with items of both."""
    machine: Any = store_machine(
        lambda: emptied(kept), another_tenant=lambda _: SqlStore(kept, tenant="North")
    )()
    machine.begin(orders=3, delivery=None)
    first = machine.store
    machine.turn()
    assert machine.store is not first
    machine.mix_up(number=0)
    machine.turn()
    assert machine.store is first
    machine.mix_up(number=0)
