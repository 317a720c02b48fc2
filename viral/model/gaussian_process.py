"""A regressor for few posts: straight in an embedding, smooth in named measurements, and exact.

With a thousand posts, trees on an embedding mostly learn noise. Here each block of columns gets a
Gaussian-process prior: straight lines through the embedding, or a smooth surface over a few named
measurements. How much each block is believed is set by the likelihood of the training posts
(Rasmussen and Williams 2006, https://gaussianprocess.org/gpml, chapter 5), so nothing is tuned on
posts that are kept for testing. The smooth surfaces are sums of cosines (random Fourier features,
Rahimi and Recht 2007), so the fitted model is a short list of numbers and holds no training post.

    prediction = base + sum(contributions)

holds exactly. A linear column contributes `slope * (x - mean)`. A column of a smooth block gets its
Aumann-Shapley share of the way from the mean post to this one (the integrated gradients of
Sundararajan et al. 2017, https://arxiv.org/abs/1703.01365), which for cosines has a closed form.

Conventions
-----------
Matrices are float64 `[shape=(posts, columns)]`; a value that could not be measured (NaN) counts as
the mean of its column and contributes nothing, unless the column is flagged.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

WAVES = 256
"""Cosines and as many sines of a smooth block; with fewer, the surface depends on the draw."""
LIKELIHOOD_POSTS = 500
"""The likelihood is computed on at most so many posts, because its cost grows with their cube."""
FLAG_DISTANCE = 2.0
"""How far apart posts with and without a flagged column are, in standard deviations."""
PRIOR_VARIANCE = 0.1
"""What a block is expected to explain before anything was seen, as a share of the variance."""
PRIOR_SPREAD = 1.0
"""Standard deviation of the natural logarithm of that share; keeps it from jumping between
folds."""
LIKELIHOOD_STEPS = 20
SMALLEST_NOISE = 1e-6
"""Share of the variance; with less, posts without any noise cannot be solved for."""
SIGNIFICANT_DIGITS = 6
"""Of every stored number: rounding comes before predicting, so that a stored model predicts
alike."""
SAME = 1e-9
"""Spread of a column, as a share of one and of its mean, that is the rounding of floats."""
FEWEST_POSTS = 20
"""Below it nothing is learnt but the mean."""


@dataclass(frozen=True)
class Block:
    """Neighbouring columns that are learnt together."""

    name: str
    """Such as `caption_words`."""
    columns: tuple[str, ...]
    """Names of the columns, in order."""
    smooth: bool = False
    """A smooth surface over all columns, or a straight line through each."""
    logarithmic: bool = False
    """Whether columns are counts, taken as `log(1 + x)`."""
    flagged: tuple[str, ...] = ()
    """Columns of which it matters by itself whether they were measured."""

    @property
    def flags(self) -> list[int]:
        """Positions of the flagged columns."""
        return [self.columns.index(name) for name in self.flagged]

    @property
    def width(self) -> int:
        """Columns and flags."""
        return len(self.columns) + len(self.flagged)


@dataclass(frozen=True)
class FittedBlock:
    """A block with what was learnt."""

    block: Block
    mean: np.ndarray
    """float64 `[columns]`, after the logarithm."""
    scale: np.ndarray
    """float64 `[columns]`: standard deviations of a smooth block; one number of a straight one."""
    variance: float
    """Share of the variance of the target that the block is believed to explain."""
    slopes: np.ndarray
    """float64 `[columns]`, of the scaled columns; empty in a smooth block."""
    waves: np.ndarray
    """float64 `[WAVES, columns]`; empty in a straight block."""
    cosines: np.ndarray
    """float64 `[WAVES]`."""
    sines: np.ndarray
    """float64 `[WAVES]`."""

    def scaled(self, columns: np.ndarray) -> np.ndarray:
        """Return the columns with mean 0, where unmeasured values are 0, and then the flags."""
        known = _logarithm(columns) if self.block.logarithmic else columns
        scaled = np.nan_to_num((known - self.mean) / self.scale, nan=0.0, posinf=0.0, neginf=0.0)
        if not self.block.flagged:
            return scaled
        missing = ~np.isfinite(columns[:, self.block.flags])
        return np.hstack([scaled, FLAG_DISTANCE * missing])

    def design(self, columns: np.ndarray) -> np.ndarray:
        """Return what the block's weights multiply."""
        scaled = self.scaled(columns)
        if not self.block.smooth:
            return scaled
        angle = scaled @ self.waves.T
        return np.hstack([np.cos(angle), np.sin(angle)]) / np.sqrt(len(self.waves))

    def predict(self, columns: np.ndarray) -> np.ndarray:
        """Return what the block adds to each post, 0 at the mean post."""
        if not self.block.smooth:
            return self.scaled(columns) @ self.slopes
        angle = self.scaled(columns) @ self.waves.T
        return (np.cos(angle) - 1.0) @ self.cosines + np.sin(angle) @ self.sines

    def contributions(self, columns: np.ndarray) -> np.ndarray:
        """Return what each column adds, `[posts, columns]`; the sum is `predict(columns)`."""
        scaled = self.scaled(columns)
        if not self.block.smooth:
            return self._with_flags(scaled * self.slopes)
        angle = scaled @ self.waves.T
        # The mean slope of each wave on the way from the mean post (angle 0) to this one:
        # cos(a) - 1 = -a sin(a/2) sinc(a/2) and sin(a) = a cos(a/2) sinc(a/2), sinc(x) = sin(x)/x.
        steepness = np.sinc(angle / (2.0 * np.pi))
        slopes = steepness * (np.cos(angle / 2.0) * self.sines - np.sin(angle / 2.0) * self.cosines)
        return self._with_flags(scaled * (slopes @ self.waves))

    def _with_flags(self, added: np.ndarray) -> np.ndarray:
        # What it adds that a column was not measured is that column's.
        width = len(self.block.columns)
        result = added[:, :width].copy()
        for place, column in enumerate(self.block.flags):
            result[:, column] += added[:, width + place]
        return result

    def times(self, share: float) -> FittedBlock:
        """Return the block that adds `share` of what this one adds."""
        scaled = {n: _rounded(getattr(self, n) * share) for n in ("slopes", "cosines", "sines")}
        return replace(self, **scaled)

    def to_dict(self) -> dict[str, Any]:
        """Return the block as JSON's types."""
        return {
            "name": self.block.name,
            "columns": list(self.block.columns),
            "smooth": self.block.smooth,
            "logarithmic": self.block.logarithmic,
            "flagged": list(self.block.flagged),
            "variance": self.variance,
            **{name: getattr(self, name).tolist() for name in _ARRAYS},
        }

    @classmethod
    def from_dict(cls, stored: Mapping[str, Any]) -> FittedBlock:
        """Return the block that `to_dict` wrote."""
        block = Block(
            name=str(stored["name"]),
            columns=tuple(stored["columns"]),
            smooth=bool(stored["smooth"]),
            logarithmic=bool(stored["logarithmic"]),
            flagged=tuple(stored.get("flagged", ())),
        )
        arrays = {name: np.array(stored[name], dtype=np.float64) for name in _ARRAYS}
        arrays["waves"] = arrays["waves"].reshape(-1, block.width)
        return cls(block=block, variance=float(stored["variance"]), **arrays)


_ARRAYS = ("mean", "scale", "slopes", "waves", "cosines", "sines")


@dataclass(frozen=True)
class SmoothRegressor:
    """A base plus blocks."""

    base: float
    """What is predicted for the mean post."""
    noise: float
    """Share of the variance that no block explains."""
    blocks: tuple[FittedBlock, ...]

    @classmethod
    def fit(
        cls, matrix: np.ndarray, blocks: Sequence[Block], target: np.ndarray, *, seed: int = 0
    ) -> SmoothRegressor:
        """Fit all blocks together.

        Parameters
        ----------
        matrix : np.ndarray [shape=(posts, columns)]
            The columns of the blocks, block by block.
        blocks : sequence of Block
            What they are.
        target : np.ndarray [shape=(posts,)]
            Finite, in log10.
        seed : int
            Of the waves and of the posts that the likelihood is computed on.

        Raises
        ------
        ValueError
            The matrix has not the columns of the blocks.
        """
        matrix = np.asarray(matrix, dtype=np.float64)
        target = np.asarray(target, dtype=np.float64)
        if matrix.shape[1] != sum(len(block.columns) for block in blocks):
            raise ValueError(f"the matrix has {matrix.shape[1]} columns, not those of the blocks")
        rng = np.random.default_rng(seed)
        empty = [
            _unfitted(block, columns, rng)
            for block, columns in zip(blocks, _split(matrix, blocks), strict=True)
        ]
        mean, deviation = float(target.mean()), float(target.std())
        if len(target) < FEWEST_POSTS or deviation == 0.0:
            return cls(base=_rounded(mean), noise=1.0, blocks=tuple(empty))
        columns = _split(matrix, blocks)
        designs = [block.design(part) for block, part in zip(empty, columns, strict=True)]
        centres = [design.mean(axis=0) for design in designs]
        designs = [design - centre for design, centre in zip(designs, centres, strict=True)]
        rest = (target - mean) / deviation
        chosen = rng.permutation(len(target))[:LIKELIHOOD_POSTS]
        shares = _likeliest([design[chosen] for design in designs], rest[chosen])
        roots = np.sqrt(shares[:-1])
        joined = np.hstack([root * design for root, design in zip(roots, designs, strict=True)])
        solved = _ridge(joined, rest, float(shares[-1])) * deviation
        fitted, base, start = [], mean, 0
        for block, design, centre, root, share in zip(
            empty, designs, centres, roots, shares[:-1], strict=True
        ):
            weights = _rounded(solved[start : start + design.shape[1]] * root)
            start += design.shape[1]
            fitted.append(_with_weights(block, weights, float(share)))
            # The mean post's own level: the design was centred, `predict` is 0 at the mean post.
            base += float(_at_mean(block) @ weights - centre @ weights)
        return cls(
            base=float(_rounded(base)), noise=float(_rounded(shares[-1])), blocks=tuple(fitted)
        )

    def times(self, share: float) -> SmoothRegressor:
        """Return the regressor that predicts `share` of what this one predicts."""
        blocks = tuple(block.times(share) for block in self.blocks)
        return replace(self, base=_rounded(self.base * share), blocks=blocks)

    @property
    def columns(self) -> tuple[str, ...]:
        """Names of the columns of the matrix, in order."""
        return tuple(name for fitted in self.blocks for name in fitted.block.columns)

    def predict(self, matrix: np.ndarray) -> np.ndarray:
        """Return the predictions, float64 `[shape=(posts,)]`."""
        parts = _split(np.asarray(matrix, dtype=np.float64), [b.block for b in self.blocks])
        total = np.full(len(matrix), self.base)
        for fitted, columns in zip(self.blocks, parts, strict=True):
            total += fitted.predict(columns)
        return total

    def contributions(self, matrix: np.ndarray) -> tuple[float, np.ndarray]:
        """Return the base and what each column adds to it.

        Returns
        -------
        base : float
            The prediction for the mean post.
        contributions : np.ndarray [shape=(posts, columns)]
            `base + contributions.sum(axis=1)` is `predict(matrix)`.
        """
        parts = _split(np.asarray(matrix, dtype=np.float64), [b.block for b in self.blocks])
        added = [f.contributions(columns) for f, columns in zip(self.blocks, parts, strict=True)]
        return self.base, np.hstack(added)

    def to_dict(self) -> dict[str, Any]:
        """Return the regressor as JSON's types; `from_dict` gives back the same predictions."""
        blocks = [fitted.to_dict() for fitted in self.blocks]
        return {"base": self.base, "noise": self.noise, "blocks": blocks}

    @classmethod
    def from_dict(cls, stored: Mapping[str, Any]) -> SmoothRegressor:
        """Return the regressor that `to_dict` wrote."""
        return cls(
            base=float(stored["base"]),
            noise=float(stored["noise"]),
            blocks=tuple(map(FittedBlock.from_dict, stored["blocks"])),
        )


def _rounded(values: Any) -> Any:
    array = np.asarray(values, dtype=np.float64)
    with np.errstate(divide="ignore"):
        size = np.where(array == 0.0, 0.0, np.floor(np.log10(np.abs(array))))
    unit = 10.0 ** (SIGNIFICANT_DIGITS - 1 - size)
    result = np.round(array * unit) / unit
    return float(result) if result.ndim == 0 else result


def _logarithm(columns: np.ndarray) -> np.ndarray:
    return np.sign(columns) * np.log1p(np.abs(columns))


def _split(matrix: np.ndarray, blocks: Sequence[Block]) -> list[np.ndarray]:
    ends = np.cumsum([len(block.columns) for block in blocks])
    return np.split(matrix, ends[:-1], axis=1)


def _unfitted(block: Block, columns: np.ndarray, rng: np.random.Generator) -> FittedBlock:
    known = _logarithm(columns) if block.logarithmic else columns
    finite = np.isfinite(known)
    count = np.maximum(finite.sum(axis=0), 1)
    mean = np.where(finite, known, 0.0).sum(axis=0) / count
    spread = np.sqrt((np.where(finite, known - mean, 0.0) ** 2).sum(axis=0) / count)
    if block.smooth:
        # A column that is the same in all posts but for rounding has no scale of its own.
        scale = np.where(spread > SAME * (1.0 + np.abs(mean)), spread, 1.0)
    else:
        # One scale for the block: an embedding's weak axes must not be blown up to its strong ones.
        scale = np.full(len(spread), np.sqrt((spread**2).sum()) or 1.0)
    width = block.width
    # Waves of a Gaussian kernel whose length is the usual distance of two posts.
    waves = rng.standard_normal((WAVES if block.smooth else 0, width)) / np.sqrt(width)
    return FittedBlock(
        block=block,
        mean=_rounded(mean),
        scale=_rounded(scale),
        variance=0.0,
        slopes=np.zeros(0 if block.smooth else width),
        waves=_rounded(waves),
        cosines=np.zeros(len(waves)),
        sines=np.zeros(len(waves)),
    )


def _at_mean(block: FittedBlock) -> np.ndarray:
    if not block.block.smooth:
        return np.zeros(len(block.slopes))
    ones = np.ones(len(block.waves)) / np.sqrt(len(block.waves))
    return np.concatenate([ones, np.zeros(len(block.waves))])


def _with_weights(block: FittedBlock, weights: np.ndarray, share: float) -> FittedBlock:
    half = len(block.waves)
    waved = _rounded(weights / np.sqrt(max(half, 1)))
    return FittedBlock(
        block=block.block,
        mean=block.mean,
        scale=block.scale,
        variance=_rounded(share),
        slopes=block.slopes if block.block.smooth else weights,
        waves=block.waves,
        cosines=waved[:half],
        sines=waved[half:] if block.block.smooth else np.zeros(0),
    )


def _ridge(design: np.ndarray, target: np.ndarray, strength: float) -> np.ndarray:
    # The smaller of the two equal problems: as many unknowns as posts, or as weights.
    if len(design) < design.shape[1]:
        gram = design @ design.T
        gram[np.diag_indices_from(gram)] += strength
        return design.T @ np.linalg.solve(gram, target)
    gram = design.T @ design
    gram[np.diag_indices_from(gram)] += strength
    return np.linalg.solve(gram, design.T @ target)


def _likeliest(designs: Sequence[np.ndarray], rest: np.ndarray) -> np.ndarray:
    """Return the shares of the variance, block by block and the noise last, of highest
    posterior."""
    from scipy.linalg import cho_factor, cho_solve
    from scipy.optimize import minimize

    kernels = [design @ design.T for design in designs]
    identity = np.eye(len(rest))
    prior = np.log(np.array([PRIOR_VARIANCE] * len(kernels) + [1.0]))

    def cost(logs: np.ndarray) -> tuple[float, np.ndarray]:
        shares = np.exp(logs)
        covariance = max(shares[-1], SMALLEST_NOISE) * identity
        for share, kernel in zip(shares, kernels, strict=False):
            covariance = covariance + share * kernel
        factor = cho_factor(covariance, lower=True)
        solved = cho_solve(factor, rest)
        inverse = cho_solve(factor, identity)
        away = (logs - prior) / PRIOR_SPREAD
        value = 0.5 * rest @ solved + np.log(np.diag(factor[0])).sum() + 0.5 * away @ away
        slopes = [
            0.5 * share * ((inverse * kernel).sum() - solved @ kernel @ solved)
            for share, kernel in zip(shares, kernels, strict=False)
        ]
        slopes.append(0.5 * shares[-1] * (np.trace(inverse) - solved @ solved))
        return float(value), np.array(slopes) + away / PRIOR_SPREAD

    found = minimize(
        cost, prior, jac=True, method="L-BFGS-B", options={"maxiter": LIKELIHOOD_STEPS}
    )
    return np.exp(found.x)
