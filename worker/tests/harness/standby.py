"""A standby that streams from a server of the tests, and takes over from it."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from harness.ports import free_port
from harness.servers import SETTINGS, Server
from wedsync.local.embedded import EmbeddedServer
from wedsync.local.embedded_binaries import run_as


@dataclass(frozen=True)
class Pair:
    """A primary and its asynchronous standby. `second` takes reads until it is promoted."""

    first: Server
    second: Server

    def dsn(self, database: str, user: str) -> str:
        """A connection string that leads to whichever of the two takes writes."""
        each = [conninfo_to_dict(server.dsn(database, user)) for server in (self.first, self.second)]
        both = {name: ",".join(str(one[name]) for one in each) for name in ("host", "port")}
        return make_conninfo(dbname=database, user=user, target_session_attrs="read-write", **both)

    def part(self) -> None:
        """Wait until the standby has everything, and let it have nothing that comes after."""
        with (
            psycopg.connect(self.first.dsn(), autocommit=True) as first,
            psycopg.connect(self.second.dsn(), autocommit=True) as second,
        ):
            written = first.execute("select pg_current_wal_insert_lsn()").fetchone()
            while second.execute("select pg_last_wal_replay_lsn() >= %s::pg_lsn", written).fetchone() != (True,):
                time.sleep(0.02)
            second.execute("alter system set primary_conninfo = ''")
            second.execute("select pg_reload_conf()")
            while second.execute("select from pg_stat_wal_receiver").fetchone() is not None:
                time.sleep(0.02)

    def fail_over(self) -> None:
        """The primary dies, and the standby takes its place."""
        cluster = self.first.cluster
        done = run_as(
            cluster.user, [str(cluster.programs / "pg_ctl"), "stop", "-D", str(cluster.data), "-m", "immediate"]
        )
        assert done.returncode == 0, done.stderr
        with psycopg.connect(self.second.dsn(), autocommit=True) as second:
            assert second.execute("select pg_promote()").fetchone() == (True,)


@contextmanager
def with_standby(first: Server) -> Iterator[Pair]:
    """Both; the standby is stopped afterwards, and `first`, a cluster of the test's own, runs again."""
    user = first.cluster.user
    home = first.cluster.home.parent / "standby" / first.cluster.home.name
    for directory in (home.parent, home):
        directory.mkdir(mode=0o711)
        if not user.is_self:
            os.chown(directory, user.uid, user.gid)
    second = EmbeddedServer(home, programs=first.programs, settings={**SETTINGS, "port": str(free_port())})
    copied = run_as(
        user, [str(first.programs / "pg_basebackup"), "-d", first.dsn(), "-D", str(second.data), "-R", "-c", "fast"]
    )
    assert copied.returncode == 0, copied.stderr
    try:
        with second:
            yield Pair(first, Server(first.major, second, home.parent))
    finally:
        first.cluster.start()
