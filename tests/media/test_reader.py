"""Files become clips: what was drawn and played is what is read."""

import os
import signal
import subprocess
import sys
import time

import numpy as np
import pytest
from synthesis import moving_square_frames, silence, sine, solid_frames, write_clip

from viral.errors import MediaError
from viral.media import reader
from viral.media.reader import read_clip
from viral.settings import Settings


def test_signatures_are_what_the_tests_expect():
    assert callable(write_clip)
    assert callable(solid_frames)
    assert callable(moving_square_frames)
    assert callable(sine)
    assert callable(silence)


def test_a_missing_file_an_empty_one_and_a_folder_are_refused(tmp_path):
    (tmp_path / "empty.mp4").write_bytes(b"")
    (tmp_path / "page.mp4").write_text("<html><body>no video</body></html>")
    os.mkfifo(tmp_path / "pipe.mp4")
    for name, words in (
        ("none.mp4", "no such file"),
        ("empty.mp4", "empty"),
        ("page.mp4", "not a video"),
        ("pipe.mp4", "not a file"),
        (".", "not a file"),
    ):
        with pytest.raises(MediaError, match=words):
            read_clip(tmp_path / name)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["empty.mp4", "page.mp4", "pipe.mp4"]


def test_a_file_over_the_limit_is_refused_before_it_is_read(tmp_path, monkeypatch):
    path = tmp_path / "large.mp4"
    path.write_bytes(b"x" * 2000)
    monkeypatch.setattr(reader, "settings", lambda: Settings(max_clip_bytes=1000))
    with pytest.raises(MediaError, match="allowed"):
        read_clip(path)


@pytest.mark.parametrize(
    ("program", "words"),
    [
        ("import os, signal; os.kill(os.getpid(), signal.SIGSEGV)", "could not be decoded"),
        ("import time; time.sleep(60)", "too long"),
        ("print('{}')", "could not be decoded"),
        ("print('nonsense')", "could not be decoded"),
    ],
)
def test_a_child_that_dies_hangs_or_talks_nonsense_costs_one_clip(
    tmp_path, monkeypatch, program, words
):
    path = tmp_path / "clip.mp4"
    path.write_bytes(b"anything")
    monkeypatch.setattr(reader, "settings", lambda: Settings(decode_timeout_s=2.0))
    monkeypatch.setattr(reader, "child_command", lambda *_: [sys.executable, "-c", program])
    begun = time.monotonic()
    with pytest.raises(MediaError, match=words):
        read_clip(path)
    assert time.monotonic() - begun < 10


def test_a_hanging_child_is_killed_with_its_group(tmp_path, monkeypatch):
    path = tmp_path / "clip.mp4"
    path.write_bytes(b"anything")
    note = tmp_path / "pid"
    program = (
        "import subprocess, sys, time; "
        "p = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)']); "
        f"open({str(note)!r}, 'w').write(str(p.pid)); time.sleep(60)"
    )
    monkeypatch.setattr(reader, "settings", lambda: Settings(decode_timeout_s=2.0))
    monkeypatch.setattr(reader, "child_command", lambda *_: [sys.executable, "-c", program])
    with pytest.raises(MediaError):
        read_clip(path)
    time.sleep(0.2)
    state = subprocess.run(
        ["ps", "-o", "stat=", "-p", note.read_text()], capture_output=True, text=True, check=False
    ).stdout.strip()
    assert not state or state.startswith("Z")
    assert signal.SIGKILL


@pytest.mark.shared
def test_every_unusual_file_gives_a_clip_or_one_sentence(shared_dir):
    files = sorted((shared_dir / "media" / "nasty").iterdir())
    assert len(files) > 50
    read = 0
    for path in files:
        begun = time.monotonic()
        try:
            clip = read_clip(path)
        except MediaError as error:
            assert str(error).strip().endswith(".")
            assert "\n" not in str(error)
        else:
            read += 1
            assert clip.has_video or clip.has_audio
            assert np.all(np.diff(clip.frame_times_s) > 0)
            assert clip.facts.duration_s > 0
        assert time.monotonic() - begun < 20
    assert read >= 40


@pytest.mark.shared
def test_real_clips_are_read_upright_and_in_order(shared_dir):
    for path in sorted((shared_dir / "media" / "samples").iterdir()):
        clip = read_clip(path)
        assert clip.has_video
        assert len(clip.frames) == len(clip.frame_times_s)
        tall = clip.facts.height > clip.facts.width
        assert (clip.frames.shape[1] > clip.frames.shape[2]) == tall
        assert clip.frame_times_s[-1] <= clip.facts.duration_s
        assert np.sum(clip.frame_times_s < 3.0) >= min(10, clip.facts.duration_s * 4)
