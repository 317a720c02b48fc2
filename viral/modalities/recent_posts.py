"""Earlier posts: when they went out, how alike ones did, and who liked and shared them.

What is known of the account's last posts beyond their views (`viral.modalities.recent_views`),
taken from the columns of `viral.posts.earlier_posts` and `viral.posts.engagement_ratios`, NaN where
those are not there.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from viral.modalities.features import Feature, ShownAs
from viral.posts.accounts.past import past_of
from viral.posts.accounts.posting import next_post
from viral.posts.details import PostDetails
from viral.posts.engagement_ratios import TELLING, TRENDS, told_trends

SHORTEST_GAP_DAYS = 0.01
"""Posts closer than a quarter of an hour are one sitting."""
_COMPARED = " Only for tables that also hold those posts, see `viral.posts.earlier_posts`."
_COUNTED = " Needs the counts of those posts, oldest first."
_RATIOS = "Likes and shares of earlier posts"
_RHYTHM = "Posting rhythm"
_ALIKE = "Earlier posts like this"

_GAPS = ("gap", "usual_gap")
_AS_THEY_ARE = (
    "tag_lift",
    "sound_lift",
    "duration_lift",
    "hour_lift",
    "duration_change",
    "tag_change",
    *(f"{name}_{part}" for name in TELLING for part in TRENDS),
)
"""`past_` columns that are features under the name `recent_`."""


def _of_count(name: str, word: str) -> tuple[Feature, ...]:
    return (
        Feature(
            f"recent_{name}_usual",
            f"{word} per view, usually",
            "log10",
            _RATIOS,
            f"Mean of log10({name} / views) of the newest ten posts." + _COUNTED,
            shown_as=ShownAs.PER_VIEW,
        ),
        Feature(
            f"recent_{name}_longer_change",
            f"{word} per view over a longer time",
            "log10",
            _RATIOS,
            f"log10({name} / views) over up to 30 posts less that of the newest ten." + _COUNTED,
            shown_as=ShownAs.FACTOR,
        ),
        Feature(
            f"recent_{name}_latest_change",
            f"{word} per view of the last three posts",
            "log10",
            _RATIOS,
            f"log10({name} / views) of the newest three less that of the newest ten." + _COUNTED,
            shown_as=ShownAs.FACTOR,
        ),
        Feature(
            f"recent_{name}_last_change",
            f"{word} per view of the last post",
            "log10",
            _RATIOS,
            f"log10({name} / views) of the newest less that of the newest ten." + _COUNTED,
            shown_as=ShownAs.FACTOR,
        ),
        Feature(
            f"recent_{name}_slope",
            f"{word} per view at ten times the views",
            "",
            _RATIOS,
            f"How much log10({name} / views) rises for every ten times the views." + _COUNTED,
            shown_as=ShownAs.FACTOR,
        ),
    )


FEATURES = (
    Feature(
        "recent_gap",
        "Time since the last post",
        "log10 days",
        _RHYTHM,
        "log10 of the days since the creator's post before this one." + _COMPARED,
        shown_as=ShownAs.QUANTITY,
    ),
    Feature(
        "recent_usual_gap",
        "Usual time between posts",
        "log10 days",
        _RHYTHM,
        "log10 of the median days between the creator's earlier posts." + _COMPARED,
        shown_as=ShownAs.QUANTITY,
    ),
    Feature(
        "recent_tag_lift",
        "How posts with these hashtags did",
        "log10",
        _ALIKE,
        "Mean lift of earlier posts, weighted by the share of hashtags in common." + _COMPARED,
        shown_as=ShownAs.FACTOR,
    ),
    Feature(
        "recent_sound_lift",
        "How posts with this sound did",
        "log10",
        _ALIKE,
        "Mean lift of earlier posts with the same sound." + _COMPARED,
        shown_as=ShownAs.FACTOR,
    ),
    Feature(
        "recent_duration_lift",
        "How posts of this length did",
        "log10",
        _ALIKE,
        "Mean lift of earlier posts, weighted by how alike the lengths are." + _COMPARED,
        shown_as=ShownAs.FACTOR,
    ),
    Feature(
        "recent_hour_lift",
        "How posts at this hour did",
        "log10",
        _ALIKE,
        "Mean lift of earlier posts, weighted by how near the hours of the day are." + _COMPARED,
        shown_as=ShownAs.FACTOR,
    ),
    Feature(
        "recent_duration_change",
        "Longer or shorter than usual",
        "log10",
        _ALIKE,
        "log10 of the length less its mean over earlier posts." + _COMPARED,
        shown_as=ShownAs.FACTOR,
    ),
    Feature(
        "recent_tag_change",
        "More or fewer hashtags than usual",
        "",
        _ALIKE,
        "Number of hashtags less its mean over earlier posts." + _COMPARED,
    ),
    *_of_count("likes", "Likes"),
    *_of_count("shares", "Shares"),
)
"""What earlier posts say beside their views, in order."""


def numbers(posts: pd.DataFrame, name: str) -> np.ndarray:
    """Return a column as float64, NaN where it is missing."""
    if name not in posts.columns:
        return np.full(len(posts), np.nan)
    return posts[name].to_numpy(dtype=np.float64, na_value=np.nan)


def summaries(posts: pd.DataFrame) -> dict[str, np.ndarray]:
    """Return the features.

    Parameters
    ----------
    posts : pd.DataFrame
        With columns of `viral.posts.earlier_posts`, or without some of them.

    Returns
    -------
    dict of str to np.ndarray [shape=(posts,)]
        NaN where nothing is known.
    """
    values = {f"recent_{name}": numbers(posts, f"past_{name}") for name in _AS_THEY_ARE}
    for name in _GAPS:
        gap_days = numbers(posts, f"past_{name}_days")
        values[f"recent_{name}"] = np.log10(np.maximum(gap_days, SHORTEST_GAP_DAYS))
    return values


def told_columns(details: PostDetails, duration_s: float = float("nan")) -> dict[str, float]:
    """Return what is told of one post's predecessors: by its account's posts, or by bare lists.

    Parameters
    ----------
    details : PostDetails
        With an account, the columns of `viral.posts.earlier_posts.PAST`; without, those of
        `viral.posts.engagement_ratios.PAST_TRENDS`.
    duration_s : float
        Length of the clip, NaN where unknown.
    """
    if details.account is not None:
        past = past_of(details.account, [next_post(details, duration_s)]).iloc[0]
        return {str(name): float(value) for name, value in past.items()}
    columns: dict[str, float] = {}
    for name in TELLING:
        told = told_trends([details.recent_views], [getattr(details, f"recent_{name}")])
        columns |= {f"past_{name}_{part}": float(values[0]) for part, values in told.items()}
    return columns
