"""Viral: how far a short clip is likely to travel for an account, and why.

import viral
prediction = viral.predict("clip.mp4", followers=12_000, recent_views=[900, 1500, 700])
prediction.views.low, prediction.views.median, prediction.views.high
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from viral.errors import ViralError
from viral.version import __version__

if TYPE_CHECKING:
    from viral.explain.checks import check
    from viral.explain.cover import cover
    from viral.model.prediction import Interval, Prediction
    from viral.pipeline import analyse, predict
    from viral.posts.accounts.account import Account, AccountPost
    from viral.posts.accounts.reading import account_of
    from viral.posts.details import PostDetails

# OpenMP reads this once, when torch or LightGBM loads it. Its default is to spin while it waits,
# and threads that spin on two busy cores made the visual network ten times slower and more.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
# Since 1.29 ONNX Runtime's wheels for Linux and macOS note an id of the machine in the user's cache
# and report sessions and models to their maker, unless this is there before it is loaded.
os.environ["ORT_DISABLE_TELEMETRY"] = "1"

__all__ = [
    "Account",
    "AccountPost",
    "Interval",
    "PostDetails",
    "Prediction",
    "ViralError",
    "__version__",
    "account_of",
    "analyse",
    "check",
    "cover",
    "predict",
]

_HOMES = {
    "Account": "viral.posts.accounts.account",
    "AccountPost": "viral.posts.accounts.account",
    "Interval": "viral.model.prediction",
    "PostDetails": "viral.posts.details",
    "Prediction": "viral.model.prediction",
    "account_of": "viral.posts.accounts.reading",
    "analyse": "viral.pipeline",
    "check": "viral.explain.checks",
    "cover": "viral.explain.cover",
    "predict": "viral.pipeline",
}


def __getattr__(name: str) -> Any:
    # `import viral` must cost milliseconds: torch and LightGBM are imported when they are used.
    if name not in _HOMES:
        raise AttributeError(f"module 'viral' has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(_HOMES[name]), name)
