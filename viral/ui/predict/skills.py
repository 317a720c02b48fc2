"""Independent and mixed on the result page: each part's own prediction beside the joint one, with
the skill that was measured, so that nobody trusts a weak one."""

from __future__ import annotations

import logging

from viral.errors import ViralError
from viral.explain.skills import JOINT, Alone, Skill, alone, known_of, pairs_right, read_skills
from viral.messages import text
from viral.pipeline import Analysis, model_of
from viral.settings import settings
from viral.ui.text.labels import modality_label
from viral.ui.widgets.numbers import count, decimal, factor
from viral.ui.widgets.ranges import number

LOG = logging.getLogger(__name__)

SMALLEST_SHARE = 0.005
"""Less of a lift than this is taken as nothing."""


def card(analysis: Analysis, lang: str) -> str:
    """Return the card, or nothing where there is no model to ask."""
    try:
        found = alone(model_of(analysis), analysis)
    except ViralError:
        # The prediction itself is there; who asks for the next one is told what is wrong.
        LOG.exception("The parts' own predictions could not be worked out")
        return ""
    measured = read_skills(settings().model_dir, known_of(analysis))
    return table(found, measured, analysis.prediction.views.median, lang)


def table(
    found: tuple[Alone, ...], measured: dict[str, Skill], joint_views: float, lang: str
) -> str:
    """Return the card from data.

    Parameters
    ----------
    found
        What each part predicts by itself.
    measured
        Part or `JOINT` -> its skill; what was not measured is not in it.
    joint_views
        The prediction.
    lang
        `en` or `es`.
    """
    joint = (
        f'<tr class="v-joint" data-part="{JOINT}"><th scope="row">{text("skills.joint", lang)}</th>'
        + _cell("own", number("skills.joint", joint_views, lang), lang)
        + _cell("skill", _skill(measured.get(JOINT), lang), lang)
        + "<td></td></tr>"
    )
    lines = "".join(_line(part, measured.get(part.modality), lang) for part in found)
    head = "".join(
        f'<th scope="col">{text(f"skills.{name}", lang)}</th>'
        for name in ("part", "own", "skill", "taken")
    )
    title = text("skills.heading", lang)
    return (
        f'<section class="v-card" data-part="skills"><h2>{title}</h2>'
        f'<p class="v-soft">{text("skills.lead", lang)}</p>'
        f'<div class="v-scroll" tabindex="0" role="region" aria-label="{title}">'
        f'<table class="v-table v-skills"><thead><tr>{head}</tr></thead>'
        f"<tbody>{joint}{lines}</tbody></table></div>"
        f'<p class="v-soft v-after-table">{text("skills.note", lang)}</p></section>'
    )


def _line(part: Alone, skill: Skill | None, lang: str) -> str:
    name = part.modality
    trusted = skill is not None and skill.measurable
    if not part.present:
        own = f'<span class="v-soft">{text("skills.absent", lang)}</span>'
    elif part.views is None:
        own = f'<span class="v-soft">{text("skills.not_learnt", lang)}</span>'
    else:
        own = number(f"alone.{name}", part.views, lang)
        if part.log_lift is not None:
            lift = factor(10.0**part.log_lift, lang)
            own = f'{own}<br><span class="v-number">{lift}</span>'
    if part.learnt_from is not None:
        posts = count(part.learnt_from, lang)
        own += (
            f'<br><span class="v-soft v-learnt">{text("skills.learnt", lang, posts=posts)}</span>'
        )
    return (
        f'<tr data-part="{name}"{"" if trusted else " class=v-weak"}>'
        f'<th scope="row">{modality_label(name, lang)}</th>'
        + _cell("own", own, lang)
        + _cell("skill", _skill(skill, lang), lang)
        + _cell("taken", _taken(part, lang), lang)
        + "</tr>"
    )


def _cell(column: str, content: str, lang: str) -> str:
    """Return a cell that knows its column's name, which stands in it on a phone."""
    return f'<td data-column="{text(f"skills.{column}", lang)}">{content}</td>'


def _taken(part: Alone, lang: str) -> str:
    if not part.present:
        return "–"
    if part.modality == "context":
        return text("skills.all", lang)
    if part.weight < SMALLEST_SHARE:
        return text("skills.nothing", lang)
    return text("skills.share", lang, percent=decimal(100 * part.weight, 0, lang))


def _of_100(spearman: float) -> int:
    return round(100 * pairs_right(spearman))


def _skill(skill: Skill | None, lang: str) -> str:
    if skill is None:
        return (
            f"<b>{text('skills.unmeasured', lang)}</b><br>"
            f'<span class="v-soft">{text("skills.unmeasured_text", lang)}</span>'
        )
    if skill.measurable:
        said = text("skills.right", lang, n=_of_100(skill.spearman))
    else:
        said = text("skills.none", lang)
    posts = count(skill.posts, lang) if skill.posts else "?"
    aside = ""
    if skill.low is not None and skill.high is not None:
        aside = text(
            "skills.between",
            lang,
            low=_of_100(skill.low),
            high=_of_100(skill.high),
            posts=posts,
        )
    elif skill.posts:
        aside = text("skills.on", lang, posts=posts)
    return (
        f'<b data-number="skill" data-value="{skill.spearman!r}">{said}</b><br>'
        f'<span class="v-soft">{aside}</span>'
    )
