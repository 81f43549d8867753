"""What all formats need: the text of a cell, and which columns are numeric."""

import re
from datetime import date
from decimal import Decimal
from typing import Final, assert_never

from prodflow import _checks as checks
from prodflow.export._table import Cell, Table

# Python refuses to convert ints over a limit to text. A host can lower the limit, but not below
# 640 digits.
_LONG_BITS: Final = 2_000

BREAKS: Final = re.compile("[\n\u2028\u2029]")
"""The characters that start a new line in a text."""

_LANG: Final = re.compile(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8}){0,8}")


def table_of(table: Table) -> Table:
    """The given table, after a check of its type."""
    return checks.instance("table", table, Table, "a Table, such as report.table() gives")


def lang_of(lang: str) -> str:
    """The given language tag, such as `en` or `pt-BR`, after a check."""
    if not _LANG.fullmatch(checks.instance("lang", lang, str, "a str")):
        raise ValueError(f"lang must be a language tag such as 'pt-BR', not {checks.shown(lang)}")
    return checks.plain(lang)


def text_of(cell: Cell) -> str:
    """The text of a cell: dates in ISO 8601, flags as yes and no, "" for None.

    Users may pass in values of their own subclasses of `int` or `date`, which convert themselves to
    text in another way. So we call the conversion of the base type, such as `int.__repr__`.
    """
    match cell:
        case None | str():
            return cell or ""
        case bool():
            return "yes" if cell else "no"
        case int():
            is_long = cell.bit_length() > _LONG_BITS
            return Decimal.__str__(Decimal(cell)) if is_long else int.__repr__(cell)
        case float():
            return float.__repr__(cell)
        case Decimal():
            return Decimal.__str__(cell)
        case date():
            return date.isoformat(cell)
        case _:
            assert_never(cell)


def is_number(cell: Cell) -> bool:
    """Whether a cell is a number; a flag isn't."""
    return isinstance(cell, int | float | Decimal) and not isinstance(cell, bool)


def numeric_columns(table: Table) -> tuple[bool, ...]:
    """For each column, whether it has at least one number, and only numbers and empty cells."""
    indexes = range(len(table.columns))
    columns = ([row[at] for row in table.rows if row[at] is not None] for at in indexes)
    return tuple(bool(cells) and all(map(is_number, cells)) for cells in columns)
