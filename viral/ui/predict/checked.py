"""“Your clip, checked”: what to mend before posting, for each platform. Craft, not the number."""

from __future__ import annotations

import base64
import io
from collections.abc import Sequence
from functools import cache
from typing import Any

import gradio as gr
import numpy as np
from markupsafe import Markup

from viral.explain.checks import check_seen
from viral.explain.cover import covers_of, file_name
from viral.explain.findings import Finding, Report
from viral.explain.opening import opening_of, remarks_of
from viral.explain.platforms import DEFAULT, PLATFORMS, SafeZone
from viral.explain.safe_zones import Mark, framed
from viral.pipeline import Analysis
from viral.ui.templates import rendered
from viral.ui.theme import ASSETS_DIR
from viral.ui.widgets.numbers import decimal

QUALITY = 78


def card(analysis: Analysis, lang: str) -> Markup:
    """Return the card as HTML."""
    pictures = _Pictures(np.asarray(analysis.thumbnails))
    reports = {name: check_seen(analysis, name) for name in PLATFORMS}
    return rendered(
        "predict/checked",
        lang,
        opening=_opening(analysis, lang),
        remarks=[_found(each, lang) for each in remarks_of(reports[DEFAULT])],
        platforms=[_platform(analysis, pictures, one, lang) for one in reports.values()],
    )


def place() -> gr.HTML:
    """Lay out where the card goes, with what saves its covers in the browser."""
    script = (ASSETS_DIR / "covers.js").read_text(encoding="utf-8")
    return gr.HTML(visible=False, js_on_load=script, elem_id="why")


class _Pictures:
    """The clip's small pictures as `data:` addresses, each made once."""

    def __init__(self, pictures: np.ndarray) -> None:
        self._pictures = pictures
        self.address = cache(self._address)

    def _address(self, place: int) -> str:
        from PIL import Image

        buffer = io.BytesIO()
        Image.fromarray(self._pictures[place]).save(buffer, "JPEG", quality=QUALITY)
        return "data:image/jpeg;base64," + base64.b64encode(buffer.getvalue()).decode()


def _opening(analysis: Analysis, lang: str) -> list[dict[str, Any]]:
    return [
        {
            "start_s": part.start_s,
            "when": f"{decimal(part.start_s, 1, lang)}–{decimal(part.end_s, 1, lang)} s",
            "seen": part.seen,
            "said": part.said,
            "read": part.read,
        }
        for part in opening_of(analysis, lang)
    ]


def _second(second_s: float, lang: str) -> str:
    return f"{decimal(second_s, 1, lang)} s"


def _found(finding: Finding, lang: str) -> dict[str, Any]:
    return {
        "name": finding.name,
        "second_s": finding.second_s,
        "second": "" if finding.second_s is None else _second(finding.second_s, lang),
        "sentence": finding.sentence.said(lang),
        "why": finding.why.said(lang),
    }


def _platform(analysis: Analysis, pictures: _Pictures, report: Report, lang: str) -> dict[str, Any]:
    platform = PLATFORMS[report.platform]
    covers = covers_of(analysis, platform.name)
    shown = framed(analysis, platform)
    height = shown.height if shown else 1.0
    return {
        "name": platform.name,
        "title": platform.title,
        "checked_on": report.limits_checked_on,
        "read_text": report.read_text,
        "passed": sum(finding.passed is True for finding in report.findings),
        "failed": [_found(finding, lang) for finding in report.failed],
        "zones": _zones(platform.safe_zone),
        "framed": shown
        and {
            "second_s": round(shown.second_s, 3),
            "second": _second(shown.second_s, lang),
            "picture": pictures.address(shown.place),
            "height": height,
            "told": _told(shown.marks, read_text=report.read_text),
            "marks": [
                {
                    "kind": mark.kind,
                    "covered": mark.covered,
                    **{
                        side: round(100 * getattr(mark, side), 2)
                        for side in ("left", "top", "width", "height")
                    },
                }
                for mark in shown.marks
            ],
        },
        "wide": platform.cover_px[0],
        "tall": platform.cover_px[1],
        "covers": [
            {
                "second_s": round(cover.second_s, 3),
                "second": _second(cover.second_s, lang),
                "picture": pictures.address(cover.place),
                "height": height,
                "reasons": " ".join(reason.said(lang) for reason in cover.reasons),
                "file": file_name(number, cover),
            }
            for number, cover in enumerate(covers.covers, start=1)
        ],
        "notes": [note.said(lang) for note in covers.notes],
    }


def _told(marks: Sequence[Mark], *, read_text: bool) -> str:
    if any(mark.covered for mark in marks):
        return "zones.covered"
    if marks:
        return "zones.clear"
    return "zones.nothing" if read_text else "zones.unread"


def _zones(zone: SafeZone) -> list[tuple[float, float, float, float]]:
    """Return what the app covers as left, top, width and height in % of the screen."""
    between = 1.0 - zone.top - zone.bottom
    parts = [
        (0.0, 0.0, 1.0, zone.top),
        (0.0, 1.0 - zone.bottom, 1.0, zone.bottom),
        (0.0, zone.top, zone.left, between),
        (1.0 - zone.right, zone.top, zone.right, between),
    ]
    return [
        (round(100 * left, 2), round(100 * top, 2), round(100 * width, 2), round(100 * height, 2))
        for left, top, width, height in parts
        if width > 0 and height > 0
    ]
