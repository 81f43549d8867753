"""Stores with one bug each, which the suite must find.

Each is a `NotebookStore` that breaks one promise. The test names the law that must fail, and prints
all that do.
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
    """The last save wins."""

    def check_versions(self, changes: tuple[Change, ...]) -> None:
        """Check nothing."""


class NoCommandId(NotebookStore):
    """A retry is saved again."""

    def is_repeated(self, changes: tuple[Change, ...]) -> bool:
        """Take no command for a retry."""
        return not changes


class AnyCommandIsARetry(NotebookStore):
    """Every save under a known command id is ignored."""

    def is_repeated(self, changes: tuple[Change, ...]) -> bool:
        """Compare the id only."""
        command_id = changes[0].entry.command_id if changes else None
        return command_id is not None and self.entries_of(command_id) != ()


class RetryMustBeIdentical(NotebookStore):
    """A retry with a later instant is refused."""

    def is_repeated(self, changes: tuple[Change, ...]) -> bool:
        """Compare every field."""
        command_id = changes[0].entry.command_id if changes else None
        done = () if command_id is None else self.entries_of(command_id)
        if command_id is None or not done:
            return False
        if done != tuple(change.entry for change in changes):
            raise CommandReusedError(command_id, done)
        return True


class StalenessFirst(NotebookStore):
    """A retry is refused as stale."""

    def save(self, *changes: Change) -> None:
        """Check versions before commands."""
        self.check_versions(changes)
        super().save(*changes)


class BurntCommand(NotebookStore):
    """A refused save uses its command id up."""

    def __init__(self) -> None:
        super().__init__()
        self.burnt: set[str] = set()

    def save(self, *changes: Change) -> None:
        """Remember the id before the save."""
        command_id = changes[0].entry.command_id if changes else None
        if command_id in self.burnt and not self.entries_of(command_id or ""):
            raise CommandReusedError(command_id or "", ())
        self.burnt |= {command_id} if command_id else set()
        super().save(*changes)


class HalfABatch(NotebookStore):
    """The changes before the refused one are saved."""

    def save(self, *changes: Change) -> None:
        """Save one by one."""
        if not self.is_repeated(changes):
            for change in changes:
                self.check_versions((change,))
                self.write(change)


class FirstConflictOnly(NotebookStore):
    """The error names only one stale order."""

    def check_versions(self, changes: tuple[Change, ...]) -> None:
        """Check the changes one by one."""
        for change in changes:
            super().check_versions((change,))


class OnlyOneChangeAnOrder(NotebookStore):
    """Consecutive changes of an order in one save are refused."""

    def check_versions(self, changes: tuple[Change, ...]) -> None:
        """Compare every change with the stored version."""
        super().check_versions(changes)
        for change in changes:
            super().check_versions((change,))


class DoubledSequence(NotebookStore):
    """Two changes of the same version are saved if they come in one save."""

    def check_versions(self, changes: tuple[Change, ...]) -> None:
        """Check only the first change of each order."""
        first = {change.order.id: change for change in reversed(changes)}
        super().check_versions(tuple(first.values()))


class EventWithoutItsChange(NotebookStore):
    """Events are saved even if their change is refused."""

    def save(self, *changes: Change) -> None:
        """Fill the slots first."""
        for change in changes:
            for event in change.events:
                self.fill(event)
        super().save(*changes)


class ChangeWithoutItsEvent(NotebookStore):
    """Only the last event of a change is saved."""

    def write(self, change: Change) -> None:
        """Drop the other events."""
        super().write(evolve(change, events=change.events[-1:]))


class SequenceGap(NotebookStore):
    """The sequence numbers have a gap."""

    def write(self, change: Change) -> None:
        """Skip a number after the second entry."""
        entry = change.entry
        super().write(change)
        if entry.sequence > 2:
            self.entries = (*self.entries[:-1], evolve(entry, sequence=entry.sequence + 1))


class TrimmedText(NotebookStore):
    """Texts lose the blanks around them."""

    def write(self, change: Change) -> None:
        """Strip the note."""
        super().write(change)
        self.entries = (*self.entries[:-1], evolve(change.entry, note=change.entry.note.strip()))


class NeverVoided(NotebookStore):
    """Void reminders stay."""

    def void(self, order: ProductionOrder) -> None:
        """Delete nothing."""


class VoidedTooMuch(NotebookStore):
    """Leaving a status deletes every reminder of the order."""

    def void(self, order: ProductionOrder) -> None:
        """Delete all dated events of the order."""
        for slot, note in list(self.slots.items()):
            if note.event.order_id == order.id and note.event.dated and not note.closed:
                del self.slots[slot]


class VoidedOnAmending(NotebookStore):
    """Every change of an order deletes its reminders."""

    def write(self, change: Change) -> None:
        """Delete reminders for any change."""
        for slot, note in list(self.slots.items()):
            event = note.event
            if event.order_id == change.order.id and event.while_in_status and not note.closed:
                del self.slots[slot]
        super().write(change)


class VoidedForAll(NotebookStore):
    """Leaving a status deletes reminders of other orders too."""

    def void(self, order: ProductionOrder) -> None:
        """Compare the visit only."""
        for slot, note in list(self.slots.items()):
            earlier = note.event.visit < order.visit
            if earlier and note.event.while_in_status and not note.closed:
                del self.slots[slot]


class CancelledStillReminds(NotebookStore):
    """A cancelled order keeps reminders that outlive their status."""

    def void(self, order: ProductionOrder) -> None:
        """Delete the reminders for the time in the status only."""
        for slot, note in list(self.slots.items()):
            event = note.event
            mine = event.order_id == order.id and event.visit < order.visit
            if mine and event.while_in_status and not note.closed:
                del self.slots[slot]


class RandomEventIds(NotebookStore):
    """The store gives every event another id."""

    numbers = count()

    def fill(self, event: TriggerEvent) -> None:
        """Number the events."""
        super().fill(evolve(event, id=f"event-{next(self.numbers)}"))


class EventIdInTwoSlots(NotebookStore):
    """Events in two slots may have the same id."""

    def check_ids(self, changes: tuple[Change, ...]) -> None:
        """Check nothing."""


class NewIdInAFilledSlot(NotebookStore):
    """An event that replaces another keeps its own id."""

    def fill(self, event: TriggerEvent) -> None:
        """Keep the lease, not the id."""
        note = self.slots.get(event.slot)
        super().fill(event)
        if note is not None and not note.closed and event.fire_on is not None:
            self.slots[event.slot] = evolve(note, event=event)


class LeaseLostOnNewDate(NotebookStore):
    """A new date ends the lease of an event."""

    def fill(self, event: TriggerEvent) -> None:
        """Drop the lease."""
        super().fill(event)
        note = self.slots.get(event.slot)
        if note is not None and not note.closed:
            self.slots[event.slot] = Note(note.event)


class ReminderAddedNotMoved(NotebookStore):
    """A new date adds a second reminder."""

    def fill(self, event: TriggerEvent) -> None:
        """Put the event into another slot."""
        if event.slot in self.slots and event.fire_on is not None:
            order_id, trigger, _ = event.slot
            self.slots[order_id, trigger, -len(self.slots)] = Note(event)
        else:
            super().fill(event)


class NeverWithdrawn(NotebookStore):
    """A reminder that is withdrawn keeps its old date."""

    def fill(self, event: TriggerEvent) -> None:
        """Ignore withdrawn events."""
        if event.fire_on is not None:
            super().fill(event)


class WithdrawingForgets(NotebookStore):
    """Withdrawing an event opens its closed slot."""

    def fill(self, event: TriggerEvent) -> None:
        """Empty the slot, closed or not."""
        if event.fire_on is None:
            self.slots.pop(event.slot, None)
        else:
            super().fill(event)


class ClosedOpensAgain(NotebookStore):
    """A closed slot is filled again."""

    def fill(self, event: TriggerEvent) -> None:
        """Empty the closed slot first."""
        note = self.slots.get(event.slot)
        if note is not None and note.closed:
            del self.slots[event.slot]
        super().fill(event)


class ForgetsTooMuch(NotebookStore):
    """`forget` deletes slots that can be filled again."""

    def forget(self, *, before: date) -> int:
        """Delete every closed slot."""
        closed = [slot for slot, note in self.slots.items() if note.closed]
        for slot in closed:
            del self.slots[slot]
        return len(closed) + before.year - before.year


class VoidSlotClosedByWorker(NotebookStore):
    """Acknowledging a void event closes its slot."""

    def __init__(self) -> None:
        super().__init__()
        self.done: set[str] = set()

    def acknowledge(self, *event_ids: str) -> None:
        """Remember every id that was acknowledged."""
        self.done |= set(event_ids)
        super().acknowledge(*event_ids)

    def fill(self, event: TriggerEvent) -> None:
        """Refuse these ids."""
        if event.id not in self.done:
            super().fill(event)


class LeaseIgnored(NotebookStore):
    """Two workers may claim the same event."""

    def is_free(
        self,
        event: TriggerEvent,
        now: datetime,  # noqa: ARG002 - the bug is to ignore it
    ) -> bool:
        """Ignore leases."""
        return event.automatic


class LeaseNeverEnds(NotebookStore):
    """An event is never claimed twice."""

    def is_free(
        self,
        event: TriggerEvent,
        now: datetime,  # noqa: ARG002 - the bug is to ignore it
    ) -> bool:
        """Let leases run for ever."""
        return self.slots[event.slot].leased_until is None


class ClaimsWhatIsForPeople(NotebookStore):
    """Workers claim the events that are left to people."""

    def pending(
        self,
        *,
        as_of: date,
        after: TriggerEvent | None = None,
        limit: int = 100,
        automatic: bool | None = None,
    ) -> list[TriggerEvent]:
        """Treat True as None."""
        return super().pending(as_of=as_of, after=after, limit=limit, automatic=automatic and None)


class EverythingIsDue(NotebookStore):
    """`pending` returns events before their day."""

    def pending(
        self,
        *,
        as_of: date,
        after: TriggerEvent | None = None,
        limit: int = 100,
        automatic: bool | None = None,
    ) -> list[TriggerEvent]:
        """Use a later date."""
        late = max(as_of, date(9999, 1, 1))
        return super().pending(as_of=late, after=after, limit=limit, automatic=automatic)


class EventPagesOverlap(NotebookStore):
    """The last event of a page is on the next page too."""

    def pending(
        self,
        *,
        as_of: date,
        after: TriggerEvent | None = None,
        limit: int = 100,
        automatic: bool | None = None,
    ) -> list[TriggerEvent]:
        """Begin the page too early."""
        if after is not None and after.fire_on is not None:
            after = evolve(after, id="0")
        page = super().pending(as_of=as_of, after=after, limit=limit, automatic=automatic)
        return page if len(page) == limit else []


class AcknowledgedComesBack(NotebookStore):
    """Acknowledging does nothing."""

    def acknowledge(self, *event_ids: str) -> None:
        """Close nothing."""


class PagesLoseOrdersWithoutDueDate(NotebookStore):
    """Orders without a due date are only on the first page."""

    def find(self, query: OrderQuery, /) -> list[ProductionOrder]:
        """Drop orders without a due date from later pages."""
        orders = super().find(query)
        return orders if query.after is None else [order for order in orders if order.due_on]


class DueByExcludesTheDay(NotebookStore):
    """`due_by` excludes its own day."""

    def find(self, query: OrderQuery, /) -> list[ProductionOrder]:
        """Search for the day before."""
        if isinstance(query.due_by, date):
            query = evolve(query, due_by=query.due_by - timedelta(1))
        return super().find(query)


class NoneFindsEverything(NotebookStore):
    """A query for orders without a vendor finds all orders."""

    def find(self, query: OrderQuery, /) -> list[ProductionOrder]:
        """Treat None as any vendor."""
        everything = OrderQuery()
        asked = query if query.vendor is not None else evolve(query, vendor=everything.vendor)
        return super().find(asked)


class CycleOverwritten(NotebookStore):
    """A version of a cycle may be overwritten."""

    def put_cycle(self, cycle: StatusCycle, /) -> None:
        """Overwrite."""
        self.cycles[cycle.order_type, cycle.version] = cycle


class CycleOfOrderNotKept(NotebookStore):
    """A save leaves out the cycles of its orders."""

    def write(self, change: Change) -> None:
        """Restore the cycles after the change."""
        cycles = dict(self.cycles)
        super().write(change)
        self.cycles = cycles


class HistoryOfNobody(NotebookStore):
    """The history of an unknown order is empty."""

    def history(
        self, order_id: str, /, *, after: int = 0, limit: int | None = None
    ) -> tuple[HistoryEntry, ...]:
        """Return no entries instead of an error."""
        try:
            return super().history(order_id, after=after, limit=limit)
        except StoreError:
            return ()


class DuplicateIsAnyStale(NotebookStore):
    """Opening an order under a taken id raises the more general error."""

    def check_versions(self, changes: tuple[Change, ...]) -> None:
        """Raise StaleOrdersError."""
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
    EventIdInTwoSlots: "test_an_event_id_belongs_to_one_slot",
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
    """Each bug makes its law fail."""
    caught = [name for name in laws_for(_Suite, law) if _fails(name, wrong())]
    print(f"{wrong.__name__} is caught by {', '.join(caught)}")  # noqa: T201 - what it is for
    assert law in caught


class _Suite(OrderStoreSuite):
    """The laws to call by hand; the underscore keeps pytest from collecting them."""


def _fails(law: str, store: NotebookStore) -> bool:
    test = getattr(_Suite(), law)
    if test is None:
        return False
    try:
        test(store)
    except (Exception, pytest.fail.Exception):  # noqa: BLE001 - a law may fail in any way
        return True
    return False
