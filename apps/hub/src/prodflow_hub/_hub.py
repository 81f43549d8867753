"""What a hub is made of, and what a page knows about the request that it answers."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from datetime import date, datetime, tzinfo
from functools import partial
from typing import Final, final
from urllib.parse import urlencode

import jinja2
from attrs import define, field, frozen
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from prodflow import FlowSettings, ProductionFlow, SettingsNotFoundError, StatusCycle
from prodflow_hub._learning import Learned, Learning
from prodflow_hub._open_orders import OpenOrders, Snapshot
from prodflow_hub._texts import Speech
from prodflow_sqlalchemy import SqlStore

Pairs = Sequence[tuple[str, str]]
"""What a browser posts: names with their values, in the sequence of the page."""


def _set(names: Iterable[str]) -> frozenset[str]:
    return frozenset(names)


def _tuple(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(names)


@final
@frozen
class Visitor:
    """Somebody who uses the hub.

    Args:
        name: the name that is recorded, and that orders name as their user.
        roles: the roles, which permissions ask for.
        departments: the departments whose orders the page "Mine" shows too.
    """

    name: str
    roles: frozenset[str] = field(default=frozenset(), converter=_set, kw_only=True)
    departments: tuple[str, ...] = field(default=(), converter=_tuple, kw_only=True)


@final
@define(eq=False)
class Now:
    """The present instant in the time zone of the studio.

    Args:
        clock: gives the present instant.
        zone: gives the time zone; None for the one that the clock has.
    """

    clock: Callable[[], datetime]
    zone: Callable[[], tzinfo | None]
    _last: tzinfo | None = field(init=False, default=None)

    def __call__(self) -> datetime:
        """The present instant."""
        self._last = self.zone()
        return self._in_last_zone()

    def _in_last_zone(self) -> datetime:
        now = self.clock()
        return now if self._last is None else now.astimezone(self._last)

    def today(self) -> date | None:
        """The date, also while the zone can't be read; None if there is no clock either."""
        for now in (self, self._in_last_zone):
            with suppress(Exception):
                return now().date()
        return None


@final
@frozen(kw_only=True)
class Hub:
    """A hub: the store, what the host tells it, and how it shows things."""

    store: SqlStore
    now: Now
    visitor: Callable[[Request], Visitor | None]
    speech: Speech
    editors: frozenset[str] | None
    """The roles of those who may edit statuses; None for everybody."""
    client: str
    """The name of the fact that has the client."""
    pages: jinja2.Environment
    open_orders: OpenOrders
    learning: Learning
    sign_in: str | None
    """The path of the page to sign in; None if the host signs people in elsewhere."""

    def get_ready(self) -> None:
        """Read the open orders and compile the pages, so that nobody waits for it later."""
        settings = newest_settings(self.store)
        self.open_orders.now(self.now(), settings, self.store.newest()).get_ready()
        for name in self.pages.list_templates(["html"]):
            self.pages.get_template(name)


SAVED: Final = "done"
"""The parameter of a list that names the command that was just saved."""


@final
class Call:
    """A request, and what a page needs to answer it."""

    def __init__(self, hub: Hub, request: Request, posted: Pairs, visitor: Visitor) -> None:
        self.hub, self.request, self.posted, self.visitor = hub, request, posted, visitor
        self.at = hub.now()
        self.form: Mapping[str, str] = dict(posted)
        self._settings: FlowSettings | None = None
        self._cycles: tuple[StatusCycle, ...] | None = None

    @property
    def store(self) -> SqlStore:
        """The store."""
        return self.hub.store

    @property
    def today(self) -> date:
        """The date of the studio."""
        return self.at.date()

    @property
    def is_post(self) -> bool:
        """Whether a form was posted."""
        return self.request.method == "POST"

    @property
    def settings(self) -> FlowSettings:
        """The newest settings; the defaults if none were saved."""
        if self._settings is None:
            self._settings = newest_settings(self.store)
        return self._settings

    @property
    def cycles(self) -> tuple[StatusCycle, ...]:
        """The newest version of each order type."""
        if self._cycles is None:
            self._cycles = self.store.newest()
        return self._cycles

    def flow(self, order_type: str) -> ProductionFlow:
        """The flow of an order type."""
        return self.settings.flow(order_type)

    def open_orders(self) -> Snapshot:
        """The open orders as they are now, and what was worked out for all of them."""
        return self.hub.open_orders.now(self.at, self.settings, self.cycles)

    def learned(self, order_types: Iterable[str]) -> Mapping[str, Learned]:
        """What past orders of some types had left; those not learned yet are left out."""
        calendars = {each: self.flow(each).due_dates.calendar for each in order_types}
        return self.hub.learning.of(calendars, self.at)

    @property
    def may_edit(self) -> bool:
        """Whether the visitor may edit statuses."""
        editors = self.hub.editors
        return editors is None or bool(editors & self.visitor.roles)

    def url(self, path: str, **params: str | Iterable[str]) -> str:
        """The address of a page of the hub."""
        return url(self.request, path, **params)

    @property
    def here(self) -> str:
        """The address of this page, without the prefix where the hub is mounted."""
        asked = self.request.url
        path = asked.path.removeprefix(self.request.scope.get("root_path", ""))
        return f"{path}?{asked.query}" if asked.query else path

    def show(self, name: str, status: int = 200, /, **data: object) -> Response:
        """A page."""
        return show(self.hub, self.request, name, status, call=self, **data)

    def go(self, path: str, **params: str | Iterable[str]) -> Response:
        """Send the browser to another page."""
        return RedirectResponse(self.url(path, **params), 303)

    def back(self, default: str = "/list") -> str:
        """The page of the hub that a form or link names to come back to."""
        given = self.form.get("back") or self.request.query_params.get("back") or default
        # "//host" and "/\host" are addresses of other hosts.
        is_ours = given.startswith("/") and not given.startswith(("//", "/\\"))
        return given if is_ours and given.isprintable() else default


def newest_settings(store: SqlStore) -> FlowSettings:
    """The newest settings; the defaults if none were saved."""
    try:
        return store.get_settings()
    except SettingsNotFoundError:
        return FlowSettings()


def url(request: Request, path: str, /, **params: str | Iterable[str]) -> str:
    """The address of a page, under the prefix where the hub is mounted."""
    root: str = request.scope.get("root_path", "")
    pairs = [
        (name, each)
        for name, value in params.items()
        for each in ([value] if isinstance(value, str) else value)
    ]
    joint = "&" if "?" in path else "?"
    return f"{root.rstrip('/')}{path}{joint + urlencode(pairs) if pairs else ''}"


def show(
    hub: Hub, request: Request, name: str, status: int, /, *, call: Call | None, **data: object
) -> Response:
    """A page; without a call, one for somebody who isn't signed in."""
    shared = {
        "hub": hub,
        "request": request,
        "call": call,
        "today": hub.now.today() if call is None else call.today,
        "csrf": request.state.csrf(None if call is None else call.visitor.name),
        "url": partial(url, request),
    }
    return HTMLResponse(hub.pages.get_template(name).render({**shared, **data}), status)
