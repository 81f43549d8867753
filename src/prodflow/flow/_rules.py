"""What a flow allows beyond the order of the path (decision D24).

Every rule about a direction (skip, back, reopen) is asked about the whole detour, not about one
move: an order that waits off the path is judged from the status that it is to come back to. So a
hold or a cancellation never does what the direct way may not (decision D17).
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from operator import itemgetter
from types import MappingProxyType
from typing import Final, final

from attrs import field, frozen

from prodflow import _checks as checks
from prodflow._fields import checked
from prodflow.cycle import StatusCycle
from prodflow.errors import ChangeRefusedError, Refusal, RuleProblem
from prodflow.flow._values import ProposedChange
from prodflow.order import HistoryEntry, Move, ProductionOrder

Guard = Callable[[ProductionOrder, ProposedChange], str | Refusal | None]
EntryGuard = Callable[[ProductionOrder | None, HistoryEntry], str | Refusal | None]
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
    """Which changes a flow accepts; by default all.

    Args:
        allow_skip: whether an order may pass over statuses of the path, also by way of a hold.
        allow_back: whether it may return to an earlier status of the path, also by way of a hold.
        allow_reopen: whether a closed order may be opened again, and a complete one cancelled.
        note_required: the moves for which a note must be given.
        targets: from the key of a status to the keys that may follow it. A status that isn't named
            may lead anywhere. What is said of a status holds during a hold of it too, but for the
            return to it.
        guard: called with the order and the proposal of a status change; returns a reason against
            it, as text or as a `Refusal`, or None. To pickle the rules it must be a function of a
            module.
        entry_guard: the same for the verbs that have no window: open, amend, replan, migrate and
            undo. It's called with the order before (None for an opening) and the entry.

    Source:
        Decision D24.

    Example:
        >>> from prodflow import Move
        >>> strict = ChangeRules(allow_skip=False, note_required={Move.BACK, Move.REOPEN})
    """

    allow_skip: bool = True
    allow_back: bool = True
    allow_reopen: bool = True
    note_required: frozenset[Move] = field(default=frozenset(), converter=_note_required)
    _targets: Targets = field(default=None, alias="targets", converter=_targets)
    guard: Guard | None = None
    entry_guard: EntryGuard | None = None

    @property
    def targets(self) -> Mapping[str, frozenset[str]]:
        """The keys allowed from each key that is named."""
        return MappingProxyType(dict(self._targets))

    def refusals(self, proposal: ProposedChange) -> tuple[Refusal, ...]:
        """Everything that these rules have against a proposal; empty if it may go.

        Args:
            proposal: a proposed change of the order as it is now.
        """
        checks.instance("proposal", proposal, ProposedChange, "a ProposedChange")
        if self is LENIENT:
            return ()
        return tuple(self._against(proposal))

    def check_entry(self, order: ProductionOrder | None, entry: HistoryEntry) -> None:
        """Ask `entry_guard` about an entry.

        Args:
            order: the order before the entry; None for an opening.

        Raises:
            ChangeRefusedError: if the guard refuses it.
        """
        if self.entry_guard is not None:
            refused = _by_guard("entry_guard", self.entry_guard(order, entry))
            if refused is not None:
                raise ChangeRefusedError(entry.order_id, (refused,))

    def _against(self, proposal: ProposedChange) -> Iterator[Refusal]:
        key = proposal.to.key
        ahead, back, reopens = _directions(proposal)
        if ahead and not self.allow_skip:
            passed = tuple(status.key for status in proposal.skipped)
            yield Refusal(
                "skip",
                f"statuses may not be skipped: go through {checks.listed(passed)} before {key!r}",
                passed,
            )
        if back and not self.allow_back:
            message = (
                f"going to {key!r} would be a step back, which is refused: choose a later status"
            )
            yield Refusal("back", message, (key,))
        if reopens and not self.allow_reopen:
            message = f"going to {key!r} would reopen a finished order: open a new order"
            yield Refusal("reopen", message, (proposal.from_.key,))
        if proposal.move in self.note_required and not proposal.note.strip():
            yield Refusal("note", f"the move {proposal.move.value!r} needs a note: say why")
        for source, allowed in self._targets:
            if source in _sources(proposal) and key not in allowed:
                among = ", ".join(map(repr, sorted(allowed)))
                todo = f"choose one of {among}" if allowed else "it has to stay"
                message = f"an order at {source!r} may not go to {key!r}: {todo}"
                yield Refusal("target", message, (source, key))
        if self.guard is not None:
            refused = _by_guard("guard", self.guard(proposal.order, proposal))
            if refused is not None:
                yield refused


def _directions(proposal: ProposedChange) -> tuple[bool, bool, bool]:
    """Whether a change passes over statuses, goes back, and opens what is finished."""
    order, there = proposal.order, proposal.order.cycle.place(proposal.to.key).position
    final = order.cycle.final.key
    if order.status.key == final:
        return False, False, True
    if order.resumes_in is None or there is None:
        reopens = order.status.closes and not proposal.to.cancelled
        return bool(proposal.skipped), proposal.move is Move.BACK, reopens
    if order.resumes_in == final:
        # Every status of the path was completed, so going anywhere but the final one reopens that.
        return False, False, order.is_cancelled or proposal.to.key != final
    resumes = order.cycle.place(order.resumes_in).position
    back = resumes is not None and there < resumes
    return bool(proposal.skipped), back, order.is_cancelled


def _sources(proposal: ProposedChange) -> set[str]:
    """The statuses whose `targets` a change must respect: on hold, also the one that was left."""
    order = proposal.order
    sources = {proposal.from_.key}
    if order.held is not None:
        if proposal.to.key != order.held.status:
            sources.add(order.held.status)
    elif order.resumes_in not in {None, order.cycle.final.key}:
        # What was completed before the hold is the status before the one to resume in.
        position = order.cycle.place(str(order.resumes_in)).position
        if position:
            sources.add(order.cycle.path[position - 1].key)
    return sources


def _by_guard(name: str, answer: str | Refusal | None) -> Refusal | None:
    if answer is None or isinstance(answer, Refusal):
        return answer
    return Refusal("guard", checks.instance(f"what {name} returns", answer, str, _ANSWERS))


_ANSWERS: Final = "a str, a Refusal or None"

LENIENT: Final = ChangeRules()
"""The rules that allow everything."""


def find_rule_problems(
    rules: ChangeRules, cycles: Iterable[StatusCycle]
) -> tuple[RuleProblem, ...]:
    """What the rules name that can't be meant, so that a typo isn't silent.

    Args:
        rules: the rules of a flow.
        cycles: the cycles that the flow is for, any versions.

    Returns:
        A problem for each key that no cycle has, then one for each status from which no other
        status may follow; each kind in the order of the keys.

    Source:
        Decision D24.

    Example:
        >>> from prodflow import ChangeRules
        >>> rules = ChangeRules(targets={"lab": ["qualty"]})
        >>> [problem.key for problem in find_rule_problems(rules, [])]
        ['lab', 'qualty', 'lab']
    """
    checks.instance("rules", rules, ChangeRules, "a ChangeRules")
    known = checks.instances("cycles", cycles, StatusCycle, "StatusCycle")
    active = {status.key for cycle in known for status in cycle.choices()}
    keys = {status.key for cycle in known for status in cycle}
    named = set(rules.targets).union(*rules.targets.values())
    unknown = [
        RuleProblem("unknown-status", key, f"targets name {key!r}, and no cycle has this status")
        for key in sorted(named - keys)
    ]
    dead_ends = [
        RuleProblem("dead-end", key, f"no status may follow {key!r}: name one that is in use")
        for key, allowed in rules.targets.items()
        if not allowed & (active - {key})
    ]
    return (*unknown, *dead_ends)
