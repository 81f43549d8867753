"""The flow: it opens orders and changes them, and fills in every default.

Theory of operation. `propose` works out a status change, and returns it as a value that you can
show to your user. `accept` turns that value into a `Change` for a store to save. A change has a
history entry, the order after this entry, and the events that the entry causes. Before you accept,
`revise` makes a new proposal with what the user typed, and works out everything else again. If a
rule refuses the change, the proposal has the reason in `refusals`, and `accept` raises
`ChangeRefusedError`.

`open`, `amend`, `replan`, `migrate`, `undo`, `split` and `reorder` need no proposal. `reminders`
changes nothing: it works out which reminders an order should have, for a store whose reminders are
out of date. Methods that end in `_all` change many orders of one type: either all of them or none.
Two conditions always hold: a bulk method gives the same changes as single calls, and
`change.order == order.apply(change.entry)`.
"""

from prodflow._homes import settle
from prodflow.flow._flow import ProductionFlow
from prodflow.flow._keywords import Amendments, BulkRevision, Overrides, Revision
from prodflow.flow._permissions import Permission
from prodflow.flow._reasons import Reason
from prodflow.flow._rules import ChangeRules, find_rule_problems
from prodflow.flow._values import (
    BulkChoice,
    BulkProposal,
    Change,
    Choice,
    ProposedChange,
    Reminders,
)

__all__ = [
    "Amendments",
    "BulkChoice",
    "BulkProposal",
    "BulkRevision",
    "Change",
    "ChangeRules",
    "Choice",
    "Overrides",
    "Permission",
    "ProductionFlow",
    "ProposedChange",
    "Reason",
    "Reminders",
    "Revision",
    "find_rule_problems",
]

settle(globals())
