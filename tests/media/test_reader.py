"""Files become clips: what cannot be read gives one sentence, what can is read in order."""

import os
import time

import numpy as np
import pytest
from synthesis import BLUE, RED, sine, solid_frames, write_clip

from viral.errors import MediaError
from viral.media import reader
from viral.media.reader import read_clip
from viral.settings import Settings


def test_a_cut_and_a_tone_are_read_where_they_were_written(tmp_path):
    path = write_clip(
        tmp_path / "clip.mp4",
        frames=solid_frames([RED, BLUE], cuts_s=[1.0], duration_s=2.0),
        waveform=sine(2.0, frequency_hz=440.0),
    )
    clip = read_clip(path)
    red = clip.frames[..., 0].mean(axis=(1, 2)) > clip.frames[..., 2].mean(axis=(1, 2))
    assert red[clip.frame_times_s < 0.95].all()
    assert not red[clip.frame_times_s > 1.05].any()
    spectrum = np.abs(np.fft.rfft(clip.waveform))
    peak_hz = spectrum.argmax() * clip.sample_rate_hz / len(clip.waveform)
    assert peak_hz == pytest.approx(440.0, abs=2.0)
    assert clip.facts.duration_s == pytest.approx(2.0, abs=0.1)


def test_a_missing_file_an_empty_one_and_a_folder_are_refused(tmp_path):
    (tmp_path / "empty.mp4").write_bytes(b"")
    (tmp_path / "page.mp4").write_text("<html><body>no video</body></html>")
    os.mkfifo(tmp_path / "pipe.mp4")
    for name in ("none.mp4", "empty.mp4", "page.mp4", "pipe.mp4", "."):
        with pytest.raises(MediaError, match=r"\w[^\n]*\.$"):
            read_clip(tmp_path / name)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["empty.mp4", "page.mp4", "pipe.mp4"]


def test_a_file_over_the_limit_is_refused_before_it_is_read(tmp_path, monkeypatch):
    path = tmp_path / "large.mp4"
    path.write_bytes(b"x" * 2_000_000)
    monkeypatch.setattr(reader, "settings", lambda: Settings(max_clip_bytes=1_000_000))
    with pytest.raises(MediaError, match="MB"):
        read_clip(path)


def _outcome(path):
    try:
        return read_clip(path)
    except MediaError as error:
        return str(error)


@pytest.mark.shared
def test_every_unusual_file_gives_a_clip_or_one_sentence(nasty_dir):
    files = sorted(nasty_dir.iterdir())
    assert len(files) > 50
    clips = 0
    for path in files:
        begun = time.monotonic()
        outcome = _outcome(path)
        assert time.monotonic() - begun < 20
        if isinstance(outcome, str):
            assert outcome.endswith(".")
            assert "\n" not in outcome
        else:
            clips += 1
            assert outcome.has_video or outcome.has_audio
            assert np.all(np.diff(outcome.frame_times_s) > 0)
    assert clips >= 35


@pytest.mark.shared
def test_real_clips_are_read_upright_and_in_order(samples_dir):
    for path in sorted(samples_dir.iterdir()):
        clip = read_clip(path)
        assert len(clip.frames) == len(clip.frame_times_s) > 0
        tall = clip.facts.height > clip.facts.width
        assert (clip.frames.shape[1] > clip.frames.shape[2]) == tall
        assert np.sum(clip.frame_times_s < 3.0) >= min(10, clip.facts.duration_s * 4)
