"""Permissions: who may make which change (decision D43)."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Final, Literal, NamedTuple, final, get_args

from attrs import evolve, field, frozen

from prodflow import _checks as checks
from prodflow._fields import checked
from prodflow._messages import Message, text
from prodflow._trusted import trusted
from prodflow.errors import Refusal
from prodflow.order import Move, ProductionOrder
from prodflow.triggers import Where

Verb = Literal["open", "amend", "migrate", "undo", "split", "reorder"]
"""A change that isn't a status change."""

VERBS: Final[tuple[str, ...]] = get_args(Verb)

MOVES_AND_VERBS: Final = text(
    "moves are of status changes, and verbs are the other changes: use two permissions"
)


def _roles(value: Iterable[str]) -> tuple[str, ...]:
    names = checks.roles(value)
    checks.at_least_one("roles", names)
    return tuple(sorted(names))


def _to(value: Iterable[str]) -> frozenset[str]:
    return frozenset(checks.keys("to", value))


def _from(value: Iterable[str]) -> frozenset[str]:
    return frozenset(checks.keys("from_", value))


def _moves(value: Iterable[Move]) -> frozenset[Move]:
    return frozenset(checks.instances("moves", value, Move, "Move"))


def _verbs(value: Iterable[Verb]) -> frozenset[Verb]:
    verbs = checks.items("verbs", value, "verbs")
    for verb in verbs:
        checks.one_of(checks.item_of("verbs"), verb, *VERBS)
    return frozenset(verbs)


@final
@frozen(weakref_slot=False, field_transformer=checked)
class Permission:
    """Which roles may make certain changes.

    A permission restricts the changes that it matches: only its roles may make them. If several
    permissions match, the user needs a role of each. If none matches, everybody may. An empty
    field doesn't narrow the permission, but without *verbs* it's about status changes only.

    Args:
        roles: your names of the roles, at least one.
        to: the keys of the statuses that the order has after the change.
        from_: the keys of the statuses that the order has before the change. While an order is on
            hold, the status before the hold counts too, except for the return to this status. An
            opening has no status before.
        moves: the kinds of status changes, also if an order makes them through a hold or a
            cancellation.
        verbs: the changes that the permission is for: "open", "amend", "migrate", "undo", "split"
            or "reorder"; empty for status changes.
        where: which values the order must have before the change, or after an opening; None for
            every order.

    Raises:
        ValueError: if there are both *moves* and *verbs*, since only status changes are moves.

    Source:
        Decision D43.

    Example:
        >>> only_leads = Permission({"lead"}, to={"delivered"}, where=Where(vendor="West Lab"))
        >>> only_office = Permission({"office"}, verbs={"open", "reorder"})
    """

    roles: tuple[str, ...] = field(converter=_roles)
    to: frozenset[str] = field(default=frozenset(), converter=_to, kw_only=True)
    from_: frozenset[str] = field(default=frozenset(), converter=_from, kw_only=True)
    moves: frozenset[Move] = field(default=frozenset(), converter=_moves, kw_only=True)
    verbs: frozenset[Verb] = field(default=frozenset(), converter=_verbs, kw_only=True)
    where: Where | None = field(default=None, kw_only=True)

    def __attrs_post_init__(self) -> None:
        if self.moves and self.verbs:
            raise ValueError(MOVES_AND_VERBS)


class Asked(NamedTuple):
    """A change, as far as permissions look at it."""

    verb: Verb | None
    """None for a status change."""
    order: ProductionOrder
    sources: frozenset[str]
    """The keys of the statuses that the order leaves."""
    to: str
    moves: frozenset[Move]


def missing(
    permissions: Iterable[Permission], asked: Asked, roles: Iterable[str]
) -> Iterator[Refusal]:
    """A refusal for each permission that matches a change but names none of the roles."""
    for permission in permissions:
        if _matches(permission, asked) and not {*permission.roles}.intersection(roles):
            message = text(
                "{change} needs one of the roles {roles}: ask somebody who has it",
                change=_change(asked),
                roles=checks.listed(permission.roles),
            )
            yield _refusal("permission", message, (asked.to,))


def _change(asked: Asked) -> Message:
    """What people call a change."""
    if asked.verb is not None:
        return _CHANGES[asked.verb]
    cycle = asked.order.cycle
    to = cycle[asked.to].description if asked.to in cycle else asked.to
    return text("going to {status}", status=checks.shown(to))


_refusal = trusted(Refusal)

_CHANGES: Final[Mapping[Verb, Message]] = {
    "open": text("opening an order"),
    "amend": text("amending an order"),
    "migrate": text("moving an order to another version of its statuses"),
    "undo": text("undoing a change"),
    "split": text("splitting an order"),
    "reorder": text("ordering a reprint"),
}


def _matches(permission: Permission, asked: Asked) -> bool:
    return (
        _is_about(permission, asked)
        and (not permission.to or asked.to in permission.to)
        and (not permission.from_ or bool(permission.from_ & asked.sources))
        and (permission.where is None or _is_where(permission.where, asked.order))
    )


def _is_where(where: Where, order: ProductionOrder) -> bool:
    """Whether a condition holds for an order, or will hold for it after a hold."""
    held = order.held
    if where(order, None) or held is None:
        return where(order, None)
    return where(evolve(order, department=held.department, user=held.user), None)


def _is_about(permission: Permission, asked: Asked) -> bool:
    """Whether a permission is about this kind of change."""
    if asked.verb is not None:
        return asked.verb in permission.verbs
    if permission.verbs:
        return False
    return not permission.moves or bool(permission.moves & asked.moves)
