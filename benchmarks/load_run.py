"""Many users at once on loopback: what each action takes, and whether each sees their own result.

The app runs in a process of its own. Every user uploads a clip of a shade of their own, has it
looked at (`explain`), and asks what-ifs, while the others do the same. Throughput, the median and
the 95th percentile of each action are printed, the places in the queue that were shown are checked,
and every answer is held against the clip and the caption that it belongs to. Run it with:

    python benchmarks/load_run.py
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import av
import numpy as np
from bench_start import app
from busy import Others
from results import add_out, keep

USERS = (1, 8, 32)
WHAT_IFS = 6
ROUND_S = 300.0
"""After this long a round is given up."""
POLL_S = 0.05
WIDTH, HEIGHT, FRAME_RATE_HZ, DURATION_S = 288, 512, 25, 4.0
SHADE_TOLERANCE = 2.5
"""Per cent of brightness that encoding may change."""
MAX_WHAT_IF_S = 0.5


def shade_of(user: int) -> int:
    """Return the grey of a user's clip, 0..255; neighbours are 6 apart, 2.4 % of brightness."""
    return 30 + 6 * user


def write_clip(path: Path, user: int) -> None:
    """Write a clip of one grey with noise under it, which nobody speaks in."""
    generator = np.random.default_rng(user)
    with av.open(str(path), "w") as container:
        video = container.add_stream("libx264", rate=FRAME_RATE_HZ, options={"preset": "veryfast"})
        video.width, video.height, video.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        for _ in range(round(FRAME_RATE_HZ * DURATION_S)):
            noise = (
                generator.integers(-8, 9, (HEIGHT // 8, WIDTH // 8, 1)).repeat(8, 0).repeat(8, 1)
            )
            picture = np.clip(shade_of(user) + noise, 0, 255).repeat(3, 2).astype(np.uint8)
            container.mux(video.encode(av.VideoFrame.from_ndarray(picture, format="rgb24")))
        container.mux(video.encode())


def environment(folder: Path) -> dict[str, str]:
    """Return the settings of the app that is tried; all users come from one address here."""
    return {
        "GRADIO_TEMP_DIR": str(folder / "uploads"),
        "VIRAL_DATA_DIR": str(folder / "data"),
        "VIRAL_CALLS_PER_MINUTE": "1000000",
        "VIRAL_UPLOAD_BYTES_PER_MINUTE": "100000000000",
    }


@dataclass
class Notes:
    """What was seen in a round."""

    seconds: dict[str, list[float]] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)
    ranks: list[list[int]] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def note(self, action: str, seconds: float) -> None:
        """Keep how long an action took."""
        with self.lock:
            self.seconds.setdefault(action, []).append(seconds)

    def problem(self, sentence: str) -> None:
        """Keep what went wrong."""
        with self.lock:
            self.problems.append(sentence)


def inputs_of(explanation: dict[str, Any]) -> dict[str, Any]:
    """Return the measured values that an explanation names, by feature."""
    return {
        feature["name"]: feature.get("input")
        for modality in explanation["modalities"]
        for group in modality["groups"]
        for feature in group["features"]
    }


def use(url: str, user: int, clip: Path, notes: Notes, start: threading.Barrier) -> None:
    """Be one user: upload and look, then ask what-ifs."""
    from gradio_client import Client, handle_file

    try:
        client = Client(url, verbose=False)
        caption = "x" * (10 + user)
        start.wait(ROUND_S)
        began = time.perf_counter()
        job = client.submit(
            clip=handle_file(str(clip)), caption=caption, followers=1000 + user, api_name="/explain"
        )
        ranks: list[int] = []
        while not job.done():
            status = job.status()
            if status.rank is not None and (not ranks or ranks[-1] != status.rank):
                ranks.append(status.rank)
            time.sleep(POLL_S)
        explanation = job.result()
        notes.note("upload and look", time.perf_counter() - began)
        with notes.lock:
            notes.ranks.append(ranks)
        seen = inputs_of(explanation)
        brightness = 100 * shade_of(user) / 255
        if abs(float(seen["visual.brightness"]) - brightness) > SHADE_TOLERANCE:
            notes.problem(f"user {user} was shown another clip")
        if float(seen["text.caption_characters"]) != len(caption):
            notes.problem(f"user {user} was shown another post")
        for number in range(WHAT_IFS):
            began = time.perf_counter()
            client.predict(
                result=explanation["result"],
                caption=caption + " more" * (number + 1),
                trim_start_s=0.5,
                api_name="/what_if",
            )
            notes.note("what-if", time.perf_counter() - began)
    except Exception as error:
        notes.problem(f"user {user}: {type(error).__name__}: {str(error)[:200]}")
        start.abort()


def run_round(url: str, users: int, folder: Path) -> dict[str, Any]:
    """Let so many users work at once, print what they met and return it."""
    notes = Notes()
    clips = []
    for user in range(users):
        # Contents of their own in each round: nothing is recalled from the last one.
        path = folder / f"{users}_{user}.mp4"
        path.write_bytes((folder / f"clip_{user}.mp4").read_bytes() + _box(users))
        clips.append(path)
    start = threading.Barrier(users)
    threads = [
        threading.Thread(target=use, args=(url, user, clip, notes, start), daemon=True)
        for user, clip in enumerate(clips)
    ]
    others = Others()
    began = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(max(ROUND_S - (time.perf_counter() - began), 0.1))
    seconds = time.perf_counter() - began
    unfinished = sum(thread.is_alive() for thread in threads)
    problems = list(notes.problems)
    if unfinished:
        problems.append(f"{unfinished} users were not done after {ROUND_S:.0f} s")
    if any(ranks != sorted(ranks, reverse=True) for ranks in notes.ranks):
        problems.append("a place in the queue moved back")
    found = {
        "users": users,
        "clips_per_s": users / seconds,
        "seconds": seconds,
        "actions": {
            action: {
                "p50_s": float(np.percentile(times, 50)),
                "p95_s": float(np.percentile(times, 95)),
                "times": len(times),
            }
            for action, times in notes.seconds.items()
        },
        "longest_queue": max((ranks[0] for ranks in notes.ranks if ranks), default=0),
        "problems": problems,
        "others_cores": others.cores(),
    }
    show(found)
    return found


def show(found: dict[str, Any]) -> None:
    """Print what the users of a round met."""
    print(
        f"{found['users']} users: {found['clips_per_s']:.2f} clips a second, "
        f"{found['seconds']:.1f} s in all; others used {found['others_cores']:.1f} cores"
    )
    for action, times in found["actions"].items():
        target = f" (target {MAX_WHAT_IF_S} s at p95)" if action == "what-if" else ""
        print(
            f"  {action}: p50 {times['p50_s']:.2f} s, p95 {times['p95_s']:.2f} s{target}, "
            f"{times['times']} times"
        )
    print(f"  places in the queue: up to {found['longest_queue']}")
    for sentence in found["problems"]:
        print(f"  PROBLEM: {sentence}")
    if not found["problems"]:
        print("  no place moved back, and everybody saw their own clip and post", flush=True)


def same_file(url: str, users: int, clip: Path) -> list[str]:
    """Let all users send the same file at the same moment; return what went wrong."""
    from gradio_client import Client, handle_file

    start = threading.Barrier(users)
    clients = [Client(url, verbose=False) for _ in range(users)]

    def ask(client: Any) -> str:
        start.wait(ROUND_S)
        job = client.submit(clip=handle_file(str(clip)), api_name="/predict")
        return str(job.exception(timeout=ROUND_S) or "")

    with ThreadPoolExecutor(users) as pool:
        problems = [sentence for sentence in pool.map(ask, clients) if sentence]
    print(f"{users} users, the same file at once: {users - len(problems)} answered", flush=True)
    for sentence in problems:
        print(f"  PROBLEM: {sentence}")
    return problems


def _box(number: int) -> bytes:
    """Return a box that players pass over."""
    return (16).to_bytes(4, "big") + b"free" + number.to_bytes(8, "big")


def main(arguments: list[str] | None = None) -> int:
    """Print a block for each number of users; return 1 if anybody met a problem, else 0."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--users", type=int, nargs="+", default=list(USERS))
    add_out(parser)
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for user in range(max(options.users)):
            write_clip(folder / f"clip_{user}.mp4", user)
        (folder / "warm").mkdir()
        write_clip(folder / "warm" / "clip_0.mp4", 0)
        with app(["app.py"], environment(folder)) as running:
            print("once to warm up", flush=True)
            run_round(running.url, 1, folder / "warm")
            figures = [run_round(running.url, users, folder) for users in options.users]
            refused = same_file(running.url, max(options.users), folder / "clip_0.mp4")
    keep(options.out, "users", figures)
    return int(bool(refused) or any(found["problems"] for found in figures))


if __name__ == "__main__":
    sys.exit(main())
