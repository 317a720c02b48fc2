"""Craft checks: facts of a clip that platforms and editors agree on, each with the second to go to.

None of them is a forecast and none enters the number. A check compares one measure with one bound
and says why; what could not be measured is unknown, and the others still answer.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from viral.clip_cache import small_thumbnails
from viral.explain import craft
from viral.explain.findings import EDITORS, Findings, Looked, Report
from viral.explain.platforms import DEFAULT, Platform, platform_of
from viral.media.clip import HOOK_S, ClipFacts

if TYPE_CHECKING:  # it loads OpenCV, which starting the app can do without
    from viral.modalities.onscreen_text import ScreenLine

LATEST_WORD_S = HOOK_S
LONGEST_SILENCE_S = 0.5
LONGEST_BLACK_S = 0.3
LONGEST_STILL_S = 1.0
SMALLEST_TEXT = 2.0
"""Height of a line in per cent of the picture: 38 of 1920 pixels, 2.5 mm on a phone 12 cm tall."""
LEAST_CONTRAST = 3.0
MOST_CHARACTERS_PER_S = 20.0
QUIET_LU = 6.0
LOUD_LU = 6.0
HIGHEST_PEAK_DBTP = 0.0
MOST_BARS = 0.04
FEWEST_CAPTIONED = 0.5
FEWEST_SPOKEN = 8
"""Words from which captions are looked for."""
CUT_OFF_S = 0.05

WCAG = "https://www.w3.org/TR/WCAG22/#contrast-minimum (large text)"
TIMED_TEXT = "Netflix, English Timed Text Style Guide: 20 characters a second for adults"
R128 = "https://tech.ebu.ch/publications/r128"


def check_seen(seen: Looked, platform: str = DEFAULT) -> Report:
    """Check a clip that was looked at, for a platform.

    Raises
    ------
    DetailsError
        The platform is not known.
    """
    chosen = platform_of(platform)
    findings = Findings()
    _file(findings, seen.facts, chosen)
    _pictures(findings, seen, chosen)
    _sound(findings, seen, chosen)
    _opening(findings, seen)
    _text(findings, seen, chosen)
    has_text = _lines(seen) is not None
    return Report(chosen.name, tuple(findings.found), read_text=has_text)


def check(
    clip: str | Path,
    platform: str = DEFAULT,
    on_stage: Callable[[str], None] = lambda stage: None,
) -> Report:
    """Read a clip and check it for a platform: `tiktok`, `reels` or `shorts`.

    Raises
    ------
    ViralError
        The clip cannot be read, or the platform is not known.
    """
    from viral.pipeline import seen

    platform_of(platform)
    return check_seen(seen(clip, on_stage), platform)


def _file(findings: Findings, facts: ClipFacts, platform: Platform) -> None:
    limit: dict[str, Any] = {
        "kind": "limit",
        "source": platform.sources["file"],
        "platform": platform.title,
    }
    length_s = facts.duration_s
    most_s = platform.longest_s
    findings.add("length", length_s <= most_s, length_s, "s", threshold=most_s, **limit)
    findings.add(
        "shortest", length_s >= platform.shortest_s, length_s, "s",
        threshold=platform.shortest_s, **limit,
    )  # fmt: skip
    megabytes, most_mb = facts.file_bytes / 1e6, platform.most_bytes / 1e6
    findings.add("size", megabytes <= most_mb, megabytes, "MB", threshold=most_mb, **limit)
    if not facts.width:
        return
    short, long = sorted((facts.width, facts.height))
    side = float(platform.least_side_px)
    findings.add("resolution", short >= side, float(short), "px", threshold=side, **limit)
    most = float(platform.most_side_px)
    findings.add("too_large", long <= most, float(long), "px", threshold=most, **limit)
    aspect = facts.width / facts.height
    findings.add(
        "aspect", aspect <= platform.widest, aspect, "", threshold=platform.widest, **limit
    )
    rate = facts.frame_rate_hz
    # What a variable rate averages to lies a little below what was set.
    slow, fast = platform.slowest_hz - 0.5, platform.fastest_hz + 0.5
    findings.add(
        "frame_rate", slow <= rate <= fast, rate, "Hz", threshold=platform.fastest_hz,
        slowest=platform.slowest_hz, **limit,
    )  # fmt: skip
    codec = facts.video_codec or ""
    findings.add("codec", codec in platform.video_codecs, 1.0, "", codec=codec, **limit)
    fits = any(part in facts.container.split(",") for part in platform.containers)
    fits = fits or ("webm" in platform.containers and "webm" in facts.container)
    findings.add("container", fits, 1.0, "", container=facts.container, **limit)


def _pictures(findings: Findings, seen: Looked, platform: Platform) -> None:
    facts, times_s = seen.facts, np.asarray(seen.thumbnail_times_s)
    if not len(seen.thumbnails):
        return
    # Large ones tell no more, and take ten times as long.
    luma = craft.lumas(small_thumbnails(np.asarray(seen.thumbnails)))
    upright, level = craft.bars(luma)
    bars = max(upright, level)
    findings.add("bars", bars <= MOST_BARS, 100 * bars, "%", threshold=100 * MOST_BARS)
    black = craft.black_s(luma, times_s, facts.duration_s)
    frozen = craft.frozen_s(luma, times_s, facts.duration_s)
    for kind, held, most in (
        ("black", black, LONGEST_BLACK_S),
        ("frozen", frozen, LONGEST_STILL_S),
    ):
        for place, seconds in zip(("start", "end"), held, strict=True):
            is_end = place == "end"
            findings.add(
                f"{kind}_{place}", seconds <= most, seconds, "s", threshold=most,
                second_s=max(facts.duration_s - seconds, 0.0) if is_end else 0.0,
            )  # fmt: skip
    _faces(findings, seen, platform)
    cuts = getattr(seen.measurements.get("visual"), "cut_times_s", None)
    if cuts is not None and facts.duration_s > 0:
        findings.add("cuts", None, 60 * len(cuts) / facts.duration_s, "/min", kind="fact")


def _faces(findings: Findings, seen: Looked, platform: Platform) -> None:
    """Look for faces under the app's things; without a face found nothing is said."""
    visual, facts = seen.measurements.get("visual"), seen.facts
    aspect = facts.width / facts.height if facts.height else 1.0
    shares = [
        (craft.covered(found[0], platform.safe_zone, aspect), float(time_s))
        for time_s, found in zip(
            getattr(visual, "face_times_s", ()), getattr(visual, "faces", ()), strict=False
        )
        if found
    ]
    if not shares:
        return
    share, second_s = max(shares, key=lambda each: each[0])
    findings.add(
        "covered_face", share <= craft.COVERED, 100 * share, "%", threshold=100 * craft.COVERED,
        second_s=second_s, source=platform.sources["safe_zone"],
    )  # fmt: skip


def _sound(findings: Findings, seen: Looked, platform: Platform) -> None:
    facts = seen.facts
    findings.add("sound", facts.channels > 0, float(facts.channels), "")
    if not facts.channels:
        return
    findings.add("cancels", not facts.channels_cancel, float(facts.channels), "")
    played, loudness = platform.loudness_lufs, facts.loudness_lufs
    source = platform.sources["loudness"]
    quiet, loud = played - QUIET_LU, played + LOUD_LU
    findings.add(
        "quiet", loudness >= quiet, loudness, "LUFS", threshold=quiet, source=source, played=played
    )
    findings.add(
        "loud", loudness <= loud, loudness, "LUFS", threshold=loud, source=source, played=played
    )
    peak = facts.true_peak_dbtp
    findings.add(
        "peak", peak <= HIGHEST_PEAK_DBTP, peak, "dBTP", threshold=HIGHEST_PEAK_DBTP, source=R128
    )
    audio = seen.measurements.get("audio")
    moments = getattr(audio, "moments_dbfs", None)
    if moments is not None and len(moments) and audio is not None and audio.frames is not None:
        heard = np.flatnonzero(moments > -50.0)
        if not len(heard):
            findings.add("silent", False, facts.duration_s, "s")
            return
        start_s = float(audio.frames.times_s[heard[0]])
        findings.add(
            "silent_start", start_s <= LONGEST_SILENCE_S, start_s, "s",
            threshold=LONGEST_SILENCE_S, second_s=0.0,
        )  # fmt: skip


def _spoken(seen: Looked) -> tuple[Any, ...]:
    return tuple(getattr(seen.measurements.get("speech"), "words", ()))


def _lines(seen: Looked) -> tuple[ScreenLine, ...] | None:
    found = seen.measurements.get("onscreen_text")
    return None if found is None or found.reason is not None else tuple(found.lines)


def _opening(findings: Findings, seen: Looked) -> None:
    words, lines = _spoken(seen), _lines(seen)
    if words:
        first_s = float(words[0].start_s)
        findings.add(
            "first_word", first_s <= LATEST_WORD_S, first_s, "s", threshold=LATEST_WORD_S,
            second_s=first_s, word=words[0].text,
        )  # fmt: skip
        rest_s = seen.facts.duration_s - float(words[-1].end_s)
        findings.add(
            "cut_off", rest_s >= CUT_OFF_S, rest_s, "s", threshold=CUT_OFF_S,
            second_s=float(words[-1].start_s), word=words[-1].text,
        )  # fmt: skip
    if lines is not None:
        first = min((line.start_s for line in lines), default=math.nan)
        findings.add("first_text", None, first, "s", kind="fact", second_s=_or_none(first))
    visual = seen.measurements.get("visual")
    counts = getattr(visual, "face_counts", None)
    if visual is not None and counts is not None and len(counts):
        there = np.flatnonzero(np.asarray(counts) > 0)
        at_s = float(visual.face_times_s[there[0]]) if len(there) else math.nan
        findings.add("first_face", None, at_s, "s", kind="fact", second_s=_or_none(at_s))


def _or_none(value: float) -> float | None:
    return value if math.isfinite(value) else None


def _text(findings: Findings, seen: Looked, platform: Platform) -> None:
    lines = _lines(seen)
    if lines is None:
        return
    words = _spoken(seen)
    if len(words) >= FEWEST_SPOKEN:
        share = craft.spoken_share_on_screen([word.text for word in words], lines)
        findings.add(
            "captions", share >= FEWEST_CAPTIONED, 100 * share, "%",
            threshold=100 * FEWEST_CAPTIONED,
        )  # fmt: skip
    if not lines:
        return
    facts = seen.facts
    aspect = facts.width / facts.height if facts.height else 1.0

    def worst(name: str, unit: str, bound: float, source: str, of: Any, *, most: bool) -> None:
        values = [(float(of(line)), line) for line in _judged(lines)]
        if not values:
            return
        value, line = (max if most else min)(values, key=lambda each: each[0])
        findings.add(
            name, value <= bound if most else value >= bound, value, unit, threshold=bound,
            second_s=line.start_s, source=source, text=line.text or "…",
        )  # fmt: skip

    worst(
        "covered", "%", 100 * craft.COVERED, platform.sources["safe_zone"],
        lambda line: 100 * craft.covered(line, platform.safe_zone, aspect), most=True,
    )  # fmt: skip
    worst("small_text", "%", SMALLEST_TEXT, EDITORS, lambda line: 100 * line.height, most=False)
    worst("faint_text", "", LEAST_CONTRAST, WCAG, lambda line: line.contrast, most=False)
    worst("fast_text", "/s", MOST_CHARACTERS_PER_S, TIMED_TEXT, _characters_per_s, most=True)


def _judged(lines: tuple[ScreenLine, ...]) -> Iterator[ScreenLine]:
    """Yield lines that were read: what was not may be a shape."""
    return (line for line in lines if line.text)


def _characters_per_s(line: ScreenLine) -> float:
    return len(line.text) / max(line.end_s - line.start_s, 0.1)
