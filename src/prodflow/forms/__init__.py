"""Forms: what screens show for editing, as plain data, and what they post, as values.

Nothing here does I/O or knows a web framework. The data have only texts, numbers, flags, None,
lists and dictionaries, so you can hand them to a template, or send them as JSON.

- `answer` is the Status Change window in one call: the page to show, or the changes to save.
- `window` gives the Status Change window: its fields, their choices, and what is wrong with them.
- `given` reads the posted window. It tells what the user typed from what the page had filled in.
- `edit_statuses`, `edit_triggers` and `edit_preferences` are the pages for people who edit these:
  each gives the page to show, and what to save.
- `status_rows` and `trigger_rows` give a list of statuses or triggers as a grid, with its columns.
- `page` gives the page of a grid: its rows with their fields, their buttons and what is wrong.
- `posted_rows` gives the rows that a browser posts back. Pass them to `StatusCycle.edited`, or to
  `read_triggers`.
- `preferences` gives the due dates and the rules of `FlowSettings` as fields, and
  `read_preferences` makes the next version out of the posted page.
- `read_settings` makes whole settings out of nested mappings.
"""

from prodflow._homes import settle
from prodflow._trigger_rows import read_triggers
from prodflow.forms._answer import Answer, answer
from prodflow.forms._edits import edit_preferences, edit_statuses, edit_triggers
from prodflow.forms._given import FormProblem, Given, given
from prodflow.forms._page import page
from prodflow.forms._posts import posted_rows
from prodflow.forms._preferences import preferences
from prodflow.forms._preferred import read_preferences
from prodflow.forms._rows import status_rows, trigger_rows
from prodflow.forms._window import window
from prodflow.settings._problems import read_settings

__all__ = [
    "Answer",
    "FormProblem",
    "Given",
    "answer",
    "edit_preferences",
    "edit_statuses",
    "edit_triggers",
    "given",
    "page",
    "posted_rows",
    "preferences",
    "read_preferences",
    "read_settings",
    "read_triggers",
    "status_rows",
    "trigger_rows",
    "window",
]

settle(globals())
