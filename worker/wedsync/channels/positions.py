"""Positions: what the relay had read when a socket was last known to have received everything. Pure.

A position is a cursor of the relay. Clients resume from one, so it must never be ahead of what the client has
received. It must also survive a crash of the database: PostgreSQL writes the end of some transactions to disk a little
later (such as those that only wrote unlogged tables), and after a crash their ids can be reused. So a
position is used only once it is older than that delay.
"""

from __future__ import annotations

from typing import NamedTuple

SETTLE_SECONDS = 1.0
"""Longer than three times wal_writer_delay, by which PostgreSQL has written everything."""


_PINGS_KEPT = 10


class Position(NamedTuple):
    """A cursor, and its sequence number within this process."""

    number: int
    cursor: str


class Checkpoints:
    """The positions that a relay has reached, as far as they are still needed."""

    def __init__(self) -> None:
        self.number = 0
        self.settled: Position | None = None
        self._settling: Position | None = None
        self._settling_since = 0.0

    def begin(self, cursor: str, now: float) -> None:
        """Restart from `cursor`; earlier positions belong to a lost history."""
        self.number += 1
        self.settled = self._settling = Position(self.number, cursor)
        self._settling_since = now

    @property
    def on_disk(self) -> Position | None:
        """A position that is certainly older than the delay; None right after the start."""
        return self.settled if self.settled is not self._settling else None

    def reach(self, cursor: str, now: float) -> None:
        """Everything up to `cursor` was written to the sockets by `now` (seconds of a steady clock)."""
        self.number += 1
        if now - self._settling_since >= SETTLE_SECONDS:
            self.settled, self._settling, self._settling_since = self._settling, Position(self.number, cursor), now


def oldest(first: Position | None, second: Position | None) -> Position | None:
    """The earlier one; None means no position."""
    if first is None or second is None:
        return first or second
    return min(first, second)


class DeliveryAck:
    """What a client has certainly received: a pong confirms everything written before its ping.

    `written` counts what the client has to confirm. Once all is confirmed, the client's position is the relay's.
    """

    __slots__ = ("_asked", "_number", "_received", "confirmed", "written")

    def __init__(self) -> None:
        self.confirmed: Position | None = None
        self.written = 0
        self._received = 0
        self._number = 0
        self._asked: tuple[tuple[bytes, Position, int], ...] = ()

    @property
    def is_complete(self) -> bool:
        """Whether everything that was written has arrived."""
        return self._received == self.written

    def ask(self, position: Position | None) -> bytes:
        """Payload of a ping that asks for confirmation of `position`, or of a plain ping."""
        self._number += 1
        ping = self._number.to_bytes(8, "big")
        if position is not None:
            # On a slow connection, several pings may be in flight.
            self._asked = (*self._asked[-_PINGS_KEPT + 1 :], (ping, position, self.written))
        return ping

    def take(self, pong: bytes) -> bool:
        """Whether a pong confirms a position."""
        for place, (ping, position, written) in enumerate(self._asked):
            if pong == ping:
                self.confirmed, self._received, self._asked = position, written, self._asked[place + 1 :]
                return True
        return False
