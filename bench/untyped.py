"""Imports libraries that may be missing where the type checkers run."""

from importlib import import_module
from typing import Any


def module(name: str) -> Any:  # noqa: ANN401 - most have no types, and CI doesn't install them
    """The module with this name; to a type checker it's Any, installed or not."""
    return import_module(name)
