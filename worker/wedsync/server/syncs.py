"""Events that a client asks for again by their number, a page at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wedsync.protocol.phoenix import SyncRequest, answer, synced
from wedsync.services.joins import JoinRefused, Subscriptions
from wedsync.services.live import Live

if TYPE_CHECKING:
    from wedsync.server.connection import Connection
    from wedsync.server.gateway import Gateway


class Syncs:
    """Pages that the clients of one gateway have asked for; one at a time for each socket, so that none waits behind many."""

    def __init__(self, gateway: Gateway, subscriptions: Subscriptions, live: Live) -> None:
        self._gateway = gateway
        self._subscriptions = subscriptions
        self._live = live
        self._asking: set[Connection] = set()

    def begin(self, connection: Connection, request: SyncRequest) -> None:
        """Answer in the background."""
        if not self._live.admits(connection, request):
            return
        if connection in self._asking:
            reason = "SyncInProgress: wait for the previous page"
            self._live.refuse(connection, request, reason)
            return
        self._asking.add(connection)
        self._gateway.spawn(self._send(connection, request), connection)

    async def _send(self, connection: Connection, request: SyncRequest) -> None:
        try:
            seat = connection.seats.get(request.channel.topic)
            if seat is None or seat.channel is not request.channel:
                connection.push((answer(request, reason="NotJoined: the channel is not joined"),))
                return
            page = await self._subscriptions.page(seat.member.subscription_id, request.after_seq, request.max_rows)
            if not request.channel.ended():
                connection.push(synced(request, page))
        except JoinRefused as exc:
            self._live.refuse(connection, request, str(exc))
        finally:
            self._asking.discard(connection)
