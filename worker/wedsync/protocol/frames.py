"""Frames of the realtime protocol: text and binary serializers, and finished WebSocket frames. Pure.

Two serializers exist. Version 1.0.0 sends JSON objects, version 2.0.0 sends JSON arrays
``[join_ref, ref, topic, event, payload]`` and, for broadcasts, binary frames of kind 3 (client to
server) and kind 4 (server to client). Every size inside a binary frame is one byte and counts
UTF-8 bytes.

A finished frame is the complete byte string of one RFC 6455 server frame. Server frames are not
masked, so the same bytes can be written to every socket of a group.
"""

from __future__ import annotations

import json
import struct
from dataclasses import dataclass
from enum import Enum, IntEnum

from wedsync.protocol.json_values import read_finite_json, read_json, text_problem

Ref = str | int | None
"""A message reference as the client chose it; echoed verbatim."""


class FrameError(ValueError):
    """A frame that cannot be decoded or encoded. The text says what is wrong and contains no payload."""


class Serializer(Enum):
    """Protocol version requested with the ``vsn`` query parameter.

    `V1_SMALL` is version 1 for the Python client: its library closes the socket on messages of more than
    `SMALL_LIMIT` bytes, and it drops broadcasts whose payload is not an object.
    """

    V1 = "1.0.0"
    V2 = "2.0.0"
    V1_SMALL = "1.0.0, small"


class Encoding(IntEnum):
    """Encoding byte of binary broadcast payloads."""

    BINARY = 0
    JSON = 1


TEXT = 0x1
BINARY = 0x2

_KIND_PUSH = 3
_KIND_BROADCAST = 4
_SIZE_LIMIT = 255
SMALL_LIMIT = 2**20
"""Bytes of a message that a client of `Serializer.V1_SMALL` can read."""


@dataclass(frozen=True, slots=True)
class BroadcastPush:
    """Payload of a kind 3 frame. ``metadata`` is JSON text or empty, ``payload`` the raw bytes."""

    event: str
    metadata: str
    encoding: Encoding
    payload: bytes


@dataclass(frozen=True, slots=True)
class Message:
    """One client message. ``payload`` is decoded JSON, or a `BroadcastPush` for binary frames."""

    join_ref: Ref
    ref: Ref
    topic: str
    event: str
    payload: object


def decode_text(text: str, serializer: Serializer) -> Message:
    """Decode a text frame. Raises `FrameError` if it is not a valid message."""
    try:
        value = read_json(text)
    except ValueError as exc:
        raise FrameError("frame is not JSON") from exc
    if serializer is Serializer.V2:
        if not isinstance(value, list) or len(value) != 5:
            raise FrameError("frame is not an array of five elements")
        join_ref, ref, topic, event, payload = value
    else:
        if not isinstance(value, dict):
            raise FrameError("frame is not an object")
        join_ref, ref = value.get("join_ref"), value.get("ref")
        topic, event, payload = value.get("topic"), value.get("event"), value.get("payload")
    return Message(_ref(join_ref, "join_ref"), _ref(ref, "ref"), _name(topic, "topic"), _name(event, "event"), payload)


def is_json(text: bytes) -> bool:
    """Whether this is JSON in UTF-8 that every client can read."""
    try:
        read_finite_json(text.decode())
    except ValueError:
        return False
    return True


def _ref(value: object, name: str) -> Ref:
    if value is None or (isinstance(value, int) and not isinstance(value, bool)):
        return value
    return _name(value, name)


def _name(value: object, name: str) -> str:
    """A string that UTF-8 and PostgreSQL can store: no NUL, no unpaired surrogates."""
    if not isinstance(value, str):
        raise FrameError(f"{name} is not a string")
    if (problem := text_problem(value)) is not None:
        raise FrameError(f"{name} contains {problem}")
    return value


def decode_binary(data: bytes) -> Message:
    """Decode a kind 3 frame as a message with event ``broadcast`` and a `BroadcastPush` payload.

    Raises `FrameError` for other kinds, truncated frames and bytes that are not UTF-8.
    """
    if len(data) < 7:
        raise FrameError("binary frame is shorter than its header")
    if data[0] != _KIND_PUSH:
        raise FrameError(f"binary frame of unknown kind {data[0]}")
    try:
        encoding = Encoding(data[6])
    except ValueError as exc:
        raise FrameError(f"binary frame with unknown encoding {data[6]}") from exc
    parts: list[str] = []
    position = 7
    for size in data[1:6]:
        end = position + size
        if end > len(data):
            raise FrameError("binary frame is shorter than its sizes say")
        try:
            parts.append(data[position:end].decode())
        except UnicodeDecodeError as exc:
            raise FrameError("binary frame header is not UTF-8") from exc
        position = end
    join_ref, ref, topic, event, metadata = parts
    push = BroadcastPush(_name(event, "event"), metadata, encoding, data[position:])
    return Message(
        _name(join_ref, "join_ref") or None, _name(ref, "ref") or None, _name(topic, "topic"), "broadcast", push
    )


def encode_broadcast(topic: str, event: str, metadata: str, encoding: Encoding, payload: bytes) -> bytes:
    """Payload of a kind 4 frame. Raises `FrameError` when a part exceeds 255 UTF-8 bytes."""
    parts = [topic.encode(), event.encode(), metadata.encode()]
    for name, part in zip(("topic", "event", "metadata"), parts, strict=True):
        if len(part) > _SIZE_LIMIT:
            raise FrameError(f"{name} has {len(part)} bytes, at most {_SIZE_LIMIT} fit a binary frame")
    header = bytes((_KIND_BROADCAST, *(len(part) for part in parts), encoding))
    return b"".join((header, *parts, payload))


def encode_text(serializer: Serializer, join_ref: Ref, ref: Ref, topic: str, event: str, payload_json: str) -> bytes:
    """Text of a server message; ``payload_json`` is JSON text and is passed through unchanged.

    Version 1 omits ``join_ref``.
    """
    if serializer is Serializer.V2:
        head = json.dumps([join_ref, ref, topic, event], separators=(",", ":"))
        return f"{head[:-1]},{payload_json}]".encode()
    names = json.dumps({"topic": topic, "event": event, "ref": ref}, separators=(",", ":"))
    return f'{names[:-1]},"payload":{payload_json}}}'.encode()


def to_json(value: object) -> str:
    """Compact JSON text in ASCII, safe for any string a client can send."""
    return json.dumps(value, separators=(",", ":"))


def frame(opcode: int, payload: bytes) -> bytes:
    """One finished, unmasked, unfragmented server frame."""
    size = len(payload)
    first = 0x80 | opcode
    if size < 126:
        return bytes((first, size)) + payload
    if size < 65536:
        return struct.pack("!BBH", first, 126, size) + payload
    return struct.pack("!BBQ", first, 127, size) + payload


def text_frame(serializer: Serializer, join_ref: Ref, ref: Ref, topic: str, event: str, payload_json: str) -> bytes:
    """Encoded frame of a server message; messages that the client cannot read are replaced by a notice."""
    text = encode_text(serializer, join_ref, ref, topic, event, payload_json)
    if serializer is Serializer.V1_SMALL and len(text) > SMALL_LIMIT:
        what = f"{event} of {len(text)} bytes, of which this client reads at most {SMALL_LIMIT}"
        return left_out(serializer, join_ref, topic, what)
    return frame(TEXT, text)


def left_out(serializer: Serializer, join_ref: Ref, topic: str, what: str) -> bytes:
    """Encoded frame of the `system` message that replaces `what` the client cannot read."""
    # The Python client treats any other status as the end of the channel.
    payload = {
        "extension": "wedsync", "status": "ok", "message": f"left out: {what}", "channel": topic.partition(":")[2],
    }  # fmt: skip
    return frame(TEXT, encode_text(serializer, join_ref, None, topic, "system", to_json(payload)))
