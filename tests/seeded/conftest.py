"""How seeded bugs are hunted.

Each law is run as a user's first run would: it draws the examples that Hypothesis' default profile
gives it, and nothing is known from runs before. No failing example is shrunk.
"""

from collections.abc import Callable, Generator
from contextlib import contextmanager
from functools import partial
from typing import Any, Final

import pytest
from hypothesis import Phase, is_hypothesis_test, seed, settings
from hypothesis.errors import Flaky, HypothesisException

_EXAMPLES: Final = 20  # a fifth of Hypothesis' 100, as for every law of a suite
_FULL: Final = 100
_SEEDS: Final = (1, 2, 3)

Law = Callable[..., None]
Hunt = Callable[[type, str, Callable[[Law], None]], list[bool]]


@pytest.fixture
def hunt() -> Hunt:
    """A function that hunts one bug with one law, from one seed, or three in the full profile.

    It takes the suite, the name of its law, and a function that runs the law on the bug. It tells
    of each seed whether the law catches the bug. A law that draws nothing is run once.
    """
    profile = settings.get_profile(settings.get_current_profile_name())
    seeds = _SEEDS if profile.max_examples >= _FULL else _SEEDS[:1]

    def caught(suite: type, name: str, run: Callable[[Law], None]) -> list[bool]:
        law = partial(run, getattr(suite(), name))
        test: Law = getattr(suite, name)
        if not is_hypothesis_test(test):
            return [_fails(law)]
        results: list[bool] = []
        for number in seeds:
            with _drawn_from(test, number):
                results.append(_fails(law))
        return results

    return caught


def _fails(law: Callable[[], None]) -> bool:
    try:
        law()
    except Flaky:  # a bug may be there in one run and not in the next
        return True
    except HypothesisException:  # the law was not run as it should be
        raise
    except (Exception, pytest.fail.Exception):  # noqa: BLE001 - a law may fail in any way
        return True
    return False


@contextmanager
def _drawn_from(law: Any, number: int) -> Generator[None, None, None]:  # noqa: ANN401 - a test with attributes
    """Let a law draw from a seed, and stop at its first failing example.

    Hypothesis has no public way to change the settings of a test for one call, and the laws got
    theirs when their module was imported.
    """
    own = law._hypothesis_internal_use_settings  # noqa: SLF001 - see above
    seed(number)(law)
    law._hypothesis_internal_use_settings = settings(  # noqa: SLF001
        own, max_examples=_EXAMPLES, database=None, phases=[Phase.generate]
    )
    try:
        yield
    finally:
        seed(None)(law)
        law._hypothesis_internal_use_settings = own  # noqa: SLF001
