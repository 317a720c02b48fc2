"""Take README's picture of the app on a demo clip: python scripts/make_screenshot.py

Serves the app, presses a demo button in Chromium and writes assets/screenshot.png. Nothing in the
picture belongs to a real account.
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

from playwright.sync_api import sync_playwright

ROOT = Path(__file__).resolve().parent.parent
PICTURE = ROOT / "assets" / "screenshot.png"
CHROMIUM = "/usr/bin/chromium"
SIZE_PX = {"width": 1280, "height": 1400}
LARGEST_BYTES = 400_000
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


def take(url: str) -> None:
    """Press the first demo button and keep what is shown."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"]
        )
        page = browser.new_page(viewport=SIZE_PX, color_scheme="light", locale="en-GB")
        page.goto(url)
        page.get_by_role("button", name="Spoken tutorial").click()
        page.locator("#summary [data-state=result]").wait_for(timeout=PATIENCE_S * MILLISECONDS)
        page.locator("#waterfall .barlayer .point").first.wait_for()
        page.mouse.move(0, 0)
        page.evaluate("scrollTo(0, 0)")
        page.wait_for_timeout(MILLISECONDS)
        page.screenshot(path=PICTURE)
        browser.close()


def main() -> None:
    """Serve, take the picture, stop."""
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
