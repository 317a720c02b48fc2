"""The app served as a host would serve it, in a process of its own on a free port."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from pages import WIDE, Open
from serving_app import serving

CHROMIUM = "/usr/bin/chromium"


@dataclass(frozen=True)
class Served:
    """Where the app is and what it keeps on disk."""

    url: str
    uploads: Path
    log: Path
    earlier: set[Path]
    """Uploads that earlier modules left without asking for a prediction; they wait for their
    time."""

    def files(self) -> list[Path]:
        """Return the uploads of this module that are still there."""
        files = {path for path in self.uploads.rglob("*") if path.is_file()}
        return sorted(files - self.earlier)


@pytest.fixture(scope="session")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """Run `python app.py` and wait for its first page."""
    folder = tmp_path_factory.mktemp("served")
    with serving(["app.py"], folder) as url:
        yield Served(url, folder / "uploads", folder / "app.log", set())


@pytest.fixture(autouse=True, scope="module")
def _own_uploads_alone(served: Any) -> None:
    if isinstance(served, Served):
        served.earlier.update(served.files())


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    from playwright.sync_api import sync_playwright

    if not Path(CHROMIUM).exists():
        pytest.skip(f"{CHROMIUM} is not there; install Debian's chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM,
            args=[
                "--no-sandbox",
                "--disable-gpu",
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync",
            ],
        )
        yield browser
        browser.close()


@pytest.fixture
def open_page(browser: Any, served: Any) -> Iterator[Open]:
    """Return a function that opens the app; afterwards nothing foreign may have happened."""
    foreign: list[str] = []
    complaints: list[str] = []
    contexts = []

    def open_page(
        size: tuple[int, int] = WIDE, mode: str = "light", locale: str = "en-GB", query: str = ""
    ) -> Any:
        context = browser.new_context(
            viewport={"width": size[0], "height": size[1]},
            color_scheme=mode,
            locale=locale,
            timezone_id="Europe/Madrid",
            reduced_motion="reduce",
            service_workers="block",
        )
        contexts.append(context)
        page = context.new_page()
        page.on(
            "request",
            lambda request: (
                None
                if request.url.startswith((served.url, "data:", "blob:"))
                else foreign.append(request.url)
            ),
        )
        page.on(
            "console",
            lambda message: complaints.append(message.text) if message.type == "error" else None,
        )
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(f"{served.url}{query}")
        page.locator("#predict").wait_for()
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert foreign == []
    assert complaints == []
