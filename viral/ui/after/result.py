"""What After posting shows, as HTML and a figure: functions of data and a language."""

from __future__ import annotations

from collections.abc import Sequence

import plotly.graph_objects as go
from markupsafe import Markup

from viral.feedback.accuracy import (
    FEWEST_FOR_FIGURES,
    Compared,
    Growth,
    Running,
    compared,
    main_count,
    running,
)
from viral.feedback.records import Kept, Report
from viral.figures.outcomes import OutcomeWords, outcomes
from viral.messages import text
from viral.model.prediction import Prediction
from viral.ui.templates import rendered
from viral.ui.widgets import states
from viral.ui.widgets.numbers import count, day, decimal, factor

SAME_VIEWS = 0.02
"""A change of a prediction by less than 2 % is not worth a word."""
SHARP_DIGITS = 1


def last(
    prediction: Prediction | None, lang: str, *, linked: bool = False, demo: bool = False
) -> Markup:
    """Return the card of the prediction that this browser tab has made last."""
    if prediction is None:
        why = "demo" if demo else "linked" if linked else "none"
        return rendered("after/last", lang, id="", why=why)
    views = prediction.views
    return rendered(
        "after/last",
        lang,
        id=prediction.id,
        days=decimal(prediction.horizon_days, 1, lang),
        **{end: count(getattr(views, end), lang) for end in ("low", "median", "high")},
    )


def name_of(kept: Kept, lang: str) -> str:
    """Return what to call a prediction in a list: its day, its views, its id."""
    views = count(kept.ranges["views"][1], lang)
    return f"{day(kept.made_at, lang)} · {views} · {kept.id}"


def verdict(report: Report, growth: Growth, lang: str) -> Markup:
    """Return the card that sets what happened beside what was predicted."""
    counts = compared(report, growth)
    main = main_count(report, growth)
    place = "inside" if main.inside else "above" if main.actual > main.high else "below"
    lead = text(
        "after.verdict_inside",
        lang,
        actual=count(main.actual, lang),
        count=text(f"after.count_{main.name}", lang),
        median=count(main.median, lang),
        low=count(main.low, lang),
        high=count(main.high, lang),
    )
    notes = []
    if abs(main.median / max(report.kept.ranges[main.name][1], 1e-9) - 1) > SAME_VIEWS:
        days = decimal(report.outcome.days, 1, lang)
        notes.append(text("after.verdict_age", lang, days=days))
    if report.reason is not None:
        notes.append(text("after.quarantined", lang, reason=report.reason))
    heads = ("predicted", "range", "actual", "factor")
    return rendered(
        "after/verdict",
        lang,
        place=place,
        title=text(f"after.{place}", lang),
        lead=lead,
        notes=notes,
        heads=[text(f"after.{name}", lang) for name in heads],
        rows=[_row(one, lang) for one in counts],
    )


def _row(one: Compared, lang: str) -> dict[str, str]:
    ends = {end: count(getattr(one, end), lang) for end in ("low", "median", "high", "actual")}
    label = text(f"after.{one.name}", lang)
    return {"name": one.name, "label": label, "factor": factor(one.factor, lang), **ends}


def next_words(before: float, after: float, views: float, lang: str) -> Markup:
    """Return the card that says how the report changes the creator's next prediction."""
    same = abs(after / max(before, 1e-9) - 1) < SAME_VIEWS
    words = text(
        "after.next_same" if same else "after.next_text",
        lang,
        before=count(before, lang),
        after=count(after, lang),
        views=f"{views:.0f}",
    )
    return rendered("after/next", lang, exact=f"{after:.6g}", words=words)


def running_words(found: Running | None, lang: str, reports: int = 0) -> Markup:
    """Return the card of a creator's running figures, or how many reports it wants still."""
    if found is None:
        left = max(FEWEST_FOR_FIGURES - reports, 1)
        return rendered("after/running", lang, found=None, left=left)
    points = [
        text("after.running_inside", lang, inside=found.inside, posts=found.posts),
        text("after.running_usual", lang, factor=decimal(found.usual_factor, SHARP_DIGITS, lang)),
    ]
    percent = round(100 * (found.bias - 1))
    if percent:
        direction = text("after.more" if percent > 0 else "after.less", lang)
        points.append(text("after.running_bias", lang, percent=abs(percent), direction=direction))
    return rendered("after/running", lang, found=found, points=points)


def figure(reports: Sequence[Report], growth: Growth, lang: str) -> go.Figure | None:
    """Return the figure of all accepted reports, or None without any."""
    accepted = [report for report in reports if report.standing == "accepted"]
    if not accepted:
        return None
    words = OutcomeWords(
        axis=text("after.figure_axis", lang),
        hover_range=text("after.hover_range", lang),
        hover_actual=text("after.hover_actual", lang),
        count=lambda value: count(value, lang),
    )
    names = [day(report.kept.made_at, lang) for report in accepted]
    return outcomes(names, [main_count(report, growth) for report in accepted], words)


def summary(reports: Sequence[Report], growth: Growth, lang: str) -> Markup:
    """Return the running figures of a creator's reports."""
    accepted = sum(report.standing == "accepted" for report in reports)
    return running_words(running(reports, growth), lang, accepted)


def empty(lang: str) -> Markup:
    """Return the page before the first report."""
    return states.empty(lang, "after")
