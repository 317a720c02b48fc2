"""The app as Spaces runs it: a copy of the code under /home/user/app that cannot be written to,
user 1000, port 7860, `python app.py`, and here no network but the loopback."""

from __future__ import annotations

import ctypes
import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from clean_root import USER, command, why_not

PROJECT_ROOT = Path(__file__).resolve().parent.parent.parent
CODE = ("app.py", "viral", "models", "assets", "README.md", "requirements.txt", "packages.txt")
PORT = 7860
"""Of a network of its own, where nobody else has it."""
ADDRESS = f"http://127.0.0.1:{PORT}"
LONGEST_START_S = 300.0
"""Far more than a start takes: everything is compiled anew, and other tests share the cores."""
SPACES = {
    "HOME": "/home/user",
    "PATH": "/usr/local/bin:/usr/bin:/bin",
    "LANG": "C.UTF-8",
    "SYSTEM": "spaces",
    "SPACE_ID": "someone/viral",
    "SPACE_HOST": "someone-viral.hf.space",
    "GRADIO_SERVER_NAME": "0.0.0.0",
    "GRADIO_SERVER_PORT": str(PORT),
    "PYTHONDONTWRITEBYTECODE": "1",
}
"""What Spaces sets; nothing of VIRAL_* is."""
_CLONE_NEWNET = 0x40000000


class Hosted:
    """One place of the app's own, in which it can be started, killed and started again."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.home = folder / "home"
        self.code = folder / "code"
        self.log = folder / "app.log"
        self.home.mkdir()
        os.chown(self.home, USER, USER)
        self.code.mkdir()
        (self.home / "app").mkdir()
        for name in CODE:
            source, target = PROJECT_ROOT / name, self.code / name
            if source.is_dir():
                shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))
            else:
                shutil.copy(source, target)
        self.process: subprocess.Popen[bytes] | None = None
        self.root: Path = folder

    def start(self, *, wait: bool = True, **variables: str) -> None:
        """Start the app and wait for its first page. /tmp stays what it was."""
        number = len(list(self.folder.glob("root-*")))
        self.root = self.folder / f"root-{number}"
        self.root.mkdir()
        if number:
            (self.folder / f"root-{number - 1}" / "tmp").rename(self.root / "tmp")
        given = {**SPACES, **variables}
        program = command(self.root, self.code, self.home, sys.executable, "app.py", **given)
        with self.log.open("ab") as output:
            self.process = subprocess.Popen(program, stdout=output, stderr=subprocess.STDOUT)
        # Before that it is in this machine's network, or in its own without a loopback.
        entered = Path(f"/proc/{self.process.pid}/root")
        self.wait_for(lambda: entered.readlink() == self.root)
        if wait:
            self.wait_for(lambda: self.get("/")[0] == 200)

    def wait_for(self, ready: Callable[[], bool], longest_s: float = LONGEST_START_S) -> None:
        until = time.monotonic() + longest_s
        while time.monotonic() < until:
            assert self.process is not None
            if self.process.poll() is not None:
                break
            try:
                if ready():
                    return
            except OSError:
                pass
            time.sleep(0.3)
        pytest.fail(f"it did not come to that:\n{self.log.read_text(encoding='utf-8')}")

    def end(self, number: int) -> int:
        """Send a signal and return the exit code."""
        assert self.process is not None
        self.process.send_signal(number)
        return self.process.wait(timeout=60)

    def inside(self, work: Callable[[], Any]) -> Any:
        """Do something in the app's network."""
        assert self.process is not None
        place = f"/proc/{self.process.pid}/ns/net"
        answer: list[Any] = []

        def enter() -> None:
            descriptor = os.open(place, os.O_RDONLY)
            try:
                # It moves this thread alone, which ends with it.
                if ctypes.CDLL(None, use_errno=True).setns(descriptor, _CLONE_NEWNET) != 0:
                    answer.append(OSError(ctypes.get_errno(), "setns"))
                    return
                answer.append(work())
            except BaseException as error:
                answer.append(error)
            finally:
                os.close(descriptor)

        thread = threading.Thread(target=enter)
        thread.start()
        thread.join()
        if isinstance(answer[0], BaseException):
            raise answer[0]
        return answer[0]

    def get(self, path: str) -> tuple[int, str]:
        def ask() -> tuple[int, str]:
            with urllib.request.urlopen(f"{ADDRESS}{path}", timeout=20) as answer:
                return answer.status, answer.read().decode()

        return self.inside(ask)

    def health(self) -> str:
        return str(json.loads(self.get("/healthz")[1])["status"])

    def upload(self, name: str, content: bytes) -> str:
        """Send a clip without having it looked at; return where the app says it is."""
        mark = b"--------viral"
        head = f'Content-Disposition: form-data; name="files"; filename="{name}"\r\n'
        body = b"--" + mark + b"\r\n" + head.encode() + b"Content-Type: video/mp4\r\n\r\n"
        request = urllib.request.Request(
            f"{ADDRESS}/gradio_api/upload",
            data=body + content + b"\r\n--" + mark + b"--\r\n",
            headers={"Content-Type": f"multipart/form-data; boundary={mark.decode()}"},
        )

        def send() -> str:
            with urllib.request.urlopen(request, timeout=30) as answer:
                return str(json.loads(answer.read())[0])

        return str(self.inside(send))

    def on_disk(self) -> list[Path]:
        """Return every file that the app can have written: its home and its /tmp."""
        places = (self.home, *self.folder.glob("root-*/tmp"))
        return [path for place in places for path in place.rglob("*") if path.is_file()]

    def browser(self) -> Path:
        """Return a program that starts Chromium in the app's network."""
        assert self.process is not None
        script = self.folder / "chromium"
        enter = f"nsenter --net=/proc/{self.process.pid}/ns/net"
        script.write_text(f'#!/bin/sh\nexec {enter} -- /usr/bin/chromium "$@"\n')
        script.chmod(0o755)
        return script


@pytest.fixture(scope="module")
def hosted(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hosted]:
    """Return a place to run the app in, or skip where the kernel gives none."""
    reason = why_not()
    if reason is not None:
        pytest.skip(reason)
    place = Hosted(tmp_path_factory.mktemp("spaces"))
    yield place
    if place.process is not None and place.process.poll() is None:
        place.end(signal.SIGKILL)
