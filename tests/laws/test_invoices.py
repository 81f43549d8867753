"""Laws of invoices: decisions D31 and D32, and that each change has its effects once."""

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Final

from attrs import evolve
from hypothesis import example, given
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from prodflow import (
    MemoryStore,
    OrderQuery,
    ProductionFlow,
    ProductionOrder,
    SendMessage,
    Status,
    StatusCycle,
)
from prodflow.hub import family
from prodflow.invoices import (
    CreationCondition,
    FirstPayment,
    InStatus,
    Intent,
    Invoice,
    InvoiceLine,
    InvoiceSaved,
    OnCompletion,
    PaidAtLeast,
    PaidInFull,
    SetInvoiceStatus,
    completion_intents,
    invoice_progress,
    is_due,
    is_met,
    order_id_for,
    orders_for_invoice,
)
from prodflow.testing._cases import case
from prodflow.testing.strategies import production_flows, production_orders, status_cycles

MONDAY: Final = date(2026, 11, 16)
AT: Final = datetime(2026, 11, 16, 12, tzinfo=UTC)

CYCLES: Final = tuple(
    StatusCycle(
        order_type,
        [
            Status("made", "Made", initial=True, default_duration=days),
            Status("checked", "Checked", default_duration=1),
            Status("done", "Done", final=True),
            Status("hold", "On hold", non_standard=True),
            Status("cancelled", "Cancelled", non_standard=True, cancelled=True),
        ],
    )
    for order_type, days in (("prints", 2), ("albums", 9))
)
QUIET: Final = production_flows(max_size=0)
QUIETLY: Final = ProductionFlow()
QUANTITIES: Final = st.none() | st.integers(1, 20)
WHAT_HAPPENED: Final = st.sampled_from(["left", "cancelled", "cancelled", "split", "reprinted"])
IDS: Final = st.text("ab 1", min_size=1, max_size=8) | st.text("x", min_size=199, max_size=200)
# "frames" has no cycle; the vendors differ by as little as vendors can.
LINES: Final = st.builds(
    InvoiceLine,
    st.text("abc1", min_size=1, max_size=4),
    order_type=st.sampled_from([*["prints"] * 3, "albums", "frames", None]),
    vendor=st.sampled_from([*["City Lab"] * 3, "City-Lab", "city lab", "v" * 200, None]),
)
AMOUNTS: Final = (
    st.integers(0, 200)
    | st.integers(0, 10**18)
    | st.decimals(0, 10**12, places=2)
    | st.decimals(0, 1, places=18)
)


@st.composite
def invoices(draw: DrawFn, *, ids: SearchStrategy[str] = IDS, least: int = 0) -> Invoice:
    """Any invoice, with amounts in any unit."""
    return Invoice(
        draw(ids),
        draw(st.lists(LINES, min_size=least, max_size=12, unique_by=lambda line: line.id)),
        total=draw(AMOUNTS),
        paid=draw(AMOUNTS),
        status=draw(st.none() | st.sampled_from(["new", "approved"])),
        delivery_on=draw(st.dates(MONDAY, date(2027, 1, 31))),  # some policies ask for it
    )


ORDERED: Final = invoices(least=3)  # then most have an order
CONDITIONS: Final = st.one_of(
    st.just(InvoiceSaved()),
    st.just(FirstPayment()),
    st.builds(PaidAtLeast, st.integers(1, 100)),
    st.just(PaidInFull()),
    st.builds(InStatus, st.sampled_from(["new", "approved"])),
)


class TestOrders:
    """An invoice gives one order for each vendor and order type of its lines (D31)."""

    @given(QUIET, invoices())
    def test_every_line_is_in_one_order_or_unplaced(
        self, flow: ProductionFlow, invoice: Invoice
    ) -> None:
        """No line is lost, and none is in two orders."""
        found = orders_for_invoice(flow, invoice, CYCLES, ordered_on=MONDAY, by="ann", at=AT)
        case("some lines are placed, others are not", found.placed and found.unplaced)
        lines = [line for order in found.placed for line in order.lines]
        lines += [unplaced.line for unplaced in found.unplaced]
        assert Counter(lines) == Counter(invoice.lines)

    @given(QUIET, invoices())
    def test_an_order_agrees_with_its_lines_and_its_invoice(
        self, flow: ProductionFlow, invoice: Invoice
    ) -> None:
        """Vendor, type, invoice and delivery date agree; no two orders share vendor and type."""
        found = orders_for_invoice(flow, invoice, CYCLES, ordered_on=MONDAY, by="ann", at=AT)
        case("the invoice has several orders", len(found.placed) > 1)
        for placed in found.placed:
            order = placed.change.order
            assert {(line.vendor, line.order_type) for line in placed.lines} == {
                (order.vendor, order.order_type)
            }
            assert (order.invoice_id, order.delivery_on) == (invoice.id, invoice.delivery_on)
        groups = [(change.order.vendor, change.order.order_type) for change in found.changes]
        assert len(set(groups)) == len(groups)

    @given(QUIET, invoices())
    def test_a_line_is_unplaced_for_a_reason(self, flow: ProductionFlow, invoice: Invoice) -> None:
        """A line without a vendor, a type or a cycle for its type names all that it lacks."""
        found = orders_for_invoice(flow, invoice, CYCLES, ordered_on=MONDAY, by="ann", at=AT)
        reasons = {reason for unplaced in found.unplaced for reason in unplaced.reasons}
        case("a line has no cycle", "no-cycle" in reasons)
        for unplaced in found.unplaced:
            line = unplaced.line
            assert ("no-vendor" in unplaced.reasons) == (line.vendor is None)
            assert ("no-order-type" in unplaced.reasons) == (line.order_type is None)
            assert ("no-cycle" in unplaced.reasons) == (line.order_type == "frames")

    @given(QUIET, invoices(), st.data())
    def test_the_order_of_the_lines_changes_no_group(
        self, flow: ProductionFlow, invoice: Invoice, data: st.DataObject
    ) -> None:
        """The same orders hold the same lines, in the order of the invoice."""
        shuffled = data.draw(st.permutations(invoice.lines))
        other = Invoice(invoice.id, shuffled, total=1, delivery_on=invoice.delivery_on)
        found, again = (
            orders_for_invoice(flow, each, CYCLES, ordered_on=MONDAY, by="ann", at=AT)
            for each in (invoice, other)
        )
        case("an order has several lines", any(len(order.lines) > 1 for order in found.placed))
        assert {order.change: frozenset(order.lines) for order in found.placed} == {
            order.change: frozenset(order.lines) for order in again.placed
        }
        assert set(found.unplaced) == set(again.unplaced)
        for lines in (
            [order.lines[0] for order in again.placed],
            [unplaced.line for unplaced in again.unplaced],
            *(order.lines for order in again.placed),
        ):
            assert list(lines) == sorted(lines, key=shuffled.index)

    @given(QUIET, st.lists(ORDERED, min_size=1, max_size=3, unique_by=lambda invoice: invoice.id))
    def test_the_changes_are_saved_at_once(
        self, flow: ProductionFlow, found: list[Invoice]
    ) -> None:
        """Also for several invoices; a second call that knows the orders opens none."""
        store = MemoryStore()
        made = [
            orders_for_invoice(flow, invoice, CYCLES, ordered_on=MONDAY, by="ann", at=AT)
            for invoice in found
        ]
        case("several invoices have orders", sum(bool(orders.changes) for orders in made) > 1)
        store.save(*(change for orders in made for change in orders.changes))
        for invoice, orders in zip(found, made, strict=True):
            kept = store.find(OrderQuery(invoice_id=invoice.id))
            assert {order.id for order in kept} == {change.order.id for change in orders.changes}
            again = orders_for_invoice(
                flow,
                invoice,
                CYCLES,
                ordered_on=MONDAY,
                orders=kept,
                by="ann",
                at=AT,
            )
            assert again.changes == ()
            assert [unplaced.line for unplaced in again.unplaced] == list(invoice.lines)

    @given(status_cycles(), st.data())
    def test_any_cycle_will_do(self, cycle: StatusCycle, data: st.DataObject) -> None:
        """Whatever its order type and its triggers are."""
        flow = data.draw(production_flows(cycle=cycle))
        line = InvoiceLine("1", order_type=cycle.order_type, vendor="City Lab")
        invoice = Invoice(data.draw(IDS), [line], total=1, delivery_on=MONDAY)
        (change,) = orders_for_invoice(
            flow, invoice, [cycle], ordered_on=MONDAY, by="ann", at=AT
        ).changes
        case("the change has events", change.events)
        MemoryStore().save(change)
        assert change.order.cycle == cycle

    @given(invoices(), invoices())
    def test_ids_differ_where_the_orders_do(self, first: Invoice, second: Invoice) -> None:
        """And are the same for the same invoice, vendor and order type."""
        ids = {
            (invoice.id, vendor, order_type, attempt): order_id_for(
                invoice, vendor, order_type, attempt
            )
            for invoice in (first, second)
            for vendor in ("City Lab", "City-Lab", "v" * 200)
            for order_type in ("prints", "t" * 64)
            for attempt in (1, 2, 10)
        }
        case("the invoices differ", first.id != second.id)
        assert len(set(ids.values())) == len(ids)
        assert all(0 < len(order_id) <= 200 for order_id in ids.values())


@st.composite
def changed(draw: st.DrawFn, orders: list[ProductionOrder]) -> list[ProductionOrder]:
    """Orders, some of which were then cancelled, split or ordered again."""
    found: list[ProductionOrder] = []
    for order in orders:
        what = "left" if order.is_cancelled else draw(WHAT_HAPPENED)
        other_id = f"{order.id[:180]}+{len(found)}+{len(orders)}"
        if what == "split":
            found.append(evolve(order, id=other_id, split_from=order.id))
        elif what == "reprinted":
            found.append(evolve(order, id=other_id, reorder_of=order.id))
        is_cancelled = what != "left" and draw(st.booleans())
        found.append(cancelled(order) if is_cancelled else order)
    return found


def cancelled(order: ProductionOrder) -> ProductionOrder:
    """The order after it was cancelled."""
    return QUIETLY.advance(order, to="cancelled", today=MONDAY, by="ann", at=AT).order


class TestOrderedAgain:
    """The lines of a cancelled order can be ordered again, and never twice at once."""

    @given(invoices(ids=st.just("INV-1")), st.data())
    def test_lines_have_one_order_that_is_not_cancelled(
        self, invoice: Invoice, data: st.DataObject
    ) -> None:
        """Whatever was cancelled, split or ordered again in between; no id comes twice."""
        orders: list[ProductionOrder] = []
        again = 0
        for _ in range(3):
            made = orders_for_invoice(
                QUIETLY, invoice, CYCLES, ordered_on=MONDAY, orders=orders, by="ann", at=AT
            )
            again += bool(orders and made.placed)
            orders += [change.order for change in made.changes]
            assert len({order.id for order in orders}) == len(orders)
            for lines in placeable(invoice).values():
                roots = {
                    order_id_for(invoice, str(lines[0].vendor), str(lines[0].order_type), attempt)
                    for attempt in range(1, 9)
                }
                living = {
                    one.root.id
                    for one in family(orders)
                    if one.root.id in roots and not all(o.is_cancelled for o in one.orders)
                }
                assert len(living) == 1
            repeated = orders_for_invoice(
                QUIETLY, invoice, CYCLES, ordered_on=MONDAY, orders=orders, by="ann", at=AT
            )
            assert repeated.changes == ()
            orders = data.draw(changed(orders))
        case("lines were ordered again", again)


def placeable(invoice: Invoice) -> dict[tuple[str, str], list[InvoiceLine]]:
    """The lines that can be in an order, by vendor and order type."""
    groups: dict[tuple[str, str], list[InvoiceLine]] = {}
    for line in invoice.lines:
        if line.vendor is not None and line.order_type in {"prints", "albums"}:
            groups.setdefault((line.vendor, line.order_type), []).append(line)
    return groups


class TestConditions:
    """Orders are due at a change after which the condition is met, and at no other."""

    @given(CONDITIONS, st.lists(invoices(ids=st.just("INV-1")), min_size=3, max_size=6))
    def test_due_where_it_begins_to_be_met(
        self, condition: CreationCondition, found: list[Invoice]
    ) -> None:
        """Each time that the invoice begins to meet the condition."""
        due = [
            is_due(condition, before, after)
            for before, after in zip([None, *found], found, strict=False)
        ]
        met = [is_met(condition, invoice) for invoice in found]
        case("the condition came to be met later", not met[0] and any(met))
        assert due == [
            now and not earlier for earlier, now in zip([False, *met], met, strict=False)
        ]

    @given(CONDITIONS, st.lists(AMOUNTS, min_size=1, max_size=6), AMOUNTS)
    def test_due_once_as_payments_come_in(
        self, condition: CreationCondition, payments: list[Decimal], total: Decimal
    ) -> None:
        """If payments only grow, orders are due once or not yet."""
        found = [
            Invoice("INV-1", total=total, paid=paid, status="new")
            for paid in sorted(map(Decimal, payments))
        ]
        due = [
            is_due(condition, before, after)
            for before, after in zip([None, *found], found, strict=False)
        ]
        case("orders are due at a later payment", any(due[1:]))
        assert sum(due) == is_met(condition, found[-1])

    @given(st.integers(1, 100), AMOUNTS, AMOUNTS)
    @example(percent=33, paid=Decimal("0.33"), total=Decimal(1))
    def test_shares_are_exact(self, percent: int, paid: Decimal, total: Decimal) -> None:
        """To the last decimal place of any amount."""
        invoice = Invoice("INV-1", total=total, paid=paid)
        least = Fraction(total) * percent / 100
        case("some is paid, but not all", 0 < paid < total)
        assert is_met(PaidAtLeast(percent), invoice) == (Fraction(paid) >= least)
        assert is_met(PaidInFull(), invoice) == is_met(PaidAtLeast(100), invoice)

    @given(st.integers(0, 10**12), st.integers(0, 10**12), st.integers(0, 18))
    def test_the_unit_does_not_matter(self, paid: int, total: int, places: int) -> None:
        """Cents and euros give the same answers."""
        cents = Invoice("INV-1", total=total, paid=paid)
        euros = Invoice(
            "INV-1", total=Decimal(total).scaleb(-places), paid=Decimal(paid).scaleb(-places)
        )
        case("some is paid, but not all", 0 < paid < total)
        for condition in (FirstPayment(), PaidAtLeast(30), PaidInFull()):
            assert is_met(condition, cents) == is_met(condition, euros)


@st.composite
def walks(draw: DrawFn) -> list[list[ProductionOrder]]:
    """The orders of an invoice, after each of several status changes in any direction."""
    flow = ProductionFlow()
    orders = [
        flow.open(
            draw(st.sampled_from(CYCLES)),
            order_id=f"PO-{number}",
            ordered_on=MONDAY,
            invoice_id="INV-1",
            by="ann",
            at=AT,
        ).order
        for number in range(draw(st.integers(1, 3)))
    ]
    found = [list(orders)]
    for day in range(draw(st.integers(0, 10))):
        index = draw(st.integers(0, len(orders) - 1))
        keys = {status.key for status in CYCLES[0]} - {orders[index].status.key}
        # Mostly forward, so that many get there.
        to = draw(st.sampled_from(["done", "cancelled"]) | st.sampled_from(sorted(keys)))
        if to not in keys:
            continue
        orders[index] = flow.advance(
            orders[index], to=to, today=MONDAY + timedelta(day), by="ann", at=AT
        ).order
        found.append(list(orders))
    return found


def said(wanted: OnCompletion, walk: list[list[ProductionOrder]]) -> list[tuple[Intent, ...]]:
    """The intents at each change of a walk."""
    return [
        completion_intents(wanted, before, after)
        for before, after in zip([[], *walk], walk, strict=False)
    ]


class TestProgress:
    """An invoice is complete when all its orders are closed and at least one is complete (D32)."""

    @given(st.lists(production_orders(max_size=4), max_size=4, unique_by=lambda order: order.id))
    def test_progress_is_a_plain_count(self, found: list[ProductionOrder]) -> None:
        """Whatever has happened to the orders."""
        flow = ProductionFlow()
        orders = [flow.amend(order, invoice_id="INV-1", by="ann", at=AT).order for order in found]
        progress = invoice_progress(orders)
        still_open = [order for order in orders if order.is_open]
        done = [order for order in orders if order.is_complete]
        dates = [order.due_on for order in still_open if order.due_on]
        case("some orders are open, others are closed", 0 < len(still_open) < len(orders))
        assert progress.open == len(still_open)
        assert progress.complete == len(done)
        assert progress.cancelled == len(orders) - len(still_open) - len(done)
        assert progress.next_due_on == min(dates, default=None)
        assert progress.last_due_on == max(dates, default=None)
        assert progress.is_complete == (bool(done) and not still_open)
        assert progress.is_complete == (progress.fraction_done == 1)
        assert 0 <= progress.fraction_done <= 1
        for today in {MONDAY, *dates}:
            overdue = any(order.is_overdue(today=today) for order in orders)
            assert progress.is_overdue(today=today) == overdue

    @given(walks(), st.data())
    def test_splitting_changes_no_progress(
        self, walk: list[list[ProductionOrder]], data: st.DataObject
    ) -> None:
        """Neither the share of the work that is done, nor the due dates (D37)."""
        orders = [evolve(order, quantity=data.draw(QUANTITIES)) for order in walk[-1]]
        before = invoice_progress(orders)
        for order in [order for order in orders if order.is_open and order.quantity]:
            split = data.draw(st.integers(1, 9), label="the quantity of a part")
            if split < (order.quantity or 0):
                orders.remove(order)
                rest = (order.quantity or 0) - split
                orders.append(evolve(order, quantity=rest))
                orders.append(evolve(order, id=f"{order.id}+", quantity=split, split_from=order.id))
        after = invoice_progress(data.draw(st.permutations(orders)))
        case("an order was split", after.open > before.open)
        assert after == evolve(before, open=after.open)

    @given(walks(), st.data())
    def test_the_order_of_orders_does_not_matter(
        self, walk: list[list[ProductionOrder]], data: st.DataObject
    ) -> None:
        """A store may give orders in any order."""
        case("the invoice has several orders", len(walk[0]) > 1)
        shuffled = [data.draw(st.permutations(orders)) for orders in walk]
        assert list(map(invoice_progress, walk)) == list(map(invoice_progress, shuffled))
        wanted = OnCompletion(status="Ready", delivered=True)
        assert said(wanted, walk) == said(wanted, shuffled)

    @given(walks())
    def test_intents_come_once_for_each_completion(self, walk: list[list[ProductionOrder]]) -> None:
        """At the change that completes the invoice, and again only if it was open in between."""
        complete = [invoice_progress(orders).is_complete for orders in walk]
        case("the invoice was completed", any(complete))
        begins = [now and not was for was, now in zip([False, *complete], complete, strict=False)]
        wanted = OnCompletion(status="Ready")
        assert said(wanted, walk) == [
            (SetInvoiceStatus("INV-1", "Ready"),) if begun else () for begun in begins
        ]

    @given(walks())
    def test_a_retry_says_nothing(self, walk: list[list[ProductionOrder]]) -> None:
        """The orders are the same before and after."""
        case("the invoice was completed", any(invoice_progress(o).is_complete for o in walk))
        wanted = OnCompletion(
            status="Ready", delivered=True, notify=[SendMessage("done", to="user")]
        )
        assert all(completion_intents(wanted, orders, orders) == () for orders in walk)
