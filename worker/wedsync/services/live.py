"""What clients do among themselves: broadcasts and presence, within the limits, over the bus to all processes."""

from __future__ import annotations

import asyncio
import re
import time
import uuid
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from wedsync.channels.presence_topic import Change
from wedsync.channels.subscription import Deliveries
from wedsync.channels.token_bucket import TokenBucket
from wedsync.database.writing import Progress
from wedsync.logs import logger
from wedsync.protocol.broadcasts import (
    BadBroadcast,
    Broadcast,
    Form,
    read_broadcast,
    read_collaboration,
    read_packed,
    timestamp,
)
from wedsync.protocol.frames import to_json
from wedsync.protocol.json_values import json_problem
from wedsync.protocol.phoenix import BroadcastRequest, CollaborationRequest, PresenceRequest, SyncRequest, answer
from wedsync.services.bus import TICK_SECONDS, Bus
from wedsync.services.presence import Presence, send_state
from wedsync.services.presence_changes import PresenceChanges
from wedsync.services.rooms import Mail, Rooms, lane_of
from wedsync.services.rules import RuleBook

if TYPE_CHECKING:
    from wedsync.server.connection import Connection
    from wedsync.services.seats import Seat

log = logger("live")

Request = BroadcastRequest | PresenceRequest | SyncRequest

_FINISH_SECONDS = 1.0
_WEDDING_PRESENCE = re.compile(r"presence_([0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12})")


class Live:
    """Live traffic of one node. `on_replaced` is told the ids of sockets, of any node, whose place others took.

    `writer` is a pool whose sessions know how the bus is told of presence."""

    def __init__(self, node: uuid.UUID, bus: Bus, rules: RuleBook, *, writer: Any, reader: Any) -> None:
        self.on_replaced: Callable[[list[Any]], None] = lambda _ids: None
        self.broadcasts = 0
        self.refused = 0
        self._node = str(node)
        self._bus = bus
        self._rules = rules
        self._rooms = Rooms()
        self._counts = Deliveries()
        self._presence = Presence(reader, self._announce, self._counts)
        self._changes = PresenceChanges(node, writer, bus)
        bus.listen(self._hear, self._presence.missed)

    @property
    def dropped(self) -> int:
        """Items that the bus gave up."""
        return self._bus.dropped

    @property
    def progress(self) -> Mapping[str, Progress]:
        """The parts of the work by name, and whether each gets it done."""
        return {**self._bus.progress, "presence": self._changes.progress, "presence states": self._presence.progress}

    def take_counts(self) -> Deliveries:
        """What users received since the last call."""
        counts = Deliveries(self._counts)
        self._counts.clear()
        return counts

    async def run(self) -> None:
        """Work until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            for part in (self._bus, self._changes, self._presence):
                tasks.create_task(part.run())

    # Channels come and go

    def enter(self, seat: Seat) -> None:
        """A channel was joined."""
        self._rooms.enter(seat)
        if not seat.channel.presence:
            return
        if seat.joined.can_presence:
            self._presence.enter(seat)
        else:
            # Clients that asked for presence wait for a state, even where nobody can be present.
            send_state(seat, {})

    def leave(self, seat: Seat) -> None:
        """A channel ended."""
        self._rooms.leave(seat)
        self._presence.leave(seat)
        self._changes.leave(seat)

    def replace(self, earlier: Seat, seat: Seat) -> None:
        """A channel goes on with another subscription."""
        self._rooms.leave(earlier)
        self._rooms.enter(seat)
        self._presence.replace(earlier, seat)
        self._changes.replace(earlier, seat)

    async def finish(self) -> None:
        """Tell the others who has left with the last sockets."""
        await self._changes.finish(_FINISH_SECONDS)
        if not self._bus.sql_announces:
            await asyncio.sleep(5 * TICK_SECONDS)

    def clear(self) -> None:
        """The database lost all subscriptions."""
        self._rooms.clear()
        self._presence.clear()
        self._changes.clear()
        self._bus.begin_anew()

    # Requests of clients

    def receive(self, connection: Connection, request: BroadcastRequest | PresenceRequest) -> None:
        """Do what a client asks; a refusal is told, and the channel stays."""
        channel = request.channel
        seat = connection.seats.get(channel.topic)
        if seat is None or seat.channel is not channel:
            connection.push((answer(request, reason="NotJoined: the channel is not joined"),))
            return
        if not self.admits(connection, request):
            return
        if isinstance(request, BroadcastRequest):
            self._broadcast(connection, seat, request)
        else:
            self._track(connection, seat, request)

    def admits(self, connection: Connection, request: Request) -> bool:
        """Whether the socket is within its rate of messages; if not, the client is told."""
        most, now = self._rules.rules.messages_per_second, time.monotonic()
        if connection.allowance is None:
            connection.allowance = TokenBucket(most, now)
        if connection.allowance.take(most, now):
            return True
        reason = f"MessageRateLimitReached: at most {most:g} messages a second, averaged over ten seconds"
        self.refuse(connection, request, reason)
        return False

    def refuse(self, connection: Connection, request: Request, reason: str) -> None:
        """Tell a client why not, and count it."""
        self.refused += 1
        connection.push((answer(request, reason=reason),))

    def _broadcast(self, connection: Connection, seat: Seat, request: BroadcastRequest) -> None:
        if not seat.joined.can_broadcast:
            reason = "BroadcastNotAllowed: clients cannot broadcast on this channel"
            self.refuse(connection, request, reason)
            return
        largest, name, lane = self._rules.rules.message_max_bytes, seat.channel.name, lane_of(seat)
        is_event = isinstance(request, CollaborationRequest)
        try:
            if is_event:
                message = read_collaboration(name, lane, request.payload, seat.identity.user, largest)
            else:
                message = read_broadcast(name, lane, request.payload, largest)
                self._check_name(message.event, seat)
        except BadBroadcast as exc:
            self.refuse(connection, request, str(exc))
            return
        self._deliver(message, None if request.channel.echo else seat)
        self._bus.send("broadcast", {"node": self._node, **message.packed()})
        if request.channel.ack or is_event:
            connection.push((answer(request),))

    def _check_name(self, event: str, seat: Seat) -> None:
        """Raises `BadBroadcast` for what the others would take for word of the server."""
        may_send = seat.joined.is_free or seat.identity.claims["role"] == "service_role"
        if not may_send and event in self._rules.rules.server_events:
            raise BadBroadcast("EventReserved: event names of this form are reserved for the server")

    def _track(self, connection: Connection, seat: Seat, request: PresenceRequest) -> None:
        if not seat.joined.can_presence:
            self.refuse(connection, request, "PresenceNotAvailable: this channel has no presence; it stays joined")
            return

        def outcome(problem: str | None) -> None:
            if problem is not None:
                self.refuse(connection, request, problem)
            else:
                connection.push((answer(request),))

        event, meta = str(request.payload.get("event")).lower(), request.payload.get("payload")
        if event == "untrack":
            self._changes.untrack(seat, outcome)
        elif event != "track":
            self.refuse(connection, request, "PresenceRefused: the event must be track or untrack")
        elif not isinstance(meta, dict):
            self.refuse(connection, request, "PresenceRefused: Presence track payload must be a map")
        elif (problem := json_problem(meta)) is not None:
            self.refuse(connection, request, f"PresenceRefused: the payload contains {problem}")
        else:
            if not seat.channel.presence:
                seat.channel.presence = True
                self._presence.enter(seat)
            self._changes.track(seat, meta, outcome)

    # What the bus brings

    def _hear(self, kind: str, items: list[Any]) -> None:
        if kind == "presence":
            self._presence.hear(items)
        elif kind == "replaced":
            self.on_replaced(items)
        elif kind == "broadcast":
            mail = Mail("broadcast", self._counts)
            for item in items:
                try:
                    sender, message = read_packed(item)
                except ValueError:
                    log.warning("broadcast_malformed")
                    continue
                if sender != self._node:
                    self._put(mail, message, None)
            mail.send()

    def _deliver(self, message: Broadcast, sender: Seat | None) -> None:
        mail = Mail("broadcast", self._counts)
        self._put(mail, message, sender)
        mail.send()

    def _put(self, mail: Mail, message: Broadcast, sender: Seat | None) -> None:
        if not self._rooms.occupied(message.topic):
            return
        seats = [s for s in self._rooms.seats(message.topic) if s is not sender and lane_of(s) == message.lane]
        self.broadcasts += mail.put(seats, message.encoded)

    def _announce(self, topic: str, change: Change) -> None:
        """Tell the people of a wedding who is looking at it, on this node; every node hears the change itself."""
        found = _WEDDING_PRESENCE.fullmatch(topic)
        if found is None:
            return
        couple_id = found[1]
        for audience in (topic, f"core_fields_{couple_id}"):
            if self._rooms.occupied(audience):
                self._deliver(_presence_event(audience, couple_id, change), None)


def _presence_event(audience: str, couple_id: str, change: Change) -> Broadcast:
    event = "user_left" if change.join is None else "user_joined" if change.leave is None else "presence_update"
    meta: Mapping[str, object] = change.join or change.leave or {}
    data = {name: value for name, value in meta.items() if name not in ("phx_ref", "phx_ref_prev")}
    payload = {
        "type": event, "data": data, "key": change.key, "user_id": change.user, "couple_id": couple_id,
        "timestamp": timestamp(),
    }  # fmt: skip
    return Broadcast(audience, None, event, Form.TEXT, to_json(payload).encode(), f'{{"id":"{uuid.uuid4()}"}}')
