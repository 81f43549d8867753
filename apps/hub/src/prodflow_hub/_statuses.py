"""Maintenance: the order types, their lists of statuses, and moving orders to a newer list."""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any, Final

from attrs import evolve
from starlette.responses import Response

from prodflow import (
    CycleNotFoundError,
    ProductionOrder,
    Status,
    StatusCycle,
    forms,
    slug,
)
from prodflow.export import to_pdf, to_xlsx
from prodflow.hub import status_table
from prodflow.samples import ALL
from prodflow_hub._hub import Call
from prodflow_hub._orders import save, sheet_page
from prodflow_hub._sheets import Sheet
from prodflow_hub._undoing import notice_of
from prodflow_hub._window import is_id

_EXAMPLE: Final = "example."
"""What a choice begins with that copies an example and not one's own list."""
_LONGEST_KEY: Final = 64


def _found(call: Call) -> StatusCycle:
    """The newest version of the list that the address names.

    Raises:
        CycleNotFoundError: if there is none.
    """
    order_type: str = call.request.path_params["order_type"]
    if not is_id(order_type):
        raise CycleNotFoundError(order_type[:_LONGEST_KEY], None)
    return call.store.get_cycle(order_type)


def _open_orders(call: Call, cycle: StatusCycle) -> list[ProductionOrder]:
    """The open orders of a type."""
    orders = call.open_orders().orders
    return [order for order in orders if order.order_type == cycle.order_type]


def _behind(call: Call, cycle: StatusCycle) -> list[ProductionOrder]:
    """The open orders that keep an older version."""
    orders = _open_orders(call, cycle)
    return [order for order in orders if order.cycle.version != cycle.version]


def types(call: Call) -> Response:
    """The order types."""
    counts = Counter(order.order_type for order in call.open_orders().orders)
    lines = [
        {
            "cycle": cycle,
            "name": cycle.description or cycle.order_type,
            "statuses": len(cycle.choices()),
            "open": counts[cycle.order_type],
            "behind": len(_behind(call, cycle)),
        }
        for cycle in call.cycles
    ]
    return call.show("types.html", lines=lines)


# --- The list of statuses -----------------------------------------------------------------------


def statuses(call: Call) -> Response:
    """The list of statuses of an order type."""
    cycle = _found(call)
    keys = call.store.keys(cycle.order_type)
    posted = call.posted if call.is_post else None
    words = call.hub.speech.words
    page, edited = forms.edit_statuses(cycle, posted, taken=keys, words=words)
    if "save" in call.form and not call.may_edit:
        return _not_allowed(call)
    if edited is not None:
        call.store.put_cycle(edited, replaces=cycle.version, by=call.visitor.name, at=call.at)
        return call.go(_address(cycle.order_type), saved=str(edited.version))
    status = 409 if page["saved"] else 422 if page["is_refused"] else 200
    hides = call.form.get("hidden", "") == "yes"
    if "hide" in call.form:
        hides = not hides
    return call.show(
        "statuses.html",
        status,
        cycle=cycle,
        name=cycle.description or cycle.order_type,
        page=page,
        hides=hides,
        explains="explain" in call.form,
        has_inactive=any(each.inactive for each in cycle),
        saved=call.request.query_params.get("saved", ""),
        behind=_versions(_behind(call, cycle)),
        used=_used(call, cycle),
        hints=_hints(call),
        address=_address(cycle.order_type),
        notice=notice_of(call),
        here=call.here,
    )


def _address(order_type: str) -> str:
    return f"/statuses/{order_type}"


def _not_allowed(call: Call) -> Response:
    text = call.hub.speech.say(
        "Editing statuses needs one of the roles {roles}.",
        roles=", ".join(sorted(call.hub.editors or ())),
    )
    return call.show("failed.html", 403, failed=403, reasons=[text], reason="", kept=())


def _versions(orders: Iterable[ProductionOrder]) -> list[tuple[int, int]]:
    """How many orders keep which version."""
    return sorted(Counter(order.cycle.version for order in orders).items())


def _used(call: Call, cycle: StatusCycle) -> Mapping[str, str]:
    """For each status, how many open orders are there or come back to it, in words."""
    orders, speech = _open_orders(call, cycle), call.hub.speech
    here = Counter(order.status.key for order in orders)
    back = Counter(order.resumes_in for order in orders if order.resumes_in is not None)
    said: dict[str, str] = {}
    for key in (each.key for each in cycle):
        parts: list[str] = []
        if here[key]:
            parts.append(
                speech.count(here[key], "{count} order is here", "{count} orders are here")
            )
        if back[key]:
            parts.append(
                speech.count(back[key], "{count} comes back to it", "{count} come back to it")
            )
        if parts:
            said[key] = ", ".join(parts)
    return said


def _hints(call: Call) -> Mapping[str, str]:
    """What each field means, in one sentence."""
    say = call.hub.speech.say
    return {
        "description": say("What people call the status."),
        "default_duration": say("How many working days an order may stay before it's overdue."),
        "default_department": say("The department that an order gets when it comes here."),
        "default_user": say("The person that an order gets when it comes here."),
        "workflow_stage": say("The column of the board by stage."),
        "public_description": say("What clients may read; empty if they don't see the status."),
        "colour": say("The colour of the status, such as #1d5c4b."),
        "initial": say("New orders begin here; one status is initial."),
        "final": say("Orders are done here; one status is final."),
        "non_standard": say("Not part of the usual path, such as On Hold."),
        "cancelled": say("Orders are closed here without being done."),
        "pauses": say("Orders wait here and then go back to where they were."),
        "inactive": say("Nobody can choose it any more; old orders keep it."),
    }


def printed(call: Call) -> Response:
    """The list of statuses for paper, as PDF or as an Excel workbook."""
    cycle = _found(call)
    speech = call.hub.speech
    shows = call.request.query_params.get("inactive") == "yes"
    table = status_table(cycle, show_inactive=shows, words=speech.words)
    kind = call.request.path_params["kind"]
    if kind not in {"print", *_KINDS}:
        raise CycleNotFoundError(cycle.order_type, None)
    name = f"{cycle.order_type}-statuses"
    if kind == "print":
        return call.show("print.html", table=table, back=_address(cycle.order_type))
    data = (
        to_pdf(table, lang=speech.lang, words=speech.words)
        if kind == "pdf"
        else to_xlsx(table, lang=speech.lang, words=speech.words)
    )
    headers = {"content-disposition": f'attachment; filename="{name}.{kind}"'}
    return Response(data, media_type=_KINDS[kind], headers=headers)


_KINDS: Final[Mapping[str, str]] = {
    "pdf": "application/pdf",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


# --- Order types --------------------------------------------------------------------------------


def new_type(call: Call) -> Response:
    """Set up a new order type, as a copy of another one or of an example."""
    say = call.hub.speech.say
    sheet = Sheet(call)
    sheet.add("description", say("Description"), is_required=True)
    own = [
        (cycle.order_type, say("copy of {name}", name=cycle.description or cycle.order_type))
        for cycle in call.cycles
    ]
    examples = [
        (f"{_EXAMPLE}{it.cycle.order_type}", say("example: {name}", name=it.cycle.description))
        for it in ALL
    ]
    lines = [("", say("two statuses to begin with")), *own, *examples]
    usual = call.request.query_params.get("from", "")
    sheet.add("begin", say("Begin with"), "choice", usual, choices=lines)
    if call.is_post:
        if not call.may_edit:
            return _not_allowed(call)
        sheet.need("description")
        if sheet.is_good:
            try:
                made = _made(call, sheet)
                call.store.put_cycle(made, replaces=None, by=call.visitor.name, at=call.at)
            except ValueError as error:
                sheet.refuse(error)
            else:
                return call.go(_address(made.order_type), saved="1")
    about = say(
        "Each order type has its own list of statuses. You can change all of it afterwards."
    )
    return sheet_page(call, sheet, say("New order type"), "/statuses", about=about)


def _made(call: Call, sheet: Sheet) -> StatusCycle:
    description = sheet.text("description")
    begin = sheet.text("begin")
    examples = {f"{_EXAMPLE}{it.cycle.order_type}": it.cycle for it in ALL}
    known = {cycle.order_type: cycle for cycle in call.cycles} | examples
    key = slug(description, call.store.order_types())
    if begin in known:
        return StatusCycle(key, known[begin].statuses, description=description)
    say = call.hub.speech.say
    first = Status("new", say("New"), initial=True)
    return StatusCycle(
        key, [first, Status("done", say("Done"), final=True)], description=description
    )


def rename(call: Call) -> Response:
    """Give an order type another description."""
    cycle = _found(call)
    say = call.hub.speech.say
    sheet = Sheet(call, cycle.version)
    sheet.add("description", say("Description"), "text", cycle.description, is_required=True)
    if call.is_post:
        if not call.may_edit:
            return _not_allowed(call)
        sheet.need("description")
        if sheet.expected != cycle.version:
            sheet.is_moved = True
            sheet.problems.append(say("Somebody else has saved another version: check it again."))
        if sheet.is_good:
            try:
                edited = evolve(
                    cycle, description=sheet.text("description"), version=cycle.version + 1
                )
                call.store.put_cycle(
                    edited, replaces=cycle.version, by=call.visitor.name, at=call.at
                )
            except ValueError as error:
                sheet.refuse(error)
            else:
                return call.go(_address(cycle.order_type), saved=str(edited.version))
    heading = say("Another description for {name}", name=cycle.description or cycle.order_type)
    return sheet_page(call, sheet, heading, _address(cycle.order_type))


# --- Moving orders to the newest version --------------------------------------------------------


def move(call: Call) -> Response:
    """Move the open orders of a type to the newest version of its list."""
    cycle = _found(call)
    say = call.hub.speech.say
    orders = _behind(call, cycle)
    sheet = Sheet(call, cycle.version)
    missing = _missing(cycle, orders)
    lines = [("", say("choose")), *((each.key, each.description) for each in cycle.choices())]
    for key, title in missing.items():
        sheet.add(
            f"to.{key}",
            say("Instead of {status}", status=title),
            "choice",
            choices=lines,
            hint=say("Orders that are there, or come back to it, go here instead."),
        )
        sheet.fields[f"to.{key}"]["is_required"] = True
    sheet.add("note", say("Note"), "note")
    address = _address(cycle.order_type)

    def moved() -> list[Any]:
        sheet.need(*(f"to.{key}" for key in missing))
        if sheet.expected != cycle.version:
            sheet.is_moved = True
            sheet.problems.append(say("Somebody else has saved another version: check it again."))
        if not sheet.is_good or not orders:
            return []
        return [
            *call.flow(cycle.order_type).migrate_all(
                orders,
                cycle,
                mapping={key: sheet.text(f"to.{key}") for key in missing},
                command_id=sheet.command_id(),
                note=sheet.text("note"),
                by=call.visitor.name,
                roles=call.visitor.roles,
                at=call.at,
            )
        ]

    if call.is_post:
        response = save(call, sheet, moved, address)
        if response is not None:
            return response
    speech = call.hub.speech
    about = speech.count(
        len(orders),
        "{count} open order keeps an older version. It's moved to version {version}.",
        "{count} open orders keep an older version. They're moved to version {version}.",
        version=cycle.version,
    )
    name = cycle.description or cycle.order_type
    return sheet_page(call, sheet, say("Move orders of {name}", name=name), address, about=about)


def _missing(cycle: StatusCycle, orders: Iterable[ProductionOrder]) -> Mapping[str, str]:
    """The statuses that orders need and the list no longer has or uses, with their descriptions."""
    missing: dict[str, str] = {}
    for order in orders:
        for key in (order.status.key, order.resumes_in):
            if key is not None and (key not in cycle or cycle[key].inactive):
                known = order.cycle
                missing.setdefault(key, known[key].description if key in known else key)
    return missing
