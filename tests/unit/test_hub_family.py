"""Families: orders that were split or ordered again (decisions D37 and D38)."""

from collections.abc import Callable
from typing import Any

import pytest
from attrs import evolve

from prodflow import ProductionOrder, StatusCycle
from prodflow.hub import Family, Relative, family

Make = Callable[..., ProductionOrder]


@pytest.fixture
def make(order: ProductionOrder) -> Make:
    """Makes an order with this id."""

    def made(order_id: str, **given: Any) -> ProductionOrder:  # noqa: ANN401
        return evolve(order, id=order_id, **given)

    return made


class TestFamilies:
    """Each order is in exactly one family."""

    def test_parts_and_reprints_follow_their_order(self, make: Make) -> None:
        """Sorted by number, the deepest first, whatever the sequence in which they come."""
        orders = [
            make("PO-11", split_from="PO-9"),
            make("PO-2"),
            make("PO-10", split_from="PO-1"),
            make("PO-9", reorder_of="PO-1"),
            make("PO-1"),
        ]
        families = family(orders)
        assert [
            [(each.order.id, each.parent_id, each.kinship, each.depth) for each in one.relatives]
            for one in families
        ] == [
            [
                ("PO-1", None, None, 0),
                ("PO-9", "PO-1", "reprint", 1),
                ("PO-11", "PO-9", "part", 2),
                ("PO-10", "PO-1", "part", 1),
            ],
            [("PO-2", None, None, 0)],
        ]

    def test_a_family_knows_its_members(self, make: Make) -> None:
        """Its first order, its parts, its reprints, and the pieces of all."""
        root = make("PO-1", quantity=60)
        part = make("PO-2", split_from="PO-1", quantity=40)
        reprint = make("PO-3", reorder_of="PO-2", quantity=5)
        unknown = make("PO-4", split_from="PO-1")
        (found,) = family([reprint, unknown, part, root])
        assert (found.root, found.parent_id) == (root, None)
        assert found.orders == (root, part, reprint, unknown)
        assert (found.parts, found.reprints) == ((part, unknown), (reprint,))
        assert found.quantity == 105

    def test_an_order_whose_parent_is_not_given_begins_a_family(self, make: Make) -> None:
        """It names the parent, so a page can link to it."""
        (found,) = family([make("PO-2", split_from="PO-1")])
        assert (found.root.id, found.parent_id) == ("PO-2", "PO-1")
        assert found.relatives[0].kinship == "part"

    def test_a_part_of_a_reprint_is_a_part(self, make: Make) -> None:
        """It may have kept what the reprint replaces; the order that is given counts."""
        reprint = make("PO-2", reorder_of="PO-1")
        part = make("PO-3", split_from="PO-2", reorder_of="PO-1")
        (found,) = family([make("PO-1"), reprint, part])
        assert (found.parts, found.reprints) == ((part,), (reprint,))
        (alone,) = family([make("PO-1"), part])
        assert alone.relatives[1] == Relative(part, "PO-1", "reprint", 1)

    def test_a_circle_is_one_family(self, make: Make) -> None:
        """Damaged data must not hang a page."""
        (found,) = family([make("PO-2", split_from="PO-1"), make("PO-1", split_from="PO-2")])
        assert [order.id for order in found.orders] == ["PO-1", "PO-2"]
        hanging = [
            make("PO-1", split_from="PO-2"),
            make("PO-2", split_from="PO-3"),
            make("PO-3", reorder_of="PO-2"),
        ]
        (found,) = family(hanging)
        assert [order.id for order in found.orders] == ["PO-2", "PO-1", "PO-3"]
        (itself,) = family([make("PO-1", split_from="PO-1")])
        assert len(itself.orders) == 1

    def test_families_are_a_sequence(self, make: Make) -> None:
        """By the number of their first order."""
        families = family([make("PO-10"), make("PO-9"), make("PO-8", split_from="PO-10")])
        assert [one.root.id for one in families] == ["PO-9", "PO-10"]
        assert (len(families), families[0].root.id) == (2, "PO-9")
        assert families[1:] == families.families[1:]
        assert family([]).families == ()

    def test_an_order_is_given_once(self, make: Make) -> None:
        """The same id twice is refused."""
        with pytest.raises(ValueError, match="orders must hold each order once"):
            family([make("PO-1"), make("PO-1")])

    def test_a_family_has_an_order(self) -> None:
        """An empty one is refused."""
        with pytest.raises(ValueError, match="relatives must hold at least one order"):
            Family(relatives=())


class TestTable:
    """A line for each order."""

    def test_has_the_newest_names(self, make: Make, cycle: StatusCycle) -> None:
        """And says what each order is to which other one."""
        orders = [make("PO-1", quantity=1200), make("PO-2", reorder_of="PO-1", quantity=30)]
        newer = cycle.replace("ordered", description="Received")
        table = family(orders, cycles=[newer]).table()
        assert table.columns == (
            *("Family", "Number", "As", "Of", "Type", "Status", "Due", "Quantity"),
        )
        due_on = orders[0].due_on
        assert table.rows == (
            ("PO-1", "PO-1", None, None, "prints", "Received", due_on, 1200),
            ("PO-1", "PO-2", "Reprint", "PO-1", "prints", "Received", due_on, 30),
        )
        assert table.notes == ("Families: 1. Orders: 2. Quantity: 1,230.",)
