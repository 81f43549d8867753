"""A call that is cancelled at any await loses nothing and leaves no lock (decision D48)."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import date

import pytest
import sqlalchemy as sa

from prodflow import OrderQuery
from prodflow_sqlalchemy import AsyncSqlStore

from .conftest import emptied
from .stepping import cancelled_at
from .studio import AT, LEASE, amended, at_the_lab


async def save(store: AsyncSqlStore) -> None:
    """Load, change and save an order."""
    order = await store.get("PO-1")
    await store.save(amended(order, vendor=f"V{order.version}"))


async def claim(store: AsyncSqlStore) -> None:
    """Claim the due events of the order, and give them back."""
    claimed = await store.claim(as_of=date.max, now=AT, lease=LEASE)
    await store.release(*claimed)


async def find(store: AsyncSqlStore) -> None:
    """Find orders."""
    await store.find(OrderQuery(status="lab"))


async def unit(store: AsyncSqlStore) -> None:
    """Load, change and save an order in a unit."""
    async with store.unit() as (_, inner):
        await save(inner)


async def statement(store: AsyncSqlStore) -> None:
    """Run a statement of one's own in a unit that has locked the order."""
    async with store.unit() as (connection, inner):
        await save(inner)
        await connection.execute(sa.text("SELECT count(*) FROM prodflow_history"))


def cancelled_everywhere(
    engine: sa.Engine, call: Callable[[AsyncSqlStore], Awaitable[None]], *, again: bool
) -> None:
    """Cancel a call at each of its awaits, and save the order from elsewhere each time."""
    sync = emptied(engine)
    at_the_lab(sync, "PO-1")

    async def main() -> None:
        url = engine.url.render_as_string(hide_password=False)
        async with await AsyncSqlStore.open(url) as store:

            async def work() -> None:
                await call(store)

            number = 1
            while await cancelled_at(number, work, again=again):
                order = sync.get("PO-1")
                change = amended(order, user=f"U{number}")
                sync.save(change)  # has to wait for a lock if there is one
                assert sync.get("PO-1") == change.order
                assert await store.get("PO-1") == change.order
                number += 1
            assert number > 5

    asyncio.run(main())
    assert sync.verify() == ()
    assert len(sync.history("PO-1")) == sync.get("PO-1").version


def test_a_unit_that_is_cancelled_at_every_later_await_leaves_no_lock(kept: sa.Engine) -> None:
    """A framework such as AnyIO cancels again and again; the rollback isn't interrupted."""
    cancelled_everywhere(kept, unit, again=True)


def test_a_statement_that_is_cancelled_in_a_unit_leaves_no_lock(kept: sa.Engine) -> None:
    """A unit ends at once if a statement of its block is cancelled."""
    cancelled_everywhere(kept, statement, again=False)


@pytest.mark.full  # they run the same lines
@pytest.mark.parametrize("again", [False, True])
@pytest.mark.parametrize("call", [save, claim, find, unit])
def test_a_call_that_is_cancelled_at_any_await_loses_nothing(
    kept: sa.Engine, call: Callable[[AsyncSqlStore], Awaitable[None]], *, again: bool
) -> None:
    """Each call is cancelled once, or from one await on, at each await in turn."""
    cancelled_everywhere(kept, call, again=again)
