"""The filters of a list: what its address says, as a query."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, timedelta
from typing import Any, Final, Literal, NamedTuple, final
from urllib.parse import urlencode

from attrs import NOTHING, fields, frozen

from prodflow import OrderQuery, StatusCycle
from prodflow_hub._open_orders import soon_by
from prodflow_hub._texts import Speech

Sort = Literal["due", "priority", "id"]

SORTS: Final[tuple[Sort, ...]] = ("due", "priority", "id")
NONE: Final = "~"
"""How an address says that orders without a value are meant; a value that begins so has two."""
LONGEST: Final = 200

NAMES: Final = ("department", "user", "vendor", "stage")
DUE: Final = ("overdue", "soon", "delivery", "none")
STATES: Final = ("open", "closed", "all")


def written(value: str | None) -> str:
    """A value as an address has it."""
    if value is None:
        return NONE
    return NONE + value if value.startswith(NONE) else value


def _read(text: str) -> str | None:
    """The value that `written` wrote."""
    return None if text == NONE else text.removeprefix(NONE)


def cleaned(text: str) -> str:
    """A text that somebody typed, without what no name has."""
    return "".join(each for each in text if each.isprintable()).strip()[:LONGEST]


@final
class Chip(NamedTuple):
    """A filter that is set, and the filters without it."""

    title: str
    value: str
    without: "Filters"


@final
@frozen(kw_only=True)
class Filters:
    """What the address of a list asks for; "" where it asks for nothing."""

    q: str = ""
    type: str = ""
    status: str = ""
    stage: str = ""
    department: str = ""
    user: str = ""
    vendor: str = ""
    due: str = ""
    state: str = "open"
    sort: Sort = "due"

    @classmethod
    def of(cls, params: Iterable[tuple[str, str]]) -> "Filters":
        """The filters that an address has; what isn't one is left out."""
        given = {name: cleaned(value) for name, value in params}
        known: dict[str, Any] = {
            name: given[name] for name in ("q", "type", "status", *NAMES) if given.get(name)
        }
        allowed: Mapping[str, tuple[str, ...]] = {"due": DUE, "state": STATES, "sort": SORTS}
        for name, values in allowed.items():
            if given.get(name) in values:
                known[name] = given[name]
        return cls(**known)

    def query(
        self, today: date, *, after: str | None = None, limit: int | None = None
    ) -> OrderQuery:
        """The query for a page of the orders."""
        asked: dict[str, Any] = {
            "order_type": self.type or NOTHING,
            "status": self.status or NOTHING,
            "text": self.q or NOTHING,
            "is_open": {"open": True, "closed": False}.get(self.state, NOTHING),
        }
        for name in NAMES:
            value = getattr(self, name)
            field = "workflow_stage" if name == "stage" else name
            asked[field] = _read(value) if value else NOTHING
        match self.due:
            case "overdue":
                asked |= {"overdue_on": today, "is_open": True}
            case "soon":
                asked |= {"due_from": today, "due_by": soon_by(today), "is_open": True}
            case "delivery":
                yesterday = max(today, date.min + timedelta(1)) - timedelta(1)
                asked |= {"delivery_by": yesterday, "is_open": True}
            case "none":
                asked |= {"due_by": None}
            case _:
                pass
        return OrderQuery(**asked, sort=self.sort, after=after, limit=limit)

    def params(self, **changes: str) -> dict[str, str]:
        """The parameters of an address, with changes; those that ask for nothing are left out."""
        usual = {"state": "open", "sort": "due"}
        values = {name: getattr(self, name) for name in _FIELDS} | changes
        return {name: value for name, value in values.items() if value and value != usual.get(name)}

    def address(self, path: str = "/list", **changes: str) -> str:
        """The address of a list."""
        params = self.params(**changes)
        return f"{path}?{urlencode(params)}" if params else path

    def chips(self, cycles: Iterable[StatusCycle], speech: Speech) -> Iterator[Chip]:
        """The filters that are set, in words."""
        titles = {
            "q": speech.say("Search"),
            "type": speech.say("Type"),
            "status": speech.say("Status"),
            "stage": speech.say("Stage"),
            "department": speech.say("Department"),
            "user": speech.say("User"),
            "vendor": speech.say("Vendor"),
            "due": speech.say("Due"),
            "state": speech.say("Shown"),
        }
        known = [*cycles]
        for name, title in titles.items():
            value = getattr(self, name)
            if value and (name, value) != ("state", "open"):
                without = Filters.of(self.params(**{name: ""}).items())
                yield Chip(title, self._said(name, value, known, speech), without)

    def _said(self, name: str, value: str, cycles: list[StatusCycle], speech: Speech) -> str:
        if name in NAMES:
            read = _read(value)
            return speech.say("none") if read is None else read
        if name == "type":
            titles = {cycle.order_type: cycle.description or cycle.order_type for cycle in cycles}
            return titles.get(value, value)
        if name == "status":
            found = (cycle[value].description for cycle in cycles if value in cycle)
            return next(found, value)
        return said_choice(value, speech) if name != "q" else value


def said_choice(value: str, speech: Speech) -> str:
    """What a value of the filters "due" and "state" means."""
    texts = {
        "overdue": speech.say("overdue"),
        "soon": speech.say("due soon"),
        "delivery": speech.say("past delivery"),
        "none": speech.say("no due date"),
        "open": speech.say("open orders"),
        "closed": speech.say("closed orders"),
        "all": speech.say("all orders"),
    }
    return texts[value]


_FIELDS: Final = tuple(attribute.name for attribute in fields(Filters))
