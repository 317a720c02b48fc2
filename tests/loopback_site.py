"""A small video site on the loopback: posts with counts in their pages, accounts as feeds."""

from __future__ import annotations

import json
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

PAGE = """<html><head><title>{name}</title>
<script type="application/ld+json">{facts}</script></head><body></body></html>"""
FEED = """<?xml version="1.0"?><rss version="2.0"><channel><title>{name}</title>{items}
</channel></rss>"""


@dataclass
class LoopbackSite:
    """What the site shows; tests change it while it runs."""

    clip: bytes
    posts: dict[str, dict[str, Any]] = field(default_factory=dict)
    accounts: dict[str, list[str]] = field(default_factory=dict)
    asked: Counter[str] = field(default_factory=Counter)
    """Path -> requests."""
    drops_after: int | None = None
    """Requests after which the site closes every connection unanswered."""
    busy: bool = False
    cut_clip_at: int | None = None
    """Bytes of a clip after which the connection is closed."""
    redirects: dict[str, str] = field(default_factory=dict)
    """Path -> where it leads instead."""
    tells_length: bool = True
    """Whether a clip is announced with its size."""
    duration: str = "PT2S"
    url: str = ""

    def page(self, number: str) -> str:
        post = self.posts[number]
        facts = {
            "@context": "https://schema.org",
            "@type": "VideoObject",
            "name": post.get("caption", number),
            "description": post.get("caption", ""),
            "uploadDate": "2026-01-02T18:30:00Z",
            "duration": self.duration,
            "contentUrl": f"{self.url}/clips/{number}.mp4",
            "interactionStatistic": [
                {
                    "@type": "InteractionCounter",
                    "interactionType": f"https://schema.org/{kind}Action",
                    "userInteractionCount": post[name],
                }
                for kind, name in (("Watch", "views"), ("Like", "likes"), ("Comment", "comments"))
            ],
        }
        return PAGE.format(name=number, facts=json.dumps(facts))

    def feed(self, account: str) -> str:
        items = "".join(
            f"<item><title>{number}</title><link>{self.url}/post/{number}</link></item>"
            for number in self.accounts[account]
        )
        return FEED.format(name=account, items=items)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.0"
    site: LoopbackSite

    def log_message(self, *arguments: Any) -> None:
        del arguments

    def do_HEAD(self) -> None:
        self._respond(body=False)

    def do_GET(self) -> None:
        self._respond(body=True)

    def _respond(self, *, body: bool) -> None:
        site = self.site
        site.asked[self.path] += 1
        if site.drops_after is not None and sum(site.asked.values()) > site.drops_after:
            self.close_connection = True
            self.connection.close()
            return
        if site.busy:
            self._send(429, "text/plain", b"slow down", body)
            return
        if self.path in site.redirects:
            self.send_response(302)
            self.send_header("Location", site.redirects[self.path])
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        kind, _, name = self.path.partition("?")[0].strip("/").partition("/")
        number = name.removesuffix(".mp4")
        if kind == "post" and number in site.posts:
            self._send(200, "text/html", site.page(number).encode(), body)
        elif kind == "account" and name in site.accounts:
            self._send(200, "application/rss+xml", site.feed(name).encode(), body)
        elif kind == "clips" and number in site.posts:
            self._send_clip(body)
        else:
            self._send(404, "text/plain", b"gone", body)

    def _send(self, status: int, kind: str, content: bytes, body: bool) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        if body:
            self.wfile.write(content)

    def _send_clip(self, body: bool) -> None:
        content = self.site.clip
        start = 0
        asked = self.headers.get("Range", "")
        if asked.startswith("bytes="):
            start = int(asked[6:].split("-")[0])
        self.send_response(206 if start else 200)
        self.send_header("Content-Type", "video/mp4")
        if self.site.tells_length:
            self.send_header("Content-Length", str(len(content) - start))
            self.send_header("Accept-Ranges", "bytes")
        if start:
            self.send_header("Content-Range", f"bytes {start}-{len(content) - 1}/{len(content)}")
        self.end_headers()
        if body:
            end = self.site.cut_clip_at
            self.wfile.write(content[start:end] if end is None or end > start else b"")


@contextmanager
def served(site: LoopbackSite, port: int = 0) -> Iterator[LoopbackSite]:
    """Serve a site on a free port, or on one that it had before."""
    handler = type("Handler", (_Handler,), {"site": site})
    server = ThreadingHTTPServer(("127.0.0.1", port), handler)
    server.daemon_threads = True
    site.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield site
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
