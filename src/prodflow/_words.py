"""How a host says prodflow's texts in another language."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, Final, cast, final

from attrs import field, frozen

from prodflow import _checks as checks
from prodflow._mappings import FrozenMapping
from prodflow._messages import Field, Message, Number, english, filled
from prodflow._trusted import trusted

_NO_TEXTS: Final[Mapping[str, str]] = FrozenMapping()


def _texts(value: Any) -> Any:  # noqa: ANN401 - the check refuses wrong values
    if isinstance(value, Mapping):
        return FrozenMapping(cast("Mapping[str, str]", value))
    if callable(value):
        return value
    raise TypeError(f"texts must be a mapping or a callable, not {checks.shown(value)}")


def _writer(value: Any) -> Any:  # noqa: ANN401 - as above
    return checks.function("number and day", value)


def _plural(value: Any) -> Any:  # noqa: ANN401 - as above
    return None if value is None else checks.function("plural", value)


@final
@frozen(kw_only=True, weakref_slot=False)
class Words:
    """How to say the texts of prodflow: the words, and how to write numbers and dates.

    For most hosts, a mapping or a function is enough as `words=`. This class adds the rest.

    Args:
        texts: your text for an English template, as a mapping or as a function such as
            `translations.gettext`. What a mapping doesn't have stays English. Your text can have
            the fields of the template in any order.
        number: writes a number. The default is 1,234.
        day: writes a date or a datetime. The default is ISO 8601, such as 2026-11-02.
        plural: your template for an English singular, its plural, and a number, such as
            `translations.ngettext`. By default, *texts* has the singular for 1, and the plural for
            every other number.

    Example:
        >>> from datetime import date
        >>> from prodflow import Words
        >>> Words(texts={"yes": "ja"}, day=lambda day: f"{day:%d.%m.%Y}").day(date(2026, 11, 2))
        '02.11.2026'
    """

    texts: Mapping[str, str] | Callable[[str], str] = field(default=_NO_TEXTS, converter=_texts)
    number: Callable[[Number], str] = field(default=english, converter=_writer)
    day: Callable[[date], str] = field(default=english, converter=_writer)
    plural: Callable[[str, str, int], str] | None = field(default=None, converter=_plural)


ENGLISH: Final = Words()

_spoken = trusted(Words, given=["texts"], fixed={"number": english, "day": english, "plural": None})

AnyWords = Mapping[str, str] | Callable[[str], str] | Words
"""The argument `words`: a mapping from each English text, a function, or `Words`."""


def words_of(words: AnyWords | None) -> Words:
    """The argument `words` as `Words`; None means English."""
    if words is None:
        return ENGLISH
    if isinstance(words, Words):
        return words
    if callable(words) or isinstance(words, Mapping):
        return _spoken(words)
    raise TypeError(
        f"words must be a mapping, a callable, Words or None, not {checks.shown(words)}"
    )


def say(message: str, words: AnyWords | None = None) -> str:
    """A text in your words.

    Args:
        message: a message of prodflow, such as `refusal.message`, or a text of your own rules. A
            plain `str` is looked up as it is.
        words: your words. None means English.

    Returns:
        A plain `str`. Where your words have no text, it's English. If your text names a field that
        the template doesn't have, the field stays in braces.

    Raises:
        TypeError: if your function gives something other than a `str`.

    Example:
        >>> from prodflow import Refusal
        >>> refusal = Refusal("guard", "the invoice isn't paid")
        >>> say(refusal.message, {"the invoice isn't paid": "die Rechnung ist offen"})
        'die Rechnung ist offen'
    """
    return said(checks.instance("message", message, str, "a str"), words_of(words))


def said(message: str, words: Words) -> str:
    """As `say`, of arguments that are right."""
    if not isinstance(message, Message):
        return _found(checks.plain(message), words)

    def show(value: Field) -> str:
        match value:
            case Message():
                return said(value, words)
            case str() | None:
                return value or ""
            case date():
                return written_day(value, words)
            case _:
                return written_number(value, words)

    return filled(_template(message, words), message.fields, show)


def written_number(number: Number, words: Words) -> str:
    """A number as the host writes it."""
    return _is_text(words.number(number))


def written_day(day: date, words: Words) -> str:
    """A date or datetime as the host writes it."""
    return _is_text(words.day(day))


def _template(message: Message, words: Words) -> str:
    if message.one is None:
        return _found(message.template, words)
    count = cast("int", message.fields["count"])
    if words.plural is not None:
        return _is_text(words.plural(message.one, message.template, count))
    return _found(message.one if count == 1 else message.template, words)


def _found(template: str, words: Words) -> str:
    if not template:
        return template  # the empty text of a gettext catalogue is its header
    if callable(words.texts):
        return _is_text(words.texts(template))
    return _is_text(words.texts.get(template, template))


def _is_text(found: str) -> str:
    return checks.plain(checks.instance("what words give", found, str, "a str"))
