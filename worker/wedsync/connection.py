"""One socket: RFC 6455 through websockets' Sans-I/O protocol, without a task of its own."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Iterable
from typing import TYPE_CHECKING, cast

from websockets.datastructures import MultipleValuesError
from websockets.frames import Frame, Opcode
from websockets.http11 import Request, Response
from websockets.protocol import SEND_EOF, State
from websockets.server import ServerProtocol

from wedsync.auth import Identity, TokenError
from wedsync.close_codes import CloseCode
from wedsync.frames import FrameError, Serializer, decode_binary, decode_text, text_frame, to_json
from wedsync.handshake import HandshakeRefused, read_opening
from wedsync.hub import Member
from wedsync.logs import logger
from wedsync.phoenix import Action, Channel, ChannelState, JoinRequest, LeaveRequest, Push, Session, TokenRequest

if TYPE_CHECKING:
    from wedsync.gateway import Gateway

log = logger("connection")

INBOUND_LIMIT = 5_000_000
"""Largest client message in bytes."""

_NOT_HTTP = (
    b"HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: 38\r\n\r\n"
    b'{"error": "not a WebSocket handshake"}'
)


class Seat:
    """A joined channel: its member in the hub and the identity whose rights it has."""

    __slots__ = ("channel", "identity", "member")

    def __init__(self, channel: Channel, member: Member, identity: Identity) -> None:
        self.channel = channel
        self.member = member
        self.identity = identity


class Connection(asyncio.Protocol):
    """State of one socket. `serializer` and `identity` are set once the handshake succeeded."""

    __slots__ = (
        "_fragments", "_gateway", "_opcode", "_transport", "_ws", "deadline", "empty_since", "heard_at", "identity",
        "joins_in_flight", "open", "pinged", "seats", "serializer", "session",
    )  # fmt: skip

    def __init__(self, gateway: Gateway) -> None:
        self._gateway = gateway
        self._ws = ServerProtocol(max_size=INBOUND_LIMIT, logger=gateway.protocol_logger)
        self._transport: asyncio.Transport
        self._fragments: bytearray | None = None
        self._opcode = Opcode.TEXT
        self.serializer = Serializer.V1
        self.identity: Identity
        self.session = Session()
        self.seats: dict[str, Seat] = {}
        self.joins_in_flight = 0
        self.open = False
        self.pinged = False
        self.heard_at = time.monotonic()
        self.empty_since = self.heard_at
        self.deadline: float | None = self.heard_at + gateway.limits.handshake_seconds

    # Transport callbacks

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Wait for the opening request."""
        # uvloop's transports are not of asyncio's class, but do the same.
        self._transport = cast("asyncio.Transport", transport)
        self._gateway.connections[self] = None

    def connection_lost(self, exc: Exception | None) -> None:
        """Give everything back."""
        self._gateway.forget(self)
        self._retire()

    def data_received(self, data: bytes) -> None:
        """Feed the protocol and act on what it understood."""
        self.heard_at = time.monotonic()
        self.pinged = False
        self._ws.receive_data(data)
        self._send_protocol_data()
        self._handle_events()
        # Pongs and close frames count as well: whoever sends without ever reading is shed.
        if self.open and self._overfull():
            self._shed()

    def eof_received(self) -> bool:
        """The client sends no more; nothing useful can follow."""
        self._ws.receive_eof()
        self._send_protocol_data()
        return False

    def _handle_events(self) -> None:
        for event in self._ws.events_received():
            if isinstance(event, Request):
                self._transport.pause_reading()
                self._gateway.spawn(self._shake_hands(event), self)
            elif isinstance(event, Frame) and self.open:
                self._receive_frame(event)

    def _send_protocol_data(self) -> None:
        pending = self._ws.data_to_send()
        if pending == [SEND_EOF] and self._ws.state is State.CONNECTING:
            pending.insert(0, _NOT_HTTP)
        for data in pending:
            if self._transport.is_closing():
                return
            if data:
                self._transport.write(data)
            else:
                # After our EOF the client closes; the sweeper aborts those that do not.
                self._expect_end()
                if self._transport.can_write_eof():
                    self._transport.write_eof()
        if self._ws.close_expected():
            self._expect_end()

    def _expect_end(self) -> None:
        if self.deadline is None or not self.open:
            self.deadline = time.monotonic() + self._gateway.limits.close_seconds
        self._retire()

    # Handshake

    async def _shake_hands(self, request: Request) -> None:
        try:
            response = await self._respond(request)
        except HandshakeRefused as refusal:
            self._gateway.stats.count("handshakes", str(refusal.status))
            body = json.dumps({"error": str(refusal)})
            response = self._ws.reject(refusal.status, body)
            del response.headers["Content-Type"]
            response.headers["Content-Type"] = "application/json"
            if refusal.status == 426:
                response.headers["Upgrade"] = "websocket"
        if self._transport.is_closing():
            return
        self._ws.send_response(response)
        self._send_protocol_data()
        if response.status_code == 101:
            self._gateway.stats.count("handshakes", "101")
            self.open = True
            self.deadline = None
            self.heard_at = self.empty_since = time.monotonic()
        self._transport.resume_reading()

    async def _respond(self, request: Request) -> Response:
        try:
            header = request.headers.get("x-api-key")
        except MultipleValuesError as exc:
            raise HandshakeRefused(400, "the header x-api-key is given twice") from exc
        # Before version 16 the library reads GET requests only, and tells no method.
        if getattr(request, "method", "GET") != "GET":
            raise HandshakeRefused(405, "sockets are opened with GET")
        opening = read_opening(request.path, header)
        response = self._ws.accept(request)
        if response.status_code != 101:
            raise HandshakeRefused(response.status_code, f"not a WebSocket handshake: {self._ws.handshake_exc}")
        if self._gateway.closing:
            raise HandshakeRefused(503, "this server is shutting down")
        try:
            self.identity = await self._gateway.verifier.verify(opening.api_key)
        except TokenError as exc:
            raise HandshakeRefused(401, str(exc)) from exc
        self.serializer = Serializer(opening.version)
        return response

    # Messages

    def _receive_frame(self, frame: Frame) -> None:
        if frame.opcode in (Opcode.TEXT, Opcode.BINARY):
            self._opcode = frame.opcode
            if frame.fin:
                self._receive_message(bytes(frame.data))
            else:
                self._fragments = bytearray(frame.data)
        elif frame.opcode is Opcode.CONT and self._fragments is not None:
            self._fragments += frame.data
            if frame.fin:
                data, self._fragments = bytes(self._fragments), None
                self._receive_message(data)

    def _receive_message(self, data: bytes) -> None:
        stats = self._gateway.stats
        stats.count("messages_received")
        try:
            text = self._opcode is Opcode.TEXT
            message = decode_text(data.decode(), self.serializer) if text else decode_binary(data)
        except UnicodeDecodeError:
            self.close(CloseCode.INVALID_DATA, "a text message is not UTF-8")
            return
        except FrameError as exc:
            stats.count("messages_malformed")
            log.debug("message_malformed", reason=str(exc))
            return
        actions = self.session.receive(message.join_ref, message.ref, message.topic, message.event, message.payload)
        self._act(actions)

    def _act(self, actions: Iterable[Action]) -> None:
        for action in actions:
            if isinstance(action, Push):
                self.push((action,))
            elif isinstance(action, JoinRequest):
                self._gateway.channels.begin_join(self, action.channel)
            elif isinstance(action, LeaveRequest):
                self._gateway.channels.release(self, action.channel)
            elif isinstance(action, TokenRequest):
                self._gateway.channels.begin_refresh(self, action.channel, action.token)
        self.note_emptiness()

    def note_emptiness(self) -> None:
        """Remember since when the socket has no channel."""
        self.empty_since = float("inf") if self.session.channels else min(self.empty_since, time.monotonic())

    def push(self, pushes: Iterable[Push]) -> None:
        """Send protocol messages."""
        for push in pushes:
            self.deliver(
                text_frame(self.serializer, push.join_ref, push.ref, push.topic, push.event, to_json(push.payload))
            )

    # The hub's view

    def deliver(self, data: bytes) -> None:
        """Write finished frames; a socket whose buffer is over the cap is closed instead and resumes by rejoining."""
        if not self.open:
            return
        if self._overfull():
            self._shed()
        else:
            self._transport.write(data)

    def _overfull(self) -> bool:
        return self._transport.get_write_buffer_size() > self._gateway.limits.buffer_bytes

    def _shed(self) -> None:
        self.close(CloseCode.SLOW, "the client reads too slowly")
        self._transport.pause_reading()

    def lost(self, member: Member, reason: str) -> None:
        """The right behind a channel is gone: say why and close the channel."""
        self._gateway.channels.lost(self, member, reason)

    def rejoin(self, member: Member, reason: str) -> None:
        """Ask the client to join a channel anew."""
        self._gateway.channels.rejoin(self, member, reason)

    # Ending

    def close(self, code: CloseCode, reason: str) -> None:
        """Start the closing handshake; `reason` has at most 123 bytes."""
        if self._ws.state is State.OPEN:
            self._retire(code.name.lower())
            self._ws.send_close(code, reason)
            self._send_protocol_data()
        elif self._ws.state is State.CONNECTING:
            self._transport.abort()

    def ping(self) -> None:
        """Ask for a sign of life."""
        if self.open and self._ws.state is State.OPEN:
            self.pinged = True
            self._ws.send_ping(b"")
            self._send_protocol_data()

    def abort(self) -> None:
        """Drop the connection at once."""
        self._transport.abort()

    def forget_seats(self) -> None:
        """The database lost the subscriptions: nothing is left to give back."""
        self.seats.clear()

    def _retire(self, cause: str | None = None) -> None:
        """No message goes out or counts any more; subscriptions are given back."""
        if self.open:
            self.open = False
            if cause is None:
                cause = "client" if self._ws.close_rcvd else "protocol_error" if self._ws.close_sent else "lost"
            self._gateway.stats.count("closed", cause)
        for channel in tuple(self.session.channels.values()):
            channel.state = ChannelState.CLOSED
            self._gateway.channels.release(self, channel)
        self.session.channels.clear()
