"""Wraps texts into lines that fit a width, for paper and mails.

A text breaks at its newlines and between words. If a word is wider than a line, the word is broken
too. Lengths are in points on paper, and in columns in a mail.
"""

import re
from collections.abc import Callable, Iterator
from typing import Final

from prodflow.export._cells import BREAKS
from prodflow.export._width import JOINER, SKIN_TONES, width_of

Measure = Callable[[str, float], float]
"""Gives the width of a text at a font size."""

_WORDS: Final = re.compile(r"(\S*)(\s*)")


def lines_of(text: str) -> list[str]:
    """The text split at its newlines, with tabs replaced by spaces."""
    return BREAKS.split(text.replace("\t", "    "))


def wrapped(text: str, room: float, measure: Measure, size: float) -> list[str]:
    """The text in lines that fit into *room*; a single character may be wider than *room*."""
    lines: list[str] = []
    for line in lines_of(text):
        if measure(line, size) <= room:
            lines.append(line)
        else:
            lines.extend(_folded(line, room, measure, size))
    return lines


def _folded(text: str, room: float, measure: Measure, size: float) -> Iterator[str]:
    line, used = "", 0.0
    for word, space in _WORDS.findall(text):
        width = measure(word, size)
        if line and word and used + width > room:
            yield line.rstrip()
            line, used = "", 0.0
        *full, rest = _broken(word, room, measure, size) if width > room else [word]
        yield from full
        line += rest + space
        used += measure(rest + space, size)
    yield line.rstrip()


def _broken(word: str, room: float, measure: Measure, size: float) -> list[str]:
    """A word that is wider than *room*, in parts; an accent stays with its letter."""
    parts = [""]
    used = 0.0
    for cluster in clusters_of(word):
        width = measure(cluster, size)
        if parts[-1] and used + width > room:
            parts.append("")
            used = 0.0
        parts[-1] += cluster
        used += width
    return parts


def clusters_of(word: str) -> Iterator[str]:
    """Each character with its marks and joiners: roughly Unicode's grapheme clusters."""
    cluster = ""
    for char in word:
        # A mark alone has no width in a terminal.
        clings = width_of(char) == 0 or char in SKIN_TONES or cluster.endswith(JOINER)
        if cluster and not clings:
            yield cluster
            cluster = ""
        cluster += char
    if cluster:
        yield cluster
