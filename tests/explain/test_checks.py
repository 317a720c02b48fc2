"""Craft checks on clips whose faults are known, and the table of limits that they rest on."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from built_clips import built_clip
from synthesis import noise_frames, sine, write_clip

from viral.commands.cli import main
from viral.errors import DetailsError
from viral.explain import craft
from viral.explain.checks import check_seen
from viral.explain.findings import Report
from viral.explain.opening import opening_of, remarks_of
from viral.explain.platforms import PLATFORMS, SafeZone, platform_of
from viral.messages import LANGUAGES
from viral.modalities.networks.faces import Face
from viral.modalities.onscreen_text import ScreenLine
from viral.modalities.spoken_words import Word

WIDTH, HEIGHT = 54, 96
LENGTH_S = 8.0
TIMES_S = np.array([*np.arange(0.0, 3.0, 0.2), *np.arange(3.0, LENGTH_S, 1.0)])
GOOD = ScreenLine("Three knots", 0.2, 0.4, 0.5, 0.05, 0.0, 4.0, 0.9, 9.0)


def pictures() -> np.ndarray:
    draws = np.random.default_rng(0)
    return draws.integers(30, 220, (len(TIMES_S), HEIGHT, WIDTH, 3)).astype(np.uint8)


def seen(
    *,
    frames: np.ndarray | None = None,
    words: tuple[Word, ...] = (),
    lines: tuple[ScreenLine, ...] = (),
    face: Face | None = None,
    **facts: Any,
) -> Any:
    """Return what a clip without faults looks like, but for what is given."""
    frames = pictures() if frames is None else frames
    clip = built_clip(pictures=list(frames), times_s=TIMES_S[: len(frames)], duration_s=LENGTH_S)
    good = {
        "width": 1080,
        "height": 1920,
        "file_bytes": 9_000_000,
        "container": "mov,mp4,m4a,3gp,3g2,mj2",
        "channels": 2,
        "loudness_lufs": -14.0,
        "true_peak_dbtp": -1.0,
    }
    return SimpleNamespace(
        facts=replace(clip.facts, **{**good, **facts}),
        thumbnails=frames,
        thumbnail_times_s=TIMES_S[: len(frames)],
        measurements={
            "speech": SimpleNamespace(words=words),
            "onscreen_text": SimpleNamespace(lines=lines, reason=None),
            "visual": SimpleNamespace(face_times_s=[1.0], faces=((face,) if face else (),)),
        },
    )


def failures(report: Report) -> dict[str, float | None]:
    return {finding.name: finding.second_s for finding in report.failed}


def held(frames: np.ndarray, first: int, last: int, value: int | None = None) -> np.ndarray:
    frames = frames.copy()
    frames[first:last] = frames[first] if value is None else value
    return frames


def letterboxed() -> np.ndarray:
    frames = pictures()
    frames[:, :12] = frames[:, -12:] = 0
    return frames


def said(text: str, start_s: float, end_s: float) -> tuple[Word, ...]:
    return (Word(text, start_s, end_s, 0.9),)


@pytest.mark.parametrize("platform", PLATFORMS)
def test_a_clip_without_faults_passes_everywhere(platform: str) -> None:
    report = check_seen(seen(lines=(GOOD,), words=said("Three", 0.3, 0.6)), platform)
    assert failures(report) == {}
    assert report.passed
    assert all(finding.source for finding in report.findings)


@pytest.mark.parametrize(
    ("faults", "failed"),
    [
        ({"duration_s": 700.0}, {"length"}),
        ({"duration_s": 2.0}, {"shortest"}),
        ({"file_bytes": 5_000_000_000}, {"size"}),
        ({"width": 240, "height": 426}, {"resolution"}),
        ({"width": 2400, "height": 5000}, {"too_large"}),
        ({"width": 1920, "height": 1080}, {"aspect"}),
        ({"frame_rate_hz": 15.0}, {"frame_rate"}),
        ({"video_codec": "mpeg4"}, {"codec"}),
        ({"container": "avi"}, {"container"}),
        ({"loudness_lufs": -30.0}, {"quiet"}),
        ({"loudness_lufs": -5.0}, {"loud"}),
        ({"true_peak_dbtp": 1.2}, {"peak"}),
        ({"channels": 0}, {"sound"}),
        ({"channels_cancel": True}, {"cancels"}),
        ({"frames": letterboxed()}, {"bars"}),
        ({"frames": held(pictures(), 0, 4, 0)}, {"black_start"}),
        ({"frames": held(pictures(), 18, 20, 0)}, {"black_end", "frozen_end"}),
        ({"frames": held(pictures(), 0, 8)}, {"frozen_start"}),
        ({"words": said("Late", 5.0, 5.4)}, {"first_word"}),
        ({"words": said("cut", 1.0, LENGTH_S)}, {"cut_off"}),
        ({"words": said("a", 0.0, 0.2) * 9}, {"captions"}),
        ({"lines": (replace(GOOD, top=0.9),)}, {"covered"}),
        ({"lines": (replace(GOOD, height=0.01),)}, {"small_text"}),
        ({"face": Face(0.02, 0.5, 0.9, 0.2, 0.1)}, {"covered_face"}),
        ({"face": Face(0.02, 0.5, 0.4, 0.2, 0.1)}, set()),
        ({"lines": (replace(GOOD, contrast=1.4),)}, {"faint_text"}),
        ({"lines": (replace(GOOD, end_s=0.3),)}, {"fast_text"}),
    ],
    ids=lambda value: "+".join(sorted(value)) if isinstance(value, set) else "",
)
def test_each_fault_is_found_and_no_other(faults: dict[str, Any], failed: set[str]) -> None:
    report = check_seen(seen(**faults), "tiktok")
    assert set(failures(report)) == failed
    for finding in report.failed:
        for lang in LANGUAGES:
            assert finding.sentence.said(lang).strip()


def test_findings_say_where_to_look() -> None:
    end = failures(check_seen(seen(frames=held(pictures(), 18, 20, 0))))
    assert end["black_end"] == pytest.approx(6.0)
    late = failures(check_seen(seen(words=said("Late", 5.0, 5.4))))
    assert late["first_word"] == 5.0


def test_a_clip_in_which_nothing_is_heard_is_silent_and_not_late() -> None:
    times_s = np.arange(0.0, LENGTH_S, 0.1)
    found = {}
    for first_s in (0.0, 4.0, LENGTH_S):
        looked = seen()
        looked.measurements["audio"] = SimpleNamespace(
            moments_dbfs=np.where(times_s >= first_s, -20.0, -90.0),
            frames=SimpleNamespace(times_s=times_s),
        )
        found[first_s] = [(f.name, str(f.sentence)) for f in check_seen(looked, "tiktok").failed]
    assert found == {
        0.0: [],
        4.0: [("silent_start", "Nothing is heard for the first 4 s.")],
        LENGTH_S: [("silent", "Nothing can be heard in the whole clip.")],
    }


def test_a_covered_face_says_where_it_is() -> None:
    low = seen(face=Face(0.02, 0.5, 0.9, 0.2, 0.1))
    assert failures(check_seen(low, "tiktok")) == {"covered_face": 1.0}


def test_one_clip_passes_where_another_platform_refuses_it() -> None:
    long = seen(duration_s=200.0)
    assert "length" in failures(check_seen(long, "shorts"))
    assert "length" not in failures(check_seen(long, "tiktok"))
    assert "length" not in failures(check_seen(long, "reels"))


def test_what_is_not_there_leaves_the_other_checks() -> None:
    empty = seen(frames=np.zeros((0, HEIGHT, WIDTH, 3), np.uint8), width=0, height=0)
    empty.measurements.clear()
    assert {finding.name for finding in check_seen(empty).findings} >= {"length", "sound", "quiet"}
    unknown = check_seen(seen(loudness_lufs=math.nan, true_peak_dbtp=math.nan))
    quiet = next(finding for finding in unknown.findings if finding.name == "quiet")
    assert (quiet.passed, quiet.measure) == (None, None)
    assert json.dumps(unknown.to_dict(), allow_nan=False)
    one = check_seen(seen(frames=pictures()[:1]))
    assert "frozen_start" not in failures(one)


def test_an_unknown_platform_is_one_sentence() -> None:
    with pytest.raises(DetailsError, match="tiktok, reels, or shorts"):
        platform_of("vine")


def test_every_limit_has_a_source() -> None:
    for platform in PLATFORMS.values():
        assert set(platform.sources) == {"file", "safe_zone", "loudness", "cover"}
        assert all("http" in source for source in platform.sources.values())


def test_how_much_of_a_line_is_covered() -> None:
    zone = SafeZone(top=0.1, bottom=0.2, left=0.0, right=0.1)
    line = replace(GOOD, left=0.0, width=1.0, top=0.7, height=0.2)
    # Of its height half is free, of its width nine tenths.
    assert craft.covered(line, zone, 9 / 16) == pytest.approx(1 - 0.5 * 0.9)
    assert craft.covered(GOOD, zone, 9 / 16) == pytest.approx(0.0)
    # A wide clip lies in the middle, where nothing above or below covers it.
    assert craft.covered(line, zone, 16 / 9) == pytest.approx(0.1)


def test_the_opening_is_told_second_by_second() -> None:
    words = (*said("Never", 0.1, 0.4), *said("again", 2.2, 2.6))
    told = opening_of(seen(words=words, lines=(replace(GOOD, end_s=1.5),)), "en")
    assert [(part.said, part.read) for part in told] == [
        ("Never", "Three knots"),
        ("", "Three knots"),
        ("again", ""),
    ]


def test_the_opening_has_three_remarks_at_most_and_none_of_what_comes_later() -> None:
    lines = tuple(
        replace(GOOD, contrast=1.2, height=0.01, end_s=0.2, top=top) for top in (0.4, 0.9)
    )
    report = check_seen(seen(lines=lines, words=said("Late", 5.0, 5.4)))
    assert {"first_word", "covered", "small_text", "faint_text", "fast_text"} <= set(
        failures(report)
    )
    remarks = remarks_of(report)
    assert len(remarks) == 3
    assert all(finding.second_s == 0.0 for finding in remarks)


def test_the_command_exits_by_what_it_found(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VIRAL_SPEECH_BACKEND", "off")
    from viral.settings import settings

    settings.cache_clear()
    path = write_clip(
        tmp_path / "clip.mp4",
        frames=noise_frames(duration_s=4.0, width=540, height=960),
        frame_rate_hz=30.0,
        waveform=sine(4.0, amplitude=0.25),
    )
    with pytest.raises(SystemExit) as passed:
        main(["check", str(path), "--for", "tiktok", "--json"])
    found = json.loads(capsys.readouterr().out)
    failed = [each["name"] for each in found["checks"] if each["passed"] is False]
    assert (passed.value.code, failed) == (0, [])
    quiet = write_clip(
        tmp_path / "quiet.mp4",
        frames=noise_frames(duration_s=1.0, width=144, height=256),
        frame_rate_hz=30.0,
        waveform=sine(1.0, amplitude=0.003),
    )
    with pytest.raises(SystemExit) as failing:
        main(["check", str(quiet)])
    assert failing.value.code == 1
    assert "LUFS" in capsys.readouterr().out
    with pytest.raises(SystemExit) as unknown:
        main(["check", str(path), "--for", "vine"])
    assert unknown.value.code == 2
    settings.cache_clear()
