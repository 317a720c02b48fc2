"""A command that serves the app, in a process of its own on a free port."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest
from pages import PROJECT_ROOT

DEAD_PROXY = "http://127.0.0.1:9"
LONGEST_START_S = 90.0
"""Far more than a start takes: other tests may share the cores."""


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def serving(
    words: Sequence[str],
    folder: Path,
    *,
    program: str | Path = sys.executable,
    at: Path = PROJECT_ROOT,
    variables: Mapping[str, str] | None = None,
) -> Iterator[str]:
    """Run `python WORDS` until the end of the block, and yield the address of its page.

    Parameters
    ----------
    words
        What Python is to run: a script, or a module and its arguments.
    folder
        Takes the uploads (in `uploads`), the data and what the app writes (to `app.log`).
    program
        What is run with the words; this Python unless given.
    at
        The folder that it is run in.
    variables
        Its environment, in place of this process's; it is told port and folders all the same.
    """
    log = folder / "app.log"
    port = _free_port()
    environment = {
        **(os.environ if variables is None else variables),
        "VIRAL_PORT": str(port),
        "GRADIO_TEMP_DIR": str(folder / "uploads"),
        "HF_HUB_OFFLINE": "1",
        "VIRAL_DATA_DIR": str(folder / "data"),
        # As on a company's machine; nobody answers there, and the app needs nobody to.
        "HTTP_PROXY": DEAD_PROXY,
        "HTTPS_PROXY": DEAD_PROXY,
    }
    with log.open("wb") as output:
        process = subprocess.Popen(
            [program, *words],
            cwd=at,
            env=environment,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
        url = f"http://127.0.0.1:{port}/"
        try:
            _wait_for(url, process, log)
            yield url
        finally:
            process.terminate()
            try:
                process.wait(timeout=20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _wait_for(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    until = time.monotonic() + LONGEST_START_S
    while time.monotonic() < until:
        if process.poll() is not None:
            break
        try:
            with urllib.request.urlopen(url, timeout=5) as page:
                if page.status == 200:
                    return
        except OSError:
            time.sleep(0.2)
    pytest.fail(f"the app did not start:\n{log.read_text(encoding='utf-8')}")
