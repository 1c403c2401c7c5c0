"""Batches on the bus, and how much somebody may send."""

from __future__ import annotations

import asyncio
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wedsync.live.bus import Backlog, Inbox, Outbox, Parcels, packets
from wedsync.protocol.limits import WINDOW_SECONDS, Allowance


@given(st.lists(st.tuples(st.sampled_from(("broadcast", "presence")), st.text(max_size=60))))
def test_packets_hold_everything_in_order_and_stay_small(items: list[tuple[str, str]]) -> None:
    texts = list(packets(((kind, json.dumps({"x": text})) for kind, text in items), 300))
    found = [(kind, item["x"]) for text in texts for kind, batch in json.loads(text).items() for item in batch]
    assert found == items
    for text in texts:
        alone = sum(len(batch) for batch in json.loads(text).values()) == 1
        assert len(text) <= 300 or alone


def test_what_is_too_much_is_dropped_from_the_front_and_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("wedsync.live.bus.WAITING_BYTES", 100)
    backlog = Backlog()
    for number in range(25):
        backlog.add("broadcast", f"{number:010}")
    assert (backlog.dropped, len(backlog)) == (15, 10)
    assert backlog.pop() == ("broadcast", f"{15:010}")
    backlog.add("broadcast", "x" * 1000)
    assert [backlog.pop() for _ in range(len(backlog))] == [("broadcast", "x" * 1000)]


async def test_what_could_not_be_sent_goes_first() -> None:
    outbox = Outbox()
    for number in range(3):
        outbox.add("broadcast", {"n": number})
    items = await outbox.tick()
    outbox.add("broadcast", {"n": 3})
    outbox.give_back(items)
    assert [json.loads(text)["n"] for _, text in await outbox.tick()] == [0, 1, 2, 3]


@pytest.mark.parametrize(
    "text", ["", "7", "[]", '{"broadcast": [{}]}', '{"broadcast": 7}', "[" * 100_000, '{"a":' * 100_000]
)
async def test_what_strangers_send_ends_nothing(text: str) -> None:
    heard: list[object] = []

    def hear(_kind: str, items: list[dict[str, object]]) -> None:
        heard.extend(item["topic"] for item in items)

    inbox = Inbox(Parcels(None), hear)
    running = asyncio.create_task(inbox.run())
    inbox.add(text)
    inbox.add('{"broadcast": [{"topic": "t"}]}')
    async with asyncio.timeout(5):
        while not heard and not running.done():  # noqa: ASYNC110 (what is waited for has no event)
            await asyncio.sleep(0)
    running.cancel()
    assert heard == ["t"]


def test_an_allowance_can_be_owed() -> None:
    allowance = Allowance(10, 0.0)
    assert allowance.owe(10, 0.0, int(10 * WINDOW_SECONDS)) == 0.0
    assert allowance.owe(10, 0.0, 5) == pytest.approx(0.5)
    assert allowance.owe(10, 0.3, 0) == pytest.approx(0.2)
    assert allowance.owe(10, 2.5, 20) == 0.0


def test_an_allowance_lets_a_burst_pass_and_then_the_rate() -> None:
    allowance = Allowance(10, 0.0)
    burst = int(10 * WINDOW_SECONDS)
    assert [allowance.take(10, 0.0) for _ in range(burst + 1)] == [True] * burst + [False]
    assert allowance.take(10, 0.1)
    assert not allowance.take(10, 0.1)
    assert not allowance.take(10, 1.0, 10)
    assert allowance.take(10, 1.2, 10)
    assert allowance.left() == 0 or allowance.left() == 1
