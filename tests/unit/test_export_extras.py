"""A function whose extra is missing names it; the others work without any extra."""

import subprocess
import sys
from textwrap import dedent

import pytest

SCRIPT = dedent(
    """
    import sys
    sys.modules["{module}"] = None
    from prodflow.export import Table, to_csv, to_html, to_markdown, to_pdf, to_text, to_xlsx
    table = Table("T", ["a"], [["x"]])
    for function in (to_csv, to_html, to_markdown, to_text):
        assert function(table)
    loaded = sorted({{"reportlab", "xlsxwriter", "ttf_opensans"}} & sys.modules.keys())
    try:
        {function}(table)
    except ModuleNotFoundError as error:
        print(loaded, error)
    """
)


@pytest.mark.parametrize(
    ("module", "function", "extra"),
    [
        ("xlsxwriter", "to_xlsx", "xlsx"),
        ("reportlab", "to_pdf", "pdf"),
        ("ttf_opensans", "to_pdf", "pdf"),
    ],
)
def test_names_the_extra_to_install(module: str, function: str, extra: str) -> None:
    """The error names the extra, and the other functions never import its libraries."""
    done = subprocess.run(  # noqa: S603 - our own script
        [sys.executable, "-c", SCRIPT.format(module=module, function=function)],
        capture_output=True,
        check=True,
        text=True,
    )
    assert done.stdout == f"{[module]} {function} needs {module}: install prodflow[{extra}]\n"
