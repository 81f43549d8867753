"""What values are made of."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from attrs import Attribute, fields, has


def given_fields(value: object) -> list["Attribute[Any]"]:
    """The fields that the constructor of an attrs value takes."""
    return [field for field in fields(type(value)) if field.init]  # type: ignore[arg-type]  # has


def parts(values: Iterable[object]) -> Iterator[object]:
    """The attrs values and tuples among these and inside them, each once."""
    seen: set[object] = set()
    rest = list(values)[::-1]
    while rest:
        value = rest.pop()
        if isinstance(value, Mapping):
            rest += value.values()
        elif isinstance(value, list | frozenset):
            rest += value
        elif (isinstance(value, tuple) or has(type(value))) and value not in seen:
            seen.add(value)
            yield value
            rest += value if isinstance(value, tuple) else values_of(value).values()


def values_of(value: object) -> dict[str, Any]:
    """The arguments that make an attrs value, by the names that its constructor takes."""
    names = [field.alias or field.name for field in given_fields(value)]
    return {name: getattr(value, name) for name in names}
