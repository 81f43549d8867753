"""Local accounts: who may sign in, and who is signed in.

Theory of operation. The tables are in the database of the orders, and each row belongs to a tenant.
A password is stored as argon2 makes it, and a session as a hash of the token that the browser has,
so nobody can sign in with what the tables have. A session ends after some hours in which nobody
used it, or when its account changes. Failed attempts are counted by name and by address; after too
many, the next ones aren't looked at for a while.
"""

import secrets
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Final, final

import sqlalchemy as sa
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from attrs import Factory, field, frozen

from prodflow_hub._hub import Visitor

IDLE: Final = timedelta(hours=12)
"""A session ends if nobody has used it for so long."""
_SEEN: Final = timedelta(minutes=10)
WINDOW: Final = timedelta(minutes=15)
"""Failed attempts of this long count."""
MOST_BY_NAME: Final = 5
MOST_BY_ADDRESS: Final = 30
SHORTEST_PASSWORD: Final = 8
LONGEST_PASSWORD: Final = 1_000
_LONGEST_NAME: Final = 200

_METADATA: Final = sa.MetaData()
_ACCOUNTS: Final = sa.Table(
    "prodflow_hub_accounts",
    _METADATA,
    sa.Column("tenant", sa.String, primary_key=True),
    sa.Column("name", sa.String, primary_key=True),
    sa.Column("password", sa.String, nullable=False),
    sa.Column("roles", sa.JSON, nullable=False),
    sa.Column("departments", sa.JSON, nullable=False),
)
_SESSIONS: Final = sa.Table(
    "prodflow_hub_sessions",
    _METADATA,
    sa.Column("tenant", sa.String, primary_key=True),
    sa.Column("token", sa.String, primary_key=True),
    sa.Column("name", sa.String, nullable=False),
    sa.Column("seen", sa.BigInteger, nullable=False),
)
_ATTEMPTS: Final = sa.Table(
    "prodflow_hub_attempts",
    _METADATA,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("tenant", sa.String, nullable=False),
    sa.Column("attempt", sa.String, nullable=False, index=True),
    sa.Column("subject", sa.String, nullable=False, index=True),
    sa.Column("at", sa.BigInteger, nullable=False),
)


class AccountError(Exception):
    """An account can't be made like this; the text says what to do."""


@final
@frozen
class TooManyAttempts:
    """Too many attempts have failed; from *until*, the next one counts."""

    until: datetime


def _hashed(token: str) -> str:
    return sha256(token.encode("utf-8", "replace")).hexdigest()


def _seconds(at: datetime) -> int:
    return int(at.timestamp())


def _of_nobody(accounts: "Accounts") -> str:
    """The hash of a password that nobody has."""
    return accounts.hasher.hash(secrets.token_urlsafe())


@final
@frozen(eq=False)
class Accounts:
    """The accounts of a tenant.

    Args:
        engine: the database.
        clock: gives the present instant.
        tenant: whose accounts they are.
        hasher: hashes the passwords.
    """

    engine: sa.Engine
    clock: Callable[[], datetime]
    tenant: str = ""
    hasher: PasswordHasher = field(factory=PasswordHasher)
    # Checked for unknown names, so that an answer takes as long whether there is an account.
    _nobody: str = field(init=False, default=Factory(_of_nobody, takes_self=True))

    def create_tables(self) -> None:
        """Create the tables that aren't there."""
        _METADATA.create_all(self.engine)

    def names(self) -> tuple[str, ...]:
        """The names of all accounts."""
        mine = sa.select(_ACCOUNTS.c.name).where(_ACCOUNTS.c.tenant == self.tenant)
        with self.engine.connect() as connection:
            return tuple(sorted(connection.scalars(mine), key=str.casefold))

    def put(
        self,
        name: str,
        password: str,
        *,
        roles: Iterable[str] = (),
        departments: Iterable[str] = (),
    ) -> None:
        """Make an account, or give an account another password, other roles and departments.

        Raises:
            AccountError: if the name or the password can't be used.
        """
        if not 0 < len(name) <= _LONGEST_NAME or name.strip() != name or not name.isprintable():
            raise AccountError("the name must have 1 to 200 characters that can be printed")
        if not SHORTEST_PASSWORD <= len(password) <= LONGEST_PASSWORD:
            raise AccountError(f"the password must have at least {SHORTEST_PASSWORD} characters")
        row = {
            "tenant": self.tenant,
            "name": name,
            "password": self.hasher.hash(password),
            "roles": sorted(roles),
            "departments": list(departments),
        }
        with self.engine.begin() as connection:
            for table in (_ACCOUNTS, _SESSIONS):
                here = (table.c.tenant == self.tenant) & (table.c.name == name)
                connection.execute(table.delete().where(here))
            connection.execute(_ACCOUNTS.insert(), row)

    def sign_in(self, name: str, password: str, address: str) -> str | TooManyAttempts | None:
        """The token of a new session; None if the name or the password is wrong."""
        now = self.clock()
        subjects = {f"name {name}"[:400]: MOST_BY_NAME, f"address {address}"[:400]: MOST_BY_ADDRESS}
        attempt = secrets.token_urlsafe(16)
        self._begin(attempt, subjects, now)
        with self.engine.connect() as connection:
            until = self._blocked(connection, subjects, attempt, now)
            here = (_ACCOUNTS.c.tenant == self.tenant) & (_ACCOUNTS.c.name == name)
            stored = connection.scalar(sa.select(_ACCOUNTS.c.password).where(here))
        if until is not None:
            self._forget(_ATTEMPTS.c.attempt == attempt)
            return TooManyAttempts(until)
        if not (self._matches(stored or self._nobody, password) and stored is not None):
            return None
        self._forget(
            (_ATTEMPTS.c.attempt == attempt)
            | (_ATTEMPTS.c.subject == next(iter(subjects)))
            | (_ATTEMPTS.c.at < _seconds(now - WINDOW))
        )
        token = secrets.token_urlsafe(32)
        session = {"tenant": self.tenant, "token": _hashed(token), "name": name}
        with self.engine.begin() as connection:
            connection.execute(_SESSIONS.insert(), session | {"seen": _seconds(now)})
        return token

    def _begin(self, attempt: str, subjects: Iterable[str], now: datetime) -> None:
        """Count an attempt as failed, before anybody knows.

        So many attempts at the same time are as limited as one after the other.
        """
        row = {"tenant": self.tenant, "attempt": attempt, "at": _seconds(now)}
        with self.engine.begin() as connection:
            connection.execute(_ATTEMPTS.insert(), [row | {"subject": it} for it in subjects])

    def _forget(self, which: sa.ColumnElement[bool]) -> None:
        """Take back attempts that needn't count."""
        with self.engine.begin() as connection:
            connection.execute(_ATTEMPTS.delete().where(_ATTEMPTS.c.tenant == self.tenant, which))

    def _blocked(
        self, connection: sa.Connection, subjects: Mapping[str, int], attempt: str, now: datetime
    ) -> datetime | None:
        """The instant from which attempts count again; None if this one does."""
        for subject, most in subjects.items():
            here = (_ATTEMPTS.c.tenant == self.tenant) & (_ATTEMPTS.c.subject == subject)
            others = (_ATTEMPTS.c.attempt != attempt) & (_ATTEMPTS.c.at > _seconds(now - WINDOW))
            times = sorted(connection.scalars(sa.select(_ATTEMPTS.c.at).where(here, others)))
            if len(times) >= most:
                return datetime.fromtimestamp(times[-most], now.tzinfo) + WINDOW
        return None

    def _matches(self, stored: str, password: str) -> bool:
        try:
            return self.hasher.verify(stored, password[:LONGEST_PASSWORD])
        except (VerificationError, InvalidHashError):
            return False

    def visitor(self, token: str | None) -> Visitor | None:
        """Who has this token; None if nobody has, or if the session is over."""
        if not token:
            return None
        now = self.clock()
        here = (_SESSIONS.c.tenant == self.tenant) & (_SESSIONS.c.token == _hashed(token))
        same = (_ACCOUNTS.c.tenant == _SESSIONS.c.tenant) & (_ACCOUNTS.c.name == _SESSIONS.c.name)
        found = sa.select(_ACCOUNTS, _SESSIONS.c.seen).join(_SESSIONS, same).where(here)
        with self.engine.connect() as connection:
            row = connection.execute(found).one_or_none()
        if row is None or row.seen <= _seconds(now - IDLE):
            return None
        if row.seen <= _seconds(now - _SEEN):
            with self.engine.begin() as connection:
                connection.execute(_SESSIONS.update().where(here).values(seen=_seconds(now)))
        return Visitor(row.name, roles=row.roles, departments=row.departments)

    def sign_out(self, token: str | None) -> None:
        """End a session."""
        if token:
            here = (_SESSIONS.c.tenant == self.tenant) & (_SESSIONS.c.token == _hashed(token))
            with self.engine.begin() as connection:
                connection.execute(_SESSIONS.delete().where(here))
