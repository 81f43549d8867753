"""Plain text: its parts, the alignment, and that a row is a single line."""

import pytest

from prodflow.export import Cell, Table, to_text
from prodflow.export._wrapping import clusters_of

FAMILY = "\U0001f468\u200d\U0001f469\u200d\U0001f467"


def lines(*texts: str) -> list[str]:
    """The rows of a table whose second column shows where the first one ends."""
    table = Table("", ["a", "b"], [[text, "|"] for text in texts])
    return to_text(table).splitlines()[2:]


def test_empty_lines_separate_the_parts() -> None:
    """Title, table and notes have an empty line between them, the notes none."""
    table = Table("T", ["a"], [["x"]], notes=["one", "two"])
    assert to_text(table) == "T\n\na\n-\nx\n\none\ntwo\n"


@pytest.mark.parametrize(
    ("table", "text"),
    [
        (Table("", []), ""),
        (Table("T", []), "T\n"),
        (Table("T", [], [[], []], notes=["n"]), "T\n\nn\n"),
        (Table("", ["a", "bc"]), "a  bc\n-  --\n"),
        (Table("", [""], [[None]]), "\n\n\n"),
    ],
)
def test_missing_parts_take_no_line(table: Table, text: str) -> None:
    """Without a title, table or notes, there is no empty line for them."""
    assert to_text(table) == text


def test_numbers_are_aligned_to_the_right() -> None:
    """A numeric column may have empty cells, but no texts or flags."""
    rows: list[list[Cell]] = [[1, 1, True], [None, "x", None], [100, 100, 5]]
    assert to_text(Table("", ["n", "mixed", "flag"], rows)).splitlines() == [
        "  n  mixed  flag",
        "---  -----  ----",
        "  1  1      yes",
        "     x",
        "100  100    5",
    ]


@pytest.mark.parametrize(
    ("text", "places"),
    [
        ("ab", 2),
        ("写真", 4),
        ("Ａ", 2),  # noqa: RUF001 - a wide letter
        ("e\u0301", 1),
        ("한글", 4),
        ("\u1112\u1161\u11ab", 2),
        (FAMILY, 2),
        ("\u2764\ufe0f", 2),
        ("👍\U0001f3fd", 2),
        ("\ufe0f", 0),
        ("a\xadb", 3),
        ("a\u200bb", 2),
        ("का", 2),
        ("\u093e", 0),
    ],
)
def test_columns_line_up(text: str, places: int) -> None:
    """East Asian characters and emoji take two places, combining marks none."""
    *_, line = lines("x" * 6, text)
    assert line == text + " " * (6 - places) + "  |"


@pytest.mark.parametrize("space", ["\n", "\t", "\u2028", "\u2029"])
def test_a_row_is_a_line(space: str) -> None:
    """Newlines and tabs become spaces."""
    assert lines(f"a{space}b") == ["a b  |"]
    assert to_text(Table(f"T{space}U", [], notes=[f"n{space}m"])) == "T U\n\nn m\n"


def test_takes_a_table() -> None:
    """Anything but a table is refused."""
    with pytest.raises(TypeError, match=r"table must be a Table, such as .* not 7"):
        to_text(7)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType] - the bad value


@pytest.mark.parametrize(
    ("word", "clusters"),
    [
        ("", []),
        ("e\u0301t\u00e9", ["e\u0301", "t", "\u00e9"]),
        ("\U0001f44b\U0001f3fda", ["\U0001f44b\U0001f3fd", "a"]),
    ],
)
def test_marks_stay_with_their_letter(word: str, clusters: list[str]) -> None:
    """Where a word is cut, an accent or a colour of skin goes with what it belongs to."""
    assert list(clusters_of(word)) == clusters
