"""Comparing cuts: who wins how often, and what adds up to the difference."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import norm

from viral.errors import DetailsError
from viral.explain.compare import BASE, compare, differences
from viral.modalities import context, text
from viral.model import explained
from viral.model.account_size import AccountSize
from viral.model.explanation import Explanation, FeatureContribution, ModalityContribution
from viral.model.inputs import inputs_from_posts
from viral.model.model import Model
from viral.model.pairwise import FEWEST_PAIRS, PairErrors, fit_pairs
from viral.model.prediction import Interval, Prediction
from viral.model.store import shipped_model
from viral.posts.details import post_details
from viral.posts.history import training_posts
from viral.training.masking import as_pattern
from viral.training.options import TrainingOptions
from viral.training.trainer import Trainer

POST_SIGMA = 0.3
"""Spread of single posts around their account's level, log10."""
Parts = Mapping[str, float]


PairsOf = Mapping[str, PairErrors]


@pytest.fixture(scope="module")
def pair_errors() -> PairsOf:
    """Posts of one account are off by `POST_SIGMA` each; all of what is promised comes true."""
    rng = np.random.default_rng(3)
    promised = rng.normal(0, 0.4, 10_000)
    came = promised + rng.normal(0, POST_SIGMA * np.sqrt(2), len(promised))
    errors = fit_pairs({"all": promised}, came, np.arange(len(promised)) // 20)
    return {"history": errors, "account": errors}


def predicted(parts: Parts, base: float = 3.0, measured: float | None = 1.0) -> Prediction:
    features = tuple(
        FeatureContribution(
            name=name,
            label=name.partition(".")[2],
            modality=name.partition(".")[0],
            group="",
            value=value,
            input=measured,
        )
        for name, value in parts.items()
    )
    level = base + sum(parts.values())
    count = Interval(0.5 * 10.0**level, 10.0**level, 2.0 * 10.0**level)
    return Prediction(
        model_version="1",
        score=50.0,
        breakout_probability=0.1,
        views=count,
        likes=count,
        comments=count,
        shares=count,
        virality=count,
        usual_views=1000.0,
        explanation=Explanation(
            base=base,
            prediction=level,
            modalities=(ModalityContribution("audio", level - base),),
            features=features,
        ),
    )


def test_the_better_cut_wins_as_often_as_single_posts_allow(pair_errors: PairsOf) -> None:
    found = compare([predicted({"audio.a": 0.1}), predicted({"audio.a": 0.4})], pair_errors)
    assert found.order == (1, 0)
    # Two posts of one account, each off by sigma: their difference is off by sigma * sqrt(2).
    # With the doubt about the account in it, it would be norm.cdf(0.3 / 1.48) = 0.58.
    expected = norm.cdf(0.3 / (POST_SIGMA * np.sqrt(2)))
    assert found.beats[1, 0] == pytest.approx(expected, abs=0.02)
    assert found.beats[0, 1] == pytest.approx(1 - found.beats[1, 0])


def test_cuts_that_are_predicted_alike_toss_a_coin_and_stay_in_order(
    pair_errors: PairsOf,
) -> None:
    alike = predicted({"audio.a": 0.1})
    found = compare([alike, alike, alike], pair_errors)
    assert found.order == (0, 1, 2)
    assert np.all(found.beats == 0.5)
    assert found.differences == ((), ())


def test_what_an_account_adds_to_all_cuts_changes_nothing(pair_errors: PairsOf) -> None:
    def pair(account: float) -> list[Prediction]:
        return [
            predicted({"context.followers": account, "audio.a": 0.1}),
            predicted({"context.followers": account, "audio.a": -0.1}),
        ]

    small, large = compare(pair(-1.0), pair_errors), compare(pair(2.0), pair_errors)
    assert small.beats[0, 1] == pytest.approx(large.beats[0, 1])
    assert [d.name for d in large.differences[0]] == ["audio.a"]
    assert large.differences[0][0].factor == pytest.approx(10**0.2)


@st.composite
def _parts(draw: st.DrawFn) -> dict[str, float]:
    names = draw(st.lists(st.sampled_from([f"audio.{c}" for c in "abcdef"]), unique=True))
    return {name: draw(st.floats(-2, 2)) for name in names}


@given(first=_parts(), second=_parts(), bases=st.tuples(st.floats(-3, 5), st.floats(-3, 5)))
def test_the_differences_add_up(first: Parts, second: Parts, bases: tuple[float, float]) -> None:
    a, b = predicted(first, bases[0]), predicted(second, bases[1])
    there, back = differences(a, b), differences(b, a)
    apart = a.explanation.prediction - b.explanation.prediction
    assert sum(d.value for d in there) == pytest.approx(apart, abs=1e-6)
    assert {d.name: d.value for d in there} == {d.name: -d.value for d in back}
    sizes = [abs(d.value) for d in there]
    assert sizes == sorted(sizes, reverse=True)


def test_what_only_one_cut_has_counts_in_full() -> None:
    with_sound, silent = predicted({"audio.a": 0.2}, base=3.1), predicted({}, base=3.0)
    found = {d.name: d for d in differences(with_sound, silent)}
    assert found["audio.a"].value == pytest.approx(0.2)
    assert found["audio.a"].inputs == (1.0, None)
    assert found[BASE].value == pytest.approx(0.1)


def test_too_few_pairs_leave_the_order_and_the_differences(pair_errors: PairsOf) -> None:
    found = compare([predicted({"audio.a": 0.1}), predicted({"audio.a": 0.4})], {})
    assert found.pairs == 0
    assert np.isnan(found.beats[0, 1])
    assert found.order == (1, 0)
    assert len(found.differences[0]) == 1


def test_no_chance_is_given_where_nothing_is_known_of_the_account(
    pair_errors: PairsOf,
) -> None:
    cuts = [
        replace(predicted({"audio.a": shift}), usual_views=None, account_size=AccountSize())
        for shift in (0.1, 0.9)
    ]
    found = compare(cuts, pair_errors)
    assert not found.account_known
    assert np.isnan(found.beats[1, 0])
    sized = [replace(cut, account_size=AccountSize.of(12_000)) for cut in cuts]
    assert compare(sized, pair_errors).beats[1, 0] > 0.9


@pytest.mark.parametrize("count", [0, 1, 5])
def test_two_to_four_cuts_can_be_compared(count: int, pair_errors: PairsOf) -> None:
    with pytest.raises(DetailsError, match=rf"Give 2 to 4 cuts to compare; there are {count}\."):
        compare([predicted({})] * count, pair_errors)


@pytest.mark.parametrize(
    "change",
    [
        {"horizon_days": 7.0},
        {"usual_views": 900.0},
        {"account_size": AccountSize.of(2e7)},
    ],
)
def test_cuts_of_other_accounts_or_days_are_not_compared(
    change: dict[str, object], pair_errors: PairsOf
) -> None:
    other = replace(predicted({}), **change)  # type: ignore[arg-type]
    with pytest.raises(DetailsError, match="one account and one number of days"):
        compare([predicted({}), other], pair_errors)


@pytest.mark.parametrize(
    "others",
    [
        ({"followers": 10_001}, {"followers": 99_999}),
        ({"recent_views": [900, 1000, 1100]}, {"recent_views": [10, 1000, 90_000]}),
        ({"followers": 12_000, "recent_views": [900]}, {"recent_views": [900]}),
    ],
)
def test_accounts_of_one_class_or_one_median_are_two_accounts(
    others: tuple[dict[str, object], dict[str, object]], pair_errors: PairsOf
) -> None:
    model = shipped_model()
    predictions = []
    for known in others:
        details = post_details(**known)  # type: ignore[arg-type]
        features = {"context": context.extract(details, duration_s=12.0, width=576, height=1024)}
        predictions.append(explained.predict(model, features, details))
    with pytest.raises(DetailsError, match="one account and one number of days"):
        compare(predictions, pair_errors)
    assert compare([predictions[0]] * 2, pair_errors).beats[0, 1] == 0.5


def test_the_shipped_model_compares_two_captions_of_one_account() -> None:
    model = shipped_model()

    def cut(caption: str, duration_s: float) -> Prediction:
        details = post_details(
            caption=caption, followers=12_000, recent_views=[900, 1500, 700, 1200, 2100]
        )
        features = {
            "text": text.extract(details),
            "context": context.extract(details, duration_s=duration_s, width=576, height=1024),
        }
        return explained.predict(model, features, details)

    cuts = [cut("Dinner #dinner", 60.0), cut("Wait for the end #fyp #comedy", 12.0)]
    found = compare(cuts, model.pairs)
    best, other = found.order
    apart = found.log_virality[best] - found.log_virality[other]
    assert apart > 0
    assert sum(d.value for d in found.differences[0]) == pytest.approx(apart, abs=1e-6)
    assert 0.5 < found.beats[best, other] < 0.99
    assert {"context.followers", "context.recent_median"}.isdisjoint(
        d.name for d in found.differences[0] if d.inputs[0] != d.inputs[1]
    )


def _followed(posts: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return neighbouring posts of each creator, the later ones with the past of the earlier ones,
    as two cuts made on the same day would have."""
    ordered = posts.sort_values(["creator", "posted_at"]).reset_index(drop=True)
    later = np.flatnonzero(ordered["creator"].to_numpy()[1:] == ordered["creator"].to_numpy()[:-1])
    first, second = (ordered.iloc[later + shift].reset_index(drop=True) for shift in (0, 1))
    for name in ("followers", "creator_total_likes", "creator_total_videos", "recent_views"):
        second[name] = first[name].to_numpy()
    return first, second


@pytest.fixture(scope="module")
def strangers(data_dir: Path) -> tuple[pd.DataFrame, Model]:
    """Posts of some creators, and a model that has learnt from the others alone."""
    posts = training_posts(data_dir)
    posts = posts[posts["source"] == "creators_2020"]
    some = np.random.default_rng(0).choice(posts["creator"].dropna().unique(), 300, replace=False)
    unseen = posts["creator"].isin(some)
    others = posts[~unseen].reset_index(drop=True)
    options = TrainingOptions(
        seeds=(0,), fold_count=2, strange_posts=0, patterns=("history", "account"), modalities=()
    )
    inputs = inputs_from_posts(others, with_embeddings=False)
    return posts[unseen], Trainer(others, inputs, options).model()


@pytest.mark.slow
@pytest.mark.shared
@pytest.mark.parametrize("known", ["history", "account"])
def test_past_posts_of_one_account_win_as_often_as_said(
    strangers: tuple[pd.DataFrame, Model], known: str
) -> None:
    posts, model = strangers
    first, second = _followed(posts)
    if known == "account":
        first, second = (as_pattern(table, "account") for table in (first, second))
    sides = [inputs_from_posts(table, with_embeddings=False) for table in (first, second)]
    use = (sides[0].patterns == known) & (sides[1].patterns == known)
    levels = [model.estimate(side.rows(use)).log_virality for side in sides]
    apart = levels[1] - levels[0]
    truth = (second["views"].to_numpy(float) - first["views"].to_numpy(float))[use]
    won = (truth * np.sign(apart) > 0) + 0.5 * ((truth == 0) | (apart == 0))
    said = np.array([model.pairs[known].probability(abs(difference)) for difference in apart])
    assert np.quantile(said, 0.99) > 0.51
    for low, high in ((0.5, 0.525), (0.525, 0.55), (0.55, 0.65)):
        here = (said >= low) & (said < high)
        if here.sum() >= FEWEST_PAIRS:
            # Two standard errors of that many pairs beside what is allowed.
            slack = 0.02 + 2 * 0.5 / np.sqrt(here.sum())
            assert won[here].mean() == pytest.approx(said[here].mean(), abs=slack)
