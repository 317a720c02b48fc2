"""The manifest of sets: what an entry says, what is refused, and that a new set is one entry."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from viral.errors import TableError
from viral.posts.history import training_posts
from viral.posts.published_sets import natural_sources, post_sets, read_manifest, sources_teaching
from viral.posts.splits import creator_keys

ENTRY = """
[[set]]
name = "feeds"
path = "feeds.parquet"
reader = "parquet"
kind = "natural"
platform = "tiktok"
teaches = ["history", "account"]
"""
NEXT = """
[[set]]
name = "next"
path = "more/next.parquet"
reader = "parquet"
kind = "chosen"
newest = 7
"""


def _manifest(folder: Path, text: str) -> Path:
    path = folder / "sets.toml"
    path.write_text(text, encoding="utf-8")
    return path


def _feed(creator: str, first: int, count: int, **more: object) -> pd.DataFrame:
    days = pd.to_datetime("2026-01-01", utc=True) + pd.to_timedelta(range(count), unit="D")
    return pd.DataFrame(
        {
            "video_id": [str(first + number) for number in range(count)],
            "creator": creator,
            "posted_at": days,
            "views": [100.0 + number for number in range(count)],
            **more,
        }
    )


def test_the_product_s_own_manifest_teaches_every_level() -> None:
    assert {one.kind for one in post_sets()} == {"natural", "chosen"}
    for level in ("history", "account", "unknown"):
        assert "creators_2020" in sources_teaching(level)
        # Posts that were picked by their views teach no level.
        assert "vietnam_2025" not in sources_teaching(level)
    assert "hotels" not in natural_sources()
    assert "feedback" in natural_sources()


def test_a_new_set_is_one_entry(tmp_path: Path) -> None:
    (tmp_path / "more").mkdir()
    _feed("a", 0, 12, age_days=40.0).to_parquet(tmp_path / "feeds.parquet")
    _feed("b", 6, 20, platform="youtube_shorts").to_parquet(tmp_path / "more" / "next.parquet")
    sets = read_manifest(_manifest(tmp_path, ENTRY + NEXT))
    posts = training_posts(tmp_path, sets)
    # The newest week of the second is left out, and the posts that both have count once.
    assert posts["source"].value_counts().to_dict() == {"feeds": 12, "next": 13 - 6}
    assert posts["video_id"].is_unique
    assert posts.loc[posts["source"] == "feeds", "platform"].unique().tolist() == ["tiktok"]
    assert posts.loc[posts["source"] == "next", "platform"].unique().tolist() == ["shorts"]
    assert posts["horizon_days"].iloc[0] == 40.0
    # Whose posts are in both is one creator, so that no split tears them apart.
    assert creator_keys(posts).nunique() == 1


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ('reader = "xls"', "reader of feeds must be one of parquet, kaggle_json, creator_labels"),
        ('kind = "viral"', "kind of feeds must be one of natural, chosen"),
        ('platform = "vine"', "platform of feeds must be one of tiktok, reels, shorts"),
        ('teaches = ["likes"]', "feeds needs a name, a path, and teaches of history"),
    ],
)
def test_a_wrong_entry_is_named(tmp_path: Path, wrong: str, said: str) -> None:
    key = wrong.split(" ")[0]
    lines = [line for line in ENTRY.splitlines() if not line.startswith(key)]
    with pytest.raises(TableError, match=said):
        read_manifest(_manifest(tmp_path, "\n".join([*lines, wrong])))


@pytest.mark.parametrize("text", ["", "[[set]", ENTRY + ENTRY])
def test_a_manifest_that_is_none_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(TableError, match=r"sets\.toml"):
        read_manifest(_manifest(tmp_path, text))
