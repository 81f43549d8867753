"""Laws of reminders and of sending: decisions D25 to D30 and D34."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from prodflow import (
    CreateTask,
    DaysFromDelivery,
    DaysFromDue,
    DaysInStatus,
    Forward,
    FromEntry,
    MemoryStore,
    ProductionFlow,
    Trigger,
)
from prodflow.testing import laws
from prodflow.testing._cases import case, few
from prodflow.testing._life import TALKATIVE, Step
from prodflow.testing._studio import CYCLE
from prodflow.testing.strategies import History, histories, lives, production_flows

from ._orders import AT, cycles_with_asides

FLOWS = st.sampled_from(
    [
        TALKATIVE,
        evolve(TALKATIVE, due_dates=Forward(shift_holds=True)),
        evolve(TALKATIVE, due_dates=FromEntry()),
    ]
)
# Few of the triggers that are drawn are reminders of a status that the order comes to.
REMINDERS = [
    Trigger("stuck", DaysInStatus(None, 3, working=True), CreateTask("Call")),
    Trigger("warn", DaysFromDue(None, -1), CreateTask("Look at it")),
    Trigger("promise", DaysFromDelivery(-2, working=True), CreateTask("Ask the lab")),
]
WALKS = cycles_with_asides().flatmap(
    lambda cycle: histories(
        cycles=st.just(cycle),
        flows=production_flows(cycle=cycle, min_size=2)
        | production_flows(cycle=cycle, max_size=0).map(
            lambda flow: evolve(flow, triggers=REMINDERS)
        ),
        min_size=4,
        max_size=9,
    )
)
NUMBERS = st.sets(st.integers(0, 11), max_size=4)


class TestReminders:
    """A reminder is a function of the order and of the flow (D25, D25b, D26, D30)."""

    @given(FLOWS, lives())
    def test_the_outbox_follows_the_orders(
        self, flow: ProductionFlow, steps: Sequence[Step]
    ) -> None:
        """The shipped law."""
        laws.the_outbox_follows_the_orders(MemoryStore(), flow, CYCLE, steps)

    def test_what_nobody_was_told_is_told_after_an_undo(self) -> None:
        """The shipped law, for a trigger that was off while its day went by."""
        later: Step = ("wait", {"days": 6, "minutes": 0})
        order: dict[str, Any] = {"order_id": "PO-1"}
        steps: list[Step] = [
            ("edit", {"number": 5}),
            *(later, later),
            ("edit", {"number": 16}),
            ("amend", order | {"what": "vendor", "days": None}),
            ("advance", order | {"number": 1, "complete": None}),
            ("undo", order),
        ]
        laws.the_outbox_follows_the_orders(MemoryStore(), TALKATIVE, CYCLE, steps)

    def test_what_a_cancelled_order_had_to_say_is_not_said(self) -> None:
        """The shipped law, for messages that a worker finds after a cancellation."""
        steps: list[Step] = [
            ("hold", {"order_id": "PO-1", "number": 1, "days": 0, "then": "wait"}),
            ("work", {"limit": 4, "bad": 5}),
        ]
        laws.the_outbox_follows_the_orders(MemoryStore(), TALKATIVE, CYCLE, steps)

    @pytest.mark.parametrize("days", [-1, 0, 1])
    def test_working_days_are_counted_from_a_closed_day(self, days: int) -> None:
        """The shipped law, for an order of a Saturday that is due on a Saturday."""
        warn = Trigger("warn", DaysFromDue(None, days, working=True), CreateTask("Look at it"))
        stuck = Trigger("stuck", DaysInStatus(None, abs(days), working=True), CreateTask("Call"))
        flow = ProductionFlow(triggers=[warn, stuck])
        order = flow.open(
            CYCLE,
            order_id="7",
            ordered_on=date(2026, 2, 28),
            due_on=date(2026, 3, 7),
            by="Ada",
            at=AT,
        ).order
        laws.reminders_are_counted_day_by_day(flow, order, AT.date())

    @few(2)
    @given(WALKS, st.integers(-3, 30))
    def test_reminders_are_counted_day_by_day(self, walk: History, days: int) -> None:
        """The shipped law, at every step of a walk, before and after the day itself."""
        for change in walk.changes:
            today = change.order.begun_on + timedelta(days)
            laws.reminders_are_counted_day_by_day(walk.flow, change.order, today)

    @few(2)
    @given(WALKS)
    def test_a_trigger_fires_for_its_entries(self, walk: History) -> None:
        """The shipped law, for the flow that made each change."""
        before = None
        for flow, change in zip(walk.flows, walk.changes, strict=True):
            laws.a_trigger_fires_for_its_entries(flow, before, change)
            before = change.order
        case("the walk has several changes", len(walk.changes) > 1)


class TestSending:
    """One address that bounces stops nobody (D28, D28b)."""

    @given(st.integers(1, 12), NUMBERS, NUMBERS, st.integers(1, 5))
    def test_what_never_fails_is_delivered(
        self, events: int, failing: set[int], dying: set[int], limit: int
    ) -> None:
        """The shipped law."""
        laws.what_never_fails_is_delivered(
            MemoryStore(), events, failing=failing, dying=dying, limit=limit
        )
