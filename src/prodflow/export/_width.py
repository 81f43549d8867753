"""How wide a text is where every character has its place: in a terminal, and nearly in a sheet."""

import re
from typing import Final
from unicodedata import category, east_asian_width

_SOFT_HYPHEN: Final = "\xad"
_JOINER: Final = "\u200d"
_EMOJI_STYLE: Final = "\ufe0f"
_SKIN_TONES: Final = "\U0001f3fb-\U0001f3ff"
# The second and third part of a Korean syllable stand on the first.
_ON_THE_LAST: Final = re.compile(f"[\u1160-\u11ff\ud7b0-\ud7ff{_SKIN_TONES}]")


def width_of(text: str) -> int:
    """The places of a text on one line, in units of a Latin letter.

    Args:
        text: without newlines and tabs.

    Source:
        Unicode Standard Annex 11, East Asian Width; Technical Standard 51, joined emoji.

    Example:
        >>> [width_of(text) for text in ("abc", "写真", "e\u0301")]
        [3, 4, 1]
    """
    if text.isascii():
        return len(text)
    total = last = 0
    joined = False
    for char in text:
        if char == _EMOJI_STYLE and last == 1:
            place, last = 1, 2  # the sign before it is drawn as an emoji, which is wide
        elif joined or _is_on_the_last(char):
            place = 0
        else:
            place = last = 2 if east_asian_width(char) in {"W", "F"} else 1
        joined = char == _JOINER
        total += place
    return total


def _is_on_the_last(char: str) -> bool:
    is_mark = category(char) in {"Mn", "Me", "Cf"} and char != _SOFT_HYPHEN
    return is_mark or _ON_THE_LAST.match(char) is not None
