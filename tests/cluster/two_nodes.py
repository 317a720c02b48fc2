"""A cluster of this machine for the tests, started by `ray start` as the documents say: a head that
does no work and two nodes of one core.

Prints its address, then does what it reads: `worker` kills one worker in the middle of its work,
`node` and `head` take one of these away without a word. Ends with its input.
"""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

from viral.cluster.connecting import ClusterError, _answers, connected

STORE_BYTES = 100_000_000
LONGEST_START_S = 400.0


def workers() -> list[int]:
    """Return the processes of this machine's user that measure clips for Ray."""
    found = []
    for command in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            if b"ray::MapWorker" in command.read_bytes():
                found.append(int(command.parent.name))
        except OSError:
            continue
    return found


def started(*words: str) -> subprocess.Popen[bytes]:
    """Run `ray start` in a group of its own, until that is killed."""
    program = [sys.executable, "-m", "ray.scripts.scripts", "start", "--block", *words]
    program += ["--object-store-memory", str(STORE_BYTES)]
    # A head uses a token that is there; a node that joins it has to be told to.
    mode = {} if "--head" in words else {"RAY_AUTH_MODE": "token"}
    return subprocess.Popen(
        program,
        start_new_session=True,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env={**os.environ, **mode},
    )


def end(*processes: subprocess.Popen[bytes]) -> None:
    """Kill what each `ray start` has started, and it; wait for none before all are killed."""
    for process in processes:
        for child in below(process.pid):
            # What ends by itself meanwhile needs no help.
            with contextlib.suppress(ProcessLookupError):
                os.kill(child, signal.SIGKILL)
        process.kill()
    for process in processes:
        process.wait()


def below(parent: int) -> list[int]:
    """Return all processes below one, those first that were started last."""
    children = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            words = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(words[1]) == parent:
            child = int(stat.parent.name)
            children += [*below(child), child]
    return children


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for_head(address: str) -> None:
    """Return once the head answers; a node that is started earlier gives up at once."""
    until_s = time.monotonic() + LONGEST_START_S
    while time.monotonic() < until_s:
        if _answers(address):
            return
        time.sleep(0.5)
    raise TimeoutError


def joined(address: str, cores: int) -> subprocess.Popen[bytes]:
    """Start a node of one core, and return it once the cluster has so many cores.

    One after the other: of two that start at once on one machine, one may end by itself.
    """
    until_s = time.monotonic() + LONGEST_START_S
    node = started("--address", address, "--num-cpus", "1")
    while time.monotonic() < until_s:
        with contextlib.suppress(ClusterError), connected(address) as found:
            if found >= cores:
                return node
        if node.poll() is not None:
            end(node)
            node = started("--address", address, "--num-cpus", "1")
        time.sleep(1.0)
    end(node)
    raise TimeoutError


def main() -> None:
    """Start, obey, stop."""
    address = f"127.0.0.1:{free_port()}"
    port = address.rpartition(":")[2]
    head = started("--head", "--port", port, "--num-cpus", "0", "--include-dashboard", "false")
    nodes: list[subprocess.Popen[bytes]] = []
    try:
        wait_for_head(address)
        for cores in (1, 2):
            nodes.append(joined(address, cores))
        print(address, flush=True)
        for line in sys.stdin:
            if line.strip() == "worker":
                os.kill(workers()[0], signal.SIGKILL)
                print("killed", flush=True)
            if line.strip() == "node":
                end(nodes.pop())
                print("gone", flush=True)
            if line.strip() == "head":
                end(head)
                print("gone", flush=True)
    finally:
        end(*nodes, head)


if __name__ == "__main__":
    main()
