"""The score reproduces its published values and behaves as a score should."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from viral.model import virality as v


def _posts(seed: int = 0, n: int = 400) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    views = np.round(10 ** rng.normal(4, 1, n))
    return pd.DataFrame(
        {
            "views": views,
            "likes": np.round(views * rng.uniform(0.02, 0.2, n)),
            "comments": np.round(views * rng.uniform(0, 0.01, n)),
            "shares": np.round(views * rng.uniform(0, 0.01, n)),
            "followers": np.round(10 ** rng.normal(4, 1, n)),
        }
    )


def test_formula_by_hand() -> None:
    posts = pd.DataFrame(
        {"views": [1.0, 2, 3], "likes": [1.0, 2, 3], "comments": [3.0, 2, 1], "shares": [1.0, 3, 2]}
    )
    weights = v.correlation_weights(posts)
    assert weights.to_dict() == pytest.approx({"likes": 0.0, "comments": 2.0, "shares": 0.5})
    assert v.virality(posts, weights) == pytest.approx([7.5, 7.5, 6.0])


@pytest.mark.shared
def test_golden_values_of_the_published_set(data_dir: Path) -> None:
    raw = json.loads((data_dir / "trending_2020" / "trending.json").read_text(encoding="utf-8"))
    names = {"views": "playCount", "likes": "diggCount"}
    names |= {"comments": "commentCount", "shares": "shareCount"}
    posts = pd.DataFrame({k: [p[n] for p in raw["collector"]] for k, n in names.items()})
    posts.index = pd.Index([str(p["id"]) for p in raw["collector"]])
    weights = v.correlation_weights(posts)
    assert weights.to_dict() == pytest.approx(
        {"likes": 1 - 0.979589, "comments": 1 - 0.913404, "shares": 1 - 0.773965}, abs=1e-6
    )
    score = pd.Series(v.virality(posts, weights), index=posts.index)
    assert score["6907228749016714497"] == pytest.approx(44892.91659380298, rel=1e-12)
    assert score["6875468410612993286"] == pytest.approx(839728.6751695895, rel=1e-12)
    assert score["6898699405898059010"] == pytest.approx(15326225.2482138, rel=1e-12)


def test_unknown_counts_add_nothing_and_unknown_views_stay_unknown() -> None:
    posts = pd.DataFrame(
        {"views": [100.0, np.nan], "likes": [np.nan, 5], "comments": [1.0, 1], "shares": [0.0, 0]}
    )
    score = v.virality(posts, v.ViralityWeights(1.0, 2.0, 3.0))
    assert score[0] == 102.0
    assert np.isnan(score[1])


def test_a_count_that_never_varies_gets_no_weight() -> None:
    posts = _posts().assign(shares=7.0)
    assert v.correlation_weights(posts).shares == 0.0


def test_too_few_posts_for_a_correlation_are_refused() -> None:
    with pytest.raises(ValueError, match="3 or more"):
        v.correlation_weights(_posts(n=2))


def test_learned_weights_find_the_count_that_says_what_comes_next() -> None:
    posts = _posts()
    posts["shares"] = np.random.default_rng(1).uniform(1, 1000, len(posts))
    following = 10 * (posts["views"] + 100 * posts["shares"])
    learned = v.learned_weights(posts, following.to_numpy())
    assert learned.shares == 100.0


def test_scores_by_name() -> None:
    posts = _posts()
    weights = v.correlation_weights(posts)
    assert np.allclose(v.score_of(posts, "views", weights), np.log10(posts["views"]))
    per_follower = v.score_of(posts, "per_follower", weights)
    assert np.allclose(
        per_follower, v.score_of(posts, "formula", weights) - np.log10(posts["followers"])
    )
    with pytest.raises(ValueError, match="formula, views"):
        v.score_of(posts, "likes", weights)


@given(st.integers(0, 10**9), st.integers(0, 10**8), st.integers(1, 10**6))
def test_more_of_any_count_never_lowers_the_score(views: int, likes: int, more: int) -> None:
    weights = v.ViralityWeights(0.02, 0.1, 0.2)
    base = {"views": [views], "likes": [likes], "comments": [3], "shares": [2]}
    for name in base:
        raised = {**base, name: [base[name][0] + more]}
        assert v.virality(raised, weights)[0] >= v.virality(base, weights)[0]
