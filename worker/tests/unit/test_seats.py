"""How far a channel has come: only what lies behind its catching up counts as confirmed."""

from __future__ import annotations

from typing import Any, cast

import pytest

from wedsync.channels.positions import Position
from wedsync.services.seats import Seat


class Given:
    """What a seat asks of its parts."""

    cursor = "1:1:"
    owed = True
    subscription_id = 7


def seat(live_from_cursor: int | None) -> Seat:
    anything = cast("Any", Given())
    found = Seat(anything, anything, anything, anything, anything)
    found.live_from_cursor = live_from_cursor
    return found


@pytest.mark.parametrize(
    ("live_from_cursor", "confirmed", "cursor"),
    [(None, 9, "1:1:"), (5, None, "1:1:"), (5, 4, "1:1:"), (5, 5, "1:1:"), (5, 6, "6:6:")],
)
def test_a_client_has_come_as_far_as_it_confirmed_behind_its_catching_up(
    live_from_cursor: int | None, confirmed: int | None, cursor: str
) -> None:
    position = None if confirmed is None else Position(confirmed, f"{confirmed}:{confirmed}:")
    assert seat(live_from_cursor).cursor(position) == cursor
    assert seat(live_from_cursor).departure(position, on_purpose=False).cursor == cursor
    left = seat(live_from_cursor).departure(position, on_purpose=True)
    assert (left.cursor, left.held, left.subscription_id) == (None, position, 7)


def test_a_refreshed_token_keeps_where_the_client_is() -> None:
    earlier, later = seat(5), seat(None)
    earlier.start, earlier.owed = "3:3:", False
    later.succeed(earlier)
    assert (later.start, later.live_from_cursor, later.owed) == ("3:3:", 5, False)
