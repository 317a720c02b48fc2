"""A record for people: a static page, Markdown or JSON, its misses first."""

from __future__ import annotations

import json
import math
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from viral.errors import RecordError
from viral.messages import DEFAULT_LANGUAGE, Message, text
from viral.posts.writing import whole_or_nothing
from viral.record.pages import CHAIN_ID
from viral.record.results import PROMISED, Counted, Line, Results

TEMPLATES = Path(__file__).resolve().parent / "templates"
KINDS = {".html": "html", ".md": "markdown", ".json": "json"}
"""Ending of a report -> what it is written as."""


@cache
def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=select_autoescape(("html",)),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def rendered(results: Results, kind: str, lang: str = DEFAULT_LANGUAGE) -> str:
    """Return the report of a record.

    Parameters
    ----------
    results : Results
        The record at a moment.
    kind : str
        `html`, `markdown` or `json`.
    lang : str
        Language of the sentences.
    """
    if kind == "json":
        return json.dumps(results.to_dict(), indent=1, allow_nan=False) + "\n"
    template = {"html": "report.html", "markdown": "report.md"}[kind]

    def said(code: str, **values: Any) -> str:
        return text(code, lang, **values)

    return (
        _environment()
        .get_template(template)
        .render(
            t=said,
            lang=lang,
            results=results,
            share=results.share(),
            promised=PROMISED,
            other_counts=[
                (name, found)
                for name in ("likes", "comments", "shares")
                if (found := results.share(name)) is not None
            ],
            row=lambda line: _row(line, lang),
            chain_id=CHAIN_ID,
        )
    )


def _row(line: Line, lang: str) -> dict[str, Any]:
    """Return the words and the drawing of one prediction."""
    sealed = line.sealed
    words: dict[str, Any] = {
        "number": sealed.prediction,
        "sealed": text("record.day", lang, at=sealed.at.isoformat()),
        "due": text("record.day", lang, at=sealed.due_at.isoformat()),
        "model": sealed.model_version,
        "late": line.late,
    }
    if line.counts:
        views = line.counts[0]
        words["actual"] = text("record.count", lang, count=views.actual)
        words["range"] = text(
            "record.range", lang, low=views.range.low, median=views.range.median,
            high=views.range.high,
        )  # fmt: skip
        words["place"] = text(f"record.{views.place}", lang)
        words["bar"] = _bar(views)
        words["days"] = text("record.days", lang, days=getattr(line.answer, "days", 0.0))
    return words


def _bar(one: Counted) -> dict[str, float]:
    """Return where range, middle and outcome lie on a line, in per cent of its width."""
    logs = [math.log10(value + 1.0) for value in (one.range.low, one.range.high, one.actual)]
    first, last = min(logs) - 0.1, max(logs) + 0.1

    def place(value: float) -> float:
        return round(100.0 * (math.log10(value + 1.0) - first) / (last - first), 1)

    low, high = place(one.range.low), place(one.range.high)
    return {
        "low": low,
        "width": round(high - low, 1),
        "median": place(one.range.median),
        "actual": place(one.actual),
    }


def write_report(results: Results, out: Path, lang: str = DEFAULT_LANGUAGE) -> None:
    """Write a report; its ending says as what, see `KINDS`.

    Raises
    ------
    RecordError
        The ending is not known.
    TableError
        The file cannot be written.
    """
    kind = KINDS.get(out.suffix.lower())
    if kind is None:
        raise RecordError(Message("output.ending", file=out.name, endings=list(KINDS)))
    with whole_or_nothing(out) as unfinished:
        unfinished.write_text(rendered(results, kind, lang), encoding="utf-8")
