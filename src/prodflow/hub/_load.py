"""The load: how much planned work each department has on each day to come."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date, timedelta
from typing import Final, Literal, NamedTuple, final

from attrs import field, frozen

from prodflow import _checks as checks
from prodflow._fields import Day, checked
from prodflow._messages import text
from prodflow._outlook import Outlook, calendars_of
from prodflow._words import AnyWords, written_day
from prodflow.calendars import WorkingCalendar
from prodflow.duedate import DueDatePolicy
from prodflow.export import Table
from prodflow.hub._orders import DEPARTMENT, WITHOUT, by_name, each
from prodflow.hub._risks import looking
from prodflow.order import ProductionOrder

__all__ = ["DepartmentLoad", "PlannedLoad", "load"]

LoadPer = Literal["day", "week"]
_DAY: Final = timedelta(1)


@final
class DepartmentLoad(NamedTuple):
    """The planned work of one department; None is the work of no department.

    Args:
        department: the department.
        amounts: the work of each day or week.
    """

    department: str | None
    amounts: tuple[float, ...]
