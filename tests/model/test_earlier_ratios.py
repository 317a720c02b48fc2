"""Likes, comments and shares as the creator's own earlier posts had them, and who may say so."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from viral.model.engagement import OwnRatios, fit_prior, own_ratios, split
from viral.model.store import shipped_model
from viral.model.virality import ENGAGEMENTS, ViralityWeights
from viral.posts.earlier_posts import with_compared_past
from viral.posts.history import with_past
from viral.posts.schema import OUTCOMES, in_schema

SHARE = {"likes": 0.2, "comments": 0.004, "shares": 0.001}


def _feed(posts: int = 8) -> pd.DataFrame:
    """Return one creator's posts whose viewers always like, comment and share alike."""
    views = np.round(10.0 ** np.linspace(4.0, 5.0, posts))
    frame = pd.DataFrame(
        {
            "video_id": [f"p{number}" for number in range(posts)],
            "creator": "somebody",
            "posted_at": pd.date_range("2026-01-01", periods=posts, freq="3D", tz="UTC"),
            "followers": 50_000.0,
            "duration_s": 12.0,
            "views": views,
            **{name: views * share for name, share in SHARE.items()},
        }
    )
    return with_past(in_schema(frame)[0])


def _last(posts: pd.DataFrame) -> pd.DataFrame:
    return with_compared_past(posts).iloc[[-1]].reset_index(drop=True)


def test_ratios_of_earlier_posts_are_read_off_the_table() -> None:
    own = own_ratios(_last(_feed()))
    for name, share in SHARE.items():
        assert own[name].log_ratio[0] == pytest.approx(np.log10(share), abs=0.01)
        assert own[name].posts[0] == 7


def test_a_post_s_own_counts_and_later_ones_are_not_looked_at() -> None:
    posts = _feed()
    changed = posts.copy()
    for name in ENGAGEMENTS:
        changed.loc[4:, name] = 1.0
    columns = [column for column in with_compared_past(posts) if column.startswith("past_")]
    expected = with_compared_past(posts)[columns].iloc[:5]
    pd.testing.assert_frame_equal(with_compared_past(changed)[columns].iloc[:5], expected)


def test_posts_that_the_row_does_not_know_are_not_its_past() -> None:
    posts = _feed()
    posts["recent_views"] = [tuple(v + 1.0 for v in views) for views in posts["recent_views"]]
    assert with_compared_past(posts)["past_likes_ratio"].isna().all()


def test_a_row_may_give_the_counts_as_lists() -> None:
    row = pd.DataFrame(
        {
            "video_id": ["x"],
            "recent_views": [[1000, 2000, 4000]],
            "recent_likes": [[100, 200, 400]],
            "recent_shares": [[]],
            "recent_comments": ["30"],
        }
    )
    own = own_ratios(with_compared_past(in_schema(row)[0]))
    assert own["likes"].log_ratio[0] == pytest.approx(-1.0)
    assert own["likes"].posts[0] == 3
    # Fewer counts than views are those of the newest posts.
    assert own["comments"].log_ratio[0] == pytest.approx(np.log10(30 / 4000))
    assert own["comments"].posts[0] == 1
    assert np.isnan(own["shares"].log_ratio[0])


@given(
    st.floats(-6, 0), st.floats(-6, 0), st.integers(0, 100), st.integers(0, 100), st.floats(0.1, 50)
)
def test_more_posts_of_one_s_own_weigh_more(
    own: float, comparable: float, few: int, more: int, prior: float
) -> None:
    few, more = sorted((few, more))
    ratios = OwnRatios(np.full(2, own), np.array([few, more], dtype=float))
    blended = ratios.blended(np.full(2, comparable), prior)
    assert abs(blended[1] - own) <= abs(blended[0] - own) + 1e-12
    assert min(own, comparable) - 1e-12 <= blended.min()
    assert blended.max() <= max(own, comparable) + 1e-12


def test_where_creators_stay_the_same_their_own_ratios_are_trusted() -> None:
    random = np.random.default_rng(0)
    usual = random.normal(-1.0, 0.4, 500)
    target = usual + random.normal(0.0, 0.1, 500)
    own = OwnRatios(usual, np.full(500, 5.0))
    strangers = OwnRatios(random.permutation(usual), np.full(500, 5.0))
    comparable = np.full(500, -1.0)
    assert fit_prior(own, comparable, target) < 2.0
    assert fit_prior(strangers, comparable, target) > 10.0


def test_the_split_adds_up_to_the_score() -> None:
    weights = ViralityWeights(likes=0.2, comments=0.5, shares=0.4)
    virality = np.array([10.0, 1e6])
    ratios = {name: np.log10(np.full(2, share)) for name, share in SHARE.items()}
    parts = split(virality, ratios, weights)
    total = parts["views"] + sum(getattr(weights, name) * parts[name] for name in ENGAGEMENTS)
    assert total == pytest.approx(virality, rel=1e-12)


def test_a_creator_whose_viewers_like_more_is_told_so() -> None:
    posts = _feed()
    fewer = posts.assign(**{name: posts[name] / 4 for name in ENGAGEMENTS})
    model = shipped_model()
    liked, plain = (model.predict_table(_last(table)) for table in (posts, fewer))
    for name in ENGAGEMENTS:
        times = float(liked[f"{name}_median"][0] / plain[f"{name}_median"][0])
        assert 2.0 < times <= 4.5
    assert float(liked["views_median"][0] / plain["views_median"][0]) == pytest.approx(1.0, abs=0.1)


def test_without_lists_a_prediction_does_not_look_at_outcomes() -> None:
    posts = _feed()
    posts["recent_views"] = pd.Series([()] * len(posts), dtype=object)
    blind = posts.assign(**dict.fromkeys(OUTCOMES, np.nan))
    model = shipped_model()
    seen, unseen = (model.predict_table(with_compared_past(table)) for table in (posts, blind))
    pd.testing.assert_frame_equal(seen, unseen)


def test_the_order_of_rows_and_their_company_change_no_prediction() -> None:
    posts = _feed()
    model = shipped_model()
    together = model.predict_table(with_compared_past(posts)).set_index("video_id")
    order = np.random.default_rng(0).permutation(len(posts))
    shuffled = posts.iloc[order].reset_index(drop=True)
    again = model.predict_table(with_compared_past(shuffled)).set_index("video_id")
    pd.testing.assert_frame_equal(again.loc[together.index], together)
    first = posts.iloc[[0]].reset_index(drop=True)
    alone = model.predict_table(with_compared_past(first)).set_index("video_id")
    pd.testing.assert_frame_equal(alone, together.loc[["p0"]])
