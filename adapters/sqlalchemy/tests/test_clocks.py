"""Without `now`, leases are counted by the database's clock."""

from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

import pytest
import sqlalchemy as sa

from prodflow.testing import FaultyStore, StoreFault
from prodflow_sqlalchemy import SqlStore

from .studio import LEASE, at_the_lab, clock

FAR: Final = datetime(2038, 1, 1, tzinfo=UTC)
ROUNDED: Final = timedelta(milliseconds=1)


def test_a_claim_begins_at_the_database_s_clock(engine: sa.Engine, store: SqlStore) -> None:
    """A lease without `now` ends as long after the database's clock as it lasts."""
    at_the_lab(store, "PO-1")
    before = clock(engine) - ROUNDED
    claimed = store.claim(as_of=date.max, lease=LEASE)
    after = clock(engine) + ROUNDED
    ends = [item.leased_until for item in claimed]
    assert len(ends) == 2
    assert all(end and before + LEASE <= end <= after + LEASE for end in ends)
    assert store.claim(as_of=date.max, lease=LEASE) == []


def test_an_extension_begins_at_the_database_s_clock(engine: sa.Engine, store: SqlStore) -> None:
    """A lease that a wrong clock has made is put right by an extension."""
    at_the_lab(store, "PO-1")
    claimed = store.claim(as_of=date.max, now=FAR, lease=LEASE)
    before = clock(engine) - ROUNDED
    extended = store.extend(*claimed, lease=LEASE)
    after = clock(engine) + ROUNDED
    ends = [item.leased_until for item in extended]
    assert len(ends) == 2
    assert all(end and before + LEASE <= end <= after + LEASE for end in ends)
    assert store.extend(lease=LEASE) == []


def test_a_try_waits_by_the_database_s_clock(engine: sa.Engine, store: SqlStore) -> None:
    """An event that failed is claimed again when the database's clock says so."""
    at_the_lab(store, "PO-1")
    one, other = store.claim(as_of=date.max, lease=LEASE)
    store.fail(one, error="no", retry_at=clock(engine) - timedelta(minutes=1))
    store.fail(other, error="no", retry_at=clock(engine) + timedelta(hours=1))
    claimed = store.claim(as_of=date.max, lease=LEASE)
    assert [item.event.id for item in claimed] == [one.event.id]


def test_a_claim_in_a_transaction_has_the_clock_too(engine: sa.Engine, store: SqlStore) -> None:
    """A store made of a connection asks the database of the connection."""
    at_the_lab(store, "PO-1")
    with engine.begin() as connection:
        inner = SqlStore(connection)
        claimed = inner.claim(as_of=date.max, lease=LEASE)
        assert len(inner.extend(*claimed, lease=LEASE)) == 2
    assert store.claim(as_of=date.max, lease=LEASE) == []


def test_a_faulty_store_has_the_clock_of_its_store(store: SqlStore) -> None:
    """A `FaultyStore` may be called without `now` too, and fails where its schedule says so."""
    at_the_lab(store, "PO-1")
    faulty = FaultyStore(store, ["before"])
    with pytest.raises(StoreFault):
        faulty.claim(as_of=date.max, lease=LEASE)
    claimed = faulty.claim(as_of=date.max, lease=LEASE)
    assert len(faulty.extend(*claimed, lease=LEASE)) == 2
    assert store.claim(as_of=date.max, lease=LEASE) == []


@pytest.mark.parametrize("lease", [timedelta(0), timedelta(days=1, microseconds=1)])
def test_a_lease_is_at_most_a_day(store: SqlStore, lease: timedelta) -> None:
    """The bounds of a lease are the same without `now`."""
    with pytest.raises(ValueError, match="lease"):
        store.claim(as_of=date.max, lease=lease)
    with pytest.raises(ValueError, match="lease"):
        store.extend(lease=lease)


@pytest.mark.parametrize("lease", [None, 600])
def test_a_lease_is_a_timedelta(store: SqlStore, lease: Any) -> None:  # noqa: ANN401 - the bad value
    """A lease of another type is refused without `now` too."""
    with pytest.raises(TypeError, match="lease"):
        store.claim(as_of=date.max, lease=lease)
