"""Reports as tables, and tables as pages, sheets and texts.

Every report is a `Table`: a title, columns, rows and notes. The functions here give the text or the
bytes of it in a format; what to do with them is the host's: to print, send, store or serve.

| function | gives | for |
| --- | --- | --- |
| `to_text` | `str` | a terminal, a log, a plain mail |
| `to_markdown` | `str` | an issue, a wiki, a chat |
| `to_csv` | `str` | another program |
| `to_html` | `str` | a screen, and paper |
| `to_xlsx` | `bytes` | Excel and its like; needs `prodflow[xlsx]` |
| `to_pdf` | `bytes` | paper, an attachment; needs `prodflow[pdf]` |

A text is a text in each of them, whatever it holds: it runs no script, is no formula, and ends no
cell. The same table always gives the same bytes.

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
from prodflow.export._markdown import to_markdown
from prodflow.export._pdf import to_pdf
from prodflow.export._table import Cell, Table
from prodflow.export._text import to_text
from prodflow.export._xlsx import to_xlsx

__all__ = ["Cell", "Table", "to_csv", "to_html", "to_markdown", "to_pdf", "to_text", "to_xlsx"]

settle(globals())
