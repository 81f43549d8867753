"""What people call the fields of settings, in messages about what they have typed."""

from collections.abc import Mapping
from typing import Final

from prodflow import _checks as checks
from prodflow._messages import Message, text
from prodflow.settings._values import Path

_TITLES: Final[Mapping[str, Message]] = {
    "action": text("Action"),
    "allow_back": text("Steps back are allowed"),
    "allow_reopen": text("Finished orders can be reopened"),
    "allow_skip": text("Statuses can be skipped"),
    "automatic": text("Done by a worker"),
    "by_order_type": text("Settings of an order type"),
    "calendar": text("Calendar"),
    "calendars": text("Calendars"),
    "channels": text("Channels"),
    "chargeable": text("Charged to the client"),
    "condition": text("Condition"),
    "cutoff": text("Cut-off"),
    "days": text("Days"),
    "default_policy": text("Policy without a vendor"),
    "department": text("Department"),
    "description": text("Description"),
    "due_dates": text("Due dates"),
    "due_days": text("Days until it's due"),
    "durations": text("Durations"),
    "enabled": text("Switched on"),
    "extra_working_days": text("Extra working days"),
    "facts": text("Facts"),
    "from_": text("From"),
    "holidays": text("Holidays"),
    "inactive": text("Inactive"),
    "key": text("Key"),
    "kind": text("Kind"),
    "known_through": text("Holidays known through"),
    "marketing": text("Marketing"),
    "moves": text("Moves"),
    "name": text("Name"),
    "note_required": text("Moves that need a note"),
    "once_per_order": text("Once per order"),
    "order_type": text("Order type"),
    "order_types": text("Order types"),
    "payload": text("Data"),
    "permissions": text("Permissions"),
    "reason_required": text("Moves that need a reason"),
    "reasons": text("Reasons"),
    "roles": text("Roles"),
    "rules": text("Rules"),
    "shift_holds": text("Holds postpone due dates"),
    "status": text("Status"),
    "targets": text("Statuses that may follow"),
    "template": text("Template"),
    "title": text("Title"),
    "to": text("To"),
    "triggers": text("Triggers"),
    "user": text("User"),
    "vendor": text("Vendor"),
    "vendors": text("Vendors"),
    "verbs": text("Changes"),
    "version": text("Version"),
    "when": text("Occasion"),
    "where": text("Condition"),
    "while_in_status": text("Only in this status"),
    "without_delivery": text("Without a delivery date"),
    "working": text("Working days only"),
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
