"""Suggestions: the few changes in the creator's power that the model likes best.

Each candidate is a change that What-if can make: another time, fewer hashtags, a trim that ends
where a sentence does. The model predicts it; only what is predicted to gain at least
`SMALLEST_GAIN`, with at least `FEWEST_POSTS` past posts behind it, is shown, and only kinds of
change that have brought creators what they were promised (`viral.model.pairwise`): most of what
predictions at two hours differ by is that other accounts post then. That the model expects more is
its view of past posts, not a cause.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import numpy as np

from viral.explain.what_if import CURVE_DURATIONS_S, kept_duration_s, posting_times
from viral.model.evidence import FEWEST_POSTS, Support
from viral.model.pairwise import NO_PAIRS
from viral.posts.hashtags import ending_hashtags, hashtags_in

if TYPE_CHECKING:
    from viral.model.model import Model
    from viral.pipeline import Analysis

SMALLEST_GAIN = 1.10
"""Factor on views: less than a tenth is nothing that anybody would notice in one post."""
MOST_SUGGESTIONS = 2
HASHTAG_COUNTS = (0, 1, 2, 3, 4, 5)
"""Numbers of hashtags that are tried, by leaving out the last ones. Those within a sentence are
words of it and stay."""
SENTENCE_ENDS = (".", "!", "?", "…", "。", "！", "？")
PAUSE_S = 0.6
"""A pause as long as this ends a sentence where no mark does."""
AFTER_SENTENCE_S = 0.25
"""Left after the last word, so that it is not cut short."""


@dataclass(frozen=True)
class Suggestion:
    """A change and what the model says of it."""

    kind: str
    """`time`, `hashtags` or `trim`; the words for it are the page's."""
    change: dict[str, Any]
    """Arguments for `what_if`."""
    factor: float
    """Median views with the change over median views without."""
    low: float
    """80 % range of views with the change."""
    median: float
    high: float
    posts: int
    """Comparable past posts behind it."""
    facts: dict[str, Any] = field(default_factory=dict)
    """What the sentence needs: weekday and hour, hashtags before and after, lengths."""


def suggestions(analysis: Analysis, model: Model, support: Support) -> tuple[Suggestion, ...]:
    """Return the supported changes with the largest predicted gain, best of each kind."""
    best: dict[str, Suggestion] = {}
    for candidate in _candidates(analysis, model, support):
        known = best.get(candidate.kind)
        supported = candidate.posts >= FEWEST_POSTS and candidate.factor >= SMALLEST_GAIN
        if supported and (known is None or candidate.factor > known.factor):
            best[candidate.kind] = candidate
    ranked = sorted(best.values(), key=lambda s: (-s.factor, s.kind))
    return tuple(ranked[:MOST_SUGGESTIONS])


def _candidates(analysis: Analysis, model: Model, support: Support) -> Iterator[Suggestion]:
    pairs = model.pairs.get(analysis.prediction.pattern, NO_PAIRS)
    if pairs.keeps("time"):
        yield from _times(analysis, model, support)
    if pairs.keeps("caption"):
        yield from _hashtags(analysis, support)
    if pairs.keeps("length"):
        yield from _trims(analysis, support)


def _tried(
    analysis: Analysis, again: Analysis, kind: str, change: dict[str, Any], posts: int, **facts: Any
) -> Suggestion:
    views = again.prediction.views
    return Suggestion(
        kind=kind,
        change=change,
        factor=views.median / max(analysis.prediction.views.median, 1e-9),
        low=views.low,
        median=views.median,
        high=views.high,
        posts=posts,
        facts=facts,
    )


def _times(analysis: Analysis, model: Model, support: Support) -> Iterator[Suggestion]:
    planned = analysis.details.posted_at
    if planned is None:
        # Without a time there is nothing that the change would be compared with.
        return
    grid = posting_times(analysis, model, support)
    views = np.where(grid.supported, grid.views, -np.inf)
    if not np.isfinite(views).any():
        return
    weekday, hour = (int(i) for i in np.unravel_index(int(views.argmax()), views.shape))
    moment = next_moment(planned, weekday, hour)
    again = analysis.again(details=replace(analysis.details, posted_at=moment), keep=analysis.keep)
    posts = support.of_time(weekday, hour)
    yield _tried(analysis, again, "time", {"posted_at": moment}, posts, weekday=weekday, hour=hour)


def next_moment(planned: datetime, weekday: int, hour: int) -> datetime:
    """Return the first such hour (UTC) of such a weekday that is not before the planned hour."""
    start = planned.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
    days = (weekday - start.weekday()) % 7
    moment = start.replace(hour=hour) + timedelta(days=days)
    return moment if moment >= start else moment + timedelta(days=7)


def _hashtags(analysis: Analysis, support: Support) -> Iterator[Suggestion]:
    caption = analysis.details.caption or ""
    words, ending = ending_hashtags(caption)
    before = len(hashtags_in(caption))
    for kept in range(len(ending)):
        shorter = " ".join(part for part in (words, *ending[:kept]) if part)
        after = len(hashtags_in(shorter))
        # Without a word left the caption would be missing, which is another question.
        if not shorter or after >= before or after not in HASHTAG_COUNTS:
            continue
        again = analysis.again(
            details=replace(analysis.details, caption=shorter), keep=analysis.keep
        )
        yield _tried(
            analysis,
            again,
            "hashtags",
            {"caption": shorter},
            support.of_hashtags(after),
            before=before,
            after=after,
        )


def sentence_ends_s(words: Sequence[Any], duration_s: float) -> list[float]:
    """Return where a clip can end without cutting into a sentence, seconds, increasing.

    Parameters
    ----------
    words : sequence
        What is said, in order: mappings or objects with `text`, `start_s` and `end_s`.
    duration_s : float
        Length of the clip.
    """
    read = [_read(word) for word in words]
    ends = []
    for place, (said, _, end_s) in enumerate(read):
        next_s = read[place + 1][1] if place + 1 < len(read) else duration_s
        if said.strip().endswith(SENTENCE_ENDS) or next_s - end_s >= PAUSE_S:
            ends.append(min(end_s + AFTER_SENTENCE_S, max(next_s, end_s)))
    return [end for end in ends if end < duration_s]


def _read(word: Any) -> tuple[str, float, float]:
    if isinstance(word, Mapping):
        return str(word["text"]), float(word["start_s"]), float(word["end_s"])
    return str(word.text), float(word.start_s), float(word.end_s)


def _trims(analysis: Analysis, support: Support) -> Iterator[Suggestion]:
    start = analysis.keep[0][0] if analysis.keep else 0.0
    length_s = kept_duration_s(analysis)
    speech = analysis.features.get("speech")
    words = speech.details.get("words", ()) if speech is not None else ()
    if words:
        ends = sentence_ends_s(words, analysis.facts.duration_s)
    else:
        # The lengths of the curve, so that the two cannot disagree.
        ends = [start + length for length in CURVE_DURATIONS_S]
    for end in ends:
        target_s = end - start
        # Cutting away more than half makes another clip, of which this one says little.
        if not 0.5 * length_s <= target_s < length_s - 0.5:
            continue
        again = analysis.again(keep=[(start, end)])
        yield _tried(
            analysis,
            again,
            "trim",
            {"trim_start_s": start, "trim_end_s": end},
            support.of_duration(target_s),
            before_s=length_s,
            after_s=target_s,
        )
