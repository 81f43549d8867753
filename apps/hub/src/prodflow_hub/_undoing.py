"""What was just saved, and taking it back.

A page names the command that was just saved in its address. So it can say what was saved, and offer
to take it back, without keeping anything on the server.
"""

from collections.abc import Sequence
from typing import Any, Final

from starlette.responses import Response

from prodflow import (
    BulkRefusedError,
    Change,
    ChangeUndone,
    HistoryEntry,
    OrderOpened,
    OrderSplit,
    ProdflowError,
    RuleError,
    StatusChanged,
    StoreError,
)
from prodflow_hub._hub import SAVED, Call

_UNDONE: Final = "undone."
"""What the id of a command begins with that takes back another one."""
NOTICES: Final = (SAVED, "scan", "unknown")
"""The parameters of an address that are about what was just done."""
_LONGEST: Final = 200
_FEW: Final = 5


def without_notices(address: str) -> str:
    """An address without what an earlier notice was about."""
    path, _, query = address.partition("?")
    kept = [part for part in query.split("&") if part and part.partition("=")[0] not in NOTICES]
    return f"{path}?{'&'.join(kept)}" if kept else path


def entries_of(call: Call, command_id: str) -> tuple[HistoryEntry, ...]:
    """The entries of a command; none if there is no such command."""
    return tuple(call.store.entries_of(command_id)) if command_id else ()


def notice_of(call: Call) -> dict[str, Any] | None:
    """What was just saved, and whether it can be taken back."""
    command_id = call.request.query_params.get(SAVED, "")
    entries = entries_of(call, command_id)
    if not entries:
        return None
    ids = [*dict.fromkeys(entry.order_id for entry in entries)]
    speech, refusal = call.hub.speech, ""
    is_undone = all(isinstance(entry, ChangeUndone) for entry in entries)
    parted = next((entry for entry in entries if isinstance(entry, OrderSplit)), None)
    opened = sum(isinstance(entry, OrderOpened) for entry in entries)
    if is_undone:
        said = speech.count(len(ids), "{count} order put back", "{count} orders put back")
    elif parted is not None:
        said = speech.say("Order {order_id} was split", order_id=parted.order_id)
    elif opened:
        said = speech.count(opened, "{count} order opened", "{count} orders opened")
    elif all(isinstance(entry, StatusChanged) for entry in entries):
        said = speech.count(len(ids), "{count} order advanced", "{count} orders advanced")
    else:
        said = speech.count(len(ids), "{count} order changed", "{count} orders changed")
    can_undo = not is_undone and not opened
    if can_undo:
        try:
            _taken_back(call, entries, command_id)
        except (RuleError, StoreError) as error:
            refusal = said_refusal(call, error)
    return {
        "command_id": command_id,
        "orders": ids[:_FEW],
        "text": said,
        "can_undo": can_undo,
        "refusal": refusal,
    }


def _taken_back(call: Call, entries: Sequence[HistoryEntry], command_id: str) -> Sequence[Change]:
    """The changes that take these entries back, if they're the last ones of their orders."""
    expect = {entry.order_id: entry.sequence for entry in entries}
    orders = [*call.store.load(expect).values()]
    if not orders:
        return ()
    order_type = orders[0].order_type
    return call.flow(order_type).undo_all(
        [(order, call.store.history(order.id)) for order in orders],
        cycles=[
            call.store.get_cycle(order_type, version) for version in call.store.versions(order_type)
        ],
        expect=expect,
        by=call.visitor.name,
        roles=call.visitor.roles,
        at=call.at,
        command_id=f"{_UNDONE}{command_id}"[:_LONGEST],
    )


def undo(call: Call) -> Response:
    """Take back a command."""
    command_id = call.form.get("command_id", "")
    entries = entries_of(call, command_id) if call.is_post else ()
    if not entries:
        text = call.hub.speech.say("There is nothing to take back.")
        return call.show("message.html", 422, message=text, back=call.back())
    undone = f"{_UNDONE}{command_id}"[:_LONGEST]
    if not call.store.entries_of(undone):
        call.store.save(*_taken_back(call, entries, command_id))
    return call.go(without_notices(call.back()), **{SAVED: undone})


def said_refusal(call: Call, error: ProdflowError) -> str:
    """Why something can't be done."""
    speech = call.hub.speech
    if not isinstance(error, BulkRefusedError):
        return speech.message(error.message)
    first, *others = dict.fromkeys(speech.message(it.message) for it in error.refusals.values())
    if not others:
        return first
    more = speech.count(len(others), "And {count} more order.", "And {count} more orders.")
    return f"{first}. {more}"
