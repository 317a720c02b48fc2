"""The published forms of data become one schema."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest

from viral.errors import TableError
from viral.posts.history import training_posts
from viral.posts.published_sets import (
    post_sets,
    read_creator_labels,
    read_kaggle_json,
    read_parquet_posts,
)
from viral.posts.schema import COLUMNS


def _kaggle(number: int, created: int) -> dict[str, object]:
    return {
        "id": str(number),
        "text": "look #Cats",
        "createTime": created,
        "authorMeta": {"id": "77", "name": "somebody", "verified": True},
        "musicMeta": {"musicName": "tune", "musicAuthor": "player", "musicOriginal": False},
        "hashtags": [{"id": "1", "name": "Cats", "title": ""}],
        "videoMeta": {"height": 1024, "width": 576, "duration": 15},
        "playCount": 1000,
        "diggCount": 100,
        "commentCount": 10,
        "shareCount": 1,
    }


def test_kaggle_json(tmp_path: Path) -> None:
    path = tmp_path / "trending.json"
    posts = [_kaggle(1, 1_600_000_000), _kaggle(2, 1_600_086_400)]
    path.write_text(json.dumps({"collector": posts}), encoding="utf-8")
    table = read_kaggle_json(path)
    assert list(table.columns) == list(COLUMNS)
    assert table["views"].tolist() == [1000.0, 1000.0]
    assert table["hashtags"].tolist() == [("cats",), ("cats",)]
    assert table["verified"].tolist() == [1.0, 1.0]
    assert table["sound_original"].tolist() == [0.0, 0.0]
    # Counted no earlier than its newest post.
    assert table["horizon_days"].tolist() == [1.0, 0.0]
    assert "somebody" not in table.to_csv()
    assert table["creator"].nunique() == 1


def test_labels_of_one_creator(tmp_path: Path) -> None:
    path = tmp_path / "labels.csv"
    path.write_text(
        "id,description,posted_at,duration,view_count,like_count,comment_count,share_count,"
        "save_count,track,artist,width,height\n"
        "7564248807689538834,hi #a,2025-10-23 03:08:38+00:00,12,8781,386,4,31,71,tune,me,576,1024\n"
        "7564248807689538835,,2025-10-24 03:08:38+00:00,0,5,,,,,,,,\n",
        encoding="utf-8",
    )
    table = read_creator_labels(path)
    assert table["video_id"][0] == "7564248807689538834"
    assert table["views"].tolist() == [8781.0, 5.0]
    assert table["duration_s"][0] == 12.0
    assert pd.isna(table["duration_s"][1])
    assert pd.isna(table["likes"][1])


def test_parquet_with_few_columns(tmp_path: Path) -> None:
    path = tmp_path / "posts.parquet"
    pd.DataFrame({"video_id": [1], "views": [10]}).to_parquet(path)
    table = read_parquet_posts(path)
    assert list(table.columns) == list(COLUMNS)
    assert table["video_id"].tolist() == ["1"]
    assert table["recent_views"].tolist() == [()]


@pytest.mark.parametrize("content", ["{", "[]", '{"posts": []}'])
def test_another_json_is_refused(tmp_path: Path, content: str) -> None:
    path = tmp_path / "trending.json"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(TableError, match=r"trending\.json"):
        read_kaggle_json(path)


def test_a_missing_source_is_named(tmp_path: Path) -> None:
    with pytest.raises(TableError, match=r"creators_2020\.parquet is missing"):
        training_posts(tmp_path)


@pytest.mark.shared
@pytest.mark.slow
def test_the_published_sets_are_read_whole(data_dir: Path) -> None:
    posts = training_posts(data_dir)
    counts = posts["source"].value_counts().to_dict()
    assert list(dict.fromkeys(posts["source"])) == [one.name for one in post_sets()]
    assert counts["creators_2020"] == 42_270
    assert counts["denmark_2026"] == 4_163
    # 131 of its posts are also in the feeds of 2020, and its newest week is not grown.
    assert counts["feeds_2021"] < 6_696 - 131
    assert posts["linked"].notna().any()
    assert posts["video_id"].is_unique
    assert posts["views"].notna().all()
