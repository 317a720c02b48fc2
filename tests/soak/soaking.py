"""Visitors of every kind at the served app for a long time, with restarts in between.

`soak` starts `python app.py` with folders of its own, sends what a seed decides, ends the app
softly and hard in turn, starts it again, and looks after each round at what is left: every request
has an answer, no file is left behind, memory does not grow, and every report that was confirmed is
there. What it finds wrong is in `Report.wrong`.
"""

from __future__ import annotations

import json
import os
import random
import signal
import socket
import struct
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "fuzz"))

from fuzz_containers import mutated, seeds
from fuzz_values import HOSTILE_TEXTS
from soaked_app import App

PROJECT_ROOT = Path(__file__).resolve().parent.parent.parent
VISITORS = 3
LONGEST_ANSWER_S = 240.0
"""Far more than an answer takes; a visitor who gets none by then has none."""
MOST_GROWTH_MB = 100.0
"""From the middle of a long run to its end: caches fill at first, leaks go on."""
SAMPLE_EVERY = 20
"""Requests between two looks at the memory."""
LONG_RUN = 20
"""Looks at the memory from which on a run is long: its first 200 requests fill the caches."""
HOSTILE_SHARE = 0.05
TWICE_SHARE = 0.3
"""Of those who send the same file as others, who compares it with itself."""
FEEDBACK = """
import json, sys
from pathlib import Path
sys.path[:0] = [sys.argv[2]]
from kept_posts import kept
from viral.feedback.database import Database, database_url
from viral.feedback.records import Outcome
from viral.feedback.store import Store
store = Store(Database(database_url("", Path(sys.argv[1]))))
key = store.agree()
for number in range(10**6):
    store.keep(key, kept(number))
    store.report(key, f"ID-{number}", Outcome(views=number, days=3))
    print(json.dumps([key, f"ID-{number}", number]), flush=True)
    if sys.stdin.readline() == "":
        break
"""
"""Keeps and reports one prediction a line on standard input, and says so once it is confirmed."""


@dataclass
class Report:
    """What became of it all."""

    answers: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)
    confirmed: list[tuple[str, str, int]] = field(default_factory=list)
    memory_mb: list[list[float]] = field(default_factory=list)
    """For each run of the app, its resident memory as time went on."""
    ended: list[int] = field(default_factory=list)

    @property
    def requests(self) -> int:
        """How many were sent."""
        return sum(self.answers.values())

    def growth_mb(self) -> float:
        """Return the largest growth of a long run, from its middle to its end."""
        grown = [run[-1] - run[len(run) // 2] for run in self.memory_mb if len(run) >= LONG_RUN]
        return max(grown, default=0.0)

    def __str__(self) -> str:
        """Return a few lines for a person."""
        kinds = ", ".join(f"{count:,} {kind}" for kind, count in sorted(self.answers.items()))
        runs = "; ".join(f"{run[0]:.0f} to {run[-1]:.0f} MB" for run in self.memory_mb if run)
        return (
            f"{self.requests:,} requests: {kinds}\n"
            f"{len(self.ended)} runs ended with {self.ended}; memory {runs}; "
            f"grown by {self.growth_mb():.0f} MB from the middle to the end of a long run\n"
            f"{len(self.confirmed):,} reports confirmed and found again; {len(self.wrong)} failures"
        )


def _unique(generator: random.Random, clip: bytes) -> bytes:
    """Return an MP4 that shows the same and is another file, so that it is looked at again."""
    return clip + struct.pack(">I4s", 16, b"free") + generator.randbytes(8)


class Visitor:
    """One client and what it remembers of its results."""

    def __init__(self, app: App, folder: Path, clips: list[bytes]) -> None:
        from gradio_client import Client

        self.app, self.folder, self.clips = app, folder, clips
        self.client = Client(app.url, verbose=False, download_files=False)
        self.result: str | None = None

    def _file(self, content: bytes, name: str = "clip.mp4") -> Any:
        from gradio_client import handle_file

        path = self.folder / name
        path.write_bytes(content)
        return handle_file(str(path))

    def _ask(self, name: str, **given: Any) -> Any:
        return self.client.submit(api_name=name, **given).result(timeout=LONGEST_ANSWER_S)

    def predict(self, generator: random.Random) -> str:
        clip = self._file(_unique(generator, self.clips[0]))
        answer = self._ask("/predict", clip=clip, followers=generator.randrange(10**6))
        assert answer["views"]["low"] <= answer["views"]["high"]
        return "predicted"

    def same(self, generator: random.Random) -> str:
        """Send what the others send as well, at times at the same moment, or twice oneself."""
        clip = self._file(self.clips[0])
        if generator.random() < TWICE_SHARE:
            cuts = self._ask("/compare", clip_a=clip, clip_b=clip)["cuts"]
            assert [cut["problem"] for cut in cuts] == [None, None]
            return "compared"
        self._ask("/predict", clip=clip, followers=generator.randrange(1, 10**6))
        return "predicted"

    def explain(self, generator: random.Random) -> str:
        clip = self._file(_unique(generator, self.clips[0]))
        self.result = self._ask("/explain", clip=clip, caption="a day #out")["result"]
        return "explained"

    def what_if(self, generator: random.Random) -> str:
        if self.result is None:
            return self.explain(generator)
        self._ask("/what_if", result=self.result, followers=generator.randrange(1, 10**6))
        return "tried"

    def compare(self, generator: random.Random) -> str:
        cuts = [self._file(_unique(generator, self.clips[0]), f"{n}.mp4") for n in "ab"]
        self._ask("/compare", clip_a=cuts[0], clip_b=cuts[1])
        return "compared"

    def page(self, generator: random.Random) -> str:
        self.app.get(generator.choice(("/", "/healthz", "/metrics", "/gradio_api/info")))
        return "page"

    def hostile(self, generator: random.Random) -> str:
        ways = (self._spoilt, self._worded, self._elsewhere, self._rude, self._broken_off)
        way = generator.choice(ways)
        way(generator)
        return "hostile"

    def _refused(self, name: str, **given: Any) -> None:
        """Ask for what may be refused: with one plain sentence, or not at all."""
        from gradio_client.exceptions import AppError

        try:
            self._ask(name, **given)
        except (AppError, ValueError) as error:
            said = str(error)
            assert "Traceback" not in said, said
            assert str(PROJECT_ROOT) not in said, said

    def _spoilt(self, generator: random.Random) -> None:
        self._refused("/predict", clip=self._file(mutated(generator, self.clips) or b"\0"))

    def _worded(self, generator: random.Random) -> None:
        words = generator.choice(HOSTILE_TEXTS).encode("utf-8", "replace").decode()
        clip = self._file(self.clips[0])
        self._refused("/predict", clip=clip, caption=words, sound=words, posted_at=words)

    def _elsewhere(self, generator: random.Random) -> None:
        # Without the client, which would open such a path on the visitor's own machine.
        path = generator.choice(
            ("/etc/passwd", "../../etc/passwd", str(self.app.log), "http://127.0.0.1:1/x.mp4", "\0")
        )
        clip = {"path": path, "meta": {"_type": "gradio.FileData"}}
        place = f"{self.app.url}/gradio_api/call/predict"
        body = json.dumps({"data": [clip, *[None] * 8, 30, *[None] * 3]}).encode()
        request = urllib.request.Request(place, body, {"Content-Type": "application/json"})
        with urllib.request.urlopen(request, timeout=60) as answer:
            event = json.loads(answer.read())["event_id"]
        with urllib.request.urlopen(f"{place}/{event}", timeout=LONGEST_ANSWER_S) as answer:
            said = answer.read().decode()
        assert "event: error" in said, said
        assert "Traceback" not in said, said
        assert str(PROJECT_ROOT) not in said, said

    def _broken_off(self, generator: random.Random) -> None:
        """Begin an upload and leave in the middle of it."""
        size = generator.randrange(1_000, 2_000_000)
        head = (
            "POST /gradio_api/upload HTTP/1.1\r\nHost: x\r\n"
            f"Content-Type: multipart/form-data; boundary=x\r\nContent-Length: {2 * size}\r\n\r\n"
            '--x\r\nContent-Disposition: form-data; name="files"; filename="a.mp4"\r\n\r\n'
        )
        with socket.create_connection(("127.0.0.1", self.app.port), timeout=60) as line:
            line.sendall(head.encode() + generator.randbytes(size))

    def _rude(self, generator: random.Random) -> None:
        path = generator.choice(
            (
                "/gradio_api/proxy=http://127.0.0.1:1/",
                "/gradio_api/file=/etc/passwd",
                "/%00",
                "/..%2f",
            )
        )
        request = urllib.request.Request(
            f"{self.app.url}{path}", headers={"X-Forwarded-For": "x" * 99}
        )
        code = 200
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                assert b"root:" not in answer.read()
        except urllib.error.HTTPError as error:
            code = error.code
        assert code < 500, f"{path}: {code}"


MIX: tuple[tuple[str, float], ...] = (
    ("predict", 0.20),
    ("same", 0.04),
    ("explain", 0.08),
    ("what_if", 0.38),
    ("compare", 0.03),
    ("page", 0.22),
    ("hostile", HOSTILE_SHARE),
)


@contextmanager
def _reports(app: App, report: Report) -> Iterator[Callable[[], None]]:
    """Yield what keeps and reports one prediction; at the end its process is killed."""
    room = str(PROJECT_ROOT / "tests")
    with subprocess.Popen(
        [sys.executable, "-c", FEEDBACK, str(app.data), room],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(PROJECT_ROOT)},
    ) as writer:

        def one() -> None:
            assert writer.stdin is not None
            assert writer.stdout is not None
            key, name, views = json.loads(writer.stdout.readline())
            report.confirmed.append((key, name, views))
            writer.stdin.write("\n")
            writer.stdin.flush()

        try:
            yield one
        finally:
            writer.kill()


def _round(app: App, report: Report, plan: list[str], seed: str, folder: Path) -> None:
    """Send a plan by several visitors at once."""
    clips = seeds()
    waiting = list(enumerate(plan))
    lock = threading.Lock()
    memory: list[float] = []
    report.memory_mb.append(memory)

    def visit(number: int) -> None:
        own = folder / f"visitor-{number}"
        own.mkdir(exist_ok=True)
        visitor = Visitor(app, own, clips)
        while True:
            with lock:
                if not waiting:
                    break
                place, kind = waiting.pop(0)
                if place % SAMPLE_EVERY == 0:
                    memory.append(app.resident_mb())
            try:
                answer = getattr(visitor, kind)(random.Random(f"{seed}/{place}"))
            except Exception as error:
                answer = "without an answer"
                report.wrong.append(f"{seed}/{place} {kind}: {type(error).__name__}: {error}")
            with lock:
                report.answers[answer] += 1
        visitor.client.close()

    with _reports(app, report) as feedback, ThreadPoolExecutor(VISITORS) as pool:
        visits = [pool.submit(visit, number) for number in range(VISITORS)]
        while not all(one.done() for one in visits):
            feedback()
            time.sleep(1.0)
        for one in visits:
            one.result()
    memory.append(app.resident_mb())


def _lost(app: App, report: Report) -> list[str]:
    from viral.feedback.database import Database, database_url
    from viral.feedback.store import Store

    store = Store(Database(database_url("", app.data)))
    found = {
        (key, entry.kept.id, int(entry.outcome.views or 0))
        for key in {key for key, *_ in report.confirmed}
        for entry in store.reports(key)
    }
    store.database.close()
    return [f"lost: {name} of {views} views" for key, name, views in report.confirmed
            if (key, name, views) not in found]  # fmt: skip


def soak(folder: Path, *, requests: int, restarts: int, seed: int) -> Report:
    """Send `requests` in all, restarting the app `restarts` times, and report."""
    report = Report()
    app = App(folder)
    kinds, weights = zip(*MIX, strict=True)
    # Half of all in the last run, so that one is long enough to tell a leak from a cache.
    early = [requests // 2 // restarts] * restarts if restarts else []
    sizes = [*early, requests - sum(early)]
    try:
        for number, size in enumerate(sizes):
            app.start()
            plan = random.Random(f"{seed}/{number}").choices(kinds, weights, k=size)
            _round(app, report, plan, f"{seed}/{number}", folder)
            report.wrong += [f"left on disk: {path}" for path in app.left()]
            # Softly and hard in turn, and softly at the end.
            hard = number % 2 == 0 and number < restarts
            report.ended.append(app.end(signal.SIGKILL if hard else signal.SIGTERM))
            print(f"round {number + 1} of {len(sizes)}: {report}", flush=True)
        report.wrong += [f"left after the end: {path}" for path in app.left()]
    finally:
        if app.process is not None and app.process.poll() is None:
            app.end(signal.SIGKILL)
    if report.growth_mb() > MOST_GROWTH_MB:
        report.wrong.append(f"memory grew by {report.growth_mb():.0f} MB from the middle of a run")
    report.wrong += _lost(app, report)
    return report
