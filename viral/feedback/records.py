"""What is kept of a prediction and of what became of the post, and what never is.

Kept are numbers: the ranges, what the creator said of the account, the measured features. Never
kept are the clip, its pictures and words, the caption and any name. A caption is kept as a hash, by
which the post is found again in an export; so is the post's number.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import math
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Literal

from viral.messages import Message
from viral.modalities import FROM_CLIP
from viral.modalities.features import Features
from viral.model.prediction import COUNTS, Prediction
from viral.posts.details import PostDetails

MEASURED = FROM_CLIP
"""Modalities whose features are kept; what a caption says is not."""
Standing = Literal["accepted", "quarantined"]


@dataclass(frozen=True)
class Kept:
    """One prediction, as it is kept."""

    id: str
    """See `viral.model.prediction.prediction_id`."""
    model_version: str
    made_at: datetime
    horizon_days: float
    ranges: Mapping[str, tuple[float, float, float]]
    """Count -> low, median, high."""
    parts: Mapping[str, float]
    """Modality -> what it added, log10 virality."""
    followers: float | None = None
    recent_views: tuple[float, ...] = ()
    posted_at: datetime | None = None
    duration_s: float | None = None
    sound_original: float | None = None
    """1.0, 0.0, or None where not said."""
    caption_hash: str | None = None
    features: Mapping[str, Mapping[str, float | None]] = field(default_factory=dict)
    """Modality of `MEASURED` -> feature -> value, None where it could not be measured."""

    def body(self) -> dict[str, Any]:
        """Return everything but `id`, `model_version` and `made_at` as JSON's types."""
        return {
            "horizon_days": self.horizon_days,
            "ranges": {name: list(values) for name, values in self.ranges.items()},
            "parts": dict(self.parts),
            "followers": self.followers,
            "recent_views": list(self.recent_views),
            "posted_at": None if self.posted_at is None else self.posted_at.isoformat(),
            "duration_s": self.duration_s,
            "sound_original": self.sound_original,
            "caption_hash": self.caption_hash,
            "features": {name: dict(values) for name, values in self.features.items()},
        }

    @classmethod
    def of_body(
        cls, id: str, model_version: str, made_at: datetime, body: Mapping[str, Any]
    ) -> Kept:
        """Read what `body` wrote."""
        posted_at = body.get("posted_at")
        return cls(
            id=id,
            model_version=model_version,
            made_at=made_at,
            horizon_days=float(body["horizon_days"]),
            ranges={name: tuple(values) for name, values in body["ranges"].items()},
            parts=dict(body["parts"]),
            followers=body.get("followers"),
            recent_views=tuple(body.get("recent_views") or ()),
            posted_at=None if posted_at is None else datetime.fromisoformat(posted_at),
            duration_s=body.get("duration_s"),
            sound_original=body.get("sound_original"),
            caption_hash=body.get("caption_hash"),
            features=body.get("features") or {},
        )


@dataclass(frozen=True)
class Outcome:
    """What a post had, some days after it was posted."""

    views: float | None
    """None where an export does not tell."""
    days: float
    """After posting."""
    likes: float | None = None
    comments: float | None = None
    shares: float | None = None
    via: Literal["typed", "import"] = "typed"
    post_hash: str | None = None
    """Of the post's number, so that an export imported twice counts once."""


@dataclass(frozen=True)
class Report:
    """A prediction with what became of it."""

    kept: Kept
    outcome: Outcome
    reported_at: datetime
    standing: Standing
    reason: Message | None = None
    """Why it is quarantined."""
    client: int = 0
    """Number of the client in this database; says nothing beyond it."""


def stored_reason(reason: Message | None) -> str | None:
    """Return a reason as a column of text keeps it: its code and values as JSON."""
    return None if reason is None else json.dumps(reason.to_dict(), separators=(",", ":"))


def read_reason(stored: str | None) -> Message | None:
    """Read what `stored_reason` wrote; older stores hold an English sentence in its place."""
    if stored is None:
        return None
    try:
        return Message.from_dict(json.loads(stored))
    except (ValueError, KeyError, TypeError):
        return Message("error.other", sentence=stored)


def words_of(caption: str) -> str:
    """Return a caption as it is compared: lower case, letters and digits alone.

    Platforms and exports change spaces, signs and emoji on the way.
    """
    plain = unicodedata.normalize("NFKC", caption).lower()
    return "".join(sign for sign in plain if sign.isalnum())


def secret_hash(key: str, text: str) -> str:
    """Return 32 hexadecimal digits that only the holder of the key can make from the text."""
    return hmac.new(key.encode(), text.encode("utf-8", "replace"), hashlib.sha256).hexdigest()[:32]


def caption_hash(key: str, caption: str | None) -> str | None:
    """Return the hash by which a caption is found again; None for a caption without words."""
    words = words_of(caption or "")
    return secret_hash(key, words) if words else None


def _numbers(features: Features) -> dict[str, float | None]:
    return {
        name: float(value) if math.isfinite(value) else None
        for name, value in features.values.items()
    }


def kept_of(
    prediction: Prediction,
    key: str,
    *,
    details: PostDetails | None = None,
    duration_s: float | None = None,
    features: Mapping[str, Features] | None = None,
) -> Kept:
    """Return what is kept of a prediction.

    Parameters
    ----------
    prediction : Prediction
        With its id.
    key : str
        The creator's key.
    details : PostDetails, optional
        What was said of the post; the caption is kept as a hash.
    duration_s : float, optional
        Length of the clip.
    features : mapping, optional
        Modality -> what was measured.
    """
    from viral.posts.sounds import is_original_sound

    details = details or PostDetails()
    original = float(is_original_sound([details.sound], [math.nan])[0])
    return Kept(
        id=prediction.id,
        model_version=prediction.model_version,
        made_at=datetime.now(tz=UTC),
        horizon_days=prediction.horizon_days,
        ranges={
            name: (interval.low, interval.median, interval.high)
            for name, interval in ((name, getattr(prediction, name)) for name in COUNTS)
            if interval is not None
        },
        parts={part.name: part.value for part in prediction.explanation.from_average.modalities},
        followers=details.followers,
        recent_views=details.recent_views,
        posted_at=details.posted_at,
        duration_s=duration_s,
        sound_original=original if math.isfinite(original) else None,
        caption_hash=caption_hash(key, details.caption),
        features={
            name: _numbers((features or {})[name])
            for name in MEASURED
            if name in (features or {}) and not (features or {})[name].missing
        },
    )
