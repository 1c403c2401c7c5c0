"""The leader's batches of frames for its followers, each with its position.

A batch states the snapshots between which it is complete for its node. One that is too large for a page comes
without rows, and is read from the log instead.
"""

from __future__ import annotations

import asyncio
import uuid
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import msgpack

from wedsync.channels.snapshots import Snapshot
from wedsync.logs import logger
from wedsync.services.broker import Broker

log = logger("feed")

WAITING_BYTES = 64_000_000
"""Limit of pending batches of a busy node; beyond that it reads the log instead."""
_OLDEST = 1e9
_KINDS = frozenset(("moved", "broadcast", "postgres_changes", "notice", "resync"))
_UNREADABLE = (ValueError, TypeError, AttributeError, msgpack.UnpackException)


@dataclass(frozen=True, slots=True)
class FrameBatch:
    """Rows of `next_frames` for one node, complete between two snapshots; None stands for too many to send.

    `waited` are the seconds to add to the age of the rows, because the leader was busy.
    """

    since: str
    until: str
    rows: Sequence[Any] | None
    waited: float = 0.0


def packed(batch: FrameBatch) -> bytes:
    """The message of a batch."""
    if batch.rows is None:
        return msgpack.packb([batch.since, batch.until, None])  # type: ignore[no-any-return]
    rows = [
        (
            row["kind"], row["group_id"], row["subscription_id"], row["couple_id"] and row["couple_id"].bytes, row["seq"],
            row["payload"], row["xid"], row["age"] + batch.waited if row["age"] is not None else None,
        )
        for row in batch.rows
    ]  # fmt: skip
    return msgpack.packb([batch.since, batch.until, rows])  # type: ignore[no-any-return]


def unpacked(message: bytes) -> FrameBatch:
    """The batch in a message. Raises one of `_UNREADABLE` for what is none."""
    since, until, rows = msgpack.unpackb(message)
    for place in (since, until):
        Snapshot.parse(place)
    return FrameBatch(since, until, None if rows is None else [_row(*row) for row in rows])


def _row(
    kind: str, group: int | None, subscription: int | None, couple: bytes | None, seq: int | None, payload: Any,
    xid: int | None, age: Any,
) -> dict[str, Any]:  # fmt: skip
    numbers = all(isinstance(number, int | None) for number in (group, subscription, seq, xid))
    aged = age is None or (isinstance(age, float) and 0 <= age < _OLDEST)
    # Required by the hub: frames are complete, and moves have an id.
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
    """The subject of a follower. Changes after every crash of the database, which invalidates earlier positions."""
    return f"wedsync.feed.{incarnation}.{node}"


def wake_subject(incarnation: str) -> str:
    """The subject on which nodes ask the leader to poll, because they do not know whether it is idle."""
    return f"wedsync.bell.{incarnation}"


class Feed:
    """The batches sent to one node."""

    def __init__(self, broker: Broker, node: uuid.UUID) -> None:
        self.incarnation: str | None = None
        self._broker = broker
        self._node = node
        self._waiting: deque[bytes] = deque()
        self._size = 0
        self._some = asyncio.Event()
        self._asking: set[asyncio.Task[None]] = set()

    async def tune(self, incarnation: str) -> None:
        """Subscribe to the batches of this node since the last start of the database."""
        if incarnation == self.incarnation:
            return
        if self.incarnation is not None:
            await self._broker.unsubscribe(subject_of(self.incarnation, self._node))
        self.incarnation = incarnation
        self._clear()
        await self._broker.subscribe(subject_of(incarnation, self._node), self._receive)

    def ask(self) -> None:
        """Make the leader poll after a join, of which current writers do not know."""
        if self.incarnation is not None:
            asking = asyncio.get_running_loop().create_task(self._ask(wake_subject(self.incarnation)))
            self._asking.add(asking)
            asking.add_done_callback(self._asking.discard)

    async def _ask(self, subject: str) -> None:
        try:
            await self._broker.publish(subject, b"")
        except OSError as exc:
            # The leader polls twice a second, and without a leader this node does.
            log.info("leader_not_asked", error=type(exc).__name__)

    async def next(self, seconds: float) -> FrameBatch | None:
        """The next batch, or None if none arrives in time."""
        try:
            async with asyncio.timeout(seconds):
                while True:
                    while not self._waiting:
                        self._some.clear()
                        await self._some.wait()
                    message = self._waiting.popleft()
                    self._size -= len(message)
                    try:
                        return unpacked(message)
                    except _UNREADABLE as exc:
                        # Messages are not authenticated, so any client may publish invalid ones.
                        log.warning("frames_malformed", error=type(exc).__name__)
        except TimeoutError:
            return None

    def _receive(self, message: bytes) -> None:
        self._waiting.append(message)
        self._size += len(message)
        if self._size > WAITING_BYTES:
            log.warning("frames_dropped", bytes=self._size)
            self._clear()
        self._some.set()

    def _clear(self) -> None:
        self._waiting.clear()
        self._size = 0
