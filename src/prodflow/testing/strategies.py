"""Hypothesis strategies for the values of prodflow.

Cycles, calendars, policies and flows are drawn directly. Histories, orders and proposals come from
random walks, in which a flow makes each change. All examples shrink.

The arguments of a strategy limit what it draws; without an argument, or with None, it draws any
value. `min_size` and `max_size` are inclusive. A wrong argument raises Hypothesis'
`InvalidArgument` at once.

Example:
    >>> from hypothesis import find
    >>> len(find(status_cycles(), lambda cycle: True))
    2
"""

from prodflow.testing._broken import broken_status_lists
from prodflow.testing._cycles import status_cycles, statuses
from prodflow.testing._dates import due_date_policies, order_dates, working_calendars
from prodflow.testing._flows import change_rules, permissions, production_flows, triggers
from prodflow.testing._life import lives
from prodflow.testing._queries import order_queries
from prodflow.testing._settings import flow_settings
from prodflow.testing._walks import History, histories, production_orders, proposals

__all__ = [
    "History",
    "broken_status_lists",
    "change_rules",
    "due_date_policies",
    "flow_settings",
    "histories",
    "lives",
    "order_dates",
    "order_queries",
    "permissions",
    "production_flows",
    "production_orders",
    "proposals",
    "status_cycles",
    "statuses",
    "triggers",
    "working_calendars",
]
