"""Time `viral extract` with one and with two processes on the same short clips, in the same run.

The rate is counted from the moment every process has finished a few clips, so that loading the
models, which takes seconds once, is shown apart. Memory is that of the whole group of processes,
read from the kernel while they run. Run it with:

    python benchmarks/bench_extract.py                    # 160 clips, about a minute
    python benchmarks/bench_extract.py --clips 10000 --processes 1 --short   # is memory flat?
"""

from __future__ import annotations

import argparse
import itertools
import os
import sys
import tempfile
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import av
import numpy as np
from busy import Others
from processes import tree_bytes
from results import add_out, keep

FRAME_RATE_HZ = 30
SAMPLE_RATE_HZ = 44_100
DIFFERENT = 40
"""Clips that are encoded; the others are these with a few bytes behind them, which makes them other
contents with the same work."""
WARM_CLIPS = 6
"""Clips a process has to finish before the rate is counted."""
SAMPLE_EVERY_S = 0.5


@dataclass(frozen=True)
class Kind:
    """What the clips are like."""

    width: int = 288
    height: int = 512
    duration_s: float = 3.0

    def __str__(self) -> str:
        """Return it in words."""
        return f"{self.duration_s:g} s, {self.width}x{self.height}"


SHORT = Kind(144, 256, 0.6)
"""For runs that are about how many clips there are, not about what is in them."""


def write_clip(path: Path, seed: int, kind: Kind) -> None:
    """Write a moving texture with a tone and clicks; nobody speaks in it."""
    generator = np.random.default_rng(seed)
    texture = generator.integers(0, 255, (kind.height // 8 + 20, kind.width // 8 + 20, 3), np.uint8)
    texture = texture.repeat(8, axis=0).repeat(8, axis=1)
    times_s = np.arange(round(kind.duration_s * SAMPLE_RATE_HZ)) / SAMPLE_RATE_HZ
    sound = 0.3 * np.sin(2 * np.pi * (200 + 10 * seed) * times_s)
    sound = (sound * (0.3 + 0.7 * (times_s * 4 % 1 < 0.1))).astype(np.float32)
    with av.open(str(path), "w") as container:
        video = container.add_stream("libx264", rate=FRAME_RATE_HZ, options={"preset": "veryfast"})
        video.width, video.height, video.pix_fmt = kind.width, kind.height, "yuv420p"
        audio = container.add_stream("aac", rate=SAMPLE_RATE_HZ, layout="mono")
        for index in range(round(kind.duration_s * FRAME_RATE_HZ)):
            down, right = index % 100, index * 2 % 100
            rows, columns = slice(down, down + kind.height), slice(right, right + kind.width)
            picture = np.ascontiguousarray(texture[rows, columns])
            container.mux(video.encode(av.VideoFrame.from_ndarray(picture, format="rgb24")))
        container.mux(video.encode())
        for first in range(0, len(sound), 1024):
            frame = av.AudioFrame.from_ndarray(sound[None, first : first + 1024], "fltp", "mono")
            frame.sample_rate, frame.pts = SAMPLE_RATE_HZ, first
            container.mux(audio.encode(frame))
        container.mux(audio.encode())


def write_clips(folder: Path, count: int, kind: Kind) -> None:
    """Write `count` clips of different content."""
    encoded = []
    for seed in range(min(DIFFERENT, count)):
        path = folder / f"{seed:06}.mp4"
        write_clip(path, seed, kind)
        encoded.append(path.read_bytes())
    for place in range(len(encoded), count):
        # A box of the kind that players pass over.
        box = (16).to_bytes(4, "big") + b"free" + place.to_bytes(8, "big")
        (folder / f"{place:06}.mp4").write_bytes(encoded[place % len(encoded)] + box)


@dataclass
class Watch:
    """Times of progress and memory over a run."""

    at_s: list[float] = field(default_factory=list)
    bytes_at: list[tuple[int, int]] = field(default_factory=list)
    _done: threading.Event = field(default_factory=threading.Event)

    def progress(self, what: str, done: int, total: int) -> None:
        """Note when another clip is done."""
        del total
        if what == "Clips" and done:
            self.at_s.append(time.perf_counter())

    def look(self) -> None:
        """Note the memory until told to stop."""
        while not self._done.wait(SAMPLE_EVERY_S):
            self.bytes_at.append((len(self.at_s), tree_bytes(os.getpid(), alone=True)))

    def stop(self) -> None:
        """Stop looking."""
        self._done.set()

    def rate_hz(self, warm: int) -> float:
        """Return clips a second after the first `warm` ones."""
        return (len(self.at_s) - warm) / (self.at_s[-1] - self.at_s[warm - 1])

    def megabytes(self, warm: int) -> tuple[float, float, float]:
        """Return the medians of the first and the last quarter after `warm` clips, and the most."""
        values = [size for done, size in self.bytes_at if done >= warm] or [0]
        quarter = max(1, len(values) // 4)
        first, last = np.median(values[:quarter]), np.median(values[-quarter:])
        return float(first / 1e6), float(last / 1e6), max(values) / 1e6


def run(folder: Path, out: Path, processes: int) -> tuple[Watch, float]:
    """Extract once; return what was watched and the seconds of the whole."""
    from viral.batch import extract

    watch = Watch()
    looker = threading.Thread(target=watch.look)
    looker.start()
    start = time.perf_counter()
    try:
        extract(folder, out, processes=processes, on_progress=watch.progress)
    finally:
        watch.stop()
        looker.join()
    return watch, time.perf_counter() - start


def main(arguments: list[str] | None = None) -> int:
    """Print one row for each number of processes and the ratio, and return 0."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--clips", type=int, default=160)
    parser.add_argument("--processes", type=int, nargs="+", default=[1, 2])
    add_out(parser)
    parser.add_argument("--section", default="extract", help="of the file that --out names")
    parser.add_argument("--short", action="store_true", help=f"clips of {SHORT}")
    options = parser.parse_args(arguments)
    kind = SHORT if options.short else Kind()
    figures: dict[str, Any] = {
        "clips": options.clips,
        "kind": str(kind),
        "duration_s": kind.duration_s,
        "runs": [],
    }
    print(f"{options.clips} clips of {kind} at {FRAME_RATE_HZ} pictures a second, no speech")
    rates = []
    tables = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "clips"
        folder.mkdir()
        write_clips(folder, options.clips, kind)
        for processes in options.processes:
            out = Path(name) / f"features_{processes}.parquet"
            others = Others()
            watch, whole_s = run(folder, out, processes)
            note = str(others)
            warm = min(WARM_CLIPS * processes, options.clips // 2)
            rates.append(watch.rate_hz(warm))
            first, last, most = watch.megabytes(warm)
            tables.append(out.read_bytes())
            content = [path.stat().st_size for path in folder.iterdir()]
            figures["clip_bytes"] = sum(content) / len(content)
            figures["row_bytes"] = len(tables[-1]) / options.clips
            figures["runs"].append(
                {
                    "processes": processes,
                    "clips_per_s": rates[-1],
                    "whole_s": whole_s,
                    "megabytes": [first, last, most],
                    "others_cores": others.cores(),
                }
            )
            print(
                f"{processes} process{'es' if processes > 1 else ''}: "
                f"{rates[-1]:.2f} clips/s warm, "
                f"{whole_s:.1f} s in all, memory {first:.0f} MB at first, {last:.0f} MB at last, "
                f"{most:.0f} MB at most; {note}",
                flush=True,
            )
    for (one, other), (low, high) in zip(
        itertools.pairwise(options.processes), itertools.pairwise(rates), strict=True
    ):
        print(f"{one} -> {other} processes: {high / low:.2f} x")
        figures[f"{one} to {other}"] = high / low
    if len(tables) > 1:
        print(
            "The tables are " + ("equal byte for byte." if len(set(tables)) == 1 else "DIFFERENT.")
        )
    keep(options.out, options.section, figures)
    return 0


if __name__ == "__main__":
    sys.exit(main())
