"""How many places a text takes: the same as in the wcwidth library."""

import sys
from collections.abc import Iterator
from typing import Final
from unicodedata import category

import pytest
from wcwidth import wcswidth, wcwidth

from prodflow.export import Table
from prodflow.export._width import width_of

# Formats replace or split these before they measure a text.
BREAKS: Final = "\n\t\u2028\u2029"
# Two of them make a flag of two places; what one alone takes depends on the terminal.
FLAG_LETTERS: Final = [chr(code) for code in range(0x1F1E6, 0x1F200)]


def accepted() -> Iterator[str]:
    """Every assigned character that a table keeps as it is, except those named above."""
    assigned = [char for char in map(chr, range(sys.maxunicode + 1)) if category(char) != "Cn"]
    kept = Table("", [], notes=assigned).notes
    for char, text in zip(assigned, kept, strict=True):
        if char == text and char not in BREAKS and char not in FLAG_LETTERS:
            yield char


@pytest.mark.full
def test_every_character_is_as_wide_as_wcwidth_says() -> None:
    """Each character alone; a combining mark then takes no place."""
    widths = {char: (width_of(char), wcwidth(char)) for char in accepted()}
    assert {char: both for char, both in widths.items() if both[0] != both[1]} == {}


@pytest.mark.full
def test_every_spacing_mark_after_a_letter_is_as_wide_as_wcwidth_says() -> None:
    """After a letter, a spacing mark takes a place."""
    texts = [f"क{char}" for char in accepted() if category(char) == "Mc"]
    widths = {text: (width_of(text), wcswidth(text)) for text in texts}
    assert {text: both for text, both in widths.items() if both[0] != both[1]} == {}


@pytest.mark.parametrize(
    "text",
    [
        "का",
        "नमस",
        "কাগজ",
        "ગુજરાતી",
        "தமிழ்",
        "ಕನ್ನಡ",
        "മലയാളം",
        "ကော",
        "កា",
        "ไทย",
        "한글",
        "👍🏽",
        "🇩🇪",
        "1️⃣",
    ],
)
def test_a_word_is_as_wide_as_wcwidth_says(text: str) -> None:
    """In many scripts, and for emoji of several characters."""
    assert width_of(text) == wcswidth(text)
