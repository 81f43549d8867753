"""Makes the engine of a store from a URL, and says what failed without the password."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Final, TypeVar

import sqlalchemy as sa
from sqlalchemy.exc import ArgumentError, InvalidRequestError

from prodflow_sqlalchemy import _arguments as arguments
from prodflow_sqlalchemy._sqlite import without_creating

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncEngine

T = TypeVar("T")

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


_FOR_ASYNCIO: Final[Mapping[str, str]] = {"sqlite": "sqlite+aiosqlite"}
"""The driver for asyncio of a URL that names none; psycopg is a driver for both."""


def engine(url: str, *, create: bool) -> sa.Engine:
    """An engine for a URL.

    Args:
        url: the URL.
        create: False if SQLite mustn't create a file that is missing.

    Raises:
        ValueError: if the URL isn't one of SQLite or PostgreSQL, or the driver is missing.
    """
    return _made(lambda given: sa.create_engine(given, **_options(given)), url, create=create)


def async_engine(url: str, *, create: bool) -> "AsyncEngine":
    """As `engine`, but for asyncio."""

    def make(given: sa.URL) -> "AsyncEngine":
        from sqlalchemy.ext.asyncio import create_async_engine  # noqa: PLC0415 - needs greenlet

        given = given.set(drivername=_FOR_ASYNCIO.get(given.drivername, given.drivername))
        return create_async_engine(given, **_options(given))

    return _made(make, url, create=create)


def _made(make: Callable[[sa.URL], T], url: str, *, create: bool) -> T:
    if not isinstance(url, str):  # the value may have a password
        raise TypeError(f"url must be a str, not {type(url).__name__}")
    arguments.instance("create", create, bool)
    try:
        return make(_url(url, create=create))
    except ImportError as error:
        missing = f"the driver {error.name or 'greenlet'!r} must be installed"
    except InvalidRequestError:
        missing = "the driver of this one isn't for asyncio"
    except (ArgumentError, ValueError):  # their texts can have the password
        missing = "this one can't be read"
    raise ValueError(
        "url must be one of SQLite or PostgreSQL, such as 'sqlite:///studio.db' or"
        f" 'postgresql://user@host/studio': {missing}"
    )


def _url(text: str, *, create: bool) -> sa.URL:
    url = sa.make_url(text)
    if url.drivername == "postgresql":  # before SQLAlchemy 2.1, this means psycopg2
        url = url.set(drivername="postgresql+psycopg")
    if url.get_backend_name() == "sqlite" and not create:
        url = without_creating(url)
    return url


def _options(url: sa.URL) -> dict[str, Any]:
    given: dict[str, Any] = {}
    if url.drivername == "postgresql+psycopg":
        given = {name: value for name, value in _PATIENCE.items() if name not in url.query}
        given["client_encoding"] = "utf8"
    return {"hide_parameters": True, "connect_args": given}
