"""Keeping and sharing a result in Chromium: the link, and a reload."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from pages import (
    PHONE,
    RESULT_MS,
    Open,
    assert_fits,
    assert_no_serious_finding,
    field,
    keep,
    number,
    predict,
    upload,
)
from PIL import Image
from synthesis import BLUE, RED, clicks, solid_frames, write_clip

pytestmark = [pytest.mark.browser, pytest.mark.slow]
NUMBERS = ("score", "views.low", "views.median", "views.high", "likes.median")


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_clip(
        tmp_path_factory.mktemp("clips") / "clip.mp4",
        frames=solid_frames([RED, BLUE], cuts_s=[1.0], duration_s=2.0),
        waveform=clicks(2.0, bpm=120.0),
    )


@pytest.fixture
def result(open_page: Open, clip: Path) -> Any:
    page = open_page()
    upload(page, clip)
    field(page, "recent").fill("900, 1500, 700")
    field(page, "followers").fill("12k")
    field(page, "caption").fill("My secret caption #privatetag")
    predict(page)
    page.locator("#share .v-share-link").wait_for()
    return page


def link_of(page: Any) -> str:
    return page.locator("#share .v-share-link").input_value()


def test_a_link_opens_the_same_result_without_the_clip(
    result: Any, open_page: Open, served: Any
) -> None:
    link = link_of(result)
    assert link.startswith(f"{served.url}?r=")
    assert "secret" not in link
    sent = {name: number(result, name) for name in NUMBERS}
    usual = result.locator(".v-usual").inner_text()
    first = result.locator(".v-contributors li b").first.text_content()
    keep(result, "share_light_wide")
    page = open_page(query=link.removeprefix(served.url))
    page.locator("#summary [data-state=result]").wait_for(timeout=RESULT_MS)
    assert "Someone shared this result" in page.locator(".v-notice").inner_text()
    for name, value in sent.items():
        assert number(page, name) == pytest.approx(value, rel=1e-3)
    assert page.locator(".v-usual").inner_text() == usual == "your usual 900"
    assert page.locator(".v-contributors li b").first.text_content() == first
    page.locator("#why [data-step]").first.wait_for()
    body = page.locator("body").inner_text()
    assert "secret" not in body
    assert "privatetag" not in body
    assert link_of(page) == link
    assert_fits(page)
    keep(page, "linked_light_wide")


def test_a_link_reads_well_on_a_phone_in_the_dark_and_in_spanish(
    result: Any, open_page: Open, served: Any
) -> None:
    page = open_page(PHONE, "dark", locale="es-ES", query=link_of(result).removeprefix(served.url))
    page.get_by_text("Alguien compartió este resultado").wait_for(timeout=RESULT_MS)
    assert "4 de cada 5 publicaciones" in page.locator("#summary").inner_text()
    assert_fits(page)
    keep(page, "linked_dark_phone")
    # The page has followed to the result, which stands below the form on a phone.
    page.wait_for_function(
        "document.getElementById('summary').getBoundingClientRect().top < innerHeight / 2"
    )
    page.get_by_label("English").check()
    page.get_by_text("Someone shared this result").wait_for()


@pytest.mark.parametrize("how", ["edited", "foreign", "cut"])
def test_an_edited_or_foreign_link_is_one_sentence_and_the_page_works(
    result: Any, open_page: Open, served: Any, clip: Path, how: str
) -> None:
    query = link_of(result).removeprefix(served.url)
    query = {
        "edited": query[:60] + ("A" if query[60] != "A" else "B") + query[61:],
        "foreign": "?r=%3Cscript%3Ealert(1)%3C/script%3E",
        "cut": query[: len(query) // 2],
    }[how]
    page = open_page(query=query)
    page.locator("#summary [data-state=error]").wait_for(timeout=RESULT_MS)
    sentence = page.locator("#summary .v-problem-sentence").inner_text()
    assert sentence.startswith("This link is damaged or was not made by this app")
    assert not page.locator("#share").is_visible()
    upload(page, clip)
    predict(page)
    assert "?r=" not in page.url  # the address no longer says what is on the page


def test_a_result_survives_a_reload(result: Any) -> None:
    sent = {name: number(result, name) for name in NUMBERS}
    heard = result.locator("[data-part=transcript]").text_content()
    result.reload()
    result.locator("#summary [data-state=result]").wait_for(timeout=RESULT_MS)
    assert {name: number(result, name) for name in NUMBERS} == sent
    assert result.locator("[data-part=transcript]").text_content() == heard
    assert result.locator(".v-notice").count() == 0
    result.get_by_label("Español").check()
    result.get_by_text("4 de cada 5 publicaciones").wait_for()


def test_the_numbers_survive_where_the_result_is_no_longer_kept(result: Any) -> None:
    sent = number(result, "views.median")
    result.evaluate(
        "sessionStorage.setItem('viral-result',"
        " 'gone ' + sessionStorage.getItem('viral-result').split(' ')[1])"
    )
    result.reload()
    result.get_by_text("Your last result. Add the video again").wait_for(timeout=RESULT_MS)
    assert number(result, "views.median") == pytest.approx(sent, rel=1e-3)
    result.evaluate("sessionStorage.setItem('viral-result', 'gone nonsense')")
    result.reload()
    result.locator("#summary [data-state=empty]").wait_for(timeout=RESULT_MS)


def test_another_tab_starts_empty(result: Any, served: Any) -> None:
    other = result.context.new_page()
    other.goto(served.url)
    other.locator("#summary [data-state=empty]").wait_for(timeout=RESULT_MS)


def test_copying_says_what_happened(result: Any, served: Any) -> None:
    result.context.grant_permissions(["clipboard-read", "clipboard-write"], origin=served.url)
    result.locator(".v-share-copy").click()
    result.locator(".v-share-said", has_text="Copied").wait_for()
    assert result.evaluate("navigator.clipboard.readText()") == link_of(result)
    result.context.clear_permissions()
    result.evaluate("void (navigator.clipboard.writeText = () => Promise.reject(new Error('no')))")
    result.locator(".v-share-copy").click()
    result.locator(".v-share-said", has_text="press Ctrl+C").wait_for()


def test_the_report_and_the_picture_are_files_of_their_own(
    result: Any, open_page: Open, served: Any, tmp_path: Path
) -> None:
    median = number(result, "views.median")
    with result.expect_download() as started:
        result.get_by_role("button", name="Download the report").click()
    assert started.value.suggested_filename == "viral-report.html"
    path = tmp_path / "report.html"
    started.value.save_as(path)
    requests: list[str] = []
    page = result.context.new_page()
    page.on("request", lambda request: requests.append(request.url))
    page.goto(path.as_uri())
    assert number(page, "views.median") == median
    assert requests == [path.as_uri()]
    assert page.locator("button, input").count() == 0  # nothing in a file answers to them
    assert_fits(page)
    keep(page, "report_light_wide")
    page.emulate_media(color_scheme="dark")
    page.set_viewport_size({"width": PHONE[0], "height": PHONE[1]})
    assert_fits(page)
    assert_no_serious_finding(page)
    keep(page, "report_dark_phone")
    page.close()
    with result.expect_download() as started:
        result.get_by_role("button", name="Download the picture").click()
    assert started.value.suggested_filename == "viral-card.png"
    started.value.save_as(tmp_path / "card.png")
    with Image.open(tmp_path / "card.png") as picture:
        assert picture.size == (1200, 630)
    assert served.files() == []


def test_a_report_can_be_made_from_a_link(result: Any, open_page: Open, served: Any) -> None:
    page = open_page(locale="es-ES", query=link_of(result).removeprefix(served.url))
    page.get_by_text("Alguien compartió este resultado").wait_for(timeout=RESULT_MS)
    with page.expect_download() as started:
        page.get_by_role("button", name="Descargar el informe").click()
    words = Path(started.value.path()).read_text(encoding="utf-8")
    assert "Alguien compartió este resultado" in words
    assert "secret" not in words


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_axe_finds_nothing_serious_on_a_link(
    result: Any, open_page: Open, served: Any, mode: str
) -> None:
    page = open_page(mode=mode, query=link_of(result).removeprefix(served.url))
    page.locator("#share .v-share-link").wait_for(timeout=RESULT_MS)
    assert_no_serious_finding(page)
