"""Imports libraries that the type checkers don't need to find."""

from importlib import import_module
from typing import Any


def module(name: str) -> Any:  # noqa: ANN401 - most have no types, and CI doesn't install them
    """A module by its name; for a type checker it's Any, whether it's installed or not."""
    return import_module(name)
