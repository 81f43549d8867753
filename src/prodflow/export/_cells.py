"""What all formats need: the text of a cell, and which columns are numeric."""

import re
import unicodedata
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Final, assert_never

from prodflow import _checks as checks
from prodflow._messages import text
from prodflow._words import AnyWords, Words, said, words_of, written_day, written_number
from prodflow.export._table import Cell, Table

# Python refuses to convert ints over a limit to text. A host can lower the limit, but not below
# 640 digits.
_LONG_BITS: Final = 2_000

BREAKS: Final = re.compile("[\n\u2028\u2029]")
"""The characters that start a new line in a text."""

_LANG: Final = re.compile(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8}){0,8}")


def table_of(
    table: Table, words: AnyWords | None, columns: Iterable[str] | None
) -> tuple[Table, Words]:
    """The chosen columns of the given table in the given words, after a check of the types."""
    checks.instance("table", table, Table, "a Table, such as report.table() gives")
    if columns is not None:
        table = _chosen(table, columns)
    return table.said(words), words_of(words)


def _chosen(table: Table, columns: Iterable[str]) -> Table:
    """The table with some of its columns, in another order."""
    indexes: list[int] = []
    for name in checks.items("columns", columns, "column names"):
        # Names and cells with characters that can't be shown are changed alike.
        known = checks.printable(checks.instance("an item of columns", name, str, "a str"))
        found = [index for index, column in enumerate(table.columns) if column == known]
        if not found:
            names = ", ".join(map(checks.shown, table.columns)) or "none"
            raise ValueError(f"columns must be names among {names}, not {checks.shown(name)}")
        indexes += found
    return Table(
        table.title,
        [table.columns[index] for index in indexes],
        [[row[index] for index in indexes] for row in table.rows],
        notes=table.notes,
        struck=table.struck,
    )


def is_formula(text: str) -> bool:
    """Whether a spreadsheet could take a text for a formula (OWASP, "CSV Injection").

    Some spreadsheets drop what nobody can see from the beginning of a text: spaces, controls,
    marks and fillers. Some accept full-width signs.
    """
    if text[:1] in _LINES:
        return True
    first = next((char for char in text if not _is_unseen(char)), "")
    return first != "" and unicodedata.normalize("NFKC", first)[:1] in _SIGNS


def _is_unseen(char: str) -> bool:
    return unicodedata.category(char)[0] in "ZCM" or char in _FILLERS


_LINES: Final = ("\t", "\n", "\u2028", "\u2029")
_SIGNS: Final = ("=", "+", "-", "@")
_FILLERS: Final = "\u115f\u1160\u3164\uffa0\u2800"
"""Letters and a sign, for Unicode, that look like a space."""


def lang_of(lang: str) -> str:
    """The given language tag, such as `en` or `pt-BR`, after a check."""
    if not _LANG.fullmatch(checks.instance("lang", lang, str, "a str")):
        raise ValueError(f"lang must be a language tag such as 'pt-BR', not {checks.shown(lang)}")
    return checks.plain(lang)


def optional_lang(lang: str | None) -> str | None:
    """A language tag, or None."""
    return None if lang is None else lang_of(lang)


def is_right_to_left(lang: str) -> bool:
    """Whether a language is written from right to left.

    The script decides if the tag names one, such as `az-Arab`. Otherwise the language decides.
    """
    language, *subtags = lang.lower().split("-")
    scripts = [subtag for subtag in subtags if len(subtag) == _SCRIPT and subtag.isalpha()]
    return scripts[0] in _SCRIPTS if scripts else language in _LANGUAGES


_SCRIPT: Final = 4
_SCRIPTS: Final = frozenset({"adlm", "arab", "hebr", "mand", "nkoo", "rohg", "syrc", "thaa"})
_LANGUAGES: Final = frozenset(
    {"ar", "arc", "ckb", "dv", "fa", "he", "iw", "ks", "nqo", "ps", "sd", "syr", "ug", "ur", "yi"}
)


def text_of(cell: Cell, words: Words) -> str:
    """The text of a cell: dates in ISO 8601, flags as yes and no, "" for None.

    If the host's words write numbers or dates, these functions write them here too.

    Users may pass in values of their own subclasses of `int` or `date`, which convert themselves to
    text in another way. So we call the conversion of the base type, such as `int.__repr__`.
    """
    match cell:
        case None | str():
            return cell or ""
        case bool():
            return said(_YES if cell else _NO, words)
        case date():
            return date.isoformat(cell) if words.day is None else written_day(cell, words)
        case int() | float() | Decimal():
            return _digits(cell) if words.number is None else written_number(cell, words)
        case _:
            assert_never(cell)


def _digits(number: float | Decimal) -> str:
    match number:
        case int():
            is_long = number.bit_length() > _LONG_BITS
            return Decimal.__str__(Decimal(number)) if is_long else int.__repr__(number)
        case float():
            return float.__repr__(number)
        case Decimal():
            return Decimal.__str__(number)
        case _:
            assert_never(number)


_YES: Final = text("yes")
_NO: Final = text("no")


def is_number(cell: Cell) -> bool:
    """Whether a cell is a number; a flag isn't."""
    return isinstance(cell, int | float | Decimal) and not isinstance(cell, bool)


def numeric_columns(table: Table) -> tuple[bool, ...]:
    """For each column, whether it has at least one number, and only numbers and empty cells."""
    indexes = range(len(table.columns))
    columns = ([row[at] for row in table.rows if row[at] is not None] for at in indexes)
    return tuple(bool(cells) and all(map(is_number, cells)) for cells in columns)
