"""Plain text: what is aligned, how wide signs count, and that a row is a line."""

import pytest

from prodflow.export import Cell, Table, to_text

FAMILY = "\U0001f468\u200d\U0001f469\u200d\U0001f467"


def lines(*texts: str) -> list[str]:
    """The lines of a table of one column, padded by a second one that marks its end."""
    table = Table("", ["a", "b"], [[text, "|"] for text in texts])
    return to_text(table).splitlines()[2:]


def test_the_parts_stand_apart() -> None:
    """Title, table and notes have an empty line between them; notes follow each other."""
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
def test_what_is_not_there_takes_no_line(table: Table, text: str) -> None:
    """Neither title, nor table, nor notes."""
    assert to_text(table) == text


def test_numbers_stand_to_the_right() -> None:
    """With their name, empty cells among them, and not where a text or a flag is among them."""
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
    ],
)
def test_signs_take_their_places(text: str, places: int) -> None:
    """East Asian signs and emoji two, what stands on another sign none."""
    *_, line = lines("x" * 6, text)
    assert line == text + " " * (6 - places) + "  |"


@pytest.mark.parametrize("space", ["\n", "\t", "\u2028", "\u2029"])
def test_a_row_is_a_line(space: str) -> None:
    """What would begin another one is a space."""
    assert lines(f"a{space}b") == ["a b  |"]
    assert to_text(Table(f"T{space}U", [], notes=[f"n{space}m"])) == "T U\n\nn m\n"


def test_takes_a_table() -> None:
    """Anything else is refused."""
    with pytest.raises(TypeError, match=r"table must be a Table, such as .* not 7"):
        to_text(7)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType] - the bad value
