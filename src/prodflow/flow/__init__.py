"""The flow: what a user may do with an order, with every default filled in.

Theory of operation. `propose` works out a status change as a value for people to look at; `accept`
makes it a `Change`, which holds the entry, the order after it and the events it causes, for a store
to save. Between the two, `revise` proposes again with what the user typed: what was given stays,
what was not is derived anew. Nothing refuses by rule but `accept`; what `propose` finds against a
change stands in its `refusals`.

The other verbs have no window: `open`, `amend`, `replan`, `migrate`. Those ending in `_all` do the
same to many orders of one type, all or none. What must stay true: a bulk of n is n singles, and
`change.order == order.apply(change.entry)`.
"""

from prodflow._homes import settle
from prodflow.flow._flow import ProductionFlow
from prodflow.flow._keywords import Amendments, Overrides, Revision
from prodflow.flow._rules import ChangeRules
from prodflow.flow._values import BulkProposal, Change, Choice, ProposedChange

__all__ = [
    "Amendments",
    "BulkProposal",
    "Change",
    "ChangeRules",
    "Choice",
    "Overrides",
    "ProductionFlow",
    "ProposedChange",
    "Revision",
]

settle(globals())
