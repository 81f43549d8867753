"""A web app of one file: orders, the Status Change window, statuses, triggers, preferences, events.

Install `starlette`, `jinja2`, `python-multipart`, `uvicorn` and `prodflow-sqlalchemy`. Then run
`python examples/web_app.py studio.db` and open http://127.0.0.1:8000. It works without script.

A real app adds signing in, with its protection of forms. Here the app is told who the user is.
"""

import sys
from collections.abc import Awaitable, Callable, Iterable
from datetime import UTC, date, datetime
from typing import Any, Final

import jinja2
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from prodflow import (
    BulkRefusedError,
    Change,
    FlowSettings,
    HistoryEntry,
    OrderQuery,
    ProdflowError,
    ProductionFlow,
    ProductionOrder,
    RuleError,
    StaleCycleError,
    StaleOrdersError,
    StaleSettingsError,
    Words,
    forms,
)
from prodflow.export import to_html
from prodflow.hub import OrderList
from prodflow.samples import ALBUMS, PRINTS
from prodflow_sqlalchemy import SqlStore

PAGE: Final = 50
WORDS: Final = Words(
    day=lambda day: f"{day:%H:%M on %d %B}" if isinstance(day, datetime) else f"{day}"
)

# --- Templates ----------------------------------------------------------------------------------

BASE: Final = """<!doctype html>
<html lang="en"><meta charset="utf-8">
<meta name="viewport" content="width=device-width"><link rel="icon" href="data:,">
<title>{{ title }} &ndash; Production</title>
<style>
:root { color-scheme: light dark; --line: light-dark(#cdd2d8, #454b52);
  --soft: light-dark(#f3f5f7, #22272c); --bad: light-dark(#a4161a, #ff9b94);
  --go: light-dark(#1f5d4c, #7fd1b5); --on-go: light-dark(#fff, #10201b) }
* { box-sizing: border-box }
body { margin: 0 auto; max-width: 70rem; padding: 1rem; font: 1rem/1.5 system-ui, sans-serif;
  background: light-dark(#fff, #16191c); color: light-dark(#1c2024, #e8eaec);
  overflow-wrap: break-word }
nav, .row { display: flex; flex-wrap: wrap; gap: .5rem 1rem; align-items: center }
.fields { display: grid; grid-template-columns: repeat(auto-fill, minmax(13rem, 1fr)); gap: 1rem }
.fields + .row { margin-top: .8rem }
nav { padding-bottom: .5rem; border-bottom: 1px solid var(--line) }
nav span { margin-left: auto }
a { color: var(--go) } .skip:not(:focus) { position: absolute; left: -99rem }
h1 { font-size: 1.6rem; line-height: 1.2; margin: 1.2rem 0 .8rem } h2 { font-size: 1.15rem }
form { display: grid; gap: 1rem } fieldset, .table { min-width: 0 }
fieldset { border: 1px solid var(--line); border-radius: .5rem; padding: .8rem; margin: 0 }
legend { font-weight: 600; padding: 0 .4rem }
.field { min-width: 0 } .flag, .radio { align-self: center }
.field > label, .field > .name { font-size: .875rem }
.field:not(.flag, .radio) > :first-child { display: block }
input:not([type=checkbox], [type=radio]), select, textarea { width: 100%;
  font: inherit; padding: .35rem .5rem; border: 1px solid var(--line); border-radius: .3rem;
  background: var(--soft); color: inherit }
[aria-invalid=true] { border-color: var(--bad) !important; outline: 1px solid var(--bad) }
:focus-visible { outline: 3px solid var(--go); outline-offset: 2px }
button { font: inherit; padding: .4rem 1rem; border: 1px solid var(--go); border-radius: .3rem;
  background: transparent; color: var(--go); cursor: pointer }
button.go { background: var(--go); color: var(--on-go); font-weight: 600 }
button:disabled { opacity: .6; cursor: default }
.bad { color: var(--bad); margin: .2rem 0; font-size: .9rem }
.box { padding: .6rem 1rem; margin: 0 0 1rem; border-left: .3rem solid var(--go);
  background: var(--soft) }
.box.wrong { border-color: var(--bad) }
.table { overflow-x: auto; margin-bottom: 1rem } table { border-collapse: collapse; width: 100% }
td, th { text-align: left; padding: .4rem .6rem; border-bottom: 1px solid var(--line);
  white-space: nowrap } td .row { flex-wrap: nowrap }
td input { width: 1.2rem; height: 1.2rem }
td .bad { white-space: normal; min-width: 14rem }
</style>
<a class="skip" href="#main">Skip to the page</a>
<nav aria-label="Pages"><a href="/">Orders</a>
{% for cycle in cycles %}<a href="/statuses/{{ cycle.order_type|urlencode }}">Statuses:
{{ cycle.description or cycle.order_type }}</a>
{% endfor %}<a href="/triggers">Triggers</a> <a href="/preferences">Preferences</a>
<a href="/pending">Pending</a>
<span>{{ user }}, {{ today }}</span></nav>
<main id="main"><h1>{{ title }}</h1>
{% block status %}{% if "saved" in request.query_params %}<p class="box" role="status">Saved.</p>
{% endif %}{% endblock %}
{% block main %}<p>{{ message }}</p><p><a href="/">Back to the orders</a></p>{% endblock %}</main>
</html>
"""

FIELDS: Final = """{% macro id(it) %}{{ it.name }}
{%- if it.kind == "radio" %}.{{ it.choices[0].text }}{% endif %}{% endmacro %}
{% macro marks(it) %}id="{{ id(it) }}" name="{{ it.name }}"{% if it.problems %} aria-invalid="true"
aria-describedby="{{ id(it) }}-bad"{% endif %}{% endmacro %}
{% macro said(problems) %}{% for it in problems %}<p class="bad">{{ it.message }}</p>
{% endfor %}{% endmacro %}
{% macro field(it) %}{% if it.kind == "hidden" %}
<input type="hidden" name="{{ it.name }}" value="{{ it.text }}">
{% else %}<div class="field {{ it.kind }}">{% if it.kind == "output" %}
<span class="name">{{ it.title }}</span> <strong>{{ it.text or it.placeholder }}</strong>
{% elif it.kind in ["flag", "radio"] %}<input {{ marks(it) }} {% if it.kind == "flag" -%}
type="checkbox"{% else %}type="radio" value="{{ it.choices[0].text }}"{% endif %}
{{- " checked" if it.text }}> <label for="{{ id(it) }}">{{ it.title }}</label>
{% else %}<label for="{{ id(it) }}">{{ it.title }}{{ " (required)" if it.is_required }}</label>
{% if it.kind in ["choice", "choices"] %}<select {{ marks(it) }}
{{- " multiple size=4" if it.kind == "choices" }}>{% for line in it.choices %}
<option value="{{ line.text }}"{{ " selected" if line.is_selected }}
{{- " disabled" if line.is_refused and not line.is_selected }}>{{ line.title }}</option>
{% endfor %}</select>{% elif it.kind == "note" %}<textarea rows="2" {{ marks(it) }}>
{{ it.text }}</textarea>{% else %}<input {{ marks(it) }} value="{{ it.text }}"
type="{{ it.kind if it.kind in ["date", "time"] else "text" }}" placeholder="{{ it.placeholder }}"
{%- if it.kind == "number" %} inputmode="numeric"{% endif %}
{%- if it.choices %} list="{{ id(it) }}-list"{% endif %}>{% if it.choices %}
<datalist id="{{ id(it) }}-list">{% for line in it.choices %}<option value="{{ line.text }}">
{% endfor %}</datalist>{% endif %}{% endif %}
{% if it.empty %}<input type="checkbox" name="{{ it.empty }}" id="{{ it.empty }}">
<label class="empty" for="{{ it.empty }}">Empty for all</label>{% endif %}{% endif %}
{% if it.problems %}<div id="{{ id(it) }}-bad">{{ said(it.problems) }}</div>{% endif %}</div>
{% endif %}{% endmacro %}
{% macro buttons(all) %}{% for it in all %}<button name="{{ it.name }}"
{%- if it.name in ["ok", "save"] %} class="go"{% endif %} aria-label="{{ it.label }}"
{{- " disabled" if it.is_disabled }}>{{ it.title }}</button>{% endfor %}{% endmacro %}
{% macro scroll(name) %}<div class="table" tabindex="0" role="region" aria-label="{{ name }}">
<table>{{ caller() }}</table></div>{% endmacro %}
"""

LIST: Final = """{% extends "base" %}{% block status %}
{% if changed %}<form class="box row" role="status" method="post" action="/undo">
<span>{{ changed }} {{ "order" if changed == 1 else "orders" }} changed</span>
<button name="command_id" value="{{ request.query_params.saved }}"
{{- " disabled" if refusal }}>Undo</button><span>{{ refusal }}</span></form>
{% else %}{{ super() }}{% endif %}{% endblock %}{% block main %}
{% if not rows %}<p>No open orders.</p>{% else %}<p>{{ start + 1 }}&ndash;{{ start + rows|length }}
of {{ total }}</p><form action="/advance">
{% call m.scroll("Orders") %}<thead><tr><th scope="col">Choose</th>
{% for column in table.columns %}<th scope="col">{{ column }}</th>{% endfor %}</tr></thead>
{% for order, row in rows %}<tr><td><input type="checkbox" name="id" value="{{ order.id }}"
aria-label="Choose {{ order.id }}"></td>{% for cell in row %}<td>{{ "" if cell is none else cell }}
</td>{% endfor %}</tr>{% endfor %}{% endcall %}
<div class="row"><button class="go">Advance status</button>
{% if more %}<a href="{{ more }}">Next page</a>{% endif %}
<a href="/print">Print the list</a></div></form>{% endif %}{% endblock %}
"""

WINDOW: Final = """{% extends "base" %}{% block main %}
{% if page.problems %}<div class="box wrong" role="alert">{{ m.said(page.problems) }}</div>
{% endif %}<form method="post"><input type="hidden" name="shown" value="{{ page.shown }}">
<div class="fields">{% for it in page.fields %}{{ m.field(it) }}{% endfor %}</div>
<div class="row">{{ m.buttons(page.buttons) }} <a href="/">Cancel</a></div></form>
<h2>Orders</h2>{% call m.scroll("Orders to change") %}<thead><tr>{% for name in
["Number", "Status", "Change to", "Completed", "Due", "Department", "User", "Problems"] %}
<th scope="col">{{ name }}</th>{% endfor %}</tr></thead>
{% for it in page.orders %}<tr>{% for name in
["id", "status", "to", "completed_on", "due_on", "department", "user"] %}<td>{{ it[name] or "" }}
</td>{% endfor %}<td>{{ m.said(it.problems) }}</td></tr>{% endfor %}{% endcall %}{% endblock %}
"""

EDIT: Final = """{% extends "base" %}{% block main %}
{% set problems %}{% for it in page.problems %}<li>{{ it.message }}</li>{% endfor %}
{% for row in page.rows %}{% for it in row.fields %}{% for problem in it.problems %}
<li><a href="#{{ m.id(it) }}">{{ problem.message }}</a></li>
{% endfor %}{% endfor %}{% endfor %}{% endset %}
{% if problems|trim %}<div class="box wrong" role="alert"><p>Check these:</p><ul>{{ problems }}</ul>
</div>{% endif %}
{% if page.saved %}<div class="box wrong" role="alert">
<p>Somebody else has saved this since you opened it. Nothing of yours is saved yet: your version is
in the form. If you save it again, it replaces this version:</p><ol>
{% for row in page.saved.rows %}<li>{{ row.title }}
<small>{% for it in row.fields if it.is_given and it.kind != "hidden"
and it.text != row.title %}{{ it.title }}
{%- if it.kind not in ["flag", "radio"] %}: {{ it.choices|selectattr("is_selected")
|map(attribute="title")|join(", ") or it.text }}{% endif %}{{ "" if loop.last else "; " }}
{% endfor %}</small></li>{% endfor %}</ol></div>{% endif %}
<form method="post"><input type="hidden" name="version" value="{{ page.version }}">
<div class="row">{{ m.buttons(page.buttons) }}</div>
{% for row in page.rows %}<fieldset><legend>{{ row.title }}</legend>
<div class="fields">{% for it in row.fields %}{{ m.field(it) }}{% endfor %}</div>
<div class="row">{{ m.buttons(row.buttons) }}</div></fieldset>{% endfor %}</form>
{% endblock %}
"""

PENDING: Final = """{% extends "base" %}{% block main %}
{% if not items %}<p>Nothing is due.</p>{% else %}
<form method="post">{% call m.scroll("Pending events") %}<thead><tr>{% for name in
["Answer", "Due", "Order", "What to do", "Attempts", "Last error"] %}<th scope="col">{{ name }}</th>
{% endfor %}</tr></thead>{% for it in items %}<tr><td><div class="row">
{% for verb in ["done", "skip"] %}<button name="{{ verb }}" value="{{ it.event.id }}"
aria-label="{{ verb|capitalize }}: {{ it.event.order_id }},
{{ names.get(it.event.trigger) or it.event.trigger }}">
{{- verb|capitalize }}</button>{% endfor %}</div></td>
<td>{{ it.event.fire_on }}</td>
<td>{{ it.event.order_id }}</td><td>{{ names.get(it.event.trigger) or it.event.trigger }}</td>
<td>{{ it.attempts }}</td><td>{{ it.last_error or "" }}</td></tr>{% endfor %}{% endcall %}</form>
{% endif %}{% endblock %}
"""

TEMPLATES: Final = jinja2.Environment(
    loader=jinja2.DictLoader(
        {"base": BASE, "list": LIST, "window": WINDOW, "edit": EDIT, "pending": PENDING}
    ),
    autoescape=True,
    undefined=jinja2.StrictUndefined,
)
MACROS: Final = TEMPLATES.from_string(FIELDS).module

# --- Pages --------------------------------------------------------------------------------------


def said(error: Exception) -> str:
    """What is wrong, for people."""
    reasons = [*error.refusals.values()] if isinstance(error, BulkRefusedError) else [error]
    return "; ".join(map(str, reasons))


View = Callable[[Request, FormData], Response]
Data = dict[str, Any]


class Pages:
    """The pages of the app; each takes a request and the form that was posted, if any."""

    def __init__(
        self, path: str, *, user: str, roles: Iterable[str] = (), now: Callable[[], datetime]
    ) -> None:
        self.store = SqlStore.open(f"sqlite:///{path}")
        self._user, self._now, self._roles = user, now, tuple(roles)

    def _who(self) -> Data:
        return {"by": self._user, "roles": self._roles, "at": self._now()}

    @property
    def today(self) -> date:
        """The date of the studio."""
        return self._now().date()

    def flow(self, order_type: str) -> ProductionFlow:
        """The flow of an order type, by the newest settings."""
        return self.store.get_settings().flow(order_type)

    def page(self, request: Request, name: str, status: int = 200, /, **data: Any) -> Response:  # noqa: ANN401 - a template takes anything
        """A page of the app."""
        shared: Data = {
            "request": request,
            "cycles": self.store.newest(),
            "user": self._user,
            "today": self.today,
            "m": MACROS,
        }
        return HTMLResponse(TEMPLATES.get_template(name).render(**shared, **data), status)

    def problem(self, request: Request, error: Exception) -> Response:
        """The page for what no form can show."""
        if isinstance(error, HTTPException):
            return self.page(request, "base", error.status_code, title=error.detail, message="")
        is_missing = isinstance(error, LookupError)
        status, title = (404, "Not found") if is_missing else (409, "This can't be done")
        return self.page(request, "base", status, title=title, message=said(error))

    def _open_orders(self, query: OrderQuery) -> OrderList:
        orders, cycles = tuple(self.store.find(query)), self.store.newest()
        return OrderList(title="Orders", today=self.today, orders=orders, cycles=cycles)

    def orders(self, request: Request, _: FormData) -> Response:
        """A page of the list of open orders; after a change, with a button to undo it."""
        params = request.query_params
        try:
            start = int(params.get("start", "0"))
            query = OrderQuery(is_open=True, limit=PAGE, after=params.get("after"))
            entries = self.store.entries_of(params["saved"]) if params.get("saved") else ()
        except ValueError:
            raise HTTPException(404, "There is no such page") from None
        orders, total = self._open_orders(query), self.store.count(query)
        table, end = orders.table(), start + len(orders)
        data: Data = {"table": table, "rows": [*zip(orders, table.rows, strict=True)]}
        data |= {"start": start, "total": total, "more": "", "refusal": ""}
        if orders and end < total:
            data["more"] = f"/?start={end}&after={query.position(orders[-1])}"
        try:
            self._undone(entries)
        except RuleError as error:
            data["refusal"] = said(error)
        return self.page(request, "list", title="Orders", changed=len(entries), **data)

    def _undone(self, entries: Iterable[HistoryEntry]) -> tuple[Change, ...]:
        """What takes these entries back, if they are the last ones of their orders."""
        expect = {entry.order_id: entry.sequence for entry in entries}
        orders = [*self.store.load(expect).values()]
        if not orders:
            return ()
        histories = [(order, self.store.history(order.id)) for order in orders]
        flow = self.flow(orders[0].order_type)
        return flow.undo_all(histories, expect=expect, **self._who())

    def undo(self, _: Request, form: FormData) -> Response:
        """Take back the last change."""
        self.store.save(*self._undone(self.store.entries_of(str(form.get("command_id")))))
        return RedirectResponse("/?saved=", 303)

    def print_list(self, _: Request, __: FormData) -> Response:
        """The list for paper."""
        return HTMLResponse(to_html(self._open_orders(OrderQuery(is_open=True)).table()))

    def advance(self, request: Request, form: FormData) -> Response:
        """The Status Change window."""
        orders = [*self.store.load(request.query_params.getlist("id")).values()]
        if not orders:
            raise HTTPException(404, "Choose the orders first")
        answer = forms.answer(
            self.flow(orders[0].order_type),
            orders,
            form,
            **self._who(),
            today=self.today,
            cycles=self.store.newest(),
            history=self.store.history,
            words=WORDS,
        )
        self.store.save(*answer.changes)
        if answer.command_id and self.store.entries_of(answer.command_id):
            return RedirectResponse(f"/?saved={answer.command_id}", 303)
        return self.page(request, "window", page=answer.page, title=answer.page["heading"])

    def statuses(self, request: Request, form: FormData) -> Response:
        """The status list of an order type."""
        order_type: str = request.path_params["order_type"]
        cycle = self.store.get_cycle(order_type)
        keys = self.store.keys(order_type)
        page, edited = forms.edit_statuses(cycle, form.multi_items(), taken=keys)
        if edited is not None:
            by, at = self._user, self._now()
            self.store.put_cycle(edited, replaces=cycle.version, by=by, at=at)
            return RedirectResponse(f"{request.url.path}?saved=", 303)
        return self._edit(request, f"Statuses: {cycle.description or order_type}", page)

    def triggers(self, request: Request, form: FormData) -> Response:
        """The list of triggers."""
        settings, cycles = self.store.get_settings(), self.store.newest()
        page, edited = forms.edit_triggers(settings, cycles, form.multi_items())
        if edited is not None:
            return self._put(request, edited, replaces=settings.version)
        return self._edit(request, "Triggers", page)

    def preferences(self, request: Request, form: FormData) -> Response:
        """The preferences: due dates, rules and reasons."""
        settings = self.store.get_settings()
        page, edited = forms.edit_preferences(settings, None, form.multi_items())
        if edited is not None:
            return self._put(request, edited, replaces=settings.version)
        return self._edit(request, "Preferences", page)

    def _edit(self, request: Request, title: str, page: Data) -> Response:
        status = 409 if page["saved"] else 422 if page["is_refused"] else 200
        return self.page(request, "edit", status, title=title, page=page)

    def _put(self, request: Request, edited: FlowSettings, *, replaces: int) -> Response:
        """Save settings, and bring due dates and pending reminders in line with them."""
        self.store.put_settings(edited, replaces=replaces, by=self._user, at=self._now())
        while True:
            ids = {order.id for order in self.store.find(OrderQuery(is_open=True))}
            items = self.store.pending(as_of=date.max, limit=100_000)
            orders = self.store.load(ids | {item.event.order_id for item in items})
            changes = [change for it in orders.values() if (change := self._replanned(it))]
            now = (orders | {it.order.id: it.order for it in changes}).values()
            reminders = [self.flow(it.order_type).reminders(it, today=self.today) for it in now]
            try:
                self.store.save(*changes)
                self.store.set_reminders(*reminders)
                return RedirectResponse(f"{request.url.path}?saved=", 303)
            except StaleOrdersError:
                continue  # somebody has changed an order meanwhile

    def _replanned(self, order: ProductionOrder) -> Change | None:
        """The change of the due date, if the settings give another one."""
        try:
            flow = self.flow(order.order_type)
            return flow.replan(order, by=self._user, at=self._now()) if order.is_open else None
        except RuleError:
            return None  # for example, the order has no delivery date: its due date stays

    def pending(self, request: Request, form: FormData) -> Response:
        """The events that are due, for people to act on."""
        self.store.acknowledge(*map(str, form.getlist("done")))
        self.store.dismiss(*map(str, form.getlist("skip")))
        if form:
            return RedirectResponse("/pending?saved=1", 303)
        names = {each.key: each.description for each in self.store.get_settings().triggers}
        items = self.store.pending(as_of=self.today)
        return self.page(request, "pending", title="Pending events", items=items, names=names)


# --- Wiring -------------------------------------------------------------------------------------


def endpoint(view: View) -> Callable[[Request], Awaitable[Response]]:
    """A view that reads the form, and then waits for the store in a thread."""

    async def answer(request: Request) -> Response:
        async with request.form(max_fields=10_000) as form:
            try:
                return await run_in_threadpool(view, request, form)
            except (StaleOrdersError, StaleCycleError, StaleSettingsError):
                # Somebody was quicker: with the newest data, the page says so.
                return await run_in_threadpool(view, request, form)

    return answer


def make_app(pages: Pages) -> Starlette:
    """The app with its routes."""
    views: dict[str, View] = {
        "/": pages.orders,
        "/undo": pages.undo,
        "/print": pages.print_list,
        "/advance": pages.advance,
        "/statuses/{order_type}": pages.statuses,
        "/triggers": pages.triggers,
        "/preferences": pages.preferences,
        "/pending": pages.pending,
    }
    routes = [Route(path, endpoint(view), methods=["GET", "POST"]) for path, view in views.items()]
    handlers: dict[Any, Any] = {ProdflowError: pages.problem, HTTPException: pages.problem}
    return Starlette(routes=routes, exception_handlers=handlers)


def load_example(pages: Pages, at: datetime) -> None:
    """Fill an empty database with two order types, their triggers and some orders."""
    if pages.store.order_types():
        return
    settings = FlowSettings(triggers=[*PRINTS.triggers, *ALBUMS.triggers])
    pages.store.put_settings(settings, replaces=None, by="Ann", at=at)
    for cycle in (PRINTS.cycle, ALBUMS.cycle):
        pages.store.put_cycle(cycle, replaces=None)
        for number in range(1, 5):
            name, flow = f"{cycle.order_type}-{number}", pages.flow(cycle.order_type)
            opened = flow.open(cycle, order_id=name, ordered_on=at.date(), by="Ann", at=at)
            pages.store.save(opened)


if __name__ == "__main__":
    import uvicorn

    def clock() -> datetime:
        """The present instant."""
        return datetime.now(UTC).astimezone()  # noqa: TID251 - an app has a clock

    studio = Pages(sys.argv[1], user="Ann", now=clock)
    load_example(studio, clock())
    uvicorn.run(make_app(studio))
