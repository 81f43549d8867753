"""Takes the pictures of the Production hub that the pages show, into docs/pictures.

    python -m tools.hub_pictures

It needs Chromium, and what the tests of the hub need. The demo is as of a fixed instant, so the
pictures change only with the pages. Fonts differ between machines, so no test compares them.
"""

import shutil
import socket
import threading
from collections.abc import Generator
from contextlib import contextmanager
from datetime import datetime, timedelta, timezone
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import uvicorn
from playwright.sync_api import sync_playwright

from prodflow_hub import hub_app
from prodflow_hub._demo import PEOPLE, load_demo
from prodflow_sqlalchemy import SqlStore

FOLDER: Final = Path(__file__).parents[1] / "docs" / "pictures"
AT: Final = datetime(2026, 11, 18, 10, 42, tzinfo=timezone(timedelta(hours=1)))
PICTURES: Final = {
    "hub-board.png": ("/board", 620),
    "hub-window.png": ("/orders/advance?ids=PO-1054&ids=PO-1057", 900),
}
"""For each file, the page and the height."""
WIDTH: Final = 1000


@contextmanager
def served(database: Path) -> Generator[str]:
    """Serve the demo to its manager; gives the address."""
    with (
        SqlStore.open(f"sqlite:///{database}") as store,
        socket.create_server(("127.0.0.1", 0)) as listener,
    ):
        load_demo(store, AT)
        app = hub_app(store, clock=lambda: AT, visitor=lambda _: PEOPLE[0])
        server = uvicorn.Server(uvicorn.Config(app, log_level="error", ws="none"))
        thread = threading.Thread(target=server.run, args=([listener],))
        thread.start()
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join()


def main() -> None:
    """Take the pictures."""
    with (
        TemporaryDirectory() as folder,
        served(Path(folder) / "studio.db") as address,
        sync_playwright() as playwright,
    ):
        chromium = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox"]
        )
        page = chromium.new_page(color_scheme="light")
        for name, (path, height) in PICTURES.items():
            page.set_viewport_size({"width": WIDTH, "height": height})
            page.goto(address + path)
            page.screenshot(path=FOLDER / name)
            print(f"{name}: {(FOLDER / name).stat().st_size:,} bytes")
        chromium.close()


if __name__ == "__main__":
    main()
