"""The texts of the hub: each has a German one, with the same fields."""

import re
from decimal import Decimal
from typing import Any

import pytest
from starlette.testclient import TestClient

from prodflow.samples import GERMAN as GERMAN_OF_PRODFLOW
from prodflow_hub._german import GERMAN
from prodflow_hub._texts import LANGUAGES, Speech

from ._browser import Browser
from ._studio import AT, AppFor
from ._texts import texts

FIELD = re.compile(r"\{(\w+)\}")


def test_every_text_has_a_german_one() -> None:
    """And no German text is left over; a text of prodflow keeps its own translation."""
    english = {*texts()}
    assert sorted(english - {*GERMAN} - {*GERMAN_OF_PRODFLOW}) == []
    assert sorted({*GERMAN} - english) == []
    assert {
        text
        for text in {*GERMAN} & {*GERMAN_OF_PRODFLOW}
        if GERMAN[text] != GERMAN_OF_PRODFLOW[text]
    } == set()


def test_the_fields_are_the_same() -> None:
    """Every field of the English text is in the German one."""
    for english, german in GERMAN.items():
        assert {*FIELD.findall(english)} == {*FIELD.findall(german)}, english


@pytest.mark.parametrize(
    ("lang", "paging", "all_of_them"),
    [
        ("en", "1–50 of 1,234", "all 1,234 that match"),
        ("de", "1–50 von 1.234", "alle 1.234 passenden"),
    ],
)
def test_large_numbers(lang: str, paging: str, all_of_them: str) -> None:
    """They have signs between the thousands, as the language writes them."""
    speech = Speech(LANGUAGES[lang], lang)
    assert speech.say("{first}–{last} of {total}", first=1, last=50, total=1234) == paging
    text = "all {count} that match"
    assert speech.count(1234, text, text) == all_of_them


@pytest.mark.parametrize("path", ["/", "/board", "/list", "/at-risk", "/workload"])
def test_german_pages(app_for: AppFor, path: str) -> None:
    """The pages say which language they have, and write days as it does."""
    page = Browser(TestClient(app_for(lang="de"))).open(path)
    assert page.page.get("lang") == "de"
    assert page.title.endswith("– Produktion")
    assert "18.11.2026" in page.text
    assert "Überfällig" in page.text


def test_dates_in_pictures_are_short(app_for: AppFor) -> None:
    """As the language writes them; with words of one's own, as these write them."""
    languages: list[tuple[dict[str, Any], str]] = [
        ({"lang": "en"}, "18 Nov"),
        ({"lang": "de"}, "18.11."),
        ({"lang": "fr", "words": {}}, "2026-11-18"),
    ]
    for more, day in languages:
        svg = TestClient(app_for(**more)).get("/plan/PO-1041").text
        assert f">{day}<" in svg


def test_cells() -> None:
    """Whatever a table of prodflow may have; the rest is a mistake."""
    speech = Speech(LANGUAGES["en"], "en")
    values = (None, True, False, "=1+1", AT, AT.date(), 1234, 0.5, Decimal("1234.50"))
    assert [speech.cell(each) for each in values] == [
        *("", "yes", "no", "=1+1", "18 Nov 2026, 10:42", "18 Nov 2026"),
        *("1,234", "0.5", "1,234.50"),
    ]
    with pytest.raises(TypeError, match="a cell can't be"):
        speech.cell(object())


def test_a_language_without_words_is_refused(app_for: AppFor) -> None:
    """Words for it must be given."""
    with pytest.raises(ValueError, match="words must be given for the language 'fr'"):
        app_for(lang="fr")
    page = Browser(TestClient(app_for(lang="fr", words={"Mine": "Pour moi"}))).open("/")
    assert page.heading == "Pour moi"
    assert "2026-11-18" in page.text
