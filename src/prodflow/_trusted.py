"""The one constructor that checks nothing, for values that the library has built itself.

A public constructor converts and validates every field, and a frozen class writes each of them
through `object.__setattr__`. Both are wasted on values that come out of a calculation whose inputs
were checked, and cost more than the calculation. The twin has the same slots, none of the guards,
and becomes the real class once it is filled: a quarter of the time for twenty fields.

What must stay true: every value built here would also pass its class' own constructor.
"""

from collections.abc import Callable
from types import new_class
from typing import Any, TypeVar

from attrs import fields

T = TypeVar("T")


def trusted(cls: type[T]) -> Callable[..., T]:
    """A function that builds a *cls* from all its fields by position, unchecked.

    Args:
        cls: a frozen, slotted attrs class without weak references.
    """
    names = [field.name for field in fields(cls)]  # type: ignore[arg-type]  # attrs classes only
    # The same bases, for the same layout; what they leave abstract must not keep a twin from being.
    body: dict[str, Any] = {
        name: getattr(cls, name)
        for base in cls.__bases__
        for name in getattr(base, "__abstractmethods__", ())
    }
    # A frozen base guards both; with only one of them lifted, every write still takes the long way.
    body |= {"__setattr__": object.__setattr__, "__delattr__": object.__delattr__}
    body["__init__"] = object.__init__  # a call of the twin is quicker than a call of __new__
    body["__slots__"] = cls.__dict__["__slots__"]
    twin = new_class(
        f"_{cls.__name__}Twin", cls.__bases__, exec_body=lambda namespace: namespace.update(body)
    )
    lines = [
        f"def build({', '.join(names)}):",
        "    value = twin()",
        *(f"    value.{name} = {name}" for name in names),
        "    value.__class__ = cls",
        "    return value",
    ]
    scope: dict[str, Any] = {"twin": twin, "cls": cls}
    exec("\n".join(lines), scope)  # noqa: S102 - made of field names only, as attrs itself does
    build: Callable[..., T] = scope["build"]
    return build
