"""What turns an embedding or a list of hashtags into one number, learnt from lifts.

Both are linear, so that what they add to a prediction is known exactly, and both are small enough
to be kept in the manifest.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

RIDGE_STRENGTHS = (3.0, 10.0, 30.0, 100.0, 300.0, 1000.0, 3000.0)
"""How hard slopes are pulled towards zero; the one that predicts other creators best is taken."""
SELECTION_FOLDS = 4
FEWEST_TAG_CREATORS = 4
"""A hashtag that fewer creators used says more about them than about posts."""
TAG_PRIOR_CREATORS = 6.0
"""A hashtag's mean is pulled towards zero as if this many creators had shown no lift with it."""
TAG_KEY_CHARACTERS = 12
"""Hashtags are kept as the start of their SHA-256: a table of them names nobody."""


@dataclass(frozen=True)
class EmbeddingLine:
    """A ridge regression on an embedding."""

    name: str
    """Which embedding this is for, such as `use-multilingual-v3`."""
    mean: np.ndarray
    """float64 `[dimensions]`: what the typical post's embedding is."""
    slopes: np.ndarray
    """float64 `[dimensions]`."""

    @classmethod
    def fit(
        cls, name: str, embeddings: np.ndarray, target: np.ndarray, folds_of: np.ndarray
    ) -> tuple[EmbeddingLine, np.ndarray]:
        """Fit slopes, and predict each row by slopes that did not see its fold.

        Parameters
        ----------
        embeddings : np.ndarray [shape=(posts, dimensions)]
            NaN rows where there is none.
        target : np.ndarray [shape=(posts,)]
            Lift, log10.
        folds_of : np.ndarray [shape=(posts,)]
            Fold of each row; the posts of a creator share one.

        Returns
        -------
        tuple of EmbeddingLine and np.ndarray
            The line fitted on all rows, and the out-of-fold predictions (0 where NaN).
        """
        known = np.isfinite(embeddings).all(axis=1)
        rows = np.asarray(embeddings[known], dtype=np.float64)
        mean = rows.mean(axis=0)
        rows = rows - mean
        centre = float(target[known].mean())
        wanted = target[known] - centre
        fold = folds_of[known]
        # Sums by fold are enough for every strength and every left-out fold.
        numbers = np.unique(fold)
        grams = [rows[fold == n].T @ rows[fold == n] for n in numbers]
        moments = [rows[fold == n].T @ wanted[fold == n] for n in numbers]
        gram, moment = sum(grams), sum(moments)
        eye = np.eye(rows.shape[1])
        best, best_error, best_out = RIDGE_STRENGTHS[-1], np.inf, np.zeros(len(rows))
        for strength in RIDGE_STRENGTHS:
            out = np.zeros(len(rows))
            for n, part_gram, part_moment in zip(numbers, grams, moments, strict=True):
                slopes = np.linalg.solve(gram - part_gram + strength * eye, moment - part_moment)
                out[fold == n] = rows[fold == n] @ slopes
            error = float(np.mean((wanted - out) ** 2))
            if error < best_error - 1e-12:
                best, best_error, best_out = strength, error, out
        slopes = np.linalg.solve(gram + best * eye, moment)
        result = np.zeros(len(target))
        result[known] = best_out
        return cls(name=name, mean=np.round(mean, 7), slopes=np.round(slopes, 7)), result

    def __call__(self, embeddings: np.ndarray | None, count: int) -> np.ndarray:
        """Return what each embedding adds `[shape=(count,)]`, 0 where there is none."""
        if embeddings is None or embeddings.shape[1] != len(self.slopes):
            return np.zeros(count)
        known = np.isfinite(embeddings).all(axis=1)
        result = np.zeros(count)
        # Row by row, so that a row's sum does not depend on how many rows there are.
        result[known] = ((embeddings[known].astype(np.float64) - self.mean) * self.slopes).sum(
            axis=1
        )
        return result


def tag_key(tag: str) -> str:
    """Return the key that a hashtag is kept under."""
    return hashlib.sha256(tag.lower().encode("utf-8", "replace")).hexdigest()[:TAG_KEY_CHARACTERS]


@dataclass(frozen=True)
class TagTable:
    """The mean lift of posts with a hashtag, over creators, pulled towards zero."""

    lifts: Mapping[str, float]
    """`tag_key` -> log10 lift."""

    @classmethod
    def fit(
        cls, tags: Iterable[Sequence[str]], target: np.ndarray, creators: np.ndarray
    ) -> tuple[TagTable, np.ndarray]:
        """Fit the table, and look each row up without what its own creator added.

        Parameters
        ----------
        tags : sequence of sequences of str
            Hashtags of each post.
        target : np.ndarray [shape=(posts,)]
            Lift, log10.
        creators : np.ndarray [shape=(posts,)]
            Key of each post's creator.
        """
        tags = list(tags)
        centre = float(np.mean(target))
        rows = [row for row, names in enumerate(tags) for _ in names]
        frame = pd.DataFrame(
            {
                "row": np.array(rows, dtype=np.int64),
                "tag": [tag_key(name) for names in tags for name in names],
            }
        )
        frame["creator"] = np.asarray(creators)[frame["row"]]
        frame["lift"] = target[frame["row"]] - centre
        # A creator counts once for each tag, whatever their number of posts.
        by_creator = frame.groupby(["tag", "creator"], sort=True)["lift"].mean()
        by_tag = by_creator.groupby(level="tag").agg(["sum", "size"])
        often = by_tag[by_tag["size"] >= FEWEST_TAG_CREATORS]
        lifts = (often["sum"] / (often["size"] + TAG_PRIOR_CREATORS)).round(5)
        joined = frame.join(by_tag, on="tag").join(by_creator.rename("own"), on=["tag", "creator"])
        others = joined["size"] - 1
        joined["value"] = (joined["sum"] - joined["own"]) / (others + TAG_PRIOR_CREATORS)
        joined = joined[others >= FEWEST_TAG_CREATORS - 1]
        result = np.full(len(tags), np.nan)
        means = joined.groupby("row")["value"].mean()
        result[means.index.to_numpy(dtype=np.int64)] = means.to_numpy()
        return cls({str(key): float(value) for key, value in lifts.items()}), result

    def __call__(self, tags: Iterable[Sequence[str]]) -> np.ndarray:
        """Return the mean lift of each post's known hashtags, NaN where none is known."""
        tags = list(tags)
        result = np.full(len(tags), np.nan)
        keys: dict[str, str] = {}
        for row, names in enumerate(tags):
            known = []
            for name in names:
                key = keys.get(name) or keys.setdefault(name, tag_key(name))
                if key in self.lifts:
                    known.append(self.lifts[key])
            if known:
                result[row] = sum(known) / len(known)
        return result
