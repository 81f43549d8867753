"""A function whose extra is missing names it; the others work without any extra."""

import subprocess
import sys
from textwrap import dedent

import pytest

SCRIPT = dedent(
    """
    import sys
    sys.modules["{module}"] = None
    from datetime import UTC, datetime
    from prodflow.export import Table, to_csv, to_html, to_markdown, to_pdf, to_text, to_xlsx
    from prodflow.export import to_ics
    table = Table("T", ["a"], [["x"]])
    for function in (to_csv, to_html, to_markdown, to_text):
        assert function(table)
    loaded = sorted({{"icalendar", "reportlab", "xlsxwriter", "ttf_opensans"}} & sys.modules.keys())
    try:
        {call}
    except ModuleNotFoundError as error:
        print(loaded, error)
    """
)


@pytest.mark.parametrize(
    ("module", "call", "extra"),
    [
        ("xlsxwriter", "to_xlsx(table)", "xlsx"),
        ("reportlab", "to_pdf(table)", "pdf"),
        ("ttf_opensans", "to_pdf(table)", "pdf"),
        ("icalendar", "to_ics([], at=datetime(2026, 11, 16, tzinfo=UTC))", "ical"),
    ],
)
def test_names_the_extra_to_install(module: str, call: str, extra: str) -> None:
    """The error names the extra, and the other functions never import its libraries."""
    done = subprocess.run(  # noqa: S603 - our own script
        [sys.executable, "-c", SCRIPT.format(module=module, call=call)],
        capture_output=True,
        check=True,
        text=True,
    )
    function = call.partition("(")[0]
    assert done.stdout == f"{[module]} {function} needs {module}: install prodflow[{extra}]\n"
