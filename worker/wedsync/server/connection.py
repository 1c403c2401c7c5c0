"""A socket: RFC 6455 through websockets' Sans-I/O protocol, without its own task."""

from __future__ import annotations

import asyncio
import time
import uuid
from collections.abc import Coroutine, Iterable
from functools import partial
from typing import Any, cast

from websockets.frames import Frame, Opcode
from websockets.http11 import Request
from websockets.protocol import SEND_EOF, State
from websockets.server import ServerProtocol

from wedsync.auth import Identity
from wedsync.channels.positions import DeliveryAck, Position
from wedsync.channels.subscription import Subscription
from wedsync.channels.token_bucket import TokenBucket
from wedsync.logs import logger
from wedsync.protocol.channel import ChannelState
from wedsync.protocol.close_codes import CloseCode
from wedsync.protocol.frames import FrameError, Serializer, decode_binary, decode_text, text_frame, to_json
from wedsync.protocol.messages import Assembler
from wedsync.protocol.phoenix import Push, Session
from wedsync.server.host import Host
from wedsync.server.http_door import FIRST_BYTES
from wedsync.server.inflow import Inflow
from wedsync.server.opening import NOT_HTTP, answer
from wedsync.server.outflow import Outflow

log = logger("connection")

INBOUND_LIMIT = 5_000_000
"""Largest client message in bytes."""


class Connection(asyncio.Protocol):
    """State of one socket. `serializer` and `identity` are set once the handshake succeeded."""

    __slots__ = (
        "_assembler", "_host", "_inflow", "_is_new", "_outflow", "_transport", "_ws", "confirmed_at", "deadline", "delivery_ack",
        "empty_since", "heard_at", "id", "identity", "joins", "joins_in_flight", "messages", "open", "ping_at", "serializer",
        "session", "session_name", "user",
    )  # fmt: skip

    def __init__(self, host: Host) -> None:
        self._host = host
        self._ws = ServerProtocol(max_size=INBOUND_LIMIT, logger=host.protocol_logger)
        self._transport: asyncio.Transport
        self._assembler = Assembler()
        self._inflow: Inflow
        self._outflow: Outflow
        self.serializer = Serializer.V1
        self.identity: Identity
        self.session: Session[Subscription] = Session(partial(Subscription, self))
        self.joins_in_flight = 0
        self.joins, self.messages = TokenBucket(), TokenBucket()
        self._is_new = True
        self.open = False
        self.id = uuid.uuid4()
        # The client's session parameter, and the user that the socket is counted for.
        self.session_name: str | None = None
        self.user: str | None = None
        self.delivery_ack = DeliveryAck()
        self.heard_at = time.monotonic()
        self.ping_at = float("inf")
        self.confirmed_at = self.empty_since = self.heard_at
        self.deadline: float | None = self.heard_at + host.limits.handshake_seconds

    # Transport callbacks

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Wait for the opening request."""
        # uvloop's transports do not inherit from asyncio's class, but have the same interface.
        self._transport = cast("asyncio.Transport", transport)
        self._inflow = Inflow(self, self._transport, lambda: self._host.services.rules.messages_per_second)
        self._outflow = Outflow(self._transport, self._host.limits.buffer_bytes)
        self._host.connections[self] = None

    def connection_lost(self, exc: Exception | None) -> None:
        """Release all resources."""
        self._host.forget(self)
        if self.ping_at < float("inf"):
            self._host.services.closed(self.id)
        self._retire()

    def data_received(self, data: bytes) -> None:
        """Process received data. Anything that does not start like a handshake is HTTP."""
        if self._is_new:
            self._is_new = False
            if data[:1] in FIRST_BYTES:
                self._host.forget(self)
                self._host.door.take(self._transport, data)
                return
        self.heard_at = time.monotonic()
        self._inflow.take(data)

    def feed(self, data: bytes) -> int:
        """Feed the protocol and process its events. Returns the number of frames."""
        self._ws.receive_data(data)
        self._send_protocol_data()
        frames = self._handle_events()
        # Pongs and close frames count as well, so that clients that send without reading are closed.
        if self.open and self._outflow.is_overfull:
            self._shed()
        return frames

    def eof_received(self) -> bool:
        """The client has closed its side."""
        self._ws.receive_eof()
        self._send_protocol_data()
        return False

    def _handle_events(self) -> int:
        events = self._ws.events_received()
        for event in events:
            if isinstance(event, Request):
                self._transport.pause_reading()
                self._host.spawn(self._shake_hands(event), self)
            elif isinstance(event, Frame) and self.open:
                self._receive_frame(event)
        return len(events)

    def _send_protocol_data(self) -> None:
        pending = self._ws.data_to_send()
        if pending == [SEND_EOF] and self._ws.state is State.CONNECTING:
            pending.insert(0, NOT_HTTP)
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
            self.deadline = time.monotonic() + self._host.limits.close_seconds
        self._retire()

    # Handshake

    async def _shake_hands(self, request: Request) -> None:
        response, opened = await answer(self._host, self._ws, request, self.id)
        self._host.services.stats.count("handshakes", str(response.status_code))
        if self._transport.is_closing():
            self._host.services.closed(self.id)
            return
        self._ws.send_response(response)
        self._send_protocol_data()
        if opened is not None:
            self.serializer, self.identity = opened.serializer, opened.identity
            self.user, self.session_name = opened.identity.user, opened.session
            self.delivery_ack.confirmed = self._host.services.checkpoints.settled
            self.open = True
            self.deadline = None
            self.heard_at = self.empty_since = self.confirmed_at = time.monotonic()
            self.ping_at = self._host.next_ping(self.heard_at)
        self._transport.resume_reading()

    # Messages

    def _receive_frame(self, frame: Frame) -> None:
        if frame.opcode is Opcode.PONG:
            if self.delivery_ack.take(bytes(frame.data)):
                self.confirmed_at = time.monotonic()
                self._host.services.confirm(self)
            return
        message = self._assembler.add(frame)
        if message is not None:
            self._receive_message(*message)

    def _receive_message(self, opcode: Opcode, data: bytes) -> None:
        self.session.limit = self._host.services.rules.channels_per_socket
        stats = self._host.services.stats
        stats.count("messages_received")
        try:
            text = opcode is Opcode.TEXT
            message = decode_text(data.decode(), self.serializer) if text else decode_binary(data)
        except UnicodeDecodeError:
            self.close(CloseCode.INVALID_DATA, "a text message is not UTF-8")
            return
        except FrameError as exc:
            stats.count("messages_malformed")
            log.debug("message_malformed", reason=str(exc))
            return
        actions = self.session.receive(message.join_ref, message.ref, message.topic, message.event, message.payload)
        self._host.services.act(self, actions)
        self.note_emptiness()

    def note_emptiness(self) -> None:
        """Record since when the socket has no channel."""
        self.empty_since = float("inf") if self.session.channels else min(self.empty_since, time.monotonic())

    def push(self, pushes: Iterable[Push]) -> None:
        """Send protocol messages."""
        for push in pushes:
            self.deliver(
                text_frame(self.serializer, push.join_ref, push.ref, push.topic, push.event, to_json(push.payload))
            )

    def confirmed(self) -> Position | None:
        """The confirmed position of the client: that of the relay if nothing is in flight."""
        if self.delivery_ack.is_complete and not self.joins_in_flight:
            self.delivery_ack.confirmed = self._host.services.checkpoints.settled
        return self.delivery_ack.confirmed

    def note_unconfirmed(self) -> None:
        """Something is sent that the client has to confirm; its confirmed position stays until then."""
        self.confirmed()
        self.delivery_ack.written += 1
        self._host.unconfirmed[self] = None

    # What channels send

    def deliver(self, data: bytes) -> None:
        """Write encoded frames; a socket whose buffer exceeds the limit is closed instead and resumes by rejoining."""
        if not self.open:
            return
        # below its high-water mark, a buffer cannot exceed the limit
        if self._outflow.room is not None and self._outflow.is_overfull:
            self._shed()
        else:
            self._transport.write(data)

    def deliver_events(self, data: bytes) -> None:
        """The same for frames from the log, which the client has to confirm."""
        self.note_unconfirmed()
        self.deliver(data)

    async def deliver_all(self, frames: Iterable[bytes]) -> None:
        """Write many frames, no faster than the client reads; a client that does not read is closed."""
        self.note_unconfirmed()
        for data in frames:
            while self._outflow.room is not None and self.open:
                if not await self._outflow.is_read(self._host.limits.stall_seconds):
                    self._shed()
            if not self.open:
                return
            self._transport.write(data)

    def pause_writing(self) -> None:
        """The buffer is filling up."""
        self._outflow.pause()

    def resume_writing(self) -> None:
        """The client has read."""
        self._outflow.resume()

    def _shed(self) -> None:
        self.close(CloseCode.SLOW, "the client reads too slowly")
        self._transport.pause_reading()

    def spawn(self, work: Coroutine[Any, Any, None]) -> None:
        """Run work in the background; an unexpected error closes only this socket."""
        self._host.spawn(work, self)

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
        """Ping the client, and ask whether everything up to here has arrived."""
        if self.open and self._ws.state is State.OPEN:
            # Missed events of a join in flight may be older than any position.
            position = None if self.joins_in_flight else self._host.services.checkpoints.settled
            self._ws.send_ping(self.delivery_ack.ask(position))
            self._send_protocol_data()

    def abort(self) -> None:
        """Abort the connection."""
        self._transport.abort()

    def _retire(self, cause: str | None = None) -> None:
        """No more messages are sent or counted; subscriptions are released."""
        if self.open:
            self.open = False
            if cause is None:
                cause = "client" if self._ws.close_rcvd else "protocol_error" if self._ws.close_sent else "lost"
            self._host.services.stats.count("closed", cause)
        for subscription in tuple(self.session.channels.values()):
            subscription.state = ChannelState.CLOSED
            self._host.services.release(subscription)
        self.session.channels.clear()
        self._outflow.resume()
