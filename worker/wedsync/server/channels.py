"""Joining and refreshing: what a channel needs from tokens, SQL and the hub together."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterable
from typing import TYPE_CHECKING

from wedsync.auth import Identity, TokenError, TokenVerifier
from wedsync.channels.hub import Hub, JoinInFlight, encode
from wedsync.channels.replay import read_replay
from wedsync.channels.snapshots import Snapshot
from wedsync.channels.subscription import Member
from wedsync.protocol.channel import Channel
from wedsync.protocol.phoenix import (
    CHANNELS_PER_SOCKET,
    Action,
    JoinRequest,
    LeaveRequest,
    Push,
    SyncRequest,
    TokenRequest,
)
from wedsync.server.connection import Connection
from wedsync.server.endings import Endings, tell_resync
from wedsync.server.join_rates import JoinRates
from wedsync.server.syncs import Syncs
from wedsync.services.bookkeeping import TooMany
from wedsync.services.departures import Departure, Place
from wedsync.services.joins import Joined, JoinRefused, Subscriptions
from wedsync.services.live import Live
from wedsync.services.missed import Missed
from wedsync.services.seats import Seat

if TYPE_CHECKING:
    from wedsync.server.gateway import Gateway

_AUTHORISED = frozenset(("InvalidBinding", "ClientJoinRateLimitReached"))
"""Refusals on topics that the client may join. Others are counted without the name, which anybody makes up at will."""
_TRY_AGAIN = frozenset(
    ("InitializingProjectConnection", "RealtimeRestarting", "TimeoutOnRpcCall", "UnableToConnectToProject")
)


class Channels:
    """Channel work of one gateway."""

    def __init__(
        self, gateway: Gateway, verifier: TokenVerifier, subscriptions: Subscriptions, hub: Hub, live: Live
    ) -> None:
        self.live = live
        self._gateway = gateway
        self._verifier = verifier
        self._subscriptions = subscriptions
        self._hub = hub
        self.endings = Endings(gateway, subscriptions, hub, live)
        self.syncs = Syncs(gateway, subscriptions, live)
        self._refreshing: set[Channel] = set()
        self._rates = JoinRates(gateway.rules)

    def act(self, connection: Connection, actions: Iterable[Action]) -> None:
        """Do what a message of a client asks for."""
        for action in actions:
            if isinstance(action, Push):
                connection.push((action,))
            elif isinstance(action, JoinRequest):
                self.begin_join(connection, action.channel)
            elif isinstance(action, LeaveRequest):
                # A channel that is joined anew goes on; one that is left does not.
                superseded = action.channel.topic in connection.session.channels
                self.endings.release(connection, action.channel, on_purpose=not superseded)
            elif isinstance(action, TokenRequest):
                self.begin_refresh(connection, action.channel)
            elif isinstance(action, SyncRequest):
                self.syncs.begin(connection, action)
            else:
                self.live.receive(connection, action)

    def begin_join(self, connection: Connection, channel: Channel) -> None:
        """Join in the background; the client hears the outcome."""
        reason = self._rates.refusal(connection)
        if connection.joins_in_flight >= CHANNELS_PER_SOCKET:
            reason = f"ClientJoinRateLimitReached: at most {CHANNELS_PER_SOCKET} joins of a socket may be pending"
        if reason is not None:
            self._gateway.stats.count("joins", "ClientJoinRateLimitReached")
            connection.push(connection.session.refused(channel, reason))
            return
        connection.joins_in_flight += 1
        self._gateway.spawn(self._join(connection, channel), connection)

    def begin_refresh(self, connection: Connection, channel: Channel) -> None:
        """Take over the channel's new token in the background. A channel that still joins does so when it has joined."""
        seat = connection.seats.get(channel.topic)
        if seat is not None and seat.live_from_cursor is not None and channel not in self._refreshing:
            self._refreshing.add(channel)
            self._gateway.spawn(self._refresh_all(connection, channel), connection)

    async def _join(self, connection: Connection, channel: Channel) -> None:
        try:
            await self._enter(connection, channel)
        finally:
            connection.joins_in_flight -= 1

    async def _enter(self, connection: Connection, channel: Channel) -> None:
        token, user = channel.token, None
        try:
            identity = await self._identify(connection, token)
            user = identity.user
            await self._count_user(connection, identity)
            if channel.ended():
                return
            flight = self._hub.begin_join()
            place = Place(user, connection.session_name, channel.name)
            joined = await self._ask(flight, identity, place, channel, connection)
            missed = await self._missed(flight, joined, place, channel)
        except (TokenError, JoinRefused, TooMany) as exc:
            self._gateway.stats.count("joins", exc.code)
            self._gateway.books.count(user, channel.name if exc.code in _AUTHORISED else "", "refused")
            if not channel.ended():
                connection.push(connection.session.refused(channel, str(exc)))
                connection.note_emptiness()
            return
        if channel.ended():
            self._hub.abandon(flight)
            self._subscriptions.departures.leave(
                Departure(joined.subscription_id, place, joined.unheard, connection.confirmed())
            )
            return
        seat = _seat(connection, channel, place, joined, identity, missed.until)
        self._gateway.stats.count("joins", "ok")
        self._gateway.books.count(user, channel.name, "subscribe")
        reply, *notes = connection.session.joined(channel, joined.postgres_changes)
        connection.push((reply,))
        try:
            await self._catch_up(connection, seat, missed)
        except JoinRefused as exc:
            self._gateway.stats.count("channels_ended", "resync")
            if not channel.ended():
                self.endings.end(connection, channel, str(exc), recoverable=True)
        if channel.ended():
            self._hub.abandon(flight)
            return
        connection.push(notes)
        self._hub.complete(flight, seat.member)
        seat.live_from_cursor = self._gateway.checkpoints.number
        if connection.seats.get(channel.topic) is seat:
            self.live.enter(seat)
        self.endings.expiries.watch(connection, seat)
        if channel.token is not None and channel.token != token:
            self.begin_refresh(connection, channel)

    async def _count_user(self, connection: Connection, identity: Identity) -> None:
        """A socket that was opened with a key that names nobody counts for the first who joins. Raises `TooMany`."""
        if connection.user is None and identity.user is not None:
            await self._gateway.books.open(connection.id, identity.claims, connection.session_name)
            connection.user = identity.user

    async def _missed(self, flight: JoinInFlight, joined: Joined, place: Place, channel: Channel) -> Missed:
        """What the client wants again or missed.

        Raises `JoinRefused`, after which it can still go on from there.
        """
        try:
            return await self._subscriptions.missed(joined, read_replay(channel.config))
        except BaseException:
            self._hub.abandon(flight)
            self._subscriptions.departures.leave(Departure(joined.subscription_id, place, joined.unheard, None))
            raise

    async def _catch_up(self, connection: Connection, seat: Seat, missed: Missed) -> None:
        """Send what the client missed, at its own pace; what happens meanwhile waits in the hub. Raises `JoinRefused`."""
        channel, stats = seat.channel, self._gateway.stats
        if seat.joined.resync:
            stats.count("resumes", "resync")
        elif seat.joined.missed_since is not None:
            stats.count("resumes", "ok")
        if seat.joined.resync or missed.resync:
            tell_resync(connection, channel)
        async for page in missed.pages():
            await connection.deliver_all(
                encode(row, connection.serializer, channel.topic, channel.join_ref) for row in page
            )
            for kind, number in Counter(str(row["kind"]) for row in page).items():
                self._gateway.books.count(seat.identity.user, channel.name, kind, number)
            if channel.ended():
                return

    async def _refresh_all(self, connection: Connection, channel: Channel) -> None:
        """One token after the other; those that came in between are passed over."""
        try:
            taken = None
            while channel.token is not None and channel.token != taken and not channel.ended():
                await self._rates.wait(connection)
                taken = channel.token
                await self._refresh(connection, channel, taken)
        finally:
            self._refreshing.discard(channel)

    async def _refresh(self, connection: Connection, channel: Channel, token: str) -> None:
        earlier = connection.seats.get(channel.topic)
        if earlier is None or earlier.channel is not channel:
            return
        try:
            identity = await self._identify(connection, token)
            if channel.ended():
                return
            place = Place(identity.user, connection.session_name, channel.name)
            joined = await self._subscriptions.join(identity.claims, place, channel.config, connection.id, refresh=True)
        except (TokenError, JoinRefused) as exc:
            if not channel.ended() and channel.token == token:
                recoverable = isinstance(exc, TokenError) or exc.code in _TRY_AGAIN
                self.endings.end(connection, channel, str(exc), recoverable=recoverable)
            return
        if channel.ended():
            # It was given back with its subscription, which is still the same.
            return
        self._gateway.stats.count("refreshes")
        member = earlier.member
        member.user = identity.user
        seat = connection.seats[channel.topic] = Seat(channel, place, member, identity, joined)
        seat.succeed(earlier)
        self.live.replace(earlier, seat)
        self.endings.expiries.forget(earlier)
        self.endings.expiries.watch(connection, seat)

    async def _identify(self, connection: Connection, token: str | None) -> Identity:
        """Whoever the token names, or the socket's key where there is none. Raises `TokenError`, `JoinRefused`."""
        identity = connection.identity if token is None else await self._verifier.verify(token)
        if identity.expires_at <= time.time():
            raise TokenError("InvalidJWTToken", "the token has expired")
        if not identity.may_join():
            raise JoinRefused("Unauthorized", "sign in first: the sub of the token must be a uuid")
        if not self._gateway.ready():
            raise JoinRefused("UnableToConnectToProject", "the database is not available, try again")
        return identity

    async def _ask(
        self,
        flight: JoinInFlight,
        identity: Identity,
        place: Place,
        channel: Channel,
        connection: Connection,
    ) -> Joined:
        try:
            return await self._subscriptions.join(identity.claims, place, channel.config, connection.id)
        except BaseException:
            self._hub.abandon(flight)
            raise


def _seat(
    connection: Connection, channel: Channel, place: Place, joined: Joined, identity: Identity, since: Snapshot
) -> Seat:
    member = Member(
        connection,
        connection.serializer,
        channel.topic,
        joined.subscription_id,
        joined.group_id,
        since,
        identity.user,
    )
    seat = Seat(channel, place, member, identity, joined)
    connection.seats[channel.topic] = seat
    return seat
