"""The decoder's sandbox from outside: what a decoder that was taken over would get."""

from __future__ import annotations

import http.server
import os
import platform
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from project_root import PROJECT_ROOT
from synthesis import noise_frames, sine, write_clip

from viral import warm_up
from viral.errors import MediaError
from viral.media import decode_server, decoding, landlock, reader, sandbox, system_calls, walls

pytestmark = pytest.mark.skipif(not sandbox.kinds(), reason="the walls are Linux's")

TAKEN_OVER = """
from viral.media import decode_child
def taken_over(job, second):
    import ctypes, mmap, os, socket, subprocess
    found = None
{attempt}
    told = repr(found)[:60]
    decode_child._send({{"error": ["media.pictures_codec", {{"codec": f"taken: {{told}}"}}]}}, [])
    os._exit(0)
decode_child.opened = taken_over
{open_walls}
decode_child.main(job)
"""
"""A decoder that does as it likes from the moment at which the clip is opened, and tells."""
NO_WALLS = "decode_child._wall_in = lambda walls: None\nimport subprocess"

ATTEMPTS = {
    "reads a file": "found = open({secret!r}).read()",
    "reads its environment": "found = open('/proc/self/environ').read() or 'empty'",
    "asks an address": "socket.create_connection(('127.0.0.1', {port})); found = 'connected'",
    "starts a program": "found = subprocess.run(['/bin/echo', 'hello'], stdout=-1).stdout",
    "makes memory that can be run": "mmap.mmap(-1, 4096, prot=mmap.PROT_EXEC); found = 'mapped'",
    "makes its own memory run": (
        "page = mmap.mmap(-1, 4096); place = ctypes.addressof(ctypes.c_char.from_buffer(page)); "
        "code = ctypes.CDLL(None).mprotect(ctypes.c_void_p(place), 4096, 5); "
        "found = 'run' if code == 0 else None"
    ),
    "leaves a file": "open({left!r}, 'w'); found = 'left'",
    "makes a process": "found = os.fork()",
}


@pytest.fixture
def clip_path(tmp_path: Path) -> Path:
    return write_clip(
        tmp_path / "clip.mp4",
        frames=noise_frames(duration_s=1.0, frame_rate_hz=10.0),
        waveform=sine(1.0),
    )


class _Listener(http.server.ThreadingHTTPServer):
    """A server on the loopback that counts who comes."""

    came = 0

    def get_request(self):
        self.came += 1
        return super().get_request()


@pytest.fixture
def listener() -> Iterator[_Listener]:
    with _Listener(("127.0.0.1", 0), http.server.BaseHTTPRequestHandler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


@pytest.fixture
def _own_server() -> Iterator[None]:
    """Start the server anew, and leave nothing of it to other tests."""
    decoding.stop_server()
    yield
    decoding.stop_server()


@pytest.fixture
def places(tmp_path: Path, listener: _Listener) -> dict[str, object]:
    secret = tmp_path / "secret.txt"
    secret.write_text("somebody's secret")
    left = tmp_path / "left.txt"
    return {"secret": str(secret), "left": str(left), "port": listener.server_port}


def told(
    clip_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    attempt: str,
    places: dict[str, object],
    *,
    walled: bool,
) -> str:
    """Return the sentence for a clip whose decoder tries something."""
    program = TAKEN_OVER.format(
        attempt=f"    {attempt.format(**places)}", open_walls="" if walled else NO_WALLS
    )
    with monkeypatch.context() as patched:
        patched.setattr(decoding, "PROGRAM", program)
        with pytest.raises(MediaError) as refused:
            reader.read_clip(clip_path)
    return str(refused.value)


@pytest.mark.parametrize("attempt", ATTEMPTS.values(), ids=ATTEMPTS)
def test_a_decoder_that_was_taken_over_gets_nothing_but_an_end(
    clip_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    places: dict[str, object],
    listener: _Listener,
    attempt: str,
) -> None:
    sentence = told(clip_path, monkeypatch, attempt, places, walled=True)
    assert sentence.startswith("The clip could not be decoded"), sentence
    assert listener.came == 0
    assert not Path(str(places["left"])).exists()
    # The next clip is read as if nothing had been.
    assert reader.read_clip(clip_path).has_video


@pytest.mark.parametrize(
    "attempt", [a for name, a in ATTEMPTS.items() if name not in {"leaves a file"}]
)
def test_the_attempts_succeed_where_there_are_no_walls(
    clip_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    places: dict[str, object],
    attempt: str,
) -> None:
    # The limits on memory and open files stay; what is tried here fits within them.
    assert "stored as taken: " in told(clip_path, monkeypatch, attempt, places, walled=False)


@pytest.mark.usefixtures("_own_server")
def test_no_child_sees_the_environment_of_the_app(
    clip_path: Path, monkeypatch: pytest.MonkeyPatch, places: dict[str, object]
) -> None:
    monkeypatch.setenv("VIRAL_HUB_TOKEN", "not-for-a-decoder")
    # Python names its locale where nobody has, and viral says how two libraries are to behave.
    within = ("LC_CTYPE", "OMP_WAIT_POLICY", "ORT_DISABLE_TELEMETRY")
    seen = (
        "found = open('/proc/self/environ', 'rb').read(), "
        f"[name for name in os.environ if name not in {within}]"
    )
    sentence = told(clip_path, monkeypatch, seen, places, walled=False)
    assert sentence.startswith("The pictures are stored as taken: (b'', []), ")


def test_where_the_kernel_has_landlock_it_stands_around_every_child() -> None:
    assert decoding.walls()["landlock"] == landlock.version()


def test_the_narrowest_filter_of_this_machine_stands() -> None:
    assert decoding.walls()["system_calls"] == sandbox.kinds()[0]


def test_the_start_says_which_walls_stand(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level("INFO", logger="viral"):
        warm_up.say_walls()
    (told,) = caplog.records
    assert told.facts == walls.found().to_dict() == decoding.walls()
    caplog.clear()
    monkeypatch.setattr(decoding, "walls", lambda: {"landlock": 0, "system_calls": "none"})
    warm_up.say_walls()
    assert [record.levelname for record in caplog.records if "no " in record.getMessage()] == [
        "WARNING",
        "WARNING",
    ]


WITHOUT = {
    "without Landlock": (
        "landlock.version = lambda: 0; landlock.give_up = lambda: False",
        {"landlock": 0},
    ),
    "without filters": (
        "sandbox.forbid_system_calls = lambda *a, **k: False",
        {"system_calls": sandbox.NONE},
    ),
    "with a C library that asks for more": (
        "system_calls.LISTED.pop('mmap'); sandbox._MMAP = (400, 400)",
        {"system_calls": sandbox.UNREACHING},
    ),
}


@pytest.mark.usefixtures("_own_server")
@pytest.mark.parametrize(("change", "stands"), WITHOUT.values(), ids=WITHOUT)
def test_the_other_walls_stand_where_one_is_missing(
    clip_path: Path, monkeypatch: pytest.MonkeyPatch, change: str, stands: dict[str, object]
) -> None:
    if "mmap" in change and sandbox.LISTED not in sandbox.kinds():
        pytest.skip("the list is for x86-64")
    complete = {"landlock": landlock.version(), "system_calls": sandbox.kinds()[0]}
    start = "from viral.media.decode_server import serve; "
    assert start in decoding.BOOT
    changed = f"from viral.media import landlock, sandbox, system_calls; {change}; "
    with monkeypatch.context() as patched:
        patched.setattr(decoding, "BOOT", decoding.BOOT.replace(start, start + changed))
        assert decoding.walls() == {**complete, **stands}
        assert reader.read_clip(clip_path).has_video


def test_a_wall_that_was_there_and_fails_ends_the_child(
    clip_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not decoding.walls()["landlock"]:
        pytest.skip("this kernel has no Landlock")
    program = (
        "from viral.media import decode_child, landlock\n"
        "landlock.give_up = lambda: False\n"
        "decode_child.main(job)"
    )
    with monkeypatch.context() as patched:
        patched.setattr(decoding, "PROGRAM", program)
        with pytest.raises(MediaError, match="could not be decoded"):
            reader.read_clip(clip_path)


def test_the_clip_that_tries_the_walls_has_pictures_and_sound(tmp_path: Path) -> None:
    path = tmp_path / "drawn.mp4"
    path.write_bytes(decode_server.drawn_clip())
    clip = reader.read_clip(path)
    assert clip.has_video
    assert clip.has_audio


def test_the_list_is_short_and_its_numbers_are_the_kernels() -> None:
    assert len(system_calls.LISTED) < 60
    header = Path("/usr/include/x86_64-linux-gnu/asm/unistd_64.h")
    if platform.machine() != "x86_64" or not header.is_file():
        pytest.skip("the kernel's header is not here")
    known = dict(
        line.split()[1:3]
        for line in header.read_text().splitlines()
        if line.startswith("#define __NR_")
    )
    tables = {**system_calls.LISTED, **system_calls.LOOKING}
    tables |= {name: both[0] for name, both in system_calls.FORBIDDEN.items() if both[0]}
    newer = {"fchmodat2", "memfd_secret"}  # than the headers of some systems
    for name, number in tables.items():
        if f"__NR_{name}" in known or name not in newer:
            assert int(known[f"__NR_{name}"]) == number, name


@pytest.mark.slow
@pytest.mark.skipif(
    shutil.which("strace") is None or platform.machine() != "x86_64",
    reason="needs strace, on x86-64",
)
def test_a_traced_run_over_every_codec_finds_nothing_that_is_not_listed() -> None:
    done = subprocess.run(
        [sys.executable, str(PROJECT_ROOT / "scripts" / "trace_decoding.py"), "--check"],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONPATH": str(PROJECT_ROOT)},
    )
    if "does strace work here" in done.stderr:
        pytest.skip("this system lets nobody be traced")
    assert done.returncode == 0, done.stdout
    assert " 0 new" in done.stdout
