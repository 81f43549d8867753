"""Laws of messages: what people read about an order or a list has names, and no keys."""

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from functools import partial
from typing import Any, Final, TypeVar, cast

from attrs import evolve

from prodflow import (
    Backward,
    BulkChoice,
    Choice,
    CycleStore,
    DueDatePolicy,
    Forward,
    FromEntry,
    ProdflowError,
    ProductionFlow,
    ProductionOrder,
    RuleError,
    Status,
    StatusCycle,
    Terms,
)
from prodflow.testing._cases import case

T = TypeVar("T")
Keys = Mapping[str, str]
_Asked = Iterator[Callable[[], object]]

_BY: Final = "Ada"
_AT: Final = datetime(2026, 11, 2, 9, tzinfo=UTC)
_EXTRA: Final = Status("EXTRA", "Extra ★", non_standard=True)


def messages_show_no_keys(flow: ProductionFlow, order: ProductionOrder) -> None:
    """A refusal or an error about an order shows descriptions, never a key (D1).

    So with other keys and the same descriptions, every message stays the same.

    Args:
        flow: any flow; its guards are left out, since they may know the keys.
        order: any order.
    """
    named = _with(order, _named(order.cycle))
    keys = _other_keys(named.cycle)
    lenient = evolve(flow, rules=evolve(flow.rules, guard=None, entry_guard=None))
    before = [*map(_said, asked_of(lenient, named, "EXTRA"))]
    renamed = _with(named, _renamed(named.cycle, keys), keys)
    after = [*map(_said, asked_of(_flow(lenient, keys), renamed, "extra"))]
    case("the message names a status", any(it.description in str(before) for it in named.cycle))
    assert before == after


def store_messages_show_no_keys(new_store: Callable[[], CycleStore], cycle: StatusCycle) -> None:
    """An error of a store about a list of statuses shows descriptions, never a key (D1).

    Args:
        new_store: makes an empty store.
        cycle: any cycle.
    """
    named = _named(cycle)
    renamed = _renamed(named, _other_keys(named))
    case("the list has a status off the path", named.non_standard)
    before = [*map(_said, _asked_of_store(new_store(), named))]
    assert before == [*map(_said, _asked_of_store(new_store(), renamed))]


# --- What is asked ------------------------------------------------------------------------------


def asked_of(flow: ProductionFlow, order: ProductionOrder, extra: str) -> _Asked:
    """Calls that may be refused."""
    cycle = order.cycle
    who: dict[str, Any] = {"today": order.begun_on, "by": _BY}
    recorded: dict[str, Any] = {"by": _BY, "at": _AT}
    longer = cycle.add(evolve(_EXTRA, key=extra))
    fewer = [evolve(it, inactive=not (it.initial or it.final)) for it in cycle]
    other = evolve(order, id=f"{order.id[:100]}-2")
    both = [order, _with(other, longer)]
    types = [order, _with(other, evolve(cycle, order_type="OTHER", description="Other ★"))]
    yield partial(flow.choices, order, **who)
    yield partial(flow.choices_all, both, **who)
    yield partial(flow.advance, order, **who, at=_AT)
    yield partial(flow.advance, order, to="no.such.key", **who, at=_AT)
    yield partial(flow.advance_all, both, to=extra, **who, at=_AT)
    yield partial(flow.advance_all, types, **who, at=_AT)
    yield partial(
        flow.migrate, order, evolve(cycle, version=cycle.version + 1, statuses=fewer), **recorded
    )
    for status in cycle:
        yield partial(flow.advance, order, to=status.key, **who, at=_AT)
        yield partial(flow.advance, order, expect=status.key, **who, at=_AT)
        yield partial(
            flow.open,
            cycle,
            order_id="A-1",
            ordered_on=order.ordered_on,
            status=status.key,
            **recorded,
        )


def _asked_of_store(store: CycleStore, cycle: StatusCycle) -> _Asked:
    """Edits that a store refuses, each for another reason."""
    longer = cycle.add(evolve(_EXTRA, key=cycle.initial.key[:60] + ".2"))
    shorter = longer.remove(longer.statuses[-1].key)
    again = shorter.add(evolve(longer.statuses[-1], description="Again ★"))
    yield partial(store.put_cycle, cycle, replaces=cycle.version)
    for edited, replaces in ((cycle, None), (longer, cycle.version), (shorter, longer.version)):
        store.put_cycle(edited, replaces=replaces)
    yield partial(store.put_cycle, again, replaces=shorter.version)
    yield partial(store.put_cycle, again, replaces=cycle.version)
    yield partial(store.put_cycle, again, replaces=None)


def _said(ask: Callable[[], object]) -> list[str]:
    """What a call says: the message of its error, or those of the refusals in its result."""
    try:
        found = ask()
    except ProdflowError as error:
        return [str(error)]
    if not isinstance(found, tuple):
        return []
    choices = cast("tuple[Choice | BulkChoice, ...]", found)  # no other call gives a tuple
    return [message for choice in choices for message in _refused(choice)]


def _refused(choice: Choice | BulkChoice) -> Iterator[str]:
    every = (choice.refusals,) if isinstance(choice, Choice) else choice.refusals.values()
    for refused in every:
        if isinstance(refused, RuleError):
            yield str(refused)
        else:
            yield from (str(refusal.message) for refusal in refused)


# --- Other keys ---------------------------------------------------------------------------------


def _named(cycle: StatusCycle) -> StatusCycle:
    """The cycle, with a description: without one, people know the order type by its key."""
    return cycle if cycle.description else evolve(cycle, description="Named ★")


def _other_keys(cycle: StatusCycle) -> Keys:
    """Another key for each status; in another sequence than before, if they are sorted."""
    ranked = sorted((status.key for status in cycle), reverse=True)
    return {key: f"OTHER.{number:05}" for number, key in enumerate(ranked)}


def _renamed(cycle: StatusCycle, keys: Keys) -> StatusCycle:
    return evolve(
        cycle,
        order_type="OTHER.TYPE",
        statuses=[evolve(status, key=keys[status.key]) for status in cycle],
    )


def _with(order: ProductionOrder, cycle: StatusCycle, keys: Keys | None = None) -> ProductionOrder:
    """The order under another cycle, in the status that has its key there."""
    other = _key(keys or {})
    held = order.held
    return evolve(
        order,
        cycle=cycle,
        status=cycle[other(order.status.key)],
        resumes_in=order.resumes_in and other(order.resumes_in),
        held=held and evolve(held, status=other(held.status)),
    )


def _key(keys: Keys) -> Callable[[str], str]:
    return lambda key: keys.get(key, key)


def _by_key(values: Mapping[str, T], keys: Keys) -> dict[str, T]:
    return {keys.get(key, key): value for key, value in values.items()}


def _flow(flow: ProductionFlow, keys: Keys) -> ProductionFlow:
    """The flow, with the other keys in its rules and its policy."""
    rules, other = flow.rules, _key(keys)
    return ProductionFlow(
        due_dates=_policy(flow.due_dates, keys),
        rules=evolve(
            rules,
            targets={
                key: [*map(other, allowed)] for key, allowed in _by_key(rules.targets, keys).items()
            },
            permissions=[
                evolve(it, to=map(other, it.to), from_=map(other, it.from_))
                for it in rules.permissions
            ],
        ),
    )


def _policy(policy: DueDatePolicy, keys: Keys) -> DueDatePolicy:
    match policy:
        case Forward() | Backward() | FromEntry():
            return evolve(policy, calendars=_by_key(policy.calendars, keys))
        case Terms():
            vendors = {
                vendor: evolve(
                    terms,
                    durations=_by_key(terms.durations, keys),
                    calendars=_by_key(terms.calendars, keys),
                )
                for vendor, terms in policy.vendors.items()
            }
            default = policy.default_policy
            own = evolve(default, calendars=_by_key(default.calendars, keys))
            return Terms(own, vendors)
        case _:
            return policy
