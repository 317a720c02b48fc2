"""What goes with a hashtag: a planted lift comes back, nothing comes of nothing."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from explored_posts import LIFT_LOG10, PLANTED, feeds
from hypothesis import given, settings
from hypothesis import strategies as st

from viral.explore.baseline import lift_over_peers, lift_over_usual
from viral.explore.effects import Estimate, between_groups, shrunk, within_creators
from viral.explore.prepared import prepare
from viral.explore.rules import OTHERS, OWN
from viral.explore.selection import Choice, Selection, selection_of


def selected(posts: pd.DataFrame, choice: Choice | None = None) -> Selection:
    found = selection_of(prepare(posts, OTHERS), choice or Choice())
    assert found is not None
    return found


@pytest.mark.parametrize("seed", range(5))
def test_a_planted_lift_comes_back_within_its_interval(seed: int) -> None:
    found = {one.name: one for one in selected(feeds(seed=seed)).hashtags.shown}
    planted, idle = found[PLANTED], found["idle"]
    assert planted.low <= LIFT_LOG10 <= planted.high
    assert planted.low > 0.2
    assert idle.low <= 0 <= idle.high
    assert planted.posts > 150
    assert planted.creators == 40


def test_what_a_creator_always_does_says_nothing() -> None:
    posts = feeds()
    always = posts["creator"].isin([f"creator {number}" for number in range(10)])
    posts["hashtags"] = [("mine",) if own else () for own in always]
    assert selected(posts).hashtags.shown == ()


def test_one_large_creator_does_not_decide() -> None:
    # One creator's tag goes with ten times the views, everybody else's with nothing.
    posts = feeds(creators=30, posts=40, lift=0.0)
    loud = (posts["creator"] == "creator 0") & posts["hashtags"].map(lambda tags: PLANTED in tags)
    posts.loc[loud, "views"] *= 10
    found = {one.name: one for one in selected(posts).hashtags.shown}
    assert abs(found[PLANTED].value) < 0.1


def test_intervals_hold_what_they_promise() -> None:
    # Forty hashtags, of which eight do something, several times over.
    rng = np.random.default_rng(1)
    held = total = 0
    for _ in range(20):
        truth = np.where(rng.random(40) < 0.2, rng.normal(0, 0.3, 40), 0.0)
        error = rng.uniform(0.02, 0.15, 40)
        seen = truth + rng.normal(0, error)
        effects = shrunk(
            [
                Estimate(str(n), 50, 9, float(value), float(own))
                for n, (value, own) in enumerate(zip(seen, error, strict=True))
            ]
        )
        held += sum(one.low <= t <= one.high for one, t in zip(effects, truth, strict=True))
        total += 40
    assert held / total > 0.92


@given(
    st.lists(
        st.tuples(st.floats(-3, 3), st.floats(0.001, 2)).map(
            lambda pair: Estimate("tag", 20, 5, *pair)
        ),
        max_size=12,
    )
)
@settings(max_examples=60)
def test_effects_are_drawn_towards_nothing_and_never_past_it(estimates: list[Estimate]) -> None:
    for estimate, effect in zip(estimates, shrunk(estimates), strict=True):
        assert abs(effect.value) <= abs(estimate.value) + 1e-9
        assert effect.value * estimate.value >= -1e-12
        assert effect.low <= effect.value + 1e-6
        assert effect.value <= effect.high + 1e-6
        assert np.isfinite([effect.low, effect.high]).all()


def _comparisons(posts: int, makers: int) -> list[Estimate]:
    # `makers` creators share out `posts` posts with the label; all have as many without it.
    owner = np.concatenate([np.arange(posts) % makers, np.arange(posts) % makers])
    values = np.random.default_rng(0).normal(0, 0.3, 2 * posts)
    return within_creators(values, owner, {"tag": np.arange(posts)}, OTHERS)


@pytest.mark.parametrize(
    ("posts", "makers", "shown"), [(19, 6, False), (20, 5, True), (20, 4, False), (60, 1, False)]
)
def test_the_floor_is_twenty_posts_of_five_creators(posts: int, makers: int, shown: bool) -> None:
    assert bool(_comparisons(posts, makers)) is shown


def test_what_one_creator_dominates_is_left_out() -> None:
    owner = np.array([0] * 30 + [1, 2, 3, 4, 5] * 5 + list(range(6)) * 10)
    values = np.zeros(len(owner))
    members = {"tag": np.arange(55)}
    assert within_creators(values, owner, members, OTHERS) == []
    assert len(within_creators(values, owner, members, OWN)) == 1


def test_between_groups_counts_a_creator_once() -> None:
    rng = np.random.default_rng(0)
    owner = np.repeat(np.arange(40), 25)
    values = np.repeat(rng.normal(0, 0.5, 40), 25)
    members = {"theme": np.flatnonzero(owner < 20)}
    clustered = between_groups(values, owner, members, OTHERS)[0]
    alone = between_groups(values, np.arange(len(owner)), members, OTHERS)[0]
    assert clustered.value == pytest.approx(alone.value)
    assert clustered.error > 4 * alone.error


def test_the_usual_is_the_median_of_the_neighbours() -> None:
    views = np.array([1.0, 2.0, 3.0, 4.0, 5.0, 9.0, 1.0, 1.0])
    owner = np.array([0, 0, 0, 0, 0, 0, 1, 1])
    order = np.array([3, 1, 7, 0, 5, 2, 4, 6])
    found = np.empty(8)
    found[order] = lift_over_usual(owner[order], order.astype(float), views[order])
    assert found[5] == pytest.approx(9.0 - 3.0)
    assert found[0] == pytest.approx(1.0 - 4.0)
    assert np.isnan(found[6:]).all()  # one other post is no usual


def test_an_account_that_grows_is_compared_with_its_own_time() -> None:
    steps = np.arange(200) / 50.0
    found = lift_over_usual(np.zeros(200, dtype=int), np.arange(200.0), steps)
    assert np.abs(found[20:-20]).max() < 0.03


def test_peers_are_of_one_source_and_size() -> None:
    sources = np.array(["a"] * 40 + ["b"] * 40)
    sizes = np.array([0, 1] * 40)
    views = np.where(sources == "a", 2.0, 5.0) + sizes
    assert np.abs(lift_over_peers(sources, sizes, views)).max() == pytest.approx(0)
