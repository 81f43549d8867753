"""The commands: `prodflow-hub serve`, `prodflow-hub demo` and `prodflow-hub user add`."""

import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, tzinfo
from getpass import getpass
from pathlib import Path
from tempfile import TemporaryDirectory
from zoneinfo import ZoneInfo

import sqlalchemy as sa
import uvicorn
from starlette.applications import Starlette

from prodflow_hub._accounts import AccountError, Accounts
from prodflow_hub._app import hub_app
from prodflow_hub._demo import PEOPLE, load_demo
from prodflow_hub._hub import newest_settings
from prodflow_hub._signing_in import app_with_accounts
from prodflow_hub._texts import LANGUAGES
from prodflow_sqlalchemy import SqlStore

Serve = Callable[[Starlette, str, int], None]


def clock() -> datetime:
    """The present instant, in the zone of this machine."""
    return datetime.now(UTC).astimezone()


def url_of(database: str) -> str:
    """The URL of a database: a path is a file of SQLite."""
    if "://" not in database:
        return f"sqlite:///{database}"
    return database.replace("postgresql://", "postgresql+psycopg://", 1)


def engine_of(url: str) -> sa.Engine:
    """An engine for the accounts."""
    waits = {"timeout": 10} if url.startswith("sqlite") else {}
    return sa.create_engine(url, connect_args=waits, pool_pre_ping=True)


def serving(app: Starlette, host: str, port: int) -> None:
    """Serve an app until somebody stops it."""
    uvicorn.run(app, host=host, port=port, log_level="warning", server_header=False)


def main(arguments: Sequence[str] | None = None, serve: Serve = serving) -> int:
    """Run a command; returns the exit status."""
    given = _parser().parse_args(arguments)
    run: Callable[[Namespace, Serve], int] = given.run
    return run(given, serve)


def _parser() -> ArgumentParser:
    parser = ArgumentParser("prodflow-hub", description="The Production hub in the browser.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    serve = commands.add_parser("serve", help="serve the orders of a database")
    serve.add_argument("database", help="a file of SQLite, or a URL such as postgresql://…")
    serve.set_defaults(run=_serve)
    demo = commands.add_parser("demo", help="serve pretend orders, which are gone afterwards")
    names = [person.name for person in PEOPLE]
    demo.add_argument("--user", choices=names, default=names[0], help="who you are")
    demo.set_defaults(run=_demo)
    for command in (serve, demo):
        command.add_argument("--host", default="127.0.0.1")
        command.add_argument("--port", type=int, default=8000)
        command.add_argument("--lang", choices=sorted(LANGUAGES), default="en")

    user = commands.add_parser("user", help="make accounts")
    verbs = user.add_subparsers(required=True, metavar="VERB")
    add = verbs.add_parser("add", help="make an account, or change one")
    add.add_argument("database", help="as for serve")
    add.add_argument("name")
    add.add_argument("--role", action="append", default=[], help="such as manager; repeatable")
    add.add_argument("--department", action="append", default=[], help="repeatable")
    add.add_argument("--password-stdin", action="store_true", help="read the password from stdin")
    add.set_defaults(run=_add_user)
    for command in (serve, add):
        command.add_argument("--tenant", default="", help="whose data it is, if several share it")
    return parser


def _accounts(given: Namespace) -> Accounts:
    accounts = Accounts(engine_of(url_of(given.database)), clock, given.tenant)
    accounts.create_tables()
    return accounts


def _serve(given: Namespace, serve: Serve) -> int:
    store = SqlStore.open(url_of(given.database), tenant=given.tenant)
    accounts = _accounts(given)
    if not accounts.names():
        _say(f"Nobody can sign in yet: run `prodflow-hub user add {given.database} NAME` first.")
        return 1

    def zone() -> tzinfo | None:
        name = newest_settings(store).zone
        return None if name is None else ZoneInfo(name)

    app = app_with_accounts(store, accounts, clock=clock, zone=zone, lang=given.lang)
    _say(f"The Production hub is at http://{given.host}:{given.port}/")
    serve(app, given.host, given.port)
    return 0


def _demo(given: Namespace, serve: Serve) -> int:
    (person,) = [each for each in PEOPLE if each.name == given.user]
    with TemporaryDirectory() as folder:
        store = SqlStore.open(f"sqlite:///{Path(folder) / 'demo.db'}")
        load_demo(store, clock())
        app = hub_app(
            store,
            clock=clock,
            visitor=lambda _: person,
            lang=given.lang,
            editors=["manager"],
        )
        _say(f"You are {person.name}. The demo is at http://{given.host}:{given.port}/")
        serve(app, given.host, given.port)
        store.close()
    return 0


def _add_user(given: Namespace, _: Serve) -> int:
    if given.password_stdin:
        password = sys.stdin.readline().rstrip("\n")
    else:
        password = getpass()
        if getpass("The same again: ") != password:
            _say("The two passwords differ. Nothing was changed.")
            return 1
    try:
        _accounts(given).put(given.name, password, roles=given.role, departments=given.department)
    except AccountError as error:
        _say(f"Nothing was changed: {error}.")
        return 1
    _say(f"{given.name} can sign in.")
    return 0


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()
