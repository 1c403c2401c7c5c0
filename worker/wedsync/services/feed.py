"""What the leader sends to the nodes that do not read the log themselves: portions of frames, each with its place.

A portion says since when and until when it is complete for its node, in snapshots of the database. It travels in one
message or in several parts. One that cannot travel comes without rows, and is read from the log instead.
"""

from __future__ import annotations

import asyncio
import uuid
from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import msgpack

from wedsync.channels.snapshots import Snapshot
from wedsync.logs import logger
from wedsync.services.broker import Broker

log = logger("feed")

WAITING_BYTES = 64_000_000
"""How much may wait for a node that is busy; beyond that it reads the log instead."""
_ROW_BYTES = 200
_OLDEST = 1e9
_KINDS = frozenset(("moved", "broadcast", "postgres_changes", "notice", "resync"))
_UNREADABLE = (ValueError, TypeError, AttributeError, msgpack.UnpackException)


@dataclass(frozen=True, slots=True)
class FrameBatch:
    """Rows of `next_frames` for one node, complete between two snapshots; None stands for rows too large to send.

    `waited` are the seconds by which the rows are older than they say, because the leader was busy with them.
    """

    since: str
    until: str
    rows: Sequence[Any] | None
    waited: float = 0.0


def packed(portion: FrameBatch, limit: int) -> Iterable[bytes]:
    """The messages of a portion, each of at most `limit` bytes."""
    limit -= len(portion.since) + len(portion.until)
    if portion.rows is None or any(_size(row) > limit for row in portion.rows):
        yield msgpack.packb([portion.since, portion.until, 1, 1, None])
        return
    parts: list[list[Any]] = [[]]
    room = limit
    for row in portion.rows:
        room -= _size(row)
        if room < 0 and parts[-1]:
            parts.append([])
            room = limit - _size(row)
        couple_id = row["couple_id"]
        parts[-1].append([
            row["kind"], row["group_id"], row["subscription_id"], couple_id.bytes if couple_id is not None else None,
            row["seq"], row["payload"], row["xid"],
            row["age"] + portion.waited if row["age"] is not None else None,
        ])  # fmt: skip
    for number, part in enumerate(parts, 1):
        yield msgpack.packb([portion.since, portion.until, number, len(parts), part])


def _size(row: Any) -> int:
    payload = row["payload"]
    # A character of JSON text has at most four bytes in UTF-8; most have one.
    size = 0 if payload is None else len(payload) if payload.isascii() else len(payload.encode())
    return size + _ROW_BYTES


class Unpacker:
    """Puts the parts of portions together."""

    def __init__(self) -> None:
        self._rows: list[dict[str, Any]] = []
        self._next = 1
        self._place = ("", "")

    def add(self, message: bytes) -> FrameBatch | None:
        """The portion that is complete with this message. Raises one of `_UNREADABLE` for what is none."""
        since, until, number, parts, rows = msgpack.unpackb(message)
        for place in (since, until):
            Snapshot.parse(place)
        if number == 1:
            self._rows, self._next, self._place = [], 1, (since, until)
        if rows is None:
            return FrameBatch(since, until, None)
        # Two leaders at once may send to the same place, but from different ones.
        whole = number == self._next and (since, until) == self._place
        self._rows += (_row(*row) for row in rows)
        self._next += 1
        if number < parts:
            return None
        # A part is missing: whoever asks the log for it gets everything.
        return FrameBatch(since, until, self._rows if whole and self._next == parts + 1 else None)


def _row(
    kind: str, group: int | None, subscription: int | None, couple: bytes | None, seq: int | None, payload: Any,
    xid: int | None, age: Any,
) -> dict[str, Any]:  # fmt: skip
    numbers = all(isinstance(number, int | None) for number in (group, subscription, seq, xid))
    aged = age is None or (isinstance(age, float) and 0 <= age < _OLDEST)
    # What the hub counts on: frames have all of it, and what has moved has a name.
    needed = {"moved": (subscription,), "resync": (group,), "notice": (group, xid)}.get(kind, (group, xid, payload))
    whole = kind in _KINDS and None not in needed
    if not whole or not numbers or not isinstance(payload, str | None) or not aged:
        raise ValueError("not a row of next_frames")
    couple_id = uuid.UUID(bytes=couple) if couple is not None else None
    return {
        "kind": kind, "group_id": group, "subscription_id": subscription, "couple_id": couple_id, "seq": seq,
        "payload": payload, "xid": xid, "age": age,
    }  # fmt: skip


def subject_of(incarnation: str, node: uuid.UUID) -> str:
    """Where a node is fed. Another one after every crash of the database, when positions of before mean nothing."""
    return f"wedsync.feed.{incarnation}.{node}"


def bell_of(incarnation: str) -> str:
    """Where nodes ask the leader to look: they cannot see whether it sleeps."""
    return f"wedsync.bell.{incarnation}"


class Feed:
    """What one node is sent."""

    def __init__(self, broker: Broker, node: uuid.UUID) -> None:
        self.incarnation: str | None = None
        self._broker = broker
        self._node = node
        self._unpacker = Unpacker()
        self._waiting: deque[bytes] = deque()
        self._size = 0
        self._some = asyncio.Event()
        self._asking: set[asyncio.Task[None]] = set()

    async def tune(self, incarnation: str) -> None:
        """Hear what is sent to this node in the present life of the database."""
        if incarnation == self.incarnation:
            return
        if self.incarnation is not None:
            await self._broker.unsubscribe(subject_of(self.incarnation, self._node))
        self.incarnation = incarnation
        self._clear()
        await self._broker.subscribe(subject_of(incarnation, self._node), self._hear)

    def ask(self) -> None:
        """Make the leader look: somebody joined, and whoever writes just now does not know that."""
        if self.incarnation is not None:
            asking = asyncio.get_running_loop().create_task(self._ask(bell_of(self.incarnation)))
            self._asking.add(asking)
            asking.add_done_callback(self._asking.discard)

    async def _ask(self, subject: str) -> None:
        try:
            await self._broker.publish(subject, b"")
        except OSError as exc:
            # The leader looks twice a second, and without a leader this node does.
            log.info("leader_not_asked", error=type(exc).__name__)

    async def next(self, seconds: float) -> FrameBatch | None:
        """The next portion, or None when nobody sent one for so long."""
        try:
            async with asyncio.timeout(seconds):
                while True:
                    while not self._waiting:
                        self._some.clear()
                        await self._some.wait()
                    message = self._waiting.popleft()
                    self._size -= len(message)
                    if portion := self._unpacked(message):
                        return portion
        except TimeoutError:
            return None

    def _unpacked(self, message: bytes) -> FrameBatch | None:
        try:
            return self._unpacker.add(message)
        except _UNREADABLE as exc:
            # Whoever may publish there can send anything; nobody may end the relay by it.
            log.warning("portion_malformed", error=type(exc).__name__)
            return None

    def _hear(self, message: bytes) -> None:
        self._waiting.append(message)
        self._size += len(message)
        if self._size > WAITING_BYTES:
            log.warning("portions_dropped", bytes=self._size)
            self._clear()
        self._some.set()

    def _clear(self) -> None:
        self._waiting.clear()
        self._size = 0
        self._unpacker = Unpacker()
