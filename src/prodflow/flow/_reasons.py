"""Reasons: why an order was sent back, amended or ordered again (decision D38)."""

from collections.abc import Iterable
from typing import final

from attrs import field, frozen

from prodflow import _checks as checks
from prodflow._fields import Description, Key, checked
from prodflow.order import Move


def _moves(value: Iterable[Move]) -> frozenset[Move]:
    return frozenset(checks.instances("moves", value, Move, "Move"))


@final
@frozen(weakref_slot=False, field_transformer=checked)
class Reason:
    """Why an order was changed, opened or ordered again: a line of the list that users pick from.

    Args:
        key: what identifies the reason, 1 to 64 ASCII letters, digits, `_`, `-`, `.`.
        description: the text that users see, such as "Damaged in the lab".
        moves: the kinds of status changes that the reason is for. If you name any, the reason is
            for no other change. Empty for every change.
        chargeable: whether the extra work is charged to the client.
        inactive: whether users can no longer pick the reason. Old entries keep it.

    Source:
        The Reorder Reasons of Spectra; decision D38.
    """

    key: Key
    description: Description
    moves: frozenset[Move] = field(default=frozenset(), converter=_moves, kw_only=True)
    chargeable: bool = field(default=True, kw_only=True)
    inactive: bool = field(default=False, kw_only=True)
