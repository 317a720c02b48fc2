"""Looking at one clip at a time, stage by stage, and loading the models before anyone asks."""

from __future__ import annotations

import logging
import queue
import threading
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from viral.errors import ViralError
from viral.hosting.memory import TRIMMER
from viral.hosting.metrics import METRICS
from viral.pipeline import Analysis, analyse
from viral.posts.details import PostDetails
from viral.settings import Settings
from viral.ui.uploads import Demo, demos
from viral.warm_up import load_models

LOG = logging.getLogger(__name__)

Analyse = Callable[[Path, PostDetails, Callable[[str], None]], Analysis]
NO_ACCOUNT = ("", "none")
"""Values of the setting that mean nobody's own model."""


def pipeline_for(settings: Settings) -> Analyse:
    """Return what looks at clips, with the own model of the account that the app is for.

    Raises
    ------
    ModelError
        That model is missing or was changed.
    """
    if settings.account_model in NO_ACCOUNT:
        return analyse
    from viral.account.store import load

    folder = Path(settings.account_model).expanduser()
    load(folder)
    return partial(analyse, account_model=folder)


CLIP_THREAD, WARM_UP_THREAD = "viral-clip", "viral-warm-up"
"""What threads that use the models' libraries are called."""
LOOK_AGAIN_S = 0.1
"""How often it is looked whether a visitor's clip is still under way before a demo clip is."""


class Runner:
    """Runs the pipeline for the page and the API, and keeps what it saw in the demo clips.

    One clip is looked at a time: two at once on two cores would both be late. A demo clip is looked
    at once for as long as the app runs; another caption or account is then predicted from what was
    seen.
    """

    def __init__(self, pipeline: Analyse = analyse, load: Callable[[], None] = load_models) -> None:
        """Take the pipeline to run and what loads its models; the app's own unless a test says."""
        self._pipeline = pipeline
        self._load = load
        self._turn = threading.Lock()
        self._demos: dict[str, Analysis] = {}
        self._warm = threading.Event()
        self._under_way = 0
        self._counting = threading.Lock()

    @property
    def warm(self) -> bool:
        """Whether the models have been loaded."""
        return self._warm.is_set()

    @property
    def busy(self) -> bool:
        """Whether a clip is being looked at or waits for its turn."""
        with self._counting:
            return self._under_way > 0

    @property
    def working(self) -> bool:
        """Whether a thread is still at a clip or loads models, whether somebody waits or not."""
        at_work = {CLIP_THREAD, WARM_UP_THREAD}
        return self.busy or any(thread.name in at_work for thread in threading.enumerate())

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
            TRIMMER.trim()

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

        threading.Thread(target=work, daemon=True, name=CLIP_THREAD).start()
        while True:
            item = news.get()
            if isinstance(item, BaseException):
                raise item
            yield item
            if isinstance(item, Analysis):
                return

    def warm_up(self) -> threading.Thread:
        """Load the models in the background, then look at the demo clips while nobody waits."""

        def load() -> None:
            # A clip that comes meanwhile has its turn as soon as the models are there.
            with self._turn:
                self._load()

        def work() -> None:
            _in_advance("The models could not be loaded", load)
            # Also where that failed: they are loaded by the first clip then, or it says why not.
            self._warm.set()
            for demo in demos():
                while self.busy:
                    time.sleep(LOOK_AGAIN_S)
                look = partial(self.run, demo.path, PostDetails(), demo)
                _in_advance(f"The demo clip {demo.name} could not be looked at", look)

        thread = threading.Thread(target=work, daemon=True, name=WARM_UP_THREAD)
        thread.start()
        return thread


def _in_advance(failure: str, call: Callable[[], object]) -> None:
    try:
        call()
    except Exception:
        # Whoever asks for a clip next sees the reason as a sentence; this is for the host.
        LOG.exception("%s in advance", failure)
