"""How the pictures look: one list of rules, as attributes and as a style sheet.

Theory of operation. A rule says how an element with certain classes looks; in a rule, a word such
as `ink` is a colour of `_COLOURS`. If several rules fit an element, the one with more classes wins,
then the later one, as in CSS.

1. Every element has its look as attributes, so a picture is right on a page whose security policy
   forbids style sheets inside the page (`style-src 'self'`).
2. The same rules are a style sheet, which wins over general rules of the page. It also has
   what attributes can't say: the dark colours on screens that are dark, and a width that shrinks
   with the page. On paper, a picture with the theme `auto` is light.

Every selector of the style sheet begins with the class of the theme, such as `.prodflow-auto`. So
a rule affects only pictures with this theme, and pictures with different themes may be on the same
page. The contrast of text to its background is at least 4.5 in light and dark colours.
"""

from functools import cache
from typing import Final, Literal

Theme = Literal["auto", "light", "dark"]
"""The colours of a picture: as the reader's screen is, light or dark."""

THEMES: Final[tuple[Theme, ...]] = ("auto", "light", "dark")

# By name: the colour for light pages and the colour for dark pages.
_COLOURS: Final = {
    "page": ("#ffffff", "#0d1117"),
    "card": ("#f6f8fa", "#161b22"),
    "line": ("#c4ccd4", "#3d444d"),
    "ink": ("#1f2328", "#e6edf3"),
    "muted": ("#57606a", "#9198a1"),
    "blue": ("#0757ba", "#6cb6ff"),
    "bluish": ("#e6f1ff", "#13233a"),
    "green": ("#116329", "#57d364"),
    "greenish": ("#e3f8e8", "#12281b"),
    "amber": ("#8a5300", "#e3b341"),
    "violet": ("#6639ba", "#c8a2ff"),
    "red": ("#b3141f", "#ff9b94"),
    "reddish": ("#ffe9e7", "#3a1a1c"),
    "heat1": ("#e6f1ff", "#13233a"),
    "heat2": ("#bcd9ff", "#1b3a63"),
    "heat3": ("#8fbfff", "#24508c"),
    "heat4": ("#62a3ff", "#2c62ab"),
    "grey": ("#6b7580", "#8b949e"),
}

_Look = dict[str, str]
# The widths of lines are attributes of the elements, so that no rule here can change them.
_RULES: Final[dict[str, _Look]] = {
    "page": {"fill": "page"},
    "box": {"fill": "card", "stroke": "line"},
    "box initial": {"fill": "bluish", "stroke": "blue"},
    "box final": {"fill": "greenish", "stroke": "green"},
    "box aside": {"fill": "page", "stroke": "grey", "stroke-dasharray": "5 4"},
    "ink": {"fill": "ink"},
    "muted": {"fill": "muted"},
    "blue": {"fill": "blue"},
    "mark initial": {"fill": "blue"},
    "mark final": {"fill": "green"},
    "red": {"fill": "red"},
    "strong": {"font-weight": "600"},
    "pill": {"fill": "page"},
    "edge": {"fill": "none", "stroke": "grey", "stroke-linejoin": "round"},
    "edge forward": {"stroke": "blue"},
    "edge back": {"stroke": "amber"},
    "edge repeat": {"stroke": "violet"},
    "tip": {"fill": "grey"},
    "head forward": {"fill": "blue"},
    "head back": {"fill": "amber"},
    "head repeat": {"fill": "violet"},
    "head off": {"fill": "grey"},
    "text forward": {"fill": "blue"},
    "text back": {"fill": "amber"},
    "text repeat": {"fill": "violet"},
    "text off": {"fill": "muted"},
    "grid": {"stroke": "line"},
    "span": {"fill": "bluish", "stroke": "blue"},
    "short": {"fill": "reddish", "stroke": "red", "stroke-dasharray": "4 3"},
    "past": {"fill": "reddish", "stroke": "red"},
    "done": {"fill": "greenish", "stroke": "green"},
    "here": {"fill": "blue", "stroke": "blue"},
    "gone": {"fill": "card", "stroke": "grey"},
    "expected": {"stroke": "blue", "stroke-dasharray": "6 3"},
    "delivery": {"stroke": "violet"},
    "heat1": {"fill": "heat1"},
    "heat2": {"fill": "heat2"},
    "heat3": {"fill": "heat3"},
    "heat4": {"fill": "heat4"},
    "due": {"fill": "blue", "stroke": "page"},
    "today": {"stroke": "red"},
}

WHOLE: Final = {
    "font-family": "system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial,"
    " sans-serif",
    "direction": "ltr",
}
"""The look of the whole picture."""

_SHEET: Final = """
.prodflow-{theme}{{max-width:100%;height:auto;{whole}}}
.prodflow-{theme} .num{{font-variant-numeric:tabular-nums}}
{rules}
"""
_ON_DARK_SCREENS: Final = """\
@media screen and (prefers-color-scheme:dark){{
{rules}
}}
"""


@cache
def attributes_of(classes: str, theme: Theme) -> str:
    """The look of an element with these classes as attributes, each with a space before it."""
    look: _Look = {}
    names = set(classes.split())
    for rule in sorted(_RULES, key=lambda rule: len(rule.split())):
        if names.issuperset(rule.split()):
            look |= _RULES[rule]
    return _written(look, theme, ' {}="{}"')


@cache
def style_of(theme: Theme) -> str:
    """The style sheet of a theme, as the content of a `style` element."""
    whole = _written(WHOLE, theme, "{}:{};")
    sheet = _SHEET.format(theme=theme, whole=whole, rules=_sheet(theme, theme))
    return sheet + _ON_DARK_SCREENS.format(rules=_sheet(theme, "dark")) * (theme == "auto")


def _sheet(theme: Theme, colours: Theme) -> str:
    return "\n".join(
        f".prodflow-{theme} .{rule.replace(' ', '.')}{{{_written(look, colours, '{}:{};')}}}"
        for rule, look in _RULES.items()
    )


def _written(look: _Look, theme: Theme, template: str) -> str:
    return "".join(
        template.format(name, _COLOURS[value][theme == "dark"] if value in _COLOURS else value)
        for name, value in look.items()
    )
