"""Pages on which users edit statuses, triggers and preferences: what to show, and what to save.

Theory of operation.

1. A page remembers the version that it shows, in the hidden field `version`.
2. Only the button "Save" saves. Every other button shows the page again, with what was posted, and
   the page stays a page of its version.
3. If there is a newer version by now, nothing is saved, and nothing of either version is lost: the
   page has the posted rows, and the newer version next to them. From now on it's a page of the
   newer version. So if the user saves it again, the user has seen what the page replaces.
4. If something is wrong, nothing is saved, and the page says what.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final, Generic, NamedTuple, TypeVar, cast

from prodflow import _checks as checks
from prodflow._messages import Message, text
from prodflow._trigger_rows import read_triggers
from prodflow._words import AnyWords, say, words_of
from prodflow.cycle import StatusCycle
from prodflow.errors import InvalidCycleError, InvalidSettingsError, InvalidTriggersError
from prodflow.forms._page import page
from prodflow.forms._posts import pairs_in, posted_rows
from prodflow.forms._preferences import preferences
from prodflow.forms._preferred import read_preferences
from prodflow.forms._rows import status_rows, trigger_rows
from prodflow.forms._window import in_words
from prodflow.settings import FlowSettings

Data = dict[str, Any]
Form = Mapping[str, object] | Iterable[tuple[str, object]]
Problems = tuple[Any, ...]
E = TypeVar("E", StatusCycle, FlowSettings)

VERSION: Final = "version"
SAVE: Final = "save"
SHOW: Final = "show"
_BUTTONS: Final[Mapping[str, Message]] = {SAVE: text("Save"), SHOW: text("Show the fields")}
_GENERAL: Final = text("Due dates and rules")
_NUMBER: Final = re.compile(r"[0-9]{1,9}")


class _Edit(NamedTuple, Generic[E]):
    """How to show something for editing, and how to read it."""

    show: Callable[..., Data]
    read: Callable[[Form], E]


def edit_statuses(
    cycle: StatusCycle,
    form: Form | None = None,
    *,
    taken: Iterable[str] = (),
    blank: int = 1,
    words: AnyWords | None = None,
) -> tuple[dict[str, Any], StatusCycle | None]:
    """The page of a status list, and the version to save if the user has pressed "Save".

    It does what an app would do with `status_rows`, `posted_rows`, `page` and `cycle.edited`.

    Args:
        cycle: the newest version.
        form: what the browser posted, as for `posted_rows`; None or an empty form for a new page.
        taken: keys that a new status can't have, as for `cycle.edited`.
        blank: how many blank rows the page has, as for `page`.
        words: your words for the texts, as for `say`.

    Returns:
        The page, and the edited version or None. Save the version if there is one; otherwise show
        the page. If nothing was changed, the version is *cycle* itself.

        The page has the items that `page` returns, and these:

        - `version`: the text of the hidden field `version`, which your form must have.
        - `buttons`: the buttons of the whole page, such as "Save"; a button is a dict as in a row.
        - `is_refused`: whether "Save" was pressed, and something is wrong.
        - `saved`: if somebody else has saved a newer version than the posted one, the page of this
          newer version, to show it too; otherwise None. The rows are those that were posted. If the
          user presses "Save" again, they replace the newer version.

    Source:
        Decisions D2 and D5a.
    """
    checks.instance("cycle", cycle, StatusCycle, "a StatusCycle")
    keys = checks.instances("taken", taken, str, "keys")
    grid = status_rows(cycle, words=words)

    def show(posted: Form | None, problems: Problems, *, is_new: bool) -> Data:
        rows = None if posted is None else posted_rows(posted, grid)
        told = cycle.warnings if posted is None else problems
        return page(grid, rows, told, blank=blank if is_new else 0, words=words)

    def read(posted: Form) -> StatusCycle:
        return cycle.edited(posted_rows(posted, grid), taken=keys)

    return _edit(cycle, form, _Edit(show, read), words)


def edit_triggers(
    settings: FlowSettings,
    cycles: Iterable[StatusCycle],
    form: Form | None = None,
    *,
    blank: int = 1,
    words: AnyWords | None = None,
) -> tuple[dict[str, Any], FlowSettings | None]:
    """The page of the triggers, and the settings to save if the user has pressed "Save".

    Args:
        settings: the newest version.
        cycles: the newest versions of your status lists, as for `trigger_rows`.
        form: as for `edit_statuses`.
        blank: as for `edit_statuses`.
        words: as for `edit_statuses`.

    Returns:
        The page and the edited settings, as `edit_statuses`. The page also has a button "Show the
        fields": if the user has chosen another kind of trigger, it shows the fields of this kind.

    Source:
        Decisions D30 and D39.
    """
    checks.instance("settings", settings, FlowSettings, "a FlowSettings")
    known = checks.instances("cycles", cycles, StatusCycle, "StatusCycle")
    grid = trigger_rows(settings.triggers, known, words=words)

    def show(posted: Form | None, problems: Problems, *, is_new: bool) -> Data:
        rows = None if posted is None else posted_rows(posted, grid)
        return page(grid, rows, problems, blank=blank if is_new else 0, words=words)

    def read(posted: Form) -> FlowSettings:
        triggers = read_triggers(posted_rows(posted, grid), known)
        return settings if triggers == settings.triggers else settings.edited(triggers=triggers)

    return _edit(settings, form, _Edit(show, read), words, [SAVE, SHOW])


def edit_preferences(
    settings: FlowSettings,
    order_type: str | None = None,
    form: Form | None = None,
    *,
    words: AnyWords | None = None,
) -> tuple[dict[str, Any], FlowSettings | None]:
    """The page of the preferences, and the settings to save if the user has pressed "Save".

    Args:
        settings: the newest version.
        order_type: as for `preferences`.
        form: as for `edit_statuses`.
        words: as for `edit_statuses`.

    Returns:
        The page and the edited settings, as `edit_statuses`. The page has the items that
        `preferences` returns, and also `rows`: a row with the fields, then a row for each reason,
        so that the template of another page can draw it.

    Source:
        "Preferences"; decision D39.
    """
    checks.instance("settings", settings, FlowSettings, "a FlowSettings")

    def show(posted: Form | None, problems: Problems, *, is_new: bool) -> Data:
        data = preferences(settings, order_type, form=posted, problems=problems, words=words)
        title = _GENERAL if words is None else say(_GENERAL, words)
        first: Data = {"number": 0, "title": title, "is_new": False, "fields": data["fields"]}
        reasons = [row for row in data["reasons"] if is_new or not row["is_new"]]
        return {**data, "rows": [{**row, "buttons": []} for row in (first, *reasons)]}

    def read(posted: Form) -> FlowSettings:
        return read_preferences(posted, settings, order_type)

    return _edit(settings, form, _Edit(show, read), words)


def _kept(form: Form | None) -> Form:
    """What was posted, to be read more than once."""
    if form is None:
        return ()
    # To a type checker, an iterable of pairs may be a mapping with pairs as its keys.
    is_mapping = isinstance(form, Mapping)
    return cast("Form", form if is_mapping else checks.items("form", form, _PAIRS))


_PAIRS: Final = "pairs of names and values"


def _edit(
    newest: E,
    form: Form | None,
    edit: _Edit[E],
    words: AnyWords | None,
    buttons: Iterable[str] = (SAVE,),
) -> tuple[Data, E | None]:
    """The page, and what to save."""
    posted = _kept(form)
    values = dict(pairs_in(posted))
    version, saved, edited = str(newest.version), None, None
    problems: Problems = ()
    if SAVE not in values:
        seen = values.get(VERSION, version)
        version = seen if isinstance(seen, str) and _NUMBER.fullmatch(seen) else ""
    elif values.get(VERSION) != version:
        saved = edit.show(None, (), is_new=False)
    else:
        try:
            edited = edit.read(posted)
        except (InvalidCycleError, InvalidTriggersError, InvalidSettingsError) as error:
            problems = error.problems
    more = {
        VERSION: version,
        "buttons": [
            {"name": name, "title": title, "label": title, "is_disabled": False}
            for name, title in _BUTTONS.items()
            if name in buttons
        ],
        "is_refused": bool(problems),
    }
    said = more if words is None else in_words(more, words_of(words))
    return {**edit.show(posted or None, problems, is_new=True), **said, "saved": saved}, edited
