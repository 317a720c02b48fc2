"""Why, as numbers: every level adds up whatever the post is, and what is typical is comparable."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from known import known_analysis, known_model

from viral.modalities import context, text
from viral.model import explained
from viral.model.model import Model
from viral.model.reference_medians import Medians
from viral.model.store import shipped_model
from viral.pipeline import Analysis
from viral.posts.details import PostDetails, post_details

EVERYONE: Medians = {
    "context": {"followers": 6.0, "duration": 1.2},
    "visual": {"brightness": 50.0},
}
SMALL: Medians = {"context": {"followers": 3.5, "duration": 1.0}, "visual": {"brightness": 40.0}}
BY_SIZE = (SMALL, *({},) * 5)

details = st.builds(
    post_details,
    caption=st.none() | st.text(max_size=60) | st.just("Spring onions for ever #cooking #fyp"),
    followers=st.none() | st.integers(0, 10**9),
    recent_views=st.none() | st.lists(st.integers(0, 10**9), max_size=12),
    posted_at=st.none() | st.just("2026-03-01T18:30+01:00"),
    sound=st.none() | st.just("original"),
    horizon_days=st.floats(1, 365),
)


@pytest.fixture(scope="module")
def seen() -> Analysis:
    """Return a clip with light, sound and words, explained by the shipped model when it is asked
    again."""
    return known_analysis(
        known_model(context={"duration": 0.1}),
        brightness=[10.0, 60.0, 30.0, 90.0],
        centroid=[900.0, 1200.0, 700.0, 3000.0],
        words_at_s=[0.4, 1.1, 1.9],
    )


@settings(max_examples=25)
@given(post=details)
def test_every_level_adds_up_in_the_same_order_each_time(seen: Analysis, post: PostDetails) -> None:
    found = seen.again(details=post).prediction.explanation
    total = found.base + sum(part.value for part in found.modalities)
    assert total == pytest.approx(found.prediction, abs=1e-6)
    assert found.base + sum(part.value for part in found.features) == pytest.approx(total, abs=1e-6)
    groups: dict[tuple[str, str], float] = defaultdict(float)
    for part in found.features:
        groups[part.modality, part.group] += part.value
    for modality in found.modalities:
        inside = sum(value for (name, _), value in groups.items() if name == modality.name)
        assert inside == pytest.approx(modality.value, abs=1e-6)
    assert seen.again(details=post).prediction.explanation == found


def _typical(model: Model, seen: Analysis, followers: int | None) -> dict[str, object]:
    post = PostDetails(followers=followers)
    explanation = explained.predict(model, seen.again(details=post).features, post).explanation
    return {part.name: part.typical for part in explanation.features if part.typical is not None}


def test_what_is_typical_is_that_of_accounts_of_the_same_size(seen: Analysis) -> None:
    model = replace(known_model(), typical=EVERYONE, typical_by_size=BY_SIZE)
    small = _typical(model, seen, 900)
    assert small["context.duration"] == 1.0
    assert small["visual.brightness"] == 40.0
    # What says which account it is moves the prediction away from all posts.
    assert small["context.followers"] == 6.0
    for followers in (5_000_000, None):
        others = _typical(model, seen, followers)
        assert others["context.duration"] == 1.2
        assert others["visual.brightness"] == 50.0


def test_from_the_usual_the_sums_hold_and_the_levels_say_one_thing() -> None:
    from fabricated import explanation

    from viral.model.explanation import LEVEL, LEVELS, from_usual

    told = explanation()
    seen = from_usual(told, 3.1)
    assert seen.base_is == "usual"
    assert seen.base == 3.1
    assert seen.prediction == told.prediction
    for parts in (seen.modalities, seen.features):
        assert seen.base + sum(p.value for p in parts) == pytest.approx(seen.prediction, abs=1e-6)
    assert all(part.value == 0.0 for part in seen.features if part.name in LEVELS)
    assert sum(part.name == LEVEL for part in seen.features) == 1
    assert seen.from_average == told


@pytest.mark.parametrize("views", [3.0, 1_200.0, 4_000_000.0])
def test_from_the_usual_an_ordinary_post_takes_small_steps(views: float) -> None:
    """How large the account is says where its usual lies, not how far this post is from it."""
    details = PostDetails(recent_views=tuple(views * f for f in (0.9, 1.2, 1.0, 0.8, 1.1)))
    features = {
        "text": text.extract(details),
        "context": context.extract(details, duration_s=14.0, width=576, height=1024),
    }
    why = explained.predict(shipped_model(), features, details).explanation
    assert why.base_is == "usual"
    assert max(abs(part.value) for part in why.features) < np.log10(3.0)
