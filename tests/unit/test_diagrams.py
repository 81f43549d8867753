"""Pictures of small cycles, plans and moves, compared word for word."""

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any, Literal
from xml.etree import ElementTree as ET

import pydot
import pytest

from pictures import write
from prodflow import (
    Backward,
    Forward,
    Plan,
    Status,
    StatusCycle,
    UnknownStatusError,
    WorkingCalendar,
    plan,
)
from prodflow.diagrams import _text as text
from prodflow.diagrams import cycle_dot, cycle_mermaid, cycle_svg, flow_svg, plan_svg

MONDAY = date(2026, 11, 16)
ODD = (
    "<script>alert(1)</script>",
    '"]; evil -> s0; x [label="',
    "back\\slash\\",
    '\\"];',
    "--> %%{init}%% `]` #quot; // /* }",
    "W" * 200,
    "<b>bold</b>",
)


@pytest.fixture
def small() -> StatusCycle:
    """Two statuses on the path and one off it."""
    return StatusCycle(
        "prints",
        [
            Status("ordered", 'The "1. order"', default_duration=1, initial=True),
            Status("done", "Delivered", final=True),
            Status("hold", "On hold", non_standard=True),
        ],
    )


def planned(cycle: StatusCycle, delivery_on: date | None = None) -> Plan:
    """The plan of an order of Monday, 16 November 2026."""
    return plan(cycle, Backward(), ordered_on=MONDAY, delivery_on=delivery_on)


def words(picture: str) -> list[str]:
    """The lines of text that a picture shows, without tooltips."""
    root = ET.fromstring(picture)  # noqa: S314 - ours, and without entities
    return [element.text or "" for element in root.iter("{http://www.w3.org/2000/svg}tspan")]


class TestMermaid:
    """`cycle_mermaid`."""

    def test_a_small_cycle(self, small: StatusCycle) -> None:
        """Statuses have short ids, and quoted labels with codes for special characters."""
        assert cycle_mermaid(small, counts={"ordered": 2}).splitlines() == [
            "flowchart LR",
            "    accTitle: Statuses of prints",
            '    s0(["The #34;1#46; order#34;<br/>2 orders"])',
            '    s1(["Delivered<br/>0 orders"])',
            '    s0 -->|"1 day"| s1',
            '    subgraph off_path["Off the path"]',
            '        s2["On hold<br/>0 orders"]',
            "    end",
            "    classDef off stroke-dasharray: 5 4",
            "    class s2 off",
        ]

    def test_a_status_without_a_duration(self, cycle: StatusCycle) -> None:
        """Its arrow has no days."""
        bare = cycle.replace("qa", default_duration=None)
        assert "    s4 --> s5" in cycle_mermaid(bare).splitlines()
        assert "    s4 -> s5;" in cycle_dot(bare).splitlines()

    def test_a_status_between_the_ends_is_a_box(self, cycle: StatusCycle) -> None:
        """Only the initial and the final status are round."""
        assert '    s1["Retouch"]' in cycle_mermaid(cycle).splitlines()


class TestDot:
    """`cycle_dot`."""

    def test_a_small_cycle(self, small: StatusCycle) -> None:
        """Statuses have short ids and quoted labels."""
        assert cycle_dot(small).splitlines()[4:] == [
            r'    s0 [label="The \"1. order\"", style="rounded,bold"];',
            '    s1 [label="Delivered", style="rounded,bold"];',
            "    subgraph cluster_off_path {",
            '        label="Off the path";',
            '        s2 [label="On hold", style="rounded,dashed"];',
            "    }",
            '    s0 -> s1 [label="1 day"];',
            "}",
        ]

    def test_backslashes_and_entities(self, small: StatusCycle) -> None:
        """They are shown as they were written."""
        odd = small.replace("ordered", description="a\\N &quot;\\")
        assert r'label="a\\N &amp;quot;\\"' in cycle_dot(odd)

    @pytest.mark.parametrize("odd", ODD)
    def test_a_parser_reads_the_description(self, small: StatusCycle, odd: str) -> None:
        """A parser finds three statuses and an edge, whatever a description says."""
        found = pydot.graph_from_dot_data(cycle_dot(small.replace("done", description=odd)))
        assert found is not None
        (graph,) = found
        (cluster,) = graph.get_subgraphs()
        nodes = {node.get_name() for node in (*graph.get_nodes(), *cluster.get_nodes())}
        assert nodes - {"graph", "node", "edge"} == {"s0", "s1", "s2"}
        assert [edge.get("label") for edge in graph.get_edges()] == ['"1 day"']

    def test_no_status_off_the_path(self, small: StatusCycle) -> None:
        """Then there is no cluster."""
        assert "subgraph" not in cycle_dot(small.remove("hold"))
        assert "subgraph" not in cycle_mermaid(small.remove("hold"))


class TestCycle:
    """`cycle_svg`."""

    def test_a_small_cycle(self, small: StatusCycle) -> None:
        """Its texts in drawing order."""
        assert words(cycle_svg(small, counts={"ordered": 1})) == [
            "prints",
            "2 statuses on the path · 1 off the path · 1 day in total · 1 order",
            *("1 day", "1 · initial", 'The "1. order"', "1 order"),
            *("2 · final", "Delivered", "0 orders"),
            "Off the path",
            *("non-standard", "On hold", "0 orders"),
        ]

    def test_is_described(self, small: StatusCycle) -> None:
        """A title and a description say what the picture shows."""
        root = ET.fromstring(cycle_svg(small, title="My prints"))  # noqa: S314 - ours
        title, about = root[0], root[1]
        assert root.get("role") == "img"
        assert root.get("aria-labelledby") == f"{title.get('id')} {about.get('id')}"
        assert title.text == "My prints"
        assert about.text == ('The path: The "1. order", 1 day; Delivered. Off the path: On hold.')

    def test_a_page_can_have_two_pictures(self, small: StatusCycle) -> None:
        """Their ids differ."""
        first, second = cycle_svg(small), cycle_svg(small, title="again")
        assert first.split("aria-labelledby")[1][:30] != second.split("aria-labelledby")[1][:30]

    def test_why_a_status_is_off_the_path(self, small: StatusCycle) -> None:
        """Its card says it in a word or two."""
        more = (
            small.add(Status("no", "No", non_standard=True, cancelled=True))
            .add(Status("old", "Old", inactive=True))
            .add(Status("odd", "Odd"))
            .add(Status("wait", "Waiting", non_standard=True, pauses=True))
        )
        shown = words(cycle_svg(more))
        names = ("On hold", "No", "Old", "Odd", "Waiting")
        assert [shown[shown.index(name) - 1] for name in names] == [
            *("non-standard", "cancelled", "inactive", "outside the cycle", "on hold"),
        ]

    def test_a_status_with_a_colour_has_a_stripe(self, small: StatusCycle) -> None:
        """In the colour of the newest version; the other cards have none."""
        green = small.replace("ordered", colour="#2f6f4e")
        newer = green.replace("ordered", colour="#C00000")
        assert "<rect" in cycle_svg(green).split("#2f6f4e")[0]
        assert cycle_svg(green).count('fill="#2f6f4e"') == 1
        assert cycle_svg(green, cycles=[newer]).count('fill="#C00000"') == 1
        assert (
            cycle_svg(green, cycles=[newer]).count("<rect") == cycle_svg(small).count("<rect") + 1
        )

    def test_without_any_off_the_path(self, small: StatusCycle) -> None:
        """The heading is left out, and so are the days if there are none."""
        bare = small.remove("hold").replace("ordered", default_duration=None)
        assert words(cycle_svg(bare))[1] == "2 statuses on the path · 0 off the path"
        assert "Off the path" not in words(cycle_svg(bare))


class TestPlan:
    """`plan_svg`."""

    def test_a_small_plan(self, small: StatusCycle) -> None:
        """The dates of a status are in columns, and today is marked."""
        shown = words(plan_svg(planned(small, date(2026, 11, 20)), today=date(2026, 11, 18)))
        assert shown[:2] == ["prints", "3 days of float · start by 2026-11-19"]
        assert shown[shown.index('The "1. order"') :][:3] == [
            *('The "1. order"', "2026-11-17", "2026-11-20"),
        ]
        assert "today 2026-11-18" in shown
        assert shown[-3:] == ["earliest to latest", "cannot be met", "due"]

    def test_late(self, small: StatusCycle) -> None:
        """A status whose latest day is over is marked, and the legend has the colour of its bar."""
        shown = words(plan_svg(planned(small, date(2026, 11, 20)), today=date(2026, 11, 21)))
        assert shown[1].endswith("1 late")
        assert shown.count("late") == 2
        assert shown[-1] == "late"

    def test_short(self, small: StatusCycle) -> None:
        """A delivery date that cannot be met is marked."""
        shown = words(plan_svg(planned(small, MONDAY)))
        assert shown[1] == "1 day short · start by 2026-11-13"
        assert "short" in shown

    def test_without_a_delivery_date(self, small: StatusCycle) -> None:
        """The subtitle says so, since there are no latest days."""
        assert words(plan_svg(planned(small)))[1] == "no delivery date"

    def test_without_a_date(self, small: StatusCycle) -> None:
        """A plan without dates is a list of names."""
        bare = small.replace("ordered", default_duration=None)
        picture = plan_svg(plan(bare, Forward(), ordered_on=MONDAY), today=MONDAY)
        assert "no date" in picture
        assert "today" not in words(picture)

    @pytest.mark.parametrize(
        ("today", "shown"),
        [
            (date(2020, 1, 1), "\N{LEFTWARDS ARROW} today 2020-01-01"),
            (date(2030, 1, 1), "today 2030-01-01 \N{RIGHTWARDS ARROW}"),
        ],
    )
    def test_today_is_far_off(self, small: StatusCycle, today: date, shown: str) -> None:
        """Today is at the edge, with an arrow that points to it."""
        assert shown in words(plan_svg(planned(small), today=today))

    def test_thousands_of_years(self, small: StatusCycle) -> None:
        """Only the first day is shown at the top."""
        found = plan(
            small,
            Backward(WorkingCalendar(working_weekdays=range(7))),
            ordered_on=date(2, 1, 1),
            delivery_on=date(9999, 1, 1),
        )
        assert words(plan_svg(found)).count("0002-01-02") == 2


class TestFlow:
    """`flow_svg`."""

    def test_a_small_flow(self, small: StatusCycle) -> None:
        """The lines have counts, and the legend has their sums."""
        moves = {
            ("ordered", "done"): 1_250,
            ("done", "ordered"): 2,
            ("done", "done"): 3,
            ("ordered", "hold"): 4,
            ("hold", "hold"): 5,
            ("hold", "done"): 0,
        }
        picture = flow_svg(small, moves, title="All of 2026")
        assert words(picture)[:6] == [
            *("All of 2026", "1,264 moves", "1,250 forward", "2 back", "3 repeated"),
            "9 to or from a status off the path",
        ]
        assert [picture.count(f">{count}<") for count in ("1,250", "2", "5", "0")] == [1, 1, 1, 0]

    def test_many_statuses(self) -> None:
        """The boxes have numbers, and a list has the names."""
        last = 11
        cycle = StatusCycle(
            "prints",
            [
                Status(f"s{index}", f"Step {index}", initial=index == 0, final=index == last)
                for index in range(last + 1)
            ],
        )
        shown = words(flow_svg(cycle, {}))
        assert shown[1:4] == ["0 moves", "1", "2"]
        assert shown[-2:] == ["12", "Step 11"]


class TestLook:
    """The look of a picture: its theme, its attributes, and the direction of its texts."""

    @pytest.mark.parametrize(("theme", "ink"), [("auto", "#1f2328"), ("dark", "#e6edf3")])
    def test_each_element_has_its_colours(
        self, small: StatusCycle, theme: Literal["auto", "dark"], ink: str
    ) -> None:
        """A text has them as an attribute, without the style sheet."""
        root = ET.fromstring(cycle_svg(small, theme=theme))  # noqa: S314 - ours
        texts = [*root.iter("{http://www.w3.org/2000/svg}text")]
        assert all("fill" in element.attrib for element in texts)
        assert {one.get("fill") for one in texts if one.get("class") == "ink strong"} == {ink}

    def test_only_auto_follows_the_screen(self, small: StatusCycle) -> None:
        """The other themes have one set of colours; dark screens are asked about, paper isn't."""
        assert "@media screen and (prefers-color-scheme:dark)" in cycle_svg(small)
        assert "@media" not in cycle_svg(small, theme="light") + cycle_svg(small, theme="dark")

    def test_arabic_and_hebrew_lines_run_from_the_right(self, small: StatusCycle) -> None:
        """Also if a number is first; their left edge is where a Latin text would begin."""
        root = ET.fromstring(cycle_svg(small, title="2 طلبات"))  # noqa: S314 - ours
        title, subtitle, *_ = root.iter("{http://www.w3.org/2000/svg}text")
        assert (title.get("direction"), title.get("text-anchor")) == ("rtl", "end")
        assert (subtitle.get("direction"), subtitle.get("text-anchor")) == (None, "start")


class TestText:
    """The room that a text takes, and how it is made to fit."""

    @pytest.mark.parametrize(
        ("given", "width"),
        [
            ("注文確認済み", 60),
            ("한국", 20),
            ("سس", 30),
            ("\u0627" * 2, 10),
            ("e\u0301", 7.5),
            ("ữ", 8.5),
            ("שלום", 40),
            ("\U0001f4bb\u200d", 15),
        ],
    )
    def test_the_room_of_a_text(self, given: str, width: float) -> None:
        """An ideograph is as wide as high, an Arabic letter has its own width, a mark has none."""
        assert text.width(given, 10) == width

    @pytest.mark.parametrize(
        ("given", "lines"),
        [
            ("one two", ("one two",)),
            ("one  two three", ("one two", "three")),
            ("one two three four five", ("one two", "three\N{HORIZONTAL ELLIPSIS}")),
            ("aaaaaaaaaaaaa", ("aaaaaaaa", "aaaaa")),
            ("e\u0301" * 17, ("e\u0301" * 8, "e\u0301" * 6 + "\N{HORIZONTAL ELLIPSIS}")),
            ("\ufdfd" * 2, ("\ufdfd", "\ufdfd")),
            ("^" * 12, ("^" * 9, "^" * 3)),
            ("é" * 9, ("é" * 7, "é" * 2)),
        ],
    )
    def test_wrapping(self, given: str, lines: tuple[str, ...]) -> None:
        """A text wraps between words, then within words, and ends in an ellipsis if shortened."""
        assert text.wrap(given, 61, 10, lines=2) == lines


Draw = Callable[..., str]
BAD: list[tuple[Draw, dict[str, Any], type[Exception], str]] = [
    *((draw, {"cycle": None}, TypeError, "cycle") for draw in (cycle_svg, cycle_dot)),
    (cycle_svg, {"counts": [1]}, TypeError, "counts"),
    (cycle_svg, {"counts": {1: 1}}, TypeError, "counts"),
    (cycle_svg, {"counts": {"done": -1}}, ValueError, "counts"),
    (cycle_svg, {"counts": {"gone": 1}}, UnknownStatusError, "gone"),
    *((draw, {"theme": "Dark"}, ValueError, "theme") for draw in (cycle_svg, flow_svg, plan_svg)),
    (cycle_svg, {"title": " "}, ValueError, "title"),
    (cycle_svg, {"title": "\u202e"}, ValueError, "title"),
    (cycle_mermaid, {"counts": {"done": True}}, TypeError, "counts"),
    (flow_svg, {"moves": None}, TypeError, "moves"),
    (flow_svg, {"moves": {"done": 1}}, TypeError, "moves"),
    (flow_svg, {"moves": {("done", 1): 1}}, TypeError, "moves"),
    (flow_svg, {"moves": {("done", "gone"): 1}}, UnknownStatusError, "gone"),
    (flow_svg, {"moves": {("done", "done"): 1.5}}, TypeError, "moves"),
    (plan_svg, {"plan": []}, TypeError, "plan"),
    (plan_svg, {"today": "2026-11-16"}, TypeError, "today"),
]


@pytest.mark.parametrize(("draw", "bad", "error", "named"), BAD)
def test_bad_arguments(
    small: StatusCycle, draw: Draw, bad: dict[str, Any], error: type[Exception], named: str
) -> None:
    """The error names what is wrong."""
    good: dict[str, Any] = {"plan": planned(small)} if draw is plan_svg else {"cycle": small}
    if draw is flow_svg:
        good["moves"] = {}
    with pytest.raises(error, match=named):
        draw(**good | bad)


def test_the_example_writes_its_pictures(tmp_path: Path) -> None:
    """Without a log, it writes the cycle and a plan."""
    names = [file.name for file in write(tmp_path / "new")]
    assert names == ["cycle.svg", "cycle.mmd", "cycle.dot", "plan.svg"]
