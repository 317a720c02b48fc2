"""The steps of the waterfall opened up: modality, then group, then feature, as lists that unfold.

The values of each level are sums of those below it, in log10 virality; read as factors on the
views, those below multiply up to the one above. The order is that of the waterfall, and within a
part the largest effect first, ties by name.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from html import escape

from viral.messages import has, text
from viral.modalities.features import Features
from viral.model.prediction import Prediction
from viral.ui.predict.result import STEPS
from viral.ui.text.labels import modality_label
from viral.ui.widgets.contributors import Row, rows_of
from viral.ui.widgets.effects import LONGEST_BAR_LOG10, bar, effect, measured_words


@dataclass(frozen=True)
class Group:
    """Features of one heading."""

    name: str
    """As the modality lists it, in English; empty for what a link sums up."""
    rows: tuple[Row, ...]

    @property
    def value(self) -> float:
        """log10 virality."""
        return sum(row.value for row in self.rows)


@dataclass(frozen=True)
class Step:
    """One modality."""

    modality: str
    groups: tuple[Group, ...]

    @property
    def value(self) -> float:
        """log10 virality."""
        return sum(group.value for group in self.groups)


def steps_of(prediction: Prediction, lang: str) -> tuple[Step, ...]:
    """Return the modalities in the order of the waterfall, each with its groups and features.

    Their values add up to those of the explanation's modalities.
    """
    rows = rows_of(prediction.explanation, lang)
    there = {part.name for part in prediction.explanation.modalities}
    steps = []
    for modality in (name for name in STEPS if name in there):
        grouped: dict[str, list[Row]] = {}
        for row in rows:
            if row.modality == modality:
                grouped.setdefault(row.group, []).append(row)
        groups = [Group(name, tuple(found)) for name, found in grouped.items()]
        groups.sort(key=lambda group: (-abs(group.value), group.name))
        steps.append(Step(modality, tuple(groups)))
    return tuple(steps)


def group_label(name: str, lang: str) -> str:
    """Return a group's heading in a language; one that is not in the table stays English."""
    key = f"group.{name.lower().replace(' ', '_') or 'rest'}"
    return text(key, lang) if has(key) else name


def levels(prediction: Prediction, features: Mapping[str, Features], lang: str) -> str:
    """Return the lists as HTML.

    Parameters
    ----------
    prediction
        With its explanation.
    features
        What was measured; empty where only the numbers are there.
    lang
        `en` or `es`.
    """
    steps = steps_of(prediction, lang)
    largest = min(
        max((abs(group.value) for step in steps for group in step.groups), default=0.0),
        LONGEST_BAR_LOG10,
    )
    items = "".join(_step(step, prediction.missing, features, largest, lang) for step in steps)
    return (
        f'<p class="v-soft v-levels-lead">{text("levels.lead", lang)}</p>'
        f'<ul class="v-levels">{items}</ul>'
    )


def _step(
    step: Step,
    missing: tuple[str, ...],
    features: Mapping[str, Features],
    largest: float,
    lang: str,
) -> str:
    name = modality_label(step.modality, lang)
    if step.modality in missing or not step.groups:
        return (
            f'<li class="v-level-line" data-level="modality" data-name="{step.modality}">'
            f'<span>{name}</span> <span class="v-soft">{text("why.not_measured", lang)}</span></li>'
        )
    groups = "".join(_group(group, features, largest, lang) for group in step.groups)
    return _unfolding("modality", step.modality, name, step.value, largest, groups, lang)


def _group(group: Group, features: Mapping[str, Features], largest: float, lang: str) -> str:
    rows = "".join(_row(row, features, lang) for row in group.rows)
    label = group_label(group.name, lang)
    return _unfolding("group", group.name, label, group.value, largest, rows, lang)


def _unfolding(
    level: str, name: str, label: str, value: float, largest: float, inside: str, lang: str
) -> str:
    return (
        f'<li><details class="v-level" data-level="{level}" data-name="{escape(name)}" '
        f'data-value="{value!r}"><summary><span class="v-level-name">{escape(label)}</span>'
        f"{bar(value, largest)}{effect(value, lang)}</summary><ul>{inside}</ul></details></li>"
    )


def _row(row: Row, features: Mapping[str, Features], lang: str) -> str:
    said = [measured_words(row, features, lang)]
    if row.typical is not None:
        said.append(text("features.typical", lang, value=escape(row.typical)))
    return (
        f'<li class="v-level-line" data-level="feature" data-name="{escape(row.name)}" '
        f'data-value="{row.value!r}"><span><b>{escape(row.label)}</b> '
        f'<span class="v-soft">{" · ".join(said)}</span></span>{effect(row.value, lang)}</li>'
    )
