"""How views grow with the days since posting: one curve for all, monotone in time.

Fitted on what posts have more than their creator's earlier posts, by age when counted, so that a
creator who posts rarely (whose posts are old *and* go far) does not pass for growth. Isotonic
regression makes it monotone; between its knots it is a straight line in log10 days.

Ages below the youngest that was learnt from need an assumption: attention decays, so that what is
still to come halves every so often. How often is not known; every half-life between an hour and
the youngest age, on a logarithmic scale, is taken for equally likely. The prediction moves to the
mean of those curves, and the range widens by their standard deviation.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

KNOTS_DAYS = (0.25, 0.5, 1.0, 2.0, 3.0, 5.0, 7.0, 14.0, 30.0, 60.0, 90.0)
"""Where the curve is measured; before the first and after the last it is flat."""
REFERENCE_DAYS = 30.0
"""The curve is zero here."""
SHOWN_DAYS = (1, 7, 30, 90)
FEWEST_POSTS = 30
"""A knot with fewer posts beside it takes its neighbour's value."""
SHORTEST_DAYS = 1.0 / 24.0
"""Younger than an hour counts as an hour."""
HALF_LIVES = 16
"""Half-lives that stand for all between an hour and the youngest age."""
AGE = "age"
"""The feature of the context that is the horizon: log10 of days after posting."""


@dataclass(frozen=True)
class GrowthCurve:
    """log10 of views at an age over views at `REFERENCE_DAYS`."""

    days: tuple[float, ...]
    """Increasing."""
    log_growth: tuple[float, ...]
    """Never falling; 0 at `REFERENCE_DAYS`."""
    youngest_days: float = 0.0
    """Below this age there were no posts to learn from."""

    def __call__(self, days: np.ndarray) -> np.ndarray:
        """Return the growth at some ages in days, in log10; 0 where the age is unknown (NaN)."""
        ages = np.log10(np.maximum(np.asarray(days, dtype=np.float64), 1e-3))
        growth = np.interp(ages, np.log10(self.days), self.log_growth)
        return np.where(np.isfinite(ages), growth, 0.0) + self.below(days)

    def below(self, days: np.ndarray) -> np.ndarray:
        """Return what an age below the youngest takes away, in log10, 0 or less."""
        return np.asarray(self._decays(days).mean(axis=0))

    def spread(self, days: np.ndarray) -> np.ndarray:
        """Return the standard deviation of `below`, in log10, 0 or more."""
        return np.asarray(self._decays(days).std(axis=0))

    def _decays(self, days: np.ndarray) -> np.ndarray:
        """Return the log10 share of the youngest age's views by half-life, `[HALF_LIVES, ...]`."""
        ages = np.asarray(days, dtype=np.float64)
        if self.youngest_days <= 0.0:
            return np.zeros((1, *ages.shape))
        longest = max(self.youngest_days, SHORTEST_DAYS)
        lives = np.geomspace(SHORTEST_DAYS, longest, HALF_LIVES)
        lives = lives.reshape(-1, *([1] * ages.ndim))
        young = np.clip(ages, SHORTEST_DAYS, longest)
        shares = (1.0 - 2.0 ** (-young / lives)) / (1.0 - 2.0 ** (-longest / lives))
        return np.where(np.isfinite(ages), np.log10(shares), 0.0)


NO_GROWTH = GrowthCurve(days=(1.0, 90.0), log_growth=(0.0, 0.0))


def fit_growth(age_days: np.ndarray, surplus: np.ndarray) -> GrowthCurve:
    """Fit the curve.

    Parameters
    ----------
    age_days : np.ndarray [shape=(posts,)]
        Age when the views were counted; NaN where unknown.
    surplus : np.ndarray [shape=(posts,)]
        log10 views over what the creator's earlier posts got; NaN where unknown.
    """
    from sklearn.isotonic import IsotonicRegression

    known = np.isfinite(age_days) & np.isfinite(surplus)
    if known.sum() < FEWEST_POSTS:
        return NO_GROWTH
    youngest = float(np.partition(age_days[known], FEWEST_POSTS - 1)[FEWEST_POSTS - 1])
    ages = np.log10(np.clip(age_days[known], KNOTS_DAYS[0], KNOTS_DAYS[-1]))
    knots = np.log10(KNOTS_DAYS)
    nearest = np.abs(ages[:, None] - knots[None, :]).argmin(axis=1)
    counts = np.bincount(nearest, minlength=len(knots))
    # Medians: a post that broke out says nothing about how posts grow.
    levels = np.array(
        [
            np.median(surplus[known][nearest == k]) if counts[k] >= FEWEST_POSTS else np.nan
            for k in range(len(knots))
        ]
    )
    use = np.isfinite(levels)
    if use.sum() < 2:
        return NO_GROWTH
    smooth = IsotonicRegression(out_of_bounds="clip").fit(
        knots[use], levels[use], sample_weight=counts[use]
    )
    values = smooth.predict(knots)
    reference = float(np.interp(np.log10(REFERENCE_DAYS), knots, values))
    rounded = tuple(float(v) for v in np.round(values - reference, 5))
    return GrowthCurve(days=KNOTS_DAYS, log_growth=rounded, youngest_days=round(youngest, 5))


def growth_by_age(curve: GrowthCurve) -> dict[str, float]:
    """Return the views after 1, 7, 30 and 90 days as a share of those after 30 days."""
    return {f"{days} days": float(10.0 ** curve(np.array([float(days)]))[0]) for days in SHOWN_DAYS}
