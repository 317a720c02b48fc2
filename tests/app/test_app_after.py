"""After posting in Chromium: keep, report, read, take out and delete."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from pages import (
    PHONE,
    WIDE,
    Open,
    assert_fits,
    assert_no_serious_finding,
    keep,
    predict,
    upload,
)

pytestmark = pytest.mark.browser
DEMO = Path(__file__).resolve().parents[2] / "assets" / "demo_text_card.mp4"


def _field(page: Any, name: str) -> Any:
    return page.locator(f"#after-{name} input, #after-{name} textarea").first


def _kept(page: Any) -> None:
    page.locator("#recent textarea").fill("900, 1500, 700, 1100, 1300")
    upload(page, DEMO)
    predict(page)
    page.get_by_role("tab", name="After posting").click()
    page.locator("#after-last [data-id]").wait_for()
    page.locator("#after-agree input").check()
    page.locator("#after-keep").click()
    page.locator("#after-kept .v-after-said").wait_for()


def test_the_whole_way(open_page: Open, tmp_path: Path) -> None:
    page = open_page(WIDE)
    _kept(page)
    shown = page.locator("#after-last [data-id]").get_attribute("data-id")
    assert shown in page.locator("#after-kept").inner_text()
    key = _field(page, "key").input_value()
    assert len(key) > 20
    _field(page, "views").fill("1.2K")
    _field(page, "likes").fill("80")
    _field(page, "days").fill("7")
    page.locator("#after-report").click()
    page.locator("#verdict [data-state=reported]").wait_for()
    assert "1.2 K views" in page.locator("#verdict").inner_text()
    page.locator("#useful-yes").click()
    page.locator("#useful-said .v-after-said").wait_for()
    assert_no_serious_finding(page)
    keep(page, "after-wide")

    # Whoever comes back in this browser finds everything again.
    page.reload()
    page.get_by_role("tab", name="After posting").click()
    page.locator("#verdict [data-state=reported]").wait_for()
    assert _field(page, "key").input_value() == key

    with page.expect_download() as download:
        page.locator("#after-download").click()
    exported = json.loads(Path(download.value.path()).read_text())
    assert [one["id"] for one in exported["predictions"]] == [shown]
    assert exported["outcomes"][0]["views"] == 1200

    page.locator("#after-delete").click()
    page.get_by_role("button", name="Press again to delete for good").click()
    page.locator("#after-data .v-after-said").wait_for()
    page.locator("#verdict [data-state=empty]").wait_for()
    page.reload()
    page.get_by_role("tab", name="After posting").click()
    page.wait_for_timeout(1000)
    assert _field(page, "key").input_value() == ""


def test_what_makes_no_sense_is_told_beside_the_button(open_page: Open) -> None:
    page = open_page(PHONE, "dark", "es-ES")
    page.get_by_role("tab", name="Tras publicar").click()
    page.locator("#verdict [data-state=empty]").wait_for()
    _field(page, "views").fill("muchas")
    page.locator("#after-report").click()
    alert = page.locator("#after-said [role=alert]")
    alert.wait_for()
    assert "no es un número" in alert.inner_text()
    assert_fits(page)
    assert_no_serious_finding(page)
    keep(page, "after-phone")
