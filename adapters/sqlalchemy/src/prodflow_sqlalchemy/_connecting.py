"""Makes the engine of a store from a URL, and says what failed without the password."""

from collections.abc import Mapping
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.exc import ArgumentError

from prodflow_sqlalchemy._sqlite import without_creating

_PATIENCE: Final[Mapping[str, int]] = {
    "connect_timeout": 10,
    "keepalives_idle": 30,
    "keepalives_interval": 10,
    "keepalives_count": 3,
    "tcp_user_timeout": 60_000,
}
"""How long a server that doesn't answer is waited for: milliseconds in the last, else seconds.

libpq knows these names. What the URL says comes first.
"""


def engine(url: str, *, create: bool) -> sa.Engine:
    """An engine for a URL.

    Args:
        url: the URL.
        create: False if SQLite mustn't create a file that is missing.

    Raises:
        ValueError: if the URL isn't one of SQLite or PostgreSQL, or the driver is missing.
    """
    try:
        return _engine(sa.make_url(url), create=create)
    except ImportError as error:
        missing = f"the driver {error.name!r} must be installed"
    except (ArgumentError, ValueError):  # their texts can have the password
        missing = "this one can't be read"
    raise ValueError(
        "url must be one of SQLite or PostgreSQL, such as 'sqlite:///studio.db' or"
        f" 'postgresql://user@host/studio': {missing}"
    )


def _engine(url: sa.URL, *, create: bool) -> sa.Engine:
    if url.drivername == "postgresql":  # before SQLAlchemy 2.1, this means psycopg2
        url = url.set(drivername="postgresql+psycopg")
    given: dict[str, Any] = {}
    if url.drivername == "postgresql+psycopg":
        given = {name: value for name, value in _PATIENCE.items() if name not in url.query}
        given["client_encoding"] = "utf8"
    if url.get_backend_name() == "sqlite" and not create:
        url = without_creating(url)
    return sa.create_engine(url, hide_parameters=True, connect_args=given)
