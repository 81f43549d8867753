"""Cycles of our own keep the laws that users check theirs by."""

import pytest

from prodflow import Backward, FromEntry, ProductionFlow, Status, StatusCycle
from prodflow.testing import CycleSuite
from prodflow.testing._studio import CYCLE, FLOW


class TestStudio(CycleSuite):
    """A cycle with a hold and triggers, counted forward."""

    @pytest.fixture
    def cycle(self) -> StatusCycle:
        """The cycle of the suites."""
        return CYCLE

    @pytest.fixture
    def flow(self) -> ProductionFlow:
        """The flow of the suites."""
        return FLOW


class TestBackward(CycleSuite):
    """The same cycle, counted backward: two suites in one module."""

    @pytest.fixture
    def cycle(self) -> StatusCycle:
        """The cycle of the suites."""
        return CYCLE

    @pytest.fixture
    def flow(self) -> ProductionFlow:
        """A flow that needs a delivery date."""
        return ProductionFlow(due_dates=Backward(without_delivery="error"))


class TestFromEntry(CycleSuite):
    """The same cycle under a policy that counts from neither the order nor the delivery."""

    @pytest.fixture
    def cycle(self) -> StatusCycle:
        """The cycle of the suites."""
        return CYCLE

    @pytest.fixture
    def flow(self) -> ProductionFlow:
        """A flow that counts from the entry."""
        return ProductionFlow(due_dates=FromEntry())


class TestSmallest(CycleSuite):
    """Two statuses, under the flow that a suite has by default."""

    @pytest.fixture
    def cycle(self) -> StatusCycle:
        """Nothing but the ends."""
        ends = [Status("cut", "Cut", initial=True), Status("done", "Done", final=True)]
        return StatusCycle("signs", ends)
