"""Functions for the Status Change window with one bug each, which the kit must catch.

Each changes what the real function gives. The table names the law that must catch it, from each of
three seeds.
"""

# ruff: noqa: ANN401 - the stand-ins pass on what the functions take

import json
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from typing import Any, Final

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from prodflow import ChangeRules, Move, ProductionFlow, ProductionOrder, forms
from prodflow.forms import Answer, Given
from prodflow.testing import laws
from prodflow.testing._cases import SHARED
from prodflow.testing._posting import odd_forms, typed_texts
from prodflow.testing._studio import CYCLE
from prodflow.testing._walks import walks_of

FLOW: Final = ProductionFlow()
RULED: Final = ProductionFlow(
    rules=ChangeRules(note_required=Move, allow_back=False, targets={"lab": ["check", "hold"]})
)
KEYS: Final = st.sampled_from([status.key for status in CYCLE])
WALKS: Final = walks_of(FLOW, CYCLE, min_size=4, max_size=9)
BUTTONS: Final = st.sampled_from(["ok", "without", "without", "recalculate"])
DAYS: Final = st.integers(-2, 9)


def selected(changes: Any) -> list[ProductionOrder]:
    """Several orders, each at another point of one walk."""
    orders = [change.order for change in changes[::-2]]
    return [evolve(order, id=f"PO-{number}") for number, order in enumerate(orders)]


class _Windows:
    """The laws of the window, for any functions; not collected, for its name."""

    answer: Any = staticmethod(forms.answer)
    window: Any = staticmethod(forms.window)
    reader: Any = staticmethod(forms.given)

    @SHARED
    @given(walk=WALKS, days=DAYS)
    def test_untouched(self, walk: Any, days: int) -> None:
        """Post a window as it was shown."""
        orders = selected(walk.changes)
        today = orders[0].begun_on + timedelta(days)
        for flow in (FLOW, RULED):
            laws.an_untouched_window_gives_the_default_change(
                flow, orders, today, window=self.window, given=self.reader
            )

    @SHARED
    @given(walk=WALKS, days=DAYS, typed=st.lists(typed_texts(KEYS), min_size=14, max_size=18))
    def test_typed(self, walk: Any, days: int, typed: Any) -> None:
        """Type into the fields."""
        orders = selected(walk.changes)
        today = orders[0].begun_on + timedelta(days)
        for some in (orders, orders[:1]):
            laws.what_is_typed_stays_and_the_rest_follows(
                FLOW, some, today, typed, window=self.window, given=self.reader
            )

    @SHARED
    @given(walk=WALKS, days=DAYS, posted=st.lists(odd_forms(KEYS), min_size=4, max_size=8))
    def test_odd(self, walk: Any, days: int, posted: Any) -> None:
        """Post anything."""
        orders = selected(walk.changes)
        today = orders[0].begun_on + timedelta(days)
        for form in posted:
            laws.whatever_is_posted_is_read(
                FLOW, orders, today, form, window=self.window, given=self.reader
            )

    @SHARED
    @given(walk=WALKS, days=DAYS)
    def test_refused(self, walk: Any, days: int) -> None:
        """Show what is refused."""
        orders = selected(walk.changes)
        today = orders[0].begun_on + timedelta(days)
        for to in (None, *[status.key for status in CYCLE]):
            laws.a_window_shows_every_refusal(RULED, orders, today, to, window=self.window)

    @SHARED
    @given(walk=WALKS, typed=st.lists(typed_texts(KEYS), max_size=2), do=BUTTONS)
    def test_parts(self, walk: Any, typed: Any, do: str) -> None:
        """Type, and press a button."""
        orders = selected(walk.changes)
        laws.an_answer_is_what_its_parts_give(
            FLOW, orders, orders[0].begun_on, dict(typed), do, answer=self.answer
        )

    @SHARED
    @given(walk=WALKS, do=st.sampled_from(["ok", "without"]))
    def test_moved(self, walk: Any, do: str) -> None:
        """Change an order while somebody looks at it."""
        first, *others, last = walk.changes
        now = evolve(first.order, id="PO-2"), evolve(last.order, id=first.order.id)
        entries = [change.entry for change in (*others, last)]
        laws.an_answer_changes_only_what_was_seen(
            FLOW,
            [evolve(first.order, id="PO-2"), first.order],
            [*now, evolve(first.order, id="PO-3")],
            entries,
            last.order.begun_on,
            do=do,
            answer=self.answer,
        )

    @SHARED
    @given(walk=WALKS, typed=st.lists(typed_texts(KEYS), max_size=2))
    def test_command(self, walk: Any, typed: Any) -> None:
        """Send a form twice."""
        orders = [change.order for change in walk.changes[:1]]
        laws.a_form_has_one_command(FLOW, orders, orders[0].begun_on, typed, answer=self.answer)


# Wrong readers


def read(form: Any, shown: Any, **values: Any) -> Given:
    """What the real reader gives, with other values."""
    right = forms.given(form, shown)
    return evolve(right, values={**right.values, **values})


def state(shown: Any) -> dict[str, Any]:
    """What the page showed."""
    text = shown["shown"]
    found: dict[str, Any] = json.loads(text[-1] if isinstance(text, list) else text)
    return found


def without(right: Given, *names: str) -> Given:
    """The same without some keywords."""
    kept = {name: value for name, value in right.values.items() if name not in names}
    return evolve(right, values=kept)


def gives_the_due_date_shown(form: Any, shown: Any) -> Given:
    """Set every due date by hand."""
    right = forms.given(form, shown)
    text = right.texts.get("due_on")
    return read(form, shown, due_on=date.fromisoformat(text)) if text else right


def gives_who_is_shown(form: Any, shown: Any) -> Given:
    """Set the user by hand."""
    right = forms.given(form, shown)
    user = right.texts.get("user", "").strip()
    return read(form, shown, user=user or None)


def gives_all_when_one_is_typed(form: Any, shown: Any) -> Given:
    """Keep the department of the old status after another was picked."""
    right = forms.given(form, shown)
    department = right.texts.get("department", "").strip()
    return read(form, shown, department=department or None) if "to" in right.values else right


def keeps_the_derived_due_date(form: Any, shown: Any) -> Given:
    """Keep the due date of the old status after another was picked."""
    right = forms.given(form, shown)
    return gives_the_due_date_shown(form, shown) if "to" in right.values else right


def drops_empty_texts(form: Any, shown: Any) -> Given:
    """Take an emptied field for an untouched one."""
    right = forms.given(form, shown)
    return without(right, *(name for name, value in right.values.items() if value is None))


def forgets_what_was_given(form: Any, shown: Any) -> Given:
    """Read only what was typed in this round."""
    before = state(shown) | {"given": []}
    return forms.given(form, {"shown": json.dumps(before)})


def unticked_is_untouched(form: Any, shown: Any) -> Given:
    """Read a box only if it's ticked."""
    right = forms.given(form, shown)
    return right if "not_complete" in form else without(right, "current_complete")


def the_box_always_wins(form: Any, shown: Any) -> Given:
    """Drop a date that was typed after the box was ticked."""
    right = forms.given(form, shown)
    if not state(shown)["texts"]["not_complete"] or "completed_on" not in right.values:
        return right
    return evolve(without(right, "completed_on"), values={"current_complete": False})


def keeps_line_breaks(form: Any, shown: Any) -> Given:
    """Keep the line breaks of a browser."""
    right = forms.given(form, shown)
    if "note" not in right.values:
        return right
    return read(form, shown, note=right.values["note"].replace("\n", "\r\n"))


def keeps_white_space(form: Any, shown: Any) -> Given:
    """Keep the white space around a name."""
    right = forms.given(form, shown)
    names = [name for name in ("user", "department", "by") if right.values.get(name)]
    return read(form, shown, **{name: form[name][-1] for name in names})


def forgets_the_versions(form: Any, shown: Any) -> Given:
    """Say nothing of the orders."""
    return evolve(forms.given(form, shown), versions={})


def tells_the_first_mistake(form: Any, shown: Any) -> Given:
    """Stop at the first mistake."""
    right = forms.given(form, shown)
    return evolve(right, problems=right.problems[:1])


def raises_for_a_bad_date(form: Any, shown: Any) -> Given:
    """Let the error of a date out."""
    right = forms.given(form, shown)
    if any(problem.code == "bad-date" for problem in right.problems):
        raise ValueError("Invalid isoformat string")
    return right


def raises_for_a_damaged_page(form: Any, shown: Any) -> Given:
    """Trust what comes back from the page."""
    state(shown)
    return forms.given(form, shown)


def trusts_numbers(form: Any, shown: Any) -> Given:
    """Pass on what isn't text."""
    user = form.get("user")
    return read(form, shown, user=user) if user is not None else forms.given(form, shown)


def takes_a_bad_date_for_none(form: Any, shown: Any) -> Given:
    """Take what isn't a date for no date."""
    right = forms.given(form, shown)
    bad = {str(it.field): None for it in right.problems if it.code == "bad-date"}
    return evolve(right, values={**right.values, **bad}, problems=[])


WRONG_READERS: Final[dict[Callable[..., Given], str]] = {
    gives_the_due_date_shown: "test_untouched",
    gives_who_is_shown: "test_untouched",
    gives_all_when_one_is_typed: "test_typed",
    keeps_the_derived_due_date: "test_typed",
    drops_empty_texts: "test_typed",
    forgets_what_was_given: "test_typed",
    unticked_is_untouched: "test_typed",
    the_box_always_wins: "test_typed",
    keeps_line_breaks: "test_typed",
    keeps_white_space: "test_typed",
    forgets_the_versions: "test_untouched",
    tells_the_first_mistake: "test_odd",
    raises_for_a_bad_date: "test_odd",
    raises_for_a_damaged_page: "test_odd",
    trusts_numbers: "test_odd",
    takes_a_bad_date_for_none: "test_odd",
}


# Wrong windows


def shown_as(page: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """The page with other contents of its hidden field."""
    return {**page, "shown": json.dumps(json.loads(page["shown"]) | changes)}


def altered(page: dict[str, Any], name: str, **changes: Any) -> dict[str, Any]:
    """The page with a field changed."""
    fields = [it | changes if it["name"] == name else it for it in page["fields"]]
    return {**page, "fields": fields}


def named(page: dict[str, Any], name: str) -> dict[str, Any]:
    """A field."""
    field: dict[str, Any] = next(it for it in page["fields"] if it["name"] == name)
    return field


def writes_several(*args: Any, **given: Any) -> dict[str, Any]:
    """Write "several" as the value of a field."""
    page = forms.window(*args, **given)
    for name in ("department", "user", "due_on", "completed_on"):
        if named(page, name)["is_several"]:
            page = altered(page, name, text="several")
    return page


def shows_the_first_of_several(*args: Any, **given: Any) -> dict[str, Any]:
    """Show the due date of the first order as that of all."""
    page = forms.window(*args, **given)
    if not named(page, "due_on")["is_several"]:
        return page
    first = next(it["due_on"] for it in page["orders"] if it["due_on"] is not None)
    texts = json.loads(page["shown"])["texts"] | {"due_on": first}
    page = altered(page, "due_on", text=first, is_several=False, empty=None)
    return shown_as(page, texts=texts)


def forgets_the_given(*args: Any, **given: Any) -> dict[str, Any]:
    """Remember no field as given."""
    return shown_as(forms.window(*args, **given), given=[])


def remembers_other_texts(*args: Any, **given: Any) -> dict[str, Any]:
    """Show a text and remember none."""
    page = forms.window(*args, **given)
    texts = json.loads(page["shown"])["texts"] | {"to": ""}
    return shown_as(page, texts=texts)


def selects_no_line(*args: Any, **given: Any) -> dict[str, Any]:
    """Select no status, so that a browser posts the first."""
    page = forms.window(*args, **given)
    lines = [line | {"is_selected": False} for line in named(page, "to")["choices"]]
    return altered(page, "to", choices=lines)


def drops_the_typed_text(*args: Any, **given: Any) -> dict[str, Any]:
    """Show the default instead of a text with a mistake."""
    read = given.get("given")
    return forms.window(*args, **given | {"given": read and evolve(read, texts={})})


def hides_mistakes(*args: Any, **given: Any) -> dict[str, Any]:
    """Show no mistake of the form."""
    read = given.get("given")
    return forms.window(*args, **given | {"given": read and evolve(read, problems=())})


def hides_what_has_no_field(*args: Any, **given: Any) -> dict[str, Any]:
    """Show problems only if a field has them."""
    return {**forms.window(*args, **given), "problems": []}


def hides_refusals(*args: Any, **given: Any) -> dict[str, Any]:
    """Show no problem of the new status."""
    return altered(forms.window(*args, **given), "to", problems=[])


def counts_all(*args: Any, **given: Any) -> dict[str, Any]:
    """Count the refused orders too."""
    page = forms.window(*args, **given)
    return {**page, "modified": len(page["orders"])}


def needs_are_refusals(*args: Any, **given: Any) -> dict[str, Any]:
    """Take an order that needs a note for a refused one."""
    page = forms.window(*args, **given)
    return {
        **page,
        "orders": [line | {"is_refused": bool(line["problems"])} for line in page["orders"]],
    }


def is_always_ready(*args: Any, **given: Any) -> dict[str, Any]:
    """Say that OK is possible."""
    return {**forms.window(*args, **given), "is_ready": True}


def asks_for_no_note(*args: Any, **given: Any) -> dict[str, Any]:
    """Mark no field as required."""
    return altered(forms.window(*args, **given), "note", is_required=False)


def offers_every_status(*args: Any, **given: Any) -> dict[str, Any]:
    """Grey out no status."""
    page = forms.window(*args, **given)
    lines = [line | {"is_refused": False} for line in named(page, "to")["choices"]]
    return altered(page, "to", choices=lines)


def asks_in_no_list(*args: Any, **given: Any) -> dict[str, Any]:
    """Say of no status that it needs a note."""
    page = forms.window(*args, **given)
    lines = [line | {"needs": []} for line in named(page, "to")["choices"]]
    return altered(page, "to", choices=lines)


def has_tuples(*args: Any, **given: Any) -> dict[str, Any]:
    """Hold tuples, which JSON doesn't have."""
    page = forms.window(*args, **given)
    return {**page, "problems": tuple(page["problems"])}


WRONG_WINDOWS: Final[dict[Callable[..., Mapping[str, Any]], str]] = {
    writes_several: "test_untouched",
    shows_the_first_of_several: "test_untouched",
    forgets_the_given: "test_typed",
    remembers_other_texts: "test_untouched",
    selects_no_line: "test_untouched",
    drops_the_typed_text: "test_odd",
    hides_mistakes: "test_odd",
    hides_what_has_no_field: "test_odd",
    hides_refusals: "test_refused",
    counts_all: "test_refused",
    needs_are_refusals: "test_refused",
    is_always_ready: "test_refused",
    asks_for_no_note: "test_refused",
    offers_every_status: "test_refused",
    asks_in_no_list: "test_refused",
    has_tuples: "test_refused",
}


# Wrong answers


def pressing_ok(form: Any) -> dict[str, Any]:
    """The form, as if OK had been pressed."""
    others = {"recalculate", "without"}
    kept = {name: text for name, text in (form or {}).items() if name not in others}
    return kept and {**kept, "ok": ""}


def forgets_the_form(flow: Any, orders: Any, form: Any = None, **given: Any) -> Answer:
    """Change what the window suggests, whatever the user types."""
    kept = {"shown", "ok", "recalculate", "without"}
    texts = {name: text for name, text in (form or {}).items() if name in kept}
    return forms.answer(flow, orders, texts, **given)


def leaves_out_nothing(flow: Any, orders: Any, form: Any = None, **given: Any) -> Answer:
    """Take "Go on without the refused orders" for OK."""
    return forms.answer(flow, orders, pressing_ok(form), **given)


def saves_at_every_button(flow: Any, orders: Any, form: Any = None, **given: Any) -> Answer:
    """Take "Recalculate" for OK."""
    form = pressing_ok(form) if form and "recalculate" in form else form
    return forms.answer(flow, orders, form, **given)


def trusts_the_page(flow: Any, orders: Any, form: Any = None, **given: Any) -> Answer:
    """Change orders that the user has seen in an earlier version."""
    if form:
        versions = {order.id: order.version for order in orders}
        form = {**form, "shown": json.dumps({**state(form), "versions": versions})}
    return forms.answer(flow, orders, form, **given)


def tells_nobody(flow: Any, orders: Any, form: Any = None, **given: Any) -> Answer:
    """Leave out who has changed an order."""
    return forms.answer(flow, orders, form, **{**given, "history": None})


def numbers_by_versions(flow: Any, orders: Any, form: Any = None, **given: Any) -> Answer:
    """Take the same command id for every form about the same versions."""
    right = forms.answer(flow, orders, form, **given)
    number = right.command_id and str(state(form)["versions"])
    changes = [
        evolve(change, entry=evolve(change.entry, command_id=number)) for change in right.changes
    ]
    return Answer(right.page, changes, number)


def numbers_by_orders(flow: Any, orders: Any, form: Any = None, **given: Any) -> Answer:
    """Take another command id if the orders have changed."""
    right = forms.answer(flow, orders, form, **given)
    number = right.command_id and right.command_id[:32] + str([it.version for it in orders])
    changes = [
        evolve(change, entry=evolve(change.entry, command_id=number)) for change in right.changes
    ]
    return Answer(right.page, changes, number)


WRONG_ANSWERS: Final[dict[Callable[..., Answer], str]] = {
    forgets_the_form: "test_parts",
    leaves_out_nothing: "test_parts",
    saves_at_every_button: "test_parts",
    trusts_the_page: "test_moved",
    tells_nobody: "test_moved",
    numbers_by_versions: "test_command",
    numbers_by_orders: "test_command",
}


def _run(law: Callable[[], None]) -> None:
    law()


def _suite(**functions: Any) -> type[_Windows]:
    wrapped = {name: staticmethod(function) for name, function in functions.items()}
    return type("_Suite", (_Windows,), wrapped)


@pytest.mark.scaled
@pytest.mark.parametrize("law", [name for name in dir(_Windows) if name.startswith("test_")])
def test_the_right_functions_are_not_caught(law: str, hunt: Callable[..., list[bool]]) -> None:
    """The functions without a bug pass every law."""
    assert not any(hunt(_Windows, law, _run))


@pytest.mark.scaled
@pytest.mark.parametrize(
    ("wrong", "law"),
    [pytest.param(wrong, law, id=wrong.__name__) for wrong, law in WRONG_READERS.items()],
)
def test_a_wrong_reader_is_caught(
    wrong: Callable[..., Given], law: str, hunt: Callable[..., list[bool]]
) -> None:
    """Each bug is caught by the law that it breaks, from every seed."""
    assert all(hunt(_suite(reader=wrong), law, _run))


@pytest.mark.scaled
@pytest.mark.parametrize(
    ("wrong", "law"),
    [pytest.param(wrong, law, id=wrong.__name__) for wrong, law in WRONG_WINDOWS.items()],
)
def test_a_wrong_window_is_caught(
    wrong: Callable[..., Any], law: str, hunt: Callable[..., list[bool]]
) -> None:
    """Each bug is caught by the law that it breaks, from every seed."""
    assert all(hunt(_suite(window=wrong), law, _run))


@pytest.mark.scaled
@pytest.mark.parametrize(
    ("wrong", "law"),
    [pytest.param(wrong, law, id=wrong.__name__) for wrong, law in WRONG_ANSWERS.items()],
)
def test_a_wrong_answer_is_caught(
    wrong: Callable[..., Answer], law: str, hunt: Callable[..., list[bool]]
) -> None:
    """Each bug is caught by the law that it breaks, from every seed."""
    assert all(hunt(_suite(answer=wrong), law, _run))
