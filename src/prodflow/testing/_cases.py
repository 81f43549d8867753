"""What laws note about their examples, and how many examples they get."""

from typing import Any, Final

from hypothesis import HealthCheck, currently_in_test_context, event, settings


def case(description: str, came_up: object) -> None:
    """Note whether an example has the case that a law is about.

    `pytest --hypothesis-show-statistics` shows how many examples had it. Outside a Hypothesis test
    nothing is noted.

    Args:
        description: the case, such as "the order was on hold".
        came_up: true if the example has it.
    """
    if currently_in_test_context():
        event(f"{description}: {'yes' if came_up else 'no'}")


def few(share: int, **more: Any) -> settings:  # noqa: ANN401 - whatever `settings` takes
    """Settings with fewer examples: the number that the profile has, divided by *share*."""
    return settings(max_examples=max(1, settings().max_examples // share), **more)


# For the tests of a suite. Examples may share the fixtures. Subclasses share the tests, but an
# example that fails in one subclass may pass in another, so failing examples aren't saved.
SHARED: Final = few(
    5,
    deadline=None,
    database=None,
    suppress_health_check=[
        HealthCheck.function_scoped_fixture,
        HealthCheck.differing_executors,
        HealthCheck.too_slow,
    ],
)
