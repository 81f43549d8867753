"""The Production hub: one's own orders, the board, the list, what is at risk, and the workload."""

from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple, final

from starlette.responses import Response

from prodflow import ProductionOrder
from prodflow.hub import forecast
from prodflow_hub._filters import DUE, SORTS, STATES, Filters, cleaned, said_choice, written
from prodflow_hub._hub import Call
from prodflow_hub._open_orders import Snapshot
from prodflow_hub._rows import rows_of, type_name
from prodflow_hub._undoing import notice_of

PAGE: Final = 50
"""How many orders a page of a list has."""
_CARDS: Final = 12
"""How many cards a column of the board has."""
_COLUMNS: Final = 40

BOARDS: Final[Mapping[str, str]] = {
    "status": "status",
    "workflow_stage": "stage",
    "department": "department",
    "user": "user",
    "vendor": "vendor",
}
"""What a board can be made of, and the filter of the list for one of its columns."""


@final
class Figure(NamedTuple):
    """A number at the top of the hub, and the list that has these orders."""

    title: str
    number: int
    address: str
    tone: str


def figures_of(call: Call, snapshot: Snapshot) -> list[Figure]:
    """The numbers at the top of the hub."""
    say, counts = call.hub.speech.say, snapshot.figures
    return [
        Figure(say("Open"), counts["open"], "/list", ""),
        Figure(say("Overdue"), counts["overdue"], "/list?due=overdue", "bad"),
        Figure(say("Due soon"), counts["soon"], "/list?due=soon", "warn"),
        Figure(say("At risk"), counts["risk"], "/at-risk", "bad"),
        Figure(say("Past delivery"), counts["delivery"], "/list?due=delivery", "bad"),
    ]


def _show(call: Call, name: str, tab: str, snapshot: Snapshot, **data: object) -> Response:
    return call.show(
        name,
        tab=tab,
        figures=figures_of(call, snapshot),
        as_of=snapshot.at,
        notice=notice_of(call),
        here=call.here,
        scans="scan" in call.request.query_params or "unknown" in call.request.query_params,
        unknown=cleaned(call.request.query_params.get("unknown", "")),
        **data,
    )


def mine(call: Call) -> Response:
    """The orders of the visitor, then those of the visitor's departments, by due date."""
    snapshot, visitor = call.open_orders(), call.visitor
    own = [order for order in snapshot.orders if order.user == visitor.name]
    others = [
        order
        for order in snapshot.orders
        if order.user != visitor.name and order.department in visitor.departments
    ]
    say = call.hub.speech.say
    parts = [(say("My orders"), own, Filters(user=written(visitor.name)).address())]
    if visitor.departments:
        single = visitor.departments[0] if len(visitor.departments) == 1 else None
        address = "" if single is None else Filters(department=written(single)).address()
        parts.append((say("My departments"), others, address))
    shown = [
        {
            "title": title,
            "count": len(orders),
            "rows": rows_of(call, orders[:PAGE], marks_new=True),
            "address": address,
        }
        for title, orders, address in parts
    ]
    return _show(call, "mine.html", "mine", snapshot, parts=shown)


def board(call: Call) -> Response:
    """The open orders in columns."""
    snapshot = call.open_orders()
    by = call.request.query_params.get("by", "status")
    if by not in BOARDS:
        by = "status"
    found = snapshot.board(by)
    columns = [
        {
            "title": column.title if column.key is not None else call.hub.speech.say("none"),
            "count": column.count,
            "overdue": column.overdue,
            "rows": rows_of(call, column.orders[:_CARDS]),
            "more": max(0, column.count - _CARDS),
            "address": Filters.of([(BOARDS[by], written(column.key))]).address(),
        }
        for column in found[:_COLUMNS]
    ]
    left = sum(column.count for column in found[_COLUMNS:])
    return _show(
        call, "board.html", "board", snapshot, by=by, ways=_ways(call), columns=columns, left=left
    )


def _ways(call: Call) -> dict[str, str]:
    say = call.hub.speech.say
    return {
        "status": say("Status"),
        "workflow_stage": say("Stage"),
        "department": say("Department"),
        "user": say("User"),
        "vendor": say("Vendor"),
    }


@final
class Paging(NamedTuple):
    """Which part of a list a page has."""

    first: int
    last: int
    total: int
    next: str
    begin: str


def orders(call: Call) -> Response:
    """The list of orders, with its filters."""
    filters = Filters.of(call.request.query_params.multi_items())
    after = call.request.query_params.get("after") or None
    start = _start(call) if after else 0
    try:
        query = filters.query(call.today, after=after, limit=PAGE)
    except ValueError:  # not a position in this list
        query, start = filters.query(call.today, limit=PAGE), 0
    found = call.store.find(query)
    # To count the orders that have a text takes longer than to find them.
    is_all = query.after is None and len(found) < PAGE
    total = len(found) if is_all else call.store.count(query)
    end = start + len(found)
    following = ""
    if found and end < total:
        following = filters.address(after=query.position(found[-1]), start=str(end))
    paging = Paging(min(start + 1, end), end, total, following, filters.address() if start else "")
    return _listed(call, filters, paging, found)


def _start(call: Call) -> int:
    text = call.request.query_params.get("start", "0")
    return int(text) if text.isascii() and text.isdigit() and len(text) < len("1000000000") else 0


def _listed(
    call: Call, filters: Filters, paging: Paging, found: Sequence[ProductionOrder]
) -> Response:
    snapshot = call.open_orders()
    return _show(
        call,
        "list.html",
        "list",
        snapshot,
        filters=filters,
        chips=[*filters.chips(call.cycles, call.hub.speech)],
        choices=_choices(call, filters, snapshot),
        sorts=_sorts(call),
        paging=paging,
        rows=rows_of(call, found),
        is_empty=not snapshot.orders and not filters.params(),
    )


def _sorts(call: Call) -> dict[str, str]:
    say = call.hub.speech.say
    return dict(zip(SORTS, (say("Due date"), say("Priority"), say("Number")), strict=True))


Choice = tuple[str, str]


def _choices(call: Call, filters: Filters, snapshot: Snapshot) -> dict[str, list[Choice]]:
    """The lines of each list to choose a filter from: its value and its text."""
    say = call.hub.speech.say
    statuses = {
        (status.key, f"{status.description} \N{MIDDLE DOT} {type_name(call, cycle.order_type)}")
        for cycle in call.cycles
        if filters.type in {"", cycle.order_type}
        for status in cycle
    }
    titles: dict[str, str] = {}
    for key, title in sorted(statuses, key=lambda pair: (pair[1].casefold(), pair[0])):
        titles.setdefault(key, title)
    names = {
        name: [(written(None), say("none")), *((written(each), each) for each in found)]
        for name, found in snapshot.names.items()
    }
    stages = sorted(
        {each.workflow_stage for cycle in call.cycles for each in cycle if each.workflow_stage}
    )
    listed: dict[str, list[Choice]] = {
        "type": [(each.order_type, each.description or each.order_type) for each in call.cycles],
        "status": [*titles.items()],
        "stage": [(written(None), say("none")), *((written(each), each) for each in stages)],
        **names,
        "due": [(each, said_choice(each, call.hub.speech)) for each in DUE],
        "state": [(each, said_choice(each, call.hub.speech)) for each in STATES],
    }
    for name, lines in listed.items():
        chosen: str = getattr(filters, name)
        if chosen and chosen not in dict(lines):
            lines.append((chosen, chosen))
    return listed


def at_risk(call: Call) -> Response:
    """The orders that will miss their delivery dates, those with the least slack first."""
    snapshot = call.open_orders()
    risks = snapshot.at_risk.rows
    start = min(_start(call), max(0, len(risks) - 1)) // PAGE * PAGE
    shown = [row.order for row in risks[start : start + PAGE]]
    end = start + len(shown)
    paging = Paging(
        min(start + 1, end),
        end,
        len(risks),
        f"/at-risk?start={end}" if end < len(risks) else "",
        "/at-risk" if start else "",
    )
    return _show(
        call,
        "at_risk.html",
        "risk",
        snapshot,
        paging=paging,
        rows=rows_of(call, shown),
        sort="slack",
        chances=_chances(call, shown),
    )


def _chances(call: Call, shown: Sequence[ProductionOrder]) -> dict[str, str]:
    """The chances of orders by their delivery dates, as far as they're known yet."""
    say, chances = call.hub.speech.say, dict[str, str]()
    for order_type, learned in call.learned({order.order_type for order in shown}).items():
        orders = [order for order in shown if order.order_type == order_type]
        for row in forecast(orders, learned.experience, today=call.today):
            chance = row.chance
            chances[row.order.id] = (
                say("cannot tell")
                if chance is None
                else say("{count} of 100", count=round(100 * chance))
            )
    return chances


def workload(call: Call) -> Response:
    """How many open orders each department and user has."""
    snapshot = call.open_orders()
    lines = [
        {
            "load": row,
            "department": written(row.department),
            "user": written(row.user),
            "address": Filters(
                department=written(row.department), user=written(row.user)
            ).address(),
        }
        for row in snapshot.workload.rows
    ]
    return _show(call, "workload.html", "workload", snapshot, lines=lines)
