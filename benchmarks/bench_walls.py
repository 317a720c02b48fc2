"""What the walls around the decoding child cost a clip, beside the same build without them.

    python benchmarks/bench_walls.py
    python benchmarks/bench_walls.py --against REVISION     # an earlier build as well

Each build reads in a process of its own, and the builds take turns clip by clip. Printed are the
quickest and the median time of a whole reading, what each build takes more than the first, and what
`viral.media` takes to find out at its start which walls stand.
"""

from __future__ import annotations

import argparse
import io
import os
import statistics
import subprocess
import sys
import tarfile
import tempfile
from contextlib import ExitStack
from pathlib import Path

from clips import tone, write_clip
from results import add_out, keep

ROOT = Path(__file__).resolve().parent.parent
CLIPS = {"15 s 576x1024": (576, 1024, 15.0), "0.5 s 144x256": (144, 256, 0.5)}
READER = """
import sys, time
from viral.media import decoding
from viral.media.reader import read_clip
if sys.argv[1] == "open":
    decoding.PROGRAM = (
        "from viral.media import decode_child\\n"
        "decode_child._wall_in = lambda walls: None\\n"
        "decode_child.main(job)"
    )
for line in sys.stdin:
    started_s = time.perf_counter()
    read_clip(line.strip())
    print(time.perf_counter() - started_s, flush=True)
"""
SETTLING = """
import os, statistics, time
from viral.media import decode_child, decode_server
decode_server.prime()
started_s = time.perf_counter()
walls = decode_server.settled()
settling_s = time.perf_counter() - started_s

def put_up():
    ours, theirs = os.pipe()
    if os.fork() == 0:
        started_s = time.perf_counter()
        decode_child._wall_in(walls)
        os.write(theirs, str(time.perf_counter() - started_s).encode())
        os._exit(0)
    os.close(theirs)
    os.wait()
    return float(os.read(ours, 100))

print(settling_s, statistics.median(put_up() for _ in range(100)))
"""


class Build:
    """A build of the project that reads clips in a process of its own."""

    def __init__(self, root: Path, *, walls: bool = True) -> None:
        """Start it."""
        self.process = subprocess.Popen(
            [sys.executable, "-c", READER, "walled" if walls else "open"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=root,
            env={**os.environ, "PYTHONPATH": str(root)},
        )

    def read_s(self, path: Path) -> float:
        """Return the seconds that it takes to read a clip."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(f"{path}\n")
        self.process.stdin.flush()
        return float(self.process.stdout.readline())

    def __enter__(self) -> Build:
        """Return itself."""
        return self

    def __exit__(self, *raised: object) -> None:
        """End it."""
        self.process.communicate()


def earlier(revision: str, folder: Path) -> Path:
    """Unpack an earlier build."""
    command = ["git", "archive", "--format=tar", revision, "viral"]
    packed = subprocess.run(command, cwd=ROOT, capture_output=True, check=True).stdout
    with tarfile.open(fileobj=io.BytesIO(packed)) as archive:
        archive.extractall(folder, filter="data")
    return folder


def measured(builds: dict[str, Build], path: Path, repeats: int) -> dict[str, dict[str, float]]:
    """Let the builds read a clip in turns; return the quickest and the median of each, in ms."""
    times: dict[str, list[float]] = {name: [] for name in builds}
    for place in range(repeats + 2):
        for name, build in builds.items():
            took_s = build.read_s(path)
            if place >= 2:
                times[name].append(took_s)
    return {
        name: {"quickest_ms": 1e3 * min(all_s), "median_ms": 1e3 * statistics.median(all_s)}
        for name, all_s in times.items()
    }


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--against", metavar="REVISION")
    parser.add_argument("--repeats", type=int, default=30)
    add_out(parser)
    options = parser.parse_args()
    found: dict[str, object] = {}
    with tempfile.TemporaryDirectory() as scratch, ExitStack() as stack:
        folder = Path(scratch)
        builds = {"no walls": stack.enter_context(Build(ROOT, walls=False))}
        if options.against:
            root = earlier(options.against, folder)
            builds[options.against] = stack.enter_context(Build(root))
        builds["walls"] = stack.enter_context(Build(ROOT))
        for clip, (width, height, duration_s) in CLIPS.items():
            path = folder / f"{width}.mp4"
            write_clip(path, width, height, duration_s, tone(duration_s))
            times = measured(builds, path, options.repeats)
            found[clip] = times
            for name, each in times.items():
                more = {kind: times["walls"][kind] - value for kind, value in each.items()}
                print(
                    f"{clip:15} {name:9} quickest {each['quickest_ms']:7.1f} ms, "
                    f"median {each['median_ms']:7.1f} ms; walls take "
                    f"{more['quickest_ms']:+.1f} / {more['median_ms']:+.1f} ms more"
                )
        settling = subprocess.run(
            [sys.executable, "-c", SETTLING],
            capture_output=True,
            text=True,
            check=True,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
        )
        settling_ms, put_up_ms = (1e3 * float(word) for word in settling.stdout.split())
        found |= {"settling_ms": settling_ms, "put_up_ms": put_up_ms}
        print(f"putting them up: {put_up_ms:.2f} ms a clip; settled once in {settling_ms:.0f} ms")
    keep(options.out, "walls", found)


if __name__ == "__main__":
    main()
