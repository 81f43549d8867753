"""The rules of a flow: which changes it accepts (decision D24).

The rules about skipping, going back and reopening look at more than a single move. If an order is
off the path, such as on hold, they compare the new status with the order's `resumes_in`. So if an
order may not skip the lab, it can't skip the lab through a hold either (decision D17).
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from itertools import compress
from operator import itemgetter
from types import MappingProxyType
from typing import Final, final, get_args

from attrs import field, frozen

from prodflow import _checks as checks
from prodflow._fields import checked
from prodflow._messages import Message, text
from prodflow._trusted import trusted
from prodflow.cycle import StatusCycle
from prodflow.errors import ChangeRefusedError, Refusal, RuleProblem
from prodflow.flow._permissions import VERBS, Asked, Permission, Verb, missing
from prodflow.flow._reasons import Reason
from prodflow.flow._values import ProposedChange
from prodflow.order import HistoryEntry, Move, OrderAmended, OrderOpened, ProductionOrder

Guard = Callable[[ProductionOrder, ProposedChange], str | Refusal | None]
EntryGuard = Callable[[ProductionOrder | None, HistoryEntry], str | Refusal | None]
Targets = tuple[tuple[str, frozenset[str]], ...]


def _note_required(value: Iterable[Move]) -> frozenset[Move]:
    return frozenset(checks.instances("note_required", value, Move, "Move"))


def _reason_required(value: Iterable[Move]) -> frozenset[Move]:
    return frozenset(checks.instances("reason_required", value, Move, "Move"))


def _reasons(value: Iterable[Reason]) -> tuple[Reason, ...]:
    reasons = checks.instances("reasons", value, Reason, "Reason")
    checks.unique("reasons", [reason.key for reason in reasons])
    return reasons


def _permissions(value: Iterable[Permission]) -> tuple[Permission, ...]:
    return checks.instances("permissions", value, Permission, "Permission")


def _targets(value: Mapping[str, Iterable[str]] | Targets | None) -> Targets:
    allowed = {
        checks.key(checks.key_of("targets"), source): frozenset(checks.keys("targets", keys))
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
        allow_skip: whether an order may skip standard statuses, directly or through a hold.
        allow_back: whether an order may go back to an earlier status, directly or through a hold.
        allow_reopen: whether a closed order may be reopened, and whether a complete order may be
            cancelled.
        note_required: the moves that need a note, also if an order makes them through a hold or a
            cancellation.
        reason_required: the moves that need a reason, in the same way.
        reasons: the reasons that users can pick from, each with a different key. If the list is
            empty, every key is accepted as a reason.
        targets: a mapping from the key of a status to the keys of the statuses that may follow it.
            An order may go anywhere from a status that isn't in the mapping. While an order is on
            hold, the targets of the status before the hold apply too, except for the return to
            this status. Pass None for no limits.
        permissions: which roles may make certain changes.
        guard: a function that takes an order and a proposed status change. It returns a reason
            against the change, as text or as a `Refusal`, or None to allow the change. To pickle
            the rules, define the function at the top level of a module. Pass None for no guard.
        entry_guard: a function for all other changes: open, amend, replan, migrate, undo, split
            and reorder. It takes the order before the change (None for an opening) and the entry.
            Like *guard*, it returns a reason, or None to allow the change. Pass None for no guard.

    Source:
        Decisions D24, D38 and D43.

    Example:
        >>> from prodflow import Move
        >>> strict = ChangeRules(allow_skip=False, note_required={Move.BACK, Move.REOPEN})
    """

    allow_skip: bool = True
    allow_back: bool = True
    allow_reopen: bool = True
    note_required: frozenset[Move] = field(default=frozenset(), converter=_note_required)
    reason_required: frozenset[Move] = field(default=frozenset(), converter=_reason_required)
    reasons: tuple[Reason, ...] = field(default=(), converter=_reasons)
    _targets: Targets = field(default=None, alias="targets", converter=_targets)
    permissions: tuple[Permission, ...] = field(default=(), converter=_permissions)
    guard: Guard | None = None
    entry_guard: EntryGuard | None = None

    @property
    def targets(self) -> Mapping[str, frozenset[str]]:
        """A mapping from the key of a status to the keys of the statuses that may follow it."""
        return MappingProxyType(dict(self._targets))

    def refusals(self, proposal: ProposedChange) -> tuple[Refusal, ...]:
        """Every reason that these rules have against a proposal; empty if they allow it.

        Args:
            proposal: a change that was proposed for the order's present version.
        """
        checks.instance("proposal", proposal, ProposedChange, "a ProposedChange")
        if self is LENIENT:
            return ()
        return tuple(dict.fromkeys(self._against(proposal)))  # two permissions may say the same

    def check_entry(
        self,
        order: ProductionOrder | None,
        entry: HistoryEntry,
        after: ProductionOrder,
        *,
        verb: Verb | None = None,
        roles: Iterable[str] = (),
        repeats: ProductionOrder | None = None,
    ) -> None:
        """Raise an error if these rules refuse an entry that isn't a status change.

        Args:
            order: the order before the entry; None for an opening.
            after: the order after the entry.
            verb: the change, for permissions; None if it needs none.
            roles: the roles of the user.
            repeats: the order that a reorder repeats, which counts as the order before; otherwise
                None.

        Raises:
            ChangeRefusedError: if permissions, the list of reasons or `entry_guard` refuse it.
        """
        if order is not None:
            checks.instance("order", order, ProductionOrder, "a ProductionOrder or None")
        checks.instance("entry", entry, _ENTRIES, "an entry of a history")
        checks.instance("after", after, ProductionOrder, "a ProductionOrder")
        if repeats is not None:
            checks.instance("repeats", repeats, ProductionOrder, "a ProductionOrder or None")
        if verb is not None:
            checks.one_of("verb", verb, *VERBS)
        names = checks.roles(roles)
        refusals: list[Refusal] = []
        if isinstance(entry, (OrderOpened, OrderAmended)) and entry.reason is not None:
            refusals += self._against_reason(entry.reason, frozenset())
        before = repeats if order is None else order
        if verb is not None and self.permissions:
            asked = Asked(
                verb=verb,
                order=after if before is None else before,
                sources=frozenset() if before is None else _sources(before, after.status.key),
                to=after.status.key,
                moves=frozenset(),
            )
            refusals += missing(self.permissions, asked, names)
        if self.entry_guard is not None:
            refused = _by_guard("entry_guard", self.entry_guard(order, entry))
            if refused is not None:
                refusals.append(refused)
        if refusals:
            raise ChangeRefusedError(entry.order_id, tuple(dict.fromkeys(refusals)))

    def _against_what_is_said(
        self, proposal: ProposedChange, moves: tuple[Move, ...]
    ) -> Iterator[Refusal]:
        """The refusals for want of a note or of a reason that fits."""
        if not proposal.note.strip():
            needing = [move for move in moves if move in self.note_required]
            if needing:
                message = text("{move} needs a note: say why", move=_MOVES[needing[0]])
                yield _refusal("note", message, ())
        if proposal.reason is not None:
            yield from self._against_reason(proposal.reason, frozenset(moves))
            return
        needing = [move for move in moves if move in self.reason_required]
        if needing:
            message = text("{move} needs a reason: pick one", move=_MOVES[needing[0]])
            yield _refusal("reason", message, ())

    def _against_reason(self, key: str, moves: frozenset[Move]) -> Iterator[Refusal]:
        """The refusal of a reason that users can't pick for these moves."""
        if not self.reasons:
            return
        usable = [it for it in self.reasons if not it.inactive]
        fitting = [it for it in usable if not it.moves or it.moves & moves]
        if any(it.key == key for it in fitting):
            return
        titles = {it.key: it.description for it in self.reasons}
        template = _WRONG_REASONS[any(it.key == key for it in usable), bool(fitting)]
        message = template.with_fields(
            reason=checks.shown(titles.get(key, key)),
            among=checks.listed([it.description for it in fitting]),
        )
        yield _refusal("reason", message, ())

    def _against_target(self, proposal: ProposedChange) -> Iterator[Refusal]:
        """A refusal for each status that the order leaves, and that the new one may not follow."""
        cycle, key = proposal.order.cycle, proposal.to.key
        left = _sources(proposal.order, key)
        against = {
            source: allowed
            for source, allowed in self._targets
            if source in left and key not in allowed
        }
        sources = [cycle[source] for source in against]
        if len(sources) > 1:
            sources.sort(key=cycle.statuses.index)
        for source in sources:
            allowed = against[source.key] - {source.key}
            among = [it.description for it in cycle.choices() if it.key in allowed]
            template = _ANOTHER_TARGET if among else _NO_TARGET
            message = template.with_fields(
                source=checks.shown(source.description),
                status=checks.shown(proposal.to.description),
                among=checks.listed(among),
            )
            yield _refusal("target", message, (source.key, key))

    def _against(self, proposal: ProposedChange) -> Iterator[Refusal]:
        key = proposal.to.key
        there = checks.shown(proposal.to.description)
        ahead, back, reopens = _directions(proposal)
        if ahead and not self.allow_skip:
            message = text(
                "statuses may not be skipped: go through {skipped} before {status}",
                skipped=checks.listed([status.description for status in proposal.skipped]),
                status=there,
            )
            yield _refusal("skip", message, tuple(status.key for status in proposal.skipped))
        if back and not self.allow_back:
            message = text(
                "going to {status} would be a step back, which is refused: choose a later status",
                status=there,
            )
            yield _refusal("back", message, (key,))
        if reopens and not self.allow_reopen:
            message = text(
                "going to {status} would reopen a finished order: open a new order",
                status=there,
            )
            yield _refusal("reopen", message, (proposal.from_.key,))
        # By way of a hold, a RESUME may skip or go back in effect.
        effects = compress((Move.SKIP, Move.BACK, Move.REOPEN), (ahead, back, reopens))
        moves = (proposal.move, *effects)
        yield from self._against_what_is_said(proposal, moves)
        if self._targets:
            yield from self._against_target(proposal)
        if self.permissions:
            asked = Asked(
                verb=None,
                order=proposal.order,
                sources=_sources(proposal.order, key),
                to=key,
                moves=frozenset((*moves, *_moves_in_effect(proposal.order, key))),
            )
            yield from missing(self.permissions, asked, proposal.roles)
        if self.guard is not None:
            refused = _by_guard("guard", self.guard(proposal.order, proposal))
            if refused is not None:
                yield refused


_refusal = trusted(Refusal)  # a message of ours is right: 0.3 µs, not 3 (Python 3.11)

_MOVES: Final[Mapping[Move, Message]] = {
    Move.NEXT: text("going to the next status"),
    Move.SKIP: text("skipping statuses"),
    Move.BACK: text("going back"),
    Move.ASIDE: text("leaving the usual sequence"),
    Move.RESUME: text("returning to the usual sequence"),
    Move.REOPEN: text("reopening an order"),
}
"""What people call the moves."""

# By whether the reason is in use, and whether any reason fits.
_WRONG_REASONS: Final = {
    (True, True): text("the reason {reason} is not for this change: choose one of {among}"),
    (True, False): text("the reason {reason} is not for this change: leave it out"),
    (False, True): text("the reason {reason} is not in use: choose one of {among}"),
    (False, False): text("the reason {reason} is not in use: leave it out"),
}
_ANOTHER_TARGET: Final = text("an order at {source} may not go to {status}: choose one of {among}")
_NO_TARGET: Final = text("an order at {source} may not go to {status}: it has to stay")


def _directions(proposal: ProposedChange) -> tuple[bool, bool, bool]:
    """Whether a change skips statuses, whether it goes back, and whether it reopens the order."""
    order, there = proposal.order, proposal.order.cycle.place(proposal.to.key).position
    final = order.cycle.final.key
    if order.status.key == final:
        return False, False, True
    if order.resumes_in is None or there is None:
        reopens = order.status.closes and not proposal.to.cancelled
        return bool(proposal.skipped), proposal.move is Move.BACK, reopens
    if order.resumes_in == final:
        # Every status of the path was completed. Only a change to the final status keeps it so.
        return False, False, order.is_cancelled or proposal.to.key != final
    resumes = order.cycle.place(order.resumes_in).position
    back = resumes is not None and there < resumes
    return bool(proposal.skipped), back, order.is_cancelled


def _sources(order: ProductionOrder, to: str) -> frozenset[str]:
    """The keys of the statuses that an order leaves by a change to the status *to*.

    The present status is one of them. If the order is off the path, so is the status that it left,
    except for a change that returns there.
    """
    cycle = order.cycle
    left: set[str] = set()
    if order.held is not None:
        left = {order.held.status}
    elif order.resumes_in is not None:
        # The order completed the status before `resumes_in`, and then left it.
        position = cycle.place(order.resumes_in).position
        left = {cycle.path[position - 1].key} if position else set()
        if order.resumes_in == cycle.final.key:
            left.add(order.resumes_in)  # or it was complete: the order itself doesn't tell
    return frozenset({order.status.key, *(left - {to})})


def _moves_in_effect(order: ProductionOrder, to: str) -> Iterator[Move]:
    """The moves along the path that an order off the path makes, from the statuses it left."""
    there = order.cycle.place(to).position
    if order.resumes_in is None or there is None:
        return
    positions = {status.key: position for position, status in enumerate(order.cycle.path)}
    for source in _sources(order, to) - {order.status.key}:
        ahead = there - positions[source]
        yield Move.BACK if ahead < 0 else Move.NEXT if ahead == 1 else Move.SKIP


def _by_guard(name: str, answer: str | Refusal | None) -> Refusal | None:
    if answer is None or isinstance(answer, Refusal):
        return answer
    return Refusal("guard", checks.instance(f"what {name} returns", answer, str, _ANSWERS))


_ENTRIES: Final = get_args(HistoryEntry)
_ANSWERS: Final = "a str, a Refusal or None"

LENIENT: Final = ChangeRules()
"""The rules that allow everything."""


def find_rule_problems(
    rules: ChangeRules, cycles: Iterable[StatusCycle]
) -> tuple[RuleProblem, ...]:
    """Mistakes in the rules, such as a misspelled key or a status that no order may leave.

    Args:
        rules: the rules of a flow.
        cycles: the cycles that the flow is for, in any versions.

    Returns:
        First a problem for each key in `targets` and `permissions` that no cycle has. Then a
        problem for each dead end: in at least one cycle, an order in this status may not go to any
        other active status. Last a problem for each move that needs a reason, if the list has
        reasons but none for this move. All groups are sorted by key.

    Source:
        Decisions D24, D38 and D43.

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
    permitted = {key for each in rules.permissions for key in each.to | each.from_}
    unknown = [
        RuleProblem("unknown-status", key, template.with_fields(key=checks.shown(key)))
        for key, template in sorted(
            [(key, _UNKNOWN_TARGET) for key in named - keys]
            + [(key, _UNKNOWN_PERMITTED) for key in permitted - keys]
        )
    ]
    titles = {status.key: checks.shown(status.description) for cycle in known for status in cycle}
    dead_ends = [
        RuleProblem(
            "dead-end", key, _DEAD_END.with_fields(status=titles.get(key, checks.shown(key)))
        )
        for key, allowed in rules.targets.items()
        if any(_is_dead_end(cycle, key, allowed) for cycle in known)
        or (not any(key in cycle for cycle in known) and not allowed & active)
    ]
    usable = [reason for reason in rules.reasons if not reason.inactive]
    no_reasons = [
        RuleProblem("no-reason", move.value, _NO_REASON.with_fields(move=_MOVES[move]))
        for move in sorted(rules.reason_required)
        if rules.reasons and not any(not it.moves or move in it.moves for it in usable)
    ]
    return (*unknown, *dead_ends, *no_reasons)


_UNKNOWN_TARGET: Final = text(
    "the statuses that may follow include {key}, which no cycle has: choose another one"
)
_UNKNOWN_PERMITTED: Final = text(
    "a permission is for the status {key}, which no cycle has: choose another one"
)
_DEAD_END: Final = text("no status may follow {status}: name one that is in use")
_NO_REASON: Final = text("{move} needs a reason, and none in use is for it: add one")


def _is_dead_end(cycle: StatusCycle, key: str, allowed: Collection[str]) -> bool:
    return key in cycle and not any(
        status.key in allowed for status in cycle.choices() if status.key != key
    )
