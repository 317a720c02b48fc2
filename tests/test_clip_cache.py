"""The same clip is not looked at twice, and nothing stays longer than was promised."""

from __future__ import annotations

import shutil
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from built_clips import built_clip, plain
from synthesis import BLUE, RED, sine, solid_frames, write_clip

from viral.clip_cache import Remembered, Seen, remembered
from viral.errors import MediaError
from viral.media.reader import content_hash, read_clip
from viral.pipeline import pooled, seen
from viral.posts.details import PostDetails, post_details


def looked_at(sha256: str, *, warnings: tuple[str, ...] = ()) -> Seen:
    clip = built_clip(pictures=[plain(RED, height=512, width=288)], times_s=[0.0])
    clip = replace(clip, facts=replace(clip.facts, sha256=sha256), warnings=warnings)
    return Seen.of(clip, {"visual": sha256})


class Clock:
    """A clock that is set by hand."""

    now_s = 0.0

    def __call__(self) -> float:
        return self.now_s


def test_a_clip_is_recalled_by_content_until_its_time_is_up() -> None:
    clock = Clock()
    store = Remembered(60.0, clock=clock)
    store.keep(looked_at("a"))
    clock.now_s = 40.0
    found = store.get("a")
    assert found is not None
    assert found.measurements == {"visual": "a"}
    assert store.get("b") is None
    clock.now_s = 90.0
    assert store.get("a") is not None, "its time starts anew with each use"
    clock.now_s = 150.0
    assert store.get("a") is None
    assert len(store) == 0


def test_nothing_stays_although_nobody_asks_again() -> None:
    store = Remembered(0.2)
    store.keep(looked_at("a"))
    deadline_s = time.monotonic() + 20
    while store._clips and time.monotonic() < deadline_s:
        time.sleep(0.05)
    assert not store._clips


def test_the_oldest_make_room() -> None:
    store = Remembered(60.0, max_clips=2)
    for name in ("a", "b"):
        store.keep(looked_at(name))
    store.get("a")
    store.keep(looked_at("c"))
    assert [store.get(name) is not None for name in ("a", "b", "c")] == [True, False, True]


def test_pictures_are_kept_small() -> None:
    store = Remembered(60.0)
    store.keep(looked_at("a"))
    found = store.get("a")
    assert found is not None
    assert found.thumbnails.shape == (1, 171, 96, 3)
    assert found.thumbnails.base is None, "a view would keep the whole pictures"


def test_a_clip_that_was_read_in_part_is_read_again() -> None:
    store = Remembered(60.0)
    store.keep(looked_at("a", warnings=("Decoding took too long.",)))
    assert store.get("a") is None


def test_one_clip_or_all_can_be_forgotten() -> None:
    store = Remembered(60.0)
    for name in ("a", "b", "c"):
        store.keep(looked_at(name))
    store.forget("b")
    assert store.get("b") is None
    assert len(store) == 2
    store.forget()
    assert len(store) == 0


@pytest.fixture
def clip(tmp_path: Path) -> Path:
    return write_clip(
        tmp_path / "clip.mp4",
        frames=solid_frames([RED, BLUE], cuts_s=[1.0], duration_s=2.0),
        waveform=sine(2.0, frequency_hz=440.0),
    )


def test_the_hash_is_that_of_the_facts(clip: Path, tmp_path: Path) -> None:
    assert content_hash(clip) == read_clip(clip).facts.sha256
    for name, match in (("none.mp4", "no such file"), (".", "folder")):
        with pytest.raises(MediaError, match=match):
            content_hash(tmp_path / name)


def test_the_same_content_is_looked_at_once_under_any_name(clip: Path, tmp_path: Path) -> None:
    remembered().forget()
    stages: list[str] = []
    first = seen(clip, stages.append)
    assert stages == ["reading", "looking", "listening", "transcribing"]
    other = tmp_path / "other name.mov"
    shutil.copy(clip, other)
    stages.clear()
    again = seen(other, stages.append)
    assert stages == ["reading"]
    details = post_details(caption="Three knots #climbing", followers=100)
    for one, two in zip(
        pooled(first.measurements, first.facts, details).values(),
        pooled(again.measurements, again.facts, details).values(),
        strict=True,
    ):
        np.testing.assert_equal(dict(one.values), dict(two.values))
    changed = tmp_path / "changed.mp4"
    changed.write_bytes(clip.read_bytes() + b"\0\0\0\x08free")
    stages.clear()
    seen(changed, stages.append)
    assert "looking" in stages
    remembered().forget()


def test_recalling_is_quick(clip: Path) -> None:
    first = seen(clip)
    pooled(first.measurements, first.facts, PostDetails())
    start_s = time.perf_counter()
    again = seen(clip)
    pooled(again.measurements, again.facts, PostDetails())
    # 200 ms are promised with the prediction; what is recalled takes a few.
    assert time.perf_counter() - start_s < 0.1
    remembered().forget()
