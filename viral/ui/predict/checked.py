"""“Your clip, checked”: what to mend before posting, for each platform. Craft, not the number."""

from __future__ import annotations

from html import escape

from viral.explain.checks import Finding, Report, check_seen
from viral.explain.opening import opening_of
from viral.explain.platforms import PLATFORMS
from viral.messages import text
from viral.pipeline import Analysis
from viral.ui.widgets.numbers import decimal


def card(analysis: Analysis, lang: str) -> str:
    """Return the card as HTML."""
    platforms = "".join(
        _platform(check_seen(analysis, name), lang, is_open=place == 0)
        for place, name in enumerate(PLATFORMS)
    )
    return (
        f'<section class="v-card" data-part="checked"><h2>{text("check.heading", lang)}</h2>'
        f"{_opening(analysis, lang)}{platforms}</section>"
    )


def _opening(analysis: Analysis, lang: str) -> str:
    rows = "".join(
        f'<tr><th scope="row">{decimal(part.start_s, 1, lang)}–{decimal(part.end_s, 1, lang)} s'
        "</th>"
        + "".join(
            f'<td data-column="{text(f"opening.{name}", lang)}">{escape(words) or "–"}</td>'
            for name, words in (("seen", part.seen), ("said", part.said), ("read", part.read))
        )
        + "</tr>"
        for part in opening_of(analysis, lang)
    )
    if not rows:
        return ""
    heads = "".join(
        f'<th scope="col">{text(f"opening.{name}", lang)}</th>'
        for name in ("when", "seen", "said", "read")
    )
    title = text("opening.heading", lang)
    return (
        f'<h3>{title}</h3><div class="v-scroll" tabindex="0" role="region" aria-label="{title}">'
        f'<table class="v-table"><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table></div>'
    )


def _platform(report: Report, lang: str, *, is_open: bool) -> str:
    title = escape(PLATFORMS[report.platform].title)
    failed = "".join(_line(finding, lang) for finding in report.failed)
    passed = sum(finding.passed is True for finding in report.findings)
    said = f"<ul>{failed}</ul>" if failed else f"<p>{text('check.all_well', lang)}</p>"
    lead = text("check.lead", lang, platform=title, date=report.limits_checked_on)
    if not report.read_text:
        said += f"<p>{escape(text('check.text_off', lang))}</p>"
    return (
        f'<details data-platform="{report.platform}"{" open" if is_open else ""}>'
        f"<summary>{title}: {len(report.failed)}</summary>"
        f'<p class="v-soft">{lead}</p>{said}'
        f'<p class="v-soft">{text("check.passed_count", lang, count=passed)}</p></details>'
    )


def _line(finding: Finding, lang: str) -> str:
    second = ""
    if finding.second_s is not None:
        at = text("check.at_second", lang, second=finding.second_s)
        second = f'<span class="v-number">{at}</span> '
    return (
        f'<li data-check="{finding.name}">{second}{escape(finding.sentence.said(lang))} '
        f'<span class="v-soft">{escape(finding.why.said(lang))}</span></li>'
    )
