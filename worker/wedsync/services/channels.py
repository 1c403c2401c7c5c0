"""Dispatches requests of clients and messages of other processes to services."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from wedsync.channels.positions import Checkpoints
from wedsync.channels.subscription import Refused, Socket, Subscription
from wedsync.metrics import Stats
from wedsync.protocol.broadcasts import BadBroadcast
from wedsync.protocol.json_values import json_problem
from wedsync.protocol.phoenix import (
    Action,
    BroadcastRequest,
    CollaborationRequest,
    JoinRequest,
    LeaveRequest,
    PresenceRequest,
    Push,
    Request,
    SyncRequest,
    TokenRequest,
    answer,
    synced,
)
from wedsync.services.bookkeeping import Bookkeeper
from wedsync.services.broadcasts import Broadcasts
from wedsync.services.endings import Endings
from wedsync.services.joins import Joins
from wedsync.services.presence import Presence
from wedsync.services.rules import RuleBook, Rules


@dataclass(eq=False)
class Channels:
    """Channel operations of one node. `refused` counts requests; `on_replaced` gets the ids of replaced sockets."""

    joins: Joins
    endings: Endings
    broadcasts: Broadcasts
    presence: Presence
    books: Bookkeeper
    rule_book: RuleBook
    checkpoints: Checkpoints
    stats: Stats
    on_replaced: Callable[[list[Any]], None] = lambda _ids: None
    refused: int = 0
    _syncing: set[Socket] = field(default_factory=set, init=False)

    # Sockets

    @property
    def rules(self) -> Rules:
        """The current settings."""
        return self.rule_book.rules

    async def open(self, socket_id: uuid.UUID, claims: Mapping[str, Any], session: str | None) -> None:
        """Count a socket. Raises `Refused` and `TokenError`."""
        await self.books.open(socket_id, claims, session)

    def alive(self, socket_id: uuid.UUID) -> None:
        """A socket sent a heartbeat."""
        self.books.alive(socket_id)

    def closed(self, socket_id: uuid.UUID) -> None:
        """A counted socket was closed."""
        self.books.closed(socket_id)

    def confirm(self, socket: Socket) -> None:
        """The client may have received more."""
        self.endings.confirm(socket)

    def release(self, subscription: Subscription) -> None:
        """The socket of a channel was closed."""
        self.endings.release(subscription, on_purpose=False)

    # Requests

    def act(self, socket: Socket, actions: Iterable[Action[Subscription]]) -> None:
        """Process a request of a client."""
        for action in actions:
            if isinstance(action, Push):
                socket.push((action,))
            elif isinstance(action, JoinRequest):
                self.joins.begin(action.channel)
            elif isinstance(action, LeaveRequest):
                # A rejoined channel continues; one that is left does not.
                superseded = action.channel.topic in socket.session.channels
                self.endings.release(action.channel, on_purpose=not superseded)
            elif isinstance(action, TokenRequest):
                self.joins.begin_refresh(action.channel)
            else:
                self._request(socket, action)

    def _request(self, socket: Socket, request: Request[Subscription]) -> None:
        """Process a request; refusals are answered, and the channel stays joined."""
        if not request.channel.is_admitted:
            socket.push((answer(request, reason="NotJoined: the channel is not joined"),))
            return
        most = self.rules.messages_per_second
        if not socket.messages.take(most, time.monotonic()):
            reason = f"MessageRateLimitReached: at most {most:g} messages a second, averaged over ten seconds"
            self._refuse(request, reason)
        elif isinstance(request, BroadcastRequest):
            self._broadcast(socket, request)
        elif isinstance(request, PresenceRequest):
            self._track(socket, request)
        elif socket in self._syncing:
            self._refuse(request, "SyncInProgress: wait for the previous page")
        else:
            # One at a time per socket, for fairness.
            self._syncing.add(socket)
            socket.spawn(self._sync(socket, request))

    def _refuse(self, request: Request[Subscription], reason: str) -> None:
        self.refused += 1
        request.channel.socket.push((answer(request, reason=reason),))

    def _broadcast(self, socket: Socket, request: BroadcastRequest[Subscription]) -> None:
        try:
            self.broadcasts.send(request.channel, request)
        except BadBroadcast as exc:
            self._refuse(request, str(exc))
            return
        if request.channel.ack or isinstance(request, CollaborationRequest):
            socket.push((answer(request),))

    def _track(self, socket: Socket, request: PresenceRequest[Subscription]) -> None:
        subscription = request.channel

        def outcome(problem: str | None) -> None:
            if problem is not None:
                self._refuse(request, problem)
            else:
                socket.push((answer(request),))

        event, meta = str(request.payload.get("event")).lower(), request.payload.get("payload")
        if not subscription.can_presence:
            self._refuse(request, "PresenceNotAvailable: this channel has no presence; it stays joined")
        elif event == "untrack":
            self.presence.changes.untrack(subscription, outcome)
        elif event != "track":
            self._refuse(request, "PresenceRefused: the event must be track or untrack")
        elif not isinstance(meta, dict):
            self._refuse(request, "PresenceRefused: Presence track payload must be a map")
        elif (problem := json_problem(meta)) is not None:
            self._refuse(request, f"PresenceRefused: the payload contains {problem}")
        else:
            self.presence.track(subscription, meta, outcome)

    async def _sync(self, socket: Socket, request: SyncRequest[Subscription]) -> None:
        try:
            page = await self.joins.page(request.channel, request.after_seq, request.max_rows)
            if not request.channel.ended():
                socket.push(synced(request, page))
        except Refused as exc:
            self._refuse(request, str(exc))
        finally:
            self._syncing.discard(socket)

    # The bus

    def receive(self, kind: str, items: list[Any]) -> None:
        """Receive messages of other processes."""
        if kind == "presence":
            self.presence.receive(items)
        elif kind == "replaced":
            self.on_replaced(items)
        elif kind == "broadcast":
            self.broadcasts.receive(items)
