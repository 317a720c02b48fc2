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
from pathlib import Path
from typing import Any

import av
import numpy as np
from busy import Others
from clips import FRAME_RATE_HZ, GOP, write_clip
from processes import seconds
from results import add_out, keep

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


def measured(width: int, height: int, folder: Path, repeats: int) -> dict[str, Any]:
    """Time one size; `times` is how many times as long the loop of seeks takes."""
    path = folder / f"{width}x{height}.mp4"
    write_clip(path, width, height, DURATION_S)
    others = Others()
    count = len(read_clip(path).frames)
    reader_s = statistics.median(seconds(lambda: read_clip(path)) for _ in range(repeats))
    loop_s = seconds(lambda: seek_loop(path, count))
    return {
        "clip": f"{DURATION_S} s {width}x{height}",
        "megabits_per_s": path.stat().st_size * 8 / DURATION_S / 1e6,
        "frames": count,
        "reader_s": reader_s,
        "seek_loop_s": loop_s,
        "times": loop_s / reader_s,
        "all_s": seconds(lambda: decode_all(path)),
        "others_cores": others.cores(),
    }


def show(found: dict[str, Any]) -> None:
    """Print one size."""
    print(
        f"  {found['clip']} ({found['megabits_per_s']:.1f} Mbit/s), {found['frames']} frames: "
        f"reader {found['reader_s']:.2f} s, OpenCV seek loop {found['seek_loop_s']:.2f} s "
        f"({found['times']:.1f} x), PyAV decoding all {found['all_s']:.2f} s "
        f"({found['all_s'] / found['reader_s']:.1f} x); "
        f"others used {found['others_cores']:.1f} cores",
        flush=True,
    )


def main(arguments: list[str] | None = None) -> int:
    """Print one row per size and return 0."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "--repeats", type=int, default=5, help="runs of the reader; median is shown"
    )
    add_out(parser)
    options = parser.parse_args(arguments)
    print(f"{DURATION_S} s of H.264, {FRAME_RATE_HZ} frames/s, a keyframe every {GOP} frames")
    figures = []
    with tempfile.TemporaryDirectory() as name:
        for width, height in SIZES:
            found = measured(width, height, Path(name), options.repeats)
            show(found)
            figures.append(found)
    keep(options.out, "frames", figures)
    return 0


if __name__ == "__main__":
    sys.exit(main())
