"""Memory over many predictions of different clips: does it grow after warm-up?

Every clip has a content of its own, every tenth has speech. Memory is what no other process
shares, of a process and of the decoding server below it. Of one process by itself, and of the app
while several users have their clips explained at once, in rounds:

    python benchmarks/bench_memory.py
    python benchmarks/bench_memory.py --clips 1000 --users 16
"""

from __future__ import annotations

import argparse
import os
import queue
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
from bench_extract import Kind, write_clips
from bench_start import app
from busy import Others
from clips import speech, write_clip
from processes import tree_bytes
from results import add_out, keep

from viral.hosting.memory import TRIM_EVERY_S

WARM = 100
"""Predictions after which the libraries have taken what they keep."""
EVERY = 25
SPOKEN_EVERY = 10
PATIENT: dict[str, Any] = {"httpx_kwargs": {"timeout": 600.0}}
ROUND_CLIPS = 125
MOST_ROUND_GROWTH_MB = 50.0
"""From the second round on: the first one fills the caches."""
LEAST_GROWTH_MB = 20.0
"""Less than this from the first to the last quarter is noise of the allocators."""


def rounds(clips: int, users: int) -> dict[str, Any]:
    """Let users have clips explained by the app and return its memory after each round."""
    from gradio_client import Client, handle_file

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_clips(folder, clips, Kind())
        spoken = folder / "spoken.mp4"
        write_clip(spoken, 144, 256, 6.0, speech(6.0))
        voice = spoken.read_bytes()
        given = {
            "GRADIO_TEMP_DIR": str(folder / "uploads"),
            "VIRAL_DATA_DIR": str(folder / "data"),
            "VIRAL_CALLS_PER_MINUTE": "1000000",
            "VIRAL_UPLOAD_BYTES_PER_MINUTE": "100000000000",
        }
        with app(["app.py"], given) as running, ThreadPoolExecutor(users) as pool:
            clients = queue.SimpleQueue[Any]()
            for _ in range(users):
                clients.put(Client(running.url, verbose=False, download_files=False, **PATIENT))

            def look(number: int) -> None:
                path = folder / f"{number:06}.mp4"
                if number % SPOKEN_EVERY == 0:
                    path.write_bytes(voice + (16).to_bytes(4, "big") + b"free" + number.to_bytes(8))
                client = clients.get()
                client.predict(clip=handle_file(path), followers=number, api_name="/explain")
                clients.put(client)

            sizes, start = [], time.perf_counter()
            for first in range(0, clips, ROUND_CLIPS):
                list(pool.map(look, range(first, min(first + ROUND_CLIPS, clips))))
                # What was freed is given back within a few seconds.
                time.sleep(TRIM_EVERY_S)
                list(pool.map(look, [first]))
                sizes.append(tree_bytes(running.pid, alone=True) / 1e6)
                print(f"round {len(sizes)} of {ROUND_CLIPS} clips: {sizes[-1]:.0f} MB", flush=True)
            seconds = time.perf_counter() - start
    growth = max(sizes[1:]) - sizes[1] if len(sizes) > 1 else 0.0
    print(
        f"Growth from round 2 on: {growth:.0f} MB; {clips / seconds:.2f} clips a second, "
        f"{users} users"
    )
    return {
        "clips": clips,
        "users": users,
        "round_clips": ROUND_CLIPS,
        "megabytes": sizes,
        "growth_megabytes": growth,
        "clips_per_s": clips / seconds,
    }


def main(arguments: list[str] | None = None) -> int:
    """Print memory along the way; return 0, or 1 where it has grown."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--predictions", type=int, default=500)
    parser.add_argument("--clips", type=int, help="of users of the app")
    parser.add_argument("--users", type=int, default=16)
    add_out(parser)
    options = parser.parse_args(arguments)
    if options.clips:
        found = rounds(options.clips, options.users)
        keep(options.out, "memory_of_users", found)
        return int(found["growth_megabytes"] > MOST_ROUND_GROWTH_MB)
    from viral import predict

    others = Others()
    sizes = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_clips(folder, options.predictions, Kind())
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
