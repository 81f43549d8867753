"""The text of a cell, the same in every format."""

from datetime import date
from decimal import Decimal
from enum import IntEnum

import pytest

from prodflow.export import Cell, Table, to_csv


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
