"""The app in Chromium: what a creator does, on a wide screen and a phone, in light and dark.

Every page here fails its test when it asks another machine for anything or writes an error to the
console. Screenshots are left in `test-artefacts/`, which is not part of the repository.
"""

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
    slip,
    upload,
)
from synthesis import BLUE, GREEN, RED, clicks, moving_square_frames, solid_frames, write_clip

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_clip(
        tmp_path_factory.mktemp("clips") / "<b>my clip & 'co'.mp4",
        frames=moving_square_frames(speed_px_s=60.0, duration_s=3.0),
        waveform=clicks(3.0, bpm=120.0),
    )


def test_the_page_says_what_python_says(open_page: Open, clip: Path, served: Any) -> None:
    import viral

    page = open_page()
    upload(page, clip)
    field(page, "recent").fill("900, 1500, 700")
    field(page, "followers").fill("12k")
    field(page, "caption").fill("<b>hello</b> #world")
    predict(page)
    expected = viral.predict(
        clip, caption="<b>hello</b> #world", followers=12_000, recent_views=[900, 1500, 700]
    )
    assert number(page, "score") == pytest.approx(expected.score, rel=1e-6)
    assert number(page, "breakout_probability") == pytest.approx(expected.breakout_probability)
    for name in ("views", "likes", "comments"):
        interval = getattr(expected, name)
        for end in ("low", "median", "high"):
            shown = number(page, f"{name}.{end}")
            assert shown == pytest.approx(getattr(interval, end), rel=1e-6)
    summary = page.locator("#summary")
    assert "4 in 5 such posts land inside" in summary.inner_text()
    # Shares are told to whoever gives those of recent posts.
    assert page.locator("[data-part=no-shares]").count() == 1
    assert page.locator('[data-number^="shares."]').count() == 0
    steps = page.locator("#why [data-step]").evaluate_all(
        "found => found.map(one => Number(one.dataset.value))"
    )
    explained = expected.explanation
    assert sum(steps) == pytest.approx(explained.prediction - explained.base, abs=0.005)
    assert page.locator(".v-clip-name").inner_text() == clip.name
    assert page.locator(".v-answer-name").inner_text() == clip.name
    assert page.locator("#clip b").count() == 1  # the page's own, not one out of the file's name
    page.locator("#details .v-fold > summary").click()
    assert "Nobody speaks" in page.locator("[data-missing=speech]").inner_text()
    assert served.files() == []
    keep(page, "result_light_wide")
    assert_fits(page)


def test_a_posting_time_is_on_the_creators_own_clock(open_page: Open, clip: Path) -> None:
    import viral

    page = open_page()
    upload(page, clip)
    page.get_by_role("button", name="More: likes, posting time, sound").click()
    assert page.locator("#zone input").input_value() == "Europe/Madrid"
    page.locator("#time input").fill("2026-07-03T18:30")
    page.locator("#sound").get_by_label("My own").check()
    field(page, "followers").fill("12k")
    predict(page)
    expected = viral.predict(
        clip, followers=12_000, posted_at="2026-07-03T18:30+02:00", sound="original"
    )
    for end in ("low", "high"):
        shown = number(page, f"views.{end}")
        assert shown == pytest.approx(getattr(expected.views, end), rel=1e-6)
    page.locator("#details .v-fold > summary").click()
    page.locator("#details .v-details > summary").click()
    assert "16:30 UTC" in page.locator("#details .v-details .v-table").inner_text()


def test_another_answer_needs_no_second_upload(open_page: Open, clip: Path) -> None:
    page = open_page()
    upload(page, clip)
    predict(page)
    without = number(page, "views.high") / max(number(page, "views.low"), 1)
    field(page, "recent").fill("900 1500 700 1200 1100")
    page.get_by_role("button", name="Predict").click()
    page.locator(".v-usual").wait_for(timeout=RESULT_MS)
    assert page.locator(".v-usual").inner_text() == "your usual 1.1 K"
    assert number(page, "views.high") / number(page, "views.low") < without


def test_a_broken_file_is_one_sentence_and_the_next_clip_works(
    open_page: Open, clip: Path, served: Any, tmp_path: Path
) -> None:
    broken = tmp_path / "broken.mp4"
    broken.write_bytes(b"<html>this is not a clip</html>" * 50)
    page = open_page()
    upload(page, broken)
    predict(page, "error")
    alert = page.locator("#summary [role=alert]")
    sentence = alert.locator(".v-problem-sentence").inner_text()
    assert sentence.endswith(".")
    assert "Traceback" not in sentence
    assert str(served.uploads) not in sentence
    assert page.get_by_role("button", name="Predict").is_enabled()
    keep(page, "error_light_wide")
    page.get_by_role("button", name="Remove the clip").click()
    upload(page, clip)
    predict(page)
    assert number(page, "score") >= 0
    assert served.files() == []


def test_an_empty_file_is_refused_before_it_is_sent(open_page: Open, tmp_path: Path) -> None:
    empty = tmp_path / "empty.mp4"
    empty.write_bytes(b"")
    page = open_page()
    page.locator("#clip input[type=file]").set_input_files(str(empty))
    problem = page.locator(".v-clip-problem")
    problem.wait_for()
    assert problem.inner_text() == "This file is empty; choose another one."


@pytest.mark.parametrize(
    ("name", "typed", "sentence"),
    [
        ("followers", "-3", "Followers must lie between 0"),
        ("followers", "lots", "is not a number"),
        ("recent", "900, many", "are not numbers"),
    ],
)
def test_a_slip_is_one_sentence_and_keeps_the_clip(
    open_page: Open, clip: Path, name: str, typed: str, sentence: str
) -> None:
    page = open_page()
    upload(page, clip)
    field(page, name).fill(typed)
    slip(page)
    assert sentence in page.locator("#trouble .v-problem-sentence").inner_text()
    assert field(page, name).get_attribute("aria-invalid") == "true"
    field(page, name).fill("900")
    predict(page)
    assert page.locator("#trouble [data-state=error]").count() == 0


def test_without_a_clip_the_page_asks_for_one(open_page: Open) -> None:
    page = open_page()
    slip(page)
    assert "Add a video first" in page.locator("#trouble .v-problem-sentence").inner_text()


def test_a_demo_clip_is_one_click_away(open_page: Open) -> None:
    page = open_page()
    buttons = page.locator(".v-demos button")
    if buttons.count() == 0:
        pytest.skip("the demo clips are not in assets/; run make demo-clips")
    assert buttons.count() == 3
    page.get_by_role("button", name="Spoken tutorial").click()
    page.locator("#summary [data-state=result]").wait_for(timeout=RESULT_MS)
    assert page.locator(".v-usual").inner_text() == "your usual 1.2 K"
    assert "made-up account" in page.locator(".v-answer-inputs").inner_text()
    page.locator("#details .v-fold > summary").click()
    assert "onion" in page.locator("[data-part=transcript]").inner_text()
    keep(page, "demo_light_wide")
    page.get_by_role("button", name="Silent text card").click()
    page.locator("#summary").get_by_text("your usual 240").first.wait_for(timeout=RESULT_MS)
    assert page.locator("[data-missing=speech]").count() == 1


def test_what_a_creator_typed_is_kept_for_a_demo(open_page: Open) -> None:
    page = open_page()
    if page.locator(".v-demos button").count() == 0:
        pytest.skip("the demo clips are not in assets/; run make demo-clips")
    field(page, "followers").fill("777")
    page.get_by_role("button", name="Silent text card").click()
    page.locator("#summary [data-state=result]").wait_for(timeout=RESULT_MS)
    assert field(page, "followers").input_value() == "777"
    assert field(page, "caption").input_value() == ""


def test_the_page_fits_a_phone_in_the_dark(open_page: Open, clip: Path) -> None:
    page = open_page(PHONE, "dark")
    assert_fits(page)
    keep(page, "empty_dark_phone")
    upload(page, clip)
    predict(page)
    page.locator("#why [data-step]").first.wait_for()
    assert_fits(page)
    # The page has followed to the result, which stands below the form on a phone.
    assert page.evaluate("document.getElementById('summary').getBoundingClientRect().top") < 844
    assert page.evaluate("document.body.classList.contains('dark')")
    keep(page, "result_dark_phone")
    page.get_by_role("tab", name="About").click()
    page.locator("#about h2").first.wait_for()
    assert_fits(page)
    keep(page, "about_dark_phone")


@pytest.mark.parametrize("size", [PHONE, WIDE])
def test_a_long_file_name_stays_in_its_card(
    open_page: Open, clip: Path, tmp_path: Path, size: tuple[int, int]
) -> None:
    path = tmp_path / f"{'a_long_name_without_spaces' * 4}.mp4"
    path.write_bytes(clip.read_bytes())
    page = open_page(size)
    upload(page, path)
    assert_fits(page)
    card, video = (page.locator(s).bounding_box() for s in (".v-clip-card", "#clip video"))
    assert video["x"] + video["width"] <= card["x"] + card["width"]


def test_the_language_changes_everything_on_the_page(open_page: Open, clip: Path) -> None:
    page = open_page(locale="es-ES")
    page.get_by_text("Tu vídeo").first.wait_for()
    field(page, "followers").fill("12k")
    upload(page, clip)
    predict(page)
    assert "4 de cada 5 publicaciones" in page.locator("#summary").inner_text()
    assert "Copiar enlace" in page.locator("#share").inner_text()
    keep(page, "result_light_spanish")
    score = number(page, "score")
    page.get_by_label("English").check()
    page.get_by_text("4 in 5 such posts land inside").wait_for()
    page.get_by_role("button", name="Copy link").wait_for()
    assert number(page, "score") == score
    assert page.evaluate("document.documentElement.lang") == "en"
    assert page.locator(".v-clip-name").inner_text() == clip.name


def test_light_and_dark_are_one_press_apart_and_kept(open_page: Open) -> None:
    page = open_page()
    switch = page.get_by_role("button", name="Light or dark")
    ground = "getComputedStyle(document.body).backgroundColor"
    light = page.evaluate(ground)
    switch.click()
    dark = page.evaluate(ground)
    assert dark != light
    page.reload()
    page.locator("#predict").wait_for()
    page.wait_for_function("document.body.classList.contains('dark')")
    assert page.evaluate(ground) == dark


def test_the_keyboard_is_enough(open_page: Open) -> None:
    page = open_page()
    reached = []
    for _ in range(24):
        page.keyboard.press("Tab")
        reached.append(
            page.evaluate(
                "(() => { const e = document.activeElement, s = getComputedStyle(e);"
                " const box = e.closest('.v-clip-drop, #language label');"
                " const mark = box ? getComputedStyle(box) : s;"
                " return [e.id || e.type || e.tagName, mark.outlineStyle !== 'none'"
                " || s.outlineStyle !== 'none' || s.boxShadow !== 'none']; })()"
            )
        )
    names = [name for name, _ in reached]
    assert "predict" in names
    assert "file" in names
    assert "radio" in names
    assert all(visible for _, visible in reached[: names.index("predict") + 1])


def test_the_stages_go_by(open_page: Open, tmp_path: Path) -> None:
    fresh = write_clip(
        tmp_path / "fresh.mp4",
        frames=solid_frames([RED, GREEN, BLUE], cuts_s=[2.0, 4.0], duration_s=6.0),
        waveform=clicks(6.0, bpm=100.0),
    )
    page = open_page()
    page.evaluate(
        "window.seen = []; new MutationObserver(() => {"
        " const now = document.querySelector('#summary [data-now]');"
        " if (now && window.seen.at(-1) !== now.dataset.now) window.seen.push(now.dataset.now);"
        "}).observe(document.getElementById('summary'),"
        " {subtree: true, childList: true, attributes: true})"
    )
    upload(page, fresh)
    predict(page)
    seen = page.evaluate("window.seen")
    order = ["waiting", "reading", "looking", "listening", "transcribing", "scoring"]
    assert [stage for stage in order if stage in seen] == seen
    assert len(seen) >= 3


@pytest.mark.parametrize("size", [PHONE, WIDE])
def test_an_answer_leads_back_to_what_was_typed_and_says_when_it_is_stale(
    open_page: Open, clip: Path, size: tuple[int, int]
) -> None:
    page = open_page(size)
    upload(page, clip)
    predict(page)
    assert "Add your followers" in page.locator("#summary h2").inner_text()
    page.get_by_role("button", name="Add my numbers").click()
    page.wait_for_function("document.activeElement.closest('#recent')")
    stale = page.locator(".v-stale")
    assert not stale.is_visible()
    field(page, "recent").fill("900, 1500, 700")
    stale.wait_for()
    assert stale.inner_text() == "You changed something. Press Predict for a new answer."
    page.get_by_role("button", name="Predict").click()
    page.locator("#summary [data-part=verdict]").wait_for(timeout=RESULT_MS)
    # The whole answer begins on the screen, and a goal of one's own has its chance.
    page.wait_for_function(
        "(() => { const top = document.getElementById('summary').getBoundingClientRect().top;"
        " return top >= -1 && top < innerHeight * 0.7; })()"
    )
    page.get_by_label("Your goal in views").fill("1")
    page.wait_for_function("document.querySelector('.v-goal-odds').dataset.value > 0.9")
    page.get_by_label("Your goal in views").fill("900m")
    page.wait_for_function("document.querySelector('.v-goal-odds').dataset.value < 0.01")
    assert page.locator(".v-goal-odds").inner_text() == "under 1 in 100"
    assert_fits(page)


@pytest.mark.parametrize("size", [PHONE, WIDE])
def test_about_shows_the_figures_and_the_tutorial(open_page: Open, size: tuple[int, int]) -> None:
    page = open_page(size)
    page.get_by_role("tab", name="About").click()
    assert page.locator("[data-part=accuracy] tbody tr").count() == 8
    assert page.locator("[data-part=weights] tbody tr").count() == 3
    page.get_by_role("button", name="Tutorial").click()
    page.wait_for_function("document.querySelector('#about-tutorial img')?.naturalWidth > 0")
    assert_fits(page)
    keep(page, f"about_tutorial_{size[0]}")


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_axe_finds_nothing_serious(open_page: Open, clip: Path, mode: str) -> None:
    page = open_page(mode=mode)

    assert_no_serious_finding(page)
    page.get_by_role("button", name="More: likes, posting time, sound").click()
    upload(page, clip)
    predict(page)
    page.locator("#why [data-step]").first.wait_for()
    page.locator("#details .v-fold > summary").click()
    assert_no_serious_finding(page)
    field(page, "followers").fill("-1")
    slip(page)
    assert_no_serious_finding(page)
    page.get_by_role("tab", name="About").click()
    assert_no_serious_finding(page)


def test_no_field_for_links_unless_the_host_allows_it(open_page: Open) -> None:
    page = open_page()
    assert page.locator("#link").count() == 0
