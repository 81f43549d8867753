"""A cycle as Mermaid and as DOT, for tools that lay out graphs themselves."""

from collections.abc import Callable, Iterator, Mapping
from itertools import pairwise

from prodflow.cycle import Status, StatusCycle
from prodflow.diagrams import _arguments as arguments
from prodflow.diagrams._text import wrap

__all__ = ["cycle_dot", "cycle_mermaid"]


def cycle_mermaid(cycle: StatusCycle, *, counts: Mapping[str, int] | None = None) -> str:
    """A cycle as a Mermaid flowchart, the statuses off the path in a box of their own.

    Args:
        cycle: the cycle to draw.
        counts: how many orders are in each status, by key; None to show none.

    Returns:
        The text of the chart, one line a status and one an arrow.

    Raises:
        UnknownStatusError: if *counts* names a status that *cycle* has not.
        TypeError: for a value of the wrong kind.
        ValueError: for a key or count out of bounds.

    Source:
        "Setting up Production Statuses"; decision D2.

    Example:
        >>> from prodflow import Status, StatusCycle
        >>> cycle = StatusCycle(
        ...     "prints",
        ...     [
        ...         Status("ordered", "Ordered", default_duration=1, initial=True),
        ...         Status("done", "Delivered", final=True),
        ...     ],
        ... )
        >>> print(cycle_mermaid(cycle))
        flowchart LR
            accTitle: Statuses of prints
            s0(["Ordered"])
            s1(["Delivered"])
            s0 -->|"1 day"| s1
        <BLANKLINE>
    """
    arguments.known_cycle(cycle)
    found = arguments.counted(cycle, counts)
    lines = ["flowchart LR", f"    accTitle: Statuses of {cycle.order_type}"]
    for key, status in _ids(cycle, on_path=True):
        text = "<br/>".join(map(_mermaid, _said(status, found)))
        lines.append(f'    {key}(["{text}"])' if _is_end(status) else f'    {key}["{text}"]')
    lines.extend(_edges(cycle, '    {} -->|"{}"| {}', "    {} --> {}"))
    if beside := list(_ids(cycle, on_path=False)):
        lines.append('    subgraph beside["Off the path"]')
        for key, status in beside:
            text = "<br/>".join(map(_mermaid, _said(status, found)))
            lines.append(f'        {key}["{text}"]')
        lines += ["    end", "    classDef off stroke-dasharray: 5 4"]
        lines.append(f"    class {','.join(key for key, _ in beside)} off")
    return "\n".join((*lines, ""))


def cycle_dot(cycle: StatusCycle, *, counts: Mapping[str, int] | None = None) -> str:
    """A cycle in the DOT language of Graphviz, the statuses off the path in a cluster.

    Args:
        cycle: the cycle to draw.
        counts: how many orders are in each status, by key; None to show none.

    Returns:
        The text of a directed graph, one line a status and one an arrow.

    Raises:
        UnknownStatusError: if *counts* names a status that *cycle* has not.
        TypeError: for a value of the wrong kind.
        ValueError: for a key or count out of bounds.

    Source:
        "Setting up Production Statuses"; decision D2.

    Example:
        >>> from prodflow import Status, StatusCycle
        >>> cycle = StatusCycle(
        ...     "prints",
        ...     [
        ...         Status("ordered", "Ordered", default_duration=1, initial=True),
        ...         Status("done", "Delivered", final=True),
        ...     ],
        ... )
        >>> print(cycle_dot(cycle).splitlines()[-2])
            s0 -> s1 [label="1 day"];
    """
    arguments.known_cycle(cycle)
    found = arguments.counted(cycle, counts)
    lines = [
        f'digraph "{cycle.order_type}" {{',
        "    graph [rankdir=LR, fontname=Helvetica];",
        '    node [shape=box, style="rounded", fontname=Helvetica];',
        "    edge [fontname=Helvetica, fontsize=12];",
    ]
    for key, status in _ids(cycle, on_path=True):
        style = ', style="rounded,bold"' if _is_end(status) else ""
        lines.append(f'    {key} [label="{_dot_label(status, found)}"{style}];')
    if beside := list(_ids(cycle, on_path=False)):
        lines += ["    subgraph cluster_beside {", '        label="Off the path";']
        for key, status in beside:
            text = _dot_label(status, found)
            lines.append(f'        {key} [label="{text}", style="rounded,dashed"];')
        lines.append("    }")
    lines.extend(_edges(cycle, '    {0} -> {2} [label="{1}"];', "    {} -> {};"))
    return "\n".join((*lines, "}", ""))


def _ids(cycle: StatusCycle, *, on_path: bool) -> Iterator[tuple[str, Status]]:
    """Statuses in list order with ids that no text of a host can have."""
    for index, status in enumerate(cycle):
        if (cycle.place(status.key).position is not None) is on_path:
            yield f"s{index}", status


def _edges(cycle: StatusCycle, labelled: str, bare: str) -> Iterator[str]:
    for (one, status), (two, _) in pairwise(_ids(cycle, on_path=True)):
        if status.default_duration is None:
            yield bare.format(one, two)
        else:
            yield labelled.format(one, arguments.days(status.default_duration), two)


def _is_end(status: Status) -> bool:
    return status.initial or status.final


def _said(status: Status, counts: Mapping[str, int] | None) -> Iterator[str]:
    yield status.description
    if counts is not None:
        yield arguments.orders(counts.get(status.key, 0))


def _mermaid(text: str) -> str:
    """A text in which only letters, digits, commas and spaces stand as they are."""
    return _coded(text, lambda char: f"#{ord(char)};")


def _coded(text: str, code: Callable[[str], str]) -> str:
    # "1. Proof" or "- Proof" would be a list of Markdown, so points and hyphens have a code too.
    return "".join(char if char.isalnum() or char in " ," else code(char) for char in text)


def _dot_label(status: Status, counts: Mapping[str, int] | None) -> str:
    lines = (line for text in _said(status, counts) for line in wrap(text, 200, 14, lines=20))
    return r"\n".join(map(_dot, lines))


def _dot(text: str) -> str:
    # Graphviz reads the entities of HTML and codes with a backslash, even between quotes.
    return text.replace("&", "&amp;").replace("\\", "\\\\").replace('"', '\\"')
