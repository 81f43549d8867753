"""Databases and connections that don't use UTF-8."""

from collections.abc import Iterator

import pytest
import sqlalchemy as sa

from prodflow import OrderQuery
from prodflow_sqlalchemy import SqlStore, tables

from .conftest import database
from .studio import contents, opened

NAME = "Łódź \N{CLAPPER BOARD}"


@pytest.fixture
def other(request: pytest.FixtureRequest, postgres: str) -> Iterator[sa.Engine]:
    """An engine for an empty database of another encoding in a PostgreSQL server."""
    encoding: str = request.param
    name = f"encoded_{encoding.lower()}"
    server = sa.create_engine(postgres, isolation_level="AUTOCOMMIT", poolclass=sa.NullPool)
    create = f"CREATE DATABASE {name} ENCODING {encoding} LOCALE 'C' TEMPLATE template0"
    with server.connect() as connection:
        connection.exec_driver_sql(create)
    url = server.url.set(database=name).update_query_dict({"client_encoding": "utf8"})
    engine = sa.create_engine(url, poolclass=sa.NullPool)
    yield engine
    with server.connect() as connection:
        connection.exec_driver_sql(f"DROP DATABASE {name}")
    server.dispose()


@pytest.mark.parametrize("other", ["LATIN1", "SQL_ASCII", "EUC_JP"], indirect=True)
def test_a_database_of_another_encoding_is_refused(other: sa.Engine) -> None:
    """PostgreSQL must store UTF-8: `create_schema` refuses every other encoding by its name."""
    store = SqlStore(other)
    for call in (store.create_schema, store.order_types, lambda: store.save(opened())):
        with pytest.raises(ValueError, match=r"must be UTF8, not [A-Z]"):
            call()
    url = other.url.difference_update_query(["client_encoding"])
    with pytest.raises(ValueError, match="must be UTF8"):
        SqlStore.open(url.render_as_string(hide_password=False))
    assert sa.inspect(other).get_table_names() == []
    tables(dialect="postgresql").metadata.create_all(other)  # as Alembic may have done
    with pytest.raises(ValueError, match="must be UTF8"):
        SqlStore(other).order_types()


@pytest.mark.parametrize("encoding", ["UTF-16le", "UTF-16be"])
def test_a_file_of_another_encoding_is_refused(sqlite_url: str, encoding: str) -> None:
    """SQLite must store UTF-8: in UTF-16, texts sort in another sequence."""
    engine = sa.create_engine(sqlite_url)
    with engine.begin() as connection:
        connection.exec_driver_sql(f"PRAGMA encoding = '{encoding}'")
        connection.exec_driver_sql("CREATE TABLE labs (name TEXT)")
    store = SqlStore(engine)
    for call in (store.create_schema, store.order_types, lambda: store.save(opened())):
        with pytest.raises(ValueError, match=f"must be UTF-8, not {encoding}"):
            call()
    assert sa.inspect(engine).get_table_names() == ["labs"]
    engine.dispose()


@pytest.mark.parametrize("encoding", ["LATIN1", "WIN1252"])
def test_a_connection_of_another_encoding_is_set_right(postgres: str, encoding: str) -> None:
    """A connection to PostgreSQL that would talk in another encoding is set to UTF-8."""
    with database(postgres) as url:
        plain = sa.create_engine(url)
        engine = sa.create_engine(url, connect_args={"client_encoding": encoding})
        store = SqlStore(engine)
        store.create_schema()
        change = opened(vendor=NAME)
        store.save(change)
        assert store.get("PO-1") == SqlStore(plain).get("PO-1") == change.order
        assert SqlStore(engine).find(OrderQuery(vendor=NAME)) == [change.order]
        engine.dispose()  # so that the next connection is a new one
        assert SqlStore(engine).verify() == ()
        with engine.connect() as connection:
            connection.exec_driver_sql(f"SET client_encoding = '{encoding}'")
            assert SqlStore(connection).get("PO-1") == change.order
            connection.rollback()
            SqlStore(connection).save(opened("PO-2", vendor=NAME))
            connection.commit()
        assert contents(store) == contents(SqlStore(plain))
        for each in (plain, engine):
            each.dispose()
