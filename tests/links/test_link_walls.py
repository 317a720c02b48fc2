"""What the process that fetches links can still do, and what it no longer can."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from project_root import PROJECT_ROOT

from viral.media import landlock, sandbox

START = """
import json, os, socket, subprocess, sys
from pathlib import Path
from viral.links.walls import wall_in
folder, outside, port, other = json.loads(sys.argv[1])
folder, outside = Path(folder), Path(outside)
wall_in(folder, [port])
try:
    {attempt}
except OSError as error:
    print(type(error).__name__)
else:
    print("done")
"""
STILL = {
    "writes the clip": "(folder / 'clip.mp4').write_bytes(b'x')",
    "takes a part away": "(folder / 'a').touch(); (folder / 'a').rename(folder / 'b'); "
    "(folder / 'b').unlink()",
    "imports what it needs then": "import yt_dlp.extractor.tiktok, sqlite3",
    "asks for a name": "socket.getaddrinfo('localhost', 443)",
    "connects to a web port": "socket.create_connection(('127.0.0.1', port))",
    "reads certificates": "import ssl; ssl.create_default_context()",
    "starts a thread": "import threading; t = threading.Thread(target=int); t.start(); t.join()",
}
NO_LONGER_FILES = {
    "reads another file": "(outside / 'secret').read_text()",
    "reads who uses the machine": "Path('/etc/passwd').read_text()",
    "writes beside the folder": "(outside / 'new').touch()",
    "reads what a process was told": "Path('/proc/self/environ').read_text()",
}
NO_LONGER_CALLS = {
    "starts a program": "subprocess.run(['/bin/true'], check=True)",
    "makes a process": "os._exit(0) if os.fork() == 0 else None",
    "signals others": "os.kill(os.getppid(), 0)",
}


@pytest.fixture
def places(tmp_path: Path) -> tuple[Path, Path]:
    folder, outside = tmp_path / "folder", tmp_path / "outside"
    folder.mkdir()
    outside.mkdir()
    (outside / "secret").write_text("secret")
    return folder, outside


def tried(attempt: str, places: tuple[Path, Path]) -> str:
    with socket.create_server(("127.0.0.1", 0)) as one, socket.create_server(("", 0)) as other:
        ports = [each.getsockname()[1] for each in (one, other)]
        done = subprocess.run(
            [
                sys.executable,
                "-c",
                START.format(attempt=attempt),
                json.dumps([*map(str, places), *ports]),
            ],
            capture_output=True,
            text=True,
            check=False,
            env={**os.environ, "PYTHONPATH": str(PROJECT_ROOT)},
        )
    return done.stdout.strip() or done.stderr


@pytest.mark.parametrize("attempt", STILL.values(), ids=STILL)
def test_fetching_goes_on_behind_the_walls(attempt: str, places: tuple[Path, Path]) -> None:
    assert tried(attempt, places) == "done"


@pytest.mark.skipif(not landlock.version(), reason="this kernel has no Landlock")
@pytest.mark.parametrize("attempt", NO_LONGER_FILES.values(), ids=NO_LONGER_FILES)
def test_files_outside_are_out_of_reach(attempt: str, places: tuple[Path, Path]) -> None:
    assert tried(attempt, places) == "PermissionError"
    assert not (places[1] / "new").exists()


@pytest.mark.skipif(not sandbox.kinds(), reason="this machine has no filter")
@pytest.mark.parametrize("attempt", NO_LONGER_CALLS.values(), ids=NO_LONGER_CALLS)
def test_other_programs_and_processes_are_out_of_reach(
    attempt: str, places: tuple[Path, Path]
) -> None:
    assert tried(attempt, places) == "PermissionError"


@pytest.mark.skipif(landlock.version() < 4, reason="this kernel's Landlock knows no network")
def test_no_other_port_is_connected_to(places: tuple[Path, Path]) -> None:
    attempt = "socket.create_connection(('127.0.0.1', other))"
    assert tried(attempt, places) == "PermissionError"
