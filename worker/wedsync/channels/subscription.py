"""A subscription: one channel of one socket, from its join to its end. The hub finds it by group, by room and by id."""

from __future__ import annotations

import uuid
from collections.abc import Coroutine, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from wedsync.auth import Identity
from wedsync.channels.positions import Position
from wedsync.channels.snapshots import Snapshot
from wedsync.channels.token_bucket import TokenBucket
from wedsync.protocol.channel import Channel, is_true
from wedsync.protocol.close_codes import CloseCode
from wedsync.protocol.frames import Ref, Serializer
from wedsync.protocol.phoenix import Push, Session

Row = Mapping[str, object]
"""kind, group_id, subscription_id, couple_id, seq, payload, xid as `next_frames` returns them."""
Room = tuple[str, bool | None]
"""Topic without prefix, and its lane: None on a channel of the catalogue. A free topic is two rooms, told apart by the private
flag, because private and public channels of one name receive nothing of each other."""
FRAME_KINDS = ("broadcast", "postgres_changes", "presence")
"""What is counted for each user; the index is that in `Subscription.received`."""


class Refused(Exception):
    """SQL or the database said no; the text is `"<Code>: <reason>"` and may go to the client."""

    def __init__(self, code: str, reason: str) -> None:
        super().__init__(f"{code}: {reason}")
        self.code = code
        self.reason = reason


class Socket(Protocol):
    """A socket, as far as channels know it: `user` is whom it was counted for, `session_name` the client's name for itself."""

    id: uuid.UUID
    open: bool
    user: str | None
    session_name: str | None
    identity: Identity
    serializer: Serializer
    session: Session[Subscription]
    joins: TokenBucket
    messages: TokenBucket
    joins_in_flight: int

    def push(self, pushes: Iterable[Push]) -> None:
        """Send protocol messages."""

    def deliver(self, data: bytes) -> None:
        """Write finished frames, or shed the socket when it cannot keep up."""

    def deliver_events(self, data: bytes) -> None:
        """The same for frames from the log, which come again unless the client confirms them."""

    async def deliver_all(self, frames: Iterable[bytes]) -> None:
        """Write many frames from the log, no faster than the client reads."""

    def confirmed(self) -> Position | None:
        """How far the client has come for certain."""

    def note_unconfirmed(self) -> None:
        """Something goes out that the client has to confirm."""

    def note_emptiness(self) -> None:
        """The number of channels changed."""

    def spawn(self, work: Coroutine[Any, Any, None]) -> None:
        """Run work in the background; an unforeseen fault closes this socket alone."""

    def close(self, code: CloseCode, reason: str) -> None:
        """Start the closing handshake."""


@dataclass(frozen=True, slots=True)
class JoinAnswer:
    """A subscription as SQL made it, or has given it the rights of a newer token.

    `is_free`: the topic is of no catalogue. `presence_topic`: the name under which its people are present. `position`: what
    had been committed before the join. `missed_since`: the cursor since which frames are owed to it; None for a fresh client.
    `resync`: it was away for too long and needs a fresh snapshot.
    """

    subscription_id: int
    group_id: int
    postgres_changes: list[object]
    can_broadcast: bool = False
    can_presence: bool = False
    is_free: bool = False
    presence_topic: str = ""
    position: str = ""
    missed_since: str | None = None
    resync: bool = False

    @property
    def is_return(self) -> bool:
        """Whether SQL keeps, until the client has confirmed, where it was or that it has to resync."""
        return self.missed_since is not None or self.resync

    @property
    def cursor(self) -> str:
        """Where a client goes on from that never confirms anything."""
        return self.missed_since or self.position


class Subscription(Channel):
    """A channel of `socket`: what the client asked for, and from `admit` on what SQL allows it and how far its client has come.

    `live_from_cursor` is the number of the relay's cursor when the client had been sent everything that it missed, None
    before. `is_return` says that SQL still keeps where the client was. `group_id` follows the moves that SQL announces.
    """

    __slots__ = (
        "_since", "can_broadcast", "can_presence", "group_id", "horizon", "id", "identity", "is_free", "is_refreshing",
        "is_released", "is_return", "is_tracked", "left_at", "live_from_cursor", "presence_topic", "received", "socket",
        "start", "state_awaited",
    )  # fmt: skip

    def __init__(
        self,
        socket: Socket,
        topic: str,
        join_ref: Ref = None,
        ref: Ref = None,
        payload: Mapping[str, object] | None = None,
    ) -> None:
        super().__init__(topic, join_ref, ref, payload or {})
        self.socket = socket
        self.id = 0
        self.group_id = 0
        self.identity: Identity | None = None
        self.can_broadcast = self.can_presence = self.is_free = False
        self.presence_topic = ""
        self.start = ""
        self.is_return = False
        self.live_from_cursor: int | None = None
        self.left_at: tuple[str | None, Position | None] = (None, None)
        self.received = [0, 0, 0]
        # Whether it is a member of its topic's presence, and if so, whether it still waits for the state.
        self.state_awaited: bool | None = None
        self.is_tracked = self.is_refreshing = self.is_released = False
        self._since: Snapshot | None = None
        # From this transaction on everything is news.
        self.horizon = 0

    @property
    def user(self) -> str | None:
        """Whose channel it is: what the client is known by when it comes back, and whose deliveries are counted."""
        return self.identity.user if self.identity is not None else None

    @property
    def is_admitted(self) -> bool:
        """Whether SQL has this subscription, and it was not given back."""
        return self.id != 0 and not self.is_released

    @property
    def room(self) -> Room:
        """Whom it exchanges broadcasts with."""
        return self.name, is_true((self.config or {}).get("private")) if self.is_free else None

    def admit(self, identity: Identity, answer: JoinAnswer) -> None:
        """SQL has let it in."""
        self.take_rights(identity, answer)
        self.id, self.group_id = answer.subscription_id, answer.group_id
        self.start, self.is_return = answer.cursor, answer.is_return

    def receive_since(self, snapshot: Snapshot) -> None:
        """Of the log it receives what is not visible in that snapshot; without one, everything."""
        self._since, self.horizon = snapshot, snapshot.end

    def take_rights(self, identity: Identity, answer: JoinAnswer) -> None:
        """Go on with the rights of this token."""
        self.identity = identity
        self.can_broadcast, self.can_presence = answer.can_broadcast, answer.can_presence
        self.is_free, self.presence_topic = answer.is_free, answer.presence_topic

    def wants(self, xid: int) -> bool:
        """Whether what a transaction wrote is news: neither from before the join, nor among what was replayed with it."""
        return xid >= self.horizon or self._since is None or not self._since.sees(xid)

    def has_confirmed(self, confirmed: Position | None) -> bool:
        """Whether what the socket has confirmed includes everything that this channel had missed."""
        return confirmed is not None and self.live_from_cursor is not None and confirmed.number > self.live_from_cursor

    def cursor(self, confirmed: Position | None) -> str:
        """How far the client has come for certain on this channel."""
        return confirmed.cursor if confirmed is not None and self.has_confirmed(confirmed) else self.start

    def leave(self, confirmed: Position | None, *, on_purpose: bool) -> None:
        """End on a socket that has confirmed so much. Unless it is on purpose, a later join can go on from there."""
        self.is_released = True
        self.left_at = (None if on_purpose else self.cursor(confirmed), confirmed)

    def point(self, cursor: str) -> dict[str, str | None]:
        """A position as `save_positions` takes it."""
        return {"user_id": self.user, "session": self.socket.session_name, "topic": self.name, "position": cursor}
