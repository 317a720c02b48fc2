"""Every codec that is read, by a clip in it, and what becomes of a clip in another."""

from __future__ import annotations

from pathlib import Path

import av
import numpy as np
import pytest
from codec_clips import (
    PICTURES,
    SOUNDS,
    UNLISTED_PICTURES,
    UNLISTED_SOUND,
    write_amr_wb,
    write_in,
)
from synthesis import RED

from viral.errors import MediaError
from viral.media import codecs, decoding
from viral.media.reader import read_clip

FEW_COLOURS = {"gif": 60, "dnxhd": 25}
"""Levels by which red is off where a codec has other colours: 8 bits in all, or BT.709."""


def decoder_of(path: Path) -> str:
    with av.open(str(path)) as container:
        return container.streams[0].codec_context.name


@pytest.mark.parametrize("name", codecs.VIDEO)
def test_pictures_in_every_listed_codec_are_read(tmp_path: Path, name: str) -> None:
    way = PICTURES[name]
    path = write_in(tmp_path / f"clip{way.suffix}", way, None)
    assert decoder_of(path) == name
    clip = read_clip(path)
    assert clip.warnings == ()
    assert len(clip.frames) >= 2
    middle = clip.frames[0, clip.frames.shape[1] // 2, clip.frames.shape[2] // 2].astype(int)
    assert np.abs(middle - RED).max() <= FEW_COLOURS.get(name, 6)


@pytest.mark.parametrize("name", codecs.AUDIO)
def test_sound_in_every_listed_codec_is_read(tmp_path: Path, name: str) -> None:
    if name == "amrwb":
        path = write_amr_wb(tmp_path / "clip.amr")
    else:
        path = write_in(tmp_path / f"clip{SOUNDS[name].suffix}", None, SOUNDS[name])
    assert decoder_of(path) == name
    clip = read_clip(path)
    assert clip.warnings == ()
    assert 0.3 < len(clip.waveform) / clip.sample_rate_hz < 0.7
    if name == "amrwb":  # its bits are drawn by lot
        return
    spectrum = np.abs(np.fft.rfft(clip.waveform * np.hanning(len(clip.waveform))))
    loudest_hz = np.argmax(spectrum) * clip.sample_rate_hz / len(clip.waveform)
    assert loudest_hz == pytest.approx(440, abs=8)


def test_a_clip_is_encoded_for_every_codec_of_the_list() -> None:
    assert set(PICTURES) == set(codecs.VIDEO)
    assert {*SOUNDS, "amrwb"} == set(codecs.AUDIO)
    # No decoder that a card or a system library brings: those are outside of the walls.
    assert not [name for name in codecs.LISTED if name.endswith(("_cuvid", "_qsv", "_v4l2m2m"))]


@pytest.mark.parametrize(
    ("pictures", "sound", "sentence"),
    [
        (UNLISTED_PICTURES, None, r"^The pictures are stored as Sorenson .*MP4 with H\.264"),
        (UNLISTED_PICTURES, SOUNDS["aac"], r"^The pictures are stored as Sorenson "),
        (None, UNLISTED_SOUND, r"^The sound is stored as TTA .*AAC"),
    ],
    ids=["pictures", "pictures with sound that is read", "sound"],
)
def test_another_codec_is_refused_by_its_name_with_what_to_do(
    tmp_path: Path, pictures: object, sound: object, sentence: str
) -> None:
    path = write_in(tmp_path / f"clip.{'mov' if pictures else 'mkv'}", pictures, sound)
    with pytest.raises(MediaError, match=sentence) as refused:
        read_clip(path)
    assert str(refused.value).count(".") <= 2


def test_sound_in_another_codec_is_left_out_with_a_warning(tmp_path: Path) -> None:
    clip = read_clip(write_in(tmp_path / "clip.mkv", PICTURES["h264"], UNLISTED_SOUND))
    assert clip.has_video
    assert not clip.has_audio
    (warning,) = clip.warnings
    assert "TTA" in warning
    assert "AAC" in warning


def test_no_decoder_off_the_list_opens_even_when_it_is_asked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write_in(tmp_path / "clip.mov", UNLISTED_PICTURES, None)
    # As if the check by name were not there: FFmpeg's own option holds.
    unchecked = (
        "from viral.media import codecs, decode_child\n"
        "codecs.is_listed = lambda stream: stream.codec_context is not None\n"
        "decode_child.main(job)"
    )
    with monkeypatch.context() as patched:
        patched.setattr(decoding, "PROGRAM", unchecked)
        with pytest.raises(MediaError, match="can be decoded"):
            read_clip(path)
        patched.setattr(
            decoding,
            "PROGRAM",
            unchecked.replace("decode_child.main", "codecs.WHITELIST = 'svq1'; decode_child.main"),
        )
        assert read_clip(path).has_video
