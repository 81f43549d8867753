"""A change of status and its record, in prodflow and in five state-machine libraries.

Each library makes the record in its own hook: a callback, a signal or an output. prodflow's record
is its `Change`, so its time includes more work: it checks the arguments and the rules, proposes the
next status, finds department, user and due date, makes a new order, and asks a trigger whether it
fires.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any, Final

from attrs import Factory, define

from comparison import Comparison, Contender, Must
from core import EIGHT, FLOW, MONDAY, NOON
from peers_django import django_fsm, viewflow
from peers_ring import BY, KEYS, RING, Record, Tracked, contender
from prodflow import Change, StatusChanged
from untyped import module

statemachine: Final = module("statemachine")
State: Final = statemachine.State


def prodflow() -> Contender:
    """The contender that keeps the `Change` of each advance."""
    log: list[Change] = []
    today, last = MONDAY + timedelta(1), RING[:-1]
    first = FLOW.open(EIGHT, order_id="PO-1", ordered_on=MONDAY, by=BY, at=NOON).order

    def work(count: int) -> None:
        log.clear()
        order = first
        for _ in range(count):
            for _ in last:
                change = FLOW.advance(order, today=today, by=BY, at=NOON)
                log.append(change)
                order = change.order
            change = FLOW.advance(order, today=today, by=BY, at=NOON, to=KEYS[0])
            log.append(change)
            order = change.order

    def answers() -> list[Record]:
        work(2)
        entries = [change.entry for change in log]
        return [
            (entry.by, entry.at, entry.from_status, entry.to_status)
            for entry in entries
            if isinstance(entry, StatusChanged)
        ]

    return Contender("prodflow", work, answers)


@define(slots=False)  # the machine adds methods
class TransitionsOrder:
    """A model for transitions; the library adds `advance` and `state` to it."""

    log: list[Record] = Factory(list[Record])

    def record(self, event: Any) -> None:  # noqa: ANN401 - transitions' EventData
        """Called after each change of state."""
        passed, transition = event.kwargs, event.transition
        self.log.append((passed["by"], passed["at"], transition.source, transition.dest))


def transitions() -> Contender:
    """The contender with a machine, a model, and a callback after each change."""
    order: Any = TransitionsOrder()  # what the library adds has no type
    module("transitions").Machine(
        order,
        states=KEYS,
        initial=KEYS[0],
        transitions=[["advance", source, target] for source, target in RING],
        auto_transitions=False,
        send_event=True,
        after_state_change="record",
    )
    return contender("transitions", order, order.log)


class StateMachineOrder(statemachine.StateMachine):  # type: ignore[misc, name-defined]  # known at run time only
    """A machine of python-statemachine; the machine is also the order."""

    s0 = State(initial=True)
    s1 = State()
    s2 = State()
    s3 = State()
    s4 = State()
    s5 = State()
    s6 = State()
    s7 = State()
    advance = (
        s0.to(s1)
        | s1.to(s2)
        | s2.to(s3)
        | s3.to(s4)
        | s4.to(s5)
        | s5.to(s6)
        | s6.to(s7)
        | s7.to(s0)
    )

    log: list[Record]

    def after_advance(self, by: str, at: datetime, source: Any, target: Any) -> None:  # noqa: ANN401 - its States
        """Record a change; the library calls this method because of its name."""
        self.log.append((by, at, source.id, target.id))


def python_statemachine() -> Contender:
    """The contender with a machine and the callback of its event."""
    order: Any = StateMachineOrder()  # its base class has no type here
    log: list[Record] = []
    order.log = log
    return contender("python-statemachine", order, log)


@define
class Core:
    """The data of an Automat machine."""

    log: list[Record] = Factory(list[Record])


def automat() -> Contender:
    """The contender with a machine whose outputs know their source and target."""
    builder = module("automat").TypeMachineBuilder(Tracked, Core)
    states = {key: builder.state(key) for key in KEYS}
    for source, target in RING:
        taken = states[source].upon(Tracked.advance).to(states[target])
        taken(_output(source, target))
    core = Core()
    return contender("Automat", builder.build()(core), core.log)


def _output(source: str, target: str) -> Any:  # noqa: ANN401 - what Automat takes
    def output(_: Tracked, core: Core, *, by: str, at: datetime) -> None:
        core.log.append((by, at, source, target))

    return output


def comparisons() -> Iterator[Comparison]:
    """The only comparison of status changes."""
    yield Comparison(
        "One change of status with its record, in a cycle of 8",
        (
            prodflow(),
            transitions(),
            python_statemachine(),
            automat(),
            django_fsm(),
            viewflow(),
        ),
        each=len(RING),
        musts={"transitions": Must(2, 3), "python-statemachine": Must(20, 28)},
    )
