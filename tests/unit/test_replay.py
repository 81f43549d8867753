"""The replay of an event log: the path it derives, its accounts, and bad logs."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from eventlog import EventLog, LogError, read_log, usual_path
from prodflow import MemoryStore, ProductionOrder, StatusCycle
from replay import Accounts, account, cycle_of, main, replay

HEADER = "case,activity,resource,workgroup,timestamp"

Writer = Callable[..., Path]


@pytest.fixture
def write(tmp_path: Path) -> Writer:
    """Write the lines of a log and return its path; the header is line 1."""

    def written(*lines: str, header: str = HEADER) -> Path:
        log = tmp_path / "log.csv"
        log.write_text("\n".join((header, *lines)) + "\n", encoding="utf-8")
        return log

    return written


def case(case_id: str, *activities: str, resource: str = "ann") -> list[str]:
    """The lines of a case, with an hour between its events."""
    start = datetime(2026, 11, 16, 9, tzinfo=UTC)
    return [
        f"{case_id},{activity},{resource},desk,{(start + timedelta(hours=n)).isoformat()}"
        for n, activity in enumerate(activities)
    ]


def replayed(log: EventLog, cycle: StatusCycle) -> MemoryStore:
    """A store with the orders of a log."""
    store = MemoryStore()
    replay(log, cycle, store)
    return store


def accounts_of(path: Path) -> Accounts:
    """The accounts of a log replayed into an empty store."""
    log = read_log(path)
    cycle = cycle_of(log)
    return account(log, cycle, replayed(log, cycle))


def path_of(cycle: StatusCycle) -> list[str]:
    """The descriptions of a path."""
    return [status.description for status in cycle.path]


MIXED = [
    *case("1", "Take", "Wait", "Take", "Take", "Solve", "Close"),
    *case("2", "Take", "Solve", "Take", "Solve", "Close", "Take"),
    *case("3", "Insert", "Take", "Close"),
    *case("4", "Take", "Solve", "Close", resource="ben"),
]


class TestPath:
    """Which activities form the path."""

    def test_usual(self, write: Writer) -> None:
        """The path has the activities of at least half of the cases, in their usual order."""
        assert path_of(cycle_of(read_log(write(*MIXED)))) == ["Take", "Solve", "Close"]

    def test_rest(self, write: Writer) -> None:
        """All other activities are non-standard."""
        cycle = cycle_of(read_log(write(*MIXED)))

        assert [status.description for status in cycle.non_standard] == ["Wait", "Insert"]

    def test_detour(self, write: Writer) -> None:
        """A long detour in few cases doesn't change the path."""
        log = read_log(
            write(
                *case("1", "a", "b", "c"),
                *case("2", "a", "b", "c"),
                *case("3", "a", "x", "y", "z", "b", "c"),
                *case("4", "a", "c", "b"),
            )
        )

        assert usual_path(log) == ("a", "b", "c")

    def test_no_two_frequent(self, write: Writer) -> None:
        """If fewer than two activities are in half of the cases, it has the two most frequent."""
        lines = [*case("1", "a", "b"), *case("2", "a", "b")]
        lines += [line for name in "cdef" for line in case(name, name)]

        assert usual_path(read_log(write(*lines))) == ("a", "b")

    def test_given(self, write: Writer) -> None:
        """A given path is used unchanged."""
        cycle = cycle_of(read_log(write(*MIXED)), path=["Insert", "Take", "Close"])

        assert path_of(cycle) == ["Insert", "Take", "Close"]

    def test_non_standard_given(self, write: Writer) -> None:
        """The path is derived without the activities that are given as non-standard."""
        log = read_log(write(*case("1", "a", "b", "c"), *case("2", "a", "c", "b", "c")))

        assert path_of(cycle_of(log, non_standard=["b"])) == ["a", "c"]

    def test_capitals(self, write: Writer) -> None:
        """Activities that differ only in capitals are one, with its first spelling."""
        log = read_log(write(*case("1", "Take", "TAKE", "close")))

        assert log.activities == ("Take", "close")

    @pytest.mark.parametrize(
        ("path", "non_standard"),
        [
            (["Take"], None),
            (["Take", "Take"], None),
            (["Take", "Clsoe"], None),
            (["Take", "Close"], ["Wait"]),
            (["Take", "Close"], ["Take", "Solve", "Wait", "Insert"]),
            (None, ["Take", "Solve", "Close", "Wait", "Insert"]),
        ],
        ids=["short", "repeated", "unknown", "neither", "both", "none-left"],
    )
    def test_refused(
        self, write: Writer, path: list[str] | None, non_standard: list[str] | None
    ) -> None:
        """A path that makes no cycle, or leaves out an activity, is refused."""
        log = read_log(write(*MIXED))

        with pytest.raises(LogError) as refused:
            cycle_of(log, path=path, non_standard=non_standard)

        assert refused.value.line is None

    def test_one_activity(self, write: Writer) -> None:
        """A log of a single activity has no path."""
        with pytest.raises(LogError, match="two or more"):
            cycle_of(read_log(write(*case("1", "Take", "Take"))))


class TestAccounts:
    """The accounts, which compare the orders with the log."""

    def test_sound(self, write: Writer) -> None:
        """Every event gives an entry, and replaying a history gives its order."""
        accounts = accounts_of(write(*MIXED))

        assert accounts.is_sound
        assert accounts == Accounts(
            events=18, orders=4, entries=18, found_again=18, replayed_equal=4
        )

    def test_mixed_cases(self, write: Writer) -> None:
        """The lines of cases can be mixed."""
        first, second = case("1", "Take", "Solve", "Close"), case("2", "Take", "Solve", "Close")

        lines = [line for pair in zip(first, second, strict=True) for line in pair]

        assert accounts_of(write(*lines)).is_sound

    def test_opened_where_it_began(self, write: Writer) -> None:
        """A case that doesn't begin at the initial status is opened where it began."""
        log = read_log(write(*case("1", "Wait"), *case("2", "Take", "Close")))

        store = replayed(log, cycle_of(log, path=["Take", "Close"]))

        assert store.get("1").status.description == "Wait"

    def test_day(self, write: Writer) -> None:
        """The order date is the day of the timestamp in its own time zone."""
        lines = ("1,Take,,,2026-11-16T23:30:00-05:00", "1,Close,,,2026-11-17T12:00:00+00:00")
        log = read_log(write(*lines))

        assert f"{replayed(log, cycle_of(log)).get('1').ordered_on}" == "2026-11-16"

    def test_lost_event(self, write: Writer) -> None:
        """An event that is missing from the histories is detected."""
        log = read_log(write(*MIXED))
        cycle = cycle_of(log)
        store = replayed(log, cycle)

        later = read_log(write(*MIXED, *case("5", "Take")))

        assert not account(later, cycle, store).is_sound

    def test_other_event(self, write: Writer) -> None:
        """An entry that differs from the log is detected."""
        log = read_log(write(*MIXED))
        cycle = cycle_of(log)
        store = replayed(log, cycle)

        other = read_log(write(*MIXED[:-1], *case("4", "Take", "Solve", "Close")[2:]))

        assert account(other, cycle, store).found_again == 17

    def test_opening_without_event(self, write: Writer) -> None:
        """An opening without an event is counted separately."""
        log = read_log(write(*MIXED))
        cycle = cycle_of(log)
        store = replayed(log, cycle)

        later = read_log(write(*MIXED[1:]))

        accounts = account(later, cycle, store)
        assert accounts.is_sound
        assert (accounts.events, accounts.entries, accounts.openings_without_event) == (17, 18, 1)

    def test_replayed_elsewhere(self, write: Writer) -> None:
        """The store keeps the histories, so the orders can be replayed elsewhere."""
        log = read_log(write(*MIXED))
        cycle = cycle_of(log)

        store = replayed(log, cycle)

        assert ProductionOrder.replay(store.history("2"), [cycle]) == store.get("2")

    def test_nothing_kept(self, write: Writer) -> None:
        """An empty store accounts for no events."""
        log = read_log(write(*MIXED))

        assert not account(log, cycle_of(log), MemoryStore()).is_sound


class TestReading:
    """The columns and lines that are read, and those that are ignored."""

    def test_columns(self, write: Writer) -> None:
        """Columns can be in any order, among others."""
        log = write(
            "2026-11-16T09:00:00Z,x,ann,desk,7,Take",
            header="timestamp,extra,resource,workgroup,case,activity",
        )

        event = read_log(log).events[0]

        assert event == (2, "7", "Take", "ann", "desk", datetime(2026, 11, 16, 9, tzinfo=UTC))

    def test_nobody(self, write: Writer) -> None:
        """An event without a resource and a workgroup is recorded by nobody."""
        event = read_log(write("7,Take,,,2026-11-16T09:00:00Z")).events[0]

        assert (event.resource, event.workgroup) == ("(nobody)", None)

    def test_byte_order_mark(self, tmp_path: Path) -> None:
        """A byte order mark isn't part of the header."""
        log = tmp_path / "log.csv"
        log.write_text(f"{HEADER}\n{case('1', 'Take')[0]}\n", encoding="utf-8-sig")

        assert len(read_log(log).events) == 1

    def test_blank_lines(self, write: Writer) -> None:
        """Blank lines are ignored, but count as lines."""
        log = write("", *case("1", "Take"), "", *case("2", "Take"))

        assert [event.line for event in read_log(log).events] == [3, 5]

    def test_cases(self, write: Writer) -> None:
        """The events of a log are grouped by case."""
        log = read_log(write(*case("1", "a", "b", "a"), *case("2", "a")))

        assert {name: len(events) for name, events in log.cases.items()} == {"1": 3, "2": 1}


GOOD = "1,Take,ann,desk,2026-11-16T09:00:00Z"

BAD_LINES = {
    "date": ("1,Take,ann,desk,yesterday", "'yesterday' is not a timestamp with an offset from UTC"),
    "day": ("1,Take,ann,desk,2026-02-30T09:00:00Z", "is not a timestamp"),
    "naive": ("1,Take,ann,desk,2026-11-16T09:00:00", "is not a timestamp with an offset from UTC"),
    "order": ("1,Close,ann,desk,2026-11-16T08:59:59Z", "case '1' goes back in time"),
    "short": ("1,Take,ann", "5 fields expected as in the header, not 3"),
    "long": ("1,Take,ann,desk,2026-11-16T09:00:00Z,x", "not 6"),
    "case": (",Take,ann,desk,2026-11-16T09:00:00Z", "the case is blank"),
    "activity": ("2,  ,,,2026-11-16T09:00:00Z", "the activity is blank"),
    "name": ("2,Ta\x07ke,ann,desk,2026-11-16T09:00:00Z", "U+0007"),
    "resource": (f"2,Close,{'n' * 201},desk,2026-11-16T09:00:00Z", "must have 1 to 200 characters"),
    "nul": ("2,Close,an\0n,desk,2026-11-16T09:00:00Z", "U+0000"),
    "quote": ('2,"Take,ann,desk,2026-11-16T09:00:00Z', "this is not CSV"),
    "field": (f"2,{'n' * 200_000},ann,desk,2026-11-16T09:00:00Z", "this is not CSV"),
}


class TestRefusal:
    """A bad log gives exit status 2 and one line that says where it is wrong."""

    @pytest.mark.parametrize(("line", "reason"), BAD_LINES.values(), ids=BAD_LINES)
    def test_line(
        self, write: Writer, capsys: pytest.CaptureFixture[str], line: str, reason: str
    ) -> None:
        """For a bad line, the message has its number."""
        log = write(GOOD, line)

        assert main([str(log)]) == 2
        refusal = capsys.readouterr()
        assert refusal.out == ""
        assert refusal.err.startswith(f"'{log}', line 3: ")
        assert reason in refusal.err
        assert refusal.err.count("\n") == 1

    def test_columns(self, write: Writer, capsys: pytest.CaptureFixture[str]) -> None:
        """For missing columns, the message names all of them and the line of the header."""
        log = write(header="case,what,resource,when,workgroup")

        assert main([str(log)]) == 2
        assert capsys.readouterr().err == (
            f"'{log}', line 1: no column activity, timestamp:"
            " the header must name case, activity, resource, workgroup, timestamp\n"
        )

    def test_empty(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        """An empty file is refused."""
        log = tmp_path / "log.csv"
        log.touch()

        assert main([str(log)]) == 2
        assert capsys.readouterr().err == (
            f"'{log}': the file is empty: a log needs a header and events\n"
        )

    def test_header_alone(self, write: Writer, capsys: pytest.CaptureFixture[str]) -> None:
        """A header without events is refused."""
        log = write()

        assert main([str(log)]) == 2
        assert capsys.readouterr().err == f"'{log}', line 1: no events follow the header\n"

    def test_missing(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        """A missing file is refused."""
        log = tmp_path / "none.csv"

        assert main([str(log)]) == 2
        assert capsys.readouterr().err == (
            f"'{log}': the file cannot be read: No such file or directory\n"
        )

    def test_directory(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        """A directory is refused."""
        assert main([str(tmp_path)]) == 2
        assert capsys.readouterr().err == f"'{tmp_path}': the file cannot be read: Is a directory\n"

    def test_encoding(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        """For a file that isn't UTF-8, the message has the line of the first wrong byte."""
        log = tmp_path / "log.csv"
        log.write_bytes(f"{HEADER}\n{GOOD}\n2,Geh\xf6rt,".encode("latin-1"))

        assert main([str(log)]) == 2
        assert (
            capsys.readouterr().err == f"'{log}', line 3: this is not UTF-8: invalid start byte\n"
        )

    def test_name_of_file(self, capsys: pytest.CaptureFixture[str]) -> None:
        """A file name that a terminal can't show is escaped."""
        assert main(["no\nlog\udcff"]) == 2
        assert capsys.readouterr().err == (
            "'no\\nlog\\udcff': the file cannot be read: No such file or directory\n"
        )


class TestCommandLine:
    """The replay as a command."""

    def test_report(self, write: Writer, capsys: pytest.CaptureFixture[str]) -> None:
        """The report has the path, the counts and the rate; progress goes to stderr."""
        assert main([str(write(*MIXED))]) == 0

        shown = capsys.readouterr()
        assert "'log.csv' has 18 events, cases: 4" in shown.out
        assert "The path: Take > Solve > Close" in shown.out
        assert "Every event is accounted for" in shown.out
        assert "changes per second" in shown.out
        assert shown.err == "replayed 18 of 18 events\n"

    def test_entries(self, write: Writer, capsys: pytest.CaptureFixture[str]) -> None:
        """The first event opens, one of the same activity amends, others change the status."""
        main([str(write(*MIXED))])

        rows = [line.split() for line in capsys.readouterr().out.splitlines()]
        expected = [["StatusChanged", "13"], ["OrderOpened", "4"], ["OrderAmended", "1"]]
        assert [row for row in rows if row in expected] == expected

    def test_moves(self, write: Writer, capsys: pytest.CaptureFixture[str]) -> None:
        """Every kind of step is counted separately."""
        main([str(write(*MIXED))])

        rows = [line.split() for line in capsys.readouterr().out.splitlines()]
        start = rows.index(["NEXT", "7"])
        assert rows[start : start + 6] == [
            ["NEXT", "7"],
            ["SKIP", "1"],
            ["BACK", "1"],
            ["ASIDE", "1"],
            ["RESUME", "2"],
            ["REOPEN", "1"],
        ]

    def test_now(self, write: Writer, capsys: pytest.CaptureFixture[str]) -> None:
        """Orders count in their present status; a status that no order has left has no stays."""
        main([str(write(*MIXED, *case("5", "Stop")))])

        rows = [line.split()[:3] for line in capsys.readouterr().out.splitlines()]
        assert [row for row in rows if row[:1] in (["Take"], ["Close"], ["Stop"])] == [
            ["Take", "1", "6"],
            ["Close", "3", "1"],
            ["Stop", "1", "0"],
        ]

    def test_resources(self, write: Writer, capsys: pytest.CaptureFixture[str]) -> None:
        """Entries are counted by the person who made them, the busiest first."""
        main([str(write(*MIXED))])

        rows = [line.split() for line in capsys.readouterr().out.splitlines()]
        start = rows.index(["ann", "15"])
        assert rows[start : start + 3] == [["ann", "15"], ["ben", "3"], []]

    def test_progress(self, write: Writer, capsys: pytest.CaptureFixture[str]) -> None:
        """A long log shows progress."""
        lines = [line for n in range(1700) for line in case(f"{n}", "Take", "Solve", "Close")]

        main([str(write(*lines))])

        assert capsys.readouterr().err == (
            "replayed 5,000 of 5,100 events\nreplayed 5,100 of 5,100 events\n"
        )

    def test_counts(self, write: Writer, capsys: pytest.CaptureFixture[str]) -> None:
        """The counts are printed together with the sums they must give."""
        main([str(write(*MIXED))])

        rows = [" ".join(line.split()) for line in capsys.readouterr().out.splitlines()]
        assert "entries = events + openings without one 18" in rows
        assert "orders where replay(history) == order 4" in rows

    def test_stays(self, write: Writer, capsys: pytest.CaptureFixture[str]) -> None:
        """Stays are shown with their median and their 80th percentile."""
        lines = [
            line
            for n, waits in enumerate((1, 2, 3, 4, 5))
            for line in case(f"{n}", *["Take"] * waits, "Close")
        ]

        main([str(write(*lines))])

        rows = [line.split() for line in capsys.readouterr().out.splitlines()]
        assert ["Take", "0", "5", "3.0", "4.0"] in rows

    def test_arguments(self, write: Writer, capsys: pytest.CaptureFixture[str]) -> None:
        """Options give the path and the non-standard activities."""
        arguments = ["--path", "Insert", "Take", "Close", "--non-standard", "Wait", "Solve"]

        assert main([str(write(*MIXED)), *arguments]) == 0
        shown = capsys.readouterr().out
        assert "The path: Insert > Take > Close\nNon-standard: Wait, Solve\n" in shown

    def test_bad_path(self, write: Writer, capsys: pytest.CaptureFixture[str]) -> None:
        """A path with an activity that isn't in the log is refused."""
        log = write(*MIXED)

        assert main([str(log), "--path", "Take", "Clsoe"]) == 2
        assert capsys.readouterr().err.startswith(
            f"'{log}': path and non-standard must name each activity once"
        )
