"""What an account's own hours, weekdays, lengths and hashtags got, beside what they get everybody.

1. A post's lift is its log10 views less the mean of the up to ten posts before it, so that an
   account that grows does not make its latest habits look good.
2. The posts of a group are set against the account's others: the difference of the mean lifts.
3. A few posts prove little. The difference is drawn towards everybody's by how much accounts truly
   differ in such groups (`SPREADS_LOG10`), the posterior of a normal mean with a normal prior; the
   95 % interval is that posterior's.

How much accounts truly differ was measured on real ones, as the covariance between what a group got
in the first and in the second half of an account's posts: `experiments/own_habits.py` prints it,
with how much closer the second half is guessed. Weekdays say next to nothing, hours little, lengths
and hashtags something.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
from scipy.special import ndtri

from viral.explore.aggregates import DURATION_EDGES_S, part
from viral.explore.effects import INTERVAL
from viral.explore.explorer import shipped
from viral.explore.selection import Choice
from viral.posts.accounts.account import Account
from viral.posts.hashtags import hashtags_in, is_reach_tag

LOOK_BACK = 10
FEWEST_BEFORE = 3
"""Posts before one that tell its account's usual."""
FEWEST_POSTS = 5
"""Posts of a group, and posts beside it, below which nothing is said of it."""
BLOCK_HOURS = 4
MOST_HASHTAGS = 10
TYPICAL_SPREAD = 0.42
"""log10: how far single posts of an account usually stray; stands for `TYPICAL_POSTS` of one's
own."""
TYPICAL_POSTS = 5
DEPENDENCE = 1.5
"""Posts near each other are alike, so each proves less than a post by itself would: with this, the
95 % interval held what the next posts of the group got 94 to 96 times in 100."""
SPREADS_LOG10 = {"hour": 0.09, "weekday": 0.03, "duration": 0.1, "hashtag": 0.12}
"""Kind of group -> how much accounts truly differ in it, as a standard deviation."""


@dataclass(frozen=True)
class Habit:
    """What the posts of one group got."""

    kind: str
    """`hour`, `weekday`, `duration` or `hashtag`."""
    name: str
    """The hashtag, or the number of the block of hours, of the weekday (Monday is 0) or of the
    length."""
    low_end: float | None
    """Where the group begins: hours of the day, or seconds; None for weekdays and hashtags."""
    high_end: float | None
    """Where it ends; None for the longest clips too."""
    posts: int
    """Of the account."""
    value: float | None
    """log10 factor on the account's usual views, drawn towards everybody's; None with too few."""
    low: float | None
    """Ends of the 95 % interval, log10."""
    high: float | None
    everybody: float | None
    """The same of everybody's posts, log10; None where it is not known."""

    @property
    def enough(self) -> bool:
        """Whether there are posts enough to say anything."""
        return self.value is not None

    @property
    def tells(self) -> bool:
        """Whether the interval leaves out "no difference"."""
        return self.low is not None and self.high is not None and not self.low <= 0.0 <= self.high


@dataclass(frozen=True)
class Habits:
    """What the groups of an account's posts got."""

    compared: int
    """Posts that could be set against the account's usual before them."""
    hours: tuple[Habit, ...]
    """Blocks of `BLOCK_HOURS` on the account's clock, midnight first; none where only days are
    known."""
    weekdays: tuple[Habit, ...]
    """Monday first."""
    durations: tuple[Habit, ...]
    """The shortest clips first."""
    hashtags: tuple[Habit, ...]
    """The most used first, without those that only ask for reach."""

    def to_dict(self) -> dict[str, Any]:
        """Return plain types for JSON."""
        return asdict(self)


def lifts(views: Sequence[float]) -> np.ndarray:
    """Return how far posts went beyond the mean of those before them, log10; NaN for the first.

    Parameters
    ----------
    views : sequence of float
        Oldest first.
    """
    logs = np.log10(np.asarray(views, dtype=np.float64) + 1.0)
    usual = [
        float(np.mean(logs[max(place - LOOK_BACK, 0) : place]))
        if place >= FEWEST_BEFORE
        else np.nan
        for place in range(len(logs))
    ]
    return logs - np.array(usual)


def spread_of(values: np.ndarray) -> float:
    """Return how far an account's lifts stray, log10, drawn towards what is typical of accounts."""
    known = values[np.isfinite(values)]
    squares = float(np.sum((known - known.mean()) ** 2)) if len(known) else 0.0
    freedom = max(len(known) - 1, 0)
    drawn = (squares + TYPICAL_POSTS * TYPICAL_SPREAD**2) / (freedom + TYPICAL_POSTS)
    return float(drawn**0.5)


def difference(values: np.ndarray, inside: np.ndarray) -> tuple[float, float, int]:
    """Return how a group differs from the others: log10, its variance in posts, and its posts.

    Parameters
    ----------
    values : np.ndarray [shape=(posts,)]
        Lifts, NaN where unknown.
    inside : np.ndarray [shape=(posts,), dtype=bool]
        Which posts are of the group.

    Returns
    -------
    tuple of float, float and int
        The variance is in units of that of a single post; NaN and infinity where there are less
        than `FEWEST_POSTS` on either side.
    """
    known = np.isfinite(values)
    own, others = values[known & inside], values[known & ~inside]
    if min(len(own), len(others)) < FEWEST_POSTS:
        return np.nan, np.inf, len(own)
    variance = DEPENDENCE * (1 / len(own) + 1 / len(others))
    return float(own.mean() - others.mean()), variance, len(own)


def drawn(value: float, variance: float, everybody: float, spread: float) -> tuple[float, float]:
    """Return the mean and the variance of a posterior; see the module."""
    weight = spread**2 / (spread**2 + variance)
    return everybody + weight * (value - everybody), weight * variance


def habits_of(account: Account) -> Habits:
    """Return what the hours, weekdays, lengths and hashtags of an account's posts got.

    Raises
    ------
    ExploreError
        What everybody's posts got is missing or damaged.
    """
    posts = account.posts
    values = lifts([post.views for post in posts])
    zone = ZoneInfo(account.time_zone) if account.time_zone else UTC
    times = [post.posted_at for post in posts]
    local = [None if time is None else time.astimezone(zone) for time in times]
    tags = [frozenset(hashtags_in(post.caption or "")) for post in posts]
    lengths = np.array([np.nan if p.duration_s is None else p.duration_s for p in posts], float)
    hours = [-1 if moment is None else moment.hour // BLOCK_HOURS for moment in local]
    if _only_days(times):
        hours = []
    blocks = {
        str(block): (block * BLOCK_HOURS, (block + 1) * BLOCK_HOURS)
        for block in (range(24 // BLOCK_HOURS) if hours else ())
    }
    ends = (0.0, *DURATION_EDGES_S, None)
    by_length = {str(place): (ends[place], ends[place + 1]) for place in range(len(ends) - 1)}
    everybodys = _everybodys()
    weekdays = [-1 if moment is None else moment.weekday() for moment in local]
    used = _most_used(tags)
    return Habits(
        compared=int(np.isfinite(values).sum()),
        hours=_habits("hour", blocks, _inside(hours, blocks), values, {}),
        weekdays=_habits("weekday", _numbered(7), _inside(weekdays, _numbered(7)), values, {}),
        durations=_habits(
            "duration",
            by_length,
            _inside(part(lengths, DURATION_EDGES_S).tolist(), by_length),
            values,
            everybodys["duration"],
        ),
        hashtags=_habits(
            "hashtag",
            dict.fromkeys(used, (None, None)),
            {tag: np.array([tag in own for own in tags]) for tag in used},
            values,
            everybodys["hashtag"],
        ),
    )


Ends = Mapping[str, tuple[float | None, float | None]]


def _numbered(count: int) -> Ends:
    return {str(number): (None, None) for number in range(count)}


def _inside(places: Sequence[int], names: Ends) -> dict[str, np.ndarray]:
    found = np.asarray(places, dtype=np.int64)
    return {name: found == int(name) for name in names}


def _only_days(times: Sequence[datetime | None]) -> bool:
    """Return whether times are days at midnight, as exports write that tell no hour."""
    known = [time.astimezone(UTC) for time in times if time is not None]
    return all((time.hour, time.minute, time.second) == (0, 0, 0) for time in known)


def _most_used(tags: Sequence[frozenset[str]]) -> list[str]:
    counts: dict[str, int] = {}
    for own in tags:
        for tag in own:
            counts[tag] = counts.get(tag, 0) + 1
    named = [tag for tag in counts if not is_reach_tag(tag) and counts[tag] > 1]
    return sorted(named, key=lambda tag: (-counts[tag], tag))[:MOST_HASHTAGS]


def _habits(
    kind: str,
    ends: Ends,
    members: Mapping[str, np.ndarray],
    values: np.ndarray,
    everybodys: Mapping[str, float],
) -> tuple[Habit, ...]:
    single = spread_of(values) ** 2
    reach = float(ndtri((1 + INTERVAL) / 2))
    found = []
    for name, (low_end, high_end) in ends.items():
        apart, variance, _ = difference(values, members[name])
        everybody = everybodys.get(name)
        middle = low = high = None
        if np.isfinite(apart):
            mean, left = drawn(apart, variance * single, everybody or 0.0, SPREADS_LOG10[kind])
            middle, low, high = mean, mean - reach * left**0.5, mean + reach * left**0.5
        posts = int(members[name].sum())
        found.append(Habit(kind, name, low_end, high_end, posts, middle, low, high, everybody))
    return tuple(found)


def _everybodys() -> dict[str, dict[str, float]]:
    """Return what everybody's lengths and hashtags got: log10 beside all posts."""
    selection = shipped().selection(Choice())
    cells = selection.durations
    logs = np.log10(cells.medians("lift"))
    known = np.isfinite(logs)
    middle = float(np.average(logs[known], weights=np.array(cells.posts)[known]))
    lengths = {
        str(place): float(log - middle)
        for place, log, there in zip(cells.places, logs, known, strict=True)
        if there
    }
    tags = {effect.name: effect.value for effect in selection.hashtags.shown}
    return {"duration": lengths, "hashtag": tags}
