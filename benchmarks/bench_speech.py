"""Compare the speech engines on the same weights and sounds: time, memory and words that are wrong.

The texts are read by a synthetic voice, so what was said is known to the letter; a real voice in a
real room is harder for all of them. Each engine runs in a process of its own. Run it with:

    python benchmarks/bench_speech.py
"""

from __future__ import annotations

import argparse
import json
import os
import re
import resource
import subprocess
import sys
import tempfile
import time
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from busy import Others
from clips import SAMPLE_RATE_HZ, SENTENCES, voice
from results import add_out, keep

ENGINES = ("whisper-timestamped", "whisper", "faster-whisper")
SUMS = ("seconds", "sound_s", "words", "wrong", "clips", "start_off_s", "alone_off_s")
AUDIBLE = 0.05
"""Of the loudest sample: where a clean voice first gets there, it begins to speak."""
MUSIC_DB = -10.0
"""Level of the music under the voice, against the voice."""
NOISE_SEED = 1


def music(samples: int) -> np.ndarray:
    """Return chords with a beat and hiss, of mean power 1."""
    times_s = np.arange(samples) / SAMPLE_RATE_HZ
    root_hz = np.array([220.0, 174.61, 130.81, 196.0])[(times_s / 2 % 4).astype(int)]
    phase = 2 * np.pi * np.cumsum(root_hz) / SAMPLE_RATE_HZ
    chord = sum(np.sin(phase * ratio) for ratio in (1.0, 1.25, 1.5, 2.0))
    beat = np.exp(-(times_s % 0.5) / 0.08)
    hiss = np.random.default_rng(NOISE_SEED).standard_normal(samples)
    sound = chord * (0.5 + 0.5 * beat) + 2 * np.sin(2 * np.pi * 60 * times_s) * beat + 0.5 * hiss
    return np.asarray(sound / np.sqrt(np.mean(sound**2)), dtype=np.float32)


def sounds() -> list[tuple[str, np.ndarray, str, float]]:
    """Return kind, sound, text and start of the voice in seconds, clean and over music."""
    alone = [(sentence,) for sentence in SENTENCES]
    groups = [*alone, *pairwise(SENTENCES[::2]), SENTENCES]
    made = []
    for number, group in enumerate(groups):
        said = voice(group, seed=number)
        loud = np.sqrt(np.mean(said**2)) * 10 ** (MUSIC_DB / 20)
        text = " ".join(group)
        starts_s = float(np.argmax(np.abs(said) > AUDIBLE * np.abs(said).max())) / SAMPLE_RATE_HZ
        mixed = (said + loud * music(len(said))).astype(np.float32)
        made += [("clean", said, text, starts_s), ("over music", mixed, text, starts_s)]
    return made


def words_of(text: str) -> list[str]:
    """Return the words of a text, without case and signs."""
    return re.sub(r"[^a-z' ]", " ", text.lower().replace("-", " ")).split()


def wrong_words(said: list[str], found: list[str]) -> int:
    """Return how many words have to be put in, taken out or changed (Levenshtein 1966)."""
    row = list(range(len(found) + 1))
    for i, word in enumerate(said, start=1):
        corner, row[0] = row[0], i
        for j, other in enumerate(found, start=1):
            corner, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, corner + (word != other))
    return row[-1]


def measure(folder: Path) -> dict[str, Any]:
    """Transcribe the sounds of a folder in this process, by the engine of the setting."""
    import soxr

    from viral.modalities.networks.transcription import (
        RATE_HZ,
        begun_in_speech,
        pieces_of,
        transcribe,
    )
    from viral.modalities.networks.voice import voice_segments

    cases = json.loads((folder / "texts.json").read_text(encoding="utf-8"))
    start = time.perf_counter()
    found: dict[str, dict[str, float]] = {}
    cold_s = None
    for number, (kind, text, starts_s) in enumerate(cases):
        sound = np.load(folder / f"{number}.npy")
        sound = soxr.resample(sound, SAMPLE_RATE_HZ, RATE_HZ).astype(np.float32)
        spoken = voice_segments(sound, RATE_HZ)
        pieces = pieces_of(spoken, len(sound) / RATE_HZ)
        if cold_s is None:
            start = time.perf_counter()
            transcribe(sound, pieces)
            cold_s = time.perf_counter() - start
        start = time.perf_counter()
        heard = transcribe(sound, pieces)
        seconds = time.perf_counter() - start
        sums = found.setdefault(kind, dict.fromkeys(SUMS, 0.0))
        sums["seconds"] += seconds
        sums["sound_s"] += len(sound) / RATE_HZ
        sums["clips"] += 1
        words = begun_in_speech(heard.words, spoken)
        if words:
            sums["start_off_s"] += abs(words[0].start_s - starts_s)
            sums["alone_off_s"] += abs(heard.words[0].start_s - starts_s)
        sums["words"] += len(words_of(text))
        sums["wrong"] += wrong_words(
            words_of(text), words_of(" ".join(word.text for word in words))
        )
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    return {"cold_s": cold_s, "bytes": most, "found": found}


def main(arguments: list[str] | None = None) -> int:
    """Print a row for each engine and kind of sound, and return 0."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    add_out(parser)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    if options.folder:
        print(json.dumps(measure(options.folder)))
        return 0
    figures = {}
    with tempfile.TemporaryDirectory() as name:
        made = sounds()
        for number, (_, sound, *_) in enumerate(made):
            np.save(Path(name) / f"{number}.npy", sound)
        texts = json.dumps([(kind, text, starts_s) for kind, _, text, starts_s in made])
        (Path(name) / "texts.json").write_text(texts, encoding="utf-8")
        for engine in ENGINES:
            others = Others()
            done = subprocess.run(
                [sys.executable, __file__, "--folder", name],
                capture_output=True,
                text=True,
                env={**os.environ, "VIRAL_SPEECH_BACKEND": engine},
                check=False,
            )
            if done.returncode:
                raise RuntimeError(done.stderr)
            result = json.loads(done.stdout.splitlines()[-1])
            figures[engine] = {**result, "others_cores": others.cores()}
            print(
                f"{engine}: first transcription {result['cold_s']:.1f} s, "
                f"memory {result['bytes'] / 1e6:.0f} MB; {others}"
            )
            for kind, sums in result["found"].items():
                print(
                    f"  {kind}: {sums['seconds'] / sums['sound_s']:.3f} s a second of sound, "
                    f"{sums['wrong']:.0f} of {sums['words']:.0f} words wrong, "
                    f"first word {sums['start_off_s'] / sums['clips']:.2f} s off, "
                    f"{sums['alone_off_s'] / sums['clips']:.2f} s as the engine has it"
                )
    keep(options.out, "speech", figures)
    return 0


if __name__ == "__main__":
    sys.exit(main())
