"""What stands between the network and the app: limits, health, metrics, and plain errors.

A layer of ASGI around everything that Gradio serves. It answers `/healthz` and `/metrics`, turns
away what is too large or too much before a byte of it is kept, counts and times the rest, and makes
of an error that nobody caught a plain answer without a word about its inside.
"""

from __future__ import annotations

import errno
import json
import logging
import time
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass
from typing import Any

from viral.hosting.metrics import Metrics
from viral.hosting.rates import Buckets, client_of

LOG = logging.getLogger(__name__)

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Asgi = Callable[[Scope, Receive, Send], Awaitable[None]]

MAX_CALL_BYTES = 1_000_000
"""Of a request that is not an upload: captions have 10,000 characters, states a few thousand."""
MULTIPART_SLACK_BYTES = 10_000
"""What a form adds around a clip."""
MAX_HEADER_BYTES = 32_000
UPLOAD_ROUTES = frozenset({"upload"})
CLOSED_ROUTES = frozenset({"proxy=", "process_recording", "deep_link", "monitoring", "dev"})
"""Routes of Gradio that the app has no use for; the first would fetch pages for a visitor."""
KNOWN_ROUTES = frozenset(
    {"upload", "call", "queue", "run", "api", "file=", "info", "heartbeat", "mcp", "cancel",
     "reset", "config", "static", "assets", "component_server", "own"}
)  # fmt: skip
DISK_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EROFS})
FULL_WAIT_S = 120.0
SAFE_HEADERS = (
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
)
PAGE_HEADERS = (
    (
        b"content-security-policy",
        b"default-src 'self' data: blob: 'unsafe-inline' 'unsafe-eval'; "
        b"object-src 'none'; base-uri 'self'; form-action 'self'",
    ),
)
"""The page loads nothing from elsewhere and sends nothing there, whatever got into it. Gradio's
code needs scripts in the page and `eval`."""
FILE_HEADERS = ((b"content-security-policy", b"sandbox; default-src 'none'; media-src 'self'"),)
"""What somebody has sent is shown without scripts, forms or a way to this site's storage."""
ROUTE_HEADERS = {"page": PAGE_HEADERS, "file=": FILE_HEADERS}

TOO_LARGE = "The file is larger than {megabytes:.0f} MB; export a smaller version."
CALL_TOO_LARGE = "The request is too large; send the clip by itself and shorter texts."
TOO_MANY = "That was a lot at once; wait {seconds:.0f} seconds and try again."
FULL = "The server holds as many clips as it can; try again in a few minutes."
STOPPING = "The app is being restarted; try again in a minute."
CLOSED = "There is nothing here."
BROKEN = "Something went wrong on the server; try again."


@dataclass(frozen=True)
class Limits:
    """What a client may ask for."""

    max_clip_bytes: int
    calls_per_minute: float
    upload_bytes_per_minute: float
    max_stored_bytes: int
    trusted_proxies: int


@dataclass
class HostState:
    """What the gate tells of the app, and what it is told."""

    version: str
    warm: Callable[[], bool]
    stored_bytes: Callable[[], int]
    stopping: bool = False


def route_of(path: str) -> str:
    """Return the name of a route that may be logged: nothing of a file's or an event's name."""
    parts = [part for part in path.split("/") if part]
    if parts[:1] == ["gradio_api"]:
        parts = parts[1:]
    if not parts:
        return "page"
    first = "file=" if parts[0].startswith("file=") else parts[0]
    first = "proxy=" if first.startswith("proxy=") else first
    return first if first in KNOWN_ROUTES | CLOSED_ROUTES else "other"


class TooLargeError(Exception):
    """More bytes came than may."""


class Gate:
    """The layer; see the module."""

    def __init__(self, app: Asgi, *, limits: Limits, metrics: Metrics, state: HostState) -> None:
        """Stand in front of an app."""
        self._app = app
        self._limits = limits
        self._metrics = metrics
        self._state = state
        calls = limits.calls_per_minute
        self._calls = Buckets(calls, calls)
        # A full bucket holds two of the largest clips: the two cuts of a comparison.
        self._uploads = Buckets(limits.upload_bytes_per_minute, 2.0 * limits.max_clip_bytes)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request or pass it on."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        path, method = str(scope["path"]), str(scope["method"])
        scope["client"] = (self._client(scope), 0)
        if method in {"GET", "HEAD"} and path in {"/healthz", "/metrics"}:
            await self._tell(path, send)
            return
        headers = {name.lower(): value for name, value in scope["headers"]}
        refusal = self._refusal(scope, path, method, headers)
        if refusal is not None:
            status, reason, sentence, wait_s = refusal
            self._metrics.count("viral_refused_total", reason=reason)
            LOG.info("Turned away.", extra={"facts": {"route": route_of(path), "reason": reason}})
            await _answer(send, status, sentence, wait_s)
            return
        await self._pass_on(scope, receive, send, path, method)

    def _client(self, scope: Scope) -> str:
        """Return whom a request is counted for; the app behind the gate sees no other name."""
        peer = (scope.get("client") or ("", 0))[0]
        # A proxy may add a line of its own to the client's rather than write on in it.
        seen = [value for name, value in scope["headers"] if name.lower() == b"x-forwarded-for"]
        forwarded = b",".join(seen).decode("latin-1")
        return client_of(peer, forwarded, self._limits.trusted_proxies)

    def _refusal(
        self, scope: Scope, path: str, method: str, headers: dict[bytes, bytes]
    ) -> tuple[int, str, str, float] | None:
        route = route_of(path)
        if route in CLOSED_ROUTES:
            return 404, "closed", CLOSED, 0.0
        if sum(len(name) + len(value) for name, value in scope["headers"]) > MAX_HEADER_BYTES:
            return 431, "headers", CALL_TOO_LARGE, 0.0
        if method in {"GET", "HEAD", "OPTIONS"}:
            return None
        if self._state.stopping:
            return 503, "stopping", STOPPING, 60.0
        announced = headers.get(b"content-length", b"0")
        size = int(announced) if announced.isdigit() and len(announced) < 20 else 0
        most, sentence = self._most_bytes(route)
        if size > most:
            return 413, "size", sentence, 0.0
        client = str(scope["client"][0])
        wait_s = self._calls.take(client)
        if wait_s == 0 and route in UPLOAD_ROUTES:
            if self._state.stored_bytes() + size > self._limits.max_stored_bytes:
                return 503, "full", FULL, FULL_WAIT_S
            # A body of unknown length counts as the largest there may be.
            wait_s = self._uploads.take(client, size or most)
        if wait_s > 0:
            return 429, "rate", TOO_MANY.format(seconds=max(wait_s, 1.0)), wait_s
        return None

    def _most_bytes(self, route: str) -> tuple[int, str]:
        if route not in UPLOAD_ROUTES:
            return MAX_CALL_BYTES, CALL_TOO_LARGE
        most = self._limits.max_clip_bytes
        return most + MULTIPART_SLACK_BYTES, TOO_LARGE.format(megabytes=most / 1e6)

    async def _pass_on(
        self, scope: Scope, receive: Receive, send: Send, path: str, method: str
    ) -> None:
        route = route_of(path)
        most, sentence = self._most_bytes(route)
        received, status, started = 0, 0, time.monotonic()

        async def counted() -> Message:
            nonlocal received
            message = await receive()
            received += len(message.get("body", b""))
            if received > most:
                raise TooLargeError
            return message

        async def guarded(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = int(message["status"])
                extra = SAFE_HEADERS + ROUTE_HEADERS.get(route, ())
                message["headers"] = [*message.get("headers", []), *extra]
            await send(message)

        try:
            await self._app(scope, counted, guarded)
        except Exception as error:
            large = isinstance(error, TooLargeError)
            full = isinstance(error, OSError) and error.errno in DISK_FULL
            if not large:
                self._metrics.count("viral_errors_total", kind=type(error).__name__)
                LOG.exception("A request failed.", extra={"facts": {"route": route}})
            if status == 0:
                status = 413 if large else 503 if full else 500
                said = sentence if large else FULL if full else BROKEN
                await _answer(send, status, said, FULL_WAIT_S if full else 0.0)
        finally:
            took_s = time.monotonic() - started
            self._metrics.count("viral_requests_total", route=route, status=str(status))
            self._metrics.took("viral_request_seconds", took_s, route=route)
            if method == "POST":
                facts = {"route": route, "status": status, "seconds": round(took_s, 3)}
                LOG.info("Answered.", extra={"facts": facts})

    async def _tell(self, path: str, send: Send) -> None:
        if path == "/metrics":
            text = self._metrics.text(self._state.stored_bytes())
            await _respond(send, 200, text.encode(), b"text/plain; version=0.0.4; charset=utf-8")
            return
        stopping = self._state.stopping
        status = "stopping" if stopping else "ok" if self._state.warm() else "loading"
        told = {
            "status": status,
            "version": self._state.version,
            "uptime_s": round(self._metrics.uptime_s, 1),
        }
        body = json.dumps(told).encode()
        await _respond(send, 503 if stopping else 200, body, b"application/json")


async def _answer(send: Send, status: int, sentence: str, wait_s: float = 0.0) -> None:
    body = json.dumps({"detail": sentence, "error": sentence}).encode()
    extra = ((b"retry-after", str(max(round(wait_s), 1)).encode()),) if wait_s else ()
    await _respond(send, status, body, b"application/json", extra)


async def _respond(
    send: Send,
    status: int,
    body: bytes,
    kind: bytes,
    extra: tuple[tuple[bytes, bytes], ...] = (),
) -> None:
    headers = [
        (b"content-type", kind),
        (b"content-length", str(len(body)).encode()),
        (b"cache-control", b"no-store"),
        *SAFE_HEADERS,
        *extra,
    ]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
