"""A short clip in every codec that is read: red pictures, or a 440 Hz tone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from av.container import OutputContainer
from synthesis import RED, sine, solid_frames

DURATION_S = 0.4
AMR_WB_FRAMES = 20
"""Of 20 ms each."""


@dataclass(frozen=True)
class Way:
    """How a clip that a decoder of the list reads is written."""

    encoder: str
    suffix: str
    pixel_format: str = "yuv420p"
    size: tuple[int, int] = (128, 96)
    rate_hz: int = 25
    options: dict[str, str] = field(default_factory=dict)
    layout: str = "mono"


PICTURES = {
    "h264": Way("libx264", ".mp4", options={"preset": "ultrafast"}),
    "hevc": Way(
        "libx265", ".mp4", options={"preset": "ultrafast", "x265-params": "log-level=none:pools=1"}
    ),
    "libdav1d": Way("libsvtav1", ".mp4", options={"preset": "12", "svtav1-params": "lp=1"}),
    "vp8": Way("libvpx", ".webm"),
    "vp9": Way("libvpx-vp9", ".webm"),
    "mpeg4": Way("mpeg4", ".avi"),
    "h263": Way("h263", ".3gp", size=(176, 144)),
    "mpeg2video": Way("mpeg2video", ".ts"),
    "mpeg1video": Way("mpeg1video", ".mpg"),
    "mjpeg": Way("mjpeg", ".avi", "yuvj420p"),
    "prores": Way("prores_ks", ".mov", "yuv422p10le"),
    "dnxhd": Way("dnxhd", ".mov", "yuv422p", (256, 144), options={"profile": "dnxhr_sq"}),
    "cfhd": Way("cfhd", ".mov", "yuv422p10le"),
    "dvvideo": Way("dvvideo", ".mov", size=(720, 576)),
    "v210": Way("v210", ".mov", "yuv422p10le"),
    "qtrle": Way("qtrle", ".mov", "rgb24"),
    "png": Way("png", ".mov", "rgb24"),
    "rawvideo": Way("rawvideo", ".avi"),
    "ffv1": Way("ffv1", ".mkv"),
    "huffyuv": Way("huffyuv", ".avi", "yuv422p"),
    "ffvhuff": Way("ffvhuff", ".avi"),
    "utvideo": Way("utvideo", ".avi"),
    "magicyuv": Way("magicyuv", ".avi"),
    "gif": Way("gif", ".gif", "rgb8"),
    "apng": Way("apng", ".apng", "rgb24"),
    "flv": Way("flv", ".flv"),
    "msmpeg4": Way("msmpeg4", ".avi"),
    "msmpeg4v2": Way("msmpeg4v2", ".avi"),
    "wmv1": Way("wmv1", ".asf"),
    "wmv2": Way("wmv2", ".asf"),
}
"""Decoder -> how its clip is written."""

SOUNDS = {
    "aac": Way("aac", ".mp4", rate_hz=44_100),
    "mp3float": Way("libmp3lame", ".mp3", rate_hz=44_100),
    "opus": Way("libopus", ".webm", rate_hz=48_000),
    "vorbis": Way(
        "vorbis", ".ogg", rate_hz=44_100, layout="stereo", options={"strict": "experimental"}
    ),
    "flac": Way("flac", ".flac", rate_hz=44_100),
    "alac": Way("alac", ".m4a", rate_hz=44_100),
    "ac3": Way("ac3", ".ts", rate_hz=48_000),
    "eac3": Way("eac3", ".mp4", rate_hz=48_000),
    "mp2": Way("mp2", ".mkv", rate_hz=48_000),
    "amrnb": Way("libopencore_amrnb", ".3gp", rate_hz=8_000),
    "wmav1": Way("wmav1", ".asf", rate_hz=44_100),
    "wmav2": Way("wmav2", ".asf", rate_hz=44_100),
    "adpcm_ima_wav": Way("adpcm_ima_wav", ".wav", rate_hz=44_100),
    "adpcm_ms": Way("adpcm_ms", ".wav", rate_hz=44_100),
    "adpcm_ima_qt": Way("adpcm_ima_qt", ".mov", rate_hz=44_100),
    **{
        f"pcm_{kind}": Way(f"pcm_{kind}", suffix, rate_hz=44_100)
        for suffix, kinds in (
            (".wav", ("alaw", "mulaw", "u8", "s16le", "s24le", "s32le", "f32le", "f64le")),
            (".aiff", ("s8", "s16be", "s24be", "s32be", "f32be")),
        )
        for kind in kinds
    },
}
"""Decoder -> how its sound is written. AMR-WB has no encoder here, see `write_amr_wb`."""

UNLISTED_PICTURES = Way("svq1", ".mov", "yuv410p")
UNLISTED_SOUND = Way("tta", ".mkv", rate_hz=44_100)
"""Codecs that FFmpeg writes and reads and that are not on the list."""


def _encode_sound(container: OutputContainer, stream: av.AudioStream, way: Way) -> None:
    tone = sine(DURATION_S, sample_rate_hz=way.rate_hz)
    frame = av.AudioFrame.from_ndarray(tone[np.newaxis], format="fltp", layout="mono")
    frame.sample_rate, frame.time_base, frame.pts = way.rate_hz, Fraction(1, way.rate_hz), 0
    resampler = av.AudioResampler(
        format=stream.codec_context.format,
        layout=way.layout,
        rate=way.rate_hz,
        frame_size=stream.codec_context.frame_size or None,
    )
    for block in (frame, None):
        for converted in resampler.resample(block):
            container.mux(stream.encode(converted))
    container.mux(stream.encode())


def _encode_pictures(container: OutputContainer, stream: av.VideoStream, way: Way) -> None:
    width, height = way.size
    for picture in solid_frames(
        [RED], duration_s=DURATION_S, frame_rate_hz=way.rate_hz, width=width, height=height
    ):
        container.mux(stream.encode(av.VideoFrame.from_ndarray(picture, format="rgb24")))
    container.mux(stream.encode())


def write_in(path: Path, pictures: Way | None, sound: Way | None) -> Path:
    """Write a clip with pictures, sound or both in given codecs."""
    kind = {".asf": "asf", ".ts": "mpegts"}.get(path.suffix)
    with av.open(str(path), "w", format=kind) as container:
        video = audio = None
        if pictures is not None:
            video = container.add_stream(
                pictures.encoder, rate=pictures.rate_hz, options=pictures.options
            )
            video.width, video.height = pictures.size
            video.pix_fmt = pictures.pixel_format
            video.codec_context.thread_count = 1
        if sound is not None:
            audio = container.add_stream(
                sound.encoder, rate=sound.rate_hz, layout=sound.layout, options=sound.options
            )
            audio.codec_context.bit_rate = 12_200 if sound.rate_hz == 8_000 else 96_000
        container.start_encoding()
        if pictures is not None:
            _encode_pictures(container, video, pictures)
        if sound is not None:
            _encode_sound(container, audio, sound)
    return path


def write_amr_wb(path: Path) -> Path:
    """Write sound in AMR wideband, frame by frame as RFC 4867 stores it: 23.85 kbit/s, any bits."""
    bits = np.random.default_rng(0).integers(0, 256, (AMR_WB_FRAMES, 60), np.uint8)
    frames = b"".join(b"\x44" + row.tobytes() for row in bits)
    path.write_bytes(b"#!AMR-WB\n" + frames)
    return path


def every_codec(folder: Path) -> Iterator[tuple[str, Path]]:
    """Write and yield a clip for each decoder of the list, with the decoder's name."""
    for name, way in PICTURES.items():
        yield name, write_in(folder / f"{name}{way.suffix}", way, None)
    for name, way in SOUNDS.items():
        yield name, write_in(folder / f"{name}{way.suffix}", None, way)
    yield "amrwb", write_amr_wb(folder / "amrwb.amr")


def write_every_codec(folder: Path) -> list[Path]:
    """Write a clip for each decoder of the list."""
    return [path for _, path in every_codec(folder)]
