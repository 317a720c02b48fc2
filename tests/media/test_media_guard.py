"""The child process: what becomes of one that hangs, dies or talks nonsense, and what it may do."""

from __future__ import annotations

import json
import os
import signal
import struct
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from synthesis import RED, moving_square_frames, solid_frames, write_clip

from viral.errors import MediaError
from viral.media import decoding, reader
from viral.media.decode_child import MAGIC
from viral.settings import settings

TIMEOUT_S = 1.5


@pytest.fixture
def clip_path(tmp_path: Path) -> Path:
    return write_clip(tmp_path / "clip.mp4", frames=solid_frames([RED], duration_s=0.5))


@pytest.fixture
def _short_timeout(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("VIRAL_DECODE_TIMEOUT_S", str(TIMEOUT_S))
    settings.cache_clear()
    yield
    monkeypatch.undo()
    settings.cache_clear()


def living(group: int) -> list[str]:
    """Return the processes of a group that run, leaving out those that only wait to be reaped."""
    found = []
    for status in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = status.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[2]) == group and fields[0] not in "ZX":
            found.append(status.parent.name)
    return found


def groups_started(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Return a list that collects the process group of every child."""
    groups: list[int] = []
    start = decoding._started

    def recorded(*arguments: Any) -> int:
        groups.append(start(*arguments))
        return groups[-1]

    monkeypatch.setattr(decoding, "_started", recorded)
    return groups


@pytest.mark.usefixtures("_short_timeout")
def test_a_child_that_hangs_is_ended_with_all_it_started(
    clip_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hang = (
        "import subprocess, sys, time; "
        "subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)']); time.sleep(60)"
    )
    monkeypatch.setattr(decoding, "PROGRAM", hang)
    groups = groups_started(monkeypatch)
    started_s = time.monotonic()
    with pytest.raises(MediaError, match="took too long"):
        reader.read_clip(clip_path)
    assert TIMEOUT_S - 0.1 < time.monotonic() - started_s < TIMEOUT_S + 2
    (group,) = groups
    patience_s = time.monotonic() + 5
    while living(group) and time.monotonic() < patience_s:
        time.sleep(0.05)
    assert living(group) == []


def test_a_child_that_has_done_its_work_is_gone(
    clip_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    groups = groups_started(monkeypatch)
    assert reader.read_clip(clip_path).has_video
    assert living(groups[0]) == []


def said(header: object, body: bytes = b"") -> str:
    """Return a program that answers with a header and a body."""
    text = json.dumps(header).encode()
    answer = MAGIC + struct.pack("<I", len(text)) + text + body
    return f"import sys; sys.stdout.buffer.write({answer!r})"


@pytest.mark.parametrize(
    "program",
    [
        "import os, signal; os.kill(os.getpid(), signal.SIGKILL)",
        "import os; os.abort()",
        "raise RuntimeError",
        "pass",
        "print('what is this')",
        "import sys; sys.stdout.buffer.write(bytes(100_000))",
        said("text"),
        said({}),
        said({"frames": -1}),
        said({"error": 5}),
        f"import sys; sys.stdout.buffer.write({MAGIC!r} + b'\\xff\\xff\\xff\\xff')",
        f"import sys; sys.stdout.buffer.write({MAGIC!r} + b'\\x05\\0\\0\\0' + b'{{{{{{{{{{')",
    ],
)
def test_a_child_that_dies_or_talks_nonsense_is_an_error_for_that_clip(
    clip_path: Path, monkeypatch: pytest.MonkeyPatch, program: str
) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(decoding, "PROGRAM", program)
        with pytest.raises(MediaError, match="could not be decoded"):
            reader.read_clip(clip_path)
    assert reader.read_clip(clip_path).has_video


GOOD_HEADER = {
    "container": "mp4",
    "duration_s": 1.0,
    "video_codec": "h264",
    "audio_codec": None,
    "frame_rate_hz": 10.0,
    "warnings": [],
    "packets": 1,
    "keyframes": 1,
    "frames": 1,
    "samples": 0,
    "width": 2,
    "height": 2,
    "frame_width": 2,
    "frame_height": 2,
    "row_bytes": 8,
    "sample_rate_hz": 0,
    "lead_samples": 0,
    "rotation_deg": 0,
}
GOOD_BODY = bytes(4 * 8 + 2 * 8)


def test_an_answer_within_the_limits_is_taken(
    clip_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(decoding, "PROGRAM", said(GOOD_HEADER, GOOD_BODY))
    assert reader.read_clip(clip_path).frames.shape == (1, 2, 2, 3)


@pytest.mark.parametrize(
    "change",
    [
        {"frames": 10**6},
        {"frame_width": 10**6, "row_bytes": 3 * 10**6},
        {"frame_height": 10**6},
        {"row_bytes": 5},
        {"samples": 10**12, "sample_rate_hz": 48_000},
        {"samples": 10},
        {"sample_rate_hz": 10**9},
        {"packets": 10**9},
        {"keyframes": 2},
        {"duration_s": 1e300},
        {"duration_s": "long"},
        {"rotation_deg": 45},
        {"frames": True},
        {"warnings": [1]},
        {"warnings": ["Anything."]},
        {"warnings": [["error.other", {"sentence": "Anything."}]]},
        {"video_codec": 5},
        {"packets": 2},
    ],
)
def test_lengths_are_checked_before_memory_is_taken(
    clip_path: Path, monkeypatch: pytest.MonkeyPatch, change: dict
) -> None:
    monkeypatch.setattr(decoding, "PROGRAM", said({**GOOD_HEADER, **change}, GOOD_BODY))
    with pytest.raises(MediaError, match="could not be decoded"):
        reader.read_clip(clip_path)


def test_a_refusal_of_the_child_is_said_in_every_language(
    clip_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(decoding, "PROGRAM", said({"error": ["media.too_long", {"minutes": 10}]}))
    with pytest.raises(MediaError, match=r"^The clip is longer than 10 minutes; ") as refused:
        reader.read_clip(clip_path)
    assert refused.value.message.code == "media.too_long"
    assert refused.value.message.said("es").startswith("El vídeo dura más de 10 minutos")


@pytest.mark.parametrize(
    "error",
    [
        "Too odd.",
        ["media.too_long"],
        ["media.too_long", {}],
        ["media.too_long", {"minutes": "\n<b>odd</b>"}],
        ["media.too_long", {"minutes": [1]}],
        ["media.pictures_codec", {"codec": "x" * 1000}],
        ["error.other", {"sentence": "Whatever a decoder likes to say."}],
        ["media.no_such_sentence", {}],
        None,
    ],
)
def test_a_child_says_only_what_is_in_the_catalogue(
    clip_path: Path, monkeypatch: pytest.MonkeyPatch, error: object
) -> None:
    monkeypatch.setattr(decoding, "PROGRAM", said({"error": error}))
    with pytest.raises(MediaError) as refused:
        reader.read_clip(clip_path)
    assert refused.value.message.code == "media.undecodable"


CONFINED = """
import os, sys
sys.path.insert(0, {root!r})
from viral.media import limits
target = {target!r}
limits.confine(memory_bytes=300_000_000, wall_s=20.0, threads=1)
tried = []
try:
    with open(target, "wb") as file:
        file.write(b"x" * 10)
        file.flush()
    tried.append("wrote a file")
except OSError:
    pass
try:
    bytearray(400_000_000)
    tried.append("took memory")
except MemoryError:
    pass
spare = os.dup(0)
os.close(spare)
limits.forbid_new_files(spare)
try:
    open({readable!r}, "rb")
    tried.append("opened a file")
except OSError:
    pass
os.write(1, repr(tried).encode())
"""


def test_the_child_may_not_write_nor_open_nor_take_all_memory(tmp_path: Path) -> None:
    readable = tmp_path / "other.txt"
    readable.write_text("somebody's secret")
    program = CONFINED.format(
        root=str(Path(reader.__file__).parents[2]),
        target=str(tmp_path / "written"),
        readable=str(readable),
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, check=False)
    assert done.stdout == b"[]", done.stderr
    written = tmp_path / "written"
    assert not written.exists() or written.stat().st_size == 0


def test_the_child_ends_by_itself_when_nobody_ends_it() -> None:
    program = (
        f"import sys, time; sys.path.insert(0, {str(Path(reader.__file__).parents[2])!r}); "
        "from viral.media import limits; "
        "limits.confine(memory_bytes=300_000_000, wall_s=0.5, threads=1); time.sleep(30)"
    )
    started_s = time.monotonic()
    done = subprocess.run([sys.executable, "-c", program], check=False)
    assert done.returncode < 0
    assert time.monotonic() - started_s < 10


def test_the_child_starts_from_any_folder(
    clip_path: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    elsewhere = tmp_path / "av"
    elsewhere.mkdir()
    (elsewhere / "__init__.py").write_text("raise ImportError('not the real one')")
    monkeypatch.chdir(tmp_path)
    assert reader.read_clip(clip_path.name).has_video


def server_pid() -> int:
    return int(decoding._servers[0]._process.pid)


def test_a_server_that_was_ended_is_started_anew(clip_path: Path) -> None:
    reader.read_clip(clip_path)
    first = server_pid()
    os.kill(first, signal.SIGKILL)
    assert reader.read_clip(clip_path).has_video
    assert server_pid() != first


def test_one_server_reads_many_clips_at_a_time(clip_path: Path) -> None:
    reader.read_clip(clip_path)
    first = server_pid()
    with ThreadPoolExecutor(4) as pool:
        clips = list(pool.map(reader.read_clip, [clip_path] * 12))
    assert all(clip.has_video for clip in clips)
    assert server_pid() == first


def test_the_server_keeps_nothing_of_a_clip_open(clip_path: Path) -> None:
    for _ in range(3):
        reader.read_clip(clip_path)
    before = sorted(Path(f"/proc/{server_pid()}/fd").iterdir())
    for _ in range(5):
        reader.read_clip(clip_path)
    assert sorted(Path(f"/proc/{server_pid()}/fd").iterdir()) == before
    children = Path(f"/proc/{server_pid()}/task/{server_pid()}/children").read_text()
    assert children == ""


def test_the_server_ends_with_the_process_that_started_it(clip_path: Path) -> None:
    program = (
        "import os, sys; from viral.media import decoding, reader; "
        "reader.read_clip(sys.argv[1]); "
        "print(decoding._servers[0]._process.pid, flush=True); os.abort()"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, clip_path], capture_output=True, text=True, check=False
    )
    server = int(done.stdout)
    patience_s = time.monotonic() + 10
    while living(server) and time.monotonic() < patience_s:
        time.sleep(0.05)
    assert living(server) == []


def test_a_fork_has_a_server_of_its_own(clip_path: Path) -> None:
    program = (
        "import os, sys; from viral.media import decoding, reader\n"
        "reader.read_clip(sys.argv[1]); first = decoding._servers[0]._process.pid\n"
        "if os.fork() == 0:\n"
        "    assert reader.read_clip(sys.argv[1]).has_video\n"
        "    os._exit(int(decoding._servers[0]._process.pid == first))\n"
        "assert os.waitstatus_to_exitcode(os.wait()[1]) == 0\n"
        "assert reader.read_clip(sys.argv[1]).has_video\n"
        "assert decoding._servers[0]._process.pid == first"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, clip_path], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


def test_without_a_process_to_be_had_one_line_says_so(
    clip_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    decoding.stop_server()
    with monkeypatch.context() as patched:
        patched.setattr(decoding, "BOOT", "pass")
        with pytest.raises(MediaError, match="no process could be started"):
            reader.read_clip(clip_path)
    assert reader.read_clip(clip_path).has_video


def test_two_decoders_give_the_pictures_of_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write_clip(
        tmp_path / "clip.mp4",
        frames=moving_square_frames(speed_px_s=50.0, duration_s=8.0),
        codec_options={"bf": "2"},
        gop=23,
    )
    found = []
    for threads in ("1", "2"):
        monkeypatch.setenv("VIRAL_THREADS", threads)
        settings.cache_clear()
        found.append(reader.read_clip(path))
    monkeypatch.undo()
    settings.cache_clear()
    one, two = found
    assert len(one.frames) > 15
    np.testing.assert_array_equal(one.frame_times_s, two.frame_times_s)
    np.testing.assert_array_equal(one.frames, two.frames)
