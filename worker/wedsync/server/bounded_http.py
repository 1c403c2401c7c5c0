"""Bounds on slow HTTP clients: time-outs, and the number of waiting connections.

Uvicorn only limits the pause between two requests. Beyond a limit, the connection that has waited longest is closed, not the
newest, so that readiness checks are answered regardless of the number of incomplete requests.
"""

from __future__ import annotations

import asyncio
import time
from collections import defaultdict
from dataclasses import dataclass
from typing import Any

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

_TOO_SLOW = b"HTTP/1.1 408 Request Timeout\r\nconnection: close\r\ncontent-length: 0\r\n\r\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpLimits:
    """Seconds for the head of a request, for all of it, and for reading the answer; connections that wait for their client,
    in all and of one address."""

    head_seconds: float = 10.0
    request_seconds: float = 60.0
    answer_seconds: float = 60.0
    waiting: int = 400
    waiting_per_address: int = 100


class Waiting:
    """Connections of a server that wait for their client, oldest first."""

    def __init__(self, limits: HttpLimits | None = None) -> None:
        self.limits = limits or HttpLimits()
        self._all: dict[BoundedHttp, None] = {}
        self._of: defaultdict[str, dict[BoundedHttp, None]] = defaultdict(dict)

    def enter(self, connection: BoundedHttp) -> None:
        """Add a waiting connection; harmless if already added."""
        self._all[connection] = self._of[connection.address][connection] = None
        own = self._of[connection.address]
        for some, most in ((own, self.limits.waiting_per_address), (self._all, self.limits.waiting)):
            if len(some) > most:
                next(iter(some)).drop()

    def leave(self, connection: BoundedHttp) -> None:
        """Remove a waiting connection; harmless if missing."""
        self._all.pop(connection, None)
        own = self._of[connection.address]
        own.pop(connection, None)
        if not own:
            del self._of[connection.address]


class BoundedHttp(H11Protocol):
    """Uvicorn's HTTP protocol within the limits of `waiting`."""

    def __init__(self, *args: Any, waiting: Waiting, **more: Any) -> None:
        super().__init__(*args, **more)
        self.address = ""
        self._waiting = waiting
        self._timer: asyncio.TimerHandle | None = None
        self._began = 0.0
        self._phase: object = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Wait for a request."""
        super().connection_made(transport)
        self.address = self.client[0] if self.client else ""
        self._note()

    def data_received(self, data: bytes) -> None:
        """Take a part of a request."""
        super().data_received(data)
        self._note()

    def on_response_complete(self) -> None:
        """The response is being sent; another request may follow."""
        super().on_response_complete()
        self._note()

    def connection_lost(self, exc: Exception | None) -> None:
        """Release all resources."""
        self._cancel_timer()
        self._waiting.leave(self)
        super().connection_lost(exc)

    def drop(self) -> None:
        """Close it in favour of others."""
        self._waiting.leave(self)
        self.transport.abort()

    def _note(self) -> None:
        """Update the set of waiting connections, and the remaining time of the current phase."""
        if self.transport.is_closing():
            return
        limits, state = self._waiting.limits, self.conn.their_state
        phase = "pause" if self.timeout_keep_alive_task is not None else state
        if phase == self._phase:
            return
        self._phase = phase
        now = time.monotonic()
        if state in (h11.IDLE, h11.SEND_BODY):
            self._waiting.enter(self)
        else:
            self._waiting.leave(self)
        if phase is h11.IDLE:
            self._began = now
            self._set_timer(limits.head_seconds)
        elif phase is h11.SEND_BODY:
            self._set_timer(self._began + limits.request_seconds - now)
        else:
            # Uvicorn ends a pause much sooner, unless there is an unread response.
            self._set_timer(limits.answer_seconds)

    def _set_timer(self, seconds: float) -> None:
        self._cancel_timer()
        self._timer = self.loop.call_later(seconds, self._too_late)

    def _cancel_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()

    def _too_late(self) -> None:
        if self._phase not in (h11.IDLE, h11.SEND_BODY):
            self.transport.abort()
            return
        # Between requests the last response is complete; during one, a response may have started.
        if self.conn.our_state in (h11.IDLE, h11.SEND_RESPONSE):
            self.transport.write(_TOO_SLOW)
        self.transport.close()
