"""What posts sum up to: the right figures, under the filters, and nothing about a person."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from explored_posts import PLANTED, feeds
from hypothesis import given, settings
from hypothesis import strategies as st

from viral.errors import TableError
from viral.explore.aggregates import MEASURES, Cells
from viral.explore.contrasts import contrasts_of, top_tenth
from viral.explore.prepared import prepare
from viral.explore.rules import (
    FEWEST_CREATORS,
    FEWEST_POSTS,
    OTHERS,
    OWN,
    names_of_creators,
    sound_names,
    without_people,
)
from viral.explore.selection import Choice, Selection, options, selection_of
from viral.explore.serialisation import from_json, to_json


def selected(posts: pd.DataFrame, **choice: Any) -> Selection | None:
    return selection_of(prepare(posts, OTHERS), Choice(**choice))


def test_quartiles_are_those_of_the_posts() -> None:
    posts = feeds()
    found = selected(posts)
    assert found is not None
    for place, low, high in ((1, 5, 10), (2, 10, 15), (5, 30, 60)):
        own = posts[posts["duration_s"].between(low, high, inclusive="left")]
        row = found.durations.places.index(place)
        assert found.durations.posts[row] == len(own)
        expected = own["views"].quantile([0.25, 0.5, 0.75])
        assert found.durations.quartiles["views"][row] == pytest.approx(expected.to_numpy())
        shares = found.durations.quartiles["likes"][row]
        assert shares == pytest.approx([0.1, 0.1, 0.1], rel=0.1)
    assert found.durations.left_out == 0
    assert sum(found.sizes.posts) == len(posts)


def test_a_cell_is_a_weekday_and_hour_of_utc() -> None:
    # Two hundred posts at 03:00 UTC on Wednesday, written with another zone; the rest on Fridays.
    posts = feeds(creators=20, posts=20)
    night = pd.Timestamp("2024-05-01T05:00+02:00")
    posts["posted_at"] = pd.Timestamp("2024-05-03T12:00Z").tz_convert("UTC")
    posts.loc[:199, "posted_at"] = night.tz_convert("UTC")
    found = selected(posts)
    assert found is not None
    assert found.hours.places == (2 * 24 + 3, 4 * 24 + 12)
    assert found.hours.posts == (200, 200)
    assert np.isnan(found.hours.quartiles["views"][:, 0]).all()


def test_filters_let_the_right_posts_through() -> None:
    captions = np.where(np.arange(1200) % 2, "cooking the dinner of my family tonight", None)
    posts = feeds(caption=captions)
    posts.loc[:599, "source"] = "other"
    prepared = prepare(posts, OTHERS)
    offered = options(prepared, FEWEST_POSTS)
    assert offered["source"] == ("made", "other")
    assert offered["language"] == ("en",)
    assert offered["period"] == ("2024-Q1",)
    sizes = pd.cut(posts["followers"], [0, 1e3, 1e4, 1e5, 1e6, 1e7], right=False, labels=False)
    assert offered["size"] == tuple(sorted(sizes.unique()))
    for choice, rows in (
        (Choice(), posts.index >= 0),
        (Choice(source="other"), posts["source"] == "other"),
        (Choice(language="en"), posts["caption"].notna()),
        (Choice(size=3), sizes == 3),
        (Choice(source="made", size=2), (posts["source"] == "made") & (sizes == 2)),
        (Choice(period="2024"), posts.index >= 0),
    ):
        found = selection_of(prepared, choice)
        assert found is not None
        assert found.posts == int(np.sum(rows))
    assert selection_of(prepared, Choice(period="2023")) is None


def test_a_year_is_offered_beside_several_of_its_quarters() -> None:
    posts = feeds(creators=20, posts=120)  # 31 hours apart: half a year
    assert options(prepare(posts, OTHERS), 20)["period"] == ("2024", "2024-Q1", "2024-Q2")


def test_a_hashtag_on_nineteen_posts_is_not_shown() -> None:
    posts = feeds(creators=10, posts=40)
    for count, shown in ((19, False), (20, True)):
        rows = np.arange(count) % 10 * 40 + np.arange(count) // 10
        tags = [("rare",) if row in set(rows.tolist()) else () for row in range(len(posts))]
        found = selected(posts.assign(hashtags=tags))
        assert found is not None
        assert [one.name for one in found.hashtags.shown] == (["rare"] if shown else [])
        assert found.hashtags.left_out == (0 if shown else 1)


def test_sounds_that_are_somebodys_own_have_no_name() -> None:
    names = [
        "Song 1",
        "original sound - somebody",
        "оригинальный звук - кто-то",
        "ήχος - κάποιος",
        "Savage (Laxed - Beat)",
        "Quiet Song",
        None,
    ]
    posts = feeds(creators=1, posts=len(names), sound_name=names)
    posts.loc[5, "sound_original"] = 1.0
    shown = sound_names(posts)
    assert shown == ["Song 1", None, None, None, "Savage (Laxed - Beat)", None, None]


def test_a_hashtag_that_is_a_creators_name_is_not_shown() -> None:
    posts = feeds(creators=10, posts=40)
    posts["caption"] = "hello"
    posts.loc[0, "caption"] = "with @Some.Friend today"
    posts.loc[1, ["sound_name", "sound_author", "sound_original"]] = ["loud", "Jane D'oe", 1.0]
    posts.loc[2, "sound_name"] = "original sound - Al Pha"
    people = names_of_creators(posts)
    labels = ["somefriend", "janedoe", "teamjanedoe", "alpha", "creator3", "cooking", PLANTED]
    assert without_people(labels, people) == {"cooking", PLANTED}
    posts["hashtags"] = [("janedoe", "cooking") if row % 2 else () for row in range(len(posts))]
    found = selected(posts)
    assert found is not None
    assert [one.name for one in found.hashtags.shown] == ["cooking"]
    own = selection_of(prepare(posts, OWN), Choice())
    assert own is not None
    assert {one.name for one in own.hashtags.shown} == {"janedoe", "cooking"}


def _behind(cells: Cells) -> list[tuple[int, int]]:
    return list(zip(cells.posts, cells.creators, strict=True))


@given(
    st.integers(1, 12),
    st.integers(1, 40),
    st.integers(0, 3),
    st.lists(st.sampled_from([1.0, 7.0, 70.0, np.nan]), min_size=1, max_size=4),
)
@settings(max_examples=25)
def test_nothing_rests_on_few_posts_or_creators(
    creators: int, posts: int, seed: int, lengths: list[float]
) -> None:
    rng = np.random.default_rng(seed)
    table = feeds(creators, posts, seed=seed, duration_s=rng.choice(lengths, creators * posts))
    found = selected(table)
    if creators < FEWEST_CREATORS or creators * posts < FEWEST_POSTS:
        assert found is None
    if found is None:
        return
    effects = (*found.hashtags.shown, *found.sounds.shown, *found.themes.shown)
    behind = [(one.posts, one.creators) for one in effects]
    for cells in (found.sizes, found.durations, found.hours, found.theme_cells):
        behind += _behind(cells)
    assert all(n >= FEWEST_POSTS and makers >= FEWEST_CREATORS for n, makers in behind)
    again = from_json(to_json(found))
    assert to_json(again) == to_json(found)
    assert again.hashtags.shown == pytest.approx(found.hashtags.shown) or effects


def test_a_measure_that_few_posts_know_is_left_out() -> None:
    posts = feeds()
    posts["shares"] = np.nan
    posts.loc[:15, "shares"] = 3.0
    found = selected(posts)
    assert found is not None
    assert not found.durations.known("shares")
    assert found.durations.known("likes")
    assert set(found.durations.quartiles) == set(MEASURES)


def test_what_the_planted_feature_does_sets_the_top_tenth_apart() -> None:
    rng = np.random.default_rng(0)
    size = 4000
    owner = np.repeat(np.arange(40), 100)
    outcome = rng.normal(size=size)
    groups = (owner >= 20).astype(int)
    top = top_tenth(outcome, groups)
    assert [int(top[groups == group].sum()) for group in (0, 1)] == [200, 200]
    # The first rises with the outcome; the second tells the groups apart, and nothing else.
    table = pd.DataFrame(
        {"real": outcome + rng.normal(0, 2, size), "group": groups * 9.0 + rng.normal(size=size)}
    )
    found = {one.feature: one for one in contrasts_of({"text": table}, top, groups, owner, OTHERS)}
    # The mean of the top tenth of a normal is 1.755, that of the rest -0.195, out of a deviation
    # of sqrt(5).
    assert found["real"].low < 1.95 / 5**0.5 < found["real"].high
    assert found["group"].low < 0 < found["group"].high
    assert abs(found["group"].value) < 0.15
    assert found["real"].posts == 400


def test_posts_that_have_not_finished_growing_are_left_out() -> None:
    posts = feeds()
    posts.loc[:99, "horizon_days"] = 3.0
    prepared = prepare(posts, OTHERS)
    assert prepared.too_young == 100
    assert len(prepared.table) == len(posts) - 100


@pytest.mark.parametrize(
    ("column", "value", "match"),
    [("views", np.nan, "column views"), ("horizon_days", 1.0, "within 7 days")],
)
def test_posts_of_which_nothing_can_be_said_are_refused(
    column: str, value: float, match: str
) -> None:
    posts = feeds(creators=2, posts=5)
    posts[column] = value
    with pytest.raises(TableError, match=match):
        prepare(posts)


def test_a_table_that_names_no_creator_is_one_account() -> None:
    posts = feeds(creators=1, posts=120, creator=None)
    found = selection_of(prepare(posts, OWN), Choice())
    assert found is not None
    assert found.creators == 1
    assert found.with_usual == 120
    assert {one.name for one in found.hashtags.shown} == {PLANTED, "idle"}
    assert selected(posts) is None
