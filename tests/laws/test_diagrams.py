"""Pictures: every cycle, plan and set of moves has one, and it is well-formed."""

import re
from xml.etree import ElementTree as ET

from hypothesis import given
from hypothesis import strategies as st

from prodflow import (
    DateOutOfRangeError,
    DueDatePolicy,
    MissingDeliveryDateError,
    Plan,
    StatusCycle,
    plan,
)
from prodflow.diagrams import cycle_dot, cycle_mermaid, cycle_svg, flow_svg, plan_svg
from prodflow.testing._cases import case
from prodflow.testing.strategies import due_date_policies, order_dates, status_cycles

COUNTS = st.integers(0, 2**31 - 1)


@st.composite
def plans(draw: st.DrawFn) -> Plan | None:
    """A plan of any cycle under any policy; None if the policy gives no plan."""
    policy: DueDatePolicy = draw(due_date_policies())
    ordered_on, delivery_on = draw(order_dates())
    try:
        return plan(draw(CYCLES), policy, ordered_on=ordered_on, delivery_on=delivery_on)
    except (MissingDeliveryDateError, DateOutOfRangeError):
        return None


CYCLES = status_cycles(max_size=14)


def keys_in(picture: str) -> list[str]:
    """The sorted keys of the statuses in a picture, repeated ones included."""
    root = ET.fromstring(picture)  # noqa: S314 - ours, and without entities
    keys = (element.get("data-status") for element in root.iter())
    return sorted(key for key in keys if key is not None)


def note_escapes(cycle: StatusCycle) -> None:
    """Note whether a text of the cycle has more than letters and digits."""
    texts = [status.description for status in cycle]
    case("a text has signs to escape", not all(text.isalnum() for text in texts))


class TestPictures:
    """Every picture is XML, and has each status once."""

    @given(data=st.data(), cycle=CYCLES)
    def test_cycle(self, data: st.DataObject, cycle: StatusCycle) -> None:
        """The statuses on and off the path are there."""
        counts = data.draw(st.none() | st.fixed_dictionaries({s.key: COUNTS for s in cycle}))
        case("a status is off the path", len(cycle.path) < len(cycle))
        assert keys_in(cycle_svg(cycle, counts=counts)) == sorted(s.key for s in cycle)

    @given(found=plans(), data=st.data())
    def test_plan(self, found: Plan | None, data: st.DataObject) -> None:
        """The statuses of the path are there."""
        days = [] if found is None else [day for day in found.due_dates if day]
        near = st.sampled_from(days) if days else st.none()
        today = data.draw(st.one_of(near, near, st.none(), st.dates()))
        case("today is within the plan", today and days and days[0] <= today <= days[-1])
        if found is not None:
            keys = sorted(status.key for status in found.cycle.path)
            assert keys_in(plan_svg(found, today=today)) == keys

    @given(data=st.data(), cycle=CYCLES)
    def test_flow(self, data: st.DataObject, cycle: StatusCycle) -> None:
        """The statuses on and off the path are there, for any moves."""
        keys = st.sampled_from([status.key for status in cycle])
        moves = data.draw(st.dictionaries(st.tuples(keys, keys), COUNTS, max_size=12))
        case("orders moved", moves)
        assert keys_in(flow_svg(cycle, moves)) == sorted(status.key for status in cycle)

    @given(cycle=CYCLES)
    def test_the_same_cycle_gives_the_same_picture(self, cycle: StatusCycle) -> None:
        """An equal cycle gives the same text."""
        again = StatusCycle(
            cycle.order_type, cycle.statuses, description=cycle.description, version=cycle.version
        )
        case("a status is off the path", len(cycle.path) < len(cycle))
        assert cycle_svg(cycle) == cycle_svg(again)


class TestTexts:
    """In Mermaid and DOT, a host's text is only in quotes and can't end them."""

    @given(cycle=CYCLES)
    def test_mermaid(self, cycle: StatusCycle) -> None:
        """Each status has a line, and its label has only letters, digits and codes."""
        note_escapes(cycle)
        text = cycle_mermaid(cycle, counts={})
        labels = re.findall(r'^ +s\d+(?:\(\["|\[")([^"]*)"\]\)?$', text, re.MULTILINE)
        assert len(labels) == len(cycle)
        for label in labels:
            plain = re.sub(r"#\d+;|<br/>|[ ,]", "", label)
            assert plain.isalnum() or not plain

    @given(cycle=CYCLES)
    def test_dot(self, cycle: StatusCycle) -> None:
        """Each status has a line with one properly quoted label."""
        note_escapes(cycle)
        text = cycle_dot(cycle, counts={})
        pattern = r'^ +s\d+ \[label="(?:[^"\\\n]|\\.)*"(?:, style="[a-z,]+")?\];$'
        assert len(re.findall(pattern, text, re.MULTILINE)) == len(cycle)
