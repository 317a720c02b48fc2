"""Covers of clips whose one good picture is known: where it is, and why it is taken."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import cv2
import numpy as np
import pytest
from built_clips import built_clip
from PIL import Image
from synthesis import write_clip

from viral.clip_cache import Seen, small_thumbnails
from viral.commands.cli import main
from viral.errors import DetailsError, MediaError
from viral.explain.cover import MOST, Covers, covers_of, file_name, jpegs
from viral.media.reader import read_clip, read_stills
from viral.messages import LANGUAGES
from viral.modalities import visual
from viral.modalities.networks.faces import Face
from viral.modalities.onscreen_text import ScreenLine

WIDTH, HEIGHT = 288, 512
TIMES_S = [0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0]
LINE = ScreenLine("Three knots", 0.2, 0.4, 0.5, 0.05, 3.5, 4.5, 0.9, 9.0)


def drawn(seed: int, width: int = WIDTH, height: int = HEIGHT) -> np.ndarray:
    """Return a picture full of edges, of its own colours."""
    draws = np.random.default_rng(seed)
    picture = np.full((height, width, 3), draws.integers(60, 200, 3), np.uint8)
    for _ in range(60):
        left, top = draws.integers(0, width), draws.integers(0, height)
        corner = (int(left + width // 8), int(top + height // 12))
        colour = [int(value) for value in draws.integers(40, 220, 3)]
        cv2.rectangle(picture, (int(left), int(top)), corner, colour, -1)
    return picture


def blurred(picture: np.ndarray) -> np.ndarray:
    return cv2.GaussianBlur(picture, (0, 0), picture.shape[1] / 36)


def black() -> np.ndarray:
    return np.zeros((HEIGHT, WIDTH, 3), np.uint8)


def seen(
    pictures: list[np.ndarray],
    *,
    faces: dict[int, Face] | None = None,
    lines: tuple[ScreenLine, ...] = (),
) -> Seen:
    """Return a clip with one picture a second, as an analysis sees it; faces are put in."""
    clip = built_clip(pictures=pictures, times_s=TIMES_S[: len(pictures)])
    found = visual.measure(clip)
    searched = tuple((faces[p],) if faces and p in faces else () for p in range(len(pictures)))
    measured: dict[str, Any] = {
        "visual": replace(found, faces=searched, face_times_s=found.times_s),
        "onscreen_text": SimpleNamespace(lines=lines, reason=None),
    }
    return Seen.of(clip, measured)


def seconds(found: Covers) -> list[float]:
    return [cover.second_s for cover in found.covers]


def codes(found: Covers, place: int = 0) -> list[str]:
    return [reason.code for reason in found.covers[place].reasons]


def test_the_one_sharp_picture_comes_first() -> None:
    pictures = [blurred(drawn(seed)) for seed in range(8)]
    pictures[5] = drawn(5)
    found = covers_of(seen(pictures))
    assert (seconds(found)[0], codes(found)) == (5.0, ["cover.sharp"])
    assert len(found.covers) == MOST


def test_black_and_burnt_out_pictures_are_never_taken() -> None:
    white = np.full((HEIGHT, WIDTH, 3), 255, np.uint8)
    found = covers_of(seen([black(), drawn(1), white, drawn(3), black()]))
    assert sorted(seconds(found)) == [1.0, 3.0]
    assert [note.code for note in found.notes if note.code == "cover.few"]
    nothing = covers_of(seen([black(), black()]))
    assert (nothing.covers, [note.code for note in nothing.notes]) == ((), ["cover.none"])


def test_pictures_that_show_the_same_are_taken_once() -> None:
    one, other = drawn(1), drawn(2)
    found = covers_of(seen([one, one, other, one, other]))
    assert len(found.covers) == 2
    assert {round(second) in (0, 1, 3) for second in seconds(found)} == {True, False}


def test_a_face_clear_of_the_buttons_counts_and_one_below_them_does_not() -> None:
    pictures = [drawn(seed) for seed in range(6)]
    clear, covered = Face(0.1, 0.5, 0.4, 0.3, 0.2), Face(0.1, 0.5, 0.9, 0.3, 0.2)
    found = covers_of(seen(pictures, faces={2: clear, 4: covered}))
    assert (seconds(found)[0], "cover.face" in codes(found)) == (2.0, True)
    assert 4.0 not in seconds(found) or seconds(found)[-1] == 4.0


def test_text_counts_where_it_can_be_read() -> None:
    pictures = [drawn(seed) for seed in range(6)]
    readable = covers_of(seen(pictures, lines=(LINE,)))
    below = covers_of(seen(pictures, lines=(replace(LINE, top=0.9),)))
    faint = covers_of(seen(pictures, lines=(replace(LINE, contrast=1.2),)))

    def score_place(found: Covers) -> int:
        return seconds(found).index(4.0) if 4.0 in seconds(found) else MOST

    assert score_place(readable) <= min(score_place(below), score_place(faint))
    place = seconds(readable).index(4.0)
    assert "cover.text" in codes(readable, place)
    # Below TikTok's column of buttons.
    right = replace(LINE, left=0.6, width=0.38, top=0.4)
    covered = covers_of(seen(pictures[:5], lines=(right,)))
    assert "cover.text_covered" in {code for n in range(5) for code in codes(covered, n)}


def test_small_thumbnails_give_the_same_covers() -> None:
    pictures = [blurred(drawn(seed)) if seed % 2 else drawn(seed) for seed in range(8)]
    whole = seen(pictures)
    small = replace(whole, thumbnails=small_thumbnails(whole.thumbnails))
    assert seconds(covers_of(small)) == seconds(covers_of(whole))


def test_every_reason_is_said_in_every_language() -> None:
    found = covers_of(seen([drawn(seed) for seed in range(3)], lines=(LINE,)), "shorts")
    said = [*found.notes, *(reason for cover in found.covers for reason in cover.reasons)]
    assert {"cover.choose", "cover.enlarged", "cover.few"} <= {each.code for each in said}
    assert all(each.said(lang) for each in said for lang in LANGUAGES)


def test_without_pictures_it_says_so() -> None:
    clip = built_clip(waveform=np.zeros(44_100, np.float32))
    found = covers_of(Seen.of(clip, {"visual": visual.measure(clip)}))
    assert (found.covers, [note.code for note in found.notes]) == ((), ["cover.no_pictures"])
    with pytest.raises(DetailsError):
        covers_of(seen([drawn(0)]), "vine")


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a clip of 540x960 that is blurred but for its fourth second."""
    frames = (
        drawn(second, 540, 960) if second == 3 else blurred(drawn(second, 540, 960))
        for second in range(6)
        for _ in range(10)
    )
    path = tmp_path_factory.mktemp("cover") / "clip.mp4"
    return write_clip(path, frames=frames, frame_rate_hz=10.0)


def test_stills_are_those_that_were_looked_at_only_larger(clip: Path) -> None:
    looked = read_clip(clip)
    moments = [float(looked.frame_times_s[place]) for place in (2, 0, -1)]
    for moment, still in zip(moments, read_stills(clip, moments, 1080), strict=True):
        assert still.shape == (960, 540, 3)
        place = int(np.flatnonzero(looked.frame_times_s == moment)[0])
        small = cv2.resize(still, looked.frames.shape[2:0:-1], interpolation=cv2.INTER_AREA)
        assert np.abs(small.astype(int) - looked.frames[place]).mean() < 1.5
    assert read_stills(clip, [1.0], 96)[0].shape == (171, 96, 3)


def test_stills_of_sound_alone_are_refused(tmp_path: Path) -> None:
    path = write_clip(tmp_path / "sound.wav", waveform=np.zeros(8000, np.float32))
    with pytest.raises(MediaError, match="pictures"):
        read_stills(path, [0.0], 1080)


def test_the_command_writes_the_sharp_second(
    clip: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VIRAL_SPEECH_BACKEND", "off")
    from viral.settings import settings

    settings.cache_clear()
    with pytest.raises(SystemExit) as done:
        main(["cover", str(clip), "--for", "reels", "-o", str(tmp_path / "covers"), "--json"])
    settings.cache_clear()
    told = json.loads(capsys.readouterr().out)
    assert (done.value.code, told["size_px"]) == (0, [1080, 1920])
    assert 3.0 <= told["covers"][0]["second_s"] < 4.0
    files = [Path(each["file"]) for each in told["covers"]]
    assert sorted((tmp_path / "covers").iterdir()) == sorted(files)
    first = np.asarray(Image.open(files[0]).convert("RGB"))
    assert first.shape == (1920, 1080, 3)
    truth = cv2.resize(drawn(3, 540, 960), (1080, 1920), interpolation=cv2.INTER_LANCZOS4)
    assert np.abs(first.astype(int) - truth).mean() < 6.0


def test_a_wide_clip_is_shown_whole(tmp_path: Path) -> None:
    path = write_clip(
        tmp_path / "wide.mp4", frames=(drawn(1, 256, 144) for _ in range(10)), frame_rate_hz=10.0
    )
    looked = read_clip(path)
    found = covers_of(Seen.of(looked, {"visual": visual.measure(looked)}))
    picture = np.asarray(Image.open(io.BytesIO(jpegs(path, found)[0])))
    assert picture.shape == (1920, 1080, 3)
    assert picture[:600].max() < 16
    assert picture[900:1000].mean() > 40
    assert file_name(1, found.covers[0]).startswith("cover-1-at-")
