"""Reminders and sending through `SqlStore`, in SQLite and in PostgreSQL (D25 to D30, D34)."""

from collections.abc import Sequence

import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from prodflow.testing import laws
from prodflow.testing._cases import SHARED
from prodflow.testing._life import TALKATIVE, Step
from prodflow.testing._studio import CYCLE
from prodflow.testing.strategies import lives

from .conftest import emptied

NUMBERS = st.sets(st.integers(0, 11), max_size=4)


@SHARED
@given(steps=lives())
def test_the_outbox_follows_the_orders(kept: sa.Engine, steps: Sequence[Step]) -> None:
    """The shipped law."""
    laws.the_outbox_follows_the_orders(emptied(kept), TALKATIVE, CYCLE, steps)


@SHARED
@given(events=st.integers(1, 12), failing=NUMBERS, dying=NUMBERS, limit=st.integers(1, 5))
def test_what_never_fails_is_delivered(
    kept: sa.Engine, events: int, failing: set[int], dying: set[int], limit: int
) -> None:
    """The shipped law."""
    laws.what_never_fails_is_delivered(
        emptied(kept), events, failing=failing, dying=dying, limit=limit
    )
