"""A gateway process, as managed by the supervisor: started, reporting, stopped."""

from __future__ import annotations

import asyncio
import json
import socket
import sys
import time
import uuid
from asyncio.subprocess import Process
from collections.abc import Callable

from wedsync import logs
from wedsync.database.connections import Backoff
from wedsync.metrics import Snapshot
from wedsync.processes.gateway_process import LINE_LIMIT
from wedsync.services.rules import Rules
from wedsync.settings import Settings

log = logs.logger("supervisor")

_PROGRAM = "wedsync.processes.gateway_process"
_WAITING = 'waiting_seconds{part="'


class Slot:
    """A gateway process and its replacements.

    A socket pair connects it with the supervisor. The supervisor sends one line with the settings, which keeps secrets out of
    the command line and environment; when it closes its end, the process drains and exits. Reports come back, one per line.
    """

    def __init__(self, number: int) -> None:
        self.number = number
        self.node: uuid.UUID | None = None
        self.snapshot: Snapshot = {}
        self.reported_at = float("-inf")
        self.started_at = 0.0
        self.backoff = Backoff(0.2, 30.0)
        self._process: Process | None = None
        self._orders: asyncio.StreamWriter | None = None
        self._ending = False

    @property
    def pid(self) -> int | None:
        """Number of the process, or None while none runs."""
        return self._process.pid if self._process is not None and self._process.returncode is None else None

    async def run(self, settings: Settings, port: int, on_report: Callable[[], None]) -> int:
        """Start a process and read its reports until it exits; returns its exit code."""
        ours, theirs = socket.socketpair()
        reports, self._orders = await asyncio.open_connection(sock=ours, limit=LINE_LIMIT)
        with theirs:
            # -P: do not import from the current directory.
            command = (sys.executable, "-P", "-m", _PROGRAM, str(port), str(theirs.fileno()))
            self._process = process = await asyncio.create_subprocess_exec(
                *command, stdin=asyncio.subprocess.DEVNULL, pass_fds=(theirs.fileno(),)
            )
        log.info("gateway_started", gateway=self.number, pid=process.pid)
        self.started_at = time.monotonic()
        try:
            self._orders.write(settings.to_json().encode() + b"\n")
            if self._ending:
                self._orders.write_eof()
            while (line := await _line(reports)).endswith(b"\n"):
                report = json.loads(line)
                self.node, self.snapshot = uuid.UUID(report["node"]), report["snapshot"]
                self.reported_at = time.monotonic()
                on_report()
            return await process.wait()
        finally:
            self._orders.transport.abort()
            self.snapshot, self.reported_at = {}, float("-inf")

    def end(self) -> None:
        """Tell the process to shut down; harmless if it has ended."""
        self._ending = True
        if self.pid is not None and self._orders is not None and not self._orders.transport.is_closing():
            self._orders.write_eof()

    def kill(self) -> bool:
        """Kill the process; returns whether there was one."""
        if self._process is None or self.pid is None:
            return False
        self._process.kill()
        return True

    def problem(self, rules: Rules) -> str | None:
        """The reason why this gateway cannot serve joins, or None."""
        if time.monotonic() - self.reported_at > rules.gateway_silent_seconds:
            return f"gateway {self.number} does not report"
        if not self.snapshot.get("gateway_ready"):
            return f"gateway {self.number} has no database"
        if not self.snapshot.get("doorbell_hears"):
            return f"gateway {self.number} does not receive notifications"
        longest = rules.gateway_stuck_seconds
        if self.snapshot.get("log_unread_seconds", 0.0) > longest:
            return f"gateway {self.number} has not read the event log for {longest:g} seconds"
        for sample, seconds in self.snapshot.items():
            if sample.startswith(_WAITING) and seconds > longest:
                part = sample.removeprefix(_WAITING).removesuffix('"}')
                return f"gateway {self.number} makes no progress for {longest:g} seconds: {part}"
        return None

    def figures(self, rules: Rules) -> dict[str, object]:
        """For the dashboard; `reported_at` is in seconds of a monotonic clock, None before the first report."""
        return {
            "gateway": self.number,
            "pid": self.pid,
            "problem": self.problem(rules),
            "reported_at": self.reported_at if self.snapshot else None,
            "metrics": self.snapshot,
        }


async def _line(reports: asyncio.StreamReader) -> bytes:
    """The next report; incomplete if the process has ended."""
    try:
        return await reports.readline()
    except OSError:
        return b""
