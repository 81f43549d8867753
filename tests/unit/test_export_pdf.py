"""The document: its pages, what stands on them, and fonts."""

from importlib.resources import files
from io import BytesIO
from typing import Any, Final

import pytest
from pypdf import PdfReader

from prodflow.export import Table, to_pdf

LIGHT: Final = (files("ttf_opensans") / "ttf" / "OpenSans-Light.ttf").read_bytes()


def pages_of(table: Table, **given: Any) -> list[Any]:  # noqa: ANN401 - a page as pypdf has it
    """The pages, read back."""
    return list(PdfReader(BytesIO(to_pdf(table, **given))).pages)


def texts_of(table: Table, **given: Any) -> list[list[str]]:  # noqa: ANN401 - what to_pdf takes
    """The lines of each page, in the order in which they are drawn."""
    return [
        [line.strip() for line in page.extract_text().splitlines() if line.strip()]
        for page in pages_of(table, **given)
    ]


def sizes_of(table: Table, **given: Any) -> set[tuple[int, int]]:  # noqa: ANN401 - what to_pdf takes
    """The sizes of the pages, in points."""
    return {
        (round(page.mediabox.width), round(page.mediabox.height))
        for page in pages_of(table, **given)
    }


def test_the_parts_stand_below_each_other() -> None:
    """Title, names, rows, notes, and the number of the page."""
    table = Table("Late", ["order", "days"], [["PO-1", 3]], notes=["1 order"])
    assert "".join(texts_of(table)[0]).replace(" ", "") == "LateorderdaysPO-131order1/1"


def test_latin_greek_and_cyrillic_can_be_read_back() -> None:
    """Open Sans has their letters."""
    words = ["Žluťoučký", "Εργαστήριο", "Фотолаборатория"]
    text = " ".join(texts_of(Table("T", ["a"], [[word] for word in words]))[0])
    assert [word for word in words if word in text] == words


def test_other_scripts_do_not_raise() -> None:
    """They show as boxes."""
    assert pages_of(Table("写真", ["שלום"], [["👍🏽 العربية"]]))


def test_names_of_columns_and_numbers_stand_on_every_page() -> None:
    """The title goes on small."""
    table = Table("All orders", ["order"], [[f"PO-{number}"] for number in range(100)])
    pages = [" ".join(lines) for lines in texts_of(table)]
    assert len(pages) == 3
    assert all("order" in page and "All orders" in page for page in pages)
    assert ["1 / 3" in pages[0], "2 / 3" in pages[1], "3 / 3" in pages[2]] == [True] * 3


def test_a_wide_table_lies() -> None:
    """And one of long texts stands, since they wrap."""
    wide = Table("T", [f"a longer name {number}" for number in range(8)])
    assert sizes_of(wide) == {(842, 595)}
    assert sizes_of(Table("T", ["a", "b"], [["x " * 400, "y"]])) == {(595, 842)}


def test_there_is_letter_paper() -> None:
    """For those who print on it."""
    assert sizes_of(Table("T", ["a"]), paper="letter") == {(612, 792)}


def test_a_table_too_wide_for_any_paper_goes_on() -> None:
    """On further pages, each with the first column."""
    names = [f"column {number}" for number in range(30)]
    pages = [" ".join(lines) for lines in texts_of(Table("", names, [list(range(30))]))]
    assert len(pages) == 3
    assert all("column 0" in page for page in pages)
    assert [page.count("column") for page in pages] == [13, 13, 6]


def test_a_row_longer_than_a_page_goes_on() -> None:
    """It begins where it stands, and the next row follows it."""
    pages = texts_of(Table("T", ["n", "a"], [[1, "word " * 3_000], [2, "end"]]))
    assert len(pages) == 3
    assert sum(" ".join(page).count("word") for page in pages) == 3_000
    assert "end" in " ".join(pages[-1])


def test_a_row_that_fits_on_a_page_is_not_torn() -> None:
    """It goes to the next one as a whole."""
    tall = "\n".join(["line"] * 40)
    pages = texts_of(Table("T", ["a"], [[tall], [tall]]))
    assert [" ".join(page).count("line") for page in pages] == [40, 40]


def test_long_words_titles_names_and_notes_are_wrapped() -> None:
    """Nothing goes over the edge; only the title at the foot of a page is cut off."""
    long = "x" * 600
    table = Table(
        f"{long}\n" * 40, [long, "b"], [[long, 1], ["e\u0301" * 200, 2]], notes=[long] * 9
    )
    pages = texts_of(table)
    texts = ["".join(page) for page in pages]
    assert "…" in texts[-1]
    assert sum(text.count("x") for text in texts) > 600 * 51


def test_the_name_of_a_column_has_eight_lines() -> None:
    """The rest of it would leave no room for rows."""
    (page,) = texts_of(Table("T", ["\n".join("abcdefghij"), "k"], [[1, 2]]))
    text = " ".join(page)
    assert all(letter in text for letter in "abcdefg…k")
    assert "h" not in text


def test_the_names_of_columns_do_not_stand_alone() -> None:
    """Where a long title leaves no room for a row, they begin the next page."""
    first, second = texts_of(Table("T\n" * 34, ["order"], [["PO-1"]]))
    assert "order" not in first
    assert "order" in second


@pytest.mark.parametrize(
    "table", [Table("", []), Table("", [], [[]]), Table("", ["a"]), Table("", [""], [[""]])]
)
def test_a_table_of_nothing_is_a_page(table: Table) -> None:
    """With a number."""
    (page,) = texts_of(table)
    assert "1 / 1" in page


def test_the_bytes_are_the_same() -> None:
    """No clock; title, language and nobody's name are in the document."""
    table = Table("T", ["a"], [["x"]])
    assert to_pdf(table) == to_pdf(table)
    reader = PdfReader(BytesIO(to_pdf(table, lang="el")))
    assert reader.metadata is not None
    assert (reader.metadata.title, reader.metadata.author) == ("T", "")
    assert str(reader.root_object["/Lang"]) == "el"


def test_a_font_of_the_host() -> None:
    """It serves for all texts; a second document finds it read."""
    table = Table("T", ["a"], [["x"]])
    document = to_pdf(table, font=LIGHT)
    assert document == to_pdf(table, font=LIGHT)
    fonts = pages_of(table, font=LIGHT)[0]["/Resources"]["/Font"]
    names = {font.get_object()["/BaseFont"].partition("+")[2] for font in fonts.values()}
    assert "OpenSans-Light" in names
    assert "OpenSans-Bold" not in names


@pytest.mark.parametrize("font", [b"", b"no font", LIGHT[:1_000], LIGHT[:60_000]])
def test_what_is_no_font_is_refused(font: bytes) -> None:
    """Also half of one."""
    with pytest.raises(ValueError, match="font must be the bytes of a TrueType font"):
        to_pdf(Table("T", ["a"]), font=font)


@pytest.mark.parametrize(
    ("given", "error"),
    [
        ({"font": "OpenSans"}, TypeError),
        ({"paper": "A5"}, ValueError),
        ({"paper": None}, ValueError),
        ({"lang": "english language"}, ValueError),
        ({"lang": 1}, TypeError),
        ({"table": None}, TypeError),
    ],
)
def test_bad_arguments_are_named(given: dict[str, Any], error: type[Exception]) -> None:
    """Before anything is drawn."""
    with pytest.raises(error, match=f"{next(iter(given))} must be"):
        to_pdf(**{"table": Table("T", ["a"]), **given})
