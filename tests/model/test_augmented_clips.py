"""Copies of clips: changed alike in all pictures, as long as before, and the same each time."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from synthesis import BLUE, GREEN, RED, WHITE, quadrant_frames, sine

from benchmarks.augmented_clips import Ranges, changed, changed_pictures, changed_sound
from viral.media.clip import Clip, ClipFacts

STILL = Ranges(zoom=1.0, turn_deg=0.0, mirrored=0.0, gain_db=0.0, shift_s=0.0, pitch_semitones=0.0)
RATE_HZ = 22_050


def _frames() -> np.ndarray:
    return np.stack(list(quadrant_frames((RED, GREEN, BLUE, WHITE), duration_s=0.5)))


def _clip() -> Clip:
    nothing = np.empty(0)
    facts = ClipFacts(
        *(1000, "0123456789abcdef", "mp4", 1.0, "h264", "aac", 144, 256, 0, 10.0),
        *(nothing, nothing, nothing),
    )
    times = np.arange(5) / 10.0
    return Clip(facts, _frames(), times, sine(1.0), 44_100)


def test_without_room_nothing_changes() -> None:
    frames = _frames()
    assert np.array_equal(changed_pictures(frames, np.random.default_rng(0), STILL), frames)


def test_a_mirror_changes_left_and_right_in_all_pictures() -> None:
    frames = _frames()
    ranges = replace(STILL, mirrored=1.0)
    turned = changed_pictures(frames, np.random.default_rng(0), ranges)
    assert np.array_equal(turned, frames[:, :, ::-1])


@pytest.mark.parametrize("seed", range(5))
def test_a_zoom_shows_a_part_of_the_picture_and_no_border(seed: int) -> None:
    frames = np.full((2, 64, 48, 3), 90, np.uint8)
    ranges = Ranges(mirrored=0.0)
    assert (changed_pictures(frames, np.random.default_rng(seed), ranges) == 90).all()
    moved = changed_pictures(_frames(), np.random.default_rng(seed), ranges)
    # Every picture of a still is moved alike.
    assert (moved == moved[0]).all()


def test_sound_is_louder_later_and_higher_by_what_was_drawn() -> None:
    sound = sine(1.0, frequency_hz=440.0, amplitude=0.25, sample_rate_hz=RATE_HZ)

    class Highest:
        def uniform(self, low: float, high: float) -> float:
            return high

    ranges = Ranges(gain_db=6.0, shift_s=0.1, pitch_semitones=2.0)
    moved = changed_sound(sound, RATE_HZ, Highest(), ranges)  # type: ignore[arg-type]
    assert len(moved) == len(sound)
    shift = round(0.1 * RATE_HZ)
    assert not moved[:shift].any()
    middle = moved[shift + 4000 : shift + 14_000]
    assert np.sqrt(np.mean(middle**2)) == pytest.approx(0.5 / np.sqrt(2), rel=0.2)
    spectrum = np.abs(np.fft.rfft(middle))
    assert np.argmax(spectrum) * RATE_HZ / len(middle) == pytest.approx(493.9, rel=0.02)


def test_the_same_number_gives_the_same_copy_and_another_another() -> None:
    clip = _clip()
    one, again, other = changed(clip, 0), changed(clip, 0), changed(clip, 1)
    assert np.array_equal(one.frames, again.frames)
    assert np.array_equal(one.waveform, again.waveform)
    assert not np.array_equal(one.frames, other.frames)
    assert one.sample_rate_hz == RATE_HZ
    assert len(one.waveform) == pytest.approx(RATE_HZ, abs=1)
