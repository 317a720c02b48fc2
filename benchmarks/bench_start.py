"""Time the app from a cold start: to its first page, and to the first prediction of a visitor.

The visitor comes with the first page and sends a clip at once, while the models are still being
loaded. Beside it the plain way: every model is loaded before a page is served. Run it with:

    python benchmarks/bench_start.py
"""

from __future__ import annotations

import argparse
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench_clip import ACCOUNT, CAPTION, CASES
from busy import Others
from processes import SAMPLE_EVERY_S, Watch
from results import add_out, keep

ROOT = Path(__file__).resolve().parent.parent
PATIENCE_S = 120.0
EAGER = """
import runpy, sys
from pathlib import Path
from viral.pipeline import analyse
from viral.ui.uploads import demos
for demo in demos():
    analyse(demo.path)
runpy.run_path("app.py", run_name="__main__")
"""
"""The plain way: whatever a prediction needs is loaded first, then the app is served."""
WAYS = {"ours": ["app.py"], "plain": ["-c", EAGER]}


@dataclass
class App:
    """A running app."""

    url: str
    first_page_s: float
    watch: Watch
    started: float
    """`time.perf_counter()` when its process was started."""
    pid: int


@contextmanager
def app(
    command: list[str], environment: dict[str, str] | None = None, folder: Path = ROOT
) -> Iterator[App]:
    """Run the app of a folder in a new process until the block ends; wait for its first page.

    Raises
    ------
    RuntimeError
        There is none.
    """
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    given = {**os.environ, "VIRAL_HOST": "127.0.0.1", "VIRAL_PORT": str(port)}
    for name in ("GRADIO_SERVER_NAME", "GRADIO_SERVER_PORT"):
        given.pop(name, None)
    start = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, *command],
        cwd=folder,
        env={**given, **(environment or {})},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    url = f"http://127.0.0.1:{port}/"
    watch = Watch(process)
    try:
        while process.poll() is None and time.perf_counter() - start < PATIENCE_S:
            try:
                with urllib.request.urlopen(url, timeout=PATIENCE_S):
                    yield App(url, time.perf_counter() - start, watch, start, process.pid)
                    return
            except OSError:
                time.sleep(SAMPLE_EVERY_S)
        raise RuntimeError("The app did not start.")
    finally:
        process.terminate()
        try:
            process.wait(30)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def measured(way: str, clip: Path, repeats: int) -> dict[str, Any]:
    """Return the median seconds to the first page and to the first prediction."""
    from gradio_client import Client, handle_file

    pages, predictions = [], []
    others = Others()
    for _ in range(repeats):
        with app(WAYS[way]) as running:
            pages.append(running.first_page_s)
            client = Client(running.url, verbose=False)
            client.predict(
                clip=handle_file(str(clip)), caption=CAPTION, api_name="/predict", **ACCOUNT
            )
            predictions.append(time.perf_counter() - running.started)
    return {
        "first_page_s": statistics.median(pages),
        "first_prediction_s": statistics.median(predictions),
        "bytes": running.watch.most_bytes,
        "others_cores": others.cores(),
    }


def main(arguments: list[str] | None = None) -> int:
    """Print a line for each way and return 0."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--repeats", type=int, default=2, help="starts; the median is shown")
    add_out(parser)
    options = parser.parse_args(arguments)
    figures = {}
    case = CASES[1]
    with tempfile.TemporaryDirectory() as name:
        clip = Path(name) / "clip.mp4"
        case.write(clip)
        print(f"\nThe app from a cold start; the first clip is {case}")
        for way in WAYS:
            figures[way] = found = measured(way, clip, options.repeats)
            print(
                f"  {way}: first page {found['first_page_s']:.1f} s, first prediction "
                f"{found['first_prediction_s']:.1f} s, memory {found['bytes'] / 1e6:.0f} MB; "
                f"others used {found['others_cores']:.1f} cores"
            )
    keep(options.out, "start", figures)
    return 0


if __name__ == "__main__":
    sys.exit(main())
