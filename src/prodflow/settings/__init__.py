"""What users edit: due dates, rules, calendars, triggers and the cut-off, as one value.

A `FlowSettings` holds what the maintenance screens of an app show. `settings.edited(…)` is its next
version, and `settings.flow(order_type)` is the flow by which orders move. A `SettingsStore` keeps
the versions. Settings that are saved hold data only, no code.
"""

from prodflow._homes import settle
from prodflow.settings._problems import find_settings_problems
from prodflow.settings._values import FlowSettings, SettingsChanges, TypeSettings

__all__ = ["FlowSettings", "SettingsChanges", "TypeSettings", "find_settings_problems"]

settle(globals())
