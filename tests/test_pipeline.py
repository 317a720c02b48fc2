"""A clip is looked at beside being listened to, and nobody notices but by the clock."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextvars import ContextVar
from types import SimpleNamespace
from typing import Any

import pytest
from built_clips import built_clip

from viral import pipeline
from viral.errors import ViralError
from viral.settings import settings

CLIP = built_clip(duration_s=1.0)
told: ContextVar[str] = ContextVar("told", default="nothing")


@pytest.fixture(params=[1, 2])
def threads(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    monkeypatch.setenv("VIRAL_THREADS", str(request.param))
    settings.cache_clear()
    yield request.param
    monkeypatch.undo()
    settings.cache_clear()


def modalities(monkeypatch: pytest.MonkeyPatch, **measure: Any) -> dict[str, tuple[int, str]]:
    """Replace the modalities; return which thread measured each, and what it was told."""
    by: dict[str, tuple[int, str]] = {}

    def module_of(name: str) -> Any:
        def measured(clip: Any) -> str:
            assert clip is CLIP
            by[name] = threading.get_ident(), told.get()
            return measure[name]() if name in measure else f"measured {name}"

        return SimpleNamespace(measure=measured)

    monkeypatch.setattr(pipeline, "module_of", module_of)
    return by


def test_all_is_measured_in_order_and_told_of_by_the_caller(
    threads: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    by = modalities(monkeypatch)
    stages: list[tuple[str, int]] = []
    token = told.set("something")
    try:
        found = pipeline.measured(CLIP, lambda name: stages.append((name, threading.get_ident())))
    finally:
        told.reset(token)
    assert list(found.items()) == [(name, f"measured {name}") for name in pipeline.FROM_CLIP]
    here = threading.get_ident()
    assert stages == [(name, here) for name in ("looking", "listening", "transcribing")]
    assert {words for _, words in by.values()} == {"something"}
    assert (by["visual"][0] != here) == (threads > 1)
    assert {by["audio"][0], by["speech"][0]} == {here}


@pytest.mark.parametrize("failing", ["visual", "audio", "speech"])
def test_what_fails_anywhere_is_raised_and_no_thread_is_left(
    failing: str, threads: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail() -> None:
        raise ViralError("It cannot be measured.")

    modalities(monkeypatch, **{failing: fail})
    before = threading.active_count()
    with pytest.raises(ViralError, match="cannot be measured"):
        pipeline.measured(CLIP)
    assert threading.active_count() == before


def test_the_two_overlap(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VIRAL_THREADS", "2")
    settings.cache_clear()
    met = threading.Barrier(2, timeout=30)
    try:
        modalities(monkeypatch, visual=met.wait, speech=met.wait)
        pipeline.measured(CLIP)
    finally:
        monkeypatch.undo()
        settings.cache_clear()
    assert not met.broken
