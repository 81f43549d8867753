"""The page of an order: its facts, its plan, its Status Notes, and what can be done with it."""

from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final, NamedTuple, cast, final
from urllib.parse import quote

from starlette.responses import Response

from prodflow import (
    BulkRefusedError,
    Change,
    ChangeRefusedError,
    ChangeUndone,
    DateOutOfRangeError,
    DuplicateOrderError,
    HistoryEntry,
    OrderNotFoundError,
    OrderQuery,
    OrderSplit,
    ProdflowError,
    ProductionOrder,
    RuleError,
    StaleOrdersError,
)
from prodflow.diagrams import plan_svg
from prodflow.hub import Family, Forecast, OrderPlan, family, forecast, history_table, order_plan
from prodflow_hub._hub import SAVED, Call
from prodflow_hub._rows import outlook_of, rows_of, title_of
from prodflow_hub._sheets import Sheet
from prodflow_hub._undoing import notice_of, said_refusal
from prodflow_hub._window import is_id

_SHARES: Final = (0.5, 0.8, 0.95)
_EVEN: Final = 0.5
_MOST: Final = 200
"""How many orders of an invoice are looked through for relatives."""


def found(call: Call) -> ProductionOrder:
    """The order that the address names.

    Raises:
        OrderNotFoundError: if there is none.
    """
    order_id: str = call.request.path_params["order_id"]
    if not is_id(order_id):
        raise OrderNotFoundError(order_id)
    return call.store.get(order_id)


def address_of(order_id: str) -> str:
    """The address of an order."""
    return f"/orders/{quote(order_id, safe='')}"


def show(call: Call) -> Response:
    """The page of an order."""
    order = found(call)
    entries = call.store.history(order.id)
    plan = plan_of(call, order, entries)
    words = call.hub.speech.words
    return call.show(
        "order.html",
        order=order,
        row=rows_of(call, [order])[0],
        client=call.hub.client,
        hold=_hold(call, order),
        notice=notice_of(call),
        here=call.here,
        plan=None if plan is None else plan.table(words=words),
        forecast=_forecast(call, order),
        notes=_notes(call, entries),
        family=_family(call, order, entries),
        waiting=_waiting(call, order),
        actions=_actions(call, order, entries),
    )


def plan_of(
    call: Call, order: ProductionOrder, entries: Sequence[HistoryEntry]
) -> OrderPlan | None:
    """The plan of an order; None if the calendar ends before it does."""
    policy = call.flow(order.order_type).due_dates
    try:
        return order_plan(order, policy, entries, today=call.today, cycles=call.cycles)
    except DateOutOfRangeError:
        return None


def picture(call: Call) -> Response:
    """The plan of an order as a picture."""
    order = found(call)
    plan = plan_of(call, order, call.store.history(order.id))
    if plan is None:
        raise OrderNotFoundError(order.id)
    speech = call.hub.speech
    svg = plan_svg(plan, cycles=call.cycles, lang=speech.lang, words=speech.for_pictures)
    return Response(svg, media_type="image/svg+xml")


@final
class Promise(NamedTuple):
    """The forecast of an order, ready to be shown."""

    lines: Sequence[tuple[str, str]]
    """Titles with what is known in words; empty without a forecast."""
    about: str
    """How many orders were compared, or why there is no forecast."""
    at: datetime | None
    """When it was learned what past orders had left."""


def _forecast(call: Call, order: ProductionOrder) -> Promise | None:
    """By when an order will be done, judging by past ones; None for a closed order."""
    if not order.is_open:
        return None
    say = call.hub.speech.say
    learned = call.learned([order.order_type]).get(order.order_type)
    if learned is None:
        return Promise((), say("The forecast isn't ready yet: come back in a minute."), None)
    told = forecast([order], learned.experience, today=call.today, cycles=call.cycles)
    (row,) = told
    if row.reason is not None:
        about = say(
            "Cannot tell: {count} like it, {needed} needed.",
            count=row.comparable,
            needed=told.at_least,
        )
        return Promise((), about, learned.at)
    lines = [
        (say("{share} of 100 done by", share=round(100 * share)), _done_by(call, row, share))
        for share in _SHARES
    ]
    if order.delivery_on is not None and row.chance is not None:
        title = say("Done by {day}, the delivery date", day=order.delivery_on)
        lines.append((title, say("{count} of 100", count=round(100 * row.chance))))
    about = _compared(call, row)
    if _is_doubtful(call, order, row):
        doubt = say("By the plan it's in time, but orders like it usually take longer.")
        about = f"{doubt} {about}"
    return Promise(lines, about, learned.at)


def _is_doubtful(call: Call, order: ProductionOrder, row: Forecast) -> bool:
    """Whether the plan keeps the delivery date, but most orders like it would have missed it."""
    expected = outlook_of(call, order)
    slack = None if expected is None else expected.slack_days
    return row.chance is not None and row.chance < _EVEN and slack is not None and slack >= 0


def _done_by(call: Call, row: Forecast, share: float) -> str:
    speech = call.hub.speech
    try:
        day = row.by(share)
    except DateOutOfRangeError:
        return speech.say("after the end of the calendar")
    if day is None:
        return speech.say("nobody can tell: too many are still open")
    return speech.day(day)


def _compared(call: Call, row: Forecast) -> str:
    speech = call.hub.speech
    parts = [
        speech.count(
            row.comparable,
            "Compared with {count} order that was in the same status for as long and about as old.",
            "Compared with {count} orders that were in the same status for as long and about as"
            " old.",
        )
    ]
    if row.still_open:
        parts.append(
            speech.count(
                row.still_open,
                "{count} of them is still open.",
                "{count} of them are still open.",
            )
        )
    if row.cancelled_share:
        share = round(100 * row.cancelled_share)
        parts.append(speech.say("Not counted: {count} of 100 are cancelled.", count=share))
    return " ".join(parts)


def _notes(call: Call, entries: Sequence[HistoryEntry]) -> list[dict[str, Any]]:
    """The Status Notes, the newest first."""
    reasons = call.flow(call.store.get(entries[0].order_id).order_type).rules.reasons
    table = history_table(entries, call.cycles, reasons=reasons, words=call.hub.speech.words)
    lines = [
        {"cells": row, "is_struck": number in table.struck} for number, row in enumerate(table.rows)
    ]
    return [{"columns": table.columns, "lines": lines[::-1]}]


def _hold(call: Call, order: ProductionOrder) -> dict[str, Any] | None:
    """Since when an order is on hold, and where it comes back to."""
    if order.held is None or not order.is_open:
        return None
    paused_on = order.held.paused_on
    days = call.flow(order.order_type).due_dates.calendar.count(paused_on, call.today)
    return {
        "since": paused_on,
        "days": max(0, days),
        "back_to": title_of(call, order.order_type, order.cycle[order.held.status]),
        "status": title_of(call, order.order_type, order.status),
    }


def _family(call: Call, order: ProductionOrder, entries: Iterable[HistoryEntry]) -> Family | None:
    """The orders that were split from this one or ordered again, and those that it comes from."""
    ids = {order.id, order.split_from, order.reorder_of} - {None}
    ids |= {part for entry in entries if isinstance(entry, OrderSplit) for part, _ in entry.parts}
    relatives = call.store.load(filter(None, ids))
    if order.invoice_id is not None:
        of_invoice = OrderQuery(invoice_id=order.invoice_id, limit=_MOST)
        relatives |= {each.id: each for each in call.store.find(of_invoice)}
    families = family(relatives.values(), cycles=call.cycles)
    its = (each for each in families if order.id in {it.order.id for it in each.relatives})
    return next((each for each in its if len(each.relatives) > 1 or each.parent_id), None)


def _waiting(call: Call, order: ProductionOrder) -> list[dict[str, Any]]:
    """What waits to be sent or done for an order."""
    names = {each.key: each.description or each.key for each in call.settings.triggers}
    return [
        {
            "on": item.event.fire_on,
            "what": names.get(item.event.trigger, item.event.trigger),
            "is_automatic": item.event.automatic,
        }
        for item in call.store.pending(as_of=date.max, order_id=order.id)
    ]


# --- What can be done ---------------------------------------------------------------------------


@final
class Action(NamedTuple):
    """Something that can be done with an order, or why it can't."""

    key: str
    title: str
    address: str
    refusal: str
    about: str = ""


def _actions(call: Call, order: ProductionOrder, entries: Sequence[HistoryEntry]) -> list[Action]:
    say, here = call.hub.speech.say, address_of(order.id)
    window = call.url("/orders/advance", ids=order.id, back=here)
    flow, who = call.flow(order.order_type), _who(call)
    title = say("Advance status")
    if order.is_open and order.held is not None:
        back_to = title_of(call, order.order_type, order.cycle[order.held.status])
        title = say("Return to {status}", status=back_to)
    actions = [Action("advance", title, window, "")]
    if order.is_open and order.held is None:
        choices = flow.choices(order, today=call.today, by=call.visitor.name, roles=who["roles"])
        for choice in choices:
            if choice.status.pauses and choice.status.key != order.status.key:
                title = title_of(call, order.order_type, choice.status)
                refusal = choice.refusals[0].message if choice.refusals else ""
                needed = {*choice.needs}
                is_refused = any(each.code not in needed for each in choice.refusals)
                actions.append(
                    Action(
                        "hold",
                        say("Put on hold: {status}", status=title),
                        f"{window}&to={choice.status.key}",
                        call.hub.speech.message(refusal) if is_refused else "",
                    )
                )

    def tried(work: Callable[[], object]) -> str:
        try:
            work()
        except (RuleError, ValueError) as error:
            return said_refusal(call, error) if isinstance(error, ProdflowError) else str(error)
        return ""

    reason = next((each.key for each in flow.rules.reasons if not each.inactive), "again")
    # Nothing is saved: the number is only in the text of a refusal.
    new_id = f"{order.id}-2"[-_MOST:]
    again: dict[str, Any] = {"order_id": new_id, "ordered_on": call.today}
    amending = tried(lambda: flow.amend(order, note="?", **who))
    return [
        *actions,
        Action("change", say("Change"), call.url(_sub("change", order)), amending),
        Action("day", say("Correct the day"), call.url(_sub("day", order)), amending),
        Action(
            "split",
            say("Split"),
            call.url(_sub("split", order)),
            tried(lambda: flow.split(order, [(new_id, 1)], **who)),
        ),
        Action(
            "reprint",
            say("Reprint"),
            call.url(_sub("reprint", order)),
            tried(lambda: flow.reorder(order, reason=reason, note="?", **again, **who)),
        ),
        _undoing(call, order, entries),
    ]


def _who(call: Call) -> dict[str, Any]:
    return {"by": call.visitor.name, "roles": call.visitor.roles, "at": call.at}


def _sub(verb: str, order: ProductionOrder) -> str:
    return address_of(order.id).replace("/orders/", f"/{verb}/", 1)


def _undoing(call: Call, order: ProductionOrder, entries: Sequence[HistoryEntry]) -> Action:
    title, address = call.hub.speech.say("Undo last"), call.url(_sub("undo-last", order))
    try:
        change = _taken_back(call, order, entries, None)
    except (RuleError, LookupError) as error:
        refusal = said_refusal(call, error) if isinstance(error, ProdflowError) else ""
        return Action("undo", title, address, refusal)
    table = history_table(entries, call.cycles, words=call.hub.speech.words)
    undone = table.rows[cast("ChangeUndone", change.entry).undoes - 1]
    return Action(
        "undo", title, address, "", f"{undone[1]}: {undone[3]}" if undone[3] else f"{undone[1]}"
    )


def _taken_back(
    call: Call, order: ProductionOrder, entries: Sequence[HistoryEntry], sheet: Sheet | None
) -> Change:
    order_type = order.order_type
    more: dict[str, Any] = {}
    if sheet is not None:
        more = {"expect": sheet.expected, "command_id": sheet.command_id()}
    return call.flow(order_type).undo(
        order,
        entries,
        cycles=[
            call.store.get_cycle(order_type, version) for version in call.store.versions(order_type)
        ],
        **more,
        **_who(call),
    )


def undo_last(call: Call) -> Response:
    """Take back the last change of an order, if it's still the one that the page showed."""
    order = found(call)
    sheet = Sheet(call, order.version)
    if not call.is_post:
        return call.go(address_of(order.id))
    return _saved(
        call, order, sheet, lambda: [_taken_back(call, order, call.store.history(order.id), sheet)]
    )


def _saved(
    call: Call, order: ProductionOrder, sheet: Sheet, change: Callable[[], Sequence[Change]]
) -> Response:
    """Save changes and go to the order; if they're refused, a page says why."""
    response = save(call, sheet, change, address_of(order.id))
    if response is not None:
        return response
    return call.show(
        "message.html",
        sheet.status,
        message=" ".join(sheet.problems),
        back=address_of(order.id),
    )


def save(
    call: Call, sheet: Sheet, change: Callable[[], Sequence[Change]], address: str
) -> Response | None:
    """Save changes under the id of the form, and go on; None if something is wrong."""
    command_id = sheet.command_id()
    if not call.store.entries_of(command_id):
        if not sheet.is_good:
            return None
        try:
            changes = change()
            if sheet.is_good:
                call.store.save(*changes)
        except DuplicateOrderError as error:
            sheet.refuse(error)
        except StaleOrdersError:
            raise
        except (RuleError, ValueError) as error:
            if is_refused_for_good(error):
                raise
            sheet.refuse(error)
        if not sheet.is_good:
            return None
    return call.go(address, **{SAVED: command_id})


def is_refused_for_good(error: Exception) -> bool:
    """Whether a permission is missing, so that no other text would help."""
    if isinstance(error, BulkRefusedError):
        return any(map(is_refused_for_good, error.refusals.values()))
    if not isinstance(error, ChangeRefusedError):
        return False
    return any(refusal.code == "permission" for refusal in error.refusals)


# --- Changing an order --------------------------------------------------------------------------

_TEXTS: Final = ("vendor", "invoice_id", "department", "user")
_DAYS: Final = ("ordered_on", "delivery_on", "due_on", "entered_on")
_NUMBERS: Final = ("quantity", "priority")
_REQUIRED: Final = frozenset({"ordered_on", "entered_on", "priority"})


def change(call: Call) -> Response:
    """Change what is known about an order, but not its status."""
    order = found(call)
    say, names = call.hub.speech.say, call.open_orders().names
    sheet = Sheet(call, order.version)
    for name, title in {
        "due_on": say("Due Date"),
        "delivery_on": say("Delivery date"),
        "ordered_on": say("Order date"),
    }.items():
        day: date | None = getattr(order, name)
        sheet.add(name, title, "date", "" if day is None else day.isoformat())
    for name, title in {
        "department": say("Department"),
        "user": say("User"),
        "vendor": say("Vendor"),
    }.items():
        known = [(each, each) for each in names[name]]
        sheet.add(name, title, "text", getattr(order, name) or "", choices=known)
    sheet.add("invoice_id", say("Invoice"), "text", order.invoice_id or "")
    for name, title in {"quantity": say("Quantity"), "priority": say("Priority")}.items():
        number: int | None = getattr(order, name)
        sheet.add(name, title, "number", "" if number is None else str(number))
    facts = {call.hub.client: "", **order.facts}
    for name, value in facts.items():
        _add_fact(call, sheet, name, value)
    return _amending(call, order, sheet, say("Change {order_id}", order_id=order.id), facts)


def _add_fact(call: Call, sheet: Sheet, name: str, value: object) -> None:
    say = call.hub.speech.say
    title = say("Client") if name == call.hub.client else name
    match value:
        case bool():
            lines = [("", ""), ("yes", say("yes")), ("no", say("no"))]
            sheet.add(f"fact.{name}", title, "choice", "yes" if value else "no", choices=lines)
        case date():
            sheet.add(f"fact.{name}", title, "date", value.isoformat())
        case _:
            sheet.add(f"fact.{name}", title, "text", str(value))


def correct_day(call: Call) -> Response:
    """Correct the first day of an order's stay in its present status."""
    order = found(call)
    say = call.hub.speech.say
    sheet = Sheet(call, order.version)
    status = title_of(call, order.order_type, order.status)
    sheet.add(
        "entered_on",
        say("First day in {status}", status=status),
        "date",
        order.entered_on.isoformat(),
        hint=say("The status before it then ended on this day."),
    )
    return _amending(
        call, order, sheet, say("Correct the day of {order_id}", order_id=order.id), {}
    )


def _amending(
    call: Call, order: ProductionOrder, sheet: Sheet, heading: str, facts: dict[str, Any]
) -> Response:
    say = call.hub.speech.say
    flow = call.flow(order.order_type)
    known = [each for each in flow.rules.reasons if not each.inactive]
    if known:
        lines = [("", say("no reason")), *((each.key, each.description) for each in known)]
        sheet.add("reason", say("Reason"), "choice", choices=lines)
    sheet.add("note", say("Note"), "note")

    def amended() -> Sequence[Change]:
        given = _amendments(sheet, facts)
        if "reason" in sheet.fields:
            given["reason"] = sheet.optional("reason")
        if not sheet.is_good:
            return ()
        amended = flow.amend(
            order,
            expect=sheet.expected,
            command_id=sheet.command_id(),
            note=sheet.text("note"),
            **given,
            **_who(call),
        )
        return [amended]

    if call.is_post:
        response = save(call, sheet, amended, address_of(order.id))
        if response is not None:
            return response
    return sheet_page(call, sheet, heading, address_of(order.id))


def _amendments(sheet: Sheet, facts: dict[str, Any]) -> dict[str, Any]:
    """The keywords of `amend` for what somebody has typed."""
    typed = [name for name in sheet.fields if sheet.is_typed(name)]
    given: dict[str, Any] = {name: sheet.optional(name) for name in _TEXTS if name in typed}
    for name in typed:
        if name in _REQUIRED:
            sheet.need(name)
        if name in _DAYS:
            given[name] = sheet.day(name)
        elif name in _NUMBERS:
            given[name] = sheet.number(name)
    changed = {
        name: sheet.fact(f"fact.{name}", _kind(value))
        for name, value in facts.items()
        if f"fact.{name}" in typed
    }
    return given | ({"facts": changed} if changed else {})


def sheet_page(call: Call, sheet: Sheet, heading: str, back: str, **more: object) -> Response:
    """A page with the fields of a sheet."""
    data = {"ok": call.hub.speech.say("OK"), "about": "", "template": "sheet.html"} | more
    name = str(data.pop("template"))
    return call.show(name, sheet.status, sheet=sheet, heading=heading, back=back, **data)


def split(call: Call) -> Response:
    """Split a part off an order."""
    order = found(call)
    say = call.hub.speech.say
    sheet = Sheet(call, order.version)
    hint = ""
    if order.quantity is not None:
        hint = say("of {count}", count=order.quantity)
    sheet.add(
        "order_id",
        say("Number of the part"),
        "text",
        _next_id(call, order),
        is_required=True,
        keeps=True,
    )
    sheet.add("quantity", say("Quantity of the part"), "number", is_required=True, hint=hint)
    sheet.add("note", say("Note"), "note")

    def parts() -> Sequence[Change]:
        sheet.need("order_id", "quantity")
        quantity = sheet.number("quantity")
        if not sheet.is_good or quantity is None:
            return ()
        return call.flow(order.order_type).split(
            order,
            [(sheet.text("order_id"), quantity)],
            expect=sheet.expected,
            command_id=sheet.command_id(),
            note=sheet.text("note"),
            **_who(call),
        )

    if call.is_post:
        response = save(call, sheet, parts, address_of(order.id))
        if response is not None:
            return response
    about = say("The part begins where the order is. A split can't be undone.")
    heading = say("Split {order_id}", order_id=order.id)
    return sheet_page(call, sheet, heading, address_of(order.id), about=about)


def reprint(call: Call) -> Response:
    """Order the same again."""
    order = found(call)
    say = call.hub.speech.say
    sheet = Sheet(call, order.version)
    flow = call.flow(order.order_type)
    known = [each for each in flow.rules.reasons if not each.inactive]
    sheet.add(
        "order_id",
        say("Number of the reprint"),
        "text",
        _next_id(call, order),
        is_required=True,
        keeps=True,
    )
    if known:
        lines = [("", say("choose")), *((each.key, each.description) for each in known)]
        sheet.add("reason", say("Reason"), "choice", choices=lines, is_required=True)
    else:
        sheet.add("reason", say("Reason"), "text", "reprint", is_required=True)
    sheet.add("ordered_on", say("Order date"), "date", call.today.isoformat(), is_required=True)
    sheet.add("delivery_on", say("Delivery date"), "date")
    quantity = "" if order.quantity is None else str(order.quantity)
    sheet.add("quantity", say("Quantity"), "number", quantity)
    sheet.add("note", say("Note"), "note")

    def ordered() -> Sequence[Change]:
        sheet.need("order_id", "reason", "ordered_on")
        days = sheet.day("ordered_on"), sheet.day("delivery_on")
        number = sheet.number("quantity")
        if not sheet.is_good or days[0] is None:
            return ()
        again = flow.reorder(
            order,
            order_id=sheet.text("order_id"),
            ordered_on=days[0],
            delivery_on=days[1],
            quantity=number,
            reason=sheet.text("reason"),
            command_id=sheet.command_id(),
            note=sheet.text("note"),
            **_who(call),
        )
        return [again]

    if call.is_post:
        response = save(call, sheet, ordered, address_of(sheet.text("order_id")))
        if response is not None:
            return response
    heading = say("Reprint of {order_id}", order_id=order.id)
    return sheet_page(call, sheet, heading, address_of(order.id))


def _next_id(call: Call, order: ProductionOrder) -> str:
    """A number that no order has yet, such as PO-7-2."""
    ids = [f"{order.id[:190]}-{number}" for number in range(2, 40)]
    taken = call.store.load(ids)
    return next((each for each in ids if each not in taken), "")


def _kind(value: object) -> type[object]:
    """The kind that a fact keeps; a new one is a text."""
    kinds: tuple[type[object], ...] = (bool, int, Decimal, date)
    return next((kind for kind in kinds if isinstance(value, kind)), str)
