"""In the browser: a link in place of a file, where the host allows it, and no field elsewhere."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from loopback_site import LoopbackSite
from loopback_site import served as site_served
from pages import PHONE, PROJECT_ROOT, Open, assert_fits, assert_no_serious_finding, keep, predict

CLIP = PROJECT_ROOT / "assets" / "demo_text_card.mp4"
pytestmark = pytest.mark.browser


@dataclass(frozen=True)
class LinkedApp:
    """The app with links allowed, and the folder of its uploads."""

    url: str
    uploads: Path
    site: LoopbackSite

    def files(self) -> list[Path]:
        return [path for path in self.uploads.rglob("*.mp4") if path.is_file()]


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LinkedApp]:
    folder = tmp_path_factory.mktemp("linked")
    posts = {"v1": {"views": 1, "likes": 1, "comments": 1, "caption": "Off the <b>wall</b> #climb"}}
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with site_served(LoopbackSite(CLIP.read_bytes(), posts=posts)) as site:
        site_port = site.url.rsplit(":", 1)[1]
        site.url = f"http://files.clips.test:{site_port}"
        environment = {**os.environ, "GRADIO_TEMP_DIR": str(folder), "VIRAL_CLIP_LIFETIME_S": "600"}
        script = PROJECT_ROOT / "tests" / "links" / "serve_links.py"
        with subprocess.Popen(
            [sys.executable, str(script), str(port), site_port],
            env={**environment, "PYTHONPATH": str(PROJECT_ROOT)},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        ) as app:
            url = f"http://127.0.0.1:{port}/"
            for _ in range(450):
                try:
                    urllib.request.urlopen(url, timeout=5).close()
                    break
                except OSError:
                    time.sleep(0.2)
            yield LinkedApp(url, folder, site)
            app.terminate()


def fetch(page: Any, link: str) -> None:
    page.locator("#link textarea, #link input").fill(link)
    page.get_by_role("button", name=re.compile("^(Fetch the clip|Obtener el vídeo)$")).click()


def test_a_link_brings_the_clip_and_its_caption(open_page: Open, served: LinkedApp) -> None:
    page = open_page()
    fetch(page, "https://www.clips.test/post/v1?share=1")
    page.locator("#clip [data-state=ready]").wait_for(timeout=60_000)
    page.get_by_text("its caption is filled in below").wait_for()
    assert page.locator("#caption textarea").input_value() == "Off the <b>wall</b> #climb"
    assert page.locator("#link textarea, #link input").input_value() == ""
    # Played from the browser's own copy.
    page.wait_for_function("document.querySelector('#clip video').readyState >= 1")
    assert page.locator("#clip video").get_attribute("src").startswith("blob:")
    assert len(served.files()) == 1
    keep(page, "link-fetched")
    assert_no_serious_finding(page)
    predict(page)
    assert served.files() == []
    # The clip that was looked at is gone from the server and still plays.
    assert page.evaluate("document.querySelector('#clip video').error") is None


def test_what_cannot_be_followed_is_said_in_the_readers_language(
    open_page: Open, served: LinkedApp
) -> None:
    page = open_page(PHONE, mode="dark", locale="es-ES")
    fetch(page, "https://example.com/video/1")
    page.get_by_text("Esto no es el enlace de una publicación de clips.test").wait_for()
    fetch(page, "https://clips.test/post/none")
    page.get_by_text("Esta publicación no existe").wait_for(timeout=60_000)
    assert page.locator("#clip [data-state=empty]").count() == 1
    assert_fits(page)
    keep(page, "link-refused-phone-dark")
    assert_no_serious_finding(page)
    assert served.files() == []
