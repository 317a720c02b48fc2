"""The app run as Spaces runs it, without a network: a whole session, a crash, and what is left.

What a creator sends is made of words that nothing else says. After the session they are looked for
in every file that the app can have written and in its log.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import signal
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from synthesis import SAMPLE_RATE_HZ, moving_square_frames, silence, write_clip

from viral.modalities.networks.converted import CONVERSIONS

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "app"))

from pages import RESULT_MS, predict, upload

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]
CAPTION = "Quokkas over Vladivostok #zyzzyvas"
SPOKEN = "The purple walrus borrowed seventeen umbrellas in Copenhagen."
FILE_NAME = "Wobblegate 8831.mp4"
OTHER_NAME = "Snorkelfest 4417.mp4"
TELLTALES = re.compile(
    rb"quokka|vladivostok|zyzzyva|walrus|umbrella|copenhagen|wobblegate|snorkelfest", re.I
)
KEPT = re.compile(r"feedback\.sqlite3(-wal|-shm)?$|/\.cache/(viral|numba|matplotlib|fontconfig)/")
"""What may lie on the disk: reports, by consent, and what was computed from code and weights."""

PUBLISHED = {conversion.sha256 for conversion in CONVERSIONS.values()}


@pytest.fixture(scope="module")
def clips(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Return two cuts in which the sentence is said."""
    soxr = pytest.importorskip("soxr")
    hibari = pytest.importorskip("hibari")
    said = hibari.Hibari()(SPOKEN, seed=0)
    sound = soxr.resample(said, hibari.SAMPLE_RATE, SAMPLE_RATE_HZ).astype(np.float32)
    sound = np.concatenate([silence(0.4), 0.7 * sound / np.abs(sound).max(), silence(0.4)])
    made = []
    for name, speed in ((FILE_NAME, 40.0), (OTHER_NAME, 90.0)):
        pictures = moving_square_frames(speed_px_s=speed, duration_s=len(sound) / SAMPLE_RATE_HZ)
        folder = tmp_path_factory.mktemp("clips")
        made.append(write_clip(folder / name, frames=pictures, waveform=sound))
    return made[0], made[1]


@pytest.fixture
def page(hosted: Any) -> Iterator[Any]:
    """Open the app in a Chromium that has the app's network, which is none."""
    from playwright.sync_api import sync_playwright

    if not Path("/usr/bin/chromium").exists():
        pytest.skip("/usr/bin/chromium is not there; install Debian's chromium")
    foreign: list[str] = []
    complaints: list[str] = []
    with sync_playwright() as playwright:
        quiet = ["--disable-background-networking", "--disable-component-update", "--disable-sync"]
        browser = playwright.chromium.launch(
            executable_path=str(hosted.browser()), args=["--no-sandbox", "--disable-gpu", *quiet]
        )
        opened = browser.new_page(locale="en-GB")
        own = ("http://127.0.0.1:7860/", "data:", "blob:")
        opened.on("request", lambda r: None if r.url.startswith(own) else foreign.append(r.url))
        opened.on("console", lambda m: complaints.append(m.text) if m.type == "error" else None)
        opened.goto("http://127.0.0.1:7860/")
        opened.locator("#predict").wait_for()
        yield opened
        browser.close()
    assert foreign == []
    assert complaints == []


def unreachable(hosted: Any) -> dict[str, int]:
    """Return how often something in the app's network was sent to where there is no way."""
    told: dict[str, int] = {}
    place = Path(f"/proc/{hosted.process.pid}/net")
    for heads, numbers in zip(*[iter((place / "snmp").read_text().splitlines())] * 2, strict=True):
        told |= dict(zip(heads.split()[1:], map(int, numbers.split()[1:]), strict=True))
    for line in (place / "snmp6").read_text().splitlines():
        name, number = line.split()
        told[name] = int(number)
    return {name: told[name] for name in ("OutNoRoutes", "Ip6OutNoRoutes", "NoPorts")}


def test_it_starts_from_its_files_alone_and_says_that_models_load(hosted: Any) -> None:
    hosted.start(HF_HUB_OFFLINE="1")
    assert hosted.health() in ("loading", "ok")
    status, text = hosted.get("/")
    assert status == 200
    assert "Viral" in text
    assert os.stat(f"/proc/{hosted.process.pid}").st_uid == 1000
    # Neither starting nor loading the models asks anybody for anything.
    hosted.wait_for(lambda: hosted.health() == "ok")
    assert unreachable(hosted) == {"OutNoRoutes": 0, "Ip6OutNoRoutes": 0, "NoPorts": 0}
    assert [path for path in hosted.on_disk() if not KEPT.search(str(path))] == []


def compare(page: Any, clips: tuple[Path, Path]) -> None:
    page.get_by_role("tab", name="Compare").click()
    for letter, clip in zip("ab", clips, strict=True):
        page.locator(f"#cut-{letter} input[type=file]").set_input_files(str(clip))
        page.locator(f"#cut-{letter} [data-state=ready]").wait_for()
    page.locator("#compare-followers input, #compare-followers textarea").fill("12k")
    page.locator("#compare").click()
    page.locator("#comparison [data-state=result]").wait_for(timeout=RESULT_MS)


def report_back(page: Any) -> None:
    page.get_by_role("tab", name="After posting").click()
    page.locator("#after-last [data-id]").wait_for()
    page.locator("#after-agree input").check()
    page.locator("#after-keep").click()
    page.locator("#after-kept .v-after-said").wait_for()
    for name, value in (("views", "1.2K"), ("days", "7")):
        page.locator(f"#after-{name} input, #after-{name} textarea").first.fill(value)
    page.locator("#after-report").click()
    page.locator("#verdict [data-state=reported]").wait_for()


@pytest.mark.browser
def test_after_a_whole_session_nothing_of_it_is_on_disk_or_in_the_log(
    hosted: Any, page: Any, clips: tuple[Path, Path]
) -> None:
    page.locator("#recent textarea").fill("900, 1500, 700, 1100, 1300")
    page.locator("#caption textarea").fill(CAPTION)
    upload(page, clips[0])
    predict(page)
    # The session is real: what was said was heard, and is shown to whoever sent it.
    assert "umbrella" in page.content().lower()
    page.locator("#try-caption textarea").fill(f"{CAPTION} again")
    page.locator("#tried [data-changed=true]").wait_for(timeout=RESULT_MS)
    with page.expect_download() as started:
        page.get_by_role("button", name="Download the report").click()
    assert b"umbrella" in Path(started.value.path()).read_bytes().lower()
    compare(page, clips)
    report_back(page)
    broken = clips[0].with_name("Wobblegate broken.mp4")
    broken.write_bytes(clips[0].read_bytes()[:3000])
    page.get_by_role("tab", name="Predict").click()
    upload(page, broken)
    predict(page, state="error")

    contents = clips[0].read_bytes(), clips[1].read_bytes()
    parts = [data[at : at + 40] for data in contents for at in range(2000, len(data), 5000)]
    for path in hosted.on_disk():
        held = path.read_bytes()
        assert TELLTALES.search(f"{path}".encode()) is None, path
        # Converted weights are the same bytes on every machine; a vocabulary has such words too.
        if hashlib.sha256(held).hexdigest() not in PUBLISHED:
            assert TELLTALES.search(held) is None, path
        assert not any(part in held for part in parts), path
        assert KEPT.search(str(path)), path
    log = hosted.log.read_bytes()
    assert b"Answered." in log
    assert TELLTALES.search(log) is None
    told = hosted.get("/metrics")[1]
    assert TELLTALES.search(told.encode()) is None
    assert 'viral_clips_total{outcome="refused"} 1' in told
    assert re.search(r'viral_stage_seconds_count\{stage="transcribing"\} \d', told)
    assert 'viral_errors_total{kind="MediaError"} 1' in told


def clips_on_disk(hosted: Any) -> list[Path]:
    return [path for path in hosted.on_disk() if path.suffix == ".mp4"]


def test_a_clip_that_waits_when_the_app_is_killed_goes_with_the_next_start(hosted: Any) -> None:
    if hosted.process is None:
        hosted.start()
    place = hosted.upload(FILE_NAME, b"a clip" * 1000)
    assert place.startswith("/tmp/")
    (waiting,) = clips_on_disk(hosted)
    assert waiting.stat().st_mode & 0o077 == 0
    assert hosted.end(signal.SIGKILL) < 0
    assert waiting.is_file()
    # Online settings this time: the weights are there, so nothing is asked for either. And a home
    # that may only be read, as on a disk that has gone read-only.
    os.chown(hosted.home, 0, 0)
    hosted.start()
    assert clips_on_disk(hosted) == []
    hosted.wait_for(lambda: hosted.health() == "ok")
    hosted.wait_for(lambda: "viral_stage_seconds_count" in hosted.get("/metrics")[1])
    assert "viral_errors_total{" not in hosted.get("/metrics")[1]
    assert unreachable(hosted) == {"OutNoRoutes": 0, "Ip6OutNoRoutes": 0, "NoPorts": 0}


def test_told_to_stop_it_ends_softly_and_leaves_no_clip(hosted: Any) -> None:
    if hosted.process is None or hosted.process.poll() is not None:
        hosted.start()
    hosted.upload(FILE_NAME, b"a clip" * 1000)
    hosted.wait_for(lambda: '"Answered."' in hosted.log.read_text(encoding="utf-8"))
    assert len(clips_on_disk(hosted)) == 1
    before = len(hosted.log.read_bytes())
    assert hosted.end(signal.SIGTERM) == 0
    assert clips_on_disk(hosted) == []
    lines = hosted.log.read_bytes()[before:].decode().splitlines()
    events = [json.loads(line)["event"] for line in lines if line.startswith("{")]
    assert [event for event in events if event in ("Stopping.", "Stopped.")] == [
        "Stopping.",
        "Stopped.",
    ]
    for path in hosted.on_disk():
        assert KEPT.search(str(path)), path
