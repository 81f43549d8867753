"""Libraries that the type checkers need not find: the peers, and what draws."""

from importlib import import_module
from typing import Any


def module(name: str) -> Any:  # noqa: ANN401 - most peers have no types, and CI has no peers
    """A module by its name, the same to a type checker whether it is installed or not."""
    return import_module(name)
