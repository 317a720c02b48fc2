"""The app in a process of its own, as the soak starts, watches and ends it."""

from __future__ import annotations

import json
import os
import re
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

PROJECT_ROOT = Path(__file__).resolve().parent.parent.parent
LONGEST_START_S = 300.0
LONGEST_NOTICE_S = 5.0


class App:
    """The app in a process of its own, with its own folders."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.uploads, self.data = folder / "uploads", folder / "data"
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = int(probe.getsockname()[1])
        self.url = f"http://127.0.0.1:{self.port}"
        self.log = folder / "app.log"
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it and wait until the models are loaded."""
        given = {
            **os.environ,
            "PYTHONPATH": str(PROJECT_ROOT),
            "VIRAL_PORT": str(self.port),
            "GRADIO_TEMP_DIR": str(self.uploads),
            "VIRAL_DATA_DIR": str(self.data),
            "VIRAL_CALLS_PER_MINUTE": "100000",
            "VIRAL_UPLOAD_BYTES_PER_MINUTE": "100000000000",
            "HF_HUB_OFFLINE": "1",
        }
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "app.py"], cwd=PROJECT_ROOT, env=given, stdout=log, stderr=log
            )
        until = time.monotonic() + LONGEST_START_S
        while time.monotonic() < until:
            try:
                if json.loads(self.get("/healthz"))["status"] == "ok":
                    return
            except OSError:
                pass
            time.sleep(0.5)
        raise TimeoutError(self.log.read_text(encoding="utf-8")[-2000:])

    def get(self, path: str) -> str:
        with urllib.request.urlopen(f"{self.url}{path}", timeout=60) as answer:
            return str(answer.read().decode())

    def resident_mb(self) -> float:
        found = re.search(r"^viral_resident_bytes (\S+)", self.get("/metrics"), re.M)
        assert found is not None
        return float(found[1]) / 1e6

    def end(self, number: int) -> int:
        assert self.process is not None
        self.process.send_signal(number)
        return self.process.wait(timeout=120)

    def left(self) -> list[str]:
        """Return what lies on disk, once the last ones to break off are noticed."""
        until = time.monotonic() + LONGEST_NOTICE_S
        while self._files() and time.monotonic() < until:
            time.sleep(0.1)
        return self._files()

    def _files(self) -> list[str]:
        return [str(path) for path in self.uploads.rglob("*") if path.is_file()]
