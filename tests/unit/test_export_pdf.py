"""The PDF document: its pages, their texts, and fonts."""

import struct
from importlib import import_module
from importlib.resources import files
from io import BytesIO
from typing import Any, Final

import pytest
from pypdf import PdfReader

from prodflow.export import Cell, Table, missing_characters, to_pdf

LIGHT: Final = (files("ttf_opensans") / "ttf" / "OpenSans-Light.ttf").read_bytes()


def pages_of(table: Table, **given: Any) -> list[Any]:  # noqa: ANN401 - a page as pypdf has it
    """The pages as pypdf reads them."""
    return list(PdfReader(BytesIO(to_pdf(table, **given))).pages)


def texts_of(table: Table, **given: Any) -> list[list[str]]:  # noqa: ANN401 - what to_pdf takes
    """The lines of each page in drawing order."""
    return [
        [line.strip() for line in page.extract_text().splitlines() if line.strip()]
        for page in pages_of(table, **given)
    ]


def sizes_of(table: Table, **given: Any) -> set[tuple[int, int]]:  # noqa: ANN401 - what to_pdf takes
    """The sizes of the pages in points."""
    return {
        (round(page.mediabox.width), round(page.mediabox.height))
        for page in pages_of(table, **given)
    }


def test_a_page_has_all_parts_in_order() -> None:
    """The title, column names, rows, notes and page number."""
    table = Table("Late", ["order", "days"], [["PO-1", 3]], notes=["1 order"])
    assert "".join(texts_of(table)[0]).replace(" ", "") == "LateorderdaysPO-131order1/1"


def test_latin_greek_and_cyrillic_can_be_read_back() -> None:
    """Open Sans has these letters."""
    words = ["Žluťoučký", "Εργαστήριο", "Фотолаборатория"]
    text = " ".join(texts_of(Table("T", ["a"], [[word] for word in words]))[0])
    assert [word for word in words if word in text] == words


def test_other_scripts_do_not_raise() -> None:
    """Their characters show as boxes."""
    assert pages_of(Table("写真", ["שלום"], [["👍🏽 العربية"]]))


def test_every_page_has_column_names_and_a_number() -> None:
    """Later pages have the title at the foot."""
    table = Table("All orders", ["order"], [[f"PO-{number}"] for number in range(100)])
    pages = [" ".join(lines) for lines in texts_of(table)]
    assert len(pages) == 3
    assert all("order" in page and "All orders" in page for page in pages)
    assert ["1 / 3" in pages[0], "2 / 3" in pages[1], "3 / 3" in pages[2]] == [True] * 3


def test_a_wide_table_is_in_landscape() -> None:
    """A table with long texts is not, since they wrap."""
    wide = Table("T", [f"a longer name {number}" for number in range(8)])
    assert sizes_of(wide) == {(842, 595)}
    assert sizes_of(Table("T", ["a", "b"], [["x " * 400, "y"]])) == {(595, 842)}


def test_paper_can_be_letter() -> None:
    """The pages have the size of letter paper."""
    assert sizes_of(Table("T", ["a"]), paper="letter") == {(612, 792)}


def test_a_very_wide_table_continues_on_further_pages() -> None:
    """Each page repeats the first column."""
    names = [f"column {number}" for number in range(30)]
    pages = [" ".join(lines) for lines in texts_of(Table("", names, [list(range(30))]))]
    assert len(pages) == 3
    assert all("column 0" in page for page in pages)
    assert [page.count("column") for page in pages] == [13, 13, 6]


def test_a_row_longer_than_a_page_continues_on_the_next() -> None:
    """The next row follows at its end."""
    pages = texts_of(Table("T", ["n", "a"], [[1, "word " * 3_000], [2, "end"]]))
    assert len(pages) == 3
    assert sum(" ".join(page).count("word") for page in pages) == 3_000
    assert "end" in " ".join(pages[-1])


def test_a_row_that_fits_on_a_page_is_not_split() -> None:
    """If there is no room left, it moves to the next page as a whole."""
    tall = "\n".join(["line"] * 40)
    pages = texts_of(Table("T", ["a"], [[tall], [tall]]))
    assert [" ".join(page).count("line") for page in pages] == [40, 40]


def test_long_words_titles_names_and_notes_are_wrapped() -> None:
    """Nothing is lost except from the title at the foot of a page."""
    long = "x" * 600
    table = Table(
        f"{long}\n" * 40, [long, "b"], [[long, 1], ["e\u0301" * 200, 2]], notes=[long] * 9
    )
    pages = texts_of(table)
    texts = ["".join(page) for page in pages]
    assert "…" in texts[-1]
    assert sum(text.count("x") for text in texts) > 600 * 51


def test_a_column_name_has_at_most_eight_lines() -> None:
    """Longer names are cut, to leave room for rows."""
    (page,) = texts_of(Table("T", ["\n".join("abcdefghij"), "k"], [[1, 2]]))
    text = " ".join(page)
    assert all(letter in text for letter in "abcdefg…k")
    assert "h" not in text


def test_column_names_are_never_alone_at_the_foot_of_a_page() -> None:
    """If a long title leaves no room for a row, they begin the next page."""
    first, second = texts_of(Table("T\n" * 34, ["order"], [["PO-1"]]))
    assert "order" not in first
    assert "order" in second


@pytest.mark.parametrize(
    "table", [Table("", []), Table("", [], [[]]), Table("", ["a"]), Table("", [""], [[""]])]
)
def test_an_empty_table_is_a_page(table: Table) -> None:
    """The page has its number."""
    (page,) = texts_of(table)
    assert "1 / 1" in page


def test_the_bytes_are_the_same() -> None:
    """The document has a title and a language, but no date and no author."""
    table = Table("T", ["a"], [["x"]])
    assert to_pdf(table) == to_pdf(table)
    reader = PdfReader(BytesIO(to_pdf(table, lang="el")))
    assert reader.metadata is not None
    assert (reader.metadata.title, reader.metadata.author) == ("T", "")
    assert str(reader.root_object["/Lang"]) == "el"


def test_a_font_of_the_host() -> None:
    """A font of the host is used for all texts, and a second time too."""
    table = Table("T", ["a"], [["x"]])
    document = to_pdf(table, font=LIGHT)
    assert document == to_pdf(table, font=LIGHT)
    (name,) = runs_of(table, font=LIGHT)
    assert name.startswith("OpenSans-Light-")


def font_with(chars: str) -> bytes:
    """Open Sans Light with only these characters: its table of characters is written anew."""
    codes = sorted(map(ord, chars))
    truetype: Any = import_module("reportlab.pdfbase.ttfonts")
    known = truetype.TTFontFile(BytesIO(LIGHT)).charToGlyph
    groups = b"".join(struct.pack(">3L", code, code, known[ord("x")]) for code in codes)
    subtable = struct.pack(">HHLLL", 12, 0, 16 + len(groups), 0, len(codes)) + groups
    cmap = struct.pack(">HHHHL", 0, 1, 3, 10, 12) + subtable
    font = bytearray(LIGHT)
    (count,) = struct.unpack(">H", LIGHT[4:6])
    for place in range(12, 12 + 16 * count, 16):
        if LIGHT[place : place + 4] == b"cmap":
            font[place + 8 : place + 16] = struct.pack(">LL", len(font), len(cmap))
    return bytes(font) + cmap


def collection_of(font: bytes) -> bytes:
    """A `.ttc` file with one font in it."""
    header = struct.pack(">4sLLL", b"ttcf", 0x00010000, 1, 16)
    moved = bytearray(font)
    (count,) = struct.unpack(">H", font[4:6])
    for place in range(20, 20 + 16 * count, 16):
        (offset,) = struct.unpack(">L", font[place : place + 4])
        moved[place : place + 4] = struct.pack(">L", offset + len(header))
    return header + bytes(moved)


def runs_of(table: Table, **given: Any) -> list[str]:  # noqa: ANN401 - what to_pdf takes
    """The fonts of the page, by their first letters."""
    fonts = pages_of(table, **given)[0]["/Resources"]["/Font"]
    names = (font.get_object()["/BaseFont"].partition("+")[2] for font in fonts.values())
    return sorted(filter(None, names))


def test_each_character_is_drawn_with_the_first_font_that_has_it() -> None:
    """A character that only the second font has, and one that only Open Sans has."""
    first, second = font_with("ab"), font_with("ab\u5199\u771f")
    table = Table("", ["\u5199"], [["ab\u771f\u0416"]])
    assert missing_characters(table) == ("\u5199", "\u771f")
    assert missing_characters(table, font=first) == ("\u5199", "\u771f")
    assert missing_characters(table, font=iter([first, second])) == ()
    document = PdfReader(BytesIO(to_pdf(table, font=[first, second], missing="error")))
    text = document.pages[0].extract_text().replace(" ", "").replace("\n", "")
    assert text == "\u5199ab\u771f\u04161/1"


def test_a_mark_stays_in_the_font_of_its_letter() -> None:
    """If this font has it; otherwise another font draws the mark. Open Sans draws the number."""
    table = Table("", [""], [["x\u0301"]])
    with_mark, without = font_with("x\u0301"), font_with("x")
    one, both = ([with_mark, without], [without, with_mark])
    assert [len(runs_of(table, font=fonts)) for fonts in (one, both)] == [2, 3]


def test_what_no_font_has() -> None:
    """It's a box or an error, as asked; only the chosen columns count, and nothing invisible."""
    table = Table("写", ["a", "b"], [["写\u200d\ufe0f\tx\n", "真"]], notes=["👍"])
    assert missing_characters(table) == ("写", "真", "👍")
    assert missing_characters(table, columns=["a"]) == ("写", "👍")
    assert pages_of(table)
    with pytest.raises(ValueError, match="no font has the characters '写' '真' '👍': give a font"):
        to_pdf(table, missing="error")
    assert pages_of(Table("T", ["a\u034fb"]), missing="error")


def test_a_collection_of_fonts() -> None:
    """Its first font is used."""
    table = Table("T", ["a"], [["x"]])
    (name,) = runs_of(table, font=collection_of(LIGHT))
    assert name.startswith("OpenSans-Light-")


POSTSCRIPT: Final = b"OTTO" + LIGHT[4:]


@pytest.mark.parametrize("font", [POSTSCRIPT, collection_of(POSTSCRIPT), [LIGHT, POSTSCRIPT]])
def test_a_font_with_postscript_outlines_is_refused(font: bytes | list[bytes]) -> None:
    """The error says why, and names a font that works."""
    with pytest.raises(ValueError, match=r"PostScript outlines.* such as ipaexg\.ttf"):
        to_pdf(Table("T", ["a"]), font=font)


def damaged(table: bytes) -> bytes:
    """Open Sans Light with all bytes of one of its tables replaced."""
    entry = LIGHT.index(table)
    begin, length = (
        int.from_bytes(LIGHT[entry + offset : entry + offset + 4], "big") for offset in (8, 12)
    )
    return LIGHT[:begin] + b"\xff" * length + LIGHT[begin + length :]


def test_a_font_that_cannot_be_written_is_refused() -> None:
    """Its outlines are read only when the document is written."""
    with pytest.raises(ValueError, match="font must be the bytes of a TrueType font"):
        to_pdf(Table("T", ["a"]), font=damaged(b"glyf"))


@pytest.mark.parametrize("font", [b"", b"no font", LIGHT[:1_000], LIGHT[:60_000], b"ttcf"])
def test_other_bytes_than_a_font_are_refused(font: bytes) -> None:
    """A part of a font is refused too."""
    with pytest.raises(ValueError, match="font must be the bytes of a TrueType font"):
        to_pdf(Table("T", ["a"]), font=font)


@pytest.mark.parametrize(
    ("given", "error"),
    [
        ({"font": "OpenSans"}, TypeError),
        ({"missing": "boxes"}, ValueError),
        ({"paper": "A5"}, ValueError),
        ({"paper": None}, ValueError),
        ({"lang": "english language"}, ValueError),
        ({"lang": 1}, TypeError),
        ({"table": None}, TypeError),
    ],
)
def test_bad_arguments_are_named(given: dict[str, Any], error: type[Exception]) -> None:
    """The error names the argument."""
    with pytest.raises(error, match=f"{next(iter(given))} must be"):
        to_pdf(**{"table": Table("T", ["a"]), **given})


def test_a_row_may_be_struck_through() -> None:
    """A line of the width of the text goes through each text, from the left or the right."""
    rows: list[list[Cell]] = [["x", 1], ["y", 2]]
    plain, struck = (
        pages_of(Table("T", ["a", "n"], rows, struck=indexes))[0].get_contents().get_data()
        for indexes in ((), [0])
    )
    assert struck.count(b" re") == plain.count(b" re") + 2
    assert texts_of(Table("T", ["a", "n"], rows, struck=[0])) == texts_of(
        Table("T", ["a", "n"], rows)
    )
