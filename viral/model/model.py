"""The whole model: regressors, stack, ranges and split, from what is known to a `Prediction`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from viral.modalities.features import Features
from viral.model.engagement import SPLIT_COUNTS, Split, split
from viral.model.evidence import NO_SUPPORT, Support
from viral.model.familiarity import EVERYTHING_FAMILIAR, Familiarity, Likeness
from viral.model.growth_curve import GrowthCurve
from viral.model.inputs import (
    CONTENT,
    PATTERNS,
    Inputs,
    inputs_from_posts,
)
from viral.model.intervals import Calibration, Places, breakout_of, centred, places_of
from viral.model.lifts import predict_lift
from viral.model.pairwise import PairErrors
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
DAYS_A_YEAR = 365.2425
MOST_YEARS = 10.0
"""Further ahead than this, ranges do not widen any more."""
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
    places: Places
    """Where the posts stand among the distributions of errors."""
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
    pairs: Mapping[str, PairErrors] = field(default_factory=dict)
    """Pattern -> how often the better of two posts of one account wins, and which changes bring
    what they are said to."""
    typical_by_size: tuple[Medians, ...] = ()
    """The same as `typical` among posts of accounts of each size, where enough are known."""
    topics: Topics = NO_TOPICS
    """What captions and transcripts are about."""
    learnt_until_days: float = float("inf")
    """When the newest ordinary post that was learnt from went out, in days since 1970 UTC."""
    centring: Mapping[str, float] = field(default_factory=dict)
    """By what is told, what makes a prediction the middle, log10; see `intervals.middles_of`."""
    drift: Mapping[str, float] = field(default_factory=dict)
    """Pattern -> by what share ranges are wider for each year after `learnt_until_days`."""

    def estimate(self, inputs: Inputs) -> Estimates:
        """Run the regressors and the stack."""
        count = len(inputs)
        known = inputs.patterns
        values, context, error = np.zeros(count), np.zeros(count), np.zeros(count)
        grown, wider = np.zeros(count), np.ones(count)
        ratios = {name: np.full(count, np.nan) for name in self.ratio_names}
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
                grown[rows] = at_horizon = self.growth(part.horizon_days)
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
        places = self.places(inputs)
        middle = centred(self.centring, places)
        return Estimates(
            log_virality=values + middle,
            log_context=context + middle,
            growth=grown,
            error=np.hypot(
                np.clip(error, SMALLEST_ERROR, LARGEST_ERROR) * wider,
                self.growth.spread(inputs.horizon_days),
            )
            * self.later(inputs),
            places=places,
            log_ratios=ratios,
        )

    @property
    def ratio_names(self) -> tuple[str, ...]:
        """The counts whose ratio to the views is expected, in the order of `SPLIT_COUNTS`."""
        known = {name for pattern in self.patterns.values() for name in pattern.split.ratios}
        return tuple(name for name in SPLIT_COUNTS if name in known)

    def places(self, inputs: Inputs) -> Places:
        """Return where posts stand among the distributions of errors."""
        return places_of(
            inputs.patterns,
            inputs.followers,
            inputs.recent_count,
            inputs.levels,
            totals=inputs.totals_known,
        )

    def later(self, inputs: Inputs) -> np.ndarray:
        """Return by what ranges are wider for times that nobody has seen, `[posts]`, 1 or more.

        Measured on posts some years after those learnt from; between, it grows in a straight line,
        so that a week changes next to nothing. A post without a time has none to be later than.
        """
        years = (inputs.posted_days - self.learnt_until_days) / DAYS_A_YEAR
        years = np.clip(np.where(np.isfinite(years), years, 0.0), 0.0, MOST_YEARS)
        rates = np.array([self.drift.get(str(name), 0.0) for name in inputs.patterns])
        return np.asarray(1.0 + rates.astype(np.float64) * years)

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
            if name not in medians or name not in self.calibrations:
                continue
            median = medians[name]
            centre = to_log(median)
            low, high = self.calibrations[name].bounds(centre, estimates.error, estimates.places)
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
            estimates.places,
        )
        return breakout_of(beyond, estimates.places.tiers)

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
        for name in counts:
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
