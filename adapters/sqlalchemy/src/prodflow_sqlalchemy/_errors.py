"""Errors that only a store in a database has."""

from typing import ClassVar

from attrs import define

from prodflow import Message, StoreError

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
    `reason`: the host may be wrong, for example.
    """

    code: ClassVar[str] = "retryable"
    reason: str

    @property
    def message(self) -> str:
        """What to do, and why."""
        return Message("nothing was saved, try again: {reason}", {"reason": self.reason})


@define
class OutcomeUnknownError(StoreError):
    """The connection was lost during the commit, so the call may or may not have been done.

    The store repeats a call if that's harmless (decision D48). So you get this error if the
    database stays away, or if the call can't be repeated. If you gave a command id, save again with
    the same one: if the first save was done, the second does nothing.
    """

    code: ClassVar[str] = "outcome-unknown"
    command_id: str | None
    reason: str

    @property
    def message(self) -> str:
        """What to do, and why."""
        if self.command_id is None:
            return Message(
                "the connection was lost during the commit: the call was done or was not:"
                " read what is stored before you repeat it: {reason}",
                {"reason": self.reason},
            )
        return Message(
            "the connection was lost during the commit:"
            " save again with the same command id, {command_id}: {reason}",
            {"command_id": repr(self.command_id), "reason": self.reason},
        )


@define
class SchemaVersionError(StoreError):
    """The tables have the wrong version for this release; without tables, `actual` is None."""

    code: ClassVar[str] = "schema-version"
    expected: int
    actual: int | None

    @property
    def message(self) -> str:
        """What is wrong with the tables, and what to do."""
        versions = {"actual": str(self.actual), "expected": str(self.expected)}
        if self.actual is None:
            return Message(
                "the database has no tables of prodflow: check that this is the right database,"
                " or call create_schema()"
            )
        if self.actual < self.expected:
            return Message(
                "the tables have schema {actual}, not {expected}: call migrate()", versions
            )
        return Message(
            "the tables have schema {actual}, this release knows {expected}:"
            " upgrade prodflow-sqlalchemy",
            versions,
        )


@define
class DatabaseFailedError(StoreError):
    """The database reported an error, such as a full disk; nothing was changed."""

    code: ClassVar[str] = "database-failed"
    reason: str

    @property
    def message(self) -> str:
        """What the database reports."""
        return Message(
            "nothing was changed, the database reports: {reason}", {"reason": self.reason}
        )
