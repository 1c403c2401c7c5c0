"""Batches on the bus, and how much somebody may send."""

from __future__ import annotations

import json
import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wedsync.channels.token_bucket import WINDOW_SECONDS, TokenBucket
from wedsync.database.listener import Listener
from wedsync.services.broker import Broker
from wedsync.services.bus import Outbox, first_of, packets
from wedsync.services.nats_bus import NatsBus


@given(st.lists(st.tuples(st.sampled_from(("broadcast", "presence")), st.text(max_size=60))))
def test_packets_hold_everything_in_order_and_stay_small(items: list[tuple[str, str]]) -> None:
    texts = list(packets(((kind, json.dumps({"x": text})) for kind, text in items), 300))
    found = [(kind, item["x"]) for text in texts for kind, batch in json.loads(text).items() for item in batch]
    assert found == items
    for text in texts:
        alone = sum(len(batch) for batch in json.loads(text).values()) == 1
        assert len(text) <= 300 or alone


async def test_what_is_too_much_is_dropped_from_the_front_and_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("wedsync.services.bus.WAITING_BYTES", 100)
    outbox = Outbox()
    for number in range(25):
        outbox.add("broadcast", {"n": f"{number:02}"})
    assert outbox.dropped == 15
    assert [json.loads(text)["n"] for _, text in await outbox.tick()] == [f"{number:02}" for number in range(15, 25)]
    outbox.add("broadcast", {"n": 1})
    outbox.add("broadcast", {"n": "x" * 1000})
    assert [json.loads(text)["n"] for _, text in await outbox.tick()] == ["x" * 1000]
    assert outbox.dropped == 16


async def test_what_could_not_be_sent_goes_first() -> None:
    outbox = Outbox()
    for number in range(3):
        outbox.add("broadcast", {"n": number})
    items = await outbox.tick()
    outbox.add("broadcast", {"n": 3})
    outbox.give_back(items)
    assert [json.loads(text)["n"] for _, text in await outbox.tick()] == [0, 1, 2, 3]


@pytest.mark.parametrize("text", ["", "7", "[]", '{"broadcast": 7}', "[" * 100_000, '{"a":' * 100_000])
def test_what_strangers_send_over_nats_ends_nothing(text: str) -> None:
    heard: list[tuple[str, object]] = []
    bus = NatsBus(Broker("nats://nowhere"), lambda: None, Listener("", uuid.uuid4()), None)
    bus.listen(lambda kind, items: heard.append((kind, items)), lambda: None)
    bus._open(text.encode())
    bus._open(b'{"broadcast": [{"topic": "t"}]}')
    assert heard == [("broadcast", [{"topic": "t"}])]


@given(st.lists(st.text(max_size=50), min_size=1), st.integers(1, 100))
def test_batchs_are_of_bounded_size(texts: list[str], limit: int) -> None:
    items = [("broadcast", text) for text in texts]
    taken: list[tuple[str, str]] = []
    while items:
        batch = first_of(items, limit)
        assert len(batch) == 1 or sum(len(text) for _, text in batch) <= limit
        taken += batch
        items = items[len(batch) :]
    assert [text for _, text in taken] == texts


def test_a_bucket_can_be_owed() -> None:
    bucket = TokenBucket()
    assert bucket.owe(10, 0.0, int(10 * WINDOW_SECONDS)) == 0.0
    assert bucket.owe(10, 0.0, 5) == pytest.approx(0.5)
    assert bucket.owe(10, 0.3, 0) == pytest.approx(0.2)
    assert bucket.owe(10, 2.5, 20) == 0.0


def test_a_bucket_lets_a_burst_pass_and_then_the_rate() -> None:
    bucket = TokenBucket()
    burst = int(10 * WINDOW_SECONDS)
    assert [bucket.take(10, 0.0) for _ in range(burst + 1)] == [True] * burst + [False]
    assert bucket.take(10, 0.1)
    assert not bucket.take(10, 0.1)
    assert not bucket.take(10, 1.0, 10)
    assert bucket.take(10, 1.2, 10)
    assert bucket.left() == 0 or bucket.left() == 1
