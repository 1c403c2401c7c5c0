"""Members of the hub, and the audiences they form: channels that hear the same bytes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Protocol

from wedsync.channels.snapshots import Snapshot
from wedsync.protocol.channel import PREFIX, canonical_name
from wedsync.protocol.frames import Serializer

Row = Mapping[str, object]
"""kind, group_id, subscription_id, couple_id, seq, payload, xid as `next_frames` returns them."""
Deliveries = Counter[tuple[str, str, str]]
"""Frames by user, topic without prefix, and kind."""


class Sink(Protocol):
    """A socket, as far as the hub knows it."""

    def deliver(self, data: bytes) -> None:
        """Write finished frames, or shed the socket when it cannot keep up."""

    def deliver_events(self, data: bytes) -> None:
        """The same for frames from the log, which come again unless the client confirms them."""

    def lost(self, member: Member, reason: str) -> None:
        """The right behind a channel is gone."""

    def resync(self, member: Member) -> None:
        """A channel may hear more from now on, and was never sent what that is by now."""

    def rejoin(self, member: Member, reason: str) -> None:
        """A channel has to be joined anew."""

    def rights_changed(self, member: Member) -> None:
        """A channel goes on with other rights."""


class Member:
    """One joined channel of one socket. It hears what was not visible `since`; without that, everything.

    `group_id` follows the moves that SQL announces. `user` is whose deliveries are counted.
    """

    __slots__ = (
        "_since", "counted_broadcasts", "counted_changes", "group_id", "horizon", "serializer", "sink", "subscription_id",
        "topic", "user",
    )  # fmt: skip

    def __init__(
        self,
        sink: Sink,
        serializer: Serializer,
        topic: str,
        subscription_id: int,
        group_id: int,
        since: Snapshot | None,
        user: str | None = None,
    ) -> None:
        self.sink = sink
        self.serializer = serializer
        self.topic = topic
        self.subscription_id = subscription_id
        self.group_id = group_id
        self.user = user
        self._since = since
        # From this transaction on everything is news.
        self.horizon = since.end if since is not None else 0
        self.counted_broadcasts = 0
        self.counted_changes = 0

    def wants(self, xid: int) -> bool:
        """Whether what a transaction wrote is news: neither from before the join, nor among what was replayed with it."""
        return xid >= self.horizon or self._since is None or not self._since.sees(xid)


class Audience:
    """Members of one group with the same serializer and topic. Frames are counted once for all of them."""

    __slots__ = ("_broadcasts", "_changes", "_counted", "members")

    def __init__(self) -> None:
        self.members: dict[Member, None] = {}
        self._broadcasts = 0
        self._changes = 0
        self._counted = 0

    def enter(self, member: Member) -> None:
        """Add a member; what came before is not counted for it."""
        self.members[member] = None
        member.counted_broadcasts, member.counted_changes = self._broadcasts, self._changes

    def leave(self, member: Member, deliveries: Deliveries) -> None:
        """Remove a member; harmless when it is gone already."""
        if member in self.members:
            del self.members[member]
            self._count_for(member, deliveries)

    def note(self, kind: object) -> None:
        """A frame goes to everybody here."""
        if kind == "broadcast":
            self._broadcasts += 1
        else:
            self._changes += 1

    def count(self, deliveries: Deliveries) -> None:
        """Add what members received since the last time."""
        total = self._broadcasts + self._changes
        if total != self._counted:
            self._counted = total
            for member in self.members:
                self._count_for(member, deliveries)

    def _count_for(self, member: Member, deliveries: Deliveries) -> None:
        if member.user is None:
            return
        name = canonical_name(member.topic.removeprefix(PREFIX))
        if broadcasts := self._broadcasts - member.counted_broadcasts:
            deliveries[member.user, name, "broadcast"] += broadcasts
            member.counted_broadcasts = self._broadcasts
        if changes := self._changes - member.counted_changes:
            deliveries[member.user, name, "postgres_changes"] += changes
            member.counted_changes = self._changes
