"""What the model sees of some posts: one table of values for each modality, and what is known.

The same `Inputs` is made from a table of past posts, from a table to predict and from the
`Features` of one clip, so that training and serving cannot differ.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from importlib import import_module

import numpy as np
import pandas as pd

from viral.modalities import NAMES
from viral.modalities.context import days_of
from viral.modalities.features import Feature, Features
from viral.model.engagement import OwnRatios, own_ratios, own_ratios_told
from viral.posts.details import PostDetails
from viral.posts.hashtags import hashtags_in

PATTERNS = ("history", "account", "unknown")
"""What is known of the account: its recent views; its size alone; nothing."""
CONTENT = tuple(name for name in NAMES if name != "context")
"""The modalities that predict lift, in the order of `NAMES`."""


@dataclass(frozen=True)
class Inputs:
    """What is known of some posts before they are posted."""

    values: Mapping[str, pd.DataFrame]
    """Modality -> float64 table `[posts, features]` with plain feature names."""
    embeddings: Mapping[str, np.ndarray]
    """Modality -> float `[posts, dimensions]`, NaN rows where missing; absent without any."""
    embedding_names: Mapping[str, str]
    """Modality -> which embedding that is."""
    present: Mapping[str, np.ndarray]
    """Modality -> bool `[posts]`."""
    followers: np.ndarray
    """float64 `[posts]`, NaN where unknown."""
    usual_log_views: np.ndarray
    """log10 of the median of the recent views, NaN without any."""
    recent_count: np.ndarray
    """How many recent views are known, float64 `[posts]`."""
    horizon_days: np.ndarray
    """Days after posting at which the counts are meant, float64 `[posts]`; NaN where
    unknown."""
    hashtags: np.ndarray
    """Tuples of lower-case hashtags without `#`, object `[posts]`."""
    posted_days: np.ndarray
    """When it is posted, in days since 1970 UTC, float64 `[posts]`; NaN where unknown."""
    own: Mapping[str, OwnRatios] = field(default_factory=dict)
    """By count: what share of the viewers of the creator's earlier posts gave it."""

    def __len__(self) -> int:
        """Return the number of posts."""
        return len(self.followers)

    @property
    def patterns(self) -> np.ndarray:
        """The pattern of each post, one of `PATTERNS`."""
        known = np.where(np.isfinite(self.followers), "account", "unknown")
        return np.where(self.recent_count > 0, "history", known)

    @property
    def levels(self) -> np.ndarray:
        """log10 of the level of the recent views, NaN without any."""
        return self.values["context"]["recent_level"].to_numpy(dtype=np.float64)

    @property
    def totals_known(self) -> np.ndarray:
        """Whether the likes of the whole account are known, bool `[posts]`."""
        return np.isfinite(self.values["context"]["total_likes"].to_numpy())

    def rows(self, index: np.ndarray) -> Inputs:
        """Return some of the posts, by position or by mask."""
        return replace(
            self,
            values={name: table.iloc[_positions(index)] for name, table in self.values.items()},
            embeddings={name: rows[index] for name, rows in self.embeddings.items()},
            present={name: mask[index] for name, mask in self.present.items()},
            followers=self.followers[index],
            usual_log_views=self.usual_log_views[index],
            recent_count=self.recent_count[index],
            horizon_days=self.horizon_days[index],
            hashtags=self.hashtags[index],
            posted_days=self.posted_days[index],
            own={name: ratios.rows(index) for name, ratios in self.own.items()},
        )

    def columns(self, modality: str) -> Mapping[str, np.ndarray]:
        """Return the values of a modality by name."""
        table = self.values[modality]
        return {str(name): table[name].to_numpy(dtype=np.float64) for name in table.columns}


def _positions(index: np.ndarray) -> np.ndarray:
    return np.flatnonzero(index) if index.dtype == bool else index


def _usual(views: object) -> tuple[float, int]:
    if views is None or isinstance(views, (float, int, str)):
        return float("nan"), 0
    known = np.asarray(list(views), dtype=np.float64)  # type: ignore[call-overload]
    known = known[np.isfinite(known)]
    if known.size == 0:
        return float("nan"), 0
    return float(np.log10(max(float(np.median(known)), 1.0))), int(known.size)


def inputs_from_posts(
    posts: pd.DataFrame,
    clips: Mapping[int, Mapping[str, Features]] | None = None,
    *,
    with_embeddings: bool = True,
    embed_all: bool = False,
) -> Inputs:
    """Measure a table of posts.

    Parameters
    ----------
    posts : DataFrame
        Cleaned: the columns of the shared schema, `recent_views` (lists, oldest first) and
        `horizon_days`.
    clips : mapping, optional
        Row position -> the features of the post's clip, where there is one.
    with_embeddings : bool
        Whether captions are embedded, about 1 ms each: of all posts whose account is unknown,
        wherever in a table they stand. For other posts they have been found to add nothing to what
        the hashtags say.
    embed_all : bool
        Embed also where the followers are known, so that training can leave them out.
    """
    from viral.modalities import context, text

    clips = clips or {}
    count = len(posts)
    captions, _ = text.extract_table(posts, embed=False)
    values = {"text": captions, "context": context.extract_table(posts)}
    said = captions.notna().any(axis=1).to_numpy()
    present = {"text": said, "context": np.ones(count, dtype=bool)}
    embeddings: dict[str, np.ndarray] = {}
    names: dict[str, str] = {}
    usual = [_usual(views) for views in posts["recent_views"]]
    recent_count = np.array([number for _, number in usual], dtype=np.float64)
    followers = pd.to_numeric(posts["followers"], errors="coerce").to_numpy(dtype=np.float64)
    if with_embeddings:
        unknown = (recent_count == 0) & (~np.isfinite(followers) | embed_all)
        worded = np.flatnonzero(unknown & posts["caption"].notna().to_numpy())
        _, vectors = text.extract_table(posts.iloc[worded])
        embeddings["text"] = np.full((count, vectors.shape[1]), np.nan, dtype=np.float32)
        embeddings["text"][worded] = vectors
        names["text"] = text.EMBEDDING_NAME
    for modality in CONTENT:
        if modality == "text":
            continue
        rows = {i: f[modality] for i, f in clips.items() if modality in f}
        values[modality], present[modality] = _table_of(modality, rows, count)
        vector_rows = {i: f.embedding for i, f in rows.items() if f.embedding is not None}
        if vector_rows:
            width = len(next(iter(vector_rows.values())))
            table = np.full((count, width), np.nan)
            for i, vector in vector_rows.items():
                table[i] = vector
            embeddings[modality] = table
            names[modality] = str(next(f.embedding_name for f in rows.values() if f.embedding_name))
    horizon = pd.to_numeric(posts["horizon_days"], errors="coerce").to_numpy(dtype=np.float64)
    return Inputs(
        values=values,
        embeddings=embeddings,
        embedding_names=names,
        present=present,
        followers=followers,
        usual_log_views=np.array([level for level, _ in usual], dtype=np.float64),
        recent_count=recent_count,
        horizon_days=horizon,
        hashtags=_objects(_hashtags(posts)),
        posted_days=days_of(posts["posted_at"]),
        own=own_ratios(posts),
    )


def context_of(inputs: Inputs, posts: pd.DataFrame) -> Inputs:
    """Measure the context again, of the same posts with other things known; the rest is kept.

    Parameters
    ----------
    inputs : Inputs
        Of the posts with everything known.
    posts : DataFrame
        The same posts in the same order, with something left out.
    """
    from viral.modalities import context

    usual = [_usual(views) for views in posts["recent_views"]]
    horizon = pd.to_numeric(posts["horizon_days"], errors="coerce").to_numpy(dtype=np.float64)
    return replace(
        inputs,
        values={**inputs.values, "context": context.extract_table(posts)},
        followers=pd.to_numeric(posts["followers"], errors="coerce").to_numpy(dtype=np.float64),
        usual_log_views=np.array([level for level, _ in usual], dtype=np.float64),
        recent_count=np.array([number for _, number in usual], dtype=np.float64),
        horizon_days=horizon,
        posted_days=days_of(posts["posted_at"]),
        own=own_ratios(posts),
    )


def _objects(rows: Sequence[tuple[str, ...]]) -> np.ndarray:
    result = np.empty(len(rows), dtype=object)
    for index, row in enumerate(rows):
        result[index] = row
    return result


def _hashtags(posts: pd.DataFrame) -> list[tuple[str, ...]]:
    captions = posts["caption"] if "caption" in posts else [None] * len(posts)
    listed = posts["hashtags"] if "hashtags" in posts else [()] * len(posts)
    return [
        tuple(
            dict.fromkeys(
                (
                    *(hashtags_in(caption) if isinstance(caption, str) else ()),
                    *(tags if isinstance(tags, (tuple, list, np.ndarray)) else ()),
                )
            )
        )
        for caption, tags in zip(captions, listed, strict=True)
    ]


def _table_of(
    modality: str, rows: Mapping[int, Features], count: int
) -> tuple[pd.DataFrame, np.ndarray]:
    names = feature_names(modality)
    table = np.full((count, len(names)), np.nan)
    present = np.zeros(count, dtype=bool)
    for i, features in rows.items():
        table[i] = [float(features.values.get(name, np.nan)) for name in names]
        present[i] = not features.missing
    return pd.DataFrame(table, columns=list(names)), present


def modality_features(modality: str) -> tuple[Feature, ...]:
    """Return what a modality measures, in its own order."""
    return tuple(import_module(f"viral.modalities.{modality}").FEATURES)


def feature_names(modality: str) -> tuple[str, ...]:
    """Return the names of a modality's features, in its own order."""
    return tuple(feature.name for feature in modality_features(modality))


def inputs_from_features(features: Mapping[str, Features], details: PostDetails) -> Inputs:
    """Put the features of one post into the shape of a table of one row.

    A modality that is not in `features` counts as missing.
    """
    values, present = {}, {}
    embeddings: dict[str, np.ndarray] = {}
    names: dict[str, str] = {}
    for modality in NAMES:
        rows = {0: features[modality]} if modality in features else {}
        values[modality], present[modality] = _table_of(modality, rows, 1)
        vector = rows[0].embedding if rows else None
        if vector is not None:
            embeddings[modality] = np.asarray(vector, dtype=np.float64)[None, :]
            names[modality] = str(rows[0].embedding_name)
    level, number = _usual(details.recent_views)
    # With an account, the context was measured from its posts.
    past = features["context"].details.get("past") if "context" in features else None
    return Inputs(
        values=values,
        embeddings=embeddings,
        embedding_names=names,
        present=present,
        followers=np.array([np.nan if details.followers is None else details.followers], float),
        usual_log_views=np.array([level]),
        recent_count=np.array([float(number)]),
        horizon_days=np.array([float(details.horizon_days)]),
        hashtags=_objects([hashtags_in(details.caption or "")]),
        posted_days=days_of(pd.Series([details.posted_at])),
        own=own_ratios_told(details) if past is None else own_ratios(pd.DataFrame([past])),
    )
