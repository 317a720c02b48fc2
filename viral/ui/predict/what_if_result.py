"""The outcome of What if as HTML and figures: the changed prediction beside the one as it is, why,
and what the model says of other hours and lengths. Functions of data and a language.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import tzinfo
from html import escape
from typing import Any

import gradio as gr
import numpy as np
import plotly.graph_objects as go

from viral.errors import ViralError
from viral.explain.what_if import (
    DurationCurve,
    PostingTimes,
    duration_curve,
    kept_duration_s,
    posting_times,
)
from viral.figures.what_if import CurveWords, HoursWords, hours, lengths
from viral.messages import text
from viral.model.evidence import FEWEST_POSTS, Support
from viral.pipeline import Analysis, model_of
from viral.ui.predict.what_if_fields import Tried, predicted, zone_of
from viral.ui.text.labels import sentence
from viral.ui.widgets.numbers import FACTOR_STEP, count, factor, seconds
from viral.ui.widgets.ranges import LogAxis, number

SMALL_FACTOR = 1.25
"""A change below this is within what the next post of the same kind differs by."""
WORTH_DRAWING = 1.1
"""A figure of choices is shown where the best gets a tenth more than the weakest."""
EMPTY = '<div class="v-tried" data-state="empty"></div>'


@dataclass(frozen=True)
class Outcome:
    """What the page shows of a changed post."""

    html: str
    hours_html: str | None = None
    """None leaves it as it is, like those below."""
    hours: Any = None
    lengths_html: str | None = None
    lengths: Any = None


def outcome(
    before: Analysis, tried: Tried, zone: str | None, lang: str, model: Any = None
) -> Outcome:
    """Predict the post that the fields hold; what makes no sense becomes one sentence.

    Parameters
    ----------
    before
        The result.
    tried
        What the fields hold.
    zone
        The time zone whose clock the posting time is on.
    lang
        `en` or `es`.
    model
        What is asked for hours and lengths; the one that made the result unless a test gives
        another.
    """
    model = model or model_of(before)
    try:
        after = predicted(before, tried, zone)
    except ViralError as error:
        return Outcome(problem(error.message, lang))
    support: Support = model.support
    place = zone_of(zone)
    times = posting_times(after, model, support, place)
    curve = duration_curve(after, model, support)
    views = after.prediction.views.median
    return Outcome(
        html=two(before, after, support, lang),
        hours_html=_hours_heading(times, lang),
        hours=_drawn(
            hours(times, views, _hours_words(place, lang)),
            spread(times.views, times.supported),
        ),
        lengths_html=_lengths_heading(curve, lang),
        lengths=_drawn(lengths(curve, _curve_words(lang)), spread(curve.median, curve.supported)),
    )


def spread(views: np.ndarray, supported: np.ndarray) -> float:
    """Return how much more the best supported choice gets than the weakest, as a factor; 1 or more.

    1 where fewer than two choices are supported.
    """
    known = np.asarray(views)[supported]
    return float(known.max() / max(float(known.min()), 1e-9)) if known.size > 1 else 1.0


def _drawn(figure: go.Figure, apart: float) -> dict[str, Any]:
    """Return the update that shows a figure, or hides one that says nothing."""
    worth = apart >= WORTH_DRAWING
    return gr.update(value=figure if worth else None, visible=worth)


def _percent(apart: float) -> str:
    return f"{100 * (apart - 1):.0f}"


def problem(english: str, lang: str, heading: str = "try.problem") -> str:
    """Return the sentence for what makes no sense, or for whatever else its heading says."""
    words, language = sentence(english, lang)
    return (
        '<div class="v-tried" data-state="problem"><div class="v-tried-problem" role="alert">'
        f"<b>{text(heading, lang)}</b>"
        f'<p class="v-problem-sentence" lang="{language}">{escape(words)}</p></div></div>'
    )


def two(before: Analysis, after: Analysis, support: Support, lang: str) -> str:
    """Return the prediction with the changes beside the one without them."""
    was, now = before.prediction, after.prediction
    changed = after is not before
    axis = LogAxis([was.views.low, was.views.high, now.views.low, now.views.high])

    def row(key: str, analysis: Analysis, name: str) -> str:
        views = analysis.prediction.views
        left, right = axis.percent(views.low), axis.percent(views.high)
        span = text("count.range", lang, low=count(views.low, lang), high=count(views.high, lang))
        return (
            f'<li data-row="{name}"><b>{text(key, lang)}</b>'
            f'<span class="v-two-track" aria-hidden="true"><span style="left:{left}%;'
            f'width:{max(round(right - left, 2), 1.0)}%"></span>'
            f'<i style="left:{axis.percent(views.median)}%"></i></span>'
            f'<span class="v-soft">{span}</span></li>'
        )

    rows = row("try.as_it_is", before, "before")
    if changed:
        rows += row("try.changed", after, "after")
    # Where nothing is known of the account the range is the answer, and no number stands for it.
    big = number("what_if.views.median", now.views.median, lang) if now.account_known else ""
    return (
        f'<div class="v-tried" data-state="ready" data-changed="{str(changed).lower()}">'
        f'<p class="v-tried-line"><span class="v-big">{big}</span> '
        f'<span class="v-tried-said" role="status">{_said(before, after, lang)}</span></p>'
        f'<ul class="v-two">{rows}</ul>{_thin(after, support, lang)}</div>'
    )


def _said(before: Analysis, after: Analysis, lang: str) -> str:
    if after is before:
        return text("try.nothing", lang)
    ratio = after.prediction.views.median / max(before.prediction.views.median, 1e-9)
    if abs(ratio - 1) < FACTOR_STEP:
        return text("try.same", lang)
    shown = f'<b data-number="what_if.factor" data-value="{ratio!r}">{factor(ratio, lang)}</b>'
    said = text("try.against", lang, factor=shown)
    if 1 / SMALL_FACTOR < ratio < SMALL_FACTOR:
        said += f' <span class="v-soft">{text("try.small", lang)}</span>'
    return said


def _thin(after: Analysis, support: Support, lang: str) -> str:
    notes = []
    posts = support.of_duration(kept_duration_s(after))
    if posts < FEWEST_POSTS:
        notes.append(text("try.thin_length", lang, posts=posts))
    moment = after.details.posted_at
    if moment is not None:
        utc = moment.utctimetuple()
        posts = support.of_time(utc.tm_wday, utc.tm_hour)
        if posts < FEWEST_POSTS:
            notes.append(text("try.thin_time", lang, posts=posts))
    return "".join(f'<p class="v-tried-thin">{note}</p>' for note in notes)


def _weekdays(lang: str) -> list[str]:
    return [text(f"weekday.{day}", lang) for day in range(7)]


def _hours_words(place: tzinfo, lang: str) -> HoursWords:
    named = str(getattr(place, "key", "UTC")).rpartition("/")[2].replace("_", " ")
    return HoursWords(
        weekdays=[day[:3] for day in _weekdays(lang)],
        axis=text("try.hours_axis", lang, zone=named),
        hover=text("try.hours_hover", lang),
        hover_thin=text("try.hours_hover_thin", lang),
        views=lambda value: count(value, lang),
        factor=lambda value: factor(value, lang),
    )


def _hours_heading(times: PostingTimes, lang: str) -> str:
    """Return the heading over the hours and what they come to in words."""
    heading = f"<h3>{text('try.hours', lang)}</h3>"
    thin = text("try.hours_thin", lang, fewest=FEWEST_POSTS)
    if not times.supported.any():
        return f'{heading}<p class="v-soft">{thin}</p>'
    apart = spread(times.views, times.supported)
    if apart < WORTH_DRAWING:
        said = text("try.hours_flat", lang, percent=_percent(apart))
        return f'{heading}<p class="v-soft">{said}</p>'
    known = np.where(times.supported, times.views, np.nan)
    day, hour = (int(at) for at in np.unravel_index(int(np.nanargmax(known)), known.shape))
    said = text(
        "try.hours_best",
        lang,
        weekday=_weekdays(lang)[day],
        hour=f"{hour}:00",
        percent=_percent(apart),
    )
    if not times.supported.all():
        said += f" {thin}"
    return f'{heading}<p class="v-soft">{said}</p>'


def _lengths_heading(curve: DurationCurve, lang: str) -> str:
    heading = f"<h3>{text('try.lengths', lang)}</h3>"
    apart = spread(curve.median, curve.supported)
    if apart < WORTH_DRAWING:
        said = text("try.lengths_flat", lang, percent=_percent(apart))
        return f'{heading}<p class="v-soft">{said}</p>'
    best = int(np.nanargmax(np.where(curve.supported, curve.median, np.nan)))
    spoken = text(
        "try.lengths_spoken",
        lang,
        length=seconds(float(curve.durations_s[best]), lang),
        high=count(float(curve.median[best]), lang),
    )
    return (
        f'{heading}<p class="v-soft">{text("try.lengths_lead", lang)}</p>'
        f'<p class="v-sr">{spoken}</p>'
    )


def _curve_words(lang: str) -> CurveWords:
    return CurveWords(
        axis_length=text("try.lengths_axis", lang),
        axis_views=text("why.axis", lang),
        hover=text("try.lengths_hover", lang),
        hover_thin=text("try.lengths_hover_thin", lang),
        views=lambda value: count(value, lang),
        seconds=lambda value: seconds(value, lang),
        tick=lambda value: f"{value:g} s" if value < 60 else f"{value / 60:g} min",
    )
