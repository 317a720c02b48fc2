"""Predictions as they are kept, made up."""

from __future__ import annotations

from datetime import UTC, datetime

from viral.feedback.records import Kept


def kept(number: int, median: float = 1000.0, **changes: object) -> Kept:
    """Return a prediction of `median` views, 80 % of them between a third and three times that."""
    given: dict[str, object] = {
        "id": f"ID-{number}",
        "model_version": "m1",
        "made_at": datetime(2026, 1, 1, tzinfo=UTC),
        "horizon_days": 30.0,
        "ranges": {
            "views": (median / 3, median, median * 3),
            "likes": (median / 30, median / 10, median / 3),
            "comments": (1.0, 5.0, 20.0),
            "shares": (1.0, 3.0, 20.0),
            "virality": (median / 3, median * 1.02, median * 3),
        },
        "parts": {"context": 3.0, "visual": 0.1},
        "followers": 12_000.0,
        "recent_views": (900.0, 1500.0, 700.0),
        "duration_s": 12.0,
        "features": {"visual": {"brightness": 0.5, "cuts_per_s": None}},
    }
    return Kept(**{**given, **changes})  # type: ignore[arg-type]
