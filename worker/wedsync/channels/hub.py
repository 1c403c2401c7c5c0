"""The hub: which channels belong to which audience, and the same bytes to all of them.

PostgreSQL works out what each group may see; the hub encodes a frame once for each serializer and
topic of a group and hands it to the sockets. All frames of one batch reach a socket as one write.

A join commits in PostgreSQL before this process knows its result, so while joins are in flight
every batch is also kept in a log. A finished join replays its part of that log: frames of transactions
that the join had not seen are delivered, moves are followed.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable

from wedsync.channels.subscription import Audience, Deliveries, Member, Row, Sink
from wedsync.protocol.frames import Ref, Serializer, text_frame

LOG_LIMIT = 200_000
"""Entries kept for joins in flight; a join that outlives them is told to try again."""
LOG_BYTES = 64_000_000
"""Payload kept for them."""

_WRITES_PER_TURN = 400
_FRAME_KINDS = frozenset(("broadcast", "postgres_changes"))


class JoinInFlight:
    """Marks where in the log a join began."""

    __slots__ = ("began",)

    def __init__(self, began: int) -> None:
        self.began = began


class Hub:
    """Members by group and subscription, and the frames waiting for each socket."""

    def __init__(self) -> None:
        self.deliveries = 0
        self._counts: Deliveries = Deliveries()
        self._groups: dict[int, dict[tuple[Serializer, str], Audience]] = {}
        self._members: dict[int, Member] = {}
        self._pending: dict[Sink, list[bytes]] = {}
        self._in_flight: dict[JoinInFlight, None] = {}
        self._log: list[Row] = []
        self._log_bytes = 0
        self._log_start = 0

    @property
    def groups(self) -> int:
        """Distinct audiences held now."""
        return len(self._groups)

    @property
    def members(self) -> int:
        """Joined channels held now."""
        return len(self._members)

    def begin_join(self) -> JoinInFlight:
        """Call before asking SQL, and end with `complete` or `abandon`."""
        join = JoinInFlight(self._log_start + len(self._log))
        self._in_flight[join] = None
        return join

    def abandon(self, join: JoinInFlight) -> None:
        """The join did not happen."""
        self._in_flight.pop(join, None)
        self._trim()

    def complete(self, join: JoinInFlight, member: Member) -> None:
        """The join happened: add the member and give it what came since. The sink may be told `lost` or `rejoin` at once."""
        entries = self._log[max(0, join.began - self._log_start) :]
        overrun = join.began < self._log_start
        self.abandon(join)
        self._members[member.subscription_id] = member
        self._enter(member)
        if overrun:
            self._leave_group(member)
            member.sink.rejoin(member, "too much happened while the channel was joining")
            return
        for row in entries:
            if row["kind"] == "moved":
                if row["subscription_id"] == member.subscription_id:
                    self._move(row)
            elif row["group_id"] == member.group_id and self._members.get(member.subscription_id) is member:
                if row["kind"] == "resync":
                    member.sink.rejoin(member, "RealtimeRestarting: the database restarted, join again")
                elif row["kind"] == "notice":
                    _notify(member, row)
                elif member.wants(_xid(row)):
                    self._append(member.sink, encode(row, member.serializer, member.topic))

    def remove(self, member: Member) -> None:
        """Forget a member; harmless when it is gone already."""
        if self._members.get(member.subscription_id) is member:
            del self._members[member.subscription_id]
        self._leave_group(member)

    def clear(self) -> None:
        """Forget everything but the counts: the database lost its side."""
        self._count()
        self._groups.clear()
        self._members.clear()
        self._pending.clear()

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
            elif kind == "resync":
                for member in self._members_of(row["group_id"]):
                    member.sink.rejoin(member, "RealtimeRestarting: the database restarted, join again")
            elif kind == "notice":
                for member in self._members_of(row["group_id"]):
                    _notify(member, row)
            elif kind in _FRAME_KINDS:
                self._queue(row)
            else:
                raise ValueError(f"next_frames returned a row of unknown kind {kind!r}")
        self._trim()
        return count

    async def flush(self) -> None:
        """Write what is queued: one write per socket, giving way to others every few hundred."""
        pending, self._pending = self._pending, {}
        for number, (sink, frames) in enumerate(pending.items(), 1):
            sink.deliver_events(frames[0] if len(frames) == 1 else b"".join(frames))
            if number % _WRITES_PER_TURN == 0:
                await asyncio.sleep(0)

    def _queue(self, row: Row) -> None:
        variants = self._groups.get(row["group_id"])  # type: ignore[call-overload]  # bigint, not null for frames
        if variants is None:
            return
        pending = self._pending
        xid = _xid(row)
        for (serializer, topic), audience in variants.items():
            data = encode(row, serializer, topic)
            self.deliveries += len(audience.members)
            audience.note(row["kind"])
            for member in audience.members:
                # The relay may come after a join with what was committed before it.
                if xid < member.horizon and not member.wants(xid):
                    continue
                waiting = pending.get(member.sink)
                if waiting is None:
                    pending[member.sink] = [data]
                else:
                    waiting.append(data)

    def take_counts(self) -> Deliveries:
        """What users received since the last call."""
        self._count()
        counts, self._counts = self._counts, Deliveries()
        return counts

    def _count(self) -> None:
        for variants in self._groups.values():
            for audience in variants.values():
                audience.count(self._counts)

    def _append(self, sink: Sink, data: bytes) -> None:
        self.deliveries += 1
        sink.deliver_events(data)

    def _move(self, row: Row) -> None:
        member = self._members.get(row["subscription_id"])  # type: ignore[call-overload]  # bigint
        if member is None:
            return
        group_id = row["group_id"]
        if isinstance(group_id, int):
            # A join in flight may know its new group already.
            is_news = group_id != member.group_id
            self._leave_group(member)
            member.group_id = group_id
            self._enter(member)
            if is_news:
                member.sink.rights_changed(member)
        else:
            self.remove(member)
            # What it heard before it ended goes out before the end.
            if frames := self._pending.pop(member.sink, None):
                member.sink.deliver_events(b"".join(frames))
            member.sink.lost(member, str(row["payload"] or ""))

    def _members_of(self, group_id: object) -> list[Member]:
        variants = self._groups.get(group_id, {})  # type: ignore[call-overload]  # bigint
        return [member for audience in variants.values() for member in audience.members]

    def _enter(self, member: Member) -> None:
        variants = self._groups.setdefault(member.group_id, {})
        key = (member.serializer, member.topic)
        if key not in variants:
            variants[key] = Audience()
        variants[key].enter(member)

    def _leave_group(self, member: Member) -> None:
        variants = self._groups.get(member.group_id, {})
        key = (member.serializer, member.topic)
        audience = variants.get(key)
        if audience is None:
            return
        audience.leave(member, self._counts)
        if not audience.members:
            del variants[key]
        if not variants:
            del self._groups[member.group_id]

    def _trim(self) -> None:
        """Drop the part of the log that no join in flight needs, and the oldest beyond the limit."""
        end = self._log_start + len(self._log)
        oldest = next(iter(self._in_flight)).began if self._in_flight else end
        surplus = max(oldest - self._log_start, len(self._log) - LOG_LIMIT, 0)
        self._log_bytes -= sum(map(_size, self._log[:surplus]))
        while self._log_bytes > LOG_BYTES:
            self._log_bytes -= _size(self._log[surplus])
            surplus += 1
        del self._log[:surplus]
        self._log_start += surplus


def encode(row: Row, serializer: Serializer, topic: str, join_ref: Ref = None) -> bytes:
    """A row of `next_frames` or `missed_frames` as a finished frame."""
    return text_frame(serializer, join_ref, None, topic, str(row["kind"]), str(row["payload"]))


def _size(row: Row) -> int:
    return len(str(row["payload"] or ""))


def _notify(member: Member, row: Row) -> None:
    if member.wants(_xid(row)):
        member.sink.resync(member)


def _xid(row: Row) -> int:
    """The transaction that wrote what a frame tells."""
    return row["xid"]  # type: ignore[return-value]  # xid8, not null for frames
