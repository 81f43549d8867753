"""Where orders, cycles and events are kept: the protocols, and a store in memory.

A store keeps three promises. What is saved together is there together or not at all: orders, their
history, and the events that their changes cause. What was decided on an order that has moved since
is refused, not merged. And a command that is repeated does nothing twice. The suite of
`prodflow.testing` says the same in tests.
"""

from prodflow._homes import settle
from prodflow.stores._memory import MemoryStore
from prodflow.stores._protocols import CycleStore, OrderStore, Outbox
from prodflow.stores._query import OrderQuery

__all__ = ["CycleStore", "MemoryStore", "OrderQuery", "OrderStore", "Outbox"]

settle(globals())
