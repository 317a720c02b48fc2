"""How much one client may ask: a bucket of tokens for each, filled steadily.

A client is an address. Behind proxies it is the address that the outermost trusted proxy saw;
everything further left in `X-Forwarded-For` was written by the client itself and is not believed.
"""

from __future__ import annotations

import ipaddress
import threading
import time
from collections import OrderedDict
from collections.abc import Callable

MAX_CLIENTS = 10_000
"""Buckets kept; the one that was idle longest is forgotten first, about 2 MB in all."""
NETWORK_BITS = 64
"""An IPv6 customer has a network of their own, so that its addresses count as one."""


def client_of(peer: str, forwarded: str, trusted_proxies: int) -> str:
    """Return what to call a client.

    Parameters
    ----------
    peer : str
        Address of whoever opened the connection.
    forwarded : str
        The header `X-Forwarded-For`, or nothing.
    trusted_proxies : int
        Proxies of the host between the client and the app.
    """
    seen = [part.strip() for part in forwarded.split(",") if part.strip()]
    address = peer
    if trusted_proxies > 0 and seen:
        address = seen[-min(trusted_proxies, len(seen))]
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return peer or "unknown"
    if parsed.version == 6:
        if parsed.ipv4_mapped is not None:
            return str(parsed.ipv4_mapped)
        return str(ipaddress.ip_network((int(parsed), NETWORK_BITS), strict=False))
    return str(parsed)


class Buckets:
    """Token buckets by client; safe to use from several threads."""

    def __init__(
        self,
        per_minute: float,
        burst: float,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Fill each bucket by `per_minute` up to `burst`."""
        self._per_s = per_minute / 60.0
        self._burst = burst
        self._clock = clock
        self._levels: OrderedDict[str, tuple[float, float]] = OrderedDict()
        self._lock = threading.Lock()

    def take(self, client: str, amount: float = 1.0) -> float:
        """Take from a client's bucket.

        Returns
        -------
        float
            0 when it was there; else the seconds until it will be, and nothing is taken. More than
            a full bucket is given once the bucket is full, and leaves it in debt.
        """
        now_s = self._clock()
        with self._lock:
            level, then_s = self._levels.pop(client, (self._burst, now_s))
            level = min(self._burst, level + max(now_s - then_s, 0.0) * self._per_s)
            needed = min(amount, self._burst)
            wait_s = 0.0
            if level >= needed:
                level -= amount
            else:
                wait_s = (needed - level) / self._per_s
            self._levels[client] = (level, now_s)
            while len(self._levels) > MAX_CLIENTS:
                self._levels.popitem(last=False)
        return wait_s
