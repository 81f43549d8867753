"""What a database adds to the errors of a store."""

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
    """Nothing was saved, for others were in the way or the server was gone: do the same again.

    In a transaction of the caller's own, the whole transaction must be done again.
    """

    code: ClassVar[str] = "retryable"
    reason: str

    def __str__(self) -> str:
        return f"nothing was saved, do the same again: {self.reason}"


@define
class OutcomeUnknownError(StoreError):
    """The connection was lost during the commit, and the save was done or not.

    Save again under the same command id: what was saved is not saved twice.
    """

    code: ClassVar[str] = "outcome-unknown"
    command_id: str | None
    reason: str

    def __str__(self) -> str:
        how = (
            "load the orders and see; a command_id would let you simply save again"
            if self.command_id is None
            else f"save again under the same command id, {self.command_id!r}"
        )
        return f"the connection was lost during the commit: {how}: {self.reason}"


@define
class SchemaVersionError(StoreError):
    """The tables are not those that this release works with; `actual` is None without tables."""

    code: ClassVar[str] = "schema-version"
    expected: int
    actual: int | None

    def __str__(self) -> str:
        if self.actual is None:
            return "there are no tables of prodflow yet: call create_schema()"
        if self.actual < self.expected:
            return f"the tables have schema {self.actual}, not {self.expected}: call migrate()"
        return f"the tables have schema {self.actual}, this release knows {self.expected}: upgrade"


@define
class DatabaseFailedError(StoreError):
    """The database refused for a reason of its own, such as a full disk; nothing was saved."""

    code: ClassVar[str] = "database-failed"
    reason: str

    def __str__(self) -> str:
        return f"nothing was saved, the database says: {self.reason}"
