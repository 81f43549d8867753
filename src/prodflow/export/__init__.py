"""Tables, and functions that turn them into text, pages and sheets.

Every report of `prodflow.hub` has a `table()`. A `Table` has a title, columns, rows and notes. Each
function returns the table in one format; you print, send, store or serve the result.

| function | returns | use it for |
| --- | --- | --- |
| `to_text` | `str` | terminals, logs, plain mail |
| `to_markdown` | `str` | issues, wikis, chats |
| `to_csv` | `str` | other programs |
| `to_html` | `str` | screens and paper |
| `to_xlsx` | `bytes` | Excel and other spreadsheets; needs `prodflow[xlsx]` |
| `to_pdf` | `bytes` | paper and attachments; needs `prodflow[pdf]` |

`to_ics` writes the dates of orders, not a table, for calendar programs; it needs `prodflow[ical]`.

In every format, texts are safe: they can't run a script, become a formula or break out of a cell.
The same table always gives the same result.

Example:
    >>> table = Table("Late", ["order", "days"], [["PO-1", 3]])
    >>> print(to_text(table), end="")
    Late
    <BLANKLINE>
    order  days
    -----  ----
    PO-1      3
"""

from prodflow._homes import settle
from prodflow.export._csv import to_csv
from prodflow.export._html import to_html
from prodflow.export._ics import to_ics
from prodflow.export._markdown import to_markdown
from prodflow.export._pdf import missing_characters, to_pdf
from prodflow.export._table import Cell, Table
from prodflow.export._text import to_text
from prodflow.export._xlsx import to_xlsx

__all__ = [
    "Cell",
    "Table",
    "missing_characters",
    "to_csv",
    "to_html",
    "to_ics",
    "to_markdown",
    "to_pdf",
    "to_text",
    "to_xlsx",
]

settle(globals())
