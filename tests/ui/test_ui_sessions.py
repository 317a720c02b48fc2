from __future__ import annotations

import numpy as np
import pytest
from fabricated import analysis

from viral.clip_cache import THUMBNAIL_SHORT_SIDE_PX
from viral.ui.sessions import ResultGoneError, Sessions


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


def test_the_least_looked_at_makes_room() -> None:
    sessions = Sessions(60, max_results=2)
    first, second = sessions.keep(analysis()), sessions.keep(analysis())
    sessions.get(first)
    sessions.keep(analysis())
    assert sessions.get(first)
    with pytest.raises(ResultGoneError):
        sessions.get(second)


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
