"""Members of the hub, and the audiences they form: channels that hear the same bytes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Protocol

from wedsync.protocol.channel import PREFIX, canonical_name
from wedsync.protocol.frames import Serializer

Row = Mapping[str, object]
"""kind, group_id, subscription_id, couple_id, seq, payload as `next_frames` returns them."""
Deliveries = Counter[tuple[str, str, str]]
"""Frames by user, topic without prefix, and kind."""


class Sink(Protocol):
    """A socket, as far as the hub knows it."""

    def deliver(self, data: bytes) -> None:
        """Write finished frames, or shed the socket when it cannot keep up."""

    def lost(self, member: Member, reason: str) -> None:
        """The right behind a channel is gone."""

    def rejoin(self, member: Member, reason: str) -> None:
        """A channel has to be joined anew."""

    def rights_changed(self, member: Member) -> None:
        """A channel goes on with other rights."""


class Member:
    """One joined channel of one socket, which hears what comes after position `seq` of its wedding.

    `group_id` follows the moves that SQL announces. Without a `seq` everything is heard. `user` is whose deliveries
    are counted.
    """

    __slots__ = (
        "after", "counted_broadcasts", "counted_changes", "group_id", "heard_already", "serializer", "sink",
        "subscription_id", "topic", "user",
    )  # fmt: skip

    def __init__(
        self,
        sink: Sink,
        serializer: Serializer,
        topic: str,
        subscription_id: int,
        group_id: int,
        seq: int | None,
        user: str | None = None,
    ) -> None:
        self.sink = sink
        self.serializer = serializer
        self.topic = topic
        self.subscription_id = subscription_id
        self.group_id = group_id
        self.after = -1 if seq is None else seq
        self.user = user
        self.counted_broadcasts = 0
        self.counted_changes = 0
        self.heard_already: dict[object, float] | None = None

    def heard(self, rows: list[Row]) -> None:
        """What it missed while it was away was sent to it: live frames up to there are the same ones."""
        self.heard_already = {row["couple_id"]: position(row) for row in rows if row["seq"] is not None} or None

    def succeed(self, earlier: Member) -> None:
        """Take over from the member of the same channel before its token was refreshed."""
        # The relay may still owe it what was committed before the refresh.
        self.after = earlier.after
        self.heard_already = earlier.heard_already

    def wants(self, couple_id: object, place: float) -> bool:
        """Whether a frame at this place of a wedding (or of a topic, without `couple_id`) is news."""
        if couple_id is not None and place <= self.after:
            return False
        if self.heard_already is not None and couple_id in self.heard_already:
            if place <= self.heard_already[couple_id]:
                return False
            # Order of arrival is order of place: it is past that.
            del self.heard_already[couple_id]
            if not self.heard_already:
                self.heard_already = None
        return True


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


def position(row: Row) -> float:
    """Place in the sequence of its wedding or topic; what has none counts as new."""
    place = row["seq"]
    return place if isinstance(place, int) else float("inf")
