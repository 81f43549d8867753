"""Texts and arguments of every kind, in both databases."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta, timezone
from enum import StrEnum
from itertools import product
from typing import Any, Final
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa
from attrs import evolve

from prodflow import (
    CycleNotFoundError,
    OrderNotFoundError,
    OrderQuery,
    OutboxItem,
    ProductionFlow,
    ProductionOrder,
    Reminders,
    StaleOrdersError,
)
from prodflow_sqlalchemy import SqlStore

from .conftest import emptied
from .studio import (
    AT,
    CYCLE,
    FLOW,
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
DAY: Final = timedelta(days=1)
SECOND: Final = timedelta(seconds=1)
LATEST: Final = datetime.max.replace(tzinfo=UTC)
UNSTORABLE: Final = ["\0", "PO-1\0", "\ud800", "PO-\udfff"]


class Name(StrEnum):
    """An enumeration of a host."""

    ORDER = "PO-1"
    SECOND = "PO-2"
    TRIGGER = "chase"
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
    at_the_lab(store, "other")
    mine = store.pending(as_of=date.max, order_id=text)
    assert [{it.event.order_id for it in mine}, len(mine)] == [{text}, 3]
    assert store.get_event(mine[0].event.id) == mine[0]
    claimed = store.claim(as_of=date.max, now=AT, lease=LEASE)
    assert {it.event.order_id for it in claimed} == {text, "other"}
    store.acknowledge(*claimed[:1], *[it.event.id for it in claimed[1:]])
    assert {it.event.trigger for it in store.pending(as_of=date.max)} == {"people"}


@pytest.mark.parametrize("text", ["", *IDS, "a\tb\nc", "x" * 10_000])
def test_any_text_of_an_error_is_kept(store: SqlStore, text: str) -> None:
    """The text of a failure comes back as it was given."""
    at_the_lab(store, "PO-1")
    item, _ = store.claim(as_of=date.max, now=AT, lease=LEASE)
    store.fail(item, error=text, retry_at=AT)
    failed = evolve(item, last_error=text, retry_at=AT, leased_until=None)
    assert store.get_event(item.event.id) == failed


def test_texts_sort_by_code_point(store: SqlStore) -> None:
    """Orders with the same due date are sorted by the code points of their ids."""
    ids = [*IDS, "a", "B", "b", "Z", "z", "ä", "_", "-", "10", "9", "\U0001f600", "\uff5e"]
    store.save(*(opened(order_id) for order_id in ids))
    found = [order.id for order in store.find(OrderQuery())]
    assert found == sorted(ids)
    pages: list[str] = []
    after: ProductionOrder | None = None
    while page := store.find(OrderQuery(after=after, limit=5)):
        pages += [order.id for order in page]
        after = page[-1]
    assert pages == sorted(ids)


def test_enumerations_are_texts(store: SqlStore) -> None:
    """A member of a StrEnum is stored and found as its plain text."""
    change = opened(Name.ORDER, vendor=Name.VENDOR, command_id=Name.COMMAND)
    store.save(change)
    assert store.get(Name.ORDER) == store.get("PO-1") == change.order
    assert store.history(Name.ORDER) == store.entries_of(Name.COMMAND) == (change.entry,)
    assert store.load([Name.ORDER]) == {"PO-1": change.order}
    assert store.find(OrderQuery(vendor=Name.VENDOR)) == [change.order]
    assert store.find(OrderQuery(vendor=frozenset({Name.VENDOR}))) == [change.order]
    assert store.find(OrderQuery(text=Name.VENDOR)) == [change.order]
    assert store.count(OrderQuery(vendor=Name.VENDOR), by="vendor") == {"Acme": 1}
    at_the_lab(store, "PO-2")
    assert len(store.pending(as_of=date.max, order_id=Name.SECOND, trigger=Name.TRIGGER)) == 1
    store.acknowledge(Name.ORDER)
    assert store.get_event(Name.ORDER) is None


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
    assert store.get_event(text) is None
    assert store.pending(as_of=date.max, order_id=text) == []
    assert store.pending(as_of=date.max, trigger=text) == []
    store.acknowledge(text)
    store.dismiss(text)
    assert contents(store) == before


def item_of(store: SqlStore) -> OutboxItem:
    """A pending item."""
    return store.pending(as_of=date.max)[0]


def reminders_of(store: SqlStore) -> Reminders:
    """The reminders that an order should have."""
    return FLOW.reminders(store.get("PO-1"), today=MONDAY)


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
    (lambda store: store.pending(as_of=MONDAY, given_up=0), TypeError),
    (lambda store: store.pending(as_of=MONDAY, order_id=7), TypeError),
    (lambda store: store.pending(as_of=MONDAY, trigger=7), TypeError),
    (lambda store: store.get_event(7), TypeError),
    (lambda store: store.claim(as_of=AT, now=AT, lease=LEASE), TypeError),
    (lambda store: store.claim(as_of=MONDAY, now=MONDAY, lease=LEASE), TypeError),
    (
        lambda store: store.claim(as_of=MONDAY, now=AT.replace(tzinfo=None), lease=LEASE),
        ValueError,
    ),
    (lambda store: store.claim(as_of=MONDAY, now=AT, lease=60), TypeError),
    (lambda store: store.claim(as_of=MONDAY, now=AT, lease=timedelta(0)), ValueError),
    (lambda store: store.claim(as_of=MONDAY, now=AT, lease=timedelta.max), ValueError),
    (lambda store: store.claim(as_of=MONDAY, now=AT, lease=DAY + SECOND), ValueError),
    (lambda store: store.claim(as_of=MONDAY, now=LATEST, lease=DAY), ValueError),
    (lambda store: store.claim(as_of=MONDAY, now=AT, lease=LEASE, limit=0), ValueError),
    (lambda store: store.acknowledge(7), TypeError),
    (lambda store: store.dismiss(7), TypeError),
    (lambda store: store.fail("1", error="", retry_at=None), TypeError),
    (lambda store: store.fail(item_of(store), error=None, retry_at=None), TypeError),
    (lambda store: store.fail(item_of(store), error="x" * 10_001, retry_at=None), ValueError),
    (lambda store: store.fail(item_of(store), error="\0", retry_at=None), ValueError),
    (lambda store: store.fail(item_of(store), error="", retry_at=MONDAY), TypeError),
    (
        lambda store: store.fail(item_of(store), error="", retry_at=AT.replace(tzinfo=None)),
        ValueError,
    ),
    (lambda store: store.release("1"), TypeError),
    (lambda store: store.release(item_of(store), "1"), TypeError),
    (lambda store: store.extend("1", now=AT, lease=LEASE), TypeError),
    (lambda store: store.extend(now=AT, lease=timedelta(0)), ValueError),
    (lambda store: store.extend(item_of(store), now=MONDAY, lease=LEASE), TypeError),
    (lambda store: store.set_reminders("1"), TypeError),
    (lambda store: store.set_reminders(reminders_of(store), reminders_of(store)), ValueError),
    (lambda store: store.forget(before=AT), TypeError),
    (lambda store: store.erase(7), TypeError),
    (lambda store: store.forget_commands(before=AT), TypeError),
    (lambda store: store.feed(7), TypeError),
    (lambda store: store.feed(limit=0), ValueError),
]


def test_bad_arguments_are_refused(store: SqlStore) -> None:
    """Bad arguments are refused, and nothing changes."""
    at_the_lab(store, "PO-1")
    before = contents(store)
    for number, (call, error) in enumerate(_REFUSED):
        try:
            call(store)
        except error as refusal:
            assert "must" in str(refusal), f"case {number}"  # noqa: PT017 - many cases, one store
        else:
            pytest.fail(f"case {number} is accepted")
    assert contents(store) == before


def test_nothing_is_asked_for(store: SqlStore) -> None:
    """Calls without ids or changes do nothing."""
    store.save()
    store.acknowledge()
    store.release()
    store.set_reminders()
    assert store.extend(now=AT, lease=LEASE) == []
    assert store.load([]) == {}


def selected(
    everything: list[OutboxItem],
    *,
    order_id: str | None,
    trigger: str | None,
    automatic: bool | None,
    given_up: bool | None,
) -> list[OutboxItem]:
    """The items that agree with all filters; None is no filter."""
    return [
        item
        for item in everything
        if order_id in {None, item.event.order_id}
        and trigger in {None, item.event.trigger}
        and automatic in {None, item.event.automatic}
        and given_up in {None, item.given_up}
    ]


def in_pages(store: SqlStore, **filters: Any) -> list[OutboxItem]:  # noqa: ANN401 - those of `pending`
    """The pending items, read two at a time."""
    pages: list[OutboxItem] = []
    while page := store.pending(
        as_of=date.max, after=pages[-1] if pages else None, limit=2, **filters
    ):
        pages += page
    return pages


_FILTERS: Final[dict[str, list[object]]] = {
    "order_id": [None, "PO-2"],
    "trigger": [None, "chase", "people"],
    "automatic": [None, True, False],
    "given_up": [None, True, False],
}


def test_every_filter_selects_what_it_says(store: SqlStore) -> None:
    """Filters can be combined, page by page."""
    at_the_lab(store, "PO-1", "PO-2", "PO-3")
    for item in store.pending(as_of=date.max)[::2]:
        store.fail(item, error="no", retry_at=None)
    everything = store.pending(as_of=date.max)
    assert len(everything) == 9
    for values in product(*_FILTERS.values()):
        filters: Any = dict(zip(_FILTERS, values, strict=True))
        assert in_pages(store, **filters) == selected(everything, **filters), filters


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


@pytest.mark.parametrize(
    "instant",
    [
        AT,
        datetime(1, 1, 1, tzinfo=UTC),
        datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=23, minutes=59))),
        datetime.max.replace(tzinfo=UTC),
        datetime.max.replace(tzinfo=timezone(-timedelta(hours=23, minutes=59))),
        datetime(2026, 10, 25, 2, 30, fold=1, tzinfo=ZoneInfo("Europe/Berlin")),
        datetime(2026, 10, 25, 2, 30, fold=0, tzinfo=ZoneInfo("Europe/Berlin")),
    ],
)
def test_an_instant_comes_back(store: SqlStore, instant: datetime) -> None:
    """The instant to try again comes back as it was given, to the microsecond."""
    at_the_lab(store, "PO-1")
    item, _ = store.claim(as_of=date.max, now=AT, lease=LEASE)
    store.fail(item, error="no", retry_at=instant)
    model = evolve(item, last_error="no", retry_at=instant, leased_until=None)
    assert store.get_event(item.event.id) == model


def test_an_item_may_be_given_twice(store: SqlStore) -> None:
    """A call that gets an item twice acts on it as it's after the first time."""
    at_the_lab(store, "PO-1")
    item, other = store.claim(as_of=date.max, now=AT, lease=LEASE)
    longer = evolve(item, leased_until=AT + 2 * LEASE)
    assert store.extend(item, other, item, now=AT + LEASE, lease=LEASE) == [
        longer,
        evolve(other, leased_until=AT + 2 * LEASE),
        longer,
    ]
    released = evolve(item, attempts=0, leased_until=None)
    store.release(item, item, other)
    assert store.get_event(item.event.id) == released
    store.acknowledge(item, item.event.id, item)
    assert store.get_event(item.event.id) is None


def test_attempts_are_counted_from_zero(store: SqlStore) -> None:
    """Releasing an event that was never claimed takes nothing off, and ends its giving up."""
    at_the_lab(store, "PO-1")
    item = item_of(store)
    store.fail(item, error="no", retry_at=None)
    (given_up,) = store.pending(as_of=date.max, given_up=True)
    store.release(given_up)
    assert store.get_event(item.event.id) == evolve(item, last_error="no")


def test_any_number_of_attempts_is_compared(store: SqlStore) -> None:
    """An item that nobody can have got isn't current, whatever its attempts."""
    at_the_lab(store, "PO-1")
    item = item_of(store)
    far = evolve(item, attempts=2**63 - 1)
    store.fail(far, error="no", retry_at=None)
    store.release(far)
    assert store.extend(far, now=AT, lease=LEASE) == []
    assert store.get_event(item.event.id) == item


def test_reminders_of_many_orders_are_set_or_none(store: SqlStore) -> None:
    """If an order has moved on, `set_reminders` names it and changes nothing."""
    first, second = at_the_lab(store, "PO-1", "PO-2")
    without = ProductionFlow()
    stale = [without.reminders(order, today=MONDAY) for order in (first, second)]
    store.save(amended(second, vendor="Acme"))
    unknown = evolve(stale[1], order_id="PO-9")
    before = contents(store)
    with pytest.raises(StaleOrdersError) as caught:
        store.set_reminders(*stale, unknown)
    assert caught.value.conflicts == {"PO-2": (2, 3), "PO-9": (2, 0)}
    assert contents(store) == before
    store.set_reminders(stale[0])
    assert store.pending(as_of=date.max, trigger="chase", order_id="PO-1") == []
    store.set_reminders(FLOW.reminders(first, today=MONDAY))
    assert len(store.pending(as_of=date.max, trigger="chase", order_id="PO-1")) == 1


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
