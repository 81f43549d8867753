"""Tables: what cells may be, and what becomes of characters that no page may hold."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, Final

import pytest

from prodflow.export import Table

DAY: Final = date(2026, 11, 2)


def test_a_table_takes_every_kind_of_cell() -> None:
    """Texts, numbers, flags, days and nothing stay what they are."""
    row = ("PO-1", 3, 2.5, Decimal("9.90"), True, DAY, None)
    table = Table("Orders", list("abcdefg"), [list(row)], notes=["one order"])
    assert (table.title, table.columns) == ("Orders", tuple("abcdefg"))
    assert (table.rows, table.notes) == ((row,), ("one order",))


@pytest.mark.parametrize("char", ["\x00", "\x1b", "\r", "\ud800", "\u202e", "\ufffe"])
def test_what_no_page_may_hold_is_marked(char: str) -> None:
    """Controls, surrogates, bidirectional controls and noncharacters become U+FFFD everywhere."""
    text = f"a{char}b"
    table = Table(text, [text], [[text]], notes=[text])
    assert {table.title, *table.columns, *table.rows[0], *table.notes} == {"a\ufffdb"}


@pytest.mark.parametrize("text", ["", "a\tb\nc", "=1+1", "<b>", "世界"])
def test_other_texts_stay(text: str) -> None:
    """Nothing else is changed: how it is made harmless is for each format to say."""
    assert Table("", [""], [[text]]).rows == ((text,),)


@pytest.mark.parametrize(
    "cell", [float("nan"), float("-inf"), Decimal("sNaN"), Decimal("-Infinity")]
)
def test_numbers_are_finite(cell: float | Decimal) -> None:
    """No sheet can hold what is no number."""
    with pytest.raises(ValueError, match="must be finite"):
        Table("Orders", ["n"], [[cell]])


@pytest.mark.parametrize("cell", [10**400, Decimal("1E+400"), 1.7e308])
def test_a_large_number_is_finite(cell: float | Decimal) -> None:
    """Also one that no float could be."""
    assert Table("Orders", ["n"], [[cell]]).rows == ((cell,),)


@pytest.mark.parametrize("cell", [b"a", 1j, datetime(2026, 11, 2, tzinfo=UTC), object(), []])
def test_other_things_are_no_cells(cell: Any) -> None:  # noqa: ANN401 - the bad value
    """Anything else is a TypeError that says what may stand there."""
    with pytest.raises(TypeError, match="a cell in rows must be"):
        Table("Orders", ["n"], [[cell]])


@pytest.mark.parametrize(
    "given", [{"title": 7}, {"columns": "ab"}, {"columns": [7]}, {"rows": 7}, {"rows": ["ab"]}]
)
def test_the_parts_are_of_their_kinds(given: dict[str, Any]) -> None:
    """A str is no list of names, and no row."""
    with pytest.raises(TypeError):
        Table(**{"title": "", "columns": ["a"], "rows": [], **given})


def test_rows_have_a_cell_for_each_column() -> None:
    """The message names the row and both numbers."""
    with pytest.raises(ValueError, match="row 1 must have 2 cells, not 1"):
        Table("Orders", ["a", "b"], [[1, 2], [3]])
