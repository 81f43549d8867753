"""The pictures in a browser: texts don't overlap, are inside, readable, and run no scripts."""

import json
import re
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from html import unescape
from itertools import pairwise
from pathlib import Path
from typing import Any, Final, Literal

import pytest

from prodflow import EVERY_DAY, Backward, HistoryEntry, ProductionFlow, Status, StatusCycle, plan
from prodflow.diagrams import (
    backtest_svg,
    cycle_svg,
    flow_svg,
    forecast_svg,
    load_svg,
    plan_svg,
)
from prodflow.diagrams._text import width as width_of
from prodflow.hub import OrderPlan, PlannedLoad, backtest, forecast, learn, load, order_plan

Chromium = Callable[[str], str]


# Measures every picture of the page twice: as on a light page, and with the rules for dark pages
# applied. `faults` has a line for each problem.
MEASURE: Final = """
<script>
const rgb = (text) => text.match(/[\\d.]+/g).map(Number);
const light = (text) => {
  const [r, g, b] = rgb(text).map((c) => c / 255)
    .map((c) => c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
};
const contrast = (one, two) => {
  const [low, high] = [light(one), light(two)].sort((a, b) => a - b);
  return (high + 0.05) / (low + 0.05);
};
const faults = [];
let texts = 0;
function measure(name, svg, mode) {
  const frame = svg.getBoundingClientRect();
  const shapes = [...svg.querySelectorAll("rect, path")]
    .map((shape) => [shape, shape.getBoundingClientRect(), getComputedStyle(shape).fill])
    .filter(([shape, box, fill]) => fill !== "none" && shape.tagName === "rect");
  const found = [...svg.querySelectorAll("text")]
    .map((text) => [text, text.getBoundingClientRect()])
    .filter(([text, box]) => box.width);
  texts += found.length;
  found.forEach(([text, box], index) => {
    const said = `${name} ${mode} ${JSON.stringify(text.textContent.slice(0, 60))}`;
    if (box.left < frame.left || box.right > frame.right || box.top < frame.top
        || box.bottom > frame.bottom) faults.push(`${said} leaves the picture`);
    const size = parseFloat(getComputedStyle(text).fontSize);
    const scale = 1000 / svg.viewBox.baseVal.width;
    if (size < 12 || size * scale < 12) faults.push(`${said} is ${size} px, scaled ${scale}`);
    for (const [other, area] of found.slice(index + 1)) {
      if (box.left < area.right - 0.5 && area.left < box.right - 0.5
          && box.top < area.bottom - 0.5 && area.top < box.bottom - 0.5)
        faults.push(`${said} overlaps ${JSON.stringify(other.textContent.slice(0, 60))}`);
    }
    const [x, y] = [(box.left + box.right) / 2, (box.top + box.bottom) / 2];
    const behind = shapes.filter(([shape, area]) => area.left <= x && x <= area.right
      && area.top <= y && y <= area.bottom).pop();
    const ratio = contrast(getComputedStyle(text).fill, behind[2]);
    if (ratio < 4.5) faults.push(`${said} has a contrast of ${ratio.toFixed(2)}`);
    const card = behind[1];
    if (box.left < card.left || box.right > card.right) faults.push(`${said} leaves its box`);
  });
}
const pictures = [...document.querySelectorAll("figure")];
pictures.forEach((figure) => measure(figure.id, figure.firstElementChild, "light"));
for (const sheet of document.styleSheets) for (const rule of sheet.cssRules)
  if (rule instanceof CSSMediaRule) rule.media.mediaText = "all";
pictures.forEach((figure) => measure(figure.id, figure.firstElementChild, "dark"));
const result = document.createElement("pre");
result.id = "result";
result.textContent = JSON.stringify({faults, texts, pictures: pictures.length});
document.body.append(result);
</script>
"""


def measured(chromium: Chromium, pictures: Mapping[str, str], font: str) -> dict[str, object]:
    """The browser's measurements of pictures in a font of the reader."""
    figures = "".join(
        f'<figure id="{name}">{picture}</figure>' for name, picture in pictures.items()
    )
    style = f"<style>svg.prodflow{{font-family:{font}!important}}</style>" if font else ""
    page = f"<!doctype html><meta charset=utf-8><body>{figures}{style}{MEASURE}"
    return result(chromium(page))


def result(dumped: str) -> dict[str, object]:
    """The result that the script of a page has written into the page."""
    found = re.search(r'<pre id="result">(.*?)</pre>', dumped, re.DOTALL)
    assert found is not None
    data: dict[str, object] = json.loads(unescape(found[1]))
    return data


def cycle_with(names: list[str], off_path: int = 3) -> StatusCycle:
    """A cycle with statuses of these names, the last few of them off the path."""
    last = len(names) - off_path - 1
    return StatusCycle(
        "prints",
        [
            Status(
                f"s{index}",
                name,
                default_duration=(1, 12, 0, None)[index % 4],
                default_department=("Lab desk", None, "W" * 200)[index % 3],
                initial=index == 0,
                final=index == last,
                non_standard=index > last,
                cancelled=index == last + 1,
                inactive=index == last + 2,
            )
            for index, name in enumerate(names)
        ],
        description=names[0],
    )


def moves_of(cycle: StatusCycle) -> dict[tuple[str, str], int]:
    """Moves of every kind, near and far, with small and large numbers."""
    keys = [status.key for status in cycle]
    path = [status.key for status in cycle.path]
    found = {pair: 1_000_000 // (index + 1) for index, pair in enumerate(pairwise(path))}
    found |= {(keys[index], keys[index]): index for index in range(0, len(keys), 3)}
    for index, key in enumerate(keys):
        found[key, keys[(index * 7 + 3) % len(keys)]] = index * 11
        found[keys[-1 - index % 3], key] = 2_147_483_647 if index == 4 else index
    return found


def in_flight(cycle: StatusCycle) -> dict[str, OrderPlan]:
    """The plans of an order that has gone some way, one day and one month later."""
    flow, first = ProductionFlow(), date(2026, 11, 16)
    who: Any = {"by": "ann", "at": datetime(2026, 11, 16, 9, tzinfo=UTC)}
    hold = cycle.statuses[-1].key
    change = flow.open(
        cycle, order_id="W" * 200, ordered_on=first, delivery_on=date(2026, 12, 1), **who
    )
    entries: list[HistoryEntry] = [change.entry]
    moves = [(date(2026, 11, 20), None), (date(2026, 11, 23), hold), (date(2026, 11, 24), None)]
    for day, to in moves:
        change = flow.advance(change.order, to=to, today=day, **who)
        entries.append(change.entry)
    todays = {"soon": date(2026, 11, 25), "later": date(2026, 12, 24)}
    return {
        name: order_plan(change.order, flow.due_dates, entries, today=day)
        for name, day in todays.items()
    }


def loads(cycle: StatusCycle) -> dict[str, PlannedLoad]:
    """The load of some days, of many days and of some weeks, with large and small numbers."""
    who: Any = {"by": "ann", "at": datetime(2026, 11, 16, 9, tzinfo=UTC)}
    ordered_on = date(2026, 11, 16)
    order = ProductionFlow().open(cycle, order_id="PO-1", ordered_on=ordered_on, **who).order
    given: Any = {"policy": Backward(), "today": ordered_on}
    return {
        "days": load([order] * 77, horizon=12, **given),
        "many": load([order] * 3, horizon=365, weigh=lambda _: Decimal("1234567.25"), **given),
        "weeks": load([order], horizon=40, per="week", **given),
    }


def promises(cycle: StatusCycle) -> dict[str, str]:
    """Forecasts of orders with and without a promise, and a backtest of five orders."""
    who: Any = {"by": "ann", "at": datetime(2026, 11, 16, 9, tzinfo=UTC)}
    flow, monday, tuesday = ProductionFlow(), date(2026, 11, 16), date(2026, 11, 17)
    past: list[list[HistoryEntry]] = []
    for number in range(5):
        opened = flow.open(cycle, order_id=f"PO-{number}", ordered_on=monday, **who)
        day = tuesday + timedelta(number)
        done = flow.advance(opened.order, to=cycle.final.key, today=day, **who)
        past.append([opened.entry, done.entry])
    orders = [
        flow.open(
            cycle, order_id=f"PO-{day}", ordered_on=date(2026, 12, 1), delivery_on=day, **who
        ).order
        for day in (date(2026, 12, 2), date(2026, 12, 24), None)
    ]
    given: Any = {"calendar": EVERY_DAY}
    known = learn(past, [cycle], as_of=date(2026, 12, 1), **given)
    found = backtest(past, [cycle], cuts=[monday, tuesday], at_least=1, **given)
    return {
        "forecasts": forecast_svg(forecast(orders, known, today=date(2026, 12, 1), at_least=1)),
        "no-forecasts": forecast_svg(forecast(orders, known, today=date(2026, 12, 1))),
        "backtest": backtest_svg(found),
        "no-backtest": backtest_svg(backtest([], [])),
    }


def drawn(cycle: StatusCycle) -> dict[str, str]:
    """Pictures of a cycle of every kind, full and nearly empty."""
    dates = {
        "early": date(2026, 11, 18),
        "late": date(2027, 6, 30),
        "none": None,
        "far": date(2036, 11, 18),
    }
    plans = {
        name: plan(cycle, Backward(), ordered_on=date(2026, 11, 16), delivery_on=day)
        for name, day in dates.items()
    }
    todays = (date(2026, 11, 16), date(2026, 12, 1), date(1990, 1, 1), date(2990, 1, 1))
    counts = {status.key: 10**index % 2_147_483_647 for index, status in enumerate(cycle)}
    return {
        "cycle": cycle_svg(cycle),
        "counts": cycle_svg(cycle, counts=counts),
        "flow": flow_svg(cycle, moves_of(cycle)),
        "still": flow_svg(cycle, {}),
        **{
            f"plan-{name}": plan_svg(found, today=today)
            for (name, found), today in zip(plans.items(), todays, strict=True)
        },
        "plan": plan_svg(plans["late"]),
        **{f"load-{name}": load_svg(found) for name, found in loads(cycle).items()},
        **{f"order-{name}": plan_svg(found) for name, found in in_flight(cycle).items()},
        **promises(cycle),
    }


def names_of(length: int, pattern: str) -> list[str]:
    """Different names made from a pattern, of 200 characters at most."""
    return [f"{index} {pattern}"[:200] for index in range(length)]


NAMES: Final = {
    "3": names_of(3 + 3, "At the lab"),
    "8": names_of(8 + 3, "Waiting for the client's answer"),
    "30": names_of(30 + 3, "Quality check"),
    "long": names_of(8 + 3, "W" * 200),
    "words": names_of(12 + 3, "when the proof has come back " * 8),
    "wide": names_of(5 + 3, "注文確認済み" * 40),
    "emoji": names_of(5 + 3, "\U0001f469\u200d\U0001f4bb\U0001f634 Ж\u0301Щ " * 20),
    "arabic": names_of(5 + 3, "قيد الانتظار " * 20),
}


@pytest.mark.full
@pytest.mark.parametrize("font", ["", "DejaVu Sans", "Liberation Sans"])
def test_every_text_is_readable(chromium: Chromium, font: str) -> None:
    """Texts don't overlap, are inside, have 12 pixels or more, and a contrast of at least 4.5."""
    pictures = {
        f"{kind}-{name}": picture
        for kind, names in NAMES.items()
        for name, picture in drawn(cycle_with(names)).items()
    }
    found = measured(chromium, pictures, font)
    assert found["faults"] == []
    assert found["pictures"] == len(pictures)


# Writes the look of every element of each picture.
LOOKS: Final = """
<script>
const names = ["fill", "stroke", "stroke-width", "stroke-dasharray", "font-weight", "font-family",
  "direction", "text-anchor"];
const looks = [...document.querySelectorAll("svg")].map((svg) => [svg, ...svg.querySelectorAll("*")]
  .filter((one) => !["style", "title", "desc"].includes(one.tagName))
  .map((one) => names.map((name) => getComputedStyle(one).getPropertyValue(name)).join("|")));
const widths = [...document.querySelectorAll("svg")].map((svg) => {
  const { width, height } = svg.getBoundingClientRect();
  return [width, Math.abs(width / height - svg.viewBox.baseVal.width / svg.viewBox.baseVal.height)];
});
const result = document.createElement("pre");
result.id = "result";
result.textContent = JSON.stringify({looks, widths});
document.body.append(result);
</script>
"""
STRICT: Final = '<meta http-equiv="Content-Security-Policy" content="style-src \'self\'">'


def looks(chromium: Chromium, *pictures: str, head: str = "") -> Any:  # noqa: ANN401 - JSON
    """The look of every element of the pictures on a page with this head."""
    page = f"<!doctype html><meta charset=utf-8>{head}<body>{''.join(pictures)}{LOOKS}"
    return result(chromium(page))


def test_a_strict_page_shows_the_same(chromium: Chromium) -> None:
    """Where a page forbids style sheets inside it, the attributes give every element its look."""
    cycle = cycle_with(NAMES["3"])
    dates = plan(cycle, Backward(), ordered_on=date(2026, 11, 16), delivery_on=date(2026, 11, 18))
    themes: tuple[Literal["auto", "light", "dark"], ...] = ("auto", "light", "dark")
    pictures = [
        picture
        for theme in themes
        for picture in (
            cycle_svg(cycle, counts={"s0": 2}, theme=theme),
            flow_svg(cycle, moves_of(cycle), theme=theme),
            plan_svg(dates, today=date(2026, 11, 17), theme=theme),
        )
    ]
    strict = looks(chromium, *pictures, head=STRICT)["looks"]
    assert strict == looks(chromium, *pictures)["looks"]
    assert strict[:3] == strict[3:6]
    assert all(one != other for one, other in zip(strict[:3], strict[6:], strict=True))


def test_a_strict_page_has_one_rule_of_its_own(chromium: Chromium) -> None:
    """With the rule that the guide gives, every kind of picture shrinks with a strict page too."""
    guide = Path(__file__).parents[2] / "docs" / "how-to-export.md"
    (rule,) = re.findall(r"^svg\.prodflow .*$", guide.read_text(encoding="utf-8"), re.MULTILINE)
    policy = STRICT.replace("'self'", "'nonce-app'")
    sheet = f'<style nonce="app">body{{width:400px}}{rule}</style>'
    pictures = drawn(cycle_with(NAMES["3"]))
    found = looks(chromium, *pictures.values(), head=f"{policy}{sheet}")["widths"]
    assert {width for width, _ in found} == {400}
    assert max(change for _, change in found) < 0.01


def test_a_picture_shrinks_with_the_page(chromium: Chromium) -> None:
    """In a column, a picture is as wide as the column; its shape and its font stay."""
    column = "<style>body{width:400px;font-family:cursive}text{fill:lime}</style>"
    picture = cycle_svg(cycle_with(NAMES["3"]))
    found = looks(chromium, picture, head=column)
    ((width, change),) = found["widths"]
    assert width == 400
    assert change < 0.01
    assert found["looks"] == looks(chromium, picture)["looks"]


# Writes the widths of texts in a font, at 100 pixels.
WIDTHS: Final = """
<script>
const result = document.createElement("pre");
result.id = "result";
result.textContent = JSON.stringify({widths: [...document.querySelectorAll("text")].map(
  (text) => text.getComputedTextLength())});
document.body.append(result);
</script>
"""
SCRIPTS: Final = (
    "Quality check, 12 days",
    "Ждём ответа клиента",
    "Đã gửi đến phòng tối, chờ duyệt",
    "قيد الانتظار في المختبر",
    "تصحيح الألوان والرتوش النهائي",
    "בהמתנה ללקוח",
    "cafe\u0301 re\u0301sume\u0301",
)


@pytest.mark.parametrize(("font", "most"), [("DejaVu Sans", 2), ("Liberation Sans", 2.3)])
def test_no_text_is_wider_than_estimated(chromium: Chromium, font: str, most: float) -> None:
    """And none is estimated at much more than its width, so names aren't cut for nothing."""
    texts = "".join(
        f'<text font-family="{font}" font-weight="600" font-size="100">{text}</text>'
        for text in SCRIPTS
    )
    page = f"<!doctype html><meta charset=utf-8><body><svg>{texts}</svg>{WIDTHS}"
    found: Any = result(chromium(page))["widths"]
    estimates = [width_of(text, 100) for text in SCRIPTS]
    ratios = [estimate / known for known, estimate in zip(found, estimates, strict=True)]
    assert min(ratios) >= 1
    assert max(ratios) <= most


HOSTILE: Final = (
    "<script>document.title = 'run'</script>",
    "</text></title></style><img src=x onerror=\"document.title = 'run'\">",
    "]]><script>document.title = 'run'</script><![CDATA[",
    "\"' onload=\"document.title = 'run'\" x='",
    "-->&lt;&#60;script&#62;&quot;#quot;%%{init}%%`]})\\",
    "*/}</style><svg onload=\"document.title = 'run'\">",
)


def test_hostile_text_runs_nothing(chromium: Chromium) -> None:
    """A description is only ever text."""
    figures = "".join(drawn(cycle_with([*HOSTILE, "a", "b", "c"])).values())
    dumped = chromium(f"<!doctype html><meta charset=utf-8><title>calm</title><body>{figures}")
    assert "<title>calm</title>" in dumped
    assert "<script" not in dumped
    assert "<img" not in dumped


def test_a_picture_is_a_document_of_its_own(chromium: Chromium) -> None:
    """A browser can parse it as XML."""
    picture = cycle_svg(cycle_with([*HOSTILE, "a", "b", "c"]))
    text = json.dumps(picture).replace("<", r"\u003c")
    page = f"""<!doctype html><meta charset=utf-8><body><pre id="result"></pre><script>
    const parsed = new DOMParser().parseFromString({text}, "image/svg+xml");
    const errors = parsed.querySelectorAll("parsererror").length;
    document.getElementById("result").textContent =
      JSON.stringify({{root: parsed.documentElement.tagName, errors}});
    </script>"""
    assert result(chromium(page)) == {"root": "svg", "errors": 0}
