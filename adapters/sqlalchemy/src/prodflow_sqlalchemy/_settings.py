"""The versions of the settings, in the database and in memory."""

from typing import Any, final

import sqlalchemy as sa

from prodflow import FlowSettings, SettingsNotFoundError
from prodflow.stores import Edit, check_settings
from prodflow_sqlalchemy import _reading as reading
from prodflow_sqlalchemy import _rows as rows
from prodflow_sqlalchemy._dialect import ConcurrentSaveError, Dialect

Name = tuple[int, str]
"""A version and its digest: it names one content, even after a restore."""


@final
class SettingsVersions:
    """The versions of the settings, in the database and in memory.

    The memory keeps versions by their digest, so it's right even if a backup is restored.

    If two people edit the same version, the table refuses the second row, since each version can be
    replaced only once.

    Args:
        dialect: the statements for the database.
    """

    def __init__(self, dialect: Dialect) -> None:
        self._dialect = dialect
        self._known: dict[Name, FlowSettings] = {}

    def get(self, connection: sa.Connection, version: int | None) -> FlowSettings:
        """One version, or the newest; a `SettingsNotFoundError` if there is none."""
        settings = self._read(connection, version)
        if settings is None:
            raise SettingsNotFoundError(version)
        return settings

    def put(self, connection: sa.Connection, settings: FlowSettings, edit: Edit) -> None:
        """Insert an edit unless it's already stored.

        Raises:
            StaleSettingsError: if the newest version isn't the one that the edit replaces.
                `put_settings` lists the other errors.
        """
        if check_settings(settings, edit.replaces, self._compared(connection, settings)):
            row = rows.settings_row(self._dialect.tenant, settings, edit)
            if not self._dialect.add_settings(connection, row):  # somebody was faster
                check_settings(settings, edit.replaces, self._compared(connection, settings))

    def edits(self, connection: sa.Connection) -> tuple[Edit, ...]:
        """Who put which version, and when; by version."""
        c = self._dialect.tables.settings.c
        named: Any = sa.select(c.version, c.replaces, c.put_by, c.put_at)
        statement = named.where(c.tenant == self._dialect.tenant).order_by(c.version)
        table = self._dialect.tables.settings
        stored = connection.execute(statement)
        return tuple(reading.edit(table, (row.version,), row) for row in stored)

    def _compared(
        self, connection: sa.Connection, settings: FlowSettings
    ) -> dict[int, FlowSettings]:
        """What an edit is compared with: the newest version, and the one with its number."""
        found = (self._read(connection, settings.version), self._read(connection, None))
        return {each.version: each for each in found if each is not None}

    def _read(self, connection: sa.Connection, version: int | None) -> FlowSettings | None:
        """The version with a number, or the newest; None if it isn't stored."""
        c = self._dialect.tables.settings.c
        named: Any = sa.select(c.version, c.digest).where(c.tenant == self._dialect.tenant)
        if version is None:
            named = named.order_by(c.version.desc()).limit(1)
        else:
            named = named.where(c.version == version)
        name = connection.execute(named).first()
        if name is None:
            return None
        known = self._known.get((name.version, name.digest))
        if known is None:
            data = sa.select(c.data).where(
                c.tenant == self._dialect.tenant, c.version == name.version, c.digest == name.digest
            )
            stored: str | None = connection.scalar(data)
            if stored is None:  # somebody has deleted or replaced it meanwhile
                raise ConcurrentSaveError
            known = reading.settings(self._dialect.tables, name.version, stored)
            self._known[name.version, name.digest] = known
        return known
