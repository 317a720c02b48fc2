"""What captions and transcripts are about, in aggregate.

The embedding of a text means nothing to a person. What it lies closest to does: each of `TOPICS` is
a phrase of the project's own, embedded like a caption, and training counts how many past captions
lie closest to it. No caption and no hashtag of a post is kept.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from viral.modalities.networks import sentences
from viral.model.inputs import Inputs

TOPICS: Mapping[str, str] = {
    "anime and drawing": "Anime, manga, cartoon, drawing, art",
    "beauty": "Makeup tutorial, skincare routine, beauty, hair",
    "cars and motorbikes": "Cars, motorbikes, driving, racing",
    "celebrations": "Happy birthday, wedding, party, celebration",
    "comedy": "A funny joke, comedy sketch, prank, meme",
    "dance": "Dancing to a song, dance challenge, choreography",
    "family": "My baby, family, parents, children",
    "fashion": "Outfit of the day, fashion, clothes, style",
    "feelings": "Sad feelings, lonely, motivation, quotes about life",
    "film and television": "Movie, TV series, drama, actor",
    "fitness": "Workout at the gym, fitness training, exercise",
    "food": "Cooking at home: easy recipe, dinner, food, baking",
    "football and other team sports": "Football match, soccer goal, basketball game",
    "games": "Playing video games, gaming, Minecraft",
    "health": "Doctor, health, illness, medicine",
    "home and garden": "House cleaning, garden, plants, decoration, DIY craft",
    "horses and farms": "Horse riding, farm animals, equestrian",
    "love": "Love, boyfriend and girlfriend, couple, relationship",
    "music and singing": "Singing a song, music cover, lyrics",
    "nature": "Sunset, nature, flowers, sky, rain",
    "news and history": "News, politics, government, war, history",
    "pets": "My dog and cat, cute pets and animals",
    "running and the outdoors": "Running, hiking, cycling outdoors",
    "school": "School, students, exams, teacher, university",
    "technology": "Phone, computer, AI, app, technology",
    "tips": "How to do it: tips, tutorial, life hack, did you know",
    "travel": "Travelling, holiday trip, beach, beautiful landscape",
    "work and money": "Money, saving, business, job, work",
}
"""Name of a topic -> a phrase that captions about it are close to."""
MOST_NEAREST = 2
LEAST_SIMILARITY = 0.3
"""Cosine, after the average caption was taken off, below which a text is like no topic. Of the
captions that were tried by hand, nearly all above it were about what it said."""
LARGEST_BYTE = 127.0


@dataclass(frozen=True)
class Nearest:
    """A topic that a text lies close to."""

    about: str
    """One of `TOPICS`."""
    posts: int
    """Past captions that lie closest to it."""


@dataclass(frozen=True)
class Topics:
    """The topics in the space of an embedding, and how many past captions lie closest to each."""

    embedding_name: str
    """Which embedding that is; empty where there is none."""
    names: tuple[str, ...]
    posts: tuple[int, ...]
    """Past captions whose closest topic this is, by name."""
    mean: np.ndarray
    """float64 `[dimensions]`: the average caption, taken off before anything is compared."""
    directions: np.ndarray
    """int8 `[len(names), dimensions]`: where each topic lies from the average caption."""

    def nearest(self, embedding: np.ndarray | None, name: str | None) -> tuple[Nearest, ...]:
        """Return the topics that a text lies closest to.

        Parameters
        ----------
        embedding : np.ndarray [shape=(dimensions,)], optional
            Of a caption or a transcript.
        name : str, optional
            Which embedding that is; to one of another kind nothing is near.

        Returns
        -------
        tuple of Nearest
            At most `MOST_NEAREST`, the closest first; empty where nothing is near.
        """
        if embedding is None or name != self.embedding_name or len(embedding) != len(self.mean):
            return ()
        close = _similarity(np.asarray(embedding)[None, :] - self.mean, self.directions)[0]
        order = np.argsort(-close, kind="stable")[:MOST_NEAREST]
        return tuple(
            Nearest(self.names[place], self.posts[place])
            for place in order
            if close[place] >= LEAST_SIMILARITY
        )

    def to_dict(self) -> dict[str, Any]:
        """Return plain Python types for the manifest."""
        return {
            "embedding_name": self.embedding_name,
            "names": list(self.names),
            "posts": list(self.posts),
            "mean": [float(value) for value in self.mean],
            "directions": base64.b64encode(self.directions.tobytes()).decode("ascii"),
        }

    @classmethod
    def from_dict(cls, stored: Mapping[str, Any]) -> Topics:
        """Read what `to_dict` wrote."""
        names = tuple(str(name) for name in stored["names"])
        mean = np.asarray(stored["mean"], dtype=np.float64)
        raw = base64.b64decode(stored["directions"], validate=True)
        return cls(
            embedding_name=str(stored["embedding_name"]),
            names=names,
            posts=tuple(int(count) for count in stored["posts"]),
            mean=mean,
            directions=np.frombuffer(raw, dtype=np.int8).reshape(len(names), len(mean)),
        )


NO_TOPICS = Topics("", (), (), np.zeros(0), np.zeros((0, 0), dtype=np.int8))


def _similarity(rows: np.ndarray, directions: np.ndarray) -> np.ndarray:
    """Return the cosines `[rows, directions]`; 0 where a row or a direction has no length."""
    rows = np.asarray(rows, dtype=np.float64)
    directions = directions.astype(np.float64)
    lengths = np.linalg.norm(rows, axis=1)[:, None] * np.linalg.norm(directions, axis=1)[None, :]
    known = np.isfinite(lengths) & (lengths > 0)
    return np.where(known, rows @ directions.T, 0.0) / np.where(known, lengths, 1.0)


def fit_topics(embedding_name: str, captions: np.ndarray, phrases: np.ndarray) -> Topics:
    """Place the topics among past captions, and count those.

    Parameters
    ----------
    embedding_name : str
        Which embedding this is.
    captions : np.ndarray [shape=(posts, dimensions)]
        Of past posts; NaN rows where there is none.
    phrases : np.ndarray [shape=(len(TOPICS), dimensions)]
        The same embedding of the phrases of `TOPICS`, in their order.

    Returns
    -------
    Topics
        `NO_TOPICS` where no caption is embedded.
    """
    known = captions[np.isfinite(captions).all(axis=1)].astype(np.float64)
    if not len(known):
        return NO_TOPICS
    mean = np.round(known.mean(axis=0), 6)
    apart = np.asarray(phrases, dtype=np.float64) - mean
    largest = np.maximum(np.abs(apart).max(axis=1, keepdims=True), 1e-12)
    directions = np.round(LARGEST_BYTE * apart / largest).astype(np.int8)
    close = _similarity(known - mean, directions)
    first = close.argmax(axis=1)[close.max(axis=1) >= LEAST_SIMILARITY]
    posts = np.bincount(first, minlength=len(TOPICS))
    return Topics(embedding_name, tuple(TOPICS), tuple(posts.tolist()), mean, directions)


def topics_of(inputs: Inputs) -> Topics:
    """Return the topics of some posts, by their captions' embeddings; nothing without any."""
    captions = inputs.embeddings.get("text")
    name = inputs.embedding_names.get("text")
    if captions is None or name != sentences.EMBEDDING_NAME:
        return NO_TOPICS
    return fit_topics(name, captions, sentences.embed(list(TOPICS.values())))
