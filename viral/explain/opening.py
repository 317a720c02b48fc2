"""The opening in words: what is seen, said and read in each of the first three seconds."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from viral.explain.findings import Finding, Looked, Report
from viral.media.clip import HOOK_S
from viral.messages import text

STEP_S = 1.0
MOST_REMARKS = 3


@dataclass(frozen=True)
class Second:
    """A part of the opening."""

    start_s: float
    end_s: float
    seen: str
    """Whether somebody is seen, how many cuts there are, whether it moves."""
    said: str
    """Words that begin in it."""
    read: str
    """Lines that are on screen in it."""


def opening_of(looked: Looked, lang: str) -> tuple[Second, ...]:
    """Return the opening, a second at a time.

    Parameters
    ----------
    looked
        An analysis, or what was seen in a clip.
    lang
        ISO 639-1 code of the language in which what is seen is said.
    """
    end_s = min(HOOK_S, looked.facts.duration_s)
    starts = np.arange(0.0, end_s - 1e-6, STEP_S)
    return tuple(
        _second(looked, float(start), float(min(start + STEP_S, end_s)), lang) for start in starts
    )


def remarks_of(report: Report) -> tuple[Finding, ...]:
    """Return up to `MOST_REMARKS` findings that did not pass and whose second is in the opening."""
    return tuple(
        finding
        for finding in report.failed
        if finding.second_s is not None and finding.second_s < HOOK_S
    )[:MOST_REMARKS]


def _second(looked: Looked, start_s: float, end_s: float, lang: str) -> Second:
    measured = looked.measurements
    words = getattr(measured.get("speech"), "words", ())
    lines = getattr(measured.get("onscreen_text"), "lines", ())
    said = " ".join(word.text for word in words if start_s <= word.start_s < end_s)
    read = " / ".join(
        line.text for line in lines if line.text and line.start_s < end_s and line.end_s > start_s
    )
    return Second(start_s, end_s, _seen(measured.get("visual"), start_s, end_s, lang), said, read)


def _seen(visual: object, start_s: float, end_s: float, lang: str) -> str:
    if visual is None or not len(getattr(visual, "times_s", ())):
        return ""
    face_times = np.asarray(getattr(visual, "face_times_s", ()))
    faces = np.asarray(getattr(visual, "face_counts", ()))
    here = (face_times >= start_s) & (face_times < end_s)
    said = []
    if here.any():
        said.append(text("opening.face" if faces[here].max() > 0 else "opening.no_face", lang))
    cut_times = np.asarray(getattr(visual, "cut_times_s", ()))
    cuts = int(((cut_times >= start_s) & (cut_times < end_s)).sum())
    if cuts:
        said.append(text("opening.cuts", lang, count=cuts))
    return ", ".join(said)
