"""The text of a cell, the same in every format."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from enum import IntEnum

import pytest

from prodflow.export import Cell, Table, to_csv, to_html, to_markdown, to_pdf, to_text, to_xlsx


class Size(IntEnum):
    """A host's number that writes itself as a word."""

    SMALL = 7

    def __str__(self) -> str:
        """A word instead of the number."""
        return "small"

    __repr__ = __str__


class Day(date):
    """A host's date that writes itself as a formula."""

    def isoformat(self) -> str:
        """A formula instead of the day."""
        return "=1+1"


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        (None, '""'),
        ("", '""'),
        ("a", "a"),
        (True, "yes"),
        (False, "no"),
        (-7, "-7"),
        (2**64, "18446744073709551616"),
        pytest.param(-(10**5_000), "-1" + "0" * 5_000, id="long"),
        (Size.SMALL, "7"),
        (0.1, "0.1"),
        (1e300, "1e+300"),
        (Decimal("9.90"), "9.90"),
        (Decimal("1E+999999"), "1E+999999"),
        (date(2026, 11, 2), "2026-11-02"),
        (date.min, "0001-01-01"),
        (Day(2026, 11, 2), "2026-11-02"),
    ],
)
def test_a_cell_has_one_text(cell: Cell, text: str) -> None:
    """Numbers in full, dates in ISO 8601, flags as words, whatever a subclass would write."""
    assert to_csv(Table("", ["a"], [[cell]])) == f"a\r\n{text}\r\n"


def test_columns_are_chosen_by_name() -> None:
    """In the order of the names; two columns of the same name come together."""
    table = Table("T", ["a", "b", "a"], [[1, 2, 3]], notes=["n"], struck=[0])
    assert to_csv(table, columns=["b", "a"]) == "b,a,a\r\n2,1,3\r\n"
    assert to_markdown(table, columns=["b"]) == "# T\n\n| b |\n| ---: |\n| <s>2</s> |\n\nn\n"
    assert to_csv(table, columns=()) == '""\r\n""\r\n'


@pytest.mark.parametrize("write", [to_csv, to_html, to_markdown, to_pdf, to_text, to_xlsx])
def test_an_unknown_column_is_refused(write: Callable[..., object]) -> None:
    """The error names those that there are."""
    with pytest.raises(ValueError, match="columns must be names among 'a', 'b', not 'c'"):
        write(Table("T", ["a", "b"]), columns=["c"])
    with pytest.raises(TypeError, match="columns must be an iterable of column names, not 'a'"):
        write(Table("T", ["a", "b"]), columns="a")
