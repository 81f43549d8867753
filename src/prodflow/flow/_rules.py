"""What a flow allows beyond the order of the path (decision D24)."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from operator import itemgetter
from types import MappingProxyType
from typing import Final, final

from attrs import field, frozen

from prodflow import _checks as checks
from prodflow._fields import checked
from prodflow.flow._values import ProposedChange
from prodflow.order import Move, ProductionOrder

Guard = Callable[[ProductionOrder, ProposedChange], str | None]
Targets = tuple[tuple[str, frozenset[str]], ...]


def _note_required(value: Iterable[Move]) -> frozenset[Move]:
    return frozenset(checks.instances("note_required", value, Move, "Move"))


def _targets(value: Mapping[str, Iterable[str]] | Targets | None) -> Targets:
    allowed = {
        checks.key("a key of targets", source): frozenset(checks.keys("targets", keys))
        for source, keys in checks.pairs(
            "targets", () if value is None else value, "from a key to the keys allowed"
        )
    }
    return tuple(sorted(allowed.items(), key=itemgetter(0)))


@final
@frozen(kw_only=True, weakref_slot=False, field_transformer=checked)
class ChangeRules:
    """Which status changes a flow accepts; all of them unless told otherwise.

    Args:
        allow_skip: whether statuses of the path may be passed over, on the way back to it too.
        allow_back: whether an order may return to an earlier status of the path, by a detour too.
        allow_reopen: whether a closed order may be opened again.
        note_required: the moves for which a note must be given.
        targets: from a status' key to the keys of the statuses to which it may lead; from keys not
            named an order may go anywhere.
        guard: asked with the order and the proposal; gives the reason for a refusal, or None. For
            pickling it must be a function of a module.

    Raises:
        TypeError: for a value of the wrong kind.
        ValueError: for a key out of bounds.

    Source:
        Decision D24.

    Example:
        >>> strict = ChangeRules(allow_skip=False, note_required={Move.BACK, Move.REOPEN})
    """

    allow_skip: bool = True
    allow_back: bool = True
    allow_reopen: bool = True
    note_required: frozenset[Move] = field(default=frozenset(), converter=_note_required)
    _targets: Targets = field(default=None, alias="targets", converter=_targets)
    guard: Guard | None = None

    @property
    def targets(self) -> Mapping[str, frozenset[str]]:
        """The keys allowed from each key that is named."""
        return MappingProxyType(dict(self._targets))

    def reasons(self, proposal: ProposedChange) -> tuple[str, ...]:
        """What these rules have against a proposal, all of it; empty if it may go.

        Args:
            proposal: a proposed change, with the order as it is now.

        Raises:
            TypeError: for what is no proposal, or if the guard gives neither a str nor None.
        """
        checks.instance("proposal", proposal, ProposedChange, "a ProposedChange")
        if self is LENIENT:
            return ()
        return tuple(self._against(proposal))

    def _against(self, proposal: ProposedChange) -> Iterator[str]:
        order, move, key = proposal.order, proposal.move, proposal.to.key
        if proposal.skipped and not self.allow_skip:
            passed = ", ".join(repr(status.key) for status in proposal.skipped)
            yield f"no status may be skipped, and {key!r} skips {passed}"
        if not self.allow_back and _goes_back(proposal):
            yield f"an order may not go back, and {key!r} comes before where it is due to go on"
        if move is Move.REOPEN and not self.allow_reopen:
            yield f"a closed order may not be reopened, and this one is at {proposal.from_.key!r}"
        if move in self.note_required and not proposal.note.strip():
            yield f"a note is required for the move {move.value!r}: say why"
        for source, allowed in self._targets:
            if source == proposal.from_.key and key not in allowed:
                among = ", ".join(map(repr, sorted(allowed))) or "no other status"
                yield f"from {source!r} an order may go to {among}, not to {key!r}"
        if self.guard is not None:
            reason = self.guard(order, proposal)
            if reason is not None:
                yield checks.instance("what guard gives", reason, str, "a str or None")


def _goes_back(proposal: ProposedChange) -> bool:
    order = proposal.order
    if proposal.move is Move.RESUME and order.resumes_in is not None:
        due = order.cycle.place(order.resumes_in).position
        there = order.cycle.place(proposal.to.key).position
        return due is not None and there is not None and there < due
    return proposal.move is Move.BACK


LENIENT: Final = ChangeRules()
"""The rules that allow everything."""
