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
flag, because private and public channels of one name are separate."""
FRAME_KINDS = ("broadcast", "postgres_changes", "presence")
"""What is counted for each user, at the same indexes as in `Subscription.received`."""


class Refused(Exception):
    """Refused by SQL or the database; the text is `"<Code>: <reason>"` and may be sent to the client."""

    def __init__(self, code: str, reason: str) -> None:
        super().__init__(f"{code}: {reason}")
        self.code = code
        self.reason = reason


class Socket(Protocol):
    """A socket as seen by channels: `user` is the one it is counted for, `session_name` the client's session parameter."""

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
        """Write encoded frames, or close the socket if it cannot keep up."""

    def deliver_events(self, data: bytes) -> None:
        """The same for frames from the log, which are repeated unless the client confirms them."""

    async def deliver_all(self, frames: Iterable[bytes]) -> None:
        """Write many frames from the log, no faster than the client reads."""

    def confirmed(self) -> Position | None:
        """The confirmed position of the client."""

    def note_unconfirmed(self) -> None:
        """Something is sent that the client has to confirm."""

    def note_emptiness(self) -> None:
        """The number of channels changed."""

    def spawn(self, work: Coroutine[Any, Any, None]) -> None:
        """Run work in the background; an unexpected error closes only this socket."""

    def close(self, code: CloseCode, reason: str) -> None:
        """Start the closing handshake."""


@dataclass(frozen=True, slots=True)
class JoinAnswer:
    """A subscription as created by SQL, or updated with the rights of a newer token.

    `topic`: its canonical name. `is_free`: it is not in the catalogue. `presence_topic`: its name for presence. `position`:
    what had been committed before the join. `resume_from`: the cursor of its missed frames; None for a fresh client.
    `resync`: it was disconnected for too long and needs a fresh snapshot.
    """

    subscription_id: int
    group_id: int
    topic: str
    postgres_changes: list[object]
    can_broadcast: bool = False
    can_presence: bool = False
    is_free: bool = False
    presence_topic: str = ""
    position: str = ""
    resume_from: str | None = None
    resync: bool = False

    @property
    def is_return(self) -> bool:
        """Whether SQL keeps its position, or that it has to resync, until the client has confirmed."""
        return self.resume_from is not None or self.resync

    @property
    def cursor(self) -> str:
        """The position of a client that never confirms anything."""
        return self.resume_from or self.position


class Subscription(Channel):
    """A channel of `socket`: the client's request, and from `admit` on its rights and position.

    `live_from_cursor` is the number of the relay's cursor when the client had been sent everything missed, None
    before. `is_return` means that SQL still keeps its earlier position. `group_id` follows the moves announced by SQL.
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
        # Whether it is a presence member of its topic, and if so, whether it still waits for the state.
        self.state_awaited: bool | None = None
        self.is_tracked = self.is_refreshing = self.is_released = False
        self._since: Snapshot | None = None
        # From this transaction on, everything is new.
        self.horizon = 0

    @property
    def user(self) -> str | None:
        """The user of the channel, by whom a returning client is recognised and deliveries are counted."""
        return self.identity.user if self.identity is not None else None

    @property
    def is_admitted(self) -> bool:
        """Whether SQL has this subscription and it was not released."""
        return self.id != 0 and not self.is_released

    @property
    def room(self) -> Room:
        """The room with which it exchanges broadcasts."""
        return self.name, is_true((self.config or {}).get("private")) if self.is_free else None

    def admit(self, identity: Identity, answer: JoinAnswer) -> None:
        """SQL has admitted it."""
        self.take_rights(identity, answer)
        self.id, self.group_id, self.name = answer.subscription_id, answer.group_id, answer.topic
        self.start, self.is_return = answer.cursor, answer.is_return

    def receive_since(self, snapshot: Snapshot) -> None:
        """It receives log entries not visible in that snapshot; without one, all."""
        self._since, self.horizon = snapshot, snapshot.end

    def take_rights(self, identity: Identity, answer: JoinAnswer) -> None:
        """Continue with the rights of this token."""
        self.identity = identity
        self.can_broadcast, self.can_presence = answer.can_broadcast, answer.can_presence
        self.is_free, self.presence_topic = answer.is_free, answer.presence_topic

    def wants(self, xid: int) -> bool:
        """Whether a transaction's events are new: neither from before the join nor replayed with it."""
        return xid >= self.horizon or self._since is None or not self._since.sees(xid)

    def has_confirmed(self, confirmed: Position | None) -> bool:
        """Whether the socket has confirmed everything that this channel had missed."""
        return confirmed is not None and self.live_from_cursor is not None and confirmed.number > self.live_from_cursor

    def cursor(self, confirmed: Position | None) -> str:
        """The confirmed position of the client on this channel."""
        return confirmed.cursor if confirmed is not None and self.has_confirmed(confirmed) else self.start

    def leave(self, confirmed: Position | None, *, on_purpose: bool) -> None:
        """End at a confirmed position of the socket. Unless deliberate, a later join can resume from there."""
        self.is_released = True
        self.left_at = (None if on_purpose else self.cursor(confirmed), confirmed)

    def point(self, cursor: str) -> dict[str, str | None]:
        """A position in the format of `save_positions`."""
        return {"user_id": self.user, "session": self.socket.session_name, "topic": self.name, "position": cursor}
