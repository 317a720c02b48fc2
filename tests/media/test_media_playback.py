"""Pictures as a player shows them, and lengths as it counts them."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from synthesis import (
    BLACK,
    BLUE,
    GREEN,
    RED,
    WHITE,
    Colour,
    quadrant_frames,
    solid_frames,
    write_clip,
)

from viral.media import limits
from viral.media.reader import read_clip
from viral.modalities import visual

RATE_HZ = 48_000
COLOUR_TOLERANCE = 16


def corners(picture: np.ndarray) -> list[list[int]]:
    height, width = picture.shape[:2]
    places = [(height // 4, width // 4), (height // 4, 3 * width // 4)]
    places += [(3 * height // 4, width // 4), (3 * height // 4, 3 * width // 4)]
    return [picture[row, column].tolist() for row, column in places]


# Which way up.


def with_matrix(path: Path, matrix: tuple[int, int, int, int]) -> Path:
    """Write a, b, c, d of the display matrix into the header of an MP4's one track."""
    data = bytearray(path.read_bytes())
    place = data.index(b"tkhd") + 4 + 40  # ISO/IEC 14496-12, 8.3.2, version 0
    a, b, c, d = (value << 16 for value in matrix)
    words = (a, b, 0, c, d, 0, 0, 0, 1 << 30)
    data[place : place + 36] = b"".join(word.to_bytes(4, "big", signed=True) for word in words)
    path.write_bytes(data)
    return path


@pytest.mark.parametrize(
    "matrix",
    [
        (1, 0, 0, 1),
        (0, 1, -1, 0),
        (-1, 0, 0, -1),
        (0, -1, 1, 0),
        (-1, 0, 0, 1),
        (1, 0, 0, -1),
        (0, 1, 1, 0),
        (0, -1, -1, 0),
    ],
)
def test_turns_and_mirrors_are_shown_as_the_matrix_says(
    tmp_path: Path, matrix: tuple[int, int, int, int]
) -> None:
    stored = {(-1, -1): RED, (1, -1): GREEN, (-1, 1): BLUE, (1, 1): WHITE}
    path = write_clip(tmp_path / "clip.mp4", frames=quadrant_frames(tuple(stored.values())))
    clip = read_clip(with_matrix(path, matrix))
    a, b, c, d = matrix
    shown: dict[tuple[int, int], Colour] = {
        (a * x + c * y, b * x + d * y): colour for (x, y), colour in stored.items()
    }
    order = [(-1, -1), (1, -1), (-1, 1), (1, 1)]
    np.testing.assert_allclose(
        corners(clip.frames[0]), [shown[place] for place in order], atol=COLOUR_TOLERANCE
    )
    assert clip.frames.shape[1:3] == ((256, 144) if b == 0 else (144, 256))
    assert clip.facts.mirrored == (a * d - b * c < 0)


# In which colours.


def painted() -> np.ndarray:
    """Return an ordinary picture, 0..1: a ramp of greys to white, and muted colours."""
    picture = np.empty((96, 128, 3))
    picture[:48] = np.linspace(0.0, 1.0, 128)[None, :, None]
    for place, colour in enumerate([(0.8, 0.4, 0.3), (0.3, 0.7, 0.4), (0.3, 0.4, 0.8), (1, 1, 1)]):
        picture[48:, 32 * place : 32 * (place + 1)] = colour
    return picture


TO_2020 = np.array(
    [[0.6274, 0.3293, 0.0433], [0.0691, 0.9195, 0.0114], [0.0164, 0.0880, 0.8956]]
)  # ITU-R BT.2087


def hlg(picture: np.ndarray, *, white: float) -> np.ndarray:
    """Return an ordinary picture as HLG whose white has this light of the scene (BT.2100)."""
    light = np.where(picture < 0.081, picture / 4.5, ((picture + 0.099) / 1.099) ** (1 / 0.45))
    light = np.clip(light @ TO_2020.T * white, 0.0, 1.0)
    a, b, c = 0.17883277, 0.28466892, 0.55991073
    bright = a * np.log(np.maximum(12 * light - b, 1e-9)) + c
    return np.where(light <= 1 / 12, np.sqrt(3 * light), bright)


def pq(picture: np.ndarray, *, white: float) -> np.ndarray:
    """Return an ordinary picture as PQ whose white has this many nits (BT.2100)."""
    m1, m2, c1, c2, c3 = 2610 / 16384, 2523 / 32, 3424 / 4096, 2413 / 128, 2392 / 128
    light = np.clip(picture**2.4 @ TO_2020.T * white / 10_000.0, 0.0, 1.0) ** m1
    return ((c1 + c2 * light) / (1 + c3 * light)) ** m2


def write_signal(path: Path, signal: np.ndarray, *, trc: int, primaries: int, matrix: int) -> Path:
    """Write a still of a signal, 0..1, without loss in ten bits, naming its colours."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream("ffv1", rate=5)
        stream.height, stream.width = signal.shape[:2]
        stream.pix_fmt = "yuv444p10le"
        context = stream.codec_context
        context.color_trc, context.color_primaries, context.colorspace = trc, primaries, matrix
        context.color_range = 1
        for index in range(5):
            frame = av.VideoFrame.from_ndarray(
                np.rint(65535 * signal).astype(np.uint16), format="rgb48le"
            ).reformat(format="yuv444p10le", dst_colorspace=matrix, dst_color_range=1)
            frame.color_trc, frame.color_primaries, frame.colorspace = trc, primaries, matrix
            frame.pts, frame.time_base = index, Fraction(1, 5)
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
    return path


@pytest.mark.parametrize(
    ("signal", "trc"),
    [
        (hlg(painted(), white=1.0), 18),
        (pq(painted(), white=100.0), 16),
        (pq(painted(), white=203.0), 16),
    ],
    ids=["hlg", "pq at 100 nits", "pq at 203 nits"],
)
def test_a_converted_clip_measures_as_the_ordinary_one(
    tmp_path: Path, signal: np.ndarray, trc: int
) -> None:
    plain = write_signal(tmp_path / "sdr.mkv", painted(), trc=1, primaries=1, matrix=1)
    wide = write_signal(tmp_path / "hdr.mkv", signal, trc=trc, primaries=9, matrix=9)
    clip, truth = read_clip(wide), read_clip(plain)
    assert clip.facts.dynamic_range == ("hlg" if trc == 18 else "pq")
    assert truth.facts.dynamic_range is None
    difference = np.abs(clip.frames[0].astype(int) - truth.frames[0])
    assert difference.mean() < 4  # of 255; eight bits of HLG and PQ are coarse in the darks
    expected, measured = visual.extract(truth).values, visual.extract(clip).values
    for name in ("brightness", "contrast", "saturation", "colourfulness"):
        assert measured[name] == pytest.approx(expected[name], rel=0.04), name
    assert "media.high_dynamic_range" in [warning.code for warning in clip.warnings]
    assert truth.warnings == ()


@pytest.mark.parametrize(
    ("signal", "highlight", "trc"),
    [(hlg(painted(), white=0.265), 1.0, 18), (pq(painted(), white=203.0), 0.75, 16)],
    ids=["hlg", "pq"],
)
def test_a_highlight_does_not_darken_what_a_phone_recorded(
    tmp_path: Path, signal: np.ndarray, highlight: float, trc: int
) -> None:
    # White where BT.2408 has it, and a lamp of one per cent of the picture at the top.
    signal = signal.copy()
    signal[:12, :10] = highlight
    clip = read_clip(write_signal(tmp_path / "hdr.mkv", signal, trc=trc, primaries=9, matrix=9))
    truth = np.rint(255 * painted())
    greys = slice(20, 40)
    difference = np.abs(clip.frames[0][greys, :90].astype(int) - truth[greys, :90])
    assert difference.mean() < 4
    assert clip.frames[0][6, 5].min() >= 250


@pytest.mark.parametrize(("height", "matrix"), [(720, 1), (576, 5)])
def test_a_picture_that_names_no_matrix_is_read_as_players_do(
    tmp_path: Path, height: int, matrix: int
) -> None:
    path = tmp_path / "clip.mkv"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("ffv1", rate=5)
        stream.height, stream.width, stream.pix_fmt = height, 400, "yuv420p"
        for index in range(3):
            picture = np.full((height, 400, 3), GREEN, np.uint8)
            frame = av.VideoFrame.from_ndarray(picture, format="rgb24")
            frame = frame.reformat(format="yuv420p", dst_colorspace=matrix)
            frame.colorspace, frame.pts, frame.time_base = 2, index, Fraction(1, 5)
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
    picture = read_clip(path).frames[0]
    np.testing.assert_allclose(picture[50, 50], GREEN, atol=4)


def test_what_is_transparent_is_black(tmp_path: Path) -> None:
    # White is stored below it; players show what stands behind the clip.
    picture = np.zeros((64, 64, 4), np.uint8)
    picture[..., :3] = 255
    picture[:, 32:, 3] = 255
    path = tmp_path / "clip.mov"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("qtrle", rate=5)
        stream.height, stream.width, stream.pix_fmt = 64, 64, "argb"
        for index in range(3):
            frame = av.VideoFrame.from_ndarray(picture, format="rgba").reformat(format="argb")
            frame.pts, frame.time_base = index, Fraction(1, 5)
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
    frame = read_clip(path).frames[0]
    assert frame[:, :30].max() == 0
    assert frame[:, 34:].min() >= 250


@pytest.mark.parametrize("preset", ["ultrafast", "medium"])
def test_a_cut_in_the_last_second_is_seen_in_hevc(tmp_path: Path, preset: str) -> None:
    path = write_clip(
        tmp_path / "clip.mp4",
        frames=solid_frames([BLACK, WHITE], cuts_s=[3.0], duration_s=4.0, frame_rate_hz=25.0),
        frame_rate_hz=25.0,
        video_codec="libx265",
        codec_options={"preset": preset},
    )
    values = visual.extract(read_clip(path)).values
    assert values["brightness"] == pytest.approx(25.0, abs=3.0)
    assert values["cut_count"] == 1


# How long it is.


@pytest.mark.parametrize("ends_s", [42.0, 662.0])
def test_a_subtitle_that_ends_later_does_not_make_the_clip_longer(
    tmp_path: Path, ends_s: float
) -> None:
    path = tmp_path / "clip.mkv"
    with av.open(str(path), "w") as container:
        video = container.add_stream("libx264", rate=10, options={"preset": "ultrafast"})
        video.width, video.height, video.pix_fmt = 144, 256, "yuv420p"
        titles = container.add_mux_stream("subrip")
        for index, picture in enumerate(solid_frames([RED], duration_s=2.0)):
            frame = av.VideoFrame.from_ndarray(picture, format="rgb24")
            frame.pts, frame.time_base = index, Fraction(1, 10)
            container.mux(video.encode(frame))
        container.mux(video.encode())
        packet = av.Packet(b"Hello")
        packet.stream, packet.time_base = titles, Fraction(1, 1000)
        packet.pts, packet.dts = 1000, 1000
        packet.duration = round(1000 * ends_s) - 1000
        container.mux(packet)
    clip = read_clip(path)
    assert clip.facts.duration_s == pytest.approx(2.0, abs=0.01)
    assert clip.warnings == ()


# What moves and is no video.


def test_an_animated_png_is_a_clip(tmp_path: Path) -> None:
    path = write_clip(
        tmp_path / "clip.png",
        frames=solid_frames([RED, BLUE], cuts_s=[1.0], duration_s=2.0, width=32, height=32),
        video_codec="apng",
        container_format="apng",
        pixel_format="rgb24",
    )
    clip = read_clip(path)
    assert clip.facts.duration_s == pytest.approx(2.0, abs=0.15)
    np.testing.assert_allclose(clip.frames[0][5, 5], RED, atol=2)
    np.testing.assert_allclose(clip.frames[-1][5, 5], BLUE, atol=2)


@pytest.mark.parametrize(("flags", "said"), [(0x02, limits.ANIMATED_WEBP), (0x10, limits.PICTURE)])
def test_an_animated_webp_is_told_from_a_still_one(flags: int, said: str) -> None:
    head = b"RIFF\x40\0\0\0WEBPVP8X\x0a\0\0\0" + bytes([flags]) + bytes(40)
    assert limits.reason_unreadable(head) == said
