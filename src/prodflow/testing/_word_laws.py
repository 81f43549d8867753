"""Laws of texts: what people read is in their words, and nothing else changes."""

import re
from collections.abc import Mapping

from prodflow import AnyWords, Message, say
from prodflow.export import Cell, Table
from prodflow.samples import GERMAN
from prodflow.testing._cases import case


def words_have_every_text(words: Mapping[str, str]) -> None:
    """A catalogue has every text of prodflow, and its texts name the same fields.

    Args:
        words: your texts by their English templates.
    """
    case("a text with fields", any("{" in template for template in GERMAN))
    missing = [template for template in GERMAN if template not in words]
    assert not missing, f"without a text: {missing}"
    wrong = [template for template in GERMAN if _fields(template) != _fields(words[template])]
    assert not wrong, f"with other fields: {wrong}"


def words_change_only_texts(table: Table, words: AnyWords) -> None:
    """In other words, a report has the same numbers, days and flags, and the same names."""
    said = table.said(words)
    cells = [cell for row in table.rows for cell in row]
    case("a message in a cell", any(isinstance(cell, Message) for cell in cells))
    assert said.struck == table.struck
    assert [_said(name, words) for name in table.columns] == [*said.columns]
    assert [_said(note, words) for note in table.notes] == [*said.notes]
    assert said.title == _said(table.title, words)
    assert len(said.rows) == len(table.rows)
    for before, after in zip(cells, (cell for row in said.rows for cell in row), strict=True):
        assert type(after) is (str if isinstance(before, str) else type(before))
        assert after == _said(before, words)


def _said(cell: Cell, words: AnyWords) -> Cell:
    return say(cell, words) if isinstance(cell, Message) else cell


def _fields(template: str) -> set[str]:
    return set(re.findall(r"\{([a-z_]+)\}", template))
