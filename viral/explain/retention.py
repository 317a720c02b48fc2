"""Own retention: where viewers left an earlier post, beside what was on screen and said then.

The curve comes from the platform and the moments from the clip that was looked at again. Nothing is
predicted from it: a post's viewers left where they left, and what stood there need not be why. Over
several posts it is counted how many leave within `AFTER_S` of each kind of moment, against any
other time of the same posts; the opening is left out, where most leave whatever is shown. Faces are
no kind of moment: the detector misses more than half, so that none seen does not mean one gone.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

import numpy as np

from viral.errors import TableError
from viral.explain.findings import Looked
from viral.explain.timeline import KEPT, Timeline, steps_of
from viral.media.clip import HOOK_S
from viral.messages import Message
from viral.posts.exporters.retention import Retention

KINDS = ("cut", "text_appears", "text_goes", "pause", "speech_again")
"""Kinds of moments."""
AFTER_S = 2.0
"""Viewers who leave within this of a moment are counted to it."""
PAUSE_S = 1.0
"""A gap between words from which it is a pause."""
MOST_LEAVINGS = 5
FEWEST_POSTS, FEWEST_MOMENTS = 5, 10
"""From which a mean over posts is told."""
SAME_LENGTH_S, SAME_LENGTH_SHARE = 1.5, 0.05
"""How far a curve may end from the clip's end: the larger counts. Curves by whole seconds end up to
a second before it, and platforms encode anew."""
GRID_S = 0.25
FEWEST_WATCHING = 1e-6
"""Viewers per viewer who began below which nobody is left to leave."""
CONFIDENCE = 0.8
LEAST_LOST = 0.005
"""Share of those who began below which nobody worth a line left."""


@dataclass(frozen=True)
class Moment:
    """Something that happens in a clip."""

    kind: str
    """Of `KINDS`."""
    second_s: float


@dataclass(frozen=True)
class Leaving:
    """A part of the clip in which many viewers left."""

    start_s: float
    end_s: float
    lost: float
    """Of those who began, 0..1."""
    said: str
    """Words that are spoken in it."""
    read: str
    """Lines that are on screen in it."""
    kinds: tuple[str, ...]
    """Kinds of moments in it or up to `AFTER_S` before its end."""

    def to_dict(self) -> dict[str, Any]:
        """Return it in plain types."""
        return {
            "start_s": self.start_s,
            "end_s": self.end_s,
            "lost": self.lost,
            "said": self.said,
            "read": self.read,
            "moments": list(self.kinds),
        }


@dataclass(frozen=True)
class Watched:
    """A post's curve, laid over its clip."""

    starts_s: np.ndarray
    """float64 `[steps]`, as those of a timeline."""
    kept: np.ndarray
    """float64 `[steps]`: viewers at the beginning of each step per viewer who began."""
    at_end: float
    """The same at the end of the curve."""
    leavings: tuple[Leaving, ...]
    """Where most left, most first; empty where nobody did."""
    after: dict[str, tuple[float, ...]]
    """Kind -> share of those watching who left within `AFTER_S`, for each moment after the opening.
    """
    usual: float
    """The mean of the same over any time after the opening; NaN for a clip that is over then."""
    fits_any_length: bool
    """Whether the file says no length, so that it may be another clip's."""

    def to_dict(self) -> dict[str, Any]:
        """Return it in plain types."""
        return {
            "kept": [
                {"second_s": float(at), "share": float(kept)}
                for at, kept in zip(self.starts_s, self.kept, strict=True)
            ],
            "at_end": self.at_end,
            "left": [leaving.to_dict() for leaving in self.leavings],
            "fits_any_length": self.fits_any_length,
        }


@dataclass(frozen=True)
class After:
    """How many leave after one kind of moment, over several posts."""

    kind: str
    moments: int
    posts: int
    """With at least one such moment."""
    lost: float | None
    """Mean share of those watching who left within `AFTER_S`, each post counting once; None where
    there are too few."""
    usual: float | None
    """The same at any time of the same posts."""
    low: float | None
    high: float | None
    """80 % interval of `lost - usual` over posts."""

    def to_dict(self) -> dict[str, Any]:
        """Return it in plain types."""
        return dict(vars(self))


def moments_of(seen: Looked) -> tuple[Moment, ...]:
    """Return what happens in a clip, in order."""
    measured = seen.measurements
    found = [Moment("cut", float(at)) for at in getattr(measured.get("visual"), "cut_times_s", ())]
    for line in getattr(measured.get("onscreen_text"), "lines", ()):
        if line.start_s > 0:
            found.append(Moment("text_appears", float(line.start_s)))
        if line.end_s < seen.facts.duration_s:
            found.append(Moment("text_goes", float(line.end_s)))
    words = getattr(measured.get("speech"), "words", ())
    for one, other in pairwise(words):
        if other.start_s - one.end_s >= PAUSE_S:
            found.append(Moment("pause", float(one.end_s)))
            found.append(Moment("speech_again", float(other.start_s)))
    return tuple(sorted(found, key=lambda moment: (moment.second_s, moment.kind)))


def laid_over(curve: Retention, seen: Looked) -> Watched:
    """Lay a curve over the clip that it is of.

    Raises
    ------
    TableError
        The curve ends where the clip does not: it is another one's.
    """
    duration_s = seen.facts.duration_s
    at_s = curve.at if curve.unit == "seconds" else curve.at * duration_s
    if curve.unit == "seconds":
        apart_s = abs(float(at_s[-1]) - duration_s)
        if apart_s > max(SAME_LENGTH_S, SAME_LENGTH_SHARE * duration_s):
            raise TableError(
                Message("retention.other_length", file_s=float(at_s[-1]), clip_s=duration_s)
            )

    def kept_at(moments_s: np.ndarray) -> np.ndarray:
        return np.interp(moments_s, at_s, curve.kept)

    starts, _ = steps_of(duration_s)
    ends = np.append(starts[1:], duration_s)
    began = max(float(kept_at(np.zeros(1))[0]), 1e-9)
    lost = (kept_at(starts) - kept_at(ends)) / began
    moments = moments_of(seen)
    order = np.argsort(-lost, kind="stable")[:MOST_LEAVINGS]
    leavings = tuple(
        _leaving(seen, moments, float(starts[place]), float(ends[place]), float(lost[place]))
        for place in order
        if lost[place] >= LEAST_LOST
    )

    def left_after(moments_s: np.ndarray) -> np.ndarray:
        there = kept_at(moments_s)
        watching = np.where(there > FEWEST_WATCHING, there, np.nan)
        return np.asarray(1.0 - kept_at(moments_s + AFTER_S) / watching)

    last_s = duration_s - AFTER_S
    grid = np.arange(HOOK_S, last_s + 1e-9, GRID_S)
    after = {
        kind: tuple(
            left_after(np.array([m.second_s]))[0]
            for m in moments
            if m.kind == kind and HOOK_S <= m.second_s <= last_s
        )
        for kind in KINDS
    }
    return Watched(
        starts_s=starts,
        kept=kept_at(starts) / began,
        at_end=float(kept_at(np.array([duration_s]))[0]) / began,
        leavings=leavings,
        after={
            kind: tuple(float(one) for one in found if math.isfinite(one))
            for kind, found in after.items()
        },
        usual=_mean(left_after(grid)),
        fits_any_length=curve.unit == "share",
    )


def beside(found: Timeline, watched: Watched | None) -> Timeline:
    """Return a timeline with the curve of the same clip as a row of it, in %."""
    if watched is None or len(watched.kept) != len(found.starts_s):
        return found
    return replace(found, series={**found.series, KEPT: 100.0 * watched.kept})


def _mean(values: np.ndarray) -> float:
    known = values[np.isfinite(values)]
    return float(known.mean()) if len(known) else math.nan


def _leaving(
    seen: Looked, moments: Sequence[Moment], start_s: float, end_s: float, lost: float
) -> Leaving:
    measured = seen.measurements
    words = [
        word.text
        for word in getattr(measured.get("speech"), "words", ())
        if word.start_s < end_s and word.end_s > start_s
    ]
    lines = [
        line.text
        for line in getattr(measured.get("onscreen_text"), "lines", ())
        if line.text and line.start_s < end_s and line.end_s > start_s
    ]
    near = {m.kind for m in moments if end_s - AFTER_S <= m.second_s < end_s}
    kinds = tuple(kind for kind in KINDS if kind in near)
    return Leaving(start_s, end_s, lost, " ".join(words), " / ".join(lines), kinds)


def after_moments(posts: Sequence[Watched]) -> tuple[After, ...]:
    """Count how many leave after each kind of moment, over posts of one account.

    The unit is the post: each counts once, however many moments it has. The interval is Student's,
    over the posts' own differences from their usual.
    """
    return tuple(_after(kind, posts) for kind in KINDS)


def _after(kind: str, posts: Sequence[Watched]) -> After:
    with_any = [post for post in posts if post.after.get(kind) and math.isfinite(post.usual)]
    moments = sum(len(post.after[kind]) for post in with_any)
    if len(with_any) < FEWEST_POSTS or moments < FEWEST_MOMENTS:
        return After(kind, moments, len(with_any), None, None, None, None)
    from scipy.stats import t

    lost = np.array([float(np.mean(post.after[kind])) for post in with_any])
    usual = np.array([post.usual for post in with_any])
    more = lost - usual
    count = len(more)
    wide = float(t.ppf(0.5 + CONFIDENCE / 2, count - 1) * more.std(ddof=1) / math.sqrt(count))
    middle = float(more.mean())
    return After(
        kind, moments, count, float(lost.mean()), float(usual.mean()), middle - wide, middle + wide
    )


def leaving_words(part: Leaving) -> tuple[Message, ...]:
    """Return what a part in which viewers left is told as."""
    told = [Message("retention.lost", share=part.lost)]
    if part.kinds:
        kinds = [Message(f"retention.kind.{kind}") for kind in part.kinds]
        told.append(Message("retention.before", kinds=kinds))
    if part.said:
        told.append(Message("retention.said", words=part.said))
    if part.read:
        told.append(Message("retention.read", words=part.read))
    return tuple(told)


def after_words(found: After) -> Message:
    """Return what a kind of moment is told as: how many leave after it, or that it is too few."""
    kind = Message(f"retention.kind.{found.kind}")
    places: dict[str, Any] = {"kind": kind, "moments": found.moments, "posts": found.posts}
    if found.lost is None or found.usual is None or found.low is None or found.high is None:
        need = {"need_moments": FEWEST_MOMENTS, "need_posts": FEWEST_POSTS}
        return Message("retention.too_few", **places, **need)
    shares = {"lost": found.lost, "usual": found.usual, "low": found.low, "high": found.high}
    percent = {name: 100.0 * share for name, share in shares.items()}
    return Message("retention.after", **places, **percent)
