"""Imports the libraries for Excel, PDF and calendars when one of these formats needs them."""

from importlib import import_module
from typing import Any


def extra(module: str, function: str, name: str) -> Any:  # noqa: ANN401 - they are partly typed
    """A module of a library that an extra installs.

    Args:
        module: the full name of the module.
        function: the name of the function that needs the module.
        name: the name of the extra, such as `xlsx`.

    Raises:
        ModuleNotFoundError: if the library isn't installed; the message names the extra.
    """
    try:
        return import_module(module)
    except ModuleNotFoundError as error:
        raise ModuleNotFoundError(
            f"{function} needs {module.partition('.')[0]}: install prodflow[{name}]",
            name=error.name,
        ) from error
