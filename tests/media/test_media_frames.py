"""Which packets the plan decodes: pure functions over packet times."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from viral.media import frames
from viral.media.limits import MAX_FRAMES

HOOK_S = 3.0
HD_PIXELS = 1080 * 1920


def packets(duration_s: float, frame_rate_hz: float, gop: int) -> tuple[list[float], list[bool]]:
    count = round(duration_s * frame_rate_hz)
    return [i / frame_rate_hz for i in range(count)], [i % gop == 0 for i in range(count)]


def planned(duration_s: float, gop: int, pixels: int = 576 * 1024) -> list[frames.Segment]:
    times_s, is_key = packets(duration_s, 30.0, gop)
    return frames.plan(times_s, is_key, end_s=duration_s, hook_s=HOOK_S, pixels=pixels)


def wanted(segments: list[frames.Segment]) -> list[float]:
    return [time_s for segment in segments for time_s in segment.times_s]


def test_opening_is_sampled_five_times_a_second_and_the_rest_once() -> None:
    assert frames.hook_times(3.0, 30.0) == [i / 5 for i in range(15)]
    assert frames.grid_times(3.0, 10.0) == [3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0]
    assert frames.hook_times(3.0, 0.5) == [0.0, 0.2, 0.4]
    assert frames.hook_times(3.0, 0.0) == [0.0]
    assert frames.grid_times(3.0, 2.0) == []


def test_a_ten_minute_clip_is_spread_over_the_most_frames_allowed() -> None:
    grid_s = frames.grid_times(3.0, 600.0)
    assert len(grid_s) == frames.MAX_BODY_FRAMES
    assert 590.0 < grid_s[-1] < 600.0


def test_keyframes_each_second_cost_one_packet_each() -> None:
    segments = planned(20.0, gop=30)
    body = [segment for segment in segments if segment.times_s[0] >= HOOK_S]
    assert len(body) == 17
    assert all(segment.packets == 1 for segment in body)


def test_a_gap_between_keyframes_is_filled_from_the_keyframe_before() -> None:
    segments = planned(12.0, gop=250)
    assert [segment.first for segment in segments] == [0, 250]
    assert wanted(segments)[15:] == [3.0, 4.0, 5.0, 6.0, 7.0, 250 / 30, 9.0, 10.0, 11.0]
    # Nothing is decoded past the last wanted frame.
    assert segments[-1].last == 330


def test_a_dear_plan_has_evenly_longer_gaps() -> None:
    dear = planned(15.0, gop=210, pixels=3 * HD_PIXELS // 2)
    cheap = planned(15.0, gop=210)
    assert sum(segment.packets for segment in dear) * 3 * HD_PIXELS // 2 <= 800_000_000
    assert 17 < len(wanted(dear)) < len(wanted(cheap)) == 27
    body = [time_s for time_s in wanted(dear) if time_s >= 2.8]
    assert max(after - before for before, after in pairwise(body)) <= frames.LONGEST_GAP + 0.5


def test_fills_are_left_out_when_only_long_gaps_would_fit() -> None:
    segments = planned(60.0, gop=250, pixels=HD_PIXELS)
    body = [segment for segment in segments if segment.times_s[0] >= HOOK_S]
    assert len(body) == 7
    assert all(segment.packets == 1 for segment in body)


@pytest.mark.parametrize("gop", [60, 250, 1000])
@pytest.mark.parametrize("duration_s", [10.0, 12.0, 15.0])
def test_a_short_clip_of_large_pictures_is_seen_to_its_end(duration_s: float, gop: int) -> None:
    segments = planned(duration_s, gop, pixels=3840 * 2160)
    seen_s = [*wanted(segments), duration_s]
    widest_s = max(after - before for before, after in pairwise(seen_s))
    assert widest_s <= duration_s / 3 + 0.5
    decoded = sum(segment.packets for segment in segments)
    assert decoded * 3840 * 2160 <= frames.MAX_SPREAD_PIXELS


def test_no_packets_give_no_plan() -> None:
    assert frames.plan([], [], end_s=0.0, hook_s=HOOK_S, pixels=1) == []


@st.composite
def packet_lists(draw: st.DrawFn) -> tuple[list[float], list[bool]]:
    steps = draw(st.lists(st.floats(0.001, 1.5), min_size=1, max_size=120))
    times_s, now_s = [], draw(st.floats(-1.0, 1.0))
    for step in steps:
        times_s.append(now_s)
        now_s += step
    # Decoding order differs from the order shown by a few places, as with B-frames.
    for place in range(1, len(times_s) - 1, 3):
        times_s[place], times_s[place + 1] = times_s[place + 1], times_s[place]
    is_key = draw(st.lists(st.booleans(), min_size=len(times_s), max_size=len(times_s)))
    return times_s, is_key


@given(packet_lists(), st.integers(1, 20_000_000))
def test_any_plan_is_in_order_within_the_file_and_covers_the_opening(
    clip: tuple[list[float], list[bool]], pixels: int
):
    times_s, is_key = clip
    end_s = max(*times_s, 0.0) + 0.04
    segments = frames.plan(times_s, is_key, end_s=end_s, hook_s=HOOK_S, pixels=pixels)
    assert all(0 <= each.first <= each.last < len(times_s) for each in segments)
    assert all(a.last < b.first for a, b in pairwise(segments))
    assert len(wanted(segments)) <= MAX_FRAMES
    assert set(frames.hook_times(HOOK_S, end_s)) <= set(wanted(segments))
    first_key = is_key.index(True) if any(is_key) else len(is_key)
    assert all(is_key[each.first] or each.first <= first_key for each in segments)
    assert segments == frames.plan(times_s, is_key, end_s=end_s, hook_s=HOOK_S, pixels=pixels)
