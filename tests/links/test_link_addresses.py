"""Which links are followed, and what no connection may reach; each test fails without its guard."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from viral.errors import ViralError
from viral.links.addresses import (
    Guard,
    RefusedAddressError,
    checked_link,
    host_names,
    is_listed,
    is_public,
)

HOSTS = ("tiktok.com", "clips.test")


@pytest.mark.parametrize(
    ("given_link", "followed"),
    [
        ("https://www.tiktok.com/@a.b/video/7412?_r=1&_t=x", "https://www.tiktok.com/@a.b/video/7412?_r=1&_t=x"),
        ("  http://TikTok.com/v/1.html#part ", "https://tiktok.com/v/1.html"),
        ("https://tiktok.com:443/x", "https://tiktok.com/x"),
        ("https://tiktok.com", "https://tiktok.com"),
    ],
)  # fmt: skip
def test_links_of_listed_hosts_are_followed(given_link: str, followed: str) -> None:
    assert checked_link(given_link, HOSTS) == followed


@pytest.mark.parametrize(
    "link",
    [
        "",
        "tiktok",
        "https://example.com/video/1",
        "https://tiktok.com.example.com/video/1",
        "https://eviltiktok.com/video/1",
        "https://example.com/https://tiktok.com/",
        "https://tiktok.com@example.com/",
        "https://user:password@tiktok.com/",
        "https://example.com\\@tiktok.com/",
        "https://tiktok.com\\.example.com/",
        "https://tiktok.com:8080/",
        "https://127.0.0.1/",
        "https://2130706433/",
        "https://0x7f.1/",
        "https://[::1]/",
        "https://localhost/",
        "file:///etc/passwd",
        "ftp://tiktok.com/x",
        "data:text/html,x",
        "javascript:alert(1)",
        "gopher://tiktok.com/_GET",
        "https://tiktok.com/a b",
        "https://tiktok.com/a\r\nHost: example.com",
        "https://tiktok.com/a\nX",
        "https://tiktok.com/%0d%0aHost:%20example.com",
        "https://tiktok.com/?q=%00",
        "https://tiktok.com/%250d%250aX:1",
        "https://tiktok.com/<script>",
        'https://tiktok.com/"onload="x',
        "https://tiktok.com/é",
        "https://tıktok.com/x",
        "https://tiktok.com%2eexample.com/",
        "https://tiktok.com./x",
        "https://.tiktok.com/x",
        "https://tiktok.com/" + "a" * 2_000,
    ],
)
def test_other_links_are_not(link: str) -> None:
    assert checked_link(link, HOSTS) is None


@given(link=st.text(max_size=80) | st.from_regex(r"https?://[a-z.:@/\\%?#\s]{1,40}"))
def test_whatever_is_followed_is_of_a_listed_host(link: str) -> None:
    from urllib.parse import urlsplit

    followed = checked_link(link, HOSTS)
    if followed is not None:
        parts = urlsplit(followed)
        assert parts.scheme == "https"
        assert is_listed(str(parts.hostname), HOSTS)
        assert parts.username is None
        assert followed.isascii()
        assert followed.isprintable()


@pytest.mark.parametrize(
    "address",
    [
        "0.0.0.0", "10.1.2.3", "100.64.0.1", "127.0.0.1", "127.255.255.254", "169.254.169.254",
        "172.16.0.1", "192.0.0.1", "192.0.2.1", "192.168.1.1", "198.18.0.1", "203.0.113.9",
        "224.0.0.1", "240.0.0.1", "255.255.255.255", "::", "::1", "::ffff:127.0.0.1",
        "::ffff:10.0.0.1", "::ffff:169.254.169.254", "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe",
        "2002:7f00:1::", "2001::1", "fe80::1", "fe80::1%eth0", "fc00::1", "fd00:ec2::254",
        "ff02::1",
        "fec0::1", "2001:db8::1", "name", "",
    ],
)  # fmt: skip
def test_what_is_not_of_the_public_internet(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize(
    "address", ["8.8.8.8", "151.101.1.1", "2606:4700::1111", "64:ff9b::808:808"]
)
def test_what_is(address: str) -> None:
    assert is_public(address)


def test_the_list_holds_names_alone() -> None:
    assert host_names("TikTok.com, youtu.be  clips.test") == (
        "tiktok.com",
        "youtu.be",
        "clips.test",
    )
    for bad in ("127.0.0.1", "localhost", "*", "*.com", "tiktok.com/x", "[::1]", "a..b", "-a.b"):
        with pytest.raises(ViralError, match="VIRAL_LINK_HOSTS names"):
            host_names(bad)


@pytest.fixture
def listening() -> Iterator[tuple[int, list[Any]]]:
    """Listen on the loopback; yield the port and whoever has connected."""
    came: list[Any] = []
    server = socket.create_server(("127.0.0.1", 0))
    server.settimeout(0.2)
    done = threading.Event()

    def accept() -> None:
        while not done.is_set():
            try:
                came.append(server.accept())
            except TimeoutError:
                continue

    thread = threading.Thread(target=accept)
    thread.start()
    yield server.getsockname()[1], came
    done.set()
    thread.join()
    for connection, _ in came:
        connection.close()
    server.close()


def test_an_address_is_refused_where_it_is_connected_to(listening: Any) -> None:
    # As after a name that resolved to a public address at first and to this one now.
    port, came = listening
    guard = Guard(HOSTS, ports=(port,))
    with guard.standing(), socket.socket() as sock:
        with pytest.raises(RefusedAddressError):
            sock.connect(("127.0.0.1", port))
        with pytest.raises(RefusedAddressError):
            sock.connect_ex(("127.0.0.1", port))
        with pytest.raises(RefusedAddressError):
            sock.sendto(b"x", ("127.0.0.1", port))
    assert guard.refused == ["address"] * 3
    assert came == []
    # Afterwards this process is as it was.
    socket.create_connection(("127.0.0.1", port)).close()


def _resolving(monkeypatch: pytest.MonkeyPatch, *answers: str) -> None:
    left = list(answers)

    def resolve(host: str, port: int, *rest: Any, **named: Any) -> list[Any]:
        del host, rest, named
        address = left.pop(0) if len(left) > 1 else left[0]
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port))]

    monkeypatch.setattr(socket, "getaddrinfo", resolve)


def test_a_name_that_resolves_inside_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    _resolving(monkeypatch, "169.254.169.254")
    guard = Guard(HOSTS)
    with guard.standing(), pytest.raises(RefusedAddressError):
        socket.create_connection(("www.tiktok.com", 443))
    assert guard.refused == ["address"]


def test_a_name_that_resolves_otherwise_the_second_time_is_refused(
    monkeypatch: pytest.MonkeyPatch, listening: Any
) -> None:
    port, came = listening
    _resolving(monkeypatch, "8.8.8.8", "127.0.0.1")
    with Guard(HOSTS, ports=(port,)).standing():
        assert socket.getaddrinfo("www.tiktok.com", port)[0][4][0] == "8.8.8.8"
        with pytest.raises(RefusedAddressError):
            socket.create_connection(("www.tiktok.com", port))
    assert came == []


def test_a_name_that_is_not_listed_is_not_even_resolved(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    monkeypatch.setattr(socket, "getaddrinfo", lambda host, *rest, **named: asked.append(host))
    guard = Guard(HOSTS)
    with guard.standing():
        for host, port in (
            ("example.com", 443),
            ("127.0.0.1", 443),
            (b"example.com", 80),
            ("tiktok.com", 22),
        ):
            with pytest.raises(RefusedAddressError):
                socket.getaddrinfo(host, port)
    assert asked == []
    assert guard.refused == ["host"] * 4
