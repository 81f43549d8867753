"""How the plan of an order in flight is put together, from its history and its outlook."""

from collections.abc import Iterable, Iterator
from datetime import date

from prodflow import _checks as checks
from prodflow._forecasts import Forecasts, forecasts_by_id
from prodflow._names import Names
from prodflow._order_plans import OrderPlan, OrderStep, OrderStepState
from prodflow._outlook import Outlook, outlook
from prodflow.calendars import EVERY_DAY
from prodflow.cycle import StatusCycle
from prodflow.duedate import DueDatePolicy
from prodflow.hub._history import counting, history_of
from prodflow.hub._orders import versions
from prodflow.hub._reading import read_visits
from prodflow.hub._visits import Visit
from prodflow.order import HistoryEntry, ProductionOrder

__all__ = ["OrderPlan", "OrderStep", "OrderStepState", "order_plan"]


def order_plan(
    order: ProductionOrder,
    policy: DueDatePolicy,
    entries: Iterable[HistoryEntry],
    *,
    today: date,
    forecast: Forecasts | None = None,
    cycles: Iterable[StatusCycle] = (),
) -> OrderPlan:
    """What was done when, where an order is, and when the rest is expected to be done.

    The days of the steps that are over come from the history, without undone changes and with
    corrected days. What is to come is the order's `outlook`. Skipped statuses have no row.

    Args:
        order: the order.
        policy: the due-date policy, as for `outlook`.
        entries: the whole history of the order.
        forecast: forecasts, with that of the order; None for a plan without one.

    Raises:
        DateOutOfRangeError: if an expected day would be outside the calendar.
        ValueError: if *entries* aren't all entries of the order, or if the policy only names a
            calendar.

    Source:
        "A history of all status changes is kept on the Status Notes tab"; decisions D18, D34, D35,
        D40 and D41.

    Example:
        >>> from datetime import UTC, date, datetime
        >>> from prodflow import ProductionFlow
        >>> from prodflow.samples import PRINTS
        >>> flow, monday = ProductionFlow(), date(2026, 11, 2)
        >>> who = {"by": "Ann", "at": datetime(2026, 11, 2, 9, tzinfo=UTC)}
        >>> opened = flow.open(PRINTS.cycle, order_id="PO-1", ordered_on=monday, **who)
        >>> found = order_plan(opened.order, flow.due_dates, [opened.entry], today=monday)
        >>> found[0].title, found[0].state, found[1].state
        ('Order Checked', 'current', 'to-come')
    """
    checks.instance("order", order, ProductionOrder, "a ProductionOrder")
    history = history_of(order, "entries", entries)
    given = versions(cycles)
    expected = outlook(order, policy, today=today)
    steps = _Steps(order, today, Names(given, [order.cycle]))
    rows = [*steps.over(read_visits(counting("entries", history), EVERY_DAY), expected)]
    if expected is not None:
        rows.extend(steps.to_come(expected))
    completed_on = order.entered_on if order.is_complete else None
    return OrderPlan(
        order=order,
        today=today,
        rows=tuple(rows),
        finish_on=completed_on if expected is None else expected.finish_on,
        slack_days=None if expected is None else expected.slack_days,
        is_provisional=expected is not None and expected.is_provisional,
        cycles=given,
        forecast=forecasts_by_id(forecast).get(order.id),
    )


class _Steps:
    """The steps of one order."""

    def __init__(self, order: ProductionOrder, today: date, names: Names) -> None:
        self.order, self.today, self.names = order, today, names

    def over(self, visits: Iterable[Visit], expected: Outlook | None) -> Iterator[OrderStep]:
        """The visits; the present one ends when it's expected to."""
        order = self.order
        for visit in visits:
            finish_on, state = visit.left_on, self._state(visit)
            if state == "current" and expected is not None:
                finish_on = expected.first_on
                if order.resumes_in is None:
                    finish_on = expected.finish_dates[0]
            elif order.is_complete and visit.sequence == order.visit:
                finish_on = visit.entered_on
            yield OrderStep(
                visit.status,
                self.names.title((order.order_type, visit.status)),
                state,
                visit.entered_on,
                finish_on,
                visit.due_on,
                self._is_late(state, finish_on, visit.due_on),
                tuple((pause.paused_on, pause.resumed_on) for pause in visit.pauses),
            )

    def to_come(self, expected: Outlook) -> Iterator[OrderStep]:
        """The rows of the outlook, except for the present status of an order on the path."""
        for row in tuple(expected)[self.order.resumes_in is None :]:
            yield OrderStep(
                row.status.key,
                self.names.title((self.order.order_type, row.status.key)),
                "to-come",
                row.begins_on,
                row.finish_on,
                None,
                self._is_late("to-come", row.finish_on, None),
            )

    def _state(self, visit: Visit) -> OrderStepState:
        if visit.sequence == self.order.visit:
            return "done" if self.order.is_complete else "current"
        if visit.is_paused:
            return "paused"
        return "done" if visit.completed else "left"

    def _is_late(self, state: OrderStepState, finish_on: date | None, due_on: date | None) -> bool:
        if state in {"done", "left"}:
            return due_on is not None and finish_on is not None and finish_on > due_on
        if state == "paused" or finish_on is None:
            return False
        if state == "current" and due_on is not None and due_on < self.today:
            return True
        delivery_on = self.order.delivery_on
        return delivery_on is not None and finish_on > delivery_on
