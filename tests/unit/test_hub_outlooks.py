"""Reports that look ahead: the board, the status report and the progress of an invoice."""

from datetime import UTC, date, datetime
from typing import Any, Final

import pytest
from attrs import evolve

from prodflow import Forward, ProductionFlow, ProductionOrder, Status, StatusCycle, outlook
from prodflow.hub import board, status_report
from prodflow.invoices import InvoiceProgress, invoice_progress

MONDAY: Final = date(2026, 11, 16)
WHO: Final[Any] = {"by": "ann", "at": datetime(2026, 11, 16, 9, tzinfo=UTC)}
FLOW: Final = ProductionFlow()
CYCLE: Final = StatusCycle(
    "prints",
    [
        Status("lab", "At the lab", default_duration=3, initial=True),
        Status("check", "Quality check", default_duration=1),
        Status("done", "Delivered", final=True),
    ],
)


def on(day: int) -> date:
    """A day of November 2026; the 16th is a Monday."""
    return date(2026, 11, day)


def opened(number: int, delivery_on: date | None) -> ProductionOrder:
    """An order of Monday that needs until Friday."""
    given: Any = {"invoice_id": "INV-1", "facts": {"client": "Lee"}, "delivery_on": delivery_on}
    return FLOW.open(CYCLE, order_id=f"PO-{number}", ordered_on=MONDAY, **given, **WHO).order


@pytest.fixture
def orders() -> list[ProductionOrder]:
    """One that will be late, one in time, one without a delivery date, and one that is done."""
    done = FLOW.advance(opened(4, on(17)), to="done", today=MONDAY, **WHO).order
    return [opened(1, on(19)), opened(2, on(24)), opened(3, None), done]


EXPECTED: Final = [(on(20), -1), (on(20), 2), (on(20), None), (None, None)]


class TestBoard:
    """`board` with a policy."""

    def test_orders_have_their_outlooks(self, orders: list[ProductionOrder]) -> None:
        """In the sequence of the orders; a closed one has none."""
        seen = board(orders, by="status", today=MONDAY, policy=Forward())
        lab, done = seen.columns
        assert lab.outlooks == tuple(outlook(it, Forward(), today=MONDAY) for it in orders[:3])
        assert done.outlooks == (None,)
        assert (lab.at_risk, done.at_risk) == (1, 0)

    def test_the_tables_have_more_columns(self, orders: list[ProductionOrder]) -> None:
        """When each order is expected, and how many are at risk."""
        seen = board(orders, by="status", today=MONDAY, policy={"prints": Forward()})
        table = seen.table("quantity")
        assert table.columns[1:] == ("Orders", "Overdue", "Due Soon", "At Risk", "Quantity")
        assert [row[4] for row in table.rows] == [1, 0]
        listed = seen.orders_table("priority")
        assert listed.columns[-3:] == ("Priority", "Expected", "Days to Spare")
        assert [row[-2:] for row in listed.rows] == EXPECTED

    def test_without_a_policy_nothing_is_added(self, orders: list[ProductionOrder]) -> None:
        """The board is as it was."""
        seen = board(orders, by="status", today=MONDAY)
        assert [column.outlooks for column in seen.columns] == [(), ()]
        assert seen.table().columns == ("Status", "Orders", "Overdue", "Due Soon")
        assert seen.orders_table().columns[-2:] == ("Invoice", "Days Late")

    def test_an_empty_board_has_the_columns_too(self) -> None:
        """Whoever reads it knows that it looks ahead."""
        seen = board([], today=MONDAY, policy=Forward())
        assert "At Risk" in seen.table().columns
        assert seen.orders_table().columns[-1] == "Days to Spare"

    def test_each_order_of_a_column_has_an_outlook(self, orders: list[ProductionOrder]) -> None:
        """Or none has; and each has its days late."""
        column = board(orders, by="status", today=MONDAY, policy=Forward()).columns[0]
        with pytest.raises(ValueError, match=r"^outlooks must be one for each of the 3"):
            evolve(column, outlooks=(None,))
        with pytest.raises(ValueError, match=r"^days_late must be .*, or none, not 1"):
            evolve(column, days_late=(None,))


class TestStatusReport:
    """`status_report` with a policy."""

    @pytest.mark.parametrize("by", [None, "facts.client"])
    def test_orders_have_their_outlooks(
        self, orders: list[ProductionOrder], by: str | None
    ) -> None:
        """In groups too."""
        report = status_report(orders, today=MONDAY, policy=Forward(), by=by)
        table = report.table()
        assert table.columns[-4:] == ("Expected", "Days to Spare", "Client", "Amount")
        assert [row[-4:-2] for row in table.rows] == EXPECTED

    def test_without_a_policy_nothing_is_added(self, orders: list[ProductionOrder]) -> None:
        """The report is as it was."""
        table = status_report(orders, today=MONDAY).table()
        assert table.columns[-4:] == ("Invoice", "Days Late", "Client", "Amount")


class TestInvoice:
    """`invoice_progress` with a policy."""

    def test_when_the_last_order_is_expected(self, orders: list[ProductionOrder]) -> None:
        """The slack is that of the order which has the least."""
        late = FLOW.amend(orders[2], due_on=on(27), **WHO).order
        progress = invoice_progress([*orders[:2], late], policy=Forward(), today=MONDAY)
        assert (progress.expected_on, progress.slack_days) == (on(30), -1)

    def test_without_open_orders(self, orders: list[ProductionOrder]) -> None:
        """Nothing is expected."""
        progress = invoice_progress(orders[3:], policy=Forward(), today=MONDAY)
        assert (progress.expected_on, progress.slack_days) == (None, None)

    def test_without_a_policy_nothing_is_added(self, orders: list[ProductionOrder]) -> None:
        """The progress is as it was."""
        assert invoice_progress(orders).expected_on is None

    def test_policy_and_day_belong_together(self, orders: list[ProductionOrder]) -> None:
        """One alone is refused."""
        alone: list[dict[str, Any]] = [{"policy": Forward()}, {"today": MONDAY}]
        for given in alone:
            with pytest.raises(ValueError, match="policy and today must be given together"):
                invoice_progress(orders, **given)

    @pytest.mark.parametrize(
        "wrong",
        [{"open": 0, "complete": 1, "expected_on": MONDAY}, {"open": 1, "slack_days": 1}],
    )
    def test_an_expected_day_needs_an_open_order(self, wrong: dict[str, Any]) -> None:
        """And a slack needs an expected day."""
        usual: dict[str, Any] = {"complete": 0, "cancelled": 0}
        with pytest.raises(ValueError, match="expected_on must be given with an open order only"):
            InvoiceProgress(**usual | wrong)
