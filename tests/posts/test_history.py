"""Nothing that was counted after a post went out may be among what is known before it."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from viral.modalities import context
from viral.posts.earlier_posts import PAST, oldest_first, with_compared_past
from viral.posts.history import with_past
from viral.posts.schema import in_schema

COUNTS = ("views", "likes", "comments", "shares", "saves")


def _feeds(creators: int = 4, posts: int = 12, seed: int = 0) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    size = creators * posts
    hours = np.concatenate([np.cumsum(rng.integers(1, 90, posts)) for _ in range(creators)])
    frame = pd.DataFrame(
        {
            "source": "made",
            "video_id": [str(number) for number in range(size)],
            "creator": np.repeat([f"c{number}" for number in range(creators)], posts),
            "posted_at": pd.Timestamp("2024-01-01T00:00Z") + pd.to_timedelta(hours, unit="h"),
            "collected_at": pd.Timestamp("2024-06-01T00:00Z"),
            "hashtags": [["fyp", f"t{rng.integers(3)}"] for _ in range(size)],
            "sound_name": [f"s{rng.integers(3)}" for _ in range(size)],
            "duration_s": rng.integers(5, 60, size).astype(float),
            "followers": np.repeat(rng.integers(100, 10**6, creators), posts).astype(float),
            "creator_total_likes": 1e8,
            "creator_total_videos": 100.0,
            **{name: rng.integers(100, 10**6, size).astype(float) for name in COUNTS},
        }
    )
    return in_schema(frame.sample(frac=1.0, random_state=seed))[0]


def _features(posts: pd.DataFrame) -> pd.DataFrame:
    return context.extract_table(with_compared_past(with_past(posts)))


def test_recent_views_are_the_earlier_ones_oldest_first() -> None:
    posts = with_past(_feeds())
    for _, feed in posts.groupby("creator"):
        ordered = feed.sort_values("posted_at")
        views = ordered["views"].tolist()
        assert [list(v) for v in ordered["recent_views"]] == [views[:n] for n in range(len(views))]


def test_totals_are_those_before_the_post() -> None:
    posts = _feeds(creators=1, posts=5)
    known = with_past(posts).sort_values("posted_at")
    likes = known["likes"].to_numpy()
    expected = 1e8 - likes[::-1].cumsum()[::-1]
    np.testing.assert_allclose(known["creator_total_likes"], expected)
    assert known["creator_total_videos"].tolist() == [95.0, 96.0, 97.0, 98.0, 99.0]


@settings(deadline=None, max_examples=30)
@given(place=st.integers(0, 11), factor=st.floats(0.0, 50.0), seed=st.integers(0, 5))
def test_a_posts_own_and_later_counts_never_change_its_features(
    place: int, factor: float, seed: int
) -> None:
    posts = _feeds(seed=seed)
    feed = posts[posts["creator"] == "c1"].sort_values("posted_at")
    later = feed.index[place:]
    changed = posts.copy()
    for name in COUNTS:
        changed.loc[later, name] *= factor
    # The snapshot of the account was counted afterwards and moves with its posts.
    gained = changed["likes"].sum() - posts["likes"].sum()
    changed.loc[feed.index, "creator_total_likes"] += gained
    earlier = feed.index[: place + 1]
    before, after = _features(posts).loc[earlier], _features(changed).loc[earlier]
    pd.testing.assert_frame_equal(before, after)


def test_posts_at_the_same_second_are_not_each_others_past() -> None:
    posts = _feeds(creators=1, posts=4)
    posts["posted_at"] = posts["posted_at"].min()
    assert with_past(posts)["recent_views"].tolist() == [()] * 4


def test_other_creators_change_nothing() -> None:
    posts = _feeds()
    alone = posts[posts["creator"] == "c2"]
    together = _features(posts).loc[alone.index].reset_index(drop=True)
    pd.testing.assert_frame_equal(together, _features(alone.reset_index(drop=True)))


def test_the_order_of_rows_changes_nothing() -> None:
    posts = _feeds()
    order = np.random.default_rng(1).permutation(len(posts))
    shuffled = _features(posts.iloc[order].reset_index(drop=True))
    expected = _features(posts).iloc[order].reset_index(drop=True)
    pd.testing.assert_frame_equal(shuffled, expected)


def test_earlier_posts_with_the_same_hashtag_are_compared() -> None:
    frame = pd.DataFrame(
        {
            "video_id": list("abcd"),
            "creator": "x",
            "posted_at": pd.date_range("2024-01-01", periods=4, freq="2D", tz="UTC"),
            "hashtags": [["cats"], ["dogs"], ["dogs"], ["cats"]],
            "duration_s": 10.0,
            "views": [100_000.0, 100.0, 100.0, 1.0],
        }
    )
    last = with_compared_past(with_past(in_schema(frame)[0])).iloc[3]
    lift = np.log10(100_001) - np.log10([100_001, 101, 101]).mean()
    # One alike post, drawn half way to 0.
    assert last["past_tag_lift"] == pytest.approx(lift / 2)
    assert last["past_gap_days"] == pytest.approx(2.0)
    assert last["past_usual_gap_days"] == pytest.approx(2.0)


def test_lists_that_are_not_of_these_rows_are_not_compared() -> None:
    posts = with_past(_feeds())
    posts["recent_views"] = [(float(n), 5.0, 7.0) for n in range(len(posts))]
    assert with_compared_past(posts)[list(PAST)].isna().all().all()


@pytest.mark.parametrize("length", [3, 5, 100])
def test_lists_newest_first_are_turned_round(length: int) -> None:
    posts = with_past(_feeds())
    posts["recent_views"] = [views[-length:] for views in posts["recent_views"]]
    turned = posts.assign(recent_views=[views[::-1] for views in posts["recent_views"]])
    found, was_turned = oldest_first(turned)
    assert was_turned
    assert found["recent_views"].tolist() == posts["recent_views"].tolist()
    assert oldest_first(posts)[1] is False


def test_lists_of_unrelated_rows_stay_as_they_are() -> None:
    posts = with_past(_feeds()).drop_duplicates("creator")
    found, was_turned = oldest_first(posts)
    assert not was_turned
    assert found["recent_views"].tolist() == posts["recent_views"].tolist()


def test_drafts_of_one_account_each_follow_its_last_post() -> None:
    feed = with_past(_feeds(creators=1).sort_values("posted_at", kind="stable"))
    last = feed.iloc[-1]
    drafts = pd.DataFrame([last] * 3)
    days = pd.to_timedelta([2, 3, 4], unit="D")
    drafts["posted_at"] = pd.Series(last["posted_at"] + days, index=drafts.index)
    drafts["recent_views"] = pd.Series(
        [(*last["recent_views"], last["views"])] * 3, index=drafts.index, dtype=object
    )
    drafts["views"] = np.nan
    drafts.iloc[2, drafts.columns.get_loc("posted_at")] = pd.NaT
    found = with_compared_past(pd.concat([feed, drafts], ignore_index=True)).iloc[-3:]
    assert found["past_gap_days"].tolist()[:2] == [2.0, 3.0]
    assert np.isnan(found["past_gap_days"].iloc[2])
    # What does not hang on the time is told of each of them.
    for name in ("past_tag_lift", "past_duration_lift", "past_usual_gap_days"):
        assert found[name].nunique() == 1
        assert found[name].notna().all()
