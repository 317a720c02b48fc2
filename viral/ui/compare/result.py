"""The result of the Compare page as HTML: who wins how surely, the cuts side by side, what differs.

Whatever came from a user or a file is escaped here. Numbers carry their exact value in
`data-value`.
"""

from __future__ import annotations

import base64
import io
import math
from collections.abc import Sequence
from html import escape

import numpy as np

from viral.explain.compare import Comparison
from viral.messages import text
from viral.model.prediction import Prediction
from viral.pipeline import Analysis
from viral.ui.compare.cuts import Cut
from viral.ui.predict.result import STEPS
from viral.ui.text.labels import modality_label, sentence
from viral.ui.widgets.contributors import Row, rows_of
from viral.ui.widgets.effects import bar, effect
from viral.ui.widgets.numbers import FACTOR_STEP, count, decimal, factor
from viral.ui.widgets.ranges import LogAxis, number

TOP_ROWS = 6
"""Differences that are shown one by one; the rest is one line."""
LONGEST_BAR_LOG10 = 0.301
"""As on the result page: bars end at a factor of two."""
EVEN, CLEAR = 0.55, 0.9
"""Below the first a chance is a coin toss; from the second on it is called very probable."""
STILL_SHARE = 0.35
"""Which moment of a clip stands for it: past a title, before the end."""
JPEG_QUALITY = 72


def _still(analysis: Analysis) -> str:
    """Return a small picture of the clip, or nothing where it has none."""
    pictures = np.asarray(analysis.thumbnails)
    if pictures.ndim != 4 or not len(pictures):
        return ""
    from PIL import Image

    picture = pictures[min(int(STILL_SHARE * len(pictures)), len(pictures) - 1)]
    packed = io.BytesIO()
    Image.fromarray(np.ascontiguousarray(picture)).save(packed, "JPEG", quality=JPEG_QUALITY)
    code = base64.b64encode(packed.getvalue()).decode()
    return f'<img class="v-cut-still" src="data:image/jpeg;base64,{code}" alt="">'


def _card(cut: Cut, axis: LogAxis | None, best: bool, lang: str) -> str:
    name = text("compare.cut", lang, letter=cut.letter)
    if cut.analysis is None or axis is None:
        words, language = sentence(cut.problem, lang)
        return (
            f'<li class="v-card v-cut-card v-cut-broken" data-cut="{cut.letter}" role="alert">'
            f'<h3><span class="v-letter">{cut.letter}</span> {text("compare.broken", lang)}</h3>'
            f'<p class="v-problem-sentence" lang="{language}">{escape(words)}</p></li>'
        )
    prediction = cut.analysis.prediction
    views = prediction.views
    left, right = axis.percent(views.low), axis.percent(views.high)
    span = text(
        "count.range",
        lang,
        low=number("views.low", views.low, lang),
        high=number("views.high", views.high, lang),
    )
    score = text("compare.score", lang, score=round(prediction.score))
    return (
        f'<li class="v-card v-cut-card{" v-best" if best else ""}" data-cut="{cut.letter}">'
        f'<div class="v-cut-head">{_still(cut.analysis)}<div>'
        f'<h3><span class="v-letter" aria-hidden="true">{cut.letter}</span>'
        f'<span class="v-sr">{name}</span></h3>'
        f'<p class="v-count">{number("views.median", views.median, lang)}</p>'
        f'<p class="v-soft">{score}</p></div></div>'
        f'<div class="v-mini" aria-hidden="true"><span style="left:{left}%;'
        f'width:{max(round(right - left, 2), 1.0)}%"></span>'
        f'<i style="left:{axis.percent(views.median)}%"></i></div>'
        f'<p class="v-soft">{span}</p></li>'
    )


def _cards(cuts: Sequence[Cut], best: str | None, lang: str) -> str:
    seen = [cut.analysis.prediction for cut in cuts if cut.analysis is not None]
    ends = [end for p in seen for end in (p.views.low, p.views.high)]
    axis = LogAxis(ends) if ends else None
    heading = ""
    if seen:
        days = decimal(seen[0].horizon_days, 1, lang)
        heading = f'<h2 class="v-eyebrow">{text("compare.views", lang, days=days)}</h2>'
    items = "".join(_card(cut, axis, cut.letter == best, lang) for cut in cuts)
    return f'{heading}<ul class="v-cuts" data-count="{len(cuts)}">{items}</ul>'


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
        `en` or `es`.
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


def _winner(letters: Sequence[str], found: Comparison, lang: str) -> str:
    first, second = found.order[:2]
    best, other = letters[first], letters[second]
    chance = float(found.beats[first, second])
    apart = float(found.log_virality[first] - found.log_virality[second])
    title = f"<h2>{headline(chance, apart, best, lang)}</h2>"
    if math.isnan(chance):
        said = f"<p>{text('compare.unknown_chance', lang)}</p>"
    else:
        percent = round(100 * chance)
        shown = f'<b data-number="beats" data-value="{chance!r}">{percent}</b>'
        label = text(
            "compare.chance_label",
            lang,
            best=best,
            other=other,
            percent=percent,
            rest=100 - percent,
        )
        said = (
            f"<p>{text('compare.beats', lang, best=best, other=other, percent=shown)}</p>"
            f'<div class="v-duel" role="img" aria-label="{label}">'
            f'<span class="v-duel-best" style="width:{percent}%"><b>{best}</b> {percent} %</span>'
            f"<span><b>{other}</b> {100 - percent} %</span></div>"
        )
    pairs = count(found.pairs, lang)
    cancels = (
        f'<p class="v-soft v-cancels">{text("compare.cancels", lang, pairs=pairs)}</p>'
        if found.pairs
        else ""
    )
    return f'<section class="v-card v-winner" data-state="result">{title}{said}{cancels}</section>'


def _no_account(lang: str) -> str:
    """Return what stands in the place of a winner where nothing is known of the account."""
    return (
        '<section class="v-card v-winner" data-state="result">'
        f"<h2>{text('compare.no_account', lang)}</h2>"
        f"<p>{text('compare.no_account_text', lang)}</p></section>"
    )


def _left(cuts: Sequence[Cut], lang: str) -> str:
    """Return the headline where there are not two cuts to compare."""
    letters = [cut.letter for cut in cuts if cut.analysis is not None]
    if letters:
        title = text("compare.one_left", lang, best=letters[0])
        said = f'<p class="v-soft">{text("compare.needs_two", lang)}</p>'
    else:
        title, said = text("compare.none_left", lang), ""
    return f'<section class="v-card v-winner" data-state="result"><h2>{title}</h2>{said}</section>'


def _all_pairs(letters: Sequence[str], found: Comparison, lang: str) -> str:
    if len(letters) < 3 or not found.pairs:
        return ""
    head = "".join(f'<th scope="col">{letters[place]}</th>' for place in found.order)
    lines = ""
    for a in found.order:
        cells = "".join(
            "<td>–</td>" if a == b else f"<td>{round(100 * found.beats[a, b])} %</td>"
            for b in found.order
        )
        lines += f'<tr><th scope="row">{letters[a]}</th>{cells}</tr>'
    title = text("compare.all_pairs", lang)
    return (
        f'<section class="v-card"><h2>{title}</h2>'
        f'<p class="v-soft">{text("compare.all_pairs_lead", lang)}</p>'
        f'<div class="v-scroll" tabindex="0" role="region" aria-label="{title}">'
        f'<table class="v-table v-pairs"><thead><tr><td></td>{head}</tr></thead>'
        f"<tbody>{lines}</tbody></table></div></section>"
    )


def apart_rows(
    first: Prediction, second: Prediction, lang: str
) -> list[tuple[Row | None, Row | None, float]]:
    """Return the rows in which two predictions differ: in the first, in the second, and the effect.

    Largest first; with the difference of the bases, which has no row, they add up to the
    difference of the predictions.
    """
    mine = {row.name: row for row in rows_of(first.explanation, lang)}
    others = {row.name: row for row in rows_of(second.explanation, lang)}
    found = []
    for name in {**mine, **others}:
        a, b = mine.get(name), others.get(name)
        found.append((a, b, (a.value if a else 0.0) - (b.value if b else 0.0)))
    base = first.explanation.base - second.explanation.base
    found.append((None, None, base))
    apart = [entry for entry in found if entry[2] != 0.0]
    return sorted(apart, key=lambda entry: (-abs(entry[2]), entry[0].name if entry[0] else ""))


def _line(label: str, tag: str, said: str, value: float, largest: float, lang: str) -> str:
    tagged = f'<span class="v-tag">{tag}</span>' if tag else ""
    return (
        f'<li><div class="v-what"><b>{escape(label)}</b>{tagged}'
        f'<p class="v-soft">{said}</p></div>{bar(value, largest)}'
        f"{effect(value, lang)}</li>"
    )


def _measured(letters: tuple[str, str], rows: tuple[Row | None, Row | None], lang: str) -> str:
    known = rows[0] or rows[1]
    if known is None:
        return text("compare.base_text", lang)
    if known.name.endswith(".embedding") or known.name == "audio.tone":
        return text("features.whole", lang)
    said = []
    for letter, row in zip(letters, rows, strict=True):
        value = row.measured if row and row.measured is not None else None
        shown = escape(value) if value is not None else text("why.not_measured", lang)
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
    """Say which parts were measured differently and still count alike."""
    mine = {part.name: part for part in first.explanation.features}
    counts, differs = set(), set()
    for part in second.explanation.features:
        other = mine.get(part.name)
        if other is None or other.value != part.value:
            counts.add(part.modality)
        elif other.input != part.input:
            differs.add(part.modality)
    parts = [modality_label(name, lang) for name in STEPS if name in differs - counts]
    if not parts:
        return ""
    said = text("compare.silent", lang, parts=", ".join(parts))
    return f'<p class="v-soft v-silent">{said}</p>'


def _why(best: tuple[str, Prediction], other: tuple[str, Prediction], lang: str) -> str:
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
    if lines:
        total = f"<b>{factor(10.0**whole, lang)}</b>"
        lead = text("compare.why_lead", lang, best=letters[0], other=letters[1], factor=total)
        body = f'<p class="v-soft">{lead} {text("why.past_posts", lang)}</p>'
        body += f'<ol class="v-contributors">{"".join(lines)}</ol>'
    else:
        body = f'<p class="v-soft">{text("compare.nothing", lang)}</p>'
    title = text("compare.why", lang, best=letters[0], other=letters[1])
    return (
        f'<section class="v-card" data-against="{letters[1]}"><h2>{title}</h2>{body}'
        f"{_silent(best[1], other[1], lang)}</section>"
    )


def result(cuts: Sequence[Cut], found: Comparison | None, lang: str) -> str:
    """Return the whole comparison.

    Parameters
    ----------
    cuts
        All of them, the unreadable ones too.
    found
        The comparison of the readable ones, in their order; None with fewer than two.
    lang
        `en` or `es`.
    """
    readable = [(cut.letter, cut.analysis.prediction) for cut in cuts if cut.analysis is not None]
    if found is None:
        body = _left(cuts, lang) + _cards(cuts, None, lang)
    elif not found.account_known:
        body = _no_account(lang) + _cards(cuts, None, lang)
    else:
        letters = [letter for letter, _ in readable]
        best = readable[found.order[0]]
        body = _winner(letters, found, lang) + _cards(cuts, best[0], lang)
        body += "".join(_why(best, readable[other], lang) for other in found.order[1:])
        body += _all_pairs(letters, found, lang)
    return f'<div class="v-result v-comparison">{body}</div>'
