"""A server that doesn't answer ends a call; one that refuses is believed."""

import socket
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from threading import Thread
from typing import Any, Final

import psycopg
import pytest
import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.exc import OperationalError

from prodflow_sqlalchemy import DatabaseFailedError, RetryableStoreError, SqlStore
from prodflow_sqlalchemy import _connecting as connecting

from ._postgres import Server
from .studio import opened

_SHORTEST: Final = 2
"""Seconds: psycopg takes no shorter connect timeout."""


@contextmanager
def silent_server() -> Generator[tuple[int, list[socket.socket]]]:
    """The port of a server that accepts and never answers, and the connections that it has."""
    accepted: list[socket.socket] = []
    listener = socket.create_server(("127.0.0.1", 0))

    def accept() -> None:
        while True:
            try:
                client, _ = listener.accept()
            except OSError:
                break
            accepted.append(client)

    thread = Thread(target=accept)
    thread.start()
    try:
        yield listener.getsockname()[1], accepted
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join()
        for client in accepted:
            client.close()


def connections(engine: sa.Engine) -> list[object]:
    """A list that gets an item for each connection that the engine tries."""
    tried: list[object] = []

    @event.listens_for(engine, "do_connect")
    def listener(*arguments: Any) -> None:  # noqa: ANN401 - as SQLAlchemy calls it
        tried.append(arguments)

    assert callable(listener)
    return tried


def test_a_server_that_never_answers_is_tried_twice() -> None:
    """`open` gives up after two connect timeouts."""
    with silent_server() as (port, accepted):
        url = f"postgresql://prodflow@127.0.0.1:{port}/postgres?connect_timeout={_SHORTEST}"
        with pytest.raises(RetryableStoreError):
            SqlStore.open(url)
        assert len(accepted) == 2


def test_a_server_that_is_not_there_is_tried_twice() -> None:
    """A refused connection is tried once more, because the server may just begin."""
    with socket.socket() as taken:  # bound, and not listening
        taken.bind(("127.0.0.1", 0))
        url = f"postgresql+psycopg://prodflow@127.0.0.1:{taken.getsockname()[1]}/postgres"
        engine = sa.create_engine(url)
        tried = connections(engine)
        with pytest.raises(RetryableStoreError):
            SqlStore(engine).order_types()
    assert len(tried) == 2


def test_a_server_that_comes_back_is_used(postgres_url: str) -> None:
    """If the second connection works, the call succeeds."""
    engine = sa.create_engine(postgres_url)
    store = SqlStore(engine)
    store.create_schema()
    engine.dispose()
    failed: list[str] = []

    @event.listens_for(engine, "do_connect")
    def listener(*_: Any) -> None:  # noqa: ANN401 - as SQLAlchemy calls it
        if not failed:
            failed.append("once")
            raise psycopg.OperationalError("the server is starting")

    assert callable(listener)
    store.save(opened())
    assert (failed, store.get("PO-1")) == (["once"], opened().order)
    engine.dispose()


@pytest.mark.parametrize(
    ("user", "database", "reason"),
    [
        ("prodflow", "postgres", "password authentication failed"),
        ("nobody", "postgres", "password authentication failed"),
        ("trusted", "nowhere", 'database "nowhere" does not exist'),
    ],
)
def test_what_the_server_refuses_is_not_tried_again(
    guarded: str, user: str, database: str, reason: str
) -> None:
    """A wrong password, user or database is reported at once."""
    wrong = sa.make_url(guarded).set(username=user, password="wrong", database=database)  # noqa: S106
    engine = sa.create_engine(wrong)
    tried = connections(engine)
    with pytest.raises(DatabaseFailedError, match=reason):
        SqlStore(engine).order_types()
    assert len(tried) == 1


@pytest.fixture(scope="module")
def guarded() -> Iterator[str]:
    """The URL of a server that asks for passwords."""
    server = Server("fsync=off")
    try:
        server.start()
        engine = sa.create_engine(server.url)
        with engine.begin() as connection:
            connection.exec_driver_sql("CREATE ROLE trusted LOGIN")
        engine.dispose()
        rules = server.folder / "data" / "pg_hba.conf"
        rules.write_text("host all trusted all trust\nhost all all all scram-sha-256\n")
        server.run("pg_ctl", "reload")
        yield server.url
        server.stop()
    finally:
        server.remove()


def test_a_connection_has_a_timeout_by_default() -> None:
    """Without a timeout in the URL, connecting takes ten seconds at most."""
    found: list[dict[str, Any]] = []
    for query in ("", "?connect_timeout=3"):
        engine = connecting.engine(f"postgresql://ann@127.0.0.1:1/studio{query}", create=True)
        tried = connections(engine)
        with pytest.raises(OperationalError):
            engine.connect()
        arguments: Any = tried[0]
        found.append(arguments[3])
    assert [str(it["connect_timeout"]) for it in found] == ["10", "3"]
    assert all(it["tcp_user_timeout"] == 60_000 for it in found)
