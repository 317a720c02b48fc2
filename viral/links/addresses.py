"""Which links are followed, and a guard on every connection that is made on the way.

A link comes from a stranger, and so do the redirects behind it and what its name resolves to. The
guard therefore stands where a name becomes an address and where an address is connected to, not
where the link is read: each hop is asked for by name against the list of hosts, and whatever
address is then used must be one of the public internet.
"""

from __future__ import annotations

import ipaddress
import re
import socket
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from viral.errors import ViralError
from viral.messages import Message

LONGEST_LINK = 2_000
PORTS = (443, 80)
"""Where web servers are; other services of a host are none of our business."""
_LINK = re.compile(
    r"https?://(?P<host>[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+)(?::(?:443|80))?"
    r"(?P<rest>(?:[/?][A-Za-z0-9._~:/?\[\]@!$&()*+,;=%-]*)?)(?:#.*)?"
)
_ESCAPED_CONTROL = re.compile(
    r"%(?:0[0-9a-f]|1[0-9a-f]|7f|25(?:0[0-9a-f]|1[0-9a-f]))", re.IGNORECASE
)
_NAME = re.compile(r"(?!-)[a-z0-9-]{1,63}(?<!-)(?:\.(?!-)[a-z0-9-]{1,63}(?<!-))+")
_NAT64 = ipaddress.ip_network("64:ff9b::/96")
_UNSEEN = tuple(
    map(
        ipaddress.ip_network,
        # Shared by a provider's customers; old relays into IPv4; names of a network's own.
        (
            "100.64.0.0/10",
            "192.88.99.0/24",
            "2002::/16",
            "2001::/32",
            "64:ff9b:1::/48",
            "fec0::/10",
        ),
    )
)


class RefusedAddressError(OSError):
    """A host that is not on the list, or an address that is not of the public internet."""

    def __init__(self, kind: str) -> None:
        """Take `host` or `address`."""
        super().__init__(f"refused: {kind}")
        self.kind = kind


def host_names(listed: str) -> tuple[str, ...]:
    """Return the hosts of a setting, set apart by commas or spaces.

    Raises
    ------
    ViralError
        One is no name of a host: an address in numbers, or without a dot.
    """
    names = tuple(dict.fromkeys(name.lower() for name in re.split(r"[\s,]+", listed) if name))
    for name in names:
        if not _NAME.fullmatch(name) or name.rsplit(".", 1)[-1].isdigit():
            raise ViralError(Message("link.setting", name=name[:60]))
    return names


def is_listed(host: str, hosts: Sequence[str]) -> bool:
    """Return whether a host is one of the list, or below one: `www.tiktok.com` of `tiktok.com`."""
    name = host.lower()
    return any(name == listed or name.endswith(f".{listed}") for listed in hosts)


def checked_link(given: str, hosts: Sequence[str]) -> str | None:
    """Return a link as it is followed, without its fragment and over https, or None.

    Refused are links of other hosts, names and passwords in it, other ports, spaces, control signs
    (escaped ones too), and signs that no link needs.
    """
    found = _LINK.fullmatch(given.strip()) if len(given) <= LONGEST_LINK else None
    if found is None or _ESCAPED_CONTROL.search(given) or not is_listed(found["host"], hosts):
        return None
    link = f"https://{found['host'].lower()}{found['rest']}"
    try:
        # What a library would read must be what was looked at here.
        parts = urlsplit(link)
        same = parts.hostname == found["host"].lower() and parts.username is None
    except ValueError:
        return None
    return link if same else None


def is_public(address: str) -> bool:
    """Return whether an address is one of the public internet.

    Not public are private, loopback, link-local (with the metadata services of clouds), multicast,
    reserved and unspecified ones, and those that only wrap such an IPv4 address.
    """
    try:
        parsed = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if isinstance(parsed, ipaddress.IPv6Address):
        inner = parsed.ipv4_mapped
        if inner is None and parsed in _NAT64:
            inner = ipaddress.IPv4Address(int(parsed) & 0xFFFFFFFF)
        if inner is not None:
            return is_public(str(inner))
    if any(parsed in network for network in _UNSEEN if network.version == parsed.version):
        return False
    return parsed.is_global and not (parsed.is_multicast or parsed.is_reserved)


@dataclass
class Guard:
    """What may be connected to, and what was refused."""

    hosts: Sequence[str]
    ports: Sequence[int] = PORTS
    refused: list[str] = field(default_factory=list)
    """`host` or `address` of each refusal, in order."""

    def refuse(self, kind: str) -> RefusedAddressError:
        """Note a refusal and return its error."""
        self.refused.append(kind)
        return RefusedAddressError(kind)

    def check_name(self, host: Any, port: Any) -> None:
        """Refuse a name that is not on the list, addresses in numbers among them, and odd ports.

        Raises
        ------
        RefusedAddressError
            It is refused.
        """
        name = host.decode("ascii", "replace") if isinstance(host, bytes) else str(host)
        if not is_listed(name, self.hosts) or (port is not None and int(port) not in self.ports):
            raise self.refuse("host")

    def check_address(self, family: int, address: Any) -> None:
        """Refuse an address that is about to be connected to unless it is public.

        Raises
        ------
        RefusedAddressError
            It is refused.
        """
        internet = family in (socket.AF_INET, socket.AF_INET6) and isinstance(address, tuple)
        if not internet or not is_public(str(address[0])) or int(address[1]) not in self.ports:
            raise self.refuse("address")

    @contextmanager
    def standing(self) -> Iterator[Guard]:
        """Check every name and every connection of this process meanwhile, whoever makes it.

        A connection is checked by the very address it goes to, so that a name that resolves
        otherwise the next time changes nothing.
        """
        resolve, connect = socket.getaddrinfo, socket.socket.connect
        connect_ex, sendto = socket.socket.connect_ex, socket.socket.sendto

        def checked_resolve(host: Any, port: Any, *rest: Any, **named: Any) -> Any:
            self.check_name(host, port)
            found = resolve(host, port, *rest, **named)
            for family, *_, address in found:
                self.check_address(family, address)
            return found

        def checked_connect(sock: socket.socket, address: Any) -> None:
            self.check_address(sock.family, address)
            connect(sock, address)

        def checked_connect_ex(sock: socket.socket, address: Any) -> int:
            self.check_address(sock.family, address)
            return connect_ex(sock, address)

        def no_sendto(sock: socket.socket, *arguments: Any) -> int:
            del sock, arguments
            raise self.refuse("address")

        changed: Any = socket.socket
        socket.getaddrinfo = checked_resolve
        changed.connect, changed.connect_ex = checked_connect, checked_connect_ex
        changed.sendto = no_sendto
        try:
            yield self
        finally:
            socket.getaddrinfo = resolve
            changed.connect, changed.connect_ex, changed.sendto = connect, connect_ex, sendto
