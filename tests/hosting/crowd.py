"""The app on made-up results in a process of its own, and clients of several addresses."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from project_root import PROJECT_ROOT

LONGEST_START_S = 300.0


@dataclass
class Crowded:
    """A host that believes one proxy, so that a client can be anybody."""

    process: subprocess.Popen[bytes]
    port: int
    uploads: Path
    log: Path

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def files(self) -> list[Path]:
        """Return what lies on disk of what was sent."""
        return [path for path in self.uploads.rglob("*") if path.is_file()]

    def stop(self) -> int:
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(60)

    def healthy(self) -> bool:
        with urllib.request.urlopen(f"{self.url}/healthz", timeout=10) as answer:
            return bool(json.loads(answer.read()))


def clip_of(folder: Path, name: str = "clip.mp4", size: int = 10_000) -> Path:
    """Return a file; what is in it plays no part."""
    path = folder / name
    path.write_bytes(b"clip" * (size // 4))
    return path


def until(is_so: object, longest_s: float = 10.0) -> bool:
    """Return whether something comes to be so."""
    end_s = time.monotonic() + longest_s
    while time.monotonic() < end_s:
        if is_so():  # type: ignore[operator]
            return True
        time.sleep(0.05)
    return False


@contextmanager
def crowded(folder: Path, clip_s: float = 0.1, **variables: str) -> Iterator[Crowded]:
    """Serve; each clip takes `clip_s`. `variables` are settings."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    uploads, log = folder / "uploads", folder / "app.log"
    given = {
        **os.environ,
        "PYTHONPATH": str(PROJECT_ROOT),
        "VIRAL_PORT": str(port),
        "VIRAL_TRUSTED_PROXIES": "1",
        "VIRAL_DATA_DIR": str(folder / "data"),
        "GRADIO_TEMP_DIR": str(uploads),
        "GRADIO_ANALYTICS_ENABLED": "False",
        "HF_HUB_OFFLINE": "1",
        **variables,
    }
    program = [sys.executable, str(Path(__file__).with_name("fabricated_host.py")), str(clip_s)]
    with log.open("wb") as written:
        process = subprocess.Popen(program, env=given, stdout=written, stderr=written)
    host = Crowded(process, port, uploads, log)
    try:

        def ready() -> bool:
            assert process.poll() is None, log.read_text(encoding="utf-8")
            try:
                return host.healthy()
            except OSError:
                return False

        assert until(ready, LONGEST_START_S), log.read_text(encoding="utf-8")
        yield host
    finally:
        process.kill()
        process.wait()
