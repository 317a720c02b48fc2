"""Ending the process at once, without what libraries make of threads that still run."""

from __future__ import annotations

import atexit
import contextlib
import logging
import os
import sys
from typing import NoReturn


def leave_at_once(code: int) -> NoReturn:
    """End the process with a code while threads are still inside of libraries.

    Python ends such threads where they stand, which makes some libraries abort the whole process.
    """
    atexit._run_exitfuncs()  # what is registered to be done at the end is done all the same
    logging.shutdown()
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(OSError):
            stream.flush()
    os._exit(code)
