from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from websockets.client import ClientProtocol
from websockets.frames import Frame, Opcode
from websockets.protocol import OPEN
from websockets.uri import parse_uri

from wedsync.protocol.frames import (
    BINARY,
    SMALL_LIMIT,
    TEXT,
    BroadcastPush,
    Encoding,
    FrameError,
    Serializer,
    decode_binary,
    decode_text,
    encode_broadcast,
    encode_text,
    frame,
    is_json,
    text_frame,
    to_json,
)

TOPIC = "realtime:wedding:7c1"
names = st.text(st.characters(exclude_characters="\0", exclude_categories=("Cs",)), max_size=60)
refs = st.none() | names | st.integers()
payloads = st.recursive(
    st.none() | st.booleans() | st.integers() | names, lambda inner: st.lists(inner) | st.dictionaries(names, inner)
)


def push(join_ref: str, ref: str, topic: str, event: str, metadata: str, encoding: int, payload: bytes) -> bytes:
    """A kind 3 frame as a client builds it."""
    parts = [part.encode() for part in (join_ref, ref, topic, event, metadata)]
    return bytes((3, *(len(part) for part in parts), encoding)) + b"".join(parts) + payload


def test_a_push_has_the_header_bytes_of_the_protocol() -> None:
    data = push("4", "19", TOPIC, "seat_moved", "", 1, b"{}")
    assert data[:7] == bytes.fromhex("030102140a0001")
    message = decode_binary(data)
    assert (message.join_ref, message.ref, message.topic, message.event) == ("4", "19", TOPIC, "broadcast")
    assert message.payload == BroadcastPush("seat_moved", "", Encoding.JSON, b"{}")


def test_a_broadcast_has_the_header_bytes_of_the_protocol() -> None:
    metadata = to_json({"id": "0" * 36})[:45].ljust(45)
    data = encode_broadcast(TOPIC, "seat_moved", metadata, Encoding.JSON, b"{}")
    assert data[:5] == bytes.fromhex("04140a2d01")
    assert data[5:] == f"{TOPIC}seat_moved{metadata}{{}}".encode()


def test_sizes_count_utf8_bytes() -> None:
    data = encode_broadcast("realtime:café", "né", "", Encoding.BINARY, b"\xff")
    assert data[:5] == bytes((4, 14, 3, 0, 0))
    assert decode_binary(push("", "", "realtime:café", "né", "", 0, b"\xff")).topic == "realtime:café"


@pytest.mark.parametrize("part", ["topic", "event", "metadata"])
def test_a_part_of_more_than_255_bytes_does_not_fit_a_binary_frame(part: str) -> None:
    parts = {"topic": "t", "event": "e", "metadata": "", part: "é" * 128}
    with pytest.raises(FrameError, match=f"{part} has 256 bytes"):
        encode_broadcast(**parts, encoding=Encoding.JSON, payload=b"")


def test_lengths_counted_in_utf16_units_are_refused_cleanly() -> None:
    parts = ["", "", "realtime:é", "x", ""]
    wrong = bytes((3, *(len(part) for part in parts), 1)) + "".join(parts).encode()
    with pytest.raises(FrameError, match="not UTF-8"):
        decode_binary(wrong)


@given(st.binary(max_size=400) | st.binary(max_size=60).map(lambda tail: b"\x03" + tail))
def test_any_bytes_give_a_message_or_a_frame_error(data: bytes) -> None:
    try:
        message = decode_binary(data)
    except FrameError:
        return
    assert isinstance(message.payload, BroadcastPush)


@given(st.sampled_from(Serializer), st.text() | payloads.map(json.dumps))
def test_any_text_gives_a_message_or_a_frame_error(serializer: Serializer, text: str) -> None:
    try:
        message = decode_text(text, serializer)
    except FrameError:
        return
    assert message.topic.encode()


@given(refs, refs, names, names, payloads)
def test_a_v2_message_is_read_as_it_was_written(
    join_ref: str | int | None, ref: str | int | None, topic: str, event: str, payload: object
) -> None:
    text = encode_text(Serializer.V2, join_ref, ref, topic, event, json.dumps(payload)).decode()
    message = decode_text(text, Serializer.V2)
    assert (message.join_ref, message.ref, message.topic, message.event) == (join_ref, ref, topic, event)
    assert message.payload == payload


@given(refs, names, names, payloads)
def test_a_v1_message_has_exactly_four_keys(ref: str | int | None, topic: str, event: str, payload: object) -> None:
    text = encode_text(Serializer.V1, "join", ref, topic, event, json.dumps(payload)).decode()
    assert json.loads(text) == {"topic": topic, "event": event, "payload": payload, "ref": ref}


def test_a_v1_client_may_leave_out_join_ref_and_ref() -> None:
    message = decode_text('{"topic": "phoenix", "event": "heartbeat", "payload": {}}', Serializer.V1)
    assert (message.join_ref, message.ref) == (None, None)


@pytest.mark.parametrize(
    "text",
    [
        '["1", "1", "t", "e"]',
        '{"topic": "t"}',
        '["1", "1", 5, "e", {}]',
        '["1", {}, "t", "e", {}]',
        '[true, "1", "t", "e", {}]',
        '["1", "1", "t\\u0000", "e", {}]',
        '["1", "1", "t", "\\ud800", {}]',
        "[" * 100_000,
        '["1", "1", "t", "e", ' + "9" * 10_000 + "]",
        "",
    ],
)
def test_what_is_no_message_is_a_frame_error(text: str) -> None:
    with pytest.raises(FrameError):
        decode_text(text, Serializer.V2)


@pytest.mark.parametrize("size", [0, 1, 125, 126, 127, 65_535, 65_536, 200_000])
@pytest.mark.parametrize(("opcode", "expected"), [(TEXT, Opcode.TEXT), (BINARY, Opcode.BINARY)])
def test_a_finished_frame_is_what_a_websocket_client_reads(opcode: int, expected: Opcode, size: int) -> None:
    client = ClientProtocol(parse_uri("ws://localhost/"), state=OPEN)
    payload = b"x" * size
    client.receive_data(frame(opcode, payload))
    (event,) = client.events_received()
    assert isinstance(event, Frame)
    assert (event.opcode, event.fin, bytes(event.data)) == (expected, True, payload)


def test_a_text_frame_passes_payload_text_through_untouched() -> None:
    payload = '{"b":  1, "a": "é"}'
    data = text_frame(Serializer.V2, None, None, TOPIC, "broadcast", payload)
    assert data[2:] == f'[null,null,"{TOPIC}","broadcast",{payload}]'.encode()


@pytest.mark.parametrize("serializer", list(Serializer))
@pytest.mark.parametrize("surplus", [0, 1])
def test_a_client_is_spared_what_it_cannot_read(serializer: Serializer, surplus: int) -> None:
    empty = len(encode_text(serializer, None, None, "realtime:a", "broadcast", '""'))
    payload = '"' + "x" * (SMALL_LIMIT - empty + surplus) + '"'
    finished = text_frame(serializer, None, None, "realtime:a", "broadcast", payload)
    if serializer is Serializer.V1_SMALL and surplus:
        told = json.loads(finished[4:])
        assert (told["topic"], told["event"], told["ref"]) == ("realtime:a", "system", None)
        assert told["payload"]["channel"] == "a"
        assert told["payload"]["message"].startswith(f"left out: broadcast of {SMALL_LIMIT + 1} bytes")
    else:
        assert len(finished) == 10 + SMALL_LIMIT + surplus


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity"])
@pytest.mark.parametrize("serializer", Serializer)
def test_numbers_that_json_has_not_are_refused(number: str, serializer: Serializer) -> None:
    for payload in (number, f'{{"x": {number}}}', f'{{"x": [1, {number}]}}'):
        text = f'[null, "1", "t", "e", {payload}]' if serializer is Serializer.V2 else (
            f'{{"topic": "t", "event": "e", "ref": "1", "payload": {payload}}}'
        )  # fmt: skip
        assert decode_text(text.replace(number, "7"), serializer).topic == "t"
        with pytest.raises(FrameError):
            decode_text(text, serializer)


def test_a_push_whose_sizes_go_beyond_it_is_refused_and_not_cut() -> None:
    whole = push("4", "19", TOPIC, "moved", "{}", 1, b"")
    assert decode_binary(whole).topic == TOPIC
    for place in range(1, 6):
        larger = bytearray(whole)
        larger[place] += 1
        with pytest.raises(FrameError, match="shorter"):
            decode_binary(bytes(larger))
    for size in range(len(whole)):
        with pytest.raises(FrameError, match="shorter"):
            decode_binary(whole[:size])


@pytest.mark.parametrize("text", ["1e999", "-1e131071", '{"x": [1e400]}', "NaN", "[" * 100_000])
def test_binary_json_that_nobody_could_read_is_none(text: str) -> None:
    assert not is_json(text.encode())
    assert is_json(b'{"x": [1e300, 123456789012345678901234567890]}')
