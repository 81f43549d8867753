"""A table as CSV, for other programs and spreadsheets."""

from collections.abc import Iterable
from typing import Final, Literal

from prodflow import _checks as checks
from prodflow._words import AnyWords, Words, texts_only, words_of
from prodflow.export._cells import is_formula, is_number, table_of, text_of
from prodflow.export._table import Cell, Table

_SPECIAL: Final = frozenset('",;\t\n\r\u2028\u2029')


def to_csv(
    table: Table,
    *,
    delimiter: Literal[",", ";", "\t"] = ",",
    decimal: Literal[".", ","] = ".",
    columns: Iterable[str] | None = None,
    words: AnyWords | None = None,
) -> str:
    r"""The columns and rows of a table as CSV (RFC 4180), without its title and notes.

    A text that a spreadsheet could take for a formula gets a `'` before it. Such a text begins with
    a tab or newline, or with `=`, `+`, `-` or `@`, even after spaces or invisible characters.
    Numbers, negative ones too, stay as they are. A flag is `yes` or `no`. None becomes an empty
    field, and an empty text becomes `""`.

    Args:
        table: what to write.
        delimiter: the character between two fields. Excel expects `;` where people write a comma
            before the decimals, as in Germany.
        decimal: the character before the decimals of a number.
        columns: the names of the columns to write, in their order; None for all.
        words: your words for the texts of a report; None for English. Numbers and dates stay as
            other programs read them.

    Returns:
        Lines that end in CR LF, column names first. Encode them as `utf-8-sig` for Excel, which
        misreads plain UTF-8.

    Raises:
        ValueError: if *delimiter* or *decimal* is another character or both are the same, or
            *columns* has a name that no column has.

    Source:
        "Export to PDF/Excel"; RFC 4180.

    Example:
        >>> from prodflow.export import Table
        >>> to_csv(Table("Late", ["order", "days"], [["=1+1", -3]]))
        "order,days\r\n'=1+1,-3\r\n"
        >>> to_csv(Table("Late", ["order", "days"], [["PO-1", 2.5]]), delimiter=";", decimal=",")
        'order;days\r\nPO-1;2,5\r\n'
    """
    plain = texts_only(words_of(words))
    table, _ = table_of(table, None if words is None else plain, columns)
    checks.one_of("delimiter", delimiter, ",", ";", "\t")
    checks.one_of("decimal", decimal, ".", ",")
    if delimiter == decimal:
        raise ValueError("decimal must differ from delimiter: use ';' between the fields")
    return "".join(
        # Many programs skip empty lines, so a row without cells is a line with an empty text.
        (delimiter.join(_field(cell, decimal, plain) for cell in row) or '""') + "\r\n"
        for row in (table.columns, *table.rows)
    )


def _field(cell: Cell, decimal: str, words: Words) -> str:
    text = text_of(cell, words)
    if cell is None or is_number(cell):
        return text.replace(".", decimal)
    if is_formula(text):
        text = f"'{text}"
    if text and text == text.strip(" ") and _SPECIAL.isdisjoint(text):
        return text
    return f'"{text.replace(chr(34), chr(34) * 2)}"'
