"""What type checkers make of tables, pictures, JSON data and samples; never run."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any, assert_type

from prodflow import (
    Backward,
    BulkProposal,
    Change,
    ChangeRules,
    Choice,
    Forward,
    FromEntry,
    HistoryEntry,
    OrderOpened,
    OrderQuery,
    OutboxItem,
    Permission,
    Plan,
    ProductionFlow,
    ProductionOrder,
    ProposedChange,
    Reason,
    Status,
    StatusCycle,
    Terms,
    Trigger,
    TriggerEvent,
    Where,
    WorkingCalendar,
)
from prodflow.codec import SCHEMA, dump, load, load_entry, load_policy, read_json, write_json
from prodflow.diagrams import cycle_dot, cycle_mermaid, cycle_svg, flow_svg, plan_svg
from prodflow.export import (
    Cell,
    Table,
    missing_characters,
    to_csv,
    to_html,
    to_ics,
    to_markdown,
    to_pdf,
    to_text,
    to_xlsx,
)
from prodflow.samples import ALBUMS, ALL, FRAMES, PRINTS, Sample


def check_tables(cells: list[list[Cell]], font: bytes) -> None:
    """A table, and each way to write it."""
    table = Table("Late", ["order", "days"], cells, notes=("one order",))
    assert_type(table, Table)
    assert_type(table.columns, tuple[str, ...])
    assert_type(table.rows, tuple[tuple[Cell, ...], ...])
    texts: list[Callable[[Table], str]] = [to_text, to_markdown, to_csv, to_html]
    assert_type(texts[0](table), str)
    assert_type(to_html(table, lang="de", fragment=True), str)
    assert_type(to_csv(table, delimiter=";", decimal=",", columns=["order"]), str)
    assert_type(to_xlsx(table, columns=iter(["order"])), bytes)
    assert_type(to_pdf(table, paper="letter", lang="en", font=font), bytes)
    assert_type(to_pdf(table, font=iter([font]), missing="error"), bytes)
    assert_type(missing_characters(table, font=[font]), tuple[str, ...])


def check_calendars(orders: list[ProductionOrder], at: datetime, today: date) -> None:
    """A calendar is bytes."""
    assert_type(to_ics(orders, at=at), bytes)
    assert_type(to_ics(iter(orders), at=at, policy={"prints": Forward()}, today=today), bytes)
    to_ics(orders)  # type: ignore[call-arg]  # no clock: when it was made
    to_ics(orders, at="2026-11-16")  # type: ignore[arg-type]  # an instant
    to_ics(["PO-1"], at=at)  # type: ignore[list-item]  # orders


def check_tables_refuse(table: Table) -> None:
    """Each of these is a finding of both checkers."""
    Table("Late", ["order"], ["PO-1"], "notes")  # type: ignore[call-arg]  # notes go by name
    Table("Late", ["order"], struck=["PO-1"])  # type: ignore[list-item]  # indexes of rows
    Table("Late", ["order"], [[b"PO-1"]])  # type: ignore[list-item]  # no bytes in a cell
    to_text([table])  # type: ignore[arg-type]  # one table
    to_csv(table, decimal="'")  # type: ignore[arg-type]  # one of two signs
    to_text(table, columns=[1])  # type: ignore[list-item]  # names
    to_html(table, "de")  # type: ignore[call-arg]  # the language goes by name
    to_pdf(table, missing="?")  # type: ignore[arg-type]  # one of two words
    to_pdf(table, paper="A3")  # type: ignore[arg-type]  # one of two sizes
    to_pdf(table, font="font.ttf")  # type: ignore[arg-type]  # its bytes: nothing is opened here
    table.rows.append(())  # type: ignore[attr-defined]  # a tuple


def check_diagrams(cycle: StatusCycle, plan: Plan, today: date) -> None:
    """Every picture is a text."""
    assert_type(cycle_svg(cycle, counts={"lab": 3}, title="Prints"), str)
    assert_type(cycle_mermaid(cycle), str)
    assert_type(cycle_dot(cycle, counts=None), str)
    assert_type(flow_svg(cycle, {("ordered", "lab"): 3}), str)
    assert_type(plan_svg(plan, today=today, title=None, theme="dark"), str)


def check_diagrams_refuse(cycle: StatusCycle, plan: Plan) -> None:
    """Each of these is a finding of both checkers."""
    cycle_svg(cycle, {"lab": 3})  # type: ignore[call-arg]  # counts go by name
    cycle_dot(cycle, counts={"lab": "3"})  # type: ignore[dict-item]  # a number
    cycle_mermaid(plan)  # type: ignore[arg-type]  # a cycle
    cycle_svg(cycle, theme="black")  # type: ignore[arg-type]  # none of the three
    flow_svg(cycle)  # type: ignore[call-arg]  # no moves
    flow_svg(cycle, {"lab": 3})  # type: ignore[dict-item]  # from where to where
    plan_svg(plan, today="2026-11-16")  # type: ignore[arg-type]  # a date


def check_dumping(flow: ProductionFlow, change: Change) -> None:
    """Every value becomes a dictionary, and the dictionary a string."""
    assert_type(dump(change.order.cycle), dict[str, Any])
    assert_type(dump(flow.due_dates.calendar), dict[str, Any])
    assert_type(dump(Forward()), dict[str, Any])
    assert_type(dump(flow.triggers[0]), dict[str, Any])
    assert_type(dump(flow.rules), dict[str, Any])
    assert_type(dump(flow), dict[str, Any])
    assert_type(dump(change.order), dict[str, Any])
    assert_type(dump(change.entry), dict[str, Any])
    assert_type(dump(change.events[0]), dict[str, Any])
    assert_type(dump(change), dict[str, Any])
    assert_type(dump(OrderQuery(is_open=True)), dict[str, Any])
    assert_type(write_json(dump(change)), str)


def check_loading(text: str, cycle: StatusCycle, policy: type[Forward | Backward]) -> None:
    """The kind says which type the value has, whatever the data are."""
    read = read_json(text)
    assert_type(read, object)
    assert_type(load(read, StatusCycle), StatusCycle)
    assert_type(load(read, WorkingCalendar), WorkingCalendar)
    assert_type(load(read, Trigger), Trigger)
    assert_type(load(read, ChangeRules), ChangeRules)
    assert_type(load(read, ProductionFlow), ProductionFlow)
    assert_type(load(read, ProductionOrder, cycles=[cycle]), ProductionOrder)
    assert_type(load(read, TriggerEvent), TriggerEvent)
    assert_type(load(read, OutboxItem), OutboxItem)
    assert_type(load(read, Where), Where)
    assert_type(load(read, Change, cycles=(cycle,)), Change)
    assert_type(load(read, OrderOpened), OrderOpened)
    assert_type(load(read, policy), Forward | Backward)
    assert_type(load_entry(read), HistoryEntry)
    assert_type(load_policy(read), Forward | Backward | FromEntry | Terms)
    assert_type(load(read, Reason), Reason)
    assert_type(load(read, Permission), Permission)
    assert_type(load(read, OrderQuery), OrderQuery)
    assert_type(range(SCHEMA), range)


def check_pages(
    proposal: ProposedChange, bulk: BulkProposal, choices: list[Choice], dates: Plan, table: Table
) -> None:
    """What only pages show can be dumped."""
    assert_type(dump(proposal), dict[str, Any])
    assert_type(dump(bulk), dict[str, Any])
    assert_type([dump(choice) for choice in choices], list[dict[str, Any]])
    assert_type(dump(dates), dict[str, Any])
    assert_type(dump(table), dict[str, Any])


def check_codec_refuses(flow: ProductionFlow, cycle: StatusCycle) -> None:
    """Each of these is a finding of both checkers."""
    dump(cycle.statuses)  # type: ignore[arg-type]  # a value, not a part of one
    dump(flow.due_dates)  # type: ignore[arg-type]  # perhaps a policy of the host
    load({}, Status)  # type: ignore[type-var]  # no kind of its own
    load({}, ProposedChange)  # type: ignore[type-var]  # only for pages
    load({}, HistoryEntry)  # type: ignore[arg-type]  # one class
    load({}, ProductionOrder, [cycle])  # type: ignore[call-arg]  # cycles go by name
    load({}, ProductionOrder, cycles=cycle)  # type: ignore[arg-type]  # versions, not one
    write_json(cycle)  # type: ignore[arg-type]  # data, not the value
    read_json(b"{}")  # type: ignore[arg-type]  # a string


def check_samples() -> None:
    """Three order types to start from."""
    assert_type([PRINTS, ALBUMS, FRAMES], list[Sample])
    assert_type(ALL[0], Sample)
    assert_type(PRINTS.cycle, StatusCycle)
    assert_type(PRINTS.flow, ProductionFlow)
    assert_type(PRINTS.triggers, tuple[Trigger, ...])
    assert_type(Sample(PRINTS.cycle, PRINTS.flow), Sample)


def check_samples_refuse() -> None:
    """Each of these is a finding of both checkers."""
    Sample(PRINTS.cycle)  # type: ignore[call-arg]  # no flow
    PRINTS.cycle = ALBUMS.cycle  # type: ignore[misc]  # frozen
