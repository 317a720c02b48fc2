"""Make the three demo clips of assets/: drawn, composed and spoken by this script.

    python scripts/make_demo_clips.py [FOLDER]

A spoken tutorial, a montage cut to music and a silent text card: what the three kinds of clip are
that a creator most often brings. Nothing in them was taken from anywhere: the pictures are drawn
with PIL in gradio's Montserrat typeface, the music is sines and noise, the voice is hibari-tts.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from demo_canvas import HEIGHT, WIDTH
from demo_scenes import card_picture, montage_picture, tutorial_picture
from demo_sound import BEAT_S, SAMPLE_RATE_HZ, composed, spoken

FRAMES_PER_S = 30
QUALITY = "28"
"""libx264's constant rate factor: flat drawings show nothing worse at 28 than at 18."""
AUDIO_BITS_PER_S = 96_000
SENTENCES = (
    "Stop throwing away your spring onion ends.",
    "One: keep the white ends, with the roots.",
    "Two: stand them in a little water.",
    "Three: fresh water every two days.",
    "In one week you have a whole new bunch, for free.",
)
PAUSE_S = 0.2
MONTAGE_BEATS = 24
CARD_S = 9.0


def write_clip(path: Path, pictures: Iterable[np.ndarray], waveform: np.ndarray | None) -> None:
    """Write RGB pictures and mono sound as H.264 and AAC in an mp4 that starts playing at once."""
    options = {"movflags": "+faststart", "fflags": "+bitexact"}
    with av.open(str(path), "w", options=options) as container:
        video = container.add_stream("libx264", rate=FRAMES_PER_S)
        video.width, video.height, video.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        # One thread and no look ahead beside it: else what the encoder decides, and so the bytes,
        # depend on which thread finishes first.
        video.codec_context.thread_count = 1
        video.options = {
            "crf": QUALITY,
            "preset": "slow",
            "flags": "+bitexact",
            "x264-params": "threads=1:lookahead-threads=1:sync-lookahead=0",
        }
        audio = None
        if waveform is not None:
            audio = container.add_stream("aac", rate=SAMPLE_RATE_HZ, layout="mono")
            audio.bit_rate = AUDIO_BITS_PER_S
        for number, picture in enumerate(pictures):
            frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(picture), format="rgb24")
            frame.pts, frame.time_base = number, Fraction(1, FRAMES_PER_S)
            container.mux(video.encode(frame))
        container.mux(video.encode(None))
        if audio is not None and waveform is not None:
            sound = av.AudioFrame.from_ndarray(waveform[None, :], format="fltp", layout="mono")
            sound.sample_rate, sound.pts = SAMPLE_RATE_HZ, 0
            sound.time_base = Fraction(1, SAMPLE_RATE_HZ)
            container.mux(audio.encode(sound))
            container.mux(audio.encode(None))


def frame_times(duration_s: float) -> np.ndarray:
    """Return the time of each picture of a clip, in seconds."""
    return np.arange(round(duration_s * FRAMES_PER_S)) / FRAMES_PER_S


def main(folder: Path) -> None:
    """Write the three clips into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    voice, spans = spoken(SENTENCES, PAUSE_S)
    tutorial_s = len(voice) / SAMPLE_RATE_HZ + 0.5
    montage_s = MONTAGE_BEATS * BEAT_S

    def tutorial(time_s: float) -> np.ndarray:
        return tutorial_picture(time_s, spans, SENTENCES, tutorial_s)

    def montage(time_s: float) -> np.ndarray:
        return montage_picture(time_s, BEAT_S, MONTAGE_BEATS)

    clips = (
        ("demo_tutorial", tutorial, tutorial_s, voice),
        ("demo_montage", montage, montage_s, composed(MONTAGE_BEATS)),
        ("demo_text_card", card_picture, CARD_S, None),
    )
    for name, picture, duration_s, waveform in clips:
        pictures = (picture(time_s) for time_s in frame_times(duration_s))
        write_clip(folder / f"{name}.mp4", pictures, waveform)
    for path in sorted(folder.glob("demo_*.mp4")):
        print(f"{path}: {path.stat().st_size / 1000:,.0f} kB")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent.parent / "assets")
