"""Take the pictures of README.md and of the tutorial: python scripts/make_screenshot.py

Serves the app, presses demo buttons in Chromium and writes assets/screenshot.png and
docs/pictures/*.jpg. Nothing in the pictures belongs to a real account.
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from typing import Any

from playwright.sync_api import sync_playwright

ROOT = Path(__file__).resolve().parent.parent
PICTURE = ROOT / "assets" / "screenshot.png"
CHROMIUM = "/usr/bin/chromium"
SIZE_PX = {"width": 1280, "height": 1400}
LARGEST_BYTES = 400_000
TUTORIAL = ROOT / "docs" / "pictures"
TUTORIAL_SIZE_PX = {"width": 1200, "height": 900}
TUTORIAL_QUALITY = 72
LARGEST_TUTORIAL_BYTES = 150_000
PATIENCE_S = 120.0
MILLISECONDS = 1000


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for(url: str) -> None:
    """Wait for the first page."""
    until = time.monotonic() + PATIENCE_S
    while time.monotonic() < until:
        try:
            with urllib.request.urlopen(url, timeout=5):
                return
        except OSError:
            time.sleep(0.3)
    raise SystemExit("The app did not start.")


def demo_result(browser: Any, url: str, size: dict[str, int]) -> Any:
    """Return a page that shows the result of the first demo clip."""
    page = browser.new_page(viewport=size, color_scheme="light", locale="en-GB")
    page.goto(url)
    page.get_by_role("button", name="Spoken tutorial").click()
    page.locator("#summary [data-state=result]").wait_for(timeout=PATIENCE_S * MILLISECONDS)
    page.locator("#why").wait_for()
    page.mouse.move(0, 0)
    page.wait_for_timeout(2 * MILLISECONDS)
    return page


def keep(page: Any, name: str, *places: str) -> None:
    """Keep the part of the page that holds some places, as a picture of the tutorial."""
    boxes = page.evaluate(
        "(places) => places.map((place) => {"
        " const box = document.querySelector(place).getBoundingClientRect();"
        " return [box.left + scrollX, box.top + scrollY,"
        " box.right + scrollX, box.bottom + scrollY];"
        "})",
        places,
    )
    left, top = (min(box[side] for box in boxes) - 12 for side in (0, 1))
    right, bottom = (max(box[side] for box in boxes) + 12 for side in (2, 3))
    path = TUTORIAL / f"{name}.jpg"
    page.screenshot(
        path=path,
        type="jpeg",
        quality=TUTORIAL_QUALITY,
        full_page=True,
        clip={"x": left, "y": top, "width": right - left, "height": bottom - top},
    )
    size = path.stat().st_size
    print(f"{path.name}: {size / 1000:.0f} kB")
    if size > LARGEST_TUTORIAL_BYTES:
        raise SystemExit(f"{name}.jpg is larger than {LARGEST_TUTORIAL_BYTES / 1000:.0f} kB.")


def take_tutorial(browser: Any, url: str) -> None:
    """Walk through the tutorial, and keep what each step shows."""
    TUTORIAL.mkdir(exist_ok=True)
    page = demo_result(browser, url, TUTORIAL_SIZE_PX)
    keep(page, "clip", ".v-clip-card", ".v-post-card")
    keep(page, "result", "#summary")
    keep(page, "why", "#why")
    page.get_by_label("End at (s)").first.fill("9")
    page.get_by_label("End at (s)").first.press("Enter")
    page.locator("#tried [data-state=ready]").wait_for()
    page.wait_for_timeout(2 * MILLISECONDS)
    keep(page, "what_if", "#what-if")
    page.get_by_role("tab", name="Compare").click()
    page.locator("#compare-demos").click()
    page.locator("#comparison [data-state=result]").wait_for(timeout=PATIENCE_S * MILLISECONDS)
    page.wait_for_timeout(MILLISECONDS)
    keep(page, "compare", "#comparison .v-winner", "#comparison [data-against]")


def take(url: str) -> None:
    """Take every picture."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"]
        )
        page = demo_result(browser, url, SIZE_PX)
        page.evaluate("scrollTo(0, 0)")
        page.wait_for_timeout(MILLISECONDS)
        page.screenshot(path=PICTURE)
        take_tutorial(browser, url)
        browser.close()


def main() -> None:
    """Serve, take the pictures, stop."""
    port = free_port()
    environment = {**os.environ, "VIRAL_PORT": str(port), "HF_HUB_OFFLINE": "1"}
    process = subprocess.Popen([sys.executable, "app.py"], cwd=ROOT, env=environment)
    try:
        url = f"http://127.0.0.1:{port}/"
        wait_for(url)
        take(url)
    finally:
        process.terminate()
        process.wait()
    size = PICTURE.stat().st_size
    print(f"{PICTURE.name}: {size / 1000:.0f} kB")
    if size > LARGEST_BYTES:
        raise SystemExit(f"{PICTURE.name} is larger than {LARGEST_BYTES / 1000:.0f} kB.")


if __name__ == "__main__":
    main()
