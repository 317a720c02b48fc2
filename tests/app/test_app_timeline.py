"""The timeline in Chromium: a click on a moment moves the player there."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pages import (
    PHONE,
    RESULT_MS,
    WIDE,
    Open,
    assert_fits,
    assert_no_serious_finding,
    keep,
    predict,
    upload,
)
from PIL import Image
from synthesis import BLUE, RED, clicks, solid_frames, write_clip

from viral.figures.timeline import SIDE_PX

pytestmark = [pytest.mark.browser, pytest.mark.slow]
DURATION_S = 6.0


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    # WebM, because Chromium as distributions build it need not know H.264.
    return write_clip(
        tmp_path_factory.mktemp("clips") / "clip.webm",
        frames=solid_frames([RED, BLUE], cuts_s=[1.5], duration_s=DURATION_S),
        waveform=clicks(DURATION_S, bpm=120.0, sample_rate_hz=48_000),
        sample_rate_hz=48_000,
    )


def drawn(page: Any) -> None:
    page.locator("#moments [data-state=ready]").wait_for(timeout=RESULT_MS)
    # A bar of nothing has no height, which counts as hidden.
    bars = page.locator("#timeline .js-plotly-plot .barlayer .point")
    bars.first.wait_for(state="attached", timeout=RESULT_MS)


def with_timeline(page: Any, clip: Path) -> None:
    upload(page, clip)
    predict(page)
    drawn(page)
    page.wait_for_function("document.querySelector('.v-when-player').readyState >= 2")


def click_at(page: Any, moment_s: float, duration_s: float = DURATION_S) -> None:
    box = page.locator("#timeline .js-plotly-plot").bounding_box()
    x = SIDE_PX + (box["width"] - 2 * SIDE_PX) * moment_s / duration_s
    page.locator("#timeline .js-plotly-plot").click(position={"x": x, "y": 140}, force=True)


def player_at(page: Any) -> float:
    return float(page.evaluate("document.querySelector('.v-when-player').currentTime"))


def values(page: Any) -> dict[str, str]:
    rows = page.locator(".v-when-values [data-row]")
    return {
        rows.nth(place).get_attribute("data-row"): rows.nth(place).locator("dd").inner_text()
        for place in range(rows.count())
    }


def test_a_click_on_a_moment_moves_the_player_there(
    open_page: Open, clip: Path, served: Any
) -> None:
    page = open_page()
    assert not page.locator("#when").is_visible()
    with_timeline(page, clip)
    assert page.locator(".v-when-hook").is_visible()
    click_at(page, 4.5)
    page.wait_for_function("document.querySelector('.v-when-time').textContent.startsWith('0:04')")
    assert player_at(page) == pytest.approx(4.5, abs=0.1)
    assert not page.locator(".v-when-hook").is_visible()
    assert values(page)["cuts"] == "0"
    click_at(page, 1.7)
    page.wait_for_function("document.querySelector('.v-when-time').textContent.startsWith('0:01')")
    assert player_at(page) == pytest.approx(1.7, abs=0.1)
    assert values(page)["cuts"] == "1"
    # The cursor stands where the click was.
    cursor = page.evaluate(
        "parseFloat(document.getElementById('timeline').style.getPropertyValue('--v-at'))"
    )
    width = page.locator("#timeline .js-plotly-plot").bounding_box()["width"]
    expected = SIDE_PX + (width - 2 * SIDE_PX) * 1.7 / DURATION_S
    assert cursor == pytest.approx(expected, abs=3)
    assert served.files() == []


def test_the_keyboard_and_the_player_move_the_moment(open_page: Open, clip: Path) -> None:
    page = open_page()
    with_timeline(page, clip)
    slider = page.get_by_label("Moment of the clip")
    slider.focus()
    for _ in range(10):
        page.keyboard.press("ArrowRight")
    page.wait_for_function("document.querySelector('.v-when-time').textContent == '0:01.0'")
    assert player_at(page) == pytest.approx(1.0, abs=0.05)
    page.evaluate("document.querySelector('.v-when-player').currentTime = 3.4")
    page.wait_for_function("document.querySelector('.v-when-time').textContent == '0:03.4'")
    assert float(slider.input_value()) == pytest.approx(3.4, abs=0.05)
    page.get_by_label("Español").check()
    page.get_by_text("Segundo a segundo").wait_for()
    page.locator("#when").get_by_text("Cortes").first.wait_for()
    # Another language is no reason to start the clip anew.
    assert player_at(page) == pytest.approx(3.4, abs=0.05)


def test_words_lead_to_where_they_are_spoken(open_page: Open) -> None:
    page = open_page()
    if page.locator("#demo-tutorial").count() == 0:
        pytest.skip("the demo clips are not in assets/; run make demo-clips")
    page.locator("#demo-tutorial").click()
    drawn(page)
    word = page.locator(".v-when-said [data-at]").nth(8)
    at_s = float(word.get_attribute("data-at"))
    word.click()
    page.wait_for_function(
        "at => Math.abs(document.querySelector('.v-when-player').currentTime - at) < 0.1",
        arg=at_s,
    )
    assert "v-now" in word.get_attribute("class")
    assert "left out" in page.locator("#when-note").inner_text() or (
        "don't change the prediction" in page.locator("#when-note").inner_text()
    )


def test_after_a_reload_the_timeline_is_there_without_its_clip(open_page: Open, clip: Path) -> None:
    page = open_page()
    with_timeline(page, clip)
    page.wait_for_function("sessionStorage.getItem('viral-result')")
    page.reload()
    drawn(page)
    assert page.locator(".v-when-gone").is_visible()
    assert not page.locator(".v-when-player").is_visible()
    click_at(page, 4.5)
    page.wait_for_function("document.querySelector('.v-when-time').textContent.startsWith('0:04')")


@pytest.mark.parametrize(
    ("size", "mode", "locale"), [(WIDE, "light", "en-GB"), (PHONE, "dark", "es-ES")]
)
def test_the_timeline_fits_and_can_be_read(
    open_page: Open, size: tuple[int, int], mode: str, locale: str
) -> None:
    page = open_page(size, mode, locale=locale)
    if page.locator("#demo-montage").count() == 0:
        pytest.skip("the demo clips are not in assets/; run make demo-clips")
    page.locator("#demo-montage").click()
    drawn(page)
    assert_fits(page)
    keep(page, f"timeline_{mode}_{size[0]}")
    assert_no_serious_finding(page)


@pytest.fixture(scope="module")
def drawn_clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a clip of six pictures, a second each, full of edges."""

    def picture(second: int) -> np.ndarray:
        draws = np.random.default_rng(second)
        blocks = draws.integers(60, 200, (32, 18, 3)).astype(np.uint8)
        return blocks.repeat(16, axis=0).repeat(16, axis=1)

    return write_clip(
        tmp_path_factory.mktemp("drawn") / "clip.webm",
        frames=(picture(index // 10) for index in range(60)),
    )


def test_a_second_in_the_checks_leads_to_the_player_and_a_cover_is_saved(
    open_page: Open, drawn_clip: Path, tmp_path: Path
) -> None:
    page = open_page()
    with_timeline(page, drawn_clip)
    page.locator(".v-checks > summary").click()
    platform = page.locator('.v-checks [data-platform="tiktok"]')
    assert platform.locator(".v-zone").count() == 3
    covers = platform.locator(".v-covers > li")
    assert covers.count() == 5
    second_s = float(covers.nth(1).get_attribute("data-second"))
    covers.nth(1).locator("[data-jump]").click()
    page.wait_for_function(
        f"Math.abs(document.querySelector('.v-when-player').currentTime - {second_s}) < 0.1"
    )
    assert page.locator(".v-when-player").is_visible()
    with page.expect_download() as saved:
        covers.nth(1).locator("[data-cover]").click()
    saved.value.save_as(tmp_path / "cover.jpg")
    assert saved.value.suggested_filename.startswith("cover-2-at-")
    found = np.asarray(Image.open(tmp_path / "cover.jpg").convert("RGB")).astype(int)
    assert found.shape == (1920, 1080, 3)
    draws = np.random.default_rng(int(second_s)).integers(60, 200, (32, 18, 3))
    middles = found[30::60, 30::60]
    assert np.abs(middles - draws).mean() < 12
    assert_fits(page)
    assert_no_serious_finding(page)


def test_a_retention_file_becomes_a_row_and_a_list(
    open_page: Open, clip: Path, tmp_path: Path
) -> None:
    page = open_page()
    with_timeline(page, clip)
    rows = [f"{place},{100 if place < 52 else 60}" for place in range(100)]
    curve = tmp_path / "All.csv"
    header = "Video position (%),Absolute audience retention (%)"
    curve.write_text("\n".join([header, *rows]), encoding="utf-8")
    with page.expect_file_chooser() as chosen:
        page.locator("#retention-file").click()
    chosen.value.set_files(str(curve))
    page.locator('#retention [data-part="left"]').wait_for(timeout=RESULT_MS)
    assert "40%" in page.locator("#retention li").first.inner_text()
    page.locator("#retention [data-jump]").first.click()
    page.wait_for_function("document.querySelector('.v-when-time').textContent.startsWith('0:03')")
    assert values(page)["kept"].startswith("100")
    short = tmp_path / "short.csv"
    short.write_text("\n".join(["second,retention (%)", *(f"{s},50" for s in range(90))]))
    with page.expect_file_chooser() as chosen:
        page.locator("#retention-file").click()
    chosen.value.set_files(str(short))
    page.locator("#retention [role=alert]").wait_for(timeout=RESULT_MS)
    assert page.locator('#retention [data-part="left"]').is_visible()
    assert_fits(page)
    assert_no_serious_finding(page)
    keep(page, "retention")
