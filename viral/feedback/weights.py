"""Weights that follow how well each modality has done of late, within bounds, logged and
reversible.

What a modality adds to a prediction is its weight times its lift. Over the newest reports it can be
seen whether more or less of it would have come closer: the residuals are regressed on the parts
that the modalities added, drawn towards "as it is" (a ridge, which is Bayesian regression with a
normal prior around a factor of 1; Hoerl and Kennard 1970), with older reports counting less, and
no client more than `MOST_OF_A_CLIENT` times what a client usually counts; of many clients none is
needed for a move, see `agreed_factors`. The result is a factor for each modality, never outside
`LEAST` to `MOST`, that moves by `LARGEST_STEP` at most at a time. The account's own part is the
ground that the rest stands on and keeps its weight.

Each change is a row in the store's table `weight_changes`. The model's files are never touched: the
factors are applied when a model is loaded, where `VIRAL_FOLLOW_FEEDBACK` says so.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

import numpy as np
from sqlalchemy import insert, select, update

from viral.feedback import tables
from viral.feedback.accuracy import Growth, main_count
from viral.feedback.database import Database
from viral.feedback.records import Report
from viral.model.inputs import CONTENT
from viral.model.model import Model

LEAST, MOST = 0.25, 1.5
"""A modality is never switched off by reports, and never worth more than half as much again."""
LARGEST_STEP = 0.15
"""By which a factor may move in one update."""
HALF_LIFE = 100
"""Reports after which a report counts half."""
MOST_OF_A_CLIENT = 1.5
"""How much more than the middle client one may count, however often and lately it reports."""
FEWEST_CLIENTS = 10
FEWEST_REPORTS = 50
"""Below it the noise of single posts, a factor of 2, hides any modality's effect."""
USUAL_ERROR = 0.4
"""Standard deviation of log10 views around the prediction; a factor of 2.5."""
PRIOR_SPREAD = 0.5
"""Standard deviation of the factors that is expected before any report."""
MARK = "+w"
"""In a model's version, before the number of the change in force."""
LOOK_AGAIN_S = 60.0


@dataclass(frozen=True)
class Change:
    """One change of the weights."""

    number: int
    made_at: datetime
    model_version: str
    factors: Mapping[str, float]
    """Content modality -> factor on its weight."""
    figures: Mapping[str, float]
    """Reports looked at, and their mean error before and after, log10."""
    undone: bool


def base_version(version: str) -> str:
    """Return a model's version without the number of the change in force."""
    return version.partition(MARK)[0]


def shares_of(clients: np.ndarray) -> np.ndarray:
    """Return how much each report counts, float64 `[reports]`, the newest report last.

    Parameters
    ----------
    clients : np.ndarray [shape=(reports,)]
        Who reported.
    """
    weight = 0.5 ** (np.arange(len(clients))[::-1] / HALF_LIFE)
    names, codes = np.unique(clients, return_inverse=True)
    totals = np.bincount(codes, weights=weight, minlength=len(names))
    most = MOST_OF_A_CLIENT * float(np.median(totals))
    return np.asarray(weight * np.minimum(1.0, most / totals)[codes])


def target_factors(
    parts: np.ndarray,
    residuals: np.ndarray,
    *,
    prior: np.ndarray | None = None,
    clients: np.ndarray | None = None,
) -> np.ndarray:
    """Return the factors that would have come closest, drawn towards `prior`.

    Parameters
    ----------
    parts : np.ndarray [shape=(reports, modalities)]
        What each modality added at a factor of 1, log10, the newest report last.
    residuals : np.ndarray [shape=(reports,)]
        Truth less the prediction at a factor of 1, log10.
    prior : np.ndarray [shape=(modalities,)], optional
        1 for each by default.
    clients : np.ndarray [shape=(reports,)], optional
        Who reported; one client by default.

    Returns
    -------
    np.ndarray [shape=(modalities,)]
        Within `LEAST` to `MOST`.
    """
    count, width = parts.shape
    centre = np.ones(width) if prior is None else prior
    weight = shares_of(np.zeros(count, dtype=int) if clients is None else clients)
    # One post that broke out must not decide; beyond three usual errors more says no more.
    cut = np.clip(residuals - np.median(residuals), -3 * USUAL_ERROR, 3 * USUAL_ERROR)
    # What all reports have in common is no modality's doing: a constant takes it up.
    design = np.column_stack([np.ones(count), parts])
    gram = design.T @ (weight[:, None] * design)
    ridge = np.diag([1e-9, *np.full(width, (USUAL_ERROR / PRIOR_SPREAD) ** 2)])
    moment = design.T @ (weight * (cut - parts @ (centre - 1.0)))
    solved = np.linalg.solve(gram + ridge, moment)
    return np.clip(centre + solved[1:], LEAST, MOST)


def agreed_factors(
    parts: np.ndarray, residuals: np.ndarray, clients: np.ndarray, current: np.ndarray
) -> np.ndarray:
    """Return factors that the reports call for whichever client is left out.

    Of the factors without each of the clients, that nearest to the current one is taken, so that
    nobody alone moves a weight. Among fewer than `FEWEST_CLIENTS` everybody is needed.

    Parameters
    ----------
    parts, residuals, clients : np.ndarray
        See `target_factors`.
    current : np.ndarray [shape=(modalities,)]
        The factors in force.
    """
    names = np.unique(clients)
    if len(names) < FEWEST_CLIENTS:
        return target_factors(parts, residuals, clients=clients)
    without = np.array(
        [
            target_factors(parts[others], residuals[others], clients=clients[others])
            for others in (clients != name for name in names)
        ]
    )
    nearest = np.abs(without - current).argmin(axis=0)
    return np.asarray(without[nearest, np.arange(parts.shape[1])])


def stepped(current: np.ndarray, target: np.ndarray) -> np.ndarray:
    """Return the factors after one update, at most `LARGEST_STEP` nearer to the target."""
    return np.clip(current + np.clip(target - current, -LARGEST_STEP, LARGEST_STEP), LEAST, MOST)


def _at_one(
    reports: Sequence[Report], growth: Growth, factors_of: Mapping[int, Mapping[str, float]]
) -> tuple[np.ndarray, np.ndarray]:
    """Return parts and residuals as they would have been at a factor of 1."""
    parts, residuals = [], []
    for report in reports:
        main = main_count(report, growth)
        number = report.kept.model_version.partition(MARK)[2]
        factors = factors_of.get(int(number), {}) if number.isdigit() else {}
        added = np.array([float(report.kept.parts.get(name, 0.0)) for name in CONTENT])
        plain = added / np.array([factors.get(name, 1.0) for name in CONTENT])
        parts.append(plain)
        residuals.append(np.log10(main.factor) + (added - plain).sum())
    return np.array(parts), np.array(residuals)


class WeightLog:
    """The log of changes in a store's database."""

    def __init__(self, database: Database) -> None:
        """Take a database whose tables are up to date."""
        self.database = database

    def changes(self) -> list[Change]:
        """Return every change, the oldest first, undone ones too."""
        with self.database.reading() as connection:
            rows = connection.execute(
                select(tables.weight_changes).order_by(tables.weight_changes.c.id)
            ).all()
        return [
            Change(r.id, r.made_at, r.model_version, r.factors, r.figures, bool(r.undone))
            for r in rows
        ]

    def current(self, model_version: str) -> Change | None:
        """Return the change in force for a model, or None where none is."""
        base = base_version(model_version)
        found = [c for c in self.changes() if c.model_version == base and not c.undone]
        return found[-1] if found else None

    def update(
        self, model_version: str, reports: Sequence[Report], growth: Growth
    ) -> Change | None:
        """Move the factors one step by the reports of this model and log it.

        Parameters
        ----------
        model_version : str
            Of the model that predicts.
        reports : sequence of Report
            Everybody's accepted ones, the oldest first; those of other models are passed over.
        growth : callable
            The model's growth curve.

        Returns
        -------
        Change or None
            None where there are too few reports, or nothing would come closer.
        """
        base = base_version(model_version)
        mine = [r for r in reports if base_version(r.kept.model_version) == base]
        if len(mine) < FEWEST_REPORTS:
            return None
        factors_of = {change.number: change.factors for change in self.changes()}
        parts, residuals = _at_one(mine, growth, factors_of)
        now = self.current(base)
        before = np.array([1.0 if now is None else now.factors.get(n, 1.0) for n in CONTENT])
        clients = np.array([report.client for report in mine])
        after = stepped(before, agreed_factors(parts, residuals, clients, before))
        # A modality that has added nothing has shown nothing.
        after = np.where(np.abs(parts).max(axis=0) > 0, after, before)
        after = np.round(after, 3)
        if np.allclose(after, before, atol=0.005):
            return None
        figures = {
            "reports": float(len(mine)),
            "error_before": _error(parts, residuals, before),
            "error_after": _error(parts, residuals, after),
        }
        if figures["error_after"] >= figures["error_before"]:
            return None
        with self.database.writing() as connection:
            connection.execute(
                insert(tables.weight_changes).values(
                    made_at=datetime.now(tz=UTC),
                    model_version=base,
                    factors=dict(zip(CONTENT, after.tolist(), strict=True)),
                    figures={name: round(value, 5) for name, value in figures.items()},
                    undone=False,
                )
            )
        return self.current(base)

    def undo(self, model_version: str) -> Change | None:
        """Take the newest change back; return the one that is in force then."""
        now = self.current(model_version)
        if now is not None:
            with self.database.writing() as connection:
                connection.execute(
                    update(tables.weight_changes)
                    .where(tables.weight_changes.c.id == now.number)
                    .values(undone=True)
                )
        return self.current(model_version)


def _error(parts: np.ndarray, residuals: np.ndarray, factors: np.ndarray) -> float:
    left = residuals - parts @ (factors - 1.0)
    return float(np.mean(np.abs(left - np.median(left))))


def adjusted(model: Model, change: Change | None) -> Model:
    """Return a model whose content weights are multiplied by the factors of a change."""
    if change is None:
        return model
    patterns = {
        name: replace(
            pattern,
            weights={
                there: replace(
                    stack,
                    weights={
                        modality: weight * change.factors.get(modality, 1.0)
                        for modality, weight in stack.weights.items()
                    },
                )
                for there, stack in pattern.weights.items()
            },
        )
        for name, pattern in model.patterns.items()
    }
    return replace(model, version=f"{model.version}{MARK}{change.number}", patterns=patterns)


class Followed:
    """The shipped model with the change in force, looked up once a minute."""

    def __init__(self, model: Model, log: WeightLog, clock: Any = time.monotonic) -> None:
        """Take the model as it was trained and the log that it follows."""
        self._model = model
        self._log = log
        self._clock = clock
        self._now: tuple[float, int | None, Model] | None = None

    def __call__(self) -> Model:
        """Return the model with the change in force."""
        if self._now is None or self._clock() - self._now[0] > LOOK_AGAIN_S:
            change = self._log.current(self._model.version)
            number = None if change is None else change.number
            if self._now is not None and self._now[1] == number:
                self._now = (self._clock(), number, self._now[2])
            else:
                self._now = (self._clock(), number, adjusted(self._model, change))
        return self._now[2]
