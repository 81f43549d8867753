"""Shows prodflow in one run: a worked example, a studio's week, a database file, a real log.

    python examples/demo.py [--log LOG] [--output FOLDER]

The library reads no clock, so the demo passes every day and every instant; an app would pass the
current ones. The settings of the studio are in `studio.py`, and `replay.py` replays the log.
"""

import argparse
import os
import sys
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta, timezone
from pathlib import Path
from typing import Final, assert_never

import calls
import hub
import pictures
import promises
from eventlog import EventLog, LogError, read_log
from in_a_file import FileStore
from prodflow import (
    EVERY_DAY,
    Backward,
    BulkProposal,
    BulkRefusedError,
    Change,
    Contact,
    CreateTask,
    CustomAction,
    Forward,
    MemoryStore,
    OrderMovedError,
    OrderQuery,
    OutboxItem,
    ProductionFlow,
    ProductionOrder,
    ProposedChange,
    SendMessage,
    StaleOrdersError,
    Status,
    StatusCycle,
    TriggerEvent,
    WorkingCalendar,
    deliver_due,
    effective,
    find_trigger_problems,
    plan,
)
from prodflow.export import to_text
from prodflow.hub import at_risk, history_table, order_type_table, status_table, visits
from replay import cycle_of, show
from studio import (
    ALBUMS,
    CALENDAR,
    CLIENTS,
    CONTACTS,
    CYCLES,
    FLOW,
    FRAMES,
    PRINTS,
    TRIGGERS,
    Store,
)
from tables import table

MONDAY: Final = date(2026, 11, 16)
TUESDAY: Final = date(2026, 11, 17)
WEDNESDAY: Final = date(2026, 11, 18)
THURSDAY: Final = date(2026, 11, 19)
FRIDAY: Final = date(2026, 11, 20)
NEXT_MONDAY: Final = date(2026, 11, 23)
NEXT_TUESDAY: Final = date(2026, 11, 24)
DELIVERY: Final = date(2026, 12, 1)
LATER_DELIVERY: Final = date(2026, 12, 8)

FULL_ON_MONDAY: Final = "INV-2041"  # the client whose mailbox takes no mail on Monday

STUDIO_TIME: Final = timezone(timedelta(hours=-5), "EST")


def at(day: date, hour: int, minute: int = 0) -> datetime:
    """An instant in the time zone of the studio."""
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=STUDIO_TIME)


def heading(title: str) -> None:
    """Print the title of a part."""
    print(f"\n\n{title}\n{'=' * len(title)}")


def step(title: str) -> None:
    """Print the title of a step."""
    print(f"\n{title}")


# 1. The example from the manual (decision D7)


def manual_example() -> None:
    """Plan a small cycle forward and backward, once with every day and once with working days."""
    heading("1. The example from the manual: due dates, forward and backward")
    cycle = StatusCycle(
        "prints",
        [
            Status("retouch", "Retouch", default_duration=3, initial=True),
            Status("printing", "Printing", default_duration=2),
            Status("qa", "QA", default_duration=1),
            Status("shipped", "Shipped", final=True),
        ],
    )
    plans(cycle, ordered_on=date(2015, 7, 27), delivery_on=date(2015, 7, 31))
    plans(cycle, ordered_on=date(2015, 7, 27), delivery_on=date(2015, 8, 4))


def plans(cycle: StatusCycle, *, ordered_on: date, delivery_on: date) -> None:
    """Print the four plans of an order."""
    step(f"Ordered on {ordered_on:%a %Y-%m-%d}, to be delivered on {delivery_on:%a %Y-%m-%d}")
    every_day, working_days = EVERY_DAY, WorkingCalendar()
    columns = [
        plan(cycle, policy, ordered_on=ordered_on, delivery_on=delivery_on)
        for policy in (
            Forward(every_day),
            Forward(working_days),
            Backward(every_day),
            Backward(working_days),
        )
    ]
    rows = [
        (status.description, status.default_duration, *[column[index].due_on for column in columns])
        for index, status in enumerate(cycle.path)
    ]
    names = ("forward", "forward Mo-Fr", "backward", "backward Mo-Fr")
    print(table(("status", "days", *names), rows))
    for name, dates in (("every day", columns[2]), ("Monday to Friday", columns[3])):
        print(f"  Counting {name}: start by {dates.start_by}, float {dates.float_days} days")


# 2. A studio's week


def studio_week(store: Store) -> None:
    """Print the week of a studio, from Monday to the Tuesday of the next week."""
    set_up(store)
    monday(store)
    tuesday(store)
    wednesday(store)
    thursday(store)
    friday(store)
    next_monday(store)
    next_tuesday(store)


def set_up(store: Store) -> None:
    """Save the cycles, and check that the triggers name statuses that exist."""
    step("Three order types, each with its own cycle")
    rows = [
        (
            cycle.description,
            " > ".join(status.description for status in cycle.path),
            ", ".join(status.description for status in cycle.non_standard),
        )
        for cycle in CYCLES
    ]
    print(table(("order type", "path", "non-standard"), rows))
    for cycle in CYCLES:
        store.put_cycle(cycle, replaces=None)
    problems = find_trigger_problems(TRIGGERS, CYCLES)
    print(f"\n  {len(TRIGGERS)} triggers, problems found in them: {len(problems)}")


def monday(store: Store) -> None:
    """Create the orders of two invoices, and advance one with the Status Change window."""
    step(f"{MONDAY:%A %d}: INV-2041 needs three types of orders, INV-2042 three orders for prints")
    lines = (
        ("PO-1", PRINTS, "INV-2041", "City Lab"),
        ("PO-2", ALBUMS, "INV-2041", "West Bindery"),
        ("PO-3", FRAMES, "INV-2041", None),
        ("PO-4", PRINTS, "INV-2042", "City Lab"),
        ("PO-5", PRINTS, "INV-2042", None),
        ("PO-7", PRINTS, "INV-2042", "City Lab"),
    )
    changes = [
        FLOW.open(
            cycle,
            order_id=order_id,
            ordered_on=MONDAY,
            delivery_on=DELIVERY,
            invoice_id=invoice_id,
            vendor=vendor,
            quantity=40 if cycle is PRINTS else 1,
            facts={"client": CLIENTS[invoice_id]},
            by="Mia",
            at=at(MONDAY, 9),
            command_id="monday-invoices",
        )
        for order_id, cycle, invoice_id, vendor in lines
    ]
    save(store, *changes)
    store.save(*changes)
    entries = len(store.entries_of("monday-invoices"))
    print(f"  The browser sent this twice; the command id makes it one save: {entries} entries")
    # PO-6 is an old order. A flow without triggers sends no thank-you message for it again.
    save(
        store,
        ProductionFlow(due_dates=FLOW.due_dates).open(
            PRINTS,
            order_id="PO-6",
            ordered_on=date(2026, 11, 9),
            vendor="Slow Lab",
            status="lab",
            by="Mia",
            at=at(MONDAY, 9, 30),
            note="Taken over from the old list",
        ),
    )
    show_orders(store.find(OrderQuery()))
    of_invoice = store.find(OrderQuery(invoice_id="INV-2041"))
    print(f"  INV-2041 has {len(of_invoice)} orders")
    album = plan(ALBUMS, FLOW.due_dates, ordered_on=MONDAY, delivery_on=DELIVERY)
    print(
        f"  The album can't be ready by {DELIVERY}: its float is {album.float_days} day,"
        f" so work should have started by {album.start_by}"
    )
    step(f"{MONDAY:%A %d}: whom to call, since these orders will be late if nothing changes")
    risks = at_risk(store.find(OrderQuery()), FLOW.due_dates, today=MONDAY)
    rows = [
        (
            *(order.id, order.facts.get("client"), order.status.description),
            *(expected.finish_on, order.delivery_on, -(expected.slack_days or 0)),
        )
        for order, expected, _ in risks
    ]
    headings = ("order", "client", "status", "expected", "delivery", "working days late")
    print(table(headings, rows))
    step(f"{MONDAY:%A %d}: the worker runs; the mailbox of one client is full, the others get mail")
    work(store, MONDAY)

    step(f"{MONDAY:%A %d}: Mia presses Advance Status on PO-1")
    order = store.get("PO-1")
    proposal = FLOW.propose(order, today=MONDAY, by="Mia", expect=order.version)
    show_window(proposal)
    step("Ana is away: Mia assigns Ben and gives him one more day; the other values stay")
    proposal = FLOW.revise(proposal, user="Ben", due_on=FRIDAY, note="Ana is away")
    show_window(proposal)
    save(store, FLOW.accept(proposal, at=at(MONDAY, 16)))


def tuesday(store: Store) -> None:
    """Put an order on hold, and cancel another."""
    step(f"{TUESDAY:%A %d}: PO-1 goes On Hold, which ticks Current Status Not Complete")
    proposal = FLOW.propose(
        store.get("PO-1"),
        today=TUESDAY,
        by="Ben",
        to="on-hold",
        note="Which of the two portraits?",
    )
    show_window(proposal)
    save(store, FLOW.accept(proposal, at=at(TUESDAY, 10)))
    step(f"{TUESDAY:%A %d}: PO-7 is cancelled")
    order = store.get("PO-7")
    change = FLOW.advance(order, to="cancelled", today=TUESDAY, by="Mia", at=at(TUESDAY, 11))
    save(store, change)
    print(f"  PO-7 is open: {change.order.is_open}, complete: {change.order.is_complete}")
    step(f"{TUESDAY:%A %d}: the worker tries again what has failed")
    work(store, TUESDAY)


def wednesday(store: Store) -> None:
    """Advance several orders at once, after checking how many; then move a delivery date."""
    step(f"{WEDNESDAY:%A %d}: Mia selects PO-4 and PO-5 and presses Advance Status")
    selected = store.load(["PO-4", "PO-5"]).values()
    bulk = FLOW.propose_all(selected, today=WEDNESDAY, by="Mia")
    show_bulk(bulk)
    save(store, *FLOW.accept_all(bulk, at=at(WEDNESDAY, 9), command_id="wednesday-bulk"))
    step(f"{WEDNESDAY:%A %d}: the client wants the album a week later, on {LATER_DELIVERY}")
    album = store.get("PO-2")
    save(store, FLOW.amend(album, delivery_on=LATER_DELIVERY, by="Mia", at=at(WEDNESDAY, 10)))
    work(store, WEDNESDAY)


def thursday(store: Store) -> None:
    """Remind the client, bring the order back from its hold, and undo a slip."""
    step(f"{THURSDAY:%A %d}: the client hasn't answered for two days")
    work(store, THURSDAY)
    step(f"{THURSDAY:%A %d}: the client answers, and Advance Status brings PO-1 back")
    proposal = FLOW.propose(store.get("PO-1"), today=THURSDAY, by="Ben")
    show_window(proposal)
    print("  The user and the due date are the same as before the hold")
    change = FLOW.accept(proposal, at=at(THURSDAY, 14))
    save(store, change)
    show_visit(change.order)
    work(store, THURSDAY)

    step(f"{THURSDAY:%A %d}: Mia presses Advance Status on PO-1, but meant another order")
    slip = FLOW.advance(store.get("PO-1"), today=THURSDAY, by="Mia", at=at(THURSDAY, 15))
    save(store, slip)
    show_visit(slip.order)
    step(f"{THURSDAY:%A %d}: she undoes that, and PO-1 is back as if it had never left")
    undone = FLOW.undo(
        store.get("PO-1"),
        store.history("PO-1"),
        by="Mia",
        at=at(THURSDAY, 15, 5),
        note="Wrong order",
    )
    save(store, undone)
    show_visit(undone.order)


def friday(store: Store) -> None:
    """Refuse a bulk with a reason for each order, and the second of two changes to one order."""
    step(f"{FRIDAY:%A %d}: Ana selects all prints of the two invoices and presses Advance Status")
    selected = list(store.load(["PO-1", "PO-4", "PO-5", "PO-7"]).values())
    bulk = FLOW.propose_all(selected, today=FRIDAY, by="Ana")
    show_bulk(bulk)
    try:
        FLOW.accept_all(bulk, at=at(FRIDAY, 9))
    except BulkRefusedError as error:
        print(f"  OK is refused and nothing changes: {len(error.refusals)} orders can't move")
    step(f"{FRIDAY:%A %d}: Ana continues without them")
    rest = bulk.without_refused()
    show_bulk(rest)
    save(store, *FLOW.accept_all(rest, at=at(FRIDAY, 9, 5), command_id="friday-bulk"))

    step(f"{FRIDAY:%A %d}: Tom's screen still shows PO-4 in Retouch when he presses Advance Status")
    shown = selected[1]
    try:
        FLOW.advance(
            store.get("PO-4"), expect=shown.version, today=FRIDAY, by="Tom", at=at(FRIDAY, 9, 6)
        )
    except OrderMovedError as error:
        print(f"  refused: {error}")
    late = FLOW.advance(shown, today=FRIDAY, by="Tom", at=at(FRIDAY, 9, 7))
    try:
        store.save(late)
    except StaleOrdersError as error:
        print(f"  without this check, the store refuses: {error}")
    work(store, FRIDAY)


def next_monday(store: Store) -> None:
    """Print the orders that are overdue, and the history of one order."""
    step(f"{NEXT_MONDAY:%A %d}: PO-4 is back from the lab, PO-1 isn't")
    order = store.get("PO-4")
    save(store, FLOW.advance(order, today=NEXT_MONDAY, by="Tom", at=at(NEXT_MONDAY, 9)))
    work(store, NEXT_MONDAY)

    step(f"{NEXT_MONDAY:%A %d}: the overdue list")
    overdue = store.find(OrderQuery(overdue_on=NEXT_MONDAY))
    rows = [
        (
            order.id,
            order.status.description,
            order.due_on,
            None if order.due_on is None else CALENDAR.count(order.due_on, NEXT_MONDAY),
            order.department,
            order.user,
        )
        for order in overdue
    ]
    headings = ("order", "status", "due", "working days late", "department", "user")
    print(table(headings, rows))

    history = store.history("PO-1")
    print(f"\n{to_text(history_table(history, CYCLES))}")
    print(f"  The history has {len(history)} entries; {len(effective(history))} still count")
    retouch = visits(history, calendar=CALENDAR)[1]
    print(
        f"  Retouch took {retouch.working_days} working days:"
        f" the {retouch.paused_working_days} days on hold and the slip don't count"
    )
    again = ProductionOrder.replay(history, CYCLES)
    print(f"  Replaying the history gives the same order: {again == store.get('PO-1')}")

    step("All orders at the end of the week")
    show_orders(store.find(OrderQuery()))


def next_tuesday(store: Store) -> None:
    """Split an order, send a part of it back for a reason, and find the orders of a client."""
    step(f"{NEXT_TUESDAY:%A %d}: 6 of the 40 prints of PO-4 are scratched, the others can go on")
    split = FLOW.split(
        store.get("PO-4"), [("PO-4-B", 6)], by="Tom", at=at(NEXT_TUESDAY, 9), note="6 scratched"
    )
    save(store, *split)
    rows = [
        (it.id, it.quantity, it.status.description, it.due_on, it.split_from)
        for it in (change.order for change in split)
    ]
    print(table(("order", "quantity", "status", "due", "split from"), rows))

    step(f"{NEXT_TUESDAY:%A %d}: Tom sends PO-4-B back to the lab; the studio wants to know why")
    proposal = FLOW.propose(store.get("PO-4-B"), to="lab", today=NEXT_TUESDAY, by="Tom")
    for refusal in proposal.refusals:
        print(f"  refused ({refusal.code}): {refusal.message}")
    proposal = FLOW.revise(proposal, reason="scratched", note="Please handle with gloves")
    save(store, FLOW.accept(proposal, at=at(NEXT_TUESDAY, 9, 30)))
    save(
        store,
        FLOW.advance(store.get("PO-4"), today=NEXT_TUESDAY, by="Tom", at=at(NEXT_TUESDAY, 10)),
    )

    client = CLIENTS["INV-2042"]
    step(f"{NEXT_TUESDAY:%A %d}: {client} calls: where are the prints?")
    show_orders(store.find(OrderQuery(facts={"client": client})))
    print("  Open orders by department:")
    counts = store.count(OrderQuery(is_open=True), by="department")
    for department, number in sorted(counts.items(), key=str):
        print(f"    {department}: {number}")


# What an app does around the library: save, act on events, print


def save(store: Store, *changes: Change) -> None:
    """Save changes in one transaction, and print which reminders they schedule, move and void."""
    before = reminders(store)
    store.save(*changes)
    after = reminders(store)
    for event_id, event in after.items():
        if event_id not in before:
            print(f"  + scheduled for {event.fire_on}: {event.trigger} of {event.order_id}")
        elif event.fire_on != before[event_id].fire_on:
            print(f"  ~ moved to {event.fire_on}: {event.trigger} of {event.order_id}")
    for event_id, event in before.items():
        if event_id not in after:
            print(f"  - voided, was for {event.fire_on}: {event.trigger} of {event.order_id}")


def reminders(store: Store) -> dict[str, TriggerEvent]:
    """The pending reminders by id, sorted by day and order."""
    events = [item.event for item in store.pending(as_of=date.max) if item.event.dated]
    events.sort(key=lambda event: (event.fire_on, event.order_id))
    return {event.id: event for event in events}


def work(store: Store, today: date) -> None:
    """Do what a worker does every minute: act on the events that are due."""

    def do(item: OutboxItem, order: ProductionOrder) -> None:
        name = f"{item.event.trigger} of {order.id}"
        try:
            done = act(item.event, order, today)
        except ConnectionError as error:
            print(f"  x failed on {today}: {name}: {error}")
            raise
        print(f"  ! fired on {today}: {name}: {done}")

    delivered = deliver_due(
        store, do, as_of=today, now=lambda: at(today, 18), lease=timedelta(minutes=5)
    )
    if delivered.done or delivered.failed:
        left = store.pending(as_of=today)
        print(
            f"  done {len(delivered.done)}, to be tried again {len(delivered.failed)},"
            f" still due on {today}: {len(left)}"
        )


def act(event: TriggerEvent, order: ProductionOrder, today: date) -> str:
    """Describe the action of an event; a real app would do it here.

    Raises:
        ConnectionError: if the message bounces.
    """
    match event.action:
        case CreateTask(title, department=department):
            return f"task {title!r} for {department}"
        case SendMessage(template) as message:
            channel = message.channel_for(CONTACTS.get(order.invoice_id, Contact()))
            if (channel, order.invoice_id, today) == ("email", FULL_ON_MONDAY, MONDAY):
                raise ConnectionError("the mailbox is full")
            return f"message {template!r} by {channel}"
        case CustomAction(name):
            return name
        case _:
            assert_never(event.action)


def show_orders(orders: Iterable[ProductionOrder]) -> None:
    """Print a list of orders, as the Production hub does."""
    rows = [
        (
            order.id,
            order.invoice_id,
            order.order_type,
            order.vendor,
            order.status.description,
            order.due_on,
            order.department,
            order.user,
        )
        for order in orders
    ]
    headings = ("order", "invoice", "type", "vendor", "status", "due", "department", "user")
    print(table(headings, rows))


def show_window(proposal: ProposedChange) -> None:
    """Print the Status Change window; a star marks the values that the user gave."""
    fields = (
        ("Current Status", proposal.from_.description, ""),
        ("Date Completed", proposal.completed_on, "completed_on"),
        ("Change To Status", f"{proposal.to.description} ({proposal.move.name})", "to"),
        ("Due Date", proposal.due_on, "due_on"),
        ("Status Updated By", proposal.by, ""),
        ("New Status Assigned to Dept", proposal.department, "department"),
        ("New Status Assigned to User", proposal.user, "user"),
        ("Current Status Not Complete", not proposal.current_complete, "current_complete"),
        ("Note", proposal.note or None, "note"),
    )
    rows = [(label, _shown(value), "*" * (name in proposal.given)) for label, value, name in fields]
    print(table(("Status Change", proposal.order.id, "given"), rows))


def _shown(value: object) -> object:
    if isinstance(value, bool):
        return "[x]" if value else "[ ]"
    return value


def show_visit(order: ProductionOrder) -> None:
    """Print where an order is, since when, and how long that was paused."""
    print(
        f"  {order.id} is in {order.status.description} since {order.entered_on}:"
        f" visit {order.visit}, {order.paused_days} days paused"
    )


def show_bulk(bulk: BulkProposal) -> None:
    """Print what a bulk would do, and why some orders can't move."""
    print(f"  {len(bulk.ready)} records will be modified")
    rows = [
        (proposal.order.id, proposal.from_.description, proposal.to.description, proposal.due_on)
        for proposal in bulk.ready
    ]
    print(table(("order", "from", "to", "due"), rows))
    for proposal in bulk:
        for refusal in proposal.refusals:
            print(f"  {proposal.order.id} can't move yet: {refusal.message}")
    for order_id, error in bulk.refusals.items():
        print(f"  {order_id} can't move: {error}")


def demonstrate(log: EventLog | None, cycle: StatusCycle | None, output: Path) -> bool:
    """Print all parts, and return whether all checks in them succeed."""
    manual_example()
    heading("2. A studio's week")
    week = MemoryStore()
    studio_week(week)
    step("The hub at the end of the week")
    reports = hub.show(week, today=NEXT_TUESDAY, calendar=CALENDAR)
    heading("3. The same week in a file")
    in_a_file = FileStore(output)
    sound = in_a_file.agrees_with_memory(studio_week)
    step("Pictures and exports")
    drawn = pictures.write(output, log)
    exported = hub.write(output, [order_type_table(CYCLES), status_table(PRINTS), *reports])
    print(f"  pictures: {', '.join(file.name for file in drawn)}")
    print(f"  reports:  {len(exported)} files, each as {', '.join(hub.KINDS)}")
    print(f"  in {output}")
    heading("4. A real event log")
    if log is None or cycle is None:
        print("To replay an event log here: make demo LOG=path/to/log.csv")
        return sound
    replayed = MemoryStore()
    sound = all((sound, show(log, cycle, replayed), in_a_file.replays(log, cycle)))
    step("The hub on the day of the last event")
    last = max(event.at for event in log.events)
    hub.show(replayed, today=last.date(), calendar=WorkingCalendar())
    step("Monday morning: whom to call, and why")
    calls.show(log, cycle, output)
    step("What the log could have promised, and how often it would have kept its word")
    histories = [replayed.history(order.id) for order in replayed.find(OrderQuery())]
    promises.show(log, cycle, histories, output)
    return sound


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the demo.

    Returns:
        The exit status: 0 for success, 1 if a check fails, 2 if the log can't be replayed.
    """
    parser = argparse.ArgumentParser(description="Show prodflow in one run.")
    parser.add_argument(
        "--output",
        type=Path,
        default=Path("demo-output"),
        help="the folder for the database, pictures and reports (default: %(default)s)",
    )
    parser.add_argument("--log", type=Path, help="an event log to replay, as a CSV file")
    options = parser.parse_args(arguments)
    try:
        # Read the log first, so that a bad log prints one line and nothing else.
        log = None if options.log is None else read_log(options.log)
        cycle = None if log is None else cycle_of(log)
        return 0 if demonstrate(log, cycle, options.output) else 1
    except LogError as error:
        print(error, file=sys.stderr)
        return 2


if __name__ == "__main__":
    try:
        status = main()
        sys.stdout.flush()
    except BrokenPipeError:
        # The reader has closed the pipe, as `make demo | head` does: discard the rest.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        status = 0
    sys.exit(status)
