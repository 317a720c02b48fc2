"""What each network and library takes to load, as published and in the form that is kept of it.

Each load runs in a process of its own, with the figures of that process alone: processor seconds
and the memory that it has more of afterwards. Run it with:

    python benchmarks/bench_loading.py [--out benchmarks/measured.json]
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from typing import Any

from busy import Others
from results import add_out, keep

CHILD = """
import json, sys, time
from pathlib import Path

import numpy as np
import viral.pipeline
from viral.modalities.networks import converted

def resident():
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096

if sys.argv[2] == "published":
    converted.kept = lambda name: None
sound = np.random.default_rng(0).normal(0, 0.1, 8 * 22_050).astype(np.float32)
picture = np.zeros((512, 288, 3), np.uint8)
start, before = time.process_time(), resident()
{code}
print(json.dumps([time.process_time() - start, resident() - before]))
"""
LIBROSA = """
import librosa
for name in ("chroma_stft", "spectral_centroid", "spectral_bandwidth", "spectral_rolloff", "mfcc"):
    getattr(librosa.feature, name)(y=sound, sr=22_050)
librosa.feature.zero_crossing_rate(sound)
librosa.onset.onset_detect(y=sound, sr=22_050)
"""
SPECTRAL = """
from viral.modalities.sound_frames import sound_frames
from viral.modalities.rhythm import rhythm_of
rhythm_of(sound_frames(sound).onset_strength, 22_050, 512)
"""
LOADS = {
    "pictures: torch, ONNX Runtime": (
        """from viral.modalities.networks import imagenet; imagenet.recognised([picture])""",
        None,
    ),
    "sound: librosa, NumPy": (LIBROSA, SPECTRAL),
    "trees: LightGBM with scikit-learn, without": (
        "import lightgbm",
        "from viral.model.tree_library import lightgbm; lightgbm()",
    ),
    "captions: unpacked when loaded, mapped": (
        """from viral.modalities.networks import sentences; sentences.embed(["A caption"])""",
        None,
    ),
    "languages: unpacked when loaded, mapped": (
        """from viral.modalities import language; language.language_of("How to keep onions")""",
        None,
    ),
    "speech: 16 bits, 8 bits": (
        """from viral.modalities.networks import faster_whisper_model as w; w._model()""",
        None,
    ),
}
"""What is loaded -> the code for what is published, and for what is kept where it differs."""


def measured() -> list[dict[str, Any]]:
    """Load each thing both ways; return processor seconds and bytes of each."""
    from viral.warm_up import prepare

    prepare()
    found = []
    for what, (published, kept) in LOADS.items():
        line: dict[str, Any] = {"what": what}
        for way, code in (("published", published), ("kept", kept or published)):
            program = CHILD.replace("{code}", code)
            done = subprocess.run(
                [sys.executable, "-c", program, "", way],
                capture_output=True,
                text=True,
                check=True,
            )
            seconds, size = json.loads(done.stdout.splitlines()[-1])
            line[way] = {"processor_s": seconds, "bytes": size}
        found.append(line)
    return found


def main(arguments: list[str] | None = None) -> int:
    """Print a line for each thing that is loaded and return 0."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    add_out(parser)
    options = parser.parse_args(arguments)
    others = Others()
    figures = measured()
    for each in figures:
        before, now = each["published"], each["kept"]
        print(
            f"{each['what']:<46s}{before['processor_s']:.2f} -> {now['processor_s']:.2f} s   "
            f"{before['bytes'] / 1e6:.0f} -> {now['bytes'] / 1e6:.0f} MB"
        )
    print(others)
    keep(options.out, "loading", figures)
    return 0


if __name__ == "__main__":
    sys.exit(main())
