"""Groups: the orders of a report by the values of a fact, and how people read these values."""

from collections.abc import Callable, Iterable
from decimal import Decimal
from typing import Any, Generic, NamedTuple, TypeVar, final

from prodflow import _checks as checks
from prodflow._facts import Fact, Facts, by_value, fact, fact_name, kind_of, plain
from prodflow.export import Cell
from prodflow.hub._orders import WITHOUT

__all__ = ["Group"]

R = TypeVar("R")
T = TypeVar("T")

Distinct = tuple[str | None, Fact | None]
"""A value with its kind. To Python, True equals 1."""


@final
class Group(NamedTuple, Generic[R]):
    """The orders of a report with the same value of a fact.

    Args:
        value: the value; None for orders without the fact.
        report: the report on these orders alone.
    """

    value: Fact | None
    report: R

    @property
    def title(self) -> str:
        """The value as people read it; "(none)" for orders without the fact."""
        return read(self.value)


def checked_fact(name: str, value: Fact | None) -> Fact | None:
    """The value of a fact, or None."""
    if value is None or isinstance(value, str):
        return checks.optional_text(name, value)
    return plain(fact(name, value))


def named(argument: str, text: str) -> str:
    """A text such as "facts.client"."""
    fact_name(argument, text)
    return checks.plain(text)


def checked_groups(value: Iterable[Group[Any]]) -> tuple[Group[Any], ...]:
    """Groups as a tuple, for the field `groups` of a report."""
    group: type[Group[Any]] = Group
    return checks.instances("groups", value, group, "Group")


def distinct(value: Fact | None) -> Distinct:
    """The value with its kind, so that it equals another one only if both are of one kind."""
    return kind_of(value), value


def read(value: Fact | None) -> str:
    """The value as people read it."""
    match value:
        case None:
            return WITHOUT
        case bool():
            return "Yes" if value else "No"
        case Decimal():
            return format(value, "f")
        case _:
            return str(value)


def grouped(
    by: str | None,
    items: Iterable[T],
    facts_of: Callable[[T], Facts],
    report_on: Callable[[list[T]], R],
) -> tuple[Group[R], ...]:
    """For each value of the fact that *by* names, the report on the items with that value."""
    if by is None:
        return ()
    name = fact_name("by", by)
    found: dict[Distinct, list[T]] = {}
    for item in items:
        value = facts_of(item).get(name)
        found.setdefault(distinct(None if value is None else plain(value)), []).append(item)
    in_sequence = sorted(found.items(), key=lambda pair: by_value(pair[0][1]))
    return tuple(Group(value, report_on(alike)) for (_, value), alike in in_sequence)


def heads(by: str | None) -> tuple[str, ...]:
    """The columns that stand before those of an ungrouped report: one for the fact, or none."""
    return () if by is None else (fact_name("by", by),)


def lines(
    by: str | None,
    report: R,
    parts: Iterable[Group[R]],
    lines_of: Callable[[R], Iterable[tuple[Cell, ...]]],
) -> Iterable[tuple[Cell, ...]]:
    """The lines of a table: those of the report; or of each group, with its title before them."""
    if by is None:
        return lines_of(report)
    return [(group.title, *line) for group in parts for line in lines_of(group.report)]
