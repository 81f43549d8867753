"""Tests of a suite that only stores with a certain ability can pass."""

from collections.abc import Callable
from typing import Literal, TypeVar

__all__ = ["Capability", "leave_out", "needs"]

Capability = Literal["clock", "concurrent", "persistent", "shared", "tenants"]

_Test = TypeVar("_Test", bound=Callable[..., None])


def needs(capability: Capability) -> Callable[[_Test], _Test]:
    """Mark a test: it's collected only for stores that list the capability."""

    def marked(test: _Test) -> _Test:
        test.__dict__["needs"] = capability
        return test

    return marked


def leave_out(suite: type, capabilities: frozenset[Capability]) -> None:
    """Remove the tests of a suite that need other capabilities than these."""
    for name in dir(suite):
        needed = getattr(getattr(suite, name), "needs", None)
        if needed is not None and needed not in capabilities:
            setattr(suite, name, None)
