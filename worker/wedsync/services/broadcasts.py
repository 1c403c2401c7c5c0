"""Client broadcasts over the bus to all processes, and those of SQL about who joined and left."""

from __future__ import annotations

import uuid
from collections.abc import Iterable

from wedsync.channels.fan_out import deliver, fan_out
from wedsync.channels.hub import Hub
from wedsync.channels.subscription import Socket, Subscription
from wedsync.logs import logger
from wedsync.protocol.broadcasts import BadBroadcast, Broadcast, read_broadcast, read_collaboration, read_packed
from wedsync.protocol.phoenix import BroadcastRequest, CollaborationRequest
from wedsync.services.bus import Bus
from wedsync.services.rules import RuleBook

log = logger("broadcasts")


class Broadcasts:
    """Broadcasts of one node. `delivered` counts frames."""

    def __init__(self, node: uuid.UUID, hub: Hub, bus: Bus, rules: RuleBook) -> None:
        self.delivered = 0
        self._node = str(node)
        self._hub = hub
        self._bus = bus
        self._rules = rules

    def send(self, subscription: Subscription, request: BroadcastRequest[Subscription]) -> None:
        """Send what a client asks for. Raises `BadBroadcast`."""
        rules, room = self._rules.rules, subscription.room
        if not subscription.can_broadcast:
            raise BadBroadcast("BroadcastNotAllowed: clients cannot broadcast on this channel")
        if isinstance(request, CollaborationRequest):
            message = read_collaboration(*room, request.payload, subscription.user, rules.message_max_bytes)
        else:
            message = read_broadcast(*room, request.payload, rules.message_max_bytes)
            identity = subscription.identity
            is_server = identity is not None and identity.claims["role"] == "service_role"
            if not subscription.is_free and not is_server and message.event in rules.server_events:
                # Receivers would trust it as an event of the server.
                raise BadBroadcast("EventReserved: event names of this form are reserved for the server")
        self._deliver((message,), None if subscription.echo else subscription)
        self._bus.send("broadcast", {"node": self._node, **message.packed()})

    def receive(self, items: Iterable[object]) -> None:
        """Deliver messages of other processes."""
        messages = []
        for item in items:
            try:
                sender, message = read_packed(item)
            except ValueError:
                log.warning("broadcast_malformed")
                continue
            if sender != self._node:
                messages.append(message)
        self._deliver(messages, None)

    def _deliver(self, messages: Iterable[Broadcast], sender: Subscription | None) -> None:
        pending: dict[Socket, list[bytes]] = {}
        for message in messages:
            room = self._hub.room((message.topic, message.lane))
            self.delivered += fan_out(room, "broadcast", message.encoded, pending, lambda each: each is not sender)
        deliver(pending)
