"""What every format asks of a table: the text of a cell, and which columns hold numbers."""

import re
from datetime import date
from decimal import Decimal
from typing import Final, assert_never

from prodflow import _checks as checks
from prodflow.export._table import Cell, Table

# Python refuses to write an int of more digits than its limit, which a host can set to 640.
_LONG_BITS: Final = 2_000

BREAKS: Final = re.compile("[\n\u2028\u2029]")
"""What begins a new line within a text."""

_LANG: Final = re.compile(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8}){0,8}")


def table_of(table: Table) -> Table:
    """The table, or a TypeError."""
    return checks.instance("table", table, Table, "a Table, such as report.table() gives")


def lang_of(lang: str) -> str:
    """A language tag, such as `en` or `pt-BR`."""
    if not isinstance(lang, str):
        raise TypeError(f"lang must be a str, not {checks.shown(lang)}")
    if not _LANG.fullmatch(lang):
        raise ValueError(f"lang must be a language tag such as 'pt-BR', not {checks.shown(lang)}")
    return checks.plain(lang)


def text_of(cell: Cell) -> str:
    """A cell as people read it: dates as ISO 8601 has them, flags as yes and no, None as nothing.

    The methods are those of the class itself, since a subclass of the host may write otherwise.
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
    """Whether a cell is a number; a flag is none."""
    return isinstance(cell, int | float | Decimal) and not isinstance(cell, bool)


def numeric_columns(table: Table) -> tuple[bool, ...]:
    """For each column, whether it holds numbers, beside empty cells, and nothing else."""
    found: list[bool] = []
    for index in range(len(table.columns)):
        filled = [row[index] for row in table.rows if row[index] is not None]
        found.append(bool(filled) and all(map(is_number, filled)))
    return tuple(found)
