"""The numeric libraries keep to the threads that are set, and do not spin while they wait."""

from __future__ import annotations

import os
import subprocess
import sys

import cv2
import torch

from viral.settings import settings
from viral.threads import limit_threads


def test_libraries_that_are_loaded_keep_to_the_threads_that_are_set():
    wanted = settings().threads
    torch.set_num_threads(wanted + 1)
    cv2.setNumThreads(wanted + 1)
    limit_threads()
    assert torch.get_num_threads() == wanted
    assert cv2.getNumThreads() == wanted


def test_libraries_that_are_loaded_later_are_told_by_the_environment():
    code = (
        "import viral, os; from viral.threads import limit_threads; limit_threads();"
        "print(os.environ['OMP_NUM_THREADS'], os.environ['OMP_WAIT_POLICY'])"
    )
    free = {k: v for k, v in os.environ.items() if not k.startswith("OMP_")}
    answer = subprocess.run(
        [sys.executable, "-c", code],
        env=free | {"VIRAL_THREADS": "1"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert answer.stdout.split() == ["1", "PASSIVE"]
    kept = subprocess.run(
        [sys.executable, "-c", code],
        env=free | {"VIRAL_THREADS": "1", "OMP_NUM_THREADS": "3", "OMP_WAIT_POLICY": "ACTIVE"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert kept.stdout.split() == ["3", "ACTIVE"]
