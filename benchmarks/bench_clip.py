"""Time the whole analysis of a clip and each stage of it, and the same work done the plain way.

Warm: a short clip loads the models first. Each clip is measured in processes of its own: ours, the
straightforward way (`straightforward.py`), and what each stage could not be quicker than
(`limits.py`). Memory is the most that a process and all below it had at once. Run it with:

    python benchmarks/bench_clip.py
    python benchmarks/bench_clip.py --repeats 5 --speech-backend faster-whisper
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from busy import Others
from clips import speech, write_clip
from processes import Watch, tree_processor_s
from results import add_out, keep

CAPTION = "Three ways to keep spring onions fresh #kitchen #foodhacks @somebody"
ACCOUNT = {"followers": 12_000, "recent_views": [900, 1500, 700, 1200, 2100]}
PARTS = ("read", "look", "listen", "transcribe", "embed text", "pool", "score", "explain")
DEFAULT_BACKEND = "faster-whisper"


@dataclass(frozen=True)
class Case:
    """A clip to time."""

    width: int
    height: int
    duration_s: float
    spoken: bool
    most_s: float
    """What was promised for the whole."""

    def __str__(self) -> str:
        """Return what the clip is."""
        kind = "with speech" if self.spoken else "without speech"
        return f"{self.duration_s:g} s {self.width}x{self.height} {kind}"

    def write(self, path: Path) -> None:
        """Write the clip."""
        sound = speech(self.duration_s) if self.spoken else None
        write_clip(path, self.width, self.height, self.duration_s, sound)


CASES = (
    Case(576, 1024, 15, False, 2.0),
    Case(576, 1024, 15, True, 5.0),
    Case(1080, 1920, 60, True, 15.0),
)
WARM = Case(144, 256, 4, True, 0.0)
"""What loads the models."""


def ours(path: Path, warm: Path, repeats: int) -> dict[str, Any]:
    """Time one clip in this process; return the median seconds of the whole and of each stage."""
    from viral.clip_cache import remembered
    from viral.media.reader import read_clip
    from viral.modalities import audio, speech, text, visual
    from viral.modalities.networks import sentences
    from viral.model.attribution import explain
    from viral.model.inputs import inputs_from_features
    from viral.model.store import shipped_model
    from viral.pipeline import analyse, pooled
    from viral.posts.details import post_details

    taken: dict[str, list[float]] = {}
    used: list[float] = []

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
        used_s = tree_processor_s(os.getpid())
        timed("whole", lambda: analyse(path, details))
        used.append(tree_processor_s(os.getpid()) - used_s)
        timed("again", lambda: analyse(path, details))
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

        def score(features: Any = features) -> Any:
            inputs = inputs_from_features(features, details)
            model.counts(model.estimate(inputs))
            return inputs

        inputs = timed("score", score)
        timed("explain", lambda i=inputs, f=features: explain(model, i, f))
    found = {stage: statistics.median(seconds) for stage, seconds in taken.items()}
    return {
        "seconds": found,
        "processor_s": statistics.median(used),
        "pictures": len(clip.frames),
        "file_bytes": clip.facts.file_bytes,
    }


def plain(path: Path, warm: Path, repeats: int) -> dict[str, Any]:
    """Time the same clip the straightforward way, once; see `straightforward`."""
    import straightforward

    from viral.media.reader import read_clip
    from viral.modalities import audio, speech, visual

    del repeats
    clip = read_clip(warm)
    for modality in (visual, audio, speech):
        modality.measure(clip)
    clip = read_clip(path)
    return {"seconds": straightforward.timed(path, clip, len(clip.frames))}


def floors(path: Path, warm: Path, repeats: int) -> dict[str, Any]:
    """Return what each stage could not be quicker than, and what of the machine says so."""
    from limits import Machine, decode_limit, transform_limit_s

    from viral.media.reader import read_clip
    from viral.modalities import audio, speech, visual
    from viral.modalities.networks import imagenet, sentences
    from viral.settings import settings

    del repeats
    # ONNX Runtime's work cannot be watched; it is that of the same network in torch.
    watchable = imagenet.TorchNetwork()
    imagenet.network = lambda: watchable  # type: ignore[assignment]
    # CTranslate2's work cannot be watched; it is that of the same network in openai-whisper.
    eight_bits = settings().speech_backend == "faster-whisper"
    if eight_bits:
        os.environ["VIRAL_SPEECH_BACKEND"] = "whisper"
        settings.cache_clear()
    for modality in (visual, audio, speech):
        modality.measure(read_clip(warm))
    clip = read_clip(path)
    machine = Machine.measured()
    decoding = decode_limit(path, os.cpu_count() or 1)
    found: dict[str, Any] = {
        "read": {"limit_s": decoding["limit_s"], "pictures_per_s": decoding["pictures_per_s"]},
        "listen": {"limit_s": transform_limit_s(clip.waveform)},
    }
    calls: dict[str, Callable[[], Any]] = {
        "look": lambda: visual.measure(clip),
        "transcribe": lambda: speech.measure(clip),
        "embed text": lambda: sentences.embed([CAPTION + " once more"]),
    }
    for stage, call in calls.items():
        weight_bytes = 1 if eight_bits and stage == "transcribe" else 4
        with machine.watched(weight_bytes) as work:
            call()
        if work.limit_s:
            found[stage] = {"limit_s": work.limit_s, "multiply_adds": work.multiply_adds}
    return {
        "stages": found,
        "multiply_adds_per_s": machine.multiply_adds_per_s,
        "read_bytes_per_s": machine.read_bytes_per_s,
    }


WAYS = {"ours": ours, "plain": plain, "floors": floors}


def in_child(way: str, path: Path, warm: Path, repeats: int, backend: str) -> dict[str, Any]:
    """Measure in a process of its own; return what it found, its memory and how busy others were.

    Raises
    ------
    RuntimeError
        The process failed; its last words are in the message.
    """
    others = Others()
    process = subprocess.Popen(
        [
            *(sys.executable, __file__, "--way", way, "--clip", path, "--warm", warm),
            *("--repeats", str(repeats)),
        ],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "VIRAL_SPEECH_BACKEND": backend},
    )
    watch = Watch(process)
    out, err = process.communicate()
    if process.returncode:
        raise RuntimeError(err)
    found = dict(json.loads(out.splitlines()[-1]))
    return {**found, "bytes": watch.most_bytes, "others_cores": others.cores()}


def measured(case: Case, folder: Path, repeats: int, backend: str) -> dict[str, Any]:
    """Measure a clip all three ways."""
    warm, path = folder / "warm.mp4", folder / "clip.mp4"
    if not warm.exists():
        WARM.write(warm)
    case.write(path)
    return {
        "clip": str(case),
        "most_s": case.most_s,
        **{way: in_child(way, path, warm, repeats, backend) for way in WAYS},
    }


def show(found: dict[str, Any]) -> None:
    """Print the stages of one clip."""
    seconds, other = found["ours"]["seconds"], found["plain"]["seconds"]
    stages = found["floors"]["stages"]
    busy = max(found[way]["others_cores"] for way in WAYS)
    print(f"\n{found['clip']}, {found['ours']['pictures']} pictures; others used {busy:.1f} cores")
    print(f"  {'stage, warm':<14s}{'ours':>9s}{'limit':>10s}{'of it':>7s}{'plain way':>12s}")
    for stage in PARTS:
        limit = stages.get(stage, {}).get("limit_s")
        floor = f"{limit:>8.3f} s{100 * limit / seconds[stage]:>5.0f} %" if limit else f"{'':>17s}"
        way = f"{other[stage]:>10.2f} s" if stage in other else ""
        print(f"  {stage:<14s}{seconds[stage]:>7.3f} s{floor}{way}".rstrip())
    whole_s, plain_s = seconds["whole"], sum(other.values())
    print(
        f"  {'whole':<14s}{whole_s:>7.2f} s{'':>17s}{plain_s:>10.2f} s  {plain_s / whole_s:.1f} x"
    )
    rate, pace = (found["floors"][key] / 1e9 for key in ("multiply_adds_per_s", "read_bytes_per_s"))
    print(
        f"  limits: {rate:.0f} thousand million multiply-adds and {pace:.0f} GB of memory read a "
        f"second, {stages['read']['pictures_per_s']:.0f} pictures decoded a second and core"
    )
    print(
        f"  memory with children {found['ours']['bytes'] / 1e6:.0f} MB, the plain way "
        f"{found['plain']['bytes'] / 1e6:.0f} MB; first clip of a process "
        f"{seconds['first clip of a process']:.1f} s"
    )


def main(arguments: list[str] | None = None) -> int:
    """Print a block for each clip and return 0."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--repeats", type=int, default=3, help="runs; the median is shown")
    parser.add_argument("--speech-backend", default=DEFAULT_BACKEND)
    add_out(parser)
    parser.add_argument("--way", choices=sorted(WAYS), help=argparse.SUPPRESS)
    parser.add_argument("--clip", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--warm", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    if options.way:
        print(json.dumps(WAYS[options.way](options.clip, options.warm, options.repeats)))
        return 0
    figures = []
    with tempfile.TemporaryDirectory() as name:
        for case in CASES:
            found = measured(case, Path(name), options.repeats, options.speech_backend)
            show(found)
            figures.append(found)
    keep(options.out, f"clips with {options.speech_backend}", figures)
    return 0


if __name__ == "__main__":
    sys.exit(main())
