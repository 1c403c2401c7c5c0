"""A NATS server for tests of the bus."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib.util import find_spec

PATH = f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin"


def missing() -> str | None:
    """Why the bus over NATS cannot be tested on this machine, or None."""
    if find_spec("nats") is None:
        return "nats-py is not installed (extra nats)"
    if shutil.which("nats-server", path=PATH) is None:
        return "nats-server is not installed (Debian: apt install nats-server)"
    return None


@dataclass
class NatsServer:
    """A server on a port of its own; it keeps the port when it is started again."""

    port: int
    process: subprocess.Popen[bytes] | None = field(default=None)

    @property
    def url(self) -> str:
        return f"nats://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Start it and wait until it answers."""
        program = shutil.which("nats-server", path=PATH)
        assert program is not None
        self.process = subprocess.Popen(
            [program, "-a", "127.0.0.1", "-p", str(self.port)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        deadline = time.monotonic() + 10
        while True:
            try:
                socket.create_connection(("127.0.0.1", self.port), 1).close()
            except OSError:
                assert time.monotonic() < deadline, "nats-server does not answer"
                time.sleep(0.02)
            else:
                return

    @contextmanager
    def hanging(self) -> Iterator[None]:
        """It keeps its connections, and answers nothing until the end of the block."""
        assert self.process is not None
        self.process.send_signal(signal.SIGSTOP)
        try:
            yield
        finally:
            self.process.send_signal(signal.SIGCONT)

    def stop(self) -> None:
        """End it; harmless when it has ended."""
        if self.process is not None:
            self.process.send_signal(signal.SIGTERM)
            self.process.wait(10)
            self.process = None
