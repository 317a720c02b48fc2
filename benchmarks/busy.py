"""How busy others kept the machine while something was timed.

Two cores that are shared give times that mean little; each benchmark prints this beside them.
"""

from __future__ import annotations

import os
import resource
import time
from pathlib import Path


def _used_s() -> float:
    """Return the processor seconds that all processes of the machine have used since it started."""
    words = Path("/proc/stat").read_text(encoding="ascii").split("\n", 1)[0].split()[1:]
    user, nice, system, _idle, _waiting, irq, softirq, *_ = map(int, words)
    return (user + nice + system + irq + softirq) / os.sysconf("SC_CLK_TCK")


def _own_s() -> float:
    """Return those of this process and of its children that have ended."""
    both = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(usage.ru_utime + usage.ru_stime for usage in both)


class Others:
    """Counts from its making on what other processes use."""

    def __init__(self) -> None:
        self._start = time.perf_counter(), _used_s(), _own_s()

    def cores(self) -> float:
        """Return how many cores others have kept busy on average, 0 on a quiet machine."""
        start_s, used_s, own_s = self._start
        others_s = (_used_s() - used_s) - (_own_s() - own_s)
        return max(0.0, others_s / max(time.perf_counter() - start_s, 1e-9))

    def __str__(self) -> str:
        """Return a note for the line of a result."""
        return f"others used {self.cores():.1f} of {os.cpu_count()} cores"
