"""Stores with one bug each, which the suite must find.

Each is a `NotebookStore` that breaks one promise. The table names the law that must fail.
"""

from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime, timedelta
from itertools import count
from typing import Any

import pytest
from attrs import evolve

from notebook_store import Note, NotebookStore, day_and_id
from prodflow import (
    Change,
    ChangeUndone,
    CommandReusedError,
    HistoryEntry,
    KeyReusedError,
    OrderAmended,
    OrderNotFoundError,
    OrderOpened,
    OrderQuery,
    OutboxItem,
    ProductionOrder,
    Reminders,
    StaleCycleError,
    StaleOrdersError,
    StatusChanged,
    StatusCycle,
    StoreError,
    TriggerEvent,
    effective,
)
from prodflow.stores import Edit, check_cycles, check_next, repeats
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
                self.fill(event, None)
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


class VoidsEarlierVisitsOnly(NotebookStore):
    """The reminders of a hold stay after the return, which continues an earlier visit."""

    def is_void(self, event: TriggerEvent, order: ProductionOrder) -> bool:
        """Keep the reminders of later visits."""
        return super().is_void(event, order) and event.visit < order.visit


class VoidsForNewVisitsOnly(NotebookStore):
    """Reminders become void only when a new visit begins, not when one is continued."""

    def void(self, order: ProductionOrder) -> None:
        """Delete nothing when the visit is older than the change."""
        if order.visit == order.version:
            super().void(order)


class VoidsByTheLastChange(NotebookStore):
    """After a return, the reminders of the visit that goes on count as those of an earlier one."""

    def is_void(self, event: TriggerEvent, order: ProductionOrder) -> bool:
        """Take the number of the last change for that of the visit."""
        return super().is_void(event, evolve(order, visit=order.version))


class UndoVoidsNothing(NotebookStore):
    """The reminders of a visit that was undone stay."""

    def write(self, change: Change) -> None:
        """Restore the slots after an undo."""
        slots = dict(self.slots)
        super().write(change)
        if isinstance(change.entry, ChangeUndone):
            self.slots = slots


class ReminderOfAnotherVisit(NotebookStore):
    """A change may bring a reminder for a visit that the order isn't in."""

    def write(self, change: Change) -> None:
        """Fill the slots of other visits last."""
        super().write(change)
        for event in change.events:
            if event.visit != change.order.visit:
                self.fill(event, None)


class VoidsOnceASave(NotebookStore):
    """Reminders become void by the last change of an order in a save, not by each."""

    def save(self, *changes: Change) -> None:
        """Remember which changes are the last of their orders."""
        self.last = {change.order.id: change.order.version for change in changes}
        super().save(*changes)

    def void(self, order: ProductionOrder) -> None:
        """Delete only after the last change."""
        if self.last[order.id] == order.version:
            super().void(order)


class VoidedTooMuch(NotebookStore):
    """Leaving a status deletes every reminder of the order."""

    def is_void(self, event: TriggerEvent, order: ProductionOrder) -> bool:  # noqa: ARG002 - the bug
        """Delete all dated events of the order."""
        return True


class VoidedOnAmending(NotebookStore):
    """Every change of an order deletes its reminders."""

    def write(self, change: Change) -> None:
        """Delete reminders for any change."""
        for item in self.items(change.order.id):
            if item.event.until == "left":
                del self.slots[item.event.slot]
        super().write(change)


class VoidedForAll(NotebookStore):
    """Leaving a status deletes reminders of other orders too."""

    def void(self, order: ProductionOrder) -> None:
        """Compare the visit only."""
        for item in self.items():
            if item.event.until == "left" and item.event.visit < order.visit:
                del self.slots[item.event.slot]


class CancelledStillReminds(NotebookStore):
    """A cancelled order keeps reminders that outlive their status."""

    def is_void(self, event: TriggerEvent, order: ProductionOrder) -> bool:
        """Keep what isn't wanted for a time only."""
        return event.until is not None and super().is_void(event, order)


class CancelledRemindsOfNothing(NotebookStore):
    """A cancelled order has no reminders at all."""

    def is_void(self, event: TriggerEvent, order: ProductionOrder) -> bool:
        """Delete the reminders of the cancelled status too."""
        return super().is_void(event, order) or order.is_cancelled


class CancelledIsWrittenTo(NotebookStore):
    """Amendments bring reminders to orders that don't want them any more."""

    def write(self, change: Change) -> None:
        """Fill slots again that were emptied at once."""
        super().write(change)
        if isinstance(change.entry, OrderAmended):
            for event in change.events:
                self.fill(event, None)


class AmendedFillsWhatIsClosed(NotebookStore):
    """A closed order gets the reminder of its delivery date if it's amended."""

    def write(self, change: Change) -> None:
        """Fill the slot again."""
        super().write(change)
        for event in change.events:
            if event.until == "closed" and isinstance(change.entry, OrderAmended):
                self.fill(event, None)


class ClosedStillDelivers(NotebookStore):
    """A closed order keeps the reminder of its delivery date."""

    def is_void(self, event: TriggerEvent, order: ProductionOrder) -> bool:
        """Keep it."""
        return event.until != "closed" and super().is_void(event, order)


class DeliveryIsOfTheVisit(NotebookStore):
    """The reminder of the delivery date ends with the visit."""

    def is_void(self, event: TriggerEvent, order: ProductionOrder) -> bool:
        """Compare the visit of any event that is wanted for a time."""
        elsewhere = event.until is not None and event.visit != order.visit
        return elsewhere or super().is_void(event, order)


class ImmediateByVisit(NotebookStore):
    """An immediate trigger has one slot for each visit."""

    def fill(self, event: TriggerEvent, first: date | None) -> None:
        """Number immediate events by the visit."""
        if not event.dated and event.number is not None:
            event = evolve(event, number=event.visit)
        super().fill(event, first)


class OncePerVisit(NotebookStore):
    """A reminder that comes once per order has a slot for each visit."""

    def fill(self, event: TriggerEvent, first: date | None) -> None:
        """Number the reminder."""
        if event.dated and event.until is None:
            event = evolve(event, number=event.visit, id=f"{event.trigger} {event.visit}")
        super().fill(event, first)


class ConditionNeverEnds(NotebookStore):
    """What an amendment withdraws stays."""

    def write(self, change: Change) -> None:
        """Drop the events without a day."""
        events = [event for event in change.events if event.fire_on is not None]
        super().write(evolve(change, events=events))


class UndoKeepsWhatWasSaid(NotebookStore):
    """What an undone change said is sent, unless it's void."""

    def withdraw(self, order_id: str, undone: int) -> None:
        """Withdraw nothing."""


class UndoBySequenceOnly(NotebookStore):
    """An undo leaves reminders of the undone visit that another change has moved."""

    def is_undone(self, event: TriggerEvent, undone: int) -> bool:
        """Compare the sequence only."""
        return event.sequence == undone


class UndoByVisitOnly(NotebookStore):
    """An undo leaves the immediate events of the undone change."""

    def is_undone(self, event: TriggerEvent, undone: int) -> bool:
        """Withdraw reminders only."""
        return event.dated and super().is_undone(event, undone)


class UndoWithdrawsDelivery(NotebookStore):
    """An undo takes the reminder of the delivery date for one of the undone visit."""

    def is_undone(self, event: TriggerEvent, undone: int) -> bool:
        """Compare the visit of every reminder."""
        return super().is_undone(event, undone) or (event.dated and event.visit == undone)


class UndoWithdrawsFirst(NotebookStore):
    """An undo withdraws before it gives reminders back, so these lose their leases."""

    def write(self, change: Change) -> None:
        """Withdraw first."""
        if isinstance(change.entry, ChangeUndone):
            self.withdraw(change.order.id, change.entry.undoes)
        super().write(change)


class UndoOpensWhatWasSent(NotebookStore):
    """An undo opens the closed slots of the order, so that what was sent is sent again."""

    def write(self, change: Change) -> None:
        """Delete closed slots first."""
        if isinstance(change.entry, ChangeUndone):
            for slot, note in list(self.slots.items()):
                if note.closed and slot[0] == change.order.id:
                    del self.slots[slot]
        super().write(change)


class UndoGivesNothingBack(NotebookStore):
    """The events of an undo aren't saved."""

    def write(self, change: Change) -> None:
        """Drop them."""
        undoes = isinstance(change.entry, ChangeUndone)
        super().write(evolve(change, events=()) if undoes else change)


class UndoIsQuiet(NotebookStore):
    """An undo gives nothing back whose day is over."""

    def first_day(self, change: Change) -> date | None:
        """Treat it as an amendment."""
        if isinstance(change.entry, ChangeUndone):
            return change.entry.at.date()
        return super().first_day(change)


class OpeningIsQuiet(NotebookStore):
    """An order that is recorded late has no events whose day is over."""

    def first_day(self, change: Change) -> date | None:
        """Treat an opening as an amendment."""
        if isinstance(change.entry, OrderOpened):
            return change.entry.at.date()
        return super().first_day(change)


class StatusChangeIsQuiet(NotebookStore):
    """A status change that is recorded late brings nothing whose day is over."""

    def first_day(self, change: Change) -> date | None:
        """Treat it as an amendment."""
        if isinstance(change.entry, StatusChanged):
            return change.entry.at.date()
        return super().first_day(change)


class AmendedFillsPastDays(NotebookStore):
    """An amendment brings events of days that are over."""

    def first_day(self, change: Change) -> date | None:
        """Fill slots for any day, unless the order migrates."""
        return None if isinstance(change.entry, OrderAmended) else super().first_day(change)


class MigratedFillsPastDays(NotebookStore):
    """A migration brings events of days that are over."""

    def first_day(self, change: Change) -> date | None:
        """Fill slots for any day, unless the order is amended."""
        return super().first_day(change) if isinstance(change.entry, OrderAmended) else None


class PartsFillPastDays(NotebookStore):
    """A part of an order is told of days that are over."""

    def first_day(self, change: Change) -> date | None:
        """Treat it as any other opening."""
        return None if isinstance(change.entry, OrderOpened) else super().first_day(change)


class PastDaysInUtc(NotebookStore):
    """Which days are over is asked in UTC."""

    def first_day(self, change: Change) -> date | None:
        """Convert the instant."""
        day = super().first_day(change)
        return None if day is None else change.entry.at.astimezone(UTC).date()


class TheDayItselfIsOver(NotebookStore):
    """A day counts as over from its morning on."""

    def fill(self, event: TriggerEvent, first: date | None) -> None:
        """Fill slots from the next day on."""
        super().fill(event, None if first is None else first + timedelta(1))


class PastDaysMoveNothing(NotebookStore):
    """A pending reminder isn't moved to a day that is over."""

    def fill(self, event: TriggerEvent, first: date | None) -> None:
        """Ignore such events."""
        if first is None or event.fire_on is None or event.fire_on >= first:
            super().fill(event, first)


class RandomEventIds(NotebookStore):
    """The store gives every event another id."""

    numbers = count()

    def fill(self, event: TriggerEvent, first: date | None) -> None:
        """Number the events."""
        super().fill(evolve(event, id=f"event-{next(self.numbers)}"), first)


class EventIdInTwoSlots(NotebookStore):
    """Events in two slots may have the same id."""

    def check_ids(self, events: Iterable[TriggerEvent]) -> None:
        """Check nothing."""


class NewIdInAFilledSlot(NotebookStore):
    """An event that replaces another keeps its own id."""

    def renewed(self, item: OutboxItem, event: TriggerEvent) -> OutboxItem:
        """Keep what workers did, not the id."""
        return evolve(super().renewed(item, event), event=event)


class ReminderAddedNotMoved(NotebookStore):
    """A new date adds a second reminder."""

    def fill(self, event: TriggerEvent, first: date | None) -> None:
        """Put the event into another slot."""
        if event.slot in self.slots and event.fire_on is not None:
            order_id, trigger, _ = event.slot
            self.slots[order_id, trigger, -len(self.slots)] = Note(OutboxItem(event))
        else:
            super().fill(event, first)


class NewDayKeepsLease(NotebookStore):
    """A reminder with another day stays claimed."""

    def renewed(self, item: OutboxItem, event: TriggerEvent) -> OutboxItem:
        """Keep the lease."""
        return evolve(super().renewed(item, event), leased_until=item.leased_until)


class NewDayKeepsAttempts(NotebookStore):
    """A reminder with another day keeps its attempts."""

    def renewed(self, item: OutboxItem, event: TriggerEvent) -> OutboxItem:
        """Keep the attempts."""
        return evolve(super().renewed(item, event), attempts=item.attempts)


class NewDayKeepsError(NotebookStore):
    """A reminder with another day keeps its error."""

    def renewed(self, item: OutboxItem, event: TriggerEvent) -> OutboxItem:
        """Keep the error."""
        return evolve(super().renewed(item, event), last_error=item.last_error)


class NewDayKeepsRetry(NotebookStore):
    """A reminder with another day waits for its next try."""

    def renewed(self, item: OutboxItem, event: TriggerEvent) -> OutboxItem:
        """Keep the instant."""
        return evolve(super().renewed(item, event), retry_at=item.retry_at)


class NewDayKeepsGivingUp(NotebookStore):
    """A reminder that was given up stays given up on another day."""

    def renewed(self, item: OutboxItem, event: TriggerEvent) -> OutboxItem:
        """Keep the state."""
        return evolve(super().renewed(item, event), given_up=item.given_up)


class SameDayLosesLease(NotebookStore):
    """An event that comes again for the same day is free."""

    def renewed(self, item: OutboxItem, event: TriggerEvent) -> OutboxItem:
        """End the lease."""
        return evolve(super().renewed(item, event), leased_until=None)


class SameDayBeginsAnew(NotebookStore):
    """An event that comes again for the same day begins anew."""

    def renewed(self, item: OutboxItem, event: TriggerEvent) -> OutboxItem:
        """Write a new item."""
        return OutboxItem(super().renewed(item, event).event)


class SameDayKeepsTheText(NotebookStore):
    """An event that comes again for the same day is ignored."""

    def renewed(self, item: OutboxItem, event: TriggerEvent) -> OutboxItem:
        """Keep the old event."""
        return item if item.event.fire_on == event.fire_on else super().renewed(item, event)


class NeverWithdrawn(NotebookStore):
    """A reminder that is withdrawn keeps its old date."""

    def fill(self, event: TriggerEvent, first: date | None) -> None:
        """Ignore withdrawn events."""
        if event.fire_on is not None:
            super().fill(event, first)


class WithdrawingForgets(NotebookStore):
    """Withdrawing an event opens its closed slot."""

    def fill(self, event: TriggerEvent, first: date | None) -> None:
        """Empty the slot, closed or not."""
        if event.fire_on is None:
            self.slots.pop(event.slot, None)
        else:
            super().fill(event, first)


class ClosedOpensAgain(NotebookStore):
    """A closed slot is filled again."""

    def fill(self, event: TriggerEvent, first: date | None) -> None:
        """Empty the closed slot first."""
        note = self.slots.get(event.slot)
        if note is not None and note.closed:
            del self.slots[event.slot]
        super().fill(event, first)


class SettingEndsLeases(NotebookStore):
    """Setting reminders writes all of them anew."""

    def remind(self, reminders: Reminders) -> None:
        """Delete first."""
        super().remind(evolve(reminders, events=()))
        super().remind(reminders)


class SettingFillsPastDays(NotebookStore):
    """Setting reminders tells people about last year."""

    def remind(self, reminders: Reminders) -> None:
        """Forget which day it is."""
        super().remind(evolve(reminders, today=date.min))


class SettingEmptiesPastDays(NotebookStore):
    """Setting reminders removes the pending ones whose day is over."""

    def remind(self, reminders: Reminders) -> None:
        """Leave them out."""
        days = [(event, event.fire_on or date.max) for event in reminders.events]
        events = [event for event, day in days if day >= reminders.today]
        super().remind(evolve(reminders, events=events))


class SettingOnlyAdds(NotebookStore):
    """The reminders of a deleted trigger stay."""

    def is_concerned(self, event: TriggerEvent, reminders: Reminders) -> bool:  # noqa: ARG002 - the bug
        """Empty nothing."""
        return False


class SettingOnlyRemoves(NotebookStore):
    """A new trigger has no reminders."""

    def fill(self, event: TriggerEvent, first: date | None) -> None:
        """Fill no empty slot, unless a save does."""
        is_set = event.sequence in {1, event.visit} and first is not None
        if event.slot in self.slots or not is_set:
            super().fill(event, first)


class SettingEmptiesAllVisits(NotebookStore):
    """Setting reminders removes those that outlive an earlier visit."""

    def is_concerned(self, event: TriggerEvent, reminders: Reminders) -> bool:  # noqa: ARG002 - the bug
        """Name all reminders."""
        return event.dated


class SettingEmptiesImmediateEvents(NotebookStore):
    """Setting reminders removes the events of immediate triggers."""

    def is_concerned(self, event: TriggerEvent, reminders: Reminders) -> bool:
        """Compare the visit only."""
        return event.visit == reminders.visit or event.until == "closed"


class SettingForgetsDelivery(NotebookStore):
    """The reminder of the delivery date stays when its trigger is deleted in a later visit."""

    def is_concerned(self, event: TriggerEvent, reminders: Reminders) -> bool:
        """Name those of the visit."""
        return event.dated and event.visit == reminders.visit


class SettingGoesByNumbers(NotebookStore):
    """A reminder that comes once per order stays when its trigger is deleted."""

    def is_concerned(self, event: TriggerEvent, reminders: Reminders) -> bool:
        """Compare numbers."""
        is_of_visit = event.number == reminders.visit
        return event.dated and (is_of_visit or event.until == "closed")


class SettingByHalves(NotebookStore):
    """The reminders before the refused ones are set."""

    def set_reminders(self, *reminders: Reminders) -> None:
        """Set them one by one, then find the error."""
        for each in reminders:
            if each.order_id in self.orders and self.get(each.order_id).version == each.version:
                super().set_reminders(each)
        super().set_reminders(*reminders)


class SettingNamesOneOrder(NotebookStore):
    """The error names only one stale order."""

    def set_reminders(self, *reminders: Reminders) -> None:
        """Name the first."""
        try:
            super().set_reminders(*reminders)
        except StaleOrdersError as error:
            raise StaleOrdersError(dict(list(error.conflicts.items())[:1])) from error


class SettingForgetsUnknownOrders(NotebookStore):
    """Reminders of an unknown order are left out."""

    def set_reminders(self, *reminders: Reminders) -> None:
        """Set those of the orders that are there."""
        super().set_reminders(*(each for each in reminders if each.order_id in self.orders))


class SettingIsNeverStale(NotebookStore):
    """Reminders of an older version are set."""

    def set_reminders(self, *reminders: Reminders) -> None:
        """Take the stored version for that of the reminders."""
        now = [
            evolve(each, version=self.get(each.order_id).version)
            for each in reminders
            if each.order_id in self.orders
        ]
        super().set_reminders(*now)


class SettingTwice(NotebookStore):
    """Of two reminders of an order, the last ones count."""

    def set_reminders(self, *reminders: Reminders) -> None:
        """Keep one for each order."""
        super().set_reminders(*{each.order_id: each for each in reminders}.values())


class SettingIsForAll(NotebookStore):
    """Setting the reminders of an order removes those of others."""

    def remind(self, reminders: Reminders) -> None:
        """Delete the same visit of all orders."""
        super().remind(reminders)
        for order_id in self.orders:
            if order_id != reminders.order_id:
                super().remind(evolve(reminders, order_id=order_id, events=()))


class ForgetsTooMuch(NotebookStore):
    """`forget` deletes slots that can be filled again."""

    def forget(self, *, before: date) -> int:
        """Delete every closed slot."""
        closed = [slot for slot, note in self.slots.items() if note.closed]
        for slot in closed:
            del self.slots[slot]
        return len(closed) + before.year - before.year


class ForgetsThePausedVisit(NotebookStore):
    """`forget` deletes the closed slots of a visit that is on hold."""

    def going_on(self, order_id: str) -> set[int]:
        """Name the present visit only."""
        return {self.orders[order_id].visit}


class ForgetsOncePerOrder(NotebookStore):
    """`forget` deletes closed slots that the whole order has only once."""

    def forget(self, *, before: date) -> int:
        """Delete what has no number."""
        closed = [slot for slot, note in self.slots.items() if note.closed and slot[2] is None]
        for slot in closed:
            del self.slots[slot]
        return len(closed) + super().forget(before=before)


class ForgetsTheDayItself(NotebookStore):
    """`forget` deletes the slots of the day that it's given."""

    def forget(self, *, before: date) -> int:
        """Begin a day later."""
        return super().forget(before=min(before, date(9999, 12, 30)) + timedelta(1))


class ForgetsByVisit(NotebookStore):
    """`forget` keeps the immediate events of the present visit, although no change repeats them."""

    def going_on(self, order_id: str) -> set[int]:
        """Name every number since the visit began."""
        order = self.orders[order_id]
        return super().going_on(order_id) | set(range(order.visit, order.version + 1))


class ForgetsWhatIsPending(NotebookStore):
    """`forget` deletes old events that nobody has closed."""

    def forget(self, *, before: date) -> int:
        """Delete pending events of earlier visits too."""
        for item in self.items():
            event = item.event
            if day_and_id(item)[0] < before and event.visit < self.get(event.order_id).visit:
                del self.slots[event.slot]
        return super().forget(before=before)


class HistoryWithoutWhatWasUndone(NotebookStore):
    """The history leaves out what was undone, and the undoing."""

    def history(
        self, order_id: str, /, *, after: int = 0, limit: int | None = None
    ) -> tuple[HistoryEntry, ...]:
        """Return the entries that still count."""
        return effective(super().history(order_id, after=after, limit=limit))


class UndoneIsNotMoved(NotebookStore):
    """An undo that takes back a migration leaves the order at the new version."""

    def write(self, change: Change) -> None:
        """Keep the cycle that the order had."""
        before = self.orders.get(change.order.id)
        super().write(change)
        if before is not None and isinstance(change.entry, ChangeUndone):
            order = change.order
            status = before.cycle[order.status.key]
            self.orders[order.id] = evolve(order, cycle=before.cycle, status=status)


class HoldForgetsTheVisit(NotebookStore):
    """An order on hold comes back without the visit that it pauses."""

    def get(self, order_id: str, /) -> ProductionOrder:
        """Drop what is held."""
        return evolve(super().get(order_id), held=None)


class VoidSlotClosedByWorker(NotebookStore):
    """Acknowledging a void event closes its slot."""

    def __init__(self) -> None:
        super().__init__()
        self.done: set[str] = set()

    def acknowledge(self, *items: OutboxItem | str) -> None:
        """Remember every id that was acknowledged."""
        self.done |= {item if isinstance(item, str) else item.event.id for item in items}
        super().acknowledge(*items)

    def fill(self, event: TriggerEvent, first: date | None) -> None:
        """Refuse these ids."""
        if event.id not in self.done:
            super().fill(event, first)


class LeaseIgnored(NotebookStore):
    """Two workers may claim the same event."""

    def is_free(self, item: OutboxItem, now: datetime) -> bool:
        """Ignore leases."""
        return super().is_free(evolve(item, leased_until=None), now)


class LeaseNeverEnds(NotebookStore):
    """An event is never claimed twice."""

    def is_free(self, item: OutboxItem, now: datetime) -> bool:
        """Let leases run for ever."""
        return item.leased_until is None and super().is_free(item, now)


class LeaseOnTheWall(NotebookStore):
    """A lease is counted by the clock on the wall, which is put back in autumn."""

    def claim(
        self, *, as_of: date, now: datetime, lease: timedelta, limit: int = 100
    ) -> list[OutboxItem]:
        """Add to the time on the wall, then write down the instant."""
        until = (now + lease).astimezone(UTC)
        return super().claim(as_of=as_of, now=now, lease=until - now, limit=limit)


class LeaseComparedOnTheWall(NotebookStore):
    """The end of a lease is compared by the clock on the wall."""

    def claim(
        self, *, as_of: date, now: datetime, lease: timedelta, limit: int = 100
    ) -> list[OutboxItem]:
        """Take the time on the wall for UTC."""
        wall = now.replace(tzinfo=UTC)
        return super().claim(as_of=as_of, now=wall, lease=lease, limit=limit)


class ExtendedOnTheWall(NotebookStore):
    """A longer lease is counted by the clock on the wall."""

    def extend(self, *items: OutboxItem, now: datetime, lease: timedelta) -> list[OutboxItem]:
        """Take the time on the wall for UTC."""
        return super().extend(*items, now=now.replace(tzinfo=UTC), lease=lease)


class RetryOnTheWall(NotebookStore):
    """The instant of the next try is compared by the clock on the wall."""

    def fail(self, item: OutboxItem, /, *, error: str, retry_at: datetime | None) -> None:
        """Take the time on the wall for UTC."""
        wall = None if retry_at is None else retry_at.replace(tzinfo=UTC)
        super().fail(item, error=error, retry_at=wall)


class LongLeases(NotebookStore):
    """A lease may be as long as anybody wants."""

    def claim(
        self, *, as_of: date, now: datetime, lease: timedelta, limit: int = 100
    ) -> list[OutboxItem]:
        """Shorten it in silence."""
        return super().claim(as_of=as_of, now=now, lease=min(lease, timedelta(1)), limit=limit)


class LongExtensions(NotebookStore):
    """A lease may be extended as long as anybody wants."""

    def extend(self, *items: OutboxItem, now: datetime, lease: timedelta) -> list[OutboxItem]:
        """Shorten it in silence."""
        return super().extend(*items, now=now, lease=min(lease, timedelta(1)))


class NoExtensionOfADay(NotebookStore):
    """A lease can't be extended by a whole day."""

    def extend(self, *items: OutboxItem, now: datetime, lease: timedelta) -> list[OutboxItem]:
        """Refuse a day too."""
        if lease == timedelta(1):
            raise ValueError("too long")
        return super().extend(*items, now=now, lease=lease)


class AnyZone(NotebookStore):
    """An instant without a time zone counts as UTC."""

    def claim(
        self, *, as_of: date, now: datetime, lease: timedelta, limit: int = 100
    ) -> list[OutboxItem]:
        """Put the zone there."""
        instant = now.replace(tzinfo=now.tzinfo or UTC)
        return super().claim(as_of=as_of, now=instant, lease=lease, limit=limit)


class AttemptsNotCounted(NotebookStore):
    """A claim counts no attempt; only failures do."""

    def claimed(self, item: OutboxItem, until: datetime) -> OutboxItem:
        """Write down the lease."""
        return evolve(item, leased_until=until)

    def fail(self, item: OutboxItem, /, *, error: str, retry_at: datetime | None) -> None:
        """Count the failure."""
        super().fail(item, error=error, retry_at=retry_at)
        stored = self.current(item)
        if stored is not None:
            self.put(evolve(stored, attempts=stored.attempts + 1))


class ClaimGivesOldItems(NotebookStore):
    """A claim returns the items as they were before."""

    def claim(
        self, *, as_of: date, now: datetime, lease: timedelta, limit: int = 100
    ) -> list[OutboxItem]:
        """Read them first."""
        before = {item.event.id: item for item in self.items()}
        claimed = super().claim(as_of=as_of, now=now, lease=lease, limit=limit)
        return [before[item.event.id] for item in claimed]


class ClaimsByDate(NotebookStore):
    """A claim takes the oldest events first, however often they were tried."""

    def turn(self, item: OutboxItem) -> tuple[int, date, str]:
        """Leave the attempts out."""
        return (0, *day_and_id(item))


class ClaimsById(NotebookStore):
    """A claim takes events that were tried equally often by id."""

    def turn(self, item: OutboxItem) -> tuple[int, date, str]:
        """Leave the date out."""
        return (item.attempts, date.min, item.event.id)


class ClaimsTheLatest(NotebookStore):
    """A claim takes the latest day first."""

    def turn(self, item: OutboxItem) -> tuple[int, date, str]:
        """Count the days down."""
        day, event_id = day_and_id(item)
        return (
            item.attempts,
            date.fromordinal(date.max.toordinal() - day.toordinal() + 1),
            event_id,
        )


class ClaimsBeforeTheDay(NotebookStore):
    """A claim takes events before their day."""

    def claim(
        self, *, as_of: date, now: datetime, lease: timedelta, limit: int = 100
    ) -> list[OutboxItem]:
        """Use a later date."""
        late = max(as_of, date(9999, 1, 1))
        return super().claim(as_of=late, now=now, lease=lease, limit=limit)


class ClaimsWhatIsForPeople(NotebookStore):
    """Workers claim the events that are left to people."""

    def is_free(self, item: OutboxItem, now: datetime) -> bool:
        """Treat all events as automatic."""
        return super().is_free(evolve(item, event=evolve(item.event, automatic=True)), now)


class GivenUpClaimedAgain(NotebookStore):
    """An event that was given up is claimed again."""

    def is_free(self, item: OutboxItem, now: datetime) -> bool:
        """Ignore that it was given up."""
        return super().is_free(evolve(item, given_up=False), now)


class RetryIgnored(NotebookStore):
    """An event that has failed is claimed before its next try."""

    def is_free(self, item: OutboxItem, now: datetime) -> bool:
        """Ignore the instant."""
        return super().is_free(evolve(item, retry_at=None), now)


class RetryIsTooLate(NotebookStore):
    """An event that has failed is claimed only after the instant of its next try."""

    def is_free(self, item: OutboxItem, now: datetime) -> bool:
        """Exclude the instant itself."""
        return item.retry_at != now and super().is_free(item, now)


class FailureKeepsTheLease(NotebookStore):
    """An event that has failed stays claimed until the lease ends."""

    def fail(self, item: OutboxItem, /, *, error: str, retry_at: datetime | None) -> None:
        """Keep the lease."""
        before = self.current(item)
        super().fail(item, error=error, retry_at=retry_at)
        stored = self.current(item)
        if before is not None and stored is not None:
            self.put(evolve(stored, leased_until=before.leased_until))


class FailureWithoutText(NotebookStore):
    """The text of a failure isn't kept."""

    def fail(self, item: OutboxItem, /, *, error: str, retry_at: datetime | None) -> None:
        """Drop the text."""
        super().fail(item, error=error[:0], retry_at=retry_at)


class FirstFailureCounts(NotebookStore):
    """The text of a later failure is lost."""

    def fail(self, item: OutboxItem, /, *, error: str, retry_at: datetime | None) -> None:
        """Keep the first text."""
        stored = self.current(item)
        first = None if stored is None else stored.last_error
        super().fail(item, error=first or error, retry_at=retry_at)


class NeverGivenUp(NotebookStore):
    """A failure without a next try is tried again at once."""

    def fail(self, item: OutboxItem, /, *, error: str, retry_at: datetime | None) -> None:
        """Keep the event for workers."""
        super().fail(item, error=error, retry_at=retry_at)
        stored = self.current(item)
        if stored is not None:
            self.put(evolve(stored, given_up=False))


class FailsForOthers(NotebookStore):
    """A failure ends the claim of another worker, or that of another day."""

    def fail(self, item: OutboxItem, /, *, error: str, retry_at: datetime | None) -> None:
        """Take what is stored for the item."""
        super().fail(self.get_event(item.event.id) or item, error=error, retry_at=retry_at)


class FailsOnAnotherDay(NotebookStore):
    """A failure ends the claim of an event that was moved since."""

    def fail(self, item: OutboxItem, /, *, error: str, retry_at: datetime | None) -> None:
        """Compare the attempts only."""
        stored = self.get_event(item.event.id)
        given = item if stored is None else evolve(item, event=stored.event)
        super().fail(given, error=error, retry_at=retry_at)


class FailsWhatIsGone(NotebookStore):
    """A failure puts an event back that is no longer pending."""

    def fail(self, item: OutboxItem, /, *, error: str, retry_at: datetime | None) -> None:
        """Write the item into an empty slot."""
        super().fail(item, error=error, retry_at=retry_at)
        if item.event.slot not in self.slots:
            self.put(evolve(item, last_error=error))


class ReleasesForOthers(NotebookStore):
    """Releasing an item ends the claim of another worker."""

    def release(self, *items: OutboxItem) -> None:
        """Take what is stored for the items."""
        super().release(*(self.get_event(item.event.id) or item for item in items))


class ReleaseKeepsTheAttempt(NotebookStore):
    """A released event counts as tried."""

    def released(self, item: OutboxItem) -> OutboxItem:
        """Keep the attempts."""
        return evolve(super().released(item), attempts=item.attempts)


class ReleaseForgetsAttempts(NotebookStore):
    """A released event counts as never tried."""

    def released(self, item: OutboxItem) -> OutboxItem:
        """Take all attempts off."""
        return evolve(super().released(item), attempts=0)


class ReleaseBelowZero(NotebookStore):
    """Releasing an event that nobody has claimed is an error."""

    def released(self, item: OutboxItem) -> OutboxItem:
        """Take one attempt off in any case."""
        return evolve(super().released(item), attempts=item.attempts - 1)


class ReleaseKeepsTheLease(NotebookStore):
    """A released event stays claimed."""

    def released(self, item: OutboxItem) -> OutboxItem:
        """Keep the lease."""
        return evolve(super().released(item), leased_until=item.leased_until)


class ReleaseKeepsTheRetry(NotebookStore):
    """A released event waits for its next try."""

    def released(self, item: OutboxItem) -> OutboxItem:
        """Keep the instant."""
        return evolve(super().released(item), retry_at=item.retry_at)


class ReleaseKeepsGivingUp(NotebookStore):
    """A released event stays given up."""

    def released(self, item: OutboxItem) -> OutboxItem:
        """Keep the state."""
        return evolve(super().released(item), given_up=item.given_up)


class ReleaseForgetsTheError(NotebookStore):
    """A released event loses the text of its failure."""

    def released(self, item: OutboxItem) -> OutboxItem:
        """Drop the text."""
        return evolve(super().released(item), last_error=None)


class ExtendsForOthers(NotebookStore):
    """A worker may extend the claim of another."""

    def extend(self, *items: OutboxItem, now: datetime, lease: timedelta) -> list[OutboxItem]:
        """Take what is stored for the items."""
        stored = [self.get_event(item.event.id) or item for item in items]
        return super().extend(*stored, now=now, lease=lease)


class ExtendsWhatIsFree(NotebookStore):
    """Extending an event that nobody has claimed claims it."""

    def extend(self, *items: OutboxItem, now: datetime, lease: timedelta) -> list[OutboxItem]:
        """Claim it."""
        for item in items:
            stored = self.current(item)
            if stored is not None and stored.leased_until is None:
                self.put(evolve(stored, leased_until=now))
        return super().extend(*items, now=now, lease=lease)


class ExtendsWhatIsRunning(NotebookStore):
    """A lease that is over can't be extended, although nobody else has claimed the event."""

    def extend(self, *items: OutboxItem, now: datetime, lease: timedelta) -> list[OutboxItem]:
        """Leave such items out."""
        running = [item for item in items if item.leased_until and item.leased_until > now]
        return super().extend(*running, now=now, lease=lease)


class ExtendReturnsEverything(NotebookStore):
    """`extend` returns all items, whether or not it extended them."""

    def extend(self, *items: OutboxItem, now: datetime, lease: timedelta) -> list[OutboxItem]:
        """Return the items given."""
        super().extend(*items, now=now, lease=lease)
        return list(items)


class ExtendIsAnAttempt(NotebookStore):
    """Extending a claim counts as an attempt."""

    def extend(self, *items: OutboxItem, now: datetime, lease: timedelta) -> list[OutboxItem]:
        """Count it."""
        longer = super().extend(*items, now=now, lease=lease)
        return [self.put(evolve(item, attempts=item.attempts + 1)) for item in longer]


class ClosesWhatMoved(NotebookStore):
    """An item closes its event although the event has another day by now."""

    def acknowledge(self, *items: OutboxItem | str) -> None:
        """Close by id."""
        super().acknowledge(*(it if isinstance(it, str) else it.event.id for it in items))


class DismissesWhatMoved(NotebookStore):
    """An item dismisses its event although the event has another day by now."""

    def dismiss(self, *items: OutboxItem | str) -> None:
        """Close by id."""
        super().dismiss(*(it if isinstance(it, str) else it.event.id for it in items))


class ClosesForTheHolderOnly(NotebookStore):
    """What was done isn't closed if another worker has claimed it meanwhile."""

    def acknowledge(self, *items: OutboxItem | str) -> None:
        """Leave out what isn't current."""
        super().acknowledge(*(it for it in items if isinstance(it, str) or self.current(it)))


class ClosesNoIds(NotebookStore):
    """Only items can be closed."""

    def acknowledge(self, *items: OutboxItem | str) -> None:
        """Ignore ids."""
        super().acknowledge(*(item for item in items if not isinstance(item, str)))


class AcknowledgedComesBack(NotebookStore):
    """Acknowledging does nothing."""

    def acknowledge(self, *items: OutboxItem | str) -> None:
        """Close nothing."""


class ClosedCanBeRead(NotebookStore):
    """`get_event` also returns events that are closed."""

    def get_event(self, event_id: str, /) -> OutboxItem | None:
        """Look at all slots."""
        every = (note.item for note in self.slots.values())
        return next((item for item in every if item.event.id == event_id), None)


class ReadAsIfNew(NotebookStore):
    """`get_event` returns an item that says nothing about claims."""

    def current(self, item: OutboxItem) -> OutboxItem | None:
        """Read what is stored."""
        stored = super().get_event(item.event.id)
        is_current = stored is not None and item.attempts == stored.attempts
        return stored if is_current and stored and self.is_same(item, stored) else None

    def get_event(self, event_id: str, /) -> OutboxItem | None:
        """Return the event only."""
        item = super().get_event(event_id)
        return None if item is None else OutboxItem(item.event)


class _Reading(NotebookStore):
    """`pending` with some arguments changed, or some items left out."""

    def asked(self, asked: dict[str, Any]) -> dict[str, Any]:
        """The arguments that count."""
        return asked

    def shown(self, item: OutboxItem) -> bool:  # noqa: ARG002 - subclasses look at it
        """Whether an item is shown."""
        return True

    def page(self, asked: dict[str, Any]) -> list[OutboxItem]:
        """Read with the arguments that count."""
        return [item for item in super().pending(**self.asked(asked)) if self.shown(item)]

    def pending(self, **asked: Any) -> list[OutboxItem]:  # noqa: ANN401 - keywords of `pending`
        """Pass the arguments on as one."""
        return self.page(asked)


class EverythingIsDue(_Reading):
    """`pending` returns events before their day."""

    def asked(self, asked: dict[str, Any]) -> dict[str, Any]:
        """Use a later date."""
        return asked | {"as_of": max(asked["as_of"], date(9999, 1, 1))}


class EventPagesOverlap(_Reading):
    """The last event of a page is on the next page too."""

    def page(self, asked: dict[str, Any]) -> list[OutboxItem]:
        """Begin the page too early."""
        after, limit = asked.get("after"), asked.get("limit", 100)
        if after is not None:
            asked["after"] = evolve(after, event=evolve(after.event, id="0"))
        page = super().page(asked)
        return page if len(page) == limit else []


class PageAfterWhatIsGone(_Reading):
    """If the last item of a page is closed, the next page begins from the start."""

    def asked(self, asked: dict[str, Any]) -> dict[str, Any]:
        """Look for the item."""
        after = asked.get("after")
        is_there = after is not None and self.get_event(after.event.id) is not None
        return asked | {"after": after if is_there else None}


class PendingHidesLeased(_Reading):
    """Events that are claimed aren't pending."""

    def shown(self, item: OutboxItem) -> bool:
        """Hide leased items."""
        return item.leased_until is None


class PendingHidesFailed(_Reading):
    """Events that wait for their next try aren't pending."""

    def shown(self, item: OutboxItem) -> bool:
        """Hide what waits."""
        return item.retry_at is None


class PendingHidesGivenUp(_Reading):
    """Events that were given up aren't pending unless asked for."""

    def asked(self, asked: dict[str, Any]) -> dict[str, Any]:
        """Treat None as False."""
        return asked | {"given_up": bool(asked.get("given_up"))}


class PendingOfAllOrders(_Reading):
    """`order_id` selects nothing."""

    def asked(self, asked: dict[str, Any]) -> dict[str, Any]:
        """Ignore it."""
        return asked | {"order_id": None}


class PendingOfAllTriggers(_Reading):
    """`trigger` selects nothing if the order is given too."""

    def asked(self, asked: dict[str, Any]) -> dict[str, Any]:
        """Ignore it."""
        return asked | {"trigger": None} if asked.get("order_id") else asked


class PendingForAnybody(_Reading):
    """`automatic` tells nothing apart."""

    def asked(self, asked: dict[str, Any]) -> dict[str, Any]:
        """Ignore it."""
        return asked | {"automatic": None}


class LimitBeforeSelection(_Reading):
    """The limit counts events that aren't selected."""

    def page(self, asked: dict[str, Any]) -> list[OutboxItem]:
        """Select after reading a page."""
        trigger = asked.pop("trigger", None)
        page = super().page(asked)
        return [item for item in page if trigger in {None, item.event.trigger}]


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


class StageOfTheOrder(NotebookStore):
    """A query by stage asks the version that the order is pinned to."""

    def find(self, query: OrderQuery, /) -> list[ProductionOrder]:
        """Ask each order for itself."""
        page = evolve(query, workflow_stage=OrderQuery().workflow_stage, limit=None)
        orders = super().find(page)
        found = [order for order in orders if query.matches(order)]
        return found[: query.limit]


class StageOfTheNewestThatIsUsed(NotebookStore):
    """A query by stage asks the newest version that an order is pinned to."""

    def find(self, query: OrderQuery, /) -> list[ProductionOrder]:
        """Pass no cycles."""
        return query.select(self.orders.values())


class NoStageOnceAStatusIsGone(NotebookStore):
    """Orders in a status that the newest version no longer has are in no stage."""

    def find(self, query: OrderQuery, /) -> list[ProductionOrder]:
        """Drop these orders from queries for a stage."""
        newest = {cycle.order_type: cycle for cycle in self.newest()}
        orders = super().find(query)
        if not isinstance(query.workflow_stage, str):
            return orders
        return [order for order in orders if order.status.key in newest[order.order_type]]


class StageOfAnyType(NotebookStore):
    """A query by stage finds orders of every type with a key that has the stage in one."""

    def find(self, query: OrderQuery, /) -> list[ProductionOrder]:
        """Compare keys only."""
        stage = query.workflow_stage
        if not isinstance(stage, str):
            return super().find(query)
        of_stage = {s.key for cycle in self.newest() for s in cycle if s.workflow_stage == stage}
        page = evolve(query, workflow_stage=OrderQuery().workflow_stage)
        return [order for order in super().find(page) if order.status.key in of_stage]


class CycleOverwritten(NotebookStore):
    """A version of a cycle may be overwritten."""

    def is_new(self, cycle: StatusCycle, replaces: int | None) -> bool:  # noqa: ARG002 - the bug
        """Overwrite."""
        return True


class LastEditWins(NotebookStore):
    """Of two edits of one version, the later one is kept too."""

    def is_new(self, cycle: StatusCycle, replaces: int | None) -> bool:  # noqa: ARG002 - the bug
        """Take any edit for one of the newest version, if its number is higher."""
        newest = max(self.versions(cycle.order_type), default=None)
        return super().is_new(cycle, newest)


class FirstEditNeedsNoCare(NotebookStore):
    """An edit that replaces nothing is taken although there are versions."""

    def is_new(self, cycle: StatusCycle, replaces: int | None) -> bool:
        """Check only edits that name a version."""
        newest = max(self.versions(cycle.order_type), default=None)
        return super().is_new(cycle, newest if replaces is None else replaces)


class SameEditIsStale(NotebookStore):
    """An edit that is sent again is refused."""

    def is_new(self, cycle: StatusCycle, replaces: int | None) -> bool:
        """Compare what it replaces before its content."""
        newest = max(self.versions(cycle.order_type), default=None)
        if newest != replaces:
            raise StaleCycleError(cycle.order_type, replaces, newest)
        return super().is_new(cycle, replaces)


class NumberBeforeStaleness(NotebookStore):
    """An edit is refused for its number before it is refused as stale."""

    def is_new(self, cycle: StatusCycle, replaces: int | None) -> bool:
        """Compare the numbers first."""
        versions = self.versions(cycle.order_type)
        if cycle.version not in versions and cycle.version < max(versions, default=0):
            raise ValueError
        if cycle.version in versions and self.cycles[cycle.order_type, cycle.version] != cycle:
            raise ValueError
        return super().is_new(cycle, replaces)


class AnyNumber(NotebookStore):
    """An edit may have a lower number than the newest version."""

    def is_new(self, cycle: StatusCycle, replaces: int | None) -> bool:
        """Ask as if the number were higher, unless the version is known."""
        versions = self.versions(cycle.order_type)
        if cycle.version in versions:
            return super().is_new(cycle, replaces)
        higher = max((cycle.version, *(version + 1 for version in versions)))
        return super().is_new(evolve(cycle, version=higher), replaces)


class KeysUsedAgain(NotebookStore):
    """A deleted key may be used for another status."""

    def is_new(self, cycle: StatusCycle, replaces: int | None) -> bool:
        """Accept it."""
        try:
            return super().is_new(cycle, replaces)
        except KeyReusedError:
            return True


class KeysUsedAgainLater(NotebookStore):
    """A key may be used again once it is gone for two versions."""

    def is_new(self, cycle: StatusCycle, replaces: int | None) -> bool:
        """Look at the last two versions only."""
        try:
            return super().is_new(cycle, replaces)
        except KeyReusedError as error:
            last = self.versions(cycle.order_type)[-2:]
            keys = {status.key for number in last for status in self.cycles["suite", number]}
            if keys.isdisjoint(error.keys):
                return True
            raise


class FirstReusedKeyOnly(NotebookStore):
    """The error names one key of several."""

    def is_new(self, cycle: StatusCycle, replaces: int | None) -> bool:
        """Raise another error."""
        try:
            return super().is_new(cycle, replaces)
        except KeyReusedError as error:
            raise KeyReusedError(error.order_type, error.keys[:1]) from error


class DeletedForGood(NotebookStore):
    """A deleted status never comes back."""

    def is_new(self, cycle: StatusCycle, replaces: int | None) -> bool:
        """Refuse every key that was deleted."""
        new = super().is_new(cycle, replaces)
        replaced = self.cycles.get((cycle.order_type, replaces or 0), cycle)
        back = [s.key for s in cycle if s.key not in replaced]
        if new and set(back) & set(self.keys(cycle.order_type)):
            raise KeyReusedError(cycle.order_type, tuple(back))
        return new


class BackByItsFirstName(NotebookStore):
    """A deleted status comes back by the description that it had first, not last."""

    def is_new(self, cycle: StatusCycle, replaces: int | None) -> bool:
        """Accept the first description too."""
        try:
            return super().is_new(cycle, replaces)
        except KeyReusedError as error:
            first = self.cycles[cycle.order_type, self.versions(cycle.order_type)[0]]
            if all(key in first and first[key] == cycle[key] for key in error.keys):
                return True
            raise


class KeysOfEditsOnly(NotebookStore):
    """Keys that came with orders are not remembered."""

    def keys(self, order_type: str, /) -> tuple[str, ...]:
        """Read the versions that were put."""
        put = [self.cycles[order_type, edit.version] for edit in self.edits(order_type)]
        return tuple(sorted({status.key for cycle in put for status in cycle}))


class KeysOfTheNewest(NotebookStore):
    """Deleted keys are not remembered."""

    def keys(self, order_type: str, /) -> tuple[str, ...]:
        """Read the newest version."""
        newest = self.versions(order_type)[-1:]
        return tuple(sorted(s.key for number in newest for s in self.cycles[order_type, number]))


class EditsWithoutAuthors(NotebookStore):
    """Who made an edit is not kept."""

    def edits(self, order_type: str, /) -> tuple[Edit, ...]:
        """Leave the authors out."""
        return tuple(evolve(edit, by=None) for edit in super().edits(order_type))


class EditsInUtc(NotebookStore):
    """The instant of an edit loses its offset."""

    def edits(self, order_type: str, /) -> tuple[Edit, ...]:
        """Convert the instants to UTC."""
        return tuple(
            edit if edit.at is None else evolve(edit, at=edit.at.astimezone(UTC))
            for edit in super().edits(order_type)
        )


class EditsOfOrders(NotebookStore):
    """A version that came with an order counts as an edit."""

    def edits(self, order_type: str, /) -> tuple[Edit, ...]:
        """Make up what is missing."""
        edits = {edit.version: edit for edit in super().edits(order_type)}
        return tuple(
            edits.get(version, Edit(version, None, None, None))
            for version in self.versions(order_type)
        )


class LastAuthorWins(NotebookStore):
    """An edit that is sent again is noted again."""

    def put_cycle(
        self,
        cycle: StatusCycle,
        /,
        *,
        replaces: int | None,
        by: str | None = None,
        at: datetime | None = None,
    ) -> None:
        """Replace the note."""
        super().put_cycle(cycle, replaces=replaces, by=by, at=at)
        edit = Edit(cycle.version, replaces, by, at)
        self.edited = tuple(
            (kind, edit if (kind, old.version) == (cycle.order_type, edit.version) else old)
            for kind, old in self.edited
        )


class PutBindsOnceSaved(NotebookStore):
    """Putting the version that an order brought counts as an edit for later saves."""

    def put_cycle(
        self,
        cycle: StatusCycle,
        /,
        *,
        replaces: int | None,
        by: str | None = None,
        at: datetime | None = None,
    ) -> None:
        """Note every edit."""
        super().put_cycle(cycle, replaces=replaces, by=by, at=at)
        if (cycle.order_type, cycle.version) not in {(k, e.version) for k, e in self.edited}:
            edit = Edit(cycle.version, replaces, by, at)
            self.edited = (*self.edited, (cycle.order_type, edit))


class SavesBringAnyVersion(NotebookStore):
    """A save may bring a version that is higher than the newest edit."""

    def new_cycles(self, changes: tuple[Change, ...]) -> tuple[StatusCycle, ...]:
        """Ask as if nothing were put."""
        return check_cycles([change.order.cycle for change in changes], self.cycles, {})


class SavesBringNoVersion(NotebookStore):
    """Once an edit was put, a save may bring no version at all."""

    def new_cycles(self, changes: tuple[Change, ...]) -> tuple[StatusCycle, ...]:
        """Refuse lower versions too."""
        new = super().new_cycles(changes)
        for cycle in new:
            if self.edits(cycle.order_type):
                raise StaleCycleError(cycle.order_type, cycle.version, None)
        return new


class OneTypeBindsAll(NotebookStore):
    """An edit of one type keeps saves from bringing versions of another."""

    def new_cycles(self, changes: tuple[Change, ...]) -> tuple[StatusCycle, ...]:
        """Compare with the newest edit of any type."""
        highest = max((edit.version for _, edit in self.edited), default=None)
        new = super().new_cycles(changes)
        for cycle in new:
            if highest is not None and cycle.version > highest:
                raise StaleCycleError(cycle.order_type, cycle.version, highest)
        return new


class HighestBroughtBinds(NotebookStore):
    """A save may bring no version above the highest one, even while nothing was put."""

    def new_cycles(self, changes: tuple[Change, ...]) -> tuple[StatusCycle, ...]:
        """Compare with the highest version of any kind."""
        new = super().new_cycles(changes)
        for cycle in new:
            highest = max(self.versions(cycle.order_type), default=cycle.version)
            if cycle.version > highest:
                raise StaleCycleError(cycle.order_type, cycle.version, highest)
        return new


class CyclesBeforeTheSave(NotebookStore):
    """The versions of a refused save are kept."""

    def save(self, *changes: Change) -> None:
        """Keep every version first."""
        for change in changes:
            cycle = change.order.cycle
            self.cycles.setdefault((cycle.order_type, cycle.version), cycle)
        super().save(*changes)


class NewestIsTheLastSaved(NotebookStore):
    """The newest version is the one that was saved last, not the highest."""

    def newest(self) -> tuple[StatusCycle, ...]:
        """Read the cycles in the order in which they came."""
        latest = {order_type: cycle for (order_type, _), cycle in self.cycles.items()}
        return tuple(latest[order_type] for order_type in sorted(latest))


class NewestOfEditsOnly(NotebookStore):
    """`newest` leaves out types that came only with orders."""

    def newest(self) -> tuple[StatusCycle, ...]:
        """Read the types that were put."""
        put = {kind for kind, _ in self.edited}
        return tuple(cycle for cycle in super().newest() if cycle.order_type in put)


class CycleOfOrderNotKept(NotebookStore):
    """A save leaves out the cycles of its orders."""

    def new_cycles(self, changes: tuple[Change, ...]) -> tuple[StatusCycle, ...]:
        """Bring none."""
        return super().new_cycles(changes)[:0]


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


class ClosesAnother(NotebookStore):
    """Closing an event that isn't pending closes another one."""

    def acknowledge(self, *items: OutboxItem | str) -> None:
        """Close the first event instead."""
        for item in items:
            known = self.get_event(item if isinstance(item, str) else item.event.id)
            super().acknowledge(item if known else min(self.items(), key=day_and_id))


class FailsTwiceAndGivesUp(NotebookStore):
    """An event for which no worker has a lease is given up when it fails."""

    def fail(self, item: OutboxItem, /, *, error: str, retry_at: datetime | None) -> None:
        """Give up what has failed already."""
        stored = self.current(item)
        has_failed = stored is not None and stored.retry_at == retry_at
        super().fail(item, error=error, retry_at=None if has_failed else retry_at)


class ExtendsFromTheEnd(NotebookStore):
    """An extension is added to a lease that isn't over."""

    def extend(self, *items: OutboxItem, now: datetime, lease: timedelta) -> list[OutboxItem]:
        """Begin at the end of the lease."""
        extended: list[OutboxItem] = []
        for item in items:
            stored = self.get_event(item.event.id) or item
            begin = max(now, stored.leased_until or now)
            extended += super().extend(item, now=begin, lease=lease)
        return extended


class SettingIsOnce(NotebookStore):
    """After reminders of an order were set, others of the same version are stale."""

    def __init__(self) -> None:
        super().__init__()
        self.set_for: dict[str, int] = {}

    def set_reminders(self, *reminders: Reminders) -> None:
        """Remember the versions."""
        conflicts = {
            each.order_id: (each.version, each.version)
            for each in reminders
            if self.set_for.get(each.order_id) == each.version
        }
        if conflicts:
            raise StaleOrdersError(conflicts)
        super().set_reminders(*reminders)
        self.set_for |= {each.order_id: each.version for each in reminders}


class ErasedIdIsFree(NotebookStore):
    """An order can be opened again after it was erased."""

    def erase(self, order_id: str, /) -> None:
        """Keep no id."""
        super().erase(order_id)
        self.erased = set()


class ErasingHides(NotebookStore):
    """An erased order is only left out where it's asked for by its id."""

    def erase(self, order_id: str, /) -> None:
        """Keep everything but the entries of commands."""
        self.erased.add(order_id)

    def get(self, order_id: str, /) -> ProductionOrder:
        """Refuse the ids of erased orders."""
        if order_id in self.erased:
            raise OrderNotFoundError(order_id)
        return super().get(order_id)


class ErasedCanBeCounted(NotebookStore):
    """The facts of an erased order are still counted."""

    def __init__(self) -> None:
        super().__init__()
        self.gone: list[ProductionOrder] = []

    def erase(self, order_id: str, /) -> None:
        """Keep the order apart."""
        self.gone += self.load([order_id]).values()
        super().erase(order_id)

    def count(self, query: OrderQuery, /, *, by: str | tuple[str, str] | None = None) -> Any:  # noqa: ANN401 - as in the notebook
        """Count erased orders too."""
        every = [*self.orders.values(), *self.gone]
        return query.count(every, by=by, cycles=self.cycles.values())


class ErasingLeavesTheHistory(NotebookStore):
    """The history of an erased order can still be read."""

    def __init__(self) -> None:
        super().__init__()
        self.gone: dict[str, tuple[HistoryEntry, ...]] = {}

    def erase(self, order_id: str, /) -> None:
        """Keep the history."""
        if order_id in self.orders:
            self.gone[order_id] = self.history(order_id)
        super().erase(order_id)

    def history(
        self, order_id: str, /, *, after: int = 0, limit: int | None = None
    ) -> tuple[HistoryEntry, ...]:
        """Read what was kept."""
        if order_id in self.gone:
            return self.gone[order_id]
        return super().history(order_id, after=after, limit=limit)


class ErasingLeavesEvents(NotebookStore):
    """The pending events of an erased order are still delivered."""

    def erase(self, order_id: str, /) -> None:
        """Keep the slots."""
        before = self.slots
        super().erase(order_id)
        self.slots = before


class ErasingClosesEvents(NotebookStore):
    """The slots of an erased order are closed, not deleted."""

    def erase(self, order_id: str, /) -> None:
        """Close what is pending."""
        closed = {slot: Note(it.item, closed=True) for slot, it in self.slots.items()}
        of_order = {slot: note for slot, note in closed.items() if slot[0] == order_id}
        super().erase(order_id)
        self.slots |= of_order

    def going_on(self, order_id: str) -> set[int]:
        """No visit, if the order is erased."""
        return super().going_on(order_id) if order_id in self.orders else set()


class ErasingTakesParts(NotebookStore):
    """The parts of an erased order are erased too."""

    def erase(self, order_id: str, /) -> None:
        """Erase the whole family."""
        for part in [it.id for it in self.orders.values() if it.split_from == order_id]:
            super().erase(part)
        super().erase(order_id)


class ErasingTakesAllCommands(NotebookStore):
    """The commands of an erased order are deleted, also if they saved other orders."""

    def erase(self, order_id: str, /) -> None:
        """Delete every command that names the order."""
        self.commands_done = {
            command_id: command
            for command_id, command in self.commands_done.items()
            if order_id not in {entry.order_id for entry in command.entries}
        }
        super().erase(order_id)


class ErasedCommandIsDoneAgain(NotebookStore):
    """A command whose entries are all erased is forgotten."""

    def erase(self, order_id: str, /) -> None:
        """Delete what is empty."""
        super().erase(order_id)
        self.commands_done = {key: it for key, it in self.commands_done.items() if it.entries}


class ErasedCommandIsReused(NotebookStore):
    """A repetition of a command is refused if a part of it was erased."""

    def is_repeated(self, changes: tuple[Change, ...]) -> bool:
        """Compare with all entries."""
        command_id = changes[0].entry.command_id if changes else None
        done = () if command_id is None else self.entries_of(command_id)
        if command_id is not None and done and not repeats([it.entry for it in changes], done):
            raise CommandReusedError(command_id, done)
        return super().is_repeated(changes)


class ErasedInPartIsAnything(NotebookStore):
    """If a part of a command was erased, any save is taken for its repetition."""

    def is_repeated(self, changes: tuple[Change, ...]) -> bool:
        """Compare only commands that name no erased order."""
        command_id = changes[0].entry.command_id if changes else None
        is_known = command_id is not None and self.entries_of(command_id) != ()
        return (is_known and bool(self.erased)) or super().is_repeated(changes)


class ErasingTakesUnknownIds(NotebookStore):
    """An id that no order had is taken once it was erased."""

    def erase(self, order_id: str, /) -> None:
        """Remember every id."""
        super().erase(order_id)
        self.erased.add(order_id)


class ErasingTwiceIsAnError(NotebookStore):
    """An order can be erased only once."""

    def erase(self, order_id: str, /) -> None:
        """Look the order up first."""
        self.get(order_id)
        super().erase(order_id)


class FailingBringsBack(NotebookStore):
    """A worker who fails puts an erased event back."""

    def fail(self, item: OutboxItem, /, *, error: str, retry_at: datetime | None) -> None:
        """Write the item, whatever is stored."""
        if item.event.order_id in self.erased:
            self.put(evolve(item, last_error=error, retry_at=retry_at))
        else:
            super().fail(item, error=error, retry_at=retry_at)


class FirstConflictsOnly(NotebookStore):
    """A refused save names erased ids only if nothing else is refused."""

    def check_versions(self, changes: tuple[Change, ...]) -> None:
        """Check the versions first."""
        check_next(changes, {order.id: order.version for order in self.orders.values()})
        super().check_versions(changes)


class ErasedReadsAsVersionZero(NotebookStore):
    """A change of an erased order is saved, as if the order began again."""

    def check_versions(self, changes: tuple[Change, ...]) -> None:
        """Check no change of an erased order."""
        super().check_versions(tuple(it for it in changes if it.order.id not in self.erased))


class CommandsKeptForEver(NotebookStore):
    """`forget_commands` counts and deletes nothing."""

    def forget_commands(self, *, before: date) -> int:
        """Count."""
        return len([it for it in self.commands_done.values() if it.day < before])


class ForgetsCommandsOfTheDay(NotebookStore):
    """`forget_commands` also deletes the commands of the day itself."""

    def forget_commands(self, *, before: date) -> int:
        """Take one day more."""
        return super().forget_commands(before=min(before, date(9999, 12, 30)) + timedelta(1))


class ForgetsByTheFirstEntry(NotebookStore):
    """A command is as old as its earliest entry."""

    def forget_commands(self, *, before: date) -> int:
        """Take the earliest day."""
        self.commands_done = {
            key: evolve(command, day=min(entry.at.date() for entry in command.entries))
            for key, command in self.commands_done.items()
        }
        return super().forget_commands(before=before)


class ForgetsInUtc(NotebookStore):
    """A command is of the day that it was in UTC."""

    def note_command(self, entry: HistoryEntry) -> None:
        """Take the day in UTC."""
        super().note_command(evolve(entry, at=entry.at.astimezone(UTC)))


class ForgetsTheEntries(NotebookStore):
    """`forget_commands` deletes the histories of the commands too."""

    def forget_commands(self, *, before: date) -> int:
        """Keep only entries without a command."""
        self.entries = tuple(entry for entry in self.entries if entry.command_id is None)
        return super().forget_commands(before=before)


class ForgetsNoErasedCommands(NotebookStore):
    """A command whose entries are erased stays for ever."""

    def forget_commands(self, *, before: date) -> int:
        """Keep those that are empty."""
        kept = {key: it for key, it in self.commands_done.items() if not it.entries}
        self.commands_done = {key: it for key, it in self.commands_done.items() if it.entries}
        number = super().forget_commands(before=before)
        self.commands_done |= kept
        return number


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
    VoidsEarlierVisitsOnly: "test_a_return_voids_the_reminders_of_the_hold",
    VoidsForNewVisitsOnly: "test_a_return_voids_the_reminders_of_the_hold",
    VoidsByTheLastChange: "test_a_return_brings_the_reminders_of_the_visit_back",
    ReminderOfAnotherVisit: "test_a_reminder_of_another_visit_is_void_at_once",
    VoidsOnceASave: "test_a_hold_and_a_return_in_one_save_are_the_same",
    CancelledStillReminds: "test_cancelling_voids_every_dated_event",
    CancelledRemindsOfNothing: "test_cancelling_voids_every_dated_event",
    CancelledIsWrittenTo: "test_a_cancelled_order_gets_no_reminder_of_an_earlier_visit",
    AmendedFillsWhatIsClosed: "test_a_closed_order_gets_no_delivery_reminder",
    ClosedStillDelivers: "test_cancelling_ends_the_delivery_reminder",
    DeliveryIsOfTheVisit: "test_a_delivery_reminder_is_for_the_whole_time_that_an_order_is_open",
    ImmediateByVisit: "test_each_return_is_an_occasion",
    OncePerVisit: "test_a_reminder_once_per_order_has_one_slot",
    ConditionNeverEnds: "test_amending_brings_and_takes_the_reminders_of_a_condition",
    UndoVoidsNothing: "test_undoing_voids_the_reminders_of_the_visit_undone",
    UndoKeepsWhatWasSaid: "test_what_an_undone_change_said_is_never_sent",
    UndoBySequenceOnly: "test_undoing_a_visit_takes_what_an_amendment_moved",
    UndoByVisitOnly: "test_what_an_undone_change_said_is_never_sent",
    UndoWithdrawsDelivery: "test_undoing_a_visit_leaves_the_delivery_reminder",
    UndoWithdrawsFirst: "test_what_an_undo_gives_again_for_the_same_day_keeps_its_lease",
    UndoOpensWhatWasSent: "test_what_was_sent_stays_sent",
    UndoGivesNothingBack: "test_undoing_a_cancellation_gives_the_reminders_back",
    UndoIsQuiet: "test_an_undo_brings_events_for_days_that_are_over",
    OpeningIsQuiet: "test_an_opening_brings_events_for_days_that_are_over",
    StatusChangeIsQuiet: "test_a_status_change_brings_events_for_days_that_are_over",
    AmendedFillsPastDays: "test_an_amendment_brings_nothing_for_days_that_are_over",
    MigratedFillsPastDays: "test_a_migration_brings_nothing_for_days_that_are_over",
    PartsFillPastDays: "test_a_part_brings_nothing_for_days_that_are_over",
    PastDaysInUtc: "test_the_day_of_an_amendment_is_that_on_its_own_clock",
    TheDayItselfIsOver: "test_an_amendment_brings_nothing_for_days_that_are_over",
    PastDaysMoveNothing: "test_an_amendment_moves_a_reminder_to_a_day_that_is_over",
    RandomEventIds: "test_an_event_is_saved_with_its_change",
    EventIdInTwoSlots: "test_an_event_id_belongs_to_one_slot",
    NewIdInAFilledSlot: "test_a_slot_keeps_its_first_id",
    ReminderAddedNotMoved: "test_a_rescheduled_reminder_keeps_its_id",
    NewDayKeepsLease: "test_another_day_begins_anew",
    NewDayKeepsAttempts: "test_another_day_begins_anew",
    NewDayKeepsError: "test_another_day_begins_anew",
    NewDayKeepsRetry: "test_what_has_another_day_can_be_claimed",
    NewDayKeepsGivingUp: "test_what_has_another_day_can_be_claimed",
    SameDayLosesLease: "test_the_same_day_keeps_what_workers_did",
    SameDayBeginsAnew: "test_the_same_day_keeps_what_workers_did",
    SameDayKeepsTheText: "test_the_same_day_keeps_what_workers_did",
    NeverWithdrawn: "test_a_withdrawn_reminder_never_comes_out",
    ClosedOpensAgain: "test_a_closed_slot_stays_closed",
    WithdrawingForgets: "test_a_closed_slot_cannot_be_withdrawn",
    SettingEndsLeases: "test_the_reminders_of_the_flow_are_there_already",
    SettingFillsPastDays: "test_no_empty_slot_is_filled_for_a_day_that_is_over",
    SettingEmptiesPastDays: "test_a_pending_reminder_stays_when_its_day_is_over",
    SettingOnlyAdds: "test_a_deleted_trigger_has_no_reminders",
    SettingOnlyRemoves: "test_a_new_trigger_has_its_reminder",
    SettingEmptiesAllVisits: "test_reminders_that_outlive_an_earlier_visit_are_left_alone",
    SettingEmptiesImmediateEvents: "test_immediate_events_are_left_alone",
    SettingForgetsDelivery: "test_the_reminder_of_the_delivery_date_is_concerned",
    SettingGoesByNumbers: "test_a_reminder_once_per_order_belongs_to_its_visit",
    SettingByHalves: "test_stale_reminders_are_refused_all_together",
    SettingNamesOneOrder: "test_stale_reminders_are_refused_all_together",
    SettingForgetsUnknownOrders: "test_stale_reminders_are_refused_all_together",
    SettingIsNeverStale: "test_stale_reminders_are_refused_all_together",
    SettingTwice: "test_an_order_comes_once",
    SettingIsForAll: "test_other_orders_are_left_alone",
    ForgetsTooMuch: "test_forgetting_opens_nothing_again",
    ForgetsThePausedVisit: "test_what_was_done_before_a_hold_is_not_done_again",
    ForgetsOncePerOrder: "test_forgetting_keeps_what_comes_once_per_order",
    ForgetsTheDayItself: "test_forgetting_says_how_many",
    ForgetsByVisit: "test_forgetting_goes_by_the_numbers_of_slots",
    ForgetsWhatIsPending: "test_forgetting_leaves_pending_events",
    HistoryWithoutWhatWasUndone: "test_what_was_undone_stays_in_the_history",
    UndoneIsNotMoved: "test_a_migration_can_be_undone",
    HoldForgetsTheVisit: "test_a_paused_visit_comes_back",
    VoidSlotClosedByWorker: "test_a_voided_slot_leaves_no_trace",
    LeaseIgnored: "test_a_claimed_event_is_not_claimed_before_its_lease_is_over",
    LeaseNeverEnds: "test_a_claimed_event_is_not_claimed_before_its_lease_is_over",
    LeaseOnTheWall: "test_a_lease_runs_on_when_the_clocks_are_put_back",
    LeaseComparedOnTheWall: "test_a_lease_lasts_when_the_clocks_are_put_forward",
    ExtendedOnTheWall: "test_a_lease_lasts_when_the_clocks_are_put_forward",
    RetryOnTheWall: "test_a_lease_lasts_when_the_clocks_are_put_forward",
    LongLeases: "test_a_lease_is_at_most_one_day",
    LongExtensions: "test_a_lease_is_at_most_one_day",
    NoExtensionOfADay: "test_a_lease_is_at_most_one_day",
    AnyZone: "test_an_instant_has_a_time_zone",
    AttemptsNotCounted: "test_an_event_whose_worker_dies_keeps_nobody_waiting",
    ClaimGivesOldItems: "test_a_claim_counts_as_an_attempt",
    ClaimsByDate: "test_an_event_that_always_fails_keeps_nobody_waiting",
    ClaimsById: "test_what_was_tried_least_comes_first",
    ClaimsTheLatest: "test_what_was_tried_least_comes_first",
    ClaimsBeforeTheDay: "test_a_claim_takes_what_is_due",
    ClaimsWhatIsForPeople: "test_a_claim_takes_automatic_events_only",
    GivenUpClaimedAgain: "test_what_was_given_up_is_not_claimed",
    RetryIgnored: "test_a_failed_event_waits_for_its_next_try",
    RetryIsTooLate: "test_a_failed_event_waits_for_its_next_try",
    FailureKeepsTheLease: "test_a_failed_event_is_no_longer_leased",
    FailureWithoutText: "test_a_failed_event_waits_for_its_next_try",
    FirstFailureCounts: "test_a_next_failure_replaces_the_last",
    NeverGivenUp: "test_what_was_given_up_is_not_claimed",
    FailsForOthers: "test_what_is_not_current_is_passed_over",
    FailsOnAnotherDay: "test_what_has_another_day_is_passed_over",
    FailsWhatIsGone: "test_what_is_not_pending_is_passed_over",
    ReleasesForOthers: "test_what_is_not_current_is_passed_over",
    ReleaseKeepsTheAttempt: "test_a_released_event_was_not_tried",
    ReleaseForgetsAttempts: "test_a_released_event_keeps_its_other_attempts",
    ReleaseBelowZero: "test_releasing_what_nobody_claimed_is_harmless",
    ReleaseKeepsTheLease: "test_a_released_event_was_not_tried",
    ReleaseKeepsTheRetry: "test_releasing_ends_waiting_and_giving_up",
    ReleaseKeepsGivingUp: "test_releasing_ends_waiting_and_giving_up",
    ReleaseForgetsTheError: "test_releasing_ends_waiting_and_giving_up",
    ExtendsForOthers: "test_only_a_lease_of_ones_own_is_extended",
    ExtendsWhatIsFree: "test_only_a_lease_of_ones_own_is_extended",
    ExtendsWhatIsRunning: "test_a_lease_that_is_over_can_be_extended",
    ExtendReturnsEverything: "test_only_a_lease_of_ones_own_is_extended",
    ExtendIsAnAttempt: "test_a_claim_can_be_extended",
    ClosesWhatMoved: "test_what_has_another_day_is_not_closed_by_its_old_item",
    DismissesWhatMoved: "test_what_has_another_day_is_not_closed_by_its_old_item",
    ClosesForTheHolderOnly: "test_whoever_acted_closes",
    ClosesAnother: "test_closing_again_or_closing_nothing_is_harmless",
    FailsTwiceAndGivesUp: "test_failing_again_is_one_failure",
    ExtendsFromTheEnd: "test_extending_again_makes_no_lease_longer",
    SettingIsOnce: "test_setting_reminders_again_changes_nothing",
    ClosesNoIds: "test_an_acknowledged_event_never_comes_back",
    AcknowledgedComesBack: "test_an_acknowledged_event_never_comes_back",
    ClosedCanBeRead: "test_an_event_that_is_not_pending_is_none",
    ReadAsIfNew: "test_an_event_can_be_read_by_its_id",
    EverythingIsDue: "test_what_is_not_due_does_not_come_out",
    EventPagesOverlap: "test_paging_visits_every_event_once",
    PageAfterWhatIsGone: "test_a_page_follows_an_item_that_is_closed",
    PendingHidesLeased: "test_leased_and_failed_events_are_pending",
    PendingHidesFailed: "test_leased_and_failed_events_are_pending",
    PendingHidesGivenUp: "test_leased_and_failed_events_are_pending",
    PendingOfAllOrders: "test_the_events_of_an_order_can_be_read",
    PendingOfAllTriggers: "test_the_arguments_of_pending_can_be_combined",
    PendingForAnybody: "test_events_for_people_can_be_told_apart",
    LimitBeforeSelection: "test_the_arguments_of_pending_can_be_combined",
    PagesLoseOrdersWithoutDueDate: "test_paging_visits_every_order_once",
    DueByExcludesTheDay: "test_finding_agrees_with_a_filter_over_all_orders",
    NoneFindsEverything: "test_finding_agrees_with_a_filter_over_all_orders",
    StageOfTheOrder: "test_a_stage_is_that_of_the_newest_version",
    StageOfTheNewestThatIsUsed: "test_a_stage_is_that_of_the_newest_version",
    NoStageOnceAStatusIsGone: "test_a_stage_of_a_status_that_is_gone_is_that_of_the_order",
    StageOfAnyType: "test_a_stage_is_that_of_the_same_type",
    CycleOverwritten: "test_of_two_edits_the_first_is_kept",
    LastEditWins: "test_of_two_edits_the_first_is_kept",
    FirstEditNeedsNoCare: "test_the_version_replaced_is_the_newest",
    SameEditIsStale: "test_the_same_edit_again_is_nothing_new",
    NumberBeforeStaleness: "test_a_stale_edit_is_refused_for_that_first",
    AnyNumber: "test_an_edit_has_a_higher_version",
    KeysUsedAgain: "test_a_key_is_not_used_for_another_status",
    KeysUsedAgainLater: "test_a_key_is_not_used_for_another_status",
    FirstReusedKeyOnly: "test_a_key_is_not_used_for_another_status",
    DeletedForGood: "test_a_deleted_status_may_come_back",
    BackByItsFirstName: "test_a_deleted_status_may_come_back",
    KeysOfEditsOnly: "test_every_key_is_remembered",
    KeysOfTheNewest: "test_every_key_is_remembered",
    EditsWithoutAuthors: "test_an_edit_says_who_made_it_and_when",
    EditsInUtc: "test_an_edit_says_who_made_it_and_when",
    EditsOfOrders: "test_a_version_that_an_order_brought_is_no_edit",
    LastAuthorWins: "test_the_same_edit_again_is_nothing_new",
    PutBindsOnceSaved: "test_a_version_that_an_order_brought_is_no_edit",
    SavesBringAnyVersion: "test_after_an_edit_a_save_brings_no_higher_version",
    SavesBringNoVersion: "test_after_an_edit_a_save_brings_no_higher_version",
    OneTypeBindsAll: "test_an_edit_of_one_type_binds_no_other",
    HighestBroughtBinds: "test_until_an_edit_a_save_brings_any_version",
    CyclesBeforeTheSave: "test_after_an_edit_a_save_brings_no_higher_version",
    NewestIsTheLastSaved: "test_the_newest_of_each_type_is_given",
    NewestOfEditsOnly: "test_the_newest_of_each_type_is_given",
    CycleOfOrderNotKept: "test_saving_keeps_the_cycle_of_an_order",
    HistoryOfNobody: "test_an_unknown_order_is_not_found",
    DuplicateIsAnyStale: "test_an_order_is_opened_once",
    ErasedIdIsFree: "test_the_id_of_an_erased_order_stays_taken",
    ErasingHides: "test_an_erased_order_is_unknown",
    ErasedCanBeCounted: "test_an_erased_order_is_unknown",
    ErasingLeavesTheHistory: "test_an_erased_order_is_unknown",
    ErasingLeavesEvents: "test_an_erased_order_has_no_events",
    ErasingClosesEvents: "test_an_erased_order_has_no_closed_slots",
    ErasingTakesParts: "test_other_orders_stay_as_they_are",
    ErasingTakesAllCommands: "test_other_orders_stay_as_they_are",
    ErasedCommandIsDoneAgain: "test_a_command_that_is_erased_does_nothing",
    ErasedCommandIsReused: "test_a_command_that_is_erased_in_part_is_that_of_the_rest",
    ErasedInPartIsAnything: "test_a_command_that_is_erased_in_part_is_that_of_the_rest",
    ErasingTakesUnknownIds: "test_erasing_again_or_what_is_unknown_does_nothing",
    ErasingTwiceIsAnError: "test_erasing_again_or_what_is_unknown_does_nothing",
    FailingBringsBack: "test_what_a_worker_holds_of_an_erased_order_is_passed_over",
    FirstConflictsOnly: "test_a_refused_save_names_erased_orders_too",
    ErasedReadsAsVersionZero: "test_a_change_of_an_erased_order_is_stale",
    CommandsKeptForEver: "test_a_forgotten_command_is_unknown",
    ForgetsCommandsOfTheDay: "test_the_day_of_a_command_is_the_latest_of_its_entries",
    ForgetsByTheFirstEntry: "test_the_day_of_a_command_is_the_latest_of_its_entries",
    ForgetsInUtc: "test_the_day_of_a_command_is_the_latest_of_its_entries",
    ForgetsTheEntries: "test_forgetting_commands_leaves_orders",
    ForgetsNoErasedCommands: "test_erased_commands_are_forgotten_too",
}


@pytest.mark.scaled
@pytest.mark.parametrize(
    ("wrong", "law"), [pytest.param(wrong, law, id=wrong.__name__) for wrong, law in WRONG.items()]
)
def test_a_wrong_store_is_caught(
    wrong: type[NotebookStore], law: str, hunt: Callable[..., list[bool]]
) -> None:
    """Each bug makes its law fail, from every seed."""
    assert all(hunt(_Suite, law, lambda test: test(wrong())))


class _Suite(OrderStoreSuite):
    """The laws to call by hand; the underscore keeps pytest from collecting them."""
