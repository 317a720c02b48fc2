"""The timeline: each second's effect is what leaving it out changes, worked out by hand here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from known import known_analysis, known_model, supported_everywhere
from synthesis import BLUE, RED, silence, sine, solid_frames, write_clip

from viral.explain.timeline import MAX_BINS, Timeline, steps_of, timeline
from viral.media.clip import HOOK_S
from viral.modalities.onscreen_text import ScreenLine
from viral.posts.details import PostDetails

SLOPE = 0.02
"""log10 virality for each % of brightness."""
SEEING = known_model(visual={"brightness": SLOPE})
values = st.floats(0.0, 100.0)
clips = st.lists(values, min_size=2, max_size=12)


def of(brightness: Sequence[float], **more: object) -> Timeline:
    return timeline(known_analysis(SEEING, brightness=brightness, **more), SEEING)  # type: ignore[arg-type]


def test_a_bright_second_is_worth_what_it_adds_to_the_mean() -> None:
    found = of([10.0, 10.0, 50.0, 10.0])
    # Without the bright second the mean falls from 20 to 10; without another it rises to 23.3.
    assert found.effects == pytest.approx(np.array([-10 / 3, -10 / 3, 10.0, -10 / 3]) * SLOPE)
    assert found.by_modality["visual"] == pytest.approx(found.effects)
    assert found.seeing == ("visual",)
    assert found.series["brightness"] == pytest.approx([10.0, 10.0, 50.0, 10.0])


@given(level=values, seconds=st.integers(1, 12))
def test_a_second_that_changes_nothing_gets_zero(level: float, seconds: int) -> None:
    assert of([level] * seconds).effects == pytest.approx(np.zeros(seconds), abs=1e-9)


@given(clips)
def test_a_second_at_the_mean_of_the_rest_gets_zero(rest: list[float]) -> None:
    found = of([*rest, float(np.mean(rest))])
    assert found.effects[-1] == pytest.approx(0.0, abs=1e-9)


@given(clips)
def test_effects_are_the_leave_one_out_differences(brightness: list[float]) -> None:
    rest = len(brightness) - 1
    expected = SLOPE * (np.array(brightness) - np.mean(brightness)) / rest
    assert of(brightness).effects == pytest.approx(expected, abs=1e-9)


@given(clips, st.randoms(use_true_random=False))
@settings(max_examples=50)
def test_the_order_of_the_seconds_does_not_matter_to_their_sum(
    brightness: list[float], random: object
) -> None:
    order = list(range(len(brightness)))
    random.shuffle(order)  # type: ignore[attr-defined]
    one, other = of(brightness).effects, of([brightness[place] for place in order]).effects
    # Nothing in this model looks at the order, so each second keeps its effect wherever it is.
    assert other == pytest.approx(one[order], abs=1e-9)
    assert other.sum() == pytest.approx(one.sum(), abs=1e-9)


def test_two_modalities_share_a_second() -> None:
    model = known_model(visual={"brightness": SLOPE}, audio={"spectral_centroid": 0.001})
    analysis = known_analysis(model, brightness=[10.0, 40.0, 10.0], centroid=[100.0, 100.0, 400.0])
    found = timeline(analysis, model)
    # 20 -> 10 % and 20 -> 25 %; 200 -> 250 Hz and 200 -> 100 Hz.
    assert found.by_modality["visual"] == pytest.approx([-5 * SLOPE, 10 * SLOPE, -5 * SLOPE])
    assert found.by_modality["audio"] == pytest.approx([-0.05, -0.05, 0.1])
    total = found.by_modality["visual"] + found.by_modality["audio"]
    assert found.effects == pytest.approx(total)


def test_the_opening_counts_where_the_model_looks_at_it() -> None:
    model = known_model(visual={"brightness_hook": SLOPE})
    analysis = known_analysis(model, brightness=[60.0, 0.0, 0.0, 0.0, 0.0])
    effects = timeline(analysis, model).effects
    # Without the first second the fourth one moves into the opening, which is then dark.
    assert effects == pytest.approx([20 * SLOPE, 0.0, 0.0, 0.0, 0.0], abs=1e-9)


def test_what_has_no_weight_is_said_to_be_blind() -> None:
    model = known_model(text={"caption_words": 0.1})
    analysis = known_analysis(model, brightness=[10.0, 90.0], details=PostDetails(caption="hello"))
    found = timeline(analysis, model)
    assert found.seeing == ()
    assert found.blind == ("visual",)
    assert found.effects == pytest.approx([0.0, 0.0])
    # What is measured is shown all the same.
    assert found.series["brightness"] == pytest.approx([10.0, 90.0])


def test_words_stand_where_they_are_spoken_and_silence_is_a_count_of_none() -> None:
    found = of([10.0] * 5, words_at_s=[0.2, 0.7, 3.1])
    assert found.series["words"] == pytest.approx([2.0, 0.0, 0.0, 1.0, 0.0])
    assert [word.start_s for word in found.words] == [0.2, 0.7, 3.1]
    unheard = of([10.0] * 3)
    assert np.isnan(unheard.series["words"]).all()
    assert np.isnan(unheard.series["loudness"]).all()


def test_lines_stand_beside_the_words_and_those_that_were_not_read_do_not() -> None:
    analysis = known_analysis(SEEING, brightness=[10.0] * 3)
    line = ScreenLine("Three knots", 0.2, 0.4, 0.5, 0.05, 0.5, 2.0, 0.9, 9.0)
    written = SimpleNamespace(lines=(line, replace(line, text="")))
    measured = {**analysis.measurements, "onscreen_text": written}
    found = timeline(replace(analysis, measurements=measured), SEEING)
    assert [(each.text, each.start_s, each.end_s) for each in found.lines] == [
        ("Three knots", 0.5, 2.0)
    ]
    assert of([10.0] * 3).lines == ()


def test_what_is_trimmed_away_has_no_effect_and_the_opening_moves() -> None:
    brightness = [90.0, 10.0, 10.0, 40.0, 10.0, 10.0]
    whole, cut = of(brightness), of(brightness, keep=[(1.0, 6.0)])
    assert whole.hook == ((0.0, HOOK_S),)
    assert cut.hook == ((1.0, 1.0 + HOOK_S),)
    assert cut.effects[0] == 0.0
    assert np.isnan(cut.series["brightness"][0])
    # The rest of the clip has a mean of 16, and of 10 without the bright second.
    assert cut.effects[3] == pytest.approx(6 * SLOPE)


def test_the_only_second_cannot_be_left_out() -> None:
    found = of([50.0])
    assert found.effects == pytest.approx([0.0])


@given(st.floats(0.05, 600.0))
def test_steps_cover_the_clip_once(duration_s: float) -> None:
    starts, step_s = steps_of(duration_s)
    ends = np.append(starts[1:], duration_s)
    assert 1 <= len(starts) <= MAX_BINS
    assert starts[0] == 0.0
    lengths = ends - starts
    assert lengths.sum() == pytest.approx(duration_s)
    if len(starts) > 1:
        # No sliver at the end, whose measurements would be of a few milliseconds.
        assert lengths.min() >= 0.25 * step_s - 1e-5
        assert lengths.max() <= 1.25 * step_s + 1e-5


def test_a_moment_has_its_step() -> None:
    found = of([10.0] * 4)
    assert [found.step_at(moment) for moment in (-1.0, 0.0, 0.99, 1.0, 3.5, 99.0)] == [
        0,
        0,
        0,
        1,
        3,
        3,
    ]
    assert found.ends_s == pytest.approx([1.0, 2.0, 3.0, 4.0])


def test_a_real_clip_has_its_cut_and_its_click_where_they_are(tmp_path: Path) -> None:
    from viral.pipeline import analyse

    sound = np.concatenate([silence(2.2), sine(1.8)])
    path = write_clip(
        tmp_path / "clip.mp4",
        frames=solid_frames([RED, BLUE], cuts_s=[1.4], duration_s=4.0),
        waveform=sound,
    )
    analysis = analyse(path)
    found = timeline(analysis, known_model(support=supported_everywhere()))
    assert found.series["cuts"].tolist() == [0.0, 1.0, 0.0, 0.0]
    loud = found.series["loudness"]
    assert max(loud[:2]) < -60 < -20 < min(loud[2:])
    assert found.effects == pytest.approx(np.zeros(4))
