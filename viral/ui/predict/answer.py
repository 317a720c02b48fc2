"""The answer card: the whole answer on the first screen of a phone.

The range comes before the number and the account's usual stands on its bar; then the chance to
triple it, a goal of one's own, where the post would stand among the last ten, and one sentence that
says what the number does not depend on.
"""

from __future__ import annotations

import base64
import io
import json
from collections.abc import Sequence
from typing import Any

import numpy as np
from markupsafe import Markup

from viral.errors import ViralError
from viral.explain.goals import chances_above
from viral.messages import text
from viral.model.prediction import Prediction
from viral.pipeline import Analysis, model_of
from viral.ui.predict.moves import silent_parts
from viral.ui.templates import rendered
from viral.ui.text.labels import feature_label, sentence
from viral.ui.widgets.contributors import verdict
from viral.ui.widgets.numbers import count, decimal, one_in, seconds
from viral.ui.widgets.ranges import small_ranges, views_range

LAST = 10
"""Posts that this one is set among."""
SEEN_PARTS = ("visual", "audio", "speech", "onscreen_text")
"""What another clip of the same length would change."""
THUMBNAIL_PX = 160
THUMBNAIL_QUALITY = 70
LARGEST_GOAL_LOG10 = 10.0
GOALS = 201
"""Points between one view and ten thousand million at which the chance is worked out; the page
reads between them."""
LEAST_ODDS = 0.01
"""A smaller chance is told as being under it."""
MOST_NOTES = 2
OWN_COUNTS = ("shares", "saves")
"""Counts that differ so much between accounts that without an account's own the range is wrong too
often."""


def answer(
    prediction: Prediction,
    lang: str,
    analysis: Analysis | None = None,
    *,
    name: str = "",
    demo: bool = False,
    notice: str = "",
    fixed: bool = False,
    listed: bool = False,
) -> Markup:
    """Return the card as HTML.

    Parameters
    ----------
    prediction
        What is told.
    lang
        Language code.
    analysis
        What was seen; None for numbers out of a link, of which less can be told.
    name
        Of the clip's file.
    demo
        Whether the account is made up.
    notice
        A sentence above the card that says where the numbers come from.
    fixed
        Whether nothing can be typed or pressed where the card stands, as in a report.
    listed
        Whether the reader's browser lists the clip among those that were predicted.
    """
    views, usual = prediction.views, prediction.usual_views
    known = prediction.account_known
    guess = _unlike(prediction, lang)
    recent = () if analysis is None else analysis.details.recent_views[-LAST:]
    names = _told_counts(prediction, analysis)
    hidden = [one for one in OWN_COUNTS if one not in names and getattr(prediction, one)]
    chance = prediction.breakout_probability
    return rendered(
        "predict/answer",
        lang,
        notice=notice,
        own=analysis is not None and not fixed,
        listed=listed and known,
        days_value=f"{prediction.horizon_days:g}",
        thumbnail=None if analysis is None else thumbnail(analysis),
        name=name,
        inputs=_inputs(analysis, demo, lang),
        asks=not known,
        low=_rough("views.low", views.low, lang),
        high=_rough("views.high", views.high, lang),
        median=_rough("views.median", views.median, lang),
        days=decimal(prediction.horizon_days, 1, lang),
        verdict=text(verdict(prediction.score, views.median, usual), lang),
        bar=views_range(views, usual, lang),
        guess=guess,
        narrower=usual is None,
        triple_label=text("answer.triple" if usual else "answer.triple_no_usual", lang),
        triple_value=repr(chance),
        triple=odds(chance, lang),
        chances=_chances(analysis) if known and not fixed else "",
        goal=_first_goal(usual or views.median, lang),
        last=_heights(recent, views.median)[:-1] if len(recent) > 1 else [],
        this=_heights(recent, views.median)[-1] if len(recent) > 1 else 0,
        beaten=sum(one < views.median for one in recent),
        candour=candour(analysis, lang),
        notes=_notes(prediction, analysis, lang),
        counts=small_ranges({one: getattr(prediction, one) for one in names}, lang),
        counts_hidden=[text(f"answer.count_{name}", lang) for name in hidden],
    )


def _told_counts(prediction: Prediction, analysis: Analysis | None) -> list[str]:
    """Return the counts whose ranges are told: those of `OWN_COUNTS` to whoever has given them."""
    given = (
        () if analysis is None else (analysis.details.recent_shares, analysis.details.recent_saves)
    )
    names = ["likes", "comments"]
    for place, name in enumerate(OWN_COUNTS):
        known = analysis is None or bool(given[place]) or _in_account(analysis, name)
        if known and getattr(prediction, name) is not None:
            names.append(name)
    return names


def _in_account(analysis: Analysis, name: str) -> bool:
    account = analysis.details.account
    return account is not None and any(getattr(one, name) is not None for one in account.posts)


def odds(probability: float, lang: str) -> str:
    """Return a chance as `1 in 7`, `62 %`, or `under 1 in 100`."""
    if probability < LEAST_ODDS:
        return text("answer.under", lang, n=round(1 / LEAST_ODDS))
    if probability < 0.45:
        return text("answer.one_in", lang, n=one_in(probability))
    return text("breakout.percent", lang, percent=decimal(100 * probability, 0, lang))


def inputs_words(analysis: Analysis, lang: str) -> str:
    """Return what was given of the account: `12 K followers, 5 recent posts`."""
    details = analysis.details
    parts = []
    if details.followers is not None:
        followers = count(details.followers, lang)
        parts.append(text("answer.inputs_followers", lang, followers=followers))
    if details.recent_views:
        parts.append(text("answer.inputs_posts", lang, count=len(details.recent_views)))
    return ", ".join(parts) or text("answer.inputs_none", lang)


def _inputs(analysis: Analysis | None, demo: bool, lang: str) -> str:
    if analysis is None:
        return ""
    said = f"{seconds(analysis.facts.duration_s, lang)} · {inputs_words(analysis, lang)}"
    return f"{text('answer.demo', lang)} · {said}" if demo else said


def _rough(name: str, value: float, lang: str) -> Markup:
    """Return a number of views in two figures, as much as a range is worth; exact for a script."""
    shown = count(rounded(value), lang)
    return rendered("predict/rough", lang, name=name, value=repr(value), shown=shown)


def rounded(value: float) -> float:
    """Return a number in two figures: 52,893 becomes 53,000."""
    return float(f"{value:.2g}") if value >= 10 else float(round(value))


def _unlike(prediction: Prediction, lang: str) -> str:
    if prediction.likeness.warning is None:
        return ""
    named = prediction.likeness.furthest[:2]
    return ", ".join(feature_label(part.name, part.label, lang) for part in named)


def thumbnail(analysis: Analysis) -> str:
    """Return a picture out of the clip's first third as a `data:` address; empty without any."""
    from PIL import Image

    pictures = np.asarray(analysis.thumbnails)
    if pictures.ndim != 4 or not len(pictures):
        return ""
    picture = Image.fromarray(pictures[len(pictures) // 3])
    picture.thumbnail((THUMBNAIL_PX, THUMBNAIL_PX))
    buffer = io.BytesIO()
    picture.save(buffer, "JPEG", quality=THUMBNAIL_QUALITY)
    return "data:image/jpeg;base64," + base64.b64encode(buffer.getvalue()).decode()


def _chances(analysis: Analysis | None) -> str:
    """Return `[[log10 views, chance], ...]` for the page's own reckoning of a goal."""
    if analysis is None:
        return ""
    places = np.linspace(0.0, LARGEST_GOAL_LOG10, GOALS)
    try:
        found = chances_above(analysis, model_of(analysis), (10.0**places).tolist())
    except ViralError:
        return ""
    pairs = [[round(float(x), 3), round(float(p), 5)] for x, p in zip(places, found, strict=True)]
    return json.dumps(pairs, separators=(",", ":"))


def _first_goal(views: float, lang: str) -> str:
    """Return the next round number beyond some views, for a goal to begin with."""
    size = 10.0 ** np.floor(np.log10(max(views, 10.0)))
    goal = next(step * size for step in (1, 2, 5, 10, 20) if step * size > views)
    return decimal(goal, 0, lang, grouped=True)


def _heights(recent: Sequence[float], median: float) -> list[float]:
    """Return the heights of bars for some posts and this one, percent, on a logarithmic scale."""
    logs = np.log10(np.maximum([*recent, median], 1.0))
    low, high = float(logs.min()), float(logs.max())
    span = max(high - low, 0.3)
    return [round(18.0 + 82.0 * (float(value) - low) / span, 1) for value in logs]


def candour(analysis: Analysis | None, lang: str) -> str:
    """Return what the number comes from where the clip's content has no weight in it, or nothing.

    It is worked out from the explanation: where any part of the content moves the number, the
    sentence goes.
    """
    if analysis is None:
        return ""
    prediction, details = analysis.prediction, analysis.details
    moving = {part.name for part in prediction.explanation.modalities} - {
        *silent_parts(prediction),
        *prediction.missing,
    }
    if moving & {*SEEN_PARTS}:
        return ""
    parts = ["account"] if details.followers is not None or details.recent_views else []
    parts += ["caption"] if details.caption else []
    parts += ["length"]
    parts += ["time"] if details.posted_at is not None else []
    parts += ["sound"] if details.sound is not None else []
    return text(
        "answer.candour",
        lang,
        parts=[text(f"answer.part_{part}", lang) for part in parts],
        length=seconds(analysis.facts.duration_s, lang),
    )


def _notes(prediction: Prediction, analysis: Analysis | None, lang: str) -> list[dict[str, Any]]:
    """Return what was wrong with the clip or changed in what was typed."""
    if analysis is None:
        return []
    said = dict.fromkeys((*analysis.details.warnings, *analysis.clip_warnings))
    return [
        {"words": words, "lang": language}
        for words, language in (sentence(one, lang) for one in list(said)[:MOST_NOTES])
    ]
