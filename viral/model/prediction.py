"""What the model returns: a `Prediction` with calibrated ranges."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass
from typing import Any

from viral.messages import Message
from viral.model.account_size import ALL_SIZES, AccountSize
from viral.model.explanation import Explanation
from viral.model.familiarity import FAMILIAR, Likeness
from viral.version import SCHEMA_VERSION

COUNTS = ("views", "likes", "comments", "shares", "virality", "saves")
"""The counts that are predicted, in the order of the tables."""


@dataclass(frozen=True)
class Interval:
    """An 80 % range with its median: `0 <= low <= median <= high`."""

    low: float
    median: float
    high: float

    def to_dict(self) -> dict[str, float]:
        """Return `{"low": ..., "median": ..., "high": ...}`."""
        return {"low": self.low, "median": self.median, "high": self.high}


@dataclass(frozen=True)
class Prediction:
    """How far a post is likely to travel."""

    model_version: str
    score: float
    """0..100: the percentile of the prediction among comparable accounts."""
    breakout_probability: float
    """0..1: the probability of more than 3 times what the account usually gets."""
    views: Interval
    likes: Interval
    comments: Interval
    shares: Interval
    virality: Interval
    explanation: Explanation
    saves: Interval | None = None
    """None in results that were kept before saves were predicted."""
    horizon_days: float = 30.0
    """Days after posting at which the counts are meant."""
    account_size: AccountSize = ALL_SIZES
    """Which accounts the score compares with."""
    usual_views: float | None = None
    """What this account usually gets, as the model sees it: the median of recent views, or None."""
    likeness: Likeness = FAMILIAR
    """How much the post is like those that the model learnt from."""
    missing: tuple[str, ...] = ()
    """Modalities that could not be used."""
    warnings: tuple[str, ...] = ()
    """Sentences about what limits this prediction."""
    id: str = ""
    """By which what really happens can be reported; see `prediction_id`."""

    @property
    def account_known(self) -> bool:
        """Whether anything says how large the account is; else a single number would mislead."""
        return self.usual_views is not None or self.account_size != ALL_SIZES

    @property
    def pattern(self) -> str:
        """What is known of the account, one of `viral.model.inputs.PATTERNS`."""
        if self.usual_views is not None:
            return "history"
        return "account" if self.account_known else "unknown"

    @property
    def score_among(self) -> Message:
        """Which posts the score compares with: `accounts with 10,000 to 100,000 followers`."""
        return self.account_size.message

    def to_dict(self) -> dict[str, Any]:
        """Return the prediction as the contract's JSON (plain Python types, no NaN)."""
        return {
            "schema_version": SCHEMA_VERSION,
            "id": self.id,
            "model_version": self.model_version,
            "score": self.score,
            "score_among": self.score_among,
            "breakout_probability": self.breakout_probability,
            "horizon_days": self.horizon_days,
            "usual_views": self.usual_views,
            **{name: getattr(self, name).to_dict() for name in ("virality", *COUNTS[:4])},
            "saves": None if self.saves is None else self.saves.to_dict(),
            "explanation": self.explanation.to_dict(),
            "familiarity": self.likeness.to_dict(),
            "missing": list(self.missing),
            "warnings": list(self.warnings),
        }


def prediction_id(*said: Any) -> str:
    """Return the id of a prediction: twelve letters and digits in groups of four, like
    `K7QF-2M9X-4DAB`.

    Parameters
    ----------
    said
        All that the prediction depends on: the model's version, the clip's hash, the details. The
        same again has the same id, and nothing can be read out of it.
    """
    digest = hashlib.sha256(repr(said).encode("utf-8", "replace")).digest()
    letters = base64.b32encode(digest).decode()[:12]
    return "-".join(letters[start : start + 4] for start in (0, 4, 8))
