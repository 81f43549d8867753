"""A report as a value: what every list is before it becomes a page, a sheet or a text."""

import math
from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from typing import final

from attrs import field, frozen

from prodflow import _checks as checks
from prodflow._fields import checked

__all__ = ["Cell", "Table"]

Cell = str | int | float | Decimal | date | None
"""What stands in a table: a text, a number, a flag (`bool` is an `int`), a day, or nothing."""


def _cell(value: Cell) -> Cell:
    if isinstance(value, str):
        return checks.printable(checks.plain(value))
    # As a float, a large Decimal would be infinite.
    is_finite = value.is_finite() if isinstance(value, Decimal) else True
    if not is_finite or (isinstance(value, float) and not math.isfinite(value)):
        raise ValueError(f"a number in rows must be finite, not {value}")
    if value is None or isinstance(value, int | float | Decimal):
        return value
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    raise TypeError(
        "a cell in rows must be a str, number, bool, date without a time, or None,"
        f" not {checks.shown(value)}"
    )


def _text(name: str, value: str) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{name} must be a str, not {checks.shown(value)}")
    return checks.printable(checks.plain(value))


def _texts(name: str, values: Iterable[str]) -> tuple[str, ...]:
    return tuple(_text(f"an item of {name}", value) for value in checks.items(name, values, "str"))


def _title(value: str) -> str:
    return _text("title", value)


def _columns(values: Iterable[str]) -> tuple[str, ...]:
    return _texts("columns", values)


def _notes(values: Iterable[str]) -> tuple[str, ...]:
    return _texts("notes", values)


def _rows(values: Iterable[Iterable[Cell]]) -> tuple[tuple[Cell, ...], ...]:
    return tuple(
        tuple(map(_cell, checks.items("a row of rows", row, "cells")))
        for row in checks.items("rows", values, "rows")
    )


@final
@frozen(field_transformer=checked)
class Table:
    """A title, the names of the columns, and rows of cells, with notes for below.

    Texts may come from anywhere: a character that no page may hold (a control other than tab and
    newline, a surrogate, a bidirectional control, a noncharacter) becomes U+FFFD.

    Args:
        title: what the report is.
        columns: a name each.
        rows: as many cells each as there are columns; numbers are finite.
        notes: lines for below the rows, such as what was asked for and how many were found.

    Raises:
        TypeError: for a value of the wrong kind.
        ValueError: for a number that is not finite, or a row of another length.

    Source:
        "Print the List", "Export to PDF/Excel".

    Example:
        >>> from datetime import date
        >>> Table("Orders", ["id", "due"], [["PO-1", date(2026, 11, 2)]]).rows[0][0]
        'PO-1'
    """

    title: str = field(converter=_title)
    columns: tuple[str, ...] = field(converter=_columns)
    rows: tuple[tuple[Cell, ...], ...] = field(default=(), converter=_rows)
    notes: tuple[str, ...] = field(default=(), kw_only=True, converter=_notes)

    def __attrs_post_init__(self) -> None:
        for number, row in enumerate(self.rows):
            if len(row) != len(self.columns):
                raise ValueError(
                    f"row {number} must have {len(self.columns)} cells, not {len(row)}"
                )
