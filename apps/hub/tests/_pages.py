"""What must be true of every page, whatever it's about."""

from ._browser import Browser, said
from ._studio import AT


def check(page: Browser, *, has_date: bool = True) -> None:
    """A page has what every page has, and nothing that no page may have.

    Args:
        page: the page.
        has_date: whether it has the date of the studio, as it does while there is a clock.
    """
    assert page.title == f"{page.heading} – Production"
    assert next(it.get("href") for it in page.page.iter("a")) == "#main"
    assert [it.tag for it in page.page.iter() if it.get("id") == "main"] == ["main"]
    dates = [(it.get("datetime"), said(it)) for it in page.page.iter("time")]
    day = AT.date()
    assert dates == ([(day.isoformat(), f"{day.day} Nov 2026")] if has_date else [])
    assert "Traceback" not in page.html
    assert "site-packages" not in page.html
    assert [it for it in page.page.iter("script") if not it.get("src")] == []
    for form in page.forms():
        if form.get("method") == "post":
            assert "csrf" in dict(page.fields(form)), form.attrib
    ids = [it.get("id") for it in page.page.iter() if it.get("id")]
    assert len(ids) == len({*ids})
    named = {it.get("for") for it in page.page.iter("label")}
    for label in page.page.iter("label"):
        named |= {it.get("id") for it in label.iter("input")}
    for it in page.page.iter():
        if it.tag in {"input", "select", "textarea"} and it.get("type") != "hidden":
            is_inside = any(it in [*label.iter("input")] for label in page.page.iter("label"))
            assert it.get("id") in named or it.get("aria-label") or is_inside, it.attrib
        for key in ("aria-describedby", "aria-labelledby"):
            assert {*it.get(key, "").split()} <= {*ids}, it.attrib
