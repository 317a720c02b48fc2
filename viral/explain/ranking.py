"""Rank drafts of one account: the order, each one's chance to be the best, and what is a coin toss.

As in `viral.explain.compare`, what the model does not know of the account moves all drafts alike.
What is left is how far single posts stray from their predictions. The distribution of the
difference of two posts of one account, beside what comes of the predicted one, is learnt
(`viral.model.pairwise`). Accounts differ in how steady they are, so it is read as a mixture of
normal distributions of different widths (a scale mixture, Andrews and Mallows 1974), fitted by
non-negative least squares (Lawson and Hanson 1974): the posts of one account stray independently,
by one width. With two drafts the chance to be the best is then the chance to beat the other.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import ndtr

from viral.errors import DetailsError
from viral.explain.compare import EVEN, pair_probabilities, pairs_of
from viral.messages import Message
from viral.model.pairwise import FEWEST_PAIRS, SHARES

if TYPE_CHECKING:
    from viral.model.pairwise import PairErrors
    from viral.model.prediction import Prediction

MOST_DRAFTS = 20
WIDTHS = np.geomspace(0.005, 5.0, 40)
"""Standard deviations of one post's error that are mixed, log10."""
PLACES = np.linspace(-6.0, 6.0, 241)
"""Where the best draft's error may be, in standard deviations."""


@dataclass(frozen=True)
class Ranking:
    """Drafts of one account in the order of what is predicted for them."""

    order: tuple[int, ...]
    """Positions of the drafts, the one predicted to go furthest first."""
    best: np.ndarray
    """P(a draft gets the most views of all), float64 `[drafts]`, adding up to 1; NaN where too few
    pairs of past posts are known."""
    beats: np.ndarray
    """`beats[a, b]` is P(draft a beats draft b), float64 `[drafts, drafts]`."""
    groups: tuple[tuple[int, ...], ...]
    """The drafts in their order, those together that cannot be told apart: the first of a group
    beats each other one of it with at most `EVEN`."""

    def group_of(self, draft: int) -> int:
        """Return the number of a draft's group, from 1."""
        return next(number for number, group in enumerate(self.groups, 1) if draft in group)


def rank(predictions: Sequence[Prediction], pair_errors: Mapping[str, PairErrors]) -> Ranking:
    """Rank the predictions of drafts for one account; `pair_errors` is `Model.pairs`.

    Raises
    ------
    DetailsError
        There are none or more than `MOST_DRAFTS`, or they are not predictions of the same days and
        the same account, or nothing is known of the account.
    """
    if not 1 <= len(predictions) <= MOST_DRAFTS:
        raise DetailsError(Message("rank.how_many", most=MOST_DRAFTS, given=len(predictions)))
    levels, beats, account_known = pair_probabilities(predictions, pair_errors)
    if not account_known:
        raise DetailsError(Message("rank.no_account"))
    # A stable order: drafts that are predicted alike stay as they were given.
    order = tuple(int(i) for i in np.argsort(-levels, kind="stable"))
    return Ranking(
        order=order,
        best=chances_to_be_best(levels, pairs_of(predictions[0], pair_errors)),
        beats=beats,
        groups=_groups(order, beats),
    )


def chances_to_be_best(levels: np.ndarray, pair_errors: PairErrors) -> np.ndarray:
    """Return P(a draft gets the most of all).

    Parameters
    ----------
    levels : np.ndarray [shape=(drafts,)]
        What is predicted for each, log10.
    pair_errors : PairErrors
        How much of a predicted difference comes, and how far two posts stray from that.

    Returns
    -------
    np.ndarray [shape=(drafts,)]
        Adds up to 1; NaN with too few pairs.
    """
    if len(levels) == 1:
        return np.ones(1)
    if pair_errors.pairs < FEWEST_PAIRS:
        return np.full(len(levels), np.nan)
    density = np.exp(-(PLACES**2) / 2.0)
    density /= density.sum()
    apart = pair_errors.counted * (levels[:, None] - levels[None, :])
    chances = np.zeros(len(levels))
    for width, share in zip(WIDTHS, _shares(pair_errors.quantiles), strict=True):
        if share > 0.0:
            # P(no other is above, given where this one's error is), [drafts, others, places].
            lower = ndtr(PLACES + (apart / width)[:, :, None])
            lower[np.diag_indices(len(levels))] = 1.0
            chances += share * (lower.prod(axis=1) @ density)
    return np.asarray(chances / chances.sum())


def _shares(quantiles: np.ndarray) -> np.ndarray:
    """Return what share of accounts is how steady, by `WIDTHS`."""
    from scipy.optimize import nnls

    # The last quantile is the largest difference that was met, which says little.
    within = 2.0 * ndtr(quantiles[:-1, None] / (WIDTHS * np.sqrt(2.0))) - 1.0
    shares, _ = nnls(within, 2.0 * SHARES[:-1] - 1.0)
    return np.asarray(shares / shares.sum())


def _groups(order: Sequence[int], beats: np.ndarray) -> tuple[tuple[int, ...], ...]:
    groups: list[list[int]] = []
    for draft in order:
        # Without enough pairs of past posts nothing can be told apart.
        if groups and not beats[groups[-1][0], draft] > EVEN:
            groups[-1].append(draft)
        else:
            groups.append([draft])
    return tuple(map(tuple, groups))
