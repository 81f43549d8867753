"""The types of the hub, as type checkers see them; never run."""

from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import assert_type

from prodflow import (
    EVERY_DAY,
    Forward,
    HistoryEntry,
    Outlook,
    ProductionOrder,
    Reason,
    Status,
    StatusCycle,
    WorkingCalendar,
)
from prodflow.diagrams import backtest_svg, forecast_svg, load_svg, plan_svg
from prodflow.export import Table
from prodflow.hub import (
    Activity,
    ActivityBy,
    ActivityCount,
    Amount,
    AtRisk,
    Backtest,
    BacktestRow,
    BeyondCalendar,
    Board,
    BoardBy,
    BoardColumn,
    CycleTime,
    CycleTimes,
    Days,
    DepartmentLoad,
    Digest,
    DigestBy,
    DigestPart,
    Experience,
    ExperienceWarning,
    Families,
    Family,
    Forecast,
    Forecasts,
    Group,
    Hours,
    JudgedForecast,
    Kinship,
    Lateness,
    Load,
    LoadPer,
    MoveCount,
    MoveGraph,
    NoForecast,
    OnTime,
    OnTimeByVendor,
    OnTimeRate,
    OrderAtRisk,
    OrderBeyond,
    OrderList,
    OrderPlan,
    OrderStep,
    OrderStepState,
    PastStay,
    Pause,
    PlannedLoad,
    PublicStep,
    ReasonCount,
    ReasonReport,
    ReasonTotal,
    Relative,
    RenamedStatus,
    Rework,
    SortBy,
    Span,
    StatusCount,
    StatusLateness,
    StatusReport,
    StatusReportRow,
    StatusRework,
    StatusTime,
    StayEnd,
    StepState,
    Suggestion,
    Suggestions,
    TimeByUser,
    TimeInStatus,
    Tracking,
    UserTime,
    VendorOnTime,
    Visit,
    Workload,
    WorkloadRow,
    activity,
    at_risk,
    backtest,
    beyond_calendar,
    board,
    cycle_time,
    digest,
    due_soon,
    family,
    forecast,
    history_table,
    in_use,
    lateness_under,
    learn,
    load,
    move_graph,
    on_time_by_vendor,
    on_time_rate,
    order_plan,
    order_type_table,
    overdue,
    past_delivery,
    reasons,
    rework,
    status_report,
    status_table,
    suggest_durations,
    time_by_user,
    time_in_status,
    tracking,
    visits,
    workload,
)


def check_board(orders: list[ProductionOrder], by: BoardBy, day: date) -> None:
    """A board, its columns and its tables."""
    on_board = board(orders, by=by, today=day, columns=["lab", None], within=2)
    assert_type(on_board, Board)
    assert_type(on_board.columns, tuple[BoardColumn, ...])
    assert_type(on_board.columns[0].key, str | bool | int | Decimal | date | None)
    assert_type(on_board.columns[0].quantity, int)
    assert_type(on_board.columns[0].orders, tuple[ProductionOrder, ...])
    assert_type(on_board.columns[0].count, int)
    assert_type(on_board.table("quantity"), Table)
    assert_type(on_board.orders_table("priority", "facts.client"), Table)
    assert_type(board(orders, by="facts.copies", today=day, columns=[1, None]), Board)
    assert_type(board(iter(orders), today=day, calendar=WorkingCalendar()), Board)


def check_names(
    orders: list[ProductionOrder],
    whom: DigestBy,
    histories: list[list[HistoryEntry]],
    cycles: Iterator[StatusCycle],
    day: date,
) -> None:
    """What shows a name takes the cycles that have it."""
    assert_type(board(orders, today=day, cycles=cycles), Board)
    late = overdue(orders, today=day, cycles=cycles)
    assert_type(late, OrderList)
    assert_type(late.cycles, tuple[StatusCycle, ...])
    assert_type(past_delivery(orders, today=day, cycles=cycles), OrderList)
    risks = at_risk(orders, Forward(), today=day, cycles=cycles)
    assert_type(risks, AtRisk)
    assert_type(risks[0], OrderAtRisk)
    assert_type(risks[1:], tuple[OrderAtRisk, ...])
    assert_type(risks.table("priority"), Table)
    at_risk(orders, {"prints": Forward()}, today=day)
    promised = on_time_by_vendor(orders)
    assert_type(promised, OnTimeByVendor)
    assert_type(promised.rows[0], VendorOnTime)
    assert_type(promised.total.mean_days_late, float | None)
    on_time_by_vendor(["PO-1"])  # type: ignore[list-item]  # not ids
    beyond = beyond_calendar(orders, Forward(), cycles=cycles)
    assert_type(beyond, BeyondCalendar)
    assert_type(beyond[0], OrderBeyond)
    assert_type(beyond[1:], tuple[OrderBeyond, ...])
    beyond_calendar(orders, {"prints": Forward()}, today=day)  # type: ignore[call-arg]  # no day
    assert_type(due_soon(orders, today=day, within=5, cycles=cycles), OrderList)
    mails = digest(orders, by=whom, today=day, policy=Forward(), cycles=cycles)
    assert_type(mails.calendar, WorkingCalendar)
    assert_type(mails, Digest)
    assert_type(mails[0], DigestPart)
    assert_type(mails[1:], tuple[DigestPart, ...])
    assert_type(mails.text(mails[0]), str)
    digest(orders, by="status", today=day)  # type: ignore[arg-type]  # one of three
    assert_type(status_report(orders, today=day, cycles=cycles), StatusReport)
    assert_type(history_table(histories[0], cycles, reasons=[Reason("late", "Late")]), Table)
    cycle = orders[0].cycle
    lateness = lateness_under(histories, cycle, policy=Forward(), cycles=cycles)
    assert_type(lateness, Lateness)
    suggested = suggest_durations(
        histories, cycle, calendar=WorkingCalendar(), as_of=day, cycles=cycles
    )
    assert_type(suggested, Suggestions)


def check_lists(orders: list[ProductionOrder], day: date) -> None:
    """Lists are sequences of orders; a slice of one is a tuple."""
    late = overdue(orders, today=day)
    assert_type(late, OrderList)
    assert_type(len(late), int)
    assert_type(late[0], ProductionOrder)
    assert_type(late[:2], tuple[ProductionOrder, ...])
    assert_type(iter(late), Iterator[ProductionOrder])
    assert_type(late.table(), Table)
    assert_type(late.table("quantity", "facts.client"), Table)


def check_reports(
    orders: list[ProductionOrder], cycle: StatusCycle, sort_by: SortBy, amount: Amount, day: date
) -> None:
    """The Order Status Report, the workload, and the list of statuses."""
    report = status_report(
        orders,
        today=day,
        statuses={"lab"},
        user=None,
        sort_by=sort_by,
        clients={"PO-1": "Dr. Ott"},
        amounts={"PO-1": amount},
    )
    assert_type(report, StatusReport)
    assert_type(report.rows, tuple[StatusReportRow, ...])
    assert_type(report.days_late, tuple[int | None, ...])
    assert_type(report.rows[0].days_late, int | None)
    assert_type(report.rows[0].amount, int | Decimal | None)
    assert_type(report.counts, tuple[StatusCount, ...])
    assert_type(report.counts[0].overdue, int)
    assert_type(report.orders, tuple[ProductionOrder, ...])
    assert_type(report.amount, Decimal)
    assert_type(report.counts_table("quantity"), Table)
    assert_type(report.quantity, int)
    work = workload(orders, today=day)
    assert_type(work, Workload)
    assert_type(work.rows, tuple[WorkloadRow, ...])
    assert_type(work.rows[0].user, str | None)
    assert_type(work.departments, tuple[Load, ...])
    assert_type(work.users[0].name, str | None)
    assert_type(work.users_table(), Table)
    by_client = workload(orders, today=day, by="facts.client")
    assert_type(by_client.groups, tuple[Group[Workload], ...])
    assert_type(by_client.groups[0].value, str | bool | int | Decimal | date | None)
    assert_type(by_client.groups[0].title, str)
    assert_type(by_client.groups[0].report, Workload)
    of_fact = status_report(orders, today=day, by="facts.client", clients="facts.client")
    assert_type(of_fact.groups, tuple[Group[StatusReport], ...])
    assert_type(in_use(cycle, orders), dict[str, int])
    assert_type(order_type_table([cycle]), Table)
    assert_type(status_table(cycle, show_inactive=True), Table)


def check_visits(entries: list[HistoryEntry], cycle: StatusCycle) -> None:
    """Visits, and the reports on them."""
    stays = visits(entries, calendar=WorkingCalendar())
    assert_type(stays, tuple[Visit, ...])
    assert_type(stays[0].calendar_days, int | None)
    assert_type(stays[0].pauses, tuple[Pause, ...])
    assert_type(stays[0].pauses[0].resumed_on, date | None)
    assert_type(stays[0].paused_days, int)
    assert_type(stays[0].is_paused, bool)
    assert_type(stays[0].on_time, bool | None)
    times = time_in_status(stays, cycles=[cycle])
    assert_type(times, TimeInStatus)
    assert_type(times.rows, tuple[StatusTime, ...])
    assert_type(times.rows[0].working, Days)
    assert_type(times.rows[0].working.mean, float | None)
    assert_type(times.working_table(), Table)
    rate = on_time_rate(stays)
    assert_type(rate, OnTimeRate)
    assert_type(rate.rows, tuple[OnTime, ...])
    assert_type(rate.rate, float | None)
    lengths = cycle_time(stays, [cycle])
    assert_type(lengths, CycleTimes)
    assert_type(lengths.orders, tuple[CycleTime, ...])
    assert_type(lengths.orders[0].to_first, Span)
    assert_type(lengths.orders[0].to_last.active_days, int)
    again = rework(stays)
    assert_type(again, Rework)
    assert_type(again.rows, tuple[StatusRework, ...])
    of_people = time_by_user(iter(stays))
    assert_type(of_people, TimeByUser)
    assert_type(of_people.rows, tuple[UserTime, ...])
    assert_type(of_people.rows[0].hours, Hours)
    assert_type(of_people.rows[0].hours.mean, float | None)
    assert_type(of_people.table(), Table)
    moves = move_graph(stays)
    assert_type(moves, MoveGraph)
    assert_type(moves.edges, tuple[MoveCount, ...])
    assert_type(moves.edges[0].weight, int)


def check_activity(entries: list[HistoryEntry], cycle: StatusCycle, day: date) -> None:
    """Activity reads histories; its total is a row."""
    by: ActivityBy = "week"
    counted = activity(iter([entries]), [cycle], since=day, until=day, by=by)
    assert_type(counted, Activity)
    assert_type(counted.by, ActivityBy)
    assert_type(counted.rows, tuple[ActivityCount, ...])
    assert_type(counted.total, ActivityCount)
    assert_type(counted.total.begins_on, date | None)
    assert_type(counted.table(), Table)


def check_families(orders: list[ProductionOrder]) -> None:
    """Families are a sequence; a family knows what each order is to which other one."""
    families = family(iter(orders), cycles=[orders[0].cycle])
    assert_type(families, Families)
    assert_type(families[0], Family)
    assert_type(families[:2], tuple[Family, ...])
    assert_type(families[0].relatives, tuple[Relative, ...])
    assert_type(families[0].relatives[0].kinship, Kinship | None)
    assert_type(families[0].parts, tuple[ProductionOrder, ...])
    assert_type(families[0].parent_id, str | None)
    assert_type(families[0].quantity, int)
    assert_type(families.table(), Table)


def check_tracking(order: ProductionOrder, entries: list[HistoryEntry], day: date) -> None:
    """What a client sees of an order."""
    seen = tracking(order, iter(entries), cycles=[order.cycle], today=day)
    assert_type(seen, Tracking)
    assert_type(seen.steps, tuple[PublicStep, ...])
    assert_type(seen.steps[0].state, StepState)
    assert_type(seen.current, PublicStep | None)
    assert_type(seen.expected_on, date | None)
    assert_type(seen.table(), Table)


def check_reasons(
    histories: list[list[HistoryEntry]], cycles: Iterator[StatusCycle], day: date
) -> None:
    """Why orders were sent back, and what it took."""
    report = reasons(histories, cycles, today=day, reasons=[Reason("late", "Late")])
    assert_type(report, ReasonReport)
    assert_type(report.rows, tuple[ReasonCount, ...])
    assert_type(report.rows[0].chargeable, bool | None)
    assert_type(report.totals, tuple[ReasonTotal, ...])
    assert_type(report.totals[0].days_lost, int)
    grouped = reasons(histories, cycles, today=day, by="facts.client")
    assert_type(grouped.groups[0].report, ReasonReport)
    assert_type(report.totals_table(), Table)


def check_durations(histories: list[list[HistoryEntry]], cycle: StatusCycle) -> None:
    """Durations learned from histories, and lateness."""
    suggested = suggest_durations(
        histories, cycle, calendar=WorkingCalendar(), as_of=date(2026, 11, 2), quantile=0.9
    )
    assert_type(suggested, Suggestions)
    assert_type(suggested.calendars, Mapping[str, WorkingCalendar])
    suggest_durations(
        histories,
        cycle,
        calendar=WorkingCalendar(),
        as_of=date(2026, 11, 2),
        calendars={"lab": EVERY_DAY},
    )
    assert_type(suggested.rows, tuple[Suggestion, ...])
    assert_type(suggested.rows[0].status, Status)
    assert_type(suggested.rows[0].days, int | None)
    assert_type(suggested.adopted(), StatusCycle)
    assert_type(suggested.replay(histories), Lateness)
    lateness = lateness_under(histories, cycle, policy=Forward())
    assert_type(lateness, Lateness)
    assert_type(lateness.rows, tuple[StatusLateness, ...])
    assert_type(lateness.rows[0].recorded_late, int)


def check_order_plan(order: ProductionOrder, entries: list[HistoryEntry], day: date) -> None:
    """What was done on an order, and what is to come."""
    found = order_plan(order, Forward(), iter(entries), today=day, cycles=[order.cycle])
    assert_type(found, OrderPlan)
    assert_type(found[0], OrderStep)
    assert_type(found[1:], tuple[OrderStep, ...])
    assert_type(found[0].state, OrderStepState)
    assert_type(found[0].finish_on, date | None)
    assert_type(found.finish_on, date | None)
    assert_type(found.slack_days, int | None)
    assert_type(found.table(words=None), Table)
    assert_type(plan_svg(found, title="PO-1"), str)


def check_looking_ahead(orders: list[ProductionOrder], day: date) -> None:
    """With a policy, reports know when orders are expected."""
    seen = board(orders, today=day, policy={"prints": Forward()})
    assert_type(seen.looks_ahead, bool)
    assert_type(seen.columns[0].outlooks, tuple[Outlook | None, ...])
    assert_type(seen.columns[0].days_late, tuple[int | None, ...])
    assert_type(seen.columns[0].at_risk, int)
    report = status_report(orders, today=day, policy=Forward())
    assert_type(report.rows[0].outlook, Outlook | None)


def check_load(orders: list[ProductionOrder], per: LoadPer, day: date) -> None:
    """How much work there is on the days to come."""
    found = load(iter(orders), Forward(), today=day, horizon=14)
    assert_type(found, PlannedLoad)
    assert_type(found[0], DepartmentLoad)
    assert_type(found[0].amounts, tuple[int | Decimal, ...])
    assert_type(found[0].total, int | Decimal)
    assert_type(found.totals, tuple[int | Decimal, ...])
    assert_type(found.days, tuple[date, ...])
    assert_type(found.table(words=None), Table)
    assert_type(load_svg(found, title="Ours"), str)
    load(orders, {"prints": Forward()}, today=day, horizon=14, per=per, weigh=lambda it: it.visit)


def check_forecasts(
    histories: list[list[HistoryEntry]], orders: list[ProductionOrder], cycle: StatusCycle
) -> None:
    """By when orders will be done, and how often that came true."""
    day = date(2026, 11, 2)
    known = learn(iter(histories), [cycle], as_of=day, calendar=EVERY_DAY, window_days=730)
    assert_type(known, Experience)
    assert_type(known.stays, tuple[PastStay, ...])
    assert_type(known.stays[0].end, StayEnd)
    assert_type(known.renamed, tuple[RenamedStatus, ...])
    assert_type(known.warnings, tuple[ExperienceWarning, ...])
    found = forecast(iter(orders), known, today=day, at_least=5, cycles=[cycle])
    assert_type(found, Forecasts)
    assert_type(found[0], Forecast)
    assert_type(found[0].reason, NoForecast | None)
    assert_type(found[0].by(0.8), date | None)
    assert_type(found[0].chance_by(day), float | None)
    assert_type(found[0].chance, float | None)
    assert_type(found.table(words=None), Table)
    assert_type(forecast_svg(found, title="Ours"), str)
    assert_type(at_risk(orders, Forward(), today=day, forecast=found)[0].forecast, Forecast | None)
    report = status_report(orders, today=day, forecast=found)
    assert_type(report.rows[0].forecast, Forecast | None)
    plan = order_plan(orders[0], Forward(), histories[0], today=day, forecast=found)
    assert_type(plan.forecast, Forecast | None)
    judged = backtest(histories, [cycle], calendar=EVERY_DAY, cuts=[day], at_least=5)
    assert_type(judged, Backtest)
    assert_type(judged[0], BacktestRow)
    assert_type(judged[0].judged, tuple[JudgedForecast, ...])
    assert_type(judged.done_by(0.8), float | None)
    assert_type(judged[0].brier, float | None)
    assert_type(backtest_svg(judged, title="Ours"), str)
    learn(histories, [cycle])  # type: ignore[call-arg]  # up to which day?
    forecast(orders, known)  # type: ignore[call-arg]  # which day?
    forecast(orders, histories, today=day)  # type: ignore[arg-type]  # learn from them first
    backtest(histories, [cycle], cuts=8)  # type: ignore[arg-type]  # days
    found[0].by("0.8")  # type: ignore[arg-type]  # a share
    at_risk(orders, Forward(), today=day, forecast=known)  # type: ignore[arg-type]  # of these orders


def check_hub_refuses(
    orders: list[ProductionOrder], cycle: StatusCycle, entry: HistoryEntry, day: date
) -> None:
    """Both type checkers refuse each of these."""
    overdue(orders)  # type: ignore[call-arg]  # which day?
    overdue(orders, day)  # type: ignore[call-arg]  # today goes by name
    due_soon(orders, today="2026-11-16")  # type: ignore[arg-type]  # a date
    board(orders, today=day).table("priority")  # type: ignore[arg-type]  # only "quantity"
    family(orders[0])  # type: ignore[arg-type]  # orders, not one
    tracking(orders[0])  # type: ignore[call-arg]  # and its history
    board(orders, today=day, policy="forward")  # type: ignore[arg-type]  # a policy
    load(orders, Forward(), today=day)  # type: ignore[call-arg]  # how far ahead?
    load(orders, Forward(), today=day, horizon=day)  # type: ignore[arg-type]  # a number of days
    load(orders, Forward(), today=day, horizon=5, weigh=lambda _: 0.5)  # type: ignore[arg-type, return-value]  # no float
    order_plan(orders[0], Forward(), today=day)  # type: ignore[call-arg]  # and its history
    reasons([[entry]], [cycle])  # type: ignore[call-arg]  # which day?
    board(orders[0], today=day)  # type: ignore[arg-type]  # orders, not one
    status_report(orders, today=day, sort_by="date")  # type: ignore[arg-type]  # one of three words
    status_report(orders, today=day, amounts={"PO-1": 0.1})  # type: ignore[dict-item]  # no float
    visits([[entry]])  # type: ignore[list-item]  # of one order
    time_in_status([entry])  # type: ignore[list-item]  # of visits
    suggest_durations([[entry]], cycle)  # type: ignore[call-arg]  # which days count?
    lateness_under([[entry]], cycle, policy=WorkingCalendar())  # type: ignore[arg-type]  # a policy
    in_use(cycle, orders, resuming=True)  # type: ignore[call-arg]  # they always count
    status_table(cycle, True)  # type: ignore[call-arg]  # noqa: FBT003 - flags go by name
    board(orders, today=day).columns = ()  # type: ignore[misc]  # frozen
