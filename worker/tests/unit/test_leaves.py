from __future__ import annotations

import asyncio
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from harness.sockets import until

from wedsync.auth import Identity
from wedsync.channels.positions import Position
from wedsync.channels.subscription import JoinAnswer, Subscription
from wedsync.services.leaves import Leaves

EMMA = ("00000000-0000-4000-8000-00000000000e", "core_fields_1")
JAMES = ("00000000-0000-4000-8000-00000000000a", "core_fields_1")


class Pool:
    """Takes statements, or fails as long as it is told to."""

    def __init__(self) -> None:
        self.calls: list[tuple[Any, ...]] = []
        self.away = False
        self.refused = 0
        self.before: Callable[[str], None] = lambda _statement: None

    async def execute(self, text: str, *arguments: Any) -> None:
        statement = text.split(".")[1].split("(")[0]
        await asyncio.sleep(0)
        self.before(statement)
        if self.away:
            self.refused += 1
            raise ConnectionResetError
        self.calls.append((statement, *map(list, arguments)))


def left(number: int, cursor: str | None, held: int) -> Subscription:
    socket: Any = SimpleNamespace(session_name="tab")
    subscription = Subscription(socket, f"realtime:{EMMA[1]}")
    subscription.admit(Identity({"sub": EMMA[0], "role": "authenticated"}, 0.0), JoinAnswer(number, 1, EMMA[1], []))
    subscription.left_at = (cursor, Position(held, f"{held}:{held}:"))
    return subscription


async def test_leaves_go_together_and_stay_until_they_are_sent() -> None:
    pool = Pool()
    leaves = Leaves(pool)
    leaves.add(left(1, "5:5:", 7))
    leaves.add(left(2, None, 3))
    pool.away = True
    with pytest.raises(ConnectionResetError):
        await leaves.send()
    assert leaves.held() == Position(3, "3:3:"), "what is called safe must stay behind them"
    assert leaves.points() == [{"user_id": EMMA[0], "session": "tab", "topic": "core_fields_1", "position": "5:5:"}]
    pool.away = False
    await leaves.send()
    assert pool.calls == [("leave_topics", [1, 2], ["5:5:", None])]
    assert leaves.held() is None
    assert leaves.points() == []


async def test_what_comes_while_a_batch_is_sent_waits_for_the_next() -> None:
    pool = Pool()
    leaves = Leaves(pool)
    leaves.add(left(1, "5:5:", 7))
    leaves.confirm(11)
    sending = asyncio.create_task(leaves.send())
    await asyncio.sleep(0)
    leaves.add(left(2, "6:6:", 8))
    leaves.confirm(12)
    await sending
    await leaves.send()
    assert pool.calls == [
        ("forget_positions", [11]), ("leave_topics", [1], ["5:5:"]),
        ("forget_positions", [12]), ("leave_topics", [2], ["6:6:"]),
    ]  # fmt: skip


async def test_a_join_waits_for_an_earlier_channel_of_its_own_only() -> None:
    leaves = Leaves(Pool())
    leaves.add(left(1, "5:5:", 7))
    leaves.add(left(2, "5:5:", 7))
    await asyncio.wait_for(leaves.until_left(*JAMES), 1)
    waiting = asyncio.create_task(leaves.until_left(*EMMA))
    await asyncio.sleep(0.01)
    assert not waiting.done()
    await leaves.send()
    await asyncio.wait_for(waiting, 1)


async def test_what_the_database_has_lost_is_not_sent_and_nobody_waits_for_it() -> None:
    pool = Pool()
    leaves = Leaves(pool)
    leaves.add(left(1, "5:5:", 7))
    waiting = asyncio.create_task(leaves.until_left(*EMMA))
    await asyncio.sleep(0)
    leaves.clear()
    await asyncio.wait_for(waiting, 1)
    await leaves.send()
    assert pool.calls == []


async def test_what_could_not_be_sent_is_sent_later_without_being_asked() -> None:
    pool = Pool()
    leaves = Leaves(pool)
    pool.away = True
    sending = asyncio.create_task(leaves.run())
    try:
        leaves.add(left(1, "5:5:", 7))
        leaves.confirm(11)
        waiting = asyncio.create_task(leaves.until_left(*EMMA))
        await until(lambda: pool.refused >= 2)
        assert not waiting.done(), "what was not sent is not gone"
        pool.away = False
        await asyncio.wait_for(waiting, 5)
    finally:
        sending.cancel()
    assert pool.calls == [("forget_positions", [11]), ("leave_topics", [1], ["5:5:"])]


@pytest.mark.parametrize("lost_at", ["forget_positions", "leave_topics"])
async def test_what_comes_after_the_database_was_lost_does_not_go_with_what_came_before(lost_at: str) -> None:
    pool = Pool()
    leaves = Leaves(pool)
    leaves.add(left(1, "5:5:", 7))
    leaves.confirm(11)

    def lose(statement: str) -> None:
        if statement == lost_at:
            pool.before = lambda _statement: None
            leaves.clear()
            leaves.add(left(2, "6:6:", 8))
            leaves.confirm(12)

    pool.before = lose
    await leaves.send()
    told: list[tuple[Any, ...]] = [("forget_positions", [11]), ("leave_topics", [1], ["5:5:"])]
    assert pool.calls == told[: 1 + (lost_at == "leave_topics")]
    pool.calls.clear()
    assert leaves.held() == Position(8, "8:8:")
    waiting = asyncio.create_task(leaves.until_left(*EMMA))
    await asyncio.sleep(0)
    assert not waiting.done()
    await leaves.send()
    await asyncio.wait_for(waiting, 1)
    assert pool.calls == [("forget_positions", [12]), ("leave_topics", [2], ["6:6:"])]
