"""What a modality has to show before it weighs in other people's predictions."""

import numpy as np
import pytest

from viral.model.stack import earned, fit_stack, fit_weights


@pytest.fixture
def posts():
    rng = np.random.default_rng(0)
    creators = np.repeat([f"creator {i}" for i in range(60)], 20)
    context = rng.normal(5, 1, len(creators))
    signal = rng.normal(0, 0.3, len(creators))
    target = context + signal + rng.normal(0, 0.2, len(creators))
    return creators, context, signal, target


def test_a_modality_that_predicts_is_weighed_and_noise_is_not(posts):
    creators, context, signal, target = posts
    noise = np.random.default_rng(1).normal(0, 0.3, len(target))
    stack = fit_weights({"context": context, "text": signal, "audio": noise}, target, creators)
    assert stack.weights["text"] == pytest.approx(1.0, abs=0.1)
    assert stack.weights["audio"] < 0.1
    assert stack.weights["context"] == pytest.approx(1.0, abs=0.05)


def test_what_one_creator_shows_earns_no_weight_for_others(posts):
    creators, _, signal, _ = posts
    one = np.where(creators == "creator 0", signal, np.nan)
    assert earned({"text": signal, "visual": one}, creators) == ["text"]


def test_a_clip_of_a_new_creator_is_not_judged_by_one_other_creators_pictures(posts):
    creators, context, signal, target = posts
    only_one = np.where(creators == "creator 0", signal, np.nan)
    stack = fit_stack(context, {"visual": only_one, "text": signal}, target, creators)
    assert stack["visual"].weights["visual"] == 0.0
    assert stack["visual+text"].weights["visual"] == 0.0
    assert stack["visual+text"].weights["text"] == stack["text"].weights["text"] > 0.9
