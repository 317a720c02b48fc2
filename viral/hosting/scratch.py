"""The one folder in which clips are while they are looked at, and their way out of it.

Each run of the app has a folder of its own that only its user may enter. It goes when the app ends;
what a run that was killed has left goes when the next one starts. Meanwhile `sweep` deletes
whatever lies longer than an upload may, so that a clip that was sent and never looked at goes as
well.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

RUN_PREFIX = "run-"
BASE_NAME = "viral-clips"
SWEEP_EVERY_S = 30.0
"""A clip may lie this much longer than its lifetime."""


def base_folder() -> Path:
    """Return the folder of all runs: `GRADIO_TEMP_DIR`, or one under the temporary folder.

    The name holds the user's number: another user's folder would not let this one in.
    """
    given = os.environ.get("GRADIO_TEMP_DIR")
    return Path(given) if given else Path(tempfile.gettempdir()) / f"{BASE_NAME}-{os.getuid()}"


def place_for_compiled_code(scratch: Path) -> None:
    """Let numba keep what it compiles in `scratch` where the user's own cache cannot be written to.

    librosa asks numba to keep it, and numba refuses to compile where it finds no place. It reads
    `NUMBA_CACHE_DIR` when it is imported, so this comes before that.
    """
    if os.environ.get("NUMBA_CACHE_DIR"):
        return
    try:
        caches = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
        caches.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=caches):
            pass
    except (OSError, RuntimeError):  # there may be no home at all
        os.environ["NUMBA_CACHE_DIR"] = str(scratch / "compiled")


class Scratch:
    """A run's folder. Its lock, held on the folder itself, tells the next run that it is alive."""

    def __init__(self, base: Path, clock: Callable[[], float] = time.monotonic) -> None:
        """Make the folder and remove those of runs that are gone.

        Raises
        ------
        OSError
            The disk is full or cannot be written to.
        """
        self._clock = clock
        self._seen: dict[Path, tuple[tuple[int, int], float]] = {}
        base.mkdir(parents=True, exist_ok=True)
        _remove_orphans(base)
        self.folder = Path(tempfile.mkdtemp(prefix=RUN_PREFIX, dir=base.resolve()))
        self._lock = os.open(self.folder, os.O_RDONLY | os.O_CLOEXEC)
        fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        self._stop = threading.Event()

    def stored_bytes(self) -> int:
        """Return how much the folder holds."""
        total = 0
        for path in _below(self.folder):
            with contextlib.suppress(OSError):
                status = path.lstat()
                total += status.st_size
        return total

    def sweep(self, lifetime_s: float) -> int:
        """Delete what has lain untouched for `lifetime_s`, and folders left empty.

        What the clock on the wall says plays no part, as it may be set while a clip waits for its
        turn: the time of a file begins when it is first seen, and anew when it has changed since.

        Returns
        -------
        int
            How many files were deleted.
        """
        now_s = self._clock()
        gone = 0
        seen = {}
        for path in sorted(_below(self.folder), reverse=True):
            with contextlib.suppress(OSError):
                status = path.lstat()
                signature = (status.st_mtime_ns, status.st_size)
                before, since_s = self._seen.get(path, (signature, now_s))
                since_s = since_s if before == signature else now_s
                seen[path] = (signature, since_s)
                if now_s - since_s >= lifetime_s:
                    if path.is_dir() and not path.is_symlink():
                        path.rmdir()
                    else:
                        path.unlink()
                        gone += 1
                    del seen[path]
        self._seen = seen
        return gone

    def keep_sweeping(
        self, lifetime_s: float, afterwards: Callable[[], object] = lambda: None
    ) -> None:
        """Sweep in the background until the folder is released; call `afterwards` each time."""

        def work() -> None:
            while not self._stop.wait(min(SWEEP_EVERY_S, lifetime_s)):
                self.sweep(lifetime_s)
                afterwards()

        threading.Thread(target=work, daemon=True, name="viral-sweep").start()

    def release(self) -> None:
        """Remove the folder with all that is in it. Harmless when it is gone."""
        self._stop.set()
        shutil.rmtree(self.folder, ignore_errors=True)
        with contextlib.suppress(OSError):
            os.close(self._lock)


def _below(folder: Path) -> Iterator[Path]:
    """Yield what lies in a folder at any depth; what goes meanwhile is passed over.

    `Path.rglob` ends with an error where a folder goes that it has seen.
    """
    for parent, folders, files in os.walk(folder):
        for name in (*folders, *files):
            yield Path(parent, name)


def _remove_orphans(base: Path) -> None:
    for folder in base.glob(f"{RUN_PREFIX}*"):
        try:
            descriptor = os.open(folder, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
        except OSError:
            continue
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            continue  # its run is alive
        else:
            shutil.rmtree(folder, ignore_errors=True)
        finally:
            os.close(descriptor)
