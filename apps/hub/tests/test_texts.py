"""The texts of the hub: each has a German one, with the same fields."""

import re

import pytest
from starlette.testclient import TestClient

from prodflow.samples import GERMAN as GERMAN_OF_PRODFLOW
from prodflow_hub._german import GERMAN

from ._browser import Browser
from ._studio import AppFor
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


@pytest.mark.parametrize("path", ["/", "/board", "/list", "/at-risk", "/workload"])
def test_german_pages(app_for: AppFor, path: str) -> None:
    """The pages say which language they have, and write days as it does."""
    page = Browser(TestClient(app_for(lang="de"))).open(path)
    assert page.page.get("lang") == "de"
    assert page.title.endswith("– Produktion")
    assert "18.11.2026" in page.text
    assert "Überfällig" in page.text


def test_a_language_without_words_is_refused(app_for: AppFor) -> None:
    """Words for it must be given."""
    with pytest.raises(ValueError, match="words must be given for the language 'fr'"):
        app_for(lang="fr")
    page = Browser(TestClient(app_for(lang="fr", words={"Mine": "Pour moi"}))).open("/")
    assert page.heading == "Pour moi"
    assert "2026-11-18" in page.text
