"""Laws of texts: whatever people read goes through the words of the host."""

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from enum import Enum
from html import unescape
from itertools import chain
from typing import Any

import pytest
from attrs import evolve, fields, frozen, has
from hypothesis import given
from hypothesis import strategies as st

from notebook_store import NotebookStore
from prodflow import (
    EVERY_DAY,
    Backward,
    Forward,
    HistoryEntry,
    KeyReusedError,
    MemoryStore,
    Message,
    MissingDeliveryDateError,
    PlanningFacts,
    ProdflowError,
    ProductionFlow,
    ProductionOrder,
    RuleError,
    Status,
    StatusCycle,
    Words,
    WorkingCalendar,
    plan,
    say,
)
from prodflow._checks import shown
from prodflow.diagrams import (
    backtest_svg,
    cycle_dot,
    cycle_mermaid,
    cycle_svg,
    flow_svg,
    forecast_svg,
    load_svg,
    plan_svg,
)
from prodflow.export import Table, to_csv, to_html, to_markdown, to_text
from prodflow.hub import (
    LoadPer,
    backtest,
    forecast,
    history_table,
    learn,
    load,
    order_plan,
    order_type_table,
    status_table,
)
from prodflow.samples import GERMAN
from prodflow.testing import laws
from prodflow.testing._cases import case, few
from prodflow.testing._message_laws import asked_of
from prodflow.testing._reports import reports, stored
from prodflow.testing.strategies import (
    History,
    change_rules,
    due_date_policies,
    histories,
    production_flows,
    production_orders,
    status_cycles,
)

# --- What the data say ----------------------------------------------------------------------------


def leaves(value: object) -> Iterator[str]:
    """All texts in a value, and its numbers and days as facts show them."""
    match value:
        case str() if not isinstance(value, Enum):
            yield value
        case Decimal():
            yield f"{value:f}"
            yield f"{value.normalize():f}"
        case int() | date():
            yield str(value)
        case Mapping():
            yield from leaves([*value, *value.values()])
        case tuple() | frozenset() | list():
            yield from chain.from_iterable(map(leaves, value))
        case _ if has(type(value)):
            kind: Any = type(value)
            yield from leaves([getattr(value, field.name) for field in fields(kind)])
        case _:
            pass


def known(*values: object) -> set[str]:
    """The texts that the data have, as they are and as messages quote them."""
    texts = {text for value in values for text in leaves(value)}
    return texts | set(map(shown, texts)) | {""}


def english_in(text: object, data: set[str]) -> list[str]:
    """The texts in a message that neither its template has nor the data."""
    match text:
        case Message():
            return [left for value in text.fields.values() for left in english_in(value, data)]
        case str():
            # A column of a board may stand for the statuses of several order types.
            return [] if data.issuperset(text.split(" / ")) or text in data else [text]
        case _:
            return []


def english_left(table: Table, data: set[str]) -> list[str]:
    """The texts of a table that don't go through words."""
    cells = (cell for row in table.rows for cell in row)
    texts = (table.title, *table.columns, *table.notes, *cells)
    return [left for text in texts for left in english_in(text, data)]


# --- Words that mark ------------------------------------------------------------------------------


def marked(template: str) -> str:
    """The template with a mark in place of each letter outside of its fields."""
    parts = re.split(r"(\{[a-z_]+\})", template)
    return "".join(
        part if part.startswith("{") else re.sub("[A-Za-z]", "†", part) for part in parts
    )


MARKED = Words(
    texts=marked,
    plural=lambda one, many, count: marked(one if count == 1 else many),
    number=lambda number: f"#{Decimal(number):f}",
    day=lambda day: f"日{day:%Y%m%d}",
)


def test_marks_leave_no_english() -> None:
    """Whatever the text, only its fields keep their letters."""
    outside = {text: re.sub(r"\{[a-z_]+\}", "", marked(text)) for text in GERMAN}
    assert [text for text, left in outside.items() if re.search("[A-Za-z]", left)] == []


# --- Reports --------------------------------------------------------------------------------------

TODAY = st.dates(date(2026, 1, 1), date(2027, 12, 31))


class TestReports:
    """Every text of a report is a message, or the data have it."""

    @few(2)
    @given(histories(), TODAY)
    def test_no_report_has_english_of_its_own(self, history: History, today: date) -> None:
        """Titles, columns, notes and cells go through words, and so do the fields of messages."""
        data = known(history.changes, history.cycles, "client")
        tables = [
            *reports(stored(history.changes), history.cycles, today).values(),
            history_table(history.entries, history.cycles),
            order_type_table(history.cycles),
            *(status_table(cycle) for cycle in history.cycles),
        ]
        case("the order was amended", any(hasattr(it, "changed") for it in history.entries))
        for table in tables:
            if isinstance(table, Table):
                assert english_left(table, data) == []

    @few(2)
    @given(histories(), TODAY, st.sampled_from([MARKED, GERMAN, Words(texts=GERMAN)]))
    def test_other_words_change_only_texts(
        self, history: History, today: date, words: Words | Mapping[str, str]
    ) -> None:
        """The numbers, the days, the flags and the names of a report stay the same."""
        for table in reports(stored(history.changes), history.cycles, today).values():
            if isinstance(table, Table):
                laws.words_change_only_texts(table, words)
        laws.words_change_only_texts(history_table(history.entries, history.cycles), words)

    @given(histories(max_size=4))
    def test_a_text_that_was_forgotten_is_found(self, history: History) -> None:
        """Otherwise the law above would prove nothing."""
        case("several entries", len(history.entries) > 1)
        table = history_table(history.entries, history.cycles)
        data = known(history.changes, history.cycles)
        wrong = Table(str(table.title), table.columns, table.rows, notes=table.notes)
        assert english_left(wrong, data) == [table.title]
        wrong = Table(table.title, table.columns, [["Hold on", *row[1:]] for row in table.rows])
        assert set(english_left(wrong, data)) <= {"Hold on"}


# --- Refusals -------------------------------------------------------------------------------------


class TestRefusals:
    """Every refusal of prodflow is a message about the data."""

    @given(production_orders(max_size=4), st.data())
    def test_no_refusal_has_english_of_its_own(
        self, order: ProductionOrder, data: st.DataObject
    ) -> None:
        """What the rules refuse, and what no rules allow; guards have words of their own."""
        flow = data.draw(production_flows(cycle=order.cycle))
        found = known(order, flow)
        refusals = [
            refusal
            for choice in flow.choices(order, today=order.entered_on, by="Ada")
            for refusal in choice.refusals
            if refusal.code != "guard"
        ]
        case("something is refused", refusals)
        for refusal in refusals:
            assert isinstance(refusal.message, Message)
            assert english_in(refusal.message, found) == []

    @given(production_orders(max_size=4), st.sampled_from(["x-1", "nowhere", None]))
    def test_errors_are_messages(self, order: ProductionOrder, key: str | None) -> None:
        """An error says its facts, and nothing of it stays English."""
        case("a status that no cycle has", key is not None)
        to = order.status.key if key is None else key
        with pytest.raises(RuleError) as caught:
            ProductionFlow().propose(order, today=order.entered_on, by="Ada", to=to)
        assert isinstance(caught.value.message, Message)
        assert english_in(caught.value.message, known(order, to)) == []

    @few(2)
    @given(production_orders(max_size=4), st.data())
    def test_no_error_has_english_of_its_own(
        self, order: ProductionOrder, data: st.DataObject
    ) -> None:
        """Whatever is asked of a flow, the message has only the data and texts of the catalogue."""
        policy = Backward(without_delivery=data.draw(st.sampled_from(["none", "error"])))
        rules = data.draw(change_rules(cycle=order.cycle))
        flow = ProductionFlow(due_dates=policy, rules=rules)
        versions = [str(order.cycle.version + number) for number in range(3)]
        ids = ("A-1", f"{order.id[:100]}-2", *versions)
        found = known(order, flow, "EXTRA", "Extra ★", "Other ★", "no.such.key", *ids)
        errors: list[ProdflowError] = []
        for ask in asked_of(flow, order, "EXTRA"):
            try:
                ask()
            except ProdflowError as caught:
                errors.append(caught)
        case("the rules refuse something", "change-refused" in {it.code for it in errors})
        assert errors
        for error in errors:
            assert isinstance(error.message, Message)
            assert english_in(error.message, found) == [], error

    @few(2)
    @given(st.data())
    def test_messages_show_no_keys(self, data: st.DataObject) -> None:
        """People know statuses and order types by their descriptions."""
        order = data.draw(production_orders(max_size=4))
        rules = change_rules(cycle=order.cycle)
        policies = st.none() | st.just(Backward(without_delivery="error"))
        policy = data.draw(policies) or data.draw(due_date_policies(cycle=order.cycle))
        flow = ProductionFlow(due_dates=policy, rules=data.draw(rules))
        laws.messages_show_no_keys(flow, order)

    @few(2)
    @given(status_cycles())
    def test_stores_show_no_keys(self, cycle: StatusCycle) -> None:
        """That holds for the editor of a list too."""
        laws.store_messages_show_no_keys(MemoryStore, cycle)


@frozen
class BarePolicy:
    """A policy that forgets the descriptions."""

    name: str = "bare"
    calendar: WorkingCalendar = EVERY_DAY
    shift_holds: bool = False

    def due_on(self, planning: PlanningFacts, /) -> date | None:
        """Refuse each status."""
        raise MissingDeliveryDateError(planning.cycle.order_type, planning.status.key)


class BareStore(NotebookStore):
    """A store that forgets the descriptions."""

    def is_new(self, cycle: StatusCycle, replaces: int | None) -> bool:
        """Raise the error again, of its facts alone."""
        try:
            return super().is_new(cycle, replaces)
        except KeyReusedError as error:
            raise KeyReusedError(error.order_type, error.keys) from None


def test_messages_with_keys_are_found() -> None:
    """Otherwise the laws above would prove nothing."""
    order = ProductionFlow().open(CYCLE, order_id="1", ordered_on=MONDAY, by="人", at=AT).order
    laws.messages_show_no_keys(ProductionFlow(), order)
    with pytest.raises(AssertionError):
        laws.messages_show_no_keys(ProductionFlow(due_dates=BarePolicy()), order)
    laws.store_messages_show_no_keys(NotebookStore, CYCLE)
    with pytest.raises(AssertionError):
        laws.store_messages_show_no_keys(BareStore, CYCLE)


# --- Pictures -------------------------------------------------------------------------------------

# Not one letter of English.
CYCLE = StatusCycle(
    "1",
    [
        Status("1", "甲", initial=True, default_duration=1, colour="#336699"),
        Status("2", "乙", default_duration=0, default_department="部", default_user="人"),
        Status("3", "丙", default_duration=1_000),
        Status("4", "丁", final=True),
        Status("5", "戊", non_standard=True, default_duration=2),
        Status("6", "己", non_standard=True, pauses=True),
        Status("7", "庚", inactive=True),
        Status("8", "辛", non_standard=True, cancelled=True),
    ],
    description="名",
)
KEYS = st.sampled_from([status.key for status in CYCLE])
COUNTS = st.none() | st.dictionaries(KEYS, st.integers(0, 2_000))
MONDAY = date(2026, 11, 2)
AT = datetime(2026, 11, 2, 9, tzinfo=UTC)
DAYS = st.integers(-3_000, 3_000).map(lambda days: MONDAY + timedelta(days))


def read(svg: str) -> list[str]:
    """The texts of a picture: what is drawn, the tooltips, the title and the description."""
    without_style = re.sub(r"<style>.*?</style>", "", svg, flags=re.DOTALL)
    return [unescape(text) for text in re.findall(r">([^<>]+)<", without_style) if text.strip()]


def english_of(texts: Iterable[str]) -> list[str]:
    """The texts with letters of the English alphabet."""
    return [text for text in texts if re.search("[A-Za-z]", text)]


class TestPictures:
    """No text of a picture stays English in other words."""

    @given(COUNTS)
    def test_a_cycle(self, counts: dict[str, int] | None) -> None:
        """Cards, arrows, subtitle and description."""
        case("with counts", counts is not None)
        assert english_of(read(cycle_svg(CYCLE, counts=counts, words=MARKED))) == []
        shown = cycle_mermaid(CYCLE, counts=counts, words=MARKED)
        labels = [*re.findall(r'"([^"]*)"', shown), shown.split("accTitle: ")[1].splitlines()[0]]
        assert english_of(label.replace("<br/>", "") for label in labels) == []
        dot = cycle_dot(CYCLE, counts=counts, words=MARKED)
        labels = re.findall(r'label="([^"]*)"', dot)
        assert english_of(label.replace(r"\n", "") for label in labels) == []

    @given(st.dictionaries(st.tuples(KEYS, KEYS), st.integers(0, 3)))
    def test_moves(self, moves: dict[tuple[str, str], int]) -> None:
        """Numbers, legend, key and description."""
        case("without moves", not any(moves.values()))
        assert english_of(read(flow_svg(CYCLE, moves, words=MARKED))) == []

    @given(st.none() | DAYS, st.none() | DAYS, st.booleans())
    def test_a_plan(self, today: date | None, delivery_on: date | None, forward: bool) -> None:
        """Bars, dates, marks, legend and description."""
        policy = Forward() if forward or delivery_on is None else Backward()
        drawn = plan(CYCLE, policy, ordered_on=MONDAY, delivery_on=delivery_on)
        case("short", drawn.float_days is not None and drawn.float_days < 0)
        case("late", today is not None and bool(drawn.past(today=today)))
        assert english_of(read(plan_svg(drawn, today=today, words=MARKED))) == []

    @given(st.data(), DAYS, st.none() | DAYS)
    def test_an_order_plan(
        self, data: st.DataObject, today: date, delivery_on: date | None
    ) -> None:
        """What was done, what is to come, marks, legend and description."""
        flow = ProductionFlow()
        who: Any = {"by": "1", "at": AT}
        change = flow.open(CYCLE, order_id="1", ordered_on=MONDAY, delivery_on=delivery_on, **who)
        entries: list[HistoryEntry] = [change.entry]
        for _ in range(data.draw(st.integers(0, 3))):
            keys = [it.key for it in CYCLE.choices() if it != change.order.status]
            to = data.draw(st.sampled_from(keys))
            change = flow.advance(change.order, to=to, today=MONDAY, **who)
            entries.append(change.entry)
        found = order_plan(change.order, Forward(), entries, today=today)
        case("a step is paused", any(step.state == "paused" for step in found))
        case("late", any(step.is_late for step in found))
        assert english_of(read(plan_svg(found, words=MARKED))) == []
        table = found.table(words=MARKED)
        cells = [cell for row in table.rows for cell in row if isinstance(cell, str)]
        assert english_of([table.title, *table.columns, *cells, *table.notes]) == []

    @given(DAYS, st.integers(1, 40), st.sampled_from(["day", "week"]))
    def test_a_load(self, today: date, horizon: int, per: LoadPer) -> None:
        """Headings, tooltips, legend and description."""
        order = ProductionFlow().open(CYCLE, order_id="1", ordered_on=MONDAY, by="1", at=AT).order
        found = load([order], Forward(), today=today, horizon=horizon, per=per)
        case("there is work", found)
        case("by week", per == "week")
        assert english_of(read(load_svg(found, words=MARKED))) == []
        table = found.table(words=MARKED)
        names = [str(row[0]) for row in table.rows]
        assert english_of([table.title, *table.columns, *names, *table.notes]) == []

    @given(st.lists(st.integers(0, 5), max_size=6), DAYS, st.sampled_from([1, 99]))
    def test_forecasts(self, days: list[int], today: date, at_least: int) -> None:
        """Headings, legends, reasons and descriptions, of backtests too."""
        flow, past = ProductionFlow(), []
        who: Any = {"by": "1", "at": AT}
        for number, stayed in enumerate(days):
            week, left = timedelta(7 * (number % 2)), timedelta(stayed)
            opened = flow.open(
                CYCLE, order_id=f"{number}", ordered_on=MONDAY + week, by="1", at=AT + week
            )
            done = flow.advance(
                opened.order,
                to=CYCLE.final.key,
                today=MONDAY + week + left,
                by="1",
                at=AT + week + left,
            )
            past.append([opened.entry, done.entry])
        opening = flow.open(
            CYCLE, order_id="1", ordered_on=MONDAY, delivery_on=MONDAY + timedelta(5), **who
        )
        order = opening.order
        known = learn(past, [CYCLE], as_of=MONDAY + timedelta(20))
        found = forecast([order], known, today=MONDAY, at_least=at_least)
        tried = evolve(
            backtest(past, [CYCLE], cuts=[MONDAY + timedelta(7)], at_least=at_least),
            warnings=("selected-by-end",),
        )
        case("there is a forecast", found[0].reason is None)
        case("a forecast is judged", tried.told)
        plan = order_plan(order, Forward(), [opening.entry], today=today, forecast=found)
        for picture in (forecast_svg(found, words=MARKED), backtest_svg(tried, words=MARKED)):
            assert english_of(read(picture)) == []
        for table in (report.table(words=MARKED) for report in (found, tried, plan)):
            cells = [cell for row in table.rows for cell in row if isinstance(cell, str)]
            assert english_of([table.title, *table.columns, *cells, *table.notes]) == []

    def test_english_would_be_found(self) -> None:
        """Without words, the same pictures have English in them."""
        assert len(english_of(read(cycle_svg(CYCLE)))) > 5
        assert len(english_of(read(flow_svg(CYCLE, {("1", "2"): 1})))) > 2


# --- Files and catalogues -------------------------------------------------------------------------


class TestFiles:
    """A file says what its table says."""

    @given(st.booleans(), st.integers(), st.dates())
    def test_cells_go_through_words(self, flag: bool, number: int, day: date) -> None:
        """Flags, numbers and days are written by the host; in CSV numbers and days stay."""
        case("a flag that is set", flag)
        at = Message("at {day}", {"day": MONDAY})
        table = Table("", ["1", "2", "3", "4"], [[flag, number, day, at]])
        for write in (to_text, to_markdown, to_html):
            text = write(table, words=MARKED)
            assert all(part in text for part in (f"#{number}", f"日{day:%Y%m%d}"))
        row = to_csv(table, words=MARKED).splitlines()[1]
        assert row == f"{'†††' if flag else '††'},{number},{day},†† 2026-11-02"


def test_the_german_catalogue_is_complete() -> None:
    """It has every text, and a catalogue without one is found."""
    laws.words_have_every_text(GERMAN)
    with pytest.raises(AssertionError, match="without a text"):
        laws.words_have_every_text({})
    with pytest.raises(AssertionError, match="with other fields"):
        laws.words_have_every_text({**GERMAN, "{count} days": "{days} Tage"})


def test_words_that_change_a_number_are_found() -> None:
    """A table of a host that says itself wrongly breaks the law."""
    table = Table("Late", ["Days"], [[3]])
    laws.words_change_only_texts(table, MARKED)
    assert say("Late", MARKED) == "††††"
