"""Pictures of cycles, plans and moves, as text: SVG, Mermaid and DOT.

Theory of operation. Each function is pure: values in, a text out, the same for the same values. An
SVG is laid out here, without asking a font: `_text` says how much room a text takes at most and
wraps or shortens it, `_lanes` keeps lines and their labels apart, `_svg` writes elements and
escapes all that stands in them, `_style` is the one style sheet, in light and in dark. Pictures are
up to 1,000 pixels wide, so that no text is shown smaller than 12 pixels on a page of that width.
What was shortened stands whole in a tooltip, and what a picture shows in its description.

Mermaid and DOT leave the layout to others. Their statuses are called `s0`, `s1`, ... in list order,
so that the only text of a host in them is a quoted label, of which every character that could mean
anything is written as a code.
"""

from prodflow._homes import settle
from prodflow.diagrams._cycles import cycle_svg
from prodflow.diagrams._flows import flow_svg
from prodflow.diagrams._graphs import cycle_dot, cycle_mermaid
from prodflow.diagrams._plans import plan_svg

__all__ = ["cycle_dot", "cycle_mermaid", "cycle_svg", "flow_svg", "plan_svg"]

settle(globals())
