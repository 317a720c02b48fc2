"""Measure the model: `viral evaluate` writes `evaluation.json` and `EVALUATION.md`.

The shipped model has seen all posts, so it cannot be measured itself. What is measured is what the
same training makes of the rest when a part is held out, five times with other creators.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from viral.evaluation.changes import changes_in
from viral.evaluation.charts import coverage_figure, growth_figure, reliability_figure
from viral.evaluation.combinations import LEFT_OUT, left_out, odd_values, told_in
from viral.evaluation.content_protocols import clips_in_time, trending
from viral.evaluation.cross_check import cross_checked
from viral.evaluation.data_checks import grown_by_age, possible_coverage
from viral.evaluation.protocols import (
    SETTINGS,
    Split,
    Trial,
    creator_split,
    time_split,
    trained,
    trial,
)
from viral.model.account_size import follower_bucket
from viral.model.growth_curve import growth_by_age
from viral.model.inputs import Inputs, inputs_from_posts
from viral.model.model import to_log
from viral.model.virality import ENGAGEMENTS, SCORES
from viral.posts.engagement_ratios import log_ratio
from viral.posts.history import training_posts
from viral.settings import settings
from viral.training.metrics import (
    bootstrap,
    mae,
    point_figures,
    range_figures,
    reliability,
    with_intervals,
)
from viral.training.options import TrainingOptions
from viral.training.parallel import run
from viral.training.train import clips_of

SEEDS = (0, 1)
"""Of the held-out creators."""
EVALUATION_OPTIONS = TrainingOptions(seeds=(0,), strange_posts=1500)
"""As shipped but for one booster instead of two, so that eight trainings fit into minutes."""
FIGURES: Mapping[str, Callable[[Mapping[str, Any]], str]] = {
    "reliability.svg": lambda found: reliability_figure(found["breakout"]),
    "growth.svg": lambda found: growth_figure(found["growth in the data"]),
    "coverage.svg": lambda found: coverage_figure(
        {"unseen creators": found["coverage"], "last fifth in time": found["coverage in time"]}
    ),
}
FURTHER_FOLDS = 2
"""Of the draws after the first, which only show how far the figures spread."""
SIZES = (("under 100,000 followers", 0.0, 1e5), ("over 3,000,000 followers", 3e6, np.inf))
RESULT = "evaluation.json"
REPORT = "EVALUATION.md"

Say = Callable[[str], None]


def evaluate(
    data_dir: Path,
    out_dir: Path,
    *,
    seeds: Sequence[int] = SEEDS,
    say: Say = lambda _: None,
    processes: int | None = None,
) -> dict[str, Any]:
    """Run every protocol and write the figures and the report.

    `processes` protocols run at once, as many as `VIRAL_THREADS` says unless told otherwise.

    Raises
    ------
    TableError
        The data are missing or too few to be split.
    """
    from viral.evaluation.report import written

    posts = training_posts(Path(data_dir))
    say("measuring clips, captions and context")
    inputs = inputs_from_posts(posts, clips_of(posts, Path(data_dir), say), embed_all=True)
    found = run(
        Material(posts, inputs, EVALUATION_OPTIONS),
        {
            "last fifth in time": (_in_time, ()),
            **{f"draw {seed}": (_draw, (seed, seed == seeds[0])) for seed in seeds},
            "scores": (_scores, (seeds[0],)),
            "trending": (_trending, (tuple(seeds),)),
            **{f"without {name}": (left_out, (name,)) for name in LEFT_OUT},
            "clips": (_clips, ()),
        },
        processes=settings().threads if processes is None else processes,
        say=lambda name: say(f"measured: {name}"),
    )
    draws = [found[f"draw {seed}"] for seed in seeds]
    result: dict[str, Any] = {
        "seeds": list(seeds),
        **draws[0]["first"],
        **found["last fifth in time"],
        "trending": found["trending"],
        "clips": found["clips"],
        "sets": {name: found[f"without {name}"] for name in LEFT_OUT},
        "scores": {EVALUATION_OPTIONS.score: draws[0]["shipped"], **found["scores"]},
    }
    for name, figures in result["unseen creators"].items():
        figures["by_seed"] = [drawn["figures"][name] for drawn in draws]
    out_dir.mkdir(parents=True, exist_ok=True)
    rounded = _rounded(result)
    text = json.dumps(rounded, indent=1, sort_keys=True, ensure_ascii=False, allow_nan=False)
    (out_dir / RESULT).write_text(text + "\n", encoding="utf-8")
    for name, figure in FIGURES.items():
        (out_dir / name).write_text(figure(rounded), encoding="utf-8")
    (out_dir / REPORT).write_text(written(rounded), encoding="utf-8")
    return rounded


@dataclass(frozen=True)
class Material:
    """What every protocol needs."""

    posts: pd.DataFrame
    inputs: Inputs
    options: TrainingOptions


def _draw(material: Material, seed: int, first: bool) -> dict[str, Any]:
    """Hold out a draw of creators; everything but the plain figures is of the first draw."""
    split = creator_split(material.posts, material.inputs, seed)
    # No post of these splits is later than all that were learnt from, and few are stranger.
    options = replace(material.options, strange_posts=0)
    if not first:
        options = replace(options, fold_count=FURTHER_FOLDS)
    model = trained(split, options)
    trials = {setting.name: trial(split, model, setting, compared=first) for setting in SETTINGS}
    figures = {name: _plain_figures(found) for name, found in trials.items()}
    if not first:
        return {"figures": figures}
    return {
        "figures": figures,
        "shipped": {
            **point_figures(trials["history"].truth, trials["history"].median),
            "weights": model.virality_weights.to_dict(),
        },
        "first": {
            "unseen creators": {name: _figures(found) for name, found in trials.items()},
            "lift": _lift(trials["history"]),
            "coverage": _coverage(list(trials.values())),
            "breakout": _breakout(trials),
            "growth": growth_by_age(model.growth),
            "growth in the data": grown_by_age(trials["history"]),
            "possible coverage": possible_coverage(trials["nothing"]),
            "attribution": cross_checked(model, split.inputs.rows(split.test)),
            "engagement": _engagement(split, trials),
            "told": told_in(split, model),
            "changes": changes_in(split, model),
            "odd values": odd_values(split, model),
            "drift": dict(model.drift),
        },
    }


def _in_time(material: Material) -> dict[str, Any]:
    """Hold out the newest posts."""
    split = time_split(material.posts, material.inputs)
    model = trained(split, material.options)
    trials = {setting.name: trial(split, model, setting) for setting in SETTINGS}
    return {
        "last fifth in time": {name: _figures(found) for name, found in trials.items()},
        "coverage in time": _coverage(list(trials.values())),
    }


def _trending(material: Material, seeds: Sequence[int]) -> dict[str, Any]:
    return trending(material.posts, material.inputs, material.options, seeds)


def _clips(material: Material) -> dict[str, Any]:
    return clips_in_time(material.posts, material.inputs, material.options)


def _rounded(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(key): _rounded(item) for key, item in value.items()}
    if isinstance(value, (list, tuple, np.ndarray)):
        return [_rounded(item) for item in value]
    if isinstance(value, (float, np.floating)):
        return round(float(value), 4) if np.isfinite(value) else None
    return int(value) if isinstance(value, np.integer) else value


def _plain_figures(found: Trial) -> dict[str, float]:
    return {
        **point_figures(found.truth, found.median),
        **range_figures(found.truth, found.low, found.median, found.high),
    }


def _figures(found: Trial) -> dict[str, Any]:
    return {
        "model": with_intervals(
            found.truth, found.median, found.creators, low=found.low, high=found.high
        ),
        "others": {
            name: point_figures(found.truth, values) for name, values in found.others.items()
        },
    }


def _lift(found: Trial) -> dict[str, Any]:
    """Over the mean of the creator's last ten posts."""
    truth = found.truth - found.usual
    names = {"model": found.median, **found.others}
    return {
        name: with_intervals(truth, values - found.usual, found.creators)
        if name == "model"
        else point_figures(truth, values - found.usual)
        for name, values in names.items()
    }


def _coverage(trials: Sequence[Trial]) -> dict[str, Any]:
    """By what is told and by the size of the account."""
    inside = {}
    for setting, found in zip(SETTINGS, trials, strict=True):
        hit = ((found.truth >= found.low) & (found.truth <= found.high)).astype(float)
        followers = found.posts["followers"].to_numpy(dtype=np.float64)
        groups = {"all": np.ones(len(hit), dtype=bool)}
        groups |= {name: (followers >= low) & (followers < high) for name, low, high in SIZES}
        inside[setting.name] = {
            name: {
                "coverage": float(hit[rows].mean()),
                "interval": bootstrap(
                    lambda index, values=hit[rows]: {"coverage": float(values[index].mean())},  # type: ignore[misc]
                    found.creators[rows],
                )["coverage"],
                "posts": int(rows.sum()),
            }
            for name, rows in groups.items()
            if rows.any()
        }
    return inside


def _breakout(trials: Mapping[str, Trial]) -> dict[str, Any]:
    result = {}
    for name in ("history", "account"):
        found = trials[name]
        known = np.isfinite(found.broke_out)
        result[name] = reliability(found.breakout[known], found.broke_out[known])
    return result


def _engagement(split: Split, trials: Mapping[str, Trial]) -> dict[str, Any]:
    """MAE of each count on unseen creators, the views as predicted, by source of the ratios."""
    main = split.posts[split.train & (split.posts["source"] == "creators_2020").to_numpy()]
    result: dict[str, Any] = {}
    for setting in ("history", "account"):
        found = trials[setting]
        views = found.counts["views"][1]
        followers = found.posts["followers"].to_numpy(dtype=np.float64)
        table: dict[str, Any] = {}
        for count in ENGAGEMENTS:
            truth = to_log(found.posts[count].to_numpy(dtype=np.float64))
            past = log_ratio(
                main[count].to_numpy(dtype=np.float64), main["views"].to_numpy(dtype=np.float64)
            )
            cells = _cells(main["followers"], main["duration_s"])
            by_cell = pd.Series(past).groupby(cells).median()
            asked = _cells(pd.Series(followers), found.posts["duration_s"])
            comparable = pd.Series(asked).map(by_cell).fillna(float(np.median(past))).to_numpy()
            methods = {
                "one global ratio": np.full(len(truth), float(np.median(past))),
                "comparable posts (size and length)": comparable,
                "the creator's own earlier posts": _own_ratio(split, found, count, comparable),
            }
            errors = {
                name: mae(truth, to_log(views * 10.0**ratio)) for name, ratio in methods.items()
            }
            low, median, high = (to_log(part) for part in found.counts[count])
            errors["regressors"] = mae(truth, to_log(views * 10.0 ** found.regressed[count]))
            errors["own and regressors blended (shipped)"] = mae(truth, median)
            inside = float(np.mean((truth >= low) & (truth <= high)))
            table[count] = {"mae": errors, "coverage": inside}
        result[setting] = table
    return result


def _cells(followers: pd.Series, duration_s: pd.Series) -> np.ndarray:
    length = np.searchsorted([10.0, 20.0, 40.0], duration_s.fillna(15.0).to_numpy(dtype=float))
    return follower_bucket(followers.to_numpy(dtype=float)) * 10 + length


def _own_ratio(split: Split, found: Trial, count: str, otherwise: np.ndarray) -> np.ndarray:
    # Ratios of the creator's earlier posts, which a creator could read off their own page.
    table = split.posts[split.test].sort_values(["creator", "posted_at"], kind="stable")
    ratio = pd.Series(
        log_ratio(
            table[count].to_numpy(dtype=np.float64), table["views"].to_numpy(dtype=np.float64)
        ),
        index=table.index,
    )
    earlier = ratio.groupby(table["creator"]).transform(
        lambda values: values.shift().expanding(min_periods=3).median()
    )
    by_id = pd.Series(earlier.to_numpy(), index=table["video_id"].to_numpy())
    own = by_id.reindex(found.posts["video_id"].to_numpy()).to_numpy()
    return np.where(np.isfinite(own), own, otherwise)


def _scores(material: Material, seed: int) -> dict[str, Any]:
    """How well views are predicted when another score than the shipped is the aim of training."""
    split = creator_split(material.posts, material.inputs, seed)
    plain = replace(material.options, strange_posts=0)
    result: dict[str, Any] = {}
    for score in sorted(SCORES, key=lambda name: name != "learned"):
        if score in (plain.score, *result):
            continue
        model = trained(split, replace(plain, score=score, patterns=("history",)))
        found = trial(split, model, SETTINGS[0], compared=False)
        result[score] = {
            **point_figures(found.truth, found.median),
            "weights": model.virality_weights.to_dict(),
        }
        if score == "learned" and not any(result[score]["weights"].values()):
            # All counts but the views came out worthless, so the score is the views.
            result["views"] = dict(result[score])
    return result
