"""The folder of clips: private, swept, and gone whatever ended the app."""

from __future__ import annotations

import os
import shutil
import signal
import stat
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from project_root import PROJECT_ROOT

from viral.hosting.scratch import Scratch, base_folder, place_for_compiled_code

HOLD = """
import sys, time
from pathlib import Path
from viral.hosting.scratch import Scratch
scratch = Scratch(Path(sys.argv[1]))
(scratch.folder / "clip.mp4").write_bytes(b"clip")
print(scratch.folder, flush=True)
time.sleep(60)
"""


def test_a_run_has_a_folder_for_its_user_alone(tmp_path: Path) -> None:
    scratch = Scratch(tmp_path / "base")
    assert stat.S_IMODE(scratch.folder.stat().st_mode) == 0o700
    (scratch.folder / "clip.mp4").write_bytes(b"12345")
    assert scratch.stored_bytes() >= 5
    scratch.release()
    assert not scratch.folder.exists()
    scratch.release()


def test_what_a_killed_run_left_goes_and_what_a_living_one_holds_stays(tmp_path: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, tmp_path],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(PROJECT_ROOT)},
    ) as other:
        assert other.stdout is not None
        left = Path(other.stdout.readline().strip())
        first = Scratch(tmp_path)
        assert (left / "clip.mp4").is_file()
        other.send_signal(signal.SIGKILL)
    second = Scratch(tmp_path)
    assert not left.exists()
    assert first.folder.is_dir()
    first.release()
    second.release()
    assert list(tmp_path.iterdir()) == []


def test_what_lies_in_the_base_folder_otherwise_is_not_touched(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "kept").write_text("kept")
    base = tmp_path / "base"
    base.mkdir()
    (base / "run-link").symlink_to(outside)
    (base / "other").mkdir()
    scratch = Scratch(base)
    scratch.release()
    assert (outside / "kept").is_file()
    assert (base / "other").is_dir()


class Clock:
    """A clock that never jumps, set by hand."""

    now_s = 1000.0

    def __call__(self) -> float:
        return self.now_s


def _written(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"clip")
    return path


def test_a_clip_lies_no_longer_than_it_may(tmp_path: Path) -> None:
    clock = Clock()
    scratch = Scratch(tmp_path, clock)
    clip = _written(scratch.folder / "place" / "hash" / "clip.mp4")
    assert scratch.sweep(600) == 0
    clock.now_s += 599
    assert scratch.sweep(600) == 0
    clock.now_s += 2
    assert scratch.sweep(600) == 1
    assert not clip.exists()
    # What it leaves empty goes the same way.
    for _ in range(3):
        clock.now_s += 601
        assert scratch.sweep(600) == 0
    assert list(scratch.folder.iterdir()) == []
    scratch.release()


@pytest.mark.parametrize("jump_s", [-(10**8), -4000.0, 4000.0, 10**8])
def test_a_clock_that_jumps_deletes_no_clip_that_waits(tmp_path: Path, jump_s: float) -> None:
    clock = Clock()
    scratch = Scratch(tmp_path, clock)
    clip = _written(scratch.folder / "place" / "clip.mp4")
    # The clock on the wall was set: from where it is now, the clip is from another time.
    when_s = time.time() - jump_s
    os.utime(clip, (when_s, when_s))
    for _ in range(5):
        assert scratch.sweep(600) == 0
        clock.now_s += 100
    assert clip.exists()
    clock.now_s += 600
    assert scratch.sweep(600) == 1
    scratch.release()


def test_an_upload_that_still_grows_is_left_alone(tmp_path: Path) -> None:
    clock = Clock()
    scratch = Scratch(tmp_path, clock)
    clip = _written(scratch.folder / "clip.mp4")
    for _ in range(5):
        assert scratch.sweep(600) == 0
        clock.now_s += 500
        with clip.open("ab") as file:
            file.write(b"more")
    assert clip.exists()
    scratch.release()


def test_folders_that_go_while_they_are_looked_at_are_no_error(tmp_path: Path) -> None:
    scratch = Scratch(tmp_path)
    over = threading.Event()

    def come_and_go() -> None:
        while not over.is_set():
            place = _written(scratch.folder / "place" / "hash" / "clip.mp4").parent
            shutil.rmtree(place.parent)

    others = [threading.Thread(target=come_and_go)]
    for other in others:
        other.start()
    try:
        until_s = time.monotonic() + 1.0
        while time.monotonic() < until_s:
            scratch.stored_bytes()
            scratch.sweep(600)
    finally:
        over.set()
        for other in others:
            other.join()
    scratch.release()


def test_sweeping_follows_no_link(tmp_path: Path) -> None:
    outside = _written(tmp_path / "outside" / "kept")
    clock = Clock()
    scratch = Scratch(tmp_path / "base", clock)
    link = scratch.folder / "link"
    link.symlink_to(outside.parent)
    scratch.sweep(600)
    clock.now_s += 600
    assert scratch.sweep(600) == 1
    assert not link.is_symlink()
    assert outside.is_file()
    scratch.release()


def test_the_folder_is_that_of_the_setting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GRADIO_TEMP_DIR", "/somewhere")
    assert base_folder() == Path("/somewhere")
    monkeypatch.delenv("GRADIO_TEMP_DIR")
    assert str(os.getuid()) in base_folder().name


@pytest.mark.parametrize("writable", [True, False])
def test_compiled_code_has_a_place_without_a_cache_of_the_user(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, writable: bool
) -> None:
    in_the_way = tmp_path / "file"
    in_the_way.write_text("a file, no folder")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path if writable else in_the_way / "cache"))
    monkeypatch.setenv("NUMBA_CACHE_DIR", "")
    place_for_compiled_code(tmp_path / "run")
    given = os.environ["NUMBA_CACHE_DIR"]
    assert given == ("" if writable else str(tmp_path / "run" / "compiled"))
    monkeypatch.setenv("NUMBA_CACHE_DIR", "/somewhere")
    place_for_compiled_code(tmp_path / "run")
    assert os.environ["NUMBA_CACHE_DIR"] == "/somewhere"
