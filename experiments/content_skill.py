"""What pictures, text on screen, speech and captions say of the views that the account leaves open.

    python -m experiments.content_skill

Two questions of each kind of content and each set: how well it ranks posts by what is left of their
views once the size of the account is known (`size`), or its other posts (`own`: creators with five
or more), on creators that were not learnt from; and whether what is learnt in one set holds in
another. Ridge regression on embeddings; 95 % intervals over creators.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from viral.modalities.language import language_of
from viral.modalities.networks import imagenet, sentences
from viral.training.metrics import bootstrap, r2, spearman

FOLDS = 5
FEWEST_OWN = 5
"""Posts of a creator from which their own usual is told."""
STRENGTHS = 10.0 ** np.arange(1, 6)
"""Penalties that ridge regression chooses from, within the creators that it learns from."""
FEWEST_POSTS = 100
NEW_DAYS = 7
"""Younger posts have not got their views."""


@dataclass(frozen=True)
class Sample:
    """Posts of one set, with what the account leaves open of their views."""

    posts: pd.DataFrame
    left_over: np.ndarray
    """log10, float64 `[posts]`."""

    @property
    def creators(self) -> np.ndarray:
        """Whose each post is."""
        return self.posts["creator"].astype(str).to_numpy()

    def where(self, known: np.ndarray) -> Sample:
        """Return some of the posts."""
        return Sample(self.posts[known].reset_index(drop=True), self.left_over[known])


def in_folds(
    groups: np.ndarray, learn: Callable[[np.ndarray], Callable[[np.ndarray], np.ndarray]]
) -> np.ndarray:
    """Return what is said of each row by what never saw its group."""
    _, codes = np.unique(groups, return_inverse=True)
    fold = np.random.default_rng(0).permutation(codes.max() + 1)[codes] % FOLDS
    said = np.full(len(groups), np.nan)
    for number in range(FOLDS):
        held_out = fold == number
        said[held_out] = learn(np.flatnonzero(~held_out))(np.flatnonzero(held_out))
    return said


def by_size(posts: pd.DataFrame) -> Sample:
    """Take from log views what followers, posts so far, year and length tell of them."""
    import lightgbm

    told = pd.DataFrame(
        {
            "followers": np.log10(posts["followers"].astype(float) + 1),
            "posts": np.log10(posts["creator_total_videos"].astype(float) + 1),
            "year": pd.to_datetime(posts["posted_at"], utc=True).dt.year.astype(float),
            "length": np.log10(posts["duration_s"].astype(float).where(lambda s: s > 0)),
        }
    ).to_numpy()
    views = np.log10(posts["views"].to_numpy(float) + 1)

    def learn(rows: np.ndarray) -> Callable[[np.ndarray], np.ndarray]:
        trees = lightgbm.LGBMRegressor(
            n_estimators=150, learning_rate=0.05, num_leaves=7, min_child_samples=30, verbosity=-1
        ).fit(told[rows], views[rows])
        return lambda others: np.asarray(trees.predict(told[others]))

    return Sample(posts, views - in_folds(posts["creator"].astype(str).to_numpy(), learn))


def by_own(posts: pd.DataFrame, count: str = "views") -> Sample:
    """Take from the log of a count the mean of the creator's other posts."""
    logs = pd.Series(np.log10(posts[count].to_numpy(float) + 1), index=posts.index)
    groups = logs.groupby(posts["creator"])
    number, total = groups.transform("size"), groups.transform("sum")
    known = (number >= FEWEST_OWN).to_numpy()
    others = ((total - logs) / (number - 1).clip(lower=1)).to_numpy()
    return Sample(posts, logs.to_numpy() - others).where(known)


def ridge(values: np.ndarray, target: np.ndarray) -> Callable[[np.ndarray], np.ndarray]:
    """Fit and return what predicts."""
    from sklearn.linear_model import RidgeCV
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    return make_pipeline(StandardScaler(), RidgeCV(STRENGTHS)).fit(values, target).predict


def skill(sample: Sample, values: np.ndarray) -> str:
    """Return how well content ranks posts of creators that it was not learnt from."""

    def learn(rows: np.ndarray) -> Callable[[np.ndarray], np.ndarray]:
        fitted = ridge(values[rows], sample.left_over[rows])
        return lambda others: fitted(values[others])

    return figures(sample, in_folds(sample.creators, learn))


def figures(sample: Sample, said: np.ndarray) -> str:
    """Return Spearman with its interval, R2, posts and creators as cells of a table."""

    def at(rows: np.ndarray) -> dict[str, float]:
        return {"spearman": spearman(sample.left_over[rows], said[rows])}

    low, high = bootstrap(at, sample.creators)["spearman"]
    every = np.arange(len(said))
    return (
        f"{at(every)['spearman']:+.3f} ({low:+.3f} to {high:+.3f}) | "
        f"{r2(sample.left_over, said):+.4f} | {len(said):,} | {len(set(sample.creators)):,}"
    )


def words(posts: pd.DataFrame, column: str) -> np.ndarray:
    """Return which posts have words in a column."""
    return posts[column].map(lambda text: isinstance(text, str) and bool(text.strip())).to_numpy()


def in_english(texts: Sequence[str]) -> np.ndarray:
    """Return which texts are English."""
    return np.array([language_of(text) == "en" for text in texts])


def pictures(posts: pd.DataFrame, folder: Path) -> np.ndarray:
    """Return the picture network's embedding of each post's picture, float32 `[posts, 1280]`."""
    import cv2

    seen = np.empty((len(posts), imagenet.DIMENSIONS), np.float32)
    for place, name in enumerate(posts["picture"]):
        picture = cv2.imread(str(folder / name))
        seen[place] = imagenet.recognised([cv2.cvtColor(picture, cv2.COLOR_BGR2RGB)])[0][0]
    return seen


def by_format(sample: Sample) -> np.ndarray:
    """Return what posts of other creators with the same meme format left over, `[posts]`."""
    names = sample.posts["format"].astype(str).to_numpy()

    def learn(rows: np.ndarray) -> Callable[[np.ndarray], np.ndarray]:
        groups = pd.Series(sample.left_over[rows]).groupby(names[rows])
        means = groups.sum() / (groups.size() + 3.0)
        return lambda others: pd.Series(names[others]).map(means).fillna(0.0).to_numpy()

    return in_folds(sample.creators, learn)


def row(*cells: str) -> None:
    """Print a row of a table."""
    print("| " + " | ".join(cells) + " |", flush=True)


def read(folder: Path, name: str) -> pd.DataFrame:
    """Return a set's posts that have had time to get their views."""
    posts = pd.read_parquet(folder / f"{name}.parquet")
    return posts[~(posts["age_days"].astype(float) < NEW_DAYS)].reset_index(drop=True)


def main() -> None:
    """Print both tables."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--data", type=Path, default=Path("../shared/data/more"))
    folder = parser.parse_args().data
    row("content", "by", "set", "left by", "Spearman", "R2", "posts", "creators")
    row(*["---"] * 8)

    thumbnails = read(folder, "thumbnails_2015")
    thumbnails = thumbnails[thumbnails["picture"].notna()].reset_index(drop=True)
    seen = pictures(thumbnails, folder)
    network = "EfficientNet-Lite0"
    row("picture", network, "thumbnails_2015", "size", skill(by_size(thumbnails), seen))
    thumbnails["row"] = np.arange(len(thumbnails))
    own = by_own(thumbnails)
    row("picture", network, "thumbnails_2015", "own", skill(own, seen[own.posts["row"]]))

    encoders = {"multilingual": sentences.embed, "MiniLM": sentences.embed_english}
    formats = by_size(read(folder, "formats_2025"))
    row(
        "meme format",
        "mean of others'",
        "formats_2025",
        "size",
        figures(formats, by_format(formats)),
    )
    worded = (
        ("text on screen", "text_on_screen", "formats_2025"),
        ("transcript", "transcript", "formats_2025"),
        ("transcript", "transcript", "hotels"),
        ("transcript", "transcript", "shorts_transcripts"),
        ("caption", "caption", "formats_2025"),
        ("caption", "caption", "hotels"),
        ("caption", "caption", "niches_2025"),
        ("caption", "caption", "trending_2025"),
    )
    for content, column, name in worded:
        sample = by_size(read(folder, name))
        sample = sample.where(words(sample.posts, column))
        english = sample.where(in_english(sample.posts[column].tolist()))
        for some, said in ((sample, "all"), (english, "English")):
            if len(some.posts) < FEWEST_POSTS:
                continue
            texts = some.posts[column].tolist()
            for encoder, embed in encoders.items():
                if said == "English" or encoder == "multilingual":
                    row(f"{content}, {said}", encoder, name, "size", skill(some, embed(texts)))

    owns = ("denmark_2026", "feeds_2021", "mixed_2024", "srilanka_2025", "instagram_2017")
    kept = {}
    for name in owns:
        count = "likes" if name == "instagram_2017" else "views"
        sample = by_own(read(folder, name), count)
        sample = sample.where(words(sample.posts, "caption"))
        kept[name] = sample, sentences.embed(sample.posts["caption"].tolist())
        row("caption, all", "multilingual", name, f"own {count}", skill(*kept[name]))

    print()
    row("caption learnt in", "tried on", "Spearman", "R2", "posts", "creators")
    row(*["---"] * 6)
    for tried in owns:
        for learnt in owns:
            if learnt != tried:
                fitted = ridge(kept[learnt][1], kept[learnt][0].left_over)
                row(learnt, tried, figures(kept[tried][0], fitted(kept[tried][1])))


if __name__ == "__main__":
    main()
