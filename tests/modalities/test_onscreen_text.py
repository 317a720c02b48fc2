"""Text on screen: drawn words, places and times that are known, of many scripts."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from importlib.util import find_spec
from pathlib import Path

import cv2
import numpy as np
import pytest
from built_clips import built_clip
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from PIL import Image, ImageDraw, ImageFont

from viral.media.clip import Clip
from viral.modalities import onscreen_text
from viral.modalities.features import Features
from viral.modalities.onscreen_text import FEATURES, OFF, ScreenLine, TextMeasurements
from viral.settings import settings

WIDTH, HEIGHT = 288, 512
CJK = "IPAexGothic"
LATIN = "DejaVuSans-Bold.ttf"


@pytest.fixture(autouse=True)
def _switched_on(monkeypatch: pytest.MonkeyPatch) -> None:
    chosen = replace(settings(), screen_text=True)
    monkeypatch.setattr(onscreen_text, "settings", lambda: chosen)


def font(name: str, size: int) -> ImageFont.FreeTypeFont:
    if name != CJK:
        try:
            return ImageFont.truetype(name, size)
        except OSError:
            pytest.skip(f"{name} is not on this machine")
    spec = find_spec("matplotlib_fontja")
    if spec is None or spec.origin is None:
        pytest.skip("matplotlib-fontja is not installed")
    return ImageFont.truetype(str(Path(spec.origin).parent / "fonts" / "ipaexg.ttf"), size)


@dataclass(frozen=True)
class Drawn:
    """A line to draw, in pixels and seconds."""

    text: str
    top: int = 100
    left: int = 20
    size: int = 24
    colour: tuple[int, int, int] = (255, 255, 255)
    start_s: float = 0.0
    end_s: float = math.inf
    font: str = LATIN


def clip_with(
    lines: Sequence[Drawn],
    *,
    duration_s: float = 6.0,
    ground: tuple[int, int, int] = (30, 60, 40),
    moving: bool = False,
) -> Clip:
    """Build a clip with lines drawn on it, over one colour or over something that moves."""
    times_s = np.array([*np.arange(0.0, 3.0, 0.2), *np.arange(3.0, duration_s, 1.0)])
    draws = np.random.default_rng(0)
    frames = []
    for place, time_s in enumerate(times_s):
        picture = np.full((HEIGHT, WIDTH, 3), ground, np.uint8)
        if moving:
            coarse = draws.integers(0, 110, (16, 9, 3)).astype(np.uint8)
            picture = cv2.resize(coarse, (WIDTH, HEIGHT), interpolation=cv2.INTER_CUBIC)
            picture = np.roll(picture, 11 * place, axis=0)
        image = Image.fromarray(picture)
        pen = ImageDraw.Draw(image)
        for line in lines:
            if line.start_s <= time_s < line.end_s:
                pen.text((line.left, line.top), line.text, line.colour, font(line.font, line.size))
        frames.append(np.array(image))
    return built_clip(pictures=frames, times_s=times_s, duration_s=duration_s)


def read(clip: Clip) -> tuple[TextMeasurements, Features]:
    measurements = onscreen_text.measure(clip)
    return measurements, onscreen_text.pool(measurements)


@pytest.mark.parametrize("moving", [False, True])
def test_words_places_and_times_are_those_that_were_drawn(moving: bool) -> None:
    lines = [
        Drawn("3 mistakes you", top=80, end_s=2.0),
        Drawn("make at the gym", top=120, end_s=2.0),
        Drawn("Follow for more", top=400, start_s=4.0),
    ]
    found, features = read(clip_with(lines, duration_s=8.0, moving=moving))
    assert [line.text for line in found.lines] == [line.text for line in lines]
    for line, drawn in zip(found.lines, lines, strict=True):
        assert line.top * HEIGHT == pytest.approx(drawn.top + 2, abs=8)
        assert line.left * WIDTH == pytest.approx(drawn.left, abs=10)
        assert line.start_s == pytest.approx(drawn.start_s, abs=0.5)
        assert line.end_s == pytest.approx(min(drawn.end_s, 8.0), abs=0.5)
        assert line.confidence > 0.8
    values = features.values
    assert values["first_text_s"] == 0.0
    assert values["hook_word_count"] == 7
    assert values["word_count"] == 10
    assert values["time_share"] == pytest.approx((2.0 + 4.0) / 8.0, abs=0.08)
    assert values["words_per_second"] == pytest.approx(10 / 6.0, rel=0.1)
    assert features.details["language"] == "en"
    assert features.details["warning"] is None
    assert features.embedding is not None


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Wait for the end", LATIN),
        ("¿Qué harías tú?", LATIN),
        ("Öl über façade", LATIN),
        ("今天天氣真好", CJK),
        ("料理の作り方", CJK),
        ("コーヒーのいれかた", CJK),
    ],
    ids=["english", "spanish", "accents", "chinese", "kanji and hiragana", "katakana"],
)
def test_scripts_that_the_weights_know_are_read(text: str, name: str) -> None:
    found, _ = read(clip_with([Drawn(text, font=name)], duration_s=2.0))
    assert [line.text for line in found.lines] == [text]
    assert found.warning is None


@pytest.mark.parametrize(
    "text",
    ["Привет, как дела", "Καλημέρα κόσμε", "مرحبا بالعالم الجميل"],
    ids=["cyrillic", "greek", "arabic"],
)
def test_scripts_that_they_do_not_know_are_said_not_to_be_read(text: str) -> None:
    found, features = read(clip_with([Drawn(text)], duration_s=2.0))
    assert found.warning == onscreen_text.UNREAD
    assert "".join(line.text for line in found.lines) == ""
    assert features.values["time_share"] == 1.0
    assert features.values["word_count"] == 0.0
    assert features.embedding is None


def test_captions_that_change_in_one_place_are_each_read_once() -> None:
    words = ["I tried", "running", "a month", "and then", "it broke"]
    lines = [
        Drawn(text, top=300, start_s=float(second), end_s=second + 1.0)
        for second, text in enumerate(words)
    ]
    found, _ = read(clip_with(lines, duration_s=5.0, moving=True))
    assert [line.text for line in found.lines] == words


def test_lines_that_differ_in_one_sign_are_told_apart() -> None:
    lines = [
        Drawn(f"Step {second + 1} of many", top=200, start_s=float(second), end_s=second + 1.0)
        for second in range(5)
    ]
    found, _ = read(clip_with(lines, duration_s=5.0))
    assert [line.text for line in found.lines] == [line.text for line in lines]


@pytest.mark.parametrize(
    ("ink", "ground", "ratio"),
    [
        ((255, 255, 255), (0, 0, 0), 21.0),
        ((0, 0, 0), (255, 255, 255), 21.0),
        ((255, 255, 255), (119, 119, 119), 4.48),
        ((160, 160, 160), (119, 119, 119), 1.71),
    ],
)
def test_contrast_is_that_of_the_guidelines(
    ink: tuple[int, int, int], ground: tuple[int, int, int], ratio: float
) -> None:
    line = Drawn("CONTRAST", size=40, colour=ink)
    _, features = read(clip_with([line], duration_s=1.0, ground=ground))
    assert features.values["contrast"] == pytest.approx(ratio, rel=0.1)


def test_taller_letters_are_measured_as_taller() -> None:
    heights = [
        read(clip_with([Drawn("Look here", size=size)], duration_s=1.0))[1].values["line_height"]
        for size in (16, 32)
    ]
    assert heights[1] == pytest.approx(2 * heights[0], rel=0.25)
    assert heights[0] == pytest.approx(100 * 16 * 1.3 / HEIGHT, rel=0.35)


def test_a_trim_counts_what_is_left() -> None:
    lines = [Drawn("First words", end_s=2.0), Drawn("Last words here", top=300, start_s=4.0)]
    found, _ = read(clip_with(lines, duration_s=8.0))
    kept = onscreen_text.pool(found, [(3.0, 8.0)])
    assert kept.values["word_count"] == 3
    assert kept.values["first_text_s"] == pytest.approx(0.75, abs=0.5)
    assert kept.details["text"] == "Last words here"
    nothing = onscreen_text.pool(found, [(2.5, 3.3)])
    assert nothing.values["time_share"] == 0.0
    assert not nothing.missing


def test_without_text_there_are_noughts_and_nothing_is_missing() -> None:
    _, features = read(clip_with([], moving=True))
    assert not features.missing
    assert features.values["time_share"] == features.values["word_count"] == 0.0
    assert math.isnan(features.values["first_text_s"])


def test_without_pictures_or_switched_off_it_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    silent = built_clip(waveform=np.zeros(1000), duration_s=2.0)
    assert read(silent)[1].reason == onscreen_text.NO_PICTURES
    off = replace(settings(), screen_text=False)
    monkeypatch.setattr(onscreen_text, "settings", lambda: off)
    features = read(clip_with([Drawn("Hello there")], duration_s=1.0))[1]
    assert features.reason == OFF
    assert features.missing


def test_no_more_is_looked_at_and_read_than_is_allowed(monkeypatch: pytest.MonkeyPatch) -> None:
    from viral.modalities.networks import text_reader

    looked: list[int] = []
    find = text_reader.found_boxes
    monkeypatch.setattr(
        text_reader, "found_boxes", lambda picture: looked.append(1) or find(picture)
    )
    read(clip_with([Drawn("Hello there")], duration_s=50.0, moving=True))
    assert len(looked) == onscreen_text.MOST_LOOKED
    looked.clear()
    # A still is looked at once.
    read(clip_with([Drawn("Hello there")], duration_s=50.0))
    assert len(looked) == 1


@given(
    st.lists(st.tuples(st.floats(0, 9), st.floats(0, 9)), max_size=3),
    st.integers(0, 2**20 - 1),
)
@hypothesis_settings(max_examples=60)
def test_any_lines_and_spans_give_numbers_within_their_ranges(
    spans: list[tuple[float, float]], bits: int
) -> None:
    times_s = np.arange(10.0)
    present = np.array([[bits >> (10 * row + place) & 1 for place in range(10)] for row in (0, 1)])
    line = ScreenLine("Read this", 0.1, 0.2, 0.5, 0.1, 0.0, 10.0, 0.9, 4.5)
    measurements = TextMeasurements(10.0, times_s, (line, line), present.astype(bool))
    values = onscreen_text.pool(measurements, [tuple(sorted(span)) for span in spans]).values
    assert list(values) == [feature.name for feature in FEATURES]
    for name in ("time_share", "area_share"):
        assert math.isnan(values[name]) or 0.0 <= values[name] <= 1.0
    assert math.isnan(values["first_text_s"]) or 0.0 <= values["first_text_s"] <= 10.0
    assert values["word_count"] in (0.0, 2.0, 4.0)
