"""The orders of a Status Change window: the proposal of each order, and what refuses it."""

from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from attrs import NOTHING

from prodflow import _checks as checks
from prodflow._trusted import trusted
from prodflow.errors import Refusal, RuleError
from prodflow.flow import BulkProposal, ProposedChange
from prodflow.flow._proposing import error_refusal, needs_apart
from prodflow.order import ProductionOrder

MOVED: Final = frozenset({"order-moved", "status-moved"})
"""The codes for an order that has changed since the user saw it."""


class Line(NamedTuple):
    """An order of the window."""

    id: str
    order: ProductionOrder | None
    """None only for a refused order in a bulk that a caller has put together."""
    proposal: ProposedChange | None
    against: tuple[Refusal, ...] = ()
    """The refusals that typing a note or a reason doesn't settle."""
    needs: tuple[Refusal, ...] = ()
    """The refusals that a note or a reason settles."""
    notices: tuple[Refusal, ...] = ()
    """What the user should know before the change, although nothing refuses it."""

    @property
    def problems(self) -> tuple[Refusal, ...]:
        """Everything to tell about the order."""
        return self.against + self.needs + self.notices

    @property
    def is_moved(self) -> bool:
        """Whether the order has changed since the user saw it."""
        return any(problem.code in MOVED for problem in self.problems)


def lines_of(proposal: ProposedChange | BulkProposal) -> list[Line]:
    """The orders of a proposal, in its sequence."""
    return [_proposed(proposal)] if isinstance(proposal, ProposedChange) else _of_bulk(proposal)


def keywords_of(proposal: ProposedChange | BulkProposal) -> dict[str, Any]:
    """The keywords that a bulk was given, by the names of the fields; none for one proposal."""
    if isinstance(proposal, ProposedChange):
        return {}
    # A bulk keeps its keywords, to propose again for the orders without a proposal.
    keywords = dict(proposal._keywords)  # noqa: SLF001  # pyright: ignore[reportPrivateUsage] - see above
    is_complete = keywords.pop("current_complete", NOTHING)
    if is_complete is not NOTHING:
        keywords["not_complete"] = not is_complete
    for name, default in (("to", None), ("reason", None), ("note", "")):
        if keywords.get(name) == default:
            keywords.pop(name, None)
    return {name: value for name, value in keywords.items() if value is not NOTHING}


def _of_bulk(bulk: BulkProposal) -> list[Line]:
    # A bulk keeps its orders too.
    orders = bulk._orders  # noqa: SLF001  # pyright: ignore[reportPrivateUsage] - see above
    known = {order.id: order for order in orders}
    lines = {proposal.order.id: _proposed(proposal) for proposal in bulk}
    for order_id, error in bulk.refusals.items():
        lines[order_id] = Line(order_id, known.get(order_id), None, (error_refusal(error),))
    return [lines[order_id] for order_id in known or lines]


def with_refusals(bulk: BulkProposal, refusals: Mapping[str, RuleError]) -> BulkProposal:
    """The bulk with more refusals; the orders concerned have no proposal any more."""
    left = tuple([proposal for proposal in bulk if proposal.order.id not in refusals])
    orders, keywords = bulk._orders, bulk._keywords  # noqa: SLF001  # pyright: ignore[reportPrivateUsage] - as above
    return _bulk(left, tuple({**bulk.refusals, **refusals}.items()), orders, keywords)


_bulk: Final = trusted(BulkProposal)


def _proposed(proposal: ProposedChange) -> Line:
    against, needs = needs_apart(proposal.refusals)
    missing = tuple(refusal for refusal in proposal.refusals if refusal.code in needs)
    return Line(proposal.order.id, proposal.order, proposal, against, missing)


def check_proposal(proposal: object) -> None:
    """Raise `TypeError` for what is no proposal."""
    expected = "a ProposedChange or a BulkProposal"
    checks.instance("proposal", proposal, (ProposedChange, BulkProposal), expected)
