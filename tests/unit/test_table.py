"""Tables: the kinds of cells, and characters that are replaced."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, Final

import pytest

from prodflow.export import Table

DAY: Final = date(2026, 11, 2)


def test_a_table_takes_every_kind_of_cell() -> None:
    """Texts, numbers, flags, days and None are kept as they are."""
    row = ("PO-1", 3, 2.5, Decimal("9.90"), True, DAY, None)
    table = Table("Orders", list("abcdefg"), [list(row)], notes=["one order"])
    assert (table.title, table.columns) == ("Orders", tuple("abcdefg"))
    assert (table.rows, table.notes) == ((row,), ("one order",))


@pytest.mark.parametrize("char", ["\x00", "\x1b", "\r", "\ud800", "\u202e", "\ufffe"])
def test_forbidden_characters_are_replaced(char: str) -> None:
    """Controls, surrogates, bidirectional controls and noncharacters become U+FFFD."""
    text = f"a{char}b"
    table = Table(text, [text], [[text]], notes=[text])
    assert {table.title, *table.columns, *table.rows[0], *table.notes} == {"a\ufffdb"}


@pytest.mark.parametrize("text", ["", "a\tb\nc", "=1+1", "<b>", "世界"])
def test_other_texts_are_kept(text: str) -> None:
    """Other texts are kept; each format makes them harmless in its own way."""
    assert Table("", [""], [[text]]).rows == ((text,),)


@pytest.mark.parametrize(
    "cell", [float("nan"), float("-inf"), Decimal("sNaN"), Decimal("-Infinity")]
)
def test_numbers_are_finite(cell: float | Decimal) -> None:
    """NaN and infinity are refused."""
    with pytest.raises(ValueError, match="must be finite"):
        Table("Orders", ["n"], [[cell]])


@pytest.mark.parametrize("cell", [10**400, Decimal("1E+400"), 1.7e308])
def test_a_large_number_is_finite(cell: float | Decimal) -> None:
    """A number that no float could hold is accepted."""
    assert Table("Orders", ["n"], [[cell]]).rows == ((cell,),)


@pytest.mark.parametrize("cell", [b"a", 1j, datetime(2026, 11, 2, tzinfo=UTC), object(), []])
def test_other_values_are_refused(cell: Any) -> None:  # noqa: ANN401 - the bad value
    """The error says which kinds of values a cell can have."""
    with pytest.raises(TypeError, match="a cell in rows must be"):
        Table("Orders", ["n"], [[cell]])


@pytest.mark.parametrize(
    "given", [{"title": 7}, {"columns": "ab"}, {"columns": [7]}, {"rows": 7}, {"rows": ["ab"]}]
)
def test_each_part_has_its_kind(given: dict[str, Any]) -> None:
    """A str is refused as columns and as a row."""
    with pytest.raises(TypeError):
        Table(**{"title": "", "columns": ["a"], "rows": [], **given})


def test_a_row_has_a_cell_for_each_column() -> None:
    """The message names the row and both numbers."""
    with pytest.raises(ValueError, match="row 1 must have 2 cells, not 1"):
        Table("Orders", ["a", "b"], [[1, 2], [3]])


@pytest.mark.parametrize(("struck", "kept"), [([1, 0, 1], {0, 1}), ((), frozenset())])
def test_rows_may_be_struck_through(struck: Any, kept: Any) -> None:  # noqa: ANN401 - any iterable
    """Their indexes are a set."""
    assert Table("Orders", ["n"], [[1], [2]], struck=struck).struck == kept


@pytest.mark.parametrize(
    ("struck", "error"), [([2], ValueError), ([-1], ValueError), ("0", TypeError)]
)
def test_a_row_struck_through_exists(struck: Any, error: type[Exception]) -> None:  # noqa: ANN401
    """An index that no row has is refused."""
    with pytest.raises(error, match="struck must"):
        Table("Orders", ["n"], [[1], [2]], struck=struck)
