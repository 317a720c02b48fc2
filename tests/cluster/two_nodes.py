"""A cluster of this machine for the tests: a head that does no work and two nodes of one core.

Prints its address, then does what it reads: `worker` kills one worker in the middle of its work,
`node` takes a node away without a word. Ends with its input.
"""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

STORE_BYTES = 100_000_000


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


def main() -> None:
    """Start, obey, stop."""
    from ray.cluster_utils import Cluster

    common = {"object_store_memory": STORE_BYTES}
    cluster = Cluster(
        initialize_head=True, head_node_args={"num_cpus": 0, "include_dashboard": False, **common}
    )
    nodes = [cluster.add_node(num_cpus=1, **common) for _ in range(2)]
    try:
        print(cluster.address, flush=True)
        for line in sys.stdin:
            if line.strip() == "worker":
                victims = workers()
                os.kill(victims[0], signal.SIGKILL)
                print("killed", flush=True)
            if line.strip() == "node":
                cluster.remove_node(nodes.pop(), allow_graceful=False)
                print("gone", flush=True)
    finally:
        cluster.shutdown()


if __name__ == "__main__":
    main()
