"""Hypothesis strategies for every value of prodflow.

What an app defines (cycles, calendars, policies, flows) is drawn as it is; orders, proposals and
histories are what a random walk of real changes leads to. All of them shrink.

Example:
    >>> from hypothesis import find
    >>> len(find(status_cycles(), lambda cycle: True))
    2
"""

from prodflow.testing._broken import broken_status_lists
from prodflow.testing._cycles import status_cycles, statuses
from prodflow.testing._dates import due_date_policies, order_dates, working_calendars
from prodflow.testing._flows import change_rules, production_flows, triggers
from prodflow.testing._walks import History, histories, production_orders, proposals

__all__ = [
    "History",
    "broken_status_lists",
    "change_rules",
    "due_date_policies",
    "histories",
    "order_dates",
    "production_flows",
    "production_orders",
    "proposals",
    "status_cycles",
    "statuses",
    "triggers",
    "working_calendars",
]
