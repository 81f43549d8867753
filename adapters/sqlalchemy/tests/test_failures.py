"""When the database fails: retries and errors, and nothing is saved twice."""

import select
import socket
from collections.abc import Callable, Generator, Iterator
from contextlib import closing, contextmanager
from datetime import date
from pathlib import Path
from threading import Thread
from typing import Final

import pytest
import sqlalchemy as sa
from attrs import evolve
from sqlalchemy import event

from prodflow import CursorError, DuplicateOrderError, FlowSettings, OrderQuery, OutboxItem
from prodflow_sqlalchemy import (
    DatabaseFailedError,
    OutcomeUnknownError,
    RetryableStoreError,
    SqlStore,
    _transactions,
)

from .scenarios.later import LATER, later
from .studio import (
    AT,
    CYCLE,
    FLOW,
    LEASE,
    MONDAY,
    amended,
    at_the_lab,
    contents,
    once_before,
    opened,
    rows_of,
    settled,
)

_TERMINATED: Final = (
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()"
    " AND application_name = current_setting('application_name')"
)


@pytest.fixture
def engine(postgres_url: str) -> Iterator[sa.Engine]:
    """An engine for PostgreSQL, with tables."""
    engine = sa.create_engine(postgres_url)
    SqlStore(engine).create_schema()
    yield engine
    engine.dispose()


@pytest.fixture
def store(engine: sa.Engine) -> SqlStore:
    """An empty store in PostgreSQL."""
    return SqlStore(engine)


@pytest.fixture
def executioner(postgres_url: str) -> Iterator[sa.Engine]:
    """An engine to end the connections of others with."""
    engine = sa.create_engine(postgres_url, poolclass=sa.NullPool)
    yield engine
    engine.dispose()


# Lost connections


def test_a_connection_lost_meanwhile_is_replaced(store: SqlStore, executioner: sa.Engine) -> None:
    """A save works after all connections in the pool were lost."""
    at_the_lab(store, "PO-1")
    assert rows_of(executioner, _TERMINATED) == [(True,)]
    store.save(amended(store.get("PO-1"), vendor="Acme"))
    assert store.get("PO-1").vendor == "Acme"


@pytest.mark.parametrize(
    "statement",
    ["INSERT INTO prodflow_commands", "SELECT id, version", "INSERT INTO prodflow_history"],
)
def test_work_cut_off_is_done_again(
    engine: sa.Engine, store: SqlStore, executioner: sa.Engine, statement: str
) -> None:
    """A save whose connection is lost halfway is repeated."""
    change = opened(command_id="c-1")
    attempts = once_before(engine, statement, lambda: rows_of(executioner, _TERMINATED))
    store.save(change)
    assert (len(attempts), store.history("PO-1")) == (2, (change.entry,))


def test_a_caller_does_cut_off_work_again(
    engine: sa.Engine, store: SqlStore, executioner: sa.Engine
) -> None:
    """After a caller's connection is lost, every call is refused until the caller rolls back."""
    with engine.connect() as connection:
        inner = SqlStore(connection)
        inner.save(opened("PO-1"))
        rows_of(executioner, _TERMINATED)
        for _ in range(2):
            with pytest.raises(RetryableStoreError):
                inner.save(opened("PO-2"))
            with pytest.raises(RetryableStoreError):
                inner.get("PO-1")
        connection.rollback()
        assert inner.find(OrderQuery()) == []
        inner.save(opened("PO-3"))
        connection.commit()
    assert [order.id for order in store.find(OrderQuery())] == ["PO-3"]


def test_a_server_that_is_not_there_is_tried_again() -> None:
    """A server that does not answer is a RetryableStoreError."""
    with socket.socket() as taken:  # bound, and not listening
        taken.bind(("127.0.0.1", 0))
        url = f"postgresql://prodflow@127.0.0.1:{taken.getsockname()[1]}/postgres"
        with pytest.raises(RetryableStoreError):
            SqlStore.open(url)


class Proxy:
    """A proxy between a store and its server that cuts the connection at the first commit.

    Args:
        server: the address of the server.
        passed_on: whether the server gets the commit.
        stays: whether the proxy serves new connections after that.
        meanwhile: what happens after the commit, before the store notices.
    """

    def __init__(
        self,
        server: tuple[str, int],
        *,
        passed_on: bool,
        stays: bool,
        meanwhile: Callable[[], object],
    ) -> None:
        self.cuts = 0
        self._server = server
        self._passed_on = passed_on
        self._stays = stays
        self._meanwhile = meanwhile
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._thread = Thread(target=self._accept)
        self._thread.start()

    def close(self) -> None:
        """Stop listening; every connection must be closed."""
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join()

    def _accept(self) -> None:
        threads: list[Thread] = []
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                break
            if self.cuts and not self._stays:
                client.close()
                continue
            threads.append(Thread(target=self._serve, args=[client]))
            threads[-1].start()
        for thread in threads:
            thread.join()

    def _serve(self, client: socket.socket) -> None:
        with client, socket.create_connection(self._server) as server:
            while True:
                ready, _, _ = select.select([client, server], [], [])
                for source in ready:
                    data = source.recv(65_536)
                    if not data:
                        return
                    if source is client and b"COMMIT" in data and not self.cuts:
                        self.cuts += 1
                        if self._passed_on:
                            server.sendall(data)
                            server.recv(65_536)  # the answer is lost
                        self._meanwhile()
                        return
                    (server if source is client else client).sendall(data)


@contextmanager
def through_a_proxy(
    url: str, *, passed_on: bool, stays: bool = True, meanwhile: Callable[[], object] = list
) -> Generator[tuple[sa.Engine, Proxy]]:
    """An engine that connects through a proxy."""
    place = sa.make_url(url)
    assert place.host is not None
    assert place.port is not None
    address = (place.host, place.port)
    proxy = Proxy(address, passed_on=passed_on, stays=stays, meanwhile=meanwhile)
    engine = sa.create_engine(place.set(port=proxy.port))
    try:
        yield engine, proxy
    finally:
        engine.dispose()
        proxy.close()


def _claimed(store: SqlStore) -> list[OutboxItem]:
    """Three items, of which two are leased."""
    at_the_lab(store, "PO-1")
    store.claim(as_of=date.max, now=AT, lease=LEASE)
    return store.pending(as_of=date.max)


HARMLESS: Final[dict[str, Callable[[SqlStore, SqlStore], object]]] = {
    "save": lambda far, _: far.save(opened("PO-2", command_id="c-1")),
    "put_cycle": lambda far, _: far.put_cycle(CYCLE, replaces=None),
    "put_settings": lambda far, _: far.put_settings(FlowSettings(), replaces=None, by="Ann", at=AT),
    "acknowledge": lambda far, near: far.acknowledge(*_claimed(near)),
    "dismiss": lambda far, near: far.dismiss(*(it.event.id for it in _claimed(near))),
    "fail": lambda far, near: far.fail(_claimed(near)[0], error="no", retry_at=None),
    "extend": lambda far, near: far.extend(*_claimed(near), now=AT, lease=2 * LEASE),
    "set_reminders": lambda far, near: far.set_reminders(
        *(FLOW.reminders(order, today=MONDAY) for order in at_the_lab(near, "PO-1"))
    ),
    "erase": lambda far, near: far.erase(at_the_lab(near, "PO-1")[0].id),
    "rebuild": lambda far, near: far.rebuild(at_the_lab(near, "PO-1")[0].id),
    "restored": lambda far, _: far.restored(),
    "create_schema": lambda far, _: far.create_schema(),
}
"""Calls that may be done twice; the first argument is behind a proxy."""

RISKY: Final[dict[str, Callable[[SqlStore, SqlStore], object]]] = {
    "save": lambda far, _: far.save(opened("PO-2")),
    "claim": lambda far, near: (
        at_the_lab(near, "PO-1"),
        far.claim(as_of=date.max, now=AT, lease=LEASE),
    ),
    "release": lambda far, near: far.release(*_claimed(near)),
    "forget": lambda far, near: (at_the_lab(near, "PO-1"), far.forget(before=date.max)),
    "forget_commands": lambda far, near: (
        at_the_lab(near, "PO-1"),
        far.forget_commands(before=date.max),
    ),
}
"""Calls that may not: a save without a command id, for example, might be refused."""


@pytest.mark.parametrize("passed_on", [True, False], ids=["committed", "not committed"])
@pytest.mark.parametrize("name", HARMLESS)
def test_what_may_be_done_twice_is_done_again(
    postgres_url: str, store: SqlStore, name: str, *, passed_on: bool
) -> None:
    """After a connection is lost during the commit, the store does again what may be done twice."""
    expected = _expected(postgres_url, HARMLESS[name])
    with through_a_proxy(postgres_url, passed_on=passed_on) as (engine, proxy):
        HARMLESS[name](SqlStore(engine), store)
        assert proxy.cuts == 1
    assert _held(store) == expected


def _expected(url: str, call: Callable[[SqlStore, SqlStore], object]) -> dict[str, object]:
    """What a store holds after a call that nothing disturbed; its tables have another prefix."""
    with SqlStore.open(url, prefix="calm_") as calm:
        call(calm, calm)
        return _held(calm)


def _held(store: SqlStore) -> dict[str, object]:
    """What a store holds, without the epoch of its events: each database has another."""
    pending = [evolve(it, epoch="") for it in store.pending(as_of=date.max)]
    return contents(store) | {"settings": store.settings_edits(), "pending": pending}


@pytest.mark.parametrize("passed_on", [True, False], ids=["committed", "not committed"])
@pytest.mark.parametrize("name", RISKY)
def test_what_may_not_be_done_twice_is_reported(
    postgres_url: str, store: SqlStore, name: str, *, passed_on: bool
) -> None:
    """After a connection is lost during the commit, the store asks what may not be done twice."""
    with through_a_proxy(postgres_url, passed_on=passed_on) as (engine, proxy):
        with pytest.raises(OutcomeUnknownError) as caught:
            RISKY[name](SqlStore(engine), store)
        assert (caught.value.command_id, proxy.cuts) == (None, 1)


@pytest.mark.parametrize("passed_on", [True, False], ids=["committed", "not committed"])
def test_a_migration_is_done_again(postgres_url: str, store: SqlStore, *, passed_on: bool) -> None:
    """After a connection is lost during its commit, a migration is done again if need be."""
    at_the_lab(store, "PO-1")
    before = contents(store)
    with through_a_proxy(postgres_url, passed_on=passed_on) as (engine, proxy):
        later(engine).migrate()
        assert proxy.cuts == 1
    with closing(later(sa.create_engine(postgres_url))) as new:
        assert (new.schema_version, contents(new)) == (LATER, before)


def _claimed_again(store: SqlStore) -> None:
    """Release the event that was given up, and claim it."""
    store.release(*store.pending(as_of=date.max, given_up=True))
    store.claim(as_of=date.max, now=AT + LEASE / 2, lease=LEASE)


def _reminded(store: SqlStore) -> None:
    """Set the reminders of PO-1."""
    store.set_reminders(FLOW.reminders(store.get("PO-1"), today=MONDAY))


MEANWHILE: Final[dict[str, Callable[[SqlStore], object]]] = {
    "save": lambda near: near.save(amended(near.get("PO-2"), vendor="Acme")),
    "put_cycle": lambda near: near.put_cycle(evolve(CYCLE, version=2), replaces=1),
    "put_settings": lambda near: near.put_settings(
        FlowSettings(version=2), replaces=1, by="Ben", at=AT
    ),
    "acknowledge": _reminded,
    "dismiss": _reminded,
    "fail": _claimed_again,
    "extend": lambda near: near.claim(as_of=date.max, now=AT + 2 * LEASE, lease=LEASE),
    "set_reminders": lambda near: near.claim(as_of=date.max, now=AT, lease=LEASE),
    "erase": lambda near: at_the_lab(near, "PO-2"),
    "rebuild": lambda near: near.save(amended(near.get("PO-1"), vendor="Acme")),
    "restored": lambda near: at_the_lab(near, "PO-1"),
    "create_schema": lambda near: at_the_lab(near, "PO-1"),
}
"""For each call that may be done twice, what somebody else does between the two times."""


@pytest.mark.parametrize("name", HARMLESS)
def test_what_is_done_again_leaves_what_others_did(
    postgres_url: str, store: SqlStore, name: str
) -> None:
    """If others save something before the store does a call again, it's as if done once."""

    def both(far: SqlStore, near: SqlStore) -> None:
        HARMLESS[name](far, near)
        MEANWHILE[name](near)

    expected = _expected(postgres_url, both)
    with through_a_proxy(
        postgres_url, passed_on=True, meanwhile=lambda: MEANWHILE[name](store)
    ) as (engine, proxy):
        HARMLESS[name](SqlStore(engine), store)
        assert proxy.cuts == 1
    assert _held(store) == expected


def test_a_failure_that_came_too_late_is_not_done_again(postgres_url: str, store: SqlStore) -> None:
    """If another worker has the event, nothing happens, also after that one has released it."""
    item = _claimed(store)[0]
    (other, *_) = store.claim(as_of=date.max, now=AT + LEASE, lease=LEASE)
    assert other.event.id == item.event.id

    def release() -> None:
        store.release(other)

    with through_a_proxy(postgres_url, passed_on=True, meanwhile=release) as (engine, proxy):
        SqlStore(engine).fail(item, error="no", retry_at=None)
        assert proxy.cuts == 1
    assert store.get_event(item.event.id) == evolve(item, leased_until=None)


def test_a_second_new_epoch_does_no_harm(postgres_url: str, store: SqlStore) -> None:
    """If an epoch is begun twice, a reader of the first one begins again, and misses nothing."""
    at_the_lab(store, "PO-1")
    cursors: list[str | None] = []

    def read_and_save() -> None:
        cursors.append(settled(store).feed().cursor)
        at_the_lab(store, "PO-2")

    with through_a_proxy(postgres_url, passed_on=True, meanwhile=read_and_save) as (engine, proxy):
        SqlStore(engine).restored()
        assert proxy.cuts == 1
    with pytest.raises(CursorError):
        store.feed(*cursors)
    assert [(it.order_id, it.sequence) for it in settled(store).feed().entries] == [
        ("PO-1", 1),
        ("PO-1", 2),
        ("PO-2", 1),
        ("PO-2", 2),
    ]
    assert store.verify() == ()


@pytest.mark.parametrize("passed_on", [True, False], ids=["committed", "not committed"])
def test_an_outcome_may_stay_unknown(
    postgres_url: str, store: SqlStore, *, passed_on: bool
) -> None:
    """If the server stays away, the error is about the first attempt, which may have been done."""
    change = opened(command_id="c-1")
    with through_a_proxy(postgres_url, passed_on=passed_on, stays=False) as (engine, proxy):
        with pytest.raises(OutcomeUnknownError) as caught:
            SqlStore(engine).save(change)
        assert (caught.value.command_id, proxy.cuts) == ("c-1", 1)
    assert len(store.entries_of("c-1")) == passed_on
    store.save(change)
    assert store.history("PO-1") == store.entries_of("c-1") == (change.entry,)


def test_an_unknown_outcome_without_a_command(postgres_url: str, store: SqlStore) -> None:
    """Without a command id, repeating the save is refused if it was done."""
    with through_a_proxy(postgres_url, passed_on=True) as (engine, _):
        far = SqlStore(engine)
        with pytest.raises(OutcomeUnknownError) as caught:
            far.save(opened())
        assert caught.value.command_id is None
        with pytest.raises(DuplicateOrderError):
            far.save(opened())
    assert store.get("PO-1") == opened().order


# Failures of other kinds


def test_a_refusal_at_the_commit_saves_nothing(engine: sa.Engine, store: SqlStore) -> None:
    """An error of the database at the commit is a DatabaseFailedError, and nothing is saved."""
    with engine.begin() as connection:
        connection.exec_driver_sql(
            "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql"
            " AS 'BEGIN RAISE EXCEPTION ''the books are closed''; END'"
        )
        connection.exec_driver_sql(
            "CREATE CONSTRAINT TRIGGER refusing AFTER INSERT ON prodflow_orders"
            " DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION refuse()"
        )
    with pytest.raises(DatabaseFailedError) as caught:
        store.save(opened())
    assert (caught.value.reason, store.find(OrderQuery())) == ("the books are closed", [])


def test_a_full_disk_saves_nothing(sqlite_url: str) -> None:
    """A full disk is a DatabaseFailedError; the same save succeeds when there is room."""
    engine = sa.create_engine(sqlite_url, poolclass=sa.StaticPool)
    store = SqlStore(engine)
    store.create_schema()
    store.save(opened("PO-1"))
    before = contents(store)
    ((pages,),) = rows_of(engine, "PRAGMA page_count")
    rows_of(engine, f"PRAGMA max_page_count = {pages}")
    many = [opened(f"PO-{number}", command_id="c-1") for number in range(2, 200)]
    with pytest.raises(DatabaseFailedError, match="full"):
        store.save(*many)
    assert contents(store) == before
    rows_of(engine, "PRAGMA max_page_count = 100000")
    store.save(*many)
    assert len(store.find(OrderQuery())) == 199
    engine.dispose()


def test_a_file_to_read_only_is_read(sqlite_url: str) -> None:
    """A read-only file can be read, and a save is refused."""
    with SqlStore.open(sqlite_url) as store:
        store.save(opened("PO-1"))
    path = sqlite_url.removeprefix("sqlite:///")
    with SqlStore.open(f"sqlite:///file:{path}?mode=ro&uri=true") as store:
        assert store.get("PO-1") == opened().order
        with pytest.raises(DatabaseFailedError, match="readonly"):
            store.save(opened("PO-2"))


@pytest.mark.parametrize("content", [b"no database at all" * 100, None])
def test_what_is_no_database_fails(sqlite_url: str, content: bytes | None) -> None:
    """Another kind of file or a missing folder is a DatabaseFailedError."""
    url = sqlite_url
    if content is None:
        url = sqlite_url.replace("studio.db", "nowhere/studio.db")
    else:
        Path(sqlite_url.removeprefix("sqlite:///")).write_bytes(content)
    with pytest.raises(DatabaseFailedError):
        SqlStore.open(url)


def test_a_caller_s_file_that_is_no_database_fails(sqlite_url: str) -> None:
    """A store of a connection, which reads without a transaction, reports it too."""
    Path(sqlite_url.removeprefix("sqlite:///")).write_bytes(b"no database at all" * 100)
    engine = sa.create_engine(sqlite_url)
    with engine.connect() as connection, pytest.raises(DatabaseFailedError, match="database"):
        SqlStore(connection).find(OrderQuery())
    engine.dispose()


def test_attempts_end_after_a_while(engine: sa.Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    """Work that is cut off for too long isn't begun again, however few attempts there were."""
    attempts = 0

    @event.listens_for(engine, "before_cursor_execute")
    def cut_off(connection: sa.Connection, *_: object) -> None:
        nonlocal attempts
        attempts += 1
        connection.connection.driver_connection.close()  # type: ignore[union-attr]

    assert callable(cut_off)
    monkeypatch.setattr(_transactions, "_LONGEST", 0)
    with pytest.raises(RetryableStoreError):
        SqlStore(engine).find(OrderQuery())
    assert attempts == 1


@pytest.mark.parametrize("name", ["sqlite_url", "postgres_url"])
def test_a_pool_without_a_free_connection_is_retryable(
    request: pytest.FixtureRequest, name: str
) -> None:
    """A pool without a free connection is a RetryableStoreError."""
    engine = sa.create_engine(
        request.getfixturevalue(name),
        poolclass=sa.QueuePool,
        pool_size=1,
        max_overflow=0,
        pool_timeout=0.01,
    )
    store = SqlStore(engine)
    store.create_schema()
    with engine.connect(), pytest.raises(RetryableStoreError, match="QueuePool limit"):
        store.save(opened())
    store.save(opened())
    engine.dispose()
