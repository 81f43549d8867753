"""A web app of one file: orders, the Status Change window, status lists, triggers, pending events.

Install `starlette`, `jinja2`, `python-multipart`, `uvicorn` and `prodflow-sqlalchemy`. Then run
`python examples/web_app.py studio.db` and open http://127.0.0.1:8000. It works without script.

A real app adds signing in, with its protection of forms. Here the app is told who the user is.
"""

import json
import sys
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, date, datetime
from typing import Any, Final, cast
from uuid import uuid4  # noqa: TID251 - an app makes the ids

import jinja2
from attrs import evolve
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from prodflow import (
    CycleNotFoundError,
    CycleProblem,
    FlowSettings,
    InvalidCycleError,
    InvalidTriggersError,
    OrderQuery,
    ProdflowError,
    ProductionFlow,
    StaleCycleError,
    StaleOrdersError,
    StaleSettingsError,
    TriggerProblem,
)
from prodflow.export import to_html
from prodflow.forms import given, posted_rows, read_triggers, status_rows, trigger_rows, window
from prodflow.hub import OrderList
from prodflow.samples import ALBUMS, PRINTS
from prodflow_sqlalchemy import SqlStore

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
nav, .row, .fields { display: flex; flex-wrap: wrap; gap: .5rem 1rem; align-items: start }
.row { align-items: center } .fields + .row { margin-top: .8rem }
nav { padding-bottom: .5rem; border-bottom: 1px solid var(--line) }
nav span { margin-left: auto }
a { color: var(--go) } .skip:not(:focus) { position: absolute; left: -99rem }
h1 { font-size: 1.6rem; line-height: 1.2; margin: 1.2rem 0 .8rem } h2 { font-size: 1.15rem }
form { display: grid; gap: 1rem } fieldset, .table { min-width: 0 }
fieldset { border: 1px solid var(--line); border-radius: .5rem; padding: .8rem; margin: 0 }
legend { font-weight: 600; padding: 0 .4rem }
.field { flex: 1 1 13rem; max-width: 26rem; min-width: 0 } .note { flex-basis: 100% }
.flag, .check { flex: 0 1 auto }
.field > label, .field > .name { display: block; font-size: .875rem }
.flag label, .check label { display: inline-block; padding-top: .2rem; font-size: .875rem }
input:not([type=checkbox], [type=hidden], [type=color]), select, textarea { width: 100%;
  font: inherit; padding: .35rem .5rem; border: 1px solid var(--line); border-radius: .3rem;
  background: var(--soft); color: inherit }
[aria-invalid=true] { border-color: var(--bad) !important; outline: 1px solid var(--bad) }
:focus-visible { outline: 3px solid var(--go); outline-offset: 2px }
button { font: inherit; padding: .4rem 1rem; border: 1px solid var(--go); border-radius: .3rem;
  background: transparent; color: var(--go); cursor: pointer }
button.go { background: var(--go); color: var(--on-go); font-weight: 600 }
.bad { color: var(--bad); margin: .2rem 0; font-size: .9rem }
.box { padding: .6rem 1rem; border-left: .3rem solid var(--go); background: var(--soft) }
.box.wrong { border-color: var(--bad) }
.table { overflow-x: auto; margin-bottom: 1rem } table { border-collapse: collapse; width: 100% }
td, th { text-align: left; padding: .4rem .6rem; border-bottom: 1px solid var(--line);
  white-space: nowrap } td .row { flex-wrap: nowrap } td input { width: 1.2rem; height: 1.2rem }
</style>
<a class="skip" href="#main">Skip to the page</a>
<nav aria-label="Pages"><a href="/">Orders</a>
{% for cycle in cycles %}<a href="/statuses/{{ cycle.order_type|urlencode }}">Statuses:
{{ cycle.description or cycle.order_type }}</a>
{% endfor %}<a href="/triggers">Triggers</a> <a href="/pending">Pending</a>
<span>{{ user }}, {{ today }}</span></nav>
<main id="main"><h1>{{ title }}</h1>
{% if "saved" in request.query_params %}<p class="box" role="status">Saved.</p>{% endif %}
{% block main %}<p>{{ message }}</p><p><a href="/">Back to the orders</a></p>{% endblock %}</main>
</html>
"""

MACROS: Final = """{% macro bad(id, problems) %}{% if problems %}<div id="{{ id }}-bad">
{% for it in problems %}
<p class="bad">{{ it.message }}</p>{% endfor %}</div>{% endif %}{% endmacro %}
{% macro marks(id, problems) %}id="{{ id }}" name="{{ id }}"{% if problems %} aria-invalid="true"
aria-describedby="{{ id }}-bad"{% endif %}{% endmacro %}
{% macro scroll(name) %}<div class="table" tabindex="0" role="region" aria-label="{{ name }}">
<table>{{ caller() }}</table></div>{% endmacro %}
"""

LIST: Final = """{% extends "base" %}{% block main %}
{% if not rows %}<p>No open orders.</p>{% else %}<form action="/advance">
{% call m.scroll("Orders") %}<thead><tr><th scope="col">Choose</th>
{% for column in table.columns %}<th scope="col">{{ column }}</th>{% endfor %}</tr></thead>
{% for order, row in rows %}<tr><td><input type="checkbox" name="id" value="{{ order.id }}"
aria-label="Choose {{ order.id }}"></td>{% for cell in row %}<td>{{ "" if cell is none else cell }}
</td>{% endfor %}</tr>{% endfor %}{% endcall %}
<div class="row"><button class="go">Advance status</button>
<a href="/print">Print the list</a></div></form>{% endif %}{% endblock %}
"""

WINDOW: Final = """{% extends "base" %}{% block main %}
{% if page.problems %}<div class="box wrong" role="alert">{% for it in page.problems %}
<p class="bad">{{ it.message }}</p>{% endfor %}</div>{% endif %}
<form method="post"><input type="hidden" name="shown" value="{{ page.shown }}">
<input type="hidden" name="command_id" value="{{ command_id }}"><div class="fields">
{% for it in page.fields %}<div class="field {{ it.kind }}">
{% if it.kind == "output" %}<span class="name">{{ it.title }}</span>
<strong>{{ it.text or it.placeholder }}</strong>
{% elif it.kind == "flag" %}<input type="checkbox" {{ m.marks(it.name, it.problems) }}
{{- " checked" if it.text }}> <label for="{{ it.name }}">{{ it.title }}</label>
{% else %}<label for="{{ it.name }}">{{ it.title }}
{{- " (required)" if it.is_required }}</label>
{% if it.kind == "choice" %}<select {{ m.marks(it.name, it.problems) }}>
{% for line in it.choices %}<option value="{{ line.text }}"
{{- " selected" if line.is_selected }}{{ " disabled" if line.is_refused and not line.is_selected }}>
{{- line.title }}</option>{% endfor %}</select>
{% elif it.kind == "note" %}<textarea rows="3" {{ m.marks(it.name, it.problems) }}>
{{ it.text }}</textarea>
{% else %}<input type="{{ it.kind }}" value="{{ it.text }}" placeholder="{{ it.placeholder }}"
{%- if it.choices %} list="{{ it.name }}-list"{% endif %} {{ m.marks(it.name, it.problems) }}>
{% if it.choices %}<datalist id="{{ it.name }}-list">{% for line in it.choices %}
<option value="{{ line.text }}">{% endfor %}</datalist>{% endif %}{% endif %}
{% if it.empty %}<input type="checkbox" name="{{ it.empty }}" id="{{ it.empty }}">
<label class="empty" for="{{ it.empty }}">Empty for all</label>{% endif %}{% endif %}
{{ m.bad(it.name, it.problems) }}</div>
{% endfor %}</div>
<div class="row"><button class="go" name="do" value="ok">OK</button>
<button name="do" value="again">Recalculate</button>
{% if page.refused and page.modified %}<button name="do" value="without">Go on without the refused
</button>{% endif %}<a href="/">Cancel</a></div></form>
<h2>Orders</h2>{% call m.scroll("Orders to change") %}<thead><tr>{% for name in
["Number", "Status", "Change to", "Completed", "Due", "Department", "User", "Problems"] %}
<th scope="col">{{ name }}</th>{% endfor %}</tr></thead>
{% for it in page.orders %}<tr>{% for name in
["id", "status", "to", "completed_on", "due_on", "department", "user"] %}<td>{{ it[name] or "" }}
</td>{% endfor %}<td>{% for problem in it.problems %}<span class="bad">{{ problem.message }}</span>
{% endfor %}</td></tr>{% endfor %}{% endcall %}{% endblock %}
"""

EDIT: Final = """{% extends "base" %}{% block main %}
{% if problems %}<div class="box wrong" role="alert"><p>Nothing is saved yet:</p><ul>
{% for it in problems %}<li>{% if it.index is none or not it.field %}{{ it.message }}{% else %}
<a href="#{{ grid.name }}.{{ it.index }}.{{ it.field }}">{{ it.message }}</a>{% endif %}
{% endfor %}</ul></div>{% endif %}
{% if is_stale %}<div class="box wrong" role="alert"><p>Somebody else has saved this list since you
opened it. Nothing of yours is saved yet: your version is in the form. If you save it again, it
replaces this version:</p>{% call m.scroll("The saved version") %}<thead><tr>
{% for it in columns %}<th scope="col">{{ it.title }}</th>{% endfor %}</tr></thead>
{% for row in saved %}<tr>{% for it in columns %}<td>{{ cell(row, it.field) }}</td>{% endfor %}</tr>
{% endfor %}{% endcall %}</div>{% endif %}
<form method="post"><input type="hidden" name="version" value="{{ version }}">
<div class="row"><button class="go" name="do" value="save">Save</button>
{% if grid.name == "triggers" %}<button name="do" value="again">Show the fields</button>{% endif %}
</div>
{% for row in rows %}{% set index = loop.index0 %}{% set last = loop.last %}<fieldset>
<legend>{{ cell(row, "description") or "New" }}</legend>
<input type="hidden" name="{{ grid.name }}.{{ index }}.key" value="{{ cell(row, "key") }}">
<div class="fields">{% for it in columns if not it.kinds
or cell(row, it.field.split(".")[0] + ".kind") in it.kinds %}
{% set id = grid.name ~ "." ~ index ~ "." ~ it.field %}{% set value = cell(row, it.field) %}
{% set wrong = problems|selectattr("index", "equalto", index)
|selectattr("field", "equalto", it.field)|list %}
{% if it.kind == "flag" %}<div class="field check"><input type="checkbox"
{{ m.marks(id, wrong) }}{{ " checked" if value in ["on", "True"] }}>
<label for="{{ id }}">{{ it.title }}</label>
{% else %}<div class="field"><label for="{{ id }}">{{ it.title }}
{{- " (required)" if it.required and not last }}</label>
{% if it.choices %}<select {{ m.marks(id, wrong) }}
{{- " multiple size=3" if it.kind == "choices" }}>
{% for value, title, is_chosen in lines(row, it) %}<option value="{{ value }}"
{{- " selected" if is_chosen }}>{{ title }}</option>{% endfor %}
</select>{% elif it.kind == "data" %}<textarea rows="2" {{ m.marks(id, wrong) }}>
{{ value }}</textarea>{% else %}<input value="{{ value }}" {{ m.marks(id, wrong) }}
{{- " inputmode=numeric" if it.kind == "number" }}>{% endif %}{% endif %}
{{ m.bad(id, wrong) }}</div>{% endfor %}</div>
{% if not last %}<div class="row">{% for verb in ["Up", "Down", "Delete"] %}
<button name="do" value="{{ verb|lower }} {{ index }}"
aria-label="{{ verb }}: {{ cell(row, "description") }}">{{ verb }}</button>{% endfor %}</div>
{% endif %}</fieldset>{% endfor %}</form>{% endblock %}
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
        {
            "base": BASE,
            "list": LIST,
            "window": WINDOW,
            "edit": EDIT,
            "pending": PENDING,
            "m": MACROS,
        }
    ),
    autoescape=True,
    undefined=jinja2.StrictUndefined,
)

# --- Pages --------------------------------------------------------------------------------------

View = Callable[[Request, FormData], Response]
Rows = list[dict[str, Any]]


class Pages:
    """The pages of the app; each takes a request and the form that was posted, if any."""

    def __init__(self, path: str, *, user: str, now: Callable[[], datetime]) -> None:
        self.store = SqlStore.open(f"sqlite:///{path}")
        self._user, self._now = user, now

    @property
    def today(self) -> date:
        """The date of the studio."""
        return self._now().date()

    def flow(self, order_type: str) -> ProductionFlow:
        """The flow of an order type, by the newest settings."""
        return self.store.get_settings().flow(order_type)

    def page(self, request: Request, name: str, status: int = 200, /, **data: Any) -> Response:  # noqa: ANN401 - a template takes anything
        """A page of the app."""
        shared: dict[str, Any] = {
            "request": request,
            "cycles": self.store.newest(),
            "user": self._user,
        }
        shared["m"] = TEMPLATES.get_template("m").module
        text = TEMPLATES.get_template(name).render(**shared, today=self.today, **data)
        return HTMLResponse(text, status)

    def problem(self, request: Request, error: Exception) -> Response:
        """The page for what no form can show."""
        if isinstance(error, HTTPException):
            return self.page(request, "base", error.status_code, title=error.detail, message="")
        is_missing = isinstance(error, CycleNotFoundError)
        status, title = (404, "Not found") if is_missing else (409, "This can't be done")
        return self.page(request, "base", status, title=title, message=error)

    def _open_orders(self) -> OrderList:
        orders = tuple(self.store.find(OrderQuery(is_open=True)))
        cycles = self.store.newest()
        return OrderList(title="Orders", today=self.today, orders=orders, cycles=cycles)

    def orders(self, request: Request, _: FormData) -> Response:
        """The list of open orders."""
        orders = self._open_orders()
        table = orders.table()
        rows = list(zip(orders, table.rows, strict=True))
        return self.page(request, "list", title="Orders", table=table, rows=rows)

    def print_list(self, _: Request, __: FormData) -> Response:
        """The list for paper."""
        return HTMLResponse(to_html(self._open_orders().table()))

    def advance(self, request: Request, form: FormData) -> Response:
        """The Status Change window."""
        ids = request.query_params.getlist("id")
        orders = list(self.store.load(ids).values())
        if not orders:
            raise HTTPException(404, "Choose the orders first")
        if form and self.store.entries_of(str(form.get("command_id"))):
            return RedirectResponse("/?saved=1", 303)  # OK was pressed twice
        flow, cycles = self.flow(orders[0].order_type), self.store.newest()
        read = given(form, form) if form else None
        who: dict[str, Any] = {"today": self.today, "recorded_by": self._user}
        values: dict[str, Any] = {"by": self._user, **(read.values if read else {})}
        bulk = flow.propose_all(orders, **who, **values)
        if read and form.get("do") == "without" and bulk.ready:
            bulk = bulk.without_refused()
            orders = [proposal.order for proposal in bulk]
            kept = {each.id: read.versions[each.id] for each in orders if each.id in read.versions}
            read = evolve(read, versions=kept)
        choices = flow.choices_all(orders, **who, by=values["by"])
        data = window(bulk, choices, given=read, reasons=flow.rules.reasons, cycles=cycles)
        if data["is_ready"] and form.get("do") in {"ok", "without"}:
            command_id = str(form.get("command_id"))
            changes = flow.accept_all(bulk, at=self._now(), command_id=command_id)
            try:
                self.store.save(*changes)
            except StaleOrdersError:
                return self.advance(request, form)  # changed a moment ago: the window says so
            return RedirectResponse("/?saved=1", 303)
        shown = {"page": data, "title": data["heading"], "command_id": uuid4().hex}
        return self.page(request, "window", **shown)

    def statuses(self, request: Request, form: FormData) -> Response:
        """The status list of an order type."""
        order_type: str = request.path_params["order_type"]
        name = self.store.get_cycle(order_type).description or order_type

        def load() -> tuple[int, dict[str, Any]]:
            cycle = self.store.get_cycle(order_type)
            return cycle.version, status_rows(cycle)

        def save(rows: Rows) -> None:
            cycle = self.store.get_cycle(order_type, int(str(form["version"])))
            edited = cycle.edited(rows, taken=self.store.keys(order_type))
            self.store.put_cycle(edited, replaces=cycle.version, by=self._user, at=self._now())

        return self._edit(request, form, f"Statuses: {name}", load, save)

    def edit_triggers(self, request: Request, form: FormData) -> Response:
        """The list of triggers."""

        def load() -> tuple[int, dict[str, Any]]:
            settings = self.store.get_settings()
            return settings.version, trigger_rows(settings.triggers, self.store.newest())

        def save(rows: Rows) -> None:
            settings = self.store.get_settings(int(str(form["version"])))
            edited = settings.edited(triggers=read_triggers(rows, self.store.newest()))
            by, at = self._user, self._now()
            self.store.put_settings(edited, replaces=settings.version, by=by, at=at)
            self._renew()

        return self._edit(request, form, "Triggers", load, save)

    def _renew(self) -> None:
        """Bring the pending reminders in line with the triggers."""
        while True:
            ids = {order.id for order in self.store.find(OrderQuery(is_open=True))}
            items = self.store.pending(as_of=date.max, limit=100_000)
            orders = self.store.load(ids | {item.event.order_id for item in items}).values()
            reminders = [self.flow(it.order_type).reminders(it, today=self.today) for it in orders]
            try:
                return self.store.set_reminders(*reminders)
            except StaleOrdersError:
                continue  # somebody has changed an order meanwhile

    def _edit(
        self,
        request: Request,
        form: FormData,
        title: str,
        load: Callable[[], tuple[int, dict[str, Any]]],
        save: Callable[[Rows], None],
    ) -> Response:
        """A grid: shown, posted to be changed further, or saved."""
        version, grid = load()
        rows, shown, is_stale = grid["rows"], str(version), False
        problems: tuple[CycleProblem | TriggerProblem, ...] = ()
        if form:
            shown, do = str(form.get("version")), str(form.get("do"))
            rows = rearranged(posted_rows(form.multi_items(), grid), do)
            is_stale = do == "save" and shown != str(version)
            if do == "save" and not is_stale:
                try:
                    save(rows)
                    return RedirectResponse(f"{request.url.path}?saved=1", 303)
                except (InvalidCycleError, InvalidTriggersError) as error:
                    problems = error.problems
                except (StaleCycleError, StaleSettingsError):
                    version, grid = load()
                    is_stale = True
            if is_stale:
                shown = str(version)
        columns = [each for each in grid["columns"] if each["field"] != "key"]
        data = {"grid": grid, "columns": columns, "saved": grid["rows"], "problems": problems}
        data |= {"version": shown, "is_stale": is_stale, "rows": [*rows, {"enabled": True}]}
        status = 409 if is_stale else 422 if problems else 200
        return self.page(request, "edit", status, title=title, cell=cell, lines=lines, **data)

    def pending(self, request: Request, form: FormData) -> Response:
        """The events that are due, for people to act on."""
        self.store.acknowledge(*map(str, form.getlist("done")))
        self.store.dismiss(*map(str, form.getlist("skip")))
        if form:
            return RedirectResponse("/pending?saved=1", 303)
        names = {each.key: each.description for each in self.store.get_settings().triggers}
        items = self.store.pending(as_of=self.today)
        return self.page(request, "pending", title="Pending events", items=items, names=names)


# --- Rows of a grid -----------------------------------------------------------------------------


def rearranged(rows: Rows, do: str) -> Rows:
    """The rows after a button such as "up 2"."""
    verb, _, number = do.partition(" ")
    places = [str(index) for index in range(len(rows))]
    if verb not in {"up", "down", "delete"} or number not in places:
        return rows
    index = int(number)
    row = rows.pop(index)
    if verb != "delete":
        rows.insert(max(0, index + (1 if verb == "down" else -1)), row)
    return rows


def found(row: Mapping[str, Any], field: str) -> Any:  # noqa: ANN401 - a row holds anything
    """The value of a field of a row, by its path."""
    value: Any = row
    for name in field.split("."):
        value = cast("dict[str, Any]", value).get(name) if isinstance(value, dict) else None
    return value


def cell(row: Mapping[str, Any], field: str) -> str:
    """The value of a field as a text."""
    value = found(row, field)
    if isinstance(value, dict | list):
        return json.dumps(value, ensure_ascii=False)
    return "" if value is None else str(value)


def lines(row: Mapping[str, Any], column: Mapping[str, Any]) -> list[tuple[str, str, bool]]:
    """The lines of a list: value, title, and whether it's chosen.

    A browser posts the chosen lines as the page has them. So they come first, in their sequence.
    """
    value = found(row, column["field"])
    chosen = cast("list[str]", value if isinstance(value, list) else [value])
    titles: dict[str, str] = {line["value"]: line["title"] for line in column["choices"]}
    kept = {each: titles.get(each, each) for each in chosen if each}
    if column["kind"] == "choice":
        titles = {"": "", **titles}
        kept = {each: title for each, title in kept.items() if each not in titles}
    listed = kept | titles
    return [(each, title, each in chosen) for each, title in listed.items()]


# --- Wiring -------------------------------------------------------------------------------------


def endpoint(view: View) -> Callable[[Request], Awaitable[Response]]:
    """A view that reads the form, and then waits for the store in a thread."""

    async def answer(request: Request) -> Response:
        async with request.form(max_fields=10_000) as form:
            return await run_in_threadpool(view, request, form)

    return answer


def make_app(pages: Pages) -> Starlette:
    """The app with its routes."""
    views: dict[str, View] = {
        "/": pages.orders,
        "/print": pages.print_list,
        "/advance": pages.advance,
        "/statuses/{order_type}": pages.statuses,
        "/triggers": pages.edit_triggers,
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
            name = f"{cycle.order_type}-{number}"
            opened = pages.flow(cycle.order_type).open(
                cycle, order_id=name, ordered_on=at.date(), by="Ann", at=at
            )
            pages.store.save(opened)


if __name__ == "__main__":
    import uvicorn

    def clock() -> datetime:
        """The present instant."""
        return datetime.now(UTC)  # noqa: TID251 - an app has a clock

    studio = Pages(sys.argv[1], user="Ann", now=clock)
    load_example(studio, clock())
    uvicorn.run(make_app(studio))
