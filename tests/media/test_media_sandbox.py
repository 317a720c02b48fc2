"""The filter on system calls: what a decoder that was taken over could no longer do."""

from __future__ import annotations

import platform
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from project_root import PROJECT_ROOT
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
import mmap, resource
folder = {folder!r}
victim = {victim}
machine = {{"x86_64": 0, "aarch64": 1}}[__import__("platform").machine()]
numbers = ((135, 92), (272, 97), (298, 241))
personality, unshare, perf_event_open = (both[machine] for both in numbers)
library = ctypes.CDLL(None, use_errno=True)
def called(number, *arguments):
    if library.syscall(number, *arguments) < 0 and ctypes.get_errno() == 1:
        raise PermissionError
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
    "limits of another process": "resource.prlimit(victim, 7)",
    "memory that can be run": "mmap.mmap(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_EXEC)",
    "moving bytes between pipes": "os.splice(*os.pipe(), 0)",
    "a file in memory": "os.memfd_create('x')",
    "another personality": "called(personality, 0xFFFFFFFF)",
    "a namespace": "called(unshare, 0)",
    "watching the kernel": "called(perf_event_open, 0, 0, 0, 0, 0)",
}
ONLY_LISTED = {
    "reading a file": "open('/etc/passwd').read()",
    "listing a folder": "os.listdir('/')",
    "who runs it": "os.getuid()",
    "the name of the machine": "os.uname()",
    "a pipe": "os.pipe()",
    "a timer": "signal.setitimer(signal.ITIMER_REAL, 10)",
    "a place on a processor": "os.sched_setaffinity(0, {0})",
    "a call of the next kernel": "called(999)",
}
"""What the filter of forbidden calls lets through, and the list of allowed ones does not."""


def attempted(tmp_path: Path, code: str, kind: str) -> str:
    """Run one attempt in a process of its own, behind a filter or none."""
    (tmp_path / "there").write_text("kept")
    with subprocess.Popen(["sleep", "60"]) as victim:
        try:
            start = START.format(root=str(PROJECT_ROOT), folder=str(tmp_path), victim=victim.pid)
            guard = (
                "" if kind == sandbox.NONE else f"assert sandbox.forbid_system_calls({kind!r})\n"
            )
            body = (
                f"try:\n    {code}\nexcept PermissionError:\n    os.write(1, b'refused')\n"
                "    os._exit(0)\n"
            )
            done = subprocess.run(
                [sys.executable, "-c", f"{start}{guard}{body}os.write(1, b'allowed'); os._exit(0)"],
                capture_output=True,
                text=True,
                check=False,
            )
        finally:
            victim.kill()
    return done.stdout.strip() or f"exit {done.returncode}: {done.stderr}"


KINDS = sandbox.kinds()
ENDED = f"exit {-signal.SIGSYS}: "


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("code", ATTEMPTS.values(), ids=ATTEMPTS)
def test_what_reaches_outside_is_refused(tmp_path: Path, code: str, kind: str) -> None:
    if kind == sandbox.LISTED:
        assert attempted(tmp_path, code, kind) in {"refused", ENDED}
    else:
        assert attempted(tmp_path, code, kind) == "refused"
    assert (tmp_path / "there").read_text() == "kept"


@pytest.mark.parametrize("code", {**ATTEMPTS, **ONLY_LISTED}.values())
def test_the_attempts_are_sound_without_a_filter(tmp_path: Path, code: str) -> None:
    assert attempted(tmp_path, code, sandbox.NONE) not in {"refused", ENDED}


@pytest.mark.skipif(sandbox.LISTED not in KINDS, reason="the list is for x86-64")
@pytest.mark.parametrize("code", ONLY_LISTED.values(), ids=ONLY_LISTED)
def test_what_is_not_on_the_list_ends_the_process(tmp_path: Path, code: str) -> None:
    assert attempted(tmp_path, code, sandbox.LISTED) in {"refused", ENDED}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    "code",
    [
        "t = threading.Thread(target=int); t.start(); t.join()",
        "bytearray(50_000_000)",
        "resource.setrlimit(7, (5, 5))",
        "os.lseek(os.dup(0), 0, 0)",
    ],
    ids=["a thread", "memory", "a limit of its own", "another place in an open file"],
)
def test_what_decoding_needs_is_allowed(tmp_path: Path, code: str, kind: str) -> None:
    assert attempted(tmp_path, code, kind) == "allowed"


@pytest.mark.parametrize("kind", KINDS)
def test_a_process_under_the_filter_can_still_abort(tmp_path: Path, kind: str) -> None:
    assert attempted(tmp_path, "os.abort()", kind).startswith("exit -6")


@pytest.fixture
def clip_path(tmp_path: Path) -> Path:
    return write_clip(
        tmp_path / "clip.mp4",
        frames=noise_frames(duration_s=1.0, frame_rate_hz=10.0),
        waveform=sine(1.0),
    )


def test_other_machines_have_no_filter_but_no_error() -> None:
    assert sandbox.kinds("riscv64") == ()
    # Which calls decoding makes is known for x86-64 alone.
    assert sandbox.kinds("aarch64") == (sandbox.UNREACHING,)
    assert sandbox.unreaching_program("aarch64", 1) != sandbox.unreaching_program("x86_64", 1)
    assert not sandbox.forbid_system_calls("another kind")


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
