"""What holds for pages on which users edit statuses, triggers and preferences (D2, D5a, D39)."""

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import Any, NamedTuple

from prodflow import (
    FlowSettings,
    InvalidCycleError,
    InvalidSettingsError,
    InvalidTriggersError,
    StatusCycle,
    Trigger,
    forms,
)
from prodflow.testing._browser import posted_page
from prodflow.testing._cases import case
from prodflow.testing._law_steps import outcome

Data = dict[str, Any]
Editing = Callable[..., tuple[Data, Any]]


class _Part(NamedTuple):
    """Something to edit: as the functions under test do it, and step by step."""

    newest: StatusCycle | FlowSettings
    edit: Editing
    show: Callable[..., Data]
    read: Callable[..., Any]
    warnings: tuple[Any, ...] = ()


def _parts(
    cycle: StatusCycle, settings: FlowSettings, edits: tuple[Editing, Editing, Editing]
) -> list[_Part]:
    grid, triggers = forms.status_rows(cycle), forms.trigger_rows(settings.triggers, [cycle])

    def show(of: Data, form: Any, problems: Any, blank: int = 1) -> Data:  # noqa: ANN401 - what was posted
        rows = None if form is None else forms.posted_rows(form, of)
        return forms.page(of, rows, problems, blank=blank)

    def show_preferences(form: Any, problems: Any, blank: int = 1) -> Data:  # noqa: ANN401 - see above
        data = forms.preferences(settings, form=form, problems=problems)
        rows = [{**data, "title": "Due dates and rules", "number": 0, "is_new": False}]
        rows += [row for row in data["reasons"] if blank or not row["is_new"]]
        names = ("number", "title", "is_new", "fields")
        return {**data, "rows": [{**{it: row[it] for it in names}, "buttons": []} for row in rows]}

    def read(form: Any) -> FlowSettings:  # noqa: ANN401 - see above
        found = forms.read_triggers(forms.posted_rows(form, triggers), [cycle])
        return settings if found == settings.triggers else settings.edited(triggers=found)

    statuses, of_triggers, preferences = edits
    return [
        _Part(
            cycle,
            partial(statuses, cycle),
            partial(show, grid),
            lambda form: cycle.edited(forms.posted_rows(form, grid)),
            cycle.warnings,
        ),
        _Part(settings, partial(of_triggers, settings, [cycle]), partial(show, triggers), read),
        _Part(
            settings,
            partial(preferences, settings, None),
            show_preferences,
            lambda form: forms.read_preferences(form, settings),
        ),
    ]


def an_edit_is_what_its_parts_give(
    cycle: StatusCycle,
    triggers: Sequence[Trigger],
    form: Iterable[tuple[str, Any]],
    *,
    statuses: Editing = forms.edit_statuses,
    of_triggers: Editing = forms.edit_triggers,
    preferences: Editing = forms.edit_preferences,
) -> None:
    """Pages to edit lists and preferences do what their parts do, for any form (D2, D39).

    "Save" gives the edited version, or the page with all problems. Any other button only shows what
    was posted. A new page that is saved untouched changes nothing.

    Args:
        cycle: a cycle.
        triggers: triggers whose conditions are data.
        form: what was posted, as pairs of names and values.
        statuses: `edit_statuses`, or a function of your app.
        of_triggers: `edit_triggers`, or a function of your app.
        preferences: `edit_preferences`, or a function of your app.
    """
    pairs = [pair for pair in form if pair[0] not in _OURS]
    edits = (statuses, of_triggers, preferences)
    for part in _parts(cycle, FlowSettings(triggers=triggers), edits):
        version = str(part.newest.version)
        new, nothing = part.edit()
        assert nothing is None
        assert _apart(new) == part.show(None, part.warnings)
        assert (new["version"], new["is_refused"], new["saved"]) == (version, False, None)
        untouched = [*posted_page(new), ("version", version), ("save", "")]
        assert part.edit(untouched)[1] == part.newest
        sent = [*pairs, ("version", version)]
        page, edited = part.edit([*sent, ("show", "")])
        assert edited is None
        assert _apart(page) == part.show(sent, ())
        page, edited = part.edit([*sent, ("save", "")])
        expected = outcome(partial(part.read, sent))
        is_wrong = isinstance(expected, _ERRORS)
        case("something is wrong", is_wrong)
        case("something has changed", not is_wrong and expected != part.newest)
        assert edited == (None if is_wrong else expected)
        assert page["is_refused"] == is_wrong
        problems = expected.problems if isinstance(expected, _ERRORS) else ()
        assert _apart(page) == part.show(sent, problems)


_OURS = frozenset({"save", "show", "version"})
_ERRORS = (InvalidCycleError, InvalidTriggersError, InvalidSettingsError)


def _apart(page: Data) -> Data:
    """The page without what all pages to edit have."""
    own = {"version", "buttons", "is_refused", "saved"}
    return {name: it for name, it in page.items() if name not in own}
