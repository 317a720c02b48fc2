"""The platform of a post: what is understood, and what is refused with one sentence."""

import json
from pathlib import Path

import pytest

from viral.errors import DetailsError
from viral.posts.details import post_details
from viral.posts.user_table import read_posts


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("tiktok", "tiktok"),
        ("TikTok", "tiktok"),
        ("Instagram Reels", "reels"),
        ("YouTube Shorts", "shorts"),
        ("youtube_shorts", "shorts"),
        ("unknown", None),
        ("", None),
        (None, None),
    ],
)
def test_a_platform_is_understood_as_people_write_it(said: str | None, meant: str | None) -> None:
    assert post_details(platform=said).platform == meant


def test_another_platform_is_refused_with_one_sentence() -> None:
    with pytest.raises(DetailsError) as caught:
        post_details(platform="vine")
    assert str(caught.value) == (
        "The platform 'vine' is none of tiktok, reels, shorts and unknown."
    )


def test_saves_belong_to_the_posts_whose_views_are_given() -> None:
    told = post_details(recent_views="900, 1500, 700", recent_saves="9, 15")
    assert told.recent_saves == (9.0, 15.0)
    with pytest.raises(DetailsError, match="Recent saves need the views of the same posts"):
        post_details(recent_saves="9, 15")


def test_a_table_tells_the_platform_and_a_row_with_another_is_named(tmp_path: Path) -> None:
    table = tmp_path / "posts.json"
    rows = [
        {"video_id": "a", "platform": "Shorts", "recent_views": [9, 8], "recent_saves": [1, 2]},
        {"video_id": "b", "platform": None},
        {"video_id": "c", "platform": "vine"},
    ]
    table.write_text(json.dumps(rows))
    posts, rejected = read_posts(table)
    assert posts["platform"].tolist() == ["shorts", None]
    assert posts["recent_saves"].tolist()[0] == (1.0, 2.0)
    assert [row.video_id for row in rejected] == ["c"]
    assert "platform is 'vine'" in rejected[0].reason
