"""Looking at one clip at a time, stage by stage, and loading the models before anyone asks."""

from __future__ import annotations

import logging
import queue
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

from viral.errors import ViralError
from viral.hosting.metrics import METRICS
from viral.pipeline import Analysis, analyse
from viral.posts.details import PostDetails
from viral.ui.uploads import Demo, demos

LOG = logging.getLogger(__name__)

Analyse = Callable[[Path, PostDetails, Callable[[str], None]], Analysis]


class Runner:
    """Runs the pipeline for the page and the API, and keeps what it saw in the demo clips.

    One clip is looked at a time: two at once on two cores would both be late. A demo clip is looked
    at once for as long as the app runs; another caption or account is then predicted from what was
    seen.
    """

    def __init__(self, pipeline: Analyse = analyse) -> None:
        """Take the pipeline to run; the app's own unless a test gives another."""
        self._pipeline = pipeline
        self._turn = threading.Lock()
        self._demos: dict[str, Analysis] = {}
        self._warm = threading.Event()
        self._under_way = 0
        self._counting = threading.Lock()

    @property
    def warm(self) -> bool:
        """Whether the models have been loaded by an earlier clip."""
        return self._warm.is_set()

    @property
    def busy(self) -> bool:
        """Whether a clip is being looked at or waits for its turn."""
        with self._counting:
            return self._under_way > 0

    def run(
        self,
        path: Path,
        details: PostDetails,
        demo: Demo | None = None,
        on_stage: Callable[[str], None] = lambda stage: None,
    ) -> Analysis:
        """Look at a clip and predict, waiting for its turn.

        Raises
        ------
        ViralError
            The clip cannot be read, or no model is there.
        """
        if demo is not None and demo.name in self._demos:
            METRICS.count("viral_clips_total", outcome="recalled")
            return self._demos[demo.name].again(details=details)
        self._count(1)
        try:
            return self._in_turn(path, details, demo, on_stage)
        finally:
            self._count(-1)

    def _count(self, change: int) -> None:
        with self._counting:
            self._under_way += change

    def _in_turn(
        self,
        path: Path,
        details: PostDetails,
        demo: Demo | None,
        on_stage: Callable[[str], None],
    ) -> Analysis:
        with self._turn:
            if demo is not None and demo.name in self._demos:
                return self._demos[demo.name].again(details=details)
            analysis = self._measured(path, details, on_stage)
        self._warm.set()
        if demo is not None:
            self._demos[demo.name] = analysis
        return analysis

    def _measured(
        self, path: Path, details: PostDetails, on_stage: Callable[[str], None]
    ) -> Analysis:
        """Run the pipeline and note its seconds and its outcome."""
        clock = METRICS.stages(on_stage)
        outcome = "failed"
        try:
            analysis = self._pipeline(path, details, clock)
            outcome = "predicted"
            return analysis
        except Exception as error:
            if isinstance(error, ViralError):
                outcome = "refused"
            METRICS.count("viral_errors_total", kind=type(error).__name__)
            raise
        finally:
            clock.finish()
            METRICS.count("viral_clips_total", outcome=outcome)

    def stages(
        self, path: Path, details: PostDetails, demo: Demo | None = None
    ) -> Iterator[str | Analysis]:
        """Yield each stage as it begins, and the analysis last.

        Raises
        ------
        ViralError
            As `run`.
        """
        news: queue.SimpleQueue[str | Analysis | BaseException] = queue.SimpleQueue()

        def work() -> None:
            try:
                news.put(self.run(path, details, demo, news.put))
            except BaseException as error:  # handed to the waiting thread, which raises it
                news.put(error)

        threading.Thread(target=work, daemon=True, name="viral-clip").start()
        while True:
            item = news.get()
            if isinstance(item, BaseException):
                raise item
            yield item
            if isinstance(item, Analysis):
                return

    def warm_up(self) -> threading.Thread:
        """Look at the demo clips in the background, which loads every model on the way."""

        def work() -> None:
            for demo in demos():
                try:
                    self.run(demo.path, PostDetails(), demo)
                except Exception:
                    # Whoever asks for a clip next sees the reason as a sentence; this is for the
                    # host.
                    LOG.exception("The demo clip %s could not be looked at in advance", demo.name)

        thread = threading.Thread(target=work, daemon=True, name="viral-warm-up")
        thread.start()
        return thread
