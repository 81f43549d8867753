"""Three order types as studios have them: cycles and triggers to start from, to try and to copy.

Each stands in a module of its own, made of nothing but public names, and shows another side:
`prints` the usual cycle and the usual triggers; `albums` counting back from the delivery date, and
the reminders around a due date; `frames` work in the house, where waiting shifts the plan.

They are for reading and for first steps. Once orders are in them, a cycle is yours: write it down
in your own app, with a version of your own for every edit.
"""

from typing import Final

from prodflow._homes import settle
from prodflow.samples._albums import ALBUMS
from prodflow.samples._frames import FRAMES
from prodflow.samples._prints import PRINTS
from prodflow.samples._sample import Sample

__all__ = ["ALBUMS", "ALL", "FRAMES", "PRINTS", "Sample"]

ALL: Final = (PRINTS, ALBUMS, FRAMES)
"""All of them; their triggers go together into one flow, for each is for its order type only."""

settle(globals())
