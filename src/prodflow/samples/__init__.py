"""Three order types with their triggers, to try out, read and copy; and all texts in German.

- `PRINTS`: the usual cycle with the usual triggers.
- `ALBUMS`: due dates counted back from the delivery date, and reminders around a due date.
- `FRAMES`: work in the studio itself, where a hold shifts the plan.
- `GERMAN`: every text of prodflow in German, by its English template.

Use them for first steps. Before you open real orders, copy a cycle into your own app, so that you
can give each edit a new version.
"""

from typing import Final

from prodflow._homes import settle
from prodflow.samples._albums import ALBUMS
from prodflow.samples._frames import FRAMES
from prodflow.samples._german import GERMAN
from prodflow.samples._prints import PRINTS
from prodflow.samples._sample import Sample

__all__ = ["ALBUMS", "ALL", "FRAMES", "GERMAN", "PRINTS", "Sample"]

ALL: Final = (PRINTS, ALBUMS, FRAMES)
"""All three samples. Each trigger names its order type, so one flow can have all triggers."""

settle(globals())
