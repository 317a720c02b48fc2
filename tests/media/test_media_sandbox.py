"""The filter on system calls: what a decoder that was taken over could no longer do."""

from __future__ import annotations

import platform
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import PROJECT_ROOT
from synthesis import noise_frames, sine, write_clip

from viral.errors import MediaError
from viral.media import decoding, reader, sandbox

pytestmark = pytest.mark.skipif(
    sys.platform != "linux" or platform.machine() not in {"x86_64", "aarch64"},
    reason="the filter is for Linux on x86-64 and arm64",
)

START = """
import ctypes, os, signal, socket, subprocess, sys, threading
sys.path.insert(0, {root!r})
from viral.media import sandbox
folder = {folder!r}
victim = {victim}
"""
ATTEMPTS = {
    "a socket": "socket.socket()",
    "a pair of sockets": "socket.socketpair()",
    "another program": "os.execv('/bin/true', ['true'])",
    "a process": "os._exit(7) if os.fork() == 0 else None",
    "a command": "subprocess.run(['/bin/true'])",
    "a new file": "open(folder + '/new', 'w')",
    "writing to a file": "open(folder + '/there', 'r+')",
    "removing a file": "os.unlink(folder + '/there')",
    "renaming a file": "os.rename(folder + '/there', folder + '/here')",
    "a folder": "os.mkdir(folder + '/folder')",
    "a link": "os.symlink('/etc/passwd', folder + '/link')",
    "rights": "os.chmod(folder + '/there', 0o777)",
    "a signal to another process": "os.kill(victim, 0)",
    "leaving the group": "os.setpgid(0, 0)",
    "limits of another process": "__import__('resource').prlimit(victim, 7)",
}


def attempted(tmp_path: Path, code: str, *, guarded: bool) -> str:
    """Run one attempt in a process of its own, with or without the filter."""
    (tmp_path / "there").write_text("kept")
    with subprocess.Popen(["sleep", "60"]) as victim:
        try:
            start = START.format(root=str(PROJECT_ROOT), folder=str(tmp_path), victim=victim.pid)
            guard = "assert sandbox.forbid_system_calls()\n" if guarded else ""
            body = (
                f"try:\n    {code}\nexcept PermissionError:\n    print('refused')\n    sys.exit()\n"
            )
            done = subprocess.run(
                [sys.executable, "-c", f"{start}{guard}{body}print('allowed')"],
                capture_output=True,
                text=True,
                check=False,
            )
        finally:
            victim.kill()
    return done.stdout.strip() or f"exit {done.returncode}: {done.stderr}"


@pytest.mark.parametrize("code", ATTEMPTS.values(), ids=ATTEMPTS)
def test_what_reaches_outside_is_refused(tmp_path: Path, code: str) -> None:
    assert attempted(tmp_path, code, guarded=True) == "refused"
    assert (tmp_path / "there").read_text() == "kept"
    # The attempt itself is sound: without the filter the system refuses nothing.
    assert attempted(tmp_path, code, guarded=False) != "refused"


@pytest.mark.parametrize(
    "code",
    [
        "t = threading.Thread(target=print); t.start(); t.join()",
        "bytearray(50_000_000)",
        "open('/proc/self/status').read()",
        "__import__('resource').setrlimit(7, (5, 5))",
    ],
    ids=["a thread", "memory", "reading", "a limit of its own"],
)
def test_what_decoding_needs_is_allowed(tmp_path: Path, code: str) -> None:
    assert attempted(tmp_path, code, guarded=True).split()[-1] == "allowed"


def test_a_process_under_the_filter_can_still_abort(tmp_path: Path) -> None:
    assert attempted(tmp_path, "os.abort()", guarded=True).startswith("exit -6")


@pytest.fixture
def clip_path(tmp_path: Path) -> Path:
    return write_clip(
        tmp_path / "clip.mp4",
        frames=noise_frames(duration_s=1.0, frame_rate_hz=10.0),
        waveform=sine(1.0),
    )


def test_the_decoding_child_works_under_the_filter(
    clip_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # A child that finds itself without the filter ends, which reads as a clip that is damaged.
    checked = (
        "from viral.media import decode_child, limits\n"
        "opened = decode_child.opened\n"
        "def looked(job):\n"
        "    import ctypes, os\n"
        "    if ctypes.CDLL(None).prctl(21, 0, 0, 0, 0) != 2:\n"
        "        os._exit(1)\n"
        "    return opened(job)\n"
        "decode_child.opened = looked\n"
        "decode_child.main(job)"
    )
    monkeypatch.setattr(decoding, "PROGRAM", checked)
    clip = reader.read_clip(clip_path)
    assert clip.has_video
    assert clip.has_audio


def test_other_machines_have_no_filter_but_no_error() -> None:
    assert sandbox.filter_program("riscv64", 1) is None
    assert sandbox.filter_program("aarch64", 1) != sandbox.filter_program("x86_64", 1)


STAGES = {
    "before anything": "limits.confine",
    "before the filter": "sandbox.forbid_system_calls",
    "opening": "decode_child.opened",
    "reading the header": "decode_child._check_header",
    "demuxing": "decode_child._demux",
    "decoding pictures": "decode_child._decoded_pictures",
    "putting the answer together": "decode_child._answer",
    "sending the answer": "decode_child._send",
}
AFTER_BYTES = (1, 11, 300, 40_000)
KILL = (
    "import signal, threading\n"
    "def die(*a, **k):\n"
    "    signal.pthread_kill(threading.get_ident(), signal.SIGKILL)\n"
)
MODULES = "from viral.media import decode_child, limits, sandbox\n"


@pytest.mark.parametrize("place", STAGES.values(), ids=STAGES)
def test_a_child_ended_at_any_stage_costs_one_clear_error(
    clip_path: Path, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    with monkeypatch.context() as patched:
        program = f"{MODULES}{KILL}{place} = die\ndecode_child.main(job)"
        patched.setattr(decoding, "PROGRAM", program)
        with pytest.raises(MediaError, match=r"^The clip could not be decoded; .*\.$"):
            reader.read_clip(clip_path)
    assert reader.read_clip(clip_path).has_video


@pytest.mark.parametrize("count", AFTER_BYTES)
def test_a_child_ended_in_the_middle_of_its_answer_costs_one_clear_error(
    clip_path: Path, monkeypatch: pytest.MonkeyPatch, count: int
) -> None:
    cut = (
        f"{MODULES}import os\nwrite = os.write\nleft = {count}\n"
        "def some(descriptor, data):\n"
        "    global left\n"
        "    data = bytes(data)[:left]\n"
        "    if not data:\n"
        "        os._exit(9)\n"
        "    left -= len(data)\n"
        "    return write(descriptor, data)\n"
        "os.write = some\ndecode_child.main(job)"
    )
    with monkeypatch.context() as patched:
        patched.setattr(decoding, "PROGRAM", cut)
        with pytest.raises(MediaError, match="could not be decoded"):
            reader.read_clip(clip_path)
    assert reader.read_clip(clip_path).has_video
