"""A curve over its clip: where viewers left, what stood there, and what several posts tell."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from synthesis import BLUE, RED, solid_frames, write_clip

from viral.commands.cli import main
from viral.errors import TableError
from viral.explain.retention import (
    FEWEST_MOMENTS,
    FEWEST_POSTS,
    After,
    Watched,
    after_moments,
    after_words,
    laid_over,
    leaving_words,
    moments_of,
)
from viral.messages import LANGUAGES
from viral.modalities.onscreen_text import ScreenLine
from viral.modalities.spoken_words import Word
from viral.posts.exporters.retention import Retention

LENGTH_S = 20.0
LINE = ScreenLine("Wait for it", 0.2, 0.4, 0.5, 0.05, 5.0, 8.0, 0.9, 9.0)


def clip(duration_s: float = LENGTH_S, cuts: tuple[float, ...] = (7.2, 12.0)) -> Any:
    """Return a clip with two cuts, a line from 5 to 8 s and a pause from 9 to 11 s."""
    words = (Word("one", 8.0, 9.0, 0.9), Word("two", 11.0, 11.5, 0.9))
    return SimpleNamespace(
        facts=SimpleNamespace(duration_s=duration_s),
        measurements={
            "visual": SimpleNamespace(cut_times_s=np.array(cuts)),
            "speech": SimpleNamespace(words=words),
            "onscreen_text": SimpleNamespace(lines=(LINE,)),
        },
    )


def curve(*drops: tuple[float, float], duration_s: float = LENGTH_S) -> Retention:
    """Return a curve in seconds that loses a share of all within a second from each moment on."""
    at = np.arange(0.0, duration_s + 0.1, 0.1)
    kept = np.ones(len(at))
    for start_s, share in drops:
        kept -= share * np.clip(at - start_s, 0.0, 1.0)
    return Retention(at, kept, "seconds", "tiktok")


def test_moments_are_those_of_the_clip() -> None:
    assert [(each.kind, each.second_s) for each in moments_of(clip())] == [
        ("text_appears", 5.0),
        ("cut", 7.2),
        ("text_goes", 8.0),
        ("pause", 9.0),
        ("speech_again", 11.0),
        ("cut", 12.0),
    ]


def test_the_largest_loss_comes_first_with_what_stood_there() -> None:
    found = laid_over(curve((7.0, 0.3), (0.0, 0.1), (9.0, 0.05)), clip())
    assert [(part.start_s, round(part.lost, 6)) for part in found.leavings] == [
        (7.0, 0.3),
        (0.0, 0.1),
        (9.0, 0.05),
    ]
    first = found.leavings[0]
    assert (first.read, first.said, first.kinds) == ("Wait for it", "", ("cut",))
    assert found.leavings[2].kinds == ("text_goes", "pause")
    assert found.at_end == pytest.approx(0.55)
    assert not found.fits_any_length
    assert json.dumps(found.to_dict(), allow_nan=False)


def test_a_curve_by_share_lies_over_any_length_and_says_so() -> None:
    seconds = curve((10.0, 0.4))
    shares = replace(seconds, at=seconds.at / LENGTH_S, unit="share")
    one, other = laid_over(seconds, clip()), laid_over(shares, clip())
    assert other.kept == pytest.approx(one.kept)
    assert other.fits_any_length
    double = laid_over(shares, clip(duration_s=2 * LENGTH_S))
    assert {part.start_s for part in double.leavings} == {20.0, 21.0}


@pytest.mark.parametrize("duration_s", [15.0, 40.0])
def test_a_curve_of_another_length_is_one_sentence(duration_s: float) -> None:
    with pytest.raises(TableError, match="another clip") as refused:
        laid_over(curve(), clip(duration_s=duration_s))
    assert "20 s" in str(refused.value)
    laid_over(curve(), clip(duration_s=LENGTH_S + 0.9))


@given(st.lists(st.floats(0.0, 3.0), min_size=5, max_size=30))
@settings(max_examples=50)
def test_what_is_lost_adds_up_to_what_is_missing_at_the_end(kept: list[float]) -> None:
    kept = [max(kept[0], 0.1), *kept[1:]]
    at = np.linspace(0.0, LENGTH_S, len(kept))
    found = laid_over(Retention(at, np.array(kept), "seconds", "table"), clip())
    steps = np.append(found.kept, found.at_end)
    assert found.kept[0] == pytest.approx(1.0)
    assert np.diff(steps).sum() == pytest.approx(kept[-1] / kept[0] - 1.0)
    assert all(part.lost > 0 for part in found.leavings)


def posts(count: int, loss: float) -> list[Watched]:
    """Return posts that lose this share of all right after each cut, and a little everywhere."""
    made = []
    for number in range(count):
        cuts = (7.2 + 0.1 * number, 13.0)
        falling = [(float(second), 0.01) for second in range(20)]
        drops = [(cut, loss + 0.002 * number) for cut in cuts]
        made.append(laid_over(curve(*falling, *drops), clip(cuts=cuts)))
    return made


def test_a_drop_after_every_cut_is_found_with_its_interval() -> None:
    found = {each.kind: each for each in after_moments(posts(6, 0.1))}
    cut = found["cut"]
    assert (cut.posts, cut.moments) == (6, 12)
    assert cut.lost is not None
    assert cut.usual is not None
    assert cut.low is not None
    assert cut.high is not None
    assert cut.lost > cut.usual
    assert 0.0 < cut.low < cut.lost - cut.usual < cut.high
    even = {each.kind: each for each in after_moments(posts(6, 0.0))}["cut"]
    assert even.lost == pytest.approx(even.usual, abs=0.01)


def test_too_few_are_said_to_be() -> None:
    few = posts(FEWEST_POSTS - 1, 0.1)
    assert all(each.lost is None for each in after_moments(few))
    enough = {each.kind: each for each in after_moments(posts(FEWEST_POSTS, 0.1))}
    assert enough["cut"].lost is not None
    # One pause a post: there are posts enough, and moments are not.
    assert enough["pause"].moments == FEWEST_POSTS < FEWEST_MOMENTS
    assert after_words(enough["pause"]).code == "retention.too_few"
    assert after_moments([])[0] == After("cut", 0, 0, None, None, None, None)


def test_the_opening_and_the_very_end_count_to_no_moment() -> None:
    early = laid_over(curve((1.0, 0.5)), clip(cuts=(1.0, 19.5)))
    assert early.after["cut"] == ()
    short = laid_over(curve(duration_s=4.0), clip(duration_s=4.0, cuts=(1.0,)))
    assert math.isnan(short.usual)


def test_every_sentence_is_said_in_every_language() -> None:
    part = laid_over(curve((9.0, 0.3)), clip()).leavings[0]
    told = [*leaving_words(part), *map(after_words, after_moments(posts(6, 0.1)))]
    assert {each.code for each in told} >= {"retention.lost", "retention.before", "retention.after"}
    for lang in LANGUAGES:
        assert all("{" not in each.said(lang) for each in told)


def test_the_command_tells_where_viewers_left(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VIRAL_SPEECH_BACKEND", "off")
    from viral.settings import settings

    settings.cache_clear()
    path = write_clip(
        tmp_path / "clip.mp4", frames=solid_frames([RED, BLUE], cuts_s=[4.0], duration_s=8.0)
    )
    rows = [f"{place},{100 if place < 52 else 60}" for place in range(100)]
    file = tmp_path / "All.csv"
    file.write_text(
        "\n".join(["Video position (%),Absolute audience retention (%)", *rows]), encoding="utf-8"
    )
    with pytest.raises(SystemExit) as done:
        main(["retention", str(path), str(file)])
    told = capsys.readouterr().out
    assert done.value.code == 0
    assert "4.0-5.0 s: 40% of those who began left here. Just before: a cut." in told
    assert "60% of those who began were there at the end." in told
    assert "nothing is predicted from it" in told
    with pytest.raises(SystemExit) as alone:
        main(["retention", str(path)])
    assert alone.value.code == 2
    with pytest.raises(SystemExit) as twice:
        main(["retention", str(path), str(file), str(path), str(file)])
    assert twice.value.code == 2
    with pytest.raises(SystemExit):
        main(["retention", str(path), str(file), "--json"])
    assert json.loads(capsys.readouterr().out)["posts"][0]["left"][0]["start_s"] == 4.0
    settings.cache_clear()
