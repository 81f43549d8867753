"""The Status Change window, for one order or for many.

Theory of operation. `prodflow.forms.answer` does the work: it gives the window to show, or the
changes to save. The browser keeps everything between two requests, in the hidden field `shown`.
So a window that was posted is about the orders that it showed, whatever its address says.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final
from urllib.parse import parse_qsl

from starlette.responses import Response

from prodflow import ProductionOrder, forms
from prodflow_hub._filters import LONGEST, Filters, cleaned
from prodflow_hub._hub import SAVED, Call
from prodflow_hub._rows import type_name
from prodflow_hub._sheets import meaning
from prodflow_hub._undoing import without_notices

MOST: Final = 5_000
"""How many orders one window may change."""
_LINES: Final = 60
"""How many of its orders a window lists, besides those with problems."""


def advance(call: Call) -> Response:
    """The Status Change window: to show, or to save."""
    ids = _asked(call)
    orders = [*call.store.load(ids).values()]
    scanned = call.request.query_params.get("scan") or call.form.get("scan")
    if not orders and scanned:
        typed = cleaned(call.request.query_params.get("ids", ""))
        return call.go(without_notices(call.back()), unknown=typed or "?")
    if not orders:
        return message(call, call.hub.speech.say("Choose the orders first."))
    types = Counter(order.order_type for order in orders)
    if len(types) > 1:
        listed = ", ".join(
            f"{call.hub.speech.number(count)} {type_name(call, key)}"
            for key, count in types.most_common()
        )
        say = call.hub.speech.say
        return message(call, say("Choose orders of one type: {types}", types=listed))
    answer = _answer(call, orders)
    if answer.changes:
        call.store.save(*answer.changes)
    if answer.command_id and call.store.entries_of(answer.command_id):
        notices = {SAVED: answer.command_id} | ({"scan": "1"} if scanned else {})
        return call.go(without_notices(call.back()), **notices)
    return _shown(call, answer.page, orders, is_saving=answer.command_id is not None)


def _asked(call: Call) -> list[str]:
    """The ids of the orders: those that a posted window showed, or those that the address names."""
    if call.is_post:
        versions = forms.given(call.form, call.form).versions
        if versions:
            return [*versions][:MOST]
    params = call.request.query_params
    if "match" in params:
        filters = Filters.of(parse_qsl(params["match"]))
        return [order.id for order in call.store.find(filters.query(call.today, limit=MOST))]
    return [id_ for id_ in dict.fromkeys(params.getlist("ids")) if is_id(id_)][:MOST]


def is_id(text: str) -> bool:
    """Whether a text can be the id of an order."""
    return 0 < len(text) <= LONGEST and text.isprintable() and not text.isspace()


def _answer(call: Call, orders: Sequence[ProductionOrder]) -> forms.Answer:
    names = call.open_orders().names
    keywords: dict[str, Any] = {
        "today": call.today,
        "by": call.visitor.name,
        "roles": call.visitor.roles,
        "at": call.at,
        "departments": names["department"],
        "users": names["user"],
        "cycles": call.cycles,
        "history": call.store.history,
        "words": call.hub.speech.words,
    }
    flow = call.flow(orders[0].order_type)
    if call.is_post:
        return forms.answer(flow, orders, call.form, **keywords)
    answer = forms.answer(flow, orders, **keywords)
    to = call.request.query_params.get("to")
    if to is None:
        return answer
    # The link already names a status, as if somebody had chosen it.
    fields = [it for it in answer.page["fields"] if it["text"] or it["kind"] != "flag"]
    form = {it["name"]: it["text"] for it in fields} | {"shown": answer.page["shown"], "to": to}
    return forms.answer(flow, orders, form, **keywords)


def _shown(
    call: Call, page: Mapping[str, Any], orders: Sequence[ProductionOrder], *, is_saving: bool
) -> Response:
    codes = {problem["code"] for problem in _problems(page)}
    status = 200
    if is_saving:
        is_moved = any(line["is_moved"] for line in page["orders"])
        status = 409 if is_moved else 403 if "permission" in codes else 422
    lines = [line for line in page["orders"] if line["problems"]]
    others = [line for line in page["orders"] if not line["problems"]]
    return call.show(
        "window.html",
        status,
        page=page,
        lines=[*lines, *others[:_LINES]],
        left=max(0, len(others) - _LINES),
        single=orders[0] if len(orders) == 1 else None,
        back=call.back(),
        hints={it["name"]: meaning(call, it["name"]) for it in page["fields"]},
        scan=bool(call.request.query_params.get("scan") or call.form.get("scan")),
    )


def _problems(page: Mapping[str, Any]) -> Iterable[Mapping[str, Any]]:
    yield from page["problems"]
    for item in (*page["fields"], *page["orders"]):
        yield from item["problems"]


def message(call: Call, text: str) -> Response:
    """A page that only says why something can't be done."""
    return call.show("message.html", 422, message=text, back=call.back())
