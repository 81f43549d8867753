"""What type checkers make of the Production hub; never run."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import assert_type

from starlette.applications import Starlette
from starlette.requests import Request

from prodflow_hub import Visitor, hub_app
from prodflow_sqlalchemy import SqlStore


def check_hub_app(store: SqlStore, clock: Callable[[], datetime]) -> None:
    """The store, the clock and the visitor come from the host."""

    def visitor(_: Request) -> Visitor | None:
        return Visitor("Mia", roles=["manager"], departments=("Sales",))

    assert_type(hub_app(store, clock=clock, visitor=visitor), Starlette)
    hub_app(
        store,
        clock=clock,
        visitor=visitor,
        zone=lambda: UTC,
        lang="de",
        words={"Mine": "Meine"},
        editors=["manager"],
        client="client",
        templates=["pages"],
    )
    hub_app("studio.db", clock=clock, visitor=visitor)  # type: ignore[arg-type]  # open it first
    hub_app(store, clock=clock)  # type: ignore[call-arg]  # nobody says who it is


def check_visitor(someone: Visitor) -> None:
    """Names become sets and tuples."""
    assert_type(someone.name, str)
    assert_type(someone.roles, frozenset[str])
    assert_type(someone.departments, tuple[str, ...])
    Visitor()  # type: ignore[call-arg]  # a visitor has a name
    Visitor("Mia", ["manager"])  # type: ignore[call-arg]  # roles go by name
