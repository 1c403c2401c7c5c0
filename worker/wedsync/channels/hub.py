"""The hub: finds subscriptions by group, room and id, and hands the same bytes to all of them.

PostgreSQL determines what each group may see; the hub encodes a frame once for each serializer and
topic of a group or room and hands it to the sockets. All frames of one batch reach a socket as one write.

A join commits in PostgreSQL before this process knows its result, so while joins are in flight
every batch is also kept in a log. A completed join replays its part of that log: frames of transactions
that the join had not seen are delivered, moves are applied.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterable
from typing import Protocol

from wedsync.channels.fan_out import Index, Variants, fan_out
from wedsync.channels.subscription import FRAME_KINDS, Room, Row, Socket, Subscription
from wedsync.protocol.frames import Ref, Serializer, text_frame

LOG_LIMIT = 200_000
"""Entries kept for joins in flight; a join that takes longer has to be repeated."""
LOG_BYTES = 64_000_000
"""Payload kept for them."""

_WRITES_PER_TURN = 400
_EVENT_KINDS = frozenset(("broadcast", "postgres_changes"))

Deliveries = Counter[tuple[str, str, str]]
"""Frames by user, topic without prefix, and kind."""


class Changes(Protocol):
    """Callbacks for log entries about single subscriptions."""

    def lost(self, subscription: Subscription, reason: str) -> None:
        """Its access was revoked."""

    def resync(self, subscription: Subscription) -> None:
        """Its access was extended; the current values were never sent to it."""

    def rejoin(self, subscription: Subscription, reason: str) -> None:
        """It has to be joined again."""

    def rights_changed(self, subscription: Subscription) -> None:
        """It continues with other rights."""


class JoinInFlight:
    """Marks where in the log a join started."""

    __slots__ = ("began",)

    def __init__(self, began: int) -> None:
        self.began = began


class Hub:
    """Subscriptions of one process, and the frames waiting for each socket. Set `changes` before the first batch."""

    def __init__(self) -> None:
        self.changes: Changes
        self.deliveries = 0
        self._counts: Deliveries = Deliveries()
        self._groups: Index[object] = Index()
        self._rooms: Index[Room] = Index()
        self._by_id: dict[object, Subscription] = {}
        self._pending: dict[Socket, list[bytes]] = {}
        self._in_flight: dict[JoinInFlight, None] = {}
        self._log: list[Row] = []
        self._log_bytes = 0
        self._log_start = 0
        # From this transaction on, everything is new for everybody.
        self._horizon = 0

    @property
    def groups(self) -> int:
        """Number of distinct groups."""
        return len(self._groups.all)

    @property
    def subscriptions(self) -> int:
        """Number of joined channels."""
        return len(self._by_id)

    def find(self, subscription_id: int) -> Subscription | None:
        """The subscription with that id."""
        return self._by_id.get(subscription_id)

    def room(self, room: Room) -> Variants:
        """The subscriptions in a room."""
        return self._rooms.all.get(room, {})

    # Joining and leaving

    def begin_join(self) -> JoinInFlight:
        """Call before the query, and end with `complete` or `abandon`."""
        join = JoinInFlight(self._log_start + len(self._log))
        self._in_flight[join] = None
        return join

    def abandon(self, join: JoinInFlight) -> None:
        """The join did not happen."""
        self._in_flight.pop(join, None)
        self._trim()

    def complete(self, join: JoinInFlight, subscription: Subscription) -> None:
        """The join succeeded: add the subscription and deliver what arrived since. It may end immediately."""
        entries = self._log[max(0, join.began - self._log_start) :]
        overrun = join.began < self._log_start
        self.abandon(join)
        self._by_id[subscription.id] = subscription
        self._horizon = max(self._horizon, subscription.horizon)
        self._rooms.add(subscription.room, subscription)
        self._groups.add(subscription.group_id, subscription)
        if overrun:
            self._groups.remove(subscription.group_id, subscription)
            self.changes.rejoin(subscription, "too much happened while the channel was joining")
            return
        for row in entries:
            if row["kind"] == "moved":
                if row["subscription_id"] == subscription.id:
                    self._move(row)
            elif row["group_id"] == subscription.group_id and self._by_id.get(subscription.id) is subscription:
                if row["kind"] in _EVENT_KINDS:
                    if subscription.wants(_xid(row)):
                        self.deliveries += 1
                        subscription.socket.deliver_events(
                            encode(row, subscription.socket.serializer, subscription.topic)
                        )
                else:
                    self._tell(subscription, row)

    def remove(self, subscription: Subscription) -> None:
        """Remove a subscription; harmless if already removed."""
        self.settle(subscription)
        if self._by_id.get(subscription.id) is subscription:
            del self._by_id[subscription.id]
            self._rooms.remove(subscription.room, subscription)
            self._groups.remove(subscription.group_id, subscription)

    def clear(self) -> None:
        """Remove everything except the counts, because the database has lost the subscriptions."""
        self._settle_all()
        self._groups, self._rooms = Index(), Index()
        self._by_id.clear()
        self._pending.clear()
        self._horizon = 0

    # Log entries

    def apply(self, rows: Iterable[Row]) -> int:
        """Take one batch: moves take effect, frames queue up for `flush`. Returns the number of event rows."""
        count = 0
        for row in rows:
            kind = row["kind"]
            if kind == "cursor":
                continue
            count += 1
            if self._in_flight:
                self._log.append(row)
                self._log_bytes += _size(row)
            if kind == "moved":
                self._move(row)
            elif kind in _EVENT_KINDS:
                self._queue(row)
            elif kind in ("resync", "notice"):
                for variant in tuple(self._groups.all.get(row["group_id"], {}).values()):
                    for subscription in tuple(variant):
                        self._tell(subscription, row)
            else:
                raise ValueError(f"next_frames returned a row of unknown kind {kind!r}")
        self._trim()
        return count

    async def flush(self) -> None:
        """Write queued frames: one write per socket, yielding every few hundred."""
        pending, self._pending = self._pending, {}
        for number, (sink, frames) in enumerate(pending.items(), 1):
            sink.deliver_events(frames[0] if len(frames) == 1 else b"".join(frames))
            if number % _WRITES_PER_TURN == 0:
                await asyncio.sleep(0)

    def _queue(self, row: Row) -> None:
        xid = _xid(row)
        # The relay may deliver events after a join that were committed before it.
        self.deliveries += fan_out(
            self._groups.all.get(row["group_id"], {}),
            str(row["kind"]),
            lambda serializer, topic: encode(row, serializer, topic),
            self._pending,
            None if xid >= self._horizon else lambda subscription: subscription.wants(xid),
        )

    def _tell(self, subscription: Subscription, row: Row) -> None:
        if row["kind"] == "resync":
            self.changes.rejoin(subscription, "RealtimeRestarting: the database restarted, join again")
        elif subscription.wants(_xid(row)):
            self.changes.resync(subscription)

    def _move(self, row: Row) -> None:
        subscription = self._by_id.get(row["subscription_id"])
        if subscription is None:
            return
        group_id = row["group_id"]
        if isinstance(group_id, int):
            # A join in flight may know its new group already.
            is_news = group_id != subscription.group_id
            self._groups.remove(subscription.group_id, subscription)
            subscription.group_id = group_id
            self._groups.add(group_id, subscription)
            if is_news:
                self.changes.rights_changed(subscription)
        else:
            self.remove(subscription)
            # Flush pending frames before the end.
            if frames := self._pending.pop(subscription.socket, None):
                subscription.socket.deliver_events(b"".join(frames))
            self.changes.lost(subscription, str(row["payload"] or ""))

    def _trim(self) -> None:
        """Drop log entries that no join in flight needs, and the oldest beyond the limit."""
        end = self._log_start + len(self._log)
        oldest = next(iter(self._in_flight)).began if self._in_flight else end
        surplus = max(oldest - self._log_start, len(self._log) - LOG_LIMIT, 0)
        self._log_bytes -= sum(map(_size, self._log[:surplus]))
        while self._log_bytes > LOG_BYTES:
            self._log_bytes -= _size(self._log[surplus])
            surplus += 1
        del self._log[:surplus]
        self._log_start += surplus

    # Counts

    def take_counts(self) -> Deliveries:
        """Deliveries per user since the last call."""
        self._settle_all()
        counts, self._counts = self._counts, Deliveries()
        return counts

    def settle(self, subscription: Subscription) -> None:
        """Add the deliveries of a subscription to those of its user."""
        if any(subscription.received):
            received, subscription.received = subscription.received, [0, 0, 0]
            if (user := subscription.user) is not None:
                for kind, number in zip(FRAME_KINDS, received, strict=True):
                    if number:
                        self._counts[user, subscription.name, kind] += number

    def _settle_all(self) -> None:
        for subscription in self._by_id.values():
            self.settle(subscription)


def encode(row: Row, serializer: Serializer, topic: str, join_ref: Ref = None) -> bytes:
    """A row of `next_frames` or `missed_frames` as a finished frame."""
    return text_frame(serializer, join_ref, None, topic, str(row["kind"]), str(row["payload"]))


def _size(row: Row) -> int:
    return len(str(row["payload"] or ""))


def _xid(row: Row) -> int:
    """The transaction that wrote the event of a frame."""
    return row["xid"]  # type: ignore[return-value]  # xid8, not null for frames
