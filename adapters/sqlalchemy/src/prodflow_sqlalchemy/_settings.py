"""The versions of the settings, in the database and in memory."""

from typing import Any, final

import sqlalchemy as sa

from prodflow import FlowSettings, SettingsNotFoundError
from prodflow.stores import Edit, check_settings
from prodflow_sqlalchemy import _reading as reading
from prodflow_sqlalchemy import _rows as rows
from prodflow_sqlalchemy._dialect import Dialect
from prodflow_sqlalchemy._schema import TENANT

Versions = dict[int, FlowSettings]


@final
class SettingsVersions:
    """The versions of the settings; a committed version never changes, so one read is enough.

    If two people edit the same version, the table refuses the second row, since each version can be
    replaced only once.

    Args:
        dialect: the statements for the database.
        are_certain: whether every version that is read has been committed. It's False in a
            caller's transaction, where a version may still be rolled back.
    """

    def __init__(self, dialect: Dialect, *, are_certain: bool) -> None:
        self._dialect = dialect
        self._are_certain = are_certain
        self._known: Versions = {}

    def get(self, connection: sa.Connection, version: int | None) -> FlowSettings:
        """One version, or the newest; a `SettingsNotFoundError` if there is none."""
        number = self._newest(connection) if version is None else version
        known = {} if number is None else self._load(connection, number)
        for settings in known.values():
            return settings
        raise SettingsNotFoundError(version)

    def put(self, connection: sa.Connection, settings: FlowSettings, edit: Edit) -> Versions:
        """Insert an edit unless it's already stored; returns what to `remember` after the commit.

        Raises:
            StaleSettingsError: if the newest version isn't the one that the edit replaces.
                `put_settings` lists the other errors.
        """
        if check_settings(settings, edit.replaces, self._compared(connection, settings)):
            row = rows.settings_row(settings, edit)
            if not self._dialect.add_settings(connection, row):  # somebody was faster
                check_settings(settings, edit.replaces, self._compared(connection, settings))
        return {settings.version: settings}

    def edits(self, connection: sa.Connection) -> tuple[Edit, ...]:
        """Who put which version, and when; by version."""
        c = self._dialect.tables.settings.c
        named: Any = sa.select(c.version, c.replaces, c.put_by, c.put_at)
        statement = named.where(c.tenant == TENANT).order_by(c.version)
        table = self._dialect.tables.settings
        stored = connection.execute(statement)
        return tuple(reading.edit(table, (row.version,), row) for row in stored)

    def remember(self, versions: Versions) -> None:
        """Keep versions in memory, so that they needn't be read again."""
        if self._are_certain:
            self._known.update(versions)

    def _compared(self, connection: sa.Connection, settings: FlowSettings) -> Versions:
        """What an edit is compared with: the newest version, and the one with its number."""
        versions = self._load(connection, settings.version)
        newest = self._newest(connection)
        return versions if newest is None else versions | self._load(connection, newest)

    def _newest(self, connection: sa.Connection) -> int | None:
        c = self._dialect.tables.settings.c
        newest = sa.select(sa.func.max(c.version)).where(c.tenant == TENANT)
        version: int | None = connection.scalar(newest)
        return version

    def _load(self, connection: sa.Connection, version: int) -> Versions:
        """The version with this number; empty if it isn't stored."""
        if version in self._known:
            return {version: self._known[version]}
        c = self._dialect.tables.settings.c
        statement = sa.select(c.data).where(c.tenant == TENANT, c.version == version)
        data = connection.scalar(statement)
        if data is None:
            return {}
        found = {version: reading.settings(self._dialect.tables, version, data)}
        self.remember(found)
        return found
