"""What can be chosen in training, and what the manifest says of it afterwards."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

import pandas as pd

from viral.model.inputs import CONTENT, PATTERNS, Inputs
from viral.training.baseline_parameters import (
    ACCOUNT_PARAMETERS,
    HISTORY_PARAMETERS,
    UNKNOWN_PARAMETERS,
)


@dataclass(frozen=True)
class TrainingOptions:
    """What can be chosen in training; the defaults make the shipped model."""

    context_parameters: Mapping[str, Any] = field(default_factory=lambda: dict(ACCOUNT_PARAMETERS))
    """Of what an account of a known size usually gets where no recent views are known."""
    unknown_parameters: Mapping[str, Any] = field(default_factory=lambda: dict(UNKNOWN_PARAMETERS))
    """Of what posts usually get where nothing is known of the account."""
    history_parameters: Mapping[str, Any] = field(default_factory=lambda: dict(HISTORY_PARAMETERS))
    """Of what a post gets beyond the mean of the last five."""
    lift_parameters: Mapping[str, Any] = field(
        default_factory=lambda: {
            "num_iterations": 200,
            "learning_rate": 0.04,
            "num_leaves": 15,
            "min_data_in_leaf": 30,
        }
    )
    error_parameters: Mapping[str, Any] = field(
        default_factory=lambda: {
            "num_iterations": 80,
            "learning_rate": 0.08,
            "max_bin": 63,
            "num_leaves": 15,
            "min_data_in_leaf": 100,
        }
    )
    fold_count: int = 2
    seeds: tuple[int, ...] = (0, 1)
    """One booster each; predictions are averaged."""
    modalities: tuple[str, ...] = CONTENT
    """Content modalities to learn from."""
    score: str = "formula"
    """What is predicted, one of `viral.model.virality.SCORES`. `formula` is what ships: see
    `models/EVALUATION.md` for the others."""
    patterns: tuple[str, ...] = PATTERNS
    """Patterns to learn; a model that ships has all."""
    strange_posts: int = 2500
    """Posts that are tried in learning how errors grow away from what was learnt; 0 widens
    nothing."""
    seed: int = 0

    def lift_parameters_for(self, posts: int) -> dict[str, Any]:
        """Return the parameters of a lift that so many posts are there to learn from."""
        return {
            **self.lift_parameters,
            "min_data_in_leaf": max(5, min(posts // 20, 60)),
        }


def facts_of(posts: pd.DataFrame, inputs: Inputs, options: TrainingOptions) -> dict[str, Any]:
    """Return what the manifest says of the training: data, dates, versions; no names."""
    from importlib.metadata import version

    sources = {}
    for source, part in posts.groupby("source", sort=True):
        sources[str(source)] = {
            "posts": len(part),
            "creators": int(part["creator"].nunique()),
            "first_post": f"{part['posted_at'].min():%Y-%m-%d}",
            "last_post": f"{part['posted_at'].max():%Y-%m-%d}",
            "ids_sha256": ids_hash(part["video_id"]),
        }
    return {
        "data": sources,
        "learnt_from": {modality: int(inputs.present[modality].sum()) for modality in CONTENT},
        "libraries": {
            name: version(name) for name in ("crepes", "lightgbm", "numpy", "pandas", "scipy")
        },
        "options": asdict(options),
    }


def ids_hash(video_ids: pd.Series) -> str:
    """Return one hash for a set of posts, whatever their order."""
    joined = "\n".join(sorted(str(video_id) for video_id in video_ids))
    return hashlib.sha256(joined.encode()).hexdigest()
