"""The lists of a Status Change window: statuses, reasons, departments and users to pick from."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

from prodflow import _checks as checks
from prodflow._messages import Message, text
from prodflow.cycle import Status
from prodflow.errors import Refusal, RuleError
from prodflow.flow import BulkChoice, Choice, Reason
from prodflow.flow._proposing import error_refusal
from prodflow.forms._problems import gathered
from prodflow.order import ProductionOrder

Data = dict[str, Any]

SEVERAL: Final = text("several")
"""Stands for the different values of several orders."""

_BLANKS: Final[Mapping[str, Message]] = {
    "to": text("choose a status"),
    "reason": text("no reason"),
}


def line_of(posted: str, title: str) -> Data:
    """A line of a list: the text that a browser posts for it, and what the user reads."""
    return {"text": posted, "title": title, "is_refused": False, "needs": [], "problems": []}


def statuses(
    choices: Iterable[Choice] | Iterable[BulkChoice], ids: list[str], title: Callable[[Status], str]
) -> list[Data]:
    """The lines of "Change To Status" for the orders with these ids."""
    items: tuple[object, ...] = checks.items("choices", choices, "Choice or BulkChoice")
    lines: list[Data] = []
    for item in items:
        match item:
            case Choice():
                refused: Mapping[str, tuple[Refusal, ...] | RuleError]
                refused = dict.fromkeys(ids, item.refusals)
                is_refused = bool(item.refusals)
            case BulkChoice():
                refused, is_refused = item.refusals, not item.open_to
            case _:
                expected = "an iterable of Choice or BulkChoice"
                raise TypeError(f"choices must be {expected}, not hold {checks.shown(item)}")
        problems = gathered(
            {
                order_id: (error_refusal(it),) if isinstance(it, RuleError) else it
                for order_id, it in refused.items()
            },
            lambda _: "to",
        )
        lines.append(
            {
                **line_of(item.status.key, title(item.status)),
                "is_refused": is_refused,
                "needs": [] if is_refused else [*item.needs],
                "problems": [it.data() for it in problems],
            }
        )
    return lines


def reason_list(reasons: Iterable[Reason]) -> list[Data]:
    """The reasons to pick from."""
    known = checks.instances("reasons", reasons, Reason, "Reason")
    return [line_of(it.key, it.description) for it in known if not it.inactive]


def people(name: str, first: Iterable[str], orders: list[ProductionOrder], kind: str) -> list[Data]:
    """Departments or users to suggest: those given, then those of the statuses and the orders."""
    known: list[str | None] = [
        *(checks.text(f"an item of {name}", it) for it in checks.items(name, first, name)),
        *(
            getattr(status, f"default_{kind}")
            for cycle in dict.fromkeys(order.cycle for order in orders)
            for status in cycle
        ),
        *(getattr(order, kind) for order in orders),
    ]
    return [line_of(it, it) for it in dict.fromkeys(known) if it is not None]


def with_blank(
    name: str, lines: list[Data], posted: str, title: str, *, is_several: bool
) -> list[Data]:
    """The lines of a list, and a line for the text in the field, if no other line has it.

    A browser posts the first line of a list in which no line is selected.
    """
    known = {"": line_of("", SEVERAL if is_several else _BLANKS[name])}
    known |= {line["text"]: line for line in lines}
    if name == "to" and posted:
        del known[""]  # an order has to go somewhere
    if posted not in known:
        known = {posted: line_of(posted, title), **known}
    return [*known.values()]
