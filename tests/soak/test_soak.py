"""A short soak; `make soak` is the long one."""

from __future__ import annotations

from pathlib import Path

import pytest
from soaking import HOSTILE_SHARE, soak

REQUESTS = 60


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_every_request_is_answered_and_nothing_is_left_or_lost(tmp_path: Path) -> None:
    report = soak(tmp_path, requests=REQUESTS, restarts=1, seed=5)
    assert report.wrong == []
    assert report.requests == REQUESTS
    assert report.answers["hostile"] >= REQUESTS * HOSTILE_SHARE / 2
    assert report.answers["predicted"] > 5
    assert report.confirmed
    # The first run is killed, the second told to stop.
    assert report.ended == [-9, 0]
