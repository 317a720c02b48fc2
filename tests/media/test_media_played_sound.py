"""Sound as a player plays it."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from synthesis import RED, silence, sine, solid_frames, white_noise, write_clip

from viral.media import decoding
from viral.media.clip import Clip
from viral.media.reader import read_clip

RATE_HZ = 48_000


def level_dbfs(clip: Clip) -> float:
    return float(20 * np.log10(np.sqrt(np.mean(clip.waveform.astype(np.float64) ** 2)) + 1e-9))


def write_sound(
    path: Path,
    channels: np.ndarray,
    layout: str,
    *,
    gap: tuple[float, float] | None = None,
) -> Path:
    """Write sound [samples, channels] of a layout without loss, with a hole (at_s, hole_s)."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream("pcm_s16le", rate=RATE_HZ, layout=layout)
        for first in range(0, len(channels), 960):
            block = channels[first : first + 960]
            whole = np.rint(block * 32767).astype(np.int16).reshape(1, -1)
            frame = av.AudioFrame.from_ndarray(whole, format="s16", layout=layout)
            frame.sample_rate, frame.time_base = RATE_HZ, Fraction(1, RATE_HZ)
            late_s = gap[1] if gap and first / RATE_HZ >= gap[0] else 0.0
            frame.pts = first + round(late_s * RATE_HZ)
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
    return path


def tone(duration_s: float = 2.0) -> np.ndarray:
    return sine(duration_s, amplitude=0.25, sample_rate_hz=RATE_HZ)


def test_the_centre_of_surround_is_played_and_the_bass_channel_left_out(tmp_path: Path) -> None:
    alone = level_dbfs(read_clip(write_sound(tmp_path / "m.mkv", tone()[:, None], "mono")))
    six = np.zeros((len(tone()), 6), np.float32)
    six[:, 2] = tone()  # left, right, centre, low frequencies, two at the back
    centre = read_clip(write_sound(tmp_path / "c.mkv", six, "5.1"))
    assert level_dbfs(centre) == pytest.approx(alone - 3.0, abs=0.2)
    assert centre.facts.channels == 6
    six = np.roll(six, 1, axis=1)
    assert level_dbfs(read_clip(write_sound(tmp_path / "l.mkv", six, "5.1"))) < -80


def test_sound_on_one_side_has_the_level_that_two_loudspeakers_give_it(tmp_path: Path) -> None:
    alone = level_dbfs(read_clip(write_sound(tmp_path / "m.mkv", tone()[:, None], "mono")))
    left = np.stack([tone(), np.zeros_like(tone())], axis=1)
    both = np.stack([tone(), tone()], axis=1)
    clip = read_clip(write_sound(tmp_path / "l.mkv", left, "stereo"))
    assert level_dbfs(clip) == pytest.approx(alone - 3.0, abs=0.1)
    clip = read_clip(write_sound(tmp_path / "b.mkv", both, "stereo"))
    assert level_dbfs(clip) == pytest.approx(alone, abs=0.1)


def test_channels_that_cancel_are_heard_and_said(tmp_path: Path) -> None:
    opposite = np.stack([tone(), -tone()], axis=1)
    clip = read_clip(write_sound(tmp_path / "clip.mkv", opposite, "stereo"))
    np.testing.assert_allclose(clip.waveform, tone(), atol=1e-3)
    assert clip.facts.channels_cancel
    assert [warning.code for warning in clip.warnings] == ["media.channels_cancel"]
    wide = np.stack([white_noise(2.0, seed=1), white_noise(2.0, seed=2)], axis=1)
    clip = read_clip(write_sound(tmp_path / "wide.mkv", wide, "stereo"))
    assert not clip.facts.channels_cancel
    assert clip.warnings == ()


def test_loudness_is_that_of_the_standard(tmp_path: Path) -> None:
    # EBU Tech 3341, case 1: a 1 kHz tone in both channels at -23 dBFS peak is -23.0 LUFS.
    peak = 10 ** (-23 / 20)
    both = np.repeat(
        sine(5.0, frequency_hz=1000.0, amplitude=peak, sample_rate_hz=RATE_HZ)[:, None], 2, axis=1
    )
    facts = read_clip(write_sound(tmp_path / "clip.mkv", both, "stereo")).facts
    assert facts.loudness_lufs == pytest.approx(-23.0, abs=0.1)
    assert facts.true_peak_dbtp == pytest.approx(-23.0, abs=0.2)
    # One channel is played by both loudspeakers.
    facts = read_clip(write_sound(tmp_path / "mono.mkv", both[:, :1], "mono")).facts
    assert facts.loudness_lufs == pytest.approx(-23.0, abs=0.1)
    still = read_clip(write_sound(tmp_path / "s.mkv", np.zeros((RATE_HZ, 2)), "stereo")).facts
    assert np.isnan(still.loudness_lufs)


def test_a_hole_in_the_sound_is_kept_as_silence(tmp_path: Path) -> None:
    path = write_sound(tmp_path / "clip.mkv", tone(4.0)[:, None], "mono", gap=(1.0, 2.0))
    clip = read_clip(path)
    assert clip.facts.duration_s == pytest.approx(6.0, abs=0.05)
    loud = np.abs(clip.waveform.reshape(-1, RATE_HZ // 100)).max(axis=1) > 0.1  # each 10 ms
    assert loud[:98].all()
    assert not loud[102:298].any()
    assert loud[302:598].all()


def test_the_track_marked_as_default_is_played(tmp_path: Path) -> None:
    path = tmp_path / "clip.mp4"
    with av.open(str(path), "w") as container:
        tracks = [container.add_stream("aac", rate=44_100, layout="mono") for _ in range(2)]
        tracks[0].disposition = av.stream.Disposition(0)
        tracks[1].disposition = av.stream.Disposition.default
        for track, sound in zip(tracks, [silence(2.0), sine(2.0)], strict=True):
            frame = av.AudioFrame.from_ndarray(sound[None, :], format="fltp", layout="mono")
            frame.sample_rate, frame.time_base, frame.pts = 44_100, Fraction(1, 44_100), 0
            fifo = av.AudioFifo()
            fifo.write(frame)
            for block in fifo.read_many(1024, partial=True):
                container.mux(track.encode(block))
            container.mux(track.encode())
    assert level_dbfs(read_clip(path)) == pytest.approx(-9.0, abs=0.5)


def test_a_child_that_dies_of_the_sound_leaves_the_pictures(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write_clip(
        tmp_path / "clip.mp4", frames=solid_frames([RED], duration_s=1.0), waveform=sine(1.0)
    )
    dies = (
        "import os, viral.media.decode_child as child\n"
        "child.decode_sound = lambda *a, **k: os._exit(3)\n"
        "child.main(job)"
    )
    monkeypatch.setattr(decoding, "PROGRAM", dies)
    clip = read_clip(path)
    assert len(clip.frames) == 5
    assert not clip.has_audio
    assert clip.warnings == ("The sound could not be decoded, so it was left out.",)
