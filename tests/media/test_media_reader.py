"""What `read_clip` makes of clips whose content is known."""

from __future__ import annotations

import hashlib
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
import soundfile
from synthesis import (
    BLUE,
    GREEN,
    RED,
    WHITE,
    Colour,
    clicks,
    noise_frames,
    quadrant_frames,
    silence,
    sine,
    solid_frames,
    white_noise,
    write_clip,
)

from viral.media.reader import read_clip

COLOUR_TOLERANCE = 12
"""Levels by which a colour may differ after lossy 4:2:0 coding and back."""


def looks(picture: np.ndarray, colour: Colour, tolerance: int = COLOUR_TOLERANCE) -> bool:
    middle = picture[picture.shape[0] // 2, picture.shape[1] // 2].astype(int)
    return bool(np.all(np.abs(middle - colour) <= tolerance))


@pytest.mark.parametrize(
    ("name", "options", "codec"),
    [
        ("clip.mp4", {}, "h264"),
        ("clip.mov", {}, "h264"),
        ("clip.mkv", {"video_codec": "libx265"}, "hevc"),
        ("clip.mp4", {"video_codec": "libx265"}, "hevc"),
        ("clip.mp4", {"video_codec": "libsvtav1"}, "av1"),
        ("clip.webm", {}, "vp9"),
        ("clip.avi", {}, "mpeg4"),
        ("clip.gif", {}, "gif"),
        ("clip.ts", {"video_codec": "libx264"}, "h264"),
        ("clip.flv", {"video_codec": "libx264"}, "h264"),
        # Its headers do not name the codec: FFmpeg has to decode a picture to open it.
        ("clip.flv", {"video_codec": "flv1"}, "flv1"),
    ],
)
def test_a_cut_is_seen_at_its_time_in_every_container(
    tmp_path: Path, name: str, options: dict, codec: str
):
    pictures = solid_frames([RED, BLUE], cuts_s=[1.0], duration_s=2.0)
    clip = read_clip(write_clip(tmp_path / name, frames=pictures, **options))
    tolerance = 60 if codec == "gif" else COLOUR_TOLERANCE  # a GIF here has 256 colours
    assert clip.facts.video_codec == codec
    assert clip.facts.duration_s == pytest.approx(2.0, abs=0.11)
    assert len(clip.frames) >= 9
    for time_s, picture in zip(clip.frame_times_s, clip.frames, strict=True):
        # AVI counts whole frames from the first that the encoder wrote.
        if abs(time_s - 1.0) < (0.15 if name.endswith("avi") else 0.05):
            continue
        assert looks(picture, RED if time_s < 1.0 else BLUE, tolerance), time_s
    assert clip.warnings == ()


def test_opening_has_five_frames_a_second_and_the_rest_one(tmp_path: Path) -> None:
    pictures = solid_frames([RED, GREEN, BLUE], cuts_s=[2.0, 6.0], duration_s=10.0)
    clip = read_clip(write_clip(tmp_path / "clip.mp4", frames=pictures))
    opening_s = [i / 5 for i in range(15)]
    np.testing.assert_allclose(clip.frame_times_s, [*opening_s, 3, 4, 5, 6, 7, 8, 9], atol=1e-3)
    seen = [next(c for c in (RED, GREEN, BLUE) if looks(p, c)) for p in clip.frames]
    assert seen == [RED] * 10 + [GREEN] * 8 + [BLUE] * 4


def test_pictures_nothing_refers_to_are_decoded_when_the_opening_needs_them(tmp_path: Path) -> None:
    # Two of three pictures are B-frames, so at 5 frames a second skipping them leaves gaps.
    path = write_clip(
        tmp_path / "clip.mp4",
        frames=noise_frames(duration_s=4.0, frame_rate_hz=5.0),
        frame_rate_hz=5.0,
        codec_options={"preset": "veryfast", "bf": "2", "b_strategy": "0"},
    )
    clip = read_clip(path)
    np.testing.assert_allclose(clip.frame_times_s[:15], np.arange(15) / 5, atol=1e-3)


def test_frames_match_a_full_decode(tmp_path: Path) -> None:
    path = write_clip(
        tmp_path / "clip.mp4",
        frames=noise_frames(duration_s=9.0, frame_rate_hz=30.0),
        frame_rate_hz=30.0,
        gop=100,
        codec_options={"preset": "veryfast"},
    )
    with av.open(str(path)) as container:
        truth = {
            round(frame.time, 3): frame.to_ndarray(format="rgb24")
            for frame in container.decode(video=0)
        }
    clip = read_clip(path)
    for time_s, picture in zip(clip.frame_times_s, clip.frames, strict=True):
        difference = np.abs(picture.astype(int) - truth[round(float(time_s), 3)])
        assert difference.max() <= 2, time_s
    assert len(clip.facts.packet_times_s) == len(truth)
    np.testing.assert_allclose(clip.facts.keyframe_times_s, [0.0, 100 / 30, 200 / 30], atol=1e-3)


@pytest.mark.parametrize(
    ("rotation_deg", "corners"),
    [
        (0, (RED, GREEN, BLUE, WHITE)),
        (90, (BLUE, RED, WHITE, GREEN)),
        (180, (WHITE, BLUE, GREEN, RED)),
        (270, (GREEN, WHITE, RED, BLUE)),
    ],
)
def test_rotation_metadata_puts_frames_upright(
    tmp_path: Path, rotation_deg: int, corners: tuple
) -> None:
    path = write_clip(tmp_path / "clip.mp4", frames=quadrant_frames(), rotation_deg=rotation_deg)
    clip = read_clip(path)
    size = (144, 256) if rotation_deg % 180 == 0 else (256, 144)
    assert (clip.facts.width, clip.facts.height) == size
    assert clip.facts.rotation_deg == rotation_deg
    assert clip.frames.shape[1:] == (size[1], size[0], 3)
    picture = clip.frames[0]
    top, left = size[1] // 4, size[0] // 4
    places = [(top, left), (top, 3 * left), (3 * top, left), (3 * top, 3 * left)]
    for (row, column), colour in zip(places, corners, strict=True):
        np.testing.assert_allclose(picture[row, column], colour, atol=COLOUR_TOLERANCE)


def test_variable_frame_times_are_kept(tmp_path: Path) -> None:
    times_s = [0.0, 0.05, 0.4, 0.41, 1.3, 1.35, 2.5]
    path = write_clip(
        tmp_path / "clip.mp4",
        frames=solid_frames([RED, BLUE], cuts_s=[0.4], duration_s=0.7),
        frame_times_s=times_s,
    )
    clip = read_clip(path)
    np.testing.assert_allclose(clip.facts.packet_times_s, times_s, atol=2e-3)
    assert set(np.round(clip.frame_times_s, 2)) <= set(times_s)
    assert looks(clip.frames[0], RED)
    assert looks(clip.frames[-1], BLUE)


def test_large_pictures_shrink_to_a_short_side_of_288(tmp_path: Path) -> None:
    pictures = solid_frames([GREEN], duration_s=0.3, width=720, height=1280)
    clip = read_clip(write_clip(tmp_path / "clip.mp4", frames=pictures))
    assert clip.frames.shape[1:] == (512, 288, 3)
    assert (clip.facts.width, clip.facts.height) == (720, 1280)
    assert looks(clip.frames[0], GREEN)


def test_small_pictures_are_not_enlarged(tmp_path: Path) -> None:
    pictures = solid_frames([GREEN], duration_s=0.3, width=64, height=48)
    clip = read_clip(write_clip(tmp_path / "clip.mp4", frames=pictures))
    assert clip.frames.shape[1:] == (48, 64, 3)


@pytest.mark.parametrize("name", ["clip.mp4", "clip.ts"])
def test_wide_pixels_become_square(tmp_path: Path, name: str) -> None:
    # An MP4 says the shape of its pixels itself; in a transport stream the pictures alone do.
    path = write_clip(
        tmp_path / name,
        frames=solid_frames([GREEN], duration_s=0.3, width=160, height=160),
        video_codec="libx264",
        sample_aspect_ratio=Fraction(2, 1),
    )
    clip = read_clip(path)
    assert (clip.facts.width, clip.facts.height) == (320, 160)
    assert clip.frames.shape[1:] == (80, 160, 3)


def test_one_frame(tmp_path: Path) -> None:
    pictures = solid_frames([RED], duration_s=0.1)
    clip = read_clip(write_clip(tmp_path / "clip.mp4", frames=pictures))
    assert clip.frame_times_s.tolist() == [0.0]
    assert clip.has_video
    assert not clip.has_audio
    assert clip.facts.duration_s == pytest.approx(0.1, abs=0.01)
    assert clip.facts.frame_rate_hz == pytest.approx(10.0)


def test_facts_of_a_clip_with_both(tmp_path: Path) -> None:
    path = write_clip(
        tmp_path / "clip.mp4",
        frames=noise_frames(duration_s=2.0),
        frame_rate_hz=30.0,
        waveform=sine(2.0),
    )
    content = path.read_bytes()
    facts = read_clip(path).facts
    assert facts.file_bytes == len(content)
    assert facts.sha256 == hashlib.sha256(content).hexdigest()
    assert (facts.video_codec, facts.audio_codec) == ("h264", "aac")
    assert facts.frame_rate_hz == pytest.approx(30.0)
    assert len(facts.packet_times_s) == len(facts.packet_bytes) == 60
    assert np.all(np.diff(facts.packet_times_s) > 0)
    assert 0 < facts.packet_bytes.sum() <= len(content)


def test_name_of_the_file_does_not_matter(tmp_path: Path) -> None:
    path = write_clip(tmp_path / "clip.mp4", frames=solid_frames([RED], duration_s=0.3))
    odd = path.rename(tmp_path / "-i concat:\nü 日本.txt")
    assert read_clip(odd).has_video
    assert read_clip(str(odd)).has_video


@pytest.mark.parametrize("name", ["sound.wav", "sound.flac"])
def test_lossless_sound_is_exact(tmp_path: Path, name: str) -> None:
    stereo = np.stack([sine(1.5, frequency_hz=440.0), white_noise(1.5)], axis=1)
    path = write_clip(tmp_path / name, waveform=stereo)
    clip = read_clip(path)
    truth, rate_hz = soundfile.read(path, dtype="float32")
    assert clip.sample_rate_hz == rate_hz == 44_100
    assert clip.waveform.dtype == np.float32
    np.testing.assert_allclose(clip.waveform, truth.mean(axis=1), atol=1e-6)
    assert not clip.has_video
    assert clip.facts.video_codec is None
    assert np.isnan(clip.facts.frame_rate_hz)
    assert clip.facts.duration_s == pytest.approx(1.5, abs=1e-3)


@pytest.mark.parametrize(
    ("name", "sample_rate_hz"),
    [("s.m4a", 44_100), ("s.mp3", 48_000), ("s.mp4", 22_050), ("s.webm", 48_000)],
)
def test_a_tone_keeps_its_pitch_level_and_length(
    tmp_path: Path, name: str, sample_rate_hz: int
) -> None:
    tone = sine(2.0, frequency_hz=1000.0, amplitude=0.25, sample_rate_hz=sample_rate_hz)
    clip = read_clip(write_clip(tmp_path / name, waveform=tone, sample_rate_hz=sample_rate_hz))
    assert clip.sample_rate_hz == sample_rate_hz
    assert len(clip.waveform) / sample_rate_hz == pytest.approx(2.0, abs=0.06)
    middle = clip.waveform[sample_rate_hz // 2 : sample_rate_hz * 3 // 2]
    spectrum = np.abs(np.fft.rfft(middle * np.hanning(len(middle))))
    assert np.argmax(spectrum) == pytest.approx(1000, abs=1)
    # 0.5 dB: LAME alone takes that much off a bare tone.
    level_db = 20 * np.log10(np.sqrt(np.mean(middle**2)) / (0.25 / np.sqrt(2)))
    assert level_db == pytest.approx(0.0, abs=0.5)


def test_clicks_keep_their_times_beside_pictures(tmp_path: Path) -> None:
    path = write_clip(
        tmp_path / "clip.mp4",
        frames=solid_frames([RED], duration_s=3.0),
        waveform=clicks(3.0, bpm=120.0, start_s=0.25),
    )
    clip = read_clip(path)
    loud = np.abs(clip.waveform) > 0.3
    onsets_s = np.flatnonzero(loud[1:] & ~loud[:-1]) / clip.sample_rate_hz
    first_of_each = onsets_s[np.insert(np.diff(onsets_s) > 0.2, 0, True)]
    np.testing.assert_allclose(first_of_each, [0.25, 0.75, 1.25, 1.75, 2.25, 2.75], atol=0.01)


def test_silence_is_silent(tmp_path: Path) -> None:
    path = write_clip(
        tmp_path / "clip.mp4", frames=solid_frames([RED], duration_s=1.0), waveform=silence(1.0)
    )
    clip = read_clip(path)
    assert clip.has_audio
    assert np.abs(clip.waveform).max() < 1e-3


def test_cover_art_is_not_a_video(tmp_path: Path) -> None:
    song = write_clip(tmp_path / "song.mp3", waveform=sine(1.0))
    cover = write_clip(
        tmp_path / "cover.mkv",
        frames=solid_frames([RED], duration_s=0.1),
        video_codec="mjpeg",
        codec_options={"strict": "unofficial"},
    )
    path = tmp_path / "covered.mp3"
    with av.open(str(song)) as sound, av.open(str(cover)) as art, av.open(str(path), "w") as out:
        heard = out.add_stream_from_template(sound.streams.audio[0])
        seen = out.add_stream_from_template(art.streams.video[0])
        seen.disposition = av.stream.Disposition.attached_pic
        for packet in [*art.demux(video=0), *sound.demux(audio=0)]:
            if packet.size:
                packet.stream = seen if packet.stream.type == "video" else heard
                out.mux(packet)
    clip = read_clip(path)
    assert clip.has_audio
    assert not clip.has_video
    assert clip.warnings == ()
