"""Values that web pages show: `dump` writes them, and `load` refuses them.

A page that gets a proposal back would trust what a browser sent. So an app keeps what the user
entered, and proposes the change again.
"""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any, Final

from cattrs.gen import override

from prodflow import _checks as checks
from prodflow.codec._hooks import Data
from prodflow.cycle import Status, StatusCycle
from prodflow.duedate import Plan, PlannedStatus
from prodflow.errors import Refusal, RuleError
from prodflow.export import Cell, Table
from prodflow.flow import BulkChoice, BulkProposal, Choice, ProposedChange

Page = ProposedChange | BulkProposal | Choice | BulkChoice | Plan | Table


def to_cycle_name(cycle: StatusCycle) -> Data:
    """The order type and version of a cycle."""
    return {"order_type": cycle.order_type, "version": cycle.version}


def _to_status(status: Status) -> Data:
    return {"key": status.key, "description": status.description}


def _to_statuses(statuses: Iterable[Status]) -> list[Data]:
    return [*map(_to_status, statuses)]


def _to_refusals(refused: Iterable[Refusal] | RuleError) -> list[Data]:
    if isinstance(refused, RuleError):
        message = checks.printable(str(refused))
        return [{"code": refused.code, "message": message, "keys": []}]
    return [
        {"code": refusal.code, "message": checks.plain(refusal.message), "keys": [*refusal.keys]}
        for refusal in refused
    ]


def _to_refusals_by_id(
    pairs: Iterable[tuple[str, Iterable[Refusal] | RuleError]],
) -> dict[str, list[Data]]:
    return {order_id: _to_refusals(refused) for order_id, refused in pairs}


def _to_day(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


def _to_row(row: PlannedStatus) -> Data:
    return {
        "status": _to_status(row.status),
        "due_on": _to_day(row.due_on),
        "earliest_on": _to_day(row.earliest_on),
        "latest_on": _to_day(row.latest_on),
    }


def to_plan(plan: Plan) -> Data:
    """A plan as rows, one for each status of the path."""
    return {
        "cycle": to_cycle_name(plan.cycle),
        "rows": [*map(_to_row, plan)],
        "float_days": plan.float_days,
        "start_by": _to_day(plan.start_by),
        "is_provisional": plan.is_provisional,
    }


def _to_cell(cell: Cell) -> object:
    match cell:
        case Decimal():
            return str(cell)
        case date():
            return cell.isoformat()
        case str():
            return checks.plain(cell)
        case _:
            return cell


def _to_rows(rows: Iterable[Iterable[Cell]]) -> list[list[object]]:
    return [[*map(_to_cell, row)] for row in rows]


_STATUS: Final = override(unstruct_hook=_to_status)
_REFUSALS: Final = override(unstruct_hook=_to_refusals)
_REFUSALS_BY_ID: Final = override(unstruct_hook=_to_refusals_by_id)
OVERRIDES: Final[dict[type, dict[str, Any]]] = {
    ProposedChange: {
        "from_": _STATUS,
        "to": _STATUS,
        "skipped": override(unstruct_hook=_to_statuses),
        "refusals": _REFUSALS,
    },
    BulkProposal: {"_refusals": _REFUSALS_BY_ID},
    Choice: {"status": _STATUS, "refusals": _REFUSALS},
    BulkChoice: {"status": _STATUS, "_refusals": _REFUSALS_BY_ID},
    Table: {
        "title": override(unstruct_hook=checks.plain),  # a message of a report
        "rows": override(unstruct_hook=_to_rows),
    },
}
"""For each class, the fields for which the type isn't enough."""
