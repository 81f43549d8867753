"""Checks of the pictures' arguments, and words that several pictures use."""

from collections.abc import Iterable, Mapping
from typing import Final, NamedTuple

from attrs import evolve

from prodflow import _checks as checks
from prodflow._messages import Message, count_of, text
from prodflow._names import Names
from prodflow._words import Words, said
from prodflow.cycle import Status, StatusCycle
from prodflow.diagrams._style import THEMES, Theme

_PAIR: Final = 2
_MOVES: Final = "(from key, to key) pairs to counts"


def known_theme(value: Theme) -> Theme:
    """The given theme, after a check."""
    checks.one_of("theme", value, *THEMES)
    return value


def known_cycle(value: StatusCycle) -> StatusCycle:
    """The given cycle, after a check of its type."""
    return checks.instance("cycle", value, StatusCycle, "a StatusCycle")


def counted(cycle: StatusCycle, counts: Mapping[str, int] | None) -> dict[str, int] | None:
    """The counts by status key, checked; None stays None."""
    if counts is None:
        return None
    checks.instance("counts", counts, Mapping, "a mapping of keys to counts, or None")
    return {
        cycle[checks.key("a key of counts", key)].key: _count("a count of counts", count)
        for key, count in counts.items()
    }


def moved(cycle: StatusCycle, moves: Mapping[tuple[str, str], int]) -> dict[tuple[str, str], int]:
    """The counts by (from key, to key), checked, without counts of 0."""
    checks.instance("moves", moves, Mapping, f"a mapping of {_MOVES}")
    made: dict[tuple[str, str], int] = {}
    for pair, count in moves.items():
        if not isinstance(pair, tuple) or len(pair) != _PAIR:
            raise TypeError(f"moves must be a mapping of {_MOVES}, not hold {checks.shown(pair)}")
        from_, to = (cycle[checks.key("a key of moves", key)].key for key in pair)
        if _count("a count of moves", count):
            made[from_, to] = count
    return made


def _count(name: str, value: int) -> int:
    return checks.whole(name, value, 0, checks.NUMBER_MAX)


class Named(NamedTuple):
    """A cycle as people read it, with the descriptions and colours of the newest version."""

    title: str
    path: tuple[Status, ...]
    off_path: tuple[Status, ...]
    """The statuses off the path in list order, inactive ones too."""
    statuses: dict[str, Status]
    """All statuses by key, in list order."""


def named(cycle: StatusCycle, cycles: Iterable[StatusCycle], title: str | None) -> Named:
    """The cycle with its names.

    Args:
        cycle: the cycle to draw.
        cycles: the cycle versions from which the statuses get their newest descriptions.
        title: the title. If it's None, the title is the description of the order type or, if there
            is no description, the key of the order type.
    """
    names = Names(cycles, [cycle])
    if title is None:
        title = " ".join(names.type_name(cycle.order_type).split()) or cycle.order_type
    else:
        checks.description("title", title)
    read = {status.key: names.statuses[cycle.order_type, status.key] for status in cycle}
    statuses = {
        status.key: evolve(
            status,
            description=read[status.key].description,
            colour=read[status.key].colour,
        )
        for status in cycle
    }
    off = [status for status in statuses.values() if cycle.place(status.key).position is None]
    path = tuple(statuses[status.key] for status in cycle.path)
    return Named(title, path, tuple(off), statuses)


def days(number: int) -> Message:
    """A number of days in words."""
    return count_of(number, "{count} day", "{count} days") if number else _SAME_DAY


def orders(number: int) -> Message:
    """A number of orders in words."""
    return count_of(number, "{count} order", "{count} orders")


def who(status: Status) -> str:
    """The default department and user."""
    return joined(status.default_department, status.default_user)


def joined(*facts: str | None) -> str:
    """The facts that aren't empty, with a dot between them."""
    return " \N{MIDDLE DOT} ".join(filter(None, facts))


def side(status: Status) -> Message:
    """Why a status is off the path, in a word or two."""
    if status.inactive:
        return _INACTIVE
    if status.cancelled:
        return _CANCELLED
    if status.pauses:
        return _ON_HOLD
    return _NON_STANDARD if status.non_standard else _OUTSIDE


def end(status: Status, words: Words) -> str:
    """The word for the initial or final status; "" for any other."""
    if status.initial:
        return said(_INITIAL, words)
    return said(_FINAL, words) if status.final else ""


OFF_PATH: Final = text("Off the path")
_SAME_DAY: Final = text("same day")
_INACTIVE: Final = text("inactive")
_CANCELLED: Final = text("cancelled")
_ON_HOLD: Final = text("on hold")
_NON_STANDARD: Final = text("non-standard")
_OUTSIDE: Final = text("outside the cycle")
_INITIAL: Final = text("initial")
_FINAL: Final = text("final")


def kind_of(status: Status, *, on_path: bool) -> str:
    """The class of a status that decides about its colours; "" for most statuses of the path."""
    if not on_path:
        return "aside"
    return "initial" if status.initial else "final" if status.final else ""
