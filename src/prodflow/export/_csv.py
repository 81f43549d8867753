"""A table as CSV: data for another program, or for a sheet."""

import re
from typing import Final

from prodflow.export._cells import table_of, text_of
from prodflow.export._table import Cell, Table

__all__ = ["to_csv"]

# OWASP, "CSV Injection"; some sheets look past spaces, and take the wide signs for the narrow ones.
_FORMULA: Final = re.compile(r"\s*[=+\-@＝＋－＠]|[\t\n\r]")  # noqa: RUF001 - the wide signs
_QUOTED: Final = re.compile('[",;\t\n\r\u2028\u2029]|^[ ]|[ ]$')


def to_csv(table: Table) -> str:
    r"""The columns and rows of a table as RFC 4180 has it; title and notes are left out.

    A text that a sheet would take for a formula, since it begins with `=`, `+`, `-` or `@`, also
    after spaces, or with a tab or a newline, gets a `'` before it. Numbers, also negative ones, are
    written as they are. None is nothing, and an empty text is `""`.

    Args:
        table: what to write.

    Returns:
        Lines that end in CR LF, the names of the columns first. Encode it as `utf-8-sig` for Excel,
        which reads plain UTF-8 as something else.

    Raises:
        TypeError: if *table* is no `Table`.

    Source:
        "Export to PDF/Excel"; RFC 4180.

    Example:
        >>> from prodflow.export import Table
        >>> to_csv(Table("Late", ["order", "days"], [["=1+1", -3]]))
        "order,days\r\n'=1+1,-3\r\n"
    """
    table = table_of(table)
    return "".join(map(_line, (table.columns, *table.rows)))


def _line(cells: tuple[Cell, ...]) -> str:
    # A line with nothing on it would be no row to a reader.
    return (",".join(map(_field, cells)) or '""') + "\r\n"


def _field(cell: Cell) -> str:
    if not isinstance(cell, str):
        return text_of(cell)
    text = f"'{cell}" if _FORMULA.match(cell) else cell
    if text and not _QUOTED.search(text):
        return text
    return f'"{text.replace(chr(34), chr(34) * 2)}"'
