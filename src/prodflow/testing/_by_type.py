"""The strategies that `st.from_type` uses for our types."""

from datetime import UTC, datetime
from typing import Any, Final

from attrs import evolve
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from prodflow import (
    Backward,
    Forward,
    FromEntry,
    Held,
    HistoryEntry,
    OrderSplit,
    ProductionFlow,
    ProductionOrder,
    Terms,
    VendorTerms,
)
from prodflow.testing._drawing import (
    DAYS,
    IDS,
    KEYS,
    OPTIONAL_PEOPLE,
    PEOPLE,
    fact_changes,
    facts,
    later,
)
from prodflow.testing._flows import permissions, reasons
from prodflow.testing._settings import type_settings
from prodflow.testing.strategies import (
    change_rules,
    flow_settings,
    histories,
    production_flows,
    production_orders,
    proposals,
    status_cycles,
    statuses,
    triggers,
    working_calendars,
)

__all__ = [
    "adoptions",
    "amendments",
    "backward_policies",
    "change_rules",
    "fact_changes",
    "facts",
    "flow_settings",
    "forward_policies",
    "from_entry_policies",
    "openings",
    "paused_visits",
    "permissions",
    "production_flows",
    "production_orders",
    "proposals",
    "reasons",
    "splits",
    "status_changes",
    "status_cycles",
    "statuses",
    "terms",
    "triggers",
    "type_settings",
    "undone_changes",
    "vendor_terms",
    "working_calendars",
]

_FLOW: Final = ProductionFlow()
_BY_STATUS: Final = st.dictionaries(KEYS, working_calendars(), max_size=2)
_RECORDED: Final[dict[str, Any]] = {"by": "Ada", "at": datetime(2026, 11, 16, 12, tzinfo=UTC)}


def forward_policies() -> SearchStrategy[Forward]:
    """`Forward` with any calendars."""
    return st.builds(Forward, working_calendars(), calendars=_BY_STATUS)


def backward_policies() -> SearchStrategy[Backward]:
    """`Backward` with any calendars."""
    return st.builds(Backward, working_calendars(), calendars=_BY_STATUS)


def from_entry_policies() -> SearchStrategy[FromEntry]:
    """`FromEntry` with any calendars."""
    return st.builds(FromEntry, working_calendars(), calendars=_BY_STATUS)


def terms() -> SearchStrategy[Terms]:
    """`Terms` with any default policy, for any vendors."""
    default = forward_policies() | backward_policies() | from_entry_policies()
    return st.builds(Terms, default, st.dictionaries(PEOPLE, vendor_terms(), max_size=2))


def vendor_terms() -> SearchStrategy[VendorTerms]:
    """`VendorTerms` for any statuses."""
    return st.builds(
        VendorTerms,
        durations=st.dictionaries(KEYS, st.integers(0, 30), max_size=3),
        calendars=_BY_STATUS,
    )


def openings() -> SearchStrategy[HistoryEntry]:
    """Entries that open an order."""
    return histories(max_size=1).map(lambda history: history.entries[0])


def status_changes() -> SearchStrategy[HistoryEntry]:
    """Entries of status changes."""
    accepted = proposals().map(lambda proposal: evolve(proposal, refusals=()))
    return accepted.map(lambda proposal: _FLOW.accept(proposal, at=_RECORDED["at"]).entry)


def amendments() -> SearchStrategy[HistoryEntry]:
    """Entries of amendments."""
    return production_orders().map(
        lambda order: _FLOW.amend(order, vendor="Ada's lab", **_RECORDED).entry
    )


def adoptions() -> SearchStrategy[HistoryEntry]:
    """Entries that move an order to the next version of its cycle."""
    return production_orders().map(_adopted)


def undone_changes() -> SearchStrategy[HistoryEntry]:
    """Entries that undo the last change of an order."""
    return production_orders(max_size=1).map(_undone)


def _undone(order: ProductionOrder) -> HistoryEntry:
    first = _FLOW.open(order.cycle, order_id=order.id, ordered_on=order.ordered_on, **_RECORDED)
    second = _FLOW.amend(first.order, vendor="Ada's lab", **_RECORDED)
    return _FLOW.undo(second.order, [first.entry, second.entry], **_RECORDED).entry


@st.composite
def splits(draw: DrawFn) -> OrderSplit:
    """Entries that split an order."""
    order_id, *others = draw(st.lists(IDS, min_size=2, max_size=4, unique=True))
    amounts = st.integers(1, 2**31 - 1)
    return OrderSplit(
        order_id=order_id,
        sequence=draw(st.integers(2, 2**31 - 1)),
        by=draw(PEOPLE),
        at=_RECORDED["at"],
        quantity=draw(amounts),
        parts=[(other, draw(amounts)) for other in others],
    )


@st.composite
def paused_visits(draw: DrawFn) -> Held:
    """What an order on hold needs to continue its visit."""
    entered_on = draw(DAYS)
    return Held(
        visit=draw(st.integers(1, 9)),
        status=draw(KEYS),
        entered_on=entered_on,
        paused_on=later(entered_on, draw(st.integers(0, 30))),
        due_on=draw(st.none() | DAYS),
        due_on_is_manual=draw(st.booleans()),
        department=draw(OPTIONAL_PEOPLE),
        user=draw(OPTIONAL_PEOPLE),
    )


def _adopted(order: ProductionOrder) -> HistoryEntry:
    newer = evolve(order.cycle, version=order.cycle.version + 1)
    return _FLOW.migrate(order, newer, **_RECORDED).entry
