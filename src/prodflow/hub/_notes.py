"""The Status Notes: what happened to one order, entry by entry, including undone entries."""

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Final, assert_never

from prodflow._names import Names
from prodflow.cycle import Status, StatusCycle
from prodflow.export import Table
from prodflow.hub._history import whole_history
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
    *("No.", "Event", "From", "To", "Completed On", "By", "Recorded By", "At", "Note"),
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


def history_table(entries: Iterable[HistoryEntry], cycles: Iterable[StatusCycle]) -> Table:
    """The Status Notes of one order: a line for each entry of its whole history, in sequence.

    An undone entry stays in the table, struck through, and the last column says who undid it. The
    undoing has a line too.

    Args:
        cycles: cycle versions. The newest version of the order type names the statuses. A status
            that isn't in any version shows its key.

    Raises:
        ValueError: if *entries* aren't all entries of one order.

    Source:
        "A history of all status changes is kept on the Status Notes tab"; decisions D5, D22b and
        D34.

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
    return Table(
        f"Status Notes: {opened.order_id}",
        _COLUMNS,
        [
            (
                *(entry.sequence, *line, entry.by, entry.recorded_by or entry.by),
                *(entry.at.isoformat(" ", "minutes"), entry.note or None),
                undone_by.get(entry.sequence),
            )
            for entry, line in zip(history, lines, strict=True)
        ],
        notes=(f"Entries: {len(history):,}. Undone: {len(undone_by):,}.",),
        struck=(number - 1 for number in undone_by),
    )


_Line = tuple[str, str | None, str | None, date | None]


def _lines(opened: OrderOpened, history: Iterable[HistoryEntry], names: Names) -> Iterator[_Line]:
    """For each entry: event, old status, new status, and when the old status was completed."""

    def title(key: str) -> str:
        return names.title((opened.order_type, key))

    here, held = opened.to_status, None
    for entry in history:
        match entry:
            case OrderOpened():
                yield "Opened", None, title(here), None
            case StatusChanged():
                event = _moved(
                    entry, held, names.statuses.get((opened.order_type, entry.to_status))
                )
                skipped = ", ".join(map(title, entry.skipped))
                words = f"{event}, skipping {skipped}" if skipped else event
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


def _amended(name: str, value: object) -> str:
    """What people call a field that was amended, with its new value."""
    match name:
        case "held":
            return _FIELDS[name]
        case "facts" if isinstance(value, FactChanges):
            return ", ".join(
                f"no {fact}" if given is None else f"{fact} {given}"
                for fact, given in value.items()
            )
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
