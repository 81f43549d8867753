"""Takes the pictures of the Production hub that the pages show, into docs/pictures.

    python -m tools.hub_pictures

It needs Chromium, and what the tests of the hub need. The demo is as of a fixed instant, so the
pictures change only with the pages. Fonts differ between machines, so no test compares them.
"""

from datetime import datetime, timedelta, timezone
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from apps.hub.tests._chromium import launched, served

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


def main() -> None:
    """Take the pictures."""
    with (
        TemporaryDirectory() as folder,
        SqlStore.open(f"sqlite:///{folder}/studio.db") as store,
        launched() as chromium,
    ):
        load_demo(store, AT)
        page = chromium.new_page(color_scheme="light")
        with served(hub_app(store, clock=lambda: AT, visitor=lambda _: PEOPLE[0])) as address:
            for name, (path, height) in PICTURES.items():
                page.set_viewport_size({"width": WIDTH, "height": height})
                page.goto(address + path)
                page.screenshot(path=FOLDER / name)
                print(f"{name}: {(FOLDER / name).stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
