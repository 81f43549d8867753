"""Draws results as bars and curves on logarithmic scales.

The background is light and opaque, so that the pictures are readable on a dark page too.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from attrs import frozen

from comparison import Outcome, duration
from untyped import module

INK: Final = "#1f2933"
FAINT: Final = "#8a96a3"
OURS: Final = "#0b7285"
THEIRS: Final = "#a9b4c0"
CURVES: Final = ("#0b7285", "#c2410c", "#6d28d9", "#4d7c0f")
ROOM: Final = 10
"""The factor by which the scale extends below and above the curves, so flat curves look flat."""
SHORT: Final = 100
"""Ratios from here on have no decimals."""
LOOK: Final = {
    "figure.facecolor": "#fcfcfb",
    "axes.facecolor": "#fcfcfb",
    "axes.edgecolor": FAINT,
    "axes.labelcolor": INK,
    "axes.spines.right": False,
    "axes.spines.top": False,
    "axes.titlelocation": "left",
    "axes.titlesize": 10,
    "axes.titleweight": "bold",
    "font.family": "sans-serif",
    "font.size": 9,
    "savefig.bbox": "tight",
    "savefig.pad_inches": 0.2,
    "svg.fonttype": "none",
    "svg.hashsalt": "prodflow",
    "text.color": INK,
    "xtick.color": INK,
    "ytick.color": INK,
}


@frozen
class Curve:
    """A named curve of seconds by size."""

    name: str
    points: Mapping[int, float]


@frozen
class Panel:
    """Several curves over the same size."""

    title: str
    size: str
    curves: tuple[Curve, ...]


def bars(path: Path, outcomes: Sequence[Outcome]) -> None:
    """Draw a panel for each comparison, with a bar for each contender's time."""
    pyplot = _pyplot()
    heights = [len(outcome.rows) + 1.5 for outcome in outcomes]
    figure, panels = pyplot.subplots(
        len(outcomes),
        figsize=(9, sum(heights) * 0.28),
        height_ratios=heights,
        layout="constrained",
        squeeze=False,
    )
    for axes, outcome in zip(panels.flat, outcomes, strict=True):
        _bar_panel(axes, outcome)
    panels.flat[-1].set_xlabel(
        "CPU time, logarithmic scale; in brackets: the time divided by prodflow's"
    )
    _save(figure, path)


def _bar_panel(axes: Any, outcome: Outcome) -> None:  # noqa: ANN401 - matplotlib's Axes
    seconds = [row.seconds.median for row in outcome.rows]
    names = [row.name for row in outcome.rows]
    colours = [OURS if name.startswith("prodflow") else THEIRS for name in names]
    drawn = axes.barh(names, seconds, color=colours, height=0.7)
    axes.bar_label(
        drawn,
        [f"{duration(row.seconds.median)}  ({_ratio(row.times.median)} x)" for row in outcome.rows],
        padding=4,
    )
    axes.set_xscale("log")
    axes.set_xlim(min(seconds) / 3, max(seconds) * 30)
    axes.invert_yaxis()
    axes.set_title(outcome.title)
    axes.tick_params(axis="y", length=0)
    _in_words(axes.xaxis)


def rates(path: Path, columns: Sequence[Sequence[Outcome]]) -> None:
    """Draw how many a second each contender does: a column for each sequence of comparisons."""
    pyplot = _pyplot()
    lines, bars_each = len(columns[0]), len(columns[0][0].rows)
    figure, panels = pyplot.subplots(
        lines,
        len(columns),
        figsize=(9, lines * (bars_each + 1.8) * 0.3),
        layout="constrained",
        squeeze=False,
        sharey=True,
    )
    for column, outcomes in enumerate(columns):
        for axes, outcome in zip(panels[:, column], outcomes, strict=True):
            _rate_panel(axes, outcome)
        panels[-1, column].set_xlabel("orders per second: longer is better")
    panels[0, 0].invert_yaxis()
    _save(figure, path)


def _rate_panel(axes: Any, outcome: Outcome) -> None:  # noqa: ANN401 - matplotlib's Axes
    names = [row.name for row in outcome.rows]
    each = [1 / row.seconds.median for row in outcome.rows]
    # The slower a quartile of the times, the lower the rate.
    spread = [
        [rate - 1 / row.seconds.high for rate, row in zip(each, outcome.rows, strict=True)],
        [1 / row.seconds.low - rate for rate, row in zip(each, outcome.rows, strict=True)],
    ]
    colours = [OURS if name.startswith("prodflow") else THEIRS for name in names]
    drawn = axes.barh(
        names, each, xerr=spread, color=colours, height=0.7, error_kw={"ecolor": FAINT, "lw": 1}
    )
    axes.bar_label(drawn, [f"{rate:,.0f}" for rate in each], padding=4)
    axes.set_xlim(0, max(rate + more for rate, more in zip(each, spread[1], strict=True)) * 1.2)
    axes.set_title(outcome.title)
    axes.tick_params(axis="y", length=0)
    ticker = module("matplotlib.ticker")
    axes.xaxis.set_major_locator(ticker.MaxNLocator(4))
    axes.xaxis.set_major_formatter(ticker.StrMethodFormatter("{x:,.0f}"))


def curves(path: Path, panels: Sequence[Panel]) -> None:
    """Draw a panel for each size, with a curve for each job."""
    pyplot = _pyplot()
    columns = 2
    lines = -(-len(panels) // columns)
    figure, drawn = pyplot.subplots(
        lines, columns, figsize=(9, 3 * lines), layout="constrained", squeeze=False
    )
    for axes in drawn.flat[len(panels) :]:
        axes.remove()
    for axes, panel in zip(drawn.flat, panels, strict=False):
        for curve, colour in zip(panel.curves, CURVES, strict=False):
            axes.plot(
                *zip(*curve.points.items(), strict=True), "o-", color=colour, label=curve.name
            )
        if any(0 in curve.points for curve in panel.curves):
            axes.set_xscale("symlog", linthresh=10)
        else:
            axes.set_xscale("log")
        axes.set_yscale("log")
        seconds = [value for curve in panel.curves for value in curve.points.values()]
        axes.set_ylim(min(seconds) / ROOM, max(seconds) * ROOM)
        axes.set_title(panel.title)
        axes.set_xlabel(panel.size)
        axes.legend(frameon=False, fontsize=8)
        axes.grid(color=FAINT, alpha=0.25)
        _in_words(axes.yaxis)
    _save(figure, path)


def _in_words(axis: Any) -> None:  # noqa: ANN401 - matplotlib's Axis
    ticker = module("matplotlib.ticker")
    axis.set_major_formatter(ticker.FuncFormatter(_tick))
    axis.set_minor_formatter(ticker.NullFormatter())


def _ratio(value: float) -> str:
    return f"{value:,.0f}" if value >= SHORT else f"{value:.2g}" if value < 1 else f"{value:.3g}"


def _tick(value: float, _: int) -> str:
    return duration(value)


def _pyplot() -> Any:  # noqa: ANN401 - a module
    module("matplotlib").use("svg")
    pyplot = module("matplotlib.pyplot")
    pyplot.rcParams.update(LOOK)
    return pyplot


def _save(figure: Any, path: Path) -> None:  # noqa: ANN401 - matplotlib's Figure
    path.parent.mkdir(exist_ok=True)
    figure.savefig(path, metadata={"Creator": None, "Date": None})
