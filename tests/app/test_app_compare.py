"""The Compare page in Chromium, on a wide screen and a phone, in light and dark, in both
languages."""

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
    keep,
)
from synthesis import BLUE, GREEN, RED, clicks, solid_frames, write_clip

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture(scope="module")
def cuts(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    folder = tmp_path_factory.mktemp("cuts")
    return [
        write_clip(
            folder / f"cut {seconds} s.mp4",
            frames=solid_frames(colours, cuts_s=[1.0], duration_s=seconds),
            waveform=clicks(seconds, bpm=120.0),
        )
        for seconds, colours in ((2.0, [RED, BLUE]), (7.0, [GREEN, RED]))
    ]


def compare_page(page: Any, tab: str = "Compare") -> None:
    page.get_by_role("tab", name=tab).click()
    page.locator("#comparison [data-state=empty]").wait_for()


def drop(page: Any, letter: str, path: Path) -> None:
    page.locator(f"#cut-{letter} input[type=file]").set_input_files(str(path))
    page.locator(f"#cut-{letter} [data-state=ready]").wait_for()


def compare(page: Any, state: str = "result") -> None:
    page.locator("#compare").click()
    page.locator(f"#comparison [data-state={state}]").wait_for(timeout=RESULT_MS)


def test_two_cuts_are_compared_as_python_compares_them(
    open_page: Open, cuts: list[Path], served: Any
) -> None:
    import viral
    from viral.explain.compare import compare as expected_of
    from viral.model.store import shipped_model

    page = open_page()
    compare_page(page)
    drop(page, "a", cuts[0])
    drop(page, "b", cuts[1])
    page.locator("#compare-recent textarea, #compare-recent input").fill("900, 1500, 700")
    compare(page)
    predictions = [viral.predict(cut, recent_views=[900, 1500, 700]) for cut in cuts]
    expected = expected_of(predictions, shipped_model().pairs)
    best, other = expected.order
    chance = float(page.locator("[data-number=beats]").get_attribute("data-value"))
    assert chance == pytest.approx(expected.beats[best, other], abs=1e-6)
    for letter, prediction in zip("AB", predictions, strict=True):
        median = page.locator(f'[data-cut={letter}] [data-number="views.median"]')
        shown = float(median.get_attribute("data-value"))
        assert shown == pytest.approx(prediction.views.median, rel=1e-6)
    assert page.locator(".v-best").get_attribute("data-cut") == "AB"[best]
    page.locator(".v-cancels summary").click()
    assert "hits every cut alike" in page.locator(".v-winner").inner_text()
    effects = page.locator("#comparison .v-effect").evaluate_all(
        "found => found.map(one => Number(one.dataset.value))"
    )
    apart = expected.log_virality[best] - expected.log_virality[other]
    assert sum(effects) == pytest.approx(apart, abs=0.005)
    assert served.files() == []
    assert_fits(page)
    keep(page, "compare_light_wide")


def test_a_broken_cut_has_its_sentence_and_the_page_goes_on(
    open_page: Open, cuts: list[Path], served: Any, tmp_path: Path
) -> None:
    broken = tmp_path / "broken.mp4"
    broken.write_bytes(b"<html>this is not a clip</html>" * 50)
    page = open_page()
    compare_page(page)
    drop(page, "a", broken)
    drop(page, "b", cuts[0])
    page.locator("#compare-followers input, #compare-followers textarea").fill("12k")
    compare(page)
    assert "Only cut B could be analysed" in page.locator("#comparison h2").first.inner_text()
    sentence = page.locator("[data-cut=A] .v-problem-sentence").inner_text()
    assert sentence.endswith(".")
    assert "Traceback" not in sentence
    keep(page, "compare_broken_light_wide")
    page.locator("#cut-a .v-clip-remove").click()
    drop(page, "a", cuts[1])
    compare(page)
    page.locator("[data-against]").wait_for(timeout=RESULT_MS)
    assert served.files() == []


def test_a_comparison_survives_a_reload(open_page: Open) -> None:
    page = open_page()
    compare_page(page)
    page.locator("#compare-demos").click()
    page.locator("#comparison [data-state=result]").wait_for(timeout=RESULT_MS)
    said = page.locator(".v-winner").inner_text()
    page.wait_for_function("sessionStorage.getItem('viral-comparison')")
    page.reload()
    page.get_by_role("tab", name="Compare").click()
    page.locator("#comparison [data-state=result]").wait_for(timeout=RESULT_MS)
    assert page.locator(".v-winner").inner_text() == said


def test_four_cuts_fit_and_a_fifth_is_not_offered(open_page: Open, cuts: list[Path]) -> None:
    page = open_page()
    compare_page(page)
    assert not page.locator("#cut-c").is_visible()
    page.locator("#add-cut").click()
    page.locator("#cut-c").wait_for()
    page.locator("#add-cut").click()
    page.locator("#cut-d").wait_for()
    page.locator("#add-cut").wait_for(state="hidden")
    for letter, path in zip("abcd", [*cuts, *reversed(cuts)], strict=True):
        drop(page, letter, path)
    compare(page, "error")
    assert "Add your account" in page.locator("#comparison .v-problem-sentence").inner_text()
    assert page.locator("#cut-d [data-state=ready]").is_visible()
    page.locator("#compare-followers input, #compare-followers textarea").fill("12k")
    page.locator("#compare").click()
    page.locator("[data-against]").first.wait_for(timeout=RESULT_MS)
    assert page.locator("[data-cut]").count() == 4
    assert page.locator("[data-against]").count() == 3
    assert page.locator(".v-pairs tbody tr").count() == 4
    assert_fits(page)
    keep(page, "compare_four_light_wide")


@pytest.mark.parametrize(("size", "mode"), [(PHONE, "dark"), (PHONE, "light"), (WIDE, "dark")])
def test_the_demo_clips_are_compared_in_one_click(
    open_page: Open, size: tuple[int, int], mode: str
) -> None:
    page = open_page(size, mode, locale="es-ES")
    page.get_by_text("Tu vídeo").first.wait_for()
    compare_page(page, "Comparar")
    keep(page, f"compare_empty_{mode}_{size[0]}")
    if page.locator("#compare-demos").count() == 0:
        pytest.skip("the demo clips are not in assets/; run make demo-clips")
    page.locator("#compare-demos").click()
    page.locator("#comparison [data-state=result]").wait_for(timeout=RESULT_MS)
    assert "de cada 100 pares" in page.locator(".v-winner").inner_text()
    assert_fits(page)
    # The page has followed to the result, which stands below the form on a phone.
    assert page.evaluate("document.getElementById('comparison').getBoundingClientRect().top") < 844
    keep(page, f"compare_demo_{mode}_{size[0]}")
    page.get_by_label("English").check()
    page.locator(".v-cancels summary").wait_for()


def test_one_clip_asks_for_another(open_page: Open, cuts: list[Path]) -> None:
    page = open_page()
    compare_page(page)
    drop(page, "b", cuts[0])
    compare(page, "error")
    assert "at least two cuts" in page.locator("#comparison .v-problem-sentence").inner_text()
    drop(page, "a", cuts[1])
    page.locator("#compare-recent textarea, #compare-recent input").fill("900")
    compare(page)


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_axe_finds_nothing_serious_on_compare(open_page: Open, mode: str) -> None:
    page = open_page(mode=mode)
    compare_page(page)
    assert_no_serious_finding(page)
    page.locator("#compare-demos").click()
    page.locator("#comparison [data-state=result]").wait_for(timeout=RESULT_MS)
    assert_no_serious_finding(page)


def to_tab(page: Any, name: str) -> None:
    tab = page.get_by_role("tab", name=name)
    if not tab.is_visible():  # on a phone the last ones are in a menu
        page.locator(".v-tabs .overflow-menu button").first.click()
        tab = page.locator(".v-tabs .overflow-dropdown button", has_text=name)
    tab.click()


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_axe_finds_nothing_serious_on_a_phone(open_page: Open, mode: str) -> None:
    page = open_page(PHONE, mode)
    assert_no_serious_finding(page)
    page.locator("#demo-tutorial").click()
    page.locator("#tried [data-state=ready]").wait_for(timeout=RESULT_MS)
    page.locator("#details .v-fold > summary").click()
    assert_no_serious_finding(page)
    page.evaluate("scrollTo(0, 0)")
    to_tab(page, "Compare")
    page.locator("#compare-demos").click()
    page.locator("#comparison [data-state=result]").wait_for(timeout=RESULT_MS)
    assert_no_serious_finding(page)
    for name in ("Explore", "After posting", "About"):
        page.evaluate("scrollTo(0, 0)")
        to_tab(page, name)
        page.wait_for_timeout(600)
        assert_no_serious_finding(page)


@pytest.mark.parametrize(("size", "mode"), [(PHONE, "dark"), (WIDE, "light")])
def test_every_page_has_its_tab(open_page: Open, size: tuple[int, int], mode: str) -> None:
    page = open_page(size, mode)
    for name, words in (
        ("Explore", "Explore past posts"),
        ("After posting", "How did it go?"),
        ("About", "How it works"),
        ("Compare", "Which cut should you post?"),
        ("Predict", "See how far it could go"),
    ):
        to_tab(page, name)
        page.get_by_role("heading", name=words).wait_for()
        assert_fits(page)
        if name == "After posting":
            keep(page, f"after_{mode}_{size[0]}")
