"""How many threads the numeric libraries may use: `settings().threads`, for all of them alike.

Each library would otherwise take every core it sees; on a shared host two of them at once are
slower than one thread each.
"""

from __future__ import annotations

import os
import sys
from typing import Any

from viral.settings import settings

THREAD_VARIABLES = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
"""Read by OpenMP, OpenBLAS and MKL when they are loaded, and by child processes. A value that the
host's owner has set is kept."""


def limit_threads() -> None:
    """Hold the libraries that are loaded, and those loaded later, to the number of threads set.

    Call it after importing the library that is about to work. Cheap, and may be called again.
    """
    threads = max(1, settings().threads)
    for variable in THREAD_VARIABLES:
        os.environ.setdefault(variable, str(threads))
    torch: Any = sys.modules.get("torch")
    # A module is in sys.modules while another thread is still importing it, without its functions.
    if hasattr(torch, "get_num_threads") and torch.get_num_threads() != threads:
        torch.set_num_threads(threads)
    cv2: Any = sys.modules.get("cv2")
    if hasattr(cv2, "setNumThreads") and cv2.getNumThreads() != threads:
        cv2.setNumThreads(threads)
