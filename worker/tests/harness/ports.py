"""TCP ports for what tests start."""

from __future__ import annotations

import os
import random
import socket
from itertools import cycle

# Below the ports that the kernel gives to connections: nobody comes between the choice of a port and its use.
_WORKER = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")) % 12
_FIRST = 20_000 + 1_000 * _WORKER
_START = random.randrange(1_000)
_ports = cycle(_FIRST + (_START + step) % 1_000 for step in range(1_000))


def free_port() -> int:
    """A port on loopback that is free; each pytest worker has a thousand of its own, and takes them in turn."""
    for port in _ports:
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise AssertionError("an endless cycle ended")
