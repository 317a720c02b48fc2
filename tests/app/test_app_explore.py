"""Explore in Chromium: filters, figures to take along, one's own posts by `viral explore`."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from explored_posts import PLANTED, feeds
from pages import PHONE, Open, assert_fits, assert_no_serious_finding, keep
from serving_app import serving

pytestmark = pytest.mark.browser
LONG_MS = 60_000
FIGURES = ("sizes", "durations", "hours", "hashtags", "sounds", "themes", "contrasts")


def opened(page: Any, tab: str = "Explore") -> Any:
    page.get_by_role("tab", name=tab).click()
    return ready(page)


def ready(page: Any) -> Any:
    page.locator("#explore-said[data-state=ready]").wait_for(timeout=LONG_MS)
    page.locator("#explore-durations-figure .js-plotly-plot").wait_for(timeout=LONG_MS)
    return page


def choose(page: Any, field: str, option: str) -> None:
    page.locator(f"#explore-{field} input").click()
    page.get_by_role("option", name=option, exact=True).click()


def figures(page: Any) -> set[str]:
    return {
        name for name in FIGURES if page.locator(f"#explore-{name}-figure .js-plotly-plot").count()
    }


def test_filters_change_the_figures_and_their_files(open_page: Open, tmp_path: Path) -> None:
    page = opened(open_page())
    before = page.locator(".v-explore-counted").inner_text()
    assert "creators" in before
    assert figures(page) == {*FIGURES} - {"themes"}  # the feeds of 2020 have no captions
    choose(page, "source", "All sources")
    page.get_by_text("Their levels cannot be compared").wait_for()
    page.locator("#explore-themes-figure .js-plotly-plot").wait_for(timeout=LONG_MS)
    assert page.locator(".v-explore-counted").inner_text() != before

    page.get_by_label("Likes per view").check()
    page.locator("#explore-sizes-figure").get_by_text("Likes per view").wait_for(timeout=LONG_MS)
    with page.expect_download() as download:
        page.get_by_role("button", name="Data (CSV): By account size").click()
    download.value.save_as(tmp_path / "sizes.csv")
    assert download.value.suggested_filename == "viral-account-size.csv"
    with (tmp_path / "sizes.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert rows[0]["followers_from"] == "0"
    assert all(int(row["posts"]) >= 20 and int(row["creators"]) >= 5 for row in rows)
    page.locator("#explore-sizes summary").click()
    shown = page.locator("#explore-sizes tbody tr").all_inner_texts()
    assert len(shown) == len(rows)

    with page.expect_download() as download:
        page.get_by_role("button", name="Picture (PNG): Hashtags").click()
    download.value.save_as(tmp_path / "hashtags.png")
    from PIL import Image

    with Image.open(tmp_path / "hashtags.png") as picture:
        assert picture.width >= 1400
        assert picture.height > 800
        # On the ground of a card, not on nothing.
        assert picture.convert("RGBA").getpixel((2, 2)) == (255, 255, 255, 255)
        assert len(picture.convert("RGB").getcolors(1 << 24)) > 50
    keep(page, "explore_light_wide")
    assert_fits(page)


def test_too_few_posts_are_one_sentence_and_the_filters_lead_back(open_page: Open) -> None:
    page = opened(open_page())
    choose(page, "language", "Vietnamese")
    page.locator("#explore-summary [role=alert]").wait_for(timeout=LONG_MS)
    assert "Too few posts match these filters" in page.locator("#explore-summary").inner_text()
    assert figures(page) == set()
    assert_no_serious_finding(page)
    choose(page, "source", "All sources")
    ready(page)


def test_the_page_fits_a_phone_in_the_dark_and_in_spanish(open_page: Open) -> None:
    page = opened(open_page(PHONE, "dark", "es-ES"), "Explorar")
    page.get_by_role("heading", name="Por día y hora").wait_for()
    assert "publicaciones de" in page.locator(".v-explore-counted").inner_text()
    assert_fits(page)
    assert_no_serious_finding(page)
    page.locator("#explore-durations summary").click()
    assert_fits(page)
    keep(page, "explore_dark_phone")


def test_the_keyboard_reaches_filters_and_files(open_page: Open) -> None:
    page = opened(open_page())
    assert_no_serious_finding(page)
    page.locator("#explore-source input").focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Escape")
    reached = []
    for _ in range(14):
        page.keyboard.press("Tab")
        reached.append(
            page.evaluate(
                "(() => { const e = document.activeElement;"
                " return e.getAttribute('aria-label') || e.closest('[id]').id; })()"
            )
        )
    assert any(name.startswith("Picture (PNG): By account size") for name in reached)
    page.locator("#explore-sizes summary").focus()
    page.keyboard.press("Enter")
    page.locator("#explore-sizes tbody tr").first.wait_for()


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Run `viral explore POSTS` and return the address of its page."""
    folder = tmp_path_factory.mktemp("own")
    posts = feeds(creators=1, posts=300, sound_name='<b>"Song"</b>')
    posts.loc[::2, "sound_name"] = "=Other"
    path = folder / "posts.parquet"
    posts.drop(columns="recent_views").to_parquet(path)
    with serving(["-m", "viral.commands.cli", "explore", str(path), "--no-open"], folder) as url:
        yield url


def test_ones_own_posts_are_on_the_page_at_once(browser: Any, own: str) -> None:
    context = browser.new_context(reduced_motion="reduce", locale="en-GB")
    page = context.new_page()
    try:
        page.goto(own)
        ready(page)
        assert "300 posts by one creator" in page.locator(".v-explore-counted").inner_text()
        assert "stays on this machine" in page.locator(".v-explore-filters").inner_text()
        assert (
            "No hour of a weekday has enough posts" in page.locator("#explore-hours").inner_text()
        )
        page.locator("#explore-contrasts-figure .ytick").first.wait_for(timeout=LONG_MS)
        labels = page.locator("#explore-hashtags-figure .ytick").all_text_contents()
        assert f"#{PLANTED}" in [label.strip() for label in labels]
        # What somebody called a sound is shown as it is written.
        sounds = page.locator("#explore-sounds-figure .ytick").all_text_contents()
        assert any("<b>" in label for label in sounds)
        with page.expect_download() as download:
            page.get_by_role("button", name="Data (CSV): Sounds").click()
        content = Path(download.value.path()).read_text(encoding="utf-8-sig")
        assert "\n'=Other," in content.replace("\r", "")
    finally:
        context.close()
