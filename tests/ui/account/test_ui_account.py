"""What the editor of "Your account" is answered, without a browser."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from viral.errors import DetailsError, ViralError
from viral.hosting.gate import MAX_CALL_BYTES
from viral.messages import LANGUAGES
from viral.posts.accounts.account_json import account_from_json, account_to_json
from viral.ui.account.panel import COUNTED, WORDS, words, zone_of
from viral.ui.account.reading import COLUMNS, MOST_BYTES, answer, fitting, pasted
from viral.ui.widgets.typed_values import account_in_use, details_from_page

HEADER = "Video title,Video link,Post time,Total likes,Total comments,Total shares,Total views\n"
LINK = "https://www.tiktok.com/@someone/video/73000000000000000"
EXPORT = (
    f"{HEADER}Onions #cooking,{LINK}01,2026-03-03 18:30:00,90,4,3,900\n"
    f"Rice #cooking,{LINK}02,2026-03-05 18:30:00,150,14,13,1500\n"
)


@pytest.fixture
def uploads(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "uploads"
    folder.mkdir()
    monkeypatch.setenv("GRADIO_TEMP_DIR", str(folder))
    monkeypatch.setenv("VIRAL_DATA_DIR", str(tmp_path / "data"))
    return folder


def asked(kind: str, **more: Any) -> dict[str, Any]:
    return answer({"account": None, "ask": {"n": 3, "lang": "en", "kind": kind, **more}})


def row(**typed: str) -> dict[str, Any]:
    return {**dict.fromkeys(COLUMNS, ""), "rest": {}, **typed}


def checked(*rows: dict[str, Any], **head: Any) -> dict[str, Any]:
    draft = {"name": "@mia", "platform": "unknown", "followers": "", "time_zone": "Europe/Madrid"}
    return asked("check", draft={**draft, **head, "rows": list(rows)})


def test_what_was_typed_becomes_an_account_oldest_first() -> None:
    reply = checked(
        row(views="2.1K", likes="90", posted_at="2026-03-05T18:30", caption="Rice #cooking"),
        row(),
        row(views="1,200", duration_s="0:14", posted_at="2026-03-01T10:00:00+00:00"),
        followers="12k",
        platform="tiktok",
    )
    assert reply["n"] == 3
    account = account_from_json(reply["account"])
    assert (account.name, account.platform, account.followers) == ("@mia", "tiktok", 12_000)
    assert [post.views for post in account.posts] == [1200, 2100]
    assert account.posts[0].duration_s == 14
    # On the clock of the account; what came out of a file keeps its moment.
    assert account.posts[1].posted_at is not None
    assert account.posts[1].posted_at.isoformat() == "2026-03-05T17:30:00+00:00"


@pytest.mark.parametrize(
    ("typed", "field", "said"),
    [
        ({"views": "900", "likes": "many"}, "likes", "Post 2: Likes is 'many'"),
        ({"likes": "90"}, "views", "Post 2: the views are missing."),
        ({"views": "900", "duration_s": "-4"}, "duration_s", "Post 2: Seconds is"),
        ({"views": "900", "posted_at": "soon"}, "posted_at", "Post 2:"),
    ],
)
def test_a_slip_in_the_table_says_which_post(typed: dict[str, str], field: str, said: str) -> None:
    reply = checked(row(views="1"), row(**typed), row(), row(views="3"))
    assert reply["problem"].startswith(said)
    assert reply["slip"] == {"field": field, "row": 1}
    assert "account" not in reply


@pytest.mark.parametrize(
    ("field", "typed"),
    [("name", "  "), ("followers", "lots"), ("time_zone", "Madrid/Europe"), ("platform", "vine")],
)
def test_a_slip_above_the_table_says_which_field(field: str, typed: str) -> None:
    reply = checked(row(views="900"), **{field: typed})
    assert reply["slip"] == {"field": field, "row": None}
    assert reply["problem"].endswith(".")


def test_an_export_is_read_and_deleted(uploads: Path) -> None:
    path = uploads / "one" / "Content.csv"
    path.parent.mkdir()
    path.write_text(EXPORT, encoding="utf-8")
    reply = asked("file", path=str(path), platform="unknown")
    assert [post["views"] for post in reply["posts"]] == [900, 1500]
    assert reply["platform"] == "tiktok"
    assert reply["said"].startswith("2 posts read.")
    # The file's name is nobody's name.
    assert reply["name"] == ""
    assert list(uploads.iterdir()) == []


def test_an_export_of_another_platform_or_without_posts_is_one_sentence(uploads: Path) -> None:
    for content, platform in ((EXPORT, "shorts"), ("hello,world\n1,2\n", "unknown")):
        path = uploads / "Content.csv"
        path.write_text(content, encoding="utf-8")
        reply = asked("file", path=str(path), platform=platform)
        assert reply["problem"].endswith(".")
        assert str(uploads) not in reply["problem"]
        assert not path.exists()


def test_a_pasted_list_or_table_is_read() -> None:
    assert [p.views for p in pasted("900\n1.5K\n700").account.posts] == [900, 1500, 700]
    table = "caption\tviews\tlikes\nOnions #cooking\t900\t90\nRice\t1500\t150\n"
    posts = pasted(table).account.posts
    assert [(post.views, post.likes, post.caption) for post in posts] == [
        (900, 90, "Onions #cooking"),
        (1500, 150, "Rice"),
    ]


def test_an_account_goes_through_the_gate_with_its_most_recent_posts() -> None:
    posts = [{"views": place, "caption": "ü" * 2000} for place in range(500)]
    account = fitting(account_from_json({"name": "@mia", "posts": posts}))
    sent = len(json.dumps(account_to_json(account), ensure_ascii=False).encode())
    assert MOST_BYTES / 2 < sent < MOST_BYTES
    assert account.posts[-1].views == 499
    assert MAX_CALL_BYTES > 2 * MOST_BYTES
    few = account_from_json({"posts": posts[:3]})
    assert fitting(few) == few


@pytest.mark.parametrize("text", ["", "  \n", "hello", "no numbers, at all", "12,400,9,800"])
def test_what_is_neither_is_one_sentence(text: str) -> None:
    with pytest.raises(ViralError):
        pasted(text)


def test_a_pasted_text_opens_no_file(tmp_path: Path) -> None:
    path = tmp_path / "posts.csv"
    path.write_text(EXPORT, encoding="utf-8")
    with pytest.raises(DetailsError):
        pasted(str(path))


def test_a_file_outside_the_uploads_is_never_read(uploads: Path, tmp_path: Path) -> None:
    path = tmp_path / "posts.csv"
    path.write_text(EXPORT, encoding="utf-8")
    assert "posts" not in asked("file", path=str(path))
    assert path.exists()


@pytest.mark.parametrize("value", [None, {}, {"ask": None}, {"ask": 3}, {"ask": {"kind": "check"}}])
def test_nonsense_from_a_client_is_answered(value: Any) -> None:
    reply = answer(value)
    assert "account" not in reply
    assert "posts" not in reply


def test_the_account_in_use_stands_for_what_was_typed() -> None:
    value = {"account": {"version": 1, "name": "@mia", "followers": 500, "posts": [{"views": 7}]}}
    details = details_from_page(
        caption="hello",
        followers="12k",
        recent_views="900",
        time=None,
        zone="UTC",
        sound=None,
        sound_name=None,
        account=account_in_use(value),
        lang="en",
    )
    assert (details.followers, details.recent_views, details.caption) == (500, (7,), "hello")
    assert account_in_use({"account": None}) is None
    with pytest.raises(DetailsError):
        account_in_use({"account": {"version": 1, "posts": [{"views": "x"}]}})


@pytest.mark.parametrize("lang", LANGUAGES)
def test_everything_that_the_panel_says_is_said_in_each_language(lang: str) -> None:
    said = words(lang)
    assert {*WORDS, *COUNTED} <= set(said)
    assert [one.count("77") for one in said["some_posts"]] == [0, 1]
    assert "{name}" in said["using"][1]
    assert len(said["platforms"]) == 4


def test_the_time_zone_of_the_account_is_that_of_the_form() -> None:
    assert zone_of({"account": {"time_zone": "Asia/Tokyo"}}) == "Asia/Tokyo"
    assert zone_of({"account": None}) != "UTC"
