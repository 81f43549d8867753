"""The types of forms, as type checkers see them; never run."""

from typing import Any, assert_type

from prodflow import InvalidTriggersError, StatusCycle, Trigger
from prodflow.forms import page, posted_rows, read_triggers, status_rows, trigger_rows


def check_grids(cycle: StatusCycle, triggers: list[Trigger]) -> None:
    """What a page shows for editing."""
    assert_type(status_rows(cycle), dict[str, Any])
    assert_type(status_rows(cycle, words={"Key": "Schlüssel"}), dict[str, Any])
    assert_type(trigger_rows(triggers), dict[str, Any])
    assert_type(trigger_rows((trigger for trigger in triggers), [cycle]), dict[str, Any])
    assert_type(page(status_rows(cycle)), dict[str, Any])
    assert_type(page(trigger_rows(triggers), [], (), blank=0, words={}), dict[str, Any])
    status_rows([cycle])  # type: ignore[arg-type]  # one cycle


def check_what_comes_back(cycle: StatusCycle, form: list[tuple[str, str]]) -> None:
    """What a page posts."""
    rows = posted_rows(form, status_rows(cycle))
    assert_type(rows, list[dict[str, Any]])
    assert_type(posted_rows({"statuses.0.key": ["lab"]}, status_rows(cycle)), list[dict[str, Any]])
    assert_type(cycle.edited(rows), StatusCycle)
    assert_type(cycle.edited(cycle, taken={"lab"}), StatusCycle)
    assert_type(read_triggers(rows), tuple[Trigger, ...])
    try:
        read_triggers(rows, [cycle], taken=["call"])
    except InvalidTriggersError as error:
        for problem in error.problems:
            assert_type((problem.field, problem.index), tuple[str | None, int | None])
            assert_type(problem.trigger, str | None)
