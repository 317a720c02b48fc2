"""A goal of one's own: the chance that a post passes so many views."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from viral.model.inputs import inputs_from_features
from viral.model.model import to_log
from viral.model.prediction import COUNTS

if TYPE_CHECKING:
    from viral.model.model import Model
    from viral.pipeline import Analysis


def chances_above(analysis: Analysis, model: Model, views: Sequence[float]) -> np.ndarray:
    """Return P(views > v) for each of some numbers of views, float64 `[views]`, 0..1.

    They come from the errors that also make the range, so that a number at an end of the 80 %
    range has a chance of about a tenth or nine tenths.

    Parameters
    ----------
    analysis : Analysis
        The post.
    model : Model
        What predicted it.
    views : sequence of float
        0 or more.
    """
    inputs = inputs_from_features(analysis.features, analysis.details)
    # One row a number of views, all of the same post.
    estimates = model.estimate(inputs.rows(np.zeros(len(views), dtype=int)))
    median = model.counts(estimates)[COUNTS[0]][1]
    wanted = to_log(np.maximum(np.asarray(views, dtype=np.float64), 0.0))
    return model.calibrations[COUNTS[0]].probability_above(
        wanted, to_log(median), estimates.error, estimates.places
    )
