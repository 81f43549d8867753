"""What the tests of the hub share."""

from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from typing import Any, Final

from argon2 import PasswordHasher
from starlette.applications import Starlette

from prodflow_hub._demo import FINISHED, ORDERS
from prodflow_sqlalchemy import SqlStore

AT: Final = datetime(2026, 11, 18, 10, 42, tzinfo=timezone(timedelta(hours=1)))

COUNT: Final = ORDERS + sum(FINISHED.values())
"""How many orders the studio has."""

CHEAP: Final = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
"""Hashes the passwords of tests, which nobody wants to know."""


class Clock:
    """A clock that a test sets."""

    def __init__(self, now: datetime = AT) -> None:
        self.now = now

    def __call__(self) -> datetime:
        """The present instant."""
        return self.now


class Instead:
    """A store with other methods instead of some of its own.

    Args:
        store: the store.
        methods: the other methods, by name.
    """

    def __init__(self, store: SqlStore, **methods: Callable[..., Any]) -> None:
        self.store, self.methods = store, methods

    def __getattr__(self, name: str) -> object:
        """The other method, or that of the store."""
        return self.methods[name] if name in self.methods else getattr(self.store, name)


AppFor = Callable[..., Starlette]
"""Makes the hub of one of the people of the studio."""
