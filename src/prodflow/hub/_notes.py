"""The Status Notes: what happened to one order, entry by entry, including undone entries."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Final, assert_never

from prodflow._facts import Fact
from prodflow._names import Names
from prodflow.cycle import Status, StatusCycle
from prodflow.export import Table
from prodflow.flow import Reason
from prodflow.hub._groups import read
from prodflow.hub._history import whole_history
from prodflow.hub._reasons import descriptions
from prodflow.order import (
    ChangeUndone,
    CycleAdopted,
    FactChanges,
    Held,
    HistoryEntry,
    Move,
    OrderAmended,
    OrderOpened,
    OrderSplit,
    StatusChanged,
)

__all__ = ["history_table"]

_COLUMNS: Final = (
    *("No.", "Event", "From", "To", "Completed On", "By", "Recorded By", "At", "Reason", "Note"),
    "Undone By",
)
_MOVES: Final = {
    Move.NEXT: "Moved on",
    Move.SKIP: "Moved ahead",
    Move.BACK: "Moved back",
    Move.ASIDE: "Moved aside",
    Move.RESUME: "Moved on",
    Move.REOPEN: "Reopened",
}
_FIELDS: Final = {
    "ordered_on": "order date",
    "delivery_on": "delivery date",
    "plan_from": "start of the plan",
    "entered_on": "first day in the status",
    "vendor": "vendor",
    "invoice_id": "invoice",
    "priority": "priority",
    "quantity": "quantity",
    "facts": "facts",
    "held_days": "days held",
    "due_on": "due date",
    "calculated_due_on": "calculated due date",
    "due_on_is_manual": "due date by hand or not",
    "department": "department",
    "user": "user",
    "held": "paused visit",
}
"""What people call the fields that an amendment may change."""


def history_table(
    entries: Iterable[HistoryEntry],
    cycles: Iterable[StatusCycle],
    *,
    reasons: Iterable[Reason] = (),
) -> Table:
    """The Status Notes of one order: a line for each entry of its whole history, in sequence.

    An undone entry stays in the table, struck through, and the last column says who undid it. The
    undoing has a line too.

    Args:
        cycles: cycle versions. The newest version of the order type names the statuses. A status
            that isn't in any version shows its key.
        reasons: your list of reasons. A reason that isn't in it shows its key.

    Raises:
        ValueError: if *entries* aren't all entries of one order.

    Source:
        "A history of all status changes is kept on the Status Notes tab"; decisions D5, D22b,
        D34 and D36 to D38.

    Example:
        >>> from datetime import UTC, date, datetime
        >>> from prodflow import ProductionFlow
        >>> from prodflow.samples import PRINTS
        >>> who = {"by": "Ann", "at": datetime(2026, 11, 2, 9, tzinfo=UTC)}
        >>> opened = ProductionFlow().open(
        ...     PRINTS.cycle, order_id="PO-1", ordered_on=date(2026, 11, 2), **who
        ... )
        >>> history_table([opened.entry], [PRINTS.cycle]).rows[0][:4]
        (1, 'Opened', None, 'Order Checked')
    """
    opened, history = whole_history("entries", entries)
    undone_by = {entry.undoes: entry.by for entry in history if isinstance(entry, ChangeUndone)}
    lines = _lines(opened, history, Names(cycles))
    known = descriptions(reasons)
    return Table(
        f"Status Notes: {opened.order_id}",
        _COLUMNS,
        [
            (
                *(entry.sequence, *line, entry.by, entry.recorded_by or entry.by),
                *(entry.at.isoformat(" ", "minutes"), _reason(entry, known), entry.note or None),
                undone_by.get(entry.sequence),
            )
            for entry, line in zip(history, lines, strict=True)
        ],
        notes=(f"Entries: {len(history):,}. Undone: {len(undone_by):,}.",),
        struck=(number - 1 for number in undone_by),
    )


def _reason(entry: HistoryEntry, known: Mapping[str, str]) -> str | None:
    if not isinstance(entry, (OrderOpened, StatusChanged, OrderAmended)) or entry.reason is None:
        return None
    return known.get(entry.reason, entry.reason)


_Line = tuple[str, str | None, str | None, date | None]


def _lines(opened: OrderOpened, history: Iterable[HistoryEntry], names: Names) -> Iterator[_Line]:
    """For each entry: event, old status, new status, and when the old status was completed."""

    def title(key: str) -> str:
        return names.title((opened.order_type, key))

    here, held = opened.to_status, None
    for entry in history:
        match entry:
            case OrderOpened():
                yield _and(_opened(entry), _at_first(entry)), None, title(here), None
            case StatusChanged():
                event = _moved(
                    entry, held, names.statuses.get((opened.order_type, entry.to_status))
                )
                skipped = ", ".join(map(title, entry.skipped))
                words = f"{event}, skipping {skipped}" if skipped else event
                words = _and(words, _facts(entry.facts))
                yield words, title(here), title(entry.to_status), entry.completed_on
                here, held = entry.to_status, entry.held
            case OrderAmended():
                changed = ", ".join(_amended(name, getattr(entry, name)) for name in entry.changed)
                yield f"Amended: {changed or 'nothing'}", None, None, None
            case CycleAdopted():
                words = f"Moved to version {entry.cycle_version}"
                yield words, title(here), title(entry.to_status), None
                here, held = entry.to_status, entry.held
            case OrderSplit():
                parts = ", ".join(f"{quantity:,} as {part}" for part, quantity in entry.parts)
                yield f"Split: {parts}; {entry.quantity:,} stay", None, None, None
            case ChangeUndone():
                yield f"Undid entry {entry.undoes}", title(here), title(entry.to_status), None
                here, held = entry.to_status, entry.held
            case _:
                assert_never(entry)


def _and(event: str, details: Iterable[str]) -> str:
    return ": ".join(filter(None, (event, ", ".join(details))))


def _opened(entry: OrderOpened) -> str:
    if entry.split_from is not None:
        return f"Opened as a part of {entry.split_from}"
    if entry.reorder_of is not None:
        return f"Opened as a reprint of {entry.reorder_of}"
    return "Opened"


def _at_first(entry: OrderOpened) -> Iterator[str]:
    """The priority, the quantity and the facts with which an order was opened."""
    if entry.priority:
        yield f"priority {entry.priority}"
    if entry.quantity is not None:
        yield f"quantity {entry.quantity:,}"
    yield from _facts(entry.facts)


def _facts(facts: Mapping[str, Fact | None]) -> Iterator[str]:
    for name, value in facts.items():
        yield f"no {name}" if value is None else f"{name} {read(value)}"


def _amended(name: str, value: object) -> str:
    """What people call a field that was amended, with its new value."""
    match name:
        case "held":
            return _FIELDS[name]
        case "facts" if isinstance(value, FactChanges):
            return ", ".join(_facts(value))
        case "quantity" | "held_days" if isinstance(value, int):
            return f"{_FIELDS[name]} {value:,}"
        case "due_on_is_manual":
            return "due date set by hand" if value else "due date as calculated"
        case _:
            return f"no {_FIELDS[name]}" if value is None else f"{_FIELDS[name]} {value}"


def _moved(entry: StatusChanged, held: Held | None, to: Status | None) -> str:
    """What people call a status change."""
    if entry.visit != entry.sequence:
        return "Came back"
    if to is not None and to.cancelled:
        return "Cancelled"
    if held is None and entry.held is not None:
        return "Put on hold"
    return _MOVES[entry.move]
