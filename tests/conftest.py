"""What every test gets: no network outside this machine, and the way to the shared data."""

from __future__ import annotations

import ipaddress
import os
import socket
from pathlib import Path
from typing import Any

import hypothesis
import pytest

# Set before any test imports a library that reads them.
os.environ["HF_HUB_OFFLINE"] = "1"
os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"

from project_root import PROJECT_ROOT


def _beside(*parts: str) -> Path:
    folder = PROJECT_ROOT.parent.joinpath("shared", *parts)
    if not folder.is_dir():
        place = "/".join(("..", "shared", *parts))
        pytest.skip(f"{place} is not there; it holds files that are not part of the repository")
    return folder


@pytest.fixture(scope="session")
def data_dir() -> Path:
    """Return the folder of posts that is kept beside the project, or skip."""
    return _beside("data")


@pytest.fixture(scope="session")
def nasty_dir() -> Path:
    """Return the folder of broken and unusual files beside the project, or skip."""
    return _beside("media", "nasty")


@pytest.fixture(scope="session")
def samples_dir() -> Path:
    """Return the folder of ordinary clips beside the project, or skip."""
    return _beside("media", "samples")


def _is_on_this_machine(family: int, address: Any) -> bool:
    if family == socket.AF_UNIX:
        return True
    host = address[0] if isinstance(address, tuple) else address
    if host in {"", "localhost"}:
        return True
    try:
        parsed = ipaddress.ip_address(host)
    except ValueError:
        return False
    return parsed.is_loopback or parsed.is_unspecified


@pytest.fixture(autouse=True)
def _no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fail any test that opens a connection to another machine."""
    connect, connect_ex = socket.socket.connect, socket.socket.connect_ex

    def guarded_connect(self: socket.socket, address: Any) -> None:
        if not _is_on_this_machine(self.family, address):
            pytest.fail(f"a test tried to connect to {address!r}; tests must stay on this machine")
        return connect(self, address)

    def guarded_connect_ex(self: socket.socket, address: Any) -> int:
        if not _is_on_this_machine(self.family, address):
            pytest.fail(f"a test tried to connect to {address!r}; tests must stay on this machine")
        return connect_ex(self, address)

    monkeypatch.setattr(socket.socket, "connect", guarded_connect)
    monkeypatch.setattr(socket.socket, "connect_ex", guarded_connect_ex)


# A busy machine is no failure: tests are not timed.
hypothesis.settings.register_profile("viral", deadline=None)
hypothesis.settings.load_profile("viral")
