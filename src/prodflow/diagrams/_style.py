"""The style sheet that all pictures share, for light and dark pages.

Theory of operation. The rules are written once, with names in place of colours; the colours are
filled in twice, for light and for dark pages. Every selector begins with `.prodflow`, so a rule
affects only our pictures on a page. The contrast of text to its background is at least 4.5 on both
kinds of pages.
"""

from string import Template
from typing import Final

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

_SHAPES: Final = """
.prodflow{font-family:system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif}
.prodflow{direction:ltr}
.prodflow .key{stroke-width:4}
.prodflow .strong{font-weight:600}
.prodflow .num{font-variant-numeric:tabular-nums}
.prodflow .edge{fill:none;stroke-width:1.5;stroke-linejoin:round}
.prodflow .aside .box{stroke-dasharray:5 4}
"""

_RULES: Final = Template("""
.prodflow .page{fill:$page}
.prodflow .box{fill:$card;stroke:$line;stroke-width:1.5}
.prodflow .initial .box{fill:$bluish;stroke:$blue}
.prodflow .final .box{fill:$greenish;stroke:$green}
.prodflow .aside .box{fill:$page;stroke:$grey}
.prodflow .ink{fill:$ink}
.prodflow .muted{fill:$muted}
.prodflow .blue,.prodflow .initial .mark{fill:$blue}
.prodflow .green,.prodflow .final .mark{fill:$green}
.prodflow .red{fill:$red}
.prodflow .pill{fill:$page}
.prodflow .edge{stroke:$grey}
.prodflow .tip{fill:$grey}
.prodflow .grid{stroke:$line;stroke-width:1}
.prodflow .band{fill:$card}
.prodflow .span{fill:$bluish;stroke:$blue;stroke-width:1.5}
.prodflow .short{fill:$reddish;stroke:$red;stroke-width:1.5;stroke-dasharray:4 3}
.prodflow .past{fill:$reddish;stroke:$red;stroke-width:1.5}
.prodflow .done{fill:$greenish;stroke:$green;stroke-width:1.5}
.prodflow .here{fill:$blue;stroke:$blue;stroke-width:1.5}
.prodflow .gone{fill:$card;stroke:$grey;stroke-width:1.5}
.prodflow .expected{stroke:$blue;stroke-width:2;stroke-dasharray:6 3}
.prodflow .delivery{stroke:$violet;stroke-width:2}
.prodflow .heat1{fill:$heat1}
.prodflow .heat2{fill:$heat2}
.prodflow .heat3{fill:$heat3}
.prodflow .heat4{fill:$heat4}
.prodflow .due{fill:$blue;stroke:$page;stroke-width:1.5}
.prodflow .today{stroke:$red;stroke-width:2}
.prodflow .forward{stroke:$blue}
.prodflow .back{stroke:$amber}
.prodflow .repeat{stroke:$violet}
.prodflow .off{stroke:$grey}
.prodflow .head.forward,.prodflow .text.forward{fill:$blue;stroke:none}
.prodflow .head.back,.prodflow .text.back{fill:$amber;stroke:none}
.prodflow .head.repeat,.prodflow .text.repeat{fill:$violet;stroke:none}
.prodflow .head.off{fill:$grey;stroke:none}
.prodflow .text.off{fill:$muted;stroke:none}
""")


def _filled(column: int) -> str:
    return _RULES.substitute({name: pair[column] for name, pair in _COLOURS.items()}).strip()


STYLE: Final = f"{_SHAPES}{_filled(0)}\n@media (prefers-color-scheme:dark){{\n{_filled(1)}\n}}\n"
"""The style sheet, as the content of a `style` element."""
