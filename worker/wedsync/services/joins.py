"""Joining and refreshing channels, with tokens, SQL and the hub. SQL decides who may receive what."""

from __future__ import annotations

import asyncio
import time
import uuid
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import asyncpg

from wedsync.auth import Identity, TokenError, TokenVerifier
from wedsync.channels.hub import Hub, JoinInFlight, encode
from wedsync.channels.positions import Checkpoints
from wedsync.channels.replay import read_replay
from wedsync.channels.subscription import JoinAnswer, Refused, Socket, Subscription
from wedsync.database import calls
from wedsync.database.connections import TRANSIENT
from wedsync.logs import logger
from wedsync.metrics import Stats
from wedsync.protocol.phoenix import CHANNELS_PER_SOCKET
from wedsync.services.bookkeeping import Bookkeeper
from wedsync.services.endings import Endings
from wedsync.services.leaves import Leaves
from wedsync.services.missed import Missed
from wedsync.services.presence import Presence
from wedsync.services.rules import RuleBook

log = logger("joins")

JOIN_SECONDS = 9.0
"""Stock clients give up on a join after ten seconds, so answer earlier."""
_AUTHORISED = frozenset(("InvalidBinding", "ClientJoinRateLimitReached"))
"""Refusals on topics that the client may join. Others are counted without the name, which can be arbitrary."""
_TRY_AGAIN = frozenset(
    ("InitializingProjectConnection", "RealtimeRestarting", "TimeoutOnRpcCall", "UnableToConnectToProject")
)
_ROOM_AGAIN = 0.5


@dataclass(eq=False)
class Joins:
    """Joins of one node. `ready` returns whether they can be accepted.

    `poll` is called after every join, because earlier transactions do not notify the new group.
    """

    pool: Any
    node: uuid.UUID
    verifier: TokenVerifier
    hub: Hub
    leaves: Leaves
    endings: Endings
    presence: Presence
    books: Bookkeeper
    rules: RuleBook
    checkpoints: Checkpoints
    stats: Stats
    ready: Callable[[], bool]
    poll: Callable[[], None]
    _generation: int = field(default=0, init=False)

    def begin(self, subscription: Subscription) -> None:
        """Join in the background; the client gets the outcome."""
        socket, reason = subscription.socket, None
        if not self._takes(socket):
            most = self.rules.rules.joins_per_second
            reason = (
                f"ClientJoinRateLimitReached: at most {most:g} joins a second per socket, averaged over ten seconds"
            )
        if socket.joins_in_flight >= CHANNELS_PER_SOCKET:
            reason = f"ClientJoinRateLimitReached: at most {CHANNELS_PER_SOCKET} joins of a socket may be pending"
        if reason is not None:
            self.stats.count("joins", "ClientJoinRateLimitReached")
            socket.push(socket.session.refused(subscription, reason))
            return
        socket.joins_in_flight += 1
        socket.spawn(self._run(subscription))

    def begin_refresh(self, subscription: Subscription) -> None:
        """Apply the channel's new token in the background. A channel that is still joining does so afterwards."""
        if subscription.is_admitted and subscription.live_from_cursor is not None and not subscription.is_refreshing:
            subscription.is_refreshing = True
            subscription.socket.spawn(self._refresh_all(subscription))

    def clear(self) -> None:
        """The database lost its subscriptions, and their ids may be reused."""
        self._generation += 1
        self.leaves.clear()

    async def page(self, subscription: Subscription, after_seq: int, max_rows: int) -> dict[str, object]:
        """Events after a number, as the subscription receives them: {events, last_seq, more, trimmed}. Raises `Refused`."""
        try:
            async with asyncio.timeout(JOIN_SECONDS):
                return await calls.synced_events(self.pool, subscription.id, after_seq, max_rows)
        except TRANSIENT as exc:
            raise _unreachable("sync_failed", exc) from exc

    def _takes(self, socket: Socket) -> bool:
        """Count a join or a new token against the rate of its socket, including refused ones, which also cost a transaction."""
        return socket.joins.take(self.rules.rules.joins_per_second, time.monotonic())

    async def _run(self, subscription: Subscription) -> None:
        try:
            await self._join(subscription)
        finally:
            subscription.socket.joins_in_flight -= 1

    async def _join(self, subscription: Subscription) -> None:
        socket, token, user = subscription.socket, subscription.token, None
        try:
            identity = await self._identify(socket, token)
            user = identity.user
            await self._count_user(socket, identity)
            if subscription.ended():
                return
            flight = self.hub.begin_join()
            try:
                await self._enter(subscription, identity, flight)
            finally:
                self.hub.abandon(flight)
        except (TokenError, Refused) as exc:
            self.stats.count("joins", exc.code)
            self.books.count(user, subscription.name if exc.code in _AUTHORISED else "", "refused")
            if not subscription.ended():
                socket.push(socket.session.refused(subscription, str(exc)))
                socket.note_emptiness()
        else:
            if subscription.token is not None and subscription.token != token:
                self.begin_refresh(subscription)

    async def _enter(self, subscription: Subscription, identity: Identity, flight: JoinInFlight) -> None:
        """Subscribe, send what was missed, and go live. Raises `Refused`."""
        socket = subscription.socket
        missed = await self._admit(subscription, identity)
        if missed is None:
            return
        self.stats.count("joins", "ok")
        self.books.count(identity.user, subscription.name, "subscribe")
        reply, *notes = socket.session.joined(subscription, missed.answer.postgres_changes)
        socket.push((reply,))
        try:
            await self._catch_up(subscription, missed)
        except Refused as exc:
            self.stats.count("channels_ended", "resync")
            if not subscription.ended():
                self.endings.end(subscription, str(exc), recoverable=True)
        if subscription.ended():
            return
        socket.push(notes)
        self.hub.complete(flight, subscription)
        subscription.live_from_cursor = self.checkpoints.number
        if subscription.is_admitted:
            self.presence.enter(subscription)
        self.endings.expiries.watch(subscription)

    async def _identify(self, socket: Socket, token: str | None) -> Identity:
        """The identity of the token, or of the socket's key if there is none. Raises `TokenError`, `Refused`."""
        identity = socket.identity if token is None else await self.verifier.verify(token)
        if identity.expires_at <= time.time():
            raise TokenError("InvalidJWTToken", "the token has expired")
        if not identity.may_join():
            raise Refused("Unauthorized", "sign in first: the sub of the token must be a uuid")
        if not self.ready():
            raise Refused("UnableToConnectToProject", "the database is not available, try again")
        return identity

    async def _count_user(self, socket: Socket, identity: Identity) -> None:
        """A socket opened with an anonymous key counts for the first user who joins. Raises `Refused`."""
        if socket.user is None and identity.user is not None:
            await self.books.open(socket.id, identity.claims, socket.session_name)
            socket.user = identity.user

    async def _ask(self, subscription: Subscription, identity: Identity, *, is_refresh: bool = False) -> JoinAnswer:
        """Join in SQL. Raises `Refused`, also for other database errors."""
        socket, generation = subscription.socket, self._generation
        try:
            async with asyncio.timeout(JOIN_SECONDS):
                if not is_refresh:
                    await self.leaves.until_left(identity.user, subscription.name)
                answer = await calls.join_topic(
                    self.pool, self.node, identity.claims, subscription.name, subscription.config, socket.id,
                    socket.session_name, is_refresh=is_refresh,
                )  # fmt: skip
        except asyncpg.DataError as exc:
            raise Refused("MalformedPayload", "the join holds text that the database cannot store") from exc
        except TimeoutError as exc:
            raise Refused("TimeoutOnRpcCall", "the database did not answer in time") from exc
        except TRANSIENT as exc:
            raise _unreachable("join_failed", exc) from exc
        self._check(generation)
        self.poll()
        return answer

    def _check(self, generation: int) -> None:
        if generation != self._generation:
            raise Refused("RealtimeRestarting", "the database restarted, try again")

    async def _admit(self, subscription: Subscription, identity: Identity) -> Missed | None:
        """Subscribe, and read replayed and missed messages; None if the channel has ended in the meantime.

        Raises `Refused`, after which the client can still resume from its position.
        """
        answer, generation = await self._ask(subscription, identity), self._generation
        subscription.admit(identity, answer)
        missed = Missed(self.pool, answer, JOIN_SECONDS)
        try:
            if not subscription.ended():
                await missed.begin(read_replay(subscription.config))
                self._check(generation)
                subscription.receive_since(missed.until)
        except BaseException as exc:
            self._give_back(subscription, answer, generation)
            raise (_unreachable("resume_failed", exc) if isinstance(exc, TRANSIENT) else exc) from exc
        if subscription.ended():
            self._give_back(subscription, answer, generation)
            return None
        return missed

    def _give_back(self, subscription: Subscription, answer: JoinAnswer, generation: int) -> None:
        """The client does not know of the join: it resumes from its earlier position, if any."""
        if subscription.is_admitted and generation == self._generation:
            subscription.leave(subscription.socket.confirmed(), on_purpose=not answer.is_return)
            self.leaves.add(subscription)

    async def _catch_up(self, subscription: Subscription, missed: Missed) -> None:
        """Send missed events at the client's pace; live events wait in the hub. Raises `Refused`."""
        socket, generation = subscription.socket, self._generation
        if missed.answer.resync:
            self.stats.count("resumes", "resync")
        elif missed.answer.resume_from is not None:
            self.stats.count("resumes", "ok")
        if missed.answer.resync or missed.resync:
            self.endings.resync(subscription)
        try:
            async for page in missed.pages():
                self._check(generation)
                await socket.deliver_all(
                    encode(row, socket.serializer, subscription.topic, subscription.join_ref) for row in page
                )
                for kind, number in Counter(str(row["kind"]) for row in page).items():
                    self.books.count(subscription.user, subscription.name, kind, number)
                if subscription.ended():
                    return
        except TRANSIENT as exc:
            raise _unreachable("resume_failed", exc) from exc

    async def _refresh_all(self, subscription: Subscription) -> None:
        """One token at a time; intermediate ones are skipped."""
        try:
            taken = None
            while subscription.token is not None and subscription.token != taken and not subscription.ended():
                # New tokens are never refused by the rate limit.
                while not self._takes(subscription.socket) and subscription.socket.open:  # noqa: ASYNC110 (room comes with time alone)
                    await asyncio.sleep(_ROOM_AGAIN)
                taken = subscription.token
                await self._refresh(subscription, taken)
        finally:
            subscription.is_refreshing = False

    async def _refresh(self, subscription: Subscription, token: str) -> None:
        if not subscription.is_admitted:
            return
        try:
            identity = await self._identify(subscription.socket, token)
            if subscription.ended():
                return
            answer = await self._ask(subscription, identity, is_refresh=True)
        except (TokenError, Refused) as exc:
            if not subscription.ended() and subscription.token == token:
                recoverable = isinstance(exc, TokenError) or exc.code in _TRY_AGAIN
                self.endings.end(subscription, str(exc), recoverable=recoverable)
            return
        if subscription.ended():
            # It was released with its subscription, which is still the same.
            return
        self.stats.count("refreshes")
        self.hub.settle(subscription)
        subscription.take_rights(identity, answer)
        self.presence.refresh(subscription)
        self.endings.expiries.watch(subscription)


def _unreachable(event: str, exc: BaseException) -> Refused:
    log.warning(event, error=type(exc).__name__, sqlstate=getattr(exc, "sqlstate", None))
    return Refused("UnableToConnectToProject", "the database is not available, try again")
