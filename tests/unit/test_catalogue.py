"""The texts of prodflow are whole, each is in the catalogue, and German is complete."""

import ast
import io
import re
from collections.abc import Iterator, Sequence
from functools import cache
from typing import Final

from babel.messages.pofile import read_po, write_po
from tools.words import Found, catalogue, every_call, found

from prodflow.samples import GERMAN

FIELD: Final = re.compile(r"\{([a-z_]+)\}")
WORD: Final = re.compile("[A-Za-z]{2}")  # U+0000 is the name of a character


@cache
def calls() -> Sequence[Found]:
    """Every place in the sources where a text is made."""
    return tuple(every_call())


@cache
def templates() -> Sequence[str]:
    """Every text, in alphabetical order."""
    return sorted({text for call in calls() for text in call.templates if text})


def fields(template: str) -> set[str]:
    """The names of the fields in a template."""
    return set(FIELD.findall(template))


def place(call: Found) -> str:
    """Where a call is."""
    return f"{call.place}:{call.line}"


def english_fields(call: Found) -> list[str]:
    """The fields of a call whose value has a literal word in it, outside of further calls."""
    return [
        str(keyword.arg) for keyword in call.call.keywords if any(map(WORD.search, words(keyword)))
    ]


def words(node: ast.AST) -> Iterator[str]:
    """The literal texts in an expression, without those that a call in it gets."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    for inner in ast.iter_child_nodes(node):
        if not isinstance(inner, ast.Call | ast.FormattedValue):
            yield from words(inner)


def lacks_fields(call: Found) -> bool:
    """Whether a call gives some fields of its texts and leaves others out."""
    wanted: set[str] = set().union(*(fields(text) for text in call.templates if text))
    return bool(call.fields) and not wanted.issubset(call.fields or ())


# There are hundreds of calls and texts, and a test for each would take longer to collect than to
# run. So each test below lists all that are wrong.


def test_every_text_is_written_out() -> None:
    """A template is one literal, so that Babel and translators see the whole of it."""
    assert [place(call) for call in calls() if None in call.templates] == []


def test_no_field_is_english() -> None:
    """A field is a value or another text, never a word that stays English."""
    assert [place(call) for call in calls() if english_fields(call)] == []


def test_a_text_has_its_fields() -> None:
    """A call that gives fields gives all; one without is a constant that gets them later."""
    assert [place(call) for call in calls() if lacks_fields(call)] == []


def test_mistakes_are_found() -> None:
    """Otherwise the tests above would prove nothing."""
    source = (
        "from prodflow._messages import text\n"
        "from prodflow import _messages as messages\n"
        "text(f'{name} is late', name=name)\n"
        "messages.text('{name} is {what}', name='late')\n"
        "checks.text('name', name)\n"
    )
    pieced, english = found(source, "wrong.py")
    assert pieced.templates == (None,)
    assert english_fields(english) == ["name"]
    assert english.fields == frozenset({"name"})
    assert lacks_fields(english)


def test_german_has_every_text_and_no_other() -> None:
    """A new text needs a German one, and an old one goes."""
    assert sorted(GERMAN) == templates()


def test_german_names_the_same_fields() -> None:
    """Nothing is lost, and no field stays in braces."""
    assert [text for text in templates() if fields(GERMAN[text]) != fields(text)] == []


def test_the_catalogue_is_one_that_babel_reads() -> None:
    """It has every text, with plurals where a text is about a number of things."""
    file = io.BytesIO()
    write_po(file, catalogue())
    file.seek(0)
    ids = [message.id for message in read_po(file) if message.id]
    assert ("{count} order", "{count} orders") in ids
    singles = {text for id_ in ids for text in ([id_] if isinstance(id_, str) else id_)}
    assert sorted(singles) == templates()
