"""What an event log could have promised: its backtest, and the forecasts of one day.

    python examples/promises.py LOG

The script looks at the log as a shop would: on each of eight days it forecasts all open cases from
the events up to that day, and counts how many of these promises the later events have kept.
"""

import sys
from collections.abc import Iterable, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Final

from calls import CALENDAR, busiest_monday, promised
from eventlog import EventLog, read_log
from prodflow import HistoryEntry, MemoryStore, OrderQuery, StatusCycle
from prodflow.diagrams import backtest_svg, forecast_svg
from prodflow.export import to_text
from prodflow.hub import backtest, forecast, learn
from replay import cycle_of, replay

SHOWN: Final = 15


def show(
    log: EventLog, cycle: StatusCycle, histories: Iterable[Sequence[HistoryEntry]], output: Path
) -> None:
    """Print the backtest of a log and some forecasts, and write a picture of each."""
    past = [tuple(entries) for entries in histories]
    found = backtest(past, [cycle], calendar=CALENDAR)
    print(to_text(found.table()), end="")
    output.mkdir(parents=True, exist_ok=True)
    (output / "backtest.svg").write_text(backtest_svg(found), encoding="utf-8")
    monday = busiest_monday(log)
    if monday is None:
        print("  No case was open on a Monday, so there is nothing to forecast")
        return
    # The cases of Monday morning that can still meet the delivery dates that they were promised.
    store, _ = promised(log, cycle, monday)
    still_open = store.find(OrderQuery(is_open=True, sort="due"))
    sunday = monday - timedelta(1)
    known = learn(past, [cycle], as_of=sunday, calendar=CALENDAR)
    likely = [row.order for row in forecast(still_open, known, today=sunday) if row.chance]
    told = forecast(likely[:SHOWN], known, today=sunday)
    print(f"\n{to_text(told.table())}", end="")
    (output / "forecasts.svg").write_text(forecast_svg(told), encoding="utf-8")


def main(arguments: Sequence[str]) -> None:
    """Show the promises of a log."""
    log = read_log(Path(arguments[0]))
    cycle, store = cycle_of(log), MemoryStore()
    replay(log, cycle, store, at_once=1_000)
    histories = [store.history(order.id) for order in store.find(OrderQuery())]
    show(log, cycle, histories, Path("demo-output"))


if __name__ == "__main__":
    main(sys.argv[1:])
