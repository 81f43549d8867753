"""The settings of a store: two people edit them at the same time, in one database."""

from concurrent.futures import ThreadPoolExecutor
from datetime import time
from typing import Final

import pytest
import sqlalchemy as sa
from attrs import evolve
from sqlalchemy.exc import IntegrityError

from prodflow import (
    FlowSettings,
    Forward,
    SettingsNotFoundError,
    StaleSettingsError,
    WorkingCalendar,
)
from prodflow_sqlalchemy import RetryableStoreError, SqlStore, tables

from .studio import AT, FLOW, MONDAY, WAITING, eventually, rows_of

SETTINGS: Final = FlowSettings(
    due_dates=Forward("shop"),
    calendars={"shop": WorkingCalendar(holidays=[MONDAY])},
    triggers=FLOW.triggers,
)
FIRST: Final = SETTINGS.edited(cutoff=time(17))
SECOND: Final = evolve(SETTINGS, zone="Europe/Lisbon", version=3)


def put(store: SqlStore, settings: FlowSettings, replaces: int | None) -> None:
    """Put settings by somebody."""
    store.put_settings(settings, replaces=replaces, by="Ann", at=AT)


@pytest.mark.parametrize("level", ["READ COMMITTED", "REPEATABLE READ", "SERIALIZABLE"])
@pytest.mark.parametrize("is_same", [False, True], ids=["other", "same"])
def test_a_caller_who_waited_for_an_edit_is_refused(
    postgres_url: str, level: str, *, is_same: bool
) -> None:
    """In PostgreSQL an edit waits for another, and then is stale, or must be tried again.

    If both are the same edit, the second has nothing to save.
    """
    engine = sa.create_engine(postgres_url, isolation_level=level)
    store = SqlStore(engine)
    store.create_schema()
    put(store, SETTINGS, None)
    second = FIRST if is_same else SECOND
    with engine.connect() as two, ThreadPoolExecutor(1) as threads, engine.connect() as one:
        put(SqlStore(one), FIRST, 1)
        caller = SqlStore(two)
        assert caller.get_settings() == SETTINGS  # its snapshot
        waiting = threads.submit(put, caller, second, 1)
        eventually(lambda: len(rows_of(engine, WAITING)), 1)
        one.commit()
        if level != "READ COMMITTED":
            with pytest.raises(RetryableStoreError):
                waiting.result()
        elif is_same:
            waiting.result()
        else:
            with pytest.raises(StaleSettingsError) as caught:
                waiting.result()
            assert caught.value == StaleSettingsError(1, 2)
        two.rollback()
    assert (store.get_settings(), len(store.settings_edits())) == (FIRST, 2)
    engine.dispose()


def test_an_edit_of_another_store_is_read_at_once(engine: sa.Engine, store: SqlStore) -> None:
    """A store that has read the settings before gets the edits of others."""
    put(store, SETTINGS, None)
    assert store.get_settings() == SETTINGS
    put(SqlStore(engine), FIRST, 1)
    assert (store.get_settings(), store.get_settings(1)) == (FIRST, SETTINGS)


def test_a_version_is_read_once(engine: sa.Engine, store: SqlStore) -> None:
    """The settings stay the same object, so their flows are made once."""
    put(SqlStore(engine), SETTINGS, None)
    assert store.get_settings() is store.get_settings()


def test_what_is_rolled_back_is_gone(engine: sa.Engine, store: SqlStore) -> None:
    """An edit in a caller's transaction that is rolled back was never made."""
    with engine.connect() as connection:
        caller = SqlStore(connection)
        put(caller, SETTINGS, None)
        assert caller.get_settings() == SETTINGS
        connection.rollback()
        with pytest.raises(SettingsNotFoundError):
            caller.get_settings()
        put(caller, SECOND, None)
        connection.commit()
    assert (store.get_settings(), len(store.settings_edits())) == (SECOND, 1)


def test_a_refused_edit_leaves_the_transaction_usable(engine: sa.Engine, store: SqlStore) -> None:
    """After a refused edit a caller can go on, and nothing is left of it."""
    put(store, SETTINGS, None)
    with engine.begin() as connection:
        caller = SqlStore(connection)
        with pytest.raises(StaleSettingsError):
            put(caller, FIRST, None)
        put(caller, FIRST, 1)
    assert store.get_settings() == FIRST


def test_the_table_refuses_a_second_edit_of_a_version(engine: sa.Engine, store: SqlStore) -> None:
    """Whatever writes into the table, a version is replaced once."""
    put(store, SETTINGS, None)
    put(store, FIRST, 1)
    table = tables(dialect=engine.dialect.name).settings
    row = {"tenant": "", "version": 3, "replaces": 1, "put_by": "", "put_at": "", "data": ""}
    with engine.begin() as connection, pytest.raises(IntegrityError):
        connection.execute(sa.insert(table), row)
