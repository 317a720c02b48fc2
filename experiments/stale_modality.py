"""A modality that goes stale and comes back, with weights that follow the reports and without.

Reports are drawn in time: the truth is what the account gets, plus what two modalities add, plus
noise of a factor of 2.5. The visual lift is right at first, then says nothing true for a while,
then is right again. Printed are the mean absolute errors in each phase with the weights as trained,
with weights that are moved every 25 reports, and with the weights that would be best in each phase.

python experiments/stale_modality.py
"""

from __future__ import annotations

import numpy as np

from viral.feedback.weights import FEWEST_REPORTS, USUAL_ERROR, stepped, target_factors

PHASES = (("right", 600), ("stale", 800), ("right again", 800))
UPDATE_EVERY = 25
LIFT_SPREAD = 0.3
"""log10; what a strong modality adds, a factor of 2 up or down."""
SETTLED = 300
"""Reports at the beginning of a phase in which the weights are still on their way."""


def stream(seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return parts `[reports, 2]`, residuals at a factor of 1, and the phase of each report."""
    rng = np.random.default_rng(seed)
    phase = np.repeat(np.arange(len(PHASES)), [count for _, count in PHASES])
    parts = rng.normal(0.0, LIFT_SPREAD, (len(phase), 2))
    true = parts.copy()
    stale = phase == 1
    true[stale, 0] = rng.normal(0.0, LIFT_SPREAD, stale.sum())
    noise = rng.normal(0.0, USUAL_ERROR, len(phase))
    return parts, true.sum(axis=1) - parts.sum(axis=1) + noise, phase


def followed(parts: np.ndarray, residuals: np.ndarray) -> np.ndarray:
    """Return the factors in force at each report, moved by the reports before it."""
    factors = np.ones(parts.shape)
    now = np.ones(parts.shape[1])
    for at in range(len(parts)):
        if at >= FEWEST_REPORTS and at % UPDATE_EVERY == 0:
            now = stepped(now, target_factors(parts[:at], residuals[:at]))
        factors[at] = now
    return factors


def main() -> None:
    """Run ten streams and print the mean figures of each phase."""
    names = ("as trained", "following", "best")
    rows: dict[str, list[list[float]]] = {name: [] for name, _ in PHASES}
    visual: dict[str, list[float]] = {name: [] for name, _ in PHASES}
    for seed in range(10):
        parts, residuals, phase = stream(seed)
        factors = followed(parts, residuals)
        best = np.ones(parts.shape)
        best[phase == 1, 0] = 0.0
        for index, (name, _) in enumerate(PHASES):
            there = np.flatnonzero(phase == index)[SETTLED:]
            errors = [
                float(np.mean(np.abs((residuals - (parts * (f - 1.0)).sum(axis=1))[there])))
                for f in (np.ones(parts.shape), factors, best)
            ]
            rows[name].append(errors)
            visual[name].append(float(factors[there, 0].mean()))
    print(f"{'phase':>12} " + " ".join(f"{name:>11}" for name in names) + "  visual's factor")
    for name, _ in PHASES:
        figures = np.mean(rows[name], axis=0)
        print(
            f"{name:>12} "
            + " ".join(f"{value:>11.4f}" for value in figures)
            + f"  {np.mean(visual[name]):.2f}"
        )


if __name__ == "__main__":
    main()
