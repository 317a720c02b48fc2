"""What a stranger might try at the served app, over plain HTTP as a stranger would."""

from __future__ import annotations

import http.client
import json
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from synthesis import BLUE, RED, solid_frames, write_clip

pytestmark = pytest.mark.slow
MARK = "----------------viral"
SCRIPT = b"<html><script>alert(1)</script></html>"


@pytest.fixture
def upload(served: Any) -> Iterator[Any]:
    """Return a function that uploads; what is left of it is removed."""

    def send(name: str, content: bytes, kind: str = "video/mp4") -> tuple[int, str]:
        head = f'--{MARK}\r\nContent-Disposition: form-data; name="files"; filename="{name}"\r\n'
        body = head.encode() + f"Content-Type: {kind}\r\n\r\n".encode() + content
        return asked(
            served,
            "POST",
            "/gradio_api/upload",
            body + f"\r\n--{MARK}--\r\n".encode(),
            {"Content-Type": f"multipart/form-data; boundary={MARK}"},
        )

    yield send
    for path in served.files():
        path.unlink()


def asked(
    served: Any, method: str, path: str, body: bytes = b"", headers: dict[str, str] | None = None
) -> tuple[int, str]:
    """Ask without a client that would tidy up the address."""
    there = urlsplit(served.url)
    connection = http.client.HTTPConnection(there.hostname or "", there.port, timeout=60)
    try:
        connection.request(method, path, body, headers or {})
        answer = connection.getresponse()
        return answer.status, answer.read().decode("utf-8", "replace")
    finally:
        connection.close()


def predicted(served: Any, path: str) -> str:
    """Call the endpoint with an upload that is there and return what it says."""
    clip = {"path": path, "meta": {"_type": "gradio.FileData"}}
    body = json.dumps({"data": [clip, *[None] * 8, 30, *[None] * 3]}).encode()
    status, said = asked(
        served, "POST", "/gradio_api/call/predict", body, {"Content-Type": "application/json"}
    )
    assert status == 200
    event = json.loads(said)["event_id"]
    return asked(served, "GET", f"/gradio_api/call/predict/{event}")[1]


def test_what_is_in_a_file_decides_and_not_its_name(
    served: Any, upload: Any, tmp_path: Path
) -> None:
    clip = write_clip(
        tmp_path / "clip.mp4", frames=solid_frames([RED, BLUE], cuts_s=[1.0], duration_s=2.0)
    ).read_bytes()
    (wrongly_named,) = json.loads(upload("page.html", clip, "text/html")[1])
    assert '"views"' in predicted(served, wrongly_named)
    (no_clip,) = json.loads(upload("clip.mp4", SCRIPT)[1])
    answer = predicted(served, no_clip)
    assert "event: error" in answer
    assert "web page" in answer
    assert served.files() == []


def test_a_page_that_was_sent_runs_no_script(served: Any, upload: Any) -> None:
    (place,) = json.loads(upload("page.html", SCRIPT, "text/html")[1])
    with urllib.request.urlopen(f"{served.url}gradio_api/file={place}") as answer:
        policy = answer.headers["content-security-policy"]
        assert "sandbox" in policy
        assert "default-src 'none'" in policy
        assert answer.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize(
    "name",
    [
        "../../../../tmp/viral-escaped.mp4",
        "..\\..\\viral-escaped.mp4",
        "/tmp/viral-escaped.mp4",
        "x/../../viral-escaped.mp4",
        "viral-escaped.mp4\0.html",
        "a" * 5000 + ".mp4",
        "..",
        "",
    ],
)
def test_a_name_leads_nowhere(served: Any, upload: Any, name: str) -> None:
    status, said = upload(name, b"not a clip")
    assert status < 500, said
    base = served.uploads.resolve()
    for path in json.loads(said) if status == 200 else []:
        assert Path(path).resolve().is_relative_to(base)
    assert not Path("/tmp/viral-escaped.mp4").exists()
    assert not list(base.parent.glob("*viral-escaped*"))


@pytest.mark.parametrize(
    "path",
    [
        "/gradio_api/file=/etc/passwd",
        "/gradio_api/file=../../../../etc/passwd",
        "/gradio_api/file=%2e%2e%2f%2e%2e%2fetc%2fpasswd",
        "/gradio_api/file=//etc/passwd",
        "/gradio_api/file=/proc/self/environ",
        "/file=/etc/passwd",
        "/static/../../../etc/passwd",
        "/assets/%2e%2e/%2e%2e/%2e%2e/etc/passwd",
        "/theme.css/../app.py",
    ],
)
def test_no_file_of_the_server_can_be_fetched(served: Any, path: str) -> None:
    status, said = asked(served, "GET", path)
    assert 400 <= status < 500 or "root:" not in said
    assert "root:" not in said
    assert "HF_HUB_OFFLINE" not in said


def test_the_code_and_the_model_cannot_be_fetched(served: Any) -> None:
    root = Path(__file__).resolve().parents[2]
    for name in ("app.py", "models/manifest.json", "viral/settings.py"):
        status, _ = asked(served, "GET", f"/gradio_api/file={root / name}")
        assert 400 <= status < 500
    for name in ("app.css", "../app.py", "..%2fapp.py", "demo_tutorial.mp4/x"):
        assert asked(served, "GET", f"/own/{name}")[0] == 404
    # The demo clips are there to be fetched.
    assert asked(served, "GET", "/own/demo_tutorial.mp4")[0] == 200


@pytest.mark.parametrize("place", ["/", "/config", "/gradio_api/info"])
def test_the_page_names_no_folder_of_the_server(served: Any, place: str) -> None:
    status, said = asked(served, "GET", place)
    assert status == 200
    assert str(Path(__file__).resolve().parents[2]) not in said


@pytest.mark.parametrize("name", ["lang", "r", "__theme", "view", "deep_link", "logs"])
def test_an_address_puts_no_markup_into_the_page(served: Any, name: str) -> None:
    status, said = asked(served, "GET", f"/?{name}=%22%3E%3Cscript%3Ealert(4711)%3C/script%3E")
    assert status < 500
    assert "<script>alert(4711)" not in said


def test_a_header_writes_no_header(served: Any) -> None:
    there = urlsplit(served.url)
    connection = http.client.HTTPConnection(there.hostname or "", there.port, timeout=60)
    connection.request("GET", "/?x=%0d%0aSet-Cookie:%20a=b", headers={"Host": "evil.example"})
    answer = connection.getresponse()
    answer.read()
    assert "a=b" not in str(answer.headers)
    assert answer.headers.get("access-control-allow-origin") != "*"
    connection.close()


@pytest.mark.parametrize(
    "body",
    [
        b"[" * 200_000,
        b'{"data": ' + b"[" * 100_000 + b"]" * 100_000 + b"}",
        b'{"data": [NaN, Infinity, -1e999]}',
        b"\xff\xfe\x00",
        b"",
        b'{"data": null, "event_data": {"a": 1}}',
        b'{"data": [], "fn_index": 99999, "session_hash": "../../x"}',
    ],
)
def test_no_body_brings_the_app_down(served: Any, body: bytes) -> None:
    for path in ("/gradio_api/call/predict", "/gradio_api/queue/join", "/gradio_api/run/predict"):
        status, said = asked(served, "POST", path, body, {"Content-Type": "application/json"})
        assert status >= 200
        assert "Traceback" not in said
        assert str(Path(__file__).resolve().parents[2]) not in said
    assert asked(served, "GET", "/healthz")[0] == 200


def test_too_large_a_body_is_turned_away_before_it_is_kept(served: Any) -> None:
    status, said = asked(served, "POST", "/gradio_api/queue/join", b"x" * 1_000_001)
    assert status == 413
    assert json.loads(said)["error"].endswith(".")
    there = urlsplit(served.url)
    connection = http.client.HTTPConnection(there.hostname or "", there.port, timeout=60)
    connection.putrequest("POST", "/gradio_api/upload")
    connection.putheader("Content-Length", str(10**12))
    connection.endheaders()
    assert connection.getresponse().status == 413
    connection.close()


def test_the_port_tells_its_health_and_its_figures(served: Any) -> None:
    status, said = asked(served, "GET", "/healthz")
    assert status == 200
    assert json.loads(said)["status"] in ("loading", "ok")
    status, said = asked(served, "GET", "/metrics")
    assert status == 200
    assert 'viral_requests_total{route="page",status="200"}' in said
