"""Files that cannot be read, or only in part: one sentence each, and nothing left behind."""

from __future__ import annotations

import os
import random
import struct
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import av
import pytest
from synthesis import RED, noise_frames, sine, solid_frames, write_clip

from viral.errors import MediaError
from viral.media.reader import read_clip
from viral.settings import settings

SENTENCE = r"^[A-Z][^\n]{20,200}\.$"


@pytest.fixture
def change_setting(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str, object], None]]:
    """Return a function that sets a `VIRAL_*` variable for the length of a test."""

    def change(name: str, value: object) -> None:
        monkeypatch.setenv(f"VIRAL_{name.upper()}", str(value))
        settings.cache_clear()

    yield change
    monkeypatch.undo()
    settings.cache_clear()


@pytest.fixture
def clip_path(tmp_path: Path) -> Path:
    return write_clip(
        tmp_path / "clip.mp4",
        frames=noise_frames(duration_s=3.0, frame_rate_hz=10.0),
        waveform=sine(3.0),
    )


def refusal(path: object) -> str:
    """Read a clip that must be refused; return the sentence."""
    with pytest.raises(MediaError, match=SENTENCE) as caught:
        read_clip(path)  # type: ignore[arg-type]
    return str(caught.value)


def spoiled(path: Path, kind: str) -> Path:
    """Copy a clip with random bytes in place of every packet of one kind."""
    generator = random.Random(0)
    target = path.with_name(f"spoiled_{kind}.mp4")
    with av.open(str(path)) as source, av.open(str(target), "w") as out:
        streams = {s.index: out.add_stream_from_template(s) for s in source.streams}
        for packet in source.demux():
            if packet.size == 0:
                continue
            copy = packet
            if packet.stream.type == kind:
                copy = av.Packet(generator.randbytes(packet.size))
                copy.pts, copy.dts, copy.time_base = packet.pts, packet.dts, packet.time_base
                copy.is_keyframe = packet.is_keyframe
            copy.stream = streams[packet.stream_index]
            out.mux(copy)
    return target


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "empty"),
        (b"<!DOCTYPE html><html><body>Not found</body></html>", "web page"),
        (b"\n <html>Sign in</html>", "web page"),
        (b"\x89PNG\r\n\x1a\n" + bytes(100), "still picture"),
        (b"just some text, " * 50, "not a video"),
        (bytes(10_000), "not a video"),
        (random.Random(1).randbytes(10_000), "not a video"),
        (b"\0\0\0\x18ftypisom\0\0\x02\0isomiso2mp41" + bytes(50), "cut short"),
        (b"RIFF\x10\0\0\0AVI LIST", "cut short"),
    ],
)
def test_what_is_not_a_clip_is_named(tmp_path: Path, content: bytes, said: str) -> None:
    path = tmp_path / "clip.mp4"
    path.write_bytes(content)
    assert said in refusal(path)


def test_paths_that_lead_to_no_file(tmp_path: Path) -> None:
    assert "no such file" in refusal(tmp_path / "missing.mp4")
    assert "folder" in refusal(tmp_path)
    assert "not an ordinary file" in refusal("/dev/zero")
    assert "cannot be opened" in refusal("clip\0.mp4")
    assert "cannot be opened" in refusal(None)
    os.mkfifo(tmp_path / "pipe.mp4")
    started_s = time.monotonic()
    assert "not an ordinary file" in refusal(tmp_path / "pipe.mp4")
    assert time.monotonic() - started_s < 2


def test_a_file_that_may_not_be_read(clip_path: Path) -> None:
    clip_path.chmod(0)
    if os.access(clip_path, os.R_OK):
        pytest.skip("this user may read everything")
    assert "permissions" in refusal(clip_path)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("list.m3u8", "#EXTM3U\n#EXT-X-TARGETDURATION:3\n#EXTINF:3,\n{clip}\n#EXT-X-ENDLIST\n"),
        ("list.ffconcat", "ffconcat version 1.0\nfile '{clip}'\n"),
        (
            "list.mpd",
            '<?xml version="1.0"?><MPD xmlns="urn:mpeg:dash:schema:mpd:2011" '
            'mediaPresentationDuration="PT3S"><Period><AdaptationSet mimeType="video/mp4">'
            '<Representation id="0"><BaseURL>{clip}</BaseURL></Representation></AdaptationSet>'
            "</Period></MPD>",
        ),
        ("list.sdp", "v=0\no=- 0 0 IN IP4 127.0.0.1\nm=video 5004 RTP/AVP 96\n"),
    ],
)
def test_lists_that_point_at_other_files_are_refused(
    clip_path: Path, name: str, content: str
) -> None:
    path = clip_path.with_name(name)
    path.write_text(content.format(clip=clip_path))
    assert "not a video" in refusal(path)


def test_a_file_cut_in_its_index_is_refused(clip_path: Path) -> None:
    # The index of this MP4 is at its end.
    content = clip_path.read_bytes()
    clip_path.write_bytes(content[: len(content) * 2 // 3])
    assert "cut short" in refusal(clip_path)


def test_a_file_cut_after_its_index_is_read_as_far_as_it_goes(tmp_path: Path) -> None:
    path = write_clip(
        tmp_path / "clip.mp4",
        frames=noise_frames(duration_s=6.0, frame_rate_hz=10.0),
        waveform=sine(6.0),
        container_options={"movflags": "faststart"},
    )
    content = path.read_bytes()
    path.write_bytes(content[: len(content) // 2])
    clip = read_clip(path)
    assert clip.has_video
    assert 1.5 < clip.facts.duration_s < 4.5
    (early,) = (w for w in clip.warnings if w.code == "media.ends_early")
    assert early.values["promised_s"] == pytest.approx(6.0, abs=0.1)
    assert "s de 6 s" in early.said("es")


def test_broken_sound_leaves_the_pictures(clip_path: Path) -> None:
    clip = read_clip(spoiled(clip_path, "audio"))
    assert clip.has_video
    assert not clip.has_audio
    assert clip.sample_rate_hz == 0
    assert clip.facts.audio_codec is None
    assert clip.warnings == ("The sound could not be decoded, so it was left out.",)


def test_broken_pictures_leave_the_sound(clip_path: Path) -> None:
    clip = read_clip(spoiled(clip_path, "video"))
    assert clip.has_audio
    assert not clip.has_video
    assert clip.facts.video_codec is None
    assert clip.warnings == ("The pictures could not be decoded, so only the sound was used.",)


def test_broken_pictures_and_sound_are_refused(clip_path: Path) -> None:
    assert "no pictures and no sound" in refusal(spoiled(spoiled(clip_path, "video"), "audio"))


def test_a_protected_clip_is_said_to_be_protected(tmp_path: Path) -> None:
    path = write_clip(
        tmp_path / "clip.mp4",
        frames=solid_frames([RED], duration_s=1.0),
        container_options={
            "encryption_scheme": "cenc-aes-ctr",
            "encryption_key": "76a6c65c5ea762046bd749a2e632ccbb",
            "encryption_kid": "a7e61c373e219033c21091fa607bf3b8",
        },
    )
    assert "protected" in refusal(path)


def test_a_file_over_the_limit_of_bytes(
    clip_path: Path, change_setting: Callable[[str, object], None]
) -> None:
    change_setting("max_clip_bytes", clip_path.stat().st_size)
    assert read_clip(clip_path).has_video
    change_setting("max_clip_bytes", clip_path.stat().st_size - 1)
    assert "larger than" in refusal(clip_path)


def test_a_clip_over_the_limit_of_seconds(
    clip_path: Path, change_setting: Callable[[str, object], None]
) -> None:
    change_setting("max_clip_duration_s", 3)
    assert read_clip(clip_path).has_video
    change_setting("max_clip_duration_s", 1.5)
    assert "longer than" in refusal(clip_path)


def test_a_clip_that_hides_its_length_is_still_too_long(
    tmp_path: Path, change_setting: Callable[[str, object], None]
) -> None:
    path = write_clip(
        tmp_path / "clip.mkv",
        frames=solid_frames([RED], duration_s=6.0),
        container_options={"live": "1"},
    )
    with av.open(str(path)) as container:
        assert container.duration is None
    change_setting("max_clip_duration_s", 3)
    assert "longer than" in refusal(path)


def test_a_picture_over_the_limit_of_pixels(
    clip_path: Path, change_setting: Callable[[str, object], None]
) -> None:
    change_setting("max_frame_pixels", 144 * 256)
    assert read_clip(clip_path).has_video
    change_setting("max_frame_pixels", 144 * 256 - 1)
    assert "144 x 256" in refusal(clip_path)


def test_a_header_that_claims_impossible_pictures(tmp_path: Path) -> None:
    # A GIF names its size in two 16-bit words after the signature.
    path = write_clip(tmp_path / "clip.gif", frames=solid_frames([RED], duration_s=0.3))
    content = bytearray(path.read_bytes())
    content[6:10] = struct.pack("<HH", 65535, 65535)
    path.write_bytes(content)
    started_s = time.monotonic()
    refusal(path)
    assert time.monotonic() - started_s < 5


def test_little_memory_is_an_error_for_that_clip_alone(
    tmp_path: Path, change_setting: Callable[[str, object], None]
) -> None:
    path = write_clip(
        tmp_path / "large.mp4",
        frames=solid_frames([RED], duration_s=0.3, width=2160, height=3840),
    )
    change_setting("decode_memory_bytes", 160_000_000)
    refusal(path)
    change_setting("decode_memory_bytes", 3_000_000_000)
    assert read_clip(path).has_video


@pytest.mark.parametrize("seed", range(8))
def test_flipped_bytes_never_escape_as_another_error(clip_path: Path, seed: int) -> None:
    generator = random.Random(seed)
    content = bytearray(clip_path.read_bytes())
    for _ in range(len(content) // 200):
        content[generator.randrange(len(content))] = generator.randrange(256)
    clip_path.write_bytes(content)
    try:
        clip = read_clip(clip_path)
    except MediaError:
        return
    assert clip.has_video or clip.has_audio


def test_nothing_is_left_on_disk(
    clip_path: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    monkeypatch.setenv("TMPDIR", str(scratch))
    monkeypatch.chdir(scratch)
    broken = spoiled(spoiled(clip_path, "video"), "audio")
    before = sorted(tmp_path.rglob("*"))
    assert read_clip(clip_path).has_video
    refusal(broken)
    assert sorted(tmp_path.rglob("*")) == before
