"""`wedsync up` as a process."""

from __future__ import annotations

import fcntl
import os
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from harness.ports import free_port
from harness.scratch import scratch
from wedsync.local.embedded import EmbeddedServer


@dataclass(frozen=True)
class Up:
    """What it printed until it was ready, and where its pages are."""

    printed: str
    http_url: str


@contextmanager
def up_place(*, used: bool = False) -> Iterator[Path]:
    """A directory to run it in, or one in which it ran before; whatever server is left there is stopped."""
    with tempfile.TemporaryDirectory(prefix="wedsync-up-", dir=scratch()) as directory:
        place = Path(directory)
        place.chmod(0o755)
        if used:
            # The data belong to the server's user.
            subprocess.run(["cp", "-a", str(_left_by_the_first()), str(place / ".wedsync")], check=True)
        yield place
        EmbeddedServer(place / ".wedsync").stop()


def _left_by_the_first() -> Path:
    """What one `wedsync up` left; it runs once for all pytest workers."""
    home = Path(os.environ["WEDSYNC_TEST_HOME"]) / "up"
    home.mkdir(exist_ok=True)
    left = home / "18"
    with (home / "lock").open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        if not left.exists():
            with up_place() as place:
                with running_up(place):
                    pass
                (place / ".wedsync").rename(left)
    return left


@contextmanager
def running_up(place: Path, *arguments: str, **settings: str) -> Iterator[Up]:
    """Run `wedsync up` on free ports with these WEDSYNC_* settings (lower case, without prefix) until the end of the block."""
    http_port = free_port()
    environment = {name: value for name, value in os.environ.items() if not name.startswith("WEDSYNC_")}
    environment |= {
        "WEDSYNC_SOCKET_PORT": str(free_port()),
        "WEDSYNC_HTTP_PORT": str(http_port),
        "WEDSYNC_GATEWAYS": "1",
        "COLUMNS": "2000",
        "PYTHONUNBUFFERED": "1",
    }
    environment |= {f"WEDSYNC_{name.upper()}": value for name, value in settings.items()}
    output = place / "output"
    with output.open("w") as handle:
        process = subprocess.Popen(
            [sys.executable, "-m", "wedsync", "up", *arguments],
            cwd=place,
            env=environment,
            stdout=handle,
            stderr=handle,
        )
    try:
        deadline = time.monotonic() + 60
        while "play the stories" not in output.read_text():
            assert process.poll() is None, output.read_text()
            assert time.monotonic() < deadline, output.read_text()
            time.sleep(0.05)
        with urllib.request.urlopen(f"http://127.0.0.1:{http_port}/readyz", timeout=5) as answer:
            assert answer.status == 200
        yield Up(output.read_text(), f"http://127.0.0.1:{http_port}")
    finally:
        process.send_signal(signal.SIGINT)
        assert process.wait(30) == 0, output.read_text()
