"""Broadcasts over HTTP: parsing of requests, and refusals. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import unquote


class PublishRefused(Exception):
    """The request is answered with `status` and the text as `message`; `retry_after` is in seconds."""

    def __init__(self, status: int, message: str, errors: object = None, retry_after: int = 1) -> None:
        super().__init__(message)
        self.status = status
        self.errors = errors
        self.retry_after = retry_after


def read_names(raw_path: bytes) -> tuple[str, str]:
    """Topic and event from the raw path, in which encoded slashes are part of the name. Raises `PublishRefused`."""
    raw = raw_path.split(b"?")[0].decode("ascii", "replace")
    parts = raw.split("/api/broadcast/", 1)[1].split("/")
    if len(parts) != 3 or parts[1] != "events":
        raise PublishRefused(404, "expected /api/broadcast/{topic}/events/{event}")
    return unquote(parts[0]), unquote(parts[2])


def read_messages(body: object) -> list[dict[str, object]]:
    """The messages of a batch: topic, event, payload, private. Raises `PublishRefused`."""
    listed = body.get("messages") if isinstance(body, dict) else None
    if not isinstance(listed, list) or not listed:
        raise PublishRefused(422, "Unprocessable", [{"field": "messages", "rule": "a list with at least one message"}])
    errors = [{"message": number, **problem} for number, message in enumerate(listed) if (problem := _problem(message))]
    if errors:
        raise PublishRefused(422, "Unprocessable", errors)
    return [
        {name: message[name] for name in ("topic", "event", "payload", "private") if name in message}
        for message in listed
    ]


def _problem(message: object) -> Mapping[str, str] | None:
    if not isinstance(message, dict):
        return {"field": "message", "rule": "object"}
    for field in ("topic", "event"):
        if not isinstance(message.get(field), str) or not message[field]:
            return {"field": field, "rule": "text of at least one character"}
    if not isinstance(message.get("payload"), dict):
        return {"field": "payload", "rule": "object"}
    if not isinstance(message.get("private", False), bool):
        return {"field": "private", "rule": "boolean"}
    return None
