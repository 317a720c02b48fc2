"""Memory of one process over many predictions of different clips: does it grow after warm-up?

Every clip has a content of its own, every tenth has speech. Memory is what no other process
shares, of this process and of the decoding server below it. Run it with:

    python benchmarks/bench_memory.py
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
from bench_extract import write_clips
from busy import Others
from clips import speech, write_clip
from processes import tree_bytes
from results import add_out, keep

WARM = 100
"""Predictions after which the libraries have taken what they keep."""
EVERY = 25
SPOKEN_EVERY = 10
LEAST_GROWTH_MB = 20.0
"""Less than this from the first to the last quarter is noise of the allocators."""


def main(arguments: list[str] | None = None) -> int:
    """Print memory along the way; return 0, or 1 where it has grown."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--predictions", type=int, default=500)
    add_out(parser)
    options = parser.parse_args(arguments)
    from viral import predict

    others = Others()
    sizes = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_clips(folder, options.predictions)
        spoken = folder / "spoken.mp4"
        write_clip(spoken, 144, 256, 6.0, speech(6.0))
        voice = spoken.read_bytes()
        start = time.perf_counter()
        for number in range(options.predictions):
            path = folder / f"{number:06}.mp4"
            if number % SPOKEN_EVERY == 0:
                path.write_bytes(voice + (16).to_bytes(4, "big") + b"free" + number.to_bytes(8))
            predict(path, caption=f"Clip {number} #test", followers=100 + number)
            if number % EVERY == EVERY - 1:
                sizes.append((number + 1, tree_bytes(os.getpid(), alone=True) / 1e6))
                print(f"{number + 1:>5} predictions: {sizes[-1][1]:.0f} MB", flush=True)
        seconds = time.perf_counter() - start
    after = [size for number, size in sizes if number > WARM]
    quarter = max(1, len(after) // 4)
    growth = float(np.median(after[-quarter:]) - np.median(after[:quarter]))
    print(
        f"Growth from prediction {WARM} on: {growth:.0f} MB in {options.predictions - WARM} "
        f"predictions; {seconds / options.predictions:.2f} s each; {others}"
    )
    keep(
        options.out,
        "memory",
        {
            "predictions": options.predictions,
            "warm": WARM,
            "megabytes": sizes,
            "growth_megabytes": growth,
            "seconds_each": seconds / options.predictions,
            "others_cores": others.cores(),
        },
    )
    return int(growth > LEAST_GROWTH_MB)


if __name__ == "__main__":
    sys.exit(main())
