"""Ways to learn that were tried and failed; the laws of forecasts must find each of them."""

from collections.abc import Callable, Iterable
from datetime import date, timedelta
from typing import Any, Final

import pytest
from attrs import evolve
from tests.laws.test_forecasts import TestForecasts as Laws

from prodflow import HistoryEntry, StatusCycle
from prodflow.hub import Experience, learn

Histories = Iterable[list[HistoryEntry]]
Law = Callable[..., None]


def finished_alone(histories: Histories, cycles: list[StatusCycle], **given: Any) -> Experience:  # noqa: ANN401 - keywords
    """Orders that are still open aren't counted."""
    found = learn(histories, cycles, **given)
    return evolve(found, stays=tuple(stay for stay in found.stays if stay.end != "open"))


def cancelled_as_open(histories: Histories, cycles: list[StatusCycle], **given: Any) -> Experience:  # noqa: ANN401 - keywords
    """As if a cancelled order might still be done one day."""
    found = learn(histories, cycles, **given)
    return evolve(
        found,
        stays=tuple(
            stay._replace(end="open") if stay.end == "cancelled" else stay for stay in found.stays
        ),
    )


def cancelled_left_out(histories: Histories, cycles: list[StatusCycle], **given: Any) -> Experience:  # noqa: ANN401 - keywords
    """As if nobody ever cancelled."""
    found = learn(histories, cycles, **given)
    return evolve(found, stays=tuple(stay for stay in found.stays if stay.end != "cancelled"))


def last_of_them(histories: Histories, cycles: list[StatusCycle], **given: Any) -> Experience:  # noqa: ANN401 - keywords
    """The window holds the last few stays that ended, however long ago they were."""
    longer: Any = given | {"window_days": 36_525}
    found = learn(histories, cycles, **longer)
    ended = sorted(found.stays, key=lambda stay: stay.begun_on + timedelta(stay.left_days))
    return evolve(found, stays=tuple(ended[-6:]), window_days=given["window_days"])


def peeking(histories: Histories, cycles: list[StatusCycle], **given: Any) -> Experience:  # noqa: ANN401 - keywords
    """What came afterwards is known already."""
    later: Any = given | {"as_of": date(2027, 6, 1), "window_days": 36_525}
    found = learn(histories, cycles, **later)
    return evolve(found, as_of=given["as_of"], window_days=given["window_days"])


WRONG: Final = (finished_alone, cancelled_as_open, cancelled_left_out, last_of_them, peeking)
NAMES: Final = tuple(name for name in vars(Laws) if name.startswith("test_"))


@pytest.mark.parametrize("wrong", WRONG, ids=lambda wrong: wrong.__name__)
def test_each_is_found(hunt: Any, wrong: Callable[..., Experience]) -> None:  # noqa: ANN401 - a fixture
    """By one law or another, from whatever seed."""
    suite = type("Wrong", (Laws,), {"learn": staticmethod(wrong)})
    found = [hunt(suite, name, lambda law: law()) for name in NAMES]
    most = max(map(len, found))
    for number in range(most):
        assert any(results[number] for results in found if len(results) == most)


def test_the_right_one_is_not(hunt: Any) -> None:  # noqa: ANN401 - a fixture
    """No law objects to it."""
    assert not any(any(hunt(Laws, name, lambda law: law())) for name in NAMES)
