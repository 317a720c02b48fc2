"""What is said where the app cannot start, or starts without its models."""

from __future__ import annotations

import errno
import os
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from project_root import PROJECT_ROOT

from viral.errors import WeightsError
from viral.modalities import language
from viral.modalities.networks import converted
from viral.ui.running import Runner


def test_a_port_that_is_taken_is_one_sentence(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        given = {"VIRAL_PORT": str(port), "GRADIO_TEMP_DIR": str(tmp_path), "HF_HUB_OFFLINE": "1"}
        done = subprocess.run(
            [sys.executable, "app.py"],
            cwd=PROJECT_ROOT,
            env={**os.environ, **given},
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )
    advice = "stop what uses it, or choose another one with --port or VIRAL_PORT."
    said = f"viral: Port {port} is taken; {advice}"
    assert (done.returncode, done.stderr.splitlines()) == (2, [said])
    assert list(tmp_path.glob("run-*")) == []


def test_an_app_whose_models_cannot_be_loaded_says_no_longer_that_it_loads(
    caplog: pytest.LogCaptureFixture,
) -> None:
    def full() -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    runner = Runner(load=full)
    caplog.set_level("CRITICAL")
    runner.warm_up().join(60)
    assert runner.warm


def test_weights_that_find_no_room_to_be_unpacked_are_said(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """No folder can be written: neither that of converted weights nor the temporary one."""

    def full(*given: object, **named: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(converted, "kept", lambda name: None)
    monkeypatch.setattr(shutil, "copyfileobj", full)
    language._identifier.cache_clear()
    with pytest.raises(WeightsError) as caught:
        language._identifier()
    assert caught.value.message.code == "weights.no_room"
    assert "make room there or in VIRAL_CACHE_DIR" in caplog.text
    # Everything else of a caption is read all the same.
    assert language.language_of("How to keep spring onions fresh for weeks") is None


INSTALL = """
set -eu
venv=$1
eval "$(sed -n '/^install() {/,/^}/p' scripts/install.sh)"
install --no-index --find-links "$2" uses
"""


def _wheel(folder: Path, name: str, *needs: str) -> None:
    """Write a package without a line of code."""
    import zipfile

    info = f"{name}-1.dist-info"
    lines = [f"Name: {name}", "Version: 1", *(f"Requires-Dist: {need}" for need in needs)]
    with zipfile.ZipFile(folder / f"{name}-1-py3-none-any.whl", "w") as wheel:
        wheel.writestr(f"{info}/METADATA", "\n".join(["Metadata-Version: 2.1", *lines, ""]))
        wheel.writestr(
            f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        )
        wheel.writestr(f"{info}/RECORD", "")


def test_a_clean_installation_prints_no_error(tmp_path: Path) -> None:
    # As Whisper asks for torch and for a compiler of kernels, which is left out.
    _wheel(tmp_path, "uses")
    _wheel(tmp_path, "whisper", "uses", "triton")
    venv = tmp_path / "venv"
    subprocess.run([sys.executable, "-m", "venv", str(venv)], check=True)
    pip = [str(venv / "bin" / "python"), "-m", "pip", "install", "-q", "--no-index", "--no-deps"]
    subprocess.run(
        [*pip, "--find-links", str(tmp_path), "whisper"], check=True, capture_output=True
    )
    done = subprocess.run(
        ["bash", "-c", INSTALL, "bash", str(venv), str(tmp_path)],
        cwd=PROJECT_ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_without_an_index_the_installation_ends_with_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    done = subprocess.run(
        ["bash", "-c", INSTALL, "bash", sys.prefix, str(tmp_path / "empty")],
        cwd=PROJECT_ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode != 0
    assert done.stderr.rstrip().endswith("and run the same command again.")
    assert done.stderr.count("No package index answers") == 1
