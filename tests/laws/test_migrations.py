"""Laws of migration: an order moves to another version and stays where it is (D5b)."""

from collections.abc import Mapping
from datetime import date, timedelta
from itertools import pairwise
from typing import NamedTuple

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from prodflow import (
    Backward,
    ClosingChangedError,
    CycleAdopted,
    MissingDeliveryDateError,
    OrderQuery,
    ProductionOrder,
    StatusCycle,
    UnmappedStatusError,
)
from prodflow.hub import visits
from prodflow.testing import laws
from prodflow.testing._cases import case, few
from prodflow.testing._plan_laws import counting_of
from prodflow.testing._reports import reports_of_orders, reports_of_visits, stored
from prodflow.testing.strategies import History, histories, production_flows, status_cycles

from ._dates import path_of
from ._orders import AT, OnPath, cycles_with_asides, orders_on_hold, orders_on_the_path

TODAY = st.dates(date(2026, 1, 1), date(2027, 12, 31))
QUIET = production_flows(max_size=0)
WALKS = histories(cycles=cycles_with_asides(), flows=QUIET, min_size=6, max_size=12)
ORDERS = WALKS.map(lambda walk: OnPath(walk.flow, walk.changes)) | orders_on_hold()


def is_waiting(order: ProductionOrder) -> bool:
    """Whether the order is off the path."""
    return order.resumes_in is not None


Drawn = tuple[OnPath, StatusCycle, dict[str, str]]


@st.composite
def migrations(draw: st.DrawFn) -> Drawn:
    """An order, often on hold; another version with any of its keys; and any mapping."""
    on_path = draw(ORDERS)
    order = on_path.order
    old = [status.key for status in order.cycle]
    concerned = [order.status.key, order.resumes_in or order.status.key]
    other = draw(status_cycles(min_size=4, max_size=8))
    # The keys that the order needs are often there, and often at another place.
    first = draw(st.lists(st.sampled_from(concerned), unique=True, max_size=2))
    rest = draw(st.permutations([key for key in old if key not in concerned]))
    fresh = [f"new.{number}" for number in range(len(other))]
    keys = draw(st.permutations([*first, *[*rest, *fresh][: len(other) - len(first)]]))
    cycle = StatusCycle(
        order.order_type,
        [evolve(status, key=key) for status, key in zip(other, keys, strict=True)],
        version=order.cycle.version + 100,
    )
    active = [status.key for status in cycle.choices()]
    missing = [key for key in concerned if key not in active]
    match draw(st.sampled_from(["some", "some", "needed", "any"])):
        case "needed":
            mapping = {key: draw(st.sampled_from(active)) for key in missing}
        case "some":
            mapping = {key: draw(st.sampled_from(active)) for key in missing[1:]}
        case _:
            names = st.sampled_from([*old, fresh[0]])
            mapping = draw(st.dictionaries(names, st.sampled_from([*active, *keys]), max_size=2))
    return on_path, cycle, mapping


@st.composite
def held_migrations(draw: st.DrawFn) -> Drawn:
    """An order on hold, and a version that renames some of its statuses and staffs them anew."""
    on_hold = draw(orders_on_hold())
    order = on_hold.order
    mapping = {
        status.key: f"{number}.renamed"
        for number, status in enumerate(order.cycle)
        if draw(st.booleans())
    }
    department, user = draw(st.sampled_from([(None, None), ("Lab", None), ("New desk", "New")]))
    cycle = evolve(
        order.cycle,
        statuses=[
            evolve(
                status,
                key=mapping.get(status.key, status.key),
                default_department=department,
                default_user=user,
            )
            for status in order.cycle
        ],
        version=order.cycle.version + 100,
    )
    return on_hold, cycle, mapping


# The model


class Place(NamedTuple):
    """Where a migration leads: the status, what it comes back to, and the key that is held."""

    status: str
    resumes_in: str | None
    held: str | None


def is_wrong(order: ProductionOrder, cycle: StatusCycle, mapping: Mapping[str, str]) -> bool:
    """Whether a mapping names what needs none, or what the old version didn't have."""
    still_used = {status.key for status in cycle if not status.inactive}
    return any(key in still_used or key not in order.cycle for key in mapping)


def new_key(key: str, cycle: StatusCycle, mapping: Mapping[str, str]) -> str | None:
    """The active status of the new version that stands for a key; None if there is none."""
    new = mapping.get(key, key)
    return new if new in cycle and not cycle[new].inactive else None


def needed(order: ProductionOrder, cycle: StatusCycle, mapping: Mapping[str, str]) -> set[str]:
    """The keys that the new version has no status for."""
    status = new_key(order.status.key, cycle, mapping)
    keys = {order.status.key}
    if order.resumes_in is not None and status not in path_of(cycle):
        keys.add(order.resumes_in)
    return {key for key in keys if new_key(key, cycle, mapping) is None}


def place_after(order: ProductionOrder, cycle: StatusCycle, mapping: Mapping[str, str]) -> Place:
    """Where the order is in the new version."""
    path = path_of(cycle)
    status = new_key(order.status.key, cycle, mapping) or ""
    if status in path:
        return Place(status, None, None)
    last = order.resumes_in or order.status.key
    resumes_in = new_key(last, cycle, mapping)
    if order.resumes_in is not None and resumes_in in path:
        held = None if order.held is None else order.held.status
        if held is not None:
            was_another = mapping.get(held, held) != held and mapping[held] in order.cycle
            held = None if was_another else mapping.get(held, held)
        return Place(status, resumes_in, held)
    old_path = path_of(order.cycle)
    followers = [new_key(key, cycle, mapping) for key in old_path[old_path.index(last) + 1 :]]
    on_path = [key for key in followers if key in path]
    return Place(status, on_path[0] if on_path else path[-1], None)


def closing(cycle: StatusCycle, key: str) -> str:
    """Whether an order there is open, complete or cancelled."""
    status = cycle[key]
    return "complete" if status.final else "cancelled" if status.cancelled else "open"


class TestModel:
    """A migration goes where the decision says, or is refused as it says (D5b)."""

    @given(st.one_of(migrations(), migrations(), held_migrations()))
    def test_a_migration_leads_where_the_mapping_says(self, drawn: Drawn) -> None:
        """For any new version and any mapping, on hold or not."""
        on_path, cycle, mapping = drawn
        flow, order = on_path.flow, on_path.order
        case("the order is off the path", is_waiting(order))
        if is_wrong(order, cycle, mapping):
            with pytest.raises(ValueError, match="mapping must"):
                flow.migrate(order, cycle, mapping=mapping, by="Ada", at=AT)
            return
        missing = needed(order, cycle, mapping)
        case("a mapping is missing", missing)
        if missing:
            with pytest.raises(UnmappedStatusError) as unmapped:
                flow.migrate(order, cycle, mapping=mapping, by="Ada", at=AT)
            assert {*unmapped.value.keys} == missing
            return
        place = place_after(order, cycle, mapping)
        before, now = closing(order.cycle, order.status.key), closing(cycle, place.status)
        case("the migration would open or close the order", before != now)
        if before != now:
            with pytest.raises(ClosingChangedError) as changed:
                flow.migrate(order, cycle, mapping=mapping, by="Ada", at=AT)
            assert (changed.value.before, changed.value.after) == (before, now)
            return
        try:
            after = flow.migrate(order, cycle, mapping=mapping, by="Ada", at=AT).order
        except MissingDeliveryDateError:
            counting = counting_of(flow.due_dates, order.vendor)
            assert counting
            assert isinstance(counting.policy, Backward)
            return
        held = None if after.held is None else after.held.status
        case("something is still held", held)
        assert Place(after.status.key, after.resumes_in, held) == place

    @given(held_migrations())
    def test_what_is_held_changes_its_key_and_its_default_people(self, drawn: Drawn) -> None:
        """Who was only there by default makes way for the new default; all else is kept."""
        on_path, cycle, mapping = drawn
        flow, order = on_path.flow, on_path.order
        after = flow.migrate(order, cycle, mapping=mapping, by="Ada", at=AT).order
        held = order.held
        assert held is not None
        old, new = order.cycle[held.status], cycle[mapping.get(held.status, held.status)]
        was_default = held.department == old.default_department
        was_default_user = held.user == old.default_user
        case(
            "the default changed", was_default and old.default_department != new.default_department
        )
        assert after.held == evolve(
            held,
            status=new.key,
            department=new.default_department if was_default else held.department,
            user=new.default_user if was_default_user else held.user,
        )

    @given(held_migrations())
    def test_a_migration_keeps_the_visit(self, drawn: Drawn) -> None:
        """The shipped law, for orders on hold."""
        on_path, cycle, mapping = drawn
        laws.a_migration_keeps_the_visit(on_path.flow, on_path.changes, cycle, mapping)


class TestKept:
    """A migration keeps the visit, its days and its people, and fires nothing (D5b)."""

    @few(2)
    @given(WALKS)
    def test_every_migration_of_a_walk_keeps_the_visit(self, walk: History) -> None:
        """A date set by hand stays too, and the events are none but reminders."""
        pairs = [
            (before.order, after)
            for before, after in pairwise(walk.changes)
            if isinstance(after.entry, CycleAdopted)
        ]
        case("the order was off the path", any(is_waiting(old) for old, _ in pairs))
        for old, after in pairs:
            new = after.order
            assert (old.visit, old.entered_on) == (new.visit, new.entered_on)
            assert (old.resumed_on, old.paused_days) == (new.resumed_on, new.paused_days)
            assert (old.department, old.user) == (new.department, new.user)
            assert not old.due_on_is_manual or old.due_on == new.due_on
            assert (old.is_complete, old.is_cancelled) == (new.is_complete, new.is_cancelled)
            assert not [event for event in after.events if not event.dated]

    @few(2)
    @given(WALKS)
    def test_renaming_and_back_changes_nothing(self, walk: History) -> None:
        """The shipped law, at every step of a walk."""
        case("the order was on hold", any(change.order.held for change in walk.changes))
        for last, flow in enumerate(walk.flows, start=1):
            laws.renaming_and_back_changes_nothing(flow, walk.changes[:last])

    @few(2)
    @given(ORDERS)
    def test_what_a_migration_may_not_change(self, drawn: OnPath) -> None:
        """The shipped laws about closing an order and about the people held."""
        laws.a_migration_closes_nothing(drawn.flow, drawn.order)
        laws.a_hold_follows_new_defaults(*drawn)

    @few(2)
    @given(ORDERS)
    def test_a_migration_to_an_equal_cycle_changes_the_version_alone(self, drawn: OnPath) -> None:
        """It changes the version of the order and of its cycle."""
        flow, order = drawn.flow, drawn.order
        cycle = evolve(order.cycle, version=order.cycle.version + 1000)
        laws.a_migration_keeps_the_visit(flow, drawn.changes, cycle)
        after = flow.migrate(order, cycle, by="Ada", at=AT).order
        expected = evolve(order, cycle=cycle, version=order.version + 1)
        replanned = flow.replan(expected, by="Ada", at=AT)
        if replanned is not None:  # the walk had undone its last replanning
            expected = evolve(replanned.order, version=expected.version)
        assert after == expected

    @few(2)
    @given(orders_on_the_path(), st.integers(0, 9), st.data())
    def test_renaming_on_hold_is_renaming_after_the_return(
        self, on_path: OnPath, days: int, data: st.DataObject
    ) -> None:
        """It makes no difference when the order moves to the version with new keys."""
        flow, order = on_path.flow, on_path.order
        aside = data.draw(st.sampled_from(on_path.asides))
        mapping = {s.key: f"{number}.renamed" for number, s in enumerate(order.cycle)}
        renamed = evolve(
            order.cycle,
            statuses=[evolve(s, key=mapping[s.key]) for s in order.cycle],
            version=order.cycle.version + 1000,
        )
        today = order.begun_on
        held = flow.advance(
            order, to=aside, current_complete=False, today=today, by="Ada", at=AT
        ).order
        today += timedelta(days)
        case("the order was on hold for days", days)
        moved = flow.migrate(held, renamed, mapping=mapping, by="Ada", at=AT).order
        back = flow.advance(held, today=today, by="Ada", at=AT).order
        expected = flow.migrate(back, renamed, mapping=mapping, by="Ada", at=AT).order
        assert flow.advance(moved, today=today, by="Ada", at=AT).order == expected


class TestReports:
    """Reports look up names in the newest version, so a migration shows in none (D5, D5b)."""

    @few(2)
    @given(WALKS, TODAY)
    def test_a_migration_to_an_equal_cycle_is_seen_nowhere(
        self, walk: History, today: date
    ) -> None:
        """Neither in the reports of orders nor in those of visits."""
        order = walk.order
        cycle = evolve(order.cycle, version=order.cycle.version + 1000)
        current = walk.flow.replan(order, by="Ada", at=AT)
        run = [*walk.changes] if current is None else [*walk.changes, current]
        moved = walk.flow.migrate(run[-1].order, cycle, by="Ada", at=AT)
        case("the order is off the path", is_waiting(order))
        before, after, cycles = stored(run), stored([*run, moved]), [*walk.cycles, cycle]
        expected = reports_of_orders(before.find(OrderQuery()), cycles, today)
        assert expected == reports_of_orders(after.find(OrderQuery()), cycles, today)
        stays, found = (visits(store.history(order.id)) for store in (before, after))
        assert reports_of_visits(stays, cycles) == reports_of_visits(found, cycles)
        versions = [evolve(visit, cycle_version=1) for visit in stays]
        assert versions == [evolve(visit, cycle_version=1) for visit in found]
