"""Memory that is free again goes back to the system, so that a host's memory stays flat.

The C library keeps what is freed for the next who asks, apart for each thread, and of a clip that
is tens of megabytes in pieces of all sizes. Two of its settings and a request now and then change
that; see mallopt(3) and malloc_trim(3) of glibc. Elsewhere nothing is done.
"""

from __future__ import annotations

import ctypes
import os
import threading
import time
from collections.abc import Callable
from functools import cache
from typing import Any

MOST_ARENAS = 2
"""Heaps that threads share; glibc would make eight for each core."""
MAPPED_FROM_BYTES = 1_000_000
"""Larger blocks, such as pictures and sound, are mapped by themselves and go when they are freed.
glibc starts with an eighth of that and goes up to 32 MB by itself, unless it is set."""
TRIM_EVERY_S = 5.0
"""A trim takes some 10 ms."""
_M_MMAP_THRESHOLD, _M_ARENA_MAX = -3, -8
"""Of glibc's malloc.h."""
HOSTS_OWN = "MALLOC_ARENA_MAX"
"""What the host's owner has set is kept."""


@cache
def _glibc() -> Any:
    """Return the C library where it is glibc, or None."""
    try:
        library = ctypes.CDLL(None)
        return library if hasattr(library, "mallopt") and hasattr(library, "malloc_trim") else None
    except OSError:
        return None


def keep_little() -> None:
    """Let the C library keep little of what is freed; comes before threads are started."""
    library = _glibc()
    if library is None:
        return
    if HOSTS_OWN not in os.environ:
        library.mallopt(_M_ARENA_MAX, MOST_ARENAS)
    library.mallopt(_M_MMAP_THRESHOLD, MAPPED_FROM_BYTES)


class Trimmer:
    """Gives free memory back, no more often than is worth it; safe to use from several threads."""

    def __init__(
        self, every_s: float = TRIM_EVERY_S, clock: Callable[[], float] = time.monotonic
    ) -> None:
        """Wait at least `every_s` between two times."""
        self._every_s = every_s
        self._clock = clock
        self._next_s = clock()
        self._lock = threading.Lock()

    def trim(self) -> bool:
        """Give back what is free, if it is time, and say whether it was."""
        library = _glibc()
        with self._lock:
            if library is None or self._clock() < self._next_s:
                return False
            self._next_s = self._clock() + self._every_s
        library.malloc_trim(0)
        return True


TRIMMER = Trimmer()
"""That of this process."""
