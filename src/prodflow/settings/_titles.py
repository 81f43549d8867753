"""What people call the fields of settings, in messages about what they have typed."""

from collections.abc import Mapping
from typing import Final

from prodflow import _checks as checks
from prodflow._messages import Message, text
from prodflow.settings._values import Path

_TITLES: Final[Mapping[str, Message]] = {
    "allow_back": text("Steps back are allowed"),
    "allow_reopen": text("Finished orders can be reopened"),
    "allow_skip": text("Statuses can be skipped"),
    "by_order_type": text("Settings of an order type"),
    "calendar": text("Calendar"),
    "calendars": text("Calendars"),
    "chargeable": text("Charged to the client"),
    "cutoff": text("Cut-off"),
    "default_policy": text("Policy without a vendor"),
    "description": text("Description"),
    "due_dates": text("Due dates"),
    "durations": text("Durations"),
    "extra_working_days": text("Extra working days"),
    "from_": text("From"),
    "holidays": text("Holidays"),
    "inactive": text("Inactive"),
    "key": text("Key"),
    "kind": text("Kind"),
    "known_through": text("Holidays known through"),
    "moves": text("Moves"),
    "note_required": text("Moves that need a note"),
    "permissions": text("Permissions"),
    "reason_required": text("Moves that need a reason"),
    "reasons": text("Reasons"),
    "roles": text("Roles"),
    "rules": text("Rules"),
    "shift_holds": text("Holds postpone due dates"),
    "targets": text("Statuses that may follow"),
    "to": text("To"),
    "triggers": text("Triggers"),
    "vendors": text("Vendors"),
    "verbs": text("Changes"),
    "version": text("Version"),
    "where": text("Condition"),
    "without_delivery": text("Without a delivery date"),
    "working_weekdays": text("Working weekdays"),
    "zone": text("Time zone"),
}
_SETTINGS: Final = text("Settings")


def title_of(path: Path) -> str:
    """What messages call the value at a path: its field, or its key in a mapping."""
    for step in reversed(path):
        if isinstance(step, str):
            return _TITLES.get(step) or checks.shown(step)
    return _SETTINGS
