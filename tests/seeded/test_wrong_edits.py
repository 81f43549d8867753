"""Functions for pages to edit with one bug each, which the kit must catch.

Each changes what the real function gives. The table names the law that must catch it, from each of
three seeds.
"""

# ruff: noqa: ANN401 - the stand-ins pass on what the functions take

from collections.abc import Callable
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prodflow import forms
from prodflow.testing import laws
from prodflow.testing._cases import SHARED
from prodflow.testing._forms import page_forms
from prodflow.testing._studio import CYCLE

Edit = Callable[..., tuple[dict[str, Any], Any]]
NEWER: Final = CYCLE.replace(CYCLE.initial.key, description="Another")


class _Edits:
    """The laws of pages to edit, for any function; not collected, for its name."""

    edit: Any = staticmethod(forms.edit_statuses)

    @SHARED
    @given(form=page_forms(CYCLE, []))
    def test_parts(self, form: Any) -> None:
        """Post anything."""
        laws.an_edit_is_what_its_parts_give(CYCLE, [], form, statuses=self.edit)

    @SHARED
    @given(
        newer=st.sampled_from([NEWER, NEWER.replace(CYCLE.initial.key, description="Yet another")])
    )
    def test_old(self, newer: Any) -> None:
        """Save a page of an old version."""
        laws.an_edit_of_an_old_version_saves_nothing(CYCLE, newer, [], statuses=self.edit)


def saves_at_every_button(cycle: Any, form: Any = None, **given: Any) -> Any:
    """Take every button for "Save"."""
    return forms.edit_statuses(cycle, form and [*form, ("save", "")], **given)


def hides_mistakes(cycle: Any, form: Any = None, **given: Any) -> Any:
    """Show a page with mistakes as if it had none."""
    page, edited = forms.edit_statuses(cycle, form, **given)
    return {**page, "is_refused": False}, edited


def saves_over_a_newer_version(cycle: Any, form: Any = None, **given: Any) -> Any:
    """Trust the page to be a page of the newest version."""
    form = form and [*form, ("version", str(cycle.version))]
    return forms.edit_statuses(cycle, form, **given)


def loses_what_was_typed(cycle: Any, form: Any = None, **given: Any) -> Any:
    """Show the newer version instead of the posted rows."""
    page, edited = forms.edit_statuses(cycle, form, **given)
    return (page if page["saved"] is None else {**page, **page["saved"]}), edited


def never_ends(cycle: Any, form: Any = None, **given: Any) -> Any:
    """Stay a page of the old version."""
    page, edited = forms.edit_statuses(cycle, form, **given)
    return (page if page["saved"] is None else {**page, "version": "0"}), edited


WRONG: Final[dict[Edit, str]] = {
    saves_at_every_button: "test_parts",
    hides_mistakes: "test_parts",
    saves_over_a_newer_version: "test_old",
    loses_what_was_typed: "test_old",
    never_ends: "test_old",
}


def _run(law: Callable[[], None]) -> None:
    law()


@pytest.mark.scaled
@pytest.mark.parametrize("law", ["test_parts", "test_old"])
def test_the_right_functions_are_not_caught(law: str, hunt: Callable[..., list[bool]]) -> None:
    """The functions without a bug pass every law."""
    assert not any(hunt(_Edits, law, _run))


@pytest.mark.scaled
@pytest.mark.parametrize(
    ("wrong", "law"), [pytest.param(wrong, law, id=wrong.__name__) for wrong, law in WRONG.items()]
)
def test_a_wrong_edit_is_caught(wrong: Edit, law: str, hunt: Callable[..., list[bool]]) -> None:
    """Each bug is caught by the law that it breaks, from every seed."""
    suite = type("_Suite", (_Edits,), {"edit": staticmethod(wrong)})
    assert all(hunt(suite, law, _run))
