"""A cluster of two nodes on this machine, started anew for each test that breaks it.

It asks for a token, as every cluster does that is started where Ray has made one before.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from two_nodes import below

SWITCHES = {
    "RAY_USAGE_STATS_ENABLED": "0",
    "RAY_BACKEND_LOG_LEVEL": "fatal",
    "RAY_raylet_start_wait_time_s": "300",  # other tests share the cores
}

TOKEN = "RAY_AUTH_TOKEN"


@dataclass
class Nodes:
    """The running cluster."""

    process: subprocess.Popen[str]
    address: str

    def lose(self, what: str) -> None:
        """Kill a `worker`, a `node` or the `head`."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        print(what, file=self.process.stdin, flush=True)
        assert self.process.stdout.readline().strip() in {"killed", "gone"}


@contextlib.contextmanager
def running_nodes() -> Iterator[Nodes]:
    """Run a cluster for as long as the block does; skip where Ray is not installed.

    `RAY_AUTH_TOKEN` is set meanwhile, for the cluster and for who connects to it.
    """
    pytest.importorskip("ray")
    os.environ[TOKEN] = "0123456789abcdef" * 4
    process = subprocess.Popen(
        [sys.executable, str(Path(__file__).with_name("two_nodes.py"))],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        env={**os.environ, **SWITCHES},
    )
    assert process.stdout is not None
    assert process.stdin is not None
    try:
        address = process.stdout.readline().strip()
        assert address.rpartition(":")[2].isdigit()
        yield Nodes(process, address)
    finally:
        process.stdin.close()
        try:
            process.wait(60)
        except subprocess.TimeoutExpired:
            # A busy machine; what is left of the cluster must not meet the next test.
            for child in below(process.pid):
                with contextlib.suppress(ProcessLookupError):
                    os.kill(child, signal.SIGKILL)
            process.kill()
            process.wait()
        finally:
            process.stdout.close()
            del os.environ[TOKEN]
