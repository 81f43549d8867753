"""Amending and replanning: new facts and dates without a status change."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any, Final

import pytest
from attrs import NOTHING, evolve, frozen

from prodflow import (
    EVERY_DAY,
    Backward,
    Change,
    CreateTask,
    DateOutOfRangeError,
    DaysFromDue,
    FactChanges,
    Facts,
    Forward,
    FromEntry,
    MissingDeliveryDateError,
    Opening,
    OrderAmended,
    PlanningFacts,
    ProductionFlow,
    ProductionOrder,
    Status,
    StatusCycle,
    Trigger,
    WorkingCalendar,
)

AT: Final = datetime(2026, 11, 4, 9, tzinfo=UTC)
FLOW: Final = ProductionFlow()
WHO: Final[dict[str, Any]] = {"by": "ann", "at": AT}

OrderAt = Callable[[str], ProductionOrder]


def nov(day: int) -> date:
    """A day of November 2026; the 2nd is a Monday."""
    return date(2026, 11, day)


def changed(change: Change | None) -> tuple[str, ...]:
    """The names of the fields that an amendment changed."""
    assert change is not None
    assert isinstance(change.entry, OrderAmended)
    return change.entry.changed


def dates(order: ProductionOrder) -> tuple[date | None, date | None, bool]:
    """The due date, the calculated one, and whether the due date was set by hand."""
    return order.due_on, order.calculated_due_on, order.due_on_is_manual


def test_an_amendment_writes_the_results_down(order: ProductionOrder) -> None:
    """An amendment has all facts as they result, and the names of those that differ."""
    expected = OrderAmended(
        order_id="PO-1",
        sequence=2,
        by="ann",
        recorded_by="bob",
        at=AT,
        note="new lab",
        command_id="c-1",
        ordered_on=nov(3),
        delivery_on=nov(20),
        plan_from=nov(3),
        entered_on=nov(3),
        vendor="Acme",
        invoice_id="I-1",
        due_on=nov(9),
        calculated_due_on=nov(4),
        due_on_is_manual=True,
        department="Lab",
        user=None,
        held=None,
        policy="forward",
        changed=(
            "ordered_on",
            "delivery_on",
            "plan_from",
            "entered_on",
            "vendor",
            "invoice_id",
            "due_on",
            "calculated_due_on",
            "due_on_is_manual",
            "department",
            "user",
        ),
    )
    change = FLOW.amend(
        order,
        by="ann",
        at=AT,
        ordered_on=nov(3),
        delivery_on=nov(20),
        vendor="Acme",
        invoice_id="I-1",
        due_on=nov(9),
        department="Lab",
        user=None,
        recorded_by="bob",
        note="new lab",
        command_id="c-1",
    )
    assert expected == change.entry


def test_a_change_holds_the_order_after_its_amendment(order: ProductionOrder) -> None:
    """Applying the entry of an amendment gives the order of the change."""
    change = FLOW.amend(order, **WHO, vendor="Acme")
    assert order.apply(change.entry) == change.order


def test_an_amendment_needs_no_note(order: ProductionOrder) -> None:
    """Without a note, an amendment has an empty one."""
    assert FLOW.amend(order, **WHO).entry.note == ""


@pytest.mark.parametrize("same", [{}, {"user": "ann"}, {"ordered_on": nov(2)}, {"due_on": nov(3)}])
def test_an_amendment_that_changes_nothing_is_an_entry(
    order: ProductionOrder, same: dict[str, Any]
) -> None:
    """An amendment is an entry even if nothing differs."""
    change = FLOW.amend(order, **WHO, **same)
    expected = ((), evolve(order, version=2))
    assert expected == (changed(change), change.order)


@pytest.mark.parametrize(
    ("name", "value"),
    [("vendor", "Acme"), ("invoice_id", "I-1"), ("department", None), ("user", None)],
)
def test_a_fact_is_amended_alone(order: ProductionOrder, name: str, value: str | None) -> None:
    """Amending one fact keeps the others; None removes it."""
    given: dict[str, Any] = {name: value}
    change = FLOW.amend(order, **WHO, **given)
    expected = ((name,), evolve(order, version=2, **given))
    assert expected == (changed(change), change.order)


# Decision D15: the due date by hand


@pytest.mark.parametrize("due", [nov(9), nov(1), None])
def test_a_due_date_that_differs_is_set_by_hand(order: ProductionOrder, due: date | None) -> None:
    """A due date that differs from the calculated one is manual; the order keeps both."""
    assert (due, nov(3), True) == dates(FLOW.amend(order, **WHO, due_on=due).order)


def test_the_calculated_date_given_back_ends_it(order: ProductionOrder) -> None:
    """A due date is no longer manual once the calculated date is given back."""
    manual = FLOW.amend(order, **WHO, due_on=nov(9)).order
    change = FLOW.amend(manual, **WHO, due_on=nov(3))
    expected = ((nov(3), nov(3), False), ("due_on", "due_on_is_manual"))
    assert expected == (dates(change.order), changed(change))


def test_a_new_order_date_recalculates(order: ProductionOrder) -> None:
    """A new order date moves the plan and the due date in the same entry."""
    change = FLOW.amend(order, **WHO, ordered_on=nov(5))
    expected = (nov(5), nov(5), (nov(6), nov(6), False))
    amended = change.order
    assert expected == (amended.ordered_on, amended.plan_from, dates(amended))


@pytest.mark.parametrize(
    ("delivery", "due"), [(nov(20), nov(17)), (nov(13), nov(10)), (None, None)]
)
def test_a_new_delivery_date_recalculates(
    order_at: OrderAt, delivery: date | None, due: date | None
) -> None:
    """If dates count backward, a new delivery date moves the due date."""
    flow = ProductionFlow(due_dates=Backward())
    order = evolve(order_at("retouch"), delivery_on=nov(2))
    assert (due, due, False) == dates(flow.amend(order, **WHO, delivery_on=delivery).order)


def test_a_recalculation_keeps_the_date_set_by_hand(order: ProductionOrder) -> None:
    """If the due date is manual, a new order date moves only the calculated date."""
    manual = FLOW.amend(order, **WHO, due_on=nov(9)).order
    amended = FLOW.amend(manual, **WHO, ordered_on=nov(5)).order
    assert (nov(9), nov(6), True) == dates(amended)


@pytest.mark.parametrize(("due", "manual"), [(nov(6), False), (nov(3), True)])
def test_a_date_given_is_compared_with_the_new_calculation(
    order: ProductionOrder, due: date, manual: bool
) -> None:
    """A due date given with a new order date is manual if it differs from the new calculation."""
    amended = FLOW.amend(order, **WHO, ordered_on=nov(5), due_on=due).order
    assert (due, nov(6), manual) == dates(amended)


def test_a_misspelled_keyword_of_a_bulk_is_refused(order: ProductionOrder) -> None:
    """As with a single amendment, whatever its value."""
    wrong: Any
    for wrong in ({"delivery_no": nov(9)}, {"delivery_no": NOTHING}):
        with pytest.raises(TypeError, match="an amendment has no keyword delivery_no"):
            FLOW.amend_all([order], **WHO, **wrong)


HOLIDAY: Final = ProductionFlow(due_dates=Forward(WorkingCalendar(holidays=[nov(3)])))


@pytest.mark.parametrize(
    "other", [{"invoice_id": "I-1"}, {"department": "Lab"}, {"user": None}, {"vendor": None}]
)
def test_what_a_policy_does_not_look_at_recalculates_nothing(
    order: ProductionOrder, other: dict[str, Any]
) -> None:
    """Amending what no policy looks at keeps the due date, even under a newer calendar."""
    assert (nov(3), nov(3), False) == dates(HOLIDAY.amend(order, **WHO, **other).order)


@pytest.mark.parametrize(
    "asked", [{"vendor": "Acme"}, {"delivery_on": nov(20)}, {"entered_on": nov(3)}]
)
def test_what_a_policy_may_look_at_recalculates(
    order: ProductionOrder, asked: dict[str, Any]
) -> None:
    """Amending anything that a policy may look at asks the flow's present policy (D15, D42)."""
    assert (nov(4), nov(4), False) == dates(HOLIDAY.amend(order, **WHO, **asked).order)


@frozen
class ByVendor:
    """A policy of the host: Acme takes ten days, every other lab five."""

    name: str = "by-vendor"
    calendar: WorkingCalendar = EVERY_DAY
    shift_holds: bool = False

    def due_on(self, planning: PlanningFacts, /) -> date | None:
        """So many days after the order date."""
        return planning.ordered_on + timedelta(days=10 if planning.vendor == "Acme" else 5)


def test_a_new_vendor_moves_the_dates_of_a_policy_that_asks_for_it(order: ProductionOrder) -> None:
    """If the policy looks at the vendor, amending the vendor moves the due date (D42)."""
    flow = ProductionFlow(due_dates=ByVendor())
    assert (nov(12), nov(12), False) == dates(flow.amend(order, **WHO, vendor="Acme").order)


def test_every_verb_gives_the_policy_the_order_date_and_the_vendor(
    cycle: StatusCycle, order: ProductionOrder
) -> None:
    """Whichever way a date is calculated, it's by the same facts (D42)."""
    flow, today = ProductionFlow(due_dates=ByVendor()), nov(3)
    opened = flow.open(cycle, order_id="7", ordered_on=nov(2), vendor="Acme", **WHO).order
    assert opened.due_on == nov(12)
    asked = {
        "advance": flow.advance(opened, today=today, **WHO),
        "window": flow.accept(flow.propose(opened, today=today, to="printing", by="ann"), at=AT),
        "bulk": flow.advance_all([opened], today=today, **WHO)[0],
        "hold": flow.advance(opened, today=today, to="client", **WHO),
        "migrate": flow.migrate(opened, evolve(cycle, version=2), **WHO),
        "order date": flow.amend(opened, ordered_on=nov(3), **WHO),
    }
    dated = {verb: change.order.calculated_due_on for verb, change in asked.items()}
    assert dated == dict.fromkeys(asked, nov(12)) | {"order date": nov(13)}
    replanned = flow.replan(FLOW.amend(order, vendor="Acme", **WHO).order, **WHO)
    assert replanned is not None
    assert replanned.order.calculated_due_on == nov(12)


def test_an_entry_names_the_policy_of_its_dates(order: ProductionOrder) -> None:
    """An amendment names the policy that calculated its dates (decision D22b)."""
    flow = ProductionFlow(due_dates=Backward())
    entry = flow.amend(order, **WHO, delivery_on=nov(20)).entry
    assert isinstance(entry, OrderAmended)
    assert entry.policy == "backward"


# Decision D15: the order date, the first visit, and the start of the plan


@pytest.mark.parametrize(
    ("ordered", "plan_from", "moved_to", "expected"),
    [
        pytest.param(nov(2), nov(2), nov(5), nov(5), id="equal, so it follows"),
        pytest.param(nov(2), nov(2), nov(1), nov(1), id="equal, so it follows back"),
        pytest.param(nov(2), nov(9), nov(4), nov(9), id="later, so it stays"),
        pytest.param(nov(2), nov(9), nov(9), nov(9), id="later, until the two are equal"),
        pytest.param(nov(2), nov(9), nov(12), nov(12), id="overtaken, so it is taken along"),
    ],
)
def test_the_start_of_the_plan_and_a_new_order_date(
    order: ProductionOrder, ordered: date, plan_from: date, moved_to: date, expected: date
) -> None:
    """The start of the plan follows while it's the order date, and is never before it."""
    placed = evolve(order, ordered_on=ordered, plan_from=plan_from)
    assert expected == FLOW.amend(placed, **WHO, ordered_on=moved_to).order.plan_from


def test_a_new_start_of_the_plan_recalculates(order: ProductionOrder) -> None:
    """The plan counts from its new start; the order date and the first day stay."""
    amended = FLOW.amend(order, **WHO, plan_from=nov(9)).order
    expected = (nov(2), nov(2), nov(9), nov(10))
    assert expected == (amended.ordered_on, amended.entered_on, amended.plan_from, amended.due_on)


def test_a_start_of_the_plan_amended_to_none_is_the_order_date(order: ProductionOrder) -> None:
    """Amended to None, the plan counts from the order date again."""
    later = FLOW.amend(order, **WHO, plan_from=nov(9)).order
    change = FLOW.amend(later, **WHO, plan_from=None)
    expected = (nov(2), ("plan_from", "due_on", "calculated_due_on"))
    assert expected == (change.order.plan_from, changed(change))


def test_a_start_of_the_plan_before_the_order_date_is_refused(order: ProductionOrder) -> None:
    """The plan can't count from a day before the order date."""
    with pytest.raises(ValueError, match="plan_from must be from the order date on, 2026-11-02"):
        FLOW.amend(order, **WHO, plan_from=nov(1))


def test_a_start_of_the_plan_is_compared_with_the_new_order_date(order: ProductionOrder) -> None:
    """If both are amended, the start of the plan can't be before the new order date."""
    with pytest.raises(ValueError, match="plan_from must be from the order date on, 2026-11-05"):
        FLOW.amend(order, **WHO, ordered_on=nov(5), plan_from=nov(4))


def test_a_wrong_order_date_is_put_right_with_the_first_day(order: ProductionOrder) -> None:
    """A new order date is the first day too, in an order that is where it was opened."""
    amended = FLOW.amend(order, **WHO, ordered_on=nov(4)).order
    assert (nov(4), nov(4), nov(5)) == (amended.ordered_on, amended.entered_on, amended.due_on)


@pytest.mark.parametrize(
    "other",
    [
        pytest.param({"visit": 2, "version": 2}, id="in a later visit"),
        pytest.param({"resumed_on": nov(3)}, id="in a visit that was paused"),
        pytest.param({"entered_on": nov(3)}, id="entered on another day"),
    ],
)
def test_a_new_order_date_leaves_other_first_days_alone(
    order: ProductionOrder, other: dict[str, Any]
) -> None:
    """A new order date moves no other visit than the first, entered on it and never paused."""
    placed = evolve(order, **other)
    amended = FLOW.amend(placed, **WHO, ordered_on=date(2026, 10, 30)).order
    assert placed.entered_on == amended.entered_on


def test_a_first_day_given_with_the_order_date_wins(order: ProductionOrder) -> None:
    """If you give both, the first day is the one that you give."""
    amended = FLOW.amend(order, **WHO, ordered_on=nov(3), entered_on=nov(4)).order
    assert (nov(3), nov(4)) == (amended.ordered_on, amended.entered_on)


APRIL: Final = datetime(2026, 3, 2, 9, tzinfo=UTC)


def test_an_order_date_typed_for_the_wrong_month_leaves_no_trace(cycle: StatusCycle) -> None:
    """Typed as April and amended to March a minute later, every later date is March's."""
    typed = FLOW.open(cycle, order_id="PO-1", ordered_on=date(2026, 4, 2), by="ann", at=APRIL).order
    amended = FLOW.amend(typed, by="ann", at=APRIL, ordered_on=date(2026, 3, 2)).order
    meant = FLOW.open(cycle, order_id="PO-1", ordered_on=date(2026, 3, 2), by="ann", at=APRIL).order
    assert evolve(meant, version=2) == amended


def test_an_order_date_typed_for_the_wrong_month_is_right_in_the_next_status(
    cycle: StatusCycle,
) -> None:
    """Amended to Monday 2 March, retouch is entered on the 3rd and due four working days on."""
    typed = FLOW.open(cycle, order_id="PO-1", ordered_on=date(2026, 4, 2), by="ann", at=APRIL).order
    amended = FLOW.amend(typed, by="ann", at=APRIL, ordered_on=date(2026, 3, 2)).order
    on = FLOW.advance(amended, today=date(2026, 3, 3), by="ann", at=APRIL).order
    assert (date(2026, 3, 3), date(2026, 3, 6)) == (on.entered_on, on.due_on)


def test_amending_keeps_the_visit(order: ProductionOrder) -> None:
    """An amendment doesn't begin a visit."""
    amended = FLOW.amend(order, **WHO, vendor="Acme").order
    assert (amended.visit, amended.version) == (1, 2)


def test_an_order_on_hold_can_be_amended(order_at: OrderAt) -> None:
    """An amendment on hold keeps the held visit and the status to come back to."""
    held = FLOW.advance(
        order_at("qa"), today=nov(4), by="ann", at=AT, to="hold", current_complete=False
    ).order
    assert evolve(held, vendor="Acme", version=3) == FLOW.amend(held, **WHO, vendor="Acme").order


def test_amending_needs_a_delivery_date_where_the_policy_does(order: ProductionOrder) -> None:
    """A delivery date that the policy needs can't be removed."""
    flow = ProductionFlow(due_dates=Backward(without_delivery="error"))
    with pytest.raises(MissingDeliveryDateError) as caught:
        flow.amend(evolve(order, delivery_on=nov(20)), **WHO, delivery_on=None)
    expected = ("prints", "ordered")
    assert expected == (caught.value.order_type, caught.value.status)


def test_amending_to_the_end_of_the_calendar_is_refused(order: ProductionOrder) -> None:
    """An order date whose plan would leave the calendar is refused."""
    with pytest.raises(DateOutOfRangeError) as caught:
        FLOW.amend(order, **WHO, ordered_on=date.max)
    expected = (date.max, 1)
    assert expected == (caught.value.day, caught.value.days)


BAD: Final[list[tuple[dict[str, Any], type[Exception]]]] = [
    ({"order": "PO-1"}, TypeError),
    ({"by": ""}, ValueError),
    ({"by": None}, TypeError),
    ({"at": nov(4)}, TypeError),
    ({"at": AT.replace(tzinfo=None)}, ValueError),
    ({"recorded_by": ""}, ValueError),
    ({"note": "\x00"}, ValueError),
    ({"note": None}, TypeError),
    ({"command_id": ""}, ValueError),
]


@pytest.mark.parametrize(
    ("wrong", "error"),
    [
        *BAD,
        ({"ordered_on": None}, TypeError),
        ({"ordered_on": AT}, TypeError),
        ({"plan_from": AT}, TypeError),
        ({"entered_on": None}, TypeError),
        ({"entered_on": AT}, TypeError),
        ({"expect": 7.0}, TypeError),
        ({"delivery_on": AT}, TypeError),
        ({"vendor": ""}, ValueError),
        ({"invoice_id": 7}, TypeError),
        ({"due_on": "2026-11-04"}, TypeError),
        ({"department": ""}, ValueError),
        ({"user": 7}, TypeError),
    ],
)
def test_amending_refuses_bad_values(
    order: ProductionOrder, wrong: dict[str, Any], error: type[Exception]
) -> None:
    """Amending refuses values of the wrong kind or out of bounds."""
    with pytest.raises(error, match=next(iter(wrong))):
        FLOW.amend(**{"order": order, **WHO, **wrong})


# Replanning


def test_a_replan_follows_a_new_calendar(order: ProductionOrder) -> None:
    """A replan recalculates the due date under the flow's present policy."""
    change = HOLIDAY.replan(
        order, by="ann", at=AT, recorded_by="bob", note="holiday", command_id="c"
    )
    expected = OrderAmended(
        order_id="PO-1",
        sequence=2,
        by="ann",
        recorded_by="bob",
        at=AT,
        note="holiday",
        command_id="c",
        ordered_on=nov(2),
        delivery_on=None,
        plan_from=nov(2),
        entered_on=nov(2),
        vendor=None,
        invoice_id=None,
        due_on=nov(4),
        calculated_due_on=nov(4),
        due_on_is_manual=False,
        department="Front desk",
        user="ann",
        held=None,
        policy="forward",
        changed=("due_on", "calculated_due_on"),
    )
    assert change is not None
    assert expected == change.entry


@pytest.mark.parametrize(
    ("flow", "due"),
    [
        (ProductionFlow(due_dates=Forward(EVERY_DAY)), nov(8)),
        (ProductionFlow(due_dates=Backward()), nov(19)),
        (ProductionFlow(due_dates=FromEntry()), nov(4)),
    ],
)
def test_a_replan_follows_a_new_policy(order_at: OrderAt, flow: ProductionFlow, due: date) -> None:
    """A replan recalculates the due date under another policy."""
    change = flow.replan(evolve(order_at("printing"), delivery_on=nov(20)), **WHO)
    assert change is not None
    assert (due, due, False) == dates(change.order)


def test_a_replan_changes_the_due_date_alone(order: ProductionOrder) -> None:
    """A replan changes only the due date; without a note, it has an empty one."""
    agreed = evolve(order, delivery_on=nov(20), vendor="Acme", invoice_id="I-1")
    change = HOLIDAY.replan(agreed, **WHO)
    assert change is not None
    expected = (evolve(agreed, due_on=nov(4), calculated_due_on=nov(4), version=2), "")
    assert expected == (change.order, change.entry.note)


def test_a_replan_moves_the_reminders_of_the_due_date(order: ProductionOrder) -> None:
    """A replan moves the reminders that count from the due date and fires no Opening."""
    task = CreateTask("Call")
    flow = ProductionFlow(
        due_dates=Forward(WorkingCalendar(holidays=[nov(3)])),
        triggers=[Trigger("new", Opening(), task), Trigger("late", DaysFromDue(None, 1), task)],
    )
    change = flow.replan(order, **WHO)
    assert change is not None
    assert [("late", nov(5))] == [(event.trigger, event.fire_on) for event in change.events]


def test_a_replan_counts_from_the_start_of_the_plan(order: ProductionOrder) -> None:
    """A replan counts from the day on which the plan begins."""
    change = FLOW.replan(evolve(order, plan_from=nov(5)), **WHO)
    assert change is not None
    assert (nov(6), nov(6), False) == dates(change.order)


def test_a_replan_may_begin_to_count_the_days_of_holds(order: ProductionOrder) -> None:
    """If the preference now shifts holds, a replan counts all days held so far (D13b)."""
    shifting = ProductionFlow(due_dates=Forward(shift_holds=True))
    change = shifting.replan(evolve(order, held_days=3), **WHO)
    assert change is not None
    assert (nov(6), nov(6), False) == dates(change.order)


def test_a_replan_that_changes_nothing_is_none(order: ProductionOrder) -> None:
    """If the due date doesn't change, a replan returns None."""
    assert FLOW.replan(order, **WHO) is None


def test_a_date_set_by_hand_survives_a_replan(order: ProductionOrder) -> None:
    """A replan keeps a manual due date and moves the calculated one."""
    manual = FLOW.amend(order, **WHO, due_on=nov(9)).order
    change = ProductionFlow(due_dates=Backward()).replan(manual, **WHO)
    assert change is not None
    expected = ((nov(9), None, True), ("calculated_due_on",))
    assert expected == (dates(change.order), changed(change))


@pytest.mark.parametrize("due", [nov(9), None])
def test_a_replan_with_a_date_set_by_hand_may_change_nothing(
    order: ProductionOrder, due: date | None
) -> None:
    """If only a manual due date differs from the policy's, a replan returns None."""
    manual = FLOW.amend(order, **WHO, due_on=due).order
    assert FLOW.replan(manual, **WHO) is None


@pytest.mark.parametrize(("wrong", "error"), BAD)
def test_replanning_refuses_bad_values(
    order: ProductionOrder, wrong: dict[str, Any], error: type[Exception]
) -> None:
    """Replanning refuses values of the wrong kind or out of bounds."""
    with pytest.raises(error, match=next(iter(wrong))):
        FLOW.replan(**{"order": order, **WHO, **wrong})


def test_a_hold_on_days_that_the_calendar_closes_is_of_no_days() -> None:
    """The days of a hold are counted when it ends, by the calendar of that time (D13b)."""
    cycle = StatusCycle(
        "held",
        [
            Status("a", "A", initial=True, default_duration=1),
            Status("h", "H", non_standard=True),
            Status("z", "Z", final=True),
        ],
    )
    saturday, sunday = date(2026, 1, 3), date(2026, 1, 4)
    recorded: dict[str, Any] = {"by": "Ann", "at": datetime(2026, 1, 5, tzinfo=UTC)}
    every_day = ProductionFlow(due_dates=Forward(EVERY_DAY, shift_holds=True))
    order = every_day.open(cycle, order_id="PO-1", ordered_on=saturday, **recorded).order
    order = every_day.advance(order, to="h", today=saturday, **recorded).order
    weekdays = ProductionFlow(due_dates=Forward(shift_holds=True))
    kept = every_day.advance(order, to="a", today=sunday, **recorded).order
    closed = weekdays.advance(order, to="a", today=sunday, **recorded).order
    assert (kept.held_days, closed.held_days) == (1, 0)


def test_an_amendment_keeps_the_days_held(order: ProductionOrder) -> None:
    """A new order date keeps the count of the days held; the plan counts both (D13b)."""
    shifting = ProductionFlow(due_dates=Forward(shift_holds=True))
    amended = shifting.amend(evolve(order, held_days=3), **WHO, ordered_on=nov(4)).order
    assert (3, nov(10)) == (amended.held_days, amended.due_on)


def test_an_amendment_merges_facts(order: ProductionOrder) -> None:
    """What is given replaces, adds or removes; the entry has what was given."""
    first = FLOW.amend(order, facts={"client": "Lee", "proof": "old"}, by="ann", at=AT).order
    change = FLOW.amend(first, facts={"proof": None, "copies": 2}, by="ann", at=AT)
    assert isinstance(change.entry, OrderAmended)
    assert change.order.facts == Facts({"client": "Lee", "copies": 2})
    assert change.entry.facts == FactChanges({"proof": None, "copies": 2})
    assert change.entry.changed == ("facts",)


@pytest.mark.parametrize("given", [{}, {"client": "Lee"}, {"copies": Decimal("2.0")}])
def test_facts_that_stay_the_same_change_nothing(
    order: ProductionOrder, given: dict[str, Any]
) -> None:
    """Without a difference, no field has changed."""
    first = FLOW.amend(order, facts={"client": "Lee", "copies": 2}, by="ann", at=AT).order
    change = FLOW.amend(first, facts=given, by="ann", at=AT)
    assert isinstance(change.entry, OrderAmended)
    assert (change.entry.changed, change.order.facts) == ((), first.facts)
