"""What a process and all below it use of memory and of the processor, as the kernel counts it."""

from __future__ import annotations

import os
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

SAMPLE_EVERY_S = 0.02
"""How often memory is looked at: often enough to see what a decoding child has for a moment."""
_PARENT, _USER, _SYSTEM, _CHILDREN_USER, _CHILDREN_SYSTEM = 1, 11, 12, 13, 14
"""Places in what follows the name in `/proc/PID/stat`, see proc(5)."""


def _stats() -> dict[int, list[str]]:
    found = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            words = stat.read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
        except OSError:
            continue
        found[int(stat.parent.name)] = words
    return found


def tree(root: int) -> Iterator[tuple[int, list[str]]]:
    """Yield the number and the counters of a process and of all below it that are alive."""
    stats = _stats()
    below: dict[int, list[int]] = {}
    for process, words in stats.items():
        below.setdefault(int(words[_PARENT]), []).append(process)
    waiting = [root]
    while waiting:
        process = waiting.pop()
        waiting += below.get(process, [])
        if process in stats:
            yield process, stats[process]


def tree_bytes(root: int, *, alone: bool = False) -> int:
    """Return the resident memory of a process and all below it.

    Parameters
    ----------
    root : int
        Its number.
    alone : bool
        Leave out what is mapped from files and what is shared; else that counts for each process.
    """
    pages = 0
    for process, _ in tree(root):
        try:
            words = Path(f"/proc/{process}/statm").read_text(encoding="ascii").split()
        except OSError:
            continue
        pages += int(words[1]) - (int(words[2]) if alone else 0)
    return pages * os.sysconf("SC_PAGE_SIZE")


def tree_processor_s(root: int) -> float:
    """Return the processor seconds of a process, of all below it and of those they have reaped."""
    places = (_USER, _SYSTEM, _CHILDREN_USER, _CHILDREN_SYSTEM)
    ticks = sum(int(words[place]) for _, words in tree(root) for place in places)
    return ticks / os.sysconf("SC_CLK_TCK")


class Watch:
    """The most memory that a process and all below it have at once, looked at from outside."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.most_bytes = 0
        self._process = process
        self._looker = threading.Thread(target=self._look, daemon=True)
        self._looker.start()

    def _look(self) -> None:
        while self._process.poll() is None:
            self.most_bytes = max(self.most_bytes, tree_bytes(self._process.pid))
            time.sleep(SAMPLE_EVERY_S)


def seconds(call: Callable[[], object]) -> float:
    """Return how long a call takes."""
    start = time.perf_counter()
    call()
    return time.perf_counter() - start
