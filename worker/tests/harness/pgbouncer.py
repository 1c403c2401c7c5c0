"""A real PgBouncer with the settings of deploy/pgbouncer.ini, in front of a test database."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from psycopg.conninfo import make_conninfo

from harness.database import Database
from harness.ports import free_port
from wedsync.local.embedded_binaries import server_user

SETTINGS = Path(__file__).parents[3] / "deploy/pgbouncer.ini"
PASSWORD = "a password of the tests"
_PLACES = "/usr/sbin:/usr/bin:/usr/local/bin"


def missing() -> str | None:
    """Why there is no PgBouncer here, or None."""
    return None if _program() else "PgBouncer is not installed (Debian package pgbouncer)"


def _program() -> str | None:
    return shutil.which("pgbouncer") or shutil.which("pgbouncer", path=_PLACES)


@contextmanager
def running_pgbouncer(database: Database, *users: str, pool_mode: str = "transaction") -> Iterator[str]:
    """Run it until the end of the block for logins that get a password; yields a connection string without a user."""
    with psycopg.connect(database.server.dsn()) as admin:
        # Roles belong to the whole server, and tests beside this one alter them, too.
        admin.execute("select pg_advisory_xact_lock(1)")
        for name in users:
            admin.execute(f"alter role {name} password '{PASSWORD}'")
    port, account = free_port(), server_user()
    with tempfile.TemporaryDirectory(prefix="wedsync-pgbouncer-") as directory:
        home = Path(directory)
        accounts = home / "userlist.txt"
        accounts.write_text("".join(f'"{name}" "{PASSWORD}"\n' for name in users))
        text = SETTINGS.read_text(encoding="utf-8")
        for documented, ours in (
            ("weddings = host=127.0.0.1 port=5432 dbname=weddings",
             f"weddings = host=127.0.0.1 port={database.server.cluster.running.port} dbname={database.name}"),
            ("listen_port = 6432", f"listen_port = {port}\nunix_socket_dir ="),
            ("/etc/pgbouncer/userlist.txt", str(accounts)),
            ("pool_mode = transaction", f"pool_mode = {pool_mode}"),
        ):  # fmt: skip
            assert documented in text, f"{documented} is not in {SETTINGS}"
            text = text.replace(documented, ours)
        settings, log = home / "pgbouncer.ini", home / "log"
        settings.write_text(text)
        if not account.is_self:
            # It does not run as root.
            for path in (home, accounts, settings):
                os.chown(path, account.uid, account.gid)
        with log.open("wb") as output:
            program = _program()
            assert program is not None
            process = subprocess.Popen(
                [program, str(settings)],
                stdout=output,
                stderr=subprocess.STDOUT,
                user=None if account.is_self else account.uid,
                group=None if account.is_self else account.gid,
            )
        dsn = make_conninfo(host="127.0.0.1", port=port, dbname="weddings", password=PASSWORD)
        try:
            _wait_until_ready(make_conninfo(dsn, user=users[0]), process, log)
            yield dsn
        finally:
            process.terminate()
            process.wait(10)


def _wait_until_ready(dsn: str, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline and process.poll() is None:
        try:
            psycopg.connect(dsn).close()
        except psycopg.OperationalError:
            time.sleep(0.05)
        else:
            return
    raise RuntimeError(f"PgBouncer did not become ready: {log.read_text()[-2000:]}")
