"""How the databases find events: by an index, without reading or sorting all that are due."""

import re
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, Final

import pytest
import sqlalchemy as sa
from sqlalchemy import event

from prodflow_sqlalchemy import SqlStore

from .studio import AT, LEASE, at_the_lab

_SORTED: Final = {"sqlite": "TEMP B-TREE", "postgresql": "Sort"}
_STEPS: Final = {
    "sqlite": [r"tenant=\? AND attempts>\?", r"\(tenant>\?", r"attempts=\? AND fire_on<\?"],
    "postgresql": [
        r"tenant = place\w*.tenant\) AND .*\(attempts > ",
        r"\(tenant > place",
        r"\(attempts = place\w*.attempts\) AND \(fire_on <= ",
    ],
}
"""How the index finds a tenant's next number of attempts, the next tenant, and an event."""
_EXPLAIN: Final = {"sqlite": "EXPLAIN QUERY PLAN", "postgresql": "EXPLAIN"}
_RUN: Final = _EXPLAIN | {"postgresql": "EXPLAIN ANALYZE"}
"""These show recursive statements in full."""


def plan(
    engine: sa.Engine,
    call: Callable[[SqlStore], object],
    explain: Mapping[str, str] = _EXPLAIN,
) -> str:
    """How the database runs the statements of a call that read events.

    PostgreSQL may not read whole tables, as it does if they're small.
    """
    seen: list[tuple[str, Any]] = []

    @event.listens_for(engine, "before_cursor_execute")
    def listener(*arguments: Any) -> None:  # noqa: ANN401 - as SQLAlchemy calls it
        statement: str = arguments[2]
        if "fire_on <= " in statement:
            seen.append((statement, arguments[3]))

    call(SqlStore(engine))
    event.remove(engine, "before_cursor_execute", listener)
    kind = engine.dialect.name
    with engine.connect() as connection:
        if kind == "postgresql":
            for setting in ("sort", "seqscan", "bitmapscan"):
                connection.exec_driver_sql(f"SET LOCAL enable_{setting} = off")
        rows = [
            row[-1]
            for statement, values in seen
            for row in connection.exec_driver_sql(f"{explain[kind]} {statement}", values)
        ]
    assert rows
    return "\n".join(rows)


def test_tenants_are_found_in_the_index_of_claims(engine: sa.Engine, store: SqlStore) -> None:
    """`tenants_due` goes from tenant to tenant in one index, and passes over their events."""
    at_the_lab(store, "PO-1")
    found = plan(engine, lambda _: SqlStore.tenants_due(engine, as_of=date.max, now=AT), _RUN)
    scans = re.findall(r".* prodflow_outbox.*|.* o USING .*", found)
    assert [line for line in scans if "prodflow_outbox_claims" not in line] == []
    steps = [len(re.findall(each, found)) for each in _STEPS[engine.dialect.name]]
    assert (steps, len(scans)) == ([2, 1, 1], 5)


def test_a_claim_reads_due_events_in_their_sequence(engine: sa.Engine, store: SqlStore) -> None:
    """A claim reads due events from the index that begins with the attempts, already sorted."""
    at_the_lab(store, "PO-1")
    found = plan(engine, lambda it: it.claim(as_of=date.max, now=AT, lease=LEASE, limit=1))
    assert "prodflow_outbox_claims" in found
    assert _SORTED[engine.dialect.name] not in found


@pytest.mark.parametrize(
    ("filters", "index"),
    [
        ({"automatic": True, "given_up": False}, "outbox_due"),
        ({"automatic": False, "given_up": True}, "outbox_due"),
        ({"automatic": True, "given_up": False, "trigger": "chase"}, "outbox_by_trigger"),
    ],
)
def test_pending_events_are_read_in_their_sequence(
    engine: sa.Engine, store: SqlStore, filters: dict[str, Any], index: str
) -> None:
    """`pending` reads each kind of event from an index, already sorted."""
    at_the_lab(store, *(f"PO-{number}" for number in range(100)))
    with engine.begin() as connection:
        if engine.dialect.name == "postgresql":  # as the server does by itself after a while
            connection.exec_driver_sql("ANALYZE")
    found = plan(engine, lambda it: it.pending(as_of=date.max, **filters))
    assert f"prodflow_{index}" in found
    assert _SORTED[engine.dialect.name] not in found
