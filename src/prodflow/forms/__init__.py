"""Web forms: what a page shows, and what a user has filled in, as plain data.

`window` gives the Status Change window, with its fields, their lists and what is wrong with them.
`given` reads the posted form: it tells what the user typed from what the page had filled in.
Neither does any I/O, so they fit every web framework.
"""

from prodflow._homes import settle
from prodflow.forms._given import FormProblem, Given, given
from prodflow.forms._window import window

__all__ = ["FormProblem", "Given", "given", "window"]

settle(globals())
