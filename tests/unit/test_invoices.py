"""Invoices by example: lines and the orders they give, conditions, progress, and what follows."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal, localcontext
from enum import StrEnum
from typing import Any, Final

import pytest

from prodflow import (
    Backward,
    Change,
    CycleConflictError,
    DuplicateOrderError,
    MemoryStore,
    MissingDeliveryDateError,
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
    Reason,
    SetDeliveredOn,
    SetInvoiceStatus,
    UnplacedLine,
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
    """A cycle with one status of some days, the final one, and one to cancel in."""
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


def invoice_of(*lines: InvoiceLine, **given: Any) -> Invoice:  # noqa: ANN401 - facts of any kind
    """An invoice over 90.00 that is to be delivered on 1 December."""
    facts: dict[str, Any] = {"total": Decimal("90.00"), "delivery_on": DELIVERY}
    return Invoice("INV-1", lines, **(facts | given))


def orders_of(*lines: InvoiceLine, **given: Any) -> InvoiceOrders:  # noqa: ANN401 - as above
    """The orders of an invoice with these lines."""
    facts: dict[str, Any] = {"flow": FLOW, "cycles": [PRINTS, ALBUMS], "ordered_on": MONDAY}
    facts |= {"by": "ann", "at": AT}
    return orders_for_invoice(invoice=invoice_of(*lines), **(facts | given))


class TestInvoice:
    """An invoice is what production needs to know of it."""

    def test_amounts_may_be_whole_cents(self) -> None:
        """An int becomes a Decimal, as an amount in a unit of the host's."""
        invoice = Invoice("INV-1", total=9000, paid=4500)
        assert (invoice.total, invoice.paid) == (Decimal(9000), Decimal(4500))
        assert {type(invoice.total), type(invoice.paid)} == {Decimal}

    def test_nothing_is_paid_unless_it_is_said(self) -> None:
        """A host that does not count payments need not give them."""
        assert Invoice("INV-1", total=9000).paid == 0

    @pytest.mark.parametrize("zero", [Decimal("-0"), Decimal("0E+999999"), Decimal("0.00"), 0])
    def test_every_zero_is_the_same(self, zero: Decimal) -> None:
        """Its sign and its exponent are nobody's business."""
        assert str(Invoice("INV-1", total=zero).total) == "0"

    @pytest.mark.parametrize("amount", [10**18, Decimal(10**18), Decimal("1E-18")])
    def test_amounts_may_be_large_or_small(self, amount: Decimal) -> None:
        """The bounds are included."""
        assert Invoice("INV-1", total=1, paid=amount).paid == amount

    @pytest.mark.parametrize("amount", [True, 1.0, float("nan"), "90.00", None, 2j])
    def test_an_amount_is_exact(self, amount: Decimal) -> None:
        """A bool is no number here, a float not exact, a str not read."""
        with pytest.raises(TypeError, match=r"^total must be a Decimal or an int"):
            Invoice("INV-1", total=amount)
        with pytest.raises(TypeError, match=r"^paid must be a Decimal or an int"):
            Invoice("INV-1", total=1, paid=amount)

    @pytest.mark.parametrize("text", ["NaN", "sNaN", "-NaN123", "Infinity", "-Infinity"])
    def test_an_amount_is_finite(self, text: str) -> None:
        """Whatever a Decimal can be."""
        with pytest.raises(ValueError, match=r"^paid must be finite, not"):
            Invoice("INV-1", total=1, paid=Decimal(text))

    @pytest.mark.parametrize(
        "amount", [-1, Decimal("-0.01"), 10**18 + 1, 10**4_000, Decimal("1E+999999")]
    )
    def test_an_amount_is_within_bounds(self, amount: Decimal) -> None:
        """From 0 on; a credit note orders nothing."""
        with pytest.raises(ValueError, match=r"^total must be from 0 to 1,000,000,"):
            Invoice("INV-1", total=amount)

    @pytest.mark.parametrize("text", ["1E-19", "1E-999999", "0.1234567890123456789"])
    def test_an_amount_has_no_endless_places(self, text: str) -> None:
        """Arithmetic with it must stay cheap."""
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
        """Or how many places it has."""
        with pytest.raises(error, match=f", not {shown}$"):
            Invoice("INV-1", total=amount)

    def test_a_line_has_an_id_of_its_own(self) -> None:
        """Two lines of one id are refused by name."""
        with pytest.raises(ValueError, match=r"lines need an id each, '1' are used twice"):
            invoice_of(SMALL, ALBUM, SMALL)

    @pytest.mark.parametrize("lines", ["lines", 5, None, [SMALL, "1"], [None]])
    def test_lines_are_lines(self, lines: list[InvoiceLine]) -> None:
        """Anything else is refused by the name of the argument."""
        with pytest.raises(TypeError, match=r"^lines must be an iterable of InvoiceLine"):
            Invoice("INV-1", lines, total=1)

    @pytest.mark.parametrize(
        ("argument", "value"),
        [("id", ""), ("order_type", "fine art"), ("vendor", "a\nb"), ("description", "\x00")],
    )
    def test_texts_of_a_line_are_within_bounds(self, argument: str, value: str) -> None:
        """Keys are keys, names are names, descriptions may be long."""
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
    def test_what_is_said_of_an_invoice_is_checked(
        self, argument: str, value: object, error: type[Exception]
    ) -> None:
        """And refused by the name of the argument."""
        with pytest.raises(error, match=rf"^{argument} must"):
            invoice_of(**{argument: value})

    def test_no_enum_of_the_host_is_left_behind(self) -> None:
        """A member of a str enum passes as the text that it is."""

        class Vendor(StrEnum):
            CITY = "City Lab"

        assert type(InvoiceLine("1", vendor=Vendor.CITY).vendor) is str


class TestOrders:
    """One invoice may give several orders: one per vendor and order type of its lines (D31)."""

    def test_one_for_each_vendor_and_order_type(self) -> None:
        """In the order of the first line of each, which keeps the order of the invoice."""
        found = orders_of(SMALL, ALBUM, OTHER, LARGE)
        assert [order.lines for order in found.placed] == [(SMALL, LARGE), (ALBUM,), (OTHER,)]
        assert found.unplaced == ()

    def test_an_order_is_opened_like_any_other(self) -> None:
        """With the vendor and type of its lines, and the delivery date of the invoice."""
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

    def test_the_recording_is_that_of_every_order(self) -> None:
        """Who, when, why, and in which save."""
        recording = {"recorded_by": "bob", "note": "paid", "command_id": "payment-7"}
        for change in orders_of(SMALL, ALBUM, **recording).changes:
            assert {name: getattr(change.entry, name) for name in recording} == recording

    def test_the_changes_go_into_one_save(self) -> None:
        """And are found again by the invoice."""
        store = MemoryStore()
        found = orders_of(SMALL, ALBUM, OTHER)
        store.save(*found.changes)
        assert [store.get(change.order.id) for change in found.changes] == [
            order.change.order for order in found.placed
        ]

    def test_a_line_says_all_that_keeps_it_out(self) -> None:
        """Lines without a vendor are reported, not dropped (D31), and so are the others."""
        bare = InvoiceLine("5")
        nobody = InvoiceLine("6", order_type="prints")
        anything = InvoiceLine("7", vendor="City Lab")
        frame = InvoiceLine("8", order_type="frames")
        found = orders_of(bare, SMALL, nobody, anything, frame)
        assert found.unplaced == (
            UnplacedLine(bare, ["no-order-type", "no-vendor"]),
            UnplacedLine(nobody, ["no-vendor"]),
            UnplacedLine(anything, ["no-order-type"]),
            UnplacedLine(frame, ["no-cycle", "no-vendor"]),
        )
        assert [order.lines for order in found.placed] == [(SMALL,)]

    def test_the_reasons_can_be_read(self) -> None:
        """One line for people."""
        assert UnplacedLine(SMALL, ["no-cycle", "no-vendor"]).message == (
            "line '1' is in no new order: its order type has no status cycle: set one up;"
            " it has no vendor: choose one"
        )

    def test_an_invoice_without_lines_gives_no_orders(self) -> None:
        """There is nothing to save, and nothing left over."""
        assert orders_of() == InvoiceOrders(placed=(), unplaced=())

    def test_the_highest_version_of_a_cycle_is_taken(self) -> None:
        """Wherever it stands among the cycles."""
        second = PRINTS.replace("made", default_duration=3)
        third = second.replace("made", default_duration=4)
        for cycles in ([PRINTS, third, second], [third, PRINTS, PRINTS, second]):
            (change,) = orders_of(SMALL, cycles=cycles).changes
            assert change.order.cycle == third

    def test_two_contents_of_a_version_are_a_conflict(self) -> None:
        """Nobody knows which one is meant."""
        with pytest.raises(CycleConflictError) as caught:
            orders_of(SMALL, cycles=[PRINTS, cycle_of("prints", days=9)])
        assert (caught.value.order_type, caught.value.version) == ("prints", 1)

    def test_a_policy_may_ask_for_a_delivery_date(self) -> None:
        """As it does when an order is opened by hand."""
        flow = ProductionFlow(due_dates=Backward(without_delivery="error"))
        invoice = invoice_of(SMALL, delivery_on=None)
        with pytest.raises(MissingDeliveryDateError):
            orders_for_invoice(flow, invoice, [PRINTS], ordered_on=MONDAY, by="ann", at=AT)

    def test_what_is_asked_is_checked_also_where_nothing_is_opened(self) -> None:
        """A mistake does not wait for the first line."""
        with pytest.raises(ValueError, match=r"^at must be aware"):
            orders_of(at=datetime(2026, 11, 2))  # noqa: DTZ001 - naive, on purpose

    @pytest.mark.parametrize(
        ("argument", "value"),
        [
            ("flow", None),
            ("ordered_on", AT),
            ("order_ids", "PO-1"),
            ("taken", "PO-1"),
            ("taken", [1]),
            ("by", None),
        ],
    )
    def test_what_is_asked_with_is_checked(self, argument: str, value: object) -> None:
        """And refused by the name of the argument."""
        with pytest.raises(TypeError, match=rf"^(an item of )?{argument} must"):
            orders_of(SMALL, **{argument: value})

    @pytest.mark.parametrize("cycles", [None, "prints", {"prints": PRINTS}, [None]])
    def test_cycles_are_cycles(self, cycles: object) -> None:
        """Anything else is refused by the name of the argument."""
        with pytest.raises(TypeError, match=r"^cycles must be an iterable of StatusCycle"):
            orders_of(cycles=cycles)

    def test_an_invoice_is_an_invoice(self) -> None:
        """Its id alone is not enough."""
        with pytest.raises(TypeError, match=r"^invoice must be an Invoice"):
            orders_for_invoice(FLOW, "INV-1", [], ordered_on=MONDAY, by="ann", at=AT)  # type: ignore[arg-type]  # on purpose


class TestOrderIds:
    """The ids of orders are the host's; without any, they follow from the invoice."""

    def test_by_default_they_are_made_of_invoice_type_and_vendor(self) -> None:
        """Readable in front, told apart by a digest."""
        invoice = invoice_of()
        assert order_id_for(invoice, "City Lab", "prints") == "INV-1-prints-65797d3b8c70"
        assert order_id_for(invoice, "Slow Lab", "prints") == "INV-1-prints-27925507c5fa"

    def test_a_long_invoice_id_is_cut_off(self) -> None:
        """The order's id has at most 200 characters, and the digest still knows the rest."""
        ids = [order_id_for(Invoice("x" * 199 + end, total=1), "v" * 200, "t" * 64) for end in "ab"]
        assert [len(found) for found in ids] == [200, 200]
        assert len(set(ids)) == 2

    @pytest.mark.parametrize(
        ("argument", "value"), [("invoice", "INV-1"), ("vendor", None), ("order_type", 5)]
    )
    def test_they_are_made_of_what_they_should_be(self, argument: str, value: object) -> None:
        """Anything else is refused by the name of the argument."""
        parts: dict[str, Any] = {"invoice": invoice_of(), "vendor": "lab", "order_type": "prints"}
        parts[argument] = value
        with pytest.raises(TypeError, match=rf"^{argument} must be"):
            order_id_for(**parts)

    def test_the_host_gives_a_callable(self) -> None:
        """What is none is shown."""
        with pytest.raises(TypeError, match=r"^order_ids must be a callable, not 'PO-1'$"):
            orders_of(SMALL, order_ids="PO-1")

    def test_the_host_may_give_its_own(self) -> None:
        """Called with the invoice, the vendor and the order type of each."""
        found = orders_of(
            SMALL,
            ALBUM,
            order_ids=lambda invoice, vendor, key: f"{invoice.id}/{vendor}/{key}",
        )
        assert [change.order.id for change in found.changes] == [
            "INV-1/City Lab/prints",
            "INV-1/City Lab/albums",
        ]

    def test_no_id_is_given_twice(self) -> None:
        """Two orders would become one."""
        with pytest.raises(ValueError, match="order_ids must give each vendor and order type"):
            orders_of(SMALL, ALBUM, order_ids=lambda *_: "PO-1")

    @pytest.mark.parametrize(("order_id", "error"), [("", ValueError), (7, TypeError)])
    def test_what_the_host_gives_is_checked(self, order_id: str, error: type[Exception]) -> None:
        """By the bounds of every id (D33)."""
        with pytest.raises(error, match=r"^what order_ids gives must"):
            orders_of(SMALL, order_ids=lambda *_: order_id)

    def test_made_again_they_are_refused_by_the_store(self) -> None:
        """The same invoice gives the same ids, so no order is placed twice."""
        store = MemoryStore()
        store.save(*orders_of(SMALL).changes)
        with pytest.raises(DuplicateOrderError):
            store.save(*orders_of(SMALL).changes)

    def test_under_one_command_id_a_retry_does_no_harm(self) -> None:
        """The store knows that it has done this (D22)."""
        store = MemoryStore()
        for _ in range(2):
            store.save(*orders_of(SMALL, command_id="payment-7").changes)
        assert len(store.entries_of("payment-7")) == 1

    def test_orders_that_exist_are_not_opened_again(self) -> None:
        """Their lines say so, and the others go on."""
        first = orders_of(SMALL).changes[0].order.id
        again = orders_of(SMALL, LARGE, ALBUM, taken=[first])
        assert [order.lines for order in again.placed] == [(ALBUM,)]
        assert again.unplaced == (
            UnplacedLine(SMALL, ["order-exists"]),
            UnplacedLine(LARGE, ["order-exists"]),
        )


class TestResults:
    """What comes back could have been made by hand, and is checked as if it were."""

    @pytest.mark.parametrize("lines", [[], [ALBUM], [SMALL, ALBUM], [OTHER]])
    def test_an_order_holds_lines_of_its_vendor_and_type(self, lines: list[InvoiceLine]) -> None:
        """At least one."""
        (change,) = orders_of(SMALL).changes
        with pytest.raises(ValueError, match="lines must be of the vendor and order type"):
            PlacedOrder(change, lines)

    @pytest.mark.parametrize(
        ("make", "argument"),
        [
            (lambda: PlacedOrder("change", [SMALL]), "change"),  # type: ignore[arg-type]  # on purpose
            (lambda: PlacedOrder(orders_of(SMALL).changes[0], SMALL), "lines"),  # type: ignore[arg-type]  # on purpose
            (lambda: UnplacedLine("1", ["no-vendor"]), "line"),  # type: ignore[arg-type]  # on purpose
            (lambda: UnplacedLine(SMALL, "no-vendor"), "reasons"),  # type: ignore[arg-type]  # on purpose
            (lambda: InvoiceOrders(placed=[SMALL], unplaced=[]), "placed"),  # type: ignore[list-item]  # on purpose
            (lambda: InvoiceOrders(placed=[], unplaced=[SMALL]), "unplaced"),  # type: ignore[list-item]  # on purpose
        ],
    )
    def test_the_parts_are_what_they_should_be(
        self, make: Callable[[], object], argument: str
    ) -> None:
        """And are refused by the name of the argument."""
        with pytest.raises(TypeError, match=rf"^{argument} must be"):
            make()

    @pytest.mark.parametrize("reasons", [[], ["too-dear"], [5]])
    def test_the_reasons_are_known(self, reasons: list[Reason]) -> None:
        """At least one."""
        with pytest.raises(ValueError, match="reasons must"):
            UnplacedLine(SMALL, reasons)


def paid(amount: Decimal | str | int, total: Decimal | str | int = 90) -> Invoice:
    """An invoice of which so much is paid."""
    return Invoice("INV-1", total=Decimal(total), paid=Decimal(amount))


class TestConditions:
    """Orders are made when the invoice is saved, paid in part or in full, or in a status."""

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
        """By the invoice as it is; the bound is included."""
        assert is_met(condition, invoice) == met

    def test_shares_are_exact(self) -> None:
        """Whatever the context of the thread does to Decimals: a third is less than 34 percent."""
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
        """So that the orders are made once."""
        assert is_due(PaidAtLeast(50), before, after) == due

    def test_saving_is_due_when_there_was_no_invoice(self) -> None:
        """And never again."""
        assert is_due(InvoiceSaved(), None, paid(0))
        assert not is_due(InvoiceSaved(), paid(0), paid(90))

    def test_before_and_after_are_one_invoice(self) -> None:
        """Two would say nothing of either."""
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
        """By the name of the argument."""
        with pytest.raises(TypeError, match=rf"^{argument} must be"):
            make()

    @pytest.mark.parametrize("percent", [0, 101, -1])
    def test_a_share_is_from_1_to_100(self, percent: int) -> None:
        """Nothing is paid at any invoice; more than all is never asked for."""
        with pytest.raises(ValueError, match=r"^percent must be from 1 to 100"):
            PaidAtLeast(percent)


def order(number: int, status: str = "made", **given: Any) -> ProductionOrder:  # noqa: ANN401 - as above
    """Order of Monday, by its number, in a status."""
    facts: dict[str, Any] = {"cycle": PRINTS, "ordered_on": MONDAY, "invoice_id": "INV-1"}
    facts |= {"order_id": f"PO-{number}", "status": status, "by": "ann", "at": AT}
    return FLOW.open(**(facts | given)).order


class TestProgress:
    """An invoice is complete when all its orders are closed and one is complete (D32)."""

    def test_counts_and_dates(self) -> None:
        """The dates are those of the open orders."""
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
    def test_complete_and_how_far(
        self, statuses: list[str], complete: bool, fraction: float
    ) -> None:
        """Cancelled orders are no work, so they count neither way."""
        progress = invoice_progress([order(n, status) for n, status in enumerate(statuses)])
        assert (progress.is_complete, progress.fraction_done) == (complete, fraction)

    def test_overdue(self) -> None:
        """From the day after the first due date of an open order."""
        progress = invoice_progress([order(1), order(2, cycle=cycle_of("prints", days=9))])
        assert not progress.is_overdue(today=date(2026, 11, 4))
        assert progress.is_overdue(today=date(2026, 11, 5))

    def test_what_is_done_is_not_overdue(self) -> None:
        """Nor is what has no due date."""
        assert not invoice_progress([order(1, "done")]).is_overdue(today=date.max)

    def test_an_open_order_need_not_be_due(self) -> None:
        """The dates are then those of the others."""
        never = StatusCycle("prints", [Status("made", "Made", initial=True), PRINTS.final])
        progress = invoice_progress([order(1), order(2, cycle=never)])
        assert (progress.open, progress.next_due_on) == (2, date(2026, 11, 4))

    def test_orders_are_of_one_invoice(self) -> None:
        """What belongs to none, or to another, is a mistake."""
        for stranger in (order(2, invoice_id="INV-2"), order(2, invoice_id=None)):
            with pytest.raises(ValueError, match="orders must be orders of one invoice"):
                invoice_progress([order(1), stranger])

    def test_no_order_is_given_twice(self) -> None:
        """It would count twice."""
        with pytest.raises(ValueError, match="orders must hold no order twice"):
            invoice_progress([order(1), order(1, "done")])

    def test_orders_are_orders(self) -> None:
        """Their ids are not enough."""
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
    def test_due_dates_come_in_order_or_not_at_all(self, dates: dict[str, date]) -> None:
        """One alone would be half an answer."""
        with pytest.raises(ValueError, match="next_due_on and last_due_on must"):
            InvoiceProgress(open=1, complete=0, cancelled=0, **dates)

    def test_only_open_orders_are_due(self) -> None:
        """So without one there is no date."""
        with pytest.raises(ValueError, match="with 0 open"):
            InvoiceProgress(open=0, complete=1, cancelled=0, next_due_on=MONDAY, last_due_on=MONDAY)

    @pytest.mark.parametrize(
        ("argument", "value", "error"),
        [("open", True, TypeError), ("complete", -1, ValueError), ("cancelled", 1.0, TypeError)],
    )
    def test_counts_are_counts(self, argument: str, value: int, error: type[Exception]) -> None:
        """Whole, from 0."""
        counts: dict[str, Any] = {"open": 1, "complete": 1, "cancelled": 1} | {argument: value}
        with pytest.raises(error, match=rf"^{argument} must be"):
            InvoiceProgress(**counts)

    def test_today_is_a_date(self) -> None:
        """Not a moment."""
        with pytest.raises(TypeError, match=r"^today must be a date"):
            invoice_progress([]).is_overdue(today=AT)


MESSAGE: Final = SendMessage("invoice-complete", to="user")
WANTED: Final = OnCompletion(status="Ready for Pickup", delivered=True, notify=[MESSAGE])


def done(opened: ProductionOrder, *, days: int) -> Change:
    """The change that completes an order some days after Monday."""
    return FLOW.advance(opened, today=MONDAY + timedelta(days), by="ann", at=AT)


class TestCompletion:
    """When all orders of an invoice are complete, its status and date are set, the user told."""

    def test_the_last_order_says_what_is_wanted(self) -> None:
        """The status, the date, then the messages."""
        last = done(order(2), days=3).order
        assert completion_intents(
            WANTED, [order(1, "done"), order(2)], [order(1, "done"), last]
        ) == (
            SetInvoiceStatus("INV-1", "Ready for Pickup"),
            SetDeliveredOn("INV-1", date(2026, 11, 5)),
            Notify("INV-1", MESSAGE),
        )

    def test_delivered_on_the_day_of_the_last_complete_order(self) -> None:
        """Also where it is a cancellation that leaves no open order."""
        complete = done(order(1), days=1).order
        cancelled = FLOW.advance(order(2), to="cancelled", today=DELIVERY, by="ann", at=AT).order
        intents = completion_intents(
            OnCompletion(delivered=True), [complete, order(2)], [cancelled, complete]
        )
        assert intents == (SetDeliveredOn("INV-1", date(2026, 11, 3)),)

    def test_what_is_not_wanted_is_not_said(self) -> None:
        """By default nothing is."""
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
    def test_other_changes_say_nothing(self, before: list[str], after: list[str]) -> None:
        """A retry finds the invoice complete before, and all cancelled is not complete."""
        old, new = (
            [order(n, status) for n, status in enumerate(statuses)] for statuses in (before, after)
        )
        assert completion_intents(WANTED, old, new) == ()

    def test_an_invoice_of_old_orders_completes_at_once(self) -> None:
        """Orders taken over as complete complete it when they are opened."""
        assert completion_intents(OnCompletion(status="Done"), [], [order(1, "done")]) == (
            SetInvoiceStatus("INV-1", "Done"),
        )

    def test_before_and_after_are_of_one_invoice(self) -> None:
        """Each in itself, and both together."""
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
        """By the name of the argument."""
        with pytest.raises(TypeError, match=rf"^{argument} must be"):
            make()
