"""Messages of any size over NATS."""

from __future__ import annotations

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wedsync.services.broker import OversizedPayloads, parts


@given(st.binary(max_size=2000), st.integers(50, 300))
def test_what_is_too_large_travels_in_parts(data: bytes, limit: int) -> None:
    messages = list(parts(data, limit))
    assert all(len(message) <= limit for message in messages)
    payloads = OversizedPayloads()
    assert [payloads.add(message) for message in messages] == [None] * (len(messages) - 1) + [data]
    # With one part lost nothing comes, and the next message is not hurt by it.
    if len(messages) > 1:
        assert [payloads.add(message) for message in messages[1:]] == [None] * (len(messages) - 1)
        del messages[1]
        assert [payloads.add(message) for message in messages] == [None] * len(messages)
    assert [payloads.add(message) for message in parts(data, limit)][-1] == data


@pytest.mark.parametrize("lost", [0, 1, 2])
def test_a_message_that_lost_a_part_does_not_arrive(lost: int) -> None:
    payloads, messages = OversizedPayloads(), list(parts(b"abc" * 50, 80))
    assert len(messages) == 3
    del messages[lost]
    assert [payloads.add(message) for message in messages] == [None, None]


def test_parts_of_two_messages_are_not_mixed() -> None:
    payloads, first, second = OversizedPayloads(), list(parts(b"a" * 100, 80)), list(parts(b"b" * 100, 80))
    assert len(first) == len(second) == 2
    arrived = [payloads.add(message) for message in (first[0], second[0], first[1], second[1])]
    assert arrived == [None, None, b"a" * 100, b"b" * 100]


def test_parts_that_never_end_are_dropped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("wedsync.services.broker.WAITING_BYTES", 300)

    def part(name: int, number: int, count: int, data: bytes) -> bytes:
        return b"\1" + struct.pack("!16sII", name.to_bytes(16, "big"), number, count) + data

    payloads = OversizedPayloads()
    for name in range(50):
        assert payloads.add(part(name, 0, 9, b"x" * 100)) is None
    assert payloads.add(part(49, 1, 2, b"y")) == b"x" * 100 + b"y"
    assert payloads.add(part(3, 1, 2, b"y")) is None


@pytest.mark.parametrize("message", [b"", b"part", b"\1", b"\1" + b"x" * 24, b"\2", b"{}"])
def test_what_strangers_send_is_refused_or_waits_for_the_rest(message: bytes) -> None:
    try:
        assert OversizedPayloads().add(message) is None
    except ValueError:
        pass
    else:
        assert message[:1] == b"\1"
