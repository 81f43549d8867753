"""Tests of `prodflow._messages` and `prodflow._words`: texts in English and in other words."""

import copy
import pickle
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from prodflow import (
    Message,
    NothingToUndoError,
    ProdflowError,
    ProductionOrder,
    Refusal,
    SplitError,
    StaleOrdersError,
    Words,
    say,
)
from prodflow._messages import count_of, joined, sentences, text
from prodflow.codec import dump
from prodflow.hub import overdue

LATE = text("{order_id} is late since {day}", order_id="PO-1", day=date(2026, 11, 2))
BACKWARD = {"{order_id} is late since {day}": "seit {day} überfällig: {order_id}"}


def test_a_message_reads_in_english() -> None:
    """A message is its English text, and equals it."""
    assert LATE == "PO-1 is late since 2026-11-02"
    assert isinstance(LATE, str)


def test_a_text_can_have_its_fields_in_another_order() -> None:
    """The host's text places the fields."""
    assert say(LATE, BACKWARD) == "seit 2026-11-02 überfällig: PO-1"


def test_words_can_be_a_function() -> None:
    """A function such as `gettext` gets the template."""
    assert say(LATE, lambda template: template.upper()) == "{ORDER_ID} IS LATE SINCE {DAY}"


def test_what_words_lack_stays_english() -> None:
    """A text that the words don't have is English, and a plain `str` is looked up as it is."""
    assert say(LATE, {}) == str(LATE)
    assert say("no credit", {"no credit": "kein Kredit"}) == "kein Kredit"
    assert say(LATE) == "PO-1 is late since 2026-11-02"


def test_a_field_that_the_template_lacks_stays_in_braces() -> None:
    """A mistake in the host's text shows, and loses nothing else."""
    assert say(LATE, {LATE.template: "{order} {day}"}) == "{order} 2026-11-02"


def test_a_value_in_braces_is_no_field() -> None:
    """A name that looks like a field is shown as it is."""
    assert text("{order_id} at {day}", order_id="{day}", day="noon") == "{day} at noon"


def test_messages_in_messages_are_said_too() -> None:
    """A message among the fields of another is said in the same words."""
    outer = text("{first}: {second}", first=text("yes"), second="yes")
    assert say(outer, {"yes": "ja"}) == "ja: yes"


@pytest.mark.parametrize(
    ("count", "expected"), [(1, "1 Auftrag"), (0, "0 Aufträge"), (2_000, "2.000 Aufträge")]
)
def test_counts_have_two_texts(count: int, expected: str) -> None:
    """The singular is for one; the host writes the number."""
    orders = count_of(count, "{count} order", "{count} orders")
    words = Words(
        texts={"{count} order": "{count} Auftrag", "{count} orders": "{count} Aufträge"},
        number=lambda number: f"{number:,}".replace(",", "."),
    )
    assert say(orders, words) == expected


def test_counts_can_have_the_plurals_of_gettext() -> None:
    """A function such as `ngettext` chooses among the forms of its language."""

    def plural(one: str, many: str, count: int) -> str:
        return f"{one}|{many}|few" if count in {2, 3, 4} else "{count} other"

    orders = count_of(3, "{count} order", "{count} orders")
    assert say(orders, Words(plural=plural)) == "3 order|3 orders|few"
    assert say(count_of(5, "{count} order", "{count} orders"), Words(plural=plural)) == "5 other"


def test_the_host_writes_numbers_and_days() -> None:
    """Numbers of every kind, dates and datetimes go through the host's functions."""
    message = text(
        "{a} {b} {c} {d} {e}",
        a=1_000,
        b=Decimal("2.50"),
        c=date(2026, 11, 2),
        d=datetime(2026, 11, 2, 9, 30, tzinfo=UTC),
        e=None,
    )
    assert message == "1,000 2.50 2026-11-02 2026-11-02 09:30+00:00 "
    words = Words(number=lambda number: f"#{number}", day=lambda day: f"{day:%d.%m.}")
    assert say(message, words) == "#1000 #2.50 02.11. 02.11. "


def test_joined_texts_keep_their_messages() -> None:
    """A list is one message, whatever it joins; the host's words have its comma."""
    assert joined([]) == ""
    assert joined(["a"]) == "a"
    chain = joined(["a", text("yes"), "c"])
    assert chain == "a, yes, c"
    assert say(chain, {"{first}, {rest}": "{first}、{rest}", "yes": "はい"}) == "a、はい、c"
    assert sentences(["a", "b"]) == "a; b"


@pytest.mark.parametrize(
    "again", [copy.copy, copy.deepcopy, lambda it: pickle.loads(pickle.dumps(it))]
)
def test_a_copy_can_still_be_said(again: Any) -> None:  # noqa: ANN401 - several functions
    """Copies and pickles keep the template and the fields."""
    assert say(again(LATE), BACKWARD) == say(LATE, BACKWARD)


def test_errors_can_be_said() -> None:
    """The message of an error has its facts as fields; of an error of your own, it's the text."""
    assert say(NothingToUndoError("PO-1").message, str.upper).startswith("ORDER {ORDER_ID} HAS")
    error = StaleOrdersError({f"PO-{number}": (1, number % 2) for number in range(5)})
    assert str(error).endswith("and 2 more")
    assert say(error.message, {"{first}; {rest}": "{first} / {rest}"}).count(" / ") == 2
    assert SplitError("PO-1", "too-many").message == str(SplitError("PO-1", "too-many"))
    assert ProdflowError("on fire").message == "on fire"


def test_refusals_keep_their_template() -> None:
    """A refusal of a flow can be said, and so can one of a guard."""
    refusal = Refusal("guard", LATE)
    assert isinstance(refusal.message, Message)
    assert say(refusal.message, BACKWARD) == "seit 2026-11-02 überfällig: PO-1"


def test_the_header_of_a_catalogue_is_no_text() -> None:
    """The empty text is the header of a catalogue in gettext; prodflow doesn't ask for it."""
    assert say("", lambda _: "Project-Id-Version: 1") == ""


@pytest.mark.parametrize("words", [7, "de", [("yes", "ja")]])
def test_words_must_be_words(words: object) -> None:
    """Something else is refused."""
    with pytest.raises(TypeError, match="words must be"):
        say("yes", words)  # type: ignore[arg-type]


def test_words_must_give_texts() -> None:
    """A function that gives no `str` is refused, as is a message that is none."""
    wrong: Any = lambda _: None  # noqa: E731
    seven: Any = 7
    with pytest.raises(TypeError, match="what words give must be a str"):
        say("yes", wrong)
    with pytest.raises(TypeError, match="message must be a str"):
        say(seven)
    with pytest.raises(TypeError, match="texts must be a mapping or a callable"):
        Words(texts=seven)
    with pytest.raises(TypeError, match="texts must be an iterable of English texts to yours"):
        Words(texts={"yes": seven})
    with pytest.raises(TypeError, match="number must be a callable"):
        Words(number=seven)
    with pytest.raises(TypeError, match="day must be a callable"):
        Words(day=seven)
    with pytest.raises(TypeError, match="plural must be a callable"):
        Words(plural=seven)


def test_a_message_of_your_own_is_checked() -> None:
    """Its template and fields are what prodflow can show."""
    anything: Any = ...
    numbered: Any = {7: "x"}
    with pytest.raises(TypeError, match="template must be a str, not Ellipsis"):
        Message(anything)
    with pytest.raises(TypeError, match="fields must be a mapping"):
        Message("late", anything)
    with pytest.raises(TypeError, match="one must be a str or None"):
        Message("late", {"count": 2}, anything)
    with pytest.raises(TypeError, match="fields must have a str as a name, not 7"):
        Message("late", numbered)
    with pytest.raises(TypeError, match="fields must be texts, numbers, dates, datetimes or None"):
        Message("{late}", {"late": anything})
    with pytest.raises(ValueError, match="fields must hold aware datetimes"):
        Message("{at}", {"at": datetime(2026, 11, 2)})  # noqa: DTZ001 - refused


def test_a_message_of_your_own_can_have_a_singular() -> None:
    """The count chooses the template; a message keeps all that it was made of."""
    message = Message("{count} prints", {"count": 1}, "{count} print")
    assert message == "1 print"
    assert (message.template, message.one, dict(message.fields)) == (
        "{count} prints",
        "{count} print",
        {"count": 1},
    )
    assert message.with_fields(count=2) == "2 prints"


def test_a_long_number_is_shown() -> None:
    """Python refuses to write it with its separators."""
    assert text("{count}", count=10**5_000) == f"1{'0' * 5_000}"


def test_many_items_are_joined_without_depth() -> None:
    """A thousand items can be said, though each link is a message in a message."""
    names = [str(number) for number in range(3_000)]
    assert say(joined(names), {"{first}, {rest}": "{first};{rest}"}) == ";".join(names)


def test_json_has_plain_texts() -> None:
    """A message is its English text there, in a table, a refusal or an error."""
    orders: list[ProductionOrder] = []
    table = dump(overdue(orders, today=date(2026, 11, 2)).table())
    assert {type(text) for text in [table["title"], *table["columns"], *table["notes"]]} == {str}
    assert type(str(NothingToUndoError("PO-1"))) is str
