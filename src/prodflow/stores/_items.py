"""`OutboxItem`: an event in an outbox, with what has happened to it there."""

from datetime import datetime
from typing import final

from attrs import frozen

from prodflow import _checks as checks
from prodflow._fields import Count, Instant, Label, Note, checked
from prodflow.triggers import TriggerEvent


@final
@frozen(weakref_slot=False, field_transformer=checked)
class OutboxItem:
    """A pending event of an outbox, and how often workers have tried to act on it.

    Args:
        event: the event, with a day.
        tenant: the tenant of the store; "" if the store has only one.
        epoch: the life of the database, for stores that can be restored; "" for other stores.
        attempts: how often workers have claimed the event for its present day. `release` takes one
            off.
        last_error: the text that `fail` was called with last; None if nothing has failed.
        retry_at: the instant from which the event can be claimed again after it failed; None for at
            once.
        leased_until: the instant at which the present claim ends; None without a claim.
        given_up: whether workers no longer try.

    Raises:
        ValueError: if the event has no day.

    Source:
        Decision D28.
    """

    event: TriggerEvent
    tenant: Label = ""
    epoch: Label = ""
    attempts: Count = 0
    last_error: Note | None = None
    retry_at: Instant | None = None
    leased_until: Instant | None = None
    given_up: bool = False

    def __attrs_post_init__(self) -> None:
        if self.event.fire_on is None:
            raise ValueError(f"an event in an outbox has a day, and {self.event.id!r} has none")

    def is_free(self, now: datetime) -> bool:
        """Whether a worker can claim the event at an instant.

        Args:
            now: the instant, with an offset from UTC.
        """
        return is_free(self, checks.instant("now", now))


def is_free(item: OutboxItem, now: datetime) -> bool:
    """`OutboxItem.is_free` without a check of the argument."""
    return (
        item.event.automatic
        and not item.given_up
        and (item.leased_until is None or item.leased_until <= now)
        and (item.retry_at is None or item.retry_at <= now)
    )


def is_current(item: OutboxItem, stored: OutboxItem) -> bool:
    """Whether an item that was read earlier is still as the outbox has it (decision D28)."""
    return (item.event.fire_on, item.attempts) == (stored.event.fire_on, stored.attempts)
