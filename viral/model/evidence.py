"""How many past posts stand behind a choice: by weekday and hour, by length, by hashtags.

A model answers everywhere, also where it has seen nothing. What-if figures grey out what fewer than
`FEWEST_POSTS` posts stand behind, and no suggestion is made there. Only counts are kept.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

FEWEST_POSTS = 50
"""Fewer posts than this say little about a choice."""
DURATION_EDGES_S = (0, 3, 5, 7, 9, 11, 13, 15, 17, 20, 25, 30, 40, 50, 60, 90, 120, 180, 300, 600)
"""Left ends of the bins of length, in seconds; the last is open."""
MOST_HASHTAGS = 30
"""The last bin of hashtags counts this many or more."""


@dataclass(frozen=True)
class Support:
    """Counts of the posts that the model learnt from."""

    weekday_hour: np.ndarray
    """int64 `[7, 24]`, Monday first, hours in UTC."""
    durations: np.ndarray
    """int64 `[len(DURATION_EDGES_S)]`."""
    hashtags: np.ndarray
    """int64 `[MOST_HASHTAGS + 1]`."""
    sound_original: tuple[int, int]
    """Posts with another's sound, posts with an original sound."""

    def of_time(self, weekday: int, hour: int) -> int:
        """Return posts at this hour (UTC) of this weekday (Monday is 0)."""
        return int(self.weekday_hour[weekday % 7, hour % 24])

    def of_duration(self, duration_s: float) -> int:
        """Return posts in the same bin of length."""
        index = int(np.searchsorted(DURATION_EDGES_S, duration_s, side="right")) - 1
        return int(self.durations[max(index, 0)])

    def of_hashtags(self, count: int) -> int:
        """Return posts with this many hashtags."""
        return int(self.hashtags[min(max(count, 0), MOST_HASHTAGS)])

    def to_dict(self) -> dict[str, Any]:
        """Return plain Python types for the manifest."""
        return {
            "weekday_hour": self.weekday_hour.tolist(),
            "durations": self.durations.tolist(),
            "hashtags": self.hashtags.tolist(),
            "sound_original": list(self.sound_original),
        }

    @classmethod
    def from_dict(cls, stored: Mapping[str, Any]) -> Support:
        """Read what `to_dict` wrote."""
        other, original = stored["sound_original"]
        return cls(
            weekday_hour=np.asarray(stored["weekday_hour"], dtype=np.int64).reshape(7, 24),
            durations=np.asarray(stored["durations"], dtype=np.int64),
            hashtags=np.asarray(stored["hashtags"], dtype=np.int64),
            sound_original=(int(other), int(original)),
        )


NO_SUPPORT = Support(
    np.zeros((7, 24), dtype=np.int64),
    np.zeros(len(DURATION_EDGES_S), dtype=np.int64),
    np.zeros(MOST_HASHTAGS + 1, dtype=np.int64),
    (0, 0),
)


def fit_support(posts: pd.DataFrame) -> Support:
    """Count the training posts.

    Parameters
    ----------
    posts : pd.DataFrame
        In the shared schema: `posted_at`, `duration_s`, `hashtags`, `sound_original`.
    """
    times = pd.to_datetime(posts["posted_at"], utc=True).dropna()
    weekday_hour = np.zeros((7, 24), dtype=np.int64)
    np.add.at(weekday_hour, (times.dt.day_of_week.to_numpy(), times.dt.hour.to_numpy()), 1)
    durations = pd.to_numeric(posts["duration_s"], errors="coerce").to_numpy(dtype=np.float64)
    durations = durations[durations > 0]
    bins = np.searchsorted(DURATION_EDGES_S, durations, side="right") - 1
    tags = np.array([_count(value) for value in posts["hashtags"]])
    original = pd.to_numeric(posts["sound_original"], errors="coerce").to_numpy(dtype=np.float64)
    return Support(
        weekday_hour=weekday_hour,
        durations=np.bincount(bins, minlength=len(DURATION_EDGES_S)),
        hashtags=np.bincount(
            np.minimum(tags[tags >= 0], MOST_HASHTAGS), minlength=MOST_HASHTAGS + 1
        ),
        sound_original=(int(np.sum(original == 0)), int(np.sum(original == 1))),
    )


def _count(tags: object) -> int:
    return len(tags) if isinstance(tags, (list, tuple, np.ndarray)) else -1
