"""What holds for the Status Change window as a web form: decisions D16, D20, D23 and D24.

Each law takes the functions `window` and `given`, so you can also run it against functions of your
own that call them.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from functools import partial
from typing import Any, Final

from prodflow import (
    BulkProposal,
    ProductionFlow,
    ProductionOrder,
    ProposedChange,
    Refusal,
    RuleError,
    Status,
    forms,
)
from prodflow.forms import Given
from prodflow.testing._cases import case
from prodflow.testing._law_steps import RECORDED, outcome
from prodflow.testing._posting import field_of, posted

Window = Callable[..., dict[str, Any]]
Reader = Callable[..., Given]


def an_untouched_window_gives_the_default_change(
    flow: ProductionFlow,
    orders: Sequence[ProductionOrder],
    today: date,
    *,
    window: Window = forms.window,
    given: Reader = forms.given,
) -> None:
    """A window that comes back untouched gives the change that `advance` gives (D16).

    So nothing is set by hand. This holds for the window of each order, and for the window of all.
    The window of a bulk of one order is the window of this order. If the orders differ in a field,
    a box empties it for all.
    """
    who: dict[str, Any] = {"today": today, "by": "Law"}
    at = RECORDED["at"]
    bulk = flow.propose_all(orders, **who)
    page = window(bulk, flow.choices_all(orders, **who), reasons=flow.rules.reasons)
    form = posted(page)
    read = given(form, form)
    assert (read.values, read.problems) == ({}, ())
    assert read.versions == {order.id: order.version for order in orders}
    again = flow.propose_all(orders, expect=read.versions, **who, **read.values)
    changes = outcome(partial(flow.accept_all, again, at=at))
    assert changes == outcome(partial(flow.advance_all, orders, at=at, **who))
    case("the orders differ in a field", any(field["is_several"] for field in page["fields"]))
    for name in ("to", "completed_on", "due_on", "department", "user"):
        found = (getattr(proposal, name) for proposal in bulk)
        values = {it.key if isinstance(it, Status) else it for it in found}  # in any version
        assert field_of(page, name)["is_several"] == (len(values) > 1)
    case("all orders advance", not isinstance(changes, RuleError))
    for field in page["fields"]:
        if field["empty"] is not None:
            form = posted(page, {field["empty"]: "on"})
            assert given(form, page).values == {field["name"]: None}
    for order in orders:
        proposal = outcome(partial(flow.propose, order, **who))
        if isinstance(proposal, ProposedChange):
            page = window(proposal, flow.choices(order, **who), reasons=flow.rules.reasons)
            alone = flow.propose_all([order], **who)
            lists = flow.choices_all([order], **who)
            assert window(alone, lists, reasons=flow.rules.reasons) == page
            form = posted(page)
            read = given(form, page)
            assert (read.values, read.problems) == ({}, ())
            change = outcome(partial(flow.accept, flow.propose(order, **who, **read.values), at=at))
            assert change == outcome(partial(flow.advance, order, at=at, **who))


def what_is_typed_stays_and_the_rest_follows(
    flow: ProductionFlow,
    orders: Sequence[ProductionOrder],
    today: date,
    typed: Sequence[tuple[str, str]],
    *,
    window: Window = forms.window,
    given: Reader = forms.given,
) -> None:
    """What a user types into a window stays, and the other fields follow, as by `revise` (D16).

    Args:
        flow: the flow.
        orders: orders of one type.
        today: the day of the change.
        typed: fields and their new texts, one after the other. After each, the form is posted and
            the window is shown again.
    """
    who: dict[str, Any] = {"today": today, "by": "Law"}
    lists = flow.choices_all(orders, **who)
    show = partial(window, choices=lists, reasons=flow.rules.reasons)
    bulk = flow.propose_all(orders, **who)
    page = show(bulk)
    changed = 0
    for name, text in typed:
        is_typed = field_of(page, name)["text"] not in _same(name, text)
        changed += is_typed
        case(f"{name} is typed", is_typed)
        form = posted(page, {name: text})
        read = given(form, form)
        assert read.problems == ()
        expected = flow.revise_all(bulk, **_keyword(name, text)) if is_typed else bulk
        bulk = flow.propose_all(orders, **{**who, **read.values})
        assert bulk == expected
        page = show(bulk, given=read)
        field = field_of(page, name)
        if is_typed and (name != "to" or text):
            assert field["text"] == _as_kept(name, text)
            assert field["is_given"] or not text.strip()
    case("several fields are typed", changed > 1)


def _keyword(name: str, text: str) -> dict[str, Any]:
    """The keyword that a typed text stands for."""
    match name:
        case "completed_on" | "due_on":
            return {name: date.fromisoformat(text) if (text := text.strip()) else None}
        case "not_complete":
            return {"current_complete": text != "on"}
        case "note":
            return {name: text}
        case "by":
            return {name: text.strip() or "Law"}
        case _:
            return {name: text.strip() or None}


def _same(name: str, text: str) -> tuple[str, str]:
    """The texts that don't differ from a typed one: white space around it doesn't count."""
    return text, text if name == "note" else text.strip()


def _as_kept(name: str, text: str) -> str:
    """The text that a field has after this text was typed into it."""
    kept = text if name == "note" else text.strip()
    return kept or ("Law" if name == "by" else "")


def whatever_is_posted_is_read(
    flow: ProductionFlow,
    orders: Sequence[ProductionOrder],
    today: date,
    form: Mapping[str, Any],
    *,
    window: Window = forms.window,
    given: Reader = forms.given,
) -> None:
    """Any posted form gives keywords that `propose_all` takes, and a window with every mistake.

    If the user posts this window without a change, the same mistakes and keywords come back.

    Args:
        flow: the flow.
        orders: orders of one type.
        today: the day of the change.
        form: what was posted instead of the fields. If it has no `shown`, it gets the right one.
    """
    who: dict[str, Any] = {"today": today, "by": "Law"}
    lists = flow.choices_all(orders, **who)
    show = partial(window, choices=lists, reasons=flow.rules.reasons)
    first = show(flow.propose_all(orders, **who))
    sent = {"shown": first["shown"], **form}
    read = given(sent, sent)
    case("the form has several mistakes", len(read.problems) > 1)
    case("the form gives something", read.values)
    if sent["shown"] == first["shown"]:
        _each_is_given_or_told(first, form, read)
    bulk = flow.propose_all(orders, **{**who, **read.values})
    page = show(bulk, given=read)
    _is_plain(page)
    told = [it for place in (page, *page["fields"]) for it in place["problems"] if not it["orders"]]
    assert sorted((it.code, it.message) for it in read.problems) == sorted(
        (it["code"], it["message"]) for it in told
    )
    for problem in read.problems:
        assert problem.field is None or problem.field in {it["field"] for it in told}
        assert not page["is_ready"]
    kept = [it for it in read.problems if it.field in read.texts]
    form = posted(page)
    again = given(form, form)
    assert flow.propose_all(orders, **{**who, **again.values}) == bulk
    assert [*again.problems] == kept
    assert show(bulk, given=again)["shown"] == page["shown"]


def _each_is_given_or_told(page: Mapping[str, Any], form: Mapping[str, Any], read: Given) -> None:
    """Each field that a user has changed is either given, or it has a mistake."""
    told = {problem.field for problem in read.problems}
    for field in page["fields"]:
        name = field["name"]
        posted: Any = form.get(name)
        texts: list[Any] = [*posted] if isinstance(posted, list) else [posted]  # pyright: ignore[reportUnknownArgumentType]  # anything may be posted
        text = texts[-1] if texts else None
        if name in told or field["kind"] in {"output", "flag"} or text is None:
            continue
        assert isinstance(text, str)
        if field["text"] in _same(name, text):
            continue
        expected = _keyword(name, text)[name]
        if name == "by" and not text.strip():
            assert name not in read.values
        elif name == "note":
            assert read.values[name] == text.replace("\r\n", "\n")
        else:
            assert read.values[name] == expected


def a_window_shows_every_refusal(
    flow: ProductionFlow,
    orders: Sequence[ProductionOrder],
    today: date,
    to: str | None = None,
    *,
    window: Window = forms.window,
) -> None:
    """A window shows every refusal at one place, and counts the orders that are refused (D23).

    Args:
        flow: the flow.
        orders: orders of one type.
        today: the day of the change.
        to: the key of the new status; None for the default.
    """
    who: dict[str, Any] = {"today": today, "by": "Law"}
    bulk = flow.propose_all(orders, to=to, **who)
    lists = flow.choices_all(orders, **who)
    page = window(bulk, lists, reasons=flow.rules.reasons)
    _is_plain(page)
    expected = _refusals(bulk)
    case("an order is refused", expected)
    places = [page, *page["fields"]]
    shown = [
        (order_id, problem["code"], problem["message"])
        for place in places
        for problem in place["problems"]
        for order_id in problem["orders"]
    ]
    assert sorted(shown) == sorted(expected)
    lines = [
        (line["id"], problem["code"], problem["message"])
        for line in page["orders"]
        for problem in line["problems"]
    ]
    assert sorted(lines) == sorted(expected)
    refused = {id_ for id_, code, _ in expected if code not in _TYPED}
    assert [line["id"] for line in page["orders"]] == [order.id for order in orders]
    assert {line["id"] for line in page["orders"] if line["is_refused"]} == refused
    assert (page["modified"], page["refused"]) == (len(orders) - len(refused), len(refused))
    assert page["is_ready"] == (len(bulk.ready) == len(orders))
    for name in _TYPED:
        needed = any(code == name for _, code, _ in expected)
        assert field_of(page, name)["is_required"] == needed
    rows = {line["text"]: line for line in field_of(page, "to")["choices"]}
    case("a status needs something", any(choice.needs for choice in lists))
    for choice in lists:
        row = rows[choice.status.key]
        assert row["is_refused"] == (not choice.open_to)
        assert row["needs"] == [*choice.needs]
        assert {id_ for it in row["problems"] for id_ in it["orders"]} == {*choice.refusals}


_TYPED: Final = frozenset({"note", "reason"})


def _refusals(bulk: BulkProposal) -> list[tuple[str, str, str]]:
    """The id of an order, the code and the message of each refusal in a bulk."""
    refused: list[tuple[str, Refusal | RuleError]] = [
        *((it.order.id, refusal) for it in bulk for refusal in it.refusals),
        *bulk.refusals.items(),
    ]
    return [(order_id, it.code, it.message) for order_id, it in refused]


def _is_plain(page: Mapping[str, Any]) -> None:
    """A page can become JSON and back without a change."""
    assert json.loads(json.dumps(page)) == page
