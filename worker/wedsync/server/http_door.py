"""Plain HTTP on the socket port: stock clients send their broadcasts over HTTP to the address of the socket.

A request that does not begin like a GET is handed, with its transport, to an HTTP protocol of uvicorn. There is no
second hop, and no proxy is needed in front of the two ports. The connection ends with the answer: a proxy that kept it
would send the opening of a socket here, where there are none.
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
"""POST and OPTIONS; openings of sockets begin with GET."""
_UNREAD_BYTES = 8_000_000
"""So much of a body that nobody asked for is read before the answer."""


class HttpDoor:
    """Serves routes on connections that somebody else accepted."""

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
        """Serve a connection from its first bytes on."""
        protocol = BoundedHttp(config=self._config, server_state=self._state, app_state={}, waiting=self._waiting)
        transport.set_protocol(protocol)
        protocol.connection_made(transport)
        protocol.data_received(data)

    async def drain(self, seconds: float) -> None:
        """Let requests end within `seconds`, then drop them."""
        connections: tuple[Any, ...] = tuple(self._state.connections)
        for protocol in connections:
            protocol.shutdown()
        if self._state.tasks:
            await asyncio.wait(tuple(self._state.tasks), timeout=seconds)
        for protocol in connections:
            protocol.transport.abort()


def _read_first(app: ASGIApp) -> ASGIApp:
    """The application, whose answers wait for the end of the request: to close over unread bytes would reset the
    connection, and the client might lose the answer with it."""

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
