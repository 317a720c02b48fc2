"""Your account in Chromium: filled, kept by the browser, used by every page, taken away."""

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
    field,
    keep,
    number,
    predict,
    upload,
)

pytestmark = pytest.mark.browser
CLIP = Path(__file__).resolve().parents[2] / "assets" / "demo_text_card.mp4"
HEADER = "Video title,Video link,Post time,Total likes,Total comments,Total shares,Total views\n"
VIEWS = (900, 1500, 700, 1200, 2100, 1100)


@pytest.fixture
def export(tmp_path: Path) -> Path:
    path = tmp_path / "Content.csv"
    rows = [
        f"Rice no. {day} #cooking,https://www.tiktok.com/@someone/video/73000000000000000{day:02d},"
        f"2026-03-{day:02d} 18:30:00,{views // 10},{day},{day},{views}\n"
        for day, views in enumerate(VIEWS, 1)
    ]
    path.write_text(HEADER + "".join(rows), encoding="utf-8")
    return path


def do(page: Any, name: str) -> None:
    page.locator(f'#account [data-do="{name}"]').click()


def head(page: Any, name: str) -> Any:
    return page.locator(f'#account [data-field="{name}"]')


def cell(page: Any, row: int, column: str) -> Any:
    return page.locator(f'#account [data-row="{row}"][data-column="{column}"]')


def problem(page: Any) -> Any:
    return page.locator(".v-account-problem")


def read_export(page: Any, path: Path) -> None:
    page.locator(".v-account-file input").set_input_files(str(path))
    page.locator(".v-account-said").get_by_text("posts read").wait_for()


def save(page: Any, name: str) -> None:
    head(page, "name").fill(name)
    do(page, "save")
    page.locator(".v-account-editor").wait_for(state="hidden")


def typed(page: Any, name: str, views: str) -> None:
    """Add an account with a pasted list."""
    do(page, "add")
    do(page, "paste")
    page.locator(".v-account-paste textarea").fill(views)
    do(page, "read")
    cell(page, 0, "views").wait_for()
    save(page, name)


def told(page: Any) -> str:
    return str(page.locator(".v-account-told").inner_text())


def kept(page: Any) -> Any:
    return json.loads(page.evaluate("localStorage.getItem('viral-accounts')") or "null")


def test_an_export_becomes_an_account_that_a_reload_finds_again(
    open_page: Open, export: Path, served: Any
) -> None:
    import viral

    page = open_page(WIDE)
    do(page, "add")
    read_export(page, export)
    assert cell(page, 0, "views").input_value() == "1100"
    head(page, "followers").fill("12k")
    do(page, "save")
    problem(page).get_by_text("Give the account a name").wait_for()
    assert_no_serious_finding(page)
    save(page, "@mia")
    assert told(page) == "6 posts · 12 K followers · usually 1.2 K views"
    assert served.files() == []

    page.reload()
    page.locator(".v-using").first.wait_for()
    assert page.locator(".v-using span").first.inner_text() == "Using the 6 posts of @mia."
    assert not field(page, "recent").is_visible()
    upload(page, CLIP)
    predict(page)
    account = kept(page)["accounts"][0]
    expected = viral.predict(CLIP, account=_file(export.parent, account))
    for end in ("low", "median", "high"):
        shown = number(page, f"views.{end}")
        assert shown == pytest.approx(getattr(expected.views, end), rel=1e-6)
    keep(page, "account_used_wide")
    assert_no_serious_finding(page)

    # The answer says so once another account is in use.
    page.locator(".v-account-choose").select_option("")
    page.locator(".v-stale").wait_for()
    assert field(page, "recent").is_visible()
    # Every page has an address, and shares the account.
    page.locator(".v-account-choose").select_option("@mia")
    page.get_by_role("tab", name="Compare").click()
    page.locator(".v-using").nth(1).wait_for()
    assert page.url.endswith("?tab=compare")
    assert page.title() == "Compare · Viral"
    page.get_by_role("tab", name="About").click()
    page.locator("#about h2").first.wait_for()
    page.go_back()
    page.locator("#compare").wait_for()
    page.go_back()
    page.locator("#predict").wait_for()
    page.goto(f"{served.url}?tab=about")
    page.locator("#about h2").first.wait_for()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "page-about"


def _file(folder: Path, account: Any) -> Path:
    path = folder / "account.json"
    path.write_text(json.dumps(account), encoding="utf-8")
    return path


def test_two_accounts_by_name_saved_to_a_file_and_loaded_back(
    open_page: Open, tmp_path: Path
) -> None:
    page = open_page(PHONE, "dark")
    typed(page, "@mia", "900\n1500\n700")
    typed(page, "Studio 54", "10k, 12k")
    assert told(page) == "2 posts · usually 11 K views"
    assert_fits(page)
    do(page, "add")
    head(page, "name").fill("@mia")
    do(page, "save")
    problem(page).get_by_text("already an account called @mia").wait_for()
    # What was typed outlives a reload; it is nobody's account yet.
    page.reload()
    page.locator(".v-account-editor").wait_for()
    assert head(page, "name").input_value() == "@mia"
    do(page, "cancel")
    page.locator(".v-account-choose").select_option("@mia")
    assert told(page) == "3 posts · usually 900 views"
    do(page, "edit")
    cell(page, 1, "likes").fill("lots")
    do(page, "save")
    problem(page).get_by_text("Post 2: Likes is 'lots', which is not a number.").wait_for()
    assert cell(page, 1, "likes").get_attribute("aria-invalid") == "true"
    assert_fits(page)
    assert_no_serious_finding(page)
    keep(page, "account_editor_dark_phone")
    cell(page, 1, "likes").fill("95")
    do(page, "save")
    page.locator(".v-account-editor").wait_for(state="hidden")

    do(page, "edit")
    with page.expect_download() as download:
        do(page, "to-file")
    saved = tmp_path / download.value.suggested_filename
    download.value.save_as(saved)
    do(page, "remove")
    do(page, "remove")
    page.locator(".v-account-editor").wait_for(state="hidden")
    assert [one["name"] for one in kept(page)["accounts"]] == ["Studio 54"]
    do(page, "add")
    page.locator(".v-account-file input").set_input_files(str(saved))
    page.locator(".v-account-editor").wait_for(state="hidden")
    assert [one["name"] for one in kept(page)["accounts"]] == ["Studio 54", "@mia"]
    assert kept(page)["accounts"][1]["posts"][1]["likes"] == 95
    assert kept(page)["chosen"] == "@mia"


def test_storage_that_was_edited_is_full_or_blocked_loses_nothing(open_page: Open) -> None:
    page = open_page()
    good = {"version": 1, "name": "@mia", "posts": [{"views": 900}]}
    bad = {"version": 1, "name": "broken", "posts": [{"views": "x"}]}
    text = json.dumps({"chosen": "broken", "accounts": [good, bad]})
    page.evaluate("text => localStorage.setItem('viral-accounts', text)", text)
    page.reload()
    unread = page.locator(".v-account-unread")
    unread.wait_for()
    assert "can't be read" in unread.inner_text()
    with page.expect_download() as download:
        do(page, "unread-save")
    assert Path(download.value.path()).read_text(encoding="utf-8") == text
    do(page, "unread-drop")
    unread.wait_for(state="hidden")
    page.locator(".v-account-choose").select_option("@mia")
    assert told(page) == "1 post · usually 900 views"
    # A number that only the server would doubt is one sentence beside the form.
    page.evaluate("text => localStorage.setItem('viral-accounts', text)", "{nonsense")
    page.reload()
    unread.wait_for()
    assert kept(page) == {"chosen": "", "accounts": []}

    page.evaluate(
        "(() => { Storage.prototype.setItem ="
        " () => { throw new DOMException('no', 'QuotaExceededError'); }; })()"
    )
    typed(page, "@mia", "900, 1500, 700")
    assert "storage is full" in page.locator(".v-account-kept").inner_text()
    assert told(page) == "3 posts · usually 900 views"
    assert page.locator(".v-using span").first.inner_text() == "Using the 3 posts of @mia."


def test_a_demo_leaves_no_account_and_cannot_be_reported(open_page: Open) -> None:
    page = open_page(locale="es-ES")
    page.get_by_role("tab", name="Comparar").click()
    page.locator("#compare-demos").click()
    page.locator("#comparison .v-result").first.wait_for(timeout=90_000)
    assert field(page, "compare-followers").input_value() == ""
    assert field(page, "compare-recent").input_value() == ""
    page.get_by_role("tab", name="Predecir").click()
    page.locator(".v-demos button").first.click()
    page.locator("#summary [data-state=result]").wait_for(timeout=90_000)
    page.get_by_role("tab", name="Tras publicar").click()
    page.locator("#after-last").get_by_text("vídeo de muestra").wait_for()
    assert page.locator("#after-keep").is_disabled()
    assert kept(page) is None
