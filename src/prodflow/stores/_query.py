"""A query for orders, which means the same in every store."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import date
from heapq import nsmallest
from operator import attrgetter, itemgetter
from typing import Annotated, Any, Final, TypeVar, cast, final, overload

from attrs import NOTHING, NothingType, field, frozen

from prodflow import _checks as checks
from prodflow._facts import NONE_WANTED, Fact, WantedFacts, wanted_facts
from prodflow._fields import ANY, Check, Day, Number, Text, checked
from prodflow.cycle import StatusCycle, by_version
from prodflow.order import ProductionOrder
from prodflow.stores._counts import Counts, check_by, fact_named
from prodflow.stores._positions import KEYS, Position, Sort, position_of, read_position
from prodflow.stores._texts import folded, search_text

T = TypeVar("T", bound=str | None)

Read = Callable[[ProductionOrder], Any]
Test = Callable[[ProductionOrder], bool]
Newest = Mapping[str, StatusCycle]


def _one_or_several(name: str, value: str | AbstractSet[str] | NothingType) -> object:
    if value is NOTHING:
        return value
    if isinstance(value, AbstractSet):
        return frozenset([checks.text(checks.item_of(name), item) for item in value])
    return checks.text(name, value)


def _some_or_none(name: str, value: str | AbstractSet[str | None] | NothingType | None) -> object:
    if isinstance(value, AbstractSet):
        return frozenset([checks.optional_text(checks.item_of(name), item) for item in value])
    return None if value is None else _one_or_several(name, value)


def _after(name: str, value: ProductionOrder | str | None) -> ProductionOrder | str | None:
    if value is not None:
        checks.instance(name, value, (ProductionOrder, str), "an order or a position")
    return value


Choice = Annotated[str | AbstractSet[str] | NothingType, Check(_one_or_several)]
"""One value, a set of alternatives, or NOTHING for any; every order has some value."""

ChoiceOrNone = Annotated[str | AbstractSet[str | None] | NothingType | None, Check(_some_or_none)]
"""As `Choice`, and None for orders without a value."""

After = Annotated[ProductionOrder | str | None, Check(_after)]


@final
@frozen(kw_only=True, weakref_slot=False, field_transformer=checked)
class OrderQuery:
    """Which orders to find, how to sort them, and which page of them.

    An order matches if every field that you give matches. In a field such as *user*, None finds
    orders without a user, and a set finds orders with any of its values; it may hold None. An empty
    set finds nothing. In a field for a date, None finds orders without that date. The first and the
    last day of a period are part of it.

    Args:
        order_type: the key of the cycle.
        status: the key of the status.
        workflow_stage: the workflow stage of the status, in the newest version of the order type.
            If that version has no such status, the order's own version counts.
        department: the department responsible.
        user: the user responsible.
        vendor: the lab or vendor.
        invoice_id: the invoice that the order fulfils.
        is_open: True for open orders, False for complete and cancelled ones.
        facts: by the name of a fact, its value, a set or list of alternatives, or None for orders
            without this fact. Values are compared by kind, so True doesn't find 1.
        text: a phrase of 1 to 200 characters: it must be part of the id, the invoice, the vendor,
            the user or a fact that is a text. Case makes no difference, and `%` and `_` are
            ordinary characters. `folded` says how texts are compared.
        due_from: the first due date to include.
        due_by: the last due date to include.
        delivery_by: the last delivery date to include.
        ordered_from: the first order date to include.
        ordered_by: the last order date to include.
        closed_from: the first closing day to include. An order's closing day is the day on which
            it entered its present status, if that is complete or cancelled. None for open orders.
        closed_by: the last closing day to include.
        overdue_on: the day on which the order must be overdue.
        sort: "due" sorts by due date, then priority, then id; "priority" by priority, then due
            date, then id; "id" by id. Orders without a due date come after those with one, a
            higher priority comes before a lower one, and ids are compared by code point.
        after: the last order on the previous page, or its `position`; None for the first page. The
            query keeps the position.
        limit: the most orders to return, from 1 to 2,147,483,647; None for all.

    Raises:
        ValueError: if *after* is the position of another sort.

    Source:
        The Production hub; decisions D5, D14, D36 and D36b.
    """

    order_type: Choice = ANY
    status: Choice = ANY
    workflow_stage: ChoiceOrNone = ANY
    department: ChoiceOrNone = ANY
    user: ChoiceOrNone = ANY
    vendor: ChoiceOrNone = ANY
    invoice_id: ChoiceOrNone = ANY
    is_open: bool | NothingType = ANY
    facts: WantedFacts = field(default=NONE_WANTED, converter=wanted_facts)
    text: Text | NothingType = ANY
    due_by: Day | NothingType | None = ANY
    due_from: Day | NothingType | None = ANY
    delivery_by: Day | NothingType | None = ANY
    ordered_from: Day | NothingType = ANY
    ordered_by: Day | NothingType = ANY
    closed_from: Day | NothingType | None = ANY
    closed_by: Day | NothingType | None = ANY
    overdue_on: Day | NothingType = ANY
    sort: Sort = "due"
    after: After = None
    limit: Number | None = None

    def __attrs_post_init__(self) -> None:
        after = self.after
        if isinstance(after, ProductionOrder):
            object.__setattr__(self, "after", self.position(after))
        elif after is not None:
            read_position(after, self.sort)

    @property
    def begins_after(self) -> Position | None:
        """The position that `after` gives; None for the first page."""
        return None if self.after is None else read_position(cast("str", self.after), self.sort)

    def position(self, order: ProductionOrder) -> str:
        """The place of an order in the list, as a text that you can put into a URL.

        The next page begins after this place, even if the order has changed since or is gone.

        Args:
            order: the last order on a page.

        Returns:
            A text of ASCII letters, digits, `-`, `_` and `.`. It holds the sort, the id, and the
            due date and the priority, if the orders are sorted by them.

        Source:
            Decision D36b.
        """
        checks.instance("order", order, ProductionOrder, "a ProductionOrder")
        return position_of(order, self.sort).text

    def matches(self, order: ProductionOrder, *, cycles: Iterable[StatusCycle] = ()) -> bool:
        """Whether an order matches; `after` and `limit` make no difference.

        Args:
            cycles: cycle versions; the newest of the order's type gives the workflow stage. If
                *cycles* has no version of this type, the order's own version counts.
        """
        checks.instance("order", order, ProductionOrder, "a ProductionOrder")
        return all(test(order) for test in self._tests(_newest(cycles, ())))

    def select(
        self, orders: Iterable[ProductionOrder], *, cycles: Iterable[StatusCycle] = ()
    ) -> list[ProductionOrder]:
        """The page of *orders* that the query asks for; a store without indexes can use this.

        Args:
            orders: every order of the store.
            cycles: cycle versions; the newest of each type gives the workflow stages. If *cycles*
                has no version of a type, the newest version among the orders of this type counts.
        """
        every = checks.instances("orders", orders, ProductionOrder, "ProductionOrder")
        read = () if self.workflow_stage is NOTHING else every
        matching = self._matching(every, _newest(cycles, read))
        key, last = KEYS[self.sort], self.begins_after
        if last is not None:
            bound = key(last)
            matching = [order for order in matching if key(order) > bound]
        if self.limit is None:
            return sorted(matching, key=key)
        return nsmallest(self.limit, matching, key=key)

    @overload
    def count(
        self,
        orders: Iterable[ProductionOrder],
        *,
        by: None = None,
        cycles: Iterable[StatusCycle] = (),
    ) -> int: ...

    @overload
    def count(
        self, orders: Iterable[ProductionOrder], *, by: str, cycles: Iterable[StatusCycle] = ()
    ) -> Counts[Fact]: ...

    @overload
    def count(
        self,
        orders: Iterable[ProductionOrder],
        *,
        by: tuple[str, str],
        cycles: Iterable[StatusCycle] = (),
    ) -> Counts[tuple[Fact, Fact]]: ...

    def count(
        self,
        orders: Iterable[ProductionOrder],
        *,
        by: str | tuple[str, str] | None = None,
        cycles: Iterable[StatusCycle] = (),
    ) -> int | Counts[Fact] | Counts[tuple[Fact, Fact]]:
        """What `OrderStore.count` returns if a store has these orders.

        Args:
            orders: every order of the store.
            by: as for `OrderStore.count`.
            cycles: as for `select`.
        """
        names = check_by(by)
        every = checks.instances("orders", orders, ProductionOrder, "ProductionOrder")
        by_stage = self.workflow_stage is not NOTHING or "workflow_stage" in names
        newest = _newest(cycles, every if by_stage else ())
        matching = self._matching(every, newest)
        if not names:
            return len(matching)
        readers = [_counted_by(name, newest) for name in names]
        if len(readers) == 1:
            (read,) = readers
            values = [read(order) for order in matching]
            return Counts((value, 1) for value in values if value is not None)
        pairs = [(readers[0](order), readers[1](order)) for order in matching]
        return Counts((pair, 1) for pair in pairs if None not in pair)

    def _matching(
        self, orders: Sequence[ProductionOrder], newest: Newest
    ) -> Sequence[ProductionOrder]:
        for test in self._tests(newest):
            orders = [order for order in orders if test(order)]
        return orders

    def _tests(self, newest: Newest) -> list[Test]:
        """A function for each field that was given."""
        tests: list[Test] = []
        for name in _CHOICES:
            wanted = getattr(self, name)
            if wanted is not NOTHING:
                tests.append(_has(_reader(name, newest), wanted))
        for name, read, is_last in _PERIODS:
            bound = getattr(self, name)
            if bound is not NOTHING:
                tests.append(_is_within(read, bound, is_last=is_last))
        if self.facts:
            tests.append(lambda order: self.facts.match(order.facts))
        if self.text is not NOTHING:
            phrase = folded(self.text)
            tests.append(lambda order: phrase in search_text(order))
        if self.overdue_on is not NOTHING:
            today = self.overdue_on
            tests.append(lambda order: order.is_overdue(today=today))
        return tests


def _newest(cycles: Iterable[StatusCycle], orders: Iterable[ProductionOrder]) -> Newest:
    """The newest version by order type; that of the orders, for types that *cycles* lacks."""
    given = sorted(by_version(cycles).items(), key=itemgetter(0))
    newest: dict[str, StatusCycle] = {}
    for order in orders:
        cycle = order.cycle
        if cycle.version >= newest.setdefault(cycle.order_type, cycle).version:
            newest[cycle.order_type] = cycle
    return newest | {order_type: cycle for (order_type, _), cycle in given}


_CHOICES: Final = (
    *("order_type", "status", "workflow_stage", "department", "user", "vendor", "invoice_id"),
    "is_open",
)
"""The fields of a query that name the value that an order must have, or a set of values."""


def _closed_on(order: ProductionOrder) -> date | None:
    return None if order.is_open else order.entered_on


# The fields of a query that bound a date, how the date is read, and whether it's the last day.
_PERIODS: Final[tuple[tuple[str, Read, bool], ...]] = (
    ("due_from", attrgetter("due_on"), False),
    ("due_by", attrgetter("due_on"), True),
    ("delivery_by", attrgetter("delivery_on"), True),
    ("ordered_from", attrgetter("ordered_on"), False),
    ("ordered_by", attrgetter("ordered_on"), True),
    ("closed_from", _closed_on, False),
    ("closed_by", _closed_on, True),
)


def _counted_by(name: str, newest: Newest) -> Read:
    """A function that returns what an order is counted by: a field, or a fact."""
    fact = fact_named(name)
    return _reader(name, newest) if fact is None else lambda order: order.facts.get(fact)


def _reader(name: str, newest: Newest) -> Read:
    """A function that returns a field of an order."""
    if name == "workflow_stage":
        return lambda order: _stage(order, newest)
    return attrgetter("status.key" if name == "status" else name)


def _stage(order: ProductionOrder, newest: Newest) -> str | None:
    """The workflow stage of an order's status (decision D5)."""
    key = order.status.key
    cycle = newest.get(order.order_type, order.cycle)
    status = cycle[key] if key in cycle else order.status  # noqa: SIM401 - a cycle has no get
    return status.workflow_stage


def _has(read: Read, wanted: object) -> Test:
    if isinstance(wanted, frozenset):
        return lambda order: read(order) in wanted
    return lambda order: read(order) == wanted


def _is_within(read: Read, bound: date | None, *, is_last: bool) -> Test:
    if bound is None:
        return lambda order: read(order) is None

    def is_within(order: ProductionOrder) -> bool:
        day = read(order)
        return day is not None and (day <= bound if is_last else day >= bound)

    return is_within
