"""The rules that say which status changes a flow accepts (decision D24)."""

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
    """Which status changes a flow accepts; by default all of them.

    Args:
        allow_skip: whether an order can pass over statuses of the path, also on its way back to it.
        allow_back: whether an order can go back to an earlier status of the path, also by a detour.
        allow_reopen: whether a closed order can be reopened.
        note_required: the moves that need a note.
        targets: for the key of a status, the keys of the statuses that may follow it. From a status
            that isn't named, an order can go anywhere.
        guard: called with the order and the proposal; returns why it refuses the change, or None to
            accept it. Use a module-level function if you pickle the rules.

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
        """The keys that may follow each key that is named."""
        return MappingProxyType(dict(self._targets))

    def reasons(self, proposal: ProposedChange) -> tuple[str, ...]:
        """Every reason to refuse a proposal; empty if these rules accept it.

        Args:
            proposal: a proposed change, with the order as it is now.

        Raises:
            TypeError: also if the guard returns anything but a str or None.
        """
        checks.instance("proposal", proposal, ProposedChange, "a ProposedChange")
        if self is LENIENT:
            return ()
        return tuple(self._against(proposal))

    def _against(self, proposal: ProposedChange) -> Iterator[str]:
        order, move, key = proposal.order, proposal.move, proposal.to.key
        if proposal.skipped and not self.allow_skip:
            passed = ", ".join(repr(status.key) for status in proposal.skipped)
            yield f"statuses may not be skipped: go through {passed} before {key!r}"
        if not self.allow_back and _goes_back(proposal):
            yield f"going to {key!r} would be a step back, which is refused: choose a later status"
        if move is Move.REOPEN and not self.allow_reopen:
            yield f"an order closed at {proposal.from_.key!r} may not be reopened: open a new order"
        if move in self.note_required and not proposal.note.strip():
            yield f"the move {move.value!r} needs a note: say why"
        for source, allowed in self._targets:
            if source == proposal.from_.key and key not in allowed:
                among = ", ".join(map(repr, sorted(allowed)))
                todo = f"choose one of {among}" if allowed else "it has to stay"
                yield f"an order at {source!r} may not go to {key!r}: {todo}"
        if self.guard is not None:
            reason = self.guard(order, proposal)
            if reason is not None:
                yield checks.instance("what guard returns", reason, str, "a str or None")


def _goes_back(proposal: ProposedChange) -> bool:
    order = proposal.order
    if proposal.move is Move.RESUME and order.resumes_in is not None:
        due = order.cycle.place(order.resumes_in).position
        there = order.cycle.place(proposal.to.key).position
        return due is not None and there is not None and there < due
    return proposal.move is Move.BACK


LENIENT: Final = ChangeRules()
"""The rules that allow everything."""
