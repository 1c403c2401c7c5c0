"""`wedsync worker`: several gateway processes on one port, restarted when they crash, drained when told to end."""

from __future__ import annotations

import asyncio
import signal
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Any

from starlette.routing import BaseRoute

from wedsync import logs
from wedsync.auth import TokenVerifier
from wedsync.database import calls
from wedsync.database import connections as db
from wedsync.errors import SchemaTooNew, SettingsError, Unreachable, WedSyncError
from wedsync.metrics import Snapshot, registry
from wedsync.node import DRAIN_SECONDS
from wedsync.processes.gateway_process import allow_many_files, event_loop
from wedsync.processes.slots import Slot
from wedsync.server.dashboard_page import Dashboard
from wedsync.server.http import HttpServer, Readiness, build_app
from wedsync.server.listening import listening_socket, reserve_port
from wedsync.server.publishing import publish_routes
from wedsync.server.webhooks import webhook_route
from wedsync.services.overview import Overview
from wedsync.services.publishing import Publisher
from wedsync.services.rules import RuleBook
from wedsync.services.sessions import SessionTokens
from wedsync.services.webhooks import Webhooks
from wedsync.settings import Settings

log = logs.logger("supervisor")

KILL_AFTER = 5.0
"""Seconds after the drain time-out at which a process is killed."""
_LAST_SECONDS = 2.0
_PUBLISHING_SESSIONS = 2
_STABLE_AFTER = 60.0


@dataclass(frozen=True, slots=True)
class Addresses:
    """Where the worker listens."""

    socket_url: str
    http_url: str


class Supervisor:
    """The parent process. `on_ready` is called once, when all gateways serve. `pages` are added to the HTTP port."""

    def __init__(
        self, settings: Settings, on_ready: Callable[[Addresses], None] | None, pages: Sequence[BaseRoute] = ()
    ) -> None:
        self._settings = settings
        self._pages = pages
        self._dsn = settings.listen_dsn or settings.need_dsn()
        self._verifier = TokenVerifier.of(settings)
        self._on_ready = on_ready
        self._slots = [Slot(number) for number in range(settings.gateway_count())]
        self._draining = False
        self._stop = asyncio.Event()
        self._reported = asyncio.Event()
        self._failure: WedSyncError | None = None
        self._forced = False
        self._port = 0
        self._pool: Any
        self._rules: RuleBook

    async def run(self) -> int:
        """Serve until a signal; returns 0 after an orderly shutdown, 1 after a forced one. Raises `WedSyncError`."""
        await check_database(self._settings)
        loop = asyncio.get_running_loop()
        with reserve_port(self._settings.socket_host, self._settings.socket_port, "WEDSYNC_SOCKET_PORT") as reserved:
            self._port = reserved.getsockname()[1]
            http_socket = listening_socket(self._settings.http_host, self._settings.http_port)
            http_port = http_socket.getsockname()[1]
            for number in (signal.SIGTERM, signal.SIGINT):
                loop.add_signal_handler(number, self._on_signal)
            self._pool = await db.create_pool(self._dsn, "publishing", _PUBLISHING_SESSIONS)
            self._rules = RuleBook(self._pool)
            http = self._http_server()
            reading = asyncio.create_task(self._rules.run())
            serving = asyncio.create_task(http.serve(sockets=[http_socket]))
            keepers = [asyncio.create_task(self._keep(slot)) for slot in self._slots]
            addresses = Addresses(
                f"ws://{self._settings.socket_host}:{self._port}/realtime/v1",
                f"http://{self._settings.http_host}:{http_port}",
            )
            announcing = asyncio.create_task(self._announce(addresses))
            await self._stop.wait()
            announcing.cancel()
            self._draining = True
            log.info("worker_draining", gateways=len(self._slots))
            await self._drain(keepers)
            http.should_exit = True
            await serving
            reading.cancel()
            self._pool.terminate()
        if self._failure is not None:
            raise self._failure
        log.info("worker_stopped", forced=self._forced)
        return 1 if self._forced else 0

    def _http_server(self) -> HttpServer:
        self._verifier.sessions = SessionTokens(self._pool).identify
        publish, rate = Publisher(self._pool).publish, self._rules.messages_per_second
        dashboard = Dashboard(self._verifier, Overview(self._pool).read, self.readiness, self._figures)
        routes = [
            *publish_routes(publish, rate, self._verifier, self._settings.allowed_origins),
            webhook_route(Webhooks(self._pool).receive),
            *dashboard.routes(),
            *self._pages,
        ]
        return HttpServer(build_app(self.readiness, registry(self.snapshots, self._pids), routes))

    def readiness(self) -> Readiness:
        """Ready if every gateway is, and not shutting down."""
        if self._draining:
            return Readiness(("draining",))
        rules = self._rules.rules
        return Readiness(tuple(problem for slot in self._slots if (problem := slot.problem(rules))))

    def snapshots(self) -> dict[str, Snapshot]:
        """The last report of each gateway."""
        return {str(slot.number): slot.snapshot for slot in self._slots}

    def _pids(self) -> dict[str, int]:
        """Running processes."""
        return {str(slot.number): slot.pid for slot in self._slots if slot.pid is not None}

    def _figures(self) -> list[dict[str, object]]:
        return [slot.figures(self._rules.rules) for slot in self._slots]

    def _on_signal(self) -> None:
        if self._stop.is_set():
            self._kill()
        self._stop.set()

    async def _announce(self, addresses: Addresses) -> None:
        while not self.readiness().ready:
            self._reported.clear()
            await self._reported.wait()
        log.info("worker_ready", sockets=addresses.socket_url, http=addresses.http_url)
        if self._on_ready is not None:
            self._on_ready(addresses)

    async def _keep(self, slot: Slot) -> None:
        """Keep one gateway process running."""
        while not self._stop.is_set():
            code = await slot.run(self._settings, self._port, self._reported.set)
            if self._draining:
                return
            if code == SchemaTooNew.exit_code:
                self._failure = SchemaTooNew(
                    "the database has a newer breaking version than this worker knows", hint="upgrade the worker"
                )
                self._stop.set()
                return
            if code == SettingsError.exit_code:
                # The same settings would be refused again.
                self._failure = SettingsError(
                    "the settings cannot be used",
                    hint="`gateway_failed` in the log has the reason; see `wedsync doctor`",
                )
                self._stop.set()
                return
            if time.monotonic() - slot.started_at > _STABLE_AFTER:
                slot.backoff.reset()
            pause = slot.backoff.pause()
            log.error("gateway_crashed", gateway=slot.number, exit_code=code, restart_in=round(pause, 2))
            await asyncio.gather(self._bury(slot), asyncio.sleep(pause))

    async def _bury(self, slot: Slot) -> None:
        """End the lease of a dead process, so that its clients can resume elsewhere before it expires."""
        node, slot.node = slot.node, None
        if node is not None:
            try:
                await calls.end_lease(self._pool, node)
            except db.TRANSIENT as exc:
                log.warning("lease_not_ended", gateway=slot.number, error=type(exc).__name__)

    async def _drain(self, keepers: list[asyncio.Task[None]]) -> None:
        for slot in self._slots:
            slot.end()
        _, late = await asyncio.wait(keepers, timeout=DRAIN_SECONDS + KILL_AFTER)
        if late:
            self._kill()
            await asyncio.wait(late, timeout=_LAST_SECONDS)

    def _kill(self) -> None:
        self._forced = True
        for slot in self._slots:
            if slot.kill():
                log.error("gateway_killed", gateway=slot.number)


async def check_database(settings: Settings) -> None:
    """Fail on problems that waiting cannot solve; gateways wait for a database that is not available yet."""
    if settings.bus != "postgres" and (find_spec("nats") is None or find_spec("msgpack") is None):
        raise SettingsError(
            "WEDSYNC_BUS names a NATS server, but the NATS client is not installed", hint="pip install 'wedsync[nats]'"
        )
    try:
        connection = await db.connect(settings.listen_dsn or settings.need_dsn(), "worker check")
    except Unreachable as exc:
        log.warning("database_unreachable", reason=exc.message)
        return
    try:
        if await calls.is_standby(connection):
            # It may be promoted at any time.
            log.warning("database_is_standby", hint=db.STANDBY_HINT)
        await calls.check_installed(connection)
    except db.TRANSIENT as exc:
        raise db.explained(exc) from exc
    finally:
        connection.terminate()


def run(
    settings: Settings, on_ready: Callable[[Addresses], None] | None = None, pages: Sequence[BaseRoute] = ()
) -> int:
    """Run the worker until SIGTERM or SIGINT; returns the exit code. Raises `WedSyncError` if it cannot start."""
    logs.configure(settings.log_level)
    allow_many_files()
    with asyncio.Runner(loop_factory=event_loop) as runner:
        return runner.run(Supervisor(settings, on_ready, pages).run())
