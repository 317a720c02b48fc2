"""An account comes back from its JSON as it went in, and what is wrong in it is said."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from viral.errors import DetailsError
from viral.posts.accounts.account import MOST_POSTS, Account, AccountPost, in_order
from viral.posts.accounts.account_json import account_from_json, account_to_json

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
