"""The small studio of these tests: a cycle, a flow with triggers, and changes."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final, TypeVar

import sqlalchemy as sa
from attrs import evolve
from sqlalchemy import event

from prodflow import (
    Change,
    CreateTask,
    DaysInStatus,
    Entering,
    HistoryEntry,
    OrderQuery,
    ProductionFlow,
    ProductionOrder,
    Status,
    StatusCycle,
    Trigger,
)
from prodflow_sqlalchemy import SqlStore

T = TypeVar("T")

AT: Final = datetime(2026, 11, 16, 12, tzinfo=UTC)
MONDAY: Final = AT.date()
LEASE: Final = timedelta(minutes=10)

WAITING: Final = (
    "WITH own AS MATERIALIZED (SELECT pid FROM pg_stat_activity"
    " WHERE application_name = current_setting('application_name'))"
    " SELECT 1 FROM own WHERE EXISTS (SELECT 1 FROM unnest(pg_blocking_pids(own.pid)) AS it (pid)"
    " WHERE it.pid IN (SELECT pid FROM own))"
)
"""Returns a row for each connection of the test that waits for another one of the test.

It may also wait for a moment for somebody else, such as a VACUUM that shortens a table.
Open the connection that is waited for after the executor: if the test fails, it's closed first, and
the thread ends.
"""

_CLOCKS: Final = {
    "sqlite": "SELECT strftime('%Y-%m-%dT%H:%M:%f+00:00', 'now')",
    "postgresql": "SELECT to_char(clock_timestamp() AT TIME ZONE 'UTC',"
    ' \'YYYY-MM-DD"T"HH24:MI:SS.US"+00:00"\')',
}

CYCLE: Final = StatusCycle(
    "prints",
    [
        Status("ordered", "Ordered", initial=True, default_duration=1, default_user="Ann"),
        Status("lab", "At the lab", default_duration=5, default_department="Lab desk"),
        Status("hold", "On hold", non_standard=True),
        Status("shipped", "Shipped", final=True),
    ],
)
CHASE: Final = Trigger("chase", DaysInStatus("lab", 3), CreateTask("Call the lab"))
FLOW: Final = ProductionFlow(
    triggers=[
        Trigger("welcome", Entering("lab"), CreateTask("Say that it is at the lab")),
        CHASE,
        Trigger("people", Entering("lab"), CreateTask("Smile"), automatic=False),
    ]
)


def opened(order_id: str = "PO-1", cycle: StatusCycle = CYCLE, **given: Any) -> Change:  # noqa: ANN401
    """The change that opens an order on Monday."""
    facts: dict[str, Any] = {"ordered_on": MONDAY, "by": "Ann", "at": AT}
    return FLOW.open(cycle, order_id=order_id, **(facts | given))


def advanced(order: ProductionOrder, **given: Any) -> Change:  # noqa: ANN401 - any of `advance`
    """The change that advances an order on Monday."""
    facts: dict[str, Any] = {"today": MONDAY, "by": "Ben", "at": AT}
    return FLOW.advance(order, **(facts | given))


def amended(order: ProductionOrder, **given: Any) -> Change:  # noqa: ANN401 - any of `amend`
    """The change that amends an order."""
    facts: dict[str, Any] = {"by": "Ann", "at": AT}
    return FLOW.amend(order, **(facts | given))


def at_the_lab(store: SqlStore, *order_ids: str) -> list[ProductionOrder]:
    """Save orders and advance them to the lab, with their events."""
    opening = [opened(order_id) for order_id in order_ids]
    changes = [*opening, *(advanced(change.order) for change in opening)]
    store.save(*changes)
    return [change.order for change in changes[len(opening) :]]


def with_an_id_taken(store: SqlStore) -> list[Change]:
    """Changes of an order, with an event that has the id of an event in another slot."""
    taken = store.pending(as_of=date.max)[0].event.id
    opening = opened("PO-9")
    change = advanced(opening.order)
    return [opening, evolve(change, events=[evolve(change.events[0], id=taken)])]


def claimed_at_once(engine: sa.Engine, store: SqlStore) -> int:
    """The number of events that a claim takes although another claim is just taking them.

    The other claim is in a transaction of its caller in PostgreSQL.
    """
    at_the_lab(store, "PO-1")
    claim: dict[str, Any] = {"as_of": date.max, "now": AT, "lease": LEASE, "limit": 1}
    with ThreadPoolExecutor(1) as threads, engine.connect() as connection:
        one = type(store)(connection).claim(**claim)
        waiting = threads.submit(store.claim, **claim)
        eventually(lambda: waiting.done() or len(rows_of(engine, WAITING)) == 1, expected=True)
        connection.commit()
        other = waiting.result()
    assert (len(one), len(other)) == (1, 1)
    return len({it.event.id for it in one} & {it.event.id for it in other})


def saved_during_a_claim(engine: sa.Engine, store: SqlStore) -> int:
    """The number of leases that are lost because the reminders are set during the claim.

    The claim is in a transaction of its caller in PostgreSQL.
    """
    (order,) = at_the_lab(store, "PO-1")
    reminders = FLOW.reminders(order, today=MONDAY)
    with ThreadPoolExecutor(1) as threads, engine.connect() as connection:
        claimed = SqlStore(connection).claim(as_of=date.max, now=AT, lease=LEASE)
        setting = threads.submit(store.set_reminders, reminders)
        eventually(lambda: len(rows_of(engine, WAITING)), 1)
        connection.commit()
        setting.result()
    kept = [store.get_event(it.event.id) for it in claimed]
    return sum(it is None or it.leased_until is None for it in kept)


def contents(store: SqlStore) -> dict[str, object]:
    """Everything that a store holds."""
    orders = store.find(OrderQuery())
    return {
        "orders": orders,
        "histories": [store.history(order.id) for order in orders],
        "cycles": [
            store.get_cycle(kind, version)
            for kind in store.order_types()
            for version in store.versions(kind)
        ],
        "pending": store.pending(as_of=date.max, limit=100_000),
    }


def settled(store: SqlStore) -> SqlStore:
    """The store, once its feed has every entry: it waits for other tests on the same server."""
    eventually(lambda: store.lag(None).waiting, 0)
    return store


def entries_of_feed(store: SqlStore) -> list[HistoryEntry]:
    """Every committed entry, page by page."""
    settled(store)
    entries: list[HistoryEntry] = []
    cursor = None
    while (page := store.feed(cursor, limit=3)).entries:
        entries += page.entries
        cursor = page.cursor
    return entries


def clock(engine: sa.Engine) -> datetime:
    """The instant by the database's clock."""
    ((text,),) = rows_of(engine, _CLOCKS[engine.dialect.name].replace(":", r"\:"))
    return datetime.fromisoformat(text)


def rows_of(engine: sa.Engine, statement: str) -> list[tuple[Any, ...]]:
    """The rows that a statement of SQL returns."""
    with engine.connect() as connection:
        return [tuple(row) for row in connection.execute(sa.text(statement))]


def eventually(look: Callable[[], T], expected: T) -> None:
    """Wait until *look* returns what is expected; once is enough."""
    for _ in range(2_000):
        if look() == expected:
            return
        time.sleep(0.01)
    assert look() == expected


def once_before(engine: sa.Engine, beginning: str, call: Callable[[], object]) -> list[str]:
    """Call something before the first statement that begins so; returns all such statements."""
    seen: list[str] = []

    @event.listens_for(engine, "before_cursor_execute")
    def listener(*arguments: Any) -> None:  # noqa: ANN401 - as SQLAlchemy calls it
        statement: str = arguments[2]
        if statement.startswith(beginning):
            seen.append(statement)
            if len(seen) == 1:
                call()

    assert callable(listener)
    return seen
