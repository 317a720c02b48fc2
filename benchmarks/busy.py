"""How busy others kept the machine while something was timed.

Two cores that are shared give times that mean little; each benchmark prints this beside them.
"""

from __future__ import annotations

import os
import time
from pathlib import Path

from processes import tree_processor_s


def _used_s() -> float:
    """Return the processor seconds that all processes of the machine have used since it started."""
    words = Path("/proc/stat").read_text(encoding="ascii").split("\n", 1)[0].split()[1:]
    user, nice, system, _idle, _waiting, irq, softirq, *_ = map(int, words)
    return (user + nice + system + irq + softirq) / os.sysconf("SC_CLK_TCK")


class Others:
    """Counts from its making on what other processes use."""

    def __init__(self) -> None:
        self._start = time.perf_counter(), _used_s(), tree_processor_s(os.getpid())

    def cores(self) -> float:
        """Return how many cores others have kept busy on average, 0 on a quiet machine."""
        start_s, used_s, own_s = self._start
        others_s = (_used_s() - used_s) - (tree_processor_s(os.getpid()) - own_s)
        return max(0.0, others_s / max(time.perf_counter() - start_s, 1e-9))

    def __str__(self) -> str:
        """Return a note for the line of a result."""
        return f"others used {self.cores():.1f} of {os.cpu_count()} cores"
