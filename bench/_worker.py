"""The real worker as a process, and the memory of its gateways."""

from __future__ import annotations

import asyncio
import json
import os
import re
import socket
import sys
import urllib.request
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from wedsync.install.database import Connection
from wedsync.local.dev_tokens import sign

SECRET = "a-secret-for-benchmarks-of-more-than-32-bytes"  # noqa: S105 (of servers that live for a minute)
_PATIENCE = 60.0


@dataclass(frozen=True, slots=True)
class Worker:
    """`wedsync worker`: the ports of its sockets and of HTTP, and its gateway processes."""

    port: int
    gateways: tuple[int, ...]
    http_port: int

    def memory(self) -> dict[str, int]:
        """Memory of all gateways in bytes: `rss`, and `pss`, in which shared pages count once."""
        return {
            key.lower(): sum(_field(Path(f"/proc/{pid}/smaps_rollup"), key) for pid in self.gateways) * 1024
            for key in ("Rss", "Pss")
        }


def token(user: UUID) -> str:
    """The token of a signed-in user."""
    return sign(SECRET, str(user))


def open_doors(connection: Connection) -> None:
    """Lift the per-user limits, because one machine simulates all users."""
    connection.execute(
        "update wedsync_data.settings set value = '1000000' where name in ('connections_per_user', 'connections_per_supplier')"
    )
    connection.execute("alter role wedsync_worker login")


def worker_dsn(dsn: str) -> str:
    """The same database as the role that the worker has in production."""
    return re.sub(r"//[^@/]*@", "//wedsync_worker@", dsn, count=1)


@asynccontextmanager
async def running_worker(
    dsn: str, *, gateways: int = 1, host: str = "127.0.0.1", bus: str = "postgres"
) -> AsyncIterator[Worker]:
    """The command as a process, ready; ended afterwards. `open_doors` must have been called."""
    port, http_port = _free_port(), _free_port()
    given = {
        "WEDSYNC_DSN": worker_dsn(dsn), "WEDSYNC_JWT_SECRET": SECRET, "WEDSYNC_SOCKET_PORT": str(port),
        "WEDSYNC_SOCKET_HOST": host, "WEDSYNC_HTTP_PORT": str(http_port), "WEDSYNC_GATEWAYS": str(gateways),
        "WEDSYNC_LOG_LEVEL": "error", "WEDSYNC_BUS": bus,
    }  # fmt: skip
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("WEDSYNC_")}
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", "from wedsync.cli import main; main()", "worker",
        env={**inherited, **given}, stdout=asyncio.subprocess.DEVNULL,
    )  # fmt: skip
    try:
        async with asyncio.timeout(_PATIENCE):
            while not await asyncio.to_thread(_is_ready, http_port):
                if process.returncode is not None:
                    raise RuntimeError(f"the worker ended with {process.returncode}")
                await asyncio.sleep(0.1)
        yield Worker(port, _gateways(process.pid), http_port)
    finally:
        if process.returncode is None:
            process.terminate()
            try:
                await asyncio.wait_for(process.wait(), 20)
            except TimeoutError:
                process.kill()
                await process.wait()


def _is_ready(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=2) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


def _gateways(parent: int) -> tuple[int, ...]:
    """Children that serve sockets."""
    children = Path(f"/proc/{parent}/task/{parent}/children").read_text(encoding="ascii").split()
    found = [int(pid) for pid in children if b"gateway_process" in Path(f"/proc/{pid}/cmdline").read_bytes()]
    if not found:
        raise RuntimeError("the worker has no gateway processes")
    return tuple(found)


def _field(path: Path, key: str) -> int:
    found = re.search(rf"^{key}:\s+(\d+) kB", path.read_text(encoding="ascii"), re.MULTILINE)
    if found is None:
        raise RuntimeError(f"{path} does not tell {key}")
    return int(found[1])


def _free_port() -> int:
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def join_message(topic: str, user_token: str, bindings: list[dict[str, str]]) -> bytes:
    """The first message of a stock client on a channel."""
    config = {"broadcast": {"ack": False, "self": False}, "presence": {"key": ""}, "postgres_changes": bindings}
    payload = {"config": config, "access_token": user_token}
    return json.dumps(["1", "1", f"realtime:{topic}", "phx_join", payload]).encode()
