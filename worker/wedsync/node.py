"""One node: a relay, a listener, a hub and a gateway that belong together, in one event loop.

`async with Node(settings) as node` serves sockets at `node.port` until the block ends.
"""

from __future__ import annotations

import asyncio
import resource
import time
import uuid
from collections.abc import Mapping, Sequence
from typing import Any, Self

from wedsync.auth import TokenVerifier
from wedsync.channels.hub import Hub
from wedsync.channels.positions import Position, oldest
from wedsync.database import calls
from wedsync.database.connections import TRANSIENT, Connection, create_pool
from wedsync.database.listener import Listener
from wedsync.database.log_reader import Batch
from wedsync.database.writing import Progress, write_in_parts
from wedsync.delivery.adapters import adapters_of
from wedsync.install.sql_files import breaking_version, load_versioned
from wedsync.logs import logger
from wedsync.metrics import Stats, distribution
from wedsync.protocol.origins import Origins
from wedsync.server.gateway import Gateway
from wedsync.server.host import Limits
from wedsync.server.http_door import HttpDoor
from wedsync.server.publishing import publish_routes
from wedsync.services.bookkeeping import Bookkeeper
from wedsync.services.broadcasts import Broadcasts
from wedsync.services.bus import TICK_SECONDS
from wedsync.services.channels import Channels
from wedsync.services.deliveries import Deliveries
from wedsync.services.endings import Endings
from wedsync.services.jobs import JobRunner
from wedsync.services.joins import Joins
from wedsync.services.laggards import Laggards
from wedsync.services.leaves import Leaves
from wedsync.services.presence import Presence
from wedsync.services.presence_changes import PresenceChanges
from wedsync.services.publishing import Publisher
from wedsync.services.relay import Relay
from wedsync.services.rules import RuleBook
from wedsync.services.sessions import SessionTokens
from wedsync.services.transport import Transport, over_nats, over_postgres
from wedsync.settings import Settings

log = logger("node")

POOL_SIZE = 4
LIVE_POOL_SIZE = 3
"""A session each for presence changes, for sending to other processes, and for reading from them."""
DELIVERY_POOL_SIZE = 2
UNREGISTER_SECONDS = 3.0
DRAIN_SECONDS = 10.0
_LAG_EVERY = 1.0
_FINISH_SECONDS = 1.0
_FILES_OF_ITS_OWN = 64
"""File descriptors for database connections, pipes and libraries; the rest of the limit is for sockets."""
_MOST_FILES = 1_048_576


class Node:
    """All services of a gateway process. `id` identifies it in the database."""

    def __init__(self, settings: Settings, *, limits: Limits | None = None) -> None:
        self.id = uuid.uuid4()
        self.port = 0
        self._settings = settings
        # A worker relies on session state (role, prepared statements, LISTEN), which transaction poolers do not keep.
        self._dsn = settings.listen_dsn or settings.need_dsn()
        self._limits = limits
        self._verifier = TokenVerifier.of(settings)
        self._lag = 0.0
        self._worst_lag = 0.0
        self._laggards = Laggards()
        self._tasks: list[asyncio.Task[None]] = []
        self._pool: Any = None
        self._live_pool: Any = None
        self._delivery_pool: Any = None

    async def start(self, port: int | None = None, *, reuse_port: bool = False) -> None:
        """Start to relay and to accept sockets; joins are accepted once `ready`. The database may become available later."""
        self._pool = await create_pool(self._dsn, f"joins {self.id}", POOL_SIZE)
        self._verifier.sessions = SessionTokens(self._pool).identify
        self.hub = Hub()
        self.listener = Listener(self._dsn, self.id)
        # SQL writes presence changes to the bus table, unless told that another bus is used.
        own_bus = {} if self._settings.bus == "postgres" else {"wedsync.bus": "nats"}
        self._live_pool = await create_pool(self._dsn, f"live {self.id}", LIVE_POOL_SIZE, own_bus)
        self.transport = self._transport()
        self.relay = Relay(
            self._dsn,
            self.id,
            self.listener,
            self._take,
            self._forget,
            self._hold,
            self._health,
            breaking_version=breaking_version(load_versioned()),
            feed=self.transport.feed,
        )
        self.rules = RuleBook(self._pool)
        self.books = Bookkeeper(self._pool, self.id, self.hub.take_counts)
        self.leaves = Leaves(self._pool)
        self.stats = Stats()
        self.bus = self.transport.bus
        self.broadcasts = Broadcasts(self.id, self.hub, self.bus, self.rules)
        changes = PresenceChanges(self.id, self._live_pool, self.bus)
        self.presence = Presence(self._pool, self.hub, changes)
        self.endings = Endings(self.hub, self.leaves, self.presence, self.books, self.stats)
        self.joins = Joins(
            self._pool, self.id, self._verifier, self.hub, self.leaves, self.endings, self.presence, self.books, self.rules,
            self.relay.checkpoints, self.stats, self.ready, self.transport.poll,
        )  # fmt: skip
        self.channels = Channels(
            self.joins, self.endings, self.broadcasts, self.presence, self.books, self.rules, self.relay.checkpoints, self.stats
        )  # fmt: skip
        self.bus.listen(self.channels.receive, self.presence.missed)
        self._delivery_pool = await create_pool(self._dsn, f"deliveries {self.id}", DELIVERY_POOL_SIZE)
        self.deliveries = Deliveries(
            self._delivery_pool, adapters_of(self._settings), self.stats, self.listener.deliveries_notified
        )
        publish, rate = Publisher(self._pool).publish, self.rules.messages_per_second
        door = HttpDoor(publish_routes(publish, rate, self._verifier, self._settings.allowed_origins))
        origins = Origins.of(self._settings.allowed_origins)
        self.gateway = Gateway(self.channels, self._verifier, door, self._limits, origins)
        self.channels.on_replaced = self.gateway.close_replaced
        wanted = self._settings.socket_port if port is None else port
        self.port = await self.gateway.listen(self._settings.socket_host, wanted, reuse_port=reuse_port)
        work = (
            *self.transport.work,
            self.relay.run(),
            self.listener.run(),
            self.leaves.run(),
            self.books.run(),
            self.rules.run(),
            self.bus.run(),
            self.presence.run(),
            self.gateway.sweep(),
            self.gateway.ask(),
            self.endings.expiries.run(),
            JobRunner(self._pool).run(),
            self.deliveries.run(),
            self._watch_loop(),
        )
        self._tasks = [asyncio.create_task(each) for each in work]
        log.info("node_started", node=str(self.id), port=self.port)

    def _transport(self) -> Transport:
        if self._settings.bus == "postgres":
            return over_postgres(self.listener, self._live_pool)
        return over_nats(
            self._settings.bus, self._dsn, self.id, self.listener, self._pool, self._live_pool, lambda: self.relay.epoch
        )

    def ready(self) -> bool:
        """Whether joins can be accepted."""
        return self.relay.ready.is_set() and self.rules.known.is_set() and not self.gateway.closing

    def failed(self) -> bool:
        """Whether a component of the node has failed; `wait` raises the reason."""
        return any(task.done() for task in self._tasks)

    async def wait(self) -> None:
        """Never returns; raises the fatal error of a component."""
        done, _ = await asyncio.wait(self._tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()
        raise RuntimeError("a part of the node ended")

    async def stop(self, seconds: float = DRAIN_SECONDS) -> None:
        """Close the sockets within `seconds`, release the node's rows, and stop."""
        await asyncio.gather(self.gateway.drain(seconds), self.deliveries.stop(seconds))
        await self.presence.changes.finish(_FINISH_SECONDS)
        if not self.bus.sql_announces:
            # Tell other processes who has left with the last sockets.
            await asyncio.sleep(5 * TICK_SECONDS)
        for task in self._tasks:
            task.cancel()
        for outcome in await asyncio.gather(*self._tasks, return_exceptions=True):
            if isinstance(outcome, Exception):
                log.error("part_failed", node=str(self.id), error=repr(outcome))
        try:
            async with asyncio.timeout(UNREGISTER_SECONDS):
                await self.leaves.send()
                await self.books.write_activity()
                await calls.unregister_node(self._pool, self.id)
        except TRANSIENT as exc:
            # The lease runs out by itself.
            log.warning("unregister_failed", node=str(self.id), error=type(exc).__name__)
        self._pool.terminate()
        self._live_pool.terminate()
        self._delivery_pool.terminate()
        log.info("node_stopped", node=str(self.id))

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *_exc: object) -> None:
        await self.stop()

    async def _take(self, rows: Batch) -> int:
        count = self.hub.apply(rows)
        await self.hub.flush()
        return count

    async def _forget(self, connection: Connection, epoch: str) -> None:
        """The database has lost our subscriptions: save their clients' positions, then let them rejoin."""
        points = self.gateway.points() + self.leaves.points()

        async def save(some: Sequence[Mapping[str, str | None]]) -> None:
            await calls.save_positions(connection, some, epoch)

        if points:
            await write_in_parts(points, save, _position_refused)
        # If only its lease has expired, remaining rows of this node would still be evaluated for nobody.
        await calls.unregister_node(connection, self.id)
        self.hub.clear()
        self.presence.clear()
        self.bus.begin_anew()
        self.joins.clear()
        self.gateway.restart_all("the database restarted")

    async def _hold(self, connection: Connection, floor: Position) -> Position:
        """The safe position once sockets behind `floor` are stored: `floor`, unless some departures are not stored yet."""
        floor = await self._laggards.tell(connection, tuple(self.gateway.connections), floor)
        return oldest(floor, self.leaves.held()) or floor

    def _health(self) -> dict[str, object]:
        """The health of this process for SQL. The lag is the maximum since the last call."""
        lag, self._worst_lag = max(self._lag, self._worst_lag), 0.0
        return {
            "sockets": len(self.gateway.connections),
            "channels": self.hub.subscriptions,
            "audiences": self.hub.groups,
            "most_sockets": _room_for_sockets(),
            "loop_lag_seconds": round(lag, 4),
            "doorbell_hears": self.listener.receives,
            "bus_dropped": self.bus.dropped,
        }

    async def _watch_loop(self) -> None:
        while True:
            due = time.monotonic() + _LAG_EVERY
            await asyncio.sleep(_LAG_EVERY)
            self._lag = max(0.0, time.monotonic() - due)
            self._worst_lag = max(self._worst_lag, self._lag)

    def _progress(self) -> dict[str, Progress]:
        return {
            **self.bus.progress,
            "presence": self.presence.changes.progress,
            "presence states": self.presence.progress,
            "books": self.books.progress,
            "departures": self.leaves.progress,
        }

    def snapshot(self) -> dict[str, float]:
        """Metrics of this node, see `wedsync.metrics`."""
        return {
            **self.stats.snapshot(),
            **distribution("commit_to_socket_seconds", self.relay.delays),
            "bus_dropped_total": float(self.bus.dropped),
            "client_broadcasts_total": float(self.broadcasts.delivered),
            "client_requests_refused_total": float(self.channels.refused),
            "deliveries_total": float(self.hub.deliveries),
            "doorbell_reconnects_total": float(self.listener.reconnects),
            "events_total": float(self.relay.events),
            "log_read_alone_total": float(self.relay.read_alone),
            "events_found_by_poll_total": float(self.relay.reader.found_by_poll),
            "relay_reconnects_total": float(self.relay.reconnects),
            "relay_wakes_total": float(self.relay.reader.wakes),
            "channels": float(self.hub.subscriptions),
            "connections": float(len(self.gateway.connections)),
            "doorbell_echo_seconds": self.listener.echo_seconds,
            "doorbell_hears": float(self.listener.receives),
            "gateway_ready": float(self.ready()),
            "groups": float(self.hub.groups),
            "leads": float(self.transport.leader is not None and self.transport.leader.leads),
            "log_unread_seconds": self.relay.silence,
            "loop_lag_seconds": self._lag,
            **{
                f'waiting_seconds{{part="{part}"}}': progress.waiting_seconds
                for part, progress in self._progress().items()
            },
        }


def _position_refused(_point: Mapping[str, str | None], exc: Exception) -> None:
    """That client has to resync; others continue."""
    log.error("position_refused", sqlstate=getattr(exc, "sqlstate", None))


def _room_for_sockets() -> int:
    files = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    return _MOST_FILES if files == resource.RLIM_INFINITY else max(0, min(files, _MOST_FILES) - _FILES_OF_ITS_OWN)
