"""The child that fetches links, for a site of a test's own on the loopback.

`python loopback_child.py PORT`. Names end at the loopback's server, `inside.` ones at a metadata
service's address; the loopback counts as the public internet, and everything else is as it is.
"""

from __future__ import annotations

import io
import json
import socket
import sys
from typing import Any

from viral.links import addresses, child

LOOPBACK = "127.0.0.1"
INSIDE = "169.254.169.254"


def main(port: int) -> None:
    is_public = addresses.is_public
    addresses.is_public = lambda address: address == LOOPBACK or is_public(address)

    def resolve(host: str, wanted: int, *rest: Any, **named: Any) -> list[Any]:
        del rest, named
        address = INSIDE if host.startswith("inside.") else LOOPBACK
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, wanted))]

    socket.getaddrinfo = resolve
    request = json.load(sys.stdin)
    # The loopback's server speaks no TLS and has a port of its own.
    scheme, _, rest = request["link"].partition("://")
    host, slash, path = rest.partition("/")
    request["link"] = f"http://{host}:{port}{slash}{path}"
    assert scheme == "https"
    sys.stdin = io.StringIO(json.dumps(request))
    child.main(addresses.Guard(tuple(request["hosts"]), ports=(port,)))


if __name__ == "__main__":
    main(int(sys.argv[1]))
