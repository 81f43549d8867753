"""A browser for tests: it opens pages, fills in what they show, and presses their buttons.

Nothing can be sent that isn't on the page: no test builds a form.
"""

from collections.abc import Iterator
from typing import Any, Final, cast
from urllib.parse import urljoin, urlsplit
from xml.etree.ElementTree import Element

import html5lib
from httpx2 import Response
from starlette.testclient import TestClient

_UNTYPED: Final = {"checkbox", "radio"}
_BUTTONS: Final = {"submit", "button", "reset", "image"}


class NotOnThePageError(Exception):
    """What a person can't see, a person can't use."""


class Browser:
    """A browser without script.

    Args:
        client: sends the requests.
        root: the prefix under which the hub is mounted.
    """

    def __init__(self, client: TestClient, root: str = "") -> None:
        self.client, self.root = client, root
        self.html = ""
        self.address = "/"
        self.status_code = 0
        self._page = Element("html")
        self._typed: dict[Element, str | list[str]] = {}

    # --- Where the browser is

    def open(self, path: str) -> "Browser":
        """Open a page by its address."""
        return self._show(self.client.get(self.root + path))

    def follow(self, text: str) -> "Browser":
        """Follow the link with this text."""
        links = [each for each in self._page.iter("a") if said(each) == text]
        link = self._one(text, [*{each.get("href"): each for each in links}.values()])
        return self._show(self.client.get(urljoin(self.address, link.get("href", ""))))

    def _show(self, response: Response) -> "Browser":
        self.address = str(response.url)
        self.html, self.status_code = response.text, response.status_code
        parsed: Any = html5lib.parse(self.html, namespaceHTMLElements=False)  # pyright: ignore[reportUnknownMemberType] - a part of its type is unknown
        self._page, self._typed = cast("Element", parsed), {}
        return self

    # --- What is on the page

    @property
    def page(self) -> Element:
        """The elements of the page."""
        return self._page

    @property
    def path(self) -> str:
        """The path and the query of the page."""
        parts = urlsplit(self.address)
        path = parts.path.removeprefix(self.root)
        return f"{path}?{parts.query}" if parts.query else path

    @property
    def heading(self) -> str:
        """The text of the only main heading."""
        (heading,) = self._page.iter("h1")
        return said(heading)

    @property
    def title(self) -> str:
        """The title of the window."""
        (title,) = self._page.iter("title")
        return said(title)

    @property
    def text(self) -> str:
        """All text of the page."""
        (body,) = self._page.iter("body")
        return said(body)

    def role(self, role: str) -> list[str]:
        """The texts of the elements with a role."""
        return [said(each) for each in self._page.iter() if each.get("role") == role]

    def links(self) -> dict[str, str]:
        """The links of the page: their texts and their addresses."""
        return {said(each): each.get("href", "") for each in self._page.iter("a")}

    def rows(self) -> list[list[str]]:
        """The texts of the cells of all rows of tables."""
        return [
            [said(cell) for cell in row if cell.tag in {"th", "td"}]
            for body in self._page.iter("tbody")
            for row in body.iter("tr")
        ]

    def problem(self, label: str) -> str:
        """What is wrong with a field, as a screen reader finds it."""
        field = self._field(label)
        ids = field.get("aria-describedby", "").split() if field.get("aria-invalid") else []
        bad = {each for each in ids if each.endswith("-bad")}
        return " ".join(said(each) for each in self._page.iter() if each.get("id") in bad)

    def value(self, label: str) -> str:
        """What a field shows."""
        return _first(self._value(self._field(label)))

    def shown(self, label: str) -> str:
        """The text of the line that is chosen in a list."""
        field = self._field(label)
        chosen = _first(self._value(field))
        (line,) = [each for each in field.iter("option") if each.get("value") == chosen]
        return said(line)

    def choices(self, label: str) -> list[str]:
        """The lines of a list that can be chosen."""
        lines = self._field(label).iter("option")
        return [said(each) for each in lines if each.get("disabled") is None]

    # --- What a person does

    def fill(self, label: str, text: str) -> "Browser":
        """Type a text into a field."""
        field = self._field(label)
        limit = int(field.get("maxlength", "1000000"))
        self._typed[field] = text[:limit]
        return self

    def choose(self, label: str, text: str) -> "Browser":
        """Choose a line of a list by its text."""
        field = self._field(label)
        lines = [each for each in field.iter("option") if said(each) == text]
        line = self._one(text, [each for each in lines if each.get("disabled") is None])
        self._typed[field] = line.get("value", said(line))
        return self

    def tick(self, label: str, *, on: bool = True) -> "Browser":
        """Tick a box, or take the tick away; of radio buttons, choose one."""
        field = self._field(label)
        if field.get("type") == "radio":
            for other in self._page.iter("input"):
                if other.get("name") == field.get("name") and other.get("type") == "radio":
                    self._typed[other] = []
        self._typed[field] = field.get("value", "on") if on else []
        return self

    def press(self, text: str, *, among: str = "") -> "Browser":
        """Press a button: a browser without script then sends the form."""
        return self._show(self.send(text, among=among))

    def send(self, text: str, *, among: str = "") -> Response:
        """Press a button, and give the answer, without showing it."""
        button, form = self._button(text, among)
        pairs = [*self.fields(form)]
        if button.get("name"):
            pairs.append((button.get("name", ""), button.get("value", "")))
        return self.send_form(form, pairs)

    def send_form(self, form: Element, pairs: list[tuple[str, str]]) -> Response:
        """Send the pairs of a form."""
        action = (
            urljoin(self.address, form.get("action") or "") if form.get("action") else self.address
        )
        data: dict[str, list[str]] = {}
        for name, value in pairs:
            data.setdefault(name, []).append(value)
        if form.get("method", "get").lower() == "post":
            return self.client.post(action, data=data)
        return self.client.get(action.partition("?")[0], params=data)

    def forms(self) -> list[Element]:
        """The forms of the page."""
        return [form for form in self._page.iter("form") if form.get("method") != "dialog"]

    def fields(self, form: Element) -> Iterator[tuple[str, str]]:
        """What a browser sends for a form, besides its button."""
        for field in form.iter():
            name = field.get("name")
            if not name or field.get("disabled") is not None:
                continue
            if field.tag in {"select", "textarea"} or (
                field.tag == "input" and field.get("type") not in _BUTTONS
            ):
                value = self._value(field)
                yield from ((name, each) for each in ([value] if isinstance(value, str) else value))

    def buttons(self, form: Element) -> list[Element]:
        """The buttons of a form that can be pressed."""
        return [each for each in form.iter("button") if each.get("disabled") is None]

    def has_button(self, text: str) -> bool:
        """Whether there is such a button, and it can be pressed."""
        return any(
            text in {said(each), each.get("aria-label")}
            for form in self.forms()
            for each in self.buttons(form)
        )

    def _button(self, text: str, among: str) -> tuple[Element, Element]:
        found = [
            (each, form)
            for form in self.forms()
            for each in self.buttons(form)
            if text in {said(each), each.get("aria-label")} and among in said(form)
        ]
        if len({id(form) for _, form in found}) != 1:
            raise NotOnThePageError(f"{len(found)} buttons {text!r}: {self.text:.2000}")
        return found[0]

    def _field(self, label: str) -> Element:
        labels = [
            each
            for each in self._page.iter("label")
            if said(each).removesuffix(" (required)").removesuffix(" (several)") == label
        ]
        ids = {each.get("for") for each in labels}
        inside = [field for each in labels for field in each.iter("input")]
        fields = [
            each
            for each in self._page.iter()
            if each.tag in {"input", "select", "textarea"}
            and (
                each.get("id") in ids - {None} or each.get("aria-label") == label or each in inside
            )
        ]
        return self._one(label, fields)

    def _value(self, field: Element) -> str | list[str]:
        if field in self._typed:
            return self._typed[field]
        if field.tag == "textarea":
            return (field.text or "").removeprefix("\n")
        if field.tag == "select":
            lines = [*field.iter("option")]
            chosen = [
                line.get("value", said(line)) for line in lines if line.get("selected") is not None
            ]
            if field.get("multiple") is not None:
                return chosen
            return chosen[-1] if chosen else lines[0].get("value", "") if lines else []
        if field.get("type") in _UNTYPED:
            return field.get("value", "on") if field.get("checked") is not None else []
        return field.get("value", "")

    def _one(self, text: str, found: list[Element]) -> Element:
        if len(found) != 1:
            raise NotOnThePageError(f"{len(found)} of {text!r} on the page: {self.text:.2000}")
        return found[0]


def said(element: Element) -> str:
    """The text of an element, as people read it."""
    return " ".join("".join(_texts(element)).split())


def _texts(element: Element) -> Iterator[str]:
    yield element.text or ""
    for child in element:
        yield from _texts(child)
        if child.tag in {
            "p",
            "li",
            "div",
            "td",
            "th",
            "tr",
            "h1",
            "h2",
            "option",
            "label",
            "dd",
            "dt",
        }:
            yield " "
        yield child.tail or ""


def _first(value: str | list[str]) -> str:
    return value if isinstance(value, str) else (value or [""])[0]
