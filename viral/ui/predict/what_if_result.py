"""The outcome of What if as HTML and figures: the changed prediction beside the one as it is, why,
and what the model says of other hours and lengths. Functions of data and a language.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import tzinfo
from typing import Any

import gradio as gr
import numpy as np
import plotly.graph_objects as go
from markupsafe import Markup

from viral.errors import ViralError
from viral.explain.what_if import (
    DurationCurve,
    PostingTimes,
    duration_curve,
    kept_duration_s,
    posting_times,
)
from viral.figures.what_if import CurveWords, HoursWords, hours, lengths
from viral.messages import DEFAULT_LANGUAGE, text
from viral.model.evidence import FEWEST_POSTS, Support
from viral.model.prediction import Interval
from viral.pipeline import Analysis, model_of
from viral.ui.predict.what_if_fields import Tried, predicted, zone_of
from viral.ui.templates import rendered
from viral.ui.text.labels import sentence
from viral.ui.widgets.numbers import FACTOR_STEP, count, factor, seconds
from viral.ui.widgets.ranges import LogAxis, number

SMALL_FACTOR = 1.25
"""A change below this is within what the next post of the same kind differs by."""
WORTH_DRAWING = 1.1
"""A figure of choices is shown where the best gets a tenth more than the weakest."""
EMPTY = rendered("predict/nothing_tried", DEFAULT_LANGUAGE)


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


def problem(english: str, lang: str, heading: str = "try.problem") -> Markup:
    """Return the sentence for what makes no sense, or for whatever else its heading says."""
    words, spoken = sentence(english, lang)
    return rendered("predict/what_if_problem", lang, heading=heading, sentence=words, spoken=spoken)


def two(before: Analysis, after: Analysis, support: Support, lang: str) -> Markup:
    """Return the prediction with the changes beside the one without them."""
    was, now = before.prediction, after.prediction
    changed = after is not before
    axis = LogAxis([was.views.low, was.views.high, now.views.low, now.views.high])
    rows = [_row("before", text("try.as_it_is", lang), was.views, axis, lang)]
    if changed:
        rows.append(_row("after", text("try.changed", lang), now.views, axis, lang))
    ratio = now.views.median / max(was.views.median, 1e-9)
    return rendered(
        "predict/what_if",
        lang,
        changed=changed,
        # Where nothing is known of the account the range is the answer, and no number stands for
        # it.
        median=number("what_if.views.median", now.views.median, lang) if now.account_known else "",
        same=abs(ratio - 1) < FACTOR_STEP,
        small=1 / SMALL_FACTOR < ratio < SMALL_FACTOR,
        exact=repr(ratio),
        factor=factor(ratio, lang),
        rows=rows,
        thin=_thin(after, support, lang),
    )


def _row(name: str, label: str, views: Interval, axis: LogAxis, lang: str) -> dict[str, Any]:
    left, right = axis.percent(views.low), axis.percent(views.high)
    return {
        "name": name,
        "label": label,
        "left": left,
        "width": max(round(right - left, 2), 1.0),
        "median": axis.percent(views.median),
        "low": count(views.low, lang),
        "high": count(views.high, lang),
    }


def _thin(after: Analysis, support: Support, lang: str) -> list[str]:
    """Return what too few past posts stand behind."""
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
    return notes


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


def _choices(heading: str, said: str, lang: str, spoken: str = "") -> Markup:
    """Return the heading over a figure of choices, and what it comes to in words."""
    return rendered("predict/choices", lang, heading=heading, said=said, spoken=spoken)


def _hours_heading(times: PostingTimes, lang: str) -> Markup:
    thin = text("try.hours_thin", lang, fewest=FEWEST_POSTS)
    if not times.supported.any():
        return _choices("try.hours", thin, lang)
    apart = spread(times.views, times.supported)
    if apart < WORTH_DRAWING:
        said = text("try.hours_flat", lang, percent=_percent(apart))
        return _choices("try.hours", said, lang)
    known = np.where(times.supported, times.views, np.nan)
    day, hour = (int(at) for at in np.unravel_index(int(np.nanargmax(known)), known.shape))
    said = text(
        "try.hours_best",
        lang,
        weekday=_weekdays(lang)[day],
        hour=f"{hour}:00",
        percent=_percent(apart),
    )
    return _choices("try.hours", said if times.supported.all() else f"{said} {thin}", lang)


def _lengths_heading(curve: DurationCurve, lang: str) -> Markup:
    apart = spread(curve.median, curve.supported)
    if apart < WORTH_DRAWING:
        said = text("try.lengths_flat", lang, percent=_percent(apart))
        return _choices("try.lengths", said, lang)
    best = int(np.nanargmax(np.where(curve.supported, curve.median, np.nan)))
    spoken = text(
        "try.lengths_spoken",
        lang,
        length=seconds(float(curve.durations_s[best]), lang),
        high=count(float(curve.median[best]), lang),
    )
    return _choices("try.lengths", text("try.lengths_lead", lang), lang, spoken)


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
