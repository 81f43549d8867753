"""Tracking: what a client sees of an order, without anything that is meant for the studio.

Theory of operation. A client sees the statuses of the path that have a `public_description`.

1. Each status of the path belongs to a *step*. A status with a public description begins a step,
   unless the last step has the same text. A status without one belongs to the step before it. So
   the client still sees "In production" while the order is in a status that the client needn't
   know. Statuses before the first step belong to none.
2. The steps before that of the order are done, its own is current, and the others are to come. If
   the order is complete, all are done. A hold pauses a step, which stays current.
3. The days come from the visits, so undone changes are left out, and corrected days count. If an
   order goes back, the steps that it has to do again lose their days.

What must stay true: a text of a `Tracking` is the order's id or a public description.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Final, Literal, NamedTuple, final

from attrs import frozen

from prodflow import _checks as checks
from prodflow._fields import Day, Description, Text, checked
from prodflow._messages import Message, text
from prodflow._names import Names
from prodflow._words import AnyWords
from prodflow.calendars import EVERY_DAY
from prodflow.cycle import StatusCycle
from prodflow.export import Table
from prodflow.hub._history import counting, history_of
from prodflow.hub._reading import read_visits
from prodflow.hub._visits import Visit
from prodflow.order import HistoryEntry, ProductionOrder

__all__ = ["PublicStep", "StepState", "Tracking", "tracking"]

StepState = Literal["done", "current", "to-come"]
"""Whether a step is done, current or to come."""

_DONE: Final = text("Done")
_STATES: Final[Mapping[StepState, Message]] = {
    "done": _DONE,
    "current": text("Now"),
    "to-come": text("To come"),
}


@final
class PublicStep(NamedTuple):
    """A step of an order, as the client sees it.

    Args:
        label: the public description.
        state: "done", "current" or "to-come".
        reached_on: the day on which the order came to the step. None while the step is to come, and
            if the order passed the step without being in it.
        done_on: the day on which the order came to a later step or was completed; None if
            `reached_on` is None, and until the step is done.
    """

    label: str
    state: StepState
    reached_on: date | None
    done_on: date | None


@final
@frozen(kw_only=True, weakref_slot=False, field_transformer=checked)
class Tracking:
    """What a client sees of an order.

    Args:
        order_id: the order.
        steps: the steps in the sequence of the path; for a cancelled order only those done.
        now: where the order is, in public words: the public description of a status off the path,
            otherwise the current step. None if the order is complete, before the first step, or
            cancelled without a public description.
        expected_on: the day on which all work is expected to be done; None if it isn't known, and
            for closed orders.
        completed_on: the day on which the order was completed; None if it isn't complete.

    Source:
        Decision D44.
    """

    order_id: Text
    steps: tuple[PublicStep, ...]
    now: Description | None
    expected_on: Day | None
    completed_on: Day | None

    @property
    def current(self) -> PublicStep | None:
        """The current step; None if there is none."""
        return next((step for step in self.steps if step.state == "current"), None)

    def table(self, *, words: AnyWords | None = None) -> Table:
        """One line for each step.

        Args:
            words: your words; None for English.
        """
        notes = (
            text("Now: {step}.", step=self.now),
            text("Expected on: {day}.", day=self.expected_on),
            text("Completed on: {day}.", day=self.completed_on),
        )
        return Table(
            text("Order {order_id}", order_id=self.order_id),
            (text("Step"), text("State"), text("Reached"), _DONE),
            [(step.label, _STATES[step.state], *step[2:]) for step in self.steps],
            notes=(note for note in notes if None not in note.fields.values()),
        ).said(words)


def tracking(
    order: ProductionOrder,
    entries: Iterable[HistoryEntry],
    *,
    cycles: Iterable[StatusCycle] = (),
    today: date | None = None,
) -> Tracking:
    """What a client sees of an order: its public steps with their days, and the expected day.

    A status of the path with a `public_description` is a step. Statuses in a row with the same
    text are one step, and a status without a text belongs to the step before it. A status off the
    path shows in `now` if it has a text; otherwise the client sees the step that it pauses. Names,
    departments, vendors, notes, facts, reasons and other descriptions are left out.

    The expected day is the delivery date. An order without one is expected on its due date, if no
    later status of the path has a duration. A tracking knows the durations of the cycle, but not
    the terms of a vendor.

    Args:
        entries: the whole history of the order.
        today: the day on which the client looks. An expected day that is over by then is left out.
            None to show it in any case.

    Raises:
        ValueError: if *entries* aren't all entries of the order.

    Source:
        Decision D44.
    """
    checks.instance("order", order, ProductionOrder, "a ProductionOrder")
    if today is not None:
        checks.day("today", today)
    history = history_of(order, "entries", entries)
    names = Names(cycles, [order.cycle])
    public = [
        names.newest(order.order_type, status).public_description for status in order.cycle.path
    ]
    labels, step_of = _steps(public)
    here = _position(order)
    step = None if here is None else step_of[here]
    visits = read_visits(counting("entries", history), EVERY_DAY)
    reached = _reached(order, visits, step_of)
    return Tracking(
        order_id=order.id,
        steps=tuple(_public(order, labels, step, reached)),
        now=_now(order, names, None if step is None else labels[step]),
        expected_on=_expected(order, today),
        completed_on=order.entered_on if order.is_complete else None,
    )


def _steps(public: Sequence[str | None]) -> tuple[list[str], list[int | None]]:
    """The labels of the steps, and the index of the step of each status of the path."""
    labels: list[str] = []
    step_of: list[int | None] = []
    for label in public:
        if label is not None and labels[-1:] != [label]:
            labels.append(label)
        step_of.append(len(labels) - 1 if labels else None)
    return labels, step_of


def _position(order: ProductionOrder) -> int | None:
    """The position on the path that the order has reached; None if it has reached none."""
    position = order.cycle.place(order.status.key).position
    if position is not None or order.resumes_in is None:
        return position
    resumes = order.cycle.place(order.resumes_in).position
    if order.held is not None or resumes is None:
        return resumes
    # It completed the status before the one in which it will continue.
    return resumes - 1 if resumes else None


def _reached(
    order: ProductionOrder, visits: Iterable[Visit], step_of: Sequence[int | None]
) -> dict[int, date]:
    """The day on which the order came to each step, without the steps that it has to do again."""
    reached: dict[int, date] = {}
    for visit in visits:
        # A migration may have taken the status away.
        place = order.cycle.place(visit.status) if visit.status in order.cycle else None
        if place is None or place.position is None:
            continue
        step = step_of[place.position]
        if step is None:
            reached = {}
            continue
        reached = {known: day for known, day in reached.items() if known <= step}
        reached.setdefault(step, visit.entered_on)
    return reached


def _public(
    order: ProductionOrder, labels: Sequence[str], step: int | None, reached: Mapping[int, date]
) -> Iterator[PublicStep]:
    """The steps; *step* is the index of the one that the order has reached."""
    for index, label in enumerate(labels):
        reached_on = reached.get(index)
        if order.is_complete or (step is not None and index < step):
            later = [day for known, day in reached.items() if known > index]
            done_on = min(later, default=order.entered_on if order.is_complete else None)
            yield PublicStep(label, "done", reached_on, None if reached_on is None else done_on)
        elif not order.is_cancelled:
            is_current = index == step
            state: StepState = "current" if is_current else "to-come"
            yield PublicStep(label, state, reached_on if is_current else None, None)


def _now(order: ProductionOrder, names: Names, current: str | None) -> str | None:
    if order.is_complete:
        return None
    on_path = order.cycle.place(order.status.key).position is not None
    label = names.newest(order.order_type, order.status).public_description
    if on_path or (label is None and not order.is_cancelled):
        return current
    return label


def _expected(order: ProductionOrder, today: date | None) -> date | None:
    place = order.cycle.place(order.status.key)
    if not order.is_open:
        return None
    expected_on = order.delivery_on
    if expected_on is None and place.position is not None and place.days_after == 0:
        expected_on = order.due_on
    if expected_on is not None and today is not None and expected_on < today:
        return None
    return expected_on
