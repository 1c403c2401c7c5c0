"""The PostgreSQL servers of the tests, one of each version, shared by all pytest workers of a run.

Each has template databases: `wedsync_template` is freshly migrated, `wedsync_tap` has pgTAP, in schema `pgtap`, and
the helpers of sql/testing, in schema `tap`, as well.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

import psycopg
from psycopg import sql

from harness.database import Database
from harness.ports import free_port
from harness.scratch import places, scratch
from harness.versions import PGTAP_SQL, client_programs, missing, server_programs
from wedsync.install.migrate import migrate
from wedsync.install.sql_files import default_root, load_tree
from wedsync.local.embedded import EmbeddedServer

# Helpers that pgTAP files call, in schema tap.
TAP_SUPPORT = default_root() / "testing"
SETTINGS = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "shared_buffers": "64MB",
    "max_connections": "200",
    "max_wal_size": "256MB",
    "log_min_messages": "error",
    # Compiling costs more than it saves in databases as small as these.
    "jit": "off",
}
_numbers = count()


@dataclass
class Server:
    """One running server of a major version."""

    major: int
    cluster: EmbeddedServer
    _home: Path
    _ready: set[str] = field(default_factory=set)

    @property
    def programs(self) -> Path:
        """The directory with psql, pg_dump and so on."""
        return client_programs(self.major)

    def dsn(self, database: str = "postgres", user: str = "postgres") -> str:
        """Connection string over the Unix socket, where everybody is trusted."""
        return self.cluster.dsn(database, user=user)

    @contextmanager
    def database(self, template: str | None = "wedsync_template") -> Iterator[Database]:
        """A database of its own for a test: a copy of the template, or empty for None; dropped afterwards."""
        if template is not None:
            self.need(template)
        name = f"test_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}_{os.getpid()}_{next(_numbers)}"
        with psycopg.connect(self.dsn(), autocommit=True) as admin:
            source = sql.Identifier(template or "template0")
            admin.execute(
                sql.SQL("create database {} template {} strategy file_copy").format(sql.Identifier(name), source)
            )
        database = Database(self, name, {})
        try:
            yield database
        finally:
            database.end_sessions()
            with psycopg.connect(self.dsn(), autocommit=True) as admin:
                admin.execute(sql.SQL("drop database if exists {} with (force)").format(sql.Identifier(name)))

    def need(self, template: str) -> None:
        """Make the template, once for all pytest workers."""
        if template in self._ready:
            return
        with (self._home / f"{self.major}.lock").open("w") as handle:
            fcntl.flock(handle, fcntl.LOCK_EX)
            with psycopg.connect(self.dsn(), autocommit=True) as admin:
                self._make(admin, "wedsync_template", self._migrate)
                if template == "wedsync_tap":
                    self._make(admin, template, self._add_pgtap)
        self._ready.add(template)

    def _make(self, admin: psycopg.Connection, name: str, prepare: Callable[[str], None]) -> None:
        if admin.execute("select from pg_database where datname = %s", (name,)).fetchone() is not None:
            return
        making = f"{name}_making"
        admin.execute(f"drop database if exists {making} with (force)")
        source = "template0" if name == "wedsync_template" else "wedsync_template"
        admin.execute(f"create database {making} template {source} strategy file_copy")
        prepare(self.dsn(making))
        admin.execute(f"alter database {making} rename to {name}")

    @staticmethod
    def _migrate(dsn: str) -> None:
        migrate(dsn, load_tree())
        with psycopg.connect(dsn, autocommit=True) as connection:
            connection.execute("alter role wedsync_worker login")
            connection.execute("alter role wedsync_admin login")
            if connection.execute("select from pg_roles where rolname = 'authenticator'").fetchone() is None:
                connection.execute("create role authenticator login noinherit")
            connection.execute("grant anon, authenticated, service_role to authenticator")

    def _add_pgtap(self, dsn: str) -> None:
        with psycopg.connect(dsn, autocommit=True) as connection:
            for schema in ("tap", "pgtap"):
                connection.execute(f"create schema {schema}")
                connection.execute(f"grant usage on schema {schema} to public")
            if self.major == 15:
                connection.execute("create extension pgtap schema pgtap")
            else:
                # Debian has the extension for 15 only; pgTAP is plain SQL.
                connection.execute("set search_path = pgtap")
                connection.execute("set client_min_messages = error")
                text = PGTAP_SQL.read_text(encoding="utf-8").replace("@extschema@", "pgtap")
                connection.execute("\n".join(line for line in text.splitlines() if not line.startswith("\\")))
                connection.execute("reset search_path")
            for path in sorted(TAP_SUPPORT.glob("*.sql")):
                connection.execute(path.read_text(encoding="utf-8").encode())


class Servers:
    """All servers of a run, started when first needed below one home directory that the controller made."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self._servers: dict[int, Server] = {}

    def get(self, major: int) -> Server:
        """The server of that version, started or adopted."""
        if major not in self._servers:
            self._plant(major, self.home)
            cluster = self._cluster(major)
            cluster.start()
            self._servers[major] = Server(major, cluster, self.home)
        return self._servers[major]

    @contextmanager
    def fresh(self, major: int, *, with_template: bool = True) -> Iterator[Server]:
        """A cluster of its own, for what concerns a whole cluster: crashes, and without the template roles."""
        home = Path(tempfile.mkdtemp(prefix="fresh-", dir=self.home))
        home.chmod(0o711)
        if with_template:
            self._plant(major, home)
        cluster = self._cluster(major, home)
        with cluster:
            yield Server(major, cluster, home)
        shutil.rmtree(home)

    def _plant(self, major: int, home: Path) -> None:
        """Put a cluster with the freshly migrated template there, unless there is one: a copy of one that a run makes once."""
        with (self.home / f"{major}.plant").open("w") as handle:
            fcntl.flock(handle, fcntl.LOCK_EX)
            if (home / str(major)).exists():
                return
            seed = self.home / "seed" / str(major)
            if not seed.exists():
                nursery = self.home / "nursery"
                nursery.mkdir(exist_ok=True)
                nursery.chmod(0o711)
                with self._cluster(major, nursery) as cluster:
                    Server(major, cluster, nursery).need("wedsync_template")
                seed.parent.mkdir(exist_ok=True)
                (nursery / str(major)).rename(seed)
            # The data belong to the server's user.
            copying = home / f"{major}.copy"
            subprocess.run(["cp", "-a", str(seed), str(copying)], check=True)
            copying.rename(home / str(major))

    def _cluster(self, major: int, home: Path | None = None) -> EmbeddedServer:
        # Delays are measured in two ways; the other versions go the other.
        more = {"port": str(free_port()), "track_commit_timestamp": "on" if major == 18 else "off"}
        return EmbeddedServer(
            (home or self.home) / str(major), programs=server_programs(major), settings={**SETTINGS, **more}
        )

    def stop(self) -> None:
        """Stop whatever runs below the home directory and remove it."""
        for directory in sorted(self.home.glob("**/data"), reverse=True):
            major = int(directory.parent.name)
            if missing(major) is None:
                self._cluster(major, directory.parent.parent).stop()
        # another run may be cleaning up the same one
        shutil.rmtree(self.home, ignore_errors=True)


def make_home() -> Path:
    """A home directory for a run; those of runs that were killed are cleaned up."""
    for old in (old for place in places() for old in place.glob("wedsync-test-*")):
        pid = old.name.split("-")[2]
        if old.stat().st_uid == os.geteuid() and pid.isdigit() and not _alive(int(pid)):
            # Another run may clean up the same one.
            with suppress(FileNotFoundError):
                Servers(old).stop()
    home = Path(tempfile.mkdtemp(prefix=f"wedsync-test-{os.getpid()}-", dir=scratch()))
    home.chmod(0o711)
    return home


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
