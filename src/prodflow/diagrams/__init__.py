"""Pictures of cycles, plans, moves, forecasts and the load to come: SVG, Mermaid and DOT, as a str.

The same values always give the same picture. SVGs suit light and dark pages, also with a strict
security policy, and at full size their text is at least 12 pixels high. If a text had to be
shortened, the tooltip has the whole text. The `desc` element of an SVG describes the picture in
words.

To show the present names of statuses in a picture of an older version, pass in newer versions of
the cycle as *cycles*: the newest one gives the names. Without *cycles*, a picture shows the names
of the cycle that you draw (decision D5).

Theory of operation. An SVG is laid out here, without knowing the reader's font. `_text` estimates
how wide a text can be in any font, and wraps or shortens it to fit. `_routes` keeps lines and their
labels apart. `_timeline` draws days as bars: those of a plan, and those of an order in flight.
`_svg` writes elements and escapes everything in them. `_style` says how they look.

Mermaid and DOT leave the layout to other tools. The ids of statuses are `s0`, `s1`, … in list
order, so the texts of your app appear only in quoted labels. In a label, characters that
have a meaning in the language are written as codes.
"""

from prodflow._homes import settle
from prodflow.diagrams._backtests import backtest_svg
from prodflow.diagrams._cycles import cycle_svg
from prodflow.diagrams._flows import flow_svg
from prodflow.diagrams._forecasts import forecast_svg
from prodflow.diagrams._graphs import cycle_dot, cycle_mermaid
from prodflow.diagrams._loads import load_svg
from prodflow.diagrams._plans import plan_svg

__all__ = [
    "backtest_svg",
    "cycle_dot",
    "cycle_mermaid",
    "cycle_svg",
    "flow_svg",
    "forecast_svg",
    "load_svg",
    "plan_svg",
]

settle(globals())
