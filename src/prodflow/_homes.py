"""Sets the `__module__` of public names to the package that users import them from.

Then pickles, tracebacks and `repr` show `prodflow.StatusCycle`, not the private module. A pickle
must load in every later release, so it mustn't depend on a private path.
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
