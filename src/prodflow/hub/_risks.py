"""The orders that will miss their delivery dates, if nothing changes."""

from collections.abc import Iterable
from datetime import date
from typing import Final, NamedTuple, final

from attrs import field, frozen

from prodflow._fields import Day, checked
from prodflow._forecasts import FORECAST, Forecast, Forecasts, forecast_cells, forecasts_by_id
from prodflow._messages import text
from prodflow._outlook import Outlook, Policies, looking_by
from prodflow._sequences import Rows
from prodflow._words import AnyWords
from prodflow.cycle import StatusCycle
from prodflow.export import Table
from prodflow.hub._orders import (
    DAYS_LATE,
    EXPECTED,
    OrderColumns,
    as_of,
    by_urgency,
    each,
    names_for,
    naming,
    versions,
)
from prodflow.order import ProductionOrder

__all__ = ["AtRisk", "OrderAtRisk", "at_risk"]

_HALF: Final = 0.5


@final
class OrderAtRisk(NamedTuple):
    """An order that will be late.

    Args:
        order: the order.
        outlook: when it's expected. Its slack is negative, or the chance of its forecast is low.
        forecast: by when it will be done, judging by history; None if you gave no forecast for it.
    """

    order: ProductionOrder
    outlook: Outlook
    forecast: Forecast | None = None


@final
@frozen(kw_only=True, weakref_slot=False, field_transformer=checked)
class AtRisk(Rows[OrderAtRisk]):
    """The open orders that will miss their delivery dates, as a sequence of `OrderAtRisk`.

    Args:
        today: the date of the report.
        rows: the orders, those with the least slack first. Those that are only late by their
            forecasts come last, the smallest chance first.
        cycles: the cycle versions from which the names of the statuses come.
        has_forecasts: whether the report was made with forecasts, and has columns for them.
    """

    today: Day
    rows: tuple[OrderAtRisk, ...]
    cycles: tuple[StatusCycle, ...] = field(default=(), converter=versions)
    has_forecasts: bool = False

    @property
    def _items(self) -> tuple[OrderAtRisk, ...]:
        return self.rows

    def table(self, *more: str, words: AnyWords | None = None) -> Table:
        """One line for each order, with the day on which it's expected.

        Args:
            more: further columns: "priority", "quantity" or facts such as "facts.client".
            words: your words; None for English.

        Raises:
            DateOutOfRangeError: if a day of a forecast would be after the end of the calendar.
            ValueError: if there is no such column.
        """
        columns = OrderColumns(names_for(self.cycles, (row.order for row in self.rows)), more)
        return Table(
            text("Orders at Risk"),
            (*columns.titles, EXPECTED, DAYS_LATE, *(FORECAST if self.has_forecasts else ())),
            [
                (
                    *(*columns.cells(row.order), row.outlook.finish_on),
                    max(-(row.outlook.slack_days or 0), 0),
                    *(forecast_cells(row.forecast) if self.has_forecasts else ()),
                )
                for row in self.rows
            ],
            notes=(as_of(self.today, len(self)),),
        ).said(words)


def at_risk(
    orders: Iterable[ProductionOrder],
    policy: Policies,
    *,
    today: date,
    forecast: Forecasts | None = None,
    cycles: Iterable[StatusCycle] = (),
) -> AtRisk:
    """The open orders that can't meet their delivery dates, if each status takes its duration.

    An order is listed whether or not it's overdue in its present status. Orders without a delivery
    date are never listed. The order with the least slack comes first. Of orders with the same
    slack, the earlier delivery date comes first, then the higher priority, then the lower number.

    Args:
        policy: the due-date policy of the orders, or the policies by order type.
        forecast: the forecasts of these orders. Then the rows have them, and orders whose chance to
            be done by their delivery date is below one half are listed too, after the others.

    Raises:
        DateOutOfRangeError: if a date would be outside the calendar.
        ValueError: if there is no policy for the type of an order.

    Source:
        Decisions D40 and D41.
    """
    told = forecasts_by_id(forecast)
    looking = looking_by(policy, today)
    asked = tuple(each(orders))
    rows: list[OrderAtRisk] = []
    for order in asked:
        if order.delivery_on is None:
            continue
        expected = looking(order)
        if expected is None or expected.slack_days is None:
            continue
        one = told.get(order.id)
        chance = None if one is None else one.chance
        if expected.slack_days < 0 or (chance is not None and chance < _HALF):
            rows.append(OrderAtRisk(order, expected, one))
    rows.sort(key=_by_risk)
    shown = [row.order for row in rows]
    return AtRisk(
        today=today,
        rows=tuple(rows),
        cycles=naming(cycles, asked, shown),
        has_forecasts=forecast is not None,
    )


def _by_risk(row: OrderAtRisk) -> tuple[object, ...]:
    slack = row.outlook.slack_days or 0
    urgency = by_urgency(row.order.delivery_on, row.order)
    if slack >= 0 and row.forecast is not None:
        return True, row.forecast.chance, urgency
    return False, slack, urgency
