"""The steps of training, each on predictions for creators that the regressor did not train on.

1. The weights of the score and the growth curve.
2. For each pattern, what the account usually gets, on the sets that the manifest lets teach it:
   those that were picked by their views would teach that small accounts always go far.
3. For each content modality, the lift over that. Posts of chosen sets take part with their lift
   over what accounts of their own set get.
4. The stack, the size of the error, the ratios, the calibration and the standing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from viral.errors import TableError
from viral.messages import Message
from viral.model.engagement import SPLIT_COUNTS, split
from viral.model.evidence import fit_support
from viral.model.growth_curve import GrowthCurve, fit_growth
from viral.model.inputs import Inputs, context_of
from viral.model.intervals import Places, calibrate, centred, middles_of, places_of
from viral.model.model import LARGEST_ERROR, SMALLEST_ERROR, Model, PatternModel, to_log
from viral.model.pairwise import PairErrors
from viral.model.percentile_score import fit_standing
from viral.model.prediction import COUNTS
from viral.model.reference_medians import medians_of, medians_of_sizes
from viral.model.regressors import Regressor
from viral.model.stack import fit_stack
from viral.model.topics import topics_of
from viral.model.virality import (
    SCORES,
    VIEWS_ONLY,
    ViralityWeights,
    correlation_weights,
    learned_weights,
    score_of,
)
from viral.posts.published_sets import REPORTED, natural_sources, sources_teaching
from viral.posts.splits import creator_keys
from viral.training.baseline import (
    Fit,
    account_fit,
    columns_of,
    constraints,
    matrix_of,
    out_of_fold,
)
from viral.training.baseline_parameters import SURER
from viral.training.content import (
    Known,
    content_of,
    lifts_of,
    stacked_rows,
    usual_of_chosen,
)
from viral.training.drift import yearly_widening
from viral.training.engagement import fit_split
from viral.training.familiarity import Learnt, learn_familiarity
from viral.training.masking import as_pattern, borrowed, masked
from viral.training.options import TrainingOptions, facts_of
from viral.training.within import Pairs

ORDINARY = natural_sources()
"""Sources that hold all recent posts of a creator, or what creators report of theirs, not those
that went far."""
GROWN_DAYS = 7.0
"""A younger post is still growing: it calibrates nothing that is not told its age."""
SMALL_SET = 10_000
"""A set with fewer posts counts more often where there are no recent views: its accounts are those
that the large set of 2020 lacks."""
COPIES_OF_SMALL = 2
"""How many masked copies more it has."""
MOST_REPEATS = 4
"""How often a residual of a small set counts at most beside one of the largest."""
RATIO_FOLDS = 2
"""Of the predictions of ratios out of fold, which need no more."""
FEWEST_POSTS = 200
"""Posts of complete feeds below which nothing can be calibrated."""


@dataclass(frozen=True)
class _Rows:
    """Posts that one pattern learns from: as they are, then again with parts left out."""

    posts: pd.DataFrame
    inputs: Inputs
    target: np.ndarray
    origin: np.ndarray
    """Position in the table of all posts."""
    first: int
    """How many of them, the first ones, have nothing left out."""


def _part(columns: Mapping[str, np.ndarray], rows: np.ndarray) -> dict[str, np.ndarray]:
    return {name: column[rows] for name, column in columns.items()}


@dataclass(frozen=True)
class _Learnt:
    """What was learnt for one pattern, and how far off it is on posts that were held out."""

    model: PatternModel
    residuals: Mapping[str, np.ndarray]
    """By count: log10 truth less prediction, of posts that were not trained on; NaN where a post
    calibrates nothing."""
    errors: np.ndarray
    places: Places
    repeats: np.ndarray
    """How often each residual counts."""
    centring: Mapping[str, float]
    drift: float
    pairs: PairErrors
    """What comes of what is promised between two posts of one account."""


class Trainer:
    """Trains on one table of posts; `model` is the result."""

    def __init__(
        self,
        posts: pd.DataFrame,
        inputs: Inputs,
        options: TrainingOptions | None = None,
        say: Callable[[str], None] = lambda _: None,
    ) -> None:
        self.options = options or TrainingOptions()
        self.say = say
        if self.options.score not in SCORES:
            raise ValueError(f"{self.options.score!r} is not one of {', '.join(SCORES)}.")
        self.posts = posts.reset_index(drop=True)
        self.inputs = inputs
        self.keys = creator_keys(self.posts)
        self.weights: ViralityWeights = self._score_weights()
        self.score = score_of(self.posts, "formula", self.weights)
        self.ordinary = self.posts["source"].isin(ORDINARY).to_numpy()
        if self.ordinary.sum() < FEWEST_POSTS:
            raise TableError(
                Message("train.few_posts", fewest=FEWEST_POSTS, count=int(self.ordinary.sum()))
            )
        self.growth: GrowthCurve = self._growth()
        age = pd.to_numeric(self.posts["horizon_days"], errors="coerce").to_numpy(dtype=float)
        self.grown = np.where(np.isfinite(age), self.growth(np.where(age > 0, age, 0.01)), 0.0)
        self.target = self.score - self.grown
        self.known = Known(self.posts, self.inputs, self.keys, self.target, self.options)

    def _score_weights(self) -> ViralityWeights:
        if self.options.score == "views":
            return VIEWS_ONLY
        if self.options.score == "learned":
            order = self.posts.sort_values("posted_at", kind="stable")
            following = order.groupby(self.keys.loc[order.index])["views"].shift(-1)
            return learned_weights(self.posts, following.sort_index().to_numpy(dtype=np.float64))
        return correlation_weights(self.posts)

    def _growth(self) -> GrowthCurve:
        age = pd.to_numeric(self.posts["horizon_days"], errors="coerce").to_numpy(dtype=float)
        recent = [
            np.mean(np.log10(np.asarray(views[-5:]) + 1.0)) if len(views) >= 5 else np.nan
            for views in self.posts["recent_views"]
        ]
        surplus = np.where(self.ordinary, self.score - np.array(recent), np.nan)
        return fit_growth(age, surplus)

    def _rows(self, pattern: str) -> _Rows:
        qualified = self.posts["source"].isin(sources_teaching(pattern)).to_numpy().copy()
        if pattern == "history":
            qualified &= self.inputs.recent_count > 0
        elif pattern == "account":
            qualified &= np.isfinite(self.inputs.followers)
        origin = np.flatnonzero(qualified)
        posts = borrowed(self.posts.iloc[origin], self.options.seed)
        tables = [as_pattern(posts, pattern), masked(posts, pattern, self.options.seed)]
        positions = [origin, origin]
        sizes = _set_sizes(posts["source"])
        small = origin[sizes < SMALL_SET]
        if pattern == "account" and len(small) < len(origin):
            for more in range(1, COPIES_OF_SMALL + 1):
                tables.append(masked(self.posts.iloc[small], pattern, self.options.seed + more))
                positions.append(small)
        both = pd.concat(tables, ignore_index=True)
        twice = np.concatenate(positions)
        # Captions are the same in both, and dear to embed: only the context is measured again.
        inputs = context_of(self.inputs.rows(twice), both)
        worded = both["caption"].notna() | both["hashtags"].notna()
        present = {**inputs.present, "text": inputs.present["text"] & worded.to_numpy()}
        inputs = replace(inputs, present=present)
        return _Rows(
            posts=both, inputs=inputs, target=self.target[twice], origin=twice, first=len(origin)
        )

    def _fit_context(self, pattern: str, columns: Sequence[str]) -> Fit:
        return account_fit(
            pattern,
            columns,
            parameters=self.options.unknown_parameters
            if pattern == "unknown"
            else self.options.context_parameters,
            history_parameters=self.options.history_parameters,
            seeds=self.options.seeds,
            per_follower=self.options.score == "per_follower",
        )

    def model(self) -> Model:
        """Train everything and return the model."""
        learnt = {pattern: self._learn(pattern) for pattern in self.options.patterns}
        parts = list(learnt.values())
        errors = np.concatenate([part.errors for part in parts])
        repeats = np.concatenate([part.repeats for part in parts])
        places = Places(
            np.concatenate([part.places.tiers for part in parts]),
            np.concatenate([part.places.counts for part in parts]),
            np.concatenate([part.places.sizes for part in parts]),
        )
        calibrations = {}
        for name in COUNTS:
            if all(name in part.residuals for part in parts):
                found = np.concatenate([part.residuals[name] for part in parts])
                calibrations[name] = calibrate(found, errors, places, repeats)
        ordinary = np.flatnonzero(self.ordinary)
        present = {**self.inputs.present, "context": self.ordinary}
        return Model(
            version="untitled",
            patterns={pattern: part.model for pattern, part in learnt.items()},
            growth=self.growth,
            virality_weights=self.weights,
            calibrations=calibrations,
            standing=fit_standing(self.target[ordinary], self.inputs.followers[ordinary]),
            typical=medians_of(self.inputs.values, present),
            typical_by_size=medians_of_sizes(self.inputs.values, present, self.inputs.followers),
            topics=topics_of(self.inputs),
            facts=facts_of(self.posts, self.inputs, self.options),
            support=fit_support(self.posts.iloc[ordinary]),
            pairs={pattern: part.pairs for pattern, part in learnt.items()},
            learnt_until_days=float(np.nanmax(self.inputs.posted_days[ordinary])),
            centring={name: value for part in parts for name, value in part.centring.items()},
            drift={pattern: part.drift for pattern, part in learnt.items()},
        )

    def _learn(self, pattern: str) -> _Learnt:
        self.say(f"learning what accounts usually get: {pattern}")
        rows = self._rows(pattern)
        columns = columns_of(rows.inputs.values["context"].columns, pattern)
        matrix = matrix_of(rows.inputs, "context", columns)
        keys = self.keys.iloc[rows.origin].reset_index(drop=True)
        fit = self._fit_context(pattern, columns)
        first = rows.first
        pairs = self._pairs(matrix[:first], columns, rows.origin[:first])
        oof = out_of_fold(matrix, rows.target, keys, fit, self.options.fold_count, pairs.ask)
        usual = usual_of_chosen(self.known, pattern)
        usual[rows.origin[:first]] = oof[:first]
        self.say(f"learning what content adds: {pattern}")
        lifts, lift_predictions = lifts_of(self.known, pattern, usual)
        weights = fit_stack(
            usual,
            lift_predictions,
            self.target,
            self.keys.to_numpy(),
            seed=self.options.seed,
        )
        stacked_oof = stacked_rows(rows.origin, oof, weights, lift_predictions, rows.inputs.present)
        weight, content = content_of(
            rows.origin[:first], weights, lift_predictions, self.inputs.present
        )
        pair_errors = pairs.errors(weight, content, rows.target[:first], keys.to_numpy()[:first])
        self.say(f"learning how large errors are: {pattern}")
        error_fit = self._fit_error(columns)
        spread = np.abs(rows.target - stacked_oof)
        expected = np.clip(
            out_of_fold(matrix, spread, keys, error_fit, self.options.fold_count),
            SMALLEST_ERROR,
            LARGEST_ERROR,
        )
        self.say(f"learning how errors grow away from what was learnt: {pattern}")
        familiarity = learn_familiarity(
            Learnt(columns, matrix[:first], rows.target[:first], spread[:first], expected[:first]),
            fit,
            error_fit,
            {name: self.inputs.rows(np.isfinite(p)) for name, p in lift_predictions.items()},
            lifts,
            most_posts=self.options.strange_posts,
        )
        expected = expected * familiarity.widening(rows.inputs, ("context",))
        places = places_of(
            rows.inputs.patterns,
            rows.inputs.followers,
            rows.inputs.recent_count,
            rows.inputs.levels,
            totals=rows.inputs.totals_known,
        )
        # A post that is still growing says nothing of one whose age is not told.
        dated = np.isfinite(rows.inputs.horizon_days)
        age = self.inputs.horizon_days[rows.origin]
        calibrates = dated | ~(age < GROWN_DAYS)
        repeats = self._repeats(rows.origin)
        missed = np.where(calibrates, rows.target - stacked_oof, np.nan)
        centring = middles_of(missed, places, repeats)
        stacked_oof = stacked_oof + centred(centring, places)
        self.say(f"learning how many like, comment, share and save: {pattern}")
        truths = {name: self._counts(name)[rows.origin] for name in ("views", *SPLIT_COUNTS)}
        ratio_folds = min(RATIO_FOLDS, self.options.fold_count)
        ratios, ratio_oof = fit_split(
            matrix,
            columns,
            truths,
            rows.inputs.own,
            keys,
            ratio_folds,
        )
        truths["virality"] = 10.0 ** self.score[rows.origin]
        at_horizon = np.where(dated, self.grown[rows.origin], 0.0)
        residuals = self._off_by(stacked_oof + at_horizon, ratio_oof, truths)
        self.say(f"learning how ranges widen with the years: {pattern}")
        plain = np.arange(len(rows.origin)) < first
        natural = self.ordinary[rows.origin]
        drift = yearly_widening(
            matrix,
            rows.target,
            self.inputs.posted_days[rows.origin],
            plain & natural,
            fit,
            expected,
            residuals["virality"],
        )
        return _Learnt(
            model=PatternModel(
                context=fit(matrix, rows.target),
                lifts=lifts,
                weights=weights,
                error=error_fit(matrix, spread),
                split=ratios,
                familiarity=familiarity,
            ),
            residuals={n: np.where(calibrates, r, np.nan) for n, r in residuals.items()},
            errors=expected,
            places=places,
            repeats=repeats,
            centring=centring,
            drift=drift,
            pairs=pair_errors,
        )

    def _pairs(self, matrix: np.ndarray, columns: Sequence[str], origin: np.ndarray) -> Pairs:
        """Pair the posts of whole feeds."""
        days = self.inputs.posted_days[origin]
        return Pairs.of(matrix, columns, self.keys.to_numpy()[origin], days, self.ordinary[origin])

    def _repeats(self, origin: np.ndarray) -> np.ndarray:
        """Return how often each post counts, so that no set drowns another, int64 `[posts]`."""
        sizes = _set_sizes(self.posts["source"].iloc[origin])
        largest = sizes[np.isfinite(sizes)].max(initial=1.0)
        often = np.round(np.sqrt(largest / sizes))
        return np.asarray(np.clip(often, 1, MOST_REPEATS), dtype=np.int64)

    def _off_by(
        self,
        predicted: np.ndarray,
        log_ratios: Mapping[str, np.ndarray],
        truths: Mapping[str, np.ndarray],
    ) -> dict[str, np.ndarray]:
        """Return log10 truth less prediction of each count."""
        medians = split(10.0**predicted, log_ratios, self.weights)
        medians["virality"] = 10.0**predicted
        return {
            name: to_log(truths[name]) - to_log(medians[name]) for name in COUNTS if name in medians
        }

    def _counts(self, name: str) -> np.ndarray:
        return pd.to_numeric(self.posts[name]).to_numpy(dtype=np.float64)

    def _fit_error(self, columns: Sequence[str]) -> Callable[..., Regressor]:
        parameters = {
            **self.options.error_parameters,
            "monotone_constraints": constraints(columns, falling=SURER),
        }

        def fit(matrix: np.ndarray, spread: np.ndarray) -> Regressor:
            return Regressor.fit(matrix, columns, spread, parameters=parameters)

        return fit


def _set_sizes(sources: pd.Series) -> np.ndarray:
    """Return how many posts the set of each post has; infinite for reports.

    What creators report is never repeated: it would weigh more than its share.
    """
    sizes = sources.map(sources.value_counts()).to_numpy(dtype=np.float64)
    return np.where((sources == REPORTED).to_numpy(), np.inf, sizes)
