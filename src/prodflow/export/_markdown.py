"""A table in Markdown, for GitHub and most other tools."""

import re
from collections.abc import Iterable
from typing import Final

from prodflow._words import AnyWords
from prodflow.export._cells import BREAKS, numeric_columns, table_of, text_of
from prodflow.export._table import Table

_MEANING: Final = re.compile(r"[\\`*_\[\]<>|~#$]|&(?=[#\w])")
# A line that begins like this is a list item, or makes the line before it a heading.
_BLOCK: Final = re.compile(r"([-+=]|\d{1,9}[.)])")
_SPACE: Final = re.compile(r"\s+")


def to_markdown(
    table: Table, *, columns: Iterable[str] | None = None, words: AnyWords | None = None
) -> str:
    r"""A table as Markdown: a heading, a table, and a paragraph for each note.

    Characters with a meaning in Markdown or HTML are escaped, so every text shows as it is. A
    newline in a cell becomes `<br>`. Many viewers turn a plain web address into a link, and
    escaping can't prevent that.

    Args:
        table: what to show.
        columns: the names of the columns to show, in their order; None for all.
        words: your words for the texts of a report; None for English.

    Returns:
        Blocks separated by empty lines; "" if the table has no title, no columns and no notes.

    Raises:
        ValueError: if *columns* has a name that no column has.

    Source:
        "Print the List".

    Example:
        >>> from prodflow.export import Table
        >>> print(to_markdown(Table("Late", ["order", "days"], [["PO_1|2", 3]])), end="")
        # Late
        <BLANKLINE>
        | order | days |
        | --- | ---: |
        | PO\_1\|2 | 3 |
    """
    table, spoken = table_of(table, words, columns)
    blocks: list[str] = []
    if title := _paragraph(table.title):
        blocks.append(f"# {title}\n")
    if table.columns:
        rules = ("---:" if right else "---" for right in numeric_columns(table))
        rows: list[Iterable[str]] = [map(_cell, table.columns), rules]
        for index, row in enumerate(table.rows):
            struck = index in table.struck
            rows.append([_cell(text_of(cell, spoken), struck=struck) for cell in row])
        blocks.append("".join(f"| {' | '.join(row)} |\n" for row in rows))
    blocks.extend(f"{text}\n" for note in table.notes if (text := _paragraph(note)))
    return "\n".join(blocks)


def _cell(text: str, *, struck: bool = False) -> str:
    shown = "<br>".join(map(_inline, BREAKS.split(text)))
    # An `s` element strikes out any text; `~~` doesn't work next to a space.
    return f"<s>{shown}</s>" if struck and shown else shown


def _inline(text: str) -> str:
    return _MEANING.sub(r"\\\g<0>", text).replace("\t", " ")


def _paragraph(text: str) -> str:
    line = _inline(_SPACE.sub(" ", text)).strip()
    return _BLOCK.sub(_escaped_last, line, count=1) if _BLOCK.match(line) else line


def _escaped_last(mark: re.Match[str]) -> str:
    return f"{mark[0][:-1]}\\{mark[0][-1]}"
