"""Compare: which of two to four cuts goes further, and what makes the difference.

The cuts would be posted by the same account, so what the model does not know of that account moves
all of them alike and cancels. Only what differs between two posts of one account is left as doubt;
its size, and how much of a predicted difference comes true, are learnt from neighbouring posts of
the same creators (`viral.model.pairwise`), each for itself with and without recent views. Where
nothing is known of the account, there is no such probability: the predictions then differ by what
kind of account posts such clips, which says next to nothing about two cuts of one account. What
differs and how much it counts is the difference of the attributions, which adds up to the
difference of the predictions to 1e-6.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from viral.errors import DetailsError
from viral.messages import Message
from viral.model.pairwise import NO_PAIRS

if TYPE_CHECKING:
    from viral.model.pairwise import PairErrors
    from viral.model.prediction import Prediction

FEWEST_CUTS, MOST_CUTS = 2, 4
ACCOUNT = tuple(
    f"context.{name}"
    for name in ("followers", "total_likes", "total_videos", "recent_level", "recent_count")
)
"""Features that are the account's alone."""
BASE = "base"
"""Name of the difference that no feature makes: another set of modalities could be measured, so the
stack starts from another intercept."""
BASE_LABEL = "Which parts could be measured"
EVEN = 0.55
"""Up to this chance to go further, two posts are a coin toss."""
SAME_LOG10 = 1e-12
"""Contributions closer than this are one number written by two sums."""


@dataclass(frozen=True)
class Difference:
    """One feature in which two cuts differ."""

    name: str
    """`audio.tempo_bpm`, or `BASE`."""
    label: str
    modality: str
    """Empty for `BASE`."""
    unit: str
    value: float
    """Contribution in the first less contribution in the second, log10."""
    inputs: tuple[float | str | None, float | str | None]
    """What was measured in the first and in the second."""

    @property
    def factor(self) -> float:
        """The difference as a factor on the predicted score: 1.2 is 20 % more for the first."""
        return 10.0**self.value


@dataclass(frozen=True)
class Comparison:
    """Two to four cuts side by side."""

    order: tuple[int, ...]
    """Positions of the cuts, the one predicted to go furthest first."""
    log_virality: np.ndarray
    """float64 `[cuts]`."""
    beats: np.ndarray
    """`beats[a, b]` is P(cut a beats cut b), float64 `[cuts, cuts]`; one half on the diagonal."""
    pairs: int
    """Pairs of past posts behind these probabilities; with too few they are NaN."""
    account_known: bool
    """Whether followers or recent views are known; without them the probabilities are NaN."""
    differences: tuple[tuple[Difference, ...], ...]
    """For each cut but the best, in `order`: what the best has over it, largest first. They add up
    to the difference of the two in `log_virality`."""


def compare(predictions: Sequence[Prediction], pair_errors: Mapping[str, PairErrors]) -> Comparison:
    """Compare the predictions of cuts for one account.

    Parameters
    ----------
    predictions : sequence of Prediction
        Two to four.
    pair_errors : mapping
        `Model.pairs` of the model that made them.

    Raises
    ------
    DetailsError
        There are fewer than two or more than four, or they are not predictions of the same days and
        the same account, whose doubts would not cancel.
    """
    if not FEWEST_CUTS <= len(predictions) <= MOST_CUTS:
        raise DetailsError(
            Message("compare.how_many", fewest=FEWEST_CUTS, most=MOST_CUTS, given=len(predictions))
        )
    levels, beats, account_known = pair_probabilities(predictions, pair_errors)
    # A stable order: cuts that are predicted alike stay as they were given.
    order = tuple(int(i) for i in np.argsort(-levels, kind="stable"))
    best = predictions[order[0]]
    return Comparison(
        order=order,
        log_virality=levels,
        beats=beats,
        pairs=pairs_of(best, pair_errors).pairs,
        account_known=account_known,
        differences=tuple(differences(best, predictions[other]) for other in order[1:]),
    )


def pair_probabilities(
    predictions: Sequence[Prediction], pair_errors: Mapping[str, PairErrors]
) -> tuple[np.ndarray, np.ndarray, bool]:
    """Return what is predicted for posts of one account, and how often each beats each other.

    Returns
    -------
    tuple of np.ndarray [shape=(posts,)], np.ndarray [shape=(posts, posts)] and bool
        log10; P(row beats column), one half on the diagonal, NaN elsewhere where nothing is known
        of the account or too few pairs are; whether something is known of the account.

    Raises
    ------
    DetailsError
        They are not predictions of the same days and the same account.
    """
    told = {(p.horizon_days, p.account_size, p.usual_views, account_of(p)) for p in predictions}
    if len(told) > 1:
        raise DetailsError(Message("error.one_account"))
    levels = np.array([p.explanation.prediction for p in predictions])
    one = predictions[0]
    account_known = one.account_known
    between = pairs_of(one, pair_errors)
    beats = np.full((len(levels), len(levels)), 0.5)
    for a in range(len(levels)):
        for b in range(len(levels)):
            if a != b:
                apart = float(levels[a] - levels[b])
                beats[a, b] = between.probability(apart) if account_known else np.nan
    return levels, beats, account_known


def pairs_of(prediction: Prediction, pair_errors: Mapping[str, PairErrors]) -> PairErrors:
    """Return what is known of pairs of posts by accounts of which as much is known."""
    return pair_errors.get(prediction.pattern, NO_PAIRS)


def account_of(prediction: Prediction) -> tuple[float | str | None, ...]:
    """Return what a prediction was told of the account, None for what it was not told.

    The class of its size and its usual views are not enough: 10,001 and 99,999 followers are of
    one class, and other posts may have the same median.
    """
    told = {part.name: part.input for part in prediction.explanation.from_average.features}
    values = (told.get(name) for name in ACCOUNT)
    return tuple(
        None if isinstance(value, float) and math.isnan(value) else value for value in values
    )


def differences(first: Prediction, second: Prediction) -> tuple[Difference, ...]:
    """Return what sets two predictions apart, largest effect first, ties by name.

    Features that count alike in both are left out; the rest adds up to the difference of the two
    predictions.
    """
    mine = {part.name: part for part in first.explanation.from_average.features}
    others = {part.name: part for part in second.explanation.from_average.features}
    found = [
        Difference(
            BASE,
            BASE_LABEL,
            "",
            "",
            first.explanation.from_average.base - second.explanation.from_average.base,
            (None, None),
        )
    ]
    for name, known in {**others, **mine}.items():
        a, b = mine.get(name), others.get(name)
        found.append(
            Difference(
                name=name,
                label=known.label,
                modality=known.modality,
                unit=known.unit,
                value=(a.value if a else 0.0) - (b.value if b else 0.0),
                inputs=(a.input if a else None, b.input if b else None),
            )
        )
    apart = [difference for difference in found if abs(difference.value) > SAME_LOG10]
    return tuple(sorted(apart, key=lambda d: (-abs(d.value), d.name)))
