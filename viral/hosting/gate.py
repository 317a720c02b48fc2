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
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

from viral.hosting.bodies import (
    STALLED_S,
    Arriving,
    Message,
    Receive,
    Scope,
    StalledError,
    TooLargeError,
    TooManyFilesError,
    announced_bytes,
    before_it_stalls,
    drain,
)
from viral.hosting.metrics import Metrics
from viral.hosting.rates import Buckets, client_of
from viral.hosting.refusals import Refusal

LOG = logging.getLogger(__name__)

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
CALL_ROUTE = "queue"
"""Where calls join the queue: `gradio_client` and the page hear of a refusal only by the queue."""
RUN_ROUTE = "run"
"""What a page does at once and without a clip; it goes on while the app stops."""
CLIPS_OF_ONE = 4
"""Of the largest clips, what one client may have on disk: all cuts of a comparison."""
SHARE_OF_ONE = 0.5
"""Nor more than this part of what may be on disk in all."""
DRAINED_CLIPS = 2
"""Of the largest clips, what is read and thrown away of an upload that is turned away: a client
that still sends when its connection is closed never reads why."""
DISK_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EROFS})
FULL_WAIT_S = 120.0
CLIENT_LEFT = 499
"""What is counted where a client left before it had an answer."""
REFUSED = "viral.refused"
"""Where the app behind the gate finds the refusal that it is to tell through its queue."""
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
    held_bytes: Callable[[str], int] = lambda client: 0
    """How much of a client's uploads lie on disk."""
    ticket: Callable[[Refusal], str] | None = None
    """Returns the name of an upload that stands for a refusal, for clients that pass on nothing
    else; without it they are told by the status alone."""
    stopping: bool = False
    walls: Callable[[], Mapping[str, Any] | None] = lambda: None
    """Returns which walls stand around clips, None while that is not known."""


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
        # A refusal that is told through the queue costs a little; beyond that, the status is all.
        self._told = Buckets(calls, calls)
        self._arriving: list[Arriving] = []

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
            route = route_of(path)
            self._metrics.count("viral_refused_total", reason=refusal.reason)
            LOG.info("Turned away.", extra={"facts": {"route": route, "reason": refusal.reason}})
            told_by_queue = self._is_told_by_the_queue(scope, route, refusal)
            if not told_by_queue and headers.get(b"expect", b"").lower() != b"100-continue":
                await drain(receive, DRAINED_CLIPS * self._limits.max_clip_bytes)
            if not told_by_queue:
                await self._tell_why(send, route, refusal, scope)
                return
            scope[REFUSED] = refusal
        await self._pass_on(scope, receive, send, path, method)

    async def _tell_why(self, send: Send, route: str, refusal: Refusal, scope: Scope) -> None:
        """Answer with the sentence, or with a ticket: `gradio_client` passes on nothing else of an
        upload."""
        agents = (value for name, value in scope["headers"] if name.lower() == b"user-agent")
        is_deaf = any(b"gradio_client/" in agent for agent in agents)
        if route in UPLOAD_ROUTES and self._state.ticket is not None and is_deaf:
            told = json.dumps([self._state.ticket(refusal)]).encode()
            await _respond(send, 200, told, b"application/json")
        else:
            await _answer(send, refusal)

    def _is_told_by_the_queue(self, scope: Scope, route: str, refusal: Refusal) -> bool:
        if route != CALL_ROUTE or self._state.ticket is None or refusal.status not in {429, 503}:
            return False
        return self._told.take(str(scope["client"][0])) == 0

    def _client(self, scope: Scope) -> str:
        """Return whom a request is counted for; the app behind the gate sees no other name."""
        peer = (scope.get("client") or ("", 0))[0]
        # A proxy may add a line of its own to the client's rather than write on in it.
        seen = [value for name, value in scope["headers"] if name.lower() == b"x-forwarded-for"]
        forwarded = b",".join(seen).decode("latin-1")
        return client_of(peer, forwarded, self._limits.trusted_proxies)

    def _refusal(
        self, scope: Scope, path: str, method: str, headers: dict[bytes, bytes]
    ) -> Refusal | None:
        route = route_of(path)
        if route in CLOSED_ROUTES:
            return Refusal("closed")
        if sum(len(name) + len(value) for name, value in scope["headers"]) > MAX_HEADER_BYTES:
            return Refusal("headers")
        if method in {"GET", "HEAD", "OPTIONS"}:
            return None
        if self._state.stopping and route != RUN_ROUTE:
            return Refusal("stopping", 60.0)
        announced = headers.get(b"content-length", b"0")
        size = int(announced) if announced.isdigit() and len(announced) < 20 else 0
        if size > self._most_bytes(route):
            return self._too_large(route)
        client = str(scope["client"][0])
        wait_s = self._calls.take(client)
        if wait_s == 0 and route in UPLOAD_ROUTES:
            # A body of unknown length counts as the largest there may be.
            size = size or self._most_bytes(route)
            if self._stored_bytes() + size > self._limits.max_stored_bytes:
                return Refusal("full", FULL_WAIT_S)
            if self._held_bytes(client) + size > self._most_held_bytes():
                return Refusal("share", FULL_WAIT_S)
            wait_s = self._uploads.take(client, size)
        return Refusal("rate", wait_s) if wait_s > 0 else None

    def _stored_bytes(self) -> int:
        """Return what is on disk and what is still to come of the uploads under way."""
        coming = sum(max(one.announced - one.received, 0) for one in self._arriving)
        return self._state.stored_bytes() + coming

    def _held_bytes(self, client: str) -> int:
        arriving = sum(one.announced for one in self._arriving if one.client == client)
        return self._state.held_bytes(client) + arriving

    def _most_held_bytes(self) -> float:
        limits = self._limits
        most = CLIPS_OF_ONE * (limits.max_clip_bytes + MULTIPART_SLACK_BYTES)
        return min(most, SHARE_OF_ONE * limits.max_stored_bytes)

    def _most_bytes(self, route: str) -> int:
        if route not in UPLOAD_ROUTES:
            return MAX_CALL_BYTES
        return self._limits.max_clip_bytes + MULTIPART_SLACK_BYTES

    def _too_large(self, route: str) -> Refusal:
        if route not in UPLOAD_ROUTES:
            return Refusal("call_size")
        return Refusal("size", megabytes=self._limits.max_clip_bytes / 1e6)

    async def _pass_on(
        self, scope: Scope, receive: Receive, send: Send, path: str, method: str
    ) -> None:
        route = route_of(path)
        most, status, started = self._most_bytes(route), 0, time.monotonic()
        is_upload = route in UPLOAD_ROUTES and method == "POST"
        arriving = Arriving(
            str(scope["client"][0]), announced_bytes(scope, most) if is_upload else 0
        )
        is_whole, is_gone = not is_upload, False

        async def counted() -> Message:
            nonlocal is_whole, is_gone
            message = await (receive() if is_whole else before_it_stalls(receive))
            is_whole = is_whole or not message.get("more_body", False)
            is_gone = is_gone or message["type"] == "http.disconnect"
            arriving.received += len(message.get("body", b""))
            if arriving.received > most:
                raise TooLargeError
            return message

        async def guarded(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = int(message["status"])
                extra = SAFE_HEADERS + ROUTE_HEADERS.get(route, ())
                message["headers"] = [*message.get("headers", []), *extra]
            await send(message)

        if is_upload:
            self._arriving.append(arriving)
        try:
            await self._app(scope, counted, guarded)
        except Exception as error:
            refusal = self._of_error(error, route)
            if is_gone:
                # Whoever left hears nothing; that is no fault of the app.
                status = status or CLIENT_LEFT
            elif refusal.reason in {"broken", "full"}:
                self._metrics.count("viral_errors_total", kind=type(error).__name__)
                LOG.exception("A request failed.", extra={"facts": {"route": route}})
            if status == 0:
                status = refusal.status
                if not is_whole:
                    await drain(receive, DRAINED_CLIPS * self._limits.max_clip_bytes)
                await self._tell_why(send, route, refusal, scope)
        finally:
            if is_upload:
                self._arriving.remove(arriving)
            took_s = time.monotonic() - started
            self._metrics.count("viral_requests_total", route=route, status=str(status))
            self._metrics.took("viral_request_seconds", took_s, route=route)
            if method == "POST":
                facts = {"route": route, "status": status, "seconds": round(took_s, 3)}
                LOG.info("Answered.", extra={"facts": facts})

    def _of_error(self, error: Exception, route: str) -> Refusal:
        if isinstance(error, TooLargeError):
            return self._too_large(route)
        if isinstance(error, TooManyFilesError):
            return Refusal("files")
        if isinstance(error, StalledError):
            return Refusal("stalled", seconds=STALLED_S)
        if isinstance(error, OSError) and error.errno in DISK_FULL:
            return Refusal("full", FULL_WAIT_S)
        return Refusal("broken")

    async def _tell(self, path: str, send: Send) -> None:
        if path == "/metrics":
            text = self._metrics.text(self._state.stored_bytes())
            await _respond(send, 200, text.encode(), b"text/plain; version=0.0.4; charset=utf-8")
            return
        stopping = self._state.stopping
        status = "stopping" if stopping else "ok" if self._state.warm() else "loading"
        told: dict[str, Any] = {
            "status": status,
            "version": self._state.version,
            "uptime_s": round(self._metrics.uptime_s, 1),
        }
        walls = self._state.walls()
        if walls is not None:
            told["walls"] = dict(walls)
        body = json.dumps(told).encode()
        await _respond(send, 503 if stopping else 200, body, b"application/json")


async def _answer(send: Send, refusal: Refusal) -> None:
    message, wait_s = refusal.message, refusal.wait_s
    told = {"detail": str(message), "error": str(message), "message": message.to_dict()}
    body = json.dumps(told).encode()
    extra = ((b"retry-after", str(max(round(wait_s), 1)).encode()),) if wait_s else ()
    await _respond(send, refusal.status, body, b"application/json", extra)


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
