"""The result of the Compare page: who wins how surely, the cuts side by side, what differs.

Numbers carry their exact value in `data-value`.
"""

from __future__ import annotations

import base64
import io
import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from markupsafe import Markup

from viral.explain.compare import EVEN, Comparison
from viral.messages import text
from viral.model.prediction import Prediction
from viral.pipeline import Analysis
from viral.ui.compare.cuts import Cut
from viral.ui.predict.result import STEPS
from viral.ui.templates import rendered
from viral.ui.text.labels import modality_label, sentence
from viral.ui.widgets.contributors import Row, rows_of
from viral.ui.widgets.effects import bar, effect
from viral.ui.widgets.numbers import FACTOR_STEP, count, decimal, factor, percent
from viral.ui.widgets.ranges import LogAxis, mini_range, number
from viral.ui.widgets.tables import table

TOP_ROWS = 6
"""Differences that are shown one by one; the rest is one line."""
LONGEST_BAR_LOG10 = 0.301
"""As on the result page: bars end at a factor of two."""
CLEAR = 0.9
"""From this chance on a cut is called very probable to go further."""
STILL_SHARE = 0.35
"""Which moment of a clip stands for it: past a title, before the end."""
JPEG_QUALITY = 72


@dataclass(frozen=True)
class _Line:
    """One difference between two cuts."""

    label: str
    tag: str
    """The part that it belongs to."""
    said: str
    bar: Markup
    effect: Markup


def _still(analysis: Analysis) -> str:
    """Return a small picture of the clip as an address, or nothing where it has none."""
    pictures = np.asarray(analysis.thumbnails)
    if pictures.ndim != 4 or not len(pictures):
        return ""
    from PIL import Image

    picture = pictures[min(int(STILL_SHARE * len(pictures)), len(pictures) - 1)]
    packed = io.BytesIO()
    Image.fromarray(np.ascontiguousarray(picture)).save(packed, "JPEG", quality=JPEG_QUALITY)
    return f"data:image/jpeg;base64,{base64.b64encode(packed.getvalue()).decode()}"


def _card(cut: Cut, axis: LogAxis | None, best: bool, lang: str) -> Markup:
    if cut.analysis is None or axis is None:
        words, language = sentence(cut.problem, lang)
        return rendered(
            "compare/cut", lang, letter=cut.letter, broken=words or "–", spoken=language
        )
    prediction = cut.analysis.prediction
    return rendered(
        "compare/cut",
        lang,
        letter=cut.letter,
        broken="",
        best=best,
        still=_still(cut.analysis),
        score=round(prediction.score),
        mini=mini_range(prediction.views, axis),
        **{
            end: number(f"views.{end}", getattr(prediction.views, end), lang)
            for end in ("low", "median", "high")
        },
    )


def _cards(cuts: Sequence[Cut], best: str | None, lang: str) -> Markup:
    seen = [cut.analysis.prediction for cut in cuts if cut.analysis is not None]
    ends = [end for p in seen for end in (p.views.low, p.views.high)]
    axis = LogAxis(ends) if ends else None
    return rendered(
        "compare/cuts",
        lang,
        days=decimal(seen[0].horizon_days, 1, lang) if seen else "",
        cuts=[_card(cut, axis, cut.letter == best, lang) for cut in cuts],
    )


def headline(chance: float, apart: float, best: str, lang: str) -> str:
    """Return the sentence that sums a comparison up.

    Parameters
    ----------
    chance
        That the best cut beats the next one, 0.5..1; NaN where it cannot be said.
    apart
        Difference of the two in log10.
    best
        Its letter.
    lang
        A language of `viral.messages.LANGUAGES`.
    """
    if abs(10.0**apart - 1) < FACTOR_STEP:
        return text("compare.same", lang)
    if math.isnan(chance):
        return text("compare.ahead", lang, best=best)
    if chance < EVEN:
        return text("compare.toss", lang, best=best)
    if chance < CLEAR:
        return text("compare.wins", lang, best=best)
    return text("compare.wins_clearly", lang, best=best)


def _winner(letters: Sequence[str], found: Comparison, lang: str) -> Markup:
    first, second = found.order[:2]
    best, other = letters[first], letters[second]
    chance = float(found.beats[first, second])
    apart = float(found.log_virality[first] - found.log_virality[second])
    hundredths = None if math.isnan(chance) else round(100 * chance)
    return rendered(
        "compare/winner",
        lang,
        title=headline(chance, apart, best, lang),
        best=best,
        other=other,
        percent=hundredths,
        chance=rendered("compare/chance", lang, value=repr(chance), percent=hundredths),
        pairs=count(found.pairs, lang) if found.pairs else "",
    )


def _no_account(lang: str) -> Markup:
    """Return what stands in the place of a winner where nothing is known of the account."""
    return rendered(
        "compare/no_winner",
        lang,
        title=text("compare.no_account", lang),
        words=text("compare.no_account_text", lang),
        soft=False,
    )


def _left(cuts: Sequence[Cut], lang: str) -> Markup:
    """Return the headline where there are not two cuts to compare."""
    letters = [cut.letter for cut in cuts if cut.analysis is not None]
    if letters:
        title, words = text("compare.one_left", lang, best=letters[0]), "compare.needs_two"
        return rendered("compare/no_winner", lang, title=title, words=text(words, lang), soft=True)
    title = text("compare.none_left", lang)
    return rendered("compare/no_winner", lang, title=title, words="", soft=False)


def _all_pairs(letters: Sequence[str], found: Comparison, lang: str) -> Markup:
    if len(letters) < 3 or not found.pairs:
        return Markup()
    rows = [
        [
            letters[a],
            *("–" if a == b else percent(found.beats[a, b], lang) for b in found.order),
        ]
        for a in found.order
    ]
    head = ["", *(letters[place] for place in found.order)]
    name = text("compare.all_pairs", lang)
    return rendered("compare/pairs", lang, table=table(name, head, rows, " v-pairs"))


def apart_rows(
    first: Prediction, second: Prediction, lang: str
) -> list[tuple[Row | None, Row | None, float]]:
    """Return the rows in which two predictions differ: in the first, in the second, and the effect.

    Largest first; with the difference of the bases, which has no row, they add up to the
    difference of the predictions.
    """
    mine = {row.name: row for row in rows_of(first.explanation.from_average, lang)}
    others = {row.name: row for row in rows_of(second.explanation.from_average, lang)}
    found = []
    for name in {**mine, **others}:
        a, b = mine.get(name), others.get(name)
        found.append((a, b, (a.value if a else 0.0) - (b.value if b else 0.0)))
    base = first.explanation.from_average.base - second.explanation.from_average.base
    found.append((None, None, base))
    apart = [entry for entry in found if entry[2] != 0.0]
    return sorted(apart, key=lambda entry: (-abs(entry[2]), entry[0].name if entry[0] else ""))


def _line(label: str, tag: str, said: str, value: float, largest: float, lang: str) -> _Line:
    return _Line(label, tag, said, bar(value, largest), effect(value, lang))


def _measured(letters: tuple[str, str], rows: tuple[Row | None, Row | None], lang: str) -> str:
    known = rows[0] or rows[1]
    if known is None:
        return text("compare.base_text", lang)
    if known.name.endswith(".embedding") or known.name == "audio.tone":
        return text("features.whole", lang)
    said = []
    for letter, row in zip(letters, rows, strict=True):
        value = row.measured if row and row.measured is not None else None
        shown = value if value is not None else text("why.not_measured", lang)
        said.append(f"{letter}: {shown}")
    return " · ".join(said)


def _tells(first: Row | None, second: Row | None) -> bool:
    """Return whether a difference can be seen in what was measured.

    One that was measured alike in both counts differently only beside others that differ.
    """
    if first is None or second is None or first.name.endswith(".embedding"):
        return True
    return first.name == "audio.tone" or first.measured != second.measured


def _silent(first: Prediction, second: Prediction, lang: str) -> str:
    """Return the parts that were measured differently and still count alike."""
    mine = {part.name: part for part in first.explanation.from_average.features}
    counts, differs = set(), set()
    for part in second.explanation.from_average.features:
        other = mine.get(part.name)
        if other is None or other.value != part.value:
            counts.add(part.modality)
        elif other.input != part.input:
            differs.add(part.modality)
    return ", ".join(modality_label(name, lang) for name in STEPS if name in differs - counts)


def _why(best: tuple[str, Prediction], other: tuple[str, Prediction], lang: str) -> Markup:
    letters = (best[0], other[0])
    entries = apart_rows(best[1], other[1], lang)
    felt = [entry for entry in entries if abs(10.0 ** entry[2] - 1) >= FACTOR_STEP]
    shown = [entry for entry in felt if _tells(entry[0], entry[1])][:TOP_ROWS]
    small = sum(entry[2] for entry in entries) - sum(entry[2] for entry in shown)
    felt_most = max(abs(value) for value in (small, *(entry[2] for entry in shown)))
    largest = min(felt_most, LONGEST_BAR_LOG10)
    lines = []
    for a, b, value in shown:
        known = a or b
        label = known.label if known else text("compare.base", lang)
        tag = modality_label(known.modality, lang) if known else ""
        lines.append(_line(label, tag, _measured(letters, (a, b), lang), value, largest, lang))
    if abs(10.0**small - 1) >= FACTOR_STEP:
        said = text("compare.others_text", lang)
        lines.append(_line(text("compare.others", lang), "", said, small, largest, lang))
    whole = best[1].explanation.prediction - other[1].explanation.prediction
    return rendered(
        "compare/why",
        lang,
        best=letters[0],
        other=letters[1],
        lines=lines,
        whole=rendered("compare/strong", lang, words=factor(10.0**whole, lang)),
        silent=_silent(best[1], other[1], lang),
    )


def result(cuts: Sequence[Cut], found: Comparison | None, lang: str) -> Markup:
    """Return the whole comparison.

    Parameters
    ----------
    cuts
        All of them, the unreadable ones too.
    found
        The comparison of the readable ones, in their order; None with fewer than two.
    lang
        A language of `viral.messages.LANGUAGES`.
    """
    readable = [(cut.letter, cut.analysis.prediction) for cut in cuts if cut.analysis is not None]
    if found is None:
        parts = [_left(cuts, lang), _cards(cuts, None, lang)]
    elif not found.account_known:
        parts = [_no_account(lang), _cards(cuts, None, lang)]
    else:
        letters = [letter for letter, _ in readable]
        best = readable[found.order[0]]
        parts = [
            _winner(letters, found, lang),
            _cards(cuts, best[0], lang),
            *(_why(best, readable[other], lang) for other in found.order[1:]),
            _all_pairs(letters, found, lang),
        ]
    return rendered("compare/result", lang, parts=parts)
