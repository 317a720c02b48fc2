"""How the model is put to the test: who is held out, what is told, what it is compared with.

Each protocol trains on one side of a split and predicts the other, with nothing of the held-out
posts but what is known before posting. Baselines are computed on the same rows in the same run.
All figures are of log10 views.

* unseen creators: a fifth of the creators is held out;
* last fifth in time: the newest fifth of the posts is held out, creators are known;
* each once with the recent views, once with the account alone, once with followers alone.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from viral.model.inputs import CONTENT, Inputs, context_of
from viral.model.model import BREAKOUT_FACTOR, Model, to_log
from viral.model.regressors import Regressor
from viral.posts.splits import creator_keys, held_out, newest
from viral.training.masking import TOTALS, as_pattern
from viral.training.options import TrainingOptions
from viral.training.trainer import Trainer

FEWEST_RECENT = 5
"""Recent views that the protocol with history asks for."""
MAIN_SOURCE = "creators_2020"
"""The set of whole feeds, the only one with both followers and history."""
FUSION = "single LightGBM on everything (early fusion)"
BASELINE_PARAMETERS: Mapping[str, object] = {
    "num_iterations": 500,
    "learning_rate": 0.025,
    "num_leaves": 15,
    "min_data_in_leaf": 40,
}
"""The single LightGBM that the stack is compared with; chosen on folds of training creators."""


@dataclass(frozen=True)
class Setting:
    """What is told of the held-out posts."""

    name: str
    change: Callable[[pd.DataFrame], pd.DataFrame]
    with_history: bool


def _age_unknown(posts: pd.DataFrame) -> pd.DataFrame:
    return posts.assign(horizon_days=np.nan)


def _followers_only(posts: pd.DataFrame) -> pd.DataFrame:
    table = _age_unknown(as_pattern(posts, "account"))
    for name in TOTALS:
        table[name] = np.nan
    return table


def _unknown(posts: pd.DataFrame) -> pd.DataFrame:
    return _age_unknown(as_pattern(posts, "unknown"))


SETTINGS = (
    Setting("history", lambda posts: posts, True),
    Setting("history, age unknown", _age_unknown, True),
    Setting("account", lambda posts: _age_unknown(as_pattern(posts, "account")), False),
    Setting("followers only", _followers_only, False),
    Setting("nothing", _unknown, False),
)


@dataclass(frozen=True)
class Trial:
    """One setting of one split: the truth and what each method says."""

    posts: pd.DataFrame
    creators: np.ndarray
    truth: np.ndarray
    """log10(views + 1)."""
    low: np.ndarray
    median: np.ndarray
    high: np.ndarray
    breakout: np.ndarray
    broke_out: np.ndarray
    """1.0 where the views were more than 3 times the median of the recent views; NaN without."""
    others: Mapping[str, np.ndarray]
    """Baselines and ablations by name, log10."""
    usual: np.ndarray
    """Mean of log10(views + 1) of the last 10 posts, NaN without any."""
    counts: Mapping[str, tuple[np.ndarray, np.ndarray, np.ndarray]]
    """Low, median and high of every count, plain numbers."""
    regressed: Mapping[str, np.ndarray]
    """By count, log10 of its ratio to the views as comparable posts alone have it."""
    reference: np.ndarray
    """log10 views that the model expects after 30 days."""


@dataclass(frozen=True)
class Split:
    """Posts to train on and to test on."""

    posts: pd.DataFrame
    inputs: Inputs
    train: np.ndarray
    """bool `[posts]`."""
    test: np.ndarray
    """bool `[posts]`: of whole feeds, what the protocols of one set are about."""
    apart: np.ndarray
    """bool `[posts]`: of all sets, what was held out."""


def creator_split(posts: pd.DataFrame, inputs: Inputs, seed: int) -> Split:
    """Hold out a fifth of the creators of every set."""
    out = held_out(creator_keys(posts), share=0.2, seed=seed)
    main = (posts["source"] == MAIN_SOURCE).to_numpy()
    return Split(posts, inputs, train=~out, test=out & main, apart=out)


def time_split(posts: pd.DataFrame, inputs: Inputs) -> Split:
    """Hold out the newest fifth of the posts of whole feeds; nothing newer is trained on."""
    main = (posts["source"] == MAIN_SOURCE).to_numpy()
    test = np.zeros(len(posts), dtype=bool)
    test[np.flatnonzero(main)] = newest(posts[main], 0.2)
    border = posts.loc[test, "posted_at"].min()
    train = ~test & (posts["posted_at"] < border).to_numpy()
    return Split(posts, inputs, train=train, test=test, apart=test)


def trained(split: Split, options: TrainingOptions) -> Model:
    """Train on one side of a split."""
    posts = split.posts[split.train].reset_index(drop=True)
    return Trainer(posts, split.inputs.rows(split.train), options).model()


def trial(split: Split, model: Model, setting: Setting, *, compared: bool = True) -> Trial:
    """Predict the other side in one setting; baselines and ablations only where it is compared."""
    chosen = split.test.copy()
    if setting.with_history:
        chosen &= split.inputs.recent_count >= FEWEST_RECENT
    told = setting.change(split.posts[chosen]).reset_index(drop=True)
    inputs = told_inputs(split.inputs.rows(chosen), told)
    estimates = model.estimate(inputs)
    counts = model.counts(estimates)
    posts = split.posts[chosen].reset_index(drop=True)
    truth = to_log(posts["views"].to_numpy(dtype=np.float64))
    low, median, high = (to_log(part) for part in counts["views"])
    recent = [np.asarray(views, dtype=np.float64) for views in posts["recent_views"]]
    enough = np.array([len(views) >= FEWEST_RECENT for views in recent])
    middle = np.array([np.median(v) if len(v) else np.nan for v in recent])
    happened = (posts["views"].to_numpy(dtype=np.float64) > BREAKOUT_FACTOR * middle).astype(float)
    others = _baselines(split, setting, inputs) if compared else {}
    if compared:
        others |= _ablations(model, inputs)
        others["stack and early fusion"] = (to_log(counts["views"][1]) + others[FUSION]) / 2.0
    last_ten = [np.mean(to_log(views[-10:])) if len(views) else np.nan for views in recent]
    return Trial(
        posts=posts,
        creators=posts["creator"].to_numpy(dtype=str),
        truth=truth,
        low=low,
        median=median,
        high=high,
        breakout=model.breakout_probability(estimates, inputs.usual_log_views),
        broke_out=np.where(enough, happened, np.nan),
        others=others,
        usual=np.array(last_ten),
        counts=counts,
        regressed=model.estimate(replace(inputs, own={})).log_ratios,
        reference=median - estimates.growth,
    )


def _ablations(model: Model, inputs: Inputs) -> dict[str, np.ndarray]:
    """What the model says with the account alone, with each content alone, and without each."""
    nothing = np.zeros(len(inputs), dtype=bool)
    there = [modality for modality in CONTENT if inputs.present[modality].any()]
    absent = {**inputs.present, **dict.fromkeys(there, nothing)}
    result = {"account alone": _views(model, replace(inputs, present=absent))}
    for modality in there:
        only = {**absent, modality: inputs.present[modality]}
        if len(there) > 1:
            result[f"account and {modality}"] = _views(model, replace(inputs, present=only))
            left = {**inputs.present, modality: nothing}
            result[f"without {modality}"] = _views(model, replace(inputs, present=left))
        else:
            result[f"account and {modality}"] = _views(model, inputs)
        alone = np.zeros(len(inputs))
        for pattern in np.unique(inputs.patterns):
            # Without weight in the stack it says nothing, and that is what is measured.
            rows = np.flatnonzero(inputs.patterns == pattern)
            weights = model.patterns[pattern].weights_for([modality])
            lifts = model.lifts(inputs.rows(rows), pattern, [modality])
            if modality in lifts:
                alone[rows] = weights.weights[modality] * lifts[modality]
        result[f"{modality} alone"] = model.standing.everyone[50] + alone
    return result


def _views(model: Model, inputs: Inputs) -> np.ndarray:
    return to_log(model.counts(model.estimate(inputs))["views"][1])


def told_inputs(inputs: Inputs, told: pd.DataFrame) -> Inputs:
    """Return the inputs of posts of which only `told` is known."""
    return context_of(inputs, told)


def _baselines(split: Split, setting: Setting, inputs: Inputs) -> dict[str, np.ndarray]:
    main = (split.posts["source"] == MAIN_SOURCE).to_numpy()
    rows = split.train & main
    if setting.with_history:
        rows = rows & (split.inputs.recent_count >= FEWEST_RECENT)
    told = setting.change(split.posts[rows]).reset_index(drop=True)
    known = context_of(split.inputs.rows(rows), told)
    truth = to_log(split.posts.loc[rows, "views"].to_numpy(dtype=np.float64))
    result = {"training median": np.full(len(inputs), float(np.median(truth)))}
    context, asked = known.values["context"], inputs.values["context"]
    if np.isfinite(inputs.followers).any():
        line = np.polyfit(context["followers"], truth, 1)
        result["followers line"] = np.polyval(line, asked["followers"].to_numpy())
    if setting.with_history:
        result["mean of last 5"] = asked["recent_last_five"].to_numpy()
    # Early fusion: one model on the features of all modalities that these posts have.
    names = [n for n in context.columns if context[n].notna().any()]
    words = [n for n in known.values["text"].columns if known.values["text"][n].notna().any()]
    settings = {
        "single LightGBM on metadata": (names, []),
        FUSION: (names, words),
    }
    for label, (metadata, text) in settings.items():
        matrix = np.column_stack([context[metadata], known.values["text"][text]])
        ask = np.column_stack([asked[metadata], inputs.values["text"][text]])
        columns = [*metadata, *(f"text_{name}" for name in text)]
        fitted = Regressor.fit(matrix, columns, truth, parameters=BASELINE_PARAMETERS)
        result[label] = fitted.predict(ask)
    result["old system's approach"] = _old_approach(split, rows, inputs)
    return result


def _old_approach(split: Split, rows: np.ndarray, inputs: Inputs) -> np.ndarray:
    # One model for each modality on min-max scaled views, averaged with fixed weights.
    views = split.posts.loc[rows, "views"].to_numpy(dtype=np.float64)
    lowest, highest = views.min(), views.max()
    scaled = (views - lowest) / (highest - lowest)
    known = split.inputs.rows(rows)
    parts = []
    for columns in ((known.values["text"], inputs.values["text"]),):
        names = [n for n in columns[0].columns if columns[0][n].notna().any()]
        fitted = Regressor.fit(
            columns[0][names].to_numpy(),
            names,
            scaled * 1e6,
            parameters=BASELINE_PARAMETERS,
        )
        parts.append(fitted.predict(columns[1][names].to_numpy()) / 1e6)
    mean = np.mean(parts, axis=0)
    return to_log(np.maximum(mean, 0.0) * (highest - lowest) + lowest)
