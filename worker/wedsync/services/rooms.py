"""Rooms: who of this process is on a topic, and one encoding for all of them.

A catalogue channel is one room. A free topic is two, because private and public channels of one name
hear nothing of each other; `lane` tells which: None, or the private flag.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from wedsync.channels.subscription import Deliveries, Sink
from wedsync.protocol.frames import Serializer

if TYPE_CHECKING:
    from wedsync.services.seats import Seat

Lane = bool | None


def lane_of(seat: Seat) -> Lane:
    """The private flag on a free topic, None on a channel of the catalogue."""
    if not seat.joined.is_free:
        return None
    return (seat.channel.config or {}).get("private") in (True, "true")


class Rooms:
    """Seats by topic name (without prefix), in the order in which they came."""

    def __init__(self) -> None:
        self._seats: dict[str, dict[Seat, None]] = {}

    def enter(self, seat: Seat) -> None:
        """The channel is joined."""
        self._seats.setdefault(seat.channel.name, {})[seat] = None

    def leave(self, seat: Seat) -> None:
        """The channel ended; harmless when it is not here."""
        seats = self._seats.get(seat.channel.name)
        if seats is not None:
            seats.pop(seat, None)
            if not seats:
                del self._seats[seat.channel.name]

    def clear(self) -> None:
        """The database lost all subscriptions."""
        self._seats.clear()

    def seats(self, name: str) -> Iterable[Seat]:
        """Who is there now."""
        return tuple(self._seats.get(name, ()))

    def occupied(self, name: str) -> bool:
        """Whether anybody is there."""
        return name in self._seats


class Mail:
    """Frames of one kind on their way to sockets: encoded once per serializer and spelling of the topic, all of one batch
    one write per socket.

    `counts` gets what each user received.
    """

    def __init__(self, kind: str, counts: Deliveries) -> None:
        self._kind = kind
        self._counts = counts
        self._waiting: dict[Sink, list[bytes]] = {}

    def put(self, seats: Iterable[Seat], encode: Callable[[Serializer, str], bytes | None]) -> int:
        """Add one frame for every seat whose serializer has a form for it; returns for how many.

        `encode` gets the seat's topic with prefix.
        """
        forms: dict[tuple[Serializer, str], bytes | None] = {}
        count = 0
        for seat in seats:
            form = seat.member.serializer, seat.member.topic
            if form not in forms:
                forms[form] = encode(*form)
            data = forms[form]
            if data is not None:
                self._waiting.setdefault(seat.member.sink, []).append(data)
                if seat.member.user is not None:
                    self._counts[seat.member.user, seat.channel.name, self._kind] += 1
                count += 1
        return count

    def send(self) -> None:
        """Hand everything to the sockets."""
        waiting, self._waiting = self._waiting, {}
        for sink, frames in waiting.items():
            sink.deliver(frames[0] if len(frames) == 1 else b"".join(frames))
