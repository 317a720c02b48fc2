"""“Your clip, checked”: what to mend before posting, for each platform. Craft, not the number."""

from __future__ import annotations

from typing import Any

from viral.explain.checks import check_seen
from viral.explain.findings import Report
from viral.explain.opening import opening_of
from viral.explain.platforms import PLATFORMS
from viral.pipeline import Analysis
from viral.ui.templates import rendered
from viral.ui.widgets.numbers import decimal


def card(analysis: Analysis, lang: str) -> str:
    """Return the card as HTML."""
    page = rendered(
        "predict/checked",
        lang,
        opening=_opening(analysis, lang),
        platforms=[_platform(check_seen(analysis, name), lang) for name in PLATFORMS],
    )
    # Plain from here on: Markup would escape what it is put together with.
    return str.__str__(page)


def _opening(analysis: Analysis, lang: str) -> list[dict[str, str]]:
    return [
        {
            "when": f"{decimal(part.start_s, 1, lang)}–{decimal(part.end_s, 1, lang)} s",
            "seen": part.seen,
            "said": part.said,
            "read": part.read,
        }
        for part in opening_of(analysis, lang)
    ]


def _platform(report: Report, lang: str) -> dict[str, Any]:
    return {
        "name": report.platform,
        "title": PLATFORMS[report.platform].title,
        "checked_on": report.limits_checked_on,
        "read_text": report.read_text,
        "passed": sum(finding.passed is True for finding in report.findings),
        "failed": [
            {
                "name": finding.name,
                "second_s": finding.second_s,
                "sentence": finding.sentence.said(lang),
                "why": finding.why.said(lang),
            }
            for finding in report.failed
        ],
    }
