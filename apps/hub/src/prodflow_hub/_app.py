"""The web app: its routes, and what every request goes through."""

import hmac
import logging
import secrets
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterable, Mapping
from contextlib import asynccontextmanager
from datetime import datetime, tzinfo
from functools import partial
from hashlib import sha256
from importlib.resources import files
from os import PathLike
from typing import Any, Final, NamedTuple, cast, final
from urllib.parse import parse_qsl

import jinja2
from jinja2.bccache import Bucket
from sqlalchemy.exc import OperationalError
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from prodflow import (
    AnyWords,
    BulkRefusedError,
    ProdflowError,
    RuleError,
    StaleCycleError,
    StaleOrdersError,
    StaleSettingsError,
    StoreError,
)
from prodflow_hub import _lists as lists
from prodflow_hub import _opening as opening
from prodflow_hub import _orders as orders
from prodflow_hub import _statuses as statuses
from prodflow_hub import _undoing as undoing
from prodflow_hub import _window as window
from prodflow_hub._hub import Call, Hub, Now, Pairs, Visitor, show, url
from prodflow_hub._learning import Learning
from prodflow_hub._open_orders import OpenOrders
from prodflow_hub._rows import signed
from prodflow_hub._texts import LANGUAGES, Speech
from prodflow_sqlalchemy import (
    DatabaseFailedError,
    OutcomeUnknownError,
    RetryableStoreError,
    SqlStore,
)

View = Callable[[Call], Response]


class Page(NamedTuple):
    """How a page is answered, and whether people who aren't signed in may see it."""

    view: View
    is_open: bool = False


LONGEST: Final = 2_000_000
"""The most bytes of a form."""
_MOST_FIELDS: Final = 20_000
_ATTEMPTS: Final = 4
_COOKIE: Final = "prodflow_hub_form"
_LOG: Final = logging.getLogger("prodflow_hub")

_HEADERS: Final[Mapping[str, str]] = {
    "content-security-policy": "default-src 'none'; script-src 'self'; style-src 'self';"
    " img-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none';"
    " frame-ancestors 'none'",
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cache-control": "no-store",
}
_OF_A_FORM: Final = "private, no-cache"
"""A browser keeps the answer to a form for its Back, since it can't ask for that page again."""
_KINDS: Final[Mapping[str, str]] = {
    "css": "text/css",
    "js": "text/javascript",
    "svg": "image/svg+xml",
}

_AWAY: Final = (
    RetryableStoreError,
    DatabaseFailedError,
    OutcomeUnknownError,
    OperationalError,
)
"""Errors of a database that can't be reached."""
_QUICKER: Final = (StaleOrdersError, StaleCycleError, StaleSettingsError)
"""Somebody was quicker: with the newest data, the page says so."""

_VIEWS: Final[Mapping[str, View]] = {
    "/": lists.mine,
    "/board": lists.board,
    "/list": lists.orders,
    "/at-risk": lists.at_risk,
    "/workload": lists.workload,
    "/orders/advance": window.advance,
    "/undo": undoing.undo,
    "/orders/new": opening.new,
    "/orders/from-invoice": opening.from_invoice,
    "/invoices/{invoice_id:path}": opening.invoice,
    "/statuses": statuses.types,
    "/statuses/new": statuses.new_type,
    "/statuses/{order_type}": statuses.statuses,
    "/statuses/{order_type}/rename": statuses.rename,
    "/statuses/{order_type}/move": statuses.move,
    "/statuses/{order_type}/{kind}": statuses.printed,
    "/orders/{order_id:path}": orders.show,
    "/plan/{order_id:path}": orders.picture,
    "/change/{order_id:path}": orders.change,
    "/day/{order_id:path}": orders.correct_day,
    "/split/{order_id:path}": orders.split,
    "/reprint/{order_id:path}": orders.reprint,
    "/undo-last/{order_id:path}": orders.undo_last,
}


def hub_app(
    store: SqlStore,
    *,
    clock: Callable[[], datetime],
    visitor: Callable[[Request], Visitor | None],
    zone: Callable[[], tzinfo | None] = lambda: None,
    lang: str = "en",
    words: AnyWords | None = None,
    editors: Iterable[str] | None = None,
    client: str = "client",
    templates: Iterable[str | PathLike[str]] = (),
) -> Starlette:
    """The Production hub as an ASGI app, which you can mount under any prefix.

    Args:
        store: the orders, statuses and settings. The hub calls it in threads.
        clock: gives the present instant, with a time zone.
        visitor: says who sends a request; None for nobody. It's called in a thread.
        zone: gives the time zone of the studio, which decides what day it is; None for the zone
            that the clock has.
        lang: the language of the pages, such as "de".
        words: the texts of this language, as for `prodflow.say`. By default, the hub has its own
            for English and German.
        editors: the roles of those who may edit statuses; None for everybody.
        client: the name of the fact that has the client of an order.
        templates: folders with pages of your own, which come before those of the hub; they can
            extend these, as in `{% extends "prodflow_hub/mine.html" %}`.

    Raises:
        ValueError: if there are no words for the language.
    """
    hub = make_hub(
        store,
        clock=clock,
        visitor=visitor,
        zone=zone,
        lang=lang,
        words=words,
        editors=editors,
        client=client,
        templates=templates,
    )
    return make_app(hub)


def make_hub(
    store: SqlStore,
    *,
    clock: Callable[[], datetime],
    visitor: Callable[[Request], Visitor | None],
    zone: Callable[[], tzinfo | None],
    lang: str,
    words: AnyWords | None,
    editors: Iterable[str] | None,
    client: str,
    templates: Iterable[str | PathLike[str]],
    sign_in: str | None = None,
) -> Hub:
    """What `hub_app` makes of its arguments."""
    if words is None:
        if lang not in LANGUAGES:
            raise ValueError(f"words must be given for the language {lang!r}")
        words = LANGUAGES[lang]
    speech = Speech(words, lang)
    return Hub(
        store=store,
        now=Now(clock, zone),
        visitor=visitor,
        speech=speech,
        editors=None if editors is None else frozenset(editors),
        client=client,
        pages=_pages(speech, templates),
        open_orders=OpenOrders(store),
        learning=Learning(store),
        sign_in=sign_in,
    )


def make_app(hub: Hub, more: Iterable[Route] = ()) -> Starlette:
    """The app of a hub, with further routes."""
    routes = [
        Route(path, endpoint(hub, view), methods=["GET", "POST"], name=path)
        for path, view in _VIEWS.items()
    ]
    static = Route("/static/{name}", _static)

    async def missing(request: Request, error: Exception) -> Response:
        status = error.status_code if isinstance(error, HTTPException) else 500
        return await endpoint(hub, lambda call: _failed(call, status))(request)

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncGenerator[None]:
        await run_in_threadpool(_get_ready, hub)
        yield

    handlers: dict[Any, Any] = {HTTPException: missing}
    return Starlette(
        routes=[*more, *routes, static], exception_handlers=handlers, lifespan=lifespan
    )


def _get_ready(hub: Hub) -> None:
    try:
        hub.get_ready()
    except Exception:  # noqa: BLE001 - the pages that need it say so, and the others are served
        _LOG.exception("the hub starts without the open orders")


# --- Pages --------------------------------------------------------------------------------------


@final
class _Compiled(jinja2.BytecodeCache):
    """Compiled pages, so that several hubs in a process compile each page once."""

    def __init__(self) -> None:
        self._code: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        """Fill a bucket, if the page was compiled before."""
        code = self._code.get(bucket.key + bucket.checksum)
        if code is not None:
            bucket.bytecode_from_string(code)

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep what is in a bucket."""
        self._code[bucket.key + bucket.checksum] = bucket.bytecode_to_string()


_COMPILED: Final = _Compiled()


def _pages(speech: Speech, folders: Iterable[str | PathLike[str]]) -> jinja2.Environment:
    own = jinja2.PackageLoader("prodflow_hub")
    # A page that replaces one of ours can still extend it, as "prodflow_hub/mine.html".
    named = jinja2.PrefixLoader({"prodflow_hub": own})
    pages = jinja2.Environment(
        loader=jinja2.ChoiceLoader([jinja2.FileSystemLoader([*folders]), own, named]),
        autoescape=True,
        bytecode_cache=_COMPILED,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    # To a type checker, a page has only the names that Jinja gives it.
    cast("dict[str, Any]", pages.globals).update(
        {
            "_": speech.say,
            "n_": speech.count,
            "said": speech.message,
            "lang": speech.lang,
            "fingerprint": _fingerprint(),
        }
    )
    pages.filters.update(
        {
            "day": speech.day,
            "cell": speech.cell,
            "number": speech.number,
            "signed": signed,
        }
    )
    return pages


def _fingerprint() -> str:
    """A text that changes with the stylesheet and the script."""
    folder = files("prodflow_hub") / "static"
    return sha256(b"".join((folder / name).read_bytes() for name in _STATIC)).hexdigest()[:12]


_STATIC: Final = ("hub.css", "hub.js", "icon.svg")


def _static(request: Request) -> Response:
    name = request.path_params["name"]
    if name not in _STATIC:
        raise HTTPException(404)
    content = (files("prodflow_hub") / "static" / name).read_bytes()
    headers = {"cache-control": "max-age=31536000", "x-content-type-options": "nosniff"}
    kind = _KINDS[name.rpartition(".")[2]]
    return Response(content, headers=headers, media_type=kind)


# --- Requests -----------------------------------------------------------------------------------


def endpoint(
    hub: Hub, view: View, *, is_open: bool = False
) -> Callable[[Request], Awaitable[Response]]:
    """An endpoint that reads the form, and then answers in a thread.

    Args:
        view: answers the request.
        is_open: whether somebody who isn't signed in may send it.
    """
    page = Page(view, is_open)

    async def answer(request: Request) -> Response:
        nonce = request.cookies.get(_COOKIE) or secrets.token_urlsafe(24)
        request.state.csrf = partial(_token, nonce)
        try:
            posted = await _posted(request)
        except ClientDisconnect:
            return Response(status_code=400)
        response = await run_in_threadpool(_answered, hub, page, request, posted)
        for name, value in _HEADERS.items():
            response.headers.setdefault(name, value)
        if request.method == "POST":
            response.headers["cache-control"] = _OF_A_FORM
        if _COOKIE not in request.cookies:
            set_cookie(request, response, _COOKIE, nonce)
        return response

    return answer


def set_cookie(request: Request, response: Response, name: str, value: str) -> None:
    """Set a cookie that no script can read, and that other sites can't send along."""
    response.set_cookie(
        name,
        value,
        path=request.scope.get("root_path", "") or "/",
        httponly=True,
        samesite="lax",
        secure=request.url.scheme == "https",
    )


def _token(nonce: str, name: str | None) -> str:
    """What each form must post: it depends on the browser and on who uses it."""
    return hmac.new(nonce.encode(), (name or "").encode(), sha256).hexdigest()


async def _posted(request: Request) -> Pairs | None:
    """What was posted; None if it's too long."""
    body = b""
    async for part in request.stream():
        body += part
        if len(body) > LONGEST:
            return None
    try:
        return parse_qsl(
            body.decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=_MOST_FIELDS
        )
    except ValueError:
        return None


def _answered(hub: Hub, page: Page, request: Request, posted: Pairs | None) -> Response:
    visitor: Visitor | None = None
    try:
        visitor = hub.visitor(request)
        return _checked(hub, page, request, posted, visitor)
    except _AWAY as error:
        _LOG.warning("the database is away: %s", error)
        return _failed_for(hub, request, 503, posted or (), None)
    except Exception:  # noqa: BLE001 - nobody's browser gets a traceback
        _LOG.exception("a page failed: %s %s", request.method, request.url.path)
        return _failed_for(hub, request, 500, posted or (), None)


def _checked(
    hub: Hub, page: Page, request: Request, posted: Pairs | None, visitor: Visitor | None
) -> Response:
    if posted is None:
        return _failed_for(hub, request, 413, (), visitor)
    form = dict(posted)
    name = None if visitor is None else visitor.name
    is_safe = request.method in {"GET", "HEAD"}
    if visitor is None and not page.is_open:
        if hub.sign_in is None:
            return _failed_for(hub, request, 401, posted, None)
        return show_sign_in(hub, request, form=posted)
    if not is_safe and not _is_ours(request, form, name):
        return _failed_for(hub, request, 403, (), visitor, reason="form")
    call = Call(hub, request, () if is_safe else posted, visitor or Visitor("?"))
    return _tried(page.view, call)


def _is_ours(request: Request, form: Mapping[str, str], name: str | None) -> bool:
    """Whether a form comes from a page of this hub, in the same browser and for the same person."""
    site = request.headers.get("sec-fetch-site", "same-origin")
    given = form.get("csrf", "").encode("utf-8", "replace")
    return site in {"same-origin", "none"} and hmac.compare_digest(
        given, request.state.csrf(name).encode()
    )


def _tried(view: View, call: Call) -> Response:
    """What a view answers; if somebody was quicker, it tries again with the newest data."""
    for attempt in range(_ATTEMPTS):
        again = Call(call.hub, call.request, call.posted, call.visitor)
        try:
            return view(again)
        except _QUICKER:
            if attempt == _ATTEMPTS - 1:
                return _failed(again, 409)
        except _AWAY:
            raise
        except (LookupError, RuleError, StoreError) as error:
            if not isinstance(error, ProdflowError):
                raise
            return _refused(again, error)
    raise AssertionError  # pragma: no cover - the loop returns


def _refused(call: Call, error: ProdflowError) -> Response:
    say = call.hub.speech.message
    if isinstance(error, LookupError):
        return _failed(call, 404)
    if isinstance(error, BulkRefusedError):
        reasons = [say(each.message) for each in error.refusals.values()]
        refusals: list[ProdflowError] = [*error.refusals.values()]
    else:
        reasons, refusals = [say(error.message)], [error]
    status = 403 if any(map(orders.is_refused_for_good, refusals)) else 422
    return _failed(call, status, reasons=reasons)


def _failed(call: Call, status: int, **more: object) -> Response:
    return _failed_for(call.hub, call.request, status, call.posted, call.visitor, **more)


def _failed_for(
    hub: Hub,
    request: Request,
    status: int,
    posted: Pairs,
    visitor: Visitor | None,
    **more: object,
) -> Response:
    """The page for what went wrong."""
    call = None if visitor is None else Call(hub, request, posted, visitor)
    kept = [pair for pair in posted if pair[0] != "csrf"] if request.method == "POST" else []
    data = {
        "failed": status,
        "kept": kept,
        "csrf_again": dict(posted).get("csrf", ""),
        "reasons": (),
        "reason": "",
    } | more
    return show(hub, request, "failed.html", status, call=call, **data)


def show_sign_in(hub: Hub, request: Request, *, form: Pairs) -> Response:
    """Send somebody who isn't signed in to the page for it, with what was typed."""
    path = request.url.path.removeprefix(request.scope.get("root_path", ""))
    if request.method in {"GET", "HEAD"}:
        query = f"?{request.url.query}" if request.url.query else ""
        there = f"{path}{query}"
        return RedirectResponse(url(request, hub.sign_in or "/", then=there), 303)
    return show(
        hub,
        request,
        "sign_in.html",
        401,
        call=None,
        then=f"{path}?{request.url.query}",
        kept=[pair for pair in form if pair[0] != "csrf"],
        name="",
        problem="over",
        until=None,
    )
