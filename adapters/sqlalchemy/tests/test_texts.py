"""Texts and arguments of every kind, in both databases."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from typing import Any, Final

import pytest
import sqlalchemy as sa
from attrs import evolve

from prodflow import CycleNotFoundError, OrderNotFoundError, OrderQuery
from prodflow_sqlalchemy import SqlStore

from .conftest import emptied
from .studio import (
    AT,
    CYCLE,
    LEASE,
    MONDAY,
    amended,
    at_the_lab,
    contents,
    opened,
    with_an_id_taken,
)

IDS: Final = [
    "PO-1",
    "it's",
    '"quoted"',
    "100%",
    "%s",
    "%(id)s",
    ":id",
    "::text",
    "?",
    "\\",
    "\\'",
    "a\\b\\n",
    "{}",
    "[1,2]",
    "NULL",
    "'; DROP TABLE prodflow_orders; --",
    "a\N{NO-BREAK SPACE}b",
    "\N{CLAPPER BOARD}",
    "e\N{COMBINING ACUTE ACCENT}",
    "\N{LATIN SMALL LETTER E WITH ACUTE}",
    "\N{OGHAM LETTER BEITH}",
    "x" * 200,
]
UNSTORABLE: Final = ["\0", "PO-1\0", "\ud800", "PO-\udfff"]


class Name(StrEnum):
    """An enumeration of a host."""

    ORDER = "PO-1"
    VENDOR = "Acme"
    COMMAND = "c-1"


@pytest.fixture
def store(kept: sa.Engine) -> SqlStore:
    """An empty store: SQLite, then PostgreSQL."""
    return emptied(kept)


@pytest.mark.parametrize("text", IDS)
def test_any_text_is_stored_and_found(store: SqlStore, text: str) -> None:
    """An id or a name with any characters comes back, and finds exactly its order."""
    store.save(opened("other", vendor="other"))
    change = opened(text, vendor=text, invoice_id=text, command_id=text)
    store.save(change)
    store.save(change)  # does nothing twice
    assert store.get(text) == change.order
    assert store.load([text, "unknown"]) == {text: change.order}
    assert store.history(text) == store.entries_of(text) == (change.entry,)
    assert store.find(OrderQuery(vendor=text)) == [change.order]
    assert store.find(OrderQuery(invoice_id=text)) == [change.order]


@pytest.mark.parametrize("text", IDS)
def test_events_of_any_order_are_taken(store: SqlStore, text: str) -> None:
    """The events of an order with any id can be claimed and acknowledged."""
    at_the_lab(store, text)
    claimed = store.claim(as_of=date.max, now=AT, lease=LEASE)
    store.acknowledge(*(event.id for event in claimed))
    assert {event.order_id for event in claimed} == {text}
    assert [event.trigger for event in store.pending(as_of=date.max)] == ["people"]


def test_texts_sort_by_code_point(store: SqlStore) -> None:
    """Orders with the same due date are sorted by the code points of their ids."""
    ids = [*IDS, "a", "B", "b", "Z", "z", "ä", "_", "-", "10", "9", "\U0001f600", "\uff5e"]
    store.save(*(opened(order_id) for order_id in ids))
    found = [order.id for order in store.find(OrderQuery())]
    assert found == sorted(ids)
    pages: list[str] = []
    after = None
    while page := store.find(OrderQuery(after=after, limit=5)):
        pages += [order.id for order in page]
        after = (page[-1].due_on, page[-1].id)
    assert pages == sorted(ids)


def test_enumerations_are_texts(store: SqlStore) -> None:
    """A member of a StrEnum is stored and found as its plain text."""
    change = opened(Name.ORDER, vendor=Name.VENDOR, command_id=Name.COMMAND)
    store.save(change)
    assert store.get(Name.ORDER) == store.get("PO-1") == change.order
    assert store.history(Name.ORDER) == store.entries_of(Name.COMMAND) == (change.entry,)
    assert store.load([Name.ORDER]) == {"PO-1": change.order}
    assert store.find(OrderQuery(vendor=Name.VENDOR)) == [change.order]
    assert store.find(OrderQuery(after=(None, Name.ORDER))) == []
    assert store.find(OrderQuery(after=(MONDAY, Name.ORDER))) == [change.order]
    store.acknowledge(Name.ORDER)


@pytest.mark.parametrize("text", UNSTORABLE)
def test_what_no_database_can_hold_is_not_there(store: SqlStore, text: str) -> None:
    """A search for a text with NUL or a surrogate finds nothing."""
    at_the_lab(store, "PO-1")
    before = contents(store)
    with pytest.raises(OrderNotFoundError) as caught:
        store.get(text)
    assert caught.value.order_id == text
    with pytest.raises(OrderNotFoundError):
        store.history(text)
    with pytest.raises(CycleNotFoundError):
        store.get_cycle(text)
    with pytest.raises(CycleNotFoundError):
        store.get_cycle(text, 1)
    assert (store.load([text]), store.entries_of(text), store.versions(text)) == ({}, (), ())
    assert (store.edits(text), store.keys(text)) == ((), ())
    store.acknowledge(text)
    store.dismiss(text)
    assert contents(store) == before


# Any, because type checkers refuse these calls too.
_REFUSED: Final[list[tuple[Callable[[Any], object], type[Exception]]]] = [
    (lambda store: store.get(7), TypeError),
    (lambda store: store.load("PO-1"), TypeError),
    (lambda store: store.load(7), TypeError),
    (lambda store: store.load([7]), TypeError),
    (lambda store: store.save("PO-1"), TypeError),
    (lambda store: store.save(opened("1", command_id="a"), opened("2")), ValueError),
    (lambda store: store.history(7), TypeError),
    (lambda store: store.history("PO-1", after=-1), ValueError),
    (lambda store: store.history("PO-1", after=2**31), ValueError),
    (lambda store: store.history("PO-1", after=True), TypeError),
    (lambda store: store.history("PO-1", limit=0), ValueError),
    (lambda store: store.history("PO-1", limit=1.0), TypeError),
    (lambda store: store.entries_of(7), TypeError),
    (lambda store: store.find("PO-1"), TypeError),
    (lambda store: store.get_cycle(7), TypeError),
    (lambda store: store.get_cycle("prints", 0), ValueError),
    (lambda store: store.put_cycle("prints", replaces=None), TypeError),
    (lambda store: store.put_cycle(CYCLE, replaces="1"), TypeError),
    (lambda store: store.put_cycle(CYCLE, replaces=0), ValueError),
    (lambda store: store.put_cycle(CYCLE, replaces=1, by=7), TypeError),
    (lambda store: store.put_cycle(CYCLE, replaces=1, at=AT.replace(tzinfo=None)), ValueError),
    (lambda store: store.put_cycle(CYCLE.reactivate("hold"), replaces=2**31), ValueError),
    (lambda store: store.versions(7), TypeError),
    (lambda store: store.edits(7), TypeError),
    (lambda store: store.keys(7), TypeError),
    (lambda store: store.pending(as_of=AT), TypeError),
    (lambda store: store.pending(as_of="today"), TypeError),
    (lambda store: store.pending(as_of=MONDAY, limit=0), ValueError),
    (lambda store: store.pending(as_of=MONDAY, after="1"), TypeError),
    (lambda store: store.pending(as_of=MONDAY, automatic=1), TypeError),
    (lambda store: store.claim(as_of=AT, now=AT, lease=LEASE), TypeError),
    (lambda store: store.claim(as_of=MONDAY, now=MONDAY, lease=LEASE), TypeError),
    (
        lambda store: store.claim(as_of=MONDAY, now=AT.replace(tzinfo=None), lease=LEASE),
        ValueError,
    ),
    (lambda store: store.claim(as_of=MONDAY, now=AT, lease=60), TypeError),
    (lambda store: store.claim(as_of=MONDAY, now=AT, lease=timedelta(0)), ValueError),
    (lambda store: store.claim(as_of=MONDAY, now=AT, lease=timedelta.max), ValueError),
    (lambda store: store.claim(as_of=MONDAY, now=AT, lease=LEASE, limit=0), ValueError),
    (lambda store: store.acknowledge(7), TypeError),
    (lambda store: store.dismiss(7), TypeError),
    (lambda store: store.forget(before=AT), TypeError),
    (lambda store: store.feed(7), TypeError),
    (lambda store: store.feed(limit=0), ValueError),
]


@pytest.mark.parametrize(("call", "error"), _REFUSED)
def test_bad_arguments_are_refused(
    store: SqlStore, call: Callable[[Any], object], error: type[Exception]
) -> None:
    """Bad arguments are refused, and nothing changes."""
    at_the_lab(store, "PO-1")
    before = contents(store)
    with pytest.raises(error, match="must"):
        call(store)
    assert contents(store) == before


def test_nothing_is_asked_for(store: SqlStore) -> None:
    """Calls without ids or changes do nothing."""
    store.save()
    store.acknowledge()
    assert store.load([]) == {}


def test_an_event_without_a_date_is_no_place_in_a_page(store: SqlStore) -> None:
    """A page after an event without a date is the first page."""
    at_the_lab(store, "PO-1")
    events = store.pending(as_of=date.max)
    assert store.pending(as_of=date.max, after=events[0]) == events[1:]
    assert store.pending(as_of=date.max, after=evolve(events[0], fire_on=None)) == events


def test_an_id_is_of_one_event(store: SqlStore) -> None:
    """An event with the id of an event in another slot is refused, and nothing is saved."""
    at_the_lab(store, "PO-1")
    before = contents(store)
    with pytest.raises(ValueError, match="belongs to an event in another slot"):
        store.save(*with_an_id_taken(store))
    assert contents(store) == before


def test_leases_are_instants(store: SqlStore) -> None:
    """A lease ends at its instant, from year 1 to year 9999."""
    at_the_lab(store, "PO-1")
    early = datetime(1, 1, 1, tzinfo=UTC)
    assert len(store.claim(as_of=date.max, now=early, lease=LEASE)) == 2
    assert store.claim(as_of=date.max, now=early + LEASE / 2, lease=LEASE) == []
    late = datetime(9999, 12, 31, tzinfo=UTC)
    assert len(store.claim(as_of=date.max, now=late, lease=LEASE)) == 2


def test_a_command_may_have_saved_very_much(store: SqlStore) -> None:
    """A command may have thousands of changes."""
    changes = [opened("PO-1", command_id="c-1")]
    for number in range(1, 3_000):
        changes.append(amended(changes[-1].order, vendor=f"V{number}", command_id="c-1"))
    store.save(*changes)
    store.save(*changes)
    assert store.entries_of("c-1") == tuple(change.entry for change in changes)


def test_a_cycle_that_others_have_put_is_known(kept: sa.Engine, store: SqlStore) -> None:
    """A version of a cycle that another store has saved may be saved again."""
    SqlStore(kept).put_cycle(CYCLE, replaces=None)
    store.put_cycle(CYCLE, replaces=None)
    assert store.get_cycle("prints", 1) == CYCLE
