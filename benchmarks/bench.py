"""Seconds and memory of everything that somebody waits for: `make bench`.

Two clips of 15 s, 576x1024, with and without speech, each in a process of its own: the stages warm,
the same clip again, a what-if, a trim, and the same work written the straightforward way. Then the
first page after a cold start. The targets are for two cores that nobody else uses; a last column
says how busy others kept them. Nothing here is a test. Run it with:

    python benchmarks/bench.py
    python benchmarks/bench.py --repeats 5 --speech-backend whisper

`bench_analysis.py` has longer clips, `bench_extract.py` many of them.
"""

from __future__ import annotations

import argparse
import json
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import bench_frames
from busy import Others
from clips import speech, write_clip

ROOT = Path(__file__).resolve().parent.parent
WIDTH, HEIGHT, DURATION_S = 576, 1024, 15.0
CAPTION = "Three ways to keep spring onions fresh #kitchen #foodhacks @somebody"
OTHER_CAPTION = "I did not expect this to work #garden"
ACCOUNT = {"followers": 12_000, "recent_views": [900, 1500, 700, 1200, 2100]}
TRIM_S = 1.0
"""What the trim takes off the start."""
MOST_S = {"with speech": 8.0, "without speech": 3.0}
MOST_BYTES = 2_000_000_000
MOST_WHAT_IF_S, MOST_TRIM_S = 0.15, 0.5
MOST_FIRST_PAGE_S = 10.0
PATIENCE_S = 120.0
SAMPLE_EVERY_S = 0.02
PARTS = ("read", "look", "listen", "transcribe", "embed text", "pool", "score", "explain")


def tree_bytes(root: int) -> int:
    """Return the resident memory of a process and all below it; what they share counts for each."""
    below: dict[int, list[int]] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            words = stat.read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
        except OSError:
            continue
        below.setdefault(int(words[1]), []).append(int(stat.parent.name))
    pages = 0
    waiting = [root]
    while waiting:
        process = waiting.pop()
        waiting += below.get(process, [])
        try:
            pages += int(Path(f"/proc/{process}/statm").read_text(encoding="ascii").split()[1])
        except OSError:
            continue
    return pages * os.sysconf("SC_PAGE_SIZE")


class Watch:
    """The most memory that a process and all below it have at once, looked at from outside."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.most_bytes = 0
        self._process = process
        self._looker = threading.Thread(target=self._look, daemon=True)
        self._looker.start()

    def _look(self) -> None:
        while self._process.poll() is None:
            self.most_bytes = max(self.most_bytes, tree_bytes(self._process.pid))
            time.sleep(SAMPLE_EVERY_S)


def measure(path: Path, warm: Path, repeats: int) -> dict[str, float]:
    """Time one clip in this process; return the median seconds by stage."""
    from viral.explain.attribution import explain
    from viral.explain.what_if import what_if
    from viral.media.reader import read_clip
    from viral.modalities import audio, sentences, speech, text, visual
    from viral.model.inputs import inputs_from_features
    from viral.model.store import shipped_model
    from viral.pipeline import analyse, pooled
    from viral.posts.details import post_details
    from viral.remembered import remembered

    taken: dict[str, list[float]] = {}

    def timed(stage: str, call: Callable[[], Any]) -> Any:
        start = time.perf_counter()
        result = call()
        taken.setdefault(stage, []).append(time.perf_counter() - start)
        return result

    details = post_details(caption=CAPTION, **ACCOUNT)
    timed("first clip of a process", lambda: analyse(warm, details))
    model = shipped_model()
    for turn in range(repeats):
        remembered().forget()
        analysis = timed("whole", lambda: analyse(path, details))
        timed("again", lambda: analyse(path, details))
        caption = f"{OTHER_CAPTION} {turn}"
        timed("what-if", lambda caption=caption, a=analysis: what_if(a, caption=caption))
        trim_s = TRIM_S + turn / 10
        timed("trim", lambda trim_s=trim_s, a=analysis: what_if(a, trim_start_s=trim_s))
        clip = timed("read", lambda: read_clip(path))
        seen = timed("look", lambda clip=clip: visual.measure(clip))
        heard = timed("listen", lambda clip=clip: audio.measure(clip))
        said = timed("transcribe", lambda clip=clip: speech.measure(clip))
        # Embeddings are remembered by their text, so each turn embeds new ones.
        words = [f"{word.text} {turn}" for word in said.words]
        other = replace(details, caption=f"{CAPTION} {turn}")
        timed(
            "embed text",
            lambda o=other, w=words: (text.extract(o), w and sentences.embed([" ".join(w)])),
        )
        parts = {"visual": seen, "audio": heard, "speech": said}
        features = timed("pool", lambda c=clip, p=parts: pooled(p, c.facts, details))
        inputs = timed("score", lambda f=features: inputs_from_features(f, details))
        before = taken["score"].pop()
        timed("score", lambda i=inputs: model.counts(model.estimate(i)))
        taken["score"][-1] += before
        timed("explain", lambda i=inputs, f=features: explain(model, i, f))
    return {stage: statistics.median(seconds) for stage, seconds in taken.items()}


def measure_straightforward(path: Path, warm: Path) -> dict[str, float]:
    """Time the same clip the straightforward way, once; see `straightforward`."""
    import straightforward

    from viral.media.reader import read_clip
    from viral.modalities import audio, speech, visual

    clip = read_clip(warm)
    for modality in (visual, audio, speech):
        modality.measure(clip)
    clip = read_clip(path)
    return straightforward.timed(path, clip, len(clip.frames))


def in_child(kind: str, path: Path, warm: Path, options: argparse.Namespace) -> dict[str, Any]:
    """Measure in a process of its own; return the seconds by stage, memory and how busy others
    were.

    Raises
    ------
    RuntimeError
        The process failed; its last words are in the message.
    """
    others = Others()
    process = subprocess.Popen(
        [
            *(sys.executable, __file__, "--child", kind, "--clip", path, "--warm", warm),
            *("--repeats", str(options.repeats)),
        ],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "VIRAL_SPEECH_BACKEND": options.speech_backend},
    )
    watch = Watch(process)
    out, err = process.communicate()
    if process.returncode:
        raise RuntimeError(err)
    found: dict[str, Any] = {"seconds": json.loads(out.splitlines()[-1])}
    return {**found, "bytes": watch.most_bytes, "others_cores": others.cores()}


def first_page_s() -> dict[str, Any]:
    """Start the app in a new process and return the seconds until its first page is there."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = {**os.environ, "VIRAL_HOST": "127.0.0.1", "VIRAL_PORT": str(port)}
    for name in ("GRADIO_SERVER_NAME", "GRADIO_SERVER_PORT"):
        environment.pop(name, None)
    others = Others()
    start = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "app.py"],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    watch = Watch(process)
    try:
        while process.poll() is None and time.perf_counter() - start < PATIENCE_S:
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=PATIENCE_S):
                    seconds = time.perf_counter() - start
                    break
            except OSError:
                time.sleep(SAMPLE_EVERY_S)
        else:
            raise RuntimeError("The app did not start.")
        time.sleep(2 * SAMPLE_EVERY_S)
    finally:
        process.terminate()
        process.wait()
    # Only a process that has ended counts as our own.
    return {"seconds": seconds, "bytes": watch.most_bytes, "others_cores": others.cores()}


def _row(name: str, value: str, target: str = "", note: str = "") -> None:
    print(f"  {name:<26s}{value:>12s}   {target:<12s}{note}".rstrip())


def _kept(value: float, most: float) -> str:
    return "" if value <= most else "MISSED"


def show(kind: str, ours: dict[str, Any], plain: dict[str, Any]) -> None:
    """Print the table of one clip."""
    seconds, most_s = ours["seconds"], MOST_S[kind]
    print(
        f"\n{DURATION_S:g} s {WIDTH}x{HEIGHT} {kind}; others used {ours['others_cores']:.1f} cores"
    )
    _row("", "warm", "target", "straightforward")
    for stage in PARTS:
        other = plain["seconds"].get(stage)
        note = f"{other:.2f} s ({other / seconds[stage]:.1f} x)" if other is not None else ""
        _row(stage, f"{seconds[stage]:.3f} s", "", note)
    whole_s, plain_s = seconds["whole"], sum(plain["seconds"].values())
    note = f"{plain_s:.2f} s ({plain_s / whole_s:.1f} x) {_kept(whole_s, most_s)}"
    _row("whole, nothing remembered", f"{whole_s:.2f} s", f"{most_s:g} s", note)
    _row("the same clip again", f"{seconds['again']:.3f} s")
    for stage, most in (("what-if", MOST_WHAT_IF_S), ("trim", MOST_TRIM_S)):
        value = seconds[stage]
        _row(f"{stage} (Analysis.again)", f"{value:.3f} s", f"{most:g} s", _kept(value, most))
    _row("first clip of a process", f"{seconds['first clip of a process']:.2f} s")
    note = f"{plain['bytes'] / 1e6:.0f} MB {_kept(ours['bytes'], MOST_BYTES)}"
    _row(
        "memory with children", f"{ours['bytes'] / 1e6:.0f} MB", f"{MOST_BYTES / 1e6:.0f} MB", note
    )


def main(arguments: list[str] | None = None) -> int:
    """Print a table for each clip, the cold start and the reading of frames; return 0."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--repeats", type=int, default=3, help="runs; the median is shown")
    parser.add_argument("--speech-backend", default="whisper-timestamped")
    parser.add_argument("--json", type=Path, help="write the figures to this file too")
    parser.add_argument("--child", choices=["ours", "plain"], help=argparse.SUPPRESS)
    parser.add_argument("--clip", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--warm", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    if options.child == "ours":
        print(json.dumps(measure(options.clip, options.warm, options.repeats)))
        return 0
    if options.child == "plain":
        print(json.dumps(measure_straightforward(options.clip, options.warm)))
        return 0

    figures: dict[str, Any] = {}
    with tempfile.TemporaryDirectory() as name:
        warm, path = Path(name) / "warm.mp4", Path(name) / "clip.mp4"
        write_clip(warm, 144, 256, 4.0, speech(4.0))
        for kind in MOST_S:
            sound = speech(DURATION_S) if kind == "with speech" else None
            write_clip(path, WIDTH, HEIGHT, DURATION_S, sound)
            ours, plain = (in_child(child, path, warm, options) for child in ("ours", "plain"))
            figures[kind] = {"ours": ours, "straightforward": plain}
            show(kind, ours, plain)

    figures["first page"] = page = first_page_s()
    print(f"\nThe app, from a cold start; others used {page['others_cores']:.1f} cores")
    _row("", "", "target")
    kept = _kept(page["seconds"], MOST_FIRST_PAGE_S)
    _row("first page", f"{page['seconds']:.2f} s", f"{MOST_FIRST_PAGE_S:g} s", kept)
    _row("memory with children", f"{page['bytes'] / 1e6:.0f} MB")

    print("\nReading, against seeking")
    bench_frames.main(["--repeats", str(options.repeats)])
    if options.json:
        options.json.write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
