"""The meta-model: non-negative weights that follow what each modality has been shown to predict.

    log10 virality = intercept + weight_context * context + sum(weight_m * lift_m)

`context` is what the account usually gets; `lift_m` is what the content modality m adds. There is a
set of weights for each pattern of what is known. They are fitted on out-of-fold predictions, so a
regressor that merely remembers its training posts earns nothing, and then shrunk: a weight that
comes out as different from zero only by chance is set to zero, a weak one is reduced (the
positive-part rule of James and Stein, with the variance taken over creators).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

BOOTSTRAP_ROUNDS = 100
"""Resamplings of creators from which the variance of a weight is taken."""
FEWEST_CREATORS = 10
"""With fewer creators their resampling says nothing, and blocks of posts in time are used. A
modality known from fewer gets no weight in the shipped stack."""
TIME_BLOCKS = 10


@dataclass(frozen=True)
class PatternWeights:
    """The stack for one pattern of what is known."""

    intercept: float
    weights: Mapping[str, float]
    """Modality -> weight, 0 or more."""
    raw_weights: Mapping[str, float] = field(default_factory=dict)
    """The same before shrinking."""
    standard_errors: Mapping[str, float] = field(default_factory=dict)
    """Their spread over resampled creators."""
    posts: int = 0
    """Posts that the weights were fitted on."""


def _solved(design: np.ndarray, target: np.ndarray) -> tuple[np.ndarray, float]:
    from scipy.optimize import nnls

    means = design.mean(axis=0)
    centred = design - means
    slopes, _ = nnls(centred, target - target.mean())
    return slopes, float(target.mean() - means @ slopes)


def fit_weights(
    predictions: Mapping[str, np.ndarray],
    target: np.ndarray,
    groups: np.ndarray,
    *,
    free: Sequence[str] = ("context",),
    seed: int = 0,
) -> PatternWeights:
    """Fit the weights of one pattern.

    Parameters
    ----------
    predictions : mapping of str to np.ndarray [shape=(posts,)]
        Out-of-fold predictions of each modality.
    target : np.ndarray [shape=(posts,)]
        What they should add up to, in log10.
    groups : np.ndarray [shape=(posts,)]
        The creator of each post. Resampling keeps their posts together.
    free : sequence of str
        Modalities that are not shrunk, because they are the ground that the others stand on.
    """
    names = list(predictions)
    design = np.column_stack([predictions[name] for name in names])
    raw, _ = _solved(design, target)
    errors = _standard_errors(design, target, groups, seed)
    shrunk = raw.copy()
    for index, name in enumerate(names):
        if name in free or raw[index] == 0.0:
            continue
        factor = max(0.0, 1.0 - (errors[index] / raw[index]) ** 2)
        # A lift is a mean over posts like these: more than all of it would be an exaggeration.
        shrunk[index] = min(raw[index] * factor, 1.0)
    fixed = [index for index, name in enumerate(names) if name not in free]
    unshrunk = [index for index, name in enumerate(names) if name in free]
    rest = target - design[:, fixed] @ shrunk[fixed] if fixed else target
    if unshrunk:
        slopes, intercept = _solved(design[:, unshrunk], rest)
        shrunk[unshrunk] = slopes
    else:
        intercept = float(rest.mean())
    return PatternWeights(
        intercept=intercept,
        weights={name: float(w) for name, w in zip(names, shrunk, strict=True)},
        raw_weights={name: float(w) for name, w in zip(names, raw, strict=True)},
        standard_errors={name: float(e) for name, e in zip(names, errors, strict=True)},
        posts=len(target),
    )


def earned(predictions: Mapping[str, np.ndarray], groups: np.ndarray) -> list[str]:
    """Return the modalities that enough creators have been predicted by to weigh for others.

    A modality known from one creator's clips may follow that creator well. What it predicts there
    mixes the clip with the account, and says nothing of anybody else's posts.

    Parameters
    ----------
    predictions : mapping of str to np.ndarray [shape=(posts,)]
        Out-of-fold lifts, NaN where a modality is missing.
    groups : np.ndarray [shape=(posts,)]
        The creator of each post.
    """
    names = np.asarray(groups, dtype=str)
    return [
        modality
        for modality, values in predictions.items()
        if len(np.unique(names[np.isfinite(values)])) >= FEWEST_CREATORS
    ]


def fit_stack(
    usual: np.ndarray,
    lifts: Mapping[str, np.ndarray],
    target: np.ndarray,
    groups: np.ndarray,
    *,
    seed: int = 0,
) -> dict[str, PatternWeights]:
    """Fit the weights for every pattern of content that may be there.

    Parameters
    ----------
    usual : np.ndarray [shape=(posts,)]
        Out-of-fold predictions of what the account gets, log10; rows with NaN are left out.
    lifts : mapping of str to np.ndarray [shape=(posts,)]
        Content modality -> out-of-fold lifts, NaN where it is missing; in the order of the
        patterns.
    target, groups : np.ndarray [shape=(posts,)]
        The truth in log10, and the creator of each post.

    Returns
    -------
    dict of str to PatternWeights
        By the names that are there, joined by `+`. A modality that is not `earned` has weight 0.
    """
    known = np.isfinite(usual)
    creators = np.asarray(groups)[known]
    shown = {name: values[known] for name, values in lifts.items()}
    weighed = set(earned(shown, creators))
    result = {}
    for code in range(2 ** len(shown)):
        there = [name for bit, name in enumerate(shown) if code >> bit & 1]
        chosen = {"context": usual[known]}
        chosen |= {name: np.nan_to_num(shown[name], nan=0.0) for name in there if name in weighed}
        fitted = fit_weights(chosen, target[known], creators, seed=seed)
        unearned = {name: 0.0 for name in there if name not in weighed}
        result["+".join(there)] = replace(fitted, weights={**fitted.weights, **unearned})
    return result


def _standard_errors(
    design: np.ndarray, target: np.ndarray, groups: np.ndarray, seed: int
) -> np.ndarray:
    _, codes = np.unique(np.asarray(groups, dtype=str), return_inverse=True)
    if codes.max(initial=0) + 1 < FEWEST_CREATORS:
        codes = np.arange(len(target)) * TIME_BLOCKS // max(len(target), 1)
    count = int(codes.max(initial=0)) + 1
    # Each group's sums are enough to solve a resampled problem, so no row is visited again.
    full = np.column_stack([np.ones(len(target)), design])
    width = full.shape[1]
    grams = np.zeros((count, width, width))
    moments = np.zeros((count, width))
    np.add.at(grams, codes, full[:, :, None] * full[:, None, :])
    np.add.at(moments, codes, full * target[:, None])
    rng = np.random.default_rng(seed)
    draws = []
    for _ in range(BOOTSTRAP_ROUNDS):
        times = np.bincount(rng.integers(0, count, count), minlength=count).astype(np.float64)
        gram = np.tensordot(times, grams, axes=1) + 1e-9 * np.eye(width)
        draws.append(np.linalg.solve(gram, times @ moments)[1:])
    return np.std(draws, axis=0)


def stacked(
    pattern: PatternWeights,
    predictions: Mapping[str, np.ndarray],
    present: Mapping[str, np.ndarray],
) -> np.ndarray:
    """Return the stack's prediction; a modality that is not present adds nothing.

    Parameters
    ----------
    predictions, present : mapping of str to np.ndarray [shape=(posts,)]
        By modality; `present` is boolean.
    """
    lengths = {len(values) for values in predictions.values()}
    total = np.full(lengths.pop(), pattern.intercept)
    for name, weight in pattern.weights.items():
        if weight > 0.0 and name in predictions:
            total += np.where(present[name], weight * predictions[name], 0.0)
    return total
