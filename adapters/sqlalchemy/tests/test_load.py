"""Many processes change the same orders.

The numbers are a tenth of those in the docstrings, or all under the profile `thorough`.
"""

import pytest

from .conftest import number
from .scenarios.load import load
from .scenarios.processes import Record, apart, reported

pytestmark = pytest.mark.full


def test_advances_of_hot_orders_are_never_lost(url: str, record_property: Record) -> None:
    """8 processes advance 10 orders 250 times each: no save is lost, stale saves are refused."""
    found = apart(load, url, writers=8, saves=number(250), orders=10)
    assert reported(found, record_property) == {}


def test_bulks_are_saved_and_seen_whole(url: str, record_property: Record) -> None:
    """6 processes advance 8 of 40 orders at once, 50 times each: nobody sees part of a save."""
    found = apart(load, url, writers=6, saves=number(50), orders=40, batch=8)
    assert reported(found, record_property) == {}
