"""A clip behind a link arrives, or one sentence says why not, and nothing is left behind."""

from __future__ import annotations

import dataclasses
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from loopback_site import LoopbackSite, served

from viral.errors import ViralError
from viral.links.fetching import PROBLEMS, Fetcher, LinkError, fetcher_for
from viral.messages import LANGUAGES
from viral.settings import Settings
from viral.ui.widgets.link_box import BURST, Handlers, as_value

CHILD = Path(__file__).with_name("loopback_child.py")
CLIP = bytes(range(256)) * 2_000
ALLOWED = dataclasses.replace(
    Settings(), accept_links=True, link_hosts="clips.test", max_clip_bytes=1_000_000
)


@pytest.fixture
def site() -> Iterator[LoopbackSite]:
    posts = {"v1": {"views": 1, "likes": 1, "comments": 1, "caption": "My clip #one"}}
    with served(LoopbackSite(CLIP, posts=posts, accounts={"ann": ["v1", "v1"]})) as site:
        # By name, as a real site's files are.
        site.url = site.url.replace("127.0.0.1", "files.clips.test")
        yield site


def _fetcher(site: LoopbackSite, **changes: Any) -> Fetcher:
    port = site.url.rsplit(":", 1)[1]
    chosen = dataclasses.replace(ALLOWED, **changes)
    return Fetcher(chosen, (sys.executable, str(CHILD), port))


def _problem(fetcher: Fetcher, link: str, folder: Path) -> str:
    with pytest.raises(LinkError) as caught:
        fetcher.fetch(link, folder)
    assert list(folder.iterdir()) == []
    assert str(folder) not in str(caught.value)
    return caught.value.problem


def test_a_clip_arrives_with_its_caption(site: LoopbackSite, tmp_path: Path) -> None:
    fetched = _fetcher(site).fetch("https://clips.test/post/v1", tmp_path)
    assert fetched.path.read_bytes() == CLIP
    assert fetched.caption == "My clip #one"
    assert fetched.path.parent.parent == tmp_path
    assert [path.name for path in fetched.path.parent.iterdir()] == ["clip.mp4"]


def test_a_redirect_is_followed_within_the_list_alone(site: LoopbackSite, tmp_path: Path) -> None:
    port = site.url.rsplit(":", 1)[1]
    site.redirects = {
        "/short": f"http://www.clips.test:{port}/post/v1",
        "/out": f"http://elsewhere.test:{port}/post/v1",
        "/inside": f"http://inside.clips.test:{port}/latest/meta-data/",
        "/number": f"http://127.0.0.1:{port}/post/v1",
        "/clips/v1.mp4": f"http://elsewhere.test:{port}/secret",
    }
    fetcher = _fetcher(site)
    assert _problem(fetcher, "https://clips.test/out", tmp_path) == "host"
    assert _problem(fetcher, "https://clips.test/inside", tmp_path) == "address"
    assert _problem(fetcher, "https://clips.test/number", tmp_path) == "host"
    # The page is fine, its clip leads out.
    assert _problem(fetcher, "https://clips.test/post/v1", tmp_path) == "host"
    assert site.asked["/secret"] == site.asked["/latest/meta-data/"] == 0
    del site.redirects["/clips/v1.mp4"]
    assert fetcher.fetch("https://clips.test/short", tmp_path).path.read_bytes() == CLIP


def test_limits_of_size_and_length(site: LoopbackSite, tmp_path: Path) -> None:
    small = _fetcher(site, max_clip_bytes=100_000)
    assert _problem(small, "https://clips.test/post/v1", tmp_path) == "large"
    site.tells_length = False
    assert _problem(small, "https://clips.test/post/v1", tmp_path) == "large"
    site.duration = "PT11M"
    assert _problem(_fetcher(site), "https://clips.test/post/v1", tmp_path) == "long"


def test_what_is_no_single_post_is_said(site: LoopbackSite, tmp_path: Path) -> None:
    fetcher = _fetcher(site)
    assert _problem(fetcher, "https://clips.test/account/ann", tmp_path) == "list"
    assert _problem(fetcher, "https://clips.test/post/none", tmp_path) == "gone"
    site.busy = True
    assert _problem(fetcher, "https://clips.test/post/v1", tmp_path) == "busy"
    site.busy = False
    site.drops_after = 0
    assert _problem(fetcher, "https://clips.test/post/v1", tmp_path) == "network"


def _child(code: str) -> Sequence[str]:
    start = "import json, os, sys, pathlib, time; r = json.load(sys.stdin); "
    return (sys.executable, "-c", start + code)


LINK = "https://clips.test/1"


def test_a_child_that_takes_too_long_is_ended(tmp_path: Path) -> None:
    chosen = dataclasses.replace(ALLOWED, link_timeout_s=1.0)
    fetcher = Fetcher(chosen, _child("time.sleep(600)"))
    assert _problem(fetcher, LINK, tmp_path) == "slow"


@pytest.mark.parametrize(
    ("code", "problem"),
    [
        ("print('nonsense')", "network"),
        ("os.abort()", "network"),
        ("print('[1]')", "network"),
        ("""print('{"problem": "no such word"}')""", "gone"),
        ("""print('{"clip": "nothing.mp4"}')""", "none"),
        ("""print('{"clip": "../../../../etc/passwd"}')""", "none"),
        (
            "os.symlink('/etc/passwd', r['folder'] + '/clip.mp4'); "
            """print('{"clip": "clip.mp4"}')""",
            "none",
        ),
    ],
)
def test_an_odd_answer_is_one_sentence(code: str, problem: str, tmp_path: Path) -> None:
    assert _problem(Fetcher(ALLOWED, _child(code)), LINK, tmp_path) == problem


def test_the_child_has_nothing_of_the_apps(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("VIRAL_DATABASE_URL", "HF_TOKEN", "HTTPS_PROXY", "VIRAL_HUB_TOKEN"):
        monkeypatch.setenv(name, "hidden")
    code = (
        "pathlib.Path(r['folder'], 'clip.html').write_bytes(b'x'); "
        "print(json.dumps({'clip': 'clip.html', 'caption': json.dumps(dict(os.environ))}))"
    )
    fetched = Fetcher(ALLOWED, _child(code)).fetch(LINK, tmp_path)
    assert fetched.caption is not None
    assert "hidden" not in fetched.caption
    assert '"PATH"' not in fetched.caption
    # A name that a browser would run is none that a clip may have.
    assert fetched.path.name == "clip.mp4"


def test_other_links_start_nothing(tmp_path: Path) -> None:
    fetcher = Fetcher(ALLOWED, ("/no/such/program",))
    for link in ("https://example.com/1", "http://127.0.0.1/", "https://clips.test/\r\nX: y"):
        assert _problem(fetcher, link, tmp_path) == "link"


def test_links_are_off_unless_a_host_allows_them() -> None:
    assert fetcher_for(Settings()) is None
    assert fetcher_for(ALLOWED) is not None
    with pytest.raises(ViralError, match="VIRAL_LINK_HOSTS"):
        fetcher_for(dataclasses.replace(ALLOWED, link_hosts="127.0.0.1"))


def _handlers(stored: Callable[[], int] = lambda: 0) -> Handlers:
    return Handlers(ALLOWED, Fetcher(ALLOWED, ("/no/such/program",)), stored)


def test_one_client_cannot_keep_the_server_fetching() -> None:
    handlers = _handlers()
    problems = []
    for client in ["a"] * (int(BURST) + 1) + ["b"]:
        with pytest.raises(LinkError) as caught:
            handlers.fetch("https://example.com/", client)
        problems.append(caught.value.problem)
    assert problems == [*["link"] * int(BURST), "rate", "link"]


def test_a_full_disk_is_not_filled_further() -> None:
    with pytest.raises(LinkError) as caught:
        _handlers(lambda: ALLOWED.max_stored_bytes - 10).fetch(LINK, "a")
    assert caught.value.problem == "full"


@pytest.mark.parametrize("word", sorted(PROBLEMS))
def test_every_problem_has_its_sentence_in_every_language(word: str) -> None:
    error = _handlers().fetcher.problem(word)
    said = {error.message.said(lang) for lang in LANGUAGES}
    assert len(said) == len(LANGUAGES)
    assert str(error) in said
    assert "{" not in "".join(said)


def test_a_fetched_clip_is_what_a_box_takes(tmp_path: Path) -> None:
    from viral.links.fetching import Fetched

    value = as_value(Fetched(tmp_path / "clip.mp4", None))
    assert value["path"] == str(tmp_path / "clip.mp4")
    assert value["fetched"] is True
