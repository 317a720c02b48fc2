"""Time the media room against a loop of OpenCV seeks, on the same clips in the same run.

The loop is how the old system sampled frames: for each of N evenly spaced frames, set the position
and read. It gets the same N as the reader chose. The reader's time is the whole of `read_clip`:
starting the guarded child, packets, frames, sound and hash. Run it with:

    python benchmarks/bench_frames.py
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from fractions import Fraction
from pathlib import Path

import av
import numpy as np

from viral.media.reader import read_clip

SIZES = ((576, 1024), (1080, 1920))
FRAME_RATE_HZ = 30
GOP = 250
DURATION_S = 30
GRAIN = 24
"""Height of the grain in luma steps: gives 4 to 8 Mbit/s at 1080x1920, as phones and apps write."""


def _pictures(width: int, height: int, count: int) -> Iterator[np.ndarray]:
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


def write_clip(path: Path, width: int, height: int) -> None:
    """Write 30 s of H.264 with a tone; one group of pictures is encoded and then repeated."""
    with av.open(str(path), "w") as container:
        options = {"preset": "veryfast", "crf": "27", "sc_threshold": "0"}
        video = container.add_stream("libx264", rate=FRAME_RATE_HZ, options=options)
        video.width, video.height, video.pix_fmt = width, height, "yuv420p"
        video.codec_context.gop_size = GOP
        video.codec_context.thread_count = 2
        audio = container.add_stream("aac", rate=44_100, layout="mono")
        packets = []
        for picture in _pictures(width, height, GOP):
            packets += video.encode(av.VideoFrame.from_ndarray(picture, format="yuv420p"))
        packets += video.encode()
        sound = _sound_packets(audio)
        tick = round(1 / (FRAME_RATE_HZ * packets[0].time_base))
        stamps = [(packet.pts, packet.dts, bytes(packet), packet.is_keyframe) for packet in packets]
        time_base = packets[0].time_base
        for index in range(DURATION_S * FRAME_RATE_HZ):
            turn, place = divmod(index, GOP)
            pts, dts, data, is_key = stamps[place]
            packet = av.Packet(data)
            packet.stream, packet.time_base, packet.is_keyframe = video, time_base, is_key
            packet.pts, packet.dts = pts + turn * GOP * tick, dts + turn * GOP * tick
            while sound and sound[0].pts * sound[0].time_base <= index / FRAME_RATE_HZ:
                container.mux(sound.pop(0))
            container.mux(packet)
        container.mux(sound)


def _sound_packets(stream: av.AudioStream) -> list[av.Packet]:
    """Return an encoded tone as long as the clip."""
    times_s = np.arange(DURATION_S * 44_100) / 44_100
    tone = (0.3 * np.sin(2 * np.pi * 440 * times_s)).astype(np.float32)
    packets = []
    for first in range(0, len(tone), 1024):
        frame = av.AudioFrame.from_ndarray(tone[None, first : first + 1024], "fltp", "mono")
        frame.sample_rate, frame.pts, frame.time_base = 44_100, first, Fraction(1, 44_100)
        packets += stream.encode(frame)
    return packets + stream.encode()


def seek_loop(path: Path, frames: int) -> int:
    """Read `frames` evenly spaced frames by setting the position for each; return how many came."""
    import cv2

    capture = cv2.VideoCapture(str(path))
    total = int(capture.get(cv2.CAP_PROP_FRAME_COUNT))
    got = 0
    for place in np.linspace(0, total - 1, frames).astype(int):
        capture.set(cv2.CAP_PROP_POS_FRAMES, int(place))
        ok, _ = capture.read()
        got += ok
    capture.release()
    return got


def decode_all(path: Path) -> int:
    """Decode every picture with PyAV, without scaling: the rate of the decoder itself."""
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        stream.codec_context.thread_type = "AUTO"
        stream.codec_context.thread_count = 2
        return sum(1 for _ in container.decode(stream))


def _seconds(call: Callable[[], object], repeats: int) -> float:
    taken = []
    for _ in range(repeats):
        start = time.perf_counter()
        call()
        taken.append(time.perf_counter() - start)
    return statistics.median(taken)


def main(arguments: list[str] | None = None) -> int:
    """Print one row per size and return 0."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "--repeats", type=int, default=3, help="runs of the reader; median is shown"
    )
    options = parser.parse_args(arguments)
    print(f"{DURATION_S} s of H.264, {FRAME_RATE_HZ} frames/s, a keyframe every {GOP} frames")
    with tempfile.TemporaryDirectory() as folder:
        for width, height in SIZES:
            path = Path(folder) / f"{width}x{height}.mp4"
            write_clip(path, width, height)
            megabits = path.stat().st_size * 8 / DURATION_S / 1e6
            clip = read_clip(path)
            count = len(clip.frames)
            reader_s = _seconds(lambda path=path: read_clip(path), options.repeats)
            loop_s = _seconds(lambda path=path, count=count: seek_loop(path, count), 1)
            all_s = _seconds(lambda path=path: decode_all(path), 1)
            print(
                f"{width}x{height} ({megabits:.1f} Mbit/s), {count} frames: "
                f"reader {reader_s:.2f} s, "
                f"OpenCV seek loop {loop_s:.2f} s ({loop_s / reader_s:.1f} x), "
                f"PyAV decoding all {all_s:.2f} s ({all_s / reader_s:.1f} x)"
            )
    return 0


if __name__ == "__main__":
    sys.exit(main())
