"""Two baselines: the time that plain Python takes for similar work.

`f4` stands for an advance without checks and rules: two look-ups, and four frozen, slotted attrs
objects with as many fields as prodflow's, built from positional arguments. `d0` stands for an
answer about a day: a call, a list look-up, and a date made from a number.
"""

from datetime import date
from typing import Any, Final

from attrs import make_class

ORDER: Final = 17
ENTRY: Final = 20
PROPOSAL: Final = 16
RESULT: Final = 3


def _frozen(name: str, count: int) -> Any:  # noqa: ANN401 - a class made at run time
    return make_class(name, [f"f{number}" for number in range(count)], frozen=True, slots=True)


_Order, _Entry, _Proposal, _Result = (
    _frozen("Order", ORDER),
    _frozen("Entry", ENTRY),
    _frozen("Proposal", PROPOSAL),
    _frozen("Result", RESULT),
)
_VALUES: Final = tuple(range(ENTRY))
_NEXT: Final = {"a": "b"}
_DAYS: Final = {number: date.fromordinal(730_000 + number) for number in range(1_000)}
_ORDINALS: Final = list(range(730_000, 731_000))


def f4(times: int) -> None:
    """Repeat the baseline for an advance."""
    order_values, entry_values = _VALUES[:ORDER], _VALUES
    proposal_values, result_values = _VALUES[:PROPOSAL], _VALUES[:RESULT]
    following, days = _NEXT, _DAYS
    for _ in range(times):
        _ = following["a"]
        _ = days[500]
        _ = _Proposal(*proposal_values)
        _ = _Entry(*entry_values)
        _ = _Order(*order_values)
        _ = _Result(*result_values)


def _day(index: int) -> date:
    return date.fromordinal(_ORDINALS[index])


def d0(times: int) -> None:
    """Repeat the baseline for an answer about a day."""
    for _ in range(times):
        _day(500)
