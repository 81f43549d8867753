"""Our own cycles pass the suite that users check theirs with."""

from datetime import date

import pytest

from prodflow import (
    EVERY_DAY,
    Backward,
    FromEntry,
    PlanningFacts,
    ProductionFlow,
    Status,
    StatusCycle,
    Terms,
    VendorTerms,
    WorkingCalendar,
)
from prodflow.testing import CycleSuite
from prodflow.testing._studio import CYCLE, FLOW


class TestStudio(CycleSuite):
    """A cycle with a hold and triggers, under a forward policy."""

    @pytest.fixture
    def cycle(self) -> StatusCycle:
        """The cycle of the suites."""
        return CYCLE

    @pytest.fixture
    def flow(self) -> ProductionFlow:
        """The flow of the suites."""
        return FLOW


class TestBackward(CycleSuite):
    """The same cycle under a backward policy."""

    @pytest.fixture
    def cycle(self) -> StatusCycle:
        """The cycle of the suites."""
        return CYCLE

    @pytest.fixture
    def flow(self) -> ProductionFlow:
        """A flow that insists on a delivery date."""
        return ProductionFlow(due_dates=Backward(without_delivery="error"))


class TestFromEntry(CycleSuite):
    """The same cycle under a policy that counts from the entry."""

    @pytest.fixture
    def cycle(self) -> StatusCycle:
        """The cycle of the suites."""
        return CYCLE

    @pytest.fixture
    def flow(self) -> ProductionFlow:
        """A flow that counts from the entry."""
        return ProductionFlow(due_dates=FromEntry())


class TestCalendarsByStatus(CycleSuite):
    """The same cycle, in which statuses count their own days, and vendors have terms."""

    @pytest.fixture
    def cycle(self) -> StatusCycle:
        """The cycle of the suites."""
        return CYCLE

    @pytest.fixture
    def flow(self) -> ProductionFlow:
        """A flow that counts backward, by vendor."""
        courier = WorkingCalendar(working_weekdays=[1, 5])
        keys = [status.key for status in CYCLE.path]
        lab = VendorTerms(durations=dict.fromkeys(keys, 2), calendars={keys[1]: EVERY_DAY})
        return ProductionFlow(
            due_dates=Terms(
                Backward(calendars={keys[0]: courier}),
                {"Lab": lab, "Other": VendorTerms(durations={keys[0]: 0})},
            )
        )


class YearEnd:
    """A policy of the host: everything is due at the end of the year."""

    name = "year-end"
    calendar = WorkingCalendar()
    shift_holds = False

    def due_on(self, planning: PlanningFacts, /) -> date | None:
        """The last day of the year of the order date; None for the final status."""
        return None if planning.status.final else date(planning.ordered_on.year, 12, 31)


class TestOwnPolicy(CycleSuite):
    """The same cycle under a policy of the host."""

    @pytest.fixture
    def cycle(self) -> StatusCycle:
        """The cycle of the suites."""
        return CYCLE

    @pytest.fixture
    def flow(self) -> ProductionFlow:
        """A flow with that policy."""
        return ProductionFlow(due_dates=YearEnd())


class TestSmallest(CycleSuite):
    """A cycle of two statuses, under the default flow."""

    @pytest.fixture
    def cycle(self) -> StatusCycle:
        """A cycle without statuses between its ends."""
        ends = [Status("cut", "Cut", initial=True), Status("done", "Done", final=True)]
        return StatusCycle("signs", ends)
