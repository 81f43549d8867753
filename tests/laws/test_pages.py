"""Laws of the pages of grids, and of what browsers post for them: decisions D2 and D30."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from prodflow import StatusCycle, Trigger
from prodflow.testing import laws
from prodflow.testing._cases import few
from prodflow.testing._forms import page_forms, status_forms, trigger_forms
from prodflow.testing.strategies import status_cycles, triggers

CYCLES = status_cycles(max_size=5)
LISTS = st.lists(triggers(), max_size=3, unique_by=lambda trigger: trigger.key)
TYPED = st.sampled_from(["x", "5", "a = b", "West\nEast", " ", "rush = true\nclient = Lee", "{"])


class TestPages:
    """A page shows rows, and what comes back are the same rows."""

    @given(CYCLES, LISTS)
    def test_an_untouched_page_changes_nothing(
        self, cycle: StatusCycle, listed: list[Trigger]
    ) -> None:
        """The shipped law."""
        laws.an_untouched_page_changes_nothing(cycle, listed)

    @given(CYCLES, LISTS, st.integers(-2, 4), TYPED)
    def test_a_field_of_a_page_changes_alone(
        self, cycle: StatusCycle, listed: list[Trigger], number: int, typed: str
    ) -> None:
        """The shipped law."""
        laws.a_field_of_a_page_changes_alone(cycle, listed, number, typed)

    @few(2)
    @given(CYCLES)
    def test_buttons_move_one_row(self, cycle: StatusCycle) -> None:
        """The shipped law."""
        laws.buttons_move_one_row(cycle)

    @given(CYCLES, LISTS, st.data())
    def test_a_page_shows_every_problem_once(
        self, cycle: StatusCycle, listed: list[Trigger], data: st.DataObject
    ) -> None:
        """The shipped law."""
        rows: Any = data.draw(status_forms(cycle))
        laws.a_page_shows_every_problem_once(rows, data.draw(trigger_forms(listed)), cycle)

    @given(CYCLES, LISTS, st.data())
    def test_whatever_is_posted_gives_a_page(
        self, cycle: StatusCycle, listed: list[Trigger], data: st.DataObject
    ) -> None:
        """The shipped law."""
        form = data.draw(page_forms(cycle, listed))
        laws.whatever_is_posted_gives_a_page(cycle, listed, form)


class TestEdits:
    """An edit does what its parts do, and saves nothing over a version that nobody has seen."""

    @given(CYCLES, LISTS, st.data())
    def test_an_edit_is_what_its_parts_give(
        self, cycle: StatusCycle, listed: list[Trigger], data: st.DataObject
    ) -> None:
        """The shipped law."""
        form = data.draw(page_forms(cycle, listed))
        laws.an_edit_is_what_its_parts_give(cycle, listed, form)

    @few(2)
    @given(CYCLES, LISTS, st.integers(0, 4))
    def test_an_edit_of_an_old_version_saves_nothing(
        self, cycle: StatusCycle, listed: list[Trigger], number: int
    ) -> None:
        """The shipped law."""
        key = cycle.statuses[number % len(cycle)].key
        newer = cycle.replace(key, description=f"A new {key}")
        laws.an_edit_of_an_old_version_saves_nothing(cycle, newer, listed)
