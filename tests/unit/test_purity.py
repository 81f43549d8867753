"""Purity: no file, socket, process or import during the main job, and no heavy import before it.

Both tests run a fresh interpreter, since an audit hook can't be removed, and since the test run
itself imports more than prodflow does.
"""

import json
import subprocess
import sys
from pathlib import Path
from textwrap import dedent

import pytest

MAIN_JOB = dedent(
    '''
    import pickle
    import sys
    from datetime import UTC, date, datetime, timedelta

    from prodflow import (
        Backward, ChangeRefusedError, ChangeRules, Completing, CreateTask, CustomAction,
        DaysFromDelivery, DaysFromDue, DaysInStatus, Entering, Forward, FromEntry,
        InvalidCycleError, Leaving, MemoryStore, Move, Opening, OrderQuery, ProductionFlow,
        ProductionOrder, SendMessage, StaleOrdersError, Status, StatusCycle, Terms, Trigger,
        VendorTerms, Where, WorkingCalendar, business_date, deliver_due, effective,
        find_problems, find_rule_problems, find_trigger_problems, plan, plan_many, slug,
    )


    def run(name, year):
        """The main job, with ids, statuses and dates of its own."""
        day = date(year, 3, 2)
        days = iter(range(1, 1_000))
        today = lambda: day + timedelta(next(days))
        at = datetime(year, 3, 2, 12, tzinfo=UTC)
        who = {"by": f"ann {name}", "at": at}

        calendar = WorkingCalendar(holidays=[date(year, 12, 25)])
        cycle = StatusCycle(
            name,
            [
                Status(slug("Ordered"), "Ordered", default_duration=1, initial=True),
                Status("retouch", "Retouch", default_duration=3, default_user="ann"),
                Status("lab", "At the lab", default_duration=2, default_department="lab"),
                Status("done", "Delivered", final=True),
                Status("hold", "On hold", non_standard=True, pauses=True),
            ],
        )
        edited = cycle.add(Status("frame", "Framing", default_duration=1), 3).move_up("frame")
        find_problems([*cycle, {"key": name}])
        try:
            cycle.remove("ordered")
        except InvalidCycleError as error:
            str(error)

        triggers = [
            Trigger("open", Opening(), CustomAction("greet", {"name": name})),
            Trigger("enter", Entering("lab"), SendMessage("begun")),
            Trigger("leave", Leaving("retouch"), CreateTask("Check")),
            Trigger("complete", Completing(), CreateTask("Archive"), once_per_order=True),
            Trigger("call", DaysInStatus("lab", 3), CreateTask("Call the lab")),
            Trigger("remind", DaysFromDue(None, -1, working=True), CreateTask("Hurry")),
            Trigger("soon", DaysFromDelivery(-7), CreateTask("Look"), condition=Where(user=None)),
        ]
        find_trigger_problems(triggers, [cycle])
        flow = ProductionFlow(
            due_dates=Forward(calendar, shift_holds=True),
            triggers=triggers,
            rules=ChangeRules(note_required={Move.BACK}, guard=lambda order, proposal: None),
        )
        business_date(at, zone=UTC, cutoff=at.time(), calendar=calendar)
        own = {"lab": WorkingCalendar(known_through=date(year, 12, 31))}
        west = VendorTerms(durations={"lab": 1})
        terms = Terms(Backward(calendar, calendars=own), {"West": west})
        for policy in (Forward(calendar), Backward(calendar), FromEntry(calendar), terms):
            dates = plan(cycle, policy, ordered_on=day, delivery_on=date(year, 6, 1))
            dates.past(today=day), dates.start_by, list(dates)
            plan_many(cycle, policy, [(day, None), (day, date(year, 6, 1))])

        store = MemoryStore()
        store.put_cycle(cycle, replaces=None)
        ids = [f"{name}-{number}" for number in range(4)]
        for order_id in ids:
            change = flow.open(cycle, order_id=order_id, ordered_on=day, **who, command_id=order_id)
            store.save(change)
        order = store.get(ids[0])
        now = today()
        flow.choices(order, today=now, by="ann")
        proposal = flow.propose(order, today=now, by="ann")
        revised = flow.revise(proposal, to="lab", user="cy", note="in a hurry")
        store.save(flow.accept(revised, at=at))
        for keywords in (
            {"to": "hold", "due_on": day},
            {},
            {"to": "retouch", "note": "again"},
            {},
        ):
            store.save(flow.advance(store.get(ids[0]), today=today(), **who, **keywords))
        try:
            flow.advance(store.get(ids[0]), today=today(), to="ordered", **who)
        except ChangeRefusedError as error:
            str(error)
        try:
            store.save(flow.amend(order, user="dot", **who))
        except StaleOrdersError as error:
            str(error)
        others = [store.get(order_id) for order_id in ids[1:]]
        bulk = flow.propose_all(others, today=today(), by="ann")
        store.save(*flow.accept_all(bulk, at=at, command_id=f"{name}-bulk"))
        store.save(*flow.amend_all(store.load(ids).values(), vendor="lab one", **who))
        store.save(flow.amend(store.get(ids[1]), delivery_on=date(year, 7, 1), **who))
        order, history = store.get(ids[1]), store.history(ids[1])
        undone = flow.undo(order, history, **who)
        assert len(effective([*history, undone.entry])) == len(history) - 1
        flow.undo_all([(order, history)], note="by mistake", **who)
        flow.choices_all(others, today=now, by="ann", recorded_by="bob")
        flow.revise_all(bulk, to="hold", note="stock-taking")
        find_rule_problems(flow.rules, [cycle])
        backward = ProductionFlow(due_dates=Backward(calendar), triggers=triggers)
        store.save(backward.replan(store.get(ids[1]), **who))
        store.put_cycle(edited, replaces=cycle.version)
        store.save(flow.migrate(store.get(ids[2]), edited, **who))
        store.save(*flow.migrate_all([store.get(ids[3])], edited, **who))

        for order_id in ids:
            history = store.history(order_id)
            assert ProductionOrder.replay(history, [cycle, edited]) == store.get(order_id)
        pickle.loads(pickle.dumps(store.get(ids[2])))
        orders = store.find(OrderQuery(is_open=True, overdue_on=date(year, 12, 1), limit=2))
        assert len(orders) == 2
        store.pending(as_of=date.max, limit=3)
        claimed = store.claim(as_of=date.max, now=at, lease=timedelta(minutes=5))
        first, second, third, *rest = claimed
        store.acknowledge(*rest)
        store.dismiss(first.event.id)
        store.fail(second, error="no answer", retry_at=at)
        store.extend(third, now=at, lease=timedelta(hours=1))
        store.release(third)
        assert store.get_event(third.event.id)
        store.set_reminders(*flow.reminders_all([store.get(ids[2])], today=day))

        def act(item, order):
            if item.event.trigger == "remind":
                raise ValueError(order.id)

        delivered = deliver_due(
            store, act, as_of=date.max, now=lambda: at, lease=timedelta(minutes=5)
        )
        assert delivered.done
        assert delivered.failed
        assert store.forget(before=date.max)
    '''
)
WATCHED = dedent(
    """
    run("prints", 2026)  # a warm-up: the first use of a thing may load what Python keeps for it

    seen = []
    families = ("open", "import", "exec", "compile", "socket", "subprocess", "os", "shutil", "glob",
        "tempfile", "pathlib", "sqlite3", "urllib", "http", "ftplib", "smtplib", "mmap", "ctypes",
        "fcntl", "signal", "pty", "webbrowser", "time")
    sys.addaudithook(
        lambda event, args: seen.append(f"{event} {args[:1]}")
        if event.partition(".")[0] in families else None
    )
    run("albums", 2031)
    done = list(seen)
    __import__("os").listdir(".")
    assert len(seen) > len(done), "the hook sees what it is there for"
    __import__("json").dump(done, sys.stdout)
    """
)
HEAVY = (
    "asyncio",
    "dateutil",
    "hypothesis",
    "logging",
    "multiprocessing",
    "numpy",
    "pytest",
    "random",
    "secrets",
    "socket",
    "sqlite3",
    "ssl",
    "subprocess",
    "tempfile",
    "urllib",
    "uuid",
    "zoneinfo",
)
LOADED = dedent(
    """
    import json, sys
    import attrs
    before = set(sys.modules)
    import prodflow
    json.dump(sorted({name.partition(".")[0] for name in sys.modules.keys() - before}), sys.stdout)
    """
)


def said_by_a_fresh_interpreter(script: str, folder: Path) -> object:
    """The JSON output of a script in a fresh interpreter."""
    path = folder / "script.py"
    path.write_text(script, encoding="utf-8")
    done = subprocess.run(  # noqa: S603 - our own script
        [sys.executable, str(path)], capture_output=True, check=False, text=True
    )
    assert done.stderr == ""
    return json.loads(done.stdout)


def test_the_main_job_touches_no_file_socket_process_or_import(tmp_path: Path) -> None:
    """After a warm-up, the main job touches no file, socket, process or import."""
    assert said_by_a_fresh_interpreter(MAIN_JOB + WATCHED, tmp_path) == []


@pytest.mark.parametrize("module", HEAVY)
def test_importing_prodflow_does_not_load(module: str, loaded: list[str]) -> None:
    """Importing prodflow doesn't load modules that only some users need."""
    assert module not in loaded


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> object:
    """The top-level modules that prodflow loads in addition to those of attrs."""
    return said_by_a_fresh_interpreter(LOADED, tmp_path_factory.mktemp("loaded"))
