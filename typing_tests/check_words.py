"""What type checkers make of words in other languages; never run."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import assert_type

from prodflow import AnyWords, Message, Refusal, Words, say
from prodflow.diagrams import cycle_svg
from prodflow.export import Table, to_csv, to_html, to_pdf, to_text, to_xlsx
from prodflow.hub import OrderList, history_table
from prodflow.samples import GERMAN, PRINTS


def check_words(gettext: Callable[[str], str], ngettext: Callable[[str, str, int], str]) -> None:
    """A mapping, a function, or both with the ways to write numbers and days."""
    assert_type(GERMAN, Mapping[str, str])
    every: list[AnyWords] = [GERMAN, {"yes": "ja"}, gettext, Words(texts=gettext, plural=ngettext)]
    words = Words(texts=GERMAN, number=str, day=lambda day: f"{day:%d.%m.%Y}")
    assert_type(words.day, Callable[[date], str] | None)
    assert_type(say("yes", every[0]), str)
    assert_type(say(Refusal("guard", "no").message), str)


def check_messages(day: date) -> None:
    """A message is a text that keeps its template."""
    message = Message("{order_id} is late since {day}", {"order_id": "PO-1", "day": day})
    text: str = message
    assert_type(message.template, str)
    assert_type(message.one, str | None)
    assert_type(message.with_fields(order_id="PO-2", day=None), Message)
    assert_type(Refusal("guard", text).message, str)


def check_words_in_use(table: Table, late: OrderList, words: AnyWords | None) -> None:
    """Reports, pictures and files take words."""
    assert_type(table.said(words), Table)
    assert_type(late.table("priority", words=words), Table)
    assert_type(history_table([], [], words=words), Table)
    assert_type(cycle_svg(PRINTS.cycle, lang="de", words=words), str)
    assert_type(to_text(table, words=words), str)
    assert_type(to_csv(table, words=words), str)
    assert_type(to_html(table, lang="ar", words=words), str)
    assert_type(to_xlsx(table, lang="he", words=words), bytes)
    assert_type(to_pdf(table, words=words), bytes)


def check_words_refuse(table: Table) -> None:
    """Each of these is a finding of both checkers."""
    Words({"yes": "ja"})  # type: ignore[call-arg]  # texts go by name
    Words(number=len)  # type: ignore[arg-type]  # of a number
    say("yes", "de")  # type: ignore[arg-type]  # words, not a language
    Message("late", day="today")  # type: ignore[call-arg]  # fields are a mapping
    to_html(table, words=["ja"])  # type: ignore[arg-type]  # a mapping or a function
    GERMAN["yes"] = "jo"  # type: ignore[index]  # read-only
