"""A table as an HTML page, for screens and paper."""

import re
import unicodedata
from collections.abc import Iterable
from datetime import date
from html import escape
from typing import Final

from prodflow import _checks as checks
from prodflow._words import AnyWords, Words
from prodflow.export._cells import (
    is_number,
    is_right_to_left,
    lang_of,
    numeric_columns,
    table_of,
    text_of,
)
from prodflow.export._table import Cell, Table

# The security policy allows only the style below, so a script that got through wouldn't run.
_PAGE: Final = """\
<!DOCTYPE html>
<html lang="{lang}"{direction}>
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>{title}</title>
<style>
{style}</style>
</head>
<body>
{body}</body>
</html>
"""
_FROM_THE_RIGHT: Final = frozenset(("R", "AL"))
# Only long words may break. Otherwise, short words would break in narrow columns too.
_LONG_WORD: Final = re.compile(r"\S{25}")
# Longer texts keep some room in a wide table, or each would be a pile of single words.
_SHORT: Final = 16
# A table with more columns than this is printed across the long side of the paper. With still more
# columns, words may break there: nothing scrolls on paper, and what doesn't fit would be cut off.
_FEW_COLUMNS: Final = 8
_MANY_COLUMNS: Final = 20
_STYLE: Final = """\
:root { color-scheme: light dark; --ink: #1c1c1e; --soft: #5b5b63; --line: #d9d9de;
  --head: #f0f0f3; --paper: #fff; }
@media (prefers-color-scheme: dark) { :root { --ink: #ececf0; --soft: #a6a6b0; --line: #3c3c44;
  --head: #2a2a30; --paper: #1a1a1e; } }
body { margin: 0 auto; padding: 2rem 1.5rem; max-width: 75rem; background: var(--paper);
  color: var(--ink); font: 0.9375rem/1.45 system-ui, sans-serif; }
h1 { margin: 0 0 1rem; font-size: 1.5rem; line-height: 1.2; overflow-wrap: anywhere; }
.t { overflow-x: auto; }
table { border-collapse: separate; border-spacing: 0; min-width: 100%;
  font-variant-numeric: tabular-nums; }
th, td { padding: 0.4rem 0.75rem; border-bottom: 1px solid var(--line); text-align: start;
  vertical-align: top; white-space: pre-wrap; }
th { background: var(--head); border-bottom: 2px solid var(--soft); vertical-align: bottom; }
.n { text-align: end; }
.d { white-space: nowrap; }
.w { min-width: 10em; }
.l { min-width: 12em; overflow-wrap: anywhere; }
@media screen {
  th:first-child, td:first-child { position: sticky; inset-inline-start: 0; }
  td:first-child { background: var(--paper); }
}
@media screen and (max-width: 40rem) {
  body { padding: 1rem; font-size: 0.875rem; }
  th, td { padding: 0.35rem 0.5rem; }
}
p { margin: 0.75rem 0 0; color: var(--soft); white-space: pre-wrap; overflow-wrap: anywhere; }
@media print {
  :root { color-scheme: light; --ink: #000; --soft: #444; --line: #bbb; --head: #eee;
    --paper: #fff; }
  @page { margin: 15mm; }
  body { max-width: none; padding: 0; font-size: 9pt; }
  h1 { font-size: 14pt; }
  .t { overflow: visible; }
  th, td { padding: 1mm 2mm; }
  th { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
  thead { display: table-header-group; }
  tr { break-inside: avoid; }
}
"""
_WIDE_STYLE: Final = """\
@media print {
  @page { size: landscape; }
  body { font-size: 8pt; }
  th, td { padding: 0.8mm 1.2mm; }
  .w { min-width: 0; }
}
"""
_CROWDED_STYLE: Final = """\
@media print { th, td { overflow-wrap: anywhere; } }
"""


_FRAGMENT: Final = """\
<div class="prodflow-table" lang="{lang}"{direction}>
{body}</div>
"""


def to_html(
    table: Table,
    *,
    lang: str = "en",
    fragment: bool = False,
    columns: Iterable[str] | None = None,
    words: AnyWords | None = None,
) -> str:
    r"""A table as a complete HTML page, for light and dark screens and for paper.

    All texts are escaped, the page loads nothing, and its content security policy forbids scripts.
    On a narrow screen a wide table scrolls sideways, and its first column stays. When you print
    the page, every sheet repeats the column names, and a table with many columns is printed
    across. Newlines and runs of spaces are kept.

    Args:
        table: what to show.
        lang: the language of the texts, a tag such as `pt-BR`, for screen readers and hyphenation.
            A page in Arabic or Hebrew, for example, runs from right to left.
        fragment: whether to return only the table, for a page of your own. It has no style and no
            script. Its `div` has the class `prodflow-table`, and the title is the caption of the
            table. Cells with numbers have the class `n`, those with dates `d`, those with longer
            texts `w`, and those with very long words `l`.
        columns: the names of the columns to show, in their order; None for all.
        words: your words for the texts of a report; None for English.

    Returns:
        The page, or the fragment. Encode it as UTF-8.

    Raises:
        ValueError: if *lang* isn't a language tag, or *columns* has a name that no column has.

    Source:
        "Print the List".

    Example:
        >>> from prodflow.export import Table
        >>> page = to_html(Table("Late", ["order", "days"], [["<PO-1>", 3]]))
        >>> print(page[page.index("<tbody>") : page.index("</tbody>")])
        <tbody>
        <tr><td>&lt;PO-1&gt;</td><td class="n">3</td></tr>
        <BLANKLINE>
    """
    table, spoken = table_of(table, words, columns)
    language = lang_of(lang)
    checks.flag("fragment", fragment)
    rtl = is_right_to_left(language)
    title = _isolated(table.title, rtl=rtl)
    caption = f"<caption>{title}</caption>\n" if fragment and title else ""
    heading = f"<h1>{title}</h1>\n" if title and not fragment else ""
    grid = _grid(table, spoken, caption, rtl=rtl) if table.columns or caption else ""
    if grid and not fragment:
        grid = f'<div class="t">\n{grid}</div>\n'
    notes = "".join(f"<p>{_isolated(note, rtl=rtl)}</p>\n" for note in table.notes)
    style = _STYLE
    if len(table.columns) > _FEW_COLUMNS:
        style += _WIDE_STYLE
    if len(table.columns) > _MANY_COLUMNS:
        style += _CROWDED_STYLE
    # HTML requires a title, which browsers show as the name of the window.
    return (_FRAGMENT if fragment else _PAGE).format(
        lang=language,
        direction=' dir="rtl"' if rtl else "",
        title=escape(table.title) or "-",
        style=style,
        body=f"{heading}{grid}{notes}",
    )


def _grid(table: Table, words: Words, caption: str, *, rtl: bool) -> str:
    heads = zip(table.columns, numeric_columns(table), strict=True)
    return (
        f"<table>\n{caption}<thead>\n"
        + _row(
            f'<th scope="col"{_classes(name, right=right)}>{_isolated(name, rtl=rtl)}</th>'
            for name, right in heads
        )
        + "</thead>\n<tbody>\n"
        + "".join(
            _row(_cell(cell, words, struck=index in table.struck, rtl=rtl) for cell in row)
            for index, row in enumerate(table.rows)
        )
        + "</tbody>\n</table>\n"
    )


def _row(cells: Iterable[str]) -> str:
    return f"<tr>{''.join(cells)}</tr>\n"


def _cell(cell: Cell, words: Words, *, struck: bool, rtl: bool) -> str:
    text = text_of(cell, words)
    classes = _classes(text, right=is_number(cell), whole=isinstance(cell, date))
    content = _isolated(text, rtl=rtl)
    return f"<td{classes}>{f'<s>{content}</s>' if struck and text else content}</td>"


def _isolated(text: str, *, rtl: bool) -> str:
    """A text, escaped, that runs its own way where the page runs the other way.

    Otherwise, the sign of "-8" and the full stop of "Ott & Co." would be at the wrong end of a page
    that runs from right to left.
    """
    content = escape(text)
    turns = rtl or any(map(_FROM_THE_RIGHT.__contains__, map(unicodedata.bidirectional, text)))
    return f"<bdi>{content}</bdi>" if content and turns else content


def _classes(text: str, *, right: bool = False, whole: bool = False) -> str:
    """The class attribute.

    It has `n` for a number, `d` for a date, `l` for a text with a very long word, and `w` for
    another text that is rather long.
    """
    is_long = _LONG_WORD.search(text) is not None
    is_wide = len(text) > _SHORT and not (right or whole or is_long)
    pairs = (("n", right), ("d", whole), ("l", is_long), ("w", is_wide))
    names = [name for name, holds in pairs if holds]
    return f' class="{" ".join(names)}"' if names else ""
