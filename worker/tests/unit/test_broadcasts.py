"""Broadcasts of clients: what is let through, and in which form each serializer gets it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wedsync.protocol.broadcasts import BadBroadcast, Broadcast, Form, read_broadcast, read_packed
from wedsync.protocol.frames import BroadcastPush, Encoding, Serializer

LARGEST = 1000
TOPIC = "realtime:t"


def text_of(frame: bytes | None) -> Any:
    assert frame is not None
    assert frame[0] == 0x81
    return json.loads(frame[4 if frame[1] == 126 else 2 :])


def binary(payload: bytes, encoding: Encoding = Encoding.JSON, event: str = "moved") -> BroadcastPush:
    return BroadcastPush(event, "", encoding, payload)


def test_text_goes_out_as_text_to_both() -> None:
    message = read_broadcast("t", None, {"type": "broadcast", "event": "moved", "payload": {"seat": 1}}, LARGEST)
    join_ref, ref, topic, event, payload = text_of(message.encoded(Serializer.V2, TOPIC))
    assert (join_ref, ref, topic, event) == (None, None, "realtime:t", "broadcast")
    assert payload == {"type": "broadcast", "event": "moved", "payload": {"seat": 1}, "meta": json.loads(message.meta)}
    first = text_of(message.encoded(Serializer.V1, TOPIC))
    assert first == {"topic": "realtime:t", "event": "broadcast", "ref": None, "payload": payload}


def test_binary_json_goes_out_as_kind_4_and_as_text_to_version_1() -> None:
    message = read_broadcast("t", None, binary(b'{"seat": 1}'), LARGEST)
    frame = message.encoded(Serializer.V2, TOPIC)
    assert frame is not None
    assert frame[0] == 0x82
    assert frame[2:7] == bytes((4, 10, 5, len(message.meta), 1))
    assert frame.endswith(b'{"seat": 1}')
    assert text_of(message.encoded(Serializer.V1, TOPIC))["payload"]["payload"] == {"seat": 1}


def test_opaque_bytes_are_for_version_2_only() -> None:
    message = read_broadcast("t", None, binary(b"\xff\x00", Encoding.BINARY), LARGEST)
    frame = message.encoded(Serializer.V2, TOPIC)
    assert frame is not None
    assert frame.endswith(b"\xff\x00")
    assert message.encoded(Serializer.V1, TOPIC) is None


@pytest.mark.parametrize("content", ["[1,2]", '"text"', "5", "true", '[{"a":1}]'])
def test_any_json_goes_to_all_but_the_python_client_which_is_told_of_it(content: str) -> None:
    for payload in (binary(b" " + content.encode()), {"event": "moved", "payload": json.loads(content)}):
        message = read_broadcast("t", None, payload, LARGEST)
        assert text_of(message.encoded(Serializer.V1, TOPIC))["payload"]["payload"] == json.loads(content)
        second = message.encoded(Serializer.V2, TOPIC)
        assert second is not None
        assert content.replace('"', "").encode() in second.replace(b'"', b"")
        assert_told(message)


def test_the_python_client_is_told_of_bytes_and_gets_objects() -> None:
    assert_told(read_broadcast("t", None, binary(b"{\xff\x00", Encoding.BINARY), LARGEST))
    for payload in (binary(b'\n {"seat": 1}'), {"event": "moved", "payload": {"seat": 1}}, {"event": "moved"}):
        message = read_broadcast("t", None, payload, LARGEST)
        assert message.encoded(Serializer.V1_SMALL, TOPIC) == message.encoded(Serializer.V1, TOPIC)


def assert_told(message: Broadcast) -> None:
    told = text_of(message.encoded(Serializer.V1_SMALL, TOPIC))
    assert (told["topic"], told["event"], told["ref"]) == ("realtime:t", "system", None)
    assert told["payload"].pop("message").startswith("left out: broadcast moved, whose payload is no object")
    assert told["payload"] == {"extension": "wedsync", "status": "ok", "channel": "t"}


def test_a_name_too_long_for_a_binary_frame_goes_out_as_text() -> None:
    topic = "realtime:" + "x" * 250
    message = read_broadcast("x" * 250, None, binary(b"{}"), LARGEST)
    assert text_of(message.encoded(Serializer.V2, topic))[2] == topic


@pytest.mark.parametrize("payload", [{"event": "x"}, {"event": "x", "payload": None}, binary(b" null ")])
def test_clients_never_get_a_payload_of_null(payload: object) -> None:
    assert read_broadcast("t", None, payload, LARGEST).payload == b"{}"


@pytest.mark.parametrize(
    ("payload", "code"),
    [
        (5, "MalformedBroadcast"),
        ({"payload": {}}, "MalformedBroadcast"),
        ({"event": "", "payload": {}}, "MalformedBroadcast"),
        ({"event": "x" * 256, "payload": {}}, "MalformedBroadcast"),
        ({"event": "\0", "payload": {}}, "MalformedBroadcast"),
        ({"event": "\ud800", "payload": {}}, "MalformedBroadcast"),
        ({"event": "x", "payload": float("inf")}, "MalformedBroadcast"),
        (binary(b"{"), "MalformedBroadcast"),
        (binary(b'{"a": NaN}'), "MalformedBroadcast"),
        (binary(b"\xff"), "MalformedBroadcast"),
        (binary(b"[" * 900), "MalformedBroadcast"),
        (binary(b"{}", event=""), "MalformedBroadcast"),
        ({"event": "x", "payload": "y" * 1000}, "PayloadTooLarge"),
        (binary(b"y" * 1001, Encoding.BINARY), "PayloadTooLarge"),
    ],
)
def test_what_cannot_be_passed_on_is_refused_with_a_code(payload: object, code: str) -> None:
    with pytest.raises(BadBroadcast, match=f"^{code}: "):
        read_broadcast("t", None, payload, LARGEST)


@given(
    st.text(max_size=20), st.none() | st.booleans(), st.text(min_size=1, max_size=20), st.sampled_from(Form),
    st.binary(max_size=50),
)  # fmt: skip
def test_other_processes_get_the_same(topic: str, lane: bool | None, event: str, form: Form, payload: bytes) -> None:
    payload = payload if form is Form.BYTES else json.dumps({"a": payload.hex(), "b": "\0\ud800"}).encode()
    message = Broadcast(topic, lane, event, form, payload, '{"id":"x"}')
    item = json.loads(json.dumps({"node": "n", **message.packed()}))
    assert read_packed(item) == ("n", message)


@pytest.mark.parametrize(
    "change",
    [{"topic": 7}, {"form": "shout"}, {"form": ["text"]}, {"lane": 1}, {"payload": None}, {"meta": {}}, {"node": None}],
)
def test_what_is_no_broadcast_is_refused(change: dict[str, object]) -> None:
    item = {"node": "n", **Broadcast("t", None, "e", Form.TEXT, b"{}", "{}").packed()}
    assert read_packed(item)[1].event == "e"
    for bad in ({**item, **change}, {name: item[name] for name in item.keys() - change.keys()}, None, 7, "x", [item]):
        with pytest.raises(ValueError, match=r"."):
            read_packed(bad)
