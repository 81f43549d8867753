"""The configuration of the documentation site, which `make docs` builds into build/docs."""

import re
from importlib.metadata import version as version_of
from typing import TYPE_CHECKING, Any, Final

# Pictures of a plan and of a load take values that are public in the hub. Importing the hub first
# gives these classes their public path.
import prodflow.hub as _  # noqa: F401 - see above

if TYPE_CHECKING:
    from sphinx.application import Sphinx

project = "prodflow"
author = "prodflow contributors"
copyright = "prodflow contributors"  # noqa: A001 - Sphinx's name
version = release = version_of("prodflow")

extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon"]
html_theme = "furo"
html_title = f"prodflow {release}"
html_show_sphinx = False
html_show_sourcelink = False

myst_heading_anchors = 3
default_role = "code"  # docstrings write `names` as Markdown does

autodoc_class_signature = "mixed"
autodoc_default_options = {"members": True, "member-order": "bysource"}
autodoc_typehints_format = "short"
python_maximum_signature_line_length = 88

# Looking these names up would need the inventories of other projects, and so the network.
nitpick_ignore_regex = [
    ("py:.*", r"(collections|datetime|decimal|enum|types|typing)\..*"),  # the standard library
    ("py:.*", r"(attr|attrs|hypothesis|sqlalchemy|starlette)\..*"),  # what the library is built on
    ("py:exc", "InvalidArgument"),  # of Hypothesis, in the docstrings of strategies
    (
        "py:class",
        "Async(Engine|Connection|Session)",
    ),  # of SQLAlchemy; imported by type checkers only
    # Keyword arguments, typed for editors; the docstring of the method lists them.
    ("py:class", r"prodflow\.(_statuses\.StatusChanges|flow\.(Bulk)?Revision)"),
    ("py:class", r"prodflow\.(codec\.T|stores\._counts\.K|hub\._groups\.R)"),  # type variables
    ("py:class", r"prodflow\.hub\._groups\.Group"),  # a generic class, which has another path here
    ("py:class", r"prodflow\.stores\._rules\.Pending"),  # described by outbox_effect
    ("py:class", r"prodflow\.forms\._moved\.History"),  # described by window
    ("py:class", r"prodflow\._holidays\.Library"),  # described by from_holidays
]

CITED: Final = re.compile(r"\bD([1-9]\d?[ab]?)\b")


NOT_A_TYPE: Final = "\0"
SECTION: Final = {"Returns:": ":returns:", "Yields:": ":yields:", "Source:": ":source:"}


def prepare(_app: object, what: str, _name: str, *rest: Any) -> None:  # noqa: ANN401 - as autodoc calls it
    """Link the decisions that a docstring cites, and keep napoleon from reading prose as types.

    Napoleon reads the text before a colon as a type, but here types are in the annotations.
    """
    lines: list[str] = rest[-1]
    for index, line in enumerate(lines):
        if line in SECTION:
            lines[index] = ""
            lines[index + 1] = f"{SECTION[line]} {lines[index + 1].lstrip()}"
    lines[:] = [CITED.sub(r":ref:`D\1 <decision-d\1>`", line) for line in lines]
    if what in {"attribute", "data", "property"}:
        lines[:1] = [line.replace(": ", NOT_A_TYPE) for line in lines[:1]]


def restore(_app: object, _what: str, _name: str, *rest: Any) -> None:  # noqa: ANN401 - as autodoc calls it
    """Put back the colons that were hidden from napoleon."""
    lines: list[str] = rest[-1]
    lines[:] = [line.replace(NOT_A_TYPE, ": ") for line in lines]


def sign(
    _app: object, what: str, _name: str, obj: object, *_rest: object
) -> tuple[str, str] | None:
    """Leave out the arguments of a protocol, since you never call it."""
    return ("", "") if what == "class" and getattr(obj, "_is_protocol", False) else None


def setup(app: "Sphinx") -> None:
    """Register the functions; napoleon, whose priority is 500, runs between the last two."""
    app.connect("autodoc-process-signature", sign)
    app.connect("autodoc-process-docstring", prepare, priority=400)
    app.connect("autodoc-process-docstring", restore, priority=600)
