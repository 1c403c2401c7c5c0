"""What happens to servers: orderly restarts, crashes, killed sessions."""

from __future__ import annotations

import os
import signal

from harness.database import Database
from harness.servers import Server
from wedsync.local.embedded_binaries import run_as


def restart(server: Server) -> None:
    """Stop the server, dropping its sessions, and start it again with the same options on the same port."""
    _control(server, "restart", "-m", "fast", "-l", str(server.cluster.home / "log"))


def stop(server: Server) -> None:
    """Stop the server, dropping its sessions."""
    _control(server, "stop", "-m", "fast")


def start(server: Server) -> None:
    """Start the server with the options that it had; returns when it takes connections."""
    options = (server.cluster.data / "postmaster.opts").read_text().split(" ", 1)[1].strip().replace('"', "'")
    _control(server, "start", "-l", str(server.cluster.home / "log"), "-o", options)


def _control(server: Server, what: str, *more: str) -> None:
    command = [str(server.programs / "pg_ctl"), what, "-D", str(server.cluster.data), "-w", "-s"]
    done = run_as(server.cluster.user, [*command, *more])
    assert done.returncode == 0, done.stderr


def crash(database: Database) -> None:
    """Kill a server process the hard way, so that PostgreSQL drops everybody and recovers; unlogged tables are emptied."""
    with database.connect() as victim:
        # The test servers commit asynchronously; what a test did before the accident must survive it.
        victim.execute("checkpoint")
        os.kill(victim.info.backend_pid, signal.SIGKILL)


def kill_sessions(database: Database, application: str) -> int:
    """End the sessions whose application_name begins so; returns how many there were."""
    rows = database.query(
        """select pg_terminate_backend(pid) from pg_stat_activity
        where datname = current_database() and application_name like %s""",
        f"{application}%",
    )
    return len(rows)
