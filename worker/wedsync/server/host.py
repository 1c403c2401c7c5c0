"""What a socket has of its process: services, limits, background work."""

from __future__ import annotations

import asyncio
import logging
import random
import uuid
from collections.abc import Coroutine, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from wedsync.auth import TokenVerifier
from wedsync.channels.positions import Checkpoints
from wedsync.channels.subscription import Socket, Subscription
from wedsync.logs import logger
from wedsync.metrics import Stats
from wedsync.protocol.close_codes import CloseCode
from wedsync.protocol.origins import Origins
from wedsync.protocol.phoenix import Action

log = logger("gateway")


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Limits of a socket, in seconds and bytes. Pings are at most `ping_seconds` apart, and at least 0.4 of that.

    Sockets with unconfirmed messages are also asked every `ask_seconds`, unless there are too many.
    """

    handshake_seconds: float = 10.0
    ping_seconds: float = 25.0
    ask_seconds: float = 2.0
    idle_seconds: float = 60.0
    confirm_seconds: float = 120.0
    no_channel_seconds: float = 600.0
    close_seconds: float = 10.0
    sweep_seconds: float = 5.0
    stall_seconds: float = 10.0
    buffer_bytes: int = 1_048_576


class Rules(Protocol):
    """Settings for sockets."""

    @property
    def channels_per_socket(self) -> int:
        """Most channels."""

    @property
    def messages_per_second(self) -> float:
        """Most messages."""


class Services(Protocol):
    """Operations for sockets and their channels."""

    checkpoints: Checkpoints
    stats: Stats

    @property
    def rules(self) -> Rules:
        """The current settings."""

    async def open(self, socket_id: uuid.UUID, claims: Mapping[str, Any], session: str | None) -> None:
        """Count a socket. Raises `Refused` and `TokenError`."""

    def alive(self, socket_id: uuid.UUID) -> None:
        """A socket sent a heartbeat."""

    def closed(self, socket_id: uuid.UUID) -> None:
        """A counted socket was closed."""

    def act(self, socket: Socket, actions: Iterable[Action[Subscription]]) -> None:
        """Process a request of a client."""

    def confirm(self, socket: Socket) -> None:
        """The client may have received more."""

    def release(self, subscription: Subscription) -> None:
        """The socket of a channel was closed."""


class Door(Protocol):
    """HTTP on the socket port."""

    def take(self, transport: asyncio.Transport, data: bytes) -> None:
        """Serve a connection, given its first bytes."""

    async def drain(self, seconds: float) -> None:
        """Wait for requests up to `seconds`, then abort them."""


class Host:
    """The sockets of one process, as far as a socket has to know: what it shares with the others, and its background work."""

    def __init__(
        self,
        services: Services,
        verifier: TokenVerifier,
        door: Door,
        limits: Limits | None = None,
        origins: Origins | None = None,
    ) -> None:
        self.services = services
        self.verifier = verifier
        self.door = door
        self.limits = limits or Limits()
        self.origins = origins or Origins()
        self.connections: dict[Any, None] = {}
        self.unconfirmed: dict[Any, None] = {}
        self.closing = False
        self.all_gone = asyncio.Event()
        self.tasks: set[asyncio.Task[None]] = set()
        self.protocol_logger = logging.getLogger("wedsync.websockets")
        # It logs every handshake at level info.
        self.protocol_logger.setLevel(logging.WARNING)

    def forget(self, connection: Any) -> None:
        """A connection is gone."""
        self.connections.pop(connection, None)
        self.unconfirmed.pop(connection, None)
        if self.closing and not self.connections:
            self.all_gone.set()

    def spawn(self, work: Coroutine[Any, Any, None], socket: Socket) -> None:
        """Run work of a socket in the background; an unforeseen fault closes that socket alone."""
        self.keep(_guarded(work, socket))

    def keep(self, work: Coroutine[Any, Any, None]) -> None:
        """Run work in the background."""
        task = asyncio.get_running_loop().create_task(work)
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)

    def next_ping(self, now: float) -> float:
        """When to ping a socket again that is pinged now."""
        return now + self.limits.ping_seconds * random.uniform(0.4, 1.0)  # noqa: S311


async def _guarded(work: Coroutine[Any, Any, None], socket: Socket) -> None:
    try:
        await work
    except Exception:  # noqa: BLE001 (logged, and only the one socket is closed)
        log.fault("connection_work_failed")
        socket.close(CloseCode.INTERNAL_ERROR, "the server made a mistake")
