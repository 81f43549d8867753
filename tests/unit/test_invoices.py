"""Invoices: lines and their orders, conditions, progress, and what to do when one is complete."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal, localcontext
from enum import StrEnum
from typing import Any, Final

import pytest
from attrs import evolve

from prodflow import (
    Backward,
    Change,
    ChangeRefusedError,
    ChangeRules,
    CycleConflictError,
    DuplicateOrderError,
    MemoryStore,
    MissingDeliveryDateError,
    Permission,
    ProductionFlow,
    ProductionOrder,
    SendMessage,
    Status,
    StatusCycle,
)
from prodflow.invoices import (
    CreationCondition,
    FirstPayment,
    InStatus,
    Invoice,
    InvoiceLine,
    InvoiceOrders,
    InvoiceProgress,
    InvoiceSaved,
    Notify,
    OnCompletion,
    PaidAtLeast,
    PaidInFull,
    PlacedOrder,
    SetDeliveredOn,
    SetInvoiceStatus,
    UnplacedLine,
    UnplacedReason,
    completion_intents,
    invoice_progress,
    is_due,
    is_met,
    order_id_for,
    orders_for_invoice,
)

MONDAY: Final = date(2026, 11, 2)
DELIVERY: Final = date(2026, 12, 1)
AT: Final = datetime(2026, 11, 2, 9, tzinfo=UTC)
FLOW: Final = ProductionFlow()


def cycle_of(order_type: str, *, days: int = 2) -> StatusCycle:
    """A cycle with one status that takes some days, a final one, and a cancelled one."""
    return StatusCycle(
        order_type,
        [
            Status("made", "Made", initial=True, default_duration=days),
            Status("done", "Done", final=True),
            Status("cancelled", "Cancelled", non_standard=True, cancelled=True),
        ],
    )


PRINTS: Final = cycle_of("prints")
ALBUMS: Final = cycle_of("albums")

SMALL: Final = InvoiceLine("1", order_type="prints", vendor="City Lab", description="5 x 7")
LARGE: Final = InvoiceLine("2", order_type="prints", vendor="City Lab", description="8 x 10")
ALBUM: Final = InvoiceLine("3", order_type="albums", vendor="City Lab")
OTHER: Final = InvoiceLine("4", order_type="prints", vendor="Slow Lab")


def cancelled(opened: ProductionOrder) -> ProductionOrder:
    """The order after it was cancelled."""
    return FLOW.advance(opened, to="cancelled", today=MONDAY, by="ann", at=AT).order


def invoice_of(*lines: InvoiceLine, **given: Any) -> Invoice:  # noqa: ANN401 - facts of any kind
    """An invoice for 90.00, with delivery on 1 December."""
    facts: dict[str, Any] = {"total": Decimal("90.00"), "delivery_on": DELIVERY}
    return Invoice("INV-1", lines, **(facts | given))


def orders_of(*lines: InvoiceLine, **given: Any) -> InvoiceOrders:  # noqa: ANN401 - as above
    """The orders of an invoice with these lines."""
    facts: dict[str, Any] = {"flow": FLOW, "cycles": [PRINTS, ALBUMS], "ordered_on": MONDAY}
    facts |= {"by": "ann", "at": AT}
    return orders_for_invoice(invoice=invoice_of(*lines), **(facts | given))


class TestInvoice:
    """An invoice has what production needs to know."""

    def test_amounts_may_be_whole_cents(self) -> None:
        """An int becomes a Decimal, in any unit."""
        invoice = Invoice("INV-1", total=9000, paid=4500)
        assert (invoice.total, invoice.paid) == (Decimal(9000), Decimal(4500))
        assert {type(invoice.total), type(invoice.paid)} == {Decimal}

    def test_nothing_is_paid_by_default(self) -> None:
        """An app that doesn't track payments can leave them out."""
        assert Invoice("INV-1", total=9000).paid == 0

    @pytest.mark.parametrize("zero", [Decimal("-0"), Decimal("0E+999999"), Decimal("0.00"), 0])
    def test_every_zero_is_the_same(self, zero: Decimal) -> None:
        """The sign and the exponent of a zero are dropped."""
        assert str(Invoice("INV-1", total=zero).total) == "0"

    @pytest.mark.parametrize("amount", [10**18, Decimal(10**18), Decimal("1E-18")])
    def test_amounts_may_be_large_or_small(self, amount: Decimal) -> None:
        """The bounds are included."""
        assert Invoice("INV-1", total=1, paid=amount).paid == amount

    @pytest.mark.parametrize("amount", [True, 1.0, float("nan"), "90.00", None, 2j])
    def test_an_amount_is_exact(self, amount: Decimal) -> None:
        """A bool, a float and a str are refused."""
        with pytest.raises(TypeError, match=r"^total must be a Decimal or an int"):
            Invoice("INV-1", total=amount)
        with pytest.raises(TypeError, match=r"^paid must be a Decimal or an int"):
            Invoice("INV-1", total=1, paid=amount)

    @pytest.mark.parametrize("text", ["NaN", "sNaN", "-NaN123", "Infinity", "-Infinity"])
    def test_an_amount_is_finite(self, text: str) -> None:
        """Infinity and NaN are refused."""
        with pytest.raises(ValueError, match=r"^paid must be finite, not"):
            Invoice("INV-1", total=1, paid=Decimal(text))

    @pytest.mark.parametrize(
        "amount", [-1, Decimal("-0.01"), 10**18 + 1, 10**4_000, Decimal("1E+999999")]
    )
    def test_an_amount_is_within_bounds(self, amount: Decimal) -> None:
        """Negative amounts are refused, and so are very large ones."""
        with pytest.raises(ValueError, match=r"^total must be from 0 to 1,000,000,"):
            Invoice("INV-1", total=amount)

    @pytest.mark.parametrize("text", ["1E-19", "1E-999999", "0.1234567890123456789"])
    def test_an_amount_has_few_decimal_places(self, text: str) -> None:
        """So that arithmetic stays cheap."""
        with pytest.raises(ValueError, match=r"^total must have at most 18 decimal places"):
            Invoice("INV-1", total=Decimal(text))

    @pytest.mark.parametrize(
        ("amount", "error", "shown"),
        [
            (1.5, TypeError, "1.5"),
            (-1, ValueError, "-1"),
            (Decimal("1E-19"), ValueError, "19"),
        ],
    )
    def test_a_refusal_shows_the_amount(
        self, amount: Decimal, error: type[Exception], shown: str
    ) -> None:
        """Or the number of its decimal places."""
        with pytest.raises(error, match=f", not {shown}$"):
            Invoice("INV-1", total=amount)

    def test_a_line_has_an_id_of_its_own(self) -> None:
        """Two lines with the same id are refused, and the message names it."""
        with pytest.raises(ValueError, match=r"lines must have different ids, but repeat '1'"):
            invoice_of(SMALL, ALBUM, SMALL)

    @pytest.mark.parametrize("lines", ["lines", 5, None, [SMALL, "1"], [None]])
    def test_lines_are_lines(self, lines: list[InvoiceLine]) -> None:
        """Anything else is refused, and the message names the argument."""
        with pytest.raises(TypeError, match=r"^lines must be an iterable of InvoiceLine"):
            Invoice("INV-1", lines, total=1)

    @pytest.mark.parametrize(
        ("argument", "value"),
        [("id", ""), ("order_type", "fine art"), ("vendor", "a\nb"), ("description", "\x00")],
    )
    def test_texts_of_a_line_are_within_bounds(self, argument: str, value: str) -> None:
        """Each text has its own bounds."""
        with pytest.raises(ValueError, match=rf"^{argument} must"):
            InvoiceLine(**({"id": "1"} | {argument: value}))

    @pytest.mark.parametrize(
        ("argument", "value", "error"),
        [
            ("status", "", ValueError),
            ("status", 5, TypeError),
            ("invoiced_on", AT, TypeError),
            ("delivery_on", "2026-12-01", TypeError),
        ],
    )
    def test_facts_of_an_invoice_are_checked(
        self, argument: str, value: object, error: type[Exception]
    ) -> None:
        """The message names the argument."""
        with pytest.raises(error, match=rf"^{argument} must"):
            invoice_of(**{argument: value})

    def test_a_str_enum_becomes_a_str(self) -> None:
        """A member of a str enum is accepted, and only its text is kept."""

        class Vendor(StrEnum):
            CITY = "City Lab"

        assert type(InvoiceLine("1", vendor=Vendor.CITY).vendor) is str


class TestOrders:
    """An invoice gives one order for each vendor and order type of its lines (D31)."""

    def test_one_for_each_vendor_and_order_type(self) -> None:
        """The orders are sorted by their first line, and each keeps the order of its lines."""
        orders = orders_of(SMALL, ALBUM, OTHER, LARGE)
        assert [order.lines for order in orders.placed] == [(SMALL, LARGE), (ALBUM,), (OTHER,)]
        assert orders.unplaced == ()

    def test_an_order_is_opened_like_any_other(self) -> None:
        """It has the vendor and type of its lines, and the delivery date of the invoice."""
        (change,) = orders_of(SMALL).changes
        assert change == FLOW.open(
            PRINTS,
            order_id=order_id_for(invoice_of(), "City Lab", "prints"),
            ordered_on=MONDAY,
            delivery_on=DELIVERY,
            invoice_id="INV-1",
            vendor="City Lab",
            by="ann",
            at=AT,
        )

    def test_every_order_is_recorded_alike(self) -> None:
        """Each entry has the same user, note and command id."""
        recording = {"recorded_by": "bob", "note": "paid", "command_id": "payment-7"}
        for change in orders_of(SMALL, ALBUM, **recording).changes:
            assert {name: getattr(change.entry, name) for name in recording} == recording

    def test_the_changes_go_into_one_save(self) -> None:
        """All orders are in the store afterwards."""
        store = MemoryStore()
        orders = orders_of(SMALL, ALBUM, OTHER)
        store.save(*orders.changes)
        assert [store.get(change.order.id) for change in orders.changes] == [
            order.change.order for order in orders.placed
        ]

    def test_an_unplaced_line_has_every_reason(self) -> None:
        """Lines that cannot be placed are reported, not dropped (D31)."""
        bare = InvoiceLine("5")
        nobody = InvoiceLine("6", order_type="prints")
        anything = InvoiceLine("7", vendor="City Lab")
        frame = InvoiceLine("8", order_type="frames")
        orders = orders_of(bare, SMALL, nobody, anything, frame)
        assert orders.unplaced == (
            UnplacedLine(bare, ("no-order-type", "no-vendor")),
            UnplacedLine(nobody, ("no-vendor",)),
            UnplacedLine(anything, ("no-order-type",)),
            UnplacedLine(frame, ("no-cycle", "no-vendor")),
        )
        assert [order.lines for order in orders.placed] == [(SMALL,)]

    def test_the_reasons_can_be_read(self) -> None:
        """They make one line of text."""
        assert UnplacedLine(SMALL, ("no-cycle", "no-vendor")).message == (
            "line '1' is in no new order: its order type has no status cycle: set one up;"
            " it has no vendor: choose one"
        )

    def test_an_invoice_without_lines_gives_no_orders(self) -> None:
        """There are no orders and no unplaced lines."""
        assert orders_of() == InvoiceOrders(placed=(), unplaced=())

    def test_the_highest_version_of_a_cycle_is_taken(self) -> None:
        """The order of the cycles doesn't matter."""
        second = PRINTS.replace("made", default_duration=3)
        third = second.replace("made", default_duration=4)
        for cycles in ([PRINTS, third, second], [third, PRINTS, PRINTS, second]):
            (change,) = orders_of(SMALL, cycles=cycles).changes
            assert change.order.cycle == third

    def test_two_contents_of_a_version_are_a_conflict(self) -> None:
        """It isn't clear which one counts."""
        with pytest.raises(CycleConflictError) as caught:
            orders_of(SMALL, cycles=[PRINTS, cycle_of("prints", days=9)])
        assert (caught.value.order_type, caught.value.version) == ("prints", 1)

    def test_a_policy_may_ask_for_a_delivery_date(self) -> None:
        """Its error is passed on."""
        flow = ProductionFlow(due_dates=Backward(without_delivery="error"))
        invoice = invoice_of(SMALL, delivery_on=None)
        with pytest.raises(MissingDeliveryDateError):
            orders_for_invoice(flow, invoice, [PRINTS], ordered_on=MONDAY, by="ann", at=AT)

    def test_a_rule_may_refuse_an_order(self) -> None:
        """The guard of entries is asked for each; the error names the order."""
        rules = ChangeRules(entry_guard=lambda _, __: "credit limit reached")
        with pytest.raises(ChangeRefusedError) as caught:
            orders_for_invoice(
                ProductionFlow(rules=rules),
                invoice_of(SMALL),
                [PRINTS],
                ordered_on=MONDAY,
                by="ann",
                at=AT,
            )
        assert [refusal.message for refusal in caught.value.refusals] == ["credit limit reached"]

    def test_who_may_open_orders_may_open_those_of_an_invoice(self) -> None:
        """The roles of the user are asked for each order."""
        permission = Permission({"office"}, verbs={"open"})
        flow = ProductionFlow(rules=ChangeRules(permissions=[permission]))
        assert len(orders_of(SMALL, flow=flow, roles=["office"]).placed) == 1
        with pytest.raises(ChangeRefusedError):
            orders_of(SMALL, flow=flow)

    def test_arguments_are_checked_even_if_no_order_is_opened(self) -> None:
        """An invoice without lines hides no mistake."""
        with pytest.raises(ValueError, match=r"^at must be aware"):
            orders_of(at=datetime(2026, 11, 2))  # noqa: DTZ001 - naive, on purpose

    @pytest.mark.parametrize(
        ("argument", "value"),
        [
            ("flow", None),
            ("ordered_on", AT),
            ("order_ids", "PO-1"),
            ("orders", "PO-1"),
            ("orders", [1]),
            ("by", None),
        ],
    )
    def test_arguments_are_checked(self, argument: str, value: object) -> None:
        """The message names the argument."""
        with pytest.raises(TypeError, match=rf"^(an item of )?{argument} must"):
            orders_of(SMALL, **{argument: value})

    @pytest.mark.parametrize("cycles", [None, "prints", {"prints": PRINTS}, [None]])
    def test_cycles_are_cycles(self, cycles: object) -> None:
        """Anything else is refused, and the message names the argument."""
        with pytest.raises(TypeError, match=r"^cycles must be an iterable of StatusCycle"):
            orders_of(cycles=cycles)

    def test_an_invoice_is_an_invoice(self) -> None:
        """An id is refused."""
        with pytest.raises(TypeError, match=r"^invoice must be an Invoice"):
            orders_for_invoice(FLOW, "INV-1", [], ordered_on=MONDAY, by="ann", at=AT)  # type: ignore[arg-type]  # on purpose


class TestOrderIds:
    """The ids of orders come from a function; the default one uses the invoice."""

    def test_by_default_they_are_made_of_invoice_type_and_vendor(self) -> None:
        """The start is readable, and a hash makes the id unique."""
        invoice = invoice_of()
        assert order_id_for(invoice, "City Lab", "prints") == "INV-1-prints-65797d3b8c70"
        assert order_id_for(invoice, "Slow Lab", "prints") == "INV-1-prints-27925507c5fa"

    def test_a_long_invoice_id_is_cut_off(self) -> None:
        """An order id has at most 200 characters; the hash covers what was cut off."""
        ids = [order_id_for(Invoice("x" * 199 + end, total=1), "v" * 200, "t" * 64) for end in "ab"]
        assert [len(order_id) for order_id in ids] == [200, 200]
        assert len(set(ids)) == 2

    @pytest.mark.parametrize(
        ("argument", "value"),
        [("invoice", "INV-1"), ("vendor", None), ("order_type", 5), ("attempt", "2")],
    )
    def test_the_parts_of_an_id_are_checked(self, argument: str, value: object) -> None:
        """Anything else is refused, and the message names the argument."""
        parts: dict[str, Any] = {"invoice": invoice_of(), "vendor": "lab", "order_type": "prints"}
        parts[argument] = value
        with pytest.raises(TypeError, match=rf"^{argument} must be"):
            order_id_for(**parts)

    def test_order_ids_is_callable(self) -> None:
        """Anything else is refused, and the message shows it."""
        with pytest.raises(TypeError, match=r"^order_ids must be a callable, not 'PO-1'$"):
            orders_of(SMALL, order_ids="PO-1")

    def test_an_app_can_make_its_own_ids(self) -> None:
        """The function gets the invoice, the vendor, the order type and the attempt."""
        orders = orders_of(
            SMALL,
            ALBUM,
            order_ids=lambda invoice, vendor, key, attempt: (
                f"{invoice.id}/{vendor}/{key}/{attempt}"
            ),
        )
        assert [change.order.id for change in orders.changes] == [
            "INV-1/City Lab/prints/1",
            "INV-1/City Lab/albums/1",
        ]

    def test_no_id_is_given_twice(self) -> None:
        """The same id for two orders is refused."""
        with pytest.raises(ValueError, match="order_ids must give each vendor, order type"):
            orders_of(SMALL, ALBUM, order_ids=lambda *_: "PO-1")

    @pytest.mark.parametrize(("order_id", "error"), [("", ValueError), (7, TypeError)])
    def test_the_ids_of_an_app_are_checked(self, order_id: str, error: type[Exception]) -> None:
        """They have the bounds of every id (D33)."""
        with pytest.raises(error, match=r"^what order_ids gives must"):
            orders_of(SMALL, order_ids=lambda *_: order_id)

    def test_made_again_they_are_refused_by_the_store(self) -> None:
        """The same invoice gives the same ids, so no order is opened twice."""
        store = MemoryStore()
        store.save(*orders_of(SMALL).changes)
        with pytest.raises(DuplicateOrderError):
            store.save(*orders_of(SMALL).changes)

    def test_under_one_command_id_a_retry_does_no_harm(self) -> None:
        """The store recognises the save (D22)."""
        store = MemoryStore()
        for _ in range(2):
            store.save(*orders_of(SMALL, command_id="payment-7").changes)
        assert len(store.entries_of("payment-7")) == 1

    def test_orders_that_exist_are_not_opened_again(self) -> None:
        """Their lines are unplaced, and the other lines get orders."""
        first = orders_of(SMALL).changes[0].order
        again = orders_of(SMALL, LARGE, ALBUM, orders=[first])
        assert [order.lines for order in again.placed] == [(ALBUM,)]
        assert again.unplaced == (
            UnplacedLine(SMALL, ("order-exists",)),
            UnplacedLine(LARGE, ("order-exists",)),
        )


class TestCancelledOrders:
    """The lines of a cancelled order can be ordered again."""

    def test_they_get_a_new_order_with_another_id(self) -> None:
        """The id says which attempt it is, so it's the same at every retry."""
        first = cancelled(orders_of(SMALL).changes[0].order)
        for _ in range(2):
            again = orders_of(SMALL, LARGE, orders=[first])
            assert [order.lines for order in again.placed] == [(SMALL, LARGE)]
            assert [change.order.id for change in again.changes] == [f"{first.id}-2"]

    def test_each_attempt_has_an_id(self) -> None:
        """Also if the second order was cancelled too."""
        first = cancelled(orders_of(SMALL).changes[0].order)
        second = cancelled(orders_of(SMALL, orders=[first]).changes[0].order)
        (third,) = orders_of(SMALL, orders=[second, first]).changes
        assert third.order.id == order_id_for(invoice_of(), "City Lab", "prints", 3)

    def test_they_are_not_ordered_a_third_time(self) -> None:
        """The second order is under way."""
        first = cancelled(orders_of(SMALL).changes[0].order)
        second = orders_of(SMALL, orders=[first]).changes[0].order
        assert orders_of(SMALL, orders=[first, second]).unplaced == (
            UnplacedLine(SMALL, ("order-exists",)),
        )

    def test_a_cancellation_taken_back_counts(self) -> None:
        """The order is open again, so its lines need no other one."""
        first = orders_of(SMALL).changes[0].order
        back = FLOW.advance(cancelled(first), to="made", today=MONDAY, by="ann", at=AT).order
        assert orders_of(SMALL, orders=[back]).changes == ()

    @pytest.mark.parametrize("link", ["split_from", "reorder_of"])
    def test_an_order_that_comes_from_it_counts(self, link: str) -> None:
        """As long as a part or a reprint isn't cancelled, the lines are in production."""
        first = cancelled(orders_of(SMALL).changes[0].order)
        facts: dict[str, Any] = {link: first.id}
        child = evolve(order(2), **facts)
        grandchild = evolve(order(3), split_from="PO-2")
        assert orders_of(SMALL, orders=[first, child]).changes == ()
        assert orders_of(SMALL, orders=[grandchild, cancelled(child), first]).changes == ()
        again = orders_of(SMALL, orders=[first, cancelled(child), cancelled(grandchild)])
        assert len(again.changes) == 1

    def test_an_order_of_another_vendor_stays_as_it_is(self) -> None:
        """Only the lines of the cancelled order are ordered again."""
        first, other = (change.order for change in orders_of(SMALL, OTHER).changes)
        again = orders_of(SMALL, OTHER, orders=[cancelled(first), other])
        assert [placed.lines for placed in again.placed] == [(SMALL,)]

    def test_an_app_can_number_the_attempts_itself(self) -> None:
        """Its function gets the attempt, and must not ignore it."""
        first = cancelled(order(1))
        numbered = orders_of(SMALL, orders=[first], order_ids=lambda *args: f"PO-{args[3]}")
        assert [change.order.id for change in numbered.changes] == ["PO-2"]
        with pytest.raises(ValueError, match="vendor, order type and attempt a different id"):
            orders_of(SMALL, orders=[first], order_ids=lambda *_: "PO-1")

    def test_existing_orders_are_given_once(self) -> None:
        """An order twice could be open and cancelled."""
        with pytest.raises(ValueError, match="orders must hold no order twice"):
            orders_of(SMALL, orders=[order(1), cancelled(order(1))])

    @pytest.mark.parametrize("orders", ["PO-1", ["PO-1"], None])
    def test_existing_orders_are_orders(self, orders: object) -> None:
        """Ids don't say what is cancelled."""
        with pytest.raises(TypeError, match=r"^orders must be an iterable of ProductionOrder"):
            orders_of(SMALL, orders=orders)


class TestResults:
    """The results are checked when they are built by hand."""

    @pytest.mark.parametrize("lines", [(), (ALBUM,), (SMALL, ALBUM), (OTHER,)])
    def test_an_order_holds_lines_of_its_vendor_and_type(
        self, lines: tuple[InvoiceLine, ...]
    ) -> None:
        """It has at least one line, and no other lines."""
        (change,) = orders_of(SMALL).changes
        with pytest.raises(ValueError, match="lines must be of the vendor and order type"):
            PlacedOrder(change, lines)

    @pytest.mark.parametrize(
        ("make", "argument"),
        [
            (lambda: PlacedOrder("change", (SMALL,)), "change"),  # type: ignore[arg-type]  # on purpose
            (lambda: PlacedOrder(orders_of(SMALL).changes[0], SMALL), "lines"),  # type: ignore[arg-type]  # on purpose
            (lambda: UnplacedLine("1", ("no-vendor",)), "line"),  # type: ignore[arg-type]  # on purpose
            (lambda: UnplacedLine(SMALL, "no-vendor"), "reasons"),  # type: ignore[arg-type]  # on purpose
            (lambda: InvoiceOrders(placed=(SMALL,), unplaced=()), "placed"),  # type: ignore[arg-type]  # on purpose
            (lambda: InvoiceOrders(placed=(), unplaced=(SMALL,)), "unplaced"),  # type: ignore[arg-type]  # on purpose
        ],
    )
    def test_the_parts_are_what_they_should_be(
        self, make: Callable[[], object], argument: str
    ) -> None:
        """The message names the argument."""
        with pytest.raises(TypeError, match=rf"^(an item of )?{argument} must be"):
            make()

    @pytest.mark.parametrize("reasons", [(), ("too-dear",), (5,)])
    def test_the_reasons_are_known(self, reasons: tuple[UnplacedReason, ...]) -> None:
        """There is at least one, and all are known."""
        with pytest.raises(ValueError, match="reasons must"):
            UnplacedLine(SMALL, reasons)


def paid(amount: Decimal | str | int, total: Decimal | str | int = 90) -> Invoice:
    """An invoice with this amount paid."""
    return Invoice("INV-1", total=Decimal(total), paid=Decimal(amount))


class TestConditions:
    """Orders are made when an invoice is saved, paid in part or in full, or in a status."""

    @pytest.mark.parametrize(
        ("condition", "invoice", "met"),
        [
            (InvoiceSaved(), paid(0), True),
            (FirstPayment(), paid(0), False),
            (FirstPayment(), paid("0.01"), True),
            (PaidAtLeast(50), paid("44.99"), False),
            (PaidAtLeast(50), paid(45), True),
            (PaidAtLeast(1), paid("0.89"), False),
            (PaidAtLeast(1), paid("0.9"), True),
            (PaidAtLeast(100), paid("89.99"), False),
            (PaidAtLeast(100), paid(90), True),
            (PaidInFull(), paid("89.99"), False),
            (PaidInFull(), paid(90), True),
            (PaidInFull(), paid(91), True),
            (PaidInFull(), paid(0, total=0), True),
            (FirstPayment(), paid(0, total=0), False),
            (InStatus("approved"), invoice_of(status="approved"), True),
            (InStatus("approved"), invoice_of(status="Approved"), False),
            (InStatus("approved"), invoice_of(), False),
        ],
    )
    def test_is_met(self, condition: CreationCondition, invoice: Invoice, met: bool) -> None:
        """A condition looks at the invoice as it is; bounds are included."""
        assert is_met(condition, invoice) == met

    def test_shares_are_exact(self) -> None:
        """The decimal context of the thread doesn't matter: a third is less than 34 percent."""
        with localcontext() as context:
            context.prec = 1
            assert not is_met(PaidAtLeast(34), paid("333333333333333333", 10**18))
            assert not is_met(PaidInFull(), paid("999999999999999999", 10**18))

    @pytest.mark.parametrize(
        ("before", "after", "due"),
        [
            (None, paid(0), False),
            (None, paid(90), True),
            (paid(0), paid(45), True),
            (paid(45), paid(45), False),
            (paid(45), paid(90), False),
            (paid(90), paid(0), False),
        ],
    )
    def test_is_due_where_it_was_not_met_before(
        self, before: Invoice | None, after: Invoice, due: bool
    ) -> None:
        """So the orders are made once."""
        assert is_due(PaidAtLeast(50), before, after) == due

    def test_saving_is_due_when_there_was_no_invoice(self) -> None:
        """And not at any later change."""
        assert is_due(InvoiceSaved(), None, paid(0))
        assert not is_due(InvoiceSaved(), paid(0), paid(90))

    def test_before_and_after_are_one_invoice(self) -> None:
        """Two different invoices are refused."""
        with pytest.raises(ValueError, match=r"^before and after must be one invoice"):
            is_due(PaidInFull(), Invoice("INV-2", total=1), paid(90))

    @pytest.mark.parametrize(
        ("make", "argument"),
        [
            (lambda: is_met("saved", paid(0)), "condition"),  # type: ignore[arg-type]  # on purpose
            (lambda: is_met(InvoiceSaved(), None), "invoice"),  # type: ignore[arg-type]  # on purpose
            (lambda: is_due(InvoiceSaved(), None, None), "after"),  # type: ignore[arg-type]  # on purpose
            (lambda: is_due(InvoiceSaved(), 5, paid(0)), "before"),  # type: ignore[arg-type]  # on purpose
            (lambda: PaidAtLeast(percent=True), "percent"),
            (lambda: PaidAtLeast(50.0), "percent"),  # type: ignore[arg-type]  # on purpose
            (lambda: InStatus(None), "status"),  # type: ignore[arg-type]  # on purpose
        ],
    )
    def test_wrong_kinds_are_refused(self, make: Callable[[], object], argument: str) -> None:
        """The message names the argument."""
        with pytest.raises(TypeError, match=rf"^{argument} must be"):
            make()

    @pytest.mark.parametrize("percent", [0, 101, -1])
    def test_a_share_is_from_1_to_100(self, percent: int) -> None:
        """0 percent and more than 100 percent make no sense."""
        with pytest.raises(ValueError, match=r"^percent must be from 1 to 100"):
            PaidAtLeast(percent)


def order(number: int, status: str = "made", **given: Any) -> ProductionOrder:  # noqa: ANN401 - as above
    """An order placed on Monday, in a status."""
    facts: dict[str, Any] = {"cycle": PRINTS, "ordered_on": MONDAY, "invoice_id": "INV-1"}
    facts |= {"order_id": f"PO-{number}", "status": status, "by": "ann", "at": AT}
    return FLOW.open(**(facts | given)).order


class TestProgress:
    """An invoice is complete when all its orders are closed and at least one is complete (D32)."""

    def test_counts_and_dates(self) -> None:
        """The due dates are those of the open orders."""
        orders = [
            order(1),
            order(2, cycle=cycle_of("prints", days=4)),
            order(3, "done"),
            order(4, "cancelled"),
            order(5),
        ]
        assert invoice_progress(orders) == InvoiceProgress(
            open=3,
            complete=1,
            cancelled=1,
            next_due_on=date(2026, 11, 4),
            last_due_on=date(2026, 11, 6),
        )

    @pytest.mark.parametrize(
        ("statuses", "complete", "fraction"),
        [
            ([], False, 0.0),
            (["made"], False, 0.0),
            (["cancelled"], False, 0.0),
            (["made", "cancelled"], False, 0.0),
            (["made", "done"], False, 0.5),
            (["made", "done", "cancelled", "cancelled"], False, 0.5),
            (["done"], True, 1.0),
            (["done", "done", "cancelled"], True, 1.0),
        ],
    )
    def test_is_complete_and_fraction_done(
        self, statuses: list[str], complete: bool, fraction: float
    ) -> None:
        """Cancelled orders don't count."""
        progress = invoice_progress([order(n, status) for n, status in enumerate(statuses)])
        assert (progress.is_complete, progress.fraction_done) == (complete, fraction)

    def test_a_split_order_weighs_as_much_as_before(self) -> None:
        """Its parts share its weight, by their quantities."""
        album = evolve(order(9, "done"), quantity=None)
        whole = evolve(order(1), quantity=100)
        rest, part = evolve(whole, quantity=60), evolve(order(2), quantity=40, split_from="PO-1")
        assert invoice_progress([album, whole]).fraction_done == 0.5
        assert invoice_progress([album, rest, part]).fraction_done == 0.5
        shipped = evolve(rest, status=PRINTS["done"])
        progress = invoice_progress([part, shipped, album])
        assert (progress.open, progress.complete) == (1, 2)
        assert progress.fraction_done == pytest.approx(0.8)  # all of one order, and 0.6 of another

    def test_a_reprint_opens_the_invoice_again(self) -> None:
        """Until it is complete, or cancelled."""
        first = order(1, "done")
        reprint = evolve(order(2), reorder_of="PO-1")
        progress = invoice_progress([first, reprint])
        assert (progress.is_complete, progress.fraction_done) == (False, 0.5)
        for status in ("done", "cancelled"):
            closed = evolve(order(2, status), reorder_of="PO-1")
            progress = invoice_progress([first, closed])
            assert (progress.is_complete, progress.fraction_done) == (True, 1.0)

    def test_what_is_nearly_done_is_not_done(self) -> None:
        """One piece of 6,442,450,942 is open."""
        parts = [
            evolve(order(n, "done"), quantity=2**31 - 1, split_from="PO-0") for n in range(1, 4)
        ]
        assert invoice_progress([evolve(order(0), quantity=1), *parts]).fraction_done < 1.0

    @pytest.mark.parametrize(
        ("counts", "fraction"), [((1, 1), 0.0), ((1, 1), 1.0), ((1, 0), 0.5), ((0, 1), 0.5)]
    )
    def test_the_fraction_agrees_with_the_counts(
        self, counts: tuple[int, int], fraction: float
    ) -> None:
        """It's 1 if the invoice is complete, and 0 without a complete order."""
        with pytest.raises(ValueError, match="fraction_done must be 1 for a complete invoice"):
            InvoiceProgress(open=counts[0], complete=counts[1], cancelled=0, fraction_done=fraction)

    @pytest.mark.parametrize(
        ("fraction", "error"),
        [(True, TypeError), ("0.5", TypeError), (1.5, ValueError), (float("nan"), ValueError)],
    )
    def test_the_fraction_is_a_share(self, fraction: Any, error: type[Exception]) -> None:  # noqa: ANN401
        """From 0.0 to 1.0."""
        with pytest.raises(error, match=r"^fraction_done must be"):
            InvoiceProgress(open=1, complete=1, cancelled=0, fraction_done=fraction)

    def test_overdue(self) -> None:
        """The invoice is overdue from the day after the first due date of an open order."""
        progress = invoice_progress([order(1), order(2, cycle=cycle_of("prints", days=9))])
        assert not progress.is_overdue(today=date(2026, 11, 4))
        assert progress.is_overdue(today=date(2026, 11, 5))

    def test_complete_orders_are_not_overdue(self) -> None:
        """Without open orders nothing is overdue."""
        assert not invoice_progress([order(1, "done")]).is_overdue(today=date.max)

    def test_an_open_order_need_not_be_due(self) -> None:
        """The dates are then those of the other orders."""
        never = StatusCycle("prints", [Status("made", "Made", initial=True), PRINTS.final])
        progress = invoice_progress([order(1), order(2, cycle=never)])
        assert (progress.open, progress.next_due_on) == (2, date(2026, 11, 4))

    def test_orders_are_of_one_invoice(self) -> None:
        """Orders of another invoice, or of none, are refused."""
        for stranger in (order(2, invoice_id="INV-2"), order(2, invoice_id=None)):
            with pytest.raises(ValueError, match="orders must be orders of one invoice"):
                invoice_progress([order(1), stranger])

    def test_no_order_is_given_twice(self) -> None:
        """The same order twice is refused."""
        with pytest.raises(ValueError, match="orders must hold no order twice"):
            invoice_progress([order(1), order(1, "done")])

    def test_orders_are_orders(self) -> None:
        """Ids are refused."""
        with pytest.raises(TypeError, match=r"^orders must be an iterable of ProductionOrder"):
            invoice_progress(["PO-1"])  # type: ignore[list-item]  # on purpose

    @pytest.mark.parametrize(
        "dates",
        [
            {"next_due_on": MONDAY},
            {"last_due_on": MONDAY},
            {"next_due_on": DELIVERY, "last_due_on": MONDAY},
        ],
    )
    def test_due_dates_come_in_order_or_not_at_all(self, dates: dict[str, Any]) -> None:
        """One date alone is refused."""
        with pytest.raises(ValueError, match="next_due_on and last_due_on must"):
            InvoiceProgress(open=1, complete=0, cancelled=0, **dates)

    def test_only_open_orders_are_due(self) -> None:
        """Without an open order, due dates are refused."""
        with pytest.raises(ValueError, match="with 0 open"):
            InvoiceProgress(open=0, complete=1, cancelled=0, next_due_on=MONDAY, last_due_on=MONDAY)

    @pytest.mark.parametrize(
        ("argument", "value", "error"),
        [("open", True, TypeError), ("complete", -1, ValueError), ("cancelled", 1.0, TypeError)],
    )
    def test_counts_are_counts(self, argument: str, value: int, error: type[Exception]) -> None:
        """They are whole numbers from 0."""
        counts: dict[str, Any] = {"open": 1, "complete": 1, "cancelled": 1} | {argument: value}
        with pytest.raises(error, match=rf"^{argument} must be"):
            InvoiceProgress(**counts)

    def test_today_is_a_date(self) -> None:
        """A datetime is refused."""
        with pytest.raises(TypeError, match=r"^today must be a date"):
            invoice_progress([]).is_overdue(today=AT)


MESSAGE: Final = SendMessage("invoice-complete", to="user")
WANTED: Final = OnCompletion(status="Ready for Pickup", delivered=True, notify=[MESSAGE])


def done(opened: ProductionOrder, *, days: int) -> Change:
    """The change that completes an order some days after Monday."""
    return FLOW.advance(opened, today=MONDAY + timedelta(days), by="ann", at=AT)


class TestCompletion:
    """When an invoice is complete, its status and date are set and messages are sent."""

    def test_the_last_order_completes_the_invoice(self) -> None:
        """The status comes first, then the date, then the messages."""
        last = done(order(2), days=3).order
        assert completion_intents(
            WANTED, [order(1, "done"), order(2)], [order(1, "done"), last]
        ) == (
            SetInvoiceStatus("INV-1", "Ready for Pickup"),
            SetDeliveredOn("INV-1", date(2026, 11, 5)),
            Notify("INV-1", MESSAGE),
        )

    def test_delivered_on_the_day_of_the_last_complete_order(self) -> None:
        """Even if it is a cancellation that leaves no open order."""
        complete = done(order(1), days=1).order
        cancelled = FLOW.advance(order(2), to="cancelled", today=DELIVERY, by="ann", at=AT).order
        intents = completion_intents(
            OnCompletion(delivered=True), [complete, order(2)], [cancelled, complete]
        )
        assert intents == (SetDeliveredOn("INV-1", date(2026, 11, 3)),)

    def test_intents_are_only_those_wanted(self) -> None:
        """By default there are none."""
        assert completion_intents(OnCompletion(), [order(1)], [order(1, "done")]) == ()

    @pytest.mark.parametrize(
        ("before", "after"),
        [
            (["made", "made"], ["done", "made"]),
            (["done", "done"], ["done", "done"]),
            (["done", "done"], ["done", "made"]),
            (["made"], ["cancelled"]),
            (["done"], ["done", "cancelled"]),
            ([], []),
        ],
    )
    def test_other_changes_have_no_intents(self, before: list[str], after: list[str]) -> None:
        """At a retry the invoice is complete before; cancelled orders alone don't complete it."""
        old, new = (
            [order(n, status) for n, status in enumerate(statuses)] for statuses in (before, after)
        )
        assert completion_intents(WANTED, old, new) == ()

    def test_orders_can_be_opened_as_complete(self) -> None:
        """The opening then completes the invoice."""
        assert completion_intents(OnCompletion(status="Done"), [], [order(1, "done")]) == (
            SetInvoiceStatus("INV-1", "Done"),
        )

    def test_before_and_after_have_orders_of_one_invoice(self) -> None:
        """Each of them is checked, and then both together."""
        stranger = order(2, invoice_id="INV-2")
        with pytest.raises(ValueError, match="before must be orders of one invoice"):
            completion_intents(WANTED, [order(1), stranger], [])
        with pytest.raises(ValueError, match="after must hold no order twice"):
            completion_intents(WANTED, [], [stranger, stranger])
        with pytest.raises(ValueError, match="before and after must be orders of one invoice"):
            completion_intents(WANTED, [order(1)], [stranger])

    @pytest.mark.parametrize(
        ("make", "argument"),
        [
            (lambda: completion_intents(None, [], []), "wanted"),  # type: ignore[arg-type]  # on purpose
            (lambda: OnCompletion(status=5), "status"),  # type: ignore[arg-type]  # on purpose
            (lambda: OnCompletion(delivered=1), "delivered"),  # type: ignore[arg-type]  # on purpose
            (lambda: OnCompletion(notify=MESSAGE), "notify"),  # type: ignore[arg-type]  # on purpose
            (lambda: OnCompletion(notify=["done"]), "notify"),  # type: ignore[list-item]  # on purpose
            (lambda: SetInvoiceStatus("INV-1", None), "status"),  # type: ignore[arg-type]  # on purpose
            (lambda: SetDeliveredOn("INV-1", AT), "delivered_on"),
            (lambda: Notify("INV-1", "done"), "message"),  # type: ignore[arg-type]  # on purpose
        ],
    )
    def test_wrong_kinds_are_refused(self, make: Callable[[], object], argument: str) -> None:
        """The message names the argument."""
        with pytest.raises(TypeError, match=rf"^{argument} must be"):
            make()
