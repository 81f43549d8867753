"""Stores with one bug each, which the suite must find.

Each is a `NotebookStore` that breaks one promise. The test names the law that must fail, and prints
all that do.
"""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from itertools import count

import pytest
from attrs import evolve

from notebook_store import Note, NotebookStore
from prodflow import (
    Change,
    ChangeUndone,
    CommandReusedError,
    HistoryEntry,
    KeyReusedError,
    OrderQuery,
    ProductionOrder,
    StaleCycleError,
    StaleOrdersError,
    StatusCycle,
    StoreError,
    TriggerEvent,
    effective,
)
from prodflow.stores import Edit, check_cycles
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
                self.fill(event)


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


class ForgetsThePausedVisit(NotebookStore):
    """`forget` deletes the closed slots of a visit that is on hold."""

    def going_on(self, order_id: str) -> set[int]:
        """Name the present visit only."""
        return {self.orders[order_id].visit}


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


class LeaseOnTheWall(NotebookStore):
    """A lease is counted by the clock on the wall, which is put back in autumn."""

    def claim(
        self, *, as_of: date, now: datetime, lease: timedelta, limit: int = 100
    ) -> list[TriggerEvent]:
        """Add to the time on the wall, then write down the instant."""
        until = (now + lease).astimezone(UTC)
        return super().claim(as_of=as_of, now=now, lease=until - now, limit=limit)


class LeaseComparedOnTheWall(NotebookStore):
    """The end of a lease is compared by the clock on the wall."""

    def claim(
        self, *, as_of: date, now: datetime, lease: timedelta, limit: int = 100
    ) -> list[TriggerEvent]:
        """Take the time on the wall for UTC."""
        wall = now.replace(tzinfo=UTC)
        return super().claim(as_of=as_of, now=wall, lease=lease, limit=limit)


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
    UndoVoidsNothing: "test_undoing_voids_the_reminders_of_the_visit_undone",
    ReminderOfAnotherVisit: "test_a_reminder_of_another_visit_is_void_at_once",
    VoidsOnceASave: "test_a_hold_and_a_return_in_one_save_are_the_same",
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
    ForgetsThePausedVisit: "test_what_was_done_before_a_hold_is_not_done_again",
    HistoryWithoutWhatWasUndone: "test_what_was_undone_stays_in_the_history",
    UndoneIsNotMoved: "test_a_migration_can_be_undone",
    HoldForgetsTheVisit: "test_a_paused_visit_comes_back",
    VoidSlotClosedByWorker: "test_a_voided_slot_leaves_no_trace",
    LeaseIgnored: "test_a_claimed_event_is_not_claimed_before_its_lease_is_over",
    LeaseNeverEnds: "test_a_claimed_event_is_not_claimed_before_its_lease_is_over",
    LeaseOnTheWall: "test_a_lease_runs_on_when_the_clocks_are_put_back",
    LeaseComparedOnTheWall: "test_a_lease_runs_on_when_the_clocks_are_put_back",
    ClaimsWhatIsForPeople: "test_a_claim_takes_automatic_events_only",
    EverythingIsDue: "test_what_is_not_due_does_not_come_out",
    EventPagesOverlap: "test_paging_visits_every_event_once",
    AcknowledgedComesBack: "test_an_acknowledged_event_never_comes_back",
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
