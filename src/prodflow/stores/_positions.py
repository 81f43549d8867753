"""Where a page of orders begins, as a value and as a text for a URL."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable
from datetime import date
from typing import Any, Final, Literal, final

from attrs import frozen

from prodflow import _checks as checks
from prodflow._fields import Day, Priority, Text, checked
from prodflow.order import ProductionOrder

Sort = Literal["due", "priority", "id"]
"""The order in which a query sorts what it finds."""

_LONGEST: Final = 1_200
"""More characters than any position has: an id has up to 200 characters of up to four bytes."""


@final
@frozen(kw_only=True, weakref_slot=False, field_transformer=checked)
class Position:
    """The place of an order in a sorted list, which stays where it is when the order moves.

    Args:
        sort: the sort of the list.
        due_on: the due date of the order; None for no due date, and in a list sorted by id.
        priority: the priority of the order; 0 in a list sorted by id.
        id: the id of the order.

    Raises:
        ValueError: if a position in a list sorted by id has a due date or a priority.

    Source:
        Decision D36b.
    """

    sort: Sort
    due_on: Day | None = None
    priority: Priority = 0
    id: Text

    def __attrs_post_init__(self) -> None:
        if self.sort == "id" and (self.due_on is not None or self.priority != 0):
            raise ValueError("a position in a list sorted by id has no due_on and no priority")

    @property
    def text(self) -> str:
        """The position as a text of ASCII letters, digits, `-`, `_` and `.`, for a URL.

        Example:
            >>> from datetime import date
            >>> Position(sort="due", due_on=date(2026, 11, 20), id="PO-1").text
            'due.2026-11-20.0.UE8tMQ'
        """
        name = urlsafe_b64encode(self.id.encode()).decode().rstrip("=")
        if self.sort == "id":
            return f"id.{name}"
        return f"{self.sort}.{self.due_on or 'none'}.{self.priority}.{name}"


def position_of(order: ProductionOrder, sort: Sort) -> Position:
    """The position of an order in a list with this sort."""
    if sort == "id":
        return Position(sort=sort, id=order.id)
    return Position(sort=sort, due_on=order.due_on, priority=order.priority, id=order.id)


def read_position(text: str, sort: Sort) -> Position:
    """The position with this text.

    Raises:
        ValueError: if *text* isn't the text of a position with this sort.
    """
    position = _parsed(text) if len(text) <= _LONGEST else None
    if position is None or position.text != text or position.sort != sort:
        raise ValueError(
            f"after must be a position of the sort {sort!r}, as query.position(order) returns"
            f" it, not {checks.shown(text)}"
        )
    return position


def _parsed(text: str) -> Position | None:
    """A position whose text is perhaps *text*; None if there is no such position."""
    given: dict[str, Any] = {}
    try:
        given["sort"], *values, name = text.split(".")
        given["id"] = urlsafe_b64decode(name + "=" * (-len(name) % 4)).decode()
        if values:
            day, priority = values
            given["due_on"] = None if day == "none" else date.fromisoformat(day)
            given["priority"] = int(priority)
        return Position(**given)
    except ValueError:  # also of a wrong encoding and of too few values
        return None


Key = Callable[[ProductionOrder | Position], Any]


def _by_due(place: ProductionOrder | Position) -> tuple[bool, date, int, str]:
    due_on = place.due_on
    return (due_on is None, due_on or date.min, -place.priority, place.id)


def _by_priority(place: ProductionOrder | Position) -> tuple[int, bool, date, str]:
    due_on = place.due_on
    return (-place.priority, due_on is None, due_on or date.min, place.id)


def _by_id(place: ProductionOrder | Position) -> str:
    return place.id


KEYS: Final[dict[Sort, Key]] = {"due": _by_due, "priority": _by_priority, "id": _by_id}
"""By sort, the function that gives the key of an order, or of a position of this sort."""
