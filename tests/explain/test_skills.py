"""Each modality alone: its own prediction, and the skill that is published beside it."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import spearmanr

from viral.explain.skills import JOINT, Skill, alone, known_of, pairs_right, read_skills, skills
from viral.media.clip import ClipFacts
from viral.modalities import NAMES, context, text
from viral.model import explained
from viral.model.store import shipped_model
from viral.pipeline import Analysis
from viral.posts.details import post_details
from viral.settings import Settings

FIGURES: dict[str, Any] = {
    "unseen creators": {
        "history": {
            "model": {"spearman": 0.9, "interval": {"spearman": [0.88, 0.92]}, "posts": 7000},
            "others": {"account alone": {"spearman": 0.89}},
        }
    },
    "trending": {
        "methods": {
            "captions alone": {
                "spearman": 0.2,
                "interval": {"spearman": [0.15, 0.25]},
                "posts": 1000,
                "creators": 800,
            }
        }
    },
    "clips": {
        "methods": {
            "text": {"spearman": -0.2, "interval": {"spearman": [-0.4, 0.2]}, "posts": 29},
            "visual": {"spearman": 0.22, "interval": {"spearman": [-0.1, 0.5]}, "posts": 29},
        }
    },
}


FACTS = ClipFacts(
    sha256="0" * 64,
    file_bytes=1000,
    container="mov,mp4",
    duration_s=14.6,
    video_codec="h264",
    audio_codec=None,
    width=576,
    height=1024,
    rotation_deg=0,
    frame_rate_hz=30.0,
    packet_times_s=np.zeros(0),
    packet_bytes=np.zeros(0),
    keyframe_times_s=np.zeros(0),
)


def looked_at(caption: str | None = "Wait for the end #fyp #comedy", **typed: Any) -> Analysis:
    details = post_details(caption=caption, **typed)
    features = {
        "text": text.extract(details),
        "context": context.extract(details, duration_s=14.6, width=576, height=1024),
    }
    return Analysis(
        facts=FACTS,
        thumbnails=np.zeros((0, 0, 0, 3), np.uint8),
        thumbnail_times_s=np.zeros(0),
        measurements={},
        details=details,
        keep=None,
        features=features,
        prediction=explained.predict(shipped_model(), features, details),
    )


@pytest.mark.parametrize(
    "typed", [{"recent_views": [900, 1500, 700]}, {"followers": 12_000}, {}], ids=str
)
def test_the_account_alone_is_the_model_without_content(typed: dict[str, Any]) -> None:
    seen = looked_at(**typed)
    model = shipped_model()
    found = alone(model, seen)
    bare = explained.predict(model, {"context": seen.features["context"]}, seen.details)
    assert [part.modality for part in found] == ["context", *(n for n in NAMES if n != "context")]
    assert found[0].views == pytest.approx(bare.views.median, rel=1e-9)
    assert found[0].weight == 1.0


def test_a_part_alone_multiplies_the_account_by_its_whole_lift() -> None:
    seen = looked_at(followers=5_000)
    found = {part.modality: part for part in alone(shipped_model(), seen)}
    words, account = found["text"], found["context"]
    assert words.log_lift is not None
    assert words.views == pytest.approx(account.views * 10**words.log_lift, rel=1e-6)
    # The joint prediction takes only a part of it.
    joint = seen.prediction.views.median
    assert 0 < words.weight < 1
    assert abs(math.log10(joint / account.views)) < abs(words.log_lift) + 0.05


def test_what_is_not_there_predicts_nothing() -> None:
    found = {part.modality: part for part in alone(shipped_model(), looked_at(caption=None))}
    for name in ("visual", "audio", "speech", "text"):
        assert not found[name].present
        assert found[name].views is None
        assert found[name].log_lift is None


@pytest.mark.parametrize(
    ("typed", "known"),
    [
        ({"recent_views": [1, 2], "followers": 3}, "history"),
        ({"followers": 3}, "followers only"),
        ({}, "nothing"),
    ],
)
def test_the_skill_is_that_of_what_is_known(typed: dict[str, Any], known: str) -> None:
    assert known_of(looked_at(**typed)) == known


@given(st.floats(-1, 1))
def test_a_rank_correlation_becomes_a_share_of_pairs(spearman: float) -> None:
    share = pairs_right(spearman)
    assert 0 <= share <= 1
    assert share + pairs_right(-spearman) == pytest.approx(1.0)
    assert (share > 0.5) == (spearman > 0) or math.isclose(share, 0.5)


@pytest.mark.parametrize("pearson", [0.0, 0.3, 0.9])
def test_the_share_of_pairs_is_right_for_normal_variables(pearson: float) -> None:
    rng = np.random.default_rng(1)
    both = rng.multivariate_normal([0, 0], [[1, pearson], [pearson, 1]], 40_000)
    first, second = both[::2], both[1::2]
    right = np.mean((first[:, 0] > second[:, 0]) == (first[:, 1] > second[:, 1]))
    assert pairs_right(spearmanr(*both.T).statistic) == pytest.approx(right, abs=0.01)


def test_the_skills_come_from_the_published_figures() -> None:
    found = skills(FIGURES, "history")
    assert found[JOINT] == Skill(0.9, 0.88, 0.92, 7000)
    assert found["context"].spearman == 0.89
    assert found["context"].measurable
    assert found["text"].posts == 1000  # the protocol with more creators
    assert found["text"].measurable
    assert not found["visual"].measurable  # its interval holds guessing
    assert set(found) == {JOINT, "context", "text", "visual"}


@pytest.mark.parametrize("known", ["history", "account", "followers only", "nothing"])
def test_the_shipped_model_has_a_skill_for_all_that_was_measured(known: str) -> None:
    found = read_skills(Settings().model_dir, known)
    # Speech has too few clips to be measured at all.
    assert set(found) == {JOINT, "context", "visual", "audio", "text"}
    assert found["context"].measurable
    assert found["text"].posts == 1000  # not the few clips of one creator


@pytest.mark.parametrize(
    "figures",
    [
        {},
        {"trending": None},
        {"trending": {"methods": {"captions alone": {"spearman": None}}}},
        {"clips": []},
    ],
)
def test_figures_that_are_not_there_are_left_out(figures: dict[str, Any]) -> None:
    assert skills(figures, "history") == {}


@pytest.mark.parametrize("content", [None, "", "{not json", "[1]"])
def test_a_damaged_file_gives_no_skill(content: str | None, tmp_path: Path) -> None:
    if content is not None:
        (tmp_path / "evaluation.json").write_text(content, encoding="utf-8")
    assert read_skills(tmp_path, "history") == {}


def test_the_file_is_read_as_it_stands(tmp_path: Path) -> None:
    (tmp_path / "evaluation.json").write_text(json.dumps(FIGURES), encoding="utf-8")
    assert read_skills(tmp_path, "history") == skills(FIGURES, "history")
