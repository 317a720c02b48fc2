"""Processes that look at clips, one clip at a time each, and that may die without harm.

A worker first says which content it has before it; whoever asked answers whether to measure it or
to pass over it. A worker that dies (the system ran out of memory, a library crashed) costs its clip
a second try in a new process, and if that dies as well the clip is recorded and passed over.

Each worker has one thread: two processes of one thread measure more clips than one of two, and the
numbers do not depend on how many processes there are.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import signal
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from multiprocessing.connection import Connection, wait
from pathlib import Path
from typing import Any

from viral.batch.rows import Row
from viral.errors import ViralError
from viral.messages import Message

TRIES = 2
"""Of a clip whose worker dies."""
THREADS = 1
"""Of each worker."""
DIED = Message("batch.died")
STOP_S = 5.0
"""Seconds given to a worker to end before it is killed."""

_HASHED, _FAILED, _MEASURED = "hashed", "failed", "measured"


@dataclass(frozen=True)
class Outcome:
    """What became of one clip."""

    place: int
    """Its place in the list."""
    key: str | None = None
    """Of its content, or None where it could not be read."""
    row: Row | None = None
    """What was measured, or None where it failed or was passed over."""
    failure: str | None = None
    """Why it was not measured, or None."""


MeasuredBy = Callable[
    [Sequence[tuple[int, Path]], Callable[[], frozenset[str]], int | None], Iterator[Outcome]
]
"""Who looks at clips: takes their places and paths, a function that names the contents that are
known already, and the workers at most; yields what became of each."""


@dataclass
class _Worker:
    process: Any
    pipe: Connection
    place: int | None = None
    key: str | None = None


@contextlib.contextmanager
def one_thread_for_children() -> Iterator[None]:
    """Hold the processes started meanwhile to `THREADS`.

    It has to be there before they start: OpenBLAS takes its threads as soon as numpy is imported.
    """
    from viral.threads import THREAD_VARIABLES

    names = ("VIRAL_THREADS", *THREAD_VARIABLES)
    before = {name: os.environ.get(name) for name in names}
    os.environ.update(dict.fromkeys(names, str(THREADS)))
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


def _work(pipe: Connection) -> None:
    """Serve one clip after the other until the pipe is closed at the other end."""
    # Ctrl-C reaches the whole group; the parent ends its workers when it has saved what it has.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    from viral.batch.rows import content_key, row_or_reason

    with contextlib.suppress(EOFError, BrokenPipeError):
        while True:
            path = Path(pipe.recv())
            try:
                key = content_key(path)
            except ViralError as error:
                pipe.send((_FAILED, str(error)))
                continue
            pipe.send((_HASHED, key))
            if not pipe.recv():
                continue
            found = row_or_reason(path)
            pipe.send((_FAILED, found) if isinstance(found, str) else (_MEASURED, found))


@dataclass
class Workers:
    """A fixed number of workers over a list of clips."""

    processes: int
    is_wanted: Callable[[str], bool]
    """Asked with the key of each clip, in this process; a clip that is not wanted is passed
    over."""
    restarts: int = 0
    """Workers that died."""
    _context: Any = field(default_factory=lambda: multiprocessing.get_context("spawn"))
    _workers: list[_Worker] = field(default_factory=list)

    def _start(self) -> _Worker:
        ours, theirs = self._context.Pipe()
        process = self._context.Process(target=_work, args=(theirs,), daemon=True)
        with one_thread_for_children():
            process.start()
        theirs.close()
        return _Worker(process, ours)

    def outcomes(self, paths: Iterator[tuple[int, Path]]) -> Iterator[Outcome]:
        """Yield what becomes of each clip, as it comes.

        Parameters
        ----------
        paths : iterator of (int, Path)
            Place and path of each clip; taken one by one as workers become free.
        """
        again: deque[tuple[int, Path]] = deque()
        tries: dict[int, int] = {}
        given: dict[int, Path] = {}
        try:
            while True:
                self._hand_out(paths, again, given)
                busy = {worker.pipe: worker for worker in self._workers if worker.place is not None}
                if not busy:
                    return
                for pipe in wait(list(busy)):
                    worker = busy[pipe]  # type: ignore[index]
                    try:
                        outcome = self._answer(worker)
                    except (EOFError, OSError):
                        outcome = self._buried(worker, again, tries, given)
                    if outcome is not None:
                        given.pop(outcome.place, None)
                        tries.pop(outcome.place, None)
                        yield outcome
        finally:
            self._end()

    def _hand_out(
        self,
        paths: Iterator[tuple[int, Path]],
        again: deque[tuple[int, Path]],
        given: dict[int, Path],
    ) -> None:
        free = [worker for worker in self._workers if worker.place is None]
        while free or len(self._workers) < self.processes:
            item = again.popleft() if again else next(paths, None)
            if item is None:
                return
            worker = free.pop() if free else self._start()
            if worker not in self._workers:
                self._workers.append(worker)
            worker.place, worker.key = item[0], None
            given[item[0]] = item[1]
            # A worker that has died meanwhile is noticed when its answer does not come.
            with contextlib.suppress(OSError):
                worker.pipe.send(str(item[1]))

    def _answer(self, worker: _Worker) -> Outcome | None:
        """Take one message from a worker; return the outcome if that was the last of its clip."""
        kind, content = worker.pipe.recv()
        place = worker.place if worker.place is not None else -1
        if kind == _HASHED:
            worker.key = content
            wanted = self.is_wanted(content)
            worker.pipe.send(wanted)
            if wanted:
                return None
            worker.place = None
            return Outcome(place, key=content)
        worker.place = None
        if kind == _FAILED:
            return Outcome(place, key=worker.key, failure=content)
        # The content may have changed between the two readings: the row says what was measured.
        return Outcome(place, key=content["key"], row=content)

    def _buried(
        self,
        worker: _Worker,
        again: deque[tuple[int, Path]],
        tries: dict[int, int],
        given: dict[int, Path],
    ) -> Outcome | None:
        """Replace a dead worker; its clip is tried again or given up."""
        self.restarts += 1
        place = worker.place if worker.place is not None else -1
        worker.pipe.close()
        worker.process.join(STOP_S)
        self._workers.remove(worker)
        tries[place] = tries.get(place, 0) + 1
        if tries[place] < TRIES:
            again.append((place, given[place]))
            return None
        return Outcome(place, key=worker.key, failure=DIED)

    def _end(self) -> None:
        for worker in self._workers:
            worker.pipe.close()
        for worker in self._workers:
            # One that is in the middle of a clip would finish it first.
            if worker.place is not None:
                worker.process.terminate()
            worker.process.join(STOP_S)
            if worker.process.is_alive():
                worker.process.kill()
                worker.process.join()
        self._workers.clear()
