"""The demo prints the right dates, records, refusals and reminders."""

import os
import subprocess
import sys
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path

import pytest

import calls
import demo
from demo import main
from eventlog import read_log
from replay import cycle_of
from tables import table


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The output of the demo without a log."""
    output = StringIO()
    with redirect_stdout(output):
        main(["--output", str(tmp_path_factory.mktemp("output"))])
    return output.getvalue()


@pytest.fixture(scope="module")
def lines(shown: str) -> list[str]:
    """The lines of the output, with one space between the columns of tables."""
    return [" ".join(line.split()) for line in shown.splitlines()]


class TestManualExample:
    """The worked example of the manual (decision D7)."""

    def test_manual(self, lines: list[str]) -> None:
        """Counting backward, the duration of a status doesn't move its own due date."""
        start = lines.index("Ordered on Mon 2015-07-27, to be delivered on Fri 2015-07-31") + 3

        assert lines[start : start + 4] == [
            "Retouch 3 2015-07-30 2015-07-30 2015-07-28 2015-07-28",
            "Printing 2 2015-08-01 2015-08-03 2015-07-30 2015-07-30",
            "QA 1 2015-08-02 2015-08-04 2015-07-31 2015-07-31",
            "Shipped - - - - -",
        ]

    def test_weekend(self, lines: list[str]) -> None:
        """Over a weekend, counting every day and counting working days differ."""
        start = lines.index("Ordered on Mon 2015-07-27, to be delivered on Tue 2015-08-04") + 3

        assert lines[start : start + 4] == [
            "Retouch 3 2015-07-30 2015-07-30 2015-08-01 2015-07-30",
            "Printing 2 2015-08-01 2015-08-03 2015-08-03 2015-08-03",
            "QA 1 2015-08-02 2015-08-04 2015-08-04 2015-08-04",
            "Shipped - - - - -",
        ]

    def test_float(self, lines: list[str]) -> None:
        """The float is 0 if the delivery date is the forward finish."""
        assert "Counting Monday to Friday: start by 2015-07-27, float 0 days" in lines


class TestWeek:
    """The week of the studio."""

    def test_invoice(self, lines: list[str]) -> None:
        """An invoice has several orders, one for each type."""
        assert "INV-2041 has 3 orders" in lines
        assert "PO-2 INV-2041 albums West Bindery Design 2026-11-19 Design -" in lines

    def test_command(self, lines: list[str]) -> None:
        """Saving the same command again does nothing."""
        assert "The browser sent this twice; the command id makes it one save: 6 entries" in lines

    def test_hub(self, lines: list[str]) -> None:
        """The hub counts the orders at the end of the week, and the days in each status."""
        assert "At the Lab 3 1 2" in lines[lines.index("Orders on the Board") :]
        assert "As of 2026-11-24: 8 orders." in lines
        assert "Prints Retouch 2 1 1 0 4 2.0 2 2 2" in lines

    def test_float(self, lines: list[str]) -> None:
        """A negative float shows on the first day that the order will be late."""
        late = "The album can't be ready by 2026-12-01: its float is -1 day"

        assert f"{late}, so work should have started by 2026-11-13" in lines

    def test_calls(self, lines: list[str]) -> None:
        """The same album is in the list of calls, though no status of it is late yet."""
        start = lines.index(
            "Monday 16: whom to call, since these orders will be late if nothing changes"
        )
        assert lines[start + 3 : start + 5] == [
            "PO-2 Vera Lind Design 2026-12-02 2026-12-01 1",
            "",
        ]

    def test_window(self, lines: list[str]) -> None:
        """The Status Change window shows a default in every field."""
        start = lines.index("Monday 16: Mia presses Advance Status on PO-1") + 3

        assert lines[start : start + 9] == [
            "Current Status Order Checked",
            "Date Completed 2026-11-16",
            "Change To Status Retouch (NEXT)",
            "Due Date 2026-11-19",
            "Status Updated By Mia",
            "New Status Assigned to Dept Retouch",
            "New Status Assigned to User Ana",
            "Current Status Not Complete [ ]",
            "Note -",
        ]

    def test_override(self, lines: list[str]) -> None:
        """A star marks only the values that the user gave."""
        assert "Due Date 2026-11-20 *" in lines
        assert "New Status Assigned to User Ben *" in lines
        assert "New Status Assigned to Dept Retouch *" not in lines

    def test_hold(self, lines: list[str]) -> None:
        """On Hold has the flag `pauses`, so going there leaves the status incomplete."""
        assert "Change To Status On Hold (ASIDE) *" in lines
        assert "Current Status Not Complete [x]" in lines

    def test_return(self, lines: list[str]) -> None:
        """The order comes back to the same status, user and due date."""
        start = lines.index("Change To Status Retouch (RESUME)")

        assert lines[start + 1] == "Due Date 2026-11-20"
        assert lines[start + 4] == "New Status Assigned to User Ben"

    def test_pause(self, lines: list[str]) -> None:
        """The order continues its visit, and the days on hold don't count."""
        assert "PO-1 is in Retouch since 2026-11-16: visit 2, 2 days paused" in lines
        counted = "Retouch took 2 working days: the 2 days on hold and the slip don't count"
        assert counted in lines

    def test_undo(self, lines: list[str]) -> None:
        """A slip is undone: the order is in the visit in which it was before."""
        back = "PO-1 is in Retouch since 2026-11-16: visit 2, 2 days paused"
        slip = lines.index("PO-1 is in At the Lab since 2026-11-19: visit 5, 0 days paused")

        assert back in lines[slip + 1 : slip + 5]

    def test_cancelled(self, lines: list[str]) -> None:
        """A cancelled order is neither open nor complete."""
        assert "PO-7 is open: False, complete: False" in lines

    def test_bulk(self, lines: list[str]) -> None:
        """A bulk shows first how many records it will modify."""
        start = lines.index("Wednesday 18: Mia selects PO-4 and PO-5 and presses Advance Status")

        assert lines[start + 1] == "2 records will be modified"

    def test_refused(self, lines: list[str]) -> None:
        """A refused bulk gives the reason for each order and changes nothing."""
        start = lines.index("PO-4 Retouch At the Lab 2026-11-24") + 1

        assert lines[start : start + 3] == [
            "PO-5 can't move yet: no lab is chosen: set the vendor first",
            (
                "PO-7 can't move: order 'PO-7' is closed at 'Cancelled' and has no next status:"
                " choose the status to reopen it in"
            ),
            "OK is refused and nothing changes: 2 orders can't move",
        ]

    def test_two_people(self, shown: str) -> None:
        """Two people who advance the same order don't move it by two statuses."""
        moved = "order 'PO-4' is at version 3, not 2: reload it"

        assert f"refused: {moved}" in shown
        assert f"the store refuses: {moved}" in shown

    @pytest.mark.parametrize(
        "line",
        [
            "+ scheduled for 2026-11-19: due-tomorrow of PO-1",
            "+ scheduled for 2026-11-19: ask-again of PO-1",
            "+ scheduled for 2026-11-23: chase-lab of PO-4",
            "+ scheduled for 2026-11-28: ready-soon of PO-2",
        ],
    )
    def test_scheduled(self, lines: list[str], line: str) -> None:
        """A change schedules its reminders."""
        assert line in lines

    @pytest.mark.parametrize(
        "line",
        [
            "- voided, was for 2026-11-19: due-tomorrow of PO-1",
            "- voided, was for 2026-11-22: chase-lab of PO-1",
            "- voided, was for 2026-11-23: chase-lab of PO-4",
        ],
    )
    def test_voided(self, lines: list[str], line: str) -> None:
        """A reminder is void when the order leaves the status before its day."""
        assert line in lines

    def test_fired(self, shown: str, lines: list[str]) -> None:
        """A reminder fires on its day if the order is still in the status."""
        assert "! fired on 2026-11-23: chase-lab of PO-1: task 'Call the lab' for Lab desk" in lines
        assert "chase-lab of PO-4: task" not in shown

    def test_channel(self, lines: list[str]) -> None:
        """For a client who wants no calls, the message takes its next channel."""
        fired = "! fired on 2026-11-19: ask-again of PO-1: message 'we-need-your-answer' by sms"

        assert fired in lines

    def test_moved(self, lines: list[str]) -> None:
        """A reminder follows a new delivery date."""
        start = lines.index("Wednesday 18: the client wants the album a week later, on 2026-12-08")

        assert lines[start + 1] == "~ moved to 2026-12-05: ready-soon of PO-2"

    def test_bounced(self, shown: str, lines: list[str]) -> None:
        """If one address bounces, the others get their messages, and it's tried again."""
        bounced = "x failed on 2026-11-16: thank-you of PO-1: the mailbox is full"
        later = "! fired on 2026-11-17: thank-you of PO-1: message 'order-received' by email"

        assert bounced in lines
        assert lines.index(later) > lines.index(bounced)
        for order_id in ("PO-4", "PO-5", "PO-7"):
            assert f"! fired on 2026-11-16: thank-you of {order_id}: message" in shown

    def test_done(self, lines: list[str]) -> None:
        """After the worker has run, only what has failed is still due."""
        assert "done 3, to be tried again 3, still due on 2026-11-16: 3" in lines
        assert "done 3, to be tried again 0, still due on 2026-11-17: 0" in lines
        assert "done 1, to be tried again 0, still due on 2026-11-23: 0" in lines

    def test_overdue(self, lines: list[str]) -> None:
        """The overdue list is sorted by due date and counts working days."""
        start = lines.index("Monday 23: the overdue list") + 3

        assert lines[start : start + 5] == [
            "PO-6 At the Lab 2026-11-17 4 Lab desk Tom",
            "PO-3 Cut 2026-11-18 3 Workshop -",
            "PO-2 Design 2026-11-19 2 Design -",
            "PO-5 Retouch 2026-11-19 2 Retouch Ana",
            "",
        ]

    def test_split(self, lines: list[str]) -> None:
        """An order and its part have the same status and due date."""
        start = lines.index("order quantity status due split from") + 2
        assert lines[start : start + 2] == [
            "PO-4 34 Quality Check 2026-11-25 -",
            "PO-4-B 6 Quality Check 2026-11-25 PO-4",
        ]

    def test_reason(self, lines: list[str]) -> None:
        """Sending an order back needs a note and a reason."""
        assert "refused (reason): going back needs a reason: pick one" in lines

    def test_client(self, lines: list[str]) -> None:
        """All orders of a client are found, the part too, and open ones are counted."""
        start = lines.index("Tuesday 24: Sam Okafor calls: where are the prints?") + 3
        found = [line.split()[0] for line in lines[start : start + 4]]
        assert found == ["PO-5", "PO-4-B", "PO-4", "PO-7"]
        assert "Lab desk: 3" in lines

    def test_history(self, lines: list[str]) -> None:
        """The Status Notes list every change, the undone one too, with who has undone it."""
        start = lines.index("Status Notes: PO-1") + 4

        assert lines[start : start + 7] == [
            (
                "1 Opened: quantity 40, client Vera Lind Order Checked"
                " Mia Mia 2026-11-16 09:00-05:00"
            ),
            (
                "2 Moved on Order Checked Retouch 2026-11-16 Mia Mia 2026-11-16 16:00-05:00"
                " Ana is away"
            ),
            (
                "3 Put on hold Retouch On Hold Ben Ben 2026-11-17 10:00-05:00"
                " Which of the two portraits?"
            ),
            "4 Came back On Hold Retouch 2026-11-19 Ben Ben 2026-11-19 14:00-05:00",
            "5 Moved on Retouch At the Lab 2026-11-19 Mia Mia 2026-11-19 15:00-05:00 Mia",
            "6 Undid entry 5 At the Lab Retouch Mia Mia 2026-11-19 15:05-05:00 Wrong order",
            "7 Moved on Retouch At the Lab 2026-11-20 Ana Ana 2026-11-20 09:05-05:00",
        ]
        assert "The history has 7 entries; 5 still count" in lines
        assert "Replaying the history gives the same order: True" in lines


class TestFile:
    """The week in an SQLite file."""

    def test_same(self, lines: list[str]) -> None:
        """The week prints the same with a database as with the store in memory."""
        assert "In the file, the week prints the same as in memory: True" in lines


class TestLog:
    """The part that replays a log."""

    def test_none(self, lines: list[str]) -> None:
        """Without a log, the demo says how to pass one."""
        assert lines[-1].endswith("make demo LOG=path/to/log.csv")

    def test_replayed(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        """With a log, all parts run."""
        log = tmp_path / "log.csv"
        log.write_text(
            "case,activity,resource,workgroup,timestamp\n"
            "1,Take,ann,desk,2026-11-16T09:00:00Z\n"
            "1,Close,ann,desk,2026-11-16T10:00:00Z\n",
            encoding="utf-8",
        )

        assert main(["--log", str(log), "--output", str(tmp_path)]) == 0
        shown = capsys.readouterr().out
        assert "2. A studio's week" in shown
        assert "'log.csv' has 2 events, cases: 1" in shown
        assert "No case was open on a Monday, so there is nobody to call" in shown
        assert "Opened again, the file has every event: True" in shown

    def test_calls(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        """On the Monday with the most open cases, it says who must be called, and why."""
        log = tmp_path / "log.csv"
        done = "".join(
            f"{case},Take,ann,desk,2026-11-{day:02}T09:00:00Z\n"
            f"{case},Solve,ann,desk,2026-11-{day + 1:02}T09:00:00Z\n"
            f"{case},Close,ann,desk,2026-11-{day + 3:02}T10:00:00Z\n"
            for case, day in ((1, 2), (2, 2), (3, 3))
        )
        log.write_text(
            "case,activity,resource,workgroup,timestamp\n"
            f"{done}"
            "4,Take,bob,lab,2026-11-05T09:00:00Z\n"
            "5,Take,eve,lab,2026-11-13T09:00:00Z\n"
            "4,Solve,bob,lab,2026-11-13T09:00:00Z\n"
            "5,Solve,eve,lab,2026-11-20T09:00:00Z\n"
            "4,Close,bob,lab,2026-11-20T10:00:00Z\n"
            "5,Close,eve,lab,2026-11-20T10:00:00Z\n",
            encoding="utf-8",
        )
        calls.show(read_log(log), cycle_of(read_log(log)), tmp_path)
        shown = [" ".join(line.split()) for line in capsys.readouterr().out.splitlines()]
        assert shown[:4] == [
            "It's Monday, 16 November 2026, with 2 open cases",
            "Cases are promised within 3 working days, as four of five had been closed",
            "1 will be late; 0 of them are in no list of overdue cases",
            "call of case expected days late because",
        ]
        assert (tmp_path / "late.svg").exists()

    def test_nobody_to_call(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        """If all is in time, there is no picture of a late case."""
        log = tmp_path / "log.csv"
        log.write_text(
            "case,activity,resource,workgroup,timestamp\n"
            "1,Take,ann,desk,2026-11-13T09:00:00Z\n"
            "1,Close,ann,desk,2026-11-16T10:00:00Z\n",
            encoding="utf-8",
        )
        calls.show(read_log(log), cycle_of(read_log(log)), tmp_path)
        assert "0 will be late" in capsys.readouterr().out
        assert not (tmp_path / "late.svg").exists()

    def test_refused(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        """A bad log prints one line and ends with status 2."""
        log = tmp_path / "log.csv"
        log.write_text("case,activity\n", encoding="utf-8")

        assert main(["--log", str(log)]) == 2
        shown = capsys.readouterr()
        assert shown.out == ""
        assert shown.err == (
            f"'{log}', line 1: no column resource, workgroup, timestamp:"
            " the header must name case, activity, resource, workgroup, timestamp\n"
        )

    def test_no_path(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        """A log without enough activities for a cycle ends with status 2, too."""
        log = tmp_path / "log.csv"
        log.write_text(
            "case,activity,resource,workgroup,timestamp\n1,Take,ann,desk,2026-11-16T09:00:00Z\n",
            encoding="utf-8",
        )

        assert main(["--log", str(log)]) == 2
        assert capsys.readouterr().out == ""


class TestPrinting:
    """The output itself."""

    def test_table(self) -> None:
        """Numbers are aligned to the right, and None is shown as a dash."""
        rows = [("Retouch", 1200, None), ("QA", None, 2.25), ("Shipped", 3, 1.0)]

        assert table(("status", "n", "days"), rows).splitlines() == [
            "  status       n  days",
            "  -------  -----  ----",
            "  Retouch  1,200     -",
            "  QA           -   2.2",
            "  Shipped      3   1.0",
        ]

    def test_no_reader(self, tmp_path: Path) -> None:
        """The demo ends quietly when the reader closes the pipe, as `head` does."""
        reader, writer = os.pipe()
        os.close(reader)

        command = [sys.executable, demo.__file__, "--output", str(tmp_path)]
        done = subprocess.run(  # noqa: S603 - our own script
            command, stdout=writer, stderr=subprocess.PIPE, check=False
        )

        os.close(writer)
        assert (done.returncode, done.stderr) == (0, b"")
