"""What was measured and what it adds, as pieces of HTML that several cards share."""

from __future__ import annotations

from collections.abc import Mapping

from markupsafe import Markup

from viral.explain.share import REST
from viral.modalities.features import Features
from viral.model.regressors import TAGS
from viral.model.topics import Nearest
from viral.ui.templates import marked, rendered
from viral.ui.text.labels import topic_label
from viral.ui.widgets.contributors import Row
from viral.ui.widgets.numbers import FACTOR_STEP, count, decimal, factor, percent

CLASSES_SHOWN = 3
SURE_PROBABILITY = 0.2
"""Of a thousand classes, one that is likelier than this is worth naming as what the picture looks
most like; below it the names are guesses that read as facts."""
LONGEST_BAR_LOG10 = 0.301
"""Bars end at a factor of two, cut open: the account's size would flatten every other one."""
TAG_TOPICS = f"text.{TAGS}"


def bar(value: float, largest: float) -> Markup:
    """Draw an effect: to the right and solid where it raises, to the left and hatched otherwise.

    Parameters
    ----------
    value
        log10.
    largest
        Where bars end, cut open.
    """
    felt = largest and abs(10.0**value - 1) >= FACTOR_STEP
    return rendered(
        "widgets/bar",
        "",
        width=round(50 * min(abs(value) / largest, 1.0), 1) if felt else None,
        side="up" if value >= 0 else "down",
        cut=abs(value) > largest,
    )


def measured_words(row: Row, features: Mapping[str, Features], lang: str) -> str:
    """Say what was measured, or what stands in its place."""
    if row.measured is None and row.name.endswith(".embedding"):
        return _whole(features.get(row.modality), row.nearest, lang)
    if row.name == TAG_TOPICS:
        if row.measured is None:
            return marked("features.tags_unknown", lang)
        return marked("features.tags_known", lang, factor=row.measured)
    if row.name == "audio.tone" and row.measured is not None:
        return Markup.escape(row.measured)
    if row.name.endswith(f".{REST}"):
        return marked("features.rest", lang)
    if row.measured is None:
        not_given = row.modality == "context"
        return marked("features.not_given" if not_given else "features.not_measured", lang)
    return marked("features.measured", lang, value=row.measured)


def _whole(features: Features | None, nearest: tuple[Nearest, ...], lang: str) -> Markup:
    """Say what an embedding stands for: the classes seen, or what past captions are about that lie
    closest."""
    if nearest:
        topics = [
            marked(
                "features.topic",
                lang,
                topic=topic_label(near.about, lang),
                posts=count(near.posts, lang),
            )
            for near in nearest
        ]
        return marked("features.nearest", lang, topics=Markup(", ").join(topics))
    found = features.details.get("classes", ()) if features else ()
    if not found:
        return marked("features.whole", lang)
    classes = [seen for seen in found if seen["probability"] >= SURE_PROBABILITY]
    if not classes:
        return marked("features.unclear", lang, percent=decimal(100 * SURE_PROBABILITY, 0, lang))
    seen = rendered(
        "widgets/classes",
        lang,
        classes=[
            (found["name"], percent(found["probability"], lang))
            for found in classes[:CLASSES_SHOWN]
        ],
    )
    return marked("features.looks_like", lang, classes=seen)


def effect(value: float, lang: str) -> Markup:
    """Return an effect as a factor on the views; what rounds to none is neither up nor down.

    Parameters
    ----------
    value
        log10.
    lang
        A language of `viral.messages.LANGUAGES`.
    """
    times = 10.0**value
    return rendered(
        "widgets/effect",
        lang,
        side="no" if abs(times - 1) < FACTOR_STEP else "up" if value > 0 else "down",
        value=repr(value),
        log10=f"{value:+.4f}",
        factor=factor(times, lang),
    )
