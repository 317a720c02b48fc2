"""Likes, comments and shares that a creator gives sharpen their own prediction at once."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from viral.model import explained
from viral.model.engagement import own_ratios_told, split
from viral.model.prediction import Prediction
from viral.model.store import shipped_model
from viral.model.virality import ViralityWeights
from viral.posts.details import PostDetails, post_details
from viral.posts.earlier_posts import with_compared_past
from viral.posts.engagement_ratios import COUNTED_POSTS
from viral.posts.schema import in_schema

EXPECTED = {"likes": np.array([-1.0]), "comments": np.array([-3.0]), "shares": np.array([-3.5])}
VIEWS = [1000, 2000, 4000, 1000, 3000]


PRIOR = 0.5


def _blended(details: PostDetails) -> dict[str, np.ndarray]:
    own = own_ratios_told(details)
    return {name: own[name].blended(ratio, PRIOR) for name, ratio in EXPECTED.items()}


def test_own_ratios_win_and_the_more_the_more_posts_there_are() -> None:
    distances = []
    for posts in (1, 2, 5):
        details = post_details(recent_views=VIEWS, recent_likes=[v / 50 for v in VIEWS[-posts:]])
        found = _blended(details)
        distances.append(abs(float(found["likes"][0]) - np.log10(1 / 50)))
        assert found["comments"] == EXPECTED["comments"]
    assert distances == sorted(distances, reverse=True)
    whole = abs(-1.0 - np.log10(1 / 50))
    assert distances[0] == pytest.approx(whole * PRIOR / (1 + PRIOR))


def test_nothing_given_changes_nothing_and_old_posts_do_not_count() -> None:
    assert _blended(post_details(recent_views=VIEWS)) == EXPECTED
    views = VIEWS * 2
    assert len(views) == COUNTED_POSTS
    old = [1.0] * 3
    new = [v / 10 for v in views]
    long = post_details(recent_views=[1000] * 3 + views, recent_likes=old + new)
    short = post_details(recent_views=views, recent_likes=new)
    np.testing.assert_array_equal(_blended(long)["likes"], _blended(short)["likes"])


@given(
    pairs=st.lists(st.tuples(st.floats(0, 1e9), st.floats(0, 1e9)), min_size=1, max_size=8),
    virality=st.floats(1.0, 1e9),
)
def test_the_identity_holds_whatever_is_given(
    pairs: list[tuple[float, float]], virality: float
) -> None:
    views, counts = zip(*pairs, strict=True)
    details = post_details(
        recent_views=views, recent_likes=counts, recent_comments=counts, recent_shares=counts
    )
    weights = ViralityWeights(likes=0.1, comments=0.3, shares=0.5)
    found = split(np.array([virality]), _blended(details), weights)
    total = found["views"] + sum(
        getattr(weights, name) * found[name] for name in ("likes", "comments", "shares")
    )
    assert total == pytest.approx(virality, rel=1e-9)
    assert all(np.isfinite(values).all() and (values >= 0).all() for values in found.values())


def _predicted(**said: object) -> Prediction:
    from viral.modalities import context

    details = post_details(followers=12_000, recent_views=VIEWS, **said)  # type: ignore[arg-type]
    features = {"context": context.extract(details, duration_s=15.0, width=576, height=1024)}
    return explained.predict(shipped_model(), features, details)


def test_the_shipped_models_likes_follow_the_creators_own() -> None:
    usual = _predicted()
    loved = _predicted(recent_likes=[v / 4 for v in VIEWS])
    silent = _predicted(recent_likes=[v / 200 for v in VIEWS])
    assert silent.likes.median < usual.likes.median < loved.likes.median
    assert loved.likes.median / loved.views.median == pytest.approx(0.25, rel=0.25)
    # What viewers think of the account says a little of the views as well, and no more.
    assert loved.views.median == pytest.approx(usual.views.median, rel=0.25)
    assert loved.views.median != usual.views.median
    assert loved.likes.low < loved.likes.median < loved.likes.high


@pytest.mark.parametrize("share", [0.01, 0.02, 0.1, 0.3])
def test_rare_shares_of_likes_are_believed_too(share: float) -> None:
    found = _predicted(recent_likes=[views * share for views in VIEWS])
    assert found.likes.median / found.views.median == pytest.approx(share, rel=0.35)


def test_one_post_and_a_table_of_it_get_the_same_likes() -> None:
    said = {
        f"recent_{name}": [view / part for view in VIEWS]
        for name, part in (("likes", 4), ("comments", 90), ("shares", 300))
    }
    single = _predicted(**said)
    rows = pd.DataFrame(
        [
            {
                "video_id": "1",
                "followers": 12_000,
                "recent_views": VIEWS,
                "duration_s": 15.0,
                "horizon_days": 30.0,
                **said,
            }
        ]
    )
    table = shipped_model().predict_table(with_compared_past(in_schema(rows)[0]))
    for name in ("views", "likes", "comments", "shares"):
        assert table[f"{name}_median"][0] == pytest.approx(getattr(single, name).median, rel=1e-6)
