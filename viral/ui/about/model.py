"""What About says of the model in figures: how often it is right, and what weighs how much.

Both are read as JSON from the model's folder, so that the page needs no model; what cannot be read
is left out.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from html import escape
from pathlib import Path
from typing import Any

from viral.messages import text
from viral.ui.predict.result import STEPS
from viral.ui.text.labels import modality_label
from viral.ui.widgets.numbers import decimal

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
    digits = f"{number:,.0f}"
    return digits.replace(",", ".") if lang == "es" else digits


def table(caption: str, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return a table as HTML; the first cell of each row is its heading.

    Parameters
    ----------
    caption
        What the table is, for who has it read out.
    columns, rows
        Cells as HTML.
    """
    head = "".join(f'<th scope="col">{column}</th>' for column in columns)
    body = "".join(
        f'<tr><th scope="row">{first}</th>{"".join(f"<td>{cell}</td>" for cell in rest)}</tr>'
        for first, *rest in rows
    )
    return (
        f'<div class="v-scroll" tabindex="0" role="region" aria-label="{caption}">'
        f'<table class="v-table"><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>'
    )


def _factor(log10: float, lang: str) -> str:
    return f"×{decimal(10.0**log10, 1, lang)}"


def _accuracy_row(tried: str, known: str, found: Mapping[str, Any], lang: str) -> list[str]:
    model, others = found["model"], found["others"]
    simple = next(name for name in SIMPLE_RULES if name in others)
    rule = text(f"accuracy.rule_{SIMPLE_RULES.index(simple)}", lang)
    return [
        text(f"accuracy.tried_{tried}", lang),
        text(f"accuracy.told_{known}", lang),
        f"<b>{_factor(model['mae'], lang)}</b>",
        f"{_factor(others[simple]['mae'], lang)} ({rule})",
        f"{decimal(100 * model['coverage'], 0, lang)} %",
        decimal(model["spearman"], 2, lang),
        decimal(model["r2"], 2, lang),
        grouped(model["posts"], lang),
    ]


def accuracy(model_dir: Path, lang: str) -> str:
    """Return how well posts were predicted that the model had not seen, or nothing."""
    found = read_json(model_dir / EVALUATION)
    try:
        rows = [
            _accuracy_row(tried, known, found[protocol][told], lang)
            for protocol, tried in PROTOCOLS.items()
            for told, known in KNOWN.items()
        ]
    except (KeyError, TypeError, StopIteration):
        return ""
    names = ("tried", "told", "miss", "rule", "inside", "order", "r2", "posts")
    columns = [text(f"accuracy.{name}", lang) for name in names]
    title = text("accuracy.heading", lang)
    return (
        f'<section class="v-card v-wide" data-part="accuracy"><h2>{title}</h2>'
        f"<p>{text('accuracy.lead', lang)}</p>{table(title, columns, rows)}"
        f'<p class="v-soft">{text("accuracy.note", lang)}</p></section>'
    )


def weights(manifest: Mapping[str, Any], lang: str) -> str:
    """Return how much the sum takes of each part, and which parts it takes nothing of."""
    try:
        stacks = {pattern: manifest["patterns"][pattern]["weights"] for pattern in PATTERNS}
        # The stack for the most that a clip can bring is the one with the longest name.
        full = {pattern: found[max(found, key=len)]["weights"] for pattern, found in stacks.items()}
        rows = [
            [
                text(f"weights.{pattern}", lang),
                *(decimal(float(found.get(name, 0.0)), 2, lang) for name in STEPS),
            ]
            for pattern, found in full.items()
        ]
        silent = [
            modality_label(name, lang)
            for name in STEPS
            if all(float(found.get(name, 0.0)) < NEAR_ZERO for found in full.values())
        ]
    except (KeyError, TypeError, ValueError):
        return ""
    columns = [text("weights.told", lang), *(modality_label(name, lang) for name in STEPS)]
    title = text("weights.heading", lang)
    note = text("weights.silent", lang, parts=escape(", ".join(silent))) if silent else ""
    return (
        f'<section class="v-card v-wide" data-part="weights"><h2>{title}</h2>'
        f"<p>{text('weights.lead', lang)}</p>{table(title, columns, rows)}"
        f"{f'<p>{note}</p>' if note else ''}</section>"
    )
