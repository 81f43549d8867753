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
    "hub-window.png": ("/orders/advance?ids=PO-1054&ids=PO-1057", 980),
    "hub-order.png": ("/orders/PO-1047", 1110),
    "hub-statuses.png": ("/statuses/prints", 620),
}
"""For each file, the page and the height."""
EDITED: Final = {"/statuses/prints": "s1.default_duration"}
"""The field that somebody is in, by its page."""
WIDE: Final = {"/statuses/prints": 1280}
"""The widths of pages that are grids only if they have room."""
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
                page.set_viewport_size({"width": WIDE.get(path, WIDTH), "height": height})
                page.goto(address + path)
                if path in EDITED:
                    page.locator(f"[id='{EDITED[path]}']").click()
                page.screenshot(path=FOLDER / name)
                print(f"{name}: {(FOLDER / name).stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
