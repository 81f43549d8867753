"""What the pictures take, checked; and the words that several of them use."""

from collections.abc import Mapping
from typing import Final

from prodflow import _checks as checks
from prodflow.cycle import Status, StatusCycle

__all__ = ["counted", "days", "known_cycle", "moved", "orders", "side", "titled", "who"]

_PAIR: Final = 2
_MOVES: Final = "(from key, to key) pairs to counts"


def known_cycle(value: StatusCycle) -> StatusCycle:
    """A cycle."""
    return checks.instance("cycle", value, StatusCycle, "a StatusCycle")


def counted(cycle: StatusCycle, counts: Mapping[str, int] | None) -> dict[str, int] | None:
    """Orders by key, each a status of the cycle; None for none given."""
    if counts is None:
        return None
    checks.instance("counts", counts, Mapping, "a mapping of keys to counts, or None")
    found: dict[str, int] = {}
    for key, count in counts.items():
        checks.key("a key of counts", key)
        found[cycle.place(key).status.key] = checks.whole(
            "a count of counts", count, 0, checks.NUMBER_MAX
        )
    return found


def moved(cycle: StatusCycle, moves: Mapping[tuple[str, str], int]) -> dict[tuple[str, str], int]:
    """The moves that were made at all, between statuses of the cycle."""
    checks.instance("moves", moves, Mapping, f"a mapping of {_MOVES}")
    found: dict[tuple[str, str], int] = {}
    for pair, count in moves.items():
        if not isinstance(pair, tuple) or len(pair) != _PAIR:
            raise TypeError(f"moves must be a mapping of {_MOVES}, not hold {checks.shown(pair)}")
        from_, to = (cycle.place(checks.key("a key of moves", key)).status.key for key in pair)
        if checks.whole("a count of moves", count, 0, checks.NUMBER_MAX):
            found[from_, to] = count
    return found


def titled(title: str | None, cycle: StatusCycle) -> str:
    """What the caller says, or what people call the order type, or its key."""
    if title is not None:
        return checks.description("title", title)
    return " ".join(cycle.description.split()) or cycle.order_type


def days(number: int) -> str:
    """A duration in words."""
    if not number:
        return "same day"
    return "1 day" if number == 1 else f"{number:,} days"


def orders(number: int) -> str:
    """A count of orders in words."""
    return "1 order" if number == 1 else f"{number:,} orders"


def who(status: Status) -> str:
    """Whom its orders go to by default."""
    return " \N{MIDDLE DOT} ".join(filter(None, (status.default_department, status.default_user)))


def side(status: Status) -> str:
    """In a word, why a status is off the path."""
    if status.inactive:
        return "inactive"
    if status.cancelled:
        return "cancelled"
    return "non-standard" if status.non_standard else "outside the cycle"
