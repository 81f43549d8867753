"""The laws of a store about calls that are made again, because their answer was lost."""

from datetime import date

from attrs import evolve

from prodflow.testing._studio import (
    FLOW,
    HOUR,
    MONDAY,
    NOON,
    Store,
    at_the_lab,
    edited_flow,
    items,
)


class RepeatLaws:
    """A call that is made again with the same arguments changes nothing more.

    If a connection breaks, nobody knows whether the call was done, so the caller or the store makes
    it again. Other classes have the laws of repeated saves, edits and closings. `claim` and
    `release` count attempts, so nobody should repeat them.
    """

    def test_failing_again_is_one_failure(self, store: Store) -> None:
        """`fail` with the same arguments leaves an event as the first call has left it."""
        at_the_lab(store, "PO-1")
        tried, given_up, *_ = store.claim(as_of=date.max, now=NOON, lease=HOUR)
        store.fail(tried, error="bounced", retry_at=NOON + HOUR)
        store.fail(given_up, error="bounced", retry_at=None)
        before = items(store)
        store.fail(tried, error="bounced", retry_at=NOON + HOUR)
        store.fail(given_up, error="bounced", retry_at=None)
        assert items(store) == before

    def test_extending_again_makes_no_lease_longer(self, store: Store) -> None:
        """`extend` with the same arguments returns the same items as before."""
        at_the_lab(store, "PO-1")
        claimed = store.claim(as_of=date.max, now=NOON, lease=HOUR)
        once = store.extend(*claimed, now=NOON + HOUR, lease=HOUR)
        before = items(store)
        assert store.extend(*claimed, now=NOON + HOUR, lease=HOUR) == once
        assert items(store) == before

    def test_setting_reminders_again_changes_nothing(self, store: Store) -> None:
        """`set_reminders` with the same reminders leaves what workers have done since."""
        orders = at_the_lab(store, "PO-1", "PO-2")
        chase = next(it for it in FLOW.triggers if it.key == "chase")
        flow = edited_flow(chase=None, call=evolve(chase, key="call"))
        reminders = flow.reminders_all(orders, today=MONDAY)
        store.set_reminders(*reminders)
        store.claim(as_of=date.max, now=NOON, lease=HOUR)
        before = items(store)
        store.set_reminders(*reminders)
        assert items(store) == before
