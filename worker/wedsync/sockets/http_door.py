"""Plain HTTP on the socket port: stock clients send their broadcasts over HTTP to the address of the socket.

A request that does not begin like a GET is handed, with its transport, to an HTTP protocol of uvicorn. There is no
second hop, and no proxy is needed in front of the two ports.
"""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, Any

import uvicorn
from starlette.applications import Starlette
from uvicorn.server import ServerState

if TYPE_CHECKING:
    from collections.abc import Sequence

    from starlette.routing import BaseRoute

FIRST_BYTES = frozenset((b"P", b"O"))
"""POST and OPTIONS; openings of sockets begin with GET."""
_SECONDS = 60.0
_GRACE_SECONDS = 10.0


class HttpDoor:
    """Serves routes on connections that somebody else accepted."""

    def __init__(self, routes: Sequence[BaseRoute]) -> None:
        app = Starlette(routes=routes)
        self._config = uvicorn.Config(
            app, log_config=None, access_log=False, lifespan="off", ws="none", http="h11", timeout_keep_alive=5
        )
        self._config.load()
        self._state = ServerState()
        self._since: dict[Any, float] = {}

    def take(self, transport: asyncio.Transport, data: bytes) -> None:
        """Serve a connection from its first bytes on."""
        kind: Any = self._config.http_protocol_class
        protocol = kind(config=self._config, server_state=self._state, app_state={})
        self._since[protocol] = time.monotonic()
        transport.set_protocol(protocol)
        protocol.connection_made(transport)
        protocol.data_received(data)

    def sweep(self) -> None:
        """End connections that have been here for a minute, whatever they wait for."""
        now = time.monotonic()
        for protocol, since in tuple(self._since.items()):
            if protocol.transport.is_closing():
                del self._since[protocol]
            elif now - since > _SECONDS + _GRACE_SECONDS:
                protocol.transport.abort()
            elif now - since > _SECONDS:
                protocol.shutdown()

    async def drain(self, seconds: float) -> None:
        """Let requests end within `seconds`, then drop them."""
        for protocol in tuple(self._state.connections):
            protocol.shutdown()
        if self._state.tasks:
            await asyncio.wait(tuple(self._state.tasks), timeout=seconds)
        for protocol in tuple(self._since):
            protocol.transport.abort()
        self._since.clear()
