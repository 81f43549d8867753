"""A table as plain text, aligned for terminals, logs and mail."""

import re
from collections.abc import Iterable
from typing import Final

from prodflow._words import AnyWords, Words
from prodflow.export._cells import numeric_columns, table_of, text_of
from prodflow.export._table import Table
from prodflow.export._width import width_of

_SPACES: Final = re.compile("[\n\t\u2028\u2029]")
_GAP: Final = "  "


def to_text(
    table: Table, *, columns: Iterable[str] | None = None, words: AnyWords | None = None
) -> str:
    r"""A table as plain text: the title, the aligned columns and the notes.

    A row is a single line, so a newline or tab in a cell becomes a space. Numbers are aligned to
    the right, flags show as yes or no, and nothing is cut. The columns line up in a terminal, where
    an East Asian character or emoji is as wide as two letters.

    Args:
        table: what to show.
        columns: the names of the columns to show, in their order; None for all.
        words: your words for the texts of a report; None for English.

    Returns:
        Lines that end in a newline, without trailing spaces; "" if the table has no title, no
        columns and no notes.

    Raises:
        ValueError: if *columns* has a name that no column has.

    Source:
        "Print the List".

    Example:
        >>> from prodflow.export import Table
        >>> table = Table("Late", ["order", "days"], [["PO-1", 3], ["写真", 12]], notes=["2"])
        >>> print(to_text(table), end="")
        Late
        <BLANKLINE>
        order  days
        -----  ----
        PO-1      3
        写真     12
        <BLANKLINE>
        2
    """
    table, spoken = table_of(table, words, columns)
    parts = [_line([table.title])] if table.title else []
    if table.columns:
        parts.append(_grid(table, spoken))
    parts.extend(_line([note]) for note in table.notes[:1])
    text = "\n".join(parts)
    return text + "".join(_line([note]) for note in table.notes[1:])


def _grid(table: Table, words: Words) -> str:
    head = [_one_line(name) for name in table.columns]
    body = [[_one_line(text_of(cell, words)) for cell in row] for row in table.rows]
    widths = [max(map(width_of, column)) for column in zip(head, *body, strict=True)]
    right = numeric_columns(table)
    rule = ["-" * width for width in widths]
    return "".join(_line(map(_padded, row, widths, right)) for row in (head, rule, *body))


def _line(cells: Iterable[str]) -> str:
    return _GAP.join(map(_one_line, cells)).rstrip() + "\n"


def _one_line(text: str) -> str:
    return _SPACES.sub(" ", text)


def _padded(text: str, width: int, right: bool) -> str:  # noqa: FBT001 - mapped over the columns
    space = " " * (width - width_of(text))
    return space + text if right else text + space
