"""What holds for the preferences that people edit in a form (decision D39)."""

from collections.abc import Callable, Mapping, Sequence
from datetime import time
from typing import Any, Final

from attrs import evolve

from prodflow import (
    ChangeRules,
    DueDatePolicy,
    FlowSettings,
    InvalidSettingsError,
    SettingsProblem,
    Terms,
    forms,
)
from prodflow.duedate import given_calendars
from prodflow.testing._cases import case
from prodflow.testing._forms import fields_of, posted_preferences

__all__ = ["preferences_change_only_what_they_show", "preferences_posted_back_are_unchanged"]

Show = Callable[..., Mapping[str, Any]]
Read = Callable[..., FlowSettings]
Posted = Mapping[str, Sequence[str]]
_RULES: Final = "rules."


def preferences_posted_back_are_unchanged(
    settings: FlowSettings,
    order_type: str | None = None,
    *,
    show: Show = forms.preferences,
    read: Read = forms.read_preferences,
) -> None:
    """Preferences that a form posts back untouched are the same settings (D39).

    Args:
        settings: any settings.
        order_type: the order type whose preferences are shown; None for those of all types.
        show: `forms.preferences`, or a function of your app that shows more.
        read: `forms.read_preferences`, or a function of your app that reads more.
    """
    policy, rules = _own(settings, order_type)
    case("there is a policy of its own", policy is not None)
    case("there are rules of its own", rules is not None)
    case("there are terms of vendors", isinstance(policy, Terms))
    form = posted_preferences(show(settings, order_type))
    edited = read(form, settings, order_type)
    assert (edited, edited.version) == (settings, settings.version)


def preferences_change_only_what_they_show(
    settings: FlowSettings,
    typed: Posted,
    order_type: str | None = None,
    *,
    show: Show = forms.preferences,
    read: Read = forms.read_preferences,
) -> None:
    """Preferences become what the user has typed, and what the page doesn't show stays (D39).

    If something is wrong, the page has every problem in its field, and shows what was typed.

    Args:
        settings: any settings.
        typed: the texts that the user has put into fields, by their names; none for a box that
            isn't ticked.
        order_type: the order type whose preferences are shown; None for those of all types.
        show: `forms.preferences`, or a function of your app that shows more.
        read: `forms.read_preferences`, or a function of your app that reads more.
    """
    form = posted_preferences(show(settings, order_type), typed)
    edited = _outcome(read, form, settings, order_type)
    case("there are errors", not isinstance(edited, FlowSettings))
    if not isinstance(edited, FlowSettings):
        page = show(settings, order_type, form=form, problems=edited)
        placed = [it["message"] for field in fields_of(page) for it in field["problems"]]
        assert sorted(placed) == sorted(it.message for it in edited)
        again = posted_preferences(page)
        # Ticks in the blank row don't count.
        kept = {name for name in typed if not _is_blank_row(form, name.rpartition(".")[0])}
        assert {name: sorted(again.get(name, [])) for name in kept} == {
            name: sorted(map(_kept, typed[name])) for name in kept
        }
        return
    case("there are changes", edited != settings)
    assert edited.version == settings.version + (edited != settings)
    assert _hidden(edited, order_type) == _hidden(settings, order_type)
    assert _shown(show(edited, order_type), form) == _shown(show(settings, order_type), form, form)
    _check_kept(settings, edited, order_type)


def _outcome(
    read: Read, form: Posted, settings: FlowSettings, order_type: str | None
) -> FlowSettings | tuple[SettingsProblem, ...]:
    """The settings that a form gives, or its problems."""
    try:
        return read(form, settings, order_type)
    except InvalidSettingsError as error:
        return error.problems


def _kept(typed: str) -> str:
    return "" if "\0" in typed else typed


def _own(
    settings: FlowSettings, order_type: str | None
) -> tuple[DueDatePolicy | None, ChangeRules | None]:
    """The policy and the rules of all order types, or what a type has instead."""
    if order_type is None:
        return settings.due_dates, settings.rules
    own = settings.by_order_type.get(order_type)
    return (None, None) if own is None else (own.due_dates, own.rules)


def _hidden(settings: FlowSettings, order_type: str | None) -> FlowSettings:
    """The settings without what a page shows."""
    bare = FlowSettings()
    others = {key: it for key, it in settings.by_order_type.items() if key != order_type}
    if order_type is not None:
        return evolve(settings, by_order_type=others, version=1)
    return evolve(
        settings,
        due_dates=bare.due_dates,
        rules=bare.rules,
        cutoff=None,
        zone=None,
        version=1,
    )


def _shown(page: Mapping[str, Any], form: Posted, typed: Posted | None = None) -> object:
    """What a page shows, or what was typed into it, without fields that have no effect."""
    kind = form["due_dates.kind"][0]
    own = "rules.own" not in {it["name"] for it in page["fields"]} or "rules.own" in form
    posted = posted_preferences(page) if typed is None else typed
    fields: dict[str, object] = {}
    for field in page["fields"]:
        name = field["name"]
        texts = posted.get(name, [])
        if name.startswith(_RULES):
            if own or name == "rules.own":
                fields[name] = sorted(texts)
        elif name == "cutoff":
            fields[name] = [time.fromisoformat(it.strip()) for it in texts if it]
        elif name == "due_dates.kind" or (kind and kind in (field["kinds"] or [kind])):
            fields[name] = [it.strip() for it in texts]
    return fields, _reasons(posted) if own else None


def _reasons(posted: Posted) -> list[list[list[str]]]:
    """The reasons in a form, without the blank row."""
    names = ("description", "moves", "chargeable", "inactive")
    found: list[list[list[str]]] = []
    number = 0
    while (name := f"rules.reasons.{number}") + ".key" in posted:
        if not _is_blank_row(posted, name):
            found.append([sorted(posted.get(f"{name}.{field}", [])) for field in names])
        number += 1
    return found


def _is_blank_row(posted: Posted, name: str) -> bool:
    """Whether nothing is filled in or chosen in the row of a reason, whatever is ticked."""
    filled = [posted.get(f"{name}.{field}") for field in ("key", "description", "moves")]
    return filled == [[""], [""], None]


def _check_kept(before: FlowSettings, after: FlowSettings, order_type: str | None) -> None:
    """Check what a policy and rules have beyond the fields of the page."""
    (old, rules), (new, edited) = _own(before, order_type), _own(after, order_type)
    old, rules = old or before.due_dates, rules or before.rules
    if new is not None:
        assert _beyond(new) == _beyond(old)
    if edited is not None:
        for name in ("targets", "permissions", "guard", "entry_guard"):
            assert getattr(edited, name) == getattr(rules, name)


def _beyond(policy: Any) -> object:  # noqa: ANN401 - one of our policies
    """The terms of vendors, and the calendars by status."""
    if isinstance(policy, Terms):
        return policy.vendors, given_calendars(policy.default_policy)
    return None, given_calendars(policy)
