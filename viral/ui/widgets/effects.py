"""What was measured and what it adds, as pieces of HTML that several cards share."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape

from viral.explain.share import REST
from viral.messages import text
from viral.modalities.features import Features
from viral.model.regressors import TAGS
from viral.model.topics import Nearest
from viral.ui.text.labels import topic_label
from viral.ui.widgets.contributors import Row
from viral.ui.widgets.numbers import FACTOR_STEP, count, decimal, factor

CLASSES_SHOWN = 3
SURE_PROBABILITY = 0.2
"""Of a thousand classes, one that is likelier than this is worth naming as what the picture looks
most like; below it the names are guesses that read as facts."""
LONGEST_BAR_LOG10 = 0.301
"""Bars end at a factor of two, cut open: the account's size would flatten every other one."""
TAG_TOPICS = f"text.{TAGS}"


def bar(value: float, largest: float) -> str:
    """Draw an effect: to the right and solid where it raises, to the left and hatched otherwise.

    Parameters
    ----------
    value
        log10.
    largest
        Where bars end, cut open.
    """
    if not largest or abs(10.0**value - 1) < FACTOR_STEP:
        return '<span class="v-bar" aria-hidden="true"></span>'
    width = round(50 * min(abs(value) / largest, 1.0), 1)
    side = "up" if value >= 0 else "down"
    cut = " v-cut" if abs(value) > largest else ""
    drawn = f'<i class="v-{side}{cut}" style="width:{width}%"></i>'
    return f'<span class="v-bar" aria-hidden="true">{drawn}</span>'


def measured_words(row: Row, features: Mapping[str, Features], lang: str) -> str:
    """Say what was measured, or what stands in its place, as HTML."""
    if row.measured is None and row.name.endswith(".embedding"):
        return _whole(features.get(row.modality), row.nearest, lang)
    if row.name == TAG_TOPICS:
        if row.measured is None:
            return text("features.tags_unknown", lang)
        return text("features.tags_known", lang, factor=escape(row.measured))
    if row.name == "audio.tone" and row.measured is not None:
        return escape(row.measured)
    if row.name.endswith(f".{REST}"):
        return text("features.rest", lang)
    if row.measured is None:
        return text(
            "features.not_given" if row.modality == "context" else "features.not_measured", lang
        )
    return text("features.measured", lang, value=escape(row.measured))


def _whole(features: Features | None, nearest: tuple[Nearest, ...], lang: str) -> str:
    """Say what an embedding stands for: the classes seen, or what past captions are about that lie
    closest."""
    if nearest:
        topics = ", ".join(
            text(
                "features.topic",
                lang,
                topic=escape(topic_label(near.about, lang)),
                posts=count(near.posts, lang),
            )
            for near in nearest
        )
        return text("features.nearest", lang, topics=topics)
    found = features.details.get("classes", ()) if features else ()
    classes = [seen for seen in found if seen["probability"] >= SURE_PROBABILITY]
    if not classes:
        if not found:
            return text("features.whole", lang)
        return text("features.unclear", lang, percent=decimal(100 * SURE_PROBABILITY, 0, lang))
    seen = ", ".join(
        f'<span lang="en">{escape(str(found["name"]))}</span> '
        f"{decimal(100 * found['probability'], 0, lang)} %"
        for found in classes[:CLASSES_SHOWN]
    )
    return text("features.looks_like", lang, classes=seen)


def effect(value: float, lang: str) -> str:
    """Return an effect as a factor on the views; what rounds to none is neither up nor down.

    Parameters
    ----------
    value
        log10.
    lang
        `en` or `es`.
    """
    times = 10.0**value
    side = "no" if abs(times - 1) < FACTOR_STEP else "up" if value > 0 else "down"
    return (
        f'<span class="v-effect v-{side}-text" data-value="{value!r}" '
        f'title="{value:+.4f} log10">'
        f"{factor(times, lang)}</span>"
    )
