"""The interfaces that sockets require from their process."""

from __future__ import annotations

import asyncio
import logging
import uuid
from collections.abc import Coroutine, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from wedsync.auth import TokenVerifier
from wedsync.channels.positions import Checkpoints
from wedsync.channels.subscription import Socket, Subscription
from wedsync.metrics import Stats
from wedsync.protocol.origins import Origins
from wedsync.protocol.phoenix import Action


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


class Host(Protocol):
    """The gateway of a socket."""

    limits: Limits
    services: Services
    verifier: TokenVerifier
    origins: Origins
    door: Door
    closing: bool
    unconfirmed: dict[Any, None]
    protocol_logger: logging.Logger

    def enter(self, connection: Any) -> None:
        """A connection was accepted."""

    def forget(self, connection: Any) -> None:
        """It is gone."""

    def spawn(self, work: Coroutine[Any, Any, None], socket: Socket) -> None:
        """Run work of a socket in the background; an unforeseen fault closes that socket alone."""

    def next_ping(self, now: float) -> float:
        """When to ping a socket again that is pinged now."""
