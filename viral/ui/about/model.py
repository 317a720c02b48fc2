"""What About says of the model in figures: how often it is right, and what weighs how much.

Both are read as JSON from the model's folder, so that the page needs no model; what cannot be read
is left out.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from markupsafe import Markup

from viral.messages import text
from viral.messages.formats import listed
from viral.ui.predict.result import STEPS
from viral.ui.templates import rendered
from viral.ui.text.labels import modality_label
from viral.ui.widgets.numbers import decimal, percent
from viral.ui.widgets.tables import table

EVALUATION = "evaluation.json"
PROTOCOLS = {"unseen creators": "creators", "last fifth in time": "time"}
"""How the file calls what the model was tried on, and the ends of our keys."""
KNOWN = {
    "history": "history",
    "account": "totals",
    "followers only": "followers",
    "nothing": "nothing",
}
SIMPLE_RULES = ("mean of last 5", "followers line", "training median")
"""The simple rule that a row is set against: the first of these that was tried."""
PATTERNS = ("history", "account", "unknown")
NEAR_ZERO = 0.005
"""Weights that are shown as 0."""


def read_json(path: Path) -> dict[str, Any]:
    """Return a JSON object, or nothing where there is no readable one."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def grouped(number: float, lang: str) -> str:
    """Return a whole number with its thousands apart."""
    return decimal(number, 0, lang, grouped=True)


def _factor(log10: float, lang: str) -> str:
    return f"×{decimal(10.0**log10, 1, lang)}"


def _accuracy_row(tried: str, known: str, found: Mapping[str, Any], lang: str) -> list[str]:
    model, others = found["model"], found["others"]
    simple = next(name for name in SIMPLE_RULES if name in others)
    rule = text(f"accuracy.rule_{SIMPLE_RULES.index(simple)}", lang)
    return [
        text(f"accuracy.tried_{tried}", lang),
        text(f"accuracy.told_{known}", lang),
        rendered("compare/strong", lang, words=_factor(model["mae"], lang)),
        f"{_factor(others[simple]['mae'], lang)} ({rule})",
        percent(model["coverage"], lang),
        decimal(model["spearman"], 2, lang),
        decimal(model["r2"], 2, lang),
        grouped(model["posts"], lang),
    ]


def accuracy(model_dir: Path, lang: str) -> Markup:
    """Return how well posts were predicted that the model had not seen, or nothing."""
    found = read_json(model_dir / EVALUATION)
    try:
        rows = [
            _accuracy_row(tried, known, found[protocol][told], lang)
            for protocol, tried in PROTOCOLS.items()
            for told, known in KNOWN.items()
        ]
    except (KeyError, TypeError, StopIteration):
        return Markup()
    names = ("tried", "told", "miss", "rule", "inside", "order", "r2", "posts")
    columns = [text(f"accuracy.{name}", lang) for name in names]
    found_table = table(text("accuracy.heading", lang), columns, rows)
    return rendered("about/accuracy", lang, table=found_table)


def full_weights(manifest: Mapping[str, Any]) -> dict[str, dict[str, float]]:
    """Return what the sum takes of each part, by what is known of the account.

    Raises
    ------
    KeyError, TypeError, ValueError
        The manifest does not say.
    """
    stacks = {pattern: manifest["patterns"][pattern]["weights"] for pattern in PATTERNS}
    # The stack for the most that a clip can bring is the one with the longest name.
    return {
        pattern: {
            name: float(found[max(found, key=len)]["weights"].get(name, 0.0)) for name in STEPS
        }
        for pattern, found in stacks.items()
    }


def silent_parts(manifest: Mapping[str, Any], lang: str) -> str:
    """Return the parts that the sum takes nothing of, whatever is known of the account."""
    try:
        full = full_weights(manifest)
    except (KeyError, TypeError, ValueError):
        return ""
    return listed(
        [
            modality_label(name, lang)
            for name in STEPS
            if all(found[name] < NEAR_ZERO for found in full.values())
        ],
        lang,
    )


def weights(manifest: Mapping[str, Any], lang: str) -> Markup:
    """Return how much the sum takes of each part, and which parts it takes nothing of."""
    try:
        full = full_weights(manifest)
    except (KeyError, TypeError, ValueError):
        return Markup()
    rows = [
        [
            text(f"weights.{pattern}", lang),
            *(decimal(found[name], 2, lang) for name in STEPS),
        ]
        for pattern, found in full.items()
    ]
    columns = [text("weights.told", lang), *(modality_label(name, lang) for name in STEPS)]
    return rendered(
        "about/weights",
        lang,
        table=table(text("weights.heading", lang), columns, rows),
        silent=silent_parts(manifest, lang),
    )
