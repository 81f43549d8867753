"""Markdown: its blocks, and that every text shows as it is."""

import pytest
from markdown_it import MarkdownIt

from prodflow.export import Table, to_markdown


def test_empty_lines_separate_the_parts() -> None:
    """The heading, the table and each note are separated by empty lines."""
    table = Table("T", ["a", "n"], [["x", 1], [None, 2]], notes=["one", "two"])
    assert to_markdown(table) == (
        "# T\n\n| a | n |\n| --- | ---: |\n| x | 1 |\n|  | 2 |\n\none\n\ntwo\n"
    )


@pytest.mark.parametrize(
    ("table", "text"),
    [(Table("", []), ""), (Table("T", [], [[]], notes=["n", " "]), "# T\n\nn\n")],
)
def test_missing_parts_take_no_line(table: Table, text: str) -> None:
    """An empty title, table or note leaves no empty block."""
    assert to_markdown(table) == text


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "a | b",
        "`code` and ``more``",
        "*a* **b** _c_ __d__ ~~e~~",
        "[a](javascript:alert(1)) ![b](c) [d][e] <http://f>",
        "&#x41; &amp; &lt; &",
        "\\| \\\\",
        "]]> --> <!-- x",
        "# a #",
        "- a",
        "+ a",
        "1. a",
        "12) a",
        "---",
        "===",
        "> a",
        "~~~",
    ],
)
def test_a_text_shows_as_it_is(text: str) -> None:
    """Markdown in the title, a cell or a note is escaped."""
    table = Table(text, [text], [[text]], notes=["first", text])
    page = MarkdownIt("commonmark").enable(["table", "strikethrough"])
    tokens = page.parse(to_markdown(table))
    inline = [token for token in tokens if token.type == "inline"]
    shown = ["".join(child.content for child in token.children or ()) for token in inline]
    kinds = {child.type for token in inline for child in token.children or ()}
    assert [text, text, text, "first", text] == shown
    assert kinds <= {"text", "text_special"}


def test_a_newline_in_a_cell_stays() -> None:
    """In a cell it becomes `<br>`, elsewhere a space."""
    table = Table("a\nb", ["a\nb"], [["a\n\tb\u2028c"]], notes=["a\n\nb"])
    assert to_markdown(table) == "# a b\n\n| a<br>b |\n| --- |\n| a<br> b<br>c |\n\na b\n"


def test_a_row_may_be_struck_through() -> None:
    """Its texts are, and empty cells stay empty."""
    text = to_markdown(Table("", ["a", "b", "c"], [["x\ny", None, 1], ["z", 2, 3]], struck=[0]))
    assert text.splitlines()[2:] == ["| <s>x<br>y</s> |  | <s>1</s> |", "| z | 2 | 3 |"]
