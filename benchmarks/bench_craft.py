"""Time text on screen, checks and covers beside the analysis that they rest on, in one run.

A clip of 15 s with a new line of text each second is measured with and without text on screen by
turns, and the checks and covers run on what was measured. Processor seconds stand beside the
seconds, for they say more on a machine that others use too. Run it with:

    python benchmarks/bench_craft.py
"""

from __future__ import annotations

import argparse
import resource
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import av
import cv2
import numpy as np
from busy import Others
from results import add_out, keep

from viral.clip_cache import Seen
from viral.explain.checks import check_seen
from viral.explain.cover import covers_of, jpegs
from viral.media.reader import read_clip
from viral.modalities import onscreen_text
from viral.modalities.networks import text_reader
from viral.pipeline import measured
from viral.settings import settings

WIDTH, HEIGHT, DURATION_S, RATE_HZ = 576, 1024, 15, 30
MOST_TEXT_S, MOST_CHECK_S, MOST_TIMES = 0.6, 0.05, 1.5
REPEATS = 5


def write_titled_clip(path: Path) -> None:
    """Write a clip of something that moves, with a new line of text each second."""
    coarse = np.random.default_rng(0).integers(0, 120, (34, 20, 3)).astype(np.uint8)
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=RATE_HZ, options={"preset": "veryfast"})
        stream.width, stream.height, stream.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        ground = cv2.resize(coarse, (WIDTH, HEIGHT), interpolation=cv2.INTER_CUBIC)
        for index in range(DURATION_S * RATE_HZ):
            picture = np.roll(ground, 3 * index, axis=0).copy()
            words = f"Step {index // RATE_HZ + 1} of many"
            cv2.putText(picture, words, (60, 400), 0, 1.6, (255, 255, 255), 4, cv2.LINE_AA)
            container.mux(stream.encode(av.VideoFrame.from_ndarray(picture, format="rgb24")))
        container.mux(stream.encode())


def timed(call: Callable[[], object]) -> tuple[float, float]:
    """Return seconds and processor seconds of a call."""
    start_s, used_s = time.perf_counter(), time.process_time()
    call()
    return time.perf_counter() - start_s, time.process_time() - used_s


def peak_bytes() -> int:
    """Return the most memory that this process has had."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def measured_craft(repeats: int) -> dict[str, Any]:
    """Return what text on screen, checks and covers take beside the analysis, by turns."""
    off, on = (replace(settings(), screen_text=value) for value in (False, True))
    real = onscreen_text.settings
    onscreen_text.settings = lambda: on  # type: ignore[assignment]
    others = Others()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "titled.mp4"
        write_titled_clip(path)
        clip = read_clip(path)
        measured(clip)  # loads every model
        before = peak_bytes()
        text_reader.load()
        on_s: list[tuple[float, float]] = []
        off_s: list[tuple[float, float]] = []
        known = onscreen_text.settings
        for _ in range(repeats):
            on_s.append(timed(lambda: measured(read_clip(path))))
            onscreen_text.settings = lambda: off  # type: ignore[assignment]
            off_s.append(timed(lambda: measured(read_clip(path))))
            onscreen_text.settings = known
        text_s = [timed(lambda: onscreen_text.measure(clip)) for _ in range(repeats)]
        seen = Seen.of(clip, measured(clip))
        checks_s = [timed(lambda: check_seen(seen, "tiktok")) for _ in range(repeats)]
        covers_s = [timed(lambda: covers_of(seen, "tiktok")) for _ in range(repeats)]
        found_covers = covers_of(seen, "tiktok")
        files_s = [timed(lambda: jpegs(path, found_covers)) for _ in range(repeats)]
        lines = len(onscreen_text.measure(clip).lines)
    onscreen_text.settings = real

    def middle(times: list[tuple[float, float]], which: int) -> float:
        return statistics.median(each[which] for each in times)

    return {
        "clip": f"{DURATION_S} s {WIDTH}x{HEIGHT}",
        "lines": lines,
        "text_s": middle(text_s, 0),
        "text_processor_s": middle(text_s, 1),
        "with_text_s": middle(on_s, 0),
        "without_text_s": middle(off_s, 0),
        "times": middle(on_s, 1) / middle(off_s, 1),
        "check_s": middle(checks_s, 0),
        "cover_s": middle(covers_s, 0),
        "cover_files_s": middle(files_s, 0),
        "covers": len(found_covers.covers),
        "peak_bytes_before": before,
        "peak_bytes": peak_bytes(),
        "others_cores": others.cores(),
    }


def main(arguments: list[str] | None = None) -> int:
    """Print the figures and return 0."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--repeats", type=int, default=REPEATS)
    add_out(parser)
    chosen = parser.parse_args(arguments)
    found = measured_craft(chosen.repeats)
    print(
        f"{found['clip']}, {found['lines']} lines read: text on screen {found['text_s']:.2f} s "
        f"({found['text_processor_s']:.2f} processor s; wanted {MOST_TEXT_S:g} s on two cores), "
        f"analysis {found['with_text_s']:.2f} s with it, {found['without_text_s']:.2f} s without "
        f"({found['times']:.2f} x the processor time; wanted {MOST_TIMES:g}), checks "
        f"{1000 * found['check_s']:.0f} ms (wanted {1000 * MOST_CHECK_S:.0f}), {found['covers']} "
        f"covers found in {1000 * found['cover_s']:.0f} ms and written in "
        f"{found['cover_files_s']:.2f} s; "
        f"others used {found['others_cores']:.1f} cores"
    )
    keep(chosen.out, "craft", found)
    return 0


if __name__ == "__main__":
    sys.exit(main())
