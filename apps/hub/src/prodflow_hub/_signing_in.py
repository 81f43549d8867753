"""The pages to sign in and out, for a hub with accounts of its own."""

from collections.abc import Callable, Iterable
from datetime import datetime, tzinfo
from os import PathLike
from typing import Final

from starlette.applications import Starlette
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from prodflow import AnyWords
from prodflow_hub._accounts import Accounts, TooManyAttempts
from prodflow_hub._app import endpoint, make_app, make_hub, set_cookie
from prodflow_hub._hub import Call, show, url
from prodflow_sqlalchemy import SqlStore

SESSION: Final = "prodflow_hub_session"
"""The cookie with the token of a session."""
SIGN_IN: Final = "/sign-in"
_KEPT: Final = "kept."
"""What the names of the fields begin with that wait until somebody has signed in."""
_BUTTONS: Final = ("ok", "without", "save")
"""Buttons that save: nobody has pressed them again after signing in."""


def app_with_accounts(
    store: SqlStore,
    accounts: Accounts,
    *,
    clock: Callable[[], datetime],
    zone: Callable[[], tzinfo | None],
    lang: str = "en",
    words: AnyWords | None = None,
    editors: Iterable[str] | None = ("manager",),
    client: str = "client",
    templates: Iterable[str | PathLike[str]] = (),
) -> Starlette:
    """The hub with accounts of its own."""
    hub = make_hub(
        store,
        clock=clock,
        visitor=lambda request: accounts.visitor(request.cookies.get(SESSION)),
        zone=zone,
        lang=lang,
        words=words,
        editors=editors,
        client=client,
        templates=templates,
        sign_in=SIGN_IN,
    )

    def sign_in(call: Call) -> Response:
        return _sign_in(accounts, call)

    def sign_out(call: Call) -> Response:
        if not call.is_post:
            return call.go("/")  # a link of another site ends no session
        accounts.sign_out(call.request.cookies.get(SESSION))
        response = RedirectResponse(url(call.request, SIGN_IN), 303)
        response.delete_cookie(SESSION, path=call.request.scope.get("root_path", "") or "/")
        # For Back, browsers keep what forms were answered; the next person mustn't see it.
        response.headers["clear-site-data"] = '"cache"'
        return response

    methods = ["GET", "POST"]
    return make_app(
        hub,
        [
            Route(SIGN_IN, endpoint(hub, sign_in, is_open=True), methods=methods),
            Route("/sign-out", endpoint(hub, sign_out), methods=methods),
        ],
    )


def _sign_in(accounts: Accounts, call: Call) -> Response:
    request, form = call.request, call.form
    then = form.get("then") or request.query_params.get("then") or "/"
    kept = [
        (name.removeprefix(_KEPT), value) for name, value in call.posted if name.startswith(_KEPT)
    ]
    if not call.is_post:
        return _page(call, 200, then, kept, "")
    name, password = form.get("name", "").strip(), form.get("password", "")
    client = request.client
    found = accounts.sign_in(name, password, client.host if client else "")
    if isinstance(found, TooManyAttempts):
        until = found.until.astimezone(call.at.tzinfo)
        return _page(call, 429, then, kept, "many", until=until)
    if found is None:
        return _page(call, 422, then, kept, "wrong")
    there = then if then.startswith("/") and not then.startswith(("//", "/\\")) else "/"
    if not there.isprintable():
        there = "/"
    if kept:
        response = _go_on(call, there, name, kept)
    else:
        response = RedirectResponse(url(request, there), 303)
    set_cookie(request, response, SESSION, found)
    return response


def _go_on(call: Call, there: str, name: str, kept: list[tuple[str, str]]) -> Response:
    """A page that sends what was typed before, as if *Recalculate* had been pressed."""
    fields = [pair for pair in kept if pair[0] not in _BUTTONS]
    csrf = call.request.state.csrf(name)
    return show(
        *(call.hub, call.request, "go_on.html", 200),
        call=None,
        there=there,
        kept=fields,
        csrf_for=csrf,
    )


def _page(
    call: Call,
    status: int,
    then: str,
    kept: list[tuple[str, str]],
    problem: str,
    *,
    until: datetime | None = None,
) -> Response:
    return show(
        *(call.hub, call.request, "sign_in.html", status),
        call=None,
        then=then,
        kept=kept,
        name=call.form.get("name", ""),
        problem=problem,
        until=until,
    )
