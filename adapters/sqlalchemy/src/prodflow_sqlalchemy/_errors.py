"""Errors that only a store in a database has."""

from typing import ClassVar

from attrs import define

from prodflow import StoreError

__all__ = [
    "DatabaseFailedError",
    "OutcomeUnknownError",
    "RetryableStoreError",
    "SchemaVersionError",
]


@define
class RetryableStoreError(StoreError):
    """Nothing was saved because another transaction was in the way or the server didn't answer.

    Try again; if you began the transaction, repeat all of it. If every attempt fails, see
    `reason`: the host, database or user may be wrong, for example.
    """

    code: ClassVar[str] = "retryable"
    reason: str

    def __str__(self) -> str:
        return f"nothing was saved, try again: {self.reason}"


@define
class OutcomeUnknownError(StoreError):
    """The connection was lost during the commit, so the save may or may not have been done.

    Save again with the same command id: if the first save was done, the second does nothing.
    """

    code: ClassVar[str] = "outcome-unknown"
    command_id: str | None
    reason: str

    def __str__(self) -> str:
        how = (
            "the call was done or was not: read what is stored before you repeat it"
            if self.command_id is None
            else f"save again with the same command id, {self.command_id!r}"
        )
        return f"the connection was lost during the commit: {how}: {self.reason}"


@define
class SchemaVersionError(StoreError):
    """The tables have the wrong version for this release; without tables, `actual` is None."""

    code: ClassVar[str] = "schema-version"
    expected: int
    actual: int | None

    def __str__(self) -> str:
        if self.actual is None:
            return "the database has no tables of prodflow: call create_schema()"
        if self.actual < self.expected:
            return f"the tables have schema {self.actual}, not {self.expected}: call migrate()"
        return (
            f"the tables have schema {self.actual}, this release knows {self.expected}:"
            " upgrade prodflow-sqlalchemy"
        )


@define
class DatabaseFailedError(StoreError):
    """The database reported an error, such as a full disk; nothing was changed."""

    code: ClassVar[str] = "database-failed"
    reason: str

    def __str__(self) -> str:
        return f"nothing was changed, the database reports: {self.reason}"
