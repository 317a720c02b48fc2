"""The whole model: regressors, stack, ranges and split, from what is known to a `Prediction`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from viral.modalities.features import Features
from viral.model.engagement import Split, split
from viral.model.evidence import NO_SUPPORT, Support
from viral.model.familiarity import EVERYTHING_FAMILIAR, Familiarity, Likeness
from viral.model.growth_curve import AGE, REFERENCE_DAYS, GrowthCurve
from viral.model.inputs import (
    CONTENT,
    PATTERNS,
    Inputs,
    inputs_from_posts,
)
from viral.model.intervals import Calibration, breakout_of, groups_of
from viral.model.lifts import predict_lift
from viral.model.pairwise import NO_PAIRS, PairErrors
from viral.model.percentile_score import Standing
from viral.model.prediction import COUNTS
from viral.model.reference_medians import Medians
from viral.model.regressors import Regressor
from viral.model.stack import PatternWeights, stacked
from viral.model.topics import NO_TOPICS, Topics
from viral.model.virality import ViralityWeights

BREAKOUT_FACTOR = 3.0
"""A post breaks out when it gets more than this times what the account usually gets."""
Additions = tuple[float, Mapping[str, Mapping[str, float]]]
"""What stands on top of a model adds to the base, and modality -> feature -> what it adds."""
SMALLEST_ERROR = 0.08
"""No prediction is expected to be closer than this, in log10."""
LARGEST_ERROR = 2.0


@dataclass(frozen=True)
class PatternModel:
    """Everything that is used when this much is known of the account."""

    context: Regressor
    """What the account usually gets, log10 virality 30 days after posting."""
    lifts: Mapping[str, Regressor]
    """Content modality -> what it adds to that, log10."""
    weights: Mapping[str, PatternWeights]
    """Content that is there, such as `audio+text`, sorted by `CONTENT` -> the stack."""
    error: Regressor
    """log10 of the error to expect, as a spread of log10 virality."""
    split: Split
    familiarity: Familiarity = EVERYTHING_FAMILIAR
    """What the posts were like that all of this was learnt from."""

    def weights_for(self, there: Sequence[str]) -> PatternWeights:
        """Return the stack for the content modalities that are there."""
        return self.weights["+".join(m for m in CONTENT if m in there and m in self.lifts)]


@dataclass(frozen=True)
class Estimates:
    """What the model says of some posts, before it is turned into counts."""

    log_virality: np.ndarray
    """log10 `[posts]`, at the horizon."""
    log_context: np.ndarray
    """log10 `[posts]`: what the account usually gets, at the horizon."""
    growth: np.ndarray
    """log10 `[posts]`: the part of both that is the horizon's, 0 after 30 days or if unknown."""
    error: np.ndarray
    """Size of the error to expect `[posts]`, log10, larger where a post is unlike the others."""
    groups: np.ndarray
    """Group of the calibration `[posts]`."""
    log_ratios: Mapping[str, np.ndarray]
    """By count: log10(count / views)."""


@dataclass(frozen=True)
class Model:
    """A trained model; `viral.model.store` reads and writes it."""

    version: str
    patterns: Mapping[str, PatternModel]
    """By name in `PATTERNS`."""
    growth: GrowthCurve
    virality_weights: ViralityWeights
    calibrations: Mapping[str, Calibration]
    """By name in `COUNTS`."""
    standing: Standing
    typical: Mapping[str, Mapping[str, float]]
    """Modality -> feature -> median among the posts that the modality learnt from."""
    facts: Mapping[str, Any]
    """What is known of the training: data, dates, figures, versions of libraries."""
    support: Support = NO_SUPPORT
    """How many past posts stand behind a choice of time, length or hashtags."""
    pairs: PairErrors = NO_PAIRS
    """How often the better of two posts of one account wins."""
    typical_by_size: tuple[Medians, ...] = ()
    """The same as `typical` among posts of accounts of each size, where enough are known."""
    topics: Topics = NO_TOPICS
    """What captions and transcripts are about."""
    learnt_until_days: float = float("inf")
    """When the newest ordinary post that was learnt from went out, in days since 1970 UTC."""

    def estimate(self, inputs: Inputs) -> Estimates:
        """Run the regressors and the stack."""
        count = len(inputs)
        known = inputs.patterns
        values, context, error = np.zeros(count), np.zeros(count), np.zeros(count)
        grown, wider = np.zeros(count), np.ones(count)
        ratios = {
            name: np.zeros(count) for name in COUNTS if name in ("likes", "comments", "shares")
        }
        there = np.zeros(count, dtype=int)
        for bit, modality in enumerate(CONTENT):
            there |= (inputs.present[modality].astype(int)) << bit
        for pattern in PATTERNS:
            for code in np.unique(there[known == pattern]):
                rows = np.flatnonzero((known == pattern) & (there == code))
                part = inputs.rows(rows)
                model = self.patterns[pattern]
                columns = part.columns("context")
                usual = model.context.predict(model.context.matrix(columns))
                grown[rows], at_horizon = self._growth(model, part, columns, usual)
                content = [m for bit, m in enumerate(CONTENT) if code >> bit & 1]
                predictions = {"context": usual, **self.lifts(part, pattern, content)}
                everything = {name: np.ones(len(rows), dtype=bool) for name in predictions}
                values[rows] = stacked(model.weights_for(content), predictions, everything)
                values[rows] += at_horizon
                context[rows] = usual + at_horizon
                error[rows] = model.error.predict(model.error.matrix(columns))
                wider[rows] = model.familiarity.widening(part, tuple(predictions))
                for name, ratio in model.split.log_ratios(columns, part.own).items():
                    ratios[name][rows] = ratio
        return Estimates(
            log_virality=values,
            log_context=context,
            growth=grown,
            error=np.hypot(
                np.clip(error, SMALLEST_ERROR, LARGEST_ERROR) * wider,
                self.growth.spread(inputs.horizon_days),
            ),
            groups=groups_of(
                known,
                inputs.followers,
                inputs.recent_count,
                totals=inputs.totals_known,
                dated=np.isfinite(inputs.horizon_days),
                # A post without a time is one that is yet to come.
                later=~(inputs.posted_days <= self.learnt_until_days),
            ),
            log_ratios=ratios,
        )

    def _growth(
        self,
        model: PatternModel,
        inputs: Inputs,
        columns: Mapping[str, np.ndarray],
        usual: np.ndarray,
    ) -> tuple[np.ndarray, np.ndarray]:
        """Return the part of the prediction that is the horizon's, and what is still to add."""
        if AGE not in model.context.columns:
            growth = self.growth(inputs.horizon_days)
            return growth, growth
        # The trees see the age, so what it adds is what they say beyond the reference.
        reference = np.full(len(inputs), np.log10(REFERENCE_DAYS))
        known = np.isfinite(columns[AGE])
        asked = {**columns, AGE: np.where(known, reference, np.nan)}
        without = model.context.predict(model.context.matrix(asked))
        below = self.growth.below(inputs.horizon_days)
        return usual - without + below, below

    def lifts(self, inputs: Inputs, pattern: str, content: Sequence[str]) -> dict[str, np.ndarray]:
        """Return what each content modality predicts for some posts of one pattern."""
        model = self.patterns[pattern]
        weights = model.weights_for(content).weights
        result = {}
        for modality in content:
            # A lift without weight need not be worked out.
            if weights.get(modality, 0.0) > 0.0:
                result[modality] = predict_lift(model.lifts[modality], modality, inputs)
        return result

    @property
    def embeds_captions(self) -> bool:
        """Whether any regressor looks at the embedding of the caption."""
        return any(
            "text" in p.lifts and p.lifts["text"].embedding_line is not None
            for p in self.patterns.values()
        )

    def counts(self, estimates: Estimates) -> dict[str, tuple[np.ndarray, np.ndarray, np.ndarray]]:
        """Return (low, median, high) of each count."""
        virality = 10.0**estimates.log_virality
        medians = split(virality, estimates.log_ratios, self.virality_weights)
        medians["virality"] = virality
        result = {}
        for name in COUNTS:
            median = medians[name]
            centre = to_log(median)
            low, high = self.calibrations[name].bounds(centre, estimates.error, estimates.groups)
            result[name] = (
                np.minimum(from_log(low), median),
                median,
                np.maximum(from_log(high), median),
            )
        return result

    def breakout_probability(self, estimates: Estimates, usual_log_views: np.ndarray) -> np.ndarray:
        """Return P(views > 3 times what the account usually gets).

        `usual_log_views` is log10 of the median of the recent views; where it is NaN, what the
        model expects of such an account stands for it, see `BREAKOUT_LINES`.
        """
        medians = split(10.0**estimates.log_virality, estimates.log_ratios, self.virality_weights)[
            "views"
        ]
        expected = np.log10(medians) - estimates.log_virality + estimates.log_context
        usual = np.where(np.isfinite(usual_log_views), usual_log_views, expected)
        beyond = self.calibrations["views"].probability_above(
            usual + np.log10(BREAKOUT_FACTOR),
            to_log(medians),
            estimates.error,
            estimates.groups,
        )
        return breakout_of(beyond, estimates.groups)

    def likeness(self, inputs: Inputs) -> Likeness:
        """Return how familiar one post is, in the modalities that its prediction rests on."""
        model = self.patterns[str(inputs.patterns[0])]
        there = [modality for modality in CONTENT if inputs.present[modality][0]]
        weights = model.weights_for(there).weights
        used = ("context", *(modality for modality in there if weights.get(modality, 0.0) > 0.0))
        return model.familiarity.likeness(inputs, used)

    def inputs_of(
        self, posts: pd.DataFrame, clips: Mapping[int, Mapping[str, Features]] | None
    ) -> Inputs:
        """Measure a table of cleaned posts, as far as the regressors look at it."""
        return inputs_from_posts(posts, clips, with_embeddings=self.embeds_captions)

    def additions(self, inputs: Inputs) -> Additions:
        """Return what stands on top of this model adds to the explanation of one post: nothing."""
        del inputs
        return 0.0, {}

    def predict_table(
        self,
        posts: pd.DataFrame,
        clips: Mapping[int, Mapping[str, Features]] | None = None,
    ) -> pd.DataFrame:
        """Predict a table of cleaned posts.

        Parameters
        ----------
        posts : DataFrame
            In the shared schema with `recent_views` and `horizon_days`. What was counted after
            posting is not looked at.
        clips : mapping, optional
            Row position -> features of the post's clip.

        Returns
        -------
        DataFrame
            `video_id` and `<count>_low, _median, _high`, in the order of `posts`.
        """
        inputs = self.inputs_of(posts, clips)
        counts = self.counts(self.estimate(inputs))
        columns: dict[str, Any] = {"video_id": posts["video_id"].to_numpy()}
        for name in COUNTS:
            for end, values in zip(("low", "median", "high"), counts[name], strict=True):
                columns[f"{name}_{end}"] = values
        return pd.DataFrame(columns)

    def notes(self) -> tuple[str, ...]:
        """Return what stands on top of this model has to say of each prediction: nothing."""
        return ()


def to_log(counts: np.ndarray) -> np.ndarray:
    """Return log10 of counts plus one, the scale on which ranges are made."""
    return np.log10(np.asarray(counts, dtype=np.float64) + 1.0)


def from_log(values: np.ndarray) -> np.ndarray:
    """Return the counts again, 0 or more."""
    return np.maximum(10.0 ** np.asarray(values, dtype=np.float64) - 1.0, 0.0)
