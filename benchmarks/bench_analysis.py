"""Time the whole analysis of a clip, stage by stage, each clip in a process of its own.

Warm: the models are loaded by a short clip first. Memory is the most that the process had, and the
most that a decoding child had beside it. Run it with:

    python benchmarks/bench_analysis.py
    python benchmarks/bench_analysis.py --speech-backend whisper
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from busy import Others
from clips import speech, write_clip


@dataclass(frozen=True)
class Case:
    """A clip to time."""

    width: int
    height: int
    duration_s: float
    spoken: bool
    most_s: float
    """What was promised."""

    def __str__(self) -> str:
        """Return what the clip is."""
        kind = "with speech" if self.spoken else "without speech"
        return f"{self.duration_s:g} s {self.width}x{self.height} {kind}"


CASES = (
    Case(576, 1024, 15, False, 2.0),
    Case(576, 1024, 15, True, 5.0),
    Case(1080, 1920, 60, True, 15.0),
)
MAX_SECOND_S = 0.2
MAX_BYTES = 2_000_000_000


def _seconds(call: Callable[[], Any]) -> tuple[float, Any]:
    start = time.perf_counter()
    result = call()
    return time.perf_counter() - start, result


def measure(path: Path, warm: Path, repeats: int) -> dict[str, Any]:
    """Time one clip in this process: the stages apart, the whole, and the second time."""
    from viral.media.reader import read_clip
    from viral.modalities import audio, speech, visual
    from viral.pipeline import analyse, pooled
    from viral.posts.details import PostDetails
    from viral.remembered import remembered

    cold_s, _ = _seconds(lambda: analyse(warm))
    stages: dict[str, list[float]] = {}

    def timed(stage: str, call: Callable[[], Any]) -> Any:
        seconds, result = _seconds(call)
        stages.setdefault(stage, []).append(seconds)
        return result

    analyse(path)
    for _ in range(repeats):
        remembered().forget()
        timed("whole", lambda: analyse(path))
        timed("second time", lambda: analyse(path))
        clip = timed("reading", lambda: read_clip(path))
        seen = timed("looking", lambda clip=clip: visual.measure(clip))
        heard = timed("listening", lambda clip=clip: audio.measure(clip))
        said = timed("transcribing", lambda clip=clip: speech.measure(clip))
        parts = {"visual": seen, "audio": heard, "speech": said}
        timed("pooling", lambda clip=clip, parts=parts: pooled(parts, clip.facts, PostDetails()))
    most = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return {
        "cold": cold_s,
        "stages": {stage: statistics.median(times) for stage, times in stages.items()},
        "bytes": [usage.ru_maxrss * 1024 for usage in most],
    }


def _in_child(path: Path, warm: Path, repeats: int, backend: str) -> dict[str, Any]:
    done = subprocess.run(
        [sys.executable, __file__, "--clip", path, "--warm", warm, "--repeats", str(repeats)],
        capture_output=True,
        text=True,
        env={**os.environ, "VIRAL_SPEECH_BACKEND": backend},
        check=False,
    )
    if done.returncode:
        raise RuntimeError(done.stderr)
    return dict(json.loads(done.stdout.splitlines()[-1]))


def main(arguments: list[str] | None = None) -> int:
    """Print a block for each clip and return 0."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--repeats", type=int, default=3, help="runs; the median is shown")
    parser.add_argument("--speech-backend", default="whisper-timestamped")
    parser.add_argument("--json", type=Path, help="write the figures to this file too")
    parser.add_argument("--clip", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--warm", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    if options.clip:
        print(json.dumps(measure(options.clip, options.warm, options.repeats)))
        return 0
    figures = []
    with tempfile.TemporaryDirectory() as name:
        warm = Path(name) / "warm.mp4"
        write_clip(warm, 144, 256, 4.0, speech(4.0))
        for case in CASES:
            path = Path(name) / "clip.mp4"
            sound = speech(case.duration_s) if case.spoken else None
            write_clip(path, case.width, case.height, case.duration_s, sound)
            others = Others()
            found = _in_child(path, warm, options.repeats, options.speech_backend)
            figures.append({**asdict(case), **found, "others_cores": others.cores()})
            stages = found["stages"]
            whole_s, second_s = stages.pop("whole"), stages.pop("second time")
            own, child = (size / 1e6 for size in found["bytes"])
            print(f"{case} ({options.speech_backend}); {others}")
            print(f"  whole {whole_s:.2f} s (target {case.most_s:g} s)")
            print(f"  second time {1e3 * second_s:.0f} ms (target {1e3 * MAX_SECOND_S:.0f} ms)")
            print("  " + ", ".join(f"{stage} {s:.2f} s" for stage, s in stages.items()))
            print(f"  first clip of the process {found['cold']:.1f} s")
            print(
                f"  memory {own:.0f} MB and {child:.0f} MB in the decoding child "
                f"(target {MAX_BYTES / 1e6:.0f} MB together)"
            )
    if options.json:
        options.json.write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
