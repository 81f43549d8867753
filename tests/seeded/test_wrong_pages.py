"""Pages of grids, and functions that read them, with one bug each, which the kit must catch.

Each changes what the real function takes or gives. The tables name the law that must catch it, from
each of three seeds.
"""

# ruff: noqa: ANN401 - the stand-ins pass on what the functions take

from collections.abc import Callable, Iterable
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prodflow import (
    CreateTask,
    DaysInStatus,
    Entering,
    Move,
    SendMessage,
    StatusCycle,
    Trigger,
    Where,
    forms,
)
from prodflow.testing import laws
from prodflow.testing._cases import SHARED
from prodflow.testing._forms import page_forms, status_forms, trigger_forms
from prodflow.testing._studio import CYCLE

Data = dict[str, Any]
TRIGGERS: Final = (
    Trigger(
        "call",
        DaysInStatus("lab", 3),
        CreateTask("Call the lab"),
        description="Call\nthe lab",
        condition=Where(vendor={"West Lab"}, user=["Ada", None], facts={"rush": True, "size": "5"}),
    ),
    Trigger(
        "tell",
        Entering("gone", moves=[Move.NEXT, Move.SKIP]),
        SendMessage("ready", channels=["sms", "email"]),
        condition=Where(department=None),
        enabled=False,
    ),
)


class _Pages:
    """The laws of pages, for any functions; not collected, for its name."""

    page: Any = staticmethod(forms.page)
    posted: Any = staticmethod(forms.posted_rows)

    @SHARED
    @given(st.sampled_from([CYCLE, CYCLE.replace("lab", default_user="Ada")]))
    def test_untouched(self, cycle: StatusCycle) -> None:
        """Post a page as it was shown."""
        laws.an_untouched_page_changes_nothing(cycle, TRIGGERS, page=self.page, posted=self.posted)

    @SHARED
    @given(st.sampled_from(["x", "5", "client = Lee", "West\nEast"]))
    def test_typed(self, typed: str) -> None:
        """Change each field."""
        for number in range(3):
            laws.a_field_of_a_page_changes_alone(
                CYCLE, TRIGGERS, number, typed, page=self.page, posted=self.posted
            )

    def test_buttons(self) -> None:
        """Press each button."""
        laws.buttons_move_one_row(CYCLE, page=self.page, posted=self.posted)

    @SHARED
    @given(status_forms(CYCLE), trigger_forms(TRIGGERS))
    def test_problems(self, rows: Any, others: Any) -> None:
        """Show what is wrong."""
        laws.a_page_shows_every_problem_once(rows, others, CYCLE, page=self.page)

    @SHARED
    @given(page_forms(CYCLE, TRIGGERS))
    def test_odd(self, form: Any) -> None:
        """Post anything."""
        laws.whatever_is_posted_gives_a_page(
            CYCLE, TRIGGERS, form, page=self.page, posted=self.posted
        )


# Wrong pages


def fields(shown: Data) -> list[Data]:
    """The fields of a page."""
    return [field for row in shown["rows"] for field in row["fields"]]


def knows_only_its_lists(grid: Any, *args: Any, **more: Any) -> Data:
    """A value that isn't in the list is lost."""
    shown = forms.page(grid, *args, **more)
    known = {
        column["field"]: {"", *(it["value"] for it in column["choices"] or [])}
        for column in grid["columns"]
    }
    for field in fields(shown):
        if field["kind"] == "choice":
            lines = [it for it in field["choices"] if it["text"] in known[field["field"]]]
            field["choices"] = lines
    return shown


def sorts_its_lists(*args: Any, **more: Any) -> Data:
    """The lines that are chosen have no sequence."""
    shown = forms.page(*args, **more)
    for field in fields(shown):
        field["choices"].sort(key=lambda line: line["text"])
    return shown


def has_one_line_for_each_text(*args: Any, **more: Any) -> Data:
    """A text with several lines is joined."""
    shown = forms.page(*args, **more)
    for field in fields(shown):
        if field["kind"] == "note":
            field["kind"] = "text"
    return shown


def shows_ticks_in_each_row(*args: Any, **more: Any) -> Data:
    """Boxes that aren't ticked look ticked."""
    shown = forms.page(*args, **more)
    for field in fields(shown):
        if field["kind"] == "flag":
            field["text"] = "on"
    return shown


def forgets_what_was_typed(grid: Any, rows: Any = None, *args: Any, **more: Any) -> Data:
    """Shows the rows of the grid again, whatever was typed."""
    del rows
    return forms.page(grid, None, *args, **more)


def loses_problems_without_a_field(*args: Any, **more: Any) -> Data:
    """Only fields have problems."""
    return forms.page(*args, **more) | {"problems": []}


def shows_problems_twice(*args: Any, **more: Any) -> Data:
    """The page has all problems above, too."""
    shown = forms.page(*args, **more)
    inside = [problem for field in fields(shown) for problem in field["problems"]]
    return shown | {"problems": [*shown["problems"], *inside]}


def shows_problems_in_the_next_row(
    grid: Any, rows: Any = None, problems: Any = (), **more: Any
) -> Data:
    """Counts rows from 1."""
    shown = forms.page(grid, rows, problems, **more)
    for row in shown["rows"]:
        row["number"] += 1
    return shown


def has_every_button(*args: Any, **more: Any) -> Data:
    """The first row can go up."""
    shown = forms.page(*args, **more)
    for row in shown["rows"]:
        for button in row["buttons"]:
            button["is_disabled"] = False
    return shown


WRONG_PAGES: Final = {
    knows_only_its_lists: "test_untouched",
    sorts_its_lists: "test_untouched",
    has_one_line_for_each_text: "test_untouched",
    shows_ticks_in_each_row: "test_untouched",
    forgets_what_was_typed: "test_typed",
    loses_problems_without_a_field: "test_problems",
    shows_problems_twice: "test_problems",
    shows_problems_in_the_next_row: "test_problems",
    has_every_button: "test_buttons",
}

# Wrong readers


def without(form: Iterable[tuple[str, Any]], end: str) -> list[tuple[str, Any]]:
    """The pairs whose names don't end like this."""
    return [(name, value) for name, value in form if not name.endswith(end)]


def forgets_the_condition(form: Any, grid: Any) -> list[Data]:
    """Reads a condition from its texts alone."""
    return forms.posted_rows(without(form, "condition.shown"), grid)


def forgets_the_kinds(form: Any, grid: Any) -> list[Data]:
    """Takes an empty list for one that the page didn't have."""
    return forms.posted_rows(without(without(form, "action.shown"), "when.shown"), grid)


def reads_no_radio(form: Any, grid: Any) -> list[Data]:
    """Passes over the radio buttons."""
    return forms.posted_rows(without(form, "statuses.initial"), grid)


def ticks_make_a_row(form: Any, grid: Any) -> list[Data]:
    """A box that is ticked in a blank row makes a new row."""
    rows = forms.posted_rows(form, grid)
    known = {f"{grid['name']}.{number}" for number in range(len(rows) + 1)}
    new = f"{grid['name']}.{len(known) - 1}"
    ticked = [name for name, value in form if name.startswith(f"{new}.") and value == "on"]
    return [*rows, {}] if ticked else rows


def moves_round(form: Any, grid: Any) -> list[Data]:
    """The first row goes up to the end."""
    rows = forms.posted_rows(form, grid)
    if (f"{grid['name']}.0.up", "") in form:
        return [*rows[1:], rows[0]]
    return rows


def deletes_the_next(form: Any, grid: Any) -> list[Data]:
    """Counts from 1."""
    names = [name for name, _ in form if name.endswith(".delete")]
    others = without(form, ".delete")
    moved = [f"{grid['name']}.{int(name.split('.')[1]) + 1}.delete" for name in names]
    return forms.posted_rows([*others, *((name, "") for name in moved)], grid)


def copies_a_text_to_the_next_row(form: Any, grid: Any) -> list[Data]:
    """A text also changes another row."""
    rows = forms.posted_rows(form, grid)
    if len(rows) > 1:
        rows[1]["description"] = rows[0]["description"]
    return rows


def raises_for_other_values(form: Any, grid: Any) -> list[Data]:
    """Expects texts only."""
    if not all(isinstance(value, str) for _, value in form):
        raise TypeError("values must be texts")
    return forms.posted_rows(form, grid)


WRONG_READERS: Final = {
    forgets_the_condition: "test_untouched",
    forgets_the_kinds: "test_typed",
    reads_no_radio: "test_untouched",
    ticks_make_a_row: "test_typed",
    moves_round: "test_buttons",
    deletes_the_next: "test_buttons",
    copies_a_text_to_the_next_row: "test_typed",
    raises_for_other_values: "test_odd",
}


def _run(law: Callable[..., None]) -> None:
    law()


def _suite(**functions: Callable[..., Any]) -> type[_Pages]:
    wrapped = {name: staticmethod(function) for name, function in functions.items()}
    return type("_Suite", (_Pages,), wrapped)


@pytest.mark.scaled
@pytest.mark.parametrize("law", [name for name in dir(_Pages) if name.startswith("test_")])
def test_the_right_functions_are_not_caught(law: str, hunt: Callable[..., list[bool]]) -> None:
    """The functions without a bug pass every law."""
    assert not any(hunt(_Pages, law, _run))


@pytest.mark.scaled
@pytest.mark.parametrize(
    ("wrong", "law"),
    [pytest.param(wrong, law, id=wrong.__name__) for wrong, law in WRONG_PAGES.items()],
)
def test_a_wrong_page_is_caught(
    wrong: Callable[..., Any], law: str, hunt: Callable[..., list[bool]]
) -> None:
    """Each bug is caught by the law that it breaks, from every seed."""
    assert all(hunt(_suite(page=wrong), law, _run))


@pytest.mark.scaled
@pytest.mark.parametrize(
    ("wrong", "law"),
    [pytest.param(wrong, law, id=wrong.__name__) for wrong, law in WRONG_READERS.items()],
)
def test_a_wrong_reader_is_caught(
    wrong: Callable[..., Any], law: str, hunt: Callable[..., list[bool]]
) -> None:
    """Each bug is caught by the law that it breaks, from every seed."""
    assert all(hunt(_suite(posted=wrong), law, _run))
