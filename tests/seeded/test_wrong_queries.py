"""Stores with one bug each in what they find, page and count, which the suite must find.

Each is a `NotebookStore` that breaks one promise about queries. The table names the law that must
fail.
"""

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from operator import attrgetter
from typing import Any
from unicodedata import normalize

import pytest
from attrs import NOTHING, evolve

from notebook_store import NotebookStore
from prodflow import HistoryEntry, OrderOpened, OrderQuery, ProductionOrder, StatusChanged
from prodflow.stores import Counts
from prodflow.testing import OrderStoreSuite

Histories = Iterator[tuple[ProductionOrder, tuple[HistoryEntry, ...]]]

CHOICES = (
    *("order_type", "status", "workflow_stage", "department", "user", "vendor", "invoice_id"),
)


def texts_of(order: ProductionOrder) -> list[str]:
    """The texts of an order that a query searches."""
    values = (order.id, order.invoice_id, order.vendor, order.user, *order.facts.values())
    return [value for value in values if isinstance(value, str)]


class _OtherText(NotebookStore):
    """Compares texts in its own way."""

    def find(self, query: OrderQuery, /) -> list[ProductionOrder]:
        """Search the orders that match otherwise."""
        phrase = query.text
        if phrase is NOTHING:
            return super().find(query)
        rest = super().find(evolve(query, text=NOTHING, limit=None))
        return [order for order in rest if self.is_in(phrase, order)][: query.limit]

    def is_in(self, phrase: str, order: ProductionOrder) -> bool:
        """Whether a text of the order holds a phrase."""
        return any(self.folded(phrase) in self.folded(text) for text in texts_of(order))

    def folded(self, text: str) -> str:
        """A text as it is compared."""
        return text


class CaseMatters(_OtherText):
    """A phrase is found only in its own case."""

    def folded(self, text: str) -> str:
        """Only normalise."""
        return normalize("NFC", text)


class TextAsItIsStored(_OtherText):
    """A phrase is found only if its characters are stored in the same way."""

    def folded(self, text: str) -> str:
        """Only fold the case."""
        return text.casefold()


class LowerIsNotFolded(_OtherText):
    """A phrase in lower case is compared with a text in lower case."""

    def folded(self, text: str) -> str:
        """Make it lower."""
        return normalize("NFC", normalize("NFC", text).lower())


class FoldedOnce(_OtherText):
    """Folding the case may take characters apart, and they stay apart."""

    def folded(self, text: str) -> str:
        """Normalise only before."""
        return normalize("NFC", text).casefold()


class OnlyEnglishIsFolded(_OtherText):
    """The case of other letters than A to Z matters, as in SQLite's LIKE."""

    def folded(self, text: str) -> str:
        """Leave other letters as they are."""
        normal = normalize("NFC", text)
        return "".join(char.lower() if char.isascii() else char for char in normal)


class PercentIsAWildcard(_OtherText):
    """A per cent sign in a phrase stands for anything."""

    def is_in(self, phrase: str, order: ProductionOrder) -> bool:
        """Look for the parts."""
        text = "\n".join(texts_of(order)).casefold()
        return all(part in text for part in phrase.casefold().split("%"))


class UnderscoreIsAWildcard(_OtherText):
    """An underscore in a phrase stands for any character."""

    def is_in(self, phrase: str, order: ProductionOrder) -> bool:
        """Look for a part that equals the phrase but for the underscores."""
        size = len(phrase)
        parts = (
            text[begin : begin + size]
            for text in texts_of(order)
            for begin in range(len(text) - size + 1)
        )
        return any(
            all(one in {"_", other} for one, other in zip(phrase, part, strict=True))
            for part in parts
        )


class TextOfAFactOnly(_OtherText):
    """Vendors are not searched."""

    def is_in(self, phrase: str, order: ProductionOrder) -> bool:
        """Leave the vendor out."""
        return OrderQuery(text=phrase).matches(evolve(order, vendor=None))


class NumbersAreTexts(_OtherText):
    """A phrase is found in facts that are no texts."""

    def is_in(self, phrase: str, order: ProductionOrder) -> bool:
        """Write all facts out."""
        written = {name: str(value) for name, value in order.facts.items()}
        return OrderQuery(text=phrase).matches(evolve(order, facts=written))


class NoneNotInSets(NotebookStore):
    """None in a set finds nothing, as NULL does in SQL."""

    def find(self, query: OrderQuery, /) -> list[ProductionOrder]:
        """Take None out of the sets."""
        sets: dict[str, Any] = {}
        for name in CHOICES:
            among = getattr(query, name)
            if isinstance(among, frozenset):
                sets[name] = among - {None}
        return super().find(evolve(query, **sets))


class EmptySetFindsAll(NotebookStore):
    """An empty set is taken for any value."""

    def find(self, query: OrderQuery, /) -> list[ProductionOrder]:
        """Leave empty sets out."""
        empty: dict[str, Any] = {
            name: NOTHING for name in CHOICES if getattr(query, name) == frozenset()
        }
        return super().find(evolve(query, **empty))


class NoFactIsNoMatch(NotebookStore):
    """Orders without a fact are not found by None."""

    def find(self, query: OrderQuery, /) -> list[ProductionOrder]:
        """Drop the orders that lack a fact."""
        found = super().find(evolve(query, limit=None))
        return [order for order in found if not query.facts.keys() - order.facts][: query.limit]


class FactsAsPythonComparesThem(NotebookStore):
    """A fact that is True is found by 1."""

    def find(self, query: OrderQuery, /) -> list[ProductionOrder]:
        """Compare by `==`."""
        rest = super().find(evolve(query, facts={}, limit=None))
        found = [order for order in rest if self.has(order, query)]
        return found[: query.limit]

    def has(self, order: ProductionOrder, query: OrderQuery) -> bool:
        """Whether the facts are as wanted."""
        return all(
            self.value(order.facts.get(name))
            in [self.value(each) for each in (wanted if isinstance(wanted, tuple) else (wanted,))]
            for name, wanted in query.facts.items()
        )

    def value(self, fact: object) -> object:
        """A fact as it's compared."""
        return fact


class FactsAsTexts(FactsAsPythonComparesThem):
    """A fact is compared by what is written, so a date equals its text, and 1 isn't 1.0."""

    def value(self, fact: object) -> object:
        """Write it."""
        return str(fact)


class FactsAsFloats(FactsAsPythonComparesThem):
    """Numbers are compared as floats."""

    def value(self, fact: object) -> object:
        """Round numbers."""
        if isinstance(fact, bool | str | date) or fact is None:
            return repr(fact)
        return float(fact)  # type: ignore[arg-type]  # only numbers are left


class OneFactOnly(NotebookStore):
    """Of several facts, any one will do."""

    def find(self, query: OrderQuery, /) -> list[ProductionOrder]:
        """Look for each fact alone."""
        if len(query.facts) < 2:
            return super().find(query)
        found = [
            {
                order.id
                for order in super(OneFactOnly, self).find(evolve(query, facts={name: wanted}))
            }
            for name, wanted in query.facts.items()
        ]
        every = super().find(evolve(query, facts={}))
        return [order for order in every if any(order.id in ids for ids in found)]


class ClosedByTheFirstClosing(NotebookStore):
    """The day on which an order was closed is that of the first closing."""

    def find(self, query: OrderQuery, /) -> list[ProductionOrder]:
        """Compare the day of the first closing."""
        period: dict[str, Any] = {
            name: value
            for name in ("closed_from", "closed_by")
            if isinstance(value := getattr(query, name), date)
        }
        if not period:
            return super().find(query)
        others: dict[str, Any] = dict.fromkeys(period, NOTHING)
        found = super().find(evolve(query, **others, limit=None))
        first, last = (period.get(name) for name in ("closed_from", "closed_by"))
        return [
            order
            for order in found
            if any((first or day) <= day <= (last or day) for day in self.closed_on(order))
        ][: query.limit]

    def closed_on(self, order: ProductionOrder) -> list[date]:
        """The days that count."""
        return [] if order.is_open else self.closings(order)[:1]

    def closings(self, order: ProductionOrder) -> list[date]:
        """The days on which the order was closed."""
        return [
            entry.entered_on
            for entry in self.history(order.id)
            if isinstance(entry, OrderOpened | StatusChanged)
            and order.cycle[entry.to_status].closes
        ]


class ClosedOnceIsClosed(ClosedByTheFirstClosing):
    """An order that was reopened still counts as closed."""

    def closed_on(self, order: ProductionOrder) -> list[date]:
        """Each closing counts."""
        return self.closings(order)


class FirstDayIsLeftOut(NotebookStore):
    """A period begins on the day after its first day."""

    def find(self, query: OrderQuery, /) -> list[ProductionOrder]:
        """Move the first day."""
        if isinstance(query.ordered_from, date):
            query = evolve(query, ordered_from=query.ordered_from + timedelta(1))
        return super().find(query)


class _OtherSort(NotebookStore):
    """Sorts in its own way."""

    def find(self, query: OrderQuery, /) -> list[ProductionOrder]:
        """Sort all, and take a page."""
        whole = evolve(query, after=None, limit=None)
        orders = sorted(super().find(whole), key=lambda order: self.key(order, query.sort))
        last = query.begins_after
        if last is not None:
            bound = self.key(last, query.sort)
            orders = [order for order in orders if self.key(order, query.sort) > bound]
        return orders[: query.limit]

    def key(self, place: Any, sort: str) -> Any:  # noqa: ANN401 - an order or a position
        """The key to sort by."""
        due = (place.due_on is None, place.due_on or date.min)
        keys = {"due": (due, -place.priority), "priority": (-place.priority, due), "id": ()}
        return keys[sort], place.id


class LowPriorityFirst(_OtherSort):
    """A lower priority comes before a higher one."""

    def key(self, place: Any, sort: str) -> Any:  # noqa: ANN401 - an order or a position
        """Sort upwards."""
        return super().key(_Place(place, priority=-place.priority), sort)


class PriorityPassedOver(_OtherSort):
    """Orders with one due date are sorted by id."""

    def key(self, place: Any, sort: str) -> Any:  # noqa: ANN401 - an order or a position
        """Take every priority for 0."""
        return super().key(place if sort == "priority" else _Place(place, priority=0), sort)


class NoDueDateFirst(_OtherSort):
    """Orders without a due date come first."""

    def key(self, place: Any, sort: str) -> Any:  # noqa: ANN401 - an order or a position
        """Take no date for the first one."""
        return super().key(_Place(place, due_on=place.due_on or date.min), sort)


class IdsAsInADictionary(_OtherSort):
    """Ids are sorted without regard to case first."""

    def key(self, place: Any, sort: str) -> Any:  # noqa: ANN401 - an order or a position
        """Fold the id."""
        first, _ = super().key(place, sort)
        return first, (place.id.casefold(), place.id)


class IdsInUtf16(_OtherSort):
    """Ids are sorted by the units of UTF-16."""

    def key(self, place: Any, sort: str) -> Any:  # noqa: ANN401 - an order or a position
        """Encode the id."""
        first, _ = super().key(place, sort)
        return first, place.id.encode("utf-16-be")


class _Place:
    """A place with other values."""

    def __init__(self, place: Any, **other: Any) -> None:  # noqa: ANN401 - any values
        self.due_on, self.priority, self.id = place.due_on, place.priority, place.id
        vars(self).update(other)


class PositionOfTheOrderNow(NotebookStore):
    """A page begins after the place that the last order has now."""

    def find(self, query: OrderQuery, /) -> list[ProductionOrder]:
        """Look the last order up."""
        last = query.begins_after
        if last is not None and last.id in self.orders:
            query = evolve(query, after=self.orders[last.id])
        return super().find(query)


class PagesByNumber(NotebookStore):
    """A page begins after as many orders as are before the last one now, or at the start."""

    def find(self, query: OrderQuery, /) -> list[ProductionOrder]:
        """Count the orders before."""
        ids = [order.id for order in super().find(evolve(query, after=None, limit=None))]
        last = query.begins_after
        begin = ids.index(last.id) + 1 if last is not None and last.id in ids else 0
        return [self.orders[order_id] for order_id in ids[begin:]][: query.limit]


class PagesWithoutEnd(NotebookStore):
    """Every page is the first one."""

    def find(self, query: OrderQuery, /) -> list[ProductionOrder]:
        """Leave the position out."""
        return super().find(evolve(query, after=None))


class CountsClosedOrdersToo(NotebookStore):
    """A count leaves `is_open` out."""

    def count(self, query: OrderQuery, /, *, by: Any = None) -> Any:  # noqa: ANN401 - as above
        """Count open and closed orders."""
        return super().count(evolve(query, is_open=NOTHING), by=by)


class CountsThePage(NotebookStore):
    """A count is of the orders on the page."""

    def count(self, query: OrderQuery, /, *, by: Any = None) -> Any:  # noqa: ANN401 - as above
        """Count what is found."""
        return evolve(query, after=None).count(self.find(query), by=by, cycles=self.newest())


class _OtherCounts(NotebookStore):
    """Counts in its own way."""

    def count(self, query: OrderQuery, /, *, by: Any = None) -> Any:  # noqa: ANN401 - as above
        """Count the values as they are read."""
        counts = super().count(query, by=by)
        return counts if by is None else self.changed(counts, query, by)

    def changed(self, counts: Any, query: OrderQuery, by: Any) -> Any:  # noqa: ANN401 - as above
        """Other counts."""
        raise NotImplementedError


class CountsInADict(_OtherCounts):
    """Flags and numbers are counted together."""

    def changed(self, counts: Any, query: OrderQuery, by: Any) -> Any:  # noqa: ANN401, ARG002 - as above
        """Add up what Python takes for equal."""
        merged: dict[Any, int] = {}
        for value, number in counts.items():
            merged[value] = merged.get(value, 0) + number
        return merged


class CountsAsWritten(_OtherCounts):
    """1 and 1.0 are counted apart."""

    def changed(self, counts: Any, query: OrderQuery, by: Any) -> Any:  # noqa: ANN401 - as above
        """Count what is written of a fact."""
        if not isinstance(by, str) or not by.startswith("facts."):
            return counts
        name = by.removeprefix("facts.")
        orders = self.find(evolve(query, after=None, limit=None))
        facts = [order.facts[name] for order in orders if name in order.facts]
        return dict(Counts((repr(fact), 1) for fact in facts))


class CountsOrdersWithoutAValue(_OtherCounts):
    """Orders without a value are counted under an empty text."""

    def changed(self, counts: Any, query: OrderQuery, by: Any) -> Any:  # noqa: ANN401, ARG002 - as above
        """Count them too."""
        without = super().count(query) - sum(counts.values())
        return dict(counts) | ({"": without} if without else {})


class HalfAPairIsCounted(_OtherCounts):
    """By two values, orders that lack one of them are counted too."""

    def changed(self, counts: Any, query: OrderQuery, by: Any) -> Any:  # noqa: ANN401 - as above
        """Count them under None."""
        without = super().count(query) - sum(counts.values())
        pairs = isinstance(by, tuple) and without
        return dict(counts) | ({(None, None): without} if pairs else {})


class CountsByTheOwnStage(NotebookStore):
    """The stages are those of the versions that the orders are pinned to."""

    def count(self, query: OrderQuery, /, *, by: Any = None) -> Any:  # noqa: ANN401 - as above
        """Count each version alone."""
        if by != "workflow_stage":
            return super().count(query, by=by)
        stages = [order.status.workflow_stage for order in self.find(evolve(query, limit=None))]
        return Counts((stage, 1) for stage in stages if stage is not None)


class CountsByAnything(NotebookStore):
    """Orders can be counted by what they don't have."""

    def count(self, query: OrderQuery, /, *, by: Any = None) -> Any:  # noqa: ANN401 - as above
        """Return nothing for an unknown name."""
        try:
            return super().count(query, by=by)
        except ValueError:
            return Counts()


class HistoriesWithoutTheLastEntry(NotebookStore):
    """The last entry of a long history is left out."""

    def histories(self, query: OrderQuery, /) -> Histories:
        """Drop it."""
        for order, entries in super().histories(query):
            yield order, entries[:3]


class OrdersNewerThanTheirEntries(NotebookStore):
    """The entries are those of the beginning, the order is that of the moment."""

    def histories(self, query: OrderQuery, /) -> Histories:
        """Get each order when it's given."""
        for order, entries in super().histories(query):
            yield self.orders[order.id], entries


class EntriesNewerThanTheirOrders(NotebookStore):
    """The orders are those of the beginning, the entries are those of the moment."""

    def histories(self, query: OrderQuery, /) -> Histories:
        """Read each history when it's given."""
        for order in self.find(query):
            yield order, self.history(order.id)


class HistoriesById(NotebookStore):
    """The histories come sorted by id."""

    def histories(self, query: OrderQuery, /) -> Histories:
        """Sort them."""
        return iter(sorted(super().histories(query), key=lambda pair: pair[0].id))


class AllHistories(NotebookStore):
    """The histories are those of all pages."""

    def histories(self, query: OrderQuery, /) -> Histories:
        """Leave the limit out."""
        return super().histories(evolve(query, limit=None))


class EntriesAsTheyCame(NotebookStore):
    """The entries of a history come with the newest first."""

    def histories(self, query: OrderQuery, /) -> Histories:
        """Turn them round."""
        for order, entries in super().histories(query):
            yield order, tuple(sorted(entries, key=attrgetter("sequence"), reverse=True))


FINDS = "test_finding_agrees_with_a_filter_over_all_orders"
VISITS = "test_paging_visits_every_order_once"
COUNTS = "test_orders_are_counted_by_each_value"
READS = "test_histories_are_those_of_the_orders_found"
CHANGES = "test_orders_may_change_while_histories_are_read"

WRONG: dict[type[NotebookStore], str] = {
    CaseMatters: FINDS,
    TextAsItIsStored: FINDS,
    LowerIsNotFolded: FINDS,
    FoldedOnce: FINDS,
    OnlyEnglishIsFolded: FINDS,
    PercentIsAWildcard: FINDS,
    UnderscoreIsAWildcard: FINDS,
    TextOfAFactOnly: FINDS,
    NumbersAreTexts: FINDS,
    NoneNotInSets: FINDS,
    EmptySetFindsAll: FINDS,
    NoFactIsNoMatch: FINDS,
    FactsAsPythonComparesThem: FINDS,
    FactsAsTexts: FINDS,
    FactsAsFloats: FINDS,
    OneFactOnly: FINDS,
    ClosedByTheFirstClosing: FINDS,
    ClosedOnceIsClosed: FINDS,
    FirstDayIsLeftOut: FINDS,
    LowPriorityFirst: "test_orders_are_sorted",
    PriorityPassedOver: "test_orders_are_sorted",
    NoDueDateFirst: "test_orders_are_sorted",
    IdsAsInADictionary: "test_orders_are_sorted",
    IdsInUtf16: VISITS,
    PositionOfTheOrderNow: "test_a_page_goes_on_where_it_was",
    PagesByNumber: "test_what_does_not_move_is_seen_once",
    PagesWithoutEnd: VISITS,
    CountsClosedOrdersToo: "test_a_count_is_the_number_of_orders_found",
    CountsThePage: "test_a_page_makes_no_difference_to_a_count",
    CountsInADict: COUNTS,
    CountsAsWritten: COUNTS,
    CountsOrdersWithoutAValue: COUNTS,
    HalfAPairIsCounted: COUNTS,
    CountsByTheOwnStage: "test_a_stage_is_that_of_the_newest_version",
    CountsByAnything: "test_orders_are_counted_by_what_exists",
    HistoriesWithoutTheLastEntry: READS,
    HistoriesById: READS,
    AllHistories: READS,
    EntriesAsTheyCame: READS,
    OrdersNewerThanTheirEntries: CHANGES,
    EntriesNewerThanTheirOrders: CHANGES,
}


@pytest.mark.parametrize(
    ("wrong", "law"), [pytest.param(wrong, law, id=wrong.__name__) for wrong, law in WRONG.items()]
)
def test_a_wrong_store_is_caught(
    wrong: type[NotebookStore], law: str, hunt: Callable[..., list[bool]]
) -> None:
    """Each bug makes its law fail, from every seed."""
    assert all(hunt(_Suite, law, lambda test: test(wrong())))


class _Suite(OrderStoreSuite):
    """The laws to call by hand; the underscore keeps pytest from collecting them."""
