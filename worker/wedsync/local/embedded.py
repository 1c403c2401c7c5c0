"""An embedded PostgreSQL for `wedsync up` and the tests: created, started, adopted and stopped here.

A home directory contains everything: `data` (the cluster), `socket` (mode 0700: whoever can enter it is trusted), `log`, `port`
and `pgpass`. Loopback TCP requires a random password. The server outlives this process: a second start adopts a running one
(and stops it in the end, if its starter was killed), and after a kill -9 a stale postmaster.pid is distinguished
from a running server by the working directory of the process.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import socket
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.parse import quote

from wedsync.errors import EmbeddedError
from wedsync.local.embedded_binaries import ServerUser, run_as, server_user, wheel_programs
from wedsync.local.embedded_cluster import SUPERUSER, make_cluster, make_home
from wedsync.local.ports import free_port, is_free

# sun_path has 108 bytes on Linux and 104 on macOS, and ".s.PGSQL.65535" goes into it.
_LONGEST_SOCKET_DIRECTORY = 85
# Log messages while a killed postmaster is not reaped, or its children still hold its memory and port.
_LEFT_BY_THE_DEAD = ("is still in use", "Address already in use", '.lock" already exists')


@dataclass(frozen=True, slots=True)
class Running:
    """A running server: process id, TCP port on 127.0.0.1, socket directory, and whether it was adopted."""

    pid: int
    port: int
    socket_directory: Path
    adopted: bool


class EmbeddedServer:
    """One cluster below `home`; a context manager that starts it and stops what it started.

    programs: a bin directory of PostgreSQL, by default the wheel's. settings: server settings beyond the defaults.
    """

    def __init__(self, home: Path, *, programs: Path | None = None, settings: Mapping[str, str] | None = None) -> None:
        self.home = home.absolute()
        self.user: ServerUser = server_user()
        self._programs = programs
        self._settings = dict(settings or {})
        self._running: Running | None = None
        self._claimed: int | None = None

    @property
    def programs(self) -> Path:
        """The bin directory in use; raises EmbeddedMissing."""
        if self._programs is None:
            self._programs = wheel_programs(self.user)
        return self._programs

    @property
    def data(self) -> Path:
        """The cluster's data directory."""
        return self.home / "data"

    @property
    def running(self) -> Running:
        """The running server; raises EmbeddedError before start()."""
        if self._running is None:
            raise EmbeddedError("the embedded PostgreSQL is not started")
        return self._running

    def dsn(self, database: str = "postgres", *, user: str = SUPERUSER) -> str:
        """Connection string over the Unix socket; without a password, because others cannot enter the directory."""
        directory = quote(str(self.running.socket_directory), safe="")
        return f"postgresql://{user}@/{quote(database)}?host={directory}&port={self.running.port}"

    def tcp_dsn(self, database: str = "postgres") -> str:
        """Connection string of the superuser over loopback TCP, password included."""
        password = (self.home / "pgpass").read_text(encoding="utf-8").strip().rsplit(":", 1)[1]
        return f"postgresql://{SUPERUSER}:{password}@127.0.0.1:{self.running.port}/{quote(database)}"

    def start(self) -> Running:
        """Create the cluster if necessary, then adopt or start the server; raises EmbeddedError."""
        make_home(self.home, self.user)
        with self._locked():
            make_cluster(self.home, self.user, self.programs)
            live = self._live()
            ours = self._claim()
            self._running = self._launch() if live is None else replace(live, adopted=not ours)
            self._port_file.write_text(f"{self._running.port}\n", encoding="ascii")
        return self._running

    def has_ended(self) -> bool:
        """Whether the started or adopted server has ended; `start` restarts it on the same port."""
        return not self._works_here(self.running.pid)

    def _claim(self) -> bool:
        """Whether this process stops the server: decided by a lock, which ends with the process."""
        if self._claimed is None:
            # Not a file object, because closing it would release the lock.
            handle = os.open(self.home / "claim", os.O_WRONLY | os.O_CREAT, 0o600)
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                os.close(handle)
                return False
            self._claimed = handle
        return True

    def stop(self) -> None:
        """Shut the server down, if it is running; raises EmbeddedError if it does not stop."""
        if not self.data.exists():
            return
        with self._locked():
            live = self._live()
            if live is not None:
                self._pg_ctl("stop", "-m", "fast", "-w", "-t", "60", failure="does not stop")
                if live.socket_directory.parent != self.home:
                    live.socket_directory.rmdir()
            if self._claimed is not None:
                os.close(self._claimed)
                self._claimed = None
        self._running = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._running is not None and not self._running.adopted:
            self.stop()

    @contextmanager
    def in_use(self, *, alone: bool) -> Iterator[None]:
        """Mark the data as in use during the block; with `alone`, raises EmbeddedError if others use it.

        Others wait while somebody has it alone. The lock ends with the process.
        """
        with (self.home / "in-use").open("w") as handle:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB if alone else fcntl.LOCK_SH)
            except BlockingIOError as error:
                raise EmbeddedError(
                    f"another `wedsync up` is using {self.home}", hint="stop it first (Ctrl-C in its terminal)"
                ) from error
            yield

    @contextmanager
    def _locked(self) -> Iterator[None]:
        """Only one process at a time prepares, starts or stops this cluster."""
        with (self.home / "lock").open("w") as handle:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield

    def _socket_directory(self) -> Path:
        inside = self.home / "socket"
        # libpq and the server treat a comma as the end of a name.
        if len(os.fsencode(inside)) <= _LONGEST_SOCKET_DIRECTORY and "," not in str(inside):
            directory = inside
        else:
            name = hashlib.sha256(os.fsencode(self.home)).hexdigest()[:16]
            directory = Path(tempfile.gettempdir()) / f"wedsync-{self.user.uid}-{name}"
        directory.mkdir(mode=0o700, exist_ok=True)
        if directory.is_symlink() or directory.stat().st_uid not in (os.geteuid(), self.user.uid):
            raise EmbeddedError(f"{directory} belongs to another user", hint="remove it, or set WEDSYNC_DATA_DIR")
        if not self.user.is_self:
            os.chown(directory, self.user.uid, self.user.gid)
        directory.chmod(0o700)
        return directory

    def _live(self) -> Running | None:
        """The server running in our data directory, once it is ready; a stale pid file is removed."""
        pid_file = self.data / "postmaster.pid"
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            try:
                lines = pid_file.read_text().splitlines()
                pid = abs(int(lines[0]))
            except (FileNotFoundError, IndexError, ValueError):
                return None
            if not self._works_here(pid):
                pid_file.unlink(missing_ok=True)
                return None
            if len(lines) >= 8 and lines[7].strip() == "ready":
                found = Running(pid, int(lines[3]), Path(lines[4]), adopted=True)
                if _answers(found):
                    return found
            time.sleep(0.05)
        raise EmbeddedError("the embedded PostgreSQL is running but does not respond", hint=self._log_tail())

    def _works_here(self, pid: int) -> bool:
        """Whether process `pid` is a postmaster in our directory, not another process with the same id."""
        if Path("/proc/self").exists():
            try:
                return Path(f"/proc/{pid}/cwd").readlink() == self.data.resolve()
            except OSError:  # gone, a zombie, or another user's
                return False
        return run_as(self.user, [str(self.programs / "pg_ctl"), "status", "-D", str(self.data)]).returncode == 0

    def _launch(self) -> Running:
        settings = {
            "listen_addresses": "127.0.0.1",
            "port": str(self._running.port if self._running else self._usual_port()),
            "unix_socket_directories": str(self._socket_directory()),
            "unix_socket_permissions": "0700",
            **self._settings,
        }
        options = " ".join(f"-c {name}={_quoted(value)}" for name, value in settings.items())
        self._pg_ctl("start", "-w", "-t", "60", "-l", str(self.home / "log"), "-o", options, failure="does not start")
        live = self._live()
        if live is None:
            raise EmbeddedError("the embedded PostgreSQL started and then exited", hint=self._log_tail())
        return Running(live.pid, live.port, live.socket_directory, adopted=False)

    @property
    def _port_file(self) -> Path:
        return self.home / "port"

    def _usual_port(self) -> int:
        """The port of the last start if it is free, so that saved addresses keep working."""
        try:
            port = int(self._port_file.read_text(encoding="ascii"))
        except (OSError, ValueError):
            return free_port()
        return port if is_free(port) else free_port()

    def _pg_ctl(self, action: str, *arguments: str, failure: str) -> None:
        command = [str(self.programs / "pg_ctl"), action, "-s", "-D", str(self.data), *arguments]
        deadline = time.monotonic() + 15
        while True:
            done = run_as(self.user, command, timeout=150)
            if done.returncode == 0:
                return
            if any(each in self._log_tail() for each in _LEFT_BY_THE_DEAD) and time.monotonic() < deadline:
                time.sleep(0.2)
                continue
            raise EmbeddedError(f"the embedded PostgreSQL {failure}", hint=self._log_tail() or done.stderr.strip())

    def _log_tail(self) -> str:
        try:
            return (self.home / "log").read_text(errors="replace")[-1200:].strip()
        except FileNotFoundError:
            return ""


def _quoted(value: str) -> str:
    """One word for the shell that pg_ctl starts the server with."""
    return "'" + value.replace("'", "'\\''") + "'"


def _answers(server: Running) -> bool:
    with socket.socket(socket.AF_UNIX) as probe:
        try:
            probe.connect(str(server.socket_directory / f".s.PGSQL.{server.port}"))
        except OSError:
            return False
        return True
