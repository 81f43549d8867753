"""Relays are killed between any two of their calls, and some of what they send bounces.

The numbers are a tenth of those in the docstrings, or all under the profile `thorough`.
"""

import pytest

from .conftest import number
from .scenarios.processes import Record, apart, reported
from .scenarios.relays import killed_relays

pytestmark = pytest.mark.full


def test_killed_relays_act_on_every_event_once(url: str, record_property: Record) -> None:
    """200 relays are killed, and one event in eight bounces: each other event has one effect."""
    found = apart(killed_relays, url, kills=number(200), moves=number(4000))
    assert reported(found, record_property) == {}
