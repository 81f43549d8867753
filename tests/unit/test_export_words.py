"""Files in other words: flags, numbers, dates, and the direction of writing."""

from datetime import UTC, date, datetime
from io import BytesIO
from typing import Any, Final

import pytest
from openpyxl import load_workbook

from prodflow import Message, Words
from prodflow.export import Table, to_csv, to_html, to_markdown, to_pdf, to_text, to_xlsx

MONDAY: Final = date(2026, 11, 2)
LATE: Final = Message("Late")
WORDS: Final = Words(
    texts={"Late": "Überfällig", "yes": "ja", "As of {day}": "Stand {day}", "Sheet1": "Blatt1"},
    number=lambda number: f"{number:,}".replace(",", "."),
    day=lambda day: f"{day:%d.%m.%Y}",
)
TABLE: Final = Table(
    LATE,
    [LATE, "Late", "n", "day"],
    [[LATE, "Late", 1_500, MONDAY], [True, None, -1, None]],
    notes=[Message("As of {day}", {"day": MONDAY})],
    struck=[1],
)


def sheet_of(table: Table, **options: Any) -> Any:  # noqa: ANN401 - as in test_export_xlsx
    """The sheet as openpyxl reads it."""
    return load_workbook(BytesIO(to_xlsx(table, **options))).active


def test_a_text_file_is_in_your_words() -> None:
    """Messages, flags, numbers and dates change; a name that reads like a text doesn't."""
    assert to_text(TABLE, words=WORDS).splitlines() == [
        "Überfällig",
        "",
        "Überfällig  Late      n  day",
        "----------  ----  -----  ----------",
        "Überfällig  Late  1.500  02.11.2026",
        "ja                   -1",
        "",
        "Stand 02.11.2026",
    ]


def test_without_words_a_file_is_english() -> None:
    """Numbers and dates are then those that other programs read."""
    assert to_text(TABLE).splitlines()[4] == "Late  Late  1500  2026-11-02"


def test_markdown_is_in_your_words() -> None:
    """The heading, the table and the notes."""
    text = to_markdown(TABLE, words=WORDS)
    assert text.startswith("# Überfällig\n")
    assert "| Überfällig | Late | 1.500 | 02.11.2026 |" in text
    assert text.endswith("Stand 02.11.2026\n")


def test_csv_keeps_numbers_and_dates() -> None:
    """Other programs read them; only texts and flags are in your words."""
    assert to_csv(TABLE, words=WORDS).splitlines() == [
        "Überfällig,Late,n,day",
        "Überfällig,Late,1500,2026-11-02",
        "ja,,-1,",
    ]


@pytest.mark.parametrize("lang", ["ar", "he", "fa-IR", "az-Arab", "ur"])
def test_a_page_can_run_from_right_to_left(lang: str) -> None:
    """The language decides, or the script in its tag."""
    assert f'<html lang="{lang}" dir="rtl">' in to_html(TABLE, lang=lang)


@pytest.mark.parametrize("lang", ["de", "en", "ar-Latn", "uz-Cyrl"])
def test_other_pages_run_from_left_to_right(lang: str) -> None:
    """A language of another script, or a script of its own in the tag."""
    assert f'<html lang="{lang}">' in to_html(TABLE, lang=lang)


def test_a_page_is_in_your_words() -> None:
    """The title of the window, the heading, the cells and the notes."""
    page = to_html(TABLE, lang="de", words=WORDS)
    assert "<title>Überfällig</title>" in page
    assert '<td class="n">1.500</td><td class="d">02.11.2026</td>' in page
    assert "<s>ja</s>" in page
    assert "<p>Stand 02.11.2026</p>" in page


def test_a_sheet_can_run_from_right_to_left() -> None:
    """The first column is then on the right."""
    assert sheet_of(TABLE, lang="he").sheet_view.rightToLeft
    assert not sheet_of(TABLE, lang="de").sheet_view.rightToLeft


def test_a_sheet_is_in_your_words() -> None:
    """Its name too; numbers and dates stay what they are, and the spreadsheet shows them."""
    sheet = sheet_of(TABLE, words=WORDS)
    assert sheet.title == "Überfällig"
    assert sheet["A2"].value == "Überfällig"
    assert sheet["C2"].value == 1_500
    assert sheet["D2"].value == datetime(2026, 11, 2)  # noqa: DTZ001 - as openpyxl reads a date
    assert sheet_of(Table("", ["a"]), words=WORDS).title == "Blatt1"


def test_a_sheet_refuses_what_is_no_language() -> None:
    """As the other formats do."""
    with pytest.raises(ValueError, match="lang must be a language tag"):
        to_xlsx(TABLE, lang="de_DE")


def test_a_pdf_is_in_your_words() -> None:
    """Another document comes out, with the same pages."""
    assert to_pdf(TABLE, words=WORDS) != to_pdf(TABLE)


def test_a_table_says_itself() -> None:
    """Its texts are plain then, its values stay, and so do the rows struck through."""
    said = TABLE.said(WORDS)
    assert (said.title, said.notes) == ("Überfällig", ("Stand 02.11.2026",))
    assert said.rows == (("Überfällig", "Late", 1_500, MONDAY), (True, None, -1, None))
    assert said.struck == TABLE.struck
    assert not isinstance(said.title, Message)
    assert TABLE.said(None) is TABLE


def test_words_must_give_texts_for_numbers_and_days_too() -> None:
    """Something else is refused."""
    wrong: Any = Words(number=lambda _: 7)  # type: ignore[arg-type, return-value]
    with pytest.raises(TypeError, match="what words give must be a str"):
        to_text(Table("", ["n"], [[1]]), words=wrong)


def test_characters_that_no_page_may_have_are_replaced_in_messages() -> None:
    """In the fields of a message, and in those of a message in it; numbers stay."""
    inner = Message("{name}", {"name": "a\x00b"})
    table = Table(Message("{inner} {count}", {"inner": inner, "count": 3}), [])
    assert table.title == "a\ufffdb 3"
    assert table.said({"{inner} {count}": "{count}: {inner}"}).title == "3: a\ufffdb"


def test_instants_in_messages_are_written_by_the_host() -> None:
    """The function for days gets them with their time."""
    at = datetime(2026, 11, 2, 9, 30, tzinfo=UTC)
    table = Table(Message("{at}", {"at": at}), [])
    assert table.title == "2026-11-02 09:30+00:00"
    assert table.said(Words(day=lambda day: f"{day:%H.%M}")).title == "09.30"
