"""The Production hub of prodflow in the browser: see where orders are, and advance them.

`prodflow-hub serve studio.db` runs it with accounts of its own. `hub_app` is the same as an ASGI
app, which you mount in an app of yours: you say what time it is, and who is logged in.
"""

from prodflow_hub._app import hub_app
from prodflow_hub._hub import Visitor

__all__ = ["Visitor", "hub_app"]
