"""What is wrong in a Status Change window, and where the window shows it."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final, NamedTuple

from prodflow._messages import text
from prodflow.errors import Refusal
from prodflow.forms._given import Given
from prodflow.forms._lines import MOVED, Line
from prodflow.forms._shown import ENTERED

_PLACES: Final[Mapping[str, str]] = {
    "completion-date": "completed_on",
    "missing-delivery-date": "due_on",
    "date-out-of-range": "due_on",
}
"""The field of a refusal, by its code. A code that isn't here is about the new status."""


class Problem(NamedTuple):
    """What a window tells about a field, or about the whole page."""

    code: str
    message: str
    field: str | None
    orders: tuple[str, ...] = ()

    def data(self) -> dict[str, Any]:
        """The problem as plain data."""
        return {**self._asdict(), "orders": [*self.orders]}


def problems_of(lines: list[Line], given: Given) -> Iterator[Problem]:
    """What is wrong, each once: first in the form, then with the orders."""
    for problem in given.problems:
        field = problem.field if problem.field in ENTERED else None
        yield Problem(problem.code, problem.message, field)
    for order_id in sorted({*given.versions} - {line.id for line in lines}):
        message = text("order {order_id} is no longer there: go on without it", order_id=order_id)
        yield Problem("order-not-found", message, None, (order_id,))
    yield from gathered({line.id: line.problems for line in lines}, field_of)


def gathered(
    problems: Mapping[str, tuple[Refusal, ...]], place: Callable[[str], str | None]
) -> Iterator[Problem]:
    """The problems of several orders, each once, with the ids of its orders."""
    ids: dict[tuple[str, str], list[str]] = {}
    for order_id, refusals in problems.items():
        for refusal in refusals:
            ids.setdefault((refusal.code, refusal.message), []).append(order_id)
    for (code, message), orders in ids.items():
        yield Problem(code, message, place(code), tuple(orders))


def field_of(code: str) -> str | None:
    """The field that the user would change because of a refusal; None if no field would help.

    A rule of the host can name the field: a refusal whose code is the name of a field goes there.
    """
    if code in MOVED:
        return None
    return code if code in ENTERED else _PLACES.get(code, "to")
