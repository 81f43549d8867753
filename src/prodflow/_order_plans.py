"""The plan of one order in flight: what was done when, where it is, and what is to come."""

from collections.abc import Iterable
from datetime import date
from typing import Final, Literal, NamedTuple, final

from attrs import field, frozen

from prodflow import _checks as checks
from prodflow._fields import Day, checked
from prodflow._forecasts import FORECAST, SHARES, Forecast, forecast_cells
from prodflow._messages import Message, count_of, joined, text
from prodflow._outlook import Slack
from prodflow._sequences import Rows
from prodflow._words import AnyWords
from prodflow.cycle import StatusCycle
from prodflow.export import Table
from prodflow.order import ProductionOrder

OrderStepState = Literal["done", "left", "paused", "current", "to-come"]
"""Whether a step was completed, was left without being completed, is paused by a hold, is where the
order is now, or is to come."""

STATES: Final[dict[OrderStepState, Message]] = {
    "done": text("Done"),
    "left": text("Left"),
    "paused": text("Paused"),
    "current": text("Now"),
    "to-come": text("To come"),
}


@final
class OrderStep(NamedTuple):
    """One step of an order plan: a visit to a status, or a status to come.

    Args:
        status: the key of the status.
        title: its description, or its key if no cycle has it.
        state: an `OrderStepState`.
        begins_on: the day on which the order came to the status, or is expected there.
        finish_on: the day on which the order left the status, or is expected to finish it. None
            while the step is paused, and for the status in which an order was cancelled.
        due_on: the due date of the visit; None if it has none, and for a status to come.
        is_late: whether the order left the step after its due date, or is overdue in it. A step
            that isn't finished is late too if it's expected to finish after the delivery date.
        pauses: the first day of each pause, and the day on which the order came back; None for a
            pause that hasn't ended.
    """

    status: str
    title: str
    state: OrderStepState
    begins_on: date
    finish_on: date | None
    due_on: date | None
    is_late: bool
    pauses: tuple[tuple[date, date | None], ...] = ()


def _versions(value: Iterable[StatusCycle]) -> tuple[StatusCycle, ...]:
    return checks.instances("cycles", value, StatusCycle, "StatusCycle")


@final
@frozen(kw_only=True, weakref_slot=False, field_transformer=checked)
class OrderPlan(Rows[OrderStep]):
    """What was done when, and what is to come: a sequence of `OrderStep`.

    Args:
        order: the order.
        today: the day from which the plan looks.
        rows: the visits by number, then the statuses to come in path order. For an order on the
            path, the present visit ends on the day on which it's expected to. An order on hold goes
            through the paused status again, which is the first one to come.
        finish_on: the day on which all work is expected to be done; of a complete order, the day on
            which it was completed. None for a cancelled order.
        slack_days: the working days from then to the delivery date, negative if the order will be
            late. None without a delivery date, and for closed orders.
        is_provisional: whether an expected day is after the day through which the holidays are
            known.
        cycles: the cycle versions from which the statuses get their names.
        forecast: by when the order will be done, judging by history; None without a forecast.

    Source:
        Decisions D40 and D41.
    """

    order: ProductionOrder
    today: Day
    rows: tuple[OrderStep, ...]
    finish_on: Day | None
    slack_days: Slack | None
    is_provisional: bool = False
    cycles: tuple[StatusCycle, ...] = field(default=(), converter=_versions)
    forecast: Forecast | None = None

    @property
    def _items(self) -> tuple[OrderStep, ...]:
        return self.rows

    def table(self, *, words: AnyWords | None = None) -> Table:
        """One line for each step. The last line has the forecast, which is about the end.

        Args:
            words: your words; None for English.

        Raises:
            DateOutOfRangeError: if a day of the forecast would be after the end of the calendar.
        """
        last = len(self.rows) - 1
        told = None if self.forecast is None else forecast_cells(self.forecast)
        return Table(
            text("Plan of Order {order_id}", order_id=self.order.id),
            (
                *(text("Status"), text("State"), text("From"), text("Until"), text("Due")),
                *(text("Late"), *(() if told is None else FORECAST)),
            ),
            [
                (
                    *(step.title, STATES[step.state], *step[3:6]),
                    text("late") if step.is_late else None,
                    *(() if told is None else told if number == last else (None, None)),
                )
                for number, step in enumerate(self.rows)
            ],
            notes=(
                text("As of {today}: {facts}.", today=self.today, facts=joined(facts_of(self))),
            ),
        ).said(words)


def facts_of(plan: OrderPlan) -> tuple[Message, ...]:
    """The expected end, the delivery date and the slack, each as a text if there is one."""
    order, slack = plan.order, plan.slack_days
    facts: list[Message] = []
    if order.is_complete:
        facts.append(text("completed on {day}", day=plan.finish_on))
    elif order.is_cancelled:
        facts.append(text("cancelled on {day}", day=order.entered_on))
    else:
        facts.append(text("expected on {day}", day=plan.finish_on))
    facts.append(
        text("no delivery date")
        if order.delivery_on is None
        else text("delivery on {day}", day=order.delivery_on)
    )
    if slack is not None and slack < 0:
        facts.append(count_of(-slack, "{count} working day late", "{count} working days late"))
    elif slack is not None:
        facts.append(
            count_of(slack, "{count} working day to spare", "{count} working days to spare")
        )
    if plan.is_provisional:
        facts.append(text("provisional"))
    by = None if plan.forecast is None else plan.forecast.by(SHARES[1])
    if by is not None:
        facts.append(text("80 of 100 done by {day}", day=by))
    return tuple(facts)
