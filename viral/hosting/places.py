"""A place of its own for each upload, and whose it is.

Two visitors may send the same file at the same time; each has their own copy, so that the first who
is done deletes nothing of the other's. The name of a place cannot be guessed. An upload that fails
leaves nothing: its place goes at that moment.
"""

from __future__ import annotations

import contextlib
import secrets
import shutil
import threading
from pathlib import Path


class Places:
    """The places of a run's folder; safe to use from several threads."""

    def __init__(self) -> None:
        """Start without any."""
        self._held: dict[Path, tuple[str, int]] = {}
        self._lock = threading.Lock()

    def make(self, folder: Path) -> Path:
        """Make a place in a folder and return it.

        Raises
        ------
        OSError
            The disk is full or cannot be written to.
        """
        place = folder / secrets.token_urlsafe(16)
        place.mkdir(parents=True)
        return place

    def settle(self, place: Path, client: str) -> None:
        """Count what lies in a place for a client, until it is gone."""
        sizes = (path.lstat().st_size for path in place.rglob("*") if path.is_file())
        with self._lock:
            self._held[place] = (client, sum(sizes))

    def remove(self, place: Path) -> None:
        """Delete a place with all that lies in it. Harmless when it is gone."""
        shutil.rmtree(place, ignore_errors=True)
        with self._lock:
            self._held.pop(place, None)

    def held_bytes(self, client: str) -> int:
        """Return how much of a client's lies on disk."""
        with self._lock:
            for place in [place for place in self._held if not place.exists()]:
                del self._held[place]
            return sum(size for owner, size in self._held.values() if owner == client)


def delete_up_to(path: Path, folder: Path) -> None:
    """Delete a file in a folder, and what it leaves empty on the way up; missing ones are fine."""
    path, folder = path.resolve(), folder.resolve()
    if not path.is_relative_to(folder):
        return
    with contextlib.suppress(OSError):
        path.unlink(missing_ok=True)
        for parent in path.parents:
            if parent == folder:
                break
            parent.rmdir()
