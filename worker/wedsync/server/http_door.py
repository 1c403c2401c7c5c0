"""HTTP on the socket port, to which stock clients send broadcasts over HTTP.

A request that does not start like a GET is passed, with its transport, to uvicorn's HTTP protocol. There is no
second hop, and no proxy is needed in front of the two ports. The connection is closed after the response: a proxy that reused
it would send handshakes here.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import uvicorn
from starlette.applications import Starlette
from uvicorn.server import ServerState

from wedsync.server.bounded_http import BoundedHttp, Waiting

if TYPE_CHECKING:
    from collections.abc import Sequence

    from starlette.routing import BaseRoute
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

FIRST_BYTES = frozenset((b"P", b"O"))
"""POST and OPTIONS; handshakes start with GET."""
_UNREAD_BYTES = 8_000_000
"""Bytes of an unwanted body that are read before the response."""


class HttpDoor:
    """Serves routes on connections accepted elsewhere."""

    def __init__(self, routes: Sequence[BaseRoute]) -> None:
        app = Starlette(routes=routes)
        self._config = uvicorn.Config(
            _read_first(app), log_config=None, access_log=False, lifespan="off", ws="none", http="h11"
        )
        self._waiting = Waiting()
        self._config.load()
        self._state = ServerState()
        self._state.default_headers = [(b"connection", b"close")]

    def take(self, transport: asyncio.Transport, data: bytes) -> None:
        """Serve a connection, given its first bytes."""
        protocol = BoundedHttp(config=self._config, server_state=self._state, app_state={}, waiting=self._waiting)
        transport.set_protocol(protocol)
        protocol.connection_made(transport)
        protocol.data_received(data)

    async def drain(self, seconds: float) -> None:
        """Wait for requests up to `seconds`, then abort them."""
        connections: tuple[Any, ...] = tuple(self._state.connections)
        for protocol in connections:
            protocol.shutdown()
        if self._state.tasks:
            await asyncio.wait(tuple(self._state.tasks), timeout=seconds)
        for protocol in connections:
            protocol.transport.abort()


def _read_first(app: ASGIApp) -> ASGIApp:
    """The application, whose responses wait for the end of the request: closing with unread bytes would reset the
    connection, and the client might lose the response."""

    async def serve(scope: Scope, receive: Receive, send: Send) -> None:
        unread = True

        async def reading() -> Message:
            nonlocal unread
            message = await receive()
            unread = message.get("more_body", False)
            return message

        async def answering(message: Message) -> None:
            room = _UNREAD_BYTES if message["type"] == "http.response.start" else 0
            while unread and room > 0:
                room -= len((await reading()).get("body", b""))
            await send(message)

        await app(scope, reading, answering)

    return serve
