"""A store for prodflow in SQLite or PostgreSQL.

`SqlStore.open("sqlite:///studio.db")` keeps orders, history and outbox in a file;
`SqlStore(engine)` in PostgreSQL, for many writers; `SqlStore(connection)` takes part in a
transaction of your own.
"""

from prodflow_sqlalchemy._errors import (
    DatabaseFailedError,
    OutcomeUnknownError,
    RetryableStoreError,
    SchemaVersionError,
)
from prodflow_sqlalchemy._schema import SCHEMA_VERSION, Tables, tables
from prodflow_sqlalchemy._store import FeedPage, SqlStore

__all__ = [
    "SCHEMA_VERSION",
    "DatabaseFailedError",
    "FeedPage",
    "OutcomeUnknownError",
    "RetryableStoreError",
    "SchemaVersionError",
    "SqlStore",
    "Tables",
    "tables",
]
