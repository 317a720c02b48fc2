"""The steps of training, each on predictions for creators that the regressor did not train on.

1. The weights of the score and the growth curve.
2. For each pattern, what the account usually gets, on ordinary feeds alone: sets that were chosen
   by their views would teach that small accounts always go far.
3. For each content modality, the lift over that. Posts of chosen sets take part with their lift
   over what accounts of their own set get.
4. The stack, the size of the error, the ratios, the calibration and the standing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from viral.errors import TableError
from viral.messages import Message
from viral.model.engagement import split
from viral.model.evidence import fit_support
from viral.model.growth_curve import GrowthCurve, fit_growth
from viral.model.inputs import CONTENT, Inputs, context_of
from viral.model.intervals import calibrate, groups_of
from viral.model.lifts import predict_lift
from viral.model.model import LARGEST_ERROR, SMALLEST_ERROR, Model, PatternModel, to_log
from viral.model.pairwise import fit_pairs
from viral.model.percentile_score import fit_standing
from viral.model.prediction import COUNTS
from viral.model.reference_medians import medians_of, medians_of_sizes
from viral.model.regressors import Regressor
from viral.model.stack import PatternWeights, fit_stack
from viral.model.topics import topics_of
from viral.model.virality import (
    SCORES,
    VIEWS_ONLY,
    ViralityWeights,
    correlation_weights,
    learned_weights,
    score_of,
)
from viral.posts.splits import creator_keys, newest
from viral.training.baseline import (
    Fit,
    account_fit,
    columns_of,
    foretold,
    matrix_of,
    out_of_fold,
    sees_age,
)
from viral.training.engagement import fit_split
from viral.training.familiarity import Learnt, learn_familiarity
from viral.training.lifts import fit_lift, fold_numbers, keys_for_folds
from viral.training.masking import as_pattern, masked
from viral.training.options import TrainingOptions, facts_of

ORDINARY = ("creators_2020", "creator_videos", "feedback")
"""Sources that hold all recent posts of a creator, or what creators report of theirs, not those
that went far."""
FEWEST_POSTS = 200
"""Posts of ordinary feeds below which nothing can be calibrated."""
FEWEST_LIFT_POSTS = 40
"""Posts with a modality below which it is left out."""


@dataclass(frozen=True)
class _Rows:
    """Posts that one pattern learns from: as they are, then again with parts left out."""

    posts: pd.DataFrame
    inputs: Inputs
    target: np.ndarray
    origin: np.ndarray
    """Position in the table of ordinary posts."""


def _part(columns: Mapping[str, np.ndarray], rows: np.ndarray) -> dict[str, np.ndarray]:
    return {name: column[rows] for name, column in columns.items()}


@dataclass(frozen=True)
class _Learnt:
    """What was learnt for one pattern, and how far off it is on posts that were held out."""

    model: PatternModel
    residuals: Mapping[str, np.ndarray]
    """By count: log10 truth less prediction, of posts that were not trained on."""
    errors: np.ndarray
    groups: np.ndarray
    origin: np.ndarray
    """Position of each residual's post."""
    as_they_are: np.ndarray
    """Whether nothing was left out of the post, bool."""


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
        qualified = self.ordinary.copy()
        if pattern == "history":
            qualified &= self.inputs.recent_count > 0
        elif pattern == "account":
            qualified &= np.isfinite(self.inputs.followers)
        origin = np.flatnonzero(qualified)
        posts = self.posts.iloc[origin]
        tables = [as_pattern(posts, pattern), masked(posts, pattern, self.options.seed)]
        both = pd.concat(tables, ignore_index=True)
        twice = np.concatenate([origin, origin])
        # Captions are the same in both, and dear to embed: only the context is measured again.
        inputs = context_of(self.inputs.rows(twice), both)
        target, _ = self._targets(pattern)
        return _Rows(posts=both, inputs=inputs, target=target[twice], origin=twice)

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

    def _targets(self, pattern: str) -> tuple[np.ndarray, np.ndarray]:
        """Return the target of each post and what the growth curve adds to a prediction of it."""
        if sees_age(pattern):
            return self.score, np.zeros(len(self.posts))
        return self.score - self.grown, self.grown

    def _usual_of_chosen(self, pattern: str) -> np.ndarray:
        """What accounts of the chosen sets usually get, within their own set; NaN elsewhere."""
        usual = np.full(len(self.posts), np.nan)
        for source in sorted(set(self.posts["source"]) - set(ORDINARY)):
            rows = np.flatnonzero((self.posts["source"] == source).to_numpy())
            sized = rows[np.isfinite(self.inputs.followers[rows])]
            if pattern == "unknown":
                usual[rows] = np.median(self.target[rows])
            elif pattern == "account" and len(sized) >= FEWEST_POSTS:
                columns = ("followers", "duration")
                matrix = matrix_of(self.inputs.rows(sized), "context", columns)
                usual[sized] = out_of_fold(
                    matrix,
                    self.target[sized],
                    self.keys.iloc[sized],
                    lambda x, y, c=columns: Regressor.fit(  # type: ignore[misc]
                        x, c, y, parameters=self.options.lift_parameters
                    ),
                    self.options.fold_count,
                )
        return usual

    def _lifts(
        self, pattern: str, usual: np.ndarray, target: np.ndarray
    ) -> tuple[dict[str, Regressor], dict[str, np.ndarray]]:
        lift = target - usual
        regressors, predictions = {}, {}
        for modality in self.options.modalities:
            rows = np.flatnonzero(np.isfinite(lift) & self.inputs.present[modality])
            if len(rows) < FEWEST_LIFT_POSTS:
                continue
            parameters = self.options.lift_parameters_for(len(rows))
            keys = keys_for_folds(
                self.keys.iloc[rows], self.posts["posted_at"].iloc[rows], self.options.fold_count
            )
            # Captions say something where nothing is known of the account; elsewhere their
            # embedding added nothing to the hashtags on other creators' posts.
            embedded = modality != "text" or pattern == "unknown"
            fold = fold_numbers(keys, self.options.fold_count)
            oof = np.full(len(self.posts), np.nan)
            for number in np.unique(fold):
                train, test = rows[fold != number], rows[fold == number]
                fitted = fit_lift(
                    modality,
                    self.inputs.rows(train),
                    lift[train],
                    keys[fold != number],
                    parameters,
                    with_embedding=embedded,
                )
                oof[test] = predict_lift(fitted, modality, self.inputs.rows(test))
            predictions[modality] = oof
            regressors[modality] = fit_lift(
                modality,
                self.inputs.rows(rows),
                lift[rows],
                keys,
                parameters,
                with_embedding=embedded,
            )
        return regressors, predictions

    def model(self) -> Model:
        """Train everything and return the model."""
        learnt = {pattern: self._learn(pattern) for pattern in self.options.patterns}
        parts = list(learnt.values())
        errors = np.concatenate([part.errors for part in parts])
        groups = np.concatenate([part.groups for part in parts])
        calibrations = {
            name: calibrate(
                np.concatenate([part.residuals[name] for part in parts]), errors, groups
            )
            for name in COUNTS
        }
        ordinary = np.flatnonzero(self.ordinary)
        present = {**self.inputs.present, "context": self.ordinary}
        best_known = parts[0]
        plain = best_known.origin[best_known.as_they_are]
        pairs = fit_pairs(
            best_known.residuals["virality"][best_known.as_they_are],
            self.keys.to_numpy()[plain],
            self.posts["posted_at"].to_numpy()[plain],
        )
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
            pairs=pairs,
            learnt_until_days=float(np.nanmax(self.inputs.posted_days[ordinary])),
        )

    def _learn(self, pattern: str) -> _Learnt:
        self.say(f"learning what accounts usually get: {pattern}")
        rows = self._rows(pattern)
        target, grown = self._targets(pattern)
        columns = columns_of(rows.inputs.values["context"].columns, pattern)
        matrix = matrix_of(rows.inputs, "context", columns)
        keys = self.keys.iloc[rows.origin].reset_index(drop=True)
        fit = self._fit_context(pattern, columns)
        oof = out_of_fold(matrix, rows.target, keys, fit, self.options.fold_count)
        first = len(rows.origin) // 2
        usual = self._usual_of_chosen(pattern)
        usual[rows.origin[:first]] = oof[:first]
        self.say(f"learning what content adds: {pattern}")
        lifts, lift_predictions = self._lifts(pattern, usual, target)
        weights = fit_stack(
            usual,
            lift_predictions,
            target,
            self.keys.to_numpy(),
            seed=self.options.seed,
        )
        stacked_oof = self._stacked(rows, oof, weights, lift_predictions)
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
        truths = {name: self._counts(name)[rows.origin] for name in COUNTS if name != "virality"}
        ratios, ratio_oof = fit_split(
            matrix, columns, truths, rows.inputs.own, keys, self.options.fold_count
        )
        truths["virality"] = 10.0 ** self.score[rows.origin]
        dated = np.isfinite(rows.inputs.horizon_days)
        at_horizon = np.where(dated, grown[rows.origin], 0.0)
        within = self._off_by(stacked_oof + at_horizon, ratio_oof, truths)
        recent = np.zeros(len(self.posts), dtype=bool)
        recent[np.flatnonzero(self.ordinary)] = newest(
            self.posts[self.ordinary], self.options.calibration_share
        )
        late, ahead = foretold(matrix, rows.target, keys, recent[rows.origin], fit)
        later = self._off_by(ahead + at_horizon[late], _part(ratio_oof, late), _part(truths, late))
        lower = self.growth.drawn_below(len(late), self.options.seed)
        younger = np.where(dated[late], 0.0, lower)
        used = np.concatenate([np.arange(len(rows.origin)), late])
        after = np.arange(len(used)) >= len(rows.origin)
        pattern_of = np.full(len(used), pattern)
        return _Learnt(
            model=PatternModel(
                context=fit(matrix, rows.target),
                lifts=lifts,
                weights=weights,
                error=error_fit(matrix, spread),
                split=ratios,
                familiarity=familiarity,
            ),
            residuals={n: np.concatenate([within[n], later[n] + younger]) for n in COUNTS},
            errors=expected[used],
            groups=groups_of(
                pattern_of,
                rows.inputs.followers[used],
                rows.inputs.recent_count[used],
                totals=rows.inputs.totals_known[used],
                dated=dated[used],
                later=after,
            ),
            origin=rows.origin[used],
            as_they_are=~after & (np.arange(len(used)) < first),
        )

    def _off_by(
        self,
        predicted: np.ndarray,
        log_ratios: Mapping[str, np.ndarray],
        truths: Mapping[str, np.ndarray],
    ) -> dict[str, np.ndarray]:
        """Return log10 truth less prediction of each count."""
        medians = split(10.0**predicted, log_ratios, self.weights)
        medians["virality"] = 10.0**predicted
        return {name: to_log(truths[name]) - to_log(medians[name]) for name in COUNTS}

    def _counts(self, name: str) -> np.ndarray:
        return pd.to_numeric(self.posts[name]).to_numpy(dtype=np.float64)

    def _stacked(
        self,
        rows: _Rows,
        oof: np.ndarray,
        weights: Mapping[str, PatternWeights],
        predictions: Mapping[str, np.ndarray],
    ) -> np.ndarray:
        names = [modality for modality in CONTENT if modality in predictions]
        code = np.zeros(len(rows.origin), dtype=int)
        for bit, name in enumerate(names):
            code |= np.isfinite(predictions[name][rows.origin]).astype(int) << bit
        total = np.zeros(len(rows.origin))
        for value in np.unique(code):
            there = [name for bit, name in enumerate(names) if value >> bit & 1]
            stack = weights["+".join(there)]
            at = code == value
            total[at] = stack.intercept + stack.weights["context"] * oof[at]
            for name in there:
                total[at] += stack.weights[name] * predictions[name][rows.origin[at]]
        return total

    def _fit_error(self, columns: Sequence[str]) -> Callable[..., Regressor]:
        def fit(matrix: np.ndarray, spread: np.ndarray) -> Regressor:
            return Regressor.fit(matrix, columns, spread, parameters=self.options.error_parameters)

        return fit
