"""Sockets that lag behind the others.

Each has its own position in the database, so that it does not hold back others.
"""

from __future__ import annotations

import heapq
import uuid
from collections.abc import Iterable

from wedsync.channels.positions import Position
from wedsync.channels.subscription import Socket
from wedsync.database import calls
from wedsync.database.connections import Connection as Session

MOST = 200
"""Maximum number of sockets of a process with their own position; each change is written to the database."""


class Laggards:
    """The positions stored in the database, of sockets of one process that were behind the floor."""

    def __init__(self) -> None:
        self._told: dict[uuid.UUID, str] = {}
        self._floor = Position(0, "")

    async def tell(self, session: Session, sockets: Iterable[Socket], floor: Position) -> Position:
        """Store the positions of sockets behind `floor`, and return the floor for all others.

        That is a lower one if there would be too many. If the driver raises an exception, they are written again.
        """
        known = {each.id: each.confirmed() for each in sockets if each.open}
        places = {key: position for key, position in known.items() if position is not None}
        last = heapq.nsmallest(MOST + 1, places.values())
        if len(last) > MOST:
            floor = min(floor, last[MOST])
        # Sockets keep their position until they have reached the safe position.
        behind = {
            key: place.cursor
            for key, place in places.items()
            if place < floor or (place < self._floor and key in self._told)
        }
        changed: dict[uuid.UUID, str | None] = {key: None for key in self._told if key in places and key not in behind}
        # The position of a closed socket is deleted with its subscription.
        changed.update((key, cursor) for key, cursor in behind.items() if self._told.get(key) != cursor)
        if changed:
            await calls.hold_positions(session, list(changed), list(changed.values()))
        self._told, self._floor = behind, floor
        return floor
