"""What holds for the answer to a Status Change window: decisions D22 and D23.

Each law takes the function `answer`, so you can also run it against a function of your own that
calls it.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from functools import partial
from typing import Any, Final

from attrs import evolve

from prodflow import (
    BulkRefusedError,
    HistoryEntry,
    ProductionFlow,
    ProductionOrder,
    forms,
)
from prodflow.forms import Answer
from prodflow.testing._cases import case
from prodflow.testing._law_steps import RECORDED, outcome
from prodflow.testing._posting import posted

Answering = Callable[..., Answer]
_WHO: Final[dict[str, Any]] = {"by": "Law", "at": RECORDED["at"]}
_SAVING: Final = frozenset({"ok", "without"})


def an_answer_is_what_its_parts_give(
    flow: ProductionFlow,
    orders: Sequence[ProductionOrder],
    today: date,
    form: Mapping[str, Any],
    do: str,
    *,
    answer: Answering = forms.answer,
) -> None:
    """An answer is what `given`, `propose_all`, `window` and `accept_all` give, for any form (D23).

    "Go on without the refused orders" is OK for the others. If `accept_all` refuses a window that
    was ready, the window shows why.

    Args:
        flow: the flow.
        orders: orders of one type.
        today: the day of the change.
        form: what was posted instead of the fields.
        do: the button: "ok", "recalculate" or "without".
        answer: the function.
    """
    new = answer(flow, orders, today=today, **_WHO)
    assert (new.changes, new.command_id) == ((), None)
    assert new.page == _window(flow, orders, today, None)[1]
    assert answer(flow, orders, {}, today=today, **_WHO) == new
    sent = {**posted(new.page), **form, do: ""}
    read = forms.given(sent, sent)
    got = answer(flow, orders, sent, today=today, **_WHO)
    if do == "without" and read.versions:
        left = [order for order in orders if order.id not in _refused(new.page)]
        case("some orders are left", 0 < len(left) < len(orders))
        if left:
            orders = left
            read = evolve(read, versions={order.id: order.version for order in left})
        else:
            do = "recalculate"
    bulk, page = _window(flow, orders, today, read)
    is_saving = do in _SAVING and bool(read.versions)
    assert (got.command_id is not None) == is_saving
    case("the window is ready", page["is_ready"])
    if not (is_saving and page["is_ready"]):
        assert (got.page, got.changes) == (page, ())
        return
    accept = partial(flow.accept_all, bulk, at=_WHO["at"], command_id=got.command_id)
    changes = outcome(accept)
    if isinstance(changes, BulkRefusedError):
        assert got.changes == ()
        assert not got.page["is_ready"]
        assert {*changes.refusals} <= _refused(got.page)
    else:
        assert (got.page, got.changes) == (page, changes)


def _window(
    flow: ProductionFlow, orders: Sequence[ProductionOrder], today: date, read: forms.Given | None
) -> tuple[Any, dict[str, Any]]:
    """The proposals and the window, made by the parts."""
    who: dict[str, Any] = {"today": today, "by": "Law", "recorded_by": "Law"}
    who |= {} if read is None else read.values
    bulk = flow.propose_all(orders, **who)
    lists = flow.choices_all(orders, today=today, by=who["by"], recorded_by="Law")
    zone = _WHO["at"].tzinfo
    return bulk, forms.window(bulk, lists, given=read, reasons=flow.rules.reasons, zone=zone)


def _refused(page: Mapping[str, Any]) -> set[str]:
    return {line["id"] for line in page["orders"] if line["is_refused"]}


def an_answer_changes_only_what_was_seen(
    flow: ProductionFlow,
    seen: Sequence[ProductionOrder],
    now: Sequence[ProductionOrder],
    entries: Iterable[HistoryEntry],
    today: date,
    *,
    do: str = "ok",
    answer: Answering = forms.answer,
) -> None:
    """If an order has changed since the user saw it, nothing is saved; the window says so (D22).

    It says who changed the order, and when. If the user presses the button again, the change counts
    for the order as it is now. Orders that the page didn't show never change.

    Args:
        flow: the flow.
        seen: the orders that the page showed.
        now: the orders as they are now: those of *seen*, some of them in later versions, and
            perhaps further ones.
        entries: the entries of the orders that have changed.
        today: the day of the change.
        do: the button: "ok" or "without".
        answer: the function.
    """
    entries = tuple(entries)

    def history(order_id: str, /, *, after: int) -> list[HistoryEntry]:
        return [it for it in entries if it.order_id == order_id and it.sequence > after]

    page = answer(flow, seen, today=today, **_WHO).page
    versions = {order.id: order.version for order in seen}
    left = {*versions} - (_refused(page) if do == "without" else set())
    moved = {order.id for order in now if versions.get(order.id, order.version) < order.version}
    for_now = {"today": today, "history": history, **_WHO}
    got = answer(flow, now, {**posted(page), do: ""}, **for_now)
    case("an order has changed", moved & left)
    case("nothing has changed", not moved)
    assert {line["id"] for line in got.page["orders"]} == (left or {*versions})
    assert not got.changes or {change.order.id for change in got.changes} == left
    if not moved & left:
        return
    assert got.changes == ()
    told = [it for it in got.page["problems"] if it["code"] == "order-moved"]
    assert {order_id for it in told for order_id in it["orders"]} == moved & left
    for problem in told:
        (order_id,) = problem["orders"]
        last = history(order_id, after=versions[order_id])[-1]
        assert problem["message"].fields["by"] == last.by
        assert problem["message"].fields["at"] == last.at
    again = answer(flow, now, {**posted(got.page), "ok": ""}, **for_now)
    case("the next OK counts", again.changes)
    assert all(it["code"] != "order-moved" for it in again.page["problems"])


def a_form_has_one_command(
    flow: ProductionFlow,
    orders: Sequence[ProductionOrder],
    today: date,
    typed: Sequence[tuple[str, str]],
    *,
    answer: Answering = forms.answer,
) -> None:
    """A form that is sent twice has one command id, and any other form has another one (D22).

    All changes of an answer have its command id.

    Args:
        flow: the flow.
        orders: orders of one type.
        today: the day of the change.
        typed: fields and their new texts.
        answer: the function.
    """
    who = {"today": today, **_WHO}
    page = answer(flow, orders, **who).page
    form = {**posted(page, dict(typed)), "ok": ""}
    got = answer(flow, orders, form, **who)
    assert got.command_id is not None
    assert all(change.entry.command_id == got.command_id for change in got.changes)
    case("there are changes", got.changes)
    saved = {change.order.id: change.order for change in got.changes}
    now = [saved.get(order.id, order) for order in orders]
    twice = answer(flow, now, form, **who)
    assert twice.command_id == got.command_id
    assert not (twice.changes and saved)
    others = [
        answer(flow, orders, form, **who | {"by": "Eve"}),
        answer(flow, orders, form, **who, facts={"law": None}),
        answer(flow, orders, {**form, "note": "another"}, **who),
    ]
    if saved:
        page = answer(flow, now, **who).page
        others.append(answer(flow, now, {**posted(page, dict(typed)), "ok": ""}, **who))
    ids = [got.command_id, *(other.command_id for other in others)]
    assert len({*ids}) == len(ids)
