"""The answer to a Status Change window: the page to show, or the changes to save."""

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any, Final

import pytest

from prodflow import (
    ChangeRules,
    DaysInStatus,
    MemoryStore,
    Move,
    ProductionFlow,
    SendMessage,
    Status,
    StatusCycle,
    Trigger,
    Words,
)
from prodflow.forms import Answer, answer, given, window
from prodflow.testing import laws
from prodflow.testing._posting import field_of, posted

MONDAY: Final = date(2026, 11, 16)
AT: Final = datetime(2026, 11, 16, 9, tzinfo=UTC)
PRINTS: Final = StatusCycle(
    "prints",
    [
        Status("ordered", "Ordered", initial=True, default_duration=1),
        Status("lab", "At the lab", default_duration=5),
        Status("delivered", "Delivered", final=True),
    ],
)
FLOW: Final = ProductionFlow(rules=ChangeRules(note_required={Move.BACK}))
WHO: Final[dict[str, Any]] = {"today": MONDAY, "by": "Ann", "at": AT}


@pytest.fixture
def store() -> MemoryStore:
    """Three orders, the last of which is delivered."""
    store = MemoryStore()
    for order_id, status in (("PO-1", "ordered"), ("PO-2", "ordered"), ("PO-3", "delivered")):
        store.save(
            FLOW.open(PRINTS, order_id=order_id, status=status, ordered_on=MONDAY, by="Ann", at=AT)
        )
    return store


def answered(
    store: MemoryStore, form: Mapping[str, Any] | None = None, *ids: str, **more: object
) -> Answer:
    """The answer for orders of the store; without ids, for all."""
    orders = store.load(ids or ["PO-1", "PO-2", "PO-3"]).values()
    return answer(FLOW, orders, form, **{"history": store.history, **WHO, **more})


def sent(page: Mapping[str, Any], do: str = "ok", **typed: str) -> dict[str, Any]:
    """What a browser posts after the user has typed these texts and pressed a button."""
    return {**posted(page, typed), do: [""]}


def told(page: Mapping[str, Any]) -> str:
    """The only problem of the page."""
    (problem,) = page["problems"]
    return str(problem["message"])


def giving(*entries: Any) -> Callable[..., list[Any]]:  # noqa: ANN401 - also what is no entry
    """A history that has these entries for every order."""

    def history(_: str, /, *, after: int) -> list[Any]:
        return [*entries][-after:]

    return history


class TestAnswer:
    """What was pressed is done, if nothing is wrong."""

    def test_a_new_window_saves_nothing(self, store: MemoryStore) -> None:
        """Without a form, there is only a page."""
        new = answered(store, None, "PO-1")
        assert new.page["heading"] == "1 record will be modified"
        assert (new.changes, new.command_id) == ((), None)
        assert answered(store, {}, "PO-1") == new

    def test_days_are_read_as_the_host_reads_them(self, store: MemoryStore) -> None:
        """Besides those of ISO 8601."""

        def german(typed: str) -> date:
            number, month, year = map(int, typed.split("."))
            return date(year, month, number)

        page = answered(store, None, "PO-1", day=german).page
        (change,) = answered(store, sent(page, due_on="30.11.2026"), "PO-1", day=german).changes
        assert change.order.due_on == date(2026, 11, 30)
        refused = answered(store, sent(page, due_on="Montag"), "PO-1", day=german)
        assert not refused.changes
        assert field_of(refused.page, "due_on")["problems"]

    def test_ok_gives_the_changes(self, store: MemoryStore) -> None:
        """What the user typed is in the changes, with the logged-in user as recorder."""
        page = answered(store, None, "PO-1", "PO-2").page
        got = answered(store, sent(page, user="Eve", by="Ben"), "PO-1", "PO-2")
        store.save(*got.changes)
        entry = store.history("PO-2")[-1]
        assert (store.get("PO-1").user, entry.by, entry.recorded_by) == ("Eve", "Ben", "Ann")
        assert entry.command_id == got.command_id

    def test_recalculate_only_shows(self, store: MemoryStore) -> None:
        """Another status gives other defaults, and nothing to save."""
        page = answered(store, None, "PO-1").page
        got = answered(store, sent(page, "recalculate", to="delivered"), "PO-1")
        assert field_of(got.page, "due_on")["text"] == ""
        assert (got.changes, got.command_id) == ((), None)

    def test_a_mistake_is_shown(self, store: MemoryStore) -> None:
        """OK with a mistake shows the window again, with the text that was typed."""
        page = answered(store, None, "PO-1").page
        got = answered(store, sent(page, due_on="soon"), "PO-1")
        assert field_of(got.page, "due_on")["text"] == "soon"
        assert got.changes == ()
        assert got.command_id is not None

    def test_a_damaged_page_saves_nothing(self, store: MemoryStore) -> None:
        """The window says that the page is damaged."""
        got = answered(store, {"ok": "", "to": "lab"}, "PO-1")
        assert [it["code"] for it in got.page["problems"]] == ["bad-form"]
        assert (got.changes, got.command_id) == ((), None)

    def test_orders_that_were_not_shown_stay_as_they_are(self, store: MemoryStore) -> None:
        """A host may load more orders than the page has."""
        page = answered(store, None, "PO-1").page
        got = answered(store, sent(page))
        assert [change.order.id for change in got.changes] == ["PO-1"]

    def test_an_order_that_is_gone_is_told(self, store: MemoryStore) -> None:
        """The other orders aren't changed before the user has seen that."""
        page = answered(store, None, "PO-1", "PO-2").page
        got = answered(store, sent(page), "PO-1")
        assert [it["code"] for it in got.page["problems"]] == ["order-not-found"]
        assert answered(store, sent(got.page), "PO-1").changes

    def test_a_page_without_its_orders_saves_nothing(self, store: MemoryStore) -> None:
        """If no order of the page is left, the window shows the orders that it gets."""
        page = answered(store, None, "PO-1").page
        got = answered(store, sent(page), "PO-2")
        assert [line["id"] for line in got.page["orders"]] == ["PO-2"]
        assert got.changes == ()

    def test_facts_are_set(self, store: MemoryStore) -> None:
        """The fields of the host's own page go with the change."""
        page = answered(store, None, "PO-1").page
        got = answered(store, sent(page), "PO-1", facts={"client": "Lee"})
        assert got.changes[0].order.facts["client"] == "Lee"

    def test_lists_may_come_from_a_generator(self, store: MemoryStore) -> None:
        """Departments and users are suggested, also if the window is made twice."""
        names = iter(["Lab"])
        page = answered(store, None, "PO-1", departments=names, words={"OK": "Gut"}).page
        assert field_of(page, "department")["choices"][0]["text"] == "Lab"
        assert page["buttons"][0] == {
            "name": "ok",
            "title": "Gut",
            "label": "Gut",
            "is_disabled": False,
        }

    def test_a_late_refusal_is_shown(self, store: MemoryStore) -> None:
        """If a reminder would be outside the calendar, the window says so."""
        call = Trigger("call", DaysInStatus("lab", 36_525), SendMessage("late"))
        flow = ProductionFlow(triggers=[call])
        orders = [*store.load(["PO-1", "PO-2"]).values()]
        who = {**WHO, "today": date(9990, 1, 4)}
        page = answer(flow, orders, **who).page
        assert page["is_ready"]
        got = answer(flow, orders, sent(page, note="why"), **who)
        assert got.changes == ()
        assert (got.page["refused"], got.page["is_ready"]) == (2, False)
        assert field_of(got.page, "due_on")["problems"][0]["code"] == "date-out-of-range"
        assert field_of(got.page, "note")["text"] == "why"
        laws.an_answer_is_what_its_parts_give(flow, orders, who["today"], {"note": "why"}, "ok")


class TestWithout:
    """The user goes on without the refused orders."""

    def test_the_others_are_changed(self, store: MemoryStore) -> None:
        """PO-3 has no next status."""
        page = answered(store).page
        assert [button["name"] for button in page["buttons"]] == ["ok", "recalculate", "without"]
        got = answered(store, sent(page, "without"))
        assert [change.order.id for change in got.changes] == ["PO-1", "PO-2"]

    def test_what_was_refused_stays_out(self, store: MemoryStore) -> None:
        """PO-3 is left out, although it may go to the status that the user has just picked."""
        page = answered(store).page
        got = answered(store, sent(page, "without", to="lab"))
        assert [change.order.id for change in got.changes] == ["PO-1", "PO-2"]

    def test_another_refused_order_is_shown_first(self, store: MemoryStore) -> None:
        """Nobody goes on without an order that the page hasn't shown as refused."""
        store.save(FLOW.advance(store.get("PO-2"), today=MONDAY, by="Ben", at=AT))
        page = answered(store).page
        got = answered(store, sent(page, "without", to="lab"))
        assert got.changes == ()
        assert [line["id"] for line in got.page["orders"]] == ["PO-1", "PO-2"]
        got = answered(store, sent(got.page, "without"))
        assert [change.order.id for change in got.changes] == ["PO-1"]

    def test_without_all_is_nothing(self, store: MemoryStore) -> None:
        """If the page showed all orders as refused, nothing is saved."""
        page = answered(store, None, "PO-3").page
        assert [button["name"] for button in page["buttons"]] == ["ok", "recalculate"]
        got = answered(store, sent(page, "without", to="lab", note="again"), "PO-3")
        assert (got.changes, got.command_id) == ((), None)

    def test_a_mistake_is_shown_for_the_others(self, store: MemoryStore) -> None:
        """The refused orders don't come back."""
        page = answered(store).page
        got = answered(store, sent(page, "without", due_on="soon"))
        assert [line["id"] for line in got.page["orders"]] == ["PO-1", "PO-2"]
        got = answered(store, sent(got.page, due_on=""))
        assert [change.order.id for change in got.changes] == ["PO-1", "PO-2"]


class TestTwoUsers:
    """Somebody else was quicker."""

    def test_the_window_says_who_and_when(self, store: MemoryStore) -> None:
        """The time is on the clock of the studio."""
        page = answered(store, None, "PO-1").page
        store.save(FLOW.advance(store.get("PO-1"), today=MONDAY, by="Ben", at=AT))
        winter = AT.astimezone(timezone(timedelta(hours=1)))
        got = answered(store, sent(page, note="Rush"), "PO-1", at=winter)
        assert told(got.page) == (
            "order PO-1 is at At the lab now, and was at Ordered: Ben changed it at"
            " 2026-11-16 10:00+01:00"
        )
        assert (field_of(got.page, "note")["text"], got.changes) == ("Rush", ())
        assert answered(store, sent(got.page), "PO-1").changes

    def test_a_change_of_something_else(self, store: MemoryStore) -> None:
        """If the status is the same, the window says only who and when."""
        page = answered(store, None, "PO-1").page
        store.save(FLOW.amend(store.get("PO-1"), user="Eve", by="Ben", at=AT))
        words = Words(day=lambda day: f"{day:%d.%m.}")
        got = answered(store, sent(page), "PO-1", words=words)
        assert told(got.page) == "order PO-1 has changed since you saw it: Ben changed it at 16.11."

    def test_without_a_history(self, store: MemoryStore) -> None:
        """Without entries, the window says only that the order has changed."""
        page = answered(store, None, "PO-1").page
        store.save(FLOW.advance(store.get("PO-1"), today=MONDAY, by="Ben", at=AT))
        expected = "order PO-1 has changed since you saw it: check it again"
        assert told(answered(store, sent(page), "PO-1", history=None).page) == expected
        assert told(answered(store, sent(page), "PO-1", history=giving()).page) == expected

    def test_a_history_holds_entries(self, store: MemoryStore) -> None:
        """A function that gives something else is a mistake of the host."""
        page = answered(store, None, "PO-1").page
        store.save(FLOW.advance(store.get("PO-1"), today=MONDAY, by="Ben", at=AT))
        with pytest.raises(TypeError, match="what history gives must be"):
            answered(store, sent(page), "PO-1", history=giving("lab"))

    @pytest.mark.parametrize("zone", [None, timezone(timedelta(hours=-1))])
    def test_a_time_that_no_clock_shows_stays(self, zone: timezone | None) -> None:
        """The first hour of the calendar has no time further west."""
        first = datetime(1, 1, 1, tzinfo=UTC)
        opened = FLOW.open(PRINTS, order_id="PO-1", ordered_on=MONDAY, by="Ann", at=first)
        change = FLOW.amend(opened.order, user="Eve", by="Ben", at=first)
        page = answer(FLOW, [opened.order], **WHO).page
        form = sent(page)
        read = given(form, form)
        bulk = FLOW.propose_all([change.order], today=MONDAY, by="Ann")
        again = window(bulk, [], given=read, history=giving(change.entry), zone=zone)
        assert told(again).endswith("at 0001-01-01 00:00+00:00")

    def test_the_same_form_twice_is_one_command(self, store: MemoryStore) -> None:
        """The second request finds the entries of the first."""
        form = sent(answered(store, None, "PO-1").page)
        first, race = (answered(store, form, "PO-1") for _ in range(2))
        store.save(*first.changes)
        store.save(*race.changes)
        second = answered(store, form, "PO-1")
        assert second.changes == ()
        assert second.command_id is not None
        assert len(store.entries_of(second.command_id)) == 1
        assert len(store.history("PO-1")) == 2
