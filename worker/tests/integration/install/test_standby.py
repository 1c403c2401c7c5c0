"""On a standby every command says so: those that read work, those that write are refused."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator

import pytest
from harness.command import wedsync
from harness.servers import Servers
from harness.standby import with_standby


@pytest.fixture
def standby(servers: Servers) -> Iterator[str]:
    """Connection string of the pack's database on the standby."""
    with servers.fresh(18) as first, first.database() as made, with_standby(first) as pair:
        yield pair.second.dsn(made.name)


def test_reading_works_and_writing_is_refused(standby: str) -> None:
    assert "(a standby)" in wedsync("status", dsn=standby).out
    assert wedsync("verify", dsn=standby).out == "✓ as installed (a standby)\n"
    assert wedsync("migrate", "--plan", dsn=standby).code == 0
    checks = {check["name"]: check for check in wedsync("doctor", "--json", dsn=standby).json["checks"]}
    assert "(a standby)" in checks["connection"]["detail"]
    assert (checks["connection"]["status"], checks["listen"]["status"]) == ("warning", "failed")
    assert "standby" in checks["listen"]["detail"]
    for command in (("migrate",), ("migrate", "--repair"), ("maintain",), ("uninstall", "--yes")):
        ran = wedsync(*command, dsn=standby)
        assert ran.code == 15, (command, ran)
        assert "(a standby) takes no writes" in ran.err
        assert "target_session_attrs=read-write" in ran.err


def test_the_worker_says_so_and_waits(standby: str) -> None:
    settings = {"DSN": standby, "JWT_SECRET": "x" * 32, "SOCKET_PORT": "0", "HTTP_PORT": "0", "GATEWAYS": "1"}
    worker = subprocess.Popen(
        [sys.executable, "-m", "wedsync", "worker"],
        env={**os.environ, **{f"WEDSYNC_{name}": value for name, value in settings.items()}},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert worker.stderr is not None
        # Without the line it would go on for ever, until the time limit of tests.
        assert next(line for line in worker.stderr if "database_is_standby" in line)
    finally:
        worker.terminate()
        worker.communicate(timeout=30)
