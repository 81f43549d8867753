"""How orders in flight are forecast from experience."""

from collections.abc import Iterable
from datetime import date
from typing import Final

from prodflow import _checks as checks
from prodflow._forecasts import Forecast, Forecasts, NoForecast, forecast_of
from prodflow.cycle import StatusCycle
from prodflow.duedate import rank_of
from prodflow.hub._experience import Experience, curve_for, had_days
from prodflow.hub._lives import pauses_in
from prodflow.hub._orders import each, naming
from prodflow.order import ProductionOrder

__all__ = ["Forecast", "Forecasts", "NoForecast", "forecast"]

AT_LEAST: Final = 20


def forecast(
    orders: Iterable[ProductionOrder],
    experience: Experience,
    *,
    today: date,
    at_least: int = AT_LEAST,
    cycles: Iterable[StatusCycle] = (),
) -> Forecasts:
    """By which days orders will be done, judging by what became of comparable orders.

    An order is compared with past orders of its type, on days on which they were in the same status
    after as many days there, without pauses, and at about the same age. The age is the days since
    the order date; it may differ by two days and a quarter of the order's age. From such a day on,
    the days to the end of the past order count, with pauses. Orders that are still open count as at
    least so long.

    Args:
        experience: what was learned from the histories.
        today: the day of the forecast, whose end it is: the orders are still open then.
        at_least: how many comparable orders a forecast needs, from 1.

    Returns:
        A forecast for each order, in the same sequence; closed orders and orders with too few
        comparable ones have a `reason` and no dates.

    Source:
        Decision D41.

    Example:
        >>> from datetime import date
        >>> from prodflow.hub import learn
        >>> monday = date(2026, 11, 16)
        >>> len(forecast([], learn([], [], as_of=monday), today=monday))
        0
    """
    checks.instance("experience", experience, Experience, "an Experience")
    checks.day("today", today)
    checks.number("at_least", at_least)
    calendar = experience.calendar
    paused, now = pauses_in(calendar), rank_of(calendar, today)
    asked = tuple(each(orders))
    rows: list[Forecast] = []
    for order in asked:
        if order.status.closes:
            rows.append(forecast_of(order, today, calendar, "closed", 0, 0, None, ()))
            continue
        curve = curve_for(
            *(experience, order.order_type, order.cycle.version, order.status.key),
            had_days(calendar, order.entered_on, order.begun_on, paused(order), now),
            now - rank_of(calendar, order.ordered_on),
        )
        counts = curve.comparable, curve.still_open
        if curve.comparable < at_least:
            rows.append(forecast_of(order, today, calendar, "too-few-orders", *counts, None, ()))
            continue
        told = curve.cancelled_share, curve.steps
        rows.append(forecast_of(order, today, calendar, None, *counts, *told))
    return Forecasts(
        today=today, at_least=at_least, rows=tuple(rows), cycles=naming(cycles, asked, asked)
    )
