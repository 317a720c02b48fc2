"""Independent and mixed: what each modality predicts by itself, and how far that is to be trusted.

A content modality by itself multiplies what the account alone would get by its own lift, in full;
the joint prediction takes each lift only as far as it has been shown to predict posts that nobody
trained on. The skill of each is read from the figures that `viral evaluate` wrote: the rank
correlation (Spearman) between prediction and truth on posts of other creators, and for the picture
on one creator's later clips.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from viral.model.inputs import CONTENT, PATTERNS, Inputs, inputs_from_features
from viral.model.lifts import predict_lift

if TYPE_CHECKING:
    from viral.model.model import Model
    from viral.pipeline import Analysis

JOINT = "joint"
"""Name of the skill of all modalities together."""
EVALUATION = "evaluation.json"
"""In the model's folder."""
CONTENT_PROTOCOLS = ("trending", "clips")
"""Where content was measured alone, the one with more creators first."""
ALONE = {"text": "captions alone"}
"""What `viral evaluate` calls a modality by itself where that is not `<modality> alone`."""
CLEAR_SPEARMAN = 0.1
"""Least rank correlation that counts as skill where no interval was measured."""


@dataclass(frozen=True)
class Skill:
    """How well a prediction ranked posts that it had not seen."""

    spearman: float
    """Rank correlation, -1..1."""
    low: float | None = None
    """Its 95 % interval over resampled creators, where that was measured."""
    high: float | None = None
    posts: int | None = None
    creators: int | None = None

    @property
    def measurable(self) -> bool:
        """Whether it is better than guessing, beyond chance."""
        return self.spearman >= CLEAR_SPEARMAN if self.low is None else self.low > 0.0

    @property
    def pairs_right(self) -> float:
        """Share of pairs of posts that it puts in the right order, 0..1; guessing is one half."""
        return pairs_right(self.spearman)


@dataclass(frozen=True)
class Alone:
    """What one modality predicts by itself."""

    modality: str
    present: bool
    """Whether there was anything to measure."""
    log_lift: float | None
    """What it would add to the account by itself, log10; None for the account, and where nothing
    was measured or learnt."""
    views: float | None
    """Views that it would predict by itself; None where it cannot."""
    weight: float
    """How much of its lift the joint prediction takes, 0..1; 1 for the account."""
    learnt_from: int | None
    """Posts that it learnt from, where the model says so."""


def pairs_right(spearman: float) -> float:
    """Turn a rank correlation into the share of pairs in the right order.

    For two normal variables with Spearman's rho, Pearson's is 2 sin(pi rho / 6) and the share of
    concordant pairs is 1/2 + asin(that) / pi (W. H. Kruskal, Ordinal measures of association,
    JASA 53, 1958, sections 6 and 8). Ranks of views are close enough to that for a round number.
    """
    pearson = 2.0 * math.sin(math.pi * min(max(spearman, -1.0), 1.0) / 6.0)
    return 0.5 + math.asin(min(max(pearson, -1.0), 1.0)) / math.pi


def alone(model: Model, analysis: Analysis) -> tuple[Alone, ...]:
    """Return what each modality predicts by itself, the account first.

    The account's views are those of the model without any content. The rest follows the order of
    `viral.modalities.NAMES`.
    """
    inputs = inputs_from_features(analysis.features, analysis.details)
    nothing = {**inputs.present, **{name: np.zeros(1, dtype=bool) for name in CONTENT}}
    estimates = model.estimate(replace(inputs, present=nothing))
    pattern = model.patterns[str(inputs.patterns[0])]
    weights = pattern.weights_for([name for name in CONTENT if inputs.present[name][0]]).weights
    learnt = model.facts.get("learnt_from") or {}

    def views(lift: float) -> float:
        shifted = replace(estimates, log_virality=estimates.log_virality + lift)
        return float(model.counts(shifted)["views"][1][0])

    found = [Alone("context", True, None, views(0.0), 1.0, None)]
    for name in CONTENT:
        present = bool(inputs.present[name][0])
        lift = _lift(model, name, inputs) if present else None
        found.append(
            Alone(
                modality=name,
                present=present,
                log_lift=lift,
                views=None if lift is None else views(lift),
                weight=float(weights.get(name, 0.0)),
                learnt_from=learnt.get(name),
            )
        )
    return tuple(found)


def _lift(model: Model, modality: str, inputs: Inputs) -> float | None:
    """Return a modality's own lift, from the pattern of the post or the first that learnt it."""
    pattern = str(inputs.patterns[0])
    for name in (pattern, *PATTERNS):
        regressor = model.patterns[name].lifts.get(modality)
        if regressor is not None:
            value = float(predict_lift(regressor, modality, inputs)[0])
            return value if math.isfinite(value) else None
    return None


def skills(figures: Mapping[str, Any], known: str) -> dict[str, Skill]:
    """Return the measured skills: modality or `JOINT` -> skill; what was not measured is left out.

    Parameters
    ----------
    figures
        What `viral evaluate` wrote.
    known
        What is known of the account: `history`, `account`, `followers only` or `nothing`.
    """
    found: dict[str, Skill] = {}
    unseen = _part(figures, "unseen creators", known)
    joint = _skill(_part(unseen, "model"))
    if joint is not None:
        found[JOINT] = joint
        account = _skill(_part(unseen, "others", "account alone"))
        if account is not None:
            found["context"] = replace(account, posts=joint.posts, creators=joint.creators)
    for protocol in CONTENT_PROTOCOLS:
        methods = _part(figures, protocol, "methods")
        for modality in CONTENT:
            by_itself = ALONE.get(modality, f"{modality} alone")
            skill = _skill(_part(methods, by_itself) or _part(methods, modality))
            if skill is not None:
                found.setdefault(modality, skill)
    return found


def read_skills(model_dir: Path, known: str) -> dict[str, Skill]:
    """Read the skills out of a model's folder; nothing where it holds no readable figures."""
    try:
        figures = json.loads((model_dir / EVALUATION).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return skills(figures, known) if isinstance(figures, dict) else {}


def known_of(analysis: Analysis) -> str:
    """Return what is known of the account, as `skills` names it."""
    details = analysis.details
    if details.recent_views:
        return "history"
    if details.followers is None:
        return "nothing"
    return "followers only" if details.creator_total_likes is None else "account"


def _part(figures: Any, *path: str) -> Mapping[str, Any]:
    for name in path:
        figures = figures.get(name) if isinstance(figures, Mapping) else None
    return figures if isinstance(figures, Mapping) else {}


def _skill(figures: Mapping[str, Any]) -> Skill | None:
    spearman = figures.get("spearman")
    if not isinstance(spearman, (int, float)) or not math.isfinite(spearman):
        return None
    interval = _part(figures, "interval").get("spearman")
    low, high = interval if isinstance(interval, list) and len(interval) == 2 else (None, None)
    return Skill(float(spearman), low, high, figures.get("posts"), figures.get("creators"))
