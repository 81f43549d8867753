"""The building blocks of the strategies: texts, days, and checks of their arguments.

Theory of operation. A property test spends most of its time drawing, so simple facts take one draw.
A person is one of a few names; some names are awkward. A day is a number. Ids and notes are
drawn from all the characters that decision D33 allows. Other texts are drawn from the characters
that cause the most trouble.
"""

import string
import unicodedata
from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Final, TypeVar

from hypothesis import strategies as st
from hypothesis.errors import InvalidArgument
from hypothesis.strategies import DrawFn, SearchStrategy

from prodflow import FactChanges, Facts, ProductionOrder, StatusCycle

Fact = str | bool | int | Decimal | date
T = TypeVar("T")

_LAST: Final = date.max.toordinal()

# Decision D33 refuses these. Cn, the unassigned characters, includes the noncharacters.
_BIDI: Final = "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
_ANY: Final = st.characters(exclude_categories=["Cc", "Cn", "Cs"], exclude_characters=_BIDI)
# The characters that cause the most trouble: case folding, combining marks, spaces, quotes, wide
# characters.
_FEW: Final = string.ascii_lowercase + "0A ._-'\"\\%;\u00a0éß\u017fIİ\u0131ǅ\u0301\u200d名🎞"
_PEOPLE: Final = ("Lab", "Ada", " ", "Zoë \U0001f39e", "'; --", "名" * 200)

DAYS: Final = st.integers(0, 729).map(lambda days: date(2026, 1, 1) + timedelta(days))
KEYS: Final = st.text(string.ascii_lowercase + string.digits + "_-.A", min_size=1, max_size=64)
IDS: Final = st.text(_ANY, min_size=1, max_size=200)
NAMES: Final = st.text(_FEW, min_size=1, max_size=200)
NOTES: Final = st.just("") | st.text(_ANY | st.sampled_from("\n\t"), max_size=300)
DESCRIPTIONS: Final = NAMES.filter(lambda text: not text.isspace())
PEOPLE: Final = st.sampled_from(_PEOPLE)
OPTIONAL_PEOPLE: Final = st.sampled_from([None, *_PEOPLE])
ROLES: Final = ("Lab", "Lead", "Büro")
REASONS: Final = ("torn", "blurred", "client")
PRIORITIES: Final = (0, 0, 0, 1, -1, 5, 1_000, -1_000)
LARGEST: Final = 2**31 - 1
QUANTITIES: Final = (None, None, 1, 2, 12, LARGEST)
# Of every kind, and some that Python takes for equal although their kinds differ.
_FACTS: Final[tuple[Fact, ...]] = (
    *("Lee", True, 2, Decimal("1.50"), date(2026, 11, 30)),
    *("1", 1, Decimal("1.0"), False, 0, Decimal("-0.00"), "True", "2026-11-30", " ", "é\u0301%_"),
    *("x" * 200, 2**63 - 1, 1 - 2**63, Decimal("1E+3"), Decimal(f"-0.{'7' * 29}")),
    *(date.min, date.max),
)
_FACT_NAMES: Final = ("client", "rush", "copies", "price", "shot", "Z-9._", "x" * 64)
_MOST: Final = 32
_FULL: Final[dict[str, Fact]] = {f"fact-{number}": number for number in range(_MOST)}
FACT_VALUES: Final[SearchStrategy[Fact]] = st.one_of(
    st.sampled_from(_FACTS),
    NAMES,
    st.integers(1 - 2**63, 2**63 - 1),
    # Written out, the largest has 30 digits, and the smallest one 29 decimals.
    st.decimals(-(10**14), 10**14, allow_nan=False, allow_infinity=False, places=15),
    st.dates(),
)
DURATIONS: Final = st.sampled_from([None, *range(11)])


def checked(
    name: str, strategy: SearchStrategy[T] | None, default: SearchStrategy[T]
) -> SearchStrategy[T]:
    """The strategy, or the default if the strategy is None.

    Raises:
        InvalidArgument: if *strategy* is neither a strategy nor None.
    """
    if strategy is None:
        return default
    if not isinstance(strategy, SearchStrategy):
        raise InvalidArgument(f"{name} must be a strategy, not {strategy!r}")
    return strategy


def check_sizes(min_size: int, max_size: int, least: int) -> None:
    """Raise `InvalidArgument` unless least <= min_size <= max_size."""
    for name, size in (("min_size", min_size), ("max_size", max_size)):
        if not isinstance(size, int) or isinstance(size, bool):
            raise InvalidArgument(f"{name} must be an int, not {size!r}")
    if not least <= min_size <= max_size:
        raise InvalidArgument(
            f"sizes must be {least} <= min_size <= max_size, not {min_size} and {max_size}"
        )


def check_cycle(cycle: StatusCycle | None) -> None:
    """Raise `InvalidArgument` if *cycle* is neither a cycle nor None."""
    if cycle is not None and not isinstance(cycle, StatusCycle):
        raise InvalidArgument(f"cycle must be a StatusCycle or None, not {cycle!r}")


def later(day: date, days: int) -> date:
    """The day that is *days* later, but never before the first or after the last day of `date`."""
    return date.fromordinal(min(max(day.toordinal() + days, 1), _LAST))


def as_read(description: str) -> str:
    """A description in the form in which it must be unique in a cycle (decision D2)."""
    return " ".join(unicodedata.normalize("NFKC", description).split()).casefold()


def pick(draw: DrawFn, items: Sequence[T]) -> T:
    """One of the items, without the cost of a new `sampled_from`."""
    return items[draw(st.integers(0, len(items) - 1))]


def draw_facts(draw: DrawFn) -> dict[str, Fact]:
    """The facts of an order; mostly few, now and then as many as it can have."""
    count = pick(draw, (0, 1, 2, 4, 0, 1, 2, 3, 0, 1, 2, _MOST))
    if count == _MOST:
        return {**_FULL, "fact-0": pick(draw, _FACTS)}
    return {pick(draw, _FACT_NAMES): pick(draw, _FACTS) for _ in range(count)}


def is_nearly_full(facts: Facts) -> bool:
    """Whether an order with these facts can't have many more."""
    return len(facts) > _MOST - len(_FACT_NAMES)


def draw_fact_changes(draw: DrawFn, facts: Facts) -> dict[str, Fact | None]:
    """Changes of facts: new ones, and ones that are replaced or removed; never too many."""
    known = [*facts] or [*_FACT_NAMES]
    names = known if is_nearly_full(facts) else [*known, *_FACT_NAMES]
    values = (*_FACTS, *[None] * 8)
    return {pick(draw, names): pick(draw, values) for _ in range(pick(draw, (1, 2, 3)))}


def is_divisible(order: ProductionOrder) -> bool:
    """Whether an order can be split."""
    is_on_path = order.is_open and order.resumes_in is None
    return is_on_path and order.quantity is not None and order.quantity > 1


def draw_parts(
    draw: DrawFn, order: ProductionOrder, first_id: str | None = None
) -> list[tuple[str, int]]:
    """The ids and quantities of parts of an order that can be split.

    Args:
        draw: the function that draws.
        order: the order to split.
        first_id: the id of the first part; None for a name with the version of the order.
    """
    names = [f"part-{order.version}-{number}" for number in range(3)]
    left = (order.quantity or 0) - 1
    parts: list[tuple[str, int]] = []
    for order_id in (first_id or names[0], *names[1:][: pick(draw, (0, 0, 1, 2))]):
        if left:
            quantity = pick(draw, (1, left, -(left // -2)))
            parts.append((order_id, quantity))
            left -= quantity
    return parts


@st.composite
def fact_changes_for(draw: DrawFn, facts: Facts) -> dict[str, Fact | None]:
    """Changes of these facts that leave no more than an order can have."""
    return draw_fact_changes(draw, facts)


@st.composite
def facts(draw: DrawFn) -> Facts:
    """Any facts, of any names and values."""
    values = st.dictionaries(KEYS, FACT_VALUES, max_size=4)
    return Facts(draw_facts(draw) if draw(st.booleans()) else draw(values))


@st.composite
def fact_changes(draw: DrawFn) -> FactChanges:
    """Any changes of facts."""
    values = st.dictionaries(KEYS, st.none() | FACT_VALUES, max_size=4)
    return FactChanges(draw(values) | draw_fact_changes(draw, Facts(draw_facts(draw))))
