"""benchmarks/leaderboard: honest splits, rules for submissions, tables as measured."""

from __future__ import annotations

import json
import re
import sys
import tomllib
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from types import ModuleType, SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from project_root import PROJECT_ROOT

from viral.errors import TableError
from viral.posts.published_sets import post_sets
from viral.posts.splits import creator_keys

FOLDER = PROJECT_ROOT / "benchmarks" / "leaderboard"
MODULES = ("protocols", "scoring", "methods", "leaderboard")


@pytest.fixture(scope="module")
def board() -> Iterator[SimpleNamespace]:
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(FOLDER))
        modules: dict[str, ModuleType] = {name: import_module(name) for name in MODULES}
        yield SimpleNamespace(**modules)
        for name in MODULES:
            sys.modules.pop(name)


@pytest.fixture(scope="module")
def posts() -> pd.DataFrame:
    """Return 60 accounts with 20 posts each, a third of them small and of today."""
    rng = np.random.default_rng(3)
    tables = []
    for creator in range(60):
        small = creator % 3 == 0
        level = rng.uniform(2.0, 3.0) if small else rng.uniform(3.5, 5.5)
        views = np.round(10.0 ** (level + rng.normal(0.0, 0.3, 20)))
        start = pd.Timestamp("2025-06-01" if small else "2019-06-01", tz="UTC")
        tables.append(
            pd.DataFrame(
                {
                    "source": "denmark_2026" if small else "creators_2020",
                    "video_id": [f"{creator}-{number}" for number in range(20)],
                    "creator": f"creator {creator}",
                    "posted_at": start + pd.to_timedelta(np.arange(20) * 7 + creator, unit="D"),
                    "followers": 10.0**level,
                    "views": views,
                    "likes": views / 10,
                    "comments": views / 100,
                    "shares": views / 200,
                    "saves": np.nan,
                    "collected_at": start,
                    "recent_views": [tuple(views[max(0, n - 10) : n]) for n in range(20)],
                }
            )
        )
    return pd.concat(tables, ignore_index=True)


def test_no_side_knows_the_other(board: SimpleNamespace, posts: pd.DataFrame) -> None:
    asked = board.protocols.protocols(posts)
    assert set(asked) == set(board.leaderboard.TITLES)
    keys = creator_keys(posts).to_numpy()
    for name, one in asked.items():
        assert one.asked.any()
        assert not (one.asked & one.learnt).any()
        if name == "later_posts":
            newest_learnt = posts.loc[one.learnt, "posted_at"].max()
            assert newest_learnt < posts.loc[one.asked, "posted_at"].min()
        else:
            assert not set(keys[one.asked]) & set(keys[one.learnt])
    small = posts[asked["small_accounts_today"].asked]
    assert (small["followers"] < 10_000).all()
    assert (small["posted_at"] >= "2025-01-01").all()


def test_what_became_of_a_post_is_not_in_what_is_asked(
    board: SimpleNamespace, posts: pd.DataFrame
) -> None:
    for one in board.protocols.protocols(posts).values():
        table = board.protocols.task_table(posts, one)
        asked = table["side"] == "ask"
        assert asked.sum() == one.asked.sum()
        assert table.loc[asked, ["views", "likes", "comments", "shares"]].isna().all(axis=None)
        assert table.loc[~asked, "views"].notna().all()


def perfect(board: SimpleNamespace, posts: pd.DataFrame, name: str) -> pd.DataFrame:
    one = board.protocols.protocols(posts)[name]
    asked = posts[one.asked]
    views = asked["views"].to_numpy()
    ranges = np.column_stack([views, views, views])
    return board.methods.submitted(asked, one, ranges)


@pytest.mark.parametrize("name", ["unseen_creators", "lift"])
def test_who_says_what_happened_is_right(
    board: SimpleNamespace, posts: pd.DataFrame, tmp_path: Path, name: str
) -> None:
    path = tmp_path / "mine.csv"
    perfect(board, posts, name).sample(frac=1.0, random_state=1).to_csv(path, index=False)
    submission = board.scoring.read_submission(path)
    found = board.scoring.score(submission, posts, board.protocols.protocols(posts)[name])
    assert found["mae"] == pytest.approx(0.0, abs=1e-9)
    assert found["r2"] == pytest.approx(1.0)
    assert found["coverage"] == 1.0
    assert found["typical_miss_factor"] == pytest.approx(1.0)


def test_knowing_the_account_earns_nothing_in_lift(
    board: SimpleNamespace, posts: pd.DataFrame
) -> None:
    asked = board.protocols.protocols(posts)
    rule = board.methods.mean_of_last_five
    level, lift = (
        board.scoring.score(board.methods.by_rule(rule, posts, asked[name]), posts, asked[name])
        for name in ("unseen_creators", "lift")
    )
    assert level["r2"] > 0.5
    assert lift["r2"] < 0.1
    assert "spearman" not in lift
    assert lift["mae"] == pytest.approx(level["mae"])
    assert 0.6 < level["coverage"] < 0.95


@pytest.mark.parametrize(
    ("spoilt", "sentence"),
    [
        (lambda t: t.iloc[1:], "1 of .* posts are missing"),
        (lambda t: pd.concat([t, t.iloc[:1]]), "named twice"),
        (lambda t: pd.concat([t, t.iloc[:1].assign(video_id="new")]), "1 posts are not asked"),
        (lambda t: t.assign(low=t["high"] + 1), "no range"),
        (lambda t: t.assign(median=np.nan), "no range"),
        (lambda t: t.assign(high="many"), "not numbers"),
        (lambda t: t.drop(columns="high"), "lacks the columns high"),
    ],
)
def test_a_submission_that_breaks_the_rules_is_refused(
    board: SimpleNamespace, posts: pd.DataFrame, tmp_path: Path, spoilt: object, sentence: str
) -> None:
    path = tmp_path / "mine.csv"
    spoilt(perfect(board, posts, "lift")).to_csv(path, index=False)  # type: ignore[operator]
    asked = board.protocols.protocols(posts)["lift"]

    def scored() -> None:
        board.scoring.score(board.scoring.read_submission(path), posts, asked)

    with pytest.raises(TableError, match=sentence) as refused:
        scored()
    assert len(str(refused.value).splitlines()) == 1


def test_the_tables_are_those_that_were_measured(board: SimpleNamespace) -> None:
    results = json.loads((FOLDER / "results.json").read_text(encoding="utf-8"))
    assert board.leaderboard.README.read_text(encoding="utf-8") == board.leaderboard.fresh_readme(
        results
    )
    assert set(results) == {*board.methods.RULES, "viral"}
    assert all(set(found) == set(board.leaderboard.TITLES) for found in results.values())


def test_every_set_is_named_with_its_hash() -> None:
    sources = tomllib.loads((FOLDER / "sources.toml").read_text(encoding="utf-8"))["source"]
    assert {source["path"] for source in sources} == {str(one.path) for one in post_sets()}
    for source in sources:
        assert re.fullmatch(r"[0-9a-f]{64}", source["sha256"])
        assert len(source["what"]) > 20


@pytest.mark.shared
def test_the_sets_beside_the_project_are_those(
    board: SimpleNamespace, data_dir: Path, tmp_path: Path
) -> None:
    board.protocols.checked_sources(data_dir)
    with pytest.raises(TableError, match="is missing"):
        board.protocols.checked_sources(tmp_path)
