"""Aligned text tables for the demo and the replay."""

from collections.abc import Iterable, Sequence


def table(headings: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A table as plain text; numbers are aligned to the right, and None becomes a dash."""
    columns: list[list[str]] = []
    for heading, *values in zip(headings, *rows, strict=True):
        cells = [heading, *map(_cell, values)]
        width = max(map(len, cells))
        cells.insert(1, "-" * width)
        is_number = any(isinstance(value, int | float) for value in values)
        columns.append([cell.rjust(width) if is_number else cell.ljust(width) for cell in cells])
    return "\n".join(f"  {'  '.join(row)}".rstrip() for row in zip(*columns, strict=True))


def _cell(value: object) -> str:
    match value:
        case None:
            return "-"
        case int():
            return f"{value:,}"
        case float():
            return f"{value:,.1f}"
        case _:
            return str(value)
