"""What After posting shows, as HTML and a figure: functions of data and a language.

Whatever comes from a user or the database is escaped.
"""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

import plotly.graph_objects as go

from viral.feedback.accuracy import Compared, Growth, Running, compared, main_count, running
from viral.feedback.records import Kept, Report
from viral.figures.outcomes import OutcomeWords, outcomes
from viral.messages import text
from viral.model.prediction import Prediction
from viral.ui.widgets import states
from viral.ui.widgets.numbers import count, decimal, factor

SAME_VIEWS = 0.02
"""A change of a prediction by less than 2 % is not worth a word."""
SHARP_DIGITS = 1


def last(prediction: Prediction | None, lang: str, *, linked: bool = False) -> str:
    """Return the card of the prediction that this browser tab has made last."""
    heading = f"<h2>{text('after.last', lang)}</h2>"
    if prediction is None:
        key = "after.linked" if linked else "after.none"
        return f'{heading}<p class="v-soft">{text(key, lang)}</p>'
    views = prediction.views
    words = text(
        "after.median",
        lang,
        views=count(views.median, lang),
        low=count(views.low, lang),
        high=count(views.high, lang),
    )
    days = text("after.days", lang, days=decimal(prediction.horizon_days, 1, lang))
    return (
        f'{heading}<p class="v-after-id" data-id="{escape(prediction.id)}">'
        f"{escape(prediction.id)}</p><p><b>{words}</b> {days}</p>"
    )


def name_of(kept: Kept, lang: str) -> str:
    """Return what to call a prediction in a list: its day, its views, its id."""
    views = count(kept.ranges["views"][1], lang)
    return f"{kept.made_at:%Y-%m-%d} · {views} · {kept.id}"


def said(sentence: str, kind: str = "status") -> str:
    """Return a short answer to something that was pressed."""
    return f'<p class="v-after-said" role="{kind}">{escape(sentence)}</p>' if sentence else ""


def verdict(report: Report, growth: Growth, lang: str) -> str:
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
    head = "".join(f'<th scope="col">{text(f"after.{name}", lang)}</th>' for name in heads)
    rows = "".join(_row(one, lang) for one in counts)
    return (
        f'<section class="v-card v-after-verdict" data-state="reported" data-place="{place}">'
        f"<h2>{text(f'after.{place}', lang)}</h2>"
        f'<p class="v-lead">{lead}</p>'
        + "".join(f'<p class="v-soft">{escape(note)}</p>' for note in notes)
        + '<div class="v-scroll" tabindex="0" role="region" '
        f'aria-label="{text("after.what", lang)}">'
        f'<table class="v-table"><thead><tr><td></td>{head}</tr></thead>'
        f"<tbody>{rows}</tbody></table></div></section>"
    )


def _row(one: Compared, lang: str) -> str:
    name = text(f"after.{one.name}", lang)
    spread = f"{count(one.low, lang)} – {count(one.high, lang)}"
    return (
        f'<tr data-count="{one.name}"><th scope="row">{name}</th><td>{count(one.median, lang)}</td>'
        f"<td>{spread}</td><td><b>{count(one.actual, lang)}</b></td>"
        f"<td>{factor(one.factor, lang)}</td></tr>"
    )


def next_words(before: float, after: float, views: float, lang: str) -> str:
    """Return the card that says how the report changes the creator's next prediction."""
    same = abs(after / max(before, 1e-9) - 1) < SAME_VIEWS
    words = text(
        "after.next_same" if same else "after.next_text",
        lang,
        before=count(before, lang),
        after=count(after, lang),
        views=f"{views:.0f}",
    )
    return (
        f'<section class="v-card" data-next="{after:.6g}"><h2>{text("after.next", lang)}</h2>'
        f"<p>{words}</p></section>"
    )


def running_words(found: Running | None, lang: str) -> str:
    """Return the card of a creator's running figures."""
    heading = f"<h2>{text('after.running', lang)}</h2>"
    if found is None:
        return f'{heading}<p class="v-soft">{text("after.running_few", lang)}</p>'
    points = [
        text("after.running_inside", lang, inside=found.inside, posts=found.posts),
        text("after.running_usual", lang, factor=decimal(found.usual_factor, SHARP_DIGITS, lang)),
    ]
    percent = round(100 * (found.bias - 1))
    if percent:
        direction = text("after.more" if percent > 0 else "after.less", lang)
        points.append(text("after.running_bias", lang, percent=abs(percent), direction=direction))
    items = "".join(f"<li>{escape(point)}</li>" for point in points)
    return (
        f'{heading}<ul class="v-after-points" data-posts="{found.posts}" '
        f'data-inside="{found.inside}">{items}</ul>'
    )


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
    names = [f"{report.kept.made_at:%d.%m.%y}" for report in accepted]
    return outcomes(names, [main_count(report, growth) for report in accepted], words)


def summary(reports: Sequence[Report], growth: Growth, lang: str) -> str:
    """Return the running figures of a creator's reports."""
    return running_words(running(reports, growth), lang)


def empty(lang: str) -> str:
    """Return the page before the first report."""
    return states.empty(lang, "after")
