"""The Status Change window as data, for the template of a web page.

Theory of operation.

1. A proposal, or a bulk of proposals, becomes one line for each order: the proposal, if there is
   one, and what refuses it.
2. The fields come from the lines. If the proposals differ in a field, the field shows "several" and
   its text is empty, so a browser posts no value for it.
3. If no order has a proposal, because an error refuses all of them, there are no new defaults. Then
   the fields show what the user saw and typed before, unless an order has changed since.
4. Each refusal goes to the field that the user would change: its code says which. A refusal that is
   about no field goes to the page. The line of the order has it in any case.
"""

from collections.abc import Iterable, Mapping
from datetime import date, tzinfo
from typing import Any, Final, cast

from prodflow import _checks as checks
from prodflow._messages import Message, count_of, text
from prodflow._names import Names
from prodflow._words import AnyWords, Words, said, words_of
from prodflow.cycle import Status, StatusCycle
from prodflow.flow import BulkChoice, BulkProposal, Choice, ProposedChange, Reason
from prodflow.forms._given import Given
from prodflow.forms._lines import Line, check_proposal, keywords_of, lines_of
from prodflow.forms._lists import SEVERAL, people, reason_list, statuses, with_blank
from prodflow.forms._moved import History, Seen
from prodflow.forms._problems import Problem, field_of, problems_of
from prodflow.forms._shown import (
    BUTTONS,
    EMPTIED,
    ENTERED,
    FIELDS,
    ON,
    SHOWN,
    WITHOUT,
    Field,
    Shown,
    written,
)

Data = dict[str, Any]


def window(
    proposal: ProposedChange | BulkProposal,
    choices: Iterable[Choice] | Iterable[BulkChoice],
    *,
    given: Given | None = None,
    reasons: Iterable[Reason] = (),
    departments: Iterable[str] = (),
    users: Iterable[str] = (),
    cycles: Iterable[StatusCycle] = (),
    history: History | None = None,
    zone: tzinfo | None = None,
    words: AnyWords | None = None,
) -> Data:
    """The Status Change window as plain data, for the template of a web page.

    The data have only dicts, lists, texts, whole numbers, True, False and None, so they can become
    JSON. In a field, a date is a text of ISO 8601, as a browser's date field has it. In the line of
    an order, it's a text for people.

    Args:
        proposal: what `propose` or `propose_all` returned. For one order, `propose_all` is better:
            its errors are in the bulk, so the window can show them.
        choices: what `choices` or `choices_all` returned for the same orders.
        given: what `given` returned for the form that the user has sent; None for a new window.
        reasons: the reasons to pick from, usually `flow.rules.reasons`.
        departments: the departments to suggest. Those of the statuses and of the orders come after
            them.
        users: the users to suggest, in the same way.
        cycles: the newest cycle versions, which name the statuses; without them, the versions of
            the orders do.
        history: gives the entries of an order after a version, usually `store.history`. The window
            calls it for orders that have changed since the user saw them, to say who changed them,
            and when. None to leave this out.
        zone: the time zone of your studio, for the time of such a change; None for the zone that
            the entry has.
        words: your words for the texts, as for `say`. With None, the texts are messages, which you
            can still pass to `say`.

    Returns:
        A dict with these items:

        - `heading`: how many orders will be modified, and how many are refused.
        - `modified` and `refused`: these two numbers. An order that only needs a note or a reason
          isn't refused.
        - `is_ready`: whether the change would be accepted as it is.
        - `fields`: the fields, in the sequence of the page.
        - `orders`: a line for each order.
        - `problems`: what is wrong, but not in a single field.
        - `buttons`: the buttons, OK first. "Go on without the refused orders" is there if some
          orders are refused, and others aren't.
        - `shown`: the text of the hidden field `shown`, which your form must have.

        A field is a dict with these items:

        - `name`: the name of the field, as your form must post it.
        - `title`: the text next to the field.
        - `kind`: "output" for text that can't be edited, "date", "choice" for a list to choose
          from, "text", "flag" for a checkbox, or "note" for several lines of text.
        - `text`: the text in the field. A checkbox has "on" or an empty text.
        - `is_several`: whether the orders differ in this field. The text is empty then.
        - `placeholder`: what to show instead: "several" if the orders differ, or an empty text.
        - `empty`: if the orders differ and the field may be empty, the name of a checkbox that
          empties the field for all orders; otherwise None.
        - `is_given`: whether the user has filled in the field. Otherwise it's a default.
        - `is_required`: whether the field still has to be filled in.
        - `choices`: the lines of the list. For a field of the kind "text", they are suggestions.
        - `problems`: what is wrong in this field.

        A line of a list is a dict with `text`, `title`, `is_selected`, `is_refused`, `needs` and
        `problems`. Exactly one line of a "choice" is selected. `needs` has the names of the fields
        that the choice requires, such as "note". If some orders may go to a status, it isn't
        refused, and `problems` says why the others may not.

        A button is a dict with `name`, `title`, `label` and `is_disabled`, as on other pages.

        A line of an order is a dict with `id`, `version`, `status`, `to`, `completed_on`, `due_on`,
        `department`, `user`, `is_moved`, `is_refused` and `problems`. What would come of the change
        is an empty text if an error refuses the order, or if there's nothing to show. `is_moved`
        says whether the order has changed since the user saw it.

        A problem is a dict with `code`, `message`, `field` (a name or None), and `orders`, the ids
        of the orders concerned.

    Source:
        "Changing Production Statuses"; decisions D5, D17 and D23.
    """
    check_proposal(proposal)
    read = _NO_FORM if given is None else checks.instance("given", given, Given, "a Given or None")
    dictionary = words_of(words)
    if history is not None:
        checks.function("history", history)
    if zone is not None:
        checks.instance("zone", zone, tzinfo, "a tzinfo, such as a ZoneInfo, or None")
    seen = Seen(read.versions, history, zone)
    page = _Page(lines_of(proposal), keywords_of(proposal), read, cycles, seen)
    lists = {
        "to": statuses(choices, page.ids, page.title),
        "reason": reason_list(reasons),
        "by": people("users", users, page.orders, "user"),
        "user": people("users", users, page.orders, "user"),
        "department": people("departments", departments, page.orders, "department"),
    }
    data = page.data(lists)
    return data if words is None else in_words(data, dictionary)


_NO_FORM: Final = Given({})


class _Page:
    """The window, while it's put together."""

    def __init__(
        self,
        lines: list[Line],
        keywords: Mapping[str, Any],
        given: Given,
        cycles: Iterable[StatusCycle],
        seen: Seen,
    ) -> None:
        self.ids = [line.id for line in lines]
        self.orders = [line.order for line in lines if line.order is not None]
        self._keywords = keywords
        self._given = given
        self._names = Names(cycles, {order.cycle for order in self.orders})
        self._lines = lines = [seen.compared(line, self._names) for line in lines]
        self._proposals = [line.proposal for line in lines if line.proposal is not None]
        self._problems = [*problems_of(lines, given)]
        faults = {it.field for it in self._problems if not it.orders}
        self._mistaken = faults & {*given.texts}
        self._needs = {refusal.code for line in lines for refusal in line.needs}

    def title(self, status: Status) -> str:
        """The description of a status in the newest version."""
        if not self.orders:
            return status.description
        return self._names.newest(self.orders[0].order_type, status).description

    def _described(self, key: str) -> str:
        """The description of a status, if an order knows one with this key."""
        cycles = (order.cycle for order in self.orders if key in order.cycle)
        cycle = next(cycles, None)
        return key if cycle is None else self.title(cycle[key])

    def data(self, lists: Mapping[str, list[Data]]) -> Data:
        """The whole window."""
        refused = [line.id for line in self._lines if line.against]
        modified = len(self._lines) - len(refused)
        fields = [self._field(field, lists.get(field.name, [])) for field in FIELDS]
        entered = [field for field in fields if field["name"] in ENTERED]
        shown = Shown(
            {field["name"]: field["text"] for field in entered},
            frozenset(field["name"] for field in entered if field["is_given"]),
            {line.id: line.order.version for line in self._lines if line.order is not None},
            frozenset(refused),
        )
        is_divided = bool(refused) and modified > 0
        return {
            "heading": _heading(modified, len(refused)),
            "modified": modified,
            "refused": len(refused),
            "is_ready": not self._problems,
            "fields": fields,
            "orders": [self._line(line) for line in self._lines],
            "problems": [it.data() for it in self._problems if it.field is None],
            "buttons": [
                {"name": name, "title": title, "label": title, "is_disabled": False}
                for name, title in BUTTONS.items()
                if name != WITHOUT or is_divided
            ],
            SHOWN: written(shown),
        }

    def _line(self, line: Line) -> Data:
        proposal = line.proposal
        return {
            "id": line.id,
            "version": None if line.order is None else line.order.version,
            "status": _NOTHING if line.order is None else self.title(line.order.status),
            "to": _NOTHING if proposal is None else self.title(proposal.to),
            **{name: _cell(getattr(proposal, name, None)) for name in _OF_A_LINE},
            "is_moved": line.is_moved,
            "is_refused": bool(line.against),
            "problems": [
                Problem(it.code, it.message, field_of(it.code), (line.id,)).data()
                for it in line.problems
            ],
        }

    def _field(self, field: Field, lines: list[Data]) -> Data:
        name = field.name
        texts = self._texts(name)
        is_several = len(texts) > 1
        posted = "" if is_several else "".join(texts)
        is_given = name != "status" and not is_several and self._is_given(name)
        kind = field.kind
        if kind == "choice":
            if name == "reason" and not lines:
                kind = "text"  # without a list, every key is a reason
            else:
                title = self._described(posted)
                lines = with_blank(name, lines, posted, title, is_several=is_several)
        return {
            "name": name,
            "title": field.title,
            "kind": kind,
            "text": posted,
            "is_several": is_several,
            "placeholder": SEVERAL if is_several else _NOTHING,
            "empty": EMPTIED.get(name) if is_several else None,
            "is_given": is_given,
            "is_required": name in self._needs,
            "choices": [{**line, "is_selected": line["text"] == posted} for line in lines],
            "problems": [it.data() for it in self._problems if it.field == name],
        }

    def _texts(self, name: str) -> list[str]:
        """The text of a field; several texts if the orders differ."""
        if name == "status":
            return [*dict.fromkeys(self.title(order.status) for order in self.orders)]
        if name in self._mistaken:
            return [self._given.texts[name]]
        if self._proposals:
            return [*dict.fromkeys(_text(_value(proposal, name)) for proposal in self._proposals)]
        if name in self._keywords:
            return [_text(self._keywords[name])]
        is_moved = any(line.is_moved for line in self._lines)
        return ["" if is_moved else self._given.texts.get(name, "")]

    def _is_given(self, name: str) -> bool:
        """Whether the user has filled in the field."""
        if name in self._mistaken:
            return True
        if name == "by":
            return self._is_by_another()
        if not self._proposals:
            return name in self._keywords
        keyword = "current_complete" if name == "not_complete" else name
        return all(keyword in proposal.given for proposal in self._proposals)

    def _is_by_another(self) -> bool:
        """Whether somebody else than the logged-in user was given as the one who did the work."""
        if "by" in self._given.values:
            return True
        who = [(proposal.by, proposal.recorded_by) for proposal in self._proposals]
        if not who and "by" in self._keywords:
            who = [(self._keywords["by"], self._keywords["recorded_by"])]
        return any(recorded_by not in {None, by} for by, recorded_by in who)


def _heading(modified: int, refused: int) -> Message:
    heading = count_of(
        modified, "{count} record will be modified", "{count} records will be modified"
    )
    if not refused:
        return heading
    return text(
        "{modified}, {refused}",
        modified=heading,
        refused=count_of(refused, "{count} is refused", "{count} are refused"),
    )


def _value(proposal: ProposedChange, name: str) -> object:
    return not proposal.current_complete if name == "not_complete" else getattr(proposal, name)


def _cell(value: str | date | None) -> str:
    """A value in the line of an order."""
    return text("{day}", day=value) if isinstance(value, date) else value or _NOTHING


def _text(value: object) -> str:
    """A value as the text of a field."""
    match value:
        case None | False:
            return ""
        case True:
            return ON
        case date():
            return value.isoformat()
        case Status():
            return value.key
        case _:
            return str(value)


def in_words(value: Any, words: Words) -> Any:  # noqa: ANN401 - any part of the data
    """The data with every text in the host's words; `message` may be a text of the host's rules."""
    match value:
        case dict():
            return {
                name: said(it, words) if name == "message" else in_words(it, words)
                for name, it in cast("Data", value).items()
            }
        case list():
            return [in_words(it, words) for it in cast("Data", value)]
        case Message():
            return said(value, words)
        case _:
            return value


_OF_A_LINE: Final = ("completed_on", "due_on", "department", "user")
_NOTHING: Final = ""
