"""Past posts made ready to be looked at: everything that a selection is summed up from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from viral.errors import TableError
from viral.explore.aggregates import DURATION_EDGES_S, MEASURES, SIZE_EDGES, part
from viral.explore.baseline import lift_over_peers, lift_over_usual
from viral.explore.rules import OWN, Rules, names_of_creators, sound_names, without_people
from viral.explore.themes import Themes, find_themes
from viral.messages import Message
from viral.modalities import NAMES
from viral.modalities.features import Feature
from viral.posts.schema import log_counts
from viral.posts.splits import creator_keys

YOUNGEST_DAYS = 7.0
"""Posts counted at a younger age have not finished growing and are left out."""
YARDSTICK = "Recent views"
"""The group of the context's features that is what the top tenth is measured against."""
NO_ORDER = frozenset({"hour_sin", "hour_cos", "weekday"})
"""Features without more or less; weekdays and hours have a figure of their own."""


@dataclass(frozen=True)
class Prepared:
    """Past posts, a row each, all arrays in the order of `table`."""

    table: pd.DataFrame
    """`source`, `quarter` (`2020-Q3` or None), `size`, `duration`, `slot` (`24 * weekday + hour`,
    UTC), `language`, `creator` (a number), `posted_at`, the measures of
    `viral.explore.aggregates.MEASURES` (likes, comments and shares per view), `lift_log10` (NaN
    without a usual) and `peers_log10`."""
    hashtags: tuple[tuple[str, ...], ...]
    """Those that may be named."""
    sounds: tuple[str | None, ...]
    themes: Themes
    features: Mapping[str, pd.DataFrame]
    """Modality -> `[posts, features]`, for what separates the top tenth."""
    rules: Rules
    too_young: int
    """Posts that were left out because they had not finished growing."""


def usable(posts: pd.DataFrame) -> pd.DataFrame:
    """Return the posts whose views are known and settled.

    Raises
    ------
    TableError
        There are none.
    """
    counted = posts[posts["views"].notna()]
    if counted.empty:
        raise TableError(Message("explore.no_views"))
    settled = counted[~(counted["horizon_days"] < YOUNGEST_DAYS)]
    if settled.empty:
        raise TableError(Message("explore.all_young", days=YOUNGEST_DAYS))
    return settled.reset_index(drop=True)


def prepare(
    posts: pd.DataFrame,
    rules: Rules = OWN,
    clips: Mapping[str, pd.DataFrame] | None = None,
    people: frozenset[str] = frozenset(),
) -> Prepared:
    """Make past posts ready.

    Parameters
    ----------
    posts : pd.DataFrame
        In the schema of `viral.posts.schema`.
    rules : Rules
        What may be shown of them.
    clips : mapping of str to pd.DataFrame, optional
        Modality -> what was measured in the posts' clips, in their order, NaN where nothing was.
    people : frozenset of str
        Names of creators that the posts do not tell, as `viral.explore.rules.folded` writes them.

    Raises
    ------
    TableError
        No post has views that can be used.
    """
    counted = int(posts["views"].notna().sum())
    kept = usable(posts.reset_index(drop=True).assign(row=np.arange(len(posts))))
    rows = kept.pop("row").to_numpy()
    people = names_of_creators(posts) | people if rules.hides_names else frozenset()
    read = _captions(kept)
    table = _table(kept, read["language"].tolist())
    hashtags = _hashtags(read["hashtags"].tolist(), people)
    sounds = sound_names(kept)
    named = without_people({name for name in sounds if name}, people)
    themes = find_themes(read["sentence"].tolist(), table["creator"].to_numpy(), rules, people)
    measured = {m: frame.iloc[rows].reset_index(drop=True) for m, frame in (clips or {}).items()}
    return Prepared(
        table=table,
        hashtags=hashtags,
        sounds=tuple(name if name in named else None for name in sounds),
        themes=themes,
        features=_features(kept, measured),
        rules=rules,
        too_young=counted - len(kept),
    )


def _captions(posts: pd.DataFrame) -> pd.DataFrame:
    """Return the language, the words and the hashtags of each caption, each read once."""
    from viral.modalities.text import measure
    from viral.posts.details import PostDetails

    captions = posts["caption"].tolist()
    read = {c: measure(PostDetails(caption=c)) for c in dict.fromkeys(captions) if c is not None}
    rows = []
    for caption, listed in zip(captions, posts["hashtags"], strict=True):
        one = read.get(caption)
        found = (*(one.hashtags if one else ()), *(listed or ()))
        rows.append(
            {
                "language": one.language if one else None,
                "sentence": one.sentence if one else "",
                "hashtags": tuple(dict.fromkeys(found)),
            }
        )
    return pd.DataFrame(rows, columns=["language", "sentence", "hashtags"])


def _hashtags(tags: list[tuple[str, ...]], people: frozenset[str]) -> tuple[tuple[str, ...], ...]:
    allowed = without_people({tag for own in tags for tag in own}, people)
    return tuple(tuple(tag for tag in own if tag in allowed) for own in tags)


def _table(posts: pd.DataFrame, languages: list[str | None]) -> pd.DataFrame:
    views = posts["views"].to_numpy(dtype=np.float64)
    log_views = log_counts(views)
    keys = creator_keys(posts)
    if posts["creator"].isna().all():
        # A table that names no creator is one account's.
        keys = posts["source"].astype(str)
    creators = pd.factorize(keys)[0]
    sources = posts["source"].fillna("").astype(str).to_numpy()
    times = posts["posted_at"]
    seconds = (times - pd.Timestamp(0, tz="UTC")).dt.total_seconds().to_numpy(dtype=np.float64)
    sizes = part(posts["followers"].to_numpy(dtype=np.float64), SIZE_EDGES)
    lift = lift_over_usual(creators, seconds, log_views)
    slot = times.dt.day_of_week * 24 + times.dt.hour
    quarter = times.dt.year.astype("Int64").astype(str) + "-Q" + times.dt.quarter.astype(str)
    shares = {
        name: posts[name].to_numpy(dtype=np.float64) / np.where(views > 0, views, np.nan)
        for name in MEASURES
        if name not in ("views", "lift")
    }
    return pd.DataFrame(
        {
            "source": sources,
            "quarter": quarter.where(times.notna(), None).astype(object),
            "size": sizes,
            "duration": part(posts["duration_s"].to_numpy(dtype=np.float64), DURATION_EDGES_S),
            "slot": slot.fillna(-1).astype(int),
            "language": pd.Series(languages, dtype=object),
            "creator": creators,
            "posted_at": times,
            "views": views,
            "lift": 10.0**lift,
            **shares,
            "lift_log10": lift,
            "peers_log10": lift_over_peers(sources, sizes, log_views),
        }
    )


def _shown(feature: Feature, modality: str) -> bool:
    if modality != "context":
        return not feature.name.startswith("mfcc")
    return feature.group != YARDSTICK and feature.name not in NO_ORDER


def _features(posts: pd.DataFrame, clips: Mapping[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    from viral.modalities import context, text
    from viral.model.inputs import modality_features

    found = {
        "context": context.extract_table(posts),
        "text": text.extract_table(posts, embed=False)[0],
    }
    found |= {name: clips[name] for name in NAMES if name in clips}
    # What a caption says of its hashtags is the text's.
    found["context"] = found["context"].drop(columns=[*found["text"]], errors="ignore")
    result = {}
    for modality, table in found.items():
        names = [f.name for f in modality_features(modality) if _shown(f, modality)]
        result[modality] = table[[name for name in names if name in table.columns]]
    return result
