"""Answers the Status Change window: the page to show, and the changes to save.

Theory of operation.

1. The orders of an answer are those that the page showed. Orders that a host passes in besides them
   aren't changed, since the user hasn't seen them.
2. "Go on without the refused orders" is OK for the other orders. It leaves out the orders that the
   page showed as refused. If others are refused by now, the window is shown again, so no order is
   left out that the user hasn't been shown as refused.
3. There are changes only if the window is ready, so nothing is saved that the user hasn't seen.
4. A browser may send a form twice. The command id comes from what was posted: the versions of the
   orders, the texts, the button and the user. So the same form has the same id, and every other
   form has a different one. A store then saves the change once.
"""

import json
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from functools import partial
from hashlib import sha256
from typing import Any, Final, NamedTuple, final

from attrs import evolve, field, frozen

from prodflow import _checks as checks
from prodflow._facts import NOTHING_GIVEN, Fact, FactChanges, fact_changes
from prodflow._fields import Text, checked
from prodflow._words import AnyWords
from prodflow.cycle import StatusCycle
from prodflow.errors import BulkRefusedError
from prodflow.flow import Change, ProductionFlow
from prodflow.forms._given import Form, Given, given, last_of
from prodflow.forms._lines import with_refusals
from prodflow.forms._moved import History
from prodflow.forms._shown import OK, RECALCULATE, SHOWN, WITHOUT
from prodflow.forms._window import window
from prodflow.order import ProductionOrder


def _changes(value: Iterable[Change]) -> tuple[Change, ...]:
    return checks.instances("changes", value, Change, "Change")


def _page(value: dict[str, Any]) -> dict[str, Any]:
    checks.instances("page", checks.instance("page", value, dict, "a dict"), str, "names of items")
    return value


@final
@frozen(weakref_slot=False, field_transformer=checked)
class Answer:
    """What to do with a Status Change window that a user has sent.

    Args:
        page: the window, as `window` returns it. Show it if there is nothing to save.
        changes: the changes to save; empty if the user has to look at the page again.
        command_id: the command id of the changes; None if the user hasn't pressed a button that
            saves. If the store already has entries of this command, the form was sent twice.
    """

    page: dict[str, Any] = field(converter=_page, hash=False)
    changes: tuple[Change, ...] = field(default=(), converter=_changes)
    command_id: Text | None = None


def answer(
    flow: ProductionFlow,
    orders: Iterable[ProductionOrder],
    form: Form | None = None,
    *,
    today: date,
    by: str,
    at: datetime,
    roles: Iterable[str] = (),
    facts: Mapping[str, Fact | None] = NOTHING_GIVEN,
    departments: Iterable[str] = (),
    users: Iterable[str] = (),
    cycles: Iterable[StatusCycle] = (),
    history: History | None = None,
    day: Callable[[str], date] | None = None,
    words: AnyWords | None = None,
) -> Answer:
    """The answer to the Status Change window: the page to show, or the changes to save.

    It does what an app would do with `given`, `propose_all`, `choices_all`, `window` and
    `accept_all`. If the user pressed OK and nothing is wrong, there are changes. Otherwise the page
    is the window again, with everything that the user typed.

    "Go on without the refused orders" is OK for the orders that the page didn't show as refused.

    Args:
        flow: the flow of the orders.
        orders: the orders as they are now. If the page showed only some of them, the others are
            left out.
        form: what the browser posted; None or an empty form for a new window.
        by: the logged-in user. The user can name somebody else in the window.
        at: when the user pressed the button. Its time zone is the zone of the times in texts.
        roles: the roles of the logged-in user.
        facts: facts to set with the change, if your page has fields for them.
        departments: as for `window`.
        users: as for `window`.
        cycles: as for `window`.
        history: as for `window`.
        day: as for `given`.
        words: as for `window`.

    Raises:
        MixedOrderTypesError: if the orders have several types.
        ValueError: if there are no orders, or if an order occurs twice.

    Source:
        "Changing Production Statuses"; decisions D22 and D23.
    """
    checks.instance("flow", flow, ProductionFlow, "a ProductionFlow")
    checks.instant("at", at)
    posted = _Posted.of(form, orders, day)
    own = fact_changes(facts)
    user = checks.text("by", by)
    who: dict[str, Any] = {"today": today, "recorded_by": user, "roles": checks.roles(roles)}
    values: dict[str, Any] = {"by": user, **posted.values, **({"facts": own} if own else {})}
    bulk = flow.propose_all(posted.orders, **who, **values)
    show = partial(
        window,
        choices=flow.choices_all(posted.orders, **who, by=values["by"]),
        given=posted.read,
        reasons=flow.rules.reasons,
        departments=checks.items("departments", departments, "departments"),
        users=checks.items("users", users, "users"),
        cycles=checks.items("cycles", cycles, "StatusCycle"),
        history=history,
        zone=at.tzinfo,
        words=words,
    )
    page = show(bulk)
    if posted.read is None or not posted.is_saving:
        return Answer(page)
    command_id = _command_id(form or {}, posted.read, user, own)
    if not page["is_ready"]:
        return Answer(page, (), command_id)
    try:
        return Answer(page, flow.accept_all(bulk, at=at, command_id=command_id), command_id)
    except BulkRefusedError as error:
        # A reminder can be outside the calendar, although the change isn't.
        return Answer(show(with_refusals(bulk, error.refusals)), (), command_id)


_POSTED: Final = "a mapping of what was posted, or None"


class _Posted(NamedTuple):
    """What was posted, and the orders that it's about."""

    orders: tuple[ProductionOrder, ...]
    read: Given | None = None
    is_saving: bool = False

    @classmethod
    def of(
        cls,
        form: Form | None,
        orders: Iterable[ProductionOrder],
        day: Callable[[str], date] | None,
    ) -> "_Posted":
        """What a form posts about those of the orders that its page showed."""
        asked = checks.instances("orders", orders, ProductionOrder, "ProductionOrder")
        if form is None or not checks.instance("form", form, Mapping, _POSTED):
            return cls(asked)
        read = given(form, form, day=day)
        shown = tuple([order for order in asked if order.id in read.versions])
        button = _pressed(form)
        if button == OK:
            return cls(shown or asked, read, bool(shown))
        left = tuple([order for order in shown if order.id not in read.refused])
        if button != WITHOUT or not left:
            return cls(shown or asked, read)
        versions = {id_: seen for id_, seen in read.versions.items() if id_ not in read.refused}
        return cls(left, evolve(read, versions=versions), is_saving=True)

    @property
    def values(self) -> Mapping[str, Any]:
        """The keywords that the user gave."""
        return {} if self.read is None else self.read.values


def _pressed(form: Form) -> str | None:
    """The name of the button that was pressed; None if it was none of them."""
    return next((name for name in (RECALCULATE, WITHOUT, OK) if name in form), None)


def _command_id(form: Form, read: Given, by: str, facts: FactChanges) -> str:
    """An id of what was posted: of the same form the same one, of any other form another."""
    texts = [*sorted(read.texts.items()), *((name, repr(value)) for name, value in facts.items())]
    posted = [last_of(form, SHOWN), _pressed(form), by, texts]
    return sha256(json.dumps(posted).encode()).hexdigest()
