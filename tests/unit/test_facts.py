"""Facts: how they are given, compared, merged and looked for, by example (D36)."""

import pickle
from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import IntEnum, StrEnum
from fractions import Fraction
from typing import Any, Final

import pytest

from prodflow import (
    FactChanges,
    Facts,
    Forward,
    OrderQuery,
    PlanningFacts,
    ProductionFlow,
    ProductionOrder,
    Status,
    StatusCycle,
    Where,
)

DAY: Final = date(2026, 11, 30)
AT: Final = datetime(2026, 11, 30, 9, tzinfo=UTC)
CYCLE: Final = StatusCycle(
    "prints", [Status("lab", "At the lab", initial=True), Status("done", "Delivered", final=True)]
)
FLOW: Final = ProductionFlow()
BY: Final[dict[str, Any]] = {"by": "ann", "at": AT}
FULL: Final = {f"fact-{number}": number for number in range(32)}
MOST: Final = 2**63 - 1


def opened(**given: Any) -> ProductionOrder:  # noqa: ANN401 - any keyword of `open`
    """An order of prints."""
    return FLOW.open(CYCLE, order_id="PO-1", ordered_on=DAY, **BY, **given).order


# A value, why it's refused, and the words for it.
BAD: Final[dict[str, tuple[object, type[Exception], str]]] = {
    "no text": ("", ValueError, "must have 1 to 200 characters, not 0"),
    "201 characters": ("x" * 201, ValueError, "must have 1 to 200 characters, not 201"),
    "a control character": ("a\x00", ValueError, r"must not hold the character U\+0000"),
    "a lone surrogate": ("\ud800", ValueError, r"must not hold the character U\+D800"),
    "a line break": ("a\nb", ValueError, r"must not hold the character U\+000A"),
    "a large int": (2**63, ValueError, "must be from -9,223,372,036,854,775,807 to"),
    "a small int": (-(2**63), ValueError, "must be from -9,223,372,036,854,775,807 to"),
    "a huge int": (10**5_000, ValueError, "must be from -9,223,372,036,854,775,807 to"),
    "not a number": (Decimal("NaN"), ValueError, "must be a finite number, not NaN"),
    "a signaling NaN": (Decimal("sNaN"), ValueError, "must be a finite number, not sNaN"),
    "infinity": (Decimal("-Infinity"), ValueError, "must be a finite number, not -Infinity"),
    "31 digits": (Decimal("1" * 31), ValueError, "must have at most 30 digits .*, not 31"),
    "31 digits with nought": (Decimal("0." + "1" * 30), ValueError, "at most 30 digits .*, not 31"),
    "a large exponent": (Decimal("1E+1000000"), ValueError, "at most 30 digits .*, not 1,000,001"),
    "a small exponent": (Decimal("1E-1000000"), ValueError, "at most 30 digits .*, not 1,000,001"),
    "a float": (1.5, TypeError, "must be a str, bool, int, Decimal or date, not 1.5"),
    "a fraction": (Fraction(1, 2), TypeError, "must be a str, bool, int, Decimal or date, not"),
    "a naive datetime": (datetime(2026, 11, 30), TypeError, "must be a date without a time"),  # noqa: DTZ001 - that's the test
    "an instant": (AT, TypeError, "must be a date without a time"),
    "bytes": (b"Lee", TypeError, "must be a str, bool, int, Decimal or date, not"),
    "a list": (["Lee"], TypeError, "must be a str, bool, int, Decimal or date, not"),
    "a mapping": ({"a": 1}, TypeError, "must be a str, bool, int, Decimal or date, not"),
}
# What takes facts: facts themselves, every verb, and conditions.
TAKING: Final[dict[str, Any]] = {
    "facts": Facts,
    "changes": FactChanges,
    "merged": Facts().merged,
    "open": lambda facts: opened(facts=facts),
    "propose": lambda facts: FLOW.propose(opened(), today=DAY, by="ann", facts=facts),
    "advance": lambda facts: FLOW.advance(opened(), today=DAY, facts=facts, **BY),
    "amend": lambda facts: FLOW.amend(opened(), facts=facts, **BY),
    "amend_all": lambda facts: FLOW.amend_all([opened()], facts=facts, **BY),
    "planning": lambda facts: PlanningFacts(
        cycle=CYCLE,
        status=CYCLE["lab"],
        plan_from=DAY,
        ordered_on=DAY,
        entered_on=DAY,
        facts=facts,
    ),
    "where": lambda facts: Where(facts=facts),
    "query": lambda facts: OrderQuery(facts=facts),
}
# A list or a set of alternatives is fine for these.
WANTING: Final = {"where", "query"}
EACH: Final = pytest.mark.parametrize("take", TAKING.values(), ids=TAKING)


class TestBounds:
    """Up to 32 names; text, flags, whole numbers, Decimals and days, each within bounds."""

    @pytest.mark.parametrize(
        "value",
        [
            *("x", "x" * 200, " ", "é", "🎞", True, False, 0, MOST, -MOST),
            *(Decimal(0), Decimal("-0.00"), Decimal("9" * 30), Decimal("1E+29"), Decimal("1E-29")),
            *(Decimal(f"0.{'9' * 29}"), date.min, date.max),
        ],
    )
    def test_takes_what_is_within_bounds(self, value: Any) -> None:  # noqa: ANN401 - of any kind
        """The value that comes out is the one that went in."""
        facts = Facts({"it": value})
        assert (facts["it"], type(facts["it"])) == (value, type(value))

    @EACH
    @pytest.mark.parametrize("bad", [name for name in BAD if name != "a list"])
    def test_refuses_what_is_not(self, take: Any, bad: str) -> None:  # noqa: ANN401 - of any kind
        """The message names the fact, so that a form can show it there."""
        value, error, words = BAD[bad]
        with pytest.raises(error, match=rf"^facts\['size'\] .*{words}"):
            take({"size": value})

    @pytest.mark.parametrize("name", sorted(TAKING.keys() - WANTING))
    def test_refuses_a_list(self, name: str) -> None:
        """A fact has one value."""
        with pytest.raises(TypeError, match=r"^facts\['size'\] must be a str, bool, int, Decimal"):
            TAKING[name]({"size": ["Lee"]})

    @pytest.mark.parametrize("name", sorted(WANTING))
    @pytest.mark.parametrize("bad", BAD)
    def test_refuses_a_bad_alternative(self, name: str, bad: str) -> None:
        """Each alternative is checked like a value."""
        value, error, words = BAD[bad]
        with pytest.raises(error, match=rf"^facts\['size'\] .*{words}"):
            TAKING[name]({"size": ["Lee", value]})

    @EACH
    @pytest.mark.parametrize("name", ["", "the client", "x" * 65, "größe", "a/b"])
    def test_refuses_a_name_that_is_no_key(self, take: Any, name: str) -> None:  # noqa: ANN401 - of any kind
        """A name is a key, so that every database can index it."""
        with pytest.raises(ValueError, match=r"^a key of facts must be 1 to 64 ASCII letters"):
            take({name: 1})

    @EACH
    @pytest.mark.parametrize("name", [1, None, ("a",)])
    def test_refuses_a_name_that_is_no_text(self, take: Any, name: object) -> None:  # noqa: ANN401 - of any kind
        """The value of the name isn't guessed."""
        with pytest.raises(TypeError, match=r"^a key of facts must be a str"):
            take({name: 1})

    @EACH
    @pytest.mark.parametrize("facts", [None, [], "client", [("client", "Lee")], 1])
    def test_refuses_what_is_no_mapping(self, take: Any, facts: object) -> None:  # noqa: ANN401 - of any kind
        """Pairs are no mapping: a name could come twice."""
        with pytest.raises(TypeError, match=r"^facts must be a mapping of names to values, not"):
            take(facts)

    @pytest.mark.parametrize("name", sorted(TAKING.keys() - {"changes"}))
    def test_refuses_33_names(self, name: str) -> None:
        """32 are enough for an order, and an index can hold them."""
        TAKING[name](FULL)
        with pytest.raises(ValueError, match=r"^facts must hold at most 32 names, not 33"):
            TAKING[name]({**FULL, "one-more": 1})

    def test_the_limit_is_asked_after_merging(self) -> None:
        """An order with 32 facts may exchange all of them in one change."""
        order = opened(facts=FULL)
        others = {f"other-{number}": number for number in range(32)}
        exchanged = FLOW.amend(order, facts={**dict.fromkeys(FULL), **others}, **BY).order
        assert exchanged.facts == others
        with pytest.raises(ValueError, match=r"^facts must hold at most 32 names, not 33"):
            FLOW.amend(order, facts={"one-more": 1}, **BY)
        with pytest.raises(ValueError, match=r"^facts must hold at most 64 names, not 65"):
            FactChanges({f"fact-{number}": 1 for number in range(65)})

    def test_none_is_no_fact(self) -> None:
        """Only a change may say None, for a fact to remove."""
        with pytest.raises(TypeError, match=r"^facts\['client'\] must be a str, bool"):
            Facts({"client": None})  # type: ignore[dict-item]  # pyright: ignore[reportArgumentType]
        assert FactChanges({"client": None})["client"] is None

    def test_members_of_enums_become_plain(self) -> None:
        """An enum of the host isn't pickled with the order."""

        class Size(StrEnum):
            LARGE = "large"

        class Copies(IntEnum):
            TWO = 2

        facts = Facts({"copies": Copies.TWO, Size.LARGE: Size.LARGE})
        assert [*map(type, (*facts, *facts.values()))] == [str, str, int, str]


class TestComparing:
    """Facts are compared by kind and value, with facts and with plain mappings."""

    @pytest.mark.parametrize(
        ("one", "other", "same"),
        [
            (1, 1, True),
            (1, Decimal("1.00"), True),
            (0, Decimal("-0.0"), True),
            (1, True, False),
            (0, False, False),
            (Decimal(1), True, False),
            ("1", 1, False),
            ("true", True, False),
            ("2026-11-30", DAY, False),
            ("Lee", "lee", False),
            ("\u00e9", "e\u0301", False),
            (True, True, True),
            (DAY, DAY, True),
        ],
    )
    def test_kinds_are_told_apart(self, one: Any, other: Any, *, same: bool) -> None:  # noqa: ANN401 - of any kind
        """A tick is no number, and text is compared exactly."""
        facts, others = Facts({"it": one}), Facts({"it": other})
        assert (facts == others, facts == {"it": other}, {"it": one} == others) == (same,) * 3
        assert Where(facts={"it": other})(opened(facts=facts), None) is same
        assert OrderQuery(facts={"it": other}).matches(opened(facts=facts)) is same
        assert bool(facts.changes_to(others)) is not same

    @pytest.mark.parametrize("other", [None, 1, "client", [("client", "Lee")], {}, {"client": 1}])
    def test_other_values_differ(self, other: object) -> None:
        """Comparing never fails."""
        assert Facts({"client": "Lee"}) != other
        assert FactChanges({"client": "Lee"}) != other

    def test_values_of_other_kinds_differ(self) -> None:
        """A plain mapping may hold anything."""
        facts = Facts({"it": 1})
        assert facts != {"it": 1.0}
        assert facts != {"it": Decimal("NaN")}
        assert Facts({"it": DAY}) != {"it": datetime(2026, 11, 30, tzinfo=UTC)}

    def test_equal_facts_have_one_hash(self) -> None:
        """So they are one key of a dict."""
        assert len({Facts({"a": 1, "b": 2}), Facts({"b": Decimal(2), "a": Decimal("1.0")})}) == 1
        assert len({Facts({"a": 1}), Facts({"a": True})}) == 2

    def test_wanted_facts_are_compared_as_sets(self) -> None:
        """The order of alternatives makes no difference, and neither does one that comes twice."""
        one = Where(facts={"it": [1, None, True, "1"]})
        other = Where(facts={"it": {"1", None, Decimal(1)} | {True} - {1}})
        again = Where(facts={"it": ["1", True, Decimal("1.0"), None, True]})
        assert one == again
        assert hash(one) == hash(again)
        assert one != other
        assert one != Where(facts={"it": 1})


class TestMapping:
    """Facts are a read-only mapping, sorted by name."""

    def test_is_sorted_by_name(self) -> None:
        """Equal facts are shown in one way."""
        assert [*Facts({"b": 1, "a": 2})] == ["a", "b"]
        assert repr(Facts({"b": 1, "a": "x"})) == "Facts({'a': 'x', 'b': 1})"
        assert repr(FactChanges({"b": None})) == "FactChanges({'b': None})"

    def test_reads_like_a_dict(self) -> None:
        """With `get`, `in`, `len`, `items` and unpacking."""
        facts = Facts({"client": "Lee", "rush": True})
        assert isinstance(facts, Mapping)
        assert (facts["client"], facts.get("size"), "rush" in facts, len(facts)) == (
            "Lee",
            None,
            True,
            2,
        )
        assert {**facts} == {"client": "Lee", "rush": True}
        with pytest.raises(KeyError):
            facts["size"]

    def test_does_not_change_with_what_it_was_made_of(self) -> None:
        """The mapping that you pass stays yours."""
        given: dict[str, Any] = {"client": "Lee"}
        order = opened(facts=given)
        given["client"] = "Kim"
        assert order.facts == {"client": "Lee"}

    def test_can_be_pickled(self) -> None:
        """With the same class."""
        for facts in (Facts({"a": DAY}), FactChanges({"a": None})):
            again = pickle.loads(pickle.dumps(facts))
            assert (type(again), again) == (type(facts), facts)


class TestOrders:
    """Facts, priority and quantity are of the order; entries keep what they set."""

    def test_an_opening_has_all_facts(self) -> None:
        """Priority is 0 and the quantity unknown unless given."""
        change = FLOW.open(CYCLE, order_id="PO-1", ordered_on=DAY, facts={"client": "Lee"}, **BY)
        assert change.entry.facts == change.order.facts == {"client": "Lee"}  # type: ignore[union-attr]  # an opening
        assert (change.order.priority, change.order.quantity) == (0, None)

    def test_an_amendment_merges(self) -> None:
        """Its entry has what it set, and says that the facts changed."""
        order = opened(facts={"client": "Lee", "rush": True})
        change = FLOW.amend(order, facts={"rush": None, "copies": 2}, **BY)
        assert change.order.facts == {"client": "Lee", "copies": 2}
        assert change.entry.facts == {"copies": 2, "rush": None}  # type: ignore[union-attr]  # an amendment
        assert change.entry.changed == ("facts",)  # type: ignore[union-attr]  # an amendment

    def test_an_amendment_in_nothing_changes_nothing(self) -> None:
        """The same value, or None for a fact that isn't there."""
        order = opened(facts={"client": "Lee"})
        change = FLOW.amend(order, facts={"client": "Lee", "rush": None}, **BY)
        assert change.order.facts == order.facts
        assert change.entry.changed == ()  # type: ignore[union-attr]  # an amendment

    def test_a_status_change_sets_facts(self) -> None:
        """The tracking number comes with the parcel."""
        order = opened(facts={"client": "Lee"})
        change = FLOW.advance(order, today=DAY, facts={"parcel": "Z-9"}, **BY)
        assert change.order.facts == {"client": "Lee", "parcel": "Z-9"}
        assert change.entry.facts == {"parcel": "Z-9"}  # type: ignore[union-attr]  # a change

    def test_an_undo_gives_facts_back(self) -> None:
        """Its entry has what it restored."""
        first = FLOW.open(CYCLE, order_id="PO-1", ordered_on=DAY, facts={"rush": True}, **BY)
        second = FLOW.amend(first.order, facts={"rush": None, "copies": 2}, priority=5, **BY)
        undo = FLOW.undo(second.order, [first.entry, second.entry], **BY)
        assert undo.order.facts == {"rush": True}
        assert undo.order.priority == 0
        assert undo.entry.facts == {"rush": True, "copies": None}  # type: ignore[union-attr]  # an undo

    @pytest.mark.parametrize("priority", [-1_001, 1_001])
    def test_a_priority_has_bounds(self, priority: int) -> None:
        """From -1,000 to 1,000, both included."""
        with pytest.raises(ValueError, match=r"^priority must be from -1,000 to 1,000"):
            opened(priority=priority)
        assert opened(priority=-1_000).priority == -opened(priority=1_000).priority

    @pytest.mark.parametrize("quantity", [0, -1, 2**31])
    def test_a_quantity_is_a_number_of_pieces(self, quantity: int) -> None:
        """At least one, if it's known."""
        with pytest.raises(ValueError, match=r"^quantity must be from 1 to 2,147,483,647"):
            opened(quantity=quantity)
        assert opened(quantity=2**31 - 1).quantity == 2**31 - 1

    def test_a_policy_of_the_host_sees_all_three(self) -> None:
        """An amendment asks it again; ours don't look at them."""

        class BySize:
            name = "by-size"
            calendar = Forward().calendar
            shift_holds = False

            def due_on(self, planning: PlanningFacts, /) -> date:
                large = planning.facts.get("size") == "large"
                return date(2027, 1, 1 + planning.priority + (planning.quantity or 0) + 7 * large)

        flow = ProductionFlow(due_dates=BySize())
        order = flow.open(CYCLE, order_id="PO-1", ordered_on=DAY, quantity=2, **BY).order
        larger = flow.amend(order, facts={"size": "large"}, **BY).order
        rushed = flow.amend(larger, priority=1, quantity=3, **BY).order
        days = [it.due_on and it.due_on.day for it in (order, larger, rushed)]
        assert days == [3, 10, 12]
