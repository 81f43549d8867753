"""Tables as values; every report becomes a `Table` before it's rendered."""

import math
from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, final

from attrs import field, frozen

from prodflow import _checks as checks
from prodflow._fields import Check, checked
from prodflow._messages import Message
from prodflow._words import AnyWords, Words, said, words_of

Cell = str | int | float | Decimal | date | None
"""A value in a table: a text, a number, a flag (`bool` is an `int`), a day, or None."""


def _cell(value: Cell) -> Cell:
    if isinstance(value, str):
        return _printable(value)
    # math.isfinite would turn a Decimal into a float, and a large one would become infinite.
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


def _printable(value: str) -> str:
    return checks.printable(value if isinstance(value, Message) else checks.plain(value))


def _text(name: str, value: str) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{name} must be a str, not {checks.shown(value)}")
    return _printable(value)


def _texts(name: str, values: Iterable[str]) -> tuple[str, ...]:
    return tuple(_text(f"an item of {name}", value) for value in checks.items(name, values, "str"))


Title = Annotated[str, Check(_text)]


def _columns(values: Iterable[str]) -> tuple[str, ...]:
    return _texts("columns", values)


def _notes(values: Iterable[str]) -> tuple[str, ...]:
    return _texts("notes", values)


def _rows(values: Iterable[Iterable[Cell]]) -> tuple[tuple[Cell, ...], ...]:
    return tuple(
        tuple(map(_cell, checks.items("a row of rows", row, "cells")))
        for row in checks.items("rows", values, "rows")
    )


def _struck(values: Iterable[int]) -> frozenset[int]:
    rows = checks.items("struck", values, "row indexes")
    return frozenset(checks.whole("an item of struck", row, 0, checks.COUNT_MAX) for row in rows)


@final
@frozen(field_transformer=checked)
class Table:
    """A title, column names, rows of cells, and notes.

    Texts may contain any characters. Surrogates, noncharacters, bidirectional controls, and control
    characters other than tab and newline become U+FFFD.

    Args:
        title: the name of the report; "" for none.
        columns: the column names.
        rows: the rows, each with one cell for each column. Numbers must be finite.
        notes: lines to show below the rows, such as the filters and the number of orders.
        struck: the indexes of rows that no longer count. HTML, Markdown, Excel and PDF strike
            through the texts of these rows. Plain text and CSV show no strikes, so add a column
            that marks these rows.

    Raises:
        ValueError: if a number isn't finite, a row doesn't have one cell for each column, or an
            index in *struck* has no row.

    Source:
        "Print the List", "Export to PDF/Excel".

    Example:
        >>> from datetime import date
        >>> Table("Orders", ["id", "due"], [["PO-1", date(2026, 11, 2)]]).rows[0][0]
        'PO-1'
    """

    title: Title
    columns: tuple[str, ...] = field(converter=_columns)
    rows: tuple[tuple[Cell, ...], ...] = field(default=(), converter=_rows)
    notes: tuple[str, ...] = field(default=(), kw_only=True, converter=_notes)
    struck: frozenset[int] = field(default=frozenset(), kw_only=True, converter=_struck)

    def __attrs_post_init__(self) -> None:
        for number, row in enumerate(self.rows):
            if len(row) != len(self.columns):
                raise ValueError(
                    f"row {number} must have {len(self.columns)} cells, not {len(row)}"
                )
        if self.struck and max(self.struck) >= len(self.rows):
            raise ValueError(
                f"struck must have indexes of rows, below {len(self.rows)}, not {max(self.struck)}"
            )

    def said(self, words: AnyWords | None) -> "Table":
        """The same table with prodflow's texts in your words; your own texts stay as they are.

        A report has the English texts and their templates in its table, and every function of this
        package says them. So you need this only if you render tables yourself.
        """
        spoken = words_of(words)
        return Table(
            _said(self.title, spoken),
            [_said(name, spoken) for name in self.columns],
            [
                [_said(cell, spoken) if isinstance(cell, str) else cell for cell in row]
                for row in self.rows
            ],
            notes=[_said(note, spoken) for note in self.notes],
            struck=self.struck,
        )


def _said(value: str, words: Words) -> str:
    return said(value, words) if isinstance(value, Message) else value
