"""What the likes and shares of a creator's earlier posts say, from a table and from lists."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from viral.modalities import context
from viral.posts.details import post_details
from viral.posts.earlier_posts import with_compared_past
from viral.posts.engagement_ratios import PAST_TRENDS, told_trends
from viral.posts.history import with_past
from viral.posts.schema import in_schema

TRENDS = [name for name in PAST_TRENDS if name.startswith("past_likes")]
FEATURES = [name.replace("past_", "recent_", 1) for name in PAST_TRENDS]


def _feed(likes: list[float], views: list[float]) -> pd.DataFrame:
    frame = pd.DataFrame(
        {
            "video_id": [f"p{number}" for number in range(len(views))],
            "creator": "somebody",
            "posted_at": pd.date_range("2026-01-01", periods=len(views), freq="12h", tz="UTC"),
            "views": views,
            "likes": likes,
            "shares": [value / 10 for value in likes],
        }
    )
    return with_compared_past(with_past(in_schema(frame)[0]))


def test_the_last_posts_are_set_beside_the_usual() -> None:
    # Ten posts that a tenth liked, then one that half liked, then the post that is asked about.
    last = _feed([100.0] * 10 + [500.0, 1.0], [1000.0] * 12).iloc[-1]
    usual = (9 * -1.0 + np.log10(0.5)) / 10
    assert last["past_likes_usual"] == pytest.approx(usual)
    assert last["past_likes_last_change"] == pytest.approx(np.log10(0.5) - usual)
    assert last["past_likes_latest_change"] == pytest.approx((np.log10(0.5) - 2) / 3 - usual)
    assert last["past_likes_longer_change"] == pytest.approx((np.log10(0.5) - 10) / 11 - usual)
    # All went equally far, so nothing is known of those that went further.
    assert last["past_likes_slope"] == 0.0


def test_likes_that_fall_behind_the_views_are_a_falling_slope() -> None:
    views = [100.0, 10_000.0] * 5 + [1.0]
    alike = _feed([value / 10 for value in views], views).iloc[-1]
    fewer = _feed([10.0, 100.0] * 5 + [0.0], views).iloc[-1]
    assert alike["past_likes_slope"] == pytest.approx(0.0)
    # A hundred times the views with a tenth of the likes per view is half a power of ten for each.
    assert -0.5 < fewer["past_likes_slope"] < -0.45


def test_a_post_s_own_likes_and_later_ones_are_not_looked_at() -> None:
    views, likes = [1000.0] * 8, [100.0, 50.0, 200.0, 80.0, 90.0, 10.0, 30.0, 100.0]
    changed = [*likes[:4], 1.0, 900.0, 1.0, 900.0]
    pd.testing.assert_frame_equal(
        _feed(likes, views)[TRENDS].iloc[:5], _feed(changed, views)[TRENDS].iloc[:5]
    )


@given(
    counts=st.lists(
        st.tuples(st.integers(0, 10**9), st.integers(0, 10**8)), min_size=1, max_size=40
    ),
    told=st.integers(0, 40),
)
def test_a_creator_who_tells_the_same_is_measured_the_same(
    counts: list[tuple[int, int]], told: int
) -> None:
    views, likes = ([float(pair[place]) for pair in counts] for place in (0, 1))
    likes = likes[len(likes) - min(told, len(likes)) :]
    details = post_details(recent_views=views, recent_likes=likes, recent_shares=likes)
    one = context.extract(details, duration_s=10.0, width=576, height=1024).values
    row = {"video_id": "x", "recent_views": views, "recent_likes": likes, "recent_shares": likes}
    table = context.extract_table(with_compared_past(in_schema(pd.DataFrame([row]))[0]))
    np.testing.assert_allclose(
        table.iloc[0][FEATURES].to_numpy(dtype=float), [one[name] for name in FEATURES]
    )
    known = [np.isfinite(one[name]) for name in FEATURES]
    assert known == [bool(likes)] * len(FEATURES)


def test_fewer_counts_than_views_are_those_of_the_newest_posts() -> None:
    found = told_trends([(10.0, 1000.0, 2000.0)], [(100.0, 400.0)])
    assert found["usual"][0] == pytest.approx((-1.0 + np.log10(0.2)) / 2)
    assert found["last_change"][0] == pytest.approx((np.log10(0.2) + 1.0) / 2)
