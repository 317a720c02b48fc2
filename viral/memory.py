"""Memory that was freed and is still held by the C library, given back to the system.

Decoding, looking and transcribing take and free tens of megabytes in several threads. glibc keeps
what is freed for the next time, in an arena for each thread: a process that is at rest then looks
as large as it ever was.
"""

from __future__ import annotations

import ctypes
from functools import cache
from typing import Any


@cache
def _trim() -> Any:
    try:
        return ctypes.CDLL(None).malloc_trim
    except (AttributeError, OSError, TypeError):  # another C library than glibc
        return None


def give_back() -> None:
    """Give freed memory back; takes a few milliseconds, and does nothing without glibc."""
    trim = _trim()
    if trim is not None:
        trim(0)
