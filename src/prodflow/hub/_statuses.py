"""Tables of order types and of production statuses, and which statuses are in use."""

from collections import Counter
from collections.abc import Iterable, Mapping
from operator import attrgetter
from typing import Final

from prodflow import _checks as checks
from prodflow._messages import Message, text
from prodflow._words import AnyWords
from prodflow.cycle import StatusCycle, type_name
from prodflow.export import Table
from prodflow.hub._orders import each
from prodflow.order import ProductionOrder

__all__ = ["in_use", "order_type_table", "status_table"]

_DESCRIPTION: Final = text("Description")
_INITIAL: Final = text("Initial")
_FINAL: Final = text("Final")
_FIELDS: Final[Mapping[Message, str]] = {
    _DESCRIPTION: "description",
    text("Association"): "workflow_stage",
    text("Default Department"): "default_department",
    text("Default User"): "default_user",
    text("Default Duration"): "default_duration",
    _INITIAL: "initial",
    _FINAL: "final",
    text("Non-Standard"): "non_standard",
    text("Inactive"): "inactive",
}


def status_table(
    cycle: StatusCycle, *, show_inactive: bool = False, words: AnyWords | None = None
) -> Table:
    """The grid of the "Production Statuses" screen: one line for each status, in list order.

    The table shows the names in *cycle*, even if a newer version has other names. If any status
    has a public description, there is a column for these texts.

    Args:
        show_inactive: whether to include inactive statuses. Otherwise a note says how many are
            hidden.
        words: your words; None for English.

    Source:
        "Setting up Production Statuses"; Hide Inactive, Print, Export.
    """
    checks.instance("cycle", cycle, StatusCycle, "a StatusCycle")
    checks.flag("show_inactive", show_inactive)
    shown = cycle.statuses if show_inactive else cycle.choices()
    hidden = len(cycle) - len(shown)
    fields = dict(_FIELDS)
    if any(status.public_description is not None for status in cycle):
        fields[text("Public Description")] = "public_description"
    return Table(
        text("Production Statuses: {order_type}", order_type=type_name(cycle)),
        fields,
        map(attrgetter(*fields.values()), shown),
        notes=(text("Inactive statuses hidden: {count}.", count=hidden),) if hidden else (),
    ).said(words)


def order_type_table(cycles: Iterable[StatusCycle], *, words: AnyWords | None = None) -> Table:
    """One line for each order type: its newest version, in the sequence of *cycles*.

    Args:
        cycles: versions of any order types.
        words: your words; None for English.

    Source:
        "Setting up Production Statuses", Production Order Type; Print, Export; decision D5.
    """
    newest: dict[str, StatusCycle] = {}
    for cycle in checks.instances("cycles", cycles, StatusCycle, "StatusCycle"):
        known = newest.setdefault(cycle.order_type, cycle)
        if cycle.version > known.version:
            newest[cycle.order_type] = cycle
    return Table(
        text("Production Order Types"),
        (
            *(text("Order Type"), _DESCRIPTION, text("Version"), text("Statuses")),
            *(_INITIAL, _FINAL, text("Days")),
        ),
        [
            (
                cycle.order_type,
                cycle.description or None,
                cycle.version,
                len(cycle.choices()),
                cycle.initial.description,
                cycle.final.description,
                cycle.place(cycle.final.key).days_through,
            )
            for cycle in newest.values()
        ],
        notes=(
            text("Statuses counts active ones; Days adds up the default durations of the path."),
        ),
    ).said(words)


def in_use(cycle: StatusCycle, orders: Iterable[ProductionOrder]) -> dict[str, int]:
    """How many orders are in each status of a cycle, so that nobody deletes a status in use.

    All orders of the cycle's type count, even closed orders and orders with another version,
    because a key means the same in every version. An order on hold counts twice: in its present
    status, and in the status to which it will return. Nobody should delete either of these
    statuses, because a migration of the order needs both. A cancelled order that can
    return counts twice too.

    Args:
        cycle: the cycle that you are editing.

    Returns:
        The counts by key, in list order, without the statuses that are not in use.

    Source:
        "Delete a Status"; decision D5a.
    """
    checks.instance("cycle", cycle, StatusCycle, "a StatusCycle")
    counts: Counter[str] = Counter()
    for order in each(orders):
        if order.order_type == cycle.order_type:
            counts[order.status.key] += 1
            if order.resumes_in is not None:
                counts[order.resumes_in] += 1
    return {status.key: counts[status.key] for status in cycle if counts[status.key]}
