"""A public link for a while: what is said of it, who is let in, and what happens without a tunnel.

A program of this test stands in for Gradio's tunnel; nothing leaves this machine.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from http.cookiejar import CookieJar
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from gradio import networking, tunneling
from project_root import PROJECT_ROOT

sys.path.insert(0, str(PROJECT_ROOT / "tests" / "app"))

from serving_app import serving

from viral.errors import ViralError
from viral.ui import tunnel

PUBLIC = "https://0123456789abcdef.gradio.live"
WORKS = f"echo start proxy success: {PUBLIC}; exec sleep 60"
FAILS = "echo login to server failed: no route"


@pytest.fixture
def tunnel_program(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Path]:
    program = tmp_path / "frpc"
    program.write_text("", encoding="utf-8")
    program.chmod(0o755)
    monkeypatch.setattr(tunneling, "BINARY_PATH", str(program))
    monkeypatch.setattr(networking, "GRADIO_SHARE_SERVER_ADDRESS", "127.0.0.1:1")
    yield program
    tunnel.closed()


def does(program: Path, what: str) -> None:
    program.write_text(f"#!/bin/sh\n{what}\n", encoding="utf-8")


@pytest.mark.parametrize("words", ["maria", "maria:", ":secret", ":", "", " :x"])
def test_a_name_without_a_password_is_refused(words: str) -> None:
    with pytest.raises(ViralError) as caught:
        tunnel.visitors(True, words)
    assert caught.value.message.code == "tunnel.no_password"


def test_a_password_may_hold_a_colon_and_is_told_nobody() -> None:
    who = tunnel.visitors(True, "maria:a:b")
    assert who.login == ("maria", "a:b")
    assert "a:b" not in who.warning()


def test_the_address_is_the_tunnels_and_goes_with_it(
    tunnel_program: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    does(tunnel_program, WORKS)
    assert tunnel.opened("127.0.0.1", 7860, "token") == PUBLIC
    (opened,) = tunneling.CURRENT_TUNNELS
    process = opened.proc
    assert process is not None
    assert process.poll() is None
    tunnel.closed()
    assert process.wait(timeout=10) != 0
    assert tunneling.CURRENT_TUNNELS == []
    assert capfd.readouterr() == ("", "")


def test_a_tunnel_that_fails_is_one_sentence(
    tunnel_program: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    does(tunnel_program, FAILS)
    with pytest.raises(ViralError) as caught:
        tunnel.opened("127.0.0.1", 7860, "token")
    assert caught.value.message.code == "tunnel.none"
    assert capfd.readouterr() == ("", "")


def test_without_a_network_there_is_no_link(monkeypatch: pytest.MonkeyPatch) -> None:
    def unreachable(*given: Any, **named: Any) -> Any:
        raise OSError("Network is unreachable")

    monkeypatch.setattr(networking.httpx, "get", unreachable)
    monkeypatch.setattr(networking, "GRADIO_SHARE_SERVER_ADDRESS", None)
    with pytest.raises(ViralError) as caught:
        tunnel.opened("127.0.0.1", 7860, "token")
    assert caught.value.message.code == "tunnel.none"


def status(open_: Any, address: str, **form: str) -> int:
    data = urlencode(form).encode() if form else None
    try:
        with open_(urllib.request.Request(address, data=data), timeout=30) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code


@pytest.mark.slow
def test_only_who_knows_the_password_comes_in_by_the_link(tmp_path: Path) -> None:
    program = tmp_path / "hub" / "gradio" / "frpc" / tunneling.BINARY_FILENAME
    program.parent.mkdir(parents=True)
    does(program, WORKS)
    program.chmod(0o755)
    given = {
        **os.environ,
        "HF_HOME": str(tmp_path / "hub"),
        "GRADIO_SHARE_SERVER_ADDRESS": "127.0.0.1:1",
        "VIRAL_SPEECH_BACKEND": "off",
    }
    words = ["-m", "viral", "app", "--share", "--auth", "maria:horse"]
    with serving(words, tmp_path, variables=given) as url:
        log = tmp_path / "app.log"
        while PUBLIC not in log.read_text(encoding="utf-8"):
            time.sleep(0.1)
        stranger = urllib.request.build_opener().open
        assert status(stranger, f"{url}config") == 401
        assert status(stranger, f"{url}gradio_api/info") == 401
        assert status(stranger, f"{url}login", username="maria", password="house") == 400
        friend = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar())).open
        assert status(friend, f"{url}login", username="maria", password="horse") == 200
        with friend(f"{url}config", timeout=30) as answer:
            assert json.loads(answer.read())["title"] == "Viral"
        # The same port once more: one sentence.
        port = url.rstrip("/").rpartition(":")[2]
        again = subprocess.run(
            [sys.executable, "-m", "viral", "app", "--port", port],
            env={**given, "PYTHONPATH": str(PROJECT_ROOT)},
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
        )
        assert again.returncode == 2
        assert re.fullmatch(rf"viral: Port {port} is taken; [^\n]*--port[^\n]*\n", again.stderr)
    said = log.read_text(encoding="utf-8")
    assert "the name and the password" in said
    assert "horse" not in said
