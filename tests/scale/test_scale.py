"""The same orders give the same answers on every engine."""

from typing import Final

import pytest

import scale

ORDERS: Final = scale.opened(range(200_000))
PLAINLY: Final = scale.checksums("plain", ORDERS)


def test_a_checksum_sees_a_difference() -> None:
    """One order more or less, or another order of them, is another checksum."""
    few = ORDERS[:10]
    found = {scale.checksums("plain", part) for part in (few, few[1:], few[::-1])}
    assert len(found) == 3


@pytest.mark.parametrize("engine", ["processes", "dask"])
def test_every_engine_gives_the_same(engine: str) -> None:
    """Plans and changes of 200,000 orders, worked out in other processes, are those made here."""
    assert scale.checksums(engine, ORDERS) == PLAINLY
