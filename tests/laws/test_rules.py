"""Laws of moves and rules: no detour does what the direct way may not (D17, D24).

The models here are written from the text of the decisions. They look at what was recorded, never at
what the library works out.
"""

from collections.abc import Iterator
from datetime import timedelta
from itertools import pairwise
from typing import NamedTuple

from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from prodflow import (
    Change,
    ChangeRules,
    ChangeUndone,
    CycleAdopted,
    HistoryEntry,
    Move,
    OrderAmended,
    OrderOpened,
    ProductionFlow,
    ProductionOrder,
    Refusal,
    RuleError,
    StatusChanged,
    StatusCycle,
    effective,
)
from prodflow.testing import laws
from prodflow.testing._cases import case, few
from prodflow.testing._studio import CYCLE
from prodflow.testing.strategies import (
    History,
    change_rules,
    histories,
    permissions,
    production_flows,
    status_cycles,
)

from ._orders import AT, OnPath, orders_on_the_path

CYCLES = status_cycles(min_size=6, max_size=9)


@st.composite
def walks_and_rules(draw: st.DrawFn) -> tuple[History, ChangeRules]:
    """A walk on which everything is allowed, and rules for the orders on it."""
    cycle = draw(CYCLES)
    walk = draw(
        histories(cycles=st.just(cycle), flows=production_flows(max_size=0), min_size=4, max_size=9)
    )
    return walk, draw(change_rules(cycle=cycle))


DIRECTIONS = st.builds(
    ChangeRules,
    allow_skip=st.booleans(),
    allow_back=st.sampled_from([False, False, True]),
    allow_reopen=st.booleans(),
)
STRICT = histories(
    cycles=CYCLES,
    flows=production_flows(max_size=0, rules=DIRECTIONS),
    min_size=6,
    max_size=12,
)


class Way(NamedTuple):
    """How an order got where it is, as far as moves and rules have to know."""

    status: str
    resumes_in: str | None = None
    """Where it comes back to; None on the path."""
    left: str | None = None
    """The status of the path from which it stepped aside; None if that isn't known."""
    is_held: bool = False
    """Whether it left that status incomplete."""


def on_path(cycle: StatusCycle) -> list[str]:
    """The keys of the path: the active standard statuses from the initial to the final one."""
    keys = [s.key for s in cycle]
    initial = next(keys.index(s.key) for s in cycle if s.initial)
    final = next(keys.index(s.key) for s in cycle if s.final)
    within = list(cycle)[initial : final + 1]
    return [s.key for s in within if not s.inactive and not s.non_standard]


def is_closed(cycle: StatusCycle, key: str) -> bool:
    """Whether an order in this status is complete or cancelled."""
    return cycle[key].final or cycle[key].cancelled


def way_after(way: Way, entry: StatusChanged, cycle: StatusCycle) -> Way:
    """Where a status change takes an order, by decision D18."""
    path = on_path(cycle)
    if entry.to_status in path:
        return Way(entry.to_status)
    if way.status not in path:  # aside after aside keeps the first
        return way._replace(status=entry.to_status)
    if way.status == path[-1]:  # the final status can't be paused
        return Way(entry.to_status, path[-1], path[-1])
    if entry.current_complete:
        return Way(entry.to_status, path[path.index(way.status) + 1], way.status)
    return Way(entry.to_status, way.status, way.status, is_held=True)


def ways(history: History) -> Iterator[tuple[ProductionOrder, Way]]:
    """Each order of a walk, with the way that it has come."""
    known: list[Way] = []
    for change in history.changes:
        order, entry = change.order, change.entry
        if isinstance(entry, OrderOpened):
            path = on_path(order.cycle)
            way = Way(entry.to_status, None if entry.to_status in path else path[0])
        elif isinstance(entry, StatusChanged):
            way = way_after(known[-1], entry, order.cycle)
        elif isinstance(entry, CycleAdopted):  # decision D5b; `test_migrations` is about this
            held = None if order.held is None else order.held.status
            way = Way(order.status.key, order.resumes_in, held, is_held=held is not None)
        elif isinstance(entry, ChangeUndone):
            way = known[entry.undoes - 2]
        else:
            way = known[-1]
        known.append(way)
        yield order, way


def move_of(cycle: StatusCycle, way: Way, to: str) -> Move:
    """The first move that fits."""
    path, here = on_path(cycle), way.status
    if is_closed(cycle, here):
        return Move.ASIDE if cycle[to].cancelled else Move.REOPEN
    if to not in path:
        return Move.ASIDE
    if here not in path:
        return Move.RESUME
    steps = path.index(to) - path.index(here)
    return Move.NEXT if steps == 1 else Move.SKIP if steps > 1 else Move.BACK


def skipped_by(cycle: StatusCycle, way: Way, to: str) -> list[str]:
    """The statuses that are passed over."""
    path = on_path(cycle)
    if to not in path:
        return []
    if move_of(cycle, way, to) is Move.SKIP:
        return path[path.index(way.status) + 1 : path.index(to)]
    if way.resumes_in is None:
        return []
    return path[path.index(way.resumes_in) : path.index(to)]


def effects_of(cycle: StatusCycle, way: Way, to: str) -> set[Move]:
    """What a change does, directly or by way of a hold or a cancellation."""
    path, move = on_path(cycle), move_of(cycle, way, to)
    if way.status == path[-1]:
        return {Move.REOPEN}
    if way.resumes_in == path[-1] and to in path:
        # All was completed: only going to the final status opens nothing again.
        opens = is_closed(cycle, way.status) or to != path[-1]
        return {Move.REOPEN} if opens else set()
    goes_back = (
        way.resumes_in is not None and to in path and path.index(to) < path.index(way.resumes_in)
    )
    found = {move} & {Move.REOPEN, Move.BACK}
    found |= {Move.SKIP} if skipped_by(cycle, way, to) else set()
    return found | ({Move.BACK} if goes_back else set())


def refused_by(rules: ChangeRules, order: ProductionOrder, way: Way, to: str) -> set[str]:
    """The codes of what rules have against a change without a note or reason, by a guest."""
    cycle = order.cycle
    path, effects = on_path(cycle), effects_of(cycle, way, to)
    moves = effects | {move_of(cycle, way, to)}
    forbidden = {
        Move.SKIP: not rules.allow_skip,
        Move.BACK: not rules.allow_back,
        Move.REOPEN: not rules.allow_reopen,
    }
    codes = {move.value for move in effects if forbidden[move]}
    codes |= {"note"} if rules.note_required & moves else set()
    codes |= {"reason"} if rules.reason_required & moves else set()
    left = set() if way.left is None else {way.left}
    if way.resumes_in == path[-1] and not way.is_held:
        left = {*path[-2:]}  # the order doesn't tell which of the two it was
    sources = {way.status, *(left - {to})}
    # To a permission, it's also the move that it would be without the hold (D43).
    ahead = [path.index(to) - path.index(key) for key in left - {to} if to in path]
    moves_in_effect = {
        Move.BACK if steps < 0 else Move.NEXT if steps == 1 else Move.SKIP for steps in ahead
    }
    if any(to not in rules.targets[key] for key in sources if key in rules.targets):
        codes.add("target")
    if any(
        not permission.verbs
        and to in (permission.to or {to})
        and sources & (permission.from_ or sources)
        and (moves | moves_in_effect) & (permission.moves or moves)
        and (permission.where is None or permission.where(order, None))
        for permission in rules.permissions
    ):
        codes.add("permission")
    return codes


# A rule that looks at the status that an order stepped aside from, which the order may not know.
BY_SOURCE = {"target", "permission"}


class TestMoves:
    """The move is the first that fits, and `skipped` names what is passed over (D17, D18)."""

    @given(walks_and_rules())
    def test_an_order_comes_back_to_where_its_way_leads(
        self, drawn: tuple[History, ChangeRules]
    ) -> None:
        """After any walk with holds, cancellations, undoing and migrations."""
        walk, _ = drawn
        for order, way in ways(walk):
            assert (order.status.key, order.resumes_in) == (way.status, way.resumes_in)
            held = None if order.held is None else order.held.status
            assert held == (way.left if way.is_held else None)
        case("the order stepped aside", any(way.resumes_in for _, way in ways(walk)))

    @few(2)
    @given(walks_and_rules())
    def test_rules_judge_the_whole_way(self, drawn: tuple[History, ChangeRules]) -> None:
        """Each move of each order has the refusals that the text of the decisions asks for."""
        walk, rules = drawn
        refused = False
        for (order, way), made_by in zip(ways(walk), walk.flows, strict=True):
            flow = ProductionFlow(due_dates=made_by.due_dates, rules=rules)
            for status in order.cycle.choices():
                if status.key == order.status.key:
                    continue
                try:
                    found = flow.propose(order, today=order.begun_on, by="Ada", to=status.key)
                except RuleError:
                    continue  # the policy asks for a delivery date
                assert found.move is move_of(order.cycle, way, status.key)
                expected = skipped_by(order.cycle, way, status.key)
                assert [passed.key for passed in found.skipped] == expected
                codes = {refusal.code for refusal in found.refusals}
                expected_codes = refused_by(rules, order, way, status.key)
                if way.resumes_in is not None and way.left is None:
                    # What it stepped aside from isn't known after a migration.
                    codes, expected_codes = codes - BY_SOURCE, expected_codes - BY_SOURCE
                assert codes == expected_codes
                refused = refused or bool(codes)
        case("a move is refused", refused)


def stretches(history: History) -> Iterator[list[HistoryEntry]]:
    """What counts of a history, cut where the order moved to another version of its cycle."""
    stretch: list[HistoryEntry] = []
    for entry in effective(history.entries):
        if isinstance(entry, CycleAdopted):
            yield stretch
            stretch = []
        stretch.append(entry)
    yield stretch


def changes_of(history: History) -> Iterator[tuple[Change, list[StatusChanged]]]:
    """The change that begins each stretch, and the status changes in it."""
    for first, *rest in stretches(history):
        changes = [entry for entry in rest if isinstance(entry, StatusChanged)]
        yield history.changes[first.sequence - 1], changes


class TestDetours:
    """No sequence of moves reaches a status that the rules forbid to reach directly (D17)."""

    @given(STRICT)
    def test_without_skipping_an_order_goes_through_every_status(self, walk: History) -> None:
        """Whether an order goes straight, waits, is cancelled or comes back."""
        if walk.flow.rules.allow_skip:
            return
        for first, entries in changes_of(walk):
            path = on_path(first.order.cycle)
            base = path.index(first.order.resumes_in or first.order.status.key)
            done: set[str] = set()
            case("an order came back to the path", any(e.move is Move.RESUME for e in entries))
            for entry in entries:
                goes_on = entry.from_status in path and entry.to_status in path
                if entry.current_complete or goes_on:
                    done.add(entry.from_status)
                if entry.to_status not in path:
                    continue
                if entry.from_status == path[-1] or {*path[base:-1]} <= done:
                    base = path.index(entry.to_status)  # all was done, and it is opened again
                    done.clear()
                assert {*path[base : path.index(entry.to_status)]} <= done

    @given(STRICT)
    def test_without_going_back_no_status_comes_again(self, walk: History) -> None:
        """Only a complete order that is opened again goes back."""
        if walk.flow.rules.allow_back:
            return
        for first, entries in changes_of(walk):
            path = on_path(first.order.cycle)
            least = path.index(first.order.resumes_in or first.order.status.key)
            case("an order came back to the path", any(e.move is Move.RESUME for e in entries))
            for entry in entries:
                if entry.from_status in path[:-1] and entry.current_complete:
                    least = path.index(entry.from_status) + 1
                if entry.to_status in path:
                    position = path.index(entry.to_status)
                    assert position >= least or least == len(path) - 1
                    least = position

    @given(STRICT)
    def test_without_reopening_what_is_closed_stays_so(self, walk: History) -> None:
        """A complete order changes no more, and a cancelled one only goes to be cancelled."""
        if walk.flow.rules.allow_reopen:
            return
        for first, entries in changes_of(walk):
            cycle = first.order.cycle
            case("an order was closed", any(is_closed(cycle, e.to_status) for e in entries))
            for before, after in pairwise([first.entry, *entries]):
                assert isinstance(after, StatusChanged)
                here = cycle[after.from_status]
                assert before.sequence < after.sequence
                assert not here.final
                assert not here.cancelled or cycle[after.to_status].cancelled

    @few(2)
    @given(orders_on_the_path(), st.booleans())
    def test_a_closed_order_reopens_only_if_allowed(self, on_path: OnPath, allowed: bool) -> None:
        """The shipped law, for cancelled orders and complete ones."""
        flow, order = on_path.flow, on_path.order
        strict = evolve(flow, rules=ChangeRules(allow_reopen=allowed))
        for key in (*on_path.cancelled, order.cycle.final.key):
            closed = flow.advance(order, today=order.begun_on, by="Ada", at=AT, to=key).order
            laws.a_closed_order_reopens_only_if_allowed(strict, closed)

    @few(2)
    @given(orders_on_the_path(), st.data())
    def test_no_detour_gets_round_the_rules(self, on_path: OnPath, data: st.DataObject) -> None:
        """The shipped law."""
        flow, order = on_path.flow, on_path.order
        rules = data.draw(change_rules(cycle=order.cycle))
        laws.no_detour_gets_round_the_rules(evolve(flow, rules=rules), order)

    def test_no_detour_gets_round_a_note(self) -> None:
        """The shipped law, for rules that ask for a note where statuses are skipped."""
        flow = ProductionFlow(rules=ChangeRules(note_required=[Move.SKIP]))
        opened = flow.open(CYCLE, order_id="7", ordered_on=AT.date(), by="Ada", at=AT)
        laws.no_detour_gets_round_the_rules(flow, opened.order)


class TestGuards:
    """The guard of entries is asked by every verb that has no window (D24)."""

    @given(st.data())
    def test_no_entry_gets_past_its_guard(self, data: st.DataObject) -> None:
        """An order stays as it is where the guard refuses the entry."""
        kinds = data.draw(st.sets(st.sampled_from([OrderAmended, CycleAdopted, ChangeUndone])))
        refused = tuple(kinds)

        def guard(_: ProductionOrder | None, entry: HistoryEntry) -> str | None:
            return "not by hand" if isinstance(entry, refused) else None

        flow = ProductionFlow(rules=ChangeRules(entry_guard=guard))
        walk = data.draw(histories(cycles=CYCLES, flows=st.just(flow), min_size=6, max_size=9))
        case("the guard refused an entry", OrderAmended in kinds and len(walk.entries) < 6)
        assert not [entry for entry in walk.entries if isinstance(entry, refused)]


class TestPermissions:
    """Permissions are data that restrict, and a role lifts them (D43)."""

    @few(2)
    @given(walks_and_rules(), st.data())
    def test_a_permission_only_restricts(
        self, drawn: tuple[History, ChangeRules], data: st.DataObject
    ) -> None:
        """The shipped law."""
        walk, rules = drawn
        permission = data.draw(permissions(cycle=walk.order.cycle))
        roles = data.draw(st.sets(st.sampled_from([*permission.roles, "Guest"])))
        flow = ProductionFlow(due_dates=walk.flow.due_dates, rules=rules)
        stricter = evolve(flow, rules=evolve(rules, permissions=(*rules.permissions, permission)))
        laws.a_permission_only_restricts(flow, stricter, permission, walk.order, roles)

    @few(2)
    @given(walks_and_rules(), st.sets(st.sampled_from(["Lab", "Lead"]), max_size=1), st.data())
    def test_a_role_more_never_allows_less(
        self, drawn: tuple[History, ChangeRules], roles: set[str], data: st.DataObject
    ) -> None:
        """Whatever a user may do, a user with the same roles and another one may do too."""
        walk, rules = drawn
        order = walk.order
        permission = data.draw(permissions(cycle=order.cycle))
        rules = evolve(rules, permissions=(*rules.permissions, evolve(permission, where=None)))
        flow = ProductionFlow(due_dates=walk.flow.due_dates, rules=rules)
        more = roles | {*permission.roles} | data.draw(st.sets(st.sampled_from(["Lab", "Guest"])))
        few_may = flow.choices(order, today=order.begun_on, by="Ada", roles=roles)
        more_may = flow.choices(order, today=order.begun_on, by="Ada", roles=more)
        case("a role allows more", few_may != more_may)
        for one, other in zip(few_may, more_may, strict=True):
            assert {*other.refusals} <= {*one.refusals}


class TestRefusals:
    """A refusal is a value with a stable code, and the same in every way of asking (D24)."""

    @few(2)
    @given(walks_and_rules(), st.integers(-9, 9))
    def test_a_window_and_the_list_say_the_same(
        self, drawn: tuple[History, ChangeRules], days: int
    ) -> None:
        """The shipped law."""
        walk, rules = drawn
        order = walk.order
        flow = ProductionFlow(due_dates=walk.flow.due_dates, rules=rules)
        laws.choices_say_what_the_window_says(flow, order, order.begun_on + timedelta(days))

    @few(2)
    @given(walks_and_rules(), st.integers(-9, 9))
    def test_what_is_refused_is_told(self, drawn: tuple[History, ChangeRules], days: int) -> None:
        """The shipped law."""
        walk, rules = drawn
        flow = ProductionFlow(due_dates=walk.flow.due_dates, rules=rules)
        today = walk.order.begun_on + timedelta(days)
        laws.what_is_refused_is_told(flow, walk.order, today)

    @few(2)
    @given(walks_and_rules(), st.booleans())
    def test_a_guard_sees_who_acts_and_who_records(
        self, drawn: tuple[History, ChangeRules], as_text: bool
    ) -> None:
        """It judges the proposal, and the flow that accepts asks its own guard too (D22b)."""
        walk, _ = drawn
        order = walk.order
        reason = "only Ada may" if as_text else Refusal("hours", "after six nobody may")
        seen: list[tuple[str, str | None]] = []

        def guard(_: object, proposal: object) -> str | Refusal:
            seen.append((proposal.by, proposal.recorded_by))  # type: ignore[attr-defined]  # it is
            return reason

        flow = ProductionFlow(due_dates=walk.flow.due_dates, rules=ChangeRules(guard=guard))
        target = next(s.key for s in order.cycle.path if s != order.status)
        try:
            proposal = flow.propose(
                order, today=order.begun_on, by="Ada", recorded_by="Zoë", to=target
            )
        except RuleError:
            return  # the policy asks for a delivery date
        case("the refusal has a code of its own", not as_text)
        assert seen == [("Ada", "Zoë")]
        assert proposal.refusals == ((Refusal("guard", "only Ada may") if as_text else reason),)
