"""No password, note, name or fact is in a message or a traceback."""

import logging
import traceback
from typing import Any, Final

import pytest
import sqlalchemy as sa

from prodflow import StoreError
from prodflow_sqlalchemy import DatabaseFailedError, SqlStore

from .studio import opened

NAME: Final = "Mrs Lee"
PASSWORD: Final = "of8cats"  # noqa: S105 - it's what must not be shown


def shown(error: BaseException) -> str:
    """What a traceback shows."""
    return "".join(traceback.format_exception(error))


def _secret_change(order_id: str = "PO-1") -> Any:  # noqa: ANN401 - any of `opened`
    return opened(order_id, note=NAME, facts={"client": NAME}, user=NAME, vendor=NAME)


REFUSALS: Final = {
    "sqlite": "CREATE UNIQUE INDEX refusing ON prodflow_history (tenant)",
    "postgresql": "ALTER TABLE prodflow_history ADD CONSTRAINT refusing CHECK (sequence < 0)",
}


def test_a_save_that_fails_shows_nothing_of_the_order(engine: sa.Engine, store: SqlStore) -> None:
    """Neither the parameters nor the row that PostgreSQL refuses are in the traceback."""
    with engine.begin() as connection:
        connection.exec_driver_sql(REFUSALS[engine.dialect.name])
    with pytest.raises(DatabaseFailedError) as caught:
        store.save(_secret_change("PO-1"), _secret_change("PO-2"))
    assert NAME not in shown(caught.value)
    assert "INSERT INTO prodflow_history" in shown(caught.value)  # where it failed is shown


def test_a_refusal_at_the_commit_shows_nothing_of_the_order(postgres_url: str) -> None:
    """At the commit, PostgreSQL shows the row too."""
    engine = sa.create_engine(postgres_url)
    store = SqlStore(engine)
    store.create_schema()
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE clients (name text PRIMARY KEY)")
        connection.exec_driver_sql(
            "ALTER TABLE prodflow_orders ADD CONSTRAINT known FOREIGN KEY (vendor)"
            " REFERENCES clients (name) DEFERRABLE INITIALLY DEFERRED"
        )
    with pytest.raises(DatabaseFailedError) as caught:
        store.save(_secret_change())
    assert NAME not in shown(caught.value)
    engine.dispose()


def test_a_text_that_is_not_utf_8_is_not_shown(sqlite_url: str) -> None:
    """SQLite would show the text that it can't decode."""
    engine = sa.create_engine(sqlite_url)
    store = SqlStore(engine)
    store.create_schema()
    store.save(_secret_change())
    with engine.begin() as connection:
        broken = "UPDATE prodflow_orders SET data = CAST(CAST(data AS BLOB) || x'ff' AS TEXT)"
        connection.exec_driver_sql(broken)
    with pytest.raises(StoreError) as caught:
        store.get("PO-1")
    assert NAME not in shown(caught.value)
    engine.dispose()


def test_a_log_of_statements_shows_no_parameters(
    sqlite_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    """The engine of `open` hides the parameters also from the log of SQLAlchemy."""
    with caplog.at_level(logging.INFO, "sqlalchemy.engine"), SqlStore.open(sqlite_url) as store:
        store.save(_secret_change())
    assert "INSERT INTO prodflow_orders" in caplog.text
    assert NAME not in caplog.text


@pytest.mark.parametrize(
    "url",
    [
        f"sqlite://ann:{PASSWORD}@/studio.db",
        f"sqlite://ann:{PASSWORD}@host/studio.db",
        f"postgresql://ann:{PASSWORD}/x@host/studio",
        f"postgresql://ann:{PASSWORD}:{PASSWORD}@/studio",
        f"postgresql://ann@host:{PASSWORD}/studio",
        f"postgresql:ann:{PASSWORD}@host/studio",
        f"ann:{PASSWORD}@host/studio",
        f"nonsense://ann:{PASSWORD}@host/studio",
        f"postgresql+nonsense://ann:{PASSWORD}@host/studio",
        f"postgresql://ann:{PASSWORD}@/studio?host=/nowhere",
        f"postgresql://ann:{PASSWORD}@127.0.0.1:1/studio",
        f"postgresql://ann:{PASSWORD}@127.0.0.1:1/studio?nonsense=1",
        f"postgresql://ann:{PASSWORD}@127.0.0.1:1/studio?sslmode=nonsense",
    ],
)
def test_no_password_of_a_url_is_shown(url: str) -> None:
    """Whatever is wrong with a URL, its password isn't in the traceback."""
    with pytest.raises((ValueError, StoreError)) as caught:
        SqlStore.open(url)
    assert PASSWORD not in shown(caught.value)


@pytest.mark.parametrize("make", [SqlStore.open, SqlStore])
def test_no_password_of_bytes_is_shown(make: Any) -> None:  # noqa: ANN401 - takes what is wrong
    """A value of the wrong type is named by its type only."""
    with pytest.raises(TypeError) as caught:
        make(f"postgresql://ann:{PASSWORD}@host/studio".encode())
    assert PASSWORD not in str(caught.value)
