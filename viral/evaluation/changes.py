"""What changes are promised, and what they brought, on creators that the model never saw.

Two neighbouring posts of one creator differ in when they went out, how long they are, and what
their captions say. The later one is told the past of the earlier one, as two cuts on one day would
be; what the model then promises of the difference stands beside what came of it.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd

from viral.evaluation.protocols import Split
from viral.model.inputs import PATTERNS, Inputs, context_of
from viral.model.model import Model, to_log
from viral.model.pairwise import FEWEST_PAIRS, KINDS, neighbours, slopes_of
from viral.posts.published_sets import natural_sources
from viral.posts.splits import creator_keys
from viral.training.masking import as_pattern
from viral.training.metrics import bootstrap
from viral.training.within import OF_POST

CLEAR = float(np.log10(1.10))
"""A promise that is worth being made: `viral.explain.suggestions.SMALLEST_GAIN`."""
FEWEST_SHOWN = 100
"""Pairs below which nothing is said of them."""
CHANCES = (0.5, 0.52, 0.54, 0.57, 0.6, 0.7, 0.8, 1.0)
"""Between which chances of the better of two are judged together."""


def changed(first: Inputs, second: Inputs, columns: Collection[str], *, caption: bool) -> Inputs:
    """Return the first posts with some features of the context, and the caption, of the second."""
    context = first.values["context"].reset_index(drop=True)
    names = [name for name in context.columns if name in columns]
    context[names] = second.values["context"][names].to_numpy()
    result = replace(first, values={**first.values, "context": context})
    if not caption:
        return result
    embeddings = dict(first.embeddings)
    if "text" in second.embeddings:
        embeddings["text"] = second.embeddings["text"]
    return replace(
        result,
        values={**result.values, "text": second.values["text"]},
        present={**result.present, "text": second.present["text"]},
        embeddings=embeddings,
        hashtags=second.hashtags,
    )


def _signed(promised: np.ndarray, realised: np.ndarray) -> dict[str, Any]:
    """Return what clear promises were and what came of them, as factors on the better side."""
    clear = np.abs(promised) >= CLEAR
    if clear.sum() < FEWEST_SHOWN:
        return {"clear": int(clear.sum())}
    better = np.sign(promised[clear])
    return {
        "clear": int(clear.sum()),
        "promised": float(10.0 ** np.mean(better * promised[clear])),
        "came": float(10.0 ** np.mean(better * realised[clear])),
    }


def _wins(said: np.ndarray, won: np.ndarray, creators: np.ndarray) -> list[dict[str, Any]]:
    """Return how often the better post was said to win and how often it did."""
    result = []
    for low, high in pairwise(CHANCES):
        rows = (said >= low) & (said < high)
        if rows.sum() >= FEWEST_SHOWN:
            interval = bootstrap(
                lambda index, values=won[rows]: {"won": float(values[index].mean())},  # type: ignore[misc]
                creators[rows],
            )["won"]
            result.append(
                {
                    "from": low,
                    "to": high,
                    "said": float(said[rows].mean()),
                    "won": float(won[rows].mean()),
                    "interval": interval,
                    "pairs": int(rows.sum()),
                }
            )
    return result


def changes_in(split: Split, model: Model) -> dict[str, Any]:
    """Return, by what is known of the account, what came of promised changes and chances."""
    whole = (split.posts["source"].isin(natural_sources())).to_numpy()
    rows = np.flatnonzero(split.apart & whole)
    posts = split.posts.iloc[rows].reset_index(drop=True)
    inputs = split.inputs.rows(rows)
    creators = creator_keys(posts).to_numpy(dtype=str)
    age = pd.to_numeric(posts["horizon_days"], errors="coerce").to_numpy(dtype=float)
    grown = np.where(np.isfinite(age), model.growth(np.where(age > 0, age, 0.01)), 0.0)
    got = to_log(posts["views"].to_numpy(dtype=np.float64)) - grown
    result = {}
    for pattern in PATTERNS:
        told = context_of(inputs, as_pattern(posts, pattern))
        usable = told.patterns == pattern
        earlier, later = neighbours(creators, inputs.posted_days, usable)
        if len(earlier) < FEWEST_PAIRS:
            continue
        first, second = told.rows(earlier), told.rows(later)
        before = model.estimate(first).log_virality
        kinds = {
            name: model.estimate(changed(first, second, columns, caption=name == "caption"))
            for name, columns in KINDS.items()
        }
        both = model.estimate(changed(first, second, OF_POST, caption=True)).log_virality - before
        promised = {name: found.log_virality - before for name, found in kinds.items()}
        came = got[later] - got[earlier]
        names = creators[earlier]
        fitted = slopes_of(np.column_stack(list(promised.values())), came, names)
        pairs = model.pairs[pattern]
        result[pattern] = {
            "pairs": len(earlier),
            "creators": len(np.unique(names)),
            "kinds": {
                name: {
                    "slope": float(fitted[0][place]),
                    "interval": [float(fitted[1][place]), float(fitted[2][place])],
                    "learnt": pairs.kinds[name].to_dict() if name in pairs.kinds else None,
                    "offered": pairs.keeps(name),
                    **_signed(promised[name], came),
                }
                for place, name in enumerate(promised)
            },
            "slope": pairs.slope,
            "wins": _wins(
                np.array([pairs.probability(abs(apart)) for apart in both]),
                (came * np.sign(both) > 0) + 0.5 * ((came == 0) | (both == 0)),
                names,
            )
            if pattern != "unknown"
            else [],
        }
    return result
