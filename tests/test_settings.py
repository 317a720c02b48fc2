"""Settings: read once from the environment, refused with the variable's name when senseless."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import FrozenInstanceError, fields
from pathlib import Path

import pytest

from viral import ViralError
from viral.settings import SPEECH_BACKENDS, Settings, settings


@pytest.fixture(autouse=True)
def _clean(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.delenv("SPACE_ID", raising=False)
    for field in fields(Settings):
        monkeypatch.delenv(f"VIRAL_{field.name.upper()}", raising=False)
    settings.cache_clear()
    yield
    settings.cache_clear()


def test_defaults_hold_without_variables() -> None:
    chosen = settings()
    assert chosen.max_clip_bytes == 200_000_000
    assert chosen.max_clip_duration_s == 600
    assert (chosen.host, chosen.port) == ("127.0.0.1", 7860)
    assert chosen.cache_dir.is_absolute()
    assert chosen.hub_fallback is False


def test_every_setting_follows_its_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    other = {int: "17", float: "2.5", str: "0.0.0.0", type(Path()): "/elsewhere"}
    for field in fields(Settings):
        if field.name == "speech_backend":
            text = "off"
        elif isinstance(field.default, bool):
            text = "0" if field.default else "1"
        else:
            text = other[type(field.default)]
        monkeypatch.setenv(f"VIRAL_{field.name.upper()}", text)
    chosen = settings()
    for field in fields(Settings):
        value = getattr(chosen, field.name)
        assert value != field.default
        assert type(value) is type(field.default)


def test_an_empty_variable_means_the_default(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VIRAL_PORT", "")
    assert settings().port == 7860


def test_a_space_s_own_proxy_is_believed_unless_a_number_is_given(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert settings().trusted_proxies == 0
    for given, meant in ((None, 1), ("0", 0), ("2", 2)):
        settings.cache_clear()
        monkeypatch.setenv("SPACE_ID", "someone/viral")
        if given is not None:
            monkeypatch.setenv("VIRAL_TRUSTED_PROXIES", given)
        assert settings().trusted_proxies == meant


@pytest.mark.parametrize("backend", SPEECH_BACKENDS)
def test_each_speech_backend_can_be_chosen(monkeypatch: pytest.MonkeyPatch, backend: str) -> None:
    monkeypatch.setenv("VIRAL_SPEECH_BACKEND", backend)
    assert settings().speech_backend == backend


@pytest.mark.parametrize(("text", "meant"), [("1", True), ("True", True), ("no", False)])
def test_switches(monkeypatch: pytest.MonkeyPatch, text: str, meant: bool) -> None:
    monkeypatch.setenv("VIRAL_HUB_FALLBACK", text)
    assert settings().hub_fallback is meant


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("PORT", "http"),
        ("PORT", "70000"),
        ("PORT", "-1"),
        ("THREADS", "0"),
        ("THREADS", "2.5"),
        ("MAX_CLIP_DURATION_S", "nan"),
        ("MAX_CLIP_DURATION_S", "inf"),
        ("MAX_CLIP_BYTES", "-200"),
        ("HUB_FALLBACK", "perhaps"),
        ("SPEECH_BACKEND", "magic"),
    ],
)
def test_senseless_values_name_their_variable(
    monkeypatch: pytest.MonkeyPatch, name: str, text: str
) -> None:
    monkeypatch.setenv(f"VIRAL_{name}", text)
    with pytest.raises(ViralError, match=f"VIRAL_{name} is '{text}'") as caught:
        settings()
    assert "\n" not in str(caught.value)


def test_settings_cannot_be_changed() -> None:
    with pytest.raises(FrozenInstanceError):
        settings().port = 1  # type: ignore[misc]
