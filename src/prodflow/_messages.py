"""Texts that people read: English, and ready for any other language.

Theory of operation. Each text is one whole English sentence or word, with named fields in braces:
`"order {order_id} is closed"`. `text` fills in the fields and gives a `Message`. A message is the
English `str`, so a host that needs no other language can print it. It also keeps the sentence with
its braces, the *template*, and its fields. `prodflow.say` looks the template up in the host's
words, and fills the same fields into what it finds there.

What must stay true:

1. A template is written out where it's used, so that Babel can extract it. It's never put together
   from pieces: another language has other pieces in another order.
2. A field is a key, a name, a number, a date or another message. It's never an English word.
3. Words that lack a template, or a field of it, still give a readable text.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from types import MappingProxyType
from typing import Any, Final, Self, final

Number = int | float | Decimal

Field = str | Number | date | None
"""A value that a message shows. None shows as nothing."""

_NAMED: Final = re.compile(r"\{([a-z_]+)\}")


@final
class Message(str):
    """A text that people read: English as a `str`, and any other language by `prodflow.say`.

    Two messages are equal if they read the same in English, as any two `str` are.

    Attributes:
        template: the English text with its fields in braces, as a catalogue has it.
        fields: the values of the fields, by name.
        one: the template for a count of one. None for a text without a count.
    """

    __slots__ = ("fields", "one", "template")

    template: str
    fields: Mapping[str, Field]
    one: str | None

    def __new__(cls, template: str, fields: Mapping[str, Field], one: str | None = None) -> Self:
        """A message of a template and its fields."""
        chosen = template if one is None or fields["count"] != 1 else one
        self = super().__new__(cls, filled(chosen, fields, english) if fields else chosen)
        self.template, self.fields, self.one = template, MappingProxyType(fields), one
        return self

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.template, dict(self.fields), self.one)

    def with_fields(self, **fields: Field) -> "Message":
        """The same text with these fields."""
        return Message(self.template, fields, self.one)

    def cleaned(self, clean: Callable[[str], str]) -> "Message":
        """The same text; *clean* makes each text among its fields safe to show."""
        fields = {
            name: value.cleaned(clean)
            if isinstance(value, Message)
            else clean(value)
            if isinstance(value, str)
            else value
            for name, value in self.fields.items()
        }
        return Message(self.template, fields, self.one)


def text(template: str, /, **fields: Field) -> Message:
    """A message; without fields, the template of one.

    Example:
        >>> text("{order_id} is late", order_id="PO-1")
        'PO-1 is late'
    """
    return Message(template, fields)


def count_of(count: int, one: str, many: str, /, **fields: Field) -> Message:
    """A message about a number of things; both templates can show it as `{count}`.

    Example:
        >>> count_of(2, "{count} order", "{count} orders")
        '2 orders'
    """
    return Message(many, {"count": count, **fields}, one)


def joined(items: Iterable[str]) -> Message:
    """The items as one text, such as "a, b, c"; an empty text if there are none."""
    return _chain(items, text("{first}, {rest}"))


def sentences(items: Iterable[str]) -> Message:
    """Several statements as one text, such as "a; b; c"; an empty text if there are none."""
    return _chain(items, text("{first}; {rest}"))


def _chain(items: Iterable[str], link: Message) -> Message:
    *others, last = [*items] or [text("")]
    chain = last if isinstance(last, Message) else text("{name}", name=last)
    for item in reversed(others):
        chain = link.with_fields(first=item, rest=chain)
    return chain


def filled(template: str, fields: Mapping[str, Field], show: Callable[[Field], str]) -> str:
    """A template with its fields; a name in braces that isn't a field stays as it is."""
    return _NAMED.sub(
        lambda match: show(fields[match[1]]) if match[1] in fields else match[0], template
    )


def english(value: Field) -> str:
    """A value as English text: 1,234 for a number, and ISO 8601 for a date."""
    match value:
        case str():
            return value
        case datetime():
            return value.isoformat(" ", "minutes")
        case date():
            return value.isoformat()
        case None:
            return ""
        case _:
            return f"{value:,}"
