"""Where orders, cycles and events are saved: protocols, shared rules, and a store in memory.

A store keeps three promises:

- A save is atomic: it saves orders, history entries and events together, or nothing.
- A change that was decided on an older version of its order is refused, not merged; so is an edit
  of an older version of a cycle.
- A command that is repeated changes nothing.

`OrderStoreSuite` in `prodflow.testing` tests a store for all of this.
"""

from prodflow._homes import settle
from prodflow.stores._memory import MemoryStore
from prodflow.stores._protocols import CycleStore, Edit, OrderStore, Outbox
from prodflow.stores._query import OrderQuery
from prodflow.stores._rules import (
    check_cycles,
    check_edit,
    check_next,
    outbox_effect,
    repeats,
)

__all__ = [
    "CycleStore",
    "Edit",
    "MemoryStore",
    "OrderQuery",
    "OrderStore",
    "Outbox",
    "check_cycles",
    "check_edit",
    "check_next",
    "outbox_effect",
    "repeats",
]

settle(globals())
