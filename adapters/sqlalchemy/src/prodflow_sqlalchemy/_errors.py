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
    """Nothing was saved, for others were in the way or the server did not answer: do it again.

    In a transaction of the caller's own, the whole transaction must be done again. A server that
    never answers, or knows neither database nor user, stays so: look at `reason`.
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
            "what was asked for is done, or is not: look, and ask again"
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
    """The database refused for a reason of its own, such as a full disk; nothing was changed."""

    code: ClassVar[str] = "database-failed"
    reason: str

    def __str__(self) -> str:
        return f"nothing was changed, the database says: {self.reason}"
