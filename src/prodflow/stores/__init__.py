"""Where orders, cycles, settings and events are saved: protocols, rules, and a store in memory.

A store keeps three promises:

- A save is atomic: it saves orders, history entries and events together, or nothing.
- A change to an older version of an order is refused, not merged. An edit of an older version of a
  cycle or of the settings is refused too.
- Repeating a command changes nothing.

`OrderStoreSuite` in `prodflow.testing` tests whether a store keeps these promises.
"""

from prodflow._homes import settle
from prodflow.stores._counts import Counts, check_by, fact_named
from prodflow.stores._delivery import Backoff, Delivered, DeliveryStore, deliver_due
from prodflow.stores._items import OutboxItem
from prodflow.stores._memory import MemoryStore
from prodflow.stores._positions import Position
from prodflow.stores._protocols import CycleStore, Edit, OrderStore, Outbox, SettingsStore
from prodflow.stores._query import OrderQuery
from prodflow.stores._rules import (
    check_cycles,
    check_edit,
    check_next,
    check_reminders,
    check_settings,
    check_tenant,
    lease_bounds,
    outbox_effect,
    repeats,
)
from prodflow.stores._texts import folded, search_text

__all__ = [
    "Backoff",
    "Counts",
    "CycleStore",
    "Delivered",
    "DeliveryStore",
    "Edit",
    "MemoryStore",
    "OrderQuery",
    "OrderStore",
    "Outbox",
    "OutboxItem",
    "Position",
    "SettingsStore",
    "check_by",
    "check_cycles",
    "check_edit",
    "check_next",
    "check_reminders",
    "check_settings",
    "check_tenant",
    "deliver_due",
    "fact_named",
    "folded",
    "lease_bounds",
    "outbox_effect",
    "repeats",
    "search_text",
]

settle(globals())
