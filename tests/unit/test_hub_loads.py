"""The planned load: how much work each department has on the days to come."""

import re
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, Final

import pytest
from attrs import evolve

from prodflow import (
    EVERY_DAY,
    DateOutOfRangeError,
    Forward,
    ProductionFlow,
    ProductionOrder,
    Status,
    StatusCycle,
    Terms,
    VendorTerms,
    WorkingCalendar,
)
from prodflow.diagrams import load_svg
from prodflow.hub import DepartmentLoad, PlannedLoad, load

WHO: Final[Any] = {"by": "ann", "at": datetime(2026, 11, 16, 9, tzinfo=UTC)}
FLOW: Final = ProductionFlow()
CYCLE: Final = StatusCycle(
    "prints",
    [
        Status("retouch", "Retouch", default_duration=2, default_department="Desk", initial=True),
        Status("lab", "At the lab", default_duration=3, default_department="Lab"),
        Status("pack", "Packing"),
        Status("done", "Delivered", final=True),
        Status("hold", "On hold", default_department="Office", non_standard=True, pauses=True),
        Status("wait", "Waiting", default_duration=2, non_standard=True),
    ],
)


def on(day: int) -> date:
    """A day of November 2026; the 16th is a Monday."""
    return date(2026, 11, day)


def opened(number: int = 1, **given: Any) -> ProductionOrder:  # noqa: ANN401 - those of `open`
    """An order of Monday the 16th."""
    return FLOW.open(CYCLE, order_id=f"PO-{number}", ordered_on=on(16), **given, **WHO).order


def moved(order: ProductionOrder, day: int, to: str) -> ProductionOrder:
    """The order in another status."""
    return FLOW.advance(order, today=on(day), to=to, **WHO).order


def loaded(*orders: ProductionOrder, **given: Any) -> PlannedLoad:  # noqa: ANN401 - those of `load`
    """The load of ten days."""
    usual: dict[str, Any] = {"policy": Forward(), "today": on(16), "horizon": 10}
    return load(orders, **usual | given)


def amounts(found: PlannedLoad) -> dict[str | None, tuple[int | Decimal, ...]]:
    """The amounts of each department."""
    return {row.department: row.amounts for row in found}


class TestDays:
    """Which days a status counts on, and for whom."""

    def test_the_days_after_it_begins(self) -> None:
        """Two days at the desk, three in the lab, and packing on the last of them."""
        found = loaded(opened())
        assert found.days == (*map(on, range(16, 21)), *map(on, range(23, 26)))
        assert amounts(found) == {
            "Desk": (0, 1, 1, 0, 0, 0, 0, 0),
            "Lab": (0, 0, 0, 1, 1, 1, 0, 0),
            None: (0, 0, 0, 0, 0, 1, 0, 0),
        }
        assert found.totals == (0, 1, 1, 1, 1, 2, 0, 0)

    def test_the_present_status_counts_for_the_department_of_the_order(self) -> None:
        """Whoever the statuses name."""
        assert [row.department for row in loaded(opened(department="Ben"))] == ["Ben", "Lab", None]

    def test_an_order_on_hold_counts_for_who_will_have_it_back(self) -> None:
        """It's at the office, and the desk will go on with it."""
        held = moved(opened(department="Ben"), 17, "hold")
        assert held.department == "Office"
        assert loaded(held, today=on(18))[0] == DepartmentLoad("Ben", (0, 1, *[0] * 6))

    def test_an_order_without_anything_held(self) -> None:
        """It goes on in the next status, for its default department."""
        waiting = moved(opened(department="Ben"), 17, "wait")
        assert [row.department for row in loaded(waiting, today=on(17))] == ["Lab", None]
        last = evolve(waiting, resumes_in="done")
        assert loaded(last, today=on(17)).rows == ()

    def test_a_closed_order_is_no_work(self) -> None:
        """Nor is one that only has to be completed."""
        assert loaded(moved(opened(), 17, "done")).rows == ()

    def test_the_days_of_a_status_are_those_of_its_calendar(self) -> None:
        """A lab that works on Saturdays has a column for it."""
        policy = Forward(calendars={"lab": EVERY_DAY})
        found = loaded(opened(), policy=policy)
        assert found.days == tuple(map(on, range(16, 26)))
        assert amounts(found)["Lab"] == (0, 0, 0, 1, 1, 1, 0, 0, 0, 0)

    def test_a_vendor_counts_by_its_terms(self) -> None:
        """West needs one day."""
        policy = Terms(Forward(), {"West": VendorTerms(durations={"lab": 1})})
        found = loaded(opened(vendor="West"), opened(2, vendor="East"), policy=policy)
        assert amounts(found)["Lab"] == (0, 0, 0, 2, 1, 1, 0, 0)

    def test_what_comes_after_the_horizon_is_left_out(self) -> None:
        """The load has as many days as you ask for."""
        found = loaded(opened(), horizon=3)
        assert found.days == (on(16), on(17), on(18))
        assert amounts(found) == {"Desk": (0, 1, 1)}
        assert found.last_on == on(18)

    def test_days_on_which_nobody_works(self) -> None:
        """They have no column, whether or not there is an order."""
        closed = WorkingCalendar(holidays=[on(18)])
        found = loaded(policy={"prints": Forward(closed), "albums": Forward(closed)}, horizon=4)
        assert (found.days, found.rows, found.totals) == ((on(16), on(17), on(19)), (), (0, 0, 0))


class TestWeights:
    """What an order counts for."""

    def test_by_quantity(self) -> None:
        """Or by anything else that your app knows of it."""
        orders = [opened(quantity=40), opened(2, quantity=2), opened(3)]
        found = loaded(*orders, horizon=2, weigh=lambda order: order.quantity or 0)
        assert amounts(found) == {"Desk": (0, 42)}

    def test_sums_are_exact(self) -> None:
        """Tenths stay tenths, and a whole sum is an int."""
        orders = [opened(number) for number in range(1, 4)]
        found = loaded(*orders, weigh=lambda _: Decimal("0.1"))
        assert amounts(found)["Desk"][1] == Decimal("0.3")
        whole = loaded(*orders[:2], weigh=lambda _: Decimal("0.50"))
        assert repr(whole[0].total) == "2"

    @pytest.mark.parametrize(
        ("weight", "error", "message"),
        [
            (0.5, TypeError, "what weigh gives must be an int or Decimal, not 0.5"),
            (-1, ValueError, "what weigh gives must be at least 0, not -1"),
            (10**15, ValueError, "between"),
            (Decimal("NaN"), ValueError, "finite"),
        ],
    )
    def test_a_wrong_weight(self, weight: Any, error: type[Exception], message: str) -> None:  # noqa: ANN401
        """It's refused, so that a sum is never nonsense."""
        with pytest.raises(error, match=message):
            loaded(opened(), weigh=lambda _: weight)


class TestWeeks:
    """Weeks begin on Mondays, and have the sum of their days."""

    def test_the_first_week_may_have_begun(self) -> None:
        """Its column has the Monday."""
        found = loaded(opened(), per="week", today=on(17), horizon=8)
        assert found.days == (on(16), on(23))
        assert amounts(found) == {"Desk": (1, 0), "Lab": (2, 1), None: (0, 1)}

    def test_the_headings(self) -> None:
        """They say that it's a week."""
        table = loaded(opened(), per="week").table()
        assert table.columns == (
            *("Department", "Week of 2026-11-16", "Week of 2026-11-23", "Total"),
        )
        assert table.rows[-1] == ("(none)", 0, 1, 1)
        assert table.notes == ("From 2026-11-16 to 2026-11-25.",)


class TestArguments:
    """What is refused."""

    def test_a_horizon_beyond_the_calendar(self) -> None:
        """There are no days after the year 9999."""
        with pytest.raises(DateOutOfRangeError):
            loaded(today=date(9999, 12, 31), horizon=2)
        assert loaded(today=date(9999, 12, 31), horizon=1).last_on == date(9999, 12, 31)

    def test_a_row_with_other_columns(self) -> None:
        """Every department has an amount for each column."""
        with pytest.raises(ValueError, match="days must be one for each amount of 'Lab', 1, not 0"):
            PlannedLoad(today=on(16), horizon=2, days=(), rows=(DepartmentLoad("Lab", (1,)),))


class TestPicture:
    """`load_svg`."""

    def test_a_small_load(self) -> None:
        """Cells have shades, numbers and tooltips."""
        picture = load_svg(loaded(opened(), opened(2), opened(3, department="Lab")))
        assert re.findall(r"<title>(2026[^<]*)</title>", picture)[:2] == [
            *("2026-11-17: 2", "2026-11-18: 2"),
        ]
        assert picture.count("<desc") == 1
        assert "Desk, 4 in all, most: 2 (2026-11-17)" in picture
        assert "(none), 3 in all, most: 3 (2026-11-23)" in picture
        assert [f">up to {limit}<" in picture for limit in (1, 2, 3)] == [True, True, True]
        assert ">up to 4<" not in picture

    def test_without_work(self) -> None:
        """It says so."""
        picture = load_svg(loaded(), title="Ours")
        assert "no work" in picture
        assert ">Ours<" in picture
        assert "no department." in picture

    def test_many_days(self) -> None:
        """Cells without room have their numbers in tooltips only."""
        picture = load_svg(loaded(opened(quantity=7), horizon=300, weigh=lambda it: it.quantity))
        assert "2026-11-17: 7<" in picture
        assert picture.count(">7</tspan>") == 1  # the total of packing

    def test_totals_have_room(self) -> None:
        """Millions with cents aren't shortened, and end at the margin; the legend has room too."""
        picture = load_svg(loaded(opened(), weigh=lambda _: Decimal("1851850.875")))
        assert re.search(r'text-anchor="end"[^>]*><tspan x="976"[^>]*>3,703,701.75<', picture)
        assert ">up to 1,851,851<" in picture

    def test_a_load_without_columns(self) -> None:
        """A host may make one."""
        assert "no work" in load_svg(PlannedLoad(today=on(16), horizon=1, days=(), rows=()))
