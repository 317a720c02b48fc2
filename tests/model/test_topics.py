"""What a text is about: the topic whose direction it shares, counted over past captions."""

from __future__ import annotations

import json

import numpy as np
import pytest

from viral.messages import has
from viral.model.topics import MOST_NEAREST, NO_TOPICS, TOPICS, Topics, fit_topics

DIMENSIONS = 64
EMBEDDING = "some-encoder"
FOOD, PETS = (list(TOPICS).index(name) for name in ("food", "pets"))


@pytest.fixture(scope="module")
def phrases() -> np.ndarray:
    rows = np.random.default_rng(0).normal(size=(len(TOPICS), DIMENSIONS))
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


@pytest.fixture(scope="module")
def topics(phrases: np.ndarray) -> Topics:
    """Return seven captions about food, three about pets, one about nothing, one without words."""
    apart = np.random.default_rng(1).normal(scale=0.01, size=(12, DIMENSIONS))
    captions = np.concatenate(
        [np.tile(phrases[FOOD], (7, 1)), np.tile(phrases[PETS], (3, 1)), np.zeros((2, DIMENSIONS))]
    )
    captions = captions + apart
    captions[10] = -captions[:10].mean(axis=0)
    captions[11] = np.nan
    return fit_topics(EMBEDDING, captions, phrases)


def test_a_text_is_closest_to_what_it_is_about(topics: Topics, phrases: np.ndarray):
    found = topics.nearest(phrases[PETS], EMBEDDING)
    assert found[0].about == "pets"
    assert len(found) <= MOST_NEAREST


def test_past_captions_are_counted_where_they_belong(topics: Topics):
    counted = dict(zip(topics.names, topics.posts, strict=True))
    assert counted["pets"] == 3
    assert sum(counted.values()) <= 11


def test_nothing_is_claimed_of_what_lies_nowhere_near(topics: Topics, phrases: np.ndarray):
    assert topics.nearest(topics.mean, EMBEDDING) == ()
    assert topics.nearest(None, EMBEDDING) == ()
    assert topics.nearest(phrases[PETS], "another-encoder") == ()
    assert topics.nearest(phrases[PETS][:5], EMBEDDING) == ()
    assert topics.nearest(np.full(DIMENSIONS, np.nan), EMBEDDING) == ()
    assert NO_TOPICS.nearest(phrases[PETS], EMBEDDING) == ()


def test_they_are_the_same_after_writing(topics: Topics, phrases: np.ndarray):
    again = Topics.from_dict(json.loads(json.dumps(topics.to_dict())))
    for phrase in phrases:
        assert again.nearest(phrase, EMBEDDING) == topics.nearest(phrase, EMBEDDING)


def test_without_captions_there_are_none(phrases: np.ndarray):
    assert fit_topics(EMBEDDING, np.full((3, DIMENSIONS), np.nan), phrases) is NO_TOPICS


def test_every_topic_has_a_spanish_name():
    assert [name for name in TOPICS if not has(f"topic.{name.replace(' ', '_')}")] == []


def test_the_encoder_finds_plain_captions_near_their_topic():
    from viral.modalities.networks import sentences

    said = {
        "my dog is the cutest": "pets",
        "Receta fácil de tortilla": "food",
        "new dance with my sister": "dance",
        "leg day at the gym": "fitness",
    }
    captions = sentences.embed(list(said))
    phrases = sentences.embed(list(TOPICS.values()))
    fitted = fit_topics(sentences.EMBEDDING_NAME, phrases, phrases)
    for words, caption in zip(said, captions, strict=True):
        found = fitted.nearest(caption, sentences.EMBEDDING_NAME)
        assert found[0].about == said[words]
