"""How seeded bugs are hunted."""

from collections.abc import Callable, Iterator

import pytest
from hypothesis import Phase, settings

_FULL = 100


@pytest.fixture
def laws_for() -> Iterator[Callable[[type, str], list[str]]]:
    """A function that names the laws of a suite to try on a bug, given the law that it breaks.

    With the full number of examples they are all laws of the suite, with fewer only that one. No
    failing example is shrunk or kept: each run must find the bug again.
    """
    profile = settings.get_current_profile_name()
    tries_all = settings.get_profile(profile).max_examples >= _FULL

    def named(suite: type, law: str) -> list[str]:
        return [name for name in dir(suite) if name.startswith("test_")] if tries_all else [law]

    settings.register_profile("seeded", database=None, phases=[Phase.generate])
    settings.load_profile("seeded")
    yield named
    settings.load_profile(profile)
