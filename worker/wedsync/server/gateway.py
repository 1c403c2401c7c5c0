"""The gateway: accepts sockets, tracks them, and closes silent ones."""

from __future__ import annotations

import asyncio
import contextlib
import random
import time
from socket import AF_INET, AF_INET6, IPPROTO_TCP, TCP_NODELAY

from wedsync.logs import logger
from wedsync.protocol.close_codes import CloseCode
from wedsync.server.connection import Connection
from wedsync.server.host import Host

log = logger("gateway")

_CLOSES_PER_BATCH = 200
_RESTART_PACE = 0.05
_LONGEST_PACE = 0.25
_LAST_PONGS = 0.5
_SOCKETS_PER_TURN = 500
_BACKLOG = 4096
_LAST_REQUESTS = 2.0
_CATCHING_UP = 5
_ASKS_PER_SECOND = 500
"""Upper bound per process; beyond that, regular pings have to suffice."""


class Gateway(Host):
    """Sockets of one process."""

    _server: asyncio.Server | None = None

    async def listen(self, host: str, port: int, *, reuse_port: bool = False) -> int:
        """Accept sockets; returns the port, which the system chooses for 0."""
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(
            lambda: Connection(self), host, port, reuse_port=reuse_port or None, backlog=_BACKLOG
        )
        bound: int = self._server.sockets[0].getsockname()[1]
        for listener in self._server.sockets:
            if listener.family in (AF_INET, AF_INET6):
                # Inherited by accepted sockets: small frames must not wait for acknowledgements.
                listener.setsockopt(IPPROTO_TCP, TCP_NODELAY, 1)
        return bound

    async def sweep(self) -> None:
        """Ping silent sockets, close idle and empty ones, abort those past their deadline. Runs until cancelled."""
        while True:
            # Jitter desynchronizes the sweeps, and so the pings, of several processes.
            await asyncio.sleep(self.limits.sweep_seconds * random.uniform(0.8, 1.2))  # noqa: S311
            for number, connection in enumerate(tuple(self.connections), 1):
                self._check(connection, time.monotonic())
                if number % _SOCKETS_PER_TURN == 0:
                    await asyncio.sleep(0)

    async def ask(self) -> None:
        """Ask sockets with unconfirmed messages for confirmation. Runs until cancelled."""
        while True:
            pause = max(self.limits.ask_seconds, len(self.unconfirmed) / _ASKS_PER_SECOND)
            await asyncio.sleep(pause * random.uniform(0.8, 1.2))  # noqa: S311
            for number, connection in enumerate(tuple(self.unconfirmed), 1):
                if not connection.joins_in_flight:
                    self.unconfirmed.pop(connection, None)
                    connection.ping()
                if number % _SOCKETS_PER_TURN == 0:
                    await asyncio.sleep(0)

    def _check(self, connection: Connection, now: float) -> None:
        limits = self.limits
        if connection.deadline is not None and now > connection.deadline:
            connection.abort()
        elif not connection.open:
            return
        elif now - connection.heard_at > limits.idle_seconds:
            connection.close(CloseCode.IDLE, "nothing was received from the client")
        elif self._owes_pongs(connection, now):
            connection.close(CloseCode.IDLE, "pings are not answered")
        elif now - connection.empty_since > limits.no_channel_seconds:
            connection.close(CloseCode.NO_CHANNEL, "no channel was joined")
        elif now >= connection.ping_at:
            if now - connection.heard_at <= limits.ping_seconds:
                self.services.alive(connection.id)
            connection.ping_at = self.next_ping(now)
            connection.ping()
        self.services.confirm(connection)

    def _owes_pongs(self, connection: Connection, now: float) -> bool:
        """Whether a client has not confirmed anything for so long that it holds back the safe position of others."""
        if self.services.checkpoints.settled is None:
            return False
        # It is not asked while it is catching up.
        patience = self.limits.confirm_seconds * (_CATCHING_UP if connection.joins_in_flight else 1)
        return now - connection.confirmed_at > patience

    def points(self) -> list[dict[str, str | None]]:
        """Positions of the clients of all joined channels, in the format of `save_positions`."""
        return [
            subscription.point(subscription.cursor(connection.confirmed()))
            for connection in self.connections
            for subscription in connection.session.channels.values()
            if subscription.is_admitted and subscription.user is not None
        ]

    def close_replaced(self, ids: list[object]) -> None:
        """Close those of these sockets that belong to this process, because other sockets replaced them."""
        for connection in tuple(self.connections):
            if str(connection.id) in ids:
                connection.close(CloseCode.REPLACED, "another socket of this session took its place")

    def restart_all(self, reason: str) -> None:
        """Close all sockets because the database lost their subscriptions; clients reconnect and rejoin."""
        log.warning("sockets_restarted", sockets=len(self.connections), reason=reason)
        connections = list(self.connections)
        for connection in connections:
            for subscription in connection.session.channels.values():
                # There is nothing left to release.
                subscription.is_released = True
        # The first ones immediately, the rest paced, because all of them reconnect and rejoin.
        self.keep(self._close_all(connections, reason, _RESTART_PACE))

    async def _close_all(self, connections: list[Connection], reason: str, pace: float) -> None:
        """Close sockets with 1012 in random order, a batch every `pace` seconds on average."""
        random.shuffle(connections)
        for start in range(0, len(connections), _CLOSES_PER_BATCH):
            if start:
                await asyncio.sleep(random.uniform(0, 2 * pace))  # noqa: S311
            for connection in connections[start : start + _CLOSES_PER_BATCH]:
                connection.close(CloseCode.RESTART, reason)

    async def drain(self, seconds: float) -> None:
        """Stop accepting, then close all sockets with 1012 in batches of random pace within `seconds`."""
        self.closing = True
        if self._server is not None:
            self._server.close()
        connections = list(self.connections)
        pace = min(_LONGEST_PACE, seconds / 4 * _CLOSES_PER_BATCH / max(1, len(connections)))
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                # What they confirm now need not be repeated after they reconnect.
                for connection in connections:
                    connection.ping()
                await asyncio.sleep(min(_LAST_PONGS, seconds / 10))
                await self._close_all(connections, "the server restarts", pace)
                if self.connections:
                    await self.all_gone.wait()
        await self.door.drain(_LAST_REQUESTS)
        for connection in tuple(self.connections):
            connection.abort()
        for task in tuple(self.tasks):
            task.cancel()
        await asyncio.gather(*self.tasks, return_exceptions=True)
