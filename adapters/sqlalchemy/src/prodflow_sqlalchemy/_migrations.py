"""The steps from the tables of an earlier release to those of this one.

Theory of operation. While `migrate` runs, processes of the earlier release are still at work, and
they go on after it.

1. `migrate` first makes all writers wait (`Dialect.without_writers`). So no writer holds a lock
   that a step needs.
2. Every transaction that writes reads the version of the tables, in a statement that has waited for
   the migration. So a process of the earlier release is refused before it can commit anything.
3. Readers don't read the version. So a step that changes what a column means also gives the column
   another name: then a statement of the earlier release fails.
4. What a later release must write is NOT NULL and has no default: then a row of the earlier release
   is refused, even if its transaction saw the tables as they were before.
5. A step that rewrites the table of orders drops the view first; the view is created again last.
"""

from collections.abc import Callable, Mapping
from typing import Final

import sqlalchemy as sa

from prodflow_sqlalchemy._schema import Tables

Step = Callable[[sa.Connection, Tables], None]
"""Changes the tables from one version to the next."""

STEPS: Final[Mapping[int, Step]] = {}
"""The steps, by the version that they begin with; no release has needed one."""
