"""How far a channel has come: only what lies behind its catching up counts as confirmed."""

from __future__ import annotations

from typing import Any, cast

import pytest

from wedsync.auth import Identity
from wedsync.channels.positions import Position
from wedsync.channels.subscription import JoinAnswer, Subscription

ANSWER = JoinAnswer(7, 1, "t", [], position="1:1:", resume_from="1:1:")
IDENTITY = Identity({"role": "anon"}, 0.0)


def subscription(live_from_cursor: int | None) -> Subscription:
    found = Subscription(cast("Any", None), "realtime:core_fields_1")
    found.admit(IDENTITY, ANSWER)
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
    assert subscription(live_from_cursor).cursor(position) == cursor
    for on_purpose, left_at in ((False, cursor), (True, None)):
        left = subscription(live_from_cursor)
        left.leave(position, on_purpose=on_purpose)
        assert (left.left_at, left.id, left.is_admitted) == ((left_at, position), 7, False)


def test_a_refreshed_token_keeps_where_the_client_is() -> None:
    refreshed = subscription(5)
    refreshed.start, refreshed.is_return = "3:3:", False
    refreshed.take_rights(IDENTITY, JoinAnswer(7, 1, "t", [], can_broadcast=True, position="9:9:"))
    assert (refreshed.start, refreshed.live_from_cursor, refreshed.is_return) == ("3:3:", 5, False)
    assert refreshed.can_broadcast
