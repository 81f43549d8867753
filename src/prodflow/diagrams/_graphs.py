"""A cycle in Mermaid and in DOT, for tools that lay out graphs themselves."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import pairwise

from prodflow._messages import text
from prodflow._words import AnyWords, Words, said, words_of
from prodflow.cycle import Status, StatusCycle
from prodflow.diagrams import _arguments as arguments
from prodflow.diagrams._text import wrap


def cycle_mermaid(
    cycle: StatusCycle,
    *,
    counts: Mapping[str, int] | None = None,
    cycles: Iterable[StatusCycle] = (),
    words: AnyWords | None = None,
) -> str:
    """A cycle as a Mermaid flowchart, with a separate box for the statuses off the path.

    Args:
        cycle: the cycle to draw.
        counts: the number of orders in each status, as for `cycle_svg`.
        words: your words; None for English.

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
    spoken = words_of(words)
    named = arguments.named(cycle, cycles, None)
    about = said(text("Statuses of {order_type}", order_type=cycle.order_type), spoken)
    lines = ["flowchart LR", f"    accTitle: {' '.join(about.split())}"]
    for key, status in _ids(named, on_path=True):
        name = "<br/>".join(map(_mermaid, _texts(status, counts, spoken)))
        lines.append(f'    {key}(["{name}"])' if _is_end(status) else f'    {key}["{name}"]')
    lines.extend(_edges(named, '    {} -->|"{}"| {}', "    {} --> {}", spoken, _mermaid))
    if off_path := list(_ids(named, on_path=False)):
        aside = _mermaid(said(arguments.OFF_PATH, spoken))
        lines.append(f'    subgraph off_path["{aside}"]')
        for key, status in off_path:
            name = "<br/>".join(map(_mermaid, _texts(status, counts, spoken)))
            lines.append(f'        {key}["{name}"]')
        lines += ["    end", "    classDef off stroke-dasharray: 5 4"]
        lines.append(f"    class {','.join(key for key, _ in off_path)} off")
    return "\n".join((*lines, ""))


def cycle_dot(
    cycle: StatusCycle,
    *,
    counts: Mapping[str, int] | None = None,
    cycles: Iterable[StatusCycle] = (),
    words: AnyWords | None = None,
) -> str:
    """A cycle in the DOT language of Graphviz, with a cluster for the statuses off the path.

    Args:
        cycle: the cycle to draw.
        counts: the number of orders in each status, as for `cycle_svg`.
        words: your words; None for English.

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
    spoken = words_of(words)
    named = arguments.named(cycle, cycles, None)
    lines = [
        f'digraph "{cycle.order_type}" {{',
        "    graph [rankdir=LR, fontname=Helvetica];",
        '    node [shape=box, style="rounded", fontname=Helvetica];',
        "    edge [fontname=Helvetica, fontsize=12];",
    ]
    for key, status in _ids(named, on_path=True):
        style = ', style="rounded,bold"' if _is_end(status) else ""
        lines.append(f'    {key} [label="{_dot_label(status, counts, spoken)}"{style}];')
    if off_path := list(_ids(named, on_path=False)):
        aside = _dot(said(arguments.OFF_PATH, spoken))
        lines += ["    subgraph cluster_off_path {", f'        label="{aside}";']
        for key, status in off_path:
            name = _dot_label(status, counts, spoken)
            lines.append(f'        {key} [label="{name}", style="rounded,dashed"];')
        lines.append("    }")
    lines.extend(_edges(named, '    {0} -> {2} [label="{1}"];', "    {} -> {};", spoken, _dot))
    return "\n".join((*lines, "}", ""))


def _ids(named: arguments.Named, *, on_path: bool) -> Iterator[tuple[str, Status]]:
    """Statuses in list order, each with an id, such as `s0`, that takes no text from the cycle."""
    for index, status in enumerate(named.statuses.values()):
        if (status in named.path) is on_path:
            yield f"s{index}", status


def _edges(
    named: arguments.Named, labelled: str, bare: str, words: Words, escape: Callable[[str], str]
) -> Iterator[str]:
    for (one, status), (two, _) in pairwise(_ids(named, on_path=True)):
        if status.default_duration is None:
            yield bare.format(one, two)
        else:
            days = said(arguments.days(status.default_duration), words)
            yield labelled.format(one, escape(days), two)


def _is_end(status: Status) -> bool:
    return status.initial or status.final


def _texts(status: Status, counts: Mapping[str, int] | None, words: Words) -> Iterator[str]:
    yield status.description
    if counts is not None:
        yield said(arguments.orders(counts.get(status.key, 0)), words)


def _mermaid(text: str) -> str:
    """The text; each character except letters, digits, commas and spaces becomes a code."""
    # Mermaid reads "1. Proof" or "- Proof" as a Markdown list, so dots and hyphens need codes too.
    return "".join(char if char.isalnum() or char in " ," else f"#{ord(char)};" for char in text)


def _dot_label(status: Status, counts: Mapping[str, int] | None, words: Words) -> str:
    texts = _texts(status, counts, words)
    lines = (line for name in texts for line in wrap(name, 200, 14, lines=20))
    return r"\n".join(map(_dot, lines))


def _dot(text: str) -> str:
    # Graphviz reads HTML entities and backslash escapes even in quotes.
    return text.replace("&", "&amp;").replace("\\", "\\\\").replace('"', '\\"')
