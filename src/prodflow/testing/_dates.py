"""Strategies for calendars, due-date policies, terms and the dates of orders.

Holidays and order dates come from the same two years, so that holidays often fall within an
order's dates. For other years, such as the first and the last of Python's calendar, pass your own
strategy.
"""

from collections.abc import Callable
from collections.abc import Set as AbstractSet
from datetime import date
from functools import partial
from typing import Final

from attrs import evolve
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from prodflow import (
    Backward,
    DueDatePolicy,
    Forward,
    FromEntry,
    StatusCycle,
    Terms,
    VendorTerms,
    WorkingCalendar,
)
from prodflow.testing._drawing import DAYS, PEOPLE, check_cycle, check_sizes, checked, later

_WORKING_WEEKDAYS: Final = st.just(frozenset(range(5))) | st.frozensets(
    st.integers(0, 6), min_size=1
)
# Each kind takes one draw. Otherwise, an example would shrink to the kind with the fewest draws.
_KINDS: Final[SearchStrategy[Callable[[WorkingCalendar], Forward | Backward | FromEntry]]] = (
    st.sampled_from(
        [
            Forward,
            partial(Forward, shift_holds=True),
            Backward,
            partial(Backward, without_delivery="forward"),
            partial(Backward, without_delivery="forward", shift_holds=True),
            partial(Backward, without_delivery="error"),
            FromEntry,
        ]
    )
)
_EXTRAS: Final = st.sampled_from(["none", "calendars", "terms"])
_NO_CALENDARS: Final = st.just(dict[str, WorkingCalendar]())
_DURATIONS: Final = st.sampled_from([0, 1, 2, 3, 5, 10])
_DELIVERY_DAYS: Final = st.none() | st.integers(-3, 90)


def working_calendars(
    *,
    weekdays: SearchStrategy[AbstractSet[int]] | None = None,
    days: SearchStrategy[date] | None = None,
    min_size: int = 0,
    max_size: int = 6,
) -> SearchStrategy[WorkingCalendar]:
    """Calendars with holidays, and with extra working days, which may be holidays too.

    Args:
        weekdays: sets of working weekdays, from 0 for Monday to 6 for Sunday. By default, some
            calendars have Monday to Friday, and others have another set that isn't empty. If your
            strategy draws an empty set, the calendar gets an extra working day.
        days: the holidays and extra working days, and the last day with known holidays; in 2026 and
            2027 by default.
        min_size: the least number of holidays, and of extra working days.
        max_size: the greatest number of holidays, and of extra working days.
    """
    check_sizes(min_size, max_size, least=0)
    return _working_calendars(
        checked("weekdays", weekdays, _WORKING_WEEKDAYS),
        checked("days", days, DAYS),
        min_size,
        max_size,
    )


@st.composite
def _working_calendars(
    draw: DrawFn,
    weekdays: SearchStrategy[AbstractSet[int]],
    days: SearchStrategy[date],
    min_size: int,
    max_size: int,
) -> WorkingCalendar:
    working = draw(weekdays)
    # Without working weekdays, a calendar needs an extra working day.
    least, most = (min_size, max_size) if working else (max(min_size, 1), max(max_size, 1))
    return WorkingCalendar(
        working_weekdays=working,
        holidays=draw(st.frozensets(days, min_size=min_size, max_size=max_size)),
        extra_working_days=draw(st.frozensets(days, min_size=least, max_size=most)),
        known_through=draw(st.none() | days),
    )


def due_date_policies(
    *,
    cycle: StatusCycle | None = None,
    calendars: SearchStrategy[WorkingCalendar] | None = None,
) -> SearchStrategy[DueDatePolicy]:
    """The policies of prodflow, with every option.

    Args:
        cycle: the cycle whose statuses some policies name, since they give statuses calendars of
            their own, or vendors terms; with None, a policy has one calendar and no terms.
        calendars: the calendars; None for any.
    """
    check_cycle(cycle)
    counted = checked("calendars", calendars, working_calendars())
    plain = st.tuples(_KINDS, counted).map(lambda pair: pair[0](pair[1]))
    if cycle is None:
        return plain
    # Most often a status of the plan, since a calendar of another one makes hardly a difference.
    planned = [status.key for status in cycle.path if status.is_due]
    keys = st.sampled_from([*planned, *planned, *planned, *(status.key for status in cycle)])
    return _policies(plain, _by_status(keys, counted), _terms(keys, counted))


@st.composite
def _policies(
    draw: DrawFn,
    plain: SearchStrategy[Forward | Backward | FromEntry],
    by_status: SearchStrategy[dict[str, WorkingCalendar]],
    terms: SearchStrategy[VendorTerms],
) -> DueDatePolicy:
    policy = draw(plain)
    extra = draw(_EXTRAS)
    if extra == "none":
        return policy
    if extra == "calendars":
        return evolve(policy, calendars=draw(by_status))
    default = evolve(policy, calendars=draw(_NO_CALENDARS | by_status))
    vendors: dict[str, VendorTerms] = draw(st.dictionaries(PEOPLE, terms, min_size=1, max_size=3))
    return Terms(default, vendors)


def _by_status(
    keys: SearchStrategy[str], calendars: SearchStrategy[WorkingCalendar]
) -> SearchStrategy[dict[str, WorkingCalendar]]:
    return st.dictionaries(keys, calendars, min_size=1, max_size=4)


def _terms(
    keys: SearchStrategy[str], calendars: SearchStrategy[WorkingCalendar]
) -> SearchStrategy[VendorTerms]:
    return st.builds(
        VendorTerms,
        durations=st.dictionaries(keys, _DURATIONS, max_size=3),
        calendars=_NO_CALENDARS | _by_status(keys, calendars),
    )


def order_dates(
    *,
    days: SearchStrategy[date] | None = None,
    delivery_days: SearchStrategy[int | None] | None = None,
) -> SearchStrategy[tuple[date, date | None]]:
    """Pairs (ordered_on, delivery_on).

    Args:
        days: the order dates; in 2026 and 2027 by default.
        delivery_days: the number of days from the order date to the delivery date; None gives no
            delivery date. By default None or -3 to 90; negative because some customers ask for a
            day before the order date.
    """
    return st.tuples(
        checked("days", days, DAYS),
        checked("delivery_days", delivery_days, _DELIVERY_DAYS),
    ).map(_with_delivery)


def _with_delivery(pair: tuple[date, int | None]) -> tuple[date, date | None]:
    ordered_on, days = pair
    return ordered_on, None if days is None else later(ordered_on, days)
