"""What the supervisor knows of a gateway process."""

from __future__ import annotations

import time
import uuid
from multiprocessing.connection import Connection as Pipe
from multiprocessing.context import SpawnProcess

from wedsync.database import connections as db
from wedsync.metrics import Snapshot

_STALE_AFTER = 5.0
_UNREAD_AFTER = 10.0
_WAITED_AFTER = 10.0
_WAITING = 'waiting_seconds{part="'


class Slot:
    """One gateway process and what it last reported."""

    def __init__(self, number: int) -> None:
        self.number = number
        self.process: SpawnProcess | None = None
        self.pipe: Pipe | None = None
        self.node: uuid.UUID | None = None
        self.snapshot: Snapshot = {}
        self.reported_at = float("-inf")
        self.started_at = 0.0
        self.backoff = db.Backoff(0.2, 30.0)

    def problem(self) -> str | None:
        """What keeps this gateway from serving joins, or None."""
        if time.monotonic() - self.reported_at > _STALE_AFTER:
            return f"gateway {self.number} does not report"
        if not self.snapshot.get("gateway_ready"):
            return f"gateway {self.number} has no database"
        if not self.snapshot.get("doorbell_hears"):
            return f"gateway {self.number} does not receive notifications"
        if self.snapshot.get("log_unread_seconds", 0.0) > _UNREAD_AFTER:
            return f"gateway {self.number} has not read the event log for {_UNREAD_AFTER:g} seconds"
        for sample, seconds in self.snapshot.items():
            if sample.startswith(_WAITING) and seconds > _WAITED_AFTER:
                part = sample.removeprefix(_WAITING).removesuffix('"}')
                return f"gateway {self.number} gets nothing done for {_WAITED_AFTER:g} seconds: {part}"
        return None

    def figures(self) -> dict[str, object]:
        """For the dashboard; `reported_at` is in seconds of a steady clock, None before the first report."""
        return {
            "gateway": self.number,
            "pid": self.process.pid if self.process is not None else None,
            "problem": self.problem(),
            "reported_at": self.reported_at if self.snapshot else None,
            "metrics": self.snapshot,
        }
