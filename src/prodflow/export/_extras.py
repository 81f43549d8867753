"""The libraries that only some formats need: looked for when they are asked for, not before."""

from importlib import import_module
from typing import Any


def extra(module: str, function: str, name: str) -> Any:  # noqa: ANN401 - they are partly typed
    """A module of a library that comes with an extra.

    Args:
        module: its full name.
        function: who needs it.
        name: of the extra.

    Raises:
        ModuleNotFoundError: if it is not installed; the message says which extra to install.
    """
    try:
        return import_module(module)
    except ModuleNotFoundError as error:
        raise ModuleNotFoundError(
            f"{function} needs {module.partition('.')[0]}: install prodflow[{name}]",
            name=error.name,
        ) from error
