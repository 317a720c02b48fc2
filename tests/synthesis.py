"""Clips and sounds with known truth, written with PyAV for the tests.

Pictures are iterables of RGB uint8 `[height, width, 3]`, sounds are float32 in -1..1 of shape
`[samples]` (mono) or `[samples, channels]`. `write_clip` puts either or both into a file. Red that
cuts to blue at 1.0 s, with a 440 Hz tone:

    write_clip(
        tmp_path / "clip.mp4",
        frames=solid_frames([RED, BLUE], cuts_s=[1.0], duration_s=2.0),
        waveform=sine(2.0, frequency_hz=440.0),
    )
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from av.video.reformatter import Colorspace

UNNAMED_COLORSPACE = 2  # FFmpeg's AVCOL_SPC_UNSPECIFIED

Colour = tuple[int, int, int]
RED: Colour = (220, 30, 30)
GREEN: Colour = (30, 200, 60)
BLUE: Colour = (30, 60, 220)
WHITE: Colour = (255, 255, 255)
GREY: Colour = (128, 128, 128)
BLACK: Colour = (0, 0, 0)

FRAME_RATE_HZ = 10.0
SAMPLE_RATE_HZ = 44_100
WIDTH, HEIGHT = 144, 256
"""A small vertical picture: quick to encode, smaller than the reader's 288 short side."""

# How each container of the tests is filled unless the caller says otherwise.
_VIDEO_CODECS = {".webm": "libvpx-vp9", ".avi": "mpeg4", ".gif": "gif"}
_AUDIO_CODECS = {
    ".webm": "libopus",
    ".avi": "libmp3lame",
    ".wav": "pcm_s16le",
    ".mp3": "libmp3lame",
    ".flac": "flac",
}
_PIXEL_FORMATS = {"gif": "rgb8"}
_QUICK_OPTIONS = {
    "libx264": {"preset": "ultrafast", "crf": "12"},
    "libx265": {"preset": "ultrafast", "x265-params": "log-level=none:pools=1"},
    "libvpx-vp9": {"deadline": "realtime", "cpu-used": "8", "crf": "20", "b": "0"},
    "libsvtav1": {"preset": "12", "svtav1-params": "lp=1"},
    "mpeg4": {"qscale": "2"},
}


def solid_frames(
    colours: Sequence[Colour],
    *,
    cuts_s: Sequence[float] = (),
    duration_s: float = 2.0,
    frame_rate_hz: float = FRAME_RATE_HZ,
    width: int = WIDTH,
    height: int = HEIGHT,
) -> Iterator[np.ndarray]:
    """Yield solid pictures: `colours[0]`, then the next colour from each time in `cuts_s` on."""
    for index in range(round(duration_s * frame_rate_hz)):
        # Half a frame of slack, so that a cut on a frame boundary starts with that frame.
        place = int(np.searchsorted(cuts_s, (index + 0.5) / frame_rate_hz, side="right"))
        yield np.full((height, width, 3), colours[place % len(colours)], np.uint8)


def moving_square_frames(
    *,
    speed_px_s: float,
    duration_s: float = 2.0,
    frame_rate_hz: float = FRAME_RATE_HZ,
    side_px: int = 40,
    width: int = WIDTH,
    height: int = HEIGHT,
    square: Colour = WHITE,
    ground: Colour = BLACK,
) -> Iterator[np.ndarray]:
    """Yield a square at mid height that moves right at `speed_px_s`, coming in again left."""
    top = (height - side_px) // 2
    for index in range(round(duration_s * frame_rate_hz)):
        left = round(speed_px_s * index / frame_rate_hz) % max(width - side_px, 1)
        picture = np.full((height, width, 3), ground, np.uint8)
        picture[top : top + side_px, left : left + side_px] = square
        yield picture


def quadrant_frames(
    corners: Sequence[Colour] = (RED, GREEN, BLUE, WHITE),
    *,
    duration_s: float = 1.0,
    frame_rate_hz: float = FRAME_RATE_HZ,
    width: int = WIDTH,
    height: int = HEIGHT,
) -> Iterator[np.ndarray]:
    """Yield a still of four corners (top left, top right, bottom left, bottom right)."""
    picture = np.empty((height, width, 3), np.uint8)
    picture[: height // 2, : width // 2] = corners[0]
    picture[: height // 2, width // 2 :] = corners[1]
    picture[height // 2 :, : width // 2] = corners[2]
    picture[height // 2 :, width // 2 :] = corners[3]
    for _ in range(round(duration_s * frame_rate_hz)):
        yield picture


def noise_frames(
    *,
    duration_s: float,
    frame_rate_hz: float = 30.0,
    width: int = WIDTH,
    height: int = HEIGHT,
    seed: int = 0,
) -> Iterator[np.ndarray]:
    """Yield a drifting texture with a little grain: motion in every block, as in footage."""
    generator = np.random.default_rng(seed)
    coarse = generator.integers(0, 256, (height // 16 + 3, width // 16 + 3, 3), np.uint8)
    texture = coarse.repeat(16, axis=0).repeat(16, axis=1)
    grain = generator.integers(0, 12, (height + 16, width + 16, 1), np.uint8)
    for index in range(round(duration_s * frame_rate_hz)):
        down, right = (index * 2) % 32, (index * 3) % 32
        dy, dx = generator.integers(0, 16, 2)
        picture = texture[down : down + height, right : right + width] >> 1
        yield picture + grain[dy : dy + height, dx : dx + width]


def silence(duration_s: float, *, sample_rate_hz: int = SAMPLE_RATE_HZ) -> np.ndarray:
    """Return digital silence."""
    return np.zeros(round(duration_s * sample_rate_hz), np.float32)


def sine(
    duration_s: float,
    *,
    frequency_hz: float = 440.0,
    amplitude: float = 0.5,
    sample_rate_hz: int = SAMPLE_RATE_HZ,
) -> np.ndarray:
    """Return a sine with peak `amplitude`: its level is 20 log10(amplitude / sqrt 2) dBFS."""
    times_s = np.arange(round(duration_s * sample_rate_hz)) / sample_rate_hz
    return (amplitude * np.sin(2 * np.pi * frequency_hz * times_s)).astype(np.float32)


def clicks(
    duration_s: float,
    *,
    bpm: float,
    start_s: float = 0.0,
    amplitude: float = 0.8,
    sample_rate_hz: int = SAMPLE_RATE_HZ,
) -> np.ndarray:
    """Return short 1 kHz clicks at `start_s` and every `60 / bpm` seconds from there."""
    waveform = np.zeros(round(duration_s * sample_rate_hz), np.float32)
    length = round(0.03 * sample_rate_hz)
    offsets_s = np.arange(length) / sample_rate_hz
    click = amplitude * np.sin(2 * np.pi * 1000.0 * offsets_s) * np.exp(-offsets_s / 0.006)
    for onset_s in np.arange(start_s, duration_s, 60.0 / bpm):
        first = round(float(onset_s) * sample_rate_hz)
        part = waveform[first : first + length]
        part += click[: len(part)].astype(np.float32)
    return waveform


def white_noise(
    duration_s: float,
    *,
    amplitude: float = 0.2,
    sample_rate_hz: int = SAMPLE_RATE_HZ,
    seed: int = 0,
) -> np.ndarray:
    """Return uniform noise in -amplitude..amplitude."""
    generator = np.random.default_rng(seed)
    samples = generator.uniform(-amplitude, amplitude, round(duration_s * sample_rate_hz))
    return samples.astype(np.float32)


def _encode_pictures(
    container: av.container.OutputContainer,
    stream: av.VideoStream,
    frames: Iterable[np.ndarray],
    frame_times_s: Sequence[float] | None,
) -> None:
    time_base = stream.codec_context.time_base
    for index, picture in enumerate(frames):
        frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(picture), format="rgb24")
        if stream.height >= 720 and str(stream.pix_fmt).startswith("yuv"):
            # What players take pictures of this size for that name no colour matrix.
            frame = frame.reformat(format=stream.pix_fmt, dst_colorspace=Colorspace.ITU709)
            frame.colorspace = UNNAMED_COLORSPACE
        frame.time_base = time_base
        frame.pts = index if frame_times_s is None else round(frame_times_s[index] / time_base)
        container.mux(stream.encode(frame))
    container.mux(stream.encode())


def _encode_sound(
    container: av.container.OutputContainer,
    stream: av.AudioStream,
    waveform: np.ndarray,
    sample_rate_hz: int,
    layout: str,
) -> None:
    resampler = av.AudioResampler(
        format=stream.codec_context.format, layout=layout, rate=stream.codec_context.sample_rate
    )
    block = sample_rate_hz  # 1 s at a time
    for first in range(0, len(waveform), block):
        part = np.ascontiguousarray(waveform[first : first + block].T, dtype=np.float32)
        frame = av.AudioFrame.from_ndarray(np.atleast_2d(part), format="fltp", layout=layout)
        frame.sample_rate = sample_rate_hz
        frame.time_base = Fraction(1, sample_rate_hz)
        frame.pts = first
        for converted in resampler.resample(frame):
            container.mux(stream.encode(converted))
    for converted in resampler.resample(None):
        container.mux(stream.encode(converted))
    container.mux(stream.encode())


def write_clip(
    path: str | Path,
    *,
    frames: Iterable[np.ndarray] | None = None,
    frame_rate_hz: float = FRAME_RATE_HZ,
    frame_times_s: Sequence[float] | None = None,
    waveform: np.ndarray | None = None,
    sample_rate_hz: int = SAMPLE_RATE_HZ,
    video_codec: str | None = None,
    audio_codec: str | None = None,
    rotation_deg: int = 0,
    gop: int | None = None,
    sample_aspect_ratio: Fraction | None = None,
    codec_options: dict[str, str] | None = None,
    container_options: dict[str, str] | None = None,
    container_format: str | None = None,
    pixel_format: str | None = None,
) -> Path:
    """Write a clip; the suffix names the container: mp4, mov, webm, mkv, avi, gif, wav, mp3, flac.

    Parameters
    ----------
    path
        Where to write.
    frames
        RGB uint8 pictures of one size, or None for sound only.
    frame_rate_hz
        Frames a second.
    frame_times_s
        Presentation time of each frame in seconds, to the millisecond: a variable frame rate.
    waveform
        float32 `[samples]` or `[samples, channels]` in -1..1, or None for pictures only.
    sample_rate_hz
        Samples a second of `waveform`.
    video_codec, audio_codec
        FFmpeg encoder names; by default what the container usually holds.
    rotation_deg
        Clockwise turn that a player has to apply, stored as metadata (mp4 and mov).
    gop
        Frames between keyframes.
    sample_aspect_ratio
        Width of a pixel over its height.
    codec_options, container_options, container_format
        Passed to the video encoder and the muxer as they are.
    pixel_format
        FFmpeg's name of how pictures are stored; by default what the encoder usually takes.

    Returns
    -------
    Path
        `path`.
    """
    path = Path(path)
    suffix = path.suffix.lower()
    picture_iterator = iter(frames) if frames is not None else iter(())
    first = next(picture_iterator, None)
    with av.open(
        str(path), "w", format=container_format, options=container_options or {}
    ) as container:
        video = None
        if first is not None:
            codec = video_codec or _VIDEO_CODECS.get(suffix, "libx264")
            rate = Fraction(frame_rate_hz).limit_denominator(1001)
            options = {**_QUICK_OPTIONS.get(codec, {}), **(codec_options or {})}
            video = container.add_stream(codec, rate=rate, options=options)
            video.height, video.width = first.shape[:2]
            video.pix_fmt = pixel_format or _PIXEL_FORMATS.get(codec, "yuv420p")
            video.codec_context.thread_count = 2
            if frame_times_s is not None:
                video.codec_context.time_base = Fraction(1, 1000)
            else:
                video.codec_context.time_base = 1 / rate
            if gop is not None:
                video.codec_context.gop_size = gop
            if sample_aspect_ratio is not None:
                video.codec_context.sample_aspect_ratio = sample_aspect_ratio
            if rotation_deg:
                # FFmpeg counts a display matrix anticlockwise.
                video.set_display_rotation(-rotation_deg)
        audio = None
        layout = "mono"
        if waveform is not None:
            layout = "stereo" if waveform.ndim == 2 and waveform.shape[1] == 2 else "mono"
            audio = container.add_stream(
                audio_codec or _AUDIO_CODECS.get(suffix, "aac"), rate=sample_rate_hz, layout=layout
            )
        if video is not None and first is not None:

            def pictures() -> Iterator[np.ndarray]:
                yield first
                yield from picture_iterator

            _encode_pictures(container, video, pictures(), frame_times_s)
        if audio is not None and waveform is not None:
            _encode_sound(container, audio, waveform, sample_rate_hz, layout)
    return path
