"""A cycle in Mermaid and in DOT, for tools that lay out graphs themselves."""

from collections.abc import Iterable, Iterator, Mapping
from itertools import pairwise

from prodflow.cycle import Status, StatusCycle
from prodflow.diagrams import _arguments as arguments
from prodflow.diagrams._text import wrap


def cycle_mermaid(
    cycle: StatusCycle,
    *,
    counts: Mapping[str, int] | None = None,
    cycles: Iterable[StatusCycle] = (),
) -> str:
    """A cycle as a Mermaid flowchart, with a separate box for the statuses off the path.

    Args:
        cycle: the cycle to draw.
        counts: the number of orders in each status, as for `cycle_svg`.

    Returns:
        The text of the chart, with a line for each status and each arrow.

    Raises:
        UnknownStatusError: if *counts* has a key that isn't in *cycle*.

    Source:
        "Setting up Production Statuses"; decision D2.

    Example:
        >>> from prodflow.samples import PRINTS
        >>> cycle_mermaid(PRINTS.cycle).splitlines()[2:4]
        ['    s0(["Order Checked"])', '    s1["Retouch"]']
    """
    arguments.known_cycle(cycle)
    counts = arguments.counted(cycle, counts)
    named = arguments.named(cycle, cycles, None)
    lines = ["flowchart LR", f"    accTitle: Statuses of {cycle.order_type}"]
    for key, status in _ids(named, on_path=True):
        text = "<br/>".join(map(_mermaid, _texts(status, counts)))
        lines.append(f'    {key}(["{text}"])' if _is_end(status) else f'    {key}["{text}"]')
    lines.extend(_edges(named, '    {} -->|"{}"| {}', "    {} --> {}"))
    if off_path := list(_ids(named, on_path=False)):
        lines.append('    subgraph off_path["Off the path"]')
        for key, status in off_path:
            text = "<br/>".join(map(_mermaid, _texts(status, counts)))
            lines.append(f'        {key}["{text}"]')
        lines += ["    end", "    classDef off stroke-dasharray: 5 4"]
        lines.append(f"    class {','.join(key for key, _ in off_path)} off")
    return "\n".join((*lines, ""))


def cycle_dot(
    cycle: StatusCycle,
    *,
    counts: Mapping[str, int] | None = None,
    cycles: Iterable[StatusCycle] = (),
) -> str:
    """A cycle in the DOT language of Graphviz, with a cluster for the statuses off the path.

    Args:
        cycle: the cycle to draw.
        counts: the number of orders in each status, as for `cycle_svg`.

    Returns:
        The text of a directed graph, with a line for each status and each arrow.

    Raises:
        UnknownStatusError: if *counts* has a key that isn't in *cycle*.

    Source:
        "Setting up Production Statuses"; decision D2.

    Example:
        >>> from prodflow.samples import PRINTS
        >>> cycle_dot(PRINTS.cycle).splitlines()[-2]
        '    s4 -> s5 [label="1 day"];'
    """
    arguments.known_cycle(cycle)
    counts = arguments.counted(cycle, counts)
    named = arguments.named(cycle, cycles, None)
    lines = [
        f'digraph "{cycle.order_type}" {{',
        "    graph [rankdir=LR, fontname=Helvetica];",
        '    node [shape=box, style="rounded", fontname=Helvetica];',
        "    edge [fontname=Helvetica, fontsize=12];",
    ]
    for key, status in _ids(named, on_path=True):
        style = ', style="rounded,bold"' if _is_end(status) else ""
        lines.append(f'    {key} [label="{_dot_label(status, counts)}"{style}];')
    if off_path := list(_ids(named, on_path=False)):
        lines += ["    subgraph cluster_off_path {", '        label="Off the path";']
        for key, status in off_path:
            text = _dot_label(status, counts)
            lines.append(f'        {key} [label="{text}", style="rounded,dashed"];')
        lines.append("    }")
    lines.extend(_edges(named, '    {0} -> {2} [label="{1}"];', "    {} -> {};"))
    return "\n".join((*lines, "}", ""))


def _ids(named: arguments.Named, *, on_path: bool) -> Iterator[tuple[str, Status]]:
    """Statuses in list order, each with an id, such as `s0`, that takes no text from the cycle."""
    for index, status in enumerate(named.statuses.values()):
        if (status in named.path) is on_path:
            yield f"s{index}", status


def _edges(named: arguments.Named, labelled: str, bare: str) -> Iterator[str]:
    for (one, status), (two, _) in pairwise(_ids(named, on_path=True)):
        if status.default_duration is None:
            yield bare.format(one, two)
        else:
            yield labelled.format(one, arguments.days(status.default_duration), two)


def _is_end(status: Status) -> bool:
    return status.initial or status.final


def _texts(status: Status, counts: Mapping[str, int] | None) -> Iterator[str]:
    yield status.description
    if counts is not None:
        yield arguments.orders(counts.get(status.key, 0))


def _mermaid(text: str) -> str:
    """The text; each character except letters, digits, commas and spaces becomes a code."""
    # Mermaid reads "1. Proof" or "- Proof" as a Markdown list, so dots and hyphens need codes too.
    return "".join(char if char.isalnum() or char in " ," else f"#{ord(char)};" for char in text)


def _dot_label(status: Status, counts: Mapping[str, int] | None) -> str:
    lines = (line for text in _texts(status, counts) for line in wrap(text, 200, 14, lines=20))
    return r"\n".join(map(_dot, lines))


def _dot(text: str) -> str:
    # Graphviz reads HTML entities and backslash escapes even in quotes.
    return text.replace("&", "&amp;").replace("\\", "\\\\").replace('"', '\\"')
