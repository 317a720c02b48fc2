"""What was learnt of one account, and the shipped model with that on top.

    log10 virality = the shipped model's + level + sum(weight_m * lift_m)

`level` is how far the account's posts lie above or below what the shipped model expects of them;
`lift_m` is what part m of a post adds for this account: when, how long and with which sound it is
posted (`context`), its caption, its words, its sound, its picture. It is a sum, so a feature's
contribution is that of the shipped model plus `weight_m * phi(m, j)`, and all add up exactly.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any

import numpy as np
import pandas as pd

from viral.messages import Message
from viral.modalities.features import Features
from viral.model.inputs import CONTENT, Inputs
from viral.model.lifts import embedding_for, predict_lift
from viral.model.model import Additions, Estimates, Model
from viral.model.regressors import Regressor

PARTS = ("context", *CONTENT)
"""What is learnt of a post, in the order in which it is listed."""
MARK = "+a"
"""In a prediction's model version, before the version of the account's own model."""
NOTHING_SHOWN = Message("account_model.changes_nothing")
OTHER_BASE = Message("account_model.other_base")


@dataclass(frozen=True)
class AccountModel:
    """What was learnt of one account."""

    level: float
    """log10 that is added to every post of the account; 0 where it was not shown to help."""
    lifts: Mapping[str, Regressor]
    """Part in `PARTS` with a weight -> what it adds, log10."""
    weights: Mapping[str, float]
    """Part -> 0..1: how much of its lift is taken; 0 where it was not shown to help."""
    learnt_on: str
    """Version of the model that it stands on."""
    figures: Mapping[str, Any]
    """Posts, dates, and how it did in the order of time; see `viral.training.account`."""
    version: str = "untitled"

    @property
    def changes_nothing(self) -> bool:
        """Whether every prediction stays as it is without it."""
        return self.level == 0.0 and not any(self.weights.values())

    def used(self) -> list[str]:
        """Return the parts that have a weight."""
        return [part for part in PARTS if self.weights.get(part, 0.0) > 0.0]

    def added(self, inputs: Inputs) -> np.ndarray:
        """Return what is added to the prediction of each post, log10 `[shape=(posts,)]`."""
        total = np.full(len(inputs), self.level)
        for part in self.used():
            rows = np.flatnonzero(inputs.present[part])
            if len(rows):
                lift = predict_lift(self.lifts[part], part, inputs.rows(rows))
                total[rows] += self.weights[part] * lift
        return total

    def contributions(self, inputs: Inputs) -> Additions:
        """Return what is added to the base and to each feature of one post, log10.

        Returns
        -------
        tuple of float and dict
            The base's part, and part -> feature -> what it adds; all of them sum to `added`.
        """
        base = self.level
        result: dict[str, dict[str, float]] = {}
        for part in self.used():
            if not inputs.present[part][0]:
                continue
            lift, weight = self.lifts[part], self.weights[part]
            embeddings = embedding_for(lift, part, inputs)
            matrix = lift.matrix(inputs.columns(part), inputs.hashtags, embeddings)
            start, shares = lift.contributions(matrix, embeddings)
            base += weight * start
            result[part] = {name: weight * float(values[0]) for name, values in shares.items()}
        return base, result


def with_captions(inputs: Inputs, posts: pd.DataFrame) -> Inputs:
    """Embed all captions: the shipped model needs those of unknown accounts alone."""
    from viral.modalities import text

    _, vectors = text.extract_table(posts)
    return replace(
        inputs,
        embeddings={**inputs.embeddings, "text": vectors},
        embedding_names={**inputs.embedding_names, "text": text.EMBEDDING_NAME},
    )


@dataclass(frozen=True)
class OwnModel(Model):
    """A model with what was learnt of one account on top; used like any other."""

    own: AccountModel = field(kw_only=True)

    def inputs_of(
        self, posts: pd.DataFrame, clips: Mapping[int, Mapping[str, Features]] | None
    ) -> Inputs:
        """Measure a table of cleaned posts, with the captions if they count for the account."""
        inputs = super().inputs_of(posts, clips)
        return with_captions(inputs, posts) if "text" in self.own.used() else inputs

    def estimate(self, inputs: Inputs) -> Estimates:
        """Run the model below, and add what was learnt of the account."""
        below = super().estimate(inputs)
        return replace(
            below,
            log_virality=below.log_virality + self.own.added(inputs),
            log_context=below.log_context + self.own.level,
        )

    def additions(self, inputs: Inputs) -> Additions:
        """Return what the account's own model adds to the base and to each feature of one post."""
        return self.own.contributions(inputs)

    def notes(self) -> tuple[str, ...]:
        """Return what has to be said of each prediction: that nothing helps, or does not fit."""
        if self.own.changes_nothing:
            return (NOTHING_SHOWN,)
        if self.own.learnt_on != self.version.partition(MARK)[0]:
            return (OTHER_BASE,)
        return ()


def on_top_of(model: Model, own: AccountModel) -> OwnModel:
    """Return a model with what was learnt of an account on top of it."""
    parts = {f.name: getattr(model, f.name) for f in fields(Model)}
    parts["version"] = f"{model.version}{MARK}{own.version}"
    return OwnModel(**parts, own=own)
