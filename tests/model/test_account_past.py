"""One clip with an account is predicted as the row of a table that holds the account's posts."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from viral.batch.predict_table import predict_file
from viral.modalities import context, text
from viral.model import explained
from viral.model.prediction import Prediction
from viral.model.store import shipped_model
from viral.posts.accounts.account import Account
from viral.posts.accounts.account_json import account_from_json
from viral.posts.accounts.posting import details_with
from viral.posts.accounts.reading import account_of

CREATORS = 24
TAGS = ("#cooking", "#onions", "#fyp", "#Knife")
COUNTS = {"likes": 0.08, "comments": 0.004, "shares": 0.002, "saves": 0.01}
FIRST = datetime(2026, 1, 5, tzinfo=UTC)

Rows = list[dict[str, Any]]


def _caption(rng: np.random.Generator) -> str | None:
    tags = [tag for tag in TAGS if rng.random() < 0.5]
    return None if rng.random() < 0.15 else " ".join(["Onions again", *tags])


def _posts(rng: np.random.Generator, count: int) -> Rows:
    """Return posts of one account, the oldest first; some of one day, some not wholly known."""
    moment = FIRST
    rows = []
    for _ in range(count):
        # Exports that tell days alone have several posts at one time.
        moment += timedelta(hours=float(rng.choice([0, 5, 24, 31, 100])))
        views = float(round(10 ** rng.normal(3.5, 0.6)))
        row: dict[str, Any] = {"posted_at": moment, "views": views, "caption": _caption(rng)}
        for name, share in COUNTS.items():
            known = rng.random() < (0.9 if name == "likes" else 0.6)
            row[name] = float(rng.poisson(views * share)) if known else None
        row["duration_s"] = None if rng.random() < 0.1 else float(rng.integers(5, 60))
        row["sound"] = [None, "original", "Some song"][rng.integers(3)]
        rows.append(row)
    return rows


def _table(posts: Rows, draft: dict[str, Any], creator: str) -> Rows:
    """Return them as rows of a table to predict, each with the views of those before it."""
    views = [post["views"] for post in posts]
    return [
        {
            **{name: value for name, value in row.items() if name != "sound"},
            "video_id": f"{creator}-{place}",
            "creator": creator,
            "sound_name": row["sound"],
            "recent_views": str(views[:place][-100:]),
            "followers": draft["followers"],
            "platform": "tiktok",
            "horizon_days": 30.0,
        }
        for place, row in enumerate([*posts, draft])
    ]


def _draft(rng: np.random.Generator, posts: Rows, *, told: bool) -> dict[str, Any]:
    last = posts[-1]["posted_at"] if posts else FIRST
    hours = float(rng.integers(1, 200))
    return {
        "posted_at": last + timedelta(hours=hours) if told else None,
        "caption": _caption(rng),
        "duration_s": float(rng.integers(5, 60)),
        "sound": [None, "original", "Some song"][rng.integers(3)],
        "followers": float(rng.integers(100, 10**6)),
    }


def _single(account: Account, draft: dict[str, Any]) -> Prediction:
    names = ("posted_at", "caption", "sound")
    details = details_with(account, **{name: draft[name] for name in names})
    features = {
        "text": text.extract(details),
        "context": context.extract(details, duration_s=draft["duration_s"], width=0, height=0),
    }
    return explained.predict(shipped_model(), features, details)


@pytest.fixture(scope="module")
def cases() -> list[tuple[Rows, dict[str, Any], str]]:
    rng = np.random.default_rng(17)
    sizes = [0, 1, 2, 31, 32, 130, *rng.integers(3, 40, CREATORS - 6).tolist()]
    made = []
    for number, size in enumerate(sizes):
        posts = _posts(rng, size)
        made.append((posts, _draft(rng, posts, told=number % 2 == 0), f"c{number}"))
    return made


@pytest.fixture(scope="module")
def rows(
    cases: list[tuple[Rows, dict[str, Any], str]], tmp_path_factory: pytest.TempPathFactory
) -> pd.DataFrame:
    path = tmp_path_factory.mktemp("table") / "posts.csv"
    frame = pd.DataFrame([row for case in cases for row in _table(*case)])
    frame.to_csv(path, index=False)
    return predict_file(path).predictions.set_index("video_id")


def test_a_clip_with_its_account_equals_the_row_among_the_accounts_posts(
    cases: list[tuple[Rows, dict[str, Any], str]], rows: pd.DataFrame
) -> None:
    for posts, draft, creator in cases:
        said = [
            {
                **{name: value for name, value in post.items() if value is not None},
                "posted_at": post["posted_at"].isoformat(),
            }
            for post in posts
        ]
        account = account_from_json(
            {"posts": said, "followers": draft["followers"], "platform": "tiktok"}
        )
        found = _single(account, draft)
        row = rows.loc[f"{creator}-{len(posts)}"]
        for name in ("views", "likes", "comments", "shares", "saves"):
            interval = getattr(found, name)
            for end in ("low", "median", "high"):
                assert getattr(interval, end) == pytest.approx(
                    row[f"{name}_{end}"], rel=1e-9, abs=1e-9
                ), (creator, name, end)


def test_the_accounts_posts_are_told_of_at_a_time_that_is_known_and_at_one_that_is_not(
    cases: list[tuple[Rows, dict[str, Any], str]],
) -> None:
    posts, draft, _ = next(case for case in cases if len(case[0]) == 32)
    account = account_from_json(
        {"posts": [{**p, "posted_at": p["posted_at"].isoformat()} for p in posts]}
    )
    told = {**draft, "posted_at": posts[-1]["posted_at"] + timedelta(days=3)}
    values = {}
    for name, moment in (("told", told["posted_at"]), ("untold", None)):
        details = details_with(account, caption="#onions", sound="original", posted_at=moment)
        values[name] = context.extract(details, duration_s=14.0, width=0, height=0).values
    assert values["told"]["recent_gap"] == pytest.approx(np.log10(3.0))
    assert np.isnan(values["untold"]["recent_gap"])
    # What does not hang on the time is the same without it.
    for name in ("usual_gap", "tag_lift", "sound_lift", "duration_lift", "duration_change"):
        assert values["told"][f"recent_{name}"] == values["untold"][f"recent_{name}"]
        assert np.isfinite(values["told"][f"recent_{name}"])
    assert values["told"]["recent_hour_lift"] != 0.0 == values["untold"]["recent_hour_lift"]


def test_an_export_says_what_its_json_says(
    cases: list[tuple[Rows, dict[str, Any], str]], tmp_path: Path
) -> None:
    posts, draft, _ = next(case for case in cases if len(case[0]) == 31)
    path = tmp_path / "export.csv"
    frame = pd.DataFrame(posts).rename(columns={"sound": "sound_name"}).iloc[::-1]
    frame["video_id"] = [f"post-{place}" for place in range(len(frame))]
    frame.assign(followers=draft["followers"], platform="tiktok").to_csv(path, index=False)
    read = account_of(path)
    said = [{**post, "posted_at": post["posted_at"].isoformat()} for post in posts]
    told = account_from_json(
        {"posts": said, "followers": draft["followers"], "platform": "tiktok", "name": "export"}
    )
    assert read.account == told
    assert _single(read.account, draft) == _single(told, draft)
