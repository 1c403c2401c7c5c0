"""The response to the handshake of a socket: identity and serializer, or the refusal."""

from __future__ import annotations

import json
import uuid
from dataclasses import dataclass

from websockets.datastructures import MultipleValuesError
from websockets.http11 import Request, Response
from websockets.server import ServerProtocol

from wedsync.auth import Identity, TokenError, TokenUnchecked
from wedsync.channels.subscription import Refused
from wedsync.protocol.frames import Serializer
from wedsync.protocol.handshake import HandshakeRefused, read_opening
from wedsync.protocol.origins import REFUSED
from wedsync.server.host import Host

NOT_HTTP = (
    b"HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: 38\r\n\r\n"
    b'{"error": "not a WebSocket handshake"}'
)
"""The response to what the library cannot read."""
_SMALL_READER = "websockets/"
"""User agent of the Python client's library, whose limit of 1 MiB the client does not change."""


@dataclass(frozen=True, slots=True)
class Opened:
    """Fixed properties of a socket. `session` is the client's session parameter, or None."""

    identity: Identity
    serializer: Serializer
    session: str | None


async def answer(
    host: Host, protocol: ServerProtocol, request: Request, connection_id: uuid.UUID
) -> tuple[Response, Opened | None]:
    """The HTTP response, not yet sent, and the properties of the socket unless the request is refused."""
    try:
        return await _accept(host, protocol, request, connection_id)
    except HandshakeRefused as refusal:
        response = protocol.reject(refusal.status, json.dumps({"error": str(refusal)}))
        del response.headers["Content-Type"]
        response.headers["Content-Type"] = "application/json"
        if refusal.status == 426:
            response.headers["Upgrade"] = "websocket"
        if refusal.status in (429, 503):
            response.headers["Retry-After"] = "10"
        return response, None


async def _accept(
    host: Host, protocol: ServerProtocol, request: Request, connection_id: uuid.UUID
) -> tuple[Response, Opened]:
    header, origin = _only(request, "x-api-key"), _only(request, "origin")
    # Before version 16 the library only supports GET, and does not report the method.
    if getattr(request, "method", "GET") != "GET":
        raise HandshakeRefused(405, "open sockets with GET")
    opening = read_opening(request.path, header)
    if not host.origins.allow(origin):
        raise HandshakeRefused(403, REFUSED)
    response = protocol.accept(request)
    if response.status_code != 101:
        raise HandshakeRefused(response.status_code, f"not a WebSocket handshake: {protocol.handshake_exc}")
    if host.closing:
        raise HandshakeRefused(503, "this server is shutting down, try again")
    try:
        identity = await host.verifier.verify(opening.api_key)
        await host.services.open(connection_id, identity.claims, opening.session)
    except TokenUnchecked as exc:
        raise HandshakeRefused(503, str(exc)) from exc
    except TokenError as exc:
        raise HandshakeRefused(401, str(exc)) from exc
    except Refused as exc:
        raise HandshakeRefused(429, str(exc)) from exc
    serializer = Serializer(opening.version)
    if serializer is Serializer.V1 and _SMALL_READER in (_only(request, "user-agent") or ""):
        serializer = Serializer.V1_SMALL
    return response, Opened(identity, serializer, opening.session)


def _only(request: Request, name: str) -> str | None:
    try:
        return request.headers.get(name)
    except MultipleValuesError as exc:
        raise HandshakeRefused(400, f"the header {name} occurs twice") from exc
