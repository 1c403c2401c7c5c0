"""Sockets that have not confirmed what the others have.

Each has a position of its own in the database, so that it holds back nobody else.
"""

from __future__ import annotations

import heapq
import uuid
from collections.abc import Iterable
from typing import Protocol

from wedsync.channels.positions import Position
from wedsync.database import calls
from wedsync.database.connections import Connection as Session

MOST = 200
"""So many sockets of a process have a position of their own; each change is written to the database."""


class Socket(Protocol):
    """A socket, as far as its position matters."""

    id: uuid.UUID
    open: bool

    def confirmed(self) -> Position | None:
        """How far its client has come for certain."""


class Laggards:
    """What the database knows of the sockets of one process: positions of those that had not come to the floor then."""

    def __init__(self) -> None:
        self._told: dict[uuid.UUID, str] = {}
        self._floor = Position(0, "")

    async def tell(self, session: Session, sockets: Iterable[Socket], floor: Position) -> Position:
        """Note the positions of sockets that have not come to `floor`, and return the floor that holds for all others.

        That is a lower one where there would be too many. Raises what the driver raises; they are written again then.
        """
        known = {each.id: each.confirmed() for each in sockets if each.open}
        places = {key: position for key, position in known.items() if position is not None}
        last = heapq.nsmallest(MOST + 1, places.values())
        if len(last) > MOST:
            floor = min(floor, last[MOST])
        # Whoever has a position keeps it until it has come to what the database calls safe by now.
        behind = {
            key: place.cursor
            for key, place in places.items()
            if place < floor or (place < self._floor and key in self._told)
        }
        changed: dict[uuid.UUID, str | None] = {key: None for key in self._told if key in places and key not in behind}
        # The position of one that was closed meanwhile goes with its subscription.
        changed.update((key, cursor) for key, cursor in behind.items() if self._told.get(key) != cursor)
        if changed:
            await calls.hold_positions(session, list(changed), list(changed.values()))
        self._told, self._floor = behind, floor
        return floor
