"""Stores with one bug each, which the kit must catch: a bug that slips through is the kit's own.

Each is `NotebookStore` with one promise broken. The test names the law that is to catch it, and
prints all that did.
"""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from itertools import count

import pytest
from attrs import evolve

from notebook_store import Note, NotebookStore
from prodflow import (
    Change,
    CommandReusedError,
    HistoryEntry,
    OrderQuery,
    ProductionOrder,
    StaleOrdersError,
    StatusCycle,
    StoreError,
    TriggerEvent,
)
from prodflow.testing import OrderStoreSuite


class NoVersionCheck(NotebookStore):
    """Whoever saves last wins."""

    def check_versions(self, changes: tuple[Change, ...]) -> None:
        """Check nothing."""


class NoCommandId(NotebookStore):
    """A retry is taken for a change like any other."""

    def is_repeated(self, changes: tuple[Change, ...]) -> bool:
        """Know no command."""
        return not changes


class AnyCommandIsARetry(NotebookStore):
    """Whatever comes under a known command id is dropped in silence."""

    def is_repeated(self, changes: tuple[Change, ...]) -> bool:
        """Look at the id alone."""
        command_id = changes[0].entry.command_id if changes else None
        return command_id is not None and self.entries_of(command_id) != ()


class RetryMustBeIdentical(NotebookStore):
    """A retry that is recorded later is taken for another command."""

    def is_repeated(self, changes: tuple[Change, ...]) -> bool:
        """Compare everything, the instant too."""
        command_id = changes[0].entry.command_id if changes else None
        done = () if command_id is None else self.entries_of(command_id)
        if command_id is None or not done:
            return False
        if done != tuple(change.entry for change in changes):
            raise CommandReusedError(command_id, done)
        return True


class StalenessFirst(NotebookStore):
    """A retry is refused because its own first try has moved the order."""

    def save(self, *changes: Change) -> None:
        """Check versions before commands."""
        self.check_versions(changes)
        super().save(*changes)


class BurntCommand(NotebookStore):
    """A command id is used up by a save that failed."""

    def __init__(self) -> None:
        super().__init__()
        self.burnt: set[str] = set()

    def save(self, *changes: Change) -> None:
        """Remember the id before anything is saved."""
        command_id = changes[0].entry.command_id if changes else None
        if command_id in self.burnt and not self.entries_of(command_id or ""):
            raise CommandReusedError(command_id or "", ())
        self.burnt |= {command_id} if command_id else set()
        super().save(*changes)


class HalfABatch(NotebookStore):
    """The changes before the one that is refused are saved."""

    def save(self, *changes: Change) -> None:
        """Save one by one."""
        if not self.is_repeated(changes):
            for change in changes:
                self.check_versions((change,))
                self.write(change)


class FirstConflictOnly(NotebookStore):
    """Only one stale order is named."""

    def check_versions(self, changes: tuple[Change, ...]) -> None:
        """Stop at the first."""
        for change in changes:
            super().check_versions((change,))


class OnlyOneChangeAnOrder(NotebookStore):
    """Consecutive changes of an order in one save are taken for a conflict."""

    def check_versions(self, changes: tuple[Change, ...]) -> None:
        """Compare every change with what is stored."""
        super().check_versions(changes)
        for change in changes:
            super().check_versions((change,))


class DoubledSequence(NotebookStore):
    """Two changes of one version go in if they come in one save."""

    def check_versions(self, changes: tuple[Change, ...]) -> None:
        """Compare each change with what is stored, if there are several."""
        first = {change.order.id: change for change in reversed(changes)}
        super().check_versions(tuple(first.values()))


class EventWithoutItsChange(NotebookStore):
    """Events go out before it is known whether the change goes in."""

    def save(self, *changes: Change) -> None:
        """Publish first."""
        for change in changes:
            for event in change.events:
                self.fill(event)
        super().save(*changes)


class ChangeWithoutItsEvent(NotebookStore):
    """Only the last event of a change is kept."""

    def write(self, change: Change) -> None:
        """Forget the others."""
        super().write(evolve(change, events=change.events[-1:]))


class SequenceGap(NotebookStore):
    """The history numbers its entries in its own way."""

    def write(self, change: Change) -> None:
        """Leave a gap after the second."""
        entry = change.entry
        super().write(change)
        if entry.sequence > 2:
            self.entries = (*self.entries[:-1], evolve(entry, sequence=entry.sequence + 1))


class TrimmedText(NotebookStore):
    """Texts come back without the blanks around them."""

    def write(self, change: Change) -> None:
        """Trim the note."""
        super().write(change)
        self.entries = (*self.entries[:-1], evolve(change.entry, note=change.entry.note.strip()))


class NeverVoided(NotebookStore):
    """A reminder outlives its visit."""

    def void(self, order: ProductionOrder) -> None:
        """Strike out nothing."""


class VoidedTooMuch(NotebookStore):
    """Leaving a visit takes everything with it that has a date."""

    def void(self, order: ProductionOrder) -> None:
        """Strike out all dated events of the order."""
        for slot, note in list(self.slots.items()):
            if note.event.order_id == order.id and note.event.dated and not note.closed:
                del self.slots[slot]


class VoidedOnAmending(NotebookStore):
    """Any change of an order takes its reminders."""

    def write(self, change: Change) -> None:
        """Void whatever the change was."""
        for slot, note in list(self.slots.items()):
            event = note.event
            if event.order_id == change.order.id and event.while_in_status and not note.closed:
                del self.slots[slot]
        super().write(change)


class VoidedForAll(NotebookStore):
    """Leaving a visit takes the reminders of other orders too."""

    def void(self, order: ProductionOrder) -> None:
        """Look at the number of the visit alone."""
        for slot, note in list(self.slots.items()):
            earlier = note.event.visit < order.visit
            if earlier and note.event.while_in_status and not note.closed:
                del self.slots[slot]


class CancelledStillReminds(NotebookStore):
    """A cancelled order keeps the reminders that outlive their visit."""

    def void(self, order: ProductionOrder) -> None:
        """Strike out what dies with the visit, cancelled or not."""
        for slot, note in list(self.slots.items()):
            event = note.event
            mine = event.order_id == order.id and event.visit < order.visit
            if mine and event.while_in_status and not note.closed:
                del self.slots[slot]


class RandomEventIds(NotebookStore):
    """Every event gets an id of the store's own."""

    numbers = count()

    def fill(self, event: TriggerEvent) -> None:
        """Number the events."""
        super().fill(evolve(event, id=f"event-{next(self.numbers)}"))


class NewIdInAFilledSlot(NotebookStore):
    """An event that replaces another brings its own id."""

    def fill(self, event: TriggerEvent) -> None:
        """Keep the note, not the id."""
        note = self.slots.get(event.slot)
        super().fill(event)
        if note is not None and not note.closed and event.fire_on is not None:
            self.slots[event.slot] = evolve(note, event=event)


class LeaseLostOnNewDate(NotebookStore):
    """A new date frees an event that a worker holds."""

    def fill(self, event: TriggerEvent) -> None:
        """Begin a new note."""
        super().fill(event)
        note = self.slots.get(event.slot)
        if note is not None and not note.closed:
            self.slots[event.slot] = Note(note.event)


class ReminderAddedNotMoved(NotebookStore):
    """A new date is a second reminder."""

    def fill(self, event: TriggerEvent) -> None:
        """Put the event into a slot of its own."""
        if event.slot in self.slots and event.fire_on is not None:
            order_id, trigger, _ = event.slot
            self.slots[order_id, trigger, -len(self.slots)] = Note(event)
        else:
            super().fill(event)


class NeverWithdrawn(NotebookStore):
    """A reminder without a due date keeps its old one."""

    def fill(self, event: TriggerEvent) -> None:
        """Pass over what is withdrawn."""
        if event.fire_on is not None:
            super().fill(event)


class WithdrawingForgets(NotebookStore):
    """Withdrawing an event forgets that it was done."""

    def fill(self, event: TriggerEvent) -> None:
        """Take whatever is in the slot away."""
        if event.fire_on is None:
            self.slots.pop(event.slot, None)
        else:
            super().fill(event)


class ClosedOpensAgain(NotebookStore):
    """What was done is asked for again."""

    def fill(self, event: TriggerEvent) -> None:
        """Take the closed note away first."""
        note = self.slots.get(event.slot)
        if note is not None and note.closed:
            del self.slots[event.slot]
        super().fill(event)


class ForgetsTooMuch(NotebookStore):
    """Forgetting opens slots that may be filled again."""

    def forget(self, *, before: date) -> int:
        """Drop whatever is closed."""
        closed = [slot for slot, note in self.slots.items() if note.closed]
        for slot in closed:
            del self.slots[slot]
        return len(closed) + before.year - before.year


class VoidSlotClosedByWorker(NotebookStore):
    """A worker that acknowledges what has become void closes the slot for good."""

    def __init__(self) -> None:
        super().__init__()
        self.done: set[str] = set()

    def acknowledge(self, *event_ids: str) -> None:
        """Remember every id."""
        self.done |= set(event_ids)
        super().acknowledge(*event_ids)

    def fill(self, event: TriggerEvent) -> None:
        """Take nothing that was ever acknowledged."""
        if event.id not in self.done:
            super().fill(event)


class LeaseIgnored(NotebookStore):
    """Two workers get the same event."""

    def is_free(
        self,
        event: TriggerEvent,
        now: datetime,  # noqa: ARG002 - the lease that may still run is ignored
    ) -> bool:
        """Call everything free."""
        return event.automatic


class LeaseNeverEnds(NotebookStore):
    """An event of a worker that died is never given to another."""

    def is_free(
        self,
        event: TriggerEvent,
        now: datetime,  # noqa: ARG002 - no instant ends a lease
    ) -> bool:
        """Call nothing free that was leased once."""
        return self.slots[event.slot].leased_until is None


class ClaimsWhatIsForPeople(NotebookStore):
    """Workers take the events that are left to people."""

    def pending(
        self,
        *,
        as_of: date,
        after: TriggerEvent | None = None,
        limit: int = 100,
        automatic: bool | None = None,
    ) -> list[TriggerEvent]:
        """Tell no events apart."""
        return super().pending(as_of=as_of, after=after, limit=limit, automatic=automatic and None)


class EverythingIsDue(NotebookStore):
    """Events come out before their day."""

    def pending(
        self,
        *,
        as_of: date,
        after: TriggerEvent | None = None,
        limit: int = 100,
        automatic: bool | None = None,
    ) -> list[TriggerEvent]:
        """Look beyond the day."""
        late = max(as_of, date(9999, 1, 1))
        return super().pending(as_of=late, after=after, limit=limit, automatic=automatic)


class EventPagesOverlap(NotebookStore):
    """The last event of a page is the first of the next."""

    def pending(
        self,
        *,
        as_of: date,
        after: TriggerEvent | None = None,
        limit: int = 100,
        automatic: bool | None = None,
    ) -> list[TriggerEvent]:
        """Begin a day early."""
        if after is not None and after.fire_on is not None:
            after = evolve(after, id="0")
        page = super().pending(as_of=as_of, after=after, limit=limit, automatic=automatic)
        return page if len(page) == limit else []


class AcknowledgedComesBack(NotebookStore):
    """Acknowledging does nothing."""

    def acknowledge(self, *event_ids: str) -> None:
        """Close nothing."""


class PagesLoseOrdersWithoutDueDate(NotebookStore):
    """Orders without a due date stand on no page but the first."""

    def find(self, query: OrderQuery, /) -> list[ProductionOrder]:
        """Compare due dates only."""
        found = super().find(query)
        return found if query.after is None else [order for order in found if order.due_on]


class DueByExcludesTheDay(NotebookStore):
    """A due date on the day asked for is not found."""

    def find(self, query: OrderQuery, /) -> list[ProductionOrder]:
        """Ask for the day before."""
        if isinstance(query.due_by, date):
            query = evolve(query, due_by=query.due_by - timedelta(1))
        return super().find(query)


class NoneFindsEverything(NotebookStore):
    """Asking for orders without a vendor finds them all."""

    def find(self, query: OrderQuery, /) -> list[ProductionOrder]:
        """Take None for no question."""
        everything = OrderQuery()
        asked = query if query.vendor is not None else evolve(query, vendor=everything.vendor)
        return super().find(asked)


class CycleOverwritten(NotebookStore):
    """The last content of a version wins."""

    def put_cycle(self, cycle: StatusCycle, /) -> None:
        """Overwrite."""
        self.cycles[cycle.order_type, cycle.version] = cycle


class CycleOfOrderNotKept(NotebookStore):
    """A cycle that was not put is not there."""

    def write(self, change: Change) -> None:
        """Keep the cycles that were put, and no other."""
        cycles = dict(self.cycles)
        super().write(change)
        self.cycles = cycles


class HistoryOfNobody(NotebookStore):
    """The history of an order that is not there is empty."""

    def history(
        self, order_id: str, /, *, after: int = 0, limit: int | None = None
    ) -> tuple[HistoryEntry, ...]:
        """Raise nothing."""
        try:
            return super().history(order_id, after=after, limit=limit)
        except StoreError:
            return ()


class DuplicateIsAnyStale(NotebookStore):
    """An id that is taken is not told apart from a stale change."""

    def check_versions(self, changes: tuple[Change, ...]) -> None:
        """Raise the general error."""
        try:
            super().check_versions(changes)
        except StaleOrdersError as error:
            raise StaleOrdersError(error.conflicts) from error


WRONG = {
    NoVersionCheck: "test_every_stale_order_is_named",
    NoCommandId: "test_the_same_command_twice_is_once",
    AnyCommandIsARetry: "test_a_reused_command_is_refused_and_names_its_entries",
    RetryMustBeIdentical: "test_a_retry_may_be_recorded_later_by_another",
    StalenessFirst: "test_a_command_is_looked_at_before_staleness",
    BurntCommand: "test_a_command_whose_save_failed_is_free",
    HalfABatch: "test_a_save_is_all_or_nothing",
    FirstConflictOnly: "test_every_stale_order_is_named",
    OnlyOneChangeAnOrder: "test_consecutive_changes_of_one_order_are_one_save",
    DoubledSequence: "test_a_doubled_sequence_in_a_batch_is_a_conflict",
    EventWithoutItsChange: "test_an_event_is_not_saved_without_its_change",
    ChangeWithoutItsEvent: "test_an_event_is_saved_with_its_change",
    SequenceGap: "test_the_version_is_the_length_of_the_history",
    TrimmedText: "test_awkward_texts_come_back",
    NeverVoided: "test_a_void_reminder_never_comes_out",
    VoidedTooMuch: "test_other_events_outlive_the_visit",
    VoidedOnAmending: "test_amending_voids_nothing",
    VoidedForAll: "test_leaving_voids_nothing_of_other_orders",
    CancelledStillReminds: "test_cancelling_voids_every_dated_event",
    RandomEventIds: "test_an_event_is_saved_with_its_change",
    NewIdInAFilledSlot: "test_a_slot_keeps_its_first_id",
    LeaseLostOnNewDate: "test_a_rescheduled_reminder_keeps_its_lease",
    ReminderAddedNotMoved: "test_a_rescheduled_reminder_keeps_its_id",
    NeverWithdrawn: "test_a_withdrawn_reminder_never_comes_out",
    ClosedOpensAgain: "test_a_closed_slot_stays_closed",
    WithdrawingForgets: "test_a_closed_slot_cannot_be_withdrawn",
    ForgetsTooMuch: "test_forgetting_opens_nothing_again",
    VoidSlotClosedByWorker: "test_a_voided_slot_leaves_no_trace",
    LeaseIgnored: "test_a_claimed_event_is_not_claimed_before_its_lease_is_over",
    LeaseNeverEnds: "test_a_claimed_event_is_not_claimed_before_its_lease_is_over",
    ClaimsWhatIsForPeople: "test_a_claim_takes_automatic_events_only",
    EverythingIsDue: "test_what_is_not_due_does_not_come_out",
    EventPagesOverlap: "test_paging_visits_every_event_once",
    AcknowledgedComesBack: "test_an_acknowledged_event_never_comes_back",
    PagesLoseOrdersWithoutDueDate: "test_paging_visits_every_order_once",
    DueByExcludesTheDay: "test_finding_agrees_with_a_filter_over_all_orders",
    NoneFindsEverything: "test_finding_agrees_with_a_filter_over_all_orders",
    CycleOverwritten: "test_a_version_has_one_content",
    CycleOfOrderNotKept: "test_saving_keeps_the_cycle_of_an_order",
    HistoryOfNobody: "test_an_unknown_order_is_not_found",
    DuplicateIsAnyStale: "test_an_order_is_opened_once",
}


@pytest.mark.scaled
@pytest.mark.parametrize(
    ("wrong", "law"), [pytest.param(wrong, law, id=wrong.__name__) for wrong, law in WRONG.items()]
)
def test_a_wrong_store_is_caught(
    wrong: type[NotebookStore], law: str, laws_for: Callable[[type, str], list[str]]
) -> None:
    """Each bug is caught by the law that it breaks."""
    caught = [name for name in laws_for(_Suite, law) if _fails(name, wrong())]
    print(f"{wrong.__name__} is caught by {', '.join(caught)}")  # noqa: T201 - what it is for
    assert law in caught


class _Suite(OrderStoreSuite):
    """The laws to run by hand; not collected, for its name begins with an underscore."""


def _fails(law: str, store: NotebookStore) -> bool:
    test = getattr(_Suite(), law)
    if test is None:
        return False
    try:
        test(store)
    except (Exception, pytest.fail.Exception):  # noqa: BLE001 - a law may fail in any way
        return True
    return False
