"""Tests of a suite that only stores with a certain ability can pass, or only stores without it."""

from collections.abc import Callable
from typing import Literal, TypeVar

__all__ = ["Capability", "lacks", "leave_out", "needs"]

Capability = Literal["clock", "concurrent", "persistent", "shared"]

_Test = TypeVar("_Test", bound=Callable[..., None])


def needs(capability: Capability) -> Callable[[_Test], _Test]:
    """Mark a test: it's collected only for stores that list the capability."""
    return _marked("needs", capability)


def lacks(capability: Capability) -> Callable[[_Test], _Test]:
    """Mark a test: it's collected only for stores that don't list the capability."""
    return _marked("lacks", capability)


def _marked(mark: str, capability: Capability) -> Callable[[_Test], _Test]:
    def marked(test: _Test) -> _Test:
        test.__dict__[mark] = capability
        return test

    return marked


def leave_out(suite: type, capabilities: frozenset[Capability]) -> None:
    """Remove the tests of a suite that are for stores with other capabilities than these."""
    for name in dir(suite):
        test = getattr(suite, name)
        needed, lacking = getattr(test, "needs", None), getattr(test, "lacks", None)
        if needed not in {None, *capabilities} or lacking in capabilities:
            setattr(suite, name, None)
