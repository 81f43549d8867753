"""The Status Notes: what happened to one order, entry by entry, including undone entries."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Final, assert_never

from prodflow._facts import Fact
from prodflow._messages import Message, joined, text
from prodflow._names import Names
from prodflow._words import AnyWords
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
    *(text("No."), text("Event"), text("From"), text("To"), text("Completed On"), text("By")),
    *(text("Recorded By"), text("At"), text("Reason"), text("Note"), text("Undone By")),
)
_OPENED: Final = text("Opened")
_MOVED_ON: Final = text("Moved on")
_MOVES: Final = {
    Move.NEXT: _MOVED_ON,
    Move.SKIP: text("Moved ahead"),
    Move.BACK: text("Moved back"),
    Move.ASIDE: text("Moved aside"),
    Move.RESUME: _MOVED_ON,
    Move.REOPEN: text("Reopened"),
}
_PAUSED_VISIT: Final = text("paused visit")
_PRIORITY: Final = text("priority {value}")
_QUANTITY: Final = text("quantity {value}")
_AMENDED: Final = {
    "ordered_on": text("order date {value}"),
    "delivery_on": text("delivery date {value}"),
    "plan_from": text("start of the plan {value}"),
    "entered_on": text("first day in the status {value}"),
    "vendor": text("vendor {value}"),
    "invoice_id": text("invoice {value}"),
    "priority": _PRIORITY,
    "quantity": _QUANTITY,
    "held_days": text("days held {value}"),
    "due_on": text("due date {value}"),
    "calculated_due_on": text("calculated due date {value}"),
    "department": text("department {value}"),
    "user": text("user {value}"),
}
"""What people call an amended field, with its new value."""
_EMPTIED: Final = {
    "delivery_on": text("no delivery date"),
    "vendor": text("no vendor"),
    "invoice_id": text("no invoice"),
    "quantity": text("no quantity"),
    "due_on": text("no due date"),
    "calculated_due_on": text("no calculated due date"),
    "department": text("no department"),
    "user": text("no user"),
    "held": _PAUSED_VISIT,
}
"""What people call an amended field that has no value now."""


def history_table(
    entries: Iterable[HistoryEntry],
    cycles: Iterable[StatusCycle],
    *,
    reasons: Iterable[Reason] = (),
    words: AnyWords | None = None,
) -> Table:
    """The Status Notes of one order: a line for each entry of its whole history, in sequence.

    An undone entry stays in the table, struck through, and the last column says who undid it. The
    undoing has a line too.

    Args:
        cycles: cycle versions. The newest version of the order type names the statuses. A status
            that isn't in any version shows its key.
        reasons: your list of reasons. A reason that isn't in it shows its key.
        words: your words; None for English.

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
        text("Status Notes: {order_id}", order_id=opened.order_id),
        _COLUMNS,
        [
            (
                *(entry.sequence, *line, entry.by, entry.recorded_by or entry.by),
                *(text("{at}", at=entry.at), _reason(entry, known), entry.note or None),
                undone_by.get(entry.sequence),
            )
            for entry, line in zip(history, lines, strict=True)
        ],
        notes=(
            text("Entries: {count}. Undone: {undone}.", count=len(history), undone=len(undone_by)),
        ),
        struck=(number - 1 for number in undone_by),
    ).said(words)


def _reason(entry: HistoryEntry, known: Mapping[str, str]) -> str | None:
    if not isinstance(entry, (OrderOpened, StatusChanged, OrderAmended)) or entry.reason is None:
        return None
    return known.get(entry.reason, entry.reason)


_Line = tuple[Message, str | None, str | None, date | None]


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
                if entry.skipped:
                    skipped = joined(map(title, entry.skipped))
                    event = text("{event}, skipping {statuses}", event=event, statuses=skipped)
                event = _and(event, _facts(entry.facts))
                yield event, title(here), title(entry.to_status), entry.completed_on
                here, held = entry.to_status, entry.held
            case OrderAmended():
                changes = [
                    change
                    for name in entry.changed
                    for change in _amended(name, getattr(entry, name))
                ]
                yield _and(_AMENDED_IT, changes or [_NOTHING]), None, None, None
            case CycleAdopted():
                event = text("Moved to version {version}", version=entry.cycle_version)
                yield event, title(here), title(entry.to_status), None
                here, held = entry.to_status, entry.held
            case OrderSplit():
                parts = joined(
                    text("{quantity} as {order_id}", quantity=quantity, order_id=part)
                    for part, quantity in entry.parts
                )
                event = text(
                    "Split: {parts}; {quantity} stay", parts=parts, quantity=entry.quantity
                )
                yield event, None, None, None
            case ChangeUndone():
                event = text("Undid entry {number}", number=entry.undoes)
                yield event, title(here), title(entry.to_status), None
                here, held = entry.to_status, entry.held
            case _:
                assert_never(entry)


_AMENDED_IT: Final = text("Amended")
_NOTHING: Final = text("nothing")


def _and(event: Message, details: Iterable[str]) -> Message:
    listed = joined(details)
    return text("{event}: {details}", event=event, details=listed) if listed else event


def _opened(entry: OrderOpened) -> Message:
    if entry.split_from is not None:
        return text("Opened as a part of {order_id}", order_id=entry.split_from)
    if entry.reorder_of is not None:
        return text("Opened as a reprint of {order_id}", order_id=entry.reorder_of)
    return _OPENED


def _at_first(entry: OrderOpened) -> Iterator[Message]:
    """The priority, the quantity and the facts with which an order was opened."""
    if entry.priority:
        yield _PRIORITY.with_fields(value=entry.priority)
    if entry.quantity is not None:
        yield _QUANTITY.with_fields(value=entry.quantity)
    yield from _facts(entry.facts)


def _facts(facts: Mapping[str, Fact | None]) -> Iterator[Message]:
    for name, value in facts.items():
        if value is None:
            yield text("no {name}", name=name)
        else:
            yield text("{name} {value}", name=name, value=read(value))


def _amended(name: str, value: str | float | date | FactChanges | Held | None) -> Iterator[Message]:
    """What people call a field that was amended, with its new value."""
    match value:
        case FactChanges():
            yield from _facts(value)
        case Held():
            yield _PAUSED_VISIT
        case bool():
            yield text("due date set by hand") if value else text("due date as calculated")
        case None:
            yield _EMPTIED[name]
        case _:
            yield _AMENDED[name].with_fields(value=value)


def _moved(entry: StatusChanged, held: Held | None, to: Status | None) -> Message:
    """What people call a status change."""
    if entry.visit != entry.sequence:
        return text("Came back")
    if to is not None and to.cancelled:
        return text("Cancelled")
    if held is None and entry.held is not None:
        return text("Put on hold")
    return _MOVES[entry.move]
