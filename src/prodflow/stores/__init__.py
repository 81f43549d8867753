"""Where orders, cycles and events are kept: the protocols, and a store in memory.

A store keeps three promises. What is saved together is there together or not at all: orders, their
history, and the events that their changes cause. What was decided on an order that has moved since
is refused, not merged. And a command that is repeated does nothing twice. The suite of
`prodflow.testing` says the same in tests.
"""

from prodflow.stores.memory import MemoryStore
from prodflow.stores.protocols import CycleStore, OrderStore, Outbox
from prodflow.stores.query import OrderQuery

__all__ = ["CycleStore", "MemoryStore", "OrderQuery", "OrderStore", "Outbox"]
