"""A joined channel of a socket: everything that belongs to it."""

from __future__ import annotations

from wedsync.auth import Identity
from wedsync.channels.positions import Position
from wedsync.channels.subscription import Member
from wedsync.protocol.channel import Channel
from wedsync.services.departures import Departure, Place
from wedsync.services.joins import Joined


class Seat:
    """A joined channel: its member in the hub, what SQL allows it, and the identity whose rights it has.

    `live_from_cursor` is the number of the relay's cursor when the client had been sent everything that it missed, None
    before. `owed` says that SQL still keeps where the client was.
    """

    __slots__ = ("channel", "identity", "joined", "live_from_cursor", "member", "owed", "place", "start")

    def __init__(self, channel: Channel, place: Place, member: Member, identity: Identity, joined: Joined) -> None:
        self.channel = channel
        self.place = place
        self.member = member
        self.identity = identity
        self.joined = joined
        self.start = joined.cursor
        self.live_from_cursor: int | None = None
        self.owed = joined.owed

    def succeed(self, earlier: Seat) -> None:
        """Take over from the seat of the same subscription before its token was refreshed."""
        self.start = earlier.start
        self.live_from_cursor = earlier.live_from_cursor
        self.owed = earlier.owed

    def has_confirmed(self, confirmed: Position | None) -> bool:
        """Whether what the socket has confirmed includes everything that this channel had missed."""
        return confirmed is not None and self.live_from_cursor is not None and confirmed.number > self.live_from_cursor

    def cursor(self, confirmed: Position | None) -> str:
        """How far the client has come for certain on this channel."""
        return confirmed.cursor if confirmed is not None and self.has_confirmed(confirmed) else self.start

    def departure(self, confirmed: Position | None, *, on_purpose: bool) -> Departure:
        """The end of this channel on a socket that has confirmed so much."""
        cursor = None if on_purpose else self.cursor(confirmed)
        return Departure(self.member.subscription_id, self.place, cursor, confirmed)
