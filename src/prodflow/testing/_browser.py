"""A browser for laws: posts the page of a grid as people fill it in."""

from collections.abc import Mapping
from typing import Any, Final

Page = Mapping[str, Any]
Place = tuple[int, str]
"""The number of a row, and the path of a field."""

_ONE_LINE: Final = {"text", "number", "colour"}


def posted_page(
    page: Page, typed: Mapping[Place, Any] | None = None, *, pressed: str | None = None
) -> list[tuple[str, str]]:
    """What a browser posts for the page of a grid.

    Args:
        page: the page.
        typed: what the user has put into fields, by their places: a text, the texts of the lines
            that are chosen, or whether a box is ticked. A radio button that is chosen is True.
        pressed: the name of the button that was pressed; None for a button that the page doesn't
            have, such as one to save.
    """
    put = dict(typed or {})
    pairs: list[tuple[str, str]] = []
    radios: dict[str, tuple[str, str]] = {}
    for row in page["rows"]:
        for field in row["fields"]:
            content = put.get((row["number"], field["field"]))
            if field["kind"] == "radio":
                # A browser leaves the last one selected that a page or a user selects.
                if content is not False and field["text"]:
                    radios.setdefault(field["name"], (field["name"], field["text"]))
                if content:
                    line = (field["name"], field["choices"][0]["text"])
                    radios[field["name"]] = line
            else:
                pairs += [(field["name"], text) for text in _texts(field, content)]
    pairs += radios.values()
    return pairs if pressed is None else [*pairs, (pressed, "")]


def _texts(field: Mapping[str, Any], content: Any) -> list[str]:  # noqa: ANN401 - see `typed`
    """What a browser posts for a field: nothing, one text, or several."""
    kind, text = field["kind"], field["text"] if content is None else content
    match kind:
        case "flag":
            return ["on"] if text else []
        case "choice":
            selected = [line["text"] for line in field["choices"] if line["is_selected"]]
            assert selected == [field["text"]], f"{field['name']!r} must have one selected line"
            return [text]
        case "choices":
            if content is None:
                return [line["text"] for line in field["choices"] if line["is_selected"]]
            return [line["text"] for line in field["choices"] if line["text"] in content]
        case "note":
            return [text.replace("\r\n", "\n").replace("\r", "\n").replace("\n", "\r\n")]
        case _:
            return [text.replace("\r", "").replace("\n", "") if kind in _ONE_LINE else text]
