"""What was freed is given back to the system."""

from __future__ import annotations

import subprocess
import sys

import pytest

PROGRAM = """
from pathlib import Path
from viral.memory import give_back

def resident():
    return int(Path("/proc/self/statm").read_text().split()[1])

# Blocks below the size at which glibc asks the system for each; the last one pins the heap's end.
blocks = [bytearray(60_000) for _ in range(2_000)]
kept = blocks[-1]
most = resident()
del blocks
before = resident()
give_back()
print(most, before, resident())
"""


@pytest.mark.skipif(sys.platform != "linux", reason="it is glibc that holds memory back")
def test_freed_memory_goes_back() -> None:
    done = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    most, _, after = map(int, done.stdout.split())
    assert after < most - 20_000  # pages of 4 KiB; the blocks took 29,000
