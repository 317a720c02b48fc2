"""What if in Chromium: a change is predicted at once, nonsense is one sentence."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from pages import (
    PHONE,
    RESULT_MS,
    WIDE,
    Open,
    assert_fits,
    assert_no_serious_finding,
    field,
    keep,
    number,
    predict,
    upload,
)
from synthesis import BLUE, RED, clicks, moving_square_frames, solid_frames, write_clip

LONG_S = 75.0

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_clip(
        tmp_path_factory.mktemp("clips") / "clip.mp4",
        frames=moving_square_frames(speed_px_s=60.0, duration_s=6.0),
        waveform=clicks(6.0, bpm=120.0),
    )


def with_result(page: Any, clip: Path) -> None:
    field(page, "recent").fill("900, 1500, 700")
    field(page, "followers").fill("12k")
    field(page, "caption").fill("a day out #one #two")
    upload(page, clip)
    predict(page)
    page.locator("#tried [data-state=ready]").wait_for(timeout=RESULT_MS)


def median(page: Any, changed: bool = True) -> float:
    state = str(changed).lower()
    page.locator(f"#tried [data-changed={state}]").wait_for(timeout=RESULT_MS)
    return number(page, "what_if.views.median")


def test_what_if_says_what_a_fresh_prediction_says(
    open_page: Open, clip: Path, served: Any
) -> None:
    import viral

    given: dict[str, Any] = {"recent_views": [900, 1500, 700], "followers": 12_000}
    page = open_page()
    with_result(page, clip)
    before = number(page, "views.median")
    assert median(page, changed=False) == before
    assert page.locator("#try-hashtags textarea").input_value() == "#one #two"
    # A paste and a deletion count as much as letters do.
    page.locator("#try-hashtags textarea").fill("#three")
    changed = viral.predict(clip, caption="a day out #three", **given).views.median
    assert median(page) == pytest.approx(changed, rel=1e-6)
    field(page, "try-followers").fill("500k")
    given["followers"] = 500_000
    expected = viral.predict(clip, caption="a day out #three", **given).views.median
    page.wait_for_function(
        "value => Math.abs(Number(document.querySelector("
        "'[data-number=\"what_if.views.median\"]').dataset.value) / value - 1) < 1e-6",
        arg=expected,
    )
    # The result above stays, and so do the clip's figures, until the whole is put back.
    assert number(page, "views.median") == before
    page.locator("#try-reset").click()
    assert median(page, changed=False) == before
    assert page.locator("#try-hashtags textarea").input_value() == "#one #two"
    assert served.files() == []


def test_nonsense_is_one_sentence_and_the_rest_goes_on(open_page: Open, clip: Path) -> None:
    page = open_page()
    with_result(page, clip)
    page.locator("#try-end input[type=number]").fill("0.2")
    problem = page.locator("#tried [role=alert]")
    problem.wait_for()
    assert "Only 0.2 s would be left; keep at least 0.5 s of the 6 s" in problem.inner_text()
    assert page.locator("#why [data-step]").count() >= 1  # the result above stays
    page.locator("#try-end input[type=number]").fill("8")
    page.get_by_text("is 6 s long; it can't end at 8 s").wait_for()
    page.locator("#try-start input[type=number]").fill("-1")
    page.get_by_text("The start must be 0 s or later").wait_for()
    page.locator("#try-start input[type=number]").fill("")
    page.locator("#try-end input[type=number]").fill("3")
    trimmed = median(page)
    assert trimmed > 0
    field(page, "try-followers").fill("lots")
    problem.wait_for()
    assert "is not a number" in problem.inner_text()
    page.get_by_label("Español").check()
    page.get_by_text("no es un número").wait_for()
    page.locator("#try-reset").click()
    page.get_by_text("Sin cambios todavía").wait_for()


def test_a_time_is_on_the_readers_clock_and_hours_that_are_alike_are_not_drawn(
    open_page: Open, clip: Path
) -> None:
    import viral

    page = open_page()
    with_result(page, clip)
    page.locator("#try-time input").fill("2027-07-03T18:30")
    expected = viral.predict(
        clip,
        caption="a day out #one #two",
        recent_views=[900, 1500, 700],
        followers=12_000,
        posted_at="2027-07-03T18:30+02:00",
    )
    assert median(page) == pytest.approx(expected.views.median, rel=1e-6)
    page.get_by_role("button", name="Other times and lengths").click()
    page.locator("#try-lengths .scatterlayer .point").first.wait_for(timeout=RESULT_MS)
    page.locator("#try-lengths").get_by_text("length of the clip").wait_for()
    # The model that ships tells hours hardly apart, which is said in place of a figure.
    page.get_by_text("Best and worst hour differ by").wait_for()
    assert not page.locator("#try-hours").is_visible()


def test_the_language_changes_and_the_changes_stay(open_page: Open, clip: Path) -> None:
    page = open_page()
    with_result(page, clip)
    page.locator("#try-caption textarea").fill("another day")
    changed = median(page)
    page.get_by_label("Español").check()
    page.get_by_text("El original").first.wait_for()
    assert page.locator("#try-caption textarea").input_value() == "another day"
    assert median(page) == changed


def test_what_if_comes_back_after_a_reload_and_not_from_a_link(open_page: Open, clip: Path) -> None:
    page = open_page()
    with_result(page, clip)
    before = number(page, "views.median")
    link = page.locator(".v-share-link").input_value()
    page.wait_for_function("sessionStorage.getItem('viral-result')")
    page.reload()
    page.locator("#tried [data-state=ready]").wait_for(timeout=RESULT_MS)
    assert median(page, changed=False) == before
    assert page.locator("#try-hashtags textarea").input_value() == "#one #two"
    other = open_page(query="?" + link.partition("?")[2])
    other.locator("#summary [data-state=result]").wait_for(timeout=RESULT_MS)
    assert not other.locator("#what-if").is_visible()


def test_a_suggestion_is_one_click_from_its_trial(open_page: Open, tmp_path: Path) -> None:
    page = open_page()
    if page.locator("#demo-text-card").count() == 0:
        pytest.skip("the demo clips are not in assets/; run make demo-clips")
    # Long enough for posts of that length to get less than shorter ones of the same account.
    frames = solid_frames([RED, BLUE], cuts_s=[40.0], duration_s=LONG_S, frame_rate_hz=2.0)
    upload(page, write_clip(tmp_path / "long.mp4", frames=frames, frame_rate_hz=2.0))
    page.locator("#recent textarea").fill("900, 1500, 700, 1200, 2100")
    predict(page)
    page.locator("#advice [data-state=ready]").wait_for(timeout=RESULT_MS)
    offered = page.locator("#advice [data-suggestion]")
    assert offered.count() >= 1
    kind = offered.first.get_attribute("data-suggestion")
    gain = number(page, f"suggestion.{kind}.factor")
    before = median(page, changed=False)
    offered.first.get_by_role("button").click()
    assert median(page) == pytest.approx(gain * before, rel=1e-6)
    assert number(page, "what_if.factor") == pytest.approx(gain, rel=1e-6)
    # Right under the row of links, which stays in view.
    page.wait_for_function(
        "Math.abs(document.getElementById('what-if').getBoundingClientRect().top) < 80"
    )
    page.get_by_label("Español").check()
    page.get_by_text("Qué podrías cambiar").wait_for()
    # Another result has its own suggestions.
    page.locator("#demo-text-card").click()
    page.locator("#summary").get_by_text("demo_text_card.mp4").wait_for(timeout=RESULT_MS)
    page.locator("#advice [data-state=ready]").wait_for(timeout=RESULT_MS)
    assert offered.count() == 0


@pytest.mark.parametrize(
    ("size", "mode", "locale"), [(WIDE, "light", "en-GB"), (PHONE, "dark", "es-ES")]
)
def test_what_if_fits_and_can_be_read(
    open_page: Open, size: tuple[int, int], mode: str, locale: str
) -> None:
    page = open_page(size, mode, locale=locale)
    assert not page.locator("#what-if").is_visible()
    if page.locator("#demo-tutorial").count() == 0:
        pytest.skip("the demo clips are not in assets/; run make demo-clips")
    page.locator("#demo-tutorial").click()
    page.locator("#tried [data-state=ready]").wait_for(timeout=RESULT_MS)
    page.locator("#try-time input").fill("2027-07-03T18:30")
    page.locator("#tried [data-changed=true]").wait_for(timeout=RESULT_MS)
    assert_fits(page)
    keep(page, f"what_if_{mode}_{size[0]}")
    assert_no_serious_finding(page)
