"""The laws of a store about workers that claim events and may fail (decision D28)."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta, tzinfo

import pytest
from attrs import evolve

from prodflow import OutboxItem
from prodflow.testing._studio import (
    CHRISTMAS_EVE,
    FRIDAY,
    HOUR,
    MONDAY,
    NOON,
    Store,
    advanced,
    amended,
    at_the_lab,
    in_work,
    item_of,
    items,
    keys,
)

DAY = timedelta(days=1)
WORKERS = {"welcome", "once", "chase", "survey", "due"}


class _Autumn(tzinfo):
    """A zone whose clocks are put back from 13:00 to 12:00, so the hour after noon comes twice."""

    def utcoffset(self, moment: datetime | None) -> timedelta:
        """One hour until the clocks are put back, then zero."""
        is_summer = moment is None or (moment.hour <= NOON.hour and not moment.fold)
        return HOUR if is_summer else timedelta(0)

    dst = utcoffset

    def tzname(self, _: datetime | None) -> str:  # pragma: no cover - only type checkers ask for it
        """The name of the zone."""
        return "Autumn"


class _Spring(tzinfo):
    """A zone whose clocks are put forward from 12:00 to 13:00, so an hour is missing."""

    def utcoffset(self, moment: datetime | None) -> timedelta:
        """Zero until the clocks are put forward, then one hour."""
        return timedelta(0) if moment is None or moment.hour < NOON.hour else HOUR

    dst = utcoffset

    def tzname(self, _: datetime | None) -> str:  # pragma: no cover - only type checkers ask for it
        """The name of the zone."""
        return "Spring"


class ClaimLaws:
    """How workers claim events, and for how long."""

    def test_a_claim_takes_automatic_events_only(self, store: Store) -> None:
        """A claim returns no event that is left to people."""
        at_the_lab(store, "PO-1")
        claimed = store.claim(as_of=date.max, now=NOON, lease=HOUR)
        assert keys(claimed) == WORKERS

    def test_a_claim_takes_what_is_due(self, store: Store) -> None:
        """A claim returns only events whose day has come, and at most as many as the limit."""
        at_the_lab(store, "PO-1")
        assert keys(store.claim(as_of=MONDAY, now=NOON, lease=HOUR)) == {"welcome", "once"}
        assert len(store.claim(as_of=date.max, now=NOON, lease=HOUR, limit=1)) == 1

    def test_a_claim_counts_as_an_attempt(self, store: Store) -> None:
        """The items of a claim are as they are afterwards: with one attempt more, and leased."""
        at_the_lab(store, "PO-1")
        before = [item for item in items(store) if item.event.automatic]
        claimed = store.claim(as_of=date.max, now=NOON, lease=HOUR)
        assert claimed == [evolve(it, attempts=1, leased_until=NOON + HOUR) for it in before]
        again = store.claim(as_of=date.max, now=NOON + HOUR, lease=HOUR)
        assert again == [evolve(it, attempts=2, leased_until=NOON + 2 * HOUR) for it in before]
        assert again == [item for item in items(store) if item.event.automatic]

    def test_what_was_tried_least_comes_first(self, store: Store) -> None:
        """A claim takes events by attempts, then date, then id."""
        at_the_lab(store, "PO-1", "PO-2")
        tried = store.claim(as_of=date.max, now=NOON, lease=HOUR, limit=3)
        claimed = store.claim(as_of=date.max, now=NOON + HOUR, lease=HOUR)
        assert [item.event.id for item in claimed[-3:]] == [item.event.id for item in tried]
        assert claimed == sorted(claimed, key=_attempts_date_and_id)
        assert [item.attempts for item in claimed] == [1] * 7 + [2] * 3

    def test_an_event_that_always_fails_keeps_nobody_waiting(self, store: Store) -> None:
        """If every event fails and may be tried again at once, claims take all of them in turn."""
        at_the_lab(store, "PO-1")
        taken: list[str] = []
        for _ in WORKERS:
            (item,) = store.claim(as_of=date.max, now=NOON, lease=HOUR, limit=1)
            store.fail(item, error="bounced", retry_at=NOON)
            taken.append(item.event.trigger)
        assert set(taken) == WORKERS

    def test_an_event_whose_worker_dies_keeps_nobody_waiting(self, store: Store) -> None:
        """If each worker dies of its event, later claims take the others first."""
        at_the_lab(store, "PO-1")
        taken: list[str] = []
        for hour, _ in enumerate(WORKERS):
            (item,) = store.claim(as_of=date.max, now=NOON + hour * HOUR, lease=HOUR, limit=1)
            taken.append(item.event.trigger)
        assert set(taken) == WORKERS

    def test_a_claimed_event_is_not_claimed_before_its_lease_is_over(self, store: Store) -> None:
        """An event can be claimed again when its lease ends, and not before."""
        at_the_lab(store, "PO-1")
        first = store.claim(as_of=FRIDAY, now=NOON, lease=HOUR)
        early = store.claim(as_of=FRIDAY, now=NOON + HOUR - timedelta(seconds=1), lease=HOUR)
        late = store.claim(as_of=FRIDAY, now=NOON + HOUR, lease=HOUR)
        assert (early, _ids(late)) == ([], _ids(first))

    def test_a_lease_runs_on_when_the_clocks_are_put_back(self, store: Store) -> None:
        """A lease counts elapsed time, even when the clocks are put back (decision D20)."""
        at_the_lab(store, "PO-1")
        noon = NOON.replace(tzinfo=_Autumn())
        lease = timedelta(minutes=10)
        claimed = _ids(store.claim(as_of=FRIDAY, now=noon.replace(minute=55), lease=lease))
        again = noon.replace(minute=10, fold=1)  # a quarter of an hour later
        assert _ids(store.claim(as_of=FRIDAY, now=again, lease=lease)) == claimed
        assert store.claim(as_of=FRIDAY, now=again.replace(minute=19), lease=lease) == []
        late = store.claim(as_of=FRIDAY, now=again.replace(minute=20), lease=lease)
        assert _ids(late) == claimed

    def test_a_lease_lasts_when_the_clocks_are_put_forward(self, store: Store) -> None:
        """A lease and a pause count elapsed time, even when an hour is missing on the clock."""
        at_the_lab(store, "PO-1")
        eleven = NOON.replace(hour=11, minute=55, tzinfo=_Spring())
        one = eleven.replace(hour=13, minute=0)  # five minutes later
        lease = timedelta(minutes=10)
        claimed = store.claim(as_of=FRIDAY, now=eleven, lease=lease)
        assert store.claim(as_of=FRIDAY, now=one, lease=lease) == []
        store.extend(*claimed, now=one, lease=lease)
        assert store.claim(as_of=FRIDAY, now=one.replace(minute=9), lease=lease) == []
        again = store.claim(as_of=FRIDAY, now=one.replace(minute=10), lease=lease)
        for item in again:
            store.fail(item, error="bounced", retry_at=one.replace(minute=30))
        assert store.claim(as_of=FRIDAY, now=one.replace(minute=29), lease=lease) == []
        late = store.claim(as_of=FRIDAY, now=one.replace(minute=30), lease=lease)
        assert (_ids(again), _ids(late)) == (_ids(claimed), _ids(claimed))

    def test_a_lease_is_at_most_one_day(self, store: Store) -> None:
        """`claim` and `extend` refuse a lease that isn't longer than zero, or longer than a day."""
        at_the_lab(store, "PO-1")
        (item,) = store.claim(as_of=date.max, now=NOON, lease=DAY, limit=1)
        (longer,) = store.extend(item, now=NOON + HOUR, lease=DAY)
        assert (item.leased_until, longer.leased_until) == (NOON + DAY, NOON + HOUR + DAY)
        before = items(store)
        for lease in (timedelta(0), -HOUR, DAY + timedelta(microseconds=1)):
            with pytest.raises(ValueError):  # noqa: PT011 - stores word it as they like
                store.claim(as_of=date.max, now=NOON, lease=lease)
            with pytest.raises(ValueError):  # noqa: PT011 - stores word it as they like
                store.extend(item, now=NOON, lease=lease)
        assert items(store) == before

    def test_an_instant_has_a_time_zone(self, store: Store) -> None:
        """`claim`, `extend` and `fail` refuse an instant without a time zone."""
        at_the_lab(store, "PO-1")
        (item,) = store.claim(as_of=date.max, now=NOON, lease=HOUR, limit=1)
        before, naive = items(store), NOON.replace(tzinfo=None)
        with pytest.raises(ValueError):  # noqa: PT011 - stores word it as they like
            store.claim(as_of=date.max, now=naive, lease=HOUR)
        with pytest.raises(ValueError):  # noqa: PT011 - stores word it as they like
            store.extend(item, now=naive, lease=HOUR)
        with pytest.raises(ValueError):  # noqa: PT011 - stores word it as they like
            store.fail(item, error="bounced", retry_at=naive)
        assert items(store) == before

    def test_a_claim_can_be_extended(self, store: Store) -> None:
        """`extend` moves the end of the lease, counts no attempt, and returns the items in turn."""
        at_the_lab(store, "PO-1")
        first, second, third = store.claim(as_of=date.max, now=NOON, lease=HOUR, limit=3)
        until = NOON + 3 * HOUR
        expected = [evolve(item, leased_until=until) for item in (third, first)]
        assert store.extend(third, first, now=NOON + HOUR, lease=2 * HOUR) == expected
        assert store.get_event(second.event.id) == second
        assert [store.get_event(item.event.id) for item in (third, first)] == expected
        claimed = store.claim(as_of=date.max, now=until - timedelta(seconds=1), lease=HOUR)
        assert {first.event.id, third.event.id}.isdisjoint(_ids(claimed))

    def test_a_lease_that_is_over_can_be_extended(self, store: Store) -> None:
        """If nobody else has claimed the event, its lease can be extended even when it's over."""
        at_the_lab(store, "PO-1")
        (item,) = store.claim(as_of=date.max, now=NOON, lease=HOUR, limit=1)
        longer = store.extend(item, now=NOON + 2 * HOUR, lease=HOUR)
        assert longer == [evolve(item, leased_until=NOON + 3 * HOUR)]

    def test_only_a_lease_of_ones_own_is_extended(self, store: Store) -> None:
        """`extend` passes over events that aren't leased, and those that others have claimed."""
        at_the_lab(store, "PO-1")
        free, (mine,) = items(store), store.claim(as_of=MONDAY, now=NOON, lease=HOUR, limit=1)
        (other,) = store.claim(as_of=MONDAY, now=NOON, lease=HOUR, limit=1)
        store.fail(other, error="bounced", retry_at=None)
        (again,) = store.claim(as_of=MONDAY, now=NOON + HOUR, lease=HOUR, limit=1)
        before = items(store)
        assert store.extend(*free, mine, other, now=NOON + HOUR, lease=HOUR / 2) == []
        assert (items(store), again.event.id) == (before, mine.event.id)


class FailingLaws:
    """What happens when a worker can't act on an event."""

    def test_a_failed_event_waits_for_its_next_try(self, store: Store) -> None:
        """A failed event can be claimed again from `retry_at` on, and not before."""
        at_the_lab(store, "PO-1")
        (item,) = store.claim(as_of=date.max, now=NOON, lease=HOUR, limit=1)
        store.fail(item, error="bounced", retry_at=NOON + 2 * HOUR)
        failed = evolve(item, last_error="bounced", retry_at=NOON + 2 * HOUR, leased_until=None)
        assert store.get_event(item.event.id) == failed
        early = store.claim(as_of=date.max, now=NOON + HOUR * 1.9, lease=HOUR / 100)
        late = store.claim(as_of=date.max, now=NOON + HOUR * 2, lease=HOUR)
        assert item.event.id not in _ids(early)
        again = evolve(failed, attempts=2, leased_until=NOON + 3 * HOUR)
        assert [it for it in late if it.event.id == item.event.id] == [again]

    def test_a_failed_event_is_no_longer_leased(self, store: Store) -> None:
        """If an event fails and may be tried again at once, the next claim has it."""
        at_the_lab(store, "PO-1")
        claimed = store.claim(as_of=date.max, now=NOON, lease=HOUR)
        store.fail(claimed[0], error="bounced", retry_at=NOON)
        again = store.claim(as_of=date.max, now=NOON, lease=HOUR)
        assert _ids(again) == [claimed[0].event.id]

    def test_what_was_given_up_is_not_claimed(self, store: Store) -> None:
        """An event that failed without a next try is never claimed, and stays pending."""
        at_the_lab(store, "PO-1")
        (item,) = store.claim(as_of=date.max, now=NOON, lease=HOUR, limit=1)
        store.fail(item, error="bounced", retry_at=None)
        given_up = evolve(item, last_error="bounced", leased_until=None, given_up=True)
        claimed = store.claim(as_of=date.max, now=NOON + 1000 * DAY, lease=HOUR)
        assert item.event.id not in _ids(claimed)
        assert store.get_event(item.event.id) == given_up

    def test_what_was_given_up_can_be_dismissed(self, store: Store) -> None:
        """An event that was given up can be closed."""
        in_work(store, "chase")
        store.dismiss(item_of(store, "chase", "PO-3"))
        assert store.pending(as_of=date.max, given_up=True) == []

    def test_a_next_failure_replaces_the_last(self, store: Store) -> None:
        """The last failure decides on the text and on the next try."""
        at_the_lab(store, "PO-1")
        (item,) = store.claim(as_of=date.max, now=NOON, lease=HOUR, limit=1)
        store.fail(item, error="bounced", retry_at=None)
        store.fail(item, error="", retry_at=NOON + DAY)
        failed = evolve(item, last_error="", retry_at=NOON + DAY, leased_until=None)
        assert store.get_event(item.event.id) == failed
        store.fail(item, error="x" * 10_000, retry_at=None)
        assert store.get_event(item.event.id) == evolve(
            failed, last_error="x" * 10_000, retry_at=None, given_up=True
        )

    def test_a_released_event_was_not_tried(self, store: Store) -> None:
        """Releasing a claimed event ends the lease and takes the attempt off."""
        at_the_lab(store, "PO-1")
        before = items(store)
        claimed = store.claim(as_of=date.max, now=NOON, lease=HOUR)
        store.release(*claimed)
        assert items(store) == before
        assert store.claim(as_of=date.max, now=NOON, lease=HOUR) == claimed

    def test_a_released_event_keeps_its_other_attempts(self, store: Store) -> None:
        """Releasing takes off the last attempt, and not those before it."""
        at_the_lab(store, "PO-1")
        store.claim(as_of=date.max, now=NOON, lease=HOUR)
        store.release(*store.claim(as_of=date.max, now=NOON + HOUR, lease=HOUR))
        assert [item.attempts for item in items(store) if item.event.automatic] == [1] * 5

    def test_releasing_what_nobody_claimed_is_harmless(self, store: Store) -> None:
        """An event that was never claimed has no attempts after it's released, either."""
        at_the_lab(store, "PO-1")
        before = items(store)
        store.release(*before)
        assert items(store) == before

    def test_releasing_ends_waiting_and_giving_up(self, store: Store) -> None:
        """A released event can be claimed at once, also if it waited or was given up."""
        in_work(store, "chase")
        failed = [item_of(store, "chase", order_id) for order_id in ("PO-2", "PO-3")]
        store.release(*failed)
        free = [
            evolve(item, attempts=0, retry_at=None, given_up=False, last_error="bounced")
            for item in failed
        ]
        assert [item_of(store, "chase", order_id) for order_id in ("PO-2", "PO-3")] == free
        assert len(store.claim(as_of=date.max, now=NOON, lease=HOUR)) == len(failed)

    def test_what_is_not_current_is_passed_over(self, store: Store) -> None:
        """`fail`, `release` and `extend` leave an event alone if another worker has claimed it."""
        at_the_lab(store, "PO-1")
        mine = store.claim(as_of=date.max, now=NOON, lease=HOUR)
        store.claim(as_of=date.max, now=NOON + HOUR, lease=HOUR)
        assert _passed_over(store, mine)

    def test_what_has_another_day_is_passed_over(self, store: Store) -> None:
        """`fail`, `release` and `extend` leave an event alone if it was moved since."""
        (order,) = at_the_lab(store, "PO-1")
        mine = store.claim(as_of=date.max, now=NOON, lease=HOUR)
        store.save(amended(order, due_on=CHRISTMAS_EVE))
        store.claim(as_of=date.max, now=NOON, lease=HOUR)
        assert _passed_over(store, [item for item in mine if item.event.trigger == "due"])

    def test_what_is_not_pending_is_passed_over(self, store: Store) -> None:
        """`fail`, `release` and `extend` do nothing with events that were closed or are void."""
        (order,) = at_the_lab(store, "PO-1")
        mine = store.claim(as_of=date.max, now=NOON, lease=HOUR)
        store.acknowledge(*(item for item in mine if item.event.trigger != "chase"))
        store.save(advanced(order))
        assert _passed_over(store, mine)

    def test_working_on_nothing_is_harmless(self, store: Store) -> None:
        """`release`, `extend`, `acknowledge` and `dismiss` may be called without items."""
        at_the_lab(store, "PO-1")
        before = items(store)
        store.release()
        store.acknowledge()
        store.dismiss()
        assert store.extend(now=NOON, lease=HOUR) == []
        assert items(store) == before


def _passed_over(store: Store, stale: Iterable[OutboxItem]) -> bool:
    """Whether `fail`, `release` and `extend` leave the outbox as it is."""
    before, given = items(store), list(stale)
    for item in given:
        store.fail(item, error="late", retry_at=NOON)
        store.fail(item, error="late", retry_at=None)
    store.release(*given)
    return store.extend(*given, now=NOON, lease=DAY) == [] and items(store) == before


def _ids(found: Iterable[OutboxItem]) -> list[str]:
    return [item.event.id for item in found]


def _date_and_id(item: OutboxItem) -> tuple[date, str]:
    return (item.event.fire_on or date.max, item.event.id)


def _attempts_date_and_id(item: OutboxItem) -> tuple[int, date, str]:
    return (item.attempts, *_date_and_id(item))
