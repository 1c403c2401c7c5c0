"""Client broadcasts: validation, encoding between processes and for each serializer. Pure."""

from __future__ import annotations

import base64
import json
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import Enum

from wedsync.protocol.frames import (
    BINARY,
    BroadcastPush,
    Encoding,
    FrameError,
    Serializer,
    encode_broadcast,
    frame,
    is_json,
    left_out,
    text_frame,
    to_json,
)

EVENT_LIMIT = 255


class Form(Enum):
    """The sender's encoding, which version 2 clients also receive. Opaque bytes are for version 2 only.

    JSON may be any value except null, which clients cannot read and which becomes `{}`.
    """

    TEXT = "text"
    JSON = "json"
    BYTES = "bytes"


class BadBroadcast(ValueError):
    """The text is `"<Code>: <reason>"` and may be sent to the client."""


@dataclass(frozen=True, slots=True)
class Broadcast:
    """`topic` is without prefix; `lane` as in `rooms`; `payload` is JSON text, or bytes for `Form.BYTES`."""

    topic: str
    lane: bool | None
    event: str
    form: Form
    payload: bytes
    meta: str

    def encoded(self, serializer: Serializer, topic: str) -> bytes | None:
        """The encoded frame for a channel's topic, with prefix; a notice if the client would drop it.

        None if it cannot be represented.
        """
        if serializer is Serializer.V1_SMALL and not self._is_object():
            what = f"broadcast {self.event}, whose payload is no object: this client reads nothing else"
            return left_out(serializer, None, topic, what)
        if serializer is Serializer.V2 and self.form is not Form.TEXT:
            encoding = Encoding.JSON if self.form is Form.JSON else Encoding.BINARY
            try:
                return frame(BINARY, encode_broadcast(topic, self.event, self.meta, encoding, self.payload))
            except FrameError:
                if self.form is Form.BYTES:
                    return None
        if self.form is Form.BYTES:
            return None
        text = (
            f'{{"type":"broadcast","event":{to_json(self.event)},"payload":{self.payload.decode()},"meta":{self.meta}}}'
        )
        return text_frame(serializer, None, None, topic, "broadcast", text)

    def _is_object(self) -> bool:
        return self.form is not Form.BYTES and self.payload.lstrip().startswith(b"{")

    def packed(self) -> dict[str, object]:
        """The message for other processes, as JSON values."""
        opaque = self.form is Form.BYTES
        payload = base64.b64encode(self.payload).decode() if opaque else self.payload.decode()
        return {
            "topic": self.topic, "lane": self.lane, "event": self.event, "form": self.form.value, "payload": payload,
            "meta": self.meta,
        }  # fmt: skip


def read_packed(item: object) -> tuple[str, Broadcast]:
    """The process that sent it, and the broadcast: the reverse of `packed`. Raises `ValueError`."""
    try:
        names = [item[name] for name in ("node", "topic", "event", "payload", "meta")]  # type: ignore[index]
        form, lane = Form(item["form"]), item["lane"]  # type: ignore[index]
    except (TypeError, LookupError) as exc:
        raise ValueError("not a broadcast") from exc
    if not all(isinstance(name, str) for name in names) or not isinstance(lane, bool | None):
        raise ValueError("not a broadcast")
    node, topic, event, payload, meta = names
    data = base64.b64decode(payload) if form is Form.BYTES else payload.encode()
    return node, Broadcast(topic, lane, event, form, data, meta)


def read_collaboration(topic: str, lane: bool | None, data: object, user: str | None, largest: int) -> Broadcast:
    """The broadcast `collaboration_event` for the `data` of such a message, with the sender's id and the time.

    Raises `BadBroadcast`.
    """
    kind = data.get("type") if isinstance(data, dict) else None
    if not isinstance(data, dict) or not isinstance(kind, str) or not 1 <= len(kind) <= EVENT_LIMIT:
        raise BadBroadcast(
            f"MalformedEvent: the data of a collaboration_event must have a type of 1 to {EVENT_LIMIT} characters"
        )
    event_id = str(uuid.uuid4())
    payload = {
        "id": event_id, "type": kind, "userId": user, "timestamp": timestamp(), "data": data.get("data"),
        "metadata": {"source": "websocket", "clientVersion": data.get("clientVersion")}, "causality": data.get("causality"),
    }  # fmt: skip
    return _checked(topic, lane, *_text({"event": "collaboration_event", "payload": payload}), largest, event_id)


def timestamp() -> str:
    """The current time in JavaScript's format."""
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def read_broadcast(topic: str, lane: bool | None, payload: object, largest: int) -> Broadcast:
    """The broadcast in the payload of a client's message; at most `largest` bytes. Raises `BadBroadcast`."""
    found = _binary(payload) if isinstance(payload, BroadcastPush) else _text(payload)
    return _checked(topic, lane, *found, largest, str(uuid.uuid4()))


def _checked(
    topic: str, lane: bool | None, event: str, form: Form, data: bytes, largest: int, message_id: str
) -> Broadcast:
    if not event or len(event) > EVENT_LIMIT:
        raise BadBroadcast(f"MalformedBroadcast: an event must have 1 to {EVENT_LIMIT} characters")
    if len(data) > largest:
        raise BadBroadcast(f"PayloadTooLarge: {len(data)} bytes, at most {largest} are accepted")
    return Broadcast(topic, lane, event, form, data, f'{{"id":"{message_id}"}}')


def _binary(push: BroadcastPush) -> tuple[str, Form, bytes]:
    if push.encoding is Encoding.BINARY:
        return push.event, Form.BYTES, push.payload
    if not is_json(push.payload):
        raise BadBroadcast("MalformedBroadcast: the payload is not JSON")
    return push.event, Form.JSON, b"{}" if push.payload.strip() == b"null" else push.payload


def _text(payload: object) -> tuple[str, Form, bytes]:
    fields = payload if isinstance(payload, dict) else {}
    event, content = fields.get("event"), fields.get("payload")
    if not isinstance(event, str) or "\0" in event:
        raise BadBroadcast("MalformedBroadcast: a broadcast must have an event")
    try:
        event.encode()
        data = _json({} if content is None else content)
    except (ValueError, RecursionError) as exc:
        raise BadBroadcast("MalformedBroadcast: the payload is not JSON") from exc
    return event, Form.TEXT, data


def _json(value: object) -> bytes:
    """JSON in UTF-8, escaped if it contains unpaired surrogates. Raises `ValueError` for infinite numbers."""
    text = json.dumps(value, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    try:
        return text.encode()
    except UnicodeEncodeError:
        return json.dumps(value, separators=(",", ":")).encode()
