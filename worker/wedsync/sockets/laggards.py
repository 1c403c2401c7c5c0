"""Sockets that have not confirmed what the others have. Each has a position of its own in the database, so that it holds back nobody."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from typing import Protocol

from wedsync.db import Connection as Session
from wedsync.stream.positions import Position

_HOLD = "select wedsync_internal.hold_positions($1, $2)"


class Socket(Protocol):
    """A socket, as far as its position matters."""

    id: uuid.UUID
    open: bool

    def confirmed(self) -> Position | None:
        """How far its client has come for certain."""


class Laggards:
    """What was told of the sockets of one process."""

    def __init__(self) -> None:
        self._told: dict[uuid.UUID, str] = {}

    async def tell(self, session: Session, sockets: Iterable[Socket], floor: Position) -> None:
        """Note the position of every socket that has not come to `floor`. Raises what the driver raises; it is told again then."""
        behind: dict[uuid.UUID, str] = {}
        changed: dict[uuid.UUID, str | None] = {}
        for socket in sockets:
            position = socket.confirmed()
            if not socket.open or position is None:
                continue
            if position.number < floor.number:
                behind[socket.id] = position.cursor
            elif socket.id in self._told:
                changed[socket.id] = None
        # Of one that was closed meanwhile the position stays: it goes with its subscription.
        changed.update((key, cursor) for key, cursor in behind.items() if self._told.get(key) != cursor)
        if changed:
            await session.execute(_HOLD, list(changed), list(changed.values()))
        self._told = behind
