"""Pictures of cycles, plans and moves: SVG, Mermaid and DOT, as a str.

The same values always give the same picture. An SVG works on light and dark pages and shows text at
12 pixels or more on a page that is 1,000 pixels wide. A text that had to be shortened is complete
in a tooltip, and the description of the picture says what it shows.

A picture names statuses as in the newest version of the order type among `cycles`. Without
*cycles*, it shows the names of the cycle that you draw (decision D5).

Theory of operation. SVGs are laid out here without knowing the reader's font. `_text` estimates the
room that a text takes at most, and wraps or shortens it. `_routes` and `_lanes` keep lines and
their labels apart. `_svg` writes elements and escapes everything in them. `_style` has the style
sheet for light and dark pages.

Mermaid and DOT leave the layout to other tools. The ids of statuses are `s0`, `s1`, … in list
order, so a host's text only appears in quoted labels. There, characters that could mean something
are written as codes.
"""

from prodflow._homes import settle
from prodflow.diagrams._cycles import cycle_svg
from prodflow.diagrams._flows import flow_svg
from prodflow.diagrams._graphs import cycle_dot, cycle_mermaid
from prodflow.diagrams._plans import plan_svg

__all__ = ["cycle_dot", "cycle_mermaid", "cycle_svg", "flow_svg", "plan_svg"]

settle(globals())
