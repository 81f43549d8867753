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

    def read_statuses(form: Any) -> StatusCycle:  # noqa: ANN401 - see above
        return cycle.edited(forms.posted_rows(form, grid))

    def read_preferences(form: Any) -> FlowSettings:  # noqa: ANN401 - see above
        return forms.read_preferences(form, settings)

    statuses, of_triggers, preferences = edits
    return [
        _Part(
            cycle,
            partial(statuses, cycle),
            partial(show, grid),
            read_statuses,
            cycle.warnings,
        ),
        _Part(settings, partial(of_triggers, settings, [cycle]), partial(show, triggers), read),
        _Part(
            settings,
            partial(preferences, settings, None),
            show_preferences,
            read_preferences,
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
    was posted. A new page that is saved untouched changes nothing, if nothing is wrong in it.

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
        assert _apart(new) == _apart(part.show(None, part.warnings))
        assert (new["version"], new["is_refused"], new["saved"]) == (version, False, None)
        untouched = [*_posted(new), ("version", version), ("save", "")]
        kept = outcome(partial(part.read, untouched))
        assert isinstance(kept, _ERRORS) or kept == part.newest
        assert part.edit(untouched)[1] == (None if isinstance(kept, _ERRORS) else part.newest)
        sent = [*pairs, ("version", version)]
        page, edited = part.edit([*sent, ("show", "")])
        assert edited is None
        assert _apart(page) == _apart(part.show(sent, ()))
        page, edited = part.edit([*sent, ("save", "")])
        expected = outcome(partial(part.read, sent))
        is_wrong = isinstance(expected, _ERRORS)
        case("something is wrong", is_wrong)
        case("something has changed", not is_wrong and expected != part.newest)
        assert edited == (None if is_wrong else expected)
        assert page["is_refused"] == is_wrong
        problems = expected.problems if isinstance(expected, _ERRORS) else ()
        assert _apart(page) == _apart(part.show(sent, problems))


def an_edit_of_an_old_version_saves_nothing(
    cycle: StatusCycle,
    newer: StatusCycle,
    triggers: Sequence[Trigger],
    *,
    statuses: Editing = forms.edit_statuses,
    of_triggers: Editing = forms.edit_triggers,
    preferences: Editing = forms.edit_preferences,
) -> None:
    """If there is a newer version, the page shows it next to what was posted, and saves nothing.

    If the user saves this page, what was posted replaces the newer version (decision D5a).

    Args:
        cycle: the cycle that the user sees.
        newer: a later version of it, which somebody else has saved.
        triggers: triggers whose conditions are data.
        statuses: `edit_statuses`, or a function of your app.
        of_triggers: `edit_triggers`, or a function of your app.
        preferences: `edit_preferences`, or a function of your app.
    """
    edits = (statuses, of_triggers, preferences)
    old = FlowSettings(triggers=triggers)
    new = old.edited(triggers=triggers[1:], zone="Europe/Lisbon", cutoff=None)
    case("the lists differ", newer.statuses != cycle.statuses)
    pages = zip(_parts(cycle, old, edits), _parts(newer, new, edits), strict=True)
    for before, now in pages:
        sent = _posted(before.edit()[0])
        page, edited = now.edit([*sent, ("version", str(before.newest.version)), ("save", "")])
        assert edited is None
        assert page["version"] == str(now.newest.version)
        assert page["saved"] == now.show(None, now.warnings, 0)
        assert _posted(page) == _posted(now.show(sent, ()))
        again = [*_posted(page), ("version", page["version"]), ("save", "")]
        final, edited = now.edit(again)
        assert final["saved"] is None
        assert (edited is None) == final["is_refused"]
        case("the old version can be saved", edited is not None)


def _posted(page: Data) -> list[tuple[str, str]]:
    """What a browser posts for an untouched page."""
    rows = [
        {**row, "fields": [{"field": it["name"], **it} for it in row["fields"]]}
        for row in page["rows"]
    ]
    return posted_page({**page, "rows": rows})


_OURS = frozenset({"save", "show", "version"})
_ERRORS = (InvalidCycleError, InvalidTriggersError, InvalidSettingsError)


def _apart(page: Data) -> Data:
    """The page without what all pages to edit have."""
    own = {"version", "buttons", "is_refused", "saved"}
    return {name: it for name, it in page.items() if name not in own}
