"""Digests: what each person, department or vendor has to look at today, as text for a mail."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from operator import attrgetter
from typing import Final, Literal, NamedTuple, TypeVar, final

from attrs import field, frozen

from prodflow import _checks as checks
from prodflow._fields import Day, checked
from prodflow._messages import Message, count_of, joined, text
from prodflow._names import Names
from prodflow._sequences import Rows
from prodflow._words import AnyWords, Words, said, words_of
from prodflow.calendars import EVERY_DAY, WorkingCalendar
from prodflow.cycle import StatusCycle
from prodflow.duedate import DueDatePolicy
from prodflow.export import Table
from prodflow.export._width import width_of
from prodflow.export._wrapping import wrapped
from prodflow.hub._lists import due_soon, overdue, past_delivery
from prodflow.hub._orders import (
    DEPARTMENT,
    USER,
    VENDOR,
    WITHIN,
    WITHOUT,
    OrderColumns,
    as_of,
    by_name,
    days_past,
    deadlines,
    each,
    names_for,
    naming,
    versions,
)
from prodflow.hub._risks import OrderAtRisk, at_risk
from prodflow.order import ProductionOrder

__all__ = ["Digest", "DigestBy", "DigestPart", "digest"]

DigestBy = Literal["user", "department", "vendor"]
"""Whom a digest is for."""

_TITLES: Final[Mapping[str, Message]] = {"user": USER, "department": DEPARTMENT, "vendor": VENDOR}
# The longest line of a mail, in columns (RFC 5322, 2.1.1).
_ROOM: Final = 78
_BULLET: Final = "- "

T = TypeVar("T")
_Item = tuple[ProductionOrder, tuple[Message, ...]]
"""An order, and what to say about it."""


@final
class DigestPart(NamedTuple):
    """What one person, department or vendor has to look at. An order is in every list that fits.

    Args:
        name: the person, department or vendor; None for orders without one.
        overdue: the orders past their due date, as `overdue` lists them.
        past_delivery: the orders past their delivery date, as `past_delivery` lists them.
        due_soon: the orders due today or soon, as `due_soon` lists them.
        at_risk: the orders that will be late, as `at_risk` lists them; none without a policy.
    """

    name: str | None
    overdue: tuple[ProductionOrder, ...]
    past_delivery: tuple[ProductionOrder, ...]
    due_soon: tuple[ProductionOrder, ...]
    at_risk: tuple[OrderAtRisk, ...]

    @property
    def orders(self) -> tuple[ProductionOrder, ...]:
        """All these orders, each once."""
        at_risk = (row.order for row in self.at_risk)
        lists = (*self.overdue, *self.past_delivery, *self.due_soon, *at_risk)
        return tuple({order.id: order for order in lists}.values())


def _parts(value: Iterable[DigestPart]) -> tuple[DigestPart, ...]:
    return checks.instances("parts", value, DigestPart, "DigestPart")


@final
@frozen(kw_only=True, weakref_slot=False, field_transformer=checked)
class Digest(Rows[DigestPart]):
    """What each person, department or vendor has to look at: a sequence of `DigestPart`.

    Args:
        today: the date of the report.
        soon_by: the last day that counts as soon.
        by: whom the parts are for.
        parts: those who have anything to look at, by name, None last.
        cycles: the cycle versions from which the names of the statuses come.
        calendar: the calendar in which days late are counted.
    """

    today: Day
    soon_by: Day
    by: DigestBy
    parts: tuple[DigestPart, ...] = field(converter=_parts)
    cycles: tuple[StatusCycle, ...] = field(default=(), converter=versions)
    calendar: WorkingCalendar = EVERY_DAY

    @property
    def _items(self) -> tuple[DigestPart, ...]:
        return self.parts

    def text(self, part: DigestPart | None = None, *, words: AnyWords | None = None) -> str:
        """The digest as plain text for a mail, in lines of at most 78 columns.

        An East Asian character fills two columns. Long lines wrap, and nothing is cut.

        Args:
            part: the part of one person, for a mail to this person; None for all parts.
            words: your words; None for English.

        Returns:
            Lines that end in a newline; "" if there is nothing to look at.
        """
        if part is not None:
            checks.instance("part", part, DigestPart, "a DigestPart or None")
        spoken = words_of(words)
        shown = self.parts if part is None else (part,)
        names = names_for(self.cycles, (order for each in shown for order in each.orders))
        return "\n".join("".join(self._lines(each, names, spoken)) for each in shown)

    def _lines(self, part: DigestPart, names: Names, words: Words) -> Iterator[str]:
        name = WITHOUT if part.name is None else part.name
        yield from _folded(text("{title}: {name}", title=_TITLES[self.by], name=name), words)
        yield from _folded(as_of(self.today, len(part.orders)), words)
        for title, items in self._lists(part):
            if items:
                yield "\n"
                yield from _folded(title, words)
            for order, facts in items:
                status = names.title((order.order_type, order.status.key))
                order_type = names.type_name(order.order_type)
                about = text(
                    "{order_id}: {status} ({order_type})",
                    order_id=order.id,
                    status=status,
                    order_type=order_type,
                )
                yield from _folded(joined((about, *facts)), words, bullet=_BULLET)

    def _lists(self, part: DigestPart) -> Iterator[tuple[Message, list[_Item]]]:
        """The lists of a part, each with its title and what to say about each order."""
        past = days_past(self.calendar, self.today)
        yield text("Overdue Orders"), [(o, _late(_DUE, o.due_on, past)) for o in part.overdue]
        yield (
            text("Orders Past Delivery"),
            [(o, _late(_DELIVERY, o.delivery_on, past)) for o in part.past_delivery],
        )
        yield (
            text("Orders Due by {day}", day=self.soon_by),
            [(order, (_DUE.with_fields(day=order.due_on),)) for order in part.due_soon],
        )
        yield (
            text("Orders at Risk"),
            [
                (
                    order,
                    (
                        text("expected {day}", day=outlook.finish_on),
                        _DELIVERY.with_fields(day=order.delivery_on),
                    ),
                )
                for order, outlook, _ in part.at_risk
            ],
        )

    def table(self, *more: str, words: AnyWords | None = None) -> Table:
        """One line for each order of each list.

        Args:
            more: further columns: "priority", "quantity" or facts such as "facts.client".
            words: your words; None for English.

        Raises:
            ValueError: if there is no such column.
        """
        orders = [order for part in self.parts for order in part.orders]
        columns = OrderColumns(names_for(self.cycles, orders), more)
        return Table(
            text("Digest"),
            (text("For"), text("List"), *columns.titles),
            [
                (WITHOUT if part.name is None else part.name, title, *columns.cells(order))
                for part in self.parts
                for title, items in self._lists(part)
                for order, _ in items
            ],
            notes=(as_of(self.today, len({order.id for order in orders})),),
        ).said(words)


_DUE: Final = text("due {day}")
_DELIVERY: Final = text("delivery {day}")


def _late(template: Message, day: date | None, past: Callable[[date], int]) -> tuple[Message, ...]:
    late = 0 if day is None else past(day)
    return template.with_fields(day=day), count_of(late, "{count} day late", "{count} days late")


def _folded(message: str, words: Words, *, bullet: str = "") -> Iterator[str]:
    """A text in lines that fit, after a bullet if there is one."""
    indent = " " * len(bullet)
    lines = wrapped(said(message, words), _ROOM - len(bullet), lambda line, _: width_of(line), 1)
    for number, line in enumerate(lines):
        yield f"{indent if number else bullet}{line}\n"


def digest(
    orders: Iterable[ProductionOrder],
    *,
    by: DigestBy = "user",
    today: date,
    within: int = WITHIN,
    calendar: WorkingCalendar = EVERY_DAY,
    policy: DueDatePolicy | Mapping[str, DueDatePolicy] | None = None,
    cycles: Iterable[StatusCycle] = (),
) -> Digest:
    """What is late or soon due, for each person, department or vendor who has such orders.

    The lists are those of `overdue`, `past_delivery`, `due_soon` and `at_risk`, in their order.

    Args:
        by: whom the parts are for: "user", "department" or "vendor".
        calendar: the calendar of *within*. Its days are also the days late, as in `overdue`.
        policy: the due-date policy of the orders, or the policies by order type, to list the orders
            at risk; None to leave them out.

    Raises:
        DateOutOfRangeError: if an expected day would be outside the calendar.
        ValueError: if there is no policy for the type of an order, or *by* is another word.

    Source:
        Decisions D14 and D40.

    Example:
        >>> from datetime import UTC, date, datetime
        >>> from prodflow import ProductionFlow
        >>> from prodflow.samples import PRINTS
        >>> order = ProductionFlow().open(
        ...     PRINTS.cycle,
        ...     order_id="PO-1",
        ...     ordered_on=date(2026, 11, 16),
        ...     user="Ann",
        ...     by="Bea",
        ...     at=datetime(2026, 11, 16, 9, tzinfo=UTC),
        ... ).order
        >>> print(digest([order], today=date(2026, 11, 20)).text(), end="")
        User: Ann
        As of 2026-11-20: 1 order.
        <BLANKLINE>
        Overdue Orders
        - PO-1: Order Checked (Prints), due 2026-11-17, 3 days late
    """
    checks.one_of("by", by, *_TITLES)
    asked = tuple(each(orders))
    given = versions(cycles)
    late = overdue(asked, today=today)
    undelivered = past_delivery(asked, today=today)
    soon = due_soon(asked, today=today, within=within, calendar=calendar)
    risks = () if policy is None else tuple(at_risk(asked, policy, today=today))
    shown = [*late, *undelivered, *soon, *(row.order for row in risks)]
    name_of: Callable[[ProductionOrder], str | None] = attrgetter(by)
    groups = [_grouped(found, name_of) for found in (late, undelivered, soon)]
    risky = _grouped(risks, lambda row: name_of(row.order))
    parts: list[DigestPart] = []
    for name in sorted(set(map(name_of, shown)), key=by_name):
        one, two, three = (tuple(group[name]) for group in groups)
        parts.append(DigestPart(name, one, two, three, tuple(risky[name])))
    return Digest(
        today=today,
        soon_by=deadlines(today, within, calendar).soon_by,
        by=by,
        parts=parts,
        cycles=naming(given, asked, shown),
        calendar=calendar,
    )


def _grouped(
    items: Iterable[T], name_of: Callable[[T], str | None]
) -> defaultdict[str | None, list[T]]:
    groups: defaultdict[str | None, list[T]] = defaultdict(list)
    for item in items:
        groups[name_of(item)].append(item)
    return groups
