"""Clips for the benchmarks: H.264 as phones and apps write it, with a tone, a voice or both."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from pathlib import Path

import av
import numpy as np

FRAME_RATE_HZ = 30
GOP = 250
SAMPLE_RATE_HZ = 44_100
GRAIN = 24
"""Height of the grain in luma steps: gives 3 to 8 Mbit/s at 1080x1920, as phones and apps write."""
VOICE_SPEED = 1.12
"""A little faster than the voice reads by itself: the pace of a short clip."""
SENTENCES = (
    "Never throw away the green ends of spring onions, "
    "because they grow again in a glass of water.",
    "I tried the same recipe five times this week, and only one of them was worth the trouble.",
    "Put the phone down for ten minutes and tell me honestly how much of this you remember.",
    "My grandmother kept her best knife in a drawer full of old letters and rubber bands.",
    "The train leaves at seven, so we have to pack the tent before the rain begins.",
    "Three things changed how I run: shorter steps, slower mornings and better socks.",
    "Nobody told me that painting the ceiling first would save me half of the work.",
    "If you film near a window, turn your back to the wall and let the light do the rest.",
)
"""Read aloud in this order, again from the start when they are used up."""


def pictures(width: int, height: int, count: int) -> Iterator[np.ndarray]:
    """Yield planar YUV 4:2:0 pictures of a drifting texture under grain."""
    generator = np.random.default_rng(0)
    coarse = generator.integers(40, 200, (height // 8 + 16, width // 8 + 16), np.uint8)
    texture = coarse.repeat(8, axis=0).repeat(8, axis=1)
    grain = generator.integers(0, GRAIN, (height + 64, width + 64), np.uint8)
    picture = np.full((height * 3 // 2, width), 128, np.uint8)
    for index in range(count):
        down, right = (index * 3) % 100, (index * 2) % 100
        dy, dx = generator.integers(0, 64, 2)
        np.add(
            texture[down : down + height, right : right + width],
            grain[dy : dy + height, dx : dx + width],
            out=picture[:height],
        )
        yield picture


def tone(duration_s: float) -> np.ndarray:
    """Return a tone of 440 Hz with a beat: nobody speaks."""
    times_s = np.arange(round(duration_s * SAMPLE_RATE_HZ)) / SAMPLE_RATE_HZ
    beat = 0.4 + 0.6 * (times_s * 2 % 1 < 0.15)
    return (0.3 * beat * np.sin(2 * np.pi * 440 * times_s)).astype(np.float32)


def voice(sentences: Sequence[str], seed: int = 0) -> np.ndarray:
    """Read sentences aloud, with pauses of 0.35 s; float32 at `SAMPLE_RATE_HZ`."""
    import soxr
    from hibari import SAMPLE_RATE, Hibari

    reader = Hibari()
    pause = np.zeros(round(0.35 * SAMPLE_RATE_HZ), np.float32)
    parts = []
    for sentence in sentences:
        said = reader(sentence, speed=VOICE_SPEED, seed=seed)
        parts += [soxr.resample(said, SAMPLE_RATE, SAMPLE_RATE_HZ).astype(np.float32), pause]
    sound = np.concatenate(parts)
    return (0.7 / np.abs(sound).max() * sound).astype(np.float32)


def speech(duration_s: float) -> np.ndarray:
    """Return as many whole sentences as fit, again and again, and silence to the end."""
    wanted = round(duration_s * SAMPLE_RATE_HZ)
    said = voice(SENTENCES)
    repeats = -(-wanted // len(said))
    return np.tile(said, repeats)[:wanted]


def write_clip(
    path: Path, width: int, height: int, duration_s: float, sound: np.ndarray | None = None
) -> None:
    """Write H.264 with a sound; one group of pictures is encoded and then repeated."""
    with av.open(str(path), "w") as container:
        options = {"preset": "veryfast", "crf": "27", "sc_threshold": "0"}
        video = container.add_stream("libx264", rate=FRAME_RATE_HZ, options=options)
        video.width, video.height, video.pix_fmt = width, height, "yuv420p"
        video.codec_context.gop_size = GOP
        video.codec_context.thread_count = 2
        # PyAV's default cuts each picture in slices, which phones and apps do not.
        video.codec_context.thread_type = "FRAME"
        audio = container.add_stream("aac", rate=SAMPLE_RATE_HZ, layout="mono")
        packets = []
        for picture in pictures(width, height, GOP):
            packets += video.encode(av.VideoFrame.from_ndarray(picture, format="yuv420p"))
        packets += video.encode()
        sounds = _sound_packets(audio, tone(duration_s) if sound is None else sound)
        tick = round(1 / (FRAME_RATE_HZ * packets[0].time_base))
        stamps = [(packet.pts, packet.dts, bytes(packet), packet.is_keyframe) for packet in packets]
        time_base = packets[0].time_base
        for index in range(round(duration_s * FRAME_RATE_HZ)):
            turn, place = divmod(index, GOP)
            pts, dts, data, is_key = stamps[place]
            packet = av.Packet(data)
            packet.stream, packet.time_base, packet.is_keyframe = video, time_base, is_key
            packet.pts, packet.dts = pts + turn * GOP * tick, dts + turn * GOP * tick
            while sounds and sounds[0].pts * sounds[0].time_base <= index / FRAME_RATE_HZ:
                container.mux(sounds.pop(0))
            container.mux(packet)
        container.mux(sounds)


def _sound_packets(stream: av.AudioStream, sound: np.ndarray) -> list[av.Packet]:
    packets = []
    for first in range(0, len(sound), 1024):
        frame = av.AudioFrame.from_ndarray(sound[None, first : first + 1024], "fltp", "mono")
        frame.sample_rate, frame.pts = SAMPLE_RATE_HZ, first
        frame.time_base = Fraction(1, SAMPLE_RATE_HZ)
        packets += stream.encode(frame)
    return packets + stream.encode()
