"""Public names say where users import them from, not in which file they are written.

Pickles, tracebacks and `repr` then show `prodflow.StatusCycle`, and no private path is frozen in
data that must load for ever.
"""

from types import FunctionType
from typing import Any


def settle(namespace: dict[str, Any]) -> None:
    """Write the name of a package into the `__module__` of every class and function it exports.

    Call it as the last line of the package: `settle(globals())`.

    Args:
        namespace: the globals of the package, with `__all__`.
    """
    for name in namespace["__all__"]:
        exported = namespace[name]
        if isinstance(exported, type | FunctionType):
            exported.__module__ = namespace["__name__"]
