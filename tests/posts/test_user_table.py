"""What a person's table becomes, and what is said of the rows that cannot be used."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from viral.errors import TableError
from viral.posts.cells import views
from viral.posts.user_table import read_posts


def _written(frame: pd.DataFrame, folder: Path, suffix: str) -> Path:
    path = folder / f"posts{suffix}"
    if suffix == ".parquet":
        frame.to_parquet(path)
    elif suffix == ".json":
        path.write_text(frame.to_json(orient="records"), encoding="utf-8")
    elif suffix == ".jsonl":
        path.write_text(frame.to_json(orient="records", lines=True), encoding="utf-8")
    else:
        frame.to_csv(path, index=False, sep="\t" if suffix == ".tsv" else ",")
    return path


@pytest.mark.parametrize("suffix", [".parquet", ".csv", ".tsv", ".json", ".jsonl"])
def test_every_kind_of_file_says_the_same(tmp_path: Path, suffix: str) -> None:
    frame = pd.DataFrame(
        {
            "video_id": ["7564248807689538834", "7564248807689538835"],
            "followers": [12_000, 5],
            "recent_views": [[900, 1500, 700], []],
            "hashtags": [["FYP", "cats"], []],
            "posted_at": ["2025-03-01T18:30:00+00:00", "2025-03-02T18:30:00+00:00"],
        }
    )
    posts, rejected = read_posts(_written(frame, tmp_path, suffix))
    assert rejected == ()
    assert posts["video_id"].tolist() == ["7564248807689538834", "7564248807689538835"]
    assert posts["followers"].tolist() == [12_000.0, 5.0]
    assert posts["recent_views"].tolist() == [(900.0, 1500.0, 700.0), ()]
    assert posts["hashtags"].tolist() == [("fyp", "cats"), ()]
    assert posts["posted_at"][0] == pd.Timestamp("2025-03-01T18:30Z")


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ([900, 1500], (900.0, 1500.0)),
        (np.array([900, 1500]), (900.0, 1500.0)),
        ("[900, 1500]", (900.0, 1500.0)),
        ("[900 1500]", (900.0, 1500.0)),
        ("900,1500", (900.0, 1500.0)),
        ("900; 1500", (900.0, 1500.0)),
        (["900", None, "1500"], (900.0, 1500.0)),
        (900, (900.0,)),
        (None, ()),
        ("", ()),
        ([], ()),
        (float("nan"), ()),
    ],
)
def test_recent_views_come_in_many_forms(cell: Any, expected: tuple[float, ...]) -> None:
    assert views(cell) == expected


@given(st.lists(st.integers(0, 10**12), max_size=150))
def test_recent_views_keep_the_newest_hundred(counts: list[int]) -> None:
    expected = tuple(map(float, counts))[-100:]
    assert views(counts) == expected
    assert views(json.dumps(counts)) == expected
    assert views(",".join(map(str, counts))) == expected


@given(st.one_of(st.text(max_size=60), st.lists(st.one_of(st.floats(), st.text(max_size=5)))))
def test_any_recent_views_are_read_or_refused_with_a_reason(cell: Any) -> None:
    reason = None
    counts: tuple[float, ...] = ()
    try:
        counts = views(cell)
    except ValueError as error:
        reason = str(error)
    assert reason is None or reason.startswith("is ")
    assert all(np.isfinite(count) and count >= 0 for count in counts)


def test_rejected_rows_are_named_and_the_others_keep_their_order(tmp_path: Path) -> None:
    rows: list[dict[str, Any]] = [
        {"video_id": "a", "followers": 10, "recent_views": [1, 2]},
        {"video_id": "b", "followers": -5},
        {"video_id": "c", "followers": "many"},
        {"video_id": "a", "followers": 10},
        {"followers": 10},
        {"video_id": "d", "recent_views": [1, "x"]},
        {"video_id": "e", "posted_at": "yesterday"},
        {"video_id": "f", "followers": "12,000", "views": "text", "likes": -3},
    ]
    path = tmp_path / "posts.json"
    path.write_text(json.dumps(rows), encoding="utf-8")
    posts, rejected = read_posts(path)
    assert posts["video_id"].tolist() == ["a", "f"]
    assert posts["followers"].tolist() == [10.0, 12_000.0]
    # Outcomes are not looked at, so they are no reason to leave a row out.
    assert np.isnan(posts["views"][1])
    assert np.isnan(posts["likes"][1])
    reasons = {row.row: (row.video_id, row.reason) for row in rejected}
    assert reasons[2] == ("b", "followers is -5, but cannot be negative")
    assert reasons[3] == ("c", "followers is 'many', which is not a number")
    assert reasons[4] == ("a", "its video_id appears in an earlier row")
    assert reasons[5] == (None, "it has no video_id")
    assert reasons[6] == ("d", "recent_views holds an entry that is 'x', which is not a number")
    assert reasons[7] == ("e", "posted_at is 'yesterday', which is not a date")
    assert str(rejected[0]).startswith("Row 2 (b) was left out: followers is -5")


def test_a_table_without_ids_numbers_its_rows(tmp_path: Path) -> None:
    path = tmp_path / "posts.csv"
    path.write_text("followers\n10\n20\n", encoding="utf-8")
    posts, rejected = read_posts(path)
    assert posts["video_id"].tolist() == ["1", "2"]
    assert rejected == ()


def test_the_age_comes_from_the_two_times(tmp_path: Path) -> None:
    path = tmp_path / "posts.csv"
    path.write_text(
        "video_id,posted_at,collected_at\na,2025-01-01,2025-01-08\nb,2025-01-08,2025-01-01\n",
        encoding="utf-8",
    )
    posts, _ = read_posts(path)
    assert posts["horizon_days"][0] == 7.0
    assert np.isnan(posts["horizon_days"][1])


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("posts.csv", "", "is empty"),
        ("posts.csv", "video_id,followers\n", "holds no rows"),
        ("posts.csv", "colour,shape\nred,round\n", "no column of a known name"),
        ("posts.csv", "video_id,followers\na,-1\nb,x\n", "no usable row among 2"),
        ("posts.json", "{", "no readable JSON"),
        ("posts.json", "[1, 2]", "holds no rows"),
        ("posts.parquet", "not parquet", "cannot be read"),
        ("posts.xlsx", "x", "is damaged"),
        ("posts.doc", "x", "no table of a known kind"),
    ],
)
def test_a_useless_file_is_refused_in_one_sentence(
    tmp_path: Path, name: str, content: str, sentence: str
) -> None:
    path = tmp_path / name
    path.write_text(content, encoding="utf-8")
    with pytest.raises(TableError, match=sentence):
        read_posts(path)


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(TableError, match=r"no file nowhere\.csv"):
        read_posts(tmp_path / "nowhere.csv")


def test_hashtags_that_stand_in_the_caption_count_as_listed(tmp_path: Path) -> None:
    frame = pd.DataFrame({"video_id": ["1", "2"], "caption": ["Onions #FYP #onions", None]})
    posts, _ = read_posts(_written(frame, tmp_path, ".csv"))
    assert posts["hashtags"].tolist() == [("fyp", "onions"), None]
