"""How a text search compares texts.

Theory of operation. The phrase and the texts of an order are folded. An order matches if the folded
phrase is part of one of its folded texts.

1. NFC comes first: "é" may be one character or two, and both are the same text.
2. Then the case is folded: "STRASSE" and "Straße" are the same text.
3. Then NFC again, because case folding may split characters. "ΐ" becomes three characters. Its
   capital has two characters, and they become two others. After NFC, both are "ΐ" again.

Texts that differ only in their case, or in how their characters are stored, are equal after
folding. Exceptions are the i without a dot, and three Greek letters with an iota below them.
Folding a folded text again changes nothing.
"""

from unicodedata import normalize

from prodflow import _checks as checks
from prodflow.order import ProductionOrder


def folded(text: str, /) -> str:
    """A text as a search compares it: without the differences of case, and in Unicode's NFC.

    A phrase is part of another text if its folded form is part of the other folded form.

    Source:
        Decision D36b.

    Example:
        >>> folded("Straße") == folded("STRASSE")
        True
    """
    checks.instance("text", text, str, "a str")
    return _folded(text)


def _folded(text: str) -> str:
    if text.isascii():  # 0.06 µs instead of 0.25 (Python 3.11)
        return text.lower()
    return normalize("NFC", normalize("NFC", text).casefold())


def search_text(order: ProductionOrder, /) -> str:
    """The folded texts of an order in which `OrderQuery.text` is looked for, one a line.

    These are the order's id, invoice, vendor and user, and every fact that is a text. A store can
    keep this text in a column and search it: a phrase has no newline, so it can't match across two
    texts.

    Source:
        Decision D36b.
    """
    checks.instance("order", order, ProductionOrder, "a ProductionOrder")
    texts = (order.id, order.invoice_id, order.vendor, order.user, *order.facts.values())
    lines = [text for text in texts if isinstance(text, str)]
    joined = "\n".join(lines)
    # Most texts are ASCII: to fold them together takes half the time (Python 3.11).
    return joined.lower() if joined.isascii() else "\n".join(map(_folded, lines))
