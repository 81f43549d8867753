"""A table as CSV, for other programs and spreadsheets."""

import re
from typing import Final

from prodflow._words import AnyWords, Words
from prodflow.export._cells import table_of, text_of
from prodflow.export._table import Cell, Table

# OWASP, "CSV Injection". Some spreadsheets skip leading spaces and accept full-width signs.
_FORMULA: Final = re.compile(r"\s*[=+\-@＝＋－＠]|[\t\n\r]")  # noqa: RUF001 - the wide signs
_QUOTED: Final = re.compile('[",;\t\n\r\u2028\u2029]|^[ ]|[ ]$')


def to_csv(table: Table, *, words: AnyWords | None = None) -> str:
    r"""The columns and rows of a table as CSV (RFC 4180), without its title and notes.

    A text that a spreadsheet could take for a formula gets a `'` before it. Such a text begins with
    a tab or newline, or with `=`, `+`, `-` or `@` (even after spaces). Numbers, negative ones too,
    stay as they are. None becomes an empty field, and an empty text becomes `""`.

    Args:
        table: what to write.
        words: your words for the texts of a report; None for English. Numbers and dates stay as
            other programs read them.

    Returns:
        Lines that end in CR LF, column names first. Encode them as `utf-8-sig` for Excel, which
        misreads plain UTF-8.

    Source:
        "Export to PDF/Excel"; RFC 4180.

    Example:
        >>> from prodflow.export import Table
        >>> to_csv(Table("Late", ["order", "days"], [["=1+1", -3]]))
        "order,days\r\n'=1+1,-3\r\n"
    """
    table, spoken = table_of(table, words)
    flags = Words(texts=spoken.texts)
    return "".join(_line(row, flags) for row in (table.columns, *table.rows))


def _line(cells: tuple[Cell, ...], words: Words) -> str:
    # Many programs skip empty lines, so a row without cells becomes a line with an empty text.
    return (",".join(_field(cell, words) for cell in cells) or '""') + "\r\n"


def _field(cell: Cell, words: Words) -> str:
    if not isinstance(cell, str):
        return text_of(cell, words)
    text = f"'{cell}" if _FORMULA.match(cell) else cell
    if text and not _QUOTED.search(text):
        return text
    return f'"{text.replace(chr(34), chr(34) * 2)}"'
