from __future__ import annotations

from dataclasses import replace

import gradio as gr
import numpy as np
import pytest
from fabricated import analysis
from gradio.context import LocalContext
from starlette.requests import Request as StarletteRequest

from viral.clip_cache import THUMBNAIL_SHORT_SIDE_PX
from viral.pipeline import Analysis
from viral.ui.sessions import SMALL_PARTS_BYTES, ResultGoneError, Sessions, asking_client


class Clock:
    def __init__(self) -> None:
        self.now_s = 0.0

    def __call__(self) -> float:
        return self.now_s


def test_a_result_is_found_again_by_its_id_and_by_its_upload() -> None:
    sessions = Sessions(60)
    key = sessions.keep(analysis(), source="/uploads/a.mp4")
    assert sessions.get(key).prediction == analysis().prediction
    assert sessions.of_source("/uploads/a.mp4") is sessions.get(key)
    assert sessions.of_source("/uploads/b.mp4") is None


def test_ids_cannot_be_guessed() -> None:
    sessions = Sessions(60)
    keys = {sessions.keep(analysis()) for _ in range(20)}
    assert len(keys) == 20
    assert min(map(len, keys)) >= 20


@pytest.mark.parametrize("key", [None, "", "someone-elses"])
def test_an_unknown_result_is_a_sentence(key: str | None) -> None:
    with pytest.raises(ResultGoneError, match=r"no longer kept; drop the clip in again"):
        Sessions(60).get(key)


def test_results_go_when_nobody_looks_at_them() -> None:
    clock = Clock()
    sessions = Sessions(60, clock=clock)
    used, forgotten = sessions.keep(analysis()), sessions.keep(analysis())
    clock.now_s = 40
    sessions.get(used)
    clock.now_s = 80
    sessions.get(used)
    with pytest.raises(ResultGoneError):
        sessions.get(forgotten)
    assert len(sessions) == 1


def fresh(seed: int) -> Analysis:
    """Return a result that shares no array with others."""
    made = analysis()
    pictures = np.random.default_rng(seed).integers(0, 255, (9, 96, 96, 3), dtype=np.uint8)
    return replace(made, thumbnails=pictures)


ONE_BYTES = 9 * 96 * 96 * 3 + SMALL_PARTS_BYTES


def test_the_least_looked_at_makes_room_and_that_is_said() -> None:
    sessions = Sessions(60, most_bytes=3 * ONE_BYTES)
    first, second = sessions.keep(fresh(1)), sessions.keep(fresh(2))
    sessions.get(first)
    sessions.keep(fresh(3))
    assert sessions.get(first)
    with pytest.raises(ResultGoneError, match="made room for newer ones"):
        sessions.get(second)


def test_a_greedy_client_pushes_out_its_own_results_alone() -> None:
    sessions = Sessions(60, most_bytes=10 * ONE_BYTES)
    others = [sessions.keep(fresh(n), client=f"192.0.2.{n}") for n in range(3)]
    greedy = [sessions.keep(fresh(10 + n), client="198.51.100.1") for n in range(66)]
    assert all(sessions.get(key) for key in others)
    assert sessions.get(greedy[-1])
    with pytest.raises(ResultGoneError, match="made room for newer ones"):
        sessions.get(greedy[0])


def test_results_of_the_same_clip_take_little_more_than_one() -> None:
    sessions = Sessions(60, most_bytes=10_000_000)
    large = replace(analysis(), thumbnails=np.zeros((40, 171, 96, 3), np.uint8))
    first = sessions.keep(large)
    kept = sessions.get(first)
    keys = [sessions.keep(kept) for _ in range(60)]
    assert all(sessions.get(key).thumbnails is kept.thumbnails for key in [first, *keys])


def test_a_result_larger_than_all_there_is_is_kept_while_it_is_the_only_one() -> None:
    sessions = Sessions(60, most_bytes=10)
    first = sessions.keep(fresh(1))
    assert sessions.get(first)
    second = sessions.keep(fresh(2))
    assert sessions.get(second)
    with pytest.raises(ResultGoneError):
        sessions.get(first)


def test_pictures_are_kept_small() -> None:
    sessions = Sessions(60)
    kept = sessions.get(sessions.keep(analysis())).thumbnails
    assert kept.base is None
    assert min(kept.shape[1:3]) >= THUMBNAIL_SHORT_SIDE_PX
    assert kept.nbytes < 0.4 * np.asarray(analysis().thumbnails).nbytes


def test_a_result_may_be_forgotten() -> None:
    sessions = Sessions(60)
    key = sessions.keep(analysis())
    sessions.forget(key)
    sessions.forget(key)
    assert len(sessions) == 0


def test_a_result_belongs_to_the_address_that_asks() -> None:
    assert asking_client() == "here"
    scope = {"type": "http", "client": ("192.0.2.7", 0), "headers": []}
    token = LocalContext.request.set(gr.Request(StarletteRequest(scope)))
    try:
        assert asking_client() == "192.0.2.7"
    finally:
        LocalContext.request.reset(token)
