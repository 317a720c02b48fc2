"""The account's numbers: known values, and the same for one post as for a table."""

from __future__ import annotations

import time

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from viral.modalities import context
from viral.posts.details import post_details
from viral.posts.schema import in_schema
from viral.posts.sounds import is_original_sound

NAMES = [feature.name for feature in context.FEATURES]
ORDERED = [f.name for f in context.FEATURES if f.description.endswith("oldest first.")]


def _one(**details: object) -> dict[str, float]:
    given_details = post_details(**details)  # type: ignore[arg-type]
    return dict(context.extract(given_details, duration_s=10.0, width=576, height=1024).values)


def test_names_are_unique_and_in_order() -> None:
    assert len(set(NAMES)) == len(NAMES)
    assert list(_one()) == NAMES


def test_known_values() -> None:
    values = _one(
        followers=999,
        recent_views=[9, 99, 999],
        posted_at="2026-03-02T18:00",
        caption="hello #fyp #cats",
        sound="original",
        creator_total_likes=9999,
        creator_total_videos=99,
        horizon_days=10,
    )
    expected = {
        "followers": 3.0,
        "total_likes": 4.0,
        "total_videos": 2.0,
        "likes_per_video": 2.0,
        "likes_per_follower": 1.0,
        "recent_count": 3.0,
        "recent_mean": 2.0,
        "recent_median": 2.0,
        "recent_lowest": 1.0,
        "recent_highest": 3.0,
        "recent_low": 1.5,
        "recent_high": 2.5,
        "recent_spread": np.sqrt(2 / 3),
        "recent_middle_change": 2.0 - values["recent_level"],
        "recent_wobble": 1.0,
        "recent_average": np.log10(370.0),
        "recent_last": 3.0,
        "recent_place_1": 3.0 - values["recent_level"],
        "recent_trend": 0.0,
        "recent_per_follower": -1.0,
        "age": 1.0,
        "hour_sin": -1.0,
        "hour_cos": 0.0,
        "weekday": 0.0,
        "duration": 1.0,
        "hashtag_count": 2.0,
        "reach_tag_count": 1.0,
        "sound_original": 1.0,
    }
    for name, value in expected.items():
        assert values[name] == pytest.approx(value, abs=1e-12), name


def test_one_odd_view_hardly_moves_the_level() -> None:
    usual = [9_000, 12_000, 10_000, 11_000]
    level = _one(recent_views=[*usual, 10_000])["recent_level"]
    for odd in (0, 100, 10**9):
        assert abs(_one(recent_views=[*usual, odd])["recent_level"] - level) < 0.1
    # A million-strong account with one slip among twenty stays what it is.
    steady = _one(recent_views=[10**6] * 19 + [0])
    assert steady["recent_level"] == pytest.approx(6.0, abs=0.02)


def test_a_year_is_a_fraction_and_the_platform_a_flag() -> None:
    table = context.extract_table(
        in_schema(
            pd.DataFrame(
                {
                    "posted_at": ["2026-07-02T12:00Z", None, None],
                    "platform": ["shorts", "tiktok", "reels"],
                }
            )
        )[0]
    )
    assert table["year"].iloc[0] == pytest.approx(2026.5, abs=0.01)
    assert np.isnan(table["year"].iloc[1])
    np.testing.assert_array_equal(table["platform_shorts"], [1.0, 0.0, np.nan])


def test_nothing_given_is_nothing_measured() -> None:
    values = _one()
    known = {name for name, value in values.items() if np.isfinite(value)}
    assert known == {"recent_count", "age", "duration"}


def test_a_later_rise_shows_only_where_order_counts() -> None:
    rising, falling = (
        _one(recent_views=[10] * 6 + [1000] * 6),
        _one(recent_views=[1000] * 6 + [10] * 6),
    )
    assert rising["recent_trend"] > 0.5 > -0.5 > falling["recent_trend"]
    assert rising["recent_last_five"] > falling["recent_last_five"]


@settings(deadline=None)
@given(st.lists(st.integers(0, 10**9), max_size=40), st.randoms(use_true_random=False))
def test_summaries_of_the_level_do_not_depend_on_the_order(
    counts: list[int], random: object
) -> None:
    shuffled = list(counts)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    first, second = _one(recent_views=counts), _one(recent_views=shuffled)
    for name in set(NAMES) - set(ORDERED):
        assert first[name] == pytest.approx(second[name], abs=1e-9, nan_ok=True), name


@settings(deadline=None)
@given(st.lists(st.integers(0, 10**12), max_size=120))
def test_any_recent_views_give_finite_numbers_in_range(counts: list[int]) -> None:
    values = _one(recent_views=counts)
    assert values["recent_count"] == min(len(counts), 10)
    recent = [name for name in NAMES if name.startswith("recent_")]
    assert not any(np.isinf(values[name]) for name in recent)
    if counts:
        logs = np.log10(np.array(counts[-100:], dtype=float) + 1)
        assert values["recent_mean"] == pytest.approx(logs.mean())
        assert values["recent_median"] == pytest.approx(np.median(logs))
        assert values["recent_low"] == pytest.approx(np.quantile(logs, 0.25))
        assert values["recent_last_five"] == pytest.approx(logs[-5:].mean())
        assert values["recent_last_five_median"] == pytest.approx(np.median(logs[-5:]))


@settings(deadline=None)
@given(
    followers=st.one_of(st.none(), st.integers(0, 10**8)),
    counts=st.lists(st.integers(0, 10**9), max_size=30),
    likes=st.one_of(st.none(), st.integers(0, 10**10)),
    caption=st.one_of(st.none(), st.text(max_size=80), st.just("a #fyp #ñandú #viral")),
    sound=st.sampled_from([None, "original", "sonido original", "A tune"]),
    horizon=st.floats(1.0, 365.0),
)
def test_one_post_equals_its_row_in_a_table(
    followers: int | None,
    counts: list[int],
    likes: int | None,
    caption: str | None,
    sound: str | None,
    horizon: float,
) -> None:
    details = post_details(
        caption=caption,
        followers=followers,
        recent_views=counts,
        posted_at="2024-05-06T07:08:09Z",
        sound=sound,
        creator_total_likes=likes,
        horizon_days=horizon,
    )
    one = context.extract(details, duration_s=12.5, width=720, height=1280).values
    row = {
        "video_id": "x",
        "caption": details.caption,
        "followers": followers,
        "recent_views": counts,
        "posted_at": "2024-05-06T07:08:09Z",
        "sound_name": details.sound,
        "creator_total_likes": likes,
        "duration_s": 12.5,
        "horizon_days": horizon,
    }
    other = {"video_id": "y", "recent_views": [5, 6], "followers": 3, "caption": "#x"}
    table = context.extract_table(in_schema(pd.DataFrame([other, row, other]))[0])
    assert table.columns.tolist() == NAMES
    np.testing.assert_array_equal(table.iloc[1].to_numpy(), np.array(list(one.values())))


@pytest.mark.parametrize(
    ("name", "flag", "expected"),
    [
        ("original sound - someone", np.nan, 1.0),
        ("nhạc nền - ai đó", np.nan, 1.0),
        ("Оригинальный звук", np.nan, 1.0),
        ("A tune", np.nan, 0.0),
        ("A tune", 1.0, 1.0),
        ("original sound", 0.0, 0.0),
        (None, np.nan, np.nan),
    ],
)
def test_original_sounds(name: str | None, flag: float, expected: float) -> None:
    np.testing.assert_array_equal(is_original_sound([name], [flag]), [expected])


def test_of_the_calendar_date_only_the_year_counts() -> None:
    # Same weekday and hour, years apart.
    first = _one(posted_at="2020-03-02T18:00Z")
    second = _one(posted_at="2026-03-02T18:00Z")
    assert second.pop("year") - first.pop("year") == pytest.approx(6.0, abs=0.01)
    assert first == pytest.approx(second, nan_ok=True)


@pytest.mark.slow
def test_a_hundred_thousand_posts_are_measured_in_seconds() -> None:
    rng = np.random.default_rng(0)
    count = 100_000
    posts = pd.DataFrame(
        {
            "recent_views": [tuple(rng.integers(1, 10**6, 30).astype(float))] * count,
            "followers": rng.integers(1, 10**7, count).astype(float),
            "hashtags": [("fyp", "cats")] * count,
            "posted_at": pd.Timestamp("2024-01-01T00:00Z"),
            "sound_name": ["A tune"] * count,
        }
    )
    start = time.perf_counter()
    assert len(context.extract_table(posts)) == count
    assert time.perf_counter() - start < 15
