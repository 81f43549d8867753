"""A page with fields that somebody fills in, for every change besides the Status Change window.

Theory of operation. A page remembers the texts that it showed, in the hidden field `shown`, with
the version of the order. When the form comes back, a text that differs was typed. Only these become
arguments of the library, so what somebody else has changed meanwhile stays. The library decides
what is refused; here a refusal only finds its field.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal, InvalidOperation
from hashlib import sha256
from typing import Any, Final, cast, final

from attrs import define, field

from prodflow import (
    BulkRefusedError,
    ChangeRefusedError,
    CompletionDateError,
    DateOutOfRangeError,
    DuplicateOrderError,
    MissingDeliveryDateError,
    OrderMovedError,
    ProdflowError,
    SplitError,
)
from prodflow_hub._hub import Call

Data = dict[str, Any]
Choices = Iterable[tuple[str, str]]

_PLACES: Final[Mapping[type[ProdflowError], str]] = {
    CompletionDateError: "entered_on",
    MissingDeliveryDateError: "delivery_on",
    DateOutOfRangeError: "ordered_on",
    SplitError: "quantity",
    DuplicateOrderError: "order_id",
}
"""The field of an error."""


@final
@define
class Sheet:
    """The fields of a page, what was typed into them, and what is wrong with them.

    Args:
        call: the request.
        version: the version of the order that the page is about; 0 for none.
    """

    call: Call
    version: int = 0
    fields: dict[str, Data] = field(factory=dict[str, Data])
    problems: list[str] = field(factory=list[str])
    is_moved: bool = False

    # --- The fields

    def add(
        self,
        name: str,
        title: str,
        kind: str = "text",
        default: str = "",
        *,
        choices: Choices = (),
        is_required: bool = False,
        hint: str = "",
        keeps: bool = False,
    ) -> None:
        """Add a field; once a form was posted, it shows what was typed, or else the default.

        Args:
            keeps: whether it shows what was posted in any case: for a default that changes once
                the form is saved, such as the next number.
        """
        _, texts = self._was_shown()
        posted = self.call.form.get(name) if self.call.is_post else None
        is_typed = posted is not None and posted != texts.get(name, "")
        text = default if posted is None or not (is_typed or keeps) else posted
        self.fields[name] = {
            "name": name,
            "title": title,
            "kind": kind,
            "text": text,
            "default": default,
            "is_typed": is_typed,
            "placeholder": "",
            "empty": None,
            "is_required": is_required,
            "is_several": False,
            "choices": [
                {"text": value, "title": said, "is_selected": value == text, "is_refused": False}
                for value, said in choices
            ],
            "problems": [],
            "hint": hint or meaning(self.call, name),
        }

    @property
    def shown(self) -> str:
        """What the page shows, as the text of the hidden field."""
        texts = {name: it["default"] for name, it in self.fields.items()}
        return json.dumps({"version": self.version, "texts": texts}, separators=(",", ":"))

    # --- What was typed

    def _was_shown(self) -> tuple[int, Mapping[str, str]]:
        try:
            data: Any = json.loads(self.call.form.get("shown", ""))
            version, texts = data["version"], data["texts"]
        except (ValueError, TypeError, LookupError, RecursionError):
            return -1, {}
        if type(version) is not int or not isinstance(texts, dict):
            return -1, {}
        return version, cast("Mapping[str, str]", texts)

    @property
    def expected(self) -> int:
        """The version of the order that the page showed; one that no order has, if it's damaged."""
        version, _ = self._was_shown()
        return version if version > 0 else 2_147_483_647

    def text(self, name: str) -> str:
        """The text of a field, without white space around it."""
        return str(self.fields[name]["text"]).strip()

    def is_typed(self, name: str) -> bool:
        """Whether somebody has changed the text of a field."""
        return bool(self.fields[name]["is_typed"])

    def optional(self, name: str) -> str | None:
        """The text of a field; None if it's empty."""
        return self.text(name) or None

    def day(self, name: str) -> date | None:
        """The date in a field; None if it's empty, or if it isn't a date, which is a problem."""
        text = self.text(name)
        if not text:
            return None
        try:
            return date.fromisoformat(text)
        except ValueError:
            self.wrong(name, self.call.hub.speech.say("this isn't a date, such as 2026-11-30"))
            return None

    def number(self, name: str) -> int | None:
        """The number in a field; None if it's empty, or if it isn't one, which is a problem."""
        text = self.text(name)
        if not text:
            return None
        digits = text.removeprefix("-")
        if digits.isascii() and digits.isdigit() and len(digits) <= len("2147483647"):
            return int(text)
        self.wrong(name, self.call.hub.speech.say("this isn't a whole number"))
        return None

    def fact(self, name: str, kind: type[object]) -> str | int | bool | Decimal | date | None:
        """The value of a fact, of the kind that it had; None if the field is empty."""
        text = self.text(name)
        if not text or kind is str:
            return text or None
        if kind is bool:
            return text == "yes"
        if kind is int:
            return self.number(name)
        if kind is date:
            return self.day(name)
        try:
            return Decimal(text)
        except InvalidOperation:
            self.wrong(name, self.call.hub.speech.say("this isn't a number"))
            return None

    def need(self, *names: str) -> None:
        """Say which of these fields have to be filled in."""
        for name in names:
            if not self.text(name):
                self.wrong(name, self.call.hub.speech.say("fill this in"))

    # --- What is wrong

    @property
    def is_good(self) -> bool:
        """Whether nothing is wrong so far."""
        return not self.problems and not any(it["problems"] for it in self.fields.values())

    def wrong(self, name: str, message: str) -> None:
        """Say what is wrong with a field; above the fields, if there is no such field."""
        if name in self.fields:
            self.fields[name]["problems"].append({"message": message})
        else:
            self.problems.append(message)

    def refuse(self, error: ProdflowError | ValueError) -> None:
        """Say why the library refuses what was typed."""
        say = self.call.hub.speech.message
        match error:
            case BulkRefusedError():
                for order_id, each in error.refusals.items():
                    self.problems.append(f"{order_id}: {say(each.message)}")
            case ChangeRefusedError():
                for refusal in error.refusals:
                    self.wrong(refusal.code, say(refusal.message))
            case OrderMovedError():
                self.is_moved = True
                self.problems.append(moved(self.call, error.order_id, self.expected))
            case ProdflowError():
                place = next((it for kind, it in _PLACES.items() if isinstance(error, kind)), "")
                self.wrong(place, say(error.message))
            case _:
                # A check of an argument: its text begins with the name.
                message = str(error)
                self.wrong(message.split(" ", 1)[0].split("[", 1)[0], message)

    @property
    def status(self) -> int:
        """The status of the page."""
        if not self.call.is_post or self.is_good:
            return 200
        return 409 if self.is_moved else 422

    def command_id(self) -> str:
        """An id of what was posted: of the same form the same one."""
        posted = [pair for pair in self.call.posted if pair[0] not in {"csrf", "back"}]
        about = [self.call.request.url.path, self.call.visitor.name, posted]
        return sha256(json.dumps(about).encode()).hexdigest()


def meaning(call: Call, name: str) -> str:
    """What a field means, in one sentence; "" if its label says enough."""
    say = call.hub.speech.say
    sentences = {
        "order_type": say("It decides which statuses the order goes through."),
        "order_id": say("The next one that is free; you can take another."),
        "client": say("Who ordered it; the search finds it by this name."),
        "vendor": say("Who makes it."),
        "ordered_on": say("Due dates are worked out from this day."),
        "delivery_on": say("By when the client is to have it."),
        "invoice_id": say("All orders of an invoice can be moved together."),
        "quantity": say("How many pieces."),
        "priority": say("Higher numbers are more urgent; 0 is usual."),
        "completed_on": say("The day on which the current status was done."),
        "not_complete": say("It goes on, but the current status doesn't count as done."),
        "to": say("Where it goes; the usual next status is proposed."),
        "due_on": say("After this day it's overdue."),
        "by": say("Who did it, if it wasn't you."),
        "department": say("The department that works on it."),
        "user": say("The person who works on it; empty for anybody in the department."),
        "reason": say("Why; reports count the reasons."),
        "note": say("It's kept in the Status Notes."),
        "description": say("What people call the order type."),
        "begin": say("The statuses that the new list begins with."),
    }
    return sentences.get(name, "")


def moved(call: Call, order_id: str, version: int) -> str:
    """Who has changed an order since somebody saw it, and when."""
    speech = call.hub.speech
    later: Sequence[Any] = call.store.history(order_id, after=max(version, 0)) if version else ()
    if not later:
        return speech.say(
            "order {order_id} has changed since you saw it: check it again", order_id=order_id
        )
    return speech.say(
        "order {order_id} has changed since you saw it: {by} changed it at {at}",
        order_id=order_id,
        by=later[-1].by,
        at=later[-1].at.astimezone(call.at.tzinfo),
    )
