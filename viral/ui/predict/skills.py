"""Independent and mixed on the result page: each part's own prediction beside the joint one, with
the skill that was measured, so that nobody trusts a weak one."""

from __future__ import annotations

import logging
from typing import Any

from markupsafe import Markup

from viral.errors import ViralError
from viral.explain.skills import JOINT, Alone, Skill, alone, known_of, pairs_right, read_skills
from viral.messages import text
from viral.pipeline import Analysis, model_of
from viral.settings import settings
from viral.ui.templates import rendered
from viral.ui.text.labels import modality_label
from viral.ui.widgets.numbers import count, decimal, factor
from viral.ui.widgets.ranges import number

LOG = logging.getLogger(__name__)

SMALLEST_SHARE = 0.005
"""Less of a lift than this is taken as nothing."""


def card(analysis: Analysis, lang: str) -> Markup:
    """Return the card, or nothing where there is no model to ask."""
    try:
        found = alone(model_of(analysis), analysis)
    except ViralError:
        # The prediction itself is there; who asks for the next one is told what is wrong.
        LOG.exception("The parts' own predictions could not be worked out")
        return Markup()
    measured = read_skills(settings().model_dir, known_of(analysis))
    return table(found, measured, analysis.prediction.views.median, lang)


def table(
    found: tuple[Alone, ...], measured: dict[str, Skill], joint_views: float, lang: str
) -> Markup:
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
    return rendered(
        "predict/skills",
        lang,
        joint={
            "name": JOINT,
            "views": number("skills.joint", joint_views, lang),
            "skill": _skill(measured.get(JOINT), lang),
        },
        parts=[_line(part, measured.get(part.modality), lang) for part in found],
    )


def _line(part: Alone, skill: Skill | None, lang: str) -> dict[str, Any]:
    instead = ""
    if not part.present:
        instead = text("skills.absent", lang)
    elif part.views is None:
        instead = text("skills.not_learnt", lang)
    return {
        "name": part.modality,
        "label": modality_label(part.modality, lang),
        "trusted": skill is not None and skill.measurable,
        "instead": instead,
        "views": None if part.views is None else number(f"alone.{part.modality}", part.views, lang),
        "lift": None if part.log_lift is None else factor(10.0**part.log_lift, lang),
        "posts": None if part.learnt_from is None else count(part.learnt_from, lang),
        "skill": _skill(skill, lang),
        "taken": _taken(part, lang),
    }


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


def _skill(skill: Skill | None, lang: str) -> dict[str, str] | None:
    if skill is None:
        return None
    if skill.measurable:
        said = text("skills.right", lang, n=_of_100(skill.spearman))
    else:
        said = text("skills.none", lang)
    return {"exact": repr(skill.spearman), "said": said, "aside": _aside(skill, lang)}


def _aside(skill: Skill, lang: str) -> str:
    """Return how far a skill may be off, and on how many posts it was measured."""
    posts = count(skill.posts, lang) if skill.posts else "?"
    if skill.low is not None and skill.high is not None:
        low, high = _of_100(skill.low), _of_100(skill.high)
        return text("skills.between", lang, low=low, high=high, posts=posts)
    return text("skills.on", lang, posts=posts) if skill.posts else ""
