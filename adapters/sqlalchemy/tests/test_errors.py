"""The errors of the adapter: their fields and messages."""

import pickle

import pytest

from prodflow import StoreError
from prodflow_sqlalchemy import (
    DatabaseFailedError,
    OutcomeUnknownError,
    RetryableStoreError,
    SchemaVersionError,
)

ERRORS = [
    (RetryableStoreError("deadlock detected"), "retryable", "try again: deadlock detected"),
    (OutcomeUnknownError("c-1", "gone"), "outcome-unknown", "same command id, 'c-1': gone"),
    (
        OutcomeUnknownError(None, "gone"),
        "outcome-unknown",
        "read what is stored",
    ),
    (SchemaVersionError(2, None), "schema-version", "the right database, or call create_schema()"),
    (SchemaVersionError(2, 1), "schema-version", "schema 1, not 2: call migrate()"),
    (
        SchemaVersionError(2, 3),
        "schema-version",
        "this release knows 2: upgrade",
    ),
    (DatabaseFailedError("disk full"), "database-failed", "the database reports: disk full"),
]


@pytest.mark.parametrize(("error", "code", "text"), ERRORS)
def test_a_message_teaches(error: StoreError, code: str, text: str) -> None:
    """Each error has a stable code, and a message in one line that says what to do."""
    assert (error.code, text in str(error), str(error).count("\n")) == (code, True, 0)


@pytest.mark.parametrize("error", [error for error, _, _ in ERRORS])
def test_an_error_is_a_value(error: StoreError) -> None:
    """An error survives pickling, with the same hash and message."""
    again = pickle.loads(pickle.dumps(error))
    assert (again, hash(again), str(again)) == (error, hash(error), str(error))


def test_errors_with_other_facts_differ() -> None:
    """Errors with different facts are not equal."""
    assert SchemaVersionError(2, 1) != SchemaVersionError(2, 3)
