"""Families: orders that were split from one order or ordered again in its place."""

from collections.abc import Iterable, Mapping
from typing import Final, Literal, NamedTuple, final

from attrs import field, frozen

from prodflow._families import Descent, families_of
from prodflow._fields import checked
from prodflow._messages import text
from prodflow._sequences import Rows
from prodflow._words import AnyWords
from prodflow.cycle import StatusCycle
from prodflow.export import Table
from prodflow.hub._orders import (
    NUMBER,
    QUANTITY,
    STATUS,
    TYPE,
    by_number,
    each,
    names_for,
    naming,
    versions,
)
from prodflow.order import ProductionOrder

__all__ = ["Families", "Family", "Kinship", "Relative", "family"]

Kinship = Literal["part", "reprint"]
"""What an order is to the order that it comes from."""


@final
class Relative(NamedTuple):
    """An order and its place in a family.

    Args:
        order: the order.
        parent_id: the order that it comes from; None if it comes from none.
        kinship: what it is to that order: a part that was split from it, or a reprint; None if it
            comes from none.
        depth: how many orders it comes from, one after the other: 0 for the first order of the
            family.
    """

    order: ProductionOrder
    parent_id: str | None
    kinship: Kinship | None
    depth: int


@final
@frozen(kw_only=True, weakref_slot=False, field_transformer=checked)
class Family:
    """An order with all orders that come from it.

    Args:
        relatives: the first order of the family, then the others. Each comes after the order that
            it comes from, and orders from the same order are sorted by number.

    Source:
        Decisions D37 and D38.
    """

    relatives: tuple[Relative, ...]

    def __attrs_post_init__(self) -> None:
        if not self.relatives:
            raise ValueError("relatives must hold at least one order")

    @property
    def root(self) -> ProductionOrder:
        """The first order."""
        return self.relatives[0].order

    @property
    def parent_id(self) -> str | None:
        """The order that the first order comes from, which was not given; None if there's none."""
        return self.relatives[0].parent_id

    @property
    def orders(self) -> tuple[ProductionOrder, ...]:
        """All orders of the family."""
        return tuple(relative.order for relative in self.relatives)

    @property
    def parts(self) -> tuple[ProductionOrder, ...]:
        """The orders that were split from another order."""
        return self._of("part")

    @property
    def reprints(self) -> tuple[ProductionOrder, ...]:
        """The orders that replace another order."""
        return self._of("reprint")

    @property
    def quantity(self) -> int:
        """The sum of the known quantities; splitting an order doesn't change it."""
        return sum(order.quantity or 0 for order in self.orders)

    def _of(self, kinship: Kinship) -> tuple[ProductionOrder, ...]:
        return tuple(each.order for each in self.relatives if each.kinship == kinship)


@final
@frozen(kw_only=True, weakref_slot=False, field_transformer=checked)
class Families(Rows[Family]):
    """Orders by family, as a sequence of `Family`.

    Args:
        families: the families, by the number of their first order.
        cycles: the cycle versions from which the names of the statuses come.
    """

    families: tuple[Family, ...]
    cycles: tuple[StatusCycle, ...] = field(default=(), converter=versions)

    @property
    def _items(self) -> tuple[Family, ...]:
        return self.families

    def table(self, *, words: AnyWords | None = None) -> Table:
        """One line for each order, family by family.

        Args:
            words: your words; None for English.
        """
        orders = [order for family in self for order in family.orders]
        names = names_for(self.cycles, orders)
        quantity = sum(family.quantity for family in self)
        return Table(
            text("Families of Orders"),
            (
                *(text("Family"), NUMBER, text("As"), text("Of"), TYPE, STATUS),
                *(text("Due"), QUANTITY),
            ),
            [
                (
                    *(family.root.id, relative.order.id, _WORDS[relative.kinship]),
                    *(relative.parent_id, names.type_name(relative.order.order_type)),
                    names.title((relative.order.order_type, relative.order.status.key)),
                    *(relative.order.due_on, relative.order.quantity),
                )
                for family in self
                for relative in family.relatives
            ],
            notes=(
                text(
                    "Families: {families}. Orders: {orders}. Quantity: {quantity}.",
                    families=len(self),
                    orders=len(orders),
                    quantity=quantity,
                ),
            ),
        ).said(words)


_WORDS: Final[Mapping[Kinship | None, str | None]] = {
    None: None,
    "part": text("Part"),
    "reprint": text("Reprint"),
}


def family(orders: Iterable[ProductionOrder], *, cycles: Iterable[StatusCycle] = ()) -> Families:
    """The orders that belong together, because they were split or ordered again.

    An order comes from the order in its `split_from`, otherwise from the order in its `reorder_of`.
    If that order isn't among *orders*, a new family begins, and its `parent_id` names that order.

    Args:
        orders: orders of any types, each once.

    Raises:
        ValueError: if an order comes twice.

    Source:
        Decisions D37 and D38.
    """
    given = sorted(each(orders), key=lambda order: by_number(order.id))
    if len({order.id for order in given}) < len(given):
        raise ValueError("orders must hold each order once: some are there twice")
    families = [Family(relatives=tuple(map(_relative, each))) for each in families_of(given)]
    families.sort(key=lambda family: by_number(family.root.id))
    return Families(families=tuple(families), cycles=naming(cycles, given, given))


def _relative(descent: Descent) -> Relative:
    order, parent_id, depth = descent
    kinship: Kinship | None = None
    if parent_id is not None:
        kinship = "part" if parent_id == order.split_from else "reprint"
    return Relative(order, parent_id, kinship, depth)
