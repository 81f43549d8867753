"""What the tests of the hub share."""

from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from typing import Final

from starlette.applications import Starlette

from prodflow_hub._demo import FINISHED, ORDERS

AT: Final = datetime(2026, 11, 18, 10, 42, tzinfo=timezone(timedelta(hours=1)))

COUNT: Final = ORDERS + sum(FINISHED.values())
"""How many orders the studio has."""


class Clock:
    """A clock that a test sets."""

    def __init__(self, now: datetime = AT) -> None:
        self.now = now

    def __call__(self) -> datetime:
        """The present instant."""
        return self.now


AppFor = Callable[..., Starlette]
"""Makes the hub of one of the people of the studio."""
