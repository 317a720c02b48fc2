"""`viral explore`: what it refuses, in one line, and what it shows of one's own posts."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from explored_posts import PLANTED, feeds

import viral.ui
from viral.commands.cli import main
from viral.explore import explorer
from viral.explore.selection import Choice

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def served(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """Keep the command from serving, and return what it would have served."""
    seen: dict[str, Any] = {}
    monkeypatch.setattr(viral.ui, "prepare", lambda chosen: None)
    monkeypatch.setattr(viral.ui, "build", lambda chosen, **given: seen.update(given) or "app")
    monkeypatch.setattr(
        viral.ui, "launch", lambda app, chosen, **given: seen.update(given, settings=chosen)
    )
    return seen


@pytest.fixture
def run(served: dict[str, Any], capfd: pytest.CaptureFixture[str]) -> Run:
    def run(*words: str | Path) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as ended:
            main(["explore", *map(str, words)])
        said = capfd.readouterr()
        return int(ended.value.code or 0), said.out, said.err

    return run


def _refused(done: tuple[int, str, str]) -> str:
    code, out, err = done
    assert code == 2
    assert out == ""
    assert len(err.splitlines()) == 1
    assert err.startswith("viral: ")
    assert err.rstrip().endswith(".")
    return err


def _written(posts: pd.DataFrame, path: Path) -> Path:
    posts.drop(columns="recent_views").to_parquet(path)
    return path


@pytest.mark.parametrize(
    ("name", "content", "match"),
    [
        ("posts.parquet", b"not parquet", "posts.parquet"),
        ("posts.xlsx", b"", "is damaged"),
        ("posts.csv", b"", "posts.csv"),
        ("posts.csv", b"video_id,caption\n1,a\n2,b\n", "needs a column views"),
        ("posts.csv", b"video_id,views\n1,10\n2,20\n", "has 2 posts with views"),
        ("posts.json", b'[{"video_id": "1", "views": 5}', "posts.json"),
    ],
)
def test_what_cannot_be_explored_is_one_line(
    run: Run, tmp_path: Path, name: str, content: bytes, match: str
) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    assert match in _refused(run(path))


def test_a_file_that_is_not_there_is_one_line(run: Run, tmp_path: Path) -> None:
    assert "no file nothing.parquet" in _refused(run(tmp_path / "nothing.parquet"))
    assert "explore --help" in _refused(run("--port", "99999999"))


def test_damaged_aggregates_are_one_line(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(explorer, "SHIPPED", tmp_path / "explore.json")
    explorer.shipped.cache_clear()
    try:
        assert "run `make explore`" in _refused(run())
    finally:
        explorer.shipped.cache_clear()


def test_ones_own_posts_are_shown_with_their_own_hashtags(
    run: Run, served: dict[str, Any], tmp_path: Path
) -> None:
    posts = feeds(creators=1, posts=200)
    posts.loc[0, "followers"] = -5
    code, out, err = run(_written(posts, tmp_path / "posts.parquet"), "--port", "7999")
    assert (code, out) == (0, "")
    assert err.startswith("Row 1 (0) was left out: followers is -5")
    assert served["first"] == "explore"
    assert served["settings"].port == 7999
    assert served["in_browser"]
    found = served["explorer"]()
    assert found.own
    shown = found.selection(Choice())
    assert (shown.posts, shown.creators) == (199, 1)
    assert {one.name for one in shown.hashtags.shown} == {PLANTED, "idle"}


def test_without_posts_the_shipped_aggregates_are_shown(run: Run, served: dict[str, Any]) -> None:
    assert run("--no-open") == (0, "", "")
    assert not served["explorer"]().own
    assert not served["in_browser"]


def test_features_of_ones_clips_set_the_top_tenth_apart(
    run: Run, served: dict[str, Any], tmp_path: Path
) -> None:
    posts = feeds(creators=5, posts=100, lift=0.0, spread=0.2)
    level = np.log10(posts["views"] + 1).groupby(posts["creator"]).transform("median")
    lift = np.log10(posts["views"] + 1) - level
    features = pd.DataFrame({"video_id": posts["video_id"], "audio.tempo_bpm": 120 + 40 * lift})
    # In another order, and with a clip of no post.
    features = features.sample(frac=1.0, random_state=0)
    features.loc[len(features)] = ["nobody's", 60.0]
    features.to_parquet(tmp_path / "features.parquet")
    path = _written(posts, tmp_path / "posts.parquet")
    code, _, err = run(path, "--features", tmp_path / "features.parquet")
    assert (code, err) == (0, "")
    contrasts = served["explorer"]().selection(Choice()).contrasts
    tempo = next(one for one in contrasts if one.modality == "audio")
    assert tempo.feature == "tempo_bpm"
    assert tempo.low > 1
    assert tempo.top > 124 > tempo.rest


@pytest.mark.parametrize(
    ("table", "match"),
    [
        (pd.DataFrame({"video_id": ["1"]}), "holds no features"),
        (pd.DataFrame({"audio.tempo_bpm": [1.0]}), "holds no features"),
        (pd.DataFrame({"video_id": ["x"], "audio.tempo_bpm": [1.0]}), "no clip of these posts"),
        (None, "cannot be read as parquet"),
    ],
)
def test_features_of_other_posts_are_refused(
    run: Run, tmp_path: Path, table: pd.DataFrame | None, match: str
) -> None:
    features = tmp_path / "features.parquet"
    if table is None:
        features.write_bytes(b"PAR1")
    else:
        table.to_parquet(features)
    path = _written(feeds(creators=2, posts=20), tmp_path / "posts.parquet")
    assert match in _refused(run(path, "--features", features))
    assert "name it" in _refused(run("--features", features))
