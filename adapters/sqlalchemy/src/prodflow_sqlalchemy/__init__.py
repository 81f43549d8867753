"""A store for prodflow in SQLite or PostgreSQL.

`SqlStore.open(url)` opens a database by its URL, `SqlStore(engine)` uses your engine, and
`SqlStore(connection)` joins your transaction. `AsyncSqlStore` is the same for asyncio.
"""

from prodflow_sqlalchemy._async_store import AsyncSqlStore
from prodflow_sqlalchemy._errors import (
    DatabaseFailedError,
    OutcomeUnknownError,
    RetryableStoreError,
    SchemaVersionError,
)
from prodflow_sqlalchemy._feed import FeedHolder, FeedLag, FeedPage
from prodflow_sqlalchemy._schema import SCHEMA_VERSION, Tables, tables
from prodflow_sqlalchemy._store import SqlStore
from prodflow_sqlalchemy._verifying import Damage

__all__ = [
    "SCHEMA_VERSION",
    "AsyncSqlStore",
    "Damage",
    "DatabaseFailedError",
    "FeedHolder",
    "FeedLag",
    "FeedPage",
    "OutcomeUnknownError",
    "RetryableStoreError",
    "SchemaVersionError",
    "SqlStore",
    "Tables",
    "tables",
]
