"""Contributions as a creator reads them: a name, what was measured, what is typical, the effect.

The model works with logarithms, angles and ones and zeros; nobody thinks in those. Here they become
counts, hours and yes or no. Contributions that are halves of one thing (the two parts of the hour)
are added up, so the rows still sum to the prediction.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from viral.messages import text
from viral.modalities.features import ShownAs
from viral.model.explanation import Explanation, FeatureContribution
from viral.model.topics import Nearest
from viral.ui.text.labels import feature_label, unit_label
from viral.ui.widgets.numbers import FACTOR_STEP, count, decimal, measured, one_in

LOGARITHM = "log10"
"""How a unit begins where the logarithm of the quantity is kept."""
HOUR_PARTS = ("context.hour_sin", "context.hour_cos")
TONE_PREFIX = "audio.mfcc"
"""Coefficients that mean nothing to a person one by one."""
RECENT_GROUP = "Recent views"
RECENT_SHOWN = "context.recent_median"
"""The one of the summaries of recent views whose value stands for them all."""


@dataclass(frozen=True)
class Row:
    """One line of the list."""

    name: str
    label: str
    modality: str
    group: str
    """Heading that the modality lists it under, in English."""
    value: float
    """log10 virality."""
    measured: str | None
    """None where it could not be measured."""
    typical: str | None
    nearest: tuple[Nearest, ...] = ()
    """What an embedding lies closest to among past captions."""

    @property
    def factor(self) -> float:
        """The effect on the views."""
        return 10.0**self.value

    @property
    def matters(self) -> bool:
        """Whether a reader would notice the effect."""
        return abs(self.factor - 1) >= FACTOR_STEP


def in_words(value: float | str | None, shown_as: ShownAs, unit: str, lang: str) -> str | None:
    """Return a measured value as a person would say it, or None where there is none.

    Parameters
    ----------
    value
        As the model sees it.
    shown_as, unit
        As the modality lists them.
    lang
        The language's code: `en`.
    """
    if value is None or (isinstance(value, float) and not math.isfinite(value)):
        return None
    if isinstance(value, str):
        return value
    match shown_as:
        case ShownAs.COUNT:
            return count(max(10.0**value - 1, 0.0), lang)
        case ShownAs.QUANTITY:
            named = unit_label(unit.removeprefix(LOGARITHM).strip(), lang)
            return measured(10.0**value, named, lang)
        case ShownAs.RATIO:
            return measured(10.0**value, "", lang)
        case ShownAs.FACTOR:
            return f"×{decimal(10.0**value, 2, lang)}"
        case ShownAs.PER_VIEW:
            return f"{measured(100.0 * 10.0**value, '', lang)} %"
        case ShownAs.SHARE:
            return f"{decimal(100 * value, 0, lang)} %"
        case ShownAs.YES_OR_NO if value in (0.0, 1.0):
            return text("value.yes" if value else "value.no", lang)
        case ShownAs.WEEKDAY:
            return text(f"weekday.{int(value) % 7}", lang)
    return measured(value, unit_label(unit, lang), lang)


def _row(part: FeatureContribution, lang: str) -> Row:
    return Row(
        name=part.name,
        label=feature_label(part.name, part.label, lang),
        modality=part.modality,
        group=part.group,
        value=part.value,
        measured=in_words(part.input, part.shown_as, part.unit, lang),
        typical=in_words(part.typical, part.shown_as, part.unit, lang),
        nearest=part.nearest,
    )


def rows_of(explanation: Explanation, lang: str) -> list[Row]:
    """Return every contribution that means something by itself, the largest effect first.

    Their values sum as the features do.
    """
    parts = explanation.features
    apart = [p for p in parts if p.name not in HOUR_PARTS and not p.name.startswith(TONE_PREFIX)]
    rows = [_row(part, lang) for part in apart]
    halves = [part for name in HOUR_PARTS for part in parts if part.name == name]
    if halves:
        hour = _hour([half.input for half in halves], lang)
        label = text("value.hour", lang)
        rows.append(_joined("context.hour", label, [_row(h, lang) for h in halves], hour, None))
    tones = [_row(part, lang) for part in parts if part.name.startswith(TONE_PREFIX)]
    if tones:
        measured_at_all = any(row.measured is not None for row in tones)
        whole = text("features.whole", lang) if measured_at_all else None
        rows.append(_joined("audio.tone", text("value.tone", lang), tones, whole, None))
    return _by_size(rows)


def headline_rows(rows: list[Row], lang: str) -> list[Row]:
    """Return the same with the summaries of recent views as one row; the sum stays."""
    recent = [row for row in rows if row.modality == "context" and row.group == RECENT_GROUP]
    rest = [row for row in rows if row not in recent]
    shown = [row for row in recent if row.name == RECENT_SHOWN]
    if not shown:
        return rows
    label = text("value.recent", lang)
    joined = _joined("context.recent", label, recent, shown[0].measured, shown[0].typical)
    return _by_size([*rest, joined])


def _joined(
    name: str, label: str, rows: list[Row], measured: str | None, typical: str | None
) -> Row:
    return Row(
        name=name,
        label=label,
        modality=name.split(".")[0],
        group=rows[0].group,
        value=sum(row.value for row in rows),
        measured=measured,
        typical=typical,
    )


def _by_size(rows: list[Row]) -> list[Row]:
    return sorted(rows, key=lambda row: (-abs(row.value), row.name))


def _hour(parts: list[float | str | None], lang: str) -> str | None:
    if len(parts) != 2 or not all(isinstance(part, float) for part in parts):
        return None
    sine, cosine = (float(part) for part in parts if part is not None)
    minutes = round(math.atan2(sine, cosine) / (2 * math.pi) * 24 * 60) % (24 * 60)
    return text("value.utc", lang, hour=f"{minutes // 60}:{minutes % 60:02d}")


def verdict(score: float, median: float, usual: float | None) -> str:
    """Return the key of the sentence that sums a prediction up.

    Against the account's own usual where that is known, because that is what a creator asks;
    otherwise by the score.
    """
    if usual is not None and usual > 0:
        ratio = median / usual
        for least, key in ((3.0, "far_above"), (1.2, "above"), (1 / 1.2, "about")):
            if ratio >= least:
                return f"verdict.{key}"
        return "verdict.below"
    for lowest, key in ((80, "strong"), (60, "good"), (40, "middle"), (20, "weak")):
        if score >= lowest:
            return f"verdict.{key}"
    return "verdict.weakest"


_LIKELIHOODS = ((0.02, "rare"), (0.10, "unlikely"), (0.25, "possible"), (0.50, "real"))


def breakout_words(probability: float, lang: str) -> tuple[str, str]:
    """Return a probability in words, and as `About 1 in 9`, or `62 %` where that says little."""
    key = next((key for highest, key in _LIKELIHOODS if probability < highest), "likely")
    if probability < 0.45:
        odds = text("breakout.one_in", lang, n=one_in(probability))
    else:
        odds = text("breakout.percent", lang, percent=decimal(100 * probability, 0, lang))
    return text(f"breakout.{key}", lang), odds
