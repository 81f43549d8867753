"""The types of forms, as type checkers see them; never run."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, assert_type

from prodflow import (
    Change,
    FlowSettings,
    OrderStore,
    ProductionFlow,
    ProductionOrder,
    StatusCycle,
)
from prodflow.forms import (
    Answer,
    FormProblem,
    Given,
    answer,
    edit_preferences,
    edit_statuses,
    edit_triggers,
    given,
    window,
)


def check_window(flow: ProductionFlow, order: ProductionOrder, today: date) -> None:
    """A window is data, and what was given goes into the next proposal."""
    proposal = flow.propose(order, today=today, by="Ann")
    choices = flow.choices(order, today=today, by="Ann")
    page = window(proposal, choices)
    assert_type(page, dict[str, Any])
    read = given({"to": "lab", "user": ["", "Eve"]}, page)
    assert_type(read, Given)
    assert_type(read.values, Mapping[str, Any])
    assert_type(read.versions, Mapping[str, int])
    assert_type(read.texts, Mapping[str, str])
    assert_type(read.problems, tuple[FormProblem, ...])
    assert_type(read.problems[0].field, str | None)
    flow.revise(proposal, **read.values)
    bulk = flow.propose_all([order], today=today, expect=read.versions, by="Ann")
    all_choices = flow.choices_all([order], today=today, by="Ann")
    window(
        bulk,
        all_choices,
        given=read,
        reasons=flow.rules.reasons,
        departments=["Lab"],
        users={"Eve"},
        cycles=[order.cycle],
        words={"Due Date": "Termin"},
    )


def check_answer(store: OrderStore, flow: ProductionFlow, at: datetime) -> None:
    """The changes of an answer can be saved, and the history comes from a store."""
    orders = store.load(["PO-1"]).values()
    form = {"shown": "{}", "ok": [""]}
    got = answer(flow, orders, form, today=at.date(), by="Ann", at=at, history=store.history)
    assert_type(got, Answer)
    assert_type(got.page, dict[str, Any])
    assert_type(got.changes, tuple[Change, ...])
    assert_type(got.command_id, str | None)
    store.save(*got.changes)


def check_edits(cycle: StatusCycle, settings: FlowSettings) -> None:
    """What was edited has the type of what there was."""
    page, edited = edit_statuses(cycle, {"save": ""}, taken=["lab"])
    assert_type(page, dict[str, Any])
    assert_type(edited, StatusCycle | None)
    page, changed = edit_triggers(settings, [cycle], [("save", "")])
    assert_type(changed, FlowSettings | None)
    page, changed = edit_preferences(settings, "prints", None)
    assert_type(changed, FlowSettings | None)


def check_forms_refuses(flow: ProductionFlow, order: ProductionOrder, today: date) -> None:
    """Each of these is a finding of both checkers."""
    window(order, [])  # type: ignore[arg-type]  # a proposal, not an order
    window(flow.propose(order, today=today, by="Ann"))  # type: ignore[call-arg]  # its choices
    given("to=lab", {})  # type: ignore[arg-type]  # as parse_qs reads it
    answer(flow, [order], today=today, by="Ann")  # type: ignore[call-arg]  # when it was pressed
    FormProblem("bad-date", "due_on", None)  # type: ignore[arg-type]  # a text for people
