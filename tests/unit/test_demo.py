"""The demonstration says what is true: dates, records, refusals, reminders."""

import os
import subprocess
import sys
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path

import pytest

import demo
from demo import main
from tables import table


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> str:
    """What the demonstration prints without a log."""
    output = StringIO()
    with redirect_stdout(output):
        main(["--output", str(tmp_path_factory.mktemp("output"))])
    return output.getvalue()


@pytest.fixture(scope="module")
def lines(shown: str) -> list[str]:
    """Its lines, with the space between the columns of its tables made single."""
    return [" ".join(line.split()) for line in shown.splitlines()]


class TestManualExample:
    """Decision D7: the worked example of the manual."""

    def test_manual(self, lines: list[str]) -> None:
        """Counting back, a status' own duration is not subtracted from its own due date."""
        start = lines.index("Ordered on Mon 2015-07-27, to be delivered on Fri 2015-07-31") + 3

        assert lines[start : start + 4] == [
            "Retouch 3 2015-07-30 2015-07-30 2015-07-28 2015-07-28",
            "Printing 2 2015-08-01 2015-08-03 2015-07-30 2015-07-30",
            "QA 1 2015-08-02 2015-08-04 2015-07-31 2015-07-31",
            "Shipped - - - - -",
        ]

    def test_weekend(self, lines: list[str]) -> None:
        """Over a weekend, every day counted and Monday to Friday differ."""
        start = lines.index("Ordered on Mon 2015-07-27, to be delivered on Tue 2015-08-04") + 3

        assert lines[start : start + 4] == [
            "Retouch 3 2015-07-30 2015-07-30 2015-08-01 2015-07-30",
            "Printing 2 2015-08-01 2015-08-03 2015-08-03 2015-08-03",
            "QA 1 2015-08-02 2015-08-04 2015-08-04 2015-08-04",
            "Shipped - - - - -",
        ]

    def test_float(self, lines: list[str]) -> None:
        """Delivery at the forward finish leaves no float."""
        assert "Counting Monday to Friday: start by 2015-07-27, float 0 days" in lines


class TestWeek:
    """A studio's week."""

    def test_invoice(self, lines: list[str]) -> None:
        """One invoice gives several orders, each of the type it needs."""
        assert "INV-2041 has 3 orders" in lines
        assert "PO-2 INV-2041 albums West Bindery Design 2026-11-19 Design -" in lines

    def test_command(self, lines: list[str]) -> None:
        """A save that is repeated under its command id does nothing."""
        assert "The browser sent it twice, and the command id made it one: 6 entries" in lines

    def test_hub(self, lines: list[str]) -> None:
        """The hub counts what the week has left, and how long it took."""
        assert "At the Lab 2 1 1" in lines[lines.index("Orders on the Board") :]
        assert "As of 2026-11-23: 4 orders." in lines
        assert "prints Retouch 3 4 1 1 1" in lines

    def test_float(self, lines: list[str]) -> None:
        """A delivery that cannot be met is told on the first day."""
        told = "The album cannot be ready by 2026-12-01: float -1 day"

        assert f"{told}, it should have been begun by 2026-11-13" in lines

    def test_window(self, lines: list[str]) -> None:
        """The Status Change window has every default filled in."""
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
        """What the user gives is marked, and the rest stays as derived."""
        assert "Due Date 2026-11-20 *" in lines
        assert "New Status Assigned to User Ben *" in lines
        assert "New Status Assigned to Dept Retouch *" not in lines

    def test_hold(self, lines: list[str]) -> None:
        """An order goes on hold without its status being complete."""
        assert "Change To Status On Hold (ASIDE) *" in lines
        assert "Current Status Not Complete [x] *" in lines

    def test_return(self, lines: list[str]) -> None:
        """It comes back to the same status, person and due date."""
        start = lines.index("Change To Status Retouch (RESUME)")

        assert lines[start + 1] == "Due Date 2026-11-20"
        assert lines[start + 4] == "New Status Assigned to User Ben"

    def test_cancelled(self, lines: list[str]) -> None:
        """A cancelled order is closed without being complete."""
        assert "PO-7 is open: False, complete: False" in lines

    def test_bulk(self, lines: list[str]) -> None:
        """A bulk first says how many records it will modify."""
        start = lines.index("Wednesday 18: Mia selects PO-4 and PO-5 and presses Advance Status")

        assert lines[start + 1] == "2 records will be modified"

    def test_refused(self, lines: list[str]) -> None:
        """A refused bulk says why for each order, and changes nothing."""
        start = lines.index("PO-4 Retouch At the Lab 2026-11-24") + 1

        assert lines[start : start + 3] == [
            "PO-5 cannot go: order 'PO-5' may not change: no lab is chosen: set the vendor first",
            (
                "PO-7 cannot go: order 'PO-7' is closed at 'cancelled' and has no next status:"
                " choose the status to reopen it in"
            ),
            "OK is refused, nothing has changed: 2 orders cannot go",
        ]

    def test_two_people(self, shown: str) -> None:
        """Two people who press Advance do not send an order two steps on."""
        assert "order 'PO-4' is at 'lab', not 'retouch': reload it" in shown
        assert "order 'PO-4' is at version 3, not 2: reload it" in shown

    @pytest.mark.parametrize(
        "line",
        [
            "+ scheduled for 2026-11-19: due-tomorrow of PO-1",
            "+ scheduled for 2026-11-19: ask-again of PO-1",
            "+ scheduled for 2026-11-23: chase-lab of PO-4",
        ],
    )
    def test_scheduled(self, lines: list[str], line: str) -> None:
        """A reminder is scheduled with the change that causes it."""
        assert line in lines

    @pytest.mark.parametrize(
        "line",
        [
            "- voided, was for 2026-11-19: due-tomorrow of PO-1",
            "- voided, was for 2026-11-23: chase-lab of PO-4",
        ],
    )
    def test_voided(self, lines: list[str], line: str) -> None:
        """A reminder dies when the order leaves the status before its day."""
        assert line in lines

    def test_fired(self, shown: str, lines: list[str]) -> None:
        """A reminder fires on its day, for the order that is still there."""
        assert "! fired on 2026-11-23: chase-lab of PO-1: task 'Call the lab' for Lab desk" in lines
        assert "chase-lab of PO-4: task" not in shown

    def test_channel(self, lines: list[str]) -> None:
        """A client who wants no calls gets the next channel of the message."""
        fired = "! fired on 2026-11-19: ask-again of PO-1: message 'we-need-your-answer' by sms"

        assert fired in lines

    def test_acknowledged(self, lines: list[str]) -> None:
        """What was acted on is acknowledged, and nothing of the day is left."""
        assert "acknowledged 6, left for 2026-11-16: 0" in lines
        assert "acknowledged 1, left for 2026-11-23: 0" in lines

    def test_overdue(self, lines: list[str]) -> None:
        """The overdue list goes by due date, and counts working days."""
        start = lines.index("Monday 23: the overdue list") + 3

        assert lines[start : start + 5] == [
            "PO-6 At the Lab 2026-11-17 4 Lab desk Tom",
            "PO-3 Cut 2026-11-18 3 Workshop -",
            "PO-2 Design 2026-11-19 2 Design -",
            "PO-5 Retouch 2026-11-19 2 Retouch Ana",
            "",
        ]

    def test_history(self, lines: list[str]) -> None:
        """The history of an order has every change, and gives the order back."""
        start = lines.index("The history of PO-1: its Status Notes") + 3

        assert lines[start : start + 6] == [
            "1 Mon 09:00 Mia opened in ordered - - 2026-11-17 Mia",
            "2 Mon 16:00 Mia ordered > retouch NEXT 2026-11-16 2026-11-20 Ben Ana is away",
            "3 Tue 10:00 Ben retouch > on-hold ASIDE - - Ben Which of the two portraits?",
            "4 Thu 14:00 Ben on-hold > retouch RESUME 2026-11-19 2026-11-20 Ben",
            "5 Fri 09:05 Ana retouch > lab NEXT 2026-11-20 2026-11-24 Tom",
            "replayed, it gives the order back: True",
        ]


class TestFile:
    """The week in a file of SQLite."""

    def test_same(self, lines: list[str]) -> None:
        """The store in a database tells the week as the one in memory does."""
        assert "Told by the file, the week is the same to the last line: True" in lines


class TestLog:
    """The part that replays a log."""

    def test_none(self, lines: list[str]) -> None:
        """Without a log the demonstration says how to give one."""
        assert lines[-1].endswith("make demo LOG=path/to/log.csv")

    def test_replayed(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        """With a log the parts make one run."""
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
        assert "Closed and opened again, the file has every event: True" in shown

    def test_refused(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        """A bad log gets one line and nothing else, and exit status 2."""
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
        """So does a log of which no cycle can be made."""
        log = tmp_path / "log.csv"
        log.write_text(
            "case,activity,resource,workgroup,timestamp\n1,Take,ann,desk,2026-11-16T09:00:00Z\n",
            encoding="utf-8",
        )

        assert main(["--log", str(log)]) == 2
        assert capsys.readouterr().out == ""


class TestPrinting:
    """How it prints."""

    def test_table(self) -> None:
        """Columns of numbers stand flush right, and nothing is a dash."""
        rows = [("Retouch", 1200, None), ("QA", None, 2.25), ("Shipped", 3, 1.0)]

        assert table(("status", "n", "days"), rows).splitlines() == [
            "  status       n  days",
            "  -------  -----  ----",
            "  Retouch  1,200     -",
            "  QA           -   2.2",
            "  Shipped      3   1.0",
        ]

    def test_no_reader(self, tmp_path: Path) -> None:
        """A reader who has seen enough, as in `make demo | head`, ends it quietly."""
        reader, writer = os.pipe()
        os.close(reader)

        demonstration = [sys.executable, demo.__file__, "--output", str(tmp_path)]
        done = subprocess.run(  # noqa: S603 - our own script
            demonstration, stdout=writer, stderr=subprocess.PIPE, check=False
        )

        os.close(writer)
        assert (done.returncode, done.stderr) == (0, b"")
