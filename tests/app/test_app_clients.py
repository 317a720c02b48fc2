"""Who counts as a client at the served app, whatever it writes about itself."""

from __future__ import annotations

import http.client
import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from serving_app import serving

pytestmark = pytest.mark.slow
CALLS = 5
SERVE = """
from viral.settings import settings
from viral.ui import build, launch
launch(build(settings()), settings(), warm_up=False)
"""


@pytest.fixture
def url(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Iterator[str]:
    """Serve the app to `CALLS` calls a minute with the variables that the test names."""
    for name, value in {"VIRAL_CALLS_PER_MINUTE": str(CALLS), **request.param}.items():
        monkeypatch.setenv(name, value)
    with serving(["-c", SERVE], tmp_path) as address:
        yield address


def statuses(url: str, *forwarded: str) -> list[int]:
    """Return what is answered to a call for each of these headers."""
    there = urlsplit(url)
    found = []
    for line in forwarded:
        connection = http.client.HTTPConnection(there.hostname or "", there.port, timeout=60)
        connection.request("POST", "/gradio_api/call/predict", b"", {"X-Forwarded-For": line})
        found.append(connection.getresponse().status)
        connection.close()
    return found


@pytest.mark.parametrize("url", [{}, {"FORWARDED_ALLOW_IPS": "*"}], indirect=True)
def test_an_invented_address_gets_nobody_past_the_limit(url: str) -> None:
    found = statuses(url, *(f"203.0.113.{number}" for number in range(2 * CALLS)))
    assert found[:CALLS].count(429) == 0
    assert found[CALLS:].count(429) >= CALLS - 1


@pytest.mark.parametrize("url", [{"SPACE_ID": "someone/viral"}], indirect=True)
def test_on_a_space_each_visitor_has_a_limit_of_their_own(url: str) -> None:
    asked = [f"203.0.113.{number}, 198.51.100.7" for number in range(2 * CALLS)]
    assert statuses(url, *asked)[CALLS:].count(429) >= CALLS - 1
    assert statuses(url, "198.51.100.8") != [429]


@pytest.mark.parametrize("url", [{"GRADIO_ROOT_PATH": "/viral"}], indirect=True)
def test_below_a_path_of_another_site_the_page_asks_for_its_files_there(url: str) -> None:
    there = urlsplit(url)
    connection = http.client.HTTPConnection(there.hostname or "", there.port, timeout=60)
    # What a proxy passes on that has taken `/viral` off.
    connection.request("GET", "/", headers={"Host": "clips.example", "X-Forwarded-Proto": "https"})
    page = connection.getresponse().read().decode()
    connection.close()
    assert '"root":"https://clips.example/viral"' in page
    assert not re.search(r'\bsrc="/(?!viral/)', page), "a file is asked for elsewhere"
