"""Memory that is free again goes back to the system."""

from __future__ import annotations

import platform
import subprocess
import sys

import pytest

from viral.hosting.memory import Trimmer

THREADS = """
import sys, threading
sys.path.insert(0, {root!r})
from viral.hosting.memory import Trimmer, keep_little
from viral.hosting.metrics import resident_bytes
if {is_on}:
    keep_little()
before, kept = resident_bytes(), []

def work():
    # Pieces of all sizes, of which the last ones of each kind stay: what is below them is free.
    pieces = [bytearray(size) for size in (300, 5_000, 90_000) * 400]
    kept.extend(pieces[-3:])

threads = [threading.Thread(target=work) for _ in range(8)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
if {is_on}:
    Trimmer().trim()
print(resident_bytes() - before)
"""


def grown_bytes(*, is_on: bool) -> int:
    from project_root import PROJECT_ROOT

    program = THREADS.format(root=str(PROJECT_ROOT), is_on=is_on)
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    return int(done.stdout)


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="settings of glibc")
def test_what_threads_have_freed_is_given_back() -> None:
    assert grown_bytes(is_on=False) > 20_000_000
    assert grown_bytes(is_on=True) < 8_000_000


def test_it_is_given_back_no_more_often_than_is_worth_it() -> None:
    now_s = 0.0
    trimmer = Trimmer(5.0, lambda: now_s)
    done = []
    for now_s in (0.0, 1.0, 4.9, 5.0, 6.0, 30.0):  # noqa: B007
        done.append(trimmer.trim())
    assert done in ([True, False, False, True, False, True], [False] * 6)
