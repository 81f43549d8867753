"""Chromium for the tests of the hub, and a server for it."""

import os
import shutil
import socket
import threading
from collections.abc import Generator
from contextlib import contextmanager
from typing import Any, Final

import pytest
import uvicorn
from playwright.sync_api import Browser, Page, sync_playwright
from starlette.types import ASGIApp

_PATIENCE: Final = 60_000
"""After how many milliseconds a page that doesn't come fails its test."""


@contextmanager
def served(app: ASGIApp) -> Generator[str]:
    """Serve an app on this machine; gives its address."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        server = uvicorn.Server(uvicorn.Config(app, log_level="critical", ws="none"))
        thread = threading.Thread(target=server.run, args=([listener],))
        thread.start()
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join()


@contextmanager
def launched() -> Generator[Browser]:
    """Debian's Chromium; without it, a test is skipped, or fails where it's asked for."""
    program = shutil.which("chromium")
    if program is None:
        missing("chromium is not on the PATH (Debian: chromium)")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=program, args=["--no-sandbox"], timeout=180_000
        )
        yield browser
        browser.close()


def missing(message: str) -> None:
    """Skip a test that needs a browser, or fail it if `PRODFLOW_REQUIRE_CHROMIUM` is set."""
    (pytest.fail if os.environ.get("PRODFLOW_REQUIRE_CHROMIUM") else pytest.skip)(message)


def window(browser: Browser, address: str, **options: Any) -> Page:  # noqa: ANN401 - of Playwright
    """A window of its own; the test fails if it asks another host, or if its script fails."""
    page = browser.new_context(**options).new_page()
    page.set_default_timeout(_PATIENCE)

    def asked(url: str) -> None:
        assert url.startswith(address), url

    page.on("request", lambda request: asked(request.url))
    page.on("pageerror", lambda error: pytest.fail(str(error)))
    return page
