"""A post unlike those that were learnt from is said to be, and its range is as much wider."""

from __future__ import annotations

import hashlib
import json
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from guided_modality import QUICK, small_table
from hypothesis import given
from hypothesis import strategies as st
from project_root import PROJECT_ROOT

from viral.modalities import context
from viral.model import explained
from viral.model.familiarity import (
    MOST_EXCESS,
    Familiarity,
    Likeness,
    distance,
    fit_ranges,
)
from viral.model.inputs import inputs_from_features, inputs_from_posts
from viral.model.model import Model
from viral.model.prediction import Prediction
from viral.model.regressors import Regressor
from viral.model.store import load
from viral.posts.details import post_details
from viral.training.familiarity import Learnt, learn_slopes
from viral.training.trainer import Trainer
from viral.ui.text.labels import sentence

MODELS = PROJECT_ROOT / "models"
FOLLOWERS = (3.0, 5.0, 7.0)
"""From 1,000 to 10 million, in the manifest's form."""


def _learnt(seed: int = 0) -> Familiarity:
    draws = np.random.default_rng(seed)
    table = {
        "followers": draws.uniform(3.0, 7.0, 5000),
        "duration": draws.normal(1.2, 0.2, 5000),
        "hashtag_count": draws.poisson(4, 5000).astype(np.float64),
    }
    return fit_ranges({"context": table}, {"context": tuple(table)})


def _likeness(familiarity: Familiarity, *, followers: int, duration_s: float) -> Likeness:
    details = post_details(followers=followers, caption="Two words")
    measured = context.extract(details, duration_s=duration_s, width=576, height=1024)
    return familiarity.likeness(inputs_from_features({"context": measured}, details), ["context"])


def test_a_post_like_the_others_is_familiar() -> None:
    likeness = _likeness(_learnt(), followers=100_000, duration_s=15.0)
    assert likeness == Likeness(100.0, 1.0, ())
    assert likeness.warning is None


def test_what_is_furthest_out_is_named_first_with_its_side() -> None:
    likeness = _likeness(_learnt(), followers=3, duration_s=600.0)
    assert [part.name for part in likeness.furthest] == ["context.duration", "context.followers"]
    assert likeness.percent < 0.1
    assert likeness.warning == (
        "This post is unlike those the model learnt from: lower in Followers and higher in Length "
        "of the clip than 99 of 100 of them."
    )


def test_few_training_posts_are_called_unlike_the_others() -> None:
    draws = np.random.default_rng(1)
    familiarity = _learnt()
    warned = [
        _likeness(
            familiarity,
            followers=int(10 ** draws.uniform(3.0, 7.0)),
            duration_s=float(10 ** draws.normal(1.2, 0.2)),
        ).warning
        for _ in range(600)
    ]
    assert 0 < sum(sentence is not None for sentence in warned) < 0.05 * len(warned)


def test_a_modality_without_weight_in_the_prediction_is_not_held_against_the_post() -> None:
    details = post_details(followers=3)
    measured = context.extract(details, duration_s=600.0, width=576, height=1024)
    inputs = inputs_from_features({"context": measured}, details)
    assert _learnt().likeness(inputs, []) == Likeness()


def test_features_that_few_posts_have_or_that_never_change_say_nothing() -> None:
    table = {
        "followers": np.concatenate([np.arange(150.0), np.full(5000, np.nan)]),
        "sound_original": np.ones(5150),
    }
    assert fit_ranges({"context": table}, {"context": tuple(table)}).ranges == {"context": {}}


@given(st.lists(st.floats(allow_nan=True, allow_infinity=True), min_size=1, max_size=20))
def test_any_value_has_a_finite_excess(values: list[float]) -> None:
    found = _learnt().by_group({"followers": np.array(values)}, "context")
    assert np.all((found["Account"] >= 0.0) & (found["Account"] <= MOST_EXCESS))
    assert np.all(np.isfinite(distance(found)))


@given(st.floats(0.0, 20.0), st.floats(0.0, 20.0))
def test_further_out_is_never_more_familiar_nor_narrower(one: float, other: float) -> None:
    near, far = sorted((one, other))
    familiarity = Familiarity(
        ranges=_learnt().ranges, distances=_learnt().distances, slopes={"context": {"Account": 0.5}}
    )
    at = [
        familiarity.by_group({"followers": np.array([7.0 + step])}, "context")["Account"][0]
        for step in (near, far)
    ]
    assert at[0] <= at[1]


def _posts(target: np.ndarray, followers: np.ndarray) -> Learnt:
    noise = np.full(len(target), 0.3)
    return Learnt(
        columns=("followers", "duration"),
        matrix=np.column_stack([followers, np.random.default_rng(5).normal(1.2, 0.2, len(target))]),
        target=target,
        spread=noise,
        expected=noise,
    )


def _fit(matrix: np.ndarray, target: np.ndarray) -> Regressor:
    return Regressor.fit(
        matrix, ("followers", "duration"), target, parameters={"num_iterations": 60}
    )


def _slopes(posts: Learnt, most_posts: int = 4000) -> dict[str, float]:
    return learn_slopes(posts, _fit, _fit, most_posts=most_posts)


def test_the_range_widens_where_errors_grow_and_nowhere_else() -> None:
    draws = np.random.default_rng(2)
    followers = draws.normal(5.0, 1.0, 3000)
    # Trees cannot follow a line beyond what they saw, so errors grow with the distance there; the
    # length of the clip has nothing to do with the views.
    slopes = _slopes(_posts(2.0 * followers + draws.laplace(0.0, 0.3, 3000), followers))
    assert slopes["Account"] > 1.0
    assert slopes["Clip"] < 0.2 * slopes["Account"]


def test_with_few_posts_nothing_widens() -> None:
    followers = np.random.default_rng(3).normal(5.0, 1.0, 500)
    posts = _posts(2.0 * followers, followers)
    assert _slopes(posts) == {}
    assert _slopes(posts, most_posts=0) == {}


@pytest.mark.slow
def test_training_learns_what_its_posts_are_like_and_how_far_to_widen() -> None:
    posts, _ = small_table(creators=100)
    options = replace(QUICK, patterns=("account",))
    inputs = inputs_from_posts(posts, with_embeddings=False)
    model = Trainer(posts, inputs, options).model()
    low, middle, high = model.patterns["account"].familiarity.ranges["context"]["followers"]
    assert 3.0 <= low < 3.2
    assert 3.7 < middle < 4.3
    assert 4.8 < high <= 5.01
    # The curve through the followers goes on where the posts end, so errors hardly grow there.
    near, far = _predicted(model, followers=30_000), _predicted(model, followers=300_000_000)
    assert near.likeness.widening == 1.0
    assert far.views.median > 100 * near.views.median
    assert "higher in Followers" in far.warnings[0]
    assert np.log10(far.views.high / far.views.low) >= np.log10(near.views.high / near.views.low)


def _with(folder: Path, familiarity: dict[str, Any] | None) -> Model:
    """Return the shipped model with another familiarity, or with none at all in its manifest."""
    copy = Path(shutil.copytree(MODELS, folder / "models"))
    manifest = json.loads((copy / "manifest.json").read_text(encoding="utf-8"))
    for pattern in manifest["patterns"].values():
        pattern.pop("familiarity", None)
        if familiarity is not None:
            pattern["familiarity"] = familiarity
    content = json.dumps(manifest)
    (copy / "manifest.json").write_text(content, encoding="utf-8")
    digest = hashlib.sha256(content.encode()).hexdigest()
    (copy / "manifest.sha256").write_text(f"{digest}  manifest.json\n", encoding="ascii")
    return load(copy)


def _predicted(model: Model, followers: int) -> Prediction:
    details = post_details(followers=followers, horizon_days=30)
    measured = context.extract(details, duration_s=15.0, width=576, height=1024)
    return explained.predict(model, {"context": measured}, details)


@pytest.fixture
def widening(tmp_path: Path) -> Model:
    return _with(
        tmp_path,
        {
            "ranges": {"context": {"followers": list(FOLLOWERS)}},
            "distances": {"context": [0.0, 0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7]},
            "slopes": {"context": {"Account": 0.5}},
        },
    )


def test_a_model_without_it_finds_everything_familiar(tmp_path: Path) -> None:
    predicted = _predicted(_with(tmp_path, None), followers=3)
    assert predicted.likeness == Likeness()
    assert not [said for said in predicted.warnings if "unlike" in said]


def test_an_unlike_post_has_a_wider_range_and_the_same_middle_and_reasons(
    widening: Model, tmp_path: Path
) -> None:
    plain = _predicted(_with(tmp_path / "plain", None), followers=3)
    wide = _predicted(widening, followers=3)
    assert wide.likeness.widening == pytest.approx(1.0 + 0.5 * (3.0 - np.log10(4)) / 2.0)
    assert wide.views.median == plain.views.median
    for count in ("views", "likes", "comments", "shares", "virality"):
        assert getattr(wide, count).high > 1.05 * getattr(plain, count).high
    assert wide.explanation == plain.explanation
    told = sum(part.value for part in wide.explanation.features)
    assert wide.explanation.base + told == pytest.approx(wide.explanation.prediction, abs=1e-6)
    assert "lower in Followers than 99 of 100" in wide.warnings[0]
    assert "The range is 1.6 times as wide" in wide.warnings[0]


def test_a_familiar_post_keeps_its_range(widening: Model, tmp_path: Path) -> None:
    plain = _predicted(_with(tmp_path / "plain", None), followers=50_000)
    same = _predicted(widening, followers=50_000)
    assert same.views == plain.views
    assert same.warnings == plain.warnings


def test_the_json_says_how_familiar_the_post_is(widening: Model) -> None:
    told = json.loads(json.dumps(_predicted(widening, followers=3).to_dict()))["familiarity"]
    assert told["percent"] < 1.0
    assert told["widening"] > 1.5
    assert told["furthest"] == [
        {
            "name": "context.followers",
            "label": "Followers",
            "input": pytest.approx(np.log10(4)),
            "low": FOLLOWERS[0],
            "high": FOLLOWERS[2],
        }
    ]


@pytest.mark.parametrize("followers", [3, 500_000_000])
def test_the_warning_is_said_in_spanish_too(widening: Model, followers: int) -> None:
    english = _predicted(widening, followers).warnings[0]
    spanish, language = sentence(english, "es")
    assert language == "es"
    side = "más bajo" if followers == 3 else "más alto"
    assert spanish.startswith(
        "Esta publicación no se parece a aquellas de las que aprendió el modelo: "
        f"{side} en Seguidores que en 99 de cada 100."
    )
    assert ("veces más ancho" in spanish) == ("times as wide" in english)
