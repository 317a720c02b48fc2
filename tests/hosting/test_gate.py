"""The gate: what is turned away, what is counted, what is told, and nothing of what was sent."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from viral.hosting.gate import (
    CLOSED_ROUTES,
    KNOWN_ROUTES,
    MAX_CALL_BYTES,
    Gate,
    HostState,
    Limits,
    route_of,
)
from viral.hosting.metrics import Metrics

UPLOAD = "/gradio_api/upload"
LIMITS = Limits(
    max_clip_bytes=1_000_000,
    calls_per_minute=30,
    upload_bytes_per_minute=1_000_000,
    max_stored_bytes=5_000_000,
    trusted_proxies=0,
)


@dataclass
class Answer:
    status: int = 0
    headers: dict[bytes, bytes] = field(default_factory=dict)
    body: bytes = b""


@dataclass
class House:
    """A gate with an app behind it that reads what it gets and says how much that was."""

    limits: Limits = LIMITS
    warm: bool = True
    stored: int = 0
    app: Callable[..., Any] | None = None
    reached: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.metrics = Metrics()
        self.state = HostState("1.2.3", lambda: self.warm, lambda: self.stored)
        self.gate = Gate(
            self.app or self._app, limits=self.limits, metrics=self.metrics, state=self.state
        )

    async def _app(self, scope: Any, receive: Any, send: Any) -> None:
        got, more = 0, True
        while more:
            message = await receive()
            got += len(message.get("body", b""))
            more = message.get("more_body", False)
        self.reached.append(got)
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": str(got).encode()})

    def ask(
        self,
        path: str,
        method: str = "POST",
        *,
        body: bytes = b"",
        announce: int | None = None,
        headers: Sequence[tuple[bytes, bytes]] = (),
        peer: str = "192.0.2.1",
        pieces: int = 1,
    ) -> Answer:
        answer = Answer()
        size = len(body) if announce is None else announce
        told = [(b"content-length", str(size).encode()), *headers] if size >= 0 else [*headers]
        step = max(1, -(-len(body) // pieces))
        parts = [body[at : at + step] for at in range(0, len(body), step)] or [b""]

        async def receive() -> dict[str, Any]:
            part = parts.pop(0) if parts else b""
            return {"type": "http.request", "body": part, "more_body": bool(parts)}

        async def send(message: Any) -> None:
            if message["type"] == "http.response.start":
                answer.status = message["status"]
                answer.headers = dict(message["headers"])
            else:
                answer.body += message.get("body", b"")

        scope = {
            "type": "http",
            "path": path,
            "method": method,
            "headers": told,
            "client": (peer, 1234),
        }
        asyncio.run(self.gate(scope, receive, send))
        return answer


def sentence(answer: Answer) -> str:
    said = json.loads(answer.body)
    assert said["detail"] == said["error"]
    return str(said["error"])


def test_an_ordinary_call_passes_with_safe_headers() -> None:
    house = House()
    answer = house.ask("/gradio_api/call/predict", body=b"{}")
    assert (answer.status, answer.body) == (200, b"2")
    assert answer.headers[b"x-content-type-options"] == b"nosniff"
    assert answer.headers[b"referrer-policy"] == b"no-referrer"
    assert b"content-security-policy" not in answer.headers
    assert house.metrics.value("viral_requests_total", route="call", status="200") == 1


def test_the_page_may_load_nothing_from_elsewhere() -> None:
    policy = House().ask("/", "GET").headers[b"content-security-policy"].decode()
    assert policy.startswith("default-src 'self' data: blob:")
    assert "http" not in policy
    assert "*" not in policy


def test_what_was_sent_is_shown_without_scripts() -> None:
    answer = House().ask("/gradio_api/file=/tmp/x/page.html", "GET")
    policy = answer.headers[b"content-security-policy"].decode()
    assert "sandbox" in policy
    assert "default-src 'none'" in policy


@pytest.mark.parametrize(
    ("path", "size"), [("/gradio_api/call/predict", MAX_CALL_BYTES), (UPLOAD, 1_010_000)]
)
def test_too_much_is_refused_before_a_byte_is_read(path: str, size: int) -> None:
    house = House()
    assert house.ask(path, announce=size + 1).status == 413
    assert house.reached == []
    assert house.ask(path, announce=size, body=b"x").status == 200
    # Whoever announces nothing, or too little, is cut off at the same place.
    for number, announced in enumerate((-1, 1)):
        peer = f"192.0.2.{10 + number}"
        body = b"x" * (size + 1)
        answer = house.ask(path, announce=announced, body=body, pieces=7, peer=peer)
        assert answer.status == 413
        assert sentence(answer).endswith(".")
    assert house.reached == [1]


@pytest.mark.parametrize("announced", [b"-5", b"1e3", b"9" * 40, b"\xb2", b"", b"0x10"])
def test_a_length_that_is_none_cannot_get_past_the_limit(announced: bytes) -> None:
    house = House()
    headers = [(b"content-length", announced)]
    answer = house.ask(UPLOAD, announce=-1, headers=headers, body=b"x" * 1_010_001, pieces=4)
    assert answer.status == 413
    assert house.reached == []


@pytest.mark.parametrize(
    "path",
    [
        "/gradio_api/proxy=http://169.254.169.254/latest/meta-data",
        "/proxy=http://localhost/",
        "/gradio_api/process_recording",
        "/gradio_api/deep_link",
        "/monitoring",
        "/gradio_api/dev/reload",
    ],
)
def test_routes_that_the_app_does_not_use_are_closed(path: str) -> None:
    for method in ("GET", "POST"):
        house = House()
        assert house.ask(path, method).status == 404
        assert house.reached == []


def test_headers_have_a_limit() -> None:
    house = House()
    assert house.ask("/", "GET", headers=[(b"cookie", b"x" * 40_000)]).status == 431
    assert house.reached == []


def test_one_client_that_asks_too_much_waits_and_others_do_not() -> None:
    house = House()
    statuses = [house.ask("/gradio_api/queue/join").status for _ in range(40)]
    assert statuses.count(200) == 30
    refused = house.ask("/gradio_api/queue/join")
    assert refused.status == 429
    assert int(refused.headers[b"retry-after"]) >= 1
    assert "wait" in sentence(refused)
    assert house.ask("/gradio_api/queue/join", peer="192.0.2.2").status == 200
    # Reading the page is not limited: a reload must always work.
    assert house.ask("/", "GET").status == 200
    assert house.metrics.value("viral_refused_total", reason="rate") == 11


def test_an_invented_forwarding_header_makes_no_new_client() -> None:
    house = House()
    statuses = [
        house.ask("/x", headers=[(b"x-forwarded-for", f"203.0.113.{n}".encode())]).status
        for n in range(40)
    ]
    assert statuses.count(429) == 10


def test_behind_a_proxy_the_address_that_it_added_is_the_client() -> None:
    house = House(limits=replace(LIMITS, trusted_proxies=1))

    def status(*lines: str) -> int:
        headers = [(b"x-forwarded-for", line.encode()) for line in lines]
        return house.ask("/x", headers=headers, peer="10.0.0.1").status

    statuses = [status(f"203.0.113.{n}, 198.51.100.7") for n in range(40)]
    assert statuses.count(429) == 10
    # A proxy may add a line of its own instead.
    assert status("192.0.2.99", "198.51.100.7") == 429
    assert status("198.51.100.7, 198.51.100.8") == 200


def test_the_app_behind_the_gate_is_told_who_the_client_is() -> None:
    told: list[Any] = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        told.append(scope["client"][0])
        await send({"type": "http.response.start", "status": 200, "headers": []})

    house = House(limits=replace(LIMITS, trusted_proxies=1), app=app)
    house.ask("/x", headers=[(b"x-forwarded-for", b"1.1.1.1, 198.51.100.7")], peer="10.0.0.1")
    assert told == ["198.51.100.7"]


def test_uploads_are_limited_by_their_bytes() -> None:
    house = House()
    statuses = [house.ask(UPLOAD, announce=900_000, body=b"x").status for _ in range(4)]
    # A full bucket is two of the largest clips.
    assert statuses == [200, 200, 429, 429]


def test_a_full_disk_turns_uploads_away_and_nothing_else() -> None:
    house = House(stored=4_500_000)
    answer = house.ask(UPLOAD, announce=600_000)
    assert answer.status == 503
    assert "holds as many clips" in sentence(answer)
    assert house.ask("/gradio_api/queue/join").status == 200


def test_health_tells_loading_ok_and_stopping() -> None:
    house = House(warm=False)
    loading = house.ask("/healthz", "GET")
    assert (loading.status, json.loads(loading.body)["status"]) == (200, "loading")
    house.warm = True
    told = json.loads(house.ask("/healthz", "GET").body)
    assert (told["status"], told["version"]) == ("ok", "1.2.3")
    assert "walls" not in told  # not known yet
    house.state.walls = lambda: {"landlock": 7, "system_calls": "listed"}
    told = json.loads(house.ask("/healthz", "GET").body)
    assert told["walls"] == {"landlock": 7, "system_calls": "listed"}
    house.state.stopping = True
    stopping = house.ask("/healthz", "GET")
    assert (stopping.status, json.loads(stopping.body)["status"]) == (503, "stopping")
    assert house.ask("/gradio_api/queue/join").status == 503
    assert house.ask("/", "GET").status == 200
    assert house.reached == [0]


def test_metrics_tell_requests_seconds_and_errors() -> None:
    house = House(stored=77)
    house.ask("/gradio_api/queue/join", body=b"abc")
    house.ask("/gradio_api/proxy=x", "GET")
    told = house.ask("/metrics", "GET")
    lines = told.body.decode().splitlines()
    assert told.headers[b"content-type"].startswith(b"text/plain")
    assert 'viral_requests_total{route="queue",status="200"} 1.0' in lines
    assert 'viral_refused_total{reason="closed"} 1.0' in lines
    assert 'viral_request_seconds_count{route="queue"} 1.0' in lines
    assert "viral_stored_bytes 77.0" in lines
    for line in lines:
        assert line.startswith("# ") or len(line.rsplit(" ", 1)) == 2


@pytest.mark.parametrize("begun", [False, True])
def test_an_error_that_nobody_caught_is_one_sentence(
    begun: bool, caplog: pytest.LogCaptureFixture
) -> None:
    async def broken(scope: Any, receive: Any, send: Any) -> None:
        if begun:
            await send({"type": "http.response.start", "status": 200, "headers": []})
        raise KeyError("/srv/app/secret.mp4")

    house = House(app=broken)
    with caplog.at_level(logging.CRITICAL):
        answer = house.ask("/gradio_api/call/x")
    assert answer.status == (200 if begun else 500)
    if not begun:
        assert sentence(answer) == "Something went wrong on the server; try again."
    assert b"secret" not in answer.body
    assert house.metrics.value("viral_errors_total", kind="KeyError") == 1


@pytest.mark.parametrize(
    "path",
    [
        "/gradio_api/file=/tmp/run-x/Mariannes_wedding.mp4",
        "/gradio_api/call/predict/3f2504e04f8911d39a0c0305e82bbca1",
        "/Mariannes_wedding.mp4",
        "/gradio_api/upload/Mariannes_wedding",
        "/file=Mariannes_wedding\r\nSet-Cookie: a=b",
        '/x"} 1\nviral_requests_total{route="y',
        "",
        "//",
    ],
)
def test_a_route_has_one_of_a_few_names(path: str) -> None:
    assert route_of(path) in KNOWN_ROUTES | CLOSED_ROUTES | {"page", "other"}


def test_many_odd_paths_do_not_fill_the_memory_of_the_metrics() -> None:
    house = House()
    for number in range(700):
        house.ask(f"/{number}", "GET")
    assert len(house.metrics.text().splitlines()) < 100
