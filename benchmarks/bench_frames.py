"""Time the media room against a loop of OpenCV seeks, on the same clips in the same run.

The loop is how the old system sampled frames: for each of N evenly spaced frames, set the position
and read. It gets the same N as the reader chose. The reader's time is the whole of `read_clip`:
starting the guarded child, packets, frames, sound and hash. Run it with:

    python benchmarks/bench_frames.py
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import av
import numpy as np
from busy import Others
from clips import FRAME_RATE_HZ, GOP, write_clip

from viral.media.reader import read_clip

SIZES = ((576, 1024), (1080, 1920))
DURATION_S = 30


def seek_loop(path: Path, frames: int) -> int:
    """Read `frames` evenly spaced frames by setting the position for each; return how many came."""
    import cv2

    capture = cv2.VideoCapture(str(path))
    total = int(capture.get(cv2.CAP_PROP_FRAME_COUNT))
    got = 0
    for place in np.linspace(0, total - 1, frames).astype(int):
        capture.set(cv2.CAP_PROP_POS_FRAMES, int(place))
        ok, _ = capture.read()
        got += ok
    capture.release()
    return got


def decode_all(path: Path) -> int:
    """Decode every picture with PyAV, without scaling: the rate of the decoder itself."""
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        stream.codec_context.thread_type = "AUTO"
        stream.codec_context.thread_count = 2
        return sum(1 for _ in container.decode(stream))


def _seconds(call: Callable[[], object], repeats: int) -> float:
    taken = []
    for _ in range(repeats):
        start = time.perf_counter()
        call()
        taken.append(time.perf_counter() - start)
    return statistics.median(taken)


def main(arguments: list[str] | None = None) -> int:
    """Print one row per size and return 0."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "--repeats", type=int, default=3, help="runs of the reader; median is shown"
    )
    options = parser.parse_args(arguments)
    print(f"{DURATION_S} s of H.264, {FRAME_RATE_HZ} frames/s, a keyframe every {GOP} frames")
    with tempfile.TemporaryDirectory() as folder:
        for width, height in SIZES:
            path = Path(folder) / f"{width}x{height}.mp4"
            write_clip(path, width, height, DURATION_S)
            others = Others()
            megabits = path.stat().st_size * 8 / DURATION_S / 1e6
            clip = read_clip(path)
            count = len(clip.frames)
            reader_s = _seconds(lambda path=path: read_clip(path), options.repeats)
            loop_s = _seconds(lambda path=path, count=count: seek_loop(path, count), 1)
            all_s = _seconds(lambda path=path: decode_all(path), 1)
            print(
                f"{width}x{height} ({megabits:.1f} Mbit/s), {count} frames: "
                f"reader {reader_s:.2f} s, "
                f"OpenCV seek loop {loop_s:.2f} s ({loop_s / reader_s:.1f} x), "
                f"PyAV decoding all {all_s:.2f} s ({all_s / reader_s:.1f} x); {others}"
            )
    return 0


if __name__ == "__main__":
    sys.exit(main())
