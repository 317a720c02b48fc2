"""What the tests in Chromium do on a page, one step each."""

from __future__ import annotations

import re
from collections.abc import Callable
from importlib import resources
from pathlib import Path
from typing import Any

PROJECT_ROOT = Path(__file__).resolve().parent.parent.parent
ARTEFACTS = PROJECT_ROOT / "test-artefacts"
AXE = "axe.min.js"
"""In the package axe_playwright_python, a requirement of the tests; never part of the app."""
RESULT_MS = 90_000
"""Far more than a clip takes: models are loaded on the way, and other tests share the cores."""
WIDE, PHONE = (1280, 900), (390, 844)

Open = Callable[..., Any]
"""`open_page(size, mode, locale, query)`, a fixture."""


def field(page: Any, name: str) -> Any:
    """Return where a text is typed, by the id of its field: pages share the names of fields."""
    return page.locator(f"#{name} textarea, #{name} input")


def upload(page: Any, path: Path) -> None:
    page.locator("#clip input[type=file]").set_input_files(str(path))
    page.locator("#clip [data-state=ready]").wait_for()


def predict(page: Any, state: str = "result") -> None:
    page.get_by_role("button", name=re.compile("^(Predict|Predecir)$")).click()
    page.locator(f"#summary [data-state={state}]").wait_for(timeout=RESULT_MS)


def slip(page: Any) -> None:
    """Press the button and wait for what has to be corrected first, beside it."""
    page.get_by_role("button", name=re.compile("^(Predict|Predecir)$")).click()
    page.locator("#trouble [data-state=error]").wait_for(timeout=RESULT_MS)


def number(page: Any, name: str) -> float:
    return float(page.locator(f'[data-number="{name}"]').first.get_attribute("data-value"))


def keep(page: Any, name: str) -> None:
    ARTEFACTS.mkdir(exist_ok=True)
    page.wait_for_timeout(600)  # for fonts and the figure to be painted
    page.screenshot(path=ARTEFACTS / f"{name}.png", full_page=True)


def assert_fits(page: Any) -> None:
    width, window = page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
    assert width <= window


def assert_no_serious_finding(page: Any) -> None:
    page.wait_for_timeout(400)
    script = resources.files("axe_playwright_python").joinpath(AXE)
    page.evaluate(script.read_text(encoding="utf-8"))
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    serious = [
        (violation["id"], [node["html"] for node in violation["nodes"]][:3])
        for violation in found["violations"]
        if violation["impact"] in ("serious", "critical")
    ]
    assert serious == [], serious
