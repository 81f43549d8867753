"""The samples: they have no problems, and their triggers fire when they should."""

import json
import subprocess
import sys
from datetime import UTC, date, datetime, timedelta
from textwrap import dedent
from typing import Final, get_args

import pytest

from prodflow import (
    MemoryStore,
    ProductionFlow,
    StatusCycle,
    find_problems,
    find_trigger_problems,
)
from prodflow._trigger_values import Action, When
from prodflow.codec import dump, load
from prodflow.samples import ALBUMS, ALL, FRAMES, PRINTS, Sample
from prodflow.testing import CycleSuite

MONDAY: Final = date(2026, 11, 2)
AT: Final = datetime(2026, 11, 2, 9, tzinfo=UTC)
TRIGGERS: Final = [trigger for sample in ALL for trigger in sample.triggers]

each = pytest.mark.parametrize("sample", ALL, ids=lambda sample: sample.cycle.order_type)


class TestSoundness:
    """A sample is an example to follow, so it has no problems, not even warnings."""

    @each
    def test_the_statuses_have_no_problem(self, sample: Sample) -> None:
        """The cycle has no errors and no warnings."""
        assert find_problems(sample.cycle.statuses) == ()

    @each
    def test_the_triggers_have_no_problem(self, sample: Sample) -> None:
        """Each trigger names statuses of its own cycle."""
        assert find_trigger_problems(sample.triggers, [sample.cycle]) == ()

    @each
    def test_the_triggers_are_for_its_order_type(self, sample: Sample) -> None:
        """So they can be in one flow with those of other samples."""
        own = (sample.cycle.order_type,)
        assert {trigger.order_types for trigger in sample.triggers} == {own}

    def test_all_go_into_one_flow(self) -> None:
        """All their triggers have different keys."""
        assert find_trigger_problems(TRIGGERS, [sample.cycle for sample in ALL]) == ()
        assert len(ProductionFlow(triggers=TRIGGERS).triggers) == len(TRIGGERS)

    @each
    def test_a_hold_a_wait_and_a_cancellation_are_off_the_path(self, sample: Sample) -> None:
        """The manual's examples of non-standard statuses."""
        off_path = {status.description for status in sample.cycle.non_standard}
        assert off_path >= {"On Hold", "Waiting on Client", "Cancelled"}

    @each
    def test_a_hold_and_a_wait_pause_the_order(self, sample: Sample) -> None:
        """Going there leaves the present status incomplete (decision D20b)."""
        pausing = {status.description for status in sample.cycle if status.pauses}
        assert pausing == {"On Hold", "Waiting on Client"}

    def test_every_kind_of_trigger_is_shown(self) -> None:
        """The samples have every occasion, every action, and both values of each flag."""
        assert {type(trigger.when) for trigger in TRIGGERS} == set(get_args(When))
        assert {type(trigger.action) for trigger in TRIGGERS} == set(get_args(Action))
        assert {trigger.once_per_order for trigger in TRIGGERS} == {True, False}
        assert {trigger.automatic for trigger in TRIGGERS} == {True, False}

    def test_every_trigger_has_a_name_for_people(self) -> None:
        """A list of triggers that users edit shows the descriptions, so no two are the same."""
        names = [trigger.description for trigger in TRIGGERS]
        assert "" not in names
        assert len(set(names)) == len(names)

    @each
    def test_it_can_be_written_as_json(self, sample: Sample) -> None:
        """It can be the start of a definition file of your own."""
        assert load(dump(sample.cycle), StatusCycle) == sample.cycle
        assert load(dump(sample.flow), ProductionFlow) == sample.flow

    @pytest.mark.parametrize(
        ("cycle", "flow", "argument"),
        [("prints", PRINTS.flow, "cycle"), (PRINTS.cycle, PRINTS.triggers, "flow")],
    )
    def test_a_sample_of_your_own_is_checked(
        self, cycle: StatusCycle, flow: ProductionFlow, argument: str
    ) -> None:
        """The error names the argument."""
        with pytest.raises(TypeError, match=rf"^{argument} must be"):
            Sample(cycle, flow)


class Walk:
    """An order of a sample in a store; each step is made a day later."""

    def __init__(self, sample: Sample) -> None:
        self.flow = sample.flow
        self.store = MemoryStore()
        self.today = MONDAY
        opened = sample.flow.open(sample.cycle, order_id="PO-1", ordered_on=MONDAY, by="ann", at=AT)
        self.store.save(opened)

    def go(self, to: str | None = None) -> str:
        """Advance to the next status, or to this one, and give its key."""
        self.today += timedelta(1)
        change = self.flow.advance(self.store.get("PO-1"), to=to, today=self.today, by="ann", at=AT)
        self.store.save(change)
        return change.order.status.key

    def waiting(self) -> list[str]:
        """The triggers of all pending events, however far ahead."""
        return [item.event.trigger for item in self.store.pending(as_of=date.max)]

    def act(self) -> list[str]:
        """Acknowledge the events that are due today, and give their triggers."""
        due = self.store.pending(as_of=self.today)
        self.store.acknowledge(*due)
        return sorted(item.event.trigger for item in due)


class TestWalks:
    """Orders on their way through a sample's statuses."""

    @each
    def test_from_the_first_status_to_the_last(self, sample: Sample) -> None:
        """Pressing Advance Status leads along the path until the order is complete."""
        walk = Walk(sample)
        path = [status.key for status in sample.cycle.path]
        assert [walk.go() for _ in path[1:]] == path[1:]
        assert walk.store.get("PO-1").is_complete

    def test_prints(self) -> None:
        """Thanks, a call to the lab, a check for each arrival, and one message when shipped."""
        walk = Walk(PRINTS)
        assert walk.act() == ["prints-thank-you"]
        walk.go("at-lab")
        assert walk.waiting() == ["prints-call-lab"]
        walk.go("quality-check")
        assert walk.act() == ["prints-check"]
        walk.go("at-lab")
        walk.go("quality-check")
        assert walk.act() == ["prints-check"]
        walk.go()
        assert walk.act() == ["prints-shipped"]
        walk.go("quality-check")
        walk.go()
        assert walk.act() == ["prints-check"]

    def test_prints_that_wait_for_the_client(self) -> None:
        """The client is asked again after two days, unless the order has moved on."""
        walk = Walk(PRINTS)
        walk.act()
        walk.go("waiting-on-client")
        assert walk.waiting() == ["prints-ask-client"]
        walk.go()
        assert walk.waiting() == []

    def test_albums(self) -> None:
        """Reminders before and after a due date, and an offer a month after delivery."""
        walk = Walk(ALBUMS)
        assert walk.waiting() == ["albums-design-nearly-due"]
        walk.go("proof")
        assert walk.act() == ["albums-proof"]
        walk.go("design")
        assert walk.act() == ["albums-proof-refused"]
        walk.go("bindery")
        assert walk.waiting() == ["albums-bindery-late"]
        assert walk.store.pending(as_of=date.max, automatic=True) == []
        walk.go("pickup")
        assert walk.act() == ["albums-ready"]
        walk.go()
        assert walk.waiting() == ["albums-offer-copies"]

    def test_albums_with_a_delivery_date(self) -> None:
        """A week before the delivery somebody checks on the album, also if the date moves."""
        order = ALBUMS.flow.open(
            ALBUMS.cycle,
            order_id="PO-1",
            ordered_on=MONDAY,
            delivery_on=MONDAY + timedelta(60),
            by="ann",
            at=AT,
        ).order
        moved = ALBUMS.flow.amend(order, delivery_on=MONDAY + timedelta(90), by="ann", at=AT)
        days = {event.trigger: event.fire_on for event in moved.events}
        assert days["albums-delivery-soon"] == MONDAY + timedelta(83)

    def test_frames(self) -> None:
        """One label, wood for each cut, and two reminders to collect the frame."""
        walk = Walk(FRAMES)
        walk.go()
        assert walk.act() == ["frames-print-label"]
        walk.go()
        assert walk.act() == ["frames-book-wood"]
        walk.go("cut")
        assert walk.act() == []
        walk.go("ready")
        assert walk.act() == ["frames-book-wood", "frames-ready"]
        assert walk.waiting() == ["frames-collect", "frames-call"]
        walk.go()
        assert walk.waiting() == []

    @pytest.mark.parametrize(
        ("sample", "delivery_on", "due_on"),
        [
            (PRINTS, None, date(2026, 11, 3)),
            (ALBUMS, None, date(2026, 11, 9)),
            (ALBUMS, date(2026, 12, 18), date(2026, 11, 18)),
            (FRAMES, None, None),
        ],
    )
    def test_the_first_status_is_due(
        self, sample: Sample, delivery_on: date | None, due_on: date | None
    ) -> None:
        """Its due date is counted forward or backward, or there is none."""
        order = sample.flow.open(
            sample.cycle,
            order_id="PO-1",
            ordered_on=MONDAY,
            delivery_on=delivery_on,
            by="ann",
            at=AT,
        ).order
        assert order.due_on == due_on


class TestPrints(CycleSuite):
    """The laws of cycles hold for prints."""

    @pytest.fixture
    def cycle(self) -> StatusCycle:
        """The cycle of the sample."""
        return PRINTS.cycle

    @pytest.fixture
    def flow(self) -> ProductionFlow:
        """The flow of the sample."""
        return PRINTS.flow


@pytest.mark.full
class TestAlbums(CycleSuite):
    """The laws of cycles hold for albums."""

    @pytest.fixture
    def cycle(self) -> StatusCycle:
        """The cycle of the sample."""
        return ALBUMS.cycle

    @pytest.fixture
    def flow(self) -> ProductionFlow:
        """The flow of the sample."""
        return ALBUMS.flow


@pytest.mark.full
class TestFrames(CycleSuite):
    """The laws of cycles hold for frames."""

    @pytest.fixture
    def cycle(self) -> StatusCycle:
        """The cycle of the sample."""
        return FRAMES.cycle

    @pytest.fixture
    def flow(self) -> ProductionFlow:
        """The flow of the sample."""
        return FRAMES.flow


def test_importing_prodflow_does_not_load_the_samples() -> None:
    """The samples and the invoices are loaded only if you import them."""
    script = dedent(
        """
        import json, sys
        import prodflow
        json.dump([name for name in sys.modules if name.startswith("prodflow.")], sys.stdout)
        """
    )
    done = subprocess.run(  # noqa: S603 - our own script
        [sys.executable, "-c", script], capture_output=True, check=True, text=True
    )
    loaded: list[str] = json.loads(done.stdout)
    assert not [name for name in loaded if name.startswith(("prodflow.samples", "prodflow.invo"))]
