"""Stores with one bug each in their SQL or their transactions, which the tests must find."""

from collections.abc import Callable, Mapping
from typing import Any, Final

import sqlalchemy as sa
from attrs import frozen

from prodflow import Change, StatusCycle
from prodflow_sqlalchemy import SqlStore
from prodflow_sqlalchemy import _rows as rows
from prodflow_sqlalchemy._dialect import Dialect
from prodflow_sqlalchemy._feed import Feed
from prodflow_sqlalchemy._postgresql import PostgresqlDialect
from prodflow_sqlalchemy._sqlite import SqliteDialect

__all__ = [
    "SPOILED",
    "CommandApart",
    "DeferredBegin",
    "NewestOnce",
    "NoGuard",
    "NoGuardAtAll",
    "PostgresqlOf1970",
    "PublishesFirst",
    "SerialCursor",
    "Spoiled",
    "SqliteOf1970",
    "UnlockedClaim",
    "UnlockedSlots",
    "speaking",
    "spoiled",
]


class DeferredBegin(SqliteDialect):
    """Every transaction begins as if it only reads."""

    def _open(
        self,
        connection: sa.Connection,
        *,
        write: bool,  # noqa: ARG002 - the bug is to ignore it
    ) -> None:
        super()._open(connection, write=False)


class NoGuard(PostgresqlDialect):
    """Orders are not locked, and their version is not compared."""

    def __init__(self, prefix: str) -> None:
        super().__init__(prefix)
        self._lock_order = _changed(self._lock_order, " FOR UPDATE", "")
        self._lock_orders = _changed(self._lock_orders, " FOR UPDATE", "")
        self._move_orders = _changed(self._move_orders, " AND o.version = v.base", "")


class NoGuardAtAll(NoGuard):
    """The history may be overwritten too."""

    def __init__(self, prefix: str) -> None:
        super().__init__(prefix)
        last_wins = " ON CONFLICT (tenant, order_id, sequence) DO UPDATE SET data = excluded.data"
        self._add_entries = sa.text(f"{self._add_entries.text}{last_wins}")


class SerialCursor(PostgresqlDialect):
    """The feed uses the serial number of an entry, which it gets before the commit."""

    def __init__(self, prefix: str) -> None:
        super().__init__(prefix)
        start = "(xid, position) > (CAST(CAST(:xid AS text) AS xid8), :position)"
        feed = _changed(self._feed, start, "position > :position")
        feed = _changed(feed, " AND xid < pg_snapshot_xmin(pg_current_snapshot())", "")
        is_beyond = " >= pg_snapshot_xmin(pg_current_snapshot()) AS is_beyond"
        feed = _changed(feed, is_beyond, " IS NULL AS is_beyond")
        feed = _changed(feed, "ORDER BY xid, position", "ORDER BY position")
        self._feed = _changed(feed, "ORDER BY h.xid, h.position", "ORDER BY h.position")


class UnlockedClaim(PostgresqlDialect):
    """A claim doesn't lock the events that it takes."""

    def __init__(self, prefix: str) -> None:
        super().__init__(prefix)
        self._lease = _changed(self._lease, " FOR UPDATE SKIP LOCKED", "")


class SqliteOf1970(SqliteDialect):
    """The clock never shows more than the first second."""

    def now(self, connection: sa.Connection) -> int:
        """Leave the seconds out."""
        return super().now(connection) % 1_000_000


class PostgresqlOf1970(PostgresqlDialect):
    """The clock never shows more than the first second."""

    def now(self, connection: sa.Connection) -> int:
        """Leave the seconds out."""
        return super().now(connection) % 1_000_000


class UnlockedSlots(PostgresqlDialect):
    """A save doesn't lock the events that it reads, and replaces what a claim writes meanwhile."""

    def __init__(self, prefix: str) -> None:
        super().__init__(prefix)
        self._pending_slots = self.of_tenant(self._pending_slots.text.replace(" FOR UPDATE", ""))
        pending = [statement.replace(" FOR UPDATE", "") for statement in self._one._pending]  # noqa: SLF001 - as above
        self._one._pending = pending  # noqa: SLF001


@frozen
class Spoiled:
    """A part of a statement that a bug leaves out or replaces, and the law that finds the bug.

    Args:
        law: the name of the law.
        statement: the attribute of the dialect that has the statement.
        was: the part, for each kind of database.
        becomes: what the part becomes.
    """

    law: str
    statement: Mapping[str, str]
    was: Mapping[str, str]
    becomes: Mapping[str, str]


def _spoiled(
    law: str,
    statement: str | tuple[str, str],
    was: str | tuple[str, str],
    becomes: str | tuple[str, str] = "",
) -> Spoiled:
    """A bug; a pair has the words for SQLite, then those for PostgreSQL."""
    return Spoiled(law, *map(_for_both, (statement, was, becomes)))


def _for_both(words: str | tuple[str, str]) -> Mapping[str, str]:
    both = (words, words) if isinstance(words, str) else words
    return dict(zip(("sqlite", "postgresql"), both, strict=True))


SPOILED: Final[Mapping[str, Spoiled]] = {
    "ClosesAnyDay": _spoiled(
        "test_what_has_another_day_is_not_closed_by_its_old_item",
        "_close",
        (
            " AND fire_on = coalesce(:fire_on, fire_on)",
            " AND o.fire_on = coalesce(v.fire_on, o.fire_on)",
        ),
    ),
    "ClaimsByDay": _spoiled(
        "test_an_event_that_always_fails_keeps_nobody_waiting",
        ("_due", "_lease"),
        " AND attempts = :attempts",
        " AND attempts >= :attempts",
    ),
    "ForgetsToWait": _spoiled(
        "test_a_failed_event_waits_for_its_next_try",
        ("_due", "_lease"),
        " AND (retry_at IS NULL OR retry_at <= :now)",
    ),
    "ForgetsTheLease": _spoiled(
        "test_a_claimed_event_is_not_claimed_before_its_lease_is_over",
        ("_due", "_lease"),
        " AND (leased_until IS NULL OR leased_until <= :now)",
    ),
    "FailsForAnother": _spoiled(
        "test_what_is_not_current_is_passed_over", "_fail", " AND attempts = :attempts"
    ),
    "FailsAnotherDay": _spoiled(
        "test_what_has_another_day_is_passed_over", "_fail", " AND fire_on = :fire_on"
    ),
    "ReleasesForAnother": _spoiled(
        "test_what_is_not_current_is_passed_over", "_release", " AND attempts = :attempts"
    ),
    "ReleaseCounts": _spoiled(
        "test_a_released_event_was_not_tried", "_release", "ELSE attempts - 1", "ELSE attempts"
    ),
    "ExtendsForAnother": _spoiled(
        "test_only_a_lease_of_ones_own_is_extended", "_extend", " AND attempts = :attempts"
    ),
    "ExtendsWithoutALease": _spoiled(
        "test_only_a_lease_of_ones_own_is_extended", "_extend", " AND leased_until IS NOT NULL"
    ),
    "FillsClosedSlots": _spoiled(
        "test_a_closed_slot_stays_closed", "_fill_slots", " WHERE NOT prodflow_outbox.closed"
    ),
    "EmptiesClosedSlots": _spoiled(
        "test_a_closed_slot_cannot_be_withdrawn",
        "_empty_slots",
        ("NOT closed AND ", " AND NOT o.closed"),
    ),
    "ReadsRemindersOnly": _spoiled(
        "test_what_an_undone_change_said_is_never_sent",
        "_pending_slots",
        "AND NOT closed AND order_id",
        "AND NOT closed AND dated AND order_id",
    ),
    "ForgetsThePause": _spoiled(
        "test_what_was_done_before_a_hold_is_not_done_again",
        "_forget",
        (", o.held_visit", " AND s.slot_number IS DISTINCT FROM o.held_visit"),
    ),
}
"""Bugs in the statements about events, in SQLite and in PostgreSQL."""


def spoiled(name: str, engine: sa.Engine) -> SqlStore:
    """A store with one of the bugs."""
    bug, kind = SPOILED[name], engine.dialect.name

    def dialect(prefix: str) -> Dialect:
        spoken: Dialect = (SqliteDialect if kind == "sqlite" else PostgresqlDialect)(prefix)
        statement = getattr(spoken, bug.statement[kind])
        plain = isinstance(statement, str)
        changed = _changed(
            sa.text(statement) if plain else statement, bug.was[kind], bug.becomes[kind]
        )
        setattr(spoken, bug.statement[kind], changed.text if plain else changed)
        if isinstance(spoken, PostgresqlDialect):
            _spoil_one_order(spoken, bug.was[kind], bug.becomes[kind])
        return spoken

    return speaking(dialect, engine)


def _spoil_one_order(dialect: PostgresqlDialect, was: str, becomes: str) -> None:
    """Put the bug into the statements for one order too, wherever they say the same."""
    one: Any = dialect._one  # noqa: SLF001 - the bug goes in here
    for name in ("_move", "_open", "_empty", "_refill"):
        setattr(one, name, getattr(one, name).replace(was, becomes))
    one._pending = [each.replace(was, becomes) for each in one._pending]  # noqa: SLF001 - as above


class PublishesFirst(SqlStore):  # type: ignore[misc]  # pyright: ignore[reportGeneralTypeIssues] - final for users
    """Events are saved in another transaction, before their changes."""

    def save(self, *changes: Change) -> None:
        """Fill the slots, then save."""
        self._write(lambda connection: self._saving.fill(connection, changes, known=()))
        super().save(*changes)


class NewestOnce(SqlStore):  # type: ignore[misc]  # pyright: ignore[reportGeneralTypeIssues] - final for users
    """The newest versions of cycles are read once."""

    def newest(self) -> tuple[StatusCycle, ...]:
        """Read them if there were none."""
        self._newest = getattr(self, "_newest", ()) or super().newest()
        return self._newest


class CommandApart(SqlStore):  # type: ignore[misc]  # pyright: ignore[reportGeneralTypeIssues] - final for users
    """A command id is saved in another transaction, and is then taken as done."""

    def save(self, *changes: Change) -> None:
        """Take the id, then save."""
        command_id = changes[0].entry.command_id
        entries = [change.entry for change in changes]
        if command_id is None or self._write(
            lambda connection: self._dialect.add_command(
                connection, rows.command_row(self._dialect.tenant, command_id, entries)
            )
        ):
            self._write(
                lambda connection: self._saving.save(connection, changes, None, in_steps=True)
            )


def speaking(dialect: Callable[[str], Dialect], engine: sa.Engine) -> SqlStore:
    """A store with another dialect."""
    store = SqlStore(engine)
    store._dialect = dialect("prodflow_")  # noqa: SLF001 - the bug goes in here
    store._feed = Feed(store._dialect)  # noqa: SLF001
    store._take_part_in(engine)  # noqa: SLF001
    return store


def _changed(statement: sa.TextClause, was: str, becomes: str) -> sa.TextClause:
    if statement.text.count(was) != 1:
        raise ValueError(f"{was!r} must be once in {statement.text!r}")
    changed = statement.text.replace(was, becomes)
    spoiled = sa.text(changed)
    return spoiled.bindparams(tenant="") if ":tenant" in changed else spoiled
