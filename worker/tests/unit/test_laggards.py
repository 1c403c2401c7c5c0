from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from typing import Any

import pytest

from wedsync.channels.positions import Position
from wedsync.services import laggards
from wedsync.services.laggards import Laggards


def at(number: int) -> Position:
    return Position(number, f"{number}:{number}:")


@dataclass
class Line:
    """A socket that has come to a position."""

    position: Position | None
    open: bool = True
    id: uuid.UUID = field(default_factory=uuid.uuid4)

    def confirmed(self) -> Position | None:
        return self.position


class Session:
    """Keeps what was told, or fails."""

    def __init__(self) -> None:
        self.held: dict[uuid.UUID, str] = {}
        self.calls = 0
        self.away = False

    async def execute(self, _statement: str, ids: list[uuid.UUID], positions: list[str | None]) -> None:
        if self.away:
            raise ConnectionResetError
        self.calls += 1
        for key, position in zip(ids, positions, strict=True):
            if position is None:
                self.held.pop(key, None)
            else:
                self.held[key] = position


async def test_who_has_not_come_to_the_floor_has_a_position_until_it_has() -> None:
    told, session, slow, well = Laggards(), Session(), Line(at(4)), Line(at(9))
    connection: Any = session
    assert await told.tell(connection, [slow, well, Line(None), Line(at(1), open=False)], at(8)) == at(8)
    assert session.held == {slow.id: "4:4:"}
    assert await told.tell(connection, [slow, well], at(9)) == at(9)
    assert session.calls == 1, "what has not changed is not told again"
    slow.position = at(10)
    assert await told.tell(connection, [slow, well], at(9)) == at(9)
    assert session.held == {}


async def test_the_position_of_a_socket_that_was_closed_stays_with_its_subscription() -> None:
    told, session, slow = Laggards(), Session(), Line(at(4))
    connection: Any = session
    await told.tell(connection, [slow], at(8))
    slow.open = False
    await told.tell(connection, [slow], at(9))
    await told.tell(connection, [], at(10))
    assert session.held == {slow.id: "4:4:"}


async def test_where_too_many_are_behind_the_floor_is_lower(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(laggards, "MOST", 2)
    told, session, lines = Laggards(), Session(), [Line(at(number)) for number in range(1, 6)]
    connection: Any = session
    assert await told.tell(connection, lines, at(9)) == at(3)
    assert list(session.held.values()) == ["1:1:", "2:2:"]


async def test_nobody_gives_up_its_position_before_it_has_come_to_what_was_called_safe(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    told, session, slow = Laggards(), Session(), Line(at(4))
    connection: Any = session
    await told.tell(connection, [slow], at(8))
    monkeypatch.setattr(laggards, "MOST", 1)
    slow.position = at(5)
    assert await told.tell(connection, [slow, Line(at(2)), Line(at(3))], at(9)) == at(3)
    assert session.held[slow.id] == "5:5:", "the database still calls 8 safe"


async def test_what_could_not_be_told_is_told_again() -> None:
    told, session, slow = Laggards(), Session(), Line(at(4))
    connection: Any = session
    session.away = True
    with pytest.raises(ConnectionResetError):
        await told.tell(connection, [slow], at(8))
    session.away = False
    await told.tell(connection, [slow], at(8))
    assert session.held == {slow.id: "4:4:"}
