"""An account comes back from its JSON as it went in, and what is wrong in it is said."""

from __future__ import annotations

import csv
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from viral.errors import DetailsError, TableError
from viral.posts.accounts.account import MOST_POSTS, Account, AccountPost, in_order
from viral.posts.accounts.account_json import account_from_json, account_to_json
from viral.posts.accounts.reading import account_of

COUNT = st.none() | st.integers(0, 10**9).map(float)
TIME = st.none() | st.datetimes(datetime(2015, 1, 1), datetime(2090, 1, 1), timezones=st.just(UTC))
POST = st.builds(
    AccountPost,
    views=st.integers(0, 10**9).map(float),
    likes=COUNT,
    comments=COUNT,
    shares=COUNT,
    saves=COUNT,
    posted_at=TIME,
    duration_s=st.none() | st.floats(0.1, 600.0),
    caption=st.none() | st.just("Onions #cooking ñ 🧅"),
    sound=st.none() | st.just("original"),
)
DAY = datetime(2026, 3, 1, tzinfo=UTC)


def _days(*days: int | None) -> list[AccountPost]:
    """Return posts of these days whose views are their place in the list."""
    return [
        AccountPost(float(place), posted_at=None if day is None else DAY + timedelta(days=day))
        for place, day in enumerate(days)
    ]


@given(
    posts=st.lists(POST, max_size=6).map(tuple),
    platform=st.none() | st.sampled_from(["tiktok", "reels", "shorts"]),
    followers=COUNT,
    reverse=st.booleans(),
)
def test_an_account_comes_back_as_it_went_in(
    posts: tuple[AccountPost, ...], platform: str | None, followers: float | None, reverse: bool
) -> None:
    if followers is not None:
        followers = min(followers, 2e9)
    account = Account("onions", platform, followers, "Europe/Madrid", posts)
    said = json.loads(json.dumps(account_to_json(account), allow_nan=False))
    keys = sorted(said, reverse=reverse)
    again = account_from_json(json.dumps({key: said[key] for key in keys}))
    assert again == account
    assert said["version"] == 1


@pytest.mark.parametrize(
    ("days", "order"),
    [
        ([2, 0, 1], [1, 2, 0]),
        # One day tells no hour: what the list says counts, whichever way it runs.
        ([3, 2, 2, 1], [3, 2, 1, 0]),
        ([1, 2, 2, 3], [0, 1, 2, 3]),
        # Without a time a post stays beside the one that it was given next to.
        ([None, 1, None, 3], [0, 1, 2, 3]),
        ([3, None, 1, 0], [3, 2, 1, 0]),
        ([None, None], [0, 1]),
    ],
)
def test_posts_come_out_oldest_first(days: list[int | None], order: list[int]) -> None:
    ordered = in_order(_days(*days))
    assert [post.views for post in ordered] == order
    assert in_order(ordered) == ordered


def test_the_most_recent_posts_are_kept() -> None:
    posts = [{"views": n, "posted_at": (DAY - timedelta(days=n)).isoformat()} for n in range(600)]
    kept = account_from_json({"posts": posts}).posts
    assert [post.views for post in kept] == list(range(MOST_POSTS))[::-1]


def test_what_people_write_is_read() -> None:
    account = account_from_json(
        {
            "posts": [{"posted_at": "2026-03-01 18:30", "views": "12.4K", "duration_s": "0:14"}],
            "followers": "12 000",
            "platform": "Instagram",
            "colour": "red",
        }
    )
    (post,) = account.posts
    assert (account.followers, account.platform) == (12_000.0, "reels")
    assert (post.views, post.duration_s) == (12_400.0, 14.0)
    assert post.posted_at == datetime(2026, 3, 1, 18, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("said", "code", "told"),
    [
        ("[]", "account.no_object", "object"),
        ("{", "account.no_json", "readable JSON"),
        (b"\xff\xfe\x00", "account.no_json", "readable JSON"),
        ("[" * 100_000, "account.no_json", "readable JSON"),
        (" " * 7_000_000, "account.too_large", "6 MB"),
        ({"version": 2}, "account.version", "version 2"),
        ({"version": True}, "account.version", "True"),
        ({"posts": {"views": 3}}, "account.posts_no_list", "list"),
        ({"posts": [3]}, "account.post_no_object", "Post 1"),
        ({"posts": [{"views": 3}, {"likes": 2}]}, "account.post_no_views", "Post 2"),
        ({"posts": [{"views": "many"}]}, "account.post_cell", "views is 'many'"),
        ({"posts": [{"views": True}]}, "account.post_cell", "views is True"),
        ({"posts": [{"views": -1}]}, "account.post_cell", "negative"),
        ({"posts": [{"views": 1, "posted_at": "soon"}]}, "account.post_cell", "posted_at"),
        ({"followers": [1]}, "account.cell", "followers"),
        ({"platform": "vine"}, "account.cell", "platform"),
        ({"time_zone": "Mars/Base"}, "account.zone", "Mars/Base"),
        ({"time_zone": "../../etc/passwd"}, "account.zone", "no time zone"),
    ],
)
def test_what_was_edited_wrongly_is_said_in_one_sentence(said: Any, code: str, told: str) -> None:
    with pytest.raises(DetailsError) as caught:
        account_from_json(said)
    assert caught.value.message.code == code
    assert told in str(caught.value)
    assert len(str(caught.value)) < 200


def _csv(folder: Path, rows: list[dict[str, Any]], name: str = "export.csv") -> Path:
    path = folder / name
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(
            file, fieldnames=list(dict.fromkeys(k for row in rows for k in row))
        )
        writer.writeheader()
        writer.writerows(rows)
    return path


def _rows(count: int, **more: Any) -> list[dict[str, Any]]:
    return [
        {
            "video_id": f"p{place}",
            "posted_at": (DAY - timedelta(days=place)).isoformat(),
            "views": 1000 + place,
            **more,
        }
        for place in range(count)
    ]


def test_a_file_becomes_an_account(tmp_path: Path) -> None:
    rows = _rows(3, creator="me", platform="tiktok", caption="Leeks", hashtags='["soup"]')
    rows[0]["followers"] = 500
    rows[2] |= {"followers": 400, "views": ""}
    read = account_of(_csv(tmp_path, rows))
    account = read.account
    assert (account.name, account.platform, account.followers) == ("export", "tiktok", 500.0)
    assert [post.views for post in account.posts] == [1001.0, 1000.0]
    assert account.posts[0].caption == "Leeks #soup"
    assert [note.code for note in read.notes] == ["account.without_views"]


def test_an_exporters_platform_is_the_accounts(tmp_path: Path) -> None:
    path = tmp_path / "Content.csv"
    path.write_text(
        "Video title,Video link,Post time,Total likes,Total comments,Total shares,Total views\n"
        "Onions,https://www.tiktok.com/@a/video/7564248807689538834,2026-03-01,5,1,0,900\n",
        encoding="utf-8",
    )
    assert account_of(path).account.platform == "tiktok"
    assert account_of(path, platform="tiktok").account.posts[0].views == 900.0
    with pytest.raises(TableError, match="make another account") as caught:
        account_of(path, platform="shorts")
    assert caught.value.message.code == "account.other_platform"


def test_a_saved_account_is_read_again(tmp_path: Path) -> None:
    account = Account("leeks", "reels", 5.0, "Europe/Madrid", tuple(_days(0, 1)))
    path = tmp_path / "account.json"
    path.write_text(json.dumps(account_to_json(account)), encoding="utf-8")
    assert account_of(path).account == account
    assert account_of(str(path)).account == account
    path.write_text('{"version": 3, "posts": []}', encoding="utf-8")
    with pytest.raises(DetailsError, match="version 3"):
        account_of(path)


def test_a_pasted_list_is_an_account() -> None:
    read = account_of("12.4K, 9,800; 700", platform="shorts")
    assert [post.views for post in read.account.posts] == [12_400.0, 9_800.0, 700.0]
    assert read.account.platform == "shorts"
    many = account_of(", ".join(map(str, range(600))))
    assert [post.views for post in many.account.posts] == list(range(100, 600))
    assert "500 most recent of 600" in many.notes[0]


def test_more_posts_than_are_kept_are_said(tmp_path: Path) -> None:
    read = account_of(_csv(tmp_path, _rows(MOST_POSTS + 3)))
    assert len(read.account.posts) == MOST_POSTS
    assert read.account.posts[-1].views == 1000.0
    assert str(read.notes[-1]) == "The 500 most recent of 503 posts were kept."


@pytest.mark.parametrize(
    ("rows", "code"),
    [
        ([*_rows(1, creator="a"), {**_rows(2)[1], "creator": "b"}], "account_model.many_accounts"),
        (
            [*_rows(1, platform="tiktok"), {**_rows(2)[1], "platform": "shorts"}],
            "account.many_platforms",
        ),
        ([{"video_id": "1", "caption": "x", "likes": 3}], "account.no_views"),
    ],
)
def test_a_file_that_is_no_account_is_refused_in_one_sentence(
    tmp_path: Path, rows: list[dict[str, Any]], code: str
) -> None:
    with pytest.raises(TableError) as caught:
        account_of(_csv(tmp_path, rows))
    assert caught.value.message.code == code
    assert "export.csv" in str(caught.value)


@pytest.mark.parametrize("given", ["", "hello", "nowhere/posts", "-5, 3", "9" * 5000])
def test_what_is_neither_a_file_nor_views_is_refused(given: str) -> None:
    with pytest.raises(TableError) as caught:
        account_of(given)
    assert caught.value.message.code == "account.nothing"
    assert len(str(caught.value)) < 200


def test_views_that_can_be_read_in_two_ways_are_asked_about() -> None:
    with pytest.raises(DetailsError, match="in two ways"):
        account_of("12,400,9,800")
